/* spool.h -- a scratch file of any length whose bytes rest encrypted under a key that exists only in this process: extracts are put together here,
 * so that no respondent's data touches a disk in clear and memory stays bounded.
 * File     unlinked from the start (O_TMPFILE, else unlinked at once): a killed process leaves nothing. Chunks of 64 KiB, ChaCha20-Poly1305 with
 *          the chunk's number as nonce; the key is random per spool and never written.
 * Errors   E_DISK_FULL, E_FILE_WRITE, E_FILE_READ, E_EXTRACT_SCRATCH (bytes that are not what was written).
 * Threads  one writer; after spool_end any number of readers, each with its own cursor. Memory: 130 KiB, 66 KiB per cursor. */
#ifndef SHIRABE_SECURE_STORE_EXTRACT_SPOOL_H
#define SHIRABE_SECURE_STORE_EXTRACT_SPOOL_H
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { SPOOL_CHUNK = 65536 };
struct spool;
struct spool_cursor {
  uint64_t chunk; /* number + 1 of the chunk held, 0 = none */
  uint8_t plain[SPOOL_CHUNK];
};
enum err_code spool_new(const char *folder, struct spool **out, struct err *e) NODISCARD;
enum err_code spool_add(struct spool *s, const void *p, size_t n, struct err *e) NODISCARD;
enum err_code spool_end(struct spool *s, struct err *e) NODISCARD; /* nothing may be added after it */
uint64_t spool_bytes(const struct spool *s);
enum err_code spool_read(const struct spool *s, struct spool_cursor *c, uint64_t at, void *out, size_t n, struct err *e) NODISCARD;
void spool_free(struct spool *s); /* wipes the key; NULL allowed */
void spool_cursor_wipe(struct spool_cursor *c);
#endif
