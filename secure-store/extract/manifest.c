/* manifest.c -- see manifest.h. */
#include "secure-store/extract/manifest.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_json.h"
#include "base/json_out.h"

static const char payload_type[] = "application/vnd.in-toto+json", statement_type[] = "https://in-toto.io/Statement/v1",
                  predicate_type[] = "urn:shirabe:extract:1";

/* --- the statement --- */
/* Members of the predicate that are texts, sorted among all; numbers and lists stand in put_predicate. */
struct text_member {
  const char *key;
  size_t at; /* in struct extract_head; texts by pointer, fixed ones by value */
  size_t fixed;
};
#define POINTER(member) {#member, offsetof(struct extract_head, member), 0}
#define FIXED(member, size) {#member, offsetof(struct extract_head, member), size}
static const struct text_member texts[] = {POINTER(basis), POINTER(dataset), FIXED(form_sha256, 65), POINTER(grant), FIXED(grant_sha256, 65),
    FIXED(mark, ROW_ID_TEXT), POINTER(office), POINTER(organisation), POINTER(output_rule), POINTER(person), POINTER(place),
    FIXED(program_sha256, 65), POINTER(provision), POINTER(purpose), POINTER(recipient), FIXED(schema_sha256, 65), FIXED(state_root, 65)};
enum { N_TEXTS = sizeof texts / sizeof *texts };
static const char *text_member(const struct extract_head *h, const struct text_member *m) {
  const char *p = (const char *)h + m->at;
  const char *text;
  if (m->fixed) return p;
  memcpy(&text, p, sizeof text);
  return text ? text : "";
}
static void put_integers_before(struct json_out *j, const struct manifest *m, const char *key) {
  /* Keys rise: what comes between two texts is put when the later one is reached. */
  const struct extract_head *h = m->head;
  if (!strcmp(key, "dataset")) {
    json_key(j, "columns");
    json_array(j);
    for (int i = 0; i < m->n_columns; i++) json_cstr(j, m->columns[i]);
    json_end_array(j);
  }
  if (!strcmp(key, "form_sha256")) {
    json_key(j, "demo");
    json_bool(j, h->demo);
    json_put_int(j, "destroy_by", h->until);
  }
  if (!strcmp(key, "grant")) json_put_int(j, "from", h->from);
  if (!strcmp(key, "mark")) {
    json_put_int(j, "log_index", h->log_index);
    json_put_int(j, "made", h->made);
  }
  if (!strcmp(key, "schema_sha256")) json_put_int(j, "rows", m->rows);
}
static void put_predicate(struct json_out *j, const struct manifest *m) {
  json_object(j);
  for (int i = 0; i < N_TEXTS; i++) {
    put_integers_before(j, m, texts[i].key);
    json_put(j, texts[i].key, text_member(m->head, &texts[i]));
  }
  json_end_object(j);
}
static void put_subject(struct json_out *j, const struct manifest *m) {
  char hex[65];
  json_array(j);
  for (int i = 0; i < m->n_files; i++) {
    hex_encode(m->files[i].sha256, 32, hex);
    json_object(j);
    json_key(j, "digest");
    json_object(j);
    json_put(j, "sha256", hex);
    json_end_object(j);
    json_put(j, "name", m->files[i].name);
    json_end_object(j);
  }
  json_end_array(j);
}
enum err_code manifest_statement(const struct manifest *m, struct strbuf *out, struct err *e) {
  struct json_out j;
  json_begin(&j, out, true);
  json_object(&j);
  json_put(&j, "_type", statement_type);
  json_key(&j, "predicate");
  put_predicate(&j, m);
  json_put(&j, "predicateType", predicate_type);
  json_key(&j, "subject");
  put_subject(&j, m);
  json_end_object(&j);
  return json_done(&j) && !out->failed ? E_OK : ERR(e, E_EXTRACT_MANIFEST, .subject = "manifest.json", .found = "a text that cannot be written");
}

