/* register_check_impl.h -- what the parts of the check share: a table made ready for comparison, and the report's pen. */
#ifndef SHIRABE_ESTIMATORS_SDC_REGISTER_CHECK_IMPL_H
#define SHIRABE_ESTIMATORS_SDC_REGISTER_CHECK_IMPL_H
#include "estimators/sdc/register/register_check.h"
#include "estimators/sdc/register/register_impl.h"

struct changed_units { /* that came, went, or changed their cell between two releases; rising */
  int64_t n;
  uint64_t *token;
};
bool changed_has(const struct changed_units *c, uint64_t token);
struct ready { /* a table for one comparison of releases */
  const struct register_entry *entry;
  const struct register_table *t;
  int64_t *size; /* [n_rows] units */
  struct register_set *whole, *core; /* [n_rows] all units; those that did not change */
  uint8_t *shown; /* [n_rows] any figure */
  int32_t *row_first, *row_of; /* rows that are shown, of each base */
};
struct checking {
  struct arena *a; /* of the report */
  struct arena *scratch; /* of one pair of releases */
  const struct register_entry *mine;
  const struct register_policy *policy;
  struct register_report *r;
  const struct register_entry *other; /* the release that is compared with; mine itself for tables of one release */
  const struct register_entry *const *earlier;
  int n_earlier;
  bool by_status; /* a revision of a status: not known to be of a few units, and treated as those of counts */
  bool told; /* one of the two releases has both tables: what they tell together it tells alone */
  struct changed_units changed;
  struct register_set *known_mine, *known_other; /* core sets that are shown, sorted */
  int64_t n_known_mine, n_known_other;
};
bool is_count_measure(const char *measure); /* NULL = the number of units */
int register_set_cmp(const void *x, const void *y);
enum err_code ready_make(
    struct checking *c, const struct register_entry *entry, const struct register_table *t, struct ready *out, struct err *e) NODISCARD;
/* row -1: of no one cell. other_row -1 likewise. measure NULL = the number of units. */
enum err_code say(struct checking *c, enum register_kind kind, const struct register_table *t, int64_t row, const char *measure,
    const struct register_entry *other, const struct register_table *u, int64_t other_row, struct err *e) NODISCARD;
bool same_definition(const struct register_table *t, const struct register_table *u); /* and dimensions; whatever the period */
int64_t same_codes_row(const struct register_table *u, const struct register_table *t, int64_t row); /* -1; tables of one definition */
bool periods_meet(const char *x, const char *y); /* equal, one in the other, or in one year */
/* The parts. */
enum err_code check_sets(struct checking *c, const struct ready *x, const struct ready *y, struct err *e) NODISCARD;
enum err_code check_codes(struct checking *c, const struct register_table *t, const struct register_table *u, struct err *e) NODISCARD;
enum err_code check_links(struct checking *c, const struct register_table *t, const struct register_table *u, struct err *e) NODISCARD;
enum err_code check_years(
    struct checking *c, const struct register_table *t, const struct register_entry *const *earlier, int n_earlier, struct err *e) NODISCARD;
#endif
