#include "processing/step/step_mixed.h"

#include <math.h>
#include <string.h>

#include "processing/step/reliability.h"

static enum err_code no_memory(const struct step_spec *s, struct err *e) { return ERR(e, E_NO_MEMORY, .subject = s->name); }

/* --- rules and costs --- */
static int item_of(const struct job_state *j, const struct mixed_step *m, int v) {
  const struct rule_set *s = &m->rules;
  if (v < m->p) return s->product[v].x >= 0 || (s->parameter && s->parameter[v]) ? -1 : form_item_index(j->form, s->numeric.names[v]);
  const struct rule_category *k = &s->categories[v - m->p];
  return k->parameter ? -1 : form_item_index(j->form, k->item);
}
static enum err_code costs(struct job_state *j, const struct step_scope *scope, struct mixed_step *m, struct err *e) {
  const int n = m->p + m->q;
  m->item = ARENA_ARRAY(j->arena, int, n + 1);
  m->weight = ARENA_ARRAY(j->arena, double, n + 1);
  m->record_weight = ARENA_ARRAY(j->arena, const double *, n + 1);
  const double **of_item = ARENA_ARRAY(j->arena, const double *, j->form->n_items + 1);
  if (!m->item || !m->weight || !m->record_weight || !of_item) return no_memory(m->step, e);
  for (int v = 0; v < n; v++) {
    const int i = m->item[v] = item_of(j, m, v);
    const struct item *it = i < 0 ? NULL : &j->form->items[i];
    m->weight[v] = !it || it->required || it->origin == ORIGIN_DERIVED ? INFINITY : j->plan->reliability[i];
    if (!isfinite(m->weight[v])) continue;
    if (!of_item[i]) TRY(job_reliability(j, i, scope->selected, &of_item[i], e));
    m->record_weight[v] = of_item[i];
  }
  return E_OK;
}
static enum err_code presences(struct job_state *j, struct mixed_step *m, struct err *e) {
  const int n = m->p + m->q;
  if (!(m->presence = ARENA_ARRAY(j->arena, int, n + 1))) return no_memory(m->step, e);
  for (int v = 0; v < n; v++) {
    m->presence[v] = -1;
    for (int u = m->p; u < n && m->item[v] >= 0; u++)
      if (u != v && m->rules.categories[u - m->p].presence && m->item[u] == m->item[v]) m->presence[v] = u;
  }
  return E_OK;
}
enum err_code mixed_step_build(struct job_state *j, const struct step_spec *s, const struct step_scope *scope, const struct rule_set *chosen,
                               struct mixed_step *out, struct err *e) {
  out->step = s;
  out->rules = *chosen;
  if (!chosen->n_rules) return ERR(e, E_JOB_NO_RULE, .subject = s->name);
  out->p = out->rules.numeric.p;
  out->q = out->rules.n_categories;
  TRY(costs(j, scope, out, e));
  TRY(presences(j, out, e));
  out->spec.rules = &out->rules;
  out->spec.whole = true;
  out->spec.seed = s->seed;
  return E_OK;
}

/* --- one value --- */
bool mixed_absent(const struct mixed_shard *s, int v, int64_t row) {
  return v < s->m->p ? !num_present(&s->data.numbers.columns[v], row) : s->data.codes[v - s->m->p][row] < 0;
}
static bool unknown_or_refused(uint8_t status) { return status == VAL_UNKNOWN || status == VAL_REFUSED; }
bool mixed_stays(const struct mixed_shard *s, int v, int64_t row, bool asked) {
  if (!mixed_absent(s, v, row)) return false;
  if (s->m->item[v] < 0) return true;
  const uint8_t status = s->column[v]->status[row];
  if (value_present(status) && s->m->rules.categories[v - s->m->p].classes) return true; /* of an open list, and of no class that rules speak of */
  return !asked && !value_present(status) && status != VAL_INVALID; /* a code of no list and what is no value are wrong */
}
bool mixed_lacks(const struct mixed_shard *s, int v, int64_t row) {
  if (v >= s->m->p || s->m->item[v] < 0 || s->m->presence[v] >= 0 || !mixed_absent(s, v, row)) return false;
  const uint8_t status = s->column[v]->status[row];
  return status != VAL_NOT_APPLICABLE && !(s->m->keep_unknown && unknown_or_refused(status));
}
bool mixed_flagged(const struct mixed_shard *s, int v, int64_t row) {
  const int i = s->m->item[v];
  if (i < 0 || (v >= s->m->p && s->m->rules.categories[v - s->m->p].presence) || s->column[v]->status[row] == VAL_IMPUTED) return false;
  return cell_flagged(&s->j->flags, i, s->shard->first_record + row, FLAG_IMPUTE);
}

