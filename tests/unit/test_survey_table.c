/* Tables over a survey: every cell and margin against values and variances written from their formulas, a cell at a time. The influence of a record
 * is taken from the figure itself by changing the record's weight, so that no linearised formula is used twice. */
#include "survey_fixture.h"

#include <stdio.h>

#include "base/ext_gsl.h"
#include "estimators/estimate/inequality.h"
#include "estimators/variance/replicate_make.h"

static const char *const DIMENSIONS[] = {"area", "sex"};
static struct result_table *table_of(struct world *s, const char *measures, struct survey_table_request *q) {
  static struct measure m[PLAN_MAX_MEASURES];
  struct result_table *t;
  struct err e = {0};
  assert_int_equal(measures_parse(s->a, str_of(measures), m, &q->n_measures, &e), E_OK);
  q->id = "t", q->columns = &s->columns, q->survey = &s->survey, q->measures = m, q->dimensions = DIMENSIONS, q->decimals = PLAN_AS_COMPUTED;
  const enum err_code code = survey_table(NULL, s->a, q, &t, &e);
  if (code) fail_msg("%s: %s %s", err_name(code), e.subject, e.expected);
  return t;
}
static struct result_table *crossed(struct world *s, const char *measures) {
  struct survey_table_request q = {.n_dimensions = 2, .n_row_dimensions = 1, .deff = TABLE_DEFF_WITHOUT};
  return table_of(s, measures, &q);
}

/* --- the figures, written plainly: theta under weights w over the records that count --- */
enum plain { COUNT, TOTAL, MEAN, RATIO, SHARE, VARIANCE, GEOMETRIC, GEI0, FORMULA, N_PLAIN };
static const char MEASURES[] = "count();total(x);mean(x);ratio(x,y);proportion(sex=1);variance(x);"
                               "geometric(x);gei(x,0);formula(log(total(x)/total(y))-mean(y))";
static bool counts(const struct world *s, enum plain k, int64_t i) {
  const bool x = value_present(s->x_status[i]), y = value_present(s->y_status[i]);
  return k == COUNT || (k == SHARE ? s->sex[i] >= 0 : k == RATIO || k == FORMULA ? x && y : x);
}
static double theta(const struct world *s, enum plain k, const double *w, const uint8_t *in) {
  double n = 0, x = 0, y = 0, one = 0, logs = 0, square = 0;
  int64_t records = 0;
  for (int64_t i = 0; i < s->n; i++) {
    if (!in[i]) continue;
    n += w[i], x += w[i] * s->x[i], y += w[i] * s->y[i], one += w[i] * (s->sex[i] == 0), logs += in[i] && s->x[i] > 0 ? w[i] * log(s->x[i]) : 0;
    records++;
  }
  for (int64_t i = 0; i < s->n; i++)
    if (in[i]) square += w[i] * (s->x[i] - x / n) * (s->x[i] - x / n);
  switch (k) {
    case COUNT: return n;
    case TOTAL: return x;
    case MEAN: return x / n;
    case RATIO: return x / y;
    case SHARE: return one / n;
    case VARIANCE: return square / n * (double)records / (double)(records - 1);
    case GEOMETRIC: return exp(logs / n);
    case GEI0: return log(x / n) - logs / n;
    default: return log(x / y) - y / n;
  }
}
static double variance_of(const struct world *s, enum plain k, const uint8_t *in) {
  double w[WORLD_MOST], z[WORLD_MOST];
  memcpy(w, s->w, sizeof w);
  for (int64_t i = 0; i < s->n; i++) {
    const double h = 1e-4 * s->w[i];
    z[i] = 0;
    if (!in[i]) continue;
    w[i] = s->w[i] + h;
    const double up = theta(s, k, w, in);
    w[i] = s->w[i] - h;
    z[i] = s->w[i] * (up - theta(s, k, w, in)) / (2 * h);
    w[i] = s->w[i];
  }
  return world_variance(s, z);
}
static int64_t df_of(const struct world *s, const uint8_t *in) {
  int64_t psus = 0, strata = 0;
  uint8_t seen_psu[256] = {0}, seen[4] = {0};
  for (int64_t i = 0; i < s->n; i++)
    if (in[i]) seen_psu[s->psu[i]] = 1, seen[s->stratum[i]] = 1;
  for (int k = 0; k < 256; k++) psus += seen_psu[k];
  for (int k = 0; k < 4; k++) strata += seen[k];
  return psus - strata;
}

