"""f-strings and format with tensors: specs, conversions, nesting, self-documenting."""

import torch

x = torch.tensor(3.14159)
v = torch.tensor([1.0, 2.5], requires_grad=True)
n = torch.tensor(7)
print(f"{x:.2f} {x:>10.3f}| {n:03d} {x!r} {v!s}")
print(f"{v=} {v.sum()=} {x * 2=:.3f}")
width = 12
print(f"{x:{width}.{2}f}|{'mid':^{width}}|{n:<5}|")
print(f"{(v * 2).sum().item():.1f} and {[f'{t.item():.1f}' for t in v]}")
print("{0:.3f} {name} {1}".format(x, n, name=v.shape), "%.2f %s %d" % (x, v.dtype, n))
print(f'{"nested " + f"{v[0].item():.0f}"}' f" joined {'yes' if v[1] > 2 else 'no'}")
print(f"""{
    v.detach().tolist()
} over lines""")
try:
    print(f"{v:.2f}")
except TypeError as error:
    print(error)
torch.set_printoptions(precision=2, sci_mode=True)
print(torch.tensor([1234.5678, 0.00012]))
torch.set_printoptions(profile="default")
print(torch.arange(2000), torch.zeros(0), torch.tensor(True), torch.ones(1, 1, 1))
print(str(v), repr(v.grad), "%s" % (torch.Size([2, 3]),), f"{torch.float32}", f"{{braces}}")
