# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Laravel Cloud's side of the emulator stores, and the rules by which it changes.

The shapes are those of answers recorded in March and April 2026. Where no source is named, a
rule is from the service's OpenAPI description. What nobody states is a switch.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Callable

from .ids import Ids, Timestamps
from .schemas import LARAVEL_CLOUD_CREATE, LARAVEL_CLOUD_UPDATE
from .switches import STEP_SECONDS, Switches

Attributes = dict[str, Any]
Errors = dict[str, list[str]]

# A worker's config in every recorded answer, in this order.
CONFIG_KEYS = (
    "connection",
    "queue",
    "name",
    "tries",
    "backoff",
    "max-jobs",
    "max-time",
    "sleep",
    "rest",
    "timeout",
    "force",
    "stop-when-empty",
)
CONFIG_FLAGS = ("force", "stop-when-empty")
CONFIG_TEXTS = ("connection", "queue", "name")
READ_ONLY_CONFIG_KEYS = ("name", "max-jobs", "max-time", "stop-when-empty")
WORKER_DEFAULTS: dict[str, dict[str, Any]] = {
    "null": {},
    # A recorded worker that was made in the user interface.
    "ui": {"connection": "database", "sleep": 10},
    # What the vendor's CLI sends when it is asked for nothing else.
    "cli": {
        "connection": "database",
        "queue": "default",
        "tries": 1,
        "backoff": 30,
        "sleep": 10,
        "rest": 0,
        "timeout": 60,
        "force": False,
    },
}
RUNNING = ("pending", "build.running", "deployment.running")


