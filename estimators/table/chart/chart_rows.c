/* chart_rows.c -- one line per category: dots or bars, with intervals; the figure stands at the right. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/table/chart/chart_impl.h"

enum { ROWS_MOST = 480 };
struct rows {
  struct canvas c;
  const struct chart_series *s;
  int n_series;
  bool bars, any;
  double left, right, top, sub, group; /* right: end of the plot; sub: height of one line; group: of a category */
  struct scale x;
};

static double label_width(const struct rows *r) {
  double most = 40;
  for (int i = 0; i < r->s[0].n; i++) {
    double w = chart_text_width(r->s[0].points[i].label, CHART_FONT);
    if (w > most) most = w;
  }
  return most < 250 ? most : 250;
}

static double figure_width(const struct rows *r) {
  char b[128];
  double most = 30;
  for (int k = 0; k < r->n_series; k++)
    for (int i = 0; i < r->s[k].n; i++) {
      double w = chart_text_width(chart_point_text(r->c.f, &r->s[k].points[i], b, sizeof b), CHART_SMALL);
      if (w > most) most = w;
    }
  return most;
}

static void layout(struct rows *r) {
  double low = 0, high = 1;
  r->any = chart_range(r->c.f, r->s, r->n_series, &low, &high);
  if (r->any && (r->bars || (low > 0 && low < 0.4 * high))) low = low < 0 ? low : 0;
  if (r->any && (r->bars || (high < 0 && high > 0.4 * low))) high = high > 0 ? high : 0;
  r->left = CHART_MARGIN + label_width(r) + 10;
  r->right = CHART_WIDTH - CHART_MARGIN - figure_width(r) - 12;
  r->sub = r->n_series == 1 ? 18 : 14;
  r->group = r->sub * r->n_series + (r->n_series == 1 ? 0 : 7);
  r->x = scale_horizontal(low, high, r->left, r->right);
}

static void interval(struct rows *r, const struct chart_point *p, double y, const char *colour) {
  if (!p->has_interval || !(r->c.f->confidence > 0)) return;
  double a = scale_at(&r->x, p->low), b = scale_at(&r->x, p->high);
  strbuf_addf(&r->c.body, "<path d=\"M%.1f %.1fH%.1fM%.1f %.1fV%.1fM%.1f %.1fV%.1f\" stroke=\"%s\" stroke-width=\"1.4\" fill=\"none\"/>\n", a, y, b,
      a, y - 3.5, y + 3.5, b, y - 3.5, y + 3.5, colour);
}

static void bar(struct rows *r, int k, const struct chart_point *p, double y) {
  const double zero = scale_at(&r->x, 0), at = scale_at(&r->x, p->value), h = r->sub - 5;
  chart_bar(&r->c, k, zero < at ? zero : at, y - h / 2, fabs(at - zero), h);
}

/* A hidden figure has its sign at the right and nothing between the axes. */
static void point(struct rows *r, int k, const struct chart_point *p, double y) {
  char b[128];
  chart_text(&r->c, CHART_WIDTH - CHART_MARGIN, y + 4, CHART_END, chart_is_hidden(p) ? "g n" : "s n", chart_point_text(r->c.f, p, b, sizeof b));
  if (chart_is_hidden(p)) return;
  if (r->bars) bar(r, k, p, y);
  interval(r, p, y, r->bars ? "#222" : chart_colour(k));
  if (!r->bars) chart_mark(&r->c, k, scale_at(&r->x, p->value), y, 4, false);
}

static void category(struct rows *r, int i) {
  char cut[512];
  const double y = r->top + i * r->group;
  if (i % 2 == 0)
    strbuf_addf(&r->c.body, "<rect x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" fill=\"#f6f6f6\"/>\n", CHART_MARGIN - 4, y,
        CHART_WIDTH - 2 * CHART_MARGIN + 8, r->group);
  chart_text(&r->c, r->left - 10, y + r->group / 2 + 4, CHART_END, "t", chart_cut(r->s[0].points[i].label, CHART_FONT, 250, cut, sizeof cut));
}

static void plot(struct rows *r) {
  const int n = r->s[0].n;
  char cut[512];
  if (*r->c.f->y_title) {
    r->c.y += 8;
    chart_text(&r->c, CHART_MARGIN, r->c.y - 4, CHART_START, "g", chart_cut(r->c.f->y_title, 10, 400, cut, sizeof cut));
  }
  r->top = r->c.y + 2;
  const double bottom = r->top + n * r->group + 4;
  for (int i = 0; i < n; i++) category(r, i);
  const char *title = *r->c.f->x_title ? r->c.f->x_title : r->c.f->unit;
  if (r->any) chart_axis_x(&r->c, &r->x, r->top, bottom, title);
  for (int i = 0; i < n; i++)
    for (int k = 0; k < r->n_series; k++) point(r, k, &r->s[k].points[i], r->top + i * r->group + (r->n_series == 1 ? 0 : 3.5) + r->sub * (k + 0.5));
  r->c.y = bottom + (r->any ? (*title ? 54 : 38) : 22);
}

static enum err_code rows_chart(
    const struct chart_frame *f, const struct chart_series *s, int n_series, bool bars, struct strbuf *to, struct err *e) {
  struct rows r = {.s = s, .n_series = n_series, .bars = bars};
  const char *names[CHART_MAX_SERIES];
  TRY(chart_check(f, s, n_series, ROWS_MOST, e));
  for (int k = 0; k < n_series; k++) names[k] = s[k].name;
  canvas_open(&r.c, f);
  if (bars) chart_patterns(&r.c, n_series);
  chart_legend(&r.c, names, n_series, bars ? CHART_SIGN_BAR : CHART_SIGN_MARK);
  layout(&r);
  plot(&r);
  chart_describe(&r.c, bars ? chart_say(f, "Bar chart", "棒グラフ") : chart_say(f, "Dot plot", "ドットプロット"), s, n_series);
  chart_interval_note(&r.c, s, n_series);
  chart_hidden_note(&r.c, s, n_series);
  return canvas_close(&r.c, to, e);
}

enum err_code chart_dots(const struct chart_frame *f, const struct chart_series *s, int n_series, struct strbuf *to, struct err *e) {
  return rows_chart(f, s, n_series, false, to, e);
}

enum err_code chart_bars(const struct chart_frame *f, const struct chart_series *s, int n_series, struct strbuf *to, struct err *e) {
  return rows_chart(f, s, n_series, true, to, e);
}
