/* cli_impl.h -- what the parts of the command line share: cli_parse.c, cli_help.c, cli_man.c, cli.c. */
#ifndef SHIRABE_BASE_CLI_IMPL_H
#define SHIRABE_BASE_CLI_IMPL_H
#include "base/cli.h"
#include "base/str.h"

struct cli_given {
  const struct option_record *record;
  const char *value; /* NULL for a flag */
};

struct cli {
  const struct cli_program *program;
  const struct command *command;
  enum err_lang lang;
  bool json, quiet;
  struct job job;
  struct cli_given *given; /* in the order of the command line */
  int n_given;
  const char **operands;
  int n_operands;
  int64_t problems_hidden; /* not printed on a terminal after the first ones */
  int64_t problems_shown;
};

extern const struct option_record cli_common_options[]; /* ends with name NULL */
const char *cli_common_default(const char *option);     /* of the common options, from the environment */
/* Fills given and operands (both with room for argc entries). */
enum err_code cli_parse(struct cli *c, int argc, char **argv, struct err *e) NODISCARD;
const struct option_record *cli_find_option(const struct command *command, const char *name, size_t n);
/* The nearest words within two edits (or a third of the word), "" when none: `did you mean` in the language of c. */
void cli_suggest_option(const struct cli *c, const char *word, char *out, size_t size);
void cli_suggest_command(const struct cli *c, const char *noun, const char *verb, char *out, size_t size);
bool cli_noun_known(const struct cli_program *p, const char *noun);
const struct command *cli_find_command(const struct cli_program *p, const char *noun, const char *verb);

void cli_help_command(FILE *to, const struct cli_program *p, const struct command *command, enum err_lang lang);
void cli_help_noun(FILE *to, const struct cli_program *p, const char *noun, enum err_lang lang);
void cli_help_program(FILE *to, const struct cli_program *p, enum err_lang lang);
/* "shirabe intake file [options] FILE..." */
void cli_usage_line(struct strbuf *b, const struct cli_program *p, const struct command *command);
/* The nouns in the order of --help: those of the program's list, then others in the order of the commands; false at the end. */
bool cli_noun_at(const struct cli_program *p, int i, struct cli_noun *out);
/* Prints one text broken at blanks (and between Japanese characters) at `width` columns; every line is indented. */
void cli_wrap(FILE *to, const char *text, int indent, int width);
static inline const char *cli_pick(enum err_lang lang, const char *en, const char *ja) { return lang == LANG_JA && ja ? ja : en ? en : ""; }
/* What a value of this option must look like: "a whole number", "a|b|c" ... */
const char *cli_expected(const struct option_record *o, enum err_lang lang);
#endif
