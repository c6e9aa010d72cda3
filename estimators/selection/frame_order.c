#include "estimators/selection/frame_order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct keyed {
  uint64_t prefix;
  double value;
  struct str text;
  int64_t row;
};

static uint64_t prefix_of(struct str s) {
  uint64_t v = 0;
  for (size_t i = 0; i < 8; i++) v = v << 8 | (i < s.n ? (uint8_t)s.p[i] : 0);
  return v;
}

static int by_text(const void *pa, const void *pb) {
  const struct keyed *a = pa, *b = pb;
  if (a->prefix != b->prefix) return a->prefix < b->prefix ? -1 : 1;
  int c = str_cmp(a->text, b->text);
  return c ? c : (a->row > b->row) - (a->row < b->row);
}
static int by_value(const void *pa, const void *pb) {
  const struct keyed *a = pa, *b = pb;
  if (a->value != b->value) return a->value < b->value ? -1 : 1;
  return (a->row > b->row) - (a->row < b->row);
}

bool frame_number(struct str text, double *out) {
  char *end = NULL;
  if (!text.n || text.n > 400 || strchr(" \t\n\r\f\vxXnN", text.p[0]) || memchr(text.p, 'x', text.n) || memchr(text.p, 'X', text.n)) return false;
  *out = strtod(text.p, &end); /* cells end with a NUL of their own */
  return end == text.p + text.n && isfinite(*out);
}

static bool in_order(const struct keyed *k, int64_t n, int (*compare)(const void *, const void *)) {
  for (int64_t i = 1; i < n; i++)
    if (compare(&k[i - 1], &k[i]) > 0) return false;
  return true;
}

enum err_code frame_rank(struct arena *a, const struct csv_table *t, int column, bool numeric, struct frame_rank *out, struct err *e) {
  const int64_t n = t->n_rows;
  *out = (struct frame_rank){.rank = ARENA_ARRAY(a, int32_t, n + 1)};
  struct arena_mark mark = arena_mark(a);
  struct keyed *k = ARENA_ARRAY(a, struct keyed, n + 1);
  if (!out->rank || !k || n > INT32_MAX) return ERR(e, E_NO_MEMORY, .subject = "frame");
  for (int64_t i = 0; i < n; i++) {
    struct str s = csv_table_cell(t, i, column);
    k[i] = (struct keyed){.prefix = prefix_of(s), .text = s, .row = i};
    numeric = numeric && frame_number(s, &k[i].value);
  }
  int (*compare)(const void *, const void *) = numeric ? by_value : by_text;
  if (!in_order(k, n, compare)) qsort(k, (size_t)n, sizeof *k, compare);
  int32_t level = -1;
  for (int64_t i = 0; i < n; i++) {
    if (i == 0 || (numeric ? k[i].value != k[i - 1].value : k[i].prefix != k[i - 1].prefix || !str_eq(k[i].text, k[i - 1].text))) level++;
    out->rank[k[i].row] = level;
  }
  out->n_levels = level + 1;
  arena_reset(a, mark);
  return E_OK;
}

enum err_code frame_order(struct arena *a, int64_t n, int n_keys, const struct frame_rank *const *key, int64_t *order, struct err *e) {
  struct arena_mark mark = arena_mark(a);
  int64_t *other = ARENA_ARRAY(a, int64_t, n + 1), *from = order, *to = other;
  if (!other) return ERR(e, E_NO_MEMORY, .subject = "frame");
  for (int64_t i = 0; i < n; i++) from[i] = i;
  for (int j = n_keys - 1; j >= 0; j--) {
    int64_t *start = ARENA_ARRAY(a, int64_t, key[j]->n_levels + 1);
    if (!start) return ERR(e, E_NO_MEMORY, .subject = "frame");
    for (int64_t i = 0; i < n; i++) start[key[j]->rank[i] + 1]++;
    for (int32_t l = 0; l < key[j]->n_levels; l++) start[l + 1] += start[l];
    for (int64_t i = 0; i < n; i++) to[start[key[j]->rank[from[i]]]++] = from[i];
    int64_t *swap = from;
    from = to, to = swap;
  }
  if (from != order) memcpy(order, from, (size_t)n * sizeof *order);
  arena_reset(a, mark);
  return E_OK;
}

enum err_code frame_numbers(struct arena *a, const char *place, const struct csv_table *t, int column, double **out, struct err *e) {
  *out = ARENA_ARRAY(a, double, t->n_rows + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "frame");
  for (int64_t i = 0; i < t->n_rows; i++)
    if (!frame_number(csv_table_cell(t, i, column), &(*out)[i]))
      return ERR(e, E_FRAME_NUMBER, .file = place, .line = t->lines[i], .column = column + 1, .subject = t->header[column].p, .expected = "a number");
  return E_OK;
}
