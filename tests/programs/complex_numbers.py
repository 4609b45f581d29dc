"""Complex tensors: arithmetic, gradients of real and complex leaves, a Fourier transform."""

import torch

z = torch.tensor([1 + 2j, -1j], requires_grad=True)
loss = (z * z.conj()).real.sum()
loss.backward()
print(loss, z.grad)
print(z.abs(), z.angle(), torch.view_as_real(z.detach()))

r = torch.tensor(2.0, requires_grad=True)
phase = torch.tensor(0.5, requires_grad=True)
w = torch.polar(r, phase)
w.imag.backward()
print(w, f"{r.grad.item():.6f} {phase.grad.item():.6f}")

signal = torch.tensor([1.0, 0.0, -1.0, 0.0], requires_grad=True)
spectrum = torch.fft.fft(signal)
spectrum.abs().pow(2).sum().backward()
print(spectrum.detach(), signal.grad, torch.fft.ifft(spectrum).real)
print(z.dtype, (z.detach() * 2j).tolist(), torch.complex(torch.ones(1), torch.zeros(1)).is_complex())
try:
    (z * 1j).sum().backward()
except RuntimeError as error:
    print(error)
