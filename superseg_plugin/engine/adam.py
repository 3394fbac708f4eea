# SPDX-License-Identifier: GPL-2.0-or-later
"""The Adam optimiser without what torch.optim loads for it.

torch.optim brings torch's compiler along, which takes a second to load: as long as it takes to
train on a small scene.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

DECAYS = (0.9, 0.999)
EPSILON = 1e-8


class Adam:
    """Adaptive moment estimation; the steps are those of torch.optim.Adam.

    Source: D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR (2015).

    Args:
        parameters: what to train.
        learning_rate: length of the first steps.
    """

    def __init__(self, parameters: Iterable[Tensor], learning_rate: float) -> None:
        self._parameters = list(parameters)
        self._learning_rate = learning_rate
        self._means = [torch.zeros_like(each) for each in self._parameters]
        self._squares = [torch.zeros_like(each) for each in self._parameters]
        self._steps = 0

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for parameter in self._parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Move the parameters against their gradients."""
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
