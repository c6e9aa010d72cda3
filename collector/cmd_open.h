/* cmd_open.h -- what every collector command begins with: the office's store, unlocked or not. */
#ifndef SHIRABE_COLLECTOR_CMD_OPEN_H
#define SHIRABE_COLLECTOR_CMD_OPEN_H
#include "base/cli.h"
#include "secure-store/cmd_store_open.h"

#define OPTION_PASSPHRASE STORE_OPTION_PASSPHRASE
#define OPTION_OUT(en, ja) {.name = "out", .kind = OPT_DIRECTORY, .value_name = "FOLDER", .help_en = en, .help_ja = ja, .default_text = "out"}
#define OPTION_LARGE                                                                                                                          \
  {.name = "large", .kind = OPT_FLAG, .help_en = "a batch of more than 32 MiB is expected (at most 1 GiB)",                                    \
   .help_ja = "32 MiB を超えるバッチを受け取る予定がある（1 GiB まで）"}
#define OPTIONS_END {.name = NULL}
#define OPERANDS_END {.name = NULL}
#define EXAMPLES_END {.command = NULL}

enum err_code cmd_open_store(struct cli *c, struct store **out, struct err *e) NODISCARD;
enum err_code cmd_open_locked(struct cli *c, struct store **out, struct err *e) NODISCARD;
#endif
