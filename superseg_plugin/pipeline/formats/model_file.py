# SPDX-License-Identifier: GPL-2.0-or-later
"""The model file: weights and what they were made from, in the safetensors layout.

Eight bytes of header length, a JSON header, then the numbers. Nothing in it is ever executed, and
numpy is all it takes to read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError
from ...raster.class_table import MOST_CLASSES
from ...raster.texts import one_line
from ...worker.protocol import add_prefix, split_off
from ..options.training import NETWORKS
from .cluster_arrays import ClusterArrays, fit_together
from .model_header import (
    FORMAT,
    FORMAT_VERSION,
    LENGTH_BYTES,
    TYPES,
    description_of,
    no_model,
    read_bytes,
)

MOST_BANDS = 65535
# Of the scaling, with a number for each band.
ROWS = ("low", "high", "center", "spread")
FACTOR = "distance_factor"
CLUSTERS = "clusters."

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Model:
    """A trained network and everything needed to use it on another image.

    Attributes:
        network: the architecture's name.
        classes: how many the network tells apart.
        band_count: of the images it takes.
        band_names: one a band.
        scaling: per-band figures that standardize the input, by name.
        pixel_size: of the training image, in meters (or its units); None where unknown.
        class_names: one a class.
        class_colors: `(classes, 3)` uint8.
        merge_order: steps in which classes join, most alike first.
        options: those of the training.
        seed: of the training.
        versions: of the software that made it, by name.
        weights: float32 (or int64) arrays by name.
        clusters: what tells the classes of superpixels apart; empty where nothing but the network
            does.
    """

    network: str
    classes: int
    band_count: int
    band_names: tuple[str, ...]
    scaling: dict[str, list[float]]
    pixel_size: float | None
    class_names: tuple[str, ...]
    class_colors: npt.NDArray[np.uint8]
    merge_order: list[Any] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    seed: int = 0
    versions: dict[str, str] = field(default_factory=dict)
    weights: dict[str, Array] = field(default_factory=dict)
    clusters: ClusterArrays = field(default_factory=dict)


def save_model(path: str | Path, model: Model) -> None:
    """Write a model; the same model gives the same bytes.

    Raises:
        SuperSegError: the file cannot be written.
    """
    described = {
        "network": model.network,
        "classes": int(model.classes),
        "band_count": int(model.band_count),
        "band_names": list(model.band_names),
        "scaling": {name: [float(x) for x in row] for name, row in model.scaling.items()},
        "pixel_size": None if model.pixel_size is None else float(model.pixel_size),
        "class_names": list(model.class_names),
        "class_colors": np.asarray(model.class_colors).tolist(),
        "merge_order": model.merge_order,
        "options": model.options,
        "seed": int(model.seed),
        "versions": model.versions,
    }
    header: dict[str, Any] = {
        "__metadata__": {
            "format": FORMAT,
            "format_version": str(FORMAT_VERSION),
            "model": json.dumps(described, sort_keys=True),
        }
    }
    pieces = []
    end = 0
    arrays = {**model.weights, **add_prefix(CLUSTERS, model.clusters)}
    for name in sorted(arrays):
        weight = np.asarray(arrays[name])
        kind = "I64" if weight.dtype.kind in "iu" else "F32"
        piece = np.ascontiguousarray(weight, dtype=TYPES[kind]).tobytes()
        header[name] = {
            "dtype": kind,
            "shape": list(weight.shape),
            "data_offsets": [end, end + len(piece)],
        }
        pieces.append(piece)
        end += len(piece)
    text = json.dumps(header, separators=(",", ":")).encode()
    # Readers map the numbers into memory, which wants them to start on a multiple of eight.
    text += b" " * (-len(text) % LENGTH_BYTES)
    try:
        with Path(path).open("wb") as file:
            file.write(len(text).to_bytes(LENGTH_BYTES, "little"))
            file.write(text)
            for piece in pieces:
                file.write(piece)
    except OSError as error:
        raise SuperSegError(
            f"{path} cannot be written ({error.strerror}); choose another place."
        ) from None


def load_model(path: str | Path) -> Model:
    """Read a model.

    Raises:
        SuperSegError: the file is missing, no model, damaged, or of a newer version.
    """
    header, start = read_bytes(Path(path))
    described = description_of(header, Path(path))
    arrays: dict[str, Array] = {}
    try:
        with Path(path).open("rb") as file:
            for name, entry in header.items():
                if name == "__metadata__":
                    continue
                first, last = entry["data_offsets"]
                file.seek(start + first)
                numbers = np.frombuffer(file.read(last - first), dtype=TYPES[entry["dtype"]])
                arrays[name] = numbers.reshape(entry["shape"]).copy()
    except OSError as error:
        raise SuperSegError(f"{path} cannot be read ({error.strerror}).") from None
    except (ValueError, OverflowError):
        raise no_model(Path(path), "it is cut off or damaged") from None
    clusters, weights = split_off(CLUSTERS, arrays)
    model = replace(_model(described, Path(path)), weights=weights, clusters=clusters)
    if clusters and not fit_together(clusters, model.classes, model.band_count):
        raise no_model(Path(path), "its clusters do not fit together")
    return model


def read_header(path: str | Path) -> Model:
    """Read all of a model but its weights.

    Raises:
        SuperSegError: as `load_model`.
    """
    header, _ = read_bytes(Path(path))
    return _model(description_of(header, Path(path)), Path(path))


def _model(described: Mapping[str, Any], path: Path) -> Model:
    try:
        classes = int(described["classes"])
        size = described["pixel_size"]
        model = Model(
            network=one_line(str(described["network"])),
            classes=classes,
            band_count=int(described["band_count"]),
            band_names=tuple(one_line(str(name)) for name in described["band_names"]),
            scaling={
                str(name): [float(x) for x in row] for name, row in described["scaling"].items()
            },
            pixel_size=None if size is None else float(size),
            class_names=tuple(one_line(str(name)) for name in described["class_names"]),
            class_colors=_colors(described["class_colors"]),
            merge_order=list(described["merge_order"]),
            options=dict(described["options"]),
            seed=int(described["seed"]),
            versions={one_line(str(k)): one_line(str(v)) for k, v in described["versions"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise no_model(path, "its header is incomplete") from None
    if not 1 <= classes <= MOST_CLASSES or not (
        len(model.class_names) == len(model.class_colors) == classes
    ):
        raise no_model(path, "its classes do not fit together")
    if not 1 <= model.band_count <= MOST_BANDS or len(model.band_names) != model.band_count:
        raise no_model(path, "its bands do not fit together")
    if model.network not in NETWORKS:
        raise SuperSegError(
            f"MODEL: {path.name} has a network “{model.network}”, this SuperSeg knows"
            f" {' and '.join(NETWORKS)}; update the plugin or train the model anew."
        )
    if not _scales(model.scaling, model.band_count):
        raise no_model(path, "its scaling does not fit its bands")
    return model


def _colors(rows: Any) -> npt.NDArray[np.uint8]:
    colors = np.array(rows, dtype=np.float64).reshape(-1, 3)
    if not ((colors >= 0) & (colors <= 255)).all():
        raise ValueError("colors go from 0 to 255")
    return colors.astype(np.uint8)


def _scales(scaling: Mapping[str, list[float]], bands: int) -> bool:
    """Tell whether figures can bring so many bands to common scales."""
    rows = [scaling.get(name, []) for name in ROWS]
    factor = scaling.get(FACTOR, [])
    if any(len(row) != bands for row in rows) or len(factor) != 1:
        return False
    low, high, _, spread = np.array(rows)
    return bool(np.isfinite([*rows[0], *rows[1], *rows[2], *rows[3], *factor]).all()) and bool(
        (high > low).all() and (spread > 0).all() and factor[0] > 0
    )
