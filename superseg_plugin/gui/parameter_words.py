# SPDX-License-Identifier: GPL-2.0-or-later
"""Words in place of the values of choices and of numbers with a special meaning, for dialogs.

Scripts, models and histories hold the values, which are the same in all languages.
"""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication

translate = QCoreApplication.translate


def choice_words(parameter):
    """Return the words of the values of a choice, by value; those without words are missing."""
    return {**_WORDS, **_WORDS_OF.get(parameter, {})}


def zero_words(parameter):
    """Return what 0 means for a number, or "" if it is a number like others."""
    return _ZERO.get(parameter, "")


def translated(text):
    """Return words in the language of QGIS."""
    return translate("SuperSeg", text)


_WORDS = {
    "any": "Any",
    "drone": "Drone, pixels of a few centimeters",
    "aerial": "Aerial, 10 to 50 cm",
    "vhr": "Satellite, 0.3 to 4 m",
    "sentinel2": "Sentinel-2, 10 m",
    "landsat": "Landsat, 30 m",
    "balanced": "Balanced",
    "fast": "Fast",
    "published": "Published method, for comparison",
    "pixels": "Pixels",
    "meters": "Meters and square meters",
    "auto": "Automatic",
    "cpu": "CPU",
    "cuda": "NVIDIA graphics processor (CUDA)",
    "mps": "Apple graphics processor (MPS)",
    "automatic": "Recognized automatically",
    "as they are": "Use the values as they are",
    "AlphaEarth int8": "AlphaEarth embedding, signed bytes",
    "embedding": "Embedding: one vector a pixel",
    "reflectance": "Reflectance, 0 in all bands is nodata",
    "decibels": "Radar backscatter, in decibels or linear",
    "elevation": "Elevation or height",
    "felzenszwalb": "Felzenszwalb: follows fine detail",
    "slic": "SLIC: compact, of similar size",
    "8": "8 neighbors, with diagonals",
    "4": "4 neighbors",
    "clusters": "Clusters of superpixels",
    "selftraining": "Self-training (published method)",
    "light": "Light, faster",
    "crossentropy": "Cross-entropy",
    "focal": "Focal, for rare classes",
    "lovasz": "Lovász, for overlap (IoU)",
    "patches": "Patches of classes",
    "superpixels": "Superpixels",
}
# Values that mean something else in one parameter.
_WORDS_OF = {
    "NETWORK": {"published": "Network of the published method"},
}
_ZERO = {
    "CLASSES": "Automatic",
    "SUPERPIXEL_SIZE": "Automatic",
    "TILE_SIZE": "Automatic",
    "COUNT": "Automatic",
    "MIN_AREA": "Keep all patches",
    "SMOOTHNESS": "Off",
    "SUPERPIXEL_FILE": "No file",
    "SIMPLIFY": "Off",
}
TEXTS = (
    *_WORDS.values(),
    *(text for words in _WORDS_OF.values() for text in words.values()),
    *_ZERO.values(),
)
