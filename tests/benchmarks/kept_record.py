# SPDX-License-Identifier: GPL-2.0-or-later
"""Records of earlier runs of the quality benchmark, to go on from and to compare with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

EVERYTHING = "all"
KEYS = ("image", "classes", "method", "seed")
Key = tuple[Any, ...]


class KeptRecord:
    """Runs and trials of an earlier, perhaps interrupted record that need not be repeated.

    Args:
        record: the earlier record, or None.
        keep: names of methods and trials to take from it, `all` for every one.

    Attributes:
        oracles: figures of the superpixels by image, kept with `all` only: they are the program's.
    """

    def __init__(self, record: Mapping[str, Any] | None, keep: Sequence[str]) -> None:
        self._entries: dict[str, dict[Key, dict[str, Any]]] = {"runs": {}, "trials": {}}
        self.oracles: dict[str, dict[str, Any]] = {}
        if record is None:
            return
        for part, entries in self._entries.items():
            for one in [*record[part], *record.get("unreached", {}).get(part, [])]:
                if EVERYTHING in keep or one.get("trial", one["method"]) in keep:
                    entries[_key(one)] = one
        if EVERYTHING in keep:
            self.oracles = {one["image"]: one for one in record.get("oracles", [])}

    def run(self, key: Mapping[str, Any]) -> dict[str, Any] | None:
        """The run of image, classes, method and seed."""
        return self._entries["runs"].get(_key(key))

    def trial(self, key: Mapping[str, Any]) -> dict[str, Any] | None:
        """The trial of image, classes, method, seed and trial."""
        return self._entries["trials"].get(_key(key))

    def unreached(self, record: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
        """Entries that a record does not have yet; they must survive another interruption."""
        return {
            part: [one for key, one in entries.items() if key not in map(_key, record[part])]
            for part, entries in self._entries.items()
        }


def read_earlier(folder: Path, data: str) -> dict[str, Any] | None:
    """The record in a folder, if there is one of the same images."""
    path = folder / "quality.json"
    if not path.is_file():
        return None
    record = json.loads(path.read_text(encoding="utf-8"))
    return record if record.get("data") == data else None


def _key(one: Mapping[str, Any]) -> Key:
    return (*(one[name] for name in KEYS), one.get("trial"))
