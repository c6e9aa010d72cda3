/* shirabe estimate relations KIND [PERIOD] */
#include <string.h>

#include "base/date.h"
#include "estimators/command/cmd_relations.h"

static const struct {
  const char *name;
  enum err_code (*work)(struct cli *c, struct store *s, bool *look, struct err *e);
  const char *files[3]; /* when all of these options are given no store is opened */
  bool month;           /* PERIOD may be a month; else it is a year */
} kinds[] = {{"unions", relations_do_unions, {"slips"}, false}, {"flows", relations_do_flows, {"slips", "before"}, false},
    {"density", relations_do_density, {"slips", "employees"}, false},
    {"federations", relations_do_federations, {"slips", "affiliations"}, false}, {"check", relations_do_check, {"slips", "affiliations"}, false},
    {"disputes", relations_do_disputes, {"disputes"}, true}, {"disputes-check", relations_do_disputes_check, {"disputes"}, true}};
enum { KINDS = sizeof kinds / sizeof *kinds };

static int kind_of(struct cli *c) {
  for (int k = 0; k < KINDS; k++)
    if (!strcmp(kinds[k].name, cli_operand(c, 0))) return k;
  return -1;
}
static enum err_code work(struct cli *c, struct store *s, bool *look, struct err *e) { return kinds[kind_of(c)].work(c, s, look, e); }

/* The unions are counted once a year. */
static enum err_code years(struct cli *c, struct err *e) {
  const char *const text[] = {relations_period(c), cli_text(c, "before-period")};
  struct period p;
  for (int i = 0; i < 2; i++)
    if (text[i] && (!period_parse(str_of(text[i]), &p) || p.kind != PERIOD_YEAR))
      return ERR(e, E_ESTIMATE_ARGUMENT, .subject = text[i], .expected = cli_say(c, "a year, such as 2023", "年（2023 など）"));
  return E_OK;
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  const int k = kind_of(c);
  bool look = false, files = true;
  if (k < 0) {
    (void)ERR(&e, E_ESTIMATE_ARGUMENT, .subject = cli_operand(c, 0),
        .expected = cli_say(c, "unions, flows, density, federations, check, disputes or disputes-check",
            "unions・flows・density・federations・check・disputes・disputes-check のいずれか"));
    return cli_fail(c, &e);
  }
  const bool series = !strcmp(kinds[k].name, "density") && cli_text(c, "series");
  for (int i = 0; i < 3 && kinds[k].files[i]; i++) files = files && cli_text(c, kinds[k].files[i]);
  if (!series && !relations_period(c)) {
    (void)ERR(&e, E_USAGE_REQUIRED, .subject = "PERIOD");
    return cli_fail(c, &e);
  }
  if (!kinds[k].month && years(c, &e)) return cli_fail(c, &e);
  if (!files && !series) return estimate_command(c, work);
  return work(c, NULL, &look, &e) ? cli_fail(c, &e) : look;
}

