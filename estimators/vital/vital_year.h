/* vital_year.h -- the minimum table set of a year of vital statistics from its records, and the release totals and rates that follow from it.
 * Records  one int32 per field of vital_fields.def and form, as coded on the slips; -1 = unknown or blank. `icd` is the key of cause_list.h
 *          (vital_icd_value), age in completed years, age_days for deaths below 1 year (else -1), weight in grams, weeks completed.
 * Tables   counts in int64, dense, axes in the order of vital_table_set.def; classes of axes by vital_class_code ("_U" = unknown).
 *          Main tables hold scope 1. A record without a class of an axis (an adult in the table of infants) is not in that table.
 * Cost     one pass per axis and table; threads share out axes and tables, results do not depend on their number.
 * Causes   a death is classified by the list that was valid on the last day of its month: a code that began within the year is in no group
 *          before, and such deaths are counted. Groups of the last day are the columns of the tables, others of the year beside them.
 * Memory   arena: one byte per record and axis, 8 bytes per cell. Errors: E_NO_MEMORY, E_VITAL_COLUMNS, E_VITAL_LIST. Source: 人口動態統計 報告書の表章. */
#ifndef SHIRABE_ESTIMATORS_VITAL_YEAR_H
#define SHIRABE_ESTIMATORS_VITAL_YEAR_H
#include "base/arena.h"
#include "estimators/table/result_table.h"
#include "estimators/vital/asdr.h"
#include "estimators/vital/cause_list.h"
#include "estimators/vital/tfr.h"
#include "estimators/vital/vital_release.h"

enum { VITAL_FIELDS_MOST = 12, VITAL_TABLE_AXES = 4 };
struct vital_records {
  int64_t n;
  const int32_t *field[VITAL_FIELDS_MOST]; /* in the order of vital_field_name(form, i); NULL = all unknown */
  bool absent;                             /* no file of this form: its figures are not known, which is not 0 */
};
const char *vital_field_name(enum vital_form form, int i); /* NULL beyond the last */
bool vital_field_optional(enum vital_form form, const char *name);
int32_t vital_icd_value(struct str code);                  /* -1 = no code */

enum vital_table_id {
#define TABLE(id, form, axes, scope, ja, en) VITAL_TABLE_##id,
#include "estimators/vital/vital_table_set.def"
#undef TABLE
  VITAL_TABLES
};
struct vital_table {
  const char *id, *title_ja, *title_en;
  enum vital_form form;
  int scope, n_axes, axis[VITAL_TABLE_AXES], size[VITAL_TABLE_AXES];
  int64_t n_cells, *cell;
};
/* Completed ages summed; the mean adds half a year. Scope 1, age and order (or previous status) stated. */
struct vital_mean {
  int64_t sum, n;
};
struct vital_year {
  struct vital_mean mother[3], husband, wife; /* all births, first, second; first marriages */
  const struct cause_list *causes;
  int64_t year, n_records[VITAL_FORMS];
  bool absent[VITAL_FORMS], divorce_ages; /* divorce_ages: the records state ages */
  int16_t *cause_map[13]; /* by month of death; 0 (unknown month): the last day of the year */
  int64_t n_outside_list; /* deaths with a code whose group of the last day did not exist, or stood elsewhere, in their month */
  struct vital_table table[VITAL_TABLES];
};
enum err_code vital_year_tabulate(struct arena *a, int64_t year, const struct vital_records records[VITAL_FORMS], const struct cause_list *causes,
    int threads, struct vital_year *out, struct err *e) NODISCARD;
const char *vital_axis_name(const struct vital_table *t, int k);
const char *vital_class_code(const struct vital_year *y, const struct vital_table *t, int k, int class, char *buffer, size_t size);
/* One cell; -1 for an axis = sum over it. */
int64_t vital_count(const struct vital_table *t, const int at[VITAL_TABLE_AXES]);

