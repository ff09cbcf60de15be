# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates and proxies."""

from __future__ import annotations

import base64
import importlib.util
import os
import shutil
import socket
import ssl
import subprocess
import sys
import warnings

import pytest
import trustme

from ansible_collections.evenkeel.paas.plugins.module_utils._http import tls as _tls
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.client.scripted import (
    TOKEN,
    answer,
    tunnel_to,
)

OK = answer(json={"id": "1"})


@pytest.fixture(scope="module")
def authority():
    """Return a certificate authority that no machine trusts."""
    return trustme.CA(key_type=trustme.KeyType.ECDSA)


@pytest.fixture(scope="module")
def ca_path(authority, tmp_path_factory):
    """Return its certificate, as a file for ca_path."""
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture(scope="module")
def other_ca_path(tmp_path_factory):
    """Return the certificate of an authority that signed nothing here."""
    path = tmp_path_factory.mktemp("other") / "ca.pem"
    trustme.CA(key_type=trustme.KeyType.ECDSA).cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
def tls(authority):
    """Return a function that creates the server's TLS settings for some names."""

    def context(*names):
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*names).configure_cert(made)
        return made

    return context


def test_a_certificate_of_an_unknown_authority_is_refused(tls, serve, client_of, failure_of, time):
    server = serve(OK, tls=tls("127.0.0.1"))
    client = client_of(server)
    failure = failure_of(client, "POST", "/things", body={})
    assert failure.code == "unreachable"
    assert "TLS" in failure.message
    assert "certificate verify failed" in failure.message.lower()
    assert "certificates" in failure.message
    assert server.requests == []
    # A retry would not help, and nothing was sent.
    assert client.counters["requests"] == 1
    assert time.slept == []
    assert not failure.outcome_unknown


def test_a_certificate_for_another_host_is_refused(tls, serve, client_of, failure_of, ca_path):
    server = serve(OK, tls=tls("other.example.com"))
    failure = failure_of(client_of(server, verify=ca_path))
    assert failure.code == "unreachable"
    assert server.requests == []


@pytest.fixture
def trusted(monkeypatch):
    """Yield a function that replaces the CA bundle of requests."""

    def trust(path):
        monkeypatch.setattr(_tls, "DEFAULT_CA_BUNDLE_PATH", path)
        _tls.tls_context.cache_clear()

    yield trust
    _tls.tls_context.cache_clear()


def test_the_ca_bundle_of_requests_is_trusted(tls, serve, client_of, ca_path, trusted):
    trusted(ca_path)
    server = serve(OK, OK, tls=tls("127.0.0.1"))
    assert client_of(server).get("/things") == {"id": "1"}
    assert client_of(server).get("/things") == {"id": "1"}


def test_only_the_ca_bundle_of_requests_is_trusted(
    tls, serve, client_of, failure_of, other_ca_path, trusted
):
    trusted(other_ca_path)
    server = serve(OK, tls=tls("127.0.0.1"))
    assert failure_of(client_of(server)).code == "unreachable"
    assert server.requests == []


def test_a_trusted_certificate_is_accepted_only_for_its_host(
    tls, serve, client_of, failure_of, ca_path, trusted
):
    trusted(ca_path)
    server = serve(OK, tls=tls("other.example.com"))
    assert failure_of(client_of(server)).code == "unreachable"
    assert server.requests == []


def test_a_missing_ca_bundle_of_requests_is_a_clear_failure(
    tls, serve, client_of, failure_of, tmp_path, trusted
):
    trusted(str(tmp_path / "gone.pem"))
    server = serve(OK, tls=tls("127.0.0.1"))
    assert failure_of(client_of(server)).code == "unreachable"


@pytest.mark.parametrize("way", ["of requests", "of the environment", "of the task"])
def test_the_ca_bundle_of_requests_is_loaded_once(
    way, tls, serve, client_of, ca_path, trusted, monkeypatch
):
    trusted(ca_path if way == "of requests" else "/nonexistent")
    if way == "of the environment":
        monkeypatch.setenv("SSL_CERT_FILE", ca_path)
    loaded = []

    class Context(ssl.SSLContext):
        def load_verify_locations(self, *arguments, **named):
            loaded.append(arguments)
            super().load_verify_locations(*arguments, **named)

    monkeypatch.setattr("urllib3.util.ssl_.SSLContext", Context)
    server = serve(OK, OK, OK, tls=tls("127.0.0.1"))
    given = {"verify": ca_path} if way == "of the task" else {}
    for _each in range(3):
        client_of(server, **given).get("/things")
    assert loaded == [(ca_path,)]


