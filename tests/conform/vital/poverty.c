/* poverty.c -- series of relative poverty rates: the line is half of the median, and the rate of all households with children lies between those of
 * one and of more adults. The income records behind them are not public: nothing else of the series can be computed. */
#include <stdlib.h>

#include "estimators/livelihood/livelihood_series.h"
#include "tests/conform/vital/folder.h"

static void row(struct folder *f, const struct csv_table *t, int64_t i) {
  struct livelihood_year y = {.has_rates = true};
  struct livelihood_check c;
  const char *label = cell_str(f, t, i, "income_year");
  y.year = strtoll(label, NULL, 10);
  if (cell_num(t, i, "median_10k_yen", &y.median) && cell_num(t, i, "line_10k_yen", &y.line)) {
    livelihood_series_check(&y, 1, &c);
    judge(f, "poverty_line", label, y.year, 0, y.median / 2, y.line, 0);
    /* The relation that the estimators check must say the same of the row. */
    judge(f, "poverty_relation", label, y.year, 0, c.line == SERIES_CONTRADICTS, 0, 0);
  }
  if (!cell_num(t, i, "working_hh_with_child", &y.working) || !cell_num(t, i, "one_adult", &y.one_adult) ||
      !cell_num(t, i, "two_plus_adults", &y.more_adults))
    return;
  const double within = y.working < y.more_adults ? y.more_adults : y.working > y.one_adult ? y.one_adult : y.working;
  judge(f, "poverty_between", label, y.year, 0, within, y.working, 1);
}
void judge_poverty(struct folder *f) {
  for (int s = 0; s < f->n[POVERTY]; s++)
    for (int64_t i = 0; i < f->source[POVERTY][s].t.n_rows; i++) row(f, &f->source[POVERTY][s].t, i);
}
