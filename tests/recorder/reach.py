"""How far wrong readings reach in the course: how many questions get how many wrong answers, and how fast.

Run it from the top of the checkout: ``python -m tests.recorder.reach [LESSON ...]``; with names each question is shown.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tutor.lesson.check.seen import Stop
from tutor.lesson.pack import built_in
from tutor.lesson.program import Program
from tutor.lesson.questions import read_question
from tutor.lesson.reading import read_program
from tutor.lesson.readings import readings
from tutor.lesson.value import Value, same
from tutor.recorder.misread import Answers, Misreader


def stops_of(program: Program) -> list[Stop]:
    """What a program asks: its ``#?`` marks and its questions."""
    asked = [read_question(program, question, lambda rule, line, text: None) for question in program.questions]
    stops = [Stop(f"#? {mark.mark_line}", mark.expression, mark.line, mark.turn) for mark in program.asks]
    stops += [Stop(each.id, each.ask, cell=each.cell, group=each.id) for each in asked if each is not None]
    return stops


def different(values: list[Value]) -> int:
    """How many answers there are."""
    found: list[Value] = []
    for value in values:
        if not any(same(value, other) for other in found):
            found.append(value)
    return len(found)


def show(program: Program, stops: list[Stop], answers: Answers) -> None:
    """Print each question with its answers."""
    print(program.name)
    for stop in stops:
        right = answers.right.get(stop.key)
        print(f"  {stop.key}: {stop.expression} = {right.text if right else 'not reached'}")
        for name, value in answers.wrong.get(stop.key, {}).items():
            print(f"      {name:24} {value.text}")
    for name, raised in answers.wrong_raised.items():
        print(f"      {name:24} {', '.join(f'line {error.line}: {error.text}' for error in raised) or 'no error'}")


def main() -> None:
    """Measure the lessons that are named, or all."""
    names = sys.argv[1:]
    paths = [path for path in sorted(built_in().glob("*.py")) if not names or path.stem in names]
    counts: list[int] = []
    seconds, runs = 0.0, 0
    with Misreader() as misreader:
        misreader.values(read_program(Path(__file__).parents[1] / "programs" / "sgd.py"), [])
        for path in paths:
            program = read_program(path)
            stops = stops_of(program)
            last = max(cell.number for cell in program.cells if cell.kind == "code")
            found = readings(program, last)
            begin = time.perf_counter()
            answers = misreader.answers(program, stops, found)
            seconds += time.perf_counter() - begin
            runs += len(found) + 1
            for stop in stops:
                wrong = list(answers.wrong.get(stop.key, {}).values())
                if answers.right.get(stop.key, Value("error", error="x")).error:
                    wrong += [Value("error", error=str(raised)) for raised in answers.wrong_raised.values()]
                counts.append(different(wrong))
            if names:
                show(program, stops, answers)
    for least in (1, 2, 3):
        share = sum(count >= least for count in counts)
        print(f"{share:4} of {len(counts)} questions have {least} or more wrong answers from readings")
    each, run = 1000 * seconds / len(counts), 1000 * seconds / runs
    print(f"{each:4.0f} ms for a question, {run:.0f} ms for a run, {runs} runs")


if __name__ == "__main__":
    main()
