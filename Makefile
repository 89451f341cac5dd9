# Two commands for a newcomer: `make demo` and `make test`. Every target sets up what it needs.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet
STORY ?=
LOCKED := --require-hashes --only-binary :all:

.DEFAULT_GOAL := help
.PHONY: help setup demo run test lint lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

.venv/.runtime: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "rightsdesk needs Python 3.11 or newer: make PYTHON=python3.12 …"; exit 1; }
	@test -x $(BIN)/python || { echo "making .venv"; $(PYTHON) -m venv .venv; }
	@echo "installing requirements.lock"
	@$(PIP) install $(LOCKED) -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --no-index -e .
	@touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	@echo "installing requirements-dev.lock"
	@$(PIP) install $(LOCKED) -r requirements-dev.lock
	@touch $@

setup: .venv/.runtime ## make .venv with the console command .venv/bin/rightsdesk

demo: .venv/.runtime ## the loopback town with its page; STORY=all plays every story, STORY=list lists them
	@$(BIN)/rightsdesk demo $(if $(STORY),--story $(STORY))

run: .venv/.runtime ## the bot, with config.toml
	@$(BIN)/rightsdesk run -c config.toml

test: .venv/.dev lint ## lint, types, house rules and every test
	@$(BIN)/python -m pytest -n 2 --dist loadfile

lint: .venv/.dev ## ruff, mypy --strict, import-linter
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

lock: .venv/.dev ## pin every dependency anew, with hashes and without index addresses
	@$(BIN)/uv pip compile --quiet pyproject.toml --extra demo --extra clone -o requirements.lock --universal --python-version 3.11 \
	  --only-binary :all: --generate-hashes --no-emit-index-url --no-header --no-annotate
	@$(BIN)/uv pip compile --quiet --group dev -c requirements.lock -o requirements-dev.lock --universal --python-version 3.11 \
	  --only-binary :all: --generate-hashes --no-emit-index-url --no-header --no-annotate

clean: ## forget .venv and everything built
	rm -rf .venv dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
