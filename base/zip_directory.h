/* zip_directory.h -- the table of contents of a zip file in memory, checked before anything is unpacked. Knows the format, no library.
 * Read     the central directory alone says what is there; each local header must agree with it. No comment, no zip64, no second disk, one directory that
 *          ends where its end record begins. Members: stored or deflated, not encrypted, regular files or folders, apart from each other.
 * Refused  E_ZIP_FORMAT, E_ZIP_NAME (absolute, "..", backslash, colon, control characters, Windows' reserved names), E_ZIP_DUPLICATE (also when case or
 *          composition alone differ), E_ZIP_ENCRYPTED, E_ZIP_OVERLAP, E_ZIP_METHOD, E_ZIP_BOMB (members, bytes, ratio).
 * Memory   the entries in the arena, after their number was compared with the cap and with the bytes that could hold them.
 * Source   PKWARE APPNOTE 6.3.10; ratio limit of deflate 1032:1; ISO/IEC 29500-2 (part names compare without case). */
#ifndef SHIRABE_BASE_ZIP_DIRECTORY_H
#define SHIRABE_BASE_ZIP_DIRECTORY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

enum { ZIP_STORED = 0, ZIP_DEFLATED = 8 };
struct zip_entry {
  const char *name;
  uint64_t offset, end; /* of local header and data */
  uint64_t packed, size;
  uint16_t method, flags;
  bool folder;
};
struct zip_directory {
  const uint8_t *p;
  size_t n;
  struct zip_entry *entries; /* in the order of their offsets */
  size_t n_entries;
};
struct zip_caps {
  size_t members;
  uint64_t member_bytes, total_bytes; /* unpacked */
  uint32_t max_ratio;                 /* of a member beyond its first MiB */
};
/* `file` names the zip in messages; p is borrowed. */
enum err_code zip_directory_read(struct arena *a, const char *file, const void *p, size_t n, const struct zip_caps *caps, struct zip_directory *out, struct err *e) NODISCARD;
const struct zip_entry *zip_find(const struct zip_directory *d, const char *name); /* ASCII letters without case; NULL when absent */
#endif
