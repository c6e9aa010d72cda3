/* cmd_variance_report.h -- a variance function told: what was fitted, which cells, predicted cv by size; text, CSV, JSON (gvf.md lists its keys).
 *    For the cmd_estimate_ files only. */
#ifndef SHIRABE_ESTIMATORS_CMD_VARIANCE_REPORT_H
#define SHIRABE_ESTIMATORS_CMD_VARIANCE_REPORT_H
#include "base/cli.h"
#include "base/json_out.h"
#include "estimators/table/variance_function.h"

enum { VARIANCE_SIZES_MOST = 100 };
struct variance_report {
  struct variance_function v;
  struct gvf_spec asked;
  int n_sizes;
  double size[VARIANCE_SIZES_MOST];
};
enum err_code variance_report_text(struct cli *c, const struct variance_report *r, struct err *e) NODISCARD;
void variance_report_csv(const struct variance_report *r, struct strbuf *to);
void variance_report_json(const struct variance_report *r, struct json_out *j);
#endif
