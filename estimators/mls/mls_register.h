/* mls_register.h -- the register of the survey over time: strata and cells of an establishment with effective dates, and its two weights.
 * Weights  one establishment may serve the national sample and that of its prefecture: an exact rational for each, 0/0 = not in that sample. National
 *          results use the national sample only, results of a prefecture its national and additional establishments with the prefectural weight.
 * Dates    days since 1970; from and to inclusive, INT64_MIN and INT64_MAX = open. On one day an establishment has at most one row.
 * Subset   the reports that keep[] marks, with other weights and frame counts, as a sample of its own: prefectural results and random groups.
 * Errors   E_MLS_MONTH_INPUT: two rows in force; E_NO_WEIGHT: in neither sample, or a weight below 1. Memory: arena. Cost: n log n. */
#ifndef SHIRABE_ESTIMATORS_MLS_REGISTER_H
#define SHIRABE_ESTIMATORS_MLS_REGISTER_H
#include "estimators/mls/mls_ratio.h"

enum mls_sample_kind { MLS_NATIONAL, MLS_PREFECTURAL };
struct mls_register_row {
  struct str prefecture, number, stratum, cell;
  int64_t from, to;
  int64_t num[2], den[2]; /* by mls_sample_kind */
};
/* Rows in force on the day in binary order of (prefecture, number): their indices. */
enum err_code mls_register_on(struct arena *a, const struct mls_register_row *rows, int64_t n, int64_t day, int64_t **out, int64_t *n_out,
    struct err *e) NODISCARD;
/* -1 = the establishment has no row on the day. */
int64_t mls_register_find(const struct mls_register_row *rows, const int64_t *on, int64_t n_on, struct str prefecture, struct str number);
/* An establishment whose stratum or cell differs between two days: a mover, to be approved. out: indices of the later rows. */
enum err_code mls_register_moved(struct arena *a, const struct mls_register_row *rows, int64_t n, int64_t before, int64_t after, int64_t **out,
    int64_t *n_out, struct err *e) NODISCARD;
/* keep and weight of each report for one kind; of_report: [n] row of the register; prefecture "" = all. */
enum err_code mls_weights_for(const struct mls_register_row *rows, const int64_t *of_report, int64_t n, enum mls_sample_kind kind,
    struct str prefecture, uint8_t *keep, double *weight, struct err *e) NODISCARD;

struct mls_subset {
  struct mls_sample sample;
  struct design design;
  int64_t *report; /* [sample.n] index in the whole */
};
/* weight NULL = those of the whole; frame_units NULL = no finite population correction. */
enum err_code mls_sample_subset(struct arena *a, const struct mls_sample *s, const uint8_t *keep, const double *weight, const double *frame_units,
    struct mls_subset *out, struct err *e) NODISCARD;
#endif
