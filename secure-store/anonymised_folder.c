/* anonymised_folder.c -- the bundle of anonymised records as a folder: written where nobody looks, then named; and checked from outside. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/ext_json.h"
#include "base/json_out.h"
#include "secure-store/anonymised_impl.h"
#include "secure-store/minisign.h"

enum { PATH_BYTES = 4096 + 512 };
static const char manifest_name[] = "anonymised.json", signature_name[] = "anonymised.json.minisig";

/* --- manifest --- */
static enum err_code manifest(
    struct store *s, const struct anonymised_request *q, const struct anonymised_result *r, struct strbuf *out, struct err *e) {
  struct json_out j;
  char hex[65];
  uint8_t token[32];
  json_begin(&j, out, true);
  json_object(&j);
  json_put(&j, "dataset", q->dataset);
  json_key(&j, "files");
  json_array(&j);
  for (int64_t i = 0; i < q->n_parts; i++) {
    anonymised_hex(q->parts[i].bytes, hex);
    json_object(&j);
    json_put_int(&j, "bytes", (int64_t)q->parts[i].bytes.n);
    json_put(&j, "name", q->parts[i].name);
    json_put(&j, "sha256", hex);
    json_end_object(&j);
  }
  json_end_array(&j);
  json_put(&j, "format", "shirabe-anonymised-1");
  json_put(&j, "id", r->id);
  json_put(&j, "legal_basis", q->legal_basis);
  anonymised_hex(q->lineage, hex);
  json_put(&j, "lineage_sha256", hex);
  json_put(&j, "period", q->period);
  json_put(&j, "program", "shirabe " SHIRABE_VERSION);
  TRY(store_token(s, "anonymised-recipe", q->recipe.p, q->recipe.n, token, e));
  hex_encode(token, sizeof token, hex);
  json_put(&j, "recipe_token", hex);
  json_put_int(&j, "records", q->n_records);
  json_key(&j, "releasable");
  json_bool(&j, r->releasable);
  json_put(&j, "signing_key", store_office(s)->minisign_public);
  json_put(&j, "survey", q->survey);
  json_end_object(&j);
  return json_done(&j) && !out->failed ? E_OK : ERR(e, E_NO_MEMORY, .subject = "anonymised");
}

