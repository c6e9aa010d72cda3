/* store.h -- the sealed store of one office or of the centre: everything at rest is here, and only here, and encrypted.
 * Folder   keystore (keys, rewritten whole) · store.db (ledger and metadata, no respondent data) · segments/ (packs of sealed segments) · log2
 *          (second log device) · office.json (who this office is, public). Page: secure-store/store.md.
 * Rule     no log, no access: an intent leaf is durable before a key is used to open answers, an outcome leaf follows.
 * Atomic   packs are written and synced first; one transaction names them (store_begin .. store_commit); orphans are swept at store_open.
 * Memory   one row group (65,536 rows) of one column at a time. */
#ifndef SHIRABE_SECURE_STORE_STORE_H
#define SHIRABE_SECURE_STORE_STORE_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/ext_sqlite.h"
#include "base/job.h"
#include "base/str.h"
#include "base/table.h"

enum { STORE_ROW_GROUP = 65536 };
struct store;

enum office_type { OFFICE_MUNICIPALITY, OFFICE_HEALTH_CENTRE, OFFICE_PREFECTURE, OFFICE_MINISTRY };
const char *office_type_name(enum office_type t); /* "municipality" ... */
bool office_type_parse(struct str s, enum office_type *out);

struct office {
  enum office_type type;
  char code[16];       /* 6 digits of the municipality, prefecture code + number of a health centre, ... */
  char id[48];         /* type-code, "municipality-011002" */
  char parent_id[48];  /* whom it reports to, "" at the top */
  char parent_age[80]; /* age1... recipient of the parent, "" at the top */
  char parent_minisign[64]; /* its public signing key, to check receipts */
  char name_ja[96];
  char age_recipient[80];   /* own */
  char minisign_public[64]; /* own, base64 as in a minisign .pub file */
  bool light;               /* light key derivation: demo and tests, unreleasable */
};

/* --- the public card of an office (its office.json): given to the parent and to the children for enrolment --- */
enum { OFFICE_FINGERPRINT_BYTES = 40 };
void office_fingerprint(const struct office *o,
                        char out[OFFICE_FINGERPRINT_BYTES]); /* "3fa9 01bc ..." 8 groups of 4 hex digits over id and both public keys */
enum err_code office_card_read(const char *path, struct office *out, struct err *e) NODISCARD; /* E_STORE_CARD */
enum err_code office_card_text(const struct office *o, struct strbuf *out, struct err *e) NODISCARD; /* canonical JSON and a newline */

/* `kdf_profile` "standard" (Argon2id 256 MiB) or "light" (labelled; demo and tests). The passphrase is read from memory and wiped by the caller. */
enum err_code store_init(const struct job *job, const char *folder, const struct office *office, const char *passphrase, const char *kdf_profile,
                         struct err *e) NODISCARD;
/* Opens, checks the log against both devices, unlocks, sweeps orphans. */
enum err_code store_open(const struct job *job, const char *folder, const char *passphrase, struct store **out, struct err *e) NODISCARD;
/* With the keys of officers, as many as the threshold asks for. Each attempt stands in the log before a key is tried; after three failures in a row
 * the next one has to wait (E_KEYS_WAIT). E_SHARE_* names the share that did not count, E_STORE_PASSPHRASE a key file that did not open. */
struct store_officer {
  const char *key_file;
  const char *passphrase_file; /* NULL = asked on the terminal */
  const char *share_file;      /* an exported share NAME.NNN.age instead of the one in the keystore; NULL = none */
};
enum err_code store_open_shares(const struct job *job, const char *folder, const struct store_officer *officers, int n, struct store **out,
                                struct err *e) NODISCARD;
bool store_needs_officers(const char *folder); /* by its key file; false also when there is none */
/* Officers whose shares unlocked this store or its session, by id; NULL from i = their number on, and in a store without officers. */
const char *store_present(const struct store *s, int i);
/* As a command opens it: --passphrase-file when it was given; else the session that started this process, when it is one of this store; else
 * SHIRABE_PASSPHRASE_FILE or the terminal. */
enum err_code store_open_as_asked(
    const struct job *job, const char *folder, const char *passphrase_file, struct store **out, struct err *e) NODISCARD;
/* With the keys of a session (session.h), or with a keystore that is open already: it is taken over, and closed on error. */
enum err_code store_open_session(const struct job *job, const char *folder, int session, struct store **out, struct err *e) NODISCARD;
struct keystore;
enum err_code store_open_keys(const struct job *job, const char *folder, struct keystore *keys, struct store **out, struct err *e) NODISCARD;
struct keystore *store_close_but_keys(struct store *s); /* closes all else; the keys are the caller's to close */
/* Without keys: ledger, roster and log can be shown, answers cannot. */
enum err_code store_open_locked(const struct job *job, const char *folder, struct store **out, struct err *e) NODISCARD;
void store_close(struct store *s); /* writes a checkpoint; NULL allowed */
const struct office *store_office(const struct store *s);
struct db *store_db(struct store *s);
const char *store_folder(const struct store *s);
const struct job *store_job(const struct store *s);
struct keystore *store_keystore(struct store *s); /* keystore.h; NULL when locked */
bool store_is_locked(const struct store *s);
/* Passphrase as every command takes it: --passphrase-file, SHIRABE_PASSPHRASE_FILE, else asked on the terminal. Wipe and free with passphrase_free.
 * */
