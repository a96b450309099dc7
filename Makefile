PYTHON ?= python3

.PHONY: demo test soak check fix bench

demo test soak check fix bench:
	@$(PYTHON) dev.py $@
