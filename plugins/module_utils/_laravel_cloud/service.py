# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Laravel Cloud's ids and JSON:API documents, and how environments are found by name.

Facts are from the service's OpenAPI description and from responses of the live service in March and
April 2026; if the two disagree, the recorded responses are right.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar
from urllib.parse import quote

from .._core.failure import Failure, Problem
from .._core.fields import Process, at, dicts
from .._engine.service import Backend
from .._http.client import Client, meaning_of_404
from .._http.settings import Service
from .pages import pages


def _limit_lifts_in(reset: float, retry_after: float | None) -> float | None:
    """Return the seconds until a rate limit lifts.

    X-RateLimit-Reset is a Unix timestamp (page on rate limits). Retry-After takes precedence
    because it is right even if the local clock is wrong.
    """
    return max(0.0, reset - time.time()) if retry_after is None else retry_after


SERVICE = Service(
    name="Laravel Cloud",
    # Laravel treats a request as JSON if the first type listed is JSON. Otherwise it redirects an
    # unauthenticated request to a login page.
    accept="application/vnd.api+json, application/json",
    token_variables=["LARAVEL_CLOUD_API_TOKEN", "LARAVEL_CLOUD_TOKEN"],
    url_variable="LARAVEL_CLOUD_BASE_URL",
    url="https://cloud.laravel.com/api",
    limit_lifts_in=_limit_lifts_in,
    # "An update operation is already in progress" was seen for database clusters only. Quotation
    # marks before it would mean that the message quotes a user's text.
    busy=re.compile(rb'"message": ?"[\w ]+ already in progress'),
)
# Which of these are required depends on the others, and module_defaults may set them: the functions
# that check them decide, not the argument spec.
ENVIRONMENT_SPEC: dict[str, Any] = {
    option: {"type": "str"} for option in ("environment", "application")
}


Listed = tuple[dict[str, Any], dict[str, dict[str, Any]]]
"""A resource of a list, and the resources that its page includes, by id."""

# Names are not unique, and slugs are not derived from them, so slugs go first.
APPLICATION_NAMES = ("slug", "name")


def is_id(kind: str, text: str, or_name: bool = False) -> bool:
    """Return whether a text is an id of a kind: ``process-…``, ``inst-…``, ``env-…``, ``app-…``.

    With ``or_name``, it may be a name or slug instead, such as ``app-store`` or ``env-dev``. Then
    only an id with a UUID, as all recorded ones are, counts as one.
    """
    rest = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}" if or_name else "[0-9A-Za-z-]+"
    return re.fullmatch(f"{kind}-{rest}", text) is not None


def check_environment(params: dict[str, Any], why: str) -> list[Problem]:
    """Return the problems with the options environment and application, before any request.

    ``why`` says what the environment is needed for.
    """
    environment = params["environment"]
    if not environment:
        problems = [Problem("environment", why)]
        if not params["application"]:
            problems.append(Problem("application", "is required, unless environment is an id"))
        return problems
    if not is_id("env", environment) and not params["application"]:
        what = f"is required, because environment {environment!r} is a name"
        return [Problem("application", what)]
    return []


def resource_in(client: Client, path: str, value: Any, method: str = "GET") -> dict[str, Any]:
    """Return a JSON:API resource with id and attributes; raise Failure for anything else."""
    if (
        isinstance(value, dict)
        and isinstance(value.get("id"), str)
        # The id becomes part of paths, so it must have the form of an id.
        and re.fullmatch(r"[0-9A-Za-z]+(-[0-9A-Za-z]+)*", value["id"])
        and isinstance(value.get("attributes"), dict)
    ):
        return value
    what = "something that is not a resource with id and attributes"
    raise client.unexpected(method, path, what)


def related(resource: dict[str, Any], relation: str) -> list[str] | None:
    """Return the ids of a relation, or None if the response does not have it."""
    data = at(resource, f"relationships.{relation}.data")
    if not isinstance(data, (dict, list)):
        return None
    return [str(item.get("id")) for item in dicts(data if isinstance(data, list) else [data])]


def walk(client: Client, path: str, params: dict[str, Any] | None = None) -> Iterator[Listed]:
    """Yield every resource of a list, and the resources that its page includes, by id."""
    for item, by_id in walk_unchecked(client, path, params):
        yield resource_in(client, path, item), by_id


def walk_unchecked(
    client: Client, path: str, params: dict[str, Any] | None = None
) -> Iterator[tuple[Any, dict[str, dict[str, Any]]]]:
    """Yield what ``walk`` does, for a caller that calls ``resource_in`` itself."""
    for page in pages(client, path, params):
        by_id = {str(item["id"]): item for item in dicts(page.get("included")) if "id" in item}
        for item in page["data"]:
            yield item, by_id


def linked(
    client: Client,
    path: str,
    resource: dict[str, Any],
    included: dict[str, dict[str, Any]],
    relation: str,
) -> list[dict[str, Any]] | None:
    """Return the resources of a relation, or None if the page does not include all of them."""
    ids = related(resource, relation)
    if ids is None or any(each not in included for each in ids):
        return None
    return [resource_in(client, path, included[each]) for each in ids]


