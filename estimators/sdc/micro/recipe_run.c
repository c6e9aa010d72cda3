#include "estimators/sdc/micro/recipe_run.h"

#include <math.h>
#include <string.h>

#include "base/sum.h"
#include "estimators/sdc/micro/recipe_run_impl.h"

/* --- state: risk at one time --- */
static enum err_code sensitive_codes(struct recipe_run *x, int32_t **code, int32_t *n_codes, struct err *e) {
  const int at = table_find(x->t, x->r->sensitive);
  struct micro_keys k;
  if (x->t->columns[at].type == COL_INT) return ordered_codes(x, &x->t->columns[at], code, n_codes, e);
  TRY(micro_keys_of(x->a, x->t, &x->r->sensitive, 1, &k, e));
  *code = k.code[0], *n_codes = k.n_codes[0];
  return E_OK;
}
static enum err_code measure_diversity(struct recipe_run *x, const struct micro_patterns *p, struct micro_state *s, struct err *e) {
  struct micro_sensitive v = {.ordered = x->r->sensitive_ordered};
  int32_t *code;
  if (!x->r->sensitive) return E_OK;
  TRY(sensitive_codes(x, &code, &v.n_codes, e));
  v.code = code;
  v.ordered = v.ordered && table_column(x->t, x->r->sensitive)->type == COL_INT;
  s->has_sensitive = true;
  return micro_diversity_of(x->a, p, &v, &(struct micro_diversity_limits){.l = x->r->l, .c = x->r->c, .t = x->r->t}, &s->diversity, e);
}
static void find_fraction(struct recipe_run *x, const struct micro_units *u, struct micro_state *s) {
  const double population = sum_of(u->weight, u->n);
  s->fraction = x->r->fraction > 0 ? x->r->fraction * x->kept : u->weighted && population > (double)u->n ? (double)u->n / population : 0;
  s->has_fraction = s->fraction > 0 && s->fraction < 1;
}
static void count_state(struct recipe_run *x, const struct micro_frequency *f, struct micro_state *s) {
  const struct micro_patterns *p = f->patterns;
  s->n_records = p->n_records, s->n_patterns = p->n;
  s->n_below = micro_below(f, x->r->meaning, (double)x->r->k);
  for (int32_t k = 0; k < p->n; k++) {
    const double n = micro_count(f, x->r->meaning, k);
    s->n_unique += n < 1.5 ? p->count[k] : 0;
    s->n_whole_below += !p->missing[k] && f->same[k] < x->r->k ? p->count[k] : 0;
    if (k == 0 || n < s->least) s->least = n;
  }
}
static enum err_code count_households(struct recipe_run *x, const struct micro_patterns *p, const struct micro_units *u, struct micro_state *s,
    struct err *e) {
  int32_t *composition;
  int64_t *n, limit = x->r->household_k ? x->r->household_k : x->r->k;
  if (!u->households) return E_OK;
  TRY(recipe_compositions(x->a, p, u, &composition, &n, e));
  s->n_households = u->n_units;
  for (int32_t h = 0; h < u->n_units; h++) {
    const int64_t same = n[composition[h]];
    s->n_household_below += same < limit;
    if (h == 0 || same < s->least_households) s->least_households = same;
  }
  return E_OK;
}
enum err_code recipe_run_measure(struct recipe_run *x, struct micro_state *s, struct err *e) {
  struct micro_units u;
  struct micro_keys keys;
  struct micro_patterns p;
  struct micro_frequency f;
  *s = (struct micro_state){.n_records = 0};
  TRY(micro_units_of(x->a, x->t, x->r->household, x->r->record, x->r->weight, NULL, &u, e));
  TRY(micro_keys_of(x->a, x->t, x->r->key, x->r->n_keys, &keys, e));
  find_fraction(x, &u, s);
  for (int64_t i = 0; !u.weighted && s->has_fraction && i < u.n; i++) u.weight[i] = 1 / s->fraction;
  TRY(micro_patterns_of(x->a, &keys, u.weight, &p, e));
  TRY(micro_frequency_of(x->a, &p, &f, e));
  count_state(x, &f, s);
  s->has_household = u.households;
  TRY(count_households(x, &p, &u, s, e));
  TRY(micro_risk_of(x->a, &f, x->r->meaning, u.households ? u.unit : NULL, &s->risk, e));
  if (s->has_fraction) {
    TRY(micro_suda_of(x->a, &p, &(struct micro_suda_options){.fraction = s->fraction}, &s->suda, e));
    TRY(micro_loglinear_of(x->a, &p, s->fraction, false, &s->model, e));
  }
  return measure_diversity(x, &p, s, e);
}

