/* certificate.c -- the statement of what was destroyed, and the certificate around it (secure-store/certificate.md); for paper in two languages. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_json.h"
#include "secure-store/claims.h"
#include "secure-store/disposal/disposal_execute.h"
#include "secure-store/disposal/medium.h"
#include "secure-store/store_impl.h"

static const char residual_risk[] =
    "Destruction holds on this machine and for the key copies listed here. Solid-state disks and file systems may keep old blocks; what they hold is "
    "sealed under keys that no longer exist. " STORE_NOT_CLAIMED_EN;
static const char residual_risk_ja[] =
    "この廃棄は、この機器とここに記載した鍵の写しについて有効です。SSD やファイルシステムに古いブロックが残ることがありますが、その内容は失われた鍵で暗号化されています。"
    STORE_NOT_CLAIMED_JA;

/* --- the statement --- */

static void put_copy(struct json_out *j, const char *what, const char *medium, const char *fate) {
  json_object(j);
  json_put(j, "fate", fate);
  json_put(j, "medium", medium);
  json_put(j, "what", what);
  json_end_object(j);
}

static enum err_code each_medium(struct store *s, const char *dataset, uint64_t *from, struct medium *m, bool *found, struct err *e) {
  struct record r;
  do TRY(act_next(s, "medium:", from, &medium_format, m, found, &r, e));
  while (*found && !medium_holds(m, dataset));
  return E_OK;
}

static enum err_code put_copies(struct store *s, const struct disposal_view *v, struct json_out *j, struct err *e) {
  char text[96];
  struct medium m;
  bool found = true;
  json_array(j);
  snprintf(text, sizeof text, "keystore, epoch %lld", (long long)v->begun.epoch_before);
  put_copy(j, "wrapped-key", text, "overwritten");
  snprintf(text, sizeof text, "shares of epoch %lld", (long long)v->begun.epoch_before);
  if (keystore_public(s->keys)->version > 1) put_copy(j, "wrapped-key", text, "unreachable");
  snprintf(text, sizeof text, "%lld original files shared with other forms or periods", (long long)v->begun.originals_shared);
  if (v->begun.originals_shared) put_copy(j, "backup", text, "kept");
  for (uint64_t from = 0; found;) {
    TRY(each_medium(s, v->proposal.dataset, &from, &m, &found, e));
    if (!found || medium_is_paper(&m)) continue;
    enum medium_state state = medium_state_of(&m);
    const char *what = strcmp(m.content, "keys") == 0 ? "wrapped-key" : strcmp(m.content, "backup") == 0 ? "backup" : "extract";
    put_copy(j, what, m.id, state == MEDIUM_DESTROYED ? "destroyed" : state == MEDIUM_WIPED ? "overwritten" : "kept");
  }
  json_end_array(j);
  return E_OK;
}

static enum err_code put_media(struct store *s, const struct disposal_view *v, struct json_out *j, struct err *e) {
  struct medium m;
  bool found = true;
  json_array(j);
  for (uint64_t from = 0; found;) {
    TRY(each_medium(s, v->proposal.dataset, &from, &m, &found, e));
    if (found) json_cstr(j, m.id);
  }
  json_end_array(j);
  return E_OK;
}

/* One key: its commitment. Several: SHA-256 over their lines, which stand in `deks`. */
static void put_dek(const struct disposal_view *v, struct json_out *j) {
  struct str one, two;
  char hex[65], id[RETENTION_DATASET_BYTES + 16];
  uint8_t digest[32];
  bool single = row_list_at(v->begun.commitments, 0, &one) && !row_list_at(v->begun.commitments, 1, &two) && one.n >= 64;
  sha256_of(v->begun.commitments, strlen(v->begun.commitments), digest);
  hex_encode(digest, 32, hex);
  if (single) snprintf(hex, sizeof hex, "%.64s", one.p + one.n - 64);
  snprintf(id, sizeof id, "%s %s", v->proposal.dataset, v->proposal.part);
  json_key(j, "dek");
  json_object(j);
  json_put(j, "commitment", hex);
  json_put(j, "id", id);
  json_end_object(j);
  json_key(j, "deks");
  json_array(j);
  for (int i = 0; row_list_at(v->begun.commitments, i, &one); i++) json_text(j, one);
  json_end_array(j);
}

/* Who may sign the statement, with which key and in which role: part of what is signed. */
static enum err_code put_officers(struct store *s, struct json_out *j, struct err *e) {
  struct officer *list;
  int64_t n = 0, now;
  struct arena *a = arena_new(0);
  if (!a) return ERR(e, E_NO_MEMORY, .subject = "officers");
  enum err_code code = store_now(s, &now, e);
  if (!code) code = officer_list(s, a, &list, &n, e);
  json_key(j, "officers");
  json_array(j);
  for (int64_t i = 0; !code && i < n; i++) {
    role_set held = 0;
    code = roles_of(s, list[i].id, now, &held, e);
    const char *role = disposal_role_of(held);
    if (code || !role || list[i].retired) continue;
    json_object(j);
    json_put(j, "id", list[i].id);
    json_put(j, "minisign", list[i].minisign_public);
    json_put(j, "role", role);
    json_end_object(j);
  }
  json_end_array(j);
  arena_free(a);
  return code;
}