def find_environment(client: Client, environment: str, application: str | None) -> str:
    """Return the id of the environment with an id, slug or name in an application."""
    if not application or is_id("env", environment, or_name=True):
        return environment
    found = None
    if not is_id("app", application, or_name=True):
        path = "/applications"
        items = walk(client, path, {"include": "environments"})
        named, included = the_one("application", application, APPLICATION_NAMES, items)
        found = linked(client, path, named, included, "environments")
        application = named["id"]
    if found is None:
        path = f"/applications/{application}/environments"
        found = [item for item, _included in listed("application", application, walk(client, path))]
    # Never return an environment itself: it contains the application's secrets in plain text.
    candidates: list[Listed] = [(each, {}) for each in found]
    return str(the_one("environment", environment, APPLICATION_NAMES, candidates)[0]["id"])


def of_parent(kind: str, parent: str) -> AbstractContextManager[None]:
    """Report a 404 of a request inside as a missing parent."""
    return meaning_of_404(lambda: missing(kind, parent))


def listed(kind: str, parent: str, items: Iterator[Any]) -> list[Any]:
    """Return all items of a parent's list; raise a Failure that names a missing parent."""
    with of_parent(kind, parent):
        return list(items)


def the_one(kind: str, wanted: str, keys: tuple[str, ...], candidates: Iterable[Listed]) -> Listed:
    """Return the only candidate that ``answering`` finds; raise Failure for none or several."""
    candidates = list(candidates)
    key, found = answering(wanted, keys, candidates)
    if not found:
        raise missing(kind, wanted, names_of(candidates, keys))
    if len(found) > 1:
        ids = [str(item[0]["id"]) for item in found]
        raise Failure(
            f"{len(ids)} {kind}s have the {key} {wanted!r}: {', '.join(ids)}. Use the id.",
            code="ambiguous",
            details=ids,
        )
    return found[0]


def answering(
    wanted: str, keys: tuple[str, ...], candidates: list[Listed]
) -> tuple[str, list[Listed]]:
    """Return the first key that is ``wanted`` in any candidate, and those candidates; in the end,
    the id."""
    for key in keys:
        found = [item for item in candidates if item[0]["attributes"].get(key) == wanted]
        if found:
            return key, found
    return "id", [item for item in candidates if item[0]["id"] == wanted]


def names_of(candidates: Iterable[Listed], keys: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the names of each candidate in the order of ``keys``, "" for one that it lacks."""
    return [
        tuple(str(resource["attributes"].get(key) or "") for key in keys)
        for resource, _included in candidates
    ]


class LaravelCloudBackend(Backend):
    """A kind of resource of Laravel Cloud. A subclass must also set ``parent_id``."""

    vendor = SERVICE.name
    service = SERVICE

    parent_id: ClassVar[str]
    """The kind of the parent's id, as in ``is_id``."""

    def flat(self, resource: dict[str, Any], scope: str) -> Process:
        """Return a JSON:API resource with flattened attributes, its id, and its parent's id.

        ``scope`` is the parent if it is known.
        """
        parents = related(resource, self.parent)
        parent = scope or (parents[0] if parents else None)
        return {**resource["attributes"], "id": resource["id"], f"{self.parent}_id": parent}

    def receive(self, client: Client, method: str, path: str, answer: Any, scope: str) -> Process:
        """Return the resource in a JSON:API document, as ``flat`` does."""
        return self.flat(resource_in(client, path, at(answer, "data"), method), scope)

    def list_all(self, client: Client, scope: str) -> list[Process]:
        """Return all resources of a parent; raise Failure if the parent does not exist."""
        path = self.collection.format(scope=quote(scope, safe=""))
        items = listed(self.parent, scope, walk(client, path))
        return [self.flat(item, scope) for item, _included in items]

    def read_by_id(
        self, client: Client, resource_id: str, whole: bool
    ) -> tuple[str, list[Process]]:
        """Return the parent's id, and the resource with an id, or all of the parent with ``whole``.

        Without such a resource, the parent is "" and the list is empty.
        """
        path = self.item.format(id=quote(resource_id, safe=""))
        try:
            answer = client.get(path, {"include": self.parent})
        except Failure as failure:
            if failure.code == "not_found":
                return "", []
            raise
        found = self.receive(client, "GET", path, answer, "")
        parent = str(found[f"{self.parent}_id"] or "")
        if whole and is_id(self.parent_id, parent):
            return parent, self.list_all(client, parent)
        return parent, [found]


_PARENTS = {"environment": "application", "instance": "environment"}
"""The kinds that an environment and an instance belong to."""


def missing(kind: str, wanted: str, known: Sequence[tuple[str, ...]] = ()) -> Failure:
    """Return the failure for an application, environment or instance that does not exist.

    ``known`` has the names of those that exist, if they were read; otherwise ``wanted`` is an id.
    """
    from .._core.near_misses import hint

    advice = "Names are case-sensitive; an id always works."
    if not known and kind in _PARENTS:
        advice = f"If it is a name, set {_PARENTS[kind]} too."
    return Failure(
        f"There is no {kind} {wanted!r} on Laravel Cloud, or the token has no access to it. "
        f"Check {kind}. {advice}"
        + hint(wanted, known, SERVICE.name if kind == "application" else f"The {_PARENTS[kind]}"),
        code="not_found",
    )
