/* design.c -- the design object of a case, for the library. */
#include <math.h>
#include <string.h>

#include "tests/conform/estimation/case.h"


/* One label per record for the combination of columns. */
static bool crossed(struct est_case *c, const struct json_value *v, int32_t **out) {
  const char *names[CASE_MOST_VARS];
  const int n = case_names(v, names, CASE_MOST_VARS);
  *out = NULL;
  for (int k = 0; k < n; k++) {
    const struct case_column *x = column_of(c, names[k]);
    if (!x) return false;
    if (!*out) *out = ARENA_ARRAY(c->arena, int32_t, c->n + 1);
    for (int64_t i = 0; i < c->n; i++) (*out)[i] = (*out)[i] * (x->n_levels + 1) + x->code[i];
  }
  return true;
}
static enum lonely_policy lonely_of(const char *name) {
  if (strcmp(name, "remove") == 0 || strcmp(name, "certainty") == 0) return LONELY_ZERO;
  if (strcmp(name, "adjust") == 0) return LONELY_CENTRE;
  return strcmp(name, "average") == 0 ? LONELY_AVERAGE : LONELY_STOP;
}

static bool stage_ids(struct est_case *c, const struct json_value *d, struct sample_spec *s) {
  const char *ids[DESIGN_MAX_STAGES];
  const int n = case_names(json_member(d, "ids"), ids, DESIGN_MAX_STAGES);
  s->n_stages = n < 1 ? 1 : n;
  if (n < 1 || strcmp(ids[0], "1") == 0) return true;
  for (int k = 0; k < n; k++) {
    const struct case_column *x = column_of(c, ids[k]);
    if (!x) return false;
    s->stage[k].unit = x->code;
  }
  return true;
}
static bool stage_populations(struct est_case *c, const struct json_value *d, struct sample_spec *s) {
  const char *fpc[DESIGN_MAX_STAGES];
  const int n = case_names(json_member(d, "fpc"), fpc, DESIGN_MAX_STAGES);
  for (int k = 0; k < n && k < s->n_stages; k++) {
    const struct case_column *x = column_of(c, fpc[k]);
    if (!x) return false;
    s->stage[k].population = x->value;
  }
  return true;
}

/* Weights of a design that gives none: the product of population / sampled units over the stages. */
static void derive_weights(struct est_case *c, const struct sample_spec *s, double *w) {
  for (int k = 0; k < s->n_stages; k++) {
    const struct design_stage *g = &c->tree.stage[k];
    for (int64_t p = 0; p < g->n_parents; p++) {
      const int64_t from = design_unit_start(&c->tree, k, g->first_unit[p]), to = design_unit_start(&c->tree, k, g->first_unit[p + 1]);
      for (int64_t i = from; i < to; i++) {
        const int64_t row = design_row(&c->tree, i);
        w[row] *= s->stage[k].population[row] / (double)(g->first_unit[p + 1] - g->first_unit[p]);
      }
    }
  }
}
/* *derive: the design gives none. */
static bool weights_of(struct est_case *c, const struct json_value *d, double *w, bool *derive) {
  const char *name = json_string(json_member(d, "weights")), *probs = json_string(json_member(d, "probs")), *pik = json_string(json_member(d, "pik"));
  *derive = false;
  for (int64_t i = 0; i < c->n; i++) w[i] = 1;
  if (name && strncmp(name, "w=", 2) == 0) return true; /* "w=1" */
  if (!name && !probs && !pik) return *derive = true;
  const struct case_column *x = column_of(c, name ? name : probs ? probs : pik);
  if (!x) return false;
  for (int64_t i = 0; i < c->n; i++) w[i] = name ? x->value[i] : 1 / x->value[i];
  return true;
}

