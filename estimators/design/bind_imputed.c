#include "estimators/design/bind_imputed.h"

#include <stdio.h>
#include <string.h>

#include "base/table.h"
#include "estimators/design/label.h"
#include "estimators/design/survey_bind_impl.h"

struct item_columns {
  const struct plan_imputed *plan;
  const struct survey_column *y;
};
static enum err_code column_of(const struct bind *b, const char *name, const char *key, const struct survey_column **out, struct err *e) {
  char expected[64];
  *out = survey_column(b->columns, name);
  if (*out) return E_OK;
  snprintf(expected, sizeof expected, "the column of imputed.%s in the design", key);
  return ERR(e, E_DATA_COLUMN, .file = b->columns->place, .subject = name, .expected = expected);
}
static enum err_code numbers_of(const struct bind *b, const char *name, const char *key, const struct survey_column **out, struct err *e) {
  TRY(column_of(b, name, key, out, e));
  if ((*out)->number) return E_OK;
  return ERR(e, E_DATA_VALUE, .file = b->columns->place, .subject = name, .expected = "a column of numbers", .found = "texts");
}
static bool is_there(const struct survey_column *c, int64_t i) { return !c->status || value_present(c->status[i]); }

/* --- flags --- */
static enum err_code flags_of_column(struct bind *b, const struct item_columns *x, uint8_t *flag, struct err *e) {
  const struct survey_column *c;
  TRY(column_of(b, x->plan->flag, "flag", &c, e));
  if (!c->code) return bind_bad_value(b, x->plan->flag, 0, "0 (answered) or 1 (imputed)", e);
  for (int64_t i = 0; i < b->n; i++) {
    const bool coded = is_there(c, i) && c->code[i] >= 0;
    const struct str text = coded ? c->level[c->code[i]] : STR("");
    const bool one = str_eq(text, STR("1"));
    if (coded ? !one && !str_eq(text, STR("0")) : is_there(x->y, i)) return bind_bad_value(b, x->plan->flag, i, "0 (answered) or 1 (imputed)", e);
    if (one && !is_there(x->y, i)) return bind_bad_value(b, x->plan->item, i, "the imputed value: its flag is 1", e);
    flag[i] = one;
  }
  return E_OK;
}
static enum err_code flags_of(struct bind *b, const struct item_columns *x, bool graded, uint8_t *flag, struct err *e) {
  if (x->plan->flag) return flags_of_column(b, x, flag, e);
  if (!graded || !x->y->status) return ERR(e, E_IMPUTED_STATUS, .file = b->columns->place, .subject = x->plan->item);
  for (int64_t i = 0; i < b->n; i++) flag[i] = x->y->status[i] == VAL_IMPUTED;
  return E_OK;
}

/* --- classes --- */
static enum err_code class_codes(struct bind *b, const struct item_columns *x, const char *name, int32_t **out, int32_t *n_levels, struct err *e) {
  const struct survey_column *c;
  TRY(column_of(b, name, "class", &c, e));
  if (!c->code) return bind_bad_value(b, name, 0, "codes or whole numbers", e);
  if (!(*out = ARENA_ARRAY(b->a, int32_t, b->n + 1))) return ERR(e, E_NO_MEMORY, .subject = name);
  for (int64_t i = 0; i < b->n; i++) {
    const bool there = is_there(c, i) && c->code[i] >= 0;
    if (!there && is_there(x->y, i)) return bind_bad_value(b, name, i, "the imputation class", e);
    (*out)[i] = there ? c->code[i] : -1;
  }
  *n_levels = c->n_levels;
  return E_OK;
}
static enum err_code classes_of(struct bind *b, const struct item_columns *x, int32_t **out, int32_t *n, struct err *e) {
  if (!(*out = ARENA_ARRAY(b->a, int32_t, b->n + 1))) return ERR(e, E_NO_MEMORY, .subject = x->plan->item);
  *n = 1;
  for (int k = 0; k < x->plan->class_of.n; k++) {
    int32_t *code = NULL, n_levels = 0;
    TRY(class_codes(b, x, x->plan->class_of.name[k], &code, &n_levels, e));
    TRY(label_cross(b->a, b->n, *out, *n, code, n_levels, out, n, e));
  }
  for (int64_t i = 0; i < b->n; i++)
    if (!is_there(x->y, i)) (*out)[i] = -1;
  return E_OK;
}

