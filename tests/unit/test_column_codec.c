/* Column codec: every kind of column comes back as it was, same values give the same bytes, and no other bytes are accepted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/ext_sodium.h"
#include "secure-store/column_codec.h"

static struct arena *arena;
static int start(void **state) {
  (void)state;
  arena = arena_new(0);
  return arena && crypto_start() ? 0 : -1;
}
static int end(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}
static struct table table_of(enum column_type type, int decimals, bool is_date, int64_t rows) {
  struct table t;
  struct column c = {.name = "x", .type = type, .decimals = decimals, .unit = "", .is_date = is_date};
  assert_int_equal(table_init(&t, arena, &c, 1, rows + 64, NULL), E_OK);
  if (type == COL_CODE || type == COL_TEXT) t.columns[0].dict = dict_new(arena);
  t.n_rows = rows;
  return t;
}
static struct strbuf encoded(const struct column *c, int64_t row0, int64_t n) {
  struct strbuf b;
  struct err e;
  strbuf_init(&b, 0);
  assert_int_equal(column_encode(c, row0, n, &b, &e), E_OK);
  return b;
}
static void assert_same_rows(const struct column *a, const struct column *b, int64_t row0, int64_t n) {
  for (int64_t i = row0; i < row0 + n; i++) {
    assert_int_equal(a->status[i], b->status[i]);
    if (!value_present(a->status[i])) continue;
    if (a->type == COL_INT) assert_true(a->i64[i] == b->i64[i]);
    else if (a->type == COL_REAL) assert_memory_equal(&a->real[i], &b->real[i], 8);
    else assert_true(str_eq(dict_text(a->dict, a->code[i]), dict_text(b->dict, b->code[i])));
  }
}
/* Encodes rows, decodes them into a fresh table at the same place; returns the encoded size. */
static size_t round_trip(const struct column *c, int64_t row0, int64_t n) {
  struct table back = table_of(c->type, c->decimals, c->is_date, row0 + n);
  struct strbuf b = encoded(c, row0, n);
  struct err e;
  struct column_info info;
  assert_int_equal(column_info_of(b.p, b.n, &info, &e), E_OK);
  assert_int_equal(info.rows, n);
  assert_int_equal(info.type, c->type);
  assert_int_equal(column_decode(b.p, b.n, &back.columns[0], row0, n, &e), E_OK);
  assert_same_rows(c, &back.columns[0], row0, n);
  struct strbuf again = encoded(&back.columns[0], row0, n);
  assert_int_equal(again.n, b.n);
  assert_memory_equal(again.p, b.p, b.n);
  size_t size = b.n;
  strbuf_release(&b);
  strbuf_release(&again);
  return size;
}

