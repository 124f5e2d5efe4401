# SPDX-License-Identifier: Apache-2.0
#
# make            build everything into build/gcc
# make demo       watch the gateway at work (root); KEEP=1 leaves it running, make demo-down ends it
# make check      everything that must hold (root); ends with "N passed, N failed"
# make help       the rest
#
# New files are found by themselves: *.c below fastpath/, control/ and crypto/ go into the
# libraries, test/unit/*.c and test/fuzz/*.c and perf/*.c are programs of one file each.

FLAVOR  ?= gcc
# V=1 shows the commands.
Q       := $(if $(V),,@)
B       := build/$(FLAVOR)
VERSION := $(shell git describe --always --dirty 2>/dev/null || echo unknown)

ARCH_FLAGS := $(if $(filter x86_64,$(shell uname -m)),-march=x86-64-v2)
WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wwrite-strings -Wvla -Wundef -Wformat=2 -Wimplicit-fallthrough
PACKAGES := libxdp libbpf liburcu-qsbr libconfig jansson yaml-0.1 libmnl libseccomp libcap-ng libpcap \
	libsodium libb2

# Only what asks backends is linked with these.
HEALTH_PACKAGES := libcurl libmicrohttpd libcap-ng

CC_gcc   := gcc
CC_clang := clang
CC_asan  := clang
CC_fuzz  := clang
CC_perf  := gcc
CC       := $(CC_$(FLAVOR))
SANITIZE_asan := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -DDEBUG -O1
SANITIZE_fuzz := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all \
	-DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION \
	-fno-omit-frame-pointer -DDEBUG -O1
SANITIZE := $(SANITIZE_$(FLAVOR))

CFLAGS := -std=gnu2x -O2 -g $(ARCH_FLAGS) $(WARNINGS) -D_GNU_SOURCE -DSLUICE_VERSION='"$(VERSION)"' \
	-I. -I$(B)/gen $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null) $(SANITIZE) $(EXTRA_CFLAGS)
# Intel's multi-buffer library has no pkg-config file and is for x86-64 alone (crypto/aead_ipsec_mb.c).
LDLIBS := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) $(if $(filter x86_64,$(shell uname -m)),-lIPSec_MB) -lpthread
HEALTH_LIBS := -Wl,--as-needed $(shell pkg-config --libs $(HEALTH_PACKAGES) 2>/dev/null) -Wl,--no-as-needed
LDFLAGS := $(SANITIZE)

