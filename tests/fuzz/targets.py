# SPDX-License-Identifier: GPL-2.0-or-later
"""What is fuzzed: a name, a check, and where its cases come from.

A check takes a case and raises whatever should not have happened. Cases of bytes are found by
atheris, which watches what they reach; others are described as plain data and drawn by hypothesis.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis.strategies import SearchStrategy

from . import class_rasters, files, messages, places, processes, raster_reads, steps, values

CORPUS = Path(__file__).with_name("corpus")


@dataclass(frozen=True)
class Target:
    """One thing to fuzz.

    Attributes:
        check: takes a case; raises what should not have happened.
        cases: what hypothesis draws from; None for bytes.
        seeds: bytes that atheris starts from.
        examples: how many cases the ordinary tests try.
    """

    check: Callable[[Any], None]
    cases: SearchStrategy[Any] | None = None
    seeds: Callable[[], list[bytes]] = list
    examples: int = 20


TARGETS: dict[str, Target] = {
    "raster-reads": Target(raster_reads.check_reads, raster_reads.read_cases(), examples=40),
    "raster-damage": Target(raster_reads.check_damage, raster_reads.damage_cases(), examples=20),
    "extents-masks": Target(places.check_places, places.place_cases(), examples=60),
    "fill-values": Target(values.check_values, values.value_cases(), examples=40),
    "class-masks": Target(values.check_masks, values.mask_cases(), examples=40),
    "class-tables": Target(class_rasters.check_tables, class_rasters.table_cases(), examples=40),
    "steps": Target(steps.check_steps, steps.step_cases(), examples=15),
    "worker": Target(processes.check_worker, processes.worker_cases(), examples=15),
    "client": Target(processes.check_client, processes.client_cases(), examples=8),
    "model-file": Target(files.check_model, seeds=files.model_seeds),
    "model-header": Target(files.check_header, seeds=files.header_seeds),
    "model-description": Target(files.check_description, seeds=files.description_seeds),
    "merge-table": Target(files.check_table, seeds=files.table_seeds),
    "record": Target(files.check_record, seeds=files.record_seeds),
    "requests": Target(messages.check_request, seeds=messages.request_seeds),
    "answers": Target(messages.check_answer, seeds=messages.message_seeds),
}


def kept_cases(name: str) -> list[Path]:
    """Cases of a target that found an error once."""
    return sorted((CORPUS / name).glob("*")) if (CORPUS / name).is_dir() else []


def read_case(target: Target, path: Path) -> Any:
    """A kept case, as the target's check takes it."""
    if target.cases is None:
        return path.read_bytes()
    return json.loads(path.read_text(encoding="utf-8"))
