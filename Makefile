# The README's two commands are `make demo` and `make test`; both do all the set-up they need.
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
DEMO ?= .demo
PORT ?= 8765
SERVE ?= 1

.PHONY: help demo test test-extended install check bench plugin clean system

help:
	@echo "make demo      simulate a city, run its day, serve the map page (SERVE=0 ends instead)"
	@echo "make test      install what is missing and run the whole suite"
	@echo "make test-extended  more map clients, and the whole plugin inside QGIS"
	@echo "make install   create .venv with everything pinned"
	@echo "make check     ruff, mypy, import-linter"
	@echo "make bench     print every measured figure beside its bar"
	@echo "make plugin    build the QGIS plugin: dist/evenbeat-VERSION.zip"
	@echo "make clean     remove what the other targets made"

system:
	@scripts/install-system base

install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml constraints.txt scripts/install-environment
	@$(MAKE) --no-print-directory system
	@scripts/install-environment $(VENV)

demo: install
	@$(BIN)/evenbeat demo --out $(DEMO)
	@if [ "$(SERVE)" != "0" ]; then $(BIN)/evenbeat serve -w $(DEMO) --port $(PORT); fi

test: install
	@scripts/install-system test
	@scripts/run-tests

test-extended: install
	@scripts/install-system test
	@scripts/run-tests -m extended
	@scripts/run-qgis-tests

check: install
	@scripts/run-checks

bench: install
	@scripts/install-bench $(VENV)
	@$(BIN)/pytest tests/benchmarks -m benchmark -s -q -p no:cacheprovider

plugin:
	@python3 scripts/build_plugin.py

clean:
	rm -rf $(VENV) .venv-bench .venv-qgis .namespace .demo .mypy_cache .ruff_cache .pytest_cache build dist *.egg-info
