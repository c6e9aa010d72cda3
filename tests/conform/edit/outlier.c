/* Outlier detection: the parameters of a case, in Banff's words, turned into ours; refusals are those of the case as well as those of the library. */
#include "tests/conform/edit/outlier.h"

#include <stdlib.h>
#include <string.h>

enum verdict outlier_run_case(const struct edit_case *c);

static enum err_code refuse(struct err *e, const char *name, const char *expected) {
  return ERR(e, E_OUTLIER_PARAMETER, .subject = name, .expected = expected);
}
static bool multiplier(const struct edit_case *c, const char *name, double *out) {
  *out = case_number(c, name, 0);
  return case_has(c, name);
}
static enum err_code read_params(struct outlier_case *o, struct err *e) {
  const struct edit_case *c = o->c;
  const char method = *case_upper(c->arena, case_text(c, "method", "?")), side = *case_upper(c->arena, case_text(c, "side", "B"));
  const char sigma = *case_upper(c->arena, case_text(c, "sigma", "M"));
  if (!strchr("CHRS", method)) return refuse(e, "method", "CURRENT, HISTORIC, RATIO or SIGMAGAP");
  if (!strchr("BLR", side)) return refuse(e, "side", "LEFT, RIGHT or BOTH");
  if (!strchr("MS", sigma)) return refuse(e, "sigma", "MAD or STD");
  struct outlier_params *p = &o->params;
  *p = outlier_params_of(method == 'S' ? OUTLIER_SIGMA_GAP : OUTLIER_HB, side == 'B' ? SIDE_BOTH : side == 'L' ? SIDE_LEFT : SIDE_RIGHT);
  p->has_imputation = multiplier(c, method == 'S' ? "beta_i" : "mii", &p->imputation);
  p->has_exclusion = multiplier(c, method == 'S' ? "beta_e" : "mei", &p->exclusion);
  p->min_obs = (int64_t)case_number(c, "min_obs", (double)p->min_obs);
  p->mdm = case_number(c, "mdm", p->mdm);
  p->exponent = case_number(c, "exponent", p->exponent);
  p->sigma = sigma == 'S' ? SIGMA_STD : SIGMA_MAD;
  p->start_centile = case_number(c, "start_centile", p->start_centile);
  p->accept_negative = case_flag(c, "accept_negative");
  if (case_has(c, "accept_zero")) p->accept_zero = case_flag(c, "accept_zero");
  /* without a table of the last period with_var is read from the current one */
  o->historic = (method == 'H' || method == 'S') && c->history.n_columns > 0;
  o->ratio = o->historic || method == 'H' || method == 'R';
  return outlier_params_check(p, e);
}
/* A column is a number when the case says so, else when its values are. */
static bool is_number_column(const struct edit_case *c, const struct cells *t, const char *input, int column) {
  const char *types = json_string(json_member(json_member(json_member(c->whole, "inputs"), input), "types"));
  if (types && (size_t)column < strlen(types)) return types[column] == 'n';
  for (int64_t i = 0; i < t->n_rows; i++)
    if (!cells_at(t, i, column)->missing && !cells_at(t, i, column)->is_number) return false;
  return true;
}
static enum err_code check_number(const struct edit_case *c, const struct cells *t, const char *input, const char *name, struct err *e) {
  const int column = cells_find(t, name);
  if (column < 0 || !is_number_column(c, t, input, column)) return ERR(e, E_NUM_COLUMN, .subject = name);
  return E_OK;
}
static void default_items(struct outlier_case *o) {
  const struct cells *t = &o->c->data;
  for (int j = 0; j < t->n_columns && o->p < OUTLIER_MAX_ITEMS; j++) {
    bool is_by = strcasecmp(t->names[j], o->unit_id) == 0;
    for (int k = 0; k < o->n_by; k++) is_by = is_by || strcasecmp(t->names[j], o->by[k]) == 0;
    if (!is_by && is_number_column(o->c, t, "indata", j)) o->item[o->p++] = t->names[j];
  }
}
static enum err_code read_names(struct outlier_case *o, struct err *e) {
  const struct edit_case *c = o->c;
  const char *unit[2];
  if (case_words(c, "unit_id", unit, 2) != 1) return refuse(e, "unit_id", "one column");
  o->unit_id = unit[0];
  if (cells_find(&c->data, unit[0]) < 0 || (o->historic && cells_find(&c->history, unit[0]) < 0)) return ERR(e, E_NUM_COLUMN, .subject = unit[0]);
  o->n_by = case_words(c, "by", o->by, OUTLIER_MAX_ITEMS);
  for (int k = 0; k < o->n_by; k++)
    if (cells_find(&c->data, o->by[k]) < 0) return ERR(e, E_NUM_COLUMN, .subject = o->by[k]);
  if (case_has(c, "var")) o->p = case_words(c, "var", o->item, OUTLIER_MAX_ITEMS);
  else if (!o->ratio) default_items(o);
  if (o->p == 0) return refuse(e, "var", "one number item at least");
  const int n_with = case_words(c, "with_var", o->with, OUTLIER_MAX_ITEMS);
  if (n_with && o->params.method == OUTLIER_SIGMA_GAP) o->ratio = true;
  if (n_with && !o->ratio) return refuse(e, "with_var", "none for CURRENT");
  if (n_with ? n_with != o->p : o->ratio && !o->historic) return refuse(e, "with_var", "as many as var");
  if (!n_with) memcpy(o->with, o->item, sizeof o->with);
  for (int j = 0; j < o->p; j++) {
    TRY(check_number(c, &c->data, "indata", o->item[j], e));
    if (o->ratio) TRY(check_number(c, o->historic ? &c->history : &c->data, o->historic ? "indata_hist" : "indata", o->with[j], e));
  }
  return E_OK;
}
static int64_t find_unit(const struct cells *t, int column, struct str unit) {
  for (int64_t i = 0; i < t->n_rows; i++)
    if (str_eq(cells_at(t, i, column)->text, unit)) return i;
  return -1;
}
/* The auxiliary items in the rows' order. */
static enum err_code align_history(struct outlier_case *o, struct err *e) {
  const struct edit_case *c = o->c;
  const int unit = cells_find(&c->history, o->unit_id);
  TRY(num_table_init(&o->aux, c->arena, o->with, o->p, o->y.n, e));
  o->matched = ARENA_ARRAY(c->arena, uint8_t, o->y.n);
  if (!o->matched) return ERR(e, E_NO_MEMORY, .subject = "case");
  for (int64_t i = 0; i < o->y.n; i++) {
    const int64_t row = find_unit(&c->history, unit, o->y.unit[i]);
    o->matched[i] = row >= 0;
    for (int j = 0; row >= 0 && j < o->p; j++) {
      const struct cell *cell = cells_at(&c->history, row, cells_find(&c->history, o->with[j]));
      if (cell->is_number) o->aux.columns[j].x[i] = cell->number, o->aux.columns[j].status[i] = VAL_REPORTED;
    }
  }
  return E_OK;
}
static enum err_code read_weight(struct outlier_case *o, struct err *e) {
  const char *name[2];
  struct num_table t;
  const int n = case_words(o->c, "weight", name, 2);
  if (n == 0) return E_OK;
  if (n > 1) return refuse(e, "weight", "one number column");
  TRY(check_number(o->c, &o->c->data, "indata", name[0], e));
  TRY(case_num_table(o->c, &o->c->data, name, 1, &t, e));
  o->weight = t.columns[0].x;
  o->weight_status = t.columns[0].status;
  return E_OK;
}
static int compare_rows(const struct outlier_case *o, int64_t a, int64_t b) {
  for (int k = 0; k < o->n_by; k++) {
    const int column = cells_find(&o->c->data, o->by[k]);
    const struct cell *x = cells_at(&o->c->data, a, column), *y = cells_at(&o->c->data, b, column);
    if (x->is_number && y->is_number && x->number != y->number) return x->number < y->number ? -1 : 1;
    const size_t n = x->text.n < y->text.n ? x->text.n : y->text.n;
    const int order = n ? memcmp(x->text.p, y->text.p, n) : 0;
    if (order || x->text.n != y->text.n) return order ? order : x->text.n < y->text.n ? -1 : 1;
  }
  return 0;
}
/* Codes ascend with the values of the by-columns: a row's code is the number of distinct smaller ones. */
static enum err_code read_groups(struct outlier_case *o, struct err *e) {
  const int64_t n = o->y.n;
  o->group = ARENA_ARRAY(o->c->arena, int32_t, n);
  o->group_row = ARENA_ARRAY(o->c->arena, int64_t, n + 1);
  if (!o->group || !o->group_row) return ERR(e, E_NO_MEMORY, .subject = "case");
  for (int64_t i = 0; i < n; i++) {
    int at = 0;
    while (at < o->n_groups && compare_rows(o, o->group_row[at], i) < 0) at++;
    if (at < o->n_groups && compare_rows(o, o->group_row[at], i) == 0) continue;
    memmove(o->group_row + at + 1, o->group_row + at, (size_t)(o->n_groups - at) * sizeof *o->group_row);
    o->group_row[at] = i;
    o->n_groups++;
  }
  for (int64_t i = 0; i < n; i++)
    while (compare_rows(o, o->group_row[o->group[i]], i) != 0) o->group[i]++;
  /* Banff's own suite calls the procedure without its sorting wrapper: there the tables are declared sorted. */
  const bool declared = case_has(o->c, "presort") ? !case_flag(o->c, "presort") : json_is_object(json_member(o->c->whole, "inputs"));
  return outlier_groups_init(&o->groups, o->c->arena, o->group, n, o->n_groups, declared, e);
}
/* Records without a unit id are dropped before anything is counted. */
static enum err_code drop_nameless(struct edit_case *c, const char *unit_id, struct err *e) {
  struct cells *t = &c->data;
  const int column = cells_find(t, unit_id);
  struct cell *kept = ARENA_ARRAY(c->arena, struct cell, t->n_rows * t->n_columns + 1);
  int64_t n = 0;
  if (!kept) return ERR(e, E_NO_MEMORY, .subject = "case");
  for (int64_t i = 0; i < t->n_rows; i++)
    if (!cells_at(t, i, column)->missing) memcpy(kept + n++ * t->n_columns, cells_at(t, i, 0), (size_t)t->n_columns * sizeof *kept);
  t->cell = kept, t->n_rows = n;
  return E_OK;
}
enum err_code outlier_case_read(struct outlier_case *o, const struct edit_case *c, struct err *e) {
  struct edit_case *own = ARENA_NEW(c->arena, struct edit_case);
  if (!own) return ERR(e, E_NO_MEMORY, .subject = "case");
  *own = *c;
  *o = (struct outlier_case){.c = c = own};
  TRY(read_params(o, e));
  TRY(read_names(o, e));
  TRY(drop_nameless(own, o->unit_id, e));
  TRY(case_num_table(c, &c->data, o->item, o->p, &o->y, e));
  if (o->historic) TRY(align_history(o, e));
  else if (o->ratio) TRY(case_num_table(c, &c->data, o->with, o->p, &o->aux, e));
  TRY(read_weight(o, e));
  return read_groups(o, e);
}
static enum err_code run(struct outlier_case *o, const struct edit_case *c, struct err *e) {
  TRY(outlier_case_read(o, c, e));
  for (int j = 0; j < o->p; j++) {
    const struct outlier_data d = {.n = o->y.n, .y = &o->y.columns[j], .aux = o->ratio ? &o->aux.columns[j] : NULL, .matched = o->matched,
                                   .weight = o->weight, .weight_status = o->weight_status};
    TRY(outlier_result_init(&o->result[j], c->arena, o->y.n, o->n_groups, true, e));
    if (!(o->result[j].gap = ARENA_ARRAY(c->arena, double, o->y.n))) return ERR(e, E_NO_MEMORY, .subject = "case");
    TRY(outlier_run(&o->result[j], c->arena, &d, &o->groups, &o->params, e));
  }
  return E_OK;
}
enum verdict outlier_run_case(const struct edit_case *c) {
  struct outlier_case *o = ARENA_NEW(c->arena, struct outlier_case);
  struct err e = {0};
  if (!o || case_has(c, "exclude_where_indata")) return UNSUPPORTED;
  const enum err_code code = run(o, c, &e);
  if (code || c->must_refuse) {
    fprintf(c->say, "   %s\n", code ? err_name(code) : "was not refused");
    return (code != E_OK) == c->must_refuse ? PASSED : FAILED;
  }
  return outlier_case_compare(o) ? PASSED : FAILED;
}
