/* The door: report, rules, intent, write, sign, outcome - in this order. */
#include "secure-store/release.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/ext_json.h"
#include "base/ext_sodium.h"
#include "base/json_out.h"
#include "forms/form.h"
#include "secure-store/bundle/bundle_formats.h"
#include "secure-store/minisign.h"
#include "secure-store/output/embargo.h"
#include "secure-store/register/changes_check.h"
#include "secure-store/release_parts.h"
#include "secure-store/release_rules.h"
#include "secure-store/rights/role.h"
#include "secure-store/store_impl.h"

enum { MAX_PART = 1 << 28, MAX_PARTS = 4096 };

static enum err_code prepare(struct store *s, struct err *e) {
  TRY(db_run(store_db(s), "CREATE TABLE IF NOT EXISTS release(id TEXT PRIMARY KEY, survey TEXT NOT NULL, period TEXT NOT NULL, run_id TEXT NOT NULL, built INTEGER NOT NULL,"
                          " releasable INTEGER NOT NULL) STRICT", e));
  return db_run(store_db(s), "CREATE TABLE IF NOT EXISTS release_part(release TEXT NOT NULL, name TEXT NOT NULL, blob TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY(release, name)) STRICT", e);
}

static void hash_hex(struct str bytes, char out[65]) {
  uint8_t hash[HASH_BYTES];
  sha256_of(bytes.p, bytes.n, hash);
  hex_encode(hash, HASH_BYTES, out);
}

static const struct release_part *find_part(const struct release_part *parts, int64_t n, const char *name) {
  for (int64_t i = 0; i < n; i++)
    if (!strcmp(parts[i].name, name)) return &parts[i];
  return NULL;
}

static bool ends_with(const char *s, const char *end) {
  size_t n = strlen(s), m = strlen(end);
  return n >= m && !strcmp(s + n - m, end);
}
static bool is_table_csv(const char *name) { return !strncmp(name, "tables/", 7) && ends_with(name, ".csv") && !ends_with(name, ".sdmx.csv"); } // NOLINT(clang-analyzer-core.NonNullParamChecker): a member has a name
static bool is_wide(const char *name) { return strstr(name, ".wide") != NULL; }
static void table_id(const char *name, char out[128]) {
  snprintf(out, 128, "%s", name + 7);
  out[strcspn(out, ".")] = 0;
}

/* --- the disclosure report must cover every long table, with its hash --- */
static const struct json_value *report_of(const struct json_value *tables, const char *id) {
  for (size_t i = 0; i < json_length(tables); i++)
    if (!strcmp(json_member_string(json_element(tables, i), "id", ""), id)) return json_element(tables, i);
  return NULL;
}

static enum err_code check_table_report(const struct json_value *tables, const struct release_part *part, struct err *e) {
  char id[128], hex[65];
  table_id(part->name, id);
  hash_hex(part->bytes, hex);
  const struct json_value *t = report_of(tables, id);
  if (!t) return ERR(e, E_RELEASE_REPORT, .subject = id, .expected = "a disclosure report");
  if (strcmp(json_member_string(t, "sha256", ""), hex)) return ERR(e, E_RELEASE_REPORT, .subject = id, .expected = json_member_string(t, "sha256", ""), .found = hex);
  const char *profile = json_member_string(t, "profile", "");
  if (!*profile || !strcmp(profile, "none")) return ERR(e, E_RELEASE_REFUSED, .subject = id, .found = "a table without a disclosure profile");
  if (strcmp(json_member_string(t, "decision", ""), "publish")) return ERR(e, E_RELEASE_REFUSED, .subject = id, .found = json_member_string(t, "decision", "none"));
  if (json_member_int(t, "single_suppressed_sets", -1) != 0) return ERR(e, E_RELEASE_REFUSED, .subject = id, .found = "an additive set with exactly one suppressed cell");
  const bool hides = json_member_int(t, "suppressed", 0) + json_member_int(t, "secondary", 0) > 0;
  if (hides && strcmp(json_member_string(json_member(t, "audit"), "verdict", ""), "clean"))
    return ERR(e, E_RELEASE_REFUSED, .subject = id, .found = "hidden figures without a clean audit");
  return E_OK;
}