static enum verdict tree_of(struct est_case *c, const struct json_value *d) {
  struct err e = {0};
  struct sample_spec s = {.n = c->n, .nested = case_flag(d, "nest"), .lonely = lonely_of(json_member_string(d, "lonely_psu", "fail")),
      .lonely_in_domain = case_flag(d, "adjust_domain_lonely")};
  double *w = ARENA_ARRAY(c->arena, double, c->n + 1);
  int32_t *stratum;
  bool derive;
  if (!stage_ids(c, d, &s) || !crossed(c, json_member(d, "strata"), &stratum) || !weights_of(c, d, w, &derive)) return FAILED;
  s.stage[0].stratum = stratum;
  if (!stage_populations(c, d, &s)) return FAILED;
  s.weight = w;
  if (derive && !s.stage[0].population) return fprintf(c->say, "   neither weights nor population counts\n"), FAILED;
  if (sample_design_build(c->arena, &s, &c->tree, &e))
    return fprintf(c->say, "   design refused: %s %s %s\n", err_name(e.code), e.subject, e.found), FAILED;
  if (derive) derive_weights(c, &s, w);
  if (case_flag(d, "ultimate_cluster")) { /* the first stage's term only */
    s.n_stages = 1;
    if (sample_design_build(c->arena, &s, &c->tree, &e)) return FAILED;
  }
  c->survey = (struct survey){.n = c->n, .design = &c->tree, .weight = w};
  c->base_weight = w;
  return PASSED;
}

/* --- unequal probabilities --- */
static enum verdict pps_of(struct est_case *c, const struct json_value *d) {
  const char *form = json_member_string(d, "pps", ""), *joint = json_string(json_member(d, "joint_file")), *name = json_string(json_member(d, "pik"));
  const struct case_column *pik = name ? column_of(c, name) : NULL;
  if (!pik) return FAILED;
  c->pps = (struct pps_design){.n = c->n, .pik = pik->value, .sum_pik2_over_n = -1};
  (void)json_number(json_member(d, "sum_pik2_over_n"), &c->pps.sum_pik2_over_n);
  if (strcmp(form, "brewer") == 0) c->pps.form = PPS_BREWER;
  else if (strcmp(form, "overton") == 0) c->pps.form = PPS_OVERTON;
  else if (strncmp(form, "hartley-rao", 11) == 0) c->pps.form = PPS_HARTLEY_RAO;
  else if (strcmp(form, "joint") == 0)
    c->pps.form = strcmp(json_member_string(d, "variance", "HT"), "HT") == 0 ? PPS_HORVITZ_THOMPSON : PPS_YATES_GRUNDY;
  else return fprintf(c->say, "   unknown form %s\n", form), UNSUPPORTED;
  if (joint) {
    double *matrix;
    if (case_read_numbers(c, joint, &matrix) != c->n * c->n) return fprintf(c->say, "   joint probabilities of another size\n"), FAILED;
    c->pps.joint = matrix;
  }
  c->survey.pps = &c->pps;
  return PASSED;
}

