/* bind_stages.c -- columns to labels and counts of every stage; units sure to be drawn. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/table.h"
#include "estimators/design/label.h"
#include "estimators/design/survey_bind_impl.h"

enum err_code bind_note(struct bind *b, const char *text, struct err *e) {
  if (b->out->n_notes == SURVEY_BIND_NOTES) return E_OK;
  const char *copy = arena_strdup(b->a, text, strlen(text));
  if (!copy) return ERR(e, E_NO_MEMORY, .subject = "notes");
  b->out->notes[b->out->n_notes++] = copy;
  return E_OK;
}

enum err_code bind_bad_value(const struct bind *b, const char *name, int64_t row, const char *expected, struct err *e) {
  char place[192];
  const struct survey_column *c = survey_column(b->columns, name);
  const bool there = c && value_present(c->status[row]);
  snprintf(place, sizeof place, "column '%.120s', record %lld", name, (long long)row + 1);
  return ERR(e, E_DATA_VALUE, .file = b->columns->place, .subject = place, .expected = expected, .found = there ? "another value" : "no value");
}
static enum err_code column_of(const struct bind *b, const char *name, const char *key, const struct survey_column **out, struct err *e) {
  char expected[128];
  *out = survey_column(b->columns, name);
  if (*out) return E_OK;
  snprintf(expected, sizeof expected, "the column of %s in the design", key);
  return ERR(e, E_DATA_COLUMN, .file = b->columns->place, .subject = name, .expected = expected);
}
static enum err_code codes_of(const struct bind *b, const char *name, const char *key, const struct survey_column **out, struct err *e) {
  TRY(column_of(b, name, key, out, e));
  TRY(survey_column_codes(b->columns, *out, e));
  for (int64_t i = 0; i < b->n; i++)
    if ((*out)->code[i] < 0) return bind_bad_value(b, name, i, "a label", e);
  return E_OK;
}
enum err_code bind_labels(struct bind *b, const struct plan_items *items, const char *key, int32_t **out, int32_t *n_labels, struct err *e) {
  *out = NULL, *n_labels = 0;
  for (int k = 0; k < items->n; k++) {
    const struct survey_column *c;
    TRY(codes_of(b, items->name[k], key, &c, e));
    if (k == 0) {
      *out = ARENA_ARRAY(b->a, int32_t, b->n + 1);
      if (!*out) return ERR(e, E_NO_MEMORY, .subject = key);
      memcpy(*out, c->code, sizeof **out * (size_t)b->n);
      *n_labels = c->n_levels;
    } else TRY(label_cross(b->a, b->n, *out, *n_labels, c->code, c->n_levels, out, n_labels, e));
  }
  return E_OK;
}
enum err_code bind_numbers(struct bind *b, const char *name, const char *key, const double **out, struct err *e) {
  const struct survey_column *c;
  TRY(column_of(b, name, key, &c, e));
  TRY(survey_column_numbers(b->columns, c, e));
  for (int64_t i = 0; i < b->n; i++)
    if (!value_present(c->status[i])) return bind_bad_value(b, name, i, "a number", e);
  *out = c->number;
  return E_OK;
}
const char *bind_label_text(const struct bind *b, const struct plan_items *items, const int32_t *label, int32_t which) {
  char text[ERR_TEXT_BYTES] = "";
  size_t used = 0;
  int64_t row = 0;
  while (row < b->n && label && label[row] != which) row++;
  for (int k = 0; row < b->n && k < items->n && used < sizeof text - 2; k++) {
    const struct survey_column *c = survey_column(b->columns, items->name[k]);
    if (!c || !c->code || c->code[row] < 0) continue;
    const struct str s = c->level[c->code[row]];
    snprintf(text + used, sizeof text - used, "%s%.*s", k ? "/" : "", (int)(s.n < 120 ? s.n : 120), s.p);
    utf8_mend(text);
    used = strlen(text);
  }
  return arena_strdup(b->a, *text ? text : "all", strlen(*text ? text : "all"));
}

/* --- the stages as written --- */
static enum err_code counts_of(
    struct bind *b, const char *name, const char *key, double low, double high, const char *expected, double **out, struct err *e) {
  const double *v;
  TRY(bind_numbers(b, name, key, &v, e));
  *out = ARENA_ARRAY(b->a, double, b->n + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = key);
  for (int64_t i = 0; i < b->n; i++)
    if (!(v[i] >= low && v[i] <= high)) return bind_bad_value(b, name, i, expected, e);
  memcpy(*out, v, sizeof *v * (size_t)b->n);
  return E_OK;
}
/* The same label in two strata of the first stage: two units under one name, unless the plan says that labels repeat. */
static enum err_code check_nesting(const struct bind *b, struct err *e) {
  const struct bind_stage *s = &b->stage[0];
  char place[192];
  if (b->plan->nested || !s->unit || !s->stratum) return E_OK;
  struct arena_mark mark = arena_mark(b->a);
  int32_t *seen = ARENA_ARRAY(b->a, int32_t, (int64_t)s->n_units + 1);
  if (!seen) return ERR(e, E_NO_MEMORY, .subject = "design");
  for (int64_t i = 0; i < b->n; i++) {
    int32_t *at = &seen[s->unit[i]];
    if (*at && *at != s->stratum[i] + 1) {
      snprintf(place, sizeof place, "column '%.100s', record %lld", b->plan->stage[0].unit, (long long)i + 1);
      return ERR(e, E_UNIT_IN_TWO_STRATA, .file = b->columns->place, .subject = place, .expected = "\"nested\": true, or labels that do not repeat");
    }
    *at = s->stratum[i] + 1;
  }
  arena_reset(b->a, mark);
  return E_OK;
}

