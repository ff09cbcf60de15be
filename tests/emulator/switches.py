# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The open questions about both services, each as a switch with a default.

Only the two companies know the answers; a client must be correct in every case. A value is a
string; in Python and JSON, a bool stands for ``on`` or ``off`` and a number for its text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

STEP_SECONDS = 20
"""The duration of a step of a deployment, when deployments advance by the clock."""

CLOCK_SECONDS = {"same": 0, "behind": -3, "ahead": 3}
"""The difference between the clock that stamps deployments and the one that stamps everything
else."""

COMMAND_STEP_SECONDS = 12
"""The same for a command. A recorded one took 25 seconds from its creation to its start."""


@dataclass(frozen=True)
class Switch:
    """One open question."""

    name: str
    values: tuple[str, ...]  # the first one is the default
    question: str
    why: str  # the reason for the default

    @property
    def default(self) -> str:
        """The default value."""
        return self.values[0]


SWITCHES = (
    # Sevalla: processes
    Switch(
        "sevalla_deleted_process",
        ("listed", "hidden"),
        "Until the next deployment, is a deleted process still listed and found by id?",
        "The description of DELETE says that it is fully deleted after the next deployment.",
    ),
    Switch(
        "sevalla_second_delete",
        ("200", "400", "404"),
        "Which status does a second DELETE of the same process get before that deployment?",
        "The process still exists, and the description has no state that would refuse it.",
    ),
    Switch(
        "sevalla_patch_deleted",
        ("200", "404"),
        "Which status does a PATCH of a deleted process get before that deployment?",
        "The process still exists. A PATCH does not restore it.",
    ),
    Switch(
        "sevalla_cleared_text",
        ("empty", "null"),
        'Is a schedule or time_zone that was set to "" returned as "" or as null?',
        "Stored as sent. The vendor's Terraform provider treats both as unset.",
    ),
    Switch(
        "sevalla_cleared_entrypoint",
        ("empty", "null"),
        'Is an entrypoint that was set to "", or never set, returned as "" or as null?',
        'The OpenAPI description: never null, "" when unset.',
    ),
    Switch(
        "sevalla_cron_empty_schedule",
        ("accepted", "refused"),
        'Is "" accepted as the schedule of a cron process?',
        "The schema has no minimum length, and the vendor's Terraform provider sends it.",
    ),
    Switch(
        "sevalla_required_by_type",
        ("refused", "accepted"),
        "Is a POST refused for a cron without schedule, or for a job without job_start_policy?",
        "The description calls them required for a cron and for a job; the schema does not.",
    ),
    Switch(
        "sevalla_cron_syntax",
        ("unchecked", "five_fields", "five_fields_or_macro"),
        "Is the syntax of a schedule validated, and are macros such as @daily accepted?",
        "The schema only requires a string of at most 100 characters.",
    ),
    Switch(
        "sevalla_cron_time_zone",
        ("null", "UTC"),
        "Which time_zone does a cron process have if it was created without one?",
        "No default is documented.",
    ),
    Switch(
        "sevalla_horizontal_defaults",
        ("off", "v2", "v2_omitted"),
        "Does the service fill in missing targets and steps of horizontal scaling: those that are "
        "null or omitted, or only the omitted ones?",
        "API v3 documents no defaults; v2 has 80, 80, 60, 1, 600 and 1.",
    ),
    Switch(
        "sevalla_probe_defaults",
        ("off", "filled"),
        "Does the service fill in missing times and thresholds of a probe?",
        "No default is documented; filled uses the numbers of the documentation's example.",
    ),
    Switch(
        "sevalla_nested_patch",
        ("replace", "merge"),
        "Does a PATCH replace scaling_strategy and the probes, or merge into them? When it "
        "merges, null removes a key.",
        "No deep merge is documented.",
    ),
    Switch(
        "sevalla_empty_probe",
        ("cleared", "echoed", "ignored", "refused"),
        "What does a probe of {} or with only null values do: is the probe removed (null), stored "
        "as sent, ignored, or refused?",
        "The schema permits both forms, and there is no other way to remove a probe.",
    ),
    Switch(
        "sevalla_null_probe",
        ("refused", "cleared"),
        "What does a PATCH with a probe of null do: is it refused, or is the probe removed?",
        "The schema does not permit null there.",
    ),
    Switch(
        "sevalla_nested_null",
        ("echoed", "dropped", "refused"),
        "What does null do for a key of scaling_strategy or of a probe: is it returned as null, "
        "is the key omitted, or is it refused?",
        "The schema permits null for those keys, in requests and responses.",
    ),
    Switch(
        "sevalla_probe_handlers",
        ("any", "exactly_one"),
        "Must a probe have exactly one of exec, httpGet and tcpSocket?",
        "The schema does not require it; Kubernetes, which runs the probe, does.",
    ),
    Switch(
        "sevalla_fields_of_other_types",
        ("ignored", "stored", "refused"),
        "What happens to fields of the web process on a worker, or to a schedule on a web process?",
        'The description: "only applicable to" or "only populated for" one type.',
    ),
    Switch(
        "sevalla_cron_job_scaling",
        ("stored", "forced", "refused"),
        "What happens to scaling other than one manual instance on a cron or job? With forced, "
        "one manual instance is stored.",
        "The schema is the same for every type.",
    ),
    Switch(
        "sevalla_min_above_max",
        ("refused", "stored"),
        "Is horizontal scaling with minInstanceCount above maxInstanceCount refused?",
        "The schema does not refuse it, but no autoscaler can run it.",
    ),
    Switch(
        "sevalla_max_instances",
        ("50", "20"),
        "How many instances may a process have?",
        "The schema says 50; an old page of the dashboard's documentation says 20.",
    ),
    Switch(
        "sevalla_patch_ingress_defaults",
        ("off", "on"),
        "Does a PATCH with one of the two ingress fields set the other to its default (true, "
        "http)?",
        "Fields that are not sent stay as they are.",
    ),
    Switch(
        "sevalla_ingress_protocol",
        ("at_once", "delayed"),
        "Does the response to the PATCH that changes ingress_protocol show the new value, or the "
        "old one until the next read?",
        "Documented as applied asynchronously; a delay of the stored field is not documented.",
    ),
    Switch(
        "sevalla_process_key",
        ("slug", "random"),
        "Which key does a process get that is created through the API: one derived from its name, "
        "or a random one?",
        "Documented: derived from a name, unique in the application. A number is appended if the "
        "key is taken.",
    ),
    Switch(
        "sevalla_duplicate_display_name",
        ("allowed", "refused"),
        "May two processes of an application have the same display_name?",
        "Only the key is documented as unique.",
    ),
    Switch(
        "sevalla_resource_type_name",
        ("given", "null"),
        "Is resource_type_name set?",
        "Documented with an example; the schema permits null.",
    ),
    Switch(
        "sevalla_semantic_error",
        ("400", "409", "422"),
        "Which status is returned for a body that the schema allows but the service refuses: a "
        "second web process, deleting the web process, an unknown size?",
        "400 is the only one that these operations document.",
    ),
    Switch(
        "sevalla_trigger_refusal",
        ("404", "400", "409", "422"),
        "Which status is returned when a process that is not a cron is triggered?",
        "404 is the only suitable one that this operation documents.",
    ),
    Switch(
        "sevalla_malformed_uuid",
        ("400", "404"),
        "Which status is returned for a path whose id is not a UUID?",
        "The pattern is in the schema, and Fastify responds with 400 to what violates the schema.",
    ),
    Switch(
        "sevalla_disk_key",
        ("when_attached", "always", "never"),
        "Does a process show its disk in the key disk, and null there when it does not have one?",
        "Disks are documented, but no response with one has been recorded.",
    ),
    Switch(
        "sevalla_exec_without_instance",
        ("409", "400", "404", "422", "500", "exit_code"),
        "How does the service respond to an exec on a process without a running instance: with "
        "that status, or with 200 and an exit code other than 0?",
        "Not documented; 409 describes the situation best.",
    ),
    Switch(
        "sevalla_exec_max_timeout",
        ("60", "300", "unlimited"),
        "What is the maximum timeout of an exec?",
        "15 is the example; the range is not documented.",
    ),
    Switch(
        "sevalla_exec_timed_out",
        ("exit_code", "408", "504"),
        "How does the service respond to an exec whose command runs longer than timeout: with 200 "
        "and the exit code 124, or with that status?",
        "Not documented; 124 is what timeout(1) returns.",
    ),
    Switch(
        "sevalla_deleting_application",
        ("404", "answers"),
        "While an application is being deleted, can its processes and deployments be read? It is "
        "listed until then, with the status deleting.",
        "Not documented; a client has to handle both.",
    ),
    # Sevalla: deployments, limits
    Switch(
        "sevalla_deployment_steps",
        ("names", "objects"),
        "Are a deployment's steps names, or objects with name, status and output?",
        "The OpenAPI description: names. The output of a step is in the deployment's logs.",
    ),
    Switch(
        "sevalla_deployment_logs",
        ("given", "empty"),
        "Does a deployment have a log when it has ended?",
        "The vendor's CLI reads it. How soon it is complete is not documented.",
    ),
    Switch(
        "sevalla_deployments_order",
        ("newest_first", "oldest_first"),
        "In which order are deployments listed?",
        "Documented: newest first.",
    ),
    Switch(
        "sevalla_deployment_result",
        ("success", "failed", "cancelled", "skipped"),
        "How do deployments end?",
        "Not a question about the service; it lets you test the other ends.",
    ),
    Switch(
        "sevalla_past_deployments",
        ("none", "success", "failed", "cancelled", "running"),
        "Which past deployments do applications have at the start? With failed, cancelled and "
        "running, a successful one precedes it. Draft was never deployed in any case.",
        "Not a question about the service; none, so that a test starts with an empty list.",
    ),
    Switch(
        "sevalla_deployment_changes_updated_at",
        ("never", "at_start", "at_end"),
        "Does a deployment change the updated_at of its processes: never, when it starts, or when "
        "it has succeeded?",
        "Not documented; updated_at is when a process was last modified.",
    ),
    Switch(
        "sevalla_deployment_clock",
        ("same", "behind", "ahead"),
        "Do a deployment's started_at and finished_at use the clock of the processes' timestamps, "
        "or a clock that is three seconds behind or ahead?",
        "Not documented; clocks of different machines differ.",
    ),
    Switch(
        "sevalla_deployment_pace",
        ("polls", "clock", "at_once"),
        "When does a deployment advance by one step: each time it is read, or every 20 seconds? "
        "With at_once, it has ended when the request that starts it is answered.",
        "Not a question about the service; tests do not have to wait.",
    ),
    Switch(
        "sevalla_concurrent_deployments",
        ("queued", "skip_waiting", "refused"),
        "What happens to a deployment while another one runs: is it queued, does it skip older "
        "queued ones, or is it refused?",
        "New deployments are documented to start as waiting.",
    ),
    Switch(
        "sevalla_restart_never_deployed",
        ("400", "404", "409", "422"),
        "Which status does is_restart get on an application that was never deployed?",
        "400 is what the operation documents for a bad request.",
    ),
    Switch(
        "sevalla_rate_limit",
        ("off", "on"),
        "Are requests above the documented limits refused with 429?",
        "Not a question about the service; off, so that tests do not have to wait.",
    ),
    Switch(
        "sevalla_post_rate_limit",
        ("general_write", "service_creation"),
        "Which limit applies to creating and triggering a process: 30 a minute or 20 an hour?",
        "A process is not a service of its own.",
    ),
    Switch(
        "sevalla_retry_after",
        ("off", "on"),
        "Does a 429 have Retry-After in addition to x-ratelimit-reset?",
        "Not documented.",
    ),
    # Laravel Cloud: background processes
    Switch(
        "laravel_cloud_config_patch",
        ("merge", "replace"),
        "Does a PATCH merge config into the stored one, or replace it (so that [] clears it)?",
        "The vendor's CLI sends only the changed keys, and [] when none has changed.",
    ),
    Switch(
        "laravel_cloud_null_config_key",
        ("accepted", "refused"),
        'Is null (and "", which the framework converts to null) accepted for a key in config, and '
        "does it unset the key? With refused, every key except force refuses it.",
        'The vendor\'s CLI sends "" for a force of false, so at least force accepts it.',
    ),
    Switch(
        "laravel_cloud_type_patch",
        ("accepted", "refused", "ignored"),
        "How does the service respond to a PATCH with another type? The same type is always "
        "accepted.",
        "type is in the schema of the PATCH.",
    ),
    Switch(
        "laravel_cloud_worker_command",
        ("ignored", "refused", "stored"),
        "What happens to a command that is sent for a worker?",
        'The description: "Not applicable for worker type"; its command is generated.',
    ),
    Switch(
        "laravel_cloud_custom_config",
        ("ignored", "refused"),
        "What happens to a config that is sent for a custom process?",
        "It is [] in every recorded response.",
    ),
    Switch(
        "laravel_cloud_worker_defaults",
        ("null", "ui", "cli"),
        "Which values do config keys of a new worker get that were not sent: null, those of the "
        "user interface (database, sleep 10) or those of the vendor's CLI?",
        "The description has no defaults.",
    ),
    Switch(
        "laravel_cloud_unknown_keys",
        ("dropped", "refused"),
        "What happens to keys that are not in the description, in the body and in config?",
        "The framework validates the keys that it has rules for, and ignores the rest.",
    ),
    Switch(
        "laravel_cloud_read_only_config_keys",
        ("dropped", "stored"),
        "Can you set name, max-jobs, max-time and stop-when-empty, which are in the responses? "
        "With dropped, they are treated as unknown keys.",
        "They are not in the schema of the request.",
    ),
    Switch(
        "laravel_cloud_config_numbers",
        ("number", "as_posted", "string"),
        "Are config's numbers returned as numbers, as strings if strings were posted, or always "
        "as strings?",
        "Numbers in every recorded response; the vendor's CLI posts strings and casts what it "
        "reads.",
    ),
    Switch(
        "laravel_cloud_force_false",
        ("false", "null"),
        "Is a force of false returned as false or as null?",
        "Stored as sent.",
    ),
    Switch(
        "laravel_cloud_zero_in_config",
        ("zero", "null"),
        "Is a 0 in config returned as 0 or as null?",
        "The command of an observed worker has --rest=0.",
    ),
    Switch(
        "laravel_cloud_config_ranges",
        ("none", "not_negative"),
        "Do config's numbers have a range?",
        "The description has none.",
    ),
    Switch(
        "laravel_cloud_trim_strings",
        ("on", "off"),
        "Are spaces around strings removed before validation?",
        'The framework has a middleware for it, next to the one that converts "" to null.',
    ),
    Switch(
        "laravel_cloud_max_processes",
        ("unlimited", "10"),
        "How many background processes may an instance have?",
        "No limit is documented; 10 is the documented limit of processes in one entry.",
    ),
    Switch(
        "laravel_cloud_managed_queue_connection",
        ("any", "cloud_only"),
        "May a worker on a managed_queue instance have a connection other than cloud?",
        'The description says that it must be "cloud"; it is not known what enforces that.',
    ),
    Switch(
        "laravel_cloud_create_route",
        ("answers", "redirects"),
        "Does POST …/background-processes return a response, or redirect (302) to the "
        "application's root?",
        "The vendor's Terraform provider saw the redirect only on a development deployment.",
    ),
    Switch(
        "laravel_cloud_process_delete",
        ("204", "422"),
        "Does DELETE of a background process succeed, or return the 422 that is documented "
        "without an explanation?",
        "204 is recorded.",
    ),
    # Laravel Cloud: reads, deployments, limits
    Switch(
        "laravel_cloud_filters",
        ("partial", "exact"),
        "Do filters match parts of values without case, or only whole values?",
        "The default of the library (spatie/laravel-query-builder) that they resemble.",
    ),
    Switch(
        "laravel_cloud_list_order",
        ("ascending", "descending"),
        "Are lists sorted by creation, oldest or newest first? Deployments and commands have the "
        "opposite order.",
        "The recorded list is oldest first. The vendor's CLI treats the first listed deployment "
        "as the latest.",
    ),
    Switch(
        "laravel_cloud_error_without_json_accept",
        ("redirect", "json"),
        "What does a failed request get whose first Accept is not JSON: the framework's redirect "
        "(to login, or to the root for 422) and HTML, or JSON like all others?",
        "The framework's default.",
    ),
    Switch(
        "laravel_cloud_writes_deploy",
        ("off", "on"),
        "Do writes to background processes and instances start a deployment?",
        "Two deployment tools start one after their writes.",
    ),
    Switch(
        "laravel_cloud_deployment_result",
        ("deployment.succeeded", "deployment.failed", "build.failed", "failed", "cancelled"),
        "How do deployments end?",
        "Not a question about the service; it lets you test the other ends.",
    ),
    Switch(
        "laravel_cloud_past_deployments",
        ("none", "success", "failed", "cancelled", "running"),
        "Which past deployments do environments have at the start? With failed, cancelled and "
        "running, a successful one precedes it. Staging was never deployed in any case.",
        "Not a question about the service; none, so that a test starts with an empty list.",
    ),
    Switch(
        "laravel_cloud_deployment_clock",
        ("same", "behind", "ahead"),
        "Do a deployment's started_at and finished_at use the clock of the processes' timestamps, "
        "or a clock that is three seconds behind or ahead?",
        "Not documented; clocks of different machines differ.",
    ),
    Switch(
        "laravel_cloud_cancelled_times",
        ("set", "null"),
        "Does a cancelled deployment have started_at and finished_at?",
        "Only successful deployments were recorded.",
    ),
    Switch(
        "laravel_cloud_deployment_pace",
        ("polls", "clock", "at_once"),
        "When does a deployment advance by one step: each time it is read, or every 20 seconds? "
        "With at_once, it has ended when the request that starts it is answered.",
        "Not a question about the service; tests do not have to wait.",
    ),
    Switch(
        "laravel_cloud_concurrent_deployments",
        ("parallel", "refused"),
        "What happens to a deployment while another one of the environment runs: do both run, or "
        "is it refused (422)?",
        "No such refusal is documented for deployments; other operations have one.",
    ),
    Switch(
        "laravel_cloud_deployment_logs",
        ("available", "unavailable", "422"),
        "When a deployment has ended, are its logs available, not yet available (available: "
        "false), or refused, like those of deployments older than a year?",
        "The recorded response has them; 422 is documented for old deployments.",
    ),
    Switch(
        "laravel_cloud_failed_step_status",
        ("failed", "error", "finished"),
        "Which status does the failed step in the logs have?",
        "Only finished and skipped were recorded, in a successful deployment.",
    ),
    # Laravel Cloud: instances
    Switch(
        "laravel_cloud_instance_keys",
        ("recorded", "documented"),
        "Does an instance have only the recorded keys, or also those of newer descriptions "
        "(probes, and settings of queues), which are null unless set?",
        "The recordings are older than those keys.",
    ),
    Switch(
        "laravel_cloud_instance_types",
        ("any", "documented"),
        "Can an instance of any type be created, or only service and managed_queue?",
        "The description of POST names the two; the official clients have four.",
    ),
    Switch(
        "laravel_cloud_missing_replicas",
        ("required", "defaulted"),
        "Are min_replicas and max_replicas required unless scaling is automatic, or do they "
        "default to 1?",
        "The official clients always send them.",
    ),
    Switch(
        "laravel_cloud_min_above_max",
        ("refused", "stored"),
        "Is min_replicas above max_replicas refused?",
        "The description does not refuse it, but it cannot be scaled.",
    ),
    Switch(
        "laravel_cloud_queue_settings",
        ("optional", "required"),
        "Does a new managed queue require visibility_timeout, polling_interval and "
        "shutdown_timeout?",
        "The description requires them of every instance; a recorded service had none.",
    ),
    Switch(
        "laravel_cloud_instance_names",
        ("any", "unique"),
        "May two instances of an environment have the same name?",
        "The documentation does not say that names are unique.",
    ),
    Switch(
        "laravel_cloud_delete_app_instance",
        ("204", "422"),
        "Can an environment's app instance be deleted?",
        "DELETE documents a 422 and does not say when it occurs.",
    ),
    # Laravel Cloud: commands
    Switch(
        "laravel_cloud_command_result",
        ("command.success", "command.failure"),
        "How do commands end?",
        "Not a question about the service; it lets you test the other end.",
    ),
    Switch(
        "laravel_cloud_command_pace",
        ("polls", "clock", "at_once"),
        "When does a command advance by one step: each time it is read, or every 12 seconds? With "
        "at_once, it has ended when the request that starts it is answered.",
        "Not a question about the service; tests do not have to wait.",
    ),
    Switch(
        "laravel_cloud_duplicate_command",
        ("accepted", "refused"),
        "Is a command refused (422) while an identical one runs?",
        "No such refusal is documented.",
    ),
    Switch(
        "laravel_cloud_output_while_running",
        ("null", "partial"),
        "What is the output of a running command: null, or what it has printed so far?",
        "Only null has been observed until the command ends.",
    ),
    Switch(
        "laravel_cloud_empty_output",
        ("empty", "null"),
        'Is the output of a command that printed nothing "" or null?',
        "Stored as printed.",
    ),
    Switch(
        "laravel_cloud_command_never_deployed",
        ("accepted", "refused"),
        "Is a command in an environment without a deployment accepted or refused (422)?",
        "Commands run in the image of the last deployment; a refusal is not documented.",
    ),
    # Laravel Cloud: limits
    Switch(
        "laravel_cloud_rate_limit",
        ("off", "on"),
        "Are requests above the documented limits refused with 429: 120 a minute in total, 30 "
        "that write instances, 20 that run commands?",
        "Not a question about the service; off, so that tests do not have to wait.",
    ),
    Switch(
        "laravel_cloud_command_limit",
        ("20", "120"),
        "Do commands have their own limit, or only the general one?",
        "The documentation has 20; an older recording shows 120.",
    ),
    Switch(
        "laravel_cloud_retry_after",
        ("on", "off"),
        "Does a 429 have Retry-After and X-RateLimit-Reset?",
        "The framework's default.",
    ),
)

