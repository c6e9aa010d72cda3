/* ext_archive.c -- ustar through libarchive. A first walk over the 512-byte blocks refuses everything that is not plain ustar (extension
 * headers, links,
 * odd numbers, rubbish at the end), so that the library only ever sees what we would have written. */
#include "base/ext_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 512, NAME_MAX_BYTES = 255 };

/* --- names --- */
static bool reserved_component(const char *p, size_t n) {
  static const char *const reserved[] = {"con", "prn", "aux", "nul"};
  size_t stem = 0;
  while (stem < n && p[stem] != '.') stem++;
  for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
    if (stem == 3 && memcmp(p, reserved[i], 3) == 0) return true;
  return stem == 4 && (memcmp(p, "com", 3) == 0 || memcmp(p, "lpt", 3) == 0) && p[3] >= '1' && p[3] <= '9';
}
static bool component_ok(const char *p, size_t n) {
  if (n == 0 || p[n - 1] == '.' || reserved_component(p, n)) return false; /* "." and ".." end in a dot, too */
  for (size_t i = 0; i < n; i++)
    if (!((p[i] >= 'a' && p[i] <= 'z') || (p[i] >= '0' && p[i] <= '9') || p[i] == '.' || p[i] == '_' || p[i] == '-')) return false;
  return true;
}
static bool name_ok(const char *name, size_t n) {
  if (n == 0 || n > NAME_MAX_BYTES) return false;
  for (size_t start = 0, i = 0; i <= n; i++) {
    if (i < n && name[i] != '/') continue;
    if (!component_ok(name + start, i - start)) return false;
    start = i + 1;
  }
  return true;
}

static int by_text(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }
/* Sorts; finds a name given twice, or one that is also a folder of another. NULL = none. */
static const char *colliding(const char **names, size_t n) {
  if (n == 0) return NULL;
  qsort(names, n, sizeof *names, by_text);
  for (size_t i = 1; i < n; i++)
    if (strcmp(names[i - 1], names[i]) == 0) return names[i];
  for (size_t i = 0; i < n; i++)
    for (const char *slash = strchr(names[i], '/'); slash; slash = strchr(slash + 1, '/')) {
      char folder[NAME_MAX_BYTES + 1];
      const char *key = folder;
      memcpy(folder, names[i], (size_t)(slash - names[i]));
      folder[slash - names[i]] = 0;
      if (bsearch(&key, names, n, sizeof *names, by_text)) return names[i];
    }
  return NULL;
}

/* --- writing --- */
static la_ssize_t to_strbuf(struct archive *a, void *context, const void *p, size_t n) {
  struct strbuf *out = context;
  strbuf_add(out, p, n);
  if (!out->failed) return (la_ssize_t)n;
  archive_set_error(a, ENOMEM, "out of memory");
  return -1;
}
static bool write_member(struct archive *a, struct archive_entry *entry, const struct tar_member *m) {
  archive_entry_clear(entry);
  archive_entry_set_pathname(entry, m->name);
  archive_entry_set_size(entry, (la_int64_t)m->n);
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_entry_set_perm(entry, 0644);
  archive_entry_set_mtime(entry, 0, 0);
  archive_entry_set_uid(entry, 0);
  archive_entry_set_gid(entry, 0);
  if (archive_write_header(a, entry) != ARCHIVE_OK) return false;
  return m->n == 0 || archive_write_data(a, m->p, m->n) == (la_ssize_t)m->n;
}
static enum err_code names_for_writing(const struct tar_member *members, size_t n, struct err *e) {
  for (size_t i = 0; i < n; i++)
    if (!name_ok(members[i].name, strlen(members[i].name))) return ERR(e, E_TAR_NAME, .subject = members[i].name, .found = members[i].name);
  const char **names = malloc((n + 1) * sizeof *names);
  if (!names) return ERR(e, E_NO_MEMORY, .subject = "tar");
  for (size_t i = 0; i < n; i++) names[i] = members[i].name;
  const char *twice = colliding(names, n);
  free(names);
  return twice ? ERR(e, E_TAR_DUPLICATE, .subject = twice) : E_OK;
}
enum err_code tar_write(const struct tar_member *members, size_t n_members, struct strbuf *out, struct err *e) {
  TRY(names_for_writing(members, n_members, e));
  size_t start = out->n;
  enum err_code code = E_OK;
  struct archive *a = archive_write_new();
  struct archive_entry *entry = archive_entry_new();
  if (!a || !entry) {
    code = ERR(e, E_NO_MEMORY, .subject = "tar");
    goto done;
  }
  bool ok = archive_write_set_format_ustar(a) == ARCHIVE_OK && archive_write_add_filter_none(a) == ARCHIVE_OK &&
            archive_write_set_bytes_in_last_block(a, 1) == ARCHIVE_OK && archive_write_open(a, out, NULL, to_strbuf, NULL) == ARCHIVE_OK;
  for (size_t i = 0; ok && i < n_members; i++) ok = write_member(a, entry, &members[i]);
  if (ok) ok = archive_write_close(a) == ARCHIVE_OK;
  if (!ok) code = ERR(e, out->failed ? E_NO_MEMORY : E_TAR_FORMAT, .subject = "tar", .found = archive_error_string(a));
done:
  archive_entry_free(entry);
  archive_write_free(a);
  if (code) out->n = start;
  return code;
}

