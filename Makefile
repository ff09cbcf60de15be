# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Any Python from 3.10 on; the environment itself uses the newest one that ansible-core supports.
PYTHON ?= python3
# An older ansible-core to test with, like 2.18, or pre for the newest pre-release; by default, the newest.
export ANSIBLE_CORE ?=

VENV := .cache/venv$(ANSIBLE_CORE:%=-%)
TOOL := $(VENV)/bin/python tests/tools/

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z -]+:.*## / {printf "make %-26s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: environment
environment: ## create the environment for all other targets
	@$(PYTHON) tests/tools/environment.py

.PHONY: test
test: environment ## run the everyday checks and tests
	@$(TOOL)run_checks.py

.PHONY: quick
quick: environment ## lint the changed files and run the unit tests that import them; BASE=main compares with main
	@$(TOOL)quick.py $(BASE)

.PHONY: lint
lint: environment ## run the checks that are not tests
	@$(TOOL)run_checks.py lint

.PHONY: unit
unit: environment ## run the unit tests and the playbook tests with plain pytest
	@$(TOOL)run_checks.py pytest

.PHONY: sanity units integration
sanity units integration: environment ## run this part of ansible-test (units on every Python)
	@$(TOOL)run_checks.py $@

.PHONY: metrics
metrics: environment ## count the code and its imports; BASE=<commit> also counts an older commit
	@$(TOOL)code_metrics.py $(if $(BASE),--base "$(BASE)")

.PHONY: floors
floors: environment ## draw the floors of the code in CONTRIBUTING.md, and count the code of a service
	@$(TOOL)floors.py

.PHONY: defects
defects: environment ## plant defects in the code and print which test catches each
	@$(TOOL)plant_defects.py

.PHONY: mutants
mutants: ## change the code at random and print how many changes the tests catch; ARGS="--sample 400"
	@$(PYTHON) tests/tools/environment.py mutants
	@.cache/venv-mutants/bin/python tests/tools/mutants.py $(ARGS)

.PHONY: packaging
packaging: ## test the tarball (with galaxy-importer, as Automation Hub does), the execution environment and AWX's engine
	@$(PYTHON) tests/tools/environment.py packaging
	@.cache/venv-packaging/bin/python tests/tools/run_checks.py packaging

.PHONY: docs
docs: ## build the documentation site in .cache/docs/html, and test it in a browser
	@$(PYTHON) tests/tools/environment.py docs
	@.cache/venv-docs/bin/python tests/tools/run_checks.py docs

.PHONY: picture
picture: ## redraw the terminal pictures from real runs
	@$(PYTHON) tests/tools/environment.py docs
	@.cache/venv-docs/bin/python tests/tools/picture.py

.PHONY: matrix
matrix: environment ## test on every ansible-core, with the oldest libraries, and more; CELLS="..." selects some
	@$(TOOL)matrix.py $(CELLS)

.PHONY: drift
drift: environment ## compare the published request schemas of the services with ours; REPORT=FILE writes a file
	@$(TOOL)schema_drift.py $(if $(REPORT),--report "$(REPORT)")

.PHONY: demo
demo: environment ## install the collection and run the example playbooks against the emulator
	@$(TOOL)demo.py

.PHONY: emulator
emulator: environment ## run the emulator until it is interrupted; ARGS="--port 8700 --switch NAME=VALUE"
	@$(TOOL)start_emulator.py $(ARGS)

.PHONY: bench
bench: environment ## measure the cost of tasks, compared with uri and other collections; ARGS="--rounds 5"
	@PYTHONPATH=tests/tools $(VENV)/bin/python tests/bench/bench.py $(ARGS)

.PHONY: format
format: environment ## format the Python files
	@$(VENV)/bin/ruff check --fix --exit-zero --cache-dir .cache/ruff .
	@$(VENV)/bin/ruff format --cache-dir .cache/ruff .

.PHONY: build
build: environment ## build the collection's tarball
	@$(VENV)/bin/ansible-galaxy collection build --force --output-path . "$$($(TOOL)mirror.py)"

.PHONY: release
release: environment ## prepare a release: VERSION=1.2.3; version, changelog, make test, tarball; then commit, matrix, tag
	@$(TOOL)release.py "$(VERSION)"
	@$(MAKE) --no-print-directory build

# $(1) is the file, $(2) the oldest Python, $(3) more options.
define lock
{ head -n 3 tests/requirements/$(1).in && echo '# Written by "make lock" from $(1).in.' && \
	$(VENV)/bin/uv pip compile --quiet --no-header --annotation-style line --upgrade \
	--python-version $(2) $(3) tests/requirements/$(1).in; } > .cache/$(1).txt && \
mv .cache/$(1).txt tests/requirements/$(1).txt
endef

.PHONY: lock
lock: environment ## pin the newest development requirements in tests/requirements/*.txt
	@$(VENV)/bin/python -m pip install --quiet uv
	@$(call lock,dev,3.10,--universal)
	@$(call lock,packaging,3.11,--universal)
	@$(call lock,oldest,3.10,--universal)
	@$(call lock,docs,3.12,--universal)
	@$(call lock,mutants,3.12,--universal)
	@$(call lock,libraries-oldest,3.9,--resolution lowest)
	@$(call lock,libraries-newest,3.9)

.PHONY: clean
clean: ## remove everything that these targets have created
	@rm -rf .cache tests/output evenkeel-paas-*.tar.gz
