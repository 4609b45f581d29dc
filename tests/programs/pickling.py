"""Classes and functions of the program pickled: their module is __main__."""

import io
import pickle

import torch
from torch import nn


class Point:
    def __init__(self, w):
        self.w = w

    def __reduce__(self):
        return Point, (self.w,)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(1, 1, bias=False)
        nn.init.constant_(self.layer.weight, 2.5)

    def forward(self, x):
        return self.layer(x)


def double(x):
    return x * 2


text = pickle.dumps([Point(torch.ones(2)), double, Point])
point, function, kind = pickle.loads(text)
print(type(point) is Point, point.w, function is double, kind is Point, b"__main__" in text)
file = io.BytesIO()
torch.save(Net(), file)
file.seek(0)
net = torch.load(file, weights_only=False)
print(net(torch.ones(1, 1)), type(net) is Net, type(net).__module__)
file.seek(0)
try:
    torch.load(file, weights_only=True)
except pickle.UnpicklingError as error:
    print("refused", "__main__.Net" in str(error))
w = torch.tensor([1.0], requires_grad=True)
again = pickle.loads(pickle.dumps(w))
print(again, again.is_leaf)
try:
    pickle.dumps(lambda x: x)
except (pickle.PicklingError, AttributeError) as error:
    print(error.__class__.__name__ in ("PicklingError", "AttributeError"))
try:
    pickle.dumps(w * 2)
    print("pickled")
except RuntimeError as error:
    print(str(error)[:40])
