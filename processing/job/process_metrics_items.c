/* Items: every value as received against what it is now, through the change log. */
#include <string.h>

#include "processing/job/process_metrics_impl.h"

enum { MAX_STATUS = 64 };
struct changes { /* rows of the change log, by item */
  const struct table *log;
  int64_t *row, *first;       /* rows of item i: row[first[i]] .. row[first[i + 1] - 1], in the order of the log */
  int64_t *oldest, *newest;   /* [n_records] row + 1 of the item in hand; 0 = not changed */
  uint8_t status[MAX_STATUS]; /* of old_status codes */
};
struct item_work {
  struct metric_writer *w;
  struct changes changes;
  int n_methods;
  struct item_metrics *of[METRIC_GROUPINGS], *all[METRIC_GROUPINGS]; /* [groups]: the item in hand; counts over the items before */
  struct method_metrics *methods;                                    /* room for them */
  struct item_metrics shard;                                         /* the records of one shard */
  int64_t n_groups;
};
static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "process metrics"); }

/* --- the log by item --- */
static enum err_code read_statuses(struct changes *c, struct err *e) {
  const struct dict *d = c->log->columns[CHANGE_OLD_STATUS].dict;
  if (dict_count(d) > MAX_STATUS) return ERR(e, E_BUG, .subject = "status");
  for (int32_t i = 0; i < dict_count(d); i++)
    for (int s = 0; s < VAL_STATUS_COUNT; s++)
      if (str_eq(dict_text(d, i), str_of(value_status_name((uint8_t)s)))) c->status[i] = (uint8_t)s;
  return E_OK;
}

static enum err_code sort_changes(struct item_work *x, struct err *e) {
  struct job_state *j = x->w->j;
  struct changes *c = &x->changes;
  const int n = j->form->n_items;
  c->log = &j->log.table;
  const struct column *names = &c->log->columns[CHANGE_ITEM];
  int *item = ARENA_ARRAY(j->arena, int, dict_count(names->dict) + 1);
  int64_t *at = ARENA_ARRAY(j->arena, int64_t, n + 1);
  c->row = ARENA_ARRAY(j->arena, int64_t, c->log->n_rows + 1);
  c->first = ARENA_ARRAY(j->arena, int64_t, n + 2);
  c->oldest = ARENA_ARRAY(j->arena, int64_t, j->n_records + 1);
  c->newest = ARENA_ARRAY(j->arena, int64_t, j->n_records + 1);
  if (!item || !at || !c->row || !c->first || !c->oldest || !c->newest) return no_memory(e);
  for (int32_t d = 0; d < dict_count(names->dict); d++) {
    const struct str name = dict_text(names->dict, d);
    item[d] = -1;
    for (int i = 0; i < n && item[d] < 0; i++)
      if (str_eq(name, str_of(j->form->items[i].name))) item[d] = i;
  }
  for (int64_t r = 0; r < c->log->n_rows; r++)
    if (item[names->code[r]] >= 0) c->first[item[names->code[r]] + 1]++;
  for (int i = 0; i < n; i++) c->first[i + 1] += c->first[i];
  for (int i = 0; i < n; i++) at[i] = c->first[i];
  for (int64_t r = 0; r < c->log->n_rows; r++)
    if (item[names->code[r]] >= 0) c->row[at[item[names->code[r]]]++] = r;
  return read_statuses(c, e);
}

static void mark(struct changes *c, int item, int64_t n_records, bool set) {
  for (int64_t i = c->first[item]; i < c->first[item + 1]; i++) {
    const int64_t record = c->log->columns[CHANGE_RECORD_NO].i64[c->row[i]] - 1;
    if (record < 0 || record >= n_records) continue;
    if (!set) c->oldest[record] = c->newest[record] = 0;
    else {
      if (!c->oldest[record]) c->oldest[record] = c->row[i] + 1;
      c->newest[record] = c->row[i] + 1;
    }
  }
}

/* --- cells --- */
/* "-12.5" of an item with two decimals: -1250. Values of the log are written by strbuf_add_decimal. */
static bool parse_scaled(struct str text, int decimals, int64_t *out) {
  struct str rest, whole = str_split(text, '.', &rest);
  char digits[40];
  size_t n = 0;
  if (whole.n + (size_t)decimals >= sizeof digits || rest.n > (size_t)decimals) return false;
  memcpy(digits, whole.p, whole.n);
  n = whole.n;
  if (rest.n) memcpy(digits + n, rest.p, rest.n);
  n += rest.n;
  for (size_t d = rest.n; d < (size_t)decimals; d++) digits[n++] = '0';
  return str_int64(str_view(digits, n), out);
}