/* --- the verdict --- */
/* The most keys that are judged together: all, or as many as the last suppression took. */
static int judged_together(const struct micro_recipe *r) {
  int n = r->n_keys;
  for (int k = 0; k < r->n_steps; k++)
    if (r->step[k].kind == MICRO_STEP_SUPPRESS) n = r->step[k].combinations ? r->step[k].combinations : r->n_keys;
  return n;
}
static enum err_code judge_set(struct recipe_run *x, uint32_t set, struct micro_report *out, struct err *e) {
  const char *name[MICRO_KEYS_MOST];
  struct micro_keys keys;
  struct micro_recount again;
  int n = 0;
  for (int j = 0; j < x->r->n_keys; j++)
    if (set >> j & 1) name[n++] = x->r->key[j];
  TRY(micro_keys_of(x->a, x->t, name, n, &keys, e));
  TRY(micro_recount(x->a, &keys, NULL, x->r->k, &again, e));
  if (!out->recounted || again.n_below > out->recount.n_below) out->recount.n_below = again.n_below;
  if (!out->recounted || again.least < out->recount.least) out->recount.least = again.least;
  out->recounted = true;
  return E_OK;
}
static enum err_code judge(struct recipe_run *x, struct micro_report *out, struct err *e) {
  const int most = judged_together(x->r);
  out->safe = most < x->r->n_keys || out->after.n_below == 0;
  for (int k = 0; k < x->r->n_steps; k++)
    if (out->steps[k].step->strict && out->steps[k].attack.n_below) out->safe = false;
  if (x->r->household_k && out->after.n_household_below) out->safe = false;
  if (x->r->meaning.missing != MICRO_MATCHES_ALL) return E_OK;
  for (uint32_t set = 1; set < 1u << x->r->n_keys; set++) {
    if (micro_set_size(set) != most) continue; /* fewer keys agree wherever more do */
    const struct arena_mark mark = arena_mark(x->a);
    const enum err_code code = judge_set(x, set, out, e);
    arena_reset(x->a, mark);
    if (code) return code;
  }
  out->safe = out->safe && out->recount.n_below == 0;
  return E_OK;
}

