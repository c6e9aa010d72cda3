/* package_open.c -- the importer: nothing is released before everything has been compared. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/ext_zstd.h"
#include "secure-store/age.h"
#include "secure-store/age_stream.h"
#include "secure-store/extract/package.h"

enum { PIECE = 1 << 16, SIGNATURE_MAX = 4096, PATH_BYTES = 4096 };

/* --- signatures, before anything is decrypted --- */
static enum err_code check_keys(const char *const keys[2], struct err *e) {
  uint8_t id[2][8], key[2][32];
  for (int i = 0; i < 2; i++) {
    if (!keys[i]) return ERR(e, E_EXTRACT_KEYS, .subject = "--keys");
    TRY(minisign_public_parse(keys[i], id[i], key[i], e));
  }
  return memcmp(key[0], key[1], 32) && memcmp(id[0], id[1], 8) ? E_OK : ERR(e, E_EXTRACT_KEYS, .subject = keys[0]);
}
/* Which of the two keys made this signature; the other half of what the file says is compared by the caller. */
static enum err_code one_signature(const char *path, int number, const char *const keys[2], const uint8_t digest[PACKAGE_DIGEST],
    char comment[MINISIGN_COMMENT_BYTES], int *which, struct err *e) {
  char file[PATH_BYTES + 16];
  uint8_t *p = NULL;
  size_t n;
  struct err why = {.code = E_OK};
  snprintf(file, sizeof file, "%s.%d.minisig", path, number);
  if (file_read(file, SIGNATURE_MAX, &p, &n, &why)) return ERR(e, E_EXTRACT_SIGNATURE, .file = file, .subject = file, .found = "no signature file");
  enum err_code code = E_MINISIGN_KEY;
  for (*which = 0; *which < 2 && code == E_MINISIGN_KEY; ++*which)
    code = minisign_verify_digest(keys[*which], digest, (const char *)p, n, comment, &why);
  --*which;
  free(p);
  if (!code) return E_OK;
  return ERR(
      e, E_EXTRACT_SIGNATURE, .file = file, .subject = file, .found = code == E_MINISIGN_KEY ? "by another key" : "does not hold for these bytes");
}
enum err_code package_verify(const char *path, const char *const keys[2], struct package_outside *out, struct err *e) {
  char comment[2][MINISIGN_COMMENT_BYTES];
  int which[2];
  struct package_outside digest;
  TRY(check_keys(keys, e));
  TRY(package_digest(path, &digest, e));
  for (int i = 0; i < 2; i++) TRY(one_signature(path, i + 1, keys, digest.blake2b, comment[i], &which[i], e));
  if (which[0] == which[1]) return ERR(e, E_EXTRACT_SIGNATURE, .subject = path, .found = "both by one officer");
  if (strcmp(comment[0], comment[1]) != 0 || !package_comment_parse(comment[0], out))
    return ERR(e, E_EXTRACT_SIGNATURE, .subject = path, .found = "they speak of different packages");
  memcpy(out->blake2b, digest.blake2b, PACKAGE_DIGEST);
  memcpy(out->sha256, digest.sha256, 32);
  return E_OK;
}

/* --- files of the folder that is not there yet --- */
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

