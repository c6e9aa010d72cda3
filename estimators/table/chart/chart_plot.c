/* chart_plot.c -- histogram and scatter: pictures of many values. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/table/chart/chart_impl.h"

enum { HISTOGRAM_HEIGHT = 260, SCATTER_HEIGHT = 380, BINS_MOST = 400, LINES_MOST = 12, CLOUD_MOST = 20000 };

/* --- bins --- */
int chart_bins(const double *x, int64_t n, int most, double *edge, double *count) {
  double low = 0, high = 0;
  if (n < 1 || most < 1) return 0;
  for (int64_t i = 0; i < n; i++) {
    if (i == 0 || x[i] < low) low = x[i];
    if (i == 0 || x[i] > high) high = x[i];
  }
  struct scale s = scale_nice(low, high, most > 1 ? most : 2, 0, 1);
  while (s.n_ticks - 1 > most) s = scale_nice(low, high, --most < 2 ? 2 : most, 0, 1);
  const int bins = s.n_ticks - 1;
  for (int k = 0; k <= bins; k++) edge[k] = scale_tick(&s, k);
  memset(count, 0, sizeof *count * (size_t)bins);
  for (int64_t i = 0; i < n; i++) {
    int k = (int)floor((x[i] - s.low) / s.step);
    if (k > 0 && x[i] < edge[k]) k--;
    if (k + 1 <= bins && x[i] >= edge[k + 1]) k++;
    count[k < 0 ? 0 : k >= bins ? bins - 1 : k] += 1;
  }
  return bins;
}

/* --- histogram --- */
static void bars(struct canvas *c, const struct scale *x, const struct scale *y, const double *edge, const double *count, int n) {
  for (int i = 0; i < n; i++) {
    double a = scale_at(x, edge[i]), b = scale_at(x, edge[i + 1]), top = scale_at(y, count[i]);
    if (count[i] > 0)
      strbuf_addf(&c->body, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\" stroke=\"#fff\" stroke-width=\"0.7\"/>\n", a, top,
          b - a, y->from - top, chart_colour(0));
  }
}

static int line_order(const void *a, const void *b) {
  const struct chart_line *x = a, *y = b;
  return (x->at > y->at) - (x->at < y->at);
}

/* Marked values; words that would meet are put higher, the more to the left the higher, so that no line crosses another's words. */
static void marked(struct canvas *c, const struct scale *x, const struct chart_line *given, int n, double top, double bottom) {
  struct chart_line line[LINES_MOST];
  double taken[4] = {1e9, 1e9, 1e9, 1e9};
  memcpy(line, given, sizeof *line * (size_t)n);
  qsort(line, (size_t)n, sizeof *line, line_order);
  for (int i = n - 1; i >= 0; i--) {
    double at = scale_at(x, line[i].at), w = chart_text_width(line[i].label, CHART_SMALL), left = at + 4;
    if (left + w > CHART_WIDTH - CHART_MARGIN) left = at - w - 4;
    int row = 0;
    while (row < 3 && left + w + 6 > taken[row]) row++;
    for (int k = 0; k <= row; k++) taken[k] = left < at ? left : at;
    strbuf_addf(&c->body,
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#B04A00\" stroke-width=\"1.4\" stroke-dasharray=\"5 3\"/>\n", at,
        top - 12 - 14.0 * row, at, bottom);
    chart_text(c, left, top - 4 - 14.0 * row, CHART_START, "s", line[i].label);
  }
}

static void describe_bins(struct canvas *c, const double *edge, const double *count, int n) {
  char a[64], b[64];
  double all = 0;
  int top = 0;
  for (int i = 0; i < n; i++) {
    all += count[i];
    if (count[i] > count[top]) top = i;
  }
  if (c->f->n_values > 0) all = (double)c->f->n_values;
  chart_number(edge[top], -1, a, sizeof a);
  chart_number(edge[top + 1], -1, b, sizeof b);
  strbuf_addf(&c->desc,
      chart_say(c->f, "Histogram of %.0f values in %d bins. Most in %s to %s.", "ヒストグラム。%.0f件、%d区間。最も多い区間は%sから%s。"), all, n, a,
      b);
}

