# The commands of CONTRIBUTING.md, and set-up, which `run` and `test` call first and which does nothing the second time.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV_PYTHON := .venv/bin/python
T ?=

.PHONY: run test check fix bench setup screenshots

run:
	@$(PYTHON) tools/setup.py
	@$(VENV_PYTHON) -u manage.py up $(ARGS)

test:
	@$(PYTHON) tools/setup.py --dev
	@$(VENV_PYTHON) tools/test.py $(T)

check:
	@$(PYTHON) tools/setup.py --dev
	@$(VENV_PYTHON) tools/check.py

fix:
	@$(PYTHON) tools/setup.py --dev
	@$(VENV_PYTHON) tools/check.py --fix

bench:
	@$(PYTHON) tools/setup.py --dev
	@$(VENV_PYTHON) -m bench $(ARGS)

screenshots:
	@$(PYTHON) tools/setup.py --dev
	@$(VENV_PYTHON) tools/screenshots.py $(ARGS)

setup:
	@$(PYTHON) tools/setup.py --dev --retry
