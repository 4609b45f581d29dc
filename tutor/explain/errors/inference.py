"""Tensors made in inference mode, used where a graph is built."""

from __future__ import annotations

from typing import Final

from tutor.explain.errors.cause import Cause
from tutor.explain.errors.scene import Scene, block_of, one_line, place, said

_NO_VERSION: Final = -1
"""What the recording says for the version of a tensor that counts none."""


def inference_tensor(scene: Scene) -> Cause | None:
    """``Inference tensors cannot be saved for backward``, and the same for writes and for ``requires_grad``."""
    records = [record for record in scene.records() if record.version == _NO_VERSION]
    if not records:
        return None
    record = records[0]
    name, born = scene.name(record.id), scene.birth(record.id)
    block = block_of(scene.recording, born)
    source = one_line(scene.recording.site(block).source) if block else ""
    inside = f" in the block of {place(scene.recording, block)}, {source}" if block else " in inference mode"
    if "saved for backward" in scene.text:
        use = f"{scene.source} needs {name} for backward, and autograd may not keep such a tensor"
    elif "Inplace update" in scene.text:
        use = f"{scene.source} writes into it with inference mode off, which nothing would count"
    else:
        use = f"{scene.source} asks it to require grad, which such a tensor never can"
    what = [f"{said(scene.recording, born)} made {name}{inside}.", f"{use}."]
    fix = (
        f"take a normal copy first, {name}.clone() outside of the block, or use torch.no_grad() there instead of "
        f"torch.inference_mode()."
    )
    return Cause.at(scene.recording, born, (name,), what, fix)
