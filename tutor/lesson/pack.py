"""A pack: a folder of lessons, with their order and stages in its ``pack.toml``.

    title = "Autograd, one step at a time"

    [[stage]]
    title = "The training loop"
    lessons = ["08_accumulation", "14_manual_update"]

A lesson is listed by what the top of its file says, so listing runs and parses nothing. What is wrong with one
lesson, or with ``pack.toml``, is said beside the others and hides none of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from tutor.lesson.contents import read_about, read_toml
from tutor.lesson.percent import find_about
from tutor.lesson.place import Place, unreadable
from tutor.lesson.program import UnreadableError
from tutor.lesson.text import read_text
from tutor.lesson.translation import translated_title

PACK_FILE = "pack.toml"
"""Name of the file that makes a folder a pack."""

OTHER_STAGE = "Other lessons"
"""Stage of the lessons in the folder that its ``pack.toml`` does not name."""


class Listed(msgspec.Struct, frozen=True):
    """A lesson as a list shows it."""

    name: str
    """Name of the file without its ending: ``08_accumulation``."""
    path: Path
    stage: str
    """Title of its stage."""
    title: str
    """Its title, or its name if that cannot be read."""
    minutes: int | float | None = None
    """How long it takes, None if it does not say."""
    needs: list[str] = []
    """Lessons that come before, by name."""
    problem: str = ""
    """``FILE:LINE: what is wrong. What to do.`` Empty if the top of the file is in order."""


class Stage(msgspec.Struct, frozen=True):
    """A part of a pack."""

    title: str
    lessons: list[Listed]


class Pack(msgspec.Struct, frozen=True):
    """A folder of lessons."""

    path: Path
    title: str
    stages: list[Stage]
    problems: list[str] = []
    """What is wrong with ``pack.toml``, each as ``FILE:LINE: what is wrong. What to do.``"""

    @property
    def lessons(self) -> list[Listed]:
        """All lessons in order."""
        return [lesson for stage in self.stages for lesson in stage.lessons]

    @staticmethod
    def load(path: Path, languages: Iterable[str] = ()) -> Pack:
        """List a folder of lessons.

        Args:
            path: The folder. Without a ``pack.toml`` in it, its lessons come in the order of their names.
            languages: Languages of the titles, the best first; a title without a translation stays as it is.

        Raises:
            UnreadableError: it is no folder, or it cannot be listed.
        """
        try:
            names = sorted(file.stem for file in path.iterdir() if file.suffix == ".py" and file.is_file())
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise unreadable(path, f"the pack cannot be read ({reason}). Give a folder of lessons.") from None
        outline = _read_outline(path)
        wanted = list(languages)
        stages = [
            Stage(title, [_in_language(_read_named(path / f"{name}.py", title), wanted) for name in lessons])
            for title, lessons in outline.stages
        ]
        named = {name for _, lessons in outline.stages for name in lessons}
        found = [_read_listed(path / f"{name}.py", OTHER_STAGE) for name in names if name not in named]
        others = [_in_language(lesson, wanted) for lesson in found if lesson is not None]
        if others:
            stages.append(Stage(OTHER_STAGE, others))
        return Pack(path, outline.title, stages, outline.problems)


def topic(name: str) -> str:
    """The name of a lesson without its number, as ``needs`` names it: ``accumulation`` for ``08_accumulation``."""
    number, _, words = name.partition("_")
    return words if number.isdecimal() and words else name


def own_pack(path: Path) -> Pack:
    """The pack of the folder in which a file is, an empty one if that cannot be listed."""
    try:
        return Pack.load(path.parent)
    except UnreadableError:
        return Pack(path.parent, path.parent.name, [])


def built_in() -> Path:
    """The folder of the course that comes with the program, in an installation as in a checkout.

    Raises:
        UnreadableError: it is in neither place.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "_lessons", package.parent / "lessons"):
        if (folder / PACK_FILE).is_file():
            return folder
    raise unreadable(package / "_lessons", "the lessons are missing. Install the program again.")


def _in_language(lesson: Listed, languages: list[str]) -> Listed:
    """A lesson with its title in the first of some languages that it has."""
    if not languages or lesson.problem:
        return lesson
    return msgspec.structs.replace(lesson, title=translated_title(lesson.path, languages, lesson.title))


def _read_named(path: Path, stage: str) -> Listed:
    """A lesson that ``pack.toml`` names."""
    problem = 'no cell says that this is a lesson. Write: # %% [raw] tutor="lesson"'
    return _read_listed(path, stage) or Listed(
        path.stem, path, stage, path.stem, problem=str(unreadable(path, problem))
    )


def _read_listed(path: Path, stage: str) -> Listed | None:
    """A lesson as its file describes it, None if the file does not say that it is one."""
    name = path.stem
    try:
        found = find_about(read_text(path))
        if found is None:
            return None
        text, line = found
        about = msgspec.convert(read_about(text, Place(str(path)), line), _About)
    except UnreadableError as error:
        return Listed(name, path, stage, name, problem=str(error))
    return Listed(name, path, stage, about.title, about.minutes, about.needs)


class _About(msgspec.Struct):
    """The part of a lesson's TOML that a list needs."""

    title: str
    minutes: int | float | None = None
    needs: list[str] = []


class _Outline(msgspec.Struct):
    """What ``pack.toml`` says, as far as it can be used."""

    title: str
    stages: list[tuple[str, list[str]]] = []
    problems: list[str] = []


def _read_outline(folder: Path) -> _Outline:
    path = folder / PACK_FILE
    outline = _Outline(folder.name)
    try:
        content = read_toml(read_text(path), Place(str(path)), 1)
    except UnreadableError as error:
        outline.problems.append(str(error))
        return outline
    title = content.get("title")
    if isinstance(title, str) and title.strip():
        outline.title = title
    else:
        outline.problems.append(str(unreadable(path, 'the pack has no title. Write: title = "..."')))
    stages = content.get("stage", [])
    for number, stage in enumerate(stages if isinstance(stages, list) else [None], 1):
        _read_stage(stage, number, outline, path)
    return outline


def _read_stage(stage: object, number: int, outline: _Outline, path: Path) -> None:
    """Add a stage to the outline, and what is wrong with it to the problems."""

    def complain(problem: str) -> None:
        outline.problems.append(str(unreadable(path, problem, f"stage {number}")))

    if not isinstance(stage, dict):
        complain('a stage is a table. Write: [[stage]], title = "...", lessons = [...]')
        return
    title, names = stage.get("title"), stage.get("lessons")
    if not isinstance(title, str) or not title.strip():
        complain('the stage has no title. Write: title = "..."')
        title = f"Stage {number}"
    if not isinstance(names, list):
        complain('the stage has no lessons. Write: lessons = ["08_accumulation"]')
        return
    taken = {name for _, lessons in outline.stages for name in lessons}
    lessons: list[str] = []
    for name in names:
        if not isinstance(name, str) or not name or Path(name).name != name:
            complain(f"{name!r} is no name of a lesson. Write the name of its file without .py.")
        elif name in taken or name in lessons:
            complain(f"{name} is listed twice. Remove one of them.")
        else:
            lessons.append(name)
    outline.stages.append((title, lessons))
