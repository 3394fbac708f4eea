# SPDX-License-Identifier: GPL-2.0-or-later
"""Schedulers and nodes as processes, each in a network namespace of its own where root allows."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import osgeo

from superseg_plugin.worker.interpreter import find_interpreter
from tests.tools.qgis_process import REPOSITORY

PORT = 8786
BRIDGE = "superseg-br"
HOSTS = ("scheduler", "node1", "node2")
WAIT_SECONDS = 60


class Network:
    """Three hosts on one bridge, if network namespaces can be made; else this computer alone.

    Args:
        separate: whether to try.
    """

    def __init__(self, separate: bool = True) -> None:
        root = os.name == "posix" and os.geteuid() == 0
        self.separate = separate and root and bool(shutil.which("ip"))
        if self.separate:
            self.close()
            try:
                self._make()
            except subprocess.CalledProcessError:
                self.close()
                self.separate = False
        self.address = "10.213.0.10" if self.separate else "127.0.0.1"
        self.port = PORT if self.separate else _free_port()

    def _make(self) -> None:
        _ip("link", "add", BRIDGE, "type", "bridge")
        _ip("addr", "add", "10.213.0.1/24", "dev", BRIDGE)
        _ip("link", "set", BRIDGE, "up")
        for number, host in enumerate(HOSTS):
            name, outside = f"superseg-{host}", f"ss-{host[:10]}"
            _ip("netns", "add", name)
            _ip("link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", name)
            _ip("link", "set", outside, "master", BRIDGE, "up")
            inside = ("netns", "exec", name, "ip")
            _ip(*inside, "addr", "add", f"10.213.0.{10 + number}/24", "dev", "eth0")
            _ip(*inside, "link", "set", "eth0", "up")
            _ip(*inside, "link", "set", "lo", "up")

    def close(self) -> None:
        """Remove the namespaces and the bridge."""
        for host in HOSTS:
            # A namespace lives on while a process is in it, and so would its link.
            _ip("link", "delete", f"ss-{host[:10]}", check=False)
            _ip("netns", "delete", f"superseg-{host}", check=False)
        _ip("link", "delete", BRIDGE, check=False)

    def on(self, host: str, command: list[str]) -> list[str]:
        """A command that runs on a host."""
        return ["ip", "netns", "exec", f"superseg-{host}", *command] if self.separate else command

    def shape(self, rate: int) -> str:
        """Limit every link to a rate in Gbit/s, with a delay of 1 ms each way if the kernel can.

        Returns:
            How it is done: by `tc netem`, or by `tc tbf`, which has no delay; "" if by neither.
        """
        # A bucket of the bytes of 5 ms: the kernel fills it a few hundred times a second.
        bucket = ["burst", str(rate * 625_000), "latency", "50ms"]
        ways = {
            "1 ms": ["netem", "delay", "1ms", "limit", "100000", "rate", f"{rate}gbit"],
            "no delay": ["tbf", "rate", f"{rate}gbit", *bucket],
        }
        return next((name for name, limit in ways.items() if self._limit(limit)), "")

    def _limit(self, limit: list[str]) -> bool:
        """Put a queueing discipline on both ends of every link; False if it is refused."""
        for host in HOSTS:
            outside = ["tc", "qdisc", "replace", "dev", f"ss-{host[:10]}", "root", *limit]
            inside = self.on(host, ["tc", "qdisc", "replace", "dev", "eth0", "root", *limit])
            for command in (outside, inside):
                if subprocess.run(command, check=False, capture_output=True).returncode:
                    return False
        return True

    def unshape(self) -> None:
        """Remove the limits of `shape`."""
        for host in HOSTS:
            outside = ["tc", "qdisc", "delete", "dev", f"ss-{host[:10]}", "root"]
            inside = self.on(host, ["tc", "qdisc", "delete", "dev", "eth0", "root"])
            for command in (outside, inside):
                subprocess.run(command, check=False, capture_output=True)


class Cluster:
    """A scheduler and nodes.

    Args:
        network: that they are in.
        folder: for logs and scratch files.
        kill_scheduler: operation in which the scheduler ends.
        kill_node: operation in which the first node that computes it ends.
        environment: further variables of the scheduler and of the nodes, such as those of TLS.

    Attributes:
        address: of the scheduler.
        file: scheduler file.
        nodes: processes by name.
    """

    def __init__(
        self,
        network: Network,
        folder: Path,
        kill_scheduler: str = "",
        kill_node: str = "",
        environment: dict[str, str] | None = None,
    ) -> None:
        self._network = network
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._more = environment or {}
        self._kill_node = kill_node
        self._killed = folder.absolute() / "killed"
        self._killed.unlink(missing_ok=True)
        self._scheme = "tls" if self._more else "tcp"
        self.address = f"{self._scheme}://{network.address}:{network.port}"
        self.file = folder / "scheduler.json"
        self.nodes: dict[str, subprocess.Popen[bytes]] = {}
        self.scheduler = self._start_scheduler(kill_scheduler)

    @property
    def chosen(self) -> str:
        """The parameter CLUSTER."""
        open_ = self._network.separate and self._scheme == "tcp"
        return f"{self.address} unencrypted" if open_ else self.address

    def restart_scheduler(self) -> None:
        """Start a scheduler at the same address, after the first one has ended."""
        self.scheduler.wait()
        self.scheduler = self._start_scheduler("")

    def add_node(
        self,
        name: str,
        options: tuple[str, ...] = (),
        path: str = "",
        threads: int = 1,
    ) -> None:
        """Start a node.

        Args:
            name: `node1` or `node2`.
            options: further options of `dask worker`.
            path: folder of packages that come before the node's own.
            threads: tasks that it computes at once.
        """
        command = [
            "--nthreads",
            str(threads),
            "--no-nanny",
            "--no-dashboard",
            "--name",
            name,
            *options,
        ]
        command += ["--local-directory", str(self._folder / name)]
        more = {"PYTHONPATH": path} if path else {}
        if self._kill_node:
            command += ["--preload", _file("kill_node.py")]
            more["SUPERSEG_TEST_KILL"] = self._kill_node
            more["SUPERSEG_TEST_KILLED"] = str(self._killed)
        self.nodes[name] = self._start("dask_worker", name, [self.address, *command], more)

    @property
    def lost_a_node(self) -> bool:
        """Whether a node has ended by itself."""
        return any(node.poll() is not None for node in self.nodes.values())

    def close(self) -> None:
        """End all processes."""
        for process in (self.scheduler, *self.nodes.values()):
            with contextlib.suppress(OSError):
                process.kill()
            process.wait()

    def _start_scheduler(self, kill_in: str) -> subprocess.Popen[bytes]:
        command = ["--host", self.address.rpartition(":")[0], "--port", str(self._network.port)]
        command += ["--no-dashboard", "--scheduler-file", str(self.file)]
        command += ["--preload", _file("kill_scheduler.py")] if kill_in else []
        more = {"SUPERSEG_TEST_KILL": kill_in}
        process = self._start("dask_scheduler", "scheduler", command, more)
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until and not self._answers():
            time.sleep(0.2)
        return process

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            socket.create_connection((self._network.address, self._network.port), 1).close()
            return True
        return False

    def _start(
        self, module: str, host: str, options: list[str], more: dict[str, str]
    ) -> subprocess.Popen[bytes]:
        python = str(find_interpreter().path)
        command = [python, "-m", f"distributed.cli.{module}", *options]
        environment = {**os.environ, **self._more, **more}
        # As the nannies of Dask do, which these nodes have none of.
        environment["OPENBLAS_NUM_THREADS"] = "1"
        with (self._folder / f"{host}.log").open("ab") as log:
            return subprocess.Popen(
                self._network.on(host, command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                env=environment,
            )


def in_cluster(address: str, expression: str) -> str:
    """Evaluate an expression of the scheduler, `s`, and return it as text."""
    code = (
        "import sys; from distributed import Client; "
        f"f = eval('lambda dask_scheduler: (lambda s: {expression})(dask_scheduler)'); "
        "print(Client(sys.argv[1], timeout=10).run_on_scheduler(f))"
    )
    python = str(find_interpreter().path)
    found = subprocess.run(
        [python, "-I", "-c", code, address], check=True, capture_output=True, encoding="utf-8"
    )
    return found.stdout.strip()


def with_gdal(folder: Path) -> str:
    """A folder for `add_node` by which a node has GDAL's bindings, those of QGIS's Python.

    The node's Python is of the same version in `make setup`; only `osgeo` is taken from QGIS's.
    """
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / "osgeo"
    if not link.is_symlink():
        link.symlink_to(Path(osgeo.__file__).parent)
    return str(folder)


def _file(name: str) -> str:
    return str(REPOSITORY / "tests" / "cluster" / name)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def _ip(*arguments: str, check: bool = True) -> None:
    subprocess.run(["ip", *arguments], check=check, capture_output=True)
