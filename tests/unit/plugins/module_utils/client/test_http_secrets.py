# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a token may be sent, and where it must not be shown."""

from __future__ import annotations

import json
import socket
import traceback

import pytest

from ansible_collections.evenkeel.paas.plugins.module_utils._core.failure import Failure
from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.processes import (
    PROCESSES as LARAVEL_CLOUD,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.processes import (
    PROCESSES as SEVALLA,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.client.scripted import (
    TOKEN,
    answer,
    cut,
    drop,
    silence,
)

LARAVEL_TOKEN = "1234|abcDEF/+=ghi\"jkl\\mno'"


def text_of(failure):
    """Return the whole text of a failure, with the traceback of a crash."""
    return "\n".join(
        [
            failure.message,
            str(failure),
            json.dumps(failure.as_result(), ensure_ascii=False),
            *traceback.format_exception(type(failure), failure, failure.__traceback__),
        ]
    )


QUOTES = {
    "message": lambda token: answer(400, json={"message": f"Token {token} is bad"}),
    "data": lambda token: answer(400, json={"message": "No", "data": {"message": token}}),
    "data beside": lambda token: answer(400, json={"message": "No", "data": {"a": [token, 1]}}),
    "key": lambda token: answer(400, json={"message": "No", "data": {f"x{token}y": None}}),
    "errors": lambda token: answer(422, json={"message": "No", "errors": {"a": [f"is {token}"]}}),
    "401": lambda token: answer(401, json={"message": f"Bearer {token} has expired"}),
    "500": lambda token: answer(500, json={"message": token}),
    "429": lambda token: answer(429, json={"message": token}, x_ratelimit_limit=token),
    "redirect host": lambda token: answer(302, location=f"https://login.example/{token}/x"),
    "content type": lambda token: answer(200, "x", content_type=f"text/{token}"),
    "request id": lambda token: answer(400, json={"message": "No"}, x_request_id=token),
    "status line": lambda token: cut(f"HTTP/1.1 abc {token}\r\n\r\n".encode()),
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("token", [TOKEN, LARAVEL_TOKEN], ids=["plain", "odd"])
@pytest.mark.parametrize("where", QUOTES)
def test_a_token_that_the_service_quotes_is_masked(
    where, token, method, serve, client_of, failure_of
):
    server = serve(*[QUOTES[where](token)] * 4)
    failure = failure_of(client_of(server, token=token), method)
    assert token not in text_of(failure)
    assert json.dumps(token)[1:-1] not in text_of(failure)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("position", range(430, 501, 10))
def test_a_token_is_masked_before_a_long_message_is_shortened(
    position, method, serve, client_of, failure_of
):
    server = serve(answer(400, json={"message": "x" * position + TOKEN + "y" * 100}))
    failure = failure_of(client_of(server), method)
    assert TOKEN[:12] not in text_of(failure)


@pytest.mark.parametrize("step", [drop, silence, answer(200, "<html>"), answer(302)])
def test_a_connection_failure_does_not_contain_the_token(step, serve, client_of, failure_of):
    failure = failure_of(client_of(serve(step), timeout=0.1, retries=0))
    assert TOKEN not in text_of(failure)


@pytest.mark.parametrize("token", ["12345678", "true", "e", "1", "null", ":", "{", '"', "message"])
def test_a_token_that_looks_like_json_does_not_break_the_failure(
    token, serve, client_of, failure_of
):
    data = {"code": "e-1", "limit": 123456789, "on": True, "off": False, "none": None}
    server = serve(answer(400, json={"message": "No", "data": data}))
    failure = failure_of(client_of(server, token=token))
    assert (failure.status, failure.code) == (400, "refused")


@pytest.mark.parametrize(
    ("service", "hint"),
    [
        (SEVALLA.service, "SEVALLA_API_KEY"),
        (LARAVEL_CLOUD.service, "LARAVEL_CLOUD_API_TOKEN"),
    ],
)
def test_a_missing_token_is_a_failure_that_says_where_to_set_it(service, hint, client_of):
    with pytest.raises(Failure, match=hint) as caught:
        client_of("https://api.example.com", service=service, token="")
    assert caught.value.code == "no_token"
    assert "api_token" in caught.value.message
    assert service.name in caught.value.message


@pytest.mark.parametrize(
    "token",
    [
        "canary\n",
        "canary\r\nX-Other: 1",
        " canary",
        "canary more",
        "can\tary",
        "canary\x00",
        "canary\x7f",
        "canaryä",
        "canary\u2028",
        "Bearer canary",
        " ",
    ],
)
def test_a_malformed_token_is_refused_without_being_shown(token, serve, client_of):
    server = serve()
    with pytest.raises(Failure) as caught:
        client_of(server, token=token)
    assert caught.value.code == "no_token"
    assert "canary" not in text_of(caught.value)
    assert "SEVALLA_API_KEY" in caught.value.message
    assert server.connections == 0


# Where a token may be sent


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8080/v3",
        "http://LOCALHOST/v3",
        "http://127.0.0.1/v3",
        "http://127.0.0.1:1",
        "http://127.8.9.10:8080/v3",
        "http://127.255.255.254/v3",
        "http://[::1]/v3",
        "http://[::1]:8080/v3",
        "HTTP://127.0.0.1/v3",
        "https://api.sevalla.com/v3",
        "https://cloud.laravel.com/api",
        "https://localhost/v3",
        "https://10.1.2.3:8443/v3",
        "https://[2001:db8::1]:8443/v3",
    ],
)
def test_an_https_or_loopback_url_is_accepted(url, client_of):
    assert client_of(url)._settings.url == url
    assert client_of(url + "/")._settings.url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://api.sevalla.com/v3",
        "HTTP://api.sevalla.com/v3",
        "http://10.1.2.3/v3",
        "http://128.0.0.1/v3",
        "http://0.0.0.0/v3",
        "http://localhost.example.com/v3",
        "http://127.0.0.1.example.com/v3",
        "http://127.0.0.1.nip.io/v3",
        "http://example.com/localhost",
        "http://[2001:db8::1]/v3",
        "http://[::]/v3",
        "http://notlocalhost/v3",
    ],
)
def test_http_to_another_machine_is_refused(url, client_of):
    with pytest.raises(Failure, match="api_url") as caught:
        client_of(url)
    assert caught.value.code == "invalid_options"
    assert "https" in caught.value.message


