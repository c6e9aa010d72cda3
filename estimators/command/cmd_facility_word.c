/* cmd_facility_word.c -- cmd_facility.h: Japanese for what the tables of the facility surveys say in English: heads, codes, reasons, notes.
 * Tables and their digests bear the English texts in either language; only what is read by eyes is put into Japanese.
 * A phrase holds ~ for what varies: figures and names go over as they stand, words of the list in Japanese; ~1 to ~4 is their place. */
#include <string.h>

#include "estimators/command/cmd_estimate_print.h"
#include "estimators/command/cmd_estimate_result.h"
#include "estimators/command/cmd_facility.h"

enum { PIECES = 4 };
static const struct {
  const char *en, *ja;
} phrase[] = {
    /* dimensions and heads */
    {"month", "月"}, {"area", "地域"}, {"bed_type", "病床の種類"}, {"facility_kind", "施設の種別"}, {"part", "区分"}, {"reason", "理由"},
    {"line", "項目"}, {"facility_type", "施設の種類"}, {"service_kind", "サービスの種類"}, {"measure", "項目"}, {"facility", "施設"},
    {"notice_kind", "届出の種類"}, {"carried", "採用"}, {"finding", "指摘"}, {"should", "あるべき値"}, {"is", "報告値"}, {"check", "検査"},
    {"printed", "公表値"}, {"recomputed", "再計算"}, {"result", "結果"},
    /* measures */
    {"patients_a_day", "1日平均患者数"}, {"occupancy", "月末病床利用率"}, {"patient_days", "患者延数"}, {"patients_at_end", "月末患者数"},
    {"beds_at_end", "月末病床数"}, {"without_patient_days", "延数なし"}, {"occupancy_mean_of_months", "病床利用率（月平均）"},
    {"occupancy_by_days_unconfirmed", "病床利用率（延数・未確認）"}, {"bed_days", "病床延数"}, {"mean_stay", "平均在院日数"},
    {"movements", "移動"}, {"without_item", "項目なし"}, {"start", "期首"}, {"opened", "開設"}, {"reopened", "再開"}, {"closed", "廃止"},
    {"suspended", "休止"}, {"reclassified", "種別変更"}, {"end", "期末"}, {"closed_while_suspended", "休止中の廃止"},
    {"opened_and_reopened", "開設・再開"}, {"closed_and_suspended", "廃止・休止"}, {"changed", "変更"}, {"institutions", "施設数"},
    {"beds_roll_forward", "病床（繰越）"}, {"beds_static", "病床（静態）"}, {"value", "値"}, {"numerator", "分子"}, {"denominator", "分母"},
    {"facilities", "施設数"}, {"capacity", "定員"}, {"users", "利用者数"}, {"users_per_100_places", "定員100人対利用者数"},
    {"users_per_facility", "1施設当たり利用者数"}, {"staff_fte", "従事者数（常勤換算）"}, {"fte_per_facility", "1施設当たり従事者数"},
    {"fte_per_100_users", "利用者100人対従事者数"}, {"mean_care_level", "平均要介護度"}, {"support_users", "要支援の利用者数"},
    {"support_users_percent", "要支援の割合"}, {"mean_stay_days", "平均在所日数"},
    {"beds_psy_per_100000", "精神病床（人口10万対）"}, {"beds_inf_per_100000", "感染症病床（人口10万対）"},
    {"beds_tb_per_100000", "結核病床（人口10万対）"}, {"beds_lt_per_100000", "療養病床（人口10万対）"},
    {"beds_gen_per_100000", "一般病床（人口10万対）"}, {"beds_clinic_per_100000", "診療所病床（人口10万対）"},
    {"beds_per_100000", "病床の総数（人口10万対）"}, {"physicians_fte_per_100_beds", "100床当たり常勤換算医師数"},
    /* types of beds */
    {"psy", "精神"}, {"inf", "感染症"}, {"tb", "結核"}, {"lt", "療養"}, {"gen", "一般"}, {"care", "介護療養（再掲）"}, {"clinic", "診療所"},
    {"clinic_lt", "診療所の療養"}, {"clinic_care", "診療所の介護療養（再掲）"}, {"outpatients", "外来"},
    /* reconciliation, notices, balance, publication */
    {"differences", "相違"}, {"bridge", "橋渡し"}, {"only_in_roll_forward", "繰越だけにある"}, {"only_in_static", "静態だけにある"},
    {"state", "活動の状態"}, {"kind", "種別"}, {"beds", "病床数"}, {"1_roll_forward", "1 繰越"}, {"2_only_in_roll_forward", "2 繰越だけ"},
    {"3_only_in_static", "3 静態だけ"}, {"4_open_in_static_only", "4 静態だけで活動中"}, {"5_suspended_in_static", "5 静態では休止"},
    {"6_beds_of_both", "6 双方の病床差"}, {"7_static", "7 静態"}, {"exists_already", "すでにある"}, {"not_suspended", "休止中でない"},
    {"not_there", "名簿にない"}, {"not_open", "活動中でない"}, {"beds_missing", "病床の記入なし"}, {"beds_before_differ", "変更前病床の相違"},
    {"difference", "不一致"}, {"more_left_than_there_were", "いた数より多い退院・転出"},
    {"no_movement_for_three_months", "3か月入退院なし"}, {"types add up to the total", "種類の合計は総数"},
    {"rest of infectious-disease beds is 0 or more", "残り（感染症病床）は0以上"},
    {"occupancy of the types weighted by beds", "病床で加重した種類別利用率"}, {"change since the month before", "前月との差"},
    {"occupancy of the type", "種類別の利用率"}, {"recomputed_agrees", "再計算と一致"}, {"recomputed_differs", "再計算と不一致"},
    {"only_compared", "照合のみ"},
    /* notes */
    {"~: ~ reports lack patient days: patients a day and patient days are too low by theirs, nothing stands for them",
        "~1：報告 ~2 件に在院患者延数なし：その分、1日平均患者数と延数は過少で、補っていません"},
    {"~: ~ reports lack beds or patients at the end: left out of numerator and denominator of the occupancy",
        "~1：報告 ~2 件に月末の病床数または患者数なし：病床利用率の分子・分母から除きました"},
    {"~: ~ reports lack patient days or movements: left out of numerator and denominator of the mean stay",
        "~1：報告 ~2 件に延数または移動なし：平均在院日数の分子・分母から除きました"},
    {"~: ~ reports lack outpatient visits: outpatients a day are too low by theirs, nothing stands for them",
        "~1：報告 ~2 件に外来患者延数なし：その分、1日平均外来患者数は過少で、補っていません"},
    {"~ of ~ open facilities of the register reported in ~ months; nothing stands for the others",
        "名簿の活動中の施設 ~2 件中 ~1 件が報告（~3 か月）。無報告の施設は補っていません"},
    {"no register for ~ months: how many facilities did not report there is not known", "名簿のない月が ~1 か月：無報告の施設数は分かりません"},
    {"~ facilities reported fewer months than the ~ of others, sums lack theirs: ~",
        "報告月が他の施設（~2 か月）より少ない施設が ~1 件：合計はその分過少です。~3"},
    {"mean of the unrounded monthly rates; patients a day over the calendar days of the year",
        "丸める前の各月の率の平均。1日平均患者数は年間の暦日数で割ったもの"},
    {"unconfirmed: occupancy_by_days = patient days / sum of days x beds at the end of the month; which years are published so was not found",
        "未確認：延数による利用率＝患者延数÷（日数×月末病床数）の和。この方式で公表された年は確認できていません"},
    {"patient days / half of movements; long-term care beds with transfers, the total across types without; movements = admissions + discharges",
        "患者延数÷（移動の半数）。療養病床は転入・転出を含み、総数は含みません。移動＝新入院＋退院"},
    {"open institutions; end = start + opened + reopened - closed - suspended (+ reclassified by kind)",
        "活動中の施設。期末＝期首＋開設＋再開−廃止−休止（種別ごとには＋種別変更）"},
    {"~ notices did not fit the state of their institution and were not carried", "届出 ~1 件は施設の状態と合わず、増減に入れていません"},
    {"~ notices of other months in the files are left out", "ファイル中の範囲外の月の届出 ~1 件は除きました"},
    {"~ institutions agree; differences: beds counts pairs of institution and type of beds",
        "一致 ~1 施設。相違の「病床数」は施設と病床の種類の組の数"},
    {"the bridge closes: lines 1 to 6 add up to line 7", "橋渡しは合います：1～6の和は7"}, {"the bridge does not close", "橋渡しが合いません"},
    {"~ institutions with a missing type of beds are left out", "病床の種類に欠測のある ~1 施設は除きました"},
    {"~ hospitals without the items of physicians are in no physicians per beds", "医師の項目のない ~1 病院は100床当たり医師数に入っていません"},
    {"counts of facilities and capacity: basic form, full count; others: respondents under w = open facilities of the cell / respondents",
        "施設数と定員は基本票の全数。他は回答をウェイト（区分の活動中の施設数÷回答数）で推計"},
    {"our choice, not an official variance: nonresponse is taken as sampling inside the cell",
        "公式の分散ではなく独自の選択：無回答は区分内の抽出とみなします"},
    {"our choice: totals with without_item above 0: respondents with the item stand for the open facilities of their cell; ratios keep w",
        "独自の選択：「項目なし」のある総数は、項目のある回答がその区分の活動中の施設を代表します。比率のウェイトは変えません"},
    {"~ respondents closed or suspended by the basic form are left out", "基本票で廃止・休止の回答 ~1 件は除きました"},
    {"for use inside the office: made without disclosure control; tables for release: estimate run",
        "府省内での確認用：秘匿処理をしていません。公表用の表は estimate run で作ります"}};
