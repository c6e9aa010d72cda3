/* The checker of certificates, apart from the search: it knows the edits, the record and the certificate, nothing else. Sums in long double. */
#include <math.h>
#include <string.h>

#include "processing/localise/localise_proof.h"

static const int64_t MAX_STEPS = 10000000;

static enum err_code refuse(struct err *e, const char *what) { return ERR(e, E_LOCALISE_PROOF, .found = what); }

static bool in_support(const struct localise_argument *g, int j) {
  for (int k = 0; k < g->n_support; k++)
    if (g->support[k] == j) return true;
  return false;
}
/* Adds y times one edit or bound to sum[] and *rhs; false: a multiplier that proves nothing. size[] collects magnitudes, *excuse the tolerances. */
static bool add_row(const struct linear_system *s, const struct localise_proof *f, int row, double y, long double *sum, long double *size,
                    long double *rhs, long double *excuse) {
  if (row >= s->m + s->p || row < 0 || y == 0 || !isfinite(y)) return false;
  if (row >= s->m) {
    const int j = row - s->m;
    const double bound = y > 0 ? s->upper[j] : s->lower[j];
    sum[j] += y;
    size[j] += fabsl((long double)y);
    *rhs += (long double)y * bound;
    *excuse += fabsl((long double)y) * (1e-6L + 1e-9L * fabs(bound));
    return isfinite(bound);
  }
  const struct linear_edit *edit = &s->edits[row];
  long double terms = 0;
  for (int k = 0; k < edit->n; k++) {
    const long double term = (long double)y * edit->coef[k];
    sum[edit->var[k]] += term;
    size[edit->var[k]] += fabsl(term);
    terms += fabsl((long double)edit->coef[k] * f->x[edit->var[k]]);
  }
  *rhs += (long double)y * edit->rhs;
  *excuse += fabsl((long double)y) * (1e-6L + 1e-9L * terms);
  return y > 0 || edit->op == LINEAR_EQ;
}
static enum err_code check_argument(const struct linear_system *s, const struct localise_proof *f, const struct localise_argument *g,
                                    long double *sum, long double *size, struct err *e) {
  long double rhs = 0, excuse = 0, value = 0;
  memset(sum, 0, (size_t)s->p * sizeof *sum);
  memset(size, 0, (size_t)s->p * sizeof *size);
  for (int k = 0; k < g->n_y; k++)
    if (!add_row(s, f, g->row[k], g->y[k], sum, size, &rhs, &excuse)) return refuse(e, "a multiplier of the wrong sign or without a bound");
  for (int j = 0; j < s->p; j++) {
    if (in_support(g, j)) {
      if (f->forced[j]) return refuse(e, "an argument that a missing value would satisfy");
      value += sum[j] * f->x[j];
    } else if (fabsl(sum[j]) > 1e-7L * size[j])
      return refuse(e, "a variable that does not cancel");
  }
  return value - rhs > excuse ? E_OK : refuse(e, "an argument that the record does not break");
}
/* Is there a set that meets all arguments and costs less than `most`? Plain recursion on the first argument not met. */
static bool cheaper_exists(const struct localise_proof *f, bool *chosen, double cost, double most, int64_t *steps) {
  if (++*steps > MAX_STEPS) return true;
  if (cost >= most) return false;
  for (int k = 0; k < f->n_arguments; k++) {
    const struct localise_argument *g = &f->argument[k];
    bool met = false;
    for (int t = 0; t < g->n_support; t++) met = met || chosen[g->support[t]];
    if (met) continue;
    for (int t = 0; t < g->n_support; t++) {
      const int j = g->support[t];
      if (!isfinite(f->weight[j])) continue;
      chosen[j] = true;
      const bool found = cheaper_exists(f, chosen, cost + f->weight[j], most, steps);
      chosen[j] = false;
      if (found) return true;
    }
    return false;
  }
  return true;
}
static enum err_code check_witness(const struct linear_system *s, const struct localise_proof *f, long double *z, struct err *e) {
  const struct localise_case *c = &f->answer;
  double cost = 0;
  for (int j = 0; j < s->p; j++) z[j] = f->x[j];
  for (int k = 0; k < c->n_set; k++) {
    z[c->set[k]] = c->witness[k];
    cost += isfinite(f->weight[c->set[k]]) ? f->weight[c->set[k]] : 0;
    if (!isfinite(f->weight[c->set[k]]) && !f->forced[c->set[k]]) return refuse(e, "a variable that may not be changed");
  }
  if (fabs(cost - c->cost) > 1e-6) return refuse(e, "a cost that is not the sum of the weights");
  for (int j = 0; j < s->p; j++) {
    const long double slack = 1e-6L + 1e-9L * fabsl(z[j]);
    if (z[j] < s->lower[j] - slack || z[j] > s->upper[j] + slack) return refuse(e, "a witness out of its bounds");
  }
  for (int i = 0; i < s->m; i++) {
    const struct linear_edit *edit = &s->edits[i];
    long double sum = -(long double)edit->rhs, size = 0;
    for (int k = 0; k < edit->n; k++) {
      sum += edit->coef[k] * z[edit->var[k]];
      size += fabsl(edit->coef[k] * z[edit->var[k]]);
    }
    const long double slack = 1.0001L * (1e-6L + 1e-9L * size);
    if (sum > slack || (edit->op == LINEAR_EQ && sum < -slack)) return refuse(e, "a witness that breaks an edit");
  }
  return E_OK;
}
enum err_code localise_proof_check(struct arena *a, const struct linear_system *s, const struct localise_proof *f, struct err *e) {
  long double *sum = ARENA_ARRAY(a, long double, s->p + 1), *size = ARENA_ARRAY(a, long double, s->p + 1);
  bool *chosen = ARENA_ARRAY(a, bool, s->p + 1);
  int64_t steps = 0;
  double forced = 0;
  if (!sum || !size || !chosen) return ERR(e, E_NO_MEMORY, .subject = "localisation proof");
  for (int j = 0; j < s->p; j++) forced += f->forced[j] && isfinite(f->weight[j]) ? f->weight[j] : 0;
  for (int k = 0; k < f->n_arguments; k++) TRY(check_argument(s, f, &f->argument[k], sum, size, e));
  const bool solved = f->answer.status == LOCALISE_SOLVED;
  if (!solved && f->answer.status != LOCALISE_NO_SOLUTION) return refuse(e, "an answer without a proof");
  if (cheaper_exists(f, chosen, forced, solved ? f->answer.cost - 5e-7 : INFINITY, &steps))
    return refuse(e, steps > MAX_STEPS ? "too many sets to try" : "a cheaper set that meets all arguments");
  return solved ? check_witness(s, f, sum, e) : E_OK;
}
