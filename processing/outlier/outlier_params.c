#include <math.h>

#include "processing/outlier/outlier_limits.h"

enum { DEFAULT_MIN_OBS = 10, LEAST_OBS = 3, LEAST_OBS_GAP = 5 };

static const char *const METHODS[] = {"HB", "SIGMA_GAP", "FENCES", "ASYMMETRIC", "ADJUSTED", "LOG", "MAD"},
    *const SIDES[] = {"BOTH", "LEFT", "RIGHT"};

static int find_name(const char *const *names, int n, struct str name) {
  for (int i = 0; i < n; i++)
    if (str_eq(str_of(names[i]), name)) return i;
  return -1;
}
bool outlier_method_of(struct str name, enum outlier_method *out) {
  const int i = find_name(METHODS, sizeof METHODS / sizeof *METHODS, name);
  if (i >= 0) *out = (enum outlier_method)i;
  return i >= 0;
}
bool outlier_side_of(struct str name, enum outlier_side *out) {
  const int i = find_name(SIDES, sizeof SIDES / sizeof *SIDES, name);
  if (i >= 0) *out = (enum outlier_side)i;
  return i >= 0;
}
const char *outlier_method_name(enum outlier_method m) { return METHODS[m]; }
struct outlier_params outlier_params_of(enum outlier_method method, enum outlier_side side) {
  return (struct outlier_params){.method = method, .side = side, .min_obs = DEFAULT_MIN_OBS, .accept_zero = true, .mdm = 0.05,
                                 .start_centile = side == SIDE_BOTH ? 75 : 0};
}
static enum err_code refuse(struct err *e, const char *name, const char *expected) {
  return ERR(e, E_OUTLIER_PARAMETER, .subject = name, .expected = expected);
}
static enum err_code check_multipliers(const struct outlier_params *p, struct err *e) {
  const bool gap = p->method == OUTLIER_SIGMA_GAP;
  if (!p->has_imputation && !p->has_exclusion) return refuse(e, "imputation, exclusion", "one of them at least: there is no default");
  if (p->has_imputation && !(isfinite(p->imputation) && p->imputation > 0)) return refuse(e, "imputation", "a number above 0");
  if (p->has_exclusion && !(isfinite(p->exclusion) && p->exclusion > 0)) return refuse(e, "exclusion", "a number above 0");
  if (p->has_imputation && p->has_exclusion && (gap ? p->exclusion >= p->imputation : p->exclusion > p->imputation))
    return refuse(e, "exclusion", gap ? "less than the multiplier for imputation" : "not more than the multiplier for imputation");
  return E_OK;
}
enum err_code outlier_params_check(const struct outlier_params *p, struct err *e) {
  const bool gap = p->method == OUTLIER_SIGMA_GAP;
  TRY(check_multipliers(p, e));
  if (p->min_obs < (gap ? LEAST_OBS_GAP : LEAST_OBS)) return refuse(e, "min_obs", gap ? "5 or more" : "3 or more");
  if (p->method == OUTLIER_HB && !(isfinite(p->mdm) && p->mdm > 0)) return refuse(e, "mdm", "a number above 0");
  if (p->method == OUTLIER_HB && !(p->exponent >= 0 && p->exponent <= 1)) return refuse(e, "exponent", "0 to 1");
  if (gap && !(p->start_centile >= (p->side == SIDE_BOTH ? 50 : 0) && p->start_centile < 100))
    return refuse(e, "start_centile", p->side == SIDE_BOTH ? "50 or more and below 100" : "0 or more and below 100");
  return E_OK;
}