static enum err_code check_report(const struct release_request *r, struct err *e) {
  struct json_document *d = NULL;
  TRY(json_parse("disclosure.json", r->disclosure_json.p, r->disclosure_json.n, &d, e));
  const struct json_value *root = json_root(d), *tables = json_member(root, "tables");
  enum err_code code = strcmp(json_member_string(root, "format", ""), "shirabe-disclosure-1") ? ERR(e, E_RELEASE_REPORT, .subject = "disclosure.json", .expected = "shirabe-disclosure-1") : E_OK;
  for (int64_t i = 0; !code && i < r->n_parts; i++)
    if (is_table_csv(r->parts[i].name) && !is_wide(r->parts[i].name)) code = check_table_report(tables, &r->parts[i], e);
  json_release(d);
  return code;
}

/* changes.csv shows what this edition and the one before it show, in the same cells, and nothing else. */
struct editions {
  struct store *s;
  struct arena *a;
  const struct release_request *r;
  int64_t access;
};
static enum err_code new_table(void *context, const char *id, struct str *text, struct err *e) {
  const struct editions *x = context;
  char name[160];
  (void)e;
  snprintf(name, sizeof name, "tables/%.120s.csv", id);
  const struct release_part *part = find_part(x->r->parts, x->r->n_parts, name);
  if (part) *text = part->bytes;
  return E_OK;
}
static enum err_code old_table(void *context, const char *id, struct str *text, struct err *e) {
  const struct editions *x = context;
  char name[160];
  struct strbuf b;
  struct err none;
  strbuf_init(&b, 0);
  snprintf(name, sizeof name, "tables/%.120s.csv", id);
  enum err_code code = release_find_part(x->s, x->r->row->supersedes, name, x->access, &b, &none);
  const char *copy = code ? NULL : arena_strdup(x->a, b.p, b.n);
  *text = str_view(copy, copy ? b.n : 0);
  strbuf_release(&b);
  if (code && code != E_RELEASE_UNKNOWN && e) *e = none;
  return code == E_RELEASE_UNKNOWN ? E_OK : code ? code : copy ? E_OK : ERR(e, E_NO_MEMORY, .subject = "changes.csv");
}
static enum err_code check_changes(struct store *s, const struct release_request *r, int64_t access, struct err *e) {
  const struct release_part *part = find_part(r->parts, r->n_parts, "changes.csv");
  if (!part) return E_OK;
  if (!r->row || !r->row->supersedes[0]) return ERR(e, E_RELEASE_REPORT, .subject = "changes.csv", .expected = "an edition that it corrects");
  struct editions x = {s, arena_new(0), r, access};
  if (!x.a) return ERR(e, E_NO_MEMORY, .subject = "changes.csv");
  const struct changes_source new = {&x, new_table}, old = {&x, old_table};
  enum err_code code = changes_check(x.a, part->bytes, &new, &old, e);
  arena_free(x.a);
  return code;
}

/* The other forms carry no hash in the report, so they are held against the long form that does: read back, and made again. */
static enum err_code check_parts(const struct release_request *r, struct err *e) {
  struct arena *a = arena_new(0);
  enum err_code code = a ? E_OK : ERR(e, E_NO_MEMORY, .subject = "release");
  if (!code && (!release_safe_name(r->survey) || !release_safe_name(r->period) || strchr(r->survey, '/') || strchr(r->period, '/')))
    code = ERR(e, E_RELEASE_REFUSED, .subject = r->survey, .found = "a survey or period that is no plain name");
  if (!code && (r->n_parts < 0 || r->n_parts > MAX_PARTS - 2)) code = ERR(e, E_CAP_EXCEEDED, .subject = "files of a release");
  if (!code) code = release_check_parts(a, r->parts, r->n_parts, e);
  if (!code) code = bundle_same(r->parts, r->n_parts, r->draw, e);
  arena_free(a);
  return code;
}

/* --- rules --- */
static enum err_code check_rules_of(const struct job *job, struct arena *a, const struct release_part *part, const struct release_part *parts, int64_t n, struct release_result *out,
                                    struct err *e) {
  char id[128];
  struct rule_result rules[RELEASE_RULES];
  const struct release_part *codes = find_part(parts, n, "codes.csv"), *columns = find_part(parts, n, "columns.csv");
  if (!codes || !columns) return ERR(e, E_RELEASE_REPORT, .subject = part->name, .expected = "codes.csv and columns.csv in the bundle");
  table_id(part->name, id);
  const struct rule_input in = {part->name, part->bytes, is_wide(part->name), codes->bytes, columns->bytes, id};
  TRY(release_rules(a, &in, rules, e));
  for (int i = 0; i < RELEASE_RULES; i++) {
    out->rules_passed += rules[i].verdict == RULE_PASSED;
    out->rules_for_a_person += rules[i].verdict == RULE_FOR_A_PERSON;
    if (rules[i].verdict != RULE_FAILED) continue;
    struct err problem = {.code = E_OK};
    out->rules_failed++;
    (void)ERR(&problem, E_RELEASE_RULE, .file = part->name, .line = rules[i].line, .column = rules[i].column, .subject = rules[i].id, .expected = job->lang == LANG_JA ? rules[i].what_ja : rules[i].what_en);
    job_problem(job, &problem);
  }
  return E_OK;
}

