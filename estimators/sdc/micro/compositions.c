/* compositions.c -- peculiar units and small areas: households by the composition of their members, records and households that too few share,
 * areas by their people. */
#include <stdlib.h>
#include <string.h>

#include "base/sum.h"
#include "estimators/sdc/micro/recipe_run_impl.h"

/* --- compositions --- */
static int rising(const void *a, const void *b) {
  const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
  return (x > y) - (x < y);
}
/* The members' patterns in rising order are folded through a map that gives each beginning its own number: exact, no hash decides. */
static enum err_code fold(struct micro_map *map, int32_t *pattern, int64_t n, int32_t *out, struct err *e) {
  int32_t at = -1;
  if (n > 1) qsort(pattern, (size_t)n, sizeof *pattern, rising);
  for (int64_t i = 0; i < n; i++)
    if ((at = micro_map_id(map, (uint64_t)(at + 1) << 32 | (uint32_t)pattern[i])) < 0) return ERR(e, E_NO_MEMORY, .subject = "compositions");
  *out = at;
  return E_OK;
}
enum err_code recipe_compositions(
    struct arena *a, const struct micro_patterns *p, const struct micro_units *u, int32_t **composition, int64_t **n_units, struct err *e) {
  struct micro_map map;
  int64_t *start = ARENA_ARRAY(a, int64_t, u->n_units + 2);
  int32_t *member = ARENA_ARRAY(a, int32_t, u->n + 1);
  *composition = ARENA_ARRAY(a, int32_t, u->n_units + 1);
  if (!start || !member || !*composition) return ERR(e, E_NO_MEMORY, .subject = "compositions");
  TRY(micro_map_init(&map, a, e));
  for (int64_t i = 0; i < u->n; i++) start[u->unit[i] + 1]++;
  for (int32_t h = 0; h < u->n_units; h++) start[h + 1] += start[h];
  for (int64_t i = 0; i < u->n; i++) member[start[u->unit[i]]++] = p->of_record[i];
  for (int32_t h = u->n_units; h > 0; h--) start[h] = start[h - 1];
  start[0] = 0;
  for (int32_t h = 0; h < u->n_units; h++) TRY(fold(&map, member + start[h], start[h + 1] - start[h], &(*composition)[h], e));
  if (!(*n_units = ARENA_ARRAY(a, int64_t, map.n + 1))) return ERR(e, E_NO_MEMORY, .subject = "compositions");
  for (int32_t h = 0; h < u->n_units; h++) (*n_units)[(*composition)[h]]++;
  return E_OK;
}

/* --- peculiar --- */
enum err_code recipe_run_peculiar(struct recipe_run *x, const struct micro_step *step, struct micro_step_report *out, struct err *e) {
  struct micro_units u, alone;
  struct micro_keys keys;
  struct micro_patterns p;
  int32_t *composition;
  int64_t *n;
  uint8_t *drop = ARENA_ARRAY(x->a, uint8_t, x->t->n_rows + 1);
  if (!drop) return ERR(e, E_NO_MEMORY, .subject = "peculiar");
  TRY(recipe_run_units(x, &u, e));
  TRY(micro_units_of(x->a, x->t, NULL, NULL, NULL, NULL, &alone, e));
  TRY(micro_keys_of(x->a, x->t, step->variable, step->n_variables, &keys, e));
  TRY(micro_patterns_of(x->a, &keys, NULL, &p, e));
  const struct micro_units *compared = step->of_household ? &u : &alone;
  TRY(recipe_compositions(x->a, &p, compared, &composition, &n, e));
  for (int64_t i = 0; i < x->t->n_rows; i++) drop[i] = n[composition[compared->unit[i]]] < step->k;
  return micro_delete(x->a, x->t, &u, drop, &out->n_changed, e);
}

/* --- geography --- */
static const char *merged(const struct micro_step *step, const char *area) {
  for (int k = 0; k < step->table.n; k++)
    if (!strcmp(step->table.from[k], area)) return step->table.to[k];
  return area;
}
static enum err_code merge_areas(struct recipe_run *x, const struct micro_step *step, struct column *c, struct err *e) {
  const int32_t n = dict_count(c->dict);
  struct dict *d = dict_new(x->a);
  int32_t *to = ARENA_ARRAY(x->a, int32_t, n + 1);
  if (!d || !to) return ERR(e, E_NO_MEMORY, .subject = c->name);
  for (int32_t k = 0; k < n; k++) {
    const struct str text = dict_text(c->dict, k);
    const char *area = arena_strdup(x->a, text.p, text.n);
    if (!area || (to[k] = dict_add(d, str_of(merged(step, area)))) < 0) return ERR(e, E_NO_MEMORY, .subject = c->name);
  }
  for (int64_t i = 0; i < x->t->n_rows; i++)
    if (value_present(c->status[i])) c->code[i] = to[c->code[i]];
  c->dict = d;
  return E_OK;
}
/* People of each area that is left; an area of records without any row of people has none. */
static enum err_code people_of(struct recipe_run *x, const struct micro_step *step, const struct column *c, struct sum *people, struct err *e) {
  struct micro_units u;
  for (int k = 0; k < step->n_areas; k++) {
    const int32_t at = dict_find(c->dict, str_of(merged(step, step->area[k])));
    if (at >= 0) sum_add(&people[at], step->people[k]);
  }
  if (step->n_areas) return E_OK;
  TRY(recipe_run_units(x, &u, e));
  for (int64_t i = 0; i < u.n; i++)
    if (value_present(c->status[i])) sum_add(&people[c->code[i]], u.weight[i]);
  return E_OK;
}
enum err_code recipe_run_geography(struct recipe_run *x, const struct micro_step *step, struct micro_step_report *out, struct err *e) {
  struct column *c = table_column(x->t, step->variable[0]);
  TRY(merge_areas(x, step, c, e));
  const int32_t n = dict_count(c->dict);
  struct sum *people = ARENA_ARRAY(x->a, struct sum, n + 1);
  uint8_t *occurs = ARENA_ARRAY(x->a, uint8_t, n + 1);
  if (!people || !occurs) return ERR(e, E_NO_MEMORY, .subject = c->name);
  TRY(people_of(x, step, c, people, e));
  for (int64_t i = 0; i < x->t->n_rows; i++)
    if (value_present(c->status[i])) occurs[c->code[i]] = 1;
  for (int32_t k = 0; k < n; k++) {
    if (!occurs[k]) continue;
    const double now = sum_result(&people[k]);
    if (now < step->least) return ERR(e, E_MICRO_AREA, .subject = c->name, .found = arena_printf(x->a, "%.0f people", now));
    if (!out->n_groups++ || now < out->least_area) out->least_area = now;
  }
  return E_OK;
}
