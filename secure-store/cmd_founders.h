/* cmd_founders.h -- the people of the ceremony as `store init` and `store rotate` take them: cards by role, thresholds. */
#ifndef SHIRABE_SECURE_STORE_CMD_FOUNDERS_H
#define SHIRABE_SECURE_STORE_CMD_FOUNDERS_H
#include "secure-store/cmd_officers.h"
#include "secure-store/rights/founders.h"

#define FOUNDERS_OPTIONS                                                                                                            \
  {.name = "key-officer", .kind = OPT_REPEAT, .value_name = "CARD", .help_en = "card of one who holds a share that unlocks",        \
   .help_ja = "解錠のシェアを持つ鍵管理者のカード"},                                                                                \
  {.name = "chief", .kind = OPT_REPEAT, .value_name = "CARD", .help_en = "card of the chief (may be a key officer too)",            \
   .help_ja = "総括責任者のカード（鍵管理者を兼ねてよい）"},                                                                        \
  {.name = "manager", .kind = OPT_REPEAT, .value_name = "CARD", .help_en = "card of a manager (may be a key officer too)",          \
   .help_ja = "管理責任者のカード（鍵管理者を兼ねてよい）"},                                                                        \
  {.name = "auditor", .kind = OPT_REPEAT, .value_name = "CARD", .help_en = "card of an auditor, who unlocks nothing",               \
   .help_ja = "監査担当のカード（解錠はできない）"},                                                                                \
  {.name = "until", .kind = OPT_TEXT, .value_name = "DATE", .help_en = "last day of these roles; default: in three years",          \
   .help_ja = "これらの役割の最終日。指定がなければ3年後"}
#define THRESHOLD_OPTIONS(unlock_default, authority_default)                                                                        \
  {.name = "unlock-threshold", .kind = OPT_TEXT, .value_name = "M/N", .default_text = unlock_default,                               \
   .help_en = "so many of so many key officers unlock", .help_ja = "解錠に必要な人数／鍵管理者の人数"},                             \
  {.name = "authority-threshold", .kind = OPT_TEXT, .value_name = "M/N", .default_text = authority_default,                         \
   .help_en = "so many of all change officers or destroy keys, an auditor among them",                                              \
   .help_ja = "担当者の変更と鍵の破棄に必要な人数／全員の人数（監査担当を含む）"}

struct cmd_founders {
  struct store_founders founders;
  struct keystore_plan plan;
  struct share_plan set[KEYSTORE_SETS];
};
bool cmd_founders_given(struct cli *c);
/* Reads the cards and builds the plan. E_KEYS_PLAN, E_USAGE_VALUE, E_OFFICER_*. */
enum err_code cmd_founders_take(struct cli *c, struct cmd_founders *out, struct err *e) NODISCARD;
/* E_KEYS_PLAN when N is not the number of holders. */
enum err_code cmd_threshold_take(struct cli *c, const char *option, struct share_plan *plan, struct err *e) NODISCARD;
#endif
