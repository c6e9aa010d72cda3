/* cmd_estimate_print.h -- result tables on a terminal, as CSV or JSON. For the cmd_estimate_ files only. */
#ifndef SHIRABE_ESTIMATORS_CMD_ESTIMATE_PRINT_H
#define SHIRABE_ESTIMATORS_CMD_ESTIMATE_PRINT_H
#include "base/cli.h"
#include "estimators/command/cmd_estimate_core.h"
#include "secure-store/cmd_store_open.h"

#define ESTIMATE_PASSPHRASE STORE_OPTION_PASSPHRASE
#define ESTIMATE_STAGE                                                                                                                             \
  {                                                                                                                                                \
    .name = "stage", .kind = OPT_CHOICE, .value_name = "STAGE", .help_en = "stage of the records (statistician's inputs are always as received)",  \
    .help_ja = "記録の段階（統計担当者の入力は常に受領時のまま）", .default_text = "imputed", .choices = "imputed|edited|received"                 \
  }
#define ESTIMATE_NO_OPTION {.name = NULL}
#define ESTIMATE_NO_OPERAND {.name = NULL}
#define ESTIMATE_NO_EXAMPLE {.command = NULL}

/* One command over an unlocked store; exit status 1 when `work` says that something wants a look: a table refused, an alarm. */
int estimate_command(struct cli *c, enum err_code (*work)(struct cli *c, struct store *s, bool *look, struct err *e));
/* form: "text", "csv", "long", "wide". Wide shows the first measure, one block per measure. */
enum err_code estimate_print_table(struct cli *c, const struct result_table *t, const char *form, struct err *e) NODISCARD;
/* As text, with the digest that it has: for a table whose notes are a translation of those that the digest is made of. */
enum err_code estimate_print_text(struct cli *c, const struct result_table *t, struct err *e) NODISCARD;
/* What the codes of a text table mean, in the language of the command line; at most 60 codes per dimension. */
void estimate_print_labels(struct cli *c, const struct result_table *t, const struct estimate_output *r);
/* Tables, skipped tables and lineage of a run: text or JSON as the command line asks. */
enum err_code estimate_print_run(struct cli *c, const struct estimate_output *r, char (*ids)[65], struct err *e) NODISCARD;
enum err_code estimate_write(struct cli *c, struct strbuf *b, struct err *e) NODISCARD; /* to standard output, then released */
#endif
