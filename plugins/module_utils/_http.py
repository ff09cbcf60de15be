# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTTP client of both services: JSON in, JSON out, and every fault a Failure.

Repeating follows urllib3's Retry with this collection's rules on top: 429 for every method,
lost connections and 5xx for GET, PATCH and DELETE alone, a POST never, everything under one
bound on the waiting of the whole task.

This module is private to the collection.
"""

from __future__ import annotations

import ipaddress
import json
import os
import random
import re
import ssl
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import Any, Callable, NamedTuple, cast
from urllib.parse import urlsplit

from ._failure import Failure, Problem, invalid_options
from ._fields import number

try:
    import requests
    from requests import Session
    from requests.adapters import HTTPAdapter
    from requests.auth import AuthBase
    from requests.exceptions import ConnectTimeout, ReadTimeout, RequestException, SSLError
    from requests.utils import DEFAULT_CA_BUNDLE_PATH, get_environ_proxies
    from urllib3.exceptions import (
        ConnectTimeoutError,
        HTTPError,
        InvalidHeader,
        NewConnectionError,
        ProtocolError,
    )
    from urllib3.util import Retry
    from urllib3.util.ssl_ import create_urllib3_context
except ImportError:  # told to the user by _module.py, before anything of this file is used
    IMPORT_ERROR: str | None = traceback.format_exc()
    AuthBase = HTTPAdapter = Retry = Session = object  # type: ignore[assignment,misc]
else:
    IMPORT_ERROR = None

CONNECTIONS = 32
"""How many requests of one client can be under way at a time."""

PAGES = 1000
"""More pages than any list has: an endless walk ends here."""

_EPOCH = 10**9
_SHOWN = 500
_DEEPEST = 50


class Service(NamedTuple):
    """What differs between the two services for a client.

    ``accept`` is the Accept header, ``token_hint`` says where a token is given.
    """

    name: str
    accept: str
    token_hint: str


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


class _Repeating(Retry):
    """urllib3's Retry, with the statuses that are repeated depending on the method."""

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        """429 was not acted on, whatever the method; a 5xx may have been."""
        if status_code == 429:
            return True
        return status_code in (500, 502, 503, 504) and bool(self._is_method_retryable(method))

    def told(self, response: Any) -> float | None:
        """The seconds that the service asks to wait, None when it asks for none.

        Sevalla's x-ratelimit-reset is seconds left (its page on rate limits). Laravel's own
        throttle sends an epoch under the same name, with Retry-After beside it; a clock that
        is off must not matter, so Retry-After goes first then.
        """
        if response is None:
            return None
        reset = _number(response.headers.get("x-ratelimit-reset"))
        if response.status_code != 429:
            reset = None
        if reset is not None and reset < _EPOCH:
            return reset
        after = self._retry_after(response)
        return after if after is not None or reset is None else max(0.0, reset - time.time())

    def backoff(self, response: Any) -> float:
        """The seconds to wait when the service does not say: growing, never the same twice.

        For a limit five of them are longer than the minute by which both services count (Sevalla's
        page on rate limits; Laravel's own throttle).
        """
        seconds = max(0.5, self.get_backoff_time())
        if response is not None and response.status_code == 429:
            return seconds * 8 * random.uniform(1, 1.5)
        return seconds * random.uniform(0.5, 1.5)

    def _retry_after(self, response: Any) -> float | None:
        header = response.headers.get("Retry-After")
        try:
            return None if header is None else float(self.parse_retry_after(header))
        except (InvalidHeader, ValueError, OverflowError):
            return None


def _later(seconds: float) -> float:
    """A little later than the service says, each client by another little: they were all told
    the same, and know nothing of each other."""
    return seconds + random.uniform(0, min(5, 1 + seconds / 10))


