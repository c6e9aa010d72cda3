#include "estimators/design/sample_design.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

static const double TAKE_ALL = 1e-7;

struct build {
  struct arena *a;
  const struct sample_spec *spec;
  struct sample_design *d;
  int64_t *row; /* the order so far */
};

static enum err_code at_row(struct err *e, enum err_code code, int64_t row, int stage, const char *found) {
  char place[64];
  snprintf(place, sizeof place, "row %lld, stage %d", (long long)row + 1, stage + 1);
  return ERR(e, code, .subject = place, .found = found);
}

static enum err_code check_records(const struct sample_spec *s, struct err *e) {
  for (int64_t i = 0; i < s->n; i++)
    if (!(s->weight[i] >= 0) || !isfinite(s->weight[i])) return at_row(e, E_NO_WEIGHT, i, 0, "no weight");
  for (int k = 0; k < s->n_stages; k++) {
    const struct stage_spec *g = &s->stage[k];
    if (!g->unit && k + 1 < s->n_stages) return at_row(e, E_DESIGN_STAGE, 0, k, "records are units before the last stage");
    for (int64_t i = 0; i < s->n; i++) {
      if (g->stratum && g->stratum[i] < 0) return at_row(e, E_NO_STRATUM, i, k, "no stratum");
      if (g->unit && g->unit[i] < 0) return at_row(e, E_NO_STRATUM, i, k, "no unit");
      if (g->population && !(g->population[i] >= 1)) return at_row(e, E_POPULATION_SHORT, i, k, "population below 1");
    }
  }
  return E_OK;
}

/* --- order: stable counting sorts from the last key to the first --- */
static bool in_order(const struct sample_spec *s) {
  for (int64_t i = 1; i < s->n; i++) {
    for (int k = 0; k < s->n_stages; k++) {
      const int32_t *keys[2] = {s->stage[k].stratum, s->stage[k].unit};
      for (int j = 0; j < 2; j++) {
        if (!keys[j] || keys[j][i] == keys[j][i - 1]) continue;
        if (keys[j][i] < keys[j][i - 1]) return false;
        goto next;
      }
    }
  next:;
  }
  return true;
}

static enum err_code sort_by(struct build *b, const int32_t *key, struct err *e) {
  int64_t n = b->spec->n, most = 0;
  if (!key) return E_OK;
  for (int64_t i = 0; i < n; i++) most = key[i] > most ? key[i] : most;
  struct arena_mark mark = arena_mark(b->a);
  int64_t *start = ARENA_ARRAY(b->a, int64_t, most + 2), *to = ARENA_ARRAY(b->a, int64_t, n + 1);
  if (!start || !to) return ERR(e, E_NO_MEMORY, .subject = "design");
  for (int64_t i = 0; i < n; i++) start[key[i] + 1]++;
  for (int64_t k = 0; k < most; k++) start[k + 1] += start[k];
  for (int64_t i = 0; i < n; i++) to[start[key[b->row[i]]]++] = b->row[i];
  memcpy(b->row, to, sizeof *to * (size_t)n);
  arena_reset(b->a, mark);
  return E_OK;
}

static enum err_code order_records(struct build *b, struct err *e) {
  const struct sample_spec *s = b->spec;
  b->d->row = NULL;
  if (in_order(s)) return E_OK;
  b->row = ARENA_ARRAY(b->a, int64_t, s->n + 1);
  if (!b->row) return ERR(e, E_NO_MEMORY, .subject = "design");
  for (int64_t i = 0; i < s->n; i++) b->row[i] = i;
  for (int k = s->n_stages - 1; k >= 0; k--) {
    TRY(sort_by(b, s->stage[k].unit, e));
    TRY(sort_by(b, s->stage[k].stratum, e));
  }
  b->d->row = b->row;
  return E_OK;
}

/* --- the tree --- */
static bool label_changes(const int32_t *label, int64_t row, int64_t before) { return label && label[row] != label[before]; }

