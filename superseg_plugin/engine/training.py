# SPDX-License-Identifier: GPL-2.0-or-later
"""Training of a network on patches of the scene, guided by clusters or by itself."""

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

REPORT_EVERY = 10

Report = Callable[[int, float, int], None]


def train(
    patches: Patches,
    scaling: BandScaling,
    plan: TrainingPlan,
    device: torch.device,
    initial: dict[str, AnyArray] | None,
    report: Report,
    home: torch.device | None = None,
) -> dict[str, AnyArray]:
    """Train a network.

    Args:
        patches: images, superpixels and, for guidance by clusters, soft classes.
        scaling: of the bands.
        plan: network, loss and optimiser.
        device: where to train.
        initial: weights to start from.
        report: called with step, loss and number of live classes; may raise to stop.
        home: where the patches are kept; the device where None.

    Returns:
        The weights as float32 (counters int64) arrays by name.
    """
    torch.manual_seed(plan.seed)
    order = np.random.default_rng(plan.seed)
    store = PatchStore(patches, scaling, home or device)
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
            # Picking out all of them, and bringing the gradient back, is a tenth of a step.
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
    say: Callable[[str], None],
) -> dict[str, AnyArray]:
    """Train; where the device runs out of memory, again with less on it, at last on the CPU.

    First the patches go to the computer's own memory, then the batch is halved.

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
    asked, home = plan, device
    while True:
        try:
            return train(patches, scaling, plan, device, initial, report, home)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
        release_memory(device)
        if home.type != "cpu":
            home = torch.device("cpu")
            say("The device is out of memory: training with patches in the computer's own")
        elif plan.batch_size > 1:
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
