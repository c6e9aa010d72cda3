/* rule_fixture.h -- code lists for the small form of process_fixture.h, so that its codes become categories. */
#ifndef SHIRABE_TESTS_RULE_FIXTURE_H
#define SHIRABE_TESTS_RULE_FIXTURE_H
#include "processing/edit/rule_build.h"
#include "tests/unit/process_fixture.h"

static inline void small_list(struct small *s, int item, int n) {
  struct codelist *l = ARENA_NEW(s->arena, struct codelist);
  struct str *answers = ARENA_ARRAY(s->arena, struct str, n);
  l->name = "list";
  l->structure = "";
  l->dict = dict_new(s->arena);
  l->codes = ARENA_ARRAY(s->arena, struct code, n);
  l->n_codes = n;
  for (int i = 0; i < n; i++) {
    answers[i] = str_of(arena_printf(s->arena, "%c", "ABCDEFGHIJ"[i]));
    (void)dict_add(l->dict, answers[i]);
    l->codes[i] = (struct code){.code = answers[i], .valid_from = INT64_MIN, .valid_to = INT64_MAX, .status = VAL_REPORTED};
  }
  l->answers = answers;
  s->form.items[item].codelist = l;
}
/* industry A..D, size A..C */
static inline struct small *rule_small_new(void) {
  struct small *s = small_new();
  small_list(s, 1, 4);
  small_list(s, 2, 3);
  return s;
}
static inline void rule_check(struct small *s, const char *id, const char *universe, const char *expression) {
  small_check(s, id, SEVERITY_HARD, universe, expression);
}
#endif
