# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection options, parsed and checked once."""

from __future__ import annotations

import ipaddress
import os
import re
from typing import Any, Callable, NamedTuple
from urllib.parse import urlsplit

from .._core.failure import Problem, invalid_options

CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
"""Environment variables with the path of a CA bundle. The first that is not empty counts."""

_HIGHEST = 10**6
"""The highest accepted number: 11 days in seconds, which every system clock can count."""


class Service(NamedTuple):
    """A service, as the client and the connection options need it.

    ``accept`` is the Accept header. ``token_variables`` and ``url_variable`` are environment
    variables, ``url`` is the default of ``api_url``.
    ``limit_lifts_in(reset, retry_after)`` returns the seconds until a rate limit lifts, or None if
    unknown, from the number in X-RateLimit-Reset and the seconds of Retry-After.
    ``busy`` finds the message of a 422 that means: nothing was done, try again.
    """

    name: str
    accept: str
    token_variables: list[str]
    url_variable: str
    url: str
    limit_lifts_in: Callable[[float, float | None], float | None]
    busy: re.Pattern[bytes] | None = None

    @property
    def token_hint(self) -> str:
        """The places to set the token, for messages."""
        return f"api_token or the environment variable {self.token_variables[0]}"


class Settings(NamedTuple):
    """The connection options of a module: ``url`` without a trailing slash, ``timeout`` and
    ``max_wait`` in seconds, ``verify`` true, false or the path of a CA bundle."""

    url: str
    token: str
    timeout: int
    retries: int
    max_wait: int
    verify: Any


def parse(params: dict[str, Any]) -> Settings:
    """Return the connection options in the form that the client needs.

    Raises Failure that names all invalid options, except a missing token.
    """
    problems = out_of_bounds(params, {"api_timeout": 1, "api_retries": 0, "api_max_wait": 0})
    if params["ca_path"] and not os.path.exists(params["ca_path"]):
        problems.append(Problem("ca_path", f"there is no file {params['ca_path']}"))
    url = params["api_url"].strip()
    wrong = _wrong_with(url)
    if wrong:
        problems.append(Problem("api_url", wrong))
    if problems:
        raise invalid_options(problems)
    return Settings(
        url=url.rstrip("/"),
        token=params["api_token"] or "",
        # Ansible accepts True as a number; urllib3 does not.
        timeout=int(params["api_timeout"]),
        retries=params["api_retries"],
        max_wait=params["api_max_wait"],
        verify=verification(params["validate_certs"], params["ca_path"]),
    )


def out_of_bounds(
    params: dict[str, Any], lowest: dict[str, int], highest: int = _HIGHEST
) -> list[Problem]:
    """Return the problems with numbers that are too low or too high; ``lowest`` has the lowest
    accepted one of each option."""
    return [
        Problem(option, f"must be from {low} to {highest}, not {params[option]}")
        for option, low in lowest.items()
        if not low <= params[option] <= highest
    ]


def verification(validate_certs: bool, ca_path: str | None) -> Any:
    """Return the ``verify`` of requests: the path of a CA bundle, True for the bundle of requests,
    or False for no verification."""
    if not validate_certs:
        return False
    return next(filter(None, [ca_path, *map(os.environ.get, CA_VARIABLES)]), True)


def _wrong_with(url: str) -> str | None:
    """Return what is wrong with a base URL, or None if the token may be sent to it."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        parts.port  # noqa: B018 - raises ValueError for an invalid port
    except ValueError:
        parts, host = urlsplit(""), ""
    if (
        parts.scheme not in ("http", "https")
        or not host
        or parts.username is not None
        or "?" in url
        or "#" in url
    ):
        return "must look like https://host/path, with no user, query or fragment"
    if parts.scheme == "http" and not _is_loopback(host):
        return (
            f"is http://{host}…: the token would travel in clear text. Use https; http is for "
            "loopback addresses only"
        )
    return None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
