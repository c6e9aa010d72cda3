/* demo_offices.h -- the offices of the demonstration: real municipalities of two prefectures, in the order of their codes; which health centre
 *    serves which is our own arrangement (centres are named by number). Codes and names: forms/codelists/municipalities.csv, all valid in
 *    December 2025. */
#ifndef SHIRABE_TESTS_DEMO_OFFICES_H
#define SHIRABE_TESTS_DEMO_OFFICES_H

struct demo_municipality {
  const char *code, *name, *centre;
};
struct demo_prefecture {
  const char *number, *code, *name, *minimum_wage; /* yen an hour, October and November 2025 */
};

enum { DEMO_MUNICIPALITIES = 30, DEMO_SMALL_MUNICIPALITIES = 4, DEMO_PREFECTURES = 2, DEMO_PER_CENTRE = 5 };
static const struct demo_prefecture demo_prefectures[DEMO_PREFECTURES] = {{"01", "010006", "北海道", "1075"}, {"34", "340006", "広島県", "1085"}};
static const struct demo_municipality demo_municipalities[DEMO_MUNICIPALITIES] = {
    {"012025", "函館市", "0101"}, {"012033", "小樽市", "0101"}, {"012041", "旭川市", "0101"},   {"012050", "室蘭市", "0101"},   {"012068", "釧路市", "0101"},
    {"012076", "帯広市", "0102"}, {"012084", "北見市", "0102"}, {"012092", "夕張市", "0102"},   {"012106", "岩見沢市", "0102"}, {"012114", "網走市", "0102"},
    {"012122", "留萌市", "0103"}, {"012131", "苫小牧市", "0103"}, {"012149", "稚内市", "0103"}, {"012157", "美唄市", "0103"},   {"012165", "芦別市", "0103"},
    {"342025", "呉市", "3401"},   {"342033", "竹原市", "3401"}, {"342041", "三原市", "3401"},   {"342050", "尾道市", "3401"},   {"342076", "福山市", "3401"},
    {"342084", "府中市", "3402"}, {"342092", "三次市", "3402"}, {"342106", "庄原市", "3402"},   {"342114", "大竹市", "3402"},   {"342122", "東広島市", "3402"},
    {"342131", "廿日市市", "3403"}, {"342149", "安芸高田市", "3403"}, {"342157", "江田島市", "3403"}, {"343021", "府中町", "3403"}, {"343048", "海田町", "3403"}};

/* Answers that stand nowhere else: a search of every byte the offices leave must not find them. */
#define DEMO_PLANTED_NUMBER "8765431"
#define DEMO_PLANTED_BUSINESS "鑿岩機用特殊鍍金"
#define DEMO_PLANTED_REMARK "燭臺工場の件"

/* What goes wrong where: places in the table above. */
struct demo_troubles {
  int wrong_total, late, forgotten, no_book_number, bad_check_digit;
};
static const struct demo_troubles demo_troubles_full = {4, 9, 12, 7, 19}, demo_troubles_small = {1, 2, 3, 0, 2};
#endif