/* --- the envelope --- */
static void pre_authentication(struct str statement, struct strbuf *out) {
  strbuf_addf(out, "DSSEv1 %zu %s %zu ", sizeof payload_type - 1, payload_type, statement.n);
  strbuf_add(out, statement.p, statement.n);
}
static void put_base64(struct json_out *j, const char *key, const uint8_t *p, size_t n) {
  size_t size = n / 3 * 4 + 8;
  char *text = malloc(size);
  json_key(j, key);
  if (text && base64_encode(p, n, true, text, size) != (size_t)-1) json_cstr(j, text);
  else j->failed = true;
  free(text);
}
static enum err_code envelope(struct str statement, const char key_id[2][17], const uint8_t signature[2][64], struct strbuf *out, struct err *e) {
  struct json_out j;
  json_begin(&j, out, true);
  json_object(&j);
  put_base64(&j, "payload", (const uint8_t *)statement.p, statement.n);
  json_put(&j, "payloadType", payload_type);
  json_key(&j, "signatures");
  json_array(&j);
  for (int i = 0; i < 2; i++) {
    json_object(&j);
    json_put(&j, "keyid", key_id[i]);
    put_base64(&j, "sig", signature[i], 64);
    json_end_object(&j);
  }
  json_end_array(&j);
  json_end_object(&j);
  strbuf_addc(out, '\n');
  return json_done(&j) && !out->failed ? E_OK : ERR(e, E_NO_MEMORY, .subject = "manifest.json");
}
enum err_code manifest_seal(struct str statement, const struct minisign_key *const keys[2], struct strbuf *out, struct err *e) {
  struct strbuf message;
  char key_id[2][17];
  uint8_t signature[2][64];
  strbuf_init(&message, 0);
  pre_authentication(statement, &message);
  for (int i = 0; i < 2 && !message.failed; i++) {
    hex_encode(keys[i]->key_id, 8, key_id[i]);
    sign_detached(signature[i], message.p, message.n, keys[i]->secret);
  }
  enum err_code code = message.failed ? ERR(e, E_NO_MEMORY, .subject = "manifest.json")
                                      : envelope(statement, (const char(*)[17])key_id, (const uint8_t(*)[64])signature, out, e);
  strbuf_release(&message);
  return code;
}

/* --- reading --- */
static enum err_code malformed(struct err *e, const char *found) {
  return ERR(e, E_EXTRACT_MANIFEST, .file = "manifest.json", .subject = "manifest.json", .found = found);
}

