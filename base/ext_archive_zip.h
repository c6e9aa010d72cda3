/* ext_archive_zip.h -- unpacks one member of a checked zip (zip_directory.h) through libarchive, piece by piece, from memory into a callback.
 * Formats  zip only, read by its central directory; the library's view of the member must agree with ours in name, kind and size.
 * Errors   E_ZIP_FORMAT: cut or damaged data, a CRC that differs, more or fewer bytes than declared. The callback's error is returned as it is.
 * Memory   the library's buffers (below 1 MiB) and one piece of 64 KiB; never the member. */
#ifndef SHIRABE_BASE_EXT_ARCHIVE_ZIP_H
#define SHIRABE_BASE_EXT_ARCHIVE_ZIP_H
#include "base/zip_directory.h"

/* The piece is valid during the call. */
typedef enum err_code (*zip_piece_fn)(void *context, const char *p, size_t n, struct err *e);
enum err_code zip_member_read(const char *file, const struct zip_directory *d, const struct zip_entry *m, zip_piece_fn fn, void *context, struct err *e) NODISCARD;
#endif
