"""Recurrent layers: RNN, GRU and LSTM, packed sequences and a cell stepped by hand."""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.manual_seed(0)
x = torch.randn(2, 4, 3)
for kind in (nn.RNN, nn.GRU, nn.LSTM):
    layer = kind(3, 2, batch_first=True)
    out, state = layer(x)
    last = state[0] if isinstance(state, tuple) else state
    out[:, -1].sum().backward()
    print(kind.__name__, tuple(out.shape), torch.allclose(out[:, -1], last[0]), f"{layer.weight_hh_l0.grad.norm().item():.6f}")

cell = nn.LSTMCell(3, 2)
h = c = torch.zeros(2, 2)
for t in range(x.shape[1]):
    h, c = cell(x[:, t], (h, c))
(h * c).sum().backward()
print(f"{h.sum().item():.6f} {cell.weight_ih.grad.abs().sum().item():.6f}")

layer = nn.GRU(3, 2, num_layers=2, bidirectional=True, batch_first=True)
packed = pack_padded_sequence(x, torch.tensor([4, 2]), batch_first=True)
out, lengths = pad_packed_sequence(layer(packed)[0], batch_first=True)
print(out.shape, lengths, out[1, 2:].abs().sum().item(), packed.batch_sizes)
