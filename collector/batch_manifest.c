/* The manifest as canonical JSON (RFC 8785, integers only): writer, reader, id. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/date.h"
#include "base/ext_json.h"
#include "base/ext_sodium.h"
#include "base/job.h"
#include "base/json_out.h"
#include "collector/batch.h"

static const char *const kind_names[] = {"initial", "supplementary", "nil", "forward", "correction", "withdrawal"};
static const char *const format_names[] = {"shirabe-batch-1", "shirabe-batch-2"};
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

static void write_chunks(struct json_out *j, const struct batch_member *m) {
  json_key(j, "chunks");
  json_array(j);
  for (int64_t k = 0; k < m->n_chunks; k++) json_cstr(j, m->chunks[k]);
  json_end_array(j);
}

static void write_members(struct json_out *j, const struct batch_manifest *m) {
  json_key(j, "members");
  json_array(j);
  for (int64_t i = 0; i < m->n_members; i++) {
    json_object(j);
    json_put_int(j, "bytes", m->members[i].bytes);
    if (m->members[i].n_chunks) write_chunks(j, &m->members[i]);
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
  json_put(&j, "format", format_names[m->format == 2]);
  json_put(&j, "kind", batch_kind_name(m->kind));
  write_lower(&j, m);
  write_members(&j, m);
  json_put(&j, "period", m->period);
  json_put(&j, "previous", m->previous);
  json_put(&j, "program", m->program);
  json_put(&j, "proxy", m->proxy);
  json_put(&j, "recipient", m->recipient);
  json_put(&j, "recipient_key", m->recipient_key);
  json_put(&j, "salt", m->salt);
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

/* --- names go into paths, file names and the ledger; texts go to terminals: both are judged here, before anything uses them --- */
static bool made_of(const char *s, const char *set) { return *s && strspn(s, set) == strlen(s); }
#define LOWER_CASE "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
static bool is_id(const char *s) { return made_of(s, LOWER_CASE DIGITS "_") && *s >= 'a'; }
static bool is_version(const char *s) { return made_of(s, LOWER_CASE DIGITS "_-."); }
static bool is_office(const char *s) {
  struct str code, type = str_split(str_of(s), '-', &code);
  enum office_type t;
  return office_type_parse(type, &t) && code.n && made_of(code.p, DIGITS LOWER_CASE "ABCDEFGHIJKLMNOPQRSTUVWXYZ-");
}
static bool is_period(const char *s) {
  struct period p;
  return period_parse(str_of(s), &p);
}
static bool is_time(const char *s) {
  int64_t t;
  return time_parse_utc(s, &t);
}
static bool is_line(const char *s) { /* no control characters (C0, DEL, C1) and none that turn the direction of writing */
  for (size_t i = 0, n = strlen(s), step; i < n; i += step) {
    uint32_t c;
    step = utf8_decode(s + i, n - i, &c);
    if (!step || c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200e && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
        return false;
  }
  return true;
}
static const char *checked(struct reader *r, const struct json_value *v, const char *key, size_t max, bool (*good)(const char *),
    const char *expected) {
  const char *s = text(r, v, key, max);
  if (!r->failed && !good(s)) bad(r, key, expected);
  return s;
}
static const char *form_id(struct reader *r, const struct json_value *v, const char *key) { return checked(r, v, key, 64, is_id,
    "a name of small letters, digits and _"); }

static int by_text(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }
/* Sorts the keys; a key given twice is an error of the list. */
static void unique(struct reader *r, const char **keys, int64_t n, const char *list) {
  if (!keys) {
    bad(r, list, "memory");
    return;
  }
  qsort(keys, (size_t)n, sizeof *keys, by_text);
  for (int64_t i = 1; i < n; i++)
    if (!strcmp(keys[i - 1], keys[i])) bad(r, list, "each entry once");
}
static bool among(const char *const *sorted, int64_t n, const char *key) { return n && bsearch(&key, sorted, (size_t)n, sizeof *sorted, by_text); }

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
    m->counts[i] = (struct batch_count){form_id(r, v, "form"), checked(r, v, "version", 32, is_version, "a version"), text(r, v, "form_hash", 64),
        count(r, v, "declared"),
                                        count(r, v, "accepted"), count(r, v, "rejected"), count(r, v, "queried"), count(r, v, "withdrawn")};
    const struct batch_count *c = &m->counts[i];
    if (c->accepted > INT32_MAX || c->rejected > INT32_MAX || c->queried > INT32_MAX || c->withdrawn > INT32_MAX) bad(r, "counts",
        "numbers below 2^31");
    else if (c->declared != c->accepted + c->rejected + c->queried + c->withdrawn) bad(r, "counts",
        "declared = accepted + rejected + queried + withdrawn");
  }
}
static void read_controls(struct reader *r, const struct json_value *root, struct batch_manifest *m) {
  const struct json_value *l = list(r, root, "controls", 4096, &m->n_controls);
  m->controls = ARENA_ARRAY(r->a, struct batch_control, m->n_controls + 1);
  for (int64_t i = 0; m->controls && i < m->n_controls; i++) {
    const struct json_value *v = json_element(l, (size_t)i);
    int64_t sum = 0;
    if (!json_integer(json_member(v, "sum"), &sum)) bad(r, "sum", "an integer");
    m->controls[i] = (struct batch_control){form_id(r, v, "form"), form_id(r, v, "item"), count(r, v, "n"), sum};
  }
}
/* One hash per MiB, in format 2 and above 4 MiB only: the number is known before the list is read. */
static void read_chunks(struct reader *r, const struct json_value *v, const struct batch_manifest *m, struct batch_member *out) {
  const struct json_value *l = json_member(v, "chunks");
  int64_t n = (out->bytes + BATCH_CHUNK - 1) / BATCH_CHUNK;
  if (m->format != 2 || out->bytes <= BATCH_CHUNKED || out->bytes > BATCH_MAX_FILE || !json_is_array(l) || (int64_t)json_length(l) != n) {
    bad(r, "chunks", "one hash for every MiB of a member above 4 MiB");
    return;
  }
  out->chunks = (char (*)[65])arena_alloc(r->a, (size_t)n * 65, 1);
  if (!out->chunks) {
    bad(r, "chunks", "less to remember");
    return;
  }
  for (int64_t k = 0; k < n; k++) {
    const char *hex = json_string(json_element(l, (size_t)k));
    if (!hex || strlen(hex) != 64 || strspn(hex, "0123456789abcdef") != 64) {
      bad(r, "chunks", "64 hexadecimal digits each");
      return;
    }
    memcpy(out->chunks[k], hex, 65);
  }
  out->n_chunks = n;
}

