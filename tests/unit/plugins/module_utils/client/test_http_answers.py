# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Successful responses, and invalid responses with a success status: redirects, pages, empty
ones."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.processes import (
    PROCESSES as LARAVEL_CLOUD,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.client.scripted import (
    TOKEN,
    answer,
    cut,
)

METHODS = ("GET", "POST", "PATCH", "DELETE")
PAGE = "<!DOCTYPE html><html><body>Please log in</body></html>"


@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize("method", METHODS)
def test_json_with_a_success_status_is_returned(method, status, serve, client_of):
    server = serve(answer(status, json={"id": "1", "none": None}))
    assert client_of(server).send(method, "/things") == {"id": "1", "none": None}


@pytest.mark.parametrize(
    "kind", ["application/vnd.api+json", "application/json; charset=utf-8", None, "text/plain"]
)
def test_json_of_any_content_type_is_accepted(kind, serve, client_of):
    server = serve(answer(200, '{"name": "Ä"}', content_type=kind))
    assert client_of(server).get("/things") == {"name": "Ä"}


def test_chunked_json_is_accepted(serve, client_of):
    raw = answer(content_type="application/json", content_length=None, transfer_encoding="chunked")
    server = serve(raw + b'6\r\n{"id":\r\n4\r\n "1"\r\n1\r\n}\r\n0\r\n\r\n', answer(json={}))
    client = client_of(server)
    assert client.get("/things") == {"id": "1"}
    client.get("/things")
    assert server.connections == 1


@pytest.mark.parametrize("raw", [answer(204), answer(200), answer(200, " \r\n"), answer(202)])
@pytest.mark.parametrize("method", METHODS)
def test_a_response_without_a_body_is_returned_as_none(method, raw, serve, client_of):
    server = serve(raw)
    assert client_of(server).send(method, "/things") is None
    assert len(server.requests) == 1


@pytest.mark.parametrize("value", [[], [1], "text", 7, 0, False, None])
def test_json_that_is_not_an_object_is_returned_unchanged(value, serve, client_of):
    server = serve(answer(200, json=value) if value is not None else answer(200, "null"))
    answered = client_of(server).get("/things")
    assert answered == value
    assert type(answered) is type(value)


@pytest.mark.parametrize("status", [200, 201])
@pytest.mark.parametrize("method", METHODS)
def test_html_with_a_success_status_is_a_failure(method, status, serve, client_of, failure_of):
    page = {"content_type": "text/html; charset=utf-8", "x_request_id": "req-7"}
    server = serve(answer(status, PAGE, **page))
    failure = failure_of(client_of(server), method)
    assert failure.code == "unexpected_answer"
    assert failure.status == status
    assert failure.request_id == "req-7"
    assert "Request id: req-7." in failure.message
    assert failure.outcome_unknown == (method != "GET")
    assert not failure.resendable
    assert failure.message.startswith(f"{method} /things: Sevalla responded with ")
    assert str(status) in failure.message
    assert "text/html" in failure.message
    assert "api_url" in failure.message
    assert "Please log in" not in failure.message
    assert len(server.requests) == 1


@pytest.mark.parametrize("kind", [None, "text/plain"])
def test_plain_text_with_a_success_status_is_a_failure(kind, serve, client_of, failure_of):
    server = serve(answer(200, "fine", content_type=kind))
    failure = failure_of(client_of(server))
    assert failure.code == "unexpected_answer"
    assert f"and {kind or 'no content type'}, which cannot be read as JSON" in failure.message


@pytest.mark.parametrize("method", METHODS)
def test_a_whole_body_that_is_not_json_is_no_lost_connection(method, serve, client_of, failure_of):
    """Whatever its content type says: its length shows that nothing is missing."""
    server = serve(answer(200, PAGE, content_type="application/json"))
    failure = failure_of(client_of(server), method)
    assert len(server.requests) == 1
    assert failure.code == "unexpected_answer"
    assert not failure.resendable
    assert "HTTP 200 and application/json, which cannot be read as JSON" in failure.message


