/* package_open.c -- the importer: nothing is released before everything has been compared. Here are the signatures and the decryption; what is inside
 * is read by a worker (package_unpack.h). */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "secure-store/age.h"
#include "secure-store/age_stream.h"
#include "secure-store/extract/package_unpack.h"
#include "secure-store/sandbox.h"

enum { PIECE = 1 << 16, SIGNATURE_MAX = 4096, PATH_BYTES = 4096, DAY = 86400 };

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

static enum err_code io_error(const char *name, int number, struct err *e) {
  return ERR(e, number == ENOSPC || number == EDQUOT ? E_DISK_FULL : E_FILE_WRITE, .subject = name, .found = strerrordesc_np(number));
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
/* --- decrypting, and handing on --- */
struct opening {
  int channel;
  bool gone; /* the worker has closed its end: how it ended will be told */
};
static enum err_code to_worker(void *context, const void *p, size_t n, struct err *e) {
  struct opening *o = context;
  (void)e;
  for (const char *at = p; n > 0 && !o->gone;) {
    const ssize_t done = send(o->channel, at, n, MSG_NOSIGNAL);
    if (done < 0 && errno == EINTR) continue;
    o->gone = done < 0;
    if (!o->gone) at += done, n -= (size_t)done;
  }
  return E_OK;
}
/* The bytes are read a second time, so they are hashed a second time: a file that changed in between is not the one that was signed. */
static enum err_code feed_all(int fd, const char *path, struct age_reader *age, const struct opening *o, const uint8_t digest[PACKAGE_DIGEST],
    struct err *e) {
  struct blake2b h;
  uint8_t piece[PIECE], again[PACKAGE_DIGEST];
  ssize_t got;
  blake2b_begin(&h);
  while (!o->gone && (got = read(fd, piece, sizeof piece)) != 0) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ERR(e, E_FILE_READ, .file = path, .subject = path, .found = strerrordesc_np(errno));
    blake2b_add(&h, piece, (size_t)got);
    TRY(age_reader_feed(age, piece, (size_t)got, e));
  }
  if (o->gone) return E_OK;
  blake2b_end(&h, again);
  TRY(age_reader_end(age, e));
  return memcmp(again, digest, PACKAGE_DIGEST) == 0
             ? E_OK
             : ERR(e, E_EXTRACT_SIGNATURE, .file = path, .subject = path, .found = "the file changed while it was read");
}
static enum err_code decrypt(const struct package_open_request *q, const struct package_outside *outside, int channel, struct err *e) {
  struct opening o = {.channel = channel};
  struct age_reader *age = NULL;
  int fd = open(q->path, O_RDONLY | O_CLOEXEC);
  enum err_code code = fd < 0 ? ERR(e, E_FILE_OPEN, .file = q->path, .subject = q->path) : age_reader_new(q->secret, to_worker, &o, &age, e);
  if (!code) code = feed_all(fd, q->path, age, &o, outside->blake2b, e);
  age_reader_free(age);
  if (fd >= 0) close(fd);
  return code;
}

/* --- the worker --- */
static enum err_code out_of_form(const struct package_open_request *q, struct err *e) {
  return ERR(e, E_SANDBOX_KILLED, .file = q->path, .subject = q->path, .found = "its reader sent an answer out of form");
}
static enum err_code take_answer(int channel, struct strbuf *out, struct err *e) {
  char piece[PIECE];
  for (ssize_t got; (got = read(channel, piece, sizeof piece)) != 0;) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) break; /* the worker is gone with bytes unread: what it said before has been taken */
    strbuf_add(out, piece, (size_t)got);
    if (out->failed) return ERR(e, E_SANDBOX_KILLED, .subject = "answer", .found = "more than an answer");
  }
  return E_OK;
}
/* How the worker ended goes before what it said: a reader that was killed has vouched for nothing. */
static enum err_code settle(const struct package_open_request *q, struct sandbox *worker, enum err_code code, struct arena *a,
    struct manifest_read *m,
    struct err *e) {
  struct strbuf answer;
  struct sandbox_result result;
  struct err said;
  strbuf_init(&answer, PACKAGE_ANSWER_MAX);
  if (!code) code = shutdown(worker->channel, SHUT_WR) && errno != ENOTCONN ? ERR(e, E_SANDBOX_START, .subject = q->path) : E_OK;
  if (!code) code = take_answer(worker->channel, &answer, e);
  if (code) sandbox_stop(worker);
  else {
    sandbox_wait(worker, NULL, &result);
    code = sandbox_judge(q->path, &result, e);
  }
  if (!code && !package_answer_parse(a, answer.p, answer.n, &said, m)) code = out_of_form(q, e);
  if (!code && said.code) *e = said, code = said.code;
  strbuf_release(&answer);
  return code;
}
static void tell_missing(const struct package_open_request *q, const struct sandbox *worker) {
  struct err note;
  if (!*worker->result.missing || !q->job) return;
  (void)ERR(&note, E_EXTRACT_APART, .file = q->path, .subject = worker->result.missing);
  job_problem(q->job, &note);
}
static enum err_code unpack_apart(const struct package_open_request *q, const struct package_outside *outside, const char *temporary, struct arena *a,
    struct manifest_read *m, struct err *e) {
  struct sandbox worker;
  struct package_task task = {outside, q->public_keys};
  const struct sandbox_spec spec = {.name = q->path, .scratch = temporary, .in = -1, .out = -1, .error = -1, .optional = !q->strict,
      .limits = {.memory_bytes = (uint64_t)768 << 20, .file_bytes = outside->tar_bytes + PIECE,
          .scratch_bytes = outside->tar_bytes + ((uint64_t)64 << 20),
          .cpu_seconds = DAY, .wall_seconds = DAY}};
  TRY(sandbox_start(&spec, package_unpack, &task, &worker, e));
  tell_missing(q, &worker);
  return settle(q, &worker, decrypt(q, outside, worker.channel, e), a, m, e);
}
static enum err_code unpack(const struct package_open_request *q, const struct package_outside *outside, const char *temporary, struct arena *a,
    struct manifest_read *m, struct err *e) {
  int folder = mkdir(temporary, 0700) == 0 ? open(temporary, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
  enum err_code code = folder < 0 ? io_error(temporary, errno, e) : unpack_apart(q, outside, temporary, a, m, e);
  if (!code) code = release_folder(temporary, q->out_folder, e);
  if (code && folder >= 0) remove_at(folder), rmdir(temporary);
  if (folder >= 0) close(folder);
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
  return unpack(q, &outside, temporary, a, manifest, e);
}
