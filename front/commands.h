/* commands.h -- the table of all commands, made from commands.def; the only place where a command is declared.
 * A new command: write <layer>/cmd_<noun>_<verb>.c with a `const struct command cmd_<noun>_<verb>`, add one line to commands.def. */
#ifndef SHIRABE_FRONT_COMMANDS_H
#define SHIRABE_FRONT_COMMANDS_H
#include "base/cli.h"

#define COMMAND(symbol) extern const struct command symbol;
#include "front/commands.def"
#undef COMMAND

/* What --help says about the program: first steps, nouns. */
extern const char *const front_summary[2], *const front_first_steps[2]; /* English, Japanese */
extern const struct cli_noun front_nouns[];
extern const struct cli_about front_about[];
#endif
