# pgtend: `make` alone lists what can be made.

PREFIX    ?= /usr/local
DESTDIR   ?=
TESTFLAGS ?=

harness := Tests/Harness
program := .build/release/pgtend
scratch := .build/tmp# SwiftPM leaves empty folders in its TMPDIR
swift   := Sources Tests Package.swift
catalog := $(DESTDIR)$(PREFIX)/lib/systemd/catalog/pgtend.catalog
doc     := $(DESTDIR)$(PREFIX)/share/doc/pgtend

.PHONY: help build test test-all-versions test-zones demo measure lint format install uninstall clean

help: ## This list
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

build: ## The release binary: stripped, with Swift's own libraries inside
	@$(harness)/packages.sh build
	@mkdir -p $(scratch)
	TMPDIR="$(CURDIR)/$(scratch)" swift build -c release --static-swift-stdlib --product pgtend -Xlinker -s -Xswiftc -use-ld=lld

test: ## All tests, against private clusters of PostgreSQL 18 and 15 (TESTFLAGS='--filter Name' for some)
	$(harness)/test.sh 18 15 -- $(TESTFLAGS)

test-all-versions: ## The same against 18, 17, 16 and 15
	$(harness)/test.sh 18 17 16 15 -- $(TESTFLAGS)

test-zones: ## Time zones against PostgreSQL 15 hour by hour, 1970 to 2100; takes two minutes
	PGTEND_TEST_ZONES=all $(harness)/test.sh 15 -- --filter ZoneParityTests

demo: ## The main job on a private database with half a year of data; leaves nothing behind
	$(harness)/demo.sh

measure: build ## Size of the binary, memory and time of a run with nothing to do
	$(harness)/measure.sh

lint: ## Formatting and style of the Swift files; warnings are errors
	@$(harness)/packages.sh lint
	swift format lint --strict --parallel --recursive $(swift)

format: ## Format the Swift files in place
	@$(harness)/packages.sh lint
	swift format --in-place --parallel --recursive $(swift)

install: ## Install what `make build` made, below DESTDIR and PREFIX
	@test -x $(program) || { echo "there is no $(program): run 'make build' first" >&2; exit 1; }
	install -D -m 755 $(program) $(DESTDIR)$(PREFIX)/bin/pgtend
	install -D -m 644 -t $(doc) README.md CHANGELOG.md LICENSE
	install -D -m 644 -t $(doc)/docs docs/*.md
	sed 's|/usr/share/doc/pgtend|$(PREFIX)/share/doc/pgtend|' systemd/pgtend.catalog \
	    | install -D -m 644 /dev/stdin $(catalog)
	$(if $(DESTDIR),,journalctl --update-catalog)

uninstall: ## Remove what `make install` installed
	rm -rf $(DESTDIR)$(PREFIX)/bin/pgtend $(doc) $(catalog)
	$(if $(DESTDIR),,journalctl --update-catalog)

clean: ## Remove everything that was built or fetched
	rm -rf .build
