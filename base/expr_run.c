/* expr_run.c -- the batch program over one block of rows: branches above, leaf loops on plain arrays below them so that the compiler makes vectors of them.
 * Safe     an operation runs in int64 only when the bits of its operands prove that the result stays within 2^62; else the block is handed to expr_exact.
 * Memory   registers are views of the columns where nothing has to be computed; nothing is allocated here. */
#include <string.h>

#include "base/date.h"
#include "base/expr_impl.h"

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(__clang__)
#define LEAF __attribute__((target_clones("avx2", "default"))) static
#else
#define LEAF static
#endif

enum { SAFE_BITS = 62, DATE_BITS = 21, MANY_NUMBERS = 16 };

static const int64_t zeros[EXPR_BLOCK];
static const int32_t zero_codes[EXPR_BLOCK];
/* A column that is not there: every row blank. */
#define TIMES_8(x) x, x, x, x, x, x, x, x
#define TIMES_64(x) TIMES_8(x), TIMES_8(x), TIMES_8(x), TIMES_8(x), TIMES_8(x), TIMES_8(x), TIMES_8(x), TIMES_8(x)
#define TIMES_512(x) TIMES_64(x), TIMES_64(x), TIMES_64(x), TIMES_64(x), TIMES_64(x), TIMES_64(x), TIMES_64(x), TIMES_64(x)
static const uint8_t blanks[EXPR_BLOCK] = {TIMES_512(VAL_BLANK)};
static const int64_t ones[EXPR_BLOCK] = {TIMES_512(1)};
static const uint8_t derived[EXPR_BLOCK] = {TIMES_512(VAL_DERIVED)}, unknowns[EXPR_BLOCK] = {TIMES_512(VAL_UNKNOWN)};

/* The columns exist: the compiler gave each operation its operands.
 * NOLINTBEGIN(clang-analyzer-core.NullDereference, clang-analyzer-core.UndefinedBinaryOperatorResult) */
/* --- leaves: numbers --- */
LEAF uint64_t leaf_bits(const int64_t *restrict a, int n) {
  uint64_t all = 0;
  for (int i = 0; i < n; i++) all |= (uint64_t)(a[i] ^ (a[i] >> 63));
  return all;
}
LEAF void leaf_fill(int64_t k, int64_t *restrict out, int n) {
  for (int i = 0; i < n; i++) out[i] = k;
}
LEAF void leaf_add(const int64_t *restrict a, const int64_t *restrict b, int64_t *restrict out, int n) {
  for (int i = 0; i < n; i++) out[i] = a[i] + b[i];
}
LEAF void leaf_sub(const int64_t *restrict a, const int64_t *restrict b, int64_t *restrict out, int n) {
  for (int i = 0; i < n; i++) out[i] = a[i] - b[i];
}
LEAF void leaf_mul(const int64_t *restrict a, const int64_t *restrict b, int64_t *restrict out, int n) {
  for (int i = 0; i < n; i++) out[i] = a[i] * b[i];
}
LEAF void leaf_times(const int64_t *restrict a, int64_t k, int64_t *restrict out, int n) {
  for (int i = 0; i < n; i++) out[i] = a[i] * k;
}
LEAF void leaf_abs(const int64_t *restrict a, int64_t *restrict out, int n) {
  for (int i = 0; i < n; i++) out[i] = a[i] < 0 ? -a[i] : a[i];
}
LEAF void leaf_min(const int64_t *restrict a, const int64_t *restrict b, int64_t *restrict out, int n) {
  for (int i = 0; i < n; i++) out[i] = a[i] < b[i] ? a[i] : b[i];
}
LEAF void leaf_max(const int64_t *restrict a, const int64_t *restrict b, int64_t *restrict out, int n) {
  for (int i = 0; i < n; i++) out[i] = a[i] > b[i] ? a[i] : b[i];
}
/* The sign moves to the numerator, a zero divisor becomes 1 (its row is made unknown apart). */
LEAF void leaf_divide(const int64_t *restrict a, const int64_t *restrict b, int64_t *restrict num, int64_t *restrict den, int n) {
  for (int i = 0; i < n; i++) {
    num[i] = b[i] < 0 ? -a[i] : a[i];
    den[i] = b[i] < 0 ? -b[i] : b[i] == 0 ? 1 : b[i];
  }
}
LEAF int64_t leaf_zero_divisors(const int64_t *restrict b, uint8_t *restrict status, int n) {
  int64_t zero = 0;
  for (int i = 0; i < n; i++) {
    uint8_t hit = (uint8_t)((b[i] == 0) & (status[i] < VAL_BLANK));
    status[i] = hit ? (uint8_t)VAL_UNKNOWN : status[i];
    zero += hit;
  }
  return zero;
}
static void leaf_round(const int64_t *a, const int64_t *den, int64_t up, int64_t down, int64_t *out, int n) {
  for (int i = 0; i < n; i++) {
    int64_t num = a[i] * up, d = den[i] * down, q = num / d, rest = num % d;
    if (rest < 0) rest = -rest;
    out[i] = rest >= d - rest ? q + (num < 0 ? -1 : 1) : q;
  }
}
static void leaf_floor(const int64_t *a, const int64_t *den, int64_t down, int64_t *out, int n) {
  for (int i = 0; i < n; i++) {
    int64_t d = den[i] * down, q = a[i] / d;
    out[i] = a[i] % d < 0 ? q - 1 : q;
  }
}
static void leaf_mod(const int64_t *a, const int64_t *b, int64_t *out, int n) {
  for (int i = 0; i < n; i++) {
    int64_t rest = b[i] == 0 || b[i] == -1 ? 0 : a[i] % b[i];
    out[i] = rest != 0 && (rest < 0) != (b[i] < 0) ? rest + b[i] : rest;
  }
}

