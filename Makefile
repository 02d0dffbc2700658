# pgtend: `make` alone lists what can be made.

PREFIX    ?= /usr/local
DESTDIR   ?=
TESTFLAGS ?=
MUTANTS   ?=
override PREFIX := $(patsubst %/,%,$(PREFIX))

harness := Tests/Harness
program := .build/release/pgtend
scratch := .build/tmp# SwiftPM leaves empty folders in its TMPDIR
swift   := Sources Tests Package.swift
lib     := $(DESTDIR)$(PREFIX)/lib
doc     := $(DESTDIR)$(PREFIX)/share/doc/pgtend
units   := pgtend.service pgtend@.service pgtend-run.service pgtend-run.timer
# Copies a file to where systemd looks for it; the program and its documents are below PREFIX.
place    = sed -E 's,/usr/(bin|share/doc)/pgtend,$(PREFIX)/\1/pgtend,g' systemd/$(1) | install -D -m 644 /dev/stdin $(lib)/$(2)

reload   = if command -v journalctl >/dev/null; then journalctl --update-catalog; fi; test ! -d /run/systemd/system || systemctl daemon-reload
# Does it where there is a systemd; by the path of the file, which need not be where systemd looks.
register = if command -v $(1) >/dev/null; then $(1) $(2); else echo "there is no $(1): see $(lastword $(2)) for what it would make" >&2; fi
looked   := /usr /usr/local
linking  = echo "systemd does not look below $(PREFIX): systemctl link $(lib)/systemd/system/pgtend.service"

# What `uninstall` may leave empty: up to DESTDIR, or with PREFIX itself, but for what every system has.
folders  := lib/systemd/system lib/systemd/catalog lib/sysusers.d lib/tmpfiles.d
ifneq ($(filter-out /,$(DESTDIR)),)
top      := $(DESTDIR)
empty    := $(addprefix $(patsubst /%,%,$(PREFIX))/,bin $(folders) share/doc)
else ifneq ($(filter $(PREFIX),$(looked)),)
top      := $(PREFIX)/lib
empty    := $(folders:lib/%=%)
else
top      := $(dir $(PREFIX))
empty    := $(addprefix $(notdir $(PREFIX))/,bin $(folders) share/doc)
endif

.PHONY: help build test test-all-versions test-zones test-repair test-blows test-mutants verify generate demo measure bench-idle bench-steps bench-due lint format install uninstall clean

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

test-zones: ## Time zones against PostgreSQL 15 hour by hour, 1970 to 2100, sets continued and cured in each, names; three minutes
	PGTEND_TEST_ZONES=all $(harness)/test.sh 15 -- --filter 'ZoneParityTests|ZoneInferenceProperties|PartitionCureTests|NamingInferenceTests'

test-repair: ## Write beside a repair of 200,000 rows, and kill one in each state that it leaves; takes half an hour
	PGTEND_TEST_REPAIR=durable $(harness)/test.sh 18 -- --filter RepairWritersTests
	PGTEND_TEST_REPAIR=durable $(harness)/test.sh 18 -- --filter RepairFaultTests

test-blows: ## Strike runs, slots, long work and analyses at each statement, three ways on two versions; takes half an hour
	PGTEND_TEST_BLOWS=all $(harness)/test.sh 18 15 -- --filter 'FaultTests|LongWorkTests|AnalysisTests'

test-mutants: ## Plausible mistakes in a copy, each of which a suite has to notice (MUTANTS='name …' for some)
	@$(harness)/packages.sh test
	python3 $(harness)/mutants.py $(MUTANTS)

generated := 'ReferenceTests|RecordedFactsTests'

verify: ## Compare what is generated with its sources: parts of docs/ and of sql/mcp
	$(harness)/test.sh 18 15 -- --filter $(generated)

generate: ## Write it anew, from the code and from what each supported server says
	PGTEND_TEST_REWRITE=1 $(harness)/test.sh 18 17 16 15 -- --filter $(generated)

demo: ## The main job on a private database with half a year of data; leaves nothing behind
	$(harness)/demo.sh

measure: build ## Size of the binary, memory and time of a run with nothing to do
	$(harness)/measure.sh

bench-idle: build ## What the service costs while it waits, with one database and with 200
	$(harness)/bench-idle.sh

bench-steps: build ## What one step of each kind costs (PROGRAMS='old new' lets several take turns)
	@$(harness)/bench-steps.sh $(PROGRAMS)

bench-due: build ## What 200 databases take that are due at once (PROGRAMS='old new' lets several take turns)
	@$(harness)/bench-due.sh $(PROGRAMS)

lint: ## Formatting and style of the Swift files; warnings are errors
	@$(harness)/packages.sh lint
	swift format lint --strict --parallel --recursive $(swift)

format: ## Format the Swift files in place
	@$(harness)/packages.sh lint
	swift format --in-place --parallel --recursive $(swift)

install: ## Install what `make build` made, below DESTDIR and PREFIX
	@test -x $(program) || { echo "there is no $(program): run 'make build' first" >&2; exit 1; }
	install -D -m 755 $(program) $(DESTDIR)$(PREFIX)/bin/pgtend
	install -D -m 644 -t $(doc) README.md CHANGELOG.md CONTRIBUTING.md LICENSE
	install -D -m 644 -t $(doc)/docs docs/*.md
	install -D -m 644 -t $(doc)/docs/mcp docs/mcp/*.md
	install -D -m 644 -t $(doc)/systemd systemd/tcp.conf
	for unit in $(units); do $(call place,$$unit,systemd/system/$$unit) || exit; done
	$(call place,pgtend.catalog,systemd/catalog/pgtend.catalog)
	$(call place,pgtend.sysusers,sysusers.d/pgtend.conf)
	$(call place,pgtend.tmpfiles,tmpfiles.d/pgtend.conf)
	@$(if $(DESTDIR),,$(call register,systemd-sysusers,$(lib)/sysusers.d/pgtend.conf))
	@$(if $(DESTDIR),,$(call register,systemd-tmpfiles,--create $(lib)/tmpfiles.d/pgtend.conf))
	$(if $(DESTDIR),,$(reload))
	@$(if $(DESTDIR)$(filter $(PREFIX),$(looked)),,$(linking))

uninstall: ## Remove what `make install` installed; the user and its configuration stay
	rm -rf $(DESTDIR)$(PREFIX)/bin/pgtend $(doc) $(units:%=$(lib)/systemd/system/%) $(lib)/systemd/catalog/pgtend.catalog
	rm -f $(lib)/sysusers.d/pgtend.conf $(lib)/tmpfiles.d/pgtend.conf
	@cd $(top) && for folder in $(empty); do \
		test ! -d $$folder || rmdir --parents --ignore-fail-on-non-empty $$folder || exit; done
	$(if $(DESTDIR),,$(reload))

clean: ## Remove everything that was built or fetched
	rm -rf .build
