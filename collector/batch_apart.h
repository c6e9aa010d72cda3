/* batch_apart.h -- the inside of a received batch is unpacked by a worker that holds nothing else (secure-store/sandbox.h); for batch_container.c.
 * Why      zstd, tar and the manifest's JSON come from whoever knows this office's card: the signature lies inside. A fault in a reader must not meet
 *          the keys and answers of this process.
 * Worker   sees the decrypted frame it was forked with, no key, no file, no network; unpacks it, reads the manifest once to find the sender, and
 *          sends:
 *          the manifest's bytes with the sender it names, the signature, then each member in order, then how it ended.
 * Parent   verifies the signature over the manifest's bytes with the card of that sender before it parses them itself; then every member against the
 *          manifest's sizes and hashes. Messages out of order, too long or in other form: E_SANDBOX_KILLED.
 * Message  u8 kind, u32 length of name, u64 length of bytes, name, bytes. kind 1 manifest, 2 signature, 3 member, 4 end (sandbox_message.h).
 * Missing  a standard store refuses where a worker cannot be kept apart (E_SANDBOX_MISSING); a demonstration store warns (E_SANDBOX_LIGHT).
 * Memory   the worker: frame, archive and a piece, within 3 x limit + 256 MiB beyond the parent's; the parent: the members once.
 * Cost     5 ms for a batch and one copy of its members over a socket. */
#ifndef SHIRABE_COLLECTOR_BATCH_APART_H
#define SHIRABE_COLLECTOR_BATCH_APART_H
#include "collector/batch.h"

enum batch_part { BATCH_PART_MANIFEST = 1, BATCH_PART_SIGNATURE, BATCH_PART_MEMBER, BATCH_PART_END };
enum { BATCH_PART_HEAD = 13, BATCH_PART_NAME_MAX = 4096, BATCH_MAX_SIGNATURE = 4096 };
struct batch_part_head {
  enum batch_part kind;
  size_t name_bytes, bytes;
};
/* What may follow `before` (0 = the beginning) within `left` bytes of the limit; false: out of form. */
bool batch_part_head_parse(const uint8_t p[BATCH_PART_HEAD], enum batch_part before, size_t left, struct batch_part_head *out);
bool batch_part_name_ok(const char *name, size_t n);

struct batch_apart_sink { /* texts and bytes lie in the arena */
  void *context;
  enum err_code (*part)(void *context, enum batch_part kind, const char *name, struct str bytes, struct err *e);
};
enum err_code batch_apart(struct store *s, struct arena *a, const char *file, struct str frame, size_t limit, const struct batch_apart_sink *sink,
    struct err *e) NODISCARD;
#endif
