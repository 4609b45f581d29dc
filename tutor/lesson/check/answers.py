"""Rules about answers: each can be computed where it is asked, and no two are the same."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tutor.lesson.changes import NotOnceError, changed, code_cells
from tutor.lesson.check.answered import answered, is_meant
from tutor.lesson.check.problem import Problem, problem
from tutor.lesson.check.seen import Misread, Plan, Seen, Stop, Variant
from tutor.lesson.program import Ask, Program
from tutor.lesson.questions import Asked, Wrong
from tutor.lesson.readings import reading_of
from tutor.lesson.value import Value, same, scalar

WEAK = (0.0, 1.0, 2.0)
"""Right answers that too many beliefs give."""


def plan(program: Program, questions: list[Asked]) -> Plan:
    """What is to be evaluated, and which changed programs are to be run."""
    stops: list[Stop] = []
    for number, ask in enumerate(program.asks):
        stops.append(Stop(_mark(number), ask.expression, ask.line, ask.turn))
        if (owner := _owner(ask.expression)) is not None:
            stops.append(Stop(f"{_mark(number)} owner", owner, ask.line, ask.turn))
    variants: list[Variant] = []
    misread: dict[str, list[Stop]] = {}
    last = max((question.cell for question in questions), default=0)
    for question in questions:
        stops.append(_stop(question, "ask", question.ask))
        if (owner := _owner(question.ask)) is not None:
            stops.append(_stop(question, "owner", owner))
        for number, wrong in enumerate(question.wrongs):
            if wrong.form == "value":
                stops.append(_stop(question, str(number), wrong.text))
            elif wrong.form == "change":
                variants.extend(_variant(program, question, number, wrong))
            else:
                misread.setdefault(wrong.text, []).append(_stop(question, str(number), question.ask))
    readings = ((reading_of(program, last, name), asked) for name, asked in misread.items())
    return Plan(stops, variants, [Misread(reading, asked) for reading, asked in readings if reading is not None])


def _variant(program: Program, question: Asked, number: int, wrong: Wrong) -> Iterator[Variant]:
    try:
        cells = changed(code_cells(program, question.cell), wrong.text, wrong.replacement)
    except NotOnceError:
        return
    yield Variant(f"{question.id}/{number}", cells, _stop(question, str(number), question.ask))


def _mark(number: int) -> str:
    return f"#? {number}"


def _stop(question: Asked, part: str, expression: str) -> Stop:
    return Stop(f"{question.id}/{part}", expression, cell=question.cell, group=question.id)


def _owner(expression: str) -> str | None:
    """``x`` for ``x.grad``."""
    tree = ast.parse(expression.strip(), mode="eval").body
    return ast.unparse(tree.value) if isinstance(tree, ast.Attribute) and tree.attr == "grad" else None


def check_marks(program: Program, seen: Seen) -> Iterator[Problem]:
    """Whether each ``#?`` can be answered, and tells beliefs apart."""
    for number, ask in enumerate(program.asks):
        value = seen.values.get(_mark(number))
        if value is None or value.error:
            yield problem("ask", program.path, ask.mark_line, _unanswered(ask, value))
        else:
            yield from _weak(program.path, ask.mark_line, value, seen.values.get(f"{_mark(number)} owner"))


def _unanswered(ask: Ask, value: Value | None) -> str:
    if value is None:
        turn = f" in turn {ask.turn}" if ask.turn is not None else ""
        return f"the run does not come past this line{turn}. Put #? where it does."
    return f"{ask.expression} gives {_error(value.error)} here. Ask for something that has a value."


def _error(text: str) -> str:
    """An error without its full stop, to go on after it."""
    return text.rstrip(".?!")


def _weak(path: str, line: int, value: Value, owner: Value | None) -> Iterator[Problem]:
    """Warnings about numbers that several beliefs give."""
    if owner is not None and value.type == owner.type == "tensor" and same(value, owner):
        text = f"value and gradient are both {value.text}, so an answer does not tell which was meant."
        yield problem("numbers", path, line, f"{text} Choose other numbers.")
    elif scalar(value) in WEAK:
        text = f"the right answer is {value.text}, which many wrong ways lead to as well. Choose other numbers."
        yield problem("numbers", path, line, text)


