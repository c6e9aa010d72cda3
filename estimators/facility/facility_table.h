/* facility_table.h -- result tables of the facility surveys: figures with their numerators and denominators beside them.
 * Shapes   the dimensions and measures of each table stand at its function; rows are filled one by one, then put into the fixed order.
 * Missing  a figure that does not exist is RESULT_UNDEFINED with its reason ("no beds", "no movement", "not every month"), never 0.
 * Labels   unconfirmed definitions say so in the name of the measure or in a note of the table.
 * Memory   arena. Cost: linear in the rows. Errors: E_NO_MEMORY, E_TABLE_TOO_WIDE. Source: those of the figures. */
#ifndef SHIRABE_ESTIMATORS_FACILITY_TABLE_H
#define SHIRABE_ESTIMATORS_FACILITY_TABLE_H
#include "estimators/facility/facility_reconcile.h"
#include "estimators/facility/hospital_balance.h"
#include "estimators/facility/service_estimate.h"
#include "estimators/table/result_table.h"

struct facility_measure {
  const char *name, *unit;
  int decimals;
  bool additive;
};
struct facility_table_spec {
  const char *id, *title_ja, *title_en;
  const char *const *dimensions;
  int n_dimensions;
  const struct facility_measure *measures;
  int n_measures;
};
enum err_code facility_table_new(
    struct arena *a, const struct facility_table_spec *s, int64_t most, struct result_table **out, struct err *e) NODISCARD;
/* The next row; codes in the order of the dimensions; n: units behind it. At most `most` rows. */
int64_t facility_row(struct result_table *t, const struct str *codes, int64_t n);
void facility_put(struct result_table *t, int64_t row, int measure, double value);
void facility_put_none(struct result_table *t, int64_t row, int measure, const char *reason);
void facility_put_rate(struct result_table *t, int64_t row, int measure, const struct facility_rate *r, const char *reason);
void facility_put_error(struct result_table *t, int64_t row, int measure, const struct service_estimate *s, uint8_t kind);

/* --- Hospital Report --- month[] and area[] are the texts of the dense labels; area[0] stands for the report's area 0. */
struct hospital_labels {
  const struct str *month, *area;
};
/* By month, area and bed type: patients a day, occupancy, patient days, patients at the end, beds, reports without patient
 * days; row "outpatients" for hospitals. */
enum err_code hospital_occupancy_table(struct arena *a, const struct hospital_totals *t, const struct hospital_labels *l, struct result_table **out,
    struct err *e) NODISCARD;
/* One span (a year): patients a day, mean of the monthly rates, sum A / sum days x K (unconfirmed), patient days, bed days, reports without
 * patient days. */
enum err_code hospital_year_table(struct arena *a, const struct hospital_totals *t, const struct hospital_labels *l, struct result_table **out,
    struct err *e) NODISCARD;
/* By month (span false) or over the whole span: mean stay, patient days, movements, reports without an item. */
enum err_code hospital_stay_table(struct arena *a, const struct hospital_totals *t, const struct hospital_labels *l, bool span,
    struct result_table **out, struct err *e) NODISCARD;

/* Reports that lack an item of a figure, over the months of the nation, by class as notes of the table; how many: 0 = the count is full.
 * table NULL: no notes. */
enum hospital_gap { HOSPITAL_GAP_DAYS, HOSPITAL_GAP_OCCUPANCY, HOSPITAL_GAP_STAY, HOSPITAL_GAP_VISITS, HOSPITAL_GAPS };
int64_t hospital_gap_notes(const struct hospital_totals *t, enum hospital_gap gap, struct result_table *table);

/* --- Survey of Medical Institutions --- */
enum err_code stock_table(struct arena *a, const struct stock_result *r, const struct str *month, struct result_table **out, struct err *e) NODISCARD;
enum err_code stock_beds_table(struct arena *a, const struct stock_result *r, const struct str *month, struct result_table **out,
    struct err *e) NODISCARD;
/* By reason: institutions, beds of either side; the bridge as rows of its own. */
enum err_code reconcile_table(struct arena *a, const struct reconcile_result *r, struct result_table **out, struct err *e) NODISCARD;

/* --- detail forms --- by domain and measure: value with standard error, numerator, denominator, respondents and those without the item. */
struct service_table_measure {
  const char *name;
  bool from_register; /* a count of the basic form: no error */
};
struct service_table_spec {
  const char *id, *title_ja, *title_en, *dimension;
  const struct str *domain; /* [n_domains] */
  int32_t n_domains;
  const struct service_table_measure *measures;
  int n_measures;
  const struct service_estimate *estimate; /* [n_domains + 1][n_measures] */
  const uint8_t *take_all;                 /* [n_domains + 1] 1 = the error is of nonresponse alone */
};
enum err_code service_table(struct arena *a, const struct service_table_spec *s, struct result_table **out, struct err *e) NODISCARD;
#endif
