/* provision.c -- the record of a package, and its key; see provide.h. */
#include <string.h>

#include "base/bytes.h"
#include "base/ext_json.h"
#include "base/json_out.h"
#include "secure-store/extract/provide.h"
#include "secure-store/rights/record.h"

static const char format[] = "shirabe-provision-1";

/* --- writing --- */
static void put_hex(struct json_out *j, const char *key, const uint8_t *p, size_t n) {
  char hex[65];
  hex_encode(p, n, hex);
  json_put(j, key, hex);
}
static void put_units(struct json_out *j, const struct provision *p) {
  json_key(j, "shards"); /* content hashes: each once, of consecutive units */
  json_array(j);
  for (int64_t i = 0; i < p->n_units; i++)
    if (i == 0 || p->units[i].shard != p->units[i - 1].shard) json_cstr(j, p->shard_hash[i]);
  json_end_array(j);
}
static void put_unit_numbers(struct json_out *j, const struct provision *p) {
  json_key(j, "units");
  json_array(j);
  for (int64_t i = 0; i < p->n_units; i++) json_int(j, p->units[i].shard), json_int(j, p->units[i].group), json_int(j, p->units[i].rows);
  json_end_array(j);
}
enum err_code provision_text(const struct provision *p, struct strbuf *out, struct err *e) {
  struct json_out j;
  json_begin(&j, out, true);
  json_object(&j);
  json_key(&j, "columns");
  json_array(&j);
  for (int i = 0; i < p->n_columns; i++) json_cstr(&j, p->columns[i]);
  json_end_array(&j);
  json_put(&j, "dataset", p->dataset);
  json_put(&j, "format", format);
  json_put(&j, "grant", p->grant);
  put_hex(&j, "grant_sha256", p->grant_sha256, 32);
  json_put_int(&j, "log_index", p->log_index);
  json_put_int(&j, "made", p->made);
  json_put(&j, "package_sha256", p->package_sha256);
  json_put(&j, "person", p->person);
  json_put(&j, "provision", p->provision);
  json_put(&j, "recipient", p->recipient);
  json_put_int(&j, "rows", p->rows);
  put_hex(&j, "salt", p->salt, 16);
  put_units(&j, p);
  json_key(&j, "signers");
  json_array(&j);
  for (int i = 0; i < 2; i++) json_cstr(&j, p->signer[i]);
  json_end_array(&j);
  json_put_int(&j, "tar_bytes", p->tar_bytes);
  put_unit_numbers(&j, p);
  json_end_object(&j);
  return json_done(&j) && !out->failed ? E_OK : ERR(e, E_NO_MEMORY, .subject = p->provision);
}

