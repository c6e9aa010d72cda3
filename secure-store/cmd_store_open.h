/* cmd_store_open.h -- what the store's commands share: opening it with and without keys, and printing JSON. */
#ifndef SHIRABE_SECURE_STORE_CMD_STORE_OPEN_H
#define SHIRABE_SECURE_STORE_CMD_STORE_OPEN_H
#include "base/cli.h"
#include "base/json_out.h"
#include "secure-store/store.h"

#define STORE_OPTION_PASSPHRASE                                                                                       \
  {.name = "passphrase-file", .kind = OPT_FILE, .value_name = "FILE",                                                 \
   .help_en = "file with the passphrase (else SHIRABE_PASSPHRASE_FILE, else asked)",                                  \
   .help_ja = "パスフレーズのファイル（なければ SHIRABE_PASSPHRASE_FILE、端末で質問）"}

#define STORE_OPTION_CUTOFF                                                                                           \
  {.name = "cutoff", .kind = OPT_CHOICE, .value_name = "NAME", .choices = "sokuho|gaisu|kakutei",                      \
   .help_en = "what was received until that cut-off (`shirabe ledger snapshot`), as it was then",                      \
   .help_ja = "締切（速報 sokuho・概数 gaisu・確定 kakutei）までに受領した内容を、その時点のまま用いる"}

/* Without --cutoff the store is read as it is. */
enum err_code store_cmd_cutoff(struct cli *c, struct store *s, const char *survey, const char *period, struct err *e) NODISCARD;
enum err_code store_cmd_unlock(struct cli *c, struct store **out, struct err *e) NODISCARD;
enum err_code store_cmd_locked(struct cli *c, struct store **out, struct err *e) NODISCARD;
/* Without --passphrase-file or SHIRABE_PASSPHRASE_FILE the store is opened without keys: nothing is asked. */
enum err_code store_cmd_any(struct cli *c, struct store **out, struct err *e) NODISCARD;
void store_cmd_print_json(struct cli *c, struct strbuf *b); /* with a newline; releases b */
void store_cmd_hex(struct json_out *j, const char *key, const uint8_t *p, size_t n);
#endif
