/* design.c -- the design object of a case, for the library: stages, strata, populations as counts or as sampled parts, weights, PPS forms. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "tests/conform/estimation/case.h"

/* One dense label per record for the combination of columns. */
static bool crossed(struct est_case *c, const struct json_value *v, int32_t **out) {
  const char *names[CASE_MOST_VARS];
  const int n = case_names(c, v, names, CASE_MOST_VARS);
  *out = NULL;
  if (n < 0) return fprintf(c->say, "   strata cannot be read\n"), false;
  for (int k = 0; k < n; k++) {
    const struct case_column *x = column_of(c, names[k]);
    if (!x) return false;
    int32_t *label = ARENA_ARRAY(c->arena, int32_t, c->n + 1), next = 0;
    int32_t *seen = ARENA_ARRAY(c->arena, int32_t, (c->n + 1) * (int64_t)(x->n_levels + 1));
    if (!label || !seen) return fprintf(c->say, "   too many strata\n"), false;
    for (int64_t i = 0; i < c->n; i++) {
      if (x->code[i] < 0) return fprintf(c->say, "   column %s has no value in row %lld\n", names[k], (long long)i + 1), false;
      int32_t *at = &seen[(int64_t)(*out ? (*out)[i] : 0) * x->n_levels + x->code[i]];
      if (!*at) *at = ++next;
      label[i] = *at - 1;
    }
    *out = label;
  }
  return true;
}
static bool lonely_of(struct est_case *c, const struct json_value *d, struct sample_spec *s) {
  static const struct {
    const char *name;
    enum lonely_policy policy;
    bool in_domain; /* adjust_domain_lonely changes only these two in R survey */
  } policies[] = {{"fail", LONELY_STOP, false}, {"remove", LONELY_ZERO, false}, {"certainty", LONELY_ZERO, false}, {"adjust", LONELY_CENTRE, true},
      {"average", LONELY_AVERAGE, true}, {"mean", LONELY_MEAN, true}};
  const char *name = json_member_string(d, "lonely_psu", "fail");
  for (size_t k = 0; k < sizeof policies / sizeof *policies; k++)
    if (strcmp(policies[k].name, name) == 0) {
      s->lonely = policies[k].policy, s->lonely_in_domain = policies[k].in_domain && case_flag(d, "adjust_domain_lonely");
      return true;
    }
  return fprintf(c->say, "   unknown policy for lonely units: %s\n", name), false;
}

static bool stage_ids(struct est_case *c, const struct json_value *d, struct sample_spec *s) {
  const char *ids[DESIGN_MAX_STAGES];
  const int n = case_names(c, json_member(d, "ids"), ids, DESIGN_MAX_STAGES);
  if (n < 0) return fprintf(c->say, "   ids cannot be read, or more than %d stages\n", DESIGN_MAX_STAGES), false;
  s->n_stages = n < 1 ? 1 : n;
  for (int k = 0; k < n; k++) {
    if (csv_table_column(&c->data, ids[k]) < 0 && k == n - 1 && (strcmp(ids[k], "1") == 0 || strcmp(ids[k], "0") == 0)) continue; /* each record */
    const struct case_column *x = column_of(c, ids[k]);
    if (!x) return false;
    for (int64_t i = 0; i < c->n; i++)
      if (x->code[i] < 0) return fprintf(c->say, "   column %s has no value in row %lld\n", ids[k], (long long)i + 1), false;
    s->stage[k].unit = x->code;
  }
  return true;
}
static int64_t sampled(const struct design_stage *g, int64_t parent) { return g->first_unit[parent + 1] - g->first_unit[parent]; }
/* Does fn's product over the stages: *w times population / sampled units; or populations from sampled parts. */
static void over_parents(const struct sample_design *tree, int k, const double *value, bool parts, double *out) {
  const struct design_stage *g = &tree->stage[k];
  for (int64_t p = 0; p < g->n_parents; p++) {
    const int64_t from = design_unit_start(tree, k, g->first_unit[p]), to = design_unit_start(tree, k, g->first_unit[p + 1]);
    for (int64_t i = from; i < to; i++) {
      const int64_t row = design_row(tree, i);
      if (parts) out[row] = (double)sampled(g, p) / value[row];
      else out[row] *= value[row] / (double)sampled(g, p);
    }
  }
}
/* Population counts of the stages; where all of them are at most 1 they are the sampled parts, as R survey reads them. */
static bool stage_populations(struct est_case *c, const struct json_value *d, struct sample_spec *s) {
  const char *fpc[DESIGN_MAX_STAGES];
  const int n = case_names(c, json_member(d, "fpc"), fpc, DESIGN_MAX_STAGES);
  bool parts = n > 0;
  struct sample_design bare;
  struct err e = {0};
  if (n < 0 || n > s->n_stages) return fprintf(c->say, "   population counts for %d of %d stages\n", n, s->n_stages), false;
  for (int k = 0; k < n; k++) {
    const struct case_column *x = number_column(c, fpc[k], true);
    if (!x) return false;
    s->stage[k].population = x->value;
    for (int64_t i = 0; i < c->n; i++) parts = parts && x->value[i] <= 1;
  }
  if (!parts) return true;
  struct sample_spec without = *s;
  for (int k = 0; k < n; k++) without.stage[k].population = NULL;
  if (without.lonely == LONELY_STOP) without.lonely = LONELY_ZERO; /* only counting */
  if (sample_design_build(c->arena, &without, &bare, &e)) return fprintf(c->say, "   design refused: %s %s\n", err_name(e.code), e.subject), false;
  for (int k = 0; k < n; k++) {
    double *population = ARENA_ARRAY(c->arena, double, c->n + 1);
    if (!population) return false;
    over_parents(&bare, k, s->stage[k].population, true, population);
    s->stage[k].population = population;
  }
  return true;
}

