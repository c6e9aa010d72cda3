/* household_judge.h -- the hard checks of a form over one household whose values are being tried, as judge of nim.h: by the form's own expressions,
 * so that what passes here passes
 * in `edit_run` too.
 * Unit     a record and its persons (records of one child type, or none), all units of one size. Variables: the numbers of the record, those of
 *          person 1, 2 ..; then the
 *          codes in the same order (household_variables_new).
 * Rules    checks of both record types that are hard and marked, without prev(), frame() and groups (left_out counts the others): false = failed,
 *          unknown = not failed.
 *          An item with a universe is present where that is true and absent where it is false. Derived items that these read are worked out in the
 *          order of the form.
 * Involved a failure of a check over the record may be undone by any item that it reads, through derived items too, of every person; a check of a
 *          person by that person's items
 *          and by what it reads through the record.
 * Values   numbers: stored integer / 10^decimals; codes: place in the sorted texts that occur in the data, n_codes - 1 = not applicable.
 * Errors   of expressions (overflow) end the search: household_judge_error. Memory: one small table per record type. Not for several threads. */
#ifndef SHIRABE_PROCESSING_IMPUTE_HOUSEHOLD_JUDGE_H
#define SHIRABE_PROCESSING_IMPUTE_HOUSEHOLD_JUDGE_H
#include "processing/impute/nim.h"
#include "processing/unit/unit_family.h"

struct household_item {
  const struct item *item;
  bool person;
  int n_codes;             /* 0 = a number; the last one is not applicable */
  const struct str *codes; /* [n_codes - 1] */
};
struct household_variable {
  const struct household_item *item;
  int person; /* -1 = of the record */
};
struct household_spec {
  const struct form *form;
  const struct unit_shard *shards; /* all, by record number */
  int n_shards;
  int record, person_type; /* indices of the record types; person_type -1 = no persons */
  const struct household_item *items;
  int n_items;
  const uint8_t *checks; /* [form->n_checks] */
};
/* [*n] in the order of nim.h; *numbers of them are numbers. */
enum err_code household_variables_new(
    struct arena *a, const struct household_spec *s, int size, struct household_variable **out, int *n, int *numbers, struct err *e) NODISCARD;
struct household_units {  /* records by row of nim_data */
  const int64_t *record;  /* [n] */
  const int64_t *persons; /* [n * size] */
};
struct household_judge;
enum err_code household_judge_new(struct arena *a, const struct household_spec *s, int size, const struct household_units *units,
    struct household_judge **out, struct nim_judge *judge, struct err *e) NODISCARD;
int household_left_out(const struct household_judge *h);
enum err_code household_judge_error(const struct household_judge *h, struct err *e) NODISCARD;
#endif
