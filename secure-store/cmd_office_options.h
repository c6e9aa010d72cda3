/* cmd_office_options.h -- who an office is, as the commands that make one ask for it. */
#ifndef SHIRABE_SECURE_STORE_CMD_OFFICE_OPTIONS_H
#define SHIRABE_SECURE_STORE_CMD_OFFICE_OPTIONS_H
#include "secure-store/cmd_store_open.h"

#define OFFICE_OPTIONS                                                                                                                              \
  {.name = "type", .kind = OPT_CHOICE, .value_name = "TYPE", .choices = "municipality|health_centre|prefecture|ministry", .required = true,          \
   .help_en = "kind of office", .help_ja = "機関の種類"},                                                                                            \
  {.name = "code", .kind = OPT_TEXT, .value_name = "CODE", .required = true,                                                                         \
   .help_en = "six digits of the municipality or prefecture; number of a health centre; short name of a ministry",                                   \
   .help_ja = "市区町村・都道府県の6桁コード、保健所の番号、省の略称"},                                                                              \
  {.name = "name", .kind = OPT_TEXT, .value_name = "NAME", .required = true, .help_en = "its name in Japanese", .help_ja = "名称"},                  \
  {.name = "parent", .kind = OPT_FILE, .value_name = "CARD", .help_en = "card (office.json) of the office it reports to",                            \
   .help_ja = "提出先の機関のカード（office.json）"},                                                                                                \
  {.name = "profile", .kind = OPT_CHOICE, .value_name = "PROFILE", .choices = "standard|light", .default_text = "standard",                          \
   .help_en = "cost of the key derivation", .help_ja = "鍵導出の強さ"}
/* From these options; keys are not set. E_STORE_CODE, E_STORE_CARD. */
enum err_code office_options_take(struct cli *c, struct office *o, struct err *e) NODISCARD;
#endif
