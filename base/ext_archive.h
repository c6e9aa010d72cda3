/* ext_archive.h -- deterministic ustar through libarchive; the only includer of <archive.h>.
 * Write    regular files only, uid/gid 0, mtime 0, mode 0644, in the order given: same members, same bytes.
 * Read     from memory, tar only (no filters, no other format); refuses anything but regular files, duplicate or case-colliding names, names outside
 *          [a-z0-9._/-], "..", absolute and Windows-reserved names, sparse, bytes after the end of the archive other than zeros: E_TAR_*.
 *          Caps: members, bytes per member, total. Nothing is ever extracted to a path. */
#ifndef SHIRABE_BASE_EXT_ARCHIVE_H
#define SHIRABE_BASE_EXT_ARCHIVE_H
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct tar_member {
  const char *name;
  const void *p;
  size_t n;
};
enum err_code tar_write(const struct tar_member *members, size_t n_members, struct strbuf *out, struct err *e) NODISCARD;

struct tar_caps {
  size_t members, member_bytes, total_bytes;
};
/* The callback sees each member in order; p is valid during the call. */
typedef enum err_code (*tar_member_fn)(void *context, const struct tar_member *member, struct err *e);
enum err_code tar_read(const void *p, size_t n, const struct tar_caps *caps, tar_member_fn fn, void *context, struct err *e) NODISCARD;
#endif
