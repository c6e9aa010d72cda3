/* frame_columns.c -- the columns of a frame that a plan names, checked, ranked and parsed (sample_draw_impl.h). */
#include <string.h>

#include "estimators/selection/sample_draw_impl.h"

enum err_code frame_column(const struct sample_frame *f, const char *name, int *out, struct err *e) {
  *out = csv_table_column(f->table, name);
  return *out >= 0 ? E_OK : ERR(e, E_FRAME_COLUMN, .file = f->place, .line = 1, .subject = name);
}

static enum err_code ranked(struct arena *a, const struct sample_frame *f, const char *name, bool numeric, int *column, struct frame_rank *out,
    struct err *e) {
  TRY(frame_column(f, name, column, e));
  for (int64_t i = 0; i < f->table->n_rows; i++)
    if (!csv_table_cell(f->table, i, *column).n)
      return ERR(e, E_FRAME_BLANK, .file = f->place, .line = f->table->lines[i], .column = *column + 1, .subject = name);
  return frame_rank(a, f->table, *column, numeric, out, e);
}

static enum err_code numbers(struct arena *a, const struct sample_frame *f, const char *name, double **out, struct err *e) {
  int column;
  *out = NULL;
  if (!name) return E_OK;
  TRY(frame_column(f, name, &column, e));
  return frame_numbers(a, f->place, f->table, column, out, e);
}

static enum err_code check_range(const struct sample_frame *f, const char *name, const double *x, double above, double below, const char *expected,
    struct err *e) {
  for (int64_t i = 0; x && i < f->table->n_rows; i++)
    if (!(x[i] > above && x[i] < below))
      return ERR(e, E_FRAME_NUMBER, .file = f->place, .line = f->table->lines[i], .column = csv_table_column(f->table, name) + 1, .subject = name,
          .expected = expected);
  return E_OK;
}

/* Labels of several columns are joined by '/', which none of them may hold then. */
static enum err_code plain_labels(const struct sample_frame *f, int column, struct err *e) {
  for (int64_t i = 0; i < f->table->n_rows; i++) {
    const struct str s = csv_table_cell(f->table, i, column);
    if (memchr(s.p, '/', s.n))
      return ERR(e, E_SAMPLING_VALUE, .file = f->place, .line = f->table->lines[i], .column = column + 1, .subject = f->table->header[column].p,
          .expected = "labels without '/' where several columns make a stratum");
  }
  return E_OK;
}

static enum err_code stage_columns(struct arena *a, const struct sample_frame *f, const struct sampling_stage *p, struct stage_columns *c,
    struct err *e) {
  int column;
  TRY(ranked(a, f, p->unit, false, &c->unit_column, &c->unit, e));
  c->n_stratum = p->stratum.n, c->n_order = p->order.n, c->n_balance = p->balance.n;
  for (int j = 0; j < p->stratum.n; j++) TRY(ranked(a, f, p->stratum.name[j], false, &c->stratum_column[j], &c->stratum[j], e));
  for (int j = 0; p->stratum.n > 1 && j < p->stratum.n; j++) TRY(plain_labels(f, c->stratum_column[j], e));
  for (int j = 0; j < p->order.n; j++) TRY(ranked(a, f, p->order.name[j], true, &column, &c->order[j], e));
  for (int j = 0; j < p->balance.n; j++) TRY(numbers(a, f, p->balance.name[j], &c->balance[j], e));
  TRY(numbers(a, f, p->size, &c->size, e));
  TRY(check_range(f, p->size, c->size, 0, 1e300, "a size above 0", e));
  TRY(numbers(a, f, p->certainty, &c->certain, e));
  TRY(check_range(f, p->certainty, c->certain, -0.5, 1.5, "1 = taken for certain, 0 = drawn", e));
  TRY(numbers(a, f, p->random.column, &c->random, e));
  return check_range(f, p->random.column, c->random, 0, 1, "a random number above 0 and below 1", e);
}

static int add_keys(const struct stage_columns *c, const struct frame_rank **key, int n) {
  for (int j = 0; j < c->n_stratum; j++) key[n++] = &c->stratum[j];
  for (int j = 0; j < c->n_order; j++) key[n++] = &c->order[j];
  key[n++] = &c->unit;
  return n;
}

