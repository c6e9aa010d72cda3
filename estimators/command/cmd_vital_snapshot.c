/* cmd_vital_snapshot.c -- estimate vital keep, kept: releases (速報, 概数, 確定数) as files that are never replaced.
 * Folder   2023_approximate.csv, 2023-02_flash.csv ...: the rows of a totals file; snapshots.csv: sequence, name, day, SHA-256 of the file,
 *          SHA-256 of the line before (a chain: no line can be changed or left out unseen), and with --sign snapshots.csv.minisig of the whole list.
 * Rules    a status comes once for a period, in its order, and only when its cross-checks hold; the same snapshot again changes nothing. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "estimators/command/cmd_vital.h"
#include "secure-store/minisign.h"
#include "secure-store/store.h"

enum { LIST_BYTES = 1 << 24, HEX = 2 * HASH_BYTES + 1, PATH = 2048, SIGNATURE_MOST = 4096, KEPT_MOST = 4000 };
static const char list_name[] = "snapshots.csv", list_head[] = "sequence,name,kept,sha256,previous\n";
struct kept {
  const char *folder;
  struct strbuf list;            /* text of snapshots.csv */
  struct vital_release *release; /* [n] those of the folder */
  int n;
  char last_line[HEX];           /* hash of the last line */
};

static void hash_text(const void *p, size_t n, char out[HEX]) {
  uint8_t h[HASH_BYTES];
  sha256_of(p, n, h);
  hex_encode(h, HASH_BYTES, out);
}
static void path_of(const char *folder, const char *name, char out[PATH]) { snprintf(out, PATH, "%s/%s", folder, name); }
static void release_name(const struct vital_release *r, char out[64]) {
  if (r->month) snprintf(out, 64, "%lld-%02lld_%s.csv", (long long)r->year, (long long)r->month, vital_status_name[r->status]);
  else snprintf(out, 64, "%lld_%s.csv", (long long)r->year, vital_status_name[r->status]);
}

/* --- what is there: every file against the list, every line against the one before --- */
static enum err_code read_one(struct cli *c, struct kept *k, const char *name, const char *sha, struct err *e) {
  char path[PATH], found[HEX];
  uint8_t *p = NULL;
  size_t n = 0;
  path_of(k->folder, name, path);
  if (strchr(name, '/')) return ERR(e, E_VITAL_CHANGED, .subject = name, .found = "its name");
  TRY(file_read(path, LIST_BYTES, &p, &n, e));
  hash_text(p, n, found);
  free(p);
  if (strcmp(found, sha)) return ERR(e, E_VITAL_CHANGED, .subject = name, .found = found);
  struct vital_release *all;
  int count;
  char own[64];
  TRY(vital_read_releases(c, path, &all, &count, e));
  if (count != 1 || k->n == KEPT_MOST) return ERR(e, E_VITAL_CHANGED, .subject = name, .found = "not one release");
  release_name(&all[0], own);
  if (strcmp(own, name)) return ERR(e, E_VITAL_CHANGED, .subject = name, .found = own);
  k->release[k->n++] = all[0];
  return E_OK;
}
static enum err_code read_line(struct cli *c, struct kept *k, struct str line, struct err *e) {
  struct str cell[5], rest = line;
  for (int i = 0; i < 5; i++) cell[i] = str_split(rest, ',', &rest);
  char name[64], sha[HEX], before[HEX];
  int64_t sequence;
  snprintf(name, sizeof name, "%.*s", (int)cell[1].n, cell[1].p ? cell[1].p : "");
  snprintf(sha, sizeof sha, "%.*s", (int)cell[3].n, cell[3].p ? cell[3].p : "");
  snprintf(before, sizeof before, "%.*s", (int)cell[4].n, cell[4].p ? cell[4].p : "");
  if (!str_int64(cell[0], &sequence) || sequence != k->n + 1 || strcmp(before, k->last_line))
    return ERR(e, E_VITAL_CHANGED, .subject = list_name, .found = name);
  TRY(read_one(c, k, name, sha, e));
  hash_text(line.p, line.n, k->last_line);
  return E_OK;
}
/* The order of statuses in which they were kept. */
static enum err_code follows(const struct kept *k, const struct vital_release *next, struct err *e) {
  enum vital_status published[VITAL_STATUSES * 2];
  int n = 0;
  for (int i = 0; i < k->n && n < VITAL_STATUSES * 2; i++)
    if (k->release[i].year == next->year && k->release[i].month == next->month) published[n++] = k->release[i].status;
  return vital_release_follows(published, n, next->status, e);
}
static enum err_code read_folder(struct cli *c, struct kept *k, const char *folder, struct err *e) {
  char path[PATH];
  uint8_t *p = NULL;
  size_t n = 0;
  *k = (struct kept){.folder = folder, .release = ARENA_ARRAY(cli_job(c)->arena, struct vital_release, KEPT_MOST)};
  strbuf_init(&k->list, LIST_BYTES);
  if (!k->release) return ERR(e, E_NO_MEMORY, .subject = folder);
  path_of(folder, list_name, path);
  hash_text("", 0, k->last_line);
  if (access(path, F_OK) && errno == ENOENT) { /* a new folder */
    strbuf_adds(&k->list, list_head);
    return E_OK;
  }
  TRY(file_read(path, LIST_BYTES, &p, &n, e));
  strbuf_add(&k->list, (const char *)p, n);
  free(p);
  struct str rest = str_view(k->list.p, k->list.n), line = str_split(rest, '\n', &rest);
  if (line.n + 1 != strlen(list_head) || memcmp(line.p, list_head, line.n)) return ERR(e, E_VITAL_CHANGED, .subject = list_name, .found = "its head");
  while (rest.n) {
    line = str_split(rest, '\n', &rest);
    if (line.n) TRY(read_line(c, k, line, e));
  }
  for (int i = 0; i < k->n; i++) {
    const struct kept before = {.release = k->release, .n = i};
    TRY(follows(&before, &k->release[i], e));
  }
  return E_OK;
}

