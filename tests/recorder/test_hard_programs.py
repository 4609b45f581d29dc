"""Programs that never end, die, print without end, or resist being looked at; and that nothing is left running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.recorder.record import (
    Children,
    Record,
    all_steps,
    brief,
    line_of,
    names_at,
    printed,
    pump_until,
    steps_of,
    value_at,
    wait_until,
)
from tests.recorder.test_sound import check_step
from tutor.recorder.process import Recorder, Request, Run
from tutor.recording.format import Kind
from tutor.recording.recording import Recording

ROOT = Path(__file__).resolve().parents[2]

BEFORE = """
import torch
w = torch.tensor(2.0, requires_grad=True)
y = w * 3
print("before")
"""
"""What every program does before it does something bad."""


def gone(process: int) -> bool:
    """Whether a process does not run any more (it may be waiting for somebody to ask how it ended)."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    state = Path(f"/proc/{process}/stat")
    try:
        return state.read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return not Path("/proc").is_dir()


def children_of(process: int) -> set[int]:
    """The running processes that a process has started."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == process and fields[0] != "Z":
                found.add(int(entry.name))
    return found


def kept_what_came_before(recording: Recording) -> bool:
    """Whether the steps of ``BEFORE`` are there, in order."""
    assert printed(recording).startswith("before\n"), brief(recording)
    assert value_at(recording, "y") == 6.0
    names = [step.site.name for step in steps_of(recording, Kind.OPERATION)]
    return names[:2] == ["tensor", "mul"]


# What never ends

TIMEOUT = 3.0
"""Seconds. The children are ready when the clock starts, so that this is enough for what comes before."""

ENDLESS = {
    "a loop": "while True:\n    pass",
    "a comprehension": "all(True for _ in iter(int, 1))",
    "sleep": "import time\ntime.sleep(1e9)",
    "native code": "import ctypes\nctypes.CDLL(None).pause()",
    "native code that ignores signals": (
        "import signal, threading\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))\n"
        "threading.Lock().acquire()\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()"
    ),
    "an endless operation": (
        "class Loop:\n    def __float__(self):\n        while True:\n            pass\nw * torch.tensor(float(Loop()))"
    ),
}


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Recording]:
    """Each endless program, all of them at once, stopped after the same time."""
    path = tmp_path_factory.mktemp("endless") / "program.py"
    before = children_of(os.getpid())
    recorders = {name: Recorder() for name in ENDLESS}
    for recorder in recorders.values():
        recorder.warm()
    for process in children_of(os.getpid()) - before:
        wait_until_idle(process)
    runs = {
        name: recorder.start(request_of(BEFORE + ENDLESS[name], path), timeout=TIMEOUT)
        for name, recorder in recorders.items()
    }

    def all_ended() -> bool:
        for run in runs.values():
            run.pump(0.02)
        return not any(run.running for run in runs.values())

    wait_until(all_ended, "the end of the endless programs", TIMEOUT + 30)
    for recorder in recorders.values():
        recorder.close()
    return {name: run.recording for name, run in runs.items()}


def wait_until_idle(process: int) -> None:
    """Poll until a child has imported what it needs and waits: asleep, and for a while no time on a processor."""
    seen: list[tuple[int, float]] = [(-1, 0.0)]

    def idle() -> bool:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        used = int(fields[11]) + int(fields[12])
        if used != seen[0][0] or fields[0] != "S":
            seen[0] = (used, time.monotonic())
        return used > 20 and time.monotonic() - seen[0][1] > 0.3

    wait_until(idle, "a warm child", 120)


def request_of(source: str, path: Path) -> Request:
    """The request to run a program in the folder of its file."""
    return Request(path=str(path), source=source, cells=[[1, source.count("\n") + 1, 1]], directory=str(path.parent))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="watches processes in /proc")
@pytest.mark.parametrize("name", ENDLESS)
def test_what_never_ends_is_stopped_and_what_came_before_is_kept(stopped: dict[str, Recording], name: str) -> None:
    recording = stopped[name]
    assert recording.end is not None
    assert (recording.end.how, recording.end.reason) == ("stopped", "stopped after 3 seconds (--timeout)")
    assert kept_what_came_before(recording)


# What dies

DEATHS = {
    "os._exit": ("import os\nos._exit(7)", "raised", "exit status 7"),
    "os._exit with 0": ("import os\nos._exit(0)", "raised", "exit status 0"),
    "SIGKILL": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "raised", "SIGKILL"),
    "SIGTERM": ("import os, signal\nos.kill(os.getpid(), signal.SIGTERM)", "raised", "SIGTERM"),
    "a segfault": ("import ctypes\nctypes.string_at(0)", "raised", "SIGSEGV"),
    "abort": ("import os\nos.abort()", "raised", "SIGABRT"),
    "a deadly exec": ("import os\nos.execv('/bin/sh', ['sh', '-c', 'exit 3'])", "raised", "exit status 3"),
    "sys.exit": ("import sys\nsys.exit(3)", "finished", "sys.exit(3)"),
    "sys.exit with a message": ("import sys\nsys.exit('enough')", "finished", "sys.exit('enough')"),
    "KeyboardInterrupt": ("raise KeyboardInterrupt", "raised", "KeyboardInterrupt"),
    "a signal like Ctrl+C": (
        "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nwhile True: pass",
        "raised",
        "Keyb",
    ),
    "input": ("answer = input('Name? ')", "raised", "EOFError: input() was called"),
    "an error": ("1 / 0", "raised", "ZeroDivisionError: division by zero"),
    "endless recursion": ("def f(n):\n    return f(n + 1)\nf(0)", "raised", "RecursionError: maximum recursion"),
    "a syntax error": ("def", "raised", "SyntaxError"),
    "memory": (
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))\nbytearray(1 << 40)",
        "raised",
        "MemoryError",
    ),
}


@pytest.fixture(scope="module")
def dead(children_in_turn: Children) -> dict[str, Recording]:
    """Each program that dies; the next is started while the last one still runs."""
    runs = {name: children_in_turn.start(BEFORE + source) for name, (source, _, _) in DEATHS.items()}
    return {name: run.wait() for name, run in runs.items()}


@pytest.mark.parametrize("name", DEATHS)
def test_how_a_program_died_is_said_and_what_came_before_is_kept(dead: dict[str, Recording], name: str) -> None:
    _, how, reason = DEATHS[name]
    recording = dead[name]
    assert recording.end is not None
    assert recording.end.how == how, recording.end
    assert reason in recording.end.reason
    if name != "a syntax error":
        assert kept_what_came_before(recording)


def test_a_death_by_the_systems_hand_names_the_likely_cause(dead: dict[str, Recording]) -> None:
    killed, crashed = dead["SIGKILL"].end, dead["a segfault"].end
    assert killed is not None
    assert crashed is not None
    assert "memory ran out" in killed.reason
    assert "native code" in crashed.reason


def test_an_error_is_a_step_at_its_line(dead: dict[str, Recording]) -> None:
    (error,) = steps_of(dead["an error"], Kind.ERROR)
    assert error.number == dead["an error"].count
    assert error.site.line == line_of(dead["an error"], "1 / 0")
    assert error.site.source == "1 / 0"
    assert error.detail[1] == "ZeroDivisionError"


# Limits


def test_steps_are_limited(record: Record) -> None:
    recording = record("k = 0\nwhile True:\n    k += 1\n", max_steps=50)
    assert recording.count == 50
    assert recording.end is not None
    assert (recording.end.how, recording.end.reason) == ("stopped", "stopped after 50 steps (--max-steps)")


MUCH = """
import sys
import torch

