/* disclosure_audit.h -- what the disclosure report of a release says of a table: rule with source and status, figures hidden by each rule, audit.
 *    Counts and a verdict; never a value, nor a width relative to one.
 * Format   members of shirabe-disclosure-1, keys sorted, integers only.
 * Door     release.c lets a table with hidden figures pass only with the verdict "clean". */
#ifndef SHIRABE_FRONT_DISCLOSURE_AUDIT_H
#define SHIRABE_FRONT_DISCLOSURE_AUDIT_H
#include "base/json_out.h"
#include "estimators/command/cmd_estimate_core.h"

/* Key and object each; t NULL: a table that was not made by the estimation. */
void disclosure_audit_json(struct json_out *j, const struct estimate_table *t);
void disclosure_primary_json(struct json_out *j, const struct estimate_table *t);
#endif
