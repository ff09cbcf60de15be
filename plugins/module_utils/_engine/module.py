# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The interface between Ansible and a module, which turns a task into a result.

Each file in ``plugins/modules`` contains its documentation and one ``MODULE``.
"""

from __future__ import annotations

from .own_process import WHY_MODULE, end_imports  # first: it makes all other imports cheaper

# isort: split
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from importlib.util import find_spec
from typing import Any, Callable, NamedTuple

from ansible.module_utils.basic import AnsibleModule

from .._core.failure import Failure, Problem, invalid_options, not_reported
from .._core.fields import Process
from .._http import client as _http
from .._http.settings import Service, Settings, parse
from .misread import split_misread
from .options import SHORTEST_SECRET, private_texts, without_empty
from .progress import LONG_WAIT, Progress, Show, show_nothing
from .service import Backend


class Task:
    """The input of a run: the parsed options as ``params``, ``check_mode``, and two ways to
    report before the result, ``warn`` and ``progress``.

    Only this class decides whether to show the task's values. With ``no_log``, it shows warnings
    in their wording without values, and no progress.
    """

    def __init__(
        self,
        params: dict[str, Any],
        check_mode: bool,
        show_warning: Callable[[str], None],
        show_progress: Show = show_nothing,
        no_log: bool = False,
        misread: Sequence[Problem] = (),
    ) -> None:
        self.params = params
        self._misread = misread
        self.check_mode = check_mode
        self.progress = Progress(show_nothing if no_log else show_progress)
        self._show_warning = show_warning
        self.no_log = no_log
        self.other_texts: set[str] = set()

    def remember(self, backend: Backend, live: list[Process]) -> None:
        """With ``no_log``, mask the texts of live resources in the message of a failure."""
        if not self.no_log:
            return
        spec = {field.option: field.spec for field in backend.fields}
        for each in live:
            shown = {field.option: field.live(each) for field in backend.fields}
            self.other_texts |= private_texts(spec, shown)

    def remember_quoted(self, texts: set[str]) -> None:
        """With ``no_log``, mask messages of the service in the message of a failure: it may quote
        any part of a value, in any form."""
        self.other_texts.update(text for text in texts if len(text) >= SHORTEST_SECRET)

    def warn(self, text: str, plain: str) -> None:
        """Show a warning. ``text`` may quote values of the task; ``plain`` quotes none."""
        self._show_warning(plain if self.no_log else text)

    @cached_property
    def settings(self) -> Settings:
        """Return the parsed connection options; raise Failure if they are invalid."""
        return parse(self.params)

    @property
    def problems(self) -> list[Problem]:
        """Return the options of a wrong form and the invalid connection options, to report them
        with all other problems."""
        found = list(self._misread)
        if self.no_log:
            found = [Problem(name, what.partition(", not ")[0]) for name, what in found]
        try:
            _parsed = self.settings
        except Failure as failure:
            found += [Problem(**each) for each in failure.details]
        return found

    def problems_with(self, others: list[Problem]) -> list[Problem]:
        """Return ``self.problems`` and those of ``others`` that are not about the same options."""
        found = self.problems
        return [*found, *not_reported(found, others)]

    def check(self, *problems: Problem) -> None:
        """Raise one Failure for ``problems`` and ``self.problems``, if there are any."""
        found = self.problems_with(list(problems))
        if found:
            raise invalid_options(found)


class Module(NamedTuple):
    """A module, independent of AnsibleModule.

    ``run(task)`` returns the module's result or raises Failure, which contains everything that a
    failed task returns. ``writes`` is false for a read-only module.
    """

    argument_spec: dict[str, Any]
    run: Callable[[Task], dict[str, Any]]
    writes: bool = True


class _AnsibleModule(AnsibleModule):  # type: ignore[misc]
    """AnsibleModule that omits empty connection options and does not convert misread options."""

    params: dict[str, Any]
    misread: Sequence[Problem] = ()

    def _load_params(self) -> None:
        super()._load_params()
        given = without_empty(self.params)
        self.params, self.misread = split_misread(self.argument_spec, given)


def run_module(module: Module) -> None:
    """Run a module in its own process, as Ansible starts it."""
    end_imports()
    ansible_module = _AnsibleModule(module.argument_spec, supports_check_mode=True)
    missing = missing_libraries()
    if missing:
        failure = no_libraries(missing)
        details = failure.as_result()
        if _http.IMPORT_ERROR:
            details["exception"] = _http.IMPORT_ERROR
        ansible_module.fail_json(msg=failure.message, **details)
    # Ansible also passes no_log if DEFAULT_NO_TARGET_SYSLOG is set. A module cannot distinguish
    # the two, so its warnings quote no values then.
    task = Task(
        ansible_module.params,
        ansible_module.check_mode,
        ansible_module.warn,
        no_log=ansible_module.no_log,
        misread=ansible_module.misread,
    )
    try:
        result = perform(module, task)
    except Failure as failure:
        ansible_module.fail_json(msg=failure.message, **failure.as_result())
    ansible_module.exit_json(**result)


def missing_libraries() -> list[str]:
    """Return the names of required packages that are not installed."""
    missing = ["requests"] if _http.IMPORT_ERROR else []
    # jsonschema is imported only to validate a write, but must be reported before any request.
    return missing if find_spec("jsonschema") else [*missing, "jsonschema"]


def no_libraries(missing: list[str]) -> Failure:
    """Return the failure of a task whose Python lacks required packages."""
    python, packages = shlex.quote(sys.executable), " ".join(missing)
    message = (
        f"{sys.executable} does not have {' and '.join(missing)}, which this module needs. "
        f'To install, run "{python} -m pip install {packages}".'
    )
    why = os.environ.get(WHY_MODULE)
    return Failure(f"{message} {why}" if why else message, code="missing_library")


def perform(module: Module, task: Task) -> dict[str, Any]:
    """Return the result of a module, or raise Failure, which says whether anything changed."""
    try:
        return module.run(task)
    except Failure as failure:
        if module.writes and not failure.result.setdefault("changed", False):
            failure.nothing_changed = not failure.outcome_unknown
        # ansible-core 2.19 and later show the message of a failed task even with no_log.
        failure.hides_printed = task.no_log
        if task.no_log:
            options = private_texts(module.argument_spec, task.params)
            failure.masked = options | task.other_texts
        raise


@contextmanager
def connected(service: Service, task: Task) -> Iterator[_http.Client]:
    """Yield a client for one task, read-only at first; raise Failure for options that no module
    may use.

    It warns about an insecure connection and long waits, and adds the API counters to a Failure.
    """
    task.check()
    if not task.params["validate_certs"]:
        words = "validate_certs is false: others on the network can read and use the token."
        task.warn(words, words)
    with _http.Client(service, task.settings, task.progress.on_wait) as client:
        try:
            yield client
        except Failure as failure:
            failure.result["api"] = client.counters
            task.remember_quoted(client.quoted)
            raise
        if client.waited_for_tasks >= LONG_WAIT:
            words = (
                f"This task waited {client.waited_for_tasks:.0f} seconds for another task on this "
                "machine, which was creating something in the same application, instance or "
                "environment."
            )
            task.warn(words, words)
        waited = client.waited - client.waited_for_tasks
        if waited >= LONG_WAIT:
            repeated = f"{client.repeated} {'retry' if client.repeated == 1 else 'retries'}"
            words = f"This task waited {waited:.0f} seconds for {service.name}, with {repeated}."
            task.warn(words, words)
