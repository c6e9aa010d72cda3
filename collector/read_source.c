/* read_source.c -- opening, mapping and hashing an input file; see read_source.h. */
#include "collector/read_source.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "collector/read_apart.h"
#include "collector/recognise.h"
#include "collector/xlsx.h"

static void stamp_of(const struct stat *st, int64_t stamp[3]) {
  stamp[0] = st->st_size;
  stamp[1] = st->st_mtim.tv_sec;
  stamp[2] = st->st_mtim.tv_nsec;
}

static const char *last_part(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

static enum err_code map_file(struct source *s, struct err *e) {
  struct stat st;
  s->fd = open(s->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (s->fd < 0) return ERR(e, E_FILE_OPEN, .file = s->path, .subject = s->path, .found = strerror(errno));
  if (fstat(s->fd, &st)) return ERR(e, E_FILE_READ, .file = s->path, .subject = s->path, .found = strerror(errno));
  if (!S_ISREG(st.st_mode))
    return ERR(e, E_FILE_OPEN, .file = s->path, .subject = s->path, .expected = "a file", .found = S_ISDIR(st.st_mode) ? "a folder" : "a device");
  stamp_of(&st, s->stamp);
  s->n = (size_t)st.st_size;
  if (s->n == 0) return E_OK;
  void *p = mmap(NULL, s->n, PROT_READ, MAP_PRIVATE, s->fd, 0);
  if (p == MAP_FAILED) return ERR(e, E_FILE_READ, .file = s->path, .subject = s->path, .found = strerror(errno));
  s->p = p;
  madvise(p, s->n, MADV_SEQUENTIAL);
  return E_OK;
}

/* --- hashing, beside the detection of the encoding --- */

enum { HASH_PIECE = 1 << 20, SMALL = 1 << 20 };

static void *hash_all(void *context) {
  struct source *s = context;
  struct sha256 h;
  sha256_begin(&h);
  for (size_t at = 0; at < s->n; at += HASH_PIECE) {
    size_t n = s->n - at < HASH_PIECE ? s->n - at : HASH_PIECE;
    sha256_add(&h, s->p + at, n);
    source_forget_range(s, at, at + n);
  }
  sha256_end(&h, s->sha256);
  return NULL;
}

static void passed(void *context, size_t from, size_t to) { source_forget_range(context, from, to); }

/* A file of some size is hashed by a thread of its own meanwhile: both only read. */
static enum err_code hash_and_detect(struct source *s, bool detect, struct err *e) {
  pthread_t thread;
  enum err_code code = E_OK;
  bool apart = detect && s->n > SMALL && pthread_create(&thread, NULL, hash_all, s) == 0;
  if (detect) code = detect_encoding_of(s->name, s->p, s->n, s->cp932, &(struct detect_progress){passed, s}, &s->encoding, e);
  if (apart) pthread_join(thread, NULL);
  else hash_all(s);
  return code;
}

static enum err_code make_table(struct arena *a, struct source *s, struct err *e) {
  struct cp932 *table = ARENA_NEW(a, struct cp932);
  if (!table) return ERR(e, E_NO_MEMORY, .subject = s->path);
  TRY(cp932_init(table, e));
  s->cp932 = table;
  return E_OK;
}

static enum err_code judge(struct arena *a, struct source *s, bool detect, struct err *e) {
  if (detect) TRY(make_table(a, s, e));
  TRY(hash_and_detect(s, detect, e));
  hex_encode(s->sha256, sizeof s->sha256, s->sha256_hex);
  source_forget(s, s->n);
  return E_OK;
}

static enum err_code map_path(const char *path, struct source *out, struct err *e) {
  *out = (struct source){.path = path,
      .name = last_part(path),
      .file = last_part(path),
      .sheet = out->sheet,
      .skip_hidden = out->skip_hidden,
      .apart = out->apart,
      .fd = -1};
  return map_file(out, e);
}

enum err_code source_open(struct arena *a, const char *path, bool detects, struct source *out, struct err *e) {
  *out = (struct source){.sheet = NULL};
  TRY(map_path(path, out, e));
  return judge(a, out, detects, e);
}

static bool is_table(const char *kind) { return strcmp(kind, "csv") == 0 || strcmp(kind, "xlsx") == 0 || strcmp(kind, "xls") == 0; }

static enum err_code open_workbook(struct arena *a, struct source *s, struct err *e) {
  s->sheet_report = ARENA_NEW(a, struct sheet_report);
  if (!s->sheet_report) return ERR(e, E_NO_MEMORY, .subject = s->path);
  if (s->apart == SOURCE_HERE) {
    TRY(workbook_open(a, s, &s->workbook, e));
    TRY(recognise_workbook(s->workbook, e));
    s->sheet_report->sheet = s->workbook->sheets[s->workbook->chosen].name;
  } else {
    TRY(apart_open(a, s, &s->sheet_report->sheet, e));
    s->workbook = ARENA_NEW(a, struct workbook); /* says that it is one; what it holds is known to the worker alone */
    if (!s->workbook) return ERR(e, E_NO_MEMORY, .subject = s->path);
  }
  s->name = arena_printf(a, "%s!%s", s->file, s->sheet_report->sheet);
  s->encoding.encoding = ENCODING_WORKBOOK;
  return s->name ? E_OK : ERR(e, E_NO_MEMORY, .subject = s->path);
}

enum err_code source_open_as(struct arena *a, const char *path, const char *kind, const char *layout, struct source *out, const struct source_reader **reader, struct err *e) {
  bool workbook;
  *reader = source_reader_find(is_table(kind) ? "csv" : kind);
  TRY(map_path(path, out, e));
  TRY(recognise(out, &workbook, e));
  if (workbook && !is_table(kind)) return ERR(e, E_SHEET_KIND, .file = out->name, .subject = out->name, .expected = layout);
  if (workbook) *reader = &source_reader_xlsx;
  if (!*reader) return ERR(e, E_SOURCE_KIND, .file = out->name, .subject = kind);
  TRY(judge(a, out, !workbook && (*reader)->detects_encoding, e));
  return workbook ? open_workbook(a, out, e) : E_OK;
}

enum err_code source_declare(struct arena *a, struct source *s, enum text_encoding encoding, struct err *e) {
  TRY(make_table(a, s, e));
  if (s->n == 0) return ERR(e, E_INPUT_EMPTY, .file = s->name, .subject = s->name);
  s->encoding = (struct encoding_report){.encoding = encoding};
  return E_OK;
}

void source_forget(const struct source *s, size_t done) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE), whole = done == s->n ? done : done / page * page;
  if (s->p && whole) madvise((void *)(uintptr_t)s->p, whole, MADV_DONTNEED);
}