static enum err_code put_tail(struct store *s, const struct disposal_view *v, struct json_out *j, struct err *e) {
  char hex[65];
  hex_encode(v->subject, 32, hex);
  json_key(j, "method");
  json_array(j);
  json_cstr(j, "crypto-erase");
  json_cstr(j, "overwrite");
  json_end_array(j);
  TRY(put_officers(s, j, e));
  json_key(j, "originals");
  json_object(j);
  json_put_int(j, "destroyed", v->begun.originals);
  json_put_int(j, "shared", v->begun.originals_shared);
  json_end_object(j);
  json_put(j, "part", v->proposal.part);
  json_put(j, "proposal", hex);
  json_put(j, "reason", v->proposal.reason);
  json_put_int(j, "records", v->proposal.records);
  json_put(j, "residual_risk", residual_risk);
  json_put(j, "residual_risk_ja", residual_risk_ja);
  json_put(j, "retention", v->proposal.retention);
  json_put_int(j, "segments", v->done.segments);
  return E_OK;
}

static enum err_code statement_text(struct store *s, const struct disposal_view *v, struct strbuf *out, struct err *e) {
  struct json_out j;
  json_begin(&j, out, true);
  json_object(&j);
  json_put(&j, "certificate", v->proposal.id);
  json_key(&j, "copies");
  TRY(put_copies(s, v, &j, e));
  json_put(&j, "dataset", v->proposal.dataset);
  put_dek(v, &j);
  json_put_int(&j, "epoch_after", v->done.epoch_after);
  json_put_int(&j, "epoch_before", v->begun.epoch_before);
  json_put_int(&j, "executed", v->done.executed);
  json_put(&j, "format", "shirabe-disposal-1");
  json_put(&j, "install", v->proposal.install);
  json_key(&j, "media");
  TRY(put_media(s, v, &j, e));
  TRY(put_tail(s, v, &j, e));
  json_end_object(&j);
  return json_done(&j) && !out->failed ? E_OK : ERR(e, E_DISPOSAL_ROW, .subject = "statement");
}

enum err_code disposal_put_statement(struct store *s, const struct disposal_view *v, struct err *e) {
  struct strbuf text;
  char object[RECORD_OBJECT_BYTES];
  disposal_object("disposal-statement", v->proposal.id, object);
  strbuf_init(&text, 0);
  enum err_code code = statement_text(s, v, &text, e);
  if (!code)
    code = record_put(s, &(struct record_entry){.action = "destroy-execute", .object = object, .role = LOG_ROLE_PROGRAM, .text = str_view(text.p,
        text.n),
                                                .rows = v->proposal.records}, e);
  strbuf_release(&text);
  return code;
}

/* --- the certificate --- */

struct certifying {
  struct store *s;
  struct disposal_view v;
  struct record statement;
  struct strbuf text;
  struct disposal_signer signer[APPROVAL_MAX];
  int n, n_auditors;
};

static bool stands_in(const struct json_value *officers, const struct disposal_signer *x) {
  for (size_t i = 0; i < json_length(officers); i++) {
    const struct json_value *o = json_element(officers, i);
    bool same = strcmp(json_member_string(o, "id", ""), x->word.officer) == 0 && strcmp(json_member_string(o, "minisign", ""), x->minisign) == 0;
    if (same) return strcmp(json_member_string(o, "role", ""), x->role) == 0;
  }
  return false;
}
/* Whoever got a role after the statement was made is not one of those who certify it. */
static enum err_code only_named(struct certifying *c, struct err *e) {
  struct json_document *d = NULL;
  int n = 0;
  TRY(json_parse("statement", c->text.p, c->text.n, &d, e));
  c->n_auditors = 0;
  for (int i = 0; i < c->n; i++) {
    if (!stands_in(json_member(json_root(d), "officers"), &c->signer[i])) continue;
    c->signer[n] = c->signer[i];
    c->n_auditors += strcmp(c->signer[n++].role, "auditor") == 0;
  }
  c->n = n;
  json_release(d);
  return E_OK;
}