enum err_code passphrase_read(const char *file_or_null, char **out, struct err *e) NODISCARD;
/* For one of several keys: the file given with it, else asked on the terminal by `whose` name; SHIRABE_PASSPHRASE_FILE is not for it. new_one = asked
 * twice and compared (E_PASSPHRASE_DIFFERS). */
enum err_code passphrase_of(const char *whose, const char *file_or_null, bool new_one, char **out, struct err *e) NODISCARD;
void passphrase_free(char *p);

/* --- transactions: everything between begin and commit is one SQLite transaction; packs written inside become visible only with it --- */
enum err_code store_begin(struct store *s, struct err *e) NODISCARD;
enum err_code store_commit(struct store *s, struct err *e) NODISCARD;
void store_rollback(struct store *s); /* removes the packs written since begin */

/* Two threads of one job may write into one transaction: each calls store_enter before it touches the store and store_leave after; the guard is let go while a
 * segment is compressed and encrypted, which is where the time goes. Without store_share both do nothing. Only a transaction's owner begins and ends it. */
enum err_code store_share(struct store *s, struct err *e) NODISCARD;
void store_unshare(struct store *s); /* when the other thread has ended; harmless when not shared */
void store_enter(struct store *s);
void store_leave(struct store *s);

/* --- access log: an intent is written before store_begin (it must be durable by itself); an outcome inside or after the transaction --- */
struct log_entry {
  const char *action;   /* one of access_log.h's action names, "data-import" */
  const char *object;   /* ids, no names, no values: "batch:3fa9..", "dataset:vital/birth/2025-12/received" */
  const char *purpose;  /* legal basis or reason code, "" = own statistics */
  int64_t rows;
  uint8_t columns_hash[32], output_hash[32];
  const char *detail;   /* encrypted apart, may be "" */
};
enum err_code store_log_intent(struct store *s, const struct log_entry *entry, int64_t *seq, struct err *e) NODISCARD; /* durable on return */
enum err_code store_log_outcome(struct store *s, int64_t intent_seq, const struct log_entry *entry, bool ok, struct err *e) NODISCARD;

/* --- datasets: survey x form x period x stage, an ordered list of shards --- */
struct dataset_key {
  const char *survey, *form, *period, *stage; /* stage: "received", "edited", "imputed" */
};
struct shard {
  int64_t id;
  char batch[65];      /* id of the batch it came from, "" = made here */
  char sender[48];     /* office id */
  int64_t n_rows;      /* current rows; n_stored also counts those that store_shard_hide marked */
  int64_t n_stored, number; /* number: sequence of its batch */
  int64_t sequence;    /* order within the dataset: by sender, then batch sequence, never by arrival */
  char form_hash[65];
  char content_hash[65]; /* SHA-256 over the segments' plaintext encodings, and over the marks when rows are hidden: what lineage names */
};
struct shard_write; /* begins inside a transaction */
enum err_code store_shard_begin(struct store *s, const struct dataset_key *key, const char *form_hash, const char *batch, const char *sender,
                                int64_t batch_sequence, struct shard_write **out, struct err *e) NODISCARD;
/* Appends rows row0 .. row0+n-1 of the table as row groups of STORE_ROW_GROUP rows or 14 MiB of texts in a column, every column one segment of its part;
 * parts[k] is an item_part number. Returns early
 * errors; the first call fixes the columns. */
enum err_code store_shard_append(struct shard_write *w, const struct table *t, const uint8_t *parts, int64_t row0, int64_t n,
                                 struct err *e) NODISCARD;
enum err_code store_shard_end(struct shard_write *w, int64_t *shard_id, struct err *e) NODISCARD; /* frees w, also on error */
void store_shard_abort(struct shard_write *w);

/* --- versions: a record that was replaced or withdrawn stays where it is and is marked as not current. Readers see current rows only; the two
 * functions ending in _all are for those who compare versions or count what was received. --- */
/* hidden[row] != 0: not current. Inside a transaction; the same marks again write nothing. */
enum err_code store_shard_hide(struct store *s, int64_t shard_id, const uint8_t *hidden, int64_t n_rows, struct err *e) NODISCARD;
enum err_code store_shards_all(struct store *s, const struct dataset_key *key, struct arena *a, struct shard **out, int64_t *n,
                               struct err *e) NODISCARD;
enum err_code store_shard_read_all(struct store *s, int64_t shard_id, int64_t access, const char *const *columns, int n_columns, struct arena *a,
                                   struct table *out, struct err *e) NODISCARD;

