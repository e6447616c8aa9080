SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build
.PHONY: build demo test bench bench-peers drift-peers gameday lint format clean help

# Suites of this name are about optimised code; in a debug build they are skipped.
OPTIMISED := (Allocations|Optimised)
SOURCES := Sources Tests Package.swift

export ESPALIER_PYTHON := $(CURDIR)/.build/venv/bin/python

build: ## build the optimised product (plain `make`)
	@.ci/setup build
	@echo "build: optimised"
	@swift build -c release --quiet

demo: ## simulated card payments through an embedded broker, scored and learnt from
	@.ci/setup build
	@echo "demo: building"
	@swift build -c release --product espalier --quiet
	@.build/release/espalier demo

# The whole suite comes last, so that its summary is the last line.
test: ## everything that CI checks
	@.ci/setup test
	@$(MAKE) --no-print-directory lint
	@echo "test: building, with imports held to Package.swift"
	@swift build --build-tests --explicit-target-dependency-import-check error --quiet
	@echo "test: optimised build, tests that count allocations"
	@swift test -c release --disable-xctest --quiet --filter '$(OPTIMISED)'
	@echo "test: whole suite"
	@swift test --skip-build --disable-xctest --quiet

bench: ## measure against the bars in the README; writes .build/bench.json
	@.ci/setup build
	@echo "bench: building"
	@swift build -c release --product Benchmarks --quiet
	@swift build -c release --product espalier --quiet
	@.build/release/Benchmarks

GAMEDAY := schemas/examples/project-card-fraud.yaml

gameday: ## a hundred clean runs and twenty of every fault: false pages, what is found, and when
	@.ci/setup build
	@echo "gameday: building"
	@swift build -c release --product espalier --quiet
	@.build/release/espalier gameday $(GAMEDAY) --direct --clean 100
	@.build/release/espalier gameday $(GAMEDAY) --direct --seeds 20

bench-peers: ## fit a path beside glmnet, skglm, celer and scikit-learn, on one thread
	@.ci/setup build
	@.ci/setup peers
	@echo "bench-peers: building"
	@swift build -c release --product espalier --quiet
	@.build/peers/bin/python Tests/peers.py .build/release/espalier

drift-peers: ## drift beside scipy, Evidently and NannyML on the same values, held to what sketches promise
	@.ci/setup build
	@.ci/setup drift-peers
	@echo "drift-peers: building"
	@swift build -c release --product espalier --quiet
	@.build/drift-peers/bin/python Tests/drift_peers.py .build/release/espalier

lint: ## check the format
	@echo "lint: swift format"
	@swift format lint --strict --parallel --recursive $(SOURCES)

format: ## put everything into the format that lint checks
	@swift format --in-place --parallel --recursive $(SOURCES)

clean: ## remove what was built, the Python environment included
	@rm -rf .build

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' Makefile
