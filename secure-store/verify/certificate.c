/* certificate.c -- a certificate of disposal (certificate.md): statement, approvals, leaf and proof against each other. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "secure-store/verify/verify.h"

enum { OFFICERS_MAX = 64, DEFAULT_APPROVALS = 3 };
struct statement { uint8_t hash[HASH]; struct text number, install; uint64_t records, executed; };
struct approver { struct text id, key_text, role; struct minisign_key key; bool approved; };
struct certificate {
  struct run *r;
  struct json_file json;
  struct statement s;
  struct minisign_key trusted[KEYS_MAX];
  struct approver officer[OFFICERS_MAX];
  int n_trusted, n_officers, counted, auditors;
};
static struct text text_of(const struct certificate *c, const struct json *object, const char *name) {
  const struct json *v = json_get(&c->json, object, name);
  return v && v->type == JSON_STRING ? v->string : view("", 0);
}
static bool number_of(const struct certificate *c, const struct json *object, const char *name, uint64_t *out) {
  const struct json *v = json_get(&c->json, object, name);
  return v && v->type == JSON_NUMBER && decimal(v->raw, out);
}
static bool one_of(struct text t, const char *const *words) {
  for (; *words; words++)
    if (same(t, *words)) return true;
  return false;
}
static bool number_ok(struct text t) {
  return t.n >= 1 && t.n <= 40 && strspn(t.p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") == t.n;
}

/* --- statement --- */
static bool methods_ok(const struct certificate *c, const struct json *list) {
  static const char *const methods[] = {"crypto-erase", "overwrite", "physical", NULL};
  if (!list || list->type != JSON_ARRAY || list->first < 0) return false;
  for (int i = list->first; i >= 0; i = c->json.node[i].next)
    if (c->json.node[i].type != JSON_STRING || !one_of(c->json.node[i].string, methods)) return false;
  return true;
}
static bool copies_ok(const struct certificate *c, const struct json *list) {
  static const char *const what[] = {"wrapped-key", "backup", "extract", NULL};
  static const char *const fate[] = {"destroyed", "overwritten", "unreachable", "kept", NULL};
  if (!list || list->type != JSON_ARRAY) return false;
  for (int i = list->first; i >= 0; i = c->json.node[i].next) {
    const struct json *copy = &c->json.node[i];
    if (!one_of(text_of(c, copy, "what"), what) || !one_of(text_of(c, copy, "fate"), fate) || text_of(c, copy, "medium").n == 0) return false;
  }
  return true;
}
static bool officers_ok(struct certificate *c, const struct json *list) {
  if (!list || list->type != JSON_ARRAY) return false;
  for (int i = list->first; i >= 0; i = c->json.node[i].next, c->n_officers++) {
    const struct json *o = &c->json.node[i];
    struct approver a = {text_of(c, o, "id"), text_of(c, o, "minisign"), text_of(c, o, "role"), .approved = false};
    if (c->n_officers == OFFICERS_MAX || a.id.n == 0 || a.role.n == 0 || !minisign_key_parse(a.key_text, &a.key)) return false;
    for (int k = 0; k < c->n_officers; k++)
      if (same_text(a.id, c->officer[k].id) || memcmp(a.key.key, c->officer[k].key.key, 32) == 0) return false;
    c->officer[c->n_officers] = a;
  }
  return true;
}
static bool statement_ok(struct certificate *c, const struct json *s) {
  static const char *const parts[] = {"ID", "LINK", "ANSWER", "PARADATA", "all", NULL};
  static const char *const filled[] = {"dataset", "residual_risk", "retention", NULL};
  uint8_t bytes[HASH];
  uint64_t before, after;
  if (!s || s->type != JSON_OBJECT || !json_canonical(s->raw))
    return refused(c->r, "the statement is not canonical JSON", "陳述が正規の JSON ではありません");
  crypto_hash_sha256(c->s.hash, (const uint8_t *)s->raw.p, s->raw.n);
  c->s.number = text_of(c, s, "certificate");
  c->s.install = text_of(c, s, "install");
  const struct json *dek = json_get(&c->json, s, "dek"), *media = json_get(&c->json, s, "media");
  bool ok = same(text_of(c, s, "format"), "shirabe-disposal-1") && number_ok(c->s.number) && hex(c->s.install, bytes, 16) &&
            number_of(c, s, "records", &c->s.records) && number_of(c, s, "executed", &c->s.executed) && number_of(c, s, "epoch_before", &before) &&
            number_of(c, s, "epoch_after", &after) && one_of(text_of(c, s, "part"), parts) && text_of(c, dek, "id").n > 0 &&
            hex(text_of(c, dek, "commitment"), bytes, HASH) && methods_ok(c, json_get(&c->json, s, "method")) &&
            copies_ok(c, json_get(&c->json, s, "copies")) && officers_ok(c, json_get(&c->json, s, "officers")) && media && media->type == JSON_ARRAY;
  for (const char *const *f = filled; ok && *f; f++) ok = text_of(c, s, *f).n > 0;
  if (!ok) return refused(c->r, "the statement lacks a member or holds an impossible one", "陳述の項目が足りないか、値が不正です");
  return after > before || refused(c->r, "the key epoch did not change: the key was not destroyed", "鍵世代が変わっていません：鍵は廃棄されていません");
}

