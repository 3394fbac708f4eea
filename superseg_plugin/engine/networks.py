# SPDX-License-Identifier: GPL-2.0-or-later
"""The two fully convolutional networks."""

from __future__ import annotations

import copy
from typing import Any

import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from ..errors import SuperSegError


class ConvBlock(nn.Module):
    """Convolution, batch norm, ReLU."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.norm: Any = nn.BatchNorm2d(outputs)

    def forward(self, image: Tensor) -> Tensor:
        """`(n, inputs, rows, cols)` to `(n, outputs, rows / stride, cols / stride)`."""
        activation: Tensor = functional.relu(self.norm(self.conv(image)))
        return activation


class Head(nn.Module):
    """1 x 1 convolution to the classes, with batch norm."""

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, classes, 1, bias=False)
        self.norm: Any = nn.BatchNorm2d(classes)

    def forward(self, image: Tensor) -> Tensor:
        """`(n, inputs, rows, cols)` to logits `(n, classes, rows, cols)`."""
        logits: Tensor = self.norm(self.conv(image))
        return logits


class PublishedNetwork(nn.Module):
    """The network of Chen et al., IEEE GRSL 19 (2022): 0.15 million weights.

    Five 3 x 3 convolutions of 64 channels; two max-pools, two nearest up-samplings.
    """

    alignment = 4
    halo = 16
    output_stride = 1

    def __init__(self, bands: int, classes: int) -> None:
        super().__init__()
        width = 64
        self.enter = ConvBlock(bands, width)
        self.down1 = ConvBlock(width, width)
        self.down2 = ConvBlock(width, width)
        self.up1 = ConvBlock(width, width)
        self.up2 = ConvBlock(width, width)
        self.head = Head(width, classes)

    def forward(self, image: Tensor) -> Tensor:
        """`(n, bands, rows, cols)` to logits `(n, classes, rows, cols)`; sides multiples of 4."""
        half = self.down1(functional.max_pool2d(self.enter(image), 2))
        quarter = self.down2(functional.max_pool2d(half, 2))
        half = self.up1(functional.interpolate(quarter, scale_factor=2.0, mode="nearest"))
        full = self.up2(functional.interpolate(half, scale_factor=2.0, mode="nearest"))
        logits: Tensor = self.head(full)
        return logits


class LightNetwork(nn.Module):
    """A tenth of the published network's arithmetic: three scales, logits at half resolution."""

    alignment = 8
    halo = 32
    output_stride = 2

    def __init__(self, bands: int, classes: int) -> None:
        super().__init__()
        self.stem = ConvBlock(bands, 32, stride=2)
        self.fine = ConvBlock(32, 32)
        self.middle = nn.Sequential(ConvBlock(32, 48, stride=2), ConvBlock(48, 48))
        self.coarse = nn.Sequential(ConvBlock(48, 48, stride=2), ConvBlock(48, 48))
        self.from_fine = nn.Conv2d(32, 48, 1)
        self.from_middle = nn.Conv2d(48, 48, 1)
        self.from_coarse = nn.Conv2d(48, 48, 1)
        self.head = Head(48, classes)

    def forward(self, image: Tensor) -> Tensor:
        """`(n, bands, rows, cols)` to logits `(n, classes, rows / 2, cols / 2)`; sides by 8."""
        fine = self.fine(self.stem(image))
        middle = self.middle(fine)
        coarse = self.coarse(middle)
        joined = functional.interpolate(self.from_coarse(coarse), scale_factor=2.0)
        joined = functional.interpolate(joined + self.from_middle(middle), scale_factor=2.0)
        logits: Tensor = self.head(functional.relu(joined + self.from_fine(fine)))
        return logits


NETWORKS: dict[str, type[PublishedNetwork] | type[LightNetwork]] = {
    "light": LightNetwork,
    "published": PublishedNetwork,
}


def build_network(name: str, bands: int, classes: int) -> PublishedNetwork | LightNetwork:
    """Build a network by its public name with fresh weights."""
    return NETWORKS[name](bands, classes)


def load_weights(network: nn.Module, weights: dict[str, npt.NDArray[Any]]) -> None:
    """Give a network the weights of a model.

    Raises:
        SuperSegError: they are another network's.
    """
    try:
        network.load_state_dict({name: torch.from_numpy(v.copy()) for name, v in weights.items()})
    except RuntimeError:
        raise SuperSegError(
            "MODEL: its weights do not fit its network; the file is damaged, train the model anew."
        ) from None


def fold_batch_norm(network: nn.Module) -> nn.Module:
    """Copy a trained network with every batch norm folded into the convolution before it."""
    folded = copy.deepcopy(network).eval()
    for module in folded.modules():
        if isinstance(module, (ConvBlock, Head)):
            module.conv = fuse_conv_bn_eval(module.conv, module.norm)
            module.norm = nn.Identity()
    return folded
