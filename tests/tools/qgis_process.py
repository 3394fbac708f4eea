# SPDX-License-Identifier: GPL-2.0-or-later
"""SuperSeg in a QGIS of its own: this checkout as the only plugin, a profile below build/."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
BUILD = REPOSITORY / "build"
PLUGIN = "superseg_plugin"


class QgisProcessError(Exception):
    """qgis_process ended with an error; the text is the end of its output."""


def linked_plugin() -> Path:
    """Make the folder layout that QGIS expects, with links into this checkout.

    Returns:
        The folder that holds the plugin's folder, for QGIS_PLUGINPATH.
    """
    folder = BUILD / "plugins" / PLUGIN
    folder.mkdir(parents=True, exist_ok=True)
    sources = [path for path in (REPOSITORY / PLUGIN).iterdir() if path.name != "__pycache__"]
    sources += [REPOSITORY / name for name in ("metadata.txt", "icons", "LICENSE")]
    wanted = {path.name: path for path in sources}
    for link in folder.iterdir():
        if link.is_symlink() and wanted.get(link.name) != link.readlink():
            link.unlink()
    for name, source in wanted.items():
        if not (folder / name).is_symlink():
            (folder / name).symlink_to(source)
    return folder.parent


def qgis_environment(profile: Path) -> dict[str, str]:
    """Variables for a QGIS without a screen that sees this checkout's plugin and an empty profile.

    Args:
        profile: folder of its settings; emptied first.
    """
    shutil.rmtree(profile, ignore_errors=True)
    profile.mkdir(parents=True)
    runtime = BUILD / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    dropped = ("PYTHONPATH", "PYTHONHOME", "QGIS_PREFIX_PATH")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {
        **kept,
        "QGIS_CUSTOM_CONFIG_PATH": str(profile),
        "QGIS_PLUGINPATH": str(linked_plugin()),
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_RUNTIME_DIR": str(runtime),
        # PyQt itself raises these warnings when it starts.
        "PYTHONWARNINGS": "ignore::DeprecationWarning",
    }


class QgisProcess:
    """The command-line tool of QGIS with SuperSeg enabled."""

    def __init__(self, name: str) -> None:
        # Debian's wrapper of 3.22 passes an option that the program behind it does not know.
        program = shutil.which("qgis_process.bin") or shutil.which("qgis_process")
        if program is None:
            raise QgisProcessError("qgis_process is missing: run make setup.")
        self.program = program
        self.environment = qgis_environment(BUILD / "profiles" / name)
        enabled = subprocess.run(
            [self.program, "plugins", "enable", PLUGIN],
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
        if enabled.returncode:
            raise QgisProcessError(f"{PLUGIN} cannot be enabled: {enabled.stdout}{enabled.stderr}")

    def run(
        self,
        algorithm: str,
        parameters: Mapping[str, object],
        on_line: Callable[[str], None] | None = None,
        on_start: Callable[[int], None] | None = None,
    ) -> dict[str, str]:
        """Run an algorithm.

        Args:
            algorithm: its id.
            parameters: values by name.
            on_line: called with every line of the log.
            on_start: called with the process id.

        Returns:
            The results by name.

        Raises:
            QgisProcessError: it failed.
        """
        values = [f"{name}={value}" for name, value in parameters.items()]
        lines: list[str] = []
        results: dict[str, str] = {}
        with subprocess.Popen(
            [self.program, "run", algorithm, "--", *values],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as process:
            if on_start is not None:
                on_start(process.pid)
            after = ""
            for line in process.stdout or ():
                text = line.rstrip()
                lines.append(text)
                if text in ("Inputs", "Results"):
                    after = text
                elif after == "Results" and ":\t" in text:
                    name, value = text.split(":\t", 1)
                    results[name] = value
                if on_line is not None:
                    on_line(text)
        if process.returncode or not results:
            raise QgisProcessError(f"{algorithm} failed:\n" + "\n".join(lines[-15:]))
        return results
