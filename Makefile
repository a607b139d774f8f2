PYTHON ?= python3
BIN := .venv/bin
LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --quiet \
	--custom-compile-command "make lock"

SWEEP ?= sweep
SEEDS ?= 9001
INTENSITIES ?= plain
SCALE ?= 0.1
MINUTES ?= 10

.DEFAULT_GOAL := help
.PHONY: help setup demo test slow check evaluation bench bench-linkage bench-ingest fuzz fmt docs lock dist clean

help:  ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:  ## Make .venv with the locked packages and jars; does nothing when all is in place
	@$(PYTHON) infra/setup.py

demo: setup  ## Generate a small world, find its campaigns, write the case file
	@$(BIN)/hydrascope demo

test: setup  ## Run the tests, without those of make slow; one that needs what is absent says so and is skipped
	@$(BIN)/python -m hydrascope.java
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

slow: setup  ## Run the tests that take long: kills, a Spark cluster of three processes, every trap and evasion
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -m slow
	@$(BIN)/python -m pytest -m cluster

check: setup  ## Format, lint, types, unit tests (no JVM) and generated docs
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/unit -q
	$(BIN)/python -m hydrascope.docs --check

evaluation: setup  ## Judge worlds with seeds that nobody tuned on, and publish the result in docs/evaluation.md
	@$(BIN)/hydrascope evaluate --sweep $(SWEEP) --seeds $(SEEDS) --intensities $(INTENSITIES) --scale $(SCALE)
	cp $(SWEEP)/evaluation.json lib/hydrascope/evaluation.json
	$(BIN)/python -m hydrascope.docs

bench: setup  ## Time ingest and detection against the plainest Spark job over the same rows
	@$(BIN)/python bench/run.py

bench-linkage: setup  ## Time components against GraphFrames and scipy, and one value shared by a million accounts
	@$(BIN)/python bench/components.py
	@$(BIN)/python bench/hubs.py

bench-ingest: setup  ## Time ingest against bare Spark and over small objects, and count how many edges are matched wrongly
	@$(BIN)/python bench/ingest.py
	@$(BIN)/python bench/edges.py

fuzz: setup  ## Give damaged objects to every reader, for MINUTES each
	@$(BIN)/python bench/fuzz.py --minutes $(MINUTES)

fmt: setup  ## Format the code and repair what lint can repair
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

docs: setup  ## Write the generated pages of docs/
	$(BIN)/python -m hydrascope.docs

lock: setup  ## Bring infra/requirements*.txt up to pyproject.toml
	$(LOCK) pyproject.toml --group dev --output-file infra/requirements-dev.txt
	$(LOCK) pyproject.toml --constraint infra/requirements-dev.txt --output-file infra/requirements.txt
	$(LOCK) --group build --constraint infra/requirements-dev.txt --output-file infra/requirements-build.txt

dist: setup  ## Build the wheel, and the same as dist/hydrascope.zip for spark-submit --py-files
	rm -rf dist
	$(BIN)/python -m build --no-isolation --wheel --outdir dist
	cp dist/hydrascope-*.whl dist/hydrascope.zip

clean:  ## Remove everything that was made here, .venv too
	rm -rf .venv dist .mypy_cache .pytest_cache .ruff_cache .hypothesis spark-warehouse metastore_db derby.log
	find lib jobs schemas infra tests -name __pycache__ -type d -prune -exec rm -rf {} +
