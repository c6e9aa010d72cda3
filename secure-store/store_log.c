/* store_log.c -- the access log of a store on its two devices: the table `log` and the file log2.
 * Order    a leaf goes into the table first; log2 gets it after the commit that makes it durable. So log2 is never longer than the table, and
 *          shorter only by leaves of the last transaction: anything else is an attack or a wrong copy, and the store stays closed. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "base/atomic_file.h"
#include "secure-store/rights/clock.h"
#include "secure-store/rights/grant_impl.h"
#include "secure-store/store_impl.h"

/* --- device 1: the table --- */

static enum err_code db_device_count(void *context, uint64_t *n, struct err *e) {
  struct store *s = context;
  struct db_statement *q;
  bool row;
  TRY(db_prepare(s->db, "SELECT coalesce(max(seq) + 1, 0) FROM log", &q, e));
  TRY(db_step(q, &row, e));
  *n = row ? (uint64_t)db_int(q, 0) : 0;
  db_reset(q);
  return E_OK;
}

static enum err_code db_device_append(void *context, uint64_t seq, const void *leaf, size_t n, struct err *e) {
  struct store *s = context;
  struct db_statement *q;
  TRY(db_prepare(s->db, "INSERT INTO log(seq, leaf) VALUES(?1, ?2)", &q, e));
  db_bind_int(q, 1, (int64_t)seq);
  db_bind_blob(q, 2, leaf, n);
  return db_execute(q, e);
}

static enum err_code db_device_each(void *context, uint64_t first, uint64_t end,
                                    enum err_code (*fn)(void *, uint64_t, const void *, size_t, struct err *), void *fn_context, struct err *e) {
  struct store *s = context;
  struct db_statement *q;
  bool row;
  TRY(db_prepare(s->db, "SELECT seq, leaf FROM log WHERE seq >= ?1 AND seq < ?2 ORDER BY seq", &q, e));
  db_bind_int(q, 1, (int64_t)first);
  db_bind_int(q, 2, (int64_t)end);
  enum err_code code = E_OK;
  uint64_t seq = first;
  while (!(code = db_step(q, &row, e)) && row) {
    struct str leaf = db_blob(q, 1);
    if ((uint64_t)db_int(q, 0) != seq) code = ERR(e, E_STORE_LOG_EDITED, .subject = "store.db", .found = "a missing or renumbered entry");
    if (!code) code = fn(fn_context, seq++, leaf.p, leaf.n, e);
    if (code) break;
  }
  db_reset(q);
  if (!code && seq != end) code = ERR(e, E_STORE_LOG_EDITED, .subject = "store.db", .found = "a missing or renumbered entry");
  return code;
}

struct log_device store_log_db_device(struct store *s) {
  return (struct log_device){.name = "store.db", .context = s, .count = db_device_count, .append = db_device_append, .each = db_device_each};
}

/* --- device 2: log2 behind a queue that waits for the commit --- */

static enum err_code file_device_count(void *context, uint64_t *n, struct err *e) {
  struct store *s = context;
  return s->log.file_device.count(s->log.file_device.context, n, e);
}

static enum err_code file_device_append(void *context, uint64_t seq, const void *leaf, size_t n, struct err *e) {
  struct store *s = context;
  if (!s->log.queueing) return s->log.file_device.append(s->log.file_device.context, seq, leaf, n, e);
  bytes_put_u64(&s->log.queue, seq);
  bytes_put_u32(&s->log.queue, (uint32_t)n);
  strbuf_add(&s->log.queue, leaf, n);
  return s->log.queue.failed ? ERR(e, E_NO_MEMORY, .subject = "log2") : E_OK;
}

static enum err_code file_device_each(void *context, uint64_t first, uint64_t end,
                                      enum err_code (*fn)(void *, uint64_t, const void *, size_t, struct err *), void *fn_context, struct err *e) {
  struct store *s = context;
  return s->log.file_device.each(s->log.file_device.context, first, end, fn, fn_context, e);
}

/* --- opening --- */

