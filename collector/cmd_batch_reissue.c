/* shirabe batch reissue SURVEY --from NUMBER --after NUMBER=ID */
#include <stdio.h>

#include "collector/batch.h"
#include "collector/cmd_open.h"

static enum err_code reissue(struct cli *c, int64_t *n, int64_t *last, struct err *e) {
  const char *after = cli_text(c, "after");
  struct store *s = NULL;
  struct str id, number = str_split(str_of(after), '=', &id);
  if (!str_int64(number, last) || id.n != 64) return ERR(e, E_REISSUE_LAST, .subject = after);
  TRY(cmd_open_store(c, &s, e));
  enum err_code code = batch_set_aside(s, cli_operand(c, 0), cli_int(c, "from"), *last, id.p, n, e);
  store_close(s);
  return code;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  int64_t n = 0, last = 0;
  if (reissue(c, &n, &last, &e)) return cli_fail(c, &e);
  fprintf(cli_out(c),
          cli_say(c, "%lld batches set aside; their records are sealed again as number %lld: shirabe batch seal\n",
                  "%lld 件のバッチを取り置きました。記録は第%lld号として封緘し直します: shirabe batch seal\n"),
          (long long)n, (long long)last + 1);
  return 0;
}

static const struct option_record options[] = {{.name = "from",
                                                .kind = OPT_INT,
                                                .value_name = "NUMBER",
                                                .help_en = "first number of this machine that was refused",
                                                .help_ja = "拒否された、この機器の最初の番号",
                                                .required = true},
                                               {.name = "after",
                                                .kind = OPT_TEXT,
                                                .value_name = "NUMBER=ID",
                                                .help_en = "the last batch the office above accepted, with its full id",
                                                .help_ja = "上位機関が最後に受理した番号と識別（64桁）",
                                                .required = true},
                                               OPTION_PASSPHRASE,
                                               OPTIONS_END};
static const struct operand_record operands[] = {{.name = "SURVEY", .help_en = "survey id", .help_ja = "調査の記号", .required = true}, OPERANDS_END};
static const struct example examples[] = {
    {"shirabe batch reissue vital --from 2 --after 2=3fa901bc77de01aa3fa901bc77de01aa3fa901bc77de01aa3fa901bc77de01aa",
     "a restored backup used number 2 again: what it sent will follow the number 2 that was accepted",
     "復元した機器が第2号を再び使ったとき、受理済みの第2号に続けて送り直す"},
    {"shirabe batch seal vital 2025-12 --declared birth=3 --out usb", "then seal the records again", "その後、記録を封緘し直す"},
    EXAMPLES_END};
const struct command cmd_batch_reissue = {.noun = "batch",
                                          .verb = "reissue",
                                          .summary_en = "after a fork: set aside what was refused, and go on behind the last accepted number",
                                          .summary_ja = "番号の重複の後、拒否分を取り置き、最後に受理された番号に続ける",
                                          .detail_en = "For the machine that was restored or is the second one. Its refused batches are kept but "
                                                       "count as not sent; the next seal takes the next number and names the batch that the"
                                                       " office above accepted. A batch with a receipt is never set aside.",
                                          .detail_ja = "復元した機器、または二台目の機器で行います。拒否されたバッチは残したまま未送付とし、次の封緘"
                                                       "は上位機関が受理したバッチに続く番号を使います。受領書のあるバッチは対象になりません。",
                                          .options = options,
                                          .operands = operands,
                                          .examples = examples,
                                          .run = run};
