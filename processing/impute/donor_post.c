#include "processing/impute/donor_post.h"

#include <stdio.h>

void donor_apply(struct num_table *t, const struct donor_result *r) {
  for (int64_t i = 0; i < r->n_changes; i++) {
    const struct donor_change *c = &r->changes[i];
    t->columns[c->column].x[c->row] = c->value;
    t->columns[c->column].status[c->row] = VAL_IMPUTED;
  }
}
const char *donor_post_rule(const struct linear_system *rules, int rule) {
  return rule < rules->m ? rules->edits[rule].id : rules->names[rule - rules->m];
}
void donor_post_error(const struct num_table *t, const struct linear_system *rules, const struct donor_failure *f, struct err *e) {
  char unit[ERR_TEXT_BYTES];
  const struct str id = t->unit[f->row];
  snprintf(unit, sizeof unit, "%.*s", (int)(id.n < sizeof unit ? id.n : sizeof unit - 1), id.p);
  (void)ERR(e, E_DONOR_FAILED_POST, .subject = unit, .expected = donor_post_rule(rules, f->rule));
}

struct look {
  const struct num_table *t;
  const struct linear_system *rules;
  const int *column;
  double *x;
  bool *present;
};
static void read_row(const struct look *k, int64_t row) {
  for (int v = 0; v < k->rules->p; v++) {
    const struct num_column *c = &k->t->columns[k->column[v]];
    k->present[v] = num_present(c, row);
    k->x[v] = k->present[v] ? c->x[row] : 0;
  }
}
static enum donor_post_state state_of(const struct look *k, int rule) {
  const struct linear_system *s = k->rules;
  if (rule >= s->m) {
    const int v = rule - s->m;
    if (!k->present[v]) return POST_UNKNOWN;
    return k->x[v] < s->lower[v] || k->x[v] > s->upper[v] ? FAILED_POST : POST_HOLDS;
  }
  for (int i = 0; i < s->edits[rule].n; i++)
    if (!k->present[s->edits[rule].var[i]]) return POST_UNKNOWN;
  return linear_holds(&s->edits[rule], k->x) ? POST_HOLDS : FAILED_POST;
}
static enum donor_post_state look_at(const struct look *k, int64_t row, struct donor_failure *to, int64_t *n) {
  enum donor_post_state worst = POST_HOLDS;
  read_row(k, row);
  for (int rule = 0; rule < k->rules->m + k->rules->p; rule++) {
    const enum donor_post_state state = state_of(k, rule);
    if (state > worst) worst = state;
    if (state != FAILED_POST) continue;
    if (to) to[*n] = (struct donor_failure){row, rule};
    ++*n;
  }
  return worst;
}
enum err_code donor_post_check(struct arena *a, const struct num_table *t, const struct linear_system *rules, const int64_t *rows, int64_t n_rows,
                               struct donor_post *out, struct err *e) {
  int *column = ARENA_ARRAY(a, int, rules->p);
  struct look k = {.t = t, .rules = rules, .column = column, .x = ARENA_ARRAY(a, double, rules->p), .present = ARENA_ARRAY(a, bool, rules->p)};
  *out = (struct donor_post){.state = ARENA_ARRAY(a, uint8_t, n_rows)};
  if (!column || !k.x || !k.present || !out->state) return ERR(e, E_NO_MEMORY, .subject = "rules after imputation");
  for (int v = 0; v < rules->p; v++)
    if ((column[v] = num_table_find(t, str_of(rules->names[v]))) < 0) return ERR(e, E_NUM_COLUMN, .subject = rules->names[v]);
  for (int64_t i = 0; i < n_rows; i++) {
    out->state[i] = (uint8_t)look_at(&k, rows[i], NULL, &out->n_failures);
    out->by_state[out->state[i]]++;
  }
  out->failures = ARENA_ARRAY(a, struct donor_failure, out->n_failures);
  if (!out->failures) return ERR(e, E_NO_MEMORY, .subject = "rules after imputation");
  out->n_failures = 0;
  for (int64_t i = 0; i < n_rows; i++)
    if (out->state[i] == FAILED_POST) (void)look_at(&k, rows[i], out->failures, &out->n_failures);
  return E_OK;
}
