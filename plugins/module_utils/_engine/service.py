# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contract of a service: what it must offer for the engine to manage its processes.

This module is private to the collection.
"""

from __future__ import annotations

from typing import Any, Protocol

from .._core.failure import Problem
from .._core.fields import Options, Process
from .._core.planner import Entry, Resource, Step
from .._core.remark import Remark
from .._http.client import Client
from .._http.settings import Service


class Backend(Protocol):
    """What a service's ``processes.py`` offers; the file itself
    is the object, and its functions say more of each."""

    SERVICE: Service
    TOKEN_VARIABLES: list[str]
    URL_VARIABLE: str
    URL: str
    SCOPE_SPEC: dict[str, Any]
    PROCESS: Resource
    SCHEMAS: dict[str, dict[str, Any]]
    NARROWED_BY: tuple[str, ...]

    def check_scope(self, params: dict[str, Any]) -> list[Problem]:
        """What is wrong with the options that say where."""

    def check_address(self, options: Options, state: str) -> list[Problem]:
        """What is wrong with the options that say which process."""

    def read(
        self, client: Client, params: dict[str, Any], entries: list[Entry], whole: bool
    ) -> tuple[str, list[Process]]:
        """The scope and the processes in it that the entries may address, or all of them."""

    def list_processes(self, client: Client, scope: str) -> list[Process]:
        """All processes of a scope."""

    def receive(self, client: Client, method: str, path: str, answer: Any, scope: str) -> Process:
        """The process that a write was answered with."""

    def name_sizes(self, client: Client, live: list[Process]) -> None:
        """Put names beside the ids of sizes."""

    def resolve_names(self, client: Client, steps: list[Step]) -> list[Problem]:
        """Put ids where steps have names; the names that are not known."""

    def body_rules(self, body: dict[str, Any]) -> list[Problem]:
        """What is wrong with a body that its schema takes."""

    def remarks(self, body: dict[str, Any]) -> list[Remark]:
        """What to warn of in a body."""

    def option_name(self, path: list[Any]) -> str:
        """The option that a place in a body comes from."""

    def advice(self, method: str, status: int | None) -> str:
        """What to say beside the service's own words when it refuses a write."""
