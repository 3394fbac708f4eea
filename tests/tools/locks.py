# SPDX-License-Identifier: GPL-2.0-or-later
"""`make locks`: the versions and SHA-256 sums of everything that the installer may install.

The list is runtime/requirements.txt. Made of it, with all dependencies:
`locked.txt`, for the builds of PyPI, on every system and Python that the plugin supports;
`locked-without-torch.txt`, the same for the builds whose torch comes from PyTorch's own index;
`torch-cpu.txt` and `torch-cu130.txt`, the torch of those indexes. Where an index cannot be reached,
its file is left as it is, and the installer checks the version of that one wheel only.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from superseg_plugin.runtime.builds import (
    LOCKED,
    LOCKED_WITHOUT_TORCH,
    REQUIREMENTS,
    TORCH_CPU,
    TORCH_CUDA,
    torch_lock,
    torch_requirement,
)
from superseg_plugin.runtime.discovery import OLDEST
from tests.tools.environments import ENVIRONMENTS

PYPI = "https://pypi.org/simple"
HEADER = "# Made by `make locks` from requirements.txt; do not edit.\n"


def compile_lock(requirements: str, index: str, *options: str) -> str | None:
    """Return the lock of some requirements; None, with a line that says why, if it cannot be."""
    uv = ENVIRONMENTS / "locks" / "bin" / "uv"
    command = [str(uv), "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--no-config"]
    command += ["--generate-hashes", "--only-binary", ":all:", "--universal", "--native-tls"]
    command += ["--python-version", ".".join(map(str, OLDEST)), "--default-index", index, *options]
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "requirements.txt"
        wanted.write_text(requirements, encoding="utf-8")
        done = subprocess.run([*command, str(wanted)], capture_output=True, encoding="utf-8")
    if done.returncode:
        print(f"{index}: {done.stderr.strip()}", file=sys.stderr)
        return None
    return HEADER + done.stdout


def main() -> int:
    """Make all locks that can be made; return 1 if those of PyPI cannot."""
    text = REQUIREMENTS.read_text(encoding="utf-8")
    without = "".join(line for line in text.splitlines(keepends=True) if "torch==" not in line)
    for path, requirements in ((LOCKED, text), (LOCKED_WITHOUT_TORCH, without)):
        lock = compile_lock(requirements, PYPI)
        if lock is None:
            return 1
        path.write_text(lock, encoding="utf-8")
        print(f"{path.name}: {lock.count('==')} packages, {lock.count('sha256:')} files")
    for index in (TORCH_CPU, TORCH_CUDA):
        lock = compile_lock(f"{torch_requirement()}\n", index, "--no-deps")
        if lock is None:
            print(f"{torch_lock(index).name} was not made: the index cannot be used from here")
            continue
        torch_lock(index).write_text(lock, encoding="utf-8")
        print(f"{torch_lock(index).name}: {lock.count('sha256:')} files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
