PYTHON ?= python3

.PHONY: demo test check fix bench

demo test check fix bench:
	@$(PYTHON) dev.py $@
