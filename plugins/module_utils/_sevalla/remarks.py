# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Warnings about values of a process that look wrong but that Sevalla may accept.

Only a run that sends something imports this module.
"""

from __future__ import annotations

from typing import Any

from .._core.near_misses import closest
from .._core.remark import Remark

_CRON_FIELDS = 5


def remarks(body: dict[str, Any]) -> list[Remark]:
    """Return warnings about a schedule, a time zone and a probe that look wrong.

    The service may accept them: its cron syntax and its list of time zones are not documented, and
    neither is that a probe follows the rules of Kubernetes.
    """
    said: list[Remark] = []
    schedule, zone = body.get("schedule"), body.get("time_zone")
    found = len(schedule.split()) if schedule else _CRON_FIELDS
    if found != _CRON_FIELDS:
        fields = f"schedule: must have five fields; found {found}"
        unknown = "Sevalla does not document whether it accepts another form, such as @daily."
        said.append(Remark(f"{fields} in {schedule!r}. {unknown}", f"{fields}. {unknown}"))
    if zone and not _zone_known(zone):
        said.append(
            Remark(
                f"time_zone: {zone!r} is not in this machine's list of IANA time zones."
                + _near_zone(zone),
                "time_zone: is not in this machine's list of IANA time zones.",
            )
        )
    threshold = (body.get("liveness_probe") or {}).get("successThreshold")
    if threshold not in (None, 1):
        what = (
            "liveness_probe.success_threshold: Kubernetes accepts only 1 for a liveness probe, "
            f"not {threshold}."
        )
        said.append(Remark(what, what))
    return said


def _near_zone(zone: str) -> str:
    from zoneinfo import available_timezones

    zones = available_timezones()
    # Users often write only the city: Berlin for Europe/Berlin.
    cities = {name.rpartition("/")[2]: name for name in sorted(zones, reverse=True)}
    close = closest(zone, zones) if "/" in zone else None
    close = close or cities.get(zone) or cities.get(closest(zone, cities) or "")
    return f" Did you mean {close!r}?" if close else ""


def _zone_known(zone: str) -> bool:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    for name in (zone, "UTC"):
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
        return name == zone
    return True  # UTC is missing too: the machine has no list
