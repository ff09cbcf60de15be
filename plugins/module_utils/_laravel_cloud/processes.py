# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Laravel Cloud's background processes: their table, how they are addressed, how they are read.

Facts are from the service's OpenAPI description and from answers that the live service gave in
March and April 2026; where the two disagree the recorded answers are right.

This module is private to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from .._core.failure import MISSING, Failure, Problem
from .._core.fields import (
    UNKNOWN,
    Field,
    Options,
    Process,
    Shape,
    argument_spec,
    covers,
    number,
    without_nulls,
)
from .._core.planner import Address, Entry, Resource, Step
from .._core.remark import Remark
from .._http.client import Client
from .._http.settings import Service
from .process_schema import CREATE_BACKGROUND_PROCESS, UPDATE_BACKGROUND_PROCESS

SERVICE = Service(
    name="Laravel Cloud",
    # Laravel takes a request for JSON when the first type listed is JSON; without that it
    # answers an unauthenticated call with a redirect to a login page.
    accept="application/vnd.api+json, application/json",
    token_hint="api_token or the environment variable LARAVEL_CLOUD_API_TOKEN",
)
TOKEN_VARIABLES = ["LARAVEL_CLOUD_API_TOKEN", "LARAVEL_CLOUD_TOKEN"]
URL_VARIABLE = "LARAVEL_CLOUD_BASE_URL"
URL = "https://cloud.laravel.com/api"
# What is needed depends on the others, and module_defaults may give it: check_scope decides.
SCOPE_SPEC: dict[str, Any] = {
    option: {"type": "str"} for option in ("instance", "environment", "application")
}

# Requests know eight keys of config; answers have twelve, in kebab-case.
_SETTABLE = tuple(CREATE_BACKGROUND_PROCESS["properties"]["config"]["properties"])
_NUMBERS = {"tries", "backoff", "sleep", "rest", "timeout"}
_ALL_KEYS = (*_SETTABLE, "name", "max_jobs", "max_time", "stop_when_empty")


def is_id(kind: str, text: str) -> bool:
    """Tell whether a text is an id of a kind: ``process-…``, ``inst-…``, ``env-…``, ``app-…``.

    A UUID follows (recorded), so that the slugs ``app-store`` and ``env-dev`` are none.
    """
    rest = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    if kind == "process":  # has no name that could be taken for an id
        rest = "[0-9A-Za-z-]+"
    return re.fullmatch(f"{kind}-{rest}", text) is not None


def queue_names(queue: Any) -> list[str]:
    """The queues of a worker in their order: a list or a comma-separated string, less blanks."""
    texts = queue if isinstance(queue, list) else [queue or ""]
    return [name.strip() for text in texts for name in str(text).split(",") if name.strip()]


def _clean_config(config: Any) -> Any:
    given = without_nulls(config)
    return {**given, "queue": queue_names(given["queue"])} if "queue" in given else given


def _decode_config(wire: Any) -> Any:
    # PHP's empty array: a custom process has [], and {} or null mean the same.
    if wire in ([], None):
        return {}
    if not isinstance(wire, dict):
        return UNKNOWN
    settable = {key: wire[key] for key in _SETTABLE if wire.get(key) is not None}
    for key in _NUMBERS & settable.keys():
        # Numbers may come back as strings: the vendor's own client posts them so.
        settable[key] = number(settable[key])
    if "queue" in settable:
        settable["queue"] = queue_names(settable["queue"])
        if not settable["queue"]:
            del settable["queue"]
    if "force" in settable:
        settable["force"] = settable["force"] in (True, 1, "1", "true")
    return settable


def _same_config(want: Any, have: Any) -> bool:
    # Without a value there is no --force in the worker's command, as with false.
    return have is not UNKNOWN and covers({"force": False, **have}, want)


def _complete_config(want: Any, have: Any) -> Any:
    # Sent whole: right whether a PATCH merges config or replaces it, which is not documented.
    return {**have, **want} if isinstance(have, dict) else want


def _encode_config(value: Any, have: Any) -> Any:
    return {**value, "queue": ",".join(value["queue"])} if "queue" in value else value


def _spec(wire: str) -> dict[str, Any]:
    return argument_spec(CREATE_BACKGROUND_PROCESS["properties"][wire], str)


def _written_config(config: Any) -> Any:
    # Not forced is what a worker is of itself.
    return {key: config[key] for key in config if config[key] is not False} if config else config


def _written_command(command: Any) -> Any:
    return command.strip() if isinstance(command, str) else command


def _config_spec() -> dict[str, Any]:
    spec = _spec("config")
    spec["options"]["queue"] = {"type": "list", "elements": "str"}
    return spec


