PYTHON ?= $(shell command -v python3.11 || command -v python3)
PROCESSES ?= 2
SEEDS ?= 100
FIRST ?= 0
MINUTES ?= 10
EPISODES ?= 30000
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.installed-run
DEV := $(VENV)/.installed-dev
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --no-input
# setuptools warns of what an editable installation is for; it is meant here.
INSTALL_THIS := PYTHONWARNINGS="ignore:Editable installation" $(PIP) install \
	--no-deps --no-build-isolation --editable .
LOCK := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

.DEFAULT_GOAL := help
.PHONY: help up test cover check lint format types arrows secure simulate planted faults night \
	model year bench migrate lock clean

help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

up: $(RUN) ## set up and run everything here: a demonstration council, police receiver and people
	@echo "Starting the demonstration: http://127.0.0.1:8000 (stop with Ctrl-C)"
	@exec $(BIN)/missing-service up --demo

test: $(DEV) ## set up and run all tests, on SQLite and on a real PostgreSQL
	@echo "Running all tests, $(PROCESSES) at a time"
	$(BIN)/pytest -n $(PROCESSES) --dist loadfile

cover: $(DEV) ## run all tests and list the branches of domain and usecases that none takes
	$(BIN)/pytest -n $(PROCESSES) --dist loadfile --cov=missing_service.domain \
		--cov=missing_service.usecases --cov-branch --cov-report=term-missing:skip-covered

check: lint types arrows secure ## run every check, as CI does

lint: $(DEV) ## check style and form
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(DEV) ## put style and form right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(DEV) ## check types
	$(BIN)/mypy --strict

arrows: $(DEV) ## check which module may import which
	$(BIN)/lint-imports

secure: $(DEV) ## look for known unsafe ways of writing
	$(BIN)/bandit --quiet --recursive missing_service adapters workers

simulate: $(DEV) ## run many seeded histories: SEEDS=1000 from seed FIRST=0
	$(BIN)/python -m tests.simulation $(SEEDS) $(FIRST)

planted: $(DEV) ## plant each known mistake and print which promise the simulation saw broken
	$(BIN)/python -m tests.simulation.planted

faults: $(DEV) ## put every fault into every durable step of every act, on both databases
	MISSING_ALL_FAULTS=1 $(BIN)/pytest -n $(PROCESSES) tests/faults

night: $(DEV) ## lose and replace PostgreSQL under load; kill and pause processes for MINUTES=10
	MISSING_NIGHT=1 MISSING_MINUTES=$(MINUTES) $(BIN)/pytest tests/night

model: ## check the hand-over protocol exhaustively with spin
	@$(PYTHON) docs/model/check.py

year: $(DEV) ## live a year of London's 30,000 episodes in virtual time: EPISODES=300
	$(BIN)/python -m bench.year $(EPISODES) $(PROCESSES)

bench: $(DEV) ## measure speed beside the disk's own
	$(BIN)/python -m bench

migrate: $(RUN) ## bring the database's schema to the newest
	$(BIN)/missing-service migrate

lock: $(DEV) ## choose versions anew from requirements*.in
	CUSTOM_COMPILE_COMMAND="make lock" $(LOCK) -o requirements.lock requirements.in
	CUSTOM_COMPILE_COMMAND="make lock" $(LOCK) -o requirements-dev.lock requirements-dev.in

clean: ## remove what was installed here; var/ stays
	rm -rf $(VENV) build *.egg-info

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "On Debian and Ubuntu: apt-get install python3-venv, then again"; exit 1; }

$(RUN): requirements.lock setup.cfg pyproject.toml | $(BIN)/python
	@echo "Installing what the service needs (requirements.lock, hashes checked)"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(INSTALL_THIS)
	@touch $@

$(DEV): requirements-dev.lock setup.cfg pyproject.toml | $(BIN)/python
	@echo "Installing what tests and checks need (requirements-dev.lock, hashes checked)"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(INSTALL_THIS)
	@touch $(RUN) $@
