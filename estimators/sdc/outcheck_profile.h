/* outcheck_profile.h -- the limits of an output check, by name (forms/secure/output_profiles.csv: data, so that an office corrects them there).
 * Columns  id, labels, source, status V (seen in the source) F (from a fragment) M (not confirmed), then the members below by name.
 * Errors   E_OUTPUT_PROFILE: no such profile, or a limit out of range. */
#ifndef SHIRABE_ESTIMATORS_SDC_OUTCHECK_PROFILE_H
#define SHIRABE_ESTIMATORS_SDC_OUTCHECK_PROFILE_H
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum outcheck_verdict { OUTCHECK_PASS, OUTCHECK_REVIEW, OUTCHECK_FAIL };
const char *outcheck_verdict_name(enum outcheck_verdict v); /* "pass" ... */
struct outcheck_profile {
  const char *id, *label_en, *label_ja, *source;
  char status;
  int64_t min_n;        /* unweighted units; weighted counts are never used for it */
  int64_t dominance_n;  /* 0 = no rule, 1 or 2 */
  int64_t dominance_percent, p_percent;
  int64_t min_df;       /* residual degrees of freedom */
  enum outcheck_verdict zeros, full_percent, extremes; /* figure 0; 100 % or all in one class; max and min */
  bool counts_public;   /* numbers of units may be small: only what is told about them is judged */
  int64_t protection_percent; /* how wide the interval of a suppressed figure must be, of its middle */
  int64_t picture_bits; /* bits of each colour that a picture keeps when it is drawn again, 1..8 */
  int64_t text_bytes, text_digits, value_digits; /* longest text, most digits in one, most digits of a value */
};
enum err_code outcheck_profile_read(
    struct arena *a, const char *file, struct str csv, const char *id, struct outcheck_profile *out, struct err *e) NODISCARD;
#endif