/* --- leaves: dates; |days| <= 2^21. Neri & Schneider (2023), Euclidean affine functions: no division by a variable, no branch. --- */
struct civil {
  uint32_t year, month, day; /* year + 12000 */
};
static inline struct civil civil_of(int64_t days) {
  uint32_t n = (uint32_t)(days + 719468 + 30 * 146097), n1 = 4 * n + 3, century = n1 / 146097, n2 = (n1 % 146097 / 4) * 4 + 3;
  uint64_t p2 = (uint64_t)2939745 * n2;
  uint32_t day_of_year = (uint32_t)p2 / 2939745 / 4, n3 = 2141 * day_of_year + 197913, next = day_of_year >= 306;
  return (struct civil){100 * century + (uint32_t)(p2 >> 32) + next, (n3 >> 16) - 12 * next, (n3 & 0xFFFF) / 2141 + 1};
}
LEAF void leaf_age(const int64_t *restrict birth, const int64_t *restrict at, int64_t *restrict out, int n) {
  for (int i = 0; i < n; i++) {
    struct civil b = civil_of(birth[i]), a = civil_of(at[i]);
    out[i] = (int64_t)a.year - (int64_t)b.year - (a.month * 32 + a.day < b.month * 32 + b.day);
  }
}
LEAF void leaf_year(const int64_t *restrict a, int64_t *restrict out, int n) {
  for (int i = 0; i < n; i++) out[i] = (int64_t)civil_of(a[i]).year - 12000;
}
LEAF void leaf_month(const int64_t *restrict a, int64_t *restrict out, int n) {
  for (int i = 0; i < n; i++) out[i] = (int64_t)civil_of(a[i]).month;
}
LEAF void leaf_day(const int64_t *restrict a, int64_t *restrict out, int n) {
  for (int i = 0; i < n; i++) out[i] = (int64_t)civil_of(a[i]).day;
}
static void leaf_months(const int64_t *from, const int64_t *to, int64_t *out, int n) {
  for (int i = 0; i < n; i++) out[i] = date_months(from[i], to[i]);
}

static void leaf_era(const int64_t *days, bool year, int64_t *out, int n) {
  for (int i = 0; i < n; i++) {
    int64_t of_era = 0;
    int era = date_era(days[i], year ? &of_era : NULL);
    out[i] = year ? of_era : era;
  }
}
static void leaf_unknown_before_eras(const int64_t *days, uint8_t *status, int n) {
  for (int i = 0; i < n; i++)
    if (value_present(status[i]) && date_era(days[i], NULL) == 0) status[i] = VAL_UNKNOWN;
}

/* --- leaves: choices --- */
LEAF void leaf_choose(const uint8_t *restrict c, const int64_t *restrict a, const int64_t *restrict b, int64_t *restrict out, int n) {
  for (int i = 0; i < n; i++) out[i] = c[i] == KLEENE_TRUE ? a[i] : b[i];
}
LEAF void leaf_choose_status(const uint8_t *restrict c, const uint8_t *restrict a, const uint8_t *restrict b, uint8_t *restrict out, int n) {
  for (int i = 0; i < n; i++) out[i] = c[i] == KLEENE_UNKNOWN ? (uint8_t)VAL_UNKNOWN : c[i] == KLEENE_TRUE ? a[i] : b[i];
}

