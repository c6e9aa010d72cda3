/* Other periods of a form, aligned with the records of the run, with the markers and flags that their own runs left. */
#include "processing/command/cmd_process_periods.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "processing/command/cmd_process_join.h"

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "other periods"); }

bool process_period_shift(const char *period, int32_t offset, char out[16]) {
  struct period p;
  if (!period_parse(str_of(period), &p)) return false;
  const int64_t parts = p.kind == PERIOD_MONTH ? 12 : p.kind == PERIOD_QUARTER ? 4 : 1;
  const int64_t at = p.year * parts + (parts > 1 ? p.part - 1 : 0) + offset;
  if (at < parts) return false;
  p.year = at / parts;
  p.part = parts > 1 ? at % parts + 1 : 0;
  period_format(&p, out);
  return true;
}

/* --- what is wanted --- */
static enum err_code wanted(const struct periods_request *q, struct period_set *out, struct err *e) {
  *out = (struct period_set){.arena = q->a, .items = {.arena = q->a}, .chained = {.arena = q->a}};
  for (int i = 0; i < q->plan->n_steps; i++) {
    const struct step_spec *s = &q->plan->steps[i];
    if (s->method->periods) TRY(s->method->periods(s, out, e));
  }
  return E_OK;
}

static void say_absent(const struct periods_request *q, const char *step, const char *period) {
  struct err note;
  (void)ERR(&note, E_STEP_NO_PERIOD, .subject = step, .found = period);
  job_problem(store_job(q->s), &note);
}

static void hash(const struct periods_request *q, const char *name, const struct process_data *d) {
  sha256_add(q->inputs, name, strlen(name) + 1);
  sha256_add(q->inputs, d->key.stage, strlen(d->key.stage) + 1);
  for (int64_t i = 0; i < d->n; i++)
    sha256_add(q->inputs, d->shards[i].content_hash, sizeof d->shards[i].content_hash);
}

static enum err_code read_stage(
    const struct periods_request *q, const char *period, const char *stage, const struct name_set *names, struct process_data *out, struct err *e) {
  const struct dataset_key key = {q->form->survey, q->form->id, period, stage};
  TRY(process_read(q->s, &key, q->access, q->a, names, out, e));
  if (out->n) hash(q, period, out);
  return E_OK;
}

/* --- marks beside the records --- */
/* The tables of the period with more columns: SERIES_THERE, then a marker and an exclusion for every chained item. */
static enum err_code widen(const struct periods_request *q, const struct period_set *set, struct process_data *d, struct err *e) {
  const int n_more = 1 + 2 * set->chained.n;
  struct column *more = ARENA_ARRAY(q->a, struct column, n_more);
  if (!more) return no_memory(e);
  more[0] = (struct column){.name = SERIES_THERE, .type = COL_INT, .unit = ""};
  for (int k = 0; k < set->chained.n; k++) {
    more[1 + 2 * k] = (struct column){.name = series_marker_name(q->a, set->chained.names[k]), .type = COL_INT, .unit = ""};
    more[2 + 2 * k] = (struct column){.name = series_exclude_name(q->a, set->chained.names[k]), .type = COL_INT, .unit = ""};
    if (!more[1 + 2 * k].name || !more[2 + 2 * k].name) return no_memory(e);
  }
  for (int64_t i = 0; i < d->n; i++) {
    struct table *t = &d->tables[i], extra;
    struct column *all = ARENA_ARRAY(q->a, struct column, t->n_columns + n_more);
    if (!all) return no_memory(e);
    TRY(table_init(&extra, q->a, more, n_more, t->n_rows + 1, e));
    for (int k = 0; k < n_more; k++)
      memset(extra.columns[k].status, k ? VAL_BLANK : VAL_REPORTED, (size_t)t->n_rows);
    memcpy(all, t->columns, (size_t)t->n_columns * sizeof *all);
    memcpy(all + t->n_columns, extra.columns, (size_t)n_more * sizeof *all);
    t->columns = all;
    t->n_columns += n_more;
  }
  return E_OK;
}

/* The value `mark` at record_no of the period's numbering; SERIES_REPLACE stays. */
static enum err_code put_mark(const struct process_data *d, const char *column, int64_t record_no, int64_t mark, struct err *e) {
  int64_t first = 0;
  for (int64_t i = 0; i < d->n; first += d->tables[i++].n_rows) {
    if (record_no < 1 || record_no > first + d->tables[i].n_rows) continue;
    struct column *to = table_column(&d->tables[i], column);
    if (!to) return ERR(e, E_BUG, .subject = column);
    if (to->status[record_no - 1 - first] == VAL_REPORTED && to->i64[record_no - 1 - first] == SERIES_REPLACE) return E_OK;
    to->i64[record_no - 1 - first] = mark;
    to->status[record_no - 1 - first] = VAL_REPORTED;
    return E_OK;
  }
  return ERR(e, E_CHAIN_STORED, .subject = d->key.period);
}

