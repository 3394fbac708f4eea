# SPDX-License-Identifier: GPL-2.0-or-later
"""`make test-cases`: cases from the field, with what is expected and what came: a table.

Every input is made on the spot; the algorithms run as from the Python console of QGIS, with a real
worker. A case has its own folder, and each of its runs one for the outputs.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
import traceback
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.cases import areas, destinations, fill_values, folders, layers, models, plain, weak
from tests.cases.session import Session
from tests.cases.table import Bench, Case

FOLDER = Path("build") / "cases"
MODULES = (fill_values, plain, areas, layers, models, destinations, folders, weak)


def try_case(case: Case, session: Session, folder: Path) -> tuple[bool, str]:
    """Run a case; an unforeseen error of any kind is not what was expected."""
    folder.mkdir()
    try:
        return case.check(Bench(session, folder))
    except RuntimeError as error:
        return False, f"error: {error}"
    except Exception:  # the other cases are still to be tried
        return False, traceback.format_exc(limit=-2)


def main() -> int:
    """Run the cases whose numbers or texts contain a word; return the exit code."""
    parser = argparse.ArgumentParser(prog="make test-cases")
    parser.add_argument("--cases", nargs="*", default=[""], help="words of numbers or texts")
    words = parser.parse_args().cases
    shutil.rmtree(FOLDER, ignore_errors=True)
    (FOLDER / "outputs").mkdir(parents=True)
    folder = FOLDER.resolve()
    cases = [case for module in MODULES for case in module.CASES]
    chosen = [
        case for case in cases if any(word in f"{case.number} {case.tried}" for word in words)
    ]
    if not chosen:
        print(f"No case has {' or '.join(words)} in its number or text.", file=sys.stderr)
        return 2
    session = Session(folder / "outputs")
    began, missed = time.monotonic(), 0
    print("| case | tried | expected | came | |\n|---|---|---|---|---|", flush=True)
    for number, case in enumerate(chosen):
        fine, came = try_case(case, session, folder / f"{number:03}")
        missed += not fine
        cells = [case.number, case.tried, case.expected, " ".join(came.split())]
        row = [cell.replace(str(folder), "").replace("|", "¦") for cell in cells]
        print(f"| {' | '.join(row)} | {'right' if fine else 'WRONG'} |", flush=True)
    session.close()
    minutes = (time.monotonic() - began) / 60
    print(f"\n{len(chosen)} cases, {missed} wrong, {minutes:.1f} minutes")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
