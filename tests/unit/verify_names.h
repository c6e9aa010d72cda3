/* verify_names.h -- the store's headers and the verifier's in one test: both have structs of these names. */
#ifndef SHIRABE_TESTS_UNIT_VERIFY_NAMES_H
#define SHIRABE_TESTS_UNIT_VERIFY_NAMES_H
#define checkpoint verify_checkpoint
#define minisign_key verify_minisign_key
#include "secure-store/verify/verify.h"
#undef checkpoint
#undef minisign_key
#endif