static struct str log_text(const struct table *log, enum change_column k, int64_t row) {
  return dict_text(log->columns[k].dict, log->columns[k].code[row]);
}

static bool cell_of(const struct item_work *x, const struct column *c, int64_t row, int64_t record, struct item_cell *out) {
  const struct changes *l = &x->changes;
  const int64_t oldest = l->oldest[record] - 1, newest = l->newest[record] - 1;
  char buffer[64];
  *out = (struct item_cell){.raw_status = c->status[row], .status = c->status[row], .number = c->type == COL_INT && !c->is_date, .method = -1};
  if (out->number) out->raw = out->now = c->i64[row];
  if (oldest < 0) return true;
  out->raw_status = l->status[l->log->columns[CHANGE_OLD_STATUS].code[oldest]];
  out->method = l->log->columns[CHANGE_METHOD].code[newest];
  const struct str was = log_text(l->log, CHANGE_OLD_VALUE, oldest);
  const bool both = value_present(out->raw_status) && value_present(out->status);
  if (out->number && value_present(out->raw_status) && !parse_scaled(was, c->decimals, &out->raw)) return false;
  out->differs = both && (out->number ? out->raw != out->now : !str_eq(was, column_text(c, row, buffer, sizeof buffer)));
  return true;
}

/* Of a shard all records have one sender: they are counted once, for the office and for all. */
static enum err_code merge_shard(struct item_work *x, const struct unit_shard *shard, const struct item *item, struct err *e) {
  const int office = shard->current->n_rows ? metric_group_of(x->w, METRIC_OFFICES, shard->first_record) : -1;
  bool good = item_metrics_merge(&x->of[METRIC_ALL][0], &x->shard, x->n_methods);
  if (office >= 0) good = good && item_metrics_merge(&x->of[METRIC_OFFICES][office], &x->shard, x->n_methods);
  return good ? E_OK : ERR(e, E_IMPUTE_OVERFLOW, .subject = item->name);
}

/* Where the item's universe is false and no value is there, none was asked for. */
struct asked {
  const struct expr *universe; /* NULL = of everybody */
  struct expr_binding binding;
  struct expr_scratch *scratch;
  uint8_t truth[EXPR_BATCH];
};

static enum err_code asked_begin(struct job_state *j, const struct item *item, const struct unit_shard *shard, struct asked *out, struct err *e) {
  out->universe = item->universe;
  if (!item->universe) return E_OK;
  if (!(out->scratch = expr_scratch_new(j->arena, item->universe))) return no_memory(e);
  return edit_bind(j->arena, item->universe, shard, &out->binding, e);
}

static enum err_code asked_at(struct asked *q, int64_t row, int64_t n_rows, bool *out, struct err *e) {
  const int n = n_rows - row < EXPR_BATCH ? (int)(n_rows - row) : EXPR_BATCH;
  if (q->universe && row % EXPR_BATCH == 0) TRY(expr_eval_bool(q->universe, &q->binding, q->scratch, row, n, q->truth, e));
  *out = !q->universe || q->truth[row % EXPR_BATCH] != EXPR_FALSE;
  return E_OK;
}

static enum err_code count_shard(
    struct item_work *x, const struct unit_shard *shard, const struct column *c, const struct item *item, struct err *e) {
  struct asked *asked = ARENA_NEW(x->w->j->arena, struct asked);
  bool is_asked;
  struct item_cell cell;
  struct method_metrics *by = x->shard.by;
  memset(by, 0, (size_t)x->n_methods * sizeof *by);
  x->shard = (struct item_metrics){.by = by};
  if (!asked) return no_memory(e);
  TRY(asked_begin(x->w->j, item, shard, asked, e));
  for (int64_t row = 0; row < shard->current->n_rows; row++) {
    const int64_t record = shard->first_record + row, weight = metric_weight(x->w, record);
    const int class = metric_group_of(x->w, METRIC_CLASSES, record);
    if (!cell_of(x, c, row, record, &cell)) return ERR(e, E_BUG, .subject = item->name);
    TRY(asked_at(asked, row, shard->current->n_rows, &is_asked, e));
    if (!is_asked && !value_present(cell.status)) cell.status = VAL_NOT_APPLICABLE;
    bool good = item_metrics_add(&x->shard, &cell, weight);
    if (class >= 0) good = good && item_metrics_add(&x->of[METRIC_CLASSES][class], &cell, weight);
    if (!good) return ERR(e, E_IMPUTE_OVERFLOW, .subject = item->name);
  }
  return merge_shard(x, shard, item, e);
}

