# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the client reports error responses of the services."""

from __future__ import annotations

import pytest

from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.processes import (
    PROCESSES as LARAVEL_CLOUD,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.processes import (
    PROCESSES as SEVALLA,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.client.scripted import (
    answer,
)

SEVALLA, LARAVEL = SEVALLA.service, LARAVEL_CLOUD.service
METHODS = ("GET", "POST", "PATCH", "DELETE")
TRACKED = {"code": "err-abc-123", "message": "display_name is too long"}
FIELD_ERRORS = {
    "type": ["The type field is required."],
    "config.tries": ["The tries field must be an integer.", "It must be positive."],
}


def sevalla_error(status, message, data=None):
    """Return an error in Sevalla's format."""
    body = {"message": message, "status": status, **({} if data is None else {"data": data})}
    return answer(status, json=body, x_request_id="req-77")


def laravel_error(status, message, errors=None):
    """Return an error in Laravel Cloud's format."""
    return answer(
        status, json={"message": message, **({} if errors is None else {"errors": errors})}
    )


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("status", "said", "code", "advice"),
    [
        (400, "Bad request", "refused", ""),
        (401, "Unauthorized", "unauthorized", "SEVALLA_API_KEY"),
        (403, "Forbidden", "forbidden", "permissions"),
        (404, "Not found", "not_found", "no access"),
        (409, "Conflict", "refused", ""),
        (422, "Unprocessable", "refused", ""),
    ],
)
def test_an_error_of_sevalla_is_reported_in_full(
    method, status, said, code, advice, serve, client_of, failure_of
):
    server = serve(sevalla_error(status, said, TRACKED))
    failure = failure_of(client_of(server), method, "/applications/1")
    assert failure.message.startswith(
        f"{method} /applications/1: Sevalla responded with HTTP {status}"
    )
    for part in (said, "display_name is too long", "req-77", advice):
        assert part in failure.message
    assert failure.as_result()["failure"] == {
        "status": status,
        "code": code,
        "details": TRACKED,
        "request_id": "req-77",
    }
    assert not failure.outcome_unknown
    assert failure.resendable
    assert len(server.requests) == 1


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("status", "said", "code", "advice"),
    [
        (400, "Requested include(s) are not allowed.", "refused", ""),
        (401, "Unauthenticated.", "unauthorized", "LARAVEL_CLOUD_API_TOKEN"),
        (403, "This action is unauthorized.", "forbidden", "permissions"),
        (404, "No query results for model", "not_found", "no access"),
        (422, "The database cluster has schemas attached and cannot be deleted.", "refused", ""),
    ],
)
def test_an_error_of_laravel_cloud_with_only_a_message_is_reported(
    method, status, said, code, advice, serve, client_of, failure_of
):
    server = serve(laravel_error(status, said))
    failure = failure_of(client_of(server, service=LARAVEL), method, "/instances/1")
    assert failure.message.startswith(
        f"{method} /instances/1: Laravel Cloud responded with HTTP {status}"
    )
    assert said.rstrip(".") in failure.message
    assert ".." not in failure.message
    assert advice in failure.message
    assert failure.as_result()["failure"] == {
        "status": status,
        "code": code,
        "details": None,
        "request_id": None,
    }
    assert len(server.requests) == 1


def test_all_field_errors_of_laravel_cloud_are_reported(serve, client_of, failure_of):
    server = serve(laravel_error(422, "The type field is required. (and 2 more)", FIELD_ERRORS))
    failure = failure_of(client_of(server, service=LARAVEL), "POST", "/x", body={})
    assert "The type field is required. (and 2 more)" in failure.message
    for field, texts in FIELD_ERRORS.items():
        assert f"{field}: " in failure.message
        for text in texts:
            assert text.rstrip(".") in failure.message
    assert failure.details == FIELD_ERRORS
    assert (failure.status, failure.code) == (422, "refused")


def test_an_error_without_a_request_id_does_not_mention_one(serve, client_of, failure_of):
    failure = failure_of(client_of(serve(answer(400, json={"message": "No"}))))
    assert "Request id" not in failure.message
    assert failure.request_id is None


@pytest.mark.parametrize("service", [SEVALLA, LARAVEL])
@pytest.mark.parametrize(
    "data", [None, {}, {"code": "err-1"}, {"message": None}, "text", ["list"], 7, {"message": 9}]
)
def test_an_error_with_any_form_of_data_is_reported(data, service, serve, client_of, failure_of):
    server = serve(answer(400, json={"message": "Bad request", "status": 400, "data": data}))
    failure = failure_of(client_of(server, service=service))
    assert "HTTP 400: Bad request" in failure.message


@pytest.mark.parametrize(
    "errors", [{}, [], ["text"], "text", None, {"a": "text"}, {"a": None}, {"a": [None, {"b": 1}]}]
)
def test_an_error_with_any_form_of_field_errors_is_reported(errors, serve, client_of, failure_of):
    server = serve(answer(422, json={"message": "Wrong", "errors": errors}))
    failure = failure_of(client_of(server, service=LARAVEL))
    assert "HTTP 422: Wrong" in failure.message