/* --- reading --- */
static enum err_code malformed(struct err *e) {
  return ERR(e, E_STORE_TAMPERED, .subject = "provision", .found = "a record of a package that is not canonical");
}
static const char *copy_text(struct arena *a, const struct json_value *v) {
  const char *text = json_string(v);
  return text ? arena_strdup(a, text, strlen(text)) : NULL;
}
static enum err_code read_texts(struct arena *a, const struct json_value *list, const char *const **out, int64_t *n, struct err *e) {
  *n = (int64_t)json_length(list);
  const char **texts = arena_array(a, (size_t)*n + 1, sizeof *texts);
  if (!json_is_array(list) || !texts) return malformed(e);
  for (int64_t i = 0; i < *n; i++)
    if (!(texts[i] = copy_text(a, json_element(list, (size_t)i)))) return malformed(e);
  *out = texts;
  return E_OK;
}
static enum err_code read_units(struct arena *a, const struct json_value *root, struct provision *p, struct err *e) {
  const struct json_value *list = json_member(root, "units");
  const char *const *hashes;
  int64_t n_hashes, at = -1;
  size_t n = json_length(list);
  TRY(read_texts(a, json_member(root, "shards"), &hashes, &n_hashes, e));
  struct provision_unit *units = arena_array(a, n / 3 + 1, sizeof *units);
  const char **shard_hash = arena_array(a, n / 3 + 1, sizeof *shard_hash);
  if (!json_is_array(list) || n % 3 || n / 3 > PROVIDE_UNITS_MAX || !units || !shard_hash) return malformed(e);
  for (size_t i = 0; i < n / 3; i++) {
    struct provision_unit *u = &units[i];
    if (!json_integer(json_element(list, 3 * i), &u->shard) || !json_integer(json_element(list, 3 * i + 1), &u->group) ||
        !json_integer(json_element(list, 3 * i + 2), &u->rows) || u->rows < 0 || u->rows > INT32_MAX)
      return malformed(e);
    if (i == 0 || u->shard != units[i - 1].shard) at++;
    if (at >= n_hashes) return malformed(e);
    shard_hash[i] = hashes[at];
  }
  p->units = units, p->n_units = (int64_t)(n / 3), p->shard_hash = shard_hash;
  return E_OK;
}
static enum err_code read_members(struct arena *a, const struct json_value *root, struct provision *p, struct err *e) {
  const struct {
    const char *key, **to;
  } texts[] = {{"provision", &p->provision}, {"grant", &p->grant}, {"person", &p->person}, {"dataset", &p->dataset}, {"recipient", &p->recipient},
      {"package_sha256", &p->package_sha256}};
  const struct {
    const char *key;
    int64_t *to;
  } numbers[] = {{"rows", &p->rows}, {"tar_bytes", &p->tar_bytes}, {"made", &p->made}, {"log_index", &p->log_index}};
  const char *const *signers;
  int64_t n = 0;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    if (!(*texts[i].to = copy_text(a, json_member(root, texts[i].key)))) return malformed(e);
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    if (!json_integer(json_member(root, numbers[i].key), numbers[i].to)) return malformed(e);
  const char *salt = json_member_string(root, "salt", ""), *sha256 = json_member_string(root, "grant_sha256", "");
  if (strlen(salt) != 32 || !hex_decode(salt, 32, p->salt) || strlen(sha256) != 64 || !hex_decode(sha256, 64, p->grant_sha256)) return malformed(e);
  TRY(read_texts(a, json_member(root, "signers"), &signers, &n, e));
  if (n != 2) return malformed(e);
  p->signer[0] = signers[0], p->signer[1] = signers[1];
  TRY(read_texts(a, json_member(root, "columns"), &p->columns, &n, e));
  p->n_columns = (int)n;
  return read_units(a, root, p, e);
}
enum err_code provision_parse(struct arena *a, struct str text, struct provision *out, struct err *e) {
  struct json_document *d = NULL;
  struct strbuf again;
  memset(out, 0, sizeof *out);
  strbuf_init(&again, RECORD_TEXT_MAX + 1);
  enum err_code code = json_parse("provision", text.p, text.n, &d, NULL) ? malformed(e) : E_OK;
  if (!code) code = read_members(a, json_root(d), out, e);
  if (!code) code = provision_text(out, &again, e);
  if (!code && !str_eq(str_view(again.p, again.n), text)) code = malformed(e);
  json_release(d);
  strbuf_release(&again);
  return code;
}
static int64_t count(struct store *s) {
  struct record r = {.seq = 0};
  int64_t n = 0;
  for (uint64_t from = 0; record_next(s, "provision:", from, &r); from = r.seq + 1) n++;
  return n;
}
enum err_code provision_list(struct store *s, struct arena *a, struct provision **out, int64_t *n, struct err *e) {
  struct record r = {.seq = 0};
  int64_t capacity = count(s);
  *n = 0;
  *out = ARENA_ARRAY(a, struct provision, capacity + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "provisions");
  enum err_code code = E_OK;
  for (uint64_t from = 0; !code && *n < capacity && record_next(s, "provision:", from, &r); from = r.seq + 1) {
    struct strbuf text;
    strbuf_init(&text, RECORD_TEXT_MAX);
    code = record_text(s, &r, &text, e);
    if (!code) code = provision_parse(a, str_view(text.p, text.n), &(*out)[*n], e);
    if (!code) ++*n;
    strbuf_release(&text);
  }
  return code;
}
enum err_code provision_key(
    struct store *s, const char *provision, const uint8_t grant_sha256[32], const uint8_t salt[16], struct row_key *out, struct err *e) {
  uint8_t message[PACKAGE_PROVISION + 48], key[32];
  size_t n = strlen(provision);
  if (n >= PACKAGE_PROVISION) return ERR(e, E_BUG, .subject = provision);
  memcpy(message, grant_sha256, 32);
  memcpy(message + 32, salt, 16);
  memcpy(message + 48, provision, n); // NOLINT(bugprone-not-null-terminated-result): a message, no text
  enum err_code code = store_token(s, "extract-rows", message, 48 + n, key, e);
  if (!code) row_key_init(out, key);
  wipe(key, sizeof key);
  return code;
}
