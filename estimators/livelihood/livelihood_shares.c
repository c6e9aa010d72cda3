#include "estimators/livelihood/livelihood_shares.h"

#include <math.h>
#include <string.h>

#include "base/ext_gsl.h"
#include "estimators/estimate/design_effect.h"
#include "estimators/estimate/statistic.h"
#include "estimators/variance/survey_variance.h"

enum { TYPES = 4, STRUCTURES = 7, AGES = 3, YES = 1, NO = 2, UNKNOWN = 9 };
static const double CONFIDENCE = 0.95;

static double *new_share(struct arena *a, struct livelihood_shares *s, int64_t n, const char *name, double factor, const double *x) {
  double *y = ARENA_ARRAY(a, double, n + 1);
  s->share[s->m++] = (struct livelihood_share){name, factor, y, x};
  return y;
}
enum err_code livelihood_household_shares(
    struct arena *a, const struct livelihood_records *r, const struct livelihood_survey *s, struct livelihood_shares *out, struct err *e) {
  static const char *const type[] = {"share_elderly", "share_mother_child", "share_father_child", "share_other_type"};
  static const char *const kind[] = {
      "share_live_in", "share_single", "share_couple", "share_couple_children", "share_one_parent", "share_three_generations", "share_other"};
  double *one = ARENA_ARRAY(a, double, s->n + 1), *typed = ARENA_ARRAY(a, double, s->n + 1), *built = ARENA_ARRAY(a, double, s->n + 1);
  static const char *const ages[] = {"people_0_17", "people_18_63", "people_64_and_more"};
  double *of_type[TYPES], *of_kind[STRUCTURES], *of_age[AGES], *aged = ARENA_ARRAY(a, double, s->n + 1);
  *out = (struct livelihood_shares){0};
  double *households = new_share(a, out, s->n, "households", 1, NULL), *people = new_share(a, out, s->n, "people", 1, NULL);
  double *size = new_share(a, out, s->n, "mean_size", 1, one);
  bool ok = one && typed && built && aged && households && people && size;
  for (int k = 0; k < TYPES; k++) ok = (of_type[k] = new_share(a, out, s->n, type[k], 100, typed)) && ok;
  for (int k = 0; k < STRUCTURES; k++) ok = (of_kind[k] = new_share(a, out, s->n, kind[k], 100, built)) && ok;
  for (int k = 0; k < AGES; k++) ok = (of_age[k] = new_share(a, out, s->n, ages[k], 100, aged)) && ok;
  if (!ok) return ERR(e, E_NO_MEMORY, .subject = "shares");
  for (int64_t i = 0; i < s->n; i++) {
    const int64_t h = s->row[i];
    of_age[0][i] = r->children[h], of_age[1][i] = r->middle[h], of_age[2][i] = r->adults[h] - r->middle[h];
    aged[i] = r->children[h] + r->adults[h]; /* members of known age */
    one[i] = households[i] = 1;
    people[i] = size[i] = (double)r->members[h];
    typed[i] = r->type[h] > 0, built[i] = r->structure[h] > 0;
    if (r->type[h]) of_type[r->type[h] - 1][i] = 1;
    if (r->structure[h]) of_kind[r->structure[h] - 1][i] = 1;
    out->n_unknown += !r->type[h] || !r->structure[h];
  }
  return E_OK;
}

/* --- health --- */
static const struct {
  const char *name, *item;
} rates[] = {{"symptoms_per_1000", "symptoms"}, {"treatment_per_1000", "visits"}, {"limited_per_1000", "daily_impact"}};
enum { RATES = 3 };

/* A code that no list knows is neither yes nor no. */
static enum err_code yes_or_no(const struct survey_columns *c, const char *name, const struct livelihood_whole *x, int64_t row, struct err *e) {
  if (!x->known[row] || x->value[row] == YES || x->value[row] == NO || x->value[row] == UNKNOWN) return E_OK;
  return ERR(e, E_LIVELIHOOD_VALUE, .file = c->place, .line = row + 1, .subject = name, .expected = "1, 2, 9");
}