static enum err_code read_text(
    struct arena *a, const struct json_value *predicate, const struct text_member *m, struct extract_head *h, struct err *e) {
  const char *text = json_string(json_member(predicate, m->key));
  char *p = (char *)h + m->at;
  if (!text || (m->fixed && strlen(text) >= m->fixed)) return malformed(e, m->key);
  if (m->fixed) {
    memcpy(p, text, strlen(text) + 1);
    return E_OK;
  }
  const char *copy = arena_strdup(a, text, strlen(text));
  if (!copy) return ERR(e, E_NO_MEMORY, .subject = "manifest.json");
  memcpy(p, &copy, sizeof copy);
  return E_OK;
}
static enum err_code read_columns(struct arena *a, const struct json_value *list, struct manifest *m, struct err *e) {
  size_t n = json_length(list);
  if (!json_is_array(list) || n > 65536) return malformed(e, "columns");
  const char **columns = arena_array(a, n + 1, sizeof *columns);
  if (!columns) return ERR(e, E_NO_MEMORY, .subject = "manifest.json");
  for (size_t i = 0; i < n; i++) {
    const char *name = json_string(json_element(list, i));
    columns[i] = name ? arena_strdup(a, name, strlen(name)) : NULL;
    if (!columns[i]) return malformed(e, "columns");
  }
  m->columns = columns, m->n_columns = (int)n;
  return E_OK;
}
static enum err_code read_files(const struct json_value *list, struct manifest *m, struct err *e) {
  size_t n = json_length(list);
  if (!json_is_array(list) || n == 0 || n > PACKAGE_FILES) return malformed(e, "subject");
  for (size_t i = 0; i < n; i++) {
    const char *name = json_member_string(json_element(list, i), "name", ""),
               *hex = json_member_string(json_member(json_element(list, i), "digest"), "sha256", "");
    if (!package_name_ok(name) || strlen(hex) != 64 || !hex_decode(hex, 64, m->files[i].sha256)) return malformed(e, "subject");
    memcpy(m->files[i].name, name, strlen(name) + 1);
    if (i && strcmp(m->files[i - 1].name, name) >= 0) return malformed(e, "subject not in order");
  }
  m->n_files = (int)n;
  return E_OK;
}
static enum err_code read_statement(struct arena *a, const struct json_value *root, struct manifest_read *out, struct err *e) {
  const struct json_value *p = json_member(root, "predicate");
  struct extract_head *h = &out->head;
  for (int i = 0; i < N_TEXTS; i++) TRY(read_text(a, p, &texts[i], h, e));
  if (!json_integer(json_member(p, "rows"), &out->m.rows) || !json_integer(json_member(p, "destroy_by"), &h->until) ||
      !json_integer(json_member(p, "from"), &h->from) || !json_integer(json_member(p, "log_index"), &h->log_index) ||
      !json_integer(json_member(p, "made"), &h->made) || !json_boolean(json_member(p, "demo"), &h->demo))
    return malformed(e, "a number that is missing");
  TRY(read_columns(a, json_member(p, "columns"), &out->m, e));
  return read_files(json_member(root, "subject"), &out->m, e);
}
static enum err_code same_text(const struct strbuf *again, struct str text, struct err *e) {
  return !again->failed && again->n == text.n && memcmp(again->p, text.p, text.n) == 0 ? E_OK : malformed(e, "a text that is not canonical");
}
static enum err_code statement_in(struct arena *a, struct manifest_read *out, struct err *e) {
  struct json_document *d = NULL;
  struct strbuf again;
  strbuf_init(&again, MANIFEST_MAX);
  enum err_code code = json_parse("manifest.json", out->statement.p, out->statement.n, &d, NULL) ? malformed(e, "a statement that is no JSON") : E_OK;
  if (!code) code = read_statement(a, json_root(d), out, e);
  out->m.head = &out->head;
  if (!code) code = manifest_statement(&out->m, &again, e);
  if (!code) code = same_text(&again, out->statement, e);
  json_release(d);
  strbuf_release(&again);
  return code;
}
static enum err_code read_signatures(const struct json_value *list, struct manifest_read *out, struct err *e) {
  if (json_length(list) != 2) return malformed(e, "not exactly two signatures");
  for (size_t i = 0; i < 2; i++) {
    const char *id = json_member_string(json_element(list, i), "keyid", ""), *sig = json_member_string(json_element(list, i), "sig", "");
    uint8_t key_id[8];
    if (strlen(id) != 16 || !hex_decode(id, 16, key_id) || base64_decode(sig, strlen(sig), true, out->signature[i], 64) != 64)
      return malformed(e, "a signature");
    memcpy(out->key_id[i], id, 17);
  }
  return E_OK;
}
static enum err_code envelope_in(struct arena *a, const struct json_value *root, struct manifest_read *out, struct err *e) {
  const char *payload = json_member_string(root, "payload", "");
  size_t n = strlen(payload), size = n / 4 * 3 + 3;
  uint8_t *p = arena_alloc(a, size, 1);
  if (!p) return ERR(e, E_NO_MEMORY, .subject = "manifest.json");
  size_t got = base64_decode(payload, n, true, p, size);
  if (strcmp(json_member_string(root, "payloadType", ""), payload_type) != 0 || got == (size_t)-1) return malformed(e, "payload");
  out->statement = str_view((const char *)p, got);
  return read_signatures(json_member(root, "signatures"), out, e);
}
enum err_code manifest_parse(struct arena *a, struct str text, struct manifest_read *out, struct err *e) {
  struct json_document *d = NULL;
  struct strbuf again;
  memset(out, 0, sizeof *out);
  if (text.n > MANIFEST_MAX) return malformed(e, "more than 4 MiB");
  strbuf_init(&again, 2 * (size_t)MANIFEST_MAX);
  enum err_code code = json_parse("manifest.json", text.p, text.n, &d, NULL) ? malformed(e, "no JSON") : E_OK;
  if (!code) code = envelope_in(a, json_root(d), out, e);
  if (!code) code = envelope(out->statement, (const char(*)[17])out->key_id, (const uint8_t(*)[64])out->signature, &again, e);
  if (!code) code = same_text(&again, text, e);
  if (!code) code = statement_in(a, out, e);
  json_release(d);
  strbuf_release(&again);
  return code;
}
static enum err_code signed_by(const struct manifest_read *r, const struct strbuf *message, const char *public_key, int *which, struct err *e) {
  uint8_t key_id[8], key[32];
  char hex[17];
  TRY(minisign_public_parse(public_key, key_id, key, e));
  hex_encode(key_id, 8, hex);
  for (int i = 0; i < 2; i++)
    if (strcmp(r->key_id[i], hex) == 0) {
      *which = i;
      return sign_verify(r->signature[i], message->p, message->n, key) ? E_OK : malformed(e, "a signature that does not hold");
    }
  return malformed(e, "a signature by another key");
}
enum err_code manifest_open(struct arena *a, struct str text, const char *const public_keys[2], struct manifest_read *out, struct err *e) {
  struct strbuf message;
  int first = 0, second = 0;
  TRY(manifest_parse(a, text, out, e));
  strbuf_init(&message, 0);
  pre_authentication(out->statement, &message);
  enum err_code code = message.failed ? ERR(e, E_NO_MEMORY, .subject = "manifest.json") : signed_by(out, &message, public_keys[0], &first, e);
  if (!code) code = signed_by(out, &message, public_keys[1], &second, e);
  if (!code && first == second) code = malformed(e, "two signatures by one key");
  strbuf_release(&message);
  return code;
}

