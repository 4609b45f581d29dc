"""Programs whose every step is explained and whose every number is computed again."""

SCALARS = """
import torch

x = torch.tensor(3.0, requires_grad=True)
for turn in range(3):
    y = x**2
    y.backward()
a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(-4.0, requires_grad=True)
u = a * b
v = a + b
s = u * v
s.backward()
q = a / b - 1
q.backward()
r = torch.exp(a) + torch.log(a) + torch.sqrt(a) + torch.tanh(b) + torch.sigmoid(b) - torch.relu(b) + abs(b)
r.backward()
(a**3 / 2 + 2 / b + 2**a - (1 - b)).backward()
(a.sin() * b.cos()).backward()
"""

SMALL = """
import torch
import torch.nn.functional as F

w = torch.tensor([1.0, -2.0, 3.0], requires_grad=True)
b = torch.tensor(0.5, requires_grad=True)
x = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
y = (x * w + b) ** 2
y.mean().backward()
z = torch.relu(w * 2) + F.leaky_relu(w) + F.softplus(w) + F.silu(w) + F.gelu(w) + w.clamp(-1.0, 2.0)
z.sum().backward()
m = torch.tensor([[1.0, -2.0], [3.0, 0.5]], requires_grad=True)
(m.softmax(1) * torch.tensor([1.0, 2.0])).sum().backward()
(m.log_softmax(-1)[:, 0].sum() + m.max() + m.min(1)[0].sum() + m.prod() + m.norm()).backward()
(m.std() + m.var(0).sum() + m.cumsum(0).sum() + torch.where(m > 0, m, -m).sum()).backward()
(m @ w[:2] + m.mv(w[1:])).sum().backward()
(m.t() @ m + m.reshape(4).view(2, 2)).mean(0).sum().backward()
torch.cat([m[0], torch.stack([b, b * 2]), m.unsqueeze(0).squeeze(0)[1]]).sum().backward()
(m.gather(1, torch.tensor([[0], [1]])).expand(2, 3).sum() + m[torch.tensor([1, 1])].sum()).backward()
t = torch.zeros(2, 2)
(F.mse_loss(m, t) + F.l1_loss(m, t) + F.smooth_l1_loss(m, t)).backward()
F.cross_entropy(m, torch.tensor([0, 1])).backward()
(F.binary_cross_entropy_with_logits(m, t) + F.binary_cross_entropy(torch.sigmoid(m), t)).backward()
F.dropout(w, 0.5).sum().backward()
(F.layer_norm(m, (2,)) * m).sum().backward()
(torch.maximum(w, b) + torch.minimum(w, b) + w.abs() / w.clone().to(torch.float64)).sum().backward()
c = w * 1
c[0] = b
c.sum().backward()
e = torch.ones(3, 2, requires_grad=True)
F.embedding(torch.tensor([0, 0, 2]), e).sum().backward()
F.conv1d(torch.ones(1, 1, 3), w.view(1, 1, 3)).sum().backward()
F.linear(torch.ones(2, 2), m, b * torch.ones(2)).sum().backward()
torch.bmm(m.unsqueeze(0), m.unsqueeze(0)).sum().backward()
w.dot(w).backward()
m.median().backward()
"""

OPTIMIZERS = """
import torch

w = torch.tensor([2.0, 3.0], requires_grad=True)
b = torch.tensor(1.0, requires_grad=True)
unused = torch.tensor(1.0, requires_grad=True)
plain = torch.optim.SGD([w, b, unused], lr=0.1)
sgd = torch.optim.SGD([w, b], lr=0.1, momentum=0.9, weight_decay=0.01, nesterov=True)
adam = torch.optim.Adam([w, b], lr=0.1, weight_decay=0.1)
adamw = torch.optim.AdamW([w, b], lr=0.1)
rms = torch.optim.RMSprop([w, b], lr=0.1, momentum=0.5)
for turn in range(2):
    loss = ((w * 2 + b) ** 2).mean()
    sgd.zero_grad()
    loss.backward()
    plain.step()
    sgd.step()
    adam.step()
    adamw.step()
    rms.step()
b.grad = None
sgd.step()
with torch.no_grad():
    w -= 0.1 * w.grad
w.grad.zero_()
"""

GRAPH = """
import torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
d = w.detach()
k = w * 2
k.retain_grad()
handle = k.register_hook(lambda gradient: gradient * 10)
k.sum().backward()
with torch.no_grad():
    off = w * 2
on = w * 3
with torch.inference_mode():
    never = w * 2
big = w > 1.5
row = w[0]
n = d.numpy()
f = row.item()
d[0] = 7.0
c = w.clone()
c.mul_(3)
c.sum().backward(retain_graph=True)
g = torch.autograd.grad((w * 4).sum(), w)
w.requires_grad_(False)
plain = w * 2
w.grad = None
"""

CUSTOM = """
import torch


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return 2 * x * gradient


x = torch.tensor(3.0, requires_grad=True)
Square.apply(x).backward()
torch.lerp(x, x * 2, 0.5).backward()
"""
