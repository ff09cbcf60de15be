# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Defects that the unit tests must catch: ``plant_defects.py`` plants them one at a time.

Each is a plausible mistake. The old text must occur exactly once in its file; when the code
changes, adapt the defect.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Defect:
    """One defect: its name, a file of ``plugins/module_utils``, the new text for each old text.

    ``tests`` are the files, below the folder of the unit tests for ``module_utils``, that should
    catch it; all of them if none is named.
    """

    name: str
    file: str
    edits: dict[str, str]
    tests: tuple[str, ...] = ()


ANSWERS = "client/test_http_answers.py"
ERRORS = "client/test_http_errors.py"
PAGES = "client/test_http_pages.py"
REPEATING = "client/test_http_repeating.py"
REQUESTS = "client/test_http_requests.py"
SECRETS = "client/test_http_secrets.py"
STOPPED = "client/test_http_stopped.py"
TLS = "client/test_http_tls.py"
ADDRESSING = "plan/test_plan_addressing.py"
PLAN_LARAVEL_CLOUD = "plan/test_plan_laravel_cloud.py"
PLAN_SEVALLA = "plan/test_plan_sevalla.py"
PROBLEMS = "plan/test_plan_problems.py"
TABLE = "plan/test_plan_table.py"
OPTION_VALUES = "parity/test_option_values.py"
RESULTS = "parity/test_parity_results.py"
LIST = "plan/test_plan_list.py"
LISTS_PARALLEL = "lists/test_lists_parallel.py"
LISTS_PARTIAL = "lists/test_lists_partial.py"
LISTS_PLAN = "lists/test_lists_plan.py"
LISTS_STORED = "lists/test_lists_stored.py"
DESIRED = "info/test_info_desired.py"
FAILING = "scenarios/test_failing.py"
THREADS = "client/test_http_threads.py"
FUZZ_ANSWERS = "fuzz/test_fuzz_answers.py"
FAULTS_CREATING = "faults/test_faults_creating.py"
FAULTS_INTERRUPTED = "faults/test_faults_interrupted.py"
FAULTS_READS = "faults/test_faults_reads.py"
FAULTS_WRITES = "faults/test_faults_writes.py"
DEPLOYMENTS = "scenarios/test_deployments.py"
CLEARING = "scenarios/test_clearing.py"
COMMAND = "scenarios/test_command.py"
PENDING = "scenarios/test_pending.py"
PROCESS_EXEC = "scenarios/test_process_exec.py"
PROCESS_RUN = "scenarios/test_process_run.py"
INSTANCES = "scenarios/test_instances.py"
LIMITS = "limits/test_rate_limits.py"
LARAVEL_CLOUD = "scenarios/test_laravel_cloud.py"
READING = "scenarios/test_reading.py"
SEVALLA = "scenarios/test_sevalla.py"
NEAR_NAMES = "scenarios/test_near_names.py"
NO_LOG = "scenarios/test_no_log.py"
SWITCHES = "scenarios/test_switches.py"
ONE_OF_EACH = "scenarios/test_one_of_each.py"
IMPORTS = "imports/test_imports.py"
WORKER = "../plugin_utils/test_worker.py"
DRIFT = "../plugin_utils/test_drift.py"
DRIFT_RUNS = "../../../playbooks/test_drift.py"
INVENTORY = "../inventory/test_inventory_{}.py"

