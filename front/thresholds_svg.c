/* The relative pseudo-bias of the latest period against the share reviewed, one line per class, as a small SVG. */
#include <math.h>
#include <stdio.h>

#include "front/thresholds_print.h"

enum { WIDTH = 640, HEIGHT = 400, LEFT = 70, RIGHT = 150, TOP = 40, BOTTOM = 50, MOST_LINES = 8, POINTS = 200, TICKS = 4 };
static const char *const COLOUR[MOST_LINES] = {"#1b5e9b", "#c0392b", "#1e8449", "#8e44ad", "#b9770e", "#117a8b", "#7b241c", "#424949"};

struct plot {
  FILE *to;
  double highest;
};
static double at_x(double share) { return LEFT + share * (WIDTH - LEFT - RIGHT); }
static double at_y(const struct plot *p, double rpb) { return HEIGHT - BOTTOM - rpb / p->highest * (HEIGHT - TOP - BOTTOM); }

static void escaped(FILE *to, struct str s) {
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] == '<') fputs("&lt;", to);
    else if (s.p[i] == '>') fputs("&gt;", to);
    else if (s.p[i] == '&') fputs("&amp;", to);
    else if ((unsigned char)s.p[i] >= ' ') fputc(s.p[i], to);
  }
}

static void axes(struct cli *c, const struct plot *p) {
  fprintf(p->to, "<path d=\"M%d %d V%d H%d\" fill=\"none\" stroke=\"#333\"/>\n", LEFT, TOP, HEIGHT - BOTTOM, WIDTH - RIGHT);
  for (int i = 0; i <= TICKS; i++) {
    const double share = (double)i / TICKS, rpb = p->highest * share;
    fprintf(p->to, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.0f</text>\n", at_x(share), HEIGHT - BOTTOM + 16, 100 * share);
    fprintf(p->to, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.3g</text>\n", LEFT - 6, at_y(p, rpb) + 4, 100 * rpb);
    fprintf(p->to, "<path d=\"M%d %.1f H%d\" stroke=\"#ddd\"/>\n", LEFT, at_y(p, rpb), WIDTH - RIGHT);
  }
  fprintf(p->to, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>\n", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12,
      cli_say(c, "share of records reviewed, %", "確認した記録の割合（%）"));
  fprintf(p->to, "<text transform=\"translate(16 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>\n", (TOP + HEIGHT - BOTTOM) / 2,
      cli_say(c, "relative pseudo-bias, %", "相対疑似偏り（%）"));
}

static void line_of(const struct plot *p, const struct replay_group *g, int k) {
  const int64_t n = g->curve.n;
  fprintf(p->to, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"1.6\"%s points=\"", COLOUR[k], k % 2 ? " stroke-dasharray=\"6 3\"" : "");
  for (int64_t i = 0; i <= (n < POINTS ? n : POINTS); i++) {
    const int64_t q = n < POINTS ? i : n * i / POINTS;
    fprintf(p->to, "%.1f,%.1f ", at_x((double)q / (double)n), at_y(p, g->curve.rpb[q]));
  }
  fputs("\"/>\n", p->to);
  const double share = (double)g->domain.q_stable / (double)n;
  fprintf(p->to, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>\n", at_x(share), at_y(p, g->curve.rpb[g->domain.q_stable]), COLOUR[k]);
  fprintf(p->to, "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s ", WIDTH - RIGHT + 10, TOP + 12 + 18 * k, COLOUR[k], k % 2 ? "- -" : "&#8212;");
  escaped(p->to, g->name.n ? g->name : STR("-"));
  fputs("</text>\n", p->to);
}

/* The groups with the largest pseudo-bias without review, at most MOST_LINES; ties by their order. */
static int choose(const struct replay_report *r, int out[MOST_LINES]) {
  int n = 0;
  for (int g = 0; g < r->n_groups; g++) {
    if (!r->groups[g].curve.n) continue;
    int at = n < MOST_LINES ? n++ : MOST_LINES;
    while (at > 0 && r->groups[out[at - 1]].curve.rpb[0] < r->groups[g].curve.rpb[0]) {
      if (at < MOST_LINES) out[at] = out[at - 1];
      at--;
    }
    if (at < MOST_LINES) out[at] = g;
  }
  return n;
}

void thresholds_svg(struct cli *c, const struct thresholds *t) {
  const struct replay_report *r = &t->replays[0];
  struct plot p = {.to = cli_out(c), .highest = 0};
  int groups[MOST_LINES];
  const int n = choose(r, groups);
  for (int k = 0; k < n; k++)
    for (int64_t q = 0; q <= r->groups[groups[k]].curve.n; q++)
      p.highest = fmax(p.highest, r->groups[groups[k]].curve.rpb[q]);
  if (!r->of_standard_error) p.highest = fmax(p.highest, 2 * t->limit);
  if (!(p.highest > 0)) p.highest = 1;
  fprintf(p.to, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n", WIDTH, HEIGHT);
  fprintf(p.to, "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n<text x=\"%d\" y=\"20\" font-size=\"14\">%s/%s %s, %s</text>\n", WIDTH, HEIGHT,
      LEFT, r->survey, r->form, r->period, r->step);
  axes(c, &p);
  if (!r->of_standard_error)
    fprintf(p.to, "<path d=\"M%d %.1f H%d\" stroke=\"#000\" stroke-dasharray=\"2 2\"/>\n<text x=\"%d\" y=\"%.1f\">%s %.3g</text>\n", LEFT,
        at_y(&p, t->limit), WIDTH - RIGHT, WIDTH - RIGHT + 4, at_y(&p, t->limit) + 4, cli_say(c, "limit", "上限"), 100 * t->limit);
  for (int k = 0; k < n; k++)
    line_of(&p, &r->groups[groups[k]], k);
  if (n < r->n_groups)
    fprintf(p.to, cli_say(c, "<text x=\"%d\" y=\"%d\">%d more classes</text>\n", "<text x=\"%d\" y=\"%d\">ほか %d 区分</text>\n"), WIDTH - RIGHT + 10,
        TOP + 12 + 18 * n, r->n_groups - n);
  fputs("</svg>\n", p.to);
}
