/* The container: age( zstd( tar: manifest.json, manifest.json.minisig, members in manifest order ) ). Everything stays in memory, nothing is extracted. */
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/ext_archive.h"
#include "base/ext_sodium.h"
#include "base/ext_zstd.h"
#include "collector/batch.h"
#include "secure-store/age.h"

enum { ZSTD_LEVEL = 6 };

enum err_code batch_pack(const char *recipient_key, struct str manifest_json, struct str signature, const struct batch_file *files, int64_t n_files,
    struct strbuf *out,
                         struct err *e) {
  struct strbuf tar, frame;
  strbuf_init(&tar, BATCH_MAX_FILE);
  strbuf_init(&frame, BATCH_MAX_FILE);
  enum err_code code = E_OK;
  struct tar_member *members = calloc((size_t)n_files + 2, sizeof *members);
  if (!members) {
    code = ERR(e, E_NO_MEMORY, .subject = "batch");
    goto done;
  }
  members[0] = (struct tar_member){"manifest.json", manifest_json.p, manifest_json.n};
  members[1] = (struct tar_member){"manifest.json.minisig", signature.p, signature.n};
  for (int64_t i = 0; i < n_files; i++) members[i + 2] = (struct tar_member){files[i].name, files[i].bytes.p, files[i].bytes.n};
  if ((code = tar_write(members, (size_t)n_files + 2, &tar, e))) goto done;
  if ((code = zstd_compress(tar.p, tar.n, ZSTD_LEVEL, &frame, e))) goto done;
  code = age_encrypt(recipient_key, frame.p, frame.n, out, e);
done:
  free(members);
  if (tar.p) wipe(tar.p, tar.n);
  strbuf_release(&tar);
  strbuf_release(&frame);
  return code;
}

struct unpacking {
  struct arena *a;
  const char *file;
  struct batch_content *c;
  int64_t seen;
};

/* A member's bytes are valid during the callback only. */
static enum err_code keep(struct unpacking *u, const struct tar_member *m, struct str *out, struct err *e) {
  char *p = arena_strdup(u->a, m->p, m->n);
  *out = str_view(p, p ? m->n : 0);
  return p ? E_OK : ERR(e, E_NO_MEMORY, .subject = "batch");
}

static enum err_code check_member(struct unpacking *u, const struct tar_member *m, struct err *e) {
  const struct batch_manifest *man = u->c->manifest;
  int64_t i = u->c->n_files;
  if (i >= man->n_members || strcmp(man->members[i].name, m->name)) return ERR(e, E_BATCH_DAMAGED, .file = u->file,
      .subject = "a member that the manifest does not list");
  TRY(batch_member_check(&man->members[i], u->file, str_view(m->p, m->n), e));
  char *name = arena_strdup(u->a, m->name, strlen(m->name));
  if (!name) return ERR(e, E_NO_MEMORY, .subject = "batch");
  struct batch_file *f = &u->c->files[u->c->n_files++];
  f->name = name;
  return keep(u, m, &f->bytes, e);
}

static enum err_code on_member(void *context, const struct tar_member *m, struct err *e) {
  struct unpacking *u = context;
  int64_t index = u->seen++;
  if (index == 0) {
    if (strcmp(m->name, "manifest.json")) return ERR(e, E_BATCH_FORMAT, .file = u->file, .subject = u->file);
    if (m->n > BATCH_MAX_MANIFEST) return ERR(e, E_BATCH_MANIFEST, .file = u->file, .subject = "manifest", .expected = "at most 16 MiB");
    TRY(keep(u, m, &u->c->manifest_json, e));
    batch_id_of(u->c->manifest_json, u->c->id);
    TRY(batch_manifest_read(u->a, u->file, u->c->manifest_json, &u->c->manifest, e));
    u->c->files = ARENA_ARRAY(u->a, struct batch_file, u->c->manifest->n_members + 1);
    return u->c->files ? E_OK : ERR(e, E_NO_MEMORY, .subject = "batch");
  }
  if (index == 1) {
    if (strcmp(m->name, "manifest.json.minisig")) return ERR(e, E_BATCH_FORMAT, .file = u->file, .subject = u->file);
    return keep(u, m, &u->c->signature, e);
  }
  return check_member(u, m, e);
}

static int by_file_name(const void *a, const void *b) { return strcmp((*(const struct batch_file *const *)a)->name,
    (*(const struct batch_file *const *)b)->name); }
/* A container of a prefecture holds thousands of members and each is looked for by name. */
static enum err_code index_names(struct arena *a, struct batch_content *c, struct err *e) {
  c->by_name = ARENA_ARRAY(a, const struct batch_file *, c->n_files + 1);
  if (!c->by_name) return ERR(e, E_NO_MEMORY, .subject = "batch");
  for (int64_t i = 0; i < c->n_files; i++) c->by_name[i] = &c->files[i];
  qsort(c->by_name, (size_t)c->n_files, sizeof *c->by_name, by_file_name);
  return E_OK;
}