CLIENT_DEFECTS = (
    Defect(
        "a POST is retried after a 500",
        "_http/retry.py",
        {'("GET", "PATCH", "DELETE")': '("GET", "POST", "PATCH", "DELETE")'},
        (REPEATING,),
    ),
    Defect(
        "a PATCH is not retried after a 500",
        "_http/retry.py",
        {'("GET", "PATCH", "DELETE")': '("GET", "DELETE")'},
        (REPEATING,),
    ),
    Defect(
        "a POST is not retried after a 429",
        "_http/retry.py",
        {"limited = status == 429": 'limited = status == 429 and method != "POST"'},
        (REPEATING,),
    ),
    Defect(
        "a POST is not retried if Laravel Cloud is busy",
        "_http/retry.py",
        {"busy = status == 422 and": 'busy = status == 422 and method != "POST" and'},
        (REPEATING,),
    ),
    Defect(
        "every 422 counts as busy",
        "_http/retry.py",
        {" and service.busy.search(received.content)": ""},
        (REPEATING,),
    ),
    Defect(
        "a redirect is followed",
        "_http/client.py",
        {
            "allow_redirects=False": "allow_redirects=True",
            "    def get_redirect_target(self, resp: Any) -> None:\n        return None": (
                "    def get_redirect_target(self, resp: Any) -> Any:\n"
                "        return super().get_redirect_target(resp)"
            ),
        },
        (ANSWERS,),
    ),
    Defect(
        "a redirect is treated as a response",
        "_http/client.py",
        {"if 300 <= response.status_code < 400:": "if response.status_code == 399:"},
        (ANSWERS,),
    ),
    Defect(
        "a module compiles each file twice",
        "_engine/own_process.py",
        {"lru_cache(maxsize=1)(zipimport._get_module_code)": "zipimport._get_module_code"},
        ("imports/test_imports.py",),
    ),
    Defect(
        "a module never collects garbage",
        "_engine/module.py",
        {"    end_imports()\n": ""},
        ("imports/test_imports.py",),
    ),
    Defect(
        "a module searches its imports for garbage at its end",
        "_engine/own_process.py",
        {"        gc.freeze()\n": ""},
        ("imports/test_imports.py",),
    ),
    Defect(
        "the worker's imports are changed",
        "_engine/own_process.py",
        {"zipimport.zipimporter)": "object)"},
        ("imports/test_imports.py",),
    ),
    Defect(
        "api_max_wait is ignored",
        "_http/waiting.py",
        {
            "            if until > latest + 1e-6 or latest <= now:\n"
            "                return False\n": "",
        },
        (REPEATING,),
    ),
    Defect(
        "a wait that the service asked for exceeds api_max_wait",
        "_http/waiting.py",
        {"min(latest, now + _later(seconds))": "now + _later(seconds)"},
        (REPEATING,),
    ),
    Defect(
        "the message of a rate limit repeats what it says about the limits",
        "_core/failure.py",
        {'failure.code == "rate_limited"': "False"},
        (REPEATING,),
    ),
    Defect(
        "waits are not added up",
        "_http/waiting.py",
        {"            self._count(now, until)\n": "            self._resume_at = until\n"},
        (REPEATING,),
    ),
    Defect(
        "the duration of failed requests is not counted",
        "_http/client.py",
        {"        self.count_lost(started)\n": ""},
        (REPEATING,),
    ),
    Defect(
        "a timestamp in x-ratelimit-reset is treated as seconds",
        "_laravel_cloud/service.py",
        {"max(0.0, reset - time.time())": "reset"},
        (REPEATING,),
    ),
    Defect(
        "the token is a plain header, which a netrc replaces",
        "_http/client.py",
        {
            "session.auth = _Bearer(settings.token)": (
                'session.headers["Authorization"] = f"Bearer {settings.token}"'
            ),
        },
        (REQUESTS,),
    ),
    Defect(
        "the token is sent in clear text to other machines",
        "_http/settings.py",
        {"and not _is_loopback(host)": "and not host"},
        (SECRETS,),
    ),
    Defect(
        "a token that the service quotes is shown",
        "_http/faults.py",
        {'return value.replace(self._settings.token, "***")': "return value"},
        (SECRETS,),
    ),
    Defect(
        "the certificate authorities of the system are trusted too",
        "_http/tls.py",
        {"    context.load_default_certs = lambda *_: None  # type: ignore[method-assign]\n": ""},
        (TLS,),
    ),
    Defect(
        "certificates are never verified",
        "_http/client.py",
        {"verify=self._settings.verify": "verify=False"},
        (TLS,),
    ),
    Defect(
        "a part of a list is lost when a page is short",
        "_sevalla/pages.py",
        {'"offset": offset}': '"offset": 100 * _page}'},
        (PAGES,),
    ),
    Defect(
        "the last numbered page is lost",
        "_laravel_cloud/pages.py",
        {"if count >= last:": "if count >= last - 1:"},
        (PAGES,),
    ),
    Defect(
        "a list by offset never ends",
        "_sevalla/pages.py",
        {"for _page in range(paging.PAGES):": "while True:"},
        (PAGES,),
    ),
    Defect(
        "a list by page number never ends",
        "_laravel_cloud/pages.py",
        {"in range(1, paging.PAGES + 1):": "in range(1, 10**9):"},
        (PAGES,),
    ),
    Defect(
        "an empty page by offset is treated as the end",
        "_sevalla/pages.py",
        {
            'raise client.unexpected("GET", path, f"an empty page at {offset} of {total} items")': (
                "return"
            ),
        },
        (PAGES,),
    ),
    Defect(
        "an empty numbered page is treated as the end",
        "_laravel_cloud/pages.py",
        {
            'raise client.unexpected("GET", path, f"an empty page {count} of {last}")': (
                "last = count"
            ),
        },
        (PAGES,),
    ),
    Defect(
        "a list without a total is treated as complete",
        "_sevalla/pages.py",
        {'number(page.get("total"))': 'number(page.get("total") or 0)'},
        (PAGES,),
    ),
    Defect(
        "a total that is too low hides the rest",
        "_sevalla/pages.py",
        {"if items and offset > total:": "if offset > total and not items:"},
        (PAGES,),
    ),
    Defect(
        "an item that is twice on a page is returned twice",
        "_http/paging.py",
        {
            "list({each: item for item, each in zip(items, ids) if each not in seen}.values())": (
                "[item for item, each in zip(items, ids) if each not in seen]"
            ),
        },
        (PAGES,),
    ),
    Defect(
        "an item on two pages is returned twice",
        "_http/paging.py",
        {"if each not in seen}": "if each}"},
        (PAGES,),
    ),
    Defect(
        "all rate limited clients retry at the same time",
        "_http/waiting.py",
        {"return seconds + random.uniform(0, min(5, 1 + seconds / 10))": "return seconds"},
        (REPEATING, LIMITS),
    ),
    Defect(
        "a long wait is not announced",
        "_engine/module.py",
        {"if waited >= LONG_WAIT:": "if client.waited < 0:"},
        (LIMITS,),
    ),
    Defect(
        "the backoff has no jitter",
        "_http/retry.py",
        {
            "return seconds * random.uniform(0.5, 1.5)": "return seconds",
            "return seconds * 8 * random.uniform(1, 1.5)": "return seconds * 8",
        },
        (REPEATING,),
    ),
    Defect(
        "a rate limit without headers is not waited out",
        "_http/retry.py",
        {"return seconds * 8 * random": "return seconds * random"},
        (REPEATING,),
    ),
    Defect(
        "a creation is retried more often than api_retries allows",
        "_engine/lost_post.py",
        {"range(min(_POSTS, 1 + client.retries))": "range(_POSTS)"},
        (FAILING,),
    ),
    Defect(
        "a write that may have been stored needs no deployment",
        "_engine/apply.py",
        {"in self._stored + self._unknown)\n\n    def apply": "in self._stored)\n\n    def apply"},
        (FAILING,),
    ),
    Defect(
        "check mode shows a new size without its id and limits",
        "_sevalla/processes.py",
        {"            plan.process.update(shown, **limits)\n": "            pass\n"},
        (FAILING,),
    ),
    Defect(
        "with no_log, a message shows what the service says",
        "_engine/module.py",
        {"            task.remember_quoted(client.quoted)\n": ""},
        (NO_LOG,),
    ),
    Defect(
        "with no_log, a short message of the service is masked in every word",
        "_engine/module.py",
        {" if len(text) >= SHORTEST_SECRET)": " if text)"},
        (NO_LOG,),
    ),
    Defect(
        "null for an alias hides the option",
        "_engine/misread.py",
        {"if value is None and written != names[written]:": "if written not in names:"},
        (OPTION_VALUES,),
    ),
    Defect(
        "the info module finds a worker by the command that the service generates",
        "_engine/run_info.py",
        {
            '            if field.only_for and process.get("type") not in field.only_for:\n'
            "                return False\n": ""
        },
        (LARAVEL_CLOUD,),
    ),
    Defect(
        "the info module fills in the name of a size",
        "_engine/run_info.py",
        {"[dict(process) for process in found]": "found"},
        (SEVALLA,),
    ),
    Defect(
        "the size of every process is looked up",
        "_sevalla/processes.py",
        {" if not keys.isdisjoint(self.answers_to(each))": " if keys"},
        (SEVALLA,),
    ),
    Defect(
        "the end of a list that has the oldest items first is one page",
        "_laravel_cloud/pages.py",
        {"range(max(2, last - 1), last + 2)": "range(max(2, last), last + 2)"},
        (PAGES,),
    ),
    Defect(
        "a failure hides broken rules across options",
        "_engine/validation.py",
        {
            "            found += not_reported(found, backend.body_rules(body, None))\n": (
                "            pass\n"
            )
        },
        (FAILING,),
    ),
    Defect(
        "a probe without a handler is refused although the live one may have it",
        "_sevalla/processes.py",
        {" and after is not None):\n": "):\n"},
        (FAILING,),
    ),
    Defect(
        "missing replicas are refused although the live instance may have them",
        "_laravel_cloud/instances.py",
        {"if after is not None and after.get(option) is None": "if known.get(option) is None"},
        (FAILING,),
    ),
    Defect(
        "another change brings back the default of a strategy's null setting",
        "_sevalla/processes.py",
        {
            "        and (value is not None or key in _NULLABLE)\n": (
                "        and value is not None\n"
            )
        },
        (CLEARING,),
    ),
    Defect(
        "another change brings back the default of a probe's null setting",
        "_sevalla/processes.py",
        {"if probe[key] is not None or key not in _PROBE_KINDS": "if probe[key] is not None"},
        (CLEARING,),
    ),
    Defect(
        "a null handler of a live probe is sent back",
        "_sevalla/processes.py",
        {" if probe[key] is not None or key not in _PROBE_KINDS": ""},
        (CLEARING, PLAN_SEVALLA),
    ),
    Defect(
        "a setting that the service fills in after a null is a warning",
        "_core/stored.py",
        {"want = without_nulls(field.shape.decode(value))": "want = field.shape.decode(value)"},
        (CLEARING, SEVALLA),
    ),
    Defect(
        "a new process gets the default of a cleared text",
        "_core/planner.py",
        {"            first.update(_kept_empty(field, plan))\n": ""},
        (CLEARING,),
    ),
    Defect(
        "a cleared text that the type does not have is sent",
        "_core/planner.py",
        {" or (field.only_for and type_ not in field.only_for):\n": ":\n"},
        (CLEARING,),
    ),
    Defect(
        "a list of one that is renamed is read twice",
        "_engine/run_one.py",
        {"if by_id and scope": "if scope"},
        (LISTS_PLAN,),
    ),
    Defect(
        "a write before a failure needs no deployment",
        "_engine/apply.py",
        {"in self._stored + self._unknown)\n\n    def apply": "in ())\n\n    def apply"},
        (FAILING,),
    ),
    Defect(
        "an entry that cannot be planned hides a value out of range",
        "_engine/run_one.py",
        {"        failure.others += [invalid_options(wrong)] if wrong else []\n": ""},
        (FAILING,),
    ),
    Defect(
        "a process of another type than the entry's is deleted",
        "_core/planner.py",
        {"if want is None or field.on_update:": "if field.option:"},
        (FAILING,),
    ),
    Defect(
        "a type does not narrow the name of what is deleted",
        "_core/planner.py",
        {"keys=address.keys[:1]": "keys=address.keys"},
        (FAILING,),
    ),
    Defect(
        "a slug that starts like an id is treated as an id",
        "_laravel_cloud/service.py",
        {'" if or_name else "': '" if not text else "'},
        (FAILING,),
    ),
    Defect(
        "the reset of a rate limit that was not reached is waited for",
        "_http/retry.py",
        {"    if response.status_code != 429:\n        return after\n": ""},
        (REPEATING,),
    ),
    Defect(
        "other threads send while one waits",
        "_http/client.py",
        {
            "            self.wait_for_turn()\n            if self.stopped:\n": (
                "            if self.stopped:\n"
            ),
        },
        (THREADS,),
    ),
    Defect(
        "every thread makes the wait of another one longer",
        "_http/waiting.py",
        {"is_new = self._resume_at <= now or until > self._resume_at + 1": "is_new = True"},
        (THREADS,),
    ),
    Defect(
        "time counts as waited after the task has ended",
        "_http/waiting.py",
        {"            self._counted = self.waited\n": ""},
        (STOPPED,),
    ),
    Defect(
        "threads that wait together count the wait for each",
        "_http/waiting.py",
        {"max(start, self._resume_at))": "start)"},
        (THREADS,),
    ),
    Defect(
        "a request that fails during a wait ends it",
        "_http/waiting.py",
        {"max(self._resume_at, end)": "end"},
        (THREADS,),
    ),
    Defect(
        "a list that ends before its total is treated as complete",
        "_laravel_cloud/pages.py",
        {"isinstance(total, int) and received < total:": "isinstance(total, int) and not page:"},
        (PAGES, LISTS_PLAN),
    ),
    *(
        Defect(
            f"{service} list that becomes shorter while it is read is trusted",
            file,
            {"        paging.refuse_shrunk(path, before, total)\n": ""},
            (PAGES,),
        )
        for service, file in (
            ("a Sevalla", "_sevalla/pages.py"),
            ("a Laravel Cloud", "_laravel_cloud/pages.py"),
        )
    ),
    Defect(
        "a header of a response is used as a format",
        "_http/faults.py",
        {"{said or nothing}.{advice}": "{said or nothing}.{advice.format()}"},
        (REPEATING,),
    ),
    Defect(
        "a stored update fails if the sizes cannot be read",
        "_engine/apply.py",
        {"            except Failure:  # the write is stored,": "            except KeyError:  #"},
        (SEVALLA,),
    ),
    Defect(
        "a list may use the name of a process that it prunes",
        "_sevalla/processes.py",
        {"    lists_deleted = True  # until": "    lists_deleted = False  # until"},
        (LISTS_PLAN,),
    ),
    Defect(
        "a new strategy has no null for a cleared setting",
        "_core/planner.py",
        {"            if field.shape.takes_null(value, each)\n            or": "            if"},
        (CLEARING,),
    ),
    Defect(
        "a new process has no null for a cleared setting",
        "_core/planner.py",
        {
            "with_nulls(want, [each for each in unset if field": (
                "with_nulls(want, [each for each in () if field"
            ),
        },
        (CLEARING,),
    ),
    Defect(
        "items of a list of strings are not checked",
        "_engine/misread.py",
        {"enumerate(value if isinstance(value, list) else [])": "enumerate([])"},
        (OPTION_VALUES,),
    ),
    Defect(
        "an update whose response is lost is not read again",
        "_engine/apply.py",
        {"            process = self._found_stored(step, failure)\n": "            raise\n"},
        (FAULTS_WRITES,),
    ),
    Defect(
        "an update that was not stored is taken for stored",
        "_engine/apply.py",
        {"if unstored(self._backend, step.body or {}, process, step.cleared):": "if not process:"},
        (FAULTS_WRITES,),
    ),
    Defect(
        "HTTP 408 means that nothing was stored",
        "_http/faults.py",
        {"no_word = status >= 500 or status == 408": "no_word = status >= 500"},
        (ERRORS,),
    ),
    Defect(
        "an id that is not a UUID is always a name",
        "_laravel_cloud/service.py",
        {'if or_name else "[0-9A-Za-z-]+"': 'if kind else ""'},
        (FAILING,),
    ),
    Defect(
        "without time to wait, a lost creation is not searched for",
        "_engine/lost_post.py",
        {
            "            has_time = client.pause(seconds)\n": (
                "            has_time = client.pause(seconds)\n"
                "            if not has_time:\n"
                "                raise lost\n"
            )
        },
        (FAULTS_CREATING,),
    ),
    Defect(
        "an option of the wrong type hides other problems",
        "_engine/module.py",
        {"return [*found, *not_reported(found, others)]": "return found or others"},
        (OPTION_VALUES,),
    ),
    Defect(
        "an info module suggests no close name",
        "_engine/run_info.py",
        {"alike = alike or [": "alike = alike and ["},
        (NEAR_NAMES,),
    ),
    Defect(
        "null for an option with a default is refused",
        "_engine/misread.py",
        {'            if "default" in about:\n': "            if not about:\n"},
        (OPTION_VALUES,),
    ),
    Defect(
        "null for a required list is Ansible's to report",
        "_engine/misread.py",
        {' and not about.get("required")': ""},
        (OPTION_VALUES,),
    ),
    Defect(
        "infinity for a number ends with a traceback",
        "_engine/misread.py",
        {"ValueError, OverflowError)": "ValueError)"},
        (OPTION_VALUES,),
    ),
    Defect(
        "a key that a dictionary does not have hides other problems",
        "_engine/misread.py",
        {"            if where:  #": "            if not where:  #"},
        (OPTION_VALUES,),
    ),
    Defect(
        "an item that is not a choice hides other problems",
        "_engine/misread.py",
        {'elif each not in about.get("choices", [each]):': "elif not about:"},
        (OPTION_VALUES,),
    ),
    Defect(
        "an option of the wrong type is left to Ansible",
        "_engine/misread.py",
        {"elif _is_wrong(about, value):": "elif not about:"},
        (OPTION_VALUES,),
    ),
    Defect(
        "a rename does not take the lock",
        "_engine/run_one.py",
        {"any(plan.creates or plan.renames for": "any(plan.creates for"},
        (ONE_OF_EACH,),
    ),
    Defect(
        "a size's id that is not a UUID is not accepted",
        "_sevalla/processes.py",
        {'{**{each["id"].lower(): each for each in sizes}, **named}': "named"},
        (PROBLEMS,),
    ),
    Defect(
        "unchanging data is read for every entry",
        "_http/client.py",
        {"if path not in self._kept:": "if path:"},
        (LISTS_PLAN,),
    ),
    Defect(
        "the duration of parallel lost requests counts for each",
        "_http/waiting.py",
        {"self._count(started, self.clock())": "self._counted += self.clock() - started"},
        (THREADS,),
    ),
    Defect(
        "a repeated page is treated as empty",
        "_http/paging.py",
        {"if items and not new:": "if items is new:"},
        (PAGES,),
    ),
    Defect(
        "JSON of any depth is traversed",
        "_http/client.py",
        {"return _NOT_JSON if _is_deep(decoded) else decoded": "return decoded"},
        (ANSWERS, FUZZ_ANSWERS),
    ),
    Defect(
        "a refused certificate is retried",
        "_http/retry.py",
        {"return refused or isinstance(": "return isinstance("},
        (TLS,),
    ),
    Defect(
        "a loopback URL uses a proxy",
        "_http/client.py",
        {'proxies={"http": ""}': "proxies=None"},
        (TLS,),
    ),
    Defect(
        "the outcome of a request that was never sent is unknown",
        "_http/faults.py",
        {"not (cannot_be_sent(error) or never_connected(error))": "not cannot_be_sent(error)"},
        (REPEATING,),
    ),
    Defect(
        "truncated JSON is treated as no response",
        "_http/client.py",
        {
            'raise requests.exceptions.ChunkedEncodingError("the response was cut short") from': (
                "return"
            ),
        },
        (REPEATING,),
    ),
    Defect(
        "a web page is treated as a response",
        "_http/client.py",
        {"if decoded is not _NOT_JSON:": "if method:"},
        (ANSWERS,),
    ),
    Defect(
        "a read-only client can write",
        "_http/client.py",
        {'if method != "GET" and not self._writes:': "if not method:"},
        (REQUESTS,),
    ),
    Defect(
        "the last attempt decides whether an earlier one was stored",
        "_http/client.py",
        {"failure.outcome_unknown or outcome_unknown": "failure.outcome_unknown"},
        (FAULTS_WRITES,),
    ),
    Defect(
        "a server error is treated as not stored",
        "_http/faults.py",
        {"outcome_unknown=no_word,": "outcome_unknown=False,"},
        (ERRORS, REPEATING),
    ),
    Defect(
        "a POST that timed out is retried",
        "_http/faults.py",
        {"resendable=not timed_out(error)": "resendable=True"},
        (REPEATING,),
    ),
    Defect(
        "a POST whose response stalls is retried",
        "_http/retry.py",
        {" or isinstance(_reason(error), ReadTimeoutError)": ""},
        (REPEATING,),
    ),
    Defect(
        "a whole body that is not JSON counts as truncated",
        "_http/client.py",
        {"if response.ok and not is_whole and": "if response.ok and"},
        (ANSWERS,),
    ),
    Defect(
        "field errors are not reported",
        "_http/faults.py",
        {"if isinstance(errors, dict):\n        texts": "if errors is texts:\n        texts"},
        (ERRORS,),
    ),
    Defect(
        "requests are sent after the client was stopped",
        "_http/client.py",
        {
            "            if self.stopped:\n                raise self._faults": (
                "            if not path:\n                raise self._faults"
            ),
        },
        (STOPPED, LISTS_PARALLEL),
    ),
    Defect(
        "a wait continues after the client was stopped",
        "_http/waiting.py",
        {"self._stop.wait(seconds)": "time.sleep(min(6, seconds))"},
        (STOPPED,),
    ),
    Defect(
        "a closed client can be used",
        "_http/client.py",
        {"        self.stop()\n": ""},
        (STOPPED,),
    ),
    Defect(
        "a lock is held while a wait is announced",
        "_http/waiting.py",
        {
            "            self._on_wait(reason, until - now)\n": (
                "            with self._lock:\n                self._on_wait(reason, until - now)\n"
            ),
        },
        (STOPPED,),
    ),
    Defect(
        "a timestamp of Laravel Cloud takes precedence over Retry-After",
        "_laravel_cloud/service.py",
        {"if retry_after is None else retry_after": "if reset or not retry_after else retry_after"},
        (REPEATING,),
    ),
    Defect(
        "SSL_CERT_FILE is ignored",
        "_http/settings.py",
        {', "SSL_CERT_FILE")': ")"},
        (TLS,),
    ),
    Defect(
        "urllib3 warns in addition to the task",
        "_http/client.py",
        {'            warnings.simplefilter("ignore", InsecureRequestWarning)\n': ""},
        (TLS,),
    ),
    Defect(
        "a SOCKS proxy without PySocks is reported as an invalid URL",
        "_http/faults.py",
        {'"SOCKS" in str(error)': "not str(error)"},
        (TLS,),
    ),
    Defect(
        "a session is not closed",
        "_http/client.py",
        {"        self._session.close()\n": "        del self._session.auth\n"},
        (WORKER,),
    ),
)

