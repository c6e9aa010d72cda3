/* compliance_parse.c -- the matrix file, read strictly. */
#include <stdio.h>
#include <string.h>

#include "base/ext_csv.h"
#include "secure-store/compliance/compliance.h"

static const char *const names[] = {"id", "group", "requirement_en", "requirement_ja", "source", "status", "nature", "enforced_by", "evidence"};
enum { ID, GROUP, REQUIREMENT_EN, REQUIREMENT_JA, SOURCE, STATUS, NATURE, ENFORCED_BY, EVIDENCE, N_NAMES };
struct reading {
  struct arena *a;
  const char *place;
  int64_t line;
};

static enum err_code bad(const struct reading *r, int column, struct str found, const char *expected, struct err *e) {
  const char *text = arena_printf(r->a, "%.*s", (int)found.n, found.p);
  return ERR(e, E_COMPLIANCE_FILE, .file = r->place, .line = r->line, .column = column + 1, .subject = names[column], .found = text ? text : "",
      .expected = expected);
}
static enum err_code read_actions(const struct reading *r, struct str cell, struct str list, struct compliance_row *row, struct err *e) {
  while (list.n > 0) {
    char name[64];
    const struct str one = str_split(list, ',', &list);
    if (one.n == 0 || one.n >= sizeof name || row->n_actions == COMPLIANCE_ACTIONS_MAX) return bad(r, EVIDENCE, cell, "1 to 16 actions of the log",
        e);
    snprintf(name, sizeof name, "%.*s", (int)one.n, one.p);
    const uint16_t number = log_action_number(name);
    if (number == 0) return bad(r, EVIDENCE, one, "an action of the access log", e);
    row->action[row->n_actions++] = number;
  }
  return row->n_actions ? E_OK : bad(r, EVIDENCE, cell, "an action of the access log", e);
}
static enum err_code read_evidence(const struct reading *r, struct str cell, struct compliance_row *row, struct err *e) {
  static const struct {
    const char *text;
    enum compliance_evidence kind;
  } states[] = {{"store:log", EVIDENCE_LOG}, {"store:segments", EVIDENCE_SEGMENTS}, {"store:keys", EVIDENCE_KEYS}, {"store:algorithms",
      EVIDENCE_ALGORITHMS}};
  struct str rest;
  const struct str kind = str_split(cell, ':', &rest);
  if (str_eq(kind, STR("leaves"))) return row->evidence = EVIDENCE_LEAVES, read_actions(r, cell, rest, row, e);
  if (str_eq(kind, STR("artefact")) && rest.n > 0) return row->evidence = EVIDENCE_ARTEFACT, row->artefact = rest, E_OK;
  for (size_t i = 0; i < sizeof states / sizeof *states; i++)
    if (str_eq(cell, str_of(states[i].text))) return row->evidence = states[i].kind, E_OK;
  return bad(r, EVIDENCE, cell, "leaves:ACTION,... or store:log|segments|keys|algorithms or artefact:TEXT", e);
}
static enum err_code read_row(const struct reading *r, const struct csv_table *t, const int *at, int64_t k, struct compliance_row *row,
    struct err *e) {
  struct str cell[N_NAMES];
  for (int i = 0; i < N_NAMES; i++) cell[i] = csv_table_cell(t, k, at[i]);
  *row = (struct compliance_row){.id = cell[ID],
      .group = cell[GROUP],
      .requirement_en = cell[REQUIREMENT_EN],
      .requirement_ja = cell[REQUIREMENT_JA],
      .source = cell[SOURCE],
      .enforced_by = cell[ENFORCED_BY],
      .enforced = memchr(cell[NATURE].p, 'E', cell[NATURE].n) != NULL,
      .proved = memchr(cell[NATURE].p, 'P', cell[NATURE].n) != NULL,
      .not_applicable = str_eq(cell[NATURE], STR("N")),
      .last_seq = -1};
  for (int i = ID; i <= SOURCE; i++)
    if (cell[i].n == 0) return bad(r, i, cell[i], "a text", e);
  if (cell[STATUS].n != 1 || (cell[STATUS].p[0] != 'V' && cell[STATUS].p[0] != 'F' && cell[STATUS].p[0] != 'M')) return bad(r, STATUS, cell[STATUS],
      "V, F or M", e);
  row->status = cell[STATUS].p[0];
  if (!row->not_applicable && !str_eq(cell[NATURE], STR("E")) && !str_eq(cell[NATURE], STR("P")) && !str_eq(cell[NATURE], STR("EP")))
    return bad(r, NATURE, cell[NATURE], "E, P, EP or N", e);
  TRY(read_evidence(r, cell[EVIDENCE], row, e));
  return row->not_applicable && row->evidence != EVIDENCE_ARTEFACT ? bad(r, EVIDENCE, cell[EVIDENCE], "artefact:WHY, for N", e) : E_OK;
}
enum err_code compliance_parse(struct arena *a, const char *place, struct str csv, struct compliance *out, struct err *e) {
  struct reading r = {.a = a, .place = place, .line = 1};
  struct csv_table t;
  int at[N_NAMES];
  TRY(csv_table_parse(a, place, csv.p, csv.n, &t, e));
  for (int i = 0; i < N_NAMES; i++) {
    at[i] = csv_table_column(&t, names[i]);
    if (at[i] < 0) return bad(&r, i, STR(""), "this column in the heading", e);
  }
  if (t.n_rows > COMPLIANCE_ROWS_MAX) return bad(&r, ID, STR(""), "at most 1000 rows", e);
  *out = (struct compliance){.row = ARENA_ARRAY(a, struct compliance_row, t.n_rows + 1), .n = t.n_rows};
  if (!out->row) return ERR(e, E_NO_MEMORY, .file = place);
  for (int64_t k = 0; k < t.n_rows; k++) {
    r.line = t.lines[k];
    TRY(read_row(&r, &t, at, k, &out->row[k], e));
    for (int64_t i = 0; i < k; i++)
      if (str_eq(out->row[i].id, out->row[k].id)) return bad(&r, ID, out->row[k].id, "an id of its own", e);
  }
  return E_OK;
}
