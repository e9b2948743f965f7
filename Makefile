# Every command of the project. `make` alone prints them.

PG_CONFIG ?= $(shell command -v pg_config || echo /usr/lib/postgresql/15/bin/pg_config)
export PG_CONFIG

.PHONY: help run test bench crash install installcheck check clean

help: ## Print this help
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s%s\n", $$1, $$2 }' Makefile

run: ## Start everything on 127.0.0.1:8080 and play a demo evening (DEMO=once, PORT=8080)
	@scripts/run.sh

test: ## Run every test on a cluster of its own (SUITES="core regress", CYCLES=20)
	@scripts/test.sh

bench: ## Measure on a cluster of its own (ONLY=scan)
	@scripts/bench.sh

crash: ## Kill the server under load, again and again, and compare (CYCLES=20)
	@SUITES=crash scripts/test.sh

install: ## Install the extension into the Postgres of PG_CONFIG (DESTDIR=)
	@scripts/install.sh

installcheck: ## Test the installed extension on the server at PGHOST, PGPORT, PGUSER (ONLY=name)
	@scripts/installcheck.sh

check: ## Check format, lints and house rules
	@scripts/check.sh

clean: ## Remove everything built and every private cluster, the demo's data too
	@scripts/clean.sh