/* Fractions f of a stage: population = units / f. Lower stages do not matter for the counts; units sure to be drawn are none of the drawn share. */
static int64_t drawn_units(const struct bind *b, const struct sample_design *d, int k, int64_t parent) {
  const struct design_stage *s = &d->stage[k];
  int64_t n = s->first_unit[parent + 1] - s->first_unit[parent];
  for (int64_t u = s->first_unit[parent]; k == 0 && b->certain && u < s->first_unit[parent + 1]; u++)
    n -= b->certain[design_row(d, design_unit_start(d, 0, u))];
  return n;
}
static bool is_certain(const struct bind *b, int k, int64_t row) { return k == 0 && b->certain && b->certain[row]; }
static enum err_code from_fractions(struct bind *b, int k, const char *name, struct err *e) {
  char key[48];
  double *f;
  struct sample_design d;
  const int n_stages = b->n_stages;
  snprintf(key, sizeof key, "stages[%d].fraction", k + 1);
  TRY(counts_of(b, name, key, 1e-12, 1, "a fraction above 0 and at most 1", &f, e));
  b->n_stages = k + 1;
  enum err_code code = bind_tree(b, NULL, &d, e);
  b->n_stages = n_stages;
  if (code) return code;
  const struct design_stage *s = &d.stage[k];
  for (int64_t p = 0; p < s->n_parents; p++) {
    const double n = (double)drawn_units(b, &d, k, p);
    const int64_t to = design_unit_start(&d, k, s->first_unit[p + 1]), from = design_unit_start(&d, k, s->first_unit[p]);
    double one = 0;
    for (int64_t i = from; i < to; i++) {
      const int64_t row = design_row(&d, i);
      if (is_certain(b, k, row)) continue;
      if (one != 0 && f[row] != one) return bind_bad_value(b, name, row, "one fraction in a stratum", e);
      one = f[row];
    }
    for (int64_t i = from; i < to; i++) {
      const int64_t row = design_row(&d, i);
      f[row] = is_certain(b, k, row) ? 1 : n / f[row];
    }
  }
  b->stage[k].population = f;
  return E_OK;
}

static enum err_code read_stage(struct bind *b, int k, struct err *e) {
  const struct plan_stage *p = &b->plan->stage[k];
  struct bind_stage *s = &b->stage[k];
  char key[48];
  snprintf(key, sizeof key, "stages[%d].stratum", k + 1);
  TRY(bind_labels(b, &p->stratum, key, &s->stratum, &s->n_strata, e));
  if (p->unit) {
    const struct plan_items unit = {1, {p->unit}};
    snprintf(key, sizeof key, "stages[%d].unit", k + 1);
    TRY(bind_labels(b, &unit, key, &s->unit, &s->n_units, e));
  }
  snprintf(key, sizeof key, "stages[%d].population", k + 1);
  if (p->population) TRY(counts_of(b, p->population, key, 1, INFINITY, "a count of 1 or more", &s->population, e));
  return E_OK;
}
/* Who is sure to be drawn; certain stays NULL where nobody is. */
static enum err_code read_certain(struct bind *b, struct err *e) {
  const char *name = b->plan->stage[0].certainty;
  const double *flag;
  bool any = false;
  if (!name) return E_OK;
  if (!b->stage[0].unit)
    return ERR(e, E_PLAN_TOGETHER, .file = b->plan->file, .subject = "certainty where every record is a unit of the first stage",
        .expected = "population counts (a stratum taken in full)");
  TRY(bind_numbers(b, name, "stages[1].certainty", &flag, e));
  uint8_t *certain = ARENA_ARRAY(b->a, uint8_t, b->n + 1);
  if (!certain) return ERR(e, E_NO_MEMORY, .subject = "certainty");
  for (int64_t i = 0; i < b->n; i++) certain[i] = flag[i] != 0, any = any || certain[i];
  b->certain = any ? certain : NULL;
  return E_OK;
}
enum err_code bind_stages(struct bind *b, struct err *e) {
  b->n_stages = b->plan->n_stages;
  for (int k = 0; k < b->n_stages; k++) TRY(read_stage(b, k, e));
  TRY(check_nesting(b, e));
  b->own = b->stage[0].stratum;
  TRY(read_certain(b, e));
  for (int k = 0; k < b->n_stages; k++)
    if (b->plan->stage[k].fraction) TRY(from_fractions(b, k, b->plan->stage[k].fraction, e));
  return E_OK;
}

