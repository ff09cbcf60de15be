# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sevalla's application processes: their table, how they are addressed, how they are read.

Facts are from the service's OpenAPI description of API v3 (snapshot of 2026-03-09) and its
documentation, unless a comment says otherwise.

This module is private to the collection.
"""

from __future__ import annotations

import re
from typing import Any
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
    covers,
    number,
    overlay,
    renamed,
    without_nulls,
)
from .._core.planner import Address, Entry, Resource, Step
from .._core.remark import Remark
from .._http.client import Client
from .._http.settings import Service
from .process_schema import CREATE_PROCESS, HORIZONTAL_CONFIG, MANUAL_CONFIG, UPDATE_PROCESS

SERVICE = Service(
    name="Sevalla",
    accept="application/json",
    token_hint="api_token or the environment variable SEVALLA_API_KEY",
)
TOKEN_VARIABLES = ["SEVALLA_API_KEY", "SEVALLA_API_TOKEN"]
URL_VARIABLE = "SEVALLA_API_URL"
URL = "https://api.sevalla.com/v3"
SCOPE_SPEC: dict[str, Any] = {
    "application": {"type": "str", "required": True, "aliases": ["application_id", "app_id"]},
}

# The pattern that the description puts on {id} and {process_id}.
_UUID = re.compile(
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
    r"|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff"
)

_PROBE_KINDS = ("exec", "http_get", "tcp_socket")
_SIZES = "/resources/process-resource-types"


def is_id(text: str) -> bool:
    """Tell whether a text has the form of Sevalla's ids."""
    return _UUID.fullmatch(text) is not None


# Wire names are mixed: snake_case outside, camelCase inside scaling_strategy and the probes.


def snake(name: str) -> str:
    """``maxInstanceCount`` as ``max_instance_count``."""
    return re.sub(r"[A-Z]", lambda match: "_" + match[0].lower(), name)


def camel(name: str) -> str:
    """``max_instance_count`` as ``maxInstanceCount``."""
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)


def _decode_strategy(wire: Any) -> Any:
    if wire is None:
        return None
    config = wire.get("config") if isinstance(wire, dict) else None
    if not isinstance(config, dict):
        return UNKNOWN
    settings = renamed(without_nulls(config), snake)
    # A service that merges may keep the other kind's keys; they mean nothing then.
    manual = {"instance_count"}
    kept = {
        key: number(value)
        for key, value in settings.items()
        if (key in manual) == (wire.get("type") == "manual")
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
    return {kind for kind in _PROBE_KINDS if kind in probe} if isinstance(probe, dict) else set()


def _decode_probe(wire: Any) -> Any:
    # The service may show a probe that is not set as null, as {} or as a dict of nulls.
    if wire is not None and not isinstance(wire, dict):
        return UNKNOWN
    return renamed(without_nulls(wire or {}), snake) or None


def _same_probe_kind(want: Any, have: Any) -> bool:
    return not _probe_kinds(want) or _probe_kinds(want) == _probe_kinds(have)


def _same_probe(want: Any, have: Any) -> bool:
    return covers(have, want) and _same_probe_kind(want, have)


def _complete_probe(want: Any, have: Any) -> Any:
    return overlay(want, have) if _same_probe_kind(want, have) else want


def _encode_probe(value: Any, have: Any) -> Any:
    # Whether a PATCH merges a probe or replaces it is not documented. Nulls for the live keys
    # that shall go are right under both: another kind's probe left beside the new one would
    # not be. The description allows null for everything inside a probe.
    gone = {key: None for key in have if key not in value} if isinstance(have, dict) else {}
    return renamed({**gone, **value}, camel)


def _empty_probe(have: Any) -> Any:
    # The probe itself may not be null, so every key in it is.
    return {**{camel(kind): None for kind in _PROBE_KINDS}, **_encode_probe({}, have)}


STRATEGY = Shape(decode=_decode_strategy, complete=_complete_strategy, encode=_encode_strategy)
PROBE = Shape(
    decode=_decode_probe, same=_same_probe, complete=_complete_probe, encode=_encode_probe
)
# A type of null says nothing, and nothing could be sent to change it.
FIXED = Shape(same=lambda want, have: have is UNKNOWN or have is None or want == have)


def _read_size(process: Process, want: Any) -> Any:
    """A size has a name and an id; it is compared in the form in which it was given."""
    if want is None:
        want = process.get("resource_type_name") or process.get("resource_type_id")
    by_id = isinstance(want, str) and is_id(want)
    value = process.get("resource_type_id" if by_id else "resource_type_name", UNKNOWN)
    return value.lower() if isinstance(value, str) else value


def _spec(wire: str) -> dict[str, Any]:
    schema = UPDATE_PROCESS["properties"].get(wire) or CREATE_PROCESS["properties"][wire]
    return argument_spec(schema, snake)


_STRATEGY_SPEC = {
    "type": "dict",
    "options": {
        "type": {"type": "str", "choices": Choices(["manual", "horizontal"])},
        # Neither is required: a key that is not given keeps its live value.
        **{
            snake(key): {"type": "int"}
            for config in (MANUAL_CONFIG, HORIZONTAL_CONFIG)
            for key in config["properties"]
        },
    },
}


def _to_empty_text(have: Any) -> str:
    return ""


# Which changes wait for a deployment is documented for size, scaling and probes only; all but
# the name and the ingress (synced on its own) are taken to.
FIELDS = (
    Field(
        "key",
        {"type": "str", "no_log": False},
        on_create=False,
        on_update=False,
        shape=FIXED,
        clean=lambda key: key or None,
    ),
    Field("display_name", {**_spec("display_name"), "aliases": ["name"]}, deploys=False),
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
        default={"type": "manual", "instance_count": 1},
    ),
    # POST does not take the two ingress fields; a PATCH follows it.
    Field(
        "is_ingress_enabled",
        _spec("is_ingress_enabled"),
        on_create=False,
        only_for=("web",),
        deploys=False,
    ),
    Field(
        "ingress_protocol",
        _spec("ingress_protocol"),
        on_create=False,
        only_for=("web",),
        deploys=False,
    ),
    *(
        Field(probe, _spec(probe), shape=PROBE, empty=_empty_probe, only_for=("web",))
        for probe in ("liveness_probe", "readiness_probe")
    ),
)


