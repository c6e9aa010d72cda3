#include "estimators/table/chart/chart_time.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "estimators/table/chart/chart_impl.h"

enum { TIME_HEIGHT = 320, INSET = 10, MONTHS_SHOWN_YEARS = 4 };
struct time_picture {
  struct canvas c;
  const struct chart_time *t;
  double left, right, top, bottom;
  struct scale y;
};
struct line_style {
  const char *colour, *dash;
  double width;
};
/* By brightness too: black and thick, grey and thin, orange dashed. */
static const struct line_style styles[] = {
    {"#000000", "none", 2.2}, {"#56A0C8", "none", 1.1}, {"#D55E00", "6 3", 1.8}, {"#0072B2", "3 2", 1.8}, {"#8a8a8a", "none", 0.8}};
static const char *const band_grey[CHART_TIME_BANDS] = {"#e6e6e6", "#c9c9c9", "#a6a6a6", "#868686"};

void chart_time_label(const struct chart_time *t, int at, char out[24]) {
  const int64_t p = t->first + at;
  const long long year = p / t->period, part = p % t->period + 1;
  if (t->period == 1) snprintf(out, 24, "%lld", year);
  else snprintf(out, 24, t->period == 4 ? "%lld-Q%lld" : "%lld-%02lld", year, part);
}
static double x_of(const struct time_picture *p, double at) {
  const int n = p->t->n;
  return n == 1 ? (p->left + p->right) / 2 : p->left + INSET + (p->right - p->left - 2 * INSET) * at / (n - 1);
}

/* --- what can be drawn --- */
static bool good(const struct chart_time *t, const double *v, int from, int n) {
  if (from < 0 || n < 0 || from + n > t->n) return false;
  for (int i = 0; i < n; i++)
    if (!isfinite(v[i])) return false;
  return true;
}
static enum err_code check(const struct chart_frame *f, const struct chart_time *t, struct err *e) {
  int vintages = 0, points = 0;
  for (int k = 0; k < t->n_lines; k++) vintages += t->lines[k].style == CHART_TIME_VINTAGE, points += t->lines[k].n;
  if (t->n < 1 || points < 1) return ERR(e, E_CHART_EMPTY, .subject = f->title);
  if (t->n > CHART_TIME_PERIODS || t->n_lines - vintages > CHART_TIME_LINES || vintages > CHART_TIME_VINTAGES || t->n_bands > CHART_TIME_BANDS
      || t->n_breaks > CHART_TIME_BREAKS)
    return ERR(e, E_CHART_TOO_MANY, .subject = f->title, .expected = "2000 periods, 8 lines, 240 vintages, 4 bands, 26 breaks", .found = "more");
  bool all = t->period == 12 || t->period == 4 || t->period == 1;
  for (int k = 0; all && k < t->n_lines; k++) all = good(t, t->lines[k].value, t->lines[k].from, t->lines[k].n);
  for (int k = 0; all && k < t->n_bands; k++)
    all = good(t, t->bands[k].low, t->bands[k].from, t->bands[k].n) && good(t, t->bands[k].high, t->bands[k].from, t->bands[k].n);
  for (int k = 0; all && k < t->n_breaks; k++) all = t->breaks[k].at >= 0 && t->breaks[k].at < t->n;
  return all ? E_OK : ERR(e, E_CHART_KIND, .subject = f->title, .expected = "finite values inside the axis", .found = "others");
}
static void widen(double v, bool *any, double *low, double *high) {
  if (!*any || v < *low) *low = v;
  if (!*any || v > *high) *high = v;
  *any = true;
}
static void range(const struct chart_time *t, double *low, double *high) {
  bool any = false;
  for (int k = 0; k < t->n_lines; k++)
    for (int i = 0; i < t->lines[k].n; i++) widen(t->lines[k].value[i], &any, low, high);
  for (int k = 0; k < t->n_bands; k++)
    for (int i = 0; i < t->bands[k].n; i++) widen(t->bands[k].low[i], &any, low, high), widen(t->bands[k].high[i], &any, low, high);
  if (t->has_level) widen(t->level, &any, low, high);
  if (*low > 0 && *low < 0.25 * *high) *low = 0;
}

