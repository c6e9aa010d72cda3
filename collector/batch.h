/* batch.h -- what one office sends once: numbered, hash-chained, signed, encrypted, received exactly once. Format page: collector/batch.md.
 * Stream   one sender x one survey; sequence 1,2,3...; each batch names the id of the one before it.
 * Id       SHA-256 of the manifest bytes; the manifest lists every member with size and SHA-256, so the id covers all content.
 * Balance  per office and form: declared = accepted + rejected + queried + withdrawn; the declared number is typed by the officer (送付票), never counted
 *          from the file it is compared with.
 * Levels   a forwarding office embeds the manifests, signatures and members of the offices below it unchanged.
 * Source   人口動態調査令施行細則 (transmittals, routes); exactly-once and compare-and-set after ODK Central's submission rules. */
#ifndef SHIRABE_COLLECTOR_BATCH_H
#define SHIRABE_COLLECTOR_BATCH_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "secure-store/store.h"

enum { BATCH_MAX_FORMS = 64, BATCH_MAX_MEMBERS = 65536, BATCH_ID_HEX = 65, BATCH_MAX_FILE = 1 << 30, BATCH_MAX_RATIO = 400 };
/* What a batch may hold, packed and unpacked, unless a person says that a large one is expected: the whole of it is in memory before its signature can
 * be looked at, and whoever knows an office's card can seal a file to it. Manifests hold at most BATCH_MAX_MANIFEST. */
enum { BATCH_USUAL_FILE = 32 << 20, BATCH_MAX_MANIFEST = 16 << 20 };
enum batch_kind { BATCH_INITIAL, BATCH_SUPPLEMENTARY, BATCH_NIL, BATCH_FORWARD, BATCH_CORRECTION, BATCH_WITHDRAWAL };
const char *batch_kind_name(enum batch_kind k);

struct batch_count { /* one line of the 送付票 */
  const char *form, *version, *form_hash;
  int64_t declared, accepted, rejected, queried, withdrawn;
};
struct batch_control { /* sum of one numeric item over the accepted records, as scaled integer */
  const char *form, *item;
  int64_t n, sum;
};
enum { BATCH_CHUNKED = 4 << 20, BATCH_CHUNK = 1 << 20 }; /* a member above 4 MiB lists the hash of every MiB, so that damage is located */
struct batch_member {
  const char *name;
  int64_t bytes;
  char sha256[65];
  int64_t n_chunks; /* 0 or one per MiB */
  char (*chunks)[65];
};
struct batch_lower { /* an embedded batch of a lower office and the key its signature was checked with */
  char id[BATCH_ID_HEX];
  const char *sender, *signing_key;
};
struct batch_manifest {
  const char *survey, *period, *sender, *sender_name, *recipient, *recipient_key, *created, *program, *proxy;
  const char *salt; /* 32 hex digits: without it the id of a small batch would confirm a guess of its records */
  int format; /* 1; 2 where it says what format 1 cannot: corrections, withdrawals, chunk hashes, amendments */
  enum batch_kind kind;
  int64_t sequence;
  char previous[BATCH_ID_HEX]; /* "" for the first */
  int64_t n_counts, n_controls, n_members, n_lower;
  struct batch_count *counts;
  struct batch_control *controls;
  struct batch_member *members;
  struct batch_lower *lower;
};
enum err_code batch_manifest_write(const struct batch_manifest *m, struct strbuf *out, struct err *e) NODISCARD; /* canonical JSON */
enum err_code batch_manifest_read(struct arena *a, const char *file, struct str json, struct batch_manifest **out, struct err *e) NODISCARD;
enum err_code batch_member_fill(struct arena *a, const char *name, struct str bytes, struct batch_member *out,
                                struct err *e) NODISCARD; /* size, hashes */
/* E_BATCH_DAMAGED; where the member lists chunks, `found` says which bytes differ. */
enum err_code batch_member_check(const struct batch_member *m, const char *file, struct str bytes, struct err *e) NODISCARD;
void batch_id_of(struct str manifest_json, char id[BATCH_ID_HEX]);

/* --- container: age( zstd( tar: manifest.json, manifest.json.minisig, members ) ) --- */
struct batch_file {
  const char *name;
  struct str bytes;
};
struct batch_content { /* a decrypted, hash-checked container; its bytes lie in the arena until they are wiped by batch_content_release */
  struct str manifest_json, signature;
  char id[BATCH_ID_HEX];
  size_t limit; /* bytes it was allowed to hold */
  struct batch_manifest *manifest;
  int64_t n_files;
  struct batch_file *files; /* in manifest order */
  const struct batch_file **by_name;
};
enum err_code batch_pack(const char *recipient_key, struct str manifest_json, struct str signature, const struct batch_file *files, int64_t n_files,
    struct strbuf *out, struct err *e) NODISCARD;