def address(options: Options) -> Address:
    """How an entry names its process: by id, by key, as the web process, by its name.

    display_name is not documented as unique, and key cannot be chosen on create.
    """
    if options.get("id"):
        wanted = options["id"]
        return Address(
            f"process with id {wanted}",
            lambda live: live["id"].lower() == wanted.lower(),
            creates=False,
        )
    if options.get("key"):
        wanted = options["key"]
        return Address(
            f"process with key {wanted!r}",
            lambda live: live.get("key") == wanted,
            lambda live: "key" not in live,
            creates=False,
        )
    if options.get("type") == "web":
        return Address(
            "the web process",
            lambda live: live.get("type") == "web",
            lambda live: "type" not in live,
        )
    wanted = options.get("display_name")
    return Address(
        f"process with display_name {wanted!r}",
        lambda live: live.get("display_name") == wanted,
        lambda live: "display_name" not in live,
    )


def check_scope(params: dict[str, Any]) -> list[Problem]:
    """The problems with how the application is named, known before anything is read."""
    return [] if params["application"].strip() else [Problem("application", "is empty")]


def check_address(options: Options, state: str) -> list[Problem]:
    """The problems with how an entry names its process, known before anything is read."""
    process_id = options.get("id")
    if process_id and not is_id(process_id):
        return [Problem("id", "is not a UUID as Sevalla's ids are")]
    named = process_id or options.get("key") or options.get("display_name")
    if not named and options.get("type") != "web":
        return [
            Problem("display_name", "give it, or key or id, or type: web, to say which process")
        ]
    if state == "absent" and options.get("type") == "web":
        return [Problem("state", _UNDELETABLE)]
    return []


def rules(options: Options, process_type: str | None, creating: bool) -> list[Problem]:
    """The problems that stand in several options together, for a process of a type."""
    problems = []
    for known in FIELDS:
        if known.only_for and known.option in options and process_type not in known.only_for:
            problems.append(
                Problem(
                    known.option,
                    f"only a {' or '.join(known.only_for)} process has it, and this one is a "
                    f"{process_type or 'process without a type'}",
                )
            )
    if creating and process_type == "cron" and not options.get("schedule"):
        problems.append(Problem("schedule", "a cron process needs one"))
    if creating and process_type == "job" and not options.get("job_start_policy"):
        problems.append(Problem("job_start_policy", "a job process needs one"))
    return problems


