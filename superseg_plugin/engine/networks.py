# SPDX-License-Identifier: GPL-2.0-or-later
"""The two fully convolutional networks.

The published network [1] keeps 64 channels at full, half and quarter resolution. The light network
computes at a half, a quarter and an eighth of the resolution with a tenth of the arithmetic, and
adds the three scales, as a feature pyramid [2] does. Both have no state between pixels beyond the
halo, so that a scene classified in tiles gives the same classes as in one piece, if tiles begin on
a multiple of `alignment` pixels and have `halo` pixels of margin.

Each network has, beside its layers:
    alignment: pixels; the product of all strides.
    halo: pixels that a tile needs around its core, a multiple of `alignment`.
    output_stride: pixels for each value of the logits.

References:
    [1] Chen et al., IEEE Geoscience and Remote Sensing Letters 19 (2022),
        doi 10.1109/LGRS.2022.3198065.
    [2] T.-Y. Lin, P. Dollar, R. Girshick, K. He, B. Hariharan, S. Belongie, "Feature pyramid
        networks for object detection", CVPR (2017).
"""

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
    """3 x 3 convolution, batch norm, ReLU.

    Args:
        inputs: input channels.
        outputs: output channels.
        stride: 1, or 2 for half the resolution.
    """

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.norm: Any = nn.BatchNorm2d(outputs)

    def forward(self, image: Tensor) -> Tensor:
        """`(n, inputs, rows, cols)` to `(n, outputs, rows / stride, cols / stride)`."""
        activation: Tensor = functional.relu(self.norm(self.conv(image)))
        return activation


class Head(nn.Module):
    """1 x 1 convolution to the classes, with batch norm.

    Args:
        inputs: input channels.
        classes: output channels.
    """

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, classes, 1, bias=False)
        self.norm: Any = nn.BatchNorm2d(classes)

    def forward(self, image: Tensor) -> Tensor:
        """`(n, inputs, rows, cols)` to logits `(n, classes, rows, cols)`."""
        logits: Tensor = self.norm(self.conv(image))
        return logits


class PublishedNetwork(nn.Module):
    """The network of [1]: 0.15 million weights.

    Five 3 x 3 convolutions of 64 channels, two max-pools, two nearest-neighbor upsamplings.

    The halo: a 3 x 3 convolution reaches one pixel at its own resolution. Along the layers that is
    1 + 2 (at half) + 4 (at a quarter) + 2 + 1 = 10 pixels. Pooling and upsampling add at most 1 + 2
    for pixels within a 2 x 2 and a 4 x 4 cell: 13, rounded up to a multiple of 4 is 16.

    Args:
        bands: input channels.
        classes: output channels, 2 to 255.
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
    """A tenth of the published network's arithmetic: three scales, logits at half resolution.

    The halo: a 3 x 3 convolution reaches one pixel at the resolution of its input. The longest path
    has the stem (1), fine (2), two of middle (2 + 4) and two of coarse (4 + 8), so that a value at
    an eighth of the resolution depends on 21 pixels around the first pixel of its 8 x 8 cell. The
    bilinear interpolation of the logits may read the cell before: 8 + 21 = 29, rounded up to a
    multiple of 8 is 32.

    Args:
        bands: input channels.
        classes: output channels, 2 to 255.
    """

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
        """`(n, bands, rows, cols)`, sides multiples of 8, to logits at half the resolution."""
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
    """Build a network with random weights.

    Args:
        name: `light` or `published`.
        bands: input channels.
        classes: output channels, 2 to 255.

    Raises:
        KeyError: there is no network of this name.

    Example:
        >>> network = build_network("light", 4, 8)
        >>> network(torch.zeros(1, 4, 64, 64)).shape
        torch.Size([1, 8, 32, 32])
    """
    return NETWORKS[name](bands, classes)


def load_weights(network: nn.Module, weights: dict[str, npt.NDArray[Any]]) -> None:
    """Copy the weights of a model into a network.

    Args:
        network: of `build_network`.
        weights: float32 arrays by name, counters int64.

    Raises:
        SuperSegError: names or shapes are those of another network.

    Example:
        >>> network = build_network("light", 4, 8)
        >>> load_weights(network, {k: v.numpy() for k, v in network.state_dict().items()})
    """
    try:
        network.load_state_dict({name: torch.from_numpy(v.copy()) for name, v in weights.items()})
    except RuntimeError:
        raise SuperSegError(
            "The weights of the model do not fit its network; its file is damaged, train it anew."
        ) from None


def fold_batch_norm(network: nn.Module) -> nn.Module:
    """Copy a trained network with every batch norm folded into the convolution before it.

    Logits are the same but for rounding.

    Example:
        >>> folded = fold_batch_norm(build_network("light", 4, 8))
        >>> any(isinstance(layer, nn.BatchNorm2d) for layer in folded.modules())
        False
    """
    folded = copy.deepcopy(network).eval()
    for module in folded.modules():
        if isinstance(module, (ConvBlock, Head)):
            module.conv = fuse_conv_bn_eval(module.conv, module.norm)
            module.norm = nn.Identity()
    return folded
