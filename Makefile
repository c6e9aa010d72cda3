# Shirabe: one non-recursive Makefile, generated dependencies, everything under build/.
#   make            the program and its man pages         make check     all tests of a fresh clone
#   make demo       the main job on real and made data    make bench     speed and memory, as ratios
#   make asan       tests under ASan and UBSan            make fuzz      each fuzz target for FUZZ_SECONDS
#   make conform-intake DIR=   every file of a folder, with an independent count of its cells
#   make conform-estimation DIR=   every estimation of a folder, compared with its known result
#   make peers                 the same live against R's survey package on random designs, where it is installed
#   make conform-edit DIR=     every editing and imputation case of a folder, compared with its known result
#   make conform-seasonal DIR=  every seasonal adjustment of a folder, compared with its known tables
#   make conform-vital DIR=    every published value of a folder of vital statistics, computed from the inputs beside it
#   make conform-mls DIR=      every published table of the Monthly Labour Survey in a folder: identities, roll-ups, indices, real wages
#   make conform-sdc DIR=      every case of disclosure control in a folder: patterns, audits, primaries, rounding, cell keys
#   make conform-age | conform-crypto | conform-log DIR=   public vectors of age files, of primitives, of proofs, tiles and notes
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
# QR codes of checkpoints where libqrencode is there (base/ext_qrencode.c); without it `store log --qr` says so.
QRENCODE := $(shell pkg-config --exists libqrencode 2>/dev/null && echo libqrencode)
# Pictures of results are drawn again where libpng is there (base/ext_png.c); without it the report for the checkers says so.
PNG      := $(shell pkg-config --exists libpng 2>/dev/null && echo libpng)
PACKAGES := sqlite3 gsl libarchive libzstd libsodium jansson libutf8proc expat libgfshare libseccomp $(NETTLE) $(QRENCODE)
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion
CFLAGS   ?= -O2 -g
BASE_CFLAGS := -std=c17 $(WARNINGS) -D_GNU_SOURCE -DSHIRABE_VERSION='"$(VERSION)"' -I. -fno-strict-aliasing -ffp-contract=off -MMD -MP $(if $(NETTLE),-DSHIRABE_NETTLE) $(if $(QRENCODE),-DSHIRABE_QRENCODE)
PACKAGE_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
LIBS     := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lcsv -lreadstat -lglpk -lgmp -lm -lpthread $(if $(PNG),$(shell pkg-config --libs $(PNG)))
# Loops over columns are the hot path: vectorised, still without changing a bit of any sum.
HOT      := base/expr_run.c base/sum.c secure-store/column_codec.c collector/intake_cells.c processing/edit/linear_eval.c processing/edit/edit_stats.c \
            processing/impute/donor_index.c estimators/estimate/group_sum.c estimators/variance/taylor_unit.c estimators/estimate/quantile.c estimators/variance/replicate_linear.c
HOT_CFLAGS := -O3

