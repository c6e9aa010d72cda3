/* shirabe estimate labour KIND FILE | MONTH */
#include <string.h>

#include "estimators/command/cmd_labour.h"

static const struct {
  const char *name;
  enum err_code (*work)(struct cli *c, struct store *s, bool *look, struct err *e);
  bool store;
} kinds[] = {{"benchmark", labour_do_benchmark, false}, {"back-revision", labour_do_back_revision, false}, {"movers", labour_do_movers, true},
    {"optimal-k", labour_do_optimal_k, false}, {"special", labour_do_special, false}, {"prefecture", labour_do_prefecture, true},
    {"random-groups", labour_do_random_groups, true}, {"sign-plan", labour_do_sign_plan, false},
    {"same-errors", labour_do_same_errors, false}};
enum { KINDS = sizeof kinds / sizeof *kinds };
#define KIND_NAMES "benchmark, back-revision, movers, optimal-k, special, prefecture, random-groups, sign-plan or same-errors"

static int kind_of(struct cli *c) {
  for (int k = 0; k < KINDS; k++)
    if (!strcmp(kinds[k].name, cli_operand(c, 0))) return k;
  return -1;
}
static enum err_code work(struct cli *c, struct store *s, bool *look, struct err *e) { return kinds[kind_of(c)].work(c, s, look, e); }

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  const int k = kind_of(c);
  bool look = false;
  if (k < 0) (void)ERR(&e, E_ESTIMATE_ARGUMENT, .subject = cli_operand(c, 0), .expected = KIND_NAMES);
  else if (cli_operand_count(c) < 2) (void)ERR(&e, E_ESTIMATE_ARGUMENT, .subject = cli_operand(c, 0), .expected = kinds[k].store ? "a month"
      : "a file");
  if (e.code) return cli_fail(c, &e);
  if (kinds[k].store) return estimate_command(c, work);
  return work(c, NULL, &look, &e) ? cli_fail(c, &e) : look;
}

#define INPUT(option, en, ja) {.name = option, .kind = OPT_FILE, .value_name = "FILE", .help_en = en, .help_ja = ja}
#define NUMBER(option, en, ja, otherwise)                                                                                                     \
  {.name = option, .kind = OPT_TEXT, .value_name = "NUMBER", .help_en = en, .help_ja = ja, .default_text = otherwise}
#define CHOICE(option, en, ja, first, all)                                                                                                    \
  {.name = option, .kind = OPT_CHOICE, .value_name = "WHICH", .help_en = en, .help_ja = ja, .default_text = first, .choices = all}