/* --- the folder nobody sees --- */
static void remove_folder(const char *path, bool inner) {
  DIR *d = opendir(path);
  char below[PATH_BYTES];
  for (struct dirent *entry; d && (entry = readdir(d));) {
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    if (unlinkat(dirfd(d), entry->d_name, 0) == 0 || inner) continue;
    const int n = snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
    if (n > 0 && (size_t)n < sizeof below) remove_folder(below, true);
  }
  if (d) closedir(d);
  rmdir(path);
}
/* Of builds whose process is gone. */
static void sweep(const char *folder) {
  DIR *d = opendir(folder);
  char path[PATH_BYTES];
  for (struct dirent *entry; d && (entry = readdir(d));) {
    const char *tilde = strrchr(entry->d_name, '~');
    if (strncmp(entry->d_name, ".anonymised-", 12) != 0 || !tilde) continue;
    const long pid = strtol(tilde + 1, NULL, 10);
    if (pid <= 0 || pid == (long)getpid() || (kill((pid_t)pid, 0) == 0 || errno != ESRCH)) continue;
    const int n = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    if (n > 0 && (size_t)n < sizeof path) remove_folder(path, false);
  }
  if (d) closedir(d);
}
static enum err_code sync_folder(const char *folder, struct err *e) {
  int number = io_fault_check(), fd = number ? -1 : open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (!number && (fd < 0 || (fsync(fd) != 0 && errno != EINVAL))) number = errno;
  if (fd >= 0) close(fd);
  return number ? ERR(e, E_FILE_SYNC, .file = folder, .subject = folder, .found = strerrordesc_np(number)) : E_OK;
}
static enum err_code put_file(const char *folder, const char *name, struct str bytes, struct err *e) {
  char path[PATH_BYTES + 128];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return atomic_write(path, bytes.p, bytes.n, ATOMIC_REPLACE, 0644, e);
}
static enum err_code fill(const char *work, const struct anonymised_request *q, struct str json, struct str signature, struct err *e) {
  char data[PATH_BYTES];
  snprintf(data, sizeof data, "%.4400s/data", work);
  TRY(make_directories(data, 0755, e));
  for (int64_t i = 0; i < q->n_parts; i++) TRY(put_file(work, q->parts[i].name, q->parts[i].bytes, e));
  TRY(put_file(work, signature_name, signature, e));
  TRY(put_file(work, manifest_name, json, e)); /* last: without it this is no bundle */
  return sync_folder(work, e);
}
static bool same_file(const char *folder, const char *name, struct str bytes) {
  char path[PATH_BYTES + 128];
  uint8_t *p = NULL;
  size_t n = 0;
  struct err none;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  if (file_read(path, ANONYMISED_PART_BYTES, &p, &n, &none)) return false;
  const bool same = n == bytes.n && memcmp(p, bytes.p, n) == 0;
  free(p);
  return same;
}
static bool same_bundle(const char *folder, const struct anonymised_request *q, struct str json, struct str signature) {
  bool same = same_file(folder, manifest_name, json) && same_file(folder, signature_name, signature);
  for (int64_t i = 0; same && i < q->n_parts; i++) same = same_file(folder, q->parts[i].name, q->parts[i].bytes);
  return same;
}
static enum err_code name_folder(const char *work, const char *folder, struct err *e) {
  int number = io_fault_check();
  if (!number && renameat2(AT_FDCWD, work, AT_FDCWD, folder, RENAME_NOREPLACE) != 0) number = errno;
  if (number == EEXIST) return ERR(e, E_MICRO_TARGET, .file = folder, .subject = folder);
  return number ? ERR(e, number == ENOSPC ? E_DISK_FULL : E_FILE_WRITE, .file = folder, .subject = folder, .found = strerrordesc_np(number))
                : E_OK;
}
static enum err_code write_folder(
    const struct anonymised_request *q, struct anonymised_result *out, struct str json, struct str signature, struct err *e) {
  char work[PATH_BYTES];
  struct stat there;
  TRY(make_directories(q->out_folder, 0755, e));
  sweep(q->out_folder);
  if (stat(out->folder, &there) == 0) {
    out->again = same_bundle(out->folder, q, json, signature);
    return out->again ? E_OK : ERR(e, E_MICRO_TARGET, .file = out->folder, .subject = out->folder);
  }
  snprintf(work, sizeof work, "%.3800s/.anonymised-%s~%ld", q->out_folder, out->id, (long)getpid());
  remove_folder(work, false);
  enum err_code code = fill(work, q, json, signature, e);
  if (!code) code = name_folder(work, out->folder, e);
  if (!code) code = sync_folder(q->out_folder, e);
  if (code) remove_folder(work, false);
  return code;
}
enum err_code anonymised_write(
    struct store *s, const struct anonymised_request *q, struct anonymised_result *out, uint8_t hash[32], struct err *e) {
  struct strbuf json, signature;
  strbuf_init(&json, 1 << 20), strbuf_init(&signature, 4096);
  enum err_code code = manifest(s, q, out, &json, e);
  if (!code) code = store_sign(s, json.p, json.n, out->id, &signature, e);
  if (!code) {
    sha256_of(json.p, json.n, hash);
    code = write_folder(q, out, str_view(json.p, json.n), str_view(signature.p, signature.n), e);
  }
  strbuf_release(&json), strbuf_release(&signature);
  return code;
}

