/* cmd_estimate_rule.h -- from a file, a profile name or a design to the publication rule that a table is judged by. For the cmd_ files only.
 * Wanted   --rule NAME (a profile of forms/codelists/publication_rules.json), --rule FILE (the object of publication_rule.h; a text with a '/'
 *          or ending in
 *          .json), --rule none; without --rule the object "publish" of the design. No rule anywhere: tables carry no marks, nothing is assumed. */
#ifndef SHIRABE_ESTIMATORS_CMD_ESTIMATE_RULE_H
#define SHIRABE_ESTIMATORS_CMD_ESTIMATE_RULE_H
#include "estimators/table/publication_rule.h"

#define ESTIMATE_RULE                                                                                                                              \
  {                                                                                                                                                \
    .name = "rule", .kind = OPT_TEXT, .value_name = "NAME|FILE",                                                                                   \
    .help_en = "publication rule: a profile, a JSON file, or none (default: \"publish\" of the design)",                                           \
    .help_ja = "公表基準：基準名、JSONファイル、または none（既定は設計の \"publish\"）"                                                           \
  }

/* option: the text of --rule, NULL = not given; design_json: its text, NULL = none. *there: a rule was found. */
enum err_code estimate_rule(struct arena *a, const char *option, const char *design_file, const char *design_json, struct publication_rule *out,
    bool *there, struct err *e) NODISCARD;
/* Finds the rule and applies it; a table without a rule stays as it is. */
enum err_code estimate_apply_rule(
    const char *option, const char *design_file, const char *design_json, struct result_table *t, struct err *e) NODISCARD;
/* The same with the design in a file, which is read again. */
enum err_code estimate_apply_rule_file(const char *option, const char *design_path, struct result_table *t, struct err *e) NODISCARD;
#endif
