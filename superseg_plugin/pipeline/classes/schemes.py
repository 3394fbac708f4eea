# SPDX-License-Identifier: GPL-2.0-or-later
"""Classification schemes with their published names, and colors where those are published."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...raster.class_legend import Color
from .colors import as_color, color_of_hex, lab_of, rgb_of

# Difference in lightness (L*) between the first and the last class of level II in one of level I.
SHADES = 40.0
# Lightness of the middle of these shades: none becomes white or black.
MIDDLE = (30.0, 72.0)


@dataclass(frozen=True)
class Template:
    """Names and colors to choose from.

    Attributes:
        title: of the template.
        entries: name and color; None for a name without a color.
    """

    title: str
    entries: tuple[tuple[str, Color | None], ...]


def _template(title: str, entries: str) -> Template:
    lines = (line.split(" #") for line in entries.strip().splitlines())
    return Template(title, tuple((name, color_of_hex(f"#{digits}")) for name, digits in lines))


def _shaded(title: str, level_one: Template, names: tuple[str, ...]) -> Template:
    """Return a template whose groups of names have shades of the colors of another one."""
    entries: list[tuple[str, Color | None]] = []
    for (_, color), lines in zip(level_one.entries, names):
        group = lines.strip().splitlines()
        lab = lab_of(np.array([color] * len(group), np.uint8))
        middle = min(max(float(lab[0, 0]), MIDDLE[0]), MIDDLE[1])
        lab[:, 0] = middle + SHADES * (np.arange(len(group)) + 0.5) / len(group) - SHADES / 2
        entries += [(name, as_color(shade)) for name, shade in zip(group, rgb_of(lab))]
    return Template(title, tuple(entries))


# Source: ESA WorldCover 10 m 2021 v200, Product User Manual, table 1.
WORLDCOVER = _template(
    "ESA WorldCover",
    """
Tree cover #006400
Shrubland #ffbb22
Grassland #ffff4c
Cropland #f096ff
Built-up #fa0000
Bare / sparse vegetation #b4b4b4
Snow and ice #f0f0f0
Permanent water bodies #0064c8
Herbaceous wetland #0096a0
Mangroves #00cf75
Moss and lichen #fae6a0
""",
)
# Source: CORINE Land Cover nomenclature, level 1. Level 1 has no colors of its own: each class has
# the color of a typical class of level 3.
CORINE = _template(
    "CORINE Land Cover, level 1",
    """
Artificial surfaces #e6004d
Agricultural areas #ffffa8
Forest and semi-natural areas #80ff00
Wetlands #a6a6ff
Water bodies #00ccf2
""",
)
# Source: CORINE Land Cover nomenclature and color table, level 3, European Environment Agency. The
# color of burnt areas is black there.
CORINE_3 = _template(
    "CORINE Land Cover, level 3",
    """
Continuous urban fabric #e6004d
Discontinuous urban fabric #ff0000
Industrial or commercial units #cc4df2
Road and rail networks and associated land #cc0000
Port areas #e6cccc
Airports #e6cce6
Mineral extraction sites #a600cc
Dump sites #a64d00
Construction sites #ff4dff
Green urban areas #ffa6ff
Sport and leisure facilities #ffe6ff
Non-irrigated arable land #ffffa8
Permanently irrigated land #ffff00
Rice fields #e6e600
Vineyards #e68000
Fruit trees and berry plantations #f2a64d
Olive groves #e6a600
Pastures #e6e64d
Annual crops associated with permanent crops #ffe6a6
Complex cultivation patterns #ffe64d
Land principally occupied by agriculture, with significant areas of natural vegetation #e6cc4d
Agro-forestry areas #f2cca6
Broad-leaved forest #80ff00
Coniferous forest #00a600
Mixed forest #4dff00
Natural grasslands #ccf24d
Moors and heathland #a6ff80
Sclerophyllous vegetation #a6e64d
Transitional woodland-shrub #a6f200
Beaches, dunes, sands #e6e6e6
Bare rocks #cccccc
Sparsely vegetated areas #ccffcc
Burnt areas #000000
Glaciers and perpetual snow #a6e6cc
Inland marshes #a6a6ff
Peat bogs #4d4dff
Salt marshes #ccccff
Salines #e6e6ff
Intertidal flats #a6a6e6
Water courses #00ccf2
Water bodies #80f2e6
Coastal lagoons #00ffa6
Estuaries #a6ffe6
Sea and ocean #e6f2ff
""",
)
# Source: Anderson, Hardy, Roach, Witmer 1976, USGS Professional Paper 964. It names the colors of
# level I (red, light brown, light orange, green, dark blue, light blue, gray, green-gray, white),
# which have no RGB values there; white is a very light gray here, to be seen on a white page.
ANDERSON_1 = _template(
    "Anderson, level I",
    """
Urban or built-up land #e31a1c
Agricultural land #c8a165
Rangeland #fdbf6f
Forest land #2e8b3d
Water #1f3fa0
Wetland #7fc8f0
Barren land #9c9c9c
Tundra #8fa08c
Perennial snow or ice #f0f0f0
""",
)
# The same source; level II has no colors there: shades of those of level I.
ANDERSON_2 = _shaded(
    "Anderson, level II",
    ANDERSON_1,
    (
        """
Residential
Commercial and services
Industrial
Transportation, communications, and utilities
Industrial and commercial complexes
Mixed urban or built-up land
Other urban or built-up land
""",
        """
Cropland and pasture
Orchards, groves, vineyards, nurseries, and ornamental horticultural areas
Confined feeding operations
Other agricultural land
""",
        """
Herbaceous rangeland
Shrub and brush rangeland
Mixed rangeland
""",
        """
Deciduous forest land
Evergreen forest land
Mixed forest land
""",
        """
Streams and canals
Lakes
Reservoirs
Bays and estuaries
""",
        """
Forested wetland
Nonforested wetland
""",
        """
Dry salt flats
Beaches
Sandy areas other than beaches
Bare exposed rock
Strip mines, quarries, and gravel pits
Transitional areas
Mixed barren land
""",
        """
Shrub and brush tundra
Herbaceous tundra
Bare ground tundra
Wet tundra
Mixed tundra
""",
        """
Perennial snowfields
Glaciers
""",
    ),
)
# Source: 2006 IPCC Guidelines for National Greenhouse Gas Inventories, volume 4, chapter 3. They
# give no colors: those of the corresponding classes of ESA WorldCover.
IPCC = _template(
    "IPCC land-use categories",
    """
Forest Land #006400
Cropland #f096ff
Grassland #ffff4c
Wetlands #0096a0
Settlements #fa0000
Other Land #b4b4b4
""",
)
TEMPLATES = (WORLDCOVER, CORINE, CORINE_3, ANDERSON_1, ANDERSON_2, IPCC)
