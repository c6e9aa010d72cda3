/* repair.c -- names and sentences of the repair rules; the table in collector/intake.md is the same list. */
#include "collector/repair.h"

#include <stddef.h>
#include <string.h>

static const struct {
  const char *name, *en, *ja;
} RULES[REPAIR_RULES] = {
  [REPAIR_NONE] = {"none", "as written", "そのまま"},
  [REPAIR_WIDTH] = {"width", "full-width characters read as half-width", "全角文字を半角として読んだ"},
  [REPAIR_SPACES] = {"spaces", "spaces around the value left out", "前後の空白を除いた"},
  [REPAIR_APOSTROPHE] = {"apostrophe", "leading apostrophe of a spreadsheet left out", "表計算ソフトの先頭の ' を除いた"},
  [REPAIR_SEPARATORS] = {"thousands-separators", "thousands separators left out", "桁区切りを除いた"},
  [REPAIR_NEGATIVE_SIGN] = {"negative-sign", "triangle or long minus read as a minus sign", "△・▲・−を負の符号として読んだ"},
  [REPAIR_UNIT] = {"unit", "the item's own unit left out", "項目の単位を除いた"},
  [REPAIR_ZERO_CHECK_DIGIT] = {"lost-zero-check-digit", "lost leading zero put back, proved by the check digit", "検査数字で確かめて先頭の0を補った"},
  [REPAIR_CODE_SPELLING] = {"code-spelling", "letter case or dot of the code made regular", "符号の大文字小文字・点をそろえた"},
  [REPAIR_MIDNIGHT] = {"midnight", "time of day 0:00 after a date left out", "日付の後の 0:00 を除いた"},
  [REPAIR_HEISEI_31] = {"heisei-31", "Heisei 31 from May on read as Reiwa 1", "平成31年5月以降を令和元年として読んだ"},
  [REPAIR_NFC] = {"nfc", "combining marks composed", "結合文字を合成した"},
  [REPAIR_CODE_OF_THE_DAY] = {"code-of-the-day", "code in force on the day of the event, through the change table", "変更表をたどった、その日の符号"},
  [REPAIR_SERIAL_1900] = {"excel-serial-1900", "spreadsheet day number counted from 1900", "1900年からの日付の通し番号"},
  [REPAIR_SERIAL_1904] = {"excel-serial-1904", "spreadsheet day number counted from 1904", "1904年からの日付の通し番号"},
  [REPAIR_CHECK_DIGIT_ADDED] = {"check-digit-added", "five digits of a municipality code with their check digit", "5桁の市区町村符号に検査数字を補った符号"},
  [REPAIR_ZERO_IN_LIST] = {"lost-zero-in-list", "with its leading zeros the code is in the list", "先頭に0を補うと符号表にある符号"},
  [NOTATION_WESTERN_DATE] = {"western-date", "date in the Western calendar", "西暦の日付"},
  [NOTATION_COMPACT_DATE] = {"compact-date", "date of eight digits", "8桁の日付"},
  [NOTATION_ERA_DATE] = {"era-date", "date in the Japanese calendar", "和暦の日付"},
  [NOTATION_ERA_DIGIT] = {"era-digit", "date with the form's era digit", "元号の数字で始まる日付"},
  [NOTATION_TIME_CODE] = {"time-code", "time code of e-Stat", "e-Stat の時間軸符号"},
  [NOTATION_PERIOD] = {"period-words", "period written in words", "言葉で書いた期間"},
  [NOTATION_SIGN] = {"sign-spelling", "another spelling of a sign of the form", "様式の記号の別の書き方"},
};

static bool known(enum repair_rule r) { return (unsigned)r < REPAIR_RULES; }
const char *repair_rule_name(enum repair_rule r) { return known(r) ? RULES[r].name : "unknown"; }
const char *repair_rule_text(enum repair_rule r, bool japanese) { return known(r) ? (japanese ? RULES[r].ja : RULES[r].en) : "unknown"; }
bool repair_rule_is_notation(enum repair_rule r) { return r >= NOTATION_WESTERN_DATE && r < REPAIR_RULES; }

enum repair_policy repair_rule_policy(enum repair_rule r) {
  switch (r) {
  case REPAIR_CODE_OF_THE_DAY: case REPAIR_SERIAL_1900: case REPAIR_SERIAL_1904: case REPAIR_CHECK_DIGIT_ADDED: return POLICY_PROPOSED;
  case REPAIR_ZERO_IN_LIST: return POLICY_CELL_BY_CELL;
  default: return POLICY_BY_RULE;
  }
}

enum repair_rule repair_rule_find(const char *name) {
  for (int r = 1; r < REPAIR_RULES; r++)
    if (strcmp(RULES[r].name, name) == 0) return (enum repair_rule)r;
  return REPAIR_NONE;
}

const char *repair_state_text(enum repair_state s, bool japanese) {
  static const char *const texts[][2] = {[REPAIR_ACCEPTED_BY_RULE] = {"accepted by rule", "規則で採用"},
                                         [REPAIR_PROPOSED] = {"proposed", "提案"},
                                         [REPAIR_ACCEPTED_BY_PERSON] = {"accepted", "採用"},
                                         [REPAIR_REFUSED] = {"refused", "却下"}};
  return (unsigned)s < sizeof texts / sizeof *texts ? texts[s][japanese] : "?";
}