#define INPUT(option, en, ja) {.name = option, .kind = OPT_FILE, .value_name = "FILE", .help_en = en, .help_ja = ja}
const struct command cmd_estimate_relations = {
    .noun = "estimate",
    .verb = "relations",
    .summary_en = "labour relations: unions and members, organisation rate, federations, disputes",
    .summary_ja = "労使関係：労働組合数・組合員数、推定組織率、加盟上部組合、労働争議",
    .detail_en =
        "unions PERIOD: unions and members by unit (unions without branches + branches) and by single organisation (+ head offices, members "
        "without a "
        "branch included). flows PERIOD: stock of last year, new, closed, unexplained, change of members, members not answered in one of the years, "
        "stock of now. density PERIOD: members by single "
        "organisation per "
        "employee of the Labour Force Survey, in all, by sex and part-time, with numerator and denominator; the denominator is entered, never "
        "guessed. "
        "density --series FILE: year, [worker_group,] members, employees. federations PERIOD: each federation counts the unions below it, the "
        "total counts "
        "each once; affiliations in a circle stop it. check PERIOD: circles, federations and head offices without slip, lists that differ. "
        "disputes PERIOD: a "
        "month, or a year made from its months: each dispute once (new + carried over), each form of act that it used, days lost of strikes of "
        "half a day "
        "and more and lock-outs alone; without --acts the forms of act are undefined. "
        "disputes-check PERIOD: open disputes without a later slip and the like. Slips come from the office's store, "
        "or from "
        "the files that are given; columns: estimators/relations/relations.md. What no unit answered, and what has no slip, is undefined, never 0. "
        "The tables count single units and are not for release: that is "
        "`estimate "
        "run`. Exit status 1 when something asks for a look.",
    .detail_ja =
        "unions PERIOD：単位労働組合（単位組織＋単位扱）と単一労働組合（単位組織＋本部、"
        "非独立組合員を含む）の組合数・組合員数。flows PERIOD：前年から当年への増減の内訳（一方の年の組合員数が無回答の組合は別の行）。"
        "density PERIOD："
        "推定組織率（単一の組合員数／労働力調査6月原数値の雇用者数）を計・男女・パートについて分子・分母とともに示します。"
        "分母は入力し、推定しません。density --series "
        "FILE：年次系列（year, [worker_group,] members, employees）。federations PERIOD：上部組合ごとに傘下の組合を数え、"
        "合計では一度だけ数えます。加盟が循環していれば止まります。check "
        "PERIOD：循環、調査票のない上部組合・本部、構成組合の一覧との不一致。disputes PERIOD：月、"
        "または月から作る年の労働争議。争議は一度だけ（新規＋繰越）、形態には用いたものすべてに数え、"
        "労働損失日数は"
        "半日以上の同盟罷業と作業所閉鎖だけです。--acts がなければ形態別は不明とします。disputes-check PERIOD：継続中なのに翌月の票がない争議など。"
        "調査票は機関の保管庫から、ファイルを与えればそれから読みます（列は "
        "estimators/relations/relations.md）。どの単位も答えていない値や票のない値は不明とし、0 とはしません。個々の単位を数えた表で公表用ではありません（公表は estimate run）。"
        "要確認があれば終了値は 1 です。",
    .options = (const struct option_record[]){INPUT("slips", "slips of unions instead of the store's",
        "組合の調査票（保管庫の代わり）"),
        INPUT("before", "flows: slips of the year before", "flows：前年の調査票"),
        {.name = "before-period", .kind = OPT_TEXT, .value_name = "YEAR", .help_en = "flows: the year before, in the store",
            .help_ja = "flows：保管庫の前年"},
        INPUT("affiliations", "federations, check: union_no, federation_no", "federations・check：union_no, federation_no"),
        INPUT("constituents", "check: union_no (federation), constituent_no", "check：union_no（連合団体）, constituent_no"),
        INPUT("employees", "density: worker_group (T, M, F, P), employees in 10,000 persons, or persons",
            "density：worker_group（T, M, F, P）, employees（万人）または persons（人）"),
        INPUT("series", "density: year, [worker_group,] members, employees or persons",
            "density：year, [worker_group,] members, employees または persons"),
        INPUT("disputes", "slips of disputes instead of the store's; a year needs the column month",
            "争議の調査票（保管庫の代わり）。年には month の列が必要"),
        INPUT("acts", "acts of the disputes file, one row per form; without it the forms are not known", "争議行為（形態ごとに1行）。なければ形態別は不明"),
        {.name = "empty-month", .kind = OPT_REPEAT, .value_name = "YYYY-MM",
            .help_en = "disputes: a month of PERIOD that had none; refused when slips of it are there",
            .help_ja = "disputes：PERIOD のうち争議のなかった月（票があれば拒否）"},
        {.name = "by", .kind = OPT_TEXT, .value_name = "ITEM", .help_en = "unions, disputes: split by this item",
            .help_ja = "unions・disputes：この項目で分ける"},
        {.name = "basis",
            .kind = OPT_CHOICE,
            .value_name = "BASIS",
            .help_en = "flows, federations: which unions count",
            .help_ja = "flows・federations：単一（single）か単位（unit）か",
            .default_text = "single",
            .choices = "single|unit"},
        {.name = "svg", .kind = OPT_FLAG, .help_en = "density --series: draw", .help_ja = "density --series：図"},
        {.name = "as",
            .kind = OPT_CHOICE,
            .value_name = "FORM",
            .help_en = "how tables are printed",
            .help_ja = "表の形",
            .default_text = "text",
            .choices = "text|csv|long|wide"},
        ESTIMATE_STAGE, ESTIMATE_PASSPHRASE, ESTIMATE_NO_OPTION},
    .operands = (const struct operand_record[]){{.name = "KIND",
                                                    .help_en = "unions, flows, density, federations, check, disputes or disputes-check",
                                                    .help_ja = "unions・flows・density・federations・check・disputes・disputes-check",
                                                    .required = true},
        {.name = "PERIOD", .help_en = "year of the unions (2023), month or year of the disputes (2022-05, 2022)",
            .help_ja = "組合は年、争議は月または年"},
        ESTIMATE_NO_OPERAND},
    .examples = (const struct example[]){{"shirabe estimate relations density 2023 --office ministry",
        "organisation rate from the slips and the employees in the store",
                                             "保管庫の調査票と雇用者数から推定組織率"},
        {"shirabe estimate relations density --series members.csv --svg", "a series as a picture", "年次系列の図"},
        {"shirabe estimate relations federations 2023 --slips slips.csv --affiliations affiliations.csv", "each federation, and the total once",
            "上部組合別と重複のない合計"},
        {"shirabe estimate relations disputes 2022 --disputes disputes.csv --acts acts.csv --json", "a year from its months",
            "月から年を作る"}, ESTIMATE_NO_EXAMPLE},
    .run = run,
};
