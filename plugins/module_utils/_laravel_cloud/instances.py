# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Laravel Cloud's instances: their fields, how entries address them, how they are read.

Background processes run on an instance. Facts are from the service's OpenAPI description and from
responses recorded in March and April 2026, unless a comment says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from .._core.failure import Problem
from .._core.fields import (
    TRIMMED,
    Field,
    Options,
    Process,
    argument_spec,
    at,
    dicts,
    number,
    stripped,
)
from .._core.plan import Plan
from .._core.resource import Address, Entry, Key, live_name_keys, name_keys
from .._http.client import Client
from .instance_schema import CREATE_INSTANCE, UPDATE_INSTANCE
from .service import (
    ENVIRONMENT_SPEC,
    SERVICE,
    LaravelCloudBackend,
    check_environment,
    find_environment,
    is_id,
)

_SIZES = "/instances/sizes"
_REPLICAS = ("min_replicas", "max_replicas")
_TYPES = CREATE_INSTANCE["properties"]["type"]["enum"]
_NOT_WITH_AUTO = "cannot be used with scaling_type auto"


def _field(option: str, **about: Any) -> Field:
    return Field(option, argument_spec(CREATE_INSTANCE["properties"][option], str), **about)


FIELDS = (
    _field("name", shape=TRIMMED, clean=str.strip),
    _field("type", on_update=False),
    _field("size"),
    _field("scaling_type"),
    _field("min_replicas"),
    _field("max_replicas"),
    _field("uses_scheduler"),
    _field("scaling_cpu_threshold_percentage"),
    _field("scaling_memory_threshold_percentage"),
)


class Instances(LaravelCloudBackend):
    """The instances of a Laravel Cloud environment."""

    noun = "instance"
    a_noun = "an instance"
    plural = "instances"
    scope_spec = ENVIRONMENT_SPEC
    parent = "environment"
    parent_id = "env"
    collection = "/environments/{scope}/instances"
    item = "/instances/{id}"
    fields = FIELDS
    schemas: ClassVar[dict[str, Any]] = {"create": CREATE_INSTANCE, "update": UPDATE_INSTANCE}
    info_filters = ("name", "type")
    # The service may allow equal names (not documented), but entries could not tell two apart.
    unique: ClassVar[dict[str, str]] = {"name": "name"}

    def address(self, options: Options) -> Address:
        """Return how an entry addresses its instance: by id, else by name."""
        if options.get("id"):
            return Address(
                f"instance with id {options['id']}", (("id", options["id"]),), creates=False
            )
        return Address(f"instance {options.get('name')!r}", name_keys("name", options))

    def answers_to(self, live: Process) -> Iterator[Key]:
        """Yield the keys that match a live instance: id, and name with or without type."""
        yield ("id", live.get("id"))
        named = {**live, "name": stripped(live["name"])} if "name" in live else live
        yield from live_name_keys("name", named, _TYPES)

    def check_scope(self, params: dict[str, Any]) -> list[Problem]:
        """Return the problems with the option environment, before any request."""
        if params["id"] and not params["environment"]:
            return []
        return check_environment(params, "is required, unless id is set")

    def check_address(self, options: Options, state: str) -> list[Problem]:
        if options.get("id"):
            right = is_id("inst", options["id"])
            return [] if right else [Problem("id", "must have the form inst-…")]
        return [] if options.get("name") else [Problem("name", "is required, unless id is set")]

    def with_defaults(self, options: Options) -> Options:
        """Return the options of a new instance: by default, one replica that does not scale."""
        filled = {"scaling_type": "none", **options}
        if filled["scaling_type"] == "auto":
            return filled
        low = options.get("min_replicas", 1)
        return {"min_replicas": low, "max_replicas": max(1, low), **filled}

    def rules(self, options: Options, type_: str | None, creating: bool) -> list[Problem]:
        """Return problems for replicas that are set although the service chooses them."""
        if options.get("scaling_type") != "auto":
            return []
        return [Problem(option, _NOT_WITH_AUTO) for option in _REPLICAS if option in options]

    def body_rules(self, body: dict[str, Any], after: Process | None) -> list[Problem]:
        """Return the problems with the replicas, from the body or the live instance."""
        known = body if after is None else after
        low, high = (number(known.get(option)) for option in _REPLICAS)
        if known.get("scaling_type") == "auto":
            return [Problem(option, _NOT_WITH_AUTO) for option in _REPLICAS if option in body]
        if body.keys().isdisjoint(("scaling_type", *_REPLICAS)):
            return []
        problems = [
            Problem(option, f"is required with scaling_type {known.get('scaling_type')}")
            for option in _REPLICAS
            if after is not None and after.get(option) is None
        ]
        if isinstance(low, int) and isinstance(high, int) and low > high:
            problems.append(
                Problem("min_replicas", f"{low} is above max_replicas, which is {high}")
            )
        return problems

    def undeletable(self, live: Process) -> str | None:
        """Return why an instance cannot be deleted (the app runs on it), or None."""
        if "type" not in live:
            return f"Laravel Cloud does not show the type of {live['id']}, which may run the app"
        if live["type"] == "app":
            return "an environment's app instance cannot be deleted; delete the environment instead"
        return None

    def predict(self, scope: str, before: Process, body: dict[str, Any]) -> Process:
        after = {"environment_id": scope, **(before or dict.fromkeys(_UNSET)), **body}
        if after.get("scaling_type") == "auto":
            # Null while the service scales the instance (the vendor's Terraform provider).
            after.update((option, body.get(option)) for option in _REPLICAS)
        return after

    def identity_options(self, live: Process) -> Options:
        return {"name": stripped(live.get("name"))}

    def read(
        self, client: Client, params: dict[str, Any], entries: list[Entry], whole: bool
    ) -> tuple[str, list[Process]]:
        """Return the environment's id and its instances.

        Without the option environment, return only the instance with the entry's id, or with
        ``whole`` all instances of its environment.
        """
        if params["environment"]:
            scope = find_environment(client, params["environment"], params["application"])
            return scope, self.list_all(client, scope)
        return self.read_by_id(client, entries[0].options["id"], whole)

    def about(self, client: Client) -> dict[str, Any]:
        """Return the available sizes."""
        return {"sizes": read_sizes(client)}

    def resolve_names(self, client: Client, plan: Plan) -> list[Problem]:
        """Return a problem for a size that does not exist, with one request for a whole task."""
        wanted = next((step.body.get("size") for step in plan.steps if step.body), None)
        if wanted is None:
            return []
        names = [size["name"] for size in read_sizes(client)]
        if wanted in names:
            return []
        from .._core.near_misses import no_size

        return [Problem("size", no_size(wanted, names, SERVICE.name))]


_UNSET = (*_REPLICAS, "scaling_cpu_threshold_percentage", "scaling_memory_threshold_percentage")
"""The fields that a new instance shows as null if they were not sent (recorded)."""


def read_sizes(client: Client) -> list[dict[str, Any]]:
    """Return the sizes of instances; raise Failure for anything else.

    Each is ``{name, label, description, cpu_type, compute_class, cpu_count, memory_mib}``. The
    service lists them by class, as ``{"data": {"general": [...]}}`` (recorded).
    """
    classes = at(client.get_once(_SIZES), "data")
    listed = classes.values() if isinstance(classes, dict) else [classes]
    sizes = [size for each in listed for size in dicts(each) if isinstance(size.get("name"), str)]
    if not sizes:
        raise client.unexpected("GET", _SIZES, "something that is not a list of sizes")
    return sizes


INSTANCES = Instances()