static void read_members(struct reader *r, const struct json_value *root, struct batch_manifest *m) {
  const struct json_value *l = list(r, root, "members", BATCH_MAX_MEMBERS, &m->n_members);
  m->members = ARENA_ARRAY(r->a, struct batch_member, m->n_members + 1);
  for (int64_t i = 0; m->members && i < m->n_members; i++) {
    const struct json_value *v = json_element(l, (size_t)i);
    m->members[i].name = text(r, v, "name", 200);
    m->members[i].bytes = count(r, v, "bytes");
    hex_id(r, v, "sha256", false, m->members[i].sha256);
    if (json_member(v, "chunks") || (m->format == 2 && m->members[i].bytes > BATCH_CHUNKED)) read_chunks(r, v, m, &m->members[i]);
  }
}
static void read_lower(struct reader *r, const struct json_value *root, struct batch_manifest *m) {
  const struct json_value *l = list(r, root, "lower", BATCH_MAX_MEMBERS, &m->n_lower);
  m->lower = ARENA_ARRAY(r->a, struct batch_lower, m->n_lower + 1);
  for (int64_t i = 0; m->lower && i < m->n_lower; i++) {
    const struct json_value *v = json_element(l, (size_t)i);
    hex_id(r, v, "id", false, m->lower[i].id);
    m->lower[i].sender = checked(r, v, "sender", 47, is_office, "an office id");
    m->lower[i].signing_key = text(r, v, "signing_key", 63);
  }
}
static void read_kind(struct reader *r, const char *name, struct batch_manifest *m) {
  for (size_t k = 0; k < sizeof kind_names / sizeof *kind_names; k++)
    if (!strcmp(name, kind_names[k])) {
      m->kind = (enum batch_kind)k;
      if (m->kind >= BATCH_CORRECTION && m->format < 2) bad(r, "kind", "format shirabe-batch-2 for corrections");
      return;
    }
  bad(r, "kind", "initial, supplementary, correction, withdrawal, nil or forward");
}

