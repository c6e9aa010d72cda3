/* ext_archive_zip.c -- see ext_archive_zip.h. */
#include "base/ext_archive_zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 64 * 1024 };

static enum err_code damaged(const char *file, const struct zip_entry *m, struct archive *a, struct err *e) {
  const char *why = archive_error_string(a);
  return ERR(e, E_ZIP_FORMAT, .file = file, .subject = m->name, .found = why ? why : "its data do not fit its directory");
}

static enum err_code find_member(const char *file, struct archive *a, const struct zip_entry *m, struct err *e) {
  struct archive_entry *entry;
  int got;
  while ((got = archive_read_next_header(a, &entry)) == ARCHIVE_OK || got == ARCHIVE_WARN) {
    const char *name = archive_entry_pathname(entry);
    if (!name || strcmp(name, m->name)) continue;
    bool same = got == ARCHIVE_OK && archive_entry_filetype(entry) == AE_IFREG && archive_entry_size_is_set(entry) &&
                (uint64_t)archive_entry_size(entry) == m->size && !archive_entry_is_encrypted(entry);
    return same ? E_OK : damaged(file, m, a, e);
  }
  return damaged(file, m, a, e);
}

static enum err_code deliver(const char *file, struct archive *a, const struct zip_entry *m, char *piece, zip_piece_fn fn, void *context, struct err *e) {
  uint64_t left = m->size;
  for (;;) {
    la_ssize_t n = archive_read_data(a, piece, PIECE);
    if (n < 0 || (uint64_t)n > left) return damaged(file, m, a, e);
    if (n == 0) return left ? damaged(file, m, a, e) : E_OK;
    left -= (uint64_t)n;
    TRY(fn(context, piece, (size_t)n, e));
  }
}

enum err_code zip_member_read(const char *file, const struct zip_directory *d, const struct zip_entry *m, zip_piece_fn fn, void *context, struct err *e) {
  struct archive *a = archive_read_new();
  char *piece = malloc(PIECE);
  enum err_code code;
  if (!a || !piece) code = ERR(e, E_NO_MEMORY, .subject = file);
  else if (archive_read_support_format_zip_seekable(a) != ARCHIVE_OK || archive_read_open_memory(a, d->p, d->n) != ARCHIVE_OK) code = damaged(file, m, a, e);
  else if (!(code = find_member(file, a, m, e))) code = deliver(file, a, m, piece, fn, context, e);
  free(piece);
  archive_read_free(a);
  return code;
}