static struct str text_of(const struct table *t, const char *name, int64_t row) {
  const int k = table_find(t, name);
  return k < 0 || !t->columns[k].dict || !value_present(t->columns[k].status[row]) ? STR("") : dict_text(t->columns[k].dict, t->columns[k].code[row]);
}

/* The name of the column that marks an item: NULL in *out where no chain has it. */
static enum err_code column_of(
    const struct periods_request *q, const struct period_set *set, struct str item, bool markers, const char **out, struct err *e) {
  *out = NULL;
  for (int i = 0; i < set->chained.n; i++)
    if (str_eq(item, str_of(set->chained.names[i]))) {
      *out = markers ? series_marker_name(q->a, set->chained.names[i]) : series_exclude_name(q->a, set->chained.names[i]);
      return *out ? E_OK : no_memory(e);
    }
  return E_OK;
}

static enum err_code mark_table(const struct periods_request *q, const struct period_set *set, const struct table *from, bool markers,
    const struct process_data *d, struct err *e) {
  const int number = table_find(from, "record_no");
  struct str last = STR("");
  const char *column = NULL;
  for (int64_t row = 0; row < from->n_rows && number >= 0; row++) {
    const struct str item = text_of(from, "item", row);
    if (!str_eq(item, last)) TRY(column_of(q, set, item, markers, &column, e)); /* names come in runs */
    last = item;
    const bool impute = !markers && str_eq(text_of(from, "flag", row), str_of(cell_flag_name(FLAG_IMPUTE)));
    if (!column || (!markers && !impute && !str_eq(text_of(from, "flag", row), str_of(cell_flag_name(FLAG_EXCLUDE))))) continue;
    const int64_t mark = markers ? (int64_t)series_marker_of(text_of(from, "marker", row)) : impute ? SERIES_REPLACE : SERIES_EXCLUDE;
    if (mark == MARK_NONE) return ERR(e, E_CHAIN_STORED, .subject = d->key.period);
    TRY(put_mark(d, column, from->columns[number].i64[row], mark, e));
  }
  return E_OK;
}

static enum err_code marks(
    const struct periods_request *q, const struct period_set *set, const char *period, const struct process_data *d, struct err *e) {
  static const char *const stages[] = {SERIES_CELLS, "flags"};
  for (int k = 0; k < 2; k++) {
    struct process_data from;
    TRY(read_stage(q, period, stages[k], NULL, &from, e));
    for (int64_t i = 0; i < from.n; i++)
      TRY(mark_table(q, set, &from.tables[i], k == 0, d, e));
  }
  return E_OK;
}

/* --- one period --- */
static enum err_code columns_wanted(const struct periods_request *q, const struct period_set *set, struct name_set *out, struct err *e) {
  *out = (struct name_set){.arena = q->a};
  TRY(name_set_add(out, SERIES_THERE, e));
  for (int i = 0; i < set->items.n; i++)
    TRY(name_set_add(out, set->items.names[i], e));
  for (int i = 0; i < set->chained.n; i++) {
    const char *marker = series_marker_name(q->a, set->chained.names[i]), *exclude = series_exclude_name(q->a, set->chained.names[i]);
    if (!marker || !exclude) return no_memory(e);
    TRY(name_set_add(out, marker, e));
    TRY(name_set_add(out, exclude, e));
  }
  return E_OK;
}

static enum err_code align(
    const struct periods_request *q, const struct period_set *set, const struct process_data *d, struct other_period *out, struct err *e) {
  struct table *aligned = ARENA_ARRAY(q->a, struct table, q->n_shards + 1);
  struct unit_index *index;
  struct unit_match match = {0};
  struct name_set names;
  if (!aligned) return no_memory(e);
  TRY(columns_wanted(q, set, &names, e));
  TRY(process_index(q->a, q->form, d, out->name, &index, e));
  for (int i = 0; i < q->n_shards; i++)
    TRY(unit_align(q->a, index, q->shards[i].current, names.names, names.n, &aligned[i], &match, e));
  out->aligned = aligned;
  return E_OK;
}