/* --- what must fit together --- */
static bool counted_form(const struct batch_manifest *m, struct str form) {
  for (int64_t i = 0; i < m->n_counts; i++)
    if (str_eq(form, str_of(m->counts[i].form))) return true;
  return false;
}
/* --- which members a batch may have: one line per kind --- */
struct member_place {
  const struct batch_manifest *m;
  const char *const *lower;
};
typedef bool (*member_rule_fn)(const struct member_place *p, struct str rest);
static bool any_rest(const struct member_place *p, struct str rest) {
  (void)p;
  return rest.n > 0;
}
/* Records without a count would be stored nowhere and missed by nobody. */
static bool of_counted_form(const struct member_place *p, struct str rest) {
  return rest.n > 4 && !strcmp(rest.p + rest.n - 4, ".csv") && counted_form(p->m, str_view(rest.p, rest.n - 4));
}
static bool of_listed_batch(const struct member_place *p, struct str rest) {
  char id[BATCH_ID_HEX];
  if (rest.n < 66 || rest.p[64] != '/') return false;
  memcpy(id, rest.p, 64);
  id[64] = 0;
  return among(p->lower, p->m->n_lower, id);
}
static bool named_by_hash(const struct member_place *p, struct str rest) {
  (void)p;
  return rest.n > 64 && rest.p[64] == '.' && strspn(rest.p, "0123456789abcdef") == 64;
}
static const struct {
  const char *top;
  int format; /* the first that has it */
  member_rule_fn fits;
} member_rules[] = {
    {"records", 1, of_counted_form},
    {"original", 1, any_rest},
    {"lower", 1, of_listed_batch},
    {"amendments", 2, named_by_hash},
};

static bool member_has_place(const struct batch_manifest *m, const char *const *lower, const char *name) {
  struct str rest, top = str_split(str_of(name), '/', &rest);
  const struct member_place place = {m, lower};
  if (!made_of(name, LOWER_CASE DIGITS "._/-") || strstr(name, "..")) return false;
  for (size_t i = 0; i < sizeof member_rules / sizeof *member_rules; i++)
    if (str_eq(top, str_of(member_rules[i].top))) return m->format >= member_rules[i].format && member_rules[i].fits(&place, rest);
  return false;
}

static void check_members(struct reader *r, const struct batch_manifest *m, const char *const *lower) {
  const char **names = ARENA_ARRAY(r->a, const char *, m->n_members + 1);
  for (int64_t i = 0; names && i < m->n_members; i++) {
    names[i] = m->members[i].name;
    if (!member_has_place(m, lower, names[i])) bad(r, "members", "records/<counted form>.csv, original/..., lower/<listed id>/... or amendments/<id>...");
  }
  unique(r, names, m->n_members, "members");
}

