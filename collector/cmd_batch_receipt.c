/* shirabe batch receipt FILE... */
#include <stdio.h>

#include "collector/batch.h"
#include "collector/cmd_open.h"

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  int status = 0;
  if (cmd_open_store(c, &s, &e)) return cli_fail(c, &e);
  for (int i = 0; i < cli_operand_count(c); i++) {
    struct batch_result r;
    if (batch_receipt_import(s, cli_operand(c, i), &r, &e)) {
      int one = cli_fail(c, &e);
      if (!status) status = one;
      continue;
    }
    fprintf(cli_out(c), cli_say(c, "batch %lld (%.16s) was received\n", "第%lld号（%.16s）は受領されました\n"), (long long)r.sequence, r.id);
    if (r.amendments)
      fprintf(cli_out(c),
              cli_say(c, "  with %lld amendments of higher offices: shirabe batch amendments\n",
                      "  上位機関の修正通知 %lld 件: shirabe batch amendments\n"),
              (long long)r.amendments);
  }
  store_close(s);
  return status;
}

static const struct option_record options[] = {OPTION_PASSPHRASE, OPTIONS_END};
static const struct operand_record operands[] = {{.name = "FILE", .help_en = "receipt file", .help_ja = "受領書のファイル", .required = true, .repeated = true}, OPERANDS_END};
static const struct example examples[] = {
    {"shirabe batch receipt usb/receipt-vital-2025-12-municipality-011002-000001.tar.zst.age", "note that the office above has received the batch", "上位機関が受領したことを記録する"},
    {"shirabe ledger gaps vital 2025-12", "which batches have no receipt yet", "受領書がまだ届かないバッチを調べる"},
    EXAMPLES_END};
const struct command cmd_batch_receipt = {.noun = "batch", .verb = "receipt", .summary_en = "check and file the receipt of the office above", .summary_ja = "上位機関の受領書を確認して記録する",
                                          .options = options, .operands = operands, .examples = examples, .run = run};