static enum err_code last_checkpoint(struct store *s, struct strbuf *note, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(s->db, "SELECT note FROM checkpoint ORDER BY id DESC LIMIT 1", &q, e));
  TRY(db_step(q, &row, e));
  if (row) strbuf_add(note, db_text(q, 0).p, db_text(q, 0).n);
  db_reset(q);
  return note->failed ? ERR(e, E_NO_MEMORY, .subject = "checkpoint") : E_OK;
}

static enum err_code check_lengths(struct store *s, uint64_t in_db, uint64_t in_file, struct err *e) {
  int64_t acknowledged = 0;
  char found[96];
  TRY(store_meta_int(s->db, "log2_acknowledged", &acknowledged, e));
  snprintf(found, sizeof found, "store.db has %llu entries, log2 %llu", (unsigned long long)in_db, (unsigned long long)in_file);
  if (in_db < in_file) return ERR(e, E_STORE_ROLLED_BACK, .file = s->folder, .subject = "store.db", .found = found);
  if (in_file < (uint64_t)acknowledged) return ERR(e, E_STORE_LOG_EDITED, .file = s->folder, .subject = "log2", .found = found);
  return E_OK;
}

static enum err_code edited(struct store *s, enum err_code code, struct err *e) {
  bool about_content = code == E_LOG_FORKED || code == E_LOG_LEAF || code == E_LOG_ROLLED_BACK || code == E_NOTE_SIGNATURE ||
      code == E_NOTE_MALFORMED;
  return about_content ? ERR_WRAP(e, E_STORE_LOG_EDITED, .file = s->folder, .subject = "store.db, log2") : code;
}

static enum err_code learn_leaf(void *context, uint64_t seq, const void *p, size_t n, struct err *e) {
  struct store *s = context;
  struct log_leaf leaf;
  TRY(log_leaf_parse(p, n, &leaf, e));
  if (leaf.seq != seq) return ERR(e, E_STORE_LOG_EDITED, .subject = "store.db", .found = "a renumbered entry");
  return record_index_add(&s->records, &leaf, e);
}

/* After the log was opened anew in the middle of a session: the table may hold leaves of a commit whose end was not seen. */
static enum err_code records_catch_up(struct store *s, struct err *e) {
  uint64_t n = access_log_size(s->log.tree);
  if (s->records.next_seq == 0 || n <= s->records.next_seq) return E_OK;
  return db_device_each(s, s->records.next_seq, n, learn_leaf, s, e);
}

enum err_code store_log_start(struct store *s, struct err *e) {
  char path[STORE_PATH_BYTES];
  struct strbuf note;
  struct log_open_report report;
  uint64_t in_db = 0, in_file = 0;
  store_log_stop(s);
  store_path(s, "log2", path);
  strbuf_init(&note, 0);
  strbuf_init(&s->log.queue, 0);
  enum err_code code = s->may_read_log2 ? log_file_open(path, false, &s->log.file, &s->log.file_device, e) : E_OK;
  const struct log_device devices[2] = {store_log_db_device(s),
                                        {.name = "log2", .context = s, .count = file_device_count, .append = file_device_append,
                                         .each = file_device_each}};
  if (!code) code = devices[0].count(devices[0].context, &in_db, e);
  if (!code && s->may_read_log2) code = devices[1].count(devices[1].context, &in_file, e);
  if (!code && s->may_read_log2) code = check_lengths(s, in_db, in_file, e);
  if (!code) code = last_checkpoint(s, &note, e);
  /* Without keys nothing may be written, so log2 is compared by store_verify instead of being brought up to date. */
  if (!code) code = access_log_open(devices, s->locked ? 1 : 2, &s->log_key, note.n ? strbuf_cstr(&note) : NULL, &s->log.tree, &report, e);
  if (!code) code = records_catch_up(s, e);
  if (code) store_log_stop(s);
  strbuf_release(&note);
  return edited(s, code, e);
}

void store_log_stop(struct store *s) {
  access_log_close(s->log.tree);
  log_file_close(s->log.file);
  strbuf_release(&s->log.queue);
  s->log.tree = NULL;
  s->log.file = NULL;
  s->log.queueing = s->log.stale = false;
}

