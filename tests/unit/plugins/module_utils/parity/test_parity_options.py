# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules accept exactly the options that they document, and those of the contract."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.parity.documented import (
    MODULES,
    documentation,
    examples,
    fragment,
    module_arguments,
    service_of,
)

SECRETS = {"api_token"}
"""The options that contain a secret. ansible-core 2.22 redacts their values in the whole run, so no
other option may be one of them."""

LOOKS_SECRET = ("key", "token", "pass", "secret", "credential")
"""Words in a name for which Ansible requires an explicit no_log."""


def described(options: dict[str, Any]) -> dict[str, Any]:
    """Return documented options in the form in which argument specs are compared."""
    return {
        name: {
            "type": about.get("type", "str"),
            "elements": about.get("elements"),
            "choices": about.get("choices"),
            "default": about.get("default"),
            "required": about.get("required", False),
            "aliases": about.get("aliases", []),
            "options": described(about.get("suboptions") or {}),
        }
        for name, about in options.items()
    }


def accepted(spec: dict[str, Any]) -> dict[str, Any]:
    """Return an argument spec in the same form."""
    return {
        name: {
            "type": about.get("type", "str"),
            "elements": about.get("elements"),
            "choices": about.get("choices"),
            "default": about.get("default"),
            "required": about.get("required", False),
            "aliases": about.get("aliases", []),
            "options": accepted(about.get("options") or {}),
        }
        for name, about in spec.items()
    }


def deep(spec: dict[str, Any], inside: str = "suboptions", path: str = ""):
    """Yield every option at every depth: its dotted name and its documentation."""
    for name, about in spec.items():
        yield path + name, about
        yield from deep(about.get(inside) or {}, inside, f"{path}{name}.")


@pytest.mark.parametrize("module", MODULES)
def test_a_module_accepts_exactly_the_documented_options(module):
    spec = accepted(module_arguments(module)["argument_spec"])
    documented = described(documentation(module)["options"])
    assert spec.keys() == documented.keys()
    for name, about in spec.items():
        assert about == documented[name], name


@pytest.mark.parametrize("module", MODULES)
def test_an_option_is_documented_in_full(module):
    for name, about in deep(documentation(module)["options"]):
        assert about.get("description"), name
        assert "type" in about, name
        assert (about["type"] == "list") == ("elements" in about), name
        unknown = about.keys() - {
            *("description", "type", "elements", "choices", "default", "required", "aliases"),
            *("suboptions", "version_added"),
        }
        assert not unknown, name


@pytest.mark.parametrize("module", MODULES)
def test_no_log_is_set_only_on_the_token(module):
    spec = module_arguments(module)["argument_spec"]
    hidden = {name for name, about in deep(spec, "options") if about.get("no_log")}
    assert hidden == SECRETS


@pytest.mark.parametrize("module", MODULES)
def test_no_log_is_explicit_for_names_that_look_like_secrets(module):
    for name, about in deep(module_arguments(module)["argument_spec"], "options"):
        if any(word in name.rpartition(".")[2] for word in LOOKS_SECRET):
            assert isinstance(about.get("no_log"), bool), name


@pytest.mark.parametrize("module", MODULES)
def test_an_optional_field_has_no_default(module):
    """Otherwise a null in a playbook would become the default, or an empty string."""
    given = {"state", "api_url", "api_timeout", "api_retries", "api_max_wait", "validate_certs"}
    given |= {"prune", "max_parallel", "continue_on_error", "returned"}  # how to write, not what
    given |= {"restart", "trigger", "wait", "wait_timeout", "poll_interval", "timeout"}
    for name, about in deep(module_arguments(module)["argument_spec"], "options"):
        if about.get("default") is not None:
            assert name in given, name


@pytest.mark.parametrize("module", MODULES)
def test_check_mode_is_supported(module):
    assert module_arguments(module)["supports_check_mode"] is True


@pytest.mark.parametrize("module", MODULES)
def test_the_token_is_not_required_by_the_argument_spec(module):
    """So that linters accept the environment and module_defaults."""
    token = module_arguments(module)["argument_spec"]["api_token"]
    assert not token.get("required")
    assert documentation(module)["options"]["api_token"].get("required", False) is False


@pytest.mark.parametrize("module", MODULES)
def test_every_example_is_accepted(module):
    tasks = examples(module)
    assert any(f"evenkeel.paas.{module}" in task for task in tasks)
    for task in tasks:
        keywords = {"name", "register", "when", "loop", "loop_control", "delegate_to", "run_once"}
        keywords |= {"changed_when", "failed_when"}
        (name,) = task.keys() - keywords
        assert task["name"]
        if name == "ansible.builtin.debug":
            continue
        spec = module_arguments(name.removeprefix("evenkeel.paas."))["argument_spec"]
        options = {
            option: [] if re.fullmatch(r"{{ \w+\.desired }}", str(value)) else value
            for option, value in (task[name] or {}).items()
        }
        checked = ArgumentSpecValidator(spec).validate(options)
        assert not checked.error_messages, task["name"]
        used = (task[name] or {}).keys()
        assert not used & {"api_token", "api_key"}, "a token does not belong in a playbook"
        aliases = {alias for about in spec.values() for alias in about.get("aliases", ())}
        assert not used & aliases, "an example uses the options by their first names"