/* --- leaves: truths --- */
#define COMPARE_LEAVES(name, operator)                                                                                        \
  LEAF void leaf_##name(const int64_t *restrict a, const int64_t *restrict b, uint8_t *restrict out, int n) {                 \
    for (int i = 0; i < n; i++) out[i] = (uint8_t)((a[i] operator b[i]) << 1);                                                \
  }                                                                                                                           \
  LEAF void leaf_##name##_constant(const int64_t *restrict a, int64_t k, uint8_t *restrict out, int n) {                      \
    for (int i = 0; i < n; i++) out[i] = (uint8_t)((a[i] operator k) << 1);                                                   \
  }                                                                                                                           \
  LEAF void leaf_##name##_cross(const int64_t *restrict a, const int64_t *restrict a_den, const int64_t *restrict b, const int64_t *restrict b_den, uint8_t *restrict out, int n) { \
    for (int i = 0; i < n; i++) out[i] = (uint8_t)((a[i] * b_den[i] operator b[i] * a_den[i]) << 1);                          \
  }
COMPARE_LEAVES(eq, ==)
COMPARE_LEAVES(ne, !=)
COMPARE_LEAVES(lt, <)
COMPARE_LEAVES(le, <=)
COMPARE_LEAVES(gt, >)
COMPARE_LEAVES(ge, >=)

LEAF void leaf_between(const int64_t *restrict a, int64_t low, int64_t high, uint8_t *restrict out, int n) {
  for (int i = 0; i < n; i++) out[i] = (uint8_t)(((a[i] >= low) & (a[i] <= high)) << 1);
}
LEAF void leaf_or_equal(const int64_t *restrict a, int64_t k, uint8_t *restrict out, int n) {
  for (int i = 0; i < n; i++) out[i] |= (uint8_t)((a[i] == k) << 1);
}
static void leaf_in_sorted(const int64_t *a, const int64_t *set, int64_t n_set, uint8_t *out, int n) {
  for (int i = 0; i < n; i++) {
    int64_t low = 0, high = n_set;
    while (low < high) {
      int64_t middle = low + (high - low) / 2;
      if (set[middle] < a[i]) low = middle + 1;
      else high = middle;
    }
    out[i] = low < n_set && set[low] == a[i] ? KLEENE_TRUE : KLEENE_FALSE;
  }
}
LEAF void leaf_mask(const uint8_t *restrict status, uint8_t *restrict out, int n) {
  for (int i = 0; i < n; i++) out[i] = status[i] < VAL_BLANK ? out[i] : KLEENE_UNKNOWN;
}
LEAF void leaf_worse_status(const uint8_t *restrict a, const uint8_t *restrict b, uint8_t *restrict out, int n) {
  for (int i = 0; i < n; i++) out[i] = a[i] > b[i] ? a[i] : b[i];
}
LEAF void leaf_status_is(const uint8_t *restrict status, uint8_t wanted, uint8_t *restrict out, int n) {
  for (int i = 0; i < n; i++) out[i] = (uint8_t)((status[i] == wanted) << 1);
}
LEAF void leaf_status_missing(const uint8_t *restrict status, uint8_t *restrict out, int n) {
  for (int i = 0; i < n; i++) out[i] = (uint8_t)((status[i] >= VAL_BLANK) << 1);
}
LEAF void leaf_and(const uint8_t *restrict a, const uint8_t *restrict b, uint8_t *restrict out, int n) {
  for (int i = 0; i < n; i++) out[i] = a[i] < b[i] ? a[i] : b[i];
}
LEAF void leaf_not(const uint8_t *restrict a, uint8_t *restrict out, int n) {
  for (int i = 0; i < n; i++) out[i] = (uint8_t)(KLEENE_TRUE - a[i]);
}
LEAF void leaf_if(const uint8_t *restrict a, const uint8_t *restrict b, uint8_t *restrict out, int n) {
  for (int i = 0; i < n; i++) {
    uint8_t not_a = (uint8_t)(KLEENE_TRUE - a[i]);
    out[i] = not_a > b[i] ? not_a : b[i];
  }
}
LEAF void leaf_same(const uint8_t *restrict a, const uint8_t *restrict b, uint8_t when_same, uint8_t *restrict out, int n) {
  for (int i = 0; i < n; i++) {
    uint8_t unknown = (uint8_t)((a[i] | b[i]) & KLEENE_UNKNOWN), same = (uint8_t)(a[i] == b[i] ? when_same : KLEENE_TRUE - when_same);
    out[i] = unknown ? KLEENE_UNKNOWN : same;
  }
}
LEAF void leaf_truth_missing(const uint8_t *restrict a, uint8_t *restrict out, int n) {
  for (int i = 0; i < n; i++) out[i] = (uint8_t)((a[i] & KLEENE_UNKNOWN) << 1);
}
/* A missing row's code must not be read as one: it takes place 0, which every table has. */
static void leaf_lookup(const uint8_t *restrict table, const int32_t *restrict code, const uint8_t *restrict status, uint8_t *restrict out, int n) {
  for (int i = 0; i < n; i++) {
    bool present = status[i] < VAL_BLANK;
    uint8_t t = table[present ? code[i] : 0];
    out[i] = present ? t : KLEENE_UNKNOWN;
  }
}
static void leaf_lookup_number(const int64_t *restrict table, const int32_t *restrict code, const uint8_t *restrict status, int64_t *restrict out, int n) {
  for (int i = 0; i < n; i++) out[i] = table[status[i] < VAL_BLANK ? code[i] : 0];
}
LEAF void leaf_same_code(const int32_t *restrict a, const int32_t *restrict b, uint8_t when_same, uint8_t *restrict out, int n) {
  for (int i = 0; i < n; i++) out[i] = (uint8_t)(a[i] == b[i] ? when_same : KLEENE_TRUE - when_same);
}
static void leaf_translated_code(const int32_t *restrict same, const int32_t *restrict a, const uint8_t *restrict status, const int32_t *restrict b, uint8_t when_same, uint8_t *restrict out, int n) {
  for (int i = 0; i < n; i++) out[i] = (uint8_t)(same[status[i] < VAL_BLANK ? a[i] : 0] == b[i] ? when_same : KLEENE_TRUE - when_same);
}