/* --- leaves --- */

static void read_boot_id(uint8_t out[16]) {
  FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");
  char text[64] = "", hex[33] = "";
  size_t n = 0;
  if (f) {
    if (!fgets(text, sizeof text, f)) text[0] = 0;
    fclose(f);
  }
  for (const char *p = text; *p && n < 32; p++)
    if (*p != '-' && *p != '\n') hex[n++] = *p;
  if (n != 32 || !hex_decode(hex, n, out)) memset(out, 0, 16);
}

void store_log_boot(struct log_leaf *leaf) {
  struct timespec t = {0, 0};
  clock_gettime(CLOCK_BOOTTIME, &t);
  read_boot_id(leaf->boot_id);
  leaf->monotonic_ms = (uint64_t)t.tv_sec * 1000u + (uint64_t)t.tv_nsec / 1000000u;
}

void store_log_leaf_begin(const struct store *s, struct log_leaf *leaf, const char *action, enum log_result result) {
  memset(leaf, 0, sizeof *leaf);
  store_log_boot(leaf);
  leaf->wall = store_clock_leaf(s);
  leaf->action = log_action_number(action);
  leaf->result = (uint8_t)result;
  leaf->role = LOG_ROLE_PROGRAM;
  leaf->intent = UINT64_MAX;
  if (s->keys) memcpy(leaf->actor, keystore_minisign(s->keys)->key_id, sizeof leaf->actor);
  memcpy(leaf->root_before, s->state_root, 32);
  memcpy(leaf->root_after, s->state_root, 32);
}

/* The first leaf of a transaction notes how far log2 has come: a later open can tell an interrupted command from a shortened file. */
enum err_code store_log_acknowledge(struct store *s, struct err *e) {
  uint64_t in_file = 0;
  if (s->log.queue.n > 0) return E_OK;
  TRY(file_device_count(s, &in_file, e));
  return store_meta_put_int(s->db, "log2_acknowledged", (int64_t)in_file, e);
}

/* Leaves after which outsiders are told at once how the log stands, and the longest a session may go without telling (secure.md 4.5). */
enum { CHECKPOINT_SECONDS = 15 * 60 };
static bool checkpoint_due(const struct store *s, const struct log_leaf *leaf) {
  static const char *const always[] = {"package-build", "package-handover", "output-release", "destroy-execute",
                                       "destroy-certify"}; /* unlock and seal sign theirs themselves */
  const char *action = log_action_name(leaf->action);
  if (!s->keys || leaf->result == LOG_INTENT) return false;
  for (size_t i = 0; i < sizeof always / sizeof *always; i++)
    if (strcmp(action, always[i]) == 0) return true;
  return leaf->wall - s->log.checkpoint_wall >= CHECKPOINT_SECONDS;
}

enum err_code store_log_append(struct store *s, struct log_leaf *leaf, struct err *e) {
  if (!s->in_transaction) return ERR(e, E_STORE_NO_TRANSACTION, .subject = "store_log_append");
  if (leaf->action == 0) return ERR(e, E_LOG_ACTION, .subject = leaf->object);
  if (s->log.stale || !s->log.tree) TRY(store_log_start(s, e));
  TRY(store_log_acknowledge(s, e));
  s->log.queueing = true;
  TRY(access_log_append(s->log.tree, leaf, e));
  TRY(record_index_add(&s->records, leaf, e));
  return checkpoint_due(s, leaf) ? store_log_checkpoint(s, e) : E_OK;
}

const struct note_key *store_log_signer(const struct store *s) { return s->keys ? keystore_log_key(s->keys) : &s->log_key; }

