"""Statements, and what was printed."""

from __future__ import annotations

import re
from typing import Any, Final

from tutor.explain.changes import bindings, loops
from tutor.explain.look import source
from tutor.explain.optimizers import is_optimizer
from tutor.plain.format import harmless
from tutor.recording.format import Flag, Kind
from tutor.recording.moment import Moment

_LINES: Final = 30
"""Lines of a message or of printed text."""

_LINE: Final = 2000
"""Characters of such a line."""

_PLAIN: Final = {
    "import": "{} only makes names available.",
    "from": "{} only makes names available.",
    "def": "{}: the function is defined; it runs when it is called.",
    "class": "{}: the class is defined.",
    "pass": "Nothing to do here.",
}

_LEAVING: Final = (
    (
        re.compile(r"\.item\(\)$"),
        "item() gives a plain Python number. It is outside the graph: nothing flows back through it.",
    ),
    (re.compile(r"\.tolist\(\)$"), "tolist() gives plain Python numbers. They are outside the graph."),
    (
        re.compile(r"\.numpy\(\)$"),
        "numpy() gives an array on the same memory, outside the graph. Writing into it changes the tensor, and "
        "backward cannot notice.",
    ),
    (
        re.compile(r"\.register_hook\("),
        "In backward the hook is called with the gradient of that tensor, and what it returns takes its place.",
    ),
    (
        re.compile(r"\.register_post_accumulate_grad_hook\("),
        "The hook is called in backward each time after a gradient was accumulated in that .grad.",
    ),
)
"""How statements end that take something out of the graph or put a hook in, and what to say of them."""


def statement_paragraphs(moment: Moment, detail: Any) -> list[str]:
    """A statement that ran no operation of torch."""
    step = moment.step
    assert step is not None
    text = source(moment)
    name = text.partition(" ")[0]
    told = [*loops(moment), *bindings(moment, ())]
    more = [sentence for pattern, sentence in _LEAVING if pattern.search(text)]
    entered = _entered(moment, text) if name in ("with", "async") else ""
    if entered:
        return [" ".join([entered, *told])]
    if not told and text.endswith(".zero_grad()"):
        return [f"{text} finds no .grad to clear: they are all None."]
    if not told and text.endswith(".step()") and is_optimizer(moment, text.removesuffix(".step()")):
        return [f"{text} changes nothing: it skips a parameter whose .grad is None, and they are all None."]
    if told or more:
        return [*([" ".join(told)] if told else []), *more[:1]]
    return [_PLAIN.get(name, "{} runs and changes no tensor.").format(text)]


def _entered(moment: Moment, text: str) -> str:
    """A block that switches grad off or on."""
    step = moment.step
    assert step is not None
    if step.flags & Flag.INFERENCE:
        return (
            f"{text}: grad is off inside, nothing is recorded, and tensors that are made inside can never be part of a "
            f"graph."
        )
    if not step.grad_enabled:
        return (
            f"{text}: grad is off inside. No node is recorded, so results have no grad_fn; leaves stay leaves that "
            f"require grad."
        )
    if "enable_grad" in text or "set_grad_enabled" in text:
        return f"{text}: grad is on inside, and operations are recorded."
    return ""


def grad_again(moment: Moment) -> str:
    """``Grad is on again.`` in the first step after a block that had switched it off."""
    step = moment.step
    if step is None or step.number < 2 or not step.grad_enabled or step.parent:
        return ""
    if step.kind not in (Kind.STATEMENT, Kind.OPERATION) or step.site.source.startswith("with "):
        return ""
    last = moment.recording.step(step.number - 1)
    if last.grad_enabled or last.parent or last.kind not in (Kind.STATEMENT, Kind.OPERATION):
        return ""
    return "The block is over: grad is on again."


def output_paragraphs(moment: Moment, detail: Any) -> list[str]:
    """What was printed."""
    stream, text = detail
    where = "Printed" if stream == "stdout" else "Printed to stderr"
    lines = lines_of(text[:4000].removesuffix("\n"))
    return [f"{where}: {lines[0]}"] if len(lines) == 1 else [f"{where}:", *lines[:_LINES]]


def lines_of(text: str) -> list[str]:
    """Text as lines that cannot steer a terminal; tabs expanded, long lines cut."""
    return [harmless(part[:_LINE].expandtabs(8)) for part in text.replace("\r\n", "\n").split("\n")]
