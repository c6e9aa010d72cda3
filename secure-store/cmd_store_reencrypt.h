/* cmd_store_reencrypt.h -- the part of `shirabe store rotate` that seals data anew: --reencrypt. */
#ifndef SHIRABE_SECURE_STORE_CMD_STORE_REENCRYPT_H
#define SHIRABE_SECURE_STORE_CMD_STORE_REENCRYPT_H
#include "secure-store/cmd_officers.h"

/* Options that do not go together. E_USAGE_VALUE. */
enum err_code cmd_reencrypt_options(struct cli *c, struct err *e) NODISCARD;
/* And says what was done. */
enum err_code cmd_reencrypt(struct cli *c, struct store *s, const struct cmd_officers *officers, struct err *e) NODISCARD;
/* clang-format off */
#define REENCRYPT_OPTIONS                                                                                                                         \
  {.name = "reencrypt", .kind = OPT_FLAG, .help_en = "seal data anew under fresh keys", .help_ja = "データを新しい鍵で封じ直す"},                 \
  {.name = "part", .kind = OPT_CHOICE, .choices = "ID|LINK|ANSWER|PARADATA|all", .default_text = "all", .value_name = "PART",                     \
   .help_en = "with --reencrypt: only this part", .help_ja = "--reencrypt：この部分のみ"},                                                        \
  {.name = "portion", .kind = OPT_INT, .value_name = "MIB",                                                                                       \
   .help_en = "with --reencrypt: stop after so much data; the same command goes on", .help_ja = "--reencrypt：この量で止める（再度実行で続行）"}
/* clang-format on */
#endif
