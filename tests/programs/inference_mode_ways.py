"""inference_mode as block and decorator, and what its tensors refuse afterwards."""

import torch

w = torch.ones(2, requires_grad=True)


@torch.inference_mode()
def predict(x):
    return w * x


with torch.inference_mode():
    a = torch.ones(2)
    b = a * w
    print(torch.is_inference_mode_enabled(), torch.is_grad_enabled(), a.is_inference(), b.requires_grad)
    a.add_(1)
    with torch.inference_mode(False):
        print(torch.is_inference_mode_enabled(), (w * 2).requires_grad)
print(torch.is_inference_mode_enabled(), predict(torch.ones(2)).is_inference(), w.is_inference())

for action in (lambda: a * w, lambda: a.add_(1), lambda: a.requires_grad_(), lambda: a._version):
    try:
        print("fine", action())
    except RuntimeError as error:
        print(str(error).split(".")[0])

clone = a.clone()
(clone * w).sum().backward()
print(clone.is_inference(), w.grad)
