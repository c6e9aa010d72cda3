#include "base/ext_gmp.h"

#include <gmp.h>
#include <math.h>
#include <stdlib.h>

struct gmp_pool {
  mpq_t *place;
  int64_t n, room, *vacant, n_vacant;
  mpq_t a, b, c; /* operands */
};
struct gmp_pool *gmp_pool_new(void) {
  struct gmp_pool *g = calloc(1, sizeof *g);
  if (!g) return NULL;
  mpq_inits(g->a, g->b, g->c, NULL);
  return g;
}
void gmp_pool_free(struct gmp_pool *g) {
  if (!g) return;
  for (int64_t i = 0; i < g->n; i++) mpq_clear(g->place[i]);
  mpq_clears(g->a, g->b, g->c, NULL);
  free(g->place);
  free(g->vacant);
  free(g);
}
void gmp_drop(struct gmp_pool *g, int64_t place) { g->vacant[g->n_vacant++] = place; }

static int64_t new_place(struct gmp_pool *g) {
  if (g->n_vacant > 0) return g->vacant[--g->n_vacant];
  if (g->n == g->room) {
    const int64_t room = g->room ? 2 * g->room : 64;
    mpq_t *place = realloc(g->place, (size_t)room * sizeof *place);
    if (place) g->place = place;
    int64_t *vacant = realloc(g->vacant, (size_t)room * sizeof *vacant);
    if (vacant) g->vacant = vacant;
    if (!place || !vacant) return -1;
    g->room = room;
  }
  mpq_init(g->place[g->n]);
  return g->n++;
}
/* x as GMP's number: its place, or `spare` filled with it. */
static mpq_srcptr operand(const struct gmp_pool *g, const struct exact *x, mpq_ptr spare) {
  if (x->den == 0) return g->place[x->num];
  mpz_set_si(mpq_numref(spare), (long)x->num);
  mpz_set_si(mpq_denref(spare), (long)x->den);
  return spare;
}
/* g->c goes to `to`, short where it fits. */
static bool keep(struct gmp_pool *g, struct exact *to) {
  const bool fits = mpz_fits_slong_p(mpq_numref(g->c)) && mpz_fits_slong_p(mpq_denref(g->c));
  if (fits && mpz_get_si(mpq_numref(g->c)) != INT64_MIN) {
    if (to->den == 0) gmp_drop(g, to->num);
    *to = (struct exact){mpz_get_si(mpq_numref(g->c)), mpz_get_si(mpq_denref(g->c))};
    return true;
  }
  if (to->den != 0) {
    const int64_t place = new_place(g);
    if (place < 0) return false;
    *to = (struct exact){place, 0};
  }
  mpq_swap(g->place[to->num], g->c);
  return mpz_sizeinbase(mpq_numref(g->place[to->num]), 2) + mpz_sizeinbase(mpq_denref(g->place[to->num]), 2) <= EXACT_MAX_BITS;
}
bool gmp_apply(struct gmp_pool *g, enum gmp_op op, struct exact *to, const struct exact *a, const struct exact *b, int64_t *work) {
  const mpq_srcptr u = operand(g, a, g->a), v = operand(g, b, g->b);
  const int64_t limbs = (int64_t)(mpz_size(mpq_numref(u)) + mpz_size(mpq_denref(u)) + mpz_size(mpq_numref(v)) + mpz_size(mpq_denref(v)));
  *work += limbs * (1 + limbs / 2); /* common divisors cost the square */
  if (op == GMP_DIVIDE) mpq_div(g->c, u, v);
  else mpq_mul(g->c, u, v);
  if (op == GMP_SUBMUL) mpq_sub(g->c, operand(g, to, g->a), g->c);
  return keep(g, to);
}
bool gmp_decimal(struct gmp_pool *g, struct exact *to, int64_t digits, int exponent) {
  const unsigned long ten = (unsigned long)abs(exponent);
  mpz_ptr with = exponent < 0 ? mpq_denref(g->c) : mpq_numref(g->c);
  mpq_set_si(g->c, 1, 1);
  mpz_ui_pow_ui(with, 10, ten);
  mpz_mul_si(mpq_numref(g->c), mpq_numref(g->c), (long)digits);
  mpq_canonicalize(g->c);
  return keep(g, to);
}
bool gmp_copy(struct gmp_pool *g, struct exact *to, int64_t place) {
  mpq_set(g->c, g->place[place]);
  return keep(g, to);
}
void gmp_negate(struct gmp_pool *g, int64_t place) { mpq_neg(g->place[place], g->place[place]); }
double gmp_rough(const struct gmp_pool *g, int64_t place) { return mpq_get_d(g->place[place]); }
int gmp_sign(const struct gmp_pool *g, int64_t place) { return mpq_sgn(g->place[place]); }

/* GMP cuts towards zero: the neighbour away from it may be nearer. */
double gmp_double(const struct gmp_pool *g, const struct exact *x) {
  mpq_t cut, next, value;
  mpq_inits(cut, next, value, NULL);
  mpq_set(value, operand(g, x, value));
  const double low = mpq_get_d(value), high = nextafter(low, mpq_sgn(value) < 0 ? -INFINITY : INFINITY);
  double out = low;
  if (isfinite(low) && isfinite(high)) {
    mpq_set_d(cut, low);
    mpq_set_d(next, high);
    mpq_sub(cut, value, cut);
    mpq_sub(next, next, value);
    mpq_abs(cut, cut);
    mpq_abs(next, next);
    if (mpq_cmp(next, cut) < 0) out = high;
  }
  mpq_clears(cut, next, value, NULL);
  return out;
}
