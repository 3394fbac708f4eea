# SPDX-License-Identifier: GPL-2.0-or-later
"""The model of a segmentation with the classes that its superpixels were given from examples.

A leaf of the tree of classes gets the class that most of its area has; superpixels of other scenes
take the class of their leaf, as before. The network, which classifies pixels without superpixels,
gives each class the output of the former class that most of the new one was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ...agglomeration import MergeStep
from ...class_tree import ClassTree
from ...errors import SuperSegError
from ...raster.class_legend import default_name
from ...raster.class_table import ClassTable
from ...raster.superpixel_tables import SuperpixelTables
from .model_file import Model
from .trained_model import reorder_classes

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class NewClasses:
    """The classes that superpixels were given.

    Attributes:
        classes: `(n,)` uint8 class of each superpixel, from 1.
        table: names and colors of the classes.
        merge_order: of the classes.
    """

    classes: Bytes
    table: ClassTable
    merge_order: list[MergeStep]


def check_belongs(model: Model, file: str, tables: SuperpixelTables) -> None:
    """Raise `SuperSegError` unless a model is of the run that made superpixels."""
    tree = ClassTree.from_arrays(tables.tree)
    if model.clusters and np.array_equal(model.clusters["tree.merges"], tree.merges):
        return
    raise SuperSegError(
        f"MODEL {file} was not made with these classes; choose the model that Segment wrote in the"
        " same run."
    )


def labelled_model(model: Model, tables: SuperpixelTables, new: NewClasses) -> Model:
    """Return a model with other classes.

    Args:
        model: of the run that made the superpixels.
        tables: of the superpixels.
        new: their classes.
    """
    names, colors = new.table.names, new.table.colors
    count = len(names)
    former = model.clusters["leaves.classes"]
    leaves = _most(tables.leaf, new.classes.astype(np.int64) - 1, tables.areas, len(former))
    leaves = np.where(leaves < 0, np.minimum(former, count - 1), leaves)
    order = _most(new.classes.astype(np.int64) - 1, former[tables.leaf], tables.areas, count)
    return replace(
        model,
        classes=count,
        class_names=tuple(name or default_name(row + 1) for row, name in enumerate(names)),
        class_colors=np.asarray(colors, np.uint8),
        merge_order=[list(step) for step in new.merge_order],
        options={**model.options, "classes": count},
        weights=reorder_classes(model.weights, np.maximum(order, 0)),
        clusters={**model.clusters, "leaves.classes": leaves},
    )


def _most(
    groups: npt.NDArray[np.int64],
    values: npt.NDArray[np.int64],
    areas: npt.NDArray[np.float64],
    count: int,
) -> npt.NDArray[np.int64]:
    """Value `(count,)` that most of the area of each group has, -1 for groups without area."""
    used = (values >= 0) & (groups >= 0)
    width = int(values.max(initial=0)) + 1
    keys = groups[used] * width + values[used]
    table = np.bincount(keys, areas[used], count * width).reshape(count, width)
    return np.where(table.any(axis=1), table.argmax(axis=1), -1)
