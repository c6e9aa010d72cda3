/* The retailers folder: errorloc_expected.json beside retailers.csv; one case per unit that fails, and one for those that pass. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/conform/edit/localise_case.h"
#include "tests/conform/edit/runner.h"

void retailers_run(struct tally *t, const char *path);

static enum err_code load(struct arena *a, const char *path, const struct json_value *root, struct edit_case *c, struct localise_setting *t,
                          struct err *e) {
  *c = (struct edit_case){.arena = a, .folder = path, .whole = root};
  const char *file = arena_printf(a, "%s/retailers.csv", path), *edits = json_string(json_member(root, "edits"));
  if (!file || !edits) return ERR(e, E_NO_MEMORY, .subject = "retailers");
  TRY(case_csv(a, file, &c->data, e));
  const struct json_value *non_negative = json_member(root, "nonnegative");
  struct strbuf text;
  strbuf_init(&text, 0);
  strbuf_adds(&text, edits);
  for (size_t k = 0; k < json_length(non_negative); k++) strbuf_addf(&text, " %s >= 0;", json_string(json_element(non_negative, k)));
  char *upper = case_upper(a, strbuf_cstr(&text));
  strbuf_release(&text);
  TRY(linear_parse(a, str_of(upper), true, &t->system, e));
  TRY(case_num_table(c, &c->data, t->system.names, t->system.p, &t->data, e));
  struct str *unit = ARENA_ARRAY(a, struct str, t->data.n + 1);
  t->weight = ARENA_ARRAY(a, double, t->system.p + 1);
  if (!unit || !t->weight) return ERR(e, E_NO_MEMORY, .subject = "retailers");
  for (int64_t i = 0; i < t->data.n; i++) unit[i] = cells_at(&c->data, i, 0)->text;
  for (int j = 0; j < t->system.p; j++) t->weight[j] = 1;
  t->data.unit = unit;
  t->max_cost = INFINITY;
  return E_OK;
}
void retailers_run(struct tally *t, const char *path) {
  if (t->only && strcmp(t->only, "retailers") != 0) return;
  struct arena *a = arena_new((size_t)1 << 30);
  struct json_document *d = NULL;
  struct edit_case c;
  struct localise_setting setting = {0};
  struct localise_result r;
  struct err e = {0};
  char *text = NULL;
  size_t n = 0;
  FILE *say = open_memstream(&text, &n);
  if (!a || !say) abort();
  bool good = case_file(a, path, "errorloc_expected.json", &d, &e) == E_OK && load(a, path, json_root(d), &c, &setting, &e) == E_OK;
  good = good && localise_setting_run(a, &setting, &r, &e) == E_OK &&
         same_as_solutions(say, json_member(json_root(d), "expected"), "min_count", &setting, &r);
  fclose(say);
  tally_add(t, "errorloc", "retailers", good ? PASSED : FAILED, text);
  free(text);
  json_release(d);
  arena_free(a);
}
