# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The setup of all unit tests: the import path, the emulator, and the slow tests."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

COLLECTIONS = Path(__file__).resolve().parents[5]
if str(COLLECTIONS) not in sys.path:
    sys.path.insert(0, str(COLLECTIONS))

from ansible_collections.evenkeel.paas.tests.emulator import Emulator  # noqa: E402

# The tests that try every combination. Of the cases of each of them one in EVERY is run each day;
# the others are slow. EVERY has no factor in common with the number of ways and of services, so
# that each of them keeps its share.
WIDEST = (
    "module_utils/faults",
    "module_utils/fuzz",
    "module_utils/lists",
    "module_utils/parity/test_parity_results.py",
    "module_utils/scenarios/test_command.py",
    "module_utils/scenarios/test_deployments.py",
    "module_utils/scenarios/test_one_of_each.py",
    "module_utils/scenarios/test_pending.py",
    "module_utils/scenarios/test_process_exec.py",
    "module_utils/scenarios/test_switches.py",
    "module_utils/secrets",
    "unit/emulator/test_emulator_odd_requests.py",
)
EVERY = 5


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known to ansible-test as well, which has a configuration of its own."""
    config.addinivalue_line("markers", "slow: not run by make test")


@pytest.hookimpl(tryfirst=True)  # before those with the mark are deselected
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what the widest tests need not try each day."""
    seen: Counter[str] = Counter()
    for item in items:
        function, case, _rest = item.nodeid.partition("[")
        if case and any(place in function for place in WIDEST):
            if seen[function] % EVERY:
                item.add_marker(pytest.mark.slow)
            seen[function] += 1


@pytest.fixture(scope="module", autouse=True)
def locks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let tasks lock files in a temporary folder of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("locks")))
        yield


@pytest.fixture(scope="session")
def running_emulator() -> Iterator[Emulator]:
    """Yield one server for all tests of the session."""
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def emulator(running_emulator: Emulator) -> Iterator[Emulator]:
    """Yield the emulator in its initial state; afterwards it must not have crashed."""
    running_emulator.reset()
    yield running_emulator
    crashes = list(running_emulator.crashes)
    running_emulator.crashes.clear()
    assert crashes == []
