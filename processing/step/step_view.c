#include "processing/step/step_view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "records of a step"); }

static double power_of_ten(int n) {
  double x = 1;
  for (int i = 0; i < n; i++)
    x *= 10;
  return x;
}

/* --- rows --- */
static enum err_code unit_id(struct job_state *j, const struct unit_shard *shard, int64_t row, struct str *out, struct err *e) {
  const struct record_type *type = j->record;
  char buffer[64];
  struct strbuf b;
  strbuf_init(&b, 0);
  for (int i = 0; i < type->n_keys; i++) {
    const struct column *c = table_column(shard->current, type->keys[i]->name);
    struct str text = c ? column_text(c, row, buffer, sizeof buffer) : STR("");
    if (i) strbuf_addc(&b, '/');
    strbuf_add(&b, text.p, text.n);
  }
  const char *copy = b.failed ? NULL : arena_strdup(j->arena, strbuf_cstr(&b), b.n);
  *out = copy ? str_view(copy, b.n) : STR("");
  strbuf_release(&b);
  return copy ? E_OK : no_memory(e);
}

enum err_code step_unit_id(struct job_state *j, int64_t record, struct str *out, struct err *e) {
  const struct unit_shard *shard = job_shard_of(j, record);
  return unit_id(j, shard, record - shard->first_record, out, e);
}

static enum err_code fill_rows(struct job_state *j, const struct step_scope *scope, struct str *unit, struct step_view *out, struct err *e) {
  int64_t n = 0;
  for (int64_t i = 0; i < j->n_records; i++) {
    if (!scope->selected[i]) continue;
    if (scope->group[i] < 0) {
      out->no_group++;
      continue;
    }
    const struct unit_shard *shard = job_shard_of(j, i);
    TRY(unit_id(j, shard, i - shard->first_record, &unit[n], e));
    out->record[n] = i;
    out->group[n++] = scope->group[i];
  }
  out->now.n = out->before.n = n;
  return E_OK;
}

enum err_code step_view_rows(struct job_state *j, const struct step_scope *scope, struct step_view *out, struct err *e) {
  struct str *unit = ARENA_ARRAY(j->arena, struct str, scope->n_selected + 1);
  *out = (struct step_view){
      .record = ARENA_ARRAY(j->arena, int64_t, scope->n_selected + 1), .group = ARENA_ARRAY(j->arena, int32_t, scope->n_selected + 1)};
  if (!unit || !out->record || !out->group) return no_memory(e);
  TRY(fill_rows(j, scope, unit, out, e));
  out->now.unit = out->before.unit = unit;
  return E_OK;
}

/* --- columns --- */
static void fill_column(const struct job_state *j, const struct step_view *v, const char *name, bool before, struct num_column *to) {
  for (int64_t i = 0; i < v->now.n; i++) {
    const struct unit_shard *shard = job_shard_of(j, v->record[i]);
    const struct table *t = before ? shard->previous : shard->current;
    const int k = t ? table_find(t, name) : -1;
    const int64_t row = v->record[i] - shard->first_record;
    if (k < 0) continue;
    to->status[i] = t->columns[k].status[row];
    if (value_present(to->status[i])) to->x[i] = (double)t->columns[k].i64[row] / power_of_ten(t->columns[k].decimals);
  }
}

static enum err_code fill_weight(struct job_state *j, const struct step_view *v, struct num_column *to, struct err *e) {
  int64_t *weights;
  TRY(job_weights(j, &weights, e));
  for (int64_t i = 0; i < v->now.n && weights; i++) {
    to->x[i] = (double)weights[v->record[i]] / STEP_ONE;
    to->status[i] = VAL_REPORTED;
  }
  return E_OK;
}

static enum err_code columns(struct job_state *j, const struct step_view *v, bool before, bool weight, struct num_table *t, struct err *e) {
  const char **names = ARENA_ARRAY(j->arena, const char *, v->n_items + 2);
  const struct str *unit = t->unit;
  const int64_t n = t->n;
  if (!names) return no_memory(e);
  for (int k = 0; k < v->n_items; k++)
    names[k] = v->items[k]->name;
  if (weight) names[v->n_items] = "(weight)";
  TRY(num_table_init(t, j->arena, names, v->n_items + weight, n, e));
  t->unit = unit;
  for (int k = 0; k < v->n_items; k++) {
    if (v->items[k]->type != COL_INT) return ERR(e, E_NUM_COLUMN, .subject = names[k]);
    t->columns[k].decimals = v->items[k]->decimals;
    fill_column(j, v, names[k], before, &t->columns[k]);
  }
  return weight ? fill_weight(j, v, &t->columns[v->n_items], e) : E_OK;
}

