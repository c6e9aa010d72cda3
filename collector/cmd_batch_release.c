/* shirabe batch release ID --reason TEXT */
#include <stdio.h>

#include "collector/batch.h"
#include "collector/cmd_open.h"
#include "forms/form.h"

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  struct batch_result r = {.sequence = 0};
  enum err_code code = cmd_open_store(c, &s, &e);
  if (!code) code = batch_release_held(s, forms_folder(), cli_operand(c, 0), cli_text(c, "reason"), cli_text(c, "receipts"), &r, &e);
  store_close(s);
  if (code) return cli_fail(c, &e);
  fprintf(cli_out(c),
          cli_say(c, "batch %lld was taken in with earlier numbers missing: %lld records; %lld held batches followed\n",
                  "前の番号が欠けたまま第%lld号を受領しました: 記録 %lld 件、続いて受領 %lld\n"),
          (long long)r.sequence, (long long)r.records, (long long)r.followed);
  return r.refused || r.conflicts ? 1 : 0;
}

static const struct option_record options[] = {{.name = "reason",
                                                .kind = OPT_TEXT,
                                                .value_name = "TEXT",
                                                .help_en = "why the missing numbers are not waited for; kept sealed",
                                                .help_ja = "欠番を待たない理由（封印して残す）",
                                                .required = true},
                                               {.name = "receipts",
                                                .kind = OPT_DIRECTORY,
                                                .value_name = "FOLDER",
                                                .help_en = "folder for the signed receipt",
                                                .help_ja = "署名付き受領書を置くフォルダー",
                                                .default_text = "receipts"},
                                               OPTION_PASSPHRASE,
                                               OPTIONS_END};
static const struct operand_record operands[] = {{.name = "ID",
                                                  .help_en = "held batch, at least the first 8 digits (shirabe batch show)",
                                                  .help_ja = "保留中のバッチの識別（先頭8桁以上）",
                                                  .required = true},
                                                 OPERANDS_END};
static const struct example examples[] = {{"shirabe batch show", "which batches are held", "保留中のバッチの一覧"},
                                          {"shirabe batch release 3fa901bc77de --reason 'number 2 was lost; the office sends its records again'",
                                           "take one in although a number before it is missing", "欠番があるまま受領する"},
                                          EXAMPLES_END};
const struct command cmd_batch_release = {
    .noun = "batch",
    .verb = "release",
    .summary_en = "take in a held batch although a number before it is missing",
    .summary_ja = "前の番号が欠けたまま、保留中のバッチを受領する",
    .detail_en = "A person decides; reason, time and missing numbers are kept and stay listed by ledger gaps. The missing batches still fit in when "
                 "they come.",
    .detail_ja = "人の判断で行います。理由、時刻、欠番は記録され、ledger gaps に残ります。欠けたバッチは後から届いても受領できます。",
    .options = options,
    .operands = operands,
    .examples = examples,
    .run = run};
