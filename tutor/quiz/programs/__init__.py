"""Questions about whole programs: which one made a run, where one goes wrong, its lines in order, a line left out.

They are made from a program and its recording. Code that somebody writes is put into cells here and run elsewhere.
"""

from tutor.quiz.programs.bug import bug
from tutor.quiz.programs.fill import fills
from tutor.quiz.programs.order import lines
from tutor.quiz.programs.outcome import matters
from tutor.quiz.programs.which import Trace, traces_of, which

__all__ = ["Trace", "bug", "fills", "lines", "matters", "traces_of", "which"]
