/* batch_volume_inbox.c -- parts that wait for the others in the store's folder `inbox` (batch_volume.h). A part's name there is <whole
 * hash>-<parts>-<part>: nothing of it comes from the medium but digits that were checked. The bytes are encrypted to this office. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "collector/batch_chain.h"
#include "collector/batch_volume.h"

enum { PATH_BYTES = 4096, MAX_VOLUME_FILE = BATCH_MAX_FILE + 4096, SETS = 256 };

static void inbox_path(struct store *s, const struct batch_volume *v, int64_t part, char out[PATH_BYTES]) {
  snprintf(out, PATH_BYTES, "%.3900s/inbox/%s-%04lld-%04lld", store_folder(s), v->whole_sha256, (long long)v->parts, (long long)part);
}

static bool present(struct store *s, const struct batch_volume *v, int64_t part) {
  char path[PATH_BYTES];
  inbox_path(s, v, part, path);
  return access(path, R_OK) == 0;
}

static void add_range(char *text, size_t size, int64_t from, int64_t to) {
  size_t n = strlen(text);
  if (n + 24 > size) {
    if (n + 6 < size && !strstr(text, "...")) snprintf(text + n, size - n, " ...");
    return;
  }
  n += (size_t)snprintf(text + n, size - n, "%s%lld", n ? ", " : "", (long long)from);
  if (to > from) snprintf(text + n, size - n, "-%lld", (long long)to);
}

static void look(struct store *s, const struct batch_volume *v, struct batch_volume_set *set) {
  *set = (struct batch_volume_set){.of = *v};
  for (int64_t k = 1, from = 0; k <= v->parts + 1; k++) {
    bool here = k > v->parts || present(s, v, k);
    set->present += here && k <= v->parts;
    if (!here && !from) from = k;
    if (here && from) {
      add_range(set->missing, sizeof set->missing, from, k - 1);
      from = 0;
    }
  }
}

static enum err_code read_part(struct store *s, const struct batch_volume *v, int64_t part, uint8_t **p, struct batch_volume *out, struct err *e) {
  char path[PATH_BYTES];
  size_t n = 0;
  inbox_path(s, v, part, path);
  TRY(file_read(path, MAX_VOLUME_FILE, p, &n, e));
  return batch_volume_parse(out->file[0] ? out->file : v->file, str_view((const char *)*p, n), out, e);
}

/* The same part again is nothing new; another one under its number is a contradiction that no rule of ours can settle. */
static enum err_code put_part(struct store *s, const char *file, const struct batch_volume *v, struct str bytes, struct err *e) {
  char path[PATH_BYTES];
  uint8_t *p = NULL;
  struct batch_volume have = {.part = 0};
  inbox_path(s, v, v->part, path);
  if (present(s, v, v->part)) {
    enum err_code code = read_part(s, v, v->part, &p, &have, e);
    bool same = !code && !strcmp(have.part_sha256, v->part_sha256) && !strcmp(have.batch, v->batch) && have.bytes == v->bytes;
    free(p);
    if (!code) return same ? E_OK : ERR(e, E_VOLUME_OTHER, .file = file, .subject = file);
    if (code != E_VOLUME_DAMAGED && code != E_VOLUME_HEADER) return code; /* a kept part that broke here is written again */
  }
  char folder[PATH_BYTES];
  snprintf(folder, sizeof folder, "%.3900s/inbox", store_folder(s));
  TRY(make_directories(folder, 0700, e));
  return atomic_write(path, bytes.p, bytes.n, ATOMIC_REPLACE, 0600, e);
}

