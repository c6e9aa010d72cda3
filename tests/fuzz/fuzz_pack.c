/* Any bytes as a pack: refused, or exactly what the writer would have written for its entries. Nothing is read outside the given bytes. */
#include <string.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "secure-store/pack.h"

struct memory {
  const uint8_t *p;
  size_t n;
};
static enum err_code read_memory(void *context, uint64_t at, void *out, size_t n, struct err *e) {
  const struct memory *m = context;
  if (at > m->n || n > m->n - at) __builtin_trap(); /* asked for bytes the file does not have */
  (void)e;
  memcpy(out, m->p + at, n);
  return E_OK;
}

static void check_same(const struct pack *p, const struct memory *m) {
  struct strbuf tail;
  uint64_t at = PACK_HEADER_BYTES;
  uint8_t hash[32];
  struct sha256 h;
  strbuf_init(&tail, 0);
  for (uint64_t i = 0; i < p->n; i++) {
    struct pack_entry entry = pack_entry_at(p, i);
    if (entry.at != at) __builtin_trap();
    at += entry.bytes;
    bytes_put_u64(&tail, entry.id);
    bytes_put_u64(&tail, entry.at);
    bytes_put_u64(&tail, entry.bytes);
    strbuf_add(&tail, (const char *)entry.sha256, 32);
  }
  sha256_begin(&h);
  sha256_add(&h, m->p, PACK_HEADER_BYTES);
  sha256_add(&h, tail.p, tail.n);
  sha256_end(&h, hash);
  bytes_put_u64(&tail, at);
  bytes_put_u64(&tail, p->n);
  strbuf_add(&tail, (const char *)hash, 32);
  strbuf_adds(&tail, "SHIRAPKE");
  if (at + tail.n != m->n || memcmp(m->p + at, tail.p, tail.n) != 0) __builtin_trap();
  strbuf_release(&tail);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
  struct memory m = {p, n};
  const struct pack_source source = {.read = read_memory, .context = &m, .bytes = n, .name = "pack"};
  struct pack pack;
  struct err e;
  if (!crypto_start() || pack_open_source(&source, &pack, &e)) return 0;
  check_same(&pack, &m);
  for (uint64_t i = 0; i < pack.n && i < 64; i++) (void)!pack_check(&pack, i, &e);
  pack_close(&pack);
  return 0;
}
