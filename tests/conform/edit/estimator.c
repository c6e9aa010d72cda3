/* Estimators: the imputed cells, averages, betas and counts of every specification and class; refusals where the case has them. Values to 1e-8
 *          relative.
 * With a random error the cells and their codes are compared, not the values: they depend on the drawing program. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "processing/impute/estimator.h"
#include "tests/conform/edit/case.h"

enum { ITEMS = 64, SPECS = 64, ALGORITHMS = 64, BY = 8 };
struct work {
  const struct edit_case *c;
  const char *names[ITEMS];
  int p, n_specs, n_by;
  const char *by[BY];
  struct est_algorithm custom[ALGORITHMS];
  struct est_spec spec[SPECS];
  struct num_table current, previous;
  uint8_t *current_flags[ITEMS], *previous_flags[ITEMS], *exclude_current, *exclude_previous;
  int32_t *group, n_groups;
  const char **group_name;
  struct est_result result;
};
enum verdict estimator_run(const struct edit_case *c);

static const char *text_at(struct work *w, const struct cells *t, int64_t row, const char *column) {
  const int j = cells_find(t, column);
  if (j < 0) return "";
  struct str s = cells_at(t, row, j)->text;
  while (s.n && *s.p == ' ') s.p++, s.n--;
  while (s.n && s.p[s.n - 1] == ' ') s.n--;
  char *copy = arena_strdup(w->c->arena, s.p ? s.p : "", s.n);
  return copy ? case_upper(w->c->arena, copy) : "";
}
static double number_at(const struct cells *t, int64_t row, const char *column) {
  const int j = cells_find(t, column);
  return j >= 0 && cells_at(t, row, j)->is_number ? cells_at(t, row, j)->number : 0;
}
static const char *item(struct work *w, const char *name) {
  for (int j = 0; j < w->p; j++)
    if (strcmp(w->names[j], name) == 0) return w->names[j];
  return w->p < ITEMS ? w->names[w->p++] = name : NULL;
}
static const struct est_algorithm *algorithm(struct work *w, const char *name) {
  const struct cells *t = &w->c->algorithms;
  for (int64_t i = 0; i < t->n_rows && i < ALGORITHMS; i++) {
    if (strcmp(text_at(w, t, i, "ALGORITHMNAME"), name) != 0) continue;
    w->custom[i] = (struct est_algorithm){name, text_at(w, t, i, "STATUS"), strcmp(text_at(w, t, i, "TYPE"), "LR") == 0, text_at(w, t, i, "FORMULA")};
    return &w->custom[i];
  }
  return est_algorithm_find(name);
}
static enum est_choice choice(const char *text) { return *text == 'Y' ? EST_YES : *text == 'N' ? EST_NO : EST_NOT_GIVEN; }

static bool read_spec(struct work *w, int64_t i) {
  const struct cells *t = &w->c->specs;
  struct est_spec *s = &w->spec[w->n_specs++];
  const char *weight = text_at(w, t, i, "WEIGHTVARIABLE"), *variance = text_at(w, t, i, "VARIANCEVARIABLE");
  *s = (struct est_spec){.name = text_at(w, t, i, "ALGORITHMNAME"), .field = item(w, text_at(w, t, i, "FIELDID"))};
  s->algorithm = algorithm(w, s->name);
  char *list = arena_printf(w->c->arena, "%s", text_at(w, t, i, "AUXVARIABLES")), *keep = NULL;
  for (char *word = strtok_r(list, " ,", &keep); word && s->n_auxiliary < EST_TERMS; word = strtok_r(NULL, " ,",
      &keep)) s->auxiliary[s->n_auxiliary++] = item(w, word);
  if (*weight) s->weight = item(w, weight);
  if (*variance) s->variance = item(w, variance);
  s->variance_previous = *text_at(w, t, i, "VARIANCEPERIOD") == 'H';
  s->variance_exponent = number_at(t, i, "VARIANCEEXPONENT");
  s->minimum_count = (int64_t)number_at(t, i, "COUNTCRITERIA");
  s->minimum_percent = number_at(t, i, "PERCENTCRITERIA");
  s->exclude_imputed = choice(text_at(w, t, i, "EXCLUDEIMPUTED"));
  s->exclude_outliers = choice(text_at(w, t, i, "EXCLUDEOUTLIERS"));
  s->random_error = *text_at(w, t, i, "RANDOMERROR") == 'Y';
  return s->algorithm != NULL;
}
static const char *class_name(struct work *w, const struct cells *t, int64_t row) {
  const char *name = "";
  for (int k = 0; k < w->n_by && name; k++) name = arena_printf(w->c->arena, "%s|%s", name, text_at(w, t, row, w->by[k]));
  return name ? name : "";
}
static int32_t class_find(const struct work *w, const char *name) {
  for (int32_t g = 0; g < w->n_groups; g++)
    if (strcmp(w->group_name[g], name) == 0) return g;
  return -1;
}
static bool classes(struct work *w) {
  const struct cells *t = &w->c->data;
  w->n_by = case_words(w->c, "by", w->by, BY);
  w->group = ARENA_ARRAY(w->c->arena, int32_t, t->n_rows);
  w->group_name = ARENA_ARRAY(w->c->arena, const char *, t->n_rows + 1);
  if (!w->group || !w->group_name) return false;
  for (int64_t i = 0; i < t->n_rows; i++) {
    const char *name = class_name(w, t, i);
    w->group[i] = class_find(w, name);
    if (w->group[i] < 0) w->group_name[w->group[i] = w->n_groups++] = name;
  }
  return true;
}
static uint8_t flag_of(struct str status) {
  if (str_eq(status, STR("FTI"))) return EST_TO_IMPUTE;
  if (str_eq(status, STR("FTE"))) return EST_EXCLUDE;
  return status.n > 1 && status.p[0] == 'I' ? EST_IMPUTED : 0;
}
static bool excluded(struct work *w, const struct cells *t, int64_t row, const char *parameter) {
  const char *column = case_text(w->c, parameter, "");
  return *column && strcmp(text_at(w, t, row, column), "E") == 0;
}
/* The previous period in the rows of the current one: same unit, same class. */
static bool align(struct work *w, const struct num_table *history) {
  const struct cells *t = &w->c->history;
  for (int64_t i = 0; i < w->current.n; i++)
    for (int64_t h = 0; h < t->n_rows; h++) {
      if (!str_eq(history->unit[h], w->current.unit[i]) || class_find(w, class_name(w, t, h)) != w->group[i]) continue;
      for (int j = 0; j < w->p; j++) {
        w->previous.columns[j].x[i] = history->columns[j].x[h];
        w->previous.columns[j].status[i] = history->columns[j].status[h];
        w->previous_flags[j][i] = flag_of(case_status(w->c, &w->c->status_history, history->unit[h], w->names[j]));
      }
      w->exclude_previous[i] = excluded(w, t, h, "hist_excl_var");
    }
  return true;
}
/* Items that one of the tables does not have are blank there. */
static enum err_code table_of(struct work *w, const struct cells *t, struct num_table *out, struct err *e) {
  const char *there[ITEMS];
  int n = 0;
  struct num_table some;
  for (int j = 0; j < w->p; j++)
    if (cells_find(t, w->names[j]) >= 0) there[n++] = w->names[j];
  TRY(case_num_table(w->c, t, there, n, &some, e));
  TRY(num_table_init(out, w->c->arena, w->names, w->p, t->n_rows, e));
  out->unit = some.unit;
  for (int j = 0; j < n; j++) out->columns[num_table_find(out, str_of(there[j]))] = some.columns[j];
  return E_OK;
}
static enum err_code tables(struct work *w, struct err *e) {
  struct num_table history;
  struct arena *a = w->c->arena;
  const int64_t n = w->c->data.n_rows;
  TRY(table_of(w, &w->c->data, &w->current, e));
  TRY(num_table_init(&w->previous, a, w->names, w->p, n, e));
  w->exclude_current = ARENA_ARRAY(a, uint8_t, n);
  w->exclude_previous = ARENA_ARRAY(a, uint8_t, n);
  for (int j = 0; j < w->p; j++) {
    w->current_flags[j] = ARENA_ARRAY(a, uint8_t, n);
    w->previous_flags[j] = ARENA_ARRAY(a, uint8_t, n);
    if (!w->current_flags[j] || !w->previous_flags[j] || !w->exclude_current || !w->exclude_previous) return ERR(e, E_NO_MEMORY, .subject = "case");
    for (int64_t i = 0; i < n; i++) w->current_flags[j][i] = flag_of(case_status(w->c, &w->c->status, w->current.unit[i], w->names[j]));
  }
  for (int64_t i = 0; i < n; i++) w->exclude_current[i] = excluded(w, &w->c->data, i, "data_excl_var");
  if (w->c->history.n_columns == 0) return E_OK;
  TRY(table_of(w, &w->c->history, &history, e));
  return align(w, &history) ? E_OK : E_NO_MEMORY;
}
static const struct json_value *expected_table(const struct edit_case *c, const char *name) {
  const struct json_value *v = json_member(c->expected, name);
  return v ? v : json_member(json_member(c->whole, "banff_build_output"), name);
}
static bool same_cells(struct work *w, struct err *e) {
  struct cells t;
  if (case_cells(w->c->arena, expected_table(w->c, "outstatus"), &t, e)) return false;
  bool same = t.n_rows == w->result.n_changes;
  if (!same) fprintf(w->c->say, "   %lld cells imputed, expected %lld\n", (long long)w->result.n_changes, (long long)t.n_rows);
  const char *id = case_text(w->c, "unit_id", "");
  for (int64_t i = 0; i < t.n_rows; i++) {
    bool found = false;
    for (int64_t k = 0; k < w->result.n_changes && !found; k++) {
      const struct est_change *c = &w->result.change[k];
      const struct est_spec *s = &w->spec[c->spec];
      if (!str_eq(w->current.unit[c->row], cells_at(&t, i, cells_find(&t, id))->text) || strcmp(w->names[c->column], text_at(w, &t, i,
          "FIELDID")) != 0) continue;
      const char *status = text_at(w, &t, i, "STATUS");
      found = *status == 'I' && strcasecmp(s->algorithm->status, status + 1) == 0 && (s->random_error || case_close(c->value, number_at(&t, i,
          "VALUE"), 1e-8));
      if (!found) fprintf(w->c->say, "   I%s %.10g, expected %s %.10g\n", s->algorithm->status, c->value, status, number_at(&t, i, "VALUE"));
    }
    if (!found) fprintf(w->c->say, "   unit %s, %s: not as expected\n", text_at(w, &t, i, id), text_at(w, &t, i, "FIELDID"));
    same &= found;
  }
  return same;
}
static const struct est_group *group_of(struct work *w, const struct cells *t, int64_t row, int *spec) {
  const int32_t g = class_find(w, class_name(w, t, row));
  *spec = (int)number_at(t, row, "ESTIMID");
  return g >= 0 && *spec < w->n_specs ? &w->result.group[(int64_t)*spec * w->n_groups + g] : NULL;
}
static bool same_figures(struct work *w, const char *table, const char *value, struct err *e) {
  struct cells t;
  if (case_cells(w->c->arena, expected_table(w->c, table), &t, e)) return false;
  bool same = true;
  for (int64_t i = 0; i < t.n_rows; i++) {
    int spec, at = -1;
    const struct est_group *g = group_of(w, &t, i, &spec);
    if (!g) return false;
    const struct est_formula *f = &w->result.formula[spec];
    const char *field = text_at(w, &t, i, "FIELDID");
    const bool previous = *text_at(w, &t, i, "PERIOD") == 'H';
    const double power = cells_find(&t, "EXPONENT") >= 0 ? number_at(&t, i, "EXPONENT") : 1;
    for (int k = 0; k < f->n_terms; k++) {
      const struct est_term *m = &f->term[k];
      const char *name = m->variable ? w->spec[spec].auxiliary[m->variable - 1] : w->spec[spec].field;
      if (strcmp(name, field) == 0 && m->previous == previous && m->power == power && (f->regression || m->average)) at = k + (f->regression &&
          f->intercept);
    }
    if (f->regression && strcmp(field, "INTERCEPT") == 0) at = 0;
    const bool here = at >= 0 && g->met && case_close(g->average[at], number_at(&t, i, value), 1e-8) && g->acceptable == (int64_t)number_at(&t, i,
        "COUNT");
    if (!here) fprintf(w->c->say, "   %s of %s: %.10g from %lld, expected %.10g from %.0f\n", value, field, at >= 0 ? g->average[at] : 0,
        (long long)g->acceptable, number_at(&t, i, value), number_at(&t, i, "COUNT"));
    same &= here;
  }
  return same;
}
static bool same_counts(struct work *w, struct err *e) {
  struct cells t;
  int64_t met = 0;
  if (case_cells(w->c->arena, expected_table(w->c, "outest_parm"), &t, e)) return false;
  if (t.n_columns == 0) return true; /* the pack has no such table */
  bool same = true;
  for (int64_t i = 0; i < (int64_t)w->n_specs * w->n_groups; i++) met += w->result.group[i].met;
  if (met != t.n_rows) fprintf(w->c->say, "   %lld classes meet the criteria, expected %lld\n", (long long)met, (long long)t.n_rows), same = false;
  for (int64_t i = 0; i < t.n_rows; i++) {
    int spec;
    const struct est_group *g = group_of(w, &t, i, &spec);
    if (!g) return false;
    const bool here = g->to_impute == (int64_t)number_at(&t, i, "FTI") && g->imputed == (int64_t)number_at(&t, i, "IMP") &&
                      g->zero_divisor == (int64_t)number_at(&t, i, "DIVISIONBYZERO") && g->negative == (int64_t)number_at(&t, i, "NEGATIVE");
    if (!here) fprintf(w->c->say, "   spec %d: %lld to impute, %lld imputed, expected %.0f, %.0f\n", spec, (long long)g->to_impute,
        (long long)g->imputed, number_at(&t, i, "FTI"), number_at(&t, i, "IMP"));
    same &= here;
  }
  return same;
}
static bool one_item_each(const struct edit_case *c) {
  static const char *const LISTS[] = {"unit_id", "data_excl_var", "hist_excl_var"};
  const char *words[4];
  for (int k = 0; k < 3; k++)
    if (case_words(c, LISTS[k], words, 4) > 1) return false;
  return true;
}
static enum err_code compute(struct work *w, struct err *e) {
  if (!one_item_each(w->c)) return ERR(e, E_EST_SPEC, .subject = w->c->id, .found = "two items where one is taken");
  for (int64_t i = 0; i < w->c->specs.n_rows && i < SPECS; i++)
    if (!read_spec(w, i)) return ERR(e, E_EST_UNKNOWN, .subject = w->spec[i].name);
  if (!classes(w)) return ERR(e, E_NO_MEMORY, .subject = "case");
  TRY(tables(w, e));
  const struct est_input in = {.current = &w->current, .previous = w->c->history.n_columns ? &w->previous : NULL, .current_flags = w->current_flags,
                               .previous_flags = (const uint8_t *const *)w->previous_flags, .exclude_current = w->exclude_current,
                                   .exclude_previous = w->exclude_previous,
                               .group = w->group, .n_groups = w->n_groups, .seed = (uint64_t)case_number(w->c, "seed", 1),
                                   .accept_negative = case_flag(w->c, "accept_negative"), .complete_records = true};
  return est_run(w->c->arena, &in, w->spec, w->n_specs, &w->result, e);
}
enum verdict estimator_run(const struct edit_case *c) {
  struct err e = {0};
  struct work *w = ARENA_NEW(c->arena, struct work);
  if (!w) return FAILED;
  w->c = c;
  const enum err_code code = compute(w, &e);
  if (code) {
    char text[512];
    err_message_text(&e, LANG_EN, text, sizeof text);
    fprintf(c->say, "   %s\n", text);
    return c->must_refuse ? PASSED : FAILED;
  }
  if (c->must_refuse) return fprintf(c->say, "   it was to be refused\n"), FAILED;
  const bool cells = same_cells(w, &e), averages = same_figures(w, "outest_ef", "AVERAGE_VALUE", &e), betas = same_figures(w, "outest_lr",
      "BETA_VALUE", &e), counts = same_counts(w, &e);
  return cells && averages && betas && counts ? PASSED : FAILED;
}
