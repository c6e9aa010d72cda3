#include "estimators/table/chart/chart_variance.h"

#include <math.h>
#include <stdio.h>

#include "estimators/table/chart/chart_impl.h"
#include "estimators/table/measure_words.h"

enum { CURVE_POINTS = 161 };

const char *variance_formula(const struct gvf *g, int digits, char *out, size_t size) {
  const char *const sign = g->b < 0 ? "-" : "+";
  const double b = fabs(g->b);
  if (g->model == GVF_LOGLOG) snprintf(out, size, "log cv^2 = %.*g %s %.*g log X", digits, g->a, sign, digits, b);
  else if (g->model == GVF_INVERSE) snprintf(out, size, "cv^2 = %.*g %s %.*g / X", digits, g->a, sign, digits, b);
  else snprintf(out, size, "se^2 = %.*g X %s %.*g X^2", digits, g->a, sign, digits, b);
  return out;
}

static enum err_code cloud_of(struct arena *a, const struct variance_function *v, enum variance_cell wanted, struct chart_cloud *out, struct err *e) {
  const struct result_measure *m = &v->table->measures[v->measure];
  double *x = ARENA_ARRAY(a, double, v->count[wanted] + 1), *y = ARENA_ARRAY(a, double, v->count[wanted] + 1);
  int64_t n = 0;
  if (!x || !y) return ERR(e, E_NO_MEMORY, .subject = v->table->id);
  for (int64_t i = 0; i < v->table->n_rows; i++)
    if (v->cell[i] == wanted) x[n] = m->value[i], y[n++] = 100 * m->se[i] / m->value[i];
  *out = (struct chart_cloud){.name = "", .x = x, .y = y, .n = n, .hollow = wanted == VARIANCE_DROPPED};
  return E_OK;
}

/* From the smallest to the largest point of the clouds, evenly in the logarithm. */
static void curve_of(const struct variance_function *v, const struct chart_cloud *clouds, int n_clouds, double *x, double *y) {
  double low = v->smallest, high = v->largest;
  for (int k = 0; k < n_clouds; k++)
    for (int64_t i = 0; i < clouds[k].n; i++) low = fmin(low, clouds[k].x[i]), high = fmax(high, clouds[k].x[i]);
  for (int i = 0; i < CURVE_POINTS; i++) {
    x[i] = low * pow(high / low, (double)i / (CURVE_POINTS - 1));
    y[i] = 100 * gvf_cv(&v->gvf, x[i]);
  }
}

enum err_code chart_of_variance(struct arena *a, const struct variance_function *v, enum err_lang lang, item_label_fn item, const void *context,
    struct strbuf *to, struct err *e) {
  const struct result_table *t = v->table;
  const struct result_measure *m = &t->measures[v->measure];
  const bool ja = lang == LANG_JA;
  const char *own = ja ? t->title_ja : t->title_en;
  char measure[400], unit[100], title[600], formula[160], x_title[600], source[300], refusal[300];
  double x[CURVE_POINTS], y[CURVE_POINTS];
  struct chart_cloud clouds[2];
  const char *notes[] = {refusal};
  TRY(cloud_of(a, v, VARIANCE_USED, &clouds[0], e));
  TRY(cloud_of(a, v, VARIANCE_DROPPED, &clouds[1], e));
  const int n_clouds = clouds[1].n ? 2 : 1;
  clouds[0].name = ja ? "当てはめたセル" : "cells of the fit";
  clouds[1].name = ja ? "除外したセル" : "cells dropped";
  curve_of(v, clouds, n_clouds, x, y);
  const struct chart_curve curve = {variance_formula(&v->gvf, 4, formula, sizeof formula), x, y, CURVE_POINTS};
  measure_title(a, m->name, lang, item, context, measure, sizeof measure);
  unit_words(m->unit ? m->unit : "", lang, unit, sizeof unit);
  snprintf(title, sizeof title, ja ? "推定値の大きさと変動係数：%s" : "Coefficient of variation by size: %s", *own ? own : t->id);
  snprintf(x_title, sizeof x_title, "%s%s%s%s", measure, *unit ? (ja ? "（" : " (") : "", unit, *unit ? (ja ? "）" : ")") : "");
  snprintf(source, sizeof source, "%s%s%s %s%s%.16s", t->survey, *t->form ? "/" : "", t->form, t->id, t->digest ? "  sha256 " : "",
      t->digest ? t->digest : "");
  snprintf(refusal, sizeof refusal, "%s%s", ja ? "公表不可：" : "Not releasable: ", t->refusal ? t->refusal : "");
  const struct chart_frame f = {.id = "variance",
      .title = title,
      .subtitle = t->period,
      .unit = "",
      .x_title = x_title,
      .y_title = ja ? "変動係数（％）" : "coefficient of variation, per cent",
      .source = source,
      .notes = notes,
      .n_notes = t->refusal != NULL,
      .lang = lang,
      .decimals = -1};
  return chart_scatter(&f, clouds, n_clouds, &curve, 1, true, true, to, e);
}
