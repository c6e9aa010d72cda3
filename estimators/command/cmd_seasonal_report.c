#include "estimators/command/cmd_seasonal.h"

#include <math.h>

static const char *yes_no(struct cli *c, enum x11_seasonality s) {
  return s == X11_SEASONALITY_YES       ? cli_say(c, "present", "あり")
         : s == X11_SEASONALITY_PERHAPS ? cli_say(c, "doubtful", "疑わしい")
                                        : cli_say(c, "NOT present: publish the original figures", "なし（原数値を公表してください）");
}
static void model_text(struct cli *c, const struct seasonal_report *r) {
  const struct arima_fit *f = &r->x.fit;
  FILE *o = cli_out(c);
  int at = 0;
  const struct {
    const char *name;
    int n;
  } part[] = {{"AR", f->order.p}, {"seasonal AR", f->order.sp}, {"MA", f->order.q}, {"seasonal MA", f->order.sq}};
  fprintf(o, cli_say(c, "model (%d %d %d)(%d %d %d) of %s, %d values after differencing\n",
                 "モデル (%d %d %d)(%d %d %d)（%s、階差後 %d 値）\n"),
      f->order.p, f->order.d, f->order.q, f->order.sp, f->order.sd, f->order.sq,
      r->spec.logs ? cli_say(c, "logarithms", "対数") : cli_say(c, "the values", "原数値"), f->n_effective);
  for (size_t k = 0; k < sizeof part / sizeof *part; k++)
    for (int i = 0; i < part[k].n; i++, at++)
      fprintf(o, cli_say(c, "  %-12s %d %10.6f  se %.6f (as X-13 counts it %.6f)\n", "  %-12s %d %10.6f  se %.6f（X-13 の方式 %.6f）\n"), part[k].name,
          i + 1, f->parameter[at], f->parameter_se[at], r->x13_se[at]);
  for (int j = 0; j < f->n_x; j++)
    fprintf(o, "  %-20s %10.6f  se %.6f  t %6.2f\n", r->effects.effect[j].name, f->beta[j], f->beta_se[j], f->beta[j] / f->beta_se[j]);
  fprintf(o, cli_say(c, "  sigma^2 %.8g, log likelihood %.4f, AICC %.4f\n", "  sigma^2 %.8g、対数尤度 %.4f、AICC %.4f\n"), f->sigma2,
      f->log_likelihood, f->aicc);
  if (r->n_found) fprintf(o, cli_say(c, "  %d outliers were found by search\n", "  外れ値の探索で %d 個を採用\n"), r->n_found);
}
static void choices_text(struct cli *c, const struct seasonal_report *r) {
  FILE *o = cli_out(c);
  const struct x11_result *x = &r->x.x11;
  fprintf(o, cli_say(c, "X-11 %s: seasonal filter %s", "X-11 %s：季節フィルタ %s"), x11_mode_names[r->spec.x11.mode],
      seasonal_filter_names[x->seasonal]);
  if (x->chosen_by_msr)
    for (int i = 0; i < x->n_passes; i++) fprintf(o, "%s%.2f", i ? " " : cli_say(c, " (MSR ", "（MSR "), x->msr[i]);
  fprintf(o, "%s", x->chosen_by_msr && x->n_passes ? cli_say(c, ")", "）") : "");
  fprintf(o, cli_say(c, ", trend of %d terms (I/C %.2f)\n", "、トレンド %d 項（I/C %.2f）\n"), x->trend_terms, x->trend_ratio);
  if (x->seasonal == SEASONAL_3X15)
    fprintf(o, "%s\n", cli_say(c, "  the end weights of 3x15 are ours: none were found in print", "  3x15 の両端の重みは公表資料がなく、独自に定めたもの"));
  if (r->spec.x11.calendar_sigma == X11_SIGMA_IF_UNEQUAL)
    fprintf(o, cli_say(c, "  Cochran's test of the months' variances: %.4f (limit %.4f): sigma %s\n", "  月別分散のコクラン検定：%.4f（限界 %.4f）：標準偏差は%s\n"),
        x->cochran,
        x->cochran_limit, x->sigma_by_month ? cli_say(c, "of each month", "月別") : cli_say(c, "of five-year windows", "5年移動"));
}
static void quality_text(struct cli *c, const struct seasonal_report *r) {
  FILE *o = cli_out(c);
  const struct x11_quality *q = &r->x.quality;
  fprintf(o,
      cli_say(c, "seasonality %s: F %.2f (p %.4f), moving F %.2f (p %.4f), Kruskal-Wallis %.2f (p %.4f)\n",
          "季節性%s：F %.2f（p %.4f）、移動季節性 F %.2f（p %.4f）、クラスカル・ウォリス %.2f（p %.4f）\n"),
      yes_no(c, q->seasonality), q->stable.statistic, q->stable.probability, q->moving.statistic, q->moving.probability, q->ranks.statistic,
      q->ranks.probability);
  fprintf(o, cli_say(c, "quality Q %.2f%s, without M2 %.2f;", "品質 Q %.2f%s、M2 を除くと %.2f："), q->q,
      q->q > 1 ? cli_say(c, " FAILS", "（不合格）") : "", q->q_without_m2);
  for (int k = 1; k <= 11; k++)
    if (!isnan(q->m[k])) fprintf(o, " M%d %.2f%s", k, q->m[k], q->m[k] > 1 ? "*" : "");
  fprintf(o, "\n");
}
static double share(int part, int whole) { return whole ? 100.0 * part / whole : 0; }
static void spans_text(struct cli *c, const struct seasonal_report *r) {
  const struct sliding_spans *s = &r->spans;
  char date[16];
  FILE *o = cli_out(c);
  effect_date(&r->series.span, s->worst_place, date);
  fprintf(o, cli_say(c, "sliding spans: %d of %d years; unstable factors %.1f %% (at most 15), monthly changes %.1f %% (at most 40), "
                        "yearly %.1f %%\n",
                 "スライディングスパン：%d 個（各 %d 年）。不安定な要素 %.1f%%（目安 15 以下）、前期比 %.1f%%（同 40 以下）、前年比 %.1f%%\n"),
      s->n_spans, s->years, share(s->unstable_factors, s->n_factors), share(s->unstable_changes, s->n_changes),
      share(s->unstable_years, s->n_years));
  fprintf(o, cli_say(c, "  factors differ most in %s: %.2f %%\n", "  要素の差の最大は %s：%.2f%%\n"), date, s->worst_factor);
}
static void history_text(struct cli *c, const struct seasonal_report *r) {
  const struct revision_history *h = &r->history;
  char date[16];
  FILE *o = cli_out(c);
  effect_date(&r->series.span, h->largest_place, date);
  fprintf(o, cli_say(c, "history of %d figures: mean revision %.3f %%, of the change %.3f points; largest in %s: %+.3f %%\n",
                 "最近 %d 期の改訂：平均 %.3f%%、前期比では %.3f ポイント。最大は %s：%+.3f%%\n"),
      h->n, h->mean_level, h->mean_change, date, h->largest);
}
static void rows_text(struct cli *c, const struct seasonal_report *r) {
  enum { SHOWN_YEARS = 2 };
  FILE *o = cli_out(c);
  const struct effect_span *s = &r->series.span;
  int from = s->n - SHOWN_YEARS * s->period;
  fprintf(o, "%-8s %14s %14s %14s %12s %12s\n", cli_say(c, "period", "期間"), cli_say(c, "original", "原数値"),
      cli_say(c, "adjusted", "季調値"),
      cli_say(c, "trend", "趨勢"), cli_say(c, "factor", "要素"), cli_say(c, "irregular", "不規則"));
  for (int i = from > 0 ? from : 0; i < s->n; i++) {
    char date[16];
    effect_date(s, i, date);
    fprintf(o, "%-8s %14.6g %14.6g %14.6g %12.5f %12.5f\n", date, r->series.value[i], r->x.adjusted[i], r->x.trend[i], r->x.combined[i],
        r->x.irregular[i]);
  }
  for (int h = 0; r->spec.with_model && h < r->spec.ahead; h++) {
    char date[16];
    effect_date(s, s->n + h, date);
    fprintf(o, cli_say(c, "%-8s %14.6g  forecast, 95 %% limits %.6g to %.6g\n", "%-8s %14.6g  予測、95%%区間 %.6g ～ %.6g\n"), date,
        r->x.forecast[h], r->x.forecast_low[h], r->x.forecast_high[h]);
  }
}
void seasonal_text(struct cli *c, const struct seasonal_report *r) {
  char first[16], last[16];
  effect_date(&r->series.span, 0, first);
  effect_date(&r->series.span, r->series.span.n - 1, last);
  fprintf(cli_out(c), cli_say(c, "%s, %s to %s (%d)\n", "%s、%s ～ %s（%d 期）\n"), r->series.name, first, last, r->series.span.n);
  seasonal_choices_text(c, r);
  if (r->spec.with_model) model_text(c, r);
  if (r->seats)
    fprintf(cli_out(c), cli_say(c,
        "SEATS: parts of the airline model; noise spared by the trend %.5f, by the seasonal %.5f, irregular %.5f (of sigma^2)\n"
                                   "the lines on X-11 below describe its adjustment of the same series, not the parts shown\n",
                            "SEATS：航空モデルの正準分解。趨勢から %.5f、季節から %.5f の雑音を除き、不規則変動 %.5f（sigma^2 に対する比）\n"
                            "以下の X-11 の行は同じ系列の X-11 調整についてのもので、表示する成分のものではない\n"),
        r->parts.trend_noise, r->parts.seasonal_noise, r->parts.irregular);
  choices_text(c, r);
  quality_text(c, r);
  if (r->with_spectrum) seasonal_spectrum_text(c, r);
  if (r->with_spans) spans_text(c, r);
  if (r->with_history) history_text(c, r);
  rows_text(c, r);
}

