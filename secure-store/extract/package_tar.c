/* package_tar.c -- see package_tar.h. */
#include "secure-store/extract/package_tar.h"

#include <stdio.h>
#include <string.h>

enum { BLOCK = 512, PARTS_MAX = 3, NAME_AT = 0, MODE_AT = 100, SIZE_AT = 124, TIME_AT = 136, SUM_AT = 148, TYPE_AT = 156, MAGIC_AT = 257 };
#define USTAR_MAX (UINT64_C(8) << 30)

/* --- names --- */
static bool kept_by_windows(const char *p, size_t n) {
  static const char *const kept[] = {"con", "prn", "aux", "nul", "com", "lpt"};
  size_t stem = strcspn(p, "./");
  if (stem > n) stem = n;
  for (size_t i = 0; i < 6; i++)
    if ((i < 4 ? stem == 3 : stem == 4 && p[3] >= '0' && p[3] <= '9') && strncmp(p, kept[i], 3) == 0) return true;
  return false;
}
static bool part_ok(const char *p, size_t n) {
  if (n == 0 || p[0] == '.' || p[n - 1] == '.' || p[0] == '-' || kept_by_windows(p, n)) return false;
  for (size_t i = 0; i < n; i++)
    if (!((p[i] >= 'a' && p[i] <= 'z') || (p[i] >= '0' && p[i] <= '9') || p[i] == '.' || p[i] == '_' || p[i] == '-')) return false;
  return true;
}
bool package_name_ok(const char *name) {
  size_t n = strlen(name);
  int parts = 0;
  if (n == 0 || n >= PACKAGE_NAME) return false;
  for (const char *p = name;; p++) {
    size_t part = strcspn(p, "/");
    if (!part_ok(p, part) || ++parts > PARTS_MAX) return false;
    p += part;
    if (!*p) return true;
  }
}

/* --- writing --- */
static void octal(uint8_t *to, int digits, uint64_t v) {
  for (int i = digits - 1; i >= 0; i--, v >>= 3) to[i] = (uint8_t)('0' + (v & 7));
  to[digits] = 0;
}
static void header(const char *name, uint64_t bytes, char type, uint8_t block[BLOCK]) {
  unsigned sum = 0;
  memset(block, 0, BLOCK);
  memcpy(block + NAME_AT, name, strlen(name)); // NOLINT(bugprone-not-null-terminated-result): zeros stand behind it
  octal(block + MODE_AT, 7, 0644);
  octal(block + 108, 7, 0);
  octal(block + 116, 7, 0);
  octal(block + SIZE_AT, 11, bytes);
  octal(block + TIME_AT, 11, 0);
  memset(block + SUM_AT, ' ', 8);
  block[TYPE_AT] = (uint8_t)type;
  memcpy(block + MAGIC_AT, "ustar\0" "00", 8); // NOLINT(bugprone-not-null-terminated-result): a field of 8 bytes
  for (int i = 0; i < BLOCK; i++) sum += block[i];
  octal(block + SUM_AT, 6, sum);
}
/* "N size=BYTES\n", N its own length: the only pax record we use. */
static int pax_record(uint64_t bytes, char out[BLOCK]) {
  int n = snprintf(out, BLOCK, " size=%llu\n", (unsigned long long)bytes), all = n + 2;
  if (all > 99) all++;
  return snprintf(out, BLOCK, "%d size=%llu\n", all, (unsigned long long)bytes);
}
size_t package_tar_head(const char *name, uint64_t bytes, uint8_t head[TAR_HEAD_MAX]) {
  char record[BLOCK] = {0};
  if (!package_name_ok(name)) return 0;
  if (bytes < USTAR_MAX) {
    header(name, bytes, '0', head);
    return BLOCK;
  }
  int n = pax_record(bytes, record);
  header("pax", (uint64_t)n, 'x', head);
  memset(head + BLOCK, 0, BLOCK);
  memcpy(head + BLOCK, record, (size_t)n);
  header(name, 0, '0', head + 2 * (size_t)BLOCK);
  return TAR_HEAD_MAX;
}

