# poe: build, test, measure, install.
#
#   make demo      builds poe and runs the examples         make bench   speed, poe beside the floor
#   make test      builds and passes every test             make lint    no warning, anywhere
#   make spec      the quick ones, debug build              make install, uninstall   PREFIX=/usr/local DESTDIR=
#
# Missing packages are installed with apt (through sudo when not root); INSTALL=no only names them.

# -- knobs -----------------------------------------------------------------------------------------
FLAVOUR ?= release
PREFIX  ?= /usr/local
INSTALL ?= yes
CC      ?= cc

BUILD := build/$(FLAVOUR)
POE   := $(BUILD)/poe
PIC   := $(BUILD)/pic
LIBS  := $(BUILD)/libpoe.so.0 $(BUILD)/libpoe.a $(BUILD)/poe.so
MAN   := spec/man/poe.1 build/poe.3 spec/man/poe.7
VERSION = $(shell sed -n 's/^.define POE_VERSION "\(.*\)"/\1/p' runtime/poe.h)

PACKAGES_BUILD := gcc libc6-dev pkg-config lua5.4 liblua5.4-dev libuv1-dev
PACKAGES_TEST  := $(PACKAGES_BUILD) check clang clang-tidy cppcheck valgrind tmux python3-msgpack logrotate \
                  curl wrk redis-server ngircd socat netcat-openbsd libpoe-perl mandoc g++ binutils luarocks
PACKAGES_BENCH := $(PACKAGES_BUILD) wrk

