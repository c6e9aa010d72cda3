/* cmd_use_common.c -- see cmd_use_common.h. */
#include "secure-store/extract/cmd_use_common.h"

#include "base/bytes.h"

enum err_code use_officer(struct cli *c, struct store *s, int i, struct officer_secret **out, struct err *e) {
  char *passphrase = NULL;
  const char *file = cli_repeat(c, "officer", i),
             *from = i < cli_repeat_count(c, "officer-passphrase") ? cli_repeat(c, "officer-passphrase", i) : NULL;
  TRY(passphrase_of(file, from, false, &passphrase, e));
  enum err_code code = officer_key_open(file, passphrase, out, e);
  passphrase_free(passphrase);
  if (code || (*out)->locked || store_office(s)->light) return code;
  officer_secret_free(*out);
  *out = NULL;
  return ERR(e, E_STORE_MLOCK, .subject = file);
}
void use_print_outside(struct cli *c, struct json_out *j, const struct package_outside *o) {
  char hex[65];
  hex_encode(o->sha256, 32, hex);
  if (j) {
    json_put(j, "provision", o->provision);
    json_put(j, "recipient", o->recipient);
    json_put(j, "sha256", hex);
    json_put_int(j, "tar_bytes", (int64_t)o->tar_bytes);
    return;
  }
  fprintf(cli_out(c), cli_say(c, "package %s for %s\nSHA-256 %s\n", "提供物 %s（%s あて）\nSHA-256 %s\n"), o->provision, o->recipient, hex);
}
