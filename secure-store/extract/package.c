/* package.c -- putting a package together; see package.h. */
#include "secure-store/extract/package.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/ext_zstd.h"
#include "secure-store/age_stream.h"

enum { PIECE = 1 << 16 };

void package_init(struct package *p, const char *scratch, int level) { *p = (struct package){.scratch = scratch, .level = level}; }
void package_release(struct package *p) {
  for (int i = 0; i < p->n; i++) spool_free(p->m[i].spool);
  p->n = 0;
}

/* --- members --- */
struct member_write {
  struct package_member *m;
  struct sha256 hash;
  struct zstd_writer *zstd;
};
static enum err_code to_spool(void *context, const void *p, size_t n, struct err *e) { return spool_add(context, p, n, e); }
enum err_code package_member_begin(struct package *p, const char *name, struct member_write **out, struct err *e) {
  *out = NULL;
  if (!package_name_ok(name) || p->n == PACKAGE_FILES - 1) return ERR(e, E_BUG, .subject = name);
  struct package_member *m = &p->m[p->n++];
  *m = (struct package_member){.bytes = 0};
  memcpy(m->name, name, strlen(name) + 1);
  struct member_write *w = calloc(1, sizeof *w);
  if (!w) return ERR(e, E_NO_MEMORY, .subject = name);
  w->m = m;
  sha256_begin(&w->hash);
  enum err_code code = spool_new(p->scratch, &m->spool, e);
  if (!code) code = zstd_writer_new(p->level, to_spool, m->spool, &w->zstd, e);
  if (code) package_member_abort(w);
  else *out = w;
  return code;
}
enum err_code package_member_add(void *member_write, const void *bytes, size_t n, struct err *e) {
  struct member_write *w = member_write;
  w->m->bytes += n;
  sha256_add(&w->hash, bytes, n);
  return zstd_writer_add(w->zstd, bytes, n, e);
}
enum err_code package_member_end(struct member_write *w, struct err *e) {
  sha256_end(&w->hash, w->m->sha256);
  enum err_code code = zstd_writer_end_frame(w->zstd, e);
  if (!code) code = spool_end(w->m->spool, e);
  package_member_abort(w);
  return code;
}
void package_member_abort(struct member_write *w) {
  if (!w) return;
  zstd_writer_free(w->zstd);
  free(w);
}
enum err_code package_put(struct package *p, const char *name, struct str bytes, struct err *e) {
  struct member_write *w;
  TRY(package_member_begin(p, name, &w, e));
  enum err_code code = package_member_add(w, bytes.p, bytes.n, e);
  if (!code) return package_member_end(w, e);
  package_member_abort(w);
  return code;
}

/* --- the whole --- */
static int by_name(const void *a, const void *b) { return strcmp(((const struct manifest_file *)a)->name, ((const struct manifest_file *)b)->name); }
void package_files(const struct package *p, struct manifest *m) {
  m->n_files = p->n;
  for (int i = 0; i < p->n; i++) {
    memcpy(m->files[i].name, p->m[i].name, PACKAGE_NAME);
    memcpy(m->files[i].sha256, p->m[i].sha256, 32);
  }
  qsort(m->files, (size_t)p->n, sizeof *m->files, by_name);
}
struct outlet { /* the file, and what its signatures cover */
  struct atomic_file file;
  struct blake2b blake2b;
  struct sha256 sha256;
};
static enum err_code to_file(void *context, const void *p, size_t n, struct err *e) {
  struct outlet *o = context;
  blake2b_add(&o->blake2b, p, n);
  sha256_add(&o->sha256, p, n);
  return atomic_file_write(&o->file, p, n, e);
}
static enum err_code to_age(void *context, const void *p, size_t n, struct err *e) { return age_writer_add(context, p, n, e); }

