"""A class with methods and state: a hand-written perceptron layer that counts what it did."""

import torch


class Neuron:
    made = 0

    def __init__(self, size):
        self.w = torch.linspace(-1.0, 1.0, size).requires_grad_()
        self.b = torch.zeros(1, requires_grad=True)
        self.steps = 0
        Neuron.made += 1

    def __call__(self, x):
        return torch.tanh(x @ self.w + self.b)

    def parameters(self):
        return [self.w, self.b]

    def step(self, rate):
        with torch.no_grad():
            for p in self.parameters():
                p -= rate * p.grad
                p.grad = None
        self.steps += 1

    @classmethod
    def of(cls, *values):
        neuron = cls(len(values))
        neuron.w = torch.tensor(values, requires_grad=True)
        return neuron

    @staticmethod
    def squared(error):
        return error**2


neuron = Neuron(3)
other = Neuron.of(0.5, -0.5, 0.25)
x = torch.tensor([1.0, 2.0, 3.0])
for turn in range(4):
    loss = Neuron.squared(neuron(x) - other(x).detach()).sum()
    loss.backward()
    neuron.step(0.1)
    print(turn, f"{loss.item():.6f}", [round(v, 4) for v in neuron.w.tolist()])
print(neuron.steps, Neuron.made, other.steps)
