/* publication_rule.h -- which figures of a table carry a mark, are replaced by one, or are not printed, because they say too little.
 * Rule     limits of the coefficient of variation in per cent (`from` includes the limit, `above` does not), a smallest number of units, smallest
 *          degrees of freedom, and what is done when there is no information about the error at all (no degrees of freedom, or no standard error
 *          where
 *          the measure keeps precision). A figure of 0 with a standard error above 0 stands above every limit of the cv. Figures without sampling
 *          error (registers) are judged by their number of units only.
 * Action   mark: the figure stays, with the mark; replace: the mark takes its place; hide: nothing is printed. The strongest action that applies
 *          decides,
 *          of equal ones the first in the order no_information, min_n, min_df, cv from the highest limit down.
 * Order    after disclosure control: only figures that are still shown are judged, and a figure taken away here has the status `unreliable`, which is
 *          no protection of anyone and is not counted as suppression.
 * Applied  no_information with action mark keeps the figure and takes se, cv, df and interval away: a cv of 0 or an interval without width would be
 *          read as certainty.
 * JSON     { "profile": name of a shipped rule, or instead: "name", "source", "status", "confidence": 0.95,
 *            "cv": [ { "from"|"above": 16.5, "mark": "E", "action": "mark", "ja": "...", "en": "..." } ],
 *            "min_n": { "at_least": 10, "mark", "action", "ja", "en" }, "min_df": { ... }, "no_information": { "mark", "action", "ja", "en" } }
 *          With "profile" only "confidence" may stand beside it. Unknown keys, limits out of order and marks with two meanings are refused.
 * Profiles forms/codelists/publication_rules.json: { "profiles": [ rules ] }. The shipped ones are examples of styles, marked unconfirmed.
 * Errors   E_PUBLICATION_RULE with the key as subject. Memory: texts in the arena. Cost: linear in the cells. */
#ifndef SHIRABE_ESTIMATORS_PUBLICATION_RULE_H
#define SHIRABE_ESTIMATORS_PUBLICATION_RULE_H
#include "estimators/table/result_table.h"

struct json_value;
enum publication_action { PUBLISH_MARK, PUBLISH_REPLACE, PUBLISH_HIDE };
enum { PUBLICATION_LEVELS = 8 };
struct publication_limit {
  bool present, inclusive; /* inclusive: `from` */
  double limit;            /* cv in per cent, units, or degrees of freedom */
  enum publication_action action;
  const char *mark, *ja, *en;
  const char *reason; /* of a figure taken away: "cv above 33.3 %" */
};
struct publication_rule {
  const char *name, *source, *status;
  int n_levels;
  struct publication_limit level[PUBLICATION_LEVELS]; /* by limit, lowest first */
  struct publication_limit min_n, min_df, no_information;
  double confidence; /* of intervals; 0.95 when the rule does not say */
};
struct publication_report {
  int64_t n_figures, n_marked, n_replaced, n_hidden, n_no_information;
};
/* profiles: the root of publication_rules.json, NULL = none are known. file: for messages. */
enum err_code publication_rule_parse(struct arena *a, const char *file, const struct json_value *publish, const struct json_value *profiles,
    struct publication_rule *out, struct err *e) NODISCARD;
enum err_code publication_rule_apply(
    const struct publication_rule *r, struct result_table *t, struct publication_report *report, struct err *e) NODISCARD;
#endif
