# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the fault tests: each module with an emulator that has faults, without sleeping."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.faults.fault_cases import (
    CASES,
    SEVALLA,
    FaultRunner,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    no_waiting,
)


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the seconds that the client would have slept."""
    return no_waiting(monkeypatch)


@pytest.fixture(params=[False, True], ids=["one", "list"])
def lists(request: Any) -> bool:
    """Return whether the module for lists replaces the one for one process."""
    return bool(request.param)


@pytest.fixture(params=list(CASES))
def runner(request: Any, emulator: Any, slept: list[float], lists: bool) -> FaultRunner:
    """Return each module's case. A deleted process on Sevalla is not listed any more."""
    emulator.reset(switches={"sevalla_deleted_process": "hidden"})
    return FaultRunner(emulator, CASES[request.param], slept, lists)


@pytest.fixture
def sevalla(emulator: Any, slept: list[float], lists: bool) -> FaultRunner:
    """Return only Sevalla's case."""
    emulator.reset(switches={"sevalla_deleted_process": "hidden"})
    return FaultRunner(emulator, SEVALLA, slept, lists)
