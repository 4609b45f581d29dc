"""The programs of ``tests/programs`` and the lessons, each recorded once and kept for all tests that ask for it."""

from __future__ import annotations

import re
from pathlib import Path

from tests.recorder.record import Children
from tutor.lesson.reading import read_program
from tutor.recorder.forked import ForkedRun
from tutor.recorder.process import Request
from tutor.recording.recording import Recording

FOLDER = Path(__file__).resolve().parents[1] / "programs"
NAMES = sorted(path.stem for path in FOLDER.glob("*.py"))

TENSORS = """

def _digests():
    import hashlib

    def digest(tensor):
        if tensor.is_sparse:
            tensor = tensor.to_dense()
        plain = tensor.detach().resolve_conj().resolve_neg().contiguous().reshape(-1)
        return hashlib.sha256(plain.view(torch.uint8).numpy().tobytes()).hexdigest()[:16]

    def tensors(name, value):
        if isinstance(value, torch.Tensor):
            yield name, value
            if value.is_leaf and value.grad is not None:
                yield name + ".grad", value.grad
        elif isinstance(value, torch.nn.Module):
            for path, member in [*value.named_parameters(), *value.named_buffers()]:
                yield from tensors(name + "." + path, member)
        elif isinstance(value, torch.optim.Optimizer):
            for number, state in enumerate(value.state.values()):
                for key, member in state.items():
                    yield from tensors(f"{name}[{number}].{key}", member)
        elif isinstance(value, (list, tuple)):
            for number, member in enumerate(value):
                yield from tensors(f"{name}[{number}]", member)

    for name, value in list(globals().items()):
        for path, tensor in tensors(name, value):
            print("bits of", path, tensor.dtype, tuple(tensor.shape), tensor._version, digest(tensor))


_digests()
"""
"""Put at the end of a program: a digest of the bytes of every tensor that the top level can reach."""

BIT_IDENTICAL = (
    "adam",
    "attention",
    "batch_norm",
    "bfloat16",
    "complex_numbers",
    "conv2d",
    "custom_function",
    "double_backward",
    "dropout",
    "embedding",
    "float64",
    "lbfgs",
    "lstm",
    "s01_accumulation",
    "schedulers",
    "train_classifier",
    "train_linear",
    "views_in_place",
)
"""Programs with ``TENSORS`` at their end."""


def path_of(name: str) -> Path:
    """The file of a program."""
    return FOLDER / f"{name}.py"


def source_of(name: str) -> str:
    """The text of a program as it is run here."""
    source = path_of(name).read_text(encoding="utf-8")
    return source + TENSORS if name in BIT_IDENTICAL else source


def arguments_of(name: str) -> list[str]:
    """The arguments that a program asks for in a comment."""
    found = re.search(r"^# tutor: args=(\S+)", source_of(name), re.MULTILINE)
    return found[1].split(",") if found else []


def exit_of(name: str) -> int:
    """The exit status that a program announces in a comment."""
    found = re.search(r"^# tutor: exit=(-?\d+)", source_of(name), re.MULTILINE)
    return int(found[1]) if found else 0


class Programs:
    """Recordings of the programs, made when they are first asked for and kept until ``close``."""

    def __init__(self, children: Children) -> None:
        self._children = children
        self._runs: dict[str, ForkedRun] = {}

    def recording(self, name: str) -> Recording:
        """The recording of a program, to its end."""
        if name not in self._runs:
            self._runs[name] = self._children.run(source_of(name), path=path_of(name), arguments=arguments_of(name))
        return self._runs[name].recording

    def lesson(self, path: Path) -> Recording:
        """The recording of a lesson, to its end."""
        if path.stem not in self._runs:
            self._runs[path.stem] = self._children.run_request(Request.of(read_program(path)))
        return self._runs[path.stem].recording

    def close(self) -> None:
        """Give every recording back."""
        for run in self._runs.values():
            run.close()
