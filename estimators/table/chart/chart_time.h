/* chart_time.h -- a series over months, quarters or years: lines, bands one inside the other (a forecast fan), many thin lines that end in a mark
 * (vintages), and breaks: places where figures before and after are not of one kind.
 * Shapes   a line or band holds n values from period index `from` on; index 0 is the period `first` = year * period + part - 1. No gaps inside a
 *          line: what is missing is another line. Bands: the widest first; each is drawn over those before it.
 * Breaks   between index at - 1 and at. They bear letters in the picture and a line of words below it, so that no words can meet; kinds differ
 *          by dash as well: base year, benchmark, level shift, other.
 * Axis     years, whole ones; months only when the picture spans less than four years. Ticks per year, labels as many as fit.
 * Paper    lines differ in width and dash, bands in grey: everything can be read in black and white.
 * Errors   E_CHART_EMPTY, E_CHART_TOO_MANY (2,000 periods, 8 named lines, 240 vintages, 4 bands, 26 breaks), E_CHART_KIND (a value beyond the
 *          axis or not finite), E_NO_MEMORY. Memory: the buffer given. Cost: linear. Same input, same bytes. */
#ifndef SHIRABE_ESTIMATORS_TABLE_CHART_TIME_H
#define SHIRABE_ESTIMATORS_TABLE_CHART_TIME_H
#include "estimators/table/chart/chart.h"

enum { CHART_TIME_PERIODS = 2000, CHART_TIME_LINES = 8, CHART_TIME_VINTAGES = 240, CHART_TIME_BANDS = 4, CHART_TIME_BREAKS = CHART_BREAKS_MOST };
enum chart_time_style { CHART_TIME_MAIN, CHART_TIME_ORIGINAL, CHART_TIME_TREND, CHART_TIME_AHEAD, CHART_TIME_VINTAGE };
struct chart_time_line {
  const char *name; /* "" = not in the legend */
  const double *value;
  int from, n;
  enum chart_time_style style;
};
struct chart_time_band {
  const char *name;
  const double *low, *high;
  int from, n;
};
struct chart_break {
  int at;
  enum chart_break_kind kind;
  const char *text; /* what it is; the date and the kind are added */
};
struct chart_time {
  int64_t first;
  int period, n; /* 12, 4 or 1; periods of the axis */
  const struct chart_time_line *lines;
  int n_lines;
  const struct chart_time_band *bands;
  int n_bands;
  const struct chart_break *breaks;
  int n_breaks;
  int observed;      /* periods before the forecasts begin: a line parts them; 0 = no forecasts */
  bool has_level;    /* a level of reference: the mean of the base year, say */
  double level;
  const char *level_name;
};
enum err_code chart_over_time(const struct chart_frame *f, const struct chart_time *t, struct strbuf *to, struct err *e) NODISCARD;
/* "2008-10", "2008-Q4", "2008" */
void chart_time_label(const struct chart_time *t, int at, char out[24]);
#endif
