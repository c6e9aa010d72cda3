/* Designs of samples: any text is refused with a reason or read; what was read is bound to a small sample, its weight programme run, its replicates
 * made, a variance computed, and the total of an item with imputed values, without trouble. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/table.h"
#include "estimators/design/bind_imputed.h"
#include "estimators/design/survey_bind.h"
#include "estimators/variance/replicate_plan.h"
#include "estimators/weight/weight_plan.h"

enum { N = 12 };
static const char *const labels[] = {"1", "2", "3", "4", "5", "6"};

static enum err_code margins(void *context, const char *name, struct str *text, struct err *e) {
  (void)context, (void)name, (void)e;
  *text = STR("item,code,total\nsex,1,60\nsex,2,70\n");
  return E_OK;
}
static const double h[N] = {1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2}, u[N] = {1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6},
                    p[N] = {9, 9, 9, 9, 9, 9, 8, 8, 8, 8, 8, 8}, m[N] = {4, 4, 5, 5, 6, 6, 4, 4, 5, 5, 6, 6},
                    w[N] = {9, 9, 9, 9, 9, 9, 8, 8, 8, 8, 8, 8}, sex[N] = {1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2},
                    pi[N] = {.1, .1, .2, .2, .3, .3, .1, .1, .2, .2, .3, .3};
static struct survey_column column(struct arena *a, const char *name, const double *x) {
  int32_t *code = ARENA_ARRAY(a, int32_t, N);
  struct str *level = ARENA_ARRAY(a, struct str, 6);
  uint8_t *status = ARENA_ARRAY(a, uint8_t, N);
  for (int i = 0; i < N; i++) code[i] = x[i] >= 1 && x[i] <= 6 ? (int32_t)x[i] - 1 : 0, status[i] = VAL_REPORTED;
  for (int k = 0; k < 6; k++) level[k] = str_of(labels[k]);
  return (struct survey_column){.name = name, .number = x, .code = code, .n_levels = 6, .level = level, .status = status};
}

static struct survey_column flags(struct arena *a) {
  static const double f[N] = {0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0};
  struct survey_column c = column(a, "f", f);
  int32_t *code = ARENA_ARRAY(a, int32_t, N);
  struct str *level = ARENA_ARRAY(a, struct str, 2);
  for (int i = 0; i < N; i++) code[i] = (int32_t)f[i];
  level[0] = STR("0"), level[1] = STR("1");
  c.code = code, c.level = level, c.n_levels = 2;
  return c;
}

/* Values imputed again under the weights of the sample are the values themselves. */
static void imputed(struct arena *a, const struct survey_plan *plan, const struct survey_columns *columns, const double *weight) {
  const struct imputed_source from = {.graded = plan->nested};
  struct survey_imputed list;
  struct err e = {0};
  if (survey_bind_imputed(a, plan, columns, &from, &list, &e)) return;
  for (int k = 0; k < list.n; k++) {
    const struct imputed_item *x = &list.item[k].item;
    double influence[N], again[N];
    struct imputed_figure f;
    if (imputed_influence(a, x, weight, NULL, k % 2, influence, &f, &e)) continue;
    if (isnan(f.value) || isnan(f.response) || isnan(f.donors)) __builtin_trap();
    if (imputed_again(a, x, weight, weight, again, &e) || memcmp(again, x->y, sizeof again) != 0) __builtin_trap();
  }
}
static void carry_out(struct arena *a, const struct survey_plan *plan) {
  const struct survey_column list[] = {
      column(a, "h", h), column(a, "u", u), column(a, "p", p), column(a, "m", m), column(a, "w", w), column(a, "sex", sex), column(a, "pi", pi),
      flags(a)};
  const struct survey_columns columns = {.place = "data", .n = N, .n_columns = 8, .column = list};
  struct survey_bound bound;
  struct weight_plan weights;
  struct weight_programme *programme;
  struct weight_history history;
  struct replicate_plan replicates;
  struct replicate_set set;
  struct replicate_report report;
  struct err e = {0};
  double cov;
  const double *z[1] = {w};
  if (survey_bind(a, plan, &columns, NULL, &bound, &e)) return;
  struct survey s = bound.survey;
  if (plan->adjust && weight_plan_parse(a, "plan", plan->adjust, margins, NULL, &weights, &e) == E_OK &&
      weight_plan_run(NULL, a, &weights, &columns, &s, &programme, &history, &e) == E_OK && !programme)
    __builtin_trap();
  if (survey_covariance(NULL, a, &s, NULL, 1, z, &cov, &e) == E_OK && isnan(cov)) __builtin_trap();
  imputed(a, plan, &columns, s.weight);
  if (plan->replicates && replicate_plan_parse(a, plan->replicates, &columns, &replicates, &e) == E_OK && replicates.spec.count <= 200 &&
      replicate_plan_make(a, &replicates, s.design, bound.survey.weight, NULL, &set, &report, &e) == E_OK && set.n_replicates < 1)
    __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *text, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *text, size_t n) {
  struct arena *a = arena_new(1 << 26);
  struct survey_plan plan;
  struct err e = {0};
  if (a && survey_plan_parse(a, "plan", (const char *)text, n, &plan, &e) == E_OK) carry_out(a, &plan);
  if (a) survey_plan_release(&plan);
  arena_free(a);
  return 0;
}
