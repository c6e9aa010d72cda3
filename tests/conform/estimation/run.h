/* run.h -- figures of a case: statistics by domain with their covariances, and the kinds of estimators. */
#ifndef SHIRABE_TESTS_CONFORM_ESTIMATION_RUN_H
#define SHIRABE_TESTS_CONFORM_ESTIMATION_RUN_H
#include "tests/conform/estimation/case.h"

struct figures {
  int m, n_status, n_by;
  struct statistic statistic[CASE_MOST_VARS];
  const char *label[CASE_MOST_VARS];
  const uint8_t *status[2 * CASE_MOST_VARS];
  const struct case_column *by[CASE_MOST_VARS];
  const int32_t *of_row;
  int32_t n_domains;
  struct taylor_domains domains;
  double *value, *cov; /* [n_domains][m], [n_domains][m][m] */
  bool *defined;
  int64_t *df, design_df; /* by domain; of the whole design and `where` */
};
extern const struct limits LIMITS;
bool figures_of(struct est_case *c, const struct json_value *estimator, struct figures *f);
bool figures_domains(struct est_case *c, const struct json_value *estimator, struct figures *f, const int32_t **where);
bool figures_compute(struct est_case *c, struct figures *f, const int32_t *where);
int32_t figures_row_domain(const struct figures *f, const struct json_value *row);
bool figure_close(struct est_case *c, const struct json_value *row, const char *label, double value, double var, int64_t df);

enum verdict run_plain(struct est_case *c);
enum verdict run_several(struct est_case *c);
enum verdict run_ratio_rows(struct est_case *c);
enum verdict run_contrast(struct est_case *c);
enum verdict run_nonlinear(struct est_case *c);
enum verdict run_change(struct est_case *c);
enum verdict run_proportion(struct est_case *c);
enum verdict run_ratio_total(struct est_case *c);
enum verdict run_gvf(struct est_case *c);
enum verdict run_quantile(struct est_case *c);
enum verdict run_inequality(struct est_case *c);
#endif
