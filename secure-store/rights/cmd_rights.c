/* cmd_rights.c -- see cmd_rights.h. */
#include "secure-store/rights/cmd_rights.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "secure-store/rights/clock.h"
#include "secure-store/store_impl.h"

enum err_code rights_cmd_open(struct cli *c, struct store **out, struct err *e) {
  return store_open_as_asked(cli_job(c), cli_text(c, "office"), cli_text(c, "passphrase-file"), out, e);
}

static const char *given(const char *name) {
  const char *text = getenv(name);
  return text && *text ? text : NULL;
}

static enum err_code sign_in(struct store *s, const char *key, const char *passphrase_file, struct officer_secret **secret, struct err *e) {
  char *passphrase = NULL;
  TRY(passphrase_of(key, passphrase_file, false, &passphrase, e));
  enum err_code code = officer_sign_in_file(s, key, passphrase, secret, e);
  passphrase_free(passphrase);
  return code;
}

enum err_code rights_cmd_officer(struct cli *c, struct store *s, struct rights_officer *out, struct err *e) {
  const char *key = cli_text(c, "officer"), *file = cli_text(c, "officer-passphrase");
  memset(out, 0, sizeof *out);
  if (!key) key = given("SHIRABE_OFFICER_KEY");
  if (!file) file = given("SHIRABE_OFFICER_PASSPHRASE_FILE");
  if (!key) return ERR(e, E_USAGE_REQUIRED, .subject = "--officer");
  TRY(sign_in(s, key, file, &out->secret, e));
  return officer_find(s, officer_signed_in(s), &out->card, e);
}

enum err_code rights_cmd_enter(struct cli *c, struct store *s, struct err *e) {
  const char *grant = given("SHIRABE_GRANT"), *key = given("SHIRABE_OFFICER_KEY");
  if (!store_has_officers(s) || !grant) return E_OK;
  if (!key) return ERR(e, E_USAGE_REQUIRED, .subject = "SHIRABE_OFFICER_KEY");
  TRY(sign_in(s, key, given("SHIRABE_OFFICER_PASSPHRASE_FILE"), NULL, e));
  return grant_enter(s, cli_job(c)->arena, grant, officer_signed_in(s), e);
}

enum err_code rights_cmd_enter_named(struct cli *c, struct store *s, const char *grant, struct err *e) {
  struct rights_officer o;
  if (!grant || !*grant) grant = given("SHIRABE_GRANT");
  if (!store_has_officers(s) || !grant) return E_OK;
  TRY(rights_cmd_officer(c, s, &o, e));
  officer_secret_free(o.secret);
  return grant_enter(s, cli_job(c)->arena, grant, o.card.id, e);
}

enum err_code rights_cmd_sign(
    struct store *s, const struct rights_officer *o, const char *kind, const uint8_t subject[32], bool approve, struct strbuf *out, struct err *e) {
  struct approval a = {.approve = approve, .time = store_clock_wall(s)};
  snprintf(a.kind, sizeof a.kind, "%s", kind);
  snprintf(a.officer, sizeof a.officer, "%s", o->card.id);
  memcpy(a.install_id, s->install_id, sizeof a.install_id);
  memcpy(a.subject, subject, sizeof a.subject);
  return approval_sign(o->secret, &a, out, e);
}