@pytest.mark.parametrize(
    "raw",
    [
        answer(400),
        answer(400, "<html>Bad Gateway</html>", content_type="text/html"),
        answer(400, json=[]),
        answer(400, json="text"),
        answer(400, json={"message": None}),
        answer(400, json={"message": {"deep": [1]}}),
        answer(400, b"\xff\xfe\x00", content_type="text/plain"),
    ],
)
def test_an_error_without_a_readable_message_is_reported_with_its_status(
    raw, serve, client_of, failure_of
):
    failure = failure_of(client_of(serve(raw)), "PATCH", "/things/1")
    assert failure.message.startswith("PATCH /things/1: Sevalla responded with HTTP 400")
    assert (failure.status, failure.code) == (400, "refused")


@pytest.mark.parametrize("status", [400, 401, 403])
def test_an_html_page_with_an_error_status_is_reported_by_its_status(
    status, serve, client_of, failure_of
):
    server = serve(answer(status, "<html>secret page</html>", content_type="text/html"))
    failure = failure_of(client_of(server))
    assert failure.status == status
    assert "secret page" not in failure.message
    from_others = "Or it is from a proxy or firewall: the service answers in JSON."
    assert (from_others in failure.message) == (status != 400)
    assert len(server.requests) == 1


@pytest.mark.parametrize("body", ["", '{"message": "Unauthenticated."}'])
def test_a_refused_token_is_the_service_s_word(body, serve, client_of, failure_of):
    failure = failure_of(client_of(serve(answer(401, body, content_type="application/json"))))
    assert failure.code == "unauthorized"
    assert "proxy or firewall" not in failure.message


@pytest.mark.parametrize(
    ("errors", "words"),
    [
        ([{"title": "Invalid", "detail": "The size is sold out."}], "The size is sold out"),
        ([{"title": "Invalid"}, "Gone"], "Invalid; Gone"),
        ({"size": ["is unknown", "is empty"]}, "size: is unknown is empty"),
    ],
)
def test_errors_in_each_form_are_quoted(errors, words, serve, client_of, failure_of):
    """A dictionary is recorded; a list is JSON:API's."""
    failure = failure_of(client_of(serve(answer(422, json={"errors": errors}))))
    assert f"HTTP 422: {words}." in failure.message
    assert failure.details == errors


def test_control_characters_of_a_service_are_not_printed(serve, client_of, failure_of):
    said = "\x1b[31mred\x1b[0m\x07 and\r\nmore"
    failure = failure_of(client_of(serve(answer(422, json={"message": said}))))
    assert "HTTP 422: red and more." in failure.message


@pytest.mark.parametrize("method", METHODS)
def test_a_timeout_that_a_service_reports_leaves_the_outcome_unknown(
    method, serve, client_of, failure_of
):
    """It may be stored, and it may be later, so a POST is not sent again."""
    server = serve(*[answer(408, json={"message": "Timeout"})] * 3)
    failure = failure_of(client_of(server, retries=2), method)
    assert (failure.code, failure.status) == ("service_error", 408)
    assert failure.outcome_unknown == (method != "GET")
    assert not failure.resendable
    assert len(server.requests) == (1 if method == "POST" else 3)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", ["text/html", "application/json"])
def test_a_page_with_404_does_not_mean_that_something_is_absent(
    kind, method, serve, client_of, failure_of
):
    """Both services explain a 404 in JSON, so this one is from a proxy or another server."""
    server = serve(answer(404, "<html>secret page</html>", content_type=kind))
    failure = failure_of(client_of(server), method)
    assert (failure.code, failure.status) == ("unexpected_answer", 404)
    assert f"HTTP 404 and {kind}, which cannot be read as JSON. Check api_url" in failure.message
    assert "secret page" not in failure.message
    assert len(server.requests) == 1


@pytest.mark.parametrize("body", ["", "{}", '{"message": "Not found"}'])
def test_a_404_of_the_service_means_that_something_is_absent(body, serve, client_of, failure_of):
    failure = failure_of(client_of(serve(answer(404, body, content_type="application/json"))))
    assert (failure.code, failure.status) == ("not_found", 404)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_an_error_with_malformed_json_is_reported_by_its_status(
    status, method, serve, client_of, failure_of
):
    server = serve(*[answer(status, "Unauthorized", content_type="application/json")] * 4)
    failure = failure_of(client_of(server), method)
    assert failure.status == status
    assert len(server.requests) == 1


def test_a_long_message_is_shortened(serve, client_of, failure_of):
    failure = failure_of(client_of(serve(answer(400, json={"message": "long " * 10000}))))
    assert len(failure.message) < 1000


def test_a_repeated_message_of_the_service_is_reported_once(serve, client_of, failure_of):
    server = serve(sevalla_error(404, "Not found", {"message": "Not found."}))
    assert failure_of(client_of(server)).message.count("Not found") == 1


@pytest.mark.parametrize("status", [500, 501, 502, 503, 504, 520, 524])
def test_a_server_error_says_that_a_write_may_have_been_stored(
    status, serve, client_of, failure_of
):
    server = serve(sevalla_error(status, "Internal Server Error"))
    failure = failure_of(client_of(server), "POST", "/things", body={})
    assert failure.outcome_unknown
    assert (failure.status, failure.code, failure.request_id) == (status, "service_error", "req-77")
    # Behind a gateway that timed out, the service may still be working.
    assert failure.resendable != (status in (504, 524))
