#include "processing/edit/group_measure.h"

#include <string.h>

#include "base/sum.h"
#include "processing/edit/edit_rule.h"

struct figure {
  sum_int sum;
  int64_t low, high, members;
  bool unknown;
};
struct grouping {
  struct arena *arena;
  const struct check *check;
  const struct unit_shard *shards;
  int n_shards;
  struct dict *names;   /* of groups, by their texts */
  int32_t **of_row;     /* [shard][row], -1 = no group */
  struct figure *figures; /* [group] of the measure at hand */
};

/* Shards of another record type have no members. */
static bool takes_part(const struct grouping *w, int shard) {
  return !w->shards[shard].record || strcmp(w->shards[shard].record, w->check->record) == 0;
}

/* --- groups --- */
/* The texts of the `by` items, each ended by a byte that no text has; false when one is missing. */
static bool group_name(const struct group_rule *g, const struct column *const *columns, int64_t row, struct strbuf *b) {
  char buffer[64];
  strbuf_reset(b);
  for (int i = 0; i < g->n_by; i++) {
    if (!value_present(columns[i]->status[row])) return false;
    struct str text = column_text(columns[i], row, buffer, sizeof buffer);
    strbuf_add(b, text.p, text.n);
    strbuf_addc(b, '\x1f');
  }
  return true;
}

static enum err_code group_rows(struct grouping *w, int shard, int64_t row0, int n, const uint8_t *inside, const struct column *const *columns,
    struct strbuf *b, struct err *e) {
  for (int i = 0; i < n; i++) {
    int32_t *to = &w->of_row[shard][row0 + i];
    if (inside[i] != EXPR_TRUE || !group_name(w->check->group, columns, row0 + i, b)) continue;
    *to = b->failed ? -1 : dict_add(w->names, str_view(b->p ? b->p : "", b->n));
    if (*to < 0) return ERR(e, E_NO_MEMORY, .subject = w->check->id);
  }
  return E_OK;
}

static enum err_code by_columns(const struct grouping *w, const struct table *t, const struct column **columns, struct err *e) {
  const struct group_rule *g = w->check->group;
  for (int i = 0; i < g->n_by; i++) {
    int k = table_find(t, g->by[i]->name);
    if (k < 0) return ERR(e, E_EDIT_NO_COLUMN, .subject = g->by[i]->name);
    columns[i] = &t->columns[k];
  }
  return E_OK;
}

static enum err_code group_shard(struct grouping *w, int shard, struct expr_scratch *scratch, struct strbuf *b, struct err *e) {
  const struct unit_shard *s = &w->shards[shard];
  const struct column *columns[16];
  struct expr_binding binding;
  uint8_t inside[EXPR_BATCH];
  w->of_row[shard] = ARENA_ARRAY(w->arena, int32_t, s->current->n_rows + 1);
  if (!w->of_row[shard]) return ERR(e, E_NO_MEMORY, .subject = w->check->id);
  for (int64_t row = 0; row < s->current->n_rows; row++) w->of_row[shard][row] = -1;
  if (!takes_part(w, shard)) return E_OK;
  TRY(by_columns(w, s->current, columns, e));
  if (w->check->universe) TRY(edit_bind(w->arena, w->check->universe, s, &binding, e));
  for (int64_t row = 0; row < s->current->n_rows; row += EXPR_BATCH) {
    int n = s->current->n_rows - row < EXPR_BATCH ? (int)(s->current->n_rows - row) : EXPR_BATCH;
    memset(inside, EXPR_TRUE, (size_t)n);
    if (w->check->universe) TRY(expr_eval_bool(w->check->universe, &binding, scratch, row, n, inside, e));
    TRY(group_rows(w, shard, row, n, inside, columns, b, e));
  }
  return E_OK;
}

static enum err_code make_groups(struct grouping *w, struct err *e) {
  struct strbuf b;
  enum err_code code = E_OK;
  struct expr_scratch *scratch = w->check->universe ? expr_scratch_new(w->arena, w->check->universe) : NULL;
  w->names = dict_new(w->arena);
  w->of_row = ARENA_ARRAY(w->arena, int32_t *, w->n_shards + 1);
  if (!w->names || !w->of_row || (w->check->universe && !scratch)) return ERR(e, E_NO_MEMORY, .subject = w->check->id);
  strbuf_init(&b, 0);
  for (int s = 0; s < w->n_shards && !code; s++) code = group_shard(w, s, scratch, &b, e);
  strbuf_release(&b);
  return code;
}

/* --- figures --- */
static void add_value(struct figure *f, int64_t value, bool known) {
  if (!known) {
    f->unknown = true;
    return;
  }
  f->low = !f->members || value < f->low ? value : f->low;
  f->high = !f->members || value > f->high ? value : f->high;
  f->sum += value; /* fewer than 2^63 values of 64 bits */
  f->members++;
}

static enum err_code add_batch(struct grouping *w, const struct group_measure *m, const struct expr_binding *b, struct expr_scratch *scratch,
    int shard, int64_t row0, int n, struct err *e) {
  uint8_t status[EXPR_BATCH];
  int64_t values[EXPR_BATCH];
  bool condition = m->function == GROUP_COUNT;
  memset(status, EXPR_TRUE, (size_t)n);
  if (condition && m->argument) TRY(expr_eval_bool(m->argument, b, scratch, row0, n, status, e));
  if (!condition) TRY(expr_eval_int(m->argument, b, scratch, m->decimals, row0, n, values, status, e));
  for (int i = 0; i < n; i++) {
    int32_t g = w->of_row[shard][row0 + i];
    if (g < 0) continue;
    if (condition) add_value(&w->figures[g], status[i] == EXPR_TRUE, status[i] != EXPR_UNKNOWN);
    else add_value(&w->figures[g], values[i], value_present(status[i]));
  }
  return E_OK;
}

