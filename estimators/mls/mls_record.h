/* mls_record.h -- the record of a run: what went in and came out, cell by cell, so that a past month can be run again bit for bit and two runs can be
 *    compared (control C7).
 * Content  period, vintage (preliminary, final ...); SHA-256 of program, plan, weight table; per unit cell E, ratio, reports, sum w e0, heads,
 *          average contractual pay, SHA-256 of its answers and of its weights; the weight table, stratum by stratum as integers; SHA-256 of all
 *          displayed rows; a digest over all of it.
 * Text     JSON; doubles in the shortest form that reads back to the same bits. A text whose digest is not that of its content is refused.
 * Order    answers and weights of a cell are digested in the order of strata and rows as the estimation takes them.
 * Diff     per cell of either run: what changed (workers, weights, answers, reports, cell new or gone) and how many yen of the average of all cells
 *          come from its pay and from its share of heads; the effects of all cells add up to the change. Why: program, plan, weights, period.
 * Before   the weight table of an earlier run, given to the guard of this one: a weight that changed is judged by control C5.
 * Errors   E_MLS_ARCHIVE, those of JSON. Memory: arena. Cost: O(reports) to make, O(cells) to compare. */
#ifndef SHIRABE_ESTIMATORS_MLS_RECORD_H
#define SHIRABE_ESTIMATORS_MLS_RECORD_H
#include "base/digest.h"
#include "estimators/mls/mls_guard.h"
#include "estimators/mls/mls_run.h"

struct mls_record_cell {
  struct str id;
  double workers, ratio, expanded, heads, pay;
  int64_t reports;
  struct str answers, weights;
};
struct mls_record_stratum {
  struct str id;
  int64_t frame_units, drawn_units, weight_num, weight_den;
};
struct mls_record {
  struct str period, vintage, program, plan, weights, rows;
  struct mls_record_cell *cells; /* in binary order of ids */
  int32_t n_cells;
  struct mls_record_stratum *strata; /* in binary order of ids */
  int32_t n_strata;
  char digest[DIGEST_TEXT];
};
struct mls_record_names {
  struct str period, vintage, program, plan, weights;
  const struct mls_guard_stratum *strata; /* the weight table; ids differ */
  int32_t n_strata;
};
enum err_code mls_record_make(struct arena *a, const struct mls_run_input *in, const struct mls_run_result *run, const struct mls_record_names *names,
    struct mls_record *out, struct err *e) NODISCARD;
void mls_record_write(const struct mls_record *r, struct strbuf *out);
enum err_code mls_record_read(struct arena *a, const char *name, const char *json, size_t n, struct mls_record *out, struct err *e) NODISCARD;

/* The weights that the strata had in an earlier run; strata it did not have keep 0/0. Returns how many strata of the earlier run are gone. */
int32_t mls_record_before(const struct mls_record *earlier, struct mls_guard_stratum *strata, int32_t n);

enum { MLS_DIFF_WORKERS = 1, MLS_DIFF_WEIGHTS = 2, MLS_DIFF_ANSWERS = 4, MLS_DIFF_REPORTS = 8, MLS_DIFF_NEW = 16, MLS_DIFF_GONE = 32 };
struct mls_record_difference {
  const struct mls_record_cell *old_cell, *new_cell; /* one may be NULL */
  unsigned what;                                     /* MLS_DIFF_...; 0 = the same */
  double pay_effect, share_effect;                   /* yen of the average of all cells */
};
struct mls_record_diff {
  struct mls_record_difference *cells; /* every cell of either run, in binary order of ids */
  int32_t n_cells, n_changed;
  double old_pay, new_pay, change;
  bool identical, program, plan, weights, rows; /* differs */
};
enum err_code mls_record_compare(
    struct arena *a, const struct mls_record *old_run, const struct mls_record *new_run, struct mls_record_diff *out, struct err *e) NODISCARD;
/* "workers, answers" ... of a difference; "same". */
const char *mls_record_what(unsigned what, char *out, size_t size);
#endif
