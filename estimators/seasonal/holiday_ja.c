#include "estimators/seasonal/holiday_ja.h"

#include <stddef.h>

#include "base/date.h"

int weekday_of(int64_t day) { return (int)(((day + 3) % 7 + 7) % 7); } /* 1970-01-01 was a Thursday */

struct fixed {
  int month, day, from, to;
};
static const struct fixed fixed_days[] = {{1, 1, 1949, 9999}, {1, 15, 1949, 1999}, {2, 11, 1967, 9999}, {2, 23, 2020, 9999}, {4, 29, 1949, 9999},
    {5, 3, 1949, 9999}, {5, 4, 2007, 9999}, {5, 5, 1949, 9999}, {7, 20, 1996, 2002}, {7, 23, 2020, 2020}, {7, 24, 2020, 2020},
    {8, 10, 2020, 2020}, {7, 22, 2021, 2021}, {7, 23, 2021, 2021}, {8, 8, 2021, 2021}, {8, 11, 2016, 2019}, {8, 11, 2022, 9999},
    {9, 15, 1966, 2002}, {10, 10, 1966, 1999}, {11, 3, 1948, 9999}, {11, 23, 1948, 9999}, {12, 23, 1989, 2018}, {4, 10, 1959, 1959},
    {2, 24, 1989, 1989}, {11, 12, 1990, 1990}, {6, 9, 1993, 1993}, {5, 1, 2019, 2019}, {10, 22, 2019, 2019}};
struct monday {
  int month, week, from, to;
};
static const struct monday mondays[] = {
    {1, 2, 2000, 9999}, {7, 3, 2003, 2019}, {7, 3, 2022, 9999}, {9, 3, 2003, 9999}, {10, 2, 2000, 2019}, {10, 2, 2022, 9999}};

enum { MARCH = 3, SEPTEMBER = 9 };
static int equinox(int64_t year, int64_t month) {
  double from = month == MARCH ? (year < 1980 ? 20.8357 : 20.8431) : (year < 1980 ? 23.2588 : 23.2488);
  int64_t leap = year < 1980 ? (year - 1983) / 4 : (year - 1980) / 4;
  return (int)(from + 0.242194 * (double)(year - 1980)) - (int)leap;
}
/* A day that the law names itself, without substitutes. */
static bool named(int64_t day) {
  int64_t y, m, d;
  date_to_civil(day, &y, &m, &d);
  if (y < 1948 || (y == 1948 && m < 8)) return false;
  for (size_t i = 0; i < sizeof fixed_days / sizeof *fixed_days; i++)
    if (fixed_days[i].month == m && fixed_days[i].day == d && y >= fixed_days[i].from && y <= fixed_days[i].to) return true;
  for (size_t i = 0; i < sizeof mondays / sizeof *mondays; i++)
    if (mondays[i].month == m && y >= mondays[i].from && y <= mondays[i].to && weekday_of(day) == 0 && (d - 1) / 7 + 1 == mondays[i].week)
      return true;
  bool since = m == MARCH ? y >= 1949 : m == SEPTEMBER && y >= 1948;
  return since && d == equinox(y, m);
}
/* Since 1973-04-12 a holiday on Sunday moves to Monday; since 2007 on to the next day that is none. */
static bool substitute(int64_t day) {
  static const int64_t law_1973 = 1197, law_2007 = 13514; /* 1973-04-12, 2007-01-01 */
  if (day < law_1973 || named(day)) return false;
  int64_t before = day - 1;
  if (day >= law_2007)
    while (named(before) && weekday_of(before) != 6) before--;
  return weekday_of(before) == 6 && named(before);
}
/* Since 1985-12-27: a weekday between two holidays. */
static bool between(int64_t day) {
  static const int64_t law_1985 = 5839;
  return day >= law_1985 && weekday_of(day) != 6 && !named(day) && named(day - 1) && named(day + 1);
}
bool holiday_ja(int64_t day) { return named(day) || substitute(day) || between(day); }

bool new_year_closure_ja(int64_t day) {
  int64_t y, m, d;
  date_to_civil(day, &y, &m, &d);
  return (m == 12 && d >= 29) || (m == 1 && d <= 3);
}
