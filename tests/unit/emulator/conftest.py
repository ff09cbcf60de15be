# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clients of both services that check every response against the known facts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from ansible_collections.evenkeel.paas.tests.emulator import Emulator
from ansible_collections.evenkeel.paas.tests.unit.emulator import sevalla_answers

REQUEST_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Client:
    """Sends requests with the token, as a client of the service would."""

    def __init__(self, url: str, token: str, accept: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers.update({"Authorization": f"Bearer {token}", "Accept": accept})

    def __call__(self, method: str, path: str, **options: Any) -> requests.Response:
        return self.session.request(
            method, self.url + path, allow_redirects=False, timeout=10, **options
        )

    def get(self, path: str, **options: Any) -> requests.Response:
        return self("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> requests.Response:
        return self("POST", path, json=body, **options)

    def patch(self, path: str, body: Any, **options: Any) -> requests.Response:
        return self("PATCH", path, json=body, **options)

    def delete(self, path: str, **options: Any) -> requests.Response:
        return self("DELETE", path, **options)


class Sevalla(Client):
    """Checks headers and closed objects of every response."""

    documented = True  # false if a switch contradicts the description

    def __call__(self, method: str, path: str, **options: Any) -> requests.Response:
        response = super().__call__(method, path, **options)
        assert response.headers["Content-Type"].startswith("application/json")
        assert REQUEST_ID.fullmatch(response.headers["x-request-id"])
        for name in ("limit", "remaining", "reset"):
            assert response.headers[f"x-ratelimit-{name}"].isdecimal()
        if self.documented:
            route = path.partition("?")[0]
            sevalla_answers.check(method, route, response.status_code, response.json())
        return response


class LaravelCloud(Client):
    """Checks the headers of every response."""

    def __call__(self, method: str, path: str, **options: Any) -> requests.Response:
        response = super().__call__(method, path, **options)
        assert response.headers["Cache-Control"] == "no-cache, private"
        if response.status_code in (200, 201):
            plain = path.endswith(("/logs", "/instances/sizes"))
            media_type = "application/json" if plain else "application/vnd.api+json"
            assert response.headers["Content-Type"] == media_type
        return response


@pytest.fixture
def sevalla(emulator: Emulator) -> Iterator[Sevalla]:
    client = Sevalla(emulator.sevalla_url, emulator.token, "application/json")
    yield client
    client.session.close()


@pytest.fixture
def cloud(emulator: Emulator) -> Iterator[LaravelCloud]:
    client = LaravelCloud(
        emulator.laravel_cloud_url,
        emulator.token,
        "application/vnd.api+json, application/json",
    )
    yield client
    client.session.close()
