# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The data of Laravel Cloud's side of the emulator, and the rules for changing it.

The formats are those of responses recorded in March and April 2026. A rule without a source is from
the service's OpenAPI description. An undocumented rule is a switch.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Callable

from .ids import Ids, Timestamps
from .laravel_cloud_form import Attributes, Form, RefusalError, integer_of, invalid
from .outcomes import CommandOutcome, DeploymentOutcome, Outcomes
from .schemas import LARAVEL_CLOUD_COMMAND, LARAVEL_CLOUD_CREATE, LARAVEL_CLOUD_UPDATE
from .switches import CLOCK_SECONDS, COMMAND_STEP_SECONDS, STEP_SECONDS, Switches

# The config of a worker in every recorded response, in this order.
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
    # A recorded worker that was created in the user interface.
    "ui": {"connection": "database", "sleep": 10},
    # What the vendor's CLI sends by default.
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
RUNNING = (
    "pending",
    "build.running",
    "deployment.running",
    "command.created",
    "command.running",
)
PACES = {
    "deployments": ("laravel_cloud_deployment_pace", STEP_SECONDS),
    "commands": ("laravel_cloud_command_pace", COMMAND_STEP_SECONDS),
}
BUILD_STEPS = ("git.clone", "php.command")


@dataclass
class Resource:
    """A JSON:API resource; ``parent`` is the id of its parent."""

    kind: str
    id: str
    parent: str
    attributes: Attributes
    # The ids of related resources other than the parent, by the name of the relation.
    related: dict[str, str | None] = field(default_factory=dict)


