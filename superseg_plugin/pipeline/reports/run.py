# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports of a run: its results, how they were computed, and how to repeat the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ...agglomeration import MergeStep
from ...class_tree import LEAST_GAIN, MOST_AUTOMATIC
from ...raster.class_table import ClassTable
from ...raster.ground import has_meters
from ...raster.source import RasterSource
from ...translation import tr
from ..formats.model_file import Model
from .charts import line_chart
from .class_section import class_section
from .dendrogram import dendrogram
from .image_facts import image_facts
from .page import TIMES, Html, Section, escaped, facts, note, page, table
from .spectra import MOST_LINES, spectra_chart

MOST_CLASSES_SHOWN = 32


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
    """What a report contains besides the results of a run.

    Attributes:
        provenance: how the run was requested.
        source: the image.
        versions: of the worker's packages, by name.
        device: that the network ran on, in words.
        stages: seconds by stage, in order.
        losses: of every training step; empty if no network was trained.
        live: number of classes in use, for every training step.
        advice: sentences on what could be better about the classes.
    """

    provenance: Provenance
    source: RasterSource
    versions: Mapping[str, str]
    device: str
    stages: Mapping[str, float]
    losses: Sequence[float] = ()
    live: Sequence[int] = ()
    advice: Sequence[str] = ()

    @property
    def name(self) -> str:
        """Name of the image."""
        return self.source.name


@dataclass(frozen=True)
class Hierarchy:
    """How classes belong together.

    Attributes:
        merge_order: how the classes of the map join; empty if unknown.
        explained: share of the scatter between superpixels that 1, 2, ... classes explain; empty
            if unknown.
    """

    merge_order: Sequence[MergeStep] = ()
    explained: Sequence[float] = ()


def segmentation_report(
    run: RunSummary,
    classes: ClassTable,
    superpixel_count: int,
    tree: Hierarchy,
    maps: Sequence[Section],
) -> str:
    """Make the report of a segmentation.

    Args:
        run: the run.
        classes: the class table of the result.
        superpixel_count: number of superpixels.
        tree: of the classes.
        maps: sections of `map_sections`.
    """
    grid = run.source.grid
    sections = [*maps, (tr("Classes"), class_section(classes, run.source))]
    if run.advice:
        items = "".join(f"<li>{escaped(sentence)}</li>" for sentence in run.advice)
        sections.append((tr("What could be better"), Html(f"<ul>{items}</ul>")))
    spectra = spectra_chart(classes)
    if spectra:
        text = tr("Lines have the colors of the map.")
        if len(classes.names) > MOST_LINES:
            text += " " + tr("The largest classes are shown.")
        sections.append((tr("Spectra"), Html(spectra + note(text))))
    sections += _similarity(tree.merge_order, classes.names, classes.colors)
    sections += _explained(tree.explained) + _circumstances(run)
    figures = {
        tr("classes found"): str(len(classes.names)),
        tr("superpixels"): f"{superpixel_count:,}",
        tr("pixels"): f"{grid.width:,} {TIMES} {grid.height:,}",
        **({tr("classified"): _area(float(classes.areas.sum()))} if has_meters(grid) else {}),
        tr("computing time"): _time(sum(run.stages.values())),
    }
    lead = tr("Classes of similar surfaces in {}, found without training samples.").format(run.name)
    return page(tr("Segmentation of {}").format(run.name), sections, lead, figures)


def training_report(run: RunSummary, classes: int, model: Model) -> str:
    """Make the report of a training.

    Args:
        run: the run.
        classes: number of classes in use at the end.
        model: the trained model.
    """
    figures = {
        tr("classes found"): str(classes),
        tr("steps"): f"{len(run.losses):,}",
        tr("loss at the end"): f"{np.mean(run.losses[-10:]):.3g}",
        tr("computing time"): _time(sum(run.stages.values())),
    }
    order, names, colors = model.merge_order, model.class_names, model.class_colors
    sections = _similarity(order, names, colors) + _circumstances(run)
    lead = tr("A network for the classes of {}, trained without samples.").format(run.name)
    return page(tr("Training on {}").format(run.name), sections, lead, figures)


def _similarity(
    merge_order: Sequence[MergeStep], names: Sequence[str], colors: npt.NDArray[np.uint8]
) -> list[Section]:
    """Show the dendrogram of the classes; nothing if there is none."""
    if not merge_order:
        return []
    text = tr(
        "Classes merge from left to right, the most similar first. Each dotted line marks where"
        " that number of classes is left; Merge classes cuts there for this number."
    )
    return [
        (tr("Similarity of the classes"), Html(dendrogram(merge_order, names, colors) + note(text)))
    ]


