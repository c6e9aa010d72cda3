/* shirabe estimate facility KIND [SURVEY PERIOD | FILE] */
#include <string.h>

#include "estimators/command/cmd_facility.h"

static const struct {
  const char *name;
  enum err_code (*work)(struct cli *c, struct store *s, bool *look, struct err *e);
} kinds[] = {{"stock", facility_do_stock}, {"notices", facility_do_notices}, {"reconcile", facility_do_reconcile}, {"beds", facility_do_beds},
    {"occupancy", facility_do_occupancy}, {"stay", facility_do_stay}, {"balance", facility_do_balance}, {"welfare", facility_do_welfare},
    {"care", facility_do_care}, {"published", facility_do_published}};
static const char names[] = "stock, notices, reconcile, beds, occupancy, stay, balance, welfare, care or published";

/* Which kinds and sources use an option: what is given and not used is refused, never ignored. */
enum { FROM_FILES = 1, FROM_STORE = 2, FROM_BOTH = 3 };
static const struct {
  const char *option, *kinds, *standard; /* standard: the default of a choice; NULL = given when there */
  int from;
} uses[] = {{"patients", "occupancy stay balance", NULL, FROM_FILES},
    {"register", "stock notices reconcile occupancy stay welfare care", NULL, FROM_FILES},
    {"notices", "stock notices reconcile", NULL, FROM_FILES},
    {"empty-month", "stock notices reconcile", NULL, FROM_FILES},
    {"static", "reconcile beds", NULL, FROM_FILES},
    {"detail", "welfare care", NULL, FROM_FILES},
    {"population", "beds", NULL, FROM_FILES},
    {"period", "stock notices reconcile beds occupancy stay balance welfare care", NULL, FROM_FILES},
    {"from", "stock notices reconcile occupancy stay balance", NULL, FROM_BOTH},
    {"months", "occupancy stay", NULL, FROM_BOTH},
    {"by", "occupancy stay", "nation", FROM_BOTH},
    {"table", "stock", "facilities", FROM_BOTH},
    {"list", "reconcile", NULL, FROM_BOTH},
    {"cells", "welfare care", "cell", FROM_BOTH},
    {"closed-out", "welfare care", NULL, FROM_BOTH},
    {"lonely", "welfare care", "stop", FROM_BOTH},
    {"svg", "stock occupancy", NULL, FROM_BOTH},
    {"as", "stock reconcile beds occupancy stay welfare care", "text", FROM_BOTH},
    {"stage", "stock notices reconcile beds occupancy stay balance welfare care", "imputed", FROM_STORE}};

static bool is_repeat(const char *option) {
  static const char *const repeats[] = {"patients", "register", "notices", "empty-month", "static", "detail"};
  for (size_t i = 0; i < sizeof repeats / sizeof *repeats; i++)
    if (!strcmp(repeats[i], option)) return true;
  return false;
}
static bool is_flag(const char *option) {
  return !strcmp(option, "months") || !strcmp(option, "list") || !strcmp(option, "closed-out") || !strcmp(option, "svg");
}
static bool given(const struct cli *c, const char *option, const char *standard) {
  if (is_repeat(option)) return cli_repeat_count(c, option) > 0;
  if (is_flag(option)) return cli_flag(c, option);
  const char *text = cli_text(c, option);
  return text && (!standard || strcmp(text, standard));
}
static bool among(const char *all, const char *kind) {
  struct str rest = str_of(all);
  while (rest.n)
    if (str_eq(str_split(rest, ' ', &rest), str_of(kind))) return true;
  return false;
}
static enum err_code not_used(struct cli *c, const char *option, const char *expected, struct err *e) {
  const char *name = arena_printf(cli_job(c)->arena, "--%s", option);
  return ERR(e, E_ESTIMATE_ARGUMENT, .subject = name ? name : option, .expected = expected);
}
/* Two options of which the first leaves the second without effect. */
static enum err_code check_pairs(struct cli *c, struct err *e) {
  static const struct {
    const char *first, *second, *standard;
  } pairs[] = {{"svg", "table", "facilities"}, {"svg", "by", "nation"}, {"svg", "months", NULL}, {"svg", "as", "text"}, {"list", "as", "text"}};
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
    if (given(c, pairs[i].first, NULL) && given(c, pairs[i].second, pairs[i].standard))
      return not_used(c, pairs[i].second, arena_printf(cli_job(c)->arena, "no --%s beside it, which does not use it", pairs[i].first), e);
  if (cli_flag(c, "svg") && cli_repeat_count(c, "register") && !strcmp(cli_operand(c, 0), "occupancy"))
    return not_used(c, "register", "no --svg beside it, which does not use it", e);
  return E_OK;
}
static enum err_code check_options(struct cli *c, const char *kind, bool from_store, struct err *e) {
  for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
    if (!given(c, uses[i].option, uses[i].standard)) continue;
    if (!among(uses[i].kinds, kind)) return not_used(c, uses[i].option, uses[i].kinds, e);
    if (!(uses[i].from & (from_store ? FROM_STORE : FROM_FILES)))
      return not_used(c, uses[i].option, from_store ? "figures from files, without SURVEY PERIOD" : "figures from the store, with SURVEY PERIOD", e);
  }
  return check_pairs(c, e);
}

