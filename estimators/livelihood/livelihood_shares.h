/* livelihood_shares.h -- ratios and totals of the household and the health form: shares of types of households, mean size, people with symptoms
 *    (有訴者率) and under treatment (通院者率) per 1,000 members, in the whole and by area.
 * Formula  Y / X with influence (y - R x) / X, a total sum w y with influence y; with-replacement ultimate cluster (survey.h). per 1,000: rates.
 * Health   numerator: members not in hospital with symptoms, or who go to a doctor. Denominator by the plan: MEMBERS all members with a health
 *          record, those in hospital too; AT_HOME without them. Which of the two the published rates have was not confirmed: the plan must choose.
 *          Members without a health record are in neither, and counted (n_absent).
 * Ages     people of 0-17, 18-63, 64 and more per 100 of known age.
 * Missing  a type or structure not known: the household is in no class (and in no denominator of shares of types). Symptoms not known: not in the
 *          numerator, in the denominator, and counted (n_unknown).
 * Shapes   statistic: [m]; y, x [n] by row of the survey, x NULL = total; of_row, n_domains as taylor.h; estimate: [m][n_domains].
 * Errors   those of survey.h, livelihood_records.h. Memory 24 bytes a household and statistic. Cost: O(n m).
 * Source   国民生活基礎調査 用語の説明 (有訴者, 通院者); Särndal, Swensson & Wretman (1992) 5.6. */
#ifndef SHIRABE_ESTIMATORS_LIVELIHOOD_SHARES_H
#define SHIRABE_ESTIMATORS_LIVELIHOOD_SHARES_H
#include "estimators/livelihood/livelihood_measures.h"

enum { LIVELIHOOD_MOST_SHARES = 24 };
struct livelihood_share {
  const char *name;
  double factor; /* 100 = per cent, 1000 = per 1,000 */
  const double *y, *x;
};
struct livelihood_shares {
  int m;
  struct livelihood_share share[LIVELIHOOD_MOST_SHARES];
  int64_t n_absent;  /* members of the households without a health record */
  int64_t n_unknown; /* persons whose answer is not known, or households whose type is not */
};
enum err_code livelihood_household_shares(struct arena *a, const struct livelihood_records *r, const struct livelihood_survey *s,
    struct livelihood_shares *out, struct err *e) NODISCARD;
enum err_code livelihood_health_shares(struct arena *a, const struct livelihood_records *r, const struct livelihood_survey *s,
    const struct survey_columns *health, enum livelihood_rate_base base, struct livelihood_shares *out, struct err *e) NODISCARD;
enum err_code livelihood_share_estimates(const struct job *job, struct arena *a, const struct livelihood_survey *s,
    const struct livelihood_shares *shares, const struct taylor_domains *domains, struct livelihood_estimate *out, struct err *e) NODISCARD;
#endif
