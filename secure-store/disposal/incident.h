/* incident.h -- leaks, losses, damage, use outside the purpose, unauthorised access: what is known, who was told when, and what was on a lost medium
 * (secure.md 1.2, O7).
 * Rows     object "incident:ID", sealed (they name people and places); each change one leaf that holds the hash of the row.
 * Deadlines are a row of the store (incident_policy): internal report 1 h, general manager the same day, ministry 24 h, first report 3 days, final
 *          report 30 days
 *          (60 with malice), counted from the moment it was found. incident_due tells which are open and which are overdue.
 * Closing  by two officers (chief, manager, auditor) who sign the same row; without officers by the holder of the passphrase.
 * Medium   incident_medium answers in one go: what was on it, under which keys, who could open it, whether it was ever opened here; with a proof per
 *          leaf.
 * Errors   E_INCIDENT_*, E_DISPOSAL_*, those of act.h. */
#ifndef SHIRABE_SECURE_STORE_DISPOSAL_INCIDENT_H
#define SHIRABE_SECURE_STORE_DISPOSAL_INCIDENT_H
#include "secure-store/disposal/medium.h"

enum incident_stage { STAGE_INTERNAL, STAGE_CHIEF, STAGE_MINISTRY, STAGE_FIRST, STAGE_FINAL, INCIDENT_STAGES };
const char *incident_stage_name(enum incident_stage s); /* "internal", "chief", "ministry", "first", "final" */
bool incident_stage_parse(const char *text, enum incident_stage *out);
struct incident {
  char cause[ACT_TEXT_BYTES], closed_by[ACT_LIST_BYTES], containment[ACT_TEXT_BYTES], encryption[ACT_TEXT_BYTES];
  int64_t establishments;
  int64_t found_at; /* UNIX seconds */
  char found_by[ACT_TEXT_BYTES], harm[ACT_TEXT_BYTES];
  int64_t households;
  char id[ACT_ID_BYTES], items[ACT_TEXT_BYTES];
  char kind[24]; /* leak, loss, damage, misuse, access */
  int64_t malicious;
  char medium[ACT_ID_BYTES], notified[ACT_LIST_BYTES];
  int64_t persons;
  char police[ACT_TEXT_BYTES], prevention[ACT_TEXT_BYTES], publication[ACT_TEXT_BYTES], recovered[ACT_TEXT_BYTES];
  int64_t report_chief, report_final, report_first, report_internal, report_ministry; /* when made; 0 = not yet */
  char reported_to[ACT_LIST_BYTES]; /* list: "stage recipient" */
  char state[8];                    /* "open" or "closed" */
  char survey[64], year[16];
};
struct incident_policy {
  int64_t chief_days; /* 0 = by the end of the same day in Japan */
  int64_t final_days, final_days_malicious, first_days, internal_minutes, ministry_hours;
};
extern const struct row_format incident_format, incident_policy_format;
enum err_code incident_policy_read(struct store *s, struct incident_policy *out, struct err *e) NODISCARD;
enum err_code incident_policy_set(struct store *s, const struct incident_policy *p, const struct act_by *by, struct err *e) NODISCARD;
/* id, kind, found_at, found_by are needed. A medium that is named and lent, sealed or returned is to be set lost by `medium lost`. */
enum err_code incident_open(struct store *s, const struct incident *i, const struct act_by *by, struct err *e) NODISCARD;
/* Empty and zero members leave the row as it is; lists grow. */
enum err_code incident_update(struct store *s, const struct incident *change, const struct act_by *by, struct err *e) NODISCARD;
enum err_code incident_report(struct store *s, const char *id, enum incident_stage stage, const char *to, const struct act_by *by,
    struct err *e) NODISCARD;
/* First call: the row with its closing, signed once (still open). A second officer's call closes it. *closed tells which. */
enum err_code incident_close(struct store *s, const char *id, const struct act_by *by, bool *closed, struct err *e) NODISCARD;
enum err_code incident_find(struct store *s, const char *id, struct incident *out, struct err *e) NODISCARD;
struct incident_due {
  int64_t due, made;
  bool overdue; /* not made and late, or made late */
};
void incident_due(const struct incident *i, const struct incident_policy *p, int64_t now, struct incident_due out[INCIDENT_STAGES]);

/* --- incident_medium.c --- */
enum { MEDIUM_KEYS_MAX = 32, MEDIUM_EVENTS_MAX = 256 };
struct medium_key {
  char recipient[80];
  char who[160];        /* "this office", "officer sato", "office prefecture-010006", "unknown here" */
  bool on_medium;       /* its secret key lay on this medium at some time */
};
struct medium_event {
  uint64_t seq;
  int64_t wall;
  char action[24], object[160], state[12], sha256[65];
  bool opening; /* a leaf that says the content was read, taken in or handed back opened */
};
struct medium_report {
  struct medium now;
  int n_keys, n_events, n_openings;
  struct medium_key key[MEDIUM_KEYS_MAX];
  struct medium_event event[MEDIUM_EVENTS_MAX];
  bool sealed;           /* it held data sealed to keys */
  bool keys_never_on_it; /* none of those keys was ever on it, as far as the log knows */
};
enum err_code incident_medium(struct store *s, const char *medium, struct medium_report *out, struct err *e) NODISCARD;
#endif
