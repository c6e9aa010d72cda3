/* vital_year_impl.h -- what the tables of a year share; only for estimators/vital/vital_year*.c. */
#ifndef SHIRABE_ESTIMATORS_VITAL_YEAR_IMPL_H
#define SHIRABE_ESTIMATORS_VITAL_YEAR_IMPL_H
#include "estimators/vital/vital_year.h"

/* One cell of the first three axes, the fourth summed; -1 = summed. */
static inline int64_t vital_at(const struct vital_table *t, int i, int j, int k) {
  return vital_count(t, (const int[VITAL_TABLE_AXES]){i, j, k, -1});
}
enum err_code vital_table_of(struct arena *a, const char *id, const char *ja, const char *en, int64_t rows, int dimensions, int measures,
    struct result_table **out, struct err *e) NODISCARD;
struct str vital_text(struct arena *a, const char *s);
void vital_shown(struct result_table *t, int64_t row, double value, double se, int64_t n);
/* True, with one note, for a prefecture that the file of people does not hold. */
bool vital_without_people(struct result_table *t, const struct vital_population *p, int area);
#endif