enum err_code store_log_checkpoint(struct store *s, struct err *e) {
  struct strbuf note;
  struct db_statement *q;
  strbuf_init(&note, 0);
  enum err_code code = access_log_checkpoint(s->log.tree, store_log_signer(s), &note, e);
  if (!code) code = db_prepare(s->db, "INSERT INTO checkpoint(size, note) VALUES(?1, ?2)", &q, e);
  if (!code) {
    db_bind_int(q, 1, (int64_t)access_log_size(s->log.tree));
    db_bind_text(q, 2, str_view(note.p, note.n));
    code = db_execute(q, e);
  }
  strbuf_release(&note);
  if (!code) s->log.checkpoint_wall = access_log_last_wall(s->log.tree);
  return code;
}

static enum err_code last_size(struct store *s, int64_t *size, struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(db_prepare(s->db, "SELECT size FROM checkpoint ORDER BY id DESC LIMIT 1", &q, e));
  TRY(db_step(q, &row, e));
  *size = row ? db_int(q, 0) : 0;
  db_reset(q);
  return E_OK;
}

void store_log_note_checkpoint(struct store *s) {
  struct err problem;
  uint8_t root[32];
  if (!s->keys || !s->log.tree || s->log.stale || s->in_transaction || s->keys_unrecorded) return;
  access_log_root(s->log.tree, root);
  if (keystore_note_checkpoint(s->keys, access_log_size(s->log.tree), root, &problem)) job_problem(s->job, &problem);
}

enum err_code store_log_tick(struct store *s, struct err *e) {
  int64_t size = 0;
  if (s->locked || s->in_transaction || job_now(s->job) - s->log.checkpoint_wall < CHECKPOINT_SECONDS) return E_OK;
  if (s->log.stale || !s->log.tree) TRY(store_log_start(s, e));
  TRY(last_size(s, &size, e));
  if ((uint64_t)size == access_log_size(s->log.tree)) return E_OK;
  TRY(store_begin_plain(s, e));
  enum err_code code = store_log_checkpoint(s, e);
  if (!code) code = store_commit(s, e);
  else store_rollback(s);
  if (!code) store_log_note_checkpoint(s);
  return code;
}

enum err_code store_log_flush(struct store *s, struct err *e) {
  struct bytes_reader r;
  bytes_reader_init(&r, s->log.queue.p, s->log.queue.n);
  enum err_code code = E_OK;
  while (!code && bytes_left(&r) > 0) {
    uint64_t seq = bytes_u64(&r);
    uint32_t n = bytes_u32(&r);
    const uint8_t *leaf = bytes_take(&r, n);
    code = s->log.file_device.append(s->log.file_device.context, seq, leaf, n, e);
  }
  strbuf_reset(&s->log.queue);
  s->log.queueing = false;
  if (code) s->log.stale = true; /* the table has the leaf; opening the log anew brings log2 up to date before anything else is allowed */
  return code;
}

void store_log_forget(struct store *s) {
  if (s->log.queue.n > 0 || s->log.queueing) s->log.stale = true; /* the tree in memory knows leaves that were rolled back */
  strbuf_reset(&s->log.queue);
  s->log.queueing = false;
}

/* --- one leaf in its own transaction --- */

static enum err_code note_once(struct store *s, struct log_leaf *leaf, bool checkpoint, struct err *e) {
  TRY(store_begin_plain(s, e));
  enum err_code code = store_log_append(s, leaf, e);
  if (!code && checkpoint) code = store_log_checkpoint(s, e);
  if (code) {
    store_rollback(s);
    return code;
  }
  return store_commit(s, e);
}

/* Room kept for this moment: gives back the reserve file so that a full disk cannot keep the log from being closed. */
static void release_reserve(struct store *s) {
  char path[STORE_PATH_BYTES];
  store_path(s, "reserve", path);
  store_reserve_release(path);
}

enum err_code store_log_note(struct store *s, struct log_leaf *leaf, bool checkpoint, struct err *e) {
  bool known = s->log.tree && !s->log.stale;
  uint64_t before = known ? access_log_size(s->log.tree) : 0;
  struct log_leaf again = *leaf;
  enum err_code code = note_once(s, leaf, checkpoint, e);
  if (code != E_DISK_FULL) return code;
  release_reserve(s);
  /* The table may have taken the leaf and only log2 failed: then catching up is enough. */
  TRY(store_log_start(s, e));
  if (known && access_log_size(s->log.tree) > before) return E_OK;
  *leaf = again;
  return note_once(s, leaf, checkpoint, e);
}

