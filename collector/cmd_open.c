#include "collector/cmd_open.h"

#include "collector/ledger.h"

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
  return prepare(out, e);
}

/* A new office has no ledger yet, and a locked store is read-only: the tables are made once, with the keys. */
static enum err_code make_ledger(struct cli *c, struct store **out, struct err *e) {
  char *passphrase = NULL;
  TRY(passphrase_read(NULL, &passphrase, e));
  enum err_code code = store_open(cli_job(c), cli_text(c, "office"), passphrase, out, e);
  passphrase_free(passphrase);
  return code ? code : prepare(out, e);
}

enum err_code cmd_open_locked(struct cli *c, struct store **out, struct err *e) {
  struct err locked = {.code = E_OK};
  TRY(store_open_locked(cli_job(c), cli_text(c, "office"), out, e));
  if (!ledger_prepare(*out, &locked)) return E_OK;
  store_close(*out);
  *out = NULL;
  return make_ledger(c, out, e);
}
