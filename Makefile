# Everything a developer or an operator does here. `make help` lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
UV := .tools/bin/uv
SERVICE := .venv/bin
ENGINE := .venv-engine/bin
MODEL := models/psqm.tar.gz
# Tests that share nothing with each other, by two processes; those that start engines want the machine for themselves.
SIDE_BY_SIDE := --numprocesses 2 --dist worksteal
FILE_BY_FILE := --numprocesses 2 --dist loadfile  # what a file's tests share, such as an engine, is started once

.PHONY: help
help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

# ---- people start here ----

.PHONY: run
run: setup ## Set everything up and serve the assistant at http://127.0.0.1:8080
	@$(SERVICE)/psqm train
	@exec $(SERVICE)/psqm serve

.PHONY: test
test: setup-development .venv-tuning/.tuning ## Set everything up and run every test
	@tests/require_system.sh
	@$(SERVICE)/psqm train
	@$(MAKE) --no-print-directory lint
	$(ENGINE)/python -m pytest -c tests/engine/pytest.ini tests/engine
	.venv-tuning/bin/python -m pytest -c tests/tuning/pytest.ini tests/tuning
	$(SERVICE)/python -m pytest $(SIDE_BY_SIDE) tests/unit
	$(SERVICE)/python -m pytest $(SIDE_BY_SIDE) tests/api
	$(SERVICE)/python -m pytest $(FILE_BY_FILE) tests/conversation tests/browser
	$(SERVICE)/python -m pytest tests/faults

.PHONY: test-unit
test-unit: setup-development ## Run the unit tests alone (two minutes, no system packages but PostgreSQL and Redis)
	@tests/require_system.sh postgresql redis
	$(ENGINE)/python -m pytest -c tests/engine/pytest.ini tests/engine --ignore tests/engine/test_project.py
	$(SERVICE)/python -m pytest $(SIDE_BY_SIDE) tests/unit

.PHONY: lint
lint: setup-development ## Check style, types and the direction of imports
	$(SERVICE)/ruff check .
	$(SERVICE)/ruff format --check .
	$(SERVICE)/mypy
	$(SERVICE)/lint-imports

.PHONY: format
format: setup-development ## Format the code
	$(SERVICE)/ruff check --fix .
	$(SERVICE)/ruff format .

.PHONY: train
train: setup ## Train the model, if something that it depends on has changed
	@$(SERVICE)/psqm train

.PHONY: shell
shell: setup ## Talk to the assistant in the terminal, through `rasa shell`
	@$(SERVICE)/psqm train
	@PSQM_PORT=$${PSQM_SHELL_PORT:-8089} $(SERVICE)/psqm web & actions=$$!; trap "kill $$actions" EXIT; \
	  $(ENGINE)/rasa shell --model $(MODEL)

.PHONY: bench
bench: setup-development ## Measure accuracy, speed and size against a stock Rasa pipeline; writes bench/results.md
	@$(SERVICE)/psqm train
	$(SERVICE)/python -m bench

.PHONY: tune
tune: .venv-tuning/.tuning .venv-engine/.engine ## Tune the sentence encoder to the examples (a quarter of an hour); `make train` afterwards
	.venv-tuning/bin/python -m tuning

.PHONY: lock
lock: $(UV) ## Resolve the requirements anew, into the hashed locks
	$(UV) pip compile -q --upgrade --python-version 3.13 --generate-hashes --no-emit-index-url requirements/service.in -o requirements/service.txt
	$(UV) pip compile -q --upgrade --python-version 3.13 --generate-hashes --no-emit-index-url requirements/development.in -o requirements/development.txt
	$(UV) pip compile -q --upgrade --python-version 3.10 --generate-hashes --no-emit-index-url --override requirements/engine-overrides.txt requirements/engine.in -o requirements/engine.txt
	$(UV) pip compile -q --upgrade --python-version 3.13 --generate-hashes --no-emit-index-url requirements/tuning.in -o requirements/tuning.txt

.PHONY: clean
clean: ## Remove the environments, the model and what tests left; keeps var/ with its data
	rm -rf .tools .venv .venv-engine .venv-bench .venv-bench-letters .venv-tuning .rasa models build results

# ---- environments, each made anew only when its lock has changed ----

.PHONY: setup setup-development
setup: .venv/.service .venv-engine/.engine
setup-development: .venv/.development .venv-engine/.engine

$(UV): requirements/tools.txt
	@echo "Setting up the installer"
	@$(PYTHON) -m venv --clear .tools
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.txt
	@touch $@

# An environment for development holds the service's too, and is never cut down to it.
.venv/.service: requirements/service.txt pyproject.toml | $(UV)
	@if [ -e .venv/.development ]; then $(MAKE) --no-print-directory .venv/.development && touch $@; else \
	  $(call install_service,service,); touch $@; fi

.venv/.development: requirements/development.txt requirements/service.txt pyproject.toml | $(UV)
	@$(call install_service,development, and what its tests need)
	@touch .venv/.service $@

define install_service
  set -e; echo "Setting up the service$(2) (Python 3.13)"; \
  test -x $(SERVICE)/python || $(UV) venv --quiet --python 3.13 .venv; \
  $(UV) pip sync --quiet --compile-bytecode --python $(SERVICE)/python --require-hashes requirements/$(1).txt; \
  $(UV) pip install --quiet --no-deps --no-build-isolation --python $(SERVICE)/python --editable .
endef

# Without --require-hashes: uv refuses it for a lock from which overrides removed a requirement; the hashes are checked all the same.
.venv-engine/.engine: requirements/engine.txt requirements/engine.pth | $(UV)
	@echo "Setting up the engine (Python 3.10)"
	@test -x $(ENGINE)/python || $(UV) venv --quiet --python 3.10 .venv-engine
	@$(UV) pip sync --quiet --compile-bytecode --python $(ENGINE)/python requirements/engine.txt
	@cp requirements/engine.pth "$$($(ENGINE)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/psqm-engine.pth"
	@touch $@

.venv-tuning/.tuning: requirements/tuning.txt | $(UV)
	@echo "Setting up what tuning the encoder needs (Python 3.13)"
	@test -x .venv-tuning/bin/python || $(UV) venv --quiet --python 3.13 .venv-tuning
	@$(UV) pip sync --quiet --python .venv-tuning/bin/python --require-hashes requirements/tuning.txt
	@touch $@
