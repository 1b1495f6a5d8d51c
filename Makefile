# SPDX-License-Identifier: Apache-2.0
# Every step of CI and every task of a contributor is a target here: `make help`.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
# Targets of one run share cargo's target directory and its lock: side by side they would
# only wait for each other, with their output mixed.
.NOTPARALLEL:
.DEFAULT_GOAL := all

TARGET_DIR := $(or $(CARGO_TARGET_DIR),target)
VERSION = $(shell cargo pkgid -p terraform-provider-kubeha | sed 's/.*@//')
# Where `make install` puts the provider: where Terraform and OpenTofu look without being told.
PLUGIN_DIR ?= $(HOME)/.terraform.d/plugins
# Whose default registry it stands in for: registry.opentofu.org for OpenTofu.
PLUGIN_HOST ?= registry.terraform.io
# Where `make dist` puts what a release has.
DIST_DIR ?= dist
# The licences of what is compiled in, which goes along.
NOTICES = $(TARGET_DIR)/THIRD-PARTY-NOTICES

.PHONY: all help
all: fmt-check lint test ## What `make` alone does: fmt-check, lint, test

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Build

.PHONY: build build-all release dist install dev-overrides clean
# The whole workspace at once: cargo then compiles the dependencies with one set of features, and
# every other target uses them as they are.
build: ## Build the provider, and all programs beside it, for debugging
	cargo build --workspace --bins --examples --locked

build-all: ## Build everything, tests and benchmarks included
	cargo build --workspace --all-targets --locked

release: ## Build the provider as it is shipped
	cargo build -p terraform-provider-kubeha --locked --release

# What reaches users from other platforms is built by .github/workflows/release.yml.
dist: release ## Pack the release build for this platform: archive, manifest, checksums
	tools/notices --out "$(NOTICES)"
	tools/package archive --version "$(VERSION)" --notices "$(NOTICES)" --out "$(DIST_DIR)" \
		"$(TARGET_DIR)/release/terraform-provider-kubeha"
	tools/package sums --version "$(VERSION)" "$(DIST_DIR)"

install: build ## Install the debug build where `terraform init` finds it
	tools/notices --out "$(NOTICES)"
	tools/package install --version "$(VERSION)" --notices "$(NOTICES)" \
		--into "$(PLUGIN_DIR)" --host "$(PLUGIN_HOST)" \
		"$(TARGET_DIR)/debug/terraform-provider-kubeha"
	@printf '\n%s\n%s\n' \
		'`terraform init` now takes kubeha/kubeha $(VERSION) from there, and asks no registry for it.' \
		'Where an earlier build was locked, first remove its block from .terraform.lock.hcl.'

dev-overrides: build ## Write a CLI configuration that uses the debug build in place, without init
	@printf '%s\n' \
		'provider_installation {' \
		'  dev_overrides { "kubeha/kubeha" = "$(abspath $(TARGET_DIR))/debug" }' \
		'  direct {}' \
		'}' > "$(TARGET_DIR)/dev.tfrc"
	@printf '\n%s\n\n  %s\n\n%s\n' \
		'To use each build as soon as it is made:' \
		'export TF_CLI_CONFIG_FILE="$(abspath $(TARGET_DIR))/dev.tfrc"' \
		'Then plan and apply. `init` is for other providers only: for this one it finds no release.'

clean: ## Remove what was built and fetched
	cargo clean
	rm -rf .tools .emulator dist

# Check

.PHONY: fmt fmt-check lint doc examples-check audit
fmt: ## Format the Rust code and the examples
	cargo fmt --all
	terraform=$$(tests/tools/terraform-path); "$$terraform" fmt -recursive examples

fmt-check: ## Fail if Rust code is not formatted
	cargo fmt --all -- --check

lint: ## Run clippy; a warning fails
	cargo clippy --workspace --all-targets --locked -- -D warnings

doc: ## Build the Rust documentation; a warning fails
	RUSTDOCFLAGS=-Dwarnings cargo doc --no-deps --workspace --locked

examples-check: ## Fail if an example is not formatted
	terraform=$$(tests/tools/terraform-path); "$$terraform" fmt -check -diff -recursive examples

# In two steps, so that a database of advisories that can't be fetched hides nothing of the rest.
audit: ## Check licences, sources and advisories of dependencies (needs cargo-deny)
	@cargo deny --version >/dev/null 2>&1 || { \
		echo 'audit: cargo-deny is not installed, so nothing was checked: cargo install --locked cargo-deny' >&2; \
		exit 1; }
	cargo deny --locked check licenses bans sources
	@cargo deny --locked check advisories || { \
		echo 'audit: licences, bans and sources are as deny.toml wants them; advisories were found, or could not be fetched: see above' >&2; \
		exit 1; }

# Generate

.PHONY: proto check-proto
proto: ## Regenerate the plugin protocol's Rust code
	cargo run --locked -p tfplug-codegen

check-proto: proto ## Fail if the checked-in protocol code is not what is generated
	@git diff --exit-code -- provider/tfplug/src/proto || { \
		echo 'check-proto: the generated code differs from what is committed: commit what `make proto` wrote' >&2; \
		exit 1; }

