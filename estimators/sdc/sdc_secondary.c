#include "estimators/sdc/sdc_secondary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/suppress/flow.h"

enum { DECIMALS_MAX = 6, PASSES = 8 };
static const char reason[] = "secondary: another suppressed figure would follow from it";

static bool whole(double v, int decimals, int64_t *out) {
  double scale = 1;
  for (int k = 0; k < decimals; k++) scale *= 10;
  const double x = nearbyint(v * scale);
  if (!(fabs(x) < 1e15) || fabs(v * scale - x) > 1e-6) return false;
  *out = (int64_t)x;
  return true;
}
enum err_code sdc_secondary_values(const struct result_table *t, struct sdc_secondary_values *out, struct err *e) {
  *out = (struct sdc_secondary_values){.n_measures = t->n_measures};
  if (t->n_rows >= CELLS_MAX || t->n_measures == 0) return E_OK;
  for (int k = 0; k <= t->n_measures; k++)
    if (!(out->value[k] = ARENA_ARRAY(t->arena, int64_t, t->n_rows + 1))) return ERR(e, E_NO_MEMORY, .subject = t->id);
  for (int k = 0; k < t->n_measures; k++) {
    const struct result_measure *m = &t->measures[k];
    if (!m->additive || m->decimals < 0 || m->decimals > DECIMALS_MAX) return E_OK;
    for (int64_t i = 0; i < t->n_rows; i++)
      if (m->status[i] != RESULT_SHOWN || !whole(m->value[i], m->decimals, &out->value[k][i])) return E_OK;
  }
  for (int64_t i = 0; i < t->n_rows; i++) {
    if (t->n_status[i] != RESULT_SHOWN) return E_OK;
    out->value[t->n_measures][i] = t->n[i];
  }
  out->treated = true;
  return E_OK;
}

/* --- sums --- */

struct sums {
  const struct result_table *t;
  int64_t n, *first, n_terms, *member; /* rows; the total comes first */
  int64_t room, room_terms;
  bool *forms; /* of each sum: over sex or form, where n does not add up */
  bool lost;
};
static void *grown(struct arena *a, void *old, int64_t n, int64_t room, size_t size) {
  void *p = arena_array(a, (size_t)room, size);
  if (p && n) memcpy(p, old, (size_t)n * size);
  return p;
}
static bool add_row(struct sums *s, int64_t row) {
  if (s->n_terms == s->room_terms) {
    s->room_terms = 2 * s->room_terms + 256;
    s->member = grown(s->t->arena, s->member, s->n_terms, s->room_terms, sizeof *s->member);
  }
  if (!s->member) return false;
  s->member[s->n_terms++] = row;
  return true;
}
static bool close_sum(struct sums *s, bool forms) {
  if (s->n + 1 >= s->room) {
    const int64_t room = 2 * s->room + 64;
    s->first = grown(s->t->arena, s->first, s->first ? s->n + 1 : 0, room, sizeof *s->first);
    s->forms = grown(s->t->arena, s->forms, s->n, room, sizeof *s->forms);
    s->room = room;
  }
  if (!s->first || !s->forms) return false;
  s->forms[s->n] = forms;
  s->first[++s->n] = s->n_terms;
  return true;
}
static bool is_part(struct str code, const struct sdc_sum_rule *rule) {
  if (!rule) return !str_eq(code, STR("_T"));
  for (int i = 0; rule->parts[i]; i++)
    if (str_eq(code, str_of(rule->parts[i]))) return true;
  return false;
}
struct other_key {
  const struct result_table *t;
  int dimension;
  int64_t row;
};
static int others(const struct other_key *a, const struct other_key *b) {
  for (int d = 0; d < a->t->n_dimensions; d++) {
    const int c = d == a->dimension ? 0 : str_cmp(a->t->dimensions[d].code[a->row], b->t->dimensions[d].code[b->row]);
    if (c) return c;
  }
  return 0;
}
static int key_cmp(const void *p, const void *q) {
  const struct other_key *a = p, *b = q;
  const int c = others(a, b);
  return c ? c : (a->row > b->row) - (a->row < b->row);
}
static bool sums_of(struct sums *s, int d, const struct sdc_sum_rule *rule) {
  const struct result_table *t = s->t;
  struct other_key *k = ARENA_ARRAY(t->arena, struct other_key, t->n_rows + 1);
  const struct str total = rule ? str_of(rule->total) : STR("_T");
  if (!k) return false;
  for (int64_t i = 0; i < t->n_rows; i++) k[i] = (struct other_key){t, d, i};
  qsort(k, (size_t)t->n_rows, sizeof *k, key_cmp);
  for (int64_t i = 0, j; i < t->n_rows; i = j) {
    const int64_t from = s->n_terms;
    for (j = i; j < t->n_rows && others(&k[i], &k[j]) == 0; j++)
      if (str_eq(t->dimensions[d].code[k[j].row], total) && s->n_terms == from && !add_row(s, k[j].row)) return false;
    for (int64_t m = i; s->n_terms > from && m < j; m++)
      if (is_part(t->dimensions[d].code[k[m].row], rule) && !add_row(s, k[m].row)) return false;
    if (s->n_terms - from < 2) s->n_terms = from;
    else if (!close_sum(s, !strcmp(t->dimensions[d].name, "worker_form"))) return false;
  }
  return true;
}
static bool all_sums(struct sums *s, const struct sdc_sum_rule *rules, int n_rules) {
  if (!(s->first = ARENA_ARRAY(s->t->arena, int64_t, 2))) return false;
  s->room = 0;
  for (int d = 0; d < s->t->n_dimensions; d++)
    if (!sums_of(s, d, NULL)) return false;
  for (int k = 0; k < n_rules; k++) {
    const int d = result_find_dimension(s->t, rules[k].dimension);
    if (d >= 0 && !sums_of(s, d, &rules[k])) return false;
  }
  return true;
}