/* --- marks --- */
static void path(struct time_picture *p, const double *v, int from, int n, bool back) {
  for (int i = 0; i < n; i++) {
    const int at = back ? n - 1 - i : i;
    strbuf_addf(&p->c.body, "%s%.1f %.1f", i || back ? "L" : "M", x_of(p, from + at), scale_at(&p->y, v[at]));
  }
}
static void band(struct time_picture *p, int k) {
  const struct chart_time_band *b = &p->t->bands[k];
  if (b->n < 1) return;
  strbuf_adds(&p->c.body, "<path d=\"");
  path(p, b->high, b->from, b->n, false);
  path(p, b->low, b->from, b->n, true);
  strbuf_addf(&p->c.body, "Z\" fill=\"%s\" stroke=\"#6e6e6e\" stroke-width=\"0.6\"/>\n", band_grey[k]);
}
static void line(struct time_picture *p, const struct chart_time_line *l) {
  const struct line_style *s = &styles[l->style];
  if (l->n < 1) return;
  strbuf_adds(&p->c.body, "<path d=\"");
  path(p, l->value, l->from, l->n, false);
  strbuf_addf(&p->c.body, "\" fill=\"none\" stroke=\"%s\" stroke-width=\"%.1f\" stroke-dasharray=\"%s\" stroke-linejoin=\"round\"/>\n", s->colour,
      s->width, s->dash);
  const double x = x_of(p, l->from + l->n - 1), y = scale_at(&p->y, l->value[l->n - 1]);
  if (l->style == CHART_TIME_VINTAGE || l->n == 1)
    strbuf_addf(&p->c.body, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\" fill=\"#fff\" stroke=\"#444\" stroke-width=\"1.1\"/>\n", x, y);
}
static void all_lines(struct time_picture *p) {
  for (int pass = 0; pass < 2; pass++) /* vintages lie below the lines that they become */
    for (int k = 0; k < p->t->n_lines; k++)
      if ((p->t->lines[k].style == CHART_TIME_VINTAGE) == (pass == 0)) line(p, &p->t->lines[k]);
}
static double break_x(const struct time_picture *p, int k) {
  const int at = p->t->breaks[k].at;
  return x_of(p, at > 0 ? at - 0.5 : -0.35);
}
static void breaks(struct time_picture *p) {
  struct break_rows rows;
  chart_break_rows(&rows);
  for (int k = 0; k < p->t->n_breaks; k++) {
    const double x = break_x(p, k);
    chart_break_line(&p->c, p->t->breaks[k].kind, (char)('A' + k), x, chart_break_row(&rows, x), p->top, p->bottom);
  }
}
static void forecast_line(struct time_picture *p) {
  const int n = p->t->observed;
  if (n < 1 || n >= p->t->n) return;
  const double x = x_of(p, n - 0.5);
  strbuf_addf(&p->c.body, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#555\" stroke-width=\"1\"/>\n", x, p->top - 4, x,
      p->bottom);
  chart_text(&p->c, x - 5, p->top + 8, CHART_END, "g", chart_say(p->c.f, "observed", "実績"));
  chart_text(&p->c, x + 5, p->top + 8, CHART_START, "g", chart_say(p->c.f, "forecast", "予測"));
}
static void level(struct time_picture *p) {
  if (!p->t->has_level) return;
  const double y = scale_at(&p->y, p->t->level);
  strbuf_addf(&p->c.body, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#444\" stroke-width=\"1\" stroke-dasharray=\"1 3\"/>\n",
      p->left, y, p->right, y);
  chart_text(&p->c, p->right, y - 4, CHART_END, "g", p->t->level_name ? p->t->level_name : "");
}

/* --- axis --- */
static void tick(struct time_picture *p, int at, bool tall) {
  const double x = x_of(p, at);
  strbuf_addf(&p->c.body, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"axis\"/>\n", x, p->bottom, x, p->bottom + (tall ? 6 : 3));
}
static void time_label(struct time_picture *p, int at, const char *text) {
  double x = x_of(p, at), half = chart_text_width(text, CHART_SMALL) / 2, least = CHART_MARGIN / 2.0, most = CHART_WIDTH - CHART_MARGIN / 2.0;
  x = x - half < least ? least + half : x + half > most ? most - half : x;
  chart_text(&p->c, x, p->bottom + 18, CHART_MIDDLE, "s n", text);
}
/* Years: a tick at the first period of each, labels at multiples of 1, 2, 5, 10, 20, 50. */
static void year_axis(struct time_picture *p) {
  static const int steps[] = {1, 2, 5, 10, 20, 50, 100, 200, 500};
  const struct chart_time *t = p->t;
  const double year_width = (p->right - p->left - 2 * INSET) / (t->n > 1 ? t->n - 1 : 1) * t->period, wide = chart_text_width("2000",
      CHART_SMALL) + 12;
  int step = 0;
  while (step < 8 && steps[step] * year_width < wide) step++;
  for (int at = (int)((t->period - t->first % t->period) % t->period); at < t->n; at += t->period) {
    const int64_t year = (t->first + at) / t->period;
    char text[24];
    const bool labelled = year % steps[step] == 0;
    if (labelled || year_width > 4) tick(p, at, labelled);
    if (!labelled) continue;
    snprintf(text, sizeof text, "%lld", (long long)year);
    time_label(p, at, text);
  }
}
static void month_axis(struct time_picture *p) {
  const struct chart_time *t = p->t;
  int every = 1;
  char text[24];
  const double wide = chart_text_width("2000-00", CHART_SMALL) + 14, each = (p->right - p->left - 2 * INSET) / (t->n > 1 ? t->n - 1 : 1);
  while (every * each < wide && every < t->period) every *= every == 1 && t->period == 12 ? 3 : 2;
  for (int at = 0; at < t->n; at++) {
    const bool labelled = (t->first + at) % every == 0;
    tick(p, at, labelled);
    chart_time_label(t, at, text);
    if (labelled) time_label(p, at, text);
  }
}
static void time_axis(struct time_picture *p) {
  const struct chart_time *t = p->t;
  if (t->period > 1 && t->n < MONTHS_SHOWN_YEARS * t->period) month_axis(p);
  else year_axis(p);
  strbuf_addf(&p->c.body, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"axis\"/>\n", p->left, p->bottom, p->right, p->bottom);
  if (*p->c.f->x_title) chart_text(&p->c, (p->left + p->right) / 2, p->bottom + 34, CHART_MIDDLE, "s", p->c.f->x_title);
  p->c.y = p->bottom + (*p->c.f->x_title ? 56 : 40);
}

