/* sdc_protect_impl.h -- what the parts of sdc_protect share: quantities over all rows of linked tables. For them only. */
#ifndef SHIRABE_ESTIMATORS_SDC_PROTECT_IMPL_H
#define SHIRABE_ESTIMATORS_SDC_PROTECT_IMPL_H
#include "estimators/sdc/sdc_groups.h"
#include "estimators/sdc/sdc_rows.h"
#include "estimators/sdc/suppress/flow.h"

enum { SDC_PASSES = 8 };
/* One quantity over all rows, as it was before anything was hidden. */
struct quantity_values {
  double *value;                /* [rows] */
  uint8_t *there;               /* [rows] some table has it */
  double *level;                /* [rows] what the rule asks for; 0 = none */
  double *most;                 /* [rows] of a share: all its units; 0 = no such bound */
  int64_t *owner;               /* [rows] the only contributor, -1 */
  struct cell_table *cells;     /* of the audit; NULL = the same numbers as an earlier quantity, or none */
  struct owners owners;
};
struct protecting {
  struct arena *a;
  struct sdc_linked_table *t;
  int n;
  const struct disclosure_profile *profile;
  struct sdc_groups groups;
  struct sdc_rows rows;
  struct quantity_values *q;    /* [n_quantities] */
  uint8_t *primary, *hidden;    /* [groups][rows] */
  uint8_t *before[SDC_LINKED_MOST]; /* [measures + 1][rows of the table] hidden already when it came, by whoever made its input; last: n */
  const char *trouble[SDC_GROUPS_MOST]; /* why a group cannot be treated; NULL */
  bool audited[SDC_GROUPS_MOST], clean[SDC_GROUPS_MOST];
  bool unmeasured[SDC_GROUPS_MOST]; /* has hidden figures and no quantity that an audit looked at */
  struct sdc_secondary_report report;   /* of the population */
};
struct sdc_scale {
  double unit; /* units of the programme per unit of the figure */
  int decimals;
};
#define SDC_LARGEST 1e9 /* the solver keeps nine digits: what is larger is counted in tens, hundreds ... */

static inline uint8_t *sdc_of_group(const struct protecting *p, uint8_t *all, int g) { return all + (size_t)g * (size_t)(p->rows.n + 1); }
struct sdc_scale sdc_scale_of(const struct quantity_values *v, int32_t n);
int64_t sdc_scaled(const struct sdc_scale *s, double v); /* what is not nothing stays something */
/* By how much a sum may be off by rounding, and how much its parts lack. */
int64_t sdc_sum_tolerance(const struct sdc_scale *s, double total, int n);
int64_t sdc_sum_lacks(const struct protecting *p, const struct quantity_values *v, const struct sdc_sum *sum, const struct sdc_scale *s);
/* Not a relation of quantity k: units over sex or form, or no figures there. */
bool sdc_sum_left_out(const struct protecting *p, int k, const struct sdc_sum *sum);
/* Level of a primary row of quantity k in units of the programme. */
int64_t sdc_level(const struct protecting *p, int k, int32_t row, const struct sdc_scale *s);
/* 1 = the primary rules hid the row in the group of quantity k or in the base. */
bool sdc_is_primary(const struct protecting *p, int k, int32_t row);
/* sdc_joint.c: the quantities of a group whose figures an identity ties within a row (C = B + O), in one programme; hides more rows where needed.
 * *clean is left alone when there are none. */
enum err_code sdc_joint(struct protecting *p, int g, uint8_t *hidden, bool *clean, struct err *e) NODISCARD;
#endif
