# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTTP client of both services: JSON in, JSON out, and every fault a Failure.

``retry.py`` says what is repeated and when; all of it is under one bound on the waiting of the
whole task here. ``faults.py`` has the words of the failures.

This module is private to the collection.
"""

from __future__ import annotations

import json
import os
import ssl
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import suppress
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Callable, cast

from .._core.failure import Failure
from .._core.fields import number
from .settings import Service, Settings, checked_url

try:
    import requests
    from requests import Session
    from requests.adapters import HTTPAdapter
    from requests.auth import AuthBase
    from requests.exceptions import RequestException
    from requests.utils import DEFAULT_CA_BUNDLE_PATH, get_environ_proxies
    from urllib3.exceptions import HTTPError
    from urllib3.util.ssl_ import create_urllib3_context
except ImportError:  # reported by _engine/module.py, before anything of this file is used
    IMPORT_ERROR: str | None = traceback.format_exc()
    AuthBase = HTTPAdapter = Session = object  # type: ignore[assignment,misc]
else:
    IMPORT_ERROR = None
if TYPE_CHECKING:  # they are imported once something goes wrong, which mostly nothing does
    from .faults import Faults
    from .retry import Repeating

CONNECTIONS = 32
"""How many requests of one client can be under way at a time."""

PAGES = 1000
"""More pages than any list has: an endless walk ends here."""

_DEEPEST = 50


class _Session(Session):
    """Even an unfollowed redirect is parsed by requests, which raises on a Location of nonsense."""

    def get_redirect_target(self, resp: Any) -> None:
        return None


@cache
def tls_context() -> ssl.SSLContext:
    """The TLS settings of requests, with the authorities that it trusts; raises OSError.

    Loading these takes longer than all else that a first request does, so it is done once in a
    process, and before the fork where there is one.
    """
    context = create_urllib3_context()
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context


class _Preloaded(HTTPAdapter):
    """Verifies with ``tls_context``, where requests would load the same for each connection."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options, ssl_context=tls_context())

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]
        conn.ca_certs = None


def _trusts_as_requests_does(settings: Settings) -> bool:
    """Whether ``tls_context`` is right: no other authorities, no proxy with a TLS of its own."""
    variables = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
    return (
        settings.verify is True
        and settings.url.startswith("https:")
        and not any(os.environ.get(name) for name in variables)
        and not get_environ_proxies(settings.url)
    )


