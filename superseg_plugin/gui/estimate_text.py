# SPDX-License-Identifier: GPL-2.0-or-later
"""An estimate as sentences in the language of the window."""

from __future__ import annotations

import math

from qgis.PyQt.QtCore import QCoreApplication

from ..pipeline.planning.estimate import rounded_count, rounded_length, rounded_time

translate = QCoreApplication.translate


def estimate_text(estimate):
    """Return an `Estimate` as sentences, one a line; remarks follow the figures."""
    work = estimate.work
    tiles = translate("SuperSeg", "1 tile")
    if work.tiles > 1:
        tiles = translate("SuperSeg", "{} tiles").format(f"{work.tiles:,}")
    clause = translate(
        "SuperSeg",
        "{time} on {device}, {memory} GB of memory: {pixels} pixels in {tiles}, about {superpixels}"
        " superpixels; smallest superpixels {smallest}",
    ).format(
        time=_time(estimate.seconds),
        device=estimate.device,
        memory=f"{estimate.memory / 1e9:.1f}",
        pixels=_count(work.pixels),
        tiles=tiles,
        superpixels=_count(work.superpixels),
        smallest=_smallest(work),
    )
    lines = [translate("SuperSeg", "{}.").format(clause[:1].upper() + clause[1:])]
    lines += estimate.remarks
    if not estimate.device_known:
        lines.append(
            translate("SuperSeg", "The first run finds out whether another device is faster.")
        )
    return "\n".join(lines)


def _time(seconds):
    number, unit = rounded_time(seconds)
    return {
        "": translate("SuperSeg", "a few seconds"),
        "s": translate("SuperSeg", "about {} s"),
        "min": translate("SuperSeg", "about {} min"),
        "h": translate("SuperSeg", "about {} h"),
    }[unit].format(number)


def _count(count):
    number, millions = rounded_count(count)
    return translate("SuperSeg", "{} million").format(number) if millions else number


def _smallest(work):
    """Return the size of the smallest superpixels, in meters too where they are known."""
    side = math.sqrt(work.smallest)
    shape = translate("SuperSeg", "{} pixels").format(work.smallest)
    if side.is_integer():
        shape = translate("SuperSeg", "{side} x {side} pixels").format(side=int(side))
    if work.meters is None:
        return shape
    return translate("SuperSeg", "{meters} m ({shape})").format(
        meters=rounded_length(side * work.meters), shape=shape
    )
