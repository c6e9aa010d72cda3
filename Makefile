# Shirabe: one non-recursive Makefile, generated dependencies, everything under build/.
#   make            the program and its man pages         make check     all tests of a fresh clone
#   make demo       the main job on real and made data    make bench     speed and memory, as ratios
#   make asan       tests under ASan and UBSan            make fuzz      each fuzz target for FUZZ_SECONDS
#   make conform-intake DIR=   every file of a folder, with an independent count of its cells
#   make conform-estimation DIR=   every estimation of a folder, compared with its known result
#   make peers                 the same live against R's survey package on random designs, where it is installed
#   make conform-edit DIR=     every editing and imputation case of a folder, compared with its known result
#   make tidy       layers, banned calls, docs, warnings  make install DESTDIR= PREFIX=   make uninstall   make clean
CC       ?= gcc
CLANG    ?= clang-14
BUILD    ?= build
PREFIX   ?= /usr/local
DESTDIR  ?=
REFERENCE ?= ../shared/data
FUZZ_SECONDS ?= 20
DIR ?= $(REFERENCE)/intake
VERSION  := 0.1.0

# SHA-256 with the processor's own instructions where nettle is there (base/ext_nettle.c), else libsodium's: the same values at a fifth of the speed.
NETTLE   := $(shell pkg-config --exists nettle 2>/dev/null && echo nettle)
PACKAGES := sqlite3 gsl libarchive libzstd libsodium jansson libutf8proc expat $(NETTLE)
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion
CFLAGS   ?= -O2 -g
BASE_CFLAGS := -std=c17 $(WARNINGS) -D_GNU_SOURCE -DSHIRABE_VERSION='"$(VERSION)"' -I. -fno-strict-aliasing -ffp-contract=off -MMD -MP $(if $(NETTLE),-DSHIRABE_NETTLE)
PACKAGE_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
LIBS     := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lcsv -lglpk -lgmp -lm -lpthread
# Loops over columns are the hot path: vectorised, still without changing a bit of any sum.
HOT      := base/expr_run.c base/sum.c secure-store/column_codec.c collector/intake_cells.c processing/edit/linear_eval.c processing/edit/edit_stats.c \
            processing/impute/donor_index.c estimators/estimate/group_sum.c estimators/variance/taylor_unit.c estimators/estimate/quantile.c estimators/variance/replicate_linear.c
HOT_CFLAGS := -O3

