/* The container: age( zstd( tar: manifest.json, manifest.json.minisig, members in manifest order ) ). Everything stays in memory, nothing is
 * extracted.
 * What comes from outside is unpacked by a worker (batch_apart.h); here are decryption, signature, sizes and hashes. */
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/ext_archive.h"
#include "base/ext_sodium.h"
#include "base/ext_zstd.h"
#include "collector/batch.h"
#include "collector/batch_apart.h"
#include "secure-store/age.h"
#include "secure-store/minisign.h"

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
  struct store *s;
  struct arena *a;
  const char *file, *sender;
  struct batch_content *c;
};

/* Nothing of a manifest is parsed beside the keys before its signature holds by the card of the office it names. */
static enum err_code authenticate(struct unpacking *u, struct err *e) {
  struct batch_content *c = u->c;
  struct office *peer = ARENA_NEW(u->a, struct office);
  if (!peer) return ERR(e, E_NO_MEMORY, .subject = "batch");
  if (store_peer(u->s, u->sender, peer, NULL)) return ERR(e, E_BATCH_SENDER, .file = u->file, .subject = u->sender);
  if (minisign_verify(peer->minisign_public, c->manifest_json.p, c->manifest_json.n, c->signature.p, c->signature.n, NULL, e))
    return ERR_WRAP(e, E_BATCH_SIGNATURE, .file = u->file, .subject = u->sender);
  batch_id_of(c->manifest_json, c->id);
  TRY(batch_manifest_read(u->a, u->file, c->manifest_json, &c->manifest, e));
  if (strcmp(c->manifest->sender, u->sender) != 0) return ERR(e, E_BATCH_DAMAGED, .file = u->file, .subject = "another sender than its reader said");
  c->files = ARENA_ARRAY(u->a, struct batch_file, c->manifest->n_members + 1);
  return c->files ? E_OK : ERR(e, E_NO_MEMORY, .subject = "batch");
}
static enum err_code check_member(struct unpacking *u, const char *name, struct str bytes, struct err *e) {
  const struct batch_manifest *man = u->c->manifest;
  int64_t i = u->c->n_files;
  if (i >= man->n_members || strcmp(man->members[i].name, name)) return ERR(e, E_BATCH_DAMAGED, .file = u->file,
      .subject = "a member that the manifest does not list");
  TRY(batch_member_check(&man->members[i], u->file, bytes, e));
  u->c->files[u->c->n_files++] = (struct batch_file){name, bytes};
  return E_OK;
}
static enum err_code on_part(void *context, enum batch_part kind, const char *name, struct str bytes, struct err *e) {
  struct unpacking *u = context;
  switch (kind) {
    case BATCH_PART_MANIFEST: return u->c->manifest_json = bytes, u->sender = name, E_OK;
    case BATCH_PART_SIGNATURE: return u->c->signature = bytes, authenticate(u, e);
    case BATCH_PART_MEMBER: return check_member(u, name, bytes, e);
    case BATCH_PART_END: break;
  }
  return ERR(e, E_BUG, .subject = "batch");
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

enum err_code batch_unpack(struct store *s, struct arena *a, const char *file, struct str bytes, size_t limit, struct batch_content *out,
                           struct err *e) {
  struct strbuf frame;
  struct unpacking u = {.s = s, .a = a, .file = file, .c = out};
  const struct batch_apart_sink sink = {&u, on_part};
  *out = (struct batch_content){.limit = limit};
  strbuf_init(&frame, BATCH_MAX_FILE);
  enum err_code code = store_age_decrypt(s, bytes.p, bytes.n, limit, &frame, e);
  if (code) code = code == E_NO_MEMORY ? code : code == E_CAP_EXCEEDED ? too_large(file, limit, e) : explain_age(file, code, e);
  if (!code) code = batch_apart(s, a, file, str_view(frame.p, frame.n), limit, &sink, e);
  drop(&frame);
  if (!code && (!out->manifest || out->n_files != out->manifest->n_members))
    code = ERR(e, E_BATCH_DAMAGED, .file = file, .subject = "members are missing");
  if (!code) code = index_names(a, out, e);
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
