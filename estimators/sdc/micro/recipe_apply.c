/* recipe_apply.c -- one function per step of a recipe; recipe_run_step chooses by the kind. */
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/micro/microaggregate.h"
#include "estimators/sdc/micro/perturb.h"
#include "estimators/sdc/micro/recipe_run_impl.h"

typedef enum err_code (*step_fn)(struct recipe_run *x, const struct micro_step *step, struct micro_step_report *out, struct err *e);

static struct column *column_of(struct recipe_run *x, const char *name) { return table_column(x->t, name); }
enum err_code recipe_run_units(struct recipe_run *x, struct micro_units *u, struct err *e) {
  TRY(micro_units_of(x->a, x->t, x->r->household, x->r->record, x->r->weight, x->s, u, e));
  if (x->r->record) return E_OK;
  const struct column *row = column_of(x, MICRO_ROW_COLUMN);
  for (int64_t i = 0; i < u->n; i++) u->record[i] = (uint64_t)row->i64[i]; /* the place in the file, not the place now */
  return E_OK;
}
static int64_t present(const struct column *c, int64_t n) {
  int64_t k = 0;
  for (int64_t i = 0; i < n; i++) k += value_present(c->status[i]);
  return k;
}

/* --- coarser values --- */
static enum err_code apply_recode(struct recipe_run *x, const struct micro_step *step, struct micro_step_report *out, struct err *e) {
  struct column *c = column_of(x, step->variable[0]);
  out->n_changed = present(c, x->t->n_rows), out->n_left_alone = x->t->n_rows - out->n_changed;
  if (step->kind == MICRO_STEP_CLASSES) return micro_classify(x->a, c, x->t->n_rows, &step->classes, e);
  return micro_recode(x->a, c, x->t->n_rows, &step->table, e);
}
static enum err_code apply_tail(struct recipe_run *x, const struct micro_step *step, struct micro_step_report *out, struct err *e) {
  struct micro_units u;
  TRY(recipe_run_units(x, &u, e));
  TRY(micro_cut_tail(x->a, column_of(x, step->variable[0]), x->t->n_rows, u.weight, &step->tail, &out->tail, e));
  out->n_changed = out->tail.n_coded, out->n_left_alone = x->t->n_rows - out->tail.n_coded;
  return E_OK;
}

/* --- microaggregation --- */
struct gathered {
  int64_t n, *row;
  double *value[MICRO_STEP_VARIABLES_MOST], *weight;
};
static enum err_code gather(struct recipe_run *x, const struct micro_step *step, int from, int to, struct gathered *g, struct err *e) {
  struct micro_units u;
  *g = (struct gathered){.row = ARENA_ARRAY(x->a, int64_t, x->t->n_rows + 1), .weight = ARENA_ARRAY(x->a, double, x->t->n_rows + 1)};
  if (!g->row || !g->weight) return ERR(e, E_NO_MEMORY, .subject = "microaggregation");
  TRY(recipe_run_units(x, &u, e));
  for (int j = from; j < to; j++)
    if (!(g->value[j - from] = ARENA_ARRAY(x->a, double, x->t->n_rows + 1))) return ERR(e, E_NO_MEMORY, .subject = "microaggregation");
  for (int64_t i = 0; i < x->t->n_rows; i++) {
    bool whole = true;
    for (int j = from; j < to; j++) whole = whole && value_present(column_of(x, step->variable[j])->status[i]);
    if (!whole) continue;
    for (int j = from; j < to; j++) g->value[j - from][g->n] = micro_value(column_of(x, step->variable[j]), i);
    g->weight[g->n] = u.weight[i], g->row[g->n++] = i;
  }
  return E_OK;
}
static enum err_code put_means(struct recipe_run *x, const struct micro_step *step, int from, int to, const struct gathered *g,
    const struct micro_groups *groups, struct micro_step_report *out, struct err *e) {
  double *mean = ARENA_ARRAY(x->a, double, g->n + 1);
  if (!mean) return ERR(e, E_NO_MEMORY, .subject = "microaggregation");
  for (int j = from; j < to; j++) {
    struct column *c = column_of(x, step->variable[j]);
    TRY(micro_group_means(x->a, groups, g->value[j - from], step->by_weight ? g->weight : NULL, g->n, mean, e));
    for (int64_t i = 0; i < g->n; i++) {
      const int64_t before = c->i64[g->row[i]];
      if (!micro_set_value(c, g->row[i], mean[i])) return ERR(e, E_MICRO_PARAMETER, .subject = c->name, .expected = "values below 2^62");
      c->status[g->row[i]] = VAL_DERIVED;
      out->n_changed += c->i64[g->row[i]] != before;
    }
  }
  out->n_groups += groups->n;
  out->n_left_alone += (x->t->n_rows - g->n) * (to - from);
  return E_OK;
}
static enum err_code apply_aggregate(struct recipe_run *x, const struct micro_step *step, struct micro_step_report *out, struct err *e) {
  struct gathered g;
  struct micro_groups groups;
  if (step->kind == MICRO_STEP_AGGREGATE) {
    TRY(gather(x, step, 0, step->n_variables, &g, e));
    TRY(micro_mdav(x->a, (const double *const *)g.value, step->n_variables, g.n, step->k, &groups, e));
    return put_means(x, step, 0, step->n_variables, &g, &groups, out, e);
  }
  for (int j = 0; j < step->n_variables; j++) {
    TRY(gather(x, step, j, j + 1, &g, e));
    TRY(micro_sorted_groups(x->a, g.value[0], g.n, step->k, &groups, e));
    TRY(put_means(x, step, j, j + 1, &g, &groups, out, e));
  }
  return E_OK;
}

