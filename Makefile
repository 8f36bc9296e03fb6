# Everything a developer or a deployer types. `make help` lists it.
.DEFAULT_GOAL := help
.PHONY: help run test quick check lint types imports proofs bench ratio screenshots lock clean

BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
PORT ?= 8000
# Tests run in as many processes as there are cores, but never more than four.
WORKERS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1); [ $$n -gt 4 ] && n=4; echo $$n)

help:  ## This list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run:  ## Install what is needed, fill a demo community, serve it on this machine
	@sh scripts/setup.sh requirements.txt
	@$(BIN)/flask --app wsgi serve --port $(PORT)

test:  ## Set up and run every test that this machine allows
	@sh scripts/setup.sh requirements/dev.txt
	@$(PYTEST) -n $(WORKERS) --dist worksteal -m "not proof"

quick:  ## Under a minute: lint and the tests that need no PostgreSQL and no browser
	@sh scripts/setup.sh requirements/dev.txt
	@$(MAKE) --no-print-directory lint imports
	@$(PYTEST) -q -n $(WORKERS) --dist worksteal -m "not proof and not slow and not postgres and not redis and not browser"

check:  ## Lint, types, import rules, then every test but the long proofs
	@sh scripts/setup.sh requirements/dev.txt
	@$(MAKE) --no-print-directory lint types imports
	@$(PYTEST) -n $(WORKERS) --dist worksteal -m "not proof"

lint:
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/djlint templates --lint --quiet

types:
	@$(BIN)/mypy

imports:
	@$(BIN)/lint-imports --no-logo

proofs:  ## The long ones: kill -9, backups under load, races, whole journeys; some twenty-five minutes on two cores
	@sh scripts/setup.sh requirements/dev.txt
	@$(PYTEST) -m proof --durations=15 --durations-min=5

bench:  ## What each page costs, on both databases; ARGS="--short --json FILE" (under 25 minutes)
	@sh scripts/setup.sh requirements/dev.txt
	@$(BIN)/python -m benchmarks.bench $(ARGS)

ratio:  ## Group and thread page beside a bare Flask page, in CPU
	@sh scripts/setup.sh requirements/dev.txt
	@$(BIN)/python -m benchmarks.speed $(ARGS)

screenshots:  ## Make docs/screenshots/ anew from the demo community (needs Chromium)
	@sh scripts/setup.sh requirements/dev.txt
	@$(BIN)/python scripts/screenshots.py

lock:  ## Pin requirements anew (needs uv); read the difference before committing it
	@sh scripts/lock.sh $(ARGS)

clean:  ## Remove what the other commands made, but never instance/
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
