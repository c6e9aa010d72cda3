/* Dates and periods: every line of tests/spec/dates.csv, and a round trip over every day of 0001..9999. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/date.h"
#include "base/job.h"

struct fact {
  int line;
  struct str what, a, b, expected;
};

static int64_t iso(const struct fact *f, struct str s) {
  int64_t days = 0;
  if (!date_parse_iso(s, &days)) fail_msg("tests/spec/dates.csv:%d: no date", f->line);
  return days;
}

static int64_t number(struct str s) {
  int64_t v = INT64_MIN;
  assert_true(str_int64(s, &v));
  return v;
}

static bool period_fact(const struct fact *f) {
  struct period p, other;
  char text[16];
  if (!period_parse(f->a, &p)) return false;
  period_format(&p, text);
  if (!str_eq(str_of(text), f->a)) return false;
  if (str_eq(f->what, STR("first"))) return period_first_day(&p) == iso(f, f->expected);
  if (str_eq(f->what, STR("last"))) return period_last_day(&p) == iso(f, f->expected);
  other = period_previous(&p);
  period_format(&other, text);
  return str_eq(str_of(text), f->expected);
}

static bool fact_holds(const struct fact *f) {
  int64_t days;
  char text[11];
  struct period p;
  if (str_eq(f->what, STR("day"))) {
    date_format_iso(number(f->expected), text);
    return iso(f, f->a) == number(f->expected) && str_eq(str_of(text), f->a);
  }
  if (str_eq(f->what, STR("invalid"))) return !date_parse_iso(f->a, &days);
  if (str_eq(f->what, STR("age"))) return date_age(iso(f, f->a), iso(f, f->b)) == number(f->expected);
  if (str_eq(f->what, STR("months"))) return date_months(iso(f, f->a), iso(f, f->b)) == number(f->expected);
  if (str_eq(f->what, STR("not-a-period"))) return !period_parse(f->a, &p);
  return period_fact(f);
}

static void every_fact_of_the_table_holds(void **state) {
  (void)state;
  char line[512];
  FILE *file = fopen("tests/spec/dates.csv", "r");
  if (!file) fail_msg("tests/spec/dates.csv: run from the root of the tree");
  int n = 0, failed = 0;
  for (; fgets(line, sizeof line, file); n++) {
    struct fact f = {.line = n + 1};
    struct str rest = str_of(line);
    if (rest.n && rest.p[rest.n - 1] == '\n') rest.n--;
    if (n == 0) continue;
    f.what = str_split(rest, ',', &rest);
    f.a = str_split(rest, ',', &rest);
    f.b = str_split(rest, ',', &rest);
    f.expected = str_split(rest, ',', &rest);
    if (fact_holds(&f)) continue;
    print_error("tests/spec/dates.csv:%d: %.*s %.*s %.*s\n", f.line, (int)f.what.n, f.what.p, (int)f.a.n, f.a.p, (int)f.b.n, f.b.p);
    failed++;
  }
  fclose(file);
  assert_true(n > 80);
  assert_int_equal(failed, 0);
}

/* Counts the calendar day by day, by the month lengths alone. */
static void every_day_from_0001_to_9999_round_trips(void **state) {
  (void)state;
  int64_t days = date_from_civil(1, 1, 1), y, m, d, back;
  char text[11];
  for (int64_t year = 1; year <= 9999; year++)
    for (int64_t month = 1; month <= 12; month++)
      for (int64_t day = 1; day <= date_days_in_month(year, month); day++, days++) {
        date_to_civil(days, &y, &m, &d);
        if (y != year || m != month || d != day || date_from_civil(year, month, day) != days) fail_msg("%d-%d-%d", (int)year, (int)month, (int)day);
        if (day > 2 && day < 27) continue;
        date_format_iso(days, text);
        if (!date_parse_iso(str_of(text), &back) || back != days) fail_msg("%s", text);
      }
  assert_int_equal(days, 2932897); /* 10000-01-01 */
  date_format_iso(days, text);
  assert_string_equal(text, "xxxx-xx-xx");
}

static void leap_years_follow_the_gregorian_rule(void **state) {
  (void)state;
  int64_t leap_days = 0;
  for (int64_t year = 1; year <= 400; year++) leap_days += date_days_in_month(year, 2) - 28;
  assert_int_equal(leap_days, 97);
  assert_false(date_valid(2023, 2, 29));
  assert_true(date_valid(2024, 2, 29));
  assert_int_equal(date_days_in_month(2024, 13), 0);
}

static void a_birthday_comes_once_a_year(void **state) {
  (void)state;
  for (int64_t birth = date_from_civil(2000, 1, 1); birth <= date_from_civil(2000, 12, 31); birth++) {
    int64_t last = 0, birthdays = 0;
    for (int64_t at = birth; at <= date_from_civil(2020, 12, 31); at++) {
      int64_t age = date_age(birth, at);
      assert_true(age == last || age == last + 1);
      birthdays += age - last;
      last = age;
    }
    assert_int_equal(birthdays, 20);
  }
}

static void times_are_utc_and_japanese_time_is_nine_hours_ahead(void **state) {
  (void)state;
  static const struct {
    const char *utc, *jst;
    int64_t seconds;
  } cases[] = {{"1970-01-01T00:00:00Z", "1970-01-01T09:00:00+09:00", 0}, {"2026-01-10T15:30:59Z", "2026-01-11T00:30:59+09:00", 1768059059},
      {"1969-12-31T23:59:59Z", "1970-01-01T08:59:59+09:00", -1}, {"2024-02-29T14:59:59Z", "2024-02-29T23:59:59+09:00", 1709218799}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char utc[24], jst[32];
    int64_t seconds;
    time_format_utc(cases[i].seconds, utc);
    time_format_jst(cases[i].seconds, jst);
    assert_string_equal(utc, cases[i].utc);
    assert_string_equal(jst, cases[i].jst);
    assert_true(time_parse_utc(cases[i].utc, &seconds) && seconds == cases[i].seconds);
  }
  static const char *const bad[] = {"", "2026-01-10", "2026-01-10T00:00:00", "2026-01-10T24:00:00Z", "2026-01-10T00:60:00Z", "2026-01-10T00:00:60Z",
      "2026-02-30T00:00:00Z", "2026-01-10 00:00:00Z", "2026-01-10T00:00:00+09:00", "2026-01-10T0a:00:00Z"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    int64_t seconds;
    assert_false(time_parse_utc(bad[i], &seconds));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_fact_of_the_table_holds),
      cmocka_unit_test(every_day_from_0001_to_9999_round_trips),
      cmocka_unit_test(leap_years_follow_the_gregorian_rule),
      cmocka_unit_test(a_birthday_comes_once_a_year),
      cmocka_unit_test(times_are_utc_and_japanese_time_is_nine_hours_ahead),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