static void check_row(const struct world *s, const struct result_table *t, int64_t r) {
  for (int k = 0; k < N_PLAIN; k++) {
    const struct result_measure *m = &t->measures[k];
    uint8_t in[WORLD_MOST];
    int64_t n = 0, all = 0;
    for (int64_t i = 0; i < s->n; i++) {
      const bool cell = world_in(s, i, t->dimensions[0].code[r], t->dimensions[1].code[r]);
      in[i] = cell && counts(s, (enum plain)k, i);
      n += in[i], all += cell;
    }
    assert_int_equal(t->n[r], all);
    assert_int_equal(m->n_used[r], n);
    if (n < 2) continue;
    const double v = variance_of(s, (enum plain)k, in), value = theta(s, (enum plain)k, s->w, in);
    double tq;
    world_near(m->name, m->value[r], value, 1e-11);
    assert_int_equal(m->has_se[r], 1);
    if (fabs(m->se[r] - sqrt(v)) > 1e-6 * fmax(sqrt(v), 0.05 * fabs(value)))
      fail_msg("%s row %d: se %.12g, expected %.12g", m->name, (int)r, m->se[r], sqrt(v));
    assert_int_equal(m->df[r], df_of(s, in));
    assert_int_equal(m->has_interval[r], m->df[r] > 0 && (k != SHARE || (value > 0 && value < 1 && m->se[r] > 0)));
    if (!m->has_interval[r]) assert_non_null(m->reason[r]);
    if (!m->has_interval[r] || k == SHARE) continue;
    assert_true(dist_t_quantile(0.975, (double)m->df[r], &tq));
    world_near("lower", m->low[r], m->value[r] - tq * m->se[r], 1e-10);
    world_near("upper", m->high[r], m->value[r] + tq * m->se[r], 1e-10);
  }
}
static void every_cell_and_margin_is_that_of_its_formula(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 12; seed++) {
    struct arena *a = arena_new(0);
    struct world *s = world_new(a, seed, seed % 2 == 0, seed % 3 != 0);
    const struct result_table *t = crossed(s, MEASURES);
    int64_t total = 0;
    assert_int_equal(t->n_measures, N_PLAIN);
    for (int64_t r = 0; r < t->n_rows; r++) {
      check_row(s, t, r);
      if (str_eq(t->dimensions[1].code[r], STR("_T")) && !str_eq(t->dimensions[0].code[r], STR("_T"))) total += t->n[r];
    }
    assert_int_equal(total, s->n); /* nobody is lost between the margins */
    assert_true(str_eq(t->dimensions[0].code[0], STR("_T")) && str_eq(t->dimensions[1].code[0], STR("_T")));
    arena_free(a);
  }
}

/* A table of some records is not a survey of some records: units without one count as zeros. */
static void a_domain_is_no_subset(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct world *s = world_new(a, 7, false, true), *part = world_new(a, 7, false, true);
  uint8_t keep[WORLD_MOST];
  int64_t n = 0;
  for (int64_t i = 0; i < s->n; i++) keep[i] = s->psu[i] % 3 != 0;
  struct survey_table_request q = {.keep = keep};
  const struct result_table *domain = table_of(s, "total(x);mean(x)", &q);
  for (int64_t i = 0; i < s->n; i++) {
    if (!keep[i]) continue;
    part->stratum[n] = s->stratum[i], part->psu[n] = s->psu[i], part->n1[n] = s->n1[i], part->w[n] = s->w[i], part->x[n] = s->x[i];
    part->x_status[n++] = s->x_status[i];
  }
  struct err e;
  const struct sample_spec spec = {.n = n, .n_stages = 1, .stage = {{part->stratum, part->psu, part->n1}}, .weight = part->w, .lonely = LONELY_ZERO};
  assert_int_equal(sample_design_build(a, &spec, &part->design, &e), E_OK);
  part->n = part->columns.n = part->survey.n = n;
  struct survey_table_request all = {.keep = NULL};
  const struct result_table *subset = table_of(part, "total(x);mean(x)", &all);
  world_near("the figure is the same", subset->measures[0].value[0], domain->measures[0].value[0], 1e-13);
  assert_true(fabs(subset->measures[0].se[0] / domain->measures[0].se[0] - 1) > 1e-3);
  arena_free(a);
}

