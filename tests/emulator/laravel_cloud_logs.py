# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The build and deploy logs of a deployment, in Laravel Cloud's format.

The format is that of a response recorded in April 2026, with its four steps. The status of a failed
or running step has not been recorded.
"""

from __future__ import annotations

from typing import Any

from .laravel_cloud_state import BUILD_STEPS, LaravelCloud, Resource

Step = dict[str, Any]

# The steps of each phase in order, with their output. Recorded: a step may lack output, time and
# duration_ms.
_PHASES: dict[str, dict[str, Step]] = {
    "build": {
        "git.clone": {
            "description": "Cloning application source control repository",
            "time": "00:00:01",
        },
        "php.command": {
            "description": "Running build commands",
            "output": "Installing dependencies from lock file\n",
            "time": "00:00:01",
            "duration_ms": 33234,
        },
    },
    "deploy": {
        "prepare.env": {
            "description": "Preparing deploy environment",
            "output": "Deployment queued [739ms]\n",
            "time": "00:00:35",
            "duration_ms": 740,
        },
        "deploy.command": {
            "description": "Running deploy commands",
            "output": "No deploy command was provided",
        },
    },
}
assert tuple(_PHASES["build"]) == BUILD_STEPS


def logs(cloud: LaravelCloud, deployment: Resource) -> dict[str, Any]:
    """Return the logs of a deployment up to its current step."""
    status = deployment.attributes["status"]
    hidden = cloud.switches["laravel_cloud_deployment_logs"] == "unavailable"
    data = {phase: {"available": False, "steps": []} for phase in _PHASES}
    if not hidden:
        for phase in _reached(cloud, deployment):
            data[phase] = {"available": True, "steps": _steps(cloud, deployment, phase)}
    return {"data": data, "meta": {"deployment_status": status}}


def _reached(cloud: LaravelCloud, deployment: Resource) -> list[str]:
    status = deployment.attributes["status"]
    if status == "pending" or deployment.attributes["started_at"] is None:
        return []
    if status.startswith("build.") or _failing_phase(cloud, deployment) == "build":
        return ["build"]
    return list(_PHASES)


def _failing_phase(cloud: LaravelCloud, deployment: Resource) -> str | None:
    """Return the phase in which a deployment failed or was cancelled."""
    status = deployment.attributes["status"]
    step = _given_step(cloud, deployment)
    if status in ("failed", "cancelled", "build.failed"):
        return "deploy" if step in _PHASES["deploy"] else "build"
    return "deploy" if status == "deployment.failed" else None


def _given_step(cloud: LaravelCloud, deployment: Resource) -> str | None:
    ending = cloud.endings.get(deployment.id)
    return ending.step if ending is not None else None


def _steps(cloud: LaravelCloud, deployment: Resource, phase: str) -> list[Step]:
    status = deployment.attributes["status"]
    if _failing_phase(cloud, deployment) == phase:
        return _ended_by(cloud, deployment, phase, "failed" if "failed" in status else "cancelled")
    runs = {"build": "build.running", "deploy": "deployment.running"}[phase]
    names = list(_PHASES[phase])
    if status == runs:
        # The first step is done or running; later ones are not listed yet.
        return [_step(phase, names[0], "running")]
    return [
        _step(phase, name, "skipped" if name == "deploy.command" else "finished") for name in names
    ]


def _ended_by(cloud: LaravelCloud, deployment: Resource, phase: str, how: str) -> list[Step]:
    """Return the steps up to the failed one."""
    ending = cloud.endings.get(deployment.id)
    names = list(_PHASES[phase])
    # The step at which a phase fails by default.
    name = (
        _given_step(cloud, deployment)
        or {"build": "php.command", "deploy": "deploy.command"}[phase]
    )
    before = names[: names.index(name)] if name in names else names
    word = cloud.switches["laravel_cloud_failed_step_status"] if how == "failed" else how
    last = {**_step(phase, name, word), "time": "00:00:02", "duration_ms": 1870}
    if how == "failed":
        given = ending.output if ending is not None else None
        last["output"] = given if given is not None else "The command exited with status 1.\n"
    return [*(_step(phase, each, "finished") for each in before), last]


def _step(phase: str, name: str, status: str) -> Step:
    known = _PHASES[phase].get(name, {"description": f"Running {name}"})
    ordered = {"step": name, "status": status, **known}
    if status in ("running", "cancelled"):
        for key in ("output", "time", "duration_ms"):
            ordered.pop(key, None)
    return ordered
