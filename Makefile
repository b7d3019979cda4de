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

.PHONY: build
build: $(BUILD)/runnel $(BUILD)/runnel-broker $(BUILD)/librunnel.a $(BUILD)/librunnel.so $(BUILD)/runnel.pc ## build the program and the libraries (default)

$(BUILD)/librunnel.a: $(lib_obj)
	@rm -f $@
	ar rcs $@ $^
$(BUILD)/librunnel.so: $(lib_obj) api/runnel.map
	$(CC) $(CFLAGS_ALL) -shared -Wl,-soname,librunnel.so.0 -Wl,--version-script=api/runnel.map -Wl,-z,relro,-z,now -o $@ $(lib_obj) $(LIBS)
$(BUILD)/runnel: $(cli_obj) $(BUILD)/librunnel.a
	$(CC) $(CFLAGS_ALL) -rdynamic -Wl,-z,relro,-z,now -o $@ $(cli_obj) $(SHIM) $(BUILD)/librunnel.a $(LIBS) $(CLILIBS)
$(BUILD)/runnel-broker: $(BUILD)/obj/tools/broker/broker.o
	$(CC) $(CFLAGS_ALL) -o $@ $^ -lrdkafka -lpthread
$(BUILD)/runnel.pc: tools/runnel.pc.in Makefile
	@mkdir -p $(@D)
	sed 's|@PREFIX@|$(PREFIX)|;s|@VERSION@|$(VERSION)|' $< > $@

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) $(WARN) -MMD -MP -c -o $@ $<

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
	$(CC) $(CFLAGS_ALL) -Wall -Wno-unused-parameter -MMD -MP -c -o $@ $<
$(lib_obj) $(cli_obj): | $(BUILD)/gen/sql_grammar.h

# --- unit tests: tests/unit/test_*.c, one program each -----------------------------------------------
unit_src := $(wildcard tests/unit/test_*.c)
unit_bin := $(unit_src:tests/unit/%.c=$(BUILD)/unit/%)
$(BUILD)/unit/%: $(BUILD)/obj/tests/unit/%.o $(BUILD)/librunnel.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -rdynamic -o $@ $< $(SHIM) $(BUILD)/librunnel.a $(LIBS) -lcmocka

.PHONY: clean
clean: ## remove all that was built
	rm -rf build

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

-include $(lib_obj:.o=.d) $(cli_obj:.o=.d)
