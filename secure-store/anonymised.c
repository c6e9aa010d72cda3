/* anonymised.c -- see anonymised.h: votes, checks, sealing; the folder is anonymised_folder.c. */
#include "secure-store/anonymised.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_json.h"
#include "forms/form.h"
#include "secure-store/anonymised_impl.h"
#include "secure-store/output/embargo.h"

#define VOTERS (ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER) | ROLE_BIT(LOG_ROLE_REVIEWER))

/* --- votes --- */
void anonymised_subject(struct str recipe, uint8_t subject[32]) {
  static const char head[] = "shirabe-recipe-1\n";
  struct strbuf b;
  strbuf_init(&b, 0);
  strbuf_adds(&b, head), strbuf_add(&b, recipe.p, recipe.n);
  sha256_of(b.p, b.n, subject);
  strbuf_release(&b);
}
static void object_of(const uint8_t subject[32], char out[RECORD_OBJECT_BYTES]) {
  char hex[65];
  hex_encode(subject, 32, hex);
  snprintf(out, RECORD_OBJECT_BYTES, "recipe:%s", hex);
}
static enum err_code put_vote(struct store *s, const uint8_t subject[32], bool approve, const struct act_by *by, struct err *e) {
  struct approval word = {.kind = "recipe", .approve = approve}, out;
  struct strbuf text;
  TRY(store_now(s, &word.time, e));
  snprintf(word.officer, sizeof word.officer, "%s", by->officer);
  memcpy(word.install_id, s->install_id, sizeof word.install_id);
  memcpy(word.subject, subject, 32);
  TRY(store_begin(s, e));
  strbuf_init(&text, 0);
  enum err_code code = approval_sign(by->secret, &word, &text, e);
  if (!code) code = approval_put(s, str_view(text.p, text.n), "output-vote", "recipe", subject, &out, e);
  if (!code) code = store_commit(s, e);
  strbuf_release(&text);
  return code;
}
enum err_code anonymised_vote(struct store *s, struct str recipe, bool approve, const struct act_by *by, struct err *e) {
  uint8_t subject[32];
  char object[RECORD_OBJECT_BYTES];
  anonymised_subject(recipe, subject);
  object_of(subject, object);
  if (!by || !by->secret) return act_refuse(s, "output-vote", object, (ERR(e, E_DISPOSAL_OFFICER, .subject = object), e));
  TRY(role_require(s, by->officer, VOTERS, "output-vote", object, e));
  return put_vote(s, subject, approve, by, e) ? act_refuse(s, "output-vote", object, e) : E_OK;
}
enum err_code anonymised_votes(
    struct store *s, struct str recipe, const char *builder, struct approval out[APPROVAL_MAX], int *n, bool *enough, struct err *e) {
  uint8_t subject[32];
  const char *const excluded[] = {builder};
  *n = 0, *enough = false;
  if (!store_has_officers(s)) return E_OK;
  anonymised_subject(recipe, subject);
  TRY(approvals_of(s, "recipe", subject, out, n, e));
  return role_two_of(s, out, *n, VOTERS, excluded, builder[0] != 0, enough, e);
}