static enum err_code join(struct store *s, const char *file, const struct batch_volume *v, struct strbuf *whole, struct err *e) {
  uint8_t hash[HASH_BYTES];
  char hex[65];
  strbuf_reset(whole);
  for (int64_t k = 1; k <= v->parts; k++) {
    uint8_t *p = NULL;
    struct batch_volume part = {.part = 0};
    enum err_code code = read_part(s, v, k, &p, &part, e);
    bool fits =
        !code && part.part == k && part.bytes == v->bytes && !strcmp(part.batch, v->batch) && (int64_t)(whole->n + part.payload.n) <= v->bytes;
    if (fits) strbuf_add(whole, part.payload.p, part.payload.n);
    free(p);
    if (code) return code;
    if (!fits) return ERR(e, E_VOLUME_OTHER, .file = file, .subject = file);
    if (whole->failed) return ERR(e, E_NO_MEMORY, .subject = file);
  }
  sha256_of(whole->p ? whole->p : "", whole->n, hash);
  hex_encode(hash, HASH_BYTES, hex);
  return (int64_t)whole->n == v->bytes && !strcmp(hex, v->whole_sha256) ? E_OK : ERR(e, E_VOLUME_OTHER, .file = file, .subject = file);
}

enum err_code batch_inbox_keep(struct store *s, const char *file, struct str bytes, struct batch_volume_set *set, struct strbuf *whole,
                               bool *complete, struct err *e) {
  struct batch_volume v;
  *complete = false;
  TRY(batch_volume_parse(file, bytes, &v, e));
  TRY(put_part(s, file, &v, bytes, e));
  look(s, &v, set);
  if (set->present < v.parts) return E_OK;
  enum err_code code = join(s, file, &v, whole, e);
  *complete = !code;
  if (code == E_VOLUME_OTHER && batch_inbox_drop(s, &v, NULL)) return code; /* none of them can be trusted: they are asked for again */
  return code;
}

enum err_code batch_inbox_drop(struct store *s, const struct batch_volume *of, struct err *e) {
  char path[PATH_BYTES];
  for (int64_t k = 1; k <= of->parts; k++) {
    inbox_path(s, of, k, path);
    if (present(s, of, k) && unlink(path)) return ERR(e, E_FILE_WRITE, .subject = path);
  }
  return E_OK;
}

/* --- what waits --- */
static bool name_of_part(const char *name, struct batch_volume *v) {
  long long parts, part;
  int n = 0;
  if (strspn(name, "0123456789abcdef") != 64 || sscanf(name + 64, "-%4lld-%4lld%n", &parts, &part, &n) != 2 || name[64 + n]) return false;
  memcpy(v->whole_sha256, name, 64);
  v->whole_sha256[64] = 0;
  v->parts = parts;
  v->part = part;
  return parts >= 1 && part >= 1 && part <= parts;
}

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

static enum err_code add_set(struct store *s, const struct batch_volume *v, struct batch_volume_set *out, int64_t *n, struct err *e) {
  struct batch_volume part = {.part = 0};
  uint8_t *p = NULL;
  char id[BATCH_ID_HEX];
  bool done;
  if (*n && !strcmp(out[*n - 1].of.whole_sha256, v->whole_sha256) && out[*n - 1].of.parts == v->parts) return E_OK;
  TRY(batch_volume_was_done(s, v->whole_sha256, id, &done, e));
  if (done) return batch_inbox_drop(s, v, e); /* received, and stopped before the parts went: nothing waits */
  enum err_code code = read_part(s, v, v->part, &p, &part, e);
  part.payload = str_view("", 0);
  free(p);
  if (code || *n == SETS) return code;
  look(s, &part, &out[(*n)++]);
  return E_OK;
}

enum err_code batch_inbox_waiting(struct store *s, struct arena *a, struct batch_volume_set **out, int64_t *n, struct err *e) {
  char folder[PATH_BYTES];
  struct dirent **list = NULL;
  enum err_code code = E_OK;
  snprintf(folder, sizeof folder, "%.3900s/inbox", store_folder(s));
  *n = 0;
  *out = ARENA_ARRAY(a, struct batch_volume_set, SETS);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "inbox");
  int found = scandir(folder, &list, NULL, by_name);
  if (found < 0) return E_OK; /* no part ever came */
  for (int i = 0; i < found; i++) {
    struct batch_volume v = {.part = 0};
    if (!code && name_of_part(list[i]->d_name, &v)) code = add_set(s, &v, *out, n, e);
    free(list[i]);
  }
  free(list);
  return code;
}