def _number(text: str | None) -> float | None:
    try:
        return max(0.0, float(text or ""))
    except ValueError:
        return None


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
        self._policy = _Repeating(
            total=settings.retries,
            backoff_factor=0.5,
            allowed_methods=frozenset({"GET", "PATCH", "DELETE"}),
        )
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

    def numbered_ends(self, path: str) -> list[Any]:
        """The first hundred and the last hundred items of a Laravel Cloud list, in three requests
        at most; all items when there are no more.

        Whichever way a list is ordered the newest are at one end, and at the other are the oldest:
        items that are added do not change which these are.
        """
        seen: set[str] = set()
        page, last = self._numbered_page(path, {}, 1)
        first = self._unseen(page["data"], seen, path)
        rest: list[Any] = []
        # The last page may have few items, and become another one while they are read.
        for count in range(max(2, last - 1), last + 2):
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
    ) -> Any:
        """Send one request, repeated where that is safe; the JSON of its answer.

        ``path`` is relative to the base URL, with its parts quoted. None stands for an answer
        without a body. Raises Failure for everything but a 2xx with JSON or nothing in it.
        """
        if method != "GET" and not self._writes:
            raise RuntimeError(f"{method} {path} while only reading")
        policy = self._policy
        while True:
            with self._gate:
                paused = self._paused
            response, lost = None, None
            started = self.clock()
            try:
                response = self._attempt(method, path, params, body)
                decoded = _decoded(response)
                if not policy.is_retry(method, response.status_code):
                    return self._accepted(method, path, response, decoded)
            except (OSError, HTTPError, ValueError) as error:
                # What is no RequestException, or a ValueError too, is wrong before it is sent.
                if (
                    isinstance(error, ValueError)
                    or not isinstance(error, RequestException)
                    or _certificate_refused(error)
                ):
                    raise self._unreachable(method, path, error, sent=False) from None
                lost = error
            self._count_lost(started, self.clock())
            policy = self._repeat(policy, method, path, response, lost, paused)

    def _count_lost(self, started: float, ended: float) -> None:
        """Count the time of a request that has to be repeated, once for all threads."""
        with self._counting:
            self.waited += max(0.0, ended - max(started, self._counted_until))
            self._counted_until = max(self._counted_until, ended)

    def _attempt(
        self, method: str, path: str, params: dict[str, Any] | None, body: dict[str, Any] | None
    ) -> requests.Response:
        with self._counting:
            self.sent += 1
        return self._session.request(
            method,
            self._settings.url + path,
            params=params,
            json=body,
            timeout=self._settings.timeout,
            # http is for loopback alone, and a proxy is not.
            proxies={"http": ""},
            # A token must not travel, and a redirected POST becomes a GET.
            allow_redirects=False,
            # On each request: the session's own verify loses against REQUESTS_CA_BUNDLE.
            verify=self._settings.verify,
        )

    def _repeat(
        self,
        policy: _Repeating,
        method: str,
        path: str,
        response: requests.Response | None,
        lost: RequestException | None,
        paused: float,
    ) -> _Repeating:
        """Wait for the next attempt, or raise the Failure that ends this request.

        ``paused`` is how many seconds the client had paused in all when the attempt began.
        """
        told = policy.told(response)
        seconds = policy.backoff(response) if told is None else told
        over = False
        try:
            policy = policy.increment(
                method,
                path,
                response=None if response is None else response.raw,
                error=None if lost is None else _as_urllib3(lost),
            )
        except HTTPError:  # repeated often enough, or not to be repeated at all
            over = True
        if not over and self._wait(seconds, told is not None, paused):
            self.count_repeated()
            return policy
        if lost is not None:
            failure = self._unreachable(method, path, lost, sent=not _never_connected(lost))
        else:  # there is an answer, or an error in its place
            answered = cast("requests.Response", response)
            failure = self._refused(method, path, answered, told)
        if failure.status != 429:  # which tells of its limits itself
            failure.message += self._why_not_again(policy, seconds, over)
        raise failure

    def _why_not_again(self, policy: _Repeating, seconds: float, over: bool) -> str:
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
            self._pause(min(left, _later(seconds)) if told else seconds)
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
            raise self._redirected(method, path, response)
        if status >= 400:
            raise self._refused(method, path, response)
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

    def unexpected(
        self, method: str, path: str, what: str, response: requests.Response | None = None
    ) -> Failure:
        """The failure for an answer that is not what the service's description promises."""
        return self._failure(
            method,
            path,
            f"answered {what}. Check api_url: is this really the API, with no proxy or login "
            "page in between?",
            code="unexpected_answer",
            status=None if response is None else response.status_code,
            request_id=None if response is None else response.headers.get("x-request-id"),
            outcome_unknown=True,
            resendable=False,
        )

    def _redirected(self, method: str, path: str, response: requests.Response) -> Failure:
        # Laravel Cloud has answered writes with a redirect to its dashboard (the vendor's
        # Terraform provider names POST …/background-processes); it may hide a 401 or 422.
        try:
            target = urlsplit(response.headers.get("Location", ""))
            where = (target.hostname or "") + target.path
        except ValueError:
            where = ""
        return self._failure(
            method,
            path,
            f"answered HTTP {response.status_code}, a redirect to "
            f"{where or 'nowhere'}, and not as an API. It was not followed. "
            "Check the token, the ids in the path and api_url.",
            code="redirected",
            status=response.status_code,
            request_id=response.headers.get("x-request-id"),
            outcome_unknown=True,
            resendable=False,
        )

    def _unreachable(self, method: str, path: str, error: Exception, *, sent: bool) -> Failure:
        what = "no answer"
        if isinstance(error, SSLError):
            what = "the TLS connection failed"
        elif isinstance(error, ReadTimeout):
            what = f"no answer within {self._settings.timeout} seconds, which is api_timeout"
        return self._failure(
            method,
            path,
            f"gave no usable answer at {self._settings.url} ({what}: {_reason(error)}). "
            "Check api_url, the network, proxies and certificates.",
            code="unreachable",
            outcome_unknown=sent,
            # The service may still be at it, and store it after the list was read.
            resendable=not isinstance(error, ReadTimeout),
        )

    def _refused(
        self, method: str, path: str, response: requests.Response, told: float | None = None
    ) -> Failure:
        status = response.status_code
        said, details = _said(_decoded(response))
        said = str(self._scrubbed(said))[:_SHOWN]
        code, advice = _ADVICE.get(status, ("service_error" if status >= 500 else "refused", ""))
        if status == 429:
            limit = response.headers.get("x-ratelimit-limit", "not told")
            lifts = "it is not told when it lifts"
            if told is not None:
                lifts = f"it should lift in {told:.0f} seconds"
            advice = (
                f" The limit (requests) is {limit}; {lifts}. This "
                f"task has waited {self.waited:.0f} of its {self._settings.max_wait} seconds "
                f"(api_max_wait) and repeats a request {self._settings.retries} times at most "
                "(api_retries)."
            )
        return self._failure(
            method,
            path,
            f"answered HTTP {status}: {said}.{advice.format(hint=self.service.token_hint)}",
            code=code,
            status=status,
            details=details,
            request_id=response.headers.get("x-request-id"),
            outcome_unknown=status >= 500,
            resendable=status != 504,
        )

    def _failure(self, method: str, path: str, text: str, **about: Any) -> Failure:
        request_id = about.get("request_id")
        message = f"{method} {path}: {self.service.name} {text}"
        if request_id:
            message += f" Request id: {request_id}."
        about["details"] = self._scrubbed(about.get("details"))
        about["request_id"] = self._scrubbed(about.get("request_id"))
        about["outcome_unknown"] = about.get("outcome_unknown", False) and method != "GET"
        return Failure(self._scrubbed(message), **about)

    def _scrubbed(self, value: Any) -> Any:
        """A service may quote the token back, and ansible-core 2.19 to 2.21 print the texts of
        exceptions unmasked."""
        if isinstance(value, str):
            return value.replace(self._settings.token, "***")
        if isinstance(value, dict):
            return {self._scrubbed(key): self._scrubbed(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._scrubbed(item) for item in value]
        return value


_ADVICE = {
    401: ("unauthorized", " The token was refused: check {hint}; it may have expired."),
    403: ("forbidden", " The token is not allowed to do this: check its permissions."),
    404: ("not_found", " It does not exist, or the token has no access to it."),
    429: ("rate_limited", ""),
}

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


def _said(decoded: Any) -> tuple[str, Any]:
    """What a service says of an error: one sentence, and its field errors.

    Sevalla: ``{message, status, data: {code, message}}``, where data.code is a tracking id.
    Laravel Cloud: ``{message, errors: {field: [texts]}}``; some 422 have the message only.
    """
    if not isinstance(decoded, dict):
        return "no message that can be read", None
    data, errors = decoded.get("data"), decoded.get("errors")
    texts = [decoded.get("message"), data.get("message") if isinstance(data, dict) else None]
    if isinstance(errors, dict):
        texts += [
            f"{field}: {' '.join(map(str, said)) if isinstance(said, list) else said}"
            for field, said in errors.items()
        ]
    told = list(dict.fromkeys(str(text).rstrip(".") for text in texts if text))
    return "; ".join(told) or "no message", errors or data


def _never_connected(error: Exception) -> bool:
    """Tell whether a request was certainly not sent."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, ConnectTimeout) or isinstance(
        reason, (NewConnectionError, ConnectTimeoutError)
    )


def _certificate_refused(error: Exception) -> bool:
    """Tell whether TLS ended before anything was sent."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, SSLError) and any(
        isinstance(cause, ssl.SSLCertVerificationError) for cause in getattr(reason, "args", ())
    )


def _as_urllib3(error: Exception) -> HTTPError:
    """requests wraps what urllib3 raised; Retry asks for urllib3's own."""
    if _never_connected(error):
        return ConnectTimeoutError(str(error))
    return ProtocolError(str(error))


def _reason(error: Exception) -> str:
    """The cause of a connection error, without the addresses of Python's objects in it."""
    cause = error.args[0] if error.args else error
    cause = getattr(cause, "reason", cause)
    if isinstance(error, ValueError):  # quotes a proxy's URL, and with it its password
        return "api_url or the URL of a proxy is not a URL"
    return re.sub(r"<[^>]*>:? ?|^\w+\(\w*: ?", "", str(cause))[:_SHOWN] or type(error).__name__
