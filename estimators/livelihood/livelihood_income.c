#include "estimators/livelihood/livelihood_income.h"

#include <math.h>

enum { DEDUCTIONS = 7, DEDUCTIONS_OLD = 4, INCOME_UNIT = 10 }; /* 10,000 yen in 1,000 yen */
static const char *const deduction[DEDUCTIONS] = {
    "tax_income", "tax_resident", "tax_property", "premiums", "tax_vehicle", "premium_private", "remittance_paid"};

static bool code_of_tapes(int64_t v) { return v == 99998 || v == 99999 || v == 999998 || v == 999999; }

static enum err_code no_codes(const struct survey_columns *c, const char *name, const struct livelihood_whole *x, struct err *e) {
  for (int64_t i = 0; i < x->n; i++)
    if (x->known[i] && code_of_tapes(x->value[i]))
      return ERR(e, E_LIVELIHOOD_VALUE, .file = c->place, .line = i + 1, .subject = name,
          .expected = "an amount: 99998 ... 999999 are codes for unknown amounts, which intake file makes missing");
  return E_OK;
}
/* Business may lose money: the total may be below 0, what is paid to others may not. */
static enum err_code not_negative(const struct survey_columns *c, const char *name, const struct livelihood_whole *x, struct err *e) {
  for (int64_t i = 0; i < x->n; i++)
    if (x->known[i] && x->value[i] < 0)
      return ERR(e, E_LIVELIHOOD_VALUE, .file = c->place, .line = i + 1, .subject = name, .expected = ">= 0");
  return E_OK;
}
static enum err_code new_income(struct arena *a, int64_t n, struct livelihood_income *x, struct err *e) {
  *x = (struct livelihood_income){.n = n};
  x->disposable = ARENA_ARRAY(a, int64_t, n + 1);
  x->equivalised = ARENA_ARRAY(a, double, n + 1);
  x->known = ARENA_ARRAY(a, uint8_t, n + 1);
  return x->disposable && x->equivalised && x->known ? E_OK : ERR(e, E_NO_MEMORY, .subject = "income");
}
enum err_code livelihood_income_of(struct arena *a, const struct livelihood_records *r, const struct survey_columns *income,
    enum livelihood_basis basis, struct livelihood_income *x, struct err *e) {
  const int n_deductions = basis == BASIS_OLD ? DEDUCTIONS_OLD : DEDUCTIONS;
  struct livelihood_whole total, less[DEDUCTIONS];
  TRY(new_income(a, r->n, x, e));
  TRY(livelihood_column(a, income, "total_income", true, 0, &total, e));
  TRY(no_codes(income, "total_income", &total, e));
  for (int k = 0; k < n_deductions; k++) {
    TRY(livelihood_column(a, income, deduction[k], true, 0, &less[k], e));
    TRY(no_codes(income, deduction[k], &less[k], e));
    TRY(not_negative(income, deduction[k], &less[k], e));
  }
  for (int64_t h = 0; h < r->n; h++) {
    const int64_t row = r->income_row[h];
    bool known = true;
    if (row < 0) continue;
    int64_t left = total.value[row] * INCOME_UNIT;
    for (int k = 0; k < n_deductions; k++) left -= less[k].value[row], known = known && less[k].known[row];
    x->n_no_total += !total.known[row];
    x->n_no_deduction += total.known[row] && !known;
    if (!total.known[row] || !known) continue;
    x->known[h] = 1, x->n_known++;
    x->disposable[h] = left;
    x->n_negative += left < 0;
    x->equivalised[h] = (double)left / INCOME_UNIT / sqrt((double)r->members[h]);
  }
  return x->n_known ? E_OK : ERR(e, E_LIVELIHOOD_EMPTY, .file = income->place, .subject = "income");
}
