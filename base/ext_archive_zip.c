/* ext_archive_zip.c -- see ext_archive_zip.h. */
#include "base/ext_archive_zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 64 * 1024, VIEW = 256 * 1024 };

/* The zip as a file in small views: of one large view the library would take a stored member in one block and touch all of it before we see a byte. */
struct view {
  const uint8_t *p;
  size_t n, at;
};
static la_ssize_t view_read(struct archive *a, void *context, const void **out) {
  struct view *v = context;
  size_t n = v->n - v->at < VIEW ? v->n - v->at : VIEW;
  (void)a;
  *out = v->p + v->at;
  v->at += n;
  return (la_ssize_t)n;
}
static la_int64_t view_skip(struct archive *a, void *context, la_int64_t n) {
  struct view *v = context;
  (void)a;
  if (n < 0) return 0;
  size_t step = (uint64_t)n < v->n - v->at ? (size_t)n : v->n - v->at;
  v->at += step;
  return (la_int64_t)step;
}
static la_int64_t view_seek(struct archive *a, void *context, la_int64_t offset, int whence) {
  struct view *v = context;
  (void)a;
  la_int64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? (la_int64_t)v->at : (la_int64_t)v->n, to;
  if (__builtin_add_overflow(from, offset, &to) || to < 0 || to > (la_int64_t)v->n) return ARCHIVE_FATAL;
  v->at = (size_t)to;
  return to;
}
static bool open_view(struct archive *a, struct view *v) {
  return archive_read_support_format_zip_seekable(a) == ARCHIVE_OK && archive_read_set_read_callback(a, view_read) == ARCHIVE_OK &&
         archive_read_set_skip_callback(a, view_skip) == ARCHIVE_OK && archive_read_set_seek_callback(a, view_seek) == ARCHIVE_OK &&
         archive_read_set_callback_data(a, v) == ARCHIVE_OK && archive_read_open1(a) == ARCHIVE_OK;
}

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
  struct view v = {d->p, d->n, 0};
  enum err_code code;
  if (!a || !piece) code = ERR(e, E_NO_MEMORY, .subject = file);
  else if (!open_view(a, &v)) code = damaged(file, m, a, e);
  else if (!(code = find_member(file, a, m, e))) code = deliver(file, a, m, piece, fn, context, e);
  free(piece);
  archive_read_free(a);
  return code;
}
