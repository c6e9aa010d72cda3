#include "estimators/seasonal/x11.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/seasonal/henderson.h"
#include "estimators/seasonal/x11_impl.h"

const char *const x11_mode_names[X11_MODES] = {"mult", "add", "logadd", "pseudoadd"};
const char *const x11_table_names[X11_TABLES] = {"B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B9", "B10", "B11", "B13", "B17", "B20", "C1",
    "C2", "C4", "C5", "C6", "C7", "C9", "C10", "C11", "C13", "C17", "C20", "D1", "D2", "D4", "D5", "D6", "D7", "D8", "D9", "D10", "D11", "D12",
    "D13"};

const char *const x11_calendar_sigma_names[X11_CALENDAR_SIGMAS] = {"none", "all", "signif"};

struct x11_spec x11_defaults(void) {
  return (struct x11_spec){X11_MULTIPLICATIVE, SEASONAL_BY_MSR, 0, 1.5, 2.5, X11_SIGMA_WINDOWS};
}

/* --- one step each ------------------------------------------------------------------------------------------------------------------- */
static double *table(const struct x11_run *r, enum x11_table t) { return r->out->table[t]; }
static void set_span(struct x11_run *r, enum x11_table t, const struct seasonal_span *s) {
  r->out->first[t] = s->first;
  r->out->last[t] = s->last;
}
static void without(struct x11_run *r, enum x11_table out, enum x11_table a, enum x11_table b, const struct seasonal_span *s) {
  for (int i = s->first; i <= s->last; i++) table(r, out)[i] = x11_without(r, table(r, a)[i], table(r, b)[i]);
  set_span(r, out, s);
}
/* Takes the seasonal factor out. Pseudo-additive: series - trend (factor - 1); where the trend is not known yet, the plain quotient. */
static void adjusted(struct x11_run *r, enum x11_table out, enum x11_table series, enum x11_table factor, enum x11_table trend) {
  bool pseudo = r->spec->mode == X11_PSEUDO_ADDITIVE;
  for (int i = 0; i <= r->whole.last; i++) {
    double x = table(r, series)[i], f = table(r, factor)[i];
    bool known = pseudo && i >= r->out->first[trend] && i <= r->out->last[trend];
    table(r, out)[i] = known ? x - table(r, trend)[i] * (f - 1) : x11_without(r, x, f);
  }
  set_span(r, out, &r->whole);
}
static struct seasonal_span centred(struct x11_run *r, enum x11_table out, enum x11_table in) {
  struct seasonal_span s = r->whole;
  seasonal_centred(&s, table(r, in), table(r, out));
  s.first += s.period / 2;
  s.last -= s.period / 2;
  set_span(r, out, &s);
  return s;
}
/* Normalised factors over the span; outside it the same month of the nearest year. */
static void factors(struct x11_run *r, enum x11_table out, const double *ratio, enum seasonal_filter filter, const struct seasonal_span *s) {
  double *f = table(r, out);
  seasonal_smooth(s, filter, ratio, f);
  seasonal_normalise(s, r->divide, filter == SEASONAL_STABLE, f, r->scratch);
  for (int i = s->first - 1; i >= r->whole.first; i--) f[i] = f[i + s->period];
  for (int i = s->last + 1; i <= r->whole.last; i++) f[i] = f[i - s->period];
  set_span(r, out, &r->whole);
}
static enum seasonal_filter early(const struct x11_run *r, enum seasonal_filter usual) {
  return r->spec->seasonal == SEASONAL_BY_MSR ? usual : r->spec->seasonal; /* a filter that was asked for holds in every iteration */
}
static void trend(struct x11_run *r, enum x11_table out, enum x11_table in) {
  x11_trend(r, table(r, in), table(r, out));
  set_span(r, out, &r->whole);
}
static void weights(struct x11_run *r, enum x11_table out, enum x11_table irregular) {
  x11_weights(r, &r->whole, table(r, irregular), table(r, out));
  set_span(r, out, &r->whole);
}
/* Replaces extreme ratios: a factor by the filter, the irregular left by it, its weights. */
static void replaced(struct x11_run *r, enum x11_table out, enum x11_table ratio, enum seasonal_filter filter, const struct seasonal_span *s) {
  double *f = r->factor, *irregular = r->irregular, *weight = r->weight;
  seasonal_smooth(s, filter, table(r, ratio), f);
  seasonal_normalise(s, r->divide, filter == SEASONAL_STABLE, f, r->scratch);
  for (int i = s->first; i <= s->last; i++) irregular[i] = x11_left_by(r, table(r, ratio)[i], f[i]);
  x11_weights(r, s, irregular, weight);
  x11_replace(s, table(r, ratio), weight, table(r, out), NULL);
  set_span(r, out, s);
}
/* The part of the irregular that its weight takes away, and the series without it. */
static void modified(
    struct x11_run *r, enum x11_table part, enum x11_table irregular, enum x11_table weight, enum x11_table trend, enum x11_table series) {
  for (int i = r->whole.first; i <= r->whole.last; i++) {
    double x = table(r, irregular)[i], w = table(r, weight)[i];
    table(r, part)[i] = r->divide ? x / (1 + w * (x - 1)) : x * (1 - w);
  }
  set_span(r, part, &r->whole);
  if (r->spec->mode != X11_PSEUDO_ADDITIVE) {
    without(r, series, X11_B1, part, &r->whole);
    return;
  }
  for (int i = 0; i <= r->whole.last; i++) /* what is taken away is a share of the trend, not of the series */
    table(r, series)[i] = table(r, X11_B1)[i] - table(r, trend)[i] * (1 - table(r, weight)[i]) * (table(r, irregular)[i] - 1);
  set_span(r, series, &r->whole);
}

