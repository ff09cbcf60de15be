# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The setup of the tests of the inventory plugins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.evenkeel.paas.tests.unit.plugins.inventory.reading import Reader


@pytest.fixture
def read(emulator: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """Return a reader of inventories from the emulator."""
    return Reader(emulator, tmp_path, monkeypatch)
