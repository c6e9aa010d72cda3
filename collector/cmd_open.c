#include "collector/cmd_open.h"

#include "collector/ledger.h"

enum err_code cmd_open_store(struct cli *c, struct store **out, struct err *e) {
  enum err_code code = store_cmd_unlock(c, out, e);
  return code ? code : ledger_prepare(*out, e);
}

enum err_code cmd_open_locked(struct cli *c, struct store **out, struct err *e) {
  TRY(store_open_locked(cli_job(c), cli_text(c, "office"), out, e));
  return ledger_prepare(*out, e);
}
