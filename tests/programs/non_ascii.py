"""Identifiers and texts in other scripts: Greek, umlauts, Chinese, emoji beside operators."""

import torch

η = 0.1
θ = torch.tensor([1.0, -2.0], requires_grad=True)
größe = θ.numel()
for épocha in range(3):
    ошибка = ("→", (θ**2).sum())[1]; ошибка.backward()
    with torch.no_grad():
        θ -= η * θ.grad
    print(f"ε={épocha} ∇θ={θ.grad.tolist()} 损失={ошибка.item():.4f}")
    θ.grad = None
数据 = {"键": torch.ones(2), "🔥": θ.detach() * 2}
print(数据["🔥"] + 数据["键"], "größe", größe, "naïve café".upper())


def σ(x): return 1 / (1 + torch.exp(-x))


print("日本語", σ(torch.tensor(0.0)) * "é".count("é") + σ(torch.tensor(1.0)), len("𝔽🔥"))
ﬁ = 3
print(fi, "\u202eback\u202c".encode("utf-8"), "\x1b[0m".isprintable())
try:
    θ[größe + 0]
except IndexError as error:
    print("Fehler:", error)
