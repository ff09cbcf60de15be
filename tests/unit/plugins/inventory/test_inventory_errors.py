# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The errors of the inventory plugins: one line, without the token."""

from __future__ import annotations

import ssl
import threading
import warnings
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme
from ansible.errors import AnsibleParserError

from ansible_collections.evenkeel.paas.tests.emulator import Fault
from ansible_collections.evenkeel.paas.tests.unit.plugins.inventory.reading import TOKENS, Reader
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    no_waiting,
)

PLUGINS = ["sevalla", "laravel_cloud"]


def failure(read: Reader, plugin: str, **options: Any) -> str:
    """Return the message of a configuration that cannot be read; one line."""
    with pytest.raises(AnsibleParserError) as raised:
        read(plugin, **options)
    message = str(raised.value)
    assert "\n" not in message
    assert read.emulator.token not in message
    assert raised.value.__cause__ is None
    return message


@pytest.mark.parametrize("plugin", PLUGINS)
def test_no_token(read: Reader, plugin: str) -> None:
    for name in TOKENS:
        read.monkeypatch.delenv(name, raising=False)
    assert "No API token" in failure(read, plugin)
    assert read.asked() == []


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_rejected_token(read: Reader, plugin: str) -> None:
    message = failure(read, plugin, api_token="svl_of_somebody_else")
    assert "GET /applications: " in message
    assert "HTTP 401" in message
    assert "The token was refused" in message
    assert "svl_of_somebody_else" not in message


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_refused_connection(read: Reader, plugin: str) -> None:
    message = failure(read, plugin, api_url="http://127.0.0.1:1/x", api_retries=0)
    assert "did not send a usable response from http://127.0.0.1:1/x" in message


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_token_is_not_sent_in_clear_text(read: Reader, plugin: str) -> None:
    assert "http is for loopback" in failure(read, plugin, api_url="http://api.example.org")


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_response_that_is_not_a_list(read: Reader, plugin: str) -> None:
    read.emulator.faults.add(Fault("json_string_after", times=None))
    assert "something that is not a list" in failure(read, plugin)


@pytest.mark.parametrize("plugin", PLUGINS)
def test_an_option_out_of_range(read: Reader, plugin: str) -> None:
    message = failure(read, plugin, api_timeout=0, api_retries=-1)
    assert "api_timeout: must be from 1" in message
    assert "api_retries: must be from 0" in message


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ([{"include": True, "exclude": False}], "filters[0]: a rule has exactly one of"),
        ([{}], "filters[0]: a rule has exactly one of"),
        ([{"exclude": False}, {"only": True}], "filters[1]: a rule has exactly one of"),
        ([{"include": "no_such == 1"}], "filters[0].include cannot be evaluated: "),
        ([{"include": "1 +"}], "filters[0].include cannot be evaluated: "),
        ([{"exclude": "[1]"}], "filters[0].exclude is neither true nor false, but [1]"),
        ([{"exclude": 7}], "filters[0].exclude is neither true nor false, but 7"),
        ([{"exclude": None}], "filters[0].exclude is neither true nor false, but None"),
    ],
)
def test_an_invalid_filter(read: Reader, filters: list[dict[str, Any]], said: str) -> None:
    """Whatever strict is: wrong hosts are worse than none."""
    assert said in failure(read, "sevalla", filters=filters, strict=False)


def test_all_unknown_applications_are_listed(read: Reader) -> None:
    message = failure(read, "laravel_cloud", applications=["shop", "shoop", "blog"])
    assert message.endswith(
        "applications: 'shoop' does not exist on Laravel Cloud, or the token has no access to it. "
        "Did you mean 'shop'? 'blog' does not exist on Laravel Cloud, or the token has no access "
        "to it. Laravel Cloud has shop (Shop), test-app-2 (updated-app)."
    )


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [
        ("SHOP", "shop"),
        (" shop ", "shop"),
        ("sho", "shop"),
        ("Updated App", "updated-app"),
        ("test-app", "test-app-2"),
        ("front", "shop-front"),
    ],
)
def test_a_similar_name_is_suggested(read: Reader, wanted: str, meant: str) -> None:
    read.emulator.world.laravel_cloud.add_application("Facade", "shop-front")
    message = failure(read, "laravel_cloud", applications=[wanted])
    assert f" Did you mean {meant!r}?" in message


