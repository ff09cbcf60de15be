# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the applications of a Sevalla company, and the sizes of processes."""

from __future__ import annotations

from typing import Any

from .._engine.module import Module, Task, connected
from .._engine.options import connection_spec
from .service import (
    APPLICATION_SPEC,
    SERVICE,
    matching,
    names_of,
    no_application,
    read_sizes,
    walk,
)

_SHOWN = ("id", "name", "display_name", "status")


def applications_module() -> Module:
    """Return the Module that reads applications."""
    application = {**APPLICATION_SPEC["application"], "required": False}
    spec = {**connection_spec(SERVICE), "application": application}
    return Module(spec, _read, writes=False)


def _read(task: Task) -> dict[str, Any]:
    wanted = task.params["application"]
    with connected(SERVICE, task) as client:
        every = list(walk(client, "/applications"))
        found = matching(every, wanted) if wanted else every
        if wanted and not found:
            raise no_application(wanted, map(names_of, every))
        return {
            "changed": False,
            "applications": [{key: each.get(key) for key in _SHOWN} for each in found],
            "sizes": read_sizes(client),
            "api": client.counters,
        }
