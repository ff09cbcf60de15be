# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The responses in Sevalla's OpenAPI description (v3, 2026-03-09), as JSON Schema.

Objects are closed, and every key is required unless it is in ``optional``.
"""

from __future__ import annotations

import re
from typing import Any

from jsonschema import Draft7Validator

Schema = dict[str, Any]

UUID = {
    "type": "string",
    "pattern": ("^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"),
}
TIME = {
    "type": "string",
    "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$",
}
TEXT = {"type": "string"}
INTEGER = {"type": "integer"}
FLAG = {"type": "boolean"}


def one_of(*values: str) -> Schema:
    return {"enum": list(values)}


def or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def closed(optional: dict[str, Schema] | None = None, **required: Schema) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": {**required, **(optional or {})},
    }


def page_of(item: Schema) -> Schema:
    items = {"type": "array", "items": item}
    return closed(data=items, total=INTEGER, offset=INTEGER, limit=INTEGER)


def message(text: str) -> Schema:
    return closed(message={"const": text})


HORIZONTAL = closed(
    optional={
        key: or_null(INTEGER)
        for key in (
            "targetCpuPercent",
            "targetMemoryPercent",
            "scaleUpIntervalSeconds",
            "scaleUpIncrement",
            "scaleDownIntervalSeconds",
            "scaleDownIncrement",
        )
    },
    minInstanceCount=INTEGER,
    maxInstanceCount=INTEGER,
)
STRATEGY = {
    "anyOf": [
        closed(type={"const": "manual"}, config=closed(instanceCount=INTEGER)),
        closed(type={"const": "horizontal"}, config=HORIZONTAL),
        {"type": "null"},
    ]
}
HEADER = closed(name=TEXT, value=TEXT)
PROBE = or_null(
    closed(
        optional={
            "exec": or_null(closed(command={"type": "array", "items": TEXT})),
            "httpGet": or_null(
                closed(
                    optional={
                        "path": or_null(TEXT),
                        "port": or_null(INTEGER),
                        "host": or_null(TEXT),
                        "scheme": or_null(one_of("HTTP", "HTTPS")),
                        "httpHeaders": or_null({"type": "array", "items": HEADER}),
                    }
                )
            ),
            "tcpSocket": or_null(closed(optional={"host": or_null(TEXT)}, port=INTEGER)),
            "initialDelaySeconds": or_null(INTEGER),
            "periodSeconds": or_null(INTEGER),
            "timeoutSeconds": or_null(INTEGER),
            "successThreshold": or_null(INTEGER),
            "failureThreshold": or_null(INTEGER),
        }
    )
)
PROCESS = closed(
    id=UUID,
    app_id=or_null(UUID),
    key={"type": "string", "minLength": 1, "maxLength": 64},
    type=or_null(one_of("web", "worker", "cron", "job")),
    display_name=or_null({"type": "string", "minLength": 1, "maxLength": 255}),
    entrypoint=TEXT,
    port=or_null(INTEGER),
    is_ingress_enabled=FLAG,
    ingress_protocol=or_null(one_of("http", "grpc")),
    scaling_strategy=STRATEGY,
    resource_type_id=or_null(UUID),
    resource_type_name=or_null(TEXT),
    cpu_limit=or_null(INTEGER),
    memory_limit=or_null(INTEGER),
    schedule=or_null(TEXT),
    time_zone=or_null(TEXT),
    job_start_policy=or_null(
        one_of("beforeDeployment", "afterSuccessDeployment", "afterFailedDeployment")
    ),
    liveness_probe=PROBE,
    readiness_probe=PROBE,
    internal_hostname=or_null(TEXT),
    created_at=TIME,
    updated_at=TIME,
)
APPLICATION_STATUS = or_null(
    one_of(
        "deploymentInProgress",
        "deploymentFailed",
        "deploymentSuccess",
        "deleting",
        "appDeletionFailed",
        "deploymentCancelled",
    )
)
LISTED_APPLICATION: dict[str, Schema] = {
    "id": UUID,
    "name": {"type": "string", "minLength": 1, "maxLength": 64},
    "display_name": TEXT,
    "status": APPLICATION_STATUS,
    "type": one_of("app", "previewApp"),
    "source": one_of("privateGit", "publicGit", "dockerImage", "app"),
    "is_suspended": FLAG,
    "created_at": TIME,
    "updated_at": TIME,
}
TEXTS = {"type": "array", "items": TEXT}
APPLICATION = closed(
    **LISTED_APPLICATION,
    company_id=or_null(TEXT),
    project_id=or_null(UUID),
    namespace=or_null(TEXT),
    build_cache_enabled=FLAG,
    hibernation_enabled=FLAG,
    hibernate_after_seconds=or_null(INTEGER),
    auto_deploy=FLAG,
    git_type=or_null(one_of("github", "bitbucket", "gitlab")),
    repo_url=or_null(TEXT),
    default_branch=or_null(TEXT),
    docker_image=or_null(TEXT),
    build_type=one_of("dockerfile", "pack", "nixpacks"),
    build_path=or_null(TEXT),
    pack_builder=or_null(TEXT),
    nixpacks_version=or_null(TEXT),
    dockerfile_path=or_null(TEXT),
    docker_context=or_null(TEXT),
    allow_deploy_paths=TEXTS,
    ignore_deploy_paths=TEXTS,
    buildpacks={"type": "array", "items": closed(id=UUID, source=TEXT, order=INTEGER)},
    cluster_id=or_null(TEXT),
    docker_registry_credential_id=or_null(TEXT),
    created_by=or_null(TEXT),
)
DEPLOYMENT = closed(
    id=UUID,
    app_id=or_null(UUID),
    status=or_null(one_of("waiting", "inProgress", "success", "failed", "cancelled", "skipped")),
    type=or_null(one_of("manual", "automatic")),
    trigger=or_null(TEXT),
    steps={"type": "array", "items": one_of("checkout", "build", "rollout", "syncConnections")},
    docker_image_url=or_null(TEXT),
    git_type=or_null(one_of("github", "bitbucket", "gitlab")),
    repo_url=or_null(TEXT),
    branch=or_null(TEXT),
    commit_sha=or_null(TEXT),
    commit_message=or_null(TEXT),
    author_login=or_null(TEXT),
    author_img=or_null(TEXT),
    started_at=or_null(TIME),
    finished_at=or_null(TIME),
    created_at=TIME,
    updated_at=TIME,
)
# From the documentation of running a command in a process, and what the vendor's CLI reads of a
# log.
EXEC = closed(stdout=TEXT, stderr=TEXT, exit_code=INTEGER)
OBJECT = {"type": "object"}
LOG = {
    "type": "array",
    "items": closed(
        id=TEXT,
        message=TEXT,
        service=TEXT,
        severity=TEXT,
        timestamp=TIME,
        tags=OBJECT,
        attributes=OBJECT,
        unix_timestamp=INTEGER,
    ),
}
SIZE = closed(
    id=UUID,
    name=TEXT,
    cpu_limit=INTEGER,
    memory_limit=INTEGER,
    category=one_of("hobby", "standard", "cpuOptimized", "memoryOptimized"),
)
KEY = closed(name=TEXT, expires_at=or_null(TIME), company_id=UUID, status=TEXT)
ERROR = closed(message=TEXT, status=INTEGER, data=closed(code=TEXT, message=TEXT))

_ID = "[^/]+"
_APPLICATION = f"/applications/{_ID}"
ANSWERS = [
    (re.compile(f"{method} {path}"), Draft7Validator(schema))
    for method, path, schema in (
        ("GET", "/applications", page_of(closed(**LISTED_APPLICATION))),
        ("GET", _APPLICATION, APPLICATION),
        ("GET", f"{_APPLICATION}/processes", page_of(PROCESS)),
        ("POST", f"{_APPLICATION}/processes", PROCESS),
        ("(GET|PATCH)", f"{_APPLICATION}/processes/{_ID}", PROCESS),
        ("DELETE", f"{_APPLICATION}/processes/{_ID}", message("Process is being deleted")),
        ("POST", f"{_APPLICATION}/processes/{_ID}/trigger", message("Cron job triggered")),
        ("POST", f"{_APPLICATION}/processes/{_ID}/exec", EXEC),
        ("GET", f"{_APPLICATION}/deployments/{_ID}/logs", LOG),
        ("GET", f"{_APPLICATION}/deployments", page_of(DEPLOYMENT)),
        ("POST", f"{_APPLICATION}/deployments", DEPLOYMENT),
        ("GET", f"{_APPLICATION}/deployments/{_ID}", DEPLOYMENT),
        (
            "POST",
            f"{_APPLICATION}/deployments/{_ID}/cancel",
            message("Deployment is being cancelled"),
        ),
        ("GET", "/resources/process-resource-types", {"type": "array", "items": SIZE}),
        ("GET", "/api-keys/validate", KEY),
    )
]
REFUSED = Draft7Validator(ERROR)


def check(method: str, path: str, status: int, value: Any) -> None:
    """Fail unless the value matches the description of this response."""
    if status >= 400:
        REFUSED.validate(value)
        assert value["status"] == status
        return
    assert status == 200
    known = [schema for route, schema in ANSWERS if route.fullmatch(f"{method} {path}")]
    assert len(known) == 1, f"{method} {path}"
    known[0].validate(value)