def body_rules(body: dict[str, Any]) -> list[Problem]:
    """The problems inside scaling_strategy and the probes of a body that is to be sent."""
    problems = []
    strategy = body.get("scaling_strategy") or {}
    config = strategy.get("config", {})
    low, high = config.get("minInstanceCount"), config.get("maxInstanceCount")
    manual = strategy.get("type") == "manual"
    for key in config:
        if (key == "instanceCount") != manual and strategy.get("type"):
            problems.append(
                Problem(
                    option_name(["scaling_strategy", "config", key]),
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
    for probe in ("liveness_probe", "readiness_probe"):
        sent = _decode_probe(body.get(probe))
        # A probe is a Kubernetes probe, which has exactly one handler.
        if sent and len(_probe_kinds(sent)) != 1:
            problems.append(Problem(probe, f"give exactly one of {', '.join(_PROBE_KINDS)}"))
    return problems


def remarks(body: dict[str, Any]) -> list[Remark]:
    """Warnings about values of a body that look wrong, but about which the service may know
    better: its cron syntax and its list of time zones are not documented."""
    said: list[Remark] = []
    schedule, zone = body.get("schedule"), body.get("time_zone")
    if schedule and len(schedule.split()) != 5:
        said.append(
            Remark(
                f"schedule: {schedule!r} has not the five fields of a cron expression.",
                "schedule: does not have the five fields of a cron expression.",
            )
        )
    if zone and not _zone_known(zone):
        said.append(
            Remark(
                f"time_zone: {zone!r} is not in this machine's list of IANA time zones.",
                "time_zone: is not in this machine's list of IANA time zones.",
            )
        )
    return said


def _zone_known(zone: str) -> bool:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    for name in (zone, "UTC"):
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
        return name == zone
    return True  # not even UTC: the machine has no list, so it cannot tell


def option_name(path: list[Any]) -> str:
    """The option that a place in a body belongs to, as ``scaling_strategy.max_instance_count``."""
    name = ""
    for part in path:
        if isinstance(part, int):
            name += f"[{part}]"
        elif part == "resource_type_id":
            name += "resource_type"
        elif not (part == "config" and name == "scaling_strategy"):
            name += f".{snake(part)}" if name else part
    return name


def advice(method: str, status: int | None) -> str:
    """What to say beside the service's own words when it refuses a write."""
    # "Fully deleted after the next deployment", says the description of DELETE; no field of a
    # process shows it. What a PATCH answers until then is not documented.
    if method != "PATCH" or status != 404:
        return ""
    return (
        " It may be deleted already and listed until the next deployment, which nothing shows: "
        "deploy, and run the task again."
    )


_UNDELETABLE = (
    "an application's web process cannot be deleted; scale it to 0 instances or suspend the "
    "application instead"
)


def undeletable(process: Process) -> str | None:
    """The reason why a process cannot be deleted, or None."""
    if "type" not in process:
        return f"Sevalla does not show the type of {process['id']}, which may be a web process"
    return _UNDELETABLE if process["type"] == "web" else None


def known_by(process: Process) -> Options:
    """The options by which an entry would name a live process."""
    if process.get("type") == "web":
        return {"type": "web"}
    return {"display_name": process.get("display_name")}


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
"""What a new process has where nothing was sent, less what the service makes of its own."""


def predict(scope: str, process: Process, body: dict[str, Any]) -> Process:
    """The process as Sevalla would show it once a body is stored."""
    after = {"app_id": scope, **(process or _UNSET), **body}
    for probe in ("liveness_probe", "readiness_probe"):
        if probe in body:
            after[probe] = without_nulls(body[probe]) or None
    size = body.get("resource_type_id")
    if size is not None:
        for known in ("resource_type_id", "resource_type_name", "cpu_limit", "memory_limit"):
            after.pop(known, None)
        after["resource_type_id" if is_id(size) else "resource_type_name"] = size
    return after


NARROWED_BY: tuple[str, ...] = ("key", "display_name", "type")
SCHEMAS = {"create": CREATE_PROCESS, "update": UPDATE_PROCESS}

PROCESS = Resource(
    service=SERVICE.name,
    collection="/applications/{scope}/processes",
    item="/applications/{scope}/processes/{id}",
    fields=FIELDS,
    address=address,
    rules=rules,
    predict=predict,
    known_by=known_by,
    undeletable=undeletable,
)


def find_application(client: Client, wanted: str) -> str:
    """The id of the application that a user names by id, name or display_name.

    ``name`` is unique and made by the service, ``display_name`` may repeat. There is no filter
    and no search, so all pages are read. Raises Failure ``not_found`` or ``ambiguous``.
    """
    if is_id(wanted):
        return wanted
    shown_as = []
    for page in client.offset_pages("/applications"):
        for application in page:
            found = _object(client, "/applications", application)
            if found.get("name") == wanted:
                return str(found["id"])
            if found.get("display_name") == wanted:
                shown_as.append(str(found["id"]))
    if len(shown_as) == 1:
        return shown_as[0]
    if shown_as:
        raise Failure(
            f"{len(shown_as)} applications have the display_name {wanted!r}: "
            f"{', '.join(shown_as)}. Give the id, or the unique name.",
            code="ambiguous",
            details=shown_as,
        )
    raise no_application(wanted)


def no_application(wanted: str, cause: Failure | None = None) -> Failure:
    """The failure for an application that is not there; ``cause`` is the service's 404."""
    words = (
        f"There is no application {wanted!r} on Sevalla, or the token has no access to it. "
        "Check application; it may be an id, the unique name or the "
        "display_name, all case-sensitive."
    )
    return cause.under(words, "not_found") if cause else Failure(words, code="not_found")


def list_processes(client: Client, application: str) -> list[Process]:
    """All processes of an application. A missing application is a Failure, never an empty list."""
    path = PROCESS.collection.format(scope=quote(application, safe=""))
    try:
        return [
            _object(client, path, process) for page in client.offset_pages(path) for process in page
        ]
    except Failure as failure:
        raise (no_application(application, failure) if failure.status == 404 else failure) from None


def get_process(client: Client, application: str, process_id: str) -> list[Process]:
    """The process with an id, as a list of one; of none when the application has no such."""
    path = PROCESS.item.format(scope=quote(application, safe=""), id=quote(process_id, safe=""))
    try:
        return [_object(client, path, client.get(path))]
    except Failure as failure:
        if failure.status != 404:
            raise
    # 404 may mean the application: the list tells, and it is the whole truth anyway.
    return list_processes(client, application)


def receive(client: Client, method: str, path: str, answer: Any, scope: str) -> Process:
    """The process in an answer; raises Failure for anything else."""
    return _object(client, path, answer, method)


def _object(client: Client, path: str, value: Any, method: str = "GET") -> dict[str, Any]:
    # An id becomes a part of paths, so nothing but an id is taken for one.
    if isinstance(value, dict) and isinstance(value.get("id"), str) and is_id(value["id"]):
        return value
    raise client.unexpected(method, path, "something that is no object with an id")


def read(
    client: Client, params: dict[str, Any], entries: list[Entry], whole: bool
) -> tuple[str, list[Process]]:
    """The application's id and its processes: ``whole``, or as far as the entries need them."""
    application = find_application(client, params["application"])
    # A deletion reads the list, since a 404 for one process may mean the application.
    alone = entries[0] if len(entries) == 1 and not whole else None
    if alone is not None and alone.options.get("id") and alone.state == "present":
        live = get_process(client, application, alone.options["id"])
    else:
        live = list_processes(client, application)
    sizes = [entry.options.get("resource_type") for entry in entries]
    if any(size and not is_id(size) for size in sizes):
        name_sizes(client, live)
    return application, live


def name_sizes(client: Client, live: list[Process]) -> None:
    """Put the names of sizes where processes have none; one request, or none."""
    # The description lets resource_type_name be null; then the list of sizes has it.
    nameless = [process for process in live if process.get("resource_type_name", "") is None]
    if nameless:
        names = {size_id: name for name, size_id in _size_ids(client).items()}
        for process in nameless:
            process["resource_type_name"] = names.get(str(process.get("resource_type_id")))


def _size_ids(client: Client) -> dict[str, str]:
    """The ids of all sizes by their names in lower case. Never hard-coded: the vendor's
    documents contradict each other about them."""
    sizes = client.get_once(_SIZES)
    if not isinstance(sizes, list):
        raise client.unexpected("GET", _SIZES, "something that is not a list of sizes")
    return {
        size["name"].lower(): size["id"]
        for size in sizes
        if isinstance(size, dict)
        and isinstance(size.get("name"), str)
        and isinstance(size.get("id"), str)
    }


def resolve_names(client: Client, steps: list[Step]) -> list[Problem]:
    """Put ids for the names of sizes in the bodies of steps; one request, or none.

    A name that does not exist is a Problem that lists the names there are.
    """
    bodies = [step.body for step in steps if step.body and "resource_type_id" in step.body]
    unresolved = [body for body in bodies if not is_id(body["resource_type_id"])]
    problems = []
    ids = _size_ids(client) if unresolved else {}
    for body in unresolved:
        name = body["resource_type_id"]
        body["resource_type_id"] = ids.get(name, name)
        if name not in ids:
            known = ", ".join(sorted(ids))
            problems.append(
                Problem("resource_type", f"there is no size {name!r}; Sevalla has {known}")
            )
    return problems
