# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The data of Sevalla's side of the emulator, and the rules for changing it.

A rule without a source is from the service's OpenAPI description of API v3 (snapshot of 2026-03-09)
or its documentation. An undocumented rule is a switch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Callable

from .ids import Ids, Timestamps
from .outcomes import DeploymentOutcome, ExecOutcome, Outcomes
from .schemas import SEVALLA_UPDATE
from .switches import CLOCK_SECONDS, STEP_SECONDS, Switches

Process = dict[str, Any]
Deployment = dict[str, Any]
Disk = dict[str, Any]
LogEntry = dict[str, Any]

PROBES = ("liveness_probe", "readiness_probe")
HANDLERS = ("exec", "httpGet", "tcpSocket")
ONLY_FOR = {
    "web": (*PROBES, "is_ingress_enabled", "ingress_protocol"),
    "cron": ("schedule", "time_zone"),
    "job": ("job_start_policy",),
}
ONE_INSTANCE = {"type": "manual", "config": {"instanceCount": 1}}
# API v2 documents these; whether v3 has them is a switch.
HORIZONTAL_DEFAULTS = {
    "targetCpuPercent": 80,
    "targetMemoryPercent": 80,
    "scaleUpIntervalSeconds": 60,
    "scaleUpIncrement": 1,
    "scaleDownIntervalSeconds": 600,
    "scaleDownIncrement": 1,
}
# The numbers of the documentation's example, which are not documented as defaults.
PROBE_DEFAULTS = {
    "initialDelaySeconds": 0,
    "periodSeconds": 10,
    "timeoutSeconds": 120,
    "successThreshold": 1,
    "failureThreshold": 3,
}
STATUS_AFTER = {
    "success": "deploymentSuccess",
    "failed": "deploymentFailed",
    "cancelled": "deploymentCancelled",
}
MACROS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")


class RefusalError(Exception):
    """The service refuses a request."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass
class Application:
    """An application with everything that belongs to it, in the order of creation."""

    fields: dict[str, Any]
    deployed: bool
    processes: dict[str, Process] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    deployments: dict[str, Deployment] = field(default_factory=dict)
    # The processes that were already deleted when a deployment was requested.
    removes: dict[str, set[str]] = field(default_factory=dict)
    # The processes that existed then and were not deleted.
    starts: dict[str, set[str]] = field(default_factory=dict)
    # The time of the last step of the oldest unfinished deployment.
    stepped: float = 0.0
    # The ids of the cron processes that were run, oldest first.
    runs: list[str] = field(default_factory=list)
    # The processes that the last successful deployment started.
    running: set[str] = field(default_factory=set)
    # The outcome of each deployment, and the number of reads of the oldest unfinished one.
    endings: dict[str, DeploymentOutcome | None] = field(default_factory=dict)
    reads: int = 0
    deleting: bool = False
    # The commands that were run in processes, oldest first.
    execs: list[dict[str, Any]] = field(default_factory=list)
    disks: dict[str, Disk] = field(default_factory=dict)

    @property
    def status(self) -> str | None:
        """The status of the last deployment in the service's words; null before the first one."""
        if self.deleting:
            return "deleting"
        for deployment in reversed(list(self.deployments.values())):
            if deployment["status"] in ("waiting", "inProgress"):
                return "deploymentInProgress"
            if deployment["status"] != "skipped":
                return STATUS_AFTER[deployment["status"]]
        return "deploymentSuccess" if self.deployed else None

    def unfinished(self) -> Iterator[Deployment]:
        """Yield the deployments that have not ended, oldest first."""
        for deployment in self.deployments.values():
            if deployment["status"] in ("waiting", "inProgress"):
                yield deployment


