/* donor_impl.h -- what the steps of nearest donor imputation share: who is what in a class, and the search of one class. */
#ifndef SHIRABE_PROCESSING_IMPUTE_DONOR_IMPL_H
#define SHIRABE_PROCESSING_IMPUTE_DONOR_IMPL_H
#include "processing/impute/donor.h"
#include "processing/impute/donor_index.h"

enum { DONOR_MAX_ITEMS = DONOR_MAX_QUERY, DONOR_OWN_TREE = 256, DONOR_TREE_BYTES = 256 };
struct donor_items { /* columns the step looks at */
  int n, words;
  int *column;         /* [n] ascending */
  int *of_column;      /* [t->p] place in column[], -1 */
  int *edit_column;    /* [edits->p] */
  int *post_column;    /* [post_edits->p] */
};
struct donor_run {
  struct arena *arena;
  const struct donor_spec *spec;
  const struct donor_data *data;
  struct donor_items items;
  struct donor_result *out;
};

static inline uint8_t donor_flags_at(const struct donor_run *r, int column, int64_t row) {
  return r->data->flags[(int64_t)column * r->data->t->n + row];
}
/* Present, not flagged, and not negative where that is not accepted. */
bool donor_usable(const struct donor_run *r, int column, int64_t row);
enum donor_role donor_role_of(const struct donor_run *r, int64_t row);
/* Matching items of a recipient into bits (zeroed here). */
enum err_code donor_matching(struct donor_run *r, int64_t row, uint64_t *bits, struct err *e) NODISCARD;

struct donor_trial { /* the post-edits with a recipient's values in them */
  double *x;           /* [post->p] */
  bool *flagged;       /* [post->p] */
  int *row, n_rows;    /* post-edits with a flagged item */
  int fixed_failure;   /* post-edit that fails without one; -1 */
};
enum err_code donor_trial_init(struct donor_run *r, struct donor_trial *t, struct err *e) NODISCARD;
void donor_trial_start(const struct donor_run *r, struct donor_trial *t, int64_t recipient);
/* -1 when the donor's values satisfy every post-edit, else the first that fails. */
int donor_trial_of(const struct donor_run *r, struct donor_trial *t, int64_t donor);
/* After a failure: the step's adjustment, and whether every post-edit then holds. */
bool donor_trial_adjust(const struct donor_run *r, struct donor_trial *t);

/* rows: [n] of one class; mine: [n_mine] places in out->recipients. */
enum err_code donor_class_run(struct donor_run *r, int class_index, const int64_t *rows, const uint8_t *role, int64_t n, const int64_t *mine,
                              int64_t n_mine, struct err *e) NODISCARD;
#endif
