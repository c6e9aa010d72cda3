/* cmd_store_user_role.c -- role certificates: proposed by one who leads, approved by two. */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/term.h"
#include "secure-store/cmd_store_user.h"
#include "secure-store/store_impl.h"

static enum err_code take_role(struct cli *c, const char **id, enum log_role *role, struct err *e) {
  const char *text;
  TRY(user_operand(c, 1, "ID", id, e));
  TRY(user_operand(c, 2, "ROLE", &text, e));
  TRY(user_operands(c, 3, e));
  if (role_parse(str_of(text), role)) return E_OK;
  return ERR(e, E_USAGE_VALUE, .subject = "ROLE", .expected = "chief, manager, provider, tabulator, reviewer, key-officer, auditor, maintenance",
      .found = text);
}
static enum err_code take_day(struct cli *c, const char *option, bool end, int64_t *out, struct err *e) {
  const char *text = cli_text(c, option);
  int64_t day;
  if (!text) return E_OK;
  if (!date_parse_iso(str_of(text), &day)) return ERR(e, E_USAGE_VALUE, .subject = option, .expected = "a date such as 2027-03-31", .found = text);
  *out = (day + (end ? 1 : 0)) * 86400;
  return E_OK;
}
static void object_of(const char *id, enum log_role role, char out[96]) { snprintf(out, 96, "role:%s:%s", id, role_name(role)); }

/* Ends a transaction that `code` is the result of; a refusal leaves its leaf. */
static enum err_code finish(struct store *s, enum err_code code, const char *action, const char *object, struct err *e) {
  if (!code) code = store_commit(s, e);
  if (!code) return E_OK;
  store_rollback(s);
  return store_refuse(s, action, object, e);
}
static void say(struct cli *c, const char *en, const char *ja, const char *id, enum log_role role) {
  if (cli_json(c)) fprintf(cli_out(c), "{\"id\":\"%s\",\"role\":\"%s\",\"done\":true}\n", id, role_name(role));
  else fprintf(cli_out(c), "%s: %s, %s\n", cli_say(c, en, ja), id, role_name(role));
}

/* --- propose, revoke: by one who leads --- */
static enum err_code put_certificate(struct store *s, const struct role_certificate *r, struct err *e) {
  struct strbuf text;
  uint8_t subject[32];
  char object[96];
  object_of(r->officer, r->role, object);
  strbuf_init(&text, 0);
  enum err_code code = role_certificate_text(s, r, &text, subject, e);
  if (!code) code = store_begin_plain(s, e);
  if (!code) code = finish(s, role_put(s, str_view(text.p, text.n), e), "role-grant", object, e);
  strbuf_release(&text);
  return code;
}
static enum err_code propose(struct cli *c, struct store *s, const char *id, enum log_role role, struct err *e) {
  struct role_certificate r = {.role = role};
  if (!cli_text(c, "until")) return ERR(e, E_USAGE_REQUIRED, .subject = "--until");
  if (strlen(id) >= sizeof r.officer) return ERR(e, E_OFFICER_UNKNOWN, .subject = id);
  snprintf(r.officer, sizeof r.officer, "%s", id);
  TRY(store_now(s, &r.from, e));
  TRY(take_day(c, "from", false, &r.from, e));
  TRY(take_day(c, "until", true, &r.until, e));
  return put_certificate(s, &r, e);
}
static enum err_code end_role(struct store *s, const char *id, enum log_role role, struct err *e) {
  char object[96];
  object_of(id, role, object);
  TRY(store_begin_plain(s, e));
  return finish(s, role_revoke(s, id, role, e), "role-revoke", object, e);
}
static enum err_code lead(struct cli *c, bool proposing, struct err *e) {
  const char *id;
  enum log_role role;
  struct rights_officer who = {.secret = NULL};
  struct store *s = NULL;
  TRY(take_role(c, &id, &role, e));
  enum err_code code = user_leader(c, proposing ? "role-grant" : "role-revoke", id, &s, &who, e);
  if (!code) code = proposing ? propose(c, s, id, role, e) : end_role(s, id, role, e);
  officer_secret_free(who.secret);
  store_close(s);
  if (code) return code;
  if (proposing) say(c, "proposed, two approvals make it valid", "提案しました（二人の承認で有効）", id, role);
  else say(c, "revoked", "解任しました", id, role);
  return E_OK;
}