/* --- loss --- */
struct kept_column { /* as it was before the steps */
  const char *name;
  double *value;
  uint8_t *present;
};
struct kept {
  int n;
  struct kept_column column[MICRO_LOSS_COLUMNS_MOST];
};
static bool compared(const struct recipe_run *x, const struct micro_variable *v) {
  const char *w = x->r->weight;
  return v->kind == MICRO_NUMBER && v->later == MICRO_NUMBER && v->written && !(w && !strcmp(w, v->name));
}
static enum err_code keep_numbers(struct recipe_run *x, struct kept *k, struct err *e) {
  *k = (struct kept){.n = 0};
  for (int i = 0; i < x->r->n_variables && k->n < MICRO_LOSS_COLUMNS_MOST; i++) {
    if (!compared(x, &x->r->variable[i])) continue;
    const struct column *c = table_column(x->t, x->r->variable[i].name);
    struct kept_column *to = &k->column[k->n++];
    *to = (struct kept_column){.name = c->name, .value = ARENA_ARRAY(x->a, double, x->t->n_rows + 1),
        .present = ARENA_ARRAY(x->a, uint8_t, x->t->n_rows + 1)};
    if (!to->value || !to->present) return ERR(e, E_NO_MEMORY, .subject = c->name);
    for (int64_t r = 0; r < x->t->n_rows; r++) to->value[r] = micro_value(c, r), to->present[r] = value_present(c->status[r]);
  }
  return E_OK;
}
static bool whole_record(const struct recipe_run *x, const struct kept *k, const struct column *row, int64_t i) {
  for (int j = 0; j < k->n; j++)
    if (!k->column[j].present[row->i64[i]] || !value_present(table_column(x->t, k->column[j].name)->status[i])) return false;
  return true;
}
static enum err_code measure_loss(struct recipe_run *x, const struct kept *k, struct micro_report *out, struct err *e) {
  static const struct micro_loss_options options = {.width = 10, .linkage_most = 20000};
  const struct column *row = table_column(x->t, MICRO_ROW_COLUMN);
  double *before[MICRO_LOSS_COLUMNS_MOST], *after[MICRO_LOSS_COLUMNS_MOST];
  int64_t n = 0;
  out->n_loss = k->n;
  if (!k->n) return E_OK;
  for (int j = 0; j < k->n; j++) {
    out->loss_variable[j] = k->column[j].name;
    before[j] = ARENA_ARRAY(x->a, double, x->t->n_rows + 1), after[j] = ARENA_ARRAY(x->a, double, x->t->n_rows + 1);
    if (!before[j] || !after[j]) return ERR(e, E_NO_MEMORY, .subject = "information loss");
  }
  for (int64_t i = 0; i < x->t->n_rows; i++) {
    if (!whole_record(x, k, row, i)) continue;
    for (int j = 0; j < k->n; j++)
      before[j][n] = k->column[j].value[row->i64[i]], after[j][n] = micro_value(table_column(x->t, k->column[j].name), i);
    n++;
  }
  return micro_loss_of(x->a, (const double *const *)before, (const double *const *)after, k->n, n, &options, &out->loss, e);
}
/* Means, deviations and correlations of the whole file at one time, by its weights. */
static enum err_code keep_utility(struct recipe_run *x, struct micro_report *out, bool after, struct err *e) {
  const struct column *c[MICRO_LOSS_COLUMNS_MOST];
  struct micro_units u;
  int n = 0;
  for (int i = 0; i < x->r->n_variables && n < MICRO_LOSS_COLUMNS_MOST; i++)
    if (compared(x, &x->r->variable[i])) c[n++] = table_column(x->t, x->r->variable[i].name);
  if (!n) return E_OK;
  TRY(micro_units_of(x->a, x->t, NULL, NULL, x->r->weight, NULL, &u, e));
  micro_utility_side(c, n, u.weight, x->t->n_rows, after, &out->utility);
  return E_OK;
}
static void count_missing(const struct recipe_run *x, struct micro_report *out, bool after) {
  for (int i = 0; i < x->r->n_variables; i++) {
    const struct column *c = table_column(x->t, x->r->variable[i].name);
    for (int64_t r = 0; r < x->t->n_rows; r++) {
      if (value_present(c->status[r])) continue;
      if (!after) out->blanks[i].missing_before++;
      else out->blanks[i].missing_after++, out->blanks[i].suppressed += c->status[r] == VAL_SUPPRESSED;
    }
  }
}

/* --- all of it --- */
static enum err_code check(const struct micro_recipe *r, struct table *t, const struct micro_stream *s, struct err *e) {
  for (int k = 0; k < r->n_variables; k++) {
    const struct column *c = table_column(t, r->variable[k].name);
    if (!c || (c->type == COL_INT) != (r->variable[k].kind == MICRO_NUMBER)) return ERR(e, E_MICRO_VARIABLE, .subject = r->variable[k].name);
  }
  const struct column *row = table_column(t, MICRO_ROW_COLUMN);
  if (!row || row->type != COL_INT) return ERR(e, E_MICRO_VARIABLE, .subject = MICRO_ROW_COLUMN);
  for (int k = 0; !s && k < r->n_steps; k++)
    if (micro_step_draws(r->step[k].kind)) return ERR(e, E_MICRO_SEED, .subject = micro_step_name(r->step[k].kind));
  return E_OK;
}
enum err_code micro_recipe_run(struct arena *a, const struct micro_recipe *r, struct table *t, const struct micro_stream *s, struct micro_report *out,
    struct err *e) {
  struct recipe_run x = {.a = a, .r = r, .t = t, .s = s, .kept = 1};
  struct kept kept;
  *out = (struct micro_report){.recipe = r, .steps = ARENA_ARRAY(a, struct micro_step_report, r->n_steps + 1),
      .blanks = ARENA_ARRAY(a, struct micro_blanks, r->n_variables)};
  if (!out->steps || !out->blanks) return ERR(e, E_NO_MEMORY, .subject = "report");
  TRY(check(r, t, s, e));
  TRY(recipe_check_households(&x, e));
  TRY(recipe_run_measure(&x, &out->before, e));
  TRY(keep_numbers(&x, &kept, e));
  TRY(keep_utility(&x, out, false, e));
  count_missing(&x, out, false);
  for (int k = 0; k < r->n_steps; k++) TRY(recipe_run_step(&x, &r->step[k], &out->steps[k], e));
  count_missing(&x, out, true);
  TRY(recipe_run_measure(&x, &out->after, e));
  TRY(recipe_check_households(&x, e));
  TRY(measure_loss(&x, &kept, out, e));
  TRY(keep_utility(&x, out, true, e));
  return judge(&x, out, e);
}
