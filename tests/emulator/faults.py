# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deliberate failures: lost responses, wrong responses, and concurrent changes by other people.

A :class:`Fault` says what happens, to which requests and how often; :data:`KINDS` lists the kinds.
Faults are added to ``Emulator.faults`` and act around the service.
"""

from __future__ import annotations

import contextlib
import copy
import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from email.utils import formatdate
from fnmatch import fnmatchcase
from typing import Any, Callable, NamedTuple, NoReturn

from flask import Response, g, request

from . import laravel_cloud_form, laravel_cloud_instances, sevalla_state
from .schemas import SEVALLA_CREATE
from .world import World

Answer = Callable[[], Response]
WAIT = 7
"""The number of seconds that a 429 asks the client to wait."""


class UnknownFaultError(ValueError):
    """A fault of an unknown kind or with invalid settings."""


@dataclass(frozen=True)
class Fault:
    """One deliberate failure, as data.

    It applies to requests with this ``method`` whose ``path`` (under the service's base URL,
    without its query) matches the pattern, where ``*`` is any text. It skips the first ``after`` of
    them, then acts ``times`` times, or always when ``times`` is None. ``seconds`` is the duration
    of a slow response, ``values`` is what someone else stores, and ``key`` is what a response
    lacks.
    """

    kind: str
    method: str = "*"
    path: str = "*"
    times: int | None = 1
    after: int = 0
    seconds: float = 2.0
    values: Mapping[str, Any] = field(default_factory=dict)
    key: str = "type"

    def __post_init__(self) -> None:
        if self.kind not in BY_NAME:
            raise UnknownFaultError(f"Unknown kind {self.kind!r}. Known: {', '.join(BY_NAME)}.")
        texts = all(isinstance(text, str) for text in (self.method, self.path, self.key))
        counts = all(
            isinstance(count, int) and count >= 0
            for count in (0 if self.times is None else self.times, self.after)
        )
        slow = isinstance(self.seconds, (int, float)) and self.seconds >= 0
        if not (texts and counts and slow and isinstance(self.values, Mapping)):
            raise UnknownFaultError(
                "method, path and key are strings, times (or null) and after are counts, seconds "
                "is a number, values is an object."
            )

    @classmethod
    def of(cls, given: Any) -> Fault:
        """Return the fault that a JSON object describes."""
        known = [each.name for each in fields(cls)]
        if not isinstance(given, dict) or "kind" not in given or set(given) - set(known):
            raise UnknownFaultError(f"A fault is an object with kind, and of: {', '.join(known)}.")
        return cls(**given)

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Return the fault that ``KIND,NAME=VALUE,…`` describes; ``times=null`` means always."""
        kind, *settings = text.split(",")
        given: dict[str, Any] = {"kind": kind}
        for setting in settings:
            name, _equals, value = setting.partition("=")
            given[name] = value if name in ("method", "path", "key") else _number(value)
        return cls.of(given)


