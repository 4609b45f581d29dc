"""Objects whose __repr__, __eq__, __len__, __bool__, __hash__ or __getattribute__ raise."""

import torch


class Hostile:
    def _no(self, *args):
        raise RuntimeError("do not touch")

    __repr__ = __str__ = __eq__ = __ne__ = __len__ = __bool__ = __iter__ = __getattr__ = __getitem__ = _no
    __hash__ = None
    __float__ = __int__ = __index__ = __contains__ = __call__ = __sizeof__ = _no


class Sealed:
    def __getattribute__(self, name):
        raise SystemError("sealed: " + name)


class Liar(dict):
    @property
    def __class__(self):
        raise ValueError("no class")

    @property
    def shape(self):
        raise ValueError("no shape")


class Endless(list):
    def __len__(self):
        return 10**12

    def __iter__(self):
        while True:
            yield torch.zeros(1)

    def __repr__(self):
        return "x" * 100


hostile, sealed, liar, endless = Hostile(), Sealed(), Liar(), Endless()
box = [hostile, sealed, {"liar": liar}, endless]
hostile.inner = torch.ones(2)


def use(h, s, e, x):
    y = x * 2
    kept = (h, s, e, y)
    return kept[3].sum()


x = torch.ones(2, requires_grad=True)
use(hostile, sealed, endless, x).backward()
print(x.grad, len(box), type(hostile).__name__, len(endless), repr(endless)[:3])
for act in (repr, len, bool, iter, hash, lambda o: o == 1, lambda o: o.missing):
    try:
        act(hostile)
    except (RuntimeError, TypeError) as error:
        print(type(error).__name__, error)
try:
    sealed.anything
except SystemError as error:
    print(error)
hostile = None
print("gone", box[0] is hostile)
