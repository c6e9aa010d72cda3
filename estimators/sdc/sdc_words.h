/* sdc_words.h -- why a figure is hidden, in words for people and for programs. None of them tells a value, a number of units or who contributes.
 * Source   sdc_rule.h; Hundepool et al., Handbook on SDC, 2nd ed., 4. Cost: O(1). */
#ifndef SHIRABE_ESTIMATORS_SDC_WORDS_H
#define SHIRABE_ESTIMATORS_SDC_WORDS_H
#include "estimators/sdc/sdc_profile.h"

enum sdc_kind { /* few to zero_group as enum sdc_reason */
  SDC_KIND_NONE,
  SDC_KIND_FEW,
  SDC_KIND_DOMINATED,
  SDC_KIND_P_PERCENT,
  SDC_KIND_REQUEST,
  SDC_KIND_ZERO_GROUP,
  SDC_KIND_LINKED,
  SDC_KIND_SECONDARY,
  SDC_KINDS
};
/* From the reason that stands at a hidden figure; NONE for a text of another origin. */
enum sdc_kind sdc_kind_of(const char *reason);
/* What goes out says only that a figure is hidden: which rule hid it would bound it (few units: 1 to the minimum less one). All suppressed figures
 * of the table get this one reason; to be called when everything that judges the table is done. */
extern const char sdc_published_reason[];
struct result_table;
void sdc_publish_reasons(struct result_table *t);
/* The same as a copy that shares all but the reasons. */
enum err_code sdc_as_published(struct arena *a, const struct result_table *t, struct result_table *out, struct err *e) NODISCARD;
const char *sdc_kind_word(enum sdc_kind k); /* "few", "dominated", ..., "linked", "secondary" */
/* A sentence: what the rule protects from. */
const char *sdc_kind_sentence(enum sdc_kind k, bool ja);
static inline bool sdc_kind_primary(enum sdc_kind k) { return k > SDC_KIND_NONE && k < SDC_KIND_LINKED; }
#endif
