"""A whole script of a practitioner: arguments with defaults, a dataset class, a trainer class, early stopping."""

import argparse
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, random_split


@dataclass
class Settings:
    epochs: int = 4
    rate: float = 0.02
    patience: int = 2
    seed: int = 0


class Waves(Dataset):
    def __init__(self, n):
        rng = np.random.default_rng(0)
        self.x = torch.from_numpy(rng.uniform(-1, 1, (n, 1)).astype(np.float32))
        self.y = torch.sin(3 * self.x)

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        return self.x[i], self.y[i]


class Trainer:
    def __init__(self, model, settings):
        self.model, self.settings = model, settings
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=settings.rate)
        self.schedule = torch.optim.lr_scheduler.CosineAnnealingLR(self.optimizer, settings.epochs)
        self.best, self.waited = float("inf"), 0

    def run_epoch(self, loader, train):
        self.model.train(train)
        losses = []
        with torch.set_grad_enabled(train):
            for x, y in loader:
                loss = nn.functional.huber_loss(self.model(x), y)
                if train:
                    self.optimizer.zero_grad(set_to_none=True)
                    loss.backward()
                    nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
                    self.optimizer.step()
                losses.append(loss.item())
        return float(np.mean(losses))

    def fit(self, train, valid):
        for epoch in range(self.settings.epochs):
            tr, va = self.run_epoch(train, True), self.run_epoch(valid, False)
            self.schedule.step()
            print(f"{epoch}: train {tr:.5f}, valid {va:.5f}, rate {self.schedule.get_last_lr()[0]:.5f}")
            if va < self.best:
                self.best, self.waited = va, 0
            elif (waited := self.waited + 1) >= self.settings.patience:
                return epoch
            else:
                self.waited = waited
        return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=4)
    settings = Settings(**vars(parser.parse_args()))
    torch.manual_seed(settings.seed)
    train, valid = random_split(Waves(40), [32, 8])
    model = nn.Sequential(nn.Linear(1, 16), nn.GELU(), nn.LayerNorm(16), nn.Linear(16, 1))
    trainer = Trainer(model, settings)
    stopped = trainer.fit(DataLoader(train, 16, shuffle=True), DataLoader(valid, 8))
    print("stopped", stopped, f"best {trainer.best:.5f}")


if __name__ == "__main__":
    main()
