# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator's own routes: its log, switches, faults, and changes to its data.

They need no token and accept only requests from this machine.
"""

from __future__ import annotations

import ipaddress
import json
from typing import Any

from flask import Blueprint, Response, request

from .faults import Fault, Faults, UnknownFaultError
from .outcomes import UnknownOutcomeError, outcome_of
from .switches import UnknownSwitchError
from .world import World


class BadControlError(ValueError):
    """A control request that is invalid."""


def blueprint(world: World, log: list[dict[str, Any]], faults: Faults) -> Blueprint:
    """Return the routes under ``/_emulator``."""
    routes = Blueprint("control", __name__, url_prefix="/_emulator")

    @routes.before_request
    def only_this_machine() -> Response | None:
        if ipaddress.ip_address(request.remote_addr or "").is_loopback:
            return None
        return _answer({"message": "Only for this machine."}, 403)

    @routes.errorhandler(UnknownFaultError)
    @routes.errorhandler(UnknownOutcomeError)
    @routes.errorhandler(UnknownSwitchError)
    @routes.errorhandler(BadControlError)
    def refused(error: ValueError) -> Response:
        return _answer({"message": str(error)}, 400)

    @routes.get("/requests")
    def get_requests() -> Response:
        return _answer({"requests": log})

    @routes.delete("/requests")
    def empty_requests() -> Response:
        log.clear()
        return _answer({"requests": log})

    @routes.post("/reset")
    def reset() -> Response:
        world.reset(_object().get("switches"))
        faults.clear()
        log.clear()
        return _answer(world.switches.as_dict())

    @routes.get("/switches")
    def get_switches() -> Response:
        return _answer(world.switches.as_dict())

    @routes.patch("/switches")
    def set_switches() -> Response:
        world.switches.update(_object())
        return _answer(world.switches.as_dict())

    @routes.get("/faults")
    def get_faults() -> Response:
        return _answer({"faults": faults.as_list()})

    @routes.post("/faults")
    def add_fault() -> Response:
        faults.add(Fault.of(_object()))
        return get_faults()

    @routes.delete("/faults")
    def clear_faults() -> Response:
        faults.clear()
        return get_faults()

    @routes.get("/world")
    def get_world() -> Response:
        return _answer(world.snapshot())

    @routes.post("/deployments")
    def deploy() -> Response:
        wanted = _object()
        _check_keys(wanted, "of", "values")
        try:
            return _answer(world.deploy(str(wanted.get("of")), wanted.get("values", {})), 201)
        except KeyError:
            raise BadControlError("of must be the id of an application or environment.") from None

    @routes.post("/deployments/past")
    def past_deployment() -> Response:
        wanted = _object()
        _check_keys(wanted, "of", "status", "ago", "seconds", "values")
        target = str(wanted.pop("of", None))
        numbers = (wanted.get("ago", 0), wanted.get("seconds", 0))
        if not all(isinstance(number, (int, float)) for number in numbers):
            raise BadControlError("ago and seconds must be numbers.")
        if not isinstance(wanted.get("values", {}), dict):
            raise BadControlError("values must be an object.")
        try:
            return _answer(world.past_deployment(target, **wanted), 201)
        except KeyError:
            raise BadControlError("of must be the id of an application or environment.") from None

    @routes.post("/outcomes")
    def add_outcome() -> Response:
        wanted = _object()
        target, times = str(wanted.pop("of", None)), wanted.pop("times", 1)
        if not isinstance(times, int):
            raise BadControlError("times must be a count.")
        world.outcomes.add(target, outcome_of(wanted.pop("kind", None), wanted), times)
        return _answer({"of": target, "times": times}, 201)

    @routes.post("/clock")
    def move_clock() -> Response:
        wanted = _object()
        _check_keys(wanted, "by")
        if not isinstance(wanted.get("by"), (int, float)):
            raise BadControlError("by must be a number of seconds.")
        world.move_clock(wanted["by"])
        return _answer({"now": world.clock()})

    @routes.post("/applications/deleting")
    def delete_application() -> Response:
        wanted = _object()
        _check_keys(wanted, "of")
        try:
            world.delete_application(str(wanted.get("of")))
        except KeyError:
            raise BadControlError("of must be the id of one of Sevalla's applications.") from None
        return _answer(world.snapshot())

    @routes.post("/deployments/finish")
    def finish_deployments() -> Response:
        world.finish_deployments()
        return _answer(world.snapshot())

    @routes.post("/deployments/tick")
    def tick() -> Response:
        world.tick()
        return _answer(world.snapshot())

    @routes.post("/applications")
    def add_application() -> Response:
        wanted = _object()
        makers = {"sevalla": _add_sevalla, "laravel_cloud": _add_laravel_cloud}
        maker = makers.get(wanted.pop("service", None))
        if maker is None:
            raise BadControlError("service must be sevalla or laravel_cloud.")
        if not isinstance(wanted.get("name"), str):
            raise BadControlError("name must be a text.")
        return _answer(maker(world, wanted), 201)

    return routes


def _object() -> dict[str, Any]:
    value = request.get_json(force=True, silent=True) if request.get_data() else {}
    if not isinstance(value, dict):
        raise BadControlError("The body must be a JSON object.")
    return value


def _check_keys(wanted: dict[str, Any], *known: str) -> None:
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        raise BadControlError(f"Unknown: {', '.join(unknown)}. Known: {', '.join(known)}.")


def _add_sevalla(world: World, wanted: dict[str, Any]) -> dict[str, Any]:
    _check_keys(wanted, "name", "deployed", "web")
    application = world.sevalla.add_application(
        wanted["name"], deployed=wanted.get("deployed", True), web=wanted.get("web", True)
    )
    return {
        "id": application.fields["id"],
        "name": application.fields["name"],
        "display_name": application.fields["display_name"],
        "web_process_id": next(iter(application.processes), None),
    }


def _add_laravel_cloud(world: World, wanted: dict[str, Any]) -> dict[str, Any]:
    _check_keys(wanted, "name", "slug", "environments", "instances")
    cloud = world.laravel_cloud
    application = cloud.add_application(wanted["name"], wanted.get("slug"))
    environments = []
    for name in wanted.get("environments", ["main"]):
        environment = cloud.add_environment(application, name)
        instances = [
            cloud.add_instance(environment, instance["name"], instance.get("type", "service"))
            for instance in [{"name": "App", "type": "app"}, *wanted.get("instances", [])]
        ]
        environments.append(
            {
                "id": environment.id,
                "name": name,
                "slug": environment.attributes["slug"],
                "instances": [
                    {
                        "id": instance.id,
                        "name": instance.attributes["name"],
                        "type": instance.attributes["type"],
                    }
                    for instance in instances
                ],
            }
        )
    return {
        "id": application.id,
        "name": application.attributes["name"],
        "slug": application.attributes["slug"],
        "environments": environments,
    }


def _answer(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value), status, content_type="application/json")
