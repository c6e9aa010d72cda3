/* store_impl.h -- what the store_*.c files share; not for users of the store. One file per idea: open, init, schema, office, log, state,
 * transaction, shard, blob, peer, verify.
 * Threads  a store belongs to one thread, or to two between store_share and store_unshare: then whoever touches it holds the guard, which is let go
 *          while a segment is encoded, compressed and encrypted (store_pure_begin, store_pure_end); the folder to one unlocked process (flock on `lock`). */
#ifndef SHIRABE_SECURE_STORE_STORE_IMPL_H
#define SHIRABE_SECURE_STORE_STORE_IMPL_H
#include <pthread.h>

#include "base/ext_sodium.h"
#include "secure-store/access_log.h"
#include "secure-store/keystore.h"
#include "secure-store/oversight/oversight.h"
#include "secure-store/pack.h"
#include "secure-store/rights/record_index.h"
#include "secure-store/segment.h"
#include "secure-store/state_tree.h"
#include "secure-store/store.h"
#include "secure-store/store_cutoff.h"
#include "secure-store/store_keys.h"

enum { STORE_PATH_BYTES = 4096, STORE_SCHEMA_VERSION = 3, STORE_DATASET_BYTES = 200, STORE_RESERVE_STANDARD = 64 << 20,
      STORE_RESERVE_LIGHT = 1 << 20 };
#define STORE_RETENTION "permanent" /* DEK class: premature destruction is as bad as a leak, so nothing shorter is assumed */
#define STORE_HEADER_COLUMN "#shard"
#define STORE_HIDDEN_COLUMN "#hidden"
#define STORE_LOG_ORIGIN "shirabe.invalid/store-log"

struct store_log {
  struct access_log *tree;
  struct log_file *file;         /* device 2 */
  struct log_device file_device; /* as log_file_open gave it */
  struct strbuf queue;           /* leaves of the open transaction for device 2: u64 seq, u32 n, bytes */
  bool queueing, stale;          /* stale: must be opened anew before the next leaf */
  struct strbuf open_intents;    /* int64_t: intents of this session without outcome */
  struct strbuf closing;         /* int64_t: those whose outcome stands in the open transaction */
  int64_t checkpoint_wall;       /* when this session signed its last checkpoint; 0 = not yet */
};

/* The received datasets of one period as they were at a cut-off. */
struct store_as_of {
  struct store_cutoff cutoff;
  int64_t last_segment;
  bool set;
};

struct store {
  struct arena *arena; /* owns this struct */
  const struct job *job;
  char folder[STORE_PATH_BYTES];
  struct office office;
  uint8_t office_hash[32], install_id[16];
  int lock_fd;
  bool locked; /* opened without keys */
  bool may_read_log2; /* false: another process writes it at this moment */
  struct db *db;
  struct keystore *keys; /* NULL when locked */
  struct note_key log_key; /* verifier: the secret stays with the keys */
  struct store_log log;
  uint8_t state_root[32]; /* as committed */
  bool shared; /* two threads: see store_share */
  pthread_mutex_t guard;
  bool in_transaction;
  bool pack_open, pack_done; /* writing; renamed but not yet named by a commit */
  struct pack_write pack;
  char pack_name[64];
  int64_t pack_id, pack_rows;
  uint64_t write_sequence;
  bool state_changed; /* in this transaction */
  const char *state_action; /* of the leaf that vouches for it; NULL = by what changed */
  char state_object[96];
  bool keys_changed, packs_dropped;
  bool keys_unrecorded; /* the key file may be of an epoch that the log does not name: no further leaf by this opening */
  struct state_tree state_tree; /* of the last state root asked for */
  struct strbuf peer_leaves;    /* leaf hashes of the peers, when peers_known */
  bool peers_known;
  int64_t peers_version; /* SQLite's data_version when they were read */
  struct record_index records;            /* what the log says about officers, roles and grants */
  struct record_index_kept records_kept;  /* as it was at store_begin */
  struct role_replay *roles;              /* rights/role_replay.h; NULL = not asked for yet */
  struct grant_session *grant;            /* rights/grant_impl.h; NULL = none entered */
  char signed_in_officer[48];               /* who showed his keys, "" = nobody */
  uint8_t signed_in_key[8];
  struct oversight_cache oversight;
  struct store_as_of as_of;
  struct strbuf checked; /* int64_t ids of datasets whose root was compared in this session */
  int n_present;         /* officers whose shares unlocked it */
  char present[16][48];
};

