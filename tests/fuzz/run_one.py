# SPDX-License-Identifier: GPL-2.0-or-later
"""Fuzz one target in a process of its own: python -m tests.fuzz.run_one NAME SECONDS BY.

BY is atheris or hypothesis. The last line of output says how many cases were tried; any exit code
but 0 is a crash. What found it lies in build/fuzz/found.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import random
import resource
import signal
import sys
import time
import warnings
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from hypothesis import HealthCheck, Phase, given, seed, settings

BEGIN = time.monotonic()
BUILD = Path(__file__).resolve().parents[2] / "build" / "fuzz"
HANG_SECONDS = 20
# Memory limit: enough to reject any claimed size.
MEMORY = 4 << 30
WITH_A_PROCESS = ("worker", "client")
CASES_A_ROUND = 100


def fuzz(name: str, seconds: float, by: str) -> int:
    """Try cases until the time is over; returns how many, raises what was found."""
    if by == "atheris":
        import atheris

        # It instruments what is imported within this context.
        with atheris.instrument_imports(include=["superseg_plugin"]):
            targets = importlib.import_module("tests.fuzz.targets")
    else:
        targets = importlib.import_module("tests.fuzz.targets")
    target = targets.TARGETS[name]
    (BUILD / "found").mkdir(parents=True, exist_ok=True)
    if name not in WITH_A_PROCESS:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore", RuntimeWarning)
    for path in targets.kept_cases(name):
        target.check(targets.read_case(target, path))
    if target.cases is None:
        return _fuzz_bytes(name, target, seconds)
    return _fuzz_data(name, target, seconds)


def _fuzz_data(name: str, target: Any, seconds: float) -> int:
    end = BEGIN + seconds
    tried = 0
    signal.signal(signal.SIGALRM, _hang)

    def check(case: Any) -> None:
        nonlocal tried
        if time.monotonic() > end:
            raise KeyboardInterrupt
        tried += 1
        signal.alarm(HANG_SECONDS)
        try:
            target.check(case)
        except BaseException:
            found = BUILD / "found" / f"{name}.json"
            found.write_text(json.dumps(case, indent=1), encoding="utf-8")
            raise
        finally:
            signal.alarm(0)

    rounds = settings(
        max_examples=CASES_A_ROUND,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            seed(random.getrandbits(64))(rounds(given(target.cases)(check)))()
    return tried


def _hang(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise TimeoutError(f"a hang: no end after {HANG_SECONDS} s")


def _fuzz_bytes(name: str, target: Any, seconds: float) -> int:
    """Run libFuzzer on bytes; it ends the process itself and prints its count."""
    import atheris

    folder = BUILD / "corpus" / name
    folder.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(target.seeds()):
        (folder / f"seed-{number}").write_bytes(content)
    options = [
        f"-max_total_time={max(int(BEGIN + seconds - time.monotonic()), 1)}",
        f"-timeout={HANG_SECONDS}",
        f"-artifact_prefix={BUILD / 'found' / name}-",
        "-print_final_stats=1",
        "-max_len=20000",
    ]
    atheris.Setup([sys.argv[0], *options, str(folder)], target.check)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    print(f"executions: {fuzz(sys.argv[1], float(sys.argv[2]), sys.argv[3])}")
