#include "processing/outlier/cell_text.h"

static enum err_code refuse(struct arena *a, bool with_item, int entry, const char *expected, struct err *e) {
  return ERR(e, E_SELECTIVE_TEXT, .subject = with_item ? "standard_errors" : "thresholds", .expected = expected,
      .found = arena_printf(a, "entry %d", entry));
}

/* Digits with at most one point and 9 decimals, above 0. */
static bool positive(struct str s, double *out) {
  struct str fraction, whole = str_split(s, '.', &fraction);
  int64_t a, b = 0, unit = 1;
  if (!whole.n || whole.n > 15 || fraction.n > 9 || (whole.n < s.n && !fraction.n)) return false;
  if (whole.p[0] == '+' || whole.p[0] == '-' || (fraction.n && (fraction.p[0] == '+' || fraction.p[0] == '-'))) return false;
  if (!str_int64(whole, &a) || (fraction.n && !str_int64(fraction, &b))) return false;
  for (size_t i = 0; i < fraction.n; i++)
    unit *= 10;
  *out = (double)a + (double)b / (double)unit;
  return *out > 0;
}

static bool entry_of(struct str one, bool with_item, struct cell_value *out) {
  struct str rest = one;
  out->item = with_item ? str_trim(str_split(one, '/', &rest)) : STR("");
  size_t at = rest.n;
  while (at > 0 && rest.p[at - 1] != '=')
    at--;
  if ((with_item && (!out->item.n || out->item.n == one.n)) || at == 0) return false;
  out->class_ = str_trim(str_view(rest.p, at - 1));
  return positive(str_trim(str_view(rest.p + at, rest.n - at)), &out->value);
}

enum err_code cell_values_parse(struct arena *a, struct str text, bool with_item, struct cell_value **out, int *n, struct err *e) {
  int64_t entries = 1;
  struct str rest = text;
  *n = 0;
  for (size_t i = 0; i < text.n; i++)
    entries += text.p[i] == '|';
  if (entries > CELL_MAX_VALUES) return refuse(a, with_item, CELL_MAX_VALUES, "at most 4,096 entries", e);
  if (!(*out = ARENA_ARRAY(a, struct cell_value, entries))) return ERR(e, E_NO_MEMORY, .subject = "standard_errors");
  for (; *n < entries; (*n)++) {
    struct cell_value *v = &(*out)[*n];
    if (!entry_of(str_trim(str_split(rest, '|', &rest)), with_item, v))
      return refuse(a, with_item, *n + 1, with_item ? "item/class = number above 0" : "class = number above 0", e);
    for (int k = 0; k < *n; k++)
      if (str_eq(v->item, (*out)[k].item) && str_eq(v->class_, (*out)[k].class_)) return refuse(a, with_item, *n + 1, "every cell once", e);
  }
  return E_OK;
}