/* --- store_open.c: what the log says at the opening, and the steps of it --- */
struct store_facts {
  struct key_facts keys;
  bool interrupted; /* a change of keys was cut off after the key file was written */
  uint8_t root_after[32];
  bool any;
  struct strbuf open_intents; /* struct intent_fact */
  struct record_index *records;
};
struct store_attempt { /* to unlock with shares */
  uint64_t seq;        /* of its intent leaf */
  char shares[128];    /* " shares:25,31" */
};
void store_facts_begin(struct store *s, struct store_facts *f);
void store_facts_release(struct store_facts *f);
enum err_code store_verifier_key(struct store *s, struct err *e) NODISCARD; /* of the log, from the key file: enough to look */
enum err_code store_look(struct store *s, struct store_facts *f, struct err *e) NODISCARD; /* database, log, state, keys, records, clock */
enum err_code store_go_on(struct store *s, const struct store_facts *f, const struct store_attempt *attempt, struct err *e) NODISCARD;
enum err_code store_keys_fit(struct store *s, struct err *e) NODISCARD;
enum err_code store_check_keys(struct store *s, struct store_facts *f, struct err *e) NODISCARD; /* the key file against the log */
/* --- store_shares.c --- */
struct store_officers {
  const struct store_officer *list;
  int n;
};
enum err_code store_unlock_shares(struct store *s, const struct store_officers *officers, struct err *e) NODISCARD;
void store_note_present(struct store *s);

enum err_code store_new(const struct job *job, const char *folder, bool locked, struct store **out, struct err *e) NODISCARD;
enum err_code store_take_lock(struct store *s, struct err *e) NODISCARD;
void store_free(struct store *s);
enum err_code store_sweep(struct store *s, bool say, struct err *e) NODISCARD; /* removes files of segments/ that no row names */
void store_path(const struct store *s, const char *name, char out[STORE_PATH_BYTES]);
void store_pack_path(const struct store *s, const char *pack_name, char out[STORE_PATH_BYTES]);

enum err_code store_begin_plain(struct store *s, struct err *e) NODISCARD; /* without reserving rows of a grant: for leaves and rights */
void role_replay_release(struct store *s); /* rights/role_replay.c */
void store_pure_begin(struct store *s); /* what follows does not touch the store */
void store_pure_end(struct store *s);

/* --- store_reserve.c: space kept back so that a full disk still lets the log be closed --- */
enum err_code store_reserve_make(const char *path, int64_t bytes, struct err *e) NODISCARD;
void store_reserve_release(const char *path);

/* --- store_schema.c --- */
enum err_code store_schema_upgrade(struct db *db, int to_version, struct err *e) NODISCARD; /* inside a transaction of the caller */
enum err_code store_schema_version(struct db *db, int64_t *version, struct err *e) NODISCARD;
enum err_code store_schema_check(struct db *db, struct err *e) NODISCARD; /* our tables as written, no triggers, views or virtual tables */
enum err_code store_meta_put(struct db *db, const char *key, struct str value, struct err *e) NODISCARD;
enum err_code store_meta_put_int(struct db *db, const char *key, int64_t value, struct err *e) NODISCARD;
enum err_code store_meta_int(struct db *db, const char *key, int64_t *value, struct err *e) NODISCARD; /* 0 when absent */

/* --- store_office.c --- */
enum err_code office_card_parse(const char *file_name, struct str text, struct office *out, struct err *e) NODISCARD;
enum err_code office_check(const struct office *o, struct err *e) NODISCARD;

/* --- store_log.c --- */
enum err_code store_log_start(struct store *s, struct err *e) NODISCARD; /* opens both devices and compares them */
void store_log_stop(struct store *s);
void store_log_boot(struct log_leaf *leaf); /* this start of the machine, and how long it runs */
void store_log_leaf_begin(const struct store *s, struct log_leaf *leaf, const char *action, enum log_result result);
enum err_code store_log_append(struct store *s, struct log_leaf *leaf, struct err *e) NODISCARD; /* inside a transaction */
enum err_code store_log_append_detail(
    struct store *s, struct str detail, struct log_leaf *leaf, struct err *e) NODISCARD; /* the same; "" = no detail */
const struct note_key *store_log_signer(const struct store *s); /* the bare verifier when locked */
enum err_code store_log_checkpoint(struct store *s, struct err *e) NODISCARD;                    /* inside a transaction */
/* The checkpoint just committed goes into the key file as well, so that database and log cannot be put back without it. Called at opening, closing
 * and every 15 minutes; a key file that cannot be written at this moment is said (note) and stops nothing. */
void store_log_note_checkpoint(struct store *s);
/* For sessions that stay open: signs a checkpoint when the last is 15 minutes old and the log has grown (own transaction; not inside one). */
enum err_code store_log_tick(struct store *s, struct err *e) NODISCARD;
enum err_code store_log_acknowledge(struct store *s,
                                    struct err *e) NODISCARD;                   /* first leaf of a transaction: notes what device 2 holds */
