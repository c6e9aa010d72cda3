/* access_log.h -- who did what, when, under which right: canonical leaves in an RFC 6962 tree, two storage devices, signed checkpoints (page:
 * access_log.md).
 * Leaf     fixed TLV fields, canonical, at most 1 KiB; no names, no values. The detail (reasons, search texts) is sealed apart; the leaf holds only
 *          SHA-256(salt[32] | detail), so details can be erased without touching the tree.
 * Rule     access_log_append returns only when every device has the leaf; one device that refuses means no access.
 * Devices  devices[0] is written first. After a crash one device may be ahead: access_log_open copies the missing leaves over when one is a
 *          true prefix of the other and says how many; anything else is E_LOG_FORKED.
 * Errors   E_LOG_LEAF (not canonical), E_LOG_FORKED (devices or checkpoint disagree), E_LOG_ROLLED_BACK (shorter than a signed checkpoint),
 *          E_LOG_DETAIL.
 * Memory   32 bytes per leaf. Cost: open reads and hashes every leaf (about 1 us each), append O(1) + what the devices take.
 * Source   RFC 6962 section 2.1; c2sp.org/tlog-tiles, c2sp.org/tlog-checkpoint. */
#ifndef SHIRABE_SECURE_STORE_ACCESS_LOG_H
#define SHIRABE_SECURE_STORE_ACCESS_LOG_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "secure-store/merkle.h"
#include "secure-store/signed_note.h"

/* --- actions: numbers are stored in leaves and never change; names as "data-import" --- */
uint16_t log_action_number(const char *name);  /* 0 = no such action */
const char *log_action_name(uint16_t number);  /* NULL = no such number */
bool log_action_at(size_t i, uint16_t *number, const char **name); /* iterates; false at the end */

enum log_role {
  LOG_ROLE_NONE,
  LOG_ROLE_CHIEF,
  LOG_ROLE_MANAGER,
  LOG_ROLE_PROVIDER,
  LOG_ROLE_TABULATOR,
  LOG_ROLE_REVIEWER,
  LOG_ROLE_KEY_OFFICER,
  LOG_ROLE_AUDITOR,
  LOG_ROLE_MAINTENANCE,
  LOG_ROLE_PROGRAM,
  LOG_ROLE_COUNT
};
enum log_result { LOG_INTENT = 1, LOG_DONE, LOG_FAILED, LOG_REFUSED, LOG_UNKNOWN_OUTCOME, LOG_NOTE, LOG_RESULT_COUNT };

enum { LOG_LEAF_MAX = 1024, LOG_OBJECT_BYTES = 320, LOG_GRANT_BYTES = 80, LOG_BASIS_BYTES = 80, LOG_DETAIL_MAX = 65536 };
struct log_leaf {
  uint64_t seq;              /* from 0; set by access_log_append */
  uint8_t boot_id[16];
  int64_t wall;              /* seconds since 1970 UTC, never before the last leaf's */
  uint64_t monotonic_ms;
  uint8_t actor[8];          /* key id (minisign) of who acts */
  uint8_t role;              /* enum log_role */
  uint16_t action;
  uint8_t result;            /* enum log_result */
  uint64_t intent;           /* sequence number of the intent this is the outcome of; UINT64_MAX = none */
  char object[LOG_OBJECT_BYTES];      /* ids separated by spaces: "dataset:vital/birth/2025-12/received"; printable ASCII */
  char grant[LOG_GRANT_BYTES];
  char basis[LOG_BASIS_BYTES];        /* legal basis or reason code */
  uint8_t columns_hash[32];
  int64_t rows;
  uint8_t output_hash[32];
  uint8_t root_before[32], root_after[32]; /* state root of the data */
  uint8_t detail_commitment[32];      /* zeros = no detail */
};
enum err_code log_leaf_encode(const struct log_leaf *leaf, struct strbuf *out, struct err *e) NODISCARD; /* appends */
enum err_code log_leaf_parse(const void *p, size_t n, struct log_leaf *out, struct err *e) NODISCARD;    /* strict */

/* --- detail, kept apart from the leaf --- */
/* Sets leaf->detail_commitment and appends the sealed detail (bound to `name`, a text the store chooses such as the row id; not the seq, which
 * is not known yet). */
enum err_code log_detail_seal(const uint8_t key[32], const char *name, struct str detail, struct log_leaf *leaf, struct strbuf *sealed,
    struct err *e) NODISCARD;
enum err_code log_detail_open(const uint8_t key[32], const char *name, const void *p, size_t n, const struct log_leaf *leaf, struct strbuf *detail,
    struct err *e) NODISCARD;

