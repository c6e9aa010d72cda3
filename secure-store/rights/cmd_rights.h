/* cmd_rights.h -- what the commands about rights share: the officer who works, and the grant under which a command reads. */
#ifndef SHIRABE_SECURE_STORE_RIGHTS_CMD_RIGHTS_H
#define SHIRABE_SECURE_STORE_RIGHTS_CMD_RIGHTS_H
#include "base/cli.h"
#include "base/json_out.h"
#include "secure-store/cmd_store_open.h"
#include "secure-store/rights/grant.h"

#define RIGHTS_OPTION_OFFICER                                                                                                                        \
  {.name = "officer", .kind = OPT_FILE, .value_name = "KEY", .help_en = "key file of the officer who signs (else SHIRABE_OFFICER_KEY)",              \
   .help_ja = "署名する担当者の鍵ファイル（なければ SHIRABE_OFFICER_KEY）"},                                                                         \
  {.name = "officer-passphrase", .kind = OPT_FILE, .value_name = "FILE",                                                                             \
   .help_en = "file with the passphrase of that key (else SHIRABE_OFFICER_PASSPHRASE_FILE, else asked)",                                             \
   .help_ja = "その鍵の合言葉のファイル（なければ SHIRABE_OFFICER_PASSPHRASE_FILE、端末で質問）"}

struct rights_officer {
  struct officer card;
  struct officer_secret *secret; /* officer_secret_free */
};
/* Opens the store with its keys, without entering a grant. */
enum err_code rights_cmd_open(struct cli *c, struct store **out, struct err *e) NODISCARD;
/* Signs in whom --officer or SHIRABE_OFFICER_KEY names; E_USAGE_REQUIRED when neither is given. */
enum err_code rights_cmd_officer(struct cli *c, struct store *s, struct rights_officer *out, struct err *e) NODISCARD;
/* For every command that opens rows: in a store with officers signs in and enters the grant of SHIRABE_GRANT; without it rows stay closed. */
enum err_code rights_cmd_enter(struct cli *c, struct store *s, struct err *e) NODISCARD;
/* The same under the named grant, else that of SHIRABE_GRANT, by the officer of --officer or SHIRABE_OFFICER_KEY. Without either, and in a store
 * without officers, nothing is entered. */
enum err_code rights_cmd_enter_named(struct cli *c, struct store *s, const char *grant, struct err *e) NODISCARD;
/* The officer's word about a subject. */
enum err_code rights_cmd_sign(struct store *s, const struct rights_officer *o, const char *kind, const uint8_t subject[32], bool approve,
    struct strbuf *out, struct err *e) NODISCARD;
#endif