/* --- approvals --- */
static bool field(struct text *t, const char *name, struct text *value) {
  size_t n = strlen(name);
  if (!has_line(*t, value, t) || !begins(*value, name) || value->n <= n || value->p[n] != ' ') return false;
  *value = view(value->p + n + 1, value->n - n - 1);
  return true;
}
/* The canonical text about exactly this statement; *signature is what follows. */
static bool approval_text(const struct certificate *c, struct text t, struct text *officer, struct text *signed_text, struct text *signature) {
  struct text start = t, line, install, subject, decision, when;
  uint8_t hash[HASH];
  uint64_t time;
  if (!has_line(t, &line, &t) || !same(line, "shirabe-approval-1") || !field(&t, "install", &install) || !field(&t, "subject", &subject) ||
      !field(&t, "decision", &decision) || !field(&t, "officer", officer) || !field(&t, "time", &when) || !decimal(when, &time)) return false;
  *signed_text = view(start.p, start.n - t.n);
  *signature = t;
  if (!same_text(install, c->s.install) || !begins(subject, "certificate ")) return false;
  return hex(view(subject.p + 12, subject.n - 12), hash, HASH) && memcmp(hash, c->s.hash, HASH) == 0 && same(decision, "approve") && officer->n > 0;
}
static bool trusted(const struct certificate *c, const struct minisign_key *k) {
  bool found = c->n_trusted == 0;
  for (int i = 0; i < c->n_trusted; i++) found = found || memcmp(&c->trusted[i], k, sizeof *k) == 0;
  return found;
}
static struct approver *officer_of(struct certificate *c, struct text id) {
  for (int i = 0; i < c->n_officers; i++)
    if (same_text(id, c->officer[i].id)) return &c->officer[i];
  return NULL;
}
static bool approval(struct certificate *c, const struct json *node, int number) {
  struct text body, signature, id;
  struct minisign s;
  uint8_t digest[64];
  if (node->type != JSON_STRING || !approval_text(c, node->string, &id, &body, &signature))
    return refused(c->r, "approval %d is malformed, refuses, or is about something else", "承認 %d の形式が不正、拒否、または別の対象です", number);
  struct approver *a = officer_of(c, id);
  if (!a || a->approved) return refused(c->r, "%.*s is no officer of the statement, or stands twice", "%.*s は陳述にないか、承認が重複しています", (int)id.n, id.p);
  crypto_generichash(digest, sizeof digest, (const uint8_t *)body.p, body.n, NULL, 0);
  if (!minisign_next(&signature, &s) || signature.n > 0 || !minisign_holds(&s, &a->key, digest))
    return refused(c->r, "the signature of %.*s does not verify", "%.*s の署名を検証できません", (int)id.n, id.p);
  a->approved = true;
  bool counts = trusted(c, &a->key);
  c->counted += counts;
  c->auditors += counts && same(a->role, "auditor");
  say(c->r, "approved by %.*s (%.*s), key %.*s%s", "承認: %.*s（%.*s）、鍵 %.*s%s", (int)id.n, id.p, (int)a->role.n, a->role.p, (int)a->key_text.n,
      a->key_text.p, counts ? "" : c->r->japanese ? "：指定した鍵ではないため数えません" : ": not one of the given keys, not counted");
  return true;
}
static bool approvals_ok(struct certificate *c, const struct json *list, int needed) {
  if (!list || list->type != JSON_ARRAY) return refused(c->r, "there are no approvals", "承認がありません");
  for (int i = list->first, number = 1; i >= 0; i = c->json.node[i].next)
    if (!approval(c, &c->json.node[i], number++)) return false;
  if (c->counted < needed) return refused(c->r, "%d approvals are needed, %d count", "承認が %d 件必要ですが、有効なのは %d 件です", needed, c->counted);
  return c->auditors > 0 || refused(c->r, "no auditor is among them", "監査担当の承認がありません");
}