line = "x" * 999 + "\\n"
for k in range(5000):
    sys.stdout.write(line)
print("\\x1b[31mred\\x1b[0m \\x07 \\x00 \\r\\b \\u202e \\U0001f600")
name\u0646\u0627\u0645 = torch.ones(1)
\u540d\u524d = "\\x1b]0;title\\x07"
lone = "\\ud800"
try:
    print(lone)
except UnicodeEncodeError as error:
    print(type(error).__name__)
sys.stderr.write("to the other stream \\ud800\\n")
tensors = list(torch.zeros(100_000).unbind(0))
copies = [t for t in tensors]
first = tensors[0] + 1
tensors[5] += 1
for k in range(300):
    total = tensors[k]
big = torch.zeros(20_000_000)
big += 1
deep = []
for _ in range(5000):
    deep = [deep]
circle = []
circle.append(circle)
huge = {k: k for k in range(100_000)}
text = "y" * 50_000_000
number = 10**100_000
print("the end")
"""


@pytest.fixture(scope="module")
def much(record: Record) -> Recording:
    return record(MUCH, timeout=90)


def test_a_program_that_makes_and_prints_much_ends_well(much: Recording) -> None:
    assert much.end is not None
    assert much.end.how == "finished", much.end
    assert not [step for step in all_steps(much) if step.opaque]


def test_five_million_characters_are_kept(much: Recording) -> None:
    text = printed(much)
    assert text.startswith(("x" * 999 + "\n") * 5000)
    assert text.endswith("UnicodeEncodeError\nthe end\n")


def test_control_characters_are_kept_as_they_are(much: Recording) -> None:
    assert "\x1b[31mred\x1b[0m \x07 \x00 \r\b \u202e \U0001f600\n" in printed(much)
    assert value_at(much, "\u540d\u524d") == "\x1b]0;title\x07"
    assert value_at(much, "name\u0646\u0627\u0645") == [1.0]
    assert printed(much, "stderr") == "to the other stream \\ud800\n"


def test_members_of_a_long_list_are_recorded_up_to_a_limit(much: Recording) -> None:
    names = [name for name in names_at(much, much.count) if name.startswith("tensors[")]
    assert 5 < len(names) <= 1000
    assert value_at(much, "tensors[5]") == 1.0
    assert value_at(much, "first") == 1.0
    assert value_at(much, "tensors") in ("list of 100000", "list of 100,000")


def test_a_large_tensor_in_place_is_a_summary(much: Recording) -> None:
    big = names_at(much, much.count)["big"]
    assert big["value"] is None
    assert (big["summary"]["min"], big["summary"]["max"]) == (1.0, 1.0)


HOSTILE = """
import torch


