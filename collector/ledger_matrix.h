/* ledger_matrix.h -- office x period, one state each: the picture of a survey over years.
 * Shapes   states[office * n_periods + period]; an office has one line however often it stands on the roster; outside its validity it is not listed.
 * Missing  LEDGER_NOT_LISTED where nothing is expected: never a gap.
 * Cost     one pass over the bits of ledger_cell and ledger_office in key order; 1,900 offices x 120 months: tests/bench/RESULTS.md.
 * Errors   E_LEDGER_RANGE for periods that are none, are of two kinds or more than 600. */
#ifndef SHIRABE_COLLECTOR_LEDGER_MATRIX_H
#define SHIRABE_COLLECTOR_LEDGER_MATRIX_H
#include "base/date.h"
#include "collector/ledger.h"

struct ledger_line {
  const char *office, *name, *parent, *successor; /* parent and successor of the last roster row; "" = none */
};
struct ledger_matrix {
  int64_t n_offices, n_periods;
  struct ledger_line *lines;
  struct period *periods;
  uint8_t *states; /* enum ledger_state */
  int64_t counts[LEDGER_STATES];
};
/* range "2016-01..2025-12" or one period; due_days after a period's end absence is 未着. */
enum err_code ledger_matrix(struct store *s, const char *survey, const char *range, int64_t due_days, struct arena *a, struct ledger_matrix *out,
    struct err *e) NODISCARD;
int64_t ledger_matrix_find(const struct ledger_matrix *m, const char *office); /* -1 */

void ledger_matrix_text(const struct ledger_matrix *m, enum err_lang lang, bool colour, struct strbuf *out);
void ledger_matrix_csv(const struct ledger_matrix *m, struct strbuf *out);
/* A page that needs nothing else: printable, each state as letter, text and colour. */
void ledger_matrix_html(const struct ledger_matrix *m, const char *survey, enum err_lang lang, struct strbuf *out);
#endif