CONFIG = Shape(
    decode=_decode_config,
    same=_same_config,
    complete=_complete_config,
    encode=_encode_config,
)

# Blanks around a command mean nothing, and make no other process of it.
TRIMMED = Shape(same=lambda want, have: isinstance(have, str) and have.strip() == want)

FIELDS = (
    # PATCH takes a type, but what becomes of config and command then was never seen.
    Field("type", _spec("type"), on_update=False),
    Field("processes", _spec("processes"), default=1),
    Field(
        "command",
        _spec("command"),
        only_for=("custom",),
        shape=TRIMMED,
        clean=str.strip,
        written=_written_command,
    ),
    Field(
        "config",
        _config_spec(),
        only_for=("worker",),
        shape=CONFIG,
        clean=_clean_config,
        written=_written_config,
    ),
)


def _worker_part(process: Process, key: str) -> Any:
    config = _decode_config(process.get("config"))
    return config.get(key) if isinstance(config, dict) else None


def address(options: Options) -> Address:
    """How an entry names its process: by id, else a worker by the given ones of connection and
    queue, a custom process by its command. Processes have no name, and duplicates are allowed."""
    if options.get("id"):
        wanted = options["id"]
        return Address(
            f"process with id {wanted}", lambda live: live["id"] == wanted, creates=False
        )
    if options.get("type") == "custom":
        command = options.get("command")
        return Address(
            f"custom process with command {command!r}",
            lambda live: (
                live.get("type") == "custom" and str(live.get("command") or "").strip() == command
            ),
            lambda live: "type" not in live or (live["type"] == "custom" and "command" not in live),
        )
    config = options.get("config", {})
    identity = {key: config[key] for key in ("connection", "queue") if key in config}
    words = " and ".join(
        f"{key} {','.join(map(str, value)) if isinstance(value, list) else value!s}"
        for key, value in identity.items()
    )
    return Address(
        f"worker with {words or 'any connection and queue'}",
        lambda live: (
            live.get("type") == "worker"
            and all(covers(_worker_part(live, key), value) for key, value in identity.items())
        ),
        lambda live: (
            "type" not in live
            or (live["type"] == "worker" and not identity.keys() <= live["config"].keys())
        ),
    )


def check_scope(params: dict[str, Any]) -> list[Problem]:
    """The problems with how the instance is named, known before anything is read."""
    instance, environment = params["instance"], params["environment"]
    if not instance:
        if "id" not in params:
            return [Problem("instance", MISSING)]
        return [] if params["id"] else [Problem("instance", "give it, or the id of a process")]
    if is_id("inst", instance):
        return []
    if not environment:
        return [Problem("environment", f"needed, since instance {instance!r} is a name")]
    if not is_id("env", environment) and not params["application"]:
        return [Problem("application", f"needed, since environment {environment!r} is a name")]
    return []


def check_address(options: Options, state: str) -> list[Problem]:
    """The problems with how an entry names its process, known before anything is read."""
    process_id, process_type = options.get("id"), options.get("type")
    if process_id:
        right = is_id("process", process_id)
        return [] if right else [Problem("id", "is not an id of the form process-…")]
    if not process_type:
        return [Problem("type", "give worker or custom, or address the process by id")]
    problems = []
    if process_type == "custom" and not options.get("command"):
        problems.append(Problem("command", "a custom process is addressed by it; give it, or id"))
    if process_type == "worker" and state == "absent":
        # A deletion must never hit another worker than the one that is meant.
        problems += _missing_identity(options, "needed to say which worker to delete, unless id is")
    return problems


def _missing_identity(options: Options, why: str) -> list[Problem]:
    config = options.get("config", {})
    return [Problem(f"config.{key}", why) for key in ("connection", "queue") if not config.get(key)]


def rules(options: Options, process_type: str | None, creating: bool) -> list[Problem]:
    """The problems that stand in several options together, for a process of a type."""
    problems = []
    if process_type != "custom" and "command" in options:
        problems.append(Problem("command", "a worker has none; the service makes it from config"))
    if process_type != "worker" and "config" in options:
        problems.append(Problem("config", "a custom process has none"))
    if process_type == "worker":
        if creating:
            problems += _missing_identity(options, "needed to create a worker")
        elif options.get("config", {}).get("queue") == []:
            problems.append(Problem("config.queue", "names no queue"))
    return problems


