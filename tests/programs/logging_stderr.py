"""logging: to the error stream with a format, to the output with a handler, exceptions logged."""

import logging
import sys

import torch

logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(funcName)s:%(lineno)d %(message)s")
log = logging.getLogger("training")
out = logging.StreamHandler(sys.stdout)
out.setFormatter(logging.Formatter("%(levelname)-8s %(module)s:%(lineno)d %(message)s"))
log.addHandler(out)


def train(turns):
    w = torch.tensor(1.0, requires_grad=True)
    for turn in range(turns):
        loss = (w - 3) ** 2
        loss.backward()
        with torch.no_grad():
            w -= 0.3 * w.grad
        w.grad = None
        log.info("turn %d loss %.6f", turn, loss)
        log.debug("never shown %s", w)
    return w


train(3)
log.warning("tensor %s", torch.ones(2))
try:
    torch.ones(2)[3]
except IndexError as error:
    log.error("caught %s", error)
logging.getLogger("other").warning("to the error stream alone")
log.propagate = False
log.critical("%s", {"last": 1})
