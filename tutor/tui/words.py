"""A step in a few short sentences, made from nothing but the recording."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from tutor.plain.format import harmless
from tutor.plain.names import changed_names, reference_of
from tutor.recording.format import Change, Kind
from tutor.recording.model import NodeRecord, TensorRecord
from tutor.recording.moment import Moment, is_backward
from tutor.recording.state import root_of
from tutor.tui.cells import fit
from tutor.tui.graph.roots import find_node
from tutor.tui.text import gradient_text, output_lines, reference_text, tensor_text

VALUE_WIDTH: Final = 36
"""Cells that a value gets inside a sentence."""

NAMES_LIMIT: Final = 4
"""Names told in one sentence."""

_MESSAGE_LINES: Final = 30
_TELLING: Final = ("exponent", "dim", "p")
_PLAIN_STATEMENTS: Final = {
    "import": "{} only makes names available.",
    "from": "{} only makes names available.",
    "def": "{}: the function is defined; it runs when it is called.",
    "class": "{}: the class is defined.",
    "pass": "Nothing to do here.",
}


def describe(moment: Moment) -> list[str]:
    """What the step did, one paragraph per item; plain text, no markup."""
    step = moment.step
    if step is None:
        return ["Nothing has run yet."]
    paragraphs = _TELLERS[step.kind](moment, step.detail)
    if step.opaque:
        paragraphs.append("Something in this step was not understood by the recorder; what is shown may be incomplete.")
    return paragraphs


def _statement(moment: Moment, detail: Any) -> list[str]:
    told = list(_loops(moment)) + list(_bindings(moment, ()))
    if told:
        return [" ".join(told)]
    assert moment.step is not None
    source = _source(moment)
    name = source.partition(" ")[0]
    if name == "with" and not moment.step.grad_enabled:
        return [f"{source}: grad is off inside."]
    return [_PLAIN_STATEMENTS.get(name, "{} runs and changes no tensor.").format(source)]


def _operation(moment: Moment, detail: Any) -> list[str]:
    step = moment.step
    assert step is not None
    inputs, result, *_ = detail
    if is_backward(step.site.name):
        return _backward(moment, inputs)
    name = harmless(step.site.name)
    inside = f"Inside {fit(_source(moment), 60)}: " if step.kind is Kind.INNER else ""
    if name.startswith("set ") and inputs and isinstance(inputs[0], int):
        return [inside + _set(moment, name[4:], inputs)]
    written = _written(moment, inputs, result)
    if written is not None:
        return [inside + _in_place(moment, name, written, detail), *_others(moment, written)]
    if result is None:
        return [f"{inside}{name}{_arguments(moment, inputs)} runs.", *_others(moment, None)]
    if any(isinstance(item, int) for item in inputs):
        made = f"{inside}{name}{_arguments(moment, inputs)} gives {_value(moment, result)}"
    else:
        made = f"{inside}{name} makes {_value(moment, result)}"
    if not isinstance(result, int):
        return [f"{made}.", *_others(moment, None)]
    return [f"{made}{_named(moment, result)}. {_role(moment, result, inputs)}".rstrip(), *_others(moment, result)]


def _named(moment: Moment, result: int) -> str:
    """``, now called w``, and whether the name was another tensor's."""
    names = moment.after.names_of(result)
    if not names:
        return ""
    old = reference_of(moment.before, names[0])
    again = " (another tensor than before)" if isinstance(old, int) and old != result else ""
    return f", now called {harmless(names[0])}{again}"


def _set(moment: Moment, attribute: str, inputs: list[Any]) -> str:
    """An attribute of a tensor was assigned."""
    name = f"{harmless(moment.label(inputs[0]))}.{attribute}"
    value = _argument(moment, inputs[1]) if len(inputs) > 1 else "something"
    return f"{name} is set to {value}."


def _written(moment: Moment, inputs: list[Any], result: Any) -> int | None:
    """The tensor that the operation wrote into, if it did."""
    if isinstance(result, int) and result in inputs and result in moment.before.tensors:
        return result
    for reference in inputs[:1]:
        if isinstance(reference, int) and result is None:
            old, new = moment.before.tensors.get(reference), moment.after.tensors.get(reference)
            if old is not None and new is not None and old.content != new.content:
                return reference
    return None


def _others(moment: Moment, result: int | None) -> list[str]:
    """What else the step changed, besides the names of its own result."""
    told = [*_loops(moment), *_bindings(moment, (result,) if result is not None else ())]
    return [" ".join(told)] if told else []