def test_the_authorities_of_the_system_are_not_added(ca_path, other_ca_path, monkeypatch):
    """urllib3 before 1.24.2 adds them to every context (CVE-2019-11324)."""
    context = _tls.tls_context(ca_path)
    before = context.get_ca_certs()
    monkeypatch.setenv("SSL_CERT_FILE", other_ca_path)  # where OpenSSL looks for them
    context.load_default_certs()
    assert context.get_ca_certs() == before


def test_a_folder_of_ca_certificates_is_trusted(
    tls, serve, client_of, failure_of, ca_path, tmp_path
):
    """OpenSSL finds an authority there by a file name that its rehash command creates."""
    done = subprocess.run(
        ["openssl", "x509", "-noout", "-subject_hash", "-in", ca_path],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("there is no openssl to make a folder of authorities")
    folder = tmp_path / "authorities"
    folder.mkdir()
    server = serve(OK, tls=tls("127.0.0.1"))
    assert failure_of(client_of(server, verify=str(folder), retries=0)).code == "unreachable"
    shutil.copy(ca_path, folder / f"{done.stdout.strip()}.0")
    assert client_of(server, verify=str(folder)).get("/things") == {"id": "1"}


BUNDLES = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"]
"""Variables with the trusted authorities, in order of precedence."""


@pytest.mark.parametrize("variable", BUNDLES)
def test_a_ca_bundle_of_the_environment_replaces_that_of_requests(
    variable, tls, serve, client_of, failure_of, ca_path, other_ca_path, trusted, monkeypatch
):
    server = serve(OK, tls=tls("127.0.0.1"))
    trusted(ca_path)
    monkeypatch.setenv(variable, other_ca_path)
    assert failure_of(client_of(server)).code == "unreachable"
    trusted(other_ca_path)
    monkeypatch.setenv(variable, ca_path)
    assert client_of(server).get("/things") == {"id": "1"}


@pytest.mark.parametrize(
    ("first", "second"), [(BUNDLES[0], BUNDLES[1]), (BUNDLES[0], BUNDLES[2]), BUNDLES[1:]]
)
def test_the_first_ca_variable_counts(
    first, second, tls, serve, client_of, failure_of, ca_path, other_ca_path, monkeypatch
):
    server = serve(OK, tls=tls("127.0.0.1"))
    monkeypatch.setenv(first, other_ca_path)
    monkeypatch.setenv(second, ca_path)
    assert failure_of(client_of(server)).code == "unreachable"
    monkeypatch.setenv(first, "")
    assert client_of(server).get("/things") == {"id": "1"}


def test_a_missing_ca_bundle_of_the_environment_is_a_clear_failure(
    tls, serve, client_of, failure_of, monkeypatch, tmp_path
):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "gone.pem"))
    failure = failure_of(client_of(serve(OK, tls=tls("127.0.0.1"))))
    assert failure.code == "unreachable"
    assert str(tmp_path / "gone.pem") in failure.message


def test_the_authority_in_ca_path_is_trusted(tls, serve, client_of, ca_path):
    server = serve(OK, tls=tls("127.0.0.1"))
    assert client_of(server, verify=ca_path).get("/things") == {"id": "1"}


def test_another_authority_than_that_of_ca_path_is_not_trusted(
    tls, serve, client_of, failure_of, other_ca_path
):
    server = serve(OK, tls=tls("127.0.0.1"))
    assert failure_of(client_of(server, verify=other_ca_path)).code == "unreachable"
    assert server.requests == []


def test_with_validate_certs_off_any_certificate_is_accepted(tls, serve, client_of, recwarn):
    """And urllib3 does not warn: the task does."""
    server = serve(OK, tls=tls("other.example.com"))
    filters = list(warnings.filters)
    with client_of(server, verify=False) as client:
        assert client.get("/things") == {"id": "1"}
    assert [each for each in recwarn if "HTTPS request" in str(each.message)] == []
    assert warnings.filters == filters


