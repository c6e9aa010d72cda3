/* audit.h -- what an attacker learns from a pattern: the gate before every release, for our patterns and for those of others.
 * Modes    pass/fail: each primary cell gets two witnesses (tables that agree with everything published and put the cell at the ends its levels
 *          ask for), or the end that cannot be reached; exact: the whole interval of each primary cell.
 * Judged   linear: determined by the relations alone; exact: determined by relations and signs; violation: the interval does not cover
 *          [value - lpl, value + upl] (cut at 0 where no value is negative). Cells of value 0 count as exact and need no protection.
 * Owners   a unit that is the only contributor of cells knows these; owners with one cell are judged by proportional columns, holdings and
 *          coalitions by
 *          an elimination of their own, and the first `owner_programmes` owners by programmes with their cells fixed, no cell below what they hold
 *          of it, and their own levels.
 * Clean    no violation, no exact primary of value other than 0, nothing an owner determines. Whole: bounds of counts are rounded inward.
 * Proof    `witness` lists the tables; audit_verify checks them by adding, without a solver: a claim "wide enough" needs no trust in the solver.
 * Errors   E_SDC_SOLVER, E_NO_MEMORY. Cost: pass/fail a few programmes for most tables, exact two per primary cell.
 * Source   Fischetti & Salazar (2001); Hundepool et al., Handbook on SDC, 2nd ed., 4.3; e-Stat on-site procedure (suppression intervals). */
#ifndef SHIRABE_ESTIMATORS_SUPPRESS_AUDIT_H
#define SHIRABE_ESTIMATORS_SUPPRESS_AUDIT_H
#include "estimators/sdc/suppress/cells.h"

struct owner_part { /* what an owner holds of a cell in which others are as well */
  int32_t cell;
  int64_t amount, level; /* of the cell against him; -1 = as the cell asks */
};
struct owners { /* who knows which cells because no one else contributes to them; a holding or coalition is one owner with several cells */
  int32_t n;
  const int32_t *first, *cell; /* [n + 1] into cell: known alone */
  const int32_t *part_first;   /* [n + 1] into part; NULL: nothing is known of other cells */
  const struct owner_part *part;
};
struct audit_options {
  bool exact, whole;
  const struct owners *owners; /* NULL: outside attackers only */
  int32_t owner_programmes;
  int32_t stop_after; /* failed cells after which nothing more is judged: the report is then not clean, and no more; 0 = never */
};
struct witness { /* a table that agrees: cells whose value differs from the true one */
  int32_t n, *cell;
  double *deviation; /* in units of the table */
};
struct audit_cell {
  int32_t cell;
  double low, high; /* deviations reached; of the whole interval in exact mode */
  int32_t low_witness, high_witness; /* -1: none, the true table itself */
  bool low_ok, high_ok, linear, exact, no_end; /* no_end: no published figure bounds it from above */
};
struct audit_owner {
  int32_t owner, cell;
  bool linear; /* determined; else its interval is too narrow */
};
struct audit_report {
  int32_t n_primary, n_secondary, rank, linear_suppressed, linear_primary, n_components, largest_component, n_exact, n_violations;
  int32_t n_zero; /* of the exact ones, those of value 0 */
  int64_t n_programmes;
  struct audit_cell *cell; /* [n_primary] by number of cell */
  struct witness *witness;
  int32_t n_witnesses, room_witnesses;
  struct audit_owner *owner;
  int32_t n_owner, n_owners_linear, n_owners_solved; /* findings; owners judged each way */
  bool clean;
};
/* hidden [n_cells]: 1 = suppressed; the primaries are hidden whatever it says of them. */
enum err_code audit_run(struct arena *a, const struct cell_table *t, const uint8_t *hidden, const struct audit_options *o, struct audit_report *out,
    struct err *e) NODISCARD;
/* The ends of a primary's interval in published units, rounded inward for counts. */
void audit_interval(const struct cell_table *t, const struct audit_cell *c, bool whole, double *low, double *high);
/* How far below and above the value it must be safe: the levels, cut where the attacker knows more beforehand. */
void cell_goals(const struct cell_table *t, int32_t cell, double *low, double *high);
/* A cell without level: it may not be exact, either end will do. */
static inline bool cell_bare(const struct cell_table *t, int32_t c) { return t->lpl[c] == 0 && t->upl[c] == 0 && t->value[c] != 0; }
/* The table as one owner attacks it: a copy that shares all but `least` and the levels. known [n_cells]: 1 = he knows it. */
enum err_code owner_view(struct arena *a, const struct cell_table *t, const struct owners *w, int32_t owner, struct cell_table *view, uint8_t *known,
    struct err *e) NODISCARD;
/* Every witness adds up, respects signs and published cells, and reaches what its cells claim. E_SDC_CERTIFICATE names the first cell that fails. */
enum err_code audit_verify(const struct cell_table *t, const uint8_t *hidden, const struct audit_report *r, struct err *e) NODISCARD;
/* The witness is brought inside the signs by moving it towards the true table; false when it cannot be. */
bool witness_mend(const struct cell_table *t, int32_t n, const int32_t *cell, double *deviation);
#endif
