/* code_structure.c -- see code_structure.h. */
#include "forms/code_structure.h"

#include <string.h>

enum { MUNICIPALITY_DIGITS = 6, CORPORATE_DIGITS = 13, ICD_MAX = 6 };

static bool digits(struct str s, size_t n) {
  if (s.n != n) return false;
  for (size_t i = 0; i < n; i++)
    if (s.p[i] < '0' || s.p[i] > '9') return false;
  return true;
}

int municipality_check_digit(struct str code5) {
  static const int factor[5] = {6, 5, 4, 3, 2};
  if (!digits(code5, 5)) return -1;
  int sum = 0;
  for (int i = 0; i < 5; i++) sum += factor[i] * (code5.p[i] - '0');
  return (11 - sum % 11) % 10;
}

bool municipality_check_digit_valid(struct str code6) {
  return digits(code6, MUNICIPALITY_DIGITS) && municipality_check_digit(str_view(code6.p, 5)) == code6.p[5] - '0';
}

/* Twelve digits counted from the right: odd places weigh 1, even places 2; check = 9 - sum mod 9. */
bool corporate_number_valid(struct str code13) {
  if (!digits(code13, CORPORATE_DIGITS)) return false;
  int sum = 0;
  for (int i = 1; i <= 12; i++) sum += (code13.p[CORPORATE_DIGITS - i] - '0') * (i % 2 ? 1 : 2);
  return code13.p[0] - '0' == 9 - sum % 9;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

/* The point may stand after the third character only, or be left out. */
static bool point_misplaced(struct str s) {
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] == '.' && (i != 3 || i + 1 == s.n)) return true;
  return false;
}

/* U07 (COVID-19, vaping) to U12 are used for deaths. */
static bool u_code_allowed(struct str s) {
  if (s.n < 3 || !is_digit(s.p[1]) || !is_digit(s.p[2])) return false;
  int number = (s.p[1] - '0') * 10 + (s.p[2] - '0');
  return number >= 7 && number <= 12;
}

int icd10_structure_bits(struct str code) {
  code = str_trim(code);
  if (!code.n) return 32;
  int bits = point_misplaced(code) ? 1 : 0;
  if (code.n <= 2) bits |= 2;
  if (!is_letter(code.p[0])) bits |= 4;
  if ((code.p[0] == 'U' || code.p[0] == 'u') && !u_code_allowed(code)) bits |= 8;
  if (memchr(code.p, '*', code.n)) bits |= 16;
  return bits;
}

/* One character in half width, or 0: ASCII itself, full-width forms U+FF01..FF5E. */
static char half_width(uint32_t c) {
  if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;
  return c > 0x20 && c < 0x7F ? (char)c : 0;
}

bool icd10_normalise(struct str code, char out[16]) {
  size_t n = 0;
  bool point = false;
  code = str_trim(code);
  for (size_t i = 0; i < code.n;) {
    uint32_t c;
    size_t bytes = utf8_decode(code.p + i, code.n - i, &c);
    char half = bytes ? half_width(c) : 0;
    i += bytes;
    if (!half || n >= ICD_MAX) return false;
    if (half == '.') {
      if (point || n != 3) return false;
      point = true;
    } else {
      out[n++] = half;
    }
  }
  if (n < 3 || n > 5 || (point && n == 3) || !is_letter(out[0]) || !is_digit(out[1]) || !is_digit(out[2])) return false;
  if (out[0] >= 'a') out[0] = (char)(out[0] - 'a' + 'A');
  if (n > 3 && !is_digit(out[3])) return false;
  if (n == 5 && is_letter(out[4]) && out[4] < 'a') out[4] = (char)(out[4] - 'A' + 'a'); /* Japanese sub-codes: A085a */
  if (n == 5 && !is_digit(out[4]) && !is_letter(out[4])) return false;
  out[n] = 0;
  return true;
}

bool code_structure_known(struct str rule) {
  return str_eq(rule, STR("icd10")) || str_eq(rule, STR("municipality")) || str_eq(rule, STR("corporate_number"));
}

bool code_structure_valid(struct str rule, struct str code) {
  if (str_eq(rule, STR("municipality"))) return municipality_check_digit_valid(code);
  if (str_eq(rule, STR("corporate_number"))) return corporate_number_valid(code);
  char stored[16];
  return str_eq(rule, STR("icd10")) && icd10_structure_bits(code) == 0 && icd10_normalise(code, stored) && str_eq(code, str_of(stored));
}
