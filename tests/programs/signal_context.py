"""Signals raised and handled, context variables, atexit left alone."""

import contextvars
import signal

import torch

seen = []
depth = contextvars.ContextVar("depth", default=0)


def handler(number, frame):
    seen.append((signal.Signals(number).name, frame.f_code.co_name))


signal.signal(signal.SIGUSR1, handler)
signal.signal(signal.SIGINT, handler)


def work():
    x = torch.ones(2) * 2
    signal.raise_signal(signal.SIGUSR1)
    signal.raise_signal(signal.SIGINT)
    return x


print(work(), seen)
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    print("interrupted")
token = depth.set(3)
context = contextvars.copy_context()
depth.reset(token)
print(depth.get(), context.run(depth.get), context.run(lambda: torch.tensor(depth.get()) * 2))
