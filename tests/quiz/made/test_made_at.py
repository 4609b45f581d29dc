"""Which steps are asked about on the way, and what is asked."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.quiz.made.recorded import Recorded, Recorder
from tutor.lesson.value import Value, same
from tutor.quiz.made import made_at
from tutor.quiz.question import Question
from tutor.quiz.shown import answer_text
from tutor.recording.file import SavedRecording, save
from tutor.recording.format import Kind

THREE_TIMES = """
    import torch

    x = torch.tensor(3.0, requires_grad=True)
    for turn in range(3):
        y = x**2
        y.backward()
"""


def asked(recorded: Recorded) -> dict[str, Question]:
    """Everything that is asked on the way, by id."""
    drafts = [made_at(recorded.recording, number) for number in range(1, recorded.recording.count + 1)]
    return {draft.question.id: draft.question for draft in drafts if draft is not None}


def texts(question: Question) -> dict[str, str]:
    """The wrong answers with their reasons."""
    return {choice.text: " ".join(choice.why) for choice in question.choices if not choice.right}


def test_a_gradient_is_asked_for_in_the_learners_words(recorder: Recorder) -> None:
    question = asked(recorder.text(THREE_TIMES))["grad:x:L6:t3"]
    assert question.prompt == "Line 6 runs `y.backward()` for the third time. What is in `x.grad` afterwards?"
    assert question.hints == ["x.grad is 12.0 now.", "This call brings 6.0."]
    assert question.right_why == ["x.grad held 12.0, and backward() adds 6.0: 12.0 + 6.0 = 18.0."]
    assert answer_text(question.answer) == "18.0"
    assert texts(question) == {
        "6.0": "That is what this call brings. x.grad held something already, and backward() adds to it.",
        "12.0": "That is what x.grad was before this call.",
        "3.0": "That is the value of x, not its .grad.",
    }


def test_a_first_gradient_is_taken_over(recorder: Recorder) -> None:
    question = asked(recorder.text(THREE_TIMES))["grad:x:L6:t1"]
    assert question.hints[0] == "x.grad is None now."
    assert question.right_why == ["x.grad was None, so the gradient 6.0 is taken over as it is."]
    assert "None" in texts(question)


def test_of_a_long_loop_the_first_two_turns_and_the_last_are_asked(recorder: Recorder) -> None:
    recorded = recorder.text(THREE_TIMES.replace("range(3)", "range(50)"))
    assert list(asked(recorded)) == ["grad:x:L6:t1", "grad:x:L6:t2", "grad:x:L6:t50"]


def test_every_leaf_of_a_call_is_asked_for_and_the_others_are_wrong_answers(recorder: Recorder) -> None:
    recorded = recorder.text("""
        import torch

        a = torch.tensor(2.0, requires_grad=True)
        b = torch.tensor(7.0, requires_grad=True)
        (a * b + 3 * b).backward()
    """)
    questions = asked(recorded)
    assert [id for id in questions if id.startswith("grad")] == ["grad:a:L5", "grad:b:L5"]
    # The gradient of the other leaf is the one after the call, although it comes later.
    assert texts(questions["grad:b:L5"])["7.0"] == "That is the value of b, not its .grad."
    assert texts(questions["grad:a:L5"])["5.0"] == "That is b.grad."


def test_a_call_in_a_function_is_asked_without_a_stop(recorder: Recorder) -> None:
    recorded = recorder.text("""
        import torch

        w = torch.tensor(3.0, requires_grad=True)

        def train():
            loss = w**2
            loss.backward()

        for turn in range(2):
            train()
    """)
    question = asked(recorded)["grad:w:L10:t2>L7"]
    assert question.prompt.startswith("Line 7, called from line 10 in turn 2, runs `loss.backward()`.")
    drafts = [made_at(recorded.recording, number) for number in range(recorded.recording.count + 1)]
    assert all(draft.stop is None for draft in drafts if draft is not None)


def test_a_call_under_a_condition_says_its_turn(recorder: Recorder) -> None:
    recorded = recorder.text("""
        import torch

        w = torch.tensor(3.0, requires_grad=True)
        for turn in range(3):
            if turn > 0:
                (w**2).backward()
    """)
    question = asked(recorded)["grad:w:L6:t2"]
    assert question.prompt.startswith("In turn 2 line 6 runs `(w**2).backward()`.")


def test_several_calls_on_one_line_are_told_apart(recorder: Recorder) -> None:
    recorded = recorder.text("""
        import torch

        w = torch.tensor(3.0, requires_grad=True)
        done = [(w**power).backward() for power in (2, 3)]
    """)
    questions = asked(recorded)
    assert [id for id in questions if id.startswith("grad")] == ["grad:w:L4", "grad:w:L4:n2"]
    assert answer_text(questions["grad:w:L4:n2"].answer) == "33.0"


def test_a_hook_that_empties_the_gradient_asks_nothing_untrue(recorder: Recorder) -> None:
    recorded = recorder.text("""
        import torch

        w = torch.tensor(3.0, requires_grad=True)

        def empty(leaf):
            leaf.grad = None

        w.register_post_accumulate_grad_hook(empty)
        (w**2).backward()
        print(w.grad)
    """)
    assert not [id for id in asked(recorded) if id.startswith("grad:w")]


def test_large_tensors_are_not_asked_for(recorder: Recorder) -> None:
    recorded = recorder.text("""
        import torch

        w = torch.ones(13, requires_grad=True)
        (w**2).sum().backward()
    """)
    assert not [id for id in asked(recorded) if id.startswith("grad")]


# Nodes

BRANCHES = """
    import torch

    x = torch.tensor(3.0, requires_grad=True)
    early = x**2
    late = x.exp()
    (early * late).backward()