/* What begins at a position: the first stage whose stratum or unit is another one than before; *stratum tells which of the two. */
static int begins(const struct build *b, int64_t position, bool *stratum) {
  const struct sample_spec *s = b->spec;
  *stratum = true;
  if (position == 0) return 0;
  int64_t row = design_row(b->d, position), before = design_row(b->d, position - 1);
  for (int k = 0; k < s->n_stages; k++) {
    if (label_changes(s->stage[k].stratum, row, before)) return k;
    *stratum = false;
    if (!s->stage[k].unit || label_changes(s->stage[k].unit, row, before)) return k;
    *stratum = true;
  }
  return s->n_stages;
}

static void count_tree(struct build *b, int64_t *parents, int64_t *units) {
  bool stratum;
  for (int64_t p = 0; p < b->spec->n; p++) {
    int k = begins(b, p, &stratum);
    for (int j = k; j < b->spec->n_stages; j++) {
      parents[j] += j > k || stratum;
      units[j]++;
    }
  }
}

struct arrays {
  int64_t *first_unit[DESIGN_MAX_STAGES], *first_parent[DESIGN_MAX_STAGES], *first_row;
  double *coefficient[DESIGN_MAX_STAGES], *fraction[DESIGN_MAX_STAGES];
  uint8_t *lonely[DESIGN_MAX_STAGES];
};

static enum err_code new_arrays(struct build *b, const int64_t *parents, const int64_t *units, struct arrays *x, struct err *e) {
  int last = b->spec->n_stages - 1;
  for (int k = 0; k <= last; k++) {
    b->d->stage[k] = (struct design_stage){.n_parents = parents[k], .n_units = units[k]};
    x->first_unit[k] = ARENA_ARRAY(b->a, int64_t, parents[k] + 1);
    x->coefficient[k] = ARENA_ARRAY(b->a, double, parents[k] + 1);
    x->fraction[k] = ARENA_ARRAY(b->a, double, parents[k] + 1);
    x->lonely[k] = ARENA_ARRAY(b->a, uint8_t, parents[k] + 1);
    x->first_parent[k] = k < last ? ARENA_ARRAY(b->a, int64_t, units[k] + 1) : NULL;
    if (!x->first_unit[k] || !x->coefficient[k] || !x->fraction[k] || !x->lonely[k] || (k < last && !x->first_parent[k]))
      return ERR(e, E_NO_MEMORY, .subject = "design");
  }
  x->first_row = b->spec->stage[last].unit ? ARENA_ARRAY(b->a, int64_t, units[last] + 1) : NULL;
  if (b->spec->stage[last].unit && !x->first_row) return ERR(e, E_NO_MEMORY, .subject = "design");
  return E_OK;
}

static void fill_tree(struct build *b, const int64_t *n_parents, const int64_t *n_units, struct arrays *x) {
  int64_t parent[DESIGN_MAX_STAGES] = {0}, unit[DESIGN_MAX_STAGES] = {0};
  int last = b->spec->n_stages - 1;
  bool stratum;
  for (int64_t p = 0; p < b->spec->n; p++) {
    int k = begins(b, p, &stratum);
    for (int j = k; j <= last; j++) {
      if (j > k || stratum) x->first_unit[j][parent[j]++] = unit[j];
      if (j < last) x->first_parent[j][unit[j]] = parent[j + 1];
      else if (x->first_row) x->first_row[unit[j]] = p;
      unit[j]++;
    }
  }
  for (int k = 0; k <= last; k++) {
    x->first_unit[k][n_parents[k]] = n_units[k];
    if (k < last) x->first_parent[k][n_units[k]] = n_parents[k + 1];
  }
  if (x->first_row) x->first_row[n_units[last]] = b->spec->n;
}

int64_t design_unit_start(const struct sample_design *d, int stage, int64_t unit) {
  for (int k = stage; k + 1 < d->n_stages; k++) unit = d->stage[k + 1].first_unit[d->stage[k].first_parent[unit]];
  return d->first_row ? d->first_row[unit] : unit;
}

