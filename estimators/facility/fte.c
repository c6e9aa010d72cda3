#include "estimators/facility/fte.h"

#include "base/sum.h"

enum { FTE_LEAST_TENTHS = 1 };

enum err_code fte_part_time(int64_t hours, int64_t standard, int64_t *tenths, struct err *e) {
  *tenths = 0;
  if (hours == 0) return E_OK;
  if (hours < 0) return ERR(e, E_FACILITY_HOURS, .subject = "hours below 0");
  if (standard <= 0) return ERR(e, E_FACILITY_HOURS, .subject = "standard hours");
  const sum_int cut = (sum_int)hours * FTE_TENTHS / standard;
  if (cut > INT64_MAX) return ERR(e, E_FACILITY_HOURS, .subject = "hours out of range");
  *tenths = cut < FTE_LEAST_TENTHS ? FTE_LEAST_TENTHS : (int64_t)cut;
  return E_OK;
}

enum err_code fte_staff(int64_t full_heads, int64_t hours, int64_t standard, int64_t *tenths, struct err *e) {
  int64_t part;
  *tenths = 0;
  if (full_heads < 0 || full_heads > INT64_MAX / FTE_TENTHS / 2) return ERR(e, E_FACILITY_HOURS, .subject = "full-time heads out of range");
  TRY(fte_part_time(hours, standard, &part, e));
  if (part > INT64_MAX / 2) return ERR(e, E_FACILITY_HOURS, .subject = "hours out of range");
  *tenths = full_heads * FTE_TENTHS + part;
  return E_OK;
}