def _number(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise UnknownFaultError(f"{text!r} is not a number.") from None


class Faults:
    """The active faults; their hooks are called around each request."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._lock = threading.Lock()
        self._added: list[_Added] = []
        self._pages: dict[str, Any] = {}  # the page of each list that was returned last
        self._cleared = threading.Event()

    def add(self, *faults: Fault) -> None:
        """Add faults. When several match a request, they act in the order in which they were
        added."""
        with self._lock:
            self._added += [_Added(fault) for fault in faults]

    def clear(self) -> None:
        """Remove all faults. Slow responses that have not been sent yet are dropped."""
        with self._lock:
            self._added.clear()
            self._pages.clear()
            self._cleared.set()
            self._cleared = threading.Event()

    def as_list(self) -> list[dict[str, Any]]:
        """Return the faults as JSON, including those that have acted often enough."""
        with self._lock:
            return [asdict(added.fault) for added in self._added]

    def before(self, path: str) -> Response | None:
        """Act before the service sees the request; a response prevents it from seeing it."""
        with self._lock:
            g.faults = [added.fault for added in self._added if added.takes(request.method, path)]
        for fault in g.faults:
            act = BY_NAME[fault.kind].before
            answer = act(self, fault) if act else None
            if answer is not None:
                return answer
        return None

    def after(self, response: Response) -> Response:
        """Act after the service has handled the request and responded."""
        for fault in g.faults:
            act = BY_NAME[fault.kind].after
            if act:
                response = act(self, fault, response)
        if self._added and request.method == "GET" and response.is_json:
            self._pages[request.path] = response.get_data()
        return response

    def page_before(self) -> Any:
        """Return the JSON text of the page that this list returned last, or None for its first."""
        return self._pages.get(request.path)

    def wait(self, fault: Fault) -> None:
        """Wait; drop the connection if the faults are cleared during the wait."""
        if self._cleared.wait(fault.seconds):
            _drop()

    # Changes by someone else. They apply to the object or the list that the request names; without
    # one, the request is handled as if there were no fault.

    def vanish(self, fault: Fault) -> None:
        """Remove the object of the request."""
        with self.world.lock:
            objects, object_id = self._object()
            gone = objects.pop(object_id, None)
            if gone is not None and objects is self.world.laravel_cloud.instances:
                objects[object_id] = gone
                self.world.laravel_cloud.delete_instance(gone)

    def change(self, fault: Fault) -> None:
        """Change the object of the request."""
        with self.world.lock:
            objects, object_id = self._object()
            stored = objects.get(object_id)
            if stored is not None:
                (stored if _is_sevalla() else stored.attributes).update(_elses(fault))

    def create(self, fault: Fault, values: Mapping[str, Any]) -> None:
        """Create what a POST is about to create, with some values of someone else."""
        names = request.view_args or {}
        body = request.get_json(silent=True) if request.method == "POST" else None
        if not (isinstance(body, dict) and request.path.endswith(_CREATING)):
            return
        body = {**body, **values}
        with self.world.lock:
            sevalla, cloud = self.world.sevalla, self.world.laravel_cloud
            application = sevalla.applications.get(names.get("app_id", ""))
            instance = cloud.instances.get(names.get("instance_id", ""))
            environment = cloud.environments.get(names.get("env_id", ""))
            try:
                if application is not None and not any(SEVALLA_CREATE.errors(body)):
                    sevalla.create(application, SEVALLA_CREATE.known(body))
                elif instance is not None:
                    cloud.create(instance, body)
                elif environment is not None and request.path.endswith("/instances"):
                    laravel_cloud_instances.create(cloud, environment, body)
                elif environment is not None:
                    cloud.run_command(environment, body)
            except (sevalla_state.RefusalError, laravel_cloud_form.RefusalError):
                return  # the service refuses theirs for the same reason as ours

    def deploy(self, fault: Fault) -> None:
        """Start a deployment of the target of the request."""
        # An unknown id, or a request without an id, names nothing to deploy.
        with contextlib.suppress(KeyError):
            self.world.deploy(self._target(), fault.values)

    def deploy_done(self, fault: Fault) -> None:
        """Add a deployment of the target of the request that starts and ends at this moment."""
        with contextlib.suppress(KeyError):
            self.world.past_deployment(self._target(), ago=0, seconds=0, values=dict(fault.values))

    def _target(self) -> str:
        """Return the id of the application or environment of the request."""
        names = request.view_args or {}
        cloud = self.world.laravel_cloud
        if "app_id" in names or "env_id" in names:
            return str(names["app_id" if _is_sevalla() else "env_id"])
        for name, resources in (
            ("process_id", cloud.processes),
            ("instance_id", cloud.instances),
            ("deployment_id", cloud.deployments),
            ("command_id", cloud.commands),
        ):
            if name in names:
                parent = resources[names[name]].parent
                return cloud.instances[parent].parent if name == "process_id" else parent
        raise KeyError("nothing to deploy")

    def _object(self) -> tuple[dict[str, Any], str]:
        """Return the objects that contain the object of the request, and its id; "" if it has no
        id."""
        names = request.view_args or {}
        service: Any = self.world.laravel_cloud
        if _is_sevalla():
            service = self.world.sevalla.applications.get(names.get("app_id", ""))
        if service is None:
            return {}, ""
        if "deployment_id" in names:
            return service.deployments, names["deployment_id"]
        if "command_id" in names:
            return service.commands, names["command_id"]
        if request.path.endswith(f"/instances/{names.get('instance_id')}"):
            return service.instances, names["instance_id"]
        return service.processes, names.get("process_id", "")

    # A write that is not stored

    @contextlib.contextmanager
    def storing(self) -> Iterator[None]:
        """Discard what the service stores inside, if a fault of the request says so.

        Hold the world's lock: the data from before replaces all, also what others have stored or
        discarded meanwhile.
        """
        if all(BY_NAME[fault.kind].stores for fault in g.faults):
            yield
            return
        sevalla, cloud = self.world.sevalla, self.world.laravel_cloud
        stored = (cloud.processes, cloud.deployments, cloud.instances, cloud.commands)
        applications, kept = copy.deepcopy((sevalla.applications, stored))
        yield
        sevalla.applications = applications
        cloud.processes, cloud.deployments, cloud.instances, cloud.commands = kept

    def show_stored(self, response: Response) -> Response:
        """Respond to a PATCH with the object as it is stored."""
        with self.world.lock:
            objects, object_id = self._object()
            stored = objects.get(object_id)
            if stored is None or request.method != "PATCH":
                return response
            response.set_data(json.dumps(self._shown(stored)))
        return response

    def _shown(self, stored: Any) -> dict[str, Any]:
        if _is_sevalla():
            return self.world.sevalla.present(stored)
        attributes = stored.attributes
        if stored.kind == "instances":
            attributes = laravel_cloud_instances.shown(self.world.switches, attributes)
        return {"data": {"id": stored.id, "type": stored.kind, "attributes": attributes}}


_CREATING = ("processes", "/instances", "/commands")
"""The ends of the paths at which a POST creates something."""


class _Added:
    """A fault, and how many requests it has matched."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.fitted = 0

    def takes(self, method: str, path: str) -> bool:
        fault = self.fault
        if not (fnmatchcase(method, fault.method) and fnmatchcase(path, fault.path)):
            return False
        self.fitted += 1
        number = self.fitted - fault.after
        return number > 0 and (fault.times is None or number <= fault.times)


def _is_sevalla() -> bool:
    return request.path.startswith("/sevalla")


def _elses(fault: Fault) -> Mapping[str, Any]:
    if _is_sevalla():
        return fault.values or {"entrypoint": "somebody else's"}
    instance = "background-processes" not in request.path and "/instances" in request.path
    return fault.values or ({"max_replicas": 9} if instance else {"processes": 9})


# Connections


def _drop() -> NoReturn:
    raise ConnectionResetError


def _send(head: str, body: bytes) -> NoReturn:
    """Send what a failing server would have sent, and nothing more."""
    request.environ["werkzeug.socket"].sendall(head.encode() + body)
    _drop()


def _cut(response: Response) -> NoReturn:
    body = response.get_data()
    _break_off(response, f"Content-Length: {len(body)}", body[: len(body) // 2])


def _cut_chunk(response: Response) -> NoReturn:
    body = response.get_data()
    half = body[: len(body) // 2]
    _break_off(response, "Transfer-Encoding: chunked", b"%x\r\n%s\r\n" % (len(half), half))


def _break_off(response: Response, length: str, half: bytes) -> NoReturn:
    """Send half of a response; without a body, as for 204, only a part of its head."""
    head = f"HTTP/1.1 {response.status}\r\nContent-Type: {response.content_type}\r\n"
    if response.get_data():
        _send(f"{head}{length}\r\n\r\n", half)
    _send("HTTP", b"")


# Responses of an intermediary


def _page(status: int, **headers: str) -> Answer:
    text = f"<!DOCTYPE html>\n<html><body><h1>{status}</h1></body></html>\n"
    return lambda: Response(text, status, headers, content_type="text/html; charset=utf-8")


def _json(text: str) -> Answer:
    return lambda: Response(text, 200, content_type="application/json")


def _limited(header: str, value: Callable[[], str]) -> Answer:
    def answer() -> Response:
        body = json.dumps({"message": "Too many requests", "status": 429})
        response = Response(body, 429, content_type="application/json")
        if header:
            response.headers[header] = value()
        return response

    return answer


def _in_a_while() -> str:
    return formatdate(time.time() + WAIT, usegmt=True)


def _busy() -> Response:
    # The text is recorded, for a database cluster.
    body = json.dumps({"message": "An update operation is already in progress"})
    return Response(body, 422, content_type="application/json")


LIMITS: dict[str, tuple[str, Answer]] = {
    "429_reset": (
        "`x-ratelimit-reset` in seconds",
        _limited("x-ratelimit-reset", lambda: str(WAIT)),
    ),
    "429_seconds": ("`Retry-After` in seconds", _limited("Retry-After", lambda: str(WAIT))),
    "429_date": ("`Retry-After` as an HTTP date", _limited("Retry-After", _in_a_while)),
    "429_bare": ("neither", _limited("", str)),
}
WRONG: dict[str, tuple[str, Answer]] = {
    **{str(status): (f"{status} with HTML", _page(status)) for status in (500, 502, 503, 504)},
    "html": ("200 with HTML", _page(200)),
    "404_html": ("404 with HTML", _page(404)),
    "redirect_root": ("302 to `/`", _page(302, Location="/")),
    "redirect_host": ("302 to another host", _page(302, Location="https://example.net/elsewhere")),
    "redirect_login": ("302 to a login page", _page(302, Location="/login?next=%2F")),
    "empty": ("200 with nothing", _json("")),
    "json_list": ("200 with a JSON list", _json("[]")),
    "json_string": ("200 with a JSON text", _json('"ok"')),
    "json_null": ("200 with JSON's null", _json("null")),
}
"""The response that a request gets instead of the service's."""


# Changed responses of the service


def _rewritten(response: Response, change: Callable[[dict[str, Any]], Any]) -> Response:
    """Return the response with its JSON changed, if it is a JSON object."""
    if not response.is_json:
        return response
    value = json.loads(response.get_data() or b"null")
    if isinstance(value, dict):
        response.set_data(json.dumps(change(value)))
    return response


def _every(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return a value with everything in it changed, innermost values first."""
    if isinstance(value, dict):
        value = {key: _every(item, change) for key, item in value.items()}
    elif isinstance(value, list):
        value = [_every(item, change) for item in value]
    return change(value)


_PAGING = ("total", "offset", "limit", "meta", "links")


def _objects(value: dict[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    """Return a response with its objects changed; the pagination of a list stays."""
    paging = {key: value[key] for key in _PAGING if key in value and "data" in value}
    return {**_every(value, change), **paging}


def _as_text(value: Any) -> Any:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return str(value) if is_number else value


def _more_keys(value: Any) -> Any:
    return {**value, "x_unknown": {"deep": [1]}} if isinstance(value, dict) else value


def _without(key: str) -> Callable[[Any], Any]:
    return lambda value: (
        {name: item for name, item in value.items() if name != key}
        if isinstance(value, dict)
        else value
    )


def _miscounted(by: int) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def change(value: dict[str, Any]) -> dict[str, Any]:
        if "total" in value:
            return {**value, "total": max(0, value["total"] + by)}
        meta = value.get("meta")
        if not isinstance(meta, dict):
            return value
        counts = {key: max(0, meta[key] + by) for key in ("total", "last_page")}
        return {**value, "meta": {**meta, **counts}}

    return change


def _repeated(faults: Faults, fault: Fault, response: Response) -> Response:
    before = faults.page_before()
    if before is None:
        return response
    page = json.loads(before or b"null")
    items = page.get("data") if isinstance(page, dict) else None
    if not isinstance(items, list):  # not a paginated list
        return response
    return _rewritten(response, lambda value: {**value, "data": items})


# The table


class Kind(NamedTuple):
    """A kind of fault: its name, its description (for README.md), and its implementation.

    ``stores`` is false if the service must not store what the request writes.
    """

    name: str
    does: str
    before: Callable[[Faults, Fault], Response | None] | None = None
    after: Callable[[Faults, Fault, Response], Response] | None = None
    stores: bool = True


def _instead(answer: Answer) -> Callable[[Faults, Fault], Response]:
    return lambda faults, fault: answer()


def _afterwards(answer: Answer) -> Callable[[Faults, Fault, Response], Response]:
    return lambda faults, fault, response: answer()


def _rewriting(
    change: Callable[[Fault, dict[str, Any]], Any],
) -> Callable[[Faults, Fault, Response], Response]:
    return lambda faults, fault, response: _rewritten(response, lambda value: change(fault, value))


def _never(faults: Faults, fault: Fault) -> NoReturn:
    faults.wait(fault)
    _drop()


def _slow(faults: Faults, fault: Fault, response: Response) -> Response:
    faults.wait(fault)
    return response


_NOT = "the service does not get the request"
_DONE = "the service has handled the request"
KINDS = (
    Kind("drop_before", f"The connection is dropped; {_NOT}.", lambda faults, fault: _drop()),
    Kind(
        "drop_after",
        f"The connection is dropped; {_DONE}.",
        after=lambda faults, fault, response: _drop(),
    ),
    Kind(
        "cut_after",
        f"Half of the response arrives, less than its Content-Length; {_DONE}.",
        after=lambda faults, fault, response: _cut(response),
    ),
    Kind(
        "cut_chunked_after",
        f"Half of the response arrives, in a chunk that no other follows; {_DONE}.",
        after=lambda faults, fault, response: _cut_chunk(response),
    ),
    *(
        Kind(name, f"429 with {description}; {_NOT}.", _instead(answer))
        for name, (description, answer) in LIMITS.items()
    ),
    Kind(
        "422_busy",
        f"422 with Laravel Cloud's message that an operation is already in progress; {_NOT}. "
        "Sevalla handles the request.",
        lambda faults, fault: None if _is_sevalla() else _busy(),
    ),
    *(
        kind
        for name, (description, answer) in WRONG.items()
        for kind in (
            Kind(f"{name}_before", f"{description}; {_NOT}.", _instead(answer)),
            Kind(f"{name}_after", f"{description}; {_DONE}.", after=_afterwards(answer)),
        )
    ),
    Kind("slow_before", f"No response for `seconds`, and none afterwards; {_NOT}.", _never),
    Kind("slow_after", f"The response arrives after `seconds`; {_DONE} at once.", after=_slow),
    Kind(
        "slow_late",
        "The service sees the request after `seconds`, and handles it then.",
        lambda faults, fault: faults.wait(fault),
    ),
    Kind(
        "page_repeated",
        "A page of a list repeats the items of the page that was requested before it.",
        after=_repeated,
    ),
    Kind(
        "total_high",
        "A list says that it has one item and one page more than it has.",
        after=_rewriting(lambda fault, value: _miscounted(1)(value)),
    ),
    Kind(
        "total_low",
        "A list says that it has one item and one page less than it has.",
        after=_rewriting(lambda fault, value: _miscounted(-1)(value)),
    ),
    Kind(
        "vanish",
        "Someone else removes the object just before the service sees the request for it.",
        lambda faults, fault: faults.vanish(fault),
    ),
    Kind(
        "change",
        "Someone else changes the object just before the service sees the request for it: "
        "`values`, or entrypoint (Sevalla), processes or an instance's max_replicas (Laravel "
        "Cloud).",
        lambda faults, fault: faults.change(fault),
    ),
    Kind(
        "create_same",
        "Someone else creates the same just before the service sees the POST.",
        lambda faults, fault: faults.create(fault, {}),
    ),
    Kind(
        "create_other",
        "Someone else creates the same with other `values` just before the service sees the "
        "POST; without any, as in `change`.",
        lambda faults, fault: faults.create(fault, _elses(fault)),
    ),
    Kind(
        "deploy",
        "Someone else starts a deployment just before the service sees the request, which is "
        "about the same application or environment; `values` are fields of theirs.",
        lambda faults, fault: faults.deploy(fault),
    ),
    Kind(
        "deploy_done",
        "Someone else's deployment starts and succeeds just before the service sees the request; "
        "`values` are fields of it.",
        lambda faults, fault: faults.deploy_done(fault),
    ),
    Kind(
        "not_stored",
        "The response to a write says that it is stored, but it is not.",
        stores=False,
    ),
    Kind(
        "not_stored_shown",
        "A write is not stored, and the response to a PATCH shows the object as it was.",
        after=lambda faults, fault, response: faults.show_stored(response),
        stores=False,
    ),
    Kind(
        "numbers_as_text",
        "Every number in the objects of the response is a string.",
        after=_rewriting(lambda fault, value: _objects(value, _as_text)),
    ),
    Kind(
        "unknown_keys",
        "Each object in the response, at every depth, has one more key.",
        after=_rewriting(lambda fault, value: _objects(value, _more_keys)),
    ),
    Kind(
        "missing_key",
        "Each object in the response, at every depth, lacks `key` (`type` when it is not given).",
        after=_rewriting(lambda fault, value: _objects(value, _without(fault.key))),
    ),
)
BY_NAME = {kind.name: kind for kind in KINDS}


def table() -> str:
    """Return the kinds as the table in README.md."""
    rows = [f"| `{kind.name}` | {kind.does} |" for kind in KINDS]
    return "\n".join(("| kind | what happens |", "|---|---|", *rows))