void sample_design_fractions(const struct sample_design *d, double *out) {
  const int last = d->n_stages - 1;
  const struct design_stage *s = &d->stage[last];
  for (int64_t p = 0; p < s->n_parents; p++) {
    const int64_t from = design_unit_start(d, last, s->first_unit[p]), to = design_unit_start(d, last, s->first_unit[p + 1]);
    for (int64_t at = from; at < to; at++) out[design_row(d, at)] = s->fraction ? s->fraction[p] : 0;
  }
}

/* --- fractions and coefficients --- */
static enum err_code population_of(const struct build *b, int k, int64_t from, int64_t to, double *out, struct err *e) {
  const double *population = b->spec->stage[k].population;
  *out = INFINITY;
  if (!population) return E_OK;
  *out = population[design_row(b->d, from)];
  for (int64_t p = from; p < to; p++)
    if (population[design_row(b->d, p)] != *out) return at_row(e, E_POPULATION_DIFFERS, design_row(b->d, p), k, "another count in the same stratum");
  return E_OK;
}

/* Lonely parents among siblings are made up for by the others under AVERAGE. */
static void average_lonely(const struct arrays *x, int k, int64_t from, int64_t to) {
  int64_t lonely = 0;
  for (int64_t p = from; p < to; p++) lonely += x->lonely[k][p];
  if (lonely == 0 || lonely == to - from) return;
  for (int64_t p = from; p < to; p++) x->coefficient[k][p] *= (double)(to - from) / (double)(to - from - lonely);
}

static enum err_code parent_coefficient(struct build *b, struct arrays *x, int k, int64_t p, double above, struct err *e) {
  if (!x->first_unit[k]) return ERR(e, E_BUG, .subject = "design");
  double population, n = (double)(x->first_unit[k][p + 1] - x->first_unit[k][p]);
  int64_t from = design_unit_start(b->d, k, x->first_unit[k][p]), to = design_unit_start(b->d, k, x->first_unit[k][p + 1]);
  TRY(population_of(b, k, from, to, &population, e));
  if (n > population * (1 + 1e-12)) return at_row(e, E_POPULATION_SHORT, design_row(b->d, from), k, "more units than the population has");
  double f = isinf(population) ? 0 : n / population;
  bool take_all = 1 - f < TAKE_ALL;
  x->fraction[k][p] = take_all ? above : above * f;
  x->lonely[k][p] = n < 2 && !take_all;
  x->coefficient[k][p] = take_all ? 0 : above * (1 - f) * (n < 2 ? 1 : n / (n - 1));
  if (x->lonely[k][p] && (b->spec->lonely == LONELY_ZERO || b->spec->lonely == LONELY_AVERAGE)) x->coefficient[k][p] = 0;
  b->d->n_lonely += x->lonely[k][p] && above > 0;
  return E_OK;
}

static enum err_code stage_coefficients(struct build *b, struct arrays *x, int k, struct err *e) {
  struct design_stage *s = &b->d->stage[k];
  int64_t n_above = k ? b->d->stage[k - 1].n_parents : 1;
  for (int64_t q = 0; q < n_above; q++) {
    double above = k ? x->fraction[k - 1][q] : 1;
    int64_t from = k ? x->first_unit[k - 1][q] : 0, to = k ? x->first_unit[k - 1][q + 1] : 1;
    for (int64_t u = from; u < to; u++) {
      int64_t first = k ? x->first_parent[k - 1][u] : 0, end = k ? x->first_parent[k - 1][u + 1] : s->n_parents;
      for (int64_t p = first; p < end; p++) TRY(parent_coefficient(b, x, k, p, above, e));
      if (b->spec->lonely == LONELY_AVERAGE) average_lonely(x, k, first, end);
    }
  }
  return E_OK;
}