static enum err_code unit_twice(const struct frame_columns *c, int stage, int64_t first, int64_t again, struct err *e) {
  const struct csv_table *t = c->frame->table;
  char found[64];
  const int64_t low = t->lines[first] < t->lines[again] ? t->lines[first] : t->lines[again];
  const int64_t high = t->lines[first] < t->lines[again] ? t->lines[again] : t->lines[first];
  struct strbuf b;
  strbuf_init(&b, 0);
  strbuf_adds(&b, "line ");
  strbuf_add_int(&b, low);
  strbuf_adds(&b, " has the same");
  strncpy(found, strbuf_cstr(&b), sizeof found - 1);
  found[sizeof found - 1] = 0;
  strbuf_release(&b);
  return ERR(e, E_FRAME_UNIT_TWICE, .file = c->frame->place, .line = high, .column = c->stage[stage].unit_column + 1,
      .subject = t->header[c->stage[stage].unit_column].p, .found = found);
}

/* A unit of any stage stands in one stratum (and at one place of the order) inside the unit above; one of the last stage stands once. */
static enum err_code check_units(struct arena *a, const struct frame_columns *c, int n_stages, struct err *e) {
  const int64_t n = c->frame->table->n_rows;
  struct arena_mark mark = arena_mark(a);
  int64_t *parent = ARENA_ARRAY(a, int64_t, n + 1);
  if (!parent) return ERR(e, E_NO_MEMORY, .subject = "frame");
  for (int s = 0; s < n_stages; s++) {
    const struct stage_columns *k = &c->stage[s];
    int64_t *seen_in = ARENA_ARRAY(a, int64_t, k->unit.n_levels + 1), *seen_at = ARENA_ARRAY(a, int64_t, k->unit.n_levels + 1), unit = 0;
    if (!seen_in || !seen_at) return ERR(e, E_NO_MEMORY, .subject = "frame");
    int64_t before = -1, before_parent = -1;
    for (int64_t i = 0; i < n; i++) {
      const int64_t row = c->order[i], own = parent[i];
      const int32_t level = k->unit.rank[row];
      bool same = i > 0 && own == before_parent && level == k->unit.rank[before];
      for (int j = 0; j < k->n_stratum; j++) same = same && k->stratum[j].rank[row] == k->stratum[j].rank[before];
      for (int j = 0; j < k->n_order; j++) same = same && k->order[j].rank[row] == k->order[j].rank[before];
      if (s == n_stages - 1 && (same || seen_in[level] == own + 1)) return unit_twice(c, s, seen_at[level], row, e);
      if (!same && seen_in[level] == own + 1)
        return ERR(e, E_FRAME_DIFFERS, .file = c->frame->place, .line = c->frame->table->lines[row],
            .subject = c->frame->table->header[k->unit_column].p,
            .expected = "one stratum and one place in the order for each unit");
      if (!same) seen_in[level] = own + 1, seen_at[level] = row, unit++;
      before = row, before_parent = own, parent[i] = unit;
    }
  }
  arena_reset(a, mark);
  return E_OK;
}

enum err_code frame_columns(struct arena *a, const struct sample_frame *f, const struct sample_plan *plan, struct frame_columns *out, struct err *e) {
  const struct frame_rank *key[SAMPLING_STAGES * (2 * SAMPLING_COLUMNS + 1)];
  int n_keys = 0;
  *out = (struct frame_columns){.frame = f, .order = ARENA_ARRAY(a, int64_t, f->table->n_rows + 1)};
  if (!out->order) return ERR(e, E_NO_MEMORY, .subject = "frame");
  for (int s = 0; s < plan->n_stages; s++) {
    TRY(stage_columns(a, f, &plan->stage[s], &out->stage[s], e));
    n_keys = add_keys(&out->stage[s], key, n_keys);
  }
  TRY(frame_order(a, f->table->n_rows, n_keys, key, out->order, e));
  return check_units(a, out, plan->n_stages, e);
}

enum err_code stratum_label(struct arena *a, const struct frame_columns *c, int stage, int64_t row, struct str *out, struct err *e) {
  const struct stage_columns *k = &c->stage[stage];
  size_t n = 0;
  for (int j = 0; j < k->n_stratum; j++) n += csv_table_cell(c->frame->table, row, k->stratum_column[j]).n + (j > 0);
  char *p = arena_zalloc(a, n + 1, 1);
  *out = (struct str){p, n};
  if (!p) return ERR(e, E_NO_MEMORY, .subject = "sample");
  for (int j = 0; j < k->n_stratum; j++) {
    struct str s = csv_table_cell(c->frame->table, row, k->stratum_column[j]);
    if (j) *p++ = '/';
    memcpy(p, s.p, s.n);
    p += s.n;
  }
  return E_OK;
}