enum err_code chart_histogram(const struct chart_frame *f, const double *edge, const double *count, int n_bins, const struct chart_line *lines,
    int n_lines, struct strbuf *to, struct err *e) {
  struct canvas c;
  double most = 0, low, high;
  if (n_bins < 1) return ERR(e, E_CHART_EMPTY, .subject = f->title);
  if (n_bins > BINS_MOST || n_lines > LINES_MOST)
    return ERR(e, E_CHART_TOO_MANY, .subject = f->title, .expected = "400 bins, 12 marked values", .found = "more");
  low = edge[0], high = edge[n_bins];
  for (int i = 0; i < n_bins; i++) most = count[i] > most ? count[i] : most;
  for (int i = 0; i < n_lines; i++) low = lines[i].at < low ? lines[i].at : low, high = lines[i].at > high ? lines[i].at : high;
  canvas_open(&c, f);
  const double top = c.y + (n_lines ? 58 : 16), bottom = top + HISTOGRAM_HEIGHT;
  struct scale y = scale_nice(0, most > 0 ? most : 1, 6, bottom, top);
  const double left = CHART_MARGIN + chart_axis_width(&y) + 10;
  struct scale x = scale_horizontal(low, high, left, CHART_WIDTH - CHART_MARGIN);
  chart_axis_y(&c, &y, left, CHART_WIDTH - CHART_MARGIN, "");
  if (*f->y_title) chart_text(&c, CHART_MARGIN, c.y, CHART_START, "s", f->y_title);
  chart_axis_x(&c, &x, bottom, bottom, *f->x_title ? f->x_title : f->unit);
  bars(&c, &x, &y, edge, count, n_bins);
  marked(&c, &x, lines, n_lines, top, bottom);
  describe_bins(&c, edge, count, n_bins);
  c.y = bottom + 52;
  return canvas_close(&c, to, e);
}

/* --- scatter --- */
struct field {
  struct canvas c;
  bool log_x, log_y, any;
  double low_x, high_x, low_y, high_y;
  int64_t left_out, drawn;
  struct scale x, y;
};

static bool can_show(struct field *p, double x, double y) { return isfinite(x) && isfinite(y) && (!p->log_x || x > 0) && (!p->log_y || y > 0); }

static void widen(struct field *p, double x, double y) {
  if (!p->any || x < p->low_x) p->low_x = x;
  if (!p->any || x > p->high_x) p->high_x = x;
  if (!p->any || y < p->low_y) p->low_y = y;
  if (!p->any || y > p->high_y) p->high_y = y;
  p->any = true;
}

static void extent(struct field *p, const struct chart_cloud *clouds, int n_clouds, const struct chart_curve *curves, int n_curves) {
  for (int k = 0; k < n_clouds; k++)
    for (int64_t i = 0; i < clouds[k].n; i++) {
      if (!can_show(p, clouds[k].x[i], clouds[k].y[i])) p->left_out++;
      else widen(p, clouds[k].x[i], clouds[k].y[i]), p->drawn++;
    }
  for (int k = 0; k < n_curves; k++)
    for (int i = 0; i < curves[k].n; i++)
      if (can_show(p, curves[k].x[i], curves[k].y[i])) widen(p, curves[k].x[i], curves[k].y[i]);
}

static void axes(struct field *p, double top, double bottom) {
  if (!p->log_y && p->low_y > 0 && p->low_y < 0.4 * p->high_y) p->low_y = 0;
  if (!p->log_x && p->low_x > 0 && p->low_x < 0.4 * p->high_x) p->low_x = 0;
  p->y = p->log_y ? scale_log(p->low_y, p->high_y, bottom, top) : scale_nice(p->low_y, p->high_y, 8, bottom, top);
  p->y.lang = p->c.f->lang;
  const double left = CHART_MARGIN + chart_axis_width(&p->y) + 10;
  p->x = p->log_x ? scale_log(p->low_x, p->high_x, left, CHART_WIDTH - CHART_MARGIN - 8)
                  : scale_horizontal(p->low_x, p->high_x, left, CHART_WIDTH - CHART_MARGIN - 8);
  p->x.lang = p->c.f->lang;
  chart_axis_y(&p->c, &p->y, left, CHART_WIDTH - CHART_MARGIN - 8, p->c.f->y_title);
  chart_axis_x(&p->c, &p->x, top, bottom, *p->c.f->x_title ? p->c.f->x_title : p->c.f->unit);
}

static void cloud(struct field *p, const struct chart_cloud *a, int k) {
  const double size = p->drawn > 400 ? 1.8 : 3;
  strbuf_adds(&p->c.body, p->drawn > 400 ? "<g opacity=\"0.55\">\n" : "<g>\n");
  for (int64_t i = 0; i < a->n; i++)
    if (can_show(p, a->x[i], a->y[i])) chart_mark(&p->c, k, scale_at(&p->x, a->x[i]), scale_at(&p->y, a->y[i]), size, a->hollow);
  strbuf_adds(&p->c.body, "</g>\n");
}

