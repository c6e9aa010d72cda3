/* relations_label.c -- relations_tables.h: names and codes of the tables in Japanese. */
#include "estimators/relations/relations_tables.h"

/* dimension "": names of columns; "*": codes of any dimension; else codes of that one -- an industry M is no man. */
static const struct {
  const char *dimension, *text, *ja;
} label[] = {{"", "all", "全体"}, {"", "basis", "数え方"}, {"", "part", "内訳"}, {"", "group", "区分"}, {"", "year", "年"}, {"", "kind", "種別"},
    {"", "federation", "上部組合"}, {"", "figure", "項目"}, {"", "unions", "組合数"}, {"", "members", "組合員数"}, {"", "men", "男"},
    {"", "women", "女"}, {"", "part_time", "パートタイム"}, {"", "non_independent", "非独立組合員"}, {"", "new", "新設"}, {"", "closed", "解散等"},
    {"", "rate", "推定組織率"}, {"", "change", "差"}, {"", "employees", "雇用者数"}, {"", "direct", "直接加盟"}, {"", "disputes", "件数"},
    {"", "participants", "参加人員"}, {"", "days_lost", "労働損失日数"}, {"", "prefecture", "都道府県"}, {"", "industry", "産業"},
    {"*", "_T", "計"}, {"*", "_U", "不詳"}, {"basis", "unit", "単位"}, {"basis", "single", "単一"}, {"group", "M", "男"}, {"group", "F", "女"},
    {"group", "P", "パートタイム"}, {"part", "1_before", "1 前年"}, {"part", "2_new", "2 新設"}, {"part", "3_appeared", "3 前年票なし"},
    {"part", "4_closed", "4 解散等"}, {"part", "5_vanished", "5 当年票なし"}, {"part", "6_rebased", "6 数え方の異動"},
    {"part", "7_change", "7 組合員の増減"}, {"part", "8_not_answered", "8 無回答による差"}, {"part", "9_now", "9 当年"},
    {"kind", "1_total_once", "1 合計（重複なし）"}, {"kind", "2_sum_of_topmost", "2 最上位の合計"}, {"kind", "3_in_several", "3 複数に加盟"},
    {"kind", "4_in_none", "4 加盟なし"}, {"kind", "5_topmost", "5 最上位"}, {"kind", "6_joined_another", "6 他に加盟"},
    {"figure", "01_all", "01 総争議"}, {"figure", "02_with_acts", "02 争議行為を伴う争議"}, {"figure", "03_without_acts", "03 争議行為を伴わない争議"},
    {"figure", "04_acts_not_answered", "04 行為の有無が無回答"}, {"figure", "05_new", "05 新規"}, {"figure", "06_carried_over", "06 繰越"},
    {"figure", "07_start_not_answered", "07 発生日が無回答"}, {"figure", "08_settled", "08 解決"}, {"figure", "09_going_on", "09 継続中"},
    {"figure", "10_strike_or_lockout", "10 半日以上の同盟罷業・作業所閉鎖"}, {"figure", "11_strike", "11 半日以上の同盟罷業"},
    {"figure", "12_lockout", "12 作業所閉鎖"}, {"figure", "13_short_strike", "13 半日未満の同盟罷業"}, {"figure", "14_slowdown", "14 怠業"},
    {"figure", "15_other", "15 その他"}, {"figure", "16_several_forms", "16 複数の形態"}};

const char *relations_label_ja(const char *dimension, struct str text) {
  for (size_t i = 0; i < sizeof label / sizeof *label; i++) {
    const bool here = dimension ? str_eq(str_of(label[i].dimension), STR("*")) || str_eq(str_of(label[i].dimension), str_of(dimension))
                                : !*label[i].dimension;
    if (here && str_eq(str_of(label[i].text), text)) return label[i].ja;
  }
  return NULL;
}
