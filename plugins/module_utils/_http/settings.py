# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a service is and how it is reached: the connection options in the form the client takes.

This module is private to the collection.
"""

from __future__ import annotations

import ipaddress
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from .._core.failure import Problem, invalid_options


class Service(NamedTuple):
    """A service as the client and the connection options know it.

    ``accept`` is the Accept header. ``token_variables`` and ``url_variable`` are environment
    variables, ``url`` is the default of ``api_url``.
    """

    name: str
    accept: str
    token_variables: list[str]
    url_variable: str
    url: str

    @property
    def token_hint(self) -> str:
        """Where a user sets the token, for messages."""
        return f"api_token or the environment variable {self.token_variables[0]}"


class Settings(NamedTuple):
    """The connection options of a module: ``url`` without a slash at its end, seconds for
    ``timeout`` and ``max_wait``, ``verify`` true, false or the path of a CA bundle."""

    url: str
    token: str
    timeout: int
    retries: int
    max_wait: int
    verify: Any


def checked_url(url: str) -> str:
    """The base URL without its last slash; raises Failure when a token must not go there."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        parts.port  # noqa: B018 - raises ValueError for a port that is none
    except ValueError:
        parts, host = urlsplit(""), ""
    if (
        parts.scheme not in ("http", "https")
        or not host
        or parts.username is not None
        or "?" in url
        or "#" in url
    ):
        what = "must look like https://host/path, with no user, query or fragment"
        raise invalid_options([Problem("api_url", what)])
    if parts.scheme == "http" and not _is_loopback(host):
        what = (
            f"is http://{host}…: the token would travel in clear text. Use https; http is for "
            "loopback addresses only"
        )
        raise invalid_options([Problem("api_url", what)])
    return url.rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