@pytest.mark.parametrize("wanted", ["", "x", "op", "zebra"])
def test_only_similar_names_are_suggested(read: Reader, wanted: str) -> None:
    assert "Did you mean" not in failure(read, "laravel_cloud", applications=[wanted])


def test_more_than_ten_applications_are_not_listed(read: Reader) -> None:
    cloud = read.emulator.world.laravel_cloud
    for number in range(8):
        cloud.add_application(f"Number {number}", f"number-{number}")
    message = failure(read, "laravel_cloud", applications=["zebra"])
    assert "Laravel Cloud has number-0 (Number 0), number-1 (Number 1)," in message
    cloud.add_application("Number 8", "number-8")
    assert "Laravel Cloud has" not in failure(read, "laravel_cloud", applications=["zebra"])


def test_a_service_without_applications(read: Reader) -> None:
    read.emulator.world.laravel_cloud.applications.clear()
    message = failure(read, "laravel_cloud", applications=["shop"])
    assert message.endswith("or the token has no access to it.")


def test_an_ambiguous_application_name(read: Reader) -> None:
    """As in the modules: it is not known which one is meant."""
    cloud = read.emulator.world.laravel_cloud
    ids = [cloud.add_application("Twin", slug).id for slug in ("twin-1", "twin-2")]
    message = failure(read, "laravel_cloud", applications=["shop", "Twin"])
    said = f"applications: 2 applications have the name 'Twin': {', '.join(ids)}. Use the id."
    assert said in message
    assert read("laravel_cloud", applications=ids).hosts == {}


@pytest.mark.parametrize("plugin", PLUGINS)
def test_an_unverified_certificate_is_a_warning(read: Reader, plugin: str) -> None:
    (warning,) = read(plugin, validate_certs=False).warnings
    assert "validate_certs is false" in warning


class Empty(BaseHTTPRequestHandler):
    """A service without applications."""

    def do_GET(self) -> None:
        body = b'{"data": [], "total": 0, "meta": {"last_page": 1}}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        """Do nothing."""


@pytest.fixture
def tls_url() -> Iterator[str]:
    """Yield the address of a service with an untrusted certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA(key_type=trustme.KeyType.ECDSA).issue_cert("127.0.0.1").configure_cert(context)
    with ThreadingHTTPServer(("127.0.0.1", 0), Empty) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("plugin", PLUGINS)
def test_urllib3_does_not_repeat_that_warning(read: Reader, plugin: str, tls_url: str) -> None:
    """Its own InsecureRequestWarning would be printed on stderr for each request."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = read(plugin, validate_certs=False, api_url=tls_url)
    assert [str(each.message) for each in caught if "HTTPS" in str(each.message)] == []
    assert len(found.warnings) == 1
    with pytest.raises(AnsibleParserError, match="the TLS connection failed"):
        read(plugin, api_url=tls_url)


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_missing_library(read: Reader, plugin: str) -> None:
    from ansible_collections.evenkeel.paas.plugins.module_utils._http import client as _http

    read.monkeypatch.setattr(_http, "IMPORT_ERROR", "there is none")
    assert "Failed to import the required Python library (requests)" in failure(read, plugin)


@pytest.mark.parametrize("plugin", PLUGINS)
def test_files_of_other_plugins_are_not_accepted(read: Reader, plugin: str, tmp_path: Path) -> None:
    for name in (f"{plugin}.yml", f"my_{plugin}.yaml", f"eu.{plugin}.yml"):
        (tmp_path / name).touch()
        assert read.plugin(plugin).verify_file(str(tmp_path / name)), name
    for name in (f"{plugin}.ini", f"{plugin}.yml.bak", "hosts.yml"):
        (tmp_path / name).touch()
        assert not read.plugin(plugin).verify_file(str(tmp_path / name)), name
    assert not read.plugin(plugin).verify_file(str(tmp_path / f"absent_{plugin}.yml"))


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_failed_request_is_retried(read: Reader, plugin: str) -> None:
    """The client is that of the modules, with the same retries."""
    read.emulator.faults.add(Fault("429_seconds", times=2))
    slept = no_waiting(read.monkeypatch)
    assert read(plugin).hosts
    assert len(slept) == 2