/* --- replicates --- */
static bool rscales_of(struct est_case *c, const struct json_value *v, double *out) {
  double constant;
  if (json_number(json_member(v, "constant"), &constant)) {
    for (int r = 0; r < c->replicates.n_replicates; r++) out[r] = constant;
    return true;
  }
  for (int r = 0; r < c->replicates.n_replicates; r++)
    if (!json_number(json_element(v, (size_t)r), &out[r])) return false;
  return true;
}
/* One row per record, or per primary unit keyed by the base design's strata and ids columns. */
static bool rows_of_units(struct est_case *c, const struct json_value *d, const struct csv_table *t, int n_keys, int64_t *of) {
  const struct json_value *base = json_member(d, "base");
  const char *keys[2] = {json_member_string(base, "strata", ""), json_member_string(base, "ids", "")};
  for (int64_t i = 0; i < c->n; i++) {
    of[i] = n_keys ? -1 : i;
    for (int64_t r = 0; n_keys && r < t->n_rows && of[i] < 0; r++) {
      bool same = true;
      for (int k = 0; k < 2 && same; k++)
        same = csv_table_column(t, keys[k]) < 0
            || str_eq(csv_table_cell(t, r, csv_table_column(t, keys[k])), csv_table_cell(&c->data, i, csv_table_column(&c->data, keys[k])));
      if (same) of[i] = r;
    }
    if (of[i] < 0) return fprintf(c->say, "   a record without replicate weights\n"), false;
  }
  return true;
}
static enum verdict weights_from_file(struct est_case *c, const struct json_value *d, const char *name) {
  struct csv_table t;
  struct err e;
  const struct json_value *base = json_member(d, "base");
  const bool combined = case_flag(d, "combined_weights");
  int n_keys = 0;
  double v;
  if (case_read_csv(c->arena, c->folder, name, &t, &e)) return fprintf(c->say, "   cannot read %s\n", name), FAILED;
  while (n_keys < t.n_columns
      && (str_eq(t.header[n_keys], str_of(json_member_string(base, "strata", "\1")))
          || str_eq(t.header[n_keys], str_of(json_member_string(base, "ids", "\1")))))
    n_keys++;
  const int n = (int)t.n_columns - n_keys;
  double *multiplier = ARENA_ARRAY(c->arena, double, (int64_t)n * c->n + 1);
  int64_t *of = ARENA_ARRAY(c->arena, int64_t, c->n + 1);
  if (!n_keys && t.n_rows != c->n) return fprintf(c->say, "   %lld replicate rows for %lld records\n", (long long)t.n_rows, (long long)c->n), FAILED;
  if (!rows_of_units(c, d, &t, n_keys, of)) return FAILED;
  for (int r = 0; r < n; r++)
    for (int64_t i = 0; i < c->n; i++) {
      char text[64];
      const struct str cell = csv_table_cell(&t, of[i], n_keys + r);
      snprintf(text, sizeof text, "%.*s", (int)(cell.n < 63 ? cell.n : 63), cell.p);
      if (sscanf(text, "%lf", &v) != 1) return FAILED;
      multiplier[(int64_t)r * c->n + i] = combined && !n_keys ? v / c->base_weight[i] : v;
    }
  c->replicates = (struct replicate_set){.n = c->n, .n_units = c->n, .n_replicates = n, .multiplier = multiplier, .scale = 1, .df = n - 1};
  return PASSED;
}
static enum verdict replicates_of(struct est_case *c, const struct json_value *d) {
  const struct json_value *base = json_member(d, "base");
  const char *file = json_string(json_member(d, "replicate_weights_file")), *type = json_member_string(d, "type", "");
  struct err e;
  enum verdict v = tree_of(c, base ? base : d);
  if (v != PASSED) {
    if (base) return v;
    double *w = ARENA_ARRAY(c->arena, double, c->n + 1);
    for (int64_t i = 0; i < c->n; i++) w[i] = 1;
    c->survey = (struct survey){.n = c->n, .weight = w}, c->base_weight = w;
  }
  if (file) v = weights_from_file(c, d, file);
  else if (strcmp(type, "JK1") == 0) v = replicate_jk1(c->arena, &c->tree, &c->replicates, &e) ? FAILED : PASSED;
  else if (strcmp(type, "JKn") == 0) v = replicate_jkn(c->arena, &c->tree, &c->replicates, &e) ? FAILED : PASSED;
  else return fprintf(c->say, "   replicates of type %s without their weights\n", type), UNSUPPORTED;
  if (v != PASSED) return v;
  if (file) {
    double *rscale = ARENA_ARRAY(c->arena, double, c->replicates.n_replicates + 1);
    (void)json_number(json_member(d, "scale"), &c->replicates.scale);
    if (!rscales_of(c, json_member(d, "rscales"), rscale)) return FAILED;
    c->replicates.rscale = rscale;
  }
  c->replicates.mse = case_flag(d, "mse");
  c->replicated = true;
  return PASSED;
}

enum verdict case_design(struct est_case *c, const struct json_value *d) {
  const char *method = json_member_string(d, "method", "taylor");
  if (strcmp(method, "replicate") == 0) return replicates_of(c, d);
  enum verdict v = tree_of(c, d);
  if (v == PASSED && strcmp(method, "pps") == 0) v = pps_of(c, d);
  return v;
}
