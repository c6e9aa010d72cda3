/* chart_map.c -- the 47 prefectures as tiles in classes of one hue. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/table/chart/chart_impl.h"
#include "estimators/table/chart/prefecture_tiles.h"

enum { TILE = 54, STEP = 56, LEGEND_LINE = 19 };
struct map {
  struct canvas c;
  const struct chart_point *p;
  int n_classes;
  double least[CHART_CLASSES_MOST], most[CHART_CLASSES_MOST]; /* of the figures in the class */
  int count[CHART_CLASSES_MOST];
  double power; /* figures are divided by it so that they fit */
  int decimals;
};

/* One hue from light to dark, even steps of lightness (blue of 250 degrees in Lab); the last ones carry white words. */
static const char *const shades[5][7] = {
    {"#dbe9f6", "#7fb2d9", "#1f5f99"},
    {"#dbe9f6", "#9cc3e3", "#4f8ec4", "#174a7c"},
    {"#e3eef8", "#b5d2ea", "#7fb2d9", "#3f80b8", "#154673"},
    {"#e3eef8", "#bfd8ed", "#93bfe0", "#5f9bcc", "#2f6fa8", "#123d66"},
    {"#e8f1f9", "#c9dff0", "#a5cae6", "#7fb2d9", "#4f8ec4", "#286499", "#10375c"},
};
static const char *shade(const struct map *m, int k) {
  const int row = m->n_classes < 3 ? 0 : m->n_classes > 7 ? 4 : m->n_classes - 3;
  return shades[row][k < 0 ? 0 : k < row + 3 ? k : row + 2];
}
/* White words where they contrast with the shade by 4.5 or more. */
static bool dark(const struct map *m, int k) {
  static const int first[] = {2, 3, 4, 4, 5};
  return k >= first[m->n_classes < 3 ? 0 : m->n_classes - 3];
}

static int number_cmp(const void *x, const void *y) {
  const double a = *(const double *)x, b = *(const double *)y;
  return (a > b) - (a < b);
}

/* About equally many prefectures per class; equal figures are never parted. */
static void classify(struct map *m, int classes) {
  double v[CHART_PREFECTURES];
  int n = 0, distinct = 0;
  for (int i = 0; i < CHART_PREFECTURES; i++)
    if (!chart_is_hidden(&m->p[i])) v[n++] = m->p[i].value;
  qsort(v, (size_t)n, sizeof *v, number_cmp);
  for (int i = 0; i < n; i++) distinct += i == 0 || v[i] != v[i - 1];
  if (classes > distinct) classes = distinct;
  m->n_classes = 0;
  for (int i = 0; i < n;) {
    int left = classes - m->n_classes, end = left <= 1 ? n : i + (int)lround((double)(n - i) / left);
    if (end <= i) end = i + 1;
    while (end < n && v[end] == v[end - 1]) end++;
    m->least[m->n_classes] = v[i];
    m->most[m->n_classes] = v[end - 1];
    m->count[m->n_classes++] = end - i;
    i = end;
  }
}

static int class_of(const struct map *m, double v) {
  int k = 0;
  while (k + 1 < m->n_classes && v > m->most[k]) k++;
  return k;
}

/* Figures are shown in thousands, millions ... when they are too long for a tile. */
static void fit_figures(struct map *m) {
  double largest = 0;
  for (int i = 0; i < CHART_PREFECTURES; i++)
    if (!chart_is_hidden(&m->p[i]) && fabs(m->p[i].value) > largest) largest = fabs(m->p[i].value);
  m->power = 1;
  m->decimals = m->c.f->decimals;
  if (m->decimals < 0) m->decimals = largest >= 1000 ? 0 : largest >= 100 ? 1 : largest >= 10 ? 1 : 2;
  while (largest / m->power >= 999999.5) m->power *= 1000, m->decimals = 0;
  while (m->decimals > 0 && largest / m->power >= (m->decimals == 1 ? 99999 : 999)) m->decimals--;
}

