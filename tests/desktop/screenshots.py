# SPDX-License-Identifier: GPL-2.0-or-later
"""`make screenshots`: pictures of a real QGIS window, and small copies for the README."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from superseg_plugin.worker.interpreter import find_interpreter
from tests.demo.demo import DEMO, PARAMETERS
from tests.desktop.session import PICTURES, SessionError, desktop_session, run_script
from tests.tools.qgis_process import REPOSITORY, QgisProcessError

TOUR = Path(__file__).with_name("tour_script.py")
RUNTIME_SCRIPT = Path(__file__).with_name("runtime_script.py")
KEPT = Path(__file__).with_name("pictures")
FOR_README = ("toolbox", "dialog", "result", "report")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
REPORT_SIZE = (1000, 1330)
LARGEST = 450_000
SMALL_PNG = REPOSITORY / "tests" / "tools" / "small_png.py"


def keep_small(source: Path, target: Path, widest: int = 1280) -> None:
    """Copy a PNG with fewer colors, and narrower where it is very wide."""
    python = find_interpreter().path
    subprocess.run([str(python), "-I", str(SMALL_PNG), source, target, str(widest)], check=True)


def draw_report(report: Path, target: Path) -> None:
    """Draw the beginning of a report, as a browser shows it."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise SessionError(f"none of {', '.join(BROWSERS)} is there to draw the report with")
    size = ",".join(map(str, REPORT_SIZE))
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    options += [f"--user-data-dir={PICTURES / 'browser'}", f"--window-size={size}"]
    command = [browser, *options, f"--screenshot={target}", report.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


def main() -> int:
    """Take the pictures, and keep what the README shows."""
    try:
        desktop_session("screenshots", DEMO / "image.tif", PARAMETERS, PICTURES)
        scene = {"image": str(DEMO / "image.tif"), "classes": str(DEMO / "classes.tif")}
        run_script("screenshots", TOUR, scene, PICTURES / "workbench")
        run_script("screenshots", RUNTIME_SCRIPT, {"only look": True}, PICTURES / "runtime")
        draw_report(DEMO / "report.html", PICTURES / "report.png")
    except (SessionError, QgisProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    KEPT.mkdir(exist_ok=True)
    for name in FOR_README:
        keep_small(PICTURES / f"{name}.png", KEPT / f"{name}.png")
    keep_small(PICTURES / "runtime" / "runtime.png", KEPT / "runtime.png")
    keep_small(PICTURES / "workbench" / "workbench_8.png", KEPT / "workbench.png")
    keep_small(PICTURES / "workbench" / "preview.png", KEPT / "live_preview.png")
    keep_small(DEMO / "preview.png", KEPT / "preview.png", widest=1160)
    for picture in sorted(KEPT.glob("*.png")):
        size = picture.stat().st_size
        print(f"  {picture}: {size // 1000} kB")
        if size > LARGEST:
            print(f"{picture} is larger than {LARGEST // 1000} kB", file=sys.stderr)
            return 1
    print(f"All pictures are in {PICTURES}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
