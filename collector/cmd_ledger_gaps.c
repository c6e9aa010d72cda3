/* shirabe ledger gaps SURVEY PERIOD */
#include <stdio.h>
#include <string.h>

#include "collector/cmd_open.h"
#include "collector/ledger.h"
#include "collector/ledger_books.h"

static const char *gap_text(struct cli *c, const char *kind, const char **label) {
  static const char *const texts[][4] = {{"missing", "has sent nothing", "から何も届いていません", "未着　　"},
      {"disaster", "has declared that it cannot report", "は災害のため報告できないと申し出ています", "災害　　"},
      {"after_lock", "came after its month was final; it belongs to the next cut-off", "は確定後に届きました。次の締切に入ります", "確定後　"},
      {"sequence", "a number before this one never arrived", "これより前の番号が届いていません", "欠番　　"},
      {"held", "is held until the number before it arrives", "は前の番号が届くまで保留です", "保留　　"},
      {"fork", "two different batches carry this number", "同じ番号のバッチが二種類あります", "番号重複"},
      {"not_forwarded", "was received here and not yet forwarded", "は受領済みですが、まだ転送されていません", "未転送　"},
      {"not_sealed", "was taken in here and is not sealed yet", "は取り込み済みですが、まだ封緘されていません", "未封緘　"},
      {"no_receipt", "was sent and no receipt has come back (a lost medium: batch seal --again)", "は送付済みですが、受領書が届いていません（媒体の紛失なら batch seal --again）", "受領書待"}};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    if (!strcmp(texts[i][0], kind)) {
      *label = cli_say(c, kind, texts[i][3]);
      return cli_say(c, texts[i][1], texts[i][2]);
    }
  return *label = kind;
}

/* Numbers of an office's own book: they say which slip to look for and nothing about a person. */
static enum err_code book_gaps(struct cli *c, struct store *s, int64_t *n, struct err *e) {
  struct ledger_book_gap *g;
  TRY(ledger_books(s, cli_operand(c, 0), cli_operand(c, 1), cli_job(c)->arena, &g, n, e));
  for (int64_t i = 0; i < *n; i++) {
    fprintf(cli_out(c), "%-13s %s %s ", g[i].times ? cli_say(c, "book_twice", "番号重複") : cli_say(c, "book_missing", "欠番　　"), g[i].office, g[i].form);
    fprintf(cli_out(c),
        g[i].first < g[i].last ? cli_say(c, "book %lld: %lld-%lld", "事件簿 %lld 年: %lld-%lld")
                               : cli_say(c, "book %lld: %lld", "事件簿 %lld 年: %lld"),
        (long long)g[i].year, (long long)g[i].first, (long long)g[i].last);
    if (g[i].times) fprintf(cli_out(c), cli_say(c, " stands %lld times", " が %lld 回あります"), (long long)g[i].times);
    else fprintf(cli_out(c), cli_say(c, " not here (%lld)", " がありません（%lld 件）"), (long long)(g[i].last - g[i].first + 1));
    fprintf(cli_out(c), "\n");
  }
  return E_OK;
}

static int gaps(struct cli *c, struct store *s, struct err *e) {
  struct ledger_gap *g;
  int64_t n, n_book = 0;
  if (ledger_gaps(s, cli_operand(c, 0), cli_operand(c, 1), cli_job(c)->arena, &g, &n, e)) return -1;
  for (int64_t i = 0; i < n; i++) {
    const char *label, *text = gap_text(c, g[i].kind, &label);
    fprintf(cli_out(c), "%-13s %s", label, g[i].office);
    if (g[i].number) fprintf(cli_out(c), " #%lld", (long long)g[i].number);
    fprintf(cli_out(c), " %s%s%s", g[i].form, g[i].form[0] ? " " : "", text);
    if (g[i].parent[0]) fprintf(cli_out(c), cli_say(c, " (through %s)", "（経由 %s）"), g[i].parent);
    fprintf(cli_out(c), "\n");
  }
  if (cli_flag(c, "books") && book_gaps(c, s, &n_book, e)) return -1;
  n += n_book;
  if (!n) fprintf(cli_out(c), "%s", cli_say(c, "no gaps\n", "欠けているものはありません\n"));
  return n ? 1 : 0;
}

static int finish(struct cli *c, struct store *s, int status_code, const struct err *e) {
  store_close(s);
  return status_code < 0 ? cli_fail(c, e) : status_code;
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  if (cli_flag(c, "books") ? cmd_open_store(c, &s, &e) : cmd_open_locked(c, &s, &e)) return cli_fail(c, &e);
  return finish(c, s, gaps(c, s, &e), &e);
}

static const struct option_record options[] = {
    {.name = "books",
        .kind = OPT_FLAG,
        .help_en = "also the event-book numbers that are missing or double; opens the store, noted in the access log",
        .help_ja = "事件簿番号の欠番と重複も調べる（保管庫を開き、ログに残る）"},
    OPTION_PASSPHRASE, OPTIONS_END};
static const struct operand_record operands[] = {{.name = "SURVEY", .help_en = "survey id", .help_ja = "調査の記号", .required = true},
                                                 {.name = "PERIOD", .help_en = "2025-12", .help_ja = "2025-12 など", .required = true},
                                                 OPERANDS_END};
static const struct example examples[] = {
    {"shirabe ledger gaps vital 2025-12", "only what is missing, held, forked, not forwarded or without receipt",
        "未着・保留・重複番号・未転送・受領書なしだけを見る"},
    {"shirabe ledger gaps vital 2025-12 --books", "also the numbers missing in the event books", "事件簿の欠番も調べる"},
    {"shirabe ledger balance vital 2025-12", "and whether the counts add up", "件数が合うかどうかも見る"}, EXAMPLES_END};
const struct command cmd_ledger_gaps = {.noun = "ledger",
    .verb = "gaps",
    .summary_en = "everything that should be here and is not",
    .summary_ja = "あるべきなのに無いもの",
    .options = options,
    .operands = operands,
    .examples = examples,
    .run = run};
