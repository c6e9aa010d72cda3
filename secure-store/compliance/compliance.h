/* compliance.h -- what law and guidelines ask of whoever keeps questionnaire information, row by row, with what enforces it and what proves it.
 * Data     forms/secure/compliance.csv: id, group, requirement in two languages, source, status (V read in the source, F rebuilt from a sister rule,
 *          M not found in a public source), nature (E the program enforces, P it proves, EP both, N not applicable: artefact says why), enforced_by
 *          (names of tests), evidence.
 * Evidence "leaves:ACTION,..." entries of the access log: how many succeeded, how many were refused, the last one; "store:log", "store:segments",
 *          "store:keys", "store:algorithms" state of this store; "artefact:TEXT" something a person shows. Evidence is read from the log and the
 *          store itself, never typed.
 * Unknown  a row may be corrected without touching the program, so the file is read strictly: E_COMPLIANCE_FILE names line and column.
 * Cost     one pass over the log. Source: secure.md section 1 with its sources (ACT, REG, TKM, EST, DBG ... stand in the file). */
#ifndef SHIRABE_SECURE_STORE_COMPLIANCE_COMPLIANCE_H
#define SHIRABE_SECURE_STORE_COMPLIANCE_COMPLIANCE_H
#include "secure-store/access_log.h"
#include "secure-store/store.h"

enum { COMPLIANCE_ROWS_MAX = 1000, COMPLIANCE_ACTIONS_MAX = 16 };
enum compliance_evidence { EVIDENCE_LEAVES, EVIDENCE_LOG, EVIDENCE_SEGMENTS, EVIDENCE_KEYS, EVIDENCE_ALGORITHMS, EVIDENCE_ARTEFACT };
struct compliance_row {
  struct str id, group, requirement_en, requirement_ja, source, enforced_by, artefact;
  char status; /* V, F, M */
  bool enforced, proved, not_applicable;
  enum compliance_evidence evidence;
  uint16_t action[COMPLIANCE_ACTIONS_MAX];
  int n_actions;
  /* Filled by compliance_gather. */
  int64_t done, refused, last_seq, last_wall; /* last_seq -1: none */
};
struct compliance {
  struct compliance_row *row;
  int64_t n;
};
enum err_code compliance_parse(struct arena *a, const char *place, struct str csv, struct compliance *out, struct err *e) NODISCARD;
/* Counts the evidence of every row that lives in the log; works on a store without keys. */
enum err_code compliance_gather(struct store *s, struct compliance *c, struct err *e) NODISCARD;
/* Words about the state of the store for EVIDENCE_LOG .. EVIDENCE_ALGORITHMS, in the arena. NULL: no memory. */
const char *compliance_state(struct store *s, struct arena *a, enum compliance_evidence what, bool japanese);
#endif