/* Curves are told apart from the points: black and unbroken first. */
static void curve_style(struct strbuf *b, int k) {
  static const char *const colours[] = {"#000000", "#D55E00", "#009E73", "#CC79A7"};
  strbuf_addf(b, "fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\"", colours[k % 4], *chart_dash(k) ? chart_dash(k) : "none");
}

static void curve(struct field *p, const struct chart_curve *a, int k) {
  bool open = false;
  strbuf_adds(&p->c.body, "<path d=\"");
  for (int i = 0; i < a->n; i++) {
    bool good = can_show(p, a->x[i], a->y[i]);
    if (good) strbuf_addf(&p->c.body, "%s%.1f %.1f", open ? "L" : "M", scale_at(&p->x, a->x[i]), scale_at(&p->y, a->y[i]));
    open = good;
  }
  strbuf_adds(&p->c.body, "\" ");
  curve_style(&p->c.body, k);
  strbuf_adds(&p->c.body, "/>\n");
}

/* Names of clouds by their marks and of curves by their lines. */
static void scatter_legend(struct canvas *c, const struct chart_cloud *clouds, int n_clouds, const struct chart_curve *curves, int n_curves) {
  double x = CHART_MARGIN;
  char cut[256];
  c->y += 4;
  for (int k = 0; k < n_clouds + n_curves; k++) {
    const char *name = chart_cut(k < n_clouds ? clouds[k].name : curves[k - n_clouds].name, CHART_FONT, 320, cut, sizeof cut);
    double w = 36 + chart_text_width(name, CHART_FONT) + 18;
    if (!*name) continue;
    if (x + w > CHART_WIDTH - CHART_MARGIN && x > CHART_MARGIN) x = CHART_MARGIN, c->y += CHART_LINE_HEIGHT + 2;
    if (k < n_clouds) chart_mark(c, k, x + 14, c->y - 4, 4, clouds[k].hollow);
    else {
      strbuf_addf(&c->body, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" ", x, c->y - 4, x + 28, c->y - 4);
      curve_style(&c->body, k - n_clouds);
      strbuf_adds(&c->body, "/>\n");
    }
    chart_text(c, x + 34, c->y, CHART_START, "t", name);
    x += w;
  }
  c->y += x > CHART_MARGIN ? CHART_LINE_HEIGHT + 2 : 0;
}

static void left_out_note(struct field *p) {
  char text[160];
  if (!p->left_out) return;
  snprintf(text, sizeof text,
      chart_say(p->c.f, "%lld points not above 0 are left out of the logarithmic axes.", "対数軸のため、0以下の点 %lld 件は描いていない。"),
      (long long)p->left_out);
  p->c.y += chart_paragraph(&p->c, CHART_MARGIN, p->c.y, CHART_WIDTH - 2 * CHART_MARGIN, "s", CHART_SMALL, text);
}

enum err_code chart_scatter(const struct chart_frame *f, const struct chart_cloud *clouds, int n_clouds, const struct chart_curve *curves,
    int n_curves, bool log_x, bool log_y, struct strbuf *to, struct err *e) {
  struct field p = {.log_x = log_x, .log_y = log_y};
  extent(&p, clouds, n_clouds, curves, n_curves);
  if (!p.any) return ERR(e, E_CHART_EMPTY, .subject = f->title);
  if (p.drawn > CLOUD_MOST || n_clouds > CHART_MAX_SERIES || n_curves > CHART_MAX_CURVES)
    return ERR(e, E_CHART_TOO_MANY, .subject = f->title, .expected = "20000 points, 8 clouds, 4 curves", .found = "more");
  canvas_open(&p.c, f);
  scatter_legend(&p.c, clouds, n_clouds, curves, n_curves);
  const double top = p.c.y + 18, bottom = top + SCATTER_HEIGHT;
  axes(&p, top, bottom);
  for (int k = 0; k < n_clouds; k++) cloud(&p, &clouds[k], k);
  for (int k = 0; k < n_curves; k++) curve(&p, &curves[k], k);
  strbuf_addf(&p.c.desc, chart_say(f, "Scatter of %lld points, %d curves.", "散布図。%lld点、曲線%d本。"), (long long)p.drawn, n_curves);
  p.c.y = bottom + 52;
  left_out_note(&p);
  return canvas_close(&p.c, to, e);
}
