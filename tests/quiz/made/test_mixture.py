"""What a quiz about a whole program asks: the other kinds of question, and their mixture."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.quiz.made.recorded import Recorded, Recorder
from tutor.quiz.made import all_made
from tutor.quiz.made.arithmetic import in_numbers
from tutor.quiz.made.mixture import spread
from tutor.quiz.made.shown_code import without_marks
from tutor.quiz.made.statements import statements_in
from tutor.quiz.question import ARRANGED, Question
from tutor.quiz.shown import answer_text


def asked(recorded: Recorded, limit: int = 60) -> dict[str, Question]:
    return {draft.question.id: draft.question for draft in all_made(recorded.recording, limit)}


def right(question: Question) -> str:
    return next(choice.text for choice in question.choices if choice.right)


def wrongs(question: Question) -> dict[str, str]:
    return {choice.text: " ".join(choice.why) for choice in question.choices if not choice.right}


LOOP = """
    import torch

    w = torch.tensor(5.0, requires_grad=True)
    frozen = torch.tensor(7.0)
    optimizer = torch.optim.SGD([w], lr=0.1)
    for turn in range(20):
        hidden = w * frozen
        loss = (hidden - 3) ** 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


def test_an_emptied_gradient_is_none(recorder: Recorder) -> None:
    question = asked(recorder.text(LOOP))["none:w.grad:L9:t2"]
    assert question.prompt == (
        "Line 9 runs `optimizer.zero_grad()` for the second time. What is in `w.grad` afterwards?"
    )
    assert right(question) == "None"
    assert wrongs(question)["0.0"].startswith("zero_grad() does not write zeros")
    assert len(wrongs(question)) == 2


def test_a_result_and_a_frozen_leaf_have_no_gradient(recorder: Recorder) -> None:
    questions = asked(recorder.text(LOOP))
    result = next(question for id, question in questions.items() if id.startswith(("none:hidden", "none:loss")))
    assert right(result) == "None"
    assert any("went through" in why for why in wrongs(result).values())
    frozen = questions["none:frozen.grad:L10:t1"]
    assert frozen.right_why == ["frozen does not require grad, so backward() computes no gradient for it."]


def test_what_a_step_of_an_optimizer_leaves_is_told_in_numbers(recorder: Recorder) -> None:
    recorded = recorder.text(LOOP)
    found = [question for id, question in asked(recorded).items() if id.startswith("value:w:L11")]
    assert found
    assert all("The line moved w by" in question.right_why[0] for question in found)


def test_arithmetic_is_told_in_numbers(recorder: Recorder) -> None:
    recorded = recorder.text("""
        import torch

        a = torch.tensor(-4.0, requires_grad=True)
        b = torch.tensor(3.0)
        c = a**2 - b / 2
    """)
    assert asked(recorded)["value:c:L5"].right_why == ["(-4.0) ** 2 - 3.0 / 2 = 14.5."]


def test_a_line_that_changes_another_name_is_asked_by_that_name(recorder: Recorder) -> None:
    recorded = recorder.text("""
        import torch

        a = torch.tensor([5.0, 7.0])
        view = a[:1]
        view.mul_(3)
    """)
    question = asked(recorded)["value:a:L5"]
    assert answer_text(question.answer) == "[15.0, 7.0]"
    assert wrongs(question)["[5.0, 7.0]"] == "That is what a was before this line."


def test_a_shape_is_asked_where_shapes_differ(recorder: Recorder) -> None:
    recorded = recorder.text("""
        import torch

        p = torch.rand(3, 1)
        t = torch.rand(3)
        d = p - t
        same = p * p
    """)
    questions = asked(recorded)
    assert answer_text(questions["shape:d:L5"].answer, "shape") == "(3, 3)"
    assert {"(3, 1)", "(3,)"} < set(wrongs(questions["shape:d:L5"]))
    assert "shape:same:L6" not in questions


def test_leaves_are_asked_about_where_it_is_not_obvious(recorder: Recorder) -> None:
    recorded = recorder.text("""
        import torch

        w = torch.tensor(3.0, requires_grad=True)
        cut = w.detach()
        with torch.no_grad():
            unseen = w * 4
        scaled = torch.rand(2, requires_grad=True) * 5
        plain = cut * 6
    """)
    questions = asked(recorded)
    assert right(questions["leaf:cut.requires_grad:L4"]) == "False"
    assert "detach()" in questions["leaf:cut.requires_grad:L4"].right_why[0]
    assert "nothing is recorded" in questions["leaf:unseen.requires_grad:L6"].right_why[0]
    assert right(questions["leaf:plain.is_leaf:L8"]) == "True"


