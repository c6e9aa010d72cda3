/* approval.c -- see approval.h. */
#include "secure-store/rights/approval.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "secure-store/rights/clock.h"
#include "secure-store/rights/record_impl.h"
#include "secure-store/rights/role_replay.h"

static const char head[] = "shirabe-approval-1\n";
enum { TEXT_MAX = 4096, AHEAD_SECONDS = 600 };
static const char *const kinds[] = {"grant", "role", "disposal", "application", "package", "break-glass", "clock", "policy", "incident", "output",
    "embargo", "request", "retention", "medium", "certificate", "contract", "subcontract", "release", "recipe"};

bool approval_kind_known(const char *kind) {
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (strcmp(kinds[i], kind) == 0) return true;
  return false;
}

/* --- text --- */

static void put_text(const struct approval *a, struct strbuf *out) {
  char install[33], subject[65];
  hex_encode(a->install_id, sizeof a->install_id, install);
  hex_encode(a->subject, sizeof a->subject, subject);
  strbuf_addf(out, "%sinstall %s\nsubject %s %s\ndecision %s\nofficer %s\ntime %lld\n", head, install, a->kind, subject,
      a->approve ? "approve" : "refuse", a->officer, (long long)a->time);
}

enum err_code approval_sign(const struct officer_secret *secret, const struct approval *a, struct strbuf *out, struct err *e) {
  struct strbuf text;
  if (!approval_kind_known(a->kind)) return ERR(e, E_APPROVAL_FORMAT, .subject = a->kind, .expected = "a known kind");
  strbuf_init(&text, 0);
  put_text(a, &text);
  strbuf_add(out, text.p, text.n);
  enum err_code code = text.failed ? ERR(e, E_NO_MEMORY, .subject = "approval")
                                   : minisign_sign(&secret->sign, text.p, text.n, "shirabe approval", out, e);
  strbuf_release(&text);
  return code;
}

/* "key rest\n": takes the line when it begins with key and a space. */
static bool take_line(struct str *rest, const char *key, struct str *value) {
  size_t key_n = strlen(key);
  const char *end = rest->n ? memchr(rest->p, '\n', rest->n) : NULL;
  if (!end || !str_starts(*rest, str_of(key)) || rest->p[key_n] != ' ') return false;
  *value = str_view(rest->p + key_n + 1, (size_t)(end - rest->p) - key_n - 1);
  *rest = str_view(end + 1, rest->n - (size_t)(end + 1 - rest->p));
  return true;
}

static bool copy(struct str from, char *to, size_t size) {
  if (from.n == 0 || from.n >= size) return false;
  memcpy(to, from.p, from.n);
  to[from.n] = 0;
  return true;
}

static bool take_fields(struct str *rest, struct approval *a) {
  struct str install, subject, hash, decision, officer, time;
  if (!take_line(rest, "install", &install) || !take_line(rest, "subject", &subject) || !take_line(rest, "decision", &decision) ||
      !take_line(rest, "officer", &officer) || !take_line(rest, "time", &time))
    return false;
  struct str kind = str_split(subject, ' ', &hash);
  a->approve = str_eq(decision, STR("approve"));
  return install.n == 32 && hex_decode(install.p, 32, a->install_id) && hash.n == 64 && hex_decode(hash.p, 64, a->subject) &&
         copy(kind, a->kind, sizeof a->kind) && copy(officer, a->officer, sizeof a->officer) && str_int64(time, &a->time) && a->time >= 0;
}

enum err_code approval_parse(struct str text, struct approval *out, struct str *signature, struct err *e) {
  struct str rest = text;
  struct strbuf again;
  memset(out, 0, sizeof *out);
  *signature = (struct str){0};
  bool ok = text.n <= TEXT_MAX && str_starts(text, STR("shirabe-approval-1\n"));
  if (ok) rest = str_view(text.p + sizeof head - 1, text.n - (sizeof head - 1));
  ok = ok && take_fields(&rest, out) && approval_kind_known(out->kind);
  if (!ok) return ERR(e, E_APPROVAL_FORMAT, .subject = "approval", .expected = "shirabe-approval-1");
  strbuf_init(&again, 0);
  put_text(out, &again);
  ok = !again.failed && str_eq(str_view(text.p, text.n - rest.n), str_view(again.p, again.n));
  strbuf_release(&again);
  if (!ok) return ERR(e, E_APPROVAL_FORMAT, .subject = out->officer, .expected = "the canonical form");
  *signature = rest;
  return E_OK;
}

/* --- in a store --- */

static void object_of(const struct approval *a, char out[RECORD_OBJECT_BYTES]) {
  char subject[65];
  hex_encode(a->subject, sizeof a->subject, subject);
  snprintf(out, RECORD_OBJECT_BYTES, "approval:%s:%s:%s", a->kind, subject, a->officer);
}

