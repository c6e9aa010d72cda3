/* ext_archive_zip_write.h -- a zip in memory through libarchive, with members in the order given and no time of its own.
 * Bytes    every member is dated 1980-01-01 00:00, deflated, without owner: same members, same bytes as long as zlib is the same one.
 * Limits   64 members, each and all below 4 GiB. Errors E_ZIP_WRITE, E_NO_MEMORY. Memory: the result and one member. No temporary file.
 * Source   PKWARE APPNOTE 6.3.10. */
#ifndef SHIRABE_BASE_EXT_ARCHIVE_ZIP_WRITE_H
#define SHIRABE_BASE_EXT_ARCHIVE_ZIP_WRITE_H
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct zip_member {
  const char *name;
  struct str bytes;
};
enum err_code zip_write(const struct zip_member *members, int n, struct strbuf *out, struct err *e) NODISCARD;
#endif
