# SPDX-License-Identifier: GPL-2.0-or-later
"""The model file `.superseg`: weights and metadata in the safetensors layout.

Eight bytes hold the length of the header, then follow a JSON header and the numbers. Reading needs
numpy only, and nothing in the file is executed. `Model` is the content; every part of it is checked
when it is read.

References:
    https://huggingface.co/docs/safetensors (the layout).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...blocks import KINDS, MEASURED
from ...contracts import BandScaling
from ...errors import SuperSegError
from ...raster.class_table import MOST_CLASSES
from ...raster.pictures import Picture
from ...raster.texts import one_line
from ...worker.protocol import add_prefix, split_off
from ..options.training import NETWORKS
from .cluster_arrays import ClusterArrays, fit_together
from .model_header import (
    FORMAT,
    FORMAT_VERSION,
    LENGTH_BYTES,
    TYPES,
    ModelDescription,
    description_of,
    no_model,
    read_file_header,
)
from .model_rasters import ModelRaster, rasters_fit, rasters_of_header, rasters_to_header
from .stored_picture import read_picture

MOST_BANDS = 65535
# Parts of the scaling with a number for each band.
ROWS = ("low", "high", "center", "spread")
FACTOR = "distance_factor"
CLUSTERS = "clusters."

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Model:
    """A trained network and what is needed to use it on another image.

    Attributes:
        network: name of the architecture, one of `NETWORKS`.
        classes: number of classes.
        band_count: number of bands of the images that it takes.
        band_names: one a band.
        band_numbers: number from 1 of each band in the training image.
        image_bands: number of bands of the training image, those included that were not chosen.
        scaling: of the bands, for the input of the network and for superpixels.
        pixel_size: of the training image, in meters or map units; None if unknown.
        class_names: one a class.
        class_colors: `(classes, 3)` uint8.
        merge_order: of the classes, as in the file; `stored_order.order_of_model` checks it.
        options: of the training, and of the superpixels.
        picture: how the training image is shown; None for its display bands.
        seed: of the training.
        versions: of the software that trained it, by name.
        weights: float32 or int64 arrays by name.
        clusters: cluster model of superpixels; empty for a network trained without clusters.
        rasters: that the training image was put together of; empty for one raster.
    """

    network: str
    classes: int
    band_count: int
    band_names: tuple[str, ...]
    band_numbers: tuple[int, ...]
    image_bands: int
    scaling: BandScaling
    pixel_size: float | None
    class_names: tuple[str, ...]
    class_colors: npt.NDArray[np.uint8]
    merge_order: list[Any] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    picture: Picture | None = None
    seed: int = 0
    versions: dict[str, str] = field(default_factory=dict)
    weights: dict[str, Array] = field(default_factory=dict)
    clusters: ClusterArrays = field(default_factory=dict)
    rasters: tuple[ModelRaster, ...] = ()


def save_model(path: str | Path, model: Model) -> None:
    """Write a model; equal models give equal files.

    Raises:
        SuperSegError: the file cannot be written.
    """
    description: ModelDescription = {
        "network": model.network,
        "classes": int(model.classes),
        "band_count": int(model.band_count),
        "band_names": list(model.band_names),
        "band_numbers": [int(number) for number in model.band_numbers],
        "image_bands": int(model.image_bands),
        "scaling": {
            **{name: [float(x) for x in getattr(model.scaling, name)] for name in ROWS},
            FACTOR: [float(model.scaling.distance_factor)],
        },
        "values": model.scaling.kind,
        "pixel_size": None if model.pixel_size is None else float(model.pixel_size),
        "class_names": list(model.class_names),
        "class_colors": np.asarray(model.class_colors).tolist(),
        "merge_order": model.merge_order,
        "options": model.options,
        "picture": None if model.picture is None else asdict(model.picture),
        "seed": int(model.seed),
        "versions": model.versions,
        **rasters_to_header(model.scaling.blocks, model.rasters),
    }
    header: dict[str, Any] = {
        "__metadata__": {
            "format": FORMAT,
            "format_version": str(FORMAT_VERSION),
            "model": json.dumps(description, sort_keys=True),
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
    # Memory-mapped numbers have to start at a multiple of eight bytes.
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
        SuperSegError: the file is missing, not a model, damaged, or of a newer version.
    """
    header = read_file_header(Path(path))
    description = description_of(header, Path(path))
    arrays: dict[str, Array] = {}
    try:
        with Path(path).open("rb") as file:
            for name, entry in header.tensors.items():
                file.seek(header.start + entry.first)
                content = file.read(entry.last - entry.first)
                numbers = np.frombuffer(content, dtype=TYPES[entry.dtype])
                arrays[name] = numbers.reshape(entry.shape).copy()
    except OSError as error:
        raise SuperSegError(f"{path} cannot be read ({error.strerror}).") from None
    except (ValueError, OverflowError):
        raise no_model(Path(path), "it is cut off or damaged") from None
    clusters, weights = split_off(CLUSTERS, arrays)
    model = replace(_model(description, Path(path)), weights=weights, clusters=clusters)
    if clusters and not fit_together(clusters, model.classes, model.band_count):
        raise no_model(Path(path), "its clusters do not fit together")
    return model


