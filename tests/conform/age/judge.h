/* judge.h -- one vector through the library: the kind of failure and every released byte must be as the vector says. */
#ifndef SHIRABE_TESTS_CONFORM_AGE_JUDGE_H
#define SHIRABE_TESTS_CONFORM_AGE_JUDGE_H
#include "tests/conform/age/vector.h"
#include "tests/conform/common/tally.h"

enum { WHY_BYTES = 200 };
enum verdict judge(const struct vector *v, char why[WHY_BYTES]);
#endif