class Hostile:
    def _bad(self, *_):
        raise RuntimeError("do not look at me")

    __repr__ = __str__ = __eq__ = __len__ = __bool__ = __iter__ = __getitem__ = __contains__ = __bytes__ = _bad
    __dir__ = __sizeof__ = __reduce_ex__ = __format__ = __int__ = __float__ = __index__ = __call__ = _bad
    __hash__ = object.__hash__

    @property
    def __class__(self):
        raise RuntimeError("no class")

    @property
    def shape(self):
        raise RuntimeError("no shape")


class Closed:
    def __getattribute__(self, name):
        raise RuntimeError("closed")


class Endless:
    def _loop(self, *_):
        while True:
            pass

    __repr__ = __str__ = __eq__ = __len__ = __bool__ = __iter__ = __getitem__ = __getattr__ = _loop
    __hash__ = object.__hash__


class Meta(type):
    def __getattribute__(cls, name):
        raise RuntimeError("not even the class")


class Strange(metaclass=Meta):
    pass


class Numbers(list):
    def __len__(self):
        raise RuntimeError("no length")

    def __iter__(self):
        while True:
            yield 1


class Words(dict):
    def items(self):
        raise RuntimeError("no items")

    values = keys = __iter__ = __len__ = items


class Text(str):
    def __repr__(self):
        raise RuntimeError("no text")

    __str__ = __len__ = __eq__ = __repr__
    __hash__ = str.__hash__


class Number(float):
    def __float__(self):
        raise RuntimeError("no number")

    __repr__ = __eq__ = __float__
    __hash__ = float.__hash__


hostile, closed, endless, strange = Hostile(), Closed(), Endless(), Strange()
numbers, words, text, number = Numbers([1, 2]), Words(a=1), Text("abc"), Number(1.5)
inside = [hostile, (closed, endless), {"key": strange, 7: words}, {hostile: 1, endless: 2}, numbers, text, number]


class Box:
    def __init__(self):
        self.hostile = hostile
        self.weight = torch.ones(2)
        self.more = inside


box = Box()
box.weight += 1


def function(a, b, *rest, **names):
    c = a
    return b


given = function(hostile, closed, endless, strange, key=words)
for item in inside:
    held = item
x = torch.ones(2) * 3
try:
    torch.add(x, hostile)
except Exception as error:
    kind = type(error)
try:
    raise type("Odd", (Exception,), {"__str__": Hostile._bad})("message")
except Exception:
    odd = 1


class Module(torch.nn.Module):
    def __getattr__(self, name):
        if name == "weight":
            return super().__getattr__(name)
        raise RuntimeError("no such thing: " + name)

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(1))


