"""Why an error or a warning of autograd was raised: what happened, which step brought it about, what is right here.

A file for each family. They are known by the part of torch's message that stays the same, never by the whole of it.
What is not known is not explained: Python's own words are all that is said then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tutor.explain.errors.cause import Cause
from tutor.explain.errors.changed import changed_since, past_the_counter
from tutor.explain.errors.flags import flag_of_result, not_copied, not_optimized, whole_numbers
from tutor.explain.errors.freed import second_time
from tutor.explain.errors.inference import inference_tensor
from tutor.explain.errors.infinite import infinite, nan_found
from tutor.explain.errors.kept import reference_cycle
from tutor.explain.errors.lost import no_graph, no_hook
from tutor.explain.errors.missing import grad_of_result, no_gradient, no_parameters, not_used
from tutor.explain.errors.outside import copied, no_numpy, to_number
from tutor.explain.errors.scene import Scene
from tutor.explain.errors.shapes import broadcast_loss, grad_assigned, not_scalar, start_gradient
from tutor.explain.errors.written import leaf_written, view_written
from tutor.recording.format import Kind
from tutor.recording.moment import Moment

__all__ = ["Cause", "cause"]

Finder = Callable[[Scene], Cause | None]

ERRORS: Final[tuple[tuple[str, Finder], ...]] = (
    ("element 0 of tensors does not require grad and does not have a grad_fn", no_graph),
    ("Trying to backward through the graph a second time", second_time),
    ("a leaf Variable that requires grad is being used in an in-place operation", leaf_written),
    ("one of the variables needed for gradient computation has been modified by an inplace operation", changed_since),
    ("grad can be implicitly created only for scalar outputs", not_scalar),
    ("Can't call numpy() on Tensor that requires grad", no_numpy),
    ("nly Tensors of floating point and complex dtype can require gradients", whole_numbers),
    ("nly Tensors of floating point dtype can require gradients", whole_numbers),
    ("you can only change requires_grad flags of leaf variables", flag_of_result),
    ("and 'NoneType'", no_gradient),
    ("'NoneType' and", no_gradient),
    ("'NoneType' object has no attribute", no_gradient),
    ("appears to not have been used in the graph", not_used),
    ("optimizer got an empty parameter list", no_parameters),
    ("can't optimize a non-leaf Tensor", not_optimized),
    ("Inference tensors cannot be saved for backward", inference_tensor),
    ("Inplace update to inference tensor outside InferenceMode is not allowed", inference_tensor),
    ("Setting requires_grad=True on inference tensor outside InferenceMode is not allowed", inference_tensor),
    ("Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol", not_copied),
    ("is a view and is being modified inplace", view_written),
    ("cannot register a hook on a tensor that doesn't require gradient", no_hook),
    ("can't retain_grad on Tensor that has requires_grad=False", no_hook),
    ("attempting to assign a gradient of size", grad_assigned),
    ("Mismatch in shape: grad_output[0] has a shape of", start_gradient),
    ("returned nan values in its", nan_found),
)
"""For a part of the message what knows its causes."""

WARNINGS: Final[tuple[tuple[str, Finder], ...]] = (
    ("The .grad attribute of a Tensor that is not a leaf Tensor is being accessed", grad_of_result),
    ("Using a target size", broadcast_loss),
    ("Using backward() with create_graph=True will create a reference cycle", reference_cycle),
    ("To copy construct from a tensor, it is recommended to use", copied),
    ("Converting a tensor with requires_grad=True to a scalar", to_number),
)


def cause(moment: Moment) -> Cause | None:
    """Why something went wrong in a step: an error, a warning, a gradient that is not finite or silently wrong.

    Args:
        moment: Of any step.

    Returns:
        None where nothing went wrong, or where it is not known why.
    """
    step = moment.step
    if step is None:
        return None
    if step.kind is Kind.ERROR:
        return _found(moment, ERRORS) or _found(moment, WARNINGS)
    if step.kind is Kind.WARNING:
        return _anomaly(moment) if "Error detected in" in step.detail[0] else _found(moment, WARNINGS)
    if step.kind is Kind.NODE:
        return past_the_counter(moment) or infinite(moment)
    return infinite(moment) if step.kind is Kind.ACCUMULATE else None


def _found(moment: Moment, known: tuple[tuple[str, Finder], ...]) -> Cause | None:
    scene = Scene(moment)
    for fragment, find in known:
        if fragment in scene.text:
            return find(scene)
    return None


def _anomaly(moment: Moment) -> Cause | None:
    """Anomaly mode warns before the error that the next step is."""
    following = moment.number + 1
    recording = moment.recording
    if following > recording.count or recording.kind(following) is not Kind.ERROR:
        return None
    return _found(Moment.of(recording, following), ERRORS)
