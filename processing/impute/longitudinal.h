/* longitudinal.h -- imputation along time: links of a class between two periods carry a unit's own value forward or backward, or build it from an
 *          auxiliary.
 * Shapes   n rows, one per (unit, class, period), in any order; a unit that changes its class begins a new chain; period is a running number (months:
 *          12 * year + month). class: the imputation class of the row. y response, x auxiliary, manual: a value constructed by hand; status bytes
 *          beside them. include: 0 = the row counts in no link (NULL: all count). given[k]: link k (forward, backward, construction) supplied with
 *          the row instead of computed.
 * Links    per (period, class of the row), from units that responded in both periods and are included in both: ratio of means sum y_t / sum y_(t-s),
 *          or mean of ratios; backward the same towards t+s; construction sum y / sum x of the period. A ratio with 0 in either period is 1 where
 *          zeros are kept, else left out. Mean of ratios trimmed when n > trim_above: sorted ratios (ties by unit) of rank ceil(n lower/100) to 1 +
 *          floor(n (100 - upper)/100) are kept. No pair or denominator 0: the link is 1 and marked as default. Weighting: w L_t + (1-w) L_(t-lag),
 *          where the earlier link exists; supplied links are not weighted.
 * Order    responses R; manual constructions MC; forward from a response FIR (ascending); backward BI (descending); forward from MC FIMC; then
 *          ascending: forward from a construction FIC where the unit has a value in the period before, else construction C = x * link. A chain ends
 *          where the unit has no row. step s = 1 for the period before; s = 12 carries months by the ratio of the same month of last year.
 * Back data rows of an earlier run (value and marker) stand in as they are: their markers decide the chains that continue them; they take no part in
 * links.
 * Source   Office for National Statistics, Statistical Method Specifications: ratio of means and mean of ratios imputation; rule of trimming as
 *          published there.
 * Errors   E_CHAIN_PERIOD: a unit twice in a class and period. E_MODEL_SPEC: parameters out of range. Memory about 260 bytes a row. Cost O(n log n).
 *          Row order changes no bit. */
#ifndef SHIRABE_PROCESSING_IMPUTE_LONGITUDINAL_H
#define SHIRABE_PROCESSING_IMPUTE_LONGITUDINAL_H
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/table.h"

enum long_link_kind { LINK_FORWARD, LINK_BACKWARD, LINK_CONSTRUCTION, LINK_KINDS };
enum long_marker { MARK_NONE, MARK_R, MARK_MC, MARK_FIR, MARK_BI, MARK_FIMC, MARK_FIC, MARK_C, MARKS };
extern const char *const LONG_MARKER[MARKS]; /* "", "R", "MC", "FIR" ... */
struct long_rule {
  bool mean_of_ratios, keep_zeros;
  double lower_trim, upper_trim; /* percent */
  int64_t trim_above;
  double weight; /* of the present link; 1 = no weighting */
  int32_t weight_lag, step;
};
struct long_values {
  const double *x;
  const uint8_t *status; /* NULL: none of it is there */
};
struct long_past { /* links kept from earlier runs, for the weighting: they go before those of the rows, which may lack units */
  int32_t period, class_;
  double link[LINK_KINDS];
};
struct long_input {
  int64_t n;
  const struct str *unit;
  const int32_t *period, *class_;
  struct long_values response, auxiliary, manual, given[LINK_KINDS];
  const uint8_t *include;
  int64_t n_past;
  const struct long_past *past;
  const uint8_t *back; /* [n], an enum long_marker: the row is back data and `response` holds its value; NULL: none */
};
struct long_link {
  double value, unweighted;
  int64_t count;
  bool is_default;
};
struct long_row {
  enum long_marker marker; /* MARK_NONE: nothing could be imputed */
  double value;
  int64_t from; /* the row whose value was carried; -1 = none */
  struct long_link link[LINK_KINDS];
  bool has_growth[2], kept[2]; /* forward, backward: the row has a ratio; it survived the trimming */
  double growth[2];
};
enum err_code longitudinal_run(struct arena *a, const struct long_input *in, const struct long_rule *rule, struct long_row **out,
    struct err *e) NODISCARD;
#endif