/* Totals of the release by area, natural increase and perinatal deaths worked out. */
void vital_year_release(const struct vital_year *y, enum vital_status status, struct vital_release *out);
/* One month: births, deaths, stillbirths, marriages, divorces. The flash status counts the slips of all scopes, the others scope 1;
 * `month` of the records is then the batch (vital_batch_month) or the month of the event. */
void vital_month_release(const struct vital_year *y, int month, enum vital_status status, struct vital_release *out);
int64_t vital_year_leaf_causes(const struct vital_year *y); /* with "other" */

/* Population of 1 October, Japanese: [area 0..47][1 men, 2 women][age 0..110+]. */
enum { VITAL_POPULATION_AGES = 111 };
struct vital_population {
  int64_t n[48][3][VITAL_POPULATION_AGES];
};
int64_t vital_people(const struct vital_population *p, int area, int sex, int from, int to); /* sex 0 = both; to 999 = all above */
/* As result tables: counts of one table; rates of all areas; TFR of nation and prefectures; ASDR by area, sex and cause (-1 = all). */
enum err_code vital_count_table(struct arena *a, const struct vital_year *y, enum vital_table_id id, struct result_table **out,
    struct err *e) NODISCARD;
enum err_code vital_rates_table(struct arena *a, const struct vital_release *r, const struct vital_population *p, struct result_table **out,
    struct err *e) NODISCARD;
enum err_code vital_year_tfr(const struct vital_year *y, const struct vital_population *p, int area, struct tfr_result *out, struct err *e) NODISCARD;
enum err_code vital_year_asdr(const struct vital_year *y, const struct vital_population *p, enum asdr_model model, int area, int sex, int cause,
    struct asdr_result *out, struct err *e) NODISCARD;
enum err_code vital_tfr_areas_table(struct arena *a, const struct vital_year *y, const struct vital_population *p, struct result_table **out,
    struct err *e) NODISCARD;
enum err_code vital_asdr_areas_table(struct arena *a, const struct vital_year *y, const struct vital_population *p, enum asdr_model model,
    struct result_table **out, struct err *e) NODISCARD;
/* Low birth weight (below 2,500, 1,500, 1,000 g), preterm (below 37 weeks) and post-term (42 on) per 100 stated; mean ages (years, 0.5 added). */
enum err_code vital_shares_table(struct arena *a, const struct vital_year *y, struct result_table **out, struct err *e) NODISCARD;
/* 総覧: counts with the year before, difference, mean seconds between events, and the item's own rate. before NULL, people NULL = not known. */
enum err_code vital_overview_table(struct arena *a, const struct vital_release *now, const struct vital_release *before,
    const struct vital_population *people, struct result_table **out, struct err *e) NODISCARD;
/* Tables that follow from counts (vital_year_tables.c): age-specific fertility; death rates of causes; deaths at 65, 75 and 80 and over; perinatal
 * mortality and maternal mortality by prefecture, in both definitions; first marriages and divorces by age per 1,000 of that age and sex; causes
 * of the five-figure list summed up to their parents. Errors: E_VITAL_NO_POPULATION, E_VITAL_FIELD (divorces without ages), E_VITAL_NO_GROUP. */
enum err_code vital_asfr_table(struct arena *a, const struct vital_year *y, const struct vital_population *p, struct result_table **out,
    struct err *e) NODISCARD;
enum err_code vital_cause_rates_table(struct arena *a, const struct vital_year *y, const struct vital_population *p, struct result_table **out,
    struct err *e) NODISCARD;
enum err_code vital_elderly_table(struct arena *a, const struct vital_year *y, const struct vital_population *p, struct result_table **out,
    struct err *e) NODISCARD;
enum err_code vital_marriage_ages_table(struct arena *a, const struct vital_year *y, const struct vital_population *p, struct result_table **out,
    struct err *e) NODISCARD;
enum err_code vital_cause_tree_table(struct arena *a, const struct vital_year *y, struct result_table **out, struct err *e) NODISCARD;
enum err_code vital_rank_table(struct arena *a, const struct vital_year *y, struct result_table **out, struct err *e) NODISCARD;
#endif
