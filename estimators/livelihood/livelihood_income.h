/* livelihood_income.h -- disposable income of a household and the equivalised income of its members.
 * Formula  disposable = total income - (income tax + resident tax + property tax + social premiums); basis 2018 also - vehicle tax - premiums of
 *          private pensions - remittances paid. Equivalised = disposable / sqrt(members), the same for every member.
 * Units    total income in 10,000 yen, taxes, premiums and remittances in 1,000 yen, as the forms have them; disposable in 1,000 yen, exact;
 *          equivalised in 10,000 yen. 0 stands for less than half a unit.
 * Missing  total or a deduction not known (amount unknown, existence unknown): the household has no income (known 0) and counts with its reason;
 *          nothing is put in its place. A deduction that is not applicable or left blank is not known either. The codes 9..9 and 9..8 of tapes met
 *          as numbers stop (E_LIVELIHOOD_VALUE): intake turns them into missing values.
 * Negative disposable income stays what it is for poverty and means; for Gini it is 0 and counted (livelihood_sorted.h).
 * Shapes   [n] by household of livelihood_records.h. Errors: E_LIVELIHOOD_COLUMN, E_LIVELIHOOD_VALUE. Memory: 17 bytes a household. Cost: O(n).
 * Source   国民生活基礎調査 貧困率の状況 (https://www.mhlw.go.jp/toukei/saikin/hw/k-tyosa/k-tyosa10/2-7.html) for the definition; the
 *          basis of 2018 is the OECD's newer income definition. */
#ifndef SHIRABE_ESTIMATORS_LIVELIHOOD_INCOME_H
#define SHIRABE_ESTIMATORS_LIVELIHOOD_INCOME_H
#include "estimators/livelihood/livelihood_plan.h"
#include "estimators/livelihood/livelihood_records.h"

struct livelihood_income {
  int64_t n;
  int64_t *disposable;  /* [n] 1,000 yen */
  double *equivalised;  /* [n] 10,000 yen */
  uint8_t *known;       /* [n] */
  int64_t n_known, n_no_total, n_no_deduction, n_negative; /* households with an income record */
};
enum err_code livelihood_income_of(struct arena *a, const struct livelihood_records *r, const struct survey_columns *income,
    enum livelihood_basis basis, struct livelihood_income *out, struct err *e) NODISCARD;
#endif