struct writing {
  struct age_writer *age;
  struct zstd_writer *zstd; /* for what is not compressed yet */
  uint64_t tar_bytes;
};
static const uint8_t zeros[TAR_END_BYTES];
static enum err_code raw_out(struct writing *w, const void *p, size_t n, struct err *e) {
  w->tar_bytes += n;
  return zstd_writer_add(w->zstd, p, n, e);
}
static enum err_code head_out(struct writing *w, const char *name, uint64_t bytes, struct err *e) {
  uint8_t head[TAR_HEAD_MAX];
  size_t n = package_tar_head(name, bytes, head);
  return n ? raw_out(w, head, n, e) : ERR(e, E_BUG, .subject = name);
}
static enum err_code member_out(struct writing *w, const struct package_member *m, struct spool_cursor *c, struct err *e) {
  uint8_t piece[PIECE];
  TRY(head_out(w, m->name, m->bytes, e));
  TRY(zstd_writer_end_frame(w->zstd, e));
  uint64_t n = spool_bytes(m->spool);
  c->chunk = 0; /* what it holds is another file's */
  for (uint64_t at = 0; at < n;) {
    size_t take = n - at < PIECE ? (size_t)(n - at) : PIECE;
    TRY(spool_read(m->spool, c, at, piece, take, e));
    TRY(age_writer_add(w->age, piece, take, e));
    at += take;
  }
  w->tar_bytes += m->bytes;
  return raw_out(w, zeros, package_tar_padding(m->bytes), e);
}
static enum err_code archive_out(struct package *p, struct str manifest, struct writing *w, struct err *e) {
  struct spool_cursor *c = calloc(1, sizeof *c);
  if (!c) return ERR(e, E_NO_MEMORY, .subject = "package");
  enum err_code code = head_out(w, "manifest.json", manifest.n, e);
  if (!code) code = raw_out(w, manifest.p, manifest.n, e);
  if (!code) code = raw_out(w, zeros, package_tar_padding(manifest.n), e);
  for (int i = 0; !code && i < p->n; i++) code = member_out(w, &p->m[i], c, e);
  if (!code) code = raw_out(w, zeros, TAR_END_BYTES, e);
  if (!code) code = zstd_writer_end_frame(w->zstd, e);
  spool_cursor_wipe(c);
  free(c);
  return code;
}
static enum err_code write_into(
    struct package *p, struct str manifest, const char *recipient, struct outlet *o, struct package_outside *out, struct err *e) {
  struct writing w = {.tar_bytes = 0};
  enum err_code code = age_writer_new(recipient, to_file, o, &w.age, e);
  if (!code) code = zstd_writer_new(p->level, to_age, w.age, &w.zstd, e);
  if (!code) code = archive_out(p, manifest, &w, e);
  if (!code) code = age_writer_end(w.age, e);
  zstd_writer_free(w.zstd);
  age_writer_free(w.age);
  out->tar_bytes = w.tar_bytes;
  return code;
}
enum err_code package_write(
    struct package *p, struct str manifest, const char *recipient, const char *path, struct package_outside *out, struct err *e) {
  struct outlet o;
  blake2b_begin(&o.blake2b);
  sha256_begin(&o.sha256);
  snprintf(out->recipient, sizeof out->recipient, "%s", recipient);
  TRY(atomic_file_begin(&o.file, path, ATOMIC_NEW_ONLY, 0644, e));
  enum err_code code = write_into(p, manifest, recipient, &o, out, e);
  if (!code) code = atomic_file_commit(&o.file, e);
  atomic_file_abort(&o.file);
  blake2b_end(&o.blake2b, out->blake2b);
  sha256_end(&o.sha256, out->sha256);
  return code;
}

/* --- outside --- */
void package_comment(const struct package_outside *o, char out[PACKAGE_COMMENT]) {
  snprintf(
      out, PACKAGE_COMMENT, "shirabe-extract-1 provision=%s recipient=%s tar=%llu", o->provision, o->recipient, (unsigned long long)o->tar_bytes);
}
bool package_comment_parse(const char *comment, struct package_outside *out) {
  unsigned long long tar;
  char again[PACKAGE_COMMENT];
  memset(out, 0, sizeof *out);
  if (sscanf(comment, "shirabe-extract-1 provision=%63s recipient=%79s tar=%19llu", out->provision, out->recipient, &tar) != 3) return false;
  out->tar_bytes = tar;
  package_comment(out, again);
  return strcmp(again, comment) == 0;
}
enum err_code package_digest(const char *path, struct package_outside *o, struct err *e) {
  struct blake2b blake2b;
  struct sha256 sha256;
  uint8_t piece[PIECE];
  ssize_t got;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return ERR(e, E_FILE_OPEN, .file = path, .subject = path, .found = strerrordesc_np(errno));
  blake2b_begin(&blake2b);
  sha256_begin(&sha256);
  while ((got = read(fd, piece, sizeof piece)) > 0 || (got < 0 && errno == EINTR)) {
    if (got < 0) continue;
    blake2b_add(&blake2b, piece, (size_t)got);
    sha256_add(&sha256, piece, (size_t)got);
  }
  int number = errno;
  close(fd);
  blake2b_end(&blake2b, o->blake2b);
  sha256_end(&sha256, o->sha256);
  return got < 0 ? ERR(e, E_FILE_READ, .file = path, .subject = path, .found = strerrordesc_np(number)) : E_OK;
}
