/* ledger_state.h -- the state of a cell (office x form x period) and who may change it. The tables: ledger_states_schema.c.
 * Facts    received, late, nil follow from the batches and are kept as bits, in the transaction that books a batch (ledger_note_batch).
 * Decision under review, queried, returned, approved, final: one per office x survey x period, made here about an office below (or, to approve, about
 * this office itself). Every change is one row of ledger_decision, chained by hash to the row before, the chain's head in the access log. Rules the
 * transition table in ledger_state.c; a parent only after all its children that are due; final locks everything below it, and only an office above
 * can reopen. There is no force. Arrival  a new batch ends a decision (it was not about that batch); a batch for a final cell is booked, marked, and
 * belongs to the next cut-off. Reasons  free text of an officer: sealed blobs, never in SQLite. Source   DHIS2 data approval (approve, accept, return
 * per level); 人口動態調査 states of absence: late, declared impossible, unexplained. */
#ifndef SHIRABE_COLLECTOR_LEDGER_STATE_H
#define SHIRABE_COLLECTOR_LEDGER_STATE_H
#include "collector/ledger.h"
#include "collector/ledger_matrix.h"

enum { LEDGER_SLOTS = 18 }; /* of a year: 12 months, 4 quarters, calendar year, fiscal year */
int ledger_slot(const struct period *p);
/* Bits 3k..3k+2 of `decided` are the decision of slot k. */
enum ledger_decision { DECIDED_NONE, DECIDED_REVIEW, DECIDED_QUERIED, DECIDED_RETURNED, DECIDED_APPROVED, DECIDED_FINAL };
enum ledger_decision ledger_decided(int64_t bits, int slot);

struct ledger_facts {
  bool received, late, nil, held, disaster, due_passed;
  bool queried; /* questions to the office are open */
  enum ledger_decision decided;
};
enum ledger_state ledger_state_of(const struct ledger_facts *f);
/* The state of an office is the worst of its forms' states; LEDGER_NOT_LISTED gives way to everything. */
enum ledger_state ledger_worse(enum ledger_state a, enum ledger_state b);
const char *ledger_state_key(enum ledger_state st); /* "under_review": as written to the books and to receipts */
bool ledger_state_parse(struct str key, enum ledger_state *out);
char ledger_state_letter(enum ledger_state st);     /* one per state: R received, M missing ... */
bool ledger_state_done(enum ledger_state st);       /* approved, final or declared impossible: a parent may follow */

enum ledger_action { ACTION_REVIEW, ACTION_QUERY, ACTION_RETURN, ACTION_APPROVE, ACTION_ACCEPT, ACTION_REOPEN, N_LEDGER_ACTIONS };
struct ledger_transition {
  const char *name;
  uint32_t from; /* bit per enum ledger_state */
  enum ledger_decision to;
  bool by_itself;      /* may also be made by the office about itself */
  bool needs_reason, needs_children;
};
const struct ledger_transition *ledger_transition(enum ledger_action a);

struct ledger_request {
  const char *survey, *period;
  const char *const *offices;
  int n_offices;
  enum ledger_action action;
  bool below;                  /* and everything below each, from the bottom up, by the same rules */
  const char *reason, *officer; /* "" = none; sealed */
  int64_t due_days;
};
/* All of it in one transaction. *n_changed: offices whose state changed. Errors E_LEDGER_TRANSITION, _NOT_YOURS, _CHILDREN, _LOCKED, _OFFICE,
 * _REASON. */
enum err_code ledger_decide(struct store *s, const struct ledger_request *r, struct arena *a, const char ***changed, int64_t *n_changed,
    struct err *e) NODISCARD;

/* An office that cannot report from a day on (災害); `until` "" = open. Ending it is giving the day. */
enum err_code ledger_disaster(struct store *s, const char *office, const char *since, const char *until, const char *reason, const char *officer,
    struct err *e) NODISCARD;

struct ledger_event { /* one row of the history */
  int64_t number, decided;
  const char *survey, *period, *office, *action, *from, *to, *made_by, *note; /* note: opened only when asked for, else "" */
};
enum err_code ledger_history(struct store *s, const char *survey, const char *period, const char *office, bool open_notes, struct arena *a,
    struct ledger_event **out, int64_t *n, struct err *e) NODISCARD;
/* Whoever books a batch calls this after its lines: bits, the end of a decision, the mark of what came after the lock. Inside the caller's
 * transaction. */
enum err_code ledger_note_batch(struct store *s, const char *batch, struct err *e) NODISCARD;
enum err_code ledger_book_cells(struct store *s, const char *batch, struct err *e) NODISCARD; /* the bits alone */
/* Recomputes the chain of decisions: a changed, removed or added row is E_LEDGER_DECISIONS. */
enum err_code ledger_decisions_check(struct store *s, int64_t *differences, struct err *e) NODISCARD;
/* The bits against the books they were made from: each difference goes to the problem sink as E_LEDGER_STATES. */
enum err_code ledger_states_check(struct store *s, const char *survey, int64_t *differences, struct err *e) NODISCARD;
enum err_code ledger_states_prepare(struct store *s, struct err *e) NODISCARD;
#endif
