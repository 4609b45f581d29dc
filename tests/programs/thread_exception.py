"""An exception ends a thread, not the program; it is printed to the error stream."""

import threading

import torch


def fails(x):
    y = x * 2
    raise ValueError(f"in the thread: {y.item()}")


thread = threading.Thread(target=fails, args=(torch.tensor(2.0),), name="worker")
thread.start()
thread.join()
print("the program goes on", thread.is_alive())
threading.excepthook = lambda args: print("hook:", args.exc_type.__name__, args.exc_value, args.thread.name)
thread = threading.Thread(target=fails, args=(torch.tensor(3.0),), name="second")
thread.start()
thread.join()
