# SPDX-License-Identifier: GPL-2.0-or-later
"""The Adam optimizer [1] without the imports of torch.optim.

`torch.optim.Adam` imports PyTorch's compiler when it is constructed: 823 modules, 1.0 to 1.1 s with
PyTorch 2.13, as long as training on a small scene takes. Check again with later versions: this
module is not needed once that import is gone. Steps are those of `torch.optim.Adam` but for
rounding; a test compares them. Memory: two tensors of the size of the parameters.

References:
    [1] D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR (2015).
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

# The defaults of [1]: decay of the running means of gradient and squared gradient.
DECAYS = (0.9, 0.999)
EPSILON = 1e-8


class Adam:
    """Adaptive moment estimation.

    Args:
        parameters: tensors to train.
        learning_rate: step of each parameter at the start, above 0. Explore it on a log scale: 1e-4
            to 1e-2; too large a value makes the loss rise.

    Example:
        >>> weight = torch.tensor([1.0], requires_grad=True)
        >>> optimizer = Adam([weight], 0.1)
        >>> torch.autograd.backward(weight.square().sum())
        >>> optimizer.step()
        >>> round(weight.item(), 3)
        0.9
    """

    def __init__(self, parameters: Iterable[Tensor], learning_rate: float) -> None:
        self._parameters = list(parameters)
        self._learning_rate = learning_rate
        self._means = [torch.zeros_like(each) for each in self._parameters]
        self._squares = [torch.zeros_like(each) for each in self._parameters]
        self._steps = 0

    def zero_grad(self) -> None:
        """Discard the gradients."""
        for parameter in self._parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Update the parameters from their gradients; those without one stay."""
        self._steps += 1
        first, second = DECAYS
        length = self._learning_rate / (1 - first**self._steps)
        correction = (1 - second**self._steps) ** 0.5
        for parameter, mean, square in zip(self._parameters, self._means, self._squares):
            gradient = parameter.grad
            if gradient is None:
                continue
            mean.lerp_(gradient, 1 - first)
            square.mul_(second).addcmul_(gradient, gradient, value=1 - second)
            parameter.addcdiv_(mean, square.sqrt().div_(correction).add_(EPSILON), value=-length)
