/* weight_classes.h -- weighting classes of crossed items, and joining those too small with their neighbours.
 * Classes  every combination of codes that a record with weight has, ordered by the items as named; a value that does not apply is a code of its
 *          own, last.
 * Too small  fewer respondents than min_respondents, none at all, or a factor above max_factor.
 * Joining  the class with the fewest respondents among those too small (ties: the first) joins the one before or after it in order: the one that
 *          shares more leading items; then the one with fewer respondents; then the one before. Repeated until none is too small. Each joining is
 *          a note. Without "collapse": "neighbour" too small a class is E_CLASS_SMALL with the list.
 * Cost     O(n) and O(classes^2) for the joining, at most WEIGHT_MOST_CLASSES. Source: Kalton & Flores-Cervantes (2003), Journal of Official
 *          Statistics 19:81-97 (minimum sizes and largest factors of classes). */
#ifndef SHIRABE_ESTIMATORS_WEIGHT_CLASSES_H
#define SHIRABE_ESTIMATORS_WEIGHT_CLASSES_H
#include "estimators/weight/weight_plan_impl.h"

enum { WEIGHT_MOST_CLASSES = 20000 };
enum err_code classes_bind(struct step_context *c, const double *w) NODISCARD;
#endif
