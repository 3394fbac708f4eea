# SPDX-License-Identifier: GPL-2.0-or-later
"""The operations that nodes of a cluster perform on files which they see themselves.

`check_files` tells whether nodes see the files of a run; `classify_scene` classifies a scene from
its file to its result. Requests are the fields of `SceneFiles`, as plain values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

CHECK, CLASSIFY = "check_files", "classify_scene"
ON_FILES = (CHECK, CLASSIFY)
# Code of the error of a node that cannot perform them.
ELSEWHERE = "elsewhere"
# File with the token, by which nodes know the folder of the run.
RUN_FILE = "run.txt"


@dataclass(frozen=True)
class SceneFiles:
    """A scene to classify, with the paths as the nodes see them.

    Attributes:
        scene: path of the image.
        token: content of the file RUN_FILE in `folder`.
        folder: hidden folder of the run beside the results, for files that are not finished.
        model: path of the model.
        target: path of the class raster.
        bands: band numbers; None to match them.
        additional: rasters that are used together with the image, as fields of `AdditionalRaster`.
        options: fields of `ClassificationOptions`.
        network: whether the model's network is needed, so that a GPU is of use.
        threads: tiles to compute at once, at most.
    """

    scene: str
    token: str
    folder: str
    model: str = ""
    target: str = ""
    bands: list[int] | None = None
    additional: list[dict[str, Any]] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    network: bool = False
    threads: int = 1
