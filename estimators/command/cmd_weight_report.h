/* cmd_weight_report.h -- the weights of a sample told: history of its programme, spread, extremes, records on which a total hangs; text,
 *    JSON, histogram.
 *    For the cmd_estimate_ files only. */
#ifndef SHIRABE_ESTIMATORS_CMD_WEIGHT_REPORT_H
#define SHIRABE_ESTIMATORS_CMD_WEIGHT_REPORT_H
#include "base/cli.h"
#include "base/json_out.h"
#include "estimators/command/survey_data.h"
#include "estimators/weight/diagnose.h"

struct weight_report {
  const struct survey_data *data;
  struct weight_diagnosis diagnosis;
  const char *item;                    /* of the influence; NULL = none asked */
  const struct survey_column *cells;   /* NULL = one cell */
  double share;
};
enum err_code weight_report_text(struct cli *c, const struct weight_report *r, struct err *e) NODISCARD;
void weight_report_json(const struct weight_report *r, struct json_out *j); /* members of an open object */
/* Histogram of the factors, or of the weights when nothing was done to them. */
enum err_code weight_report_svg(struct cli *c, const struct weight_report *r, struct strbuf *to, struct err *e) NODISCARD;
#endif