@dataclass
class Sevalla:
    """The applications of one company."""

    switches: Switches
    ids: Ids
    timestamps: Timestamps
    sizes: list[dict[str, Any]]
    company_id: str
    clock: Callable[[], float]
    outcomes: Outcomes = field(default_factory=Outcomes)
    applications: dict[str, Application] = field(default_factory=dict)

    # Applications

    def add_application(
        self,
        display_name: str,
        name: str | None = None,
        app_id: str | None = None,
        deployed: bool = True,
        web: bool = True,
        web_id: str | None = None,
    ) -> Application:
        """Add an application with its initial web process."""
        now = self.timestamps.sevalla()
        name = name or f"{_slug(display_name) or 'app'}-{self.ids.text(5)}"
        application = Application(
            {
                "id": app_id or self.ids.uuid(),
                "name": name,
                "display_name": display_name,
                "created_at": now,
                "updated_at": now,
            },
            deployed,
        )
        self.applications[application.fields["id"]] = application
        if web:
            # Applications created by the API get size s1 (documentation: platform limits).
            size = next(size for size in self.sizes if size["name"] == "s1")
            process = self._new_process(application, "web", "Web process", size["id"], web_id)
            process.update(key="web", entrypoint="npm start")
            if deployed:
                application.running.add(process["id"])
        return application

    def application(self, app_id: str) -> Application:
        """Return the application with that id, or raise a 404."""
        if app_id not in self.applications:
            raise RefusalError(404, "Application not found")
        return self.applications[app_id]

    def opened(self, app_id: str) -> Application:
        """Return the application with that id, or raise a 404 when its contents are no longer
        visible."""
        application = self.application(app_id)
        if application.deleting and self.switches["sevalla_deleting_application"] == "404":
            raise RefusalError(404, "Application not found")
        return application

    # Processes

    def find(self, application: Application, process_id: str) -> Process:
        """Return the process with that id, whether deleted or not, or raise a 404."""
        if process_id not in application.processes:
            raise RefusalError(404, "Process not found")
        return application.processes[process_id]

    def visible(self, application: Application) -> list[Process]:
        """Return the processes that are listed."""
        hidden = self.switches["sevalla_deleted_process"] == "hidden"
        return [
            process
            for process_id, process in application.processes.items()
            if not (hidden and process_id in application.deleted)
        ]

    def create(self, application: Application, body: dict[str, Any]) -> Process:
        """Store a process from a body that satisfies the schema."""
        process_type = body["type"]
        processes = application.processes.values()
        if process_type == "web" and any(process["type"] == "web" for process in processes):
            raise self.refusal("An application can have one web process only")
        if self.switches["sevalla_required_by_type"] == "refused":
            for owner, name in (("cron", "schedule"), ("job", "job_start_policy")):
                if process_type == owner and name not in body:
                    raise RefusalError(400, f"body/{name} is required for {owner} processes")
        changes = self._changes(application, process_type, body, None)
        process = self._new_process(
            application, process_type, body["display_name"], body["resource_type_id"], None
        )
        process.update(changes)
        if process_type == "cron" and "time_zone" not in body:
            default = self.switches["sevalla_cron_time_zone"]
            process["time_zone"] = None if default == "null" else default
        return process

    def update(
        self, application: Application, process: Process, body: dict[str, Any]
    ) -> dict[str, Any]:
        """Store the changes in a body that satisfies the schema, and return the response."""
        protocol = process["ingress_protocol"]
        changes = self._changes(application, process["type"], body, process)
        process.update(changes, updated_at=self.timestamps.sevalla())
        answer = self.present(process)
        if self.switches["sevalla_ingress_protocol"] == "delayed":
            answer["ingress_protocol"] = protocol
        return answer

    def delete(self, application: Application, process: Process) -> None:
        """Queue a process for removal at the next deployment."""
        if process["type"] == "web":
            raise self.refusal("The web process cannot be deleted")
        if process["id"] in application.deleted:
            status = int(self.switches["sevalla_second_delete"])
            if status != 200:
                raise RefusalError(status, "Process is already being deleted")
        application.deleted.add(process["id"])

    def present(self, process: Process) -> dict[str, Any]:
        """Return a process as the service shows it: always the same 22 keys, and possibly its
        disk."""
        size = next(size for size in self.sizes if size["id"] == process["resource_type_id"])
        named = self.switches["sevalla_resource_type_name"] == "given"
        shown = {
            **process,
            "resource_type_name": size["name"] if named else None,
            "cpu_limit": size["cpu_limit"],
            "memory_limit": size["memory_limit"],
        }
        for name, switch in (
            ("schedule", "sevalla_cleared_text"),
            ("time_zone", "sevalla_cleared_text"),
            ("entrypoint", "sevalla_cleared_entrypoint"),
        ):
            if shown[name] == "" and self.switches[switch] == "null":
                shown[name] = None
        disk = self.applications[process["app_id"]].disks.get(process["id"])
        shows = self.switches["sevalla_disk_key"]
        if shows == "always" or (shows == "when_attached" and disk is not None):
            shown["disk"] = disk
        return shown

    def refusal(self, message: str) -> RefusalError:
        """Return the refusal of a body that satisfies the schema."""
        return RefusalError(int(self.switches["sevalla_semantic_error"]), message)

    def _new_process(
        self,
        application: Application,
        process_type: str,
        display_name: str,
        size_id: str,
        process_id: str | None,
    ) -> Process:
        is_web = process_type == "web"
        now = self.timestamps.sevalla()
        name = application.fields["name"]
        key = self._key(application, display_name)
        process = {
            "id": process_id or self.ids.uuid(),
            "app_id": application.fields["id"],
            "key": key,
            "type": process_type,
            "display_name": display_name,
            "entrypoint": "",
            "port": 8080 if is_web else None,
            "is_ingress_enabled": is_web,
            "ingress_protocol": "http" if is_web else None,
            "scaling_strategy": deepcopy(ONE_INSTANCE),
            "resource_type_id": size_id,
            "resource_type_name": None,
            "cpu_limit": None,
            "memory_limit": None,
            "schedule": None,
            "time_zone": None,
            "job_start_policy": None,
            "liveness_probe": None,
            "readiness_probe": None,
            "internal_hostname": None,
            "created_at": now,
            "updated_at": now,
        }
        if is_web:
            host = f"{name.rpartition('-')[0] or name}-web"
            process["internal_hostname"] = f"{host}.{name}.svc.cluster.local"
        application.processes[process["id"]] = process
        return process

    def _key(self, application: Application, display_name: str) -> str:
        if self.switches["sevalla_process_key"] == "random":
            return f"process-{self.ids.text(8)}"
        taken = {process["key"] for process in application.processes.values()}
        # At most 64 characters, including a number.
        slug = _slug(display_name)[:58].rstrip("-") or "process"
        if slug not in taken:
            return slug
        return next(key for n in range(2, 9999) if (key := f"{slug}-{n}") not in taken)

    def _changes(
        self,
        application: Application,
        process_type: str,
        body: dict[str, Any],
        process: Process | None,
    ) -> dict[str, Any]:
        changes = self._of_this_type(process_type, body)
        self._check_names(application, changes, process)
        self._check_nulls(changes)
        for name in PROBES:
            if changes.get(name) is not None:
                changes[name] = self._probe(changes[name], process and process[name])
        if "scaling_strategy" in changes:
            changes["scaling_strategy"] = self._scaling(
                process_type, changes["scaling_strategy"], process and process["scaling_strategy"]
            )
        if changes.get("schedule") is not None:
            self._check_schedule(process_type, changes["schedule"])
        ingress = {"is_ingress_enabled": True, "ingress_protocol": "http"}
        fills = self.switches["sevalla_patch_ingress_defaults"] == "on"
        if fills and process_type == "web" and ingress.keys() & changes.keys():
            changes = {**ingress, **changes}
        return changes

    def _of_this_type(self, process_type: str, body: dict[str, Any]) -> dict[str, Any]:
        foreign = {
            name
            for owner, names in ONLY_FOR.items()
            if owner != process_type
            for name in names
            if name in body
        }
        action = self.switches["sevalla_fields_of_other_types"]
        if foreign and action == "refused":
            names = ", ".join(sorted(foreign))
            raise self.refusal(f"Not applicable to {process_type} processes: {names}")
        if action == "stored":
            foreign = set()
        return {name: value for name, value in body.items() if name not in foreign}

    def _check_names(
        self, application: Application, changes: dict[str, Any], process: Process | None
    ) -> None:
        size_id = changes.get("resource_type_id")
        if size_id is not None and all(size["id"] != size_id for size in self.sizes):
            raise self.refusal("Unknown resource type")
        if self.switches["sevalla_duplicate_display_name"] == "refused":
            for other in application.processes.values():
                if other is not process and other["display_name"] == changes.get("display_name"):
                    raise self.refusal("A process with this display name exists")

    def _check_nulls(self, changes: dict[str, Any]) -> None:
        action = self.switches["sevalla_nested_null"]
        nested = [name for name in ("scaling_strategy", *PROBES) if changes.get(name)]
        # A probe with only nulls is for another switch.
        some = [name for name in nested if any(item is not None for item in changes[name].values())]
        if action == "refused" and any(
            _without_nulls(changes[name]) != changes[name] for name in some
        ):
            raise RefusalError(400, "Request doesn't match the schema")

    def _stored(self, value: dict[str, Any]) -> dict[str, Any]:
        dropped = self.switches["sevalla_nested_null"] == "dropped"
        return _without_nulls(value) if dropped else value

    def _probe(self, sent: dict[str, Any], stored: dict[str, Any] | None) -> Any:
        merges = self.switches["sevalla_nested_patch"] == "merge"
        probe = _merged(stored or {}, sent) if merges else sent
        handlers = [name for name in HANDLERS if probe.get(name) is not None]
        if all(value is None for value in sent.values()):
            action = self.switches["sevalla_empty_probe"]
            if action == "refused":
                raise self.refusal("A probe needs one of exec, httpGet and tcpSocket")
            return {"cleared": None, "ignored": stored, "echoed": probe}[action]
        if self.switches["sevalla_probe_handlers"] == "exactly_one" and len(handlers) != 1:
            raise self.refusal("A probe needs exactly one of exec, httpGet and tcpSocket")
        if self.switches["sevalla_probe_defaults"] == "filled" and handlers:
            return _filled(self._stored(probe), PROBE_DEFAULTS)
        return self._stored(probe)

    def _scaling(
        self, process_type: str, sent: dict[str, Any], stored: dict[str, Any] | None
    ) -> dict[str, Any]:
        strategy = sent
        if self.switches["sevalla_nested_patch"] == "merge" and stored:
            # The response's config has fixed keys: those of another type cannot be returned.
            merged = {"scaling_strategy": _merged(stored, sent)}
            strategy = SEVALLA_UPDATE.known(merged)["scaling_strategy"]
        config = strategy["config"]
        most = int(self.switches["sevalla_max_instances"])
        counts = ("instanceCount", "minInstanceCount", "maxInstanceCount")
        if any(config.get(count, 0) > most for count in counts):
            raise self.refusal(f"A process can have at most {most} instances")
        if strategy["type"] == "horizontal":
            refused = self.switches["sevalla_min_above_max"] == "refused"
            if refused and config["minInstanceCount"] > config["maxInstanceCount"]:
                raise self.refusal("minInstanceCount is above maxInstanceCount")
            fills = self.switches["sevalla_horizontal_defaults"]
            if fills == "v2":
                strategy = {**strategy, "config": _filled(config, HORIZONTAL_DEFAULTS)}
            elif fills == "v2_omitted":
                strategy = {**strategy, "config": {**HORIZONTAL_DEFAULTS, **config}}
        if process_type in ("cron", "job") and strategy != ONE_INSTANCE:
            action = self.switches["sevalla_cron_job_scaling"]
            if action == "refused":
                raise self.refusal(f"A {process_type} process runs as one instance")
            if action == "forced":
                return deepcopy(ONE_INSTANCE)
        return self._stored(strategy)

    def _check_schedule(self, process_type: str, schedule: str) -> None:
        if process_type != "cron":
            return
        if schedule == "":
            if self.switches["sevalla_cron_empty_schedule"] == "refused":
                raise self.refusal("A cron process needs a schedule")
            return
        syntax = self.switches["sevalla_cron_syntax"]
        if syntax == "unchecked":
            return
        if syntax == "five_fields_or_macro" and schedule in MACROS:
            return
        if not re.fullmatch(r"[0-9A-Za-z*/,?#-]+( +[0-9A-Za-z*/,?#-]+){4}", schedule):
            raise self.refusal("The schedule is not a cron expression")

    def run(self, application: Application, process: Process) -> None:
        """Start a cron process outside its schedule."""
        if process["type"] != "cron":
            status = int(self.switches["sevalla_trigger_refusal"])
            raise RefusalError(status, "Only cron processes can be triggered")
        application.runs.append(process["id"])

    def execute(self, application: Application, process: Process, body: dict[str, Any]) -> Any:
        """Run a command in a process and return its result."""
        most = self.switches["sevalla_exec_max_timeout"]
        timeout = body.get("timeout", 15)
        if most != "unlimited" and timeout > int(most):
            raise RefusalError(400, "Request doesn't match the schema")
        if not self._runs(application, process):
            answer = self.switches["sevalla_exec_without_instance"]
            if answer != "exit_code":
                raise RefusalError(int(answer), "The process has no running instance")
            return {"stdout": "", "stderr": "no running instance\n", "exit_code": 1}
        words = body["command"]
        application.execs.append({"process_id": process["id"], "command": words})
        ending = self.outcomes.take(ExecOutcome, process["id"])
        if ending is None:
            ending = ExecOutcome(stdout=" ".join(words) + "\n")
        if ending.seconds > timeout:
            answer = self.switches["sevalla_exec_timed_out"]
            if answer != "exit_code":
                raise RefusalError(int(answer), "The command timed out")
            return {"stdout": ending.stdout, "stderr": ending.stderr, "exit_code": 124}
        return {
            "stdout": ending.stdout,
            "stderr": ending.stderr,
            "exit_code": ending.exit_code,
        }

    def _runs(self, application: Application, process: Process) -> bool:
        """Return whether a process has a running instance. Cron processes and jobs run only at
        times, and a new process runs from the next deployment on."""
        config: dict[str, int] = process["scaling_strategy"]["config"]
        least = config.get("instanceCount", config.get("minInstanceCount", 0))
        permanent = process["type"] in ("web", "worker")
        return permanent and least > 0 and process["id"] in application.running

    def attach(self, application: Application, process: Process, body: dict[str, Any]) -> Process:
        """Attach a disk to a process, or change it, and return the process."""
        if process["type"] not in ("web", "worker"):
            raise self.refusal("Only web and worker processes can have a disk")
        application.disks[process["id"]] = dict(body)
        # Documented: attaching a disk switches to one instance.
        process.update(
            scaling_strategy=deepcopy(ONE_INSTANCE), updated_at=self.timestamps.sevalla()
        )
        return self.present(process)

    def detach(self, application: Application, process: Process) -> None:
        """Destroy the disk of a process."""
        if application.disks.pop(process["id"], None) is None:
            raise RefusalError(404, "Disk not found")
        process["updated_at"] = self.timestamps.sevalla()

    # Deployments

    def deploy(self, application: Application, body: dict[str, Any]) -> Deployment:
        """Request a deployment."""
        is_restart = body.get("is_restart", False)
        succeeded = application.deployed or any(
            deployment["status"] == "success" for deployment in application.deployments.values()
        )
        if is_restart and not succeeded:
            status = int(self.switches["sevalla_restart_never_deployed"])
            raise RefusalError(status, "There is no successful build to restart")
        running = list(application.unfinished())
        action = self.switches["sevalla_concurrent_deployments"]
        if running and action == "refused":
            raise self.refusal("A deployment is in progress")
        if action == "skip_waiting":
            for deployment in running:
                if deployment["status"] == "waiting":
                    self._end(application, deployment, "skipped")
        deployment = self._new_deployment(application, body, is_restart)
        if not running:
            application.stepped = self.clock()
            application.reads = 0
        application.deployments[deployment["id"]] = deployment
        application.starts[deployment["id"]] = set(application.processes) - application.deleted
        application.endings[deployment["id"]] = self.outcomes.take(
            DeploymentOutcome, application.fields["id"]
        )
        application.removes[deployment["id"]] = set(application.deleted)
        if self.switches["sevalla_deployment_pace"] == "at_once":
            while next(application.unfinished(), None):
                self.advance(application)
        return deployment

    def remember(
        self,
        application: Application,
        status: str,
        ago: float,
        ended: float | None,
        values: Mapping[str, Any],
    ) -> Deployment:
        """Add a past deployment as the newest one: when it started and ended, in seconds before
        now."""
        deployment = self._new_deployment(application, {}, False)
        asked = self.timestamps.sevalla(-ago)
        changed = self.timestamps.sevalla(-(ago if ended is None else ended))
        deployment.update(
            status=status,
            started_at=None if status in ("waiting", "skipped") else self.deployment_time(ago),
            finished_at=None if ended is None else self.deployment_time(ended),
            created_at=asked,
            updated_at=changed,
        )
        deployment.update(values)
        application.stepped = self.clock()
        application.deployments[deployment["id"]] = deployment
        application.starts[deployment["id"]] = set(application.processes)
        if status == "success":
            application.deployed = True
            application.running |= set(application.processes)
        return deployment

    def _new_deployment(
        self, application: Application, body: dict[str, Any], is_restart: bool
    ) -> Deployment:
        now = self.timestamps.sevalla()
        return {
            "id": self.ids.uuid(),
            "app_id": application.fields["id"],
            "status": "waiting",
            "type": "manual",
            "trigger": "RESTART" if is_restart else "MANUAL_DEPLOY",
            "steps": (["rollout"] if is_restart else ["checkout", "build", "rollout"])
            + ["syncConnections"],
            "docker_image_url": body.get("docker_image"),
            "git_type": "github",
            "repo_url": "https://github.com/acme/shop",
            "branch": body.get("branch", "main"),
            "commit_sha": None,
            "commit_message": None,
            "author_login": None,
            "author_img": None,
            "started_at": None,
            "finished_at": None,
            "created_at": now,
            "updated_at": now,
        }

    def pass_time(self, application: Application) -> None:
        """Make the steps that are due, when deployments advance by the clock."""
        if self.switches["sevalla_deployment_pace"] != "clock":
            return
        while (deployment := next(application.unfinished(), None)) is not None:
            ending = application.endings.get(deployment["id"])
            given = None if ending is None else ending.seconds
            seconds = STEP_SECONDS if given is None else given
            if self.clock() < application.stepped + seconds:
                return
            application.stepped += seconds
            self.advance(application)

    def polled(self, application: Application, deployment: Deployment) -> None:
        """Make a step, when deployments advance by reads."""
        by_polls = self.switches["sevalla_deployment_pace"] == "polls"
        if by_polls and deployment["status"] in ("waiting", "inProgress"):
            oldest = next(application.unfinished())
            ending = application.endings.get(oldest["id"])
            application.reads += 1
            if ending is None or application.reads % ending.polls == 0:
                self.advance(application)

    def advance(self, application: Application) -> None:
        """Advance the application's oldest unfinished deployment by one step."""
        deployment = next(application.unfinished(), None)
        if deployment is None:
            return
        result = self._result(application, deployment)
        if deployment["status"] == "waiting" and result != "skipped":
            now = self.timestamps.sevalla()
            deployment.update(
                status="inProgress", started_at=self.deployment_time(), updated_at=now
            )
            self._touch(application, "at_start")
        else:
            self._end(application, deployment, result)

    def _result(self, application: Application, deployment: Deployment) -> str:
        """Return the final status of a deployment."""
        ending = application.endings.get(deployment["id"])
        if ending is not None and ending.status is not None:
            return ending.status
        if ending is not None and ending.step is not None:
            return "failed"
        return self.switches["sevalla_deployment_result"]

    def shown(self, application: Application, deployment: Deployment) -> Deployment:
        """Return a deployment as the service shows it."""
        if self.switches["sevalla_deployment_steps"] == "names":
            return deployment
        return {**deployment, "steps": list(self._steps(application, deployment))}

    def _steps(self, application: Application, deployment: Deployment) -> Iterator[dict[str, Any]]:
        """Yield the steps with the progress of each, which the description does not have."""
        failing = self._failing_step(application, deployment)
        over = deployment["status"] in ("success", "failed", "cancelled", "skipped")
        status = "success" if over else deployment["status"]
        for name in deployment["steps"]:
            if name == failing:
                output = "\n".join(self._output(application, deployment))
                yield {"name": name, "status": deployment["status"], "output": output}
                status = "skipped"
            else:
                yield {"name": name, "status": status, "output": None}

    def _failing_step(self, application: Application, deployment: Deployment) -> str | None:
        if deployment["status"] != "failed":
            return None
        ending = application.endings.get(deployment["id"])
        usual = "build" if "build" in deployment["steps"] else "rollout"
        return usual if ending is None or ending.step is None else ending.step

    def _output(self, application: Application, deployment: Deployment) -> list[str]:
        ending = application.endings.get(deployment["id"])
        given = None if ending is None else ending.output
        return ("The step failed with exit code 1" if given is None else given).splitlines()

    def logs(self, application: Application, deployment: Deployment) -> list[LogEntry]:
        """Return the log of a deployment, oldest entry first, as the vendor's CLI reads it."""
        status = deployment["status"]
        if status in ("waiting", "skipped") or self.switches["sevalla_deployment_logs"] == "empty":
            return []
        failing = self._failing_step(application, deployment)
        lines: list[tuple[str, str]] = []
        for name in deployment["steps"]:
            lines.append((f"Step {name}", "info"))
            if name == failing:
                lines += [(line, "error") for line in self._output(application, deployment)]
                break
            if status == "inProgress":
                break
        when = deployment["started_at"] or deployment["created_at"]
        moment = datetime.fromisoformat(when.replace("Z", "+00:00")).timestamp()
        return [
            {
                "id": f"{deployment['id']}-{number}",
                "message": message,
                "service": application.fields["name"],
                "severity": severity,
                "timestamp": when,
                "tags": {},
                "attributes": {},
                "unix_timestamp": int(moment * 1000) + number,
            }
            for number, (message, severity) in enumerate(lines)
        ]

    def cancel(self, application: Application, deployment: Deployment) -> None:
        """Skip a waiting deployment, stop a running one, and ignore a finished one."""
        if deployment["status"] == "waiting":
            self._end(application, deployment, "skipped")
        elif deployment["status"] == "inProgress":
            self._end(application, deployment, "cancelled")

    def finish(self) -> None:
        """Complete every deployment."""
        for application in self.applications.values():
            while next(application.unfinished(), None):
                self.advance(application)

    def _end(self, application: Application, deployment: Deployment, status: str) -> None:
        now = self.timestamps.sevalla()
        # finished_at is documented for success, failure and cancellation, not for skipping.
        finished = None if status == "skipped" else self.deployment_time()
        deployment.update(status=status, finished_at=finished, updated_at=now)
        if status == "success":
            application.deployed = True
            application.running |= application.starts.get(deployment["id"], set())
            for process_id in application.removes.get(deployment["id"], set()):
                application.processes.pop(process_id, None)
                application.deleted.discard(process_id)
                application.running.discard(process_id)
            self._touch(application, "at_end")

    def deployment_time(self, ago: float = 0) -> str:
        """Return the time of the clock that stamps deployments."""
        return self.timestamps.sevalla(
            CLOCK_SECONDS[self.switches["sevalla_deployment_clock"]] - ago
        )

    def _touch(self, application: Application, when: str) -> None:
        if self.switches["sevalla_deployment_changes_updated_at"] == when:
            for process in application.processes.values():
                process["updated_at"] = self.timestamps.sevalla()


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _filled(value: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    given = {name: item for name, item in value.items() if item is not None}
    return {**value, **{name: given.get(name, default) for name, default in defaults.items()}}


def _without_nulls(value: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _without_nulls(item) if isinstance(item, dict) else item
        for name, item in value.items()
        if item is not None
    }


def _merged(stored: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """Return a deep merge in which null removes a key."""
    result = dict(stored)
    for name, value in sent.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict) and isinstance(result.get(name), dict):
            result[name] = _merged(result[name], value)
        elif isinstance(value, dict):
            result[name] = _merged({}, value)
        else:
            result[name] = value
    return result
