/* fte.h -- full-time equivalents: heads of full-time staff plus weekly hours of part-time staff over standard weekly hours.
 * Formula  part-time FTE = hours / standard, cut (not rounded) to one decimal; hours above 0 give at least 0.1.
 * Units    hours and standard in the same unit (tenths of an hour, say); the result in tenths of a full-time equivalent, exact.
 * Missing  hours of 0 need no standard; hours above 0 without standard hours: E_FACILITY_HOURS. Negative hours: the same.
 * Source   厚生労働省 介護サービス施設・事業所調査 用語 (常勤換算: 0.1未満は0.1, 小数点以下第2位切捨て);
 *          for 医療施設調査, 病院報告 and 社会福祉施設等調査 the same rule by analogy. Cost: O(1). */
#ifndef SHIRABE_ESTIMATORS_FACILITY_FTE_H
#define SHIRABE_ESTIMATORS_FACILITY_FTE_H
#include <stdint.h>

#include "base/err.h"

enum { FTE_TENTHS = 10 };
enum err_code fte_part_time(int64_t hours, int64_t standard, int64_t *tenths, struct err *e) NODISCARD;
/* Full-time heads and part-time hours together, in tenths. */
enum err_code fte_staff(int64_t full_heads, int64_t hours, int64_t standard, int64_t *tenths, struct err *e) NODISCARD;
#endif