/* --- which records --- */
static bool beyond(const struct mixed_shard *s, int v, int64_t row) {
  const struct linear_system *l = &s->m->rules.numeric;
  const double x = s->data.numbers.columns[v].x[row], slack = 1e-6 + 1e-9 * fabs(x);
  return x < l->lower[v] - slack || x > l->upper[v] + slack;
}
static bool suspect(const struct mixed_shard *s, int64_t row) {
  for (int v = 0; v < s->m->p + s->m->q; v++) {
    if (s->m->item[v] < 0) continue;
    const bool absent = mixed_absent(s, v, row);
    if (absent ? !mixed_stays(s, v, row, false) : v < s->m->p && beyond(s, v, row)) return true;
    if (!absent && mixed_flagged(s, v, row)) return true;
  }
  return false;
}
/* Is the rule undecided for want of a number that should be there? */
static bool wants_number(const struct mixed_shard *s, const struct rule *r, int64_t row) {
  for (int t = 0; t < r->n_atoms; t++)
    for (int k = 0; !r->atoms[t].category && k < r->atoms[t].linear.n; k++) {
      const int v = r->atoms[t].linear.var[k], x = s->m->rules.product[v].x;
      if (mixed_lacks(s, x < 0 ? v : x, row)) return true;
    }
  return false;
}
static enum err_code mark(const struct mixed_shard *s, struct arena *a, const struct step_scope *scope, int64_t *rows, int *exact, int64_t *n,
                          int64_t *judged, struct err *e) {
  const int64_t all = s->shard->current->n_rows;
  const int m = s->m->rules.n_rules;
  struct rule_plan *plan;
  uint8_t *status = ARENA_ARRAY(a, uint8_t, (int64_t)m * LINEAR_BLOCK + 1);
  uint8_t failing[LINEAR_BLOCK];
  int first[LINEAR_BLOCK];
  if (!status) return no_memory(s->m->step, e);
  TRY(rule_plan_new(a, &s->m->rules, &s->data, &plan, e));
  for (int64_t row0 = 0; row0 < all; row0 += LINEAR_BLOCK) {
    const int block = all - row0 < LINEAR_BLOCK ? (int)(all - row0) : LINEAR_BLOCK;
    memset(failing, 0, sizeof failing);
    for (int k = 0; k < block; k++) first[k] = -1;
    rule_eval(plan, row0, block, status);
    for (int i = 0; i < m; i++)
      for (int k = 0; k < block; k++) {
        const uint8_t v = status[(size_t)i * LINEAR_BLOCK + (size_t)k];
        if (v == EDIT_FAIL && first[k] < 0 && !s->m->rules.rules[i].soft) first[k] = i;
        failing[k] |= v == EDIT_FAIL || (v == EDIT_MISS && !failing[k] && wants_number(s, &s->m->rules.rules[i], row0 + k));
      }
    for (int k = 0; k < block; k++) {
      if (!scope->selected[s->shard->first_record + row0 + k]) continue;
      ++*judged;
      if (!failing[k] && !suspect(s, row0 + k)) continue;
      exact[*n] = first[k];
      rows[(*n)++] = row0 + k;
    }
  }
  return E_OK;
}
static enum err_code columns(struct mixed_shard *s, struct arena *a, struct err *e) {
  const int n = s->m->p + s->m->q;
  s->column = ARENA_ARRAY(a, const struct column *, n + 1);
  if (!s->column) return no_memory(s->m->step, e);
  for (int v = 0; v < n; v++) {
    if (s->m->item[v] < 0) continue;
    const char *name = s->j->form->items[s->m->item[v]].name;
    if (!(s->column[v] = table_column(s->shard->current, name))) return ERR(e, E_RULES_COLUMN, .subject = name);
  }
  return E_OK;
}
enum err_code mixed_step_shard(struct job_state *j, const struct mixed_step *m, const struct step_scope *scope, const struct unit_shard *shard,
                               struct arena *a, struct mixed_cases *out, struct err *e) {
  struct mixed_shard s = {.m = m, .j = j, .shard = shard};
  int64_t *rows = ARENA_ARRAY(a, int64_t, shard->current->n_rows + 1);
  int *exact = ARENA_ARRAY(a, int, shard->current->n_rows + 1);
  *out = (struct mixed_cases){0};
  if (!rows || !exact) return no_memory(m->step, e);
  TRY(rule_data_of(a, &m->rules, shard, &s.data, e));
  TRY(columns(&s, a, e));
  TRY(mark(&s, a, scope, rows, exact, &out->n, &out->judged, e));
  out->list = ARENA_ARRAY(a, struct mixed_case, out->n + 1);
  if (!out->list) return no_memory(m->step, e);
  TRY(mixed_search_rows(&s, a, rows, out->n, out->list, e));
  for (int64_t i = 0; i < out->n; i++) out->list[i].exact = exact[i];
  return E_OK;
}
