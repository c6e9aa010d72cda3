/* sdc_rows.h -- the rows of several tables of one population as one list: equal cells are one row, sums are relations between them.
 * Key      codes of all dimensions of all tables joined by '|', in the order of their names, a total or a dimension that a table lacks as `_T`.
 * Equal    rows of one key and population; rows of the same set of records (result_table.h: unit_set), whatever names them.
 * Sums     margins `_T` of each dimension of each table; the rules for those dimensions that have them; the
 *          nestings between dimensions of two tables. `rest`: a rule whose parts may lack.
 * Memory   the arena. Cost: O(rows log rows) per dimension and rule. */
#ifndef SHIRABE_ESTIMATORS_SDC_ROWS_H
#define SHIRABE_ESTIMATORS_SDC_ROWS_H
#include "estimators/sdc/sdc_protect.h"

struct sdc_sum { /* rows member[first .. last), the total first */
  int32_t first, last;
  bool forms, rest; /* over sex or form of employment, where units do not add up; of a rule */
};
struct sdc_rows {
  int32_t n;
  struct str *key;                      /* [n] */
  int32_t *row_of[SDC_LINKED_MOST];     /* [rows of the table] */
  uint8_t *n_tables;                    /* [n] how many tables hold it */
  struct sdc_sum *sum;
  int32_t n_sums, room_sums, *member, n_members, room_members;
};
enum err_code sdc_rows_find(struct arena *a, const struct sdc_linked_table *t, int n, const struct sdc_structure *structure, struct sdc_rows *out,
    struct err *e) NODISCARD;
#endif