static void quantiles_have_woodruff_intervals(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct world *s = world_new(a, 5, true, true);
  const struct result_table *t = crossed(s, "median(x);quantile(x,0.8,rule=hf7,interval=logit)");
  for (int64_t r = 0; r < t->n_rows; r++)
    for (int k = 0; k < 2; k++) {
      const struct result_measure *m = &t->measures[k];
      int32_t of[WORLD_MOST];
      uint8_t in[WORLD_MOST];
      double z[WORLD_MOST], share = 0, size = 0, tq, low, high;
      struct quantile_order o;
      struct err e;
      for (int64_t i = 0; i < s->n; i++) {
        in[i] = world_in(s, i, t->dimensions[0].code[r], t->dimensions[1].code[r]) && value_present(s->x_status[i]);
        of[i] = in[i] ? 0 : -1;
      }
      assert_int_equal(quantile_sort(a, s->n, s->x, s->w, of, 0, &o, &e), E_OK);
      if (o.n < 3) continue;
      const enum quantile_rule rule = k ? QUANTILE_HF7 : QUANTILE_MATH;
      const double q = quantile_at(&o, k ? 0.8 : 0.5, rule);
      world_near("quantile", m->value[r], q, 1e-14);
      for (int64_t i = 0; i < s->n; i++)
        if (in[i]) size += s->w[i], share += s->w[i] * (s->x[i] <= q);
      share /= size;
      for (int64_t i = 0; i < s->n; i++) z[i] = in[i] ? s->w[i] * ((s->x[i] <= q) - share) / size : 0;
      const struct interval_spec spec = {.confidence = 0.95, .df = m->df[r], .n = o.n};
      if (m->df[r] <= 0) {
        assert_int_equal(m->has_se[r] + m->has_interval[r], 0);
        continue;
      }
      if (!interval_of_proportion(k ? INTERVAL_LOGIT : INTERVAL_MEAN, &spec, share, sqrt(world_variance(s, z)), &low, &high)) continue;
      if (low < 0 || high > 1) { /* no quantile there: the smallest value would be no limit */
        assert_int_equal(m->has_se[r] + m->has_interval[r], 0);
        assert_non_null(m->reason[r]);
        continue;
      }
      assert_true(dist_t_quantile(0.975, (double)m->df[r], &tq));
      world_near("low", m->low[r], quantile_at(&o, low, rule), 1e-10);
      world_near("high", m->high[r], quantile_at(&o, high, rule), 1e-10);
      world_near("se", m->se[r], (m->high[r] - m->low[r]) / (2 * tq), 1e-12);
    }
  arena_free(a);
}

/* Against inequality.h over the whole sample with the cell as its domain. */
static void inequality_of_a_cell_is_that_of_its_domain(void **state) {
  (void)state;
  static const struct inequality_spec specs[] = {{.kind = INEQUALITY_GINI}, {.kind = INEQUALITY_GINI_EUROSTAT}, {INEQUALITY_ARPR, 0.5, 0.6, 0,
      false, 0},
      {INEQUALITY_RMPG, 0.5, 0.6, 0, false, 0}, {.kind = INEQUALITY_QSR, .alpha = 0.2}, {INEQUALITY_FGT, 0.5, 0.6, 1, true, 40},
      {INEQUALITY_FGT, 0.5, 0.6, 0, false, 0}, {.kind = INEQUALITY_GEI, .alpha = 1}, {.kind = INEQUALITY_ATKINSON, .alpha = 0.5}};
  struct arena *a = arena_new(0);
  struct world *s = world_new(a, 3, true, true);
  const struct result_table *t = crossed(s,
      "gini(x);gini(x,form=eurostat);arpr(x);rmpg(x);qsr(x);fgt(x,1,40);fgt(x,0);theil(x);atkinson(x,0.5);arpt(x)");
  int compared = 0;
  for (int64_t r = 0; r < t->n_rows; r++)
    for (int k = 0; k < 9; k++) {
      int32_t of[WORLD_MOST];
      uint8_t present[WORLD_MOST];
      double u[WORLD_MOST], value, var;
      const double *columns[1] = {u};
      struct err e;
      for (int64_t i = 0; i < s->n; i++) {
        present[i] = value_present(s->x_status[i]);
        of[i] = world_in(s, i, t->dimensions[0].code[r], t->dimensions[1].code[r]) && present[i] ? 0 : -1;
      }
      if (t->measures[k].n_used[r] < 5) continue;
      const struct inequality_data d = {s->n, s->x, s->w, present, of};
      if (inequality(a, &specs[k], &d, &value, u, &e) || !isfinite(value)) continue;
      assert_int_equal(survey_covariance(NULL, a, &s->survey, NULL, 1, columns, &var, &e), E_OK);
      world_near(t->measures[k].name, t->measures[k].value[r], value, 1e-12);
      if (isfinite(var)) world_near(t->measures[k].name, t->measures[k].se[r], sqrt(var), 1e-11);
      compared++;
    }
  assert_true(compared > 60);
  arena_free(a);
}

