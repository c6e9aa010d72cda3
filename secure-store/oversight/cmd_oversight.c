/* cmd_oversight.c -- see cmd_oversight.h. */
#include "secure-store/oversight/cmd_oversight.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "secure-store/store_impl.h"

static enum err_code signed_in(struct cli *c, struct store *s, struct rights_officer *who, struct err *e) {
  if (!store_has_officers(s)) return ERR(e, E_OVERSIGHT_OFFICERS, .subject = store_folder(s));
  return rights_cmd_officer(c, s, who, e);
}
enum err_code oversight_cmd_officer(struct cli *c, struct store **s, struct rights_officer *who, struct err *e) {
  memset(who, 0, sizeof *who);
  *s = NULL;
  TRY(rights_cmd_open(c, s, e));
  return signed_in(c, *s, who, e);
}
enum err_code oversight_cmd_leader(
    struct cli *c, const char *action, const char *object, struct store **s, struct rights_officer *who, struct err *e) {
  TRY(oversight_cmd_officer(c, s, who, e));
  return role_require(*s, who->card.id, ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER), action, object, e);
}
enum err_code oversight_cmd_finish(struct store *s, enum err_code code, const char *action, const char *object, struct err *e) {
  if (!code) code = store_commit(s, e);
  if (!code) return E_OK;
  store_rollback(s);
  return store_refuse(s, action, object, e);
}
void oversight_cmd_close(struct store *s, struct rights_officer *who) {
  officer_secret_free(who->secret);
  store_close(s);
}
enum err_code oversight_cmd_day(struct cli *c, const char *option, bool end, int64_t *out, struct err *e) {
  const char *text = cli_text(c, option);
  int64_t day;
  if (!text) return E_OK;
  if (!date_parse_iso(str_of(text), &day)) return ERR(e, E_USAGE_VALUE, .subject = option, .expected = "a date such as 2027-03-31", .found = text);
  *out = (day + (end ? 1 : 0)) * 86400;
  return E_OK;
}
enum err_code oversight_cmd_text(struct cli *c, const char *option, char *out, size_t size, struct err *e) {
  const char *text = cli_text(c, option);
  char most[40];
  if (!text || !*text) return ERR(e, E_USAGE_REQUIRED, .subject = option);
  snprintf(most, sizeof most, "at most %zu bytes", size - 1);
  if (strlen(text) >= size) return ERR(e, E_USAGE_VALUE, .subject = option, .expected = most, .found = "a longer text");
  memcpy(out, text, strlen(text) + 1);
  return E_OK;
}
enum err_code oversight_cmd_days(struct cli *c, const char *option, int64_t least, int64_t most, int64_t *out, struct err *e) {
  char range[48];
  *out = cli_int(c, option);
  snprintf(range, sizeof range, "%lld..%lld", (long long)least, (long long)most);
  return *out >= least && *out <= most ? E_OK : ERR(e, E_USAGE_VALUE, .subject = option, .expected = range, .found = cli_text(c, option));
}
