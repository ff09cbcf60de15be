# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sevalla's processes: their fields, how entries address them, how they are read.

Facts are from the service's OpenAPI description of API v3 (snapshot of 2026-03-09) and its
documentation, unless a comment says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import quote

from .._core.failure import Failure, Problem
from .._core.fields import (
    TEXT,
    UNKNOWN,
    Choices,
    Field,
    Options,
    Process,
    Shape,
    argument_spec,
    at,
    covers,
    nullable,
    number,
    overlay,
    renamed,
    without_nulls,
)
from .._core.plan import Plan
from .._core.remark import Remark
from .._core.resource import Address, Entry, Key, live_name_keys, name_keys, shown_key
from .._engine.service import Backend
from .._http.client import Client
from .process_schema import CREATE_PROCESS, HORIZONTAL_CONFIG, MANUAL_CONFIG, UPDATE_PROCESS
from .service import (
    APPLICATION_SPEC,
    SERVICE,
    check_application,
    find_application,
    is_id,
    object_in,
    of_application,
    read_sizes,
    walk,
)

_TYPES = tuple(CREATE_PROCESS["properties"]["type"]["enum"])
_PROBE_KINDS = ("exec", "http_get", "tcp_socket")
# Wire names are mixed: snake_case, but camelCase inside scaling_strategy and the probes.


def snake(name: str) -> str:
    """Return ``max_instance_count`` for ``maxInstanceCount``."""
    return re.sub(r"[A-Z]", lambda match: "_" + match[0].lower(), name)


def camel(name: str) -> str:
    """Return ``maxInstanceCount`` for ``max_instance_count``."""
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)


_NULLABLE = nullable(HORIZONTAL_CONFIG, snake)


def _decode_strategy(wire: Any) -> Any:
    if wire is None:
        return None
    config = at(wire, "config")
    if not isinstance(config, dict):
        return UNKNOWN
    settings = renamed(config, snake)
    # If the service merges, the other type's keys may remain; they mean nothing. A null is kept: if
    # it were omitted when the strategy is sent whole, the service may fill in a default.
    kept = {
        key: number(value)
        for key, value in settings.items()
        if (key == "instance_count") == (wire.get("type") == "manual")
        and (value is not None or key in _NULLABLE)
    }
    return {"type": wire.get("type"), **kept}


def _complete_strategy(want: Any, have: Any) -> Any:
    same_kind = isinstance(have, dict) and want.get("type") in (None, have.get("type"))
    return overlay(want, have) if same_kind else want


def _encode_strategy(value: Any, have: Any) -> Any:
    config = {key: item for key, item in value.items() if key != "type"}
    return {
        **({"type": value["type"]} if "type" in value else {}),
        "config": renamed(config, camel),
    }


def _probe_kinds(probe: Any) -> set[str]:
    return {kind for kind in _PROBE_KINDS if at(probe, kind) is not None}


def _decode_probe(wire: Any) -> Any:
    # The service may show an unset probe as null, as {} or as a dict of nulls.
    if wire is not None and not isinstance(wire, dict):
        return UNKNOWN
    if not without_nulls(wire or {}):
        return None
    # Null settings are kept, as in a strategy; a null handler is none.
    probe = renamed(wire, snake)
    return {key: probe[key] for key in probe if probe[key] is not None or key not in _PROBE_KINDS}


def _same_probe_kind(want: Any, have: Any) -> bool:
    return not _probe_kinds(want) or _probe_kinds(want) == _probe_kinds(have)


def _same_probe(want: Any, have: Any) -> bool:
    return covers(have, want) and _same_probe_kind(want, have)


def _complete_probe(want: Any, have: Any) -> Any:
    return overlay(want, have) if _same_probe_kind(want, have) else want


def _encode_probe(value: Any, have: Any) -> Any:
    # Whether a PATCH merges or replaces a probe is not documented. Nulls for the live keys to
    # remove are right in both cases: without them, a merge would keep another kind's probe. The
    # description allows null for everything inside a probe.
    removed = {key: None for key in have if key not in value} if isinstance(have, dict) else {}
    return renamed({**removed, **value}, camel)


def _empty_probe(have: Any) -> Any:
    # The probe itself cannot be null, so every key in it is.
    return {**{camel(kind): None for kind in _PROBE_KINDS}, **_encode_probe({}, have)}


# Null keeps the service from filling in a default for a cleared setting of a new strategy or probe.
# Manual scaling has no such settings, and a probe has those of its handler.
STRATEGY = Shape(
    decode=_decode_strategy,
    complete=_complete_strategy,
    encode=_encode_strategy,
    takes_null=lambda value, path: value.get("type") == "horizontal",
)
PROBE = Shape(
    decode=_decode_probe,
    same=_same_probe,
    complete=_complete_probe,
    encode=_encode_probe,
    takes_null=lambda value, path: "." not in path or bool(value.get(path.partition(".")[0])),
)
# A null type is not a difference, because no request could change it.
FIXED = Shape(same=lambda want, have: have is UNKNOWN or have is None or want == have)


