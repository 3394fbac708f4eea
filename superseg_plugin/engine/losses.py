# SPDX-License-Identifier: GPL-2.0-or-later
"""Losses between logits and the class probabilities that guide the training."""

from __future__ import annotations

from typing import Callable

import torch
from torch import Tensor
from torch.nn import functional

FOCUS = 2.0
Loss = Callable[[Tensor, Tensor], Tensor]


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Mean cross-entropy of `(pixels, classes)` logits against target probabilities."""
    return functional.cross_entropy(logits, targets)


def focal(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy with sure pixels weighted down.

    Source: T.-Y. Lin et al., "Focal loss for dense object detection", ICCV 2017; gamma = 2.
    """
    log_probabilities = functional.log_softmax(logits, dim=1)
    weight = (1.0 - log_probabilities.exp()) ** FOCUS
    return -(targets * weight * log_probabilities).sum(dim=1).mean()


def lovasz(logits: Tensor, targets: Tensor) -> Tensor:
    """Lovász-softmax: the convex extension of 1 - IoU, mean over the classes present.

    Source: M. Berman, A. R. Triki, M. B. Blaschko, "The Lovász-Softmax loss", CVPR 2018.
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


LOSSES: dict[str, Loss] = {"crossentropy": cross_entropy, "focal": focal, "lovasz": lovasz}
