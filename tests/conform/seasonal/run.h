/* run.h -- one run of a pack: what its specification asks for, what the library gives, where they differ. */
#ifndef SHIRABE_TESTS_CONFORM_SEASONAL_RUN_H
#define SHIRABE_TESTS_CONFORM_SEASONAL_RUN_H
#include "tests/conform/common/tally.h"

enum { WHY_BYTES = 2000 };
enum verdict run_file(const char *path, char why[WHY_BYTES]);
#endif