/* --- units sure to be drawn --- */
static enum err_code own_array(struct bind *b, int32_t **label, struct err *e) {
  int32_t *copy = ARENA_ARRAY(b->a, int32_t, b->n + 1);
  if (!copy) return ERR(e, E_NO_MEMORY, .subject = "certainty");
  if (*label) memcpy(copy, *label, sizeof *copy * (size_t)b->n);
  *label = copy;
  return E_OK;
}
static enum err_code own_population(struct bind *b, double **population, struct err *e) {
  double *copy = ARENA_ARRAY(b->a, double, b->n + 1);
  if (!copy) return ERR(e, E_NO_MEMORY, .subject = "certainty");
  for (int64_t i = 0; i < b->n; i++) copy[i] = *population ? (*population)[i] : INFINITY;
  *population = copy;
  return E_OK;
}
/* Labels of (stratum, unit, stratum of the second stage): each is a stratum of the first stage for its records. */
static enum err_code certain_strata(struct bind *b, int32_t **out, int32_t *n_out, struct err *e) {
  const struct bind_stage *s = &b->stage[0], *below = b->n_stages > 1 ? &b->stage[1] : NULL;
  int32_t *label = s->stratum, n = s->n_strata;
  if (!label) {
    TRY(own_array(b, &label, e));
    n = 1;
  }
  TRY(label_cross(b->a, b->n, label, n, s->unit, s->n_units, &label, &n, e));
  if (below && below->stratum) TRY(label_cross(b->a, b->n, label, n, below->stratum, below->n_strata, &label, &n, e));
  *out = label, *n_out = n;
  return E_OK;
}
/* Records of certain units go up one stage; in the last one they are the whole of what there is. */
static enum err_code move_up(struct bind *b, const uint8_t *certain, const int32_t *stratum, int32_t n_strata, struct err *e) {
  struct bind_stage *first = &b->stage[0];
  const int32_t strata = first->stratum ? first->n_strata : 1, units = first->n_units;
  const int last = b->n_stages - 1;
  TRY(own_array(b, &first->stratum, e));
  for (int k = 0; k <= last; k++) {
    const bool by_record = k == last ? false : b->stage[k + 1].unit == NULL;
    if (k > 0 && (k < last ? b->stage[k].stratum || b->stage[k + 1].stratum : b->stage[k].stratum != NULL))
      TRY(own_array(b, &b->stage[k].stratum, e));
    if (b->stage[k].unit) TRY(own_array(b, &b->stage[k].unit, e));
    if (k > 0 || b->stage[0].population || (last > 0 && b->stage[1].population)) TRY(own_population(b, &b->stage[k].population, e));
    for (int64_t i = 0; i < b->n; i++) {
      struct bind_stage *s = &b->stage[k], *below = k < last ? &b->stage[k + 1] : NULL;
      if (!certain[i]) continue;
      if (k == 0) s->stratum[i] = strata + stratum[i];
      else if (s->stratum) s->stratum[i] = below && below->stratum ? below->stratum[i] : 0;
      if (s->unit)
        s->unit[i] = below       ? (by_record ? (int32_t)i : below->unit[i])
                     : last == 0 ? (int32_t)i
                                 : 0; // NOLINT(clang-analyzer-core.NullDereference): by_record says so
      if (k == 0 && s->unit) s->unit[i] += units;
      if (s->population) s->population[i] = below ? (below->population ? below->population[i] : INFINITY) : last == 0 ? INFINITY : 1;
    }
  }
  first->n_strata = strata + n_strata;
  for (int64_t i = 0; i < b->n; i++)
    if (first->unit && first->unit[i] >= first->n_units) first->n_units = first->unit[i] + 1;
  return E_OK;
}
/* All records of a unit say the same; counts the strata of the sure ones. */
static enum err_code check_certain(struct bind *b, const char *name, const int32_t *stratum, int32_t n_strata, struct err *e) {
  struct arena_mark mark = arena_mark(b->a);
  uint8_t *seen = ARENA_ARRAY(b->a, uint8_t, n_strata + 1);
  if (!seen) return ERR(e, E_NO_MEMORY, .subject = "certainty");
  for (int64_t i = 0; i < b->n; i++) {
    const uint8_t said = b->certain[i] ? 2 : 1;
    if (seen[stratum[i]] && seen[stratum[i]] != said) return bind_bad_value(b, name, i, "one answer for all records of a unit", e);
    b->out->n_certain += !seen[stratum[i]] && b->certain[i];
    seen[stratum[i]] = said;
  }
  arena_reset(b->a, mark);
  return E_OK;
}
enum err_code bind_certainty(struct bind *b, struct err *e) {
  const char *name = b->plan->stage[0].certainty;
  char note[160];
  int32_t *stratum, n_strata;
  if (!b->certain) return E_OK;
  TRY(certain_strata(b, &stratum, &n_strata, e));
  TRY(check_certain(b, name, stratum, n_strata, e));
  TRY(move_up(b, b->certain, stratum, n_strata, e));
  snprintf(note, sizeof note, "%lld strata are first-stage units sure to be drawn: their variance comes from the units inside them",
      (long long)b->out->n_certain);
  return bind_note(b, note, e);
}