/* --- slots --- */
struct view {
  const int64_t *num;
  const int32_t *code;
  const uint8_t *status;
};

static bool is_code_column(const struct column *c) { return c->type == COL_CODE || c->type == COL_TEXT; }

/* Inside a child program a slot of the current record is spread over its child rows, into `num` (numbers) or the gather arrays. */
static void gather(struct expr_run *r, const struct column *c, int64_t *num, struct view *v) {
  struct expr_registers *g = r->registers;
  for (int i = 0; i < r->n; i++) {
    int64_t row = r->parents[i];
    g->status[i] = c->status[row];
    if (is_code_column(c)) g->codes[i] = c->code[row];
    else if (num) num[i] = c->i64[row];
  }
  *v = (struct view){num, g->codes, g->status};
}

static struct view slot_view(struct expr_run *r, int slot, bool outer, int64_t *num) {
  const struct column *c = r->binding->columns[slot];
  struct view v = {zeros, zero_codes, blanks};
  if (!c) return v;
  if (outer && r->parents) gather(r, c, num, &v);
  else v = (struct view){c->i64 ? c->i64 + r->row0 : NULL, c->code ? c->code + r->row0 : NULL, c->status + r->row0};
  return v;
}

static void load(struct expr_run *r, const struct expr_op *op, struct expr_number *d) {
  struct view v = slot_view(r, op->slot, op->outer, d->own_num);
  if (v.status == r->registers->status) {
    memcpy(d->own_status, v.status, (size_t)r->n);
    v.status = d->own_status;
  }
  *d = (struct expr_number){v.num, NULL, v.status, -1, 0, d->own_num, d->own_den, d->own_status};
}

/* --- numbers --- */
static int bits_of(uint64_t all) { return all ? 64 - __builtin_clzll(all) : 0; }
static int bits(struct expr_number *x, int n) {
  if (x->bits < 0) x->bits = bits_of(leaf_bits(x->num, n));
  return x->bits;
}
static int den_bits(const struct expr_number *x) { return x->den ? x->den_bits : 0; }
static const int64_t *den_of(const struct expr_number *x) { return x->den ? x->den : ones; }
static int larger(int a, int b) { return a > b ? a : b; }
static int64_t ten_to(int digits) { return (int64_t)expr_power_of_ten(digits); }
static int ten_bits(int digits) { return digits ? bits_of((uint64_t)ten_to(digits)) : 0; }

static bool unsafe(struct expr_run *r, int n_bits) {
  if (n_bits > SAFE_BITS) r->exact = true;
  return r->exact;
}

/* A register's own statuses do not outlive it: they are copied; a column's are only looked at. */
static const uint8_t *inherit_status(struct expr_run *r, const struct expr_number *a, struct expr_number *d) {
  if (a->status != a->own_status) return a->status;
  memcpy(d->own_status, a->status, (size_t)r->n);
  return d->own_status;
}

static const uint8_t *join_status(struct expr_run *r, const struct expr_number *a, const struct expr_number *b, struct expr_number *d) {
  if (!a->status || !b->status || a->status == b->status) return inherit_status(r, a->status ? a : b, d);
  leaf_worse_status(a->status, b->status, d->own_status, r->n);
  return d->own_status;
}

static void done(struct expr_number *d, const uint8_t *status, int n_bits, int n_den_bits, bool rational) {
  d->num = d->own_num;
  d->den = rational ? d->own_den : NULL;
  d->status = status;
  d->bits = n_bits;
  d->den_bits = n_den_bits;
}