/* --- the report covers the parts --- */
void anonymised_hex(struct str bytes, char out[65]) {
  uint8_t hash[HASH_BYTES];
  sha256_of(bytes.p, bytes.n, hash);
  hex_encode(hash, HASH_BYTES, out);
}
bool anonymised_part_name(const char *name) {
  static const char *const others[] = {"codebook.csv", "report.json", "report.en.txt", "report.ja.txt", "risk.svg"};
  const size_t n = strlen(name);
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    if (!strcmp(name, others[i])) return true;
  return !strncmp(name, "data/", 5) && n > 9 && n < 64 && !strcmp(name + n - 4, ".csv") && !strchr(name + 5, '/') && name[5] != '.' &&
         release_safe_name(name);
}
static enum err_code check_part(const struct json_value *files, const struct anonymised_request *q, int64_t i, struct err *e) {
  char hex[65];
  const struct release_part *p = &q->parts[i];
  if (!anonymised_part_name(p->name)) return ERR(e, E_RELEASE_REPORT, .subject = p->name, .expected = "the files of anonymised.h");
  for (int64_t j = 0; j < i; j++)
    if (!strcmp(q->parts[j].name, p->name)) return ERR(e, E_RELEASE_REPORT, .subject = p->name, .expected = "each file once");
  anonymised_hex(p->bytes, hex);
  if (strcmp(json_member_string(files, p->name, ""), hex))
    return ERR(e, E_RELEASE_REPORT, .subject = p->name, .expected = "the file that the report is about", .found = hex);
  return E_OK;
}
static enum err_code check_report(const struct anonymised_request *q, const struct json_value *root, struct err *e) {
  char hex[65];
  bool safe = false;
  anonymised_hex(q->recipe, hex);
  if (strcmp(json_member_string(root, "format", ""), "shirabe-anonymised-report-1") || strcmp(json_member_string(root, "recipe_sha256", ""), hex))
    return ERR(e, E_RELEASE_REPORT, .subject = q->dataset, .expected = "a report about this recipe");
  if (!json_boolean(json_member(root, "safe"), &safe) || !safe) return ERR(e, E_MICRO_BELOW, .subject = q->dataset);
  if (q->n_parts < 1 || q->n_parts > ANONYMISED_PARTS_MOST) return ERR(e, E_CAP_EXCEEDED, .subject = "files of anonymised records");
  for (int64_t i = 0; i < q->n_parts; i++) TRY(check_part(json_member(root, "files"), q, i, e));
  return E_OK;
}

/* --- the seed --- */
static enum err_code prepare(struct store *s, struct err *e) {
  TRY(db_run(store_db(s),
      "CREATE TABLE IF NOT EXISTS anonymised(id TEXT PRIMARY KEY, dataset TEXT NOT NULL, survey TEXT NOT NULL, period TEXT NOT NULL,"
      " recipe TEXT NOT NULL, seed TEXT NOT NULL, records INTEGER NOT NULL, built INTEGER NOT NULL) STRICT",
      e));
  return db_run(store_db(s),
      "CREATE TABLE IF NOT EXISTS anonymised_part(id TEXT NOT NULL, name TEXT NOT NULL, blob TEXT NOT NULL, PRIMARY KEY(id, name))"
      " STRICT",
      e);
}
static enum err_code seed_token(struct store *s, struct str seed, char hex[65], struct err *e) {
  uint8_t token[32];
  hex[0] = 0;
  if (!seed.n) return E_OK;
  TRY(store_token(s, "anonymised-seed", seed.p, seed.n, token, e));
  hex_encode(token, sizeof token, hex);
  return E_OK;
}
static enum err_code check_seed(struct store *s, const struct anonymised_request *q, const char *token, struct err *e) {
  struct db_statement *st;
  bool row;
  if (!token[0]) return E_OK;
  TRY(db_prepare(
      store_db(s), "SELECT 1 FROM anonymised WHERE dataset = ? AND survey = ? AND period = ? AND seed <> '' AND seed <> ? LIMIT 1", &st, e));
  db_bind_cstr(st, 1, q->dataset), db_bind_cstr(st, 2, q->survey), db_bind_cstr(st, 3, q->period), db_bind_cstr(st, 4, token);
  TRY(db_step(st, &row, e));
  db_reset(st);
  return row ? ERR(e, E_MICRO_SEED_CHANGED, .subject = q->dataset) : E_OK;
}