static enum err_code read_period(const struct periods_request *q, const struct period_set *set, int at, struct other_period *out, struct err *e) {
  static const char *const stages[] = {"imputed", "edited", "received"};
  char name[16];
  struct name_set with_keys = {.arena = q->a};
  struct process_data d = {.n = 0};
  *out = (struct other_period){.offset = set->offset[at]};
  if (!process_period_shift(q->period, out->offset, name)) return E_OK;
  if (!(out->name = arena_strdup(q->a, name, strlen(name)))) return no_memory(e);
  for (int i = 0; i < set->items.n; i++)
    TRY(name_set_add(&with_keys, set->items.names[i], e));
  for (int i = 0; i < q->form->records[0].n_keys; i++)
    TRY(name_set_add(&with_keys, q->form->records[0].keys[i]->name, e));
  for (int i = 0; i < 3 && !d.n; i++) {
    TRY(read_stage(q, out->name, stages[i], &with_keys, &d, e));
    out->imputed = i == 0;
  }
  out->stored = d.n > 0;
  if (!d.n) return say_absent(q, set->step[at], out->name), E_OK;
  TRY(widen(q, set, &d, e));
  if (out->imputed) TRY(marks(q, set, out->name, &d, e));
  return align(q, set, &d, out, e);
}

/* --- links of earlier runs --- */
static bool past_link(const struct table *t, int64_t row, int32_t offset, struct past_link *out) {
  const struct str kind = text_of(t, "link", row), value = text_of(t, "unweighted", row);
  char digits[40];
  *out = (struct past_link){.offset = offset, .step = text_of(t, "step", row), .item = text_of(t, "item", row), .class_ = text_of(t, "class", row)};
  int k = 0;
  while (k < LINK_KINDS && !str_eq(kind, str_of(SERIES_LINK[k])))
    k++;
  if (k == LINK_KINDS || !value.n || value.n >= sizeof digits) return false;
  memcpy(digits, value.p, value.n);
  digits[value.n] = 0;
  char *end;
  out->kind = (enum long_link_kind)k;
  out->unweighted = strtod(digits, &end);
  return !*end;
}

static enum err_code read_links(const struct periods_request *q, const struct period_set *set, int at, struct job_periods *out, struct err *e) {
  char name[16];
  struct process_data d;
  if (!process_period_shift(q->period, set->link_offset[at], name)) return E_OK;
  const char *period = arena_strdup(q->a, name, strlen(name));
  if (!period) return no_memory(e);
  TRY(read_stage(q, period, SERIES_LINKS, NULL, &d, e));
  struct past_link *all = ARENA_ARRAY(q->a, struct past_link, out->n_links + d.n_rows + 1);
  if (!all) return no_memory(e);
  if (out->n_links) memcpy(all, out->links, (size_t)out->n_links * sizeof *all);
  for (int64_t i = 0; i < d.n; i++)
    for (int64_t row = 0; row < d.tables[i].n_rows; row++)
      if (!past_link(&d.tables[i], row, set->link_offset[at], &all[out->n_links++])) return ERR(e, E_CHAIN_STORED, .subject = period);
  out->links = all;
  return E_OK;
}

enum err_code process_periods_read(const struct periods_request *q, struct job_periods **out, struct err *e) {
  struct period_set *set = ARENA_NEW(q->a, struct period_set);
  struct job_periods *p = ARENA_NEW(q->a, struct job_periods);
  *out = NULL;
  if (!set || !p) return no_memory(e);
  TRY(wanted(q, set, e));
  if (!set->n) return E_OK;
  if (q->form->n_records > 1) return ERR(e, E_CHAIN_RECORDS, .subject = q->form->id);
  p->period = ARENA_ARRAY(q->a, struct other_period, set->n);
  if (!p->period) return no_memory(e);
  for (int i = 0; i < set->n; i++)
    TRY(read_period(q, set, i, &p->period[p->n++], e));
  for (int i = 0; i < set->n_links; i++)
    TRY(read_links(q, set, i, p, e));
  *out = p;
  return E_OK;
}

/* --- out --- */
static enum err_code put(struct process_run *r, const char *prefix, const char *stage, const struct table *t, struct err *e) {
  const char *name = arena_printf(r->a, "%s%s", prefix, stage);
  if (!name) return no_memory(e);
  if (t && t->n_rows) return process_put(r, name, t, e);
  const struct dataset_key key = process_key(r, name);
  return store_dataset_clear(r->s, &key, e);
}

enum err_code process_put_series(struct process_run *r, const char *prefix, struct err *e) {
  TRY(put(r, prefix, SERIES_CELLS, &r->state->chain_cells, e));
  return put(r, prefix, SERIES_LINKS, &r->state->chain_links, e);
}

enum err_code process_clear_series(struct process_run *r, const char *prefix, struct err *e) {
  TRY(put(r, prefix, SERIES_CELLS, NULL, e));
  return put(r, prefix, SERIES_LINKS, NULL, e);
}
