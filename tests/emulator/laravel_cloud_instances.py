# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Laravel Cloud's instances: their sizes, their validation, and what is stored.

The keys are those of recorded responses; the rules are those of the OpenAPI description and of the
vendor's Terraform provider.
"""

from __future__ import annotations

from typing import Any

from .laravel_cloud_form import Attributes, Form, RefusalError, integer_of, invalid
from .laravel_cloud_state import LaravelCloud, Resource, Validation, children
from .schemas import LARAVEL_CLOUD_INSTANCE_CREATE, LARAVEL_CLOUD_INSTANCE_UPDATE
from .switches import Switches

# The names are from the description; memory and cores are derived from them as in the recorded
# ones.
_MEMORY = {
    "flex": {"c": (256, 512, 1024, 2048), "g": (512, 1024, 2048, 4096), "m": (1, 2, 4, 8)},
    "pro": {"c": (1, 2, 4, 8), "g": (2, 4, 8, 16), "m": (4, 8, 16, 32)},
}
_QUEUE_MEMORY = (256, 512, 1024, 2048, 4096, 8192)
INTEGERS = (
    "min_replicas",
    "max_replicas",
    "scaling_cpu_threshold_percentage",
    "scaling_memory_threshold_percentage",
    "visibility_timeout",
    "polling_interval",
    "shutdown_timeout",
)
FLAGS = ("uses_scheduler", "sleep_with_app")
REPLICAS = ("min_replicas", "max_replicas")
QUEUE_SETTINGS = ("visibility_timeout", "polling_interval", "shutdown_timeout")
# Keys of newer descriptions that the recordings lack; null unless the instance is a queue.
NEWER_KEYS = (
    "queue_status",
    "paused",
    "is_default",
    *QUEUE_SETTINGS,
    "sleep_with_app",
    "probes",
)


def _memory_text(mebibytes: int, short: bool) -> str:
    amount, unit = (mebibytes, "M") if mebibytes < 1024 else (mebibytes // 1024, "G")
    return f"{amount}{unit.lower()}b" if short else f"{amount} {unit}iB RAM"


def _size(name: str, label: str, kind: str, group: str, cores: float, memory: int) -> Attributes:
    return {
        "name": name,
        "label": label,
        "description": f"{cores} vCPU \u00b7 {_memory_text(memory, False)}",
        "cpu_type": kind,
        "compute_class": group,
        "cpu_count": cores,
        "memory_mib": memory,
    }


def sizes() -> dict[str, list[Attributes]]:
    """Return all sizes by category."""
    general = []
    for kind, classes in _MEMORY.items():
        for letter, memories in classes.items():
            for cores, amount in zip((1, 2, 4, 8), memories):
                memory = amount if amount >= 256 else amount * 1024
                group = f"{kind}.{letter}"
                name = f"{group}-{cores}vcpu-{_memory_text(memory, True)}"
                general.append(_size(name, kind.capitalize(), kind, group, cores, memory))
    queues = [
        # Their number of cores is not public.
        _size(f"mq-pro-{_memory_text(memory, True)}", "Pro", "pro", "mq-pro", 0.5, memory)
        for memory in _QUEUE_MEMORY
    ]
    return {"general": general, "managed_queue": queues}


_SIZE_NAMES = {
    category: frozenset(size["name"] for size in listed) for category, listed in sizes().items()
}


def create(cloud: LaravelCloud, environment: Resource, body: Any) -> Resource:
    """Store an instance, with the background processes in the body."""
    form = _InstanceForm(cloud.switches)
    changes = form.run(body, None, children(cloud.instances, environment))
    instance = cloud.add_instance(environment, changes["name"], changes["type"])
    processes = changes.pop("background_processes", [])
    instance.attributes.update(_kept(changes))
    try:
        for number, process in enumerate(processes):
            form.within(f"background_processes.{number}", process, instance)
        if form.errors:
            raise invalid(form.errors)
        for process in processes:
            cloud.create(instance, process)
    except RefusalError:
        cloud.delete_instance(instance)
        raise
    cloud.after_write(instance)
    return instance


def update(cloud: LaravelCloud, instance: Resource, body: Any) -> None:
    """Store the changes in a body; fields that are not sent stay."""
    environment = cloud.environments[instance.parent]
    others = [each for each in children(cloud.instances, environment) if each is not instance]
    form = _InstanceForm(cloud.switches)
    instance.attributes.update(_kept(form.run(body, instance.attributes, others)))
    cloud.after_write(instance)


def delete(cloud: LaravelCloud, instance: Resource) -> None:
    """Delete an instance and its processes."""
    is_app = instance.attributes["type"] == "app"
    if is_app and cloud.switches["laravel_cloud_delete_app_instance"] == "422":
        raise RefusalError(422, "The app cluster cannot be deleted.")
    environment = cloud.environments[instance.parent]
    cloud.delete_instance(instance)
    if cloud.switches["laravel_cloud_writes_deploy"] == "on":
        cloud.deploy(environment)


def shown(switches: Switches, attributes: Attributes) -> Attributes:
    """Return an instance's attributes as a response shows them."""
    if switches["laravel_cloud_instance_keys"] == "recorded":
        return {name: value for name, value in attributes.items() if name not in NEWER_KEYS}
    return {**dict.fromkeys(NEWER_KEYS), **attributes}