enum err_code store_log_flush(struct store *s, struct err *e) NODISCARD;                         /* after COMMIT */
void store_log_forget(struct store *s);                                                          /* after ROLLBACK */
enum err_code store_log_note(struct store *s, struct log_leaf *leaf, bool checkpoint,
                             struct err *e) NODISCARD; /* own transaction, durable on return */
void store_log_settle(struct store *s, bool committed);
bool store_log_is_open(const struct store *s, int64_t intent);
enum err_code store_log_each(struct store *s, enum err_code (*fn)(void *context, const struct log_leaf *leaf, struct err *e), void *context,
                             struct err *e) NODISCARD;
struct log_device store_log_db_device(struct store *s);

/* --- store_state.c: RFC 6962 roots over (segment id, ciphertext hash) per dataset and over the datasets, peers and the office card --- */
enum err_code store_state_touch(struct store *s, int64_t dataset_id, bool rebuild, struct err *e) NODISCARD;
enum err_code store_state_update(struct store *s, uint8_t root[32], struct err *e) NODISCARD;  /* new roots of touched datasets, then the whole */
enum err_code store_state_root(struct store *s, uint8_t root[32], struct err *e) NODISCARD;    /* from the datasets' stored roots */
enum err_code store_data_version(struct store *s, int64_t *version, struct err *e) NODISCARD; /* changes when another connection writes */
void store_state_peers_changed(struct store *s); /* before the next root: a row was written, or a write was rolled back */
enum err_code store_state_dataset(struct store *s, int64_t dataset_id, uint8_t root[32], int64_t *n, struct err *e) NODISCARD; /* from the segments */
enum err_code store_state_check(struct store *s, int64_t dataset_id, struct err *e) NODISCARD; /* once per session and dataset: E_STORE_TAMPERED */

/* --- store_shard_account.c: *missing names what the database no longer shows of a dataset, NULL when all is there --- */
enum err_code store_dataset_accounted(struct store *s, int64_t dataset_id, const char *dataset, const char **missing, struct err *e) NODISCARD;

/* --- store_transaction.c --- */
enum err_code store_segment_add(struct store *s, const uint8_t dek[32], const struct segment_place *place, int64_t dataset_id, int64_t shard_id,
                                const char *blob_id, int column_no, const void *raw, struct err *e) NODISCARD;
struct store_segment {
  int64_t id;
  struct segment_place place; /* texts in `names` */
  uint64_t at, bytes;
  uint8_t sha256[32];
  char pack[64];
  char batch[65];
  int64_t dataset_id;
  char names[3][256]; /* dataset, table, column */
};
#define STORE_SEGMENT_COLUMNS                                                                                         \
  "g.id, d.name, g.place_table, g.column_name, g.part, g.codec, g.seg_no, g.row_first, g.rows, g.raw, g.schema_hash, " \
  "g.write_sequence, g.at, g.bytes, g.sha256, p.name, coalesce(h.batch, ''), g.dataset_id"
#define STORE_SEGMENT_FROM                                                                        \
  " FROM segment g JOIN dataset d ON d.id = g.dataset_id JOIN pack p ON p.id = g.pack_id "        \
  "LEFT JOIN shard h ON h.id = g.shard_id "
void store_segment_row(const struct db_statement *q, struct store_segment *out);
/* The segment sealed anew under another key, in the pack of this transaction; the caller touches its dataset (rebuild). */
enum err_code store_segment_again(struct store *s, const uint8_t dek[32], const struct store_segment *g, const void *raw, struct err *e) NODISCARD;
/* Reads, checks the hash, opens; raw is appended. `sealed` is scratch. */
enum err_code store_segment_open(struct store *s, const uint8_t dek[32], const struct store_segment *g, struct strbuf *sealed, struct strbuf *raw,
                                 struct err *e) NODISCARD;
enum err_code store_dek(struct store *s, const char *dataset, uint8_t part, bool create, uint8_t out[32], struct err *e) NODISCARD;
/* The key that stepped back for a new one and is not destroyed yet; E_STORE_KEY_MISSING when nothing is being sealed anew. */
enum err_code store_dek_before(struct store *s, const char *dataset, uint8_t part, uint8_t out[32], struct err *e) NODISCARD;
void store_key_name(const char *dataset, char out[STORE_DATASET_BYTES]); /* "vital/birth/2025-12/received" -> "vital/birth/2025-12" */
enum err_code store_dataset_id(struct store *s, const char *name, const struct dataset_key *key, bool create, int64_t *id,
                               struct err *e) NODISCARD; /* -1 = none */
/* Tampering found: writes a `tamper` leaf when it can and gives E_STORE_TAMPERED with batch (or dataset) as subject. */
enum err_code store_tampered(struct store *s, const struct store_segment *g, const char *what, struct err *e);
void strbuf_wipe_release(struct strbuf *b);
#endif