static enum err_code count_item(struct item_work *x, const struct item *item, struct err *e) {
  struct job_state *j = x->w->j;
  for (int s = 0; s < j->n_shards; s++) {
    const struct unit_shard *shard = &j->shards[s];
    const struct column *c = table_column(shard->current, item->name);
    if (!c || (shard->record && j->form->n_records > 1 && strcmp(shard->record, item->record) != 0)) continue;
    const struct arena_mark mark = arena_mark(j->arena); /* bindings of a universe for every shard and item would add up */
    TRY(count_shard(x, shard, c, item, e));
    arena_reset(j->arena, mark);
  }
  return E_OK;
}

/* --- rows --- */
static enum err_code put_counts(const struct metric_writer *w, const char *item, const struct item_metrics *t, struct err *e) {
  const struct {
    const char *name;
    struct tally part;
  } rates[] = {{"item_response", t->answered}, {"imputation", t->imputed}, {"net_imputation", t->net_imputed}, {"modification", t->modified},
      {"cancellation", t->cancelled}, {"left_missing", t->left_missing}};
  for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
    const struct metric_row row = {.item = item, .name = rates[i].name, .part = rates[i].part, .whole = t->eligible};
    TRY(metric_put(w, &row, e));
  }
  return E_OK;
}

static struct tally less(struct tally a, struct tally b) { return (struct tally){a.n - b.n, a.weighted - b.weighted}; }

static enum err_code put_values(const struct metric_writer *w, const char *item, const struct item_metrics *t, int decimals, struct err *e) {
  const struct metric_row rows[] = {
      {.item = item, .name = "imputation_value", .part = t->imputed_total, .whole = t->total, .decimals = decimals, .whole_decimals = decimals},
      {.item = item, .name = "mean_change", .part = t->change, .whole = t->modified, .decimals = decimals},
      {.item = item,
          .name = "total_change",
          .part = less(t->total, t->raw_total),
          .whole = t->raw_total,
          .decimals = decimals,
          .whole_decimals = decimals}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) TRY(metric_put(w, &rows[i], e));
  return E_OK;
}

static enum err_code put_methods(
    const struct item_work *x, const char *item, const struct item_metrics *t, bool number, int decimals, struct err *e) {
  const struct dict *names = x->changes.log->columns[CHANGE_METHOD].dict;
  for (int m = 0; m < x->n_methods; m++) {
    const struct method_metrics *by = &t->by[m];
    if (!by->cells.n) continue;
    const struct str name = dict_text(names, m);
    const char *detail = arena_strdup(x->w->j->arena, name.p, name.n);
    if (!detail) return no_memory(e);
    TRY(metric_put(
        x->w, &(struct metric_row){.item = item, .name = "imputation_method", .detail = detail, .part = by->cells, .whole = t->eligible}, e));
    if (!number) continue;
    TRY(metric_put(x->w,
        &(struct metric_row){.item = item,
            .name = "imputation_method_value",
            .detail = detail,
            .part = by->value,
            .whole = t->total,
            .decimals = decimals,
            .whole_decimals = decimals},
        e));
  }
  return E_OK;
}

