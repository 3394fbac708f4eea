# SPDX-License-Identifier: GPL-2.0-or-later
"""How much memory may still be used, in a computer and in control groups."""

from __future__ import annotations

import sys

import pytest

from superseg_plugin.memory import available_memory
from superseg_plugin.pipeline.steps import tiling

KILOBYTES = 8_000_000
GIB = 1 << 30


@pytest.fixture
def system(tmp_path, monkeypatch):
    """Write files of a system; returns what is available there."""
    monkeypatch.setattr(sys, "platform", "linux")

    def write(files):
        text = f"MemTotal: 16000000 kB\nMemAvailable:   {KILOBYTES} kB\n"
        for name, content in {"proc/meminfo": text, **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="ascii")
        return available_memory(tmp_path)

    return write


def group(folder, limit, used, cached=0, version=2):
    """Files of a control group."""
    names = ("memory.max", "memory.current", "inactive_file")
    if version == 1:
        names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
    return {
        f"{folder}/{names[0]}": f"{limit}\n",
        f"{folder}/{names[1]}": f"{used}\n",
        f"{folder}/memory.stat": f"anon 5\n{names[2]} {cached}\n",
    }


def test_a_computer_without_limits(system):
    assert system({"proc/self/cgroup": "0::/\n"}) == KILOBYTES * 1024


def test_the_narrowest_group_decides(system):
    files = {
        "proc/self/cgroup": "0::/user.slice/job\n",
        **group("sys/fs/cgroup/user.slice", 3 * GIB, GIB),
        **group("sys/fs/cgroup/user.slice/job", "max", GIB),
    }
    assert system(files) == 2 * GIB


def test_cached_files_are_available(system):
    files = {
        "proc/self/cgroup": "0::/job\n",
        **group("sys/fs/cgroup/job", 3 * GIB, 2 * GIB, GIB),
    }
    assert system(files) == 2 * GIB


def test_a_container_sees_its_group_at_the_mount(system):
    files = {
        "proc/self/cgroup": "5:cpu:/docker/7\n9:memory:/docker/7\n",
        **group("sys/fs/cgroup/memory", GIB, GIB // 4, version=1),
    }
    assert system(files) == GIB - GIB // 4


def test_tiles_ahead_follow_memory_and_processors(monkeypatch):
    size = tiling.tile_bytes(1024, 3)
    for memory, ahead in ((None, 65), (1 << 40, 65), (20 * size, 9), (size, 0)):
        monkeypatch.setattr(tiling, "available_memory", lambda memory=memory: memory)
        tiling._memory_in.cache_clear()
        assert tiling.items_ahead(size, 64) == ahead


def test_this_computer_has_memory():
    assert available_memory() > 1 << 20
