# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets in real runs: canaries at -vvvv, in the files of a run, and on the wire."""

from __future__ import annotations

import base64
import json
import socket
import ssl
import tempfile
import urllib.parse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml
from flask import Response, request

from ansible_collections.evenkeel.paas.tests.emulator.server import Hooks
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    LARAVEL_CLOUD_MAIN_APP_ID,
    SECRET_CANARIES,
    SEVALLA_SHOP_ID,
    SEVALLA_SHOP_WEB_ID,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.client.scripted import (
    ScriptedServer,
    answer,
)

PROCESS = "evenkeel.paas.sevalla_process"
BACKGROUND = "evenkeel.paas.laravel_cloud_background_process"
RUN = "evenkeel.paas.sevalla_process_run"
EXEC = "evenkeel.paas.sevalla_process_exec"
COMMAND = "evenkeel.paas.laravel_cloud_command"
DEPLOYMENT = "evenkeel.paas.sevalla_deployment"
CLOUD_DEPLOYMENT = "evenkeel.paas.laravel_cloud_deployment"
GROUPS = ("evenkeel.paas.sevalla", "evenkeel.paas.laravel_cloud")
QUEUE = {
    "application": "shop-x1y2z",
    "display_name": "queue",
    "type": "worker",
    "resource_type": "s1",
}
NIGHTLY = {**QUEUE, "display_name": "nightly", "type": "cron", "schedule": "0 3 * * *"}
NAMED = {"application": "shop", "environment": "production", "instance": "Workers"}
CUSTOM = {**NAMED, "type": "custom", "command": "php artisan x"}
WORKER = {**NAMED, "type": "worker", "config": {"connection": "redis", "queue": "mail"}}
ONE_REQUEST = [
    {PROCESS: {"application": SEVALLA_SHOP_ID, "type": "web", "port": 8080}},
    {BACKGROUND: {"instance": LARAVEL_CLOUD_MAIN_APP_ID, "type": "custom", "command": "a b c"}},
]


def forms(secret: str) -> set[str]:
    """Return the forms in which a secret may be shown: whole, shortened, escaped or encoded."""
    return {
        secret,
        secret[:20],
        secret[-20:],
        json.dumps(secret)[1:-1],
        urllib.parse.quote(secret, safe=""),
        base64.b64encode(secret.encode()).decode().rstrip("=")[:-2],
    }


def found_in(text: str, secrets: Iterable[str]) -> list[str]:
    """Return the forms of secrets that a text contains."""
    return sorted({form for secret in secrets for form in forms(secret) if form in text})


