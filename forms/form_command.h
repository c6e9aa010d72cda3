/* form_command.h -- what the commands on forms share: SURVEY[/FORM[/VERSION]] and the ends of option lists. For cmd_form_*.c only. */
#ifndef SHIRABE_FORMS_FORM_COMMAND_H
#define SHIRABE_FORMS_FORM_COMMAND_H
#include "base/cli.h"
#include "forms/form.h"

#define FORM_OPTIONS_END {.name = NULL}
#define FORM_OPERANDS_END {.name = NULL}
#define FORM_EXAMPLES_END {.command = NULL}
#define FORM_OPTION_FORMS                                                                                                                            \
  {                                                                                                                                                  \
    .name = "forms", .kind = OPT_DIRECTORY, .value_name = "DIR",                                                                                     \
    .help_en = "folder with library/ and codelists/ (default: SHIRABE_FORMS, else the installed one)",                                               \
    .help_ja = "library/ と codelists/ のあるフォルダー（省略時は SHIRABE_FORMS、なければ導入先）"                            \
  }

struct form_operand {
  const char *survey, *form, *version; /* NULL = not given */
};
enum err_code form_operand_parse(struct arena *a, const char *text, struct form_operand *out, struct err *e) NODISCARD;
const char *form_operand_folder(struct cli *c); /* --forms or forms_folder() */
/* --at DATE as days; without it `otherwise`. */
enum err_code form_operand_day(struct cli *c, int64_t otherwise, int64_t *day, struct err *e) NODISCARD;
int64_t form_today(struct cli *c); /* in Japan */
#endif
