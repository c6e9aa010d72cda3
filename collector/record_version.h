/* record_version.h -- versions of a record: a correction (R) or withdrawal (W) names the version it replaces, and is applied only when that one is
 * current.
 * Token    SHA-256 over office, survey, form, period, action, the token replaced and the SHA-256 of the content (the record's line of
 *          batch_records.h; for a withdrawal its keys and reason). Every office computes the same. A token would confirm a guess of a short
 *          record, so it stands in sealed data and in the encrypted batch only; SQLite and messages never hold one.
 * Chain    versions in order of their batch numbers, and in a batch in the order of its file. A records a first version. R and W whose base is a
 *          current version of the same keys replace it; any other R or W is a conflict: kept, not current, never applied by being last. What comes
 *          out depends on the set of versions and of decisions, not on their arrival.
 * Memory   about 200 bytes a version, and the keys' text. Cost O(n). Pure: no store. */
#ifndef SHIRABE_COLLECTOR_RECORD_VERSION_H
#define SHIRABE_COLLECTOR_RECORD_VERSION_H
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/table.h"
#include "forms/form.h"

enum { VERSION_TOKEN = 32 };
enum change_action { CHANGE_ADD, CHANGE_REPLACE, CHANGE_WITHDRAW };

struct record_change { /* a row of a batch or file that is not an addition */
  int64_t row;         /* of the received shard; a withdrawal has none: it stands before this one */
  enum change_action action;
  uint8_t base[VERSION_TOKEN];
  const char *reason; /* of a withdrawal, a code of withdraw_reasons; "" */
  struct str key;     /* of a withdrawal: record_key text */
};
struct record_changes { /* in the order they were made: by row, the withdrawals that stand before a row before it */
  int64_t n, capacity;
  struct record_change *list;
};
/* Copies; text lives in the arena. */
enum err_code record_changes_add(struct arena *a, struct record_changes *c, const struct record_change *change, struct err *e) NODISCARD;
int64_t record_changes_withdrawn(const struct record_changes *c);

struct withdraw_reason {
  const char *code, *label_en, *label_ja;
};
const struct withdraw_reason *withdraw_reason_find(const char *code); /* NULL when it is none */
const char *withdraw_reason_list(void);                              /* "duplicate, mistake, ..." */

/* Record type of a table by its columns: the one with most items of its own there. */
int record_type_of(const struct form *f, const struct table *t);
/* Keys of a row as one text: each value in canonical form with its length before it; of a child record the name of its type before them, so that
 * records of two types never have one key. */
enum err_code record_key(const struct form *f, const struct table *t, int64_t row, struct strbuf *out, struct err *e) NODISCARD;
/* Its values again, in order of the form's keys; returns their number, -1 when the text is no such key. */
int record_key_split(struct str key, struct str *values, int max);

enum version_state {
  VERSION_CURRENT,
  VERSION_REPLACED,
  VERSION_WITHDRAWN /* a withdrawal that stands */,
  VERSION_CONFLICT,
  VERSION_SET_ASIDE /* decided */
};
struct record_version {
  uint8_t token[VERSION_TOKEN], base[VERSION_TOKEN], content[32];
  enum change_action action;
  enum version_state state;
  int64_t number, row;    /* batch sequence or file number; row of its shard, -1 = withdrawal */
  int64_t shard;          /* 0 = withdrawal */
  int64_t ours;           /* of a conflict: index of the current version with the same keys, -1 = none */
  struct str key;
  const char *reason, *batch;
  bool decided;           /* a person's choice made it what it is */
};
struct version_owner {
  const char *office, *survey, *form, *period;
};
void version_token(const struct version_owner *o, enum change_action action, const uint8_t base[VERSION_TOKEN], const uint8_t content[32],
                   uint8_t out[VERSION_TOKEN]);

struct version_decision { /* a person chose; later versions may then build on the one taken */
  uint8_t token[VERSION_TOKEN];
  bool take;
};
/* Sets state and ours. `current`: index of the current version (or standing withdrawal) by keys, for version_by_key. */
struct version_chain {
  struct record_version *list;
  int64_t n;
  int64_t *by_key, *by_token; /* open addressing, index + 1 */
  uint64_t n_slots;
};
enum err_code version_chain_run(struct arena *a, struct record_version *list, int64_t n, const struct version_decision *decisions,
                                int64_t n_decisions, struct version_chain *out, struct err *e) NODISCARD;
int64_t version_by_key(const struct version_chain *c, struct str key); /* -1 = none */
#endif
