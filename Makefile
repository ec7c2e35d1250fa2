# make run: start the dashboard.  make test: run the tests.  Both create the environment that they need.

VENV := .venv
BIN := $(VENV)/bin
# The newest supported Python; a name that is found may still be a stub that does not run.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; done)
# uv installs in seconds what takes pip minutes.  Where there is none, pip brings it into the environment.
UV ?= $(shell command -v uv)
PORT ?= 8501
WORKERS ?= 2
install = $(or $(UV),$(BIN)/uv) pip install --quiet --python $(BIN)/python
# Test files run side by side, the browser journeys among them, each on one thread, since more threads would slow each
# other down.
define tests
	OMP_NUM_THREADS=1 $(1)/python -m pytest -n $(WORKERS) --dist loadfile
endef

.PHONY: run serve test test-lowest bench lint audit format soak lock screenshots bundled clean

run: $(VENV)/run.stamp
	$(BIN)/genre-lab app --port $(PORT)

# For a class: prints a link and a QR code for students, and a link for the operator (docs/serving.md).
serve: $(VENV)/run.stamp
	$(BIN)/genre-lab app --serve --port $(PORT)

test: $(VENV)/dev.stamp
	$(call tests,$(BIN))

# Every benchmark, of speed and of accuracy, but some that are run by themselves: benchmarks/models.py takes half an hour,
# and others need the runs of scripts/make_default.py and the songs that benchmarks/outside_songs.py fetches.
bench: $(VENV)/dev.stamp
	for file in $(filter-out $(addprefix benchmarks/,models.py out_of_domain.py robustness.py changes.py results.py held_out.py outside_songs.py artists.py visitor.py classroom.py),$(wildcard benchmarks/[a-z]*.py)); do $(BIN)/python -m benchmarks.$$(basename $$file .py) || exit 1; done

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml app.py pages ui genre_core scripts

# The locked versions against the vulnerabilities that are known today: asks a service on the network.
audit: $(VENV)/dev.stamp
	@$(BIN)/python -m scripts.audit requirements.lock

format: $(VENV)/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The same work many times over, to see whether memory stays flat.
soak: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -m soak -s

# The tests with the oldest versions that requirements.txt allows, in an environment of their own.
test-lowest:
	$(MAKE) VENV=.venv-lowest .venv-lowest/lowest.stamp
	$(call tests,.venv-lowest/bin)

# The exact versions that `make run` and `make test` install, for all platforms and Pythons.
lock: $(VENV)/venv.stamp
	$(compile) requirements.txt --output-file requirements.lock
	$(compile) --constraint requirements.lock requirements-dev.txt --output-file requirements-dev.lock

compile = $(or $(UV),$(BIN)/uv) pip compile --quiet --upgrade --universal --python-version 3.11 --fork-strategy fewest \
	--no-annotate --custom-compile-command "make lock"

# The pictures of README.md, from the running app.
screenshots: $(VENV)/dev.stamp
	$(BIN)/python -m scripts.make_screenshots

# artifacts/bundled/ anew, from the audio of GTZAN-mini and pictures of the whole: make bundled GTZAN=FOLDER PICTURES=FILE
bundled: $(VENV)/run.stamp
	$(BIN)/python -m scripts.make_bundled "$(GTZAN)" $(PICTURES)

clean:
	rm -rf .venv .venv-lowest

$(VENV)/venv.stamp:
	@test -n "$(PYTHON)" || { echo "Genre Lab needs Python 3.11, 3.12 or 3.13, and none was found."; exit 1; }
	rm -rf $(VENV)
ifneq ($(UV),)
	$(UV) venv --quiet --python $(PYTHON) $(VENV)
else
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
endif
	@touch $@

$(VENV)/run.stamp: requirements.lock pyproject.toml | $(VENV)/venv.stamp
	$(install) --requirement requirements.lock --editable .
	$(BIN)/python -m genre_core.features.compilation
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/run.stamp
	$(install) --requirement requirements-dev.lock
	@touch $@

$(VENV)/lowest.stamp: requirements-dev.txt requirements.txt pyproject.toml | $(VENV)/venv.stamp
	$(install) --resolution lowest-direct --requirement requirements-dev.txt --editable .
	@touch $@
