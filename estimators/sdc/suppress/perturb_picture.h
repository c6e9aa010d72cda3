/* perturb_picture.h -- the changes of a table as a picture (SVG): how many cells changed by how much. For the office: it shows the range of the
 *          noise.
 * Shapes   at most 41 bars of equal width around 0, the outer ones hold everything farther. Errors: the buffer's. Cost: O(cells). */
#ifndef SHIRABE_ESTIMATORS_SUPPRESS_PERTURB_PICTURE_H
#define SHIRABE_ESTIMATORS_SUPPRESS_PERTURB_PICTURE_H
#include "estimators/sdc/suppress/cells.h"

void perturb_picture(const struct cell_table *t, const int64_t *out, bool japanese, struct strbuf *b);
#endif