"""


def test_the_next_node_is_asked_where_several_could_run(recorder: Recorder) -> None:
    question = asked(recorder.text(BRANCHES))["node:2:L6"]
    assert question.prompt == (
        "Line 6 runs `(early * late).backward()`. Inside backward(), MulBackward0 has just run. Which node runs next?"
    )
    assert next(choice.text for choice in question.choices if choice.right) == "ExpBackward0"
    assert texts(question) == {
        "PowBackward0": "It could run, but it was made before ExpBackward0: what was made last runs first."
    }


def test_nodes_of_one_name_are_told_apart_by_what_made_them(recorder: Recorder) -> None:
    recorded = recorder.text(BRANCHES.replace("x.exp()", "x**3"))
    question = asked(recorded)["node:2:L6"]
    assert {choice.text for choice in question.choices} == {"PowBackward0 of `x**2`", "PowBackward0 of `x**3`"}


def test_a_graph_of_the_same_shape_is_not_asked_about_again(recorder: Recorder) -> None:
    recorded = recorder.text(BRANCHES + BRANCHES)
    assert [id for id in asked(recorded) if id.startswith("node")] == ["node:2:L6"]


# Errors

TWICE = """
    import torch

    x = torch.tensor(3.0, requires_grad=True)
    y = x**2
    y.backward()
    y.backward()
"""


def test_a_line_that_raises_is_asked_about_before_it_runs(recorder: Recorder) -> None:
    recorded = recorder.text(TWICE)
    question = asked(recorded)["raises:L6"]
    assert question.prompt == "Line 6 runs `y.backward()`. What happens?"
    assert "it runs without an error" in texts(question)
    assert question.answer.error.startswith("RuntimeError: Trying to backward through the graph a second time")
    first = min(recorded.recording.index.lines[6])
    draft = made_at(recorded.recording, first)
    assert draft is not None
    assert draft.question.id == "raises:L6"
    assert recorded.recording.kind(question.step) is Kind.ERROR


def test_an_error_of_python_itself_is_asked_about_too(recorder: Recorder) -> None:
    recorded = recorder.text("""
        import torch

        loss = torch.tensor(3.0).item()
        loss.backward()
    """)
    question = asked(recorded)["raises:L4"]
    assert same(question.answer, Value("error", error="AttributeError: 'float' object has no attribute 'backward'"))


# Where it can be asked


@pytest.mark.parametrize("number", [-1, 0, 10**6])
def test_a_step_that_does_not_exist_is_not_asked_about(recorder: Recorder, number: int) -> None:
    assert made_at(recorder.text(THREE_TIMES).recording, number) is None


def test_a_saved_recording_is_asked_about_alike(recorder: Recorder, tmp_path: Path) -> None:
    recorded = recorder.text(BRANCHES + TWICE)
    save(recorded.recording, tmp_path / "a.recording")
    saved = SavedRecording(tmp_path / "a.recording")
    while saved.pump():
        pass
    numbers = range(1, recorded.recording.count + 1)
    assert [made_at(saved.recording, number) for number in numbers] == [
        made_at(recorded.recording, number) for number in numbers
    ]
    saved.close()


def test_what_is_asked_does_not_take_longer_in_a_long_recording(recorder: Recorder) -> None:
    """Compared with the time that it takes to have the state at the same steps."""
    recording = recorder.text(THREE_TIMES.replace("range(3)", "range(4000)")).recording
    numbers = range(recording.count - 400, recording.count + 1)
    began = time.perf_counter()
    for number in numbers:
        recording.state(number - 1)
    middle = time.perf_counter()
    for number in numbers:
        made_at(recording, number)
    assert time.perf_counter() - middle < 20 * (middle - began) + 0.2