static enum err_code check_signature(const struct officer *o, struct str text, struct str signature, struct err *e) {
  if (minisign_verify(o->minisign_public, text.p, text.n - signature.n, signature.p, signature.n, NULL, NULL))
    return ERR(e, E_APPROVAL_SIGNATURE, .subject = o->id);
  return E_OK;
}

static enum err_code check_subject(const struct store *s, const struct approval *a, const char *kind, const uint8_t subject[32], struct err *e) {
  bool same = strcmp(a->kind, kind) == 0 && memcmp(a->subject, subject, 32) == 0 && memcmp(a->install_id, s->install_id, sizeof s->install_id) == 0;
  return same ? E_OK : ERR(e, E_APPROVAL_SUBJECT, .subject = a->officer);
}

/* A word of record: text and signature are checked as when it came in. */
enum err_code approval_read(struct store *s, const struct record *r, struct approval *out, struct err *e) {
  struct strbuf text;
  struct str signature = {NULL, 0};
  struct officer o;
  strbuf_init(&text, 0);
  enum err_code code = record_text(s, r, &text, e);
  if (!code) code = approval_parse(str_view(text.p, text.n), out, &signature, e);
  if (!code) code = officer_find(s, out->officer, &o, e);
  if (!code && !r->checked) {
    code = check_signature(&o, str_view(text.p, text.n), signature, e);
    if (!code) record_checked(s, r);
  }
  strbuf_release(&text);
  out->seq = r->seq;
  out->recorded = r->wall;
  return code;
}

static enum err_code check_order(struct store *s, const struct approval *a, const char *object, struct err *e) {
  struct record before;
  struct approval old;
  int64_t now;
  if (strcmp(a->kind, "clock") == 0) now = store_clock_wall(s); /* it is about the very clock that store_now does not believe */
  else TRY(store_now(s, &now, e));
  if (a->time > now + AHEAD_SECONDS) return ERR(e, E_APPROVAL_TIME, .subject = a->officer);
  if (!record_last(s, object, &before)) return E_OK;
  TRY(approval_read(s, &before, &old, e));
  return a->time > old.time ? E_OK : ERR(e, E_APPROVAL_REPLAYED, .subject = a->officer);
}

enum err_code approval_put(struct store *s, struct str text, const char *action, const char *kind, const uint8_t subject[32], struct approval *out,
    struct err *e) {
  struct str signature;
  struct officer o;
  char object[RECORD_OBJECT_BYTES];
  uint8_t actor[8];
  TRY(approval_parse(text, out, &signature, e));
  TRY(check_subject(s, out, kind, subject, e));
  TRY(officer_find(s, out->officer, &o, e));
  if (o.retired) return ERR(e, E_OFFICER_RETIRED, .subject = o.id);
  TRY(check_signature(&o, text, signature, e));
  TRY(officer_key_id(&o, actor, e));
  object_of(out, object);
  TRY(check_order(s, out, object, e));
  /* Nobody is led by the vote of another reviewer or checker, nor reads it in the log. */
  const bool hidden = strcmp(kind, "output") == 0 || strcmp(kind, "application") == 0;
  TRY(record_put(s, &(struct record_entry){.action = action, .object = object, .role = LOG_ROLE_KEY_OFFICER, .actor = actor, .text = text,
                                           .sealed = hidden, .basis = hidden ? "" : out->approve ? "approve" : "refuse"}, e));
  struct record r;
  if (!record_last(s, object, &r)) return ERR(e, E_BUG, .subject = "approval_put");
  record_checked(s, &r);
  out->seq = r.seq;
  out->recorded = r.wall;
  return E_OK;
}

enum err_code approvals_of(struct store *s, const char *kind, const uint8_t subject[32], struct approval out[APPROVAL_MAX], int *n, struct err *e) {
  char prefix[RECORD_OBJECT_BYTES], hex[65];
  struct record r, last;
  hex_encode(subject, 32, hex);
  snprintf(prefix, sizeof prefix, "approval:%s:%s:", kind, hex);
  *n = 0;
  for (uint64_t from = 0; record_next_of(s, prefix, from, &r); from = r.seq + 1) {
    struct approval a;
    if (!record_last(s, r.object, &last) || last.seq != r.seq) continue;
    TRY(approval_read(s, &r, &a, e));
    TRY(check_subject(s, &a, kind, subject, e));
    if (!a.approve) continue;
    if (*n == APPROVAL_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = "approvals");
    int at = (*n)++;
    for (; at > 0 && strcmp(out[at - 1].officer, a.officer) > 0; at--) out[at] = out[at - 1];
    out[at] = a;
  }
  return E_OK;
}
