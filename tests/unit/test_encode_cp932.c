/* CP932 written by table: every code of Windows-31J, the 398 that come back as another code and as which one, the stated twins, and no best fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/atomic_file.h"
#include "base/ext_csv.h"
#include "collector/encode_cp932.h"
#include "collector/intake_excel.h"

struct tables {
  struct cp932 decode;
  struct cp932_encoder encode;
};

static int setup(void **state) {
  struct err e;
  struct tables *t = malloc(sizeof *t);
  if (!t || cp932_init(&t->decode, &e)) return -1;
  cp932_encoder_init(&t->encode, &t->decode);
  *state = t;
  return 0;
}
static int teardown(void **state) {
  free(*state);
  return 0;
}

static bool encode(const struct tables *t, const char *utf8, char *hex, int64_t *lost) {
  struct strbuf b = {0};
  struct cp932_losses losses = {0};
  bool ok = cp932_encode(&t->encode, str_of(utf8), &b, &losses);
  hex[0] = 0;
  for (size_t i = 0; i < b.n; i++) sprintf(hex + 2 * i, "%02X", (unsigned)(uint8_t)b.p[i]);
  *lost = losses.n;
  strbuf_release(&b);
  return ok;
}

/* By class of the code that came in: NEC's selection 374, IBM 15, NEC row 13 nine; all others come back as they were. */
static void all_but_398_codes_come_back(void **state) {
  const struct tables *t = *state;
  int codes = 0, changed = 0, nec_selected = 0, ibm = 0, row13 = 0;
  for (unsigned code = 0x8140; code <= 0xfcfc; code++) {
    uint16_t point = t->decode.point[code];
    if (!point) continue;
    codes++;
    unsigned again = t->encode.code[point];
    assert_int_equal(t->decode.point[again], point); /* another code, never another character */
    if (again == code) continue;
    changed++;
    nec_selected += code >= 0xed40 && code <= 0xeefc;
    ibm += code >= 0xfa40;
    row13 += code >= 0x8740 && code <= 0x879c;
  }
  assert_int_equal(codes, 9604);
  assert_int_equal(changed, 398);
  assert_int_equal(nec_selected, 374);
  assert_int_equal(ibm, 15);
  assert_int_equal(row13, 9);
}

/* The listed re-encodings of the reference table, made with another converter, are ours, code by code. */
static void the_listed_codes_are_written_as_listed(void **state) {
  const struct tables *t = *state;
  const char *folder = getenv("REFERENCE");
  char path[512];
  uint8_t *bytes = NULL;
  size_t n = 0;
  struct err e;
  snprintf(path, sizeof path, "%s/codes/cp932_extension_chars.csv", folder ? folder : "../shared/data");
  if (file_read(path, 1 << 20, &bytes, &n, &e)) skip();
  struct arena *a = arena_new(0);
  struct csv_table list;
  assert_int_equal(csv_table_parse(a, path, (const char *)bytes, n, &list, &e), E_OK);
  int point_column = csv_table_column(&list, "unicode"), back_column = csv_table_column(&list, "glibc_roundtrip_hex");
  for (int64_t i = 0; i < list.n_rows; i++) {
    unsigned point = (unsigned)strtoul(csv_table_cell(&list, i, point_column).p + 2, NULL, 16);
    assert_int_equal(t->encode.code[point], strtoul(csv_table_cell(&list, i, back_column).p, NULL, 16));
  }
  assert_int_equal(list.n_rows, 845);
  arena_free(a);
  free(bytes);
}

static void every_external_character_comes_back(void **state) {
  const struct tables *t = *state;
  for (uint32_t point = 0xe000; point <= 0xe757; point++) assert_int_equal(t->encode.code[point], cp932_external_code(point));
}

static void twins_are_written_and_nothing_is_guessed(void **state) {
  static const struct {
    const char *utf8, *hex; /* hex NULL = a loss */
  } cases[] = {{"〜", "8160"},  {"～", "8160"}, {"‖", "8161"}, {"∥", "8161"}, {"−", "817C"}, {"－", "817C"}, {"—", "815C"},
               {"―", "815C"},  {"¢", "8191"},  {"£", "8192"}, {"¬", "81CA"}, {"\\~", "5C7E"}, {"髙﨑", "FBFCFAB1"}, {"①㈱", "8740878A"},
               {"ｱｲ", "B1B2"}, {"\xee\x80\x80", "F040"}, {"¥", NULL},   {"‾", NULL},   {"㋿", NULL},   {"𠮷", NULL},   {"é", NULL},
               {"\xc2\xa0", NULL}, {"か\xe3\x82\x99", NULL}, {"葛\xf3\xa0\x84\x80", NULL}, {"\xef\xa4\x80", NULL}, {"\x80", NULL}};
  const struct tables *t = *state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char hex[64];
    int64_t lost;
    bool ok = encode(t, cases[i].utf8, hex, &lost);
    if (ok != (cases[i].hex != NULL) || (ok && strcmp(hex, cases[i].hex)) || (ok ? lost != 0 : lost != 1 || hex[0]))
      fail_msg("'%s' gives %s %s, %lld lost", cases[i].utf8, ok ? "ok" : "no", hex, (long long)lost);
  }
}

static void losses_have_places_and_leave_nothing_behind(void **state) {
  const struct tables *t = *state;
  struct strbuf b = {0};
  struct cp932_loss list[2];
  struct cp932_losses losses = {.list = list, .room = 2};
  strbuf_adds(&b, "kept");
  assert_false(cp932_encode(&t->encode, STR("a𠮷b㋿cé"), &b, &losses));
  assert_int_equal(losses.n, 3);
  assert_true(list[0].offset == 1 && list[0].point == 0x20bb7 && list[1].offset == 6 && list[1].point == 0x32ff);
  assert_string_equal(strbuf_cstr(&b), "kept");
  strbuf_release(&b);
}

/* What a spreadsheet would run is kept as text, what it would read as text stays as it is. */
static void formulas_are_text(void **state) {
  (void)state;
  static const struct {
    const char *cell, *csv;
  } cases[] = {{"=1+1", "'=1+1"}, {"+81", "'+81"}, {"-1", "'-1"}, {"@SUM(A1)", "'@SUM(A1)"}, {"\t=1", "'\t=1"}, {"a=1", "a=1"}, {"", ""},
      {"=\"x\",2", "\"'=\"\"x\"\",2\""}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct strbuf b = {0};
    excel_cell(&b, str_of(cases[i].cell), true);
    assert_string_equal(strbuf_cstr(&b), cases[i].csv);
    strbuf_release(&b);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(all_but_398_codes_come_back),
      cmocka_unit_test(the_listed_codes_are_written_as_listed),
      cmocka_unit_test(every_external_character_comes_back),
      cmocka_unit_test(twins_are_written_and_nothing_is_guessed),
      cmocka_unit_test(losses_have_places_and_leave_nothing_behind),
      cmocka_unit_test(formulas_are_text),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