static void tile_words(struct map *m, int i, double x, double y, const char *class) {
  const struct chart_point *p = &m->p[i];
  const struct prefecture_tile *t = &prefecture_tiles[i];
  char b[64];
  strbuf_addf(&m->c.body, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\" text-anchor=\"middle\" style=\"font-size:%s\">%s</text>\n", x + TILE / 2.0,
      y + 21, class, m->c.f->lang == LANG_JA ? "13px" : "10px", chart_say(m->c.f, t->en, t->ja));
  if (chart_is_hidden(p)) chart_point_text(m->c.f, p, b, sizeof b);
  else {
    chart_number(p->value / m->power, m->decimals, b, sizeof b);
    if (p->mark && *p->mark) strncat(b, p->mark, sizeof b - strlen(b) - 1);
  }
  chart_text(&m->c, x + TILE / 2.0, y + 40, CHART_MIDDLE, class, b);
}

static void tile_title(struct map *m, int i) {
  char b[96];
  const struct prefecture_tile *t = &prefecture_tiles[i];
  strbuf_adds(&m->c.body, "<title>");
  chart_escape(&m->c.body, chart_say(m->c.f, t->en, t->ja));
  strbuf_adds(&m->c.body, " ");
  chart_escape(
      &m->c.body, m->p[i].state == CHART_ABSENT ? chart_say(m->c.f, "no figure", "数値なし") : chart_point_text(m->c.f, &m->p[i], b, sizeof b));
  strbuf_adds(&m->c.body, "</title>");
}

/* What is not shown has no colour: hatched when suppressed, a dashed edge when there is no figure. */
static void tile(struct map *m, int i, double top) {
  const struct chart_point *p = &m->p[i];
  const double x = CHART_MARGIN + prefecture_tiles[i].column * STEP, y = top + prefecture_tiles[i].row * STEP;
  const bool hidden = chart_is_hidden(p);
  const int k = hidden ? 0 : class_of(m, p->value);
  char hatch[64];
  snprintf(hatch, sizeof hatch, "url(#%s-hatch)", m->c.f->id && *m->c.f->id ? m->c.f->id : "chart");
  strbuf_adds(&m->c.body, "<g>");
  tile_title(m, i);
  strbuf_addf(&m->c.body, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%d\" height=\"%d\" rx=\"3\" fill=\"%s\" stroke=\"%s\" stroke-width=\"%s\"%s/>\n", x, y,
      TILE, TILE,
      p->state == CHART_SUPPRESSED ? hatch
      : hidden                     ? "#fff"
                                   : shade(m, k),
      hidden ? "#8c8c8c" : "#5b7f9f", hidden ? "1" : "0.5", hidden && p->state != CHART_SUPPRESSED ? " stroke-dasharray=\"3 3\"" : "");
  tile_words(m, i, x, y, !hidden && dark(m, k) ? "w n" : "k n");
  strbuf_adds(&m->c.body, "</g>\n");
}

/* --- legend, in the empty corner at the top left --- */
static void legend_line(struct map *m, double y, const char *fill, const char *extra, const char *text) {
  strbuf_addf(&m->c.body, "<rect x=\"%d\" y=\"%.1f\" width=\"24\" height=\"14\" fill=\"%s\" stroke=\"#777\" stroke-width=\"0.7\"%s/>\n",
      CHART_MARGIN + 4, y - 11, fill, extra);
  chart_text(&m->c, CHART_MARGIN + 36, y, CHART_START, "s n", text);
}

static int count_state(const struct map *m, enum chart_state from, enum chart_state to) {
  int n = 0;
  for (int i = 0; i < CHART_PREFECTURES; i++) n += m->p[i].state >= from && m->p[i].state <= to;
  return n;
}