@pytest.mark.parametrize("part", ["", ".sevalla", ".laravel_cloud"])
def test_a_fragment_documents_no_option_twice(part):
    parts = [fragment("evenkeel.paas.connection").get("options", {})]
    if part:
        parts.append(fragment(f"evenkeel.paas.connection{part}")["options"])
    names = [name for options in parts for name in options]
    assert len(names) == len(set(names))


# The contract with users: names, types and defaults that playbooks rely on.

STRING = {"type": "str"}
NUMBER = {"type": "int"}
TRUTH = {"type": "bool"}
STRINGS = {"type": "list", "elements": "str"}

CONNECTION = {
    "api_token": {"type": "str", "aliases": ["api_key"]},
    "api_timeout": {"type": "int", "default": 30},
    "api_retries": {"type": "int", "default": 5},
    "api_max_wait": {"type": "int", "default": 300},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
}
STATE = {"type": "str", "choices": ["present", "absent"], "default": "present"}
PROBE = {
    "type": "dict",
    "options": {
        "exec": {"type": "dict", "options": {"command": STRINGS}},
        "http_get": {
            "type": "dict",
            "options": {
                "path": STRING,
                "port": NUMBER,
                "host": STRING,
                "scheme": {"type": "str", "choices": ["HTTP", "HTTPS"]},
                "http_headers": {
                    "type": "list",
                    "elements": "dict",
                    "options": {
                        "name": {"type": "str", "required": True},
                        "value": {"type": "str", "required": True},
                    },
                },
            },
        },
        "tcp_socket": {"type": "dict", "options": {"port": NUMBER, "host": STRING}},
        "initial_delay_seconds": NUMBER,
        "period_seconds": NUMBER,
        "timeout_seconds": NUMBER,
        "success_threshold": NUMBER,
        "failure_threshold": NUMBER,
    },
}
WAITING = {
    "trigger": {"type": "str", "choices": ["always", "pending"], "default": "always"},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 1800},
}
SEVALLA_CONNECTION = {
    **CONNECTION,
    "api_url": {"type": "str", "default": "https://api.sevalla.com/v3"},
    "application": {"type": "str", "required": True, "aliases": ["application_id", "app_id"]},
}
LARAVEL_CONNECTION = {
    **CONNECTION,
    "api_url": {"type": "str", "default": "https://cloud.laravel.com/api"},
}
PROBE_CLEARABLE = [
    "http_get.path",
    "http_get.port",
    "http_get.host",
    "http_get.scheme",
    "http_get.http_headers",
    "tcp_socket.host",
    "initial_delay_seconds",
    "period_seconds",
    "timeout_seconds",
    "success_threshold",
    "failure_threshold",
]
CLEARABLE = [
    "entrypoint",
    "schedule",
    "time_zone",
    "scaling_strategy.target_cpu_percent",
    "scaling_strategy.target_memory_percent",
    "scaling_strategy.scale_up_interval_seconds",
    "scaling_strategy.scale_up_increment",
    "scaling_strategy.scale_down_interval_seconds",
    "scaling_strategy.scale_down_increment",
    "liveness_probe",
    *(f"liveness_probe.{each}" for each in PROBE_CLEARABLE),
    "readiness_probe",
    *(f"readiness_probe.{each}" for each in PROBE_CLEARABLE),
]
UNSETTABLE = ["tries", "backoff", "sleep", "rest", "timeout", "force"]
PROMISED = {
    "sevalla_deployment": {
        **SEVALLA_CONNECTION,
        **WAITING,
        "branch": STRING,
        "docker_image": STRING,
        "restart": {"type": "bool", "default": False},
        "poll_interval": {"type": "int", "default": 10},
    },
    "sevalla_process_run": {
        **SEVALLA_CONNECTION,
        "id": {"type": "str", "aliases": ["process_id"]},
        "key": STRING,
        "display_name": {"type": "str", "aliases": ["name"]},
    },
    "sevalla_process_exec": {
        **SEVALLA_CONNECTION,
        "id": {"type": "str", "aliases": ["process_id"]},
        "key": STRING,
        "display_name": {"type": "str", "aliases": ["name"]},
        "type": {"type": "str", "choices": ["web", "worker", "cron", "job"]},
        "argv": STRINGS,
        "cmd": STRING,
        "timeout": {"type": "int", "default": 15},
    },
    "laravel_cloud_command": {
        **LARAVEL_CONNECTION,
        "environment": STRING,
        "application": STRING,
        "cmd": {"type": "str", "required": True},
        "wait": {"type": "bool", "default": True},
        "wait_timeout": {"type": "int", "default": 600},
        "poll_interval": {"type": "int", "default": 2},
    },
    "laravel_cloud_deployment": {
        **LARAVEL_CONNECTION,
        **WAITING,
        "environment": STRING,
        "application": STRING,
        "poll_interval": {"type": "int", "default": 5},
    },
    "sevalla_process": {
        **SEVALLA_CONNECTION,
        "state": STATE,
        "id": {"type": "str", "aliases": ["process_id"]},
        "key": STRING,
        "display_name": {"type": "str", "aliases": ["name"]},
        "type": {"type": "str", "choices": ["web", "worker", "cron", "job"]},
        "entrypoint": STRING,
        "port": NUMBER,
        "schedule": STRING,
        "time_zone": STRING,
        "job_start_policy": {
            "type": "str",
            "choices": ["beforeDeployment", "afterSuccessDeployment", "afterFailedDeployment"],
        },
        "is_ingress_enabled": TRUTH,
        "ingress_protocol": {"type": "str", "choices": ["http", "grpc"]},
        "resource_type": {"type": "str", "aliases": ["resource_type_id"]},
        "scaling_strategy": {
            "type": "dict",
            "options": {
                "type": {"type": "str", "choices": ["manual", "horizontal"]},
                "instance_count": NUMBER,
                "min_instance_count": NUMBER,
                "max_instance_count": NUMBER,
                "target_cpu_percent": NUMBER,
                "target_memory_percent": NUMBER,
                "scale_up_interval_seconds": NUMBER,
                "scale_up_increment": NUMBER,
                "scale_down_interval_seconds": NUMBER,
                "scale_down_increment": NUMBER,
            },
        },
        "liveness_probe": PROBE,
        "readiness_probe": PROBE,
        "clear": {"type": "list", "elements": "str", "choices": CLEARABLE},
    },
    "laravel_cloud_background_process": {
        **LARAVEL_CONNECTION,
        "instance": STRING,
        "environment": STRING,
        "application": STRING,
        "state": STATE,
        "id": {"type": "str", "aliases": ["process_id"]},
        "type": {"type": "str", "choices": ["worker", "custom"]},
        "processes": NUMBER,
        "command": STRING,
        "config": {
            "type": "dict",
            "options": {
                "connection": STRING,
                "queue": STRINGS,
                "tries": NUMBER,
                "backoff": NUMBER,
                "sleep": NUMBER,
                "rest": NUMBER,
                "timeout": NUMBER,
                "force": TRUTH,
            },
        },
        "clear": {
            "type": "list",
            "elements": "str",
            "choices": [f"config.{each}" for each in UNSETTABLE],
        },
    },
    "laravel_cloud_instance": {
        **LARAVEL_CONNECTION,
        "environment": STRING,
        "application": STRING,
        "state": STATE,
        "id": {"type": "str", "aliases": ["instance_id"]},
        "name": STRING,
        "type": {"type": "str", "choices": ["app", "service", "queue", "managed_queue"]},
        "size": STRING,
        "scaling_type": {"type": "str", "choices": ["none", "custom", "auto"]},
        "min_replicas": NUMBER,
        "max_replicas": NUMBER,
        "uses_scheduler": TRUTH,
        "scaling_cpu_threshold_percentage": NUMBER,
        "scaling_memory_threshold_percentage": NUMBER,
    },
}

