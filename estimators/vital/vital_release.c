#include "estimators/vital/vital_release.h"

#include <string.h>

const char *const vital_item_name[VITAL_ITEMS] = {"births", "births_m", "births_f", "deaths", "deaths_m", "deaths_f", "natural_increase",
    "infant_deaths", "neonatal_deaths", "early_neonatal_deaths", "stillbirths", "stillbirths_natural", "stillbirths_artificial",
    "stillbirths_unknown", "fetal_deaths_22wk", "perinatal_deaths", "marriages", "divorces", "fetal_deaths_28wk", "maternal_deaths"};

/* whole = sum of sign x part; an unknown kind of stillbirth that the release does not list is none. */
struct sum_rule {
  const char *check;
  enum vital_item whole;
  int n;
  struct {
    enum vital_item item;
    int sign;
    bool optional;
  } part[3];
};
static const struct sum_rule sums[] = {
    {"sexes = births", VITAL_N_BIRTHS, 2, {{VITAL_N_BIRTHS_M, 1, false}, {VITAL_N_BIRTHS_F, 1, false}}},
    {"sexes = deaths", VITAL_N_DEATHS, 2, {{VITAL_N_DEATHS_M, 1, false}, {VITAL_N_DEATHS_F, 1, false}}},
    {"births - deaths = natural increase", VITAL_N_NATURAL, 2, {{VITAL_N_BIRTHS, 1, false}, {VITAL_N_DEATHS, -1, false}}},
    {"natural + artificial + unknown = stillbirths", VITAL_N_STILL, 3,
        {{VITAL_N_STILL_NATURAL, 1, false}, {VITAL_N_STILL_ARTIFICIAL, 1, false}, {VITAL_N_STILL_UNKNOWN, 1, true}}},
    {"22 weeks and over + early neonatal = perinatal", VITAL_N_PERINATAL, 2, {{VITAL_N_STILL_22W, 1, false}, {VITAL_N_EARLY, 1, false}}},
};
static const struct {
  const char *check;
  enum vital_item small, large;
} orders[] = {{"early neonatal <= neonatal", VITAL_N_EARLY, VITAL_N_NEONATAL}, {"neonatal <= infant deaths", VITAL_N_NEONATAL, VITAL_N_INFANT},
    {"infant deaths <= deaths", VITAL_N_INFANT, VITAL_N_DEATHS}, {"22 weeks and over <= stillbirths", VITAL_N_STILL_22W, VITAL_N_STILL},
    {"28 weeks and over <= 22 weeks and over", VITAL_N_STILL_28W, VITAL_N_STILL_22W}, {"maternal deaths <= deaths of women", VITAL_N_MATERNAL,
    VITAL_N_DEATHS_F}};

static void verdict(struct vital_check_report *out, bool good, struct vital_finding f) {
  out->n_checked++;
  if (good) return;
  const int64_t at = out->n_failed + out->n_soft;
  if (at < VITAL_FINDINGS_MOST) out->finding[at] = f;
  if (f.soft) out->n_soft++;
  else out->n_failed++;
}
static void sum_check(const struct vital_release *r, int area, const struct sum_rule *rule, struct vital_check_report *out) {
  int64_t sum = 0;
  if (!r->known[area][rule->whole]) return;
  for (int i = 0; i < rule->n; i++) {
    if (r->known[area][rule->part[i].item]) sum += rule->part[i].sign * r->n[area][rule->part[i].item];
    else if (!rule->part[i].optional) return;
  }
  verdict(out, sum == r->n[area][rule->whole], (struct vital_finding){rule->check, area, (int)rule->whole, sum, r->n[area][rule->whole], false});
}
static void area_check(const struct vital_release *r, int item, struct vital_check_report *out) {
  int64_t sum = 0;
  for (int a = 1; a < VITAL_AREAS; a++) {
    if (!r->known[a][item] && a < VITAL_AREA_ABROAD) return; /* a release of the nation alone */
    if (r->known[a][item]) sum += r->n[a][item];
  }
  if (r->known[0][item])
    verdict(out, sum == r->n[0][item], (struct vital_finding){"prefectures + abroad + unknown = nation", 0, item, sum, r->n[0][item], false});
}
static int64_t distance(int64_t a, int64_t b) { return a > b ? a - b : b - a; }
void vital_release_check(const struct vital_release *r, const struct vital_release *before, int64_t leaf_causes, struct vital_check_report *out) {
  out->n_checked = out->n_failed = out->n_soft = 0;
  for (int a = 0; a < VITAL_AREAS; a++) {
    for (size_t k = 0; k < sizeof sums / sizeof *sums; k++) sum_check(r, a, &sums[k], out);
    for (size_t k = 0; k < sizeof orders / sizeof *orders; k++)
      if (r->known[a][orders[k].small] && r->known[a][orders[k].large])
        verdict(out, r->n[a][orders[k].small] <= r->n[a][orders[k].large],
            (struct vital_finding){orders[k].check, a, (int)orders[k].small, r->n[a][orders[k].small], r->n[a][orders[k].large], false});
  }
  for (int i = 0; i < VITAL_ITEMS; i++) area_check(r, i, out);
  if (leaf_causes >= 0 && r->known[0][VITAL_N_DEATHS])
    verdict(out, leaf_causes == r->n[0][VITAL_N_DEATHS],
        (struct vital_finding){"leaf causes = deaths", 0, VITAL_N_DEATHS, leaf_causes, r->n[0][VITAL_N_DEATHS], false});
  if (!before || before->status != VITAL_APPROXIMATE || r->status != VITAL_FINAL) return;
  for (int i = 0; i < VITAL_ITEMS; i++)
    if (i != VITAL_N_NATURAL && before->known[0][i] && r->known[0][i])
      verdict(out, 1000 * distance(r->n[0][i], before->n[0][i]) < distance(before->n[0][i], 0) || r->n[0][i] == before->n[0][i],
          (struct vital_finding){"approximate to final below 0.1 %", 0, i, before->n[0][i], r->n[0][i], true});
}

enum err_code vital_release_follows(const enum vital_status *published, int n, enum vital_status next, struct err *e) {
  const char *last = n ? vital_status_name[published[n - 1]] : "nothing";
  for (int i = 0; i < n; i++)
    if (published[i] >= next) return ERR(e, E_VITAL_STATUS, .subject = vital_status_name[next], .expected = vital_status_name[published[i]]);
  /* The flash count is of slips and may be left out of a year; the final status never comes without the approximate one. */
  if (next == VITAL_FINAL && (n == 0 || published[n - 1] != VITAL_APPROXIMATE))
    return ERR(e, E_VITAL_STATUS, .subject = vital_status_name[next], .expected = last);
  return E_OK;
}
