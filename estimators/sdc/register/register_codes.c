/* register_codes.c -- tables whose units are not known, and what codes alone tell: hidden and shown, revisions of counts, a month that follows
 * from its year. */
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/register/register_check_impl.h"

bool same_definition(const struct register_table *t, const struct register_table *u) {
  if (strcmp(t->form, u->form) || strcmp(t->region, u->region) || t->n_dims != u->n_dims) return false;
  for (int d = 0; d < t->n_dims; d++)
    if (strcmp(t->dim[d], u->dim[d])) return false;
  if (!*t->definition || !*u->definition) return !strcmp(t->id, u->id);
  return !strcmp(t->definition, u->definition);
}
static bool codes_equal(const struct register_table *u, int64_t q, const struct str *code) {
  for (int d = 0; d < u->n_dims; d++)
    if (!str_eq(code[d], register_code(u, q, d))) return false;
  return true;
}
/* Editions have their rows in the same order, some more or less: the search goes out from the same place. */
int64_t same_codes_row(const struct register_table *u, const struct register_table *t, int64_t row) {
  const struct str *code = t->code + row * t->n_dims;
  for (int64_t away = 0; away <= row || row + away < u->n_rows; away++) {
    if (away <= row && row - away < u->n_rows && codes_equal(u, row - away, code)) return row - away;
    if (away && row + away < u->n_rows && codes_equal(u, row + away, code)) return row + away;
  }
  return -1;
}

/* --- periods: 2025-12, 2025-Q4, 2025, FY2025 --- */

static int number(const char *p, int n) {
  int v = 0;
  for (int i = 0; i < n; i++) {
    if (p[i] < '0' || p[i] > '9') return -1;
    v = v * 10 + (p[i] - '0');
  }
  return v;
}
/* Months since year 0, first and last. */
static bool months_of(const char *p, int *first, int *last) {
  const size_t n = strlen(p);
  const bool fiscal = n == 6 && !strncmp(p, "FY", 2);
  const int year = number(p + (fiscal ? 2 : 0), n >= (fiscal ? 6u : 4u) ? 4 : 0);
  if (n < 4 || year < 0) return false;
  if (fiscal) return *first = year * 12 + 3, *last = *first + 11, true;
  if (n == 4) return *first = year * 12, *last = *first + 11, true;
  if (n == 7 && p[5] == 'Q') return *first = year * 12 + (number(p + 6, 1) - 1) * 3, *last = *first + 2, number(p + 6, 1) >= 1;
  if (n == 7 && p[4] == '-') return *first = *last = year * 12 + number(p + 5, 2) - 1, number(p + 5, 2) >= 1;
  return false;
}
bool periods_meet(const char *x, const char *y) {
  int a, b, c, d;
  if (!strcmp(x, y)) return true;
  if (!months_of(x, &a, &b) || !months_of(y, &c, &d)) return false;
  return (a <= d && c <= b) || a / 12 == c / 12 || (a - 3) / 12 == (c - 3) / 12;
}

/* --- figures by measure and codes --- */

