# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The values of options, after Ansible has parsed them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import AnsibleFallbackNotFound

from ansible_collections.evenkeel.paas.plugins.module_utils._core.failure import Failure, Problem
from ansible_collections.evenkeel.paas.plugins.module_utils._engine import misread as _misread
from ansible_collections.evenkeel.paas.plugins.module_utils._engine import module as _module
from ansible_collections.evenkeel.paas.plugins.module_utils._engine import options as _options
from ansible_collections.evenkeel.paas.plugins.module_utils._engine import run_list as _list
from ansible_collections.evenkeel.paas.plugins.module_utils._engine import run_one as _process
from ansible_collections.evenkeel.paas.plugins.module_utils._http.settings import parse
from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.processes import (
    PROCESSES as LARAVEL_CLOUD,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.processes import (
    PROCESSES as SEVALLA,
)

BACKENDS = [SEVALLA, LARAVEL_CLOUD]
ID = "fb5e5168-4281-4bec-94c5-0d1584e9e657"
CONNECTION: dict[str, Any] = {
    "api_url": "https://api.example.com",
    "api_token": "token",
    "api_timeout": 30,
    "api_retries": 5,
    "api_max_wait": 300,
    "validate_certs": True,
    "ca_path": None,
}


def parsed(backend: Any, **options: Any) -> dict[str, Any]:
    """Return options as the module for one process gets them from Ansible."""
    checked = ArgumentSpecValidator(_process.resource_module(backend).argument_spec).validate(
        options
    )
    assert not checked.error_messages
    return checked.validated_parameters


def entry(backend: Any, **options: Any) -> Any:
    """Return the entry for the options of one process."""
    scope = {"application": "shop"} if backend is SEVALLA else {}
    params = parsed(backend, **{**scope, **options})
    (made,) = _options.entries(backend, [params], params["state"], False, [])
    return made


def refused(function: Any, *arguments: Any, **more: Any) -> dict[str, str]:
    """Return the problems for which a function refuses options, by option."""
    with pytest.raises(Failure) as caught:
        function(*arguments, **more)
    assert caught.value.code == "invalid_options"
    for problem in caught.value.details:
        assert f"{problem['option']}: {problem['message']}" in caught.value.message
    return {problem["option"]: problem["message"] for problem in caught.value.details}


# Environment variables.


def test_the_first_variable_that_is_set_is_used(monkeypatch):
    monkeypatch.setenv("EVENKEEL_ONE", "1")
    monkeypatch.setenv("EVENKEEL_TWO", "2")
    assert _options.first_set("EVENKEEL_ONE", "EVENKEEL_TWO") == "1"
    assert _options.first_set("EVENKEEL_TWO", "EVENKEEL_ONE") == "2"


def test_an_empty_variable_is_skipped(monkeypatch):
    monkeypatch.setenv("EVENKEEL_ONE", "")
    monkeypatch.setenv("EVENKEEL_TWO", "2")
    assert _options.first_set("EVENKEEL_ONE", "EVENKEEL_TWO") == "2"


@pytest.mark.parametrize("value", [None, ""])
def test_without_any_variable_there_is_no_value(value, monkeypatch):
    monkeypatch.delenv("EVENKEEL_ONE", raising=False)
    if value is not None:
        monkeypatch.setenv("EVENKEEL_ONE", value)
    with pytest.raises(AnsibleFallbackNotFound):
        _options.first_set("EVENKEEL_ONE")


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_empty_url_variable_keeps_the_default(backend, monkeypatch):
    monkeypatch.setenv(backend.service.url_variable, "")
    spec = {"api_url": _options.connection_spec(backend.service)["api_url"]}
    assert (
        ArgumentSpecValidator(spec).validate({}).validated_parameters["api_url"]
        == backend.service.url
    )


# Connection options.


@pytest.fixture(autouse=True)
def no_authorities_of_the_machine(monkeypatch):
    """Remove the CA settings of the machine."""
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(variable, raising=False)


def test_settings_keep_the_options_unchanged():
    settings = parse(CONNECTION)
    assert settings.url == "https://api.example.com"
    assert settings.token == "token"
    assert (settings.timeout, settings.retries, settings.max_wait) == (30, 5, 300)
    assert settings.verify is True


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("empty", ["", None])
def test_every_empty_connection_option_counts_as_not_set(backend, empty):
    spec = _options.connection_spec(backend.service)
    names = {name for option, about in spec.items() for name in (option, *about.get("aliases", ()))}
    assert names == {*CONNECTION, "api_key"}
    assert _options.without_empty(dict.fromkeys(names, empty)) == {}
    kept = {**dict.fromkeys(names, 0), "display_name": empty}
    assert _options.without_empty(kept) == kept


def test_settings_without_a_token_have_an_empty_token():
    assert parse({**CONNECTION, "api_token": None}).token == ""


@pytest.mark.parametrize(
    ("option", "lowest"), [("api_timeout", 1), ("api_retries", 0), ("api_max_wait", 0)]
)
def test_settings_refuse_values_out_of_range(option, lowest):
    assert getattr(parse({**CONNECTION, option: lowest}), option[4:]) == lowest
    problems = refused(parse, {**CONNECTION, option: lowest - 1})
    assert problems == {option: f"must be from {lowest} to 1000000, not {lowest - 1}"}


def test_settings_report_all_errors_together():
    wrong = {"api_timeout": 0, "api_retries": -1, "api_max_wait": -1, "ca_path": "/nowhere.pem"}
    assert refused(parse, {**CONNECTION, **wrong}).keys() == wrong.keys()


def test_settings_refuse_a_ca_path_that_does_not_exist(tmp_path):
    missing = str(tmp_path / "missing.pem")
    assert missing in refused(parse, {**CONNECTION, "ca_path": missing})["ca_path"]


@pytest.mark.parametrize(("checked", "verify"), [(True, "the path"), (False, False)])
def test_settings_verify_with_ca_path_unless_validate_certs_is_off(checked, verify, tmp_path):
    path = tmp_path / "ca.pem"
    path.write_text("")
    settings = parse({**CONNECTION, "ca_path": str(path), "validate_certs": checked})
    assert settings.verify == (str(path) if verify == "the path" else verify)


# One entry.


@pytest.mark.parametrize("backend", BACKENDS)
def test_missing_and_null_options_are_not_in_an_entry(backend):
    address = (
        {"display_name": "queue"} if backend is SEVALLA else {"type": "custom", "command": "run"}
    )
    choices = ("type", "job_start_policy", "ingress_protocol")
    fields = [known.option for known in backend.fields if known.option not in choices]
    nulls = dict.fromkeys(["id", *fields])
    assert entry(backend, **address).options == address
    made = entry(backend, **{**nulls, **address})
    assert made.options == address
    assert made.clear == ()
    assert made.state == "present"


@pytest.mark.parametrize(
    "options",
    [
        {"type": None},
        {"job_start_policy": None},
        {"ingress_protocol": None},
        {"scaling_strategy": {"type": None, "instance_count": 2}},
        {"liveness_probe": {"http_get": {"path": "/up", "scheme": None}}},
    ],
)
def test_a_null_option_with_choices_is_not_managed(options):
    """Ansible's own check of choices refuses null if the option has choices."""
    params = {"application": "shop", "display_name": "queue", **options}
    checked = ArgumentSpecValidator(_process.resource_module(SEVALLA).argument_spec).validate(
        params
    )
    assert not checked.error_messages


def test_nulls_are_dropped_at_every_depth():
    made = entry(
        SEVALLA,
        type="web",
        scaling_strategy={"type": "manual", "instance_count": 2, "max_instance_count": None},
        liveness_probe={
            "exec": None,
            "http_get": {
                "path": "/up",
                "host": None,
                "http_headers": [{"name": "Host", "value": "x"}],
            },
            "period_seconds": None,
        },
    )
    assert made.options == {
        "type": "web",
        "scaling_strategy": {"type": "manual", "instance_count": 2},
        "liveness_probe": {
            "http_get": {"path": "/up", "http_headers": [{"name": "Host", "value": "x"}]}
        },
    }


@pytest.mark.parametrize(
    ("backend", "options"),
    [
        (SEVALLA, {"type": "web", "scaling_strategy": {}}),
        (SEVALLA, {"type": "web", "liveness_probe": {}}),
        (SEVALLA, {"type": "web", "readiness_probe": {"period_seconds": None}}),
        (LARAVEL_CLOUD, {"type": "worker", "config": {}}),
        (LARAVEL_CLOUD, {"type": "worker", "config": {"tries": None}}),
    ],
)
def test_an_empty_dict_counts_as_not_set(backend, options):
    assert entry(backend, **options).options == {"type": options["type"]}


@pytest.mark.parametrize(
    ("backend", "options"),
    [
        (SEVALLA, {"type": "web", "is_ingress_enabled": False}),
        (SEVALLA, {"type": "web", "entrypoint": ""}),
        (SEVALLA, {"type": "web", "port": 0}),
        (SEVALLA, {"type": "web", "scaling_strategy": {"instance_count": 0}}),
        (SEVALLA, {"type": "web", "liveness_probe": {"initial_delay_seconds": 0}}),
        (SEVALLA, {"type": "web", "liveness_probe": {"exec": {"command": []}}}),
        (LARAVEL_CLOUD, {"type": "worker", "config": {"force": False, "sleep": 0, "tries": 0}}),
        (LARAVEL_CLOUD, {"type": "worker", "processes": 0}),
        (LARAVEL_CLOUD, {"type": "worker", "config": {"queue": []}}),
        (LARAVEL_CLOUD, {"type": "worker", "config": {"connection": ""}}),
    ],
)
def test_falsy_values_are_kept(backend, options):
    assert entry(backend, **options).options == options


@pytest.mark.parametrize(("given", "kept"), [(ID, {"id": ID}), ("", {}), (None, {})])
def test_an_id_is_kept_unless_it_is_empty(given, kept):
    made = entry(SEVALLA, id=given, display_name="queue")
    assert made.options == {**kept, "display_name": "queue"}


def test_a_size_is_accepted_in_any_case():
    assert entry(SEVALLA, type="web", resource_type="S1").options["resource_type"] == "s1"


@pytest.mark.parametrize("queue", [["mails", "default"], "mails,default", " mails , default ,"])
def test_queues_are_accepted_as_a_list_or_a_string(queue):
    made = entry(LARAVEL_CLOUD, type="worker", config={"queue": queue})
    assert made.options["config"] == {"queue": ["mails", "default"]}


def test_a_command_is_trimmed():
    made = entry(LARAVEL_CLOUD, type="custom", command=" php artisan horizon\n")
    assert made.options["command"] == "php artisan horizon"


def test_options_to_clear_are_kept():
    made = entry(SEVALLA, type="web", clear=["liveness_probe", "entrypoint"])
    assert made.clear == ("liveness_probe", "entrypoint")


@pytest.mark.parametrize("state", ["present", "absent"])
def test_the_state_is_kept(state):
    assert entry(SEVALLA, display_name="queue", state=state).state == state


def test_reading_options_does_not_change_them():
    params = parsed(
        LARAVEL_CLOUD, type="worker", config={"queue": "a, b", "tries": None, "force": False}
    )
    before = repr(params)
    _options.entries(LARAVEL_CLOUD, [params], "present", False, [])
    assert repr(params) == before


# All errors together


def test_an_option_that_is_set_and_cleared_is_refused():
    problems = refused(entry, SEVALLA, type="web", entrypoint="run", clear=["entrypoint"])
    assert problems.keys() == {"entrypoint"}


def test_all_errors_of_an_entry_are_reported_together():
    params = parsed(
        SEVALLA,
        application=" ",
        id="no id",
        entrypoint="run",
        schedule="* * * * *",
        clear=["schedule", "entrypoint"],
    )
    found = refused(
        _options.entries,
        SEVALLA,
        [params],
        "present",
        False,
        [*SEVALLA.check_scope(params), Problem("other", "is wrong too")],
    )
    assert found.keys() == {"application", "other", "id", "entrypoint", "schedule"}


def test_a_problem_is_reported_once():
    params = parsed(SEVALLA, application="shop", type="web")
    twice = [Problem("x", "is wrong")] * 2
    with pytest.raises(Failure) as caught:
        _options.entries(SEVALLA, [params], "present", False, twice)
    assert caught.value.message.count("x: is wrong") == 1


HEADERS = "liveness_probe.http_get.http_headers"
NO_DICTIONARIES: dict[str, tuple[Any, dict[str, Any], str]] = {
    "a switch": (SEVALLA, {"liveness_probe": False}, "liveness_probe"),
    "a number": (SEVALLA, {"scaling_strategy": 3}, "scaling_strategy"),
    "a word": (SEVALLA, {"scaling_strategy": "manual"}, "scaling_strategy"),
    "a list": (SEVALLA, {"scaling_strategy": [1]}, "scaling_strategy"),
    "inside": (SEVALLA, {"liveness_probe": {"http_get": True}}, "liveness_probe.http_get"),
    "an item": (
        SEVALLA,
        {"liveness_probe": {"http_get": {"http_headers": ["X: y"]}}},
        f"{HEADERS}[0]",
    ),
    "config": (LARAVEL_CLOUD, {"config": True}, "config"),
}


@pytest.mark.parametrize("case", NO_DICTIONARIES)
def test_an_option_that_must_be_a_dictionary_is_named(
    case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ansible's own validation names no option, or ends with a TypeError."""
    backend, wrong, option = NO_DICTIONARIES[case]
    scope = {"application": "shop"} if backend is SEVALLA else {"instance": "inst-a"}
    given = {**scope, "id": ID if backend is SEVALLA else f"process-{ID}", **wrong}
    monkeypatch.setattr(AnsibleModule, "_load_params", lambda self: setattr(self, "params", given))
    command = _process.resource_module(backend)
    module = _module._AnsibleModule(command.argument_spec, supports_check_mode=True)
    task = _module.Task(module.params, False, print, misread=module.misread)
    assert refused(_module.perform, command, task) == {option: "must be a dictionary"}


WRONG_TYPES: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "all at once, with their positions": (
        {
            "api_timeout": "soon",
            "prune": "perhaps",
            "processes": [
                {"display_name": "a"},
                {"display_name": "b", "port": "x", "type": "daemon"},
                None,
                {"display_name": "d", "scaling_strategy": {"instance_count": [1], "type": "auto"}},
            ],
        },
        {
            "api_timeout": "must be an integer, not 'soon'",
            "prune": "must be true or false, not 'perhaps'",
            "processes[1].port": "must be an integer, not 'x'",
            "processes[1].type": "must be one of web, worker, cron, job, not 'daemon'",
            "processes[2]": "must be a dictionary",
            "processes[3].scaling_strategy.instance_count": "must be an integer, not a list",
            "processes[3].scaling_strategy.type": "must be one of manual, horizontal, not 'auto'",
        },
    ),
    "a string for the list": ({"processes": "[]"}, {"processes": "must be a list, not '[]'"}),
    "infinity, and an integer that Python cannot count with": (
        {
            "api_timeout": "Infinity",
            "max_parallel": float("inf"),
            "processes": [{"display_name": "a", "port": [2**63, None, None]}],
        },
        {
            "api_timeout": "must be an integer, not 'Infinity'",
            "max_parallel": "must be an integer, not inf",
            "processes[0].port": "must be an integer, not a list",
        },
    ),
    "null for the list": ({"processes": None}, {"processes": "must be a list, not null"}),
    "a dictionary for the list": (
        {"processes": {"display_name": "a"}},
        {"processes": "must be a list, not a dictionary"},
    ),
    "a long value": (
        {"processes": [{"display_name": "a", "port": "8" * 30 + "x" * 30}]},
        {"processes[0].port": "must be an integer, not a string"},
    ),
    "beside other problems": (
        {
            "api_retries": -1,
            "max_parallel": 0,
            "processes": [
                {"display_name": "a", "port": "x"},
                None,
                {"entrypoint": "x"},
                {"display_name": "b", "port": 70000},
            ],
        },
        {
            "processes[0].port": "must be an integer, not 'x'",
            "processes[1]": "must be a dictionary",
            "api_retries": "must be from 0 to 1000000, not -1",
            "max_parallel": "must be from 1 to 32, not 0",
            "processes[2].display_name": "set display_name, key or id, or type: web, to identify a "
            "process",
            "processes[3].port": "must be from 1 to 65535, not 70000",
        },
    ),
    "keys of dictionaries": (
        {
            "processes": [
                {"display_name": "a", "prot": 80},
                {"type": "web", "liveness_probe": {"tcp_socket": {"host": "x", "prot": 80}}},
                {
                    "type": "web",
                    "readiness_probe": {"http_get": {"http_headers": [{"value": "y"}]}},
                },
                {"display_name": "d", "port": "x"},
            ],
        },
        {
            "processes[0].prot": "is not an option; there are clear, display_name, entrypoint, id, "
            "ingress_protocol, is_ingress_enabled, job_start_policy, key, liveness_probe, port, "
            "readiness_probe, resource_type, scaling_strategy, schedule, time_zone, type",
            "processes[1].liveness_probe.tcp_socket.prot": "is not an option; there are host, port",
            "processes[2].readiness_probe.http_get.http_headers[0].name": "is missing",
            "processes[3].port": "must be an integer, not 'x'",
        },
    ),
}


def test_items_that_cannot_be_cleared_are_named_beside_other_problems() -> None:
    spec = _process.resource_module(SEVALLA).argument_spec
    given = {"application": "shop", "port": "x", "clear": ["schedule", "Entrypoint", 1]}
    kept, problems = _misread.split_misread(spec, given)
    assert kept == {"application": "shop"}
    assert [each.option for each in problems] == ["port", "clear[1]", "clear[2]"]
    assert re.fullmatch(
        r"must be one of the \d\d names in its documentation, such as 'entrypoint', "
        "not 'Entrypoint'",
        problems[1].message,
    )
    spec = _process.resource_module(LARAVEL_CLOUD).argument_spec
    _kept, (problem,) = _misread.split_misread(spec, {"clear": "config.queue"})
    assert problem.message.startswith("must be one of config.tries, config.backoff, ")


@pytest.mark.parametrize(
    "written", ["schedule,time_zone", "schedule, time_zone", " schedule ,time_zone"]
)
def test_clear_may_be_one_string(written: str) -> None:
    spec = _process.resource_module(SEVALLA).argument_spec
    kept, problems = _misread.split_misread(spec, {"clear": written})
    assert (kept, problems) == ({"clear": ["schedule", "time_zone"]}, [])


def test_null_means_the_default() -> None:
    """As for an option that is not given; Ansible refuses it."""
    spec = _list.list_module(SEVALLA).argument_spec
    defaults = {name: None for name, about in spec.items() if "default" in about}
    assert {"prune", "max_parallel", "continue_on_error"} <= set(defaults)
    given = {"application": "shop", "processes": [{"type": "web", "port": None}]}
    kept, problems = _misread.split_misread(spec, {**given, **defaults})
    assert (kept, problems) == (given, [])


@pytest.mark.parametrize("case", WRONG_TYPES)
def test_values_of_the_wrong_type_are_all_named(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ansible's own message is about one of them, and does not say in which item of a list."""
    given, expected = WRONG_TYPES[case]
    given = {"application": "shop", **given}
    monkeypatch.setattr(AnsibleModule, "_load_params", lambda self: setattr(self, "params", given))
    definition = _list.list_module(SEVALLA)
    module = _module._AnsibleModule(definition.argument_spec, supports_check_mode=True)
    task = _module.Task(module.params, False, print, misread=module.misread)
    assert refused(_module.perform, definition, task) == expected


@pytest.mark.parametrize(
    ("queue", "problem"),
    [
        ([["mails", "default"]], {"config.queue[0]": "must be a string, not a list"}),
        (["a", {"b": 1}], {"config.queue[1]": "must be a string, not a dictionary"}),
        (
            ["a", None, True],
            {
                "config.queue[1]": "must be a string, not null",
                "config.queue[2]": "must be a string, not true or false",
            },
        ),
        (["a", 7], {}),
        ("a, b", {}),
        (None, {}),
    ],
)
def test_queues_must_be_strings(queue: Any, problem: dict[str, str]) -> None:
    """Ansible would store the text of a nested list, and ignore null."""
    spec = _process.resource_module(LARAVEL_CLOUD).argument_spec
    _kept, problems = _misread.split_misread(spec, {"config": {"queue": queue}})
    assert {each.option: each.message for each in problems} == problem


@pytest.mark.parametrize("strategy", ["instance_count=2", '{"instance_count": 2}'])
def test_a_text_that_ansible_takes_for_a_dictionary_stays_one(strategy: str) -> None:
    spec = _process.resource_module(SEVALLA).argument_spec
    given = {"application": "shop", "scaling_strategy": strategy}
    assert _misread.split_misread(spec, given) == (given, [])


def perform(backend: Any, given: _module.Task) -> dict[str, Any]:
    return _module.perform(_process.resource_module(backend), given)


def task(backend: Any, **options: Any) -> _module.Task:
    """Return a task whose options must be refused before any request."""
    connection = {"api_token": "token", "api_url": "http://127.0.0.1:1", "api_retries": 0}
    return _module.Task(parsed(backend, **{**connection, **options}), False, lambda _warning: None)


@pytest.mark.parametrize(
    ("backend", "options"),
    [
        (SEVALLA, {"application": "shop", "id": "no id"}),
        (LARAVEL_CLOUD, {"type": "worker"}),
    ],
)
def test_invalid_connection_options_are_reported_with_other_errors(backend, options):
    problems = refused(perform, backend, task(backend, **options, api_timeout=0))
    assert "api_timeout" in problems
    assert len(problems) > 1


def test_an_invalid_address_is_reported_with_values_out_of_range():
    options = {"application": "shop", "id": "no id", "port": 70000}
    problems = refused(perform, SEVALLA, task(SEVALLA, **options))
    assert problems.keys() == {"id", "port"}


ALIASES = {"application": "app_id", "id": "process_id", "display_name": "name"}


@pytest.mark.parametrize("given", [{}, ALIASES], ids=["null aliases", "null options"])
def test_null_for_one_name_of_an_option_does_not_hide_the_other(given):
    """Ansible copies the value of an alias to the option, null too."""
    spec = _list.list_module(SEVALLA).argument_spec
    values = {"application": "shop", "id": "x", "display_name": "queue"}

    def both(option):
        return {
            given.get(option, option): values[option],
            ALIASES[option] if option not in given else option: None,
        }

    listed = {**both("id"), **both("display_name")}
    kept, problems = _misread.split_misread(spec, {**both("application"), "processes": [listed]})
    assert problems == []
    parsed = ArgumentSpecValidator(spec).validate(kept)
    assert parsed.error_messages == []
    assert parsed.validated_parameters["application"] == "shop"
    (process,) = parsed.validated_parameters["processes"]
    assert (process["id"], process["display_name"]) == ("x", "queue")