/* *derive: the design gives none. */
static bool weights_of(struct est_case *c, const struct json_value *d, double *w, bool *derive) {
  static const char *const keys[] = {"weights", "probs", "pik"};
  *derive = false;
  for (int64_t i = 0; i < c->n; i++) w[i] = c->given_weight ? c->given_weight[i] : 1;
  if (c->given_weight) return true;
  for (int k = 0; k < 3; k++) {
    const char *name[2];
    const int n = case_names(c, json_member(d, keys[k]), name, 2);
    if (n == 0) continue;
    if (n != 1) return fprintf(c->say, "   %s cannot be read\n", keys[k]), false;
    if (k == 0 && strncmp(name[0], "w=", 2) == 0) { /* "w=1" */
      for (int64_t i = 0; i < c->n; i++) w[i] = strtod(name[0] + 2, NULL);
      return true;
    }
    const struct case_column *x = number_column(c, name[0], true);
    if (!x) return false;
    for (int64_t i = 0; i < c->n; i++) w[i] = k == 0 ? x->value[i] : 1 / x->value[i];
    return true;
  }
  return *derive = true;
}

enum verdict case_tree(struct est_case *c, const struct json_value *d) {
  struct err e = {0};
  struct sample_spec s = {.n = c->n, .nested = case_flag(d, "nest")};
  double *w = ARENA_ARRAY(c->arena, double, c->n + 1);
  int32_t *stratum;
  bool derive;
  if (!lonely_of(c, d, &s)) return UNSUPPORTED;
  if (!w || !stage_ids(c, d, &s) || !crossed(c, json_member(d, "strata"), &stratum) || !weights_of(c, d, w, &derive)) return FAILED;
  s.stage[0].stratum = stratum, s.weight = w;
  if (!stage_populations(c, d, &s)) return FAILED;
  derive = derive && s.stage[0].population; /* neither weights nor populations: every record stands for itself */
  if (sample_design_build(c->arena, &s, &c->tree, &e))
    return fprintf(c->say, "   design refused: %s %s %s\n", err_name(e.code), e.subject, e.found), FAILED;
  for (int k = 0; derive && k < s.n_stages && s.stage[k].population; k++) over_parents(&c->tree, k, s.stage[k].population, false, w);
  if (case_flag(d, "ultimate_cluster")) { /* the first stage's term only */
    s.n_stages = 1;
    if (sample_design_build(c->arena, &s, &c->tree, &e)) return fprintf(c->say, "   design refused: %s\n", err_name(e.code)), FAILED;
  }
  c->survey = (struct survey){.n = c->n, .design = &c->tree, .weight = w};
  c->base_weight = w;
  return PASSED;
}

/* --- unequal probabilities --- */
static bool pps_form(const struct json_value *d, enum pps_form *out) {
  const char *form = json_member_string(d, "pps", "");
  const bool yates = strcmp(json_member_string(d, "variance", "HT"), "HT") != 0;
  if (strncmp(form, "brewer", 6) == 0) *out = PPS_BREWER;
  else if (strncmp(form, "overton", 7) == 0) *out = PPS_OVERTON;
  else if (strncmp(form, "hartley-rao", 11) == 0) *out = PPS_HARTLEY_RAO;
  else if (strncmp(form, "joint", 5) == 0) *out = yates ? PPS_YATES_GRUNDY : PPS_HORVITZ_THOMPSON;
  else return false;
  return true;
}
static enum verdict pps_of(struct est_case *c, const struct json_value *d) {
  const char *joint = json_string(json_member(d, "joint_file")), *name = json_member_string(d, "pik", json_member_string(d, "probs", NULL));
  const struct case_column *pik = name ? number_column(c, name, true) : NULL;
  int32_t *stratum;
  if (!pik || !crossed(c, json_member(d, "strata"), &stratum)) return FAILED;
  c->pps = (struct pps_design){.n = c->n, .pik = pik->value, .sum_pik2_over_n = -1, .stratum = stratum};
  (void)json_number(json_member(d, "sum_pik2_over_n"), &c->pps.sum_pik2_over_n);
  if (!pps_form(d, &c->pps.form)) return fprintf(c->say, "   unknown form %s\n", json_member_string(d, "pps", "")), UNSUPPORTED;
  if (joint) {
    double *matrix;
    if (case_read_numbers(c, joint, &matrix) != c->n * c->n) return fprintf(c->say, "   joint probabilities of another size\n"), FAILED;
    c->pps.joint = matrix;
  }
  c->survey.pps = &c->pps;
  return PASSED;
}

enum verdict case_design(struct est_case *c, const struct json_value *d) {
  const char *method = json_member_string(d, "method", "taylor");
  if (strcmp(method, "replicate") == 0) return case_replicates(c, d);
  if (strcmp(method, "taylor") != 0 && strcmp(method, "pps") != 0) return fprintf(c->say, "   unknown method %s\n", method), UNSUPPORTED;
  const enum verdict v = case_tree(c, d);
  return v == PASSED && strcmp(method, "pps") == 0 ? pps_of(c, d) : v;
}
