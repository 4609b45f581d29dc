"""exec, eval and compile: torch operations in text, with namespaces of their own."""

import torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
print(eval("(w * 3).sum()"))
exec("v = w * 2\nloss = (v ** 2).sum()\nloss.backward()")
print(v, w.grad)
space = {"torch": torch}
exec(
    """
def area(r):
    return torch.pi * r ** 2
result = area(torch.tensor(2.0))
""",
    space,
)
print(space["result"], sorted(k for k in space if not k.startswith("__")), space["area"].__code__.co_filename)
code = compile("w.grad.zero_()", "<formula>", "eval")
print(eval(code), w.grad)
try:
    exec(compile("x = 1\ny = x / 0\n", "<second>", "exec"), {})
except ZeroDivisionError as error:
    print(error.__traceback__.tb_next.tb_lineno, error.__traceback__.tb_next.tb_frame.f_code.co_filename)
try:
    eval("w ..")
except SyntaxError as error:
    print(error.msg, error.text)


def formula(text, **names):
    return eval(text, {"__builtins__": {}}, names)


print(formula("a @ b", a=torch.ones(2), b=torch.tensor([2.0, 3.0])))
print(eval("[w[i].item() * i for i in range(2)]"), eval("lambda t: t + 1")(torch.tensor(1)))
