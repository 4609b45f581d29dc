"""Questions to ask of a recording, each a pure function: by line, by loop, of a tensor, of its graph, of its ``.grad``.

A step is a number from 1; a tensor is its id. Functions that take a ``State`` answer for the moment of that state.
"""

from tutor.recording.queries.gradients import GradientChange, GradientEvent, gradient_events
from tutor.recording.queries.graph import Row, SavedRow, SavedStatus, graph
from tutor.recording.queries.lines import (
    next_line,
    next_of_line,
    previous_line,
    previous_of_line,
    step_back,
    step_out,
    step_over,
    steps_of_line,
)
from tutor.recording.queries.loops import Loop, loop_at, next_turn, previous_turn
from tutor.recording.queries.lost import Cause, Lost, inputs_of, where_lost
from tutor.recording.queries.tensors import Nameless, Write, born, expression, nameless, writes

__all__ = [
    "Cause",
    "GradientChange",
    "GradientEvent",
    "Loop",
    "Lost",
    "Nameless",
    "Row",
    "SavedRow",
    "SavedStatus",
    "Write",
    "born",
    "expression",
    "gradient_events",
    "graph",
    "inputs_of",
    "loop_at",
    "nameless",
    "next_line",
    "next_of_line",
    "next_turn",
    "previous_line",
    "previous_of_line",
    "previous_turn",
    "step_back",
    "step_out",
    "step_over",
    "steps_of_line",
    "where_lost",
    "writes",
]