static enum err_code fill_leaf(struct store *s, const struct log_entry *entry, enum log_result result, struct log_leaf *leaf, struct err *e) {
  store_log_leaf_begin(s, leaf, entry->action, result);
  const char *object = entry->object ? entry->object : "", *basis = entry->purpose ? entry->purpose : "";
  if (leaf->action == 0) return ERR(e, E_LOG_ACTION, .subject = entry->action);
  if (strlen(object) >= sizeof leaf->object || strlen(basis) >= sizeof leaf->basis) return ERR(e, E_LOG_ACTION, .subject = entry->action,
                                                                                               .found = "ids too long");
  leaf->role = LOG_ROLE_KEY_OFFICER;
  memcpy(leaf->object, object, strlen(object) + 1);
  memcpy(leaf->basis, basis, strlen(basis) + 1);
  leaf->rows = entry->rows;
  memcpy(leaf->columns_hash, entry->columns_hash, 32);
  memcpy(leaf->output_hash, entry->output_hash, 32);
  grant_on_leaf(s, leaf);
  return E_OK;
}

/* The detail is sealed under its own key and stands beside the log, so that it can be erased while the tree stays whole. */
static enum err_code put_detail(struct store *s, const char *name, struct str detail, struct log_leaf *leaf, struct strbuf *sealed, struct err *e) {
  struct db_statement *q;
  if (detail.n == 0) return E_OK;
  TRY(log_detail_seal(keystore_log_detail_key(s->keys), name, detail, leaf, sealed, e));
  TRY(db_prepare(s->db, "INSERT INTO log_detail(name, seq, sealed) VALUES(?1, ?2, ?3)", &q, e));
  db_bind_cstr(q, 1, name);
  db_bind_int(q, 2, (int64_t)access_log_size(s->log.tree));
  db_bind_blob(q, 3, sealed->p, sealed->n);
  return db_execute(q, e);
}

enum err_code store_log_append_detail(struct store *s, struct str detail, struct log_leaf *leaf, struct err *e) {
  struct strbuf sealed;
  uint8_t random[12];
  char name[25];
  random_bytes(random, sizeof random);
  hex_encode(random, sizeof random, name);
  strbuf_init(&sealed, 0);
  if (s->log.stale || !s->log.tree) TRY(store_log_start(s, e));
  enum err_code code = put_detail(s, name, detail, leaf, &sealed, e);
  if (!code) code = store_log_append(s, leaf, e);
  strbuf_release(&sealed);
  return code;
}

static enum err_code append_entry(struct store *s, const struct log_entry *entry, struct log_leaf *leaf, struct err *e) {
  TRY(store_log_append_detail(s, str_of(entry->detail), leaf, e));
  return leaf->result == LOG_INTENT ? E_OK : grant_on_outcome(s, e);
}

static enum err_code entry_once(struct store *s, const struct log_entry *entry, struct log_leaf *leaf, struct err *e) {
  TRY(store_begin_plain(s, e));
  enum err_code code = append_entry(s, entry, leaf, e);
  if (code) {
    store_rollback(s);
    return code;
  }
  return store_commit(s, e);
}

/* Outcomes must be writable on a full disk, intents must not be: work that needs space should not begin. */
static enum err_code entry_with_reserve(struct store *s, const struct log_entry *entry, struct log_leaf *leaf, struct err *e) {
  struct log_leaf again = *leaf;
  bool known = s->log.tree && !s->log.stale;
  uint64_t before = known ? access_log_size(s->log.tree) : 0;
  enum err_code code = entry_once(s, entry, leaf, e);
  if (code != E_DISK_FULL) return code;
  release_reserve(s);
  TRY(store_log_start(s, e));
  if (known && access_log_size(s->log.tree) > before) return E_OK;
  *leaf = again;
  return entry_once(s, entry, leaf, e);
}

