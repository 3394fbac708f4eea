# SPDX-License-Identifier: GPL-2.0-or-later
"""Training of a network on patches of a scene.

Guided by clusters, the targets of a pixel are the class probabilities of its superpixel. In
self-training [1], the targets are the network's own predictions: the class that most pixels of the
superpixel have at this step. Pixels without superpixel enter no loss. Patches are drawn in random
order without replacement, epoch by epoch.

Exact: the same seed, plan, patches, device and number of threads give the same weights. Another
number of threads, or a GPU, changes the order of sums and so the weights. Cost: `steps` passes
forward and backward over a batch, whatever the size of the scene.

References:
    [1] Chen et al., IEEE Geoscience and Remote Sensing Letters 19 (2022),
        doi 10.1109/LGRS.2022.3198065.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Callable

import numpy as np
import torch
from torch import Tensor

from ..contracts import BandScaling, TrainingPlan
from .adam import Adam
from .devices import autocast, is_out_of_memory, release_memory, training_precision
from .losses import LOSSES
from .networks import build_network, load_weights
from .patch_store import Patches, PatchStore
from .types import AnyArray

# Steps over which classes in use are counted: reading the count interrupts a GPU.
REPORT_EVERY = 10

Report = Callable[[int, float, int], None]


def train(
    patches: Patches,
    scaling: BandScaling,
    plan: TrainingPlan,
    device: torch.device,
    initial: dict[str, AnyArray] | None,
    report: Report,
    storage: torch.device | None = None,
) -> dict[str, AnyArray]:
    """Train a network.

    Args:
        patches: images and superpixels; class probabilities for guidance by clusters, None for
            self-training.
        scaling: of the bands.
        plan: network, loss and optimizer.
        device: to train on.
        initial: weights to start from, of the same network; None for random ones.
        report: called after each step with its number, its loss, and the number of classes that
            some pixel had lately; may raise an error to stop.
        storage: device that keeps the patches; `device` where None.

    Returns:
        The weights as float32 (counters int64) arrays by name.

    Raises:
        SuperSegError: the initial weights are those of another network.

    Example:
        One step on one patch of 16 x 16 pixels, each half of it a superpixel.

        >>> images = np.zeros((1, 1, 16, 16), np.uint8)
        >>> images[..., 8:] = 200
        >>> superpixels = 1 + (images[:, 0] > 0).astype(np.int32)
        >>> soft = np.array([[0, 0], [1, 0], [0, 1]], np.float32)
        >>> scaling, cpu = BandScaling((0.0,), (255.0,), (100.0,), (100.0,)), torch.device("cpu")
        >>> plan = TrainingPlan("light", 2, "crossentropy", 1, 1, 0.002, False, 0)
        >>> losses = []
        >>> report = lambda step, loss, live: losses.append(loss)
        >>> patches = Patches(images, superpixels, soft)
        >>> weights = train(patches, scaling, plan, cpu, None, report)
        >>> len(losses), weights["head.conv.weight"].shape
        (1, (2, 48, 1, 1))
    """
    torch.manual_seed(plan.seed)
    order = np.random.default_rng(plan.seed)
    store = PatchStore(patches, scaling, storage or device)
    network = build_network(plan.network, patches.images.shape[1], plan.classes)
    if initial is not None:
        load_weights(network, initial)
    module: Any = network
    module.to(device=device, memory_format=torch.channels_last).train()
    optimizer = Adam(network.parameters(), plan.learning_rate)
    loss_function = LOSSES[plan.loss]
    stride = network.output_stride
    soft = None if patches.soft is None else torch.from_numpy(patches.soft).to(device)
    precision = training_precision(device)
    queue: list[int] = []
    live = torch.zeros(plan.classes, dtype=torch.bool, device=device)
    live_count = plan.classes
    for step in range(plan.steps):
        while len(queue) < plan.batch_size:
            queue.extend(order.permutation(len(store)).tolist())
        chosen, queue = queue[: plan.batch_size], queue[plan.batch_size :]
        image, superpixels = store.batch(chosen, order if plan.augment else None)
        image = image.to(device, memory_format=torch.channels_last)
        superpixels = superpixels[:, ::stride, ::stride].contiguous().to(device)
        with autocast(device, precision):
            logits = network(image)
        flat = logits.float().movedim(1, -1).reshape(-1, plan.classes)
        ids = superpixels.reshape(-1)
        known: Any = ids > 0
        if bool(known.all()):
            # Indexing all pixels, forward and backward, takes a tenth of a step.
            known = slice(None)
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
    log: Callable[[str], None],
) -> dict[str, AnyArray]:
    """Train; if the device runs out of memory, again with less on it, and at last on the CPU.

    First the patches are kept in the memory of the computer, then the batch is halved until it is
    one patch.

    Args:
        patches: as for `train`.
        scaling: as for `train`.
        plan: as for `train`.
        device: as for `train`.
        initial: as for `train`.
        report: as for `train`.
        log: called with lines for the log.

    Returns:
        As `train`.

    Raises:
        MemoryError: the memory of the CPU does not suffice either.

    Example:
        See `train`; nothing else is different while memory suffices.

        >>> images, superpixels = np.zeros((1, 1, 16, 16), np.uint8), np.ones((1, 16, 16), np.int32)
        >>> patches = Patches(images, superpixels, None)
        >>> scaling, cpu = BandScaling((0.0,), (255.0,), (0.0,), (1.0,)), torch.device("cpu")
        >>> plan = TrainingPlan("light", 2, "crossentropy", 1, 1, 0.002, False, 0)
        >>> ignore = lambda *values: None
        >>> weights = train_within_memory(patches, scaling, plan, cpu, None, ignore, ignore)
        >>> weights["head.conv.weight"].dtype
        dtype('float32')
    """
    requested, storage = plan, device
    while True:
        try:
            return train(patches, scaling, plan, device, initial, report, storage)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
        release_memory(device)
        if storage.type != "cpu":
            storage = torch.device("cpu")
            log("The device is out of memory: patches are kept in the memory of the computer")
        elif plan.batch_size > 1:
            plan = replace(plan, batch_size=plan.batch_size // 2)
            log(f"The device is out of memory: training with BATCH_SIZE {plan.batch_size}")
        elif device.type != "cpu":
            device, plan = torch.device("cpu"), requested
            log("The device is still out of memory: training on the CPU")
        else:
            raise MemoryError("for a batch of one patch")


def majority_in_superpixels(predicted: Tensor, superpixels: Tensor, classes: int) -> Tensor:
    """Majority class of each pixel's superpixel.

    Cost: one count of (superpixel, class) pairs and one argmax, whatever the number of superpixels.

    Args:
        predicted: `(n * rows * cols,)` int64 classes.
        superpixels: `(n, rows, cols)` ids; the same id in two patches is two superpixels.
        classes: number of classes.

    Returns:
        `(n * rows * cols,)` int64 classes; of classes that are equally frequent, the first.

    Example:
        >>> superpixels = torch.tensor([[[1, 1, 1, 2]]])
        >>> majority_in_superpixels(torch.tensor([0, 1, 1, 0]), superpixels, 2).tolist()
        [1, 1, 1, 0]
    """
    patch = torch.arange(len(superpixels), device=superpixels.device)[:, None, None]
    keys = patch * (int(superpixels.max()) + 1) + superpixels.long()
    _, local = torch.unique(keys.reshape(-1), return_inverse=True)
    count = int(local.max()) + 1
    table = torch.bincount(local * classes + predicted, minlength=count * classes)
    return table.reshape(count, classes).argmax(dim=1)[local]