/* --- first walk --- */
static bool octal(const uint8_t *p, size_t n, uint64_t *out) {
  uint64_t v = 0;
  size_t i = 0;
  for (; i < n && p[i] >= '0' && p[i] <= '7'; i++) v = v * 8 + (uint64_t)(p[i] - '0');
  if (i == 0) return false;
  for (; i < n; i++)
    if (p[i] != 0 && p[i] != ' ') return false;
  *out = v;
  return true;
}
static bool all_zero(const uint8_t *p, size_t n) { return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0); }
/* Prefix and name of a ustar header, joined; false when it does not fit or holds bytes after its NUL. */
static size_t field_length(const uint8_t *p, size_t n) {
  size_t used = strnlen((const char *)p, n);
  return all_zero(p + used, n - used) ? used : SIZE_MAX;
}
static bool header_name(const uint8_t *block, char out[NAME_MAX_BYTES + 1]) {
  size_t name = field_length(block, 100), prefix = field_length(block + 345, 155);
  if (name == SIZE_MAX || prefix == SIZE_MAX || prefix + 1 + name > NAME_MAX_BYTES) return false;
  size_t at = 0;
  if (prefix) {
    memcpy(out, block + 345, prefix);
    out[prefix] = '/';
    at = prefix + 1;
  }
  memcpy(out + at, block, name);
  out[at + name] = 0;
  return name_ok(out, at + name);
}
static enum err_code header_check(const uint8_t *block, char name[NAME_MAX_BYTES + 1], uint64_t *size, struct err *e) {
  if (memcmp(block + 257, "ustar\0" "00", 8) != 0) return ERR(e, E_TAR_FORMAT, .expected = "a ustar header", .found = "another kind");
  if (!octal(block + 124, 12, size)) return ERR(e, E_TAR_FORMAT, .expected = "an octal size", .found = "something else");
  if (block[156] != '0' && block[156] != 0) return ERR(e, E_TAR_TYPE, .expected = "regular files only");
  if (!header_name(block, name)) return ERR(e, E_TAR_NAME, .expected = "a-z 0-9 . _ - / only, no .., no reserved name");
  return all_zero(block + 157, 100) ? E_OK : ERR(e, E_TAR_TYPE, .subject = name, .expected = "no link target");
}
struct walk {
  const uint8_t *p;
  size_t n, at, members, total;
  char **names;
  size_t capacity;
};
static enum err_code walk_keep(struct walk *w, const char *name, struct err *e) {
  if (w->members == w->capacity) {
    size_t capacity = w->capacity ? w->capacity * 2 : 16;
    char **grown = realloc(w->names, capacity * sizeof *grown);
    if (!grown) return ERR(e, E_NO_MEMORY, .subject = "tar");
    w->names = grown;
    w->capacity = capacity;
  }
  char *copy = strdup(name);
  if (!copy) return ERR(e, E_NO_MEMORY, .subject = "tar");
  w->names[w->members++] = copy;
  return E_OK;
}
static enum err_code walk_member(struct walk *w, const struct tar_caps *caps, struct err *e) {
  char name[NAME_MAX_BYTES + 1];
  uint64_t size = 0;
  TRY(header_check(w->p + w->at, name, &size, e));
  if (w->members >= caps->members || size > caps->member_bytes || size > caps->total_bytes - w->total)
    return ERR(e, E_CAP_EXCEEDED, .subject = name, .expected = "an archive within the limits");
  size_t padded = ((size_t)size + BLOCK - 1) / BLOCK * BLOCK;
  if (padded > w->n - w->at - BLOCK) return ERR(e, E_TAR_FORMAT, .subject = name, .expected = "the whole member", .found = "a cut archive");
  if (!all_zero(w->p + w->at + BLOCK + size, padded - (size_t)size)) return ERR(e, E_TAR_FORMAT, .subject = name, .expected = "zero padding");
  TRY(walk_keep(w, name, e));
  w->total += (size_t)size;
  w->at += BLOCK + padded;
  return E_OK;
}
static enum err_code walk_all(struct walk *w, const struct tar_caps *caps, struct err *e) {
  for (;;) {
    if (w->n - w->at < 2 * BLOCK) return ERR(e, E_TAR_FORMAT, .expected = "two zero blocks at the end", .found = "a cut archive");
    if (all_zero(w->p + w->at, BLOCK)) break;
    TRY(walk_member(w, caps, e));
  }
  if (!all_zero(w->p + w->at, w->n - w->at)) return ERR(e, E_TAR_FORMAT, .expected = "nothing after the end of the archive", .found = "more bytes");
  const char *twice = colliding((const char **)w->names, w->members);
  return twice ? ERR(e, E_TAR_DUPLICATE, .subject = twice) : E_OK;
}