/* Values that each step changed, in the order of the steps' first changes. */
static enum err_code put_steps(const struct item_work *x, int item, const char *name, struct err *e) {
  const struct changes *l = &x->changes;
  const struct column *steps = &l->log->columns[CHANGE_JOB_STEP];
  const int n = (int)dict_count(steps->dict);
  struct arena *a = x->w->j->arena;
  struct tally *by = ARENA_ARRAY(a, struct tally, n + 1);
  if (!by) return no_memory(e);
  for (int64_t i = l->first[item]; i < l->first[item + 1]; i++) {
    struct tally *t = &by[steps->code[l->row[i]]];
    t->n++;
    t->weighted += metric_weight(x->w, l->log->columns[CHANGE_RECORD_NO].i64[l->row[i]] - 1);
  }
  for (int s = 0; s < n; s++) {
    const struct str text = dict_text(steps->dict, s);
    const char *step = arena_strdup(a, text.p, text.n);
    if (!step) return no_memory(e);
    if (by[s].n)
      TRY(metric_put(
          x->w, &(struct metric_row){.step = step, .item = name, .name = "changed", .part = by[s], .whole = x->of[METRIC_ALL][0].eligible}, e));
  }
  return E_OK;
}

static enum err_code put_item(struct item_work *x, const struct item *item, struct err *e) {
  const bool number = item->type == COL_INT && item->class != CLASS_DATE;
  for (int by = 0; by < METRIC_GROUPINGS; by++)
    for (int g = 0; g < metric_groups(x->w, (enum metric_grouping)by); g++) {
      struct item_metrics *t = &x->of[by][g];
      x->w->by = (enum metric_grouping)by;
      x->w->group = g;
      TRY(put_counts(x->w, item->name, t, e));
      if (number) TRY(put_values(x->w, item->name, t, item->decimals, e));
      TRY(put_methods(x, item->name, t, number, item->decimals, e));
      if (item->class != CLASS_TEXT && item->class != CLASS_NAME) item_metrics_merge_counts(&x->all[by][g], t);
    }
  return E_OK;
}

static void clear(struct item_work *x) {
  memset(x->methods, 0, (size_t)(x->n_groups * x->n_methods) * sizeof *x->methods);
  struct method_metrics *at = x->methods;
  for (int by = 0; by < METRIC_GROUPINGS; by++)
    for (int g = 0; g < metric_groups(x->w, (enum metric_grouping)by); g++, at += x->n_methods) x->of[by][g] = (struct item_metrics){.by = at};
}

static enum err_code room(struct item_work *x, struct err *e) {
  struct arena *a = x->w->j->arena;
  x->n_methods = (int)dict_count(x->changes.log->columns[CHANGE_METHOD].dict);
  for (int by = 0; by < METRIC_GROUPINGS; by++) {
    const int n = metric_groups(x->w, (enum metric_grouping)by);
    x->n_groups += n;
    x->of[by] = ARENA_ARRAY(a, struct item_metrics, n + 1);
    x->all[by] = ARENA_ARRAY(a, struct item_metrics, n + 1);
    if (!x->of[by] || !x->all[by]) return no_memory(e);
  }
  x->methods = ARENA_ARRAY(a, struct method_metrics, x->n_groups * x->n_methods + 1);
  x->shard.by = ARENA_ARRAY(a, struct method_metrics, x->n_methods + 1);
  return x->methods && x->shard.by ? E_OK : no_memory(e);
}

/* Keys and what is worked out from other items are not answers. */
static bool is_answer(const struct form *f, const struct item *item) {
  for (int r = 0; r < f->n_records; r++)
    for (int k = 0; k < f->records[r].n_keys; k++)
      if (f->records[r].keys[k] == item) return false;
  return item->origin == ORIGIN_REPORTED;
}

enum err_code metrics_of_items(struct metric_writer *w, struct err *e) {
  const struct form *f = w->j->form;
  struct item_work x = {.w = w};
  TRY(sort_changes(&x, e));
  TRY(room(&x, e));
  for (int i = 0; i < f->n_items; i++) {
    if (!is_answer(f, &f->items[i])) continue;
    clear(&x);
    mark(&x.changes, i, w->j->n_records, true);
    TRY(count_item(&x, &f->items[i], e));
    mark(&x.changes, i, w->j->n_records, false);
    TRY(put_item(&x, &f->items[i], e));
    w->by = METRIC_ALL;
    w->group = 0;
    TRY(put_steps(&x, i, f->items[i].name, e));
  }
  for (int by = 0; by < METRIC_GROUPINGS; by++)
    for (int g = 0; g < metric_groups(w, (enum metric_grouping)by); g++) {
      w->by = (enum metric_grouping)by;
      w->group = g;
      TRY(put_counts(w, NULL, &x.all[by][g], e));
    }
  return E_OK;
}
