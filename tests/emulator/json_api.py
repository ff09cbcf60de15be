# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON:API documents in Laravel's format: resources, includes, filters, pages."""

from __future__ import annotations

from typing import Any, Callable, Union

from flask import request

from . import laravel_cloud_instances
from .laravel_cloud_form import RefusalError
from .laravel_cloud_state import LaravelCloud, Resource, children

Related = Union[list[Resource], Resource, None]
Relation = Callable[[LaravelCloud, Resource], Related]

PAGE_SIZE = 100  # fixed: per_page is ignored


def _nothing(_cloud: LaravelCloud, _resource: Resource) -> Related:
    return None


def _none_of_many(_cloud: LaravelCloud, _resource: Resource) -> Related:
    return []


def _environments(cloud: LaravelCloud, application: Resource) -> list[Resource]:
    return children(cloud.environments, application)


def _deployments(cloud: LaravelCloud, environment: Resource) -> list[Resource]:
    return children(cloud.deployments, environment)


def _last(relation: Callable[[LaravelCloud, Resource], list[Resource]]) -> Relation:
    return lambda cloud, resource: next(reversed(relation(cloud, resource)), None)


def _first(relation: Callable[[LaravelCloud, Resource], list[Resource]]) -> Relation:
    return lambda cloud, resource: next(iter(relation(cloud, resource)), None)


def _related(name: str) -> Relation:
    def relation(cloud: LaravelCloud, resource: Resource) -> Related:
        related_id = resource.related.get(name) or ""
        return cloud.users.get(related_id) or cloud.deployments.get(related_id)

    return relation


# The values of ``include``, by kind of resource. Relations that the emulator does not have are
# empty.
RELATIONS: dict[str, dict[str, Relation]] = {
    "applications": {
        "organization": lambda cloud, _application: cloud.organization,
        "environments": _environments,
        "defaultEnvironment": _first(_environments),
    },
    "environments": {
        "application": lambda cloud, environment: cloud.applications[environment.parent],
        "branch": _nothing,
        "deployments": _deployments,
        "currentDeployment": _last(_deployments),
        "primaryDomain": _nothing,
        "instances": lambda cloud, environment: children(cloud.instances, environment),
        "database": _nothing,
        "cache": _nothing,
        "buckets": _none_of_many,
        "websocketApplication": _nothing,
    },
    "instances": {
        "environment": lambda cloud, instance: cloud.environments[instance.parent],
        "backgroundProcesses": lambda cloud, instance: children(cloud.processes, instance),
    },
    "background_processes": {
        "instance": lambda cloud, process: cloud.instances[process.parent],
    },
    "deployments": {
        "environment": lambda cloud, deployment: cloud.environments[deployment.parent],
        "initiator": _related("initiator"),
    },
    "commands": {
        "environment": lambda cloud, command: cloud.environments[command.parent],
        "deployment": _related("deployment"),
        "initiator": _related("initiator"),
    },
}
FILTERS = {
    "applications": ("name", "region", "slug"),
    "environments": ("name", "status", "slug"),
    "instances": ("name", "type", "size", "scaling_type"),
    "background_processes": (),
    "deployments": ("status", "branch_name", "commit_hash"),
    "commands": ("status", "command"),
}
# Recorded: these have a link to themselves, the others do not.
LINKED = ("environments", "deployments", "commands")


def document(cloud: LaravelCloud, resource: Resource) -> dict[str, Any]:
    """Return a single resource with what ``include`` requests."""
    names = _includes(resource.kind)
    return _with_included({"data": _shown(cloud, resource, names)}, cloud, [resource], names)


