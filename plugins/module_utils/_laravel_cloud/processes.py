# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Laravel Cloud's background processes: their fields, their addresses, how they are read.

Facts are from the service's OpenAPI description and from responses of the live service in March and
April 2026; if the two disagree, the recorded responses are right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar
from urllib.parse import quote

from .._core.failure import MISSING, Failure, Problem
from .._core.fields import (
    TRIMMED,
    UNKNOWN,
    Field,
    Options,
    Process,
    Shape,
    argument_spec,
    at,
    covers,
    is_empty,
    number,
    stripped,
    without_nulls,
)
from .._core.plan import Plan
from .._core.remark import Remark
from .._core.resource import Address, Entry, Key
from .._http.client import Client
from .process_schema import CREATE_BACKGROUND_PROCESS, UPDATE_BACKGROUND_PROCESS
from .service import (
    ENVIRONMENT_SPEC,
    LaravelCloudBackend,
    Listed,
    check_environment,
    find_environment,
    is_id,
    linked,
    listed,
    resource_in,
    the_one,
    walk,
)

# Requests accept eight keys of config; responses have twelve, in kebab-case.
_SETTABLE = tuple(CREATE_BACKGROUND_PROCESS["properties"]["config"]["properties"])
_NUMBERS = {"tries", "backoff", "sleep", "rest", "timeout"}
# What queue:work does without the flags. Without tries, sleep and timeout it has defaults above 0.
_WITHOUT_FLAGS = {"backoff": 0, "rest": 0, "force": False}
_ALL_KEYS = (*_SETTABLE, "name", "max_jobs", "max_time", "stop_when_empty")


def queue_names(queue: Any) -> list[str]:
    """Return queue names in order, from a list or a comma-separated string, without blanks."""
    texts = queue if isinstance(queue, list) else [queue or ""]
    return [name.strip() for text in texts for name in str(text).split(",") if name.strip()]


def _clean_config(config: Any) -> Any:
    given = {key: stripped(value) for key, value in without_nulls(config).items()}
    return {**given, "queue": queue_names(given["queue"])} if "queue" in given else given


def _decode_config(wire: Any) -> Any:
    # PHP's empty array: a custom process has [], and {} or null mean the same.
    if wire in ([], None):
        return {}
    if not isinstance(wire, dict):
        return UNKNOWN
    # Laravel trims the strings that it is sent.
    shown = {key: stripped(wire.get(key)) for key in _SETTABLE}
    settable = {key: value for key, value in shown.items() if not is_empty(value)}
    for key in _NUMBERS & settable.keys():
        # Numbers may be strings, because the vendor's own client sends strings.
        settable[key] = number(settable[key])
    if "queue" in settable:
        settable["queue"] = queue_names(settable["queue"])
        if not settable["queue"]:
            del settable["queue"]
    if "force" in settable:
        settable["force"] = settable["force"] in (True, 1, "1", "true")
    return settable


def _same_config(want: Any, have: Any) -> bool:
    return have is not UNKNOWN and covers({**_WITHOUT_FLAGS, **have}, want)


def _complete_config(want: Any, have: Any) -> Any:
    # Send it whole: whether a PATCH merges or replaces config is not documented.
    return {**have, **want} if isinstance(have, dict) else want


def _encode_config(value: Any, have: Any) -> Any:
    return {**value, "queue": ",".join(value["queue"])} if "queue" in value else value


def _spec(wire: str) -> dict[str, Any]:
    return argument_spec(CREATE_BACKGROUND_PROCESS["properties"][wire], str)


def _written_config(config: Any) -> Any:
    # A worker is not forced by default.
    return {key: config[key] for key in config if config[key] is not False} if config else config


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

FIELDS = (
    # PATCH accepts a type, but its effect on config and command has never been seen.
    Field("type", _spec("type"), on_update=False),
    Field("processes", _spec("processes"), default=1),
    Field(
        "command",
        _spec("command"),
        only_for=("custom",),
        shape=TRIMMED,
        clean=str.strip,
    ),
    Field(
        "config",
        _config_spec(),
        only_for=("worker",),
        shape=CONFIG,
        # It is not documented whether the service accepts null for these; if it refuses, the
        # failure says so. Null would not unset a worker's identity.
        unsettable=tuple(key for key in _SETTABLE if key not in ("connection", "queue")),
        clean=_clean_config,
        written=_written_config,
    ),
)


_IDENTITIES = ((), ("connection",), ("queue",), ("connection", "queue"))
"""What an entry may set of the settings that address a worker."""