static enum err_code check_rules(const struct job *job, const struct release_part *parts, int64_t n, struct release_result *out, struct err *e) {
  struct arena *a = arena_new(0);
  enum err_code code = a ? E_OK : ERR(e, E_NO_MEMORY, .subject = "release");
  for (int64_t i = 0; !code && i < n; i++)
    if (is_table_csv(parts[i].name)) code = check_rules_of(job, a, &parts[i], parts, n, out, e);
  arena_free(a);
  return code;
}

/* --- manifest --- */
static enum err_code manifest(struct store *s, const struct release_request *r, const struct release_result *res, const struct release_part *parts, int64_t n, struct strbuf *out, struct err *e) {
  struct json_out j;
  json_begin(&j, out, true);
  json_object(&j);
  json_put(&j, "bom", "no");
  json_put(&j, "charset", "UTF-8");
  if (r->row && r->row->edition) {
    json_put_int(&j, "edition", r->row->edition);
    json_put(&j, "edition_kind", r->row->kind);
  }
  json_put(&j, "exceptions", r->exceptions ? r->exceptions : "");
  json_key(&j, "files");
  json_array(&j);
  for (int64_t i = 0; i < n; i++) {
    char hex[65];
    hash_hex(parts[i].bytes, hex);
    json_object(&j);
    json_put_int(&j, "bytes", (int64_t)parts[i].bytes.n);
    json_put(&j, "name", parts[i].name);
    json_put(&j, "sha256", hex);
    json_end_object(&j);
  }
  json_end_array(&j);
  json_put(&j, "format", "shirabe-release-1");
  json_put(&j, "id", res->id);
  json_put(&j, "line_end", "LF");
  if (res->not_before) { /* a bundle without a release date has no such member */
    char when[24];
    time_format_utc(res->not_before, when);
    json_put(&j, "not_before", when);
  }
  json_put(&j, "period", r->period);
  json_put(&j, "program", "shirabe " SHIRABE_VERSION);
  if (r->row && r->row->reason[0]) json_put(&j, "reason", r->row->reason);
  json_key(&j, "releasable");
  json_bool(&j, res->releasable);
  json_put(&j, "run", res->run_id);
  json_put(&j, "signing_key", store_office(s)->minisign_public);
  if (r->row && r->row->supersedes[0]) json_put(&j, "supersedes", r->row->supersedes);
  json_put(&j, "survey", r->survey);
  json_put(&j, "taint", r->taint ? r->taint : "");
  json_end_object(&j);
  return json_done(&j) && !out->failed ? E_OK : ERR(e, E_NO_MEMORY, .subject = "release");
}

static enum err_code keep_parts(struct store *s, const char *id, const struct release_part *parts, int64_t n, struct err *e) {
  struct db_statement *q;
  for (int64_t i = 0; i < n; i++) {
    char blob[65], hex[65];
    hash_hex(parts[i].bytes, hex);
    TRY(store_blob_put(s, "release", parts[i].name, parts[i].bytes.p, parts[i].bytes.n, PART_PARADATA, blob, e));
    TRY(db_prepare(store_db(s), "INSERT OR REPLACE INTO release_part(release, name, blob, sha256) VALUES(?,?,?,?)", &q, e));
    db_bind_cstr(q, 1, id);
    db_bind_cstr(q, 2, parts[i].name);
    db_bind_cstr(q, 3, blob);
    db_bind_cstr(q, 4, hex);
    TRY(db_execute(q, e));
  }
  return E_OK;
}

