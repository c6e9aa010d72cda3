#include "estimators/seasonal/stability.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double threshold = 0.03;
enum { LEAST_SPANS = 2 };

static int years_for(enum seasonal_filter f) {
  static const int years[SEASONAL_FILTERS] = {8, 5, 6, 8, 11, 19, 8};
  return years[f];
}
/* The regressors as the span has them. A date outside it is no fault: the event is not in these data. */
static enum err_code effects_of(struct arena *a, const struct stability_input *in, const struct effect_span *s, struct effect_list *list,
    struct err *e) {
  struct effect_list whole = {.n = 0};
  for (int i = 0; i < in->n_words; i++) {
    struct err inner = {.code = E_OK};
    enum err_code code = effects_add(a, s, in->words[i], list, &inner);
    if (code == E_EFFECT_DATE) code = effects_add(a, in->span, in->words[i], &whole, e); /* wrong for the whole series too? */
    else if (code) *e = inner;
    if (code) return code;
  }
  return E_OK;
}
/* Adjusts value[first .. first + n - 1]; adjusted and factor: [n], of the arena. */
static enum err_code adjust_part(struct arena *a, const struct stability_input *in, int first, int n, struct adjustment *out, struct err *e) {
  struct adjustment_spec spec = *in->spec;
  struct effect_list *list = ARENA_NEW(a, struct effect_list);
  int64_t place = in->span->year * in->span->period + in->span->at + first;
  struct effect_span s = {place / in->span->period, (int)(place % in->span->period), in->span->period, n, in->span->ahead};
  if (!list) return ERR(e, E_NO_MEMORY, .subject = "spans");
  TRY(effects_of(a, in, &s, list, e));
  spec.effects = list->effect;
  spec.n_effects = list->n;
  return adjust_series(a, &spec, in->value + first, n, s.period, s.at, out, e);
}
static enum err_code check_mode(const struct stability_input *in, struct err *e) {
  if (in->spec->x11.mode != X11_ADDITIVE) return E_OK;
  return ERR(e, E_SEASONAL_OPTION, .subject = "mode", .found = "add", .expected = "mult, logadd or pseudoadd: differences are in per cent");
}

struct range {
  double low, high;
  int n;
};
static void widen(struct range *r, double x) {
  if (!r->n || x < r->low) r->low = x;
  if (!r->n || x > r->high) r->high = x;
  r->n++;
}
struct ranges {
  struct range *factor, *change, *year;
};
static enum err_code gather(struct arena *a, const struct stability_input *in, const struct sliding_spans *s, struct ranges *r, struct err *e) {
  int period = in->span->period, length = s->years * period;
  for (int k = 0; k < s->n_spans; k++) {
    struct arena_mark mark = arena_mark(a);
    struct adjustment x;
    int first = in->span->n - length - k * period;
    TRY(adjust_part(a, in, first, length, &x, e));
    for (int i = 0; i < length; i++) {
      widen(&r->factor[first + i], x.combined[i]);
      if (i >= 1) widen(&r->change[first + i], x.adjusted[i] / x.adjusted[i - 1] - 1);
      if (i >= period) widen(&r->year[first + i], x.adjusted[i] / x.adjusted[i - period] - 1);
    }
    arena_reset(a, mark);
  }
  return E_OK;
}
static void judge(const struct ranges *r, int n, struct sliding_spans *s) {
  for (int i = 0; i < n; i++) {
    if (r->factor[i].n >= LEAST_SPANS) {
      double d = r->factor[i].high / r->factor[i].low - 1;
      s->n_factors++;
      s->unstable_factors += d > threshold;
      if (100 * d > s->worst_factor) s->worst_factor = 100 * d, s->worst_place = i;
    }
    if (r->change[i].n >= LEAST_SPANS) s->n_changes++, s->unstable_changes += r->change[i].high - r->change[i].low > threshold;
    if (r->year[i].n >= LEAST_SPANS) s->n_years++, s->unstable_years += r->year[i].high - r->year[i].low > threshold;
  }
}
enum err_code sliding_spans(struct arena *a, const struct stability_input *in, enum seasonal_filter chosen, struct sliding_spans *out,
    struct err *e) {
  int n = in->span->n, period = in->span->period;
  char text[32];
  *out = (struct sliding_spans){.years = years_for(chosen)};
  TRY(check_mode(in, e));
  out->n_spans = n / period - out->years + 1;
  if (out->n_spans > SPANS_MOST) out->n_spans = SPANS_MOST;
  snprintf(text, sizeof text, "%d", n);
  if (out->n_spans < LEAST_SPANS) return ERR(e, E_SEASONAL_SHORT, .found = text, .expected = "a year more than a span of the filter");
  struct ranges r = {ARENA_ARRAY(a, struct range, n), ARENA_ARRAY(a, struct range, n), ARENA_ARRAY(a, struct range, n)};
  if (!r.factor || !r.change || !r.year) return ERR(e, E_NO_MEMORY, .subject = "spans");
  TRY(gather(a, in, out, &r, e));
  judge(&r, n, out);
  return E_OK;
}

enum err_code revision_history(struct arena *a, const struct stability_input *in, const double *final, int n, struct revision_history *out,
    struct err *e) {
  double before_first = 0, level = 0, change = 0;
  char text[32];
  TRY(check_mode(in, e));
  *out = (struct revision_history){.n = n, .from = in->span->n - n, .n_path = in->span->period + 1};
  snprintf(text, sizeof text, "%d", in->span->n);
  if (n < 1 || in->span->n - n < X11_LEAST_YEARS * in->span->period)
    return ERR(e, E_SEASONAL_SHORT, .found = text, .expected = "three years more than the history asked for");
  out->first = ARENA_ARRAY(a, double, n);
  out->last = ARENA_ARRAY(a, double, n);
  out->path = ARENA_ARRAY(a, double, (size_t)n * (size_t)out->n_path);
  if (!out->first || !out->last || !out->path) return ERR(e, E_NO_MEMORY, .subject = "history");
  for (int k = 0; k < n; k++) {
    struct arena_mark mark = arena_mark(a);
    struct adjustment x;
    int end = out->from + k;
    TRY(adjust_part(a, in, 0, end + 1, &x, e));
    out->first[k] = x.adjusted[end];
    out->last[k] = final[end];
    before_first = x.adjusted[end - 1];
    memcpy(out->path + (size_t)k * (size_t)out->n_path, x.adjusted + end + 1 - out->n_path, (size_t)out->n_path * sizeof *out->path);
    arena_reset(a, mark);
    double revision = 100 * (out->last[k] / out->first[k] - 1);
    level += fabs(revision) / n;
    change += 100 * fabs(final[end] / final[end - 1] - out->first[k] / before_first) / n;
    if (fabs(revision) >= fabs(out->largest)) out->largest = revision, out->largest_place = end;
  }
  out->mean_level = level;
  out->mean_change = change;
  return E_OK;
}
