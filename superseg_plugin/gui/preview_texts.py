# SPDX-License-Identifier: GPL-2.0-or-later
"""Sentences on a preview: what it shows, how long it took, and how a run may differ."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, QLocale

translate = QCoreApplication.translate

# Differences that are not worth a word: of the part of the image, and of the resolution.
WHOLE, FULL_RESOLUTION = 0.995, 1.05


def preview_text(preview, seconds):
    """Return what a preview shows, in some sentences.

    Args:
        preview: the `Preview`.
        seconds: from the change of a setting to the preview.
    """
    locale = QLocale()
    sentences = [
        translate("SuperSeg", "Classes: {}, superpixels: {}, computed in {} s.").format(
            len(preview.colors), preview.superpixels, locale.toString(seconds, "f", 1)
        ),
        _part_text(preview.view, locale),
    ]
    reduction = preview.view.reduction
    if reduction > FULL_RESOLUTION:
        side = locale.toString(reduction, "f", 1)
        text = translate("SuperSeg", "A pixel of the map covers {} x {} pixels of the image.")
        sentences.append(text.format(side, side))
    if not preview.true_size:
        sentences.append(
            translate(
                "SuperSeg", "Superpixels of a run are smaller than shown: zoom in to see them."
            )
        )
    return " ".join(sentences)


def size_text(preview):
    """Return the number of classes and the least size of superpixels, for the map."""
    side = preview.options.superpixel_size
    return translate("SuperSeg", "Classes: {}, superpixels {} px").format(
        len(preview.colors), QLocale().toString(side**2, "f", 0)
    )


def _part_text(view, locale):
    if not view.part:
        return translate(
            "SuperSeg", "This is a part of the image: its classes may differ from those of a run."
        )
    if view.part >= WHOLE:
        return translate("SuperSeg", "This is the whole image, at the resolution of the map.")
    percent = 100 * view.part
    share = locale.toString(percent, "f", 0) if percent >= 1 else f"< {locale.toString(1)}"
    return translate(
        "SuperSeg", "This is {} % of the image: its classes may differ from those of a run."
    ).format(share)
