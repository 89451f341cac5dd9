# Two commands for a newcomer: `make demo` and `make test`. Every target sets up what it needs.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet
STORY ?=
LOCKED := --require-hashes --only-binary :all:

.DEFAULT_GOAL := help
.PHONY: help setup demo run test lint bench evaluate train crash soak release sweep audit licences lock clean

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

bench: .venv/.dev ## rates, times and memory as a table, and as JSON in bench-results/ (needs Dovecot); ARGS=--full
	@$(BIN)/python -m tests.bench $(ARGS)

evaluate: .venv/.dev ## how well letters are understood, per language and intent; report in evaluation/report.html
	@mkdir -p evaluation
	@$(BIN)/python -m tests.bench.evaluate --html evaluation/report.html $(ARGS)

train: .venv/.dev ## the reader's second opinion anew from our own sentences, the same file bit for bit
	@$(BIN)/python -m tests.bench.train $(ARGS)

crash: .venv/.dev ## every proof that nothing is lost or doubled, as tables (needs Dovecot); ARGS="--short --jobs 2 --folder DIR"
	@$(BIN)/python -m tests.crash.full $(ARGS)

soak: .venv/.dev ## three processes on one PostgreSQL, killed at random (needs Dovecot); ARGS="--short"
	@$(BIN)/python -m tests.crash.soak $(ARGS)

sweep: .venv/.dev ## every odd mail of ../shared/mails through the reading children, as a table
	@$(BIN)/python -m tests.bench.mails_sweep $(ARGS)

audit: .venv/.dev ## known holes in the locked packages (needs the network)
	@$(BIN)/pip-audit --strict --require-hashes -r requirements.lock

licences: .venv/.dev ## the licence of every locked package; ARGS="--sbom FILE" writes the bill of materials
	@$(BIN)/python -m tests.bench.supply $(ARGS)

release: .venv/.dev ## the package (wheel and sdist), its locked requirements and its bill of materials, in dist/
	@rm -rf dist && mkdir dist
	@$(BIN)/uv build --quiet --offline --no-build-isolation --python $(BIN)/python --out-dir dist
	@cp requirements.lock dist/
	@$(BIN)/python -m tests.bench.supply --sbom dist/sbom.cdx.json > dist/licences.txt
	@cd dist && sha256sum -- * > SHA256SUMS && cat SHA256SUMS

lock: .venv/.dev ## pin every dependency anew, with hashes and without index addresses
	@$(BIN)/uv pip compile --quiet pyproject.toml --extra demo --extra clone -o requirements.lock --universal --python-version 3.11 \
	  --only-binary :all: --generate-hashes --no-emit-index-url --no-header --no-annotate
	@$(BIN)/uv pip compile --quiet --group dev -c requirements.lock -o requirements-dev.lock --universal --python-version 3.11 \
	  --only-binary :all: --generate-hashes --no-emit-index-url --no-header --no-annotate

clean: ## forget .venv and everything built
	rm -rf .venv dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
