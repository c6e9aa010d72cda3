#include "processing/correct/correct.h"

#include <stdlib.h>
#include <string.h>

static const char *const RULE_NAMES[] = {
#define RULE(symbol, name) name,
    CORRECT_RULES(RULE)
#undef RULE
};
static const char *const REASON_NAMES[] = {
#define REASON(symbol, name) name,
    CORRECT_REASONS(REASON)
#undef REASON
};
const char *correct_rule_name(enum correct_rule r) { return r < CORRECT_RULE_COUNT ? RULE_NAMES[r] : "?"; }
const char *correct_reason_name(enum correct_reason r) { return r < LEFT_REASON_COUNT ? REASON_NAMES[r] : "?"; }

void corrections_init(struct corrections *c, struct arena *a) { *c = (struct corrections){.arena = a}; }

/* A list twice as long, or NULL. */
static void *grown(struct arena *a, const void *old, int64_t n, int64_t *room, size_t one) {
  const int64_t wanted = *room ? *room * 2 : 64;
  void *list = arena_array(a, (size_t)wanted, one);
  if (!list) return NULL;
  if (n) memcpy(list, old, (size_t)n * one);
  *room = wanted;
  return list;
}
enum err_code corrections_add(struct corrections *c, const struct correction *one, struct err *e) {
  if (c->n == c->room) {
    struct correction *list = grown(c->arena, c->list, c->n, &c->room, sizeof *list);
    if (!list) return ERR(e, E_NO_MEMORY, .subject = "corrections");
    c->list = list;
  }
  c->list[c->n++] = *one;
  return E_OK;
}
enum err_code corrections_mark(struct corrections *c, const struct correct_marker *one, struct err *e) {
  if (c->n_markers == c->marker_room) {
    struct correct_marker *list = grown(c->arena, c->markers, c->n_markers, &c->marker_room, sizeof *list);
    if (!list) return ERR(e, E_NO_MEMORY, .subject = "corrections");
    c->markers = list;
  }
  c->markers[c->n_markers++] = *one;
  return E_OK;
}
void corrections_apply(const struct corrections *c, int64_t from, const int *column, uint8_t status, struct num_table *t) {
  for (int64_t i = from; i < c->n; i++) {
    const struct correction *one = &c->list[i];
    struct num_column *to = &t->columns[column[one->var]];
    to->x[one->row] = one->value;
    to->status[one->row] = status;
  }
}
enum err_code correct_bind(const char *const *names, int p, const struct num_table *t, int *column, struct err *e) {
  for (int j = 0; j < p; j++) {
    column[j] = num_table_find(t, str_of(names[j]));
    if (column[j] < 0) return ERR(e, E_NUM_COLUMN, .subject = names[j]);
  }
  return E_OK;
}
static int by_text(const void *a, const void *b) {
  const struct str *x = *(const struct str *const *)a, *y = *(const struct str *const *)b;
  const int order = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);
  return order ? order : x->n < y->n ? -1 : x->n > y->n;
}
enum err_code correct_check_units(struct arena *a, const struct num_table *t, struct err *e) {
  const struct str **sorted = ARENA_ARRAY(a, const struct str *, t->n);
  if (!sorted) return ERR(e, E_NO_MEMORY, .subject = "units");
  for (int64_t i = 0; i < t->n; i++) sorted[i] = &t->unit[i];
  qsort(sorted, (size_t)t->n, sizeof *sorted, by_text);
  for (int64_t i = 1; i < t->n; i++)
    if (str_eq(*sorted[i - 1], *sorted[i])) return ERR(e, E_UNIT_DUPLICATE, .subject = "key", .expected = "records",
        .line = (int64_t)(sorted[i] - t->unit) + 1);
  return E_OK;
}
bool correct_gather(const struct num_table *t, const int *column, int p, int64_t row, double *x, bool *missing) {
  bool all = true;
  for (int j = 0; j < p; j++) {
    const struct num_column *c = &t->columns[column[j]];
    missing[j] = !num_present(c, row);
    x[j] = missing[j] ? 0 : c->x[row];
    all &= !missing[j];
  }
  return all;
}
