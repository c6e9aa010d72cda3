/* chart_lines.c -- points in time: lines with bands; what is not shown leaves a gap and its sign above the time axis. */
#include <stdio.h>
#include <string.h>

#include "estimators/table/chart/chart_impl.h"

enum { PLOT_HEIGHT = 300, MARKS_MOST = 40 };
struct lines {
  struct canvas c;
  const struct chart_series *s;
  int n_series;
  double left, right, top, bottom;
  struct scale y;
};

static double x_of(const struct lines *l, int i) {
  const int n = l->s[0].n;
  return n == 1 ? (l->left + l->right) / 2 : l->left + 14 + (l->right - l->left - 28) * i / (n - 1);
}

/* The run of shown points that begins at i; its end. */
static int run_end(const struct chart_series *s, int i) {
  while (i < s->n && !chart_is_hidden(&s->points[i])) i++;
  return i;
}

static void band(struct lines *l, int k, int from, int to) {
  const struct chart_point *p = l->s[k].points;
  bool all = l->c.f->confidence > 0 && to - from > 1;
  for (int i = from; i < to; i++) all = all && p[i].has_interval;
  if (!all) return;
  strbuf_adds(&l->c.body, "<path d=\"M");
  for (int i = from; i < to; i++) strbuf_addf(&l->c.body, "%s%.1f %.1f", i > from ? "L" : "", x_of(l, i), scale_at(&l->y, p[i].high));
  for (int i = to - 1; i >= from; i--) strbuf_addf(&l->c.body, "L%.1f %.1f", x_of(l, i), scale_at(&l->y, p[i].low));
  strbuf_addf(&l->c.body, "Z\" fill=\"%s\" fill-opacity=\"0.16\" stroke=\"%s\" stroke-opacity=\"0.5\" stroke-width=\"0.6\"/>\n", chart_colour(k),
      chart_colour(k));
}

static void line(struct lines *l, int k, int from, int to) {
  const struct chart_point *p = l->s[k].points;
  if (to - from < 2) return;
  strbuf_adds(&l->c.body, "<path d=\"M");
  for (int i = from; i < to; i++) strbuf_addf(&l->c.body, "%s%.1f %.1f", i > from ? "L" : "", x_of(l, i), scale_at(&l->y, p[i].value));
  strbuf_addf(&l->c.body, "\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\" stroke-linejoin=\"round\"/>\n", chart_colour(k),
      *chart_dash(k) ? chart_dash(k) : "none");
}

/* An interval of a point alone, or where not every neighbour has one. */
static void bar(struct lines *l, int k, int i) {
  const struct chart_point *p = &l->s[k].points[i];
  if (!p->has_interval || !(l->c.f->confidence > 0)) return;
  double x = x_of(l, i), a = scale_at(&l->y, p->low), b = scale_at(&l->y, p->high);
  strbuf_addf(&l->c.body, "<path d=\"M%.1f %.1fV%.1fM%.1f %.1fH%.1fM%.1f %.1fH%.1f\" stroke=\"%s\" stroke-width=\"1.2\" fill=\"none\"/>\n", x, a, b,
      x - 3.5, a, x + 3.5, x - 3.5, b, x + 3.5, chart_colour(k));
}

static void runs(struct lines *l, int k, void (*draw)(struct lines *, int, int, int)) {
  for (int i = 0; i < l->s[k].n;) {
    int end = run_end(&l->s[k], i);
    if (end > i) draw(l, k, i, end);
    i = end > i ? end : i + 1;
  }
}

static void run_marks(struct lines *l, int k, int from, int to) {
  bool all = to - from > 1;
  for (int i = from; i < to; i++) all = all && l->s[k].points[i].has_interval;
  for (int i = from; i < to; i++) {
    if (!all) bar(l, k, i);
    if (l->s[k].n <= MARKS_MOST || to - from == 1) chart_mark(&l->c, k, x_of(l, i), scale_at(&l->y, l->s[k].points[i].value), 3.4, false);
  }
}

static void hidden_signs(struct lines *l) {
  char b[64];
  for (int i = 0; i < l->s[0].n; i++) {
    int above = 0;
    for (int k = 0; k < l->n_series; k++) {
      const struct chart_point *p = &l->s[k].points[i];
      if (!chart_is_hidden(p) || p->state == CHART_ABSENT) continue;
      chart_text(&l->c, x_of(l, i), l->bottom - 4 - 12 * above++, CHART_MIDDLE, "g", chart_point_text(l->c.f, p, b, sizeof b));
    }
  }
}

