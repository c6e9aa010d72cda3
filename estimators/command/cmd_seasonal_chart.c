/* Pictures of a seasonal adjustment: the series with its parts, forecasts as a fan, figures as they were when they were new (vintages). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/command/cmd_picture.h"
#include "estimators/command/cmd_seasonal.h"

enum { TITLE = 240, FAN_YEARS = 4, FAN_BANDS = 3 };

struct drawing {
  struct chart_time t;
  struct chart_time_line line[CHART_TIME_VINTAGES + CHART_TIME_LINES];
  struct chart_time_band band[FAN_BANDS];
  struct break_marks breaks;
  int from; /* index of the series where the picture begins */
};

static void begin(const struct seasonal_report *r, int years_shown, int ahead, struct drawing *d) {
  const struct effect_span *s = &r->series.span;
  const int shown = years_shown * s->period;
  d->from = years_shown > 0 && shown < s->n ? s->n - shown : 0;
  if (s->n + ahead - d->from > CHART_TIME_PERIODS) d->from = s->n + ahead - CHART_TIME_PERIODS;
  d->t = (struct chart_time){.first = s->year * s->period + s->at + d->from, .period = s->period, .n = s->n + ahead - d->from, .lines = d->line,
      .bands = d->band};
}
static void add_line(struct drawing *d, const char *name, const double *value, int from, int n, enum chart_time_style style) {
  const int cut = from < d->from ? d->from - from : 0;
  if (cut >= n) return;
  d->line[d->t.n_lines++] = (struct chart_time_line){name, value + cut, from + cut - d->from, n - cut, style};
}
/* Level shifts and ramps of the model, and what the person marks. */
static enum err_code mark_breaks(struct cli *c, const struct seasonal_report *r, struct drawing *d, struct err *e) {
  const struct effect_span *s = &r->series.span;
  const struct effect_span axis = {.year = s->year, .at = s->at, .period = s->period, .n = s->n};
  for (int i = 0; i < r->effects.n; i++) {
    const struct effect *x = &r->effects.effect[i];
    if (x->kind != EFFECT_LEVEL) continue;
    int at = 0;
    while (at < axis.n && x->x[at] == x->x[0]) at++; /* the first period of another level */
    const char *text = arena_printf(cli_job(c)->arena, "%s %+.3g%s", x->name, r->spec.logs ? 100 * expm1(r->x.fit.beta[i]) : r->x.fit.beta[i],
        r->spec.logs ? " %" : "");
    if (!text) return ERR(e, E_NO_MEMORY, .subject = "picture");
    if (at > d->from && at < axis.n) TRY(break_mark_add(&d->breaks, at - d->from, CHART_BREAK_SHIFT, text, e));
  }
  TRY(break_marks_read(c, d->t.first, d->t.period, d->t.n, &d->breaks, e));
  d->t.breaks = d->breaks.mark;
  d->t.n_breaks = d->breaks.n;
  return E_OK;
}
static const char *made_by(struct cli *c, const struct seasonal_report *r, char out[TITLE]) {
  const struct arima_order *o = &r->spec.order;
  char model[64] = "";
  if (r->spec.with_model) snprintf(model, sizeof model, "(%d %d %d)(%d %d %d) + ", o->p, o->d, o->q, o->sp, o->sd, o->sq);
  if (r->seats) return snprintf(out, TITLE, "%sSEATS", model), out;
  snprintf(out, TITLE, cli_say(c, "%sX-11 %s, %s, trend of %d terms; Q %.2f", "%sX-11 %s、%s、トレンド %d 項、Q %.2f"), model,
      x11_mode_names[r->spec.x11.mode], seasonal_filter_names[r->x.x11.seasonal], r->x.x11.trend_terms, r->x.quality.q);
  return out;
}
static enum err_code finish(struct cli *c, const struct seasonal_report *r, const char *title, const char *subtitle, struct drawing *d,
    struct strbuf *b, struct err *e) {
  struct chart_frame f;
  char made[TITLE];
  TRY(mark_breaks(c, r, d, e));
  TRY(picture_frame(c, "seasonal", title, subtitle, r->series.file, made_by(c, r, made), &f, e));
  return chart_over_time(&f, &d->t, b, e);
}
static void span_text(const struct seasonal_report *r, int from, char out[40]) {
  char first[16], last[16];
  effect_date(&r->series.span, from, first);
  effect_date(&r->series.span, r->series.span.n - 1, last);
  snprintf(out, 40, "%s – %s", first, last);
}

static enum err_code draw_series(struct cli *c, const struct seasonal_report *r, int years, struct drawing *d, struct strbuf *b, struct err *e) {
  const int n = r->series.span.n;
  char title[TITLE], subtitle[40];
  begin(r, years, 0, d);
  add_line(d, cli_say(c, "original", "原数値"), r->series.value, 0, n, CHART_TIME_ORIGINAL);
  add_line(d, cli_say(c, "seasonally adjusted", "季節調整値"), r->x.adjusted, 0, n, CHART_TIME_MAIN);
  add_line(d, cli_say(c, "trend-cycle", "趨勢循環"), r->x.trend, 0, n, CHART_TIME_TREND);
  snprintf(title, sizeof title, cli_say(c, "%.80s: original, seasonally adjusted, trend-cycle", "%.80s：原数値、季節調整値、趨勢循環"),
      r->series.name);
  span_text(r, d->from, subtitle);
  return finish(c, r, title, subtitle, d, b, e);
}

/* Limits that half, 80 and 95 of 100 forecasts should keep, under a normal distribution on the scale of the model. Bands begin at the last
 * observation. */