@pytest.mark.parametrize("variable", BUNDLES)
def test_the_environment_does_not_override_ca_path(
    variable, tls, serve, client_of, ca_path, other_ca_path, monkeypatch
):
    monkeypatch.setenv(variable, other_ca_path)
    server = serve(OK, tls=tls("127.0.0.1"))
    assert client_of(server, verify=ca_path).get("/things") == {"id": "1"}


@pytest.mark.parametrize("variable", BUNDLES)
def test_the_environment_does_not_extend_ca_path(
    variable, tls, serve, client_of, failure_of, ca_path, other_ca_path, monkeypatch
):
    monkeypatch.setenv(variable, ca_path)
    server = serve(OK, tls=tls("127.0.0.1"))
    assert failure_of(client_of(server, verify=other_ca_path)).code == "unreachable"
    assert server.requests == []


@pytest.mark.parametrize("variable", BUNDLES)
def test_the_environment_does_not_enable_checks_with_validate_certs_off(
    variable, tls, serve, client_of, other_ca_path, monkeypatch
):
    monkeypatch.setenv(variable, other_ca_path)
    server = serve(OK, tls=tls("127.0.0.1"))
    with client_of(server, verify=False) as client:
        assert client.get("/things") == {"id": "1"}


@pytest.mark.parametrize("content", ["", "no certificate\n"])
def test_a_ca_path_without_certificates_is_a_clear_failure(
    content, tls, serve, client_of, failure_of, tmp_path
):
    empty = tmp_path / "empty.pem"
    empty.write_text(content)
    server = serve(OK, tls=tls("127.0.0.1"))
    failure = failure_of(client_of(server, verify=str(empty), retries=0))
    assert failure.code == "unreachable"
    assert server.requests == []


def test_a_ca_path_that_was_deleted_is_a_clear_failure(tls, serve, client_of, failure_of, tmp_path):
    server = serve(OK, tls=tls("127.0.0.1"))
    failure = failure_of(client_of(server, verify=str(tmp_path / "gone.pem"), retries=0))
    assert failure.code in ("unreachable", "invalid_options")


def test_a_server_without_tls_is_a_clear_failure(serve, client_of, failure_of):
    server = serve()
    url = server.url.replace("http://", "https://")
    failure = failure_of(client_of(url, retries=1), "POST", "/things", body={})
    assert failure.code == "unreachable"
    assert TOKEN not in failure.message


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_tls_error_after_the_request_leaves_the_outcome_of_a_write_unknown(
    method, tls, serve, client_of, failure_of, ca_path
):
    def garbage(exchange):
        # After the TLS layer: the data is not a record of this connection. A second descriptor,
        # because another file could get the number of the first one while TLS still reads from it.
        with socket.socket(fileno=os.dup(exchange.connection.fileno())) as plain:
            plain.sendall(b"\x17\x03\x03\x00\x20" + b"x" * 32)

    server = serve(*[garbage] * 4, tls=tls("127.0.0.1"))
    failure = failure_of(client_of(server, verify=ca_path), method)
    assert failure.code == "unreachable"
    assert server.requests[0].method == method
    assert failure.outcome_unknown
    if method == "POST":
        assert len(server.requests) == 1


# Proxies.


API = "https://api.example.test/v3"


@pytest.fixture
def behind(serve, tls):
    """Return a server for api.example.test, which has no address: only a proxy can reach it."""
    return serve(OK, OK, tls=tls("api.example.test"))


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_environment_is_used(
    variable, behind, serve, client_of, ca_path, monkeypatch
):
    proxy = serve(tunnel_to(behind.port))
    monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.port}")
    assert client_of(API, verify=ca_path).get("/things") == {"id": "1"}
    assert proxy.said == ["CONNECT api.example.test:443"]
    assert behind.said == ["GET /v3/things"]


def test_a_proxy_does_not_get_the_token(behind, serve, client_of, ca_path, monkeypatch):
    proxy = serve(tunnel_to(behind.port))
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
    client_of(API, verify=ca_path).get("/things")
    assert "authorization" not in proxy.requests[0].headers
    assert TOKEN not in str(proxy.requests)
    assert behind.requests[0].headers["authorization"] == f"Bearer {TOKEN}"