module = Module()
del hostile
end = x + 1
"""


@pytest.fixture(scope="module")
def hostile(record: Record) -> Recording:
    return record(HOSTILE, timeout=60)


def test_objects_that_resist_being_looked_at_are_left_alone(hostile: Recording) -> None:
    assert hostile.end is not None
    assert (hostile.end.how, hostile.end.reason) == ("finished", ""), f"{hostile.end}, {brief(hostile)[-3:]}"
    assert value_at(hostile, "end") == [4.0, 4.0]
    assert value_at(hostile, "box.weight") == [2.0, 2.0]
    assert value_at(hostile, "module.weight") == [1.0]


def test_hostile_objects_do_not_make_steps_opaque(hostile: Recording) -> None:
    lines = {(step.site.line, step.site.source) for step in all_steps(hostile) if step.opaque}
    assert not lines


THREADS = """
import os
import threading
import torch

results = {}


def work(k):
    v = torch.full((2,), float(k), requires_grad=True)
    for _ in range(20):
        (v * k).sum().backward()
    results[k] = v.grad[0].item()


threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sorted(results.items()))
x = torch.ones(2, requires_grad=True)
read, write = os.pipe()
child = os.fork()
if child == 0:
    os.close(read)
    y = (x * 5).sum()
    y.backward()
    os.write(write, str(x.grad.tolist()).encode())
    os._exit(0)
os.close(write)
os.waitpid(child, 0)
told = os.read(read, 100).decode()
print("child:", told)
z = (x * 2).sum()
z.backward()
daemon = threading.Thread(target=threading.Event().wait, daemon=True)
daemon.start()
print("the end")
"""


@pytest.fixture(scope="module")
def threads(record: Record) -> Recording:
    return record(THREADS)


def test_threads_and_forks_do_not_disturb(threads: Recording) -> None:
    assert threads.end is not None
    assert threads.end.how == "finished", threads.end
    assert printed(threads) == "[(0, 0.0), (1, 20.0), (2, 40.0), (3, 60.0)]\nchild: [5.0, 5.0]\nthe end\n"


def test_steps_are_those_of_the_main_thread_of_the_first_process(threads: Recording) -> None:
    sources = [step.site.source for step in steps_of(threads, Kind.OPERATION)]
    assert "x * 5" not in sources
    assert sources.count("x * 2") == 1
    assert [step.site.name for step in steps_of(threads, Kind.NODE, line="z.backward()")] == [
        "SumBackward0",
        "MulBackward0",
    ]


IN_THE_MIDDLE = """
import gc
import sys
import weakref
import torch


class Loud:
    count = 0

    def __init__(self, k):
        self.me = self
        self.weight = torch.full((2,), float(k))

    def __del__(self):
        Loud.count += 1
        done = self.weight + 1


def collected(phase, info):
    noted = [phase]


def gone(reference):
    lost = torch.ones(1) * 2


def profile(frame, event, argument):
    seen = event


gc.callbacks.append(collected)
gc.set_threshold(1)
w = torch.ones(2, requires_grad=True)
references = []
for k in range(40):
    loud = Loud(k)
    references.append(weakref.ref(loud, gone))
    (w * k).sum().backward()
gc.set_threshold(700)
gc.callbacks.clear()
del loud
gc.collect()
print(Loud.count, w.grad.tolist())
sys.setprofile(profile)
for k in range(2):
    (w * k).sum().backward()
sys.setprofile(None)
sys.settrace(lambda frame, event, argument: profile)
for k in range(2):
    (w * k).sum().backward()
