#include "estimators/command/cmd_index_chart.h"

#include <stdio.h>

#include "estimators/command/cmd_picture.h"
#include "estimators/mls/mls_index.h"

enum { TENTHS = 10 };
struct drawing {
  struct chart_time t;
  struct chart_time_line line[CHART_TIME_LINES];
  struct break_marks breaks;
};

/* Runs of months without a gap are a line each; only the first bears the name. */
static enum err_code add_runs(struct cli *c, const char *name, const int64_t *v, int n, enum chart_time_style style, struct drawing *d,
    struct err *e) {
  double *value = ARENA_ARRAY(cli_job(c)->arena, double, n + 1);
  if (!value) return ERR(e, E_NO_MEMORY, .subject = "picture");
  for (int i = 0; i < n;) {
    int end = i;
    for (; end < n && v[end] != MLS_NO_INDEX; end++) value[end] = (double)v[end] / TENTHS;
    if (end > i) {
      if (d->t.n_lines == CHART_TIME_LINES) return ERR(e, E_SERIES_PICTURE, .subject = cli_say(c, "more than eight runs of months", "月の並びが9つ以上"));
      d->line[d->t.n_lines++] = (struct chart_time_line){name, value + i, i, end - i, style};
      name = "";
    }
    i = end > i ? end : i + 1;
  }
  return E_OK;
}
enum err_code index_picture(struct cli *c, const struct index_picture *p, struct strbuf *b, struct err *e) {
  struct drawing *d = ARENA_NEW(cli_job(c)->arena, struct drawing);
  struct chart_frame f;
  char subtitle[64], first[24], last[24];
  if (!d) return ERR(e, E_NO_MEMORY, .subject = "picture");
  d->t = (struct chart_time){.first = p->first, .period = 12, .n = p->n, .lines = d->line, .has_level = true, .level = 100};
  TRY(add_runs(c, p->real ? cli_say(c, "nominal", "名目") : cli_say(c, "index", "指数"), p->index, p->n, CHART_TIME_MAIN, d, e));
  if (p->real) TRY(add_runs(c, cli_say(c, "real", "実質"), p->real, p->n, CHART_TIME_TREND, d, e));
  if (p->reference >= 0)
    TRY(break_mark_add(&d->breaks, p->reference, CHART_BREAK_BENCHMARK,
        cli_say(c, "growth from here on is against the reference index of the year before; levels stay", "ここから前年比は参考値と比較。水準は接続していない"), e));
  TRY(break_marks_read(c, p->first, 12, p->n, &d->breaks, e));
  d->t.breaks = d->breaks.mark;
  d->t.n_breaks = d->breaks.n;
  chart_time_label(&d->t, 0, first);
  chart_time_label(&d->t, p->n - 1, last);
  snprintf(subtitle, sizeof subtitle, "%s – %s", first, last);
  TRY(picture_frame(c, "index", cli_say(c, p->real ? "Index, nominal and real" : "Index", p->real ? "名目指数と実質指数" : "指数"), subtitle, p->file, "", &f,
      e));
  if (!*f.unit) f.unit = p->base;
  return chart_over_time(&f, &d->t, b, e);
}
