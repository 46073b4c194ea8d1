# Everything a newcomer or CI needs. `make` alone lists the targets.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c

PYTHON ?= python3.11
BIN := .venv/bin
STAMP := .venv/installed
AXE := tests/browser/node_modules/axe-core/package.json
ROOMS := machine domain casefile letters intake policies services activities workflows gateways config engine api worker simulation cli samples speech
TYPED := $(ROOMS) tests $(patsubst %/,%,$(wildcard benchmarks/))

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup demo test check format lock chaos bench bench-peers clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "make %-11s %s\n", $$1, $$2}'

setup: $(STAMP) ## install everything into .venv (a second run does nothing)

# The stamp comes last: what broke half-way is done again.
$(STAMP): requirements.lock pyproject.toml
	@rm -f $@
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || { \
	  echo "make setup: '$(PYTHON)' is not a working Python 3.11, which requirements.lock is made for." >&2; \
	  echo "Install it (Debian, Ubuntu: apt-get install python3.11 python3.11-venv; macOS: brew install python@3.11)" >&2; \
	  echo "or name it: make setup PYTHON=…" >&2; exit 1; }
	@$(BIN)/python -c 'import pip' 2>/dev/null || $(PYTHON) -m venv --clear .venv || { rm -rf .venv; \
	  echo "make setup: '$(PYTHON)' cannot make a virtual environment (Debian, Ubuntu: apt-get install python3.11-venv)." >&2; exit 1; }
	@echo "Installing into .venv …"
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --no-deps --no-index --no-build-isolation --editable .
	@touch $@

# What looks for barriers in a page, for the browser tests alone; without npm those say why they are skipped.
$(AXE): tests/browser/package-lock.json
	@if ! command -v npm >/dev/null; then \
	  echo "make test: npm is missing (Debian: apt-get install npm); pages are not looked through by axe-core" >&2; \
	elif npm ci --prefix tests/browser --silent --no-fund --no-audit; then touch $@; \
	else echo "make test: npm could not fetch axe-core; pages are not looked through by it" >&2; fi

demo: setup ## play a scripted quarter of collecting on the embedded engine
	@$(BIN)/maanwerk demo

# More processes than CI has cores, for many tests wait; each costs what it imports and starts. Compiled files are kept even
# where the environment says not to, and a fresh clone is compiled once before: else every process, and every command that is
# tested, would compile all of it again. What tests write is thrown away: it goes into memory where there is room for it, for
# a commit to a disk is waited for.
test: setup $(AXE) ## run all tests
	@room=$$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $$4 }'); \
	if [ -w /dev/shm ] && [ "$${room:-0}" -gt 4000000 ]; then \
	  TMPDIR=$$(mktemp -d /dev/shm/maanwerk.XXXXXX); export TMPDIR; trap 'rm -rf "$$TMPDIR"' EXIT; trap 'exit 130' INT TERM; \
	fi; \
	unset PYTHONDONTWRITEBYTECODE; $(BIN)/python -m tests.compiled; \
	$(BIN)/pytest -n 4 --dist worksteal -q

check: setup ## format, lint, types, imports, lock
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy --strict $(TYPED)
	@$(BIN)/lint-imports
	@! grep -nE '[a-z]://|^ *-(i|f|-index|-extra-index|-find|-trusted)|(^|[ @="])/[A-Za-z]' requirements.lock \
	  || { echo "requirements.lock names a host or an absolute path (above): make lock" >&2; exit 1; }

format: setup ## format the code and mend what the linter can
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

# Only the public registry counts, whose hashes another machine meets: the pip configuration of this one is left out.
# Not built on `setup`: a broken lock can be made anew.
lock: ## resolve pyproject.toml into requirements.lock
	@test -x $(BIN)/pip-compile || { $(PYTHON) -m venv .venv && $(BIN)/python -m pip install --quiet pip-tools; }
	@env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL PIP_CONFIG_FILE=/dev/null CUSTOM_COMPILE_COMMAND="make lock" \
	  $(BIN)/pip-compile --quiet --extra dev --generate-hashes --allow-unsafe --strip-extras \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file requirements.lock pyproject.toml

chaos: setup ## the full kill test
	@MAANWERK_CHAOS=full $(BIN)/pytest tests/chaos tests/worker/test_partner_kills.py -m chaos -q

bench: setup ## measure the budgets of docs/performance.md
	@$(BIN)/python -m benchmarks

# DBOS stands apart: nothing that ships needs it, and no lock names it.
build/peers/bin/dbos: pyproject.toml
	@$(PYTHON) -m venv --clear build/peers
	@build/peers/bin/pip install --quiet "$$($(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["peers"])')"
	@touch $@

bench-peers: setup build/peers/bin/dbos ## measure Maanwerk beside DBOS and scanning engines
	@$(BIN)/python -m benchmarks.peers --dbos build/peers/bin/python --write

clean: ## remove what was built and written (var/ stays: it holds cases)
	@rm -rf .venv tests/browser/node_modules build dist out *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