FOLDERS  := base forms secure-store collector processing $(addprefix processing/,unit edit localise correct outlier impute step job command) $(addprefix estimators/,design selection weight variance estimate mls vital table table/chart sdc command) front
SOURCES  := $(filter-out front/main.c,$(foreach d,$(FOLDERS),$(sort $(wildcard $(d)/*.c))))
HOT      += estimators/variance/calibrated_domains.c
OBJECTS  := $(SOURCES:%.c=$(BUILD)/%.o)
LIBRARY  := $(BUILD)/libshirabe.a
PROGRAM  := $(BUILD)/shirabe

UNIT     := $(sort $(wildcard tests/unit/test_*.c tests/property/test_*.c tests/reference/test_*.c tests/fault/test_*.c))
UNIT_BIN := $(UNIT:%.c=$(BUILD)/%)
TOOLS    := $(sort $(wildcard tests/demo/*.c tests/bench/bench_*.c))
TOOLS_BIN := $(TOOLS:%.c=$(BUILD)/%) $(BUILD)/tests/conform/edit/edit $(BUILD)/tests/conform/estimation/estimation
CONFORM_EDIT := $(sort $(wildcard tests/conform/edit/*.c))
CONFORM_ESTIMATION := $(sort $(wildcard tests/conform/estimation/*.c))
FUZZ     := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ_BIN := $(FUZZ:tests/fuzz/%.c=$(BUILD)/fuzz/%)
REPLAY_BIN := $(FUZZ:tests/fuzz/%.c=$(BUILD)/replay/%)

.PHONY: all check peers conform-intake conform-edit conform-estimation demo bench asan fuzz tidy install uninstall clean tools units replay man
.DELETE_ON_ERROR:
.SECONDARY:
all: $(PROGRAM) man

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(BASE_CFLAGS) $(CFLAGS) $(if $(filter $<,$(HOT)),$(HOT_CFLAGS)) $(PACKAGE_CFLAGS) -c -o $@ $<
$(LIBRARY): $(OBJECTS)
	@rm -f $@
	@ar rcs $@ $(OBJECTS)
$(PROGRAM): $(BUILD)/front/main.o $(LIBRARY)
	$(CC) $(BASE_CFLAGS) $(CFLAGS) -o $@ $^ $(LIBS)

units: $(UNIT_BIN)
$(BUILD)/tests/unit/% $(BUILD)/tests/property/% $(BUILD)/tests/reference/% $(BUILD)/tests/fault/%: LIBS += -lcmocka
$(BUILD)/tests/%: $(BUILD)/tests/%.o $(LIBRARY)
	$(CC) $(BASE_CFLAGS) $(CFLAGS) -o $@ $^ $(LIBS)
tools: $(TOOLS_BIN)
$(BUILD)/tests/conform/edit/edit: $(CONFORM_EDIT:%.c=$(BUILD)/%.o) $(LIBRARY)
	$(CC) $(BASE_CFLAGS) $(CFLAGS) -o $@ $^ $(LIBS)
$(BUILD)/tests/conform/estimation/estimation: $(CONFORM_ESTIMATION:%.c=$(BUILD)/%.o) $(LIBRARY)
	$(CC) $(BASE_CFLAGS) $(CFLAGS) -o $@ $^ $(LIBS)

# One library for all targets: two targets at a time must not both make it.
FUZZ_LIBRARY := $(BUILD)/fuzz-objects/libshirabe.a
FUZZ_CFLAGS := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
$(FUZZ_LIBRARY): FORCE
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/fuzz-objects CC=$(CLANG) CFLAGS='$(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link' $@
$(BUILD)/fuzz/%: tests/fuzz/%.c $(FUZZ_LIBRARY)
	@mkdir -p $(@D)
	$(CLANG) $(BASE_CFLAGS) $(FUZZ_CFLAGS) -fsanitize=fuzzer $(PACKAGE_CFLAGS) -o $@ $< $(FUZZ_LIBRARY) $(LIBS)
.PHONY: FORCE # .SECONDARY would take a plain FORCE for a file that need not exist
replay: $(REPLAY_BIN)
$(BUILD)/replay/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/replay.o $(LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(BASE_CFLAGS) $(CFLAGS) -o $@ $^ $(LIBS)

man: $(BUILD)/man/shirabe.1 $(BUILD)/man/ja/shirabe.1
$(BUILD)/man/shirabe.1: $(PROGRAM)
	@mkdir -p $(@D)
	@$(PROGRAM) --man --lang en > $@
$(BUILD)/man/ja/shirabe.1: $(PROGRAM)
	@mkdir -p $(@D)
	@$(PROGRAM) --man --lang ja > $@

check: $(PROGRAM) man units tools replay
	@BUILD=$(BUILD) REFERENCE=$(REFERENCE) tests/run
conform-intake: $(PROGRAM)
	@python3 tests/conform/run.py $(PROGRAM) forms $(DIR)
conform-estimation: $(BUILD)/tests/conform/estimation/estimation
	@$< $(if $(filter $(REFERENCE)/intake,$(DIR)),$(REFERENCE)/estimation,$(DIR))
peers: $(BUILD)/tests/conform/estimation/estimation
	@BUILD=$(BUILD) tests/peers/run.sh
conform-edit: $(BUILD)/tests/conform/edit/edit
	@$< $(if $(filter $(REFERENCE)/intake,$(DIR)),$(REFERENCE)/edit,$(DIR))
demo: $(PROGRAM) tools
	@BUILD=$(BUILD) REFERENCE=$(REFERENCE) tests/demo/demo.sh
bench: $(PROGRAM) tools
	@BUILD=$(BUILD) tests/bench/run.sh
asan:
	$(MAKE) --no-print-directory BUILD=$(BUILD)/asan CFLAGS='-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer' check
fuzz: $(FUZZ_BIN)
	@BUILD=$(BUILD) FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz/run.sh
tidy: $(PROGRAM)
	@BUILD=$(BUILD) tests/tidy/run.sh

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/shirabe $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/ja/man1
	install -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/shirabe
	install -m 644 $(BUILD)/man/shirabe.1 $(DESTDIR)$(PREFIX)/share/man/man1/shirabe.1
	install -m 644 $(BUILD)/man/ja/shirabe.1 $(DESTDIR)$(PREFIX)/share/man/ja/man1/shirabe.1
	rm -rf $(DESTDIR)$(PREFIX)/share/shirabe/forms
	cd forms && find library codelists -type f | while read f; do install -D -m 644 "$$f" "$(DESTDIR)$(PREFIX)/share/shirabe/forms/$$f"; done
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/shirabe $(DESTDIR)$(PREFIX)/share/man/man1/shirabe.1 $(DESTDIR)$(PREFIX)/share/man/ja/man1/shirabe.1
	rm -rf $(DESTDIR)$(PREFIX)/share/shirabe
clean:
	rm -rf $(BUILD)

-include $(OBJECTS:.o=.d) $(BUILD)/front/main.d $(UNIT_BIN:=.d) $(TOOLS_BIN:=.d) $(FUZZ:%.c=$(BUILD)/%.d) $(BUILD)/tests/fuzz/replay.d $(FUZZ_BIN:=.d) $(CONFORM_EDIT:%.c=$(BUILD)/%.d) $(CONFORM_ESTIMATION:%.c=$(BUILD)/%.d)
