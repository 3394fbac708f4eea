# SPDX-License-Identifier: GPL-2.0-or-later
"""The images of a folder, and the sets that they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

# Images named in a table without sets: those that the first version was tuned on.
FIRST, TUNED = "A, first eight", "A"
ALL = "all"


def find_pairs(folder: Path, wanted: Sequence[str]) -> dict[str, tuple[Path, Path]]:
    """Paths of images and their references, by name.

    Args:
        folder: with `<name>_image.tif` and `<name>_label.tif`.
        wanted: names; all if empty.
    """
    pairs = {}
    for image in sorted(folder.glob("*_image.tif")):
        name = image.name[: -len("_image.tif")]
        label = folder / f"{name}_label.tif"
        if label.is_file() and (not wanted or name in wanted):
            pairs[name] = (image, label)
    return pairs


def sets_of(folder: Path, images: Sequence[str]) -> dict[str, list[str]]:
    """Names of images by set, as the README beside or in the folder tells them; then all.

    Tables whose first column is `name` count. Names with a `set` belong to it, those of a table
    without that column to A. Sets without images are left out.
    """
    found: dict[str, list[str]] = {}
    for readme in (folder / "README.md", folder.parent / "README.md"):
        if readme.is_file():
            found = parse_sets(readme.read_text(encoding="utf-8"))
            break
    chosen = {
        name: [image for image in images if image in members]
        for name, members in sorted(found.items())
    }
    return {**{name: members for name, members in chosen.items() if members}, ALL: list(images)}


def parse_sets(text: str) -> dict[str, list[str]]:
    """Names of images by set in the tables of a Markdown text, see `sets_of`."""
    sets: dict[str, list[str]] = {}
    header: list[str] = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.lstrip().startswith("|"):
            header = []
        elif not header:
            header = cells
        elif header[0] == "name" and set(cells[0]) - set("-: "):
            place = header.index("set") if "set" in header else None
            for image in cells[0].split(","):
                for name in [FIRST, TUNED] if place is None else [cells[place]]:
                    sets.setdefault(name, []).append(image.strip())
    return sets
