# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sevalla's API v3 over HTTP: routes, authentication, rate limits, and response formats."""

from __future__ import annotations

import json
import re
from typing import Any

from flask import Blueprint, Response, g, request

from .limits import Limit
from .schemas import (
    SEVALLA_CREATE,
    SEVALLA_DEPLOY,
    SEVALLA_DISK,
    SEVALLA_EXEC,
    SEVALLA_UPDATE,
    Body,
)
from .sevalla_state import PROBES, Application, RefusalError
from .world import World

# The OpenAPI description's pattern for ids in paths: only versions 1 to 8.
UUID = re.compile(
    r"([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
    r"|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)"
)
# From the documentation of rate limits. The scope of a tier is the company or one application.
TIERS = {
    "service_creation": (Limit(20, 3600), False),
    "service_mutation": (Limit(10, 60), True),
    "deployment": (Limit(10, 60), True),
    "general_write": (Limit(30, 60), False),
    "logs": (Limit(30, 60), False),
    "read": (Limit(400, 60), False),
}
TITLES = {
    400: "Bad request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not found",
    408: "Request Timeout",
    409: "Conflict",
    415: "Unsupported Media Type",
    422: "Unprocessable Entity",
    429: "Too many requests",
    500: "Internal Server Error",
    504: "Gateway Timeout",
}
# The commands that a read-only key may run.
READING_COMMANDS = ("ls", "cat", "env", "ps", "grep")
# The keys of an application in the list; a single application has more.
_LISTED = ("id", "name", "display_name", "status", "type", "source", "is_suspended")


