/* shirabe estimate vital KIND [FILE] */
#include <string.h>

#include "estimators/command/cmd_picture.h"
#include "estimators/command/cmd_vital.h"

static const struct {
  const char *name;
  enum err_code (*work)(struct cli *c, bool *look, struct err *e);
  bool file;
} kinds[] = {{"year", vital_do_year, false}, {"rates", vital_do_rates, true}, {"check", vital_do_check, true}, {"revision", vital_do_revision, true},
    {"overview", vital_do_overview, true}, {"bridge", vital_do_bridge, true}, {"keep", vital_do_keep, true}, {"kept", vital_do_kept, true},
    {"life", vital_do_life, true}, {"pyramid", vital_do_pyramid, true}, {"smr", vital_do_smr, true}};

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  bool look = false;
  const char *kind = cli_operand(c, 0);
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    if (strcmp(kinds[i].name, kind)) continue;
    if (cli_operand_count(c) != (kinds[i].file ? 2 : 1)) {
      (void)ERR(&e, E_ESTIMATE_ARGUMENT, .subject = kind, .expected = kinds[i].file ? "KIND FILE" : "year, with --births ... FILE");
      return cli_fail(c, &e);
    }
    return kinds[i].work(c, &look, &e) ? cli_fail(c, &e) : look;
  }
  (void)ERR(&e, E_ESTIMATE_ARGUMENT, .subject = kind, .expected = "year, overview, rates, check, revision, keep, kept, life, pyramid, smr or bridge");
  return cli_fail(c, &e);
}

#define RECORDS(form, en, ja) \
  {.name = form, .kind = OPT_FILE, .value_name = "FILE", .help_en = "year: records of " en, .help_ja = "year: " ja "の記録"}