/* --- disturbances --- */
static enum err_code apply_disturbance(struct recipe_run *x, const struct micro_step *step, struct micro_step_report *out, struct err *e) {
  struct column *c[MICRO_STEP_VARIABLES_MOST];
  struct micro_units u;
  struct micro_disturbed done;
  TRY(recipe_run_units(x, &u, e));
  const struct micro_disturbance d = {.stream = x->s, .record = u.record, .n = u.n};
  for (int j = 0; j < step->n_variables; j++) c[j] = column_of(x, step->variable[j]);
  const bool together = step->kind == MICRO_STEP_NOISE_CORRELATED;
  for (int j = 0; j < (together ? 1 : step->n_variables); j++) {
    if (together) TRY(micro_noise_correlated(x->a, c, step->n_variables, &d, step->amount, &done, e));
    else if (step->kind == MICRO_STEP_NOISE) TRY(micro_noise(c[j], &d, step->amount, &done, e));
    else if (step->kind == MICRO_STEP_SWAP) TRY(micro_rank_swap(x->a, c[j], &d, step->percent, &done, e));
    else TRY(micro_pram(x->a, c[j], &d, step->least, step->alpha, &done, e));
    out->n_changed += done.n_changed, out->n_left_alone += done.n_left_alone;
  }
  return E_OK;
}

/* --- rows --- */
static enum err_code apply_resample(struct recipe_run *x, const struct micro_step *step, struct micro_step_report *out, struct err *e) {
  struct micro_units u;
  TRY(recipe_run_units(x, &u, e));
  TRY(micro_resample(x->a, x->t, &u, x->r->weight, x->s, step->share, step->by_weight, &out->resampled, e));
  if (u.n) x->kept *= (double)x->t->n_rows / (double)u.n;
  return E_OK;
}
static bool named(const struct micro_step *step, struct str text) {
  for (int k = 0; k < step->n_values; k++)
    if (str_eq(text, str_of(step->values[k]))) return true;
  return false;
}
static enum err_code apply_delete(struct recipe_run *x, const struct micro_step *step, struct micro_step_report *out, struct err *e) {
  const struct column *c = column_of(x, step->variable[0]);
  uint8_t *drop = ARENA_ARRAY(x->a, uint8_t, x->t->n_rows + 1);
  struct micro_units u;
  char b[64];
  if (!drop) return ERR(e, E_NO_MEMORY, .subject = c->name);
  TRY(recipe_run_units(x, &u, e));
  for (int64_t i = 0; i < x->t->n_rows; i++) {
    if (!value_present(c->status[i])) continue;
    drop[i] = (step->has_above && micro_value(c, i) > step->above) || (step->has_below && micro_value(c, i) < step->below) ||
        (step->n_values && named(step, column_text(c, i, b, sizeof b)));
  }
  return micro_delete(x->a, x->t, &u, drop, &out->n_changed, e);
}
static enum err_code apply_order(struct recipe_run *x, const struct micro_step *step, struct micro_step_report *out, struct err *e) {
  struct micro_units u;
  (void)step;
  TRY(recipe_run_units(x, &u, e));
  out->n_changed = u.n;
  return micro_shuffle(x->a, x->t, &u, x->s, e);
}
static enum err_code apply_drop(struct recipe_run *x, const struct micro_step *step, struct micro_step_report *out, struct err *e) {
  (void)e;
  out->n_changed = x->t->n_rows * step->n_variables; /* the recipe no longer lists them as written */
  return E_OK;
}

static enum err_code apply_record_swap(struct recipe_run *x, const struct micro_step *step, struct micro_step_report *out, struct err *e) {
  struct micro_units u;
  TRY(recipe_run_units(x, &u, e));
  const struct micro_swap_plan plan = {.n_levels = step->n_variables, .n_risk = step->n_risk, .n_similar = step->n_similar, .level = step->variable,
      .risk = step->risk, .similar = step->similar, .k = step->k, .rate = step->share};
  TRY(micro_record_swap(x->a, x->t, &u, x->s, &plan, &out->swapped, e));
  out->n_changed = out->swapped.n_households;
  out->n_left_alone = u.n_units - out->swapped.n_households;
  return E_OK;
}

