/* cmd_open.h -- what every collector command begins with: the office's store, unlocked or not. */
#ifndef SHIRABE_COLLECTOR_CMD_OPEN_H
#define SHIRABE_COLLECTOR_CMD_OPEN_H
#include "base/cli.h"
#include "secure-store/store.h"

#define OPTION_PASSPHRASE {.name = "passphrase-file", .kind = OPT_FILE, .value_name = "FILE", .help_en = "file with the passphrase (else SHIRABE_PASSPHRASE_FILE, else asked)", .help_ja = "パスフレーズのファイル（なければ SHIRABE_PASSPHRASE_FILE、端末で質問）"}
#define OPTION_OUT(en, ja) {.name = "out", .kind = OPT_DIRECTORY, .value_name = "FOLDER", .help_en = en, .help_ja = ja, .default_text = "out"}
#define OPTIONS_END {.name = NULL}
#define OPERANDS_END {.name = NULL}
#define EXAMPLES_END {.command = NULL}

enum err_code cmd_open_store(struct cli *c, struct store **out, struct err *e) NODISCARD;
enum err_code cmd_open_locked(struct cli *c, struct store **out, struct err *e) NODISCARD;
#endif
