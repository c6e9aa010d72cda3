/* rows.h -- which records a protected file holds, and in which order: households as units, weights, resampling, deletion, keyed random order.
 * Shapes   a table of n rows; household [n] dense ids in order of first appearance, record [n] ids for stream.h, weight [n].
 * Resample a share of the units (households, or records without them), rounded down but at least 1. Random: those with the lowest keyed numbers;
 *          weights are multiplied by N/n. By weight: inclusion proportional to the unit's weight (its mean, for a household), the units with weights
 *          above 1/n-th taken for certain, Pareto sampling by keyed numbers; weights are divided by the inclusion probability, so that they sum to
 *          about the population still. Exactly n units in both.
 * Order    by keyed numbers of the unit, then of the record: households stay together, nothing of the old order is left.
 * Errors   E_MICRO_WEIGHT, E_MICRO_UNIT, E_MICRO_VARIABLE, E_MICRO_PARAMETER, E_NO_MEMORY. Cost: n log n. Memory: 24 bytes a row.
 * Source   resampling of 80 % of the households, at random or by weight, or 10 %: Statistics Commission, report 13 (2009); Pareto sampling: Rosén
 *          (1997), JSPI 62, 159-191. */
#ifndef SHIRABE_ESTIMATORS_SDC_MICRO_ROWS_H
#define SHIRABE_ESTIMATORS_SDC_MICRO_ROWS_H
#include "base/table.h"
#include "estimators/sdc/micro/stream.h"

struct micro_units {
  int64_t n;          /* rows */
  int32_t *unit;      /* [n] dense: households, or rows */
  int32_t n_units;
  bool households;    /* units are households */
  uint64_t *record;   /* [n] */
  double *weight;     /* [n]; ones when there are none */
  bool weighted;
};
/* Names may be NULL: no households, rows as records, weights of 1. s = NULL: record ids are left 0. */
enum err_code micro_units_of(struct arena *a, const struct table *t, const char *household, const char *record, const char *weight,
    const struct micro_stream *s, struct micro_units *out, struct err *e) NODISCARD;
/* The rows row[0 .. n - 1], in this order; a row at most once. */
enum err_code micro_take_rows(struct arena *a, struct table *t, const int64_t *row, int64_t n, struct err *e) NODISCARD;
struct micro_resampled {
  int64_t n_units, n_units_before, n_certain;
  double weight_before, weight_after;
};
enum err_code micro_resample(struct arena *a, struct table *t, const struct micro_units *u, const char *weight, const struct micro_stream *s,
    double share, bool by_weight, struct micro_resampled *out, struct err *e) NODISCARD;
/* Rows with drop[row], and with them the rest of their unit. *n_dropped: rows. */
enum err_code micro_delete(
    struct arena *a, struct table *t, const struct micro_units *u, const uint8_t *drop, int64_t *n_dropped, struct err *e) NODISCARD;
enum err_code micro_shuffle(struct arena *a, struct table *t, const struct micro_units *u, const struct micro_stream *s, struct err *e) NODISCARD;
#endif
