# SPDX-License-Identifier: GPL-2.0-or-later
"""Clustering of the superpixels of a scene into classes that are a cut of one tree.

Superpixels have features of their appearance and surroundings (`cluster_model`), which are diffused
on the region adjacency graph. K-means divides them into some hundred leaves, which a tree joins
(`leaves`, `bagging`). A number of classes is a cut of this tree.

The model of a scene of more than 262,144 superpixels is fitted to runs of neighbors, evenly spread
over it, and its superpixels are assigned in blocks (`assignment`); the areas of the leaves in the
whole scene decide on the tree.

Exact: nesting; one more class splits one, whatever their number. Approximate: see `cluster_model`
and `leaves`. Cost: linear in the superpixels; the number of classes does not count.

What each mechanism is worth: named mean IoU at 8, 16 and 32 classes on 27 images, 12 of which
nothing was tuned on, and on 66 squares of 120 to 260 pixels that were cut from them; and the
agreement (ARI) of runs on renumbered superpixels. Superpixels are of single classes, and of three
scales on the images. Between such runs the means of 12 images have a standard deviation of .006;
what is less than .01 lies within chance:

                          27 images         12 untuned        squares           agreement
    balanced              .458 .519 .566    .447 .511 .568    .585 .640 .684    .81 .70 .69
    one vocabulary (fast) .456 .515 .561    .447 .508 .566    .586 .643 .686    .82 .70 .67
    no surroundings       .443 .505 .544    .445 .502 .547    .565 .618 .657    .81 .71 .65
    no diffusion          .457 .503 .543    .454 .496 .538    .575 .633 .667    .76 .65 .59
    a single tree         .453 .516 .564    .446 .513 .568    .588 .637 .685    .70 .68 .67

Eight parts by the consensus of 4 or 16 mixtures, in place of the branches, which they were before:

    consensus of 4        .447 .514 .564    .428 .513 .567    .595 .646 .686    .81 .69 .66
    consensus of 16       .447 .503 .565                                        .85 .69 .65
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..blocks import EMBEDDING, Description
from ..contracts import CLUSTER_SAMPLE, MOST_UNDIVIDED, Clusters
from .assignment import Assignment, Computer, agreement, assign_in_blocks, by_threads
from .cluster_model import VOCABULARIES, ClusterModel, fit_cluster_model
from .leaves import fit_leaves
from .mean_colors import weighted_colors
from .scene_blocks import SceneGraph, sample_of
from .smoothing import usual_contrast
from .types import FloatArray, IndexArray


def cluster_superpixels(
    superpixels: Description,
    classes: int,
    smoothness: float,
    vocabularies: int = VOCABULARIES,
    compute: Computer = by_threads,
) -> tuple[ClusterModel, Clusters]:
    """Cluster superpixels into classes that are a cut of one tree.

    Args:
        superpixels: of the scene; every row with pixels.
        classes: number of classes wanted, 1 to 255; 0 takes `ClassTree.automatic`. Fewer may be
            returned where there are fewer distinct superpixels.
        smoothness: weight of the neighbors, see `smooth_on_graph`; features are diffused by half
            as many steps.
        vocabularies: see `fit_cluster_model`.
        compute: what assigns the blocks of a large scene.

    Returns:
        The model, and the clusters without it.

    Example:
        200 superpixels of one band in a row: half of them dark, half bright.

        >>> import numpy as np
        >>> sums, shade = np.zeros((200, 7)), np.repeat([40.0, 200.0], 100)
        >>> sums[:, 0], sums[:, 1], sums[:, 2] = 100, 100 * shade, 100 * (shade**2 + 25)
        >>> pairs = np.stack([np.arange(199), np.arange(1, 200)], axis=1)
        >>> scene = Description.from_sums(sums, pairs, np.full(199, 10), 1)
        >>> model, clusters = cluster_superpixels(scene, 2, 8.0, vocabularies=1)
        >>> len(set(clusters.labels[:100])), len(set(clusters.labels))
        (1, 2)
    """
    large = _LargeScene.of(superpixels)
    fitted = superpixels if large is None else large.sample
    model, features = fit_cluster_model(fitted, vocabularies)
    model, clusters = _fit_classes(fitted, model, features, classes, smoothness)
    if large is None:
        return model, clusters
    return large.cluster(model, classes, smoothness, compute)


def change_smoothness(
    superpixels: Description,
    model: ClusterModel,
    features: FloatArray,
    classes: int,
    smoothness: float,
    compute: Computer = by_threads,
) -> tuple[ClusterModel, Clusters]:
    """Cluster a scene with another smoothness, with the features that were fitted to it.

    Args:
        superpixels: of the scene; every row with pixels.
        model: of the same scene.
        features: `(n, d)` of the superpixels, as returned with the model.
        classes: as for `cluster_superpixels`.
        smoothness: as for `cluster_superpixels`.
        compute: as for `cluster_superpixels`.

    Returns:
        As `cluster_superpixels`, in a fraction of the time.

    Example:
        The middle one of five superpixels is a little brighter than the others.

        >>> import numpy as np
        >>> sums, shade = np.zeros((5, 7)), np.array([40.0, 40.0, 44.0, 40.0, 40.0])
        >>> sums[:, 0], sums[:, 1], sums[:, 2] = 100, 100 * shade, 100 * (shade**2 + 25)
        >>> pairs = np.stack([np.arange(4), np.arange(1, 5)], axis=1)
        >>> scene = Description.from_sums(sums, pairs, np.full(4, 10), 1)
        >>> model, clusters = cluster_superpixels(scene, 2, 0.0, vocabularies=1)
        >>> _, smooth = change_smoothness(scene, model, clusters.features, 2, 8.0)
        >>> clusters.classes, smooth.labels.shape
        (2, (5,))
    """
    large = _LargeScene.of(superpixels)
    if large is None:
        return _fit_classes(superpixels, model, features, classes, smoothness)
    known = features[large.rows]
    model, _ = _fit_classes(large.sample, model, known, classes, smoothness)
    return large.cluster(model, classes, smoothness, compute, features)


def change_class_count(
    model: ClusterModel, clusters: Clusters, classes: int
) -> tuple[ClusterModel, Clusters]:
    """Cut the tree of a scene at another number of classes.

    Args:
        model: of the scene.
        clusters: of the scene, by this model.
        classes: as for `cluster_superpixels`.

    Returns:
        As `cluster_superpixels`, at once.

    Example:
        Four shades, first in four classes, then in two.

        >>> import numpy as np
        >>> sums, shade = np.zeros((200, 7)), np.repeat([40.0, 60.0, 180.0, 200.0], 50)
        >>> sums[:, 0], sums[:, 1], sums[:, 2] = 100, 100 * shade, 100 * (shade**2 + 25)
        >>> graph = np.zeros((0, 2), np.int64), np.zeros(0, np.int64)
        >>> scene = Description.from_sums(sums, *graph, 1)
        >>> model, clusters = cluster_superpixels(scene, 4, 0.0, vocabularies=1)
        >>> _, fewer = change_class_count(model, clusters, 2)
        >>> clusters.classes, fewer.classes
        (4, 2)
    """
    leaves = model.leaves.cut(classes)
    return replace(model, leaves=leaves), replace(clusters, labels=leaves.classes[clusters.leaf])


def assign_clusters(
    superpixels: Description,
    model: ClusterModel,
    smoothness: float,
    compute: Computer = by_threads,
) -> Clusters:
    """Classes of superpixels by the model of this scene or of another one.

    Args:
        superpixels: of the scene; every row with pixels.
        model: of `cluster_superpixels`, for the same bands.
        smoothness: as for `cluster_superpixels`.
        compute: as for `cluster_superpixels`.

    Raises:
        SuperSegError: the model is of another number of bands.

    Example:
        The scene of `cluster_superpixels`; the same one gets the same classes again.

        >>> import numpy as np
        >>> sums, shade = np.zeros((200, 7)), np.repeat([40.0, 200.0], 100)
        >>> sums[:, 0], sums[:, 1], sums[:, 2] = 100, 100 * shade, 100 * (shade**2 + 25)
        >>> pairs = np.stack([np.arange(199), np.arange(1, 200)], axis=1)
        >>> scene = Description.from_sums(sums, pairs, np.full(199, 10), 1)
        >>> model, clusters = cluster_superpixels(scene, 2, 8.0, vocabularies=1)
        >>> again = assign_clusters(scene, model, 8.0)
        >>> bool((again.labels == clusters.labels).all())
        True
    """
    large = _LargeScene.of(superpixels)
    if large is not None:
        found = assign_in_blocks(large.graph, large.assignment(model, smoothness), compute)
        return Clusters(model.leaves.classes[found.leaf], **vars(found))
    features = model.features(superpixels)
    leaf, confidence = Assignment(model, smoothness).leaves_of(superpixels, features)
    return Clusters(model.leaves.classes[leaf], leaf, confidence, features)


def _fit_classes(
    superpixels: Description,
    model: ClusterModel,
    features: FloatArray,
    classes: int,
    smoothness: float,
) -> tuple[ClusterModel, Clusters]:
    """Fit the leaves to superpixels that are computed at once."""
    how = Assignment(model, smoothness)
    weights = how.weights(superpixels)
    diffused, levels = how.diffused(features, weights), _has_levels(superpixels, model)
    leaves, leaf = fit_leaves(diffused, superpixels.pixels, classes, levels)
    confidence = agreement(leaves.branches()[leaf], weights)
    return replace(model, leaves=leaves), Clusters(leaves.classes[leaf], leaf, confidence, features)


def _has_levels(superpixels: Description, model: ClusterModel) -> bool:
    """Whether a scene has few clear levels."""
    blocks = superpixels.blocks
    embedding = all(block.kind == EMBEDDING for block in blocks)
    return model.space.means_only(blocks) and not embedding


@dataclass(frozen=True)
class _LargeScene:
    """A scene of which a sample is looked at as a whole, and the rest in blocks.

    Attributes:
        graph: of all superpixels.
        rows: `(m,)` superpixels of the sample.
        sample: their description.
    """

    graph: SceneGraph
    rows: IndexArray
    sample: Description

    @classmethod
    def of(cls, superpixels: Description) -> _LargeScene | None:
        """None for a scene that is looked at as a whole."""
        count = len(superpixels.pixels)
        if count <= MOST_UNDIVIDED:
            return None
        graph = SceneGraph.of(superpixels)
        rows = sample_of(superpixels.tiles, count, CLUSTER_SAMPLE)
        return cls(graph, rows, graph.within(rows))

    def assignment(self, model: ClusterModel, smoothness: float) -> Assignment:
        """How the blocks are assigned."""
        usual = usual_contrast(self.sample.pairs, weighted_colors(self.sample))
        return Assignment(model, smoothness, usual)

    def cluster(
        self,
        model: ClusterModel,
        classes: int,
        smoothness: float,
        compute: Computer,
        features: FloatArray | None = None,
    ) -> tuple[ClusterModel, Clusters]:
        """Assign all superpixels, and let the areas of the leaves in the scene decide on the tree.

        Args:
            model: fitted to the sample, its leaves too.
            classes: as for `cluster_superpixels`.
            smoothness: as for `cluster_superpixels`.
            compute: as for `cluster_superpixels`.
            features: `(n, d)` of all superpixels, where they are known.
        """
        superpixels = self.graph.superpixels
        how = self.assignment(model, smoothness)
        found = assign_in_blocks(self.graph, how, compute, features)
        areas = np.bincount(found.leaf, superpixels.pixels, len(model.leaves.classes))
        by_area = areas.astype(np.float64)
        fitted, index = model.leaves.with_areas(by_area, _has_levels(superpixels, model))
        leaves, leaf = fitted.cut(classes), index[found.leaf]
        clusters = Clusters(leaves.classes[leaf], leaf, found.confidence, found.features)
        return replace(model, leaves=leaves), clusters
