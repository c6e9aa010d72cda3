/* truth_picture.c -- the truth report as a picture (SVG): detection by kind of error, totals before and after, intervals that contain the truth.
 *   truth_picture OUT.svg ESTABLISHMENT.report BIRTH.report DEATH.report
 * Reads   the lines `kind,NAME,planted,detected,located,corrected`, `bias ITEM before after` (per cent) and `coverage,STAGE,ITEM,cells,inside,width`
 * of truth_report and truth.sh. Draws   bars as shares of what was planted (light found, middle the very item, dark put right); totals off by, on a
 * logarithmic scale; no answers of records. Same bytes for the same reports. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FORMS = 3, KINDS = 40, ITEMS = 24, STAGES = 8, NAME = 48, LINE = 512 };
enum { WIDE = 1260, COLUMN = 420, LABEL = 170, BAR = 170, STEP = 17, TOP = 92 };
struct kind {
  char name[NAME];
  long planted, detected, located, corrected;
};
struct bias {
  char name[NAME];
  double before, after;
};
struct stage {
  char name[NAME];
  long cells, inside;
  double width; /* of half the interval, per cent of the truth, times cells */
};
struct report {
  struct kind kinds[KINDS];
  struct bias items[ITEMS];
  struct stage stages[STAGES];
  int n_kinds, n_items, n_stages;
};

static _Noreturn void stop(const char *what) {
  fprintf(stderr, "truth_picture: %s\n", what);
  exit(70);
}

/* --- in --- */
static void take_coverage(struct report *r, const char *stage, long cells, long inside, double width) {
  int k = 0;
  while (k < r->n_stages && strcmp(r->stages[k].name, stage) != 0) k++;
  if (k == STAGES) stop("too many stages");
  if (k == r->n_stages) snprintf(r->stages[r->n_stages++].name, NAME, "%s", stage);
  r->stages[k].cells += cells, r->stages[k].inside += inside, r->stages[k].width += width * (double)cells;
}
static void take_line(struct report *r, const char *line) {
  struct kind k;
  struct bias b;
  char stage[NAME];
  long cells, inside;
  double width;
  memset(&k, 0, sizeof k);
  if (sscanf(line, "kind,%47[^,],%ld,%ld,%ld,%ld", k.name, &k.planted, &k.detected, &k.located, &k.corrected) == 5) {
    if (r->n_kinds == KINDS || k.planted <= 0) stop("kinds");
    r->kinds[r->n_kinds++] = k;
  } else if (sscanf(line, "bias %47s %lf %lf", b.name, &b.before, &b.after) == 3) {
    if (r->n_items == ITEMS) stop("items");
    r->items[r->n_items++] = b;
  } else if (sscanf(line, "coverage,%47[^,],%*[^,],%ld,%ld,%lf", stage, &cells, &inside, &width) == 4) take_coverage(r, stage, cells, inside, width);
}
static void read_report(const char *path, struct report *r) {
  char line[LINE];
  FILE *f = fopen(path, "rb");
  if (!f) stop(path);
  memset(r, 0, sizeof *r);
  while (fgets(line, sizeof line, f)) take_line(r, line);
  fclose(f);
  if (!r->n_kinds) stop(path);
}

