/* hospital_month.h -- the Hospital Report: sums by month, area and class of beds, and the figures that follow from them.
 * Reports  one row per facility and month: by type of beds h the beds K at the end of the month, patient days A, patients at the end C, admissions
 *          N, discharges R, transfers in I and out O, a corrected beginning; outpatient visits V. facility, month, area are dense labels from 0.
 * Classes  the five types of hospitals, 介護療養 (part of long-term care, never added), the total of the five types, clinics' long-term care beds
 *          and their 介護療養 part. Area 0 of the sums is the nation, area i + 1 the report's area i; n_areas 0 = the nation alone.
 * Formula  patients a day = A / days, outpatients V / days (calendar days); occupancy at the end of the month = C / K x 100; mean stay =
 *          A / (1/2 (N + R)), long-term care A / (1/2 (N + I + R + O)), the total total A / (1/2 (total N + total R)). Year: sums over the months
 *          for averages and stays; occupancy both as the mean of the twelve monthly rates and as sum A / sum (days x K), the second unconfirmed.
 * Missing  a report that lacks an item of a figure is left out of numerator and denominator of that figure and counted; for the total every type
 *          must be there. Not applicable counts as none (a type the hospital does not have).
 * Zero     a class without beds has no occupancy, one without movements no mean stay: not defined. A month without days is E_FACILITY_DAYS.
 * Errors   E_FACILITY_TWICE (two reports of a facility and month), E_FACILITY_DAYS. Memory: 200 bytes per month, area and class, 4 per facility
 *          and month. Cost: one pass. Sums are whole numbers: the same whatever the order.
 * Source   厚生労働省 病院報告 用語の解説; 病院報告 (平成19年6月分概数), notes on 月末病床利用率 and
 *          平均在院日数 (https://www.mhlw.go.jp/toukei/saikin/hw/byouin/m07/06.html); year as the mean of months:
 *          医療施設調査・病院報告 平成11年 用語の説明. */
#ifndef SHIRABE_ESTIMATORS_FACILITY_HOSPITAL_MONTH_H
#define SHIRABE_ESTIMATORS_FACILITY_HOSPITAL_MONTH_H
#include "base/arena.h"
#include "base/err.h"
#include "estimators/facility/facility_rate.h"

enum hospital_class {
  HOSPITAL_PSY, HOSPITAL_INF, HOSPITAL_TB, HOSPITAL_LT, HOSPITAL_GEN, HOSPITAL_CARE, HOSPITAL_TOTAL, HOSPITAL_CLINIC_LT, HOSPITAL_CLINIC_CARE,
  HOSPITAL_CLASSES
};
enum { HOSPITAL_TYPES = 5, HOSPITAL_COLUMNS = 6 }; /* columns of a report: the types and 介護療養 */
enum hospital_field {
  HOSPITAL_BEDS,
  HOSPITAL_DAYS,
  HOSPITAL_END,
  HOSPITAL_NEW,
  HOSPITAL_LEFT,
  HOSPITAL_IN,
  HOSPITAL_OUT,
  HOSPITAL_BEGIN,
  HOSPITAL_FIELDS
};
extern const char *const hospital_column_name[HOSPITAL_COLUMNS]; /* "psy" ...: ends of the items' names */
extern const char *const hospital_field_name[HOSPITAL_FIELDS];   /* "beds" ...: their beginnings */
extern const char *const hospital_class_code[HOSPITAL_CLASSES], *const hospital_class_ja[HOSPITAL_CLASSES],
                                                                    *const hospital_class_en[HOSPITAL_CLASSES];

struct hospital_column {
  const int64_t *value;  /* [n]; NULL = not asked: not applicable in every report */
  const uint8_t *status; /* [n] enum value_status */
};
struct hospital_reports {
  int64_t n;
  int32_t n_facilities, n_months, n_areas;
  const int32_t *facility, *month, *area; /* [n] */
  const uint8_t *clinic;                  /* [n] 1 = clinic with long-term care beds */
  const int32_t *days;                    /* [n_months] calendar days */
  struct hospital_column column[HOSPITAL_COLUMNS][HOSPITAL_FIELDS], outpatients;
};
struct hospital_cell {
  int64_t n;                              /* reports of the class */
  int64_t patient_days, n_day;            /* A */
  int64_t end, beds, n_occupancy;         /* C and K of reports with both */
  int64_t stay_days, movements, n_stay;   /* A; N + R, of long-term care + I + O */
  int64_t use_days, bed_days, n_use;      /* A; days x K */
};
struct hospital_totals {
  int32_t n_months, n_areas;              /* areas with the nation */
  const int32_t *days;
  struct hospital_cell *cell;             /* [n_months][n_areas][HOSPITAL_CLASSES] */
  int64_t *outpatients, *n_outpatients, *n_hospitals; /* [n_months][n_areas] */
};
enum err_code hospital_totals_make(struct arena *a, const struct hospital_reports *r, struct hospital_totals *out, struct err *e) NODISCARD;
static inline const struct hospital_cell *hospital_cell_at(const struct hospital_totals *t, int32_t month, int32_t area, int class) {
  return &t->cell[((int64_t)month * t->n_areas + area) * HOSPITAL_CLASSES + class];
}
/* Where the report of a facility and month stands: [n_facilities][n_months], -1 = none. E_FACILITY_TWICE. */
enum err_code hospital_places(struct arena *a, const struct hospital_reports *r, int64_t **out, struct err *e) NODISCARD;
/* The value of a report's field as the rule above has it; false = missing. */
bool hospital_value(const struct hospital_column *c, int64_t row, int64_t *out);

/* The report gives some figure for the column: of 介護療養 most say nothing. */
bool hospital_says(const struct hospital_reports *r, int64_t row, int column);

/* Figures of the months from..to (both in), one month or a year. */
struct hospital_figures {
  int64_t days, n_reports, n_months;
  struct facility_rate patients_a_day;  /* persons, no decimals */
  struct facility_rate outpatients_a_day;
  struct facility_rate occupancy;       /* of one month; not defined for a span */
  struct facility_rate use;             /* sum A / sum (days x K) x 100 */
  bool has_mean;                        /* every month of the span has an occupancy */
  double mean_occupancy;                /* mean of the unrounded monthly rates */
  struct facility_rate stay;            /* days, one decimal; denominator N + R (+ I + O), numerator 2 A */
  int64_t left_day, left_occupancy, left_stay; /* reports left out of each */
};
void hospital_figures_of(const struct hospital_totals *t, int32_t from, int32_t to, int32_t area, int class, struct hospital_figures *out);
#endif