def _read_size(process: Process, want: Any) -> Any:
    """Return the live size in the form of ``want``, a name or an id in any case."""
    size_id = process.get("resource_type_id", UNKNOWN)
    name = process.get("resource_type_name", UNKNOWN)
    value = process.get("resource_type_name") or size_id
    if isinstance(want, str):
        if want.lower() in [each.lower() for each in (size_id, name) if isinstance(each, str)]:
            return want
        value = size_id if is_id(want) else name
    return value.lower() if isinstance(value, str) else value


def _is_size_name(size: str | None) -> bool:
    return bool(size) and not is_id(str(size))


def _nameless(live: list[Process]) -> list[Process]:
    """Return the processes that do not show the name of their size, for which the description
    allows null."""
    return [
        each
        for each in live
        if each.get("resource_type_name") is None and each.get("resource_type_id")
    ]


def _spec(wire: str) -> dict[str, Any]:
    schema = UPDATE_PROCESS["properties"].get(wire) or CREATE_PROCESS["properties"][wire]
    return argument_spec(schema, snake)


_STRATEGY_SPEC = {
    "type": "dict",
    "options": {
        "type": {"type": "str", "choices": Choices(["manual", "horizontal"])},
        # Not required: an omitted key keeps its live value.
        **{
            snake(key): {"type": "int"}
            for config in (MANUAL_CONFIG, HORIZONTAL_CONFIG)
            for key in config["properties"]
        },
    },
}


def _to_empty_text(have: Any) -> str:
    return ""


# The documentation says only of size, scaling and probes that changes wait for a deployment. We
# assume it for all fields but the name and the ingress, which is synced on its own.
FIELDS = (
    Field(
        "key",
        {"type": "str", "no_log": False},
        on_create=False,
        on_update=False,
        shape=FIXED,
        clean=lambda key: key or None,
    ),
    Field("display_name", {**_spec("display_name"), "aliases": ["name"]}, needs_deployment=False),
    Field("type", _spec("type"), on_update=False, shape=FIXED),
    Field("entrypoint", _spec("entrypoint"), shape=TEXT, empty=_to_empty_text),
    Field("port", _spec("port")),
    Field("schedule", _spec("schedule"), shape=TEXT, empty=_to_empty_text, only_for=("cron",)),
    Field("time_zone", _spec("time_zone"), shape=TEXT, empty=_to_empty_text, only_for=("cron",)),
    Field("job_start_policy", _spec("job_start_policy"), only_for=("job",)),
    Field(
        "resource_type",
        {"type": "str", "aliases": ["resource_type_id"]},
        wire="resource_type_id",
        clean=str.lower,
        read=_read_size,
    ),
    Field(
        "scaling_strategy",
        _STRATEGY_SPEC,
        shape=STRATEGY,
        unsettable=_NULLABLE,
        default={"type": "manual", "instance_count": 1},
    ),
    # POST does not accept the two ingress fields; a PATCH follows it.
    *(
        Field(option, _spec(option), on_create=False, only_for=("web",), needs_deployment=False)
        for option in ("is_ingress_enabled", "ingress_protocol")
    ),
    *(
        Field(
            probe,
            _spec(probe),
            shape=PROBE,
            empty=_empty_probe,
            unsettable=nullable(UPDATE_PROCESS["properties"][probe], snake),
            only_for=("web",),
        )
        for probe in ("liveness_probe", "readiness_probe")
    ),
)


_UNDELETABLE = (
    "an application's web process cannot be deleted; scale it to 0 instances or suspend the "
    "application instead"
)


_UNSET: Process = {
    "entrypoint": "",
    "port": None,
    "is_ingress_enabled": False,
    "ingress_protocol": None,
    "schedule": None,
    "time_zone": None,
    "job_start_policy": None,
    "liveness_probe": None,
    "readiness_probe": None,
}
"""What a new process has for fields that were not sent, except those that the service sets."""