/* --- sealing --- */
static enum err_code seal_part(struct store *s, const char *id, const char *name, struct str bytes, struct err *e) {
  char blob[65];
  struct db_statement *st;
  TRY(store_blob_put(s, "anonymised", name, bytes.p, bytes.n, PART_ANSWER, blob, e));
  TRY(db_prepare(store_db(s), "INSERT OR REPLACE INTO anonymised_part(id, name, blob) VALUES(?,?,?)", &st, e));
  db_bind_cstr(st, 1, id), db_bind_cstr(st, 2, name), db_bind_cstr(st, 3, blob);
  return db_execute(st, e);
}
static enum err_code seal_all(struct store *s, const struct anonymised_request *q, const char *id, const char *token, struct err *e) {
  struct db_statement *st;
  char hex[65];
  for (int64_t i = 0; i < q->n_parts; i++) TRY(seal_part(s, id, q->parts[i].name, q->parts[i].bytes, e));
  TRY(seal_part(s, id, "recipe.json", q->recipe, e));
  TRY(seal_part(s, id, "review.json", q->report, e));
  TRY(seal_part(s, id, "lineage.json", q->lineage, e));
  anonymised_hex(q->recipe, hex);
  TRY(db_prepare(store_db(s),
      "INSERT OR REPLACE INTO anonymised(id, dataset, survey, period, recipe, seed, records, built) VALUES(?,?,?,?,?,?,?,?)", &st, e));
  db_bind_cstr(st, 1, id), db_bind_cstr(st, 2, q->dataset), db_bind_cstr(st, 3, q->survey), db_bind_cstr(st, 4, q->period);
  db_bind_cstr(st, 5, hex), db_bind_cstr(st, 6, token), db_bind_int(st, 7, q->n_records), db_bind_int(st, 8, job_now(store_job(s)));
  return db_execute(st, e);
}
static enum err_code seal(struct store *s, const struct anonymised_request *q, const char *id, const char *token, struct err *e) {
  TRY(store_begin(s, e));
  enum err_code code = seal_all(s, q, id, token, e);
  if (!code) code = store_commit(s, e);
  if (code) store_rollback(s);
  return code;
}

/* --- all of it --- */
static bool plain_name(const char *name) { return release_safe_name(name) && !strchr(name, '/'); }
static enum err_code check(struct store *s, const struct anonymised_request *q, const struct act_by *by, char token[65], struct err *e) {
  struct approval list[APPROVAL_MAX];
  struct json_document *d = NULL;
  int n;
  bool enough;
  if (!plain_name(q->dataset) || !plain_name(q->survey) || !plain_name(q->period))
    return ERR(e, E_RELEASE_REFUSED, .subject = q->dataset, .found = "a dataset, survey or period that is no plain name");
  TRY(anonymised_votes(s, q->recipe, act_id_of(by), list, &n, &enough, e));
  if (!enough) return ERR(e, E_MICRO_RECIPE_VOTES, .subject = q->dataset);
  if (!by || !by->secret) return ERR(e, E_DISPOSAL_OFFICER, .subject = q->dataset);
  if (q->taint && q->taint[0]) return ERR(e, E_MICRO_TAINTED, .subject = q->dataset, .found = q->taint);
  TRY(json_parse("review.json", q->report.p, q->report.n, &d, e));
  enum err_code code = check_report(q, json_root(d), e);
  json_release(d);
  TRY(code);
  TRY(prepare(s, e));
  TRY(seed_token(s, q->seed, token, e));
  return check_seed(s, q, token, e);
}
static enum err_code leave(struct store *s, const struct anonymised_request *q, const char *token, struct anonymised_result *out, struct err *e) {
  int64_t access;
  char object[LOG_OBJECT_BYTES];
  struct err second;
  struct log_entry entry = {.action = "output-release", .object = object, .purpose = "", .detail = "", .rows = q->n_records};
  snprintf(object, sizeof object, "anonymised:%.180s", out->id);
  TRY(store_log_intent(s, &entry, &access, e));
  enum err_code code = seal(s, q, out->id, token, e);
  if (!code) code = anonymised_write(s, q, out, entry.output_hash, e);
  enum err_code logged = store_log_outcome(s, access, &entry, code == E_OK, code ? &second : e);
  return code ? code : logged;
}
enum err_code anonymised_build(
    struct store *s, const struct anonymised_request *q, const struct act_by *by, struct anonymised_result *out, struct err *e) {
  char hex[65], token[65] = "";
  *out = (struct anonymised_result){.releasable = !store_office(s)->light};
  if (store_is_locked(s)) return ERR(e, E_STORE_LOCKED, .subject = q->dataset);
  TRY(embargo_release(s, q->survey, q->period, e)); /* its leaf stands */
  if (check(s, q, by, token, e)) return store_refuse(s, "output-release", "anonymised", e);
  anonymised_hex(q->lineage, hex);
  snprintf(out->id, sizeof out->id, "%.100s-%.24s-%.16s", q->dataset, q->period, hex);
  snprintf(out->folder, sizeof out->folder, "%.3800s/%s", q->out_folder, out->id);
  return leave(s, q, token, out, e);
}
