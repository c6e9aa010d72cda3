/* vital_scope.h -- which month, table and place a slip of the vital statistics belongs to (人口動態調査: 客体設定, 月報の区分, 住所地).
 * Month    births, deaths, stillbirths: the month of the event when filed by the 14th of the next; later ones belong to the batch of the filing,
 *          which runs from the 15th to the 14th. Marriages and divorces: the month of filing.
 * Scope    1 Japanese in Japan, 2 foreigner in Japan, 3 Japanese abroad, 4 to 6 the same of an earlier year than the batch; 0 = no object.
 *          Main tables hold scope 1; the others stand in annexed tables and are never dropped: the flash count (速報) holds 1 to 6.
 * Place    residence: 1 to 47, 48 abroad; anything else is unknown: in the nation, in no prefecture.
 * Source   人口動態調査令施行細則; 人口動態調査 調査の概要. Cost: O(1). */
#ifndef SHIRABE_ESTIMATORS_VITAL_SCOPE_H
#define SHIRABE_ESTIMATORS_VITAL_SCOPE_H
#include <stdbool.h>
#include <stdint.h>

enum vital_form { VITAL_BIRTH, VITAL_DEATH, VITAL_STILLBIRTH, VITAL_MARRIAGE, VITAL_DIVORCE, VITAL_FORMS };
enum vital_status { VITAL_FLASH, VITAL_APPROXIMATE, VITAL_FINAL, VITAL_STATUSES }; /* 速報, 概数, 確定数 */
extern const char *const vital_status_name[VITAL_STATUSES], *const vital_status_ja[VITAL_STATUSES], *const vital_form_name[VITAL_FORMS];
struct vital_month {
  int64_t year, month;
};
struct vital_month vital_batch_month(enum vital_form form, int64_t event_day, int64_t filed_day);
bool vital_is_late(enum vital_form form, int64_t event_day, int64_t filed_day); /* beyond the statutory 14 or 7 days: a flag, no error */
int vital_scope(bool japanese, bool in_japan, int64_t event_year, int64_t batch_year);
bool vital_in_table(enum vital_status status, int scope, int table_scope); /* table_scope 0 = the status's own count, else one scope */
int vital_residence(int64_t prefecture);                                   /* 0 unknown, 1..47, 48 */
/* Annualised: events x days of the year over population x days of the month, both exact, for vital_rate. */
void vital_annualise(int64_t events, int64_t population, int64_t year, int64_t month, int64_t *numerator, int64_t *denominator);
#endif
