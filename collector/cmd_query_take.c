/* shirabe query take FILE... */
#include <stdio.h>

#include "collector/cmd_query_common.h"

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  int status = 0;
  if (cmd_open_store(c, &s, &e)) return cli_fail(c, &e);
  for (int i = 0; i < cli_operand_count(c); i++) {
    struct query_taken r;
    if (query_take(s, cli_operand(c, i), &r, &e)) {
      int one = cli_fail(c, &e);
      if (!status) status = one;
      continue;
    }
    fprintf(cli_out(c),
        cli_say(c, "from %s: %lld questions, %lld answers, %lld closings; %lld were here before, %lld wait for their question\n",
            "%s から: 照会 %lld、回答 %lld、終了 %lld、受領済み %lld、照会待ち %lld\n"),
        r.from, (long long)r.questions, (long long)r.answers, (long long)r.closings, (long long)r.known, (long long)r.held);
  }
  store_close(s);
  return status;
}

static const struct option_record options[] = {OPTION_PASSPHRASE, OPTIONS_END};
static const struct operand_record operands[] = {
    {.name = "FILE", .help_en = "query file", .help_ja = "照会のファイル", .required = true, .repeated = true}, OPERANDS_END};
static const struct example examples[] = {
    {"shirabe query take usb/query-health_centre-0101-000001.tar.zst.age", "take in questions from above", "上位機関からの照会を受け取る"},
    {"shirabe query take usb/query-municipality-011002-000001.tar.zst.age", "take in answers from below", "下位機関からの回答を受け取る"},
    EXAMPLES_END};
const struct command cmd_query_take = {.noun = "query",
    .verb = "take",
    .summary_en = "take in a file of questions or answers",
    .summary_ja = "照会または回答のファイルを受け取る",
    .detail_en = "Each part is checked against its author's signature. The same file again changes nothing, and the order of files does not matter.",
    .detail_ja = "一件ごとに作成機関の署名を確かめます。同じファイルを再び受け取っても変わらず、順序も問いません。",
    .options = options,
    .operands = operands,
    .examples = examples,
    .run = run};