static void scale(struct expr_run *r, const struct expr_op *op, struct expr_number *a, struct expr_number *d) {
  int need = bits(a, r->n) + ten_bits(op->digits);
  if (unsafe(r, need)) return;
  leaf_times(a->num, ten_to(op->digits), d->own_num, r->n);
  if (a->den) memcpy(d->own_den, a->den, (size_t)r->n * sizeof *a->den);
  done(d, inherit_status(r, a, d), need, a->den_bits, a->den != NULL);
}

typedef void (*pair_leaf)(const int64_t *, const int64_t *, int64_t *, int);

static void add(struct expr_run *r, pair_leaf leaf, struct expr_number *a, struct expr_number *b, struct expr_number *d) {
  int n = r->n, left = bits(a, n) + den_bits(b), right = bits(b, n) + den_bits(a), need = larger(left, right) + 1, den = den_bits(a) + den_bits(b);
  if (unsafe(r, larger(need, den))) return;
  if (!a->den && !b->den) {
    leaf(a->num, b->num, d->own_num, n);
  } else {
    int64_t l[EXPR_BLOCK], k[EXPR_BLOCK];
    leaf_mul(a->num, den_of(b), l, n);
    leaf_mul(b->num, den_of(a), k, n);
    leaf(l, k, d->own_num, n);
    leaf_mul(den_of(a), den_of(b), d->own_den, n);
  }
  done(d, join_status(r, a, b, d), need, den, a->den || b->den);
}

static void multiply(struct expr_run *r, struct expr_number *a, struct expr_number *b, struct expr_number *d) {
  int need = bits(a, r->n) + bits(b, r->n), den = den_bits(a) + den_bits(b);
  if (unsafe(r, larger(need, den))) return;
  leaf_mul(a->num, b->num, d->own_num, r->n);
  if (a->den || b->den) leaf_mul(den_of(a), den_of(b), d->own_den, r->n);
  done(d, join_status(r, a, b, d), need, den, a->den || b->den);
}

/* Statuses of a division: own copy, rows with a zero divisor unknown and counted. */
static void mark_zero_divisors(struct expr_run *r, const struct expr_number *a, const struct expr_number *b, struct expr_number *d) {
  const uint8_t *status = join_status(r, a, b, d);
  if (!status) memset(d->own_status, VAL_DERIVED, (size_t)r->n);
  else if (status != d->own_status) memcpy(d->own_status, status, (size_t)r->n);
  r->s->divisions_by_zero += leaf_zero_divisors(b->num, d->own_status, r->n);
}

static void divide(struct expr_run *r, struct expr_number *a, struct expr_number *b, struct expr_number *d) {
  int n = r->n, need = bits(a, n) + den_bits(b), den = den_bits(a) + bits(b, n);
  if (unsafe(r, larger(need, den))) return;
  if (!a->den && !b->den) {
    leaf_divide(a->num, b->num, d->own_num, d->own_den, n);
  } else {
    int64_t l[EXPR_BLOCK], k[EXPR_BLOCK];
    leaf_mul(a->num, den_of(b), l, n);
    leaf_mul(b->num, den_of(a), k, n);
    leaf_divide(l, k, d->own_num, d->own_den, n);
  }
  mark_zero_divisors(r, a, b, d);
  done(d, d->own_status, need, den, true);
}

static void modulo(struct expr_run *r, struct expr_number *a, struct expr_number *b, struct expr_number *d) {
  if (unsafe(r, larger(bits(a, r->n), bits(b, r->n)))) return;
  leaf_mod(a->num, b->num, d->own_num, r->n);
  mark_zero_divisors(r, a, b, d);
  done(d, d->own_status, b->bits, 0, false);
}

static void smaller(struct expr_run *r, pair_leaf leaf, struct expr_number *a, struct expr_number *b, struct expr_number *d) {
  leaf(a->num, b->num, d->own_num, r->n);
  done(d, join_status(r, a, b, d), -1, 0, false);
}

static void round_to(struct expr_run *r, const struct expr_op *op, struct expr_number *a, struct expr_number *d) {
  int need = bits(a, r->n) + ten_bits(op->digits), den = den_bits(a) + ten_bits(op->digits2);
  if (unsafe(r, larger(need, den))) return;
  if (op->code == OP_FLOOR) leaf_floor(a->num, den_of(a), ten_to(op->digits2), d->own_num, r->n);
  else leaf_round(a->num, den_of(a), ten_to(op->digits), ten_to(op->digits2), d->own_num, r->n);
  done(d, inherit_status(r, a, d), -1, 0, false);
}

