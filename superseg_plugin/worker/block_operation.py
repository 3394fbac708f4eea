# SPDX-License-Identifier: GPL-2.0-or-later
"""The operation on a block of superpixels of a large scene, and who computes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .call import Answer, Call
from .protocol import MODEL, Array, add_prefix

if TYPE_CHECKING:
    from ..engine.assignment import Assignment, Computer, Cut

ASSIGN_BLOCK = "assign_block"


def assign_block(call: Call) -> Answer:
    """Leaf, confidence and features of the superpixels `own` of a part of a scene.

    Arrays are those of the description of the part, of the model, `model.*`, and the `features`
    where they are known. The option `usual` is the contrast that is usual in the scene.
    """
    from ..engine.assignment import Assignment
    from ..engine.cluster_model import ClusterModel
    from ..engine.scene_blocks import SceneBlock

    options = call.options
    model = ClusterModel.from_arrays(call.model)
    own, features = (np.asarray(call.arrays[name]) for name in ("own", "features"))
    block = SceneBlock(call.description, own, features)
    found = Assignment(model, options["smoothness"], options["usual"]).of(block)
    return {}, dict(vars(found))


def block_computer(call: Call) -> Computer:
    """What assigns the blocks of a request: the threads of this process, or nodes."""
    from ..engine.assignment import Assigned, by_threads

    spread = call.spread
    if spread is None:
        return by_threads

    def on_nodes(assignment: Assignment, cuts: Sequence[Cut]) -> Iterator[Assigned]:
        options: dict[str, Any] = {
            "scaling": call.options["scaling"],
            "smoothness": assignment.smoothness,
            "usual": assignment.usual,
        }
        model = add_prefix(MODEL, assignment.model.to_arrays())

        def arrays() -> Iterator[dict[str, Array]]:
            for cut in cuts:
                block = cut()
                own: dict[str, Array] = {"own": block.own, "features": block.features}
                yield {**block.superpixels.arrays, **own, **model}

        for found in spread(ASSIGN_BLOCK, options, arrays()):
            yield Assigned(**found)

    return on_nodes
