/* act.c -- see act.h. */
#include "secure-store/disposal/act.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/date.h"
#include "secure-store/rights/record_impl.h"

enum { JST = 9 * 3600, DAY = 86400 };

const char *act_id_of(const struct act_by *by) { return by ? by->officer : ""; }

bool act_id_ok(const char *id) {
  size_t n = id ? strlen(id) : 0;
  return n >= 2 && n < ACT_ID_BYTES && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

bool act_time(const char *text, bool end, int64_t *seconds) {
  int64_t days;
  if (!text) return false;
  if (!date_parse_iso(str_of(text), &days)) return time_parse_utc(text, seconds);
  *seconds = (days + (end ? 1 : 0)) * DAY - JST;
  return true;
}

enum err_code act_refuse(struct store *s, const char *action, const char *object, struct err *e) {
  store_rollback(s);
  return store_refuse(s, action, object, e);
}

/* --- who --- */

static enum err_code key_of(struct store *s, const struct act_by *by, uint8_t actor[8], struct err *e) {
  struct officer o;
  TRY(officer_find(s, by->officer, &o, e));
  if (o.retired) return ERR(e, E_OFFICER_RETIRED, .subject = o.id);
  return officer_key_id(&o, actor, e);
}

enum err_code act_check(struct store *s, const struct act *a, const struct act_by *by, struct err *e) {
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = a->object);
  if (!store_has_officers(s)) return E_OK;
  if (!by || !by->secret) return act_refuse(s, a->action, a->object, (ERR(e, E_DISPOSAL_OFFICER, .subject = a->object), e));
  return role_require(s, by->officer, a->any_of, a->action, a->object, e);
}

/* --- one commit --- */

static enum err_code put_signature(struct store *s, const struct act *a, const uint8_t subject[32], const struct act_by *by, struct err *e) {
  struct approval word = {.approve = true}, out;
  struct strbuf text;
  TRY(store_now(s, &word.time, e));
  snprintf(word.kind, sizeof word.kind, "%s", a->kind);
  snprintf(word.officer, sizeof word.officer, "%s", by->officer);
  memcpy(word.install_id, s->install_id, sizeof word.install_id);
  memcpy(word.subject, subject, 32);
  strbuf_init(&text, 0);
  enum err_code code = approval_sign(by->secret, &word, &text, e);
  if (!code) code = approval_put(s, str_view(text.p, text.n), a->action, a->kind, subject, &out, e);
  strbuf_release(&text);
  return code;
}

static enum err_code put_both(struct store *s, const struct act *a, const struct act_by *by, struct err *e) {
  uint8_t actor[8], subject[32];
  bool officers = store_has_officers(s);
  struct record_entry r = {.action = a->action, .object = a->object, .role = LOG_ROLE_PROGRAM, .text = a->text, .sealed = a->sealed, .rows = a->rows};
  if (officers) {
    TRY(key_of(s, by, actor, e));
    r.actor = actor;
    r.role = LOG_ROLE_KEY_OFFICER;
  }
  TRY(record_put(s, &r, e));
  sha256_of(a->text.p, a->text.n, subject);
  return officers ? put_signature(s, a, subject, by, e) : E_OK;
}

enum err_code act_put(struct store *s, const struct act *a, const struct act_by *by, struct err *e) {
  TRY(act_check(s, a, by, e));
  TRY(store_begin(s, e));
  enum err_code code = put_both(s, a, by, e);
  if (!code) code = store_commit(s, e);
  return code ? act_refuse(s, a->action, a->object, e) : E_OK;
}

enum err_code act_row(struct store *s, struct act *a, const struct row_format *f, const void *row, const struct act_by *by, struct err *e) {
  struct strbuf text;
  strbuf_init(&text, 0);
  enum err_code code = row_write(f, row, &text, e);
  a->text = str_view(text.p, text.n);
  if (!code) code = act_put(s, a, by, e);
  a->text = (struct str){0};
  strbuf_release(&text);
  return code;
}

enum err_code act_sign(struct store *s, const char *action, const char *kind, const uint8_t subject[32], const struct act_by *by, struct err *e) {
  const struct act a = {.action = action, .kind = kind};
  TRY(store_begin(s, e));
  enum err_code code = put_signature(s, &a, subject, by, e);
  if (!code) code = store_commit(s, e);
  else store_rollback(s);
  return code;
}

/* --- reading --- */

enum err_code act_read_record(struct store *s, const struct record *r, const struct row_format *f, void *row, struct err *e) {
  struct strbuf text;
  strbuf_init(&text, 0);
  enum err_code code = record_text(s, r, &text, e);
  if (!code) code = row_parse(f, str_view(text.p, text.n), row, e);
  strbuf_release(&text);
  return code;
}

enum err_code act_read(struct store *s, const char *object, const struct row_format *f, void *row, bool *found, struct record *record,
    struct err *e) {
  struct record r;
  *found = record_last(s, object, &r);
  if (!*found) return E_OK;
  if (record) *record = r;
  return act_read_record(s, &r, f, row, e);
}

enum err_code act_next(struct store *s, const char *prefix, uint64_t *from, const struct row_format *f, void *row, bool *found, struct record *record,
    struct err *e) {
  struct record r, last;
  *found = false;
  while (!*found && record_next(s, prefix, *from, &r)) {
    *from = r.seq + 1;
    *found = record_last(s, r.object, &last) && last.seq == r.seq;
  }
  if (!*found) return E_OK;
  *record = r;
  return act_read_record(s, &r, f, row, e);
}