def read_header(path: str | Path) -> Model:
    """Read a model without its weights and clusters.

    Raises:
        SuperSegError: as `load_model`.
    """
    header = read_file_header(Path(path))
    return _model(description_of(header, Path(path)), Path(path))


def _model(description: Mapping[str, Any], path: Path) -> Model:
    """Check the description of a model and return it without weights."""
    try:
        classes = int(description["classes"])
        size, versions = description["pixel_size"], description["versions"]
        blocks, rasters = rasters_of_header(description)
        scaling = _scaling(description["scaling"], str(description.get("values", MEASURED)))
        model = Model(
            network=one_line(str(description["network"])),
            classes=classes,
            band_count=int(description["band_count"]),
            band_names=tuple(one_line(str(name)) for name in description["band_names"]),
            band_numbers=tuple(int(number) for number in description["band_numbers"]),
            image_bands=int(description["image_bands"]),
            scaling=replace(scaling, blocks=blocks),
            pixel_size=None if size is None else float(size),
            class_names=tuple(one_line(str(name)) for name in description["class_names"]),
            class_colors=_colors(description["class_colors"]),
            merge_order=list(description["merge_order"]),
            options=dict(description["options"]),
            picture=read_picture(description.get("picture"), int(description["band_count"])),
            seed=int(description["seed"]),
            versions={one_line(str(k)): one_line(str(v)) for k, v in versions.items()},
            rasters=rasters,
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise no_model(path, "its header is incomplete") from None
    if not 1 <= classes <= MOST_CLASSES or not (
        len(model.class_names) == len(model.class_colors) == classes
    ):
        raise no_model(path, "its classes do not fit together")
    if not 1 <= model.band_count <= MOST_BANDS or not (
        _bands_fit(model)
        and rasters_fit(model.scaling.blocks, model.rasters, model.band_numbers, model.image_bands)
    ):
        raise no_model(path, "its bands do not fit together")
    if model.network not in NETWORKS:
        raise SuperSegError(
            f"MODEL: {path.name} has a network “{model.network}”, this SuperSeg knows"
            f" {' and '.join(NETWORKS)}; update the plugin or train the model anew."
        )
    if not _is_usable(model.scaling, model.band_count):
        raise no_model(path, "its scaling does not fit its bands")
    return model


def _bands_fit(model: Model) -> bool:
    """Whether each band has a name and a number of its own within the training image."""
    numbers = model.band_numbers
    return (
        len(model.band_names) == len(numbers) == len(set(numbers)) == model.band_count
        and min(numbers) >= 1
        and max(numbers) <= model.image_bands <= MOST_BANDS
    )


def _colors(rows: Any) -> npt.NDArray[np.uint8]:
    colors = np.array(rows, dtype=np.float64).reshape(-1, 3)
    if not ((colors >= 0) & (colors <= 255)).all():
        raise ValueError("colors are from 0 to 255")
    return colors.astype(np.uint8)


def _scaling(rows: Mapping[str, Any], kind: str) -> BandScaling:
    """Return the scaling of a description; missing parts are empty or NaN."""
    low, high, center, spread, factor = (
        tuple(float(x) for x in rows.get(name, ())) for name in (*ROWS, FACTOR)
    )
    distance = factor[0] if len(factor) == 1 else math.nan
    return BandScaling(low, high, center, spread, distance, kind)


def _is_usable(scaling: BandScaling, bands: int) -> bool:
    """Whether the numbers of a scaling are complete, finite and usable as divisors."""
    rows = [getattr(scaling, name) for name in ROWS]
    if any(len(row) != bands for row in rows) or scaling.kind not in KINDS:
        return False
    low, high, _, spread = np.array(rows)
    divisors = (high > low).all() and (spread > 0).all() and scaling.distance_factor > 0
    return bool(divisors and np.isfinite([*sum(rows, ()), scaling.distance_factor]).all())