def _worker_kind(given: Iterable[str]) -> str:
    return " and ".join(given) or "worker"


def _worker_key(identity: dict[str, Any]) -> Key:
    """Return a worker's key for its connection and queue, if set, with values of any type."""
    values = [
        tuple(map(str, each)) if isinstance(each, list) else each for each in identity.values()
    ]
    return (
        _worker_kind(identity),
        *(each if isinstance(each, (str, tuple)) else None for each in values),
    )


def _missing_identity(options: Options, why: str) -> list[Problem]:
    config = options.get("config", {})
    return [Problem(f"config.{key}", why) for key in ("connection", "queue") if not config.get(key)]


_QUEUE_CLUSTERS = (
    "Laravel Cloud's queue clusters (instances of type queue) stopped processing on 2026-09-30: "
    "a worker on one does nothing. Put it on an instance of type service, or use a managed queue; "
    "see https://cloud.laravel.com/docs/knowledge-base/migrate-from-queue-clusters."
)


class Processes(LaravelCloudBackend):
    """The background processes of a Laravel Cloud instance."""

    scope_spec: ClassVar[dict[str, Any]] = {"instance": {"type": "str"}, **ENVIRONMENT_SPEC}
    parent = "instance"
    parent_id = "inst"
    collection = "/instances/{scope}/background-processes"
    item = "/background-processes/{id}"
    fields = FIELDS
    schemas: ClassVar[dict[str, Any]] = {
        "create": CREATE_BACKGROUND_PROCESS,
        "update": UPDATE_BACKGROUND_PROCESS,
    }
    info_filters = ("type", "command", "config")
    unique: ClassVar[dict[str, str]] = {
        "command": "command",
        "connection and queue": "config.queue",
    }

    def address(self, options: Options) -> Address:
        """Return how an entry addresses its process: by id, by a worker's config, or by command.

        A worker's connection and queue count if they are set. Processes have no name, and
        duplicates are allowed.
        """
        if options.get("id"):
            return Address(f"process with id {options['id']}", (("id", options["id"]),), False)
        if options.get("type") == "custom":
            command = options.get("command")
            return Address(f"custom process with command {command!r}", (("command", command),))
        config = options.get("config", {})
        identity = {key: config[key] for key in ("connection", "queue") if key in config}
        words = " and ".join(
            f"{key} {','.join(map(str, value)) if isinstance(value, list) else value!s}"
            for key, value in identity.items()
        )
        return Address(
            f"worker with {words or 'any connection and queue'}", (_worker_key(identity),)
        )

    def answers_to(self, live: Process) -> Iterator[Key]:
        """Yield the keys that match a live process: id, and command or all keys of a worker."""
        yield ("id", live.get("id"))
        kind = live.get("type", UNKNOWN)
        if kind is UNKNOWN:
            yield ("command", UNKNOWN)
        elif kind == "custom":
            command = live.get("command", UNKNOWN)
            yield ("command", command if command is UNKNOWN else str(command or "").strip())
        if kind is UNKNOWN:
            for given in _IDENTITIES:
                yield (_worker_kind(given), UNKNOWN)
        elif kind == "worker":
            shown = live.get("config") or {}
            config = _decode_config(shown)
            for given in _IDENTITIES:
                if shown.keys() >= set(given):
                    yield _worker_key({key: config.get(key) for key in given})
                else:
                    yield (_worker_kind(given), UNKNOWN)

    def check_scope(self, params: dict[str, Any]) -> list[Problem]:
        """Return the problems with the option instance, before any request."""
        instance = params["instance"]
        if not instance:
            if "id" not in params:
                return [Problem("instance", MISSING)]
            if params["id"]:
                return []
            return [Problem("instance", "set instance, or the id of a process")]
        if is_id("inst", instance, or_name=bool(params["environment"])):
            return []
        return check_environment(params, f"is required, because instance {instance!r} is a name")

    def check_address(self, options: Options, state: str) -> list[Problem]:
        process_id, process_type = options.get("id"), options.get("type")
        if process_id:
            right = is_id("process", process_id)
            return [] if right else [Problem("id", "must have the form process-…")]
        if not process_type:
            return [Problem("type", "is required (worker or custom), unless id is set")]
        problems = []
        if process_type == "custom" and not options.get("command"):
            problems.append(
                Problem("command", "is required to identify a custom process, unless id is set")
            )
        if process_type == "worker" and state == "absent":
            # A deletion must never hit the wrong worker.
            problems += _missing_identity(
                options, "is required to identify the worker to delete, unless id is set"
            )
        return problems

    def rules(self, options: Options, process_type: str | None, creating: bool) -> list[Problem]:
        problems = []
        if process_type != "custom" and "command" in options:
            problems.append(
                Problem("command", "cannot be set for a worker; the service builds it from config")
            )
        if process_type != "worker" and "config" in options:
            problems.append(Problem("config", "is only for a worker"))
        if process_type == "worker":
            if creating:
                problems += _missing_identity(options, "is required to create a worker")
            elif options.get("config", {}).get("queue") == []:
                problems.append(Problem("config.queue", "must name at least one queue"))
        return problems

    def predict(self, scope: str, process: Process, body: dict[str, Any]) -> Process:
        """Return the process as Laravel Cloud would show it, without what the service generates."""
        after = {"instance_id": scope, **process, **body}
        if after.get("type") == "worker":
            empty = dict.fromkeys(_ALL_KEYS)
            after["config"] = {**empty, **(process.get("config") or {}), **body.get("config", {})}
            if "config" in body:
                after.pop("command", None)  # generated by the service from config
        else:
            after["config"] = {}
        return after

    def identity_options(self, process: Process) -> Options:
        if process.get("type") == "custom":
            return {"type": "custom", "command": str(process.get("command") or "").strip()}
        config = _decode_config(process.get("config"))
        identity = {key: at(config, key) for key in ("connection", "queue")}
        return {"type": "worker", "config": without_nulls(identity)}

    def read(
        self, client: Client, params: dict[str, Any], entries: list[Entry], whole: bool
    ) -> tuple[str, list[Process]]:
        """Return the instance's id and its processes.

        Without the option instance, return only the process with the entry's id, or with ``whole``
        all processes of its instance.
        """
        if params["instance"]:
            return self._read_instance(client, params)
        return self.read_by_id(client, entries[0].options["id"], whole)

    def _read_instance(self, client: Client, params: dict[str, Any]) -> tuple[str, list[Process]]:
        """Return the id of an instance and all its processes: one request for an id, two for names.

        Raises Failure if a name is unknown or ambiguous.
        """
        instance = params["instance"]
        if is_id("inst", instance, or_name=bool(params["environment"])):
            return instance, self.list_all(client, instance)
        environment = find_environment(client, params["environment"], params["application"])
        # No filter[name]: it may match parts of names, and it interprets commas and "true".
        candidates = self.of_environment(client, environment)
        found = the_one("instance", instance, ("name",), candidates)
        client.keep(f"/instances/{found[0]['id']}", {"data": found[0]})
        return found[0]["id"], self.of_instance(client, environment, found)

    def flat(self, resource: dict[str, Any], scope: str) -> Process:
        """Return a background process, with config as a dict with snake_case keys."""
        process = super().flat(resource, scope)
        config = process.get("config", UNKNOWN)
        if process.get("type") == "worker" and config in ([], {}, None):
            # PHP's empty array: nothing is set, and every key is shown as null.
            config = dict.fromkeys(_ALL_KEYS)
        shown = config if isinstance(config, dict) else {}
        return {**process, "config": {key.replace("-", "_"): shown[key] for key in shown}}

    def of_environment(self, client: Client, environment: str) -> list[Listed]:
        """Return all instances of an environment, with their processes if the pages have them."""
        path = f"/environments/{quote(environment, safe='')}/instances"
        items = walk(client, path, {"include": "backgroundProcesses"})
        return listed("environment", environment, items)

    def of_instance(self, client: Client, environment: str, instance: Listed) -> list[Process]:
        """Return all processes of one of these instances, with a request if its page lacks any."""
        resource, included = instance
        path = f"/environments/{quote(environment, safe='')}/instances"
        items = linked(client, path, resource, included, "backgroundProcesses")
        if items is None:
            return self.list_all(client, resource["id"])
        return [self.flat(item, resource["id"]) for item in items]

    def warnings(self, client: Client, plans: list[Plan]) -> list[Remark]:
        """Return a warning if a worker would be created where workers do nothing.

        Sends a GET for the instance unless its name was looked up. The task continues if the GET
        fails.
        """
        creations = [
            step.path
            for plan in plans
            for step in plan.steps
            if step.action == "create" and (step.body or {}).get("type") == "worker"
        ]
        if not creations:
            return []
        path = creations[0].rpartition("/")[0]
        try:
            instance = resource_in(client, path, at(client.get_once(path), "data"))
        except Failure:
            return []
        is_queue = instance["attributes"].get("type") == "queue"
        return [Remark(_QUEUE_CLUSTERS, _QUEUE_CLUSTERS)] if is_queue else []


PROCESSES = Processes()
