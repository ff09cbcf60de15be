# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every scenario runs in each way that a module can run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.evenkeel.paas.plugins.module_utils._http.client import Client
from ansible_collections.evenkeel.paas.tests.emulator import Emulator
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.deploying import (
    TIME,
    Service,
    Time,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Runner,
    by_itself,
)

WAYS = {"module": by_itself}
try:
    from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.in_worker import (  # noqa: E501
        in_worker,
    )
except ImportError:
    # ansible-test lets the tests of module_utils see what a module sees, and no controller.
    # With plain pytest it is there, which test_worker.py holds.
    pass
else:
    WAYS["worker"] = in_worker


@pytest.fixture(autouse=True, params=list(WAYS))
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How the scenario's modules run."""
    monkeypatch.setattr(Runner, "way", staticmethod(WAYS[request.param]))
    return str(request.param)


# Of the scenarios of deployments.


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    """The same time for the modules and the emulator; none of it is real."""
    monkeypatch.setattr(Client, "sleep", staticmethod(TIME.sleep))
    monkeypatch.setattr(Client, "clock", staticmethod(TIME.clock))
    TIME.slept.clear()
    TIME.meanwhile = None
    return TIME


@pytest.fixture(scope="module")
def in_time() -> Iterator[Emulator]:
    """An emulator that lives in the tests' time."""
    with Emulator(clock=TIME.clock) as emulator:
        yield emulator


@pytest.fixture
def emulated(in_time: Emulator, time: Time) -> Emulator:
    """The emulator as it is after a start."""
    in_time.reset()
    return in_time


@pytest.fixture(params=["sevalla", "laravel_cloud"])
def service(request: pytest.FixtureRequest, emulated: Emulator) -> Service:
    """Each of the two services."""
    return Service(request.param, emulated)


@pytest.fixture
def sevalla(emulated: Emulator) -> Service:
    """Sevalla alone."""
    return Service("sevalla", emulated)


@pytest.fixture
def cloud(emulated: Emulator) -> Service:
    """Laravel Cloud alone."""
    return Service("laravel_cloud", emulated)