enum { PHRASES = sizeof phrase / sizeof *phrase };

/* Pieces of the text where the phrase holds ~; each as short as the rest allows. */
static bool matches(const char *pattern, const char *text, struct str piece[PIECES], int *n) {
  *n = 0;
  for (;;) {
    const size_t same = strcspn(pattern, "~");
    if (strncmp(pattern, text, same) != 0) return false;
    pattern += same, text += same;
    if (!*pattern) return !*text;
    const char *after = ++pattern;
    const size_t literal = strcspn(after, "~");
    const char *end = literal ? text : text + strlen(text);
    while (*end && strncmp(end, after, literal) != 0) end++;
    if (*n == PIECES || (literal && !*end)) return false;
    piece[(*n)++] = (struct str){text, (size_t)(end - text)};
    text = end;
  }
}
static struct str piece_word(struct str s) {
  for (int h = 0; h < HOSPITAL_CLASSES; h++)
    if (str_eq(s, str_of(hospital_class_en[h]))) return str_of(hospital_class_ja[h]);
  for (int i = 0; i < PHRASES; i++)
    if (str_eq(s, str_of(phrase[i].en))) return str_of(phrase[i].ja);
  return s;
}
static const char *filled(struct arena *a, const char *ja, const struct str piece[PIECES], int n) {
  const char *out = "";
  while (*ja && out) {
    const size_t plain = strcspn(ja, "~");
    out = arena_printf(a, "%s%.*s", out, (int)plain, ja);
    ja += plain;
    if (!*ja) break;
    const int k = ja[1] - '1';
    const struct str s = k >= 0 && k < n ? piece_word(piece[k]) : STR("");
    if (out) out = arena_printf(a, "%s%.*s", out, (int)s.n, s.p);
    ja += 2;
  }
  return out;
}
const char *facility_word(struct cli *c, const char *en) {
  struct str piece[PIECES];
  int n;
  if (cli_lang(c) != LANG_JA) return en;
  for (int i = 0; i < PHRASES; i++) {
    if (!matches(phrase[i].en, en, piece, &n)) continue;
    const char *ja = n ? filled(cli_job(c)->arena, phrase[i].ja, piece, n) : phrase[i].ja;
    return ja ? ja : en;
  }
  return en;
}

