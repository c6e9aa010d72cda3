/* pack.h -- a pack: one file per write that holds many sealed segments, and an index by which it can be checked without the database (page: pack.md).
 * Layout   header 32 | sealed segments back to back | index, 56 bytes each | trailer 56. Integers little-endian.
 * Errors   E_PACK for anything that is not exactly what the writer writes (gaps, overlaps, wrong hash, trailing bytes), E_PACK_MISSING, E_DISK_FULL,
 *          E_FILE_WRITE. A reader never allocates more than the file could hold.
 * Memory   the index; segments stream through. Cost: writing is one pass and one fsync; pack_open reads header, trailer and index only.
 * Source   the idea of an index behind the data with a closing hash: git's pack-format documentation; SHA-256: FIPS 180-4. */
#ifndef SHIRABE_SECURE_STORE_PACK_H
#define SHIRABE_SECURE_STORE_PACK_H
#include <stdint.h>

#include "base/atomic_file.h"
#include "base/err.h"
#include "base/str.h"

enum { PACK_HEADER_BYTES = 32, PACK_ENTRY_BYTES = 56, PACK_TRAILER_BYTES = 56, PACK_ENTRIES_MAX = 1 << 24, PACK_SEGMENT_MAX = 20 * 1024 * 1024 };

struct pack_entry {
  uint64_t id, at, bytes; /* segment id, offset in the file, sealed bytes */
  uint8_t sha256[32];     /* of the sealed bytes */
};

/* --- writing: beside the final name; nothing is visible before pack_write_commit --- */
struct pack_write {
  struct atomic_file file;
  struct strbuf index;
  uint8_t header[PACK_HEADER_BYTES];
  uint64_t n;
};
enum err_code pack_write_begin(struct pack_write *w, const char *path, uint64_t write_sequence, const uint8_t install_id[16],
                               struct err *e) NODISCARD;
enum err_code pack_write_add(struct pack_write *w, uint64_t id, const void *sealed, size_t n, struct pack_entry *out, struct err *e) NODISCARD;
enum err_code pack_write_commit(struct pack_write *w, uint8_t index_sha256[32], uint64_t *bytes, struct err *e) NODISCARD; /* durable on return */
void pack_write_abort(struct pack_write *w); /* also after a failed commit */

/* --- reading: from a file or from memory --- */
struct pack_source {
  enum err_code (*read)(void *context, uint64_t at, void *out, size_t n, struct err *e);
  void *context;
  uint64_t bytes;
  const char *name; /* for messages */
};
struct pack { /* must not be moved while open */
  struct pack_source source;
  uint64_t write_sequence, n;
  uint8_t install_id[16], index_sha256[32];
  struct strbuf index; /* as in the file; see pack_entry_at */
  int fd;
  char path[4096];
};
enum err_code pack_open(const char *path, struct pack *out, struct err *e) NODISCARD;
enum err_code pack_open_source(const struct pack_source *source, struct pack *out, struct err *e) NODISCARD;
void pack_close(struct pack *p);
struct pack_entry pack_entry_at(const struct pack *p, uint64_t i); /* i < n */
/* Recomputes the hash of entry i. E_PACK when it is not the one in the index. */
enum err_code pack_check(const struct pack *p, uint64_t i, struct err *e) NODISCARD;
/* Bytes at..at+n-1 of any file of packs, the unfinished one included: appended to out. */
enum err_code pack_read_range(const char *path, uint64_t at, uint64_t n, struct strbuf *out, struct err *e) NODISCARD;
#endif