static void sign(struct expr_run *r, const struct expr_op *op, struct expr_number *a, struct expr_number *d) {
  if (unsafe(r, bits(a, r->n))) return;
  if (op->code == OP_NEG) leaf_times(a->num, -1, d->own_num, r->n);
  else leaf_abs(a->num, d->own_num, r->n);
  if (a->den) memcpy(d->own_den, a->den, (size_t)r->n * sizeof *a->den);
  done(d, inherit_status(r, a, d), a->bits, a->den_bits, a->den != NULL);
}

static void eras(struct expr_run *r, const struct expr_op *op, struct expr_number *a, struct expr_number *d) {
  if (bits(a, r->n) > DATE_BITS) {
    r->exact = true;
    return;
  }
  leaf_era(a->num, op->code == OP_ERA_YEAR, d->own_num, r->n);
  memcpy(d->own_status, a->status ? a->status : derived, (size_t)r->n);
  leaf_unknown_before_eras(a->num, d->own_status, r->n);
  done(d, d->own_status, DATE_BITS, 0, false);
}

/* b NULL: nothing else to choose. */
static void choose(struct expr_run *r, const struct expr_op *op, struct expr_number *a, struct expr_number *b, struct expr_number *d) {
  const uint8_t *c = r->registers->truths[op->c], *status = !b ? unknowns : b->status ? b->status : derived;
  bool rational = a->den || (b && b->den);
  int need = larger(bits(a, r->n), b ? bits(b, r->n) : 0), den = larger(den_bits(a), b ? den_bits(b) : 0);
  leaf_choose(c, a->num, b ? b->num : zeros, d->own_num, r->n);
  if (rational) leaf_choose(c, den_of(a), b ? den_of(b) : ones, d->own_den, r->n);
  leaf_choose_status(c, a->status ? a->status : derived, status, d->own_status, r->n);
  done(d, d->own_status, need, den, rational);
}

static void dates(struct expr_run *r, const struct expr_op *op, struct expr_number *a, struct expr_number *b, struct expr_number *d) {
  bool pair = op->code == OP_DAYS || op->code == OP_MONTHS || op->code == OP_AGE;
  if (bits(a, r->n) > DATE_BITS || (pair && bits(b, r->n) > DATE_BITS)) {
    r->exact = true;
    return;
  }
  switch (op->code) {
  case OP_DAYS: leaf_sub(b->num, a->num, d->own_num, r->n); break;
  case OP_MONTHS: leaf_months(a->num, b->num, d->own_num, r->n); break;
  case OP_AGE: leaf_age(a->num, b->num, d->own_num, r->n); break;
  case OP_YEAR: leaf_year(a->num, d->own_num, r->n); break;
  case OP_MONTH: leaf_month(a->num, d->own_num, r->n); break;
  default: leaf_day(a->num, d->own_num, r->n); break;
  }
  done(d, pair ? join_status(r, a, b, d) : inherit_status(r, a, d), DATE_BITS + 1, 0, false);
}

static void constant(const struct expr_op *op, struct expr_number *d) {
  if (d->num == d->own_num) return; /* its register is never used again: filled once */
  leaf_fill(op->k, d->own_num, EXPR_BLOCK);
  done(d, NULL, bits_of((uint64_t)(op->k ^ (op->k >> 63))), 0, false);
}

static void length(struct expr_run *r, const struct expr_op *op, struct expr_number *d) {
  struct view v = slot_view(r, op->slot, op->outer, NULL);
  leaf_lookup_number(r->s->caches[op->cache - 1].number, v.code, v.status, d->own_num, r->n);
  memcpy(d->own_status, v.status, (size_t)r->n);
  done(d, d->own_status, -1, 0, false);
}

/* --- truths --- */
static void mask(struct expr_run *r, const uint8_t *status, uint8_t *out) {
  if (status) leaf_mask(status, out, r->n);
}

static void compare_cross(struct expr_run *r, const struct expr_op *op, struct expr_number *a, struct expr_number *b, uint8_t *out) {
  static void (*const leaves[])(const int64_t *, const int64_t *, const int64_t *, const int64_t *, uint8_t *, int) = {leaf_eq_cross, leaf_ne_cross, leaf_lt_cross, leaf_le_cross, leaf_gt_cross, leaf_ge_cross};
  if (unsafe(r, larger(bits(a, r->n) + den_bits(b), bits(b, r->n) + den_bits(a)))) return;
  leaves[op->kind - X_EQ](a->num, den_of(a), b->num, den_of(b), out, r->n);
}

