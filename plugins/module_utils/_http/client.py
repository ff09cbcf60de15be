# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTTP client of both services: JSON in, JSON out, and every fault a Failure.

``waiting.py`` owns all waiting, ``retry.py`` says what is repeated and when, ``faults.py`` has the
words of the failures, ``tls.py`` the certificates.

This module is private to the collection.
"""

from __future__ import annotations

import json
import threading
import traceback
import warnings
from contextlib import ExitStack
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .._core.failure import Failure
from .settings import Service, Settings
from .waiting import OnWait, Waiting

try:
    import requests
    from requests import Session
    from requests.adapters import HTTPAdapter
    from requests.auth import AuthBase
    from urllib3.exceptions import HTTPError, InsecureRequestWarning
except ImportError:  # reported by _engine/module.py, before anything of this file is used
    IMPORT_ERROR: str | None = traceback.format_exc()
    AuthBase = HTTPAdapter = Session = object  # type: ignore[assignment,misc]
else:
    IMPORT_ERROR = None
if TYPE_CHECKING:  # they are imported once something goes wrong, which mostly nothing does
    from .faults import Faults

CONNECTIONS = 32
"""How many requests of one client can be under way at a time."""

_DEEPEST = 50


class _Session(Session):
    """Even an unfollowed redirect is parsed by requests, which raises on a Location of nonsense."""

    def get_redirect_target(self, resp: Any) -> None:
        return None


class _Bearer(AuthBase):
    # An AuthBase and not a header: with only a header, requests takes a matching entry of
    # ~/.netrc for the truth and replaces the token by basic auth.
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _Answered(threading.local):
    """What the last answer that a thread got had; the answer itself would keep its connection."""

    status: int | None = None
    request_id: str | None = None


class Client(Waiting):
    """One session with one service, for one task.

    Several threads may send at a time; when one has to wait, all do. Starts read-only: until
    ``allow_writes`` is called, anything but a GET is an error of the caller. Once it is stopped or
    left, nothing is sent any more. ``sent`` and ``repeated`` count requests.
    """

    def __init__(self, service: Service, settings: Settings, on_wait: OnWait = None) -> None:
        """Raise Failure when the token cannot be used."""
        super().__init__(settings.max_wait, on_wait)
        self.service = service
        self.sent = 0
        self.repeated = 0
        self._settings = settings
        self._writes = False
        self._kept: dict[str, Any] = {}
        self._answered = _Answered()
        self._on_exit = ExitStack()
        self._session = _session(service, settings)

    def __enter__(self) -> Client:
        if self._settings.verify is False:
            # The task warns of it in words of its own. In the worker, whatever is written to
            # stderr is taken for an accident.
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
        """Return the failure for an answer that is not what the service's description promises.

        It is about the last answer that this thread got.
        """
        last = self._answered
        return self._faults.unexpected(method, path, what, last.status, last.request_id)

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
        with self._changed:
            self.repeated += 1

    def get(self, path: str, params: dict[str, Any] | None = None) -> Any:
        """Return the JSON that a GET brings. Raises Failure, with its status if there is one."""
        return self.send("GET", path, params=params)

    def get_once(self, path: str) -> Any:
        """Return the JSON of a GET of something that stays the same as long as a task takes."""
        if path not in self._kept:
            self._kept[path] = self.get(path)
        return self._kept[path]

    def keep(self, path: str, value: Any) -> None:
        """Take a value that was read otherwise for what ``get_once`` would bring."""
        self._kept[path] = value

    def send(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, Any] | None = None,
        body: dict[str, Any] | None = None,
        longer: int = 0,
    ) -> Any:
        """Send one request, repeated where that is safe; return the JSON of its answer.

        ``path`` is relative to the base URL, with its parts quoted. ``longer`` are the seconds
        that the service may work on it before ``timeout`` counts. None stands for an answer
        without a body. Raises Failure for everything but a 2xx with JSON or nothing in it.
        """
        if method != "GET" and not self._writes:
            raise RuntimeError(f"{method} {path} while only reading")
        failure: Failure | None = None
        repeats = 0
        while True:
            mark = self.wait_for_turn()
            if self.stopped:
                raise self._faults.stopped(method, path, failure)
            if repeats:
                self.count_repeated()
            started = self.clock()
            response: requests.Response | None = None
            lost: Exception | None = None
            try:
                response = self._attempt(method, path, params, body, longer)
                decoded = _decoded(response)
                if response.status_code < 400:
                    return self._result_of(method, path, response, decoded)
                failure = self._faults.refused(method, path, response, decoded, self.waited)
            except (OSError, HTTPError, ValueError) as error:
                response, lost = None, error
                failure = self._faults.unreachable(method, path, error, longer)
            self._repeat_or_raise(failure, method, response, lost, repeats, started, mark)
            repeats += 1

    def _attempt(
        self,
        method: str,
        path: str,
        params: dict[str, Any] | None,
        body: dict[str, Any] | None,
        longer: int,
    ) -> requests.Response:
        with self._changed:
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

    def _repeat_or_raise(
        self,
        failure: Failure,
        method: str,
        response: requests.Response | None,
        lost: Exception | None,
        repeats: int,
        started: float,
        mark: float,
    ) -> None:
        """Wait until the request may be sent again; raise ``failure`` when it may not."""
        from .retry import asked_seconds, backoff, is_repeatable

        if not is_repeatable(method, failure.status, lost):
            raise failure
        self.count_lost(started)
        limited = failure.status == 429  # its words tell of all limits
        if repeats >= self.retries:
            if not limited:
                failure.tries = repeats + 1
            raise failure
        asked = None if response is None else asked_seconds(self.service, response)
        seconds = backoff(repeats, limited) if asked is None else asked
        name = self.service.name
        reason = f"no answer of {name}" if lost is not None else f"HTTP {failure.status} of {name}"
        if limited:
            reason = f"rate limit of {name}"
        if not self.wait_to_repeat(reason, seconds, asked is not None, mark):
            failure.out_of_time = True
            if not limited:
                failure.time_spent = (self.waited, self._settings.max_wait)
            raise failure

    def _result_of(self, method: str, path: str, response: requests.Response, decoded: Any) -> Any:
        if response.status_code >= 300:
            raise self._faults.redirected(method, path, response)
        self._answered.status = response.status_code
        self._answered.request_id = response.headers.get("x-request-id")
        if decoded is not _NOT_JSON:
            return decoded
        kind = response.headers.get("Content-Type", "no content type")
        raise self.unexpected(method, path, f"{kind}, which cannot be read as JSON")


def _session(service: Service, settings: Settings) -> Session:
    """Return a session that sends the token; raise Failure for a malformed token."""
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


_NOT_JSON: Any = object()


def _decoded(response: requests.Response) -> Any:
    """Return the JSON of a response, None for an empty one, _NOT_JSON for anything else.

    Raise requests' ChunkedEncodingError if the JSON is truncated: with urllib3 1.26 a response that
    was cut in half looks complete.
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