/* Decrypts, has it unpacked by a worker (batch_apart.h), verifies the signature by the card of the sender (E_BATCH_SENDER, E_BATCH_SIGNATURE), then
 * every size and hash against the manifest. Above `limit` bytes, packed or unpacked, it is E_BATCH_LARGE before the memory is asked for. */
enum err_code batch_unpack(struct store *s, struct arena *a, const char *file, struct str bytes, size_t limit, struct batch_content *out,
                           struct err *e) NODISCARD;
/* Reads a batch file of at most `limit` bytes (E_BATCH_LARGE). */
enum err_code batch_file_read(const char *path, size_t limit, uint8_t **out, size_t *n, struct err *e) NODISCARD;
void batch_content_release(struct batch_content *c);
const struct batch_file *batch_find_file(const struct batch_content *c, const char *name);

/* --- sealing --- */
struct batch_declared {
  const char *form;
  int64_t count;
};
struct batch_carrier { /* zero: one plain file */
  int64_t volume_bytes; /* most bytes of a part, 0 = not split */
  bool zip;             /* a stored zip around each file, for gateways that pass nothing else */
};
struct batch_seal_request {
  const char *survey, *period, *out_folder, *forms;
  const struct batch_declared *declared; /* one per form of the survey's slips; required at the lowest level */
  int n_declared;
  bool nil;          /* "we had nothing": every declared count is 0 */
  const char *proxy; /* who typed for whom, "" = nobody */
  struct batch_carrier carrier;
};
struct batch_result {
  char id[BATCH_ID_HEX];
  char path[4096];
  int64_t sequence, records, lower;
  bool already;             /* the same batch had been received before */
  bool held;                /* waits for an earlier number */
  bool late;
  int64_t waiting_for;      /* the missing number when held */
  int64_t files;            /* written for the medium; path is the first */
  int64_t part, parts;      /* a part of a batch was kept, others are missing; 0 otherwise */
  char missing[160];        /* their numbers, "2, 4-6" */
  int64_t amendments;       /* in a receipt: of higher offices, for a person (shirabe batch amendments) */
  int64_t conflicts;        /* corrections that wait for a decision (shirabe batch conflicts) */
  int64_t followed, refused; /* held batches that were taken in after this one, or were refused then (said through the job's problem sink) */
};
/* Sealing is idempotent: with nothing new it answers E_BATCH_NOTHING_NEW; a batch whose file was lost is written again by its number (batch_reissue). */
enum err_code batch_seal(struct store *s, const struct batch_seal_request *request, struct batch_result *out, struct err *e) NODISCARD;
enum err_code batch_reissue(struct store *s, const char *id_or_sequence, const char *survey, const char *out_folder,
                            const struct batch_carrier *carrier, struct batch_result *out, struct err *e) NODISCARD;

/* --- receiving: everything of one batch in one transaction; held batches that become ready follow in the same call --- */
enum err_code batch_receive(struct store *s, const char *forms, const char *path, const char *receipt_folder, struct batch_result *out,
    struct err *e) NODISCARD;

/* The same for many files: the forms are read once. */
struct batch_receiver;
enum err_code batch_receiver_new(struct store *s, const char *forms, const char *receipt_folder, struct batch_receiver **out,
    struct err *e) NODISCARD;
enum err_code batch_receiver_take(struct batch_receiver *r, const char *path, struct batch_result *out, struct err *e) NODISCARD;
void batch_receiver_expect_large(struct batch_receiver *r); /* from now on up to BATCH_MAX_FILE, instead of BATCH_USUAL_FILE */
void batch_receiver_free(struct batch_receiver *r); /* NULL allowed */

/* A person takes in a held batch (its id, or the first 8 digits or more) before the numbers it waits for; those are noted as missing and still fit
 * later. */
enum err_code batch_release_held(struct store *s, const char *forms, const char *id, const char *reason, const char *receipt_folder,
                                 struct batch_result *out, struct err *e) NODISCARD;
/* After a fork: what this machine sent from number `from` on and the office above refused is set aside (kept), its records count as not sent, and
 * the next batch follows number `last` = `last_id`, which the office above accepted. n: batches set aside. E_REISSUE_RECEIVED when one of them has a
 * receipt. */
enum err_code batch_set_aside(struct store *s, const char *survey, int64_t from, int64_t last, const char *last_id, int64_t *n,
                              struct err *e) NODISCARD;

/* --- receipts --- */
enum err_code batch_receipt_import(struct store *s, const char *path, struct batch_result *out, struct err *e) NODISCARD;
#endif
