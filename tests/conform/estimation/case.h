/* case.h -- one case of the estimation packs: data, design and estimator of the JSON layout, ready for the library.
 * Columns  of the CSV file: numbers where every filled cell is one, else texts; an empty cell or NA is missing.
 * Compare  every figure through case_close, which keeps the worst relative difference of each kind for the closing lines.
 * Errors   what cannot be read is a failed case with its reason, never a skipped one; a kind this program does not know is unsupported and listed. */
#ifndef SHIRABE_TESTS_CONFORM_ESTIMATION_CASE_H
#define SHIRABE_TESTS_CONFORM_ESTIMATION_CASE_H
#include <stdio.h>

#include "base/ext_csv.h"
#include "base/ext_json.h"
#include "estimators/estimate/statistic.h"
#include "estimators/variance/replicate_make.h"
#include "estimators/variance/survey.h"
#include "estimators/weight/calibrate.h"

enum verdict { PASSED, FAILED, UNSUPPORTED };
enum { CASE_MOST_VARS = 32, CASE_MOST_CALIBRATIONS = 8 };
enum measure { MEASURE_ESTIMATE, MEASURE_SE, MEASURE_INTERVAL, MEASURE_DF, MEASURE_DEFF, MEASURE_WEIGHT, MEASURES };
struct worst { /* relative differences, and how many figures were compared */
  double off[MEASURES];
  int64_t n[MEASURES];
};
struct case_column {
  const char *name;
  bool is_text;
  double *value;      /* [n] numbers */
  uint8_t *status;    /* [n] VAL_REPORTED or VAL_BLANK */
  int32_t *code;      /* [n] -1 = missing; levels in binary order of their texts */
  int32_t n_levels;
  struct str *level;
};
struct est_case {
  struct arena *arena;
  const char *id, *folder;
  const struct json_value *whole, *design, *estimator, *expected;
  struct csv_table data;
  int64_t n;
  struct sample_design tree;
  struct survey survey;
  struct adjustment adjustment[CASE_MOST_CALIBRATIONS];
  struct pps_design pps;
  bool replicated;
  struct replicate_set replicates;
  const double *base_weight;  /* before calibration */
  const double *given_weight; /* in place of the design's, NULL = the design's */
  struct worst worst;
  FILE *say;
};
/* Relative limits of the packs' README. */
struct limits {
  double estimate, se, interval;
};
enum err_code case_read_csv(struct arena *a, const char *folder, const char *name, struct csv_table *out, struct err *e) NODISCARD;
int64_t case_read_numbers(struct est_case *c, const char *name, double **out); /* -1 when it cannot be read */
/* NULL with a line in c->say when there is no such column. */
const struct case_column *column_of(struct est_case *c, const char *name);
/* The same, and every cell a number; `whole` = no cell missing either. */
const struct case_column *number_column(struct est_case *c, const char *name, bool whole);
/* Names of a member that is a text, a list of texts or an R formula ("~a+b"); a number counts as its text. -1 = more than `most` or something else;
 * 0 when absent or null. */
int case_names(struct est_case *c, const struct json_value *v, const char **out, int most);
bool case_flag(const struct json_value *v, const char *key);
/* Does the record's cell equal the text, number or truth value, or one of a list of them? */
bool cell_is(const struct case_column *x, int64_t i, const struct json_value *v);

/* The design of a case: tree, weights, replicates, PPS form. UNSUPPORTED with the reason in c->say. */
enum verdict case_design(struct est_case *c, const struct json_value *design);
/* One tree of strata and units, and its weights; c->given_weight replaces them. */
enum verdict case_tree(struct est_case *c, const struct json_value *design);
enum verdict case_replicates(struct est_case *c, const struct json_value *design);
/* Weights of a replicate with every adjustment done again that the case asks for. */
bool case_replicate_weights(struct est_case *c, int r, double *w);
/* Degrees of freedom of a replicate design on the records with in[i] >= 0: rank of the weights less 1. */
int64_t case_replicate_df(struct est_case *c, const int32_t *in);
/* Calibrates as the case says: final weights and what the variance must know. A list is done in its order. */
enum verdict case_calibrate(struct est_case *c, const struct json_value *calibration);
/* The same from other base weights, for a replicate: w in, w out. */
bool case_calibrate_again(struct est_case *c, const struct json_value *calibration, double *w);
/* Domain of records that satisfy `where` (an object, or a text such as "age>=16 & sex=='f'"); NULL = all. *bad when it cannot be read. */
int32_t *case_where(struct est_case *c, const struct json_value *where, bool *bad);

/* Factors of nonresponse: weights and design of the respondents. */
enum verdict case_nonresponse(struct est_case *c, const struct json_value *n);
bool case_close(struct est_case *c, enum measure m, const char *what, double ours, double expected, double relative);
/* Differences up to `floor` are none: a standard error of a constant. */
bool case_near(struct est_case *c, enum measure m, const char *what, double ours, double expected, double relative, double floor);
#endif
