# make help lists what there is.
.DEFAULT_GOAL := help
PYTHON ?= python3.11
ROUNDS ?= 200
SEED ?= 11
BIN := .venv/bin

.PHONY: help install demo test lint test-containers test-compose test-failover bench chaos failover durability schemas clean

help: ## what there is
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 20

.venv/.installed: pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed: make PYTHON=python3 $(MAKECMDGOALS)"; exit 1; }
	@echo "installing into .venv: a minute or less"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

install: .venv/.installed ## a virtual environment in .venv with everything in it

demo: install ## start everything, send 200 sample reports, show what happened; Ctrl-C ends it
	@$(BIN)/ayllu demo

test: install lint ## every test, on real servers
	$(BIN)/pytest

lint: install ## style, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test-containers: install ## the tests of the engine and the services on servers in containers
	AYLLU_TEST_SERVERS=containers $(BIN)/pytest tests/integration

test-compose: install ## docker compose end to end: up, reports, kill, everything arrives, down
	$(BIN)/pytest -m compose tests/compose

test-failover: install ## primaries of a replica set and a cluster end under load; some three minutes
	$(BIN)/pytest -m failover tests/failover

failover: install ## the same as a drill, three times: how long writes stop; writes its figures into docs/durability.md
	$(BIN)/python -m tests.failover --rounds 3 --out docs

durability: install ## what each durability setting costs; some three minutes; writes them into docs/durability.md
	$(BIN)/python -m benchmarks.durability --out docs

bench: install ## all benchmarks, against what people would use instead; three quarters of an hour; writes docs/benchmarks.md, capacity.md
	$(BIN)/python -m benchmarks all --out docs
	$(BIN)/python -m benchmarks capacity --out docs

chaos: install ## faults upon a running Ayllu, ROUNDS of them, of SEED; 200 take half an hour; writes docs/chaos.md
	$(BIN)/python -m chaos --rounds $(ROUNDS) --seed $(SEED) --out docs

schemas: install ## write the JSON Schema of every event to docs/schemas, after a change that only adds
	$(BIN)/python -m tests.contract.regenerate

clean: ## remove the virtual environment and caches; data stays, in .ayllu
	rm -rf .venv .chaos .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
