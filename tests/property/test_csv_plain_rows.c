/* 60,000 random texts in random pieces: rows cut by base/ext_csv's short cut for plain rows and rows read by libcsv alone are the same cells, lines,
 * errors and places. The bytes are mostly what decides: delimiters, quotes, CR, LF, NUL, with letters between. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/ext_csv.h"
#include "base/rng.h"

enum { TEXTS = 60000, LONGEST = 400 };

struct outcome {
  struct strbuf rows;
  const char *piece_end;
  enum err_code code;
  struct err e;
};

static enum err_code write_row(void *context, const struct csv_row *row, struct err *e) {
  struct outcome *out = context;
  struct strbuf *b = &out->rows;
  strbuf_add_int(b, row->line);
  for (int64_t i = 0; i < row->n_cells; i++) {
    strbuf_addc(b, row->cells[i].flags ? 'q' : 'c');
    strbuf_add_int(b, (int64_t)row->cells[i].text.n);
    strbuf_addc(b, ':');
    strbuf_add(b, row->cells[i].text.p, row->cells[i].text.n);
    if (row->plain) assert_true(!row->cells[i].flags && out->piece_end - row->cells[i].text.p >= 16);
  }
  strbuf_addc(b, ';');
  return b->n > 4000 ? ERR(e, E_CAP_EXCEEDED, .subject = "test") : E_OK;
}

/* The same text in the same pieces: `cut` is where the pieces end, one after another. */
static void read_text(
    const char *p, size_t n, const size_t *cut, char delimiter, const struct csv_limits *limits, bool only_libcsv, struct outcome *out) {
  struct csv_reader *r;
  strbuf_init(&out->rows, 0);
  memset(&out->e, 0, sizeof out->e);
  assert_int_equal(csv_reader_new("t.csv", limits, delimiter, write_row, out, &r, &out->e), E_OK);
  if (only_libcsv) csv_reader_all_by_libcsv(r);
  out->code = E_OK;
  for (size_t at = 0, i = 0; at < n && !out->code; i++) {
    size_t end = cut[i] > at && cut[i] < n ? cut[i] : n;
    out->piece_end = p + end;
    out->code = csv_reader_feed(r, p + at, end - at, &out->e);
    at = end;
  }
  if (!out->code) out->code = csv_reader_end(r, &out->e);
  csv_reader_free(r);
}

static void same_outcome(const struct outcome *a, const struct outcome *b) {
  assert_int_equal(a->code, b->code);
  assert_int_equal(a->rows.n, b->rows.n);
  assert_memory_equal(a->rows.p ? a->rows.p : "", b->rows.p ? b->rows.p : "", a->rows.n);
  if (!a->code) return;
  char text_a[1024], text_b[1024];
  err_format(&a->e, LANG_EN, text_a, sizeof text_a);
  err_format(&b->e, LANG_EN, text_b, sizeof text_b);
  assert_string_equal(text_a, text_b);
}

/* Quotes and NUL are rare in half of the texts, so that whole texts are read as well as errors. */
static void make_text(struct rng *g, char *p, size_t n, char delimiter) {
  bool calm = rng_below(g, 2) == 0;
  for (size_t i = 0; i < n; i++) {
    uint64_t k = rng_below(g, calm ? 200 : 24);
    p[i] = k == 0 ? '"' : k == 1 && rng_below(g, 8) == 0 ? 0 : k == 2 ? '\r' : (char)('a' + rng_below(g, 4));
    uint64_t more = rng_below(g, 12);
    if (k > 2 && more < 3) p[i] = delimiter;
    if (k > 2 && more == 3) p[i] = '\n';
    if (k > 2 && more == 4 && i + 1 < n) p[i] = '\r', p[++i] = '\n';
  }
}

static void plain_rows_are_what_libcsv_reads(void **state) {
  (void)state;
  struct rng g;
  int64_t whole = 0, failed = 0;
  rng_init(&g, 4340, "plain rows", "", 0);
  for (int t = 0; t < TEXTS; t++) {
    char p[LONGEST], delimiter = rng_below(&g, 4) ? ',' : '\t';
    size_t n = (size_t)rng_below(&g, LONGEST), cut[8];
    const struct csv_limits limits = {(int64_t)rng_below(&g, 3) ? 4096 : 5, rng_below(&g, 3) ? 4096 : 40};
    struct outcome fast, slow;
    make_text(&g, p, n, delimiter);
    for (int i = 0; i < 8; i++) cut[i] = (size_t)rng_below(&g, LONGEST);
    cut[7] = LONGEST;
    read_text(p, n, cut, delimiter, &limits, false, &fast);
    read_text(p, n, cut, delimiter, &limits, true, &slow);
    same_outcome(&fast, &slow);
    whole += slow.code == E_OK;
    failed += slow.code != E_OK;
    strbuf_release(&fast.rows);
    strbuf_release(&slow.rows);
  }
  assert_true(whole > TEXTS / 20); /* both outcomes were compared often */
  assert_true(failed > TEXTS / 20);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(plain_rows_are_what_libcsv_reads)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
