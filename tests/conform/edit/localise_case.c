#include "tests/conform/edit/localise_case.h"

#include <math.h>
#include <strings.h>

enum { OPTIMA = 4000 };

enum err_code localise_setting_run(struct arena *a, const struct localise_setting *t, struct localise_result *out, struct err *e) {
  const struct job job = {.n_threads = 1};
  const struct localise_spec spec = {
      .system = &t->system, .weight = t->weight, .flags = t->flags, .max_cost = t->max_cost, .seed = 1, .max_optima = OPTIMA};
  return localise_run(&job, a, &spec, &t->data, out, e);
}
bool localise_has(const struct localise_case *c, int variable) {
  for (int k = 0; k < c->n_set; k++)
    if (c->set[k] == variable) return true;
  return false;
}
static bool same_set(const struct localise_setting *t, const struct json_value *names, const int *set, int n) {
  if ((int)json_length(names) != n) return false;
  for (int k = 0; k < n; k++) {
    const char *name = json_string(json_element(names, (size_t)k));
    bool found = false;
    for (int i = 0; name && i < n; i++) found = found || strcasecmp(t->system.names[set[i]], name) == 0;
    if (!found) return false;
  }
  return true;
}
/* Forced values are not listed in some packs: a solution may lack them. */
static bool listed(const struct localise_setting *t, const struct json_value *solutions, const int *set, int n) {
  for (size_t k = 0; k < json_length(solutions); k++)
    if (same_set(t, json_element(solutions, k), set, n)) return true;
  return false;
}
static int64_t row_of(const struct localise_setting *t, const char *unit) {
  for (int64_t i = 0; unit && i < t->data.n; i++)
    if (str_eq(t->data.unit[i], str_of(unit))) return i;
  return -1;
}
static bool same_unit(FILE *say, const struct json_value *v, const char *weight_member, const struct localise_setting *t,
                      const struct localise_result *r) {
  const char *unit = json_string(json_member(v, "unit"));
  const int64_t row = row_of(t, unit);
  const struct localise_case *c = row < 0 ? NULL : localise_find(r, row);
  const struct json_value *solutions = json_member(v, "solutions"), *choice = json_member(v, "banff_choice");
  double weight;
  if (!c) return fprintf(say, "   unit %s: passes or is absent, expected to fail\n", unit ? unit : "?"), false;
  if (!json_number(json_member(v, weight_member), &weight)) {
    /* No weight: rejected there, or flagged beforehand, where the number of fields is what is known. */
    const bool same =
        json_length(choice) ? c->status == LOCALISE_SOLVED && c->n_set == (int)json_length(choice) : c->status == LOCALISE_REJECTED_CARDINALITY;
    if (!same) fprintf(say, "   unit %s: %s with %d fields\n", unit, localise_status_name(c->status), c->n_set);
    return same;
  }
  if (c->status != LOCALISE_SOLVED || !case_close(weight, c->cost, 1e-9))
    return fprintf(say, "   unit %s: %s with weight %.17g, expected %.17g\n", unit, localise_status_name(c->status), c->cost, weight), false;
  if (!listed(t, solutions, c->set, c->n_set)) return fprintf(say, "   unit %s: the set is none of the solutions\n", unit), false;
  const int *at = c->optima;
  for (int k = 0; k < c->n_listed; k++, at += 1 + at[0])
    if (!listed(t, solutions, at + 1, at[0])) return fprintf(say, "   unit %s: an optimal set that is not listed\n", unit), false;
  if (c->n_optima != (int)json_length(solutions))
    return fprintf(say, "   unit %s: %d optimal sets, expected %d\n", unit, c->n_optima, (int)json_length(solutions)), false;
  return true;
}
bool same_as_solutions(FILE *say, const struct json_value *failing, const char *weight_member, const struct localise_setting *t,
                       const struct localise_result *r) {
  bool same = json_is_array(failing);
  for (size_t k = 0; k < json_length(failing); k++) same = same_unit(say, json_element(failing, k), weight_member, t, r) && same;
  if (r->n_cases != (int64_t)json_length(failing)) {
    fprintf(say, "   %lld units fail, expected %lld\n", (long long)r->n_cases, (long long)json_length(failing));
    same = false;
  }
  return same;
}
