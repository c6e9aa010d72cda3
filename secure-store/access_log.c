/* access_log.c -- the log as a whole: devices, tree, checkpoints; see access_log.h. */
#include "secure-store/access_log_impl.h"

#include <stdlib.h>
#include <string.h>

enum { CLOCK_SLACK_SECONDS = 120 };
static enum err_code keep_hash(struct access_log *log, const uint8_t hash[MERKLE_HASH], struct err *e) {
  if (log->frontier.size == log->capacity) {
    uint64_t capacity = log->capacity ? log->capacity * 2 : 256;
    void *grown = realloc(log->leaf_hash, (size_t)capacity * MERKLE_HASH);
    if (!grown) return ERR(e, E_NO_MEMORY, .subject = "access log");
    log->leaf_hash = grown;
    log->capacity = capacity;
  }
  memcpy(log->leaf_hash[log->frontier.size], hash, MERKLE_HASH);
  merkle_add(&log->frontier, hash);
  return E_OK;
}

/* --- opening --- */
static enum err_code load_leaf(void *context, uint64_t seq, const void *p, size_t n, struct err *e) {
  struct access_log *log = context;
  struct log_leaf leaf;
  uint8_t hash[MERKLE_HASH];
  TRY(log_leaf_parse(p, n, &leaf, e));
  if (leaf.seq != seq || seq != log->frontier.size || leaf.wall < log->last_wall)
    return ERR(e, E_LOG_LEAF, .subject = "leaf", .found = "an entry out of order");
  log->last_wall = leaf.wall;
  merkle_leaf_hash(p, n, hash);
  return keep_hash(log, hash, e);
}
static enum err_code compare_leaf(void *context, uint64_t seq, const void *p, size_t n, struct err *e) {
  const struct access_log *log = context;
  uint8_t hash[MERKLE_HASH];
  merkle_leaf_hash(p, n, hash);
  return seq < log->frontier.size && memcmp(hash, log->leaf_hash[seq], MERKLE_HASH) == 0 ? E_OK
                                                                                         : ERR(e, E_LOG_FORKED, .subject = log->devices[1].name);
}
struct copy {
  const struct log_device *to;
};
static enum err_code copy_leaf(void *context, uint64_t seq, const void *p, size_t n, struct err *e) {
  const struct copy *c = context;
  return c->to->append(c->to->context, seq, p, n, e);
}
/* Loads the longer device, compares the other as its prefix, completes it. */
static enum err_code load(struct access_log *log, struct log_open_report *report, struct err *e) {
  uint64_t count[LOG_DEVICES_MAX] = {0};
  for (int d = 0; d < log->n_devices; d++) TRY(log->devices[d].count(log->devices[d].context, &count[d], e));
  int longer = log->n_devices == 2 && count[1] > count[0];
  const struct log_device *main_device = &log->devices[longer];
  TRY(main_device->each(main_device->context, 0, count[longer], load_leaf, log, e));
  if (log->frontier.size != count[longer]) return ERR(e, E_LOG_FORKED, .subject = main_device->name, .found = "fewer entries than counted");
  report->leaves = count[longer];
  if (log->n_devices < 2) return E_OK;
  const struct log_device *other = &log->devices[!longer];
  TRY(other->each(other->context, 0, count[!longer], compare_leaf, log, e));
  if (count[0] == count[1]) return E_OK;
  report->healed_device = !longer;
  report->healed = count[longer] - count[!longer];
  return main_device->each(main_device->context, count[!longer], count[longer], copy_leaf, &(struct copy){other}, e);
}
enum err_code access_log_open(const struct log_device *devices, int n_devices, const struct note_key *key, const char *last_checkpoint,
    struct access_log **out, struct log_open_report *report, struct err *e) {
  struct log_open_report unused;
  if (!report) report = &unused;
  *report = (struct log_open_report){.healed_device = -1};
  *out = NULL;
  if (n_devices < 1 || n_devices > LOG_DEVICES_MAX) return ERR(e, E_BUG, .subject = "access_log_open");
  struct access_log *log = calloc(1, sizeof *log);
  if (!log) return ERR(e, E_NO_MEMORY, .subject = "access log");
  memcpy(log->devices, devices, (size_t)n_devices * sizeof *devices);
  log->n_devices = n_devices;
  log->last_wall = INT64_MIN;
  merkle_begin(&log->frontier);
  enum err_code code = load(log, report, e);
  if (!code && last_checkpoint) code = access_log_check(log, key, last_checkpoint, e);
  if (code) access_log_close(log);
  else *out = log;
  return code;
}
void access_log_close(struct access_log *log) {
  if (!log) return;
  free(log->leaf_hash);
  free(log);
}
uint64_t access_log_size(const struct access_log *log) { return log->frontier.size; }
void access_log_root(const struct access_log *log, uint8_t out[32]) { merkle_root(&log->frontier, out); }
bool access_log_root_at(const struct access_log *log, uint64_t size, uint8_t out[32]) {
  if (size > log->frontier.size) return false;
  merkle_root_of((const uint8_t(*)[MERKLE_HASH])log->leaf_hash, size, out);
  return true;
}
int64_t access_log_last_wall(const struct access_log *log) { return log->last_wall; }

