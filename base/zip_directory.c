/* zip_directory.c -- see zip_directory.h. */
#include "base/zip_directory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "base/ext_utf8proc.h"

enum { END_BYTES = 22, ENTRY_BYTES = 46, LOCAL_BYTES = 30, NAME_BYTES = 1024 };
enum { BIT_ENCRYPTED = 1, BIT_DESCRIPTOR = 8, BIT_STRONG = 64, BIT_MASKED = 1 << 13 };
static const uint64_t free_bytes = 1 << 20; /* small members of zeros are no bombs */

struct reading {
  struct arena *arena;
  const char *file;
  const uint8_t *p;
  size_t n;
  const struct zip_caps *caps;
  struct zip_directory *out;
  uint64_t start, size, total; /* of the directory; unpacked bytes */
};
static enum err_code broken(const struct reading *r, const char *found, struct err *e) {
  return ERR(e, E_ZIP_FORMAT, .file = r->file, .subject = r->file, .found = found);
}

/* --- names --- */
static bool reserved(const char *p, size_t n) {
  static const char *const names[] = {"con", "prn", "aux", "nul"};
  size_t stem = 0;
  while (stem < n && p[stem] != '.') stem++;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (stem == 3 && strncasecmp(p, names[i], 3) == 0) return true;
  return stem == 4 && (strncasecmp(p, "com", 3) == 0 || strncasecmp(p, "lpt", 3) == 0) && p[3] >= '1' && p[3] <= '9';
}
static const char *part_problem(const char *p, size_t n) {
  if (n == 0) return "an empty part";
  if (p[n - 1] == '.') return "a part that ends in a dot";
  return reserved(p, n) ? "a name that Windows reserves" : NULL;
}
static const char *name_problem(const char *name, size_t n) {
  if (n == 0 || n > NAME_BYTES) return "no name, or one of more than 1,024 bytes";
  if (*name == '/') return "an absolute path";
  for (size_t i = 0; i < n; i++) {
    if ((unsigned char)name[i] < 0x20 || name[i] == 0x7f) return "a control character";
    if (name[i] == '\\' || name[i] == ':') return "a backslash or colon";
  }
  size_t end = name[n - 1] == '/' ? n - 1 : n;
  for (size_t start = 0, i = 0; i <= end; i++) {
    if (i < end && name[i] != '/') continue;
    const char *problem = part_problem(name + start, i - start);
    if (problem) return problem;
    start = i + 1;
  }
  return NULL;
}

/* --- the end record --- */
static enum err_code find_directory(struct reading *r, uint16_t *count, struct err *e) {
  struct bytes_reader b;
  if (r->n < END_BYTES || memcmp(r->p, "PK\003\004", 4)) return broken(r, "it does not begin with a member", e);
  if (memcmp(r->p + r->n - END_BYTES, "PK\005\006", 4))
    return broken(r, "no end record in its last 22 bytes (cut, or followed by a comment or other bytes)", e);
  bytes_reader_init(&b, r->p + r->n - END_BYTES + 4, END_BYTES - 4);
  uint16_t disk = bytes_u16(&b), first_disk = bytes_u16(&b), here = bytes_u16(&b);
  *count = bytes_u16(&b);
  r->size = bytes_u32(&b);
  r->start = bytes_u32(&b);
  if (bytes_u16(&b) != 0) return broken(r, "a comment", e);
  if (*count == 0xffff || r->size == 0xffffffff || r->start == 0xffffffff) return broken(r, "zip64", e);
  if (disk || first_disk || here != *count) return broken(r, "several disks", e);
  if (r->start + r->size != r->n - END_BYTES) return broken(r, "its directory does not end where the end record begins", e);
  if (*count == 0) return broken(r, "no members", e);
  if (*count > r->caps->members) return ERR(e, E_ZIP_BOMB, .file = r->file, .subject = r->file, .found = "too many members");
  return (uint64_t)*count * ENTRY_BYTES > r->size ? broken(r, "more members than its directory can hold", e) : E_OK;
}