FOLDERS  := base forms secure-store $(addprefix secure-store/,bundle rights use output register extract disposal compliance oversight) collector collector/readable processing $(addprefix processing/,unit edit localise correct outlier impute step job command) $(addprefix estimators/,design selection weight variance estimate mls vital livelihood facility relations seasonal table table/chart sdc sdc/micro sdc/suppress sdc/register command) front
SOURCES  := $(filter-out front/main.c,$(foreach d,$(FOLDERS),$(sort $(wildcard $(d)/*.c))))
HOT      += estimators/variance/calibrated_domains.c
OBJECTS  := $(SOURCES:%.c=$(BUILD)/%.o)
LIBRARY  := $(BUILD)/libshirabe.a
PROGRAM  := $(BUILD)/shirabe
# Two small programs for people outside: they share no code with the store, link libsodium only, and are static so that one file can be carried anywhere.
VERIFY_LIBRARY := $(BUILD)/libverify.a
VERIFY_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(filter-out %/main.c,$(sort $(wildcard secure-store/verify/*.c secure-store/witness/*.c))))
OUTSIDE  := $(BUILD)/shirabe-verify $(BUILD)/shirabe-witness
SODIUM   := $(shell pkg-config --libs libsodium 2>/dev/null)
STATIC   ?= $(if $(findstring sanitize,$(CFLAGS)),,-static)

UNIT     := $(sort $(wildcard tests/unit/test_*.c tests/property/test_*.c tests/reference/test_*.c tests/fault/test_*.c))
UNIT_BIN := $(UNIT:%.c=$(BUILD)/%)
TOOLS    := $(sort $(wildcard tests/demo/*.c tests/bench/bench_*.c))
CONFORM  := age crypto log seasonal vital mls sdc
CONFORM_BIN := $(foreach c,$(CONFORM),$(BUILD)/tests/conform/$(c)/$(c))
TOOLS_BIN := $(TOOLS:%.c=$(BUILD)/%) $(BUILD)/tests/conform/edit/edit $(BUILD)/tests/conform/estimation/estimation $(CONFORM_BIN)
CONFORM_EDIT := $(sort $(wildcard tests/conform/edit/*.c))
CONFORM_ESTIMATION := $(sort $(wildcard tests/conform/estimation/*.c))
FUZZ     := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ_BIN := $(FUZZ:tests/fuzz/%.c=$(BUILD)/fuzz/%)
REPLAY_BIN := $(FUZZ:tests/fuzz/%.c=$(BUILD)/replay/%)

.PHONY: all check peers conform-intake conform-edit conform-estimation conform-age conform-crypto conform-log conform-seasonal conform-vital conform-mls conform-sdc demo bench asan fuzz tidy install uninstall clean tools units replay man
.DELETE_ON_ERROR:
.SECONDARY:
all: $(PROGRAM) $(OUTSIDE) man

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(BASE_CFLAGS) $(CFLAGS) $(if $(filter $<,$(HOT)),$(HOT_CFLAGS)) $(PACKAGE_CFLAGS) -c -o $@ $<
$(BUILD)/base/ext_png.o: BASE_CFLAGS += $(if $(PNG),-DSHIRABE_PNG $(shell pkg-config --cflags $(PNG)))
$(LIBRARY): $(OBJECTS)
	@rm -f $@
	@ar rcs $@ $(OBJECTS)
$(PROGRAM): $(BUILD)/front/main.o $(LIBRARY)
	$(CC) $(BASE_CFLAGS) $(CFLAGS) -o $@ $^ $(LIBS)

$(VERIFY_LIBRARY): $(VERIFY_OBJECTS)
	@rm -f $@
	@ar rcs $@ $(VERIFY_OBJECTS)
$(OUTSIDE): $(BUILD)/shirabe-%: $(BUILD)/secure-store/%/main.o $(VERIFY_LIBRARY)
	$(CC) $(BASE_CFLAGS) $(CFLAGS) $(STATIC) -o $@ $^ $(SODIUM)

units: $(UNIT_BIN)
$(BUILD)/tests/unit/% $(BUILD)/tests/property/% $(BUILD)/tests/reference/% $(BUILD)/tests/fault/%: LIBS += -lcmocka
$(BUILD)/tests/%: $(BUILD)/tests/%.o $(LIBRARY) $(VERIFY_LIBRARY)
	$(CC) $(BASE_CFLAGS) $(CFLAGS) -o $@ $^ $(LIBS)
tools: $(TOOLS_BIN)
$(BUILD)/tests/conform/edit/edit: $(CONFORM_EDIT:%.c=$(BUILD)/%.o) $(LIBRARY)
	$(CC) $(BASE_CFLAGS) $(CFLAGS) -o $@ $^ $(LIBS)
$(BUILD)/tests/conform/estimation/estimation: $(CONFORM_ESTIMATION:%.c=$(BUILD)/%.o) $(LIBRARY)
	$(CC) $(BASE_CFLAGS) $(CFLAGS) -o $@ $^ $(LIBS)
# The runners of public vectors of the secure store: their own files and what they share.
CONFORM_COMMON := $(BUILD)/tests/conform/common/tally.o
define conform_program
$(BUILD)/tests/conform/$(1)/$(1): $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard tests/conform/$(1)/*.c))) $(CONFORM_COMMON) $(LIBRARY)
	$$(CC) $$(BASE_CFLAGS) $$(CFLAGS) -o $$@ $$^ $$(LIBS)
endef
$(foreach c,$(CONFORM),$(eval $(call conform_program,$(c))))

# One library for all targets: two targets at a time must not both make it.
FUZZ_LIBRARY := $(BUILD)/fuzz-objects/libshirabe.a
FUZZ_VERIFY := $(BUILD)/fuzz-objects/libverify.a
FUZZ_CFLAGS := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
$(FUZZ_LIBRARY): FORCE
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/fuzz-objects CC=$(CLANG) CFLAGS='$(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link' $@ $(FUZZ_VERIFY)
$(BUILD)/fuzz/%: tests/fuzz/%.c $(FUZZ_LIBRARY)
	@mkdir -p $(@D)
	$(CLANG) $(BASE_CFLAGS) $(FUZZ_CFLAGS) -fsanitize=fuzzer $(PACKAGE_CFLAGS) -o $@ $< $(FUZZ_LIBRARY) $(FUZZ_VERIFY) $(LIBS)
.PHONY: FORCE # .SECONDARY would take a plain FORCE for a file that need not exist
replay: $(REPLAY_BIN)
$(BUILD)/replay/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/replay.o $(LIBRARY) $(VERIFY_LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(BASE_CFLAGS) $(CFLAGS) -o $@ $^ $(LIBS)

MAN      := $(foreach p,shirabe shirabe-verify shirabe-witness,$(BUILD)/man/$(p).1 $(BUILD)/man/ja/$(p).1)
man: $(MAN)
$(BUILD)/man/shirabe.1: $(PROGRAM)
	@mkdir -p $(@D)
	@$(PROGRAM) --man --lang en > $@
$(BUILD)/man/ja/shirabe.1: $(PROGRAM)
	@mkdir -p $(@D)
	@$(PROGRAM) --man --lang ja > $@

$(BUILD)/man/shirabe-%.1: $(BUILD)/shirabe-%
	@mkdir -p $(@D)
	@$< --man --lang en > $@
$(BUILD)/man/ja/shirabe-%.1: $(BUILD)/shirabe-%
	@mkdir -p $(@D)
	@$< --man --lang ja > $@

check: $(PROGRAM) $(OUTSIDE) man units tools replay
	@BUILD=$(BUILD) REFERENCE=$(REFERENCE) tests/run
conform-intake: $(PROGRAM)
	@python3 tests/conform/run.py $(PROGRAM) forms $(DIR)
conform-estimation: $(BUILD)/tests/conform/estimation/estimation
	@$< $(if $(filter $(REFERENCE)/intake,$(DIR)),$(REFERENCE)/estimation,$(DIR))
peers: $(BUILD)/tests/conform/estimation/estimation
	@BUILD=$(BUILD) tests/peers/run.sh
conform-edit: $(BUILD)/tests/conform/edit/edit
	@$< $(if $(filter $(REFERENCE)/intake,$(DIR)),$(REFERENCE)/edit,$(DIR))
conform-seasonal: $(BUILD)/tests/conform/seasonal/seasonal
	@$< $(if $(filter $(REFERENCE)/intake,$(DIR)),$(REFERENCE)/seasonal,$(DIR))
conform-vital: $(BUILD)/tests/conform/vital/vital
	@$< $(if $(filter $(REFERENCE)/intake,$(DIR)),$(REFERENCE)/vital,$(DIR))
conform-age: $(BUILD)/tests/conform/age/age
	@$< $(if $(filter $(REFERENCE)/intake,$(DIR)),$(REFERENCE)/secure/age-testkit,$(DIR))
conform-crypto: $(BUILD)/tests/conform/crypto/crypto
	@$< $(if $(filter $(REFERENCE)/intake,$(DIR)),$(REFERENCE)/secure/wycheproof,$(DIR))
conform-log: $(BUILD)/tests/conform/log/log
	@$< $(if $(filter $(REFERENCE)/intake,$(DIR)),$(REFERENCE)/secure,$(DIR))
conform-mls: $(BUILD)/tests/conform/mls/mls
	@$< $(if $(filter $(REFERENCE)/intake,$(DIR)),$(REFERENCE)/labour,$(DIR))
conform-sdc: $(BUILD)/tests/conform/sdc/sdc
	@$< $(if $(filter $(REFERENCE)/intake,$(DIR)),$(REFERENCE)/sdc,$(DIR))
demo: $(PROGRAM) tools
	@BUILD=$(BUILD) REFERENCE=$(REFERENCE) tests/demo/demo.sh
bench: $(PROGRAM) tools
	@BUILD=$(BUILD) tests/bench/run.sh
asan: export KILL_STRIDE ?= 45
asan:
	$(MAKE) --no-print-directory BUILD=$(BUILD)/asan CFLAGS='-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer' check
fuzz: $(FUZZ_BIN)
	@BUILD=$(BUILD) FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz/run.sh
tidy: $(PROGRAM)
	@BUILD=$(BUILD) tests/tidy/run.sh

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/shirabe $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/ja/man1
	install -m 755 $(PROGRAM) $(OUTSIDE) $(DESTDIR)$(PREFIX)/bin/
	install -m 644 $(filter-out $(BUILD)/man/ja/%,$(MAN)) $(DESTDIR)$(PREFIX)/share/man/man1/
	install -m 644 $(filter $(BUILD)/man/ja/%,$(MAN)) $(DESTDIR)$(PREFIX)/share/man/ja/man1/
	rm -rf $(DESTDIR)$(PREFIX)/share/shirabe/forms
	cd forms && find library codelists secure -type f | while read f; do install -D -m 644 "$$f" "$(DESTDIR)$(PREFIX)/share/shirabe/forms/$$f"; done
uninstall:
	rm -f $(foreach p,shirabe shirabe-verify shirabe-witness,$(DESTDIR)$(PREFIX)/bin/$(p) $(DESTDIR)$(PREFIX)/share/man/man1/$(p).1 $(DESTDIR)$(PREFIX)/share/man/ja/man1/$(p).1)
	rm -rf $(DESTDIR)$(PREFIX)/share/shirabe
clean:
	rm -rf $(BUILD)

-include $(wildcard $(BUILD)/tests/conform/*/*.d) $(OBJECTS:.o=.d) $(VERIFY_OBJECTS:.o=.d) $(WITNESS_OBJECTS:.o=.d) $(BUILD)/secure-store/verify/main.d $(BUILD)/secure-store/witness/main.d $(BUILD)/front/main.d $(UNIT_BIN:=.d) $(TOOLS_BIN:=.d) $(FUZZ:%.c=$(BUILD)/%.d) $(BUILD)/tests/fuzz/replay.d $(FUZZ_BIN:=.d) $(CONFORM_EDIT:%.c=$(BUILD)/%.d) $(CONFORM_ESTIMATION:%.c=$(BUILD)/%.d)