/* --- as bytes between a worker and its parent --- */
static void put_long(struct strbuf *out, const char *text, size_t n) {
  bytes_put_u32(out, (uint32_t)n);
  strbuf_add(out, text, n);
}
void manifest_flat_write(const struct manifest_read *m, struct strbuf *out) {
  const struct extract_head *h = &m->head;
  const int64_t numbers[] = {m->m.rows, h->until, h->from, h->log_index, h->made, h->demo};
  for (int i = 0; i < N_TEXTS; i++) {
    const char *text = text_member(h, &texts[i]);
    put_long(out, text, strlen(text));
  }
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) bytes_put_u64(out, (uint64_t)numbers[i]);
  bytes_put_u32(out, (uint32_t)m->m.n_columns);
  for (int i = 0; i < m->m.n_columns; i++) put_long(out, m->m.columns[i], strlen(m->m.columns[i]));
  bytes_put_u32(out, (uint32_t)m->m.n_files);
  for (int i = 0; i < m->m.n_files; i++) {
    put_long(out, m->m.files[i].name, strlen(m->m.files[i].name));
    strbuf_add(out, (const char *)m->m.files[i].sha256, 32);
  }
  for (int i = 0; i < 2; i++) {
    strbuf_add(out, m->key_id[i], 16);
    strbuf_add(out, (const char *)m->signature[i], 64);
  }
  put_long(out, m->statement.p, m->statement.n);
}
/* A text in the arena; NULL: not there, not UTF-8, or with a NUL. */
static const char *take_long(struct arena *a, struct bytes_reader *in, size_t *n) {
  *n = bytes_u32(in);
  const char *p = (const char *)bytes_take(in, *n);
  in->failed = in->failed || (*n && (memchr(p, 0, *n) || !utf8_valid(p, *n, NULL)));
  const char *copy = in->failed ? NULL : arena_strdup(a, *n ? p : "", *n);
  in->failed = in->failed || !copy;
  return copy;
}
static void take_head(struct arena *a, struct bytes_reader *in, struct manifest_read *out) {
  struct extract_head *h = &out->head;
  int64_t *const numbers[] = {&out->m.rows, &h->until, &h->from, &h->log_index, &h->made};
  size_t n;
  for (int i = 0; i < N_TEXTS && !in->failed; i++) {
    const char *text = take_long(a, in, &n);
    in->failed = in->failed || (texts[i].fixed && n >= texts[i].fixed);
    if (in->failed) return;
    if (texts[i].fixed) memcpy((char *)h + texts[i].at, text, n + 1);
    else memcpy((char *)h + texts[i].at, &text, sizeof text);
  }
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) *numbers[i] = (int64_t)bytes_u64(in);
  const uint64_t demo = bytes_u64(in);
  in->failed = in->failed || demo > 1;
  h->demo = demo == 1;
}
static void take_lists(struct arena *a, struct bytes_reader *in, struct manifest *m) {
  size_t n = bytes_u32(in);
  in->failed = in->failed || n > 65536;
  const char **columns = in->failed ? NULL : arena_array(a, n + 1, sizeof *columns);
  in->failed = in->failed || !columns;
  m->columns = columns, m->n_columns = in->failed ? 0 : (int)n;
  for (int i = 0; i < m->n_columns && !in->failed; i++) columns[i] = take_long(a, in, &n);
  n = bytes_u32(in);
  in->failed = in->failed || n == 0 || n > PACKAGE_FILES;
  m->n_files = in->failed ? 0 : (int)n;
  for (int i = 0; i < m->n_files && !in->failed; i++) {
    const char *name = take_long(a, in, &n);
    const uint8_t *hash = bytes_take(in, 32);
    in->failed = in->failed || !package_name_ok(name);
    if (in->failed) return;
    memcpy(m->files[i].name, name, n + 1);
    memcpy(m->files[i].sha256, hash, 32);
  }
}
bool manifest_flat_parse(struct arena *a, const void *p, size_t n, struct manifest_read *out) {
  struct bytes_reader in;
  memset(out, 0, sizeof *out);
  bytes_reader_init(&in, p, n);
  take_head(a, &in, out);
  take_lists(a, &in, &out->m);
  for (int i = 0; i < 2; i++) {
    const uint8_t *id = bytes_take(&in, 16), *signature = bytes_take(&in, 64);
    if (in.failed || strspn((const char *)memcpy(out->key_id[i], id, 16), "0123456789abcdef") != 16) return false;
    memcpy(out->signature[i], signature, 64);
  }
  out->statement.p = take_long(a, &in, &out->statement.n);
  out->m.head = &out->head;
  return !in.failed && bytes_left(&in) == 0;
}
