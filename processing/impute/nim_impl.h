/* nim_impl.h -- what the steps of nearest-neighbour minimum-change imputation share. */
#ifndef SHIRABE_PROCESSING_IMPUTE_NIM_IMPL_H
#define SHIRABE_PROCESSING_IMPUTE_NIM_IMPL_H
#include "processing/impute/nim.h"

struct nim_action {
  double size, change;
  int64_t donor;
  uint64_t taken[NIM_MAX_VARIABLES / 64];
};
struct nim_pool { /* passing actions within gamma of the smallest so far */
  struct nim_action *actions; /* [NIM_MAX_ACTIONS] */
  int64_t n;
  double least;
  bool truncated;
};
enum { NIM_PIVOTS = 12 };
struct nim_pivots { /* n 0: none, nothing is excluded */
  int n;
  const double *value[NIM_PIVOTS];
  float *far;                  /* [n_donors * NIM_PIVOTS] */
  double of_unit[NIM_PIVOTS], slack;
};
enum err_code nim_pivots_new(struct arena *a, const struct nim_spec *s, const double *value, const int64_t *donors, int64_t n_donors,
    struct nim_pivots *out, struct err *e) NODISCARD;
void nim_pivots_enter(struct nim_pivots *p, const struct nim_spec *s, const double *f, const uint8_t *must);
bool nim_pivots_exclude(const struct nim_pivots *p, int64_t donor, double limit); /* it is farther than limit from the unit */
int nim_first_failure(const struct rule_set *rules, const double *x); /* hard rules; -1 = none */
int nim_fails(const struct nim_spec *s, const double *x); /* by the judge or the rules */
void nim_enter(const struct nim_spec *s, int64_t row);
bool nim_involves(const struct nim_spec *s, int failure, int variable);
double nim_variable_distance(const struct nim_spec *s, int i, double x, double y); /* weighted */
/* The donor's persons in the order nearest to f; ordered: [V]. */
void nim_order_persons(const struct nim_spec *s, const double *f, const uint8_t *must, const double *donor, int *person, double *ordered);
/* Adds the passing actions of one donor (its values ordered, at distance D_fp) to the pool. */
void nim_actions(const struct nim_spec *s, const double *f, const uint8_t *must, const double *ordered, int64_t donor, double distance,
                 struct nim_pool *pool);
#endif
