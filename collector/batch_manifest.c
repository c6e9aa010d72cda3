/* The manifest as canonical JSON (RFC 8785, integers only): writer, reader, id. */
#include <string.h>

#include "base/bytes.h"
#include "base/ext_json.h"
#include "base/ext_sodium.h"
#include "base/json_out.h"
#include "collector/batch.h"

static const char *const kind_names[] = {"initial", "supplementary", "nil", "forward"};
const char *batch_kind_name(enum batch_kind k) { return kind_names[k]; }

void batch_id_of(struct str manifest_json, char id[BATCH_ID_HEX]) {
  uint8_t hash[HASH_BYTES];
  sha256_of(manifest_json.p, manifest_json.n, hash);
  hex_encode(hash, HASH_BYTES, id);
}

static void write_controls(struct json_out *j, const struct batch_manifest *m) {
  json_key(j, "controls");
  json_array(j);
  for (int64_t i = 0; i < m->n_controls; i++) {
    json_object(j);
    json_put(j, "form", m->controls[i].form);
    json_put(j, "item", m->controls[i].item);
    json_put_int(j, "n", m->controls[i].n);
    json_put_int(j, "sum", m->controls[i].sum);
    json_end_object(j);
  }
  json_end_array(j);
}

static void write_counts(struct json_out *j, const struct batch_manifest *m) {
  json_key(j, "counts");
  json_array(j);
  for (int64_t i = 0; i < m->n_counts; i++) {
    const struct batch_count *c = &m->counts[i];
    json_object(j);
    json_put_int(j, "accepted", c->accepted);
    json_put_int(j, "declared", c->declared);
    json_put(j, "form", c->form);
    json_put(j, "form_hash", c->form_hash);
    json_put_int(j, "queried", c->queried);
    json_put_int(j, "rejected", c->rejected);
    json_put(j, "version", c->version);
    json_put_int(j, "withdrawn", c->withdrawn);
    json_end_object(j);
  }
  json_end_array(j);
}

static void write_lower(struct json_out *j, const struct batch_manifest *m) {
  json_key(j, "lower");
  json_array(j);
  for (int64_t i = 0; i < m->n_lower; i++) {
    json_object(j);
    json_put(j, "id", m->lower[i].id);
    json_put(j, "sender", m->lower[i].sender);
    json_put(j, "signing_key", m->lower[i].signing_key);
    json_end_object(j);
  }
  json_end_array(j);
}

static void write_members(struct json_out *j, const struct batch_manifest *m) {
  json_key(j, "members");
  json_array(j);
  for (int64_t i = 0; i < m->n_members; i++) {
    json_object(j);
    json_put_int(j, "bytes", m->members[i].bytes);
    json_put(j, "name", m->members[i].name);
    json_put(j, "sha256", m->members[i].sha256);
    json_end_object(j);
  }
  json_end_array(j);
}

enum err_code batch_manifest_write(const struct batch_manifest *m, struct strbuf *out, struct err *e) {
  struct json_out j;
  json_begin(&j, out, true);
  json_object(&j);
  write_controls(&j, m);
  write_counts(&j, m);
  json_put(&j, "created", m->created);
  json_put(&j, "format", "shirabe-batch-1");
  json_put(&j, "kind", batch_kind_name(m->kind));
  write_lower(&j, m);
  write_members(&j, m);
  json_put(&j, "period", m->period);
  json_put(&j, "previous", m->previous);
  json_put(&j, "program", m->program);
  json_put(&j, "proxy", m->proxy);
  json_put(&j, "recipient", m->recipient);
  json_put(&j, "recipient_key", m->recipient_key);
  json_put(&j, "sender", m->sender);
  json_put(&j, "sender_name", m->sender_name);
  json_put_int(&j, "sequence", m->sequence);
  json_put(&j, "survey", m->survey);
  json_end_object(&j);
  if (!json_done(&j) || out->failed) return ERR(e, E_NO_MEMORY, .subject = "manifest");
  return E_OK;
}

/* --- reading: every field is required, every text is capped, unknown formats are refused --- */
struct reader {
  struct arena *a;
  const char *file;
  struct err *e;
  enum err_code failed;
};
static void bad(struct reader *r, const char *key, const char *expected) {
  if (!r->failed) r->failed = ERR(r->e, E_BATCH_MANIFEST, .file = r->file, .subject = key, .expected = expected);
}
static const char *text(struct reader *r, const struct json_value *v, const char *key, size_t max) {
  const char *s = json_string(json_member(v, key));
  if (!s || strlen(s) > max) {
    bad(r, key, "a text");
    return "";
  }
  char *copy = arena_strdup(r->a, s, strlen(s));
  if (!copy) bad(r, key, "memory");
  return copy ? copy : "";
}
static int64_t count(struct reader *r, const struct json_value *v, const char *key) {
  int64_t n = 0;
  if (!json_integer(json_member(v, key), &n) || n < 0) bad(r, key, "a count of 0 or more");
  return n;
}
static void hex_id(struct reader *r, const struct json_value *v, const char *key, bool may_be_empty, char out[65]) {
  const char *s = json_string(json_member(v, key));
  size_t n = s ? strlen(s) : 0;
  out[0] = 0;
  if (n == 64 && strspn(s, "0123456789abcdef") == 64) memcpy(out, s, 65);
  else if (!(may_be_empty && s && n == 0)) bad(r, key, "64 hexadecimal digits");
}
static const struct json_value *list(struct reader *r, const struct json_value *v, const char *key, size_t max, int64_t *n) {
  const struct json_value *l = json_member(v, key);
  if (!json_is_array(l) || json_length(l) > max) {
    bad(r, key, "a list within the limit");
    *n = 0;
    return NULL;
  }
  *n = (int64_t)json_length(l);
  return l;
}

