# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When the client retries a request, how long it waits, and when it gives up."""

from __future__ import annotations

import email.utils
import socket
import time as real_time

import pytest

from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.processes import (
    PROCESSES as LARAVEL_CLOUD,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.processes import (
    PROCESSES as SEVALLA,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.client.scripted import (
    answer,
    cut,
    drop,
    reset,
    silence,
)

METHODS = ("GET", "POST", "PATCH", "DELETE")
REPEATABLE = ("GET", "PATCH", "DELETE")
OK = answer(json={"id": "1"})


def limited(**headers):
    """Return a 429 as both services send it."""
    return answer(429, json={"message": "Too many requests", "status": 429}, **headers)


def http_date(seconds):
    """Return an HTTP date so many seconds from now."""
    return email.utils.formatdate(real_time.time() + seconds, usegmt=True)


def at_latest(seconds):
    """Return the longest wait for these seconds: all clients get the same seconds, and jitter
    spreads them by a second and a tenth of the wait, at most five seconds."""
    return seconds + min(5, 1 + seconds / 10)


# The rate limit.


@pytest.mark.parametrize("method", METHODS)
def test_a_429_is_retried_for_every_method(method, serve, client_of, time):
    server = serve(limited(x_ratelimit_reset=7), OK)
    assert client_of(server).send(method, "/things") == {"id": "1"}
    assert server.said == [f"{method} /v3/things"] * 2
    assert len(time.slept) == 1


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_retried_write_has_the_same_body(method, serve, client_of):
    server = serve(limited(x_ratelimit_reset=7), OK)
    client_of(server).send(method, "/things", body={"a": 1})
    first, second = server.requests
    assert first.body == second.body == b'{"a": 1}'
    assert first.headers["authorization"] == second.headers["authorization"]
    assert second.headers["content-type"] == "application/json"


@pytest.mark.parametrize("seconds", [0, 1, 7, 45, 299])
def test_a_reset_header_in_seconds_sets_the_wait(seconds, serve, client_of, time):
    client_of(serve(limited(x_ratelimit_reset=seconds), OK)).get("/things")
    assert seconds <= time.slept[0] <= at_latest(seconds)


def test_a_reset_in_seconds_takes_precedence_over_retry_after(serve, client_of, time):
    client_of(serve(limited(x_ratelimit_reset=9, retry_after=100), OK)).get("/things")
    assert 9 <= time.slept[0] <= at_latest(9)


def test_a_fractional_reset_is_accepted(serve, client_of, time):
    client_of(serve(limited(x_ratelimit_reset="2.5"), OK)).get("/things")
    assert 2.5 <= time.slept[0] <= at_latest(2.5)


@pytest.mark.parametrize("clock_off_by", [0, -86400, 86400])
def test_retry_after_takes_precedence_over_a_reset_that_is_a_timestamp(
    clock_off_by, serve, client_of, time
):
    epoch = int(real_time.time()) + clock_off_by
    server = serve(limited(x_ratelimit_reset=epoch, retry_after=20), OK)
    client_of(server, service=LARAVEL_CLOUD.service).get("/things")
    assert 20 <= time.slept[0] <= at_latest(20)


def test_a_reset_of_laravel_cloud_without_retry_after_is_a_timestamp(serve, client_of, time):
    server = serve(limited(x_ratelimit_reset=int(real_time.time()) + 30), OK)
    client_of(server, service=LARAVEL_CLOUD.service).get("/things")
    assert 28 <= time.slept[0] <= at_latest(30)


@pytest.mark.parametrize("reset", [7, 45, 1_700_000_000])
def test_a_past_reset_of_laravel_cloud_is_not_waited_for(reset, serve, client_of, time):
    """However small the number is: Laravel Cloud sends a timestamp."""
    server = serve(limited(x_ratelimit_reset=reset), OK)
    client_of(server, service=LARAVEL_CLOUD.service).get("/things")
    assert 0 <= time.slept[0] <= 1


def test_a_reset_of_sevalla_is_always_in_seconds(serve, client_of, failure_of, time):
    epoch = int(real_time.time()) + 30
    failure = failure_of(client_of(serve(limited(x_ratelimit_reset=epoch), OK)))
    assert time.slept == []
    assert f"it resets in {epoch} seconds" in failure.message


@pytest.mark.parametrize("service", [SEVALLA.service, LARAVEL_CLOUD.service])
def test_a_retry_after_in_seconds_sets_the_wait(service, serve, client_of, time):
    client_of(serve(limited(retry_after=12), OK), service=service).get("/things")
    assert 12 <= time.slept[0] <= at_latest(12)


def test_a_retry_after_as_a_date_sets_the_wait(serve, client_of, time):
    client_of(serve(limited(retry_after=http_date(40)), OK)).get("/things")
    assert 37 <= time.slept[0] <= at_latest(40)


def test_a_past_retry_after_is_not_waited_for(serve, client_of, time):
    client_of(serve(limited(retry_after=http_date(-3600)), OK)).get("/things")
    assert 0 <= time.slept[0] <= 1


GARBAGE = ["soon", "", "-1", "1.5.2", "NaN", "Fri, 99 Foo 2026", "\x80\xff", "0x10", "12 seconds"]
"""Values that are neither seconds nor a date."""


@pytest.mark.parametrize("garbage", GARBAGE)
def test_a_malformed_retry_after_falls_back_to_backoff(garbage, serve, client_of, time):
    client_of(serve(limited(retry_after=garbage), OK)).get("/things")
    # "-1" may also be read as "now".
    assert 0 <= time.slept[0] <= 6


@pytest.mark.parametrize("garbage", GARBAGE)
def test_a_malformed_reset_falls_back_to_retry_after(garbage, serve, client_of, time):
    server = serve(limited(x_ratelimit_reset=garbage, retry_after=15), OK)
    client_of(server).get("/things")
    # "-1" and "NaN" may also be read as "now".
    assert time.slept[0] <= at_latest(15)
    assert time.slept[0] >= 15 or garbage in ("-1", "NaN")


@pytest.mark.parametrize(
    "huge",
    ["9" * 30, "9" * 400, "9" * 5000, "Fri, 31 Dec 99999 23:59:59 GMT", "1e999", "inf"],
    ids=["30 digits", "400 digits", "5000 digits", "year 99999", "1e999", "inf"],
)
@pytest.mark.parametrize("header", ["retry_after", "x_ratelimit_reset"])
def test_an_impossibly_large_wait_does_not_crash(huge, header, serve, client_of, failure_of, time):
    server = serve(*[limited(**{header: huge})] * 4)
    failure = failure_of(client_of(server))
    assert (failure.status, failure.code) == (429, "rate_limited")
    assert sum(time.slept) <= 300


def test_without_a_header_the_backoff_grows(serve, client_of, time):
    client_of(serve(*[answer(503, json={})] * 4, OK), retries=4).get("/things")
    assert len(time.slept) == 4
    for wait, middle in zip(time.slept, (0.5, 0.5, 1, 2)):
        assert middle * 0.5 <= wait <= middle * 1.5


def test_a_rate_limit_without_headers_is_waited_out(serve, client_of, failure_of, time):
    """Its window is a minute; a backoff that starts at half a second gives up long before."""
    client_of(serve(*[limited()] * 5, OK), retries=5).get("/things")
    assert len(time.slept) == 5
    assert sum(time.slept) > 60
    assert time.slept[-1] > 2 * time.slept[0]
    failure = failure_of(client_of(serve(limited()), retries=0))
    assert "the response does not say when it resets" in failure.message


def test_waits_have_jitter(serve, client_of, time):
    client_of(serve(*[limited(x_ratelimit_reset=3)] * 6, OK), retries=6).get("/things")
    assert len(set(time.slept)) > 1


def test_backoff_without_a_header_has_jitter(serve, client_of, time):
    for _client in range(6):
        client_of(serve(limited(), OK)).get("/things")
    assert len(set(time.slept)) > 1
    assert min(time.slept) > 0


@pytest.mark.parametrize("limit", ["{x}", "{10}", '100;policy="{"', "}"])
def test_braces_in_the_limit_of_a_429_are_not_a_format(limit, serve, client_of, failure_of):
    server = serve(*[limited(x_ratelimit_reset=7, x_ratelimit_limit=limit)] * 4)
    failure = failure_of(client_of(server), "GET")
    assert len(server.requests) == 4
    assert (failure.status, failure.code) == (429, "rate_limited")
    assert f"The limit is {limit} requests;" in failure.message


# An operation in progress, as Laravel Cloud reports it.

BUSY = answer(422, json={"message": "An update operation is already in progress"})


@pytest.mark.parametrize("method", METHODS)
def test_a_busy_laravel_cloud_is_retried_for_every_method(method, serve, client_of, time):
    server = serve(BUSY, BUSY, OK)
    client = client_of(server, service=LARAVEL_CLOUD.service)
    assert client.send(method, "/things") == {"id": "1"}
    assert len(server.requests) == 3
    assert len(time.slept) == 2
    assert client.counters["retries"] == 2


def test_a_laravel_cloud_that_stays_busy_is_a_failure(serve, client_of, failure_of):
    server = serve(*[BUSY] * 3)
    client = client_of(server, service=LARAVEL_CLOUD.service, retries=2)
    failure = failure_of(client, "PATCH", "/things/1")
    assert (failure.status, failure.code, failure.outcome_unknown) == (422, "refused", False)
    assert "already in progress" in failure.message
    assert "It was tried 3 times (api_retries)." in str(failure)


@pytest.mark.parametrize(
    ("service", "refusal"),
    [
        (LARAVEL_CLOUD, answer(422, json={"message": "The size value is invalid."})),
        (LARAVEL_CLOUD, answer(409, json={"message": "It is already in progress"})),
        (LARAVEL_CLOUD, answer(422, json={"message": "'It is already in progress' is invalid."})),
        (
            LARAVEL_CLOUD,
            answer(
                422,
                json={"message": "Invalid.", "errors": {"command": ["It is already in progress"]}},
            ),
        ),
        (SEVALLA, BUSY),
    ],
    ids=["another 422", "another status", "a quotation", "an error", "another service"],
)
def test_another_refusal_is_not_retried(service, refusal, serve, client_of, failure_of):
    server = serve(refusal)
    assert failure_of(client_of(server, service=service.service), "PATCH").code == "refused"
    assert len(server.requests) == 1


@pytest.mark.parametrize("method", METHODS)
def test_a_final_429_is_a_failure_that_names_the_rate_limit(method, serve, client_of, failure_of):
    server = serve(*[limited(x_ratelimit_reset=7, x_ratelimit_limit=10, x_request_id="r9")] * 4)
    failure = failure_of(client_of(server), method)
    assert len(server.requests) == 4
    assert failure.as_result()["failure"] == {
        "status": 429,
        "code": "rate_limited",
        "details": None,
        "request_id": "r9",
    }
    for part in (
        "HTTP 429",
        "Too many requests",
        "is 10 requests;",
        "api_max_wait",
        "api_retries",
        "r9",
    ):
        assert part in failure.message
    assert failure.message.endswith(" 3 times at most (api_retries). Request id: r9.")
    # The request had no effect: a creation that the rate limit refused did not happen.
    assert not failure.outcome_unknown
    assert failure.resendable


def test_a_429_without_json_is_retried(serve, client_of):
    server = serve(answer(429, "slow down", content_type="text/plain", retry_after=1), OK)
    assert client_of(server).send("POST", "/things", body={}) == {"id": "1"}


def test_a_429_with_malformed_json_is_retried(serve, client_of):
    server = serve(answer(429, "slow down", content_type="application/json", retry_after=1), OK)
    assert client_of(server).send("POST", "/things", body={}) == {"id": "1"}


# Server errors


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504, 520, 524])
@pytest.mark.parametrize("method", REPEATABLE)
def test_a_server_error_is_retried_for_idempotent_methods(method, status, serve, client_of):
    server = serve(answer(status, "<html/>", content_type="text/html"), OK)
    assert client_of(server).send(method, "/things") == {"id": "1"}
    assert server.said == [f"{method} /v3/things"] * 2


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504, 520, 524])
def test_a_post_is_never_retried_after_a_server_error(status, serve, client_of, failure_of, time):
    server = serve(answer(status, json={"message": "Oops"}), OK)
    failure = failure_of(client_of(server), "POST", "/things", body={})
    assert server.said == ["POST /v3/things"]
    assert time.slept == []
    assert failure.status == status
    assert failure.outcome_unknown