static bool worded(const char *dimension) {
  static const char *const names[] = {"bed_type", "part", "reason", "line", "measure"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!strcmp(names[i], dimension)) return true;
  return false;
}
static enum err_code word_codes(struct cli *c, const struct result_table *t, struct result_dimension *d, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct str *code = ARENA_ARRAY(a, struct str, t->n_rows + 1);
  if (!code) return ERR(e, E_NO_MEMORY, .subject = t->id);
  for (int64_t i = 0; i < t->n_rows; i++) {
    const char *text = arena_strdup(a, d->code[i].p, d->code[i].n);
    if (!text) return ERR(e, E_NO_MEMORY, .subject = t->id);
    code[i] = str_of(facility_word(c, text));
  }
  d->code = code;
  return E_OK;
}
/* The digest is that of the table as it is; the words are of the copy. */
enum err_code facility_print_japanese(struct cli *c, struct result_table *t, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct result_table copy;
  TRY(estimate_digest(t, e));
  copy = *t;
  copy.dimensions = ARENA_ARRAY(a, struct result_dimension, t->n_dimensions + 1);
  copy.measures = ARENA_ARRAY(a, struct result_measure, t->n_measures + 1);
  copy.notes = ARENA_ARRAY(a, const char *, t->n_notes + 1);
  if (!copy.dimensions || !copy.measures || !copy.notes) return ERR(e, E_NO_MEMORY, .subject = t->id);
  for (int k = 0; k < t->n_dimensions; k++) {
    copy.dimensions[k] = t->dimensions[k];
    if (worded(t->dimensions[k].name)) TRY(word_codes(c, t, &copy.dimensions[k], e));
    copy.dimensions[k].name = facility_word(c, t->dimensions[k].name);
  }
  for (int k = 0; k < t->n_measures; k++) {
    copy.measures[k] = t->measures[k];
    copy.measures[k].name = facility_word(c, t->measures[k].name);
  }
  for (int k = 0; k < t->n_notes; k++) copy.notes[k] = facility_word(c, t->notes[k]);
  if (copy.refusal) copy.refusal = facility_word(c, copy.refusal);
  return estimate_print_text(c, &copy, e);
}
