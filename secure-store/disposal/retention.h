/* retention.h -- how long data must be kept, who answers for it, and who has put their destruction on hold (secure.md O3, R1, R2; page disposal.md).
 * Table    one row per dataset and part; `dataset` is survey/form/period with * for "every", the most particular row counts. No row = permanent.
 * Survey   survey.json with retention_class fundamental_statistics = permanent whatever the table says, but for the paper, whose years the order of
 *          the survey sets;
 *          a survey whose file is not found is not destroyed.
 * Holds    any number per dataset; destruction waits for the last of them. What the auditor holds, only an auditor lifts.
 * Who      rows: manager or chief, a shorter period than before: the chief. Holds: auditor, manager or chief.
 * Errors   E_RETENTION_*, E_DISPOSAL_ROW, E_DISPOSAL_ID, those of act.h. Each change and each refusal is one leaf. */
#ifndef SHIRABE_SECURE_STORE_DISPOSAL_RETENTION_H
#define SHIRABE_SECURE_STORE_DISPOSAL_RETENTION_H
#include "secure-store/disposal/act.h"

enum { RETENTION_DATASET_BYTES = 200, RETENTION_PART_BYTES = 12 };
struct retention {
  char basis[ACT_TEXT_BYTES]; /* order and article, or decision */
  char class_[16];            /* "permanent" or "until" */
  char custodian[OFFICER_ID_BYTES];
  char dataset[RETENTION_DATASET_BYTES], part[RETENTION_PART_BYTES]; /* ID, LINK, ANSWER, PARADATA, PAPER (the forms) or all */
  char until[11];             /* last day of keeping, in Japan; "" = permanent */
};
struct retention_hold {
  char by[OFFICER_ID_BYTES], dataset[RETENTION_DATASET_BYTES], id[ACT_ID_BYTES], part[RETENTION_PART_BYTES], reason[ACT_TEXT_BYTES];
  int64_t by_auditor;   /* 1 = only an auditor lifts it */
  char state[8];        /* "held" or "lifted" */
};
extern const struct row_format retention_format, retention_hold_format;

bool retention_dataset_ok(const char *dataset, bool stars); /* three words with / between; * only from the right */
bool retention_part_ok(const char *part);
enum err_code retention_set(struct store *s, const struct retention *r, const struct act_by *by, struct err *e) NODISCARD;
enum err_code retention_put_hold(struct store *s, const struct retention_hold *h, const struct act_by *by, struct err *e) NODISCARD;
enum err_code retention_lift_hold(struct store *s, const char *id, const char *reason, const struct act_by *by, struct err *e) NODISCARD;
/* The row that counts. *found = false: none, so permanent. seq: leaf of the row. */
enum err_code retention_of(struct store *s, const char *dataset, const char *part, struct retention *out, bool *found, uint64_t *seq,
    struct err *e) NODISCARD;
/* The first hold that covers any of this. *held = false: none. */
enum err_code retention_held(struct store *s, const char *dataset, const char *part, bool *held, struct retention_hold *out, struct err *e) NODISCARD;
/* May it be destroyed at `now`: E_RETENTION_FUNDAMENTAL, _SURVEY, _PERMANENT, _RUNNING, _HELD. For part "all" every part must be over. */
enum err_code retention_over(struct store *s, const char *dataset, const char *part, int64_t now, struct err *e) NODISCARD;
/* What the certificate prints: "until 2024-03-31 (basis), entry 17". */
enum err_code retention_text(struct store *s, const char *dataset, const char *part, struct strbuf *out, struct err *e) NODISCARD;
#endif
