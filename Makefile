PYTHON ?= python3

.PHONY: demo test soak check fix screenshots bench

demo test soak check fix screenshots bench:
	@$(PYTHON) dev.py $@
