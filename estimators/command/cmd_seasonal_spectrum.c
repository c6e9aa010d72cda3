/* Spectra and QS of a seasonal adjustment: computed when asked for, as text, JSON and picture. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/command/cmd_picture.h"
#include "estimators/command/cmd_seasonal.h"
#include "estimators/table/chart/chart.h"

static const char *const json_names[SEASONAL_SPECTRA] = {"original", "adjusted", "irregular"};
static const char *series_name(struct cli *c, int k) {
  static const char *const names[SEASONAL_SPECTRA][2] = {
      {"original", "原数値"}, {"seasonally adjusted", "季節調整値"}, {"irregular", "不規則変動"}};
  return cli_say(c, names[k][0], names[k][1]);
}
static int qs_differences(const struct seasonal_report *r) {
  const int d = r->spec.with_model ? r->spec.order.d + r->spec.order.sd : 1;
  return d < 1 ? 1 : d > 2 ? 2 : d;
}
enum err_code seasonal_spectra(struct arena *a, struct seasonal_report *r, struct err *e) {
  const int n = r->series.span.n, period = r->series.span.period;
  const bool multiply = r->spec.x11.mode != X11_ADDITIVE;
  const double *values[SEASONAL_SPECTRA] = {r->series.value, r->x.adjusted, r->x.irregular};
  double *x = ARENA_ARRAY(a, double, n);
  char found[32];
  snprintf(found, sizeof found, "%d", n);
  if (n <= SPECTRUM_LEAST) return ERR(e, E_SPECTRUM_SHORT, .found = found, .expected = "61");
  if (!x) return ERR(e, E_NO_MEMORY, .subject = "spectrum");
  for (int k = 0; k < SEASONAL_SPECTRA; k++) {
    const bool irregular = k == 2;
    int m = spectrum_differences(values[k], n, multiply && !irregular, irregular ? 0 : 1, x);
    if (m < 0) return ERR(e, E_SEASONAL_SIGN, .line = 0);
    for (int i = 0; irregular && multiply && i < m; i++) x[i] -= 1;
    TRY(spectrum_of(a, x, m, period, &r->spectrum[k], e));
    if (!irregular) m = spectrum_differences(values[k], n, multiply, qs_differences(r), x);
    r->qs[k] = qs_of(x, m, period, !irregular);
  }
  if (r->spec.with_model) r->qs[SEASONAL_QS_RESIDUAL] = qs_of(r->x.fit.residual, r->x.fit.n_effective, period, false);
  return E_OK;
}

/* --- words --- */
void seasonal_spectrum_text(struct cli *c, const struct seasonal_report *r) {
  FILE *o = cli_out(c);
  const struct spectrum *first = &r->spectrum[0];
  for (int k = 0; k < SEASONAL_SPECTRA; k++)
    if (!r->spectrum[k].known) fprintf(o, cli_say(c, "%s: constant, it has no spectrum\n", "%s：一定のためスペクトルなし\n"), series_name(c, k));
  if (!first->known || !r->spectrum[1].known || !r->spectrum[2].known) return;
  fprintf(o, cli_say(c,
      "spectrum of the last %d values, AR(%d) in decibels; stars above the higher neighbour, ! = visually significant (6 or more)\n",
                 "スペクトル（最近 %d 値、AR(%d)、dB）。高い方の隣の周波数より上の星の数、! は視覚的に有意（6以上）\n"),
      first->n_values, first->order);
  fprintf(o, "  %-26s", cli_say(c, "frequency per period", "周波数（期あたり）"));
  for (int k = 0; k < SEASONAL_SPECTRA; k++) fprintf(o, " %20s", series_name(c, k));
  fprintf(o, "\n");
  for (int p = 0; p < first->n_peaks; p++) {
    fprintf(o, "  %-7.4f %-18s", first->peak[p].frequency,
        first->peak[p].trading_day ? cli_say(c, "trading days", "曜日") : cli_say(c, "seasonal", "季節"));
    for (int k = 0; k < SEASONAL_SPECTRA; k++) {
      const struct spectrum_peak *x = &r->spectrum[k].peak[p];
      fprintf(o, " %9.2f dB %5.1f*%s", x->decibel, x->stars, x->significant ? "! " : "  ");
    }
    fprintf(o, "\n");
  }
  fprintf(o, "QS:");
  for (int k = 0; k < SEASONAL_QS; k++) {
    if (!r->qs[k].known) continue;
    fprintf(o, "%s %s %.2f (p %.4f)", k ? "," : "", k < SEASONAL_SPECTRA ? series_name(c, k) : cli_say(c, "residuals", "残差"), r->qs[k].qs,
        r->qs[k].p);
  }
  fprintf(o, "\n");
  if (r->qs[1].known && r->qs[1].p < 0.01)
    fprintf(o, "%s\n", cli_say(c, "  seasonality is left in the adjusted series (p below 1 %)", "  季節調整値に季節性が残っている（p が1%未満）"));
}
static void put_list(struct json_out *j, const char *key, const double *v, int n) {
  json_key(j, key);
  json_array(j);
  for (int i = 0; i < n; i++) {
    if (isfinite(v[i])) json_real(j, v[i]);
    else json_null(j);
  }
  json_end_array(j);
}
void seasonal_spectrum_json(const struct seasonal_report *r, struct json_out *j) {
  json_key(j, "spectrum");
  json_object(j);
  if (r->spectrum[0].known) put_list(j, "frequency", r->spectrum[0].frequency, SPECTRUM_POINTS);
  for (int k = 0; k < SEASONAL_SPECTRA; k++) {
    const struct spectrum *s = &r->spectrum[k];
    if (!s->known) continue;
    json_key(j, json_names[k]);
    json_object(j);
    put_list(j, "ar", s->ar, SPECTRUM_POINTS);
    put_list(j, "smooth", s->smooth, SPECTRUM_POINTS);
    json_key(j, "peaks");
    json_array(j);
    for (int p = 0; p < s->n_peaks; p++) {
      json_object(j);
      json_put(j, "kind", s->peak[p].trading_day ? "trading_day" : "seasonal");
      json_key(j, "frequency"), json_real(j, s->peak[p].frequency);
      json_key(j, "stars"), json_real(j, s->peak[p].stars);
      json_key(j, "significant"), json_bool(j, s->peak[p].significant);
      json_end_object(j);
    }
    json_end_array(j);
    json_end_object(j);
  }
  json_end_object(j);
  json_key(j, "qs");
  json_object(j);
  for (int k = 0; k < SEASONAL_QS; k++) {
    if (!r->qs[k].known) continue;
    json_key(j, k < SEASONAL_SPECTRA ? json_names[k] : "residuals");
    json_object(j);
    json_key(j, "statistic"), json_real(j, r->qs[k].qs);
    json_key(j, "probability"), json_real(j, r->qs[k].p);
    json_end_object(j);
  }
  json_end_object(j);
}

