#include "collector/cmd_open.h"

#include <string.h>
#include <stdlib.h>

#include "base/term.h"
#include "collector/ledger.h"
#include "collector/ledger_notice.h"
#include "collector/ledger_settings.h"

/* What an office must not overlook stands above whatever it asked for: on stderr, in red on a terminal, without changing the exit status. */
static void say_banner(void *context, const struct err *e) {
  struct cli *c = context;
  char text[2048];
  bool red = term_colour(stderr);
  err_format(e, cli_lang(c), text, sizeof text);
  fprintf(stderr, "%s!! %s%s\n", red ? "\033[1;31m" : "", text, red ? "\033[0m" : "");
}

static int64_t receipt_days(void *context, const char *survey) {
  struct ledger_settings settings;
  struct cli *c = context;
  return ledger_settings_read(cli_job(c)->arena, survey, &settings, NULL) ? -1 : settings.receipt_days;
}

static enum err_code with_banner(struct cli *c, struct store **s, enum err_code code, struct err *e) {
  if (!code) code = ledger_banner(*s, receipt_days, c, say_banner, e);
  if (!code || !*s) return code;
  store_close(*s);
  *s = NULL;
  return code;
}

/* A store whose ledger cannot be prepared is closed again, so that its keys are wiped whatever the caller does. */
static enum err_code prepare(struct store **s, struct err *e) {
  enum err_code code = ledger_prepare(*s, e);
  if (code) {
    store_close(*s);
    *s = NULL;
  }
  return code;
}

enum err_code cmd_open_store(struct cli *c, struct store **out, struct err *e) {
  TRY(store_cmd_unlock(c, out, e));
  return with_banner(c, out, prepare(out, e), e);
}

/* A new office has no ledger yet, and a locked store is read-only: the tables are made once, with the keys. */
static enum err_code make_ledger(struct cli *c, struct store **out, struct err *e) {
  enum err_code code = store_open_as_asked(cli_job(c), cli_text(c, "office"), NULL, out, e);
  return code ? code : with_banner(c, out, prepare(out, e), e);
}

enum err_code cmd_open_locked(struct cli *c, struct store **out, struct err *e) {
  struct err locked = {.code = E_OK};
  TRY(store_open_locked(cli_job(c), cli_text(c, "office"), out, e));
  if (!ledger_prepare(*out, &locked)) return with_banner(c, out, E_OK, e);
  store_close(*out);
  *out = NULL;
  return make_ledger(c, out, e);
}

const char *cmd_change_text(struct cli *c, const char *action) {
  return !strcmp(action, "R") ? cli_say(c, "correct", "訂正") : !strcmp(action, "W") ? cli_say(c, "withdraw", "取下げ") : !strcmp(action, "A") ? cli_say(c, "add", "追加") : action;
}
