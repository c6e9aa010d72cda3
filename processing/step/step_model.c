#include "processing/step/step_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static enum err_code no_memory(const struct step_model *m, struct err *e) { return ERR(e, E_NO_MEMORY, .subject = m->s->name); }

/* --- values and what they may be used for --- */
static enum model_use use_of(const struct step_model *m, const struct item *item, int64_t record) {
  const int index = (int)(item - m->j->form->items);
  const uint8_t status = step_status(m->j, item, record);
  if (!value_present(status) || cell_flagged(&m->j->flags, index, record, FLAG_EXCLUDE)) return MODEL_GAP;
  if (status == VAL_IMPUTED) return MODEL_KNOWN;
  return cell_flagged(&m->j->flags, index, record, FLAG_IMPUTE) ? MODEL_GAP : MODEL_FIT;
}

static void judge(struct step_model *m, int k, bool filled) {
  const int64_t n = m->view.now.n;
  for (int64_t i = 0; i < n; i++) {
    const int64_t record = m->view.record[i];
    m->use[k * n + i] = (uint8_t)use_of(m, m->items[k], record);
    m->target[k * n + i] = filled && step_target(m->j, m->items[k], record);
    if (step_status(m->j, m->items[k], record) == VAL_NOT_APPLICABLE) m->out[i] = 1;
  }
}

static void numbers(struct step_model *m, int k) {
  for (int64_t i = 0; i < m->view.now.n; i++) {
    const struct unit_shard *shard = job_shard_of(m->j, m->view.record[i]);
    const struct column *c = table_column(shard->current, m->items[k]->name);
    double one = 1;
    if (m->use[k * m->view.now.n + i] == MODEL_GAP || !c) continue;
    for (int d = 0; d < c->decimals; d++) one *= 10;
    m->x[k * m->view.now.n + i] = (double)c->i64[m->view.record[i] - shard->first_record] / one;
  }
}

static int by_text(const void *a, const void *b) { return str_cmp(*(const struct str *)a, *(const struct str *)b); }

static struct str text_of(const struct step_model *m, const struct item *item, int64_t record) {
  const struct unit_shard *shard = job_shard_of(m->j, record);
  const struct column *c = table_column(shard->current, item->name);
  return c ? dict_text(c->dict, c->code[record - shard->first_record]) : STR("");
}

static enum err_code codes(struct step_model *m, int k, struct err *e) {
  const int64_t n = m->view.now.n;
  struct dict *all = dict_new(m->j->arena);
  if (!all) return no_memory(m, e);
  for (int64_t i = 0; i < n; i++)
    if (m->use[k * n + i] != MODEL_GAP && dict_add(all, text_of(m, m->items[k], m->view.record[i])) < 0) return no_memory(m, e);
  const int32_t count = dict_count(all);
  if (!(m->texts[k] = ARENA_ARRAY(m->j->arena, struct str, count + 1))) return no_memory(m, e);
  for (int32_t q = 0; q < count; q++) m->texts[k][q] = dict_text(all, q);
  qsort(m->texts[k], (size_t)count, sizeof *m->texts[k], by_text);
  for (int64_t i = 0; i < n; i++) {
    if (m->use[k * n + i] == MODEL_GAP) continue;
    const struct str text = text_of(m, m->items[k], m->view.record[i]);
    const struct str *at = bsearch(&text, m->texts[k], (size_t)count, sizeof text, by_text);
    m->x[k * n + i] = at ? (double)(at - m->texts[k]) : 0;
  }
  return E_OK;
}

static enum err_code room(struct step_model *m, struct err *e) {
  struct arena *a = m->j->arena;
  const int64_t n = m->view.now.n, cells = n * m->p + 1;
  m->x = ARENA_ARRAY(a, double, cells), m->value = ARENA_ARRAY(a, double, cells);
  m->use = ARENA_ARRAY(a, uint8_t, cells), m->target = ARENA_ARRAY(a, uint8_t, cells), m->found = ARENA_ARRAY(a, uint8_t, cells);
  m->out = ARENA_ARRAY(a, uint8_t, n + 1), m->donor = ARENA_ARRAY(a, int64_t, n + 1);
  m->texts = ARENA_ARRAY(a, struct str *, m->p), m->formula = ARENA_ARRAY(a, const char *, m->p);
  m->fitted = ARENA_ARRAY(a, int64_t, m->scope->n_groups + 1);
  if (!m->x || !m->value || !m->use || !m->target || !m->found || !m->out || !m->donor || !m->texts || !m->formula || !m->fitted)
    return no_memory(m, e);
  for (int64_t i = 0; i < n; i++) m->donor[i] = -1;
  for (int32_t g = 0; g < m->scope->n_groups; g++) m->fitted[g] = -1;
  return E_OK;
}

