/* outcheck.h -- the automatic check of an output (secure.md 4.15 row 25; sdc.md 4.11): each figure passes, is for a person to review, or fails,
 * with the
 * reason, and never with its value.
 * Rules    few-units: unweighted units below the threshold (weighted counts never count); few-contribute: the indicator trick, where a long column is
 *          zero for all but a few; (n,k) and p % on unweighted contributions (sdc_primary.h); max, min, quantiles; 0 and 100 %; a class that holds
 * its
 *          whole group; regressions: residual df, saturated models; suppressed figures: outcheck_interval.h; other tables: outcheck_compare.c;
 *          texts that hide numbers: every cell of the file.
 * Without units (units NULL) the column n is believed, dominance and zero contributions cannot be judged: sums, means and ratios are for a person.
 * Report   findings in the order of the file; a figure without finding passes. Intervals of suppressed figures stand in it: anybody can compute them
 *          from the published ones, and on-site users have to hand them in (秘匿インターバル, e-Stat procedure5).
 * Errors   E_NO_MEMORY, E_CAP_EXCEEDED (more than OUTCHECK_FINDINGS_MAX findings: then the table is no candidate).
 * Source   Hundepool et al. (2012) ch. 4, 6; ACRO; Handbook on SDC ch. 6. */
#ifndef SHIRABE_ESTIMATORS_SDC_OUTCHECK_H
#define SHIRABE_ESTIMATORS_SDC_OUTCHECK_H
#include "estimators/sdc/outcheck_profile.h"
#include "estimators/sdc/outcheck_table.h"

enum { OUTCHECK_FINDINGS_MAX = 20000, OUTCHECK_CELL_NAME = 160 };
enum outcheck_reason {
#define OUTCHECK_REASON(constant, word, en, ja) constant,
#include "estimators/sdc/outcheck_reasons.def"
#undef OUTCHECK_REASON
  OUTCHECK_REASONS
};
const char *outcheck_reason_word(enum outcheck_reason r);
const char *outcheck_reason_text(enum outcheck_reason r, enum err_lang lang);
struct outcheck_finding {
  enum outcheck_verdict verdict;
  enum outcheck_reason reason;
  const char *file, *cell; /* cell: outcheck_cell_name, or a column */
  int64_t line;
  const char *detail; /* a limit, the other table, an interval; "" */
};
struct outcheck_interval { /* what anybody can say about a suppressed figure */
  const char *file, *cell;
  int64_t line; /* 0 = a row that is not in the table, though its total tells of it */
  double low, high; /* INFINITY = no end */
};
struct outcheck_evidence { /* of one figure, from the records: counts and shares, never a value */
  const char *file, *cell;
  int64_t line, n, complement; /* complement: units its total has besides them, the least over its totals; -1 = no total */
  double largest, two_largest; /* percent of the total of contributions; -1 = none were handed in */
};
struct outcheck_report {
  struct arena *a;
  int64_t n_files, n_cells, n_suppressed, n[3]; /* figures by verdict */
  struct outcheck_finding *finding;
  int64_t n_findings, room;
  struct outcheck_interval *interval;
  int64_t n_intervals, interval_room;
  struct outcheck_evidence *evidence; /* the first OUTCHECK_FINDINGS_MAX figures with records */
  int64_t n_evidence;
};
enum err_code outcheck_add(struct outcheck_report *r, enum outcheck_verdict v, enum outcheck_reason reason, const char *file, const char *cell,
    int64_t line, const char *detail, struct err *e) NODISCARD;
struct outcheck_candidate { /* a table that is to go out, or went out */
  const struct outcheck_table *table;
  const struct outcheck_set *set; /* [n_groups]; NULL = units not known */
  const char *where;              /* "output o-1 table.csv" */
};
/* All rules but the comparison with other tables. */
enum err_code outcheck_table_judge(const struct outcheck_profile *p, const struct outcheck_table *t, const struct outcheck_units *units,
    struct outcheck_report *r, struct err *e) NODISCARD;
/* Figures of `mine` against those of another table about the same data: sets of units that differ by 1 .. min_n - 1 units (differencing); where a
 * set is
 * not known, the same measure and codes with numbers of units that differ by as few (differencing-by-count); a figure that one of them hides and the
 * other shows (revealed). Cost: pairs of groups with near sizes, each once through both sets; figures once. */
enum err_code outcheck_compare(const struct outcheck_profile *p, const struct outcheck_candidate *mine, const struct outcheck_candidate *other,
    struct outcheck_report *r, struct err *e) NODISCARD;
/* Fills n[] by the worst finding of each figure; call once for each table, after its findings. */
enum err_code outcheck_count(struct outcheck_report *r, const struct outcheck_table *t, struct err *e) NODISCARD;
enum outcheck_verdict outcheck_result(const struct outcheck_report *r);
/* Kinds count and sum add up: every "_T" is the sum of its codes, the other dimensions fixed. Each suppressed figure gets its least and greatest
 * value under
 * all these equations and 0 <= figure (no lower end where a shown figure of the measure is negative), by exact rational linear programming on scaled
 * integers: no tolerance. A code without a row counts as 0, unless the shown parts of a total do not add up: then it is a hidden figure.
 * Findings revealed (both ends are one), interval-narrow (narrower than the profile's percentage of its middle, or at most 1 for counts),
 * not-additive,
 *          not-computed (more than OUTCHECK_TOGETHER_MAX suppressed figures hang together).
 * Means, ratios and percents are judged by one suppressed figure beside its total only (their sums are known to their rounding): revealed.
 * Levels within a dimension (outcheck_hierarchy.h) add an equation for each parent. Tables of one hand-in together: outcheck_linked.h. */
enum { OUTCHECK_TOGETHER_MAX = 400 };
/* Levels that belong to the tables of a hand-in (outcheck_levels.c): E_OUTPUT_HIERARCHY for a column that is no dimension of any; codes that no table
 * has, nor any code below them, are one finding, level-unknown, for a person: a slip of a code would leave a figure out of its equation. */
enum err_code outcheck_levels(const struct outcheck_hierarchy *h, const struct outcheck_table *const *table, int n, struct outcheck_report *r,
    struct err *e) NODISCARD;
/* The rules for suppressed figures (outcheck_interval.c); called by outcheck_table_judge. */
enum err_code outcheck_intervals(const struct outcheck_profile *p, const struct outcheck_table *t, struct outcheck_report *r,
    struct err *e) NODISCARD;
/* The same for the numbers of units (outcheck_interval_n.c): the column n of a measure adds up as a count does, and a measure that counts the same
 * units where both are told fills it. A number that follows and is below the threshold is `revealed`, detail "its number of units". Nothing where
 * counts are public. */
enum err_code outcheck_intervals_n(const struct outcheck_profile *p, const struct outcheck_table *t, struct outcheck_report *r,
    struct err *e) NODISCARD;
/* Counts and shares for the checkers (outcheck_evidence.c); called by outcheck_table_judge where there are records. */
enum err_code outcheck_evidence(const struct outcheck_table *t, const struct outcheck_units *units, struct outcheck_report *r,
    struct err *e) NODISCARD;
/* Every text of the file (outcheck_text.c); called by outcheck_table_judge. */
enum err_code outcheck_texts(const struct outcheck_profile *p, const struct outcheck_table *t, struct outcheck_report *r, struct err *e) NODISCARD;
#endif
