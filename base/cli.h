/* cli.h -- option records: one record per option makes the parser, --help, the man page and the completion.
 * A command is a struct command; the front dispatcher joins the tables of all layers. Exit statuses: DESIGN 9. */
#ifndef SHIRABE_BASE_CLI_H
#define SHIRABE_BASE_CLI_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/job.h"

enum option_kind { OPT_FLAG, OPT_TEXT, OPT_INT, OPT_FILE, OPT_DIRECTORY, OPT_PERIOD, OPT_CHOICE, OPT_REPEAT };

struct option_record {
  const char *name;       /* "passphrase-file"; given as --passphrase-file VALUE or --passphrase-file=VALUE */
  enum option_kind kind;
  const char *value_name; /* "FILE" */
  const char *help_en, *help_ja;
  const char *default_text; /* NULL = none */
  const char *choices;      /* OPT_CHOICE: "a|b|c" */
  bool required;
};

struct operand_record {
  const char *name; /* "FILE" */
  const char *help_en, *help_ja;
  bool required, repeated;
};

struct example {
  const char *command; /* as typed; run by tests/tidy in the example office */
  const char *help_en, *help_ja;
};

struct cli; /* a parsed command line */
struct command {
  const char *noun, *verb; /* verb NULL for `shirabe explain` */
  const char *summary_en, *summary_ja;
  const char *detail_en, *detail_ja; /* paragraphs for --help and the man page; may be NULL */
  const struct option_record *options; /* ends with name NULL */
  const struct operand_record *operands;
  const struct example *examples; /* at least two */
  int (*run)(struct cli *cli);    /* returns the exit status */
};

const char *cli_text(const struct cli *c, const char *option);      /* default or NULL */
bool cli_flag(const struct cli *c, const char *option);
int64_t cli_int(const struct cli *c, const char *option);
int cli_repeat_count(const struct cli *c, const char *option);
const char *cli_repeat(const struct cli *c, const char *option, int i);
int cli_operand_count(const struct cli *c);
const char *cli_operand(const struct cli *c, int i);
struct job *cli_job(struct cli *c);   /* arena, language, clock, threads, progress on a terminal, problems to stderr */
bool cli_json(const struct cli *c);   /* --json */
FILE *cli_out(struct cli *c);         /* data */
enum err_lang cli_lang(const struct cli *c);
const char *cli_say(const struct cli *c, const char *en, const char *ja); /* picks by language */
/* Before anything is written: E_MICRO_FILES when one of these output options (names, NULL at the end) names a file that an operand or another option
 * names, by path or by device and inode, so that no input (a secret, a table) is written over. */
enum err_code cli_keep_inputs(const struct cli *c, const char *const *outputs, struct err *e) NODISCARD;
/* Prints the error to stderr (or as JSON) and returns its exit status. */
int cli_fail(struct cli *c, const struct err *e);

/* Every command also has: --help --lang ja|en --json --threads N --quiet, and --office DIR (default: SHIRABE_OFFICE, then the current folder). */
int cli_main(int argc, char **argv, const struct command *const *commands, int n_commands, const char *program, const char *version);
/* What the program's front knows beyond its commands; cli_main is cli_run without them. Nothing here is kept after the call. */
struct cli_noun {
  const char *noun, *help_en, *help_ja; /* in the order of `shirabe --help` */
};
struct cli_about { /* heading and paragraphs, one a line: end of `shirabe NOUN --help`, a section of the manual */
  const char *noun, *en, *ja;
};
struct cli_program {
  const char *name, *version;
  const char *summary_en, *summary_ja; /* one line */
  const char *first_steps_en, *first_steps_ja; /* shown first by --help; lines that begin with two spaces are commands */
  const struct cli_noun *nouns;        /* ends with noun NULL; may be NULL */
  const struct cli_about *about;       /* ends with noun NULL; may be NULL */
  const struct command *const *commands;
  int n_commands;
};
int cli_run(const struct cli_program *program, int argc, char **argv);
void cli_man_program(FILE *to, const struct cli_program *program, enum err_lang lang);
/* bash completion of the same records. */
void cli_completion(FILE *to, const struct cli_program *program);
/* The language a command line asks for: SHIRABE_LANG, else the first of LC_ALL, LC_MESSAGES, LANG that is set. --lang overrides it. */
enum err_lang cli_lang_from_environment(void);
/* Edits (insert, delete, replace, swap neighbours) between two words, for "did you mean". */
int cli_distance(const char *a, const char *b);

/* Man page (roff) of the program from the same records, on `to`. lang picks the text. */
void cli_man(FILE *to, const struct command *const *commands, int n_commands, const char *program, const char *version, enum err_lang lang);
#endif
