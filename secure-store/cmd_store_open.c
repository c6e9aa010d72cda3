/* cmd_store_open.c -- see cmd_store_open.h. */
#include "secure-store/cmd_store_open.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "secure-store/rights/cmd_rights.h"
#include "secure-store/session.h"
#include "secure-store/store_cutoff.h"

enum err_code store_cmd_unlock(struct cli *c, struct store **out, struct err *e) {
  TRY(store_open_as_asked(cli_job(c), cli_text(c, "office"), cli_text(c, "passphrase-file"), out, e));
  enum err_code code = rights_cmd_enter(c, *out, e);
  if (!code) return E_OK;
  store_close(*out);
  *out = NULL;
  return code;
}

enum err_code store_cmd_locked(struct cli *c, struct store **out, struct err *e) { return store_open_locked(cli_job(c), cli_text(c, "office"), out,
    e); }

enum err_code store_cmd_any(struct cli *c, struct store **out, struct err *e) {
  const char *from_environment = getenv("SHIRABE_PASSPHRASE_FILE");
  bool passphrase = from_environment && *from_environment && !store_needs_officers(cli_text(c, "office"));
  bool given = cli_text(c, "passphrase-file") || session_descriptor() >= 0 || passphrase;
  return given ? store_cmd_unlock(c, out, e) : store_cmd_locked(c, out, e);
}

enum err_code store_cmd_cutoff(struct cli *c, struct store *s, const char *survey, const char *period, struct err *e) {
  struct store_cutoff known;
  const char *name = cli_text(c, "cutoff");
  return name ? store_cutoff_open(s, survey, period, name, &known, e) : E_OK;
}

void store_cmd_print_json(struct cli *c, struct strbuf *b) {
  strbuf_addc(b, '\n');
  fwrite(strbuf_cstr(b), 1, b->n, cli_out(c));
  strbuf_release(b);
}

void store_cmd_hex(struct json_out *j, const char *key, const uint8_t *p, size_t n) {
  char text[2 * 64 + 1];
  hex_encode(p, n < 64 ? n : 64, text);
  json_put(j, key, text);
}