static int64_t find_intent(const struct store *s, int64_t seq) {
  int64_t v;
  for (size_t i = 0; i + sizeof v <= s->log.open_intents.n; i += sizeof v) {
    memcpy(&v, s->log.open_intents.p + i, sizeof v);
    if (v == seq) return (int64_t)i;
  }
  return -1;
}

bool store_log_is_open(const struct store *s, int64_t intent) { return find_intent(s, intent) >= 0; }

static void forget_intent(struct store *s, int64_t seq) {
  struct strbuf *list = &s->log.open_intents;
  int64_t at = find_intent(s, seq);
  if (at < 0) return;
  list->n -= sizeof seq;
  memmove(list->p + at, list->p + list->n, sizeof seq);
}

enum err_code store_log_intent(struct store *s, const struct log_entry *entry, int64_t *seq, struct err *e) {
  struct log_leaf leaf;
  *seq = -1;
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = entry->action);
  if (s->in_transaction) return ERR(e, E_STORE_NO_TRANSACTION, .subject = "store_log_intent",
                                    .expected = "before store_begin: it must be durable by itself");
  if (s->grant) TRY(grant_on_intent(s, e));
  TRY(fill_leaf(s, entry, LOG_INTENT, &leaf, e));
  enum err_code code = entry_once(s, entry, &leaf, e);
  if (code) return ERR_WRAP(e, E_STORE_LOG_WRITE, .subject = entry->action);
  *seq = (int64_t)leaf.seq;
  strbuf_add(&s->log.open_intents, (const char *)seq, sizeof *seq);
  return s->log.open_intents.failed ? ERR(e, E_NO_MEMORY, .subject = "intents") : E_OK;
}

enum err_code store_log_outcome(struct store *s, int64_t intent_seq, const struct log_entry *entry, bool ok, struct err *e) {
  struct log_leaf leaf;
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = entry->action);
  if (!store_log_is_open(s, intent_seq)) return ERR(e, E_STORE_NO_ACCESS, .subject = entry->action);
  TRY(fill_leaf(s, entry, ok ? LOG_DONE : LOG_FAILED, &leaf, e));
  leaf.intent = (uint64_t)intent_seq;
  TRY(s->in_transaction ? append_entry(s, entry, &leaf, e) : entry_with_reserve(s, entry, &leaf, e));
  if (!s->in_transaction) {
    forget_intent(s, intent_seq);
    return E_OK;
  }
  /* Closed for good only if the transaction commits. */
  strbuf_add(&s->log.closing, (const char *)&intent_seq, sizeof intent_seq);
  return s->log.closing.failed ? ERR(e, E_NO_MEMORY, .subject = "intents") : E_OK;
}

void store_log_settle(struct store *s, bool committed) {
  int64_t seq;
  for (size_t i = 0; committed && i + sizeof seq <= s->log.closing.n; i += sizeof seq) {
    memcpy(&seq, s->log.closing.p + i, sizeof seq);
    forget_intent(s, seq);
  }
  strbuf_reset(&s->log.closing);
  grant_on_settle(s, committed);
}

/* --- reading --- */

struct each_context {
  enum err_code (*fn)(void *context, const struct log_leaf *leaf, struct err *e);
  void *context;
};
static enum err_code each_leaf(void *context, uint64_t seq, const void *p, size_t n, struct err *e) {
  const struct each_context *c = context;
  struct log_leaf leaf;
  TRY(log_leaf_parse(p, n, &leaf, e));
  if (leaf.seq != seq) return ERR(e, E_STORE_LOG_EDITED, .subject = "store.db", .found = "a renumbered entry");
  return c->fn(c->context, &leaf, e);
}

enum err_code store_log_each(struct store *s, enum err_code (*fn)(void *context, const struct log_leaf *leaf, struct err *e), void *context,
                             struct err *e) {
  struct each_context c = {fn, context};
  uint64_t n = 0;
  TRY(db_device_count(s, &n, e));
  return db_device_each(s, 0, n, each_leaf, &c, e);
}
