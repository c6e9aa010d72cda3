/* store_job_files.c -- see store_job_impl.h. Answers are in clear text here, in memory only, for as long as the job runs. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "secure-store/store_impl.h"
#include "secure-store/store_job_impl.h"

enum { DEPTH_MAX = 8, TMPFS = 0x01021994 };
static const char memory_folder[] = "/dev/shm", prefix[] = "shirabe-job-";

/* --- folders --- */

static void remove_below(int parent, const char *name, int depth) {
  int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *d = fd >= 0 && depth < 4096 ? fdopendir(fd) : NULL;
  if (fd >= 0 && !d) close(fd);
  for (struct dirent *entry; d && (entry = readdir(d));) {
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    if (unlinkat(dirfd(d), entry->d_name, 0) != 0) remove_below(dirfd(d), entry->d_name, depth + 1);
  }
  if (d) closedir(d);
  unlinkat(parent, name, AT_REMOVEDIR);
}
/* shirabe-job-<pid>-xxxxxx of this user whose process is gone. */
static void sweep(int shm) {
  int again = dup(shm);
  DIR *d = again >= 0 ? fdopendir(again) : NULL;
  if (!d && again >= 0) close(again);
  for (struct dirent *entry; d && (entry = readdir(d));) {
    struct stat st;
    if (strncmp(entry->d_name, prefix, sizeof prefix - 1) != 0) continue;
    long pid = strtol(entry->d_name + sizeof prefix - 1, NULL, 10);
    bool gone = pid > 1 && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
    if (gone && fstatat(shm, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid())
      remove_below(shm, entry->d_name, 0);
  }
  if (d) closedir(d);
}
static enum err_code file_error(const char *path, struct err *e) {
  return ERR(e, E_FILE_WRITE, .file = path, .subject = path, .found = strerrordesc_np(errno));
}

static enum err_code open_new(const char *folder, const char *name, FILE **out, struct err *e) {
  char path[128];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  *out = fopen(path, "wxe");
  return *out ? E_OK : file_error(path, e);
}
static enum err_code make_parts(struct job_folder *f, struct err *e) {
  snprintf(f->in, sizeof f->in, "%s/in", f->base);
  snprintf(f->work, sizeof f->work, "%s/work", f->base);
  if (mkdir(f->in, 0700) || mkdir(f->work, 0700)) return file_error(f->base, e);
  TRY(open_new(f->in, "data.csv", &f->data, e));
  return open_new(f->in, "status.csv", &f->status, e);
}
enum err_code job_folder_make(struct job_folder *f, struct err *e) {
  struct statfs fs;
  char base[64];
  *f = (struct job_folder){.data = NULL};
  int shm = open(memory_folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool memory = shm >= 0 && fstatfs(shm, &fs) == 0 && fs.f_type == TMPFS;
  if (memory) sweep(shm);
  if (shm >= 0) close(shm);
  if (!memory) return ERR(e, E_SANDBOX_MISSING, .subject = memory_folder);
  snprintf(base, sizeof base, "%s/%s%ld-XXXXXX", memory_folder, prefix, (long)getpid());
  if (!mkdtemp(base)) return file_error(base, e);
  snprintf(f->base, sizeof f->base, "%s", base);
  return make_parts(f, e);
}
void job_folder_remove(struct job_folder *f) {
  if (f->data) fclose(f->data);
  if (f->status) fclose(f->status);
  f->data = f->status = NULL;
  if (f->base[0]) remove_below(AT_FDCWD, f->base, 0);
  f->base[0] = 0;
}

/* --- inputs --- */

static void put_field(FILE *to, struct str s) {
  bool quoted = s.n && (memchr(s.p, '"', s.n) || memchr(s.p, ',', s.n) || memchr(s.p, '\n', s.n) || memchr(s.p, '\r', s.n));
  if (!quoted) {
    fwrite(s.p, 1, s.n, to);
    return;
  }
  fputc('"', to);
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] == '"') fputc('"', to);
    fputc(s.p[i], to);
  }
  fputc('"', to);
}
static void put_heading(FILE *to, const struct table *t) {
  for (int k = 0; k < t->n_columns; k++) {
    if (k) fputc(',', to);
    put_field(to, str_of(t->columns[k].name));
  }
  fputs("\r\n", to);
}
static void put_row(struct job_folder *f, const struct table *t, int64_t row) {
  char number[64];
  for (int k = 0; k < t->n_columns; k++) {
    const struct column *c = &t->columns[k];
    if (k) fputc(',', f->data), fputc(',', f->status);
    put_field(f->data, column_text(c, row, number, sizeof number));
    fputs(value_status_name(c->status[row]), f->status);
  }
  fputs("\r\n", f->data);
  fputs("\r\n", f->status);
}
enum err_code job_folder_rows(struct job_folder *f, const struct table *t, bool heading, struct err *e) {
  if (heading) put_heading(f->data, t), put_heading(f->status, t);
  for (int64_t i = 0; i < t->n_rows; i++) put_row(f, t, i);
  return ferror(f->data) || ferror(f->status) ? file_error(f->in, e) : E_OK;
}
enum err_code job_folder_filled(struct job_folder *f, struct err *e) {
  bool bad = fclose(f->data) != 0;
  bad = fclose(f->status) != 0 || bad;
  f->data = f->status = NULL;
  return bad ? file_error(f->in, e) : E_OK;
}

