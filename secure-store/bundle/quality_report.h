/* quality_report.h -- quality.json (format shirabe-quality-1) and quality.md: how the figures came about, for people and for programs.
 * Parts    `collection`: per form what arrived and what was done to it (counts and rates, given by the caller, never worked out here); `tables`:
 *          per table and measure the states of its figures and the distribution of their cv, counted from the long form;
 *          `punctuality`. Which editions a period has is not in it: that changes after a bundle is made, and a bundle made again must be the same.
 * Missing  a rate that cannot be had says "available": false and why, in both languages; it is never 0.
 * Rates    part / whole; weighted ones by the design weight. cv: over the figures shown, in shares of 1; quantiles by the nearest rank.
 * Privacy  counts are of whole forms of the survey; a whole, part or complement of fewer units than min_n is not given, only the rate's absence is.
 * Door     quality_check counts the tables again, proves the form of the rest (rates equal part / whole, nothing but the known members) and makes
 *          quality.md again from quality.json: E_PART_QUALITY.
 * Source   ESS standard for quality reports (Eurostat, 2009): response, imputation, cv, punctuality; UNECE GSDEM (2019): process metrics. */
#ifndef SHIRABE_SECURE_STORE_QUALITY_REPORT_H
#define SHIRABE_SECURE_STORE_QUALITY_REPORT_H
#include "secure-store/bundle/bundle_source.h"

enum { QUALITY_RATES = 8 };
extern const char *const quality_rate_names[QUALITY_RATES]; /* offices_reported, unit_response, item_response, ... */
struct quality_fact {
  bool there, weighted;
  int64_t part, whole;
  double weighted_rate;
  const char *reason_ja, *reason_en; /* why it is not there; NULL = the form's reason */
};
struct quality_form {
  const char *form;
  struct quality_fact rate[QUALITY_RATES];
  const char *reason_ja, *reason_en; /* why those that are not there are not; NULL = the small counts */
};
struct quality_report {
  const char *survey, *period;
  int64_t min_n; /* the largest minimum of the profiles of the tables; below 3 it counts as 3 */
  int n_forms;
  const struct quality_form *forms;
  bool has_date;
  int64_t release_date; /* UNIX seconds: when it may be published */
};
enum err_code quality_json(struct arena *a, const struct quality_report *q, const struct release_part *parts, int64_t n,
    const struct bundle_words *words, struct str *out, struct err *e) NODISCARD;
enum err_code quality_text(struct arena *a, struct str json, struct str *out, struct err *e) NODISCARD;
enum err_code quality_check(struct arena *a, const struct release_part *parts, int64_t n, const struct bundle_words *words, struct err *e) NODISCARD;
#endif
