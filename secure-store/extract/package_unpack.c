/* package_unpack.c -- the worker that unpacks a package: it has no key, sees no file but its folder, and gets the archive over its channel; see
 * package_unpack.h. */
#include "secure-store/extract/package_unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/ext_zstd.h"
#include "secure-store/sandbox.h"
#include "secure-store/sandbox_message.h"

enum { PIECE = 1 << 16 };

/* --- files of the folder: the one that nobody sees yet --- */
struct unpacking {
  int folder;               /* of the temporary folder */
  int fd;                   /* of the file being written, -1 = none */
  struct sha256 hash;
  struct manifest found;    /* names and hashes as they came */
  bool in_manifest;
  struct strbuf manifest;   /* text of manifest.json */
};
static enum err_code io_error(const char *name, int number, struct err *e) {
  return ERR(e, number == ENOSPC || number == EDQUOT ? E_DISK_FULL : E_FILE_WRITE, .subject = name, .found = strerrordesc_np(number));
}
/* The folders of a name, each made by its parent's descriptor: no path is ever followed. */
static int open_parent(int folder, const char *name, char last[PACKAGE_NAME]) {
  int at = dup(folder);
  for (const char *slash; at >= 0 && (slash = strchr(name, '/')); name = slash + 1) {
    snprintf(last, PACKAGE_NAME, "%.*s", (int)(slash - name), name);
    if (mkdirat(at, last, 0700) != 0 && errno != EEXIST) break;
    int next = openat(at, last, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    close(at);
    at = next;
  }
  snprintf(last, PACKAGE_NAME, "%s", name);
  return at;
}
static enum err_code file_begin(void *context, const char *name, uint64_t bytes, struct err *e) {
  struct unpacking *u = context;
  char last[PACKAGE_NAME];
  int number = io_fault_check();
  u->in_manifest = strcmp(name, "manifest.json") == 0;
  if (u->in_manifest && bytes > MANIFEST_MAX) return ERR(e, E_EXTRACT_LIMIT, .subject = name, .found = "a manifest of more than 4 MiB");
  if (number) return io_error(name, number, e);
  int parent = open_parent(u->folder, name, last);
  u->fd = parent < 0 ? -1 : openat(parent, last, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  number = errno;
  if (parent >= 0) close(parent);
  if (u->fd < 0) return io_error(name, number, e);
  sha256_begin(&u->hash);
  memcpy(u->found.files[u->found.n_files].name, name, strlen(name) + 1);
  return E_OK;
}
static enum err_code file_data(void *context, const void *p, size_t n, struct err *e) {
  struct unpacking *u = context;
  const char *name = u->found.files[u->found.n_files].name;
  sha256_add(&u->hash, p, n);
  if (u->in_manifest) strbuf_add(&u->manifest, p, n);
  int number = io_fault_check();
  if (number) return io_error(name, number, e);
  for (size_t done = 0; done < n;) {
    ssize_t got = write(u->fd, (const char *)p + done, n - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error(name, errno, e);
    done += (size_t)got;
  }
  return E_OK;
}
static enum err_code file_end(void *context, struct err *e) {
  struct unpacking *u = context;
  struct manifest_file *f = &u->found.files[u->found.n_files++];
  sha256_end(&u->hash, f->sha256);
  int number = io_fault_check();
  if (!number && fsync(u->fd) != 0) number = errno;
  if (close(u->fd) != 0 && !number) number = errno;
  u->fd = -1;
  return number ? io_error(f->name, number, e) : E_OK;
}

/* --- the archive --- */
struct archive {
  struct zstd_reader *zstd;
  struct tar_feed tar;
  uint64_t bytes;
};
static enum err_code to_tar(void *context, const void *p, size_t n, struct err *e) {
  struct archive *a = context;
  a->bytes += n;
  return tar_feed(&a->tar, p, n, e);
}
/* What comes after an error is taken and thrown away: who writes must not wait for who has stopped reading. */
static enum err_code feed_all(int channel, struct archive *a, struct err *e) {
  uint8_t piece[PIECE];
  ssize_t got;
  enum err_code code = E_OK;
  while ((got = read(channel, piece, sizeof piece)) != 0) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ERR(e, E_FILE_READ, .subject = "channel", .found = strerrordesc_np(errno));
    if (!code) code = zstd_reader_feed(a->zstd, piece, (size_t)got, e);
  }
  if (!code) code = zstd_reader_end(a->zstd, e);
  return code ? code : tar_feed_end(&a->tar, e);
}
static enum err_code unpack(const struct package_task *t, int channel, struct unpacking *u, struct err *e) {
  struct archive *a = calloc(1, sizeof *a);
  const struct tar_sink sink = {u, file_begin, file_data, file_end};
  if (!a) return ERR(e, E_NO_MEMORY, .subject = "package");
  tar_feed_init(&a->tar, &sink);
  enum err_code code = zstd_reader_new(t->outside->tar_bytes, to_tar, a, &a->zstd, e);
  if (!code) code = feed_all(channel, a, e);
  if (!code && a->bytes != t->outside->tar_bytes) code = ERR(e, E_EXTRACT_LIMIT, .subject = "archive", .found = "another size");
  if (code == E_CAP_EXCEEDED) code = ERR(e, E_EXTRACT_LIMIT, .subject = "archive", .found = "more bytes than the signatures announce");
  zstd_reader_free(a->zstd);
  free(a);
  return code;
}

/* --- comparing --- */
static const struct manifest_file *find(const struct manifest *m, const char *name) {
  for (int i = 0; i < m->n_files; i++)
    if (strcmp(m->files[i].name, name) == 0) return &m->files[i];
  return NULL;
}
static enum err_code compare_files(const struct manifest *named, const struct manifest *found, struct err *e) {
  for (int i = 0; i < named->n_files; i++) {
    const struct manifest_file *f = find(found, named->files[i].name);
    if (!f) return ERR(e, E_EXTRACT_CONTENT, .subject = named->files[i].name, .found = "missing");
    if (memcmp(f->sha256, named->files[i].sha256, 32) != 0) return ERR(e, E_EXTRACT_CONTENT, .subject = f->name, .found = "other bytes");
  }
  for (int i = 0; i < found->n_files; i++)
    if (strcmp(found->files[i].name, "manifest.json") != 0 && !find(named, found->files[i].name))
      return ERR(e, E_EXTRACT_CONTENT, .subject = found->files[i].name, .found = "not named in the manifest");
  return E_OK;
}
static enum err_code compare(const struct package_task *t, struct unpacking *u, struct arena *a, struct manifest_read *m, struct err *e) {
  if (!find(&u->found, "manifest.json") || u->manifest.failed)
    return ERR(e, E_EXTRACT_MANIFEST, .subject = "manifest.json", .found = "no manifest.json");
  char *text = arena_strdup(a, u->manifest.p, u->manifest.n);
  if (!text) return ERR(e, E_NO_MEMORY, .subject = "manifest.json");
  TRY(manifest_open(a, str_view(text, u->manifest.n), t->public_keys, m, e));
  if (strcmp(m->head.recipient, t->outside->recipient) != 0) return ERR(e, E_EXTRACT_RECIPIENT, .subject = "manifest.json",
      .expected = m->head.recipient);
  if (strcmp(m->head.provision, t->outside->provision) != 0)
    return ERR(e, E_EXTRACT_GRANT, .subject = "manifest.json", .expected = t->outside->provision, .found = m->head.provision);
  return compare_files(&m->m, &u->found, e);
}

/* --- the task --- */
static enum err_code all_of_it(const struct package_task *t, int channel, struct arena *a, struct manifest_read *m, struct err *e) {
  struct unpacking *u = calloc(1, sizeof *u);
  if (!a || !u) return free(u), ERR(e, E_NO_MEMORY, .subject = "package");
  strbuf_init(&u->manifest, MANIFEST_MAX + 1);
  u->fd = -1;
  u->folder = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  enum err_code code = u->folder < 0 ? io_error("folder", errno, e) : unpack(t, channel, u, e);
  if (!code) code = compare(t, u, a, m, e);
  if (!code && fsync(u->folder) != 0 && errno != EINVAL) code = io_error("folder", errno, e);
  strbuf_release(&u->manifest);
  free(u);
  return code;
}
int package_unpack(void *context, int channel) {
  struct arena *a = arena_new(0);
  struct manifest_read *m = a ? ARENA_NEW(a, struct manifest_read) : NULL;
  struct err e = {.code = E_OK};
  struct strbuf out;
  const enum err_code code = m ? all_of_it(context, channel, a, m, &e) : ERR(&e, E_NO_MEMORY, .subject = "package");
  strbuf_init(&out, PACKAGE_ANSWER_MAX);
  sandbox_put_error(&out, code ? &e : &(struct err){.code = E_OK});
  if (!code) manifest_flat_write(m, &out);
  const bool sent = !out.failed && sandbox_write(channel, out.p, out.n);
  strbuf_release(&out);
  arena_free(a);
  return sent ? 0 : 1;
}

/* --- what the parent makes of it --- */
bool package_answer_parse(struct arena *a, const void *p, size_t n, struct err *error, struct manifest_read *m) {
  struct bytes_reader in;
  memset(error, 0, sizeof *error);
  memset(m, 0, sizeof *m);
  bytes_reader_init(&in, p, n);
  sandbox_take_error(&in, error);
  if (in.failed) return false;
  return error->code ? bytes_left(&in) == 0 : manifest_flat_parse(a, (const uint8_t *)p + in.at, bytes_left(&in), m);
}
