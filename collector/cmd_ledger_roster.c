/* shirabe ledger roster FILE */
#include <stdio.h>
#include <stdlib.h>

#include "base/atomic_file.h"
#include "collector/cmd_open.h"
#include "collector/ledger.h"

static enum err_code roster(struct cli *c, struct store *s, struct err *e) {
  uint8_t *p = NULL;
  size_t n = 0;
  int64_t rows = 0;
  TRY(file_read(cli_operand(c, 0), 64u << 20, &p, &n, e));
  enum err_code code = ledger_roster_import(s, cli_operand(c, 0), str_view((const char *)p, n), &rows, e);
  free(p);
  if (!code) fprintf(cli_out(c), cli_say(c, "%lld offices on the roster\n", "名簿 %lld 件\n"), (long long)rows);
  return code;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  if (cmd_open_store(c, &s, &e)) return cli_fail(c, &e); /* a locked store is read-only */
  enum err_code code = roster(c, s, &e);
  store_close(s);
  return code ? cli_fail(c, &e) : 0;
}

static const struct option_record options[] = {OPTION_PASSPHRASE, OPTIONS_END};
static const struct operand_record operands[] = {{.name = "FILE",
                                                     .help_en = "CSV: office,name,parent,survey,forms,since,until and, if known, successor,expected",
                                                     .help_ja = "CSV: office,name,parent,survey,forms,since,until",
                                                     .required = true},
    OPERANDS_END};
static const struct example examples[] = {
    {"shirabe ledger roster roster.csv", "who must report, with validity dates", "報告すべき機関と有効期間を登録する"},
    {"shirabe ledger status vital 2025-12", "then see who has", "その後、報告状況を見る"}, EXAMPLES_END};
const struct command cmd_ledger_roster = {.noun = "ledger",
    .verb = "roster",
    .summary_en = "who must report, from when to when",
    .summary_ja = "報告すべき機関の名簿",
    .options = options,
    .operands = operands,
    .examples = examples,
    .run = run};