/* --- one entry --- */
static enum err_code check_kind(const struct reading *r, const struct zip_entry *m, uint16_t made_by, uint32_t attributes, struct err *e) {
  unsigned type = made_by >> 8 == 3 ? attributes >> 28 : 0; /* Unix: the file type of st_mode */
  if (m->flags & (BIT_ENCRYPTED | BIT_STRONG | BIT_MASKED)) return ERR(e, E_ZIP_ENCRYPTED, .file = r->file, .subject = r->file);
  if (type != 0 && type != 8 && type != 4)
    return ERR(e, E_ZIP_METHOD, .file = r->file, .subject = r->file, .found = type == 10 ? "a symbolic link" : "a special file");
  if (m->method != ZIP_STORED && m->method != ZIP_DEFLATED)
    return ERR(e, E_ZIP_METHOD, .file = r->file, .subject = r->file, .found = "another compression");
  if (m->method == ZIP_STORED && m->packed != m->size) return broken(r, "a stored member with two sizes", e);
  return m->folder && m->size ? broken(r, "a folder with content", e) : E_OK;
}
static enum err_code check_size(struct reading *r, const struct zip_entry *m, struct err *e) {
  const struct zip_caps *c = r->caps;
  const char *found = NULL;
  if (m->size > c->member_bytes) found = "one member is too large";
  else if (m->size > c->total_bytes - r->total) found = "all members together are too large";
  else if (m->size > free_bytes && m->size / c->max_ratio > m->packed) found = "a ratio that no table has";
  r->total += m->size;
  return found ? ERR(e, E_ZIP_BOMB, .file = r->file, .subject = r->file, .found = found) : E_OK;
}
/* Sizes may stand behind the data (bit 3); then the local header says 0. */
static enum err_code check_local(const struct reading *r, struct zip_entry *m, size_t name_n, struct err *e) {
  struct bytes_reader b;
  if (m->offset > r->start || r->start - m->offset < LOCAL_BYTES) return broken(r, "a member outside the file", e);
  const uint8_t *p = r->p + m->offset;
  if (memcmp(p, "PK\003\004", 4)) return broken(r, "a member without its header", e);
  bytes_reader_init(&b, p + 6, LOCAL_BYTES - 6);
  uint16_t flags = bytes_u16(&b), method = bytes_u16(&b);
  bytes_take(&b, 8);
  uint32_t packed = bytes_u32(&b), size = bytes_u32(&b);
  uint16_t local_name = bytes_u16(&b), extra = bytes_u16(&b);
  bool behind = flags & BIT_DESCRIPTOR, large = packed == 0xffffffff && size == 0xffffffff; /* sizes in the extra field: the library compares them */
  if ((flags ^ m->flags) & (BIT_ENCRYPTED | BIT_DESCRIPTOR) || method != m->method || local_name != name_n)
    return broken(r, "a member that its directory describes differently", e);
  if (!large && (packed != m->packed || size != m->size) && !(behind && packed == 0 && size == 0)) return broken(r, "a member with two sizes", e);
  m->end = m->offset + LOCAL_BYTES + name_n + extra + m->packed;
  if (m->end > r->start) return broken(r, "a member that runs into the directory", e);
  return memcmp(p + LOCAL_BYTES, m->name, name_n) ? broken(r, "a member with two names", e) : E_OK;
}
static enum err_code read_entry(struct reading *r, struct bytes_reader *b, struct zip_entry *m, struct err *e) {
  const uint8_t *magic = bytes_take(b, 4);
  uint16_t made_by = bytes_u16(b);
  bytes_take(b, 2);
  m->flags = bytes_u16(b);
  m->method = bytes_u16(b);
  bytes_take(b, 8);
  m->packed = bytes_u32(b);
  m->size = bytes_u32(b);
  uint16_t name_n = bytes_u16(b), extra = bytes_u16(b), comment = bytes_u16(b), disk = bytes_u16(b);
  bytes_take(b, 2);
  uint32_t attributes = bytes_u32(b);
  m->offset = bytes_u32(b);
  const char *name = (const char *)bytes_take(b, name_n);
  bytes_take(b, (size_t)extra + comment);
  if (b->failed || memcmp(magic, "PK\001\002", 4)) return broken(r, "a broken directory", e);
  if (m->packed == 0xffffffff || m->size == 0xffffffff || m->offset == 0xffffffff || disk) return broken(r, "zip64", e);
  const char *problem = name_problem(name, name_n);
  if (problem) return ERR(e, E_ZIP_NAME, .file = r->file, .subject = r->file, .found = problem);
  m->name = arena_strdup(r->arena, name, name_n);
  if (!m->name) return ERR(e, E_NO_MEMORY, .subject = r->file);
  m->folder = name[name_n - 1] == '/';
  TRY(check_kind(r, m, made_by, attributes, e));
  TRY(check_size(r, m, e));
  return check_local(r, m, name_n, e);
}