def _explained(shares: Sequence[float]) -> list[Section]:
    """Show what another number of classes would explain; nothing if it is unknown."""
    if len(shares) < 2:
        return []
    percent = [100 * share for share in shares[:MOST_CLASSES_SHOWN]]
    text = tr(
        "Share of the differences between superpixels that lie between classes, not within them."
        " CLASSES 0 chooses the largest number, up to {}, of which the last class adds at least"
        " {:.0%}."
    ).format(MOST_AUTOMATIC, LEAST_GAIN)
    chart = line_chart(percent, tr("Classes"), tr("Explained, %"), smoothed=False)
    return [(tr("Number of classes"), Html(chart + note(text)))]


def _circumstances(run: RunSummary) -> list[Section]:
    """Show training, time, settings and software, and how to repeat the run."""
    sections: list[Section] = []
    if len(run.losses):
        step, loss, used = tr("Step"), tr("Loss"), tr("Classes in use")
        parts = [f"<h3>{escaped(loss)}</h3>", line_chart(run.losses, step, loss)]
        # A constant number says nothing.
        if len(set(run.live)) > 1:
            live = line_chart(run.live, step, used, whole_numbers=True)
            text = tr(
                "The thin line is the loss of each step, the thick one its moving mean. Classes in"
                " use are those that the network assigned to any pixel in that step."
            )
            parts += [f"<h3>{escaped(used)}</h3>", live, note(text)]
        sections.append((tr("Training"), Html("\n".join(parts))))
    sections.append((tr("Time"), _times(run.stages)))
    versions = {**run.provenance.versions, **run.versions, tr("Computed on"): run.device}
    columns = (
        (tr("Settings"), run.provenance.settings),
        (tr("Image"), image_facts(run.source)),
        (tr("Software"), versions),
    )
    parts = [
        f"<div><h3>{escaped(name)}</h3>{facts(values)}</div>" for name, values in columns if values
    ]
    columns_html = Html(f'<div class="columns">{"".join(parts)}</div>')
    sections.append((tr("Settings and software"), columns_html))
    if run.provenance.command:
        command = f"<pre><code>{escaped(run.provenance.command)}</code></pre>"
        text = tr(
            "The same image, settings, seed and computer give the same classes. On Debian's QGIS"
            " 3.22 the program is called qgis_process.bin."
        )
        sections.append((tr("Repeat this run"), Html(command + note(text))))
    return sections


def _times(stages: Mapping[str, float]) -> Html:
    """Make the table of the time of every stage."""
    total, longest = (max(f([*stages.values(), 1e-9]), 1e-9) for f in (sum, max))
    rows = [
        [
            _stage_name(name),
            tr("{:.1f} s").format(seconds),
            f"{100 * seconds / total:.0f} %",
            Html(f'<td class="share" style="--part: {100 * seconds / longest:.1f}%"></td>'),
        ]
        for name, seconds in stages.items()
    ]
    header = [tr("Stage"), tr("Time"), tr("Share"), ""]
    return Html(f'<div class="whole">{table(header, rows)}</div>')


def _stage_name(name: str) -> str:
    """Return the name of a stage as the first word of a row."""
    names = {
        "reading": tr("Reading"),
        "superpixels": tr("Superpixels"),
        "numbering": tr("Numbering"),
        "description": tr("Description"),
        "clustering": tr("Clustering"),
        "patches": tr("Patches"),
        "training": tr("Training"),
        "classification": tr("Classification"),
        "painting": tr("Painting"),
        "rendering": tr("Rendering"),
        "colors": tr("Colors"),
    }
    return names.get(name, name.capitalize())


def _area(square_meters: float) -> str:
    """Write an area in the largest unit that it fills."""
    units = (("km²", 1e6), ("ha", 1e4), ("m²", 1.0))
    unit, size = next((each for each in units if square_meters >= each[1]), units[-1])
    value = square_meters / size
    return f"{value:,.0f} {unit}" if value >= 1000 else f"{value:.3g} {unit}"


def _time(seconds: float) -> str:
    """Write a time in seconds, minutes or hours."""
    if seconds < 100:
        return tr("{:.1f} s").format(seconds)
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return tr("{} min {} s").format(minutes, rest)
    return tr("{} h {} min").format(*divmod(minutes, 60))