ONE_OF_EACH_DEFECTS = (
    Defect(
        "tasks on one machine do not wait for each other",
        "_engine/scope_lock.py",
        {"                return self._shared and not look": "                return True"},
        (ONE_OF_EACH,),
    ),
    Defect(
        "a task creates while others read",
        "_engine/scope_lock.py",
        {"            if _locked(self._file, fcntl.LOCK_EX):": "            if self._shared:"},
        (ONE_OF_EACH,),
    ),
    Defect(
        "a task waits for another one forever",
        "_engine/scope_lock.py",
        {
            "            if not client.pause(_LOOK_AGAIN):\n                break": (
                "            client.sleep(_LOOK_AGAIN)"
            ),
            "for look in count():": "for look in range(9999):",
        },
        (ONE_OF_EACH,),
    ),
    Defect(
        "a lock outlives its task",
        "_engine/scope_lock.py",
        {"    finally:\n        lock.release()": "    finally:\n        pass"},
        (ONE_OF_EACH,),
    ),
    Defect(
        "all scopes of a service have one lock",
        "_engine/run_one.py",
        {"return [task.settings.url, backend.collection, *scope]": "return [task.settings.url]"},
        (ONE_OF_EACH,),
    ),
    Defect(
        "tasks that only read cannot share the lock",
        "_engine/scope_lock.py",
        {"_locked(self._file, fcntl.LOCK_SH)": "_locked(self._file, fcntl.LOCK_EX)"},
        (ONE_OF_EACH,),
    ),
    Defect(
        "each host deploys what is pending",
        "_engine/run_deployment.py",
        {"and not lock.take(client, watch.task.progress)": "and not lock"},
        (ONE_OF_EACH,),
    ),
    Defect(
        "a deployment is locked until its end",
        "_engine/run_deployment.py",
        {", on_start=lock.release)": ")"},
        (ONE_OF_EACH,),
    ),
    Defect(
        "a task keeps the lock while it waits for the deployment of another one",
        "_engine/run_deployment.py",
        {"                    lock.release()\n": ""},
        (ONE_OF_EACH,),
    ),
    Defect(
        "the deployments of all scopes have one lock",
        "_engine/run_deployment.py",
        {"[task.settings.url, deployments.noun, scope]": "[task.settings.url]"},
        (ONE_OF_EACH,),
    ),
    Defect(
        "only the times show that the deployment of another task is enough",
        "_engine/run_deployment.py",
        {"newest, processes, later)": "newest, processes)"},
        (ONE_OF_EACH,),
    ),
    Defect(
        "a lock in a folder of someone else",
        "_engine/scope_lock.py",
        {
            "if not stat.S_ISDIR(found.st_mode) or found.st_uid != user:": (
                "if not stat.S_ISDIR(found.st_mode):"
            ),
        },
        (ONE_OF_EACH,),
    ),
    Defect(
        "a lock in a folder that is a link",
        "_engine/scope_lock.py",
        {"os.lstat(folder)": "os.stat(folder)"},
        (ONE_OF_EACH,),
    ),
    Defect(
        "a file system without locks fails the task",
        "_engine/scope_lock.py",
        {"    except OSError:  # Not every file system has locks.\n        return True\n": ""},
        (ONE_OF_EACH,),
    ),
    Defect(
        "the wait for another task is blamed on the service",
        "_engine/module.py",
        {"waited = client.waited - client.waited_for_tasks": "waited = client.waited"},
        (ONE_OF_EACH,),
    ),
    Defect(
        "duplicates of concurrent creations are not searched for",
        "_engine/apply.py",
        {"    if not created or client.stopped:\n": "    if True:\n"},
        (ONE_OF_EACH,),
    ),
    Defect(
        "the list is read for each creation",
        "_engine/apply.py",
        {
            "        found = [str(each": (
                "        live = Live(backend, backend.list_all(client, target.scope))\n"
                "        found = [str(each"
            ),
        },
        (ONE_OF_EACH,),
    ),
    Defect(
        "the list is read again after every write",
        "_engine/apply.py",
        {
            "[writer for writer in writers if writer.plan.creates and writer.done]": (
                "[writer for writer in writers if writer.done]"
            ),
        },
        (ONE_OF_EACH,),
    ),
    Defect(
        "a duplicate is reported as no change",
        "_engine/apply.py",
        {'    duplicates.result["changed"] = True\n': ""},
        (ONE_OF_EACH,),
    ),
)
APPLY_DEFECTS = (
    Defect(
        "the threads of an interrupted task continue to write",
        "_engine/parallel.py",
        {"        waiting.clear()\n        stop()\n": ""},
        (LISTS_PARALLEL,),
    ),
    Defect(
        "an interrupted task waits for running requests",
        "_engine/parallel.py",
        {
            "        waiting.clear()\n        stop()\n": (
                "        waiting.clear()\n        stop()\n"
                "        for worker in workers:\n            worker.join()\n"
            ),
        },
        (LISTS_PARALLEL,),
    ),
    Defect(
        "a POST is retried without a read of the list",
        "_engine/lost_post.py",
        {"for seconds in _LOOK_AFTER:": "for seconds in ():"},
        (FAULTS_WRITES,),
    ),
    Defect(
        "a POST is retried when the list could not be read",
        "_engine/lost_post.py",
        {"raise lost from None": "continue"},
        (FAULTS_CREATING,),
    ),
    Defect(
        "a POST is retried although it may be stored later",
        "_engine/lost_post.py",
        {"(lost.resendable and is_resent)": "is_resent"},
        (FAULTS_WRITES,),
    ),
    Defect(
        "a process found after a lost POST is not compared",
        "_engine/apply.py",
        {"if unstored(resource, step.body or {}, found):": "if not found:"},
        (FAULTS_CREATING,),
    ),
    Defect(
        "the fields of the created process are not verified",
        "_engine/apply.py",
        {
            "return self._verified(step, item_path(": (
                "return process\n        return self._verified(step, item_path("
            ),
        },
        (FAULTS_CREATING,),
    ),
    Defect(
        "the response to a PATCH is not verified",
        "_engine/apply.py",
        {"return self._verified(step, step.path, process)": "return process"},
        (FAULTS_WRITES, SWITCHES),
    ),
    Defect(
        "a 404 on PATCH is treated as success",
        "_engine/apply.py",
        {
            "            if step.cleared and failure.status in (400, 422):\n": (
                "            if failure.status == 404:\n"
                '                return {"id": step.path.rpartition("/")[2], **(step.body or {})}\n'
                "            if step.cleared and failure.status in (400, 422):\n"
            ),
        },
        (FAULTS_WRITES,),
    ),
    Defect(
        "a lost POST is retried without a limit",
        "_engine/lost_post.py",
        {"_POSTS = 3": "_POSTS = 9"},
        (FAULTS_CREATING,),
    ),
    Defect(
        "a lost POST is searched for only once",
        "_engine/lost_post.py",
        {"_LOOK_AFTER = (1.0, 2.0)": "_LOOK_AFTER = (1.0,)"},
        (FAULTS_CREATING,),
    ),
    Defect(
        "a new process without its identity is ignored",
        "_engine/apply.py",
        {"        if found is None and unclear:\n": "        if found and unclear:\n"},
        (FAULTS_CREATING,),
    ),
    Defect(
        "a process of someone else is adopted although it cannot become the wanted one",
        "_engine/apply.py",
        {"            if again.problems:\n": "            if again.problems is None:\n"},
        (FAULTS_CREATING,),
    ),
    Defect(
        "the name of a size is sent when an adopted process is changed",
        "_engine/apply.py",
        {"            self._backend.resolve_names(self._client, again)\n": ""},
        (FAULTS_CREATING,),
    ),
    Defect(
        "an adopted creation is not reported as done",
        "_engine/apply.py",
        {"self._stored.append(step)\n            return process": "return process"},
        (FAULTS_CREATING, FAULTS_INTERRUPTED),
    ),
    Defect(
        "a write whose outcome is unknown is not named",
        "_engine/apply.py",
        {"                self._unknown.append(step)\n": "                pass\n"},
        (FAULTS_WRITES,),
    ),
    Defect(
        "the response to a DELETE is treated as a process",
        "_engine/apply.py",
        {'if step.method == "DELETE" or (step': "if (step"},
        (SEVALLA, LARAVEL_CLOUD),
    ),
    Defect(
        "a 404 on DELETE is a failure",
        "_engine/apply.py",
        {'if failure.code != "not_found":': "if failure.status:"},
        (SEVALLA, FAULTS_WRITES),
    ),
    Defect(
        "a page with 404 means that the process is absent",
        "_http/client.py",
        {"response.status_code == 404 and decoded is _NOT_JSON": "False"},
        ("client/test_http_errors.py", FAULTS_WRITES, FAULTS_READS),
    ),
    Defect(
        "a refused DELETE is treated as success",
        "_engine/apply.py",
        {'if failure.code != "not_found":': "if not failure.status:"},
        (SEVALLA, LARAVEL_CLOUD, RESULTS),
    ),
    Defect(
        "the second request of a creation uses a placeholder id",
        "_engine/apply.py",
        {"step.path.replace(NEW_ID, new_id)": "step.path"},
        (FAULTS_INTERRUPTED,),
    ),
    Defect(
        "a failure after a write says that nothing was changed",
        "_engine/apply.py",
        {'failure.result["changed"] = bool(self._stored)': 'failure.result["changed"] = False'},
        (FAULTS_INTERRUPTED,),
    ),
    Defect(
        "a lost write is reported as no change",
        "_engine/module.py",
        {"failure.nothing_changed = not failure.outcome_unknown": "failure.nothing_changed = True"},
        (FAULTS_WRITES,),
    ),
    Defect(
        "check mode writes",
        "_engine/run_one.py",
        {"if task.check_mode or not any(": "if not any("},
        (SEVALLA, LARAVEL_CLOUD),
    ),
    Defect(
        "a write that fails does not stop the list",
        "_engine/apply.py",
        {"if writer.failure is not None and (writer": "if writer.failure is None and (writer"},
        (LISTS_PARTIAL,),
    ),
    Defect(
        "a write that was not sent counts as failed",
        "_engine/apply.py",
        {'if failure.code == "interrupted" and': "if not failure.code and"},
        (LISTS_PARALLEL,),
    ),
    Defect(
        "continue_on_error is ignored",
        "_engine/apply.py",
        {"(writer.plan.deletes or not continue_on_error)": "writer.plan"},
        (LISTS_PARTIAL,),
    ),
    Defect(
        "a process is deleted although its replacement could not be created",
        "_engine/apply.py",
        {"if deleting and any(writer.failure for": "if deleting and not any(writer.plan for"},
        (LISTS_PARTIAL,),
    ),
    Defect(
        "with continue_on_error, deletions continue after a failed one",
        "_engine/apply.py",
        {"(writer.plan.deletes or not continue_on_error)": "not go_on"},
        (LISTS_PARTIAL,),
    ),
    Defect(
        "every setting inside an option counts as not stored",
        "_core/stored.py",
        {"[key for key in inside if not field.shape.same({key: want[key]}, have)]": "list(inside)"},
        (LISTS_STORED,),
    ),
    Defect(
        "a concurrent change by someone else is not reported",
        "_engine/apply.py",
        {"        self._warn_of_changes(process)\n": ""},
        (LISTS_STORED,),
    ),
    Defect(
        "deletions are sent first",
        "_engine/apply.py",
        {"for deleting in (False, True):": "for deleting in (True, False):"},
        (LISTS_PLAN, LISTS_PARALLEL),
    ),
    Defect(
        "prune accepts an empty list",
        "_engine/run_list.py",
        {'if params["prune"] and not params[backend.plural]:': 'if params["prune"] is None:'},
        (LISTS_PLAN,),
    ),
    Defect(
        "completed steps before a failure are not reported",
        "_engine/run_list.py",
        {
            '"steps_done": [step.as_result() for writer in writers for step in writer.done]': (
                '"steps_done": list(plans[:0])'
            )
        },
        (LISTS_PARTIAL,),
    ),
    Defect(
        "steps not attempted after a failure are not reported",
        "_engine/run_list.py",
        {"for step in writer.not_attempted": "for step in writer.plan.steps[:0]"},
        (LISTS_PARTIAL,),
    ),
    Defect(
        "more writes are in flight than max_parallel allows",
        "_engine/parallel.py",
        {"in range(threads)]": "in range(2 * threads)]"},
        (LISTS_PARALLEL,),
    ),
    Defect(
        "warnings about fields that were not stored are lost",
        "_engine/run_one.py",
        {"_warn(task, writer.warnings)": "_warn(task, writer.warnings[1:])"},
        (FAULTS_WRITES,),
    ),
    Defect(
        "check mode does not validate",
        "_engine/run_one.py",
        {
            "_warn(task, validate(backend, client, plans))": (
                "_ = task.check_mode or _warn(task, validate(backend, client, plans))"
            ),
        },
        (SEVALLA, LARAVEL_CLOUD),
    ),
    Defect(
        "the schema check is imported without a body",
        "_engine/run_one.py",
        {"if any(plan.problems or (plan.steps and not plan.deletes) for": "if any(True for"},
        (IMPORTS,),
    ),
    Defect(
        "the schema check is imported for a deletion",
        "_engine/run_one.py",
        {"(plan.steps and not plan.deletes)": "plan.steps"},
        (IMPORTS,),
    ),
    Defect(
        "the retry code is imported without a retry",
        "_http/client.py",
        {
            "if response.status_code < 300 or": "if self._faults and response.status_code < 300 or",
        },
        (IMPORTS,),
    ),
)

