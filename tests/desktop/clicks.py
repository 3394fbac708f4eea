# SPDX-License-Identifier: GPL-2.0-or-later
"""Count and film the clicks from the ZIP file of the plugin to a map with names.

The runtime is installed for real, from the network or what pip is set to.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tests.demo.demo import DEMO
from tests.desktop.session import PICTURES, SessionError, run_script
from tests.tools.qgis_process import BUILD, PLUGIN, linked_plugin, qgis_environment

SCRIPT = Path(__file__).with_name("clicks_script.py")
MOST = 25
FOLDER = BUILD / "clicks"


def package() -> Path:
    """Make a ZIP file of this checkout, as `make package` does of the last commit."""
    whole = FOLDER / "whole"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(linked_plugin() / PLUGIN, whole / PLUGIN, ignore=ignored)
    return Path(shutil.make_archive(str(FOLDER / PLUGIN), "zip", whole))


def describe(clicks: list[list[object]]) -> str:
    """The list of the clicks, in Markdown."""
    lines = [
        f"# From the ZIP file to a map with names: {len(clicks)} clicks",
        "",
        "The picture of each number shows the screen before the click, with a ring around its",
        "place. Paths are typed; to choose a file with the mouse takes two more clicks each. The",
        "seconds are those of this run, most of them for installing the runtime.",
        "",
    ]
    lines += [f"{number}. {text} ({at} s)" for number, (text, at) in enumerate(clicks, 1)]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Film the clicks, and fail where they are too many or a class has no name."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    image = shutil.copy(DEMO / "image.tif", FOLDER / "salt_ponds.tif")
    pictures = PICTURES / "clicks"
    profile = qgis_environment(BUILD / "profiles" / "clicks")
    # The plugin is where the user installs it.
    profile.pop("QGIS_PLUGINPATH")
    environment = {"SUPERSEG_HOME": str(FOLDER / "home"), "SUPERSEG_PYTHON": ""}
    job = {"package": str(package()), "image": str(image), "window": [1280, 720]}
    screen = "-screen 0 1280x720x24"
    try:
        seen = run_script("clicks", SCRIPT, job, pictures, environment, screen, profile)
    except SessionError as error:
        print(error, file=sys.stderr)
        return 1
    clicks = seen["clicks"]
    (pictures / "clicks.md").write_text(describe(clicks), encoding="utf-8")
    print(describe(clicks))
    if not seen["fine"] or seen["unnamed"]:
        print(f"These classes have no name: {seen['unnamed']}", file=sys.stderr)
        return 1
    if len(clicks) > MOST:
        print(f"{len(clicks)} clicks are more than {MOST}", file=sys.stderr)
        return 1
    shutil.rmtree(FOLDER)
    return 0


if __name__ == "__main__":
    sys.exit(main())