/* --- reading --- */
static enum err_code deliver(struct archive *a, struct archive_entry *entry, tar_member_fn fn, void *context, struct err *e) {
  size_t n = (size_t)archive_entry_size(entry);
  const char *name = archive_entry_pathname(entry);
  if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_sparse_count(entry) > 0 || archive_entry_hardlink(entry))
    return ERR(e, E_TAR_TYPE, .subject = name);
  if (!name || !name_ok(name, strlen(name))) return ERR(e, E_TAR_NAME, .expected = "a-z 0-9 . _ - / only, no .., no reserved name");
  uint8_t *p = malloc(n ? n : 1);
  if (!p) return ERR(e, E_NO_MEMORY, .subject = "tar");
  size_t got = 0;
  la_ssize_t step = 1;
  while (got < n && (step = archive_read_data(a, p + got, n - got)) > 0) got += (size_t)step;
  enum err_code code =
      got == n && step >= 0 ? fn(context, &(struct tar_member){name, p, n}, e) : ERR(e, E_TAR_FORMAT, .subject = name, .found = "a cut member");
  explicit_bzero(p, n);
  free(p);
  return code;
}
static enum err_code read_members(const struct walk *w, tar_member_fn fn, void *context, struct err *e) {
  enum err_code code = E_OK;
  size_t seen = 0;
  struct archive *a = archive_read_new();
  if (!a) return ERR(e, E_NO_MEMORY, .subject = "tar");
  if (archive_read_support_format_tar(a) != ARCHIVE_OK || archive_read_open_memory(a, w->p, w->n) != ARCHIVE_OK) {
    code = ERR(e, E_TAR_FORMAT, .found = archive_error_string(a));
    goto done;
  }
  struct archive_entry *entry;
  int got;
  while ((got = archive_read_next_header(a, &entry)) == ARCHIVE_OK) {
    seen++;
    code = deliver(a, entry, fn, context, e);
    if (code) goto done;
  }
  if (got != ARCHIVE_EOF || seen != w->members) code = ERR(e, E_TAR_FORMAT, .found = archive_error_string(a));
done:
  archive_read_free(a);
  return code;
}
enum err_code tar_read(const void *p, size_t n, const struct tar_caps *caps, tar_member_fn fn, void *context, struct err *e) {
  struct walk w = {.p = p, .n = n};
  enum err_code code = walk_all(&w, caps, e);
  /* An archive without members is only its end: nothing to hand to the library. */
  if (!code && w.members) code = read_members(&w, fn, context, e);
  for (size_t i = 0; i < w.members; i++) free(w.names[i]);
  free(w.names);
  return code;
}