@dataclass
class LaravelCloud:
    """The applications of one organization. Every dict is in the order of creation."""

    switches: Switches
    ids: Ids
    timestamps: Timestamps
    organization: Resource
    clock: Callable[[], float]
    outcomes: Outcomes = field(default_factory=Outcomes)
    users: dict[str, Resource] = field(default_factory=dict)
    applications: dict[str, Resource] = field(default_factory=dict)
    environments: dict[str, Resource] = field(default_factory=dict)
    instances: dict[str, Resource] = field(default_factory=dict)
    processes: dict[str, Resource] = field(default_factory=dict)
    deployments: dict[str, Resource] = field(default_factory=dict)
    commands: dict[str, Resource] = field(default_factory=dict)
    # For each deployment or command: the time of its last step, the number of reads since then, and
    # its outcome.
    stepped: dict[str, float] = field(default_factory=dict)
    reads: dict[str, int] = field(default_factory=dict)
    endings: dict[str, Any] = field(default_factory=dict)

    # Applications, environments, instances

    def add_application(
        self, name: str, slug: str | None = None, app_id: str | None = None
    ) -> Resource:
        """Add an application without environments."""
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
        """Add an environment without instances."""
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
            # The service returns the user's variables in plain text.
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
        """Add an instance without background processes."""
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
        """Delete an instance and its processes."""
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
        self.after_write(instance)
        return resource

    def update(self, process: Resource, body: Any) -> None:
        """Store the changes in a body; fields that are not sent stay."""
        instance = self.instances[process.parent]
        changes = Validation(self.switches).run(body, process.attributes, instance)
        self._store(process.attributes, changes)
        self.after_write(instance)

    def delete(self, process: Resource) -> None:
        """Delete a background process immediately."""
        if self.switches["laravel_cloud_process_delete"] == "422":
            raise RefusalError(422, "An update operation is already in progress")
        del self.processes[process.id]
        self.after_write(self.instances[process.parent])

    def after_write(self, instance: Resource) -> None:
        """Start the deployment that a write may start."""
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
        if int(value) == 0 and self.switches["laravel_cloud_zero_in_config"] == "null":
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
        resource = self._new_deployment(environment)
        self.deployments[resource.id] = resource
        environment.attributes["status"] = "deploying"
        self._begin(resource, DeploymentOutcome)
        return resource

    def remember(
        self,
        environment: Resource,
        status: str,
        ago: float,
        ended: float | None,
        values: Mapping[str, Any],
    ) -> Resource:
        """Add a past deployment as the newest one: when it started and ended, in seconds before
        now."""
        deployment = self._new_deployment(environment)
        deployment.attributes.update(
            status=status,
            started_at=None if status == "pending" else self.deployment_time(ago),
            finished_at=None if ended is None else self.deployment_time(ended),
        )
        if status == "cancelled":
            deployment.attributes.update(self.cancelled_times())
        deployment.attributes.update(values)
        self.deployments[deployment.id] = deployment
        self.stepped[deployment.id] = self.clock()
        if status in RUNNING:
            environment.attributes["status"] = "deploying"
        return deployment

    def _new_deployment(self, environment: Resource) -> Resource:
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
            "hibernation_wake_up_interval": None,
            "started_at": None,
            "finished_at": None,
        }
        resource = Resource("deployments", self.ids.ordered("depl"), environment.id, attributes)
        resource.related["initiator"] = next(iter(self.users), None)
        return resource

    def _begin(self, resource: Resource, kind: type[Any]) -> None:
        """Start a deployment or command that advances by the clock or by reads."""
        self.endings[resource.id] = self.outcomes.take(kind, resource.parent)
        self.stepped[resource.id] = self.clock()
        if self.switches[PACES[resource.kind][0]] == "at_once":
            self._finish(resource)

    def _finish(self, resource: Resource) -> None:
        while resource.attributes["status"] in RUNNING:
            self.advance(resource)

    def _deploying(self, environment: Resource) -> bool:
        return any(
            deployment.attributes["status"] in RUNNING
            for deployment in children(self.deployments, environment)
        )

    def pass_time(self, resource: Resource) -> None:
        """Make the steps that are due, when they advance by the clock."""
        switch, seconds = PACES[resource.kind]
        if self.switches[switch] != "clock":
            return
        ending = self.endings.get(resource.id)
        if ending is not None and ending.seconds is not None:
            seconds = ending.seconds
        while resource.attributes["status"] in RUNNING:
            if self.clock() < self.stepped[resource.id] + seconds:
                return
            self.stepped[resource.id] += seconds
            self.advance(resource)

    def polled(self, resource: Resource) -> None:
        """Make a step, when steps advance by reads."""
        if self.switches[PACES[resource.kind][0]] != "polls":
            return
        ending = self.endings.get(resource.id)
        self.reads[resource.id] = self.reads.get(resource.id, 0) + 1
        if ending is None or self.reads[resource.id] % ending.polls == 0:
            self.advance(resource)

    def advance(self, resource: Resource) -> None:
        """Advance an unfinished deployment or command by one step."""
        if resource.attributes["status"] not in RUNNING:
            return
        if resource.kind == "commands":
            self._advance_command(resource)
        else:
            self._advance_deployment(resource)

    def _advance_deployment(self, deployment: Resource) -> None:
        attributes = deployment.attributes
        ending = self.endings.get(deployment.id)
        result = self._result(ending)
        now = self.deployment_time()
        if attributes["status"] == "pending":
            attributes.update(status="build.running", started_at=now)
        elif attributes["status"] == "build.running" and result.startswith("deployment."):
            attributes["status"] = "deployment.running"
        else:
            attributes.update(status=result, finished_at=now)
            if result.endswith("failed"):
                given = ending and ending.reason
                attributes["failure_reason"] = given or "The command exited with status 1."
            if result == "cancelled":
                attributes.update(self.cancelled_times())
            environment = self.environments[deployment.parent]
            if not self._deploying(environment):
                environment.attributes["status"] = "running"

    def deployment_time(self, ago: float = 0) -> str:
        """Return the time of the clock that stamps deployments."""
        return self.timestamps.laravel_cloud(
            CLOCK_SECONDS[self.switches["laravel_cloud_deployment_clock"]] - ago
        )

    def cancelled_times(self) -> Attributes:
        """Return the timestamps that a cancelled deployment has instead."""
        if self.switches["laravel_cloud_cancelled_times"] == "set":
            return {}
        return {"started_at": None, "finished_at": None}

    def _result(self, ending: DeploymentOutcome | None) -> str:
        """Return the final status of a deployment."""
        if ending is None or (ending.status is None and ending.step is None):
            return self.switches["laravel_cloud_deployment_result"]
        if ending.status is not None:
            return ending.status
        return "build.failed" if ending.step in BUILD_STEPS else "deployment.failed"

    def finish(self) -> None:
        """Complete every deployment and every command."""
        for resource in (*self.deployments.values(), *self.commands.values()):
            self._finish(resource)

    # Commands

    def run_command(self, environment: Resource, body: Any) -> Resource:
        """Start a command in an environment."""
        text = self._command(body)
        mine = children(self.commands, environment)
        refused = self.switches["laravel_cloud_duplicate_command"] == "refused"
        if refused and any(
            command.attributes["command"] == text and command.attributes["status"] in RUNNING
            for command in mine
        ):
            raise RefusalError(422, "The command is already running.")
        last = next(reversed(children(self.deployments, environment)), None)
        if last is None and self.switches["laravel_cloud_command_never_deployed"] == "refused":
            raise RefusalError(422, "The environment has not been deployed yet.")
        attributes = {
            "command": text,
            "output": None,
            "status": "pending",
            "exit_code": None,
            "failure_reason": None,
            "started_at": None,
            "finished_at": None,
            "created_at": self.timestamps.laravel_cloud(),
        }
        command = Resource("commands", self.ids.ordered("comm"), environment.id, attributes)
        command.related["deployment"] = None if last is None else last.id
        command.related["initiator"] = next(iter(self.users), None)
        self.commands[command.id] = command
        self._begin(command, CommandOutcome)
        return command

    def _command(self, body: Any) -> str:
        form = Form(self.switches)
        changes = form.cleaned(body) if isinstance(body, dict) else {}
        given = {name: value for name, value in changes.items() if value is not None}
        for error in LARAVEL_CLOUD_COMMAND.errors(given):
            form.add(error)
        if form.errors:
            raise invalid(form.errors)
        return str(given["command"])

    def _advance_command(self, command: Resource) -> None:
        attributes = command.attributes
        ending = self.endings.get(command.id) or self._usual_ending()
        if attributes["status"] == "pending":
            attributes["status"] = "command.created"
        elif attributes["status"] == "command.created" and ending.exit_code is not None:
            attributes.update(status="command.running", started_at=self.timestamps.laravel_cloud())
            if self.switches["laravel_cloud_output_while_running"] == "partial":
                attributes["output"] = ending.output[: len(ending.output) // 2]
        else:
            succeeded = ending.exit_code == 0
            attributes.update(
                status=ending.status or f"command.{'success' if succeeded else 'failure'}",
                exit_code=ending.exit_code,
                finished_at=self.timestamps.laravel_cloud(),
                failure_reason=ending.reason,
                output=self._output(ending),
            )

    def _usual_ending(self) -> CommandOutcome:
        failed = self.switches["laravel_cloud_command_result"] == "command.failure"
        return CommandOutcome(exit_code=1 if failed else 0)

    def _output(self, ending: CommandOutcome) -> str | None:
        """Return the output of a completed command; "" if it never ran."""
        nothing = self.switches["laravel_cloud_empty_output"] == "null"
        if ending.exit_code is None or (nothing and not ending.output):
            return None
        return ending.output


def children(resources: dict[str, Resource], parent: Resource) -> list[Resource]:
    """Return the resources of a parent, in the order of creation."""
    return [resource for resource in resources.values() if resource.parent == parent.id]


def _worker_command(config: Attributes) -> str:
    """Return the command of a worker, as in the two known ones: 0 is written, null and false are
    not."""
    words = ["php artisan queue:work"]
    if config["connection"] is not None:
        words.append(config["connection"])
    for key in CONFIG_KEYS[1:]:
        if key in CONFIG_FLAGS:
            words += [f"--{key}"] if config[key] else []
        elif config[key] is not None:
            words.append(f"--{key}={config[key]}")
    return " ".join([*words, "--quiet"])


class Validation(Form):
    """The validation of a background process's body by the framework's rules."""

    def run(self, body: Any, stored: Attributes | None, instance: Resource) -> Attributes:
        """Return the changes to store, or raise a refusal with all errors."""
        changes = self.cleaned(body) if isinstance(body, dict) else {}
        if changes.get("config") == []:  # PHP has only one kind of empty array
            changes["config"] = {}
        if stored is None:
            # The rule "required" treats null as missing.
            changes = {name: value for name, value in changes.items() if value is not None}
        self._unknown_keys(changes)
        process_type = self._type(changes, stored)
        self._of_this_type(changes, process_type)
        unset, extra = self._config(changes)
        schema = LARAVEL_CLOUD_CREATE if stored is None else LARAVEL_CLOUD_UPDATE
        numbers = _numbers(changes)
        for error in schema.errors(numbers):
            # A missing type satisfies the schema's condition, but not the framework's.
            if "type" in numbers or error.validator_value != ["command"]:
                self.add(error)
        becomes_custom = stored and stored["type"] == "worker" and process_type == "custom"
        if becomes_custom and "command" not in changes:
            self.error("command", "The command field is required when type is custom.")
        self._ranges(numbers)
        self._managed_queue(changes, process_type, instance)
        if self.errors:
            raise invalid(self.errors)
        if "config" in changes:
            posted = self.switches["laravel_cloud_config_numbers"] == "as_posted"
            config = changes["config"] if posted else numbers["config"]
            # No response contains the string of a boolean.
            flags = {key: numbers["config"][key] for key in CONFIG_FLAGS if key in config}
            numbers["config"] = {**config, **flags, **dict.fromkeys(unset), **extra}
        return numbers

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
                    self.error(prefix + name, f"The {prefix}{name} field is prohibited.")

    def _type(self, changes: Attributes, stored: Attributes | None) -> Any:
        if stored is None:
            return changes.get("type")
        if changes.get("type") in ("worker", "custom") and changes["type"] != stored["type"]:
            action = self.switches["laravel_cloud_type_patch"]
            if action == "refused":
                self.error("type", "The type cannot be changed.")
            if action != "accepted":
                del changes["type"]
        return changes.get("type") or stored["type"]

    def _of_this_type(self, changes: Attributes, process_type: Any) -> None:
        if process_type == "worker" and "command" in changes:
            action = self.switches["laravel_cloud_worker_command"]
            if action == "refused":
                self.error("command", "The command field is prohibited when type is worker.")
            if action != "stored":
                del changes["command"]
        if process_type == "custom" and "config" in changes:
            config = changes.pop("config")
            if config and self.switches["laravel_cloud_custom_config"] == "refused":
                self.error("config", "The config field is prohibited when type is custom.")

    def _config(self, changes: Attributes) -> tuple[list[str], Attributes]:
        """Remove from config what the schema does not have: nulls, and keys of responses."""
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
                self.error(f"config.{key}", f"The config.{key} field must be at least 0.")

    def _managed_queue(self, changes: Attributes, process_type: Any, instance: Resource) -> None:
        if self.switches["laravel_cloud_managed_queue_connection"] == "any":
            return
        if instance.attributes["type"] == "managed_queue" and process_type == "worker":
            config = changes.get("config")
            if isinstance(config, dict) and config.get("connection", "cloud") != "cloud":
                self.error("config.connection", "Managed queues must use the cloud connection.")


def _numbers(changes: Attributes) -> Attributes:
    """Return the body as the framework's rules interpret it: "30" is an integer, "1" a boolean."""
    result = dict(changes)
    if "processes" in result:
        result["processes"] = integer_of(result["processes"])
    if isinstance(result.get("config"), dict):
        config = result["config"] = dict(result["config"])
        properties = LARAVEL_CLOUD_UPDATE.schema["properties"]["config"]["properties"]
        for key, value in config.items():
            wanted = properties[key]["type"]
            if wanted == "integer":
                config[key] = integer_of(value)
            elif wanted == "boolean" and not isinstance(value, bool) and value in (0, 1, "0", "1"):
                config[key] = bool(int(value))
    return result