PLAN_DEFECTS = (
    Defect(
        "0, false and empty strings count as not set",
        "_engine/options.py",
        {"if value is not None and value != {}:": "if value:"},
        (OPTION_VALUES,),
    ),
    Defect(
        "0, false and empty strings are omitted from an update",
        "_core/planner.py",
        {
            "if want is None and not unset:": "if not want and not unset:",
        },
        (PLAN_SEVALLA, PLAN_LARAVEL_CLOUD),
    ),
    Defect(
        "0, false and empty strings are omitted from a creation",
        "_core/planner.py",
        {"        if want is None:\n": "        if not want:\n"},
        (PLAN_LARAVEL_CLOUD, PLAN_SEVALLA),
    ),
    Defect(
        "0 and false mean not set",
        "_core/fields.py",
        {
            'return value is None or value == "" or value == {} or value == []': (
                "return not value"
            ),
        },
        (TABLE,),
    ),
    Defect(
        "nulls are sent",
        "_core/fields.py",
        {"in value.items() if item is not None}": "in value.items()}"},
        (OPTION_VALUES,),
    ),
    Defect(
        "the setting that was not stored is not named",
        "_core/stored.py",
        {"inside = want if": "inside = {} if"},
        (TABLE, LISTS_STORED),
    ),
    Defect(
        "a setting that was not stored is also a change by someone else",
        "_engine/apply.py",
        {'self._warned.update(name.partition(".")[0] for': "self._warned.update(name for"},
        (LISTS_STORED,),
    ),
    Defect(
        "numbers are compared by type",
        "_core/fields.py",
        {"(number(have) if isinstance(want, int) else have)": "have"},
        (TABLE,),
    ),
    Defect(
        "true equals 1",
        "_core/fields.py",
        {
            "if isinstance(want, bool) or isinstance(have, bool):": (
                "if isinstance(want, bool) and isinstance(have, bool):"
            ),
        },
        (TABLE,),
    ),
    Defect(
        "a list equals a longer one with the same start",
        "_core/fields.py",
        {"and len(have) == len(want)": "and len(have) >= len(want)"},
        (TABLE,),
    ),
    Defect(
        "the order of a list is ignored",
        "_core/fields.py",
        {
            "all(covers(*pair) for pair in zip(have, want))": (
                "all(any(covers(one, other) for one in have) for other in want)"
            ),
        },
        (TABLE, LARAVEL_CLOUD),
    ),
    Defect(
        "a field missing from the response is treated as equal",
        "_core/fields.py",
        {"return UNKNOWN\n        return self": "return want\n        return self"},
        (PLAN_SEVALLA, PLAN_LARAVEL_CLOUD),
    ),
    Defect(
        "the first of several processes with a name is used",
        "_core/planner.py",
        {"if len(found) > 1:": "if len(found) > 100:"},
        (ADDRESSING, LARAVEL_CLOUD),
    ),
    Defect(
        "an update is one PATCH for each field",
        "_core/planner.py",
        {
            "plan.steps = [step._replace(cleared=tuple(cleared))]": (
                "plan.steps = [step._replace(body={wire: body[wire]}) for wire in body]"
            ),
        },
        (PLAN_SEVALLA, SEVALLA),
    ),
    Defect(
        "a changed immutable field is silently ignored",
        "_core/planner.py",
        {"            plan.problems.append(Problem(option, what))\n": ""},
        (PLAN_SEVALLA, LARAVEL_CLOUD),
    ),
    Defect(
        "an empty field is cleared again in every run",
        "_core/planner.py",
        {"    if is_empty(have):\n": "    if False:\n"},
        (PLAN_SEVALLA, SEVALLA),
    ),
    Defect(
        "a field that only a PATCH accepts is sent with the POST",
        "_core/planner.py",
        {"(first if field.on_create else then)[field.wire]": "first[field.wire]"},
        (SEVALLA, PLAN_SEVALLA),
    ),
    Defect(
        "a deployment is required after every change",
        "_core/plan.py",
        {"any(step.needs_deployment for step in self.steps)": "bool(self.steps)"},
        (SEVALLA, PLAN_SEVALLA),
    ),
    Defect(
        "an id is put into a path without quoting",
        "_core/planner.py",
        {'quote(str(process["id"]), safe="")': 'str(process["id"])'},
        (ADDRESSING,),
    ),
    Defect(
        "a process without its name is treated as another one",
        "_core/planner.py",
        {"        refuse_unclear(resource, address, live)\n": "        pass\n"},
        (LIST, FAULTS_READS),
    ),
    Defect(
        "two entries of a list may be the same process",
        "_core/planner.py",
        {
            '            plan.problems.append(Problem("", same(resource, first, plan)))\n': (
                "            continue\n"
            ),
        },
        (LIST,),
    ),
    Defect(
        "two entries that address a process in two ways are two processes",
        "_core/planner.py",
        {
            "first_of.setdefault(id(plan.live), plan)": (
                "first_of.setdefault(hash(plan.address.words), plan)"
            ),
        },
        (LIST,),
    ),
    Defect(
        "two entries may become the same process",
        "_core/rivals.py",
        {"_refuse(second, _becomes_same(": "str(_becomes_same("},
        (LISTS_PLAN,),
    ),
    Defect(
        "a change by id may take the name of another existing process",
        "_core/rivals.py",
        {"            elif other:\n": "            elif other and not other:\n"},
        (LISTS_PLAN,),
    ),
    Defect(
        "a process that is read by its id is not compared with the others",
        "_engine/run_one.py",
        {"any(plan.renames for plan in plans)": "not plans"},
        (LISTS_PLAN,),
    ),
    Defect(
        "an entry without an id may match what another entry creates",
        "_core/rivals.py",
        {"each is not plan and each.steps)": "each is not plan and not each.entry)"},
        (LISTS_PLAN,),
    ),
    Defect(
        "the type does not distinguish processes with the same name",
        "_core/resource.py",
        {"type_)] if type_ else []": "type_)] if not name else []"},
        (LISTS_PLAN, ADDRESSING),
    ),
    Defect(
        "planning compares every entry with every existing process",
        "_core/plan.py",
        {
            "return self._found.get(key, [])": (
                "return [each for each in self.all if key in self.keys(each)]"
            ),
        },
        ("plan/test_plan_growth.py",),
    ),
    Defect(
        "only the first failed entry is reported",
        "_core/planner.py",
        {
            "        failures[0].others += failures[1:]\n": "",
        },
        (LIST,),
    ),
    Defect(
        "prune is always on",
        "_core/planner.py",
        {"live, others) if prune else []": "live, others) if plans else []"},
        (LIST,),
    ),
    Defect(
        "prune deletes what is in the list",
        "_core/planner.py",
        {"if id(each) not in addressed]": "if each]"},
        (LIST,),
    ),
    Defect(
        "prune deletes a web process",
        "_core/planner.py",
        {"        if resource.undeletable(process) is None:\n": "        if process:\n"},
        (LIST,),
    ),
    Defect(
        "prune deletes what may be in the list",
        "_core/planner.py",
        {
            "live.unclear(kinds) if id(each) not in listed": (
                "live.unclear(kinds) if id(each) in listed"
            ),
        },
        (LIST,),
    ),
    Defect(
        "a process that cannot be deleted is deleted",
        "_core/planner.py",
        {"    if reason:\n": "    if reason and not plan.live:\n"},
        (SEVALLA, PLAN_SEVALLA),
    ),
)