VARIABLES = {
    "sevalla": (["SEVALLA_API_KEY", "SEVALLA_API_TOKEN"], ["SEVALLA_API_URL"]),
    "laravel_cloud": (
        ["LARAVEL_CLOUD_API_TOKEN", "LARAVEL_CLOUD_TOKEN"],
        ["LARAVEL_CLOUD_BASE_URL"],
    ),
}


@pytest.mark.parametrize("module", PROMISED)
def test_a_module_accepts_exactly_the_options_of_the_contract(module):
    spec = accepted(module_arguments(module)["argument_spec"])
    promised = accepted(PROMISED[module])
    for options in (spec, promised):
        for _name, about in deep(options, "options"):
            about["choices"] = sorted(about["choices"] or [])
    assert spec.keys() == promised.keys()
    for name, about in promised.items():
        assert spec[name] == about, name


@pytest.mark.parametrize("module", MODULES)
def test_the_connection_options_are_those_of_the_contract(module):
    spec = accepted(module_arguments(module)["argument_spec"])
    for name, about in accepted(CONNECTION).items():
        assert spec[name] == about, name


@pytest.mark.parametrize("module", MODULES)
def test_token_and_url_have_the_variables_of_the_contract(module, monkeypatch):
    spec = module_arguments(module)["argument_spec"]
    tokens, urls = VARIABLES[service_of(module)]
    for name, variables in (("api_token", tokens), ("api_url", urls)):
        for variable in (*tokens, *urls):
            monkeypatch.delenv(variable, raising=False)
        nothing = ArgumentSpecValidator({name: spec[name]}).validate({})
        assert nothing.validated_parameters[name] == spec[name].get("default")
        for variable in reversed(variables):
            monkeypatch.setenv(variable, f"from {variable}")
            taken = ArgumentSpecValidator({name: spec[name]}).validate({})
            assert taken.validated_parameters[name] == f"from {variable}"
        given = ArgumentSpecValidator({name: spec[name]}).validate({name: "given"})
        assert given.validated_parameters[name] == "given"
        for variable in variables:
            assert f"E({variable})" in " ".join(
                documentation(module)["options"][name]["description"]
            )
