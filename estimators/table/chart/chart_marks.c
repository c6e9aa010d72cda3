/* chart_marks.c -- colours, shapes, legend, and what all pictures of series say about themselves. */
#include <stdio.h>
#include <string.h>

#include "estimators/table/chart/chart_impl.h"

/* Okabe & Ito, ordered so that neighbours differ in brightness as well. */
const char *chart_colour(int series) {
  static const char *const colours[] = {"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9", "#8A7A00"};
  return colours[series % 8];
}

const char *chart_dash(int series) {
  static const char *const dashes[] = {"", "7 3", "2 3", "9 3 2 3", "4 4", "12 4", "1 4", "6 2 1 2 1 2"};
  return dashes[series % 8];
}

void chart_mark(struct canvas *c, int series, double x, double y, double size, bool hollow) {
  const char *colour = chart_colour(series);
  char paint[96];
  snprintf(paint, sizeof paint, "fill=\"%s\" stroke=\"%s\" stroke-width=\"1.4\"", hollow ? "#fff" : colour, colour);
  const double r = size;
  switch (series % 4) {
  case 0: strbuf_addf(&c->body, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" %s/>\n", x, y, r, paint); break;
  case 1:
    strbuf_addf(&c->body, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" %s/>\n", x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8, paint);
    break;
  case 2:
    strbuf_addf(
        &c->body, "<path d=\"M%.1f %.1fL%.1f %.1fL%.1f %.1fZ\" %s/>\n", x, y - r * 1.2, x + r * 1.15, y + r * 0.9, x - r * 1.15, y + r * 0.9, paint);
    break;
  default:
    strbuf_addf(&c->body, "<path d=\"M%.1f %.1fL%.1f %.1fL%.1f %.1fL%.1f %.1fZ\" %s/>\n", x, y - r * 1.25, x + r * 1.25, y, x, y + r * 1.25,
        x - r * 1.25, y, paint);
  }
}

static const char *chart_id(const struct canvas *c) { return c->f->id && *c->f->id ? c->f->id : "chart"; }

void chart_patterns(struct canvas *c, int n) {
  static const int angle[] = {0, 45, -45, 90, 20, -20, 70, -70};
  strbuf_adds(&c->body, "<defs>");
  for (int k = 1; k < n && k < 8; k++)
    strbuf_addf(&c->body,
        "<pattern id=\"%s-bar%d\" width=\"%d\" height=\"%d\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(%d)\"><rect "
        "width=\"1.1\" height=\"%d\" fill=\"#fff\" fill-opacity=\"0.75\"/></pattern>",
        chart_id(c), k, 4 + k % 3, 4 + k % 3, angle[k], 4 + k % 3);
  strbuf_adds(&c->body, "</defs>\n");
}

