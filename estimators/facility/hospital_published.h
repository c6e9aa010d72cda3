/* hospital_published.h -- published figures of a month of the Hospital Report: what follows from others is computed again, the rest is only named.
 * Inputs   by type of beds: patients a day, those of the month before and the printed change, occupancy in tenths of a per cent, and beds of a
 *          neighbouring date (the publication has none). Patient days, patients at the end and beds of the month are not published: an occupancy
 *          of a type or the stay cannot be computed again from the publication, and is said to be only compared.
 * Checks   types + infectious = total of patients a day (without a figure of infectious beds: the rest, 0 or more); this month - last month =
 *          change; the occupancy of the total lies in the range that the types' rounded occupancies, weighted by the beds, allow.
 * Range    each printed rate stands for all rates within half a unit of its last digit; infectious beds without a rate for 0 to 100 per cent.
 * Shapes   line[HOSPITAL_CLASSES] by class. Cost: O(classes).
 * Source   厚生労働省 病院報告 (平成19年6月分概数); 医療施設動態調査(月末概数). */
#ifndef SHIRABE_ESTIMATORS_FACILITY_HOSPITAL_PUBLISHED_H
#define SHIRABE_ESTIMATORS_FACILITY_HOSPITAL_PUBLISHED_H
#include "estimators/facility/hospital_month.h"

enum published_field { PUBLISHED_PATIENTS, PUBLISHED_BEFORE, PUBLISHED_CHANGE, PUBLISHED_OCCUPANCY, PUBLISHED_BEDS, PUBLISHED_FIELDS };
extern const char *const published_field_name[PUBLISHED_FIELDS];
struct published_line {
  int64_t v[PUBLISHED_FIELDS]; /* occupancy in tenths of a per cent */
  bool has[PUBLISHED_FIELDS];
};
enum published_result { PUBLISHED_AGREES, PUBLISHED_DIFFERS, PUBLISHED_ONLY_COMPARED };
extern const char *const published_result_name[3];
struct published_check {
  const char *check;
  int class;
  double printed, low, high; /* recomputed: low = high but for ranges */
  enum published_result result;
};
enum { PUBLISHED_CHECKS_MOST = 4 * HOSPITAL_CLASSES };
/* Returns the number of checks. */
int hospital_published(const struct published_line line[HOSPITAL_CLASSES], struct published_check out[PUBLISHED_CHECKS_MOST]);
#endif
