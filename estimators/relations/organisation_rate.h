/* organisation_rate.h -- 推定組織率: members of 単一 unions per employee of the Labour Force Survey (June, original), numerator and
 *          denominator kept.
 * Formula  100 x members / employees, printed with one decimal, half away from zero on the exact ratio.
 * Units    both in persons. The denominator comes from outside and is never guessed; of a sex or of part-timers it is that group's own.
 * Missing  has false: no rate. Errors: E_RELATIONS_DENOMINATOR (none, or not above 0).
 * Error    none is given: the numerator is a census; the sampling error of the denominator is the Labour Force Survey's and is not on its slip here.
 * Memory   none. Cost: O(1). Source: 厚生労働省 労働組合基礎調査 用語の定義 (https://www.mhlw.go.jp/toukei/list/13-23b.html). */
#ifndef SHIRABE_ESTIMATORS_ORGANISATION_RATE_H
#define SHIRABE_ESTIMATORS_ORGANISATION_RATE_H
#include <stdint.h>

#include "base/err.h"

struct organisation_rate {
  int64_t members, employees;
  double value;   /* per cent, not rounded */
  int64_t tenths; /* as printed */
};
enum err_code organisation_rate(int64_t members, int64_t employees, const char *group, struct organisation_rate *out, struct err *e) NODISCARD;
/* Smallest and largest number of employees under which so many members print as `tenths`: what a published pair of members and rate says about a
 * denominator that is not published beside it. tenths > 0. */
void organisation_denominators(int64_t members, int64_t tenths, int64_t *least, int64_t *most);
#endif
