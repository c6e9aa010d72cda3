/* normalise.h -- a cell's text -> a value of its class, with the rules that were needed; no tables, no forms, no allocation.
 * Result   E_OK and the value, or the message code of the problem (E_NUMBER_*, E_DATE_*, E_CODE_*, E_CELL_SIGN): the place is the caller's to add.
 * Width    only an allowlist is folded: full-width digits, letters, + , - . / : ' and the ideographic space; for numbers also △ ▲ − as signs. Full NFKC
 *          would make ① a digit and ㈱ two letters. Each fold equals NFKC where NFKC has one.
 * Rules    `rules` gets RULE_BIT()s of repair.h for everything that was not written canonically.
 * Missing  empty cells and special signs are the caller's: what they mean is the form's to say.
 * Source   eras: 元号法 (1979) and the imperial edicts before it; Gregorian calendar from 1873-01-01: 太政官布告第337号 (1872). Codes: code_structure.h. */
#ifndef SHIRABE_COLLECTOR_NORMALISE_H
#define SHIRABE_COLLECTOR_NORMALISE_H
#include <stdbool.h>
#include <stdint.h>

#include "base/date.h"
#include "base/err.h"
#include "base/str.h"
#include "collector/repair.h"

enum { CELL_FOLDED = 128 }; /* no number, date or code is longer */

/* Folds width and trims spaces and the spreadsheet apostrophe; false when longer than CELL_FOLDED. `signs`: △ ▲ − become '-'. */
struct folded {
  char p[CELL_FOLDED];
  size_t n;
};
bool normalise_fold(struct str raw, bool signs, struct folded *out, uint32_t *rules);
bool normalise_is_blank(struct str raw);        /* only spaces, or nothing */
bool normalise_is_special_sign(struct str raw); /* - − … ・ x X * *** and the like: a table's way to say "no figure here" */
/* The plainest spelling of a sign written in another one ("－" "−" "―" -> "-", "χ" "Ｘ" -> "x", "..." -> "…"); empty when it is none. △ alone is "△". */
struct str normalise_sign(struct str raw);

struct number_rule {
  int decimals;               /* value is scaled by 10^decimals */
  const char *const *units;   /* texts that may follow the number; NULL-terminated; NULL = none */
};
/* The unit texts of a form's unit and multiplier ("yen", 1000 -> 千円); NULL when the unit has none. */
const char *const *number_unit_texts(const char *unit, int64_t multiplier);
enum err_code normalise_number(struct str raw, const struct number_rule *rule, int64_t *value, uint32_t *rules) NODISCARD;

enum era { ERA_MEIJI = 1, ERA_TAISHO, ERA_SHOWA, ERA_HEISEI, ERA_REIWA, ERA_WESTERN };
struct era_digits {
  uint8_t era[10]; /* era of the digit, 0 = the form gives none */
  bool declared;
};
struct date_rule {
  bool month;                      /* the item is a year and month: stored as the first day */
  bool year;                       /* the item is a year: stored as its first day; the only way to write a day before 1873 */
  bool part_99, part_word;         /* the form says that 99, or 不詳, in the place of a month or day (9999 of a year) means unknown */
  const struct era_digits *digits; /* NULL = no era digits */
};
enum era era_of_name(struct str name); /* 令和, 令, R, Reiwa, ㋿ ...; 0 = none */
enum era era_take(struct str *text);   /* the era the text begins with; the text moves behind it */
/* Western year of an era year, 0 when the era has no such year. */
int64_t era_western_year(enum era era, int64_t year);
enum date_known { DATE_KNOWN, DATE_PART_UNKNOWN, DATE_ALL_UNKNOWN }; /* *days is set only when everything is known */
enum err_code normalise_date_parts(struct str raw, const struct date_rule *rule, int64_t *days, enum date_known *known, uint32_t *rules) NODISCARD;
/* The same for rules without unknown parts. */
enum err_code normalise_date(struct str raw, const struct date_rule *rule, int64_t *days, uint32_t *rules) NODISCARD;
/* A spreadsheet's serial day number. The 1900 system counts a 29 February 1900 that never was, so 60 is no day; days before 1900-03-01 are one off. */
bool excel_serial_days(int64_t serial, bool from_1904, int64_t *days);

/* A period as people write it: 2025-12, 2025年12月, 令和7年12月, 令和7年度, FY2025, 2025年第4四半期, and e-Stat time codes (2025001012 = October to December). */
bool estat_time_code(struct str ten_digits, struct period *out);
enum err_code normalise_period(struct str raw, struct period *out, uint32_t *rules) NODISCARD;

enum code_structure { STRUCTURE_NONE, STRUCTURE_MUNICIPALITY, STRUCTURE_CORPORATE, STRUCTURE_ICD10 };
enum code_structure code_structure_of(const char *name); /* "municipality...", "corporate...", "icd10" */
struct code_rule {
  enum code_structure structure;
  int width; /* of a code list's longest code, 0 = not known */
};
/* Folded and judged by structure; `out` holds the code to look up. A lost zero is put back only when the check digit proves it. */
enum err_code normalise_code(struct str raw, const struct code_rule *rule, struct folded *out, uint32_t *rules) NODISCARD;
/* 1月2日, 2-Jan, 2025/1/2: what a spreadsheet makes of the codes 1-2 and 3/4. `loose`: 1-2 and 3/4 themselves too, for texts that are no code. */
bool code_is_date_damage(struct str text, bool loose);
/* A five-digit municipality code (no check digit) that could be what was meant, so that a padded one proves nothing by itself. */
bool municipality_also_reads_as_five(struct str digits5);
#endif