SEVALLA_DEFECTS = (
    Defect(
        "an adopted process is sent a size that it has",
        "_engine/apply.py",
        {"            resource.complete(self._client, [found])\n": ""},
        (FAULTS_CREATING,),
    ),
    Defect(
        "a new name sends a size that lists show without its name",
        "_engine/run_one.py",
        {"            live = [live[0] if each": "            live = [each if each"},
        (SEVALLA,),
    ),
    Defect(
        "any id in a response of Sevalla becomes a path",
        "_sevalla/service.py",
        {'isinstance(value.get("id"), str) and is_id(value["id"])': 'value.get("id")'},
        (FUZZ_ANSWERS,),
    ),
    Defect(
        "a process without a type may be deleted as if it were not a web process",
        "_sevalla/processes.py",
        {
            '    if process.get("type") is None:\n': "    if not process:\n",
            'if process["type"] == "web" else None': 'if process.get("type") == "web" else None',
        },
        (LIST,),
    ),
    Defect(
        "a process with the type null may be deleted as if it were not a web process",
        "_sevalla/processes.py",
        {'    if process.get("type") is None:\n': '    if "type" not in process:\n'},
        (LIST, ADDRESSING),
    ),
    Defect(
        "a web process is created although one without a type exists",
        "_sevalla/processes.py",
        {'yield ("type", UNKNOWN) if live.get("type") is None else shown': "yield shown"},
        (ADDRESSING,),
    ),
    Defect(
        "a process whose identity is not shown is reported as missing",
        "_sevalla/one_process.py",
        {"        refuse_unclear(PROCESSES, named, index)\n": ""},
        (PROCESS_EXEC,),
    ),
    Defect(
        "a display name takes precedence over the unique name of an application",
        "_sevalla/service.py",
        {
            'for key in ("name", "display_name"):': 'for key in ("display_name", "name"):',
        },
        (READING,),
    ),
    Defect(
        "existing settings of a scaling strategy are lost",
        "_sevalla/processes.py",
        {"return overlay(want, have) if same_kind else want": "return want"},
        (PLAN_SEVALLA,),
    ),
    Defect(
        "another type of scaling strategy gets the settings of the old one",
        "_sevalla/processes.py",
        {
            'isinstance(have, dict) and want.get("type") in (None, have.get("type"))': (
                "isinstance(have, dict)"
            ),
        },
        (PLAN_SEVALLA,),
    ),
    Defect(
        "settings of the other type of scaling strategy are treated as existing",
        "_sevalla/processes.py",
        {'if (key == "instance_count") == (wire.get("type") == "manual")': "if key"},
        (PLAN_SEVALLA, SWITCHES),
    ),
    Defect(
        "existing settings of a probe are lost",
        "_sevalla/processes.py",
        {"return overlay(want, have) if _same_probe_kind(want, have) else want": "return want"},
        (PLAN_SEVALLA,),
    ),
    Defect(
        "another handler of a probe is added to the old one",
        "_sevalla/processes.py",
        {
            "return overlay(want, have) if _same_probe_kind(want, have) else want": (
                "return overlay(want, have)"
            ),
        },
        (PLAN_SEVALLA,),
    ),
    Defect(
        "the old handler of a probe is not set to null",
        "_sevalla/processes.py",
        {
            "{key: None for key in have if key not in value} if isinstance(have, dict) else {}": (
                "{}"
            ),
        },
        (PLAN_SEVALLA, SWITCHES),
    ),
    Defect(
        "a list without a last page ends with the first one",
        "_laravel_cloud/pages.py",
        {'count + 1 if at(page, "links.next") else count': "count"},
        (PAGES,),
    ),
    Defect(
        "a 404 of the application is treated as no processes",
        "_sevalla/processes.py",
        {
            "        with of_application(application):\n": "        try:\n",
            "            return list(walk(client, path))\n": (
                "            return list(walk(client, path))\n"
                "        except Failure as failure:\n"
                "            if failure.status != 404:\n"
                "                raise\n"
                "            return []\n"
            ),
        },
        (FAULTS_READS, SEVALLA),
    ),
    Defect(
        "a 404 of one process is never treated as one of the application",
        "_sevalla/processes.py",
        {"return self.list_all(client, application)\n\n    def": "return []\n\n    def"},
        (FAULTS_READS, SEVALLA),
    ),
    Defect(
        "the first of several applications with a display name is used",
        "_sevalla/service.py",
        {"    if len(ids) > 1:\n": "    if len(ids) < 0:\n"},
        (READING,),
    ),
    Defect(
        "a web process can be deleted",
        "_sevalla/processes.py",
        {'return _UNDELETABLE if process["type"] == "web" else None': "return None"},
        (SEVALLA, PLAN_SEVALLA),
    ),
    Defect(
        "min_instance_count may be above max_instance_count",
        "_sevalla/processes.py",
        {"isinstance(high, int) and low > high:": "isinstance(high, int) and low > 50:"},
        (PROBLEMS, SEVALLA),
    ),
    Defect(
        "a probe may have two handlers",
        "_sevalla/processes.py",
        {"if count > 1 or (sent": "if (sent"},
        (PROBLEMS, SEVALLA),
    ),
    Defect(
        "a worker may have options of a web process",
        "_sevalla/processes.py",
        {"and process_type not in field.only_for:": "and process_type is None:"},
        (PROBLEMS, SEVALLA),
    ),
    Defect(
        "a cron process needs no schedule",
        "_sevalla/processes.py",
        {'process_type == "cron" and not options.get("schedule"):': "not FIELDS:"},
        (PROBLEMS, SEVALLA),
    ),
    Defect(
        "names of sizes are used in the case in which they are set",
        "_sevalla/processes.py",
        {"clean=str.lower": "clean=str"},
        (OPTION_VALUES, SEVALLA),
    ),
    Defect(
        "names of sizes are compared in the case that the service shows",
        "_sevalla/processes.py",
        {"return value.lower() if isinstance(value, str) else value": "return value"},
        (PLAN_SEVALLA, SEVALLA),
    ),
    Defect(
        "sizes are looked up for every write",
        "_sevalla/processes.py",
        {"if wanted is None or is_id(wanted):": "if wanted is None:"},
        (PROBLEMS, SEVALLA),
    ),
    Defect(
        "sizes are looked up for every read",
        "_sevalla/processes.py",
        {"    if nameless:\n": "    if live:\n"},
        (SEVALLA,),
    ),
    Defect(
        "sizes are looked up for processes that show no size",
        "_sevalla/processes.py",
        {'is None and each.get("resource_type_id")\n': "is None\n"},
        (SEVALLA,),
    ),
    Defect(
        "a missing name of a size is a difference",
        "_sevalla/processes.py",
        {
            'if each.get("resource_type_name") is None and': (
                'if each.get("resource_type_name", "") is None and'
            ),
        },
        (SEVALLA,),
    ),
    Defect(
        "ids are compared by case",
        "_sevalla/processes.py",
        {'options["id"].lower()': 'options["id"]'},
        (ADDRESSING,),
    ),
)