static enum err_code record(struct store *s, const struct release_request *r, const struct release_result *res, const struct release_part *parts, int64_t n, struct err *e) {
  struct db_statement *q;
  TRY(store_begin(s, e));
  const struct release_part full = {RELEASE_SEALED_LINEAGE, r->sealed_lineage};
  enum err_code code = keep_parts(s, res->id, parts, n, e);
  if (!code && full.bytes.n) code = keep_parts(s, res->id, &full, 1, e);
  if (!code) code = db_prepare(store_db(s), "INSERT OR REPLACE INTO release(id, survey, period, run_id, built, releasable) VALUES(?,?,?,?,?,?)", &q, e);
  if (!code) {
    db_bind_cstr(q, 1, res->id);
    db_bind_cstr(q, 2, r->survey);
    db_bind_cstr(q, 3, r->period);
    db_bind_cstr(q, 4, res->run_id);
    db_bind_int(q, 5, job_now(store_job(s)));
    db_bind_int(q, 6, res->releasable);
    code = db_execute(q, e);
  }
  if (!code && r->row) code = register_put(s, r->row, r->entry, e);
  if (!code) code = store_commit(s, e);
  if (code) store_rollback(s);
  return code;
}

static enum err_code write_parts(const char *folder, const struct release_part *parts, int64_t n, struct err *e) {
  char path[4096 + 256];
  snprintf(path, sizeof path, "%s/tables", folder);
  TRY(make_directories(path, 0755, e));
  atomic_sweep(folder); /* of an earlier build of this release that was killed */
  atomic_sweep(path);
  for (int64_t i = 0; i < n; i++) {
    snprintf(path, sizeof path, "%s/%s", folder, parts[i].name);
    TRY(atomic_write(path, parts[i].bytes.p, parts[i].bytes.n, ATOMIC_REPLACE, 0644, e));
  }
  return E_OK;
}

static enum err_code write_signed(struct store *s, const struct release_request *r, struct release_result *res, const struct release_part *parts, int64_t n, struct err *e) {
  struct strbuf json, signature;
  char path[4096 + 64];
  strbuf_init(&json, MAX_PART);
  strbuf_init(&signature, 4096);
  enum err_code code = manifest(s, r, res, parts, n, &json, e);
  if (!code) code = store_sign(s, json.p, json.n, res->id, &signature, e);
  if (!code) code = write_parts(res->folder, parts, n, e);
  snprintf(path, sizeof path, "%s/release.json.minisig", res->folder);
  if (!code) code = atomic_write(path, signature.p, signature.n, ATOMIC_REPLACE, 0644, e);
  snprintf(path, sizeof path, "%s/release.json", res->folder);
  if (!code) code = atomic_write(path, json.p, json.n, ATOMIC_REPLACE, 0644, e); /* last: a bundle without it is not a bundle */
  strbuf_release(&json);
  strbuf_release(&signature);
  return code;
}

static enum err_code build(struct store *s, const struct release_request *r, struct release_result *out, struct err *e) {
  int64_t n = r->n_parts + 2, access;
  struct release_part *parts = calloc((size_t)n, sizeof *parts);
  const struct log_entry entry = {.action = "output-release", .object = out->id, .rows = r->n_parts};
  if (!parts) return ERR(e, E_NO_MEMORY, .subject = "release");
  if (r->n_parts > 0) memcpy(parts, r->parts, (size_t)r->n_parts * sizeof *parts);
  parts[r->n_parts] = (struct release_part){"lineage.json", r->lineage_json};
  parts[r->n_parts + 1] = (struct release_part){"disclosure.json", r->disclosure_json};
  enum err_code code = store_log_intent(s, &entry, &access, e);
  if (!code) {
    code = check_changes(s, r, access, e);
    if (!code) code = record(s, r, out, parts, n, e);
    if (!code) code = write_signed(s, r, out, parts, n, e);
    enum err_code logged = store_log_outcome(s, access, &entry, code == E_OK, code ? NULL : e);
    if (!code) code = logged;
  }
  free(parts);
  return code;
}

