"""The commands that ask: quiz, review."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import click

from tutor.cli.group import CommandError, common, tutor
from tutor.cli.shared import kept_as, languages, pack, plan_on_screen, read_target

if TYPE_CHECKING:
    from tutor.lesson.pack import Listed, Pack
    from tutor.progress.store import Store
    from tutor.tui.questions.plans import Plan


@tutor.command()
@click.argument("target", required=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.option("--stage", metavar="TITLE", help="Ask about the lessons of a stage: its title, or its number.")
@common
@click.pass_context
def quiz(
    context: click.Context, /, target: str | None, arguments: tuple[str, ...], stage: str | None, **options: Any
) -> int:
    """Ask questions about TARGET, or about all lessons that you have opened.

    TARGET is a lesson's name, a .py file, a .ipynb notebook or a saved recording. ARGUMENTS after -- are the
    program's own.
    """
    if target is not None and stage is not None:
        raise CommandError("a quiz is about a target or about a stage. Give one of them.")
    if target is not None:
        return plan_on_screen(context, _about_target(context, target, arguments))
    from tutor.progress.store import Store
    from tutor.tui.questions.plans import about_lessons

    lessons = pack(context)
    with contextlib.closing(Store.look()) as store:
        title, chosen = _stage(lessons, stage) if stage is not None else _met(lessons, store, kept_as(lessons))
        plan = about_lessons(title, chosen, store, kept_as(lessons), languages(context))
    return plan_on_screen(context, plan)


def _about_target(context: click.Context, target: str, arguments: tuple[str, ...]) -> Plan:
    from pathlib import Path

    from tutor.recording.file import SavedRecording
    from tutor.recording.log import DamagedError
    from tutor.tui.questions.plans import about_program
    from tutor.tui.source import program_of

    found = read_target(context, target, arguments)
    if not isinstance(found, Path):
        return about_program(found)
    try:
        recording = SavedRecording(found).wait()
    except DamagedError as error:
        raise CommandError(f"{found}: {error}") from None
    if recording.header is None:
        raise CommandError(f"{found}: nothing was recorded in it. Record it again.")
    return about_program(program_of(recording.header), recording)


def _stage(lessons: Pack, wanted: str) -> tuple[str, list[Listed]]:
    """The stage of a title or a number."""
    for number, stage in enumerate(lessons.stages, 1):
        if wanted.casefold() == stage.title.casefold() or wanted == str(number):
            return stage.title, stage.lessons
    titles = ", ".join(f"{number} {stage.title}" for number, stage in enumerate(lessons.stages, 1))
    raise CommandError(f"there is no stage {wanted!r}. Choose one of: {titles}.")


def _met(lessons: Pack, store: Store, name: str) -> tuple[str, list[Listed]]:
    """The lessons that somebody has opened; before the first, those of the first stage."""
    places = store.places(name)
    met = [lesson for lesson in lessons.lessons if lesson.name in places]
    if met or not lessons.stages:
        return "everything met so far", met
    return lessons.stages[0].title, lessons.stages[0].lessons


@tutor.command()
@common
@click.pass_context
def review(context: click.Context, /, **options: Any) -> int:
    """Ask the questions that are due today: about lessons, and about programs of your own.

    Your own programs are run only if you agree on the screen.
    """
    from tutor.plain.format import harmless
    from tutor.progress.review import Schedule
    from tutor.progress.store import Store
    from tutor.tui.questions.due import about_due, due_cards, next_due, packs_of_review, told
    from tutor.tui.start import terminal_problem

    lessons = pack(context)
    name = kept_as(lessons)
    with contextlib.closing(Store.look()) as store:
        schedule = Schedule(store)
        plan = about_due(lessons.lessons, due_cards(schedule, name), store.own_files(), languages(context))
        following = next_due(schedule, name)
        asked = any(store.answers(each) for each in packs_of_review(name))
    if plan.parts:
        if problem := terminal_problem():
            raise CommandError(problem)
        if own := [harmless(told(part.program)) for part in plan.parts if part.own]:
            click.echo(f"tutor: to ask about your own programs it has to run them: {', '.join(own)}", err=True)
        return plan_on_screen(context, plan)
    if plan.note:
        click.echo(f"tutor: {harmless(plan.note)}", err=True)
    if following is not None:
        click.echo(f"Nothing is due today. The next questions are due on {following.isoformat()}.")
    elif asked:
        click.echo("Nothing is due today.")
    else:
        click.echo("Nothing is due: no question has been answered yet. Begin with: tutor")
    return 0
