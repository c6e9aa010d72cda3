/* ons_filter.h -- the link filters of the longitudinal cases: comparisons of columns with texts, NOT, AND, IN lists, with three-valued logic (an
 *          empty cell is unknown). */
#ifndef SHIRABE_TESTS_CONFORM_EDIT_ONS_FILTER_H
#define SHIRABE_TESTS_CONFORM_EDIT_ONS_FILTER_H
#include "tests/conform/edit/case.h"
/* 1 true, 0 false, -1 unknown, -2 the filter cannot be read. */
int ons_filter(const char *text, const struct cells *t, int64_t row);
#endif
