"""E7: numpy() of a tensor that requires a gradient."""
# tutor: exit=1

import numpy as np
import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
print(x.detach().numpy(), np.array(x.tolist()))
try:
    np.array(x)
except RuntimeError as error:
    print(error)
x.numpy()  # raises
