/* vital_axes.h -- classes of the fields of vital records. For estimators/vital only. */
#ifndef SHIRABE_ESTIMATORS_VITAL_AXES_H
#define SHIRABE_ESTIMATORS_VITAL_AXES_H
#include "estimators/vital/vital_year.h"

enum vital_classes {
  CLASS_SCOPE, CLASS_PREFECTURE, CLASS_MONTH, CLASS_SEX, CLASS_MOTHER, CLASS_MOTHER_YEAR, CLASS_ORDER, CLASS_PLURALITY, CLASS_WEIGHT, CLASS_TERM,
  CLASS_AGE, CLASS_INFANT, CLASS_CAUSE, CLASS_PLACE, CLASS_STILL_TYPE, CLASS_STILL_WEEKS, CLASS_SPOUSE, CLASS_BEFORE, CLASS_DIVORCE_KIND,
  CLASS_DURATION, CLASS_CHILDREN, CLASS_MATERNAL, CLASS_KINDS
};
struct vital_axis {
  const char *name, *field;
  enum vital_form form; /* VITAL_FORMS = any */
  enum vital_classes classes;
};
extern const struct vital_axis vital_axes[];
extern const int vital_n_axes;
enum { VITAL_NO_CLASS = 255 };
int vital_classes_count(enum vital_classes k, const struct cause_list *causes);
/* Class of a value; VITAL_NO_CLASS = not in tables of this axis. The last class of bounded axes is "unknown". */
uint8_t vital_class_of(enum vital_classes k, int32_t value, const int16_t *cause_map, const struct cause_list *causes);
int vital_axis_find(const char *name, size_t n, enum vital_form form); /* -1 */
#endif
