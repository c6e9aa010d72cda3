/* register_store.h -- the register of released tables: one row per release, sealed and bound to a leaf (rights/record.h), and its entry, a
 * sealed blob of kind "register". Page: register.md. What an entry says is for estimators/sdc/register; here it is bytes. Row
 * "register:RELEASE", written in the transaction of the release itself: neither is there without the other. Edition  of a survey, period and
 * region: 1, 2, ...; a draft (from an incomplete month) has 0 and stands in the way of nothing. Older    releases built before the register was
 * kept have a row of none: register_older names them; their units are not known. Embargo  entries are read by those only who prepare the release
 * (output/embargo.h): E_EMBARGO and one leaf. Errors   E_REGISTER_UNKNOWN, E_EMBARGO, those of record.h and the store. */
#ifndef SHIRABE_SECURE_STORE_REGISTER_STORE_H
#define SHIRABE_SECURE_STORE_REGISTER_STORE_H
#include "secure-store/disposal/act.h"

enum { REGISTER_ID_BYTES = 96, REGISTER_ENTRY_MAX = 1 << 28 };
struct register_row {
  int64_t accepted; /* conflicts that two officers accepted */
  char blob[65];
  int64_t built, bytes, edition;
  char id[REGISTER_ID_BYTES];
  char inputs[65]; /* SHA-256 of the lineage before anything was withheld: the same inputs are the same release */
  char kind[24]; /* flash, preliminary, final, draft, output, outside */
  char period[24], reason[ACT_TEXT_BYTES], region[64];
  int64_t releasable;
  char signer[OFFICER_ID_BYTES]; /* who had signed in, "" = nobody */
  char supersedes[REGISTER_ID_BYTES], survey[64];
  int64_t tables, warned; /* conflicts that the rules allow with a warning */
};
extern const struct row_format register_row_format;

/* In the open transaction: entry, row and leaf. A row that is there already with the same inputs stays as it is. */
enum err_code register_put(struct store *s, const struct register_row *row, struct str entry, struct err *e) NODISCARD;
enum err_code register_find(struct store *s, const char *release, struct register_row *out, bool *found, struct err *e) NODISCARD;
/* Rows in the order they were built; survey NULL = all. from starts at 0. */
enum err_code register_next(struct store *s, const char *survey, uint64_t *from, struct register_row *out, bool *found, struct err *e) NODISCARD;
/* The bytes of an entry; the caller's intent stands in the log. */
enum err_code register_read(struct store *s, const struct register_row *row, int64_t access, struct strbuf *out, struct err *e) NODISCARD;
/* Releases without a row, oldest first: id, period and time. */
struct register_old {
  char id[REGISTER_ID_BYTES], survey[64], period[24];
  int64_t built, releasable;
};
enum err_code register_older(
    struct store *s, struct arena *a, const char *survey, struct register_old **out, int64_t *n, struct err *e) NODISCARD;
/* What two officers sign to accept revision conflicts of a survey, period and inputs. */
void register_subject(const char *survey, const char *period, const char *inputs, uint8_t out[32]);
/* Whether two different officers with role chief, manager or reviewer accepted it. */
enum err_code register_accepted(struct store *s, const uint8_t subject[32], bool *yes, struct err *e) NODISCARD;
#endif
