"""The commands about lessons: list, check, new."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tutor.cli.group import CommandError, common, settings, tutor
from tutor.cli.shared import Interrupts, kept_as, pack

if TYPE_CHECKING:
    from tutor.lesson.check.checking import Subject
    from tutor.lesson.pack import Pack
    from tutor.progress.store import Place


@tutor.command(name="list")
@common
@click.pass_context
def list_(context: click.Context, /, **options: Any) -> None:
    """List the lessons, and how far you are in each."""
    lessons = pack(context)
    places, problems = _places(lessons)
    for stage in lessons.stages:
        click.echo(stage.title)
        for lesson in stage.lessons:
            minutes = f"{lesson.minutes:g} min" if lesson.minutes is not None else ""
            place = places.get(lesson.name)
            sign = " " if place is None else "✓" if place.done else "◐"
            step = f"step {place.step}/{place.count}" if place is not None and not place.done else ""
            click.echo(f"{sign} {lesson.name:24} {lesson.title:44} {minutes:7} {step}".rstrip())
    problems += [*lessons.problems, *(lesson.problem for lesson in lessons.lessons if lesson.problem)]
    if settings(context).pack is None:
        problems += _list_further()
    for problem in problems:
        click.echo(f"tutor: {problem}", err=True)


def _places(lessons: Pack) -> tuple[dict[str, Place], list[str]]:
    """How far somebody is in a pack, and what is wrong with where that is kept."""
    from tutor.progress.folder import data_folder
    from tutor.progress.store import Store

    if not data_folder().is_dir():
        return {}, []
    with contextlib.closing(Store.open()) as store:
        places = store.places(kept_as(lessons))
        return places, [store.problem] if store.problem else []


def _list_further() -> list[str]:
    """List the installed packs; returns what is wrong with them."""
    from tutor.lesson.pack import Pack
    from tutor.lesson.packs import installed_packs
    from tutor.lesson.program import UnreadableError

    lines, problems = [], []
    for installed in installed_packs():
        try:
            if installed.path is None:
                raise UnreadableError(installed.problem)
            found = Pack.load(installed.path)
        except UnreadableError as error:
            problems.append(str(error))
        else:
            count = len(found.lessons)
            lines.append(f"  {installed.name:24} {found.title:44} {count} lesson{'s' if count != 1 else ''}")
            problems += found.problems
    if lines:
        click.echo("\n".join(["Further packs, each with: tutor list --pack NAME", *lines]))
    return problems


@tutor.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", is_flag=True, help="JSON lines for machines.")
@common
@click.pass_context
def check(context: click.Context, /, paths: tuple[Path, ...], json: bool, **options: Any) -> int:
    """Prove lessons right: a file, a folder, or without PATHS the course.

    Prints a line for each problem. The exit code is 0 when nothing is refused (warnings do not count), 1 when
    something is, 2 for bad use.
    """
    interrupts = Interrupts()
    from tutor.lesson.check.checking import Checker
    from tutor.plain.report import Bar, Report
    from tutor.recorder.evaluate import EvaluatorError
    from tutor.recorder.evaluate_lesson import LessonRunner

    found = _subjects(context, paths)
    chosen = settings(context)
    report = Report(sys.stdout.write, json=json)
    bar = Bar(sys.stderr if sys.stderr.isatty() else None, len(found))
    with LessonRunner(timeout=chosen.timeout, max_steps=chosen.max_steps, seed=chosen.seed) as runner:
        checker = Checker(runner.look)
        for subject in found:
            interrupts.check()
            bar.show(subject.path.stem)
            try:
                problems = checker.check(subject)
            except EvaluatorError as error:
                raise CommandError(str(error)) from None
            finally:
                bar.clear()
            report.add(problems)
            sys.stdout.flush()
    if not json:
        click.echo(report.summary(len(found)), err=True)
    return 1 if report.refused else 0


def _subjects(context: click.Context, paths: tuple[Path, ...]) -> list[Subject]:
    """The files to check."""
    from tutor.lesson.check.checking import subjects
    from tutor.lesson.program import UnreadableError

    try:
        return [subject for path in paths or (pack(context).path,) for subject in subjects(path)]
    except UnreadableError as error:
        raise CommandError(str(error)) from None


@tutor.command()
@click.argument("name")
@click.option("--title", metavar="TITLE", help="Title of the lesson; the name if not given.")
@common
def new(name: str, title: str | None, **options: Any) -> None:
    """Write a new lesson to start from into this folder.

    NAME is its name, such as broadcasting, with or without a number in front.
    """
    from tutor.lesson.program import UnreadableError
    from tutor.lesson.template import write_lesson

    try:
        path = write_lesson(Path(), name, title)
    except UnreadableError as error:
        raise CommandError(str(error)) from None
    click.echo(f"{path} is written. Change it, and step through it: tutor open {path}")
    click.echo(f"Then prove it right: tutor check {path}")
