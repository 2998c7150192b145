# Everything the project needs is installed into .venv from pyproject.toml, at the versions in constraints.txt.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DEMO_ARGS ?=
QUICK_ARGS ?=
# Tests of one file stay together, for they share what it prepares. Files in the order of tests/conftest.py: those of
# quick tests alone first, so that most faults are told soon; then the slow ones, the longest first and the shortest
# last, so that all processes end together. Three, also on two cores: tests wait for processes of their own.
PARALLEL := -n 3 --dist loadfile --no-loadscope-reorder
# Also for what pip needs to build the native kernels.
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt

COMMA := ,
EXTRAS := dask keras lightning mcp mlflow onnx optuna pandas sklearn slurm tensorboard transformers without_torch

.PHONY: demo test extras pytest test-quick test-exhaustive check sanitize neon format messages clean

# The short one first, a comparison of its own: its verdict and report are there while the whole one goes on.
demo: $(VENV)/.installed
	$(BIN)/paribus compare activation=sigmoid,relu --recipe quick $(QUICK_ARGS)
	$(BIN)/paribus compare activation=sigmoid,relu --why $(DEMO_ARGS)

test: check pytest

# All of them in one go: what tests share is prepared once.
pytest: $(VENV)/.developed
	$(BIN)/pytest $(PARALLEL) --durations=20

test-quick: $(VENV)/.developed
	$(BIN)/pytest $(PARALLEL) -m "not slow and not browser and not exhaustive" --durations=5

# Every instance of what `make test` tries one of each kind of.
test-exhaustive: $(VENV)/.developed
	$(BIN)/pytest -n 2 --dist worksteal -m exhaustive --durations=5

check: $(VENV)/.developed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# What an extra brings, each tested with the real library in an environment of its own, and what works without any;
# skipped by name where the packages cannot be installed. The native kernels are not built there, nor modules compiled
# that nobody imports.
extras: $(EXTRAS:%=extra-%)

extra-%: WITH = $(if $(filter without_%,$*),,[$(if $(filter dask keras onnx pandas,$*),lab$(COMMA))$*])
# What is tried with it, though it needs none of it.
extra-dask: BESIDE = joblib loky submitit
# executorlib is not yet at the newest pyzmq.
extra-slurm: PINNED = $(CURDIR)/.venv-extras/pinned.txt
extra-slurm: export PIP_CONSTRAINT = $(PINNED)
extra-slurm: .venv-extras/pinned.txt
.venv-extras/pinned.txt: constraints.txt
	mkdir -p $(@D)
	grep -v '^pyzmq==' $< > $@
extra-%: PINNED = constraints.txt
extra-%:
	$(PYTHON) -m venv --clear .venv-extras/$*
	@if .venv-extras/$*/bin/python -m pip install --quiet --no-compile --constraint $(PINNED) \
	    --constraint constraints/$*.txt --config-settings=wheel.cmake=false '.$(WITH)' pytest $(BESIDE); \
	then PARIBUS_EXTRA=$* .venv-extras/$*/bin/python -m pytest tests/extras/test_$*.py; \
	else echo "extra $*: skipped, its packages cannot be installed here"; fi

# The native kernels under the compiler's own checks; needs no Python.
sanitize:
	tools/sanitize.sh

# The native kernels for 64-bit Arm, emulated elsewhere; not part of `make test`.
neon:
	tools/neon.sh

format: $(VENV)/.developed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: $(VENV)/.developed
	$(BIN)/python tools/compile_messages.py --prune
	$(BIN)/python tools/subset_font.py

NATIVE := CMakeLists.txt $(wildcard src/paribus/programs/recipe/kernels/native/*)

# Our modules are compiled here: where Python is kept from writing what it compiles (PYTHONDONTWRITEBYTECODE), every
# process would do it anew.
$(VENV)/.installed: pyproject.toml constraints.txt $(NATIVE)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[lab]'
	$(BIN)/python -m compileall -q src
	touch $@

# It has all that .installed has, and the native kernels are built once.
$(VENV)/.developed: pyproject.toml constraints.txt $(NATIVE)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[lab,dev]'
	$(BIN)/python -m compileall -q src
	touch $(VENV)/.installed $@

clean:
	rm -rf $(VENV) .venv-extras .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