class RefusalError(Exception):
    """The service does not do what it was asked to."""

    def __init__(self, status: int, message: str, errors: Errors | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors


def invalid(errors: Errors) -> RefusalError:
    """The framework's answer to a body that fails validation."""
    first = next(iter(errors.values()))[0]
    more = sum(len(messages) for messages in errors.values()) - 1
    if more:
        first += f" (and {more} more error{'s' if more > 1 else ''})"
    return RefusalError(422, first, errors)


@dataclass
class Resource:
    """A JSON:API resource; ``parent`` is the id of what it belongs to."""

    kind: str
    id: str
    parent: str
    attributes: Attributes


@dataclass
class LaravelCloud:
    """One organization's applications. Every dict is in the order of creation."""

    switches: Switches
    ids: Ids
    timestamps: Timestamps
    organization: Resource
    clock: Callable[[], float]
    applications: dict[str, Resource] = field(default_factory=dict)
    environments: dict[str, Resource] = field(default_factory=dict)
    instances: dict[str, Resource] = field(default_factory=dict)
    processes: dict[str, Resource] = field(default_factory=dict)
    deployments: dict[str, Resource] = field(default_factory=dict)
    # When each deployment made its last step.
    stepped: dict[str, float] = field(default_factory=dict)

    # Applications, environments, instances

    def add_application(
        self, name: str, slug: str | None = None, app_id: str | None = None
    ) -> Resource:
        """An application without environments."""
        attributes = {
            "name": name,
            "slug": slug or re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-"),
            "region": "us-east-1",
            "slack_channel": None,
            "avatar_url": None,
            "created_at": self.timestamps.laravel_cloud(),
            "repository": {"full_name": "acme/shop", "default_branch": "main"},
        }
        app_id = app_id or self.ids.ordered("app")
        resource = Resource("applications", app_id, self.organization.id, attributes)
        self.applications[app_id] = resource
        return resource

    def add_environment(
        self,
        application: Resource,
        name: str,
        slug: str | None = None,
        env_id: str | None = None,
        variables: dict[str, str] | None = None,
    ) -> Resource:
        """An environment without instances."""
        attributes = {
            "name": name,
            "slug": slug or name,
            "status": "running",
            "created_from_automation": False,
            "vanity_domain": f"{slug or name}.example.org",
            "php_major_version": "8.4",
            "build_command": "composer install",
            "node_version": "24",
            "deploy_command": "php artisan migrate --force",
            "uses_octane": False,
            "uses_hibernation": False,
            "hibernation_wake_up_interval": None,
            "uses_push_to_deploy": True,
            "uses_deploy_hook": False,
            # The service gives the user's variables in plain text.
            "environment_variables": [
                {"key": key, "value": value} for key, value in (variables or {}).items()
            ],
            "network_settings": {},
            "created_at": self.timestamps.laravel_cloud(),
        }
        env_id = env_id or self.ids.ordered("env")
        resource = Resource("environments", env_id, application.id, attributes)
        self.environments[env_id] = resource
        return resource

    def add_instance(
        self,
        environment: Resource,
        name: str,
        instance_type: str = "app",
        instance_id: str | None = None,
    ) -> Resource:
        """An instance without background processes."""
        attributes = {
            "name": name,
            "type": instance_type,
            "size": "flex.g-1vcpu-512mb",
            "scaling_type": "none",
            "min_replicas": 1,
            "max_replicas": 1,
            "uses_scheduler": False,
            "scaling_cpu_threshold_percentage": None,
            "scaling_memory_threshold_percentage": None,
            "created_at": self.timestamps.laravel_cloud(),
        }
        instance_id = instance_id or self.ids.ordered("inst")
        resource = Resource("instances", instance_id, environment.id, attributes)
        self.instances[instance_id] = resource
        return resource

    def delete_instance(self, instance: Resource) -> None:
        """An instance takes its processes with it."""
        del self.instances[instance.id]
        for process in children(self.processes, instance):
            del self.processes[process.id]

    # Background processes

    def create(self, instance: Resource, body: Any) -> Resource:
        """Store a background process."""
        most = self.switches["laravel_cloud_max_processes"]
        if most != "unlimited" and len(children(self.processes, instance)) >= int(most):
            raise RefusalError(422, f"An instance can have at most {most} background processes.")
        changes = Validation(self.switches).run(body, None, instance)
        attributes = {
            "type": changes["type"],
            "processes": changes["processes"],
            "command": "",
            "config": [],
            "strategy_type": "none",
            "strategy_threshold": None,
            "created_at": self.timestamps.laravel_cloud(),
        }
        self._store(attributes, changes)
        resource = Resource(
            "background_processes", self.ids.ordered("process"), instance.id, attributes
        )
        self.processes[resource.id] = resource
        self._after_write(instance)
        return resource

    def update(self, process: Resource, body: Any) -> None:
        """Store the changes that a body asks for; what it does not name stays."""
        instance = self.instances[process.parent]
        changes = Validation(self.switches).run(body, process.attributes, instance)
        self._store(process.attributes, changes)
        self._after_write(instance)

    def delete(self, process: Resource) -> None:
        """Remove a background process at once."""
        if self.switches["laravel_cloud_delete"] == "422":
            raise RefusalError(422, "An update operation is already in progress")
        del self.processes[process.id]
        self._after_write(self.instances[process.parent])

    def _after_write(self, instance: Resource) -> None:
        if self.switches["laravel_cloud_writes_deploy"] == "on":
            self.deploy(self.environments[instance.parent])

    def _store(self, attributes: Attributes, changes: Attributes) -> None:
        was_worker = isinstance(attributes["config"], dict)
        attributes.update(
            {name: changes[name] for name in ("type", "processes") if name in changes}
        )
        if attributes["type"] == "custom":
            attributes["config"] = []
        elif not was_worker or "config" in changes:
            attributes["config"] = self._config(
                attributes["config"] if was_worker else None, changes.get("config", {})
            )
            attributes["command"] = _worker_command(attributes["config"])
        if "command" in changes:
            attributes["command"] = changes["command"]

    def _config(self, stored: Attributes | None, sent: Attributes) -> Attributes:
        if stored is None:
            sent = {**WORKER_DEFAULTS[self.switches["laravel_cloud_worker_defaults"]], **sent}
        merges = self.switches["laravel_cloud_config_patch"] == "merge"
        base = stored if stored is not None and merges else {}
        return {
            key: self._config_value(key, sent[key]) if key in sent else base.get(key)
            for key in CONFIG_KEYS
        }

    def _config_value(self, key: str, value: Any) -> Any:
        if value is None or key in CONFIG_TEXTS:
            return value
        if key in CONFIG_FLAGS:
            hides = key == "force" and self.switches["laravel_cloud_force_false"] == "null"
            return None if hides and not value else value
        if int(value) == 0 and self.switches["laravel_cloud_zero"] == "null":
            return None
        numbers = self.switches["laravel_cloud_config_numbers"]
        if numbers == "as_posted":
            return value
        return str(value) if numbers == "string" else int(value)

    # Deployments

    def deploy(self, environment: Resource) -> Resource:
        """Start a deployment."""
        refused = self.switches["laravel_cloud_concurrent_deployments"] == "refused"
        if refused and self._deploying(environment):
            raise RefusalError(422, "A deployment is already in progress.")
        attributes = {
            "status": "pending",
            "branch_name": "main",
            "commit_hash": "0f3a1c5e7b9d2f4a6c8e0b1d3f5a7c9e1b3d5f70",
            "commit_message": "Add the nightly report",
            "commit_author": None,
            "failure_reason": None,
            "php_major_version": environment.attributes["php_major_version"],
            "build_command": environment.attributes["build_command"],
            "node_version": environment.attributes["node_version"],
            "uses_octane": False,
            "uses_hibernation": False,
            "started_at": None,
            "finished_at": None,
        }
        resource = Resource("deployments", self.ids.ordered("depl"), environment.id, attributes)
        self.deployments[resource.id] = resource
        environment.attributes["status"] = "deploying"
        self.stepped[resource.id] = self.clock()
        if self.switches["laravel_cloud_deployment_pace"] == "at_once":
            while resource.attributes["status"] in RUNNING:
                self.advance(resource)
        return resource

    def _deploying(self, environment: Resource) -> bool:
        return any(
            deployment.attributes["status"] in RUNNING
            for deployment in children(self.deployments, environment)
        )

    def pass_time(self, deployment: Resource) -> None:
        """Make the steps that are due by the clock, when deployments go by it."""
        if self.switches["laravel_cloud_deployment_pace"] != "clock":
            return
        while deployment.attributes["status"] in RUNNING:
            if self.clock() < self.stepped[deployment.id] + STEP_SECONDS:
                return
            self.stepped[deployment.id] += STEP_SECONDS
            self.advance(deployment)

    def polled(self, deployment: Resource) -> None:
        """Make a step, when deployments go by how often they are read."""
        if self.switches["laravel_cloud_deployment_pace"] == "polls":
            self.advance(deployment)

    def advance(self, deployment: Resource) -> None:
        """Move an unfinished deployment one step on."""
        attributes = deployment.attributes
        if attributes["status"] not in RUNNING:
            return
        result = self.switches["laravel_cloud_deployment_result"]
        now = self.timestamps.laravel_cloud()
        if attributes["status"] == "pending":
            attributes.update(status="build.running", started_at=now)
        elif attributes["status"] == "build.running" and result.startswith("deployment."):
            attributes["status"] = "deployment.running"
        else:
            attributes.update(status=result, finished_at=now)
            if result.endswith("failed"):
                attributes["failure_reason"] = "The command exited with status 1."
            environment = self.environments[deployment.parent]
            if not self._deploying(environment):
                environment.attributes["status"] = "running"

    def finish(self) -> None:
        """Let every deployment run to its end."""
        for deployment in self.deployments.values():
            while deployment.attributes["status"] in RUNNING:
                self.advance(deployment)


def children(resources: dict[str, Resource], parent: Resource) -> list[Resource]:
    """Those that belong to the parent, in the order of creation."""
    return [resource for resource in resources.values() if resource.parent == parent.id]


def _worker_command(config: Attributes) -> str:
    """As in the two known worker commands: a 0 is written, null and false are not."""
    words = ["php artisan queue:work"]
    if config["connection"] is not None:
        words.append(config["connection"])
    for key in CONFIG_KEYS[1:]:
        if key in CONFIG_FLAGS:
            words += [f"--{key}"] if config[key] else []
        elif config[key] is not None:
            words.append(f"--{key}={config[key]}")
    return " ".join([*words, "--quiet"])


class Validation:
    """A body's way through the framework: its middleware, its rules, what they let through."""

    def __init__(self, switches: Switches) -> None:
        self.switches = switches
        self.errors: Errors = {}

    def run(self, body: Any, stored: Attributes | None, instance: Resource) -> Attributes:
        """The changes to store, or a refusal with all errors."""
        changes = self._cleaned(body) if isinstance(body, dict) else {}
        if changes.get("config") == []:  # PHP knows one kind of empty array
            changes["config"] = {}
        if stored is None:
            # To the rule "required", null is missing.
            changes = {name: value for name, value in changes.items() if value is not None}
        self._unknown_keys(changes)
        process_type = self._type(changes, stored)
        self._of_this_type(changes, process_type)
        unset, extra = self._config(changes)
        schema = LARAVEL_CLOUD_CREATE if stored is None else LARAVEL_CLOUD_UPDATE
        numbers = _numbers(changes)
        for error in schema.errors(numbers):
            # A missing type fulfils the schema's condition, and not the framework's.
            if "type" in numbers or error.validator_value != ["command"]:
                self._add(error)
        becomes_custom = stored and stored["type"] == "worker" and process_type == "custom"
        if becomes_custom and "command" not in changes:
            self._error("command", "The command field is required when type is custom.")
        self._ranges(numbers)
        self._managed_queue(changes, process_type, instance)
        if self.errors:
            raise invalid(self.errors)
        if "config" in changes:
            posted = self.switches["laravel_cloud_config_numbers"] == "as_posted"
            config = changes["config"] if posted else numbers["config"]
            # A flag's text is no value of its own in any answer.
            flags = {key: numbers["config"][key] for key in CONFIG_FLAGS if key in config}
            numbers["config"] = {**config, **flags, **dict.fromkeys(unset), **extra}
        return numbers

    def _error(self, name: str, message: str) -> None:
        messages = self.errors.setdefault(name, [])
        if message not in messages:
            messages.append(message)

    def _cleaned(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._cleaned(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._cleaned(item) for item in value]
        if isinstance(value, str):
            trimmed = (
                value.strip() if self.switches["laravel_cloud_trim_strings"] == "on" else value
            )
            return trimmed or None
        return value

    def _unknown_keys(self, changes: Attributes) -> None:
        config = changes.get("config")
        properties = LARAVEL_CLOUD_UPDATE.schema["properties"]
        known = set(properties["config"]["properties"])
        if self.switches["laravel_cloud_read_only_config_keys"] == "stored":
            known.update(READ_ONLY_CONFIG_KEYS)
        for prefix, values, names in (
            ("", changes, set(properties)),
            ("config.", config if isinstance(config, dict) else {}, known),
        ):
            for name in [name for name in values if name not in names]:
                del values[name]
                if self.switches["laravel_cloud_unknown_keys"] == "refused":
                    self._error(prefix + name, f"The {prefix}{name} field is prohibited.")

    def _type(self, changes: Attributes, stored: Attributes | None) -> Any:
        if stored is None:
            return changes.get("type")
        if changes.get("type") in ("worker", "custom") and changes["type"] != stored["type"]:
            action = self.switches["laravel_cloud_type_patch"]
            if action == "refused":
                self._error("type", "The type cannot be changed.")
            if action != "accepted":
                del changes["type"]
        return changes.get("type") or stored["type"]

    def _of_this_type(self, changes: Attributes, process_type: Any) -> None:
        if process_type == "worker" and "command" in changes:
            action = self.switches["laravel_cloud_worker_command"]
            if action == "refused":
                self._error("command", "The command field is prohibited when type is worker.")
            if action != "stored":
                del changes["command"]
        if process_type == "custom" and "config" in changes:
            config = changes.pop("config")
            if config and self.switches["laravel_cloud_custom_config"] == "refused":
                self._error("config", "The config field is prohibited when type is custom.")

    def _config(self, changes: Attributes) -> tuple[list[str], Attributes]:
        """Takes out of config what the schema does not know: nulls, and keys of answers."""
        config = changes.get("config")
        if not isinstance(config, dict):
            return [], {}
        extra = {key: config.pop(key) for key in READ_ONLY_CONFIG_KEYS if key in config}
        accepted = self.switches["laravel_cloud_null_config_key"] == "accepted"
        unset = [
            key for key, value in config.items() if value is None and (accepted or key == "force")
        ]
        for key in unset:
            del config[key]
        return unset, extra

    def _ranges(self, changes: Attributes) -> None:
        if self.switches["laravel_cloud_config_ranges"] == "none":
            return
        config = changes.get("config")
        for key, value in (config if isinstance(config, dict) else {}).items():
            if isinstance(value, int) and not isinstance(value, bool) and value < 0:
                self._error(f"config.{key}", f"The config.{key} field must be at least 0.")

    def _managed_queue(self, changes: Attributes, process_type: Any, instance: Resource) -> None:
        if self.switches["laravel_cloud_managed_queue_connection"] == "any":
            return
        if instance.attributes["type"] == "managed_queue" and process_type == "worker":
            config = changes.get("config")
            if isinstance(config, dict) and config.get("connection", "cloud") != "cloud":
                self._error("config.connection", "Managed queues must use the cloud connection.")

    def _add(self, error: Any) -> None:
        """A schema's error in the framework's words, without the value."""
        name = ".".join(str(part) for part in error.absolute_path)
        if error.validator == "required":
            for missing in error.validator_value:
                if missing not in error.instance:
                    path = f"{name}.{missing}" if name else missing
                    self._error(path, f"The {path} field is required.")
            return
        rule = error.validator_value
        texts = {
            "enum": f"The selected {name} is invalid.",
            "minimum": f"The {name} field must be at least {rule}.",
            "maximum": f"The {name} field must not be greater than {rule}.",
            "minLength": f"The {name} field must be at least {rule} characters.",
            "maxLength": f"The {name} field must not be greater than {rule} characters.",
        }
        types = {
            "integer": f"The {name} field must be an integer.",
            "string": f"The {name} field must be a string.",
            "boolean": f"The {name} field must be true or false.",
            "object": f"The {name} field must be an array.",
        }
        self._error(name, types[rule] if error.validator == "type" else texts[error.validator])


def _numbers(changes: Attributes) -> Attributes:
    """The body as the framework's rules understand it: "30" is an integer, "1" a boolean."""
    result = dict(changes)
    if "processes" in result:
        result["processes"] = _integer(result["processes"])
    if isinstance(result.get("config"), dict):
        config = result["config"] = dict(result["config"])
        properties = LARAVEL_CLOUD_UPDATE.schema["properties"]["config"]["properties"]
        for key, value in config.items():
            wanted = properties[key]["type"]
            if wanted == "integer":
                config[key] = _integer(value)
            elif wanted == "boolean" and not isinstance(value, bool) and value in (0, 1, "0", "1"):
                config[key] = bool(int(value))
    return result


def _integer(value: Any) -> Any:
    """The integer that a text stands for; PHP knows none of more than nineteen digits."""
    if isinstance(value, str) and re.fullmatch(r"-?(0|[1-9][0-9]{0,18})", value):
        return int(value)
    return value
