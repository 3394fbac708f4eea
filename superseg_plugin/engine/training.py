# SPDX-License-Identifier: GPL-2.0-or-later
"""Training of a network on patches of the scene, guided by clusters or by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Callable

import numpy as np
import torch
from torch import Tensor

from .adam import Adam
from .devices import autocast, is_shortage, release_memory
from .losses import LOSSES
from .networks import build_network, load_weights
from .scaling import BandScaling, to_standard
from .types import AnyArray, FloatArray

REPORT_EVERY = 10
# Gain and offset of each band in augmentation, standard units.
JITTER = 0.1

Report = Callable[[int, float, int], None]


@dataclass(frozen=True)
class TrainingPlan:
    """How to train.

    Attributes:
        network: public name of the network.
        classes: number of outputs.
        loss: public name of the loss.
        steps: optimiser steps.
        batch_size: patches per step.
        learning_rate: of Adam.
        augment: flips, turns and radiometric jitter; off in the published method.
        seed: of weights, order and augmentation.
    """

    network: str
    classes: int
    loss: str
    steps: int
    batch_size: int
    learning_rate: float
    augment: bool
    seed: int


@dataclass(frozen=True)
class Patches:
    """What a network is trained on.

    Attributes:
        images: `(n, bands, side, side)` raw values.
        superpixels: `(n, side, side)` int32, 0 = nodata, ids 1..t.
        soft: `(t + 1, classes)` float32 class probabilities of each superpixel (row 0 unused), or
            None for self-training.
    """

    images: AnyArray
    superpixels: AnyArray
    soft: FloatArray | None


def train(
    patches: Patches,
    scaling: BandScaling,
    plan: TrainingPlan,
    device: torch.device,
    initial: dict[str, AnyArray] | None,
    report: Report,
) -> dict[str, AnyArray]:
    """Train a network.

    Args:
        patches: images, superpixels and, for guidance by clusters, soft classes.
        scaling: of the bands.
        plan: network, loss and optimiser.
        device: where to train.
        initial: weights to start from.
        report: called with step, loss and number of live classes; may raise to stop.

    Returns:
        The weights as float32 (counters int64) arrays by name.
    """
    torch.manual_seed(plan.seed)
    order = np.random.default_rng(plan.seed)
    network = build_network(plan.network, patches.images.shape[1], plan.classes)
    if initial is not None:
        load_weights(network, initial)
    module: Any = network
    module.to(device=device, memory_format=torch.channels_last).train()
    optimizer = Adam(network.parameters(), plan.learning_rate)
    loss_function = LOSSES[plan.loss]
    stride = network.output_stride
    soft = None if patches.soft is None else torch.from_numpy(patches.soft).to(device)
    queue: list[int] = []
    live = torch.zeros(plan.classes, dtype=torch.bool, device=device)
    live_count = plan.classes
    for step in range(plan.steps):
        while len(queue) < plan.batch_size:
            queue.extend(order.permutation(len(patches.images)).tolist())
        chosen, queue = queue[: plan.batch_size], queue[plan.batch_size :]
        image, superpixels = _load_batch(patches, scaling, chosen)
        if plan.augment:
            image, superpixels = _augment(image, superpixels, order)
        image = image.to(device, memory_format=torch.channels_last)
        superpixels = superpixels[:, ::stride, ::stride].contiguous().to(device)
        with autocast(device):
            logits = network(image)
        flat = logits.float().movedim(1, -1).reshape(-1, plan.classes)
        ids = superpixels.reshape(-1)
        known = ids > 0
        predicted = flat.detach().argmax(dim=1)
        if soft is not None:
            targets = soft[ids[known]]
        else:
            labels = majority_in_superpixels(predicted, superpixels, plan.classes)
            targets = torch.nn.functional.one_hot(labels[known], plan.classes).float()
        loss = loss_function(flat[known], targets)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        live[predicted[known]] = True
        if (step + 1) % REPORT_EVERY == 0 or step + 1 == plan.steps:
            live_count = int(live.sum())
            live.zero_()
        report(step + 1, float(loss.detach()), live_count)
    return {name: value.cpu().numpy() for name, value in network.state_dict().items()}


def train_within_memory(
    patches: Patches,
    scaling: BandScaling,
    plan: TrainingPlan,
    device: torch.device,
    initial: dict[str, AnyArray] | None,
    report: Report,
    say: Callable[[str], None],
) -> dict[str, AnyArray]:
    """Train; where the device runs out of memory, again with half the batch, at last on the CPU.

    Args:
        patches: as for `train`.
        scaling: as for `train`.
        plan: as for `train`.
        device: as for `train`.
        initial: as for `train`.
        report: as for `train`.
        say: takes a line for the log.

    Raises:
        MemoryError: the CPU, too, has too little.
    """
    asked = plan
    while True:
        try:
            return train(patches, scaling, plan, device, initial, report)
        except Exception as error:
            if not is_shortage(error):
                raise
        release_memory(device)
        if plan.batch_size > 1:
            plan = replace(plan, batch_size=plan.batch_size // 2)
            say(f"The device is out of memory: training with BATCH_SIZE {plan.batch_size}")
        elif device.type != "cpu":
            device, plan = torch.device("cpu"), asked
            say("The device is still out of memory: training on the CPU")
        else:
            raise MemoryError("for a batch of one patch")


def majority_in_superpixels(predicted: Tensor, superpixels: Tensor, classes: int) -> Tensor:
    """Give every pixel the class that most pixels of its superpixel have.

    One contingency count of (superpixel, class) and one argmax, whatever the number of superpixels.

    Args:
        predicted: `(n * rows * cols,)` int64 classes.
        superpixels: `(n, rows, cols)` ids; the same id in two patches counts apart.
        classes: number of classes.

    Returns:
        `(n * rows * cols,)` int64 classes.
    """
    patch = torch.arange(len(superpixels), device=superpixels.device)[:, None, None]
    keys = patch * (int(superpixels.max()) + 1) + superpixels.long()
    _, local = torch.unique(keys.reshape(-1), return_inverse=True)
    count = int(local.max()) + 1
    table = torch.bincount(local * classes + predicted, minlength=count * classes)
    return table.reshape(count, classes).argmax(dim=1)[local]


def _load_batch(patches: Patches, scaling: BandScaling, chosen: list[int]) -> tuple[Tensor, Tensor]:
    superpixels = np.asarray(patches.superpixels[chosen])
    images = np.stack(
        [
            to_standard(np.asarray(patches.images[index]), superpixels[row] > 0, scaling)
            for row, index in enumerate(chosen)
        ]
    )
    return torch.from_numpy(images), torch.from_numpy(superpixels)


def _augment(
    images: Tensor, superpixels: Tensor, order: np.random.Generator
) -> tuple[Tensor, Tensor]:
    turns = int(order.integers(4))
    images = torch.rot90(images, turns, (2, 3))
    superpixels = torch.rot90(superpixels, turns, (1, 2))
    if order.random() < 0.5:
        images, superpixels = images.flip(3), superpixels.flip(2)
    shape = (len(images), images.shape[1], 1, 1)
    gain = torch.from_numpy(order.uniform(1 - JITTER, 1 + JITTER, shape).astype(np.float32))
    offset = torch.from_numpy(order.uniform(-JITTER, JITTER, shape).astype(np.float32))
    return images * gain + offset * (superpixels > 0)[:, None], superpixels