_BY_NAME = {switch.name: switch for switch in SWITCHES}
_DEFAULTS = {switch.name: switch.default for switch in SWITCHES}


class UnknownSwitchError(ValueError):
    """An unknown switch, or an invalid value of a switch."""


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return "null" if value is None else str(value)


class Switches:
    """The current values. Reading an unknown switch is a ``KeyError``."""

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self._values = dict(_DEFAULTS)
        self.update(values or {})

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def as_dict(self) -> dict[str, str]:
        """Return all switches and their values."""
        return dict(self._values)

    def update(self, values: Mapping[str, Any]) -> None:
        """Set some switches, or none if one of them is unknown."""
        texts = {name: _text(value) for name, value in values.items()}
        for name, text in texts.items():
            if name not in _BY_NAME:
                raise UnknownSwitchError(f"There is no switch {name!r}.")
            if text not in _BY_NAME[name].values:
                choices = ", ".join(_BY_NAME[name].values)
                raise UnknownSwitchError(f"{name} cannot be {text!r}; it can be: {choices}.")
        self._values.update(texts)


def table() -> str:
    """Return all switches as the Markdown table in the README."""
    rows = [
        "| switch | values (default first) | question | why this default |",
        "|---|---|---|---|",
    ]
    rows += [
        f"| `{switch.name}` | {', '.join(f'`{value}`' for value in switch.values)} "
        f"| {switch.question} | {switch.why} |"
        for switch in SWITCHES
    ]
    return "\n".join(rows) + "\n"