enum err_code step_model_begin(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, const struct item *const *items, int p,
    int n_filled, struct step_model *out, struct err *e) {
  *out = (struct step_model){.j = j, .s = s, .scope = scope, .items = items, .p = p};
  TRY(step_view_rows(j, scope, &out->view, e));
  TRY(room(out, e));
  for (int k = 0; k < p; k++) {
    judge(out, k, k < n_filled);
    if (items[k]->type == COL_INT) numbers(out, k);
    else TRY(codes(out, k, e));
  }
  const int64_t n = out->view.now.n;
  for (int64_t i = 0; i < n * p; i++) {
    out->to_impute += out->target[i];
    out->not_applicable += out->target[i] && out->out[i % n];
  }
  return unit_order_make(j->arena, out->view.now.unit, n, out->view.group, scope->n_groups, &out->order, e);
}

/* --- one class --- */
enum err_code step_model_class(const struct step_model *m, int32_t g, bool known, struct model_class *out, struct err *e) {
  const int64_t most = m->order.start[g + 1] - m->order.start[g], all = m->view.now.n;
  const char **names = ARENA_ARRAY(m->j->arena, const char *, m->p);
  struct str *unit = ARENA_ARRAY(m->j->arena, struct str, most + 1);
  *out = (struct model_class){.row = ARENA_ARRAY(m->j->arena, int32_t, most + 1)};
  if (!names || !unit || !out->row) return no_memory(m, e);
  for (int32_t at = m->order.start[g]; at < m->order.start[g + 1]; at++)
    if (!m->out[m->order.row[at]]) out->row[out->n++] = m->order.row[at];
  for (int k = 0; k < m->p; k++) names[k] = m->items[k]->name;
  TRY(num_table_init(&out->t, m->j->arena, names, m->p, out->n, e));
  for (int64_t i = 0; i < out->n; i++) unit[i] = m->view.now.unit[out->row[i]];
  out->t.unit = unit;
  for (int k = 0; k < m->p; k++)
    for (int64_t i = 0; i < out->n; i++) {
      const int64_t at = k * all + out->row[i];
      if (m->use[at] != MODEL_FIT && !(known && m->use[at] == MODEL_KNOWN)) continue;
      out->t.columns[k].x[i] = m->x[at];
      out->t.columns[k].status[i] = VAL_REPORTED;
    }
  return E_OK;
}

int64_t step_model_fitting(const struct step_model *m, const struct model_class *c, int item) {
  int64_t n = 0;
  for (int64_t i = 0; i < c->n; i++) n += m->use[item * m->view.now.n + c->row[i]] == MODEL_FIT;
  return n;
}

bool step_model_wanted(const struct step_model *m, const struct model_class *c, int item) {
  for (int64_t i = 0; i < c->n; i++)
    if (m->target[item * m->view.now.n + c->row[i]]) return true;
  return false;
}

void step_model_take(struct step_model *m, const struct model_class *c, const struct num_table *t) {
  for (int k = 0; k < m->p; k++)
    for (int64_t i = 0; i < c->n; i++) {
      const int64_t at = k * m->view.now.n + c->row[i];
      if (!m->target[at] || !num_present(&t->columns[k], i)) continue;
      m->value[at] = t->columns[k].x[i];
      m->found[at] = 1;
    }
}

enum err_code step_model_ask(struct step_model *m, const struct model_class *c, struct err *e) {
  for (int64_t i = 0; i < c->n; i++) {
    struct strbuf items;
    strbuf_init(&items, 0);
    for (int k = 0; k < m->p; k++)
      if (m->target[k * m->view.now.n + c->row[i]]) {
        if (items.n) strbuf_addc(&items, ';');
        strbuf_add(&items, m->items[k]->name, strlen(m->items[k]->name));
      }
    const struct job_proposal p = {items.n ? strbuf_cstr(&items) : "", "補完のモデルが収束せず、値を補完できない",
        "the model of the class did not converge: no value was put in",
        "報告者に値を確かめるか、階層か方法を変える", "ask the respondent for the value, or change the class or the method"};
    const enum err_code code = items.failed ? no_memory(m, e) : items.n ? job_propose(m->j, m->s, m->view.record[c->row[i]], &p, e) : E_OK;
    strbuf_release(&items);
    if (code) return code;
  }
  return E_OK;
}