/* The reason inside an age file stays one cause below; what the officer needs to know is one of three things. */
static enum err_code explain_age(const char *file, enum err_code code, struct err *e) {
  if (code == E_AGE_NO_MATCH) return ERR_WRAP(e, E_BATCH_NOT_FOR_US, .file = file);
  if (code == E_AGE_HEADER) return ERR_WRAP(e, E_BATCH_FORMAT, .file = file, .subject = file);
  return ERR_WRAP(e, E_BATCH_DAMAGED, .file = file, .subject = "the encryption's check failed");
}

static void drop(struct strbuf *b) {
  if (b->p) wipe(b->p, b->n);
  strbuf_release(b);
}

static enum err_code too_large(const char *file, size_t limit, struct err *e) {
  if (limit < BATCH_MAX_FILE) return ERR(e, E_BATCH_LARGE, .file = file, .subject = file);
  return ERR(e, E_CAP_EXCEEDED, .file = file, .subject = file, .expected = "1 GiB or less");
}

/* Parts and zips have a head of a few bytes more. */
enum err_code batch_file_read(const char *path, size_t limit, uint8_t **out, size_t *n, struct err *e) {
  enum err_code code = file_read(path, limit + 8192, out, n, e);
  const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
  return code == E_CAP_EXCEEDED ? too_large(name, limit, e) : code;
}

/* Whether the frame would have passed as a large one; what passes nowhere is damaged. */
static enum err_code unpack_frame(const char *file, const struct strbuf *frame, size_t limit, struct strbuf *tar, struct err *e) {
  enum err_code code = zstd_decompress_capped(frame->p, frame->n, limit, BATCH_MAX_RATIO, tar, e);
  if (code == E_NO_MEMORY) return code;
  if (code == E_CAP_EXCEEDED && limit < BATCH_MAX_FILE && zstd_within(frame->p, frame->n, BATCH_MAX_FILE, BATCH_MAX_RATIO))
    return too_large(file, limit, e);
  return code ? ERR_WRAP(e, E_BATCH_DAMAGED, .file = file, .subject = "its content cannot be unpacked") : E_OK;
}

enum err_code batch_unpack(struct store *s, struct arena *a, const char *file, struct str bytes, size_t limit, struct batch_content *out,
                           struct err *e) {
  struct strbuf frame;
  *out = (struct batch_content){.limit = limit};
  struct strbuf tar;
  strbuf_init(&frame, BATCH_MAX_FILE);
  strbuf_init(&tar, BATCH_MAX_FILE);
  struct unpacking u = {a, file, out, 0};
  const struct tar_caps caps = {BATCH_MAX_MEMBERS + 2, limit, limit};
  enum err_code code = store_age_decrypt(s, bytes.p, bytes.n, limit, &frame, e);
  if (code) {
    code = code == E_NO_MEMORY ? code : code == E_CAP_EXCEEDED ? too_large(file, limit, e) : explain_age(file, code, e);
    goto done;
  }
  if ((code = unpack_frame(file, &frame, limit, &tar, e))) goto done;
  drop(&frame); /* the tar is another copy, its members a third */
  if ((code = tar_read(tar.p, tar.n, &caps, on_member, &u, e))) {
    if (code == E_BATCH_MANIFEST || code == E_BATCH_DAMAGED || code == E_BATCH_FORMAT || code == E_NO_MEMORY) goto done;
    code = ERR_WRAP(e, E_BATCH_DAMAGED, .file = file, .subject = "its content cannot be unpacked");
    goto done;
  }
  if (u.seen < 2 || out->n_files != out->manifest->n_members) code = ERR(e, E_BATCH_DAMAGED, .file = file, .subject = "members are missing");
  if (!code) code = index_names(a, out, e);
done:
  drop(&frame);
  drop(&tar);
  if (code) batch_content_release(out);
  return code;
}

void batch_content_release(struct batch_content *c) {
  for (int64_t i = 0; i < c->n_files; i++) wipe((void *)(uintptr_t)c->files[i].bytes.p, c->files[i].bytes.n);
  c->n_files = 0;
}

const struct batch_file *batch_find_file(const struct batch_content *c, const char *name) {
  const struct batch_file wanted = {.name = name}, *key = &wanted;
  const struct batch_file **hit = c->n_files ? bsearch(&key, c->by_name, (size_t)c->n_files, sizeof *c->by_name, by_file_name) : NULL;
  return hit ? *hit : NULL;
}