/* --- reading --- */
static enum err_code refused(struct err *e, const char *found) { return ERR(e, E_EXTRACT_TAR, .subject = "archive", .found = found); }
void tar_feed_init(struct tar_feed *t, const struct tar_sink *sink) {
  memset(t, 0, sizeof *t);
  t->sink = *sink;
}
static bool octal_read(const uint8_t *p, int digits, uint64_t *out) {
  *out = 0;
  for (int i = 0; i < digits; i++) {
    if (p[i] < '0' || p[i] > '7') return false;
    *out = *out << 3 | (uint64_t)(p[i] - '0');
  }
  return p[digits] == 0;
}
static enum err_code kind_refused(struct err *e, uint8_t type) {
  static const char types[] = "123456gLKSDVMN";
  static const char *const what[] = {"a hard link", "a symbolic link", "a device", "a device", "a folder", "a pipe", "a global pax header",
      "a long name", "a long link", "a sparse file", "a folder dump", "a volume label", "a continued file", "an old long name"};
  const char *at = type ? strchr(types, type) : NULL;
  return refused(e, at ? what[at - types] : "an entry of another kind");
}
static enum err_code begin_file(struct tar_feed *t, const char *name, uint64_t bytes, struct err *e) {
  if (t->n_names == PACKAGE_FILES) return ERR(e, E_EXTRACT_LIMIT, .subject = "archive", .found = "more than 64 files");
  for (int i = 0; i < t->n_names; i++)
    if (strcmp(t->names[i], name) == 0) return refused(e, "a name twice");
  memcpy(t->names[t->n_names++], name, strlen(name) + 1);
  t->left = bytes, t->padding = package_tar_padding(bytes), t->inside = true, t->pax_size = 0;
  TRY(t->sink.begin(t->sink.context, name, bytes, e));
  if (bytes) return E_OK;
  t->inside = false;
  return t->sink.end(t->sink.context, e);
}
static bool all_zero(const uint8_t *p, size_t n) {
  uint8_t any = 0;
  for (size_t i = 0; i < n; i++) any |= p[i];
  return any == 0;
}
static enum err_code pax_in(struct tar_feed *t, struct err *e) {
  char record[BLOCK] = {0};
  unsigned long long size = 0;
  t->in_pax = false;
  /* Only what our writer makes comes out byte for byte again. */
  if (sscanf((const char *)t->block, "%*d size=%19llu", &size) != 1 || size < USTAR_MAX) return refused(e, "a pax header other than a large size");
  pax_record(size, record);
  if (memcmp(record, t->block, BLOCK) != 0) return refused(e, "a pax header other than a large size");
  t->pax_size = size;
  return E_OK;
}
static enum err_code header_in(struct tar_feed *t, struct err *e) {
  uint8_t again[BLOCK];
  char name[PACKAGE_NAME];
  uint64_t size;
  uint8_t type = t->block[TYPE_AT];
  if (all_zero(t->block, BLOCK)) {
    if (t->pax_size) return refused(e, "a pax header without a file");
    t->zeros = BLOCK;
    return E_OK;
  }
  if (memcmp(t->block + MAGIC_AT, "ustar\0" "00", 8) != 0) return refused(e, "a header that is not ustar");
  if (type != '0' && type != 'x') return kind_refused(e, type);
  if (memchr(t->block + NAME_AT, 0, 100) == NULL) return refused(e, "a name that is too long");
  snprintf(name, sizeof name, "%.100s", (const char *)t->block + NAME_AT);
  if (!package_name_ok(name)) return refused(e, "a name that is not allowed");
  if (!octal_read(t->block + SIZE_AT, 11, &size)) return refused(e, "a size that is no number");
  header(name, size, (char)type, again);
  if (memcmp(again, t->block, BLOCK) != 0) return refused(e, "an owner, mode, time, link or bytes that do not belong there");
  if (type == '0') return begin_file(t, name, t->pax_size ? t->pax_size : size, e);
  if (t->pax_size || strcmp(name, "pax") != 0 || size > BLOCK) return refused(e, "a pax header other than a large size");
  t->in_pax = true;
  return E_OK;
}
static enum err_code block_in(struct tar_feed *t, struct err *e) {
  if (t->zeros) {
    if (!all_zero(t->block, BLOCK)) return refused(e, "bytes after the end");
    t->zeros += BLOCK;
    return t->zeros > TAR_END_BYTES ? refused(e, "bytes after the end") : E_OK;
  }
  return t->in_pax ? pax_in(t, e) : header_in(t, e);
}
static enum err_code data_in(struct tar_feed *t, const uint8_t *p, size_t n, struct err *e) {
  TRY(t->sink.data(t->sink.context, p, n, e));
  t->left -= n;
  if (t->left) return E_OK;
  t->inside = false;
  return t->sink.end(t->sink.context, e);
}
enum err_code tar_feed(struct tar_feed *t, const void *p, size_t n, struct err *e) {
  const uint8_t *at = p;
  while (n > 0) {
    size_t take;
    if (t->inside) {
      take = t->left < n ? (size_t)t->left : n;
      TRY(data_in(t, at, take, e));
    } else if (t->padding) {
      take = t->padding < n ? t->padding : n;
      if (!all_zero(at, take)) return refused(e, "padding that is not zero");
      t->padding -= take;
    } else {
      take = BLOCK - t->have < n ? BLOCK - t->have : n;
      memcpy(t->block + t->have, at, take);
      t->have += take;
      if (t->have == BLOCK) {
        t->have = 0;
        TRY(block_in(t, e));
      }
    }
    at += take, n -= take;
  }
  return E_OK;
}
enum err_code tar_feed_end(struct tar_feed *t, struct err *e) {
  bool whole = t->zeros == TAR_END_BYTES && t->have == 0 && !t->inside && !t->padding && !t->in_pax;
  return whole ? E_OK : refused(e, "a cut archive");
}
