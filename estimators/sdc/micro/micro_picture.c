/* micro_picture.c -- how the risk of the records is spread before and after, as bars of records by class of risk (micro_report.h). */
#include <math.h>

#include "estimators/sdc/micro/micro_report.h"
#include "estimators/table/chart/chart.h"

static const double upper[MICRO_RISK_CLASSES] = {0.001, 0.01, 0.05, 0.1, 0.2, 0.5, HUGE_VAL};
static const char *const label[MICRO_RISK_CLASSES] = {"< 0.001", "0.001 -", "0.01 -", "0.05 -", "0.1 -", "0.2 -", "0.5 - 1"};

void micro_risk_classes(const struct micro_state *s, int64_t count[MICRO_RISK_CLASSES]) {
  for (int k = 0; k < MICRO_RISK_CLASSES; k++) count[k] = 0;
  for (int64_t i = 0; i < s->n_records; i++) {
    int k = 0;
    while (s->risk.risk[i] >= upper[k]) k++;
    count[k]++;
  }
}
static void fill(const struct micro_state *s, bool share, struct chart_point *p) {
  int64_t count[MICRO_RISK_CLASSES];
  micro_risk_classes(s, count);
  for (int k = 0; k < MICRO_RISK_CLASSES; k++) {
    const double n = share ? 100.0 * (double)count[k] / (double)(s->n_records ? s->n_records : 1) : (double)count[k];
    p[k] = (struct chart_point){.label = label[k], .value = share ? round(n * 10) / 10 : n, .state = CHART_SHOWN};
  }
}
enum err_code micro_risk_picture(const struct micro_report *r, bool after_only, enum err_lang lang, struct strbuf *b, struct err *e) {
  const bool ja = lang == LANG_JA;
  struct chart_point before[MICRO_RISK_CLASSES], after[MICRO_RISK_CLASSES];
  fill(&r->before, after_only, before), fill(&r->after, after_only, after);
  const struct chart_series series[2] = {{.name = ja ? "処理前" : "before", .points = before, .n = MICRO_RISK_CLASSES},
      {.name = ja ? "処理後" : "after", .points = after, .n = MICRO_RISK_CLASSES}};
  const struct chart_frame f = {.id = "risk",
      .title = ja ? "記録のリスクの分布" : "records by their risk of being found again",
      .subtitle = ja ? r->recipe->title[1] : r->recipe->title[0],
      .unit = after_only ? "%"
              : ja       ? "記録"
                         : "records",
      .x_title = "",
      .y_title = ja ? "リスク" : "risk",
      .source = r->recipe->dataset,
      .lang = lang,
      .decimals = after_only ? 1 : 0};
  return after_only ? chart_bars(&f, &series[1], 1, b, e) : chart_bars(&f, series, 2, b, e);
}
