/* ledger.h -- who must report, what has come, do the counts add up. Kept in the store's SQLite: offices, counts and ids only, no answers.
 * Roster   office x survey with validity dates (mergers do not look like non-response); an office that is not due in a period is not missing in it.
 * States   未着 受領 審査中 照会中 差戻し 承認 確定 該当なし 遅延 災害, and 保留 期限前; the cell is office x form x period (ledger_state.h). Absence
 * is never zero: a nil return is a signed batch. Balance  per office and form declared = accepted + rejected + queried + withdrawn; accepted =
 * records in the store, in each dataset, with or without books; what this office sent = the files it was made from; what is marked as forwarded
 * stands in a batch that was sent. Source   completeness rules after the 2019 announcement of unreported vital records (厚生労働省 2019-03-29). */
#ifndef SHIRABE_COLLECTOR_LEDGER_H
#define SHIRABE_COLLECTOR_LEDGER_H
#include "base/arena.h"
#include "base/err.h"
#include "secure-store/store.h"

enum { BATCH_FORMS_PER_OFFICE = 16 };
enum ledger_state {
  LEDGER_MISSING, LEDGER_RECEIVED, LEDGER_LATE, LEDGER_NIL, LEDGER_HELD, LEDGER_NOT_YET_DUE, LEDGER_REVIEW, LEDGER_QUERIED, LEDGER_RETURNED,
  LEDGER_APPROVED, LEDGER_FINAL, LEDGER_DISASTER, LEDGER_NOT_LISTED, LEDGER_STATES
};
const char *ledger_state_name(enum ledger_state st, enum err_lang lang);

struct ledger_cell {
  const char *office, *name, *parent, *form, *period;
  enum ledger_state state;
  const char *batch;    /* id, "" when missing */
  const char *arrived_by; /* sender of the batch that carried it, "" when missing */
  int64_t sequence, declared, accepted, rejected, queried, withdrawn, stored; /* over all batches: a correction counts like a record */
  int64_t current; /* records that count: accepted, less what was replaced or withdrawn */
};
struct ledger_gap { /* something that should be here and is not */
  const char *kind;   /* "missing", "not_forwarded", "sequence", "fork", "held", "no_receipt", "not_sealed" */
  const char *office, *parent, *form, *detail;
  int64_t number;
};

enum err_code ledger_prepare(struct store *s, struct err *e) NODISCARD; /* makes the tables when they are not there */
enum err_code ledger_roster_import(struct store *s, const char *file, struct str csv, int64_t *n, struct err *e) NODISCARD;
/* One cell per roster office x form of the period, in office order; due_day: days since 1970 after which absence is 未着 rather than "not yet due". */
enum err_code ledger_cells(struct store *s, const char *survey, const char *period, int64_t due_day, struct arena *a, struct ledger_cell **out, int64_t *n, struct err *e) NODISCARD;
enum err_code ledger_gaps(struct store *s, const char *survey, const char *period, struct arena *a, struct ledger_gap **out, int64_t *n, struct err *e) NODISCARD;

struct ledger_balance {
  int64_t declared, accepted, rejected, queried, withdrawn, stored, differences;
};
/* Each difference goes to the job's problem sink as E_LEDGER_BALANCE naming office, form and both numbers. */
enum err_code ledger_balance(struct store *s, const char *survey, const char *period, struct ledger_balance *out, struct err *e) NODISCARD;
#endif
