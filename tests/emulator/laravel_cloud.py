# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Laravel Cloud's API over HTTP: routes, authentication, rate limits, and response formats."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, g, request

from . import laravel_cloud_instances
from .json_api import document, page
from .laravel_cloud_form import RefusalError
from .laravel_cloud_logs import logs
from .laravel_cloud_state import Resource, children
from .limits import Limit
from .world import World

# From the documentation of rate limits: a narrower limit also counts in the general one.
LIMIT = Limit(120, 60)
INFRASTRUCTURE_LIMIT = Limit(30, 60)
COMMAND_LIMIT = Limit(20, 60)
# Recorded: the limit of 30 applies to writes of instances, but not of background processes and
# deployments.
INFRASTRUCTURE = ("create_instance", "update_instance", "delete_instance")
MEDIA_TYPE = "application/vnd.api+json"
ROOT = "/laravel/"
LOGIN = "/laravel/login"


def blueprint(world: World, tokens: dict[str, bool]) -> Blueprint:
    """Return the routes. ``tokens`` maps each token to whether it may write."""
    routes = Blueprint("laravel_cloud", __name__, url_prefix="/laravel")

    def found(resources: dict[str, Resource], resource_id: str) -> Resource:
        if resource_id not in resources:
            raise RefusalError(404, "Not found.")
        return resources[resource_id]

    def count(limit: Limit, scope: str) -> None:
        enforced = world.switches["laravel_cloud_rate_limit"] == "on"
        g.reading = world.limiter.count(f"laravel_cloud {scope}", limit, enforced)
        if g.reading.exceeded:
            raise RefusalError(429, "Too Many Attempts.")

    @routes.before_request
    def check_request() -> None:
        world.pass_time()
        if request.endpoint in ("laravel_cloud.website", "laravel_cloud.unknown_route"):
            return
        scheme, _separator, token = request.headers.get("Authorization", "").partition(" ")
        known = scheme.lower() == "bearer" and token in tokens
        # Documented: by organization, or by address when the token is invalid.
        count(LIMIT, "organization" if known else f"address {request.remote_addr}")
        if not known:
            raise RefusalError(401, "Unauthenticated.")
        route = (request.endpoint or "").rpartition(".")[2]
        if route in INFRASTRUCTURE:
            count(INFRASTRUCTURE_LIMIT, "infrastructure")
        if route == "run_command" and world.switches["laravel_cloud_command_limit"] == "20":
            count(COMMAND_LIMIT, "commands")
        if request.method != "GET" and not tokens[token]:
            raise RefusalError(403, "This action is unauthorized.")

    @routes.after_request
    def add_headers(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-cache, private"
        reading = g.get("reading")
        if reading is not None:
            response.headers["x-ratelimit-limit"] = str(reading.limit)
            response.headers["x-ratelimit-remaining"] = str(reading.remaining)
            if response.status_code == 429 and world.switches["laravel_cloud_retry_after"] == "on":
                response.headers["Retry-After"] = str(reading.reset)
                # This is a timestamp; Sevalla's header of the same name has seconds.
                response.headers["X-RateLimit-Reset"] = str(int(world.clock()) + reading.reset)
        return response

    @routes.errorhandler(RefusalError)
    def refused(refusal: RefusalError) -> Response:
        as_json = world.switches["laravel_cloud_error_without_json_accept"] == "json"
        if not (as_json or _wants_json()):
            # The framework treats the client as a browser.
            if refusal.status == 401:
                return _redirect(LOGIN)
            if refusal.status == 422:
                return _redirect(ROOT)
            return _html(f"<h1>{refusal.status}</h1>", refusal.status)
        body: dict[str, Any] = {"message": refusal.message}
        if refusal.errors is not None:
            body["errors"] = refusal.errors
        return _answer(body, refusal.status, "application/json")

    @routes.errorhandler(RecursionError)
    def too_deep(_error: RecursionError) -> Response:
        return refused(RefusalError(400, "The body is nested too deeply."))

    @routes.get("/")
    @routes.get("/login")
    def website() -> Response:
        return _html("<h1>Laravel Cloud</h1>", 200)

    @routes.get("/api/applications")
    def list_applications() -> Response:
        cloud = world.laravel_cloud
        return _answer(page(cloud, "applications", list(cloud.applications.values())))

    @routes.get("/api/applications/<app_id>")
    def get_application(app_id: str) -> Response:
        return shown(found(world.laravel_cloud.applications, app_id))

    @routes.get("/api/applications/<app_id>/environments")
    def list_environments(app_id: str) -> Response:
        cloud = world.laravel_cloud
        application = found(cloud.applications, app_id)
        return _answer(page(cloud, "environments", children(cloud.environments, application)))

    @routes.get("/api/environments/<env_id>")
    def get_environment(env_id: str) -> Response:
        return shown(found(world.laravel_cloud.environments, env_id))

    @routes.get("/api/environments/<env_id>/instances")
    def list_instances(env_id: str) -> Response:
        cloud = world.laravel_cloud
        environment = found(cloud.environments, env_id)
        return _answer(page(cloud, "instances", children(cloud.instances, environment)))

    @routes.post("/api/environments/<env_id>/instances")
    def create_instance(env_id: str) -> Response:
        cloud = world.laravel_cloud
        environment = found(cloud.environments, env_id)
        return written(laravel_cloud_instances.create(cloud, environment, _body()), 201)

    @routes.get("/api/instances/sizes")
    def list_sizes() -> Response:
        # Recorded: not a JSON:API document, and its media type is application/json.
        return _answer({"data": laravel_cloud_instances.sizes()}, 200, "application/json")

    @routes.get("/api/instances/<instance_id>")
    def get_instance(instance_id: str) -> Response:
        return shown(found(world.laravel_cloud.instances, instance_id))

    @routes.patch("/api/instances/<instance_id>")
    def update_instance(instance_id: str) -> Response:
        cloud = world.laravel_cloud
        instance = found(cloud.instances, instance_id)
        laravel_cloud_instances.update(cloud, instance, _body())
        return written(instance)

    @routes.delete("/api/instances/<instance_id>")
    def delete_instance(instance_id: str) -> Response:
        cloud = world.laravel_cloud
        laravel_cloud_instances.delete(cloud, found(cloud.instances, instance_id))
        return _no_content()

    @routes.get("/api/instances/<instance_id>/background-processes")
    def list_processes(instance_id: str) -> Response:
        cloud = world.laravel_cloud
        instance = found(cloud.instances, instance_id)
        return _answer(page(cloud, "background_processes", children(cloud.processes, instance)))

    @routes.post("/api/instances/<instance_id>/background-processes")
    def create_process(instance_id: str) -> Response:
        if world.switches["laravel_cloud_create_route"] == "redirects":
            return _redirect(ROOT)
        cloud = world.laravel_cloud
        process = cloud.create(found(cloud.instances, instance_id), _body())
        # Recorded: null only here; every later response has the stored value.
        attributes = {**process.attributes, "strategy_type": None}
        data = {"id": process.id, "type": process.kind, "attributes": attributes}
        return _answer({"data": data}, 201)

    @routes.get("/api/background-processes/<process_id>")
    def get_process(process_id: str) -> Response:
        return shown(found(world.laravel_cloud.processes, process_id))

    @routes.patch("/api/background-processes/<process_id>")
    def update_process(process_id: str) -> Response:
        cloud = world.laravel_cloud
        process = found(cloud.processes, process_id)
        cloud.update(process, _body())
        # Recorded: no relationships; only the read routes document include.
        data = {"id": process.id, "type": process.kind, "attributes": process.attributes}
        return _answer({"data": data})

    @routes.delete("/api/background-processes/<process_id>")
    def delete_process(process_id: str) -> Response:
        cloud = world.laravel_cloud
        cloud.delete(found(cloud.processes, process_id))
        return _no_content()

    @routes.get("/api/environments/<env_id>/deployments")
    def list_deployments(env_id: str) -> Response:
        cloud = world.laravel_cloud
        environment = found(cloud.environments, env_id)
        # The vendor's CLI treats the first listed one as the latest.
        newest_first = children(cloud.deployments, environment)[::-1]
        return _answer(page(cloud, "deployments", newest_first))

    @routes.post("/api/environments/<env_id>/deployments")
    def deploy(env_id: str) -> Response:
        cloud = world.laravel_cloud
        deployment = cloud.deploy(found(cloud.environments, env_id))
        shown = document(cloud, deployment)
        # Recorded: every later response has it, this one does not.
        attributes = dict(shown["data"]["attributes"])
        del attributes["hibernation_wake_up_interval"]
        shown["data"]["attributes"] = attributes
        # Recorded; the description says 200.
        return _answer(shown, 201)

    @routes.get("/api/deployments/<deployment_id>")
    def get_deployment(deployment_id: str) -> Response:
        deployment = found(world.laravel_cloud.deployments, deployment_id)
        world.laravel_cloud.polled(deployment)
        return shown(deployment)

    @routes.get("/api/deployments/<deployment_id>/logs")
    def get_logs(deployment_id: str) -> Response:
        cloud = world.laravel_cloud
        deployment = found(cloud.deployments, deployment_id)
        if world.switches["laravel_cloud_deployment_logs"] == "422":
            raise RefusalError(
                422,
                "Deployment logs are only available for deployments created within the last year.",
            )
        return _answer(logs(cloud, deployment), 200, "application/json")

    @routes.get("/api/environments/<env_id>/commands")
    def list_commands(env_id: str) -> Response:
        cloud = world.laravel_cloud
        newest_first = children(cloud.commands, found(cloud.environments, env_id))[::-1]
        return _answer(page(cloud, "commands", newest_first))

    @routes.post("/api/environments/<env_id>/commands")
    def run_command(env_id: str) -> Response:
        cloud = world.laravel_cloud
        command = cloud.run_command(found(cloud.environments, env_id), _body())
        # Recorded; the description says 200.
        return _answer(document(cloud, command), 201)

    @routes.get("/api/commands/<command_id>")
    def get_command(command_id: str) -> Response:
        command = found(world.laravel_cloud.commands, command_id)
        world.laravel_cloud.polled(command)
        return shown(command)

    def shown(resource: Resource) -> Response:
        return _answer(document(world.laravel_cloud, resource))

    def written(instance: Resource, status: int = 200) -> Response:
        # Recorded: no relationships; only the read routes document include.
        attributes = laravel_cloud_instances.shown(world.switches, instance.attributes)
        data = {"id": instance.id, "type": instance.kind, "attributes": attributes}
        return _answer({"data": data}, status)

    @routes.route("/<path:_rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def unknown_route(_rest: str) -> Response:
        # The website's catch-all handles unknown paths (seen by the vendor's Terraform provider).
        return _redirect(ROOT)

    return routes


def _wants_json() -> bool:
    """Return whether the client wants JSON, as the framework decides: by the first type in
    Accept."""
    first = request.headers.get("Accept", "").split(",")[0]
    return "/json" in first or "+json" in first


def _body() -> Any:
    """Return the request's JSON; anything else is treated as an empty input, as in the
    framework."""
    if "/json" in request.mimetype or "+json" in request.mimetype:
        return request.get_json(force=True, silent=True)
    return None


def _answer(value: Any, status: int = 200, media_type: str = MEDIA_TYPE) -> Response:
    return Response(json.dumps(value), status, content_type=media_type)


def _no_content() -> Response:
    response = Response(status=204)
    del response.headers["Content-Type"]
    return response


def _redirect(path: str) -> Response:
    location = request.root_url.rstrip("/") + path
    response = _html(f'Redirecting to <a href="{location}">{location}</a>.', 302)
    response.headers["Location"] = location
    return response


def _html(text: str, status: int) -> Response:
    page_text = f"<!DOCTYPE html>\n<html><body>{text}</body></html>\n"
    return Response(page_text, status, content_type="text/html; charset=utf-8")