/* --- keep --- */
static void release_text(const struct vital_release *r, struct strbuf *b) { vital_totals_text(r, b); }
/* A file that is there already, with the same bytes, was left by a run that ended before its line was written. */
static enum err_code write_new(const char *path, const struct strbuf *b, struct err *e) {
  uint8_t *p = NULL;
  size_t n = 0;
  struct err inner = {.code = E_OK};
  const enum err_code code = atomic_write(path, b->p, b->n, ATOMIC_NEW_ONLY, 0644, e);
  if (code != E_FILE_EXISTS) return code;
  const bool same = file_read(path, LIST_BYTES, &p, &n, &inner) == E_OK && n == b->n && memcmp(p, b->p, n) == 0;
  free(p);
  if (!same) return code;
  *e = (struct err){.code = E_OK};
  return E_OK;
}
static enum err_code keep_one(struct cli *c, struct kept *k, const struct vital_release *r, struct vital_check_report *report, int *added,
    struct err *e) {
  char name[64], path[PATH], sha[HEX], now[32];
  struct strbuf b, line;
  release_name(r, name);
  path_of(k->folder, name, path);
  for (int i = 0; i < k->n; i++)
    if (k->release[i].year == r->year && k->release[i].month == r->month && k->release[i].status == r->status)
      return memcmp(k->release[i].n, r->n, sizeof r->n) || memcmp(k->release[i].known, r->known, sizeof r->known)
                 ? ERR(e, E_VITAL_KEPT, .subject = name) : E_OK;
  TRY(follows(k, r, e));
  vital_release_check(r, NULL, -1, report);
  if (report->n_failed) return ERR(e, E_VITAL_CROSS_CHECK, .subject = report->finding[0].check);
  if (k->n == KEPT_MOST) return ERR(e, E_VITAL_KEPT, .subject = name);
  strbuf_init(&b, 0), strbuf_init(&line, 0);
  release_text(r, &b);
  enum err_code code = b.failed ? ERR(e, E_NO_MEMORY, .subject = name) : write_new(path, &b, e);
  if (!code) {
    hash_text(b.p, b.n, sha);
    time_format_jst(job_now(cli_job(c)), now);
    strbuf_addf(&line, "%d,%s,%.10s,%s,%s", k->n + 1, name, now, sha, k->last_line);
    hash_text(line.p, line.n, k->last_line);
    strbuf_add(&k->list, line.p, line.n), strbuf_addc(&k->list, '\n');
    k->release[k->n++] = *r;
    ++*added;
    fprintf(cli_out(c), cli_say(c, "kept %s  sha256 %s\n", "保存 %s  sha256 %s\n"), name, sha);
  }
  strbuf_release(&b), strbuf_release(&line);
  return code;
}
static enum err_code sign_list(struct cli *c, const struct kept *k, struct err *e) {
  char path[PATH], comment[96];
  struct store *s = NULL;
  struct strbuf signature;
  strbuf_init(&signature, 0);
  snprintf(comment, sizeof comment, "shirabe vital snapshots %d", k->n);
  enum err_code code = store_cmd_unlock(c, &s, e);
  if (!code) code = store_sign(s, k->list.p, k->list.n, comment, &signature, e);
  store_close(s);
  path_of(k->folder, "snapshots.csv.minisig", path);
  if (!code) code = atomic_write(path, signature.p, signature.n, ATOMIC_REPLACE, 0644, e);
  strbuf_release(&signature);
  return code;
}
static int by_status(const void *x, const void *y) {
  const struct vital_release *a = x, *b = y;
  if (a->year != b->year) return a->year < b->year ? -1 : 1;
  if (a->month != b->month) return a->month < b->month ? -1 : 1;
  return (int)a->status - (int)b->status;
}
enum err_code vital_do_keep(struct cli *c, bool *look, struct err *e) {
  const char *folder = cli_text(c, "into");
  struct vital_check_report *report = ARENA_NEW(cli_job(c)->arena, struct vital_check_report);
  struct vital_release *all;
  struct kept k;
  char path[PATH];
  int n = 0, added = 0;
  (void)look;
  if (!folder) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "vital keep", .expected = "--into FOLDER");
  if (!report) return ERR(e, E_NO_MEMORY, .subject = "vital keep");
  TRY(make_directories(folder, 0755, e));
  TRY(vital_read_releases(c, cli_operand(c, 1), &all, &n, e));
  qsort(all, (size_t)n, sizeof *all, by_status);
  enum err_code code = read_folder(c, &k, folder, e);
  path_of(folder, list_name, path);
  for (int i = 0; i < n && !code; i++) { /* the list follows each file */
    code = keep_one(c, &k, &all[i], report, &added, e);
    if (!code && added) code = atomic_write(path, k.list.p, k.list.n, ATOMIC_REPLACE, 0644, e);
  }
  if (!code && cli_flag(c, "sign")) code = sign_list(c, &k, e);
  if (!code) fprintf(cli_out(c), cli_say(c, "%d added, %d in the folder\n", "追加 %d、全 %d\n"), added, k.n);
  strbuf_release(&k.list);
  return code;
}

