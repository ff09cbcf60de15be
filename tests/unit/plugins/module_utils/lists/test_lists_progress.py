# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The progress of a list: one line for each write, and the waits with the number of writes done."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.evenkeel.paas.plugins.module_utils._engine.progress import Progress
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.lists.list_cases import (
    Refusing,
    Stage,
)


@pytest.mark.parametrize("max_parallel", [1, 4])
def test_each_write_is_shown_with_its_count(stage: Stage, max_parallel: int) -> None:
    kit = stage.kit
    stage.seed(1, 9)
    made = stage(
        [kit.changed(1), kit.entry(2), kit.entry(3)], prune=True, max_parallel=max_parallel
    )
    assert made.message is None, made.message
    counts, writes = zip(*(line.split(" writes done: ") for line in made.progress))
    assert list(counts) == [f"{number} of 4" for number in (1, 2, 3, 4)]
    words = [f"updated {kit.words(1)}", *(f"created {kit.words(number)}" for number in (2, 3))]
    assert sorted(writes[:3]) == sorted(words)
    assert writes[3] == f"deleted {kit.words(9)}"


def test_a_write_that_fails_is_shown_and_not_counted(stage: Stage) -> None:
    kit = stage.kit
    stage.emulator.hooks = Refusing(
        lambda _method, _path, body: body.get("display_name", body.get("command")) == kit.name(1)
    )
    failed = stage([kit.entry(1), kit.entry(2)], max_parallel=1, continue_on_error=True)
    assert failed.message is not None
    assert failed.progress == [
        f"failed to create {kit.words(1)}",
        f"1 of 2 writes done: created {kit.words(2)}",
    ]


def test_nothing_is_shown_in_check_mode_and_without_a_change(stage: Stage) -> None:
    entries = [stage.kit.entry(1)]
    assert stage(entries, check_mode=True).progress == []
    assert stage(entries).progress != []
    assert stage(entries).progress == []


def test_a_wait_shows_its_reason_progress_and_end() -> None:
    lines: list[tuple[str, int]] = []
    progress = Progress(lambda text, verbosity: lines.append((text, verbosity)))
    progress.on_wait("rate limit of Sevalla", 10.0)
    assert lines == []
    progress.on_wait("rate limit of Sevalla", 47.6)
    progress.expect_writes(60)
    progress.write_done("create", "process 'a'")
    progress.on_wait("rate limit of Sevalla", 47.6)
    assert lines == [
        ("rate limit of Sevalla: continuing in 48 s", 0),
        ("1 of 60 writes done: created process 'a'", 1),
        ("rate limit of Sevalla: 1 of 60 writes done, continuing in 48 s", 0),
    ]


def test_counts_never_go_backwards() -> None:
    lines: list[str] = []
    progress = Progress(lambda text, _verbosity: lines.append(text))
    progress.expect_writes(400)
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        for _write in range(50):
            progress.write_done("update", "it")

    threads = [threading.Thread(target=work) for _thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [int(line.split()[0]) for line in lines] == list(range(1, 401))
