#include "estimators/sdc/suppress/perturb_picture.h"

enum { SIDE = 20, BARS = 2 * SIDE + 1, WIDTH = 640, HEIGHT = 320, LEFT = 50, BOTTOM = 50, TOP = 40 };

static int64_t widest(const struct cell_table *t, const int64_t *out) {
  int64_t most = 0;
  for (int32_t c = 0; c < t->n_cells; c++) {
    const int64_t d = out[c] > t->value[c] ? out[c] - t->value[c] : t->value[c] - out[c];
    if (t->same[c] == c && d > most) most = d;
  }
  return most;
}
void perturb_picture(const struct cell_table *t, const int64_t *out, bool japanese, struct strbuf *b) {
  int64_t count[BARS] = {0}, most = 1;
  const int64_t all = widest(t, out), width = all > SIDE ? (all + SIDE - 1) / SIDE : 1;
  for (int32_t c = 0; c < t->n_cells; c++) {
    const int64_t d = out[c] - t->value[c], k = d < 0 ? -((-d + width - 1) / width) : (d + width - 1) / width;
    if (t->same[c] == c) count[SIDE + (k < -SIDE ? -SIDE : k > SIDE ? SIDE : k)]++;
  }
  for (int k = 0; k < BARS; k++)
    if (count[k] > most) most = count[k];
  const double bar = (double)(WIDTH - LEFT - 10) / BARS, high = HEIGHT - TOP - BOTTOM;
  strbuf_addf(b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n", WIDTH, HEIGHT);
  strbuf_addf(b, "<title>%s</title>\n<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n",
      japanese ? "変化の分布（機関内用）" : "changes of cells (for the office)", WIDTH, HEIGHT);
  strbuf_addf(b, "<text x=\"%d\" y=\"20\">%s</text>\n", LEFT,
      japanese ? "変化ごとのセル数（機関内用、公表不可）" : "cells by change (for the office, not published)");
  for (int k = 0; k < BARS; k++) {
    const double h = high * (double)count[k] / (double)most;
    if (count[k] == 0) continue;
    strbuf_addf(b, "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" fill=\"%s\"><title>%lld</title></rect>\n", LEFT + bar * k,
        TOP + high - h, bar * 0.9, h, k == SIDE ? "#999" : "#2a6f97", (long long)count[k]);
  }
  strbuf_addf(b, "<line x1=\"%d\" x2=\"%d\" y1=\"%.0f\" y2=\"%.0f\" stroke=\"#000\"/>\n", LEFT, WIDTH - 10, TOP + high, TOP + high);
  for (int k = -SIDE; k <= SIDE; k += SIDE / 2) {
    strbuf_addf(b, "<text x=\"%.2f\" y=\"%.0f\" text-anchor=\"middle\">", LEFT + bar * (k + SIDE + 0.45), TOP + high + 18);
    strbuf_add_decimal(b, k * width, t->decimals);
    strbuf_adds(b, "</text>\n");
  }
  strbuf_addf(b, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%lld</text>\n</svg>\n", LEFT - 4, TOP + 10, (long long)most);
}