MAINS    := fastpath/main.c control/main.c control/cli/main.c control/replay.c control/health/main.c
FAST_SRC := $(filter-out $(MAINS),$(wildcard fastpath/*.c fastpath/*/*.c crypto/*.c))
CTL_SRC  := $(filter-out $(MAINS),$(wildcard control/*.c control/*/*.c))
HEALTH_SRC := $(wildcard control/health/*.c fastpath/base/*.c) control/reactor.c
TLIB_SRC := $(wildcard test/lib/*.c)
UNIT_SRC := $(wildcard test/unit/*.c)
FUZZ_SRC := $(wildcard test/fuzz/*.c)
PERF_SRC := $(wildcard perf/*.c)

obj = $(patsubst %.c,$(B)/obj/%.o,$(1))
FAST_LIB := $(B)/libfast.a
CTL_LIB  := $(B)/libcontrol.a
TEST_LIB := $(B)/libtest.a
PROGRAMS := $(foreach p,fastpath/main.c:sluice-fastpath control/main.c:sluiced \
	control/cli/main.c:sluicectl control/replay.c:sluice-replay control/health/main.c:sluice-health,\
	$(if $(wildcard $(firstword $(subst :, ,$p))),$(B)/$(lastword $(subst :, ,$p))))
STEER    := $(if $(wildcard bpf/steer.bpf.c),$(B)/steer.bpf.o)
UNITS    := $(patsubst test/unit/%.c,$(B)/unit/%,$(UNIT_SRC))
FUZZERS  := $(patsubst test/fuzz/%.c,$(B)/fuzz/%,$(FUZZ_SRC))
PERFS    := $(patsubst perf/%.c,$(B)/perf/%,$(PERF_SRC))
RUNNER   := $(if $(wildcard test/packet_run.c),$(B)/packet-run)

.PHONY: all
all: $(PROGRAMS) $(STEER) $(RUNNER)

.PHONY: units fuzzers perfs
units: $(UNITS) $(STEER)
fuzzers: $(FUZZERS)
perfs: $(PERFS)

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -MMD -MP -c $< -o $@

$(FAST_LIB): $(call obj,$(FAST_SRC))
$(CTL_LIB): $(call obj,$(CTL_SRC))
$(TEST_LIB): $(call obj,$(TLIB_SRC))
$(FAST_LIB) $(CTL_LIB) $(TEST_LIB):
	@rm -f $@
	$(Q)ar rcs $@ $^

$(B)/sluice-fastpath: $(B)/obj/fastpath/main.o $(FAST_LIB)
	$(Q)$(CC) $(LDFLAGS) $^ $(LDLIBS) -o $@
$(B)/sluiced: $(B)/obj/control/main.o $(CTL_LIB) $(FAST_LIB)
	$(Q)$(CC) $(LDFLAGS) $^ $(LDLIBS) -o $@
$(B)/sluicectl: $(B)/obj/control/cli/main.o $(CTL_LIB) $(FAST_LIB)
	$(Q)$(CC) $(LDFLAGS) $^ $(LDLIBS) -o $@
$(B)/sluice-replay: $(B)/obj/control/replay.o $(CTL_LIB) $(FAST_LIB)
	$(Q)$(CC) $(LDFLAGS) $^ $(LDLIBS) -o $@

$(B)/sluice-health: $(call obj,$(HEALTH_SRC))
	$(Q)$(CC) $(LDFLAGS) $^ $(HEALTH_LIBS) -o $@

TEST_LINK = $(TEST_LIB) $(CTL_LIB) $(FAST_LIB)
$(B)/unit/%: $(B)/obj/test/unit/%.o $(TEST_LIB) $(CTL_LIB) $(FAST_LIB)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) $< -Wl,--start-group $(TEST_LINK) -Wl,--end-group -lcmocka $(LDLIBS) $(HEALTH_LIBS) -lm -o $@
$(B)/packet-run: $(B)/obj/test/packet_run.o $(TEST_LIB) $(CTL_LIB) $(FAST_LIB)
	$(Q)$(CC) $(LDFLAGS) $< -Wl,--start-group $(TEST_LINK) -Wl,--end-group $(LDLIBS) -o $@
$(B)/perf/%: $(B)/obj/perf/%.o $(TEST_LIB) $(CTL_LIB) $(FAST_LIB)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) $< -Wl,--start-group $(TEST_LINK) -Wl,--end-group $(LDLIBS) -lm -o $@
# A fuzz target explores with FLAVOR=fuzz and replays its corpus (test/fuzz/replay_main.inc) elsewhere.
$(B)/fuzz/%: $(B)/obj/test/fuzz/%.o $(TEST_LIB) $(CTL_LIB) $(FAST_LIB)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) $(if $(filter fuzz,$(FLAVOR)),-fsanitize=fuzzer) $< \
		-Wl,--start-group $(TEST_LINK) -Wl,--end-group $(LDLIBS) $(HEALTH_LIBS) -o $@

BPF_INCLUDES := -I/usr/include/$(shell uname -m)-linux-gnu
$(B)/steer.bpf.o: bpf/steer.bpf.c $(wildcard bpf/*.h)
	@mkdir -p $(@D)
	$(Q)clang -O2 -g -Wall -Werror -target bpf -I. $(BPF_INCLUDES) -c $< -o $@

-include $(shell find build -name '*.d' 2>/dev/null)

SUDO := $(if $(filter 0,$(shell id -u)),,sudo -E)

.PHONY: deps
deps:
	@$(SUDO) scripts/deps

.PHONY: lint check demo demo-down
lint:
	@scripts/lint
check: deps
	@$(SUDO) test/check
demo: deps
	@$(MAKE) --no-print-directory -s -j2 all
	@$(SUDO) env KEEP=$(KEEP) scripts/demo
demo-down:
	@$(SUDO) scripts/demo down

PREFIX ?= /usr/local
.PHONY: install
install: all
	install -D -t $(DESTDIR)$(PREFIX)/sbin $(B)/sluice-fastpath $(B)/sluiced $(B)/sluice-health
	install -D -t $(DESTDIR)$(PREFIX)/bin $(B)/sluicectl $(B)/sluice-replay
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/lib/sluice $(B)/steer.bpf.o
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/lib/systemd/system conf/sluiced.service conf/sluice-fastpath.service conf/sluice-health.service
	install -D -m 644 -t $(DESTDIR)/etc/sluice conf/gateway.conf

.PHONY: clean help
clean:
	rm -rf build
help:
	@sed -n '3,9s/^# \{0,1\}//p' Makefile
	@echo "make lint       format, static checks, include borders"
	@echo "make units      unit tests into build/FLAVOR/unit (FLAVOR=gcc, clang, asan)"
	@echo "make fuzzers    FLAVOR=fuzz: libFuzzer targets into build/fuzz/fuzz"
	@echo "make perfs      benchmarks into build/FLAVOR/perf; perf/README.md says how to run them"
	@echo "make install    PREFIX=/usr/local"
