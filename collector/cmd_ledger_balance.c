/* shirabe ledger balance SURVEY [PERIOD] */
#include <stdio.h>
#include <string.h>

#include "base/term.h"
#include "collector/cmd_open.h"
#include "collector/ledger.h"
#include "collector/ledger_chain.h"

static void number(struct text_table *t, int64_t v) {
  char text[24];
  snprintf(text, sizeof text, "%lld", (long long)v);
  text_table_cell(t, text);
}

static void print_link(struct text_table *t, const char *office, const struct ledger_link *l, int64_t offices) {
  text_table_cell(t, office_type_name((enum office_type)l->level));
  if (offices) number(t, offices);
  else text_table_cell(t, office);
  number(t, l->declared);
  number(t, l->own);
  number(t, l->below);
  number(t, l->amended);
  number(t, l->here);
}

/* A level's `below` and `here` are sums over its offices; each line reads: own + below + amendments = here. */
static void print_levels(struct text_table *t, const struct ledger_link *links, int64_t n) {
  for (int64_t i = 0; i < n;) {
    struct ledger_link sum = {.level = links[i].level};
    int64_t offices = 0;
    for (; i < n && links[i].level == sum.level; i++, offices++) {
      sum.declared += links[i].declared, sum.own += links[i].own, sum.below += links[i].below;
      sum.amended += links[i].amended, sum.here += links[i].here;
    }
    print_link(t, "", &sum, offices);
  }
}

static enum err_code print_chain(struct cli *c, struct store *s, const char *period, struct err *e) {
  static const char *const heads[][2] = {{"level", "段階"}, {"office", "機関"}, {"declared", "送付票"}, {"own", "自機関分"}, {"below", "下位から"},
      {"amended", "補正"}, {"here", "保存"}};
  struct ledger_link *links;
  int64_t n, differences = 0;
  TRY(ledger_chain(s, cli_operand(c, 0), period, cli_job(c)->arena, &links, &n, &differences, e));
  struct text_table *t = text_table_new(7);
  if (!t) return ERR(e, E_NO_MEMORY, .subject = "ledger");
  for (int i = 0; i < 7; i++) text_table_cell(t, heads[i][cli_lang(c) == LANG_JA]);
  for (int i = 2; i < 7; i++) text_table_right(t, i);
  if (!strcmp(cli_text(c, "by"), "level")) print_levels(t, links, n);
  else
    for (int64_t i = 0; i < n; i++) print_link(t, links[i].office, &links[i], 0);
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
  return E_OK;
}

static int balance(struct cli *c, struct store *s, struct err *e) {
  struct ledger_balance b;
  const char *period = cli_operand_count(c) > 1 ? cli_operand(c, 1) : "";
  if (ledger_balance(s, cli_operand(c, 0), period, &b, e)) return -1;
  fprintf(cli_out(c),
      cli_say(c, "declared %lld = accepted %lld + rejected %lld + queried %lld + withdrawn %lld; stored %lld; differences %lld\n",
          "送付票 %lld ＝ 受領 %lld ＋ 却下 %lld ＋ 照会 %lld ＋ 取下げ %lld、保存 %lld、相違 %lld\n"),
      (long long)b.declared, (long long)b.accepted, (long long)b.rejected, (long long)b.queried, (long long)b.withdrawn, (long long)b.stored,
      (long long)b.differences);
  if (cli_text(c, "by") && print_chain(c, s, period, e)) return -1;
  return b.differences ? 1 : 0;
}

static int finish(struct cli *c, struct store *s, int status_code, const struct err *e) {
  store_close(s);
  return status_code < 0 ? cli_fail(c, e) : status_code;
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  if (cmd_open_locked(c, &s, &e)) return cli_fail(c, &e);
  return finish(c, s, balance(c, s, &e), &e);
}

static const struct option_record options[] = {{.name = "by",
                                                   .kind = OPT_CHOICE,
                                                   .choices = "level|office",
                                                   .value_name = "WHAT",
                                                   .help_en = "also the chain: own + below + amendments = stored, per level or office",
                                                   .help_ja = "段階または機関ごとに、自機関分＋下位から＋補正＝保存 を示す"},
    OPTIONS_END};
static const struct operand_record operands[] = {{.name = "SURVEY", .help_en = "survey id", .help_ja = "調査の記号", .required = true},
    {.name = "PERIOD", .help_en = "2025-12; none: all periods", .help_ja = "2025-12 など。なければ全期間"}, OPERANDS_END};
static const struct example examples[] = {
    {"shirabe ledger balance vital 2025-12", "declared = accepted + rejected + queried + withdrawn, and what is stored",
        "送付票＝受領＋却下＋照会＋取下げ、および保存件数"},
    {"shirabe ledger balance vital 2025-12 --by level", "the counts from level to level", "段階ごとの件数のつながり"},
    {"shirabe ledger balance vital", "over all periods", "全期間について"}, EXAMPLES_END};
const struct command cmd_ledger_balance = {.noun = "ledger",
    .verb = "balance",
    .summary_en = "do the counts add up",
    .summary_ja = "件数は合っているか",
    .options = options,
    .operands = operands,
    .examples = examples,
    .run = run};
