/* access_log_export.c -- tiles and proofs for people who hold no keys (c2sp.org/tlog-tiles, c2sp.org/tlog-proof). */
#include <stdio.h>
#include <string.h>

#include "base/ext_sodium.h"
#include "secure-store/access_log_impl.h"

enum { TILE_WIDTH = 256, PATH_BYTES = 128 };
typedef const uint8_t (*hashes)[MERKLE_HASH];

/* "tile/<level>/x001/x234/067" and ".p/<width>" for a tile that is not full. level -1 = entries. */
static void tile_path(int level, uint64_t index, unsigned width, char out[PATH_BYTES]) {
  char number[64];
  size_t at = sizeof number - 1;
  number[at] = 0;
  bool first = true;
  do { /* groups of three digits from the right; all but the last carry an x */
    char group[8];
    int n = snprintf(group, sizeof group, first ? "%03u" : "x%03u/", (unsigned)(index % 1000));
    at -= (size_t)n;
    memcpy(number + at, group, (size_t)n);
    first = false;
    index /= 1000;
  } while (index > 0);
  int n = level < 0 ? snprintf(out, PATH_BYTES, "tile/entries/%s", number + at) : snprintf(out, PATH_BYTES, "tile/%d/%s", level, number + at);
  if (width < TILE_WIDTH) snprintf(out + n, PATH_BYTES - (size_t)n, ".p/%u", width);
}

/* One level: hash k covers 256^level leaves. */
static enum err_code emit_level(const struct access_log *log, int level, log_emit_fn emit, void *context, struct err *e) {
  uint64_t span = 1ull << (8 * level), n = log->frontier.size >> (8 * level);
  for (uint64_t first = 0; first < n; first += TILE_WIDTH) {
    uint8_t tile[TILE_WIDTH][MERKLE_HASH];
    char path[PATH_BYTES];
    unsigned width = n - first < TILE_WIDTH ? (unsigned)(n - first) : TILE_WIDTH;
    for (unsigned i = 0; i < width; i++) merkle_root_of((hashes)(log->leaf_hash + (first + i) * span), span, tile[i]);
    tile_path(level, first / TILE_WIDTH, width, path);
    TRY(emit(context, path, tile, (size_t)width * MERKLE_HASH, e));
  }
  return E_OK;
}

struct bundle {
  struct strbuf bytes;
  uint64_t size;
  log_emit_fn emit;
  void *context;
};
static enum err_code bundle_leaf(void *context, uint64_t seq, const void *p, size_t n, struct err *e) {
  struct bundle *b = context;
  char path[PATH_BYTES];
  strbuf_addc(&b->bytes, (char)(n >> 8)); /* big-endian, as tlog-tiles has it */
  strbuf_addc(&b->bytes, (char)n);
  strbuf_add(&b->bytes, p, n);
  unsigned width = (unsigned)(seq % TILE_WIDTH) + 1;
  if (width < TILE_WIDTH && seq + 1 < b->size) return E_OK;
  if (b->bytes.failed) return ERR(e, E_NO_MEMORY, .subject = "entry bundle");
  tile_path(-1, seq / TILE_WIDTH, width, path);
  enum err_code code = b->emit(b->context, path, b->bytes.p, b->bytes.n, e);
  strbuf_reset(&b->bytes);
  return code;
}
static enum err_code emit_checkpoint(const struct access_log *log, const struct note_key *key, log_emit_fn emit, void *context, struct err *e) {
  struct strbuf note;
  strbuf_init(&note, 4096);
  enum err_code code = access_log_checkpoint(log, key, &note, e);
  if (!code) code = emit(context, "checkpoint", note.p, note.n, e);
  strbuf_release(&note);
  return code;
}
enum err_code access_log_tiles(const struct access_log *log, const struct note_key *key, log_emit_fn emit, void *context, struct err *e) {
  const struct log_device *d = &log->devices[0];
  struct bundle b = {.size = log->frontier.size, .emit = emit, .context = context};
  strbuf_init(&b.bytes, TILE_WIDTH * (LOG_LEAF_MAX + 2));
  enum err_code code = d->each(d->context, 0, b.size, bundle_leaf, &b, e);
  strbuf_release(&b.bytes);
  for (int level = 0; !code && level < 8 && log->frontier.size >> (8 * level) > 0; level++) code = emit_level(log, level, emit, context, e);
  return code ? code : emit_checkpoint(log, key, emit, context, e); /* last: who sees it finds all tiles */
}

bool access_log_leaf_hash(const struct access_log *log, uint64_t seq, uint8_t out[32]) {
  if (seq >= log->frontier.size) return false;
  memcpy(out, log->leaf_hash[seq], MERKLE_HASH);
  return true;
}
static void add_hashes(const struct merkle_proof *proof, struct strbuf *out) {
  char text[64];
  for (int i = 0; i < proof->n; i++) {
    base64_encode(proof->hash[i], MERKLE_HASH, true, text, sizeof text);
    strbuf_addf(out, "%s\n", text);
  }
  strbuf_addc(out, '\n');
}
enum err_code access_log_request(const struct access_log *log, const struct note_key *key, uint64_t old_size, struct strbuf *out, struct err *e) {
  struct merkle_proof proof = {.n = 0};
  if (old_size > 0 && !access_log_consistency(log, old_size, &proof))
    return ERR(e, E_LOG_ROLLED_BACK, .subject = "log", .expected = "at least as many entries as the witness has seen");
  strbuf_addf(out, "old %llu\n", (unsigned long long)old_size);
  add_hashes(&proof, out);
  return access_log_checkpoint(log, key, out, e);
}
enum err_code access_log_proof(const struct access_log *log, const struct note_key *key, uint64_t seq, struct strbuf *out, struct err *e) {
  struct merkle_proof proof;
  if (!access_log_inclusion(log, seq, &proof)) return ERR(e, E_LOG_LEAF, .subject = "sequence number", .expected = "one that is in the log");
  strbuf_addf(out, "c2sp.org/tlog-proof@v1\nindex %llu\n", (unsigned long long)seq);
  add_hashes(&proof, out);
  return access_log_checkpoint(log, key, out, e);
}
