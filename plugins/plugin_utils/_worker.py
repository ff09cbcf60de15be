# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a module inside Ansible's worker when the result is identical.

Nine tenths of the cost of a module for an API is Ansible starting a Python for it. On the
controller, that is unnecessary: the worker is a Python that has everything. If the result could
differ, the module runs as any module does.

Ansible loads an action in the parent process, before the workers fork. Imports here therefore cost
once per run, and nothing here may open a socket or start a thread.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
from contextlib import suppress
from importlib.util import find_spec
from typing import Any

from ansible import constants as C  # noqa: N812 - its name everywhere in Ansible
from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator, ValidationResult
from ansible.module_utils.errors import UnsupportedError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ..module_utils._core.failure import Failure
from ..module_utils._engine.misread import split_misread
from ..module_utils._engine.module import Module, Task, missing_libraries, perform
from ..module_utils._engine.options import without_empty
from ..module_utils._engine.own_process import WHY_MODULE

try:
    from ansible.module_utils.common.json import Direction, get_module_encoder
except ImportError:  # before ansible-core 2.19
    from ansible.module_utils.common.json import AnsibleJSONEncoder

    _ENCODING = {"cls": AnsibleJSONEncoder, "vault_to_text": True}
else:
    _ENCODING = {"cls": get_module_encoder("legacy", Direction.CONTROLLER_TO_MODULE)}

SWITCH = "evenkeel_paas_in_worker"
"""The variable that disables running in the worker if it is false."""

SWITCH_ENVIRONMENT = "EVENKEEL_PAAS_IN_WORKER"
"""The environment variable for the same; SWITCH takes precedence."""

_OWN_PYTHON = (
    " To use the Python that runs Ansible, set ansible_python_interpreter to "
    '"{{ ansible_playbook_python }}".'
)

_WITHOUT_PROGRESS = {"dense", "json", "jsonl", "null", "selective"}
"""The stdout callbacks that a line of progress would disturb: they redraw the screen, write
JSON, or show little or nothing on purpose."""

_WITH_PROGRESS = {"awx_display", "debug", "default", "minimal", "oneline", "unixy", "yaml"}
"""The stdout callbacks that write lines for people, where a line of progress fits in."""

display = Display()

with suppress(OSError):  # Python caches the result: the folder for scope locks.
    tempfile.gettempdir()


class WorkerAction(ActionBase):  # type: ignore[misc]
    """The action of a module: its ``MODULE`` in the worker, or the module.

    In the worker, it does what Ansible does for a module but not for an action: it validates
    options, masks ``no_log`` values, returns plain values, and turns every exception into a
    failure.
    """

    MODULE: Module

    _supports_async = True

    _why_module = ""

    def __init_subclass__(cls) -> None:
        """Load the CA certificates before the fork, once for all tasks."""
        super().__init_subclass__()
        url = _usual_url(cls.MODULE)
        # A task that needs them retries, and reports the error.
        with suppress(Exception):
            if url.startswith("https:"):
                from ..module_utils._http.tls import preload

                preload(url)

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the result of the module, wherever it ran."""
        super().run(tmp, task_vars)
        variables = task_vars or {}
        self._why_module = ""
        reason = self._reason_for_module(variables)
        choice = f"runs as a module: {reason}" if reason else "runs in Ansible's worker"
        display.vvv(f"{self._task.action} {choice}", host=self._play_context.remote_addr)
        if reason:
            self._why_module = f"This task ran as a module because {reason}."
            if self._connection.transport == "local" and not missing_libraries():
                self._why_module += _OWN_PYTHON
            result: dict[str, Any] = self._execute_module(
                task_vars=variables, wrap_async=self._task.async_val
            )
            return result
        return self._run_here(variables)

    def _reason_for_module(self, variables: dict[str, Any]) -> str | None:
        """Return why the module must run, or None if the worker's result is identical."""
        if not self._switched_on(variables):
            return f"{SWITCH} or {SWITCH_ENVIRONMENT} is false"
        if self._task.async_val:
            return "the task has async"
        if self._connection.transport != "local":
            return f"the connection is {self._connection.transport}, not local"
        if self._connection.become:
            return "the task has become"
        environment: dict[str, Any] = {}
        self._compute_environment_string(environment)
        if environment:
            return "the task has environment"
        interpreter = self._interpreter(variables)
        if not _is_own(interpreter):
            return f"the interpreter is {interpreter}, not {sys.executable}"
        missing = missing_libraries()
        if missing:
            return f"{sys.executable} does not have {' and '.join(missing)}"
        if not all(hasattr(ValidationResult({}), name) for name in _UNDOCUMENTED):
            return "this ansible-core validates arguments in an unknown way"
        return None

    def _switched_on(self, variables: dict[str, Any]) -> bool:
        given = {
            SWITCH: self._templar.template(variables.get(SWITCH)),
            SWITCH_ENVIRONMENT: os.environ.get(SWITCH_ENVIRONMENT),
        }
        for name, value in given.items():
            if value is None or (isinstance(value, str) and not value.strip()):
                continue
            try:
                return bool(boolean(value))
            except TypeError as error:
                raise AnsibleError(f"{name}: {error}") from None
        return True

    def _compute_environment_string(self, raw_environment_out: dict[str, Any] | None = None) -> str:
        """Return the environment of the module's command line, with the reason for a module.

        With async, the action never sees the module's result. If the module's Python cannot run it,
        its own message must contain the reason.
        """
        text = str(super()._compute_environment_string(raw_environment_out))
        if not self._why_module:
            return text
        why = self._connection._shell.env_prefix(**{WHY_MODULE: self._why_module})
        return f"{why} {text}".strip()

    def _interpreter(self, variables: dict[str, Any]) -> str:
        """Return the Python that the module would run on, as Ansible's module_common finds it."""
        if self._task.delegate_to:
            variables = variables["ansible_delegated_vars"][self._task.delegate_to]
        configured = C.config.get_config_value("INTERPRETER_PYTHON", variables=variables)
        return str(self._templar.template(configured) or "auto").strip()

    def _run_here(self, variables: dict[str, Any]) -> dict[str, Any]:
        """Return the result of the module, run as AnsibleModule runs it, but in this process."""
        # As for a module: plain Python, no vaults, no tags, no templates.
        options = json.loads(json.dumps(self._task.args, **_ENCODING))
        options = {name: options[name] for name in options if not name.startswith("_ansible_")}
        options, misread = split_misread(self.MODULE.argument_spec, without_empty(options))
        parsed = ArgumentSpecValidator(self.MODULE.argument_spec).validate(options)
        options.update(parsed.validated_parameters)
        warnings = [
            f"Both option {each['option']} and its alias {each['alias']} are set."
            for each in parsed._warnings
        ]
        if parsed.error_messages:
            result = {"failed": True, "msg": self._refusal(parsed)}
        else:

            def show(text: str, verbosity: int) -> None:
                # It is shown immediately, so it is masked here and not with the result.
                host = variables.get("inventory_hostname", "localhost")
                self._show(f"[{host}] {_masked(text, parsed._no_log_values)}", verbosity)

            task = Task(
                options,
                bool(self._task.check_mode),
                warnings.append,
                show,
                no_log=bool(self._task.no_log),
                misread=misread,
            )
            result = _performed(self.MODULE, task)
        if warnings:
            result["warnings"] = warnings
        if parsed._deprecations:
            result["deprecations"] = parsed._deprecations
        if _injects_invocation(variables):
            result["invocation"] = {"module_args": options}
        masked: dict[str, Any] = _masked(result, parsed._no_log_values)
        return masked

    def _show(self, line: str, verbosity: int) -> None:
        """Show a line of progress, unless the stdout callback is in ``_WITHOUT_PROGRESS``.

        Display passes it to the main process, from any thread. With a callback that is in neither
        list, it goes to stderr, which no program parses.
        """
        callback = str(C.config.get_config_value("DEFAULT_STDOUT_CALLBACK"))
        name = callback.rpartition(".")[2]
        if display.verbosity >= verbosity and name not in _WITHOUT_PROGRESS:
            display.display(line, color=C.COLOR_VERBOSE, stderr=name not in _WITH_PROGRESS)

    def _refusal(self, parsed: ValidationResult) -> str:
        """Return the message of AnsibleModule for invalid options."""
        words = str(parsed.errors.msg)
        if isinstance(parsed.errors[0], UnsupportedError):
            return f"Unsupported parameters for ({self._task.action}) module: {words}"
        return words