void seasonal_csv(const struct seasonal_report *r, struct strbuf *b) {
  const struct effect_span *s = &r->series.span;
  strbuf_addf(b, "period,kind,original,adjusted,trend,seasonal,calendar,combined,irregular,weight,low,high\n");
  for (int i = 0; i < s->n; i++) {
    char date[16];
    effect_date(s, i, date);
    strbuf_addf(b, "%s,observed,%.15g,%.15g,%.15g,%.15g,%.15g,%.15g,%.15g,%.6g,,\n", date, r->series.value[i], r->x.adjusted[i], r->x.trend[i],
        r->x.x11.table[X11_D10][i], r->x.calendar[i], r->x.combined[i], r->x.irregular[i], r->x.x11.table[X11_C17][i]);
  }
  for (int h = 0; h < (r->spec.with_model ? r->spec.ahead : s->period); h++) {
    char date[16];
    effect_date(s, s->n + h, date);
    strbuf_addf(b, "%s,forecast,", date);
    if (r->spec.with_model) strbuf_addf(b, "%.15g", r->x.forecast[h]);
    strbuf_addf(b, ",,,");
    if (h < s->period) strbuf_addf(b, "%.15g", r->x.next_factor[h]);
    strbuf_addf(b, ",,,,,");
    if (r->spec.with_model) strbuf_addf(b, "%.15g,%.15g", r->x.forecast_low[h], r->x.forecast_high[h]);
    else strbuf_addf(b, ",");
    strbuf_addf(b, "\n");
  }
}
