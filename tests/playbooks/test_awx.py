# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The credential types for AWX: AWX accepts and injects them, and playbooks run with the result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("awx_plugins.interfaces", reason="AWX's own code needs Python 3.11")

from ansible_collections.evenkeel.paas.tests.playbooks import awx_credentials
from ansible_collections.evenkeel.paas.tests.playbooks.awx_credentials import (
    SERVICES,
    inject,
    load,
    mistakes,
)

COLLECTION = Path(__file__).resolve().parents[2]
EXAMPLES = COLLECTION / "docs" / "examples"
# The variables that the modules read, as documented in README.md.
VARIABLES = {
    "sevalla": ("SEVALLA_API_KEY", "SEVALLA_API_URL"),
    "laravel_cloud": ("LARAVEL_CLOUD_API_TOKEN", "LARAVEL_CLOUD_BASE_URL"),
}
EVERY_VARIABLE = {
    **dict.fromkeys((name for names in VARIABLES.values() for name in names), ""),
    "SEVALLA_API_TOKEN": "",
    "LARAVEL_CLOUD_TOKEN": "",
}
"""All unset, whatever the tests set themselves."""


@pytest.mark.parametrize("service", SERVICES)
def test_awx_accepts_the_credential_type(service: str) -> None:
    assert mistakes(service) == []


@pytest.mark.parametrize(
    ("part", "key", "value", "expected"),
    [
        ("inputs", "required", ["token"], "token is required and no field"),
        ("inputs", "title", "Sevalla", "'title' was unexpected"),
        ("injectors", "env", {"A": "{{ token }}"}, "token is injected and no field"),
        ("injectors", "env", {"ANSIBLE_TOKEN": "{{ api_token }}"}, "'ANSIBLE_TOKEN' does not"),
    ],
)
def test_the_check_finds_credential_types_that_awx_refuses(
    monkeypatch: Any, part: str, key: str, value: Any, expected: str
) -> None:
    """Otherwise the previous test would check nothing and pass."""

    def changed(service: str, of: str) -> dict[str, Any]:
        return {**load(service, of), **({key: value} if of == part else {})}

    monkeypatch.setattr(awx_credentials, "load", changed)
    assert any(expected in mistake for mistake in mistakes("sevalla")), mistakes("sevalla")


@pytest.mark.parametrize("service", SERVICES)
def test_only_the_token_is_secret_and_required(service: str) -> None:
    inputs = load(service, "inputs")
    secret = [field["id"] for field in inputs["fields"] if field.get("secret")]
    assert secret == inputs["required"] == ["api_token"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_token_is_injected_and_awx_does_not_show_it(service: str, tmp_path: Path) -> None:
    """Only environment variables: every playbook could read an extra variable."""
    token, url = VARIABLES[service]
    injected = inject(service, tmp_path, api_token="canary-token", api_url="https://a.test/x")
    assert injected.env == {token: "canary-token", url: "https://a.test/x"}
    assert injected.shown == {token: "**********", url: "https://a.test/x"}
    assert injected.arguments == []
    assert list((tmp_path / "env").iterdir()) == []


def test_without_a_url_the_default_url_is_used(playbooks: Any, tmp_path: Path) -> None:
    """The variable is set to an empty string, which counts as not set: the request to a fake proxy
    shows the URL that the module would use."""
    injected = inject("sevalla", tmp_path, api_token="canary-token").env
    assert injected == {"SEVALLA_API_KEY": "canary-token", "SEVALLA_API_URL": ""}
    process = {"application": "shop-x1y2z", "type": "web"}
    task = {
        "evenkeel.paas.sevalla_process": {**process, "api_retries": 0},
        "ignore_errors": True,
    }
    closed = {"HTTPS_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    run = playbooks.run_tasks([task], **{**EVERY_VARIABLE, **injected, **closed})
    assert "https://api.sevalla.com/v3" in run.results[0]["result"]["msg"]
    assert "canary-token" not in run.output


@pytest.mark.daily
def test_a_playbook_runs_with_only_the_injected_variables(playbooks: Any, tmp_path: Path) -> None:
    """With both credentials in one job."""
    emulator = playbooks.emulator
    urls = {"sevalla": emulator.sevalla_url, "laravel_cloud": emulator.laravel_cloud_url}
    injected: dict[str, str] = {}
    for service in SERVICES:
        folder = tmp_path / service
        injected.update(
            inject(service, folder, api_token=emulator.token, api_url=urls[service]).env
        )
    site = EXAMPLES / "site.yml"
    assert playbooks.run(site, **EVERY_VARIABLE).status != 0
    run = playbooks.run(site, **{**EVERY_VARIABLE, **injected})
    assert run.status == 0, run.output
    assert run.writes