# What Ansible itself shows in place of a secret, and of a secret inside a longer text.
if find_spec("ansible.module_utils.secrets"):  # since ansible-core 2.22
    _MASK, _MASK_INSIDE = "$REDACTED$", "$REDACTED$"
else:
    _MASK, _MASK_INSIDE = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "********"

_UNDOCUMENTED = ("_deprecations", "_no_log_values", "_warnings")
"""The attributes of a validation that AnsibleModule uses and that are not public."""


def _usual_url(module: Module) -> str:
    """Return the address of the service for tasks that do not set ``api_url``."""
    option = module.argument_spec.get("api_url", {})
    with suppress(Exception):
        find, arguments = option["fallback"]
        return str(find(*arguments)).strip()
    return str(option.get("default", ""))


def _is_own(interpreter: str) -> bool:
    """Return whether an interpreter is not set, or is the one that Ansible runs on.

    The folders must be the same too: in a virtual environment, python is a link to a Python that
    has other libraries.
    """
    if interpreter.startswith("auto"):
        return True
    folder, own_folder = os.path.dirname(interpreter), os.path.dirname(sys.executable)
    return os.path.normpath(folder) == own_folder and os.path.realpath(
        interpreter
    ) == os.path.realpath(sys.executable)


def _performed(module: Module, task: Task) -> dict[str, Any]:
    """Return the result of a module as decoded JSON; any exception is a failed result."""
    try:
        return _as_json(perform(module, task))
    except Failure as failure:
        return _as_json({"failed": True, "msg": failure.message, **failure.as_result()})
    except Exception as error:
        return {
            "failed": True,
            "msg": f"{type(error).__name__}: {error}. This should not happen, please report it: "
            "https://github.com/evenkeel/evenkeel.paas/issues",
            "exception": traceback.format_exc(),
        }


def _as_json(value: dict[str, Any]) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(json.dumps(value))
    return decoded


def _masked(value: Any, secrets: set[str]) -> Any:
    """Return JSON without the values of no_log options, masked as AnsibleModule does.

    Its function, remove_values, is deprecated since ansible-core 2.22, and older versions do not
    have the replacement.
    """
    if isinstance(value, dict):
        return {key: _masked(each, secrets) for key, each in value.items()}
    if isinstance(value, list):
        return [_masked(each, secrets) for each in value]
    if value is None or isinstance(value, bool):
        return value
    text = str(value)
    if text in secrets:
        return _MASK
    if not isinstance(value, str):
        return _MASK if any(secret in text for secret in secrets) else value
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, _MASK_INSIDE)
    return text


def _injects_invocation(variables: dict[str, Any]) -> bool:
    """Return whether results contain the options; up to ansible-core 2.20, they always do."""
    if C.config.get_configuration_definition("INJECT_INVOCATION") is None:
        return True
    return bool(C.config.get_config_value("INJECT_INVOCATION", variables=variables))
