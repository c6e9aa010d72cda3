/* JSON writer: structure, escapes, canonical form, and doubles that read back to the same bits. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/json_out.h"
#include "base/rng.h"

static struct strbuf text;

static struct json_out begin(bool canonical) {
  struct json_out j;
  strbuf_reset(&text);
  json_begin(&j, &text, canonical);
  return j;
}

static void objects_and_arrays_nest(void **state) {
  (void)state;
  struct json_out j = begin(false);
  json_object(&j);
  json_put(&j, "z", "x");
  json_key(&j, "a");
  json_array(&j);
  json_int(&j, -1);
  json_array(&j);
  json_end_array(&j);
  json_object(&j);
  json_end_object(&j);
  json_bool(&j, true);
  json_null(&j);
  json_real(&j, 0.5);
  json_end_array(&j);
  json_put_int(&j, "n", INT64_MIN);
  json_end_object(&j);
  assert_true(json_done(&j));
  assert_string_equal(strbuf_cstr(&text), "{\"z\":\"x\",\"a\":[-1,[],{},true,null,0.5],\"n\":-9223372036854775808}");
}

static void strings_are_escaped_as_rfc_8785_says(void **state) {
  (void)state;
  static const struct {
    struct str in;
    const char *out;
  } cases[] = {{{"\"\\/\b\f\n\r\t", 8}, "\"\\\"\\\\/\\b\\f\\n\\r\\t\""}, {{"\0\x1f\x7f", 3}, "\"\\u0000\\u001f\x7f\""},
      {{"調べ€😀", 13}, "\"調べ€😀\""}, {{"", 0}, "\"\""}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct json_out j = begin(true);
    json_text(&j, cases[i].in);
    assert_true(json_done(&j));
    assert_string_equal(strbuf_cstr(&text), cases[i].out);
  }
}

static void text_that_is_not_utf8_is_refused(void **state) {
  (void)state;
  struct json_out j = begin(false);
  json_text(&j, STR("\x83\x65"));
  assert_false(json_done(&j));
}

/* Each misuse must be noticed; `run` makes one. */
static void value_without_key(struct json_out *j) { json_object(j), json_int(j, 1), json_end_object(j); }
static void key_in_array(struct json_out *j) { json_array(j), json_put(j, "a", "b"), json_end_array(j); }
static void key_without_value(struct json_out *j) { json_object(j), json_key(j, "a"), json_end_object(j); }
static void two_keys(struct json_out *j) { json_object(j), json_key(j, "a"), json_key(j, "b"), json_int(j, 1), json_end_object(j); }
static void wrong_end(struct json_out *j) { json_object(j), json_end_array(j); }
static void never_ended(struct json_out *j) { json_object(j); }
static void ended_twice(struct json_out *j) { json_object(j), json_end_object(j), json_end_object(j); }
static void two_values(struct json_out *j) { json_int(j, 1), json_int(j, 2); }
static void nothing(struct json_out *j) { (void)j; }
static void not_a_number(struct json_out *j) { json_real(j, nan("")); }
static void infinite(struct json_out *j) { json_real(j, INFINITY); }
static void too_deep(struct json_out *j) {
  for (int i = 0; i < 64; i++) json_array(j);
  for (int i = 0; i < 64; i++) json_end_array(j);
}
static void unsorted(struct json_out *j) { json_object(j), json_put(j, "b", ""), json_put(j, "a", ""), json_end_object(j); }
static void twice_the_key(struct json_out *j) { json_object(j), json_put(j, "a", ""), json_put(j, "a", ""), json_end_object(j); }
static void japanese_key(struct json_out *j) { json_object(j), json_put(j, "調", ""), json_end_object(j); }
static void long_key(struct json_out *j) {
  json_object(j), json_put(j, "0123456789012345678901234567890123456789012345678901234567890123", ""), json_end_object(j);
}
static void real(struct json_out *j) { json_real(j, 1); }
static void large_integer(struct json_out *j) { json_int(j, INT64_C(9007199254740992)); }

struct misuse {
  void (*run)(struct json_out *);
  bool canonical_only;
};

