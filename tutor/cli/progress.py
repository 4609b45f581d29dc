"""The command about what was done: progress, with stats for a teacher and reset."""

from __future__ import annotations

import contextlib
import io
import json as json_module
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from tutor.cli.group import CommandError, common, settings, tutor
from tutor.cli.shared import kept_as, languages, pack

if TYPE_CHECKING:
    from tutor.lesson.pack import Pack
    from tutor.progress.stats import Asked
    from tutor.progress.store import Place, Store
    from tutor.progress.summary import Summary

Choice = tuple[str, str | None, str | None]
"""Pack, lesson and question, None for all."""

MOST: Final = 4
"""Lessons and misreadings that are named; with more, the text would be longer than a screen."""

WIDTH: Final = 80
"""Columns of the text."""


@tutor.group(invoke_without_command=True)
@click.option("--json", is_flag=True, help="One JSON object, with all answers.")
@click.option("--csv", is_flag=True, help="CSV with one row per answer.")
@click.option("--xapi", is_flag=True, help="JSON list of xAPI statements.")
@click.option("--name", metavar="NAME", help="Name of the learner in xAPI statements; learner if not given.")
@common
@click.pass_context
def progress(context: click.Context, /, json: bool, csv: bool, xapi: bool, name: str | None, **options: Any) -> None:
    """Say what was done, and what is due.

    Tells of the course and of your own programs, or of the lessons that --pack names.
    """
    chosen = [form for form, given in {"--json": json, "--csv": csv, "--xapi": xapi}.items() if given]
    if context.invoked_subcommand is not None and (chosen or name is not None):
        raise click.UsageError(
            f"{(chosen or ['--name'])[0]} does not go in front of {context.invoked_subcommand}", context
        )
    if context.invoked_subcommand is not None:
        return
    if len(chosen) > 1:
        raise click.UsageError(f"{chosen[0]} and {chosen[1]} do not go together", context)
    if name is not None and not xapi:
        raise click.UsageError("--name goes with --xapi only", context)
    if name == "":
        raise click.UsageError("--name is empty", context)
    lessons = pack(context)
    with _kept() as store:
        if not chosen:
            click.echo(_text(context, lessons, store))
        else:
            _print_exactly(_exported(context, chosen[0], lessons, store, name))
        if store.problem:
            click.echo(f"tutor: {store.problem}", err=True)


@contextlib.contextmanager
def _kept() -> Iterator[Store]:
    """What is kept. Asking makes no file."""
    from tutor.progress.store import Store

    with contextlib.closing(Store.look()) as store:
        yield store