enum err_code step_model_fitted(struct step_model *m, enum err_code code, bool *fitted, struct err *e) {
  *fitted = code == E_OK;
  if (code != E_MODEL_DATA) return step_placed(m->j, m->s, code, e);
  m->not_fitted++;
  *e = (struct err){.code = E_OK};
  return E_OK;
}

/* --- back --- */
static enum err_code put_text(struct step_model *m, int k, int64_t record, double rank, const struct change_reason *why, struct err *e) {
  const struct unit_shard *shard = job_shard_of(m->j, record);
  struct column *c = table_column(shard->current, m->items[k]->name);
  if (!c) return ERR(e, E_NUM_COLUMN, .subject = m->items[k]->name);
  m->j->changed[record] = 1;
  return change_text(&m->j->log, c, record - shard->first_record, record, m->texts[k][(int64_t)rank], VAL_IMPUTED, why, e);
}

/* A value the item may not have is not put in: the record is named. */
static enum err_code name_record(struct step_model *m, int k, int64_t record, struct err *e) {
  const struct job_proposal p = {m->items[k]->name, "モデルによる補完値が項目の上下限の外にあり、補完していない",
      "the value of the model lies outside the item's limits and was not put in",
      "報告者に値を確かめるか、モデルか上下限を見直す", "ask the respondent for the value, or look at the model or the limits"};
  m->out_of_range++;
  return job_propose(m->j, m->s, record, &p, e);
}

static enum err_code put_one(struct step_model *m, int k, int64_t i, const char *method, struct err *e) {
  const int32_t g = m->view.group[i];
  const int64_t at = k * m->view.now.n + i;
  const struct change_reason why = {.method = method,
      .class = m->scope->group_names[g],
      .level = m->s->n_by > 0,
      .donors = m->fitted[g],
      .rule = m->s->rule,
      .donor = m->donor[i] < 0 ? 0 : m->view.record[m->donor[i]] + 1,
      .formula = m->formula[k]};
  enum step_put done = STEP_PUT;
  if (m->texts[k]) TRY(put_text(m, k, m->view.record[i], m->value[at], &why, e));
  else TRY(step_put_number(m->j, m->items[k], m->view.record[i], m->value[at], &why, &done, e));
  if (done == STEP_PUT_OUT_OF_RANGE) return name_record(m, k, m->view.record[i], e);
  m->imputed++;
  return E_OK;
}

enum err_code step_model_put(struct step_model *m, const char *method, struct err *e) {
  for (int64_t i = 0; i < m->view.now.n; i++)
    for (int k = 0; k < m->p; k++)
      if (m->found[k * m->view.now.n + i]) TRY(put_one(m, k, i, method, e));
  return E_OK;
}

static void say_unconverged(const struct step_model *m) {
  struct err note;
  const char *many = arena_printf(m->j->arena, "%lld", (long long)m->not_converged);
  if (!m->not_converged || !many) return;
  (void)ERR(&note, E_STEP_UNCONVERGED, .subject = m->s->name, .found = many);
  job_problem(m->j->job, &note);
}

void step_model_notes(const struct step_model *m, struct step_report *r) {
  say_unconverged(m);
  step_note(r, "to_impute", m->to_impute);
  step_note(r, "imputed", m->imputed);
  step_note(r, "out_of_range", m->out_of_range);
  step_note(r, "not_applicable", m->not_applicable);
  step_note(r, "no_group", m->view.no_group);
  step_note(r, "classes_fitted", m->classes);
  step_note(r, "too_small", m->too_small);
  step_note(r, "not_fitted", m->not_fitted);
  step_note(r, "not_converged", m->not_converged);
  if (m->iterations) step_note(r, "iterations", m->iterations);
  if (m->condition > 0) step_note(r, "condition", m->condition < 1e15 ? (int64_t)ceil(m->condition) : INT64_C(1000000000000000));
}
