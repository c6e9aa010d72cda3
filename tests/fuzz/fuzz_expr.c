/* Fuzz target: any text as an expression over the items of the tests. What compiles must print, read back to the same print, and give the same rows
 * by blocks and by exact rows. */
#include "tests/unit/expr_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *print_into(struct arena *a, const struct expr *x) {
  struct strbuf b;
  struct err e;
  strbuf_init(&b, 0);
  if (expr_print(x, &b, &e)) abort();
  const char *text = arena_strdup(a, strbuf_cstr(&b), b.n);
  strbuf_release(&b);
  return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fixture f = fixture_new();
  struct expr_scope scope = fixture_scope(&f);
  struct expr *x = NULL, *again = NULL;
  struct err e = {0};
  if (!expr_compile(f.arena, str_view((const char *)data, size), &scope, "fuzz", 1, 1, &x, &e)) {
    const char *text = print_into(f.arena, x);
    if (strlen(text) <= EXPR_MAX_TEXT) {
      enum err_code code = expr_compile(f.arena, str_of(text), &scope, "fuzz", 1, 1, &again, &e);
      if (code && code != E_EXPR_TOO_DEEP) abort();
      if (!code && strcmp(text, print_into(f.arena, again)) != 0) abort();
    }
    struct fixture_rows *rows = fixture_bind(&f, x,
        STR("a=5;b=0;c=9000000000000000000;p=1.25;q=-0.005;wage=100;overtime=-3;hours=8;days_worked=blank;workers=na;sex=1;pref=01;cause=O10;home=02;name=山田;"
            "birth=2000-02-29;event=2018-03-01;flag=true;prev.a=4;frame.a=blank;person.age=3|blank|40;person.income=1|2|3;person.sex=1|2|1"));
    const char *fast = fixture_evaluate(&f, x, rows, 3, false, &e), *exact = fixture_evaluate(&f, x, rows, 3, true, &e);
    if (strcmp(fast, exact) != 0) abort();
  }
  arena_free(f.arena);
  return 0;
}
