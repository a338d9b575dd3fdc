# make demo    set up, start a server and tell the wine story on it
# make test    set up, run the tests              (ARGS=... goes to pytest)
# make check   set up, lint and check the types
# make bench   set up, measure this server        (ARGS=... goes to the benchmark)
# make clean   remove what the others have made
#
# Needs git, make and Python 3.10 or newer. PYTHON=... chooses the interpreter, VENV=... the
# directory of the virtual environment.

VENV ?= .venv
ARGS ?=
BIN := $(VENV)/bin

ifndef PYTHON
PYTHON := $(shell for name in python3.13 python3.12 python3.11 python3.10 python3 python; do \
  if $$name -c 'import sys, ensurepip, venv, sqlite3; sys.exit(sys.version_info < (3, 10))' \
    >/dev/null 2>&1; then echo $$name; break; fi; done)
endif
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
EMPTY := $(VENV)/.python-$(VERSION)
BUILDS := pyproject.toml hatch_build.py
WEB := $(shell find web -name node_modules -prune -o -type f -print)

.PHONY: demo test check bench clean

demo: $(VENV)/.installed
	@$(BIN)/cuvee demo $(ARGS)

# The tests start some hundred servers: what Python has compiled is kept, whatever it is told.
test: $(VENV)/.installed-dev
	@$(BIN)/python hatch_build.py
	@$(BIN)/python tests/browser/chromium.py
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python hatch_build.py
	$(BIN)/python hatch_build.py run --silent check

bench: $(VENV)/.installed-dev
	$(BIN)/python -m bench --launch \
	  'cuvee=$(abspath $(BIN))/cuvee server --port {port} --backend-store-uri sqlite:///{dir}/c.db --artifacts-destination {dir}/artifacts' \
	  $(ARGS)

clean:
	rm -rf $(VENV) .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist cuvee-demo \
	  web/node_modules src/cuvee/ui

# The environment is made anew when it was made with another version of Python.
$(EMPTY):
	@test -n "$(VERSION)" || { echo "Python 3.10 or newer with the modules venv and ensurepip is \
	needed: install it, or name it with PYTHON=..." >&2; exit 1; }
	@echo "Making the environment $(VENV) with Python $(VERSION)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/.installed: $(EMPTY) $(BUILDS) $(WEB)
	@echo "Installing cuvee and what it needs (about a minute the first time)"
	@$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.installed-dev: $(EMPTY) $(BUILDS)
	@echo "Installing cuvee and what its tests need"
	@$(BIN)/python -m pip install --quiet --editable '.[all]' --group dev
	@touch $@ $(VENV)/.installed
