#include "estimators/facility/hospital_published.h"

const char *const published_field_name[PUBLISHED_FIELDS] = {"patients_a_day", "patients_before", "change", "occupancy", "beds"};
const char *const published_result_name[3] = {"recomputed_agrees", "recomputed_differs", "only_compared"};
enum { TENTHS = 10 };

static struct published_check exact(const char *check, int class, int64_t printed, int64_t again) {
  return (struct published_check){
      check, class, (double)printed, (double)again, (double)again, printed == again ? PUBLISHED_AGREES : PUBLISHED_DIFFERS};
}
/* Patients a day of the types; without a figure of infectious beds their rest must be 0 or more. */
static int total_check(const struct published_line *line, struct published_check *out) {
  int64_t sum = 0;
  if (!line[HOSPITAL_TOTAL].has[PUBLISHED_PATIENTS]) return 0;
  for (int h = 0; h < HOSPITAL_TYPES; h++) {
    if (!line[h].has[PUBLISHED_PATIENTS] && h != HOSPITAL_INF) return 0;
    sum += line[h].has[PUBLISHED_PATIENTS] ? line[h].v[PUBLISHED_PATIENTS] : 0;
  }
  const int64_t printed = line[HOSPITAL_TOTAL].v[PUBLISHED_PATIENTS];
  if (line[HOSPITAL_INF].has[PUBLISHED_PATIENTS]) *out = exact("types add up to the total", HOSPITAL_TOTAL, printed, sum);
  else *out = (struct published_check){"rest of infectious-disease beds is 0 or more", HOSPITAL_INF, (double)(printed - sum), 0, (double)printed,
      printed >= sum ? PUBLISHED_AGREES : PUBLISHED_DIFFERS};
  return 1;
}
/* In whole twentieths of a per cent: half a unit of the printed tenth is one. */
static int occupancy_check(const struct published_line *line, struct published_check *out) {
  int64_t low = 0, high = 0, beds = 0;
  if (!line[HOSPITAL_TOTAL].has[PUBLISHED_OCCUPANCY]) return 0;
  for (int h = 0; h < HOSPITAL_TYPES; h++) {
    if (!line[h].has[PUBLISHED_BEDS] || (!line[h].has[PUBLISHED_OCCUPANCY] && h != HOSPITAL_INF)) return 0;
    const int64_t k = line[h].v[PUBLISHED_BEDS], rate = 2 * line[h].v[PUBLISHED_OCCUPANCY];
    beds += k;
    low += line[h].has[PUBLISHED_OCCUPANCY] ? k * (rate - 1) : 0;
    high += line[h].has[PUBLISHED_OCCUPANCY] ? k * (rate + 1) : k * 100 * 2 * TENTHS;
  }
  if (beds <= 0) return 0;
  const int64_t printed = 2 * line[HOSPITAL_TOTAL].v[PUBLISHED_OCCUPANCY];
  const bool inside = (printed + 1) * beds >= low && (printed - 1) * beds <= high;
  const double unit = 2.0 * TENTHS * (double)beds;
  *out = (struct published_check){.check = "occupancy of the types weighted by beds",
      .class = HOSPITAL_TOTAL,
      .printed = (double)line[HOSPITAL_TOTAL].v[PUBLISHED_OCCUPANCY] / TENTHS,
      .low = (double)low / unit,
      .high = (double)high / unit,
      .result = inside ? PUBLISHED_AGREES : PUBLISHED_DIFFERS};
  return 1;
}
int hospital_published(const struct published_line line[HOSPITAL_CLASSES], struct published_check out[PUBLISHED_CHECKS_MOST]) {
  int n = total_check(line, out);
  n += occupancy_check(line, out + n);
  for (int h = 0; h < HOSPITAL_CLASSES; h++) {
    const struct published_line *l = &line[h];
    if (l->has[PUBLISHED_PATIENTS] && l->has[PUBLISHED_BEFORE] && l->has[PUBLISHED_CHANGE])
      out[n++] = exact("change since the month before", h, l->v[PUBLISHED_CHANGE], l->v[PUBLISHED_PATIENTS] - l->v[PUBLISHED_BEFORE]);
    if (h != HOSPITAL_TOTAL && l->has[PUBLISHED_OCCUPANCY])
      out[n++] = (struct published_check){"occupancy of the type", h, (double)l->v[PUBLISHED_OCCUPANCY] / TENTHS, 0, 0, PUBLISHED_ONLY_COMPARED};
  }
  return n;
}