static void integers_of_every_width(void **state) {
  (void)state;
  static const struct {
    int64_t least, most;
    size_t bytes_per_8_rows; /* of values */
  } cases[] = {{5, 5, 0}, {0, 1, 1}, {-3, 0, 2}, {10, 20, 4}, {0, 255, 8}, {-1, 255, 16}, {0, 65535, 16}, {1, 1 << 24, 24}, {0, 1 << 24, 32},
      {INT64_MIN, INT64_MAX, 64}, {INT64_MIN, INT64_MIN, 0}, {-1, INT64_MAX, 64}};
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
    for (int64_t n = 1; n < 100; n += 13) {
      struct table t = table_of(COL_INT, 2, false, 8 + n);
      struct column *c = &t.columns[0];
      for (int64_t i = 0; i < 8 + n; i++)
        c->i64[i] = i % 3 == 0 ? cases[k].least : i % 3 == 1 ? cases[k].most : cases[k].least + (cases[k].most > cases[k].least);
      size_t size = round_trip(c, 3, n < 2 ? 2 : n), values = ((size_t)(n < 2 ? 2 : n) * cases[k].bytes_per_8_rows + 7) / 8;
      assert_true(size <= 5 + 2 + 9 + values);
    }
}
static void missing_values_of_every_kind(void **state) {
  (void)state;
  for (int pattern = 0; pattern < 4; pattern++) {
    struct table t = table_of(COL_INT, 0, true, 1000);
    struct column *c = &t.columns[0];
    for (int i = 0; i < 1000; i++) {
      c->status[i] = (uint8_t)(pattern == 0   ? VAL_BLANK
                               : pattern == 1 ? i % VAL_STATUS_COUNT
                               : pattern == 2 ? (i < 500 ? VAL_UNKNOWN : VAL_REPORTED)
                                              : i / 100);
      c->i64[i] = value_present(c->status[i]) ? 20000 + i : 0;
    }
    round_trip(c, 0, 1000);
    round_trip(c, 0, 999);
    round_trip(c, 0, 0);
  }
  struct table t = table_of(COL_INT, 0, false, 65536);
  memset(t.columns[0].status, VAL_NOT_APPLICABLE, 65536);
  assert_true(round_trip(&t.columns[0], 0, 65536) < 24); /* nothing to say, little said */
}
static void a_value_under_a_missing_status_is_not_kept(void **state) {
  (void)state;
  struct table t = table_of(COL_INT, 0, false, 2), back = table_of(COL_INT, 0, false, 2);
  t.columns[0].i64[0] = 77;
  t.columns[0].status[0] = VAL_REFUSED;
  t.columns[0].i64[1] = 5;
  struct strbuf b = encoded(&t.columns[0], 0, 2);
  assert_int_equal(column_decode(b.p, b.n, &back.columns[0], 0, 2, NULL), E_OK);
  assert_int_equal(back.columns[0].i64[0], 0);
  assert_int_equal(back.columns[0].i64[1], 5);
  strbuf_release(&b);
}
static void texts_in_order_of_first_use_whatever_their_dictionary(void **state) {
  (void)state;
  static const char *const texts[] = {"", "13", "\xe6\x9d\xb1\xe4\xba\xac", "a longer text, with\nnewline"};
  struct table a = table_of(COL_TEXT, 0, false, 300), b = table_of(COL_TEXT, 0, false, 300);
  dict_add(b.columns[0].dict, STR("unused")); /* other ids, same texts */
  dict_add(b.columns[0].dict, str_of(texts[3]));
  for (int i = 0; i < 300; i++) {
    a.columns[0].code[i] = dict_add(a.columns[0].dict, str_of(texts[i * 7 % 4]));
    b.columns[0].code[i] = dict_add(b.columns[0].dict, str_of(texts[i * 7 % 4]));
    a.columns[0].status[i] = b.columns[0].status[i] = (uint8_t)(i % 11 == 0 ? VAL_BLANK : VAL_REPORTED);
  }
  struct strbuf x = encoded(&a.columns[0], 0, 300), y = encoded(&b.columns[0], 0, 300);
  assert_int_equal(x.n, y.n);
  assert_memory_equal(x.p, y.p, x.n);
  strbuf_release(&x);
  strbuf_release(&y);
  round_trip(&a.columns[0], 0, 300);
  round_trip(&a.columns[0], 17, 200);
}
static void codes_of_one_to_many_values(void **state) {
  (void)state;
  static const int counts[] = {1, 2, 3, 4, 5, 16, 17, 256, 257, 1741};
  for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
    struct table t = table_of(COL_CODE, 0, false, 5000);
    for (int i = 0; i < 5000; i++) {
      char code[16];
      int n = snprintf(code, sizeof code, "%06d", i * 17 % counts[k]);
      t.columns[0].code[i] = dict_add(t.columns[0].dict, str_view(code, (size_t)n));
    }
    round_trip(&t.columns[0], 0, 5000);
  }
}
static void real_numbers_bit_by_bit(void **state) {
  (void)state;
  static const double values[] = {0.0, -0.0, 1.5, -1e300, 5e-324, 3.141592653589793};
  struct table t = table_of(COL_REAL, 0, false, 60);
  for (int i = 0; i < 60; i++) {
    t.columns[0].real[i] = values[i % 6];
    t.columns[0].status[i] = i % 7 == 0 ? VAL_SUPPRESSED : VAL_DERIVED;
  }
  round_trip(&t.columns[0], 0, 60);
}
static void impossible_values_are_our_bug(void **state) {
  (void)state;
  struct strbuf b;
  struct table t = table_of(COL_INT, 0, false, 3);
  strbuf_init(&b, 0);
  t.columns[0].status[1] = VAL_STATUS_COUNT;
  assert_int_equal(column_encode(&t.columns[0], 0, 3, &b, NULL), E_COLUMN_VALUE);
  struct table c = table_of(COL_CODE, 0, false, 3);
  c.columns[0].code[2] = 1;
  dict_add(c.columns[0].dict, STR("only one"));
  assert_int_equal(column_encode(&c.columns[0], 0, 3, &b, NULL), E_COLUMN_VALUE);
  c.columns[0].code[2] = -1;
  assert_int_equal(column_encode(&c.columns[0], 0, 3, &b, NULL), E_COLUMN_VALUE);
  struct table x = table_of(COL_TEXT, 0, false, 1);
  x.columns[0].code[0] = dict_add(x.columns[0].dict, STR("\xff"));
  assert_int_equal(column_encode(&x.columns[0], 0, 1, &b, NULL), E_COLUMN_VALUE);
  assert_int_equal(b.n, 0);
  strbuf_release(&b);
}
static void another_type_unit_of_scale_or_length_is_refused(void **state) {
  (void)state;
  struct table t = table_of(COL_INT, 1, false, 10);
  struct strbuf b = encoded(&t.columns[0], 0, 10);
  struct table wrong[] = {table_of(COL_REAL, 1, false, 20), table_of(COL_INT, 2, false, 20), table_of(COL_INT, 1, true, 20),
      table_of(COL_TEXT, 1, false, 20)};
  for (size_t i = 0; i < 4; i++) assert_int_equal(column_decode(b.p, b.n, &wrong[i].columns[0], 0, 10, NULL), E_COLUMN_DAMAGED);
  struct table right = table_of(COL_INT, 1, false, 20);
  assert_int_equal(column_decode(b.p, b.n, &right.columns[0], 0, 9, NULL), E_COLUMN_DAMAGED);
  assert_int_equal(column_decode(b.p, b.n, &right.columns[0], 0, 11, NULL), E_COLUMN_DAMAGED);
  for (int i = 0; i < 11; i++) assert_int_equal(right.columns[0].status[i], VAL_BLANK);
  assert_int_equal(column_decode(b.p, b.n, &right.columns[0], 5, 10, NULL), E_OK);
  strbuf_release(&b);
}
/* Any change of the bytes is refused or gives other values whose own encoding is exactly the changed bytes: one form per content. */
static void only_canonical_bytes_are_accepted(void **state) {
  (void)state;
  struct table samples[3] = {table_of(COL_INT, 0, false, 40), table_of(COL_CODE, 0, false, 40), table_of(COL_REAL, 0, false, 10)};
  for (int i = 0; i < 40; i++) {
    samples[0].columns[0].i64[i] = i * 13 % 300;
    samples[0].columns[0].status[i] = i == 7 ? VAL_UNKNOWN : i > 30 ? VAL_IMPUTED : VAL_REPORTED;
    char code[8];
    int n = snprintf(code, sizeof code, "%d", i % 5);
    samples[1].columns[0].code[i] = dict_add(samples[1].columns[0].dict, str_view(code, (size_t)n));
    samples[1].columns[0].status[i] = (uint8_t)(i % 3 == 0 ? VAL_BLANK : i % 2);
  }
  for (int s = 0; s < 3; s++) {
    int64_t rows = samples[s].n_rows;
    struct strbuf b = encoded(&samples[s].columns[0], 0, rows);
    for (size_t at = 0; at < b.n; at++)
      for (int x = 1; x < 256; x++) {
        struct table back = table_of(samples[s].columns[0].type, 0, false, rows);
        b.p[at] = (char)(b.p[at] ^ x);
        if (column_decode(b.p, b.n, &back.columns[0], 0, rows, NULL) == E_OK) {
          struct strbuf again = encoded(&back.columns[0], 0, rows);
          assert_int_equal(again.n, b.n);
          assert_memory_equal(again.p, b.p, b.n);
          strbuf_release(&again);
        }
        b.p[at] = (char)(b.p[at] ^ x);
      }
    struct table back = table_of(samples[s].columns[0].type, 0, false, rows);
    for (size_t n = 0; n < b.n; n++) assert_int_equal(column_decode(b.p, n, &back.columns[0], 0, rows, NULL), E_COLUMN_DAMAGED);
    strbuf_addc(&b, 0);
    assert_int_equal(column_decode(b.p, b.n, &back.columns[0], 0, rows, NULL), E_COLUMN_DAMAGED);
    strbuf_release(&b);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(integers_of_every_width),
      cmocka_unit_test(missing_values_of_every_kind),
      cmocka_unit_test(a_value_under_a_missing_status_is_not_kept),
      cmocka_unit_test(texts_in_order_of_first_use_whatever_their_dictionary),
      cmocka_unit_test(codes_of_one_to_many_values),
      cmocka_unit_test(real_numbers_bit_by_bit),
      cmocka_unit_test(impossible_values_are_our_bug),
      cmocka_unit_test(another_type_unit_of_scale_or_length_is_refused),
      cmocka_unit_test(only_canonical_bytes_are_accepted),
  };
  return cmocka_run_group_tests(tests, start, end);
}
