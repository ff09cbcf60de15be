# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The interface that a service implements for the engine to manage a kind of resource."""

from __future__ import annotations

from typing import Any, ClassVar

from .._core.failure import Problem
from .._core.fields import Process
from .._core.plan import Plan
from .._core.remark import Remark
from .._core.resource import Entry, Resource
from .._http.client import Client
from .._http.settings import Service


class Backend(Resource):
    """A kind of resource with the requests that read it.

    A subclass must set the attributes and implement ``check_scope``, ``read``, ``list_all`` and
    ``receive``, beside what ``Resource`` requires. It may override the rest.
    """

    service: ClassVar[Service]
    scope_spec: ClassVar[dict[str, Any]]
    """The argument spec of the options that say where the resource is."""

    info_filters: ClassVar[tuple[str, ...]] = ()
    """The fields that the info module can filter by."""

    def check_scope(self, params: dict[str, Any]) -> list[Problem]:
        """Return the problems with the options of ``scope_spec``, before anything is read."""
        raise NotImplementedError

    def read(
        self, client: Client, params: dict[str, Any], entries: list[Entry], whole: bool
    ) -> tuple[str, list[Process]]:
        """Return the id of the scope and its live resources.

        With ``whole`` these are all, otherwise those that the entries need. Raises Failure
        ``not_found`` if the scope does not exist, and never returns an empty list instead.
        """
        raise NotImplementedError

    def list_all(self, client: Client, scope: str) -> list[Process]:
        """Return all live resources of a scope."""
        raise NotImplementedError

    def receive(self, client: Client, method: str, path: str, answer: Any, scope: str) -> Process:
        """Return the resource in a response; raise Failure if there is none."""
        raise NotImplementedError

    def complete(self, client: Client, live: list[Process]) -> None:
        """Add the fields that the list lacks, but that comparisons or users need."""

    def about(self, client: Client) -> dict[str, Any]:
        """Return the values that the info module returns beside the resources; may send a GET."""
        return {}

    def warnings(self, client: Client, plans: list[Plan]) -> list[Remark]:
        """Return warnings about where resources would be created; may send a GET."""
        return []

    def resolve_names(self, client: Client, plan: Plan) -> list[Problem]:
        """Replace names by ids in the bodies of a plan, and in its predicted resource; return a
        problem for each missing name."""
        return []
