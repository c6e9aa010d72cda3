/* sdc_profile.h -- the named disclosure profiles of forms/codelists/disclosure_profiles.json: a primary rule with all its fields, the items it needs,
 *    its source and how far that is confirmed.
 * Strict   every field must be there, no other may; a value that cannot be is refused with its place, what was expected and what stands there.
 *          Nothing is filled in: a rule that is off says so (0, false, "").
 * Fields   page profiles.md. Two lists, why: forms/secure/output_profiles.csv judges finished outputs of others (degrees of freedom, plots, digits
 *          in texts), whose contributions are not known; this one judges our own cells by all contributions. Neither can serve the other.
 * Items    names of items of the form: owner of several units, consent to publication, request for protection. A form without the item: every unit
 *          stands alone, nobody consents, nobody asks; the tables say so.
 * Errors   E_SDC_PROFILES, E_SDC_PROFILE_RULE. Memory: the arena. Cost: O(text). */
#ifndef SHIRABE_ESTIMATORS_SDC_PROFILE_H
#define SHIRABE_ESTIMATORS_SDC_PROFILE_H
#include "estimators/sdc/sdc_action.h"
#include "estimators/sdc/sdc_rule.h"

struct disclosure_profile {
  const char *name, *status, *source; /* status: "verified" (read in the source) or "unconfirmed" */
  struct sdc_rule rule;
  const char *holding, *waiver, *asked; /* "" = none */
  struct sdc_action action;             /* "publish": instead of suppressing; absent = suppress */
};
/* text: the JSON. *out [*n]. */
enum err_code sdc_profiles_parse(
    struct arena *a, const char *file, const char *text, size_t size, struct disclosure_profile **out, int *n, struct err *e) NODISCARD;
const struct disclosure_profile *sdc_profile_find(const struct disclosure_profile *list, int n, const char *name); /* NULL */
/* The whole rule as one text, for the hash of the specifications. */
const char *sdc_profile_text(struct arena *a, const struct disclosure_profile *p); /* NULL = no memory */
#endif
