/* livelihood_records.h -- the records of the forms joined by household: who lives together, in which district and area, and to which groups of the
 *    poverty tables they belong.
 * Keys     pref, district, unit_area, household_no (and person_no): whole numbers, as numbers or texts of digits. Households are put in order of
 *          their key, so that nothing depends on the order of arrival. A district is (pref, district), a unit area one of its parts.
 * Shapes   arrays [n] by household in that order, persons of all forms found by key; *_row: row of the record in its form, -1 = none.
 * Missing  an age not known: the household has unknown_age and class 99; it counts in no group of children or of households with children. Counts of
 *          persons are those of the person records; the size of a household is the item `members`.
 * Class    OECD code of the 2016 files: head 18-64 with 1 (1-4) or more adults (5-10), without or with children of 17 or less, by workers; head of
 *          65 and more (11-15); 99 others. Worker = work code 1 to 4, adult = 18 and more.
 * Linking  records of other forms whose household is in no household record are counted (livelihood_link), and refused by livelihood_linked where
 *          figures are made of them (persons, income, health; care and savings are counted only).
 * Complete persons of a household = its item `members`, exactly one head among them, no key twice: livelihood_complete, for the figures; the check of
 *          the forms only counts.
 * Errors   E_LIVELIHOOD_COLUMN, E_LIVELIHOOD_VALUE, E_LIVELIHOOD_TWICE, E_LIVELIHOOD_LINK. Memory: 90 bytes a household. Cost: a sort.
 * Source   item names and codes: record layout of the 2016 survey, 国民生活基礎調査 (厚生労働省). */
#ifndef SHIRABE_ESTIMATORS_LIVELIHOOD_RECORDS_H
#define SHIRABE_ESTIMATORS_LIVELIHOOD_RECORDS_H
#include "base/arena.h"
#include "estimators/design/columns.h"

enum livelihood_form { LIVELIHOOD_HOUSEHOLD, LIVELIHOOD_PERSON, LIVELIHOOD_INCOME, LIVELIHOOD_HEALTH, LIVELIHOOD_STRATUM, LIVELIHOOD_POPULATION,
  LIVELIHOOD_CARE, LIVELIHOOD_SAVINGS };
enum { LIVELIHOOD_FORMS = 8, LIVELIHOOD_OECD_OTHER = 99 };
struct livelihood_source {
  const struct survey_columns *form[LIVELIHOOD_FORMS]; /* NULL = not there */
};
/* A column of whole numbers. */
struct livelihood_whole {
  int64_t n;
  const int64_t *value; /* [n] */
  const uint8_t *known; /* [n] 0: missing, value is 0 and must not be read */
};
/* scaled: how many decimals are taken in (2: value x 100). A column that is not there: all missing, unless required. */
enum err_code livelihood_column(struct arena *a, const struct survey_columns *c, const char *name, bool required, int scaled,
    struct livelihood_whole *out, struct err *e) NODISCARD;

struct livelihood_link {
  int64_t records, linked; /* of a form; the others belong to no household of the household form */
};
struct livelihood_records {
  int64_t n, n_persons;
  int64_t *key, *row;                       /* [n] */
  int32_t *area, *district, *unit;          /* [n] dense, in order of their numbers */
  int32_t n_areas, n_districts, n_units;
  const int64_t *area_code;                 /* [n_areas] */
  int32_t *members, *children, *adults, *workers, *head_age; /* [n]; head_age -1 = not known */
  int32_t *middle;                          /* [n] members of 18 to 63 */
  uint8_t *oecd, *unknown_age;              /* [n] */
  uint8_t *type, *structure;                /* [n] 0 = not known */
  uint8_t *income_selected;                 /* [n] 1 = its unit area is in the income sample */
  int64_t *income_row;                      /* [n] */
  int64_t *household_of_person, *household_of_health; /* by row of the person and the health form; -1 */
  struct livelihood_link link[LIVELIHOOD_FORMS];
  int64_t n_without_person;                 /* households without any person record */
  int32_t *persons, *heads, *healths;       /* [n] records of the person form, of them heads (relation 1), records of the health form */
  uint8_t *selection_known;                 /* [n] 1 = income_selected is 0 or 1 */
  bool has_persons, has_health;
  int64_t twice[LIVELIHOOD_FORMS];          /* row of the first person or health record whose key another has; -1 = none */
};
enum err_code livelihood_records_join(struct arena *a, const struct livelihood_source *s, struct livelihood_records *out, struct err *e) NODISCARD;
enum err_code livelihood_linked(const struct livelihood_records *r, struct err *e) NODISCARD;
/* Stops where figures of persons would be wrong: a person twice, members that are not the person records (more health records than members), a
 * household whose heads are not exactly one. */
enum err_code livelihood_complete(const struct livelihood_records *r, const struct livelihood_source *s, struct err *e) NODISCARD;
const char *livelihood_form_name(enum livelihood_form f);
/* OECD code of a household. */
uint8_t livelihood_oecd(int32_t head_age, int32_t adults, int32_t children, int32_t workers, bool unknown_age);
#endif
