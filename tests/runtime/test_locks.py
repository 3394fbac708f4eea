# SPDX-License-Identifier: GPL-2.0-or-later
"""Everything that the installer installs is a wheel with a known SHA-256 sum."""

from __future__ import annotations

import re
import sys

import pytest

from superseg_plugin.progress import Progress
from superseg_plugin.runtime.builders import Builder
from superseg_plugin.runtime.builds import (
    LOCKED,
    LOCKED_WITHOUT_TORCH,
    REQUIREMENTS,
    builds_for,
    torch_lock,
)
from superseg_plugin.runtime.commands import Step, package_steps
from superseg_plugin.runtime.installer import ChangedFileError, run_step
from superseg_plugin.runtime.network import Network
from superseg_plugin.runtime.variables import installer_variables
from superseg_plugin.worker.system import this_system

OF_PIP = """ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have
updated the package versions, please update the hashes.
    sympy==1.14.0 from file:///w/sympy-1.14.0-py3-none-any.whl (from -r locked.txt (line 9)):
        Expected sha256 aa
             Got        bb
"""
OF_UV = """  x Failed to read `sympy==1.14.0`
  `-> Hash mismatch for `sympy==1.14.0`
"""


def entries(lock):
    """Requirements of a lock by name, with their sums."""
    text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    found = (line.split() for line in text.splitlines() if "==" in line)
    return {words[0].split("==")[0]: (words[0], words) for words in found}


def test_the_locks_hold_the_list_with_sums_and_every_dependency():
    listed = re.findall(r"(?m)^([\w.-]+==[\w.]+)", REQUIREMENTS.read_text(encoding="utf-8"))
    whole, rest = entries(LOCKED), entries(LOCKED_WITHOUT_TORCH)
    for pinned in listed:
        name = pinned.split("==")[0].lower().replace("_", "-")
        assert whole[name][0].lower() == pinned.lower().replace("_", "-")
        assert (name in rest) == (name != "torch")
    assert {"triton", "nvidia-cublas", "nvidia-cudnn-cu13"} <= set(whole) - set(rest)
    for _, words in [*whole.values(), *rest.values()]:
        assert any(word.startswith("--hash=sha256:") for word in words)


@pytest.mark.parametrize("uv", [None, "/bin/uv"])
def test_only_wheels_with_sums_are_installed(tmp_path, uv):
    for build in builds_for(this_system()):
        for source in (None, tmp_path):
            steps = package_steps(
                this_system(), Builder(sys.executable, uv), build, tmp_path / "e", source
            )
            for step in steps:
                line = " ".join(step.command)
                assert "--only-binary :all:" in line
                # Of PyTorch's own index a lock may not exist.
                own = (
                    step.text == "Installing PyTorch" and not torch_lock(build.torch_index).exists()
                )
                assert own or "--require-hashes" in line
                assert "best-match" not in line
                assert ("first-index" in line) == (uv is not None)


def test_wheels_of_pytorchs_own_index_are_taken_from_a_folder(tmp_path):
    (tmp_path / "torch-2.13.0+cpu-cp311-cp311-linux_x86_64.whl").touch()
    cuda = builds_for(this_system())[-1]
    first, second = package_steps(
        this_system(), Builder(sys.executable), cuda, tmp_path / "e", tmp_path
    )
    assert first.command[-1].startswith("torch")
    assert not first.optional
    assert second.command[-1] == str(LOCKED_WITHOUT_TORCH)


def test_the_settings_of_an_administrator_stay(tmp_path):
    own = {
        "PIP_REQUIRE_HASHES": "1",
        "PIP_INDEX_URL": "https://mirror/simple",
        "PIP_EXTRA_INDEX_URL": "https://other/simple",
    }
    variables = installer_variables(own, Network(), tmp_path, offline=False)
    assert {name: variables[name] for name in own} == own
    assert variables["UV_DEFAULT_INDEX"] == "https://mirror/simple"
    assert "UV_INDEX_STRATEGY" not in variables


@pytest.mark.parametrize("output", [OF_PIP, OF_UV])
def test_a_changed_wheel_is_refused_in_a_sentence(tmp_path, output):
    program = f"import sys; print({output!r}); sys.exit(1)"
    step = Step("Installing the packages", (sys.executable, "-c", program))
    with pytest.raises(ChangedFileError, match=r"The file of sympy==1\.14\.0 is not the one"):
        run_step(step, sys.executable, {}, tmp_path, 1, Progress())