class Processes(Backend):
    """The processes of a Sevalla application."""

    vendor = SERVICE.name
    service = SERVICE
    scope_spec = APPLICATION_SPEC
    parent = "application"
    collection = "/applications/{scope}/processes"
    item = "/applications/{scope}/processes/{id}"
    fields = FIELDS
    schemas: ClassVar[dict[str, Any]] = {"create": CREATE_PROCESS, "update": UPDATE_PROCESS}
    info_filters = ("key", "display_name", "type")
    unique: ClassVar[dict[str, str]] = {"display_name": "display_name"}
    lists_deleted = True  # until the next deployment

    def address(self, options: Options) -> Address:
        """Return how an entry addresses its process: by id, by key, as the web process, or by name.

        display_name is not documented as unique, and key cannot be set on create.
        """
        if options.get("id"):
            return Address(
                f"process with id {options['id']}", (("id", options["id"].lower()),), creates=False
            )
        if options.get("key"):
            return Address(
                f"process with key {options['key']!r}", (("key", options["key"]),), creates=False
            )
        if options.get("type") == "web":
            return Address("web process", (("type", "web"),))
        words = f"process with display_name {options.get('display_name')!r}"
        return Address(words, name_keys("display_name", options))

    def answers_to(self, live: Process) -> Iterator[Key]:
        """Yield the keys that match a live process: id, key, type, and name with or without
        type."""
        yield ("id", live.get("id", "").lower())
        yield shown_key("key", live)
        # The description allows null for the type: it may be any, also web.
        yield ("type", UNKNOWN) if live.get("type") is None else shown_key("type", live)
        yield from live_name_keys("display_name", live, _TYPES)

    def check_address(self, options: Options, state: str) -> list[Problem]:
        process_id = options.get("id")
        if process_id and not is_id(process_id):
            return [Problem("id", "must be a UUID; for a name use display_name")]
        named = process_id or options.get("key") or options.get("display_name")
        if not named and options.get("type") != "web":
            what = "set display_name, key or id, or type: web, to identify a process"
            return [Problem("display_name", what)]
        if state == "absent" and options.get("type") == "web":
            return [Problem("state", _UNDELETABLE)]
        return []

    def rules(self, options: Options, process_type: str | None, creating: bool) -> list[Problem]:
        problems = []
        for field in self.fields:
            if field.only_for and field.option in options and process_type not in field.only_for:
                problems.append(
                    Problem(
                        field.option,
                        f"is only for a {' or '.join(field.only_for)} process; this one "
                        f"{f'is a {process_type}' if process_type else 'has no type'}",
                    )
                )
        if creating and process_type == "cron" and not options.get("schedule"):
            problems.append(Problem("schedule", "is required for a cron process"))
        if creating and process_type == "job" and not options.get("job_start_policy"):
            problems.append(Problem("job_start_policy", "is required for a job process"))
        return problems

    def body_rules(self, body: dict[str, Any], after: Process | None) -> list[Problem]:
        """Return the problems in scaling_strategy and the probes of a request body."""
        problems = []
        strategy = body.get("scaling_strategy") or {}
        config = strategy.get("config", {})
        low, high = config.get("minInstanceCount"), config.get("maxInstanceCount")
        manual = strategy.get("type") == "manual"
        for key in config:
            if (key == "instanceCount") != manual and strategy.get("type"):
                problems.append(
                    Problem(
                        self.option_name(["scaling_strategy", "config", key]),
                        f"is not a setting of type {strategy['type']}",
                    )
                )
        if not manual and isinstance(low, int) and isinstance(high, int) and low > high:
            problems.append(
                Problem(
                    "scaling_strategy.min_instance_count",
                    f"{low} is above max_instance_count, which is {high}",
                )
            )
        count = config.get("instanceCount")  # perhaps a live value, of any form
        several = strategy.get("type") == "horizontal" or (isinstance(count, int) and count > 1)
        if after and after.get("disk") and strategy and several:
            # "Attaching one switches the process to manual scaling with one instance" (the
            # service's page on attaching a disk, November 2026).
            problems.append(
                Problem(
                    "scaling_strategy",
                    "the process has a disk, and Sevalla keeps such a process at manual scaling "
                    "with one instance; detach the disk first, or ask for one instance",
                )
            )
        for probe in ("liveness_probe", "readiness_probe"):
            sent = _decode_probe(body.get(probe))
            count = len(_probe_kinds(sent))
            # A probe is a Kubernetes probe, which has exactly one handler. A live one may be kept.
            if count > 1 or (sent and not count and after is not None):
                problems.append(Problem(probe, f"set exactly one of {', '.join(_PROBE_KINDS)}"))
        return problems

    def remarks(self, body: dict[str, Any]) -> list[Remark]:
        from .remarks import remarks  # only for runs that send something

        return remarks(body)

    def option_name(self, path: list[Any]) -> str:
        """Return the option for a path in a body: ``scaling_strategy.max_instance_count``."""
        name = ""
        for part in path:
            if isinstance(part, int):
                name += f"[{part}]"
            elif part == "resource_type_id":
                name += "resource_type"
            elif not (part == "config" and name == "scaling_strategy"):
                name += f".{snake(part)}" if name else part
        return name

    def advice(self, method: str, status: int | None) -> list[str]:
        # The description of DELETE says "Fully deleted after the next deployment"; no field of a
        # process shows it. The responses to a PATCH and to another DELETE until then are not
        # documented; these fit.
        refusals = {"PATCH": (404,), "DELETE": (400, 409, 422)}
        if status not in refusals.get(method, ()):
            return []
        return [
            "It may already be deleted: Sevalla may list a deleted process until the next "
            "deployment, and does not mark it. Deploy, then run the task again."
        ]

    def undeletable(self, process: Process) -> str | None:
        if process.get("type") is None:
            return f"Sevalla does not show the type of {process['id']}, which may be a web process"
        return _UNDELETABLE if process["type"] == "web" else None

    def identity_options(self, process: Process) -> Options:
        if process.get("type") == "web":
            return {"type": "web"}
        return {"display_name": process.get("display_name")}

    def predict(self, scope: str, process: Process, body: dict[str, Any]) -> Process:
        after = {"app_id": scope, **(process or _UNSET), **body}
        for probe in ("liveness_probe", "readiness_probe"):
            if probe in body:
                after[probe] = without_nulls(body[probe]) or None
        size = body.get("resource_type_id")
        if size is not None:
            for key in ("resource_type_id", "resource_type_name", "cpu_limit", "memory_limit"):
                after.pop(key, None)
            after["resource_type_id" if is_id(size) else "resource_type_name"] = size
        return after

    def check_scope(self, params: dict[str, Any]) -> list[Problem]:
        return check_application(params)

    def read(
        self, client: Client, params: dict[str, Any], entries: list[Entry], whole: bool
    ) -> tuple[str, list[Process]]:
        """Return the application's id and its processes: all if ``whole``, else what entries
        need."""
        application = find_application(client, params["application"])
        # A deletion reads the list because a 404 for one process may mean the application.
        alone = entries[0] if len(entries) == 1 and not whole else None
        if alone is not None and alone.options.get("id") and alone.state == "present":
            live = self._get_one(client, application, alone.options["id"])
        else:
            live = self.list_all(client, application)
        keys = {
            key
            for entry in entries
            if _is_size_name(entry.options.get("resource_type"))
            for key in self.address(entry.options).keys
        }
        # Names of sizes are compared only for the processes that the entries mean.
        nameless = [each for each in _nameless(live) if not keys.isdisjoint(self.answers_to(each))]
        self.complete(client, nameless)
        return application, live

    def list_all(self, client: Client, application: str) -> list[Process]:
        """Return all processes; raise Failure if the application does not exist."""
        path = self.collection.format(scope=quote(application, safe=""))
        with of_application(application):
            return list(walk(client, path))

    def _get_one(self, client: Client, application: str, process_id: str) -> list[Process]:
        """Return the process with an id, as a list of one; if it is not found, all processes."""
        path = self.item.format(scope=quote(application, safe=""), id=quote(process_id, safe=""))
        try:
            return [object_in(client, path, client.get(path))]
        except Failure as failure:
            if failure.code != "not_found":
                raise
        # The 404 may mean the application. The list shows that, and is complete anyway.
        return self.list_all(client, application)

    def receive(self, client: Client, method: str, path: str, answer: Any, scope: str) -> Process:
        return object_in(client, path, answer, method)

    def complete(self, client: Client, live: list[Process]) -> None:
        """Add the missing size names of processes, with one request or none."""
        nameless = _nameless(live)
        if nameless:
            names = {size["id"]: size["name"].lower() for size in read_sizes(client)}
            for process in nameless:
                process["resource_type_name"] = names.get(str(process.get("resource_type_id")))

    def resolve_names(self, client: Client, plan: Plan) -> list[Problem]:
        """Replace the name of a size by its id, with one request for a whole task or none.

        Returns a Problem for a name that does not exist; it lists the existing names. The
        description does not say that an id is a UUID, so one that is listed is an id too.
        """
        body = next((step.body for step in plan.steps if step.body), {})
        wanted = body.get("resource_type_id")
        if wanted is None or is_id(wanted):
            return []
        sizes = read_sizes(client)
        named = {size["name"].lower(): size for size in sizes}
        size = {**{each["id"].lower(): each for each in sizes}, **named}.get(wanted)
        if size is None:
            from .._core.near_misses import no_size

            return [Problem("resource_type", no_size(wanted, named, SERVICE.name))]
        body["resource_type_id"] = size["id"]
        if plan.process:
            shown = {"resource_type_id": size["id"], "resource_type_name": size["name"]}
            limits = {key: size[key] for key in ("cpu_limit", "memory_limit") if key in size}
            plan.process.update(shown, **limits)
        return []


PROCESSES = Processes()
