# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the list tests: both modules for lists, each with a fresh emulator, without
sleeping."""

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
"""A deleted process on Sevalla is not listed any more, so that a second run changes nothing."""


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the seconds that the client would have slept."""
    return no_waiting(monkeypatch)


@pytest.fixture(params=list(KITS))
def stage(request: Any, emulator: Any, slept: list[float]) -> Stage:
    """Return each service in turn."""
    emulator.reset(switches=HIDDEN)
    return Stage(emulator, KITS[request.param], slept)


@pytest.fixture
def sevalla(emulator: Any, slept: list[float]) -> Stage:
    """Return only Sevalla."""
    emulator.reset(switches=HIDDEN)
    return Stage(emulator, SEVALLA, slept)


@pytest.fixture
def cloud(emulator: Any, slept: list[float]) -> Stage:
    """Return only Laravel Cloud."""
    return Stage(emulator, LARAVEL_CLOUD, slept)
