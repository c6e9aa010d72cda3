#include "processing/step/step_correct.h"

#include <math.h>
#include <stdio.h>

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "correction"); }

static double power_of_ten(int n) {
  double x = 1;
  for (int i = 0; i < n; i++)
    x *= 10;
  return x;
}

/* --- in --- */
static bool may_move(const struct job_state *j, const struct item *item, int64_t record, uint8_t status) {
  if (item->required || item->origin == ORIGIN_DERIVED || status == VAL_NOT_APPLICABLE || status == VAL_IMPUTED) return false;
  return !cell_flagged(&j->flags, (int)(item - j->form->items), record, FLAG_IMPUTE);
}

static enum err_code fix(struct job_state *j, struct step_correct *c, struct err *e) {
  uint8_t **fixed = ARENA_ARRAY(j->arena, uint8_t *, c->t.p);
  if (!fixed) return no_memory(e);
  for (int k = 0; k < c->view.n_items; k++) {
    if (!(fixed[k] = ARENA_ARRAY(j->arena, uint8_t, c->t.n + 1))) return no_memory(e);
    for (int64_t i = 0; i < c->t.n; i++)
      fixed[k][i] = !may_move(j, c->view.items[k], c->view.record[i], c->t.columns[k].status[i]);
  }
  c->fixed = (const uint8_t *const *)fixed;
  return E_OK;
}

enum err_code step_correct_make(struct job_state *j, const struct step_scope *scope, const struct item *const *items, int n, bool before,
    struct step_correct *out, struct err *e) {
  const char **names = ARENA_ARRAY(j->arena, const char *, n + 2);
  *out = (struct step_correct){.predictive = n, .auxiliary = n + 1};
  if (!names) return no_memory(e);
  TRY(step_view_make(j, scope, items, n, (struct step_view_want){.before = before}, &out->view, e));
  for (int k = 0; k < n; k++)
    names[k] = items[k]->name;
  names[n] = "(predictive)";
  names[n + 1] = "(auxiliary)";
  TRY(num_table_init(&out->t, j->arena, names, n + 2, out->view.now.n, e));
  out->t.unit = out->view.now.unit;
  for (int k = 0; k < n; k++)
    out->t.columns[k] = out->view.now.columns[k];
  return fix(j, out, e);
}

struct evaluation {
  const struct expr *x;
  struct expr_scratch *scratch;
  int decimals;
  double unit;
  int64_t done; /* rows of the view, which are in the order of records */
};

static enum err_code value_of_shard(struct job_state *j, const struct step_view *v, const struct unit_shard *shard, struct evaluation *x,
    struct num_column *to, struct err *e) {
  struct expr_binding b;
  int64_t values[EXPR_BATCH] = {0};
  uint8_t status[EXPR_BATCH];
  const int64_t rows = shard->current->n_rows;
  TRY(edit_bind(j->arena, x->x, shard, &b, e));
  for (int64_t row = 0; row < rows; row += EXPR_BATCH) {
    const int n = rows - row < EXPR_BATCH ? (int)(rows - row) : EXPR_BATCH;
    TRY(expr_eval_int(x->x, &b, x->scratch, x->decimals, row, n, values, status, e));
    for (const int64_t end = shard->first_record + row + n; x->done < v->now.n && v->record[x->done] < end; x->done++) {
      const int64_t at = v->record[x->done] - shard->first_record - row;
      to->status[x->done] = status[at];
      if (value_present(status[at])) to->x[x->done] = (double)values[at] / x->unit;
    }
  }
  return E_OK;
}

enum err_code step_correct_value(
    struct job_state *j, const struct step_view *v, struct expr *x, int decimals, struct num_column *to, struct err *e) {
  if (!x) return E_OK;
  struct evaluation run = {.x = x, .scratch = expr_scratch_new(j->arena, x), .decimals = decimals, .unit = power_of_ten(decimals)};
  if (!run.scratch) return no_memory(e);
  for (int s = 0; s < j->n_shards; s++)
    TRY(value_of_shard(j, v, &j->shards[s], &run, to, e));
  return E_OK;
}

/* --- out --- */
static bool fits(const struct step_correct *c, const struct correction *one) {
  const struct item *item = c->view.items[one->var];
  const double scaled = round(one->value * power_of_ten(item->decimals));
  if (!(fabs(scaled) < 9.2e18)) return false;
  return !(item->has_min && (int64_t)scaled < item->min) && !(item->has_max && (int64_t)scaled > item->max);
}

static enum err_code put_one(struct job_state *j, const struct step_spec *s, const struct step_correct *c, const struct correction *one,
    const char *formula, struct err *e) {
  const struct item *item = c->view.items[one->var];
  const int64_t record = c->view.record[one->row];
  const struct unit_shard *shard = job_shard_of(j, record);
  const struct change_reason why = {
      .method = correct_rule_name((enum correct_rule)one->rule), .class = {"", 0}, .donors = -1, .rule = s->rule, .formula = formula};
  struct column *to = table_column(shard->current, item->name);
  if (!to || to->type != COL_INT) return ERR(e, E_NUM_COLUMN, .subject = item->name);
  const int64_t whole = (int64_t)round(one->value * power_of_ten(item->decimals));
  j->changed[record] = 1;
  return change_number(&j->log, to, record - shard->first_record, record, whole, VAL_CORRECTED, &why, e);
}

enum err_code step_correct_put(struct job_state *j, const struct step_spec *s, const struct step_correct *c, const struct corrections *list,
    const char *(*formula)(void *context, const struct correction *one), void *context, struct step_written *out, struct err *e) {
  *out = (struct step_written){0};
  for (int64_t from = 0, to; from < list->n; from = to) {
    bool good = true;
    for (to = from; to < list->n && list->list[to].row == list->list[from].row; to++)
      good = good && fits(c, &list->list[to]);
    *(good ? &out->records : &out->out_of_range) += 1;
    for (int64_t i = from; i < to && good; i++) {
      const char *text = formula(context, &list->list[i]);
      if (!text) return no_memory(e);
      TRY(put_one(j, s, c, &list->list[i], text, e));
    }
  }
  return E_OK;
}

const char *step_correct_names(struct arena *a, const struct item *const *items, int n, const char *between) {
  const char *out = "";
  for (int i = 0; i < n && out; i++)
    out = arena_printf(a, "%s%s%s", out, i ? between : "", items[i]->name);
  return out;
}

void step_correct_tell(const struct job_state *j, const struct step_spec *s, enum err_code code, int64_t n) {
  struct err note;
  char count[24];
  if (!n) return;
  (void)snprintf(count, sizeof count, "%lld", (long long)n);
  (void)ERR(&note, code, .subject = s->name, .found = count);
  job_problem(j->job, &note);
}