/* --- the iterations ------------------------------------------------------------------------------------------------------------------ */
static void iteration_b(struct x11_run *r) {
  struct seasonal_span s = centred(r, X11_B2, X11_B1);
  r->first_iteration = true;
  without(r, X11_B3, X11_B1, X11_B2, &s);
  replaced(r, X11_B4, X11_B3, early(r, SEASONAL_3X3), &s);
  factors(r, X11_B5, table(r, X11_B4), early(r, SEASONAL_3X3), &s);
  adjusted(r, X11_B6, X11_B1, X11_B5, X11_B2);
  trend(r, X11_B7, X11_B6);
  without(r, X11_B8, X11_B1, X11_B7, &r->whole);
  replaced(r, X11_B9, X11_B8, early(r, SEASONAL_3X5), &r->whole);
  factors(r, X11_B10, table(r, X11_B9), early(r, SEASONAL_3X5), &r->whole);
  adjusted(r, X11_B11, X11_B1, X11_B10, X11_B7);
  without(r, X11_B13, X11_B11, X11_B7, &r->whole);
  weights(r, X11_B17, X11_B13);
  modified(r, X11_B20, X11_B13, X11_B17, X11_B7, X11_C1);
  r->first_iteration = false;
}
struct letters {
  enum x11_table x1, x2, x4, x5, x6, x7;
};
static void to_trend(struct x11_run *r, struct letters t) {
  struct seasonal_span s = centred(r, t.x2, t.x1);
  without(r, t.x4, t.x1, t.x2, &s);
  factors(r, t.x5, table(r, t.x4), early(r, SEASONAL_3X3), &s);
  adjusted(r, t.x6, t.x1, t.x5, t.x2);
  trend(r, t.x7, t.x6);
}
static void iteration_c(struct x11_run *r) {
  to_trend(r, (struct letters){X11_C1, X11_C2, X11_C4, X11_C5, X11_C6, X11_C7});
  without(r, X11_C9, X11_C1, X11_C7, &r->whole);
  factors(r, X11_C10, table(r, X11_C9), early(r, SEASONAL_3X5), &r->whole);
  adjusted(r, X11_C11, X11_B1, X11_C10, X11_C7);
  without(r, X11_C13, X11_C11, X11_C7, &r->whole);
  weights(r, X11_C17, X11_C13);
  modified(r, X11_C20, X11_C13, X11_C17, X11_C7, X11_D1);
}
/* D9 shows what was replaced; the filter reads every ratio. */
static void final_factors(struct x11_run *r) {
  double *ratio = table(r, X11_D9);
  without(r, X11_D9, X11_D1, X11_D7, &r->whole);
  if (r->spec->mode == X11_PSEUDO_ADDITIVE)
    for (int i = 0; i <= r->whole.last; i++) table(r, X11_D8)[i] = ratio[i] * table(r, X11_C20)[i];
  else without(r, X11_D8, X11_B1, X11_D7, &r->whole);
  r->out->seasonal = r->spec->seasonal == SEASONAL_BY_MSR ? x11_choose_filter(r, ratio) : r->spec->seasonal;
  r->out->irregular_to_seasonal = x11_irregular_to_seasonal(r, ratio);
  factors(r, X11_D10, ratio, r->out->seasonal, &r->whole);
  for (int i = 0; i <= r->whole.last; i++)
    if (table(r, X11_C17)[i] == 1) ratio[i] = NAN;
}
static void iteration_d(struct x11_run *r) {
  to_trend(r, (struct letters){X11_D1, X11_D2, X11_D4, X11_D5, X11_D6, X11_D7});
  final_factors(r);
  adjusted(r, X11_D11, X11_D1, X11_D10, X11_D7); /* without extremes: for the trend only */
  trend(r, X11_D12, X11_D11);
  adjusted(r, X11_D11, X11_B1, X11_D10, X11_D12);
  without(r, X11_D13, X11_D11, X11_D12, &r->whole);
}