def test_the_credentials_of_a_proxy_are_sent_only_to_the_proxy(
    behind, serve, client_of, ca_path, monkeypatch
):
    proxy = serve(tunnel_to(behind.port))
    monkeypatch.setenv("HTTPS_PROXY", f"http://someone:canary@127.0.0.1:{proxy.port}")
    client_of(API, verify=ca_path).get("/things")
    expected = base64.b64encode(b"someone:canary").decode()
    assert proxy.requests[0].headers["proxy-authorization"] == f"Basic {expected}"
    assert "proxy-authorization" not in behind.requests[0].headers


def test_the_no_proxy_variable_is_respected(tls, serve, client_of, ca_path, monkeypatch):
    proxy = serve()
    server = serve(OK, tls=tls("127.0.0.1"))
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert client_of(server, verify=ca_path).get("/things") == {"id": "1"}
    assert proxy.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://someone:canary@127.0.0.1:{port}",
        "http://someone:canary@127.0.0.1:1",
        "someone:canary@127.0.0.1:1",
        "http://someone:canary@127.0.0.1:port",
        "http://someone:canary@proxy..example.com:1",
        "http://someone:canary@[::bad",
        "ftp://someone:canary@127.0.0.1:1",
        "socks5://someone:canary@127.0.0.1:1",
        "http://some one:can ary@127.0.0.1:99999",
        "http://someone:canary#1@127.0.0.1:1",
        "http://someone:canary/1@127.0.0.1:1",
        "http://someone:canary?1@127.0.0.1:1",
        "http://someone:canary[1@127.0.0.1:1",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_failure_does_not_contain_the_credentials_of_a_proxy(
    method, url, serve, client_of, failure_of, monkeypatch
):
    proxy = serve(*[answer(407, proxy_authenticate="Basic", connection="close")] * 9)
    monkeypatch.setenv("HTTPS_PROXY", url.format(port=proxy.port))
    failure = failure_of(client_of(API), method)
    assert failure.code in ("unreachable", "invalid_options")
    for text in (failure.message, str(failure.as_result())):
        for secret in (
            "canary",
            "can ary",
            "can%20ary",
            base64.b64encode(b"someone:canary").decode(),
        ):
            assert secret not in text


@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "socks4"])
def test_a_socks_proxy_without_pysocks_says_what_to_install(
    scheme, client_of, failure_of, monkeypatch
):
    if importlib.util.find_spec("socks"):
        pytest.skip("PySocks is installed")
    monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://127.0.0.1:1")
    client = client_of(API)
    failure = failure_of(client, "POST", "/things", body={})
    assert failure.code == "unreachable"
    assert not failure.outcome_unknown
    assert client.counters["requests"] == 1
    assert "SOCKS proxy" in failure.message
    assert f"{sys.executable} -m pip install PySocks" in failure.message
    assert "not a URL" not in failure.message


@pytest.mark.parametrize("proxied", ["refused", "407"])
def test_a_proxy_that_refuses_a_request_is_named_as_the_reason(
    proxied, serve, client_of, failure_of, monkeypatch
):
    proxy = serve(*[answer(407, proxy_authenticate="Basic", connection="close")] * 9)
    port = 1 if proxied == "refused" else proxy.port
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
    failure = failure_of(client_of(API), "POST", "/things", body={})
    assert failure.code == "unreachable"
    assert "connect to proxy" in failure.message
    assert proxied in failure.message


@pytest.mark.parametrize("proxied", ["refused", "407"])
def test_the_outcome_of_a_post_that_a_proxy_refuses_is_unknown(
    proxied, serve, client_of, failure_of, monkeypatch
):
    """It was never sent, but it is unknown what the proxy did with it; the list shows it."""
    proxy = serve(answer(407, proxy_authenticate="Basic", connection="close"))
    port = 1 if proxied == "refused" else proxy.port
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
    client = client_of(API)
    failure = failure_of(client, "POST", "/things", body={})
    assert failure.outcome_unknown
    assert client.counters["requests"] == 1


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_loopback_url_does_not_use_a_proxy(variable, serve, client_of, monkeypatch):
    """http:

    is only allowed for loopback because the token is in clear text; a proxy is another host.
    """
    proxy = serve(OK)
    server = serve(OK)
    monkeypatch.setenv(variable, f"http://localhost:{proxy.port}")
    client_of(server).get("/things")
    assert proxy.connections == 0
