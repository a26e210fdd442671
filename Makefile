# The commands of the house; docs/contract of each: README.md and docs/operator.md.
PY ?= python3
PORT ?= 8000
BIN := .venv/bin
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check bench faults format words

.venv/run.ok: requirements.lock
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "The portal needs Python 3.11 or newer; this is $$($(PY) --version)."; exit 1; }
	@$(PY) -m venv .venv || { echo "python3-venv is missing: please run 'apt-get install python3-venv' first."; exit 1; }
	@echo "Installing the libraries of requirements.lock ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

.venv/test.ok: .venv/run.ok requirements-test.lock
	@echo "Installing the libraries of requirements-test.lock ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	@touch $@

run: .venv/run.ok
	@$(BIN)/python -m portal.config 2025-06-16
	@$(BIN)/flask db upgrade
	@$(BIN)/flask demo
	@$(BIN)/flask accounts
	@echo
	@echo "The portal answers at http://127.0.0.1:$(PORT); stop it with Ctrl-C."
	@$(BIN)/python -m portal.serve --port $(PORT)

test: .venv/test.ok
	@$(BIN)/python -m tests.needs
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: .venv/test.ok
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/djlint --quiet --lint templates
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: .venv/test.ok
	@$(BIN)/python -m tests.bench

faults: .venv/test.ok
	@$(BIN)/python -m tests.faults

format: .venv/test.ok
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

words: .venv/run.ok
	@$(BIN)/pybabel --quiet extract --no-location --sort-output --no-wrap --omit-header -k N_ -F portal/translations/babel.cfg -o portal/translations/messages.pot .
	@grep -c '^msgid' portal/translations/messages.pot