/* Logarithms lose the mean: the trend is put back to the level of the series by what the factors and the irregular take away. */
static void from_logarithms(struct x11_run *r, const double *original) {
  int n = r->whole.last + 1, terms = 2 * r->whole.period - 1;
  double square = 0;
  for (int i = 0; i < n; i++) square += table(r, X11_C13)[i] * table(r, X11_C13)[i];
  for (int i = 0; i < n; i++) {
    table(r, X11_D10)[i] = exp(table(r, X11_D10)[i]);
    table(r, X11_D12)[i] = exp(table(r, X11_D12)[i]);
  }
  henderson_smooth(terms, 4.5, table(r, X11_D10), 0, n - 1, r->scratch);
  for (int i = 0; i < n; i++) {
    table(r, X11_D12)[i] *= exp(square / n / 2) * r->scratch[i];
    table(r, X11_D11)[i] = original[i] / table(r, X11_D10)[i];
    table(r, X11_D13)[i] = table(r, X11_D11)[i] / table(r, X11_D12)[i];
  }
}

/* --- the whole ----------------------------------------------------------------------------------------------------------------------- */
static const char *number_text(char text[32], double x) {
  snprintf(text, 32, "%.12g", x);
  return text;
}
static enum err_code refuse(const char *option, const char *must, double is, struct err *e) {
  char text[32];
  return ERR(e, E_SEASONAL_OPTION, .subject = option, .expected = must, .found = number_text(text, is));
}
static enum err_code check_options(const struct x11_spec *spec, const struct x11_series *in, struct err *e) {
  int terms = spec->trend_terms;
  if (in->period != 12 && in->period != 4) return refuse("period", "12 or 4", in->period, e);
  if (in->at < 0 || in->at >= in->period) return refuse("at", "a month or quarter of the year", in->at + 1, e);
  if (!(spec->sigma_low > 0)) return refuse("sigma", "above 0", spec->sigma_low, e);
  if (!(spec->sigma_high > spec->sigma_low)) return refuse("sigma", "two numbers, the second the larger one", spec->sigma_high, e);
  if (terms && (terms < 3 || terms > HENDERSON_MOST || terms % 2 == 0)) return refuse("trend", "an odd number from 3 to 101", terms, e);
  return E_OK;
}
static enum err_code check_values(const struct x11_spec *spec, const struct x11_series *in, struct err *e) {
  int observed = in->n - in->n_before - in->n_after;
  char text[32];
  if (in->n_before < 0 || in->n_after < 0 || observed < X11_LEAST_YEARS * in->period || in->n > X11_MOST)
    return ERR(e, E_SEASONAL_SHORT, .expected = in->period == 12 ? "36 to 4800" : "12 to 4800", .found = number_text(text, observed));
  for (int i = 0; i < in->n; i++) {
    if (!isfinite(in->value[i])) return ERR(e, E_SEASONAL_VALUE, .line = i + 1);
    if (spec->mode != X11_ADDITIVE && in->value[i] <= 0) return ERR(e, E_SEASONAL_SIGN, .line = i + 1, .found = number_text(text, in->value[i]));
  }
  return E_OK;
}
enum { SCRATCH = 5 };
static enum err_code make_room(struct arena *a, int n, struct x11_run *r) {
  double *all = ARENA_ARRAY(a, double, (size_t)n *(X11_TABLES + SCRATCH));
  if (!all) return E_NO_MEMORY;
  for (size_t i = 0; i < (size_t)n * (X11_TABLES + SCRATCH); i++) all[i] = NAN;
  for (int t = 0; t < X11_TABLES; t++) r->out->table[t] = all + (size_t)t * (size_t)n;
  r->scratch = all + (size_t)X11_TABLES * (size_t)n;
  r->scratch2 = r->scratch + n;
  r->factor = r->scratch2 + n;
  r->irregular = r->factor + n;
  r->weight = r->irregular + n;
  return E_OK;
}
enum err_code x11_run(struct arena *a, const struct x11_spec *spec, const struct x11_series *in, struct x11_result *out, struct err *e) {
  struct x11_run r = {.spec = spec, .out = out, .whole = {0, in->n - 1, in->period, in->at}};
  bool logs = spec->mode == X11_LOG_ADDITIVE;
  TRY(check_options(spec, in, e));
  TRY(check_values(spec, in, e));
  memset(out, 0, sizeof *out);
  if (make_room(a, in->n, &r)) return ERR(e, E_NO_MEMORY, .subject = "X-11");
  r.divide = spec->mode == X11_MULTIPLICATIVE || spec->mode == X11_PSEUDO_ADDITIVE;
  r.observed_first = in->n_before;
  r.observed_last = in->n - 1 - in->n_after;
  r.end_ratio = in->period == 12 ? 3.5 : 0.001;
  for (int i = 0; i < in->n; i++) out->table[X11_B1][i] = logs ? log(in->value[i]) : in->value[i];
  out->last[X11_B1] = in->n - 1;
  iteration_b(&r);
  iteration_c(&r);
  iteration_d(&r);
  if (logs) from_logarithms(&r, in->value);
  memcpy(out->table[X11_B1], in->value, (size_t)in->n * sizeof *in->value);
  return E_OK;
}