static void unit_line(struct map *m, double *y) {
  char text[160];
  if (m->power == 1 && !*m->c.f->unit) return;
  const char *scale = m->power == 1     ? ""
                      : m->power == 1e3 ? chart_say(m->c.f, "thousand ", "千")
                      : m->power == 1e6 ? chart_say(m->c.f, "million ", "百万")
                                        : chart_say(m->c.f, "billion ", "十億");
  snprintf(text, sizeof text, chart_say(m->c.f, "Figures in %s%s", "数値の単位：%s%s"), scale, m->c.f->unit);
  chart_text(&m->c, CHART_MARGIN + 4, *y, CHART_START, "b", text);
  *y += LEGEND_LINE;
}

static void legend(struct map *m, double top) {
  char a[64], b[64], text[192], hatch[64];
  double y = top + 12;
  unit_line(m, &y);
  for (int k = m->n_classes - 1; k >= 0; k--) {
    chart_number(m->least[k] / m->power, m->decimals, a, sizeof a);
    chart_number(m->most[k] / m->power, m->decimals, b, sizeof b);
    if (!strcmp(a, b)) snprintf(text, sizeof text, chart_say(m->c.f, "%s  (%d)", "%s（%d）"), a, m->count[k]);
    else snprintf(text, sizeof text, chart_say(m->c.f, "%s \xe2\x80\x93 %s  (%d)", "%s〜%s（%d）"), a, b, m->count[k]);
    legend_line(m, y, shade(m, k), "", text);
    y += LEGEND_LINE;
  }
  snprintf(hatch, sizeof hatch, "url(#%s-hatch)", m->c.f->id && *m->c.f->id ? m->c.f->id : "chart");
  int suppressed = count_state(m, CHART_SUPPRESSED, CHART_SUPPRESSED), none = count_state(m, CHART_UNDEFINED, CHART_ABSENT);
  if (suppressed) {
    snprintf(text, sizeof text, chart_say(m->c.f, "x  suppressed  (%d)", "x　秘匿（%d）"), suppressed);
    legend_line(m, y, hatch, "", text);
    y += LEGEND_LINE;
  }
  if (!none) return;
  snprintf(text, sizeof text, chart_say(m->c.f, "no figure  (%d)", "数値なし（%d）"), none);
  legend_line(m, y, "#fff", " stroke-dasharray=\"3 3\"", text);
}

enum err_code chart_map(
    const struct chart_frame *f, const struct chart_point point[CHART_PREFECTURES], int classes, struct strbuf *to, struct err *e) {
  struct chart_point named[CHART_PREFECTURES];
  struct map m = {.p = named};
  const struct chart_series s = {"", named, CHART_PREFECTURES};
  int n = 0;
  for (int i = 0; i < CHART_PREFECTURES; i++) {
    named[i] = point[i];
    named[i].label = chart_say(f, prefecture_tiles[i].en, prefecture_tiles[i].ja);
    n += point[i].state != CHART_ABSENT;
  }
  if (n == 0) return ERR(e, E_CHART_EMPTY, .subject = f->title);
  if (classes < 3 || classes > CHART_CLASSES_MOST)
    return ERR(e, E_CHART_KIND, .subject = f->title, .expected = "3 to 7 classes", .found = "another number");
  canvas_open(&m.c, f);
  classify(&m, classes);
  fit_figures(&m);
  strbuf_addf(&m.c.body,
      "<defs><pattern id=\"%s-hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect width=\"6\" "
      "height=\"6\" "
      "fill=\"#fff\"/><rect width=\"1.2\" height=\"6\" fill=\"#b0b0b0\"/></pattern></defs>\n",
      f->id && *f->id ? f->id : "chart");
  const double top = m.c.y;
  legend(&m, top);
  for (int i = 0; i < CHART_PREFECTURES; i++) tile(&m, i, top);
  m.c.y = top + TILE_ROWS * STEP + 18;
  chart_describe(&m.c, chart_say(f, "Tile map of the 47 prefectures", "47都道府県のタイル地図"), &s, 1);
  return canvas_close(&m.c, to, e);
}
