# SPDX-License-Identifier: GPL-2.0-or-later
"""Losses between logits and target probabilities, by their public names.

Each takes logits `(pixels, classes)` and target probabilities of the same shape, and returns a
scalar with its gradient. Cross-entropy takes soft targets as they are and is the published choice;
no gain of the other two has been measured yet.

References:
    [1] T.-Y. Lin, P. Goyal, R. Girshick, K. He, P. Dollar, "Focal loss for dense object detection",
        ICCV (2017).
    [2] M. Berman, A. R. Triki, M. B. Blaschko, "The Lovasz-softmax loss: a tractable surrogate for
        the optimization of the intersection-over-union measure in neural networks", CVPR (2018).
"""

from __future__ import annotations

from typing import Callable

import torch
from torch import Tensor
from torch.nn import functional

# The exponent recommended in [1].
GAMMA = 2.0


def focal(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy with a factor of (1 - p)^2 that reduces the weight of easy pixels [1].

    Example:
        >>> logits, targets = torch.tensor([[0.0, 0.0]]), torch.tensor([[1.0, 0.0]])
        >>> round(float(focal(logits, targets)), 4)
        0.1733
    """
    log_probabilities = functional.log_softmax(logits, dim=1)
    weight = (1.0 - log_probabilities.exp()) ** GAMMA
    return -(targets * weight * log_probabilities).sum(dim=1).mean()


def lovasz(logits: Tensor, targets: Tensor) -> Tensor:
    """Lovasz-softmax [2]: the convex extension of 1 - IoU, mean over the classes present.

    Soft targets count as their most probable class. Cost: one sort of the pixels a class.

    Example:
        >>> logits, targets = torch.tensor([[0.0, 0.0]]), torch.tensor([[1.0, 0.0]])
        >>> float(lovasz(logits, targets))
        0.5
    """
    probabilities = logits.softmax(dim=1)
    truth = functional.one_hot(targets.argmax(dim=1), logits.shape[1]).to(probabilities.dtype)
    errors, order = (truth - probabilities).abs().sort(dim=0, descending=True)
    sorted_truth = truth.gather(0, order)
    total = sorted_truth.sum(dim=0)
    intersection = total - sorted_truth.cumsum(dim=0)
    union = total + (1.0 - sorted_truth).cumsum(dim=0)
    jaccard = 1.0 - intersection / union
    gradient = torch.cat([jaccard[:1], jaccard[1:] - jaccard[:-1]])
    per_class = (errors * gradient).sum(dim=0)
    return per_class[total > 0].mean()


LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "crossentropy": functional.cross_entropy,
    "focal": focal,
    "lovasz": lovasz,
}
