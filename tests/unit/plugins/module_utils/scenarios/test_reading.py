# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a service finds what a task names, in lists that a test provides page by page."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.evenkeel.paas.plugins.module_utils._core.failure import Failure
from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.processes import (
    PROCESSES as LARAVEL_CLOUD,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla import (
    service as _sevalla_service,
)


class Pages:
    """A client of a service with given lists, by the last part of their paths."""

    def __init__(self, **pages: list[Any]) -> None:
        self.pages = pages

    def get(self, path: str, params: dict[str, Any]) -> dict[str, Any]:
        """Return a page, by offset or by number, as the service requests it."""
        pages = self.pages[path.rpartition("/")[2].replace("-", "_")]
        if "offset" in params:
            starts = [sum(map(len, pages[:at])) for at in range(len(pages))]
            page = pages[starts.index(params["offset"])]
            return {"data": page, "total": sum(map(len, pages))}
        return {**pages[params.get("page", 1) - 1], "meta": {"last_page": len(pages)}}

    def keep(self, path: str, value: Any) -> None:
        """Do nothing: nothing is read twice here."""


SHOPS = [
    {"id": f"1b9d6bcd-bbfd-4b2d-9b5d-00000000000{n}", "name": f"shop-{n}", "display_name": "Shop"}
    for n in (1, 2)
]


def test_two_applications_with_the_same_display_name_are_ambiguous() -> None:
    """On any pages."""
    for pages in ([SHOPS], [SHOPS[:1], SHOPS[1:]]):
        with pytest.raises(Failure) as caught:
            _sevalla_service.find_application(Pages(applications=pages), "Shop")  # type: ignore[arg-type]
        assert caught.value.code == "ambiguous"
        assert caught.value.details == [shop["id"] for shop in SHOPS]


def test_the_unique_name_of_an_application_takes_precedence() -> None:
    """Also if two have this display name."""
    named = {"id": "1b9d6bcd-bbfd-4b2d-9b5d-000000000003", "name": "Shop", "display_name": "Other"}
    pages: Any = Pages(applications=[SHOPS, [named]])
    assert _sevalla_service.find_application(pages, "Shop") == named["id"]


def instance(number: int, *processes: str) -> dict[str, Any]:
    return {
        "id": f"inst-{number}",
        "attributes": {"name": "Workers"},
        "relationships": {"backgroundProcesses": {"data": [{"id": each} for each in processes]}},
    }


WORKERS = {
    "instance": "Workers",
    "environment": "env-a15fd671-14f8-489f-b552-886c7ffa09dd",
    "application": None,
}
BOTH = [{"id": f"process-{n}", "attributes": {"type": "worker"}} for n in (1, 2)]


def test_two_instances_with_the_same_name_are_ambiguous() -> None:
    pages: Any = Pages(instances=[{"data": [instance(1)]}, {"data": [instance(2)]}])
    with pytest.raises(Failure) as caught:
        LARAVEL_CLOUD.read(pages, WORKERS, [], True)
    assert caught.value.code == "ambiguous"
    assert caught.value.details == ["inst-1", "inst-2"]


@pytest.mark.parametrize("included", [0, 1, 2])
def test_processes_that_are_not_included_are_read_from_their_list(included: int) -> None:
    page = {"data": [instance(1, "process-1", "process-2")], "included": BOTH[:included]}
    pages: Any = Pages(instances=[page], background_processes=[{"data": BOTH}])
    scope, live = LARAVEL_CLOUD.read(pages, WORKERS, [], True)
    assert scope == "inst-1"
    assert [process["id"] for process in live] == ["process-1", "process-2"]
