# Everything a newcomer types. Windows commands stand beside these in the README.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test check bench spark soak mutants bundle bundle-check lock clean

run: .venv/.ready
	$(BIN)/otsu-maps serve

test: .venv/.ready-dev check
	$(BIN)/python -m pytest -n 2 --dist loadfile --durations=40

check: .venv/.ready-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: .venv/.ready-dev
	$(BIN)/python tests/benchmarks/run.py
	$(BIN)/python tests/benchmarks/transit_service.py
	$(BIN)/python tests/benchmarks/transit_travel.py
	$(BIN)/python tests/benchmarks/movement.py make build/pings --pings $(or $(PINGS),10000000)
	$(BIN)/python tests/benchmarks/movement.py run build/pings

# A master and two workers on this machine (needs Java 17) count what one process counts.
spark: .venv/.ready-dev
	$(BIN)/python tests/benchmarks/spark_cluster.py

soak: .venv/.ready-dev
	$(BIN)/python tests/benchmarks/soak.py

mutants: .venv/.ready-dev
	$(BIN)/python tests/mutants/run.py

# A folder that installs without a network, for Linux and Windows: build/bundle.
bundle: .venv/.ready
	$(BIN)/python bundle/make.py

# The Linux half, made and installed with no index, runs and builds the demo.
bundle-check: .venv/.ready
	$(BIN)/python bundle/make.py --only linux --out build/bundle-check
	PYTHON=$(abspath $(BIN)/python) sh build/bundle-check/install.sh
	cd build/bundle-check/program && .venv/bin/otsu-maps settings
	cd build/bundle-check/program && .venv/bin/python -m etl build --sources demo
	rm -rf build/bundle-check

# One lock for running, one for developing; hashes, no index address.
lock:
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra build --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet --output-file requirements-dev.lock

.venv/.ready: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing, once; this takes a minute or two."
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.ready-dev: requirements-dev.lock .venv/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

clean:
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
