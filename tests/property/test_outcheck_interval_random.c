/* test_outcheck_interval_random.c -- intervals of suppressed figures in small random tables with two dimensions, against every way to fill them in:
 * the
 * least and the greatest number that any filling has must be the ends, and "revealed" must be said where there is one number only. In two
 * dimensions the
 * ends are whole numbers (transport), so nothing is lost by counting. */
#include "tests/unit/outcheck_fixture.h"

#include "base/rng.h"

enum { SIDE = 3, TABLES = 400, MOST = 6 };
struct world {
  int v[SIDE][SIDE];
  bool hidden[SIDE][SIDE];
  int low[SIDE][SIDE], high[SIDE][SIDE];
};
/* Fills hidden figures one after the other; keeps ends of those fillings that add up. */
static void fill(struct world *w, int now[SIDE][SIDE], int at) {
  if (at == SIDE * SIDE) {
    for (int i = 0; i < SIDE; i++) {
      int row = 0, column = 0, want_row = 0, want_column = 0;
      for (int k = 0; k < SIDE; k++) row += now[i][k], want_row += w->v[i][k], column += now[k][i], want_column += w->v[k][i];
      if (row != want_row || column != want_column) return;
    }
    for (int i = 0; i < SIDE; i++)
      for (int k = 0; k < SIDE; k++) {
        if (now[i][k] < w->low[i][k]) w->low[i][k] = now[i][k];
        if (now[i][k] > w->high[i][k]) w->high[i][k] = now[i][k];
      }
    return;
  }
  const int i = at / SIDE, k = at % SIDE;
  int left = 0;
  for (int j = 0; j < SIDE; j++) left += w->v[i][j] - (j < k ? now[i][j] : 0);
  if (!w->hidden[i][k]) {
    now[i][k] = w->v[i][k];
    fill(w, now, at + 1);
    return;
  }
  for (int x = 0; x <= left; x++) {
    now[i][k] = x;
    fill(w, now, at + 1);
  }
}
static void table_text(const struct world *w, struct strbuf *b) {
  int all = 0;
  strbuf_adds(b, "a,b,measure,kind,value,status\n");
  for (int i = 0; i < SIDE; i++) {
    int row = 0, column = 0;
    for (int k = 0; k < SIDE; k++) {
      row += w->v[i][k], column += w->v[k][i], all += w->v[i][k];
      if (w->hidden[i][k]) strbuf_addf(b, "%d,%d,y,sum,,suppressed\n", i, k);
      else strbuf_addf(b, "%d,%d,y,sum,%d,\n", i, k, w->v[i][k]);
    }
    strbuf_addf(b, "%d,_T,y,sum,%d,\n_T,%d,y,sum,%d,\n", i, row, i, column);
  }
  strbuf_addf(b, "_T,_T,y,sum,%d,\n", all);
}
static int compared = 0, revealed = 0;
static void compare(const struct world *w, const struct looking *l) {
  for (int i = 0; i < SIDE; i++)
    for (int k = 0; k < SIDE; k++) {
      char name[40];
      const struct outcheck_interval *found = NULL;
      snprintf(name, sizeof name, "a=%d b=%d y", i, k);
      for (int64_t n = 0; n < l->r.n_intervals; n++)
        if (strcmp(l->r.interval[n].cell, name) == 0) found = &l->r.interval[n];
      assert_int_equal(found != NULL, w->hidden[i][k]);
      if (!found) continue;
      compared++;
      assert_true(found->low == w->low[i][k] && found->high == w->high[i][k]);
      int said = 0;
      for (int64_t n = 0; n < l->r.n_findings; n++)
        said += l->r.finding[n].reason == OUTCHECK_EXACT && strcmp(l->r.finding[n].cell, name) == 0;
      assert_int_equal(said, w->low[i][k] == w->high[i][k]);
      revealed += said;
    }
}
static void ends_are_those_of_every_filling(void **state) {
  (void)state;
  struct rng g;
  rng_init(&g, 20261129, "intervals", "t", 1);
  for (int t = 0; t < TABLES; t++) {
    struct world w;
    struct strbuf b;
    int now[SIDE][SIDE] = {{0}};
    for (int i = 0; i < SIDE; i++)
      for (int k = 0; k < SIDE; k++) {
        w.v[i][k] = (int)rng_below(&g, MOST);
        w.hidden[i][k] = rng_below(&g, 2) == 0;
        w.low[i][k] = 1000, w.high[i][k] = -1;
      }
    fill(&w, now, 0);
    strbuf_init(&b, 0);
    table_text(&w, &b);
    struct looking l = look_at("establishment", "t.csv", strbuf_cstr(&b), NULL);
    compare(&w, &l);
    look_end(&l);
    strbuf_release(&b);
  }
  print_message("  %d tables, %d intervals compared, %d of them one number\n", TABLES, compared, revealed);
  assert_true(compared > 1000 && revealed > 100 && revealed < compared);
}
int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(ends_are_those_of_every_filling)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
