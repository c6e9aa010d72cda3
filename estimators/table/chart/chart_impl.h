/* chart_impl.h -- what the picture writers share: a canvas whose height grows, words, numbers, scales. For estimators/table/chart only.
 * Layout   pixels; the body is collected first, so that head and foot can be as high as they need. Text widths are estimated per character (a
 *          full-width
 *          character one em), since no font can be asked; places for text are therefore a little wider than needed. */
#ifndef SHIRABE_ESTIMATORS_TABLE_CHART_IMPL_H
#define SHIRABE_ESTIMATORS_TABLE_CHART_IMPL_H
#include "estimators/table/chart/chart.h"

enum { CHART_WIDTH = 760, CHART_MARGIN = 16, CHART_LINE_HEIGHT = 17, CHART_FONT = 12, CHART_SMALL = 11 };
enum chart_align { CHART_START, CHART_MIDDLE, CHART_END };

struct canvas {
  const struct chart_frame *f;
  struct strbuf body, desc;
  double y; /* next free line */
};
const char *chart_say(const struct chart_frame *f, const char *en, const char *ja);
void canvas_open(struct canvas *c, const struct chart_frame *f);          /* title, subtitle, unit */
enum err_code canvas_close(struct canvas *c, struct strbuf *to, struct err *e) NODISCARD; /* notes, source, the whole file; frees the canvas */

/* --- words --- */
void chart_escape(struct strbuf *b, const char *s);
double chart_text_width(const char *s, double font); /* estimated */
/* class: the CSS class of the text: "t" plain, "s" small, "g" grey small, "b" bold, "w" white. */
void chart_text(struct canvas *c, double x, double y, enum chart_align align, const char *class, const char *s);
/* Breaks at spaces, or between full-width characters, into lines of at most `width`; returns the height used. */
double chart_paragraph(struct canvas *c, double x, double y, double width, const char *class, double font, const char *s);
/* The text cut with … so that it takes at most `width`; out of at least 8 bytes. */
const char *chart_cut(const char *s, double font, double width, char *out, size_t size);

/* --- numbers and scales --- */
const char *chart_number(double v, int decimals, char *out, size_t size); /* commas between groups of three; -1 = up to 6 significant digits */
/* A tick of a logarithmic axis: "20,000", "200 million", "2億" (million, billion, trillion from 1,000,000 on; 万, 億, 兆 from 10,000 on). */
const char *chart_short_number(double v, enum err_lang lang, char *out, size_t size);
/* The figure with its mark; a sign when it is hidden. */
const char *chart_point_text(const struct chart_frame *f, const struct chart_point *p, char *out, size_t size);
bool chart_is_hidden(const struct chart_point *p);
struct scale {
  double low, high, step; /* multiples of step */
  int n_ticks, decimals;
  double from, to; /* pixels of low and high */
  bool log;
  enum err_lang lang; /* of "million" beside the large figures of a logarithmic axis */
  int first, stride; /* logarithmic: ticks at 1, 2, 5 or at powers of ten only, as indexes into ... 0.1 0.2 0.5 1 2 5 10 ... (1 = index 0) */
};
/* Range of values to nice limits; at most `most` ticks (2..12). */
struct scale scale_nice(double low, double high, int most, double from, double to);
struct scale scale_log(double low, double high, double from, double to);
double scale_at(const struct scale *s, double v);
double scale_tick(const struct scale *s, int i);
const char *scale_text(const struct scale *s, int i, char *out, size_t size);
/* Ticks so few that labels along a horizontal axis do not touch. */
struct scale scale_horizontal(double low, double high, double from, double to);
void chart_axis_x(struct canvas *c, const struct scale *x, double top, double bottom, const char *title); /* grid lines, labels, title */
void chart_axis_y(struct canvas *c, const struct scale *y, double left, double right, const char *title);
double chart_axis_width(const struct scale *y); /* of the labels of a vertical axis */

/* --- marks --- */
const char *chart_colour(int series);
const char *chart_dash(int series); /* stroke-dasharray, "" = solid */
void chart_mark(struct canvas *c, int series, double x, double y, double size, bool hollow); /* circle, square, triangle, diamond ... */
/* Swatches of bars: colour, and from the second series on white lines over it, so that they differ in black as well. */
void chart_patterns(struct canvas *c, int n);
void chart_bar(struct canvas *c, int series, double x, double y, double width, double height);
/* Names of series with their marks, flowing in lines from c->y on; nothing when there is one without a name. */
enum chart_sign { CHART_SIGN_MARK, CHART_SIGN_LINE, CHART_SIGN_BAR };
void chart_legend(struct canvas *c, const char *const *names, int n, enum chart_sign sign);
/* Breaks: rows of letters above a plot (taken: last place of each row), the upright line with its letter, the words below the plot. */
enum { CHART_BREAK_ROWS = 3, CHART_BREAK_LETTER = 7, CHART_BREAK_STEP = 2 * CHART_BREAK_LETTER + 2 };
struct break_rows {
  double last[CHART_BREAK_ROWS];
  int n; /* rows in use */
};
void chart_break_rows(struct break_rows *r);
int chart_break_row(struct break_rows *r, double x);
void chart_break_line(struct canvas *c, enum chart_break_kind kind, char letter, double x, int row, double top, double bottom);
void chart_break_note(struct canvas *c, enum chart_break_kind kind, char letter, const char *date, const char *text);
/* Range over all shown points, intervals included when the frame has a confidence; false = none is shown. */
bool chart_range(const struct chart_frame *f, const struct chart_series *s, int n_series, double *low, double *high);
/* All series have as many points with the same labels; E_CHART_EMPTY, E_CHART_TOO_MANY, E_CHART_KIND. */
enum err_code chart_check(const struct chart_frame *f, const struct chart_series *s, int n_series, int most, struct err *e) NODISCARD;
/* What is drawn, in words, for <desc>; and what the signs of hidden figures mean, as a note. */
void chart_describe(struct canvas *c, const char *kind, const struct chart_series *s, int n_series);
void chart_hidden_note(struct canvas *c, const struct chart_series *s, int n_series);
void chart_interval_note(struct canvas *c, const struct chart_series *s, int n_series);
#endif
