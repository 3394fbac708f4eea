# SPDX-License-Identifier: GPL-2.0-or-later
"""`make test-install`: from the package to a runtime that works, in every way that can go wrong.

Prints what was tried and how long it took; ends with 1 where something did not come out as it must.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from superseg_plugin.runtime.builds import REQUIREMENTS, choose_build
from superseg_plugin.runtime.commands import download_commands
from superseg_plugin.worker.system import own_python, this_system
from tests.conftest import quarters, write_raster
from tests.install.machine import FOLDER, Machine, Said
from tests.runtime.proxy import HOST, NOWHERE, PASSWORD, USER, package_proxy

WHEELS = FOLDER / "wheels"
NO_NETWORK = ("unshare", "--map-root-user", "--net")
BARE = "/usr/sbin:/usr/bin:/sbin:/bin"
# Sizes that users are told differ from the real ones by at most this share.
SIZE_ERROR = 0.02
ALGORITHMS = ("segment", "averagecolor", "evaluate", "installruntime", "runtimereport")


class WrongError(Exception):
    """A check has failed."""


def must(condition: object, what: str, said: Said | None = None) -> None:
    """Fail unless the condition holds."""
    if not condition:
        raise WrongError(what + (f"\n--- it said:\n{said.text[-4000:]}" if said else ""))


def must_be_size(folder: Path, stated: int) -> None:
    """Fail unless a folder has the size that users are told, in MB."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    size = round(sum(path.stat().st_size for path in files) / 1e6)
    must(abs(size - stated) <= SIZE_ERROR * stated, f"{folder} has {size} MB, not {stated}")


