/* exact.h -- rational numbers without rounding: 64 bits over 64 bits while they fit, else GMP's (ext_gmp.h).
 * Values   {0, 1} is zero. den > 0: num / den in lowest terms; den = 0: `num` is a place in the pool. A value has one owner: exact_copy makes a
 *          second one, exact_clear gives its place back; plain assignment moves it.
 * Decimals exact_from_double reads the shortest decimal that gives the double, so that 0.1 is one tenth, as whoever wrote the rule meant it.
 * Limits   numbers of more than EXACT_MAX_BITS bits set pool->too_long; from then on results are not to be used. Work is counted in pool->work:
 *          one for each product of short numbers, more for long ones; the same on every machine.
 * Memory   24 bytes and the digits for each long number, freed with the pool; GMP aborts when there is none, as GLPK does.
 * Source   Knuth, The Art of Computer Programming 2, 4.5.1 (sums of fractions with the fewest common divisors). */
#ifndef SHIRABE_BASE_EXACT_H
#define SHIRABE_BASE_EXACT_H
#include <stdbool.h>
#include <stdint.h>

enum { EXACT_MAX_BITS = 1 << 13 };
struct exact {
  int64_t num, den;
};
struct exact_pool {
  struct gmp_pool *big; /* NULL until the first long number */
  int64_t work;
  bool too_long, no_memory;
};
void exact_pool_init(struct exact_pool *p);
void exact_pool_release(struct exact_pool *p);

static inline struct exact exact_of(int64_t v) { return (struct exact){v, 1}; }
void exact_from_double(struct exact_pool *p, struct exact *to, double v); /* `to` is not read */
void exact_clear(struct exact_pool *p, struct exact *x);                  /* becomes zero */
void exact_copy(struct exact_pool *p, struct exact *to, const struct exact *from);
void exact_negate(struct exact_pool *p, struct exact *x);
void exact_submul(struct exact_pool *p, struct exact *to, const struct exact *a, const struct exact *b); /* to -= a b */
void exact_multiply(struct exact_pool *p, struct exact *to, const struct exact *a, const struct exact *b);
void exact_divide(struct exact_pool *p, struct exact *to, const struct exact *a, const struct exact *b); /* b is not zero */
int exact_sign(const struct exact_pool *p, const struct exact *x);
int exact_compare(struct exact_pool *p, const struct exact *a, const struct exact *b);
double exact_double(const struct exact_pool *p, const struct exact *x); /* the nearest double */
double exact_rough(const struct exact_pool *p, const struct exact *x);  /* near enough to compare sizes */
static inline bool exact_is_zero(const struct exact *x) { return x->num == 0 && x->den == 1; }
#endif
