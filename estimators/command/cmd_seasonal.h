/* cmd_seasonal.h -- a series with its adjustment, as text, CSV, JSON or picture. For the cmd_estimate_seasonal files only. */
#ifndef SHIRABE_ESTIMATORS_CMD_SEASONAL_H
#define SHIRABE_ESTIMATORS_CMD_SEASONAL_H
#include "base/cli.h"
#include "base/json_out.h"
#include "base/str.h"
#include "estimators/seasonal/choice.h"
#include "estimators/seasonal/outliers.h"
#include "estimators/seasonal/spectrum.h"
#include "estimators/seasonal/stability.h"

struct seasonal_series {
  const char *file, *name; /* name: header of the column */
  struct effect_span span;
  double *value;  /* [n] */
  int64_t *line;  /* [n] of the file */
};
/* What the data were asked to choose, with every candidate. */
struct seasonal_choices {
  bool logs_asked, calendar_asked, model_asked, five_asked;
  struct choice logs, calendar, model;
  struct choice_steps steps;
  bool constant;
  double constant_t;
};
enum { SEASONAL_WORDS = 2 * EFFECTS_MOST, SEASONAL_SPECTRA = 3, SEASONAL_QS_RESIDUAL = 3, SEASONAL_QS = 4 };
struct seasonal_report {
  struct seasonal_series series;
  struct adjustment_spec spec;
  struct effect_list effects;
  const char *words[SEASONAL_WORDS]; /* of the regressors, as effects_add takes them, without those of the outlier search */
  int n_words;
  struct seasonal_choices choices;
  struct outlier_found found[OUTLIERS_MOST];
  int n_found;
  struct adjustment x;
  double x13_se[ARIMA_MOST_PARAMETERS]; /* with a model */
  bool seats; /* parts by SEATS, not by X-11 */
  struct seats_parts parts;
  bool with_spans, with_history, with_spectrum;
  struct spectrum spectrum[SEASONAL_SPECTRA]; /* original, adjusted, irregular */
  struct qs_statistic qs[SEASONAL_QS];
  struct sliding_spans spans;
  struct revision_history history;
};
/* A CSV with dates (2008-10, 2008-Q4) in its first column; column: header of the values, NULL = the second. No period may be missing. */
enum err_code seasonal_read(struct arena *a, const char *path, const char *column, struct seasonal_series *out, struct err *e) NODISCARD;
/* Model, scale and regressors as the command line gives them, or as the data choose. Sets r->spec and r->effects. */
enum err_code seasonal_model(struct cli *c, struct seasonal_report *r, struct err *e) NODISCARD;
void seasonal_choices_text(struct cli *c, const struct seasonal_report *r);
void seasonal_choices_json(const struct seasonal_report *r, struct json_out *j);
enum err_code seasonal_spectra(struct arena *a, struct seasonal_report *r, struct err *e) NODISCARD;
void seasonal_spectrum_text(struct cli *c, const struct seasonal_report *r);
void seasonal_spectrum_json(const struct seasonal_report *r, struct json_out *j);
enum err_code seasonal_spectrum_picture(struct cli *c, const struct seasonal_report *r, struct strbuf *b, struct err *e) NODISCARD;
void seasonal_text(struct cli *c, const struct seasonal_report *r);
void seasonal_csv(const struct seasonal_report *r, struct strbuf *b);
void seasonal_json(const struct seasonal_report *r, struct json_out *j);
enum err_code seasonal_picture(struct cli *c, const struct seasonal_report *r, struct strbuf *b, struct err *e) NODISCARD;
#endif