static void every_misuse_is_noticed(void **state) {
  (void)state;
  static const struct misuse cases[] = {{value_without_key, false}, {key_in_array, false}, {key_without_value, false}, {two_keys, false},
      {wrong_end, false}, {never_ended, false}, {ended_twice, false}, {two_values, false}, {nothing, false}, {not_a_number, false}, {infinite, false},
      {too_deep, false}, {unsorted, true}, {twice_the_key, true}, {japanese_key, true}, {long_key, true}, {real, true}, {large_integer, true}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    for (int canonical = 0; canonical < 2; canonical++) {
      struct json_out j = begin(canonical);
      cases[i].run(&j);
      assert_int_equal(json_done(&j), cases[i].canonical_only && !canonical);
    }
}

static void canonical_order_is_checked_per_object(void **state) {
  (void)state;
  struct json_out j = begin(true);
  json_object(&j);
  json_key(&j, "m");
  json_object(&j);
  json_put_int(&j, "a", 9007199254740991);
  json_put(&j, "b", "");
  json_end_object(&j);
  json_key(&j, "n");
  json_object(&j);
  json_put(&j, "a", "");
  json_end_object(&j);
  json_put(&j, "na", "");
  json_end_object(&j);
  assert_true(json_done(&j));
  assert_string_equal(strbuf_cstr(&text), "{\"m\":{\"a\":9007199254740991,\"b\":\"\"},\"n\":{\"a\":\"\"},\"na\":\"\"}");
}

/* Number texts of ECMAScript, which RFC 8785 takes over (its appendix B and the well-known hard cases). */
static void doubles_have_the_text_of_rfc_8785(void **state) {
  (void)state;
  static const struct {
    double v;
    const char *out;
  } cases[] = {{0, "0"}, {1, "1"}, {-1.5, "-1.5"}, {0.1, "0.1"}, {0.30000000000000004, "0.30000000000000004"}, {1.0 / 3, "0.3333333333333333"},
      {5e-324, "5e-324"}, {1.7976931348623157e308, "1.7976931348623157e+308"}, {9007199254740992, "9007199254740992"},
      {295147905179352830000.0, "295147905179352830000"}, {1e21, "1e+21"}, {999999999999999900000.0, "999999999999999900000"}, {1e-6, "0.000001"},
      {1e-7, "1e-7"}, {0.000001234, "0.000001234"}, {9.5367431640625e-7, "9.5367431640625e-7"}, {333333333.33333329, "333333333.3333333"},
      {1424953923781206.2, "1424953923781206.2"}, {123456789012345680.0, "123456789012345680"}, {2.2250738585072014e-308, "2.2250738585072014e-308"},
      {-0.0, "-0"}, {100, "100"}, {1e20, "100000000000000000000"}, {4.35, "4.35"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char out[32];
    real_format(cases[i].v, out);
    assert_string_equal(out, cases[i].out);
  }
}

static void every_double_reads_back_to_the_same_bits(void **state) {
  (void)state;
  struct rng r;
  rng_init(&r, 1, "doubles", NULL, 0);
  for (int i = 0; i < 300000; i++) {
    uint64_t bits = rng_u64(&r), back_bits;
    double v, back;
    char out[32], shorter[64];
    memcpy(&v, &bits, 8);
    if (i % 3 == 0) v = (double)(int64_t)(bits >> 20) / 1000;
    if (!isfinite(v)) continue;
    memcpy(&bits, &v, 8);
    memset(out, 'z', sizeof out);
    real_format(v, out);
    assert_non_null(memchr(out, 0, sizeof out));
    back = strtod(out, NULL);
    memcpy(&back_bits, &back, 8);
    if (bits != back_bits) fail_msg("%s", out);
    int digits = 0; /* and no shorter text does */
    for (const char *p = out; *p && *p != 'e'; p++) digits += *p >= '0' && *p <= '9' && (digits || *p != '0');
    const char *e = strchr(out, 'e');
    if (!e && strchr(out, '.') == NULL) continue; /* zeros at the end of a plain integer are places, not digits */
    if (digits < 2) continue;
    snprintf(shorter, sizeof shorter, "%.*e", digits - 2, v);
    if (strtod(shorter, NULL) == v) fail_msg("%s is longer than %s", out, shorter);
  }
}

static int release(void **state) {
  (void)state;
  strbuf_release(&text);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(objects_and_arrays_nest),
      cmocka_unit_test(strings_are_escaped_as_rfc_8785_says),
      cmocka_unit_test(text_that_is_not_utf8_is_refused),
      cmocka_unit_test(every_misuse_is_noticed),
      cmocka_unit_test(canonical_order_is_checked_per_object),
      cmocka_unit_test(doubles_have_the_text_of_rfc_8785),
      cmocka_unit_test(every_double_reads_back_to_the_same_bits),
  };
  return cmocka_run_group_tests(tests, NULL, release);
}
