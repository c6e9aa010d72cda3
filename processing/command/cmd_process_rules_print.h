/* cmd_process_rules_print.h -- the findings about rules on the screen and as JSON: for cmd_process_rules.c only. */
#ifndef SHIRABE_PROCESSING_JOB_CMD_PROCESS_RULES_PRINT_H
#define SHIRABE_PROCESSING_JOB_CMD_PROCESS_RULES_PRINT_H
#include "base/cli.h"
#include "base/json_out.h"
#include "processing/edit/rule_analysis.h"
#include "processing/edit/rule_build.h"
#include "processing/edit/rule_search.h"

struct rules_linear { /* of the text form, or of the linear part of a form */
  const char *condition; /* "" = always */
  struct rule_analysis analysis;
  struct linear_system implied; /* m = 0: none or not asked for */
  bool implied_complete;
  struct rule_points points;
};
struct rules_record { /* one record type of a form */
  const char *name;
  struct rule_form rules;
  struct rule_review review;
  bool has_linear;
  struct rules_linear linear;
};
void rules_print_linear(struct cli *c, const struct rules_linear *l);
void rules_print_record(struct cli *c, const struct form *f, const struct rules_record *r);
void rules_json_linear(struct json_out *j, const struct rules_linear *l);
void rules_json_record(struct json_out *j, const struct form *f, const struct rules_record *r);
#endif