/* The salt of a detail, for a register that discloses it: whoever has salt and text can hold them against the leaf (ledger_book.md). */
enum err_code log_detail_salt(const uint8_t key[32], const char *name, const void *p, size_t n, const struct log_leaf *leaf, uint8_t salt[32],
    struct strbuf *detail, struct err *e) NODISCARD;

/* --- storage --- */
struct log_device {
  const char *name; /* for messages */
  void *context;
  enum err_code (*count)(void *context, uint64_t *n, struct err *e);
  enum err_code (
      *append)(void *context, uint64_t seq, const void *leaf, size_t n, struct err *e); /* durable on return, or part of the caller's transaction */
  /* Leaves first .. end-1 in order; p is valid during the call. */
  enum err_code (*each)(void *context, uint64_t first, uint64_t end,
      enum err_code (*fn)(void *fn_context, uint64_t seq, const void *leaf, size_t n, struct err *e), void *fn_context, struct err *e);
};
/* The second device: an append-only file of records u32 length | leaf | SHA-256(leaf); a torn last record (never acknowledged) is cut off when
 * it opens. */
struct log_file;
enum err_code log_file_open(const char *path, bool create, struct log_file **out, struct log_device *device, struct err *e) NODISCARD;
void log_file_close(struct log_file *f); /* NULL allowed */

struct access_log;
struct log_open_report {
  uint64_t leaves;
  int healed_device;   /* -1 = none */
  uint64_t healed;     /* leaves copied to it: warn, and write a "tamper" note when it was not a crash */
};
enum { LOG_DEVICES_MAX = 2 };
/* Reads every leaf of every device, checks that they are canonical, numbered 0.. and equal. last_checkpoint may be NULL (a new log, or none
 * kept). */
enum err_code access_log_open(const struct log_device *devices, int n_devices, const struct note_key *key, const char *last_checkpoint,
    struct access_log **out, struct log_open_report *report, struct err *e) NODISCARD;
void access_log_close(struct access_log *log); /* NULL allowed; does not close devices */
uint64_t access_log_size(const struct access_log *log);
void access_log_root(const struct access_log *log, uint8_t out[32]);
bool access_log_root_at(const struct access_log *log, uint64_t size, uint8_t out[32]) NODISCARD; /* of its first leaves; false: it has fewer */
int64_t access_log_last_wall(const struct access_log *log); /* INT64_MIN when empty */
/* Fills seq (and wall when it is before the last leaf's: refused with E_LOG_CLOCK when more than 120 s before), writes to every device. When a
 * later device
 * fails the log object refuses further appends (E_LOG_STOPPED) until it is opened anew. */
enum err_code access_log_append(struct access_log *log, struct log_leaf *leaf, struct err *e) NODISCARD;
enum err_code access_log_checkpoint(const struct access_log *log, const struct note_key *key, struct strbuf *note, struct err *e) NODISCARD;
/* Does this note by our key stand in our history? E_LOG_ROLLED_BACK, E_LOG_FORKED, E_NOTE_*. */
enum err_code access_log_check(const struct access_log *log, const struct note_key *key, const char *note, struct err *e) NODISCARD;
bool access_log_leaf_hash(const struct access_log *log, uint64_t seq, uint8_t out[32]) NODISCARD; /* false: there is no such entry */
bool access_log_inclusion(const struct access_log *log, uint64_t seq, struct merkle_proof *out) NODISCARD;
bool access_log_consistency(const struct access_log *log, uint64_t old_size, struct merkle_proof *out) NODISCARD;
/* C2SP tlog-tiles: checkpoint, tile/<level>/<index>[.p/<width>], tile/entries/<index>[.p/<width>], each given to `emit` with its path. */
typedef enum err_code (*log_emit_fn)(void *context, const char *path, const void *p, size_t n, struct err *e);
enum err_code access_log_tiles(const struct access_log *log, const struct note_key *key, log_emit_fn emit, void *context, struct err *e) NODISCARD;
/* Body of a request to a witness (c2sp.org/tlog-witness): "old N", consistency proof, blank line, fresh checkpoint. old_size 0: no proof. */
enum err_code access_log_request(const struct access_log *log, const struct note_key *key, uint64_t old_size, struct strbuf *out,
    struct err *e) NODISCARD;
/* C2SP tlog-proof text: index, inclusion proof, checkpoint. */
enum err_code access_log_proof(const struct access_log *log, const struct note_key *key, uint64_t seq, struct strbuf *out, struct err *e) NODISCARD;
#endif
