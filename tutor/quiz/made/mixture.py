"""A good mixture of questions about a whole program: varied kinds, spread over it, those that tell something first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Final, TypeVar

import msgspec

from tutor.quiz.made.draft import Made
from tutor.quiz.made.errors import error_question, error_steps, harmless_question, harmless_steps
from tutor.quiz.made.gradients import gradient_question, gradient_steps
from tutor.quiz.made.kept import kept_questions, kept_steps
from tutor.quiz.made.leaves import leaf_question
from tutor.quiz.made.nodes import LARGEST, first_calls, node_question, order_question
from tutor.quiz.made.results import result_question, result_steps
from tutor.quiz.made.saved import saved_question
from tutor.quiz.made.shapes import shape_question, shape_steps
from tutor.quiz.made.shown_code import shown_code
from tutor.quiz.question import Draft
from tutor.recording.format import Kind
from tutor.recording.recording import Recording

_Item = TypeVar("_Item")

_ALIKE: Final = 2
"""Questions about one line, or about one thing, as long as there are others."""

_MOST_ALIKE: Final = 3
"""Such questions, if there are no others."""

_SHARE: Final = 4
"""They may be a quarter of a large mixture."""


def all_made(recording: Recording, limit: int) -> list[Draft]:
    """Questions about a recording, in the order of the program, the same each time.

    Args:
        recording: One that has ended.
        limit: At most this many.

    Raises:
        DamagedError: the recording cannot be read.
    """
    telling, others = _mixed(recording, limit)
    chosen = telling or others[:limit]
    chosen.sort(key=lambda draft: (draft.question.step, draft.question.id))
    return [_with_code(recording, draft) for draft in chosen]


def made_again(recording: Recording, ids: Collection[str]) -> list[Draft]:
    """The questions of some ids that can still be made from a recording, in the order of the program.

    Args:
        recording: One that has ended.
        ids: As ``all_made`` or ``made_at`` gave them for this recording or another of the same program.

    Raises:
        DamagedError: the recording cannot be read.
    """
    every = (made.draft for source in _sources(recording) for made in _spread_over(source))
    found: dict[str, Draft] = {}
    for draft in every:
        if draft.question.id in ids:
            found.setdefault(draft.question.id, draft)
            if len(found) == len(set(ids)):
                break
    chosen = sorted(found.values(), key=lambda draft: (draft.question.step, draft.question.id))
    return [_with_code(recording, draft) for draft in chosen]


def _mixed(recording: Recording, limit: int) -> tuple[list[Draft], list[Draft]]:
    """The telling questions, and some of the others; of each kind one in turn."""
    sources = [_spread_over(source) for source in _sources(recording)]
    telling: list[Draft] = []
    crowded: list[Draft] = []
    others: list[Draft] = []
    asked: Counter[int | str] = Counter()
    ids: set[str] = set()
    while sources and len(telling) < limit:
        for source in list(sources):
            made = _next_telling(source, others, ids)
            if made is None:
                sources.remove(source)
                continue
            ids.add(made.question.id)
            themes = _themes(made)
            times = max(asked[theme] for theme in themes)
            if times >= max(_MOST_ALIKE, limit // _SHARE):
                continue
            asked.update(themes)
            if times >= _ALIKE:
                crowded.append(made)
                continue
            telling.append(made)
            if len(telling) == limit:
                break
    return [*telling, *crowded[: limit - len(telling)]], others


def _themes(draft: Draft) -> list[int | str]:
    """What a question is about: its line, and the name that it asks for."""
    subject = draft.question.id.rpartition(":L")[0]
    return [draft.question.line, *([subject] if ":" in subject else [])]


def _next_telling(source: Iterator[Made], others: list[Draft], ids: set[str]) -> Draft | None:
    for made in source:
        if made.draft.question.id in ids:
            continue
        if made.telling:
            return made.draft
        others.append(made.draft)
        ids.add(made.draft.question.id)
    return None


def _sources(recording: Recording) -> list[list[Callable[[], Iterable[Made | None]]]]:
    """For each kind the ways to its questions, in the order of the program; none is gone before it is asked for."""

    def one(make: Callable[..., Made | None], *arguments: object) -> Callable[[], Iterable[Made | None]]:
        return lambda: [make(recording, *arguments)]

    bound = shape_steps(recording)
    calls = first_calls(recording)
    nodes = [step for call in calls for step in range(call + 1, min(call + LARGEST, recording.count) + 1)]
    return [
        [one(gradient_question, step) for step in gradient_steps(recording)],
        [one(result_question, path, step) for path, step in result_steps(recording)],
        [lambda step=step: kept_questions(recording, step) for step in kept_steps(recording)],  # type: ignore[misc]
        [one(node_question, step) for step in nodes if recording.kind(step) is Kind.NODE],
        [one(error_question, step) for step in error_steps(recording)],
        [one(shape_question, path, step) for path, step in bound],
        [one(leaf_question, path, step) for path, step in bound],
        [one(saved_question, path, step) for path, step in bound],
        [one(harmless_question, step) for step in harmless_steps(recording)],
        [one(order_question, call) for call in calls],
    ]


def _spread_over(ways: Sequence[Callable[[], Iterable[Made | None]]]) -> Iterator[Made]:
    for way in spread(ways):
        yield from (made for made in way() if made is not None)


def spread(items: Sequence[_Item]) -> Iterator[_Item]:
    """All items, so that the first few of them are spread over the whole: halves, then quarters, and so on."""
    taken: set[int] = set()
    parts = 1
    while len(taken) < len(items):
        for part in range(parts):
            place = (2 * part + 1) * len(items) // (2 * parts)
            if place not in taken:
                taken.add(place)
                yield items[place]
        parts *= 2


def _with_code(recording: Recording, draft: Draft) -> Draft:
    code, first_line = shown_code(recording, draft.question.line)
    return msgspec.structs.replace(
        draft, question=msgspec.structs.replace(draft.question, code=code, first_line=first_line)
    )
