"""Which rows the comparison has: the names of both runs, what differs, and what each run printed last."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from tutor.plain.format import harmless
from tutor.recording.moment import Moment
from tutor.recording.queries.different import Aspect, NamePair, name_pairs
from tutor.tui.tensors.rows import is_tensor
from tutor.tui.text import output_lines

PRINTED: Final = "printed last"
"""The name of the row of the output."""

_OUTPUT_LOOKED_AT: Final = 4096


class ComparedRow(NamedTuple):
    """A name of the two runs, or a heading."""

    label: str
    one: Any
    """As the recording's format has it; None where the first run has no such name."""
    other: Any
    aspect: Aspect | None
    """In what the two differ."""
    heading: bool = False

    @property
    def sign(self) -> str:
        """``≠`` where they differ, ``1`` or ``2`` for a name that only one of them has."""
        if self.heading:
            return " "
        if self.aspect is not None:
            return "≠"
        return "1" if self.other is None else "2" if self.one is None else " "


def compared_rows(moment: Moment, other: Moment, *, only_different: bool = False) -> list[ComparedRow]:
    """Names of two moments, the innermost function first, in each the tensors first; then the output.

    Args:
        moment: Of the first run.
        other: Of the second.
        only_different: Leave out what is the same.
    """
    rows: list[ComparedRow] = []
    by_depth: dict[int, list[NamePair]] = {}
    for pair in name_pairs(moment, other):
        if _is_shown(pair):
            by_depth.setdefault(pair.depth, []).append(pair)
    seen: set[tuple[Any, Any]] = set()
    for pairs in by_depth.values():
        # The parameters of an optimizer are those of the model; once is enough.
        named = [pair for pair in pairs if not _is_seen(pair, seen)]
        named.sort(key=lambda pair: not (is_tensor(pair.one) or is_tensor(pair.other)))
        found = [ComparedRow(harmless(pair.path), pair.one, pair.other, pair.aspect) for pair in named]
        if only_different:
            found = [row for row in found if row.sign != " "]
        if found and len(by_depth) > 1:
            function = pairs[0].function
            title = f"in {harmless(function)}" if function else "in the program"
            rows.append(ComparedRow(title, None, None, None, heading=True))
        rows += found
    printed = _printed(moment, other)
    if printed is not None and (printed.sign != " " or not only_different):
        rows.append(printed)
    return rows


def _is_shown(pair: NamePair) -> bool:
    """Whether a name says something: a tensor, a plain value; something else where it differs."""
    member = "." in pair.path or "[" in pair.path
    for reference in (pair.one, pair.other):
        if reference is None:
            continue
        if is_tensor(reference):
            return True
        if len(reference) == 2 and not member:
            return True
    return pair.aspect is not None and not pair.path.endswith(".training")


def _is_seen(pair: NamePair, seen: set[tuple[Any, Any]]) -> bool:
    """Whether the same tensors stand under another name already."""
    if not (isinstance(pair.one, int) and isinstance(pair.other, int)):
        return False
    known = (pair.one, pair.other) in seen
    seen.add((pair.one, pair.other))
    return known


def _printed(moment: Moment, other: Moment) -> ComparedRow | None:
    """The last line that each of them printed, as plain text; None where neither has printed anything."""
    one, two = _last_line(moment), _last_line(other)
    if one is None and two is None:
        return None
    differs = one is not None and two is not None and one != two
    first, second = (["str", None, line] if line is not None else None for line in (one, two))
    return ComparedRow(PRINTED, first, second, Aspect.VALUE if differs else None)


def _last_line(moment: Moment) -> str | None:
    text = "".join(text for _, text in moment.recording.output(moment.number, _OUTPUT_LOOKED_AT))
    lines = [line for line in output_lines(text) if line.strip()]
    return lines[-1].strip() if lines else None
