#include "estimators/sdc/micro/recipe_cover.h"

#include <string.h>

static bool left_out(const struct micro_recipe *r, const char *name) {
  for (int k = 0; k < r->n_left_out; k++)
    if (!strcmp(r->left_out[k], name)) return true;
  return false;
}
static bool of_parent(const struct form *f, const struct item *it) { return f->n_records > 1 && !strcmp(it->record, f->records[0].name); }
static bool is_key(const struct form *f, const struct item *it) {
  for (int k = 0; k < f->records[0].n_keys; k++)
    if (f->records[0].keys[k] == it) return true;
  return false;
}
static enum err_code check_variable(const struct micro_variable *v, const struct form *f, struct err *e) {
  const struct item *it = form_item(f, v->name);
  if (!it) return ERR(e, E_MICRO_COVER, .subject = v->name, .expected = "an item of the form");
  if (v->kind == MICRO_NUMBER && (it->type != COL_INT || it->decimals > v->decimals))
    return ERR(e, E_MICRO_COVER, .subject = v->name, .expected = "a number, with its decimals");
  if (!is_key(f, it) && v->of_household != of_parent(f, it))
    return ERR(e, E_MICRO_COVER, .subject = v->name, .expected = of_parent(f, it) ? "level household" : "level person");
  return E_OK;
}
enum err_code micro_recipe_cover(const struct micro_recipe *r, const struct form *f, struct err *e) {
  for (int k = 0; k < r->n_variables; k++) TRY(check_variable(&r->variable[k], f, e));
  for (int k = 0; k < r->n_left_out; k++)
    if (!form_item(f, r->left_out[k])) return ERR(e, E_MICRO_COVER, .subject = r->left_out[k], .expected = "an item of the form");
  for (int k = 0; k < f->n_items; k++) {
    const char *name = f->items[k].name;
    if (!micro_variable_of(r, name) && !left_out(r, name))
      return ERR(e, E_MICRO_COVER, .subject = name, .expected = "a variable, or left out with a reason");
  }
  return E_OK;
}