def _kept(changes: Attributes) -> Attributes:
    """Return the changes as they are stored: automatic scaling has no replicas."""
    if changes.get("scaling_type") == "auto":
        return {**changes, **dict.fromkeys(REPLICAS)}
    return changes


class _InstanceForm(Form):
    """The validation of an instance's body by the framework's rules."""

    def run(self, body: Any, stored: Attributes | None, others: list[Resource]) -> Attributes:
        """Return the changes to store, or raise a refusal with all errors."""
        changes = self._numbers(self.cleaned(body) if isinstance(body, dict) else {})
        schema = LARAVEL_CLOUD_INSTANCE_UPDATE if stored else LARAVEL_CLOUD_INSTANCE_CREATE
        if stored is None:
            changes = {name: value for name, value in changes.items() if value is not None}
        for name in [name for name in changes if name not in schema.schema["properties"]]:
            del changes[name]
            if self.switches["laravel_cloud_unknown_keys"] == "refused":
                self.error(name, f"The {name} field is prohibited.")
        after = {**(stored or {}), **changes}
        if after.get("scaling_type") == "auto":
            # The stored value is null then, and the rule "prohibited" accepts null.
            changes = {
                name: value
                for name, value in changes.items()
                if name not in REPLICAS or value is not None
            }
        for error in schema.errors(changes):
            self.add(error)
        self._of_the_type(changes, after)
        self._replicas(changes, after)
        self._names(changes, others)
        if self.errors:
            raise invalid(self.errors)
        return changes

    def within(self, prefix: str, body: Any, instance: Resource) -> None:
        """Add the errors of a background process in the body of an instance."""
        try:
            Validation(self.switches).run(body, None, instance)
        except RefusalError as refusal:
            for name, messages in (refusal.errors or {}).items():
                for message in messages:
                    self.error(f"{prefix}.{name}", message)

    def _numbers(self, changes: Attributes) -> Attributes:
        """Return the body as the rules interpret it: "3" is an integer, "1" a boolean."""
        for name in INTEGERS:
            if name in changes:
                changes[name] = integer_of(changes[name])
        for name in FLAGS:
            value = changes.get(name)
            if not isinstance(value, bool) and value in (0, 1, "0", "1"):
                changes[name] = bool(int(value))
        return changes

    def _of_the_type(self, changes: Attributes, after: Attributes) -> None:
        kind = after.get("type")
        documented = self.switches["laravel_cloud_instance_types"] == "documented"
        if documented and changes.get("type") in ("app", "queue"):
            self.error("type", "The selected type is invalid.")
        size = changes.get("size")
        category = "managed_queue" if kind == "managed_queue" else "general"
        if isinstance(size, str) and size not in _SIZE_NAMES[category]:
            # Recorded.
            self.error("size", "The size value is invalid.")
        required = self.switches["laravel_cloud_queue_settings"] == "required"
        if required and kind == "managed_queue" and "type" in changes:
            for name in QUEUE_SETTINGS:
                if name not in changes:
                    self.error(name, f"The {name} field is required.")

    def _replicas(self, changes: Attributes, after: Attributes) -> None:
        if after.get("scaling_type") == "auto":
            for name in REPLICAS:
                if name in changes:
                    self.error(name, f"The {name} field is prohibited when scaling type is auto.")
            return
        missing = [name for name in REPLICAS if after.get(name) is None]
        if after.get("type") == "managed_queue":
            # They always scale to zero when idle.
            missing = [name for name in missing if name != "min_replicas"]
        if self.switches["laravel_cloud_missing_replicas"] == "defaulted":
            changes.update(dict.fromkeys(missing, 1))
        else:
            for name in missing:
                if name not in changes:
                    self.error(name, f"The {name} field is required.")
        least, most = after.get("min_replicas"), after.get("max_replicas")
        if self.switches["laravel_cloud_min_above_max"] == "stored":
            return
        if isinstance(least, int) and isinstance(most, int) and least > most:
            self.error(
                "max_replicas",
                "The max_replicas field must be greater than or equal to min_replicas.",
            )

    def _names(self, changes: Attributes, others: list[Resource]) -> None:
        if self.switches["laravel_cloud_instance_names"] == "any":
            return
        if any(other.attributes["name"] == changes.get("name") for other in others):
            self.error("name", "The name has already been taken.")