/* --- leaf and proof --- */
static bool leaf_ok(struct certificate *c, const uint8_t *p, size_t n, uint64_t index) {
  struct leaf l;
  if (!leaf_parse(p, n, &l) || l.seq != index || l.action != 175 || l.result != 2)
    return refused(c->r, "the leaf is not a finished destroy-certify of that number", "葉がその番号の destroy-certify（完了）ではありません");
  if (memcmp(l.output, c->s.hash, HASH) != 0 || l.rows != c->s.records || !has_word(l.object, "certificate:", c->s.number) || l.wall < c->s.executed)
    return refused(c->r, "the leaf is about another statement", "葉が別の陳述についてのものです");
  return true;
}
static bool proof_ok(struct certificate *c, const struct json *root, const struct policy *policy) {
  struct log_proof proof;
  struct checkpoint cp;
  struct note n = {.memory = NULL};
  uint8_t leaf[1024], h[HASH];
  size_t leaf_n = base64(text_of(c, root, "leaf"), leaf, sizeof leaf);
  if (leaf_n == SIZE_MAX || !log_proof_parse(text_of(c, root, "proof"), &proof))
    return refused(c->r, "leaf or proof is malformed", "葉または証明の形式が不正です");
  if (!leaf_ok(c, leaf, leaf_n, proof.index)) return false;
  leaf_hash(leaf, leaf_n, h);
  bool ok = checkpoint_check(c->r, policy, "proof", proof.checkpoint, &n, &cp);
  if (ok && !inclusion_holds(h, proof.index, cp.size, &proof.path, cp.root))
    ok = refused(c->r, "the log does not hold this leaf", "ログにこの葉はありません");
  const struct text id = c->s.install;
  if (ok && (cp.origin.n <= id.n || memcmp(cp.origin.p + cp.origin.n - id.n, id.p, id.n) != 0 || cp.origin.p[cp.origin.n - id.n - 1] != '/'))
    ok = refused(c->r, "the log is that of another store", "別の保管庫のログです");
  note_free(&n);
  return ok;
}
static bool shape_ok(struct certificate *c) {
  static const char *const names[] = {"approvals", "format", "leaf", "proof", "statement", NULL};
  const struct json *root = &c->json.node[0];
  int n = 0;
  bool ok = root->type == JSON_OBJECT && same(text_of(c, root, "format"), "shirabe-certificate-1");
  for (int i = ok ? root->first : -1; i >= 0; i = c->json.node[i].next, n++) ok = ok && one_of(c->json.node[i].name, names);
  return (ok && n == 5) || refused(c->r, "this is not a certificate of this format", "この形式の証明書ではありません");
}
bool check_certificate(struct run *r, const struct options *o) {
  struct certificate c = {.r = r, .n_trusted = o->n_keys};
  struct policy *p = NULL;
  struct buffer file = {NULL, 0};
  bool ok = policy_read(r, o->policy, &p) && keys_read(r, o->key, o->n_keys, c.trusted) && read_file(r, o->operand[0], NOTE_MAX, &file);
  if (ok && !json_read(view(file.p, file.n), &c.json)) ok = refused(r, "'%s' is not strict JSON", "「%s」は厳密な JSON ではありません", o->operand[0]);
  const struct json *root = c.json.node;
  ok = ok && shape_ok(&c) && statement_ok(&c, json_get(&c.json, root, "statement")) &&
       approvals_ok(&c, json_get(&c.json, root, "approvals"), o->needed ? o->needed : DEFAULT_APPROVALS) && proof_ok(&c, root, p);
  if (o->n_keys == 0) r->unsigned_ = true;
  if (ok) say(r, "certificate %.*s: destroyed, approved by %d officers, in the log", "証明書 %.*s: 廃棄済み、承認 %d 名、ログに記録あり", (int)c.s.number.n,
        c.s.number.p, c.counted);
  json_free(&c.json);
  free(file.p);
  policy_free(p);
  return ok;
}
