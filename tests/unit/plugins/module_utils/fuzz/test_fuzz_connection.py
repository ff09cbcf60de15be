# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any connection options lead to a clear failure or a correct result, and the token is not
leaked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.evenkeel.paas.tests.emulator import world
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.fuzz import bad_inputs
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.fuzz.invariants import (
    LARAVEL_CLOUD,
    SEVALLA,
    run_any,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan.example_counts import (
    examples,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Runner,
    no_waiting,
)

TASKS = {
    SEVALLA: {"application": world.SEVALLA_SHOP_ID, "type": "web", "port": 8080},
    LARAVEL_CLOUD: {
        "instance": world.LARAVEL_CLOUD_MAIN_APP_ID,
        "type": "custom",
        "command": "php artisan x",
        "state": "absent",
    },
}
# These tests resolve no name and stay on this machine: other URLs are tested in client/.
_tails = st.sampled_from(
    ["", "/", "//", "/..", "/../..", "?", "?x=1", "#", "/%2e%2e", "/\x00", "/a b", "/\ud800", "\n"]
)
_modules = st.sampled_from(sorted(TASKS))


@pytest.fixture
def run(emulator: Any, monkeypatch: pytest.MonkeyPatch) -> Runner:
    no_waiting(monkeypatch)
    for name in ("https_proxy", "all_proxy", "http_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return Runner(emulator)


def _countable(value: Any) -> bool:
    """Return whether a number is not one of those in the next test."""
    return not isinstance(value, (int, float)) or abs(value) < 2**31


@given(_modules, st.sampled_from(["api_timeout", "api_retries", "api_max_wait"]), st.data())
@examples(60)
def test_fuzz_connection_numbers(run: Runner, module: str, option: str, data: Any) -> None:
    """Numbers that a socket can wait are accepted, all others are refused by name."""
    value = data.draw(bad_inputs.scalars.filter(_countable) | st.integers(-5, 10**6))
    outcome = run_any(run, module, **{**TASKS[module], option: value})
    if outcome is not None and outcome.message is not None:
        assert option in outcome.message
        assert outcome.requests == []


@pytest.mark.parametrize("module", TASKS)
@pytest.mark.parametrize("option", ["api_timeout", "api_retries", "api_max_wait"])
@pytest.mark.parametrize("value", [2**31, 10**10, 2**63, 10**400], ids=["31", "34", "63", "400"])
def test_fuzz_connection_numbers_that_are_too_large(
    run: Runner, module: str, option: str, value: int
) -> None:
    outcome = run_any(run, module, **{**TASKS[module], option: value})
    assert outcome is not None
    assert outcome.message is not None
    assert option in outcome.message
    assert outcome.requests == []


@given(_modules, bad_inputs.values(["a"]) | st.sampled_from(["svl_wrong", "Bearer x", "x\r\nA: b"]))
@examples(60)
def test_fuzz_tokens(run: Runner, module: str, token: Any) -> None:
    """Only one token is valid; any other fails at the first request, and is not shown."""
    outcome = run_any(run, module, **{**TASKS[module], "api_token": token})
    if outcome is None:
        return
    assert outcome.message is not None
    assert {request["status"] for request in outcome.requests} <= {401}
    if isinstance(token, str) and len(token) > 8:
        assert token not in outcome.message


@given(_modules, bad_inputs.values(["a"]) | bad_inputs.texts.map(lambda text: f"https://{text}@x/"))
@examples(60)
def test_fuzz_urls_of_other_hosts(run: Runner, module: str, url: Any) -> None:
    """None of these is the emulator, so nothing is stored."""
    outcome = run_any(
        run, module, **{**TASKS[module], "api_url": url, "api_retries": 0, "ca_path": "/dev/null"}
    )
    if outcome is not None and url is not None:
        assert outcome.message is not None
        assert outcome.requests == []


@given(_modules, _tails, st.sampled_from(["", " ", "\t", "\n"]))
@examples(60)
def test_fuzz_urls_with_extra_parts(run: Runner, module: str, tail: str, lead: str) -> None:
    """An addition to the URL is refused, or is part of the path; nothing is ever written there."""
    emulator = run.emulator
    right = emulator.sevalla_url if module == SEVALLA else emulator.laravel_cloud_url
    outcome = run(module, **{**TASKS[module], "api_url": lead + right + tail})
    assert outcome.writes == []
    if tail.strip("/\n"):
        assert outcome.message is not None


@given(_modules, bad_inputs.texts | st.sampled_from(["/", "/dev/null", "/etc/hostname", "~", "~x"]))
@examples(40)
def test_fuzz_ca_paths(run: Runner, module: str, path: str) -> None:
    """An invalid CA bundle is reported, or does not matter without TLS."""
    outcome = run_any(run, module, **{**TASKS[module], "ca_path": path})
    if outcome is not None and outcome.message is not None:
        assert "ca_path" in outcome.message
