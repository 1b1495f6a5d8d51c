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
# Where `make install` puts the provider.
INSTALL_DIR ?= $(HOME)/.terraform.d/dev-overrides

.PHONY: all help
all: fmt-check lint test ## What `make` alone does: fmt-check, lint, test

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Build

.PHONY: build release install clean
# The whole workspace at once: cargo then compiles the dependencies with one set of features, and
# every other target uses them as they are.
build: ## Build the provider, and all programs beside it, for debugging
	cargo build --workspace --bins --examples --locked

release: ## Build the provider as it is shipped
	cargo build -p terraform-provider-kubeha --locked --release

install: build ## Install the debug build for use from your own configurations
	install -d "$(INSTALL_DIR)"
	install -m 755 "$(TARGET_DIR)/debug/terraform-provider-kubeha" "$(INSTALL_DIR)/"
	@printf '\n%s\n\n%s\n%s\n%s\n%s\n\n%s\n' \
		'To use it, have this in the file that TF_CLI_CONFIG_FILE names, or in ~/.terraformrc:' \
		'provider_installation {' \
		'  dev_overrides { "kubeha/kubeha" = "$(INSTALL_DIR)" }' \
		'  direct {}' \
		'}' \
		'Then plan and apply without `init`: it would look for a released kubeha.'

clean: ## Remove what was built and fetched
	cargo clean
	rm -rf .tools .emulator

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

audit: ## Check licences, advisories and sources of dependencies (needs cargo-deny)
	@cargo deny --version >/dev/null 2>&1 || { \
		echo 'audit: cargo-deny is not installed, so nothing was checked: cargo install --locked cargo-deny' >&2; \
		exit 1; }
	cargo deny --locked check

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

test-tools: ## Test the tools under tests/tools and this Makefile
	python3 -m unittest discover -s tests/tools

test-emulator: ## Install the AWS emulator and run its own tests
	tests/emulator/install
	tests/emulator/test

# Binaries first: tests start the providers as programs, and cargo builds only those of
# the package under test. Tests of waits mostly wait, hence more of them at once than there are cores.
test-rust: build ## Run cargo's tests against the binaries built now
	KUBEHA_TERRAFORM=$$(tests/tools/terraform-path); export KUBEHA_TERRAFORM; \
		RUST_TEST_THREADS=$${RUST_TEST_THREADS:-$$(( 3 * $$(getconf _NPROCESSORS_ONLN) ))} \
		cargo test --workspace --locked

.PHONY: test-all
test-all: build ## Run the tests of `make test` and those of further moments, some hours
	KUBEHA_TERRAFORM=$$(tests/tools/terraform-path); export KUBEHA_TERRAFORM; \
		KUBEHA_ALL_POINTS=1 cargo test --workspace --locked -- --include-ignored

# Show and measure

.PHONY: demo bench-plugin
demo: build ## Show the provider at work under terraform
	tests/demo/run

bench-plugin: release ## Measure the release build itself, write docs/benchmarks.md
	cargo run --locked --release -p kubeha-bench --bin bench-plugin -- --write

# All of it

.PHONY: ci
ci: ## What CI runs
	.ci/run
