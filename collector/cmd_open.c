#include "collector/cmd_open.h"

#include "collector/ledger.h"

enum err_code cmd_open_store(struct cli *c, struct store **out, struct err *e) {
  enum err_code code = store_cmd_unlock(c, out, e);
  return code ? code : ledger_prepare(*out, e);
}

/* A new office has no ledger yet, and a locked store is read-only: the tables are made once, with the keys. */
static enum err_code make_ledger(struct cli *c, struct store **out, struct err *e) {
  char *passphrase = NULL;
  TRY(passphrase_read(NULL, &passphrase, e));
  enum err_code code = store_open(cli_job(c), cli_text(c, "office"), passphrase, out, e);
  passphrase_free(passphrase);
  return code ? code : ledger_prepare(*out, e);
}

enum err_code cmd_open_locked(struct cli *c, struct store **out, struct err *e) {
  struct err locked = {.code = E_OK};
  TRY(store_open_locked(cli_job(c), cli_text(c, "office"), out, e));
  if (!ledger_prepare(*out, &locked)) return E_OK;
  store_close(*out);
  *out = NULL;
  return make_ledger(c, out, e);
}
