/* ext_archive_zip_write.c -- see ext_archive_zip_write.h. */
#include "base/ext_archive_zip_write.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

static la_ssize_t to_strbuf(struct archive *a, void *context, const void *p, size_t n) {
  struct strbuf *out = context;
  strbuf_add(out, p, n);
  if (!out->failed) return (la_ssize_t)n;
  archive_set_error(a, ENOMEM, "out of memory");
  return -1;
}

/* A zip dates its members in local time: the first moment it can write lies before every zone's own 1980, and is written as that moment. */
static bool write_member(struct archive *a, struct archive_entry *entry, const struct zip_member *m) {
  archive_entry_clear(entry);
  archive_entry_set_pathname(entry, m->name);
  archive_entry_set_size(entry, (la_int64_t)m->bytes.n);
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_entry_set_perm(entry, 0644);
  archive_entry_set_mtime(entry, 0, 0);
  if (archive_write_header(a, entry) != ARCHIVE_OK) return false;
  return m->bytes.n == 0 || archive_write_data(a, m->bytes.p, m->bytes.n) == (la_ssize_t)m->bytes.n;
}

enum err_code zip_write(const struct zip_member *members, int n, struct strbuf *out, struct err *e) {
  struct archive *a = archive_write_new();
  struct archive_entry *entry = archive_entry_new();
  bool ok = a && entry && archive_write_set_format_zip(a) == ARCHIVE_OK && archive_write_zip_set_compression_deflate(a) == ARCHIVE_OK &&
            archive_write_set_bytes_per_block(a, 0) == ARCHIVE_OK && archive_write_open(a, out, NULL, to_strbuf, NULL) == ARCHIVE_OK;
  const char *at = "zip";
  for (int i = 0; ok && i < n; i++) {
    at = members[i].name;
    ok = write_member(a, entry, &members[i]);
  }
  if (ok) ok = archive_write_close(a) == ARCHIVE_OK;
  if (entry) archive_entry_free(entry);
  if (a) archive_write_free(a);
  if (out->failed) return ERR(e, E_NO_MEMORY, .subject = at);
  return ok ? E_OK : ERR(e, E_ZIP_WRITE, .subject = at);
}
