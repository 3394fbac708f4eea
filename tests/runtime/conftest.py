# SPDX-License-Identifier: GPL-2.0-or-later
"""Progress that records its input."""

from __future__ import annotations

import pytest

from tests.worker.conftest import Listener


@pytest.fixture
def listener():
    return Listener()