class Trial:
    """The steps, each with the results of the one before."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        image, fields = quarters(128, 128)
        self.image = write_raster(machine.home / "image.tif", image)
        self.fields = write_raster(machine.home / "fields.tif", fields, nodata=0)
        self.classes = machine.home / "classes.tif"

    def all(self) -> Iterator[tuple[str, object]]:
        """The steps in order, with what each proves."""
        yield "the package is found, and all algorithms are listed", self.listed
        yield "average color and evaluate run without a runtime", self.without_runtime
        yield "segment says what is missing and what to do", self.refused
        yield "an installation is killed half-way: nothing goes on running", self.killed
        yield "it is run again: nothing is left of the first, segment runs", self.again
        yield "the report names no home folder and shows that it works", self.report
        yield "a folder of wheels is filled by the commands that are shown", self.wheels
        yield "from the folder of wheels with the network off", self.offline
        yield "from a zip file of wheels with the network off", self.zipped
        yield "a wheel with one changed byte is refused by name", self.changed
        yield "through a proxy with a password, which is shown nowhere", self.proxied
        yield "Debian without python3-venv: the cure is named", self.without_venv
        yield "Debian without python3-venv, with uv: it works", self.with_uv

    def listed(self) -> None:
        said = self.machine.qgis("list")
        for name in ALGORITHMS:
            must(f"superseg:{name}\t" in said.text, f"{name} is not listed", said)

    def without_runtime(self) -> None:
        average = self.machine.home / "average.tif"
        parameters = {"INPUT": self.image, "CLASSIFICATION": self.fields, "OUTPUT": average}
        said = self.machine.run("averagecolor", parameters)
        must(said.code == 0 and average.is_file(), "average color failed", said)
        parameters = {"CLASSIFICATION": self.fields, "REFERENCE": self.fields}
        said = self.machine.run("evaluate", parameters)
        must(said.code == 0 and "AMI:\t1" in said.text, "evaluate failed", said)

    def refused(self) -> None:
        said = self.segment()
        must(said.code != 0, "segment ran without a runtime", said)
        must("superseg:installruntime" in said.text, "the cure is not named", said)
        must("Traceback" not in said.text, "a traceback was shown", said)

    def killed(self) -> None:
        def kill(line: str, process: subprocess.Popen[str]) -> None:
            if "Installing collected packages" in line:
                process.send_signal(signal.SIGKILL)

        said = self.install(on_line=kill)
        must(said.code == -signal.SIGKILL, "it was not killed", said)
        left = self.machine.no_processes_after(5)
        must(not left, f"these went on running: {left}")
        must(not (self.machine.data / "runtime").exists(), "half a runtime was put in place")
        must(list(self.machine.data.glob("partial-*")), "there was nothing to leave behind")

    def again(self) -> None:
        self.works(self.install())
        must(not list(self.machine.data.glob("partial-*")), "the first try's leftovers are there")
        must_be_size(self.machine.data / "runtime", choose_build(this_system(), "cpu").disk)

    def report(self) -> None:
        said = self.machine.run("runtimereport", {})
        must("Trial run: works" in said.text, "the report says otherwise", said)
        shown = said.text.split("TEXT:")[-1]
        must(str(self.machine.home) not in shown, "the home folder is shown", said)

    def wheels(self) -> None:
        shutil.rmtree(WHEELS, ignore_errors=True)
        WHEELS.mkdir(parents=True)
        host = this_system()
        for lock in REQUIREMENTS.parent.glob("*.txt"):
            shutil.copy(lock, FOLDER)
        python = str(self.machine.data / "runtime" / "bin" / "python")
        for line in download_commands(host, choose_build(host, "cpu")):
            command = [python, *shlex.split(line)[1:]]
            done = subprocess.run(
                command,
                cwd=FOLDER,
                env=self.machine.environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
            )
            must(done.returncode == 0, f"{line}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        must_be_size(WHEELS, choose_build(host, "cpu").download)

    def offline(self) -> None:
        self.machine.forget_runtime()
        self.works(self.install(SOURCE=WHEELS, before=NO_NETWORK), before=NO_NETWORK)

    def zipped(self) -> None:
        self.machine.forget_runtime()
        made = shutil.make_archive(str(FOLDER / "wheels"), "zip", WHEELS)
        self.works(self.install(SOURCE=made, before=NO_NETWORK), before=NO_NETWORK)
        Path(made).unlink()

    def changed(self) -> None:
        self.machine.forget_runtime()
        wheel = next(WHEELS.glob("sympy-*.whl"))
        whole = wheel.read_bytes()
        middle = len(whole) // 2
        wheel.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
        said = self.install(SOURCE=WHEELS, before=NO_NETWORK)
        wheel.write_bytes(whole)
        must(said.code != 0, "a changed wheel was installed", said)
        must("The file of sympy==" in said.text, "the wheel is not named", said)
        must(not (self.machine.data / "runtime").exists(), "a runtime was put in place")

    def proxied(self) -> None:
        self.machine.forget_runtime()
        settings = self.machine.home / "profile" / "profiles" / "default" / "QGIS" / "QGIS3.ini"
        kept = settings.read_text(encoding="utf-8")
        with package_proxy(WHEELS) as proxy, contextlib.ExitStack() as after:
            after.callback(settings.write_text, kept, encoding="utf-8")
            settings.write_text(
                f"{kept}\n[proxy]\nproxyEnabled=true\nproxyType=HttpProxy\n"
                f"proxyHost=127.0.0.1\nproxyPort={proxy.server_address[1]}\n"
                f"proxyUser={USER}\nproxyPassword={PASSWORD}\n",
                encoding="utf-8",
            )
            # An index that can be reached by way of the proxy only. It has no PyTorch with the sum
            # of PyPI's, which would take gigabytes.
            torch = FOLDER / "torch"
            torch.mkdir(exist_ok=True)
            shutil.copy(next(WHEELS.glob("torch-*.whl")), torch)
            variables = {
                "PIP_CONFIG_FILE": os.devnull,
                "PIP_FIND_LINKS": str(torch),
                "PIP_INDEX_URL": f"{NOWHERE}/simple/",
                "PIP_TRUSTED_HOST": HOST,
                "PIP_RETRIES": "1",
            }
            said = self.install(variables=variables)
            must(proxy.served, "nothing came through the proxy", said)
        self.works(said)
        kept_log = (self.machine.data / "install.log").read_text(encoding="utf-8")
        must(PASSWORD not in said.text + kept_log, "the password was shown", said)

    def without_venv(self) -> None:
        self.machine.forget_runtime()
        said = self.install(SOURCE=WHEELS, before=_without_ensurepip(), variables={"PATH": BARE})
        must(said.code != 0, "it was installed nevertheless", said)
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        must(f"apt install python{version}-venv" in said.text, "no cure is named", said)

    def with_uv(self) -> None:
        tools = FOLDER / "uv"
        pip = [sys.executable, "-I", "-m", "pip", "install", "-qq", "--target", str(tools), "uv"]
        if not tools.is_dir():
            subprocess.run(pip, check=True, stdin=subprocess.DEVNULL)
        path = f"{tools / 'bin'}:{BARE}"
        said = self.install(
            SOURCE=WHEELS, before=_without_ensurepip("--net"), variables={"PATH": path}
        )
        must("uv venv" in said.text, "uv was not used", said)
        self.works(said)

    def install(self, before=(), variables=None, on_line=None, **parameters: object) -> Said:
        """Install the CPU build."""
        values = {"BACKEND": "cpu", **parameters}
        return self.machine.run("installruntime", values, before, variables, on_line)

    def segment(self, before=()) -> Said:
        """Segment the image."""
        parameters = {"INPUT": self.image, "CLASSES": 4, "OUTPUT": self.classes}
        return self.machine.run("segment", parameters, before)

    def works(self, said: Said, before=()) -> None:
        """Check that the installation, and a run with it, have succeeded."""
        must(said.code == 0 and "Installed in" in said.text, "it was not installed", said)
        self.classes.unlink(missing_ok=True)
        said = self.segment(before)
        must(said.code == 0 and self.classes.is_file(), "segment failed", said)


def _without_ensurepip(*more: str) -> tuple[str, ...]:
    """A command that runs another one in a system whose only Python has no ensurepip."""
    python = own_python(this_system()) or sys.executable
    code = "import ensurepip, pathlib; print(pathlib.Path(ensurepip.__file__).parent)"
    done = subprocess.run(
        [python, "-I", "-c", code], check=True, capture_output=True, encoding="utf-8"
    )
    hidden = [done.stdout.strip(), "/usr/local/bin"]
    mounts = " && ".join(f"mount -t tmpfs none {shlex.quote(path)}" for path in hidden)
    hide = f'{mounts} && exec "$@"'
    return ("unshare", "--map-root-user", "--mount", *more, "sh", "-c", hide, "sh")


def main(arguments: list[str]) -> int:
    """Run all steps; the argument is the folder that the package was installed in."""
    trial = Trial(Machine(Path(arguments[0]).resolve()))
    begin = time.monotonic()
    for title, step in trial.all():
        print(f"{title} ... ", end="", flush=True)
        start = time.monotonic()
        try:
            step()
        except (WrongError, subprocess.CalledProcessError, OSError) as error:
            print(f"FAILED after {time.monotonic() - start:.0f} s\n{error}", flush=True)
            return 1
        print(f"yes, {time.monotonic() - start:.0f} s", flush=True)
    print(f"All of it in {(time.monotonic() - begin) / 60:.1f} minutes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