/* --- blanks --- */
static enum err_code attacks(struct recipe_run *x, const struct micro_keys *keys, int64_t k, struct micro_step_report *out, struct err *e) {
  const struct arena_mark mark = arena_mark(x->a);
  uint32_t *none = ARENA_ARRAY(x->a, uint32_t, keys->n + 1);
  if (!none) return ERR(e, E_NO_MEMORY, .subject = "linkage");
  TRY(micro_attack_of(x->a, keys, none, k, &out->open_attack, e));
  TRY(micro_attack_of(x->a, keys, out->suppression.blanked, k, &out->attack, e));
  arena_reset(x->a, mark);
  return E_OK;
}
static enum err_code apply_suppress(struct recipe_run *x, const struct micro_step *step, struct micro_step_report *out, struct err *e) {
  struct micro_units u;
  struct micro_keys keys;
  struct micro_patterns p;
  TRY(recipe_run_units(x, &u, e));
  TRY(micro_keys_of(x->a, x->t, x->r->key, x->r->n_keys, &keys, e));
  const struct micro_suppress_options o = {.k = step->k, .share = step->sharing, .importance = step->importance,
      .household = u.households ? u.unit : NULL, .household_keys = step->household_keys};
  if (step->strict) TRY(micro_suppress_strict(x->a, &keys, &o, &out->suppression, e));
  else if (step->combinations) TRY(micro_suppress_all(x->a, &keys, step->combinations, &o, &out->suppression, &out->rounds, e));
  else {
    TRY(micro_patterns_of(x->a, &keys, u.weight, &p, e));
    TRY(micro_suppress(x->a, &keys, &p, &o, &out->suppression, e));
  }
  TRY(attacks(x, &keys, step->k, out, e));
  for (int j = 0; j < keys.m; j++) {
    struct column *c = column_of(x, keys.name[j]);
    for (int64_t i = 0; i < x->t->n_rows; i++) {
      if (!(out->suppression.blanked[i] >> j & 1)) continue;
      c->status[i] = VAL_SUPPRESSED;
      if (c->type == COL_INT) c->i64[i] = 0;
      else c->code[i] = 0;
    }
  }
  out->n_changed = out->suppression.n_all;
  return E_OK;
}

enum err_code recipe_apply_step(struct recipe_run *x, const struct micro_step *step, struct micro_step_report *out, struct err *e) {
  static const step_fn apply[MICRO_STEP_COUNT] = {
      [MICRO_STEP_RECODE] = apply_recode, [MICRO_STEP_CLASSES] = apply_recode, [MICRO_STEP_TOP] = apply_tail, [MICRO_STEP_BOTTOM] = apply_tail,
      [MICRO_STEP_AGGREGATE] = apply_aggregate, [MICRO_STEP_AGGREGATE_SINGLE] = apply_aggregate, [MICRO_STEP_PRAM] = apply_disturbance,
      [MICRO_STEP_SWAP] = apply_disturbance, [MICRO_STEP_NOISE] = apply_disturbance, [MICRO_STEP_NOISE_CORRELATED] = apply_disturbance,
      [MICRO_STEP_RESAMPLE] = apply_resample, [MICRO_STEP_DELETE] = apply_delete, [MICRO_STEP_ORDER] = apply_order,
      [MICRO_STEP_SUPPRESS] = apply_suppress, [MICRO_STEP_DROP] = apply_drop,
      [MICRO_STEP_RECORD_SWAP] = apply_record_swap, [MICRO_STEP_PECULIAR] = recipe_run_peculiar, [MICRO_STEP_GEOGRAPHY] = recipe_run_geography};
  return apply[step->kind](x, step, out, e);
}
enum err_code recipe_run_step(struct recipe_run *x, const struct micro_step *step, struct micro_step_report *out, struct err *e) {
  *out = (struct micro_step_report){.step = step, .n_rows_before = x->t->n_rows};
  const bool once = step->of_household && step->kind <= MICRO_STEP_NOISE_CORRELATED;
  TRY(once ? recipe_run_households(x, step, out, e) : recipe_apply_step(x, step, out, e));
  out->n_rows_after = x->t->n_rows;
  return E_OK;
}

/* --- for measures --- */
struct number {
  int64_t value, row;
};
static int rising(const void *a, const void *b) {
  const struct number *x = a, *y = b;
  return x->value < y->value ? -1 : x->value > y->value;
}
enum err_code ordered_codes(struct recipe_run *x, const struct column *c, int32_t **code, int32_t *n_codes, struct err *e) {
  struct number *v = ARENA_ARRAY(x->a, struct number, x->t->n_rows + 1);
  int64_t n = 0;
  *code = ARENA_ARRAY(x->a, int32_t, x->t->n_rows + 1), *n_codes = 0;
  if (!v || !*code) return ERR(e, E_NO_MEMORY, .subject = c->name);
  for (int64_t i = 0; i < x->t->n_rows; i++)
    if (value_present(c->status[i])) v[n++] = (struct number){.value = c->i64[i], .row = i};
  if (n > 1) qsort(v, (size_t)n, sizeof *v, rising);
  for (int64_t i = 0; i < n; i++) {
    if (i == 0 || v[i].value != v[i - 1].value) ++*n_codes;
    (*code)[v[i].row] = *n_codes;
  }
  return E_OK;
}