def test_a_post_is_not_retried_after_503_with_retry_after(serve, client_of, failure_of, time):
    server = serve(answer(503, json={}, retry_after=1), OK)
    failure_of(client_of(server), "POST", "/things", body={})
    assert server.said == ["POST /v3/things"]
    assert time.slept == []


@pytest.mark.parametrize("status", [501, 505, 507, 525, 599])
@pytest.mark.parametrize("method", METHODS)
def test_other_errors_are_not_retried(method, status, serve, client_of, failure_of):
    server = serve(answer(status, json={}), OK)
    assert failure_of(client_of(server), method).status == status
    assert len(server.requests) == 1


def test_a_503_is_retried_after_its_retry_after(serve, client_of, time):
    client_of(serve(answer(503, json={}, retry_after=25), OK)).get("/things")
    assert 25 <= time.slept[0] <= at_latest(25)


def test_a_rate_limit_reset_does_not_delay_the_retry_of_a_server_error(serve, client_of, time):
    client_of(serve(answer(500, json={}, x_ratelimit_reset=50), OK)).get("/things")
    assert time.slept[0] <= 1.5


@pytest.mark.parametrize("method", REPEATABLE)
def test_a_permanent_error_is_reported_with_its_last_status(method, serve, client_of, failure_of):
    server = serve(*[answer(502, json={})] * 3, answer(503, json={"message": "Down"}))
    failure = failure_of(client_of(server), method)
    assert len(server.requests) == 4
    assert (failure.status, failure.code) == (503, "service_error")
    assert "Down" in failure.message