class Watch(Hooks):
    """Reads the arguments of all processes of this machine while a request is handled."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def before(self) -> None:
        """Read them while the module and its parent processes run."""
        for file in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                self.seen.add(file.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
            except OSError:  # it has ended
                continue


class Play:
    """A play whose files are all below one folder, and the secrets that must not be found there."""

    def __init__(self, playbooks: Any, folder: Path) -> None:
        self.playbooks = playbooks
        self.folder = folder
        self.secrets = [playbooks.emulator.token, *SECRET_CANARIES.values()]
        for name in ("home", "tmp", "remote"):
            (folder / name).mkdir()

    def run(self, tasks: list[dict[str, Any]], **settings: Any) -> Any:
        """Run tasks as a play at -vvvv and with --diff; search all its output and files.

        ``environment`` is added to that of ansible-playbook, the rest to the play.
        """
        environment = settings.pop("environment", {})
        playbook = self.folder.parent / "play-with-token.yml"
        named_tasks = [{"name": "task", "ignore_errors": True, **task} for task in tasks]
        play = {"hosts": "localhost", "gather_facts": False, **settings, "tasks": named_tasks}
        playbook.write_text(yaml.safe_dump([play], sort_keys=False))
        run = self.playbooks.run(
            playbook,
            "-vvvv",
            "--diff",
            HOME=str(self.folder / "home"),
            TMPDIR=str(self.folder / "tmp"),
            ANSIBLE_HOME=str(self.folder / "ansible-home"),
            ANSIBLE_REMOTE_TMP=str(self.folder / "remote"),
            ANSIBLE_LOG_PATH=str(self.folder / "ansible.log"),
            **environment,
        )
        assert run.status == 0, run.output
        assert found_in(run.output, self.secrets) == []
        assert found_in(json.dumps(run.results, ensure_ascii=False), self.secrets) == []
        assert (self.folder / "ansible.log").stat().st_size > 0
        for file in self.folder.rglob("*"):
            if file.is_file() and file.name != ".netrc":
                text = file.read_bytes().decode(errors="replace")
                assert found_in(text, self.secrets) == [], file
        # AnsiballZ contains the options in clear text, and is removed with its folder.
        assert list((self.folder / "remote").rglob("AnsiballZ*")) == []
        assert "Traceback" not in run.output
        return run


@pytest.fixture
def play(playbooks: Any) -> Iterator[Play]:
    # Not tmp_path: ansible-core creates a socket below it, whose path must not exceed 107 bytes.
    with tempfile.TemporaryDirectory(prefix="evenkeel-") as short:
        folder = Path(short) / "searched"
        folder.mkdir()
        yield Play(playbooks, folder)


@pytest.fixture
def serve() -> Iterator[Any]:
    """Yield a function that starts a scripted server."""
    servers: list[ScriptedServer] = []

    def start(*script: Any, **options: Any) -> ScriptedServer:
        servers.append(ScriptedServer(*script, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


EVERYTHING = [
    {PROCESS: QUEUE, "check_mode": True},
    {PROCESS: QUEUE},
    {PROCESS: {**QUEUE, "entrypoint": "node w.js", "scaling_strategy": {"instance_count": 2}}},
    {PROCESS: {**QUEUE, "entrypoint": "node w.js"}},
    {PROCESS: {**QUEUE, "state": "absent"}},
    {BACKGROUND: CUSTOM, "check_mode": True},
    {BACKGROUND: CUSTOM},
    {BACKGROUND: {**WORKER, "processes": 2}},
    {BACKGROUND: {**WORKER, "processes": 3}},
    {BACKGROUND: CUSTOM},
    {BACKGROUND: {**CUSTOM, "state": "absent"}},
    {PROCESS: NIGHTLY},
    {RUN: {"application": "shop-x1y2z", "display_name": "nightly"}},
    {DEPLOYMENT: {"application": "shop-x1y2z"}},
    {CLOUD_DEPLOYMENT: {"application": "shop", "environment": "production"}},
    {EXEC: {"application": "shop-x1y2z", "type": "web", "cmd": "ls"}},
    {COMMAND: {"application": "shop", "environment": "production", "cmd": "php artisan x"}},
]


@pytest.mark.parametrize("in_worker", [pytest.param("true", marks=pytest.mark.daily), "false"])
def test_no_secret_is_shown_on_success(play: Play, in_worker: str) -> None:
    """Create, update, no change, delete, run and deploy, in check mode and for real; and no process
    has the token in its arguments."""
    watch = play.playbooks.emulator.hooks = Watch()
    run = play.run(EVERYTHING, environment={"EVENKEEL_PAAS_IN_WORKER": in_worker})
    assert [each["kind"] for each in run.results] == ["ok"] * len(EVERYTHING)
    assert len(run.writes) == 8 + 5
    modules = [line for line in watch.seen if "AnsiballZ" in line and str(play.folder) in line]
    # The progress of a deployment, which only the worker can show.
    assert ("[localhost] deployment " in run.output) == (in_worker == "true")
    assert bool(modules) == (in_worker == "false"), "the module was not seen at work"
    assert found_in("\n".join(watch.seen), play.secrets) == []


def test_no_secret_is_shown_however_the_token_is_set(play: Play) -> None:
    """As an option, under its alias, by module_defaults, and from a registered variable."""
    token = play.playbooks.emulator.token
    watch = play.playbooks.emulator.hooks = Watch()
    registered = {"ansible.builtin.command": "printenv CANARY", "no_log": True, "register": "kept"}
    tasks = [
        registered,
        *({name: {**options, "api_token": "{{ kept.stdout }}"}} for name, options in _pairs()),
        *({name: {**options, "api_token": token}} for name, options in _pairs()),
        *({name: {**options, "api_key": token}} for name, options in _pairs()),
        *(
            {
                name: options,
                "module_defaults": {f"group/{group}": {"api_token": token}},
            }
            for group, (name, options) in zip(GROUPS, _pairs())
        ),
        *(
            {name: options, "module_defaults": {name: {"api_key": token}}}
            for name, options in _pairs()
        ),
    ]
    none = {"SEVALLA_API_KEY": "", "LARAVEL_CLOUD_API_TOKEN": "", "CANARY": token}
    run = play.run(tasks, environment=none)
    assert [each["kind"] for each in run.results] == ["ok"] * len(tasks), run.output
    assert found_in("\n".join(watch.seen), play.secrets) == []


def _pairs() -> list[tuple[str, dict[str, Any]]]:
    return [(PROCESS, QUEUE), (BACKGROUND, CUSTOM)]


def _quoting(status: int, **headers: str) -> Any:
    """Return a response that quotes the Authorization header in every string."""

    def made() -> Response:
        header = request.headers["Authorization"]
        body = {
            "message": f"{header} is bad",
            "data": {"code": "e-1", "message": header, header: [header]},
            "errors": {"token": [header], header: header},
        }
        given = {name.replace("_", "-"): text.format(header) for name, text in headers.items()}
        return Response(json.dumps(body), status, given, content_type="application/json")

    return made


def _html() -> Response:
    return Response(f"<p>{request.headers['Authorization']}", 200, content_type="text/html")


def _drop() -> Response:
    raise ConnectionError


class Faults(Hooks):
    """Responds to each request with the next fault."""

    def __init__(self, faults: list[Any]) -> None:
        self.left = list(faults)

    def before(self) -> Response | None:
        """Keep every request from the services."""
        return self.left.pop(0)() if self.left else None


@pytest.mark.daily
def test_no_secret_is_shown_when_a_service_fails(play: Play, serve: Any) -> None:
    """Every failure that a service can cause, each of which quotes the token."""
    other = serve()
    faults = {
        "unauthorized": _quoting(401, WWW_Authenticate="{}"),
        "forbidden": _quoting(403),
        "not_found": _quoting(404),
        "refused": _quoting(422, x_request_id="{}"),
        "rate_limited": _quoting(429, Retry_After="60", x_ratelimit_limit="{}"),
        "service_error": _quoting(500),
        "unexpected_answer": _html,
        "redirected": _quoting(302, Location=f"{other.url}/{{}}"),
        "unreachable": _drop,
    }
    calm = {"api_retries": 0, "api_max_wait": 1}
    tasks = [
        {name: {**options, **calm}}
        for _fault in faults
        for task in ONE_REQUEST
        for name, options in task.items()
    ]
    hooks = Faults([fault for fault in faults.values() for _task in ONE_REQUEST])
    play.playbooks.emulator.hooks = hooks
    run = play.run(tasks)
    assert hooks.left == []
    assert [each["kind"] for each in run.results] == ["failed"] * len(tasks)
    codes = [each["result"]["failure"]["code"] for each in run.results]
    assert codes == [code for code in faults for _task in ONE_REQUEST]
    assert other.connections == 0
    assert run.writes == []


def test_no_secret_is_shown_when_a_write_fails(play: Play, serve: Any) -> None:
    """A read-only token, and writes whose responses are lost, quote the token or redirect."""
    emulator = play.playbooks.emulator
    other = serve()

    class Writes(Faults):
        def before(self) -> Response | None:
            return None if request.method == "GET" else super().before()

    play.secrets.append(emulator.read_only_token)
    # Not part of the play: ansible-core 2.19 and later show the lines around a failure.
    reading = {"api_token": "{{ lookup('ansible.builtin.env', 'CANARY') }}"}
    faults = [
        _quoting(307, Location=f"{other.url}/{{}}"),
        _quoting(307, Location=f"{other.url}/{{}}"),
        _html,
        _html,
        _quoting(504),
        _quoting(504),
    ]
    emulator.hooks = Writes([lambda: None, lambda: None, *faults])
    calm = {"api_retries": 0, "api_max_wait": 1}
    tasks = [{name: {**options, **reading}} for name, options in _pairs()]
    tasks += [{name: {**options, **calm}} for _time in range(3) for name, options in _pairs()]
    run = play.run(tasks, environment={"CANARY": emulator.read_only_token})
    assert [each["kind"] for each in run.results] == ["failed"] * len(tasks)
    codes = [each["result"]["failure"]["code"] for each in run.results]
    assert codes[:6] == ["forbidden"] * 2 + ["redirected"] * 2 + ["unexpected_answer"] * 2
    assert other.connections == 0


WEB = {"id": SEVALLA_SHOP_WEB_ID, "type": "web", "port": 8080}
LISTED = answer(json={"data": [WEB], "total": 1})


def test_certificates_netrc_and_proxies_do_not_send_the_token_elsewhere(
    play: Play, serve: Any
) -> None:
    """With the module: a certificate is checked, your own CA works, and disabled checks are
    reported. An entry for the host in ~/.netrc changes nothing."""
    authority = trustme.CA(key_type=trustme.KeyType.ECDSA)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    ca_path = play.folder / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_path))
    server = serve(*[LISTED] * 4, tls=context)
    netrc = play.folder / "home" / ".netrc"
    netrc.write_text("machine 127.0.0.1 login someone password canary-of-netrc\n")
    netrc.chmod(0o600)
    play.secrets.append("canary-of-netrc")
    web = {"application": SEVALLA_SHOP_ID, "type": "web", "port": 8080, "api_url": server.url}
    options = [web, {**web, "ca_path": str(ca_path)}, {**web, "validate_certs": False}]
    run = play.run([{PROCESS: each} for each in options])
    assert [each["kind"] for each in run.results] == ["failed", "ok", "ok"], run.output
    first, second, third = (each["result"] for each in run.results)
    assert "certificate verify failed" in first["msg"].lower()
    assert not second.get("warnings")
    assert "validate_certs is false" in str(third["warnings"])
    # Nothing was sent before the certificate was checked, and nobody else got the token.
    sent = [request.headers.get("authorization") for request in server.requests]
    assert sent == [f"Bearer {play.playbooks.emulator.token}"] * 2


def test_a_proxy_does_not_get_the_token_and_its_password_is_not_shown(
    play: Play, serve: Any
) -> None:
    """HTTPS uses the proxy, which is closed; http to loopback does not use it."""
    http_proxy = serve()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = taken.getsockname()[1]
    play.secrets.append("canary-of-proxy")
    proxy = f"http://someone:canary-of-proxy@127.0.0.1:{closed}"
    environment = {
        "HTTPS_PROXY": proxy,
        "https_proxy": proxy,
        "HTTP_PROXY": f"http://someone:canary-of-proxy@127.0.0.1:{http_proxy.port}",
        "http_proxy": f"http://someone:canary-of-proxy@127.0.0.1:{http_proxy.port}",
        "NO_PROXY": "",
        "no_proxy": "",
    }
    beyond = {"api_url": "https://api.example.test/v3", "api_retries": 0}
    tasks = [
        {name: {**options, **more}}
        for more in (beyond, {})
        for task in ONE_REQUEST
        for name, options in task.items()
    ]
    tasks[3] = {BACKGROUND: {**ONE_REQUEST[1][BACKGROUND], "state": "absent"}}
    run = play.run(tasks, environment=environment)
    assert [each["kind"] for each in run.results] == ["failed", "failed", "ok", "ok"], run.output
    for each in run.results[:2]:
        assert each["result"]["failure"]["code"] == "unreachable"
    assert http_proxy.connections == 0
