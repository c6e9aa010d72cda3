/* shirabe query send */
#include <stdio.h>

#include "collector/cmd_query_common.h"

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  struct query_sent r;
  if (cmd_open_store(c, &s, &e)) return cli_fail(c, &e);
  enum err_code code = query_send(s, cli_text(c, "out"), cli_flag(c, "again"), &r, &e);
  store_close(s);
  if (code) return cli_fail(c, &e);
  fprintf(cli_out(c), cli_say(c, "%lld files with %lld questions, answers and closings\n", "ファイル %lld 件、照会・回答・終了 %lld 件\n"),
      (long long)r.letters, (long long)r.parts);
  return r.no_way;
}

static const struct option_record options[] = {
    OPTION_OUT("folder for the files, one per neighbouring office", "ファイルを置くフォルダー（隣の機関ごとに一つ）"),
    {.name = "again",
        .kind = OPT_FLAG,
        .help_en = "also what was sent before and is not closed (a lost medium)",
        .help_ja = "送付済みで終了していないものも送る（媒体を失ったとき）"},
    OPTION_PASSPHRASE, OPTIONS_END};
static const struct operand_record operands[] = {OPERANDS_END};
static const struct example examples[] = {{"shirabe query send --out usb", "questions down, answers up", "照会を下へ、回答を上へ送る"},
    {"shirabe query send --out usb --again", "once more after a medium was lost", "媒体を失ったときに送り直す"}, EXAMPLES_END};
const struct command cmd_query_send = {.noun = "query",
    .verb = "send",
    .summary_en = "write questions and answers for the neighbouring offices",
    .summary_ja = "照会と回答を隣の機関あてに書き出す",
    .detail_en = "Questions go down by the way the owner's batches came up; answers go up. What comes from other offices is forwarded unchanged.",
    .detail_ja = "照会は送付物が届いた経路を逆にたどり、回答は上へ進みます。他の機関のものはそのまま転送します。",
    .options = options,
    .operands = operands,
    .examples = examples,
    .run = run};