# Broken connections


@pytest.fixture
def nobody():
    """Yield a URL that refuses connections: its port is bound, but not listening."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}/v3"


@pytest.mark.parametrize("method", METHODS)
def test_a_refused_connection_is_retried_for_every_method(
    method, nobody, client_of, failure_of, time
):
    client = client_of(nobody)
    failure = failure_of(client, method)
    assert client.counters["requests"] == 4
    assert len(time.slept) == 3
    assert failure.code == "unreachable"
    assert failure.status is None
    assert method in failure.message
    assert nobody in failure.message
    assert "refused" in failure.message


def test_the_outcome_of_a_post_that_was_never_sent_is_known(nobody, client_of, failure_of):
    failure = failure_of(client_of(nobody), "POST", "/things", body={})
    assert not failure.outcome_unknown
    assert failure.resendable


def test_a_host_without_an_address_is_a_clear_failure(client_of, failure_of, monkeypatch):
    def no_address(*_arguments, **_more):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_address)
    client = client_of("https://api.example.invalid/v3", retries=1)
    failure = failure_of(client, "POST", "/things", body={})
    assert failure.code == "unreachable"
    assert not failure.outcome_unknown
    assert "Name or service not known" in failure.message
    assert "object at 0x" not in failure.message


@pytest.mark.parametrize("host", ["api..example.com", "a" * 70 + ".example.com"])
def test_an_invalid_host_name_is_a_clear_failure(host, client_of, failure_of):
    failure = failure_of(client_of(f"https://{host}/v3", retries=0))
    assert failure.code in ("unreachable", "invalid_options")


HALF = b'{"id": "1", "name": "so'
BROKEN = {
    "closed": drop,
    "reset": reset,
    "in the status line": cut(b"HTTP/1."),
    "in a body": cut(answer(200, HALF, content_type="application/json", content_length=500)),
    "in a body without a length": cut(
        answer(200, HALF, content_type="application/json", content_length=None)
    ),
    "in a chunk": cut(
        answer(content_type="application/json", content_length=None, transfer_encoding="chunked")
        + b"1f4\r\n"
        + HALF
    ),
    "between chunks": cut(
        answer(content_type="application/json", content_length=None, transfer_encoding="chunked")
        + f"{len(HALF):x}\r\n".encode()
        + HALF
        + b"\r\n"
    ),
    "with broken compression": answer(
        200, b"no gzip", content_type="application/json", content_encoding="gzip"
    ),
    "not http at all": cut(b"SSH-2.0-OpenSSH_9.2\r\n"),
}


@pytest.mark.parametrize("where", BROKEN)
@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_a_truncated_response_is_retried(method, where, serve, client_of):
    server = serve(BROKEN[where], OK)
    client = client_of(server)
    assert client.send(method, "/things") == {"id": "1"}
    assert server.said == [f"{method} /v3/things"] * 2
    assert client.counters["retries"] == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Type: appl",
        answer(200, b"", content_type="application/json", content_length=500),
    ],
    ids=["in the headers", "before a body"],
)
def test_a_response_truncated_before_its_body_is_retried_or_empty(raw, serve, client_of):
    """http.client, and urllib3 before 2, treat such a response as an empty one."""
    server = serve(cut(raw), OK)
    answered = client_of(server).get("/things")
    assert answered == (None if len(server.requests) == 1 else {"id": "1"})


@pytest.mark.parametrize("where", BROKEN)
def test_a_delete_with_a_truncated_response_is_retried(where, serve, client_of):
    server = serve(BROKEN[where], answer(204))
    assert client_of(server).send("DELETE", "/things") is None
    assert server.said == ["DELETE /v3/things"] * 2


@pytest.mark.parametrize("where", BROKEN)
def test_a_post_with_a_truncated_response_is_not_retried_and_its_outcome_is_unknown(
    where, serve, client_of, failure_of, time
):
    server = serve(BROKEN[where], OK)
    failure = failure_of(client_of(server), "POST", "/things", body={})
    assert server.said == ["POST /v3/things"]
    assert time.slept == []
    assert failure.code == "unreachable"
    assert failure.outcome_unknown
    assert failure.resendable
    assert "object at 0x" not in failure.message


@pytest.mark.parametrize("method", REPEATABLE)
def test_a_read_timeout_is_retried(method, serve, client_of):
    server = serve(silence, OK)
    assert client_of(server, timeout=0.1).send(method, "/things") == {"id": "1"}
    assert server.said == [f"{method} /v3/things"] * 2


def test_a_post_that_times_out_may_still_be_stored_later(serve, client_of, failure_of, time):
    server = serve(silence, OK)
    failure = failure_of(client_of(server, timeout=0.1), "POST", "/things", body={})
    assert server.said == ["POST /v3/things"]
    assert time.slept == []
    assert failure.code == "unreachable"
    assert failure.outcome_unknown
    assert not failure.resendable
    assert "timed out" in failure.message
    assert "no response within 0.1 seconds, which is api_timeout" in failure.message


@pytest.mark.parametrize(("count", "words"), [(0, "0 seconds"), (1, "1 second"), (2, "2 seconds")])
def test_a_duration_has_its_plural(count, words, serve, client_of, failure_of):
    refused = limited(retry_after=count)
    failure = failure_of(client_of(serve(refused), max_wait=count, retries=0))
    assert f"it resets in {words}. This task has waited 0 of its {words} (" in failure.message


def test_a_service_may_be_given_more_time_than_the_timeout(serve, client_of, failure_of):
    client = client_of(serve(silence, OK), timeout=0.125)
    failure = failure_of(client, "POST", "/things", body={}, extra_seconds=0.125)
    words = "no response within 0.25 seconds, which is timeout and api_timeout together"
    assert words in failure.message


def test_the_outcome_of_a_post_whose_response_stalls_is_unknown(serve, client_of, failure_of):
    def stall(exchange):
        exchange.connection.sendall(answer(200, HALF, content_length=500))
        silence(exchange)

    server = serve(stall, OK)
    failure = failure_of(client_of(server, timeout=0.1), "POST", "/things", body={})
    assert server.said == ["POST /v3/things"]
    assert failure.outcome_unknown
    # It may be stored after the list is read, like a POST without any response.
    assert not failure.resendable
    assert "no response within 0.1 seconds, which is api_timeout" in failure.message


@pytest.mark.parametrize("method", METHODS)
def test_a_connect_timeout_is_retried(method, client_of, failure_of, monkeypatch):
    def too_slow(*_arguments, **_more):
        raise socket.timeout("timed out")

    monkeypatch.setattr(socket.socket, "connect", too_slow)
    client = client_of("http://127.0.0.1:9/v3", retries=2)
    failure = failure_of(client, method)
    assert client.counters["requests"] == 3
    assert failure.code == "unreachable"
    assert not failure.outcome_unknown
    assert failure.resendable


# Limits of retries and waits


@pytest.mark.parametrize("retries", [0, 1, 2, 5])
@pytest.mark.parametrize(
    "step", [limited(x_ratelimit_reset=1), answer(500, json={}), drop], ids=["429", "500", "drop"]
)
def test_api_retries_limits_the_retries_of_one_request(
    step, retries, serve, client_of, failure_of, time
):
    server = serve(*[step] * 8)
    client = client_of(server, retries=retries)
    failure_of(client)
    assert len(server.requests) == retries + 1
    assert len(time.slept) == retries
    assert client.counters["retries"] == retries


@pytest.mark.parametrize("step", [answer(500, json={}), drop], ids=["500", "drop"])
def test_a_failure_reports_why_it_was_not_retried_again(step, serve, client_of, failure_of):
    """It names the number of attempts, or the missing time; nothing if it was not retried."""
    tried = failure_of(client_of(serve(*[step] * 3), retries=2))
    assert tried.message.endswith(" It was tried 3 times (api_retries).")
    hurried = failure_of(client_of(serve(step), max_wait=0))
    words = (
        "This task may wait 0 seconds in all (api_max_wait), has waited 0, and would have to wait "
    )
    assert words in hurried.message
    posted = failure_of(client_of(serve(step)), "POST", "/things", body={})
    assert "tried" not in posted.message
    assert "api_max_wait" not in posted.message


def test_api_retries_applies_to_each_request(serve, client_of):
    server = serve(*[answer(500, json={}), answer(500, json={}), OK] * 2)
    client = client_of(server, retries=2)
    assert client.get("/one") == client.get("/two") == {"id": "1"}
    assert client.counters["requests"] == 6
    assert client.counters["retries"] == 4


def test_different_faults_of_one_request_share_its_retries(serve, client_of, failure_of):
    server = serve(limited(x_ratelimit_reset=1), answer(500, json={}), drop, OK)
    failure_of(client_of(server, retries=2))
    assert len(server.requests) == 3


@pytest.mark.parametrize("step", [limited(x_ratelimit_reset=0), drop], ids=["429", "drop"])
def test_api_max_wait_of_zero_is_allowed(step, serve, client_of, failure_of, time):
    server = serve(step, OK)
    failure_of(client_of(server, max_wait=0))
    assert len(server.requests) == 1
    assert time.slept == []


def test_a_wait_longer_than_api_max_wait_is_not_started(serve, client_of, failure_of, time):
    server = serve(limited(x_ratelimit_reset=3600, x_ratelimit_limit=20), OK)
    failure = failure_of(client_of(server, max_wait=300), "POST", "/things", body={})
    assert time.slept == []
    assert len(server.requests) == 1
    assert failure.code == "rate_limited"
    assert "3600" in failure.message or "3601" in failure.message
    assert "300" in failure.message
    assert failure.message.endswith(" 3 times at most (api_retries).")


def test_jitter_does_not_exceed_api_max_wait(serve, client_of, time):
    client = client_of(serve(limited(x_ratelimit_reset=20), OK), max_wait=20)
    client.get("/things")
    assert time.slept == [20]


@pytest.mark.parametrize("header", ["x_ratelimit_reset", "retry_after"])
def test_the_total_wait_of_all_requests_stays_below_api_max_wait(
    header, serve, client_of, failure_of, time
):
    server = serve(*[limited(**{header: 40}), OK] * 9)
    client = client_of(server, max_wait=100)
    client.get("/one")
    client.send("PATCH", "/two")
    failure = failure_of(client, "DELETE", "/three")
    assert failure.code == "rate_limited"
    assert len(time.slept) == 2
    assert sum(time.slept) <= 100


def test_the_duration_of_failed_requests_counts_as_waiting(serve, client_of, failure_of, time):
    def slow(exchange):
        time.now += 40
        exchange.end()

    server = serve(*[slow] * 9)
    client = client_of(server, max_wait=100, retries=9)
    failure_of(client)
    assert len(server.requests) == 3
    assert client.counters["waited_seconds"] >= 120


def test_the_duration_of_successful_requests_does_not_count_as_waiting(serve, client_of, time):
    def slow(exchange):
        time.now += 400
        exchange.connection.sendall(OK)

    server = serve(slow, slow, limited(x_ratelimit_reset=1), OK)
    client = client_of(server, max_wait=100)
    for path in ("/one", "/two", "/three"):
        client.get(path)
    assert client.counters["waited_seconds"] <= 3


def test_a_pause_counts_towards_api_max_wait(serve, client_of, time):
    client = client_of(serve(), max_wait=10)
    assert client.pause(6)
    assert not client.pause(5)
    assert client.pause(4)
    assert time.slept == [6, 4]
    assert client.counters["waited_seconds"] == 10


def test_the_counters_include_retries_and_waits(serve, client_of, time):
    server = serve(limited(x_ratelimit_reset=7), answer(503, json={}, retry_after=3), OK)
    client = client_of(server)
    client.get("/things")
    counted = client.counters
    assert (counted["requests"], counted["retries"]) == (3, 2)
    assert counted["waited_seconds"] == pytest.approx(sum(time.slept), abs=0.001)
    assert counted["waited_seconds"] == round(counted["waited_seconds"], 3)


def test_the_counters_include_failed_requests(serve, client_of, failure_of):
    server = serve(*[answer(500, json={})] * 4)
    client = client_of(server, retries=3)
    failure_of(client)
    assert (client.counters["requests"], client.counters["retries"]) == (4, 3)