/* --- all of them --- */
static int by_offset(const void *a, const void *b) {
  const struct zip_entry *x = a, *y = b;
  return (x->offset > y->offset) - (x->offset < y->offset);
}
static int by_text(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static const char *folded_name(struct arena *a, struct strbuf *scratch, const char *name) {
  strbuf_reset(scratch);
  if (!text_fold_case(str_of(name), scratch)) { /* not UTF-8: only ASCII letters are known */
    strbuf_reset(scratch);
    for (const char *p = name; *p; p++) strbuf_addc(scratch, *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p);
  }
  while (scratch->n && scratch->p[scratch->n - 1] == '/') scratch->n--; /* a folder and a file of one name */
  return scratch->failed ? NULL : arena_strdup(a, scratch->p, scratch->n);
}
static enum err_code check_names(const struct reading *r, struct err *e) {
  const struct zip_directory *d = r->out;
  struct arena_mark mark = arena_mark(r->arena);
  const char **names = ARENA_ARRAY(r->arena, const char *, d->n_entries);
  struct strbuf scratch;
  enum err_code code = E_OK;
  strbuf_init(&scratch, 1 << 16);
  for (size_t i = 0; names && i < d->n_entries; i++)
    if (!(names[i] = folded_name(r->arena, &scratch, d->entries[i].name))) names = NULL;
  if (!names) code = ERR(e, E_NO_MEMORY, .subject = r->file);
  else qsort(names, d->n_entries, sizeof *names, by_text);
  for (size_t i = 1; !code && i < d->n_entries; i++)
    if (strcmp(names[i - 1], names[i]) == 0) code = ERR(e, E_ZIP_DUPLICATE, .file = r->file, .subject = r->file);
  strbuf_release(&scratch);
  arena_reset(r->arena, mark);
  return code;
}
static enum err_code check_apart(const struct reading *r, struct err *e) {
  struct zip_directory *d = r->out;
  qsort(d->entries, d->n_entries, sizeof *d->entries, by_offset);
  if (d->entries[0].offset != 0) return broken(r, "bytes before its first member", e);
  for (size_t i = 1; i < d->n_entries; i++)
    if (d->entries[i].offset < d->entries[i - 1].end) return ERR(e, E_ZIP_OVERLAP, .file = r->file, .subject = r->file);
  return E_OK;
}

enum err_code zip_directory_read(struct arena *a, const char *file, const void *p, size_t n, const struct zip_caps *caps, struct zip_directory *out, struct err *e) {
  struct reading r = {.arena = a, .file = file, .p = p, .n = n, .caps = caps, .out = out};
  struct bytes_reader b;
  uint16_t count = 0;
  *out = (struct zip_directory){.p = p, .n = n};
  TRY(find_directory(&r, &count, e));
  out->entries = ARENA_ARRAY(a, struct zip_entry, count);
  if (!out->entries) return ERR(e, E_NO_MEMORY, .subject = file);
  bytes_reader_init(&b, r.p + r.start, r.size);
  for (; out->n_entries < count; out->n_entries++) TRY(read_entry(&r, &b, &out->entries[out->n_entries], e));
  if (bytes_left(&b)) return broken(&r, "bytes behind its directory", e);
  TRY(check_names(&r, e));
  return check_apart(&r, e);
}

const struct zip_entry *zip_find(const struct zip_directory *d, const char *name) {
  for (size_t i = 0; i < d->n_entries; i++)
    if (strcasecmp(d->entries[i].name, name) == 0) return &d->entries[i];
  return NULL;
}