const struct command cmd_estimate_vital = {
    .noun = "estimate",
    .verb = "vital",
    .summary_en = "vital statistics: table set, rates, life tables, releases and their checks",
    .summary_ja = "人口動態統計：結果表、率、生命表、公表段階と突合",
    .detail_en =
        "year: the table set of a year from records of births, deaths, stillbirths, marriages and divorces (CSV, one record a row). Without --table "
        "it lists the tables and runs the cross-checks; --table names one of them, or rates, shares, tfr, asfr, asdr, ranks, cause_rates, "
        "cause_tree (parents of a five-figure list), elderly (65+, 75+, 80+), marriage_ages (first marriages and divorces by age), or "
        "totals (rows that check, revision, rates and overview read). A table is not "
        "printed while a cross-check fails. rates FILE: rates with numerator, denominator and interval from totals (year, status, births, "
        "deaths, ...; with month they are annualised). check FILE: what must add up, for each release of the file. revision FILE: flash, "
        "approximate and final compared, in "
        "their order. keep FILE --into FOLDER: each release of the file as a snapshot that is never replaced, in a chained list that --sign has the "
        "office sign; kept FOLDER: is every snapshot as it was kept? life FILE: life table by single ages from q, or from deaths and people "
        "(people_before: 1 October of the year before), with "
        "the ages 0w to 6m when their q are given, and years gained without a cause (cause_deaths). pyramid FILE: population by age as SVG. "
        "overview FILE: counts, the year before, seconds per event. bridge FILE: deaths coded by two editions (old, new, deaths), comparability "
        "ratios; with --series, a series of the old edition carried over."
        " smr FILE: ratios of areas (area, group, deaths, expected), plain and empirical Bayes. Columns of all files: "
        "estimators/vital/vital.md. No store is opened but by --sign. Exit status 1 when a check fails or asks for a look.",
    .detail_ja =
        "year：出生・死亡・死産・婚姻・離婚の記録（CSV、1行1件）から1年分の結果表を作ります。--table がなければ表の一覧と突合の結果、--table で表の一つ、または "
        "rates・tfr・asfr・asdr・ranks・cause_rates・cause_tree（上位の死因）・elderly（65・75・80歳以上）・marriage_ages（初婚率・離婚率）を"
        "（shares は低体重・早産・平均年齢）出します。突合が不一致の間は表を出しません。rates FILE：総数の表（year, status, births, deaths …、month があれば年換算）から"
        "分子・分母・区間つきの率。check FILE：公表段階ごとの突合。revision FILE：速報・概数・確定数の順に改定を比べます。keep FILE --into FOLDER：各段階を置き換えられないスナップショットとして保存（--sign で署名）、kept "
        "FOLDER：保存時のままか検査。life FILE：q、または deaths と "
        "people（people_before は前年10月1日）から各歳の生命表。0w〜6m の q があれば乳児の行、cause_deaths があれば特定死因を除いた延び。overview FILE：総覧（前年・差・何秒に1件か）。bridge "
        "FILE：二つの版で符号付けした死亡（old, new, deaths）の比較可能率、--series で旧分類の系列を換算。pyramid FILE：人口ピラミッド（SVG）。smr FILE：地域（area, group, deaths, "
        "expected）の標準化死亡比と経験ベイズ推定。各ファイルの列は "
        "estimators/vital/vital.md にあります。保管庫は --sign のときだけ開きます。不一致や要確認があれば終了値は 1 です。",
    .options = (const struct option_record[]){RECORDS("births", "births", "出生"), RECORDS("deaths", "deaths", "死亡"),
        RECORDS("stillbirths", "stillbirths", "死産"), RECORDS("marriages", "marriages", "婚姻"), RECORDS("divorces", "divorces", "離婚"),
        {.name = "population",
            .kind = OPT_FILE,
            .value_name = "FILE",
            .help_en = "Japanese population of 1 October: [year,] [prefecture,] sex, age, people",
            .help_ja = "10月1日現在日本人人口：[year,] [prefecture,] sex, age, people"},
        {.name = "year", .kind = OPT_INT, .value_name = "YYYY", .help_en = "year of the tables", .help_ja = "年"},
        {.name = "month",
            .kind = OPT_INT,
            .value_name = "M",
            .help_en = "year: one month only, with --table rates (annualised) or totals",
            .help_ja = "year：1か月だけ（--table rates は年換算、または totals）"},
        {.name = "status",
            .kind = OPT_CHOICE,
            .value_name = "STATUS",
            .help_en = "year: flash counts slips of all scopes (with --month), the others Japanese in Japan",
            .help_ja = "year：flash（速報）は全客体の調査票数（--month とともに）、ほかは日本における日本人",
            .default_text = "approximate",
            .choices = "flash|approximate|final"},
        {.name = "table",
            .kind = OPT_TEXT,
            .value_name = "TABLE",
            .help_en = "year: a table of the list, or one of those named above, or totals",
            .help_ja = "year：一覧の表、上に挙げた表、または totals"},
        {.name = "model",
            .kind = OPT_CHOICE,
            .value_name = "MODEL",
            .help_en = "model population of asdr",
            .help_ja = "asdr の基準人口",
            .default_text = "H27",
            .choices = "H27|S60"},
        {.name = "suppress",
            .kind = OPT_INT,
            .value_name = "N",
            .help_en = "year: hide counts of 1 to N, and more so that no total gives them away",
            .help_ja = "year：1〜N の数を秘匿し、差引きで分からないよう補完秘匿する",
            .default_text = "0"},
        {.name = "causes",
            .kind = OPT_FILE,
            .value_name = "FILE",
            .help_en = "year: cause list: code, name, edition, valid_from, valid_to, ranges; default: the 40 groups for ranking and COVID-19",
            .help_ja = "year：死因分類（code, name, edition, valid_from, valid_to, ranges）。既定は死因順位の40分類と COVID-19"},
        {.name = "cause-list",
            .kind = OPT_CHOICE,
            .value_name = "LIST",
            .help_en = "year: built-in cause list; members: cancers, heart, cerebrovascular diseases, accidents split (ranges not confirmed)",
            .help_ja = "year：内蔵の死因分類。members は悪性新生物・心疾患・脳血管疾患・不慮の事故を細目に分ける（範囲は未確認）",
            .default_text = "rank",
            .choices = "rank|members"},
        {.name = "infants",
            .kind = OPT_FILE,
            .value_name = "FILE",
            .help_en = "life: births by month of two years and infant deaths by age: [sex,] year, month, age, births, deaths",
            .help_ja = "life：2年分の月別出生数と日月齢別乳児死亡数（[sex,] year, month, age, births, deaths）"},
        {.name = "graduate", .kind = OPT_FLAG, .help_en = "life: Greville's nine-term graduation from age 6", .help_ja = "life：6歳からグレビル9項で補整"},
        {.name = "curve-from",
            .kind = OPT_INT,
            .value_name = "AGE",
            .help_en = "life: Gompertz-Makeham curve from this age on; 0: none",
            .help_ja = "life：この年齢からゴンパーツ・メーカム曲線（0 はなし）",
            .default_text = "0"},
        {.name = "curve-ages",
            .kind = OPT_INT,
            .value_name = "N",
            .help_en = "life: ages of the fit; 0: all",
            .help_ja = "life：当てはめる年齢数（0 はすべて）",
            .default_text = "0"},
        {.name = "series",
            .kind = OPT_FILE,
            .value_name = "FILE",
            .help_en = "bridge: deaths by the old edition (group, deaths [, year]) to carry over to the new one",
            .help_ja = "bridge：旧分類の死亡数（group, deaths［, year］）を新分類に換算"},
        {.name = "area", .kind = OPT_INT, .value_name = "N", .help_en = "pyramid: a prefecture", .help_ja = "pyramid：都道府県"},
        {.name = "into", .kind = OPT_DIRECTORY, .value_name = "FOLDER", .help_en = "keep: folder of the snapshots", .help_ja = "keep：保存先"},
        {.name = "sign",
            .kind = OPT_FLAG,
            .help_en = "keep: sign the list with the office's key (opens the store)",
            .help_ja = "keep：一覧に庁の鍵で署名（保管庫を開く）"},
        {.name = "key",
            .kind = OPT_TEXT,
            .value_name = "KEY",
            .help_en = "kept: check the signature with this minisign public key",
            .help_ja = "kept：この minisign 公開鍵で署名を検査"},
        ESTIMATE_PASSPHRASE,
        {.name = "svg", .kind = OPT_FLAG, .help_en = "life: draw instead of printing", .help_ja = "life：表の代わりに図"},
        {.name = "draw",
            .kind = OPT_CHOICE,
            .value_name = "WHAT",
            .help_en = "life --svg: curve",
            .help_ja = "life --svg：曲線",
            .default_text = "survival",
            .choices = "survival|mortality"},
        {.name = "as",
            .kind = OPT_CHOICE,
            .value_name = "FORM",
            .help_en = "how tables are printed",
            .help_ja = "表の形",
            .default_text = "text",
            .choices = "text|csv|long|wide"},
        PICTURE_WORDS, ESTIMATE_NO_OPTION},
    .operands = (const struct operand_record[]){{.name = "KIND",
                                                    .help_en = "year, overview, rates, check, revision, keep, kept, life, pyramid, smr or bridge",
                                                    .help_ja = "year・overview・rates・check・revision・keep・kept・life・pyramid・smr・bridge",
                                                    .required = true},
        {.name = "FILE", .help_en = "file of the kind; none for year", .help_ja = "対象のファイル（year では不要）"}, ESTIMATE_NO_OPERAND},
    .examples = (const struct example[]){{"shirabe estimate vital year --year 2023 --births births.csv --population people.csv --table tfr",
                                             "total fertility rates of nation and prefectures", "全国と都道府県の合計特殊出生率"},
        {"shirabe estimate vital life q.csv --graduate --curve-from 95 --svg --draw mortality", "mortality curve as a picture", "死亡率曲線の図"},
        {"shirabe estimate vital check totals.csv", "what must add up in every release", "公表段階ごとの突合"}, ESTIMATE_NO_EXAMPLE},
    .run = run,
};