static struct str code_in(const struct register_table *u, int64_t row, const char *dim) {
  const int d = register_dim(u, dim);
  const size_t n = strlen(dim);
  const bool part = !strncmp(u->region, dim, n) && u->region[n] == '='; /* an edition about one part: its total is that of the part */
  if (d >= 0 && !(part && register_is_total(register_code(u, row, d)))) return register_code(u, row, d);
  return part ? str_of(u->region + n + 1) : STR("_T");
}
static bool agree_in(const struct register_table *t, int64_t r, const struct register_table *u, int64_t q, const char *dim) {
  return str_eq(code_in(t, r, dim), code_in(u, q, dim));
}
/* In every dimension of either, and in that of which either is a part. */
static bool codes_agree(const struct register_table *t, int64_t r, const struct register_table *u, int64_t q) {
  const struct register_table *const both[] = {t, u};
  for (int k = 0; k < 2; k++) {
    char part[64];
    for (int d = 0; d < both[k]->n_dims; d++)
      if (!agree_in(t, r, u, q, both[k]->dim[d])) return false;
    const size_t n = strcspn(both[k]->region, "=");
    if (!n) continue;
    memcpy(part, both[k]->region, n < sizeof part ? n : 0);
    part[n < sizeof part ? n : 0] = 0;
    if (!agree_in(t, r, u, q, part)) return false;
  }
  return true;
}
static bool is_opposite(uint8_t a, uint8_t b) {
  return (a == REGISTER_SHOWN && b == REGISTER_HIDDEN) || (a == REGISTER_HIDDEN && b == REGISTER_SHOWN);
}
static bool few_apart(const struct register_table *t, int64_t r, int m, const struct register_table *u, int64_t q, int k) {
  int64_t x, y;
  if (strcmp(t->measure[m], "count()") != 0) return false;
  if (register_status_of(t, r, m) != REGISTER_SHOWN || register_status_of(u, q, k) != REGISTER_SHOWN) return false;
  if (!str_int64(register_value(t, r, m), &x) || !str_int64(register_value(u, q, k), &y)) return false;
  const int64_t gap = x > y ? x - y : y - x, most = t->min_n > u->min_n ? t->min_n : u->min_n;
  return gap > 0 && gap < most;
}
static enum err_code one_row(
    struct checking *c, const struct register_table *t, int64_t r, const struct register_table *u, int64_t q, struct err *e) {
  const bool revision = same_definition(t, u);
  for (int m = 0; m < t->n_measures; m++) {
    const int k = register_measure(u, t->measure[m]);
    if (k < 0) continue;
    if (is_opposite(register_status_of(t, r, m), register_status_of(u, q, k)))
      return say(c, REGISTER_HIDDEN_SHOWN, t, r, t->measure[m], c->other, u, q, e);
    if (few_apart(t, r, m, u, q, k)) return say(c, revision ? REGISTER_REVISION : REGISTER_DIFFERENCING, t, r, t->measure[m], c->other, u, q, e);
  }
  return E_OK;
}
static uint64_t hash_codes(const struct register_table *keys, const struct register_table *t, int64_t row) {
  uint64_t h = 1469598103934665603ull;
  for (int d = 0; d < keys->n_dims; d++) {
    const struct str s = code_in(t, row, keys->dim[d]);
    for (size_t i = 0; i < s.n; i++) h = (h ^ (uint8_t)s.p[i]) * 1099511628211ull;
    h = register_mix(h);
  }
  return h;
}
enum err_code check_codes(struct checking *c, const struct register_table *t, const struct register_table *u, struct err *e) {
  int64_t room = 16;
  if (strcmp(t->period, u->period)) return E_OK;
  while (room < 2 * u->n_rows) room *= 2;
  int64_t *slot = ARENA_ARRAY(c->scratch, int64_t, room);
  if (!slot) return ERR(e, E_NO_MEMORY, .subject = u->id);
  for (int64_t q = 0; q < u->n_rows; q++) {
    int64_t at = (int64_t)(hash_codes(t, u, q) & (uint64_t)(room - 1));
    while (slot[at]) at = (at + 1) & (room - 1);
    slot[at] = q + 1;
  }
  c->r->n_compared++;
  for (int64_t r = 0; r < t->n_rows; r++)
    for (int64_t at = (int64_t)(hash_codes(t, t, r) & (uint64_t)(room - 1)); slot[at]; at = (at + 1) & (room - 1)) {
      if (!codes_agree(t, r, u, slot[at] - 1)) continue;
      TRY(one_row(c, t, r, u, slot[at] - 1, e));
      break; /* a table has a cell once */
    }
  return E_OK;
}

/* --- a year and its months --- */

