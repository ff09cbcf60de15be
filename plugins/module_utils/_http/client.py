# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTTP client of both services: it sends and returns JSON, and raises Failure for any fault.

``waiting.py`` does all waiting, ``retry.py`` decides what to retry and when, ``faults.py`` words
the failures, ``tls.py`` loads the certificates.
"""

from __future__ import annotations

import json
import threading
import traceback
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, Callable

from .._core.failure import Failure
from .settings import Service, Settings
from .waiting import OnWait, Waiting

try:
    import requests
    from requests import Session
    from requests.adapters import HTTPAdapter
    from requests.auth import AuthBase
    from urllib3.exceptions import HTTPError, InsecureRequestWarning
except ImportError:  # reported by _engine/module.py before this module is used
    IMPORT_ERROR: str | None = traceback.format_exc()
    AuthBase = HTTPAdapter = Session = object  # type: ignore[assignment,misc]
else:
    IMPORT_ERROR = None
if TYPE_CHECKING:  # imported only after a failure
    from .faults import Faults

CONNECTIONS = 32
"""The maximum number of concurrent requests of one client."""

_DEEPEST = 50


class _Session(Session):
    """A session that ignores redirects: requests parses Location even if it does not follow it,
    and raises if it is malformed."""

    def get_redirect_target(self, resp: Any) -> None:
        return None


class _Bearer(AuthBase):
    # With only a header, requests would replace the token by basic auth from a matching
    # entry of ~/.netrc.
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _Answered(threading.local):
    """Data of a thread's last response. The response itself would keep its connection open."""

    status: int | None = None
    request_id: str | None = None


class Client(Waiting):
    """One session with one service, for one task.

    Several threads may send at a time; if one has to wait, all wait. The client starts read-only:
    until ``allow_writes`` is called, anything but a GET raises RuntimeError. Once it is stopped or
    exited, it sends nothing. ``sent`` and ``repeated`` count requests. ``quoted`` has the messages
    of the service that failures quote.
    """

    def __init__(self, service: Service, settings: Settings, on_wait: OnWait) -> None:
        """Raise Failure if the token is missing or malformed."""
        super().__init__(settings.max_wait, on_wait)
        self.service = service
        self.sent = 0
        self.repeated = 0
        self.quoted: set[str] = set()
        self._settings = settings
        self._writes = False
        self._kept: dict[str, Any] = {}
        self._answered = _Answered()
        self._on_exit = ExitStack()
        self._session = _session(service, settings)

    def __enter__(self) -> Client:
        if self._settings.verify is False:
            # The task has its own warning. Ansible's worker treats output on stderr as an error.
            self._on_exit.enter_context(warnings.catch_warnings())
            warnings.simplefilter("ignore", InsecureRequestWarning)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._session.close()
        self._on_exit.close()

    @cached_property
    def _faults(self) -> Faults:
        from .faults import Faults

        return Faults(self.service, self._settings)

    def unexpected(self, method: str, path: str, what: str) -> Failure:
        """Return the failure for a response that does not match the service's description.

        It describes this thread's last response.
        """
        last = self._answered
        return self._faults.unexpected(method, path, what, last.status, last.request_id)

    def allow_writes(self) -> None:
        """Allow POST, PATCH and DELETE from now on."""
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
        """The maximum number of retries of one request."""
        return self._settings.retries

    def count_repeated(self) -> None:
        """Count a retry."""
        with self._lock:
            self.repeated += 1

    def get(self, path: str, params: dict[str, Any] | None = None) -> Any:
        """Return the JSON of a GET. Raises Failure, with the HTTP status if there is one."""
        return self.send("GET", path, params=params)

    def get_once(self, path: str) -> Any:
        """Return the JSON of a GET, cached: it must not change while the task runs."""
        if path not in self._kept:
            self._kept[path] = self.get(path)
        return self._kept[path]

    def keep(self, path: str, value: Any) -> None:
        """Cache a value for ``get_once`` that was read in another way."""
        self._kept[path] = value

    def send(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, Any] | None = None,
        body: dict[str, Any] | None = None,
        extra_seconds: int = 0,
    ) -> Any:
        """Send one request, with retries if that is safe; return the JSON of the response.

        ``path`` is relative to the base URL, with its parts quoted. The service may take
        ``extra_seconds`` beyond ``timeout``. Returns None for a response without a body.
        Raises Failure unless the response is a 2xx with JSON or an empty body.
        """
        if method != "GET" and not self._writes:
            raise RuntimeError(f"{method} {path} while only reading")
        failure: Failure | None = None
        outcome_unknown = False
        repeats = 0
        while True:
            self.wait_for_turn()
            if self.stopped:
                raise self._faults.stopped(method, path, failure)
            if repeats:
                self.count_repeated()
            started = self.clock()
            received: requests.Response | Exception
            try:
                received = response = self._attempt(
                    method, path, extra_seconds, params=params, json=body
                )
                if 300 <= response.status_code < 400:
                    raise self._faults.redirected(method, path, response)
                decoded = _decoded(response)
                # Both services explain a 404 in JSON. A page does not mean that it is absent.
                is_foreign = response.status_code == 404 and decoded is _NOT_JSON
                if response.status_code < 300 or is_foreign:
                    return self._result_of(method, path, response, decoded)
                failure = self._faults.refused(method, path, response, decoded, self.waited)
                self.quoted.add(failure.said)
            except (OSError, HTTPError, ValueError) as error:
                received = error
                failure = self._faults.unreachable(method, path, error, extra_seconds)
            # An earlier attempt may have been stored, whatever the service says about this one.
            outcome_unknown = failure.outcome_unknown = failure.outcome_unknown or outcome_unknown
            self._wait_or_raise(failure, method, received, repeats, started)
            repeats += 1

    def _attempt(
        self, method: str, path: str, extra_seconds: int, **content: Any
    ) -> requests.Response:
        with self._lock:
            self.sent += 1
        return self._session.request(
            method,
            self._settings.url + path,
            **content,
            timeout=(self._settings.timeout, self._settings.timeout + extra_seconds),
            # http is allowed for loopback only, so it must not go through a proxy.
            proxies={"http": ""},
            # The token must not reach another host, and a redirected POST becomes a GET.
            allow_redirects=False,
            # Per request, because REQUESTS_CA_BUNDLE overrides the session's verify.
            verify=self._settings.verify,
        )

    def _wait_or_raise(
        self,
        failure: Failure,
        method: str,
        received: requests.Response | Exception,
        repeats: int,
        started: float,
    ) -> None:
        """Wait until a request may be repeated; raise ``failure`` if it may not."""
        from .retry import wait_before_retry

        wait = wait_before_retry(self.service, method, received, repeats)
        if wait is None:
            raise failure
        self.count_lost(started)
        if repeats >= self.retries:
            failure.tries = repeats + 1
            raise failure
        if not self.pause(*wait):
            if not self.deadline_is_first:
                failure.time_spent = (wait.seconds, self.waited, self._settings.max_wait)
            raise failure

    def _result_of(self, method: str, path: str, response: requests.Response, decoded: Any) -> Any:
        self._answered.status = response.status_code
        self._answered.request_id = response.headers.get("x-request-id")
        if decoded is not _NOT_JSON:
            return decoded
        kind = response.headers.get("Content-Type", "no content type")
        raise self.unexpected(method, path, f"{kind}, which cannot be read as JSON")


