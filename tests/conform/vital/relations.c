/* relations.c -- published figures of labour unions and disputes: what can be computed from the others, and what is not in the folder. */
#include <stdio.h>
#include <string.h>

#include "estimators/relations/organisation_rate.h"
#include "tests/conform/vital/folder.h"

static bool figure(const struct csv_table *t, const char *survey, int64_t year, const char *item, double *out, int *decimals) {
  for (int64_t i = 0; i < t->n_rows; i++) {
    int64_t y;
    if (!cell_eq(t, i, "survey", survey) || !cell_int(t, i, "year", &y) || y != year || !cell_eq(t, i, "item", item)) continue;
    *decimals = decimals_of(t, i, "value");
    return cell_num(t, i, "value", out);
  }
  return false;
}
/* Members and rate without the employees: what the pair says about them is told, no verdict is possible. */
static void no_denominator(struct folder *f, const char *place, int64_t year, double members, double rate) {
  char why[160];
  int64_t least, most;
  organisation_denominators((int64_t)members, (int64_t)(rate * 10 + 0.5), &least, &most);
  snprintf(why, sizeof why, "the employees are not in the folder; members and rate put them between %lld and %lld", (long long)least,
      (long long)most);
  cannot(f, "organisation_rate", place, year, 0, why);
}
static void unions(struct folder *f, const struct csv_table *t, int64_t year) {
  static const struct {
    const char *place, *members, *employees, *rate;
    double members_unit;
  } groups[] = {{"all", "労働組合員数(単一)", "雇用者数(労働力調査6月原数値)", "推定組織率", 1}, {"women",
      "女性組合員", "女性雇用者数", "女性推定組織率", 1000},
      {"part_time", "パート組合員", "パート雇用者数", "パート推定組織率", 1000}};
  const char *survey = "労働組合基礎調査";
  for (size_t g = 0; g < sizeof groups / sizeof *groups; g++) {
    double members, employees, published;
    int decimals;
    struct organisation_rate r;
    struct err e;
    if (!figure(t, survey, year, groups[g].rate, &published, &decimals)) continue;
    const int places = decimals;
    if (!figure(t, survey, year, groups[g].members, &members, &decimals)) {
      cannot(f, "organisation_rate", groups[g].place, year, 0, "the members are not in the folder");
      continue;
    }
    members *= groups[g].members_unit;
    if (!figure(t, survey, year, groups[g].employees, &employees, &decimals)) no_denominator(f, groups[g].place, year, members, published);
    else if (organisation_rate((int64_t)members, (int64_t)(employees * 10000), groups[g].place, &r, &e))
      cannot(f, "organisation_rate", groups[g].place, year, 0, "no denominator");
    else judge(f, "organisation_rate", groups[g].place, year, 0, (double)r.tenths / 10, published, places);
  }
}
static void disputes(struct folder *f, const struct csv_table *t, int64_t year) {
  const char *survey = "労働争議統計調査";
  double all, with, without, strikes, short_strikes, v;
  int decimals;
  if (!figure(t, survey, year, "総争議", &all, &decimals) || !figure(t, survey, year, "争議行為を伴う争議", &with, &decimals)) return;
  if (figure(t, survey, year, "争議行為を伴わない争議", &without, &decimals)) judge(f, "disputes_total", "", year, 0, with + without,
      all, 0);
  if (figure(t, survey, year, "半日以上同盟罷業件数", &strikes, &decimals) && figure(t, survey, year, "半日未満同盟罷業件数",
      &short_strikes, &decimals))
    judge(f, "disputes_forms", "", year, 0, strikes + short_strikes, with, 0);
  if (figure(t, survey, year, "労働損失日数", &v, &decimals)) cannot(f, "disputes_total", "days_lost", year, 0,
      "single disputes are not in the folder");
  if (figure(t, survey, year, "行為参加人員", &v, &decimals)) cannot(f, "disputes_total", "participants", year, 0,
      "single disputes are not in the folder");
}
void judge_relations(struct folder *f) {
  for (int k = 0; k < f->n[RELATIONS]; k++)
    for (int64_t year = 1900; year < 2200; year++) {
      unions(f, &f->source[RELATIONS][k].t, year);
      disputes(f, &f->source[RELATIONS][k].t, year);
    }
}