static enum err_code gather(struct certifying *c, const char *id, struct err *e) {
  char object[RECORD_OBJECT_BYTES];
  TRY(disposal_read(c->s, id, &c->v, e));
  if (c->v.state != DISPOSAL_DONE && c->v.state != DISPOSAL_CERTIFIED)
    return ERR(e, c->v.state == DISPOSAL_BEGUN ? E_DISPOSAL_UNFINISHED : E_DISPOSAL_STATE, .subject = id, .found = disposal_state_name(c->v.state));
  disposal_object("disposal-statement", id, object);
  if (!record_last(c->s, object, &c->statement)) return ERR(e, E_DISPOSAL_UNKNOWN, .subject = object);
  TRY(record_text(c->s, &c->statement, &c->text, e));
  TRY(disposal_signers(c->s, "certificate", c->statement.sha256, NULL, c->signer, &c->n, &c->n_auditors, e));
  TRY(only_named(c, e));
  char found[48];
  snprintf(found, sizeof found, "%d, %d auditor", c->n, c->n_auditors);
  bool enough = c->n >= c->v.proposal.approvals && c->n_auditors >= c->v.proposal.auditors;
  return enough ? E_OK : ERR(e, E_DISPOSAL_CERTIFICATE, .subject = id, .found = found);
}

static enum err_code put_approvals(const struct certifying *c, struct json_out *j, struct err *e) {
  char object[RECORD_OBJECT_BYTES], hex[65];
  hex_encode(c->statement.sha256, 32, hex);
  json_array(j);
  for (int i = 0; i < c->n; i++) {
    struct record r;
    struct strbuf text;
    strbuf_init(&text, 0);
    snprintf(object, sizeof object, "approval:certificate:%s:%s", hex, c->signer[i].word.officer);
    enum err_code code = record_last(c->s, object, &r) ? record_text(c->s, &r, &text, e) : ERR(e, E_DISPOSAL_UNKNOWN, .subject = object);
    json_text(j, str_view(text.p, text.n));
    strbuf_release(&text);
    TRY(code);
  }
  json_end_array(j);
  return E_OK;
}

static enum err_code put_leaf(struct store *s, uint64_t seq, struct json_out *j, struct err *e) {
  struct db_statement *q;
  bool row;
  char text[2 * LOG_LEAF_MAX];
  size_t n = (size_t)-1;
  TRY(db_prepare(s->db, "SELECT leaf FROM log WHERE seq = ?1", &q, e));
  db_bind_int(q, 1, (int64_t)seq);
  TRY(db_step(q, &row, e));
  struct str leaf = row ? db_blob(q, 0) : (struct str){0};
  if (row) n = base64_encode((const uint8_t *)leaf.p, leaf.n, true, text, sizeof text);
  db_reset(q);
  if (n == (size_t)-1) return ERR(e, E_BUG, .subject = "certificate");
  json_key(j, "leaf");
  json_text(j, str_view(text, n));
  return E_OK;
}

static enum err_code write_certificate(const struct certifying *c, uint64_t seq, struct strbuf *out, struct err *e) {
  struct json_out j;
  struct strbuf proof;
  json_begin(&j, out, false);
  json_object(&j);
  json_key(&j, "approvals");
  TRY(put_approvals(c, &j, e));
  json_put(&j, "format", "shirabe-certificate-1");
  TRY(put_leaf(c->s, seq, &j, e));
  strbuf_init(&proof, 0);
  enum err_code code = access_log_proof(c->s->log.tree, &c->s->log_key, seq, &proof, e);
  json_key(&j, "proof");
  json_text(&j, str_view(proof.p, proof.n));
  strbuf_release(&proof);
  json_key(&j, "statement");
  json_null(&j);
  json_end_object(&j);
  TRY(code);
  /* The statement stands in the file byte for byte as it was signed. */
  static const char tail[] = "null}";
  if (!json_done(&j) || out->failed || out->n < sizeof tail || memcmp(out->p + out->n - 5, tail, 5) != 0) return ERR(e, E_BUG,
      .subject = "certificate");
  out->n -= 5;
  strbuf_add(out, c->text.p, c->text.n);
  strbuf_adds(out, "}\n");
  return out->failed ? ERR(e, E_NO_MEMORY, .subject = "certificate") : E_OK;
}

static enum err_code put_certificate(struct certifying *c, const char *object, const struct act_by *by, struct err *e) {
  struct act a = {.action = "destroy-certify", .object = object, .kind = "disposal", .text = str_view(c->text.p, c->text.n),
      .any_of = ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER) | ROLE_BIT(LOG_ROLE_KEY_OFFICER) | ROLE_BIT(LOG_ROLE_AUDITOR),
          .rows = c->v.proposal.records};
  return act_put(c->s, &a, by, e);
}

static enum err_code certify_in(struct certifying *c, const char *id, const struct act_by *by, struct strbuf *out, struct err *e) {
  char object[RECORD_OBJECT_BYTES];
  struct record r;
  TRY(gather(c, id, e));
  disposal_object("certificate", id, object);
  if (!record_last(c->s, object, &r)) TRY(put_certificate(c, object, by, e));
  if (!record_last(c->s, object, &r)) return ERR(e, E_BUG, .subject = object);
  return write_certificate(c, r.seq, out, e);
}