static void check_lists(struct reader *r, struct batch_manifest *m) {
  const char **forms = ARENA_ARRAY(r->a, const char *, m->n_counts + 1), **items = ARENA_ARRAY(r->a, const char *, m->n_controls + 1);
  const char **ids = ARENA_ARRAY(r->a, const char *, m->n_lower + 1);
  int64_t declared = 0;
  for (int64_t i = 0; forms && i < m->n_counts; i++) {
    forms[i] = m->counts[i].form;
    declared += m->counts[i].declared;
  }
  unique(r, forms, m->n_counts, "counts");
  for (int64_t i = 0; items && i < m->n_controls; i++) {
    items[i] = arena_printf(r->a, "%s/%s", m->controls[i].form, m->controls[i].item);
    if (!items[i] || !counted_form(m, str_of(m->controls[i].form))) {
      bad(r, "controls", "an item of a counted form");
      return;
    }
  }
  unique(r, items, m->n_controls, "controls");
  for (int64_t i = 0; ids && i < m->n_lower; i++) ids[i] = m->lower[i].id;
  unique(r, ids, m->n_lower, "lower");
  if (m->kind == BATCH_NIL && (declared || m->n_lower)) bad(r, "kind", "counts of 0 and no lower batch in a nil return");
  if (!r->failed) check_members(r, m, ids);
}

enum err_code batch_manifest_read(struct arena *a, const char *file, struct str json, struct batch_manifest **out, struct err *e) {
  struct json_document *d = NULL;
  if (json.n > BATCH_MAX_MANIFEST) return ERR(e, E_BATCH_MANIFEST, .file = file, .subject = "manifest", .expected = "at most 16 MiB");
  enum err_code code = json_parse(file, json.p, json.n, &d, e);
  if (code) return ERR_WRAP(e, E_BATCH_MANIFEST, .file = file, .subject = "manifest", .expected = "JSON");
  const struct json_value *root = json_root(d);
  struct reader r = {a, file, e, E_OK};
  struct batch_manifest *m = ARENA_NEW(a, struct batch_manifest);
  if (!m) {
    json_release(d);
    return ERR(e, E_NO_MEMORY, .subject = "manifest");
  }
  const char *format = text(&r, root, "format", 64);
  m->format = !strcmp(format, format_names[1]) ? 2 : 1;
  if (m->format == 1 && strcmp(format, format_names[0])) bad(&r, "format", "shirabe-batch-1 or shirabe-batch-2");
  m->survey = checked(&r, root, "survey", 32, is_id, "a survey id");
  m->period = checked(&r, root, "period", 15, is_period, "2025-12");
  m->sender = checked(&r, root, "sender", 47, is_office, "an office id");
  m->sender_name = checked(&r, root, "sender_name", 95, is_line, "a text without control characters");
  m->recipient = checked(&r, root, "recipient", 47, is_office, "an office id");
  m->recipient_key = text(&r, root, "recipient_key", 79);
  m->salt = text(&r, root, "salt", 32);
  if (strlen(m->salt) != 32 || strspn(m->salt, "0123456789abcdef") != 32) bad(&r, "salt", "32 hexadecimal digits");
  m->created = checked(&r, root, "created", 31, is_time, "2026-01-10T00:00:00Z");
  m->program = checked(&r, root, "program", 63, is_line, "a text without control characters");
  m->proxy = checked(&r, root, "proxy", 95, is_line, "a text without control characters");
  m->sequence = count(&r, root, "sequence");
  if (m->sequence < 1) bad(&r, "sequence", "1 or more");
  hex_id(&r, root, "previous", true, m->previous);
  if ((m->sequence == 1) != (m->previous[0] == 0)) bad(&r, "previous", "empty for number 1, an id for all others");
  read_kind(&r, text(&r, root, "kind", 32), m);
  read_counts(&r, root, m);
  read_controls(&r, root, m);
  read_members(&r, root, m);
  read_lower(&r, root, m);
  if (!r.failed) check_lists(&r, m);
  json_release(d);
  *out = m;
  return r.failed;
}
