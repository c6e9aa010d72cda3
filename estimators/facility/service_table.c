/* service_table.c -- facility_table.h: tables of the detail forms. */
#include "estimators/facility/facility_table.h"

enum { V_VALUE, V_NUMERATOR, V_DENOMINATOR, V_WITHOUT, V_MEASURES };
enum { SAMPLING_ERROR = 1, NONRESPONSE_AS_SAMPLING = 2 };
static const struct facility_measure measures[V_MEASURES] = {
    {"value", "", 2, false}, {"numerator", "", 1, false}, {"denominator", "", 1, false}, {"without_item", "respondent", 0, false}};

static void put(struct result_table *t, const struct service_table_spec *s, int32_t domain, int m) {
  const struct service_estimate *x = &s->estimate[(int64_t)domain * s->n_measures + m];
  const struct str codes[2] = {domain == s->n_domains ? STR("_T") : s->domain[domain], str_of(s->measures[m].name)};
  const int64_t row = facility_row(t, codes, x->n);
  facility_put_error(t, row, V_VALUE, x, s->take_all[domain] ? NONRESPONSE_AS_SAMPLING : SAMPLING_ERROR);
  if (s->measures[m].from_register && !x->defined) facility_put_none(t, row, V_VALUE, "unknown in the basic form of some facility");
  facility_put(t, row, V_NUMERATOR, x->numerator);
  facility_put(t, row, V_DENOMINATOR, x->denominator);
  facility_put(t, row, V_WITHOUT, (double)x->n_left_out);
}
static bool any_reweighted(const struct service_table_spec *s) {
  for (int64_t i = 0; i < ((int64_t)s->n_domains + 1) * s->n_measures; i++)
    if (s->estimate[i].reweighted || s->estimate[i].cell_without_item) return true;
  return false;
}
enum err_code service_table(struct arena *a, const struct service_table_spec *s, struct result_table **out, struct err *e) {
  const char *const names[2] = {s->dimension, "measure"};
  const struct facility_table_spec spec = {s->id, s->title_ja, s->title_en, names, 2, measures, V_MEASURES};
  TRY(facility_table_new(a, &spec, ((int64_t)s->n_domains + 1) * s->n_measures, out, e));
  for (int32_t d = 0; d <= s->n_domains; d++)
    for (int m = 0; m < s->n_measures; m++) put(*out, s, d, m);
  result_note(
      *out, "counts of facilities and capacity: basic form, full count; others: respondents under w = open facilities of the cell / respondents");
  result_note(*out, "our choice, not an official variance: nonresponse is taken as sampling inside the cell");
  if (any_reweighted(s))
    result_note(*out,
        "our choice: totals with without_item above 0: respondents with the item stand for the open facilities of their cell; ratios keep w");
  return result_sort(*out, e);
}