/* --- one measure as a table of cells --- */

static enum err_code cells_of(
    const struct sums *s, const int64_t *value, bool units, const uint8_t *primary, struct cell_table **out, struct err *e) {
  struct cell_builder b;
  TRY(cell_builder_begin(&b, s->t->arena, s->t->id, 0, e));
  for (int64_t i = 0; i < s->t->n_rows; i++)
    TRY(cell_builder_cell(&b, STR(""), value[i], primary[i] ? 'u' : 's', primary[i] && value[i], primary[i] && value[i], e));
  int32_t *member = ARENA_ARRAY(s->t->arena, int32_t, s->t->n_rows + 1);
  if (!member) return ERR(e, E_NO_MEMORY, .subject = s->t->id);
  for (int64_t r = 0; r < s->n; r++) {
    int n = 0;
    if (units && s->forms[r]) continue;
    for (int64_t i = s->first[r]; i < s->first[r + 1]; i++) member[n++] = (int32_t)s->member[i];
    TRY(cell_builder_relation(&b, n, member, e));
  }
  return cell_builder_close(&b, out, e);
}
/* All measures in turn, each beginning with what the others hid, until none hides more and the audit of each passes. */
static enum err_code choose(
    struct cell_table *const *cells, int n, uint8_t *hidden, int64_t n_rows, bool *clean, struct arena *a, struct err *e) {
  for (int pass = 0; pass < PASSES; pass++) {
    bool more = false;
    for (int k = 0; k < n; k++) {
      struct suppress_result r;
      const struct suppress_options o = {.cost = FLOW_COST_LOG, .start = hidden};
      TRY(suppress_by_flow(a, cells[k], &o, &r, e));
      *clean = r.audit.clean;
      if (!*clean) return E_OK;
      for (int64_t i = 0; i < n_rows; i++)
        if (r.hidden[i] && !hidden[i]) hidden[i] = 1, more = true;
    }
    if (!more) return E_OK; /* the last audit of every measure was of this very pattern */
  }
  *clean = false;
  return E_OK;
}
static void hide(struct result_table *t, const uint8_t *hidden, const uint8_t *primary, struct sdc_secondary_report *out) {
  for (int64_t i = 0; i < t->n_rows; i++) {
    if (!hidden[i]) continue;
    out->n_rows += !primary[i];
    for (int k = 0; k < t->n_measures; k++)
      if (t->measures[k].status[i] == RESULT_SHOWN) result_hide(&t->measures[k], i, reason), out->n_figures++;
    if (t->n_status[i] == RESULT_SHOWN) t->n_status[i] = RESULT_SUPPRESSED, t->n[i] = 0;
  }
}
enum err_code sdc_secondary(struct result_table *t, const struct sdc_secondary_values *before, const struct sdc_sum_rule *rules, int n_rules,
    struct sdc_secondary_report *out, struct err *e) {
  struct sums s = {.t = t};
  struct cell_table *cells[RESULT_MAX_MEASURES + 1];
  *out = (struct sdc_secondary_report){0};
  if (!before->treated) return E_OK;
  uint8_t *primary = ARENA_ARRAY(t->arena, uint8_t, t->n_rows + 1), *hidden = ARENA_ARRAY(t->arena, uint8_t, t->n_rows + 1);
  if (!primary || !hidden || !all_sums(&s, rules, n_rules)) return ERR(e, E_NO_MEMORY, .subject = t->id);
  for (int64_t i = 0; i < t->n_rows; i++) {
    primary[i] = t->n_status[i] == RESULT_SUPPRESSED;
    for (int k = 0; k < t->n_measures; k++) primary[i] = primary[i] || t->measures[k].status[i] == RESULT_SUPPRESSED;
    hidden[i] = primary[i];
  }
  for (int k = 0; k <= before->n_measures; k++) {
    struct err why = {.code = E_OK};
    const enum err_code code = cells_of(&s, before->value[k], k == before->n_measures, primary, &cells[k], &why);
    if (code == E_SDC_NOT_ADDITIVE) return E_OK; /* a sum that does not hold: this table is not treated */
    if (code && e) *e = why;
    if (code) return code;
  }
  out->treated = true;
  TRY(choose(cells, before->n_measures + 1, hidden, t->n_rows, &out->clean, t->arena, e));
  if (out->clean) hide(t, hidden, primary, out);
  return E_OK;
}
