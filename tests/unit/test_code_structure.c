/* Codes that prove themselves: published examples of check digits and of the structure of ICD-10 codes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* cmocka needs the headers above */
#include <cmocka.h>

#include "forms/code_structure.h"

static void municipality_check_digit_of_published_codes(void **state) {
  (void)state;
  /* Hokkaido, Aomori, Iwate, Tokyo, Nagano, Okinawa as printed by the ministry; Sapporo, Chiyoda, Kawasaki. Sums with remainder 0 and 1 are among
   * them. */
  static const char *const good[] = {"010006", "020001", "030007", "130001", "200000", "470007", "011002", "131016", "141305", "271004"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    assert_true(municipality_check_digit_valid(str_of(good[i])));
    for (char c = '0'; c <= '9'; c++) { /* no other last digit is valid */
      char other[7];
      memcpy(other, good[i], 7);
      other[5] = c;
      assert_int_equal(municipality_check_digit_valid(str_of(other)), c == good[i][5]);
    }
  }
  assert_int_equal(municipality_check_digit(STR("20000")), 0); /* remainder 1 */
  assert_int_equal(municipality_check_digit(STR("1310a")), -1);
  assert_int_equal(municipality_check_digit(STR("1310")), -1);
  static const char *const bad[] = {"", "10006", "0100060", "01000６", "13 016"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(municipality_check_digit_valid(str_of(bad[i])));
}

static void exchanged_neighbours_are_found(void **state) {
  (void)state;
  /* The weights 6 5 4 3 2 differ by one, so two neighbours exchanged change the sum unless they are equal (or differ by 11, which digits cannot). */
  assert_true(municipality_check_digit_valid(STR("131016")));
  assert_false(municipality_check_digit_valid(STR("311016")));
  assert_false(municipality_check_digit_valid(STR("113016")));
  assert_false(municipality_check_digit_valid(STR("130116")));
}

static void corporate_number_of_published_bodies(void **state) {
  (void)state;
  /* Ministries and the Tax Agency as listed on its publication site. */
  static const char *const good[] = {"7000012050002", "8000020130001", "6000012070001", "4000020330001", "1180301018771"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    char other[14];
    assert_true(corporate_number_valid(str_of(good[i])));
    memcpy(other, good[i], 14);
    other[6] = other[6] == '9' ? '0' : (char)(other[6] + 1);
    assert_false(corporate_number_valid(str_of(other)));
  }
  assert_false(corporate_number_valid(STR("1.18E+12")));
  assert_false(corporate_number_valid(STR("700001205000")));
  assert_false(corporate_number_valid(STR("0000000000000")));
}

static void icd10_bits_add_up(void **state) {
  (void)state;
  static const struct {
    const char *code;
    int bits;
  } cases[] = {
      {"A000", 0},
      {"A00.0", 0},
      {"I219", 0},
      {"R54", 0},
      {"C34.9", 0},
      {"", 32},
      {"  ", 32},
      {"I2.19", 1},
      {"I21.", 1},
      {"I2", 2},
      {"I", 2},
      {"219", 4},
      {"21", 6},
      {"U071", 0},
      {"U07.2", 0},
      {"U12", 0},
      {"U99", 8},
      {"U06.9", 8},
      {"U13", 8},
      {"U8", 10},
      {"G01*", 16},
      {"2.1*", 21},
      {"u071", 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    if (icd10_structure_bits(str_of(cases[i].code)) != cases[i].bits)
      fail_msg("'%s': %d, expected %d", cases[i].code, icd10_structure_bits(str_of(cases[i].code)), cases[i].bits);
}

static void icd10_is_stored_without_point_in_capitals(void **state) {
  (void)state;
  static const struct {
    const char *code, *stored; /* NULL = cannot be one */
  } cases[] = {
      {"A00.0", "A000"},
      {"a000", "A000"},
      {"Ａ００．０", "A000"},
      {" I21.9 ", "I219"},
      {"R54", "R54"},
      {"A08.5a", "A085a"},
      {"A085A", "A085a"},
      {"C3490", "C3490"},
      {"", NULL},
      {"A0", NULL},
      {"A00.", NULL},
      {"A0.00", NULL},
      {"0A00", NULL},
      {"A00.00.0", NULL},
      {"A00000", NULL},
      {"G01*", NULL},
      {"A00-B99", NULL},
      {"A00　0", NULL},
      {"急性心筋梗塞", NULL},
      {"A0\xFF", NULL},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char out[16] = "";
    bool ok = icd10_normalise(str_of(cases[i].code), out);
    if (ok != (cases[i].stored != NULL) || (ok && strcmp(out, cases[i].stored) != 0))
      fail_msg("'%s': %s '%s'", cases[i].code, ok ? "taken as" : "refused", out);
  }
}

static void structure_rule_wants_the_stored_form(void **state) {
  (void)state;
  assert_true(code_structure_valid(STR("icd10"), STR("A000")));
  assert_false(code_structure_valid(STR("icd10"), STR("A00.0")));
  assert_false(code_structure_valid(STR("icd10"), STR("A00-B99")));
  assert_false(code_structure_valid(STR("icd10"), STR("U99")));
  assert_true(code_structure_valid(STR("municipality"), STR("131016")));
  assert_false(code_structure_valid(STR("municipality"), STR("131017")));
  assert_true(code_structure_valid(STR("corporate_number"), STR("7000012050002")));
  assert_false(code_structure_valid(STR("any"), STR("A000")));
  assert_false(code_structure_known(STR("any")));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(municipality_check_digit_of_published_codes),
      cmocka_unit_test(exchanged_neighbours_are_found),
      cmocka_unit_test(corporate_number_of_published_bodies),
      cmocka_unit_test(icd10_bits_add_up),
      cmocka_unit_test(icd10_is_stored_without_point_in_capitals),
      cmocka_unit_test(structure_rule_wants_the_stored_form),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
