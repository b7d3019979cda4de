# runnel: make help lists the targets.
.DEFAULT_GOAL := build
SHELL := /bin/sh

CC ?= gcc
PREFIX ?= /usr/local
DESTDIR ?=
VERSION := 0.1.0

# SANITIZE=address,undefined or SANITIZE=thread builds into a directory of its own.
comma := ,
SANITIZE ?=
BUILD ?= build$(if $(SANITIZE),/san-$(subst $(comma),-,$(SANITIZE)))$(if $(findstring clang,$(CC)),/clang)

FOLDERS := base parser planner runtime connectors api
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
        -Wformat=2 -Wvla -Werror -Wno-format-nonliteral
# Warnings that follow values through the code go wrong in instrumented code.
WARN += $(if $(SANITIZE),-Wno-conversion -Wno-format-truncation -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-stringop-truncation)
OPT ?= -O2 -g
HARDEN := -fstack-protector-strong -fno-strict-aliasing
ifeq ($(SANITIZE),)
HARDEN += -D_FORTIFY_SOURCE=2
endif
SANFLAGS := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer -O1)
DEFS := -D_GNU_SOURCE -DRUNNEL_BUILD_VERSION='"$(VERSION)"'
CFLAGS_ALL := -std=c11 $(OPT) $(HARDEN) $(SANFLAGS) -fPIC -fvisibility=hidden -pthread $(DEFS) -I. -I$(BUILD)/gen $(CFLAGS)
PKGS := rdkafka sqlite3 libedit libxxhash libutf8proc libpcre2-8
LIBS := -lrdkafka -lsqlite3 -lpcre2-8 -lutf8proc -lm -lpthread -ldl
CLILIBS := -ledit

