/* correct_case.h -- what the runners of deterministic imputation and prorating share: checks of a case's parameters, flags from the status table,
 * comparison. */
#ifndef SHIRABE_TESTS_CONFORM_EDIT_CORRECT_CASE_H
#define SHIRABE_TESTS_CONFORM_EDIT_CORRECT_CASE_H
#include "processing/correct/correct.h"
#include "tests/conform/edit/case.h"

/* The mandatory parameters are there, unit_id names one column of texts, no record has the id of another. Says what is wrong and returns false. */
bool correct_case_valid(struct edit_case *c);
/* The status table as bytes: want(status) decides; [n] per name. */
enum err_code correct_case_flags(const struct edit_case *c, const struct num_table *t, const char *const *names, int p,
    bool (*want)(struct str status), const uint8_t ***out, struct err *e) NODISCARD;
/* The expected table of this name, or what the pack's origin built when `expected` is empty; n_columns = 0: neither. */
enum err_code correct_case_expected(const struct edit_case *c, const char *name, struct cells *out, struct err *e) NODISCARD;
/* Exactly the (unit, FIELDID, VALUE) of the expected outstatus, values within `relative`. */
bool correct_case_same(const struct edit_case *c, const struct cells *expected, const struct num_table *t, const char *const *names,
    const struct corrections *got, double relative);
#endif
