# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Empty connection options, and trusted certificates: in the worker, as a module, and in an
inventory."""

from __future__ import annotations

import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from ansible_collections.evenkeel.paas.tests.emulator.server import Emulator

WEB = {"application": "shop-x1y2z", "type": "web", "port": 8080}
PROCESS = "evenkeel.paas.sevalla_process"
WAYS = {"worker": "yes", "module": "no"}
NO_BUNDLE = {"REQUESTS_CA_BUNDLE": "", "CURL_CA_BUNDLE": "", "SSL_CERT_FILE": ""}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("empty", ["", None])
def test_an_empty_option_counts_as_not_set(playbooks: Any, way: str, empty: Any) -> None:
    """The environment is used instead, and its value is masked like that of the option."""
    token = playbooks.emulator.token
    names = ("api_url", "api_timeout", "api_retries", "api_max_wait", "validate_certs", "ca_path")
    options = {**dict.fromkeys(names, empty), "entrypoint": f"run {token}"}
    tasks = [
        {PROCESS: {**WEB, **options, "api_token": empty}},
        {PROCESS: {**WEB, **options, "api_key": empty}},
    ]
    run = playbooks.run_tasks(tasks, "-v", EVENKEEL_PAAS_IN_WORKER=WAYS[way])
    assert run.status == 0, run.output
    assert [each["kind"] for each in run.results] == ["ok", "ok"]
    assert run.writes == [f"PATCH {path}" for path in (each.split()[1] for each in run.writes)]
    assert len(run.writes) == 1
    assert token not in run.output


@pytest.fixture
def encrypted(playbooks: Any, tmp_path: Path) -> Iterator[Path]:
    """Yield playbooks against an emulator with TLS, and the file with its authority."""
    authority = trustme.CA(key_type=trustme.KeyType.ECDSA)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    with Emulator(tls=context) as emulator:
        playbooks.emulator = emulator
        yield path


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("variable", NO_BUNDLE)
def test_a_task_trusts_the_ca_bundle_of_the_environment(
    playbooks: Any, encrypted: Path, variable: str, way: str
) -> None:
    variables = {**NO_BUNDLE, variable: str(encrypted), "EVENKEEL_PAAS_IN_WORKER": WAYS[way]}
    run = playbooks.run_tasks([{PROCESS: WEB}], **variables)
    assert [each["kind"] for each in run.results] == ["ok"], run.output


@pytest.mark.parametrize("way", WAYS)
def test_a_task_without_certificate_checks_warns_once(
    playbooks: Any, encrypted: Path, way: str
) -> None:
    variables = {**NO_BUNDLE, "EVENKEEL_PAAS_IN_WORKER": WAYS[way]}
    run = playbooks.run_tasks([{PROCESS: {**WEB, "validate_certs": False}}], **variables)
    assert run.status == 0, run.output
    assert run.output.count("validate_certs is false") == 1
    for words in ("InsecureRequestWarning", "Unverified HTTPS", "errantly"):
        assert words not in run.output


@pytest.mark.daily
@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "validate_certs"])
def test_an_inventory_trusts_the_ca_bundle_of_the_environment_or_warns(
    playbooks: Any, encrypted: Path, variable: str
) -> None:
    checks = variable != "validate_certs"
    path = playbooks.folder / "sevalla.yml"
    options = "" if checks else "validate_certs: false\n"
    path.write_text(f"plugin: evenkeel.paas.sevalla\nprocesses: true\n{options}")
    trusted = {"SSL_CERT_FILE": str(encrypted)} if checks else {}
    done = subprocess.run(
        [sys.executable, "-m", "ansible", "inventory", "-i", str(path), "--list"],
        env={**playbooks.environment(), **NO_BUNDLE, **trusted},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "shop-x1y2z" in done.stdout
    assert ("validate_certs is false" in done.stderr) is not checks
    assert "Unverified HTTPS" not in done.stderr
