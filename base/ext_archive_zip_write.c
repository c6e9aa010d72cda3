/* ext_archive_zip_write.c -- see ext_archive_zip_write.h. libarchive deflates each member in a zip of its own; the file that leaves has our
 * headers around
 * those bytes: sizes before the data, no extra fields, so that the strict reader of zip_directory.h (and every spreadsheet) takes it. */
#include "base/ext_archive_zip_write.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

enum { LOCAL_BYTES = 30, ENTRY_BYTES = 46, END_BYTES = 22, DOS_DATE = 0x0021, VERSION_NEEDED = 20, MOST_MEMBERS = 64 };

static la_ssize_t to_strbuf(struct archive *a, void *context, const void *p, size_t n) {
  struct strbuf *out = context;
  strbuf_add(out, p, n);
  if (!out->failed) return (la_ssize_t)n;
  archive_set_error(a, ENOMEM, "out of memory");
  return -1;
}
static bool write_member(struct archive *a, struct archive_entry *entry, const struct zip_member *m) {
  archive_entry_set_pathname(entry, m->name);
  archive_entry_set_size(entry, (la_int64_t)m->bytes.n);
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_entry_set_perm(entry, 0644);
  archive_entry_set_mtime(entry, 0, 0);
  if (archive_write_header(a, entry) != ARCHIVE_OK) return false;
  return m->bytes.n == 0 || archive_write_data(a, m->bytes.p, m->bytes.n) == (la_ssize_t)m->bytes.n;
}
static bool deflate_alone(const struct zip_member *m, struct strbuf *out) {
  struct archive *a = archive_write_new();
  struct archive_entry *entry = archive_entry_new();
  bool ok = a && entry && archive_write_set_format_zip(a) == ARCHIVE_OK && archive_write_zip_set_compression_deflate(a) == ARCHIVE_OK &&
            archive_write_set_bytes_per_block(a, 0) == ARCHIVE_OK && archive_write_open(a, out, NULL, to_strbuf, NULL) == ARCHIVE_OK &&
            write_member(a, entry, m) && archive_write_close(a) == ARCHIVE_OK;
  if (entry) archive_entry_free(entry);
  if (a) archive_write_free(a);
  return ok && !out->failed;
}

/* --- bytes --- */
static uint32_t get(const char *p, int n) {
  uint32_t v = 0;
  for (int i = n - 1; i >= 0; i--) v = v << 8 | (uint8_t)p[i];
  return v;
}
static void put(struct strbuf *b, uint32_t v, int n) {
  for (int i = 0; i < n; i++, v >>= 8) strbuf_addc(b, (char)(uint8_t)v);
}

struct packed {
  uint32_t crc, packed, size, offset;
  uint16_t method;
};
/* Where the deflated bytes lie in a zip of one member: its directory says how many, its local header where. */
static bool find_data(const struct strbuf *zip, struct packed *out, const char **data) {
  if (zip->n < LOCAL_BYTES + ENTRY_BYTES + END_BYTES) return false;
  const uint32_t directory = get(zip->p + zip->n - END_BYTES + 16, 4);
  if (directory > zip->n - END_BYTES - ENTRY_BYTES || memcmp(zip->p + directory, "PK\001\002", 4)) return false;
  const char *entry = zip->p + directory;
  *out = (struct packed){.crc = get(entry + 16, 4), .packed = get(entry + 20, 4), .size = get(entry + 24, 4), .method = (uint16_t)get(entry + 10, 2)};
  const size_t start = LOCAL_BYTES + get(zip->p + 26, 2) + get(zip->p + 28, 2);
  if (get(entry + 42, 4) != 0 || start + out->packed > directory) return false;
  *data = zip->p + start;
  return true;
}

/* The fields that local header and directory share, from "version needed" to the length of the extra field. */
static void put_common(struct strbuf *b, const char *name, const struct packed *m) {
  put(b, VERSION_NEEDED, 2);
  put(b, 0, 2);
  put(b, m->method, 2);
  put(b, 0, 2);
  put(b, DOS_DATE, 2);
  put(b, m->crc, 4);
  put(b, m->packed, 4);
  put(b, m->size, 4);
  put(b, (uint32_t)strlen(name), 2);
  put(b, 0, 2);
}
static bool put_member(struct strbuf *b, const struct zip_member *m, struct packed *kept) {
  struct strbuf alone;
  const char *data;
  strbuf_init(&alone, 0);
  const bool ok = deflate_alone(m, &alone) && find_data(&alone, kept, &data) && kept->size == m->bytes.n && b->n < UINT32_MAX;
  if (ok) {
    kept->offset = (uint32_t)b->n;
    strbuf_add(b, "PK\003\004", 4);
    put_common(b, m->name, kept);
    strbuf_adds(b, m->name);
    strbuf_add(b, data, kept->packed);
  }
  b->failed |= alone.failed;
  strbuf_release(&alone);
  return ok;
}
static void put_directory(struct strbuf *b, const struct zip_member *members, const struct packed *kept, int n) {
  const size_t start = b->n;
  for (int i = 0; i < n; i++) {
    strbuf_add(b, "PK\001\002", 4);
    put(b, VERSION_NEEDED, 2);
    put_common(b, members[i].name, &kept[i]);
    put(b, 0, 2); /* comment */
    put(b, 0, 2); /* disk */
    put(b, 0, 2);
    put(b, 0, 4);
    put(b, kept[i].offset, 4);
    strbuf_adds(b, members[i].name);
  }
  const size_t size = b->n - start;
  strbuf_add(b, "PK\005\006", 4);
  put(b, 0, 4);
  put(b, (uint32_t)n, 2);
  put(b, (uint32_t)n, 2);
  put(b, (uint32_t)size, 4);
  put(b, (uint32_t)start, 4);
  put(b, 0, 2);
}

enum err_code zip_write(const struct zip_member *members, int n, struct strbuf *out, struct err *e) {
  struct packed kept[MOST_MEMBERS];
  if (n > MOST_MEMBERS) return ERR(e, E_ZIP_WRITE, .subject = "more than 64 members");
  for (int i = 0; i < n; i++) {
    const bool ok = put_member(out, &members[i], &kept[i]);
    if (out->failed) return ERR(e, E_NO_MEMORY, .subject = members[i].name);
    if (!ok) return ERR(e, E_ZIP_WRITE, .subject = members[i].name);
  }
  put_directory(out, members, kept, n);
  return out->failed ? ERR(e, E_NO_MEMORY, .subject = "zip") : E_OK;
}