void source_forget_range(const struct source *s, size_t from, size_t to) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE), first = (from + page - 1) / page * page, end = to / page * page;
  if (s->p && end > first) madvise((void *)(uintptr_t)(s->p + first), end - first, MADV_DONTNEED);
}

bool source_changed(const struct source *s) {
  struct stat st;
  int64_t now[3];
  if (fstat(s->fd, &st)) return true;
  stamp_of(&st, now);
  return memcmp(now, s->stamp, sizeof now) != 0;
}

void source_close(struct source *s) {
  if (s->p) munmap((void *)(uintptr_t)s->p, s->n);
  if (s->fd >= 0) close(s->fd);
  s->p = NULL;
  s->fd = -1;
}

const struct source_reader *source_reader_find(const char *kind) {
  static const struct source_reader *const readers[] = {&source_reader_csv, &source_reader_fixed, &source_reader_xlsx};
  for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
    if (strcmp(readers[i]->kind, kind) == 0) return readers[i];
  return NULL;
}

uint32_t external_character(struct str text) {
  for (size_t at = 0; at < text.n;) {
    uint32_t c;
    size_t length = utf8_decode(text.p + at, text.n - at, &c);
    if (!length) return 0;
    if ((c >= 0xe000 && c <= 0xf8ff) || c >= 0xf0000) return c;
    at += length;
  }
  return 0;
}