.PHONY: docs check-docs
docs: build ## Write the reference pages from the provider's schemas
	$(TARGET_DIR)/debug/kubeha-docs

check-docs: build ## Fail if a reference page is not what the schemas say
	$(TARGET_DIR)/debug/kubeha-docs --check

# Test

EMULATOR := $(if $(wildcard tests/emulator/test),test-emulator)

.PHONY: test test-tools test-emulator test-rust
test: test-tools $(EMULATOR) test-rust ## Run every test, from nothing

test-tools: ## Test the tools under tools and tests/tools, this Makefile, and the guards of tests/acceptance
	python3 -m unittest discover -s tools
	python3 -m unittest discover -s tests/tools
	python3 -m unittest discover -s tests/acceptance

test-emulator: ## Install the AWS emulator and run its own tests
	tests/emulator/install
	tests/emulator/test

# Binaries first: tests start the providers as programs, and cargo builds only those of the package
# under test. Tests of waits mostly wait, hence more of them at once than there are cores.
test-rust: build ## Run cargo's tests against the binaries built now
	KUBEHA_TERRAFORM=$$(tests/tools/terraform-path); export KUBEHA_TERRAFORM; \
		RUST_TEST_THREADS=$${RUST_TEST_THREADS:-$$(( 2 * $$(getconf _NPROCESSORS_ONLN) ))} \
		tests/tools/run-tests --workspace --locked

.PHONY: programs test-programs
programs: ## Have etcd, etcdctl and kubectl: on PATH, or from Debian's packages in .tools
	tests/tools/programs

# Other tests ignore these, so that they need no such programs. A missing one fails them.
test-programs: build ## Run the tests that need etcd, kubectl, hashicorp/aws, terragrunt; or PROGRAMS="etcd:: kubectl::"
	tests/emulator/install
	KUBEHA_TERRAFORM=$$(tests/tools/terraform-path); export KUBEHA_TERRAFORM; \
		PATH=$$PATH:$(CURDIR)/.tools/programs/usr/bin \
		cargo test --workspace --locked --test programs -- --include-ignored $(PROGRAMS)

.PHONY: test-all
test-all: build ## Run the tests of `make test` and those of further moments, some hours
	KUBEHA_TERRAFORM=$$(tests/tools/terraform-path); export KUBEHA_TERRAFORM; \
		KUBEHA_ALL_POINTS=1 cargo test --workspace --locked -- --include-ignored \
		--skip etcd:: --skip kubectl:: --skip neighbours:: --skip terragrunt::

# For each property of what comes from outside: state values, stored states, import ids, AWS's answers.
FUZZ_CASES ?= 500

.PHONY: fuzz state-fixtures
fuzz: ## Try FUZZ_CASES damages of each kind on what comes from outside (500 take three CPU minutes)
	PROPTEST_CASES=$(FUZZ_CASES) cargo test --locked --workspace --test values
	PROPTEST_CASES=$(FUZZ_CASES) cargo test --locked --workspace --test outside

# Of a release that is out, its states stay as they are: git shows if this changed any.
state-fixtures: build ## Record this version's states of all resources, and AWS's answers to them
	KUBEHA_TERRAFORM=$$(tests/tools/terraform-path); export KUBEHA_TERRAFORM; \
		KUBEHA_STATE_FIXTURES="$(CURDIR)/tests/fixtures" RUST_TEST_THREADS=1 \
		cargo test --locked --workspace --tests -- lives_a_whole_life --exact

# Against other endpoints

.PHONY: acceptance sweep
acceptance: build ## Run the acceptance cases: ENDPOINT=emulator, stock, a URL, or aws (docs/acceptance.md)
	tests/acceptance/run cases "$(ENDPOINT)" $(if $(PREFIX),--prefix "$(PREFIX)") $(if $(CASES),--only "$(CASES)")

sweep: ## Show what a run of PREFIX left at ENDPOINT; DELETE=yes deletes it
	tests/acceptance/run sweep "$(ENDPOINT)" "$(PREFIX)" $(if $(filter yes,$(DELETE)),--delete)

# Show and measure

.PHONY: demo bench bench-plugin bench-micro bench-cpu
demo: build ## Show the provider at work under terraform
	tests/demo/run

bench: release ## Measure whole clusters, beside hashicorp/aws if there is a copy, write docs/benchmarks.md
	tests/bench/clusters/run --write

bench-plugin: release ## Measure the release build itself, write docs/benchmarks.md
	cargo run --locked --release -p kubeha-bench --bin bench-plugin -- --write

# A part of the names of those to measure.
BENCH ?=

bench-micro: release ## Measure values, keys and the plan of a group, or those named BENCH, write docs/benchmarks.md
	cargo bench --locked -p kubeha-bench -- $(BENCH)
	python3 tests/bench/micro/report.py --write

# Stripped of the names of functions, a release tells nothing.
bench-cpu: ## Say what the CPU time of a refresh is for (needs perf), write docs/benchmarks.md
	cargo build -p terraform-provider-kubeha --locked --profile profiling
	tests/emulator/install
	$(or $(EMULATOR_DIR),.emulator)/bin/python tests/bench/clusters/cpu.py --write

# All of it

.PHONY: ci
ci: ## What CI runs
	.ci/run
