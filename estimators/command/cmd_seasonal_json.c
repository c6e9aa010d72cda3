/* The series with its adjustment as JSON. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/command/cmd_seasonal.h"

static void put_real(struct json_out *j, const char *key, double v) {
  json_key(j, key);
  if (isfinite(v)) json_real(j, v);
  else json_null(j);
}
static void put_list(struct json_out *j, const double *v, int n) {
  json_array(j);
  for (int i = 0; i < n; i++) {
    if (isfinite(v[i])) json_real(j, v[i]);
    else json_null(j);
  }
  json_end_array(j);
}
static void put_values(struct json_out *j, const char *key, const double *v, int n) {
  json_key(j, key);
  put_list(j, v, n);
}
static void put_test(struct json_out *j, const char *key, const struct x11_test *t) {
  json_key(j, key);
  json_object(j);
  put_real(j, "statistic", t->statistic);
  put_real(j, "probability", t->probability);
  json_end_object(j);
}
static void put_quality(struct json_out *j, const struct x11_quality *q) {
  static const char *const words[] = {"no", "doubtful", "yes"};
  json_key(j, "quality");
  json_object(j);
  json_put(j, "seasonality", words[q->seasonality]);
  put_test(j, "stable", &q->stable);
  put_test(j, "moving", &q->moving);
  put_test(j, "kruskal_wallis", &q->ranks);
  json_key(j, "m");
  json_array(j);
  for (int k = 1; k <= 11; k++) {
    if (isfinite(q->m[k])) json_real(j, q->m[k]);
    else json_null(j);
  }
  json_end_array(j);
  put_real(j, "q", q->q);
  put_real(j, "q_without_m2", q->q_without_m2);
  json_end_object(j);
}
static void put_model(struct json_out *j, const struct seasonal_report *r) {
  const struct arima_fit *f = &r->x.fit;
  json_key(j, "model");
  if (!r->spec.with_model) {
    json_null(j);
    return;
  }
  json_object(j);
  json_key(j, "order");
  json_array(j);
  const int order[] = {f->order.p, f->order.d, f->order.q, f->order.sp, f->order.sd, f->order.sq};
  for (int i = 0; i < 6; i++) json_int(j, order[i]);
  json_end_array(j);
  json_key(j, "logarithms");
  json_bool(j, r->spec.logs);
  json_key(j, "parameters");
  json_array(j);
  for (int i = 0; i < f->n_parameters; i++) json_real(j, f->parameter[i]);
  json_end_array(j);
  put_values(j, "parameter_se", f->parameter_se, f->n_parameters);
  put_values(j, "parameter_se_x13", r->x13_se, f->n_parameters);
  json_key(j, "regression");
  json_array(j);
  for (int i = 0; i < f->n_x; i++) {
    json_object(j);
    json_put(j, "name", r->effects.effect[i].name);
    put_real(j, "estimate", f->beta[i]);
    put_real(j, "se", f->beta_se[i]);
    json_end_object(j);
  }
  json_end_array(j);
  put_real(j, "sigma2", f->sigma2);
  put_real(j, "log_likelihood", f->log_likelihood);
  put_real(j, "aicc", f->aicc);
  json_end_object(j);
}
void seasonal_json(const struct seasonal_report *r, struct json_out *j) {
  char first[16];
  const struct effect_span *s = &r->series.span;
  effect_date(s, 0, first);
  json_object(j);
  json_put(j, "series", r->series.name);
  json_put(j, "first", first);
  json_put_int(j, "period", s->period);
  json_put(j, "mode", x11_mode_names[r->spec.x11.mode]);
  json_put(j, "method", r->seats ? "seats" : "x11");
  json_put(j, "seasonal_filter", seasonal_filter_names[r->x.x11.seasonal]);
  put_values(j, "msr", r->x.x11.msr, r->x.x11.n_passes);
  json_put_int(j, "trend_terms", r->x.x11.trend_terms);
  put_real(j, "trend_ratio", r->x.x11.trend_ratio);
  seasonal_choices_json(r, j);
  put_model(j, r);
  put_quality(j, &r->x.quality);
  if (r->with_spectrum) seasonal_spectrum_json(r, j);
  if (r->with_spans) {
    const struct sliding_spans *p = &r->spans;
    json_key(j, "sliding_spans");
    json_object(j);
    json_put_int(j, "spans", p->n_spans);
    json_put_int(j, "years", p->years);
    json_put_int(j, "factors", p->n_factors);
    json_put_int(j, "unstable_factors", p->unstable_factors);
    json_put_int(j, "changes", p->n_changes);
    json_put_int(j, "unstable_changes", p->unstable_changes);
    put_real(j, "worst_factor", p->worst_factor);
    json_end_object(j);
  }
  if (r->with_history) {
    json_key(j, "history");
    json_object(j);
    put_values(j, "first", r->history.first, r->history.n);
    put_values(j, "last", r->history.last, r->history.n);
    json_key(j, "vintages");
    json_array(j);
    for (int k = 0; k < r->history.n; k++) put_list(j, r->history.path + (size_t)k * (size_t)r->history.n_path, r->history.n_path);
    json_end_array(j);
    put_real(j, "mean_level", r->history.mean_level);
    put_real(j, "mean_change", r->history.mean_change);
    json_end_object(j);
  }
  put_values(j, "original", r->series.value, s->n);
  put_values(j, "adjusted", r->x.adjusted, s->n);
  put_values(j, "trend", r->x.trend, s->n);
  put_values(j, "combined", r->x.combined, s->n);
  put_values(j, "irregular", r->x.irregular, s->n);
  put_values(j, "next_factors", r->x.next_factor, s->period);
  if (r->spec.with_model) put_values(j, "forecast", r->x.forecast, r->spec.ahead);
  json_end_object(j);
}