static void compare(struct expr_run *r, const struct expr_op *op, struct expr_number *a, struct expr_number *b, uint8_t *out) {
  static void (*const leaves[])(const int64_t *, const int64_t *, uint8_t *, int) = {leaf_eq, leaf_ne, leaf_lt, leaf_le, leaf_gt, leaf_ge};
  if (a->den || b->den) compare_cross(r, op, a, b, out);
  else leaves[op->kind - X_EQ](a->num, b->num, out, r->n);
  mask(r, a->status, out);
  if (a->status != b->status) mask(r, b->status, out);
}

static void compare_constant(struct expr_run *r, const struct expr_op *op, const struct expr_number *a, uint8_t *out) {
  static void (*const leaves[])(const int64_t *, int64_t, uint8_t *, int) = {leaf_eq_constant, leaf_ne_constant, leaf_lt_constant, leaf_le_constant, leaf_gt_constant, leaf_ge_constant};
  leaves[op->kind - X_EQ](a->num, op->k, out, r->n);
  mask(r, a->status, out);
}

static void in_numbers(struct expr_run *r, const struct expr_op *op, const struct expr_number *a, uint8_t *out) {
  const struct expr_node *set = op->node;
  if (set->n_set > MANY_NUMBERS) {
    leaf_in_sorted(a->num, set->numbers, set->n_set, out, r->n);
  } else {
    memset(out, KLEENE_FALSE, (size_t)r->n);
    for (int64_t i = 0; i < set->n_set; i++) leaf_or_equal(a->num, set->numbers[i], out, r->n);
  }
  mask(r, a->status, out);
}

static void lookup(struct expr_run *r, const struct expr_op *op, uint8_t *out) {
  struct view v = slot_view(r, op->slot, op->outer, NULL);
  leaf_lookup(r->s->caches[op->cache - 1].truth, v.code, v.status, out, r->n);
}

static void same_code(struct expr_run *r, const struct expr_op *op, uint8_t *out) {
  const struct expr_cache *cache = &r->s->caches[op->cache - 1];
  struct view a = slot_view(r, op->slot, false, NULL), b = slot_view(r, op->slot2, false, NULL);
  uint8_t when_same = op->kind == X_EQ ? KLEENE_TRUE : KLEENE_FALSE;
  if (cache->dict == cache->dict2) leaf_same_code(a.code, b.code, when_same, out, r->n);
  else leaf_translated_code(cache->same, a.code, a.status, b.code, when_same, out, r->n);
  mask(r, a.status, out);
  mask(r, b.status, out);
}

static void status_test(struct expr_run *r, const struct expr_op *op, uint8_t *out) {
  struct view v = slot_view(r, op->slot, op->outer, NULL);
  switch (op->kind) {
  case X_BLANK: leaf_status_is(v.status, VAL_BLANK, out, r->n); break;
  case X_NA: leaf_status_is(v.status, VAL_NOT_APPLICABLE, out, r->n); break;
  case X_UNKNOWN: leaf_status_is(v.status, VAL_UNKNOWN, out, r->n); break;
  case X_REFUSED: leaf_status_is(v.status, VAL_REFUSED, out, r->n); break;
  case X_INVALID: leaf_status_is(v.status, VAL_INVALID, out, r->n); break;
  default: leaf_status_missing(v.status, out, r->n); break;
  }
}

static void load_truth(struct expr_run *r, const struct expr_op *op, uint8_t *out) {
  int64_t spread[EXPR_BLOCK];
  struct view v = slot_view(r, op->slot, op->outer, spread);
  leaf_ne_constant(v.num, 0, out, r->n);
  mask(r, v.status, out);
}

static enum err_code by_row(struct expr_run *r, const struct expr_op *op, uint8_t *out) {
  struct expr_value v;
  for (int i = 0; i < r->n; i++) {
    struct expr_row row = {.x = r->s->x, .binding = r->binding, .row = r->parents ? r->parents[i] : r->row0 + i, .child_row = r->parents ? r->row0 + i : -1, .divisions_by_zero = &r->s->divisions_by_zero, .e = r->e};
    TRY(expr_exact(&row, op->node, &v));
    out[i] = v.truth;
  }
  return E_OK;
}

/* --- dispatch --- */
static void run_number(struct expr_run *r, const struct expr_op *op) {
  struct expr_number *d = &r->registers->numbers[op->dst], *a = &r->registers->numbers[op->a], *b = &r->registers->numbers[op->b < 0 ? 0 : op->b];
  switch (op->code) {
  case OP_LOAD: load(r, op, d); break;
  case OP_CONSTANT: constant(op, d); break;
  case OP_SCALE: scale(r, op, a, d); break;
  case OP_NEG: case OP_ABS: sign(r, op, a, d); break;
  case OP_ADD: add(r, leaf_add, a, b, d); break;
  case OP_SUB: add(r, leaf_sub, a, b, d); break;
  case OP_MUL: multiply(r, a, b, d); break;
  case OP_DIV: divide(r, a, b, d); break;
  case OP_MIN: smaller(r, leaf_min, a, b, d); break;
  case OP_MAX: smaller(r, leaf_max, a, b, d); break;
  case OP_ROUND: case OP_FLOOR: round_to(r, op, a, d); break;
  case OP_MOD: modulo(r, a, b, d); break;
  case OP_LEN: length(r, op, d); break;
  case OP_ERA: case OP_ERA_YEAR: eras(r, op, a, d); break;
  case OP_CHOOSE: choose(r, op, a, op->b < 0 ? NULL : b, d); break;
  default: dates(r, op, a, b, d); break;
  }
}

