# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The headers, bodies and connections of requests."""

from __future__ import annotations

import json

import pytest

from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.processes import (
    PROCESSES as LARAVEL_CLOUD,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.processes import (
    PROCESSES as SEVALLA,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.client.scripted import (
    TOKEN,
    answer,
)

WRITES = ("POST", "PATCH", "DELETE")


def test_the_token_is_sent_as_a_bearer_token(serve, client_of):
    server = serve(answer(json={}))
    client_of(server).get("/things")
    assert server.requests[0].headers["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("variable", ["HOME", "NETRC"])
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_a_matching_netrc_does_not_replace_the_token(
    variable, method, serve, client_of, monkeypatch, tmp_path
):
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv(variable, str(tmp_path if variable == "HOME" else netrc))
    server = serve(answer(json={}))
    client_of(server).send(method, "/things")
    assert server.requests[0].headers["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    ("service", "accept"),
    [
        (SEVALLA.service, "application/json"),
        (LARAVEL_CLOUD.service, "application/vnd.api+json, application/json"),
    ],
)
def test_each_service_gets_its_accept_header(service, accept, serve, client_of):
    server = serve(answer(json={}))
    client_of(server, service=service).get("/things")
    assert server.requests[0].headers["accept"] == accept


def test_the_user_agent_names_the_collection(serve, client_of):
    server = serve(answer(json={}))
    client_of(server).get("/things")
    assert server.requests[0].headers["user-agent"].startswith("evenkeel.paas")


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_without_a_body_no_content_type_is_sent(method, serve, client_of):
    server = serve(answer(json={}))
    client_of(server).send(method, "/things")
    assert "content-type" not in server.requests[0].headers
    assert server.requests[0].body == b""


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("body", [{"name": "Ärger", "count": 0, "on": False}, {}])
def test_a_body_is_sent_as_json_with_its_content_type(method, body, serve, client_of):
    server = serve(answer(json={}))
    client_of(server).send(method, "/things", body=body)
    assert server.requests[0].headers["content-type"] == "application/json"
    assert json.loads(server.requests[0].body) == body


@pytest.mark.parametrize("slash", ["", "/", "///"])
def test_paths_are_below_the_base_url(slash, serve, client_of):
    server = serve(answer(json={}))
    client_of(server.url + slash).get("/things")
    assert server.said == ["GET /v3/things"]


def test_a_quoted_part_of_a_path_stays_quoted(serve, client_of):
    server = serve(answer(json={}))
    client_of(server).get("/things/a%2Fb%20%3F")
    assert server.said == ["GET /v3/things/a%2Fb%20%3F"]


def test_parameters_are_sent_as_a_query(serve, client_of):
    server = serve(answer(json={}))
    client_of(server).get("/things", {"limit": 100, "offset": 0})
    assert server.said == ["GET /v3/things?limit=100&offset=0"]


@pytest.mark.parametrize("method", WRITES)
def test_a_write_is_refused_while_the_client_may_only_read(method, serve, client_of):
    server = serve()
    with pytest.raises(RuntimeError, match=method):
        client_of(server, writes=False).send(method, "/things")
    assert server.connections == 0


@pytest.mark.parametrize("method", WRITES)
def test_a_write_is_sent_once_writing_is_allowed(method, serve, client_of):
    server = serve(answer(json={"id": "1"}))
    client = client_of(server, writes=False)
    client.allow_writes()
    assert client.send(method, "/things") == {"id": "1"}
    assert server.said == [f"{method} /v3/things"]


def test_all_requests_of_a_client_share_one_connection(serve, client_of):
    server = serve(*[answer(json={})] * 3, answer(204), answer(404, json={}), answer(json={}))
    client = client_of(server)
    client.get("/one")
    client.send("POST", "/two", body={})
    client.send("PATCH", "/three", body={})
    client.send("DELETE", "/four")
    with pytest.raises(Exception, match="404"):
        client.get("/five")
    client.get("/six")
    assert len(server.requests) == 6
    assert server.connections == 1


def test_a_retried_request_uses_the_same_connection(serve, client_of):
    server = serve(answer(429, json={}, x_ratelimit_reset=1), answer(json={}))
    client_of(server).get("/things")
    assert [request.connection for request in server.requests] == [1, 1]


def test_a_connection_that_the_server_closed_is_reopened(serve, client_of):
    server = serve(answer(json={}, connection="close"), answer(json={"second": True}))
    client = client_of(server)
    client.get("/one")
    assert client.send("POST", "/two", body={}) == {"second": True}
    assert client.counters["retries"] == 0


def test_leaving_the_client_closes_its_session(serve, client_of, monkeypatch):
    client = client_of(serve())
    closed = []
    monkeypatch.setattr(client._session, "close", lambda: closed.append(True))
    with client as entered:
        assert entered is client
        assert closed == []
    assert closed == [True]


def test_leaving_the_client_with_an_error_closes_its_session_too(serve, client_of, monkeypatch):
    client = client_of(serve())
    closed = []
    monkeypatch.setattr(client._session, "close", lambda: closed.append(True))
    with pytest.raises(ValueError, match="inside"), client:
        raise ValueError("inside")
    assert closed == [True]


def test_a_run_counts_its_requests(serve, client_of):
    server = serve(answer(json={}), answer(204))
    client = client_of(server)
    assert client.counters == {"requests": 0, "retries": 0, "waited_seconds": 0.0}
    client.get("/things")
    client.send("DELETE", "/things/1")
    assert client.counters == {"requests": 2, "retries": 0, "waited_seconds": 0.0}