/* --- legend --- */
static void legend_sign(struct time_picture *p, int k, double x, double y) {
  const struct chart_time *t = p->t;
  if (k >= t->n_lines) {
    strbuf_addf(&p->c.body, "<rect x=\"%.1f\" y=\"%.1f\" width=\"28\" height=\"11\" fill=\"%s\" stroke=\"#6e6e6e\" stroke-width=\"0.6\"/>\n", x,
        y - 6,
        band_grey[k - t->n_lines]);
    return;
  }
  const struct line_style *s = &styles[t->lines[k].style];
  strbuf_addf(&p->c.body, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"%.1f\" stroke-dasharray=\"%s\"/>\n",
      x, y,
      x + 28, y, s->colour, s->width, s->dash);
  if (t->lines[k].style == CHART_TIME_VINTAGE)
    strbuf_addf(&p->c.body, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\" fill=\"#fff\" stroke=\"#444\" stroke-width=\"1.1\"/>\n", x + 28, y);
}
static void legend(struct time_picture *p) {
  const struct chart_time *t = p->t;
  double x = CHART_MARGIN;
  char cut[256];
  p->c.y += 4;
  for (int k = 0; k < t->n_lines + t->n_bands; k++) {
    const char *name = k < t->n_lines ? t->lines[k].name : t->bands[k - t->n_lines].name;
    if (!*name) continue;
    name = chart_cut(name, CHART_FONT, 320, cut, sizeof cut);
    const double w = 38 + chart_text_width(name, CHART_FONT) + 18;
    if (x + w > CHART_WIDTH - CHART_MARGIN && x > CHART_MARGIN) x = CHART_MARGIN, p->c.y += CHART_LINE_HEIGHT + 2;
    legend_sign(p, k, x, p->c.y - 4);
    chart_text(&p->c, x + (k < t->n_lines && t->lines[k].style == CHART_TIME_VINTAGE ? 38 : 36), p->c.y, CHART_START, "t", name);
    x += w;
  }
  p->c.y += x > CHART_MARGIN ? CHART_LINE_HEIGHT + 2 : 0;
}
static void break_notes(struct time_picture *p) {
  for (int k = 0; k < p->t->n_breaks; k++) {
    char date[24];
    chart_time_label(p->t, p->t->breaks[k].at, date);
    chart_break_note(&p->c, p->t->breaks[k].kind, (char)('A' + k), date, p->t->breaks[k].text);
  }
}
static void describe(struct time_picture *p) {
  const struct chart_time *t = p->t;
  char first[24], last[24];
  chart_time_label(t, 0, first);
  chart_time_label(t, t->n - 1, last);
  strbuf_addf(&p->c.desc, chart_say(p->c.f, "Series over time: %s to %s, %d lines, %d bands, %d breaks.", "時系列。%sから%s、線%d本、帯%d、断層%d。"),
      first, last, t->n_lines, t->n_bands, t->n_breaks);
}

static int letter_rows(const struct time_picture *p) {
  struct break_rows rows;
  chart_break_rows(&rows);
  for (int k = 0; k < p->t->n_breaks; k++) (void)chart_break_row(&rows, break_x(p, k));
  return rows.n;
}
enum err_code chart_over_time(const struct chart_frame *f, const struct chart_time *t, struct strbuf *to, struct err *e) {
  struct time_picture p = {.t = t};
  double low = 0, high = 1;
  TRY(check(f, t, e));
  range(t, &low, &high);
  canvas_open(&p.c, f);
  legend(&p);
  p.y = scale_nice(low, high, 7, 1, 0);
  p.left = CHART_MARGIN + chart_axis_width(&p.y) + 10;
  p.right = CHART_WIDTH - CHART_MARGIN;
  p.top = p.c.y + 12 + (*f->y_title ? 12 : 0) + (CHART_BREAK_STEP + 1) * letter_rows(&p);
  p.bottom = p.top + TIME_HEIGHT;
  p.y = scale_nice(low, high, 7, p.bottom, p.top);
  if (*f->y_title) chart_text(&p.c, CHART_MARGIN, p.c.y + 8, CHART_START, "s", f->y_title);
  chart_axis_y(&p.c, &p.y, p.left, p.right, "");
  for (int k = 0; k < t->n_bands; k++) band(&p, k);
  level(&p);
  breaks(&p);
  all_lines(&p);
  forecast_line(&p);
  time_axis(&p);
  describe(&p);
  break_notes(&p);
  return canvas_close(&p.c, to, e);
}
