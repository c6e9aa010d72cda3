/* shirabe ledger snapshot SURVEY PERIOD NAME */
#include <stdio.h>

#include "collector/cmd_open.h"
#include "collector/ledger_settings.h"
#include "collector/ledger_snapshot.h"

static enum err_code take(struct cli *c, struct store *s, struct ledger_snapshot *o, struct err *e) {
  enum ledger_cutoff cutoff;
  if (!ledger_cutoff_parse(cli_operand(c, 2), &cutoff)) return ERR(e, E_LEDGER_SNAPSHOT_UNKNOWN, .subject = cli_operand(c, 2));
  return ledger_snapshot_take(s, cli_operand(c, 0), cli_operand(c, 1), cutoff, ledger_due_days(cli_job(c)->arena, cli_operand(c, 0)), o, e);
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  struct ledger_snapshot o;
  if (cmd_open_store(c, &s, &e)) return cli_fail(c, &e);
  enum err_code code = take(c, s, &o, &e);
  store_close(s);
  if (code) return cli_fail(c, &e);
  fprintf(cli_out(c), cli_say(c, "%s: %lld batches, %lld records, %.16s; current rows %lld\n", "%s: バッチ %lld 件、記録 %lld 件、%.16s、現行 %lld 行\n"),
      ledger_cutoff_name(o.cutoff, cli_lang(c)), (long long)o.n_batches, (long long)o.records, o.hash, (long long)o.current);
  if (o.n_missing) fprintf(stderr, cli_say(c, "!! %lld offices are not in it\n", "!! %lld 機関の分が含まれていません\n"), (long long)o.n_missing);
  return o.n_missing ? 1 : 0;
}

static const struct option_record options[] = {OPTION_PASSPHRASE, OPTIONS_END};
static const struct operand_record operands[] = {{.name = "SURVEY", .help_en = "survey id", .help_ja = "調査の記号", .required = true},
    {.name = "PERIOD", .help_en = "2025-12", .help_ja = "2025-12 など", .required = true},
    {.name = "NAME", .help_en = "sokuho, gaisu, kakutei (速報 概数 確定)", .help_ja = "速報、概数、確定", .required = true}, OPERANDS_END};
static const struct example examples[] = {
    {"shirabe ledger snapshot vital 2025-12 sokuho", "what is here now is the flash figure", "いま届いている分を速報とする"},
    {"shirabe ledger snapshot vital 2025-12 kakutei", "only when every office is approved or declared", "全機関が承認・確定・災害のときだけ"},
    EXAMPLES_END};
const struct command cmd_ledger_snapshot = {.noun = "ledger",
    .verb = "snapshot",
    .summary_en = "a cut-off: the list of batches behind 速報, 概数 or 確定",
    .summary_ja = "締切: 速報・概数・確定の対象バッチを固定する",
    .detail_en = "The list is hashed, logged and never changed. What comes later belongs to the next cut-off. Exit 1 when offices are missing in it.",
    .detail_ja = "一覧はハッシュとともに記録され、変更できません。その後に届いたものは次の締切に入ります。未着の機関があれば終了コードは 1 です。",
    .options = options,
    .operands = operands,
    .examples = examples,
    .run = run};
