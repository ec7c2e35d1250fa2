# make run: start the dashboard.  make test: run the tests.  Both create the environment that they need.

VENV := .venv
BIN := $(VENV)/bin
# The newest Python that is supported; a name that is found may still be a stub that does not run.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; done)
PORT ?= 8501
WORKERS ?= 2
# Files of tests side by side, on one thread each, or they slow each other down; then journeys one by one, since
# what a browser waits for would take too long beside others.
define tests
	OMP_NUM_THREADS=1 $(1)/python -m pytest -n $(WORKERS) --dist loadfile -m "not soak and not e2e"
	$(1)/python -m pytest -m e2e
endef

.PHONY: run test test-lowest bench lint format soak bundled clean

run: $(VENV)/run.stamp
	$(BIN)/python -m streamlit run app.py --server.port $(PORT)

test: $(VENV)/dev.stamp
	$(call tests,$(BIN))

bench: $(VENV)/dev.stamp
	for file in $(filter-out benchmarks/models.py,$(wildcard benchmarks/[a-z]*.py)); do $(BIN)/python -m benchmarks.$$(basename $$file .py) || exit 1; done

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The same work many times over: does memory stay flat?
soak: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -m soak -s

# The tests with the oldest versions that requirements.txt allows, in an environment of their own.
test-lowest:
	$(MAKE) VENV=.venv-lowest .venv-lowest/lowest.stamp
	$(call tests,.venv-lowest/bin)

# artifacts/bundled/ anew, from the audio of GTZAN-mini and pictures of the whole: make bundled GTZAN=FOLDER PICTURES=FILE
bundled: $(VENV)/run.stamp
	$(BIN)/python -m scripts.make_bundled "$(GTZAN)" $(PICTURES)

clean:
	rm -rf .venv .venv-lowest

$(VENV)/pip.stamp:
	@test -n "$(PYTHON)" || { echo "Genre Lab needs Python 3.11, 3.12 or 3.13, and none was found."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/run.stamp: requirements.txt | $(VENV)/pip.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/run.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(VENV)/lowest.stamp: requirements-dev.txt requirements.txt | $(VENV)/pip.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --resolution lowest-direct -r requirements-dev.txt
	@touch $@