def test_what_a_node_saves(recorder: Recorder) -> None:
    recorded = recorder.text("""
        import torch

        x = torch.tensor(3.0, requires_grad=True)
        w = torch.tensor(5.0)
        product = w * x
        total = product + x
        e = total.exp()
    """)
    questions = asked(recorded)
    # x does not need itself: only w is a factor of its gradient.
    assert right(questions["saved:product:L5"]) == "w"
    assert right(questions["saved:total:L6"]) == "no tensor"
    assert right(questions["saved:e:L7"]) == "its result e"


def test_the_order_of_nodes_is_arranged(recorder: Recorder) -> None:
    recorded = recorder.text("""
        import torch

        x = torch.tensor(3.0, requires_grad=True)
        y = x.exp()
        z = y * 5
        z.sin().backward()
    """)
    question = asked(recorded)["order:L6"]
    assert question.way == ARRANGED
    assert answer_text(question.answer, "order") == "SinBackward0 → MulBackward0 → ExpBackward0"
    assert question.run is None


def test_lines_that_do_not_raise_although_it_is_often_believed(recorder: Recorder) -> None:
    recorded = recorder.text("""
        import torch

        x = torch.tensor(7.0, requires_grad=True)
        y = x + 2
        y.backward()
        y.backward()
        z = x**2
        z.backward(retain_graph=True)
        z.backward()
        with torch.no_grad():
            x.mul_(3)
        stretched = torch.rand(3, 1) - torch.rand(3)
    """)
    questions = asked(recorded)
    expected = {
        "raises:L6": "AddBackward0 saved no tensor, so there is nothing that could have been freed.",
        "raises:L9": "The call in line 8 kept the graph, so what the nodes saved is still there.",
        "raises:L11": "Here nothing is recorded: it runs under no_grad(), where x may be written in place.",
        "raises:L12": "The shapes (3, 1) and (3,) fit: what is missing, or is 1, is stretched.",
    }
    assert {id: questions[id].right_why[0] for id in expected} == expected
    assert all(right(questions[id]) == "it runs without an error" for id in expected)


# The mixture


def test_the_first_questions_are_of_different_kinds_and_about_different_lines(recorder: Recorder) -> None:
    questions = asked(recorder.text(LOOP), 6)
    assert len({id.partition(":")[0] for id in questions}) >= 4
    assert len({question.line for question in questions.values()}) >= 3


def test_trivial_questions_are_asked_only_where_there_are_no_others(recorder: Recorder) -> None:
    trivial = """
        import torch

        x = torch.tensor(7.0, requires_grad=True)
        torch.add(x, 2).backward()
    """
    assert [answer_text(question.answer) for question in asked(recorder.text(trivial)).values()] == ["1.0"]
    more = recorder.text(trivial.replace("torch.add(x, 2)", "(x * 9)"))
    assert "9.0" in {answer_text(question.answer) for question in asked(more).values()}


def test_a_program_without_tensors_has_no_questions(recorder: Recorder) -> None:
    assert all_made(recorder.text("print(1 + 1)\n").recording, 10) == []


@given(st.lists(st.integers(), max_size=70))
def test_spreading_gives_every_item_once(items: list[int]) -> None:
    assert sorted(spread(items)) == sorted(items)


def test_the_first_of_many_spread_items_are_far_apart() -> None:
    first = list(spread(range(1000)))[:7]
    assert all(abs(one - other) > 100 for one in first for other in first if one != other)


@given(st.floats(-50, 50), st.floats(-50, 50).filter(lambda number: abs(number) > 0.1))
def test_numbers_in_the_place_of_names_are_what_python_computes(x: float, y: float) -> None:
    (statement,) = statements_in("z = (x - 2 * y) ** 2 / y + -x", [[1, 1, 1]]).all()
    told = in_numbers(statement.node, {"x": x, "y": y})
    assert told is not None
    text, result = told
    computed = eval(text)
    assert abs(computed - result) <= 1e-9 * max(1.0, abs(computed))


def test_only_marks_are_cut_from_code() -> None:
    code = 'a = "#> no"  # keep\nb = 1  #? b  #> 1\n#> 2\nif b:\n    c = 2  #!shebang'
    assert without_marks(code) == 'a = "#> no"  # keep\nb = 1\n\nif b:\n    c = 2  #!shebang'
