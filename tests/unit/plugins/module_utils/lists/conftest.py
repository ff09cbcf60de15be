# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Both modules for lists in turn, each before a fresh emulator, and nobody sleeping."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.lists.list_cases import (
    KITS,
    LARAVEL_CLOUD,
    SEVALLA,
    Stage,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    no_waiting,
)

HIDDEN = {"sevalla_deleted_process": "hidden"}
"""A process that was deleted on Sevalla is not listed any more, so that a second run is quiet."""


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that the client would have slept."""
    return no_waiting(monkeypatch)


@pytest.fixture(params=list(KITS))
def stage(request: Any, emulator: Any, slept: list[float]) -> Stage:
    """Each service in turn."""
    emulator.reset(switches=HIDDEN)
    return Stage(emulator, KITS[request.param], slept)


@pytest.fixture
def sevalla(emulator: Any, slept: list[float]) -> Stage:
    """Sevalla alone."""
    emulator.reset(switches=HIDDEN)
    return Stage(emulator, SEVALLA, slept)


@pytest.fixture
def cloud(emulator: Any, slept: list[float]) -> Stage:
    """Laravel Cloud alone."""
    return Stage(emulator, LARAVEL_CLOUD, slept)
