# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the scenarios: every scenario runs in each way in which a module can run."""

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
    # ansible-test only provides what a module can import for the tests of module_utils, without a
    # controller. With plain pytest the worker is available, which test_worker.py checks.
    pass
else:
    WAYS["worker"] = in_worker


@pytest.fixture(autouse=True, params=list(WAYS))
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the way in which the scenario's modules run."""
    monkeypatch.setattr(Runner, "way", staticmethod(WAYS[request.param]))
    return str(request.param)


# For the scenarios of deployments.


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    """Return a fake clock for the modules and the emulator."""
    monkeypatch.setattr(Client, "sleep", staticmethod(TIME.sleep))
    monkeypatch.setattr(Client, "clock", staticmethod(TIME.clock))
    TIME.slept.clear()
    TIME.meanwhile = None
    return TIME


@pytest.fixture(scope="module")
def in_time() -> Iterator[Emulator]:
    """Yield an emulator that uses the fake clock."""
    with Emulator(clock=TIME.clock) as emulator:
        yield emulator


@pytest.fixture
def emulated(in_time: Emulator, time: Time) -> Emulator:
    """Return the emulator in its initial state."""
    in_time.reset()
    return in_time


@pytest.fixture(params=["sevalla", "laravel_cloud"])
def service(request: pytest.FixtureRequest, emulated: Emulator) -> Service:
    """Return each of the two services in turn."""
    return Service(request.param, emulated)


@pytest.fixture
def sevalla(emulated: Emulator) -> Service:
    """Return only Sevalla."""
    return Service("sevalla", emulated)


@pytest.fixture
def cloud(emulated: Emulator) -> Service:
    """Return only Laravel Cloud."""
    return Service("laravel_cloud", emulated)