enum err_code step_view_make(struct job_state *j, const struct step_scope *scope, const struct item *const *items, int n_items,
    struct step_view_want want, struct step_view *out, struct err *e) {
  TRY(step_view_rows(j, scope, out, e));
  out->items = items;
  out->n_items = n_items;
  TRY(columns(j, out, false, want.weight && j->plan->weight, &out->now, e));
  return want.before ? columns(j, out, true, false, &out->before, e) : E_OK;
}

/* --- back --- */
static struct column *column_of(const struct job_state *j, const struct item *item, int64_t record, int64_t *row) {
  const struct unit_shard *shard = job_shard_of(j, record);
  *row = record - shard->first_record;
  return table_column(shard->current, item->name);
}

uint8_t step_status(const struct job_state *j, const struct item *item, int64_t record) {
  int64_t row;
  const struct column *c = column_of(j, item, record, &row);
  return c ? c->status[row] : VAL_BLANK;
}

bool step_target(const struct job_state *j, const struct item *item, int64_t record) {
  const uint8_t status = step_status(j, item, record);
  return cell_flagged(&j->flags, (int)(item - j->form->items), record, FLAG_IMPUTE) && !item->required && item->origin != ORIGIN_DERIVED &&
         status != VAL_NOT_APPLICABLE && status != VAL_IMPUTED;
}

enum err_code step_not_asked(struct job_state *j, const struct item *item, uint8_t **out, struct err *e) {
  *out = NULL;
  if (!item->universe) return E_OK;
  uint8_t *of = ARENA_ARRAY(j->arena, uint8_t, j->n_records + 1);
  if (!of) return ERR(e, E_NO_MEMORY, .subject = item->name);
  TRY(job_condition(j, item->universe, of, e));
  for (int64_t i = 0; i < j->n_records; i++) of[i] = of[i] == EXPR_FALSE && !value_present(step_status(j, item, i));
  *out = of;
  return E_OK;
}

enum err_code step_put_number(
    struct job_state *j, const struct item *item, int64_t record, double value, const struct change_reason *why, enum step_put *done, struct err *e) {
  int64_t row;
  struct column *c = column_of(j, item, record, &row);
  if (!c || c->type != COL_INT) return ERR(e, E_NUM_COLUMN, .subject = item->name);
  const double scaled = round(value * power_of_ten(c->decimals));
  if (!(fabs(scaled) < 9.2e18)) return ERR(e, E_IMPUTE_OVERFLOW, .subject = item->name);
  const int64_t whole = (int64_t)scaled;
  *done = (item->has_min && whole < item->min) || (item->has_max && whole > item->max) ? STEP_PUT_OUT_OF_RANGE : STEP_PUT;
  if (*done == STEP_PUT_OUT_OF_RANGE) return E_OK;
  j->changed[record] = 1;
  return change_number(&j->log, c, row, record, whole, VAL_IMPUTED, why, e);
}

enum err_code step_put_copy(
    struct job_state *j, const struct item *item, int64_t record, int64_t from, const struct change_reason *why, struct err *e) {
  int64_t row, source;
  struct column *c = column_of(j, item, record, &row);
  const struct column *f = column_of(j, item, from, &source);
  if (!c || !f || c->type != f->type) return ERR(e, E_NUM_COLUMN, .subject = item->name);
  j->changed[record] = 1;
  if (c->type == COL_INT) return change_number(&j->log, c, row, record, f->i64[source], VAL_IMPUTED, why, e);
  return change_text(&j->log, c, row, record, dict_text(f->dict, f->code[source]), VAL_IMPUTED, why, e);
}

/* --- checks --- */
enum err_code step_refuse(const char *key, const char *expected, struct err *e) { return ERR(e, E_JOB_VALUE, .subject = key, .expected = expected); }

enum err_code step_check_items(const struct step_spec *s, const char *key, struct err *e) {
  const struct step_value *v = step_value_of(s, key);
  for (int i = 0; i < v->n_items; i++)
    if (v->items[i]->required || v->items[i]->origin == ORIGIN_DERIVED)
      return step_refuse(key, "items that may be imputed: no keys, no derived items", e);
  return E_OK;
}

enum err_code step_placed(const struct job_state *j, const struct step_spec *s, enum err_code code, struct err *e) {
  if (!code || !e || e->file[0]) return code;
  (void)snprintf(e->file, sizeof e->file, "%.200s/process.json", j->form->folder ? j->form->folder : "");
  e->line = s->line;
  return code;
}