/* A cell that has no figure says why; the others stand. */
static void a_figure_that_does_not_exist_is_undefined_with_a_reason(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct world *s = world_new(a, 4, false, true);
  for (int64_t i = 0; i < s->n; i++) {
    if (s->area[i] == 0 && value_present(s->x_status[i])) {
      s->x[i] = -1;
      break;
    }
  }
  for (int64_t i = 0; i < s->n; i++)
    if (s->area[i] == 1) s->y_status[i] = VAL_BLANK;
  const struct result_table *t = crossed(s, "geometric(x);ratio(x,y);formula(log(mean(x)-1e9));theil(x)");
  for (int64_t r = 0; r < t->n_rows; r++) {
    const struct str area = t->dimensions[0].code[r];
    const bool all = str_eq(t->dimensions[1].code[r], STR("_T"));
    if (all) assert_int_equal(t->measures[0].status[r] == RESULT_UNDEFINED, str_eq(area, STR("east")) || str_eq(area, STR("_T")));
    if (all) assert_int_equal(t->measures[3].status[r], t->measures[0].status[r]);
    assert_int_equal(t->measures[1].status[r] == RESULT_UNDEFINED, str_eq(area, STR("north")) || t->measures[1].n_used[r] == 0);
    assert_int_equal(t->measures[2].status[r], RESULT_UNDEFINED);
    for (int k = 0; k < 4; k++)
      if (t->measures[k].status[r] == RESULT_UNDEFINED) assert_non_null(t->measures[k].reason[r]);
  }
  arena_free(a);
}

static void nothing_depends_on_threads(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct world *s = world_new(a, 9, true, true);
  struct result_table *t[3];
  for (int k = 0; k < 3; k++) {
    const struct job job = {.n_threads = 1 << (k * 3 / 2)};
    struct measure m[PLAN_MAX_MEASURES];
    struct err e;
    int n;
    assert_int_equal(measures_parse(a, str_of(MEASURES), m, &n, &e), E_OK);
    const struct survey_table_request q = {.id = "t", .columns = &s->columns, .survey = &s->survey, .n_dimensions = 2, .dimensions = DIMENSIONS,
        .n_measures = n, .measures = m, .deff = TABLE_DEFF_REPLACE};
    assert_int_equal(survey_table(&job, a, &q, &t[k], &e), E_OK);
    for (int j = 0; k && j < n; j++) {
      assert_memory_equal(t[k]->measures[j].value, t[0]->measures[j].value, sizeof(double) * (size_t)t[0]->n_rows);
      assert_memory_equal(t[k]->measures[j].se, t[0]->measures[j].se, sizeof(double) * (size_t)t[0]->n_rows);
      assert_memory_equal(t[k]->measures[j].deff, t[0]->measures[j].deff, sizeof(double) * (size_t)t[0]->n_rows);
    }
  }
  arena_free(a);
}

/* Replicates of a design that is drawn with replacement: the jackknife of a total is the linearised variance. */
static void replicates_give_the_same_table(void **state) {
  (void)state;
  struct arena *a = arena_new(0);
  struct world *s = world_new(a, 6, false, true);
  struct replicate_set set;
  struct err e;
  assert_int_equal(replicate_jkn(a, &s->design, &set, &e), E_OK);
  struct survey_table_request q = {.n_dimensions = 1, .replicates = &set}, plain = {.n_dimensions = 1};
  const struct result_table *by = table_of(s, "total(x);count();mean(x);median(x)", &q), *t = table_of(s, "total(x);count();mean(x);median(x)",
      &plain);
  for (int64_t r = 0; r < t->n_rows; r++) {
    for (int k = 0; k < 2; k++) world_near("jackknife of a total", by->measures[k].se[r], t->measures[k].se[r], 1e-12);
    if (t->measures[2].df[r] > 5) assert_true(fabs(by->measures[2].se[r] / t->measures[2].se[r] - 1) < 0.2);
    assert_int_equal(by->measures[3].has_se[r], 1);
    assert_int_equal(by->measures[0].df[r], set.df);
  }
  arena_free(a);
}

static void wrong_requests_are_refused(void **state) {
  (void)state;
  static const struct {
    const char *measure;
    enum err_code code;
  } cases[] = {{"total(area)", E_DATA_TEXT}, {"mean(nothing)", E_TABLE_ITEM}, {"proportion(nothing=1)", E_TABLE_ITEM}, {"mls(C)", E_TABLE_MEASURE},
      {"formula(total(x)/total(area))", E_DATA_TEXT}};
  struct arena *a = arena_new(0);
  struct world *s = world_new(a, 2, false, false);
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    struct measure m;
    struct result_table *t;
    struct err e;
    assert_int_equal(measure_parse(a, str_of(cases[k].measure), &m, &e), E_OK);
    const struct survey_table_request q = {.id = "t", .columns = &s->columns, .survey = &s->survey, .n_measures = 1, .measures = &m};
    assert_int_equal(survey_table(NULL, a, &q, &t, &e), cases[k].code);
  }
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_cell_and_margin_is_that_of_its_formula), cmocka_unit_test(a_domain_is_no_subset),
      cmocka_unit_test(quantiles_have_woodruff_intervals), cmocka_unit_test(inequality_of_a_cell_is_that_of_its_domain),
      cmocka_unit_test(a_figure_that_does_not_exist_is_undefined_with_a_reason), cmocka_unit_test(nothing_depends_on_threads),
      cmocka_unit_test(replicates_give_the_same_table), cmocka_unit_test(wrong_requests_are_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
