# SPDX-License-Identifier: GPL-2.0-or-later
"""The nodes of a Dask cluster: how many tiles they compute at once, and with which packages."""

from __future__ import annotations

import importlib.metadata
import platform
from typing import Any

from distributed import Client

from ..errors import ClusterError, SuperSegError
from ..wording import counted

# Dask's usual name of the resource: `dask worker --resources GPU=1`.
WITH_GPU = "GPU"
# Packages whose versions decide on the results, or on whether nodes understand a task.
PACKAGES = ("numpy", "numba", "scipy", "scikit-image", "torch", "distributed")


class ClusterNodes:
    """The nodes as the scheduler has told last.

    Args:
        client: of the cluster.

    Attributes:
        threads: by address of the worker process.
        gpus: addresses of those with a GPU.
        without_files: addresses of those that have said that they do not see the files of the run.
    """

    # Requests in flight at most; each takes a thread here, and its arrays in memory.
    MOST_SLOTS = 1024

    def __init__(self, client: Client) -> None:
        self._client = client
        self.threads: dict[str, int] = {}
        self.gpus: list[str] = []
        self.without_files: set[str] = set()

    def refresh(self) -> bool:
        """Ask the scheduler; whether nodes have come or gone since the last time.

        Raises:
            OSError: the scheduler does not answer.
        """
        workers = self._client.scheduler_info(n_workers=-1)["workers"]
        known = self.threads
        self.threads = {address: each["nthreads"] for address, each in workers.items()}
        self.gpus = [
            address for address, each in workers.items() if each["resources"].get(WITH_GPU, 0)
        ]
        return known.keys() != self.threads.keys()

    def follow(self) -> str:
        """Ask the scheduler, and compare the versions of new nodes; a line for the log, or "".

        Raises:
            OSError: the scheduler does not answer.
            ClusterError: a node has other versions of packages.
        """
        if not self.refresh():
            return ""
        check_versions(self._client)
        return f"The cluster now has {self}"

    @property
    def slots(self) -> int:
        """Tiles in flight: one for every thread, and half as many on their way."""
        total = sum(self.threads.values())
        return max(min(total + (total + 1) // 2, self.MOST_SLOTS), 1)

    @property
    def figures(self) -> dict[str, int]:
        """Threads and slots, at least 1 each."""
        return {"threads": max(sum(self.threads.values()), 1), "slots": self.slots}

    def for_network(self) -> list[str]:
        """Addresses that the network may run on: those with a GPU, or all if none has one."""
        return self.gpus or list(self.threads)

    def where(self, network: bool) -> dict[str, Any]:
        """Where Dask may compute a task: the network on nodes with a GPU, while there are any."""
        if not network or not self.gpus:
            return {}
        # Not by a resource: a task would wait without end after the last such node was lost.
        return {"workers": self.gpus, "allow_other_workers": True}

    def where_files(self, network: bool) -> dict[str, Any]:
        """Where Dask may compute a whole scene: on nodes that see the files.

        Args:
            network: whether a GPU is of use.

        Raises:
            SuperSegError: no node sees them.
        """
        seeing = [address for address in self.threads if address not in self.without_files]
        if self.threads and not seeing:
            raise SuperSegError("No node of the cluster sees the files of the run.")
        with_gpu = [address for address in seeing if network and address in self.gpus]
        if not with_gpu and len(seeing) == len(self.threads):
            # Dask then gives a scene to the first node that is free.
            return {}
        # No other ones: Dask would move scenes to them when they are idle.
        return {"workers": with_gpu or seeing, "allow_other_workers": False}

    def __str__(self) -> str:
        if not self.threads:
            return "no nodes yet"
        count, total = len(self.threads), sum(self.threads.values())
        gpus = f", {len(self.gpus)} with a GPU" if self.gpus else ""
        return f"{counted(count, 'node')} with {counted(total, 'thread')}{gpus}"


def check_versions(client: Client) -> None:
    """Compare Python and packages of the nodes and the scheduler with those of this computer.

    Raises:
        ClusterError: they differ; the text names the node and the versions.
    """
    found: Any = client.get_versions(packages=list(PACKAGES))
    scheduler = _differences(found["scheduler"], ("distributed", "numpy"))
    places = {"The scheduler of the cluster": scheduler} if scheduler else {}
    for address, each in found["workers"].items():
        differing = _differences(each, PACKAGES)
        if differing:
            places[f"The node {address}"] = differing
    if not places:
        return
    place, differing = next(iter(places.items()))
    others = f" (and {len(places) - 1} more)" if len(places) > 1 else ""
    raise ClusterError(
        f"{place}{others} has other versions than this computer: {'; '.join(differing)}. Install "
        "the same versions there: superseg:runtimereport lists them."
    )


def _differences(found: dict[str, Any] | None, packages: tuple[str, ...]) -> list[str]:
    if found is None:
        return []
    here = ".".join(platform.python_version_tuple()[:2])
    there = ".".join(found["host"]["python"].split(".")[:2])
    pairs = [("Python", there, here)]
    for name in packages:
        pairs.append((name, _public(found["packages"].get(name)), _public(_own(name))))
    return [
        f"{name} {theirs or 'is missing'} instead of {own}"
        for name, theirs, own in pairs
        if theirs != own
    ]


def _own(name: str) -> str:
    return importlib.metadata.version(name)


def _public(version: str | None) -> str:
    """Without the build, such as +cpu: GPU nodes have another one."""
    return (version or "").split("+")[0]
