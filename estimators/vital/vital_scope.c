#include "estimators/vital/vital_scope.h"

#include "base/date.h"

const char *const vital_status_name[VITAL_STATUSES] = {"flash", "approximate", "final"};
const char *const vital_status_ja[VITAL_STATUSES] = {"速報", "概数", "確定数"};
const char *const vital_form_name[VITAL_FORMS] = {"births", "deaths", "stillbirths", "marriages", "divorces"};

static struct vital_month month_of(int64_t day, int64_t *of_month) {
  struct vital_month m;
  int64_t d;
  date_to_civil(day, &m.year, &m.month, &d);
  if (of_month) *of_month = d;
  return m;
}
static struct vital_month previous(struct vital_month m) {
  return m.month > 1 ? (struct vital_month){m.year, m.month - 1} : (struct vital_month){m.year - 1, 12};
}
struct vital_month vital_batch_month(enum vital_form form, int64_t event_day, int64_t filed_day) {
  int64_t day;
  const struct vital_month event = month_of(event_day, NULL), filed = month_of(filed_day, &day);
  if (form == VITAL_MARRIAGE || form == VITAL_DIVORCE) return filed;
  const struct vital_month batch = day <= 14 ? previous(filed) : filed; /* an event of this month is no older than the batch */
  return event.year > batch.year || (event.year == batch.year && event.month > batch.month) ? event : batch;
}
bool vital_is_late(enum vital_form form, int64_t event_day, int64_t filed_day) {
  if (form == VITAL_MARRIAGE || form == VITAL_DIVORCE) return false;
  return filed_day - event_day > (form == VITAL_BIRTH ? 14 : 7);
}
int vital_scope(bool japanese, bool in_japan, int64_t event_year, int64_t batch_year) {
  const int now = japanese ? (in_japan ? 1 : 3) : in_japan ? 2 : 0;
  return now && event_year < batch_year ? now + 3 : now;
}
bool vital_in_table(enum vital_status status, int scope, int table_scope) {
  if (table_scope) return scope == table_scope;
  return status == VITAL_FLASH ? scope >= 1 && scope <= 6 : scope == 1;
}
int vital_residence(int64_t prefecture) { return prefecture >= 1 && prefecture <= 48 ? (int)prefecture : 0; }
void vital_annualise(int64_t events, int64_t population, int64_t year, int64_t month, int64_t *numerator, int64_t *denominator) {
  *numerator = events * (date_days_in_month(year, 2) == 29 ? 366 : 365);
  *denominator = population * date_days_in_month(year, month);
}
