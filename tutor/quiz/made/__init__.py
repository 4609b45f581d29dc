"""Questions made from any recording: a lesson's, the learner's own script's, a saved one's. Nothing is run for them.

The answer of each is what the recording holds. Where an expression of the program gives it, the draft has a stop, so
that misreadings of the program can be run for more wrong answers.
"""

from tutor.quiz.made.at import made_at
from tutor.quiz.made.mixture import all_made, made_again

__all__ = ["all_made", "made_again", "made_at"]
