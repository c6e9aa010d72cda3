/* JSON reading: duplicate names, depth and damage are refused with their place; members keep the order of the file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/ext_json.h"

static void values_are_read(void **state) {
  (void)state;
  const char *text = "{\"z\":\"調べ\",\"a\":-9223372036854775807,\"r\":1.5,\"t\":true,\"l\":[1,\"x\",null],\"o\":{}}";
  struct json_document *d;
  struct err e = {0};
  assert_int_equal(json_parse("f.json", text, strlen(text), &d, &e), E_OK);
  const struct json_value *v = json_root(d);
  int64_t i;
  double r;
  bool t;
  assert_string_equal(json_string(json_member(v, "z")), "調べ");
  assert_true(json_integer(json_member(v, "a"), &i) && i == -9223372036854775807);
  assert_false(json_integer(json_member(v, "r"), &i));
  assert_true(json_number(json_member(v, "r"), &r) && r > 1.4 && r < 1.6);
  assert_true(json_boolean(json_member(v, "t"), &t) && t);
  assert_false(json_boolean(json_member(v, "z"), &t));
  assert_int_equal(json_length(json_member(v, "l")), 3);
  assert_string_equal(json_string(json_element(json_member(v, "l"), 1)), "x");
  assert_null(json_string(json_element(json_member(v, "l"), 2)));
  assert_null(json_element(json_member(v, "l"), 3));
  assert_true(json_is_object(json_member(v, "o")) && json_is_array(json_member(v, "l")));
  assert_null(json_member(json_member(v, "l"), "a"));
  assert_null(json_member(v, "none"));
  assert_string_equal(json_member_string(v, "none", "fallback"), "fallback");
  assert_int_equal(json_member_int(v, "none", 7), 7);
  json_release(d);
}

static void members_keep_file_order(void **state) {
  (void)state;
  const char *text = "{\"b\":1,\"a\":2,\"c\":3}", *key;
  const struct json_value *value;
  struct json_document *d;
  char seen[8] = "";
  assert_int_equal(json_parse("f", text, strlen(text), &d, NULL), E_OK);
  for (size_t i = 0; json_member_at(json_root(d), i, &key, &value); i++) strcat(seen, key);
  assert_string_equal(seen, "bac");
  json_release(d);
}

static void damage_has_a_place(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t n;
    enum err_code code;
    int64_t line;
  } bad[] = {
      {"", 0, E_JSON_SYNTAX, 1},
      {"{\"a\":1,\n\"a\":2}", 14, E_JSON_DUPLICATE, 2},
      {"{\"a\":\n\n1,}", 10, E_JSON_SYNTAX, 3},
      {"{\"a\":1} x", 9, E_JSON_SYNTAX, 1},
      {"{\"a\":\"\xFF\"}", 9, E_JSON_SYNTAX, 1},
      {"{\"a\":\"\\u0000\"}", 14, E_JSON_SYNTAX, 1},
      {"{\"a\":99999999999999999999}", 26, E_JSON_SYNTAX, 1},
      {"{\"a\":NaN}", 9, E_JSON_SYNTAX, 1},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct json_document *d;
    struct err e = {0};
    if (json_parse("f.json", bad[i].text, bad[i].n, &d, &e) != bad[i].code) print_error("%s\n", bad[i].text);
    assert_int_equal(e.code, bad[i].code);
    assert_int_equal(e.line, bad[i].line);
    assert_true(e.column > 0);
    assert_string_equal(e.file, "f.json");
    assert_null(d);
  }
}

static void depth_is_capped_before_parsing(void **state) {
  (void)state;
  char text[3000];
  struct json_document *d;
  struct err e = {0};
  memset(text, '[', 65);
  memset(text + 65, ']', 65);
  assert_int_equal(json_parse("f", text, 130, &d, &e), E_JSON_TOO_DEEP);
  assert_int_equal(e.column, 65);
  memset(text, '[', 64);
  memset(text + 64, ']', 64);
  assert_int_equal(json_parse("f", text, 128, &d, &e), E_OK);
  json_release(d);
  const char *brackets = "[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[\"]";
  assert_int_equal(json_parse("f", brackets, strlen(brackets), &d, &e), E_OK); /* brackets in a text are text */
  json_release(d);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values_are_read),
      cmocka_unit_test(members_keep_file_order),
      cmocka_unit_test(damage_has_a_place),
      cmocka_unit_test(depth_is_capped_before_parsing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
