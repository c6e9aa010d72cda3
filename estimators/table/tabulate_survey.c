/* The measures of a form's table that the survey engine makes: all of a weighted design, and of a register those that are not exact sums. */
#include <string.h>

#include "estimators/design/design_sample.h"
#include "estimators/table/shard_columns.h"
#include "estimators/table/survey_table.h"
#include "estimators/table/tabulate_impl.h"

struct wanted {
  const struct table_plan *plan;
  const struct measure *measures;
  int n_measures;
};
static bool names(const struct measure *m, struct str name) {
  if (str_eq(name, str_of(m->x)) || str_eq(name, str_of(m->y))) return true;
  for (int k = 0; k < m->n_figures; k++)
    if (names(&m->figures[k], name)) return true;
  return false;
}
static bool is_wanted(const void *context, struct str name) {
  const struct wanted *w = context;
  for (int d = 0; d < w->plan->n_dimensions; d++)
    if (str_eq(name, str_of(w->plan->dimensions[d]))) return true;
  for (int k = 0; k < w->n_measures; k++)
    if (names(&w->measures[k], name)) return true;
  return false;
}

/* A register: every weight 1, no design. */
static enum err_code survey_of(struct arena *a, const struct tabulate_input *in, struct survey *out, struct err *e) {
  const int64_t n = tab_rows(in);
  if (in->design) {
    struct sample_design *d = ARENA_NEW(a, struct sample_design);
    if (!d) return ERR(e, E_NO_MEMORY, .subject = "design");
    TRY(design_sample(a, in->design, d, e));
    *out = (struct survey){.n = n, .design = d, .weight = in->design->weight};
    return E_OK;
  }
  double *one = ARENA_ARRAY(a, double, n + 1);
  if (!one) return ERR(e, E_NO_MEMORY, .subject = "register");
  for (int64_t i = 0; i < n; i++) one[i] = 1;
  *out = (struct survey){.n = n, .weight = one};
  return E_OK;
}

enum err_code tab_survey(struct arena *a, const struct tabulate_input *in, const struct table_plan *plan, const struct measure *measures,
    int n_measures, const uint8_t *keep, int64_t n_unknown, struct result_table **out, struct err *e) {
  const struct wanted w = {plan, measures, n_measures};
  struct survey survey;
  struct survey_columns columns;
  TRY(survey_of(a, in, &survey, e));
  TRY(shard_columns(a, in, in->form->id, is_wanted, &w, &columns, e));
  const struct survey_table_request q = {.id = plan->spec->id,
      .columns = &columns,
      .survey = &survey,
      .n_dimensions = plan->n_dimensions,
      .n_row_dimensions = plan->n_row_dimensions,
      .dimensions = plan->dimensions,
      .n_measures = n_measures,
      .measures = measures,
      .keep = keep,
      .n_unknown = n_unknown,
      .decimals = plan->decimals >= 0 ? plan->decimals : PLAN_AS_COMPUTED,
      .complete = !in->design,
      .judging = in->judging};
  return survey_table(NULL, a, &q, out, e);
}

void tabulate_units(const struct form *form, const struct table_plan *plan, struct result_table *t) {
  for (int k = 0; k < t->n_measures; k++) {
    const struct measure *m = &plan->measures[k];
    const struct item *item = *m->x ? form_item(form, m->x) : NULL;
    switch (m->kind) {
      case MEASURE_TOTAL:
      case MEASURE_MEAN:
      case MEASURE_QUANTILE:
      case MEASURE_GEOMETRIC:
      case MEASURE_ARPT: t->measures[k].unit = item && item->unit ? item->unit : ""; break;
      default: break;
    }
  }
}
