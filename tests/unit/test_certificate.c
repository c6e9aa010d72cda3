/* Certificates of patterns: what a verifier without a solver accepts, and that changed certificates prove nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/rng.h"
#include "estimators/sdc/suppress/certificate.h"
#include "estimators/sdc/suppress/flow.h"

static struct arena *a;
static int setup(void **state) {
  (void)state;
  return !(a = arena_new(0));
}
static int teardown(void **state) {
  (void)state;
  arena_free(a);
  return 0;
}
enum { ROWS = 7, COLUMNS = 6, CELLS = ROWS * COLUMNS };
/* Counts with margins; the small inner ones are primary. */
static struct cell_table *table(int64_t seed) {
  int64_t v[ROWS][COLUMNS] = {{0}};
  struct cell_builder b;
  struct cell_table *t = NULL;
  struct rng r;
  rng_init(&r, 77, "certificate", &seed, sizeof seed);
  for (int i = 1; i < ROWS; i++)
    for (int j = 1; j < COLUMNS; j++) {
      v[i][j] = 1 + (int64_t)rng_below(&r, 40);
      v[0][j] += v[i][j], v[i][0] += v[i][j], v[0][0] += v[i][j];
    }
  assert_int_equal(cell_builder_begin(&b, a, "counts", 0, NULL), E_OK);
  for (int k = 0; k < CELLS; k++) {
    const int64_t x = v[k / COLUMNS][k % COLUMNS];
    const bool primary = k / COLUMNS && k % COLUMNS && x < 6;
    assert_int_equal(cell_builder_cell(&b, STR(""), x, primary ? 'u' : 's', primary ? 2 : 0, primary ? 3 : 0, NULL), E_OK);
  }
  for (int i = 0; i < ROWS; i++) {
    int32_t m[COLUMNS];
    for (int j = 0; j < COLUMNS; j++) m[j] = i * COLUMNS + j;
    assert_int_equal(cell_builder_relation(&b, COLUMNS, m, NULL), E_OK);
  }
  for (int j = 0; j < COLUMNS; j++) {
    int32_t m[ROWS];
    for (int i = 0; i < ROWS; i++) m[i] = i * COLUMNS + j;
    assert_int_equal(cell_builder_relation(&b, ROWS, m, NULL), E_OK);
  }
  assert_int_equal(cell_builder_close(&b, &t, NULL), E_OK);
  return t;
}
static struct str made(struct cell_table *t, bool ours, struct audit_report *r, struct strbuf *b) {
  struct certificate x;
  uint8_t *hidden;
  if (ours) {
    struct suppress_result s;
    assert_int_equal(suppress_by_flow(a, t, &(struct suppress_options){.clean_up = true}, &s, NULL), E_OK);
    hidden = s.hidden;
    *r = s.audit;
  } else { /* the primaries alone, and every third cell of the first columns */
    hidden = ARENA_ARRAY(a, uint8_t, t->n_cells + 1);
    for (int k = 0; k < CELLS; k++) hidden[k] = t->status[k] == 'u' || (k % COLUMNS == 2 && k / COLUMNS > 3);
    assert_int_equal(audit_run(a, t, hidden, &(struct audit_options){.exact = false}, r, NULL), E_OK);
  }
  assert_int_equal(certificate_make(a, t, hidden, r, &x, NULL), E_OK);
  strbuf_reset(b);
  certificate_write(&x, b);
  return str_view(b->p, b->n);
}
static enum err_code judged(const struct cell_table *t, struct str text, struct certificate_verdict *v) {
  struct certificate x;
  *v = (struct certificate_verdict){0};
  const enum err_code code = certificate_read(a, "c", text, &x, NULL);
  return code ? code : certificate_verify(t, &x, v, NULL);
}
static void the_verdict_is_the_audit_s(void **state) {
  (void)state;
  struct strbuf b;
  int clean = 0, narrow = 0, exact = 0;
  strbuf_init(&b, 0);
  for (int64_t seed = 0; seed < 60; seed++)
    for (int ours = 0; ours < 2; ours++) {
      struct cell_table *t = table(seed);
      struct audit_report r;
      struct certificate_verdict v;
      if (ours && seed % 3 == 0) t->known = 60;
      assert_int_equal(judged(t, made(t, ours, &r, &b), &v), E_OK);
      assert_int_equal(v.n_unproved, 0);
      assert_int_equal(v.n_narrow, r.n_violations);
      assert_int_equal(v.clean, r.clean);
      if (!t->known) assert_int_equal(v.n_exact, r.n_exact);
      clean += v.clean, narrow += v.n_narrow, exact += v.n_exact;
    }
  strbuf_release(&b);
  assert_true(clean >= 50 && narrow > 60 && exact > 20); /* the other patterns are bad enough to be worth judging */
}
static void it_is_of_this_table_alone(void **state) {
  (void)state;
  struct strbuf b;
  struct audit_report r;
  struct certificate_verdict v;
  strbuf_init(&b, 0);
  struct cell_table *t = table(1), *other = table(2);
  const struct str text = made(t, true, &r, &b);
  assert_int_equal(judged(t, text, &v), E_OK);
  assert_int_equal(judged(other, text, &v), E_SDC_REFUSED);
  t->upl[r.cell[0].cell]++; /* a level raised afterwards */
  assert_int_equal(judged(t, text, &v), E_SDC_REFUSED);
  t->upl[r.cell[0].cell]--;
  t->known = 10; /* an attacker who knows more than the one it was made against */
  assert_int_equal(judged(t, text, &v), E_SDC_REFUSED);
  strbuf_release(&b);
}
static struct str sealed(struct strbuf *b, struct str body) { /* a forger has the digest as well */
  char seal[DIGEST_TEXT];
  struct digest h;
  digest_begin(&h);
  digest_text(&h, body);
  digest_end(&h, seal);
  strbuf_reset(b);
  strbuf_add(b, body.p, body.n);
  strbuf_addf(b, "seal %s\n", seal);
  return str_view(b->p, b->n);
}
/* One figure of a certificate changed, the seal made anew: refused, or no more is proved than was. */
static void one_figure_changed(const struct cell_table *t, struct str text, struct rng *r, const struct certificate_verdict *was, int *refused,
    int *weaker, struct strbuf *b) {
  const size_t body_n = text.n - 70;
  char *body = malloc(body_n + 8);
  size_t at = 0, n = body_n;
  struct certificate_verdict v;
  assert_non_null(body);
  memcpy(body, text.p, body_n);
  do at = (size_t)rng_below(r, (uint32_t)body_n);
  while (body[at] < '0' || body[at] > '9');
  const int kind = (int)rng_below(r, 4);
  if (kind == 0) body[at] = (char)('0' + (body[at] - '0' + 1 + (int)rng_below(r, 9)) % 10);
  else if (kind == 1) memmove(body + at + 1, body + at, n - at), body[at] = '1', n++; /* a digit more */
  else if (kind == 2) memmove(body + at, body + at + 1, n - at - 1), n--;             /* one less */
  else { /* a line less */
    size_t from = at, to = at;
    while (from && body[from - 1] != '\n') from--;
    while (to < n && body[to] != '\n') to++;
    memmove(body + from, body + to + 1, n - to - 1);
    n -= to + 1 - from;
  }
  const enum err_code code = judged(t, sealed(b, str_view(body, n)), &v);
  free(body);
  if (code) {
    (*refused)++;
    assert_true(code == E_SDC_REFUSED || code == E_SDC_FILE_CERTIFICATE);
    return;
  }
  /* What stands is a proof of its own, of less: a line was left out, or a cell is said to reach by another table that does reach. */
  (*weaker)++;
  assert_true(was->clean || !v.clean);
  assert_true(v.n_reached + v.n_bounded + v.n_unproved <= was->n_reached + was->n_bounded + was->n_unproved + 2);
  assert_true(v.n_exact <= was->n_exact && v.n_narrow <= was->n_narrow);
}
static void changed_certificates_are_refused(void **state) {
  (void)state;
  struct strbuf b, forged;
  struct rng r;
  const int64_t seed = 5;
  int refused = 0, weaker = 0, plain = 0;
  strbuf_init(&b, 0), strbuf_init(&forged, 0);
  rng_init(&r, 78, "forger", &seed, sizeof seed);
  for (int k = 0; k < 12; k++) {
    struct cell_table *t = table(10 + k);
    struct audit_report report;
    struct certificate_verdict was, v;
    struct str text = made(t, k % 2, &report, &b);
    assert_int_equal(judged(t, text, &was), E_OK);
    for (int i = 0; i < 200; i++) one_figure_changed(t, text, &r, &was, &refused, &weaker, &forged);
    for (int i = 0; i < 100; i++, plain++) { /* without a new seal every change of a byte is seen */
      const size_t at = (size_t)rng_below(&r, (uint32_t)text.n);
      const char old = b.p[at];
      b.p[at] = (char)(old ^ (1 << rng_below(&r, 7)));
      assert_int_equal(judged(t, str_view(b.p, b.n), &v), E_SDC_FILE_CERTIFICATE);
      b.p[at] = old;
    }
  }
  strbuf_release(&b), strbuf_release(&forged);
  printf("forged with a new seal: %d refused, %d proofs of less; without: %d refused\n", refused, weaker, plain);
  assert_int_equal(refused + weaker, 2400);
  assert_true(refused > 1800);
}
/* A pattern that does not protect, sold as one that does: no combination of its own statements makes it clean. */
static void a_bad_pattern_has_no_good_certificate(void **state) {
  (void)state;
  struct strbuf b;
  strbuf_init(&b, 0);
  for (int64_t seed = 100; seed < 120; seed++) {
    struct cell_table *t = table(seed);
    struct audit_report r;
    struct certificate x;
    struct certificate_verdict v;
    if (certificate_read(a, "c", made(t, false, &r, &b), &x, NULL) || r.n_violations == 0) continue;
    for (int32_t k = 0; k < x.n_claims; k++) { /* every end is said to be reached by each of the tables in turn */
      if (x.claim[k].table >= 0) continue;
      const struct certificate_claim kept = x.claim[k];
      for (int32_t m = 0; m < x.n_tables; m++) {
        x.claim[k].table = m;
        assert_int_equal(certificate_verify(t, &x, &v, NULL), E_SDC_REFUSED);
      }
      x.claim[k] = kept;
      x.claim[k].table = -2;
      assert_int_equal(certificate_verify(t, &x, &v, NULL), E_OK);
      assert_false(v.clean);
      x.claim[k] = kept;
    }
  }
  strbuf_release(&b);
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(the_verdict_is_the_audit_s, setup, teardown),
      cmocka_unit_test_setup_teardown(it_is_of_this_table_alone, setup, teardown),
      cmocka_unit_test_setup_teardown(changed_certificates_are_refused, setup, teardown),
      cmocka_unit_test_setup_teardown(a_bad_pattern_has_no_good_certificate, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
