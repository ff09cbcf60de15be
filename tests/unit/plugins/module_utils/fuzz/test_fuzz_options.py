# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any options lead to a clear failure or a correct result, and do not change the path.

Every task here starts as a valid one, and gets a few random options.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.evenkeel.paas.tests.emulator import world
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.fuzz import bad_inputs
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.fuzz.invariants import (
    ACTING,
    COMMANDS,
    LARAVEL_CLOUD,
    SEVALLA,
    run_any,
    started,
    stored,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan.example_counts import (
    examples,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Runner,
    module_of,
    no_waiting,
)

CONNECTION = {"api_url", "api_token", "api_timeout", "api_retries", "api_max_wait", "ca_path"}
WORKING: dict[str, list[dict[str, Any]]] = {
    SEVALLA: [
        {
            "application": "shop-x1y2z",
            "display_name": "queue",
            "type": "worker",
            "resource_type": "s1",
            "entrypoint": "node worker.js",
        },
        {
            "application": world.SEVALLA_SHOP_ID,
            "display_name": "nightly",
            "type": "cron",
            "resource_type": "s1",
            "schedule": "0 3 * * *",
            "time_zone": "UTC",
        },
        {
            "application": "shop-x1y2z",
            "type": "web",
            "port": 8081,
            "ingress_protocol": "grpc",
            "scaling_strategy": {"type": "manual", "instance_count": 2},
            "liveness_probe": {"http_get": {"path": "/", "port": 8081}},
        },
        {"application": "Blog", "id": world.SEVALLA_BLOG_WEB_ID, "entrypoint": "node x.js"},
        {"application": "Blog", "display_name": "Nobody", "state": "absent"},
    ],
    LARAVEL_CLOUD: [
        {
            "application": "shop",
            "environment": "production",
            "instance": "Workers",
            "type": "worker",
            "config": {"connection": "redis", "queue": "mail,default", "tries": 3},
        },
        {
            "instance": world.LARAVEL_CLOUD_MAIN_APP_ID,
            "type": "custom",
            "command": "php artisan x",
            "processes": 2,
        },
        {
            "application": world.LARAVEL_CLOUD_SHOP_ID,
            "environment": "staging-3",
            "instance": "App",
            "type": "custom",
            "command": "php artisan y",
            "state": "absent",
        },
        {"id": "process-00000000-0000-4000-8000-000000000000", "processes": 3},
    ],
}

NIGHTLY = {"display_name": "nightly", "type": "cron", "schedule": "0 3 * * *"}
STARTING: dict[str, list[dict[str, Any]]] = {
    "sevalla_process_run": [
        {"application": "shop-x1y2z", "display_name": "nightly"},
        {"application": world.SEVALLA_SHOP_ID, "key": "nightly"},
    ],
    "sevalla_deployment": [
        {"application": "shop-x1y2z", "branch": "main"},
        {"application": world.SEVALLA_SHOP_ID, "restart": True, "wait": False},
    ],
    "laravel_cloud_deployment": [
        {"application": "shop", "environment": "production"},
        {"environment": world.LARAVEL_CLOUD_MAIN_ID, "wait": False},
    ],
    "sevalla_process_exec": [
        {"application": "shop-x1y2z", "type": "web", "cmd": "ls -la '/a b'"},
        {"application": world.SEVALLA_SHOP_ID, "key": "web", "argv": ["ls"], "timeout": 5},
    ],
    "laravel_cloud_command": [
        {"application": "shop", "environment": "production", "cmd": "php artisan about"},
        {"environment": world.LARAVEL_CLOUD_MAIN_ID, "cmd": "php artisan x", "wait": False},
    ],
}
"""The same for modules that start something."""


def _names(spec: dict[str, Any]) -> list[str]:
    names = []
    for name, about in spec.items():
        names += [name, *_names(about.get("options", {}))]
    return names


def _nearly(about: dict[str, Any]) -> Any:
    """Generate values of an option's own type, which only the planner and the schemas can
    refuse."""
    kind = about["type"]
    if kind == "dict":
        inner = {name: _nearly(known) for name, known in about["options"].items()}
        return st.fixed_dictionaries({}, optional=inner)
    if about.get("choices"):
        return st.sampled_from([*about["choices"], None])
    if kind == "list":
        one = _nearly({**about, "type": about["elements"]})
        return st.lists(one, max_size=3) | texts_of_a_list
    return {"str": bad_inputs.texts, "bool": st.booleans(), "int": _small}[kind]


_small = st.sampled_from([0, 1, 2, 50, 51, 8080, -1, "3", None])
texts_of_a_list = st.sampled_from(["a,b", " b , a ", "", ",", "mail,default"])


@st.composite
def odd_options(draw: Any, module: str) -> dict[str, Any]:
    """Generate a valid task with one to three options replaced by anything."""
    spec = module_of(module).argument_spec
    names = _names(spec)
    options = dict(draw(st.sampled_from({**WORKING, **STARTING}[module])))
    scope = {"application", "environment", "instance", "id", "key", "state"}
    own = sorted(spec.keys() - CONNECTION - scope)
    if draw(st.integers(0, 4)) == 0:
        own = sorted(spec.keys() - CONNECTION)
    for name in draw(st.lists(st.sampled_from(own), min_size=1, max_size=3, unique=True)):
        # Mostly of the right type, to get past the argument spec.
        wild = draw(st.integers(0, 4)) == 0
        options[name] = draw(bad_inputs.values(names) if wild else _nearly(spec[name]))
    if options.get("key") == "":
        del options["key"]  # has its own test
    if draw(st.integers(0, 19)) == 0:
        options[draw(bad_inputs.texts)] = draw(bad_inputs.scalars)
    return options


@pytest.fixture
def run(emulator: Any, monkeypatch: pytest.MonkeyPatch) -> Runner:
    no_waiting(monkeypatch)
    return Runner(emulator)


def _twice(run: Runner, module: str, options: dict[str, Any], lists: bool = False) -> None:
    """Check, run, run again: each is a failure or a result; after two results, the second changes
    nothing.

    With ``lists`` as a list of one.
    """
    run = Runner(run.emulator, lists)
    run.emulator.reset()
    first = stored(run.emulator)
    checked = run_any(run, module, check_mode=True, **options)
    made = run_any(run, module, **options)
    if made is None or checked is None:
        assert made is checked
        return
    if checked.message is not None:
        # Invalid options are reported before a write, and in check mode too.
        assert made.message is not None
        assert made.writes == []
        return
    assert stored(run.emulator) - first <= 1
    if made.message is not None:
        return
    assert made.result["plan"] == checked.result["plan"]
    again = run_any(run, module, **options)
    assert again is not None
    assert again.message is None, again.message
    if made.warnings or options.get("state") == "absent":
        return  # something was not stored, or a deleted process is still listed
    assert again.writes == [], (made.result["plan"], again.result["plan"])
    assert again.result["changed"] is False


@given(odd_options(SEVALLA), st.booleans())
@examples(250)
@example({**WORKING[SEVALLA][0], "application": "../../x?y#z"}, False)
def test_fuzz_sevalla_options(run: Runner, options: dict[str, Any], lists: bool) -> None:
    _twice(run, SEVALLA, options, lists)


@given(odd_options(LARAVEL_CLOUD), st.booleans())
@examples(250)
@example({**WORKING[LARAVEL_CLOUD][0], "environment": "env-../x"}, False)
def test_fuzz_laravel_cloud_options(run: Runner, options: dict[str, Any], lists: bool) -> None:
    _twice(run, LARAVEL_CLOUD, options, lists)


@pytest.mark.parametrize("module", STARTING)
def test_fuzz_the_valid_options_of_the_next_test_work(run: Runner, module: str) -> None:
    for options in STARTING[module]:
        made = _start(run, module, options)
        assert made is not None
        assert made.message is None, made.message


@pytest.mark.parametrize("module", STARTING)
@given(st.data())
@examples(40)
def test_fuzz_options_of_deployments_and_runs(run: Runner, module: str, data: Any) -> None:
    _start(run, module, data.draw(odd_options(module)))


def _start(run: Runner, module: str, options: dict[str, Any]) -> Any:
    """Check, then run, and return the outcome: at most one POST starts at most one deployment or
    run, and check mode shows the POST; invalid options are reported before it."""
    emulator = run.emulator
    emulator.reset()
    with emulator.world.lock:
        sevalla = emulator.world.sevalla
        body = {**NIGHTLY, "resource_type_id": world.SEVALLA_SIZE_IDS["s1"]}
        sevalla.create(sevalla.applications[world.SEVALLA_SHOP_ID], body)
    checked = run_any(run, module, check_mode=True, **options)
    assert started(emulator) == 0
    made = run_any(run, module, **options)
    if made is None or checked is None:
        assert made is checked
        return None
    if checked.message is not None:
        assert made.message is not None
        assert made.writes == []
        return made
    assert [method for method, *_rest in made.writes] == ["POST"]
    assert made.result["plan"] == checked.result["plan"]
    ((_method, path, status),) = made.writes
    assert [(step["method"], step["path"]) for step in made.result["plan"]] == [("POST", path)]
    assert started(emulator) == (1 if status < 300 else 0)
    if made.message is None:
        assert made.result["changed"] is True
        assert checked.result["changed"] is (module not in COMMANDS)
        shown = made.result[ACTING[module]]
        assert shown if module == "sevalla_process_exec" else shown["id"]
    return made


def _addresses() -> list[Any]:
    return [
        (SEVALLA, "application", WORKING[SEVALLA][0]),
        (SEVALLA, "id", {"application": "shop-x1y2z"}),
        (SEVALLA, "id", {"application": world.SEVALLA_SHOP_ID, "state": "absent"}),
        (SEVALLA, "key", {"application": "shop-x1y2z"}),
        (SEVALLA, "resource_type", WORKING[SEVALLA][0]),
        *((LARAVEL_CLOUD, name, WORKING[LARAVEL_CLOUD][0]) for name in ("instance", "environment")),
        (LARAVEL_CLOUD, "application", WORKING[LARAVEL_CLOUD][0]),
        (LARAVEL_CLOUD, "id", {}),
        (LARAVEL_CLOUD, "id", {"state": "absent"}),
        ("sevalla_process_run", "application", {"key": "web"}),
        *(("sevalla_process_run", name, {"application": "Shop"}) for name in ("id", "key")),
        ("sevalla_deployment", "application", {}),
        *(
            ("sevalla_process_exec", name, {"application": "Shop", "cmd": "ls"})
            for name in ("id", "key")
        ),
        ("laravel_cloud_command", "environment", STARTING["laravel_cloud_command"][0]),
        *(
            ("laravel_cloud_deployment", name, STARTING["laravel_cloud_deployment"][0])
            for name in ("application", "environment")
        ),
    ]


@pytest.mark.parametrize(("module", "option", "others"), _addresses())
def test_fuzz_unusual_strings_as_ids(
    run: Runner, module: str, option: str, others: dict[str, Any]
) -> None:
    """No string changes the path, and a string that matches nothing changes nothing."""
    for text in bad_inputs.TEXTS:
        run.emulator.reset()
        before = run.emulator.world.snapshot()
        outcome = run_any(run, module, **{**others, option: text})
        assert outcome is not None
        if outcome.message is not None:
            # The only write that may be refused is one with a well-formed id of a size that does
            # not exist.
            assert all(status == 400 for *_write, status in outcome.writes), text
            assert run.emulator.world.snapshot() == before


def test_fuzz_null_options_count_as_not_set(run: Runner) -> None:
    """With all other options null, the plan is the same as without them. ``state`` and
    ``validate_certs`` have a default, and ansible-core itself refuses null for them."""
    for module, tasks in WORKING.items():
        spec = module_of(module).argument_spec
        nulls = dict.fromkeys(spec.keys() - CONNECTION - {"state", "validate_certs", "clear"})
        for options in tasks:
            run.emulator.reset()
            plain = run_any(run, module, check_mode=True, **options)
            with_nulls = run_any(run, module, check_mode=True, **{**nulls, **options})
            assert plain is not None
            assert with_nulls is not None
            assert with_nulls.message == plain.message
            assert with_nulls.result.get("plan") == plain.result.get("plan")


def test_fuzz_an_empty_key_is_refused_or_counts_as_not_set(run: Runner) -> None:
    """It is not accepted at creation and then refused by the next run, because it cannot be set."""
    _twice(run, SEVALLA, {**WORKING[SEVALLA][0], "key": ""})


def test_fuzz_clear_of_null_counts_as_not_set(run: Runner) -> None:
    """A null option is not managed, and that includes the list of fields to clear."""
    outcome = run_any(run, SEVALLA, check_mode=True, clear=None, **WORKING[SEVALLA][0])
    assert outcome is not None
    assert outcome.message is None
