/* shirabe estimate livelihood KIND [PERIOD | FILE] */
#include <string.h>

#include "estimators/command/cmd_livelihood.h"

typedef enum err_code (*livelihood_work)(struct cli *c, struct store *s, bool *look, struct err *e);
static const struct {
  const char *name;
  livelihood_work work;
} kinds[] = {{"poverty", livelihood_do_income}, {"lines", livelihood_do_income}, {"inequality", livelihood_do_income},
    {"households", livelihood_do_shares}, {"health", livelihood_do_shares}, {"tables", livelihood_do_tables}, {"check", livelihood_do_check}};

static const char *const KINDS = "poverty, lines, inequality, households, health, tables, check or series";

static int from_files(struct cli *c, livelihood_work work) {
  struct err e = {.code = E_OK};
  bool look = false;
  return work(c, NULL, &look, &e) ? cli_fail(c, &e) : look;
}
/* An option that the kind has no use for would be passed over in silence. */
static enum err_code only_used(struct cli *c, const char *kind, struct err *e) {
  const bool shares = !strcmp(kind, "households") || !strcmp(kind, "health") || !strcmp(kind, "tables");
  const bool drawn = !strcmp(kind, "poverty") || !strcmp(kind, "series");
  if (cli_text(c, "by") && !shares) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--by", .found = kind);
  if (cli_flag(c, "svg") && !drawn) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--svg", .found = kind);
  return E_OK;
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  bool look = false;
  const char *kind = cli_operand(c, 0);
  if (only_used(c, kind, &e)) return cli_fail(c, &e);
  if (!strcmp(kind, "series")) return livelihood_do_series(c, &look, &e) ? cli_fail(c, &e) : look;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    if (strcmp(kinds[i].name, kind)) continue;
    return cli_operand_count(c) > 1 ? estimate_command(c, kinds[i].work) : from_files(c, kinds[i].work);
  }
  (void)ERR(&e, E_ESTIMATE_ARGUMENT, .subject = kind, .expected = KINDS);
  return cli_fail(c, &e);
}

#define RECORDS(form, en, ja) {.name = form, .kind = OPT_FILE, .value_name = "FILE", .help_en = en, .help_ja = ja}
const struct command cmd_estimate_livelihood = {
    .noun = "estimate",
    .verb = "livelihood",
    .summary_en = "survey of living conditions: poverty, incomes, inequality, households, health",
    .summary_ja = "国民生活基礎調査：貧困率、所得、格差、世帯、健康",
    .detail_en =
        "Comprehensive Survey of Living Conditions. poverty: relative poverty rates of all persons, children, households with children and one or "
        "more adults. lines: poverty line, median, mean, deciles. inequality: Gini, P90/P10. households: numbers, types, structure. health: people "
        "with symptoms, under treatment. tables: all of them. check: do the records of the forms belong together (exit status 1 when not). With "
        "PERIOD "
        "the records come from the store, else from the CSV files of the options, columns by item name. Weights, income basis, median rule, lonely "
        "districts and variances are choices of --plan (estimators/livelihood/livelihood.md); none is made by default, and a missing weight stops. "
        "Standard errors are linearised, by jackknife, by 500 or more bootstrap replicates and by Woodruff's intervals. series FILE looks at a "
        "published series of rates, medians and lines. Persons twice, members that are not the person records, none or two heads, codes and amounts "
        "that cannot be, a plan of another year than PERIOD and options without a use stop; bootstrap and jackknife give no error when more than 5 "
        "per cent of their replicates are lost.",
    .detail_ja =
        "国民生活基礎調査。poverty：相対的貧困率（全体、子ども、"
        "大人が一人・二人以上の子どもがいる現役世帯）。lines：貧困線、中央値、平均、十分位。"
        "inequality：ジニ係数、P90/P10。households：世帯数、世帯類型、世帯構造。health：有訴者率、通院者率。"
        "tables：すべて。check："
        "様式間で世帯キーが合うか（合わなければ終了値 1）。期間を書けば保管庫から、"
        "書かなければ CSV（列は項目名）から読みます。ウェイト、所得の基準、中央値の規則、"
        "地区が一つの層、分散は --plan で選び（estimators/livelihood/livelihood.md）、既定はありません。"
        "ウェイトがなければ止まります。標準誤差は線形化、ジャックナイフ、500 回以上のブートストラップ、"
        "ウッドラフ区間です。series FILE は公表系列の関係を調べます。"
        "世帯員の重複、世帯人員と世帯員の記録数の不一致、"
        "世帯主が一人でない世帯、ありえない符号と額、期間と違う年の計画、"
        "使われないオプションでは止まります。"
        "5 ％を超える反復が作れないときは、その方法の誤差を示しません。",
    .options = (const struct option_record[]){{.name = "plan",
                                                  .kind = OPT_FILE,
                                                  .value_name = "FILE",
                                                  .help_en = "choices of the run (JSON); not for check and series",
                                                  .help_ja = "計画（JSON）。check と series では不要"},
        RECORDS("household", "household form: one row a household", "世帯票（1行1世帯）"), RECORDS("person", "household form: persons",
            "世帯票の世帯員"),
        RECORDS("income", "income form: one row a household", "所得票（1行1世帯）"), RECORDS("health", "health form: persons",
            "健康票（1行1人）"),
        RECORDS("care", "care form, for check", "介護票（check 用）"), RECORDS("savings", "savings form, for check",
            "貯蓄票（check 用）"),
        RECORDS("stratum", "areas: districts of the frame, people", "地域：地区数、日本人人口"),
        RECORDS("population", "people by sex and age, for raking", "性・年齢別人口（raking 用）"),
        {.name = "by",
            .kind = OPT_CHOICE,
            .value_name = "WHAT",
            .help_en = "households, health: by area of the strata",
            .help_ja = "households・health：都道府県・指定都市別",
            .choices = "area"},
        {.name = "svg",
            .kind = OPT_FLAG,
            .help_en = "poverty: distribution of incomes with the line; series: the rates by year",
            .help_ja = "poverty：所得分布と貧困線の図、series：率の推移の図"},
        ESTIMATE_STAGE,
        {.name = "as",
            .kind = OPT_CHOICE,
            .value_name = "FORM",
            .help_en = "how tables are printed",
            .help_ja = "表の形",
            .default_text = "text",
            .choices = "text|csv|long|wide"},
        ESTIMATE_PASSPHRASE, ESTIMATE_NO_OPTION},
    .operands = (const struct operand_record[]){{.name = "KIND",
                                                    .help_en = "poverty, lines, inequality, households, health, tables, check or series",
                                                    .help_ja = "poverty・lines・inequality・households・health・tables・check・series",
                                                    .required = true},
        {.name = "PERIOD", .help_en = "year in the store, as 2025; the FILE of series",
            .help_ja = "保管庫の年（2025 など）。series ではファイル"},
        ESTIMATE_NO_OPERAND},
    .examples = (const struct example[]){{"shirabe estimate livelihood poverty 2025 --plan plan.json", "poverty rates from the store",
        "保管庫から貧困率"},
        {"shirabe estimate livelihood poverty --plan plan.json --household household.csv --person person.csv --income income.csv --stratum "
            "stratum.csv",
            "the same from files", "ファイルから"},
        {"shirabe estimate livelihood health 2025 --plan plan.json --by area --as csv", "rates of symptoms by area", "地域別の有訴者率"},
        {"shirabe estimate livelihood series poverty_series.csv --svg", "published rates as a picture", "公表された貧困率の図"},
            ESTIMATE_NO_EXAMPLE},
    .run = run,
};
