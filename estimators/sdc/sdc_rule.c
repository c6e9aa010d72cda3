#include "estimators/sdc/sdc_rule.h"

#include <math.h>
#include <stdlib.h>

#include "base/sum.h"

const char *sdc_reason_word(enum sdc_reason r) {
  static const char *const word[SDC_N_REASONS] = {"safe", "few", "dominated", "p_percent", "request", "zero_group"};
  return r < SDC_N_REASONS ? word[r] : "";
}
enum err_code sdc_rule_check(const struct sdc_rule *r, struct err *e) {
  const char *bad = NULL;
  if (r->min_n < 0) bad = "min_n";
  if (r->dominance_n < 0 || (r->dominance_n > 0 && !(r->dominance_percent > 0 && r->dominance_percent <= 100))) bad = "dominance";
  if (!(r->p >= 0) || !(r->q >= 0) || (r->q > 0 && r->p >= r->q)) bad = "p";
  if (r->coalition < 0) bad = "coalition";
  if (r->request && !(r->request_percent >= 0 && r->request_percent <= 100)) bad = "request_percent";
  if (!(r->safety_range >= 0)) bad = "safety_range";
  if (r->weights > SDC_WEIGHTS_RAW) bad = "weights";
  return bad ? ERR(e, E_SDC_PROFILE_RULE, .subject = bad, .file = r->name) : E_OK;
}
static int holding_cmp(const void *p, const void *q) {
  const struct sdc_contribution *a = p, *b = q;
  if (a->holding != b->holding) return (a->holding > b->holding) - (a->holding < b->holding);
  return (a->value < b->value) - (a->value > b->value);
}
static int size_cmp(const void *p, const void *q) {
  const struct sdc_contribution *a = p, *b = q;
  if (a->value != b->value) return (a->value < b->value) - (a->value > b->value);
  if (a->waiver != b->waiver) return a->waiver - b->waiver;
  if (a->holding != b->holding) return (a->holding > b->holding) - (a->holding < b->holding);
  return (a->unit > b->unit) - (a->unit < b->unit);
}
enum { MOST_LOOKED_AT = 64 };
/* The `k` largest first, in the order of size_cmp; the rest as it comes. */
static void lift_largest(struct sdc_contribution *x, int64_t n, int64_t k) {
  if (k >= n || k > MOST_LOOKED_AT) {
    qsort(x, (size_t)n, sizeof *x, size_cmp);
    return;
  }
  qsort(x, (size_t)k, sizeof *x, size_cmp);
  for (int64_t i = k; i < n; i++) {
    if (!(x[i].value > x[k - 1].value) && (x[i].value < x[k - 1].value || size_cmp(&x[i], &x[k - 1]) >= 0)) continue;
    const struct sdc_contribution in = x[i];
    int64_t at = k - 1;
    x[i] = x[k - 1];
    for (; at > 0 && size_cmp(&in, &x[at - 1]) < 0; at--) x[at] = x[at - 1];
    x[at] = in;
  }
}
/* One entry per owner: values add up, waivers and requests must be those of the whole owner. */
static int64_t merge(struct sdc_contribution *x, int64_t n) {
  int64_t m = 0;
  qsort(x, (size_t)n, sizeof *x, holding_cmp);
  for (int64_t i = 0; i < n; i++) {
    if (m == 0 || x[i].holding < 0 || x[m - 1].holding != x[i].holding) {
      x[m++] = x[i];
      continue;
    }
    x[m - 1].value += x[i].value;
    x[m - 1].waiver = x[m - 1].waiver && x[i].waiver;
    x[m - 1].asked = x[m - 1].asked || x[i].asked;
  }
  return m;
}
/* The k-th largest value, 0-based, where each unit counts round(w) times when weights repeat. */
static double nth(const struct sdc_rule *r, const struct sdc_contribution *x, int64_t n, int64_t k) {
  for (int64_t i = 0; i < n; i++) {
    const int64_t times = r->weights == SDC_WEIGHTS_REPEAT ? (int64_t)fmax(1, nearbyint(x[i].weight)) : 1;
    if (k < times) return x[i].value;
    k -= times;
  }
  return 0;
}
static double largest_sum(const struct sdc_rule *r, const struct sdc_contribution *x, int64_t n, int64_t k) {
  struct sum s = {0};
  for (int64_t i = 0; i < k; i++) sum_add(&s, nth(r, x, n, i));
  return sum_result(&s);
}
static void take(struct sdc_judgement *out, enum sdc_reason reason, double level) {
  if (out->reason == SDC_SAFE) out->reason = reason;
  if (level > out->level) out->level = level;
}
/* The p% rule for the largest contributor whose figure is to be protected, against the `c` largest others. */
static void p_rule(const struct sdc_rule *r, const struct sdc_contribution *x, int64_t n, struct sdc_judgement *out) {
  const double share = r->p / (r->q > 0 ? r->q : 100);
  const int64_t c = r->coalition > 0 ? r->coalition : 1;
  int64_t own = 0;
  while (own < n && x[own].waiver) own++;
  if (own == n || !(x[own].value > 0)) return;
  if (own == 0) {
    const double rest = out->total - largest_sum(r, x, n, c + 1), level = share * x[0].value - rest;
    if (rest < share * x[0].value) take(out, SDC_P_PERCENT, level);
    return;
  }
  struct sum others = {0};
  for (int64_t i = 0, k = 0; i < n && k < c; i++)
    if (i != own) sum_add(&others, x[i].value), k++;
  const double rest = out->total - x[own].value - sum_result(&others);
  if (rest < share * x[own].value) take(out, SDC_P_PERCENT, share * x[own].value - rest);
}
/* How many of the largest the rules may look at. */
static int64_t looked_at(const struct sdc_rule *r, const struct sdc_contribution *x, int64_t n) {
  int64_t k = r->dominance_n, c = (r->coalition > 0 ? r->coalition : 1) + 2;
  for (int64_t i = 0; i < n; i++)
    if (x[i].waiver) return n;
  if (c > k) k = c;
  return k < 2 ? 2 : k;
}
static void rules(const struct sdc_rule *r, const struct sdc_contribution *x, int64_t n, struct sdc_judgement *out) {
  if (r->min_n > 0 && n > 0 && n < r->min_n) take(out, SDC_FEW, r->safety_range / 100 * out->total);
  if (r->zero_is_group && n > 0 && out->total == 0) take(out, SDC_ZERO_GROUP, 0);
  if (out->total <= 0) return;
  if (r->dominance_n > 0) {
    const double s = largest_sum(r, x, n, r->dominance_n);
    if (s > r->dominance_percent / 100 * out->total) take(out, SDC_DOMINATED, 100 / r->dominance_percent * s - out->total);
  }
  if (r->p > 0) p_rule(r, x, n, out);
}
enum err_code sdc_judge(const struct sdc_rule *r, struct sdc_contribution *x, int64_t n, struct sdc_judgement *out, struct err *e) {
  struct sum total = {0}, sum = {0}, weight = {0};
  bool holdings = false;
  *out = (struct sdc_judgement){0};
  TRY(sdc_rule_check(r, e));
  for (int64_t i = 0; i < n; i++) {
    out->negative = out->negative || x[i].value < 0;
    sum_add(&sum, x[i].weight * x[i].value);
    sum_add(&weight, x[i].weight);
    x[i].value = fabs(x[i].value);
    holdings = holdings || x[i].holding >= 0;
    const double w = r->weights == SDC_WEIGHTS_NONE ? 1 : r->weights == SDC_WEIGHTS_REPEAT ? fmax(1, nearbyint(x[i].weight)) : x[i].weight;
    if (!(w > 0)) return ERR(e, E_SDC_PROFILE_RULE, .subject = "a weight that is not positive", .file = r->name);
    sum_add(&total, w * x[i].value);
  }
  if (holdings && r->weights == SDC_WEIGHTS_REPEAT)
    return ERR(e, E_SDC_PROFILE_RULE, .subject = "weights repeated together with holdings", .file = r->name);
  out->n = n = holdings ? merge(x, n) : n;
  lift_largest(x, n, looked_at(r, x, n));
  out->total = sum_result(&total), out->sum = sum_result(&sum), out->weight = sum_result(&weight);
  out->owner = n > 0 ? (x[0].holding >= 0 ? x[0].holding : x[0].unit) : -1;
  out->largest = n > 0 ? x[0].value : 0;
  out->second = nth(r, x, n, 1);
  if (r->request) {
    const bool asks = n > 0 && x[0].asked && out->total > 0 && x[0].value > r->request_percent / 100 * out->total;
    if (!asks) return E_OK; /* everything else may be shown under the request rule */
    take(out, SDC_REQUEST, r->safety_range / 100 * out->total);
    return E_OK;
  }
  rules(r, x, n, out);
  return E_OK;
}