static enum err_code run_truth(struct expr_run *r, const struct expr_op *op) {
  struct expr_number *x = r->registers->numbers;
  uint8_t **t = r->registers->truths;
  if (op->child) return expr_run_children(r, op); /* its dst may be a number */
  uint8_t *out = t[op->dst];
  switch (op->code) {
  case OP_COMPARE: compare(r, op, &x[op->a], &x[op->b], out); break;
  case OP_COMPARE_CONSTANT: compare_constant(r, op, &x[op->a], out); break;
  case OP_BETWEEN_CONSTANT: leaf_between(x[op->a].num, op->k, op->k2, out, r->n); mask(r, x[op->a].status, out); break;
  case OP_IN_NUMBERS: in_numbers(r, op, &x[op->a], out); break;
  case OP_LOOKUP: lookup(r, op, out); break;
  case OP_SAME_CODE: same_code(r, op, out); break;
  case OP_TRUTH: memset(out, op->k ? KLEENE_TRUE : KLEENE_FALSE, (size_t)r->n); break;
  case OP_AND: leaf_and(t[op->a], t[op->b], out, r->n); break;
  case OP_OR: leaf_worse_status(t[op->a], t[op->b], out, r->n); break;
  case OP_NOT: leaf_not(t[op->a], out, r->n); break;
  case OP_IF: leaf_if(t[op->a], t[op->b], out, r->n); break;
  case OP_SAME: leaf_same(t[op->a], t[op->b], KLEENE_TRUE, out, r->n); break;
  case OP_DIFFERENT: leaf_same(t[op->a], t[op->b], KLEENE_FALSE, out, r->n); break;
  case OP_STATUS: status_test(r, op, out); break;
  case OP_NUMBER_MISSING:
    memset(out, KLEENE_FALSE, (size_t)r->n);
    if (x[op->a].status) leaf_status_missing(x[op->a].status, out, r->n);
    break;
  case OP_TRUTH_MISSING: leaf_truth_missing(t[op->a], out, r->n); break;
  case OP_LOAD_TRUTH: load_truth(r, op, out); break;
  case OP_ROW: return by_row(r, op, out);
  default: return ERR(r->e, E_BUG, .subject = "expr operation");
  }
  return E_OK;
}

static void lookup_text(struct expr_run *r, const struct expr_op *op, struct str *out) {
  const struct str *table = r->s->caches[op->cache - 1].text;
  struct view v = slot_view(r, op->slot, false, NULL);
  for (int i = 0; i < r->n; i++) out[i] = value_present(v.status[i]) ? table[v.code[i]] : (struct str){NULL, 0};
}

static void run_text(struct expr_run *r, const struct expr_op *op) {
  struct str **t = r->registers->texts, *out = t[op->dst];
  if (op->code == OP_TEXT_LOOKUP) {
    lookup_text(r, op, out);
    return;
  }
  const uint8_t *c = op->code == OP_TEXT_CHOOSE ? r->registers->truths[op->c] : NULL;
  for (int i = 0; i < r->n; i++) {
    if (!c) out[i] = op->node->text;
    else if (c[i] == KLEENE_TRUE) out[i] = t[op->a][i];
    else out[i] = c[i] == KLEENE_UNKNOWN || op->b < 0 ? (struct str){NULL, 0} : t[op->b][i];
  }
}

enum err_code expr_run_program(struct expr_run *r) {
  for (int i = 0; i < r->program->n_ops && !r->exact; i++) {
    const struct expr_op *op = &r->program->ops[i];
    if (op->code < OP_COMPARE) run_number(r, op);
    else if (op->code >= OP_TEXT_CONSTANT) run_text(r, op);
    else TRY(run_truth(r, op));
  }
  return E_OK;
}

enum err_code expr_run_block(struct expr_run *r) {
  r->exact = r->s->exact_only || r->program->exact;
  return expr_run_program(r);
}
/* NOLINTEND(clang-analyzer-core.NullDereference, clang-analyzer-core.UndefinedBinaryOperatorResult) */