def predict(scope: str, process: Process, body: dict[str, Any]) -> Process:
    """The process as Laravel Cloud would show it once a body is stored, less what it makes."""
    after = {"instance_id": scope, **process, **body}
    if after.get("type") == "worker":
        empty = dict.fromkeys(_ALL_KEYS)
        after["config"] = {**empty, **(process.get("config") or {}), **body.get("config", {})}
        if "config" in body:
            after.pop("command", None)  # made by the service from config
    else:
        after["config"] = {}
    return after


def known_by(process: Process) -> Options:
    """The options by which an entry would name a live process."""
    if process.get("type") == "custom":
        return {"type": "custom", "command": str(process.get("command") or "").strip()}
    identity = {key: _worker_part(process, key) for key in ("connection", "queue")}
    return {"type": "worker", "config": without_nulls(identity)}


PROCESS = Resource(
    service=SERVICE.name,
    collection="/instances/{scope}/background-processes",
    item="/background-processes/{id}",
    fields=FIELDS,
    address=address,
    rules=rules,
    predict=predict,
    known_by=known_by,
)


NARROWED_BY: tuple[str, ...] = ("type", "command", "config")
SCHEMAS = {"create": CREATE_BACKGROUND_PROCESS, "update": UPDATE_BACKGROUND_PROCESS}


def body_rules(body: dict[str, Any]) -> list[Problem]:
    """The problems inside one field of a body that is to be sent: none here."""
    return []


def remarks(body: dict[str, Any]) -> list[Remark]:
    """Warnings about values about which the service may know better: none here."""
    return []


def option_name(path: list[Any]) -> str:
    """The option that a place in a body belongs to, as ``config.tries``."""
    return ".".join(str(part) for part in path)


def advice(method: str, status: int | None) -> str:
    """What to say beside the service's own words when it refuses a write: nothing."""
    return ""


def receive(client: Client, method: str, path: str, answer: Any, scope: str) -> Process:
    """The process in a JSON:API document: attributes flattened, with id and instance_id, and
    config always a dict with snake_case keys. ``scope`` is the instance when it is known."""
    data = answer.get("data") if isinstance(answer, dict) else None
    return _process(client, path, data, scope, method)


def _process(client: Client, path: str, resource: Any, scope: str, method: str = "GET") -> Process:
    resource = resource_in(client, path, resource, method)
    attributes = resource["attributes"]
    config = attributes.get("config")
    instance = _related(resource, "instance")
    return {
        **attributes,
        "id": resource["id"],
        "instance_id": scope or (instance[0] if instance else None),
        "config": {key.replace("-", "_"): value for key, value in config.items()}
        if isinstance(config, dict)
        else {},
    }


def resource_in(client: Client, path: str, value: Any, method: str = "GET") -> dict[str, Any]:
    """A JSON:API resource with its id and attributes; raises Failure for anything else."""
    if (
        isinstance(value, dict)
        and isinstance(value.get("id"), str)
        # An id becomes a part of paths, so nothing but an id is taken for one.
        and re.fullmatch(r"[0-9A-Za-z]+(-[0-9A-Za-z]+)*", value["id"])
        and isinstance(value.get("attributes"), dict)
    ):
        return value
    raise client.unexpected(method, path, "something that is no resource with id and attributes")


def _related(resource: dict[str, Any], relation: str) -> list[str] | None:
    """The ids of a relation; None when the answer does not have it."""
    relations = resource.get("relationships")
    linked = relations.get(relation) if isinstance(relations, dict) else None
    data = linked.get("data") if isinstance(linked, dict) else None
    listed = [data] if isinstance(data, dict) else data
    if not isinstance(listed, list):
        return None
    return [str(item.get("id")) for item in listed if isinstance(item, dict)]


def walk(
    client: Client, path: str, params: dict[str, Any] | None = None
) -> Iterator[tuple[dict[str, Any], dict[str, dict[str, Any]]]]:
    """Every resource of a list, with what its page includes, by id."""
    for page in client.numbered_pages(path, params):
        included = page.get("included")
        by_id = {
            str(item["id"]): item
            for item in (included if isinstance(included, list) else [])
            if isinstance(item, dict) and "id" in item
        }
        for item in page["data"]:
            yield resource_in(client, path, item), by_id


def linked(
    client: Client,
    path: str,
    resource: dict[str, Any],
    included: dict[str, dict[str, Any]],
    relation: str,
) -> list[dict[str, Any]] | None:
    """The resources of a relation; None when the page does not include them all."""
    ids = _related(resource, relation)
    if ids is None or any(each not in included for each in ids):
        return None
    return [resource_in(client, path, included[each]) for each in ids]