/* --- picture: cycles a year along the axis, so that seasonal frequencies are its ticks --- */
struct marks {
  double x[SEASONAL_SPECTRA * SPECTRUM_PEAKS], y[SEASONAL_SPECTRA * SPECTRUM_PEAKS];
  int n;
};
enum err_code seasonal_spectrum_picture(struct cli *c, const struct seasonal_report *r, struct strbuf *b, struct err *e) {
  const int period = r->series.span.period;
  double *x = ARENA_ARRAY(cli_job(c)->arena, double, SPECTRUM_POINTS * (SEASONAL_SPECTRA + 1));
  struct chart_curve curve[SEASONAL_SPECTRA];
  struct marks mark[2] = {{.n = 0}, {.n = 0}};
  struct chart_frame f;
  char title[200];
  if (!x) return ERR(e, E_NO_MEMORY, .subject = "picture");
  for (int k = 0; k < SEASONAL_SPECTRA; k++)
    if (!r->spectrum[k].known) return ERR(e, E_SERIES_PICTURE, .subject = series_name(c, k));
  for (int i = 0; i < SPECTRUM_POINTS; i++) x[i] = r->spectrum[0].frequency[i] * period;
  for (int k = 0; k < SEASONAL_SPECTRA; k++) {
    const struct spectrum *s = &r->spectrum[k];
    double *y = x + (size_t)SPECTRUM_POINTS * (size_t)(k + 1);
    memcpy(y, s->ar, sizeof s->ar);
    curve[k] = (struct chart_curve){series_name(c, k), x, y, SPECTRUM_POINTS};
    for (int p = 0; p < s->n_peaks; p++) { /* trading days lie between the points: the nearest gives way to them */
      const long at = lround(s->peak[p].frequency * (2 * (SPECTRUM_POINTS - 1)));
      if (s->peak[p].trading_day) x[at] = s->peak[p].frequency * period, y[at] = s->peak[p].decibel;
    }
    for (int p = 0; p < s->n_peaks; p++) {
      struct marks *m = &mark[s->peak[p].trading_day];
      if (s->peak[p].significant) m->x[m->n] = s->peak[p].frequency * period, m->y[m->n++] = s->peak[p].decibel;
    }
  }
  struct chart_cloud cloud[2];
  int n_clouds = 0;
  if (mark[0].n) cloud[n_clouds++] = (struct chart_cloud){cli_say(c, "peak, seasonal", "季節の山"), mark[0].x, mark[0].y, mark[0].n, false};
  if (mark[1].n) cloud[n_clouds++] = (struct chart_cloud){cli_say(c, "peak, trading days", "曜日の山"), mark[1].x, mark[1].y, mark[1].n, true};
  snprintf(title, sizeof title, cli_say(c, "%.80s: spectra of original, adjusted and irregular", "%.80s：原数値・季節調整値・不規則変動のスペクトル"),
      r->series.name);
  const char *made = arena_printf(cli_job(c)->arena, cli_say(c, "AR(%d) of the last %d values; marked: six stars or more above both neighbours",
          "最近 %2$d 値の AR(%1$d)。両隣より星6つ以上高い山に印"), r->spectrum[0].order, r->spectrum[0].n_values);
  if (!made) return ERR(e, E_NO_MEMORY, .subject = "picture");
  TRY(picture_frame(c, "spectrum", title, cli_say(c, "Series: first differences of logarithms (additive: of the values); irregular as it is",
      "系列は対数の1階差（加法型は原数値の1階差）、不規則変動はそのまま"), r->series.file, made, &f, e));
  f.x_title = cli_say(c, "cycles a year (whole ones are seasonal)", "年あたりの周期数（整数は季節）");
  f.y_title = cli_say(c, "decibels", "デシベル");
  return chart_scatter(&f, cloud, n_clouds, curve, SEASONAL_SPECTRA, false, false, b, e);
}
