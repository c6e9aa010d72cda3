#include "estimators/variance/hadamard.h"

#include <stdio.h>
#include <string.h>

enum { FIELD_MOST_DEGREE = 12 };

/* --- orders --- */
/* The prime of which q is a power, 0 = none; *degree = the exponent. */
static int prime_of(int q, int *degree) {
  int p = 2;
  *degree = 0;
  if (q < 2) return 0;
  while (p * p <= q && q % p) p++;
  if (q % p) p = q;
  for (; q % p == 0; q /= p) (*degree)++;
  return q == 1 ? p : 0;
}
/* The field behind a core of this order, 0 = none; *twice = Paley's second construction. */
static int field_of_core(int core, bool *twice) {
  int degree;
  *twice = false;
  if (core >= 4 && (core - 1) % 4 == 3 && prime_of(core - 1, &degree)) return core - 1;
  *twice = true;
  if (core >= 12 && core % 2 == 0 && (core / 2 - 1) % 4 == 1 && prime_of(core / 2 - 1, &degree)) return core / 2 - 1;
  return 0;
}
/* The smallest core of a matrix of this order; 0 = no such matrix. */
static int core_of(int order) {
  bool twice;
  int core = order;
  if (order < 1) return 0;
  while (core % 2 == 0) core /= 2;
  if (core == 1) return 1;
  for (; core <= order; core *= 2)
    if (field_of_core(core, &twice)) return core;
  return 0;
}
int hadamard_order(int least) {
  for (int n = least < 1 ? 1 : least; n <= HADAMARD_MOST; n++)
    if ((n <= 2 || n % 4 == 0) && core_of(n)) return n;
  return 0;
}

/* --- a finite field of q = p^degree elements; element = its coefficients as digits to the base p --- */
struct field {
  int p, degree, q;
  int modulus[FIELD_MOST_DEGREE + 1]; /* of the leading power: x^degree = - sum modulus[k] x^k */
};
static void digits(const struct field *f, int x, int *out) {
  for (int k = 0; k < f->degree; k++, x /= f->p) out[k] = x % f->p;
}
static int number(const struct field *f, const int *digit) {
  int x = 0;
  for (int k = f->degree - 1; k >= 0; k--) x = x * f->p + digit[k];
  return x;
}
static int field_minus(const struct field *f, int x, int y) {
  int a[FIELD_MOST_DEGREE], b[FIELD_MOST_DEGREE];
  if (f->degree == 1) return x >= y ? x - y : x - y + f->p;
  digits(f, x, a), digits(f, y, b);
  for (int k = 0; k < f->degree; k++) a[k] = (a[k] - b[k] + f->p) % f->p;
  return number(f, a);
}
static int field_times(const struct field *f, int x, int y) {
  int a[FIELD_MOST_DEGREE], b[FIELD_MOST_DEGREE], c[2 * FIELD_MOST_DEGREE] = {0};
  digits(f, x, a), digits(f, y, b);
  for (int i = 0; i < f->degree; i++)
    for (int j = 0; j < f->degree; j++) c[i + j] = (c[i + j] + a[i] * b[j]) % f->p;
  for (int k = 2 * f->degree - 2; k >= f->degree; k--)
    for (int j = 0; j < f->degree; j++) c[k - f->degree + j] = (c[k - f->degree + j] + (f->p - f->modulus[j]) * c[k]) % f->p;
  return number(f, c);
}
/* With this modulus the powers of x reach every element but 0 exactly when it is a primitive polynomial: then it is irreducible. */
static bool primitive(const struct field *f) {
  int power = f->p, steps = 1; /* the element x */
  while (power != 1 && power != 0 && steps < f->q) power = field_times(f, power, f->p), steps++;
  return power == 1 && steps == f->q - 1;
}
static bool field_new(int q, struct field *f) {
  *f = (struct field){.q = q};
  f->p = prime_of(q, &f->degree);
  if (f->p == 0 || f->degree > FIELD_MOST_DEGREE) return false;
  if (f->degree == 1) return true;
  for (int m = 1; m < q; m++) {
    digits(f, m, f->modulus);
    if (f->modulus[0] && primitive(f)) return true;
  }
  return false;
}

/* --- cores --- */
/* chi[x] = 0, +1 for a square, -1 else. */
static void squares(const struct field *f, int8_t *chi) {
  chi[0] = 0;
  for (int x = 1; x < f->q; x++) chi[x] = -1;
  for (int x = 1; x < f->q; x++) chi[field_times(f, x, x)] = 1;
}
/* q = 3 mod 4: I + S, S the bordered matrix of residues, skew. */
static void paley_one(const struct field *f, const int8_t *chi, int8_t *m) {
  const int n = f->q + 1;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) m[(int64_t)i * n + j] = i == j ? 1 : i == 0 ? 1 : j == 0 ? -1 : chi[field_minus(f, i - 1, j - 1)];
}
/* q = 1 mod 4: C symmetric with zero diagonal; every entry becomes a block of four. */
static void paley_two(const struct field *f, const int8_t *chi, int8_t *m) {
  const int half = f->q + 1, n = 2 * half;
  for (int i = 0; i < half; i++)
    for (int j = 0; j < half; j++) {
      const int8_t c = i == j ? 0 : i == 0 || j == 0 ? 1 : chi[field_minus(f, i - 1, j - 1)];
      int8_t *at = m + (int64_t)(2 * i) * n + 2 * j;
      at[0] = i == j ? 1 : c, at[1] = i == j ? -1 : c;
      at[n] = i == j ? -1 : c, at[n + 1] = (int8_t)(i == j ? -1 : -c);
    }
}
/* First row and first column all +1: orthogonality stays. */
static void normalise(int n, int8_t *m) {
  for (int j = 0; j < n; j++)
    if (m[j] < 0)
      for (int i = 0; i < n; i++) m[(int64_t)i * n + j] = (int8_t)-m[(int64_t)i * n + j];
  for (int i = 0; i < n; i++)
    if (m[(int64_t)i * n] < 0)
      for (int j = 0; j < n; j++) m[(int64_t)i * n + j] = (int8_t)-m[(int64_t)i * n + j];
}

enum err_code hadamard_new(struct arena *a, int order, struct hadamard *out, struct err *e) {
  const int core = order <= HADAMARD_MOST ? core_of(order) : 0;
  char text[64];
  bool twice;
  struct field f;
  snprintf(text, sizeof text, "no Hadamard matrix of order %d", order);
  if (!core || (order > 2 && order % 4)) return ERR(e, E_REPLICATE_SPEC, .subject = text);
  int8_t *m = ARENA_ARRAY(a, int8_t, (int64_t)core * core + 1);
  if (!m) return ERR(e, E_NO_MEMORY, .subject = "replicates");
  *out = (struct hadamard){.order = order, .core = core, .sign = m};
  m[0] = 1;
  if (core == 1) return E_OK;
  struct arena_mark mark = arena_mark(a);
  int8_t *chi = ARENA_ARRAY(a, int8_t, core);
  if (!chi) return ERR(e, E_NO_MEMORY, .subject = "replicates");
  if (!field_new(field_of_core(core, &twice), &f)) return ERR(e, E_BUG, .subject = "finite field");
  squares(&f, chi);
  if (twice) paley_two(&f, chi, m);
  else paley_one(&f, chi, m);
  normalise(core, m);
  arena_reset(a, mark);
  return E_OK;
}