void chart_bar(struct canvas *c, int series, double x, double y, double width, double height) {
  strbuf_addf(&c->body, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n", x, y, width, height, chart_colour(series));
  if (series > 0 && series < 8)
    strbuf_addf(
        &c->body, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"url(#%s-bar%d)\"/>\n", x, y, width, height, chart_id(c), series);
}

static void legend_sign(struct canvas *c, int k, double x, double y, enum chart_sign sign) {
  if (sign == CHART_SIGN_BAR) {
    chart_bar(c, k, x, y - 5, 14, 10);
    return;
  }
  const bool lines = sign == CHART_SIGN_LINE;
  if (lines)
    strbuf_addf(&c->body, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\"/>\n", x, y,
        x + 28, y, chart_colour(k), *chart_dash(k) ? chart_dash(k) : "none");
  chart_mark(c, k, x + (lines ? 14 : 6), y, 4, false);
}

void chart_legend(struct canvas *c, const char *const *names, int n, enum chart_sign kind) {
  const double sign = kind == CHART_SIGN_LINE ? 34 : kind == CHART_SIGN_BAR ? 20 : 18;
  double x = CHART_MARGIN;
  char cut[256];
  if (n == 0 || (n == 1 && !*names[0])) return;
  c->y += 4;
  if (c->f->series_title && *c->f->series_title) {
    const char *title = chart_cut(c->f->series_title, CHART_FONT, 320, cut, sizeof cut);
    chart_text(c, x, c->y, CHART_START, "b", title);
    x += chart_text_width(title, CHART_FONT) * 1.06 + 16;
  }
  for (int k = 0; k < n; k++) {
    const char *name = chart_cut(names[k], CHART_FONT, 320, cut, sizeof cut);
    double w = sign + chart_text_width(name, CHART_FONT) + 20;
    if (x + w > CHART_WIDTH - CHART_MARGIN && x > CHART_MARGIN) x = CHART_MARGIN, c->y += CHART_LINE_HEIGHT + 2;
    legend_sign(c, k, x, c->y - 4, kind);
    chart_text(c, x + sign, c->y, CHART_START, "t", name);
    x += w;
  }
  c->y += CHART_LINE_HEIGHT + 2;
}

/* --- breaks --- */
void chart_break_rows(struct break_rows *r) {
  for (int i = 0; i < CHART_BREAK_ROWS; i++) r->last[i] = -1e9;
  r->n = 0;
}
int chart_break_row(struct break_rows *r, double x) {
  int row = 0;
  while (row < CHART_BREAK_ROWS - 1 && x - r->last[row] < CHART_BREAK_STEP) row++;
  r->last[row] = x;
  if (row + 1 > r->n) r->n = row + 1;
  return row;
}
void chart_break_line(struct canvas *c, enum chart_break_kind kind, char letter, double x, int row, double top, double bottom) {
  static const char *const dash[CHART_BREAK_KINDS] = {"none", "8 3", "2 2", "6 2 1 2"};
  const double y = top - 10 - CHART_BREAK_STEP * row;
  const char text[2] = {letter, 0};
  strbuf_addf(&c->body, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#222\" stroke-width=\"1.2\" stroke-dasharray=\"%s\"/>\n", x,
      y + CHART_BREAK_LETTER, x, bottom, dash[kind]);
  strbuf_addf(&c->body, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%d\" fill=\"#fff\" stroke=\"#222\"/>\n", x, y, CHART_BREAK_LETTER);
  chart_text(c, x, y + 4, CHART_MIDDLE, "s", text);
}
void chart_break_note(struct canvas *c, enum chart_break_kind kind, char letter, const char *date, const char *text) {
  static const char *const words[CHART_BREAK_KINDS][2] = {
      {"change of base year", "基準改定"}, {"benchmark", "ベンチマーク更新"}, {"level shift", "水準変化"}, {"break", "断層"}};
  const bool more = text && *text;
  char line[512];
  snprintf(line, sizeof line, "%c  %.60s  %s%s%.300s", letter, date, chart_say(c->f, words[kind][0], words[kind][1]),
      more ? chart_say(c->f, ": ", "：") : "", more ? text : "");
  c->y += chart_paragraph(c, CHART_MARGIN, c->y, CHART_WIDTH - 2 * CHART_MARGIN, "s", CHART_SMALL, line);
}

/* --- series --- */
bool chart_range(const struct chart_frame *f, const struct chart_series *s, int n_series, double *low, double *high) {
  bool any = false;
  for (int k = 0; k < n_series; k++)
    for (int i = 0; i < s[k].n; i++) {
      const struct chart_point *p = &s[k].points[i];
      if (chart_is_hidden(p)) continue;
      const bool wide = p->has_interval && f->confidence > 0;
      double a = wide && p->low < p->value ? p->low : p->value, b = wide && p->high > p->value ? p->high : p->value;
      if (!any || a < *low) *low = a;
      if (!any || b > *high) *high = b;
      any = true;
    }
  return any;
}

enum err_code chart_check(const struct chart_frame *f, const struct chart_series *s, int n_series, int most, struct err *e) {
  char found[32], limit[32];
  int64_t n = 0;
  for (int k = 0; k < n_series; k++) n += s[k].n;
  snprintf(limit, sizeof limit, "%d", n_series > CHART_MAX_SERIES ? CHART_MAX_SERIES : most);
  snprintf(found, sizeof found, "%lld", n_series > CHART_MAX_SERIES ? (long long)n_series : (long long)n);
  if (n == 0) return ERR(e, E_CHART_EMPTY, .subject = f->title);
  if (n_series > CHART_MAX_SERIES || n > most) return ERR(e, E_CHART_TOO_MANY, .subject = f->title, .expected = limit, .found = found);
  for (int k = 1; k < n_series; k++) {
    bool same = s[k].n == s[0].n;
    for (int i = 0; same && i < s[k].n; i++) same = !strcmp(s[k].points[i].label, s[0].points[i].label);
    if (!same) return ERR(e, E_CHART_KIND, .subject = f->title, .expected = "series with the same labels", .found = "others");
  }
  return E_OK;
}

static int count_state(const struct chart_series *s, int n_series, enum chart_state state, bool without_mark) {
  int n = 0;
  for (int k = 0; k < n_series; k++)
    for (int i = 0; i < s[k].n; i++) {
      const struct chart_point *p = &s[k].points[i];
      n += p->state == state && !(without_mark && p->mark && *p->mark);
    }
  return n;
}

static void say_extreme(struct canvas *c, const char *what, const struct chart_point *p, const char *series) {
  char text[128];
  if (!p) return;
  strbuf_addf(&c->desc, " %s ", what);
  chart_escape(&c->desc, p->label);
  if (*series) strbuf_adds(&c->desc, ", "), chart_escape(&c->desc, series);
  strbuf_adds(&c->desc, " ");
  chart_escape(&c->desc, chart_point_text(c->f, p, text, sizeof text));
  strbuf_adds(&c->desc, ".");
}

void chart_describe(struct canvas *c, const char *kind, const struct chart_series *s, int n_series) {
  const struct chart_point *least = NULL, *most = NULL;
  const char *least_series = "", *most_series = "";
  for (int k = 0; k < n_series; k++)
    for (int i = 0; i < s[k].n; i++) {
      const struct chart_point *p = &s[k].points[i];
      if (chart_is_hidden(p)) continue;
      if (!least || p->value < least->value) least = p, least_series = s[k].name;
      if (!most || p->value > most->value) most = p, most_series = s[k].name;
    }
  strbuf_addf(&c->desc, chart_say(c->f, "%s: %d points in %d series.", "%s。%d点、%d系列。"), kind, s[0].n, n_series);
  say_extreme(c, chart_say(c->f, "Smallest:", "最小："), least, least_series);
  say_extreme(c, chart_say(c->f, "Largest:", "最大："), most, most_series);
  int hidden = count_state(s, n_series, CHART_SUPPRESSED, false);
  if (hidden) strbuf_addf(&c->desc, chart_say(c->f, " %d figures are suppressed.", " 秘匿%d件。"), hidden);
}

void chart_hidden_note(struct canvas *c, const struct chart_series *s, int n_series) {
  static const char *const en[] = {
      NULL, "x suppressed", "\xe2\x80\xa6 not available, or too unreliable to be shown", "\xe2\x80\x93 not applicable", NULL};
  static const char *const ja[] = {NULL, "x 秘匿", "\xe2\x80\xa6 不詳または信頼性が足りず表章しない", "\xe2\x80\x93 該当なし", NULL};
  char text[256] = "";
  size_t used = 0;
  for (int k = CHART_SUPPRESSED; k <= CHART_NOT_APPLICABLE; k++)
    if (count_state(s, n_series, (enum chart_state)k, true) && used < sizeof text)
      used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used ? "    " : "", chart_say(c->f, en[k], ja[k]));
  if (used) c->y += chart_paragraph(c, CHART_MARGIN, c->y, CHART_WIDTH - 2 * CHART_MARGIN, "s", CHART_SMALL, text);
}

void chart_interval_note(struct canvas *c, const struct chart_series *s, int n_series) {
  char text[160], percent[32];
  bool any = false;
  for (int k = 0; k < n_series; k++)
    for (int i = 0; i < s[k].n; i++) any = any || (!chart_is_hidden(&s[k].points[i]) && s[k].points[i].has_interval);
  if (!any || !(c->f->confidence > 0)) return;
  snprintf(text, sizeof text, chart_say(c->f, "Intervals of %s %% confidence.", "線・帯は%s％信頼区間。"),
      chart_number(100 * c->f->confidence, -1, percent, sizeof percent));
  c->y += chart_paragraph(c, CHART_MARGIN, c->y, CHART_WIDTH - 2 * CHART_MARGIN, "s", CHART_SMALL, text);
}
