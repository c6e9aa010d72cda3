/* certificate.h -- what proves a pattern, as a file that anybody can check without a solver: for each end of each primary cell either a table that
 *    reaches it, or multipliers of the relations that bound it. Format: certificate.md.
 * Exact    deviations and multipliers are whole numbers over one denominator; all checks are made in whole arithmetic, nothing is rounded.
 * Reached  the table differs from the true one in hidden cells only, every relation holds, no cell leaves what the attacker holds possible, and the
 *          primary lies at least as far off as its level asks (a cell without level: anywhere else).
 * Bounded  with multipliers u of the relations, d(p) = sum over hidden cells of h(c) d(c), h = e(p) + A'u; each term is at most h times the room
 *          above
 *          (h > 0) or below (h < 0). The sum is the proved bound of the deviation: 0 on both sides = the attacker knows the cell exactly.
 * Outside attackers only (and what they know beforehand, cell_table.known); contributors are judged by the audit, not by the certificate.
 * Errors   E_SDC_FILE_CERTIFICATE (no certificate), E_SDC_REFUSED (does not hold; says where), E_SDC_SOLVER. Cost: checking is linear in the file and
 *          the relations it names; making adds one programme for each end that is not reached.
 * Source   Farkas' lemma and linear duality; Fischetti & Salazar (2001) for the attacker's programme. */
#ifndef SHIRABE_ESTIMATORS_SUPPRESS_CERTIFICATE_H
#define SHIRABE_ESTIMATORS_SUPPRESS_CERTIFICATE_H
#include "base/str.h"
#include "estimators/sdc/suppress/audit.h"

struct certificate_table { /* deviations are whole numbers of 1 / denominator units of the table */
  int64_t denominator;
  int32_t n, *cell;
  int64_t *deviation;
};
struct certificate_claim {
  int32_t cell;
  bool up;
  int32_t table;       /* that reaches the end; -1: bounded, -2: neither was proved */
  int64_t denominator; /* of bound and factors */
  int64_t bound;       /* proved largest deviation times the denominator */
  int32_t n, *relation;
  int64_t *factor;
};
struct certificate {
  int32_t n_cells, n_relations, n_hidden, *hidden, n_tables, n_claims;
  int decimals, known;
  char digest[65]; /* of the cells and relations */
  struct certificate_table *table;
  struct certificate_claim *claim;
};
struct certificate_verdict {
  int32_t n_primary, n_reached, n_bounded, n_unproved, n_narrow, n_exact; /* ends; cells with a narrow end; cells known exactly, value not 0 */
  bool clean; /* every end that a level asks for is reached */
};
enum err_code certificate_make(struct arena *a, const struct cell_table *t, const uint8_t *hidden, const struct audit_report *r,
    struct certificate *out, struct err *e) NODISCARD;
void certificate_write(const struct certificate *x, struct strbuf *out);
enum err_code certificate_read(struct arena *a, const char *name, struct str text, struct certificate *out, struct err *e) NODISCARD;
enum err_code certificate_verify(const struct cell_table *t, const struct certificate *x, struct certificate_verdict *out, struct err *e) NODISCARD;
/* SHA-256, in hexadecimal, of values, statuses, levels and relations. */
void certificate_digest(const struct cell_table *t, char out[65]);
/* Does one table, or one bound, hold? For the maker as well. work: see certificate_work. */
struct certificate_work {
  __extension__ __int128 *row, *column; /* [n_relations], [n_cells], all 0 between calls */
  const uint8_t *hidden;                /* [n_cells] */
};
enum err_code certificate_work_new(struct arena *a, const struct cell_table *t, const uint8_t *hidden, struct certificate_work *out, struct err *e)
    NODISCARD;
bool certificate_table_holds(const struct cell_table *t, const struct certificate_table *x, const struct certificate_work *w);
bool certificate_bound_holds(const struct cell_table *t, const struct certificate_claim *x, const struct certificate_work *w, int64_t *bound);
#endif