# -- sources: found by their folder ----------------------------------------------------------------
RUNTIME  := $(wildcard runtime/*.c)
BINDINGS := $(filter-out bindings/embed.c bindings/heap.c bindings/main.c,$(wildcard bindings/*.c))
LIBRARY  := $(sort $(shell find lua/poe -name '*.lua'))
SPECS    := $(wildcard spec/main.c spec/host.c spec/runtime/*_spec.c)

LIB_OBJECTS  := $(patsubst %.c,$(BUILD)/%.o,$(RUNTIME) $(BINDINGS)) $(BUILD)/embedded.o
PIC_OBJECTS  := $(patsubst $(BUILD)/%,$(PIC)/%,$(LIB_OBJECTS))
BINDING_SPECS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard spec/bindings/*.c) bindings/heap.c)
SPEC_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(SPECS) $(RUNTIME))

# -- flags -----------------------------------------------------------------------------------------
# _GNU_SOURCE: uv.h of libuv 1.44 does not compile under bare -std=c11.
# -iquote: runtime/signal.h must not stand in for <signal.h>.
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wpointer-arith -Wwrite-strings -Wvla
CPPFLAGS += -D_GNU_SOURCE -iquote runtime -iquote bindings -iquote spec
CFLAGS   += -std=c11 -g -fvisibility=hidden $(WARNINGS) $(CFLAGS_$(FLAVOUR))
LDFLAGS  += $(LDFLAGS_$(FLAVOUR))

CFLAGS_release  := -O2 -flto=auto
LDFLAGS_release := -O2 -flto=auto
CFLAGS_debug    := -O0
CFLAGS_asan     := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
LDFLAGS_asan    := -fsanitize=address,undefined
CFLAGS_torture  := -O1 -DPOE_TORTURE
CFLAGS_tsan     := -O1 -fsanitize=thread
LDFLAGS_tsan    := -fsanitize=thread

# The libraries: no LTO, whose objects only this very compiler could link; calls among exported functions
# are direct ones.
CFLAGS_PIC      := -fPIC -fno-lto -fno-semantic-interposition
LDFLAGS_SO      := -shared -fno-lto -Wl,-Bsymbolic-functions -Wl,-z,defs

PKG = $(shell pkg-config $(1) 2>/dev/null)
LUA_CFLAGS = $(call PKG,--cflags lua5.4)
UV_CFLAGS  = $(call PKG,--cflags libuv)

# Lua and libuv go in statically when their archives are there (15 to 28 % on an event's way); all
# of Lua, and visible, since C modules call it.  Otherwise the shared ones.
LUA_A := $(wildcard $(call PKG,--variable=libdir lua5.4)/liblua5.4.a)
UV_A  := $(firstword $(wildcard $(addprefix $(call PKG,--variable=libdir libuv)/,libuv_a.a libuv.a)))
ifneq ($(and $(LUA_A),$(UV_A)),)
POE_LIBS := -Wl,--whole-archive $(LUA_A) -Wl,--no-whole-archive $(UV_A) \
            -Wl,--dynamic-list=bindings/exports.txt -lm -ldl -lpthread -lrt
EMBEDDED := -DPOE_BYTECODE # of the very Lua that is linked in
else
POE_LIBS = $(call PKG,--libs lua5.4 libuv) -lm
endif

# -- rules -----------------------------------------------------------------------------------------
.PHONY: all program demo test spec bench bench-plot lint install uninstall clean conformance-record abi-record
.PHONY: packages-build packages-test packages-bench flavour
.DELETE_ON_ERROR:

all: packages-build
	@$(MAKE) --no-print-directory flavour

flavour: $(POE) $(LIBS) $(MAN)

program: packages-build
	@$(MAKE) --no-print-directory $(POE)

$(POE): $(BUILD)/bindings/main.o $(BUILD)/bindings/heap.o $(LIB_OBJECTS)
	$(CC) $(LDFLAGS) -o $@ $^ $(POE_LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(if $(findstring bindings/,$<)$(findstring spec/threads,$<),$(LUA_CFLAGS)) $(UV_CFLAGS) -MMD -MP -c -o $@ $<

$(PIC)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(CFLAGS_PIC) $(if $(findstring bindings/,$<)$(findstring spec/threads,$<),$(LUA_CFLAGS)) $(UV_CFLAGS) \
	  -MMD -MP -c -o $@ $<

# With the system's shared Lua and libuv, which a host uses too.
$(BUILD)/libpoe.so.0: $(PIC_OBJECTS)
	$(CC) $(LDFLAGS) $(LDFLAGS_SO) -Wl,-soname,$(@F) -o $@ $^ $(call PKG,--libs lua5.4 libuv) -lm

$(BUILD)/libpoe.a: $(PIC_OBJECTS)
	rm -f $@
	$(AR) rcs $@ $^

# require "poe" of a stock lua5.4: Lua is the program's that loads it, and nothing but luaopen_poe is seen.
$(BUILD)/poe.so: $(PIC_OBJECTS) bindings/module.map
	$(CC) $(LDFLAGS) $(LDFLAGS_SO) -Wl,-z,undefs -Wl,--version-script=bindings/module.map -o $@ $(PIC_OBJECTS) \
	  $(call PKG,--libs libuv) -lm

build/poe.3: spec/man/poe.3.lua runtime/poe.h bindings/poelib.h
	@mkdir -p $(@D)
	lua5.4 $^ > $@

build/embed: bindings/embed.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -O1 $(WARNINGS) $(LUA_CFLAGS) -o $@ $< $(call PKG,--libs lua5.4)

build/embedded.c: build/embed $(LIBRARY)
	build/embed lua $(LIBRARY) > $@

$(BUILD)/embedded.o: build/embedded.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(EMBEDDED) -c -o $@ $<

$(PIC)/embedded.o: build/embedded.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(CFLAGS_PIC) -c -o $@ $<

$(BUILD)/specs: $(SPEC_OBJECTS)
	$(CC) $(LDFLAGS) -o $@ $^ $(call PKG,--libs check libuv)

$(BUILD)/threads: $(BUILD)/spec/threads.o $(LIB_OBJECTS)
	$(CC) $(LDFLAGS) -o $@ $^ $(POE_LIBS)

$(BUILD)/binding-specs: $(BINDING_SPECS) $(LIB_OBJECTS)
	$(CC) $(LDFLAGS) -o $@ $^ $(POE_LIBS)

build/release/floor: spec/bench/floor/floor.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE -O2 $(LUA_CFLAGS) -o $@ $< $(call PKG,--libs lua5.4) -lm

build/release/sockets: spec/bench/floor/sockets.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE -O2 $(LUA_CFLAGS) $(UV_CFLAGS) -o $@ $< $(call PKG,--libs lua5.4 libuv) -lm

build/release/start: spec/bench/floor/start.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE -O2 $(LUA_CFLAGS) $(UV_CFLAGS) -o $@ $< $(call PKG,--libs lua5.4 libuv) -lm

build/release/load: spec/bench/floor/load.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE -O2 -o $@ $<

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# What the system lacks.  dpkg-query says "installed" for each package that is.
packages-build: PACKAGES := $(PACKAGES_BUILD)
packages-test:  PACKAGES := $(PACKAGES_TEST)
packages-bench: PACKAGES := $(PACKAGES_BENCH)
packages-build packages-test packages-bench:
	@missing=; for p in $(PACKAGES); do \
	  dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q '^install ok installed' || missing="$$missing $$p"; \
	done; \
	[ -z "$$missing" ] && exit 0; \
	if [ "$(INSTALL)" != yes ]; then echo "missing packages:$$missing" >&2; exit 1; fi; \
	sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	echo "installing the missing packages:$$missing"; \
	$$sudo apt-get update -qq && \
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null

# -- running ---------------------------------------------------------------------------------------
demo: program
	@for example in hello $(filter-out hello,$(basename $(notdir $(wildcard lua/examples/*.lua)))); do \
	  echo; echo "$$ poe lua/examples/$$example.lua"; \
	  build/release/poe lua/examples/$$example.lua || exit 1; \
	done

spec: packages-test
	@$(MAKE) --no-print-directory FLAVOUR=debug build/debug/poe build/debug/specs build/debug/binding-specs
	@lua5.4 spec/all.lua quick

test: packages-test
	@mkdir -p build; for flavour in release debug asan torture; do \
	  case $$flavour in release|asan) installed=flavour;; *) installed=;; esac; \
	  $(MAKE) --no-print-directory -j2 FLAVOUR=$$flavour build/$$flavour/poe build/$$flavour/specs \
	    build/$$flavour/binding-specs $$installed >build/$$flavour.log 2>&1 \
	    || { cat build/$$flavour.log; exit 1; }; \
	done
	@$(MAKE) --no-print-directory -j2 FLAVOUR=tsan build/tsan/threads build/tsan/specs >build/tsan.log 2>&1 \
	  || { cat build/tsan.log; exit 1; }
	@lua5.4 spec/all.lua

bench: packages-bench program build/release/floor build/release/sockets build/release/load build/release/start
	@build/release/poe spec/bench/run.lua

bench-plot: packages-bench program
	@build/release/poe spec/bench/plot.lua

conformance-record:
	@for pl in spec/conformance/*.pl; do perl $$pl > $${pl%.pl}.out 2>/dev/null; done

# When the ABI is meant to change.
abi-record: $(BUILD)/libpoe.so.0
	nm -D --defined-only $< | sed 's/.* //' | LC_ALL=C sort > spec/abi/libpoe.symbols

lint: packages-test
	@lua5.4 spec/lint.lua

# -- installing: what is where, under PREFIX --------------------------------------------------------
ROOT    = $(DESTDIR)$(PREFIX)
# The library's Lua sources are in the binaries; for editors they are installed with their annotations.
ANNOTATED := $(patsubst lua/%,share/poe/lua/%,$(LIBRARY))
INSTALLED := bin/poe lib/libpoe.so.0 lib/libpoe.so lib/libpoe.a lib/lua/5.4/poe.so lib/pkgconfig/poe.pc \
             include/poe.h include/poelib.h $(foreach page,$(notdir $(MAN)),share/man/man$(subst .,,$(suffix $(page)))/$(page)) \
             $(ANNOTATED)

install: all
	install -D -m 755 $(POE) $(ROOT)/bin/poe
	install -D -m 644 -t $(ROOT)/lib $(BUILD)/libpoe.so.0 $(BUILD)/libpoe.a
	ln -sf libpoe.so.0 $(ROOT)/lib/libpoe.so
	install -D -m 644 -t $(ROOT)/lib/lua/5.4 $(BUILD)/poe.so
	install -D -m 644 -t $(ROOT)/include runtime/poe.h bindings/poelib.h
	install -D -m 644 bindings/poe.pc.in $(ROOT)/lib/pkgconfig/poe.pc
	sed -i -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' $(ROOT)/lib/pkgconfig/poe.pc
	$(foreach page,$(MAN),install -D -m 644 -t $(ROOT)/share/man/man$(subst .,,$(suffix $(page))) $(page) &&) true
	$(foreach file,$(ANNOTATED),install -D -m 644 $(file:share/poe/%=%) $(ROOT)/$(file) &&) true

# And the folders that are empty now; a system has its bin, include, lib and share anyway.
uninstall:
	rm -f $(addprefix $(ROOT)/,$(INSTALLED))
	[ ! -d $(ROOT)/share/poe ] || find $(ROOT)/share/poe -depth -type d -empty -delete
	for folder in lib/lua/5.4 lib/lua lib/pkgconfig share/man/man1 share/man/man3 share/man/man7 share/man \
	    $(if $(DESTDIR),bin include lib share); do \
	  [ ! -d $(ROOT)/$$folder ] || rmdir --ignore-fail-on-non-empty $(ROOT)/$$folder || exit 1; \
	done

clean:
	rm -rf build