/* Texts of one item within each group: the pair (group, text) is counted when it is met first. */
static enum err_code count_distinct(
    struct grouping *w, const struct group_measure *m, int shard, struct dict *seen, struct strbuf *b, struct err *e) {
  const struct table *t = w->shards[shard].current;
  char buffer[64];
  int k = table_find(t, m->item->name);
  if (k < 0) return ERR(e, E_EDIT_NO_COLUMN, .subject = m->item->name);
  for (int64_t row = 0; row < t->n_rows; row++) {
    int32_t g = w->of_row[shard][row], before = dict_count(seen);
    if (g < 0 || !value_present(t->columns[k].status[row])) continue;
    struct str text = column_text(&t->columns[k], row, buffer, sizeof buffer);
    strbuf_reset(b);
    strbuf_addf(b, "%d:", g);
    strbuf_add(b, text.p, text.n);
    if (b->failed || dict_add(seen, str_view(b->p, b->n)) < 0) return ERR(e, E_NO_MEMORY, .subject = w->check->id);
    w->figures[g].sum += dict_count(seen) > before;
  }
  return E_OK;
}

static enum err_code distinct(struct grouping *w, const struct group_measure *m, struct err *e) {
  struct dict *seen = dict_new(w->arena);
  struct strbuf b;
  enum err_code code = seen ? E_OK : ERR(e, E_NO_MEMORY, .subject = w->check->id);
  strbuf_init(&b, 0);
  for (int s = 0; s < w->n_shards && !code; s++)
    if (takes_part(w, s)) code = count_distinct(w, m, s, seen, &b, e);
  strbuf_release(&b);
  return code;
}

static enum err_code add_all(struct grouping *w, const struct group_measure *m, struct err *e) {
  struct expr_scratch *scratch = m->argument ? expr_scratch_new(w->arena, m->argument) : NULL;
  if (m->argument && !scratch) return ERR(e, E_NO_MEMORY, .subject = w->check->id);
  for (int s = 0; s < w->n_shards; s++) {
    struct expr_binding b = {0};
    int64_t rows = takes_part(w, s) ? w->shards[s].current->n_rows : 0;
    if (m->argument && rows) TRY(edit_bind(w->arena, m->argument, &w->shards[s], &b, e));
    for (int64_t row = 0; row < rows; row += EXPR_BATCH)
      TRY(add_batch(w, m, &b, scratch, s, row, rows - row < EXPR_BATCH ? (int)(rows - row) : EXPR_BATCH, e));
  }
  return E_OK;
}

/* --- back to the rows --- */
static bool figure_value(const struct group_measure *m, const struct figure *f, int64_t *out) {
  sum_int v = m->function == GROUP_MIN ? f->low : m->function == GROUP_MAX ? f->high : f->sum;
  *out = (int64_t)v;
  return v >= INT64_MIN && v <= INT64_MAX;
}

static enum err_code spread(const struct grouping *w, const struct group_measure *m, int index, struct table *out, struct err *e) {
  for (int s = 0; s < w->n_shards; s++) {
    struct column *c = &out[s].columns[index];
    for (int64_t row = 0; row < out[s].n_rows; row++) {
      int32_t g = w->of_row[s][row];
      bool known = g >= 0 && !w->figures[g].unknown;
      c->status[row] = known ? VAL_DERIVED : VAL_UNKNOWN;
      c->i64[row] = 0;
      if (known && !figure_value(m, &w->figures[g], &c->i64[row])) return ERR(e, E_GROUP_OVERFLOW, .subject = w->check->id);
    }
  }
  return E_OK;
}

static enum err_code make_tables(const struct grouping *w, struct table *out, struct err *e) {
  const struct group_rule *g = w->check->group;
  struct column columns[32];
  for (int i = 0; i < g->n_measures; i++)
    columns[i] = (struct column){.name = g->measures[i].name,
        .type = COL_INT,
        .decimals = g->measures[i].decimals,
        .unit = g->measures[i].unit,
        .is_date = g->measures[i].type == EXPR_DATE};
  for (int s = 0; s < w->n_shards; s++) {
    int64_t n = w->shards[s].current->n_rows;
    TRY(table_init(&out[s], w->arena, columns, g->n_measures, n + 1, e));
    out[s].n_rows = n;
  }
  return E_OK;
}

enum err_code group_measures(
    struct arena *a, const struct check *c, const struct unit_shard *shards, int n_shards, struct table *out, struct err *e) {
  struct grouping w = {.arena = a, .check = c, .shards = shards, .n_shards = n_shards};
  TRY(make_tables(&w, out, e));
  TRY(make_groups(&w, e));
  int32_t n = dict_count(w.names);
  w.figures = ARENA_ARRAY(a, struct figure, n + 1);
  if (!w.figures) return ERR(e, E_NO_MEMORY, .subject = c->id);
  for (int i = 0; i < c->group->n_measures; i++) {
    const struct group_measure *m = &c->group->measures[i];
    memset(w.figures, 0, (size_t)(n + 1) * sizeof *w.figures);
    if (m->function == GROUP_DISTINCT) TRY(distinct(&w, m, e));
    else TRY(add_all(&w, m, e));
    TRY(spread(&w, m, i, out, e));
  }
  return E_OK;
}
