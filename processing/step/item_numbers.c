#include "processing/step/item_numbers.h"

static bool only_digits(struct str s) {
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] < '0' || s.p[i] > '9') return false;
  return true;
}

bool item_numbers_named(const char *text, const struct step_value *items) {
  struct str rest = str_of(text ? text : "");
  uint64_t seen[4] = {0};
  while (rest.n) {
    struct str value, key = str_trim(str_split(str_split(rest, ';', &rest), '=', &value));
    int i = 0;
    while (i < items->n_items && !str_eq(key, str_of(items->items[i]->name))) i++;
    if (i == items->n_items || i >= 256 || (seen[i / 64] >> (i % 64) & 1)) return false;
    seen[i / 64] |= (uint64_t)1 << (i % 64);
  }
  return true;
}

bool item_number(const char *text, const char *item, double *out) {
  struct str rest = str_of(text ? text : "");
  while (rest.n) {
    struct str value, fraction, one = str_split(rest, ';', &rest), key = str_split(one, '=', &value), head = str_split(value, '.', &fraction);
    int64_t whole, part = 0;
    double scale = 1;
    if (!str_eq(str_trim(key), str_of(item))) continue;
    if (!only_digits(head) || !only_digits(fraction) || !str_int64(head, &whole) || whole < 0 || fraction.n > 9) return false;
    if (fraction.n && (!str_int64(fraction, &part) || part < 0)) return false;
    for (size_t i = 0; i < fraction.n; i++) scale *= 10;
    *out = (double)whole + (double)part / scale;
    return true;
  }
  return false;
}
