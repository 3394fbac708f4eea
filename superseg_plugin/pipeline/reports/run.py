# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports of a run: what came out, how it came about, and how to have it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ...raster.class_table import ClassTable
from ...raster.ground import crs_name, has_meters, pixel_side
from ...raster.source import RasterSource
from ..formats.merge_order import MergeStep
from ..formats.model_file import Model
from .charts import line_chart, sparkline, spectra_chart
from .dendrogram import dendrogram
from .page import TIMES, Html, Section, color_bar, escaped, facts, note, page, swatch, table

MOST_BAND_COLUMNS = 12


@dataclass(frozen=True)
class Provenance:
    """How a run was requested.

    Attributes:
        command: a command line that repeats the run, "" if there is none.
        versions: of the programs that requested it, by name.
        settings: the parameters as the user sees them, by name.
    """

    command: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RunSummary:
    """What a report says of a run besides its results.

    Attributes:
        provenance: how it was requested.
        source: the image.
        versions: of the worker's packages.
        device: what computed, in words.
        stages: seconds by stage, in their order.
        losses: of every training step; none where nothing was trained.
        live: number of classes in use after every step.
    """

    provenance: Provenance
    source: RasterSource
    versions: Mapping[str, str]
    device: str
    stages: Mapping[str, float]
    losses: Sequence[float] = ()
    live: Sequence[int] = ()

    @property
    def name(self) -> str:
        """Name of the image, without what an address has after it, such as a signature."""
        return self.source.name.split("?")[0]


def segmentation_report(
    run: RunSummary,
    classes: ClassTable,
    superpixel_count: int,
    merge_order: Sequence[MergeStep],
    maps: Sequence[Section],
) -> str:
    """Describe a segmentation.

    Args:
        run: how it went.
        classes: the table of the classes.
        superpixel_count: number of superpixels.
        merge_order: how the classes join; empty where that is not known.
        maps: sections with pictures.
    """
    grid = run.source.grid
    sections = [*maps, ("Classes", class_section(classes, run.source))]
    spectra = spectra_chart(classes.means, classes.band_names, classes.colors, classes.names)
    if spectra:
        sections.append(("Spectra", Html(spectra + note(_spectra_note(len(classes.names))))))
    sections += _alike(merge_order, classes.names, classes.colors) + _course(run)
    figures = {
        "classes": str(len(classes.names)),
        "superpixels": f"{superpixel_count:,}",
        "pixels": f"{grid.width:,} {TIMES} {grid.height:,}",
        **({"classified": _area(float(classes.areas.sum()))} if has_meters(grid) else {}),
        "computing": _time(sum(run.stages.values())),
    }
    lead = f"Classes of like surface in {run.name}, found without samples."
    return page(f"Segmentation of {run.name}", sections, lead, figures)


def training_report(run: RunSummary, classes: int, model: Model) -> str:
    """Describe a training.

    Args:
        run: how it went.
        classes: classes in use at its end.
        model: what came out.
    """
    figures = {
        "classes": str(classes),
        "steps": f"{len(run.losses):,}",
        "loss at the end": f"{np.mean(run.losses[-10:]):.3g}",
        "computing": _time(sum(run.stages.values())),
    }
    sections = _alike(model.merge_order, model.class_names, model.class_colors) + _course(run)
    lead = f"A network that tells the classes of {run.name} apart, made without samples."
    return page(f"Training on {run.name}", sections, lead, figures)


def class_section(classes: ClassTable, source: RasterSource) -> Html:
    """Make the table of classes: color, share, area, pixels and band means."""
    shares = classes.shares
    bands = classes.means.shape[1]
    shown = min(bands, MOST_BAND_COLUMNS)
    meters = has_meters(source.grid)
    unit, factor, digits = _area_unit(float(classes.areas.sum())) if meters else ("", 1.0, 0)
    header = [
        "Class",
        "Share",
        f"Area, {unit}" if unit else "Area",
        "Pixels",
        "Spectrum",
        *classes.band_names[:shown],
    ]
    with np.errstate(all="ignore"):
        known = np.where(np.isfinite(classes.means), classes.means, np.nan)
        empty = np.isnan(known).all(axis=0)
        low = np.where(empty, 0, np.nanmin(np.where(empty, 0, known), axis=0))
        high = np.where(empty, 1, np.nanmax(np.where(empty, 0, known), axis=0))
    rows = [
        [
            Html(swatch(classes.colors[i].tolist()) + escaped(name)),
            f"{100 * shares[i]:.2f} %",
            f"{classes.areas[i] / factor:,.{digits}f}",
            f"{int(classes.counts[i]):,}",
            Html(sparkline(classes.means[i], low, high, classes.colors[i].tolist())),
            *(f"{mean:.5g}" for mean in classes.means[i, :shown]),
        ]
        for i, name in enumerate(classes.names)
        # A number that classes were merged away from is no class.
        if name or classes.counts[i]
    ]
    bar = color_bar(classes.colors, shares.tolist(), classes.names)
    text = (
        "The columns of the bands hold their means. Each bar of the spectrum is one band, from"
        " the lowest class to the highest."
    )
    if shown < bands:
        text += f" {shown} of {bands} bands are shown; all are in the map's attribute table."
    return Html(bar + table(header, rows) + note(text))