static void read_counts(struct reader *r, const struct json_value *root, struct batch_manifest *m) {
  const struct json_value *l = list(r, root, "counts", BATCH_MAX_FORMS, &m->n_counts);
  m->counts = ARENA_ARRAY(r->a, struct batch_count, m->n_counts + 1);
  for (int64_t i = 0; m->counts && i < m->n_counts; i++) {
    const struct json_value *v = json_element(l, (size_t)i);
    m->counts[i] = (struct batch_count){text(r, v, "form", 64), text(r, v, "version", 32), text(r, v, "form_hash", 64), count(r, v, "declared"),
                                        count(r, v, "accepted"), count(r, v, "rejected"), count(r, v, "queried"), count(r, v, "withdrawn")};
    const struct batch_count *c = &m->counts[i];
    if (c->accepted > INT32_MAX || c->rejected > INT32_MAX || c->queried > INT32_MAX || c->withdrawn > INT32_MAX) bad(r, "counts", "numbers below 2^31");
    else if (c->declared != c->accepted + c->rejected + c->queried + c->withdrawn) bad(r, "counts", "declared = accepted + rejected + queried + withdrawn");
  }
}
static void read_controls(struct reader *r, const struct json_value *root, struct batch_manifest *m) {
  const struct json_value *l = list(r, root, "controls", 4096, &m->n_controls);
  m->controls = ARENA_ARRAY(r->a, struct batch_control, m->n_controls + 1);
  for (int64_t i = 0; m->controls && i < m->n_controls; i++) {
    const struct json_value *v = json_element(l, (size_t)i);
    int64_t sum = 0;
    if (!json_integer(json_member(v, "sum"), &sum)) bad(r, "sum", "an integer");
    m->controls[i] = (struct batch_control){text(r, v, "form", 64), text(r, v, "item", 64), count(r, v, "n"), sum};
  }
}
static void read_members(struct reader *r, const struct json_value *root, struct batch_manifest *m) {
  const struct json_value *l = list(r, root, "members", BATCH_MAX_MEMBERS, &m->n_members);
  m->members = ARENA_ARRAY(r->a, struct batch_member, m->n_members + 1);
  for (int64_t i = 0; m->members && i < m->n_members; i++) {
    const struct json_value *v = json_element(l, (size_t)i);
    m->members[i].name = text(r, v, "name", 200);
    m->members[i].bytes = count(r, v, "bytes");
    hex_id(r, v, "sha256", false, m->members[i].sha256);
  }
}
static void read_lower(struct reader *r, const struct json_value *root, struct batch_manifest *m) {
  const struct json_value *l = list(r, root, "lower", BATCH_MAX_MEMBERS, &m->n_lower);
  m->lower = ARENA_ARRAY(r->a, struct batch_lower, m->n_lower + 1);
  for (int64_t i = 0; m->lower && i < m->n_lower; i++) {
    const struct json_value *v = json_element(l, (size_t)i);
    hex_id(r, v, "id", false, m->lower[i].id);
    m->lower[i].sender = text(r, v, "sender", 47);
    m->lower[i].signing_key = text(r, v, "signing_key", 63);
  }
}
static void read_kind(struct reader *r, const char *name, struct batch_manifest *m) {
  for (size_t k = 0; k < sizeof kind_names / sizeof *kind_names; k++)
    if (!strcmp(name, kind_names[k])) {
      m->kind = (enum batch_kind)k;
      return;
    }
  bad(r, "kind", "initial, supplementary, nil or forward");
}

enum err_code batch_manifest_read(struct arena *a, const char *file, struct str json, struct batch_manifest **out, struct err *e) {
  struct json_document *d = NULL;
  if (json.n > 64u << 20) return ERR(e, E_BATCH_MANIFEST, .file = file, .subject = "manifest", .expected = "at most 64 MiB");
  enum err_code code = json_parse(file, json.p, json.n, &d, e);
  if (code) return ERR_WRAP(e, E_BATCH_MANIFEST, .file = file, .subject = "manifest", .expected = "JSON");
  const struct json_value *root = json_root(d);
  struct reader r = {a, file, e, E_OK};
  struct batch_manifest *m = ARENA_NEW(a, struct batch_manifest);
  if (!m) {
    json_release(d);
    return ERR(e, E_NO_MEMORY, .subject = "manifest");
  }
  if (strcmp(text(&r, root, "format", 64), "shirabe-batch-1")) bad(&r, "format", "shirabe-batch-1");
  m->survey = text(&r, root, "survey", 32);
  m->period = text(&r, root, "period", 15);
  m->sender = text(&r, root, "sender", 47);
  m->sender_name = text(&r, root, "sender_name", 95);
  m->recipient = text(&r, root, "recipient", 47);
  m->recipient_key = text(&r, root, "recipient_key", 79);
  m->created = text(&r, root, "created", 31);
  m->program = text(&r, root, "program", 63);
  m->proxy = text(&r, root, "proxy", 95);
  m->sequence = count(&r, root, "sequence");
  if (m->sequence < 1) bad(&r, "sequence", "1 or more");
  hex_id(&r, root, "previous", true, m->previous);
  if ((m->sequence == 1) != (m->previous[0] == 0)) bad(&r, "previous", "empty for number 1, an id for all others");
  read_kind(&r, text(&r, root, "kind", 32), m);
  read_counts(&r, root, m);
  read_controls(&r, root, m);
  read_members(&r, root, m);
  read_lower(&r, root, m);
  json_release(d);
  *out = m;
  return r.failed;
}
