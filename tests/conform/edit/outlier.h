/* outlier.h -- an outlier case made ready for the library, and the comparison of what came out. */
#ifndef SHIRABE_TESTS_CONFORM_EDIT_OUTLIER_H
#define SHIRABE_TESTS_CONFORM_EDIT_OUTLIER_H
#include "processing/outlier/outlier.h"
#include "tests/conform/edit/case.h"

enum { OUTLIER_MAX_ITEMS = 64 };
struct outlier_case {
  const struct edit_case *c;
  struct outlier_params params;
  int p, n_by;
  const char *unit_id, *item[OUTLIER_MAX_ITEMS], *with[OUTLIER_MAX_ITEMS], *by[OUTLIER_MAX_ITEMS];
  bool ratio, historic;
  struct num_table y, aux;
  uint8_t *matched;
  double *weight;
  uint8_t *weight_status;
  int32_t *group;
  int64_t *group_row; /* a row of each group */
  int n_groups;
  struct outlier_groups groups;
  struct outlier_result result[OUTLIER_MAX_ITEMS];
};
enum err_code outlier_case_read(struct outlier_case *o, const struct edit_case *c, struct err *e) NODISCARD;
bool outlier_case_compare(const struct outlier_case *o); /* true when all is as expected; differences go to c->say */
#endif
