/* item_numbers.h -- options that give a number to each of several items: "age=1.5;sex=2", at most 9 decimals, no sign. No memory; cost: length of the
 * text times items. */
#ifndef SHIRABE_PROCESSING_JOB_ITEM_NUMBERS_H
#define SHIRABE_PROCESSING_JOB_ITEM_NUMBERS_H
#include "processing/step/step.h"

/* The number of the item; false when the item is not there or what stands there is no number. text NULL = "". */
bool item_number(const char *text, const char *item, double *out);
/* Every name is one of the items (at most 256), and stands once. */
bool item_numbers_named(const char *text, const struct step_value *items);
#endif
