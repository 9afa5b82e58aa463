# Every target a person needs; `make` alone prints them.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help install serve test bench spark lock clean

help:  ## print this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /\1|/' | awk -F'|' '{printf "  make %-9s %s\n", $$1, $$2}'

install: $(VENV)/.installed  ## create .venv with the locked packages

$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "everychild needs Python 3.11 or newer; name one with: make install PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.installed-test: $(VENV)/.installed requirements-test.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	touch $@

spark: $(VENV)/.installed-spark  ## add Apache Spark to .venv (400 MB; it needs Java 17)

$(VENV)/.installed-spark: $(VENV)/.installed requirements-spark.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-spark.lock
	touch $@

serve: ## open the observatory on http://127.0.0.1:8000 (PORT=8123 for another port)
	@started=$$($(PYTHON) -c 'import time; print(time.time())'); \
	$(MAKE) --no-print-directory install && exec $(BIN)/everychild serve --port $(PORT) --started $$started

test: $(VENV)/.installed-test  ## check everything: layers, style, types, unit, spec, golden, web, browser
	$(BIN)/lint-imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/everychild check
	$(BIN)/pytest

bench: $(VENV)/.installed-test  ## measure speed and size; writes benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks

lock: $(VENV)/.installed  ## resolve the newest allowed packages into the lock files
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --upgrade --extra build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --upgrade --extra build --extra test --constraints requirements.lock pyproject.toml -o requirements-test.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --upgrade --extra build --extra spark --constraints requirements-test.lock pyproject.toml -o requirements-spark.lock

clean:  ## remove .venv and caches (the data folder stays)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