def _alike(
    merge_order: Sequence[MergeStep], names: Sequence[str], colors: npt.NDArray[np.uint8]
) -> list[Section]:
    """The tree of the classes; nothing where it is not known."""
    if not merge_order:
        return []
    text = (
        "Classes join from left to right, the most alike first. The dotted lines are where so"
        " many remain; Merge classes with that number of classes cuts there."
    )
    return [("Which classes are alike", Html(dendrogram(merge_order, names, colors) + note(text)))]


def _course(run: RunSummary) -> list[Section]:
    """How it came about, and how to have it again."""
    sections: list[Section] = []
    if len(run.losses):
        parts = ["<h3>Loss</h3>", line_chart(run.losses, "Step", "Loss")]
        if len(run.live):
            live = line_chart(run.live, "Step", "Live classes", whole_numbers=True)
            text = (
                "The thin line is the loss of each step, the thick one its mean. Live classes are"
                " those that the network gave to any pixel in that step."
            )
            parts += ["<h3>Live classes</h3>", live, note(text)]
        sections.append(("Training", Html("\n".join(parts))))
    sections.append(("Time", _times(run)))
    versions = {**run.provenance.versions, **run.versions, "Computed on": run.device}
    columns = {
        "Settings": run.provenance.settings,
        "Image": _image_facts(run.source),
        "Software": versions,
    }
    parts = [
        f"<div><h3>{name}</h3>{facts(values)}</div>" for name, values in columns.items() if values
    ]
    circumstances = Html('<div class="columns">\n' + "\n".join(parts) + "\n</div>")
    sections.append(("Circumstances", circumstances))
    if run.provenance.command:
        command = Html(f"<pre><code>{escaped(run.provenance.command)}</code></pre>")
        text = (
            "The same image, settings, seed and computer give the same classes. On Debian's QGIS"
            " 3.22 the program is called qgis_process.bin."
        )
        sections.append(("The same again", Html(command + note(text))))
    return sections


def _times(run: RunSummary) -> Html:
    total = max(sum(run.stages.values()), 1e-9)
    longest = max([*run.stages.values(), 1e-9])
    rows = [
        [
            name.capitalize(),
            f"{seconds:.1f} s",
            f"{100 * seconds / total:.0f} %",
            Html(f'<td class="share" style="--part: {100 * seconds / longest:.1f}%"></td>'),
        ]
        for name, seconds in run.stages.items()
    ]
    return Html(f'<div class="whole">{table(["Stage", "Time", "Share", ""], rows)}</div>')


def _image_facts(source: RasterSource) -> dict[str, object]:
    grid = source.grid
    side = pixel_side(grid)
    unit = "m" if has_meters(grid) else "units"
    whole = source.full_grid
    col, row = source.offset
    cut = (grid.width, grid.height) != (whole.width, whole.height)
    return {
        "Name": source.name.split("?")[0],
        "Size": f"{grid.width:,} {TIMES} {grid.height:,} pixels",
        "Part of": (
            f"{whole.width:,} {TIMES} {whole.height:,} pixels, from column {col} and row {row}"
            if cut
            else ""
        ),
        "Pixel": "" if side is None else f"{side:.4g} {TIMES} {side:.4g} {unit} in the middle",
        "Coordinates": crs_name(grid),
        "Bands": ", ".join(
            name if name == f"Band {number}" else f"{number} {name}"
            for number, name in zip(source.bands, source.band_names)
        ),
        "Numbers": str(source.dtype),
    }


def _spectra_note(count: int) -> str:
    return "Lines have the colors of the map." + (
        " The largest classes are shown." if count > 24 else ""
    )


def _area_unit(whole: float) -> tuple[str, float, int]:
    """Unit for parts of an area in square meters: its name, size and useful decimals."""
    if whole < 1e7:
        return "m²", 1.0, 0
    return ("ha", 1e4, 2) if whole < 1e10 else ("km²", 1e6, 3)


def _area(square_meters: float) -> str:
    units = (("km²", 1e6), ("ha", 1e4), ("m²", 1.0))
    unit, size = next((each for each in units if square_meters >= each[1]), units[-1])
    value = square_meters / size
    return f"{value:,.0f} {unit}" if value >= 1000 else f"{value:.3g} {unit}"


def _time(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