/* --- from outside --- */
static enum err_code check_file(const char *folder, const struct json_value *f, struct err *e) {
  const char *name = json_member_string(f, "name", ""), *sha256 = json_member_string(f, "sha256", "");
  char path[PATH_BYTES + 128], hex[65];
  uint8_t *p = NULL;
  size_t n = 0;
  if (!anonymised_part_name(name)) return ERR(e, E_MICRO_BUNDLE, .file = manifest_name, .subject = "a file name");
  snprintf(path, sizeof path, "%.4096s/%s", folder, name);
  TRY(file_read(path, ANONYMISED_PART_BYTES, &p, &n, e));
  anonymised_hex(str_view((const char *)p, n), hex);
  free(p);
  return strcmp(hex, sha256) ? ERR(e, E_MICRO_BUNDLE, .file = path, .subject = name, .expected = sha256, .found = hex) : E_OK;
}
static bool listed(const struct json_value *files, const char *name) {
  for (size_t i = 0; i < json_length(files); i++)
    if (!strcmp(json_member_string(json_element(files, i), "name", ""), name)) return true;
  return false;
}
/* A file that the signature does not cover must not pass for part of the bundle. */
static enum err_code check_nothing_else(const char *folder, const char *below, const struct json_value *files, struct err *e) {
  char path[PATH_BYTES], name[PATH_BYTES];
  enum err_code code = E_OK;
  snprintf(path, sizeof path, "%.4096s/%s", folder, below);
  DIR *d = opendir(path);
  for (struct dirent *entry; d && !code && (entry = readdir(d));) {
    const char *one = entry->d_name;
    if (!strcmp(one, ".") || !strcmp(one, "..")) continue;
    if (!*below && (!strcmp(one, "data") || !strcmp(one, manifest_name) || !strcmp(one, signature_name))) continue;
    snprintf(name, sizeof name, "%s%s%s", below, *below ? "/" : "", one);
    if (!listed(files, name)) code = ERR(e, E_MICRO_BUNDLE, .file = path, .subject = one, .found = "a file that the manifest does not name");
  }
  if (d) closedir(d);
  return code;
}
static enum err_code check_signature(const char *folder, const char *key, struct str json, struct err *e) {
  char path[PATH_BYTES];
  uint8_t *p = NULL;
  size_t n = 0;
  snprintf(path, sizeof path, "%.4096s/%s", folder, signature_name);
  TRY(file_read(path, 65536, &p, &n, e));
  const enum err_code code = minisign_verify(key, json.p, json.n, (const char *)p, n, NULL, e);
  free(p);
  return code ? ERR_WRAP(e, E_MICRO_BUNDLE, .file = path, .subject = signature_name) : E_OK;
}
static enum err_code check_manifest(
    const char *folder, const char *key, struct str json, const struct json_value *root, struct anonymised_result *out, struct err *e) {
  const struct json_value *files = json_member(root, "files");
  if (strcmp(json_member_string(root, "format", ""), "shirabe-anonymised-1") || json_length(files) > ANONYMISED_PARTS_MOST ||
      !json_boolean(json_member(root, "releasable"), &out->releasable))
    return ERR(e, E_MICRO_BUNDLE, .file = manifest_name, .subject = "format");
  TRY(check_signature(folder, key ? key : json_member_string(root, "signing_key", ""), json, e));
  for (size_t i = 0; i < json_length(files); i++) TRY(check_file(folder, json_element(files, i), e));
  snprintf(out->id, sizeof out->id, "%s", json_member_string(root, "id", ""));
  TRY(check_nothing_else(folder, "", files, e));
  return check_nothing_else(folder, "data", files, e);
}
enum err_code anonymised_check(const char *folder, const char *public_key, struct anonymised_result *out, struct err *e) {
  char path[PATH_BYTES];
  uint8_t *p = NULL;
  size_t n = 0;
  struct json_document *d = NULL;
  *out = (struct anonymised_result){.releasable = false};
  snprintf(out->folder, sizeof out->folder, "%s", folder);
  snprintf(path, sizeof path, "%.4096s/%s", folder, manifest_name);
  TRY(file_read(path, 1 << 20, &p, &n, e));
  enum err_code code = json_parse(manifest_name, (const char *)p, n, &d, e);
  if (!code) code = check_manifest(folder, public_key, str_view((const char *)p, n), json_root(d), out, e);
  json_release(d);
  free(p);
  return code;
}
