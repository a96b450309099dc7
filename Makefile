PYTHON ?= python3

.PHONY: demo test soak check fix texts screenshots bench

demo test soak check fix texts screenshots bench:
	@$(PYTHON) dev.py $@