/* --- appending --- */
static enum err_code write_everywhere(struct access_log *log, uint64_t seq, struct str bytes, struct err *e) {
  for (int d = 0; d < log->n_devices; d++) {
    enum err_code code = log->devices[d].append(log->devices[d].context, seq, bytes.p, bytes.n, e);
    if (code && d > 0) log->stopped = true; /* an earlier device has it: only opening anew can tell how things stand */
    if (code) return ERR_WRAP(e, E_LOG_STOPPED, .subject = log->devices[d].name);
  }
  return E_OK;
}
static enum err_code append_bytes(struct access_log *log, const struct log_leaf *leaf, struct strbuf *bytes, struct err *e) {
  uint8_t hash[MERKLE_HASH];
  TRY(log_leaf_encode(leaf, bytes, e));
  TRY(write_everywhere(log, leaf->seq, str_view(bytes->p, bytes->n), e));
  merkle_leaf_hash(bytes->p, bytes->n, hash);
  enum err_code code = keep_hash(log, hash, e);
  if (code) log->stopped = true;
  return code;
}
enum err_code access_log_append(struct access_log *log, struct log_leaf *leaf, struct err *e) {
  struct strbuf bytes;
  if (log->stopped) return ERR(e, E_LOG_STOPPED, .subject = "access log");
  leaf->seq = log->frontier.size;
  if (leaf->seq > 0 && leaf->wall < log->last_wall) {
    if (log->last_wall - leaf->wall > CLOCK_SLACK_SECONDS) return ERR(e, E_LOG_CLOCK, .subject = "clock");
    leaf->wall = log->last_wall;
  }
  strbuf_init(&bytes, 4096);
  enum err_code code = append_bytes(log, leaf, &bytes, e);
  if (!code) log->last_wall = leaf->wall;
  strbuf_release(&bytes);
  return code;
}

/* --- what an outsider gets --- */
enum err_code access_log_checkpoint(const struct access_log *log, const struct note_key *key, struct strbuf *note, struct err *e) {
  struct checkpoint c = {.size = log->frontier.size};
  merkle_root(&log->frontier, c.root);
  return checkpoint_sign(key, &c, note, e);
}
enum err_code access_log_check(const struct access_log *log, const struct note_key *key, const char *note, struct err *e) {
  struct checkpoint c;
  uint8_t root[MERKLE_HASH];
  TRY(checkpoint_verify(key, str_of(note), &c, e));
  if (c.size > log->frontier.size) return ERR(e, E_LOG_ROLLED_BACK, .subject = c.origin);
  merkle_root_of((const uint8_t(*)[MERKLE_HASH])log->leaf_hash, c.size, root);
  return memcmp(root, c.root, MERKLE_HASH) == 0 ? E_OK : ERR(e, E_LOG_FORKED, .subject = c.origin);
}
bool access_log_inclusion(const struct access_log *log, uint64_t seq, struct merkle_proof *out) {
  return merkle_inclusion((const uint8_t(*)[MERKLE_HASH])log->leaf_hash, log->frontier.size, seq, out);
}
bool access_log_consistency(const struct access_log *log, uint64_t old_size, struct merkle_proof *out) {
  return merkle_consistency((const uint8_t(*)[MERKLE_HASH])log->leaf_hash, log->frontier.size, old_size, out);
}