def _print_exactly(text: str) -> None:
    """Print text whose line ends and characters are part of a format."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="")
    sys.stdout.write(text)
    sys.stdout.flush()


def _meant_packs(context: click.Context, lessons: Pack) -> list[str]:
    """The names under which everything is kept that is meant: with the course go the programs of no pack."""
    from tutor.progress.folder import OWN

    return [kept_as(lessons)] if settings(context).pack is not None else [kept_as(lessons), OWN]


def _exported(context: click.Context, form: str, lessons: Pack, store: Store, name: str | None) -> str:
    """What was done in one of the forms for other programs."""
    from tutor.progress import export

    of = kept_as(lessons)
    answers = [answer for name in _meant_packs(context, lessons) for answer in store.answers(name)]
    if form == "--csv":
        return export.as_csv(answers)
    if form == "--xapi":
        statements = export.as_xapi(answers, store.places(of).values(), name if name is not None else export.LEARNER)
        return json_module.dumps(statements, indent=1) + "\n"
    return json_module.dumps(export.as_json(of, _summary(context, lessons, store), answers), indent=1) + "\n"


def _summary(context: click.Context, lessons: Pack, store: Store) -> Summary:
    from tutor.progress.review import Schedule
    from tutor.progress.summary import summarize

    name, schedule = kept_as(lessons), Schedule(store)
    summary = summarize(store, schedule, name, [lesson.name for lesson in lessons.lessons])
    if not store.cards():
        return summary
    # What is due is what a review would ask, and so not what is no longer there.
    from tutor.tui.questions.due import about_due, due_cards, next_due, packs_of_review

    plan = about_due(lessons.lessons, due_cards(schedule, name), store.own_files(), languages(context))
    times = [answer.asked_at for each in packs_of_review(name) for answer in store.answers(each)]
    last = max([*times, *filter(None, [summary.last])], default=None)
    return replace(summary, due=plan.size, next_due=next_due(schedule, name), last=last)


# As text


def _text(context: click.Context, lessons: Pack, store: Store) -> str:
    """What was done, as a screenful of text."""
    summary = _summary(context, lessons, store)
    if summary.last is None:
        return f"{lessons.title}\n\nNothing is done yet. To begin, type: tutor"
    tried = f"{summary.asked} asked, {summary.right} right at the first try"
    rows = {
        "Lessons": f"{len(summary.done)} done, {len(summary.open)} open, {len(summary.not_begun)} not begun",
        "Questions": tried + (f", {summary.skipped} skipped" if summary.skipped else ""),
        "Due today": _due(summary),
        "Last": f"{datetime.fromtimestamp(summary.last):%Y-%m-%d %H:%M}",
    }
    lines = [lessons.title, "", *(f"{name:10} {value}" for name, value in rows.items())]
    lines += _open_lessons(lessons, summary, store.places(kept_as(lessons)))
    lines += _beliefs(summary)
    return "\n".join(map(_clipped, lines))


def _due(summary: Summary) -> str:
    if summary.due:
        return f"{summary.due}, with: tutor review"
    return f"0, the next on {summary.next_due}" if summary.next_due else "0"


def _open_lessons(lessons: Pack, summary: Summary, places: dict[str, Place]) -> list[str]:
    """The lessons that were begun, those left last at the front."""
    if not summary.open:
        return []
    titles = {lesson.name: lesson.title for lesson in lessons.lessons}
    latest = sorted(summary.open, key=lambda name: -places[name].changed)
    named = [
        f"  {name:22} {titles[name][:36]:36} step {places[name].step}/{places[name].count}" for name in latest[:MOST]
    ]
    return ["", "Open lessons" + _more(latest), *named]


def _beliefs(summary: Summary) -> list[str]:
    """The misreadings that were met most often."""
    from tutor.lesson.beliefs import BELIEFS

    # The mistakes that only one question knows have no words of their own.
    known = [met for met in summary.beliefs if met.belief in BELIEFS]
    if not known:
        return []
    lines = ["", "Met most often in wrong answers" + _more(known)]
    for met in known[:MOST]:
        lines += [f"{met.count:4} × {BELIEFS[met.belief].believes}", f"       in {', '.join(met.lessons)}"]
    return lines


def _more(items: Sequence[object]) -> str:
    return f" ({MOST} of {len(items)})" if len(items) > MOST else ""


def _clipped(line: str) -> str:
    """A line that fits, and steers no terminal."""
    from tutor.plain.format import harmless

    line = harmless(line)
    return line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"


# For a teacher


@progress.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", is_flag=True, help="One JSON object.")
@common
def stats(files: tuple[Path, ...], json: bool, **options: Any) -> None:
    """Say how several learners answered each question.

    FILES are made with tutor progress --csv, one for each learner. For each question: how many were asked it, which
    part was right at the first try (of those who did not skip it), and which part of the first wrong answers shows
    which misreading.
    """
    from tutor.progress.stats import ExportError, as_json, collect

    learners = list(dict.fromkeys(files))
    try:
        asked = collect(learners)
    except ExportError as error:
        raise CommandError(str(error)) from None
    if json:
        _print_exactly(json_module.dumps(as_json(len(learners), asked), indent=1) + "\n")
    else:
        click.echo("\n".join(map(_clipped, _table(len(learners), asked))))


def _table(learners: int, asked: list[Asked]) -> list[str]:
    """The counts of several learners as text."""
    lines = [f"{_counted(learners, 'learner')}, {_counted(len(asked), 'question')}"]
    lesson = None
    for each in asked:
        if (each.pack, each.lesson) != lesson:
            lesson = each.pack, each.lesson
            lines += ["", f"{f'{each.lesson} ({each.pack})':47}{'asked':>7}{'skipped':>9}{'right':>8}"]
        lines.append(f"  {each.question:45}{each.learners:7}{each.skipped:9}{_percent(each.share_right):>8}")
        lines += [f"    {_percent(share):>4} of {each.first_wrong} wrong: {name}" for name, share in each.shares]
    return lines


def _percent(share: float | None) -> str:
    return f"{share:.0%}" if share is not None else "-"


# Forgetting


@progress.command()
@click.argument("lesson", required=False)
@click.argument("question", required=False)
@click.option("--all", "everything", is_flag=True, help="The course and your own programs, or all that --pack names.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@common
@click.pass_context
def reset(
    context: click.Context,
    /,
    lesson: str | None,
    question: str | None,
    everything: bool,
    yes: bool,
    **options: Any,
) -> int:
    """Forget what was done in LESSON, or the answers to one QUESTION of it.

    LESSON may be a file of your own too. Asks first. A lesson is forgotten with its answers, what is due of it and the
    place in it.
    """
    if everything == (lesson is not None):
        raise click.UsageError("Give a LESSON or --all" + (", not both" if everything else ""), context)
    lessons = pack(context)
    with _kept() as store:
        if lesson is not None:
            own_pack, name = _meant(lesson, lessons, store)
            chosen: list[Choice] = [(own_pack, name, question)]
        else:
            chosen = [(name, None, None) for name in _meant_packs(context, lessons)]
        told = _told(store, chosen, lessons.title)
        if told is None:
            click.echo("Nothing is kept of it.")
            return 0
        if not yes and not _confirmed(told):
            click.echo("Nothing is forgotten.")
            return 1
        for choice in chosen:
            store.forget(*choice)
        if store.problem:
            raise CommandError(store.problem)
    click.echo("Forgotten.")
    return 0


def _meant(lesson: str, lessons: Pack, store: Store) -> tuple[str, str]:
    """The pack and the lesson that are meant; one that is no longer there too, if something is kept of it."""
    from tutor.lesson.program import UnreadableError
    from tutor.lesson.target import resolve
    from tutor.progress.folder import OWN

    of = kept_as(lessons)
    if lesson in store.places(of) or store.answers(of, lesson):
        return of, lesson
    own = str(Path(lesson).absolute())
    if store.answers(OWN, own) or store.cards(OWN, own):
        return OWN, own
    try:
        found = resolve(lesson, lessons)
    except UnreadableError as error:
        raise CommandError(str(error)) from None
    return (of, found.path.stem) if found.kind == "lesson" else (OWN, str(found.path.absolute()))


def _told(store: Store, chosen: list[Choice], title: str) -> str | None:
    """What would be forgotten, in words; None if there is nothing."""
    answers = sum(len(store.answers(*choice)) for choice in chosen)
    scheduled = any(store.cards(*choice) for choice in chosen)
    begun = [
        name
        for pack, lesson, question in chosen
        for name in store.places(pack)
        if question is None and lesson in (None, name)
    ]
    if not answers and not begun and not scheduled:
        return None
    _, lesson, question = chosen[0]
    where = " ".join(filter(None, [lesson, question])) or title
    place = "" if not begun else " and the place" if lesson is not None else f" and {_counted(len(begun), 'place')}"
    return f"Forget {_counted(answers, 'answer')}{place} in {where}?"


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'s' if count != 1 else ''}"


def _confirmed(told: str) -> bool:
    """Whether somebody at the terminal agrees."""
    from tutor.plain.format import harmless

    if not sys.stdin.isatty():
        raise CommandError("Nobody can be asked without a terminal. To forget without being asked, add --yes.")
    try:
        return click.confirm(harmless(told))
    except click.Abort:
        click.echo()
        return False
