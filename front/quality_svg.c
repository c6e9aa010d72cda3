/* The picture: one row per sender, one column per check, darker where more records fail. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "front/quality_print.h"

enum { MAX_ROWS = 60, MAX_COLUMNS = 24, CELL_WIDTH = 46, CELL_HEIGHT = 22, LEFT = 230, TOP = 150, RIGHT = 120, BOTTOM = 96, FEW = 10 };
struct line {
  int64_t at;
  double rate;
};
struct drawing {
  const struct quality *q;
  enum err_lang lang;
  struct strbuf *b;
  struct line *rows, *columns;
  int64_t n_rows, n_columns;     /* drawn */
  int64_t all_rows, all_columns; /* that could be */
};

static void text(struct strbuf *b, const char *s, size_t max_points) {
  size_t points = 0;
  for (; *s; s++) {
    if (((unsigned char)*s & 0xC0) != 0x80 && points++ == max_points) {
      strbuf_adds(b, "…");
      return;
    }
    if (*s == '<') strbuf_adds(b, "&lt;");
    else if (*s == '>') strbuf_adds(b, "&gt;");
    else if (*s == '&') strbuf_adds(b, "&amp;");
    else if (*s == '"') strbuf_adds(b, "&quot;");
    else if ((unsigned char)*s >= 0x20) strbuf_addc(b, *s);
  }
}

static int worst_first(const void *a, const void *b) {
  const struct line *p = a, *q = b;
  if (p->rate != q->rate) return p->rate > q->rate ? -1 : 1;
  return (p->at > q->at) - (p->at < q->at);
}

static void choose(struct drawing *d) {
  for (int64_t s = 0; s < d->q->n_senders; s++)
    if (d->q->senders[s].now.checks.there && d->q->senders[s].now.checks.whole > 0)
      d->rows[d->all_rows++] = (struct line){s, quality_percent(&d->q->senders[s].now.checks, false)};
  for (int c = 0; c < d->q->n_checks; c++)
    if (d->q->checks[c].failure.there && d->q->checks[c].failure.part > 0)
      d->columns[d->all_columns++] = (struct line){c, quality_percent(&d->q->checks[c].failure, false)};
  qsort(d->rows, (size_t)d->all_rows, sizeof *d->rows, worst_first);
  qsort(d->columns, (size_t)d->all_columns, sizeof *d->columns, worst_first);
  d->n_rows = d->all_rows < MAX_ROWS ? d->all_rows : MAX_ROWS;
  d->n_columns = d->all_columns < MAX_COLUMNS ? d->all_columns : MAX_COLUMNS;
}

/* Light to dark over 0, 1, 2, 5, 10, 20, 50 per cent; colours of one hue, distinct in grey too. */
static int shade(double percent) {
  static const double limits[] = {0, 1, 2, 5, 10, 20, 50};
  int k = 0;
  for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) k += percent > limits[i];
  return k;
}
static const char *const colours[] = {"#ffffff", "#fff3e5", "#fde0c2", "#fcc48e", "#f79b54", "#e0701f", "#b34a0b", "#7a2c05"};

/* Row 0 holds all senders together, row k + 1 the k-th of them. */
static void cell(struct drawing *d, int64_t row, int64_t column, const char *who, const struct quality_rate *r) {
  const int x = LEFT + (int)column * CELL_WIDTH, y = TOP + (int)row * CELL_HEIGHT;
  const bool judged = r->there && r->whole > 0;
  const double percent = quality_percent(r, false);
  const int k = judged ? shade(percent) : 0;
  strbuf_addf(d->b, "<g><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\" stroke=\"#c8c8c8\"/>", x, y, CELL_WIDTH, CELL_HEIGHT,
      judged ? colours[k] : "#eeeeee");
  strbuf_adds(d->b, "<title>");
  text(d->b, who, 60);
  strbuf_adds(d->b, " / ");
  text(d->b, d->q->checks[d->columns[column].at].id, 60);
  if (judged) strbuf_addf(d->b, ": %.0f / %.0f", r->part, r->whole);
  strbuf_adds(d->b, "</title>");
  if (!judged) strbuf_addf(d->b, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" fill=\"#767676\">–</text>", x + CELL_WIDTH / 2, y + 15);
  else if (r->part > 0)
    strbuf_addf(d->b, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" fill=\"%s\">%.*f%s</text>", x + CELL_WIDTH / 2, y + 15,
        k >= 6 ? "#ffffff" : "#1a1a1a", percent < 10 ? 1 : 0, percent, r->whole < FEW ? "*" : "");
  strbuf_adds(d->b, "</g>\n");
}

/* "municipality-011002" with a name: the code and the name; without one the whole id. */
static void row_label(struct drawing *d, int64_t row, const char *office, const char *name, const struct quality_figures *f) {
  const int y = TOP + (int)row * CELL_HEIGHT + 15;
  const char *code = strchr(office, '-');
  strbuf_addf(d->b, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\"%s>", LEFT - 8, y, row ? "" : " font-weight=\"bold\"");
  text(d->b, *name && code ? code + 1 : office, 24);
  if (*name) strbuf_addc(d->b, ' ');
  text(d->b, name, 9);
  strbuf_addf(
      d->b, "</text><text x=\"%d\" y=\"%d\">%.1f</text>", LEFT + (int)d->n_columns * CELL_WIDTH + 10, y, quality_percent(&f->checks, false));
  strbuf_addf(d->b, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"#555555\">%.0f</text>\n", 56, y, f->answered.whole);
}