/* --- out --- */
static void text(FILE *f, int x, int y, const char *style, const char *what) {
  fprintf(f, "<text x=\"%d\" y=\"%d\" class=\"%s\">", x, y, style);
  for (; *what; what++) *what == '&' ? fputs("&amp;", f) : *what == '<' ? fputs("&lt;", f) : fputc(*what, f);
  fputs("</text>\n", f);
}
static void bar(FILE *f, int x, int y, int height, double share, const char *style) {
  fprintf(f, "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" class=\"%s\"/>\n", x, y, share * BAR, height, style);
}
static void one_kind(FILE *f, int x, int y, const struct kind *k) {
  char figures[LINE];
  double of = (double)k->planted;
  text(f, x + LABEL - 6, y + 11, "right", k->name);
  bar(f, x + LABEL, y, 13, 1, "none");
  bar(f, x + LABEL, y, 13, (double)k->detected / of, "found");
  bar(f, x + LABEL, y + 3, 7, (double)k->located / of, "item");
  bar(f, x + LABEL, y + 5, 3, (double)k->corrected / of, "put");
  snprintf(figures, sizeof figures, "%ld / %ld", k->detected, k->planted);
  text(f, x + LABEL + BAR + 6, y + 11, "small", figures);
}
static void kinds(FILE *f, int x, const char *title, const struct report *r) {
  text(f, x + LABEL, TOP - 10, "head", title);
  for (int i = 0; i < r->n_kinds; i++) one_kind(f, x, TOP + i * STEP, &r->kinds[i]);
}
/* Decades from 0.001 to 10,000 per cent; smaller ones stand at the left edge. */
enum { LEAST = -3, MOST = 4, SCALE = 78 };
static double place(double percent) {
  double d = log10(fmax(fabs(percent), 1e-9));
  return (fmin(fmax(d, LEAST), MOST) - LEAST) * SCALE;
}
static void axis(FILE *f, int x, int y, int height) {
  static const char *const marks[] = {"0.001 %", "0.01", "0.1", "1 %", "10", "100 %", "1,000", "10,000 %"};
  for (int i = 0; i <= MOST - LEAST; i++) {
    fprintf(f, "<line x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\" class=\"grid\"/>\n", x + i * SCALE, x + i * SCALE, y, y + height);
    text(f, x + i * SCALE, y + height + 14, "middle", marks[i]);
  }
}
static void one_item(FILE *f, int x, int y, const char *form, const struct bias *b) {
  char name[2 * NAME + 4];
  double from = x + place(b->before), to = x + place(b->after);
  snprintf(name, sizeof name, "%s %s", form, b->name);
  text(f, x - 14, y + 4, "right", name);
  fprintf(f, "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" class=\"way\"/>\n", from, to, y, y);
  fprintf(f, "<circle cx=\"%.1f\" cy=\"%d\" r=\"5\" class=\"before\"/>\n<circle cx=\"%.1f\" cy=\"%d\" r=\"4\" class=\"after\"/>\n", from, y, to, y);
}
static void totals(FILE *f, int x, int y, const struct report *r, const char *const names[FORMS]) {
  int n = 0, at = 0;
  for (int i = 0; i < FORMS; i++) n += r[i].n_items;
  text(f, x - 14, y - 14, "head", "Totals off by (circle: as received, dot: processed) / 合計の偏り");
  axis(f, x, y - 4, n * STEP + 4);
  for (int i = 0; i < FORMS; i++)
    for (int k = 0; k < r[i].n_items; k++, at++) one_item(f, x, y + 6 + at * STEP, names[i], &r[i].items[k]);
}
static void intervals(FILE *f, int x, int y, const struct report *r) {
  text(f, x, y - 14, "head", "95 % intervals that contain the truth / 被覆率");
  for (int i = 0; i < r->n_stages; i++) {
    const struct stage *s = &r->stages[i];
    char figures[LINE], name[NAME];
    double share = s->cells ? (double)s->inside / (double)s->cells : 0;
    snprintf(name, sizeof name, "%s", s->name);
    for (char *p = name; *p; p++)
      if (*p == '_') *p = ' ';
    text(f, x + 110, y + i * STEP + 11, "right", name);
    bar(f, x + 116, y + i * STEP, 13, 1, "none");
    bar(f, x + 116, y + i * STEP, 13, share, "item");
    snprintf(figures, sizeof figures, "%.1f %% (+-%.1f %%)", 100 * share, s->cells ? s->width / (double)s->cells : 0);
    text(f, x + 116 + BAR + 6, y + i * STEP + 11, "small", figures);
  }
  fprintf(f, "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" class=\"mark\"/>\n", x + 116 + 0.95 * BAR, x + 116 + 0.95 * BAR, y - 4,
          y + r->n_stages * STEP + 2);
  text(f, x + 20, y + r->n_stages * STEP + 18, "small", "industry x size cells (half width on average); line: 95 %;");
  text(f, x + 20, y + r->n_stages * STEP + 33, "small", "sampling error as published, without what imputation adds");
}
static void legend(FILE *f, int x, int y) {
  static const char *const styles[] = {"found", "item", "put"}, *const words[] = {"found / 検出", "the very item / 箇所の特定",
                                                                                  "put right exactly / 正しく訂正"};
  for (int i = 0; i < 3; i++) {
    fprintf(f, "<rect x=\"%d\" y=\"%d\" width=\"14\" height=\"12\" class=\"%s\"/>\n", x + i * 190, y, styles[i]);
    text(f, x + i * 190 + 20, y + 10, "small", words[i]);
  }
}
static void head(FILE *f, int height) {
  fprintf(f, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\">\n", WIDE, height,
          WIDE, height);
  fputs(
      "<style>text{font-size:12px;fill:#222}.small{font-size:11px;fill:#444}.head{font-size:14px;font-weight:bold}.title{"
        "font-size:19px;font-weight:bold}"
      ".right{text-anchor:end;font-size:12px}.middle{text-anchor:middle;font-size:11px;fill:#444}"
        ".none{fill:#eee}.found{fill:#a6cee3}.item{fill:#3a87c0}.put{fill:#08306b}"
      ".grid{stroke:#ddd}.way{stroke:#bbb}.before{fill:none;stroke:#c2410c;stroke-width:2}.after{fill:#08306b}"
        ".mark{stroke:#c2410c;stroke-width:2}</style>\n",
      f);
  fprintf(f, "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n", WIDE, height);
  text(f, 24, 32, "title", "Planted errors: what processing finds and puts right / 誤りを植えた月の検出と訂正");
  legend(f, 24, 46);
}
static void draw(FILE *f, const struct report r[FORMS]) {
  static const char *const titles[FORMS] = {"Labour survey / 毎月勤労統計", "Births / 出生票", "Deaths / 死亡票"}, *const names[FORMS] = {
                                                                                                                       "labour", "births", "deaths"};
  int most = 0, items = 0;
  for (int i = 0; i < FORMS; i++) most = r[i].n_kinds > most ? r[i].n_kinds : most, items += r[i].n_items;
  int below = TOP + most * STEP + 50;
  head(f, below + (items > r[0].n_stages ? items : r[0].n_stages) * STEP + 40);
  for (int i = 0; i < FORMS; i++) kinds(f, i * COLUMN, titles[i], &r[i]);
  totals(f, 170, below, r, names);
  intervals(f, 2 * COLUMN, below, &r[0]);
  fputs("</svg>\n", f);
}

int main(int argc, char **argv) {
  struct report reports[FORMS];
  if (argc != 2 + FORMS) {
    fprintf(stderr, "usage: truth_picture OUT.svg ESTABLISHMENT.report BIRTH.report DEATH.report\n");
    return 64;
  }
  for (int i = 0; i < FORMS; i++) read_report(argv[2 + i], &reports[i]);
  FILE *f = fopen(argv[1], "wb");
  if (!f) stop(argv[1]);
  draw(f, reports);
  if (fclose(f)) stop(argv[1]);
  return 0;
}
