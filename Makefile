# Two commands matter: `make run` and `make test`. `make help` lists the rest.
.DEFAULT_GOAL := help
SHELL := /bin/sh

PYTHON ?= python3
PORT ?= 5000
WORKERS ?= 2
SCALE ?= 1
BIN := .venv/bin
UI := app/frontend
export DATABASE_URL
export PYTHONDONTWRITEBYTECODE := 1
export PATH := $(CURDIR)/$(BIN):$(PATH)

RUN_INSTALLED := .venv/.installed-run
DEV_INSTALLED := .venv/.installed-dev
UI_SOURCES := $(shell find $(UI)/src -type f 2>/dev/null) $(UI)/build.mjs $(UI)/package.json $(UI)/package-lock.json
UI_BUILT := app/static/dist/manifest.json

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(UI_BUILT) ## Start the application with demonstration data (PORT=…, DATABASE_URL=…, DEMO=0 for an empty start)
	@exec $(BIN)/earlyhelp run --port $(PORT) $(if $(filter 0,$(DEMO)),--empty,--demo)

reset: $(RUN_INSTALLED) ## Throw the database away, so that the next `make run` starts over
	@$(BIN)/earlyhelp reset --yes

setup: $(UI_BUILT) ## Install everything needed to run; puts the command `earlyhelp` in .venv/bin

test: $(DEV_INSTALLED) $(UI)/node_modules/.test-installed $(UI_BUILT) ## Every test, on SQLite, on PostgreSQL and in a real browser (T=path for a part)
	@$(BIN)/python -m tests.support.run_all --workers $(WORKERS) $(T)

check: $(DEV_INSTALLED) $(UI_BUILT) ## Style, types, layers, templates, diagrams, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy
	$(BIN)/djlint app --lint --check --quiet
	$(BIN)/earlyhelp check processes
	$(BIN)/python -m tests.support.migrations

bench: $(DEV_INSTALLED) ## Measure, side by side; prints JSON
	@$(BIN)/python -m bench.main $(BENCH)

bench-engine: $(DEV_INSTALLED) $(UI)/node_modules/.test-installed ## Our engine beside the stock one and npm bpmn-engine, turn by turn; prints JSON
	@$(BIN)/python -m bench.engine $(BENCH)

faults: $(DEV_INSTALLED) ## Crashes, races and lost connections, at length; figures as JSON
	@$(BIN)/python -m tests.faults.main --scale $(SCALE)

fuzz: $(DEV_INSTALLED) $(UI)/node_modules/.test-installed ## Random models, broken files, expressions and clocks against other voices; prints JSON
	@$(BIN)/python -m tests.fuzz.main $(FUZZ)

moves: $(DEV_INSTALLED) ## Running cases moved to edited drawings at every wait state, and back; figures as JSON (MOVES="--every 10")
	@$(BIN)/python -m tests.moves.main $(MOVES)

lock: $(DEV_INSTALLED) ## Refresh the lock files from pyproject.toml and package.json
	$(BIN)/uv pip compile --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --upgrade -q pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --upgrade -q pyproject.toml --group dev --group test -o requirements-dev.lock
	cd $(UI) && npm install --package-lock-only --omit-lockfile-registry-resolved

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; say which with: make run PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv .venv

# The command is a three-line file, so that nothing has to be built to install it.
$(RUN_INSTALLED): requirements.lock | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@printf '#!%s\nimport sys\nsys.path.insert(0, "%s")\nfrom app.cli import main\nsys.exit(main())\n' "$(CURDIR)/$(BIN)/python" "$(CURDIR)" > $(BIN)/earlyhelp
	@chmod +x $(BIN)/earlyhelp
	@touch $@

$(DEV_INSTALLED): requirements-dev.lock $(RUN_INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

$(UI)/node_modules/.installed: $(UI)/package-lock.json $(RUN_INSTALLED)
	cd $(UI) && npm ci --omit=dev --no-audit --no-fund --loglevel=error
	@rm -f $(UI)/node_modules/.test-installed
	@touch $@

$(UI)/node_modules/.test-installed: $(UI)/package-lock.json $(DEV_INSTALLED)
	cd $(UI) && npm ci --no-audit --no-fund --loglevel=error
	@touch $@ $(UI)/node_modules/.installed

$(UI_BUILT): $(UI_SOURCES) | $(UI)/node_modules/.installed
	cd $(UI) && node build.mjs
	@touch $@

.PHONY: help run reset setup test check bench bench-engine faults fuzz moves lock
