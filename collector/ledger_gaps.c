/* ledger_gaps.c -- what should be here and is not: one query per kind, each row becomes a gap. */
#include <string.h>

#include "collector/ledger_impl.h"
#include "collector/ledger_state.h"

struct gap_query {
  const char *kind, *sql; /* ?1 survey, ?2 period; columns: office, parent, form, number, detail */
};
static const struct gap_query gap_queries[] = {
    {"sequence",
        "SELECT b.sender, b.carried_by, '', b.sequence, '' FROM batch b WHERE b.survey = ?1 AND (?2 = '' OR b.period = ?2) AND b.sequence > 1 AND "
        "NOT EXISTS"
        " (SELECT 1 FROM batch p WHERE p.sender = b.sender AND p.survey = b.survey AND p.sequence = b.sequence - 1) ORDER BY b.sender, b.sequence"},
    {"held", "SELECT sender, '', '', sequence, id FROM batch_held WHERE survey = ?1 AND (?2 = '' OR period = ?2) ORDER BY sender, sequence"},
    {"fork", "SELECT sender, '', '', sequence, other FROM batch_alarm WHERE survey = ?1 AND ?2 IS NOT NULL ORDER BY sender, sequence"},
    {"not_forwarded",
        "SELECT sender, CASE carried_by WHEN sender THEN '' ELSE carried_by END, '', sequence, id FROM batch WHERE survey = ?1 AND (?2 = '' OR "
        "period = ?2) AND forwarded_in = '' ORDER BY sender, sequence"},
    {"after_lock",
        "SELECT b.sender, '', '', b.sequence, b.id FROM ledger_after_lock l JOIN batch b ON b.id = l.batch WHERE l.survey = ?1 AND (?2 = '' OR "
        "l.period = ?2)"
        " AND NOT EXISTS (SELECT 1 FROM ledger_snapshot_batch x WHERE x.batch = l.batch) ORDER BY b.sender, b.sequence"},
    {"no_receipt",
        "SELECT '', '', '', sequence, file_name FROM batch_sent WHERE survey = ?1 AND (?2 = '' OR period = ?2) AND receipt_time IS NULL ORDER BY "
        "sequence"},
};

static enum err_code run_gap_query(struct store *s, const struct gap_query *g, const char *survey, const char *period, struct arena *a,
    struct ledger_gap *out, int64_t max, int64_t *n,
                                   struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(store_db(s), g->sql, &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, period);
  for (;;) {
    TRY(db_step(q, &row, e));
    if (!row || *n == max) break;
    out[(*n)++] = (struct ledger_gap){.kind = g->kind, .office = ledger_copy(a, db_text(q, 0)), .parent = ledger_copy(a, db_text(q, 1)), .form = ledger_copy(a, db_text(q,
        2)),
                                      .number = db_int(q, 3), .detail = ledger_copy(a, db_text(q, 4))};
  }
  db_reset(q);
  return E_OK;
}

/* Taken in and never sealed: the office that forgot to press "send" is told at home. */
static const struct gap_query not_sealed = {"not_sealed",
    "SELECT '', '', i.form, i.id, i.period FROM intake i WHERE i.survey = ?1 AND (?2 = '' OR i.period = ?2) AND NOT EXISTS"
                                                          " (SELECT 1 FROM batch_shard h WHERE h.shard = " LEDGER_SENT_SHARD ") ORDER BY i.id"};

enum err_code ledger_gaps(struct store *s, const char *survey, const char *period, struct arena *a, struct ledger_gap **out, int64_t *n,
    struct err *e) {
  enum { MAX_GAPS = 100000 };
  struct ledger_cell *cells;
  int64_t n_cells;
  *out = ARENA_ARRAY(a, struct ledger_gap, MAX_GAPS);
  *n = 0;
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "gaps");
  TRY(ledger_cells(s, survey, period, INT64_MIN, a, &cells, &n_cells, e));
  for (int64_t i = 0; i < n_cells && *n < MAX_GAPS; i++)
    if (cells[i].state == LEDGER_MISSING || cells[i].state == LEDGER_DISASTER) /* unexplained, or declared impossible */
      (*out)[(*n)++] = (struct ledger_gap){.kind = ledger_state_key(cells[i].state),
          .office = cells[i].office,
          .parent = cells[i].parent,
          .form = cells[i].form,
          .detail = cells[i].name};
  bool top = !store_office(s)->parent_id[0];
  for (size_t k = 0; k < sizeof gap_queries / sizeof *gap_queries; k++) {
    if (top && !strcmp(gap_queries[k].kind, "not_forwarded")) continue; /* the centre forwards nothing */
    TRY(run_gap_query(s, &gap_queries[k], survey, period, a, *out, MAX_GAPS, n, e));
  }
  bool here = false;
  if (!top) TRY(ledger_has_intake(s, &here, e));
  return here ? run_gap_query(s, &not_sealed, survey, period, a, *out, MAX_GAPS, n, e) : E_OK;
}