/* Shards of a dataset in order, without those that have no current row; arena copies. n = 0 when the dataset does not exist. */
enum err_code store_shards(struct store *s, const struct dataset_key *key, struct arena *a, struct shard **out, int64_t *n, struct err *e) NODISCARD;
/* Reads the current rows of named columns (NULL = all) of one shard into a table of arena a; row-ordered. Needs an intent leaf: `access` is its
 * sequence number. A damaged segment is E_STORE_TAMPERED with the batch named as subject. */
enum err_code store_shard_read(struct store *s, int64_t shard_id, int64_t access, const char *const *columns, int n_columns, struct arena *a,
                               struct table *out, struct err *e) NODISCARD;
/* The same for one row group of a shard, so that memory stays bounded whatever its size. */
enum err_code store_shard_read_group(struct store *s, int64_t shard_id, int64_t group, int64_t access, const char *const *columns, int n_columns,
                                     struct arena *a, struct table *out, struct err *e) NODISCARD;
/* Current rows of each of its row groups. */
enum err_code store_shard_groups(struct store *s, int64_t shard_id, struct arena *a, int64_t **rows, int64_t *n, struct err *e) NODISCARD;
/* The columns of a shard in order: returns their number (at most max are filled), -1 on error. */
struct store_column {
  char name[128], unit[32];
  enum column_type type;
  int decimals;
  bool is_date;
  uint8_t part; /* item_part number */
};
int store_shard_columns(struct store *s, int64_t shard_id, struct store_column *out, int max, struct err *e) NODISCARD;
/* Replaces a dataset of a later stage made by a run ("edited", "imputed"): removes its shards inside the transaction; received data are never
 * removed. */
enum err_code store_dataset_clear(struct store *s, const struct dataset_key *key, struct err *e) NODISCARD;

/* A received shard gives way to a newer version of itself: the same dataset, sender, place and number of rows, written in this transaction. What came in
 * first must rest elsewhere (a shard of another stage, the original file): the caller's duty. Else E_STORE_RECEIVED_KEPT and nothing is removed. */
enum err_code store_shard_replace(struct store *s, int64_t old_shard, int64_t new_shard, struct err *e) NODISCARD;

/* --- blobs: original files, batch members, receipts; sealed in chunks of 1 MiB --- */
enum err_code store_blob_put(struct store *s, const char *kind, const char *name, const void *p, size_t n, uint8_t part, char id_out[65],
                             struct err *e) NODISCARD;
/* The same in pieces of STORE_BLOB_PIECE bytes, the last one shorter, for a caller who knows the SHA-256 of the whole. */
enum { STORE_BLOB_PIECE = 1 << 20 };
struct blob_write;
enum err_code store_blob_begin(struct store *s, const char *kind, const char *name, const uint8_t sha256[32], int64_t n, uint8_t part, struct blob_write **out,
                               struct err *e) NODISCARD;
enum err_code store_blob_add(struct blob_write *w, const void *p, size_t n, struct err *e) NODISCARD;
enum err_code store_blob_end(struct blob_write *w, char id_out[65], struct err *e) NODISCARD; /* frees w, also on error */
void store_blob_abort(struct blob_write *w);
enum err_code store_blob_get(struct store *s, const char *id, int64_t access, size_t max, struct strbuf *out, struct err *e) NODISCARD;
/* The name it was put with; sealed like the content. */
enum err_code store_blob_name(struct store *s, const char *id, int64_t access, struct strbuf *out, struct err *e) NODISCARD;

/* --- keys that batches need --- */
enum err_code store_sign(struct store *s, const void *p, size_t n, const char *trusted_comment, struct strbuf *minisig,
                         struct err *e) NODISCARD; /* minisign file text */
const uint8_t *store_age_secret(struct store *s); /* 32 bytes in locked memory; NULL when locked and within a session */
/* An age file for this office; E_STORE_LOCKED, E_AGE_*. */
enum err_code store_age_decrypt(struct store *s, const void *p, size_t n, size_t max_out, struct strbuf *out, struct err *e) NODISCARD;
/* Equality token of a record key: HMAC-SHA-256 under the store's LINK key and purpose; 32 bytes. */
enum err_code store_token(struct store *s, const char *purpose, const void *p, size_t n, uint8_t out[32], struct err *e) NODISCARD;

/* --- peers: public keys of other offices (enrolled by fingerprint) --- */
enum err_code store_peer_add(struct store *s, const struct office *peer, struct err *e) NODISCARD;
enum err_code store_peer(struct store *s, const char *office_id, struct office *out, struct err *e) NODISCARD; /* E_STORE_NO_PEER */
enum err_code store_peers(struct store *s, struct arena *a, struct office **out, int64_t *n, struct err *e) NODISCARD; /* by id */

/* --- verify: no keys needed for the log and the packs' hashes; with keys every segment is opened too --- */
struct store_verify_report {
  int64_t leaves, checkpoints, packs, segments, segments_opened, problems;
  char root_hex[65];
};
enum err_code store_verify(struct store *s, bool open_segments, struct store_verify_report *out,
                           struct err *e) NODISCARD; /* each problem to the job's sink */
#endif