def _in_place(moment: Moment, name: str, tensor: int, detail: Any) -> str:
    inputs, _, *rest = detail
    old, new = moment.before.tensors[tensor], moment.tensor(tensor)
    assert new is not None
    label = harmless(moment.label(tensor))
    if old.content == new.content:
        if old.meta != new.meta:
            flag = "requires grad now" if new.meta.requires_grad else "no longer requires grad"
            return f"{name}: {label} {flag}."
        return f"{name} leaves the value of {label} as it is."
    others = [_argument(moment, item) for item in inputs if item != tensor and item is not None]
    options = rest[0] if rest and isinstance(rest[0], dict) else {}
    others += [f"{harmless(key)} = {reference_text(moment.before, item, 20)}" for key, item in options.items()]
    using = f" with {', '.join(others[:NAMES_LIMIT])}" if others else ""
    was = tensor_text(old.meta, old.content, VALUE_WIDTH)
    now = tensor_text(new.meta, new.content, VALUE_WIDTH)
    return f"{name} changes {label} in place{using}: {was} → {now}. It is still the same tensor."


def _arguments(moment: Moment, inputs: list[Any]) -> str:
    """`` of w = 2.0 and x = 3.0``."""
    texts = [_argument(moment, reference) for reference in inputs if reference is not None][:4]
    if not texts:
        return ""
    return " of " + (" and ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else texts[0])


def _argument(moment: Moment, reference: Any) -> str:
    if not isinstance(reference, int):
        return reference_text(moment.before, reference, VALUE_WIDTH)
    record = moment.before.tensors.get(reference) or moment.after.tensors.get(reference)
    label = fit(harmless(moment.label(reference)), 30)
    return f"{label} = {tensor_text(record.meta, record.content, VALUE_WIDTH)}" if record is not None else label


def _value(moment: Moment, reference: Any) -> str:
    if isinstance(reference, int):
        record = moment.tensor(reference)
        return tensor_text(record.meta, record.content, VALUE_WIDTH) if record is not None else "a tensor"
    return reference_text(moment.after, reference, VALUE_WIDTH)


def _role(moment: Moment, tensor: int, inputs: list[Any]) -> str:
    """Where a new tensor stands: its grad_fn, or why it has none."""
    record = moment.tensor(tensor)
    assert moment.step is not None
    if record is None:
        return ""
    if record.node is not None:
        node = find_node(moment, record.node)
        return f"Its grad_fn is {harmless(node.name)}." if node is not None else ""
    if record.meta.requires_grad:
        return "It is a leaf that requires grad."
    tensors = [moment.tensor(item) for item in inputs if isinstance(item, int)]
    if not any(item is not None and item.meta.requires_grad for item in tensors):
        return "No input requires grad, so it has no grad_fn." if tensors else ""
    if not moment.step.grad_enabled:
        return "Grad is off here, so it has no grad_fn."
    return "It has no grad_fn: the graph ends here."


def _backward(moment: Moment, inputs: list[Any]) -> list[str]:
    roots = [item for item in inputs if isinstance(item, int)]
    start = f"backward starts at {_argument(moment, roots[0]) if roots else 'the result'}."
    record = moment.tensor(roots[0]) if roots else None
    if record is not None and record.node is None:
        return [f"{start} It has no grad_fn, so there is no node to run.", *_others(moment, None)]
    return [f"{start} Each node of its graph that runs is one of the next steps.", *_others(moment, None)]


def _call(moment: Moment, detail: Any) -> list[str]:
    held = f"{_source(moment)} is library code; the operations inside it are the next steps. n goes past them."
    return [held, *_others(moment, None)]


def _node(moment: Moment, detail: Any) -> list[str]:
    id, incoming, outgoing = detail
    node = find_node(moment, id)
    name = harmless(node.name if node is not None else "The node")
    arrives = " and ".join(gradient_text(moment.after, gradient, VALUE_WIDTH) for gradient in incoming)
    first = f"{name}{_made_by(moment, node)} receives {arrives or 'nothing'}"
    sent = [
        f"{gradient_text(moment.after, gradient, VALUE_WIDTH)} to {_target(moment, node, position)}"
        for position, gradient in enumerate(outgoing)
        if gradient is not None
    ]
    sentences = [f"{first} and sends {' and '.join(sent)}." if sent else f"{first} and sends nothing on."]
    kept = _kept(moment, node)
    return [sentences[0], f"It used what it had saved: {kept}."] if kept else sentences


def _made_by(moment: Moment, node: NodeRecord | None) -> str:
    if node is None or not 0 < node.born <= moment.recording.count:
        return ""
    site = moment.recording.site(node.born)
    return f", made by {harmless(site.source)} in line {site.line},"


def _target(moment: Moment, node: NodeRecord | None, position: int) -> str:
    edge = node.edges[position] if node is not None and position < len(node.edges) else None
    if edge is None:
        return "nobody"
    if edge.leaf is not None:
        return harmless(moment.label(edge.leaf))
    target = find_node(moment, edge.node) if edge.node is not None else None
    return harmless(target.name) if target is not None else "the next node"


def _kept(moment: Moment, node: NodeRecord | None) -> str:
    """The saved tensors of a node by the learner's names: ``x = 3.0``."""
    kept = []
    for saved in node.saved if node is not None else ():
        if saved.tensor is not None:
            kept.append(_argument(moment, saved.tensor))
        elif saved.name in _TELLING and saved.plain is not None:
            kept.append(f"{harmless(saved.name)} = {reference_text(moment.before, saved.plain, VALUE_WIDTH)}")
    return ", ".join(kept[:NAMES_LIMIT])


def _accumulate(moment: Moment, detail: Any) -> list[str]:
    tensor, before, contribution, after, taken_over = detail
    name = f"{harmless(moment.label(tensor))}.grad"
    share = gradient_text(moment.after, contribution, VALUE_WIDTH)
    if before is None or taken_over:
        return [f"{name} was None, so the gradient {share} is taken over as it is: {name} = {share}."]
    old = gradient_text(moment.after, before, VALUE_WIDTH)
    new = gradient_text(moment.after, after, VALUE_WIDTH)
    return [f"{name} already held {old}, and backward adds: {old} + {share} = {new}."]


def _output(moment: Moment, detail: Any) -> list[str]:
    stream, text = detail
    where = "Printed" if stream == "stdout" else "Printed to stderr"
    lines = output_lines(text[:4000].removesuffix("\n"))
    return [f"{where}: {lines[0]}"] if len(lines) == 1 else [f"{where}:", *lines[:_MESSAGE_LINES]]


def _warning(moment: Moment, detail: Any) -> list[str]:
    text, category = detail
    return [f"{harmless(category)} in line {_line(moment)}", *output_lines(text)[:_MESSAGE_LINES]]


def _error(moment: Moment, detail: Any) -> list[str]:
    text, type, *_ = detail
    lines = output_lines(text)[:_MESSAGE_LINES]
    lines[0] = lines[0].removeprefix(f"{type}: ")
    return [f"✗ {harmless(type)} in line {_line(moment)}", *lines]


def _loops(moment: Moment) -> Iterator[str]:
    """Functions entered and turns begun or ended."""
    assert moment.step is not None
    for change in moment.step.changes:
        if change[0] == Change.TURN:
            yield (
                f"Turn {change[3]} of the loop in line {change[2]}."
                if change[3]
                else (f"The loop in line {change[2]} is over.")
            )
        elif change[0] == Change.OPEN:
            yield f"Enters {harmless(change[2] or 'a function')}, called in line {change[3]}."


def _bindings(moment: Moment, known: tuple[int, ...]) -> Iterator[str]:
    """``turn is now 1.``: names that got another value, except those of tensors that were told of already."""
    before, after = moment.before, moment.after
    told = 0
    gone = before.scopes.keys() - after.scopes.keys()
    changed = changed_names(before, after, moment.touched)
    # The members of a new object say no more than that it is new.
    new = {path for path, reference in changed if reference != reference_of(before, path)}
    for path, reference in changed:
        if root_of(path) != path and root_of(path) in new:
            continue
        if reference is None:
            sentence = None if gone else f"{harmless(path)} is gone."
        elif isinstance(reference, int):
            sentence = _tensor_change(moment, path, reference) if reference not in known else None
        elif reference != reference_of(before, path):
            sentence = f"{harmless(path)} is now {reference_text(after, reference, VALUE_WIDTH)}."
        else:
            sentence = None
        if sentence is None:
            continue
        if told == NAMES_LIMIT:
            yield "…"
            return
        told += 1
        yield sentence


def _tensor_change(moment: Moment, path: str, tensor: int) -> str | None:
    name = harmless(path)
    new, old = moment.after.tensors.get(tensor), moment.before.tensors.get(tensor)
    if new is None:
        return None
    value = tensor_text(new.meta, new.content, VALUE_WIDTH)
    if old is None or reference_of(moment.before, path) != tensor:
        return f"{name} is now {value}."
    if old.content != new.content:
        return f"{name}: {tensor_text(old.meta, old.content, VALUE_WIDTH)} → {value}."
    if old.meta.requires_grad != new.meta.requires_grad:
        return f"{name}.requires_grad is now {new.meta.requires_grad}."
    return _grad_change(moment, name, old, new)


def _grad_change(moment: Moment, name: str, old: TensorRecord, new: TensorRecord) -> str | None:
    was = reference_text(moment.before, old.grad, VALUE_WIDTH)
    now = reference_text(moment.after, new.grad, VALUE_WIDTH)
    return f"{name}.grad: {was} → {now}." if was != now else None


def _source(moment: Moment) -> str:
    assert moment.step is not None
    return harmless(" ".join(moment.step.site.source.split()))


def _line(moment: Moment) -> int:
    assert moment.step is not None
    return moment.step.site.line


_TELLERS: Final = {
    Kind.STATEMENT: _statement,
    Kind.OPERATION: _operation,
    Kind.CALL: _call,
    Kind.INNER: _operation,
    Kind.NODE: _node,
    Kind.ACCUMULATE: _accumulate,
    Kind.OUTPUT: _output,
    Kind.WARNING: _warning,
    Kind.ERROR: _error,
}