def blueprint(world: World, tokens: dict[str, bool]) -> Blueprint:
    """Return the routes. ``tokens`` maps each token to whether it may write."""
    routes = Blueprint("sevalla", __name__, url_prefix="/sevalla/v3")

    def application_of(app_id: str) -> Application:
        return world.sevalla.opened(app_id)

    @routes.before_request
    def check_request() -> None:
        world.pass_time()
        limit, per_application = TIERS[_tier(world)]
        scope = f"sevalla {_tier(world)}"
        if per_application:
            scope += f" {(request.view_args or {}).get('app_id')}"
        enforced = world.switches["sevalla_rate_limit"] == "on"
        g.reading = world.limiter.count(scope, limit, enforced)
        scheme, _separator, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or token not in tokens:
            raise RefusalError(401, "Missing or invalid API key")
        if g.reading.exceeded:
            raise RefusalError(429, "Rate limit exceeded")
        if request.method != "GET":
            _check_media_type()
            g.may_write = tokens[token]
            if not g.may_write and not request.path.endswith("/exec"):
                raise RefusalError(403, "The API key lacks the permission")
        for name, value in (request.view_args or {}).items():
            if name.endswith("_id") and not UUID.fullmatch(value):
                raise RefusalError(int(world.switches["sevalla_malformed_uuid"]), f"params/{name}")

    @routes.after_request
    def add_headers(response: Response) -> Response:
        reading = g.get("reading")
        if reading is not None:
            response.headers["x-ratelimit-limit"] = str(reading.limit)
            response.headers["x-ratelimit-remaining"] = str(reading.remaining)
            # The remaining seconds, not a timestamp.
            response.headers["x-ratelimit-reset"] = str(reading.reset)
            if response.status_code == 429 and world.switches["sevalla_retry_after"] == "on":
                response.headers["Retry-After"] = str(reading.reset)
        response.headers["x-request-id"] = world.ids.uuid()
        return response

    @routes.errorhandler(RefusalError)
    def refused(refusal: RefusalError) -> Response:
        # data.code identifies the occurrence; it is not a machine-readable kind of error.
        body = {
            "message": TITLES[refusal.status],
            "status": refusal.status,
            "data": {"code": f"err-{world.ids.text(12)}", "message": refusal.message},
        }
        return _answer(body, refusal.status)

    @routes.errorhandler(RecursionError)
    def too_deep(_error: RecursionError) -> Response:
        return refused(RefusalError(400, "Body is nested too deeply"))

    @routes.get("/applications")
    def list_applications() -> Response:
        newest_first = reversed(list(world.sevalla.applications.values()))
        return _page([_listed(application) for application in newest_first])

    @routes.get("/applications/<app_id>")
    def get_application(app_id: str) -> Response:
        application = world.sevalla.application(app_id)
        return _answer(_detailed(application, world.sevalla.company_id))

    @routes.get("/applications/<app_id>/processes")
    def list_processes(app_id: str) -> Response:
        visible = world.sevalla.visible(application_of(app_id))
        return _page([world.sevalla.present(process) for process in visible])

    @routes.post("/applications/<app_id>/processes")
    def create_process(app_id: str) -> Response:
        body = _body(SEVALLA_CREATE)
        process = world.sevalla.create(application_of(app_id), body)
        return _answer(world.sevalla.present(process))

    @routes.get("/applications/<app_id>/processes/<process_id>")
    def get_process(app_id: str, process_id: str) -> Response:
        return _answer(world.sevalla.present(visible_process(app_id, process_id)))

    @routes.patch("/applications/<app_id>/processes/<process_id>")
    def update_process(app_id: str, process_id: str) -> Response:
        body = _body(SEVALLA_UPDATE, world.switches["sevalla_null_probe"] == "cleared")
        application = application_of(app_id)
        process = world.sevalla.find(application, process_id)
        gone = world.switches["sevalla_patch_deleted"] == "404"
        if gone and process_id in application.deleted:
            raise RefusalError(404, "Process not found")
        return _answer(world.sevalla.update(application, process, body))

    @routes.delete("/applications/<app_id>/processes/<process_id>")
    def delete_process(app_id: str, process_id: str) -> Response:
        application = application_of(app_id)
        world.sevalla.delete(application, world.sevalla.find(application, process_id))
        return _answer({"message": "Process is being deleted"})

    @routes.post("/applications/<app_id>/processes/<process_id>/trigger")
    def trigger_process(app_id: str, process_id: str) -> Response:
        process = visible_process(app_id, process_id)
        world.sevalla.run(application_of(app_id), process)
        return _answer({"message": "Cron job triggered"})

    @routes.post("/applications/<app_id>/processes/<process_id>/exec")
    def exec_in_process(app_id: str, process_id: str) -> Response:
        body = _body(SEVALLA_EXEC)
        # Documented: a read-only key may run commands that only read.
        if not g.may_write and body["command"][0] not in READING_COMMANDS:
            raise RefusalError(403, "The API key lacks the permission")
        process = visible_process(app_id, process_id)
        return _answer(world.sevalla.execute(application_of(app_id), process, body))

    @routes.put("/applications/<app_id>/processes/<process_id>/disk")
    def attach_disk(app_id: str, process_id: str) -> Response:
        body = _body(SEVALLA_DISK)
        process = visible_process(app_id, process_id)
        return _answer(world.sevalla.attach(application_of(app_id), process, body))

    @routes.delete("/applications/<app_id>/processes/<process_id>/disk")
    def detach_disk(app_id: str, process_id: str) -> Response:
        process = visible_process(app_id, process_id)
        world.sevalla.detach(application_of(app_id), process)
        return _answer({"message": "Disk is being detached"})

    def visible_process(app_id: str, process_id: str) -> dict[str, Any]:
        application = application_of(app_id)
        process = world.sevalla.find(application, process_id)
        if process not in world.sevalla.visible(application):
            raise RefusalError(404, "Process not found")
        return process

    @routes.get("/resources/process-resource-types")
    def list_sizes() -> Response:
        # The only list without pages.
        return _answer(world.sevalla.sizes)

    @routes.get("/applications/<app_id>/deployments")
    def list_deployments(app_id: str) -> Response:
        application = application_of(app_id)
        listed = [
            world.sevalla.shown(application, deployment)
            for deployment in application.deployments.values()
        ]
        if world.switches["sevalla_deployments_order"] == "newest_first":
            listed.reverse()
        return _page(listed)

    @routes.post("/applications/<app_id>/deployments")
    def deploy(app_id: str) -> Response:
        body = _body(SEVALLA_DEPLOY)
        application = application_of(app_id)
        deployment = world.sevalla.deploy(application, body)
        return _answer(world.sevalla.shown(application, deployment))

    @routes.get("/applications/<app_id>/deployments/<deployment_id>")
    def get_deployment(app_id: str, deployment_id: str) -> Response:
        deployment = deployment_of(app_id, deployment_id)
        application = application_of(app_id)
        world.sevalla.polled(application, deployment)
        return _answer(world.sevalla.shown(application, deployment))

    @routes.get("/applications/<app_id>/deployments/<deployment_id>/logs")
    def get_deployment_logs(app_id: str, deployment_id: str) -> Response:
        deployment = deployment_of(app_id, deployment_id)
        # A list without an envelope, as the vendor's CLI reads it; its other parameters are
        # ignored.
        entries = world.sevalla.logs(application_of(app_id), deployment)
        return _answer(entries[: _query("limit", 1000, 1, 10000)])

    @routes.post("/applications/<app_id>/deployments/<deployment_id>/cancel")
    def cancel_deployment(app_id: str, deployment_id: str) -> Response:
        deployment = deployment_of(app_id, deployment_id)
        world.sevalla.cancel(application_of(app_id), deployment)
        return _answer({"message": "Deployment is being cancelled"})

    def deployment_of(app_id: str, deployment_id: str) -> dict[str, Any]:
        deployments = application_of(app_id).deployments
        if deployment_id not in deployments:
            raise RefusalError(404, "Deployment not found")
        return deployments[deployment_id]

    @routes.get("/api-keys/validate")
    def validate_key() -> Response:
        return _answer(
            {
                "name": "emulator",
                "expires_at": None,
                "company_id": world.sevalla.company_id,
                "status": "active",
            }
        )

    @routes.route("/<path:rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def unknown_route(rest: str) -> Response:
        raise RefusalError(404, f"Route {request.method}:/{rest} not found")

    return routes


def _tier(world: World) -> str:
    if request.method == "GET":
        return "logs" if request.path.endswith("/logs") else "read"
    if "/deployments" in request.path:
        return "deployment"
    if request.method in ("PATCH", "PUT", "DELETE"):
        return "service_mutation"
    return world.switches["sevalla_post_rate_limit"]


def _check_media_type() -> None:
    """Check the media type first, as Fastify does, which the service uses."""
    media_type = request.mimetype
    if media_type == "application/json":
        if not request.get_data():
            raise RefusalError(
                400, "Body cannot be empty when content-type is set to 'application/json'"
            )
    elif request.get_data():
        raise RefusalError(415, f"Unsupported Media Type: {media_type}")


def _body(schema: Body, probes_may_be_null: bool = False) -> dict[str, Any]:
    """Return the body without the keys that the schema does not have: they are ignored."""
    text = request.get_data(as_text=True)
    try:
        value = json.loads(text) if text else None
    except ValueError:
        raise RefusalError(400, "Body is not valid JSON") from None
    cleared = {}
    if probes_may_be_null and isinstance(value, dict):
        cleared = {name: None for name in PROBES if name in value and value[name] is None}
        value = {name: item for name, item in value.items() if name not in cleared}
    error = next(iter(schema.errors(value)), None)
    if error is not None:
        pointer = "/".join(["body", *(str(part) for part in error.absolute_path)])
        rule = error.validator_value
        known = {} if isinstance(rule, dict) else {error.validator: rule}
        raise RefusalError(400, f"{pointer}: {json.dumps(known)}")
    return {**schema.known(value), **cleared}


def _page(items: list[Any]) -> Response:
    limit = _query("limit", 25, 1, 100)
    offset = _query("offset", 0, 0, 10000)
    total = min(len(items), 10000)
    page = {
        "data": items[offset : offset + limit],
        "total": total,
        "offset": offset,
        "limit": limit,
    }
    return _answer(page)


def _query(name: str, default: int, least: int, most: int) -> int:
    text = request.args.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,6}", text) or not least <= int(text) <= most:
        raise RefusalError(400, f"querystring/{name} must be from {least} to {most}")
    return int(text)


def _listed(application: Application) -> dict[str, Any]:
    fields = application.fields
    shown = {
        **fields,
        "status": application.status,
        "type": "app",
        "source": "privateGit",
        "is_suspended": False,
    }
    return {name: shown[name] for name in (*_LISTED, "created_at", "updated_at")}


def _detailed(application: Application, company_id: str | None) -> dict[str, Any]:
    return {
        **_listed(application),
        "company_id": company_id,
        "project_id": None,
        "namespace": application.fields["name"],
        "build_cache_enabled": True,
        "hibernation_enabled": False,
        "hibernate_after_seconds": None,
        "auto_deploy": True,
        "git_type": "github",
        "repo_url": "https://github.com/acme/shop",
        "default_branch": "main",
        "docker_image": None,
        "build_type": "nixpacks",
        "build_path": None,
        "pack_builder": None,
        "nixpacks_version": None,
        "dockerfile_path": None,
        "docker_context": None,
        "allow_deploy_paths": [],
        "ignore_deploy_paths": [],
        "buildpacks": [],
        "cluster_id": None,
        "docker_registry_credential_id": None,
        "created_by": None,
    }


def _answer(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value), status, content_type="application/json; charset=utf-8")
