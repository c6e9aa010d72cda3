/* Every item of four forms reads random and hostile cells twice over: what the short cut for plain cells writes is what item_read and cell_put
 * write. The cells come from a small pool again and again, so that what a column remembers is used, overwritten and used again, across row
 * groups. */
#include "tests/fault/store_fixture.h"

#include "base/rng.h"
#include "collector/intake_impl.h"

enum { POOL = 400, ROWS = 3000, GROUPS = 2, LONGEST = 40 };

static const char *const FORMS[][3] = {
    {"vital", "birth", "2015"}, {"vital", "death", "2015"}, {"mls", "establishment", "2018"}, {"mls", "register", "2018"}};

/* Texts that decide: digits and dates at every length, signs, spaces, width, leading zeros, numbers at the ends of their range, bytes that look like
 * digits. */
static const char *const TEXTS[] = {
    "",        " ",          "0",          "00",         "007",        "9",          "99",       "999",        "9999",       "12345678", "123456789",
    "00000000", "99999999",  "2025-11-30", "2025-02-30", "2025/11/30", "20251130",   "H4.3.5",   "1872-12-31", "9999-99-99", "-",       "－",
    "…",       "x",          "X",          "***",        "不詳",       "１２",       "12 ",      " 12",        "1,234",      "1.0",     "+5",
    "-5",      "△5",         "12人",       "011002",     "11002",      "１１００２", "013",      "A",          "01",         "1/2",     "1-2",
    "12:4",    "12;",        "12/",        "1\t",        "か\xe3\x82\x99", "佐藤花子", "佐藤花子佐藤", "ｶﾞ", "\xef\xa8\x90", "#N/A", "'12"};
enum { N_TEXTS = sizeof TEXTS / sizeof *TEXTS };

struct pool {
  char text[POOL][LONGEST + 24]; /* sixteen bytes behind each may be read, and hold anything */
  size_t n[POOL];
};

static void random_text(struct rng *r, const struct item_reader *reader, char *out, size_t *n) {
  static const char bytes[] = "0123456789012345678901234567890123456789-/:;., ";
  const struct codelist *list = reader->item->codelist;
  if (list && list->n_codes && rng_below(r, 2)) {
    struct str code = list->codes[rng_below(r, (uint64_t)list->n_codes)].code;
    *n = code.n < LONGEST ? code.n : LONGEST;
    memcpy(out, code.p, *n);
  } else if (rng_below(r, 3) == 0) {
    *n = strlen(strcpy(out, TEXTS[rng_below(r, N_TEXTS)]));
  } else {
    uint64_t digits = rng_below(r, 4) ? 40 : sizeof bytes - 1;
    *n = rng_below(r, 8) ? rng_below(r, 9) : rng_below(r, LONGEST);
    for (size_t i = 0; i < *n; i++) out[i] = bytes[rng_below(r, digits)];
  }
}

static void fill(struct pool *p, struct rng *r, const struct item_reader *reader) {
  for (int i = 0; i < POOL; i++) {
    for (size_t k = 0; k < sizeof p->text[i]; k++) p->text[i][k] = (char)rng_below(r, 256);
    random_text(r, reader, p->text[i], &p->n[i]);
  }
}

static struct table table_for(struct arena *a, struct item_reader *r) {
  struct table t;
  struct err error;
  struct column c = {.name = r->item->name, .type = r->item->type, .unit = ""};
  c.dict = r->index && !r->own_dict ? r->index->list->dict : NULL;
  OK(table_init(&t, a, &c, 1, ROWS, &error));
  r->column = 0;
  return t;
}

static void same_value(const struct table *a, const struct table *b, int64_t i, struct str text) {
  const struct column *x = a->columns, *y = b->columns;
  bool same = x->status[i] == y->status[i];
  if (same && x->type == COL_INT) same = x->i64[i] == y->i64[i];
  else if (same && value_present(x->status[i])) same = str_eq(dict_text(x->dict, x->code[i]), dict_text(y->dict, y->code[i]));
  else if (same) same = x->code[i] == y->code[i];
  if (!same) fail_msg("item %s, cell '%.*s'", x->name, (int)text.n, text.p);
}

/* One row group: as intake does it beside every cell the general way. */
static int64_t read_group(struct arena *kept, struct item_reader *r, const struct pool *pool, struct rng *random, struct plain_items **items) {
  struct arena *a = arena_new(0);
  struct table fast = table_for(a, r), slow = table_for(a, r);
  struct item_reader *by_cell[1] = {r};
  int64_t n_short = 0;
  struct err error;
  OK(plain_start(kept, by_cell, 1, &fast, items, &error));
  for (int64_t i = 0; i < ROWS; i++) {
    uint64_t k = rng_below(random, rng_below(random, 2) ? 12 : POOL);
    struct str text = str_view(pool->text[k], pool->n[k]);
    struct cell_value v;
    const int64_t *left;
    bool taken = !plain_put(*items, &(struct source_cell){text, 0}, i, &left);
    n_short += taken;
    item_read(r, text, &v);
    if (taken) assert_true(!v.problem && !v.rules);
    OK(cell_put(&slow, r, &v, i, &error));
    if (!taken) {
      OK(cell_put(&fast, r, &v, i, &error));
      plain_remember(*items, 0, text, &v, i);
    }
    same_value(&fast, &slow, i, text);
  }
  arena_free(a);
  return n_short;
}

static void plain_cells_are_read_as_all_others(void **state) {
  (void)state;
  int64_t n_short = 0, n = 0;
  for (size_t k = 0; k < sizeof FORMS / sizeof *FORMS; k++) {
    struct problems problems = {0};
    struct job job = fixture_job(&problems);
    struct arena *a = arena_new(0);
    struct form *f;
    struct err error;
    OK(form_read(a, &job, "forms", FORMS[k][0], FORMS[k][1], FORMS[k][2], 0, &f, NULL, &error));
    for (int i = 0; i < f->n_items; i++) {
      struct item_reader r;
      struct rng random;
      struct pool *pool = ARENA_NEW(a, struct pool);
      struct plain_items *items = NULL;
      OK(item_reader_init(a, f, &f->items[i], &r, &error));
      rng_init(&random, 20251201, f->items[i].name, &k, sizeof k);
      fill(pool, &random, &r);
      for (int group = 0; group < GROUPS; group++) n_short += read_group(a, &r, pool, &random, &items), n += ROWS;
      item_reader_release(&r);
    }
    arena_free(a);
  }
  assert_true(n_short > n / 4); /* the short cut was taken, and so was the other way */
  assert_true(n_short < n * 9 / 10);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(plain_cells_are_read_as_all_others)};
  crypto_start();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