static enum err_code auxiliary_of(struct bind *b, const struct item_columns *x, const double **out, struct err *e) {
  const struct survey_column *c;
  *out = NULL;
  if (!x->plan->auxiliary) return E_OK;
  TRY(numbers_of(b, x->plan->auxiliary, "auxiliary", &c, e));
  for (int64_t i = 0; i < b->n; i++)
    if (is_there(x->y, i) && !(is_there(c, i) && c->number[i] > 0)) return bind_bad_value(b, x->plan->auxiliary, i, "a number above 0", e);
  *out = c->number;
  return E_OK;
}
/* "hotdeck within class, region" */
static const char *how_of(struct arena *a, const struct plan_imputed *p) {
  static const char *const names[] = {[IMPUTED_MEAN] = "mean", [IMPUTED_RATIO] = "ratio to ", [IMPUTED_HOTDECK] = "hotdeck"};
  const char *text = arena_printf(a, "%s%s", names[p->method], p->auxiliary ? p->auxiliary : "");
  for (int k = 0; text && k < p->class_of.n; k++) text = arena_printf(a, "%s%s%s", text, k ? ", " : " within ", p->class_of.name[k]);
  return text;
}
static enum err_code bind_item(struct bind *b, const struct plan_imputed *plan, bool graded, struct bound_imputed *out, struct err *e) {
  struct item_columns x = {.plan = plan};
  uint8_t *flag = ARENA_ARRAY(b->a, uint8_t, b->n + 1);
  int32_t *class_of = NULL;
  if (!flag) return ERR(e, E_NO_MEMORY, .subject = plan->item);
  TRY(numbers_of(b, plan->item, "item", &x.y, e));
  *out = (struct bound_imputed){.item = {.name = plan->item, .method = plan->method, .n = b->n, .y = x.y->number, .flag = flag}};
  TRY(flags_of(b, &x, graded, flag, e));
  TRY(classes_of(b, &x, &class_of, &out->item.n_classes, e));
  TRY(auxiliary_of(b, &x, &out->item.x, e));
  out->item.class_of = class_of;
  for (int64_t i = 0; i < b->n; i++) out->item.n_imputed += flag[i];
  return (out->how = how_of(b->a, plan)) ? E_OK : ERR(e, E_NO_MEMORY, .subject = plan->item);
}

enum err_code survey_bind_imputed(struct arena *a, const struct survey_plan *plan, const struct survey_columns *columns,
    const struct imputed_source *from, struct survey_imputed *out, struct err *e) {
  struct bind b = {.a = a, .plan = plan, .columns = columns, .n = columns->n};
  struct bound_imputed *list = ARENA_ARRAY(a, struct bound_imputed, plan->n_imputed + 1);
  if (!list) return ERR(e, E_NO_MEMORY, .subject = "imputed");
  for (int k = 0; k < plan->n_imputed; k++) TRY(bind_item(&b, &plan->imputed[k], from->graded, &list[k], e));
  *out = (struct survey_imputed){.as_observed = plan->imputed_as_observed || from->as_observed, .n = plan->n_imputed, .item = list};
  return E_OK;
}
const struct bound_imputed *survey_imputed_item(const struct survey_imputed *imputed, const char *name) {
  for (int k = 0; imputed && !imputed->as_observed && k < imputed->n; k++)
    if (imputed->item[k].item.n_imputed && !strcmp(imputed->item[k].item.name, name)) return &imputed->item[k];
  return NULL;
}