enum err_code livelihood_health_shares(struct arena *a, const struct livelihood_records *r, const struct livelihood_survey *s,
    const struct survey_columns *health, enum livelihood_rate_base base, struct livelihood_shares *out, struct err *e) {
  struct livelihood_whole in_hospital, answer[RATES];
  double *x = ARENA_ARRAY(a, double, s->n + 1), *y[RATES];
  int64_t *place = ARENA_ARRAY(a, int64_t, r->n + 1);
  *out = (struct livelihood_shares){0};
  if (!x || !place) return ERR(e, E_NO_MEMORY, .subject = "health");
  TRY(livelihood_column(a, health, "hospitalised", true, 0, &in_hospital, e));
  for (int k = 0; k < RATES; k++) {
    TRY(livelihood_column(a, health, rates[k].item, true, 0, &answer[k], e));
    if (!(y[k] = new_share(a, out, s->n, rates[k].name, 1000, x))) return ERR(e, E_NO_MEMORY, .subject = "health");
  }
  for (int64_t i = 0; i < s->n; i++) place[s->row[i]] = i + 1, out->n_absent += r->members[s->row[i]] - r->healths[s->row[i]];
  for (int64_t p = 0; p < health->n; p++) {
    const int64_t h = r->household_of_health[p], i = h < 0 ? -1 : place[h] - 1;
    TRY(yes_or_no(health, "hospitalised", &in_hospital, p, e));
    for (int k = 0; k < RATES; k++) TRY(yes_or_no(health, rates[k].item, &answer[k], p, e));
    const bool away = in_hospital.known[p] && in_hospital.value[p] == YES;
    if (i < 0) continue;
    x[i] += base == RATE_BASE_MEMBERS || !away;
    for (int k = 0; k < RATES && !away; k++) {
      const bool known = answer[k].known[p] && answer[k].value[p] != UNKNOWN;
      out->n_unknown += !known && k < 2; /* the third is not asked of the youngest */
      y[k][i] += known && answer[k].value[p] == YES;
    }
  }
  return E_OK;
}

/* --- figures --- */
static void precision(struct livelihood_estimate *x, double factor, double variance, int64_t df) {
  double t = 0;
  if (!isfinite(variance) || variance < 0 || df <= 0 || !dist_t_quantile(0.5 + CONFIDENCE / 2, (double)df, &t)) return;
  const double se = factor * sqrt(variance);
  x->has[METHOD_LINEARISED] = true;
  x->se[METHOD_LINEARISED] = se, x->df[METHOD_LINEARISED] = df;
  x->low[METHOD_LINEARISED] = x->value - t * se, x->high[METHOD_LINEARISED] = x->value + t * se;
}
static enum err_code one_share(const struct job *job, struct arena *a, const struct livelihood_survey *s, const struct livelihood_share *share,
    const struct taylor_domains *domains, const int64_t *df, const int64_t *n, struct livelihood_estimate *out, struct err *e) {
  const struct statistic what = {share->x ? STATISTIC_RATIO : STATISTIC_TOTAL, share->y, share->x};
  const int32_t n_domains = domains->n_domains;
  double *value = ARENA_ARRAY(a, double, n_domains + 1), *u = ARENA_ARRAY(a, double, s->n + 1), *variance = ARENA_ARRAY(a, double, n_domains + 1);
  double *srs = ARENA_ARRAY(a, double, n_domains + 1);
  bool *defined = ARENA_ARRAY(a, bool, n_domains + 1), *has_srs = ARENA_ARRAY(a, bool, n_domains + 1);
  if (!value || !u || !variance || !srs || !defined || !has_srs) return ERR(e, E_NO_MEMORY, .subject = "shares");
  TRY(statistic_value(a, &what, s->n, s->survey.weight, domains, value, defined, e));
  TRY(statistic_influence(a, &what, s->n, s->survey.weight, domains, value, defined, u, e));
  const double *const columns[] = {u};
  double *const variances[] = {variance};
  TRY(survey_variances(job, a, &s->survey, domains, 1, columns, variances, e));
  TRY(srs_variance(a, s->n, s->survey.weight, domains, u, SRS_WITH_REPLACEMENT, srs, has_srs, e));
  for (int32_t d = 0; d < n_domains; d++) {
    out[d] = (struct livelihood_estimate){.value = share->factor * value[d], .defined = defined[d], .n = n[d]};
    if (!defined[d]) continue;
    precision(&out[d], share->factor, variance[d], df[d]);
    out[d].has_deff = has_srs[d] && srs[d] > 0;
    out[d].deff = out[d].has_deff ? variance[d] / srs[d] : 0;
  }
  return E_OK;
}
enum err_code livelihood_share_estimates(const struct job *job, struct arena *a, const struct livelihood_survey *s,
    const struct livelihood_shares *shares, const struct taylor_domains *domains, struct livelihood_estimate *out, struct err *e) {
  const struct arena_mark mark = arena_mark(a);
  int64_t *df = ARENA_ARRAY(a, int64_t, domains->n_domains + 1), *n = ARENA_ARRAY(a, int64_t, domains->n_domains + 1);
  if (!df || !n) return ERR(e, E_NO_MEMORY, .subject = "shares");
  TRY(survey_df(job, a, &s->survey, domains, df, e));
  for (int64_t i = 0; i < s->n; i++) {
    const int32_t d = domains->of_row ? domains->of_row[i] : 0;
    if (d >= 0) n[d] += s->survey.weight[i] > 0;
  }
  for (int k = 0; k < shares->m; k++)
    TRY(one_share(job, a, s, &shares->share[k], domains, df, n, out + (int64_t)k * domains->n_domains, e));
  arena_reset(a, mark);
  return E_OK;
}
