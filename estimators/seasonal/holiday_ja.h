/* holiday_ja.h -- national holidays of Japan (国民の祝日・振替休日・国民の休日) from 1948-07-20 on, as the law of each year has them.
 * Known    equinoxes 1900-2099 by the astronomical approximation in use for calendars; the Cabinet announces each in the February before, and only an
 *          announced date is law. Special days up to 2019; those that a later law may add are unknown.
 * Missing  false for days before the law.
 * Source   国民の祝日に関する法律 (昭和23年法律第178号) and its amendments to 2018.
 *          Cost: O(1). */
#ifndef SHIRABE_ESTIMATORS_HOLIDAY_JA_H
#define SHIRABE_ESTIMATORS_HOLIDAY_JA_H
#include <stdbool.h>
#include <stdint.h>

bool holiday_ja(int64_t day);         /* days since 1970-01-01 */
bool new_year_closure_ja(int64_t day); /* 29 December to 3 January, when offices are closed */
int weekday_of(int64_t day);          /* 0 Monday .. 6 Sunday */
#endif
