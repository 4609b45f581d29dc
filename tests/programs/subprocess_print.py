"""A child process that prints: inherited output, captured output, its status."""

import subprocess
import sys

import torch

print("before", flush=True)
subprocess.run([sys.executable, "-c", "print('from the child')"], check=True)
done = subprocess.run(
    [sys.executable, "-c", "import sys; print(sum(map(float, sys.argv[1:]))); sys.exit(4)", "1", "2.5"],
    capture_output=True,
    text=True,
)
print(done.stdout.strip(), done.returncode, repr(done.stderr))
x = torch.tensor(float(done.stdout), requires_grad=True)
(x**2).backward()
print(x.grad)
echo = subprocess.run(["cat"], input="through a pipe\n", text=True, stdout=subprocess.PIPE)
print(echo.stdout, end="", flush=True)
subprocess.run("echo shell 1>&2; echo $((40 + 2))", shell=True)
try:
    subprocess.run([sys.executable, "-c", "raise SystemExit(2)"], check=True)
except subprocess.CalledProcessError as error:
    print("failed with", error.returncode)
