/* ext_gmp.h -- the long numbers of exact.h by the GNU Multiple Precision library; the only includer of <gmp.h>. For exact.c only.
 * Pool     places hold one rational each and are used again. Results that fit in 64 bits over 64 bits leave the pool at once.
 * Threads  a pool belongs to one thread. Memory: GMP's own, freed by gmp_pool_free. */
#ifndef SHIRABE_BASE_EXT_GMP_H
#define SHIRABE_BASE_EXT_GMP_H
#include "base/exact.h"

enum gmp_op { GMP_SUBMUL, GMP_MULTIPLY, GMP_DIVIDE };
struct gmp_pool *gmp_pool_new(void); /* NULL: no memory */
void gmp_pool_free(struct gmp_pool *g);
void gmp_drop(struct gmp_pool *g, int64_t place);
/* to = to - a b, a b or a / b. False: the number has more than EXACT_MAX_BITS bits, or no memory. *work: digits handled. */
bool gmp_apply(struct gmp_pool *g, enum gmp_op op, struct exact *to, const struct exact *a, const struct exact *b, int64_t *work);
bool gmp_decimal(struct gmp_pool *g, struct exact *to, int64_t digits, int exponent); /* digits x 10^exponent */
bool gmp_copy(struct gmp_pool *g, struct exact *to, int64_t place);
void gmp_negate(struct gmp_pool *g, int64_t place);
int gmp_sign(const struct gmp_pool *g, int64_t place);
double gmp_rough(const struct gmp_pool *g, int64_t place); /* cut towards zero */
double gmp_double(const struct gmp_pool *g, const struct exact *x);
#endif
