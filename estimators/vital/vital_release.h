/* vital_release.h -- a release of the vital statistics as totals by area, its cross-checks, and its place in the line 速報, 概数, 確定数.
 * Shapes   n[area][item]: area 0 the nation, 1..47 prefectures, 48 abroad, 49 residence unknown; known: the item is part of the release.
 * Checks   prefectures + abroad + unknown = nation; sexes = total; natural + artificial + unknown = stillbirths; perinatal = 22 weeks and over +
 *          early neonatal; births - deaths = natural increase; early neonatal <= neonatal <= infant deaths <= deaths; 28 weeks <= 22 weeks <=
 *          stillbirths; maternal deaths <= deaths of women; leaf causes = deaths.
 *          All run on every release; a soft one asks for a look: nation's change from the approximate to the final status below 0.1 %.
 * Line     a status is published once for a period and only after those before it; snapshots stay as they are, a correction is a later snapshot.
 * Errors   E_VITAL_STATUS. Memory: the caller's findings. Source: methods of 人口動態統計月報年計(概数)・確定数. Cost: O(areas x items). */
#ifndef SHIRABE_ESTIMATORS_VITAL_RELEASE_H
#define SHIRABE_ESTIMATORS_VITAL_RELEASE_H
#include "base/err.h"
#include "estimators/vital/vital_scope.h"

enum vital_item {
  VITAL_N_BIRTHS, VITAL_N_BIRTHS_M, VITAL_N_BIRTHS_F, VITAL_N_DEATHS, VITAL_N_DEATHS_M, VITAL_N_DEATHS_F, VITAL_N_NATURAL, VITAL_N_INFANT,
  VITAL_N_NEONATAL, VITAL_N_EARLY, VITAL_N_STILL, VITAL_N_STILL_NATURAL, VITAL_N_STILL_ARTIFICIAL, VITAL_N_STILL_UNKNOWN, VITAL_N_STILL_22W,
  VITAL_N_PERINATAL, VITAL_N_MARRIAGES, VITAL_N_DIVORCES, VITAL_N_STILL_28W, VITAL_N_MATERNAL, VITAL_ITEMS
};
extern const char *const vital_item_name[VITAL_ITEMS]; /* also the column names of files */
enum { VITAL_AREAS = 50, VITAL_AREA_ABROAD = 48, VITAL_AREA_UNKNOWN = 49 };
struct vital_release {
  int64_t year, month; /* month 0 = the year */
  enum vital_status status;
  int64_t n[VITAL_AREAS][VITAL_ITEMS];
  bool known[VITAL_AREAS][VITAL_ITEMS];
};
struct vital_finding {
  const char *check; /* as in the list above, in short */
  int area, item;
  int64_t left, right;
  bool soft;
};
enum { VITAL_FINDINGS_MOST = 2000 };
struct vital_check_report {
  int64_t n_checked, n_failed, n_soft;
  struct vital_finding finding[VITAL_FINDINGS_MOST]; /* failed ones, the first 2,000 */
};
/* before: the approximate release of the same period or NULL; leaf_causes: sum of all leaves of the nation, -1 = not known. */
void vital_release_check(const struct vital_release *r, const struct vital_release *before, int64_t leaf_causes, struct vital_check_report *out);
/* published: statuses of the same period in order. */
enum err_code vital_release_follows(const enum vital_status *published, int n, enum vital_status next, struct err *e) NODISCARD;
#endif