enum err_code disposal_certify(struct store *s, const char *id, const struct act_by *by, struct strbuf *out, struct err *e) {
  struct certifying c = {.s = s};
  char object[RECORD_OBJECT_BYTES];
  disposal_object("certificate", id, object);
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = object);
  strbuf_init(&c.text, 0);
  enum err_code code = certify_in(&c, id, by, out, e);
  strbuf_release(&c.text);
  return code ? act_refuse(s, "destroy-certify", object, e) : E_OK;
}

/* --- paper --- */

static void line(struct strbuf *out, enum err_lang lang, const char *en, const char *ja, const char *value) {
  strbuf_addf(out, "  %s: %s\n", lang == LANG_JA ? ja : en, value);
}
static void line_int(struct strbuf *out, enum err_lang lang, const char *en, const char *ja, int64_t value) {
  char text[32];
  snprintf(text, sizeof text, "%lld", (long long)value);
  line(out, lang, en, ja, text);
}

static void print_copies(const struct json_value *copies, enum err_lang lang, struct strbuf *out) {
  strbuf_adds(out, lang == LANG_JA ? "  把握している鍵・データの写し:\n" : "  known copies of key and data:\n");
  for (size_t i = 0; i < json_length(copies); i++) {
    const struct json_value *c = json_element(copies, i);
    strbuf_addf(out, "    %s, %s: %s\n", json_member_string(c, "what", ""), json_member_string(c, "medium", ""), json_member_string(c, "fate", ""));
  }
}

static void print_signers(const struct certifying *c, enum err_lang lang, struct strbuf *out) {
  char when[32];
  for (int i = 0; i < c->n; i++) {
    time_format_jst(c->signer[i].word.time, when);
    strbuf_addf(out, lang == LANG_JA ? "  署名: %s（%s） %s\n" : "  signed: %s (%s) %s\n", c->signer[i].word.officer, c->signer[i].role, when);
  }
  if (c->v.proposal.approvals == 0)
    strbuf_adds(out, lang == LANG_JA ? "  担当者のいない機関での廃棄です。パスフレーズの保持者のみが判断し、第三者の署名はありません。\n"
                                     : "  Destroyed in an office without officers: the holder of the passphrase decided alone; nobody else "
                                       "signed.\n");
}

static void print_all(const struct certifying *c, const struct json_value *root, enum err_lang lang, struct strbuf *out) {
  char when[32], hash[65];
  const struct disposal *d = &c->v.proposal;
  time_format_jst(c->v.done.executed, when);
  hex_encode(c->statement.sha256, 32, hash);
  strbuf_adds(out, lang == LANG_JA ? "調査票情報 廃棄証明書\n" : "Certificate of disposal of questionnaire information\n");
  line(out, lang, "number", "番号", d->id);
  line(out, lang, "dataset and part", "対象・部分", json_member_string(json_member(root, "dek"), "id", ""));
  line_int(out, lang, "records", "件数", d->records);
  line(out, lang, "retention", "保存期間の根拠", d->retention);
  line(out, lang, "reason", "理由", d->reason);
  line(out, lang, "key commitment (SHA-256)", "鍵の照合値（SHA-256）", json_member_string(json_member(root, "dek"), "commitment", ""));
  line_int(out, lang, "key epoch before", "鍵世代（前）", c->v.begun.epoch_before);
  line_int(out, lang, "key epoch after", "鍵世代（後）", c->v.done.epoch_after);
  line(out, lang, "method", "方法", lang == LANG_JA ? "暗号化消去、上書き" : "cryptographic erasure, overwriting");
  line(out, lang, "executed", "実行日時", when);
  line_int(out, lang, "original files destroyed", "廃棄した原本ファイル", c->v.begun.originals);
  print_copies(json_member(root, "copies"), lang, out);
  line(out, lang, "statement (SHA-256)", "陳述（SHA-256）", hash);
  print_signers(c, lang, out);
  line(out, lang, "residual risk", "残存リスク", lang == LANG_JA ? residual_risk_ja : residual_risk);
}

enum err_code disposal_print(struct store *s, const char *id, enum err_lang lang, struct strbuf *out, struct err *e) {
  struct certifying c = {.s = s};
  struct json_document *d = NULL;
  strbuf_init(&c.text, 0);
  enum err_code code = gather(&c, id, e);
  if (!code) code = json_parse("statement", c.text.p, c.text.n, &d, e);
  if (!code) print_all(&c, json_root(d), lang, out);
  json_release(d);
  strbuf_release(&c.text);
  return code;
}