sys.settrace(None)
print(w.grad.tolist())
"""


def test_code_of_the_program_that_runs_in_the_middle_of_the_recorder_does_no_harm(record: Record) -> None:
    """Finalisers, callbacks of the collector and of weak references, trace and profile functions."""
    recording = record(IN_THE_MIDDLE)
    assert recording.end is not None
    assert (recording.end.how, recording.end.reason) == ("finished", "")
    assert printed(recording) == "40 [780.0, 780.0]\n[782.0, 782.0]\n"
    for step, before, after, _ in recording.walk():
        check_step(step, before, after)
    assert len(steps_of(recording, Kind.ACCUMULATE)) >= 40, "what ran before there was a profile function"
    assert [scope.function for scope in recording.state(recording.count).scopes.values()] == [None]


# Who lives and who dies


def started(run: Run) -> int:
    """The process id that the program printed."""
    pump_until(run, lambda: bool(printed(run.recording)), "the program's first output", 60)
    return int(printed(run.recording).split()[0])


ENDLESS_CHILD = "import os\nprint(os.getpid(), flush=True)\nprint(flush=True)\nwhile True:\n    pass\n"


def test_nothing_is_left_after_close(tmp_path: Path) -> None:
    """The program, a process that it has started, and the warm spare."""
    before = children_of(os.getpid())
    recorder = Recorder()
    source = (
        "import os, subprocess\nother = subprocess.Popen(['sleep', '1000'])\n"
        "print(os.getpid(), other.pid, flush=True)\nprint(flush=True)\nwhile True:\n    pass\n"
    )
    run = recorder.start(request_of(source, tmp_path / "program.py"), timeout=0)
    recorder.warm()
    program = started(run)
    other = int(printed(run.recording).split()[1])
    ours = children_of(os.getpid()) - before
    assert program in ours
    assert len(ours) == 2
    recorder.close()
    for process in {program, other} | ours:
        wait_until(lambda process=process: gone(process), f"the end of process {process}")  # type: ignore[misc]
    run.pump()
    assert not run.running
    run.close()


def test_stopping_a_run_keeps_its_recording_and_ends_its_process(children_in_turn: Children) -> None:
    run = children_in_turn.start(ENDLESS_CHILD, timeout=0)
    program = started(run)
    run.stop("stopped by hand")
    wait_until(lambda: gone(program), "the end of the program")
    run.pump()
    assert run.recording.end is not None
    assert (run.recording.end.how, run.recording.end.reason) == ("stopped", "stopped by hand")
    assert run.recording.count >= 2


PARENT = """
import sys
from tests.recorder.test_sound import check_step
from tutor.recorder.process import Recorder, Request

source = sys.argv[1]
recorder = Recorder()
run = recorder.start(Request(path="program.py", source=source, cells=[[1, source.count(chr(10)) + 1, 1]]), timeout=0)
recorder.warm()
print("started", flush=True)
while True:
    run.pump(0.1)
    for step in run.recording.outputs:
        print(run.recording.step(step).detail[1], flush=True)
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds processes in /proc")
def test_the_children_die_with_their_parent_however_it_dies(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, ENDLESS_CHILD],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "started\n"
        program = int(parent.stdout.readline())
        below = children_of(parent.pid)
        assert program in below
        assert len(below) == 2, "the program and the spare"
    finally:
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
        assert parent.stdout is not None
        parent.stdout.close()
    for process in below:
        wait_until(lambda process=process: gone(process), f"the end of process {process}", 15)  # type: ignore[misc]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="watches processes in /proc")
def test_a_child_outlives_the_thread_that_started_it(tmp_path: Path) -> None:
    """The kernel's signal for a parent's death is sent when a thread ends, too."""
    with Recorder() as recorder:
        before = children_of(os.getpid())
        ready = threading.Event()

        def start() -> None:
            recorder.warm()
            ready.wait(120)

        thread = threading.Thread(target=start)
        thread.start()
        wait_until(lambda: len(children_of(os.getpid()) - before) == 1, "a child")
        (spare,) = children_of(os.getpid()) - before
        wait_until_idle(spare)
        ready.set()
        thread.join()
        run = recorder.start(request_of("print('there')\n", tmp_path / "program.py"), timeout=60)
        assert run.recording.end is None
        assert not gone(spare)
        assert printed(run.wait()) == "there\n"
        run.close()


def test_a_spare_that_was_killed_is_replaced(tmp_path: Path) -> None:
    with Recorder() as recorder:
        before = children_of(os.getpid())
        recorder.warm()
        (spare,) = children_of(os.getpid()) - before
        os.kill(spare, signal.SIGKILL)
        wait_until(lambda: gone(spare), "the end of the spare")
        run = recorder.start(request_of("print('there')\n", tmp_path / "program.py"))
        assert printed(run.wait()) == "there\n"
        run.close()


def test_steps_arrive_while_the_program_runs(children_in_turn: Children) -> None:
    run = children_in_turn.start("import time\nfirst = 1\nsecond = 2\nthird = 3\ntime.sleep(1e9)\n", timeout=0)
    begun = time.monotonic()
    pump_until(run, lambda: run.recording.count >= 3, "the first steps", 60)
    assert run.running
    assert value_at(run.recording, "second", 3) == 2
    assert time.monotonic() - begun < 60
    run.stop()
    run.pump()
    assert not run.running


def test_the_parents_side_imports_no_torch() -> None:
    code = (
        "import sys, tutor.recorder.process\n"
        "with tutor.recorder.process.Recorder() as recorder:\n    recorder.warm()\n"
        "print(sorted({'torch', 'numpy', 'textual'} & set(sys.modules)), 'tutor.recorder.process' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == "[] True\n"