/* From the store with SURVEY PERIOD, from files with the options. */
static enum err_code work(struct cli *c, int kind, bool *look, struct err *e) {
  const bool published = kinds[kind].work == facility_do_published;
  const int n = cli_operand_count(c);
  struct store *s = NULL;
  if (published ? n != 2 : n != 1 && n != 3)
    return ERR(e, E_ESTIMATE_ARGUMENT, .subject = kinds[kind].name,
        .expected = published ? "published FILE" : "KIND SURVEY PERIOD, or KIND with files and --period");
  TRY(check_options(c, kinds[kind].name, n == 3, e));
  if (n == 3) TRY(store_cmd_unlock(c, &s, e));
  const enum err_code code = kinds[kind].work(c, s, look, e);
  store_close(s);
  return code;
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  bool look = false;
  for (int i = 0; i < (int)(sizeof kinds / sizeof *kinds); i++) {
    if (strcmp(kinds[i].name, cli_operand(c, 0))) continue;
    return work(c, i, &look, &e) ? cli_fail(c, &e) : look;
  }
  (void)ERR(&e, E_ESTIMATE_ARGUMENT, .subject = cli_operand(c, 0), .expected = names);
  return cli_fail(c, &e);
}

#define FILES(option, en, ja) {.name = option, .kind = OPT_REPEAT, .value_name = "FILE", .help_en = en, .help_ja = ja}
const struct command cmd_estimate_facility = {
    .noun = "estimate",
    .verb = "facility",
    .summary_en = "facility surveys: stock of institutions, beds, occupancy, mean stay, welfare and care",
    .summary_ja = "施設調査：医療施設の増減、病床、病床利用率、平均在院日数、社会福祉施設、介護サービス",
    .detail_en = "With SURVEY PERIOD from the store (--stage says which records), without them from CSV files "
                 "whose columns bear the names or Japanese "
                 "labels of the items, and --period. stock: open institutions and beds (--table beds) from the "
                 "register of the first month and the notices, "
                 "--from a month to the period. notices: those that do not fit the state of their institution. "
                 "reconcile YEAR: the roll-forward from the "
                 "register of --from (October: as it is then) against the static survey, by reason; --list "
                 "names each. beds YEAR: beds per 100,000 persons, "
                 "physicians in full-time equivalents per 100 beds. occupancy, stay: a month, months --from, "
                 "or a year: patients a day, occupancy at the "
                 "end "
                 "of the month (year: mean of the months, and by patient days, which is unconfirmed), mean "
                 "stay (long-term care with transfers; year from "
                 "yearly sums). balance: reports whose patients do not follow from last month. welfare YEAR, "
                 "care YEAR: counts from the basic form, ratios "
                 "from the detail forms under weights by cell with standard errors (nonresponse as sampling in "
                 "the cell: our choice). published FILE: "
                 "published figures computed again as far as they allow. A missing month, weight or cell "
                 "stops, and so does an option that the kind or the source does not use. Methods: estimators/facility/facility.md. "
                 "Tables from the store are for use inside the office: no disclosure control. Exit status 1 "
                 "when something wants a look: a report without an item, a facility with fewer months than others, a total "
                 "whose item some respondents lack, a balance that checked nothing.",
    .detail_ja =
        "SURVEY PERIOD があれば保管庫から（--stage "
        "で段階を指定）、なければ項目名または日本語ラベルを列名とする CSV ファイルと --period "
        "から計算します。stock：最初の月の名簿と届出から"
        "活動中の施設数と病床（--table beds）、--from "
        "からその月まで。notices：施設の状態と合わない届出。reconcile 年：--from "
        "の名簿からの繰越（10月はそのまま）と静態調査の理由別突合、--list "
        "で施設ごと。beds 年：人口10万対病床数、100床当たり常勤換算医師数。occupancy・stay：月、--from "
        "からの各月、または年：1日平均患者数、月末病床利用率（年は各月の平均と、"
        "延数による率（未確認））、平均在院日数（療養病床は転入"
        "・転出を含む。年は年間の和から）。balance：前月"
        "末と移動から月末にならない報告。welfa"
        "re 年・care 年：基本票の数、"
        "詳細票を区分別ウェイトで推計した率と標準誤差（無回答を区"
        "分内の抽出とみなすのは独自の選択）。published "
        "FILE：公表値を可能な範囲で再計算。"
        "月・ウェイト・区分の欠落と、使われないオプションは止まります。方法は "
        "estimators/facility/facility.md。保管庫からの表は府省内用（秘匿処理なし）。要確認（項目の欠けた報告、"
        "報告月の少ない施設、項目無回答のある総数、何も検査しなかった balance など）があれば終了値は 1 です。",
    .options = (const struct option_record[]){FILES("patients", "occupancy, stay, balance: forms of patients",
                                                  "occupancy・stay・balance：患者票"),
        FILES("register", "register: medical institutions (stock), the basic form (welfare, care), who has to report (occupancy, stay)",
            "名簿：医療施設（stock）、基本票（welfare・care）、報告対象（occupancy・stay）"),
        FILES("notices", "stock, notices, reconcile: notices", "stock・notices・reconcile：動態の届出"),
        {.name = "empty-month",
            .kind = OPT_REPEAT,
            .value_name = "MONTH",
            .help_en = "stock, notices, reconcile from files: a month without any notice",
            .help_ja = "stock・notices・reconcile（ファイル）：届出が一件もない月"},
        FILES("static", "reconcile, beds: static survey", "reconcile・beds：静態調査票"),
        FILES("detail", "welfare, care: detail forms", "welfare・care：詳細票"),
        {.name = "population",
            .kind = OPT_FILE,
            .value_name = "FILE",
            .help_en = "beds: prefecture, population",
            .help_ja = "beds：prefecture, population"},
        {.name = "period",
            .kind = OPT_PERIOD,
            .value_name = "PERIOD",
            .help_en = "files: month or year",
            .help_ja = "ファイルの月または年"},
        {.name = "from",
            .kind = OPT_PERIOD,
            .value_name = "MONTH",
            .help_en = "first month of several",
            .help_ja = "複数月の最初の月"},
        {.name = "months",
            .kind = OPT_FLAG,
            .help_en = "a year: by month instead of the year's figures",
            .help_ja = "年を月別に出す"},
        {.name = "by",
            .kind = OPT_CHOICE,
            .value_name = "AREA",
            .help_en = "hospital reports: areas beside the nation",
            .help_ja = "病院報告：全国のほかの地域",
            .default_text = "nation",
            .choices = "nation|prefecture"},
        {.name = "table",
            .kind = OPT_CHOICE,
            .value_name = "TABLE",
            .help_en = "stock: which table",
            .help_ja = "stock：どの表か",
            .default_text = "facilities",
            .choices = "facilities|beds"},
        {.name = "list",
            .kind = OPT_FLAG,
            .help_en = "reconcile: every institution that differs",
            .help_ja = "reconcile：相違する施設の一覧"},
        {.name = "cells",
            .kind = OPT_TEXT,
            .value_name = "ITEMS",
            .help_en = "welfare, care: items of the basic form that make the weighting cells, joined by ;",
            .help_ja = "welfare・care：ウェイトの区分を作る基本票の項目（; でつなぐ）",
            .default_text = "cell"},
        {.name = "closed-out",
            .kind = OPT_FLAG,
            .help_en = "welfare, care: leave out respondents closed or suspended by the basic form",
            .help_ja = "welfare・care：基本票で廃止・休止の回答を除く"},
        {.name = "lonely",
            .kind = OPT_CHOICE,
            .value_name = "POLICY",
            .help_en = "welfare, care: a cell with one respondent of several facilities",
            .help_ja = "welfare・care：複数施設の区分で回答が一つのとき",
            .default_text = "stop",
            .choices = "stop|centre"},
        {.name = "svg",
            .kind = OPT_FLAG,
            .help_en = "stock, occupancy: draw the months instead of printing",
            .help_ja = "stock・occupancy：表の代わりに図"},
        {.name = "as",
            .kind = OPT_CHOICE,
            .value_name = "FORM",
            .help_en = "how tables are printed",
            .help_ja = "表の形",
            .default_text = "text",
            .choices = "text|csv|long|wide"},
        ESTIMATE_STAGE, ESTIMATE_PASSPHRASE, ESTIMATE_NO_OPTION},
    .operands =
        (const struct operand_record[]){
            {.name = "KIND",
                .help_en = names,
                .help_ja =
                    "stock・notices・reconcile・beds・occupancy・stay・balance・welfare・care・published",
                .required = true},
            {.name = "SURVEY",
                .help_en = "survey of the store; published: the file",
                .help_ja = "保管庫の調査。published ではファイル"},
            {.name = "PERIOD", .help_en = "month or year", .help_ja = "月または年"}, ESTIMATE_NO_OPERAND},
    .examples = (const struct example[]){{"shirabe estimate facility occupancy hospital_report 2025-12",
                                             "bed occupancy of December 2025", "2025年12月の病床利用率"},
        {"shirabe estimate facility stock --register register.csv --notices notices.csv --period 2025-12 "
         "--from 2025-10 --table beds",
            "beds carried forward over three months, from files", "ファイルから3か月の病床の増減"},
        {"shirabe estimate facility welfare welfare_facility 2025 --cells 'facility_type;prefecture'",
            "places and staff with standard errors, wider cells", "在所率と従事者（広い区分で）"},
        ESTIMATE_NO_EXAMPLE},
    .run = run,
};