LARAVEL_CLOUD_DEFECTS = (
    Defect(
        "any id in a response of Laravel Cloud becomes a path",
        "_laravel_cloud/service.py",
        {'and re.fullmatch(r"[0-9A-Za-z]+(-[0-9A-Za-z]+)*", value["id"])': 'and value["id"]'},
        (FUZZ_ANSWERS,),
    ),
    Defect(
        "an attribute named id is used as the id",
        "_laravel_cloud/service.py",
        {
            '{**resource["attributes"], "id": resource["id"], f': (
                '{"id": resource["id"], **resource["attributes"], f'
            ),
        },
        (FUZZ_ANSWERS,),
    ),
    Defect(
        "an environment with the user's variables is read",
        "_laravel_cloud/service.py",
        {
            ", or_name=True):\n        return environment\n": (
                ", or_name=True):\n"
                '        return str(client.get(f"/environments/{environment}")["data"]["id"])\n'
            ),
        },
        (LARAVEL_CLOUD,),
    ),
    Defect(
        "existing settings of a config are lost",
        "_laravel_cloud/processes.py",
        {"return {**have, **want} if isinstance(have, dict) else want": "return want"},
        (PLAN_LARAVEL_CLOUD, LARAVEL_CLOUD),
    ),
    Defect(
        "nulls of the existing config are sent",
        "_laravel_cloud/processes.py",
        {"shown.items() if not is_empty(value)}": "shown.items() if key in wire}"},
        (PLAN_LARAVEL_CLOUD, LARAVEL_CLOUD),
    ),
    Defect(
        "a force of null does not equal false",
        "_laravel_cloud/processes.py",
        {'"rest": 0, "force": False}': '"rest": 0}'},
        (PLAN_LARAVEL_CLOUD, LARAVEL_CLOUD),
    ),
    Defect(
        "a rest of null does not equal 0",
        "_laravel_cloud/processes.py",
        {'"rest": 0, "force": False}': '"force": False}'},
        (PLAN_LARAVEL_CLOUD, LISTS_STORED),
    ),
    Defect(
        "a sleep of null equals 0",
        "_laravel_cloud/processes.py",
        {'"rest": 0, "force": False}': '"rest": 0, "sleep": 0, "force": False}'},
        (PLAN_LARAVEL_CLOUD, LISTS_STORED),
    ),
    Defect(
        "the order of queues is ignored",
        "_laravel_cloud/processes.py",
        {
            "    return [name.strip() for text in texts": (
                "    return [*sorted(name.strip() for text in texts"
            ),
            'for name in str(text).split(",") if name.strip()]': (
                'for name in str(text).split(",") if name.strip())]'
            ),
        },
        (LARAVEL_CLOUD, PLAN_LARAVEL_CLOUD),
    ),
    Defect(
        "blanks around a live connection are a difference",
        "_laravel_cloud/processes.py",
        {"key: stripped(wire.get(key)) for": "key: wire.get(key) for"},
        (LARAVEL_CLOUD,),
    ),
    Defect(
        "an instance is not found by its name if the live one has blanks around it",
        "_laravel_cloud/instances.py",
        {'"name": stripped(live["name"])}': '"name": live["name"]}'},
        (INSTANCES,),
    ),
    Defect(
        "replicas that the user did not give are reported",
        "_laravel_cloud/instances.py",
        {'        if filled["scaling_type"] == "auto":\n            return filled\n': ""},
        (INSTANCES,),
    ),
    Defect(
        "a live number of replicas that is a string is not compared",
        "_laravel_cloud/instances.py",
        {"(number(known.get(option)) for": "(known.get(option) for"},
        (PROBLEMS,),
    ),
    Defect(
        "queues are sent as a list",
        "_laravel_cloud/processes.py",
        {'"queue": ",".join(value["queue"])}': '"queue": value["queue"]}'},
        (PLAN_LARAVEL_CLOUD, LARAVEL_CLOUD),
    ),
    Defect(
        "a worker is addressed without its queue",
        "_laravel_cloud/processes.py",
        {
            'for key in ("connection", "queue") if key in config}': (
                'for key in ("connection",) if key in config}'
            ),
        },
        (ADDRESSING, LARAVEL_CLOUD),
    ),
    Defect(
        "a 404 of the instance is treated as no processes",
        "_laravel_cloud/service.py",
        {
            "        items = listed(self.parent, scope, walk(client, path))\n": (
                "        try:\n"
                "            items = list(walk(client, path))\n"
                "        except Failure as failure:\n"
                "            if failure.status != 404:\n"
                "                raise\n"
                "            return []\n"
            ),
        },
        (LARAVEL_CLOUD, RESULTS),
    ),
    Defect(
        "the first of several instances with a name is used",
        "_laravel_cloud/service.py",
        {"    if len(found) > 1:\n": "    if not found:\n"},
        (READING,),
    ),
    Defect(
        "processes that a page does not include are lost",
        "_laravel_cloud/service.py",
        {
            "if ids is None or any(each not in included for each in ids):": "if ids is None:",
            "for each in ids]\n": "for each in ids if each in included]\n",
        },
        (READING,),
    ),
    Defect(
        "any worker can be deleted without an address",
        "_laravel_cloud/processes.py",
        {'if process_type == "worker" and state == "absent":': 'if state == "unknown":'},
        (ADDRESSING, LARAVEL_CLOUD),
    ),
    Defect(
        "settings of a worker are accepted for a custom process",
        "_laravel_cloud/processes.py",
        {"""if process_type != "worker" and "config" in options:""": "if not FIELDS:"},
        (PROBLEMS, LARAVEL_CLOUD),
    ),
)

OPTION_DEFECTS = (
    Defect(
        "an empty variable hides the next one",
        "_engine/options.py",
        {"if os.environ.get(name):": "if name in os.environ:"},
        (OPTION_VALUES,),
    ),
    Defect(
        "a ca_path is used although validate_certs is off",
        "_http/settings.py",
        {
            "    if not validate_certs:\n": "    if not (validate_certs or ca_path):\n",
        },
        (OPTION_VALUES,),
    ),
    Defect(
        "an option can be set and cleared",
        "_engine/options.py",
        {"            if at(entry.options, option) is not None\n": "            if not option\n"},
        (OPTION_VALUES,),
    ),
    Defect(
        "the range of a number is not reported",
        "_engine/validation.py",
        {'f"must be {allowed}, not {value}"': '"is out of range"'},
        (PROBLEMS,),
    ),
    Defect(
        "the choices of an option are not reported",
        "_engine/validation.py",
        {
            """f"must be one of {', '.join(str(choice) for choice in error.validator_value)}\"""": (
                '"is none of the choices"'
            ),
        },
        (PROBLEMS,),
    ),
    Defect(
        "a message quotes a value that may be secret",
        "_engine/validation.py",
        {
            """return f"must be {' or '.join(_TYPES.get(name, name) for name in names)}\"""": (
                "return str(error.message)"
            ),
        },
        (PROBLEMS,),
    ),
    Defect(
        "a message about a length quotes the value",
        "_engine/validation.py",
        {'characters, not {len(value)}"': 'characters, not {len(value)}: {value}"'},
        (PROBLEMS,),
    ),
    Defect(
        "a live value is reported as an invalid option",
        "_engine/validation.py",
        {"    if plan.live is None:\n": "    if plan.entry:\n"},
        (PROBLEMS, LARAVEL_CLOUD),
    ),
    Defect(
        "an invalid item of a list is not reported for an update",
        "_engine/validation.py",
        {'problem.option.partition("[")[0]': "problem.option"},
        (PROBLEMS,),
    ),
    Defect(
        "only the first error is reported",
        "_engine/validation.py",
        {
            "in Draft7Validator(schema).iter_errors(body):": (
                "in list(Draft7Validator(schema).iter_errors(body))[:1]:"
            ),
        },
        (PROBLEMS,),
    ),
)

