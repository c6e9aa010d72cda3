/* rule_read.h -- a primary rule from a file of profiles, or from a file that holds one.
 * Shapes   { "profiles": [ { "name", "status", "rule": {...} }, ... ] }, or one { "name", "status", "rule": {...} }. Members of "rule": min_n,
 *          dominance_n,
 *          dominance_percent, p_percent, q_percent, coalition, request (true: protects only who asked), request_percent, zero_is_group,
 *          safety_range (or safety_range_percent), weights ("none", "repeat", "raw"). Others of the file of profiles (text, actions) are
 *          left to whom they concern.
 * Missing  a member that is not there is no rule. A profile without status is unconfirmed.
 * Errors   E_SDC_PROFILE_FILE names the member, E_SDC_PROFILE_RULE. Memory: the caller's arena. Cost: O(text). */
#ifndef SHIRABE_ESTIMATORS_SUPPRESS_RULE_READ_H
#define SHIRABE_ESTIMATORS_SUPPRESS_RULE_READ_H
#include "base/str.h"
#include "estimators/sdc/sdc_rule.h"

/* name NULL: the file holds one profile. */
enum err_code sdc_rule_read(struct arena *a, const char *file, struct str text, const char *name, struct sdc_rule *out, struct err *e) NODISCARD;
#endif