@pytest.mark.parametrize(
    "url",
    [
        "https://someone@api.example.com/v3",
        "https://someone:canary@api.example.com/v3",
        "https://:canary@api.example.com/v3",
        "https://@api.example.com/v3",
        "http://localhost@api.example.com/v3",
        "http://127.0.0.1\\@api.example.com/v3",
        "https://api.example.com/v3?key=canary",
        "https://api.example.com?key=canary",
        "https://api.example.com/v3#canary",
        "https://api.example.com:port/v3",
        "https://api.example.com:99999/v3",
        "https://api.example.com:-1/v3",
        "api.example.com/v3",
        "//api.example.com/v3",
        "/v3",
        "",
        "https://",
        "https:///v3",
        "https://:443/v3",
        "https:api.example.com",
        "ftp://api.example.com/v3",
        "file:///etc/passwd",
        "unix:///run/socket",
        "https://[::bad/v3",
        "https://[::1",
    ],
)
def test_a_malformed_url_or_one_with_extra_parts_is_refused(url, client_of):
    with pytest.raises(Failure, match="api_url") as caught:
        client_of(url)
    assert caught.value.code == "invalid_options"
    assert "canary" not in caught.value.message


@pytest.mark.parametrize(
    "url",
    ["https://api.example.com/v3?", "https://api.example.com/v3#", "https://api.example.com/v3/?/"],
)
def test_a_url_with_an_empty_query_or_fragment_is_refused(url, client_of):
    """The client would append every path to the query or fragment."""
    with pytest.raises(Failure, match="api_url"):
        client_of(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:{}/v3\n", " http://127.0.0.1:{}/v3 "])
def test_spaces_around_a_url_are_refused_or_removed(url, serve, client_of):
    server = serve(answer(json={}))
    try:
        client_of(url.format(server.port)).get("/things")
    except Failure as failure:
        failure_code = failure.code
    else:
        failure_code = ""
    assert (failure_code, server.said) in [("invalid_options", []), ("", ["GET /v3/things"])]


@pytest.mark.parametrize("url", ["http://127.0.0.1", "http://[::1]", "http://localhost"])
@pytest.mark.parametrize(
    "trick",
    ["\\.example.com", "%2eexample.com", "\t.example.com", "\u3002example.com", ".", "@x.y"],
)
def test_a_loopback_url_cannot_reach_another_host(url, trick, client_of, monkeypatch):
    asked = []

    def no_address(host, *_arguments, **_more):
        asked.append(host)
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_address)
    with pytest.raises(Failure):
        client_of(url + trick, retries=0).get("/things")
    assert set(asked) <= {"127.0.0.1", "::1", "localhost"}