static enum err_code fan(struct cli *c, const struct seasonal_report *r, struct drawing *d, double **centre, struct err *e) {
  static const double z[FAN_BANDS] = {1.959963984540054, 1.2815515655446004, 0.6744897501960817};
  static const char *const names[FAN_BANDS] = {"95 %", "80 %", "50 %"};
  const int ahead = r->spec.ahead, n = r->series.span.n;
  struct arena *a = cli_job(c)->arena;
  double *v = ARENA_ARRAY(a, double, (size_t)(ahead + 1) * (2 * FAN_BANDS + 1));
  if (!v) return ERR(e, E_NO_MEMORY, .subject = "picture");
  for (int k = 0; k < 2 * FAN_BANDS + 1; k++) {
    double *w = v + (size_t)k * (size_t)(ahead + 1);
    w[0] = r->series.value[n - 1];
    for (int h = 0; h < ahead; h++) {
      const double x = r->x.fit.forecast[h] + (k == 2 * FAN_BANDS ? 0 : k % 2 ? 1 : -1) * z[k / 2 % FAN_BANDS] * r->x.fit.forecast_se[h];
      w[h + 1] = r->spec.logs ? exp(x) : x;
    }
    if (k % 2 && k < 2 * FAN_BANDS)
      d->band[d->t.n_bands++] = (struct chart_time_band){names[k / 2], w - (ahead + 1), w, n - 1 - d->from, ahead + 1};
  }
  *centre = v + (size_t)(2 * FAN_BANDS) * (size_t)(ahead + 1);
  return E_OK;
}
static enum err_code draw_forecast(struct cli *c, const struct seasonal_report *r, int years, struct drawing *d, struct strbuf *b, struct err *e) {
  const int n = r->series.span.n, ahead = r->spec.ahead;
  char title[TITLE], subtitle[TITLE], last[16];
  double *centre = NULL;
  if (!r->spec.with_model || ahead < 1) return ERR(e, E_SEASONAL_PICTURE, .subject = "forecast", .expected = "--model, --ahead");
  begin(r, years > 0 ? years : FAN_YEARS, ahead, d);
  d->t.observed = n - d->from;
  TRY(fan(c, r, d, &centre, e));
  add_line(d, cli_say(c, "original", "原数値"), r->series.value, 0, n, CHART_TIME_MAIN);
  add_line(d, cli_say(c, "forecast", "予測値"), centre, n - 1, ahead + 1, CHART_TIME_AHEAD);
  effect_date(&r->series.span, n - 1, last);
  snprintf(title, sizeof title, cli_say(c, "%.80s: forecasts from %s", "%.80s：%s までの実績による予測"), r->series.name, last);
  snprintf(subtitle, sizeof subtitle, "%s",
      cli_say(c, "Bands: 50, 80 and 95 of 100 outcomes if the model holds; parameters taken as known", "帯はモデルが正しいとき50・80・95％が入る範囲（母数の推定誤差を含まない）"));
  return finish(c, r, title, subtitle, d, b, e);
}

static enum err_code draw_vintages(struct cli *c, const struct seasonal_report *r, int years, struct drawing *d, struct strbuf *b, struct err *e) {
  const struct revision_history *h = &r->history;
  const int n = r->series.span.n, period = r->series.span.period;
  char title[TITLE], subtitle[TITLE];
  if (!r->with_history) return ERR(e, E_SEASONAL_PICTURE, .subject = "vintages", .expected = "--history");
  begin(r, years, 0, d);
  if (years == 0 && n - (h->n + h->n_path) > d->from) { /* from the first figure that a vintage gives */
    d->from = n - (h->n + h->n_path);
    d->t.first = r->series.span.year * period + r->series.span.at + d->from;
    d->t.n = n - d->from;
  }
  for (int k = 0; k < h->n; k++) {
    const int end = h->from + k;
    add_line(d, k ? "" : cli_say(c, "as it was then; the circle is the first figure", "公表時の系列（丸は初回値）"),
        h->path + (size_t)k * (size_t)h->n_path, end + 1 - h->n_path, h->n_path, CHART_TIME_VINTAGE);
  }
  add_line(d, cli_say(c, "by the whole series", "現在の系列"), r->x.adjusted, 0, n, CHART_TIME_MAIN);
  snprintf(title, sizeof title, cli_say(c, "%.80s: revisions of the seasonally adjusted figures", "%.80s：季節調整値の改訂"), r->series.name);
  snprintf(subtitle, sizeof subtitle,
      cli_say(c, "The last %d figures: mean revision %.2f %%, largest %+.2f %%", "最近 %d 期：平均改訂率 %.2f%%、最大 %+.2f%%"), h->n, h->mean_level,
      h->largest);
  return finish(c, r, title, subtitle, d, b, e);
}

enum err_code seasonal_picture(struct cli *c, const struct seasonal_report *r, struct strbuf *b, struct err *e) {
  static const struct {
    const char *name;
    enum err_code (*draw)(struct cli *, const struct seasonal_report *, int, struct drawing *, struct strbuf *, struct err *);
  } pictures[] = {{"series", draw_series}, {"forecast", draw_forecast}, {"vintages", draw_vintages}};
  struct drawing *d = ARENA_NEW(cli_job(c)->arena, struct drawing);
  const int64_t years = cli_int(c, "years");
  if (!d) return ERR(e, E_NO_MEMORY, .subject = "picture");
  if (!strcmp(cli_text(c, "draw"), "spectrum")) return seasonal_spectrum_picture(c, r, b, e);
  if (years < 0 || years > 1000) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--years", .expected = "0 (as fits) to 1000");
  for (size_t k = 0; k < sizeof pictures / sizeof *pictures; k++)
    if (!strcmp(pictures[k].name, cli_text(c, "draw"))) return pictures[k].draw(c, r, (int)years, d, b, e);
  return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--draw", .expected = "series, forecast or vintages");
}
