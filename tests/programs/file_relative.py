"""A file written and read relative to the working directory."""

import os
import tempfile

import torch

before = os.getcwd()
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    try:
        with open("points.csv", "w", encoding="utf-8") as file:
            file.write("x,y\n1,2\n2,4\n3,6.5\n")
        with open("points.csv", encoding="utf-8") as file:
            header, *rows = [line.strip().split(",") for line in file]
        print(os.listdir("."), header)
    finally:
        os.chdir(before)
print(os.path.exists("points.csv"), os.getcwd() == before)

data = torch.tensor([[float(cell) for cell in row] for row in rows])
x, y = data[:, 0], data[:, 1]
slope = (x * y).sum() / (x * x).sum()
print(data.shape, f"{slope.item():.6f}")
