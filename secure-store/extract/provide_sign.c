/* provide_sign.c -- the officers' signatures beside a package; see provide.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "secure-store/extract/provide_impl.h"

enum { PATH_BYTES = 4096 };

enum err_code provide_signature(const char *path, int number, const struct package_outside *o, const struct minisign_key *key, struct err *e) {
  char file[PATH_BYTES + 600], comment[PACKAGE_COMMENT];
  struct strbuf text;
  strbuf_init(&text, 4096);
  package_comment(o, comment);
  snprintf(file, sizeof file, "%s.%d.minisig", path, number);
  enum err_code code = minisign_sign_digest(key, o->blake2b, comment, &text, e);
  if (!code) code = atomic_write(file, text.p, text.n, ATOMIC_REPLACE, 0644, e);
  strbuf_release(&text);
  return code;
}
enum err_code provide_sync_folder(const char *folder, struct err *e) {
  int number = io_fault_check(), fd = number ? -1 : open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (!number && (fd < 0 || (fsync(fd) != 0 && errno != EINVAL))) number = errno;
  if (fd >= 0) close(fd);
  return number ? ERR(e, E_FILE_SYNC, .file = folder, .subject = folder, .found = strerrordesc_np(number)) : E_OK;
}

/* --- again, for a package whose signature file was lost --- */
static enum err_code find(struct store *s, struct arena *a, const uint8_t sha256[32], const char *path, const struct provision **out, struct err *e) {
  struct provision *list;
  int64_t n;
  char hex[65];
  hex_encode(sha256, 32, hex);
  TRY(provision_list(s, a, &list, &n, e));
  for (int64_t i = 0; i < n; i++)
    if (strcmp(list[i].package_sha256, hex) == 0) {
      *out = &list[i];
      return E_OK;
    }
  return ERR(e, E_EXTRACT_RECORD, .file = path, .subject = path);
}
static enum err_code check(struct store *s, struct arena *a, const char *path, const struct officer_secret *officer, struct package_outside *out,
    int *number, struct err *e) {
  const struct provision *p = NULL;
  struct officer o;
  TRY(package_digest(path, out, e));
  TRY(find(s, a, out->sha256, path, &p, e));
  TRY(officer_of_key(s, officer->sign.key_id, &o, e));
  if (o.retired) return ERR(e, E_OFFICER_RETIRED, .subject = o.id);
  *number = strcmp(o.id, p->signer[0]) == 0 ? 1 : strcmp(o.id, p->signer[1]) == 0 ? 2 : 0;
  if (!*number) return ERR(e, E_EXTRACT_SIGNER, .subject = o.id, .found = "not one of the two who signed when it was built");
  snprintf(out->provision, sizeof out->provision, "%s", p->provision);
  snprintf(out->recipient, sizeof out->recipient, "%s", p->recipient);
  out->tar_bytes = (uint64_t)p->tar_bytes;
  return E_OK;
}
enum err_code provide_sign(struct store *s, const char *path, const struct officer_secret *officer, struct package_outside *out, struct err *e) {
  struct arena *a = arena_new(0);
  int number = 0;
  int64_t intent;
  char object[LOG_OBJECT_BYTES];
  struct err second;
  if (!a) return ERR(e, E_NO_MEMORY, .subject = "sign");
  memset(out, 0, sizeof *out);
  enum err_code code = officer_sign_in(s, officer, e);
  if (!code && check(s, a, path, officer, out, &number, e)) code = store_refuse(s, "package-sign", "package", e);
  arena_free(a);
  TRY(code);
  snprintf(object, sizeof object, "package:%s", out->provision);
  struct log_entry entry = {.action = "package-sign", .object = object};
  memcpy(entry.output_hash, out->sha256, 32);
  TRY(store_log_intent(s, &entry, &intent, e));
  code = provide_signature(path, number, out, &officer->sign, e);
  enum err_code logged = store_log_outcome(s, intent, &entry, code == E_OK, code ? &second : e);
  return code ? code : logged;
}
