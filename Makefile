# Mái Ấm: `make run` starts everything, `make test` proves it, `make help` names the rest.

PYTHON ?= python3
ARGS ?=
JOBS ?= 2
BIN := .venv/bin
ENVIRONMENT := $(PYTHON) -m config.environment
LOCK := $(BIN)/uv pip compile --quiet --generate-hashes --universal --no-emit-index-url \
	--no-header --python-version 3.11

ID ?= R*
SIZE ?= 1
PIECE ?= 0
MINUTES ?=
DRILLS = tests/drills/test_$(shell echo "$(ID)" | tr A-Z a-z)_*.py \
	$(if $(filter R3 R*,$(ID)),tests/test_odd_input.py)

# Each process compiles what it imports unless that is kept: a test run starts a hundred, and where
# PYTHONDONTWRITEBYTECODE is set (containers) three seconds of five went there. Kept out of the tree.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/.venv/compiled

.DEFAULT_GOAL := help
.PHONY: help run setup test drill bench check fmt browser lock

help: ## name the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST))

run: ## start everything under DATA_DIR (var/) and print the address; PORT=8000
	@$(ENVIRONMENT) run
	@MAI_AM_UNDER_MAKE=1 exec $(BIN)/python -m config.run

setup: ## migrate, translate, make assets: what `make run` does first
	@$(ENVIRONMENT) run
	@$(BIN)/python manage.py setup

test: browser ## everything, with a real browser and real processes; ARGS="-k consent" JOBS=2
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadscope --no-loadscope-reorder $(ARGS)

drill: browser ## reliability at length, each printing its figure; ID=R4, or all; SIZE=0.1 of it
	@MAI_AM_DRILL=$(SIZE) MAI_AM_DRILL_PIECE=$(PIECE) MAI_AM_DRILL_MINUTES=$(MINUTES) \
		$(BIN)/python -m pytest $(ARGS) $(DRILLS)

bench: ## figures beside baselines of the same run, in one table; ID=B2, or all
	@$(ENVIRONMENT) test
	@UV_SYSTEM_CERTS=1 UV_NATIVE_TLS=1 $(BIN)/uv pip install --quiet --python $(BIN)/python \
		--require-hashes --no-deps --target var/bench/packages -r requirements/bench.txt
	@$(BIN)/python -m tests.bench $(filter B%,$(ID))

check: ## what the build checks: style, types, imports, templates, migrations, translations
	@$(ENVIRONMENT) test
	@$(BIN)/python -m config.check

fmt: ## put the code in order
	@$(ENVIRONMENT) test
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format .

browser: ## find a browser for the tests, or unpack one
	@$(ENVIRONMENT) test
	@$(BIN)/python -m config.browser

lock: ## renew requirements/*.txt from requirements/*.in
	@$(ENVIRONMENT) test
	@cd requirements && for name in run test uv node; do ../$(LOCK) $(ARGS) $$name.in -o $$name.txt; done
	@cd requirements && ../$(LOCK) $(ARGS) --no-deps bench.in -o bench.txt
