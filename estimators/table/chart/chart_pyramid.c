#include "estimators/table/chart/chart_pyramid.h"

#include <stdio.h>

#include "estimators/table/chart/chart_impl.h"

enum { PYRAMID_HEIGHT = 520, MIDDLE = 46 };
static void side(struct canvas *c, const struct scale *x, double bottom, double step, const double *count, int n, int series) {
  for (int i = 0; i < n; i++) {
    const double a = scale_at(x, 0), b = scale_at(x, count[i]), left = a < b ? a : b;
    chart_bar(c, series, left, bottom - step * (i + 1) + 0.4, a < b ? b - a : a - b, step > 1.6 ? step - 0.8 : step);
  }
}
enum err_code chart_pyramid(const struct chart_frame *f, const char *const *label, const double *men, const double *women, int n, struct strbuf *to,
    struct err *e) {
  struct canvas c;
  double most = 0, sum[2] = {0, 0};
  char text[2][64];
  if (n < 1) return ERR(e, E_CHART_EMPTY, .subject = f->title);
  if (n > CHART_PYRAMID_MOST) return ERR(e, E_CHART_TOO_MANY, .subject = f->title, .expected = "130 ages", .found = "more");
  for (int i = 0; i < n; i++) {
    most = men[i] > most ? men[i] : most, most = women[i] > most ? women[i] : most;
    sum[0] += men[i], sum[1] += women[i];
  }
  canvas_open(&c, f);
  const char *const names[2] = {chart_say(f, "men (left)", "男（左）"), chart_say(f, "women (right)", "女（右）")};
  chart_patterns(&c, 2);
  chart_legend(&c, names, 2, CHART_SIGN_BAR);
  const double top = c.y + 12, bottom = top + PYRAMID_HEIGHT, middle = CHART_WIDTH / 2.0, step = (double)PYRAMID_HEIGHT / n;
  const struct scale right = scale_nice(0, most > 0 ? most : 1, 5, middle + MIDDLE / 2.0, CHART_WIDTH - CHART_MARGIN - 20);
  struct scale left = right;
  left.from = middle - MIDDLE / 2.0, left.to = CHART_MARGIN + 20;
  chart_axis_x(&c, &right, top, bottom, "");
  chart_axis_x(&c, &left, top, bottom, "");
  for (int i = 1; i < left.n_ticks; i++) /* the axis to the left runs against its own labels */
    chart_text(&c, scale_at(&left, scale_tick(&left, i)), bottom + 15, CHART_MIDDLE, "s n", scale_text(&left, i, text[0], sizeof text[0]));
  side(&c, &left, bottom, step, men, n, 0);
  side(&c, &right, bottom, step, women, n, 1);
  int every = 1;
  while (step * every < CHART_LINE_HEIGHT) every += every == 1 ? 4 : 5;
  for (int i = 0; i < n; i += every) chart_text(&c, middle, bottom - step * (i + 0.5) + 4, CHART_MIDDLE, "s n", label[i]);
  chart_number(sum[0], 0, text[0], sizeof text[0]), chart_number(sum[1], 0, text[1], sizeof text[1]);
  strbuf_addf(&c.desc, chart_say(f, "Population pyramid of %d ages: %s men, %s women.", "人口ピラミッド。%d区分、男%s、女%s。"), n, text[0], text[1]);
  c.y = bottom + 40;
  return canvas_close(&c, to, e);
}
