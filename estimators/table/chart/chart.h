/* chart.h -- pictures of results as SVG 1.1 text: dots with intervals, bars, lines with bands, a tile map of the 47 prefectures, histogram, scatter.
 * Shapes   a picture has one frame (words) and its data: series of points (dots, bars, lines), one value per prefecture (map), bins (histogram),
 *          point clouds and curves (scatter). Points of one series are in the order of the picture, top to bottom or left to right.
 * Missing  a point whose state is not CHART_SHOWN carries a word, never a place on the scale: its value, low and high are not read, so that no
 *          length, height or colour can give a suppressed figure away. It is never drawn as 0.
 * Units    of the values are written as frame->unit; a value is shown by its own text when it has one (the rounded figure of the table), else with
 *          frame->decimals. Groups of three digits are parted by commas.
 * Colours  Okabe & Ito's eight (safe for the colour-blind); series differ in shape and dash as well; the map has one hue from light to dark with
 *          words in contrast to it. White ground, no colour alone carries meaning: it can be printed in black.
 * Access   role="img", <title> and <desc> that say in words what is drawn; all text is text.
 * Errors   E_CHART_TOO_MANY (more marks than can be told apart), E_CHART_EMPTY (nothing to draw: no row), E_CHART_KIND, E_NO_MEMORY.
 * Memory   the buffer given; scratch on the stack. Cost: linear in the points. Same input, same bytes.
 * Source   Okabe & Ito, Color Universal Design (2008); Cleveland & McGill (1984) JASA 79, 531-554 (dot plots); ticks: multiples of 1, 2, 5. */
#ifndef SHIRABE_ESTIMATORS_TABLE_CHART_H
#define SHIRABE_ESTIMATORS_TABLE_CHART_H
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum chart_state { CHART_SHOWN, CHART_SUPPRESSED, CHART_UNDEFINED, CHART_NOT_APPLICABLE, CHART_ABSENT };
enum { CHART_MAX_POINTS = 2000, CHART_MAX_SERIES = 8, CHART_MAX_CURVES = 4, CHART_CLASSES_MOST = 7, CHART_PREFECTURES = 47 };

/* A break: figures before and after are not of one kind. Its sign is a letter; kinds differ by dash. */
enum chart_break_kind { CHART_BREAK_BASE, CHART_BREAK_BENCHMARK, CHART_BREAK_SHIFT, CHART_BREAK_OTHER, CHART_BREAK_KINDS };
enum { CHART_BREAKS_MOST = 26 };
struct chart_label_break {
  const char *label; /* of the first point after it */
  enum chart_break_kind kind;
  const char *text;  /* what it is; "" = the kind alone */
};
struct chart_frame {
  const char *id;       /* begins the ids of the elements, so that several pictures can stand in one page: letters and digits; "" = "chart" */
  const char *title;    /* one line */
  const char *subtitle; /* period, domain; "" = none */
  const char *unit;     /* of the values; "" = none */
  const char *x_title, *y_title; /* axis names; "" = the unit on the axis of values; y_title of dots and bars names the categories */
  const char *series_title; /* what the series are, before their names in the legend; NULL or "" = nothing */
  const char *source;   /* last line: survey, table, digest; "" = none */
  const char *const *notes;
  int n_notes;          /* the first 12 are printed, then how many more there are */
  enum err_lang lang;   /* of the words that the picture adds */
  int decimals;         /* of values without a text of their own; -1 = as many as the axis needs */
  const struct chart_label_break *breaks; /* of chart_lines: E_CHART_KIND when a label is none of the axis */
  int n_breaks;
  int64_t n_values;     /* of chart_histogram: how many values were counted, where count is a share of them; 0 = the sum of count */
  double confidence;    /* 0.95: named beside intervals; 0 = no interval is drawn or named */
};
struct chart_point {
  const char *label; /* category, or time */
  double value, low, high;
  bool has_interval;
  enum chart_state state;
  const char *text; /* the figure as the table shows it; NULL = made from the value */
  const char *mark; /* of the publication rule, printed beside the figure; NULL = none */
};
struct chart_series {
  const char *name; /* "" when there is only one */
  const struct chart_point *points;
  int n;
};

/* One row per category, a column of dots per series beside each other; the interval is a bar with ends. All series have the same labels. */
enum err_code chart_dots(const struct chart_frame *f, const struct chart_series *s, int n_series, struct strbuf *to, struct err *e) NODISCARD;
/* Horizontal bars from zero, with intervals. */
enum err_code chart_bars(const struct chart_frame *f, const struct chart_series *s, int n_series, struct strbuf *to, struct err *e) NODISCARD;
/* Points in time joined by lines, the interval as a band; a point that is not shown leaves a gap. */
enum err_code chart_lines(const struct chart_frame *f, const struct chart_series *s, int n_series, struct strbuf *to, struct err *e) NODISCARD;

/* Prefecture by tile; point[i] belongs to prefecture code i + 1; labels are not read. classes: 3..7 groups of about equally many prefectures. */
enum err_code chart_map(const struct chart_frame *f, const struct chart_point point[CHART_PREFECTURES], int classes, struct strbuf *to,
    struct err *e) NODISCARD;

/* Bins [edge[i], edge[i+1]) with count[i] >= 0; lines are values marked on the axis with a word (mean, bound). */
struct chart_line {
  double at;
  const char *label;
};
enum err_code chart_histogram(const struct chart_frame *f, const double *edge, const double *count, int n_bins, const struct chart_line *lines,
    int n_lines, struct strbuf *to, struct err *e) NODISCARD;
/* Equal bins with edges at multiples of 1, 2 or 5 over n values: fills edge [most + 1] and count [most], returns their number (1..most, 0 for n
 * = 0). */
int chart_bins(const double *x, int64_t n, int most, double *edge, double *count);

/* A cloud and curves over it. log_x, log_y: logarithmic axes; points not above 0 are then left out and counted in a note. */
struct chart_cloud {
  const char *name;
  const double *x, *y;
  int64_t n;
  bool hollow; /* left out of a fit, say */
};
struct chart_curve {
  const char *name;
  const double *x, *y; /* in order of x */
  int n;
};
enum err_code chart_scatter(const struct chart_frame *f, const struct chart_cloud *clouds, int n_clouds, const struct chart_curve *curves,
    int n_curves, bool log_x, bool log_y, struct strbuf *to, struct err *e) NODISCARD;
#endif
