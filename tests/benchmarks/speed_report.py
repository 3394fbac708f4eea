# SPDX-License-Identifier: GPL-2.0-or-later
"""The figures of the speed benchmark as tables and as a plot."""

from __future__ import annotations

from collections.abc import Sequence

from tests.benchmarks.common import markdown
from tests.benchmarks.growth_plot import Panel, growth_plot
from tests.benchmarks.speed_crop import RATIOS
from tests.benchmarks.speed_peers import PRESETS


def report(record: dict) -> str:
    """All tables of a record."""
    parts = [
        f"{record['image']} mirrored, {record['bands']} bands; preset {record['preset']}, "
        f"{record['classes_asked']} classes, {record['machine']['cores']} cores of "
        f"{record['machine']['processor']}. Memory is QGIS's + the worker's peak.",
        run_tables(record["runs"]),
    ]
    if "others_s" in record:
        parts.append(
            f"On a crop of {record['crop_megapixels']:.1f} Mpx, in one run; a ratio above 1 means "
            "that SuperSeg is faster. Superpixels are read and written, and 8-connected unless 4 "
            "is said, as all others are; k-means is fitted to 100 000 pixels, 3 starts, and "
            "assigns all:"
        )
        parts.append(kernel_table(record))
    if "published" in record:
        published = record["published"]
        parts.append(
            f"Preset published, extrapolated: {published['total_s']:.0f} s for the scene, "
            f"{record['ratios']['published']:.1f} times those of balanced. {published['note']}."
        )
        rows = [[name, f"{seconds:.1f}"] for name, seconds in published["parts_s"].items()]
        parts.append(markdown(["published, part", "s"], rows))
    if "peers" in record:
        parts.append(
            f"Other software on {record['peer_megapixels']:.1f} Mpx, from start to end,"
            " import and export included; below the name of a preset, their seconds over its:"
        )
        parts.append(peer_table(record["peers"], record["own_whole"], record["ratios"]))
    return "\n\n".join(parts) + "\n"


def run_tables(runs: Sequence[dict]) -> str:
    """Seconds and peak megabytes by stage, a column for each size."""
    names = list(dict.fromkeys(name for run in runs for name in run["stages"]))
    rows = [
        [
            name,
            *(f"{run['stages'].get(name, 0):.1f}" for run in runs),
            *(_megabytes(run["stage_peak_mb"].get(name)) for run in runs),
        ]
        for name in names
    ]
    rows.append(
        [
            "all, with QGIS's start",
            *(f"{run['total_s']:.1f}" for run in runs),
            *(_megabytes(run["peak_mb"]) for run in runs),
        ]
    )
    rows.append(
        [
            "at one moment, most",
            *("" for _ in runs),
            *(f"{run['peak_mb_together']:.0f}" for run in runs),
        ]
    )
    sizes = [f"{run['megapixels']:.3g} Mpx" for run in runs]
    return markdown(
        ["stage", *(f"{size}, s" for size in sizes), *(f"{size}, MB" for size in sizes)], rows
    )


def kernel_table(record: dict) -> str:
    """Steps beside the same steps of Python packages."""
    rows = []
    for name, (other, ours) in RATIOS.items():
        if name in record["ratios"]:
            seconds = record["others_s"][other], record["own_s"][ours]
            ratio = _ratio(record["ratios"][name])
            rows.append([name, *(f"{value:.2f}" for value in seconds), ratio])
    return markdown(["other", "its s", "our s", "ratio"], rows)


def peer_table(
    peers: Sequence[dict], own: dict[str, dict[str, float]], ratios: dict[str, float]
) -> str:
    """Other software beside superseg:segment."""
    rows = [
        [
            f"SuperSeg, {preset}",
            "the whole of superseg:segment",
            _seconds(own[preset]),
            f"{own[preset]['cpu_s']:.1f}",
            *("" for _ in PRESETS),
        ]
        for preset in PRESETS
    ]
    for peer in peers:
        name = f"{peer['name']} {peer.get('version', '')}".rstrip()
        if "not_measured" in peer:
            missing = f"not measured: {peer['not_measured']}"
            rows.append([name, missing, "", "", *("" for _ in PRESETS)])
            continue
        more = "> " if peer["stopped"] else ""
        against = [more + _ratio(ratios[f"{peer['name']}, {preset}"]) for preset in PRESETS]
        rows.append([name, peer["does"], _seconds(peer), f"{peer['cpu_s']:.1f}", *against])
    return markdown(["software", "what comes out", "s", "processor s", *PRESETS], rows)


def plot(runs: Sequence[dict]) -> str:
    """Time and memory against size."""
    names = list(dict.fromkeys(name for run in runs for name in run["stages"]))
    seconds = {name: [run["stages"].get(name) for run in runs] for name in names}
    # Stages of less than a second are not plotted.
    seconds = {name: line for name, line in seconds.items() if max(s or 0 for s in line) >= 1}
    memory = {side: [run["peak_mb"][side] for run in runs] for side in ("qgis", "worker")}
    panels = [
        Panel("time, seconds", {"all": [run["total_s"] for run in runs], **seconds}),
        Panel("peak memory, MB", memory),
    ]
    return growth_plot([run["megapixels"] for run in runs], panels)


def _seconds(measured: dict) -> str:
    """Seconds, or a lower bound in minutes if it was stopped."""
    if measured.get("stopped"):
        return f"more than {measured['seconds'] / 60:.0f} min"
    return f"{measured['seconds']:.1f}"


def _ratio(value: float) -> str:
    return f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def _megabytes(peak: dict | None) -> str:
    return f"{peak['qgis']:.0f} + {peak['worker']:.0f}" if peak else ""
