/* batch_member.c -- size and hashes of a member of a batch, made and checked; where the damage is when they differ (batch.h). */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "collector/batch.h"

static void hash_hex(const char *p, size_t n, char hex[65]) {
  uint8_t hash[HASH_BYTES];
  sha256_of(p, n, hash);
  hex_encode(hash, HASH_BYTES, hex);
}

static size_t chunk_bytes(struct str bytes, int64_t k) {
  size_t at = (size_t)k * BATCH_CHUNK;
  return bytes.n <= at ? 0 : bytes.n - at < BATCH_CHUNK ? bytes.n - at : BATCH_CHUNK;
}

enum err_code batch_member_fill(struct arena *a, const char *name, struct str bytes, struct batch_member *out, struct err *e) {
  *out = (struct batch_member){.name = name, .bytes = (int64_t)bytes.n};
  hash_hex(bytes.p, bytes.n, out->sha256);
  if (bytes.n <= BATCH_CHUNKED) return E_OK;
  int64_t n = ((int64_t)bytes.n + BATCH_CHUNK - 1) / BATCH_CHUNK;
  out->chunks = (char (*)[65])arena_alloc(a, (size_t)n * 65, 1);
  if (!out->chunks) return ERR(e, E_NO_MEMORY, .subject = "batch members");
  for (int64_t k = 0; k < n; k++) hash_hex(bytes.p + k * BATCH_CHUNK, chunk_bytes(bytes, k), out->chunks[k]);
  out->n_chunks = n;
  return E_OK;
}

/* The first chunk that differs, up to the last one in a row. */
static void locate(const struct batch_member *m, struct str bytes, char out[96]) {
  int64_t from = -1, to = -1;
  for (int64_t k = 0; k < m->n_chunks; k++) {
    char hex[65];
    hash_hex(chunk_bytes(bytes, k) ? bytes.p + k * BATCH_CHUNK : "", chunk_bytes(bytes, k), hex);
    bool same = !strcmp(hex, m->chunks[k]);
    if (!same && from < 0) from = k;
    if (!same && from >= 0 && (to < 0 || to == k - 1)) to = k;
  }
  if (from < 0) snprintf(out, 96, "%lld bytes", (long long)bytes.n);
  else snprintf(out, 96, "bytes %lld to %lld differ", (long long)from * BATCH_CHUNK, (long long)(to + 1) * BATCH_CHUNK - 1);
}

enum err_code batch_member_check(const struct batch_member *m, const char *file, struct str bytes, struct err *e) {
  char hex[65], where[96];
  hash_hex(bytes.p, bytes.n, hex);
  if ((int64_t)bytes.n == m->bytes && !strcmp(hex, m->sha256)) return E_OK;
  if (m->n_chunks) locate(m, bytes, where);
  else snprintf(where, sizeof where, "%s", hex);
  return ERR(e, E_BATCH_DAMAGED, .file = file, .subject = m->name, .expected = m->sha256, .found = where);
}