def page(cloud: LaravelCloud, kind: str, resources: list[Resource]) -> dict[str, Any]:
    """Return one page of a filtered list."""
    names = _includes(kind)
    found = _filtered(cloud, kind, resources)
    if cloud.switches["laravel_cloud_list_order"] == "descending":
        found = list(reversed(found))
    number = _page_number()
    start = (number - 1) * PAGE_SIZE
    items = found[start : start + PAGE_SIZE]
    last = max(1, -(-len(found) // PAGE_SIZE))
    path = request.base_url

    def url(wanted: int) -> str | None:
        # Recorded: the links do not contain the other query parameters.
        return f"{path}?page={wanted}" if 1 <= wanted <= last else None

    # Recorded: missing prev and next are omitted, not null.
    links = {"first": url(1), "last": url(last), "prev": url(number - 1), "next": url(number + 1)}
    result = {
        "data": [_shown(cloud, item, names) for item in items],
        "links": {name: link for name, link in links.items() if link is not None},
        "meta": {
            "current_page": number,
            "from": start + 1 if items else None,
            "last_page": last,
            "links": [
                _page_link(url(number - 1), "&laquo; Previous", number - 1, False),
                *(_page_link(url(n), str(n), n, n == number) for n in range(1, last + 1)),
                _page_link(url(number + 1), "Next &raquo;", number + 1, False),
            ],
            "path": path,
            "per_page": PAGE_SIZE,
            "to": start + len(items) if items else None,
            "total": len(found),
        },
    }
    return _with_included(result, cloud, items, names)


def _page_link(url: str | None, label: str, number: int, active: bool) -> dict[str, Any]:
    page_number = number if url is not None else None
    return {"url": url, "label": label, "page": page_number, "active": active}


def _page_number() -> int:
    text = request.args.get("page", "1")
    # A number with too many digits is ignored.
    return max(1, int(text)) if text.isdecimal() and len(text) < 10 else 1


def _includes(kind: str) -> list[str]:
    names = [name for name in request.args.get("include", "").split(",") if name]
    unknown = [name for name in names if name not in RELATIONS[kind]]
    if unknown:
        # The wording of spatie/laravel-query-builder.
        raise RefusalError(
            400,
            f"Requested include(s) `{', '.join(unknown)}` are not allowed. "
            f"Allowed include(s) are `{', '.join(RELATIONS[kind])}`.",
        )
    return names


def _filtered(cloud: LaravelCloud, kind: str, resources: list[Resource]) -> list[Resource]:
    for parameter, text in request.args.items():
        if not parameter.startswith("filter["):
            continue
        name = parameter[len("filter[") : -1]
        if name not in FILTERS[kind]:
            raise RefusalError(
                400,
                f"Requested filter(s) `{name}` are not allowed. "
                f"Allowed filter(s) are `{', '.join(FILTERS[kind])}`.",
            )
        exact = cloud.switches["laravel_cloud_filters"] == "exact"
        wanted = text.split(",")
        resources = [
            resource
            for resource in resources
            if any(_matches(str(resource.attributes[name]), part, exact) for part in wanted)
        ]
    return resources


def _matches(value: str, wanted: str, exact: bool) -> bool:
    return value == wanted if exact else wanted.lower() in value.lower()


def _identifier(resource: Resource) -> dict[str, str]:
    return {"type": resource.kind, "id": resource.id}


def _many(related: Related) -> list[Resource]:
    if related is None:
        return []
    return related if isinstance(related, list) else [related]


def _shown(cloud: LaravelCloud, resource: Resource, names: list[str]) -> dict[str, Any]:
    attributes = resource.attributes
    if resource.kind == "instances":
        attributes = laravel_cloud_instances.shown(cloud.switches, attributes)
    shown: dict[str, Any] = {"id": resource.id, "type": resource.kind, "attributes": attributes}
    # Recorded: without include there is no relationships key.
    if names:
        shown["relationships"] = {}
        for name in names:
            related = RELATIONS[resource.kind][name](cloud, resource)
            data: Any = None
            if isinstance(related, list):
                data = [_identifier(item) for item in related]
            elif related is not None:
                data = _identifier(related)
            shown["relationships"][name] = {"data": data}
    if resource.kind in LINKED:
        href = f"{request.root_url}laravel/api/{resource.kind}/{resource.id}"
        shown["links"] = {"self": {"href": href}}
    return shown


def _with_included(
    result: dict[str, Any], cloud: LaravelCloud, resources: list[Resource], names: list[str]
) -> dict[str, Any]:
    if not names:
        return result
    included = {
        (related.kind, related.id): _shown(cloud, related, [])
        for resource in resources
        for name in names
        for related in _many(RELATIONS[resource.kind][name](cloud, resource))
    }
    # A resource or page without related resources has no "included".
    return {**result, "included": list(included.values())} if included else result
