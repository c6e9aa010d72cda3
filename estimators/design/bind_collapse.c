/* bind_collapse.c -- the strata of the first stage to collapse.h and back. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/design/collapse.h"
#include "estimators/design/label.h"
#include "estimators/design/survey_bind_impl.h"

struct strata {
  struct collapse_strata s;
  int64_t *units, *records;
  double *size, *population;
  int32_t *block, n_blocks, *into;
  uint8_t *never;
};
static enum err_code new_strata(struct bind *b, struct strata *x, struct err *e) {
  const int32_t n = b->stage[0].n_strata;
  *x = (struct strata){.units = ARENA_ARRAY(b->a, int64_t, n + 1),
      .records = ARENA_ARRAY(b->a, int64_t, n + 1),
      .size = ARENA_ARRAY(b->a, double, n + 1),
      .population = ARENA_ARRAY(b->a, double, n + 1),
      .block = ARENA_ARRAY(b->a, int32_t, n + 1),
      .into = ARENA_ARRAY(b->a, int32_t, n + 1),
      .never = ARENA_ARRAY(b->a, uint8_t, n + 1)};
  if (!x->units || !x->records || !x->size || !x->population || !x->block || !x->into || !x->never)
    return ERR(e, E_NO_MEMORY, .subject = "collapsed strata");
  x->s = (struct collapse_strata){n, x->units, x->size, x->population, x->block, x->never};
  return E_OK;
}
/* Units of the design in every stratum: distinct labels, or records. */
static enum err_code count_units(struct bind *b, struct strata *x, struct err *e) {
  const struct bind_stage *s = &b->stage[0];
  struct sample_design d;
  struct arena_mark mark = arena_mark(b->a);
  const int n_stages = b->n_stages;
  double *population = b->stage[0].population;
  b->n_stages = 1, b->stage[0].population = NULL;
  enum err_code code = bind_tree(b, NULL, &d, e);
  b->n_stages = n_stages, b->stage[0].population = population;
  if (code) return code;
  for (int64_t p = 0; p < d.stage[0].n_parents; p++)
    x->units[s->stratum[design_row(&d, design_unit_start(&d, 0, d.stage[0].first_unit[p]))]] =
        d.stage[0].first_unit[p + 1] - d.stage[0].first_unit[p];
  arena_reset(b->a, mark);
  return E_OK;
}
static enum err_code describe(struct bind *b, struct strata *x, struct err *e) {
  const struct plan_collapse *c = &b->plan->collapse;
  const struct bind_stage *s = &b->stage[0];
  const double *size = NULL;
  int32_t *block, n_blocks;
  TRY(bind_labels(b, &c->within, "collapse.within", &block, &n_blocks, e));
  if (c->size) TRY(bind_numbers(b, c->size, "collapse.size", &size, e));
  for (int32_t h = 0; h < x->s.n; h++) x->population[h] = INFINITY;
  for (int64_t i = 0; i < b->n; i++) {
    const int32_t h = s->stratum[i];
    if (x->records[h]++ && block && x->block[h] != block[i])
      return bind_bad_value(b, c->within.name[0], i, "one block for all records of a stratum", e);
    if (block) x->block[h] = block[i];
    if (s->population) x->population[h] = s->population[i];
    if (size && (x->records[h] == 1 || size[i] > x->size[h])) x->size[h] = size[i];
    if (b->certain && b->certain[i]) x->never[h] = 1;
  }
  for (int32_t h = 0; h < x->s.n; h++) {
    if (!size) x->size[h] = isinf(x->population[h]) ? (double)x->units[h] : x->population[h];
    if (!x->records[h]) x->never[h] = 1; /* a label without records */
  }
  return E_OK;
}
static const char *name_of(const struct bind *b, int32_t stratum) {
  int64_t row = 0;
  while (row < b->n && b->stage[0].stratum[row] != stratum) row++;
  return row == b->n ? NULL : bind_label_text(b, &b->plan->stage[0].stratum, b->own, b->own[row]);
}
static enum err_code tell(struct bind *b, const struct strata *x, struct err *e) {
  char note[512];
  for (int32_t h = 0; h < x->s.n; h++) {
    if (x->into[h] == h) continue;
    const char *from = name_of(b, h), *to = name_of(b, x->into[h]);
    snprintf(note, sizeof note, "stratum %.200s was joined with %.200s: one of them has a single unit", from ? from : "?", to ? to : "?");
    TRY(bind_note(b, note, e));
  }
  return E_OK;
}
/* One label and one population for strata that are together. */
static enum err_code relabel(struct bind *b, const struct strata *x, struct err *e) {
  struct bind_stage *s = &b->stage[0];
  int32_t *label = ARENA_ARRAY(b->a, int32_t, b->n + 1);
  double *total = ARENA_ARRAY(b->a, double, x->s.n + 1), *population = s->population ? ARENA_ARRAY(b->a, double, b->n + 1) : NULL;
  int32_t *unit = s->unit;
  if (!label || !total || (s->population && !population)) return ERR(e, E_NO_MEMORY, .subject = "collapsed strata");
  if (s->unit) TRY(label_cross(b->a, b->n, s->stratum, s->n_strata, s->unit, s->n_units, &unit, &s->n_units, e)); /* equal labels stay two units */
  for (int32_t h = 0; h < x->s.n; h++)
    if (x->records[h]) total[x->into[h]] += x->population[h];
  for (int64_t i = 0; i < b->n; i++) {
    label[i] = x->into[s->stratum[i]];
    if (population) population[i] = total[label[i]];
  }
  s->unit = unit, s->stratum = label, s->population = population;
  return E_OK;
}

enum err_code bind_collapse(struct bind *b, struct err *e) {
  struct strata x;
  int32_t alone;
  if (!b->plan->collapse.on) return E_OK;
  if (!b->stage[0].stratum)
    return ERR(
        e, E_PLAN_TOGETHER, .file = b->plan->file, .subject = "lonely: collapse without strata at the first stage", .expected = "stages[1].stratum");
  TRY(new_strata(b, &x, e));
  TRY(count_units(b, &x, e));
  TRY(describe(b, &x, e));
  const enum err_code code = collapse_strata(b->a, &x.s, x.into, &b->out->n_joined, &alone, e);
  if (code == E_COLLAPSE_ALONE) {
    const char *name = name_of(b, alone);
    return ERR(
        e, code, .file = b->columns->place, .subject = name ? name : "?", .expected = "another stratum of the same block that is not taken in full");
  }
  if (code) return code;
  if (b->out->n_joined == 0) return E_OK;
  TRY(tell(b, &x, e));
  return relabel(b, &x, e);
}
