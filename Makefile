# `make help` lists the targets.
.DEFAULT_GOAL := help
PYTHON ?= python3.11
ROUNDS ?= 200
SEED ?= 11
BIN := .venv/bin

.PHONY: help install demo test lint test-containers test-compose test-failover bench chaos failover durability schemas clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 20

.venv/.installed: pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed: make PYTHON=python3 $(MAKECMDGOALS)"; exit 1; }
	@echo "installing into .venv: a minute or less"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

install: .venv/.installed ## make a virtual environment in .venv with everything in it

demo: install ## start everything, send 200 sample reports, show the result; Ctrl-C ends it
	@$(BIN)/ayllu demo

test: install lint ## every test, on real servers
	$(BIN)/pytest

lint: install ## style, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test-containers: install ## tests of the engine and the services, on servers in containers
	AYLLU_TEST_SERVERS=containers $(BIN)/pytest tests/integration

test-compose: install ## docker compose end to end: up, reports, kill, everything arrives, down
	$(BIN)/pytest -m compose tests/compose

test-failover: install ## primaries of a replica set and a cluster die under load; about three minutes
	$(BIN)/pytest -m failover tests/failover

failover: install ## the same three times, measuring how long writes stop; updates docs/durability.md
	$(BIN)/python -m tests.failover --rounds 3 --out docs

durability: install ## measure what each durability setting costs; about three minutes; updates docs/durability.md
	$(BIN)/python -m benchmarks.durability --out docs

bench: install ## all benchmarks, compared with the alternatives; 45 minutes; writes docs/benchmarks.md, capacity.md
	$(BIN)/python -m benchmarks all --out docs
	$(BIN)/python -m benchmarks capacity --out docs

chaos: install ## faults in a running Ayllu: ROUNDS rounds from SEED; 200 take half an hour; writes docs/chaos.md
	$(BIN)/python -m chaos --rounds $(ROUNDS) --seed $(SEED) --out docs

schemas: install ## write the JSON Schema of every event to docs/schemas, after a change that only adds
	$(BIN)/python -m tests.contract.regenerate

clean: ## remove the virtual environment and caches; data stays, in .ayllu
	rm -rf .venv .chaos .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