def list_processes(client: Client, instance: str) -> list[Process]:
    """All background processes of an instance. A missing instance is a Failure, never an
    empty list."""
    path = PROCESS.collection.format(scope=quote(instance, safe=""))
    try:
        return [_process(client, path, item, instance) for item, _included in walk(client, path)]
    except Failure as failure:
        raise missing("instance", instance, failure) if failure.status == 404 else failure from None


def get_process(client: Client, process_id: str) -> list[Process]:
    """The process with an id, as a list of one; an empty list when there is none."""
    path = PROCESS.item.format(id=quote(process_id, safe=""))
    try:
        return [receive(client, "GET", path, client.get(path, {"include": "instance"}), "")]
    except Failure as failure:
        if failure.status == 404:
            return []
        raise


def read(
    client: Client, params: dict[str, Any], entries: list[Entry], whole: bool
) -> tuple[str, list[Process]]:
    """The instance's id and its processes, as far as the entries need them: without an instance
    the one process that has an id, or the ``whole`` list of its instance."""
    if params["instance"]:
        return read_instance(
            client, params["instance"], params["environment"], params["application"]
        )
    found = get_process(client, entries[0].options["id"])
    instance = str(found[0]["instance_id"] or "") if found else ""
    if whole and is_id("inst", instance):
        found = list_processes(client, instance)
    return instance, found


def name_sizes(client: Client, live: list[Process]) -> None:
    """Put names where the service gives ids alone: it does not."""


def resolve_names(client: Client, steps: list[Step]) -> list[Problem]:
    """Put ids for the names in bodies: there are none here."""
    return []


def read_instance(
    client: Client, instance: str, environment: str | None, application: str | None
) -> tuple[str, list[Process]]:
    """The id of an instance and all its processes: one request for an id, two for names.

    Raises Failure when a name is unknown or means several things.
    """
    if is_id("inst", instance):
        return instance, list_processes(client, instance)
    environment = find_environment(client, environment or "", application)
    path = f"/environments/{quote(environment, safe='')}/instances"
    # No filter[name]: it may match parts of names, and commas and "true" mean something to it.
    found = _one(
        "instance",
        instance,
        ("name",),
        _listed("environment", environment, walk(client, path, {"include": "backgroundProcesses"})),
    )
    resource, included = found
    listed = linked(client, path, resource, included, "backgroundProcesses")
    if listed is None:
        return resource["id"], list_processes(client, resource["id"])
    return resource["id"], [_process(client, path, item, resource["id"]) for item in listed]


def find_environment(client: Client, environment: str, application: str | None) -> str:
    """The id of the environment that a user names by id, slug or name, with its application."""
    if is_id("env", environment):
        return environment
    if is_id("app", application or ""):
        path = f"/applications/{quote(application or '', safe='')}/environments"
        candidates = _listed("application", application or "", walk(client, path))
    else:
        path = "/applications"
        listed = walk(client, path, {"include": "environments"})
        found, included = _one("application", application or "", ("slug", "name"), listed)
        ids = _related(found, "environments") or []
        candidates = [(resource_in(client, path, included.get(key)), included) for key in ids]
    # Never return an environment itself: it carries the application's secrets in plain text.
    return str(_one("environment", environment, ("slug", "name"), candidates)[0]["id"])


def _listed(kind: str, parent: str, items: Iterator[Any]) -> list[Any]:
    """All items of a parent's list; a missing parent is a Failure that names it."""
    try:
        return list(items)
    except Failure as failure:
        raise missing(kind, parent, failure) if failure.status == 404 else failure from None


def _one(kind: str, wanted: str, keys: tuple[str, ...], candidates: Any) -> Any:
    """The one candidate whose id or first matching key is exactly ``wanted``.

    Names are not unique and a slug is not made from the name, so slugs go first.
    """
    candidates = list(candidates)
    for key in keys:
        found = [item for item in candidates if item[0]["attributes"].get(key) == wanted]
        if len(found) == 1:
            return found[0]
        if found:
            ids = [str(item[0]["id"]) for item in found]
            raise Failure(
                f"{len(ids)} {kind}s have the {key} {wanted!r}: {', '.join(ids)}. Give the id.",
                code="ambiguous",
                details=ids,
            )
    raise missing(kind, wanted)


def missing(kind: str, wanted: str, cause: Failure | None = None) -> Failure:
    """The failure for an application, environment or instance that is not there; ``cause`` is
    the service's 404."""
    words = (
        f"There is no {kind} {wanted!r} on Laravel Cloud, or the token has no access to it. "
        f"Check {kind}; names are case-sensitive, an id always works."
    )
    return cause.under(words, "not_found") if cause else Failure(words, code="not_found")
