#include "estimators/sdc/sdc_picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/sdc/sdc_words.h"

enum { ROWS_MOST = 120, COLUMNS_MOST = 80, CELL = 16, LEFT = 150, TOP = 110, LABEL = 64 };
struct axis {
  struct str label[ROWS_MOST];
  int n, from, to; /* dimensions from .. to - 1 */
};
struct grid {
  const struct result_table *t;
  struct axis down, across;
  int measure;
  char *labels; /* room for joined codes */
};
/* The codes of a row on one axis, as one text. */
static size_t label_of(const struct result_table *t, int64_t row, int from, int to, char *out) {
  size_t n = 0;
  for (int d = from; d < to && n + 1 < LABEL; d++)
    n += (size_t)snprintf(out + n, LABEL - n, "%s%.*s", d > from ? " " : "", (int)t->dimensions[d].code[row].n, t->dimensions[d].code[row].p);
  return n < LABEL ? n : LABEL - 1;
}
static int place(const struct axis *x, struct str s) {
  for (int k = 0; k < x->n; k++)
    if (str_eq(x->label[k], s)) return k;
  return -1;
}
static bool fill(struct grid *g, struct axis *x, int most) {
  char text[LABEL];
  for (int64_t i = 0; i < g->t->n_rows; i++) {
    const size_t n = label_of(g->t, i, x->from, x->to, text);
    if (place(x, str_view(text, n)) >= 0) continue;
    if (x->n == most) return false;
    char *copy = arena_strdup(g->t->arena, text, n);
    if (!copy) return false;
    x->label[x->n++] = str_view(copy, n);
  }
  return true;
}
static int most_hidden(const struct result_table *t) {
  int best = 0;
  int64_t most = -1;
  for (int k = 0; k < t->n_measures; k++) {
    int64_t n = 0;
    for (int64_t i = 0; i < t->n_rows; i++) n += t->measures[k].status[i] == RESULT_SUPPRESSED;
    if (n > most) most = n, best = k;
  }
  return best;
}
static void escaped(struct strbuf *b, struct str s) {
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] == '<') strbuf_adds(b, "&lt;");
    else if (s.p[i] == '&') strbuf_adds(b, "&amp;");
    else if (s.p[i] == '"') strbuf_adds(b, "&quot;");
    else strbuf_addc(b, s.p[i]);
  }
}
static void box(struct strbuf *b, int x, int y, const char *fill) {
  char line[160];
  snprintf(line, sizeof line, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\" stroke=\"#000\" stroke-width=\"0.5\"/>\n", x, y, CELL,
      CELL, fill);
  strbuf_adds(b, line);
}
static void text_at(struct strbuf *b, int x, int y, const char *more, struct str s) {
  char head[128];
  snprintf(head, sizeof head, "<text x=\"%d\" y=\"%d\" font-size=\"10\"%s>", x, y, more);
  strbuf_adds(b, head);
  escaped(b, s);
  strbuf_adds(b, "</text>\n");
}
/* White shown, black primary, hatched secondary or linked, a dot where there is no figure. */
static void cell(const struct grid *g, int64_t row, struct strbuf *b) {
  char text[LABEL];
  const struct result_measure *m = &g->t->measures[g->measure];
  const int r = place(&g->down, str_view(text, label_of(g->t, row, g->down.from, g->down.to, text)));
  const int c = place(&g->across, str_view(text, label_of(g->t, row, g->across.from, g->across.to, text)));
  const int x = LEFT + c * CELL, y = TOP + r * CELL;
  if (m->status[row] == RESULT_SHOWN) box(b, x, y, "#fff");
  else if (m->status[row] == RESULT_SUPPRESSED) box(b, x, y, sdc_kind_primary(sdc_kind_of(m->reason[row])) ? "#000" : "url(#hatch)");
  else text_at(b, x + CELL / 2 - 1, y + CELL - 5, "", STR("."));
}
static void legend(struct strbuf *b, int y, bool ja) {
  static const char *const fill[] = {"#fff", "#000", "url(#hatch)"};
  static const char *const words[][2] = {{"shown", "表章"}, {"primary", "一次秘匿"}, {"secondary or linked", "二次秘匿・連動"}};
  for (int k = 0; k < 3; k++) {
    box(b, LEFT + 130 * k, y, fill[k]);
    text_at(b, LEFT + 130 * k + CELL + 4, y + 12, "", str_of(words[k][ja]));
  }
}
enum err_code sdc_picture(const struct result_table *t, int measure, bool ja, struct strbuf *b, struct err *e) {
  struct grid *g = calloc(1, sizeof *g);
  char head[512], turn[64];
  if (!g) return ERR(e, E_NO_MEMORY, .subject = t->id);
  g->t = t, g->measure = measure >= 0 ? measure : most_hidden(t);
  g->down.to = t->n_row_dimensions, g->across.from = t->n_row_dimensions, g->across.to = t->n_dimensions;
  const bool fits = t->n_measures > 0 && t->n_dimensions > 0 && fill(g, &g->down, ROWS_MOST) && fill(g, &g->across, COLUMNS_MOST);
  if (fits) {
    snprintf(head, sizeof head,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\">\n"
        "<defs><pattern id=\"hatch\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\"><path d=\"M0 4L4 0\" "
        "stroke=\"#000\"/></pattern></defs>\n"
        "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
        LEFT + (g->across.n > 24 ? g->across.n * CELL : 400) + 20, TOP + g->down.n * CELL + 50);
    strbuf_adds(b, head);
    text_at(b, 10, 18, " font-weight=\"bold\"", str_of(t->id));
    text_at(b, 10, 34, "", str_of(t->measures[g->measure].name));
    for (int k = 0; k < g->down.n; k++) text_at(b, LEFT - 6, TOP + k * CELL + 12, " text-anchor=\"end\"", g->down.label[k]);
    for (int k = 0; k < g->across.n; k++) {
      snprintf(turn, sizeof turn, " transform=\"rotate(-90 %d %d)\"", LEFT + k * CELL + 12, TOP - 6);
      text_at(b, LEFT + k * CELL + 12, TOP - 6, turn, g->across.label[k]);
    }
    for (int64_t i = 0; i < t->n_rows; i++) cell(g, i, b);
    legend(b, TOP + g->down.n * CELL + 20, ja);
    strbuf_adds(b, "</svg>\n");
  }
  free(g);
  if (!fits) return ERR(e, E_SDC_PICTURE, .subject = t->id);
  return b->failed ? ERR(e, E_NO_MEMORY, .subject = t->id) : E_OK;
}
