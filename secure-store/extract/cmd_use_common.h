/* cmd_use_common.h -- officers' keys as the commands of extracts take them. */
#ifndef SHIRABE_SECURE_STORE_EXTRACT_CMD_USE_COMMON_H
#define SHIRABE_SECURE_STORE_EXTRACT_CMD_USE_COMMON_H
#include "base/cli.h"
#include "base/json_out.h"
#include "secure-store/cmd_store_open.h"
#include "secure-store/extract/provide.h"

#define USE_OPTION_OFFICER                                                                                     \
  {.name = "officer",                                                                                          \
      .kind = OPT_REPEAT,                                                                                      \
      .value_name = "KEYFILE",                                                                                 \
      .help_en = "key file of an officer; the builder first, then who signs with him",                         \
      .help_ja = "担当者の鍵ファイル。作成者、共同署名者の順に指定"},                                          \
  {                                                                                                            \
    .name = "officer-passphrase", .kind = OPT_REPEAT, .value_name = "FILE",                                    \
    .help_en = "file with the passphrase of the key, in the same order (else asked)",                          \
    .help_ja = "鍵のパスフレーズのファイル（同じ順に指定。なければ端末で質問）" \
  }
/* The i-th --officer. Free with officer_secret_free. */
enum err_code use_officer(struct cli *c, struct store *s, int i, struct officer_secret **out, struct err *e) NODISCARD;
void use_print_outside(struct cli *c, struct json_out *j, const struct package_outside *o); /* j NULL = as text */
#endif