/* --- decrypting --- */
struct opening {
  struct age_reader *age;
  struct zstd_reader *zstd;
  struct tar_feed tar;
  uint64_t tar_bytes;
};
static enum err_code to_tar(void *context, const void *p, size_t n, struct err *e) {
  struct opening *o = context;
  o->tar_bytes += n;
  return tar_feed(&o->tar, p, n, e);
}
static enum err_code to_zstd(void *context, const void *p, size_t n, struct err *e) {
  return zstd_reader_feed(((struct opening *)context)->zstd, p, n, e);
}
/* The bytes are read a second time, so they are hashed a second time: a file that changed in between is not the one that was signed. */
static enum err_code feed_all(int fd, const char *path, struct opening *o, const uint8_t digest[PACKAGE_DIGEST], struct err *e) {
  struct blake2b h;
  uint8_t piece[PIECE], again[PACKAGE_DIGEST];
  ssize_t got;
  blake2b_begin(&h);
  while ((got = read(fd, piece, sizeof piece)) != 0) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ERR(e, E_FILE_READ, .file = path, .subject = path, .found = strerrordesc_np(errno));
    blake2b_add(&h, piece, (size_t)got);
    TRY(age_reader_feed(o->age, piece, (size_t)got, e));
  }
  blake2b_end(&h, again);
  TRY(age_reader_end(o->age, e));
  TRY(zstd_reader_end(o->zstd, e));
  TRY(tar_feed_end(&o->tar, e));
  return memcmp(again, digest, PACKAGE_DIGEST) == 0
             ? E_OK
             : ERR(e, E_EXTRACT_SIGNATURE, .file = path, .subject = path, .found = "the file changed while it was read");
}
static enum err_code decrypt(const struct package_open_request *q, const struct package_outside *outside, struct unpacking *u, struct err *e) {
  struct opening *o = calloc(1, sizeof *o);
  const struct tar_sink sink = {u, file_begin, file_data, file_end};
  int fd = open(q->path, O_RDONLY | O_CLOEXEC);
  enum err_code code = !o ? ERR(e, E_NO_MEMORY, .subject = "package") : fd < 0 ? ERR(e, E_FILE_OPEN, .file = q->path, .subject = q->path) : E_OK;
  if (!code) tar_feed_init(&o->tar, &sink);
  if (!code) code = zstd_reader_new(outside->tar_bytes, to_tar, o, &o->zstd, e);
  if (!code) code = age_reader_new(q->secret, to_zstd, o, &o->age, e);
  if (!code) code = feed_all(fd, q->path, o, outside->blake2b, e);
  if (!code && o->tar_bytes != outside->tar_bytes) code = ERR(e, E_EXTRACT_LIMIT, .subject = "archive", .found = "another size");
  if (code == E_CAP_EXCEEDED) code = ERR(e, E_EXTRACT_LIMIT, .subject = "archive", .found = "more bytes than the signatures announce");
  if (o) zstd_reader_free(o->zstd);
  if (o) age_reader_free(o->age);
  free(o);
  if (fd >= 0) close(fd);
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
static enum err_code compare(const struct package_open_request *q, const struct package_outside *outside, const char *own, struct unpacking *u,
    struct arena *a, struct manifest_read *m, struct err *e) {
  if (!find(&u->found, "manifest.json") || u->manifest.failed)
    return ERR(e, E_EXTRACT_MANIFEST, .subject = "manifest.json", .found = "no manifest.json");
  char *text = arena_strdup(a, u->manifest.p, u->manifest.n);
  if (!text) return ERR(e, E_NO_MEMORY, .subject = "manifest.json");
  TRY(manifest_open(a, str_view(text, u->manifest.n), q->public_keys, m, e));
  if (strcmp(m->head.recipient, own) != 0) return ERR(e, E_EXTRACT_RECIPIENT, .subject = "manifest.json", .expected = m->head.recipient);
  if (strcmp(m->head.provision, outside->provision) != 0)
    return ERR(e, E_EXTRACT_GRANT, .subject = "manifest.json", .expected = outside->provision, .found = m->head.provision);
  return compare_files(&m->m, &u->found, e);
}
/* A file called extract-X.tar.zst.age claims to be X. */
static enum err_code compare_name(const char *path, const struct package_outside *outside, struct err *e) {
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
  size_t n = strlen(name), suffix = sizeof PACKAGE_SUFFIX - 1;
  char claimed[PACKAGE_PROVISION + 256];
  if (strncmp(name, "extract-", 8) != 0 || n <= 8 + suffix || n > 300 || strcmp(name + n - suffix, PACKAGE_SUFFIX) != 0) return E_OK;
  snprintf(claimed, sizeof claimed, "%.*s", (int)(n - 8 - suffix), name + 8);
  return strcmp(claimed, outside->provision) == 0 ? E_OK : ERR(e, E_EXTRACT_GRANT, .subject = name, .expected = claimed, .found = outside->provision);
}

/* --- the folder --- */
static void remove_at(int folder) { /* what we made ourselves: folders at most three deep, no links */
  int again = dup(folder);
  DIR *d = again < 0 ? NULL : fdopendir(again);
  for (struct dirent *entry; d && (entry = readdir(d));) {
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    if (unlinkat(folder, entry->d_name, 0) == 0) continue;
    int child = openat(folder, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (child >= 0) remove_at(child), close(child);
    unlinkat(folder, entry->d_name, AT_REMOVEDIR);
  }
  if (d) closedir(d);
  else if (again >= 0) close(again);
}
/* Folders OUT.<pid>.tmp of openings whose process is gone hold answers in clear: they go first. */
static void sweep(const char *out, size_t n) {
  char parent[PATH_BYTES];
  snprintf(parent, sizeof parent, "%.*s", (int)n, out);
  const char *slash = strrchr(parent, '/'), *name = slash ? slash + 1 : parent;
  char base[PATH_BYTES + 1];
  snprintf(base, sizeof base, "%s.", name);
  if (slash) parent[slash == parent ? 1 : slash - parent] = 0;
  int folder = open(slash ? parent : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), again = folder < 0 ? -1 : dup(folder);
  DIR *d = again < 0 ? NULL : fdopendir(again);
  for (struct dirent *entry; d && (entry = readdir(d));) {
    char *end;
    if (strncmp(entry->d_name, base, strlen(base)) != 0) continue;
    long pid = strtol(entry->d_name + strlen(base), &end, 10);
    if (strcmp(end, ".tmp") != 0 || pid <= 0 || (pid != (long)getpid() && (kill((pid_t)pid, 0) == 0 || errno != ESRCH))) continue;
    int child = openat(folder, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (child < 0) continue;
    remove_at(child);
    close(child);
    unlinkat(folder, entry->d_name, AT_REMOVEDIR);
  }
  if (d) closedir(d);
  if (folder >= 0) close(folder);
}
static enum err_code release_folder(const char *temporary, const char *out, struct err *e) {
  char parent[PATH_BYTES];
  int number = io_fault_check();
  if (!number && renameat2(AT_FDCWD, temporary, AT_FDCWD, out, RENAME_NOREPLACE) != 0) number = errno;
  if (number == EEXIST) return ERR(e, E_EXTRACT_EXISTS, .file = out, .subject = out);
  if (number) return io_error(out, number, e);
  snprintf(parent, sizeof parent, "%s", out);
  int fd = open(dirname(parent), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return E_OK;
  number = fsync(fd) == 0 || errno == EINVAL ? 0 : errno;
  close(fd);
  return number ? ERR(e, E_FILE_SYNC, .file = out, .subject = out, .found = strerrordesc_np(number)) : E_OK;
}
static enum err_code unpack(const struct package_open_request *q, const struct package_outside *outside, const char *own, const char *temporary,
    struct arena *a, struct manifest_read *m, struct err *e) {
  struct unpacking *u = calloc(1, sizeof *u);
  if (!u) return ERR(e, E_NO_MEMORY, .subject = "package");
  strbuf_init(&u->manifest, MANIFEST_MAX + 1);
  u->fd = -1;
  u->folder = mkdir(temporary, 0700) == 0 ? open(temporary, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
  enum err_code code = u->folder < 0 ? io_error(temporary, errno, e) : decrypt(q, outside, u, e);
  if (!code) code = compare(q, outside, own, u, a, m, e);
  if (!code && fsync(u->folder) != 0 && errno != EINVAL) code = io_error(temporary, errno, e);
  if (!code) code = release_folder(temporary, q->out_folder, e);
  if (u->fd >= 0) close(u->fd);
  if (code && u->folder >= 0) remove_at(u->folder), rmdir(temporary);
  if (u->folder >= 0) close(u->folder);
  strbuf_release(&u->manifest);
  free(u);
  return code;
}
enum err_code package_open(const struct package_open_request *q, struct arena *a, struct manifest_read *manifest, struct err *e) {
  struct package_outside outside;
  char own[AGE_RECIPIENT_BYTES], temporary[PATH_BYTES + 32];
  struct stat st;
  TRY(package_verify(q->path, q->public_keys, &outside, e));
  TRY(compare_name(q->path, &outside, e));
  TRY(age_recipient_of(q->secret, own, e));
  if (strcmp(own, outside.recipient) != 0) return ERR(e, E_EXTRACT_RECIPIENT, .file = q->path, .subject = q->path, .expected = outside.recipient);
  if (lstat(q->out_folder, &st) == 0) return ERR(e, E_EXTRACT_EXISTS, .file = q->out_folder, .subject = q->out_folder);
  size_t n = strlen(q->out_folder);
  if (n == 0 || n >= PATH_BYTES) return ERR(e, E_FILE_WRITE, .subject = q->out_folder);
  while (n > 1 && q->out_folder[n - 1] == '/') n--;
  sweep(q->out_folder, n);
  snprintf(temporary, sizeof temporary, "%.*s.%ld.tmp", (int)n, q->out_folder, (long)getpid());
  return unpack(q, &outside, own, temporary, a, manifest, e);
}