/* --- approve, refuse: the last certificate of this officer and role that is not yet decided --- */
static enum err_code pending(struct cli *c, struct store *s, const char *id, enum log_role role, uint8_t subject[32], struct err *e) {
  struct role_state *list;
  int64_t n;
  char what[96];
  TRY(role_list(s, cli_job(c)->arena, &list, &n, e));
  for (int64_t i = n; i-- > 0;) {
    const struct role_state *x = &list[i];
    if (strcmp(x->certificate.officer, id) != 0 || x->certificate.role != role || x->in_force || x->revoked || x->forbidden) continue;
    memcpy(subject, x->subject, 32);
    return E_OK;
  }
  object_of(id, role, what);
  return ERR(e, E_ROLE_APPROVALS, .subject = what, .expected = "a certificate that waits for approvals", .found = "none");
}
static enum err_code speak_in(struct cli *c, struct store *s, const struct rights_officer *who, const char *id, enum log_role role, bool approve,
    struct err *e) {
  uint8_t subject[32];
  struct strbuf word;
  struct approval back;
  char object[96];
  object_of(id, role, object);
  TRY(pending(c, s, id, role, subject, e));
  strbuf_init(&word, 0);
  enum err_code code = rights_cmd_sign(s, who, "role", subject, approve, &word, e);
  if (!code) code = store_begin_plain(s, e);
  if (!code) code = finish(s, approval_put(s, str_view(word.p, word.n), "role-grant", "role", subject, &back, e), "role-grant", object, e);
  strbuf_release(&word);
  return code;
}
static enum err_code speak(struct cli *c, bool approve, struct err *e) {
  const char *id;
  enum log_role role;
  struct rights_officer who = {.secret = NULL};
  struct store *s = NULL;
  role_set held = 0;
  int64_t now = 0;
  TRY(take_role(c, &id, &role, e));
  enum err_code code = rights_cmd_open(c, &s, e);
  if (!code) code = rights_cmd_officer(c, s, &who, e);
  if (!code) code = speak_in(c, s, &who, id, role, approve, e);
  if (!code) code = store_now(s, &now, e);
  if (!code) code = roles_of(s, id, now, &held, e);
  officer_secret_free(who.secret);
  store_close(s);
  if (code) return code;
  if (!approve) say(c, "refused", "拒否しました", id, role);
  else if (held & ROLE_BIT(role)) say(c, "approved, now in force", "承認しました。有効になりました", id, role);
  else say(c, "approved, not yet in force", "承認しました。まだ有効ではありません", id, role);
  return E_OK;
}

/* --- list --- */
static const char *state_of(struct cli *c, const struct role_state *x, int64_t now) {
  if (x->forbidden) return cli_say(c, "without force: forbidden combination", "無効（兼任できない役割）");
  if (x->revoked) return cli_say(c, "revoked", "解任");
  if (!x->in_force) return cli_say(c, "waits for approvals", "承認待ち");
  if (now >= x->certificate.until) return cli_say(c, "ended", "期間終了");
  return now < x->certificate.from ? cli_say(c, "approved, begins later", "承認済み、開始前") : cli_say(c, "in force", "有効");
}
static void day_text(int64_t seconds, char out[11]) { date_format_iso(seconds / 86400, out); }
static void print_json(struct cli *c, const struct role_state *list, int64_t n, int64_t now) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  for (int64_t i = 0; i < n; i++) {
    json_object(&j);
    json_put(&j, "officer", list[i].certificate.officer);
    json_put(&j, "role", role_name(list[i].certificate.role));
    json_put_int(&j, "from", list[i].certificate.from);
    json_put_int(&j, "until", list[i].certificate.until);
    json_put(&j, "state", state_of(c, &list[i], now));
    store_cmd_hex(&j, "subject", list[i].subject, 32);
    json_end_object(&j);
  }
  json_end_array(&j);
  store_cmd_print_json(c, &b);
}
static void print_table(struct cli *c, const struct role_state *list, int64_t n, int64_t now) {
  const char *const heads[] = {cli_say(c, "officer", "担当者"), cli_say(c, "role", "役割"), cli_say(c, "from", "開始"), cli_say(c, "until", "終了"),
                               cli_say(c, "state", "状態")};
  struct text_table *t = text_table_new(5);
  for (int k = 0; k < 5; k++) text_table_cell(t, heads[k]);
  for (int64_t i = 0; i < n; i++) {
    char from[11], until[11];
    day_text(list[i].certificate.from, from);
    day_text(list[i].certificate.until - 1, until);
    text_table_cell(t, list[i].certificate.officer);
    text_table_cell(t, role_name(list[i].certificate.role));
    text_table_cell(t, from);
    text_table_cell(t, until);
    text_table_cell(t, state_of(c, &list[i], now));
  }
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
}
static enum err_code list_roles(struct cli *c, struct err *e) {
  struct store *s = NULL;
  struct role_state *list;
  int64_t n, now;
  TRY(user_operands(c, 1, e));
  enum err_code code = store_cmd_any(c, &s, e);
  if (!code) code = role_list(s, cli_job(c)->arena, &list, &n, e);
  if (!code) code = store_now(s, &now, e);
  if (!code && cli_json(c)) print_json(c, list, n, now);
  else if (!code) print_table(c, list, n, now);
  store_close(s);
  return code;
}

enum err_code user_role(struct cli *c, struct err *e) {
  const char *what;
  TRY(user_operand(c, 0, "list, propose, approve, refuse or revoke", &what, e));
  if (strcmp(what, "list") == 0) return list_roles(c, e);
  if (strcmp(what, "propose") == 0) return lead(c, true, e);
  if (strcmp(what, "revoke") == 0) return lead(c, false, e);
  if (strcmp(what, "approve") == 0) return speak(c, true, e);
  if (strcmp(what, "refuse") == 0) return speak(c, false, e);
  return ERR(e, E_USAGE_VALUE, .subject = "role", .expected = "list, propose, approve, refuse, revoke", .found = what);
}
