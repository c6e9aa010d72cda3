#include <string.h>

#include "processing/job/job_run.h"
#include "processing/job/process_metrics_impl.h"

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "process metrics"); }

const char *const metric_column_names[METRIC_COLUMNS] = {
    "step", "item", "check", "class", "office", "metric", "detail", "part", "whole", "weighted_part", "weighted_whole", "reason"};

/* --- before the steps --- */
static enum err_code classes(struct job_state *j, struct step_scope *out, struct err *e) {
  uint8_t *all = ARENA_ARRAY(j->arena, uint8_t, j->n_records + 1);
  *out = (struct step_scope){.n_groups = 0};
  if (!all) return no_memory(e);
  memset(all, 1, (size_t)j->n_records);
  return j->plan->n_effect_by ? job_groups(j, j->plan->effect_by, j->plan->n_effect_by, all, out, e) : E_OK;
}

/* A weight that a later step makes is not there yet: then what is counted here has no weighted form, and the end of the run judges the weight
   itself. */
static enum err_code first_weights(struct job_state *j, int64_t **out, struct err *e) {
  struct err why = {.code = E_OK};
  const enum err_code code = job_weights(j, out, &why);
  if (code == E_OK) return E_OK;
  *out = NULL;
  if (code == E_NO_WEIGHT) return E_OK;
  *e = why;
  return code;
}

enum err_code process_metrics_begin(struct job_state *j, struct process_metrics **out, struct err *e) {
  struct process_metrics *m = ARENA_NEW(j->arena, struct process_metrics);
  int64_t *weight = NULL;
  if (!m) return no_memory(e);
  TRY(job_offices(j, &m->offices, e));
  TRY(classes(j, &m->classes, e));
  TRY(first_weights(j, &weight, e));
  m->weighted = weight != NULL;
  const struct check_grouping by[METRIC_GROUPINGS] = {[METRIC_ALL] = {NULL, 1},
      [METRIC_CLASSES] = {m->classes.group ? m->classes.group : m->offices.of_record, m->classes.n_groups},
      [METRIC_OFFICES] = {m->offices.of_record, m->offices.n}};
  const struct check_spec spec = {j->form, j->shards, j->n_shards, NULL, NULL, weight, by, METRIC_GROUPINGS};
  TRY(check_stats_run(j->arena, &spec, m->checks, e));
  *out = m;
  return E_OK;
}

/* --- rows --- */
int metric_groups(const struct metric_writer *w, enum metric_grouping by) {
  return by == METRIC_ALL ? 1 : by == METRIC_CLASSES ? w->in->kept->classes.n_groups : w->in->kept->offices.n;
}

/* Exact decimal text of x / 10^decimals without zeros at its end. */
static const char *decimal_text(sum_int x, int decimals, char out[64]) {
  char *at = out + 63;
  const bool negative = x < 0;
  bool digits = false;
  *at = 0;
  for (int d = 0; x || d <= decimals; d++, x /= 10) {
    const int digit = (int)(x % 10 < 0 ? -(x % 10) : x % 10);
    if (d == decimals && digits) *--at = '.';
    if (digit || digits || d >= decimals) *--at = (char)('0' + digit), digits = true;
  }
  if (negative) *--at = '-';
  return at;
}

static bool put_text(struct table *t, enum metric_column k, const char *text, size_t n) {
  t->columns[k].status[t->n_rows] = n ? VAL_DERIVED : VAL_BLANK;
  return (t->columns[k].code[t->n_rows] = dict_add(t->columns[k].dict, str_view(n ? text : "", n))) >= 0;
}
static bool put_word(struct table *t, enum metric_column k, const char *text) { return put_text(t, k, text ? text : "", text ? strlen(text) : 0); }
static bool put_number(struct table *t, enum metric_column k, sum_int x, int decimals, bool there) {
  char buffer[64];
  return put_word(t, k, there ? decimal_text(x, decimals, buffer) : NULL);
}

enum err_code metric_put(const struct metric_writer *w, const struct metric_row *row, struct err *e) {
  struct table *t = w->to;
  const bool there = !row->reason, weighted = there && w->weight && !row->unweighted;
  const struct str class = w->by == METRIC_CLASSES ? w->in->kept->classes.group_names[w->group] : STR("");
  const struct str office = w->by == METRIC_OFFICES ? w->in->kept->offices.ids[w->group] : STR("");
  if (there && !row->no_whole && !row->whole.n && !row->whole.weighted) return E_OK; /* a rate of nothing is none */
  TRY(table_reserve(t, t->n_rows + 1, e));
  const bool good = put_word(t, METRIC_STEP, row->step) && put_word(t, METRIC_ITEM, row->item) && put_word(t, METRIC_CHECK, row->check) &&
                    put_text(t, METRIC_CLASS, class.p, class.n) && put_text(t, METRIC_OFFICE, office.p, office.n) &&
                    put_word(t, METRIC_NAME, row->name) && put_word(t, METRIC_DETAIL, row->detail) &&
                    put_number(t, METRIC_PART, row->part.n, row->decimals, there) &&
                    put_number(t, METRIC_WHOLE, row->whole.n, row->whole_decimals, there && !row->no_whole) &&
                    put_number(t, METRIC_WEIGHTED_PART, row->part.weighted, row->decimals + STEP_DECIMALS, weighted) &&
                    put_number(t, METRIC_WEIGHTED_WHOLE, row->whole.weighted, row->whole_decimals + STEP_DECIMALS, weighted && !row->no_whole) &&
                    put_word(t, METRIC_REASON, row->reason);
  if (!good) return no_memory(e);
  t->n_rows++;
  return E_OK;
}

enum err_code process_metrics_table(const struct metrics_input *in, struct table *out, struct err *e) {
  struct column columns[METRIC_COLUMNS];
  struct metric_writer w = {.in = in, .j = in->state, .to = out};
  int64_t *weight;
  for (int k = 0; k < METRIC_COLUMNS; k++) columns[k] = (struct column){.name = metric_column_names[k], .type = COL_CODE};
  TRY(table_init(out, in->state->arena, columns, METRIC_COLUMNS, 256, e));
  TRY(job_weights(in->state, &weight, e));
  w.weight = weight;
  TRY(metrics_of_records(&w, e));
  TRY(metrics_of_checks(&w, e));
  TRY(metrics_of_items(&w, e));
  w.by = METRIC_ALL;
  return metrics_of_steps(&w, e);
}