class _Bearer(AuthBase):
    # An AuthBase and not a header: with only a header, requests takes a matching entry of
    # ~/.netrc for the truth and replaces the token by basic auth.
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Client:
    """One session with one service, for one task.

    Several threads may send at a time; when one has to wait, all do. Starts read-only: until
    ``allow_writes`` is called, anything but a GET is an error of the caller.
    ``sent``, ``repeated`` and ``waited`` (seconds) count what happened. ``deadline``, a time of
    ``clock``, is when waiting for the next attempt ends whatever the service says.
    """

    sleep: Callable[[float], None] = staticmethod(time.sleep)
    clock: Callable[[], float] = staticmethod(time.monotonic)

    def __init__(self, service: Service, settings: Settings) -> None:
        """Raises Failure when the token or the URL cannot be used."""
        self.service = service
        self._settings = settings._replace(url=checked_url(settings.url))
        self._writes = False
        self._kept: dict[str, Any] = {}
        # Held by the thread that waits, so that all others do.
        self._gate = threading.Lock()
        self._counting = threading.Lock()
        self._paused = 0.0
        self._counted_until = 0.0
        self.sent = 0
        self.repeated = 0
        self.waited = 0.0
        self.deadline: float | None = None
        if not settings.token:
            raise Failure(
                f"No API token for {service.name}. Set {service.token_hint}.", code="no_token"
            )
        # requests would quote a header value that it refuses, and with it the token.
        if not (settings.token.isascii() and settings.token.isprintable()) or " " in settings.token:
            raise Failure(
                f"The API token for {service.name} holds blanks, line ends or characters that "
                f"no token has. Check {service.token_hint}.",
                code="no_token",
            )
        self._session = _Session()
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(pool_maxsize=CONNECTIONS))
        self._session.auth = _Bearer(settings.token)
        if _trusts_as_requests_does(self._settings):
            with suppress(OSError):  # requests has the same trouble, and tells it in its way
                self._session.mount("https://", _Preloaded(pool_maxsize=CONNECTIONS))
        self._session.headers.update({"Accept": service.accept, "User-Agent": "evenkeel.paas"})

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    @cached_property
    def _policy(self) -> Repeating:
        from .retry import policy

        return policy(self.retries)

    @cached_property
    def _faults(self) -> Faults:
        from .faults import Faults

        return Faults(self.service, self._settings)

    def unexpected(
        self, method: str, path: str, what: str, response: requests.Response | None = None
    ) -> Failure:
        """The failure for an answer that is not what the service's description promises."""
        return self._faults.unexpected(method, path, what, response)

    def allow_writes(self) -> None:
        """From here on the client sends POST, PATCH and DELETE too."""
        self._writes = True

    @property
    def counters(self) -> dict[str, Any]:
        """The ``api`` value of a result."""
        return {
            "requests": self.sent,
            "retries": self.repeated,
            "waited_seconds": round(self.waited, 3),
        }

    @property
    def retries(self) -> int:
        """How often one request is repeated at most."""
        return self._settings.retries

    def count_repeated(self) -> None:
        """Count a request that is sent again."""
        with self._counting:
            self.repeated += 1

    def get(self, path: str, params: dict[str, Any] | None = None) -> Any:
        """The JSON that a GET brings. Raises Failure, with its status where there is one."""
        return self.send("GET", path, params=params)

    def get_once(self, path: str) -> Any:
        """The JSON of a GET of something that stays the same for as long as a task takes."""
        if path not in self._kept:
            self._kept[path] = self.get(path)
        return self._kept[path]

    def offset_pages(self, path: str) -> Iterator[list[Any]]:
        """The items of every page of a Sevalla list, 100 at a time.

        Advances by what was received and stops by ``total`` (Sevalla's page on pagination).
        """
        offset = 0
        seen: set[str] = set()
        for _page in range(PAGES):
            page = self.get(path, {"limit": 100, "offset": offset})
            items = self._list_in(page, path)
            total = number(page.get("total"))
            if not isinstance(total, int):
                raise self.unexpected("GET", path, "a list without a total")
            offset += len(items)
            if items and offset > total:
                raise self.unexpected("GET", path, f"{offset} items of {total} in all")
            yield self._unseen(items, seen, path)
            if offset >= total:
                return
            if not items:
                raise self.unexpected("GET", path, f"an empty page at {offset} of {total} items")
        raise self.unexpected("GET", path, "a list that does not end")

    def numbered_pages(
        self, path: str, params: dict[str, Any] | None = None
    ) -> Iterator[dict[str, Any]]:
        """Every page of a Laravel Cloud list, as JSON:API documents.

        The page size is fixed at 100, per_page is not honoured (the vendor's Terraform
        provider); links.next is absent on the last page, so meta.last_page decides.
        """
        seen: set[str] = set()
        came = 0
        for count in range(1, PAGES + 1):
            page, last = self._numbered_page(path, params or {}, count)
            yield {**page, "data": self._unseen(page["data"], seen, path)}
            came += len(page["data"])
            if count >= last:
                total = number(page["meta"].get("total"))
                if isinstance(total, int) and came < total:
                    raise self.unexpected("GET", path, f"{came} items of {total} in all")
                return
        raise self.unexpected("GET", path, "a list that does not end")

    def numbered_ends(
        self, path: str, oldest_first: Callable[[list[Any]], bool | None]
    ) -> list[Any]:
        """Return the newest items of a Laravel Cloud list, in three requests at most, and perhaps
        the oldest: the first page and, unless that is the newest one, a hundred from the end.

        ``oldest_first`` returns how a page is ordered, or None when it does not show that. The
        oldest items are the same ones in each read, whatever was added between.
        """
        seen: set[str] = set()
        page, last = self._numbered_page(path, {}, 1)
        first = self._unseen(page["data"], seen, path)
        backwards = oldest_first(first)
        if backwards is False:
            return first
        rest: list[Any] = []
        # In an unknown order the end may be the oldest ones: a whole hundred of them, since the
        # last page may have few items. It may become another page while the list is read.
        for count in range(max(2, last if backwards else last - 1), last + 2):
            if count > last:
                break
            page, last = self._numbered_page(path, {}, count)
            rest += self._unseen(page["data"], seen, path)
        return first + rest[-len(first) :]

    def _numbered_page(
        self, path: str, params: dict[str, Any], count: int
    ) -> tuple[dict[str, Any], int]:
        """One page of a Laravel Cloud list, and the number of the last one."""
        page = self.get(path, {**params, **({"page": count} if count > 1 else {})})
        items = self._list_in(page, path)
        meta = page.get("meta")
        last = number(meta.get("last_page")) if isinstance(meta, dict) else None
        if not isinstance(last, int):
            raise self.unexpected("GET", path, "a list without meta.last_page")
        if count < last and not items:
            raise self.unexpected("GET", path, f"an empty page {count} of {last}")
        return page, last

    def send(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, Any] | None = None,
        body: dict[str, Any] | None = None,
        longer: int = 0,
    ) -> Any:
        """Send one request, repeated where that is safe; the JSON of its answer.

        ``path`` is relative to the base URL, with its parts quoted. ``longer`` are the seconds
        that the service may work on it before ``timeout`` counts. None stands for an answer
        without a body. Raises Failure for everything but a 2xx with JSON or nothing in it.
        """
        if method != "GET" and not self._writes:
            raise RuntimeError(f"{method} {path} while only reading")
        policy: Repeating | None = None
        while True:
            with self._gate:
                paused = self._paused
            response, lost = None, None
            started = self.clock()
            try:
                response = self._attempt(method, path, params, body, longer)
                decoded = _decoded(response)
                status = response.status_code
                if status < 400 or not self._policy.is_retry(method, status):
                    return self._accepted(method, path, response, decoded)
            except (OSError, HTTPError, ValueError) as error:
                from .retry import certificate_refused

                # What is no RequestException, or a ValueError too, is wrong before it is sent.
                if (
                    isinstance(error, ValueError)
                    or not isinstance(error, RequestException)
                    or certificate_refused(error)
                ):
                    raise self._faults.unreachable(method, path, error, sent=False) from None
                lost = error
            self._count_lost(started, self.clock())
            policy = self._repeat(
                policy or self._policy, method, path, response, lost, paused, longer
            )

    def _count_lost(self, started: float, ended: float) -> None:
        """Count the time of a request that has to be repeated, once for all threads."""
        with self._counting:
            self.waited += max(0.0, ended - max(started, self._counted_until))
            self._counted_until = max(self._counted_until, ended)

    def _attempt(
        self,
        method: str,
        path: str,
        params: dict[str, Any] | None,
        body: dict[str, Any] | None,
        longer: int,
    ) -> requests.Response:
        with self._counting:
            self.sent += 1
        return self._session.request(
            method,
            self._settings.url + path,
            params=params,
            json=body,
            timeout=(self._settings.timeout, self._settings.timeout + longer),
            # http is for loopback alone, and a proxy is not.
            proxies={"http": ""},
            # A token must not travel, and a redirected POST becomes a GET.
            allow_redirects=False,
            # On each request: the session's own verify loses against REQUESTS_CA_BUNDLE.
            verify=self._settings.verify,
        )

    def _repeat(
        self,
        policy: Repeating,
        method: str,
        path: str,
        response: requests.Response | None,
        lost: RequestException | None,
        paused: float,
        longer: int,
    ) -> Repeating:
        """Wait for the next attempt, or raise the Failure that ends this request.

        ``paused`` is how many seconds the client had paused in all when the attempt began.
        """
        from .retry import as_urllib3, never_connected

        told = policy.told(response)
        seconds = policy.backoff(response) if told is None else told
        over = False
        try:
            policy = policy.increment(
                method,
                path,
                response=None if response is None else response.raw,
                error=None if lost is None else as_urllib3(lost),
            )
        except HTTPError:  # repeated often enough, or not to be repeated at all
            over = True
        if not over and self._wait(seconds, told is not None, paused):
            self.count_repeated()
            return policy
        if lost is not None:
            sent = not never_connected(lost)
            failure = self._faults.unreachable(method, path, lost, sent=sent, longer=longer)
        else:  # there is an answer, or an error in its place
            answered = cast("requests.Response", response)
            decoded = _decoded(answered)
            failure = self._faults.refused(method, path, answered, decoded, told, self.waited)
        if failure.status != 429:  # which tells of its limits itself
            failure.message += self._why_not_again(policy, seconds, over)
        raise failure

    def _why_not_again(self, policy: Repeating, seconds: float, over: bool) -> str:
        """What ended the repeating of a request, "" for one that is not to be repeated at all."""
        if over:
            tries = self.retries + 1
            return "" if policy.total else f" It was tried {tries} time(s) (api_retries)."
        if self.waited + seconds <= self._settings.max_wait:
            return ""
        return (
            f" This task may wait no longer: {self.waited:.0f} of its {self._settings.max_wait} "
            "seconds (api_max_wait) are spent."
        )

    def _wait(self, seconds: float, told: bool, paused: float) -> bool:
        """Wait before an attempt is repeated; tell whether the task may wait for that long.

        What other threads have waited since the attempt began counts: as much of what the
        service has ``told`` as they waited, and for all of a backoff of our own.
        """
        from .retry import later

        with self._gate:
            since = self._paused - paused
            if since > 0 and (not told or since >= seconds):
                return True
            left = self._settings.max_wait - self.waited
            if self.deadline is not None:
                left = min(left, self.deadline - self.clock())
            seconds -= since
            if seconds > left or left <= 0:
                return False
            self._pause(min(left, later(seconds)) if told else seconds)
        return True

    def pause(self, seconds: float) -> bool:
        """Wait, unless that would be longer than the task may wait in all; tell which."""
        with self._gate:
            if self.waited + seconds > self._settings.max_wait + 1e-6:
                return False
            self._pause(seconds)
        return True

    def _pause(self, seconds: float) -> None:
        """Wait, with the gate held: nobody sends anything meanwhile."""
        self._paused += seconds
        with self._counting:
            self.waited += seconds
            self._counted_until = max(self._counted_until, self.clock() + seconds)
        self.sleep(seconds)

    def _accepted(self, method: str, path: str, response: requests.Response, decoded: Any) -> Any:
        status = response.status_code
        if 300 <= status < 400:
            raise self._faults.redirected(method, path, response)
        if status >= 400:
            raise self._faults.refused(method, path, response, decoded, None, self.waited)
        if decoded is not _NOT_JSON:
            return decoded
        kind = response.headers.get("Content-Type", "no content type")
        what = f"HTTP {status} with {kind}, which cannot be read as JSON"
        raise self.unexpected(method, path, what, response)

    def _list_in(self, page: Any, path: str) -> list[Any]:
        items = page.get("data") if isinstance(page, dict) else None
        if not isinstance(items, list):
            raise self.unexpected("GET", path, "something that is not a list with data")
        return items

    def _unseen(self, items: list[Any], seen: set[str], path: str) -> list[Any]:
        """The items that no page before had: what is added while pages are read moves others
        on to the next one. A page of nothing but old items is no page."""
        ids = [str(item.get("id") if isinstance(item, dict) else item) for item in items]
        new = [item for item, each in zip(items, ids) if each not in seen]
        if items and not new:
            raise self.unexpected("GET", path, "a page that repeats the ones before")
        seen.update(ids)
        return new


_NOT_JSON: Any = object()


def _decoded(response: requests.Response) -> Any:
    """The JSON of an answer, None for an empty one, _NOT_JSON for what cannot be read as such.

    Raises requests' ChunkedEncodingError when JSON was announced and came broken: with
    urllib3 1.26 an answer that was cut in half looks complete.
    """
    if not response.content.strip():
        return None
    try:
        decoded = json.loads(response.content)
    except RecursionError:
        return _NOT_JSON
    except ValueError:
        if response.ok and "json" in response.headers.get("Content-Type", ""):
            raise requests.exceptions.ChunkedEncodingError("the answer was cut short") from None
        return _NOT_JSON
    return _NOT_JSON if _is_deep(decoded) else decoded


def _is_deep(value: Any) -> bool:
    """Tell whether JSON is nested deeper than anything a service means, and than it is safe to
    walk by recursion."""
    level = [value]
    for _depth in range(_DEEPEST):
        level = [
            item
            for each in level
            if isinstance(each, (dict, list))
            for item in (each.values() if isinstance(each, dict) else each)
        ]
    return bool(level)