struct span {
  int first, last;
  const struct register_table *t;
  const struct register_entry *entry;
};
static bool lies_in(const struct span *part, const struct span *whole) {
  return part->first >= whole->first && part->last <= whole->last && (part->first > whole->first || part->last < whole->last);
}
static int by_span(const void *p, const void *q) {
  const struct span *a = p, *b = q;
  return a->first != b->first ? (a->first > b->first) - (a->first < b->first) : (a->last > b->last) - (a->last < b->last);
}
/* The parts of one length that fill the whole, the latest edition of each; 0 when one is missing. */
static int fill(const struct span *all, int n, const struct span *whole, int length, const struct span **out) {
  int n_out = 0, next = whole->first;
  for (int i = 0; i < n; i++) {
    const bool same = n_out && all[i].first == out[n_out - 1]->first;
    if (all[i].last - all[i].first + 1 != length || !lies_in(&all[i], whole)) continue;
    if (same)
      out[n_out - 1] = &all[i];
    else if (all[i].first == next && n_out < 12)
      out[n_out++] = &all[i], next = all[i].last + 1;
  }
  return next == whole->last + 1 ? n_out : 0;
}
/* One row over the whole and its parts, for one measure: exactly one of them hidden, all others shown or without the cell. */
static enum err_code one_year_row(struct checking *c, const struct span *whole, const struct span *const *part, int n, int64_t row, int m,
    const struct register_table *mine, struct err *e) {
  const uint8_t status = register_status_of(whole->t, row, m);
  int hidden = status == REGISTER_HIDDEN ? -1 : -2, n_hidden = status == REGISTER_HIDDEN;
  int64_t at[12], mine_row = whole->t == mine ? row : -1;
  for (int i = 0; i < n; i++) {
    const int k = register_measure(part[i]->t, whole->t->measure[m]);
    at[i] = same_codes_row(part[i]->t, whole->t, row);
    if (k < 0) return E_OK;
    if (part[i]->t == mine) mine_row = at[i];
    if (at[i] < 0 || register_status_of(part[i]->t, at[i], k) != REGISTER_HIDDEN) continue;
    hidden = i, n_hidden++;
  }
  if (n_hidden != 1 || (status != REGISTER_SHOWN && status != REGISTER_HIDDEN)) return E_OK;
  const struct span *h = hidden < 0 ? whole : part[hidden];
  const int64_t h_row = hidden < 0 ? row : at[hidden];
  if (h->t == mine)
    return say(c, REGISTER_SUB_ANNUAL, mine, h_row, whole->t->measure[m], hidden < 0 ? part[0]->entry : whole->entry,
        hidden < 0 ? part[0]->t : whole->t, hidden < 0 ? at[0] : row, e);
  return say(c, REGISTER_SUB_ANNUAL, mine, mine_row, whole->t->measure[m], h->entry, h->t, h_row, e);
}
enum err_code check_years(
    struct checking *c, const struct register_table *t, const struct register_entry *const *earlier, int n_earlier, struct err *e) {
  int n = 0, most = 1;
  for (int i = 0; i < n_earlier; i++) most += earlier[i]->n_tables;
  struct span *all = ARENA_ARRAY(c->scratch, struct span, most);
  if (!all) return ERR(e, E_NO_MEMORY, .subject = t->id);
  for (int i = 0; i < n_earlier; i++)
    for (int k = 0; k < earlier[i]->n_tables; k++) {
      struct span s = {.t = &earlier[i]->table[k], .entry = earlier[i]};
      if (same_definition(t, s.t) && months_of(s.t->period, &s.first, &s.last) && strcmp(s.t->period, t->period)) all[n++] = s;
    }
  struct span own = {.t = t, .entry = c->mine};
  if (!n || !months_of(t->period, &own.first, &own.last)) return E_OK;
  all[n++] = own;
  qsort(all, (size_t)n, sizeof *all, by_span);
  for (int w = 0; w < n; w++)
    for (int length = 1; length <= 3; length += 2) {
      const struct span *part[12];
      const int n_parts = fill(all, n, &all[w], length, part);
      bool has_mine = all[w].t == t;
      for (int i = 0; i < n_parts; i++) has_mine = has_mine || part[i]->t == t;
      if (!n_parts || !has_mine) continue;
      for (int64_t row = 0; row < all[w].t->n_rows; row++)
        for (int m = 0; m < all[w].t->n_measures; m++)
          if (all[w].t->additive[m]) TRY(one_year_row(c, &all[w], part, n_parts, row, m, t, e));
    }
  return E_OK;
}