/* A label must not stand in two strata of its parent: then it is two units under one name. */
static enum err_code check_nesting(struct build *b, const struct arrays *x, struct err *e) {
  const int32_t *unit = b->spec->stage[0].unit, *stratum = b->spec->stage[0].stratum;
  int32_t most = 0;
  if (b->spec->nested || !unit || !stratum) return E_OK;
  for (int64_t i = 0; i < b->spec->n; i++) most = unit[i] > most ? unit[i] : most;
  struct arena_mark mark = arena_mark(b->a);
  int64_t *seen = ARENA_ARRAY(b->a, int64_t, (int64_t)most + 1);
  if (!seen || !x->first_unit[0]) return ERR(e, E_NO_MEMORY, .subject = "design");
  for (int64_t p = 0; p < b->d->stage[0].n_parents; p++)
    for (int64_t u = x->first_unit[0][p]; u < x->first_unit[0][p + 1]; u++) {
      int64_t row = design_row(b->d, design_unit_start(b->d, 0, u));
      if (seen[unit[row]]) return at_row(e, E_UNIT_IN_TWO_STRATA, row, 0, "the same label in another stratum");
      seen[unit[row]] = 1;
    }
  arena_reset(b->a, mark);
  return E_OK;
}

enum err_code sample_design_build(struct arena *a, const struct sample_spec *spec, struct sample_design *out, struct err *e) {
  struct build b = {.a = a, .spec = spec, .d = out};
  struct arrays x = {0};
  int64_t parents[DESIGN_MAX_STAGES] = {0}, units[DESIGN_MAX_STAGES] = {0};
  if (spec->n_stages < 1 || spec->n_stages > DESIGN_MAX_STAGES) return at_row(e, E_DESIGN_STAGE, 0, spec->n_stages - 1, "number of stages");
  TRY(check_records(spec, e));
  *out = (struct sample_design){.n = spec->n, .n_stages = spec->n_stages, .weight = spec->weight, .stratum = spec->stage[0].stratum,
      .lonely = spec->lonely, .lonely_in_domain = spec->lonely_in_domain};
  TRY(order_records(&b, e));
  count_tree(&b, parents, units);
  TRY(new_arrays(&b, parents, units, &x, e));
  fill_tree(&b, parents, units, &x);
  out->first_row = x.first_row;
  for (int k = 0; k < spec->n_stages; k++) {
    struct design_stage *s = &out->stage[k];
    s->first_unit = x.first_unit[k], s->first_parent = x.first_parent[k], s->coefficient = x.coefficient[k], s->lonely = x.lonely[k];
    s->fraction = x.fraction[k];
  }
  TRY(check_nesting(&b, &x, e));
  for (int k = 0; k < spec->n_stages; k++) TRY(stage_coefficients(&b, &x, k, e));
  return E_OK;
}

enum err_code sample_design_lonely(
    const struct sample_design *d, const char *(*name)(const void *context, int32_t label), const void *context, struct err *e) {
  char list[ERR_TEXT_BYTES], number[32];
  size_t used = 0;
  int64_t found = 0;
  if (d->lonely != LONELY_STOP || d->n_lonely == 0) return E_OK;
  list[0] = 0;
  for (int k = 0; k < d->n_stages; k++)
    for (int64_t p = 0; p < d->stage[k].n_parents; p++) {
      if (!d->stage[k].lonely[p] || !(d->stage[k].coefficient[p] > 0)) continue;
      int32_t label = d->stratum ? d->stratum[design_row(d, design_unit_start(d, k, d->stage[k].first_unit[p]))] : 0;
      const char *text = name ? name(context, label) : number;
      if (!name) snprintf(number, sizeof number, "%d", label);
      if (found++ < 12 && used < sizeof list - 40)
        used += (size_t)snprintf(list + used, sizeof list - used, k ? "%s%s (stage %d)" : "%s%s", used ? ", " : "", text, k + 1);
    }
  if (found == 0) return E_OK;
  if (found > 12) snprintf(list + strlen(list), sizeof list - strlen(list), " ...");
  return ERR(e, E_LONELY_PSU, .expected = "\"lonely\" in the design: zero, centre, mean, average or collapse", .found = list);
}