/* --- outputs --- */

struct collection {
  size_t max_bytes;
  job_file_fn fn;
  void *context;
  int n;
};
static enum err_code odd_output(const char *name, const char *what, struct err *e) {
  char shown[200];
  bool text = utf8_valid(name, strlen(name), NULL);
  snprintf(shown, sizeof shown, "output '%.150s': %s", text ? name : "?", what);
  return ERR(e, E_SANDBOX_KILLED, .subject = "job", .found = shown);
}
enum err_code job_file_bytes(int fd, size_t max, struct strbuf *out, struct err *e) {
  struct stat st;
  if (fstat(fd, &st)) return ERR(e, E_FILE_READ, .subject = "job", .found = strerrordesc_np(errno));
  if ((uint64_t)st.st_size > max) return ERR(e, E_CAP_EXCEEDED, .subject = "job");
  char *to = strbuf_extend(out, (size_t)st.st_size);
  if (!to) return ERR(e, E_NO_MEMORY, .subject = "job");
  for (off_t at = 0; at < st.st_size;) {
    ssize_t n = pread(fd, to + at, (size_t)(st.st_size - at), at);
    if (n <= 0) return ERR(e, E_FILE_READ, .subject = "job", .found = "fewer bytes than before");
    at += n;
  }
  return E_OK;
}
static enum err_code collect_file(struct collection *c, int folder, const char *entry, const char *name, struct err *e) {
  struct strbuf bytes;
  struct stat st;
  int fd = openat(folder, entry, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_nlink != 1) {
    if (fd >= 0) close(fd);
    return odd_output(name, "it is no plain file", e);
  }
  strbuf_init(&bytes, 0);
  enum err_code code = ++c->n > STORE_JOB_OUTPUTS ? odd_output(name, "more than 256 files", e) : job_file_bytes(fd, c->max_bytes, &bytes, e);
  if (!code) code = c->fn(c->context, name, bytes.p ? bytes.p : "", bytes.n, e);
  strbuf_wipe_release(&bytes);
  close(fd);
  return code;
}
static bool name_ok(const char *name) {
  if (!utf8_valid(name, strlen(name), NULL)) return false;
  for (; *name; name++)
    if ((unsigned char)*name < 32 || *name == 127) return false;
  return true;
}
static int by_name(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }
static enum err_code collect_folder(struct collection *c, int parent, const char *entry, const char *path, int depth, struct err *e);

static enum err_code collect_entry(struct collection *c, int folder, const char *entry, const char *path, int depth, struct err *e) {
  struct stat st;
  char name[256];
  int n = snprintf(name, sizeof name, "%s%s%s", path, *path ? "/" : "", entry);
  if (!name_ok(entry) || n < 0 || (size_t)n >= sizeof name) return odd_output(entry, "its name is no text or too long", e);
  if (fstatat(folder, entry, &st, AT_SYMLINK_NOFOLLOW)) return odd_output(name, "it is not there", e);
  return S_ISDIR(st.st_mode) ? collect_folder(c, folder, entry, name, depth + 1, e) : collect_file(c, folder, entry, name, e);
}
/* By name, so that the same outputs are sealed in the same order. */
static enum err_code collect_sorted(struct collection *c, DIR *d, const char *path, int depth, struct err *e) {
  char **names = NULL;
  size_t n = 0;
  enum err_code code = E_OK;
  for (struct dirent *entry; !code && (entry = readdir(d));) {
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    char **grown = n > STORE_JOB_OUTPUTS ? NULL : realloc(names, (n + 1) * sizeof *grown);
    if (!grown) code = odd_output(entry->d_name, "more than 256 files", e);
    else names = grown, names[n] = strdup(entry->d_name), n += names[n] != NULL;
  }
  if (n) qsort(names, n, sizeof *names, by_name);
  for (size_t i = 0; i < n; i++) {
    if (!code) code = collect_entry(c, dirfd(d), names[i], path, depth, e);
    free(names[i]);
  }
  free(names);
  return code;
}
static enum err_code collect_folder(struct collection *c, int parent, const char *entry, const char *path, int depth, struct err *e) {
  if (depth > DEPTH_MAX) return odd_output(path, "folders too deep", e);
  int fd = openat(parent, entry, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
  if (fd >= 0 && !d) close(fd);
  if (!d) return odd_output(path, "it cannot be opened", e);
  enum err_code code = collect_sorted(c, d, path, depth, e);
  closedir(d);
  return code;
}
enum err_code job_folder_collect(const struct job_folder *f, size_t max_bytes, job_file_fn fn, void *context, struct err *e) {
  struct collection c = {.max_bytes = max_bytes, .fn = fn, .context = context};
  return collect_folder(&c, AT_FDCWD, f->work, "", 0, e);
}
