/* micro_report.h -- the report of a protected file as JSON, as text in two languages, and as a picture. It holds counts, rates and limits, no record.
 * Shapes   one report of recipe_run.h; digests may be NULL. Missing measures are null in JSON and "-" in text.
 * Seed     is not in it, nor a digest of it.
 * Errors   of the picture: those of chart.h. Text and JSON: none beyond a failed buffer. Memory: the buffer. Cost: linear in variables and steps. */
#ifndef SHIRABE_ESTIMATORS_SDC_MICRO_MICRO_REPORT_H
#define SHIRABE_ESTIMATORS_SDC_MICRO_MICRO_REPORT_H
#include "base/json_out.h"
#include "estimators/sdc/micro/recipe_run.h"

struct micro_digests {
  const char *data, *recipe, *out, *version;
  const char *officers; /* who approved the recipe in the store, "a, b"; NULL = no store is asked */
  bool two;             /* and they are enough */
};
void micro_report_json(const struct micro_report *r, const struct micro_digests *d, struct json_out *j);
void micro_report_text(const struct micro_report *r, const struct micro_digests *d, enum err_lang lang, struct strbuf *b);
/* Values missing by variable, before and after. */
enum err_code micro_report_picture(struct arena *a, const struct micro_report *r, enum err_lang lang, struct strbuf *b, struct err *e) NODISCARD;
/* Records by class of risk, before and after; after_only: the public one, in percent of the file. */
enum { MICRO_RISK_CLASSES = 7 };
void micro_risk_classes(const struct micro_state *s, int64_t count[MICRO_RISK_CLASSES]);
enum err_code micro_risk_picture(const struct micro_report *r, bool after_only, enum err_lang lang, struct strbuf *b, struct err *e) NODISCARD;
/* What goes out with the file: no rate, share, amount, threshold or count of changes, no seed (micro_public.c). */
void micro_public_json(const struct micro_report *r, struct json_out *j);
void micro_public_text(const struct micro_report *r, enum err_lang lang, struct strbuf *b);
/* The codebook of what is written as CSV: variables, tails (their mean where recode.h gives one, no threshold, no
 * number of records), the codes that occur. A code that no
 * record has any more is not named. */
struct micro_labels { /* of codes as collected: en, ja; false when the code is none of the item's (merged classes) */
  const void *context;
  bool (*find)(const void *context, const char *variable, struct str code, struct str label[2]);
};
/* labels may be NULL. A code that a recoding of its variable makes has no label of the form's. */
enum err_code micro_codebook_csv(struct arena *a, const struct micro_report *r, const struct table *t, const struct micro_labels *labels,
    struct strbuf *b, struct err *e) NODISCARD;
#endif