DEPLOYMENT_DEFECTS = (
    Defect(
        "an old success that was not read does not count",
        "_engine/pending.py",
        {"len(deployments) < _PAGE or not ended": "True"},
        (PENDING,),
    ),
    Defect(
        "a command that may run is sent again",
        "_engine/lost_post.py",
        {"(lost.resendable and is_resent)": "lost.resendable"},
        (COMMAND,),
    ),
    Defect(
        "a deployment in the second of a change includes it",
        "_engine/pending.py",
        {"when > change": "when >= change"},
        (PENDING,),
    ),
    Defect(
        "a change while a deployment is queued is missed",
        "_sevalla/deployments.py",
        {'deployment.get("created_at")': 'deployment.get("started_at")'},
        (PENDING,),
    ),
    Defect(
        "a failed deployment leaves nothing pending",
        "_engine/pending.py",
        {"if ended and ended[0] is not deployed:": "if ended and deployed is None:"},
        (PENDING,),
    ),
    Defect(
        "a running deployment is not waited for",
        "_engine/run_deployment.py",
        {"                if found.under_way:\n": "                if not found:\n"},
        (PENDING,),
    ),
    Defect(
        "any running deployment is enough",
        "_engine/pending.py",
        {"(newest is None or not started(each) or includes(each, newest))": "each"},
        (PENDING,),
    ),
    Defect(
        "a list of deployments is always newest first",
        "_engine/pending.py",
        {"ordered = deployments[::-1] if is_oldest": "ordered = deployments if is_oldest"},
        (PENDING,),
    ),
    Defect(
        "a malformed timestamp is not a change",
        "_engine/pending.py",
        {"_ALWAYS = datetime.max": "_ALWAYS = datetime.min"},
        (PENDING,),
    ),
    Defect(
        "a deployment that starts at the time of the change includes it",
        "_engine/run_deployment.py",
        {"client.sleep(_RESOLUTION)": "pass"},
        (PENDING,),
    ),
    Defect(
        "a deployment of someone else is reported as a change",
        "_engine/watch.py",
        {"changed=ours and bool(self.operation)": "changed=bool(self.operation)"},
        (PENDING,),
    ),
    Defect(
        "a log that cannot be read hides the failure",
        "_engine/run_deployment.py",
        {"            failed = FailedStep(None, [], failure)\n": "            raise\n"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "the name of the failed step is lost with the log",
        "_sevalla/deployments.py",
        {"FailedStep(name, [], None if": "FailedStep(None, [], None if"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "a log that Sevalla does not have counts as one that cannot be read",
        "_sevalla/deployments.py",
        {"None if failure.status == 404 else failure": "failure"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "the message of a failed step is not its output",
        "_sevalla/deployments.py",
        {' or lines_of(failed.get("message"))': ""},
        (DEPLOYMENTS,),
    ),
    Defect(
        "the steps of a failed deployment are not in the details",
        "_engine/run_deployment.py",
        {'        if deployment.get("steps"):': "        if not deployment:"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "the message of a failure contains the log in spite of no_log",
        "_engine/module.py",
        {"failure.hides_printed = task.no_log": "failure.hides_printed = False"},
        (NO_LOG,),
    ),
    Defect(
        "the whole log is in the message",
        "_core/output.py",
        {" if line][-_LAST_LINES:]": " if line]"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "an already listed deployment is mistaken for the lost one",
        "_engine/start.py",
        {'known_ids = {operation["id"] for operation in before}': "known_ids: set[str] = set()"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "several candidates for the lost deployment are a list that cannot be read",
        "_engine/lost_post.py",
        {"if failure.outcome_unknown:  #": "if failure is lost:  #"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "one of several candidates for the lost deployment is used",
        "_engine/start.py",
        {"        if len(found) > 1:\n": "        if not operations:\n"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "a deployment that may still be started is retried",
        "_engine/lost_post.py",
        {"(lost.resendable and is_resent)": "is_resent"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "any new deployment is mistaken for the lost one",
        "_engine/start.py",
        {" and operations.may_come_of(step, operation)": ""},
        (DEPLOYMENTS,),
    ),
    Defect(
        "a deployment is retried without a read of the list",
        "_engine/lost_post.py",
        {"for seconds in _LOOK_AFTER:": "for seconds in ():"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "the last pause exceeds wait_timeout",
        "_engine/watch.py",
        {"client.sleep(min(pause, left))": "client.sleep(pause)"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "the pauses between reads count as waiting",
        "_engine/watch.py",
        {"client.sleep(min(pause, left))": "client.pause(min(pause, left))"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "a rate limit beyond wait_timeout is waited for",
        "_engine/watch.py",
        {
            'client.deadline = self._started + params["wait_timeout"]': (
                'deadline = self._started + params["wait_timeout"]'
            ),
            "left = client.deadline - client.clock()": "left = deadline - client.clock()",
        },
        (DEPLOYMENTS,),
    ),
    Defect(
        "a read is retried at once after a rate limit without api_max_wait left",
        "_engine/watch.py",
        {"pause = max(pause, _RATE_WINDOW)": 'pause = float(params["poll_interval"])'},
        (DEPLOYMENTS,),
    ),
    Defect(
        "a deployment that has disappeared is waited for",
        "_engine/watch.py",
        {" and age < _LAG)": ")"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "a deployment that a read does not find yet is lost",
        "_engine/watch.py",
        {"_LAG = 30.0": "_LAG = 0.0"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "a failed read loses the deployment",
        "_engine/watch.py",
        {"            if failure.code in _PASSING or (": "            if ("},
        (DEPLOYMENTS,),
    ),
    Defect(
        "an unknown status with finished_at is waited for",
        "_engine/watch.py",
        {'return bool(operation.get("finished_at"))': "return False"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "an unknown status is final",
        "_engine/watch.py",
        {'return bool(operation.get("finished_at"))': "return True"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "any final status is a success",
        "_engine/run_deployment.py",
        {"        if status == self.statuses.success:\n": "        if status:\n"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "a failed deployment is reported as no change",
        "_engine/watch.py",
        {"changed=ours and bool(self.operation)": "changed=False"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "each read is reported as a change of the status",
        "_engine/watch.py",
        {
            'if self.statuses and self.statuses[-1]["status"] == status:': (
                "if not self.operation:"
            ),
        },
        (DEPLOYMENTS,),
    ),
    Defect(
        "it waits when it should not",
        "_engine/watch.py",
        {'        if not params["wait"]:\n': "        if not params:\n"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "check mode deploys",
        "_engine/start.py",
        {"    if watch.task.check_mode:\n": "    if not watch:\n"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "a deployment by a push is mistaken for the lost one",
        "_sevalla/deployments.py",
        {'operation.get("type") != "automatic"': "True"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "a deployment of another kind is mistaken for the lost one",
        "_sevalla/deployments.py",
        {'(trigger not in _TRIGGERS or trigger == wanted["trigger"])': "True"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "a deployment of another branch is mistaken for the lost one",
        "_sevalla/deployments.py",
        {'(not branch or branch == wanted.get("branch", branch))': "True"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "a deployment without a trigger cannot be the lost one",
        "_sevalla/deployments.py",
        {"trigger not in _TRIGGERS or trigger == wanted": "trigger == wanted"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "a deployment is requested without a body",
        "_sevalla/deployments.py",
        {"_collection(scope), given)": "_collection(scope), given or None)"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "an application that was never deployed is restarted",
        "_sevalla/deployments.py",
        {"if not _restarts(step) or newest:\n": "if scope:\n"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "skipped is not final",
        "_sevalla/deployments.py",
        {'{"failed", "cancelled", "skipped"}': '{"failed", "cancelled"}'},
        (DEPLOYMENTS,),
    ),
    Defect(
        "a step that waits is reported instead of the failed one",
        "_laravel_cloud/deployments.py",
        {"(failed or unfinished or": "(unfinished or failed or"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "a failed step without a name is called None",
        "_laravel_cloud/deployments.py",
        {"None if name is None else str(name)": "str(name)"},
        (DEPLOYMENTS,),
    ),
    Defect(
        "the status failed is missing",
        "_laravel_cloud/deployments.py",
        {'"deployment.failed", "failed", "cancelled"': '"deployment.failed", "cancelled"'},
        (DEPLOYMENTS,),
    ),
    Defect(
        "the status of a successful build is missing",
        "_laravel_cloud/deployments.py",
        {'{"pending", "build.succeeded"}': '{"pending"}'},
        (DEPLOYMENTS,),
    ),
    Defect(
        "a command runs in a process of another type or name",
        "_sevalla/one_process.py",
        {"        if want != have:\n": "        if want is None:\n"},
        (PROCESS_EXEC,),
    ),
    Defect(
        "a command does not run in a process that shows no type",
        "_sevalla/one_process.py",
        {'process.get("type") or address.get("type")': 'process.get("type")'},
        (PROCESS_EXEC,),
    ),
    Defect(
        "a process that is not a cron is run",
        "_sevalla/run_cron.py",
        {'    if process.get("type") != "cron":\n': "    if not process:\n"},
        (PROCESS_RUN,),
    ),
    Defect(
        "check mode runs a process",
        "_sevalla/run_cron.py",
        {"        if not task.check_mode:\n": "        if task:\n"},
        (PROCESS_RUN,),
    ),
    Defect(
        "a run that may have started is reported as not started",
        "_sevalla/run_cron.py",
        {"        if failure.outcome_unknown:\n": "        if not failure.code:\n"},
        (PROCESS_RUN,),
    ),
)

INFO_DEFECTS = (
    Defect(
        "desired has no key or id for a name of several processes",
        "_engine/run_info.py",
        {"if len(found) != 1 or found[0] is not process:": "if process not in found:"},
        (DESIRED,),
    ),
    Defect(
        "every entry of desired has an id",
        "_engine/run_info.py",
        {"for unique in ({}, *_unique(": "for unique in ({'id': process['id']}, *_unique("},
        (DESIRED,),
    ),
    Defect(
        "desired contains the defaults of a creation",
        "_engine/run_info.py",
        {" or value == field.default:": ":"},
        (DESIRED,),
    ),
    Defect(
        "desired contains values that would change something",
        "_engine/run_info.py",
        {"        if not wrong:\n": "        if options:\n"},
        (DESIRED,),
    ),
    Defect(
        "desired contains values that no option accepts",
        "_engine/run_info.py",
        {"return None if checked.error_messages else value": "return value"},
        (DESIRED,),
    ),
    Defect(
        "desired contains an empty map",
        "_engine/run_info.py",
        {"for key, item in kept.items() if not is_empty(item)}": "for key, item in kept.items()}"},
        (DESIRED,),
    ),
    Defect(
        "desired contains ids of sizes where the service shows no names",
        "_engine/run_info.py",
        {"        backend.complete(client, found)\n": ""},
        (DESIRED,),
    ),
    Defect(
        "an empty filter matches nothing",
        "_engine/run_info.py",
        {"    wanted = wanted._replace(options=_without_empty(wanted.options))\n": ""},
        (DESIRED,),
    ),
    Defect(
        "an empty setting in a filter matches nothing",
        "_engine/run_info.py",
        {"_without_empty(value) if isinstance(value, dict) else value": "value"},
        (DESIRED,),
    ),
    Defect(
        "everything is read for a filter",
        "_engine/run_info.py",
        {"if _is_meant(backend, wanted, process)]": "if process]"},
        (DESIRED,),
    ),
    Defect(
        "a process that is read by its id has no twins",
        "_laravel_cloud/service.py",
        {"if whole and is_id(self.parent_id, parent):": "if whole and not found:"},
        (DESIRED,),
    ),
    Defect(
        "an instance that is read by its id has no twins",
        "_laravel_cloud/service.py",
        {"if whole and is_id(self.parent_id, parent):": "if whole and not found:"},
        (INSTANCES,),
    ),
    Defect(
        "desired contains force for a worker without it",
        "_laravel_cloud/processes.py",
        {"if config[key] is not False}": "if key}"},
        (DESIRED,),
    ),
)

DRIFT_DEFECTS = (
    Defect(
        "instances of all environments are one application in the drift report",
        "../plugin_utils/_drift.py",
        {"(*map(result.get, _RESOURCES), *": "(result.get('process'), *"},
        ("../plugin_utils/test_drift.py",),
    ),
    Defect(
        "the items of a loop are not in the drift report",
        "../callback/drift.py",
        {
            ".get(event.key, False) or failed\n        self._read(event, failed)\n": (
                ".get(event.key, False) or failed\n"
            ),
        },
        (f"{DRIFT_RUNS}::test_loop_items_are_reported_separately",),
    ),
    Defect(
        "a host that failed in a play is not in the drift report",
        "../plugin_utils/_drift_plays.py",
        {
            "stopped = state.failures.keys() | earlier\n": (
                "stopped = earlier - state.failures.keys()\n"
            ),
        },
        (f"{DRIFT_RUNS}::test_tasks_that_failed_hosts_did_not_run",),
    ),
    Defect(
        "a host that failed in an earlier play is not in the drift report",
        "../plugin_utils/_drift_plays.py",
        {"stopped = state.failures.keys() | earlier\n": "stopped = set(state.failures)\n"},
        (f"{DRIFT_RUNS}::test_hosts_that_failed_in_an_earlier_play",),
    ),
    Defect(
        "a host that ended a play on purpose counts as not compared",
        "../plugin_utils/_drift_plays.py",
        {"stopped = state.failures.keys() | earlier\n": "stopped = set(state.hosts)\n"},
        (f"{DRIFT_RUNS}::test_intentionally_skipped_tasks_are_not_reported_as_missing",),
    ),
    Defect(
        "a failure counts in plays that had ended before it",
        "../plugin_utils/_drift_plays.py",
        {
            "earlier = failed_hosts - self._reasons.keys()\n": "earlier = set(failed_hosts)\n",
        },
        (f"{DRIFT_RUNS}::test_intentionally_skipped_tasks_are_not_reported_as_missing",),
    ),
    Defect(
        "tasks that a host did not include are in its drift report",
        "../plugin_utils/_drift_plays.py",
        {
            "                left = left[: max(0, loads[host] - (len(copies) - len(left)))]\n": (
                "                pass\n"
            )
        },
        (f"{DRIFT_RUNS}::test_tasks_that_only_other_hosts_include_are_not_missing",),
    ),
    Defect(
        "tasks of a role that a host skipped are in its drift report",
        "../plugin_utils/_drift_plays.py",
        {"            self._now.skipped.add((host, task._uuid))\n": "            pass\n"},
        (f"{DRIFT_RUNS}::test_the_tasks_of_a_role_that_a_host_skips_are_not_missing",),
    ),
    Defect(
        "the rest of an included file is not in the drift report",
        "../plugin_utils/_drift_plays.py",
        {
            "            tasks = _comparing(self._now.play, block)\n": (
                "            tasks = [task] if compares(full_name(task)) else []\n"
            )
        },
        (f"{DRIFT_RUNS}::test_the_rest_of_a_file_whose_first_task_fails_is_missing",),
    ),
    Defect(
        "a rescued failure stops the play in the drift report",
        "../plugin_utils/_drift_plays.py",
        {" and not _is_rescued(task):": ":"},
        (f"{DRIFT_RUNS}::test_a_rescued_failure_does_not_stop_a_play",),
    ),
    Defect(
        "max_fail_percentage is not in the drift report",
        "../callback/drift.py",
        {"        self._plays.end()\n": "        pass\n"},
        (f"{DRIFT_RUNS}::test_a_rescued_failure_does_not_stop_a_play",),
    ),
    Defect(
        "a task that was not reached has no name in the drift report",
        "../plugin_utils/_drift_plays.py",
        {"options[option] = templar.template(given[option])": "options[option] = given[option]"},
        (f"{DRIFT_RUNS}::test_a_task_that_was_not_reached_has_the_name_that_it_would_use",),
    ),
    Defect(
        "a task that was not reached ignores module_defaults in the drift report",
        "../plugin_utils/_drift_plays.py",
        {"for defaults in task.module_defaults or []:": "for defaults in []:"},
        (f"{DRIFT_RUNS}::test_a_task_that_was_not_reached_has_the_name_that_it_would_use",),
    ),
    Defect(
        "a play that did not start has all hosts in the drift report",
        "../plugin_utils/_drift_plays.py",
        {"if not templar.is_template(play.hosts):": "if play.hosts:"},
        (f"{DRIFT_RUNS}::test_a_play_whose_hosts_are_a_template_and_that_never_starts",),
    ),
    Defect(
        "tasks before start-at-task are in the drift report",
        "../plugin_utils/_drift_plays.py",
        {"        if order[task._uuid] >= first\n": ""},
        (f"{DRIFT_RUNS}::test_tasks_before_start_at_task_are_not_missing",),
    ),
    Defect(
        "a later failure is the reason in the drift report",
        "../plugin_utils/_drift_plays.py",
        {" if order.get(uuid, -1) < place\n": "\n"},
        (f"{DRIFT_RUNS}::test_the_reason_is_the_last_failure_before_a_task",),
    ),
    Defect(
        "half of a surrogate pair ends the drift report",
        "../callback/drift.py",
        {', errors="replace"': ""},
        (f"{DRIFT_RUNS}::test_half_of_a_surrogate_pair_is_replaced",),
    ),
    Defect(
        "a line break ends a line of the drift report",
        "../plugin_utils/_drift.py",
        {'" ".join(text.split())': "text"},
        (DRIFT,),
    ),
    Defect(
        "the drift report asks a templated action for its name too early",
        "../plugin_utils/_drift_plays.py",
        {'"_resolved_action" if "{" in task.action else "resolved_action"': '"resolved_action"'},
        (f"{DRIFT_RUNS}::test_a_module_whose_name_is_a_template",),
    ),
    Defect(
        "the drift report believes failed_when",
        "../plugin_utils/_drift.py",
        {'        elif result.get("failure") or not (': "        elif failed or not ("},
        (DRIFT,),
    ),
    Defect(
        "a failure that failed_when ignores is not in the drift report",
        "../plugin_utils/_drift.py",
        {'            if failed or "msg" in result:\n': "            if failed:\n"},
        (DRIFT,),
    ),
    Defect(
        "the drift report believes changed_when",
        "../plugin_utils/_drift.py",
        {
            "    if not steps:\n        return []\n": (
                '    if not steps or not result.get("changed"):\n        return []\n'
            ),
        },
        (DRIFT,),
    ),
    Defect(
        "the drift report believes the verdict of a hidden task",
        "../plugin_utils/_drift.py",
        {"return source.is_verdict_own and not": "return not"},
        (DRIFT,),
    ),
    Defect(
        "an application has a line in the drift report for each of its names",
        "../plugin_utils/_drift.py",
        {"        scope = _scope(result or {}) or given\n": "        scope = given\n"},
        (DRIFT,),
    ),
)

INVENTORY_DEFECTS = (
    Defect(
        "unused extra vars are part of the inventory's cache key",
        "../plugin_utils/_inventory.py",
        {'self._vars if self.get_option("use_extra_vars") else None': "self._vars"},
        (INVENTORY.format("cache"),),
    ),
    Defect(
        "a member that cannot be read fails the inventory",
        "../plugin_utils/_inventory.py",
        {"if failure.code not in _CONCERNS_ONE or failure.time_spent:": "if failure:"},
        (INVENTORY.format("members"),),
    ),
    Defect(
        "a failure of the whole service omits one member after the other",
        "../plugin_utils/_inventory.py",
        {"if failure.code not in _CONCERNS_ONE or failure.time_spent:": "if failure.time_spent:"},
        (INVENTORY.format("members"),),
    ),
    Defect(
        "an inventory continues without retries after its time limit",
        "_http/client.py",
        {"failure.time_spent = (wait.seconds, self.waited, self._settings.max_wait)": "pass"},
        (INVENTORY.format("members"),),
    ),
    Defect(
        "an incomplete inventory is cached",
        "../plugin_utils/_inventory.py",
        {"hosts if is_whole else None": "hosts"},
        (INVENTORY.format("members"),),
    ),
    Defect(
        "an inventory does not prefer a slug to a name",
        "_laravel_cloud/service.py",
        {
            'found = [item for item in candidates if item[0]["attributes"].get(key) == wanted]': (
                "found = [\n"
                "            item\n"
                "            for item in candidates\n"
                '            if wanted in [item[0]["attributes"].get(each) for each in keys]\n'
                "        ]"
            )
        },
        (INVENTORY.format("hosts"),),
    ),
    Defect(
        "a string with its own template delimiters is trusted",
        "../plugin_utils/_inventory.py",
        {r"\{|#jinja2:|": r"\{|"},
        (INVENTORY.format("untrusted"),),
    ),
    Defect(
        "ansible-inventory shows plain strings as dictionaries",
        "../plugin_utils/_inventory.py",
        {"if _TEMPLATE_MARKS.search(value) else": "if value else"},
        (INVENTORY.format("untrusted"),),
    ),
)

NO_LOG_DEFECTS = (
    Defect(
        "a warning of a task with no_log quotes its options",
        "_engine/module.py",
        {"self._show_warning(plain if self.no_log else text)": "self._show_warning(text)"},
        (NO_LOG,),
    ),
    Defect(
        "the message of a failure quotes the options in spite of no_log",
        "_engine/module.py",
        {
            "failure.masked = options | task.other_texts": "failure.masked = task.other_texts",
        },
        (NO_LOG,),
    ),
    Defect(
        "the message of a failure quotes live resources in spite of no_log",
        "_engine/module.py",
        {
            "failure.masked = options | task.other_texts": "failure.masked = options",
        },
        (NO_LOG,),
    ),
    Defect(
        "the texts of the live resources are not remembered before the plan",
        "_engine/run_one.py",
        {"        task.remember(backend, live)\n": ""},
        (NO_LOG,),
    ),
    Defect(
        "the texts of the live processes are not remembered before a command",
        "_sevalla/one_process.py",
        {"    task.remember(PROCESSES, live)\n": ""},
        (NO_LOG,),
    ),
    Defect(
        "with no_log, a message shows the trimmed form of an option",
        "_engine/options.py",
        {"found.update(texts, map(str.strip, texts), ": "found.update(texts, "},
        (NO_LOG,),
    ),
    Defect(
        "with no_log, a message shows one item of a list",
        "_engine/options.py",
        {'items, [",".join(items)])': '[",".join(items)])'},
        (NO_LOG,),
    ),
    Defect(
        "with no_log, a message shows the items of a list as one text",
        "_engine/options.py",
        {'items, [",".join(items)])': "items)"},
        (NO_LOG,),
    ),
    Defect(
        "with no_log, short texts are masked in every word",
        "_engine/options.py",
        {"if len(text) >= SHORTEST_SECRET": "if text"},
        (NO_LOG,),
    ),
    Defect(
        "with no_log, a message shows the service's reason",
        "_engine/watch.py",
        {"if self.task.no_log else str(reason)": "if not self.task else str(reason)"},
        (NO_LOG,),
    ),
    Defect(
        "a number passes for a dictionary",
        "_engine/misread.py",
        {"isinstance(check_type_dict(value), dict)": "True"},
        (OPTION_VALUES,),
    ),
    Defect(
        "a task with no_log shows its progress",
        "_engine/module.py",
        {"Progress(show_nothing if no_log else show_progress)": "Progress(show_progress)"},
        (NO_LOG,),
    ),
    Defect(
        "a warning about fields that were not stored names the process with no_log",
        "_engine/apply.py",
        {
            'plain = text.format(write=f"a {step.method}"': (
                'plain = text.format(write=f"{step.method} {step.path}"'
            ),
        },
        (NO_LOG,),
    ),
)

DEFECTS = (
    *DRIFT_DEFECTS,
    *NO_LOG_DEFECTS,
    *INFO_DEFECTS,
    *INVENTORY_DEFECTS,
    *CLIENT_DEFECTS,
    *ONE_OF_EACH_DEFECTS,
    *APPLY_DEFECTS,
    *PLAN_DEFECTS,
    *SEVALLA_DEFECTS,
    *LARAVEL_CLOUD_DEFECTS,
    *OPTION_DEFECTS,
    *DEPLOYMENT_DEFECTS,
)
