# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task that Ansible stops at its timeout sends nothing afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.evenkeel.paas.tests.emulator import Fault

WORKERS = [
    {"display_name": f"worker {number}", "type": "worker", "resource_type": "s1"}
    for number in range(12)
]


@pytest.mark.daily
@pytest.mark.parametrize(
    ("kind", "limit"),
    [
        ("slow_before", "ANSIBLE_TASK_TIMEOUT"),
        pytest.param("429_seconds", "timeout", marks=pytest.mark.slow),
        pytest.param("429_seconds", "ANSIBLE_TASK_TIMEOUT", marks=pytest.mark.slow),
        pytest.param("slow_before", "timeout", marks=pytest.mark.slow),
    ],
)
def test_nothing_is_sent_after_the_timeout_of_a_task(playbooks: Any, kind: str, limit: str) -> None:
    """While writes wait for the rate limit, and while the service does not respond. The second item
    of the loop runs in the process of the first one."""
    playbooks.emulator.faults.add(
        Fault(kind, method="POST", times=None, **({"seconds": 20.0} if "slow" in kind else {}))
    )
    task: dict[str, Any] = {
        "evenkeel.paas.sevalla_processes": {"application": "shop-x1y2z", "processes": "{{ item }}"},
        "loop": [WORKERS, []],
        "ignore_errors": True,
        "register": "made",
    }
    variables = {limit: "3"} if limit.isupper() else {}
    run = playbooks.run_tasks([{**task, **({} if variables else {"timeout": 3})}], **variables)
    assert "runs as a module" not in run.output
    first, second = run.results[-1]["result"]["results"]
    # The words of ansible-core before 2.19, and those of newer versions.
    said = str(first).lower()
    assert any(words in said for words in ("expected time frame", "timed out", "timeout"))
    assert second["changed"] is False
    posts = [request for request in run.requests if request["method"] == "POST"]
    # On a slow machine, the timeout ends before max_parallel writes are sent.
    assert 1 <= len(posts) <= 4
    lists = [request for request in run.requests if request["path"].endswith("offset=0")]
    # Nothing was cached: the application's name and the processes are read for each item.
    assert len(lists) == 4
    # The play ended before the service responded.
    assert {request["status"] for request in posts} == {None if "slow" in kind else 429}