/* --- kept --- */
static enum err_code check_signature(struct cli *c, const struct kept *k, struct err *e) {
  const char *key = cli_text(c, "key");
  char path[PATH], comment[MINISIGN_COMMENT_BYTES];
  uint8_t *p = NULL;
  size_t n = 0;
  if (!key) return E_OK;
  path_of(k->folder, "snapshots.csv.minisig", path);
  TRY(file_read(path, SIGNATURE_MOST, &p, &n, e));
  const enum err_code code = minisign_verify(key, k->list.p, k->list.n, (const char *)p, n, comment, e);
  free(p);
  if (!code) fprintf(cli_out(c), cli_say(c, "signature of the list: good (%s)\n", "一覧の署名：正しい（%s）\n"), comment);
  return code;
}
enum err_code vital_do_kept(struct cli *c, bool *look, struct err *e) {
  struct kept k;
  (void)look;
  enum err_code code = read_folder(c, &k, cli_operand(c, 1), e);
  if (!code && k.n == 0) code = ERR(e, E_TABLE_DATA, .file = cli_operand(c, 1), .subject = list_name);
  for (int i = 0; i < k.n && !code; i++) {
    char name[64];
    release_name(&k.release[i], name);
    fprintf(cli_out(c), "%4d  %s\n", i + 1, name);
  }
  if (!code) code = check_signature(c, &k, e);
  if (!code) fprintf(cli_out(c), cli_say(c, "%d snapshots, all as they were kept\n", "スナップショット %d 件、すべて保存時のまま\n"), k.n);
  strbuf_release(&k.list);
  return code;
}