lib_src := $(wildcard $(addsuffix /*.c,$(FOLDERS)) runtime/*/*.c connectors/*/*.c)
cli_src := $(wildcard cli/*.c)
gen_src := $(BUILD)/gen/sql_lexer.c $(BUILD)/gen/sql_grammar.c
lib_obj := $(lib_src:%.c=$(BUILD)/obj/%.o) $(gen_src:$(BUILD)/gen/%.c=$(BUILD)/obj/gen/%.o)
cli_obj := $(cli_src:%.c=$(BUILD)/obj/%.o)
# TSan and Debian's librdkafka: tests/tsan/c11_threads.c
SHIM := $(if $(findstring thread,$(SANITIZE)),$(BUILD)/obj/tests/tsan/c11_threads.o)

.PHONY: build
build: $(BUILD)/runnel $(BUILD)/runnel-broker $(BUILD)/librunnel.a $(BUILD)/librunnel.so $(BUILD)/runnel.pc ## build the program and the libraries (default)

$(BUILD)/librunnel.a: $(lib_obj)
	@rm -f $@
	$(Q)ar rcs $@ $^
$(BUILD)/librunnel.so: $(lib_obj) api/runnel.map
	$(Q)$(CC) $(CFLAGS_ALL) -shared -Wl,-soname,librunnel.so.0 -Wl,--version-script=api/runnel.map -Wl,-z,relro,-z,now -o $@ $(lib_obj) $(LIBS)
	$(Q)ln -sf librunnel.so $@.0
$(BUILD)/runnel: $(cli_obj) $(SHIM) $(BUILD)/librunnel.a
	$(Q)$(CC) $(CFLAGS_ALL) -rdynamic -Wl,-z,relro,-z,now -o $@ $(cli_obj) $(SHIM) $(BUILD)/librunnel.a $(LIBS) $(CLILIBS)
$(BUILD)/runnel-broker: $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard tools/broker/*.c)) $(SHIM)
	$(Q)$(CC) $(CFLAGS_ALL) -rdynamic -o $@ $^ -lrdkafka -lpthread
$(BUILD)/runnel.pc: tools/runnel.pc.in Makefile
	@mkdir -p $(@D)
	sed 's|@PREFIX@|$(PREFIX)|;s|@VERSION@|$(VERSION)|' $< > $@

# V=1 shows the commands.
Q := $(if $(V),,@)
$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	@$(if $(V),,echo "  CC $<")
	$(Q)$(CC) $(CFLAGS_ALL) $(WARN) -MMD -MP -c -o $@ $<

# Generated code gets milder warnings: its text is lemon's and re2c's.
$(BUILD)/gen/sql_grammar.c $(BUILD)/gen/sql_grammar.h &: grammar/sql.y
	@mkdir -p $(BUILD)/gen
	lemon -c -d$(BUILD)/gen -T$(LEMPAR) $< && mv $(BUILD)/gen/sql.c $(BUILD)/gen/sql_grammar.c && mv $(BUILD)/gen/sql.h $(BUILD)/gen/sql_grammar.h && rm -f $(BUILD)/gen/sql.out.tmp
LEMPAR ?= /usr/share/lemon/lempar.c
$(BUILD)/gen/sql_lexer.c: grammar/sql.re $(BUILD)/gen/sql_grammar.h
	@mkdir -p $(BUILD)/gen
	re2c -W -i --no-generation-date -o $@ $<
$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -Wall -Wno-unused-parameter -Wno-for-loop-analysis -MMD -MP -c -o $@ $<
$(lib_obj) $(cli_obj): | $(BUILD)/gen/sql_grammar.h

# --- unit tests: tests/unit/test_*.c, one program each -----------------------------------------------
unit_src := $(wildcard tests/unit/test_*.c)
unit_bin := $(unit_src:tests/unit/%.c=$(BUILD)/unit/%)
$(BUILD)/unit/%: $(BUILD)/obj/tests/unit/%.o $(SHIM) $(BUILD)/librunnel.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -rdynamic -o $@ $< $(SHIM) $(BUILD)/librunnel.a $(LIBS) -lcmocka

# --- test programs ---------------------------------------------------------------------------------------
$(BUILD)/golden: $(BUILD)/obj/tests/golden/golden.o $(SHIM) $(BUILD)/librunnel.a
	$(Q)$(CC) $(CFLAGS_ALL) -rdynamic -o $@ $< $(SHIM) $(BUILD)/librunnel.a $(LIBS)
# Loaded into programs by the crash suite: never built with a sanitizer of its own.
$(BUILD)/faults.so: tests/crash/faults.c
	$(Q)$(CC) -std=c11 -O1 -D_GNU_SOURCE -fPIC $(WARN) -Wno-pedantic -shared -o $@ $< -ldl
$(BUILD)/embed: examples/embed/embed.c $(BUILD)/librunnel.so
	$(Q)$(CC) -std=c11 -Wall -Wextra -Werror $(SANFLAGS) -Iapi -o $@ $< -L$(BUILD) -lrunnel -Wl,-rpath,'$$ORIGIN'

.SECONDARY:
.PHONY: tests
tests: build $(unit_bin) $(BUILD)/golden $(BUILD)/embed $(BUILD)/faults.so ## build the test programs
SUITES ?=
.PHONY: test
test: ## install what is missing, build, run all suites
	@tools/install.sh build test
	@if [ -z "$$KAFKA_BOOTSTRAP" ]; then tools/install.sh kafka || echo "Java or Maven cannot be installed: the Kafka suite will be skipped" >&2; fi
	@$(MAKE) --no-print-directory -j$$(nproc) tests
	@BUILD=$(BUILD) tests/run.sh $(SUITES)

.PHONY: demo
demo: ## install what is missing, build, run the main job on real order lines
	@tools/install.sh build demo
	@$(MAKE) --no-print-directory -j$$(nproc) build
	@examples/retail/demo.sh

.PHONY: bench
bench: ## print rates (bench/README.md); RN_BENCH_ROWS scales the inputs
	@tools/install.sh build test
	@$(MAKE) --no-print-directory -j$$(nproc) build
	@bench/run.sh $(BUILD)

.PHONY: soak
soak: ## the crash and fuzz suites with large sizes
	@tools/install.sh build test kafka
	@$(MAKE) --no-print-directory -j$$(nproc) tests
	@RN_KILLS=2000 RN_FUZZ_SECONDS=600 RN_DIFFERENTIAL=20000 RN_MODEL=2000 BUILD=$(BUILD) tests/run.sh unit model differential crash kafka

.PHONY: lint
lint: ## include directions, exported symbols, warnings of clang
	@tools/install.sh build lint
	@tools/lint.sh

.PHONY: fmt
fmt: ## format C files that git knows with clang-format
	@tools/install.sh lint
	clang-format -i $$(git ls-files '*.c' '*.h' ':!base/error_codes.h')

.PHONY: install
install: build ## install to PREFIX (DESTDIR is honoured)
	install -Dm755 $(BUILD)/runnel $(DESTDIR)$(PREFIX)/bin/runnel
	install -Dm644 $(BUILD)/librunnel.a $(DESTDIR)$(PREFIX)/lib/librunnel.a
	install -Dm755 $(BUILD)/librunnel.so $(DESTDIR)$(PREFIX)/lib/librunnel.so.0
	ln -sf librunnel.so.0 $(DESTDIR)$(PREFIX)/lib/librunnel.so
	install -Dm644 api/runnel.h $(DESTDIR)$(PREFIX)/include/runnel.h
	install -Dm644 $(BUILD)/runnel.pc $(DESTDIR)$(PREFIX)/lib/pkgconfig/runnel.pc

.PHONY: clean
clean: ## remove all that was built
	rm -rf build

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

-include $(wildcard $(lib_obj:.o=.d) $(cli_obj:.o=.d) $(BUILD)/obj/tools/*/*.d $(BUILD)/obj/tests/*/*.d)
