# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sevalla's ids and objects, and how applications and sizes are found by name.

Facts are from the service's OpenAPI description of API v3 (snapshot of 2026-03-09) and its
documentation, unless a comment says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from .._core.failure import Failure, Problem
from .._core.fields import dicts
from .._http.client import Client, meaning_of_404
from .._http.settings import Service
from .pages import pages


def _limit_lifts_in(reset: float, retry_after: float | None) -> float | None:
    """Return the seconds until a rate limit lifts.

    X-RateLimit-Reset contains them (page on rate limits); Retry-After is not documented.
    """
    return max(0.0, reset)


SERVICE = Service(
    name="Sevalla",
    accept="application/json",
    token_variables=["SEVALLA_API_KEY", "SEVALLA_API_TOKEN"],
    url_variable="SEVALLA_API_URL",
    url="https://api.sevalla.com/v3",
    limit_lifts_in=_limit_lifts_in,
)
APPLICATION_SPEC: dict[str, Any] = {
    "application": {"type": "str", "required": True, "aliases": ["application_id", "app_id"]},
}

# The description's pattern for {id} and {process_id}.
_UUID = re.compile(
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
    r"|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff"
)

_SIZES = "/resources/process-resource-types"


def is_id(text: str) -> bool:
    """Return whether a text has the form of a Sevalla id."""
    return _UUID.fullmatch(text) is not None


def check_application(params: dict[str, Any]) -> list[Problem]:
    """Return the problems with the option application, before any request."""
    return [] if params["application"].strip() else [Problem("application", "is empty")]


def find_application(client: Client, wanted: str) -> str:
    """Return the id of the application with an id, name or display_name.

    The service chooses ``name``, which is unique; ``display_name`` may repeat. The service has no
    filter and no search, so all pages are read. Raises Failure ``not_found`` or ``ambiguous``.
    """
    if is_id(wanted):
        return wanted
    every = []
    for application in walk(client, "/applications"):
        every.append(application)
        if application.get("name") == wanted:
            break  # the pages that follow cannot have another one
    ids = [str(each["id"]) for each in matching(every, wanted)]
    if not ids:
        raise no_application(wanted, map(names_of, every))
    if len(ids) > 1:
        raise Failure(
            f"{len(ids)} applications have the display_name {wanted!r}: {', '.join(ids)}. "
            "Use the id, or the unique name.",
            code="ambiguous",
            details=ids,
        )
    return ids[0]


def matching(every: list[dict[str, Any]], wanted: str) -> list[dict[str, Any]]:
    """Return the application with this id or name, else all with this display_name."""
    found = [each for each in every if each["id"].lower() == wanted.lower()]
    for key in ("name", "display_name"):
        found = found or [each for each in every if each.get(key) == wanted]
    return found


def walk(client: Client, path: str) -> Iterator[dict[str, Any]]:
    """Yield every object of a list, page by page."""
    for page in pages(client, path):
        for item in page:
            yield object_in(client, path, item)


def names_of(application: dict[str, Any]) -> tuple[str, ...]:
    """Return the names that a user may write for an application, the unique one first."""
    return tuple(str(application.get(key) or "") for key in ("name", "display_name"))


def of_application(application: str) -> AbstractContextManager[None]:
    """Report a 404 of a request inside as a missing application."""
    return meaning_of_404(lambda: no_application(application))


def no_application(wanted: str, known: Iterable[tuple[str, ...]] = ()) -> Failure:
    """Return the failure for an application that does not exist.

    ``known`` has the names of the applications, if they were read.
    """
    from .._core.near_misses import hint

    return Failure(
        f"There is no application {wanted!r} on Sevalla, or the token has no access to it. "
        "Check application; it may be an id, the unique name or the "
        f"display_name, all case-sensitive.{hint(wanted, known, SERVICE.name)}",
        code="not_found",
    )


def object_in(client: Client, path: str, value: Any, method: str = "GET") -> dict[str, Any]:
    """Return an object of a response that has an id; raise Failure for anything else."""
    # The id becomes part of paths, so it must have the form of an id.
    if isinstance(value, dict) and isinstance(value.get("id"), str) and is_id(value["id"]):
        return value
    raise client.unexpected(method, path, "something that is not an object with an id")


def read_sizes(client: Client) -> list[dict[str, Any]]:
    """Return the process sizes that have a name and an id, with one request for a whole task.

    They are not hard-coded because the vendor's documents contradict each other about them.
    """
    sizes = client.get_once(_SIZES)
    if not isinstance(sizes, list):
        raise client.unexpected("GET", _SIZES, "something that is not a list of sizes")
    return [
        size
        for size in dicts(sizes)
        if isinstance(size.get("name"), str) and isinstance(size.get("id"), str)
    ]
