# Every verb works on a fresh machine with Python >= 3.11 and make: what it needs is installed into
# .venv first, once. `make help` lists the verbs.
.DEFAULT_GOAL := help
SHELL := /bin/bash

VENV := .venv
BIN := $(VENV)/bin
# The newest Python that is installed, 3.11 at least.
PYTHON ?= $(shell for v in 3.13 3.12 3.11 3; do p=$$(command -v python$$v) && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
RUN_STAMP := $(VENV)/.installed-run
DEV_STAMP := $(VENV)/.installed-dev
BENCH_VENV := .venv-bench
BENCH_STAMP := $(BENCH_VENV)/.installed
AUDIT_VENV := .venv-audit
AUDIT_STAMP := $(AUDIT_VENV)/.installed
# Our own package and what it is built with; what builds it is pinned by hash as well.
INSTALL_OURS = -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
INSTALL_BUILD = -m pip install -q --disable-pip-version-check --require-hashes -r requirements-build.lock
# How many tests run at a time; 0 is one after another in one process.  Many wait, so three keep two
# cores at work; tests that are about time have a core each.
WORKERS ?= 3
SLOW_WORKERS ?= 2
# What `make bench` measures on: DATA is a folder of sets, QUESTIONS a file of checked questions.
BENCH_INPUT := $(if $(DATA),--data $(DATA)) $(if $(QUESTIONS),--questions $(QUESTIONS)) $(if $(CHECKER),--checker $(CHECKER))

.PHONY: help setup run chat test test-slow soak soak-short bench noise lint fix check lock audit sbom schema reference catalogue dictionary clean

help: ## list the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(DEV_STAMP) ## make .venv with everything, tools included

run: $(RUN_STAMP) ## start the bot: web chat and HTTP API on http://127.0.0.1:8080
	@$(BIN)/zhuce serve

chat: $(RUN_STAMP) ## the same bot in the terminal
	@$(BIN)/zhuce chat

test: $(DEV_STAMP) ## run the tests, three at a time, but for those of the next verb
	@$(BIN)/python -m pytest -q -n $(WORKERS) -m "not slow" --durations=15

test-slow: $(DEV_STAMP) ## run the tests with browsers, and with programs that are killed and replaced
	@$(BIN)/python -m pytest -q -n $(SLOW_WORKERS) -m slow --durations=15

soak: $(DEV_STAMP) ## try all promises at full length, within 55 minutes, and write docs/reliability.md
	@$(BIN)/python -m scripts.soak $(SOAK_OPTIONS)

soak-short: $(DEV_STAMP) ## the same in short, within ten minutes
	@$(BIN)/python -m scripts.soak --short --dry

bench: $(BENCH_STAMP) ## measure everything beside its peers and write docs/benchmarks.md; DATA=DIR for foreign questions
	$(BENCH_VENV)/bin/python -m scripts.bench $(BENCH_INPUT) $(BENCH_OPTIONS)

noise: $(DEV_STAMP) ## ask every question of the pack with every kind of noise: a few minutes
	@$(BIN)/python -m scripts.measure_noise

lint: $(DEV_STAMP) ## format, lint, types, direction of imports, knowledge
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/zhuce kb check
	$(BIN)/zhuce kb test

fix: $(DEV_STAMP) ## mend what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

check: lint test test-slow ## everything that CI does

lock: $(DEV_STAMP) ## write the lock files anew: newest versions that pyproject.toml allows, with hashes
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --upgrade --extra all pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --upgrade --extra all --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --upgrade --extra all --extra bench -c requirements-dev.lock pyproject.toml -o requirements-bench.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --upgrade --group build -c requirements-dev.lock -o requirements-build.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --upgrade --group audit -c requirements-dev.lock -o requirements-audit.lock

audit: $(AUDIT_STAMP) ## look up known weaknesses of what zhuce and its build depend on
	@$(AUDIT_VENV)/bin/python scripts/audit.py requirements.lock requirements-build.lock

sbom: $(AUDIT_STAMP) ## write dist/sbom.json: every dependency with version and hashes, as CycloneDX
	@mkdir -p dist
	@$(AUDIT_VENV)/bin/python -W ignore -m cyclonedx_py requirements requirements.lock --pyproject pyproject.toml --output-reproducible -o dist/sbom.json

schema: $(DEV_STAMP) ## write knowledge/schema/*.json anew from the forms
	$(BIN)/python -m bot.knowledge.json_schema knowledge

reference: $(DEV_STAMP) ## write the names of docs/reference/python.md anew from their docstrings
	$(BIN)/python -m scripts.write_python_reference

catalogue: $(DEV_STAMP) ## compile bot/cli/locale anew: what click says, in Chinese
	$(BIN)/python -m scripts.compile_catalogue

dictionary: $(DEV_STAMP) ## write knowledge/dictionary.txt anew
	@$(BIN)/zhuce kb dictionary

clean: ## remove .venv and caches
	rm -rf $(VENV) $(BENCH_VENV) $(AUDIT_VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache dist

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "zhuce 需要 Python 3.11 或更新的版本"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): pyproject.toml hatch_build.py bot/understanding/arrays/_kernels.c requirements.lock requirements-build.lock | $(BIN)/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python $(INSTALL_BUILD)
	$(BIN)/python $(INSTALL_OURS)
	@touch $@

$(DEV_STAMP): $(RUN_STAMP) requirements-dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

$(BENCH_STAMP): pyproject.toml hatch_build.py bot/understanding/arrays/_kernels.c requirements-bench.lock requirements-build.lock
	@test -n "$(PYTHON)" || { echo "zhuce 需要 Python 3.11 或更新的版本"; exit 1; }
	$(PYTHON) -m venv $(BENCH_VENV)
	$(BENCH_VENV)/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-bench.lock
	$(BENCH_VENV)/bin/python $(INSTALL_BUILD)
	$(BENCH_VENV)/bin/python $(INSTALL_OURS)
	@touch $@

$(AUDIT_STAMP): requirements-audit.lock
	@test -n "$(PYTHON)" || { echo "zhuce 需要 Python 3.11 或更新的版本"; exit 1; }
	$(PYTHON) -m venv $(AUDIT_VENV)
	$(AUDIT_VENV)/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-audit.lock
	@touch $@
