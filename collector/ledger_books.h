/* ledger_books.h -- the 事件簿: every office numbers its slips 1, 2, 3 ... per form and year. A number that is not here, or is here twice, is a slip
 * to look for. Reads    the columns event_book_year and event_book_no of every received dataset of the survey, through the access log; the numbers
 * are printed and kept nowhere. Records made at this office and records received count alike. Shapes   one line per run of numbers: first..last
 * missing, or one number seen `times` times. Years: those that occur in the period that was asked about. Limits   numbers beyond the last one seen
 * cannot be known to be missing: the alerts and the register are for that. Memory   one office's numbers at a time. */
#ifndef SHIRABE_COLLECTOR_LEDGER_BOOKS_H
#define SHIRABE_COLLECTOR_LEDGER_BOOKS_H
#include "collector/ledger.h"

struct ledger_book_gap {
  const char *office, *form;
  int64_t year, first, last;
  int64_t times; /* 0: missing; 2 or more: a duplicate */
};
enum err_code ledger_books(struct store *s, const char *survey, const char *period, struct arena *a, struct ledger_book_gap **out, int64_t *n,
    struct err *e) NODISCARD;
#endif
