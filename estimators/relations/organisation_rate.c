#include "estimators/relations/organisation_rate.h"

#include "base/sum.h"

enum { PER_MILLE = 1000 };

enum err_code organisation_rate(int64_t members, int64_t employees, const char *group, struct organisation_rate *out, struct err *e) {
  if (employees <= 0 || members < 0) return ERR(e, E_RELATIONS_DENOMINATOR, .subject = group);
  const sum_int twice = (sum_int)members * PER_MILLE * 2 + employees;
  *out = (struct organisation_rate){.members = members, .employees = employees, .value = 100.0 * (double)members / (double)employees};
  out->tenths = (int64_t)(twice / (2 * (sum_int)employees));
  return E_OK;
}
/* tenths = floor((2000 m + d) / 2d)  <=>  (2t - 1) d <= 2000 m < (2t + 1) d */
void organisation_denominators(int64_t members, int64_t tenths, int64_t *least, int64_t *most) {
  const sum_int m = (sum_int)members * PER_MILLE * 2, up = 2 * (sum_int)tenths + 1, down = 2 * (sum_int)tenths - 1;
  *least = (int64_t)(m / up + 1);
  *most = (int64_t)(m / down);
}