/* Before its date a release is prepared by those who may see it; the bundle says from when on it may be published (embargo.h). */
static enum err_code date_of(struct store *s, const struct release_request *r, struct release_result *out, struct err *e) {
  struct embargo m;
  bool found;
  TRY(embargo_read(s, r->survey, r->period, s->signed_in_officer, e));
  TRY(embargo_find(s, r->survey, r->period, &m, &found, e));
  if (found) out->not_before = m.at;
  return E_OK;
}
static enum err_code may_read(struct store *s, const char *release_id, struct err *e) {
  struct db_statement *q;
  char survey[64] = "", period[24] = "";
  bool row;
  TRY(db_prepare(store_db(s), "SELECT survey, period FROM release WHERE id = ?", &q, e));
  db_bind_cstr(q, 1, release_id);
  TRY(db_step(q, &row, e));
  if (row) snprintf(survey, sizeof survey, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
  if (row) snprintf(period, sizeof period, "%.*s", (int)db_text(q, 1).n, db_text(q, 1).p);
  db_reset(q);
  return embargo_read(s, survey, period, s->signed_in_officer, e);
}

/* What the door refuses leaves one entry of the log; the release date has left its own. */
static enum err_code turned_away(struct store *s, const struct release_request *r, struct err *e) {
  char object[160];
  snprintf(object, sizeof object, "release:%s/%s", r->survey ? r->survey : "", r->period ? r->period : "");
  return store_refuse(s, "output-block", object, e);
}
static enum err_code check_tables(struct store *s, const struct release_request *r, struct release_result *out, struct err *e) {
  TRY(check_report(r, e));
  TRY(check_rules(store_job(s), r->parts, r->n_parts, out, e));
  return out->rules_failed ? ERR(e, E_RELEASE_REFUSED, .subject = r->survey, .found = "machine-readability rules broken") : E_OK;
}
void release_id(const char *survey, const char *period, struct str lineage_json, char id[96], char run_id[17]) {
  char hex[65];
  hash_hex(lineage_json, hex);
  snprintf(run_id, 17, "%.16s", hex);
  snprintf(id, 96, "%s-%s-%s", survey, period, run_id);
}
enum err_code release_build(struct store *s, const struct release_request *r, struct release_result *out, struct err *e) {
  bool tainted = r->taint && r->taint[0];
  *out = (struct release_result){.releasable = !store_office(s)->light && !tainted};
  TRY(prepare(s, e));
  if (check_parts(r, e)) return turned_away(s, r, e);
  TRY(date_of(s, r, out, e));
  if (check_tables(s, r, out, e)) return turned_away(s, r, e);
  release_id(r->survey, r->period, r->lineage_json, out->id, out->run_id);
  snprintf(out->folder, sizeof out->folder, "%s/%s", r->out_folder, out->id);
  return build(s, r, out, e);
}

enum err_code release_find_part(struct store *s, const char *release_id, const char *name, int64_t access, struct strbuf *out, struct err *e) {
  struct db_statement *q;
  char blob[65] = "";
  bool row;
  TRY(prepare(s, e));
  TRY(may_read(s, release_id, e));
  TRY(db_prepare(store_db(s), "SELECT blob FROM release_part WHERE release = ? AND name = ?", &q, e));
  db_bind_cstr(q, 1, release_id);
  db_bind_cstr(q, 2, name);
  TRY(db_step(q, &row, e));
  if (row) snprintf(blob, sizeof blob, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
  db_reset(q);
  if (!row) return ERR(e, E_RELEASE_UNKNOWN, .subject = release_id, .expected = name);
  return store_blob_get(s, blob, access, MAX_PART, out, e);
}

enum err_code release_latest(struct store *s, const char *survey, const char *period, char id[96], struct err *e) {
  struct db_statement *q;
  bool row;
  TRY(prepare(s, e));
  TRY(db_prepare(store_db(s), "SELECT id FROM release WHERE survey = ? AND period = ? ORDER BY built DESC, rowid DESC LIMIT 1", &q, e));
  db_bind_cstr(q, 1, survey);
  db_bind_cstr(q, 2, period);
  TRY(db_step(q, &row, e));
  if (row) snprintf(id, 96, "%.*s", (int)db_text(q, 0).n, db_text(q, 0).p);
  db_reset(q);
  return row ? E_OK : ERR(e, E_RELEASE_UNKNOWN, .subject = survey, .expected = period);
}

/* --- checking a bundle from outside --- */
struct bundle {
  struct release_part *parts;
  uint8_t **owned;
  int64_t n;
  struct json_document *doc;
};
static void bundle_release(struct bundle *b) {
  for (int64_t i = 0; i < b->n; i++) free(b->owned[i]);
  free(b->owned);
  free(b->parts);
  json_release(b->doc);
}
static enum err_code load_file(const char *folder, const struct json_value *f, struct bundle *b, struct err *e) {
  char path[4096 + 256], hex[65];
  size_t n;
  const char *name = json_member_string(f, "name", "");
  if (!release_safe_name(name)) return ERR(e, E_RELEASE_BUNDLE, .file = "release.json", .subject = "a file name");
  snprintf(path, sizeof path, "%s/%s", folder, name);
  TRY(file_read(path, MAX_PART, &b->owned[b->n], &n, e));
  struct release_part *p = &b->parts[b->n];
  *p = (struct release_part){name, str_view((const char *)b->owned[b->n], n)};
  b->n++;
  hash_hex(p->bytes, hex);
  if (strcmp(hex, json_member_string(f, "sha256", ""))) return ERR(e, E_RELEASE_BUNDLE, .file = path, .subject = name, .expected = json_member_string(f, "sha256", ""), .found = hex);
  return E_OK;
}

static enum err_code check_signature(const char *folder, const char *public_key, struct str json, struct err *e) {
  char path[4096 + 64];
  uint8_t *p = NULL;
  size_t n;
  snprintf(path, sizeof path, "%s/release.json.minisig", folder);
  TRY(file_read(path, 65536, &p, &n, e));
  enum err_code code = minisign_verify(public_key, json.p, json.n, (const char *)p, n, NULL, e);
  free(p);
  return code ? ERR_WRAP(e, E_RELEASE_BUNDLE, .file = path, .subject = "release.json.minisig") : E_OK;
}

static enum err_code load_bundle(const char *folder, const char *public_key, struct str json, struct bundle *b, struct err *e) {
  TRY(json_parse("release.json", json.p, json.n, &b->doc, e));
  const struct json_value *root = json_root(b->doc), *files = json_member(root, "files");
  size_t n = json_length(files);
  if (strcmp(json_member_string(root, "format", ""), "shirabe-release-1") || n > MAX_PARTS) return ERR(e, E_RELEASE_BUNDLE, .file = "release.json", .subject = "format");
  TRY(check_signature(folder, public_key ? public_key : json_member_string(root, "signing_key", ""), json, e));
  b->parts = calloc(n + 1, sizeof *b->parts);
  b->owned = calloc(n + 1, sizeof *b->owned);
  if (!b->parts || !b->owned) return ERR(e, E_NO_MEMORY, .subject = "release");
  for (size_t i = 0; i < n; i++) TRY(load_file(folder, json_element(files, i), b, e));
  return E_OK;
}

/* All but lineage and report, which have a form of their own. */
static enum err_code check_content(const struct bundle *b, struct err *e) {
  struct release_part *parts = calloc((size_t)b->n + 1, sizeof *parts);
  struct arena *a = arena_new(0);
  int64_t n = 0;
  for (int64_t i = 0; parts && i < b->n; i++)
    if (b->parts[i].name && strcmp(b->parts[i].name, "lineage.json") && strcmp(b->parts[i].name, "disclosure.json")) parts[n++] = b->parts[i];
  enum err_code code = parts && a ? release_check_parts(a, parts, n, e) : ERR(e, E_NO_MEMORY, .subject = "release");
  arena_free(a);
  free(parts);
  return code;
}

enum err_code release_check(const struct job *job, const char *folder, const char *public_key, struct release_result *out, struct err *e) {
  char path[4096 + 64];
  uint8_t *p = NULL;
  size_t n;
  struct bundle b = {.n = 0};
  *out = (struct release_result){.releasable = false};
  snprintf(path, sizeof path, "%s/release.json", folder);
  TRY(file_read(path, MAX_PART, &p, &n, e));
  enum err_code code = load_bundle(folder, public_key, str_view((const char *)p, n), &b, e);
  if (!code) code = check_content(&b, e);
  if (!code) code = check_rules(job, b.parts, b.n, out, e);
  if (!code) {
    const struct json_value *root = json_root(b.doc);
    snprintf(out->id, sizeof out->id, "%s", json_member_string(root, "id", ""));
    snprintf(out->run_id, sizeof out->run_id, "%s", json_member_string(root, "run", ""));
    snprintf(out->folder, sizeof out->folder, "%s", folder);
    const char *when = json_member_string(root, "not_before", NULL);
    if (when && !time_parse_utc(when, &out->not_before)) code = ERR(e, E_RELEASE_BUNDLE, .file = "release.json", .subject = "not_before");
    if (!code && !json_boolean(json_member(root, "releasable"), &out->releasable)) code = ERR(e, E_RELEASE_BUNDLE, .file = "release.json", .subject = "releasable");
  }
  bundle_release(&b);
  free(p);
  return code;
}