def test_json_of_the_wrong_shape_is_a_failure_with_status_and_request_id(serve, client_of):
    """Also while another thread gets answers of its own."""
    server = serve(
        answer(201, json={"no": "id"}, x_request_id="req-8"),
        answer(200, json={}, x_request_id="req-9"),
    )
    client = client_of(server)
    client.send("POST", "/things", body={})
    with ThreadPoolExecutor(1) as pool:
        pool.submit(client.get, "/others").result()
    failure = client.unexpected("POST", "/things", "something that is not an object with an id")
    assert (failure.status, failure.request_id) == (201, "req-8")
    assert failure.message.startswith(
        "POST /things: Sevalla responded with HTTP 201 and something that is not an object with "
        "an id. "
    )
    assert "Request id: req-8." in failure.message


def test_json_that_is_nested_too_deeply_is_a_failure(serve, client_of, failure_of):
    server = serve(*[answer(200, "[" * 200000, content_type="application/json")] * 4)
    assert failure_of(client_of(server)).code in ("unexpected_answer", "unreachable")


# Redirects.


@pytest.mark.parametrize("kind", ["text/html", "application/vnd.api+json"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", METHODS)
def test_no_kind_of_redirect_is_followed(method, status, kind, serve, client_of, failure_of):
    """Even if the content type does not say what the body is, and its length is unknown."""
    headers = {"location": "/elsewhere", "content_type": kind, "x_request_id": "req-7"}
    whole, endless = (
        answer(status, PAGE, **headers),
        answer(status, PAGE, **headers, content_length=None),
    )
    server = serve(whole if kind == "text/html" else cut(endless))
    failure = failure_of(client_of(server, service=LARAVEL_CLOUD.service), method)
    assert server.said == [f"{method} /v3/things"]
    assert failure.as_result()["failure"] == {
        "status": status,
        "code": "redirected",
        "details": None,
        "request_id": "req-7",
    }
    assert f"HTTP {status}" in failure.message
    assert "/elsewhere" in failure.message
    assert failure.outcome_unknown == (method != "GET")
    assert not failure.resendable


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", METHODS)
def test_a_redirect_to_another_host_opens_no_connection(
    method, status, serve, client_of, failure_of
):
    other = serve()
    server = serve(answer(status, location=f"http://localhost:{other.port}/stolen?token=x"))
    failure = failure_of(client_of(server), method)
    assert other.connections == 0
    assert "localhost/stolen" in failure.message


def test_a_redirect_to_a_login_page_is_reported_by_host_and_path_only(serve, client_of, failure_of):
    target = f"https://someone:password@login.example.com/sign-in?return={TOKEN}#top"
    failure = failure_of(client_of(serve(answer(302, location=target))))
    assert "login.example.com/sign-in" in failure.message
    for hidden in ("someone", "password", TOKEN, "return", "#top"):
        assert hidden not in failure.message


def test_a_redirect_to_the_root_is_reported(serve, client_of, failure_of):
    server = serve(
        answer(302, PAGE, location="https://cloud.laravel.com", content_type="text/html")
    )
    assert "cloud.laravel.com" in failure_of(client_of(server), "POST", "/x", body={}).message


@pytest.mark.parametrize("status", [300, 301, 302, 304, 305])
def test_a_redirect_without_a_location_is_a_failure(status, serve, client_of, failure_of):
    failure = failure_of(client_of(serve(answer(status))))
    assert failure.code == "redirected"
    assert "nowhere" in failure.message


@pytest.mark.parametrize(
    "location",
    [
        "http://[::bad/",
        "http://127.0.0.1:port/",
        "http://[",
        "//",
        "ftp://example.com/x",
        "javascript:alert(1)",
        "http:///x",
        "\xff\xfe",
        "http://" + "a" * 5000,
    ],
)
def test_a_redirect_to_an_invalid_url_is_a_failure(location, serve, client_of, failure_of):
    server = serve(answer(302, location=location))
    failure = failure_of(client_of(server), "POST", "/things", body={})
    assert failure.code == "redirected"
    assert failure.outcome_unknown
    assert server.said == ["POST /v3/things"]


def test_cookies_of_a_response_are_not_shared_with_another_client(serve, client_of):
    server = serve(answer(json={}, set_cookie="session=1; Path=/"), answer(json={}))
    client_of(server).get("/things")
    client_of(server).get("/things")
    assert "cookie" not in server.requests[1].headers
