# Needs GNU make, Python 3.11 or newer, and a package registry for pip; it gets everything else itself.
#   make PYTHON=/path/to/python3     another Python        make VENV=/elsewhere   another environment
#   make test TESTS=tests/unit ARGS="-k seed -x"           WORKERS=0 for one process; COVERAGE=1 to measure
#   make test-cluster KUBE=1.37                            CLUSTER=2 for one more beside one that is running

VENV ?= .venv
TESTS ?= tests
WORKERS ?= auto
ARGS ?=
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)

BIN := $(VENV)/bin
SETUP = $(or $(PYTHON),python3) -m ci.venv $(VENV)
# A stamp carries what the environment was made from, the place included: scripts in it hold absolute paths.
key = $(shell (pwd; cat pyproject.toml $(1)) | cksum | tr -d ' ')
DEV := $(VENV)/.ready-dev-$(call key,requirements/dev.txt)
CHART := $(VENV)/.ready-chart-$(call key,requirements/chart.txt)
# The environment for development holds all that the one for making charts does, at the same versions.
CHART := $(or $(wildcard $(DEV)),$(CHART))
# Which Kubernetes (KUBE=1.37), and which of the clusters of this machine (CLUSTER=2), for ci/cluster/settings.sh.
CLUSTER_OF = $(if $(KUBE),CHARTGEN_KUBE=$(KUBE)) $(if $(CLUSTER),CHARTGEN_CLUSTER=$(CLUSTER)) PYTHON=$(abspath $(BIN)/python)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help chart test check lint types sync snapshots schemas bench tools lock format clean mutants test-cluster test-cluster-breaks test-dry-run test-upgrades test-gitops cluster-up cluster-down release

help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

chart: $(CHART) ## set up, then generate charts/, check them on every overlay, and pack them
	$(BIN)/chartgen make

release: $(CHART) ## publish what is committed: REGISTRY=oci://HOST/PATH, ARGS=--dry-run first; see docs/guides/publishing.md
	@[ -n "$(REGISTRY)" ] || { echo "make release: say where to: REGISTRY=oci://HOST/PATH" >&2; exit 2; }
	$(BIN)/chartgen release $(REGISTRY) $(ARGS)

test: $(DEV) ## every test; those that lack an outside tool skip and say so (CHARTGEN_REQUIRE=all: fail)
ifdef COVERAGE
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $(WORKERS) $(ARGS) $(TESTS)
	$(BIN)/coverage combine -q
	$(BIN)/coverage report
else
	$(BIN)/python -m pytest -n $(WORKERS) $(ARGS) $(TESTS)
endif

check: export COVERAGE = 1
check: lint types ## the gate that CI runs: style, types, every test with branch coverage, charts in sync
	$(MAKE) --no-print-directory test
	$(MAKE) --no-print-directory sync

lint: $(DEV) ## style: ruff's rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV) ## types: mypy, strict
	$(BIN)/mypy

sync: $(CHART) ## the committed charts are what their app.yaml says, and k8s/ is what they make
	$(BIN)/chartgen generate --check
	$(BIN)/chartgen compose --check
	$(BIN)/chartgen manifests --check

format: $(DEV) ## bring the code into format, and mend what ruff can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

snapshots: $(DEV) ## write the snapshots anew; read the difference before you commit it
	$(BIN)/python -m pytest tests/snapshot --update

schemas: $(DEV) ## make the Kubernetes schemas in chartgen/data anew from the locked kubernetes-validate
	$(BIN)/python -m ci.kubernetes_schemas
	$(BIN)/python -m ci.kubernetes_definitions

bench: $(DEV) ## whole-process costs, beside what they replace
	$(BIN)/python -m benchmarks $(ARGS)

mutants: $(DEV) ## small faults in charts/ushadow: how many of each kind (ARGS="--run FILE": which ones verify finds)
	$(BIN)/python -m ci.mutation charts/ushadow $(ARGS)

tools: ## build the pinned Helm 3.18, 3 and 4, registries, kubeconform, cosign and so on into the cache (needs Go)
	$(or $(PYTHON),python3) -m ci.tools build
	@$(or $(PYTHON),python3) -m ci.tools list

test-cluster: $(DEV) ## install the chart on real Kubernetes; builds and starts one unless KUBECONFIG is set
	@$(CLUSTER_OF) ci/cluster/run.sh $(BIN)/python -m ci.cluster.suite cluster tests/cluster $(ARGS)

test-cluster-breaks: $(DEV) ## break the chart on purpose: the promise that is broken must turn red, and say so
	@$(CLUSTER_OF) ci/cluster/run.sh $(BIN)/python -m ci.cluster.breaking $(ARGS)

test-dry-run: $(DEV) ## ask a real API server about 10,000 objects that charts make of accepted values
	@$(CLUSTER_OF) ci/cluster/run.sh $(BIN)/python -m ci.dry_run $(ARGS)

test-upgrades: $(DEV) ## upgrade some hundred pairs of small charts for real: is what chartgen diff foretells true?
	@$(CLUSTER_OF) ci/cluster/run.sh $(BIN)/python -m ci.cluster.suite upgrades tests/upgrades --dist=load $(ARGS)

test-gitops: $(DEV) ## the same with the real Flux and Argo CD (20 min to build, once); see ci/cluster/gitops.py
	@[ -n "$$KUBECONFIG" ] || $(CLUSTER_OF) ci/cluster/up.sh --check
	@$(BIN)/python -m ci.tools build helm-3 helm-4
	@$(BIN)/python -m ci.cluster build gitops
	@WORKERS=2 CHARTGEN_REQUIRE=cluster,gitops,helm $(CLUSTER_OF) ci/cluster/run.sh \
		$(BIN)/python -m ci.cluster.suite gitops tests/gitops $(ARGS)

cluster-up: $(DEV) ## build (15 min, once) and start a Kubernetes of two nodes, and say its KUBECONFIG (needs root)
	@$(CLUSTER_OF) ci/cluster/up.sh

cluster-down: ## stop it and delete its state
	@$(CLUSTER_OF) ci/cluster/down.sh

lock: $(DEV) ## lock the Python packages anew from pyproject.toml (ARGS=--upgrade: to their newest)
	ci/lock $(BIN)/python $(ARGS)

clean: ## remove what was made here: environment, packed charts, caches (the tools stay in their cache)
	rm -rf $(VENV) $(VENV).lock dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .coverage.*
	find chartgen ci tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.ready-dev-%:
	@$(SETUP) requirements/dev.txt --project . --stamp $@

$(VENV)/.ready-chart-%:
	@$(SETUP) requirements/chart.txt --project . --stamp $@