const struct command cmd_estimate_labour = {
    .noun = "estimate",
    .verb = "labour",
    .summary_en = "labour survey: benchmark, back-revision, movers, choice of K, special survey, prefectures, random groups",
    .summary_ja = "毎月勤労統計：ベンチマーク、遡及改訂、区分間移動、"
                  "K の選定、特別調査、都道府県結果、副標本",
    .detail_en =
        "benchmark FILE (cell, workers, benchmark_workers): the gap of each cell and in all; --next writes the cell table of the month of the "
        "switch. "
        "back-revision FILE (period, value: from the previous census to the switch) --new-level N: the factor, the revised levels, the index. "
        "movers MONTH "
        "--to MONTH --l NUMBER: reports whose cell differs by the later register, what they carry, the workers of the next month; --next writes "
        "its cell "
        "table. optimal-k FILE (cell, growth or e0 and e1, rho, moved; months in order) --census FILE (cell, first, last) --l NUMBER: eleven paths "
        "per cell. "
        "special FILE (stratum, district, group, the item) --strata FILE (stratum, districts, drawn): totals and means with their errors; more "
        "districts than drawn stop. "
        "prefecture MONTH "
        "--prefecture NN --register FILE --cells FILE: results with the prefecture's own weights and workers. random-groups MONTH --groups N "
        "--seed N: "
        "standard errors beside the linearised ones. sign-plan FILE --officer KEYFILE --card CARD --out NOTE: an officer's signature under a plan "
        "(with --exceptions: under exceptions), the verifier key to standard output. same-errors FILE --earlier FILE (two long tables): standard "
        "errors that are those of the release before. What is not published (L, weight of movers, shape of the "
        "factor, the rule for K) is an option "
        "without a "
        "silent value or is named on the table as unconfirmed. Columns: estimators/mls/labour.md. Exit status 1 when something asks for a look.",
    .detail_ja =
        "benchmark FILE（cell, workers, benchmark_workers）：区分ごとと全体の差。--next で切替月の区分表を書きます。"
        "back-revision FILE（period, value：前回センサスから切替月まで）"
        "--new-level N：係数、改訂後の水準、指数。movers MONTH --to MONTH --l NUMBER："
        "後の名簿で区分が変わった報告と翌月の労働者数。--next で翌月の区分表。optimal-k FILE（cell, growth "
        "または "
        "e0・e1, rho, moved、月順）--census FILE（cell, first, last）--l NUMBER：区分ごとの11通りの経路。special "
        "FILE（stratum, district, group, 項目）--strata FILE（stratum, districts, drawn）："
        "総数・平均と標準誤差（抽出数より多い地区は停止）。prefecture MONTH --prefecture NN --register FILE --cells FILE："
        "県のウェイトと労働者数による結果。random-groups MONTH --groups N --seed N：副標本による標準誤差。sign-plan "
        "FILE --officer KEYFILE --card CARD --out NOTE：計画（--exceptions なら例外）への職員の署名。"
        "検証鍵を標準出力に書きます。same-errors FILE --earlier FILE（縦長の表2つ）：前の公表と同じ標準誤差率。"
        "公表されていないもの（L、移動のウェイト、係数の形、K の規則）は既定値のないオプションか、"
        "表に未確認と明記します。列は estimators/mls/labour.md。要確認があれば終了値は 1 です。",
    .options = (const struct option_record[]){
        NUMBER("alarm", "benchmark: a gap of more per cent asks for a look", "benchmark：この％を超える差は要確認", "10"),
        INPUT("next", "benchmark, movers: write the cell table (a new file)", "benchmark・movers：区分表を書く（新しいファイル）"),
        {.name = "name", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "benchmark --next: which census",
            .help_ja = "benchmark --next：基準の名称"},
        NUMBER("new-level", "back-revision: the new level of the last month", "back-revision：最終月の新しい水準", NULL),
        CHOICE("shape", "back-revision: how the factor grows", "back-revision：係数の形", "linear", "linear|geometric"),
        {.name = "base", .kind = OPT_TEXT, .value_name = "YEAR", .help_en = "back-revision: its revised mean is 100 (or --base-level)",
            .help_ja = "back-revision：改訂後の平均を100とする年（または --base-level）"},
        NUMBER("base-level", "back-revision: level above 0 that is 100 (or --base)", "back-revision：100とする水準（0より大、または --base）", NULL),
        NUMBER("l", "movers, optimal-k: share of movers that counts, 0 to 1", "movers・optimal-k：移動を数える割合（0～1）", NULL),
        {.name = "to", .kind = OPT_TEXT, .value_name = "MONTH", .help_en = "movers: the month after, whose register says where units are",
            .help_ja = "movers：翌月（その名簿で区分をみる）"},
        CHOICE("weight", "movers: weight they carry", "movers：移動のウェイト", "selection", "selection|destination"),
        CHOICE("leaving", "movers: to a cell that is not tabulated", "movers：集計されない区分への移動", "ignored", "ignored|counts"),
        INPUT("census", "optimal-k: cell, first, last; special: group, workers", "optimal-k：cell, first, last。special：group, workers"),
        INPUT("strata", "special: stratum, districts, drawn; prefecture: stratum, frame_units, for standard errors",
            "special：stratum, districts, drawn。prefecture：stratum, frame_units（標準誤差のため）"),
        {.name = "item", .kind = OPT_TEXT, .value_name = "ITEM", .help_en = "special: column of the item; random-groups: C, O, S, Hs, Ho, D",
            .help_ja = "special：項目の列。random-groups：C・O・S・Hs・Ho・D", .default_text = "C"},
        {.name = "prefecture", .kind = OPT_TEXT, .value_name = "NN", .help_en = "prefecture: its number",
            .help_ja = "prefecture：都道府県番号"},
        INPUT("register", "prefecture: prefecture, establishment_no, weight_num, weight_den",
            "prefecture：prefecture, establishment_no, weight_num, weight_den"),
        INPUT("cells", "prefecture: cell, workers of the prefecture", "prefecture：cell, workers（県の労働者数）"),
        {.name = "groups", .kind = OPT_INT, .value_name = "N", .help_en = "random-groups: how many", .help_ja = "random-groups：組の数",
            .default_text = "10"},
        {.name = "seed", .kind = OPT_INT, .value_name = "N", .help_en = "random-groups: seed of the deal",
            .help_ja = "random-groups：乱数の種", .default_text = "1"},
        {.name = "industry", .kind = OPT_TEXT, .value_name = "CODE", .help_en = "random-groups: industry", .help_ja = "random-groups：産業",
            .default_text = "TL"},
        {.name = "survey", .kind = OPT_TEXT, .value_name = "SURVEY", .help_en = "survey of the store", .help_ja = "保管庫の調査",
            .default_text = "mls"},
        INPUT("earlier", "same-errors: the long table of the release before", "same-errors：前の公表の縦長の表"),
        INPUT("officer", "sign-plan: key file of the officer", "sign-plan：職員の鍵ファイル"),
        INPUT("card", "sign-plan: the officer's card", "sign-plan：職員のカード"),
        INPUT("officer-passphrase", "sign-plan: file with the passphrase of the key (else asked)",
            "sign-plan：鍵のパスフレーズのファイル（なければ質問）"),
        {.name = "exceptions", .kind = OPT_FLAG, .help_en = "sign-plan: the text holds exceptions", .help_ja = "sign-plan：例外の文書"},
        INPUT("out", "sign-plan: the signed note (a new file)", "sign-plan：署名済みの文書（新しいファイル）"),
        CHOICE("as", "how tables are printed", "表の形", "text", "text|csv|long|wide"), ESTIMATE_STAGE, ESTIMATE_PASSPHRASE, ESTIMATE_NO_OPTION},
    .operands = (const struct operand_record[]){{.name = "KIND", .help_en = KIND_NAMES,
        .help_ja = "benchmark・back-revision・movers・optimal-k・special・prefecture・random-groups・sign-plan・same-errors", .required = true},
        {.name = "FILE", .help_en = "file of the kind, or a month of the store", .help_ja = "対象のファイル、または保管庫の月"},
            ESTIMATE_NO_OPERAND},
    .examples = (const struct example[]){{"shirabe estimate labour benchmark cells.csv --next switch.csv --name '2021 census'",
        "gaps, and the cell table of the switch", "差と切替月の区分表"},
        {"shirabe estimate labour movers 2025-12 --to 2026-01 --l 0.5", "who moves between cells", "区分間の移動"},
        {"shirabe estimate labour optimal-k months.csv --census census.csv --l 0.5 --as csv", "eleven paths per cell",
            "区分ごとの11通りの経路"},
        {"shirabe estimate labour random-groups 2025-12 --groups 20 --seed 7 --item C", "errors by random groups",
            "副標本による標準誤差"}, ESTIMATE_NO_EXAMPLE},
    .run = run,
};
