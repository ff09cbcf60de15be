# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every scenario runs in each way that a module can run."""

from __future__ import annotations

import pytest

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