static void body(struct drawing *d) {
  const struct quality *q = d->q;
  const char *all = d->lang == LANG_JA ? "全体" : "all";
  row_label(d, 0, all, "", &q->all);
  for (int64_t c = 0; c < d->n_columns; c++) cell(d, 0, c, all, &q->checks[d->columns[c].at].failure);
  for (int64_t r = 0; r < d->n_rows; r++) {
    const struct quality_sender *s = &q->senders[d->rows[r].at];
    row_label(d, r + 1, s->office, s->name ? s->name : "", &s->now);
    for (int64_t c = 0; c < d->n_columns; c++) cell(d, r + 1, c, s->office, &q->failure[d->rows[r].at * q->n_checks + d->columns[c].at]);
  }
}

static void heads(struct drawing *d) {
  const bool ja = d->lang == LANG_JA;
  const struct quality *q = d->q;
  strbuf_addf(d->b, "<text x=\"12\" y=\"24\" font-size=\"16\" font-weight=\"bold\">%s</text><text x=\"12\" y=\"44\">",
      ja ? "送付機関別・検査別の不合格率（%）" : "Failure rate by sender and check (%)");
  text(d->b, q->form->survey, 40);
  strbuf_addc(d->b, '/');
  text(d->b, q->form->id, 40);
  strbuf_addc(d->b, ' ');
  text(d->b, q->period, 16);
  strbuf_addf(d->b, "</text><text x=\"12\" y=\"62\" fill=\"#7a2c05\">%s</text>\n",
      ja ? "内部用：少数の秘匿処理をしていません" : "internal: small numbers are not protected");
  strbuf_addf(d->b, "<text x=\"56\" y=\"%d\" text-anchor=\"end\" fill=\"#555555\">%s</text>", TOP - 8, ja ? "記録数" : "records");
  strbuf_addf(d->b, "<text x=\"%d\" y=\"%d\">%s</text>\n", LEFT + (int)d->n_columns * CELL_WIDTH + 10, TOP - 8, ja ? "全検査" : "all");
  for (int64_t c = 0; c < d->n_columns; c++) {
    const int x = LEFT + (int)c * CELL_WIDTH + CELL_WIDTH / 2 + 4;
    strbuf_addf(d->b, "<text x=\"%d\" y=\"%d\" transform=\"rotate(-50 %d %d)\">", x, TOP - 8, x, TOP - 8);
    text(d->b, q->checks[d->columns[c].at].id, 16);
    strbuf_adds(d->b, "</text>\n");
  }
}

static void legend(struct drawing *d, int y) {
  static const char *const words[] = {"0", "≤1", "≤2", "≤5", "≤10", "≤20", "≤50", ">50"};
  const bool ja = d->lang == LANG_JA;
  for (int i = 0; i < 8; i++) {
    strbuf_addf(d->b, "<rect x=\"%d\" y=\"%d\" width=\"40\" height=\"16\" fill=\"%s\" stroke=\"#c8c8c8\"/>", 12 + i * 44, y, colours[i]);
    strbuf_addf(d->b, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>\n", 32 + i * 44, y + 30, words[i]);
  }
  strbuf_addf(
      d->b, "<text x=\"380\" y=\"%d\">%s</text>\n", y + 13, ja ? "–：判定なし　*：判定10件未満" : "–: nothing judged   *: fewer than 10 judged");
  strbuf_addf(d->b, "<text x=\"12\" y=\"%d\">", y + 52);
  strbuf_addf(d->b,
      ja ? "送付機関 %lld のうち %lld、不合格のある検査 %lld のうち %lld を、不合格率の高い順に示す"
         : "%lld senders, %lld shown; %lld checks with failures, %lld shown; the highest rates first",
      (long long)d->all_rows, (long long)d->n_rows, (long long)d->all_columns, (long long)d->n_columns);
  strbuf_adds(d->b, "</text>\n");
}

void quality_svg(struct arena *a, const struct quality *q, enum err_lang lang, struct strbuf *out) {
  struct drawing d = {.q = q, .lang = lang, .b = out};
  d.rows = ARENA_ARRAY(a, struct line, q->n_senders + 1);
  d.columns = ARENA_ARRAY(a, struct line, q->n_checks + 1);
  if (d.rows && d.columns) {
    choose(&d);
    const int bottom = TOP + ((int)d.n_rows + 1) * CELL_HEIGHT, least = 760, wanted = LEFT + (int)d.n_columns * CELL_WIDTH + RIGHT,
              width = wanted > least ? wanted : least;
    strbuf_addf(out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" lang=\"%s\" font-family=\"'Noto Sans CJK "
        "JP','Hiragino Sans','Yu Gothic',sans-serif\" font-size=\"12\">\n",
        width, bottom + BOTTOM, width, bottom + BOTTOM, lang == LANG_JA ? "ja" : "en");
    strbuf_addf(out, "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n", width, bottom + BOTTOM);
    heads(&d);
    body(&d);
    legend(&d, bottom + 20);
    strbuf_adds(out, "</svg>\n");
  }
}
