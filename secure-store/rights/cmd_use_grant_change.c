/* cmd_use_grant_change.c -- requesting, signing, voting, activating, revoking from the command line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/ext_json.h"
#include "secure-store/rights/cmd_use_grant.h"

enum { REQUEST_MAX = 1 << 20 };

/* --- saying what was done --- */

static enum err_code say(struct cli *c, struct store *s, const char *id, const char *en, const char *ja, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct grant g;
  struct json_out j;
  struct strbuf b;
  uint8_t subject[32];
  char hex[65];
  enum grant_state state;
  TRY(grant_find(s, a, id, &g, subject, e));
  TRY(grant_state_of(s, &g, subject, &state, e));
  hex_encode(subject, 32, hex);
  if (!cli_json(c)) {
    fprintf(cli_out(c), cli_say(c, "%s: %s (sha256 %s)\n", "%s：%s（sha256 %s）\n"), id, cli_say(c, en, ja), hex);
    return E_OK;
  }
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put(&j, "grant", id);
  json_put(&j, "done", en);
  json_put(&j, "sha256", hex);
  json_put(&j, "state", grant_state_name(state));
  json_end_object(&j);
  store_cmd_print_json(c, &b);
  return E_OK;
}

/* --- words --- */

static enum err_code put_word(
    struct store *s, const struct rights_officer *o, const char *id, const char *kind, const uint8_t subject[32], bool approve, struct err *e) {
  struct strbuf word;
  strbuf_init(&word, 0);
  enum err_code code = rights_cmd_sign(s, o, kind, subject, approve, &word, e);
  if (!code) code = grant_vote(s, id, str_view(word.p, word.n), e);
  strbuf_release(&word);
  return code;
}

static enum err_code word_about(struct cli *c, struct store *s, const char *id, bool request, bool approve, struct err *e) {
  struct rights_officer o;
  struct grant g;
  uint8_t subject[32];
  TRY(grant_find(s, cli_job(c)->arena, id, &g, subject, e));
  TRY(rights_cmd_officer(c, s, &o, e));
  enum err_code code = put_word(s, &o, id, request ? "request" : grant_vote_kind(&g), subject, approve, e);
  officer_secret_free(o.secret);
  return code;
}

enum err_code grant_cmd_sign(struct cli *c, struct store *s, const char *id, struct err *e) {
  TRY(word_about(c, s, id, true, true, e));
  return say(c, s, id, "signed by the requester", "申請者が署名", e);
}

enum err_code grant_cmd_vote(struct cli *c, struct store *s, const char *id, struct err *e) {
  bool approve = cli_flag(c, "approve");
  if (approve == cli_flag(c, "refuse")) return ERR(e, E_USAGE_REQUIRED, .subject = "--approve, --refuse");
  TRY(word_about(c, s, id, false, approve, e));
  return say(c, s, id, approve ? "approved" : "refused", approve ? "承認を記録" : "不承認を記録", e);
}

/* --- request --- */

static enum err_code id_of(const char *file, struct str json, char id[GRANT_ID_BYTES], struct err *e) {
  struct json_document *d = NULL;
  TRY(json_parse(file, json.p, json.n, &d, e));
  snprintf(id, GRANT_ID_BYTES, "%s", json_member_string(json_root(d), "id", ""));
  json_release(d);
  return E_OK;
}

static bool officer_given(struct cli *c) {
  const char *key = getenv("SHIRABE_OFFICER_KEY");
  return cli_text(c, "officer") || (key && *key);
}

enum err_code grant_cmd_request(struct cli *c, struct store *s, const char *file, struct err *e) {
  uint8_t *p = NULL;
  size_t n = 0;
  char id[GRANT_ID_BYTES] = "";
  TRY(file_read(file, REQUEST_MAX, &p, &n, e));
  struct str json = str_view((const char *)p, n);
  enum err_code code = id_of(file, json, id, e);
  if (!code) code = grant_request(s, json, e);
  free(p);
  TRY(code);
  if (officer_given(c)) TRY(word_about(c, s, id, true, true, e));
  return say(c, s, id, officer_given(c) ? "requested and signed" : "requested; the requester has not signed yet",
      officer_given(c) ? "申請し署名" : "申請（申請者の署名はまだ）", e);
}

/* --- activation and its end --- */

enum err_code grant_cmd_activate(struct cli *c, struct store *s, const char *id, struct err *e) {
  TRY(grant_activate(s, id, e));
  return say(c, s, id, "activated", "発効", e);
}

static enum err_code may_revoke(struct store *s, const struct grant *g, const struct rights_officer *o, struct err *e) {
  char object[GRANT_ID_BYTES + 16];
  if (strcmp(o->card.id, g->requester) == 0 || strcmp(o->card.id, g->person) == 0) return E_OK; /* giving back what is one's own */
  snprintf(object, sizeof object, "grant:%s", g->id);
  return role_require(
      s, o->card.id, ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER) | ROLE_BIT(LOG_ROLE_KEY_OFFICER), "grant-revoke", object, e);
}

enum err_code grant_cmd_revoke(struct cli *c, struct store *s, const char *id, struct err *e) {
  const char *reason = cli_text(c, "reason");
  struct rights_officer o;
  struct grant g;
  uint8_t subject[32];
  if (!reason || !*reason) return ERR(e, E_USAGE_REQUIRED, .subject = "--reason");
  TRY(grant_find(s, cli_job(c)->arena, id, &g, subject, e));
  TRY(rights_cmd_officer(c, s, &o, e));
  enum err_code code = may_revoke(s, &g, &o, e);
  officer_secret_free(o.secret);
  TRY(code);
  TRY(grant_revoke(s, id, reason, e));
  return say(c, s, id, "revoked", "取消", e);
}
