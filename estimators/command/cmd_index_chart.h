/* cmd_index_chart.h -- an index over months as a picture: nominal and real, its base, and where figures before and after are not of one kind.
 * For the cmd_estimate_index files only. Values in tenths, MLS_NO_INDEX = none. Errors: those of chart_time.h. */
#ifndef SHIRABE_ESTIMATORS_CMD_INDEX_CHART_H
#define SHIRABE_ESTIMATORS_CMD_INDEX_CHART_H
#include "base/cli.h"
#include "base/str.h"

struct index_picture {
  int64_t first; /* year * 12 + month - 1 of index[0] */
  int n;
  const int64_t *index, *real; /* [n]; real NULL without consumer prices */
  int reference;               /* first month with a reference of a benchmark; -1 = none */
  const char *base;            /* "2020 = 100" */
  const char *file;
};
enum err_code index_picture(struct cli *c, const struct index_picture *p, struct strbuf *b, struct err *e) NODISCARD;
#endif