static void time_axis(struct lines *l) {
  const int n = l->s[0].n;
  char cut[128];
  double most = 0;
  int every = 1;
  for (int i = 0; i < n; i++) {
    double w = chart_text_width(l->s[0].points[i].label, CHART_SMALL);
    if (w > most) most = w;
  }
  if (most > 120) most = 120;
  while (every < n && every * (l->right - l->left - 28) / (n > 1 ? n - 1 : 1) < most + 10) every++;
  for (int i = 0; i < n; i++) {
    bool labelled = i % every == 0;
    strbuf_addf(&l->c.body, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"axis\"/>\n", x_of(l, i), l->bottom, x_of(l, i),
        l->bottom + (labelled ? 5 : 3));
    if (labelled)
      chart_text(&l->c, x_of(l, i), l->bottom + 18, CHART_MIDDLE, "s n", chart_cut(l->s[0].points[i].label, CHART_SMALL, 120, cut, sizeof cut));
  }
  strbuf_addf(&l->c.body, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"axis\"/>\n", l->left, l->bottom, l->right, l->bottom);
  if (*l->c.f->x_title) chart_text(&l->c, (l->left + l->right) / 2, l->bottom + 35, CHART_MIDDLE, "s", l->c.f->x_title);
  l->c.y = l->bottom + (*l->c.f->x_title ? 54 : 38);
}

static int place_of(const struct chart_series *s, const char *label) {
  for (int i = 0; i < s->n; i++)
    if (!strcmp(s->points[i].label, label)) return i;
  return -1;
}
/* Between the point of the label and the one before it. */
static double break_x(const struct lines *l, int k) {
  const int i = place_of(&l->s[0], l->c.f->breaks[k].label);
  return i > 0 ? (x_of(l, i - 1) + x_of(l, i)) / 2 : x_of(l, 0) - 10;
}
static void breaks(struct lines *l) {
  struct break_rows rows;
  chart_break_rows(&rows);
  for (int k = 0; k < l->c.f->n_breaks; k++) {
    const double x = break_x(l, k);
    chart_break_line(&l->c, l->c.f->breaks[k].kind, (char)('A' + k), x, chart_break_row(&rows, x), l->top, l->bottom);
  }
}
static int break_rows_needed(struct lines *l) {
  struct break_rows rows;
  chart_break_rows(&rows);
  l->left = CHART_MARGIN, l->right = CHART_WIDTH - CHART_MARGIN;
  for (int k = 0; k < l->c.f->n_breaks; k++) (void)chart_break_row(&rows, break_x(l, k));
  return rows.n;
}
static enum err_code check_breaks(const struct chart_frame *f, const struct chart_series *s, struct err *e) {
  if (f->n_breaks > CHART_BREAKS_MOST) return ERR(e, E_CHART_TOO_MANY, .subject = f->title, .expected = "26 breaks", .found = "more");
  for (int k = 0; k < f->n_breaks; k++)
    if (place_of(s, f->breaks[k].label) < 0)
      return ERR(e, E_CHART_KIND, .subject = f->title, .expected = "breaks at labels of the axis", .found = f->breaks[k].label);
  return E_OK;
}
static void plot(struct lines *l) {
  double low = 0, high = 1;
  bool any = chart_range(l->c.f, l->s, l->n_series, &low, &high);
  if (any && low > 0 && low < 0.4 * high) low = 0;
  l->top = l->c.y + 12 + (CHART_BREAK_STEP + 1) * break_rows_needed(l);
  l->bottom = l->top + PLOT_HEIGHT;
  l->y = scale_nice(low, high, 7, l->bottom, l->top);
  l->left = CHART_MARGIN + (any ? chart_axis_width(&l->y) : 0) + 10;
  l->right = CHART_WIDTH - CHART_MARGIN;
  if (any) chart_axis_y(&l->c, &l->y, l->left, l->right, l->c.f->y_title);
  for (int k = 0; k < l->n_series; k++) runs(l, k, band);
  breaks(l);
  for (int k = 0; k < l->n_series; k++) runs(l, k, line), runs(l, k, run_marks);
  hidden_signs(l);
  time_axis(l);
}

enum err_code chart_lines(const struct chart_frame *f, const struct chart_series *s, int n_series, struct strbuf *to, struct err *e) {
  struct lines l = {.s = s, .n_series = n_series};
  const char *names[CHART_MAX_SERIES];
  TRY(chart_check(f, s, n_series, CHART_MAX_POINTS, e));
  TRY(check_breaks(f, s, e));
  for (int k = 0; k < n_series; k++) names[k] = s[k].name;
  canvas_open(&l.c, f);
  chart_legend(&l.c, names, n_series, CHART_SIGN_LINE);
  plot(&l);
  chart_describe(&l.c, chart_say(f, "Line chart", "折れ線グラフ"), s, n_series);
  for (int k = 0; k < f->n_breaks; k++)
    chart_break_note(&l.c, f->breaks[k].kind, (char)('A' + k), f->breaks[k].label, f->breaks[k].text);
  chart_interval_note(&l.c, s, n_series);
  chart_hidden_note(&l.c, s, n_series);
  return canvas_close(&l.c, to, e);
}
