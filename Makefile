# What one does here. `make demo` needs nothing but Rust; `make test` finds or installs PostgreSQL for its second half.

CARGO ?= cargo

.PHONY: demo test bench lint fmt check

# A house with a sample watchlist and a tenant, and how to use it.
demo:
	$(CARGO) run --release --package vestibule -- demo

# Every test, on both engines.
test:
	$(CARGO) xtask test

# The whole house under load, beside what the disk can do; then its parts.
bench:
	$(CARGO) build --release --package vestibule --package loadgen
	$(CARGO) run --release --quiet --package loadgen
	$(CARGO) bench --package names
	$(CARGO) bench --package watchlists
	$(CARGO) bench --package db
	$(CARGO) bench --package service -- 100000

lint:
	$(CARGO) fmt --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	$(CARGO) xtask tidy

fmt:
	$(CARGO) fmt

# What a change must pass.
check:
	.ci/run
