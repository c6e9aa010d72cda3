/* outcheck_linked.c -- the tables of a hand-in as one; see outcheck_linked.h. */
#include "estimators/sdc/outcheck_linked.h"

#include <string.h>

enum { MEANS_MAX = 4000 };
struct origin {
  const char *file;
  int64_t line;
};
struct joining {
  struct arena *a;
  const struct outcheck_profile *p;
  const struct outcheck_table *const *table;
  int n;
  struct outcheck_report *r;
  struct str dim[OUTCHECK_DIMS_MAX];
  int n_dims;
  struct outcheck_cell *cell; /* line = place + 1 */
  struct origin *from;
  int64_t n_cells, room, *slot;
  bool disagree; /* they are not about the same units: nothing follows from both */
};
static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "tables together"); }

static int place_of(const struct joining *j, struct str dim) {
  for (int d = 0; d < j->n_dims; d++)
    if (str_eq(j->dim[d], dim)) return d;
  return -1;
}
static bool join_dims(struct joining *j) { /* false: too many */
  for (int i = 0; i < j->n; i++)
    for (int d = 0; d < j->table[i]->n_dims; d++) {
      if (place_of(j, j->table[i]->dim[d]) >= 0) continue;
      if (j->n_dims == OUTCHECK_DIMS_MAX) return false;
      j->dim[j->n_dims++] = j->table[i]->dim[d];
    }
  return true;
}
static uint64_t hash_of(const struct joining *j, const struct str *code, struct str measure, enum outcheck_kind kind) {
  uint64_t h = 1469598103934665603ull ^ (uint64_t)kind;
  for (int d = 0; d <= j->n_dims; d++) {
    struct str s = d < j->n_dims ? code[d] : measure;
    for (size_t i = 0; i <= s.n; i++) h = (h ^ (i < s.n ? (uint8_t)s.p[i] : 0xffu)) * 1099511628211ull;
  }
  return h;
}
static bool same(const struct joining *j, const struct outcheck_cell *c, const struct str *code, struct str measure, enum outcheck_kind kind) {
  if (c->kind != kind || !str_eq(c->measure, measure)) return false;
  for (int d = 0; d < j->n_dims; d++)
    if (!str_eq(c->code[d], code[d])) return false;
  return true;
}
static struct outcheck_cell *find(struct joining *j, const struct str *code, struct str measure, enum outcheck_kind kind, int64_t *at) {
  *at = (int64_t)(hash_of(j, code, measure, kind) & (uint64_t)(j->room - 1));
  while (j->slot[*at] && !same(j, &j->cell[j->slot[*at] - 1], code, measure, kind)) *at = (*at + 1) & (j->room - 1);
  return j->slot[*at] ? &j->cell[j->slot[*at] - 1] : NULL;
}
static bool shown(const struct outcheck_cell *c) { return !c->suppressed && c->has_value; }
static bool unlike(const struct outcheck_cell *x, const struct outcheck_cell *y) { /* two roundings of one value are alike */
  double step = 1;
  for (int k = 0; k < (x->decimals < y->decimals ? x->decimals : y->decimals); k++) step /= 10;
  double d = x->value - y->value;
  return (d < 0 ? -d : d) > step / 2 + 1e-9 * (x->value < 0 ? -x->value : x->value);
}
/* The same figure again: what one table shows is known, the finer rounding is kept; its number of units too. */
static enum err_code merge(struct joining *j, struct outcheck_cell *kept, const struct outcheck_cell *c, const struct outcheck_table *t,
    struct err *e) {
  char name[OUTCHECK_CELL_NAME];
  const int64_t line = kept->line;
  if (kept->n < 0) kept->n = c->n;
  if (shown(kept) && shown(c) && unlike(kept, c)) {
    outcheck_cell_name(t, c, name, sizeof name);
    j->disagree = true;
    return outcheck_add(j->r, OUTCHECK_REVIEW, OUTCHECK_DISAGREE, t->name, name, c->line, j->from[line - 1].file, e);
  }
  if (!shown(c) || (shown(kept) && kept->decimals >= c->decimals)) return E_OK;
  const struct str *code = kept->code;
  const int64_t n = kept->n;
  *kept = *c;
  kept->code = code, kept->line = line;
  if (kept->n < 0) kept->n = n;
  return E_OK;
}
static enum err_code join_cell(struct joining *j, const struct outcheck_table *t, const struct outcheck_cell *c, struct err *e) {
  struct str *code = ARENA_ARRAY(j->a, struct str, j->n_dims + 1);
  int64_t at;
  if (!code) return no_memory(e);
  for (int d = 0; d < j->n_dims; d++) code[d] = STR("_T");
  for (int d = 0; d < t->n_dims; d++) code[place_of(j, t->dim[d])] = c->code[d];
  struct outcheck_cell *kept = find(j, code, c->measure, c->kind, &at);
  if (kept) return merge(j, kept, c, t, e);
  j->from[j->n_cells] = (struct origin){t->name, c->line};
  j->cell[j->n_cells] = *c;
  j->cell[j->n_cells].code = code;
  j->cell[j->n_cells].line = j->n_cells + 1;
  j->slot[at] = ++j->n_cells;
  return E_OK;
}
static enum err_code join_all(struct joining *j, int64_t total, struct err *e) {
  for (j->room = 16; j->room < 2 * total + 2;) j->room *= 2;
  j->cell = ARENA_ARRAY(j->a, struct outcheck_cell, total + 1);
  j->from = ARENA_ARRAY(j->a, struct origin, total + 1);
  j->slot = ARENA_ARRAY(j->a, int64_t, j->room);
  if (!j->cell || !j->from || !j->slot) return no_memory(e);
  for (int i = 0; i < j->n; i++)
    for (int64_t k = 0; k < j->table[i]->n_cells; k++)
      if (j->table[i]->cell[k].kind <= OUTCHECK_PERCENT) TRY(join_cell(j, j->table[i], &j->table[i]->cell[k], e));
  return E_OK;
}
/* A mean without n takes it from an unweighted count of the same group in any table. */
static void take_counts(struct joining *j) {
  for (int64_t i = 0; i < j->n_cells; i++) {
    struct outcheck_cell *c = &j->cell[i];
    if (c->kind == OUTCHECK_COUNT || c->n >= 0) continue;
    for (int64_t k = 0; k < j->n_cells && c->n < 0; k++)
      if (j->cell[k].kind == OUTCHECK_COUNT && j->cell[k].n >= 0 && same(j, &j->cell[k], c->code, j->cell[k].measure,
          OUTCHECK_COUNT)) c->n = j->cell[k].n;
  }
}
static bool found_before(const struct joining *j, const struct origin *at) {
  for (int64_t i = 0; i < j->r->n_findings; i++) {
    const struct outcheck_finding *f = &j->r->finding[i];
    if (f->line == at->line && strcmp(f->file, at->file) == 0 && (f->reason == OUTCHECK_EXACT || f->reason == OUTCHECK_NARROW)) return true;
  }
  return false;
}
static enum err_code say(struct joining *j, int64_t line, const char *cell, enum outcheck_reason reason, const char *detail, struct err *e) {
  static const struct origin nowhere = {"tables together", 0};
  const struct origin *at = line > 0 ? &j->from[line - 1] : &nowhere;
  const bool sign = reason == OUTCHECK_TOGETHER || reason == OUTCHECK_TOGETHER_NARROW || reason == OUTCHECK_BY_WEIGHTS;
  if (sign && found_before(j, at)) return E_OK;
  return outcheck_add(j->r, sign ? OUTCHECK_FAIL : OUTCHECK_REVIEW, reason, at->file, cell, at->line, detail, e);
}
static enum err_code together(struct joining *j, const struct outcheck_table *t, struct err *e) {
  struct outcheck_report own = {.a = j->a};
  TRY(outcheck_intervals(j->p, t, &own, e));
  TRY(outcheck_intervals_n(j->p, t, &own, e));
  for (int64_t i = 0; i < own.n_findings; i++) {
    const struct outcheck_finding *f = &own.finding[i];
    enum outcheck_reason reason = f->reason == OUTCHECK_EXACT ? OUTCHECK_TOGETHER
                                : f->reason == OUTCHECK_NARROW ? OUTCHECK_TOGETHER_NARROW
                                : f->reason == OUTCHECK_NOT_ADDITIVE ? OUTCHECK_DISAGREE : f->reason;
    TRY(say(j, f->line, f->cell, reason, f->detail, e));
  }
  return E_OK;
}
static enum err_code means(struct joining *j, const struct outcheck_table *t, struct err *e) {
  bool *follows = ARENA_ARRAY(j->a, bool, j->n_cells + 1);
  if (!follows) return no_memory(e);
  int64_t n = 0, hidden = 0;
  for (int64_t i = 0; i < j->n_cells; i++) {
    const enum outcheck_kind k = t->cell[i].kind;
    const bool mean = k == OUTCHECK_MEAN || k == OUTCHECK_RATIO || k == OUTCHECK_PERCENT;
    n += mean, hidden += mean && t->cell[i].suppressed;
  }
  if (hidden == 0) return E_OK;
  if (n > MEANS_MAX) return outcheck_add(j->r, OUTCHECK_REVIEW, OUTCHECK_TOO_LARGE, t->name, "", 0, "more than 4,000 means", e);
  take_counts(j);
  TRY(outcheck_means(j->a, t, follows, e));
  for (int64_t i = 0; i < j->n_cells; i++) {
    char name[OUTCHECK_CELL_NAME];
    if (!follows[i]) continue;
    outcheck_cell_name(t, &t->cell[i], name, sizeof name);
    TRY(say(j, i + 1, name, OUTCHECK_BY_WEIGHTS, "", e));
  }
  return E_OK;
}
enum err_code outcheck_linked(const struct outcheck_profile *p, const struct outcheck_table *const *table, int n, struct outcheck_report *r,
    struct err *e) {
  struct joining j = {.a = r->a, .p = p, .table = table, .n = n, .r = r};
  int64_t total = 0, hidden = 0;
  for (int i = 0; i < n; i++) {
    total += table[i]->n_cells;
    for (int64_t k = 0; k < table[i]->n_cells; k++) hidden += table[i]->cell[k].suppressed;
  }
  if (hidden == 0) return E_OK;
  if (total > OUTCHECK_LINKED_CELLS_MAX || !join_dims(&j)) return outcheck_add(r, OUTCHECK_REVIEW, OUTCHECK_TOO_LARGE, "tables together", "", 0,
      "too large to be read together", e);
  TRY(join_all(&j, total, e));
  if (j.disagree) return E_OK;
  const struct outcheck_table t = {.name = "tables together", .n_dims = j.n_dims, .dim = j.dim, .n_cells = j.n_cells, .cell = j.cell,
      .levels = table[0]->levels};
  if (n > 1) TRY(together(&j, &t, e));
  return means(&j, &t, e);
}