def _session(service: Service, settings: Settings) -> Session:
    """Return a session that sends the token; raise Failure if it is missing or malformed."""
    if not settings.token:
        raise Failure(
            f"No API token for {service.name}. Set {service.token_hint}.", code="no_token"
        )
    # The error of requests for a bad header value would quote the token.
    if not (settings.token.isascii() and settings.token.isprintable()) or " " in settings.token:
        raise Failure(
            f"The API token for {service.name} contains spaces, line breaks or other characters "
            f"that no token has. Check {service.token_hint}.",
            code="no_token",
        )
    session = _Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=CONNECTIONS))
    session.auth = _Bearer(settings.token)
    if settings.url.startswith("https:"):
        from .tls import adapter

        preloaded = adapter(settings.url, settings.verify, CONNECTIONS)
        if preloaded is not None:
            session.mount("https://", preloaded)
    session.headers.update({"Accept": service.accept, "User-Agent": "evenkeel.paas"})
    return session


@contextmanager
def meaning_of_404(missing: Callable[[], Failure]) -> Iterator[None]:
    """Report a 404 of a request inside with the message and code of another Failure."""
    try:
        yield
    except Failure as failure:
        if failure.code == "not_found":
            meaning = missing()
            failure.meaning, failure.code = meaning.what, meaning.code
        raise


_NOT_JSON: Any = object()


def _decoded(response: requests.Response) -> Any:
    """Return the JSON of a response, None for an empty one, _NOT_JSON for anything else.

    Raises requests' ChunkedEncodingError if the JSON is truncated: with urllib3 1.26 a truncated
    response looks complete.
    """
    if not response.content.strip():
        return None
    try:
        decoded = json.loads(response.content)
    except RecursionError:
        return _NOT_JSON
    except ValueError:
        is_whole = response.headers.get("Content-Length") == str(len(response.content))
        if response.ok and not is_whole and "json" in response.headers.get("Content-Type", ""):
            raise requests.exceptions.ChunkedEncodingError("the response was cut short") from None
        return _NOT_JSON
    return _NOT_JSON if _is_deep(decoded) else decoded


def _is_deep(value: Any) -> bool:
    """Return whether JSON is nested deeper than any real response, and too deep to recurse into."""
    level = [value]
    for _depth in range(_DEEPEST):
        level = [
            item
            for each in level
            if isinstance(each, (dict, list))
            for item in (each.values() if isinstance(each, dict) else each)
        ]
    return bool(level)