def check_changes(program: Program, question: Asked) -> Iterator[Problem]:
    """Whether each text to change stands once in the code above the question, and what is misread stands there."""
    cells = code_cells(program, question.cell)
    for wrong in question.wrongs:
        if wrong.form == "read_as" and reading_of(program, question.cell, wrong.text) is None:
            text = f"nothing in the code above can be read as {wrong.text}. Name another misreading, or remove it."
            yield problem("belief", program.path, wrong.line, text)
        if wrong.form == "change":
            try:
                changed(cells, wrong.text, wrong.replacement)
            except NotOnceError as error:
                text = f"{wrong.text!r} {error} in the code above. Give a text that stands there once."
                yield problem("change", program.path, wrong.line, text)


def check_question(program: Program, question: Asked, seen: Seen) -> Iterator[Problem]:
    """Whether the answers to a question can be computed, and are all different."""
    right = answered(question.type, question.cell, seen.values.get(f"{question.id}/ask"), seen.raised)
    if right is None:
        text = "the place of the question is not reached. Put it below a cell that runs."
        yield problem("ask", program.path, question.line, text)
        return
    if question.type == "error" and not right.error:
        text = f"nothing is raised here, the answer is {right.text}. Ask where an error comes, or change the type."
        yield problem("error", program.path, question.line, text)
    elif question.type != "error" and right.error:
        text = f"{question.ask} gives {_error(right.error)} here. Ask for something that has a value"
        yield problem("ask", program.path, question.line, f'{text}, or write: type = "error"')
        return
    if question.type in ("number", "tensor"):
        owner = seen.values.get(f"{question.id}/owner")
        yield from _weak(program.path, question.line, right, owner)
    yield from _check_wrongs(program, question, seen, right)


def _check_wrongs(program: Program, question: Asked, seen: Seen, right: Value) -> Iterator[Problem]:
    known: list[tuple[Value, int]] = []
    for number, wrong in enumerate(question.wrongs):
        value = seen.values.get(f"{question.id}/{number}")
        if wrong.form != "value":
            if f"{question.id}/{number}" not in seen.variants:
                continue
            tell = _changed_answer if wrong.form == "change" else _misread_answer
            answer, text = tell(question, number, seen)
            if answer is None:
                yield problem("change" if wrong.form == "change" else "reading", program.path, wrong.line, text)
                continue
            value = answer
        elif value is None or (value.error and not is_meant(wrong.text, value)):
            text = f"{wrong.text} gives {_error(value.error if value else 'nothing')} here. Write what can be computed."
            yield problem("value", program.path, wrong.line, text)
            continue
        if same(value, right):
            text = f"this is the right answer, {right.text}. Change the numbers, or remove it."
            yield problem("same", program.path, wrong.line, text)
        elif (line := next((line for other, line in known if same(value, other)), None)) is not None:
            text = f"this is the answer of line {line}, {value.text}. Change the numbers, or remove one."
            yield problem("same", program.path, wrong.line, text)
        known.append((value, wrong.line))


def _changed_answer(question: Asked, number: int, seen: Seen) -> tuple[Value | None, str]:
    """What a changed program gives, or None and why it gives nothing."""
    seen_variant = seen.variants[f"{question.id}/{number}"]
    ended = next((raised for raised in seen_variant.raised if not raised.announced), None)
    if ended is not None and not (question.type == "error" and ended.cell == question.cell):
        where = f" in line {ended.line}" if ended.line else ""
        advice = 'Change something else, or give the error as value = "..."'
        return None, f"the changed program raises {_error(ended.text)}{where}. {advice}"
    value = answered(question.type, question.cell, seen_variant.value, seen_variant.raised)
    if value is None:
        reason = seen_variant.reason or "it did not come to the question"
        return None, f"the changed program does not run: {reason}. Change something else."
    if value.error and question.type != "error":
        return None, f"in the changed program {question.ask} gives {_error(value.error)}. Change something else."
    return value, ""


def _misread_answer(question: Asked, number: int, seen: Seen) -> tuple[Value | None, str]:
    """What the program gives under a misreading, or None and why it gives nothing."""
    name = question.wrongs[number].text
    seen_variant = seen.variants[f"{question.id}/{number}"]
    if seen_variant.reason:
        return None, f"{name} cannot be carried out here: {seen_variant.reason}. Give the answer as a value."
    value = answered(question.type, question.cell, seen_variant.value, seen_variant.raised)
    if value is not None and (question.type == "error" or not value.error):
        return value, ""
    if value is not None:
        return None, f"under {name} {question.ask} gives {_error(value.error)}. Give the answer as a value."
    error = next((raised for raised in seen_variant.raised if raised.cell == question.cell), None)
    came = f"{_error(error.text)} is raised in line {error.line}" if error else "the question is not reached"
    return None, f'under {name} {came}. Name another misreading, or give the answer as value = "..."'
