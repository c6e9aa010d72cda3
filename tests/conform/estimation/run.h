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
  const int32_t *of_row; /* domain; -1 outside `where`, without weight or with a missing variable */
  const int32_t *asked;  /* the same whatever is missing */
  int32_t n_domains;
  int64_t n;
  struct taylor_domains domains;
  double *value, *cov; /* [n_domains][m], [n_domains][m][m] */
  double *all;         /* replicates: [n_domains * m][n_domains * m] */
  bool *defined;
  int64_t *df, design_df; /* by domain; of the whole design and `where` */
};
extern const struct limits LIMITS;
bool figures_add(struct est_case *c, struct figures *f, enum statistic_kind kind, const struct case_column *y, const struct case_column *x,
    const char *label);
bool figures_of(struct est_case *c, const struct json_value *estimator, struct figures *f);
bool figures_domains(struct est_case *c, const struct json_value *estimator, struct figures *f, const int32_t **where);
bool figures_compute(struct est_case *c, struct figures *f, const int32_t *where);
int32_t figures_row_domain(const struct figures *f, const struct json_value *row);
/* Texts of domain k's levels, joined by a point. */
const char *figures_domain_name(struct est_case *c, const struct figures *f, int32_t k);
bool figure_close(struct est_case *c, const struct json_value *row, const char *label, double value, double var, int64_t df);
/* The limits of a row: the member whose name begins with "ci". */
const struct json_value *row_limits(const struct json_value *row);

/* Every (domain, statistic) as one figure of its own; covariances of those that are asked for. */
struct joint {
  int n, n_picked;
  const double *value;
  const char **name, **other_name; /* "E.No", or "E.No:api00" of several statistics */
  int pick[CASE_MOST_VARS];
  double *cov; /* [n_picked][n_picked] */
  int64_t df;
};
bool joint_of(struct est_case *c, const struct figures *f, struct joint *out);
bool joint_covariance(struct est_case *c, const struct figures *f, struct joint *x);
int joint_named(const struct joint *x, const char *name);

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
enum verdict run_pay_gap(struct est_case *c);
#endif
