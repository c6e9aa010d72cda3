#include "estimators/facility/service_estimate.h"

#include <math.h>
#include <string.h>

#include "estimators/variance/taylor.h"

struct work {
  const struct job *job;
  struct arena *a;
  const uint8_t *only;       /* [all] respondents that may take part; NULL = all */
  int64_t m;                 /* respondents that take part */
  int64_t *row;              /* [m] */
  struct sample_design design;
  const struct service_measure *measures;
  int k;
  double *y[SERVICE_MEASURES_MOST], *x[SERVICE_MEASURES_MOST]; /* [m], 0 where the measure is not there */
};

/* --- the design: cells are strata, respondents the units --- */
static const char *cell_name(const void *context, int32_t label) {
  const struct service_cells *c = context;
  static const char unknown[] = "?";
  return label >= 0 && label < c->n_cells ? c->name[label].p : unknown;
}
static enum err_code build_design(struct work *w, const struct service_cells *cells, int64_t all, enum lonely_policy lonely, struct err *e) {
  int32_t *stratum = ARENA_ARRAY(w->a, int32_t, all + 1);
  double *population = ARENA_ARRAY(w->a, double, all + 1), *weight = ARENA_ARRAY(w->a, double, all + 1);
  struct service_cells named = *cells;
  w->row = ARENA_ARRAY(w->a, int64_t, all + 1);
  named.name = ARENA_ARRAY(w->a, struct str, cells->n_cells + 1);
  if (!stratum || !population || !weight || !w->row || !named.name) return ERR(e, E_NO_MEMORY, .subject = "detail forms");
  for (int32_t c = 0; c < cells->n_cells; c++) {
    const char *text = arena_strdup(w->a, cells->name[c].p, cells->name[c].n);
    if (!text) return ERR(e, E_NO_MEMORY, .subject = "detail forms");
    named.name[c] = str_of(text);
  }
  for (int64_t k = 0; k < all; k++) {
    const int64_t i = cells->order[k];
    const int32_t c = cells->of_respondent[i];
    if (c < 0 || (w->only && !w->only[i])) continue;
    stratum[w->m] = c, population[w->m] = (double)cells->facilities[c], weight[w->m] = cells->weight[c];
    w->row[w->m++] = i;
  }
  const struct sample_spec spec = {
      .n = w->m, .n_stages = 1, .stage = {{.stratum = stratum, .population = population}}, .weight = weight, .lonely = lonely};
  TRY(sample_design_build(w->a, &spec, &w->design, e));
  return sample_design_lonely(&w->design, cell_name, &named, e);
}
static enum err_code take_columns(struct work *w, struct err *e) {
  for (int j = 0; j < w->k; j++) {
    const struct service_measure *s = &w->measures[j];
    w->y[j] = ARENA_ARRAY(w->a, double, w->m + 1);
    w->x[j] = ARENA_ARRAY(w->a, double, w->m + 1);
    if (!w->y[j] || !w->x[j]) return ERR(e, E_NO_MEMORY, .subject = "detail forms");
    for (int64_t i = 0; i < w->m; i++) {
      const int64_t row = w->row[i];
      const bool in = !s->in || s->in[row];
      w->y[j][i] = in ? s->y[row] : 0;
      w->x[j][i] = in && s->x ? s->x[row] : 0;
    }
  }
  return E_OK;
}

/* --- totals, then the variance of the linearised values --- */
static enum err_code totals(const struct work *w, const struct taylor_domains *d, double *out, struct err *e) {
  struct taylor_term term[2 * SERVICE_MEASURES_MOST];
  struct taylor_result r = {.total = out};
  for (int j = 0; j < w->k; j++) {
    term[2 * j] = (struct taylor_term){.w = w->design.weight, .y = w->y[j]};
    term[2 * j + 1] = (struct taylor_term){.w = w->design.weight, .y = w->x[j]};
  }
  return taylor_many(w->job, w->a, &w->design, d, 2 * w->k, term, &r, e);
}
static enum err_code variances(const struct work *w, const struct taylor_domains *d, const double *total, double *var, struct err *e) {
  struct taylor_term term[SERVICE_MEASURES_MOST];
  const int64_t n = d->n_domains;
  double *ratio = ARENA_ARRAY(w->a, double, n * w->k + 1), *scale = ARENA_ARRAY(w->a, double, n * w->k + 1);
  double *spare = ARENA_ARRAY(w->a, double, n * w->k + 1);
  if (!ratio || !scale || !spare) return ERR(e, E_NO_MEMORY, .subject = "detail forms");
  struct taylor_result r = {.total = spare, .var = var};
  for (int j = 0; j < w->k; j++) {
    const bool is_ratio = w->measures[j].x != NULL;
    for (int64_t g = 0; g < n; g++) {
      const double y = total[g * 2 * w->k + 2 * j], x = total[g * 2 * w->k + 2 * j + 1];
      ratio[j * n + g] = is_ratio && x > 0 ? y / x : 0;
      scale[j * n + g] = !is_ratio ? w->measures[j].scale : x > 0 ? w->measures[j].scale / x : 0;
    }
    term[j] = (struct taylor_term){.w = w->design.weight, .y = w->y[j], .x = w->x[j], .ratio = ratio + j * n, .scale = scale + j * n};
  }
  return taylor_many(w->job, w->a, &w->design, d, w->k, term, &r, e);
}
static void fill(const struct work *w, const double *total, const double *var, struct service_estimate *out) {
  for (int j = 0; j < w->k; j++) {
    const double y = total[2 * j], x = total[2 * j + 1], scale = w->measures[j].scale;
    struct service_estimate *s = &out[j];
    const bool is_ratio = w->measures[j].x != NULL;
    s->numerator = y, s->denominator = is_ratio ? x : 1;
    s->defined = s->n > 0 && (!is_ratio || x > 0);
    s->value = !s->defined ? 0 : is_ratio ? y / x * scale : y * scale;
    s->has_se = s->defined;
    s->se = s->has_se ? sqrt(var[j]) : 0;
  }
}
static void count(const struct work *w, const int32_t *of, int64_t n_domains, struct service_estimate *out) {
  for (int64_t i = 0; i < w->m; i++)
    for (int j = 0; j < w->k; j++) {
      struct service_estimate *s = &out[(of ? of[i] : n_domains) * w->k + j];
      if (!w->measures[j].in || w->measures[j].in[w->row[i]]) s->n++;
      else s->n_left_out++;
    }
}
static enum err_code partition(const struct work *w, const int32_t *of, int32_t n, struct service_estimate *out, struct err *e) {
  const struct taylor_domains d = {n, of};
  double *total = ARENA_ARRAY(w->a, double, (int64_t)n * 2 * w->k + 1), *var = ARENA_ARRAY(w->a, double, (int64_t)n * w->k + 1);
  if (!total || !var) return ERR(e, E_NO_MEMORY, .subject = "detail forms");
  TRY(totals(w, &d, total, e));
  TRY(variances(w, &d, total, var, e));
  for (int64_t g = 0; g < n; g++) fill(w, total + g * 2 * w->k, var + g * w->k, out + g * w->k);
  return E_OK;
}

/* --- a total whose item some respondents lack: those who have it stand for their cell --- */
struct refit {
  struct service_cells cells; /* respondents with the item, and their weights */
  bool lonely;                /* a cell with one of them for several facilities */
};
static enum err_code cells_of_item(
    struct arena *a, const struct service_cells *all, int64_t m, const uint8_t *in, struct refit *out, struct err *e) {
  out->cells = *all;
  out->lonely = false;
  out->cells.respondents = ARENA_ARRAY(a, int64_t, all->n_cells + 1);
  out->cells.weight = ARENA_ARRAY(a, double, all->n_cells + 1);
  if (!out->cells.respondents || !out->cells.weight) return ERR(e, E_NO_MEMORY, .subject = "detail forms");
  for (int64_t i = 0; i < m; i++)
    if (all->of_respondent[i] >= 0) out->cells.respondents[all->of_respondent[i]] += in[i] != 0;
  for (int32_t c = 0; c < all->n_cells; c++) {
    const int64_t n = out->cells.respondents[c];
    out->cells.weight[c] = n ? (double)all->facilities[c] / (double)n : 0;
    out->lonely = out->lonely || (n == 1 && all->facilities[c] > 1);
  }
  return E_OK;
}
/* Nobody of a cell has the item: nothing stands for its facilities, neither in their domain nor in the whole. */
static void undefine(struct service_estimate *s, int64_t n, int64_t left_out) {
  *s = (struct service_estimate){.n = n, .n_left_out = left_out, .cell_without_item = true};
}
static void take_refit(const struct work *w, const struct refit *f, int64_t m, const int32_t *domain, int32_t n_domains, int j, bool error,
    const struct service_estimate *fitted, struct service_estimate *out) {
  for (int32_t g = 0; g <= n_domains; g++) {
    struct service_estimate *s = &out[(int64_t)g * w->k + j];
    const int64_t n = s->n, left_out = s->n_left_out;
    *s = fitted[g];
    s->n = n, s->n_left_out = left_out, s->reweighted = true;
    s->has_se = s->has_se && error;
  }
  for (int64_t i = 0; i < m; i++) {
    const int32_t c = f->cells.of_respondent[i];
    if (c < 0 || f->cells.respondents[c]) continue;
    struct service_estimate *own = &out[(int64_t)domain[i] * w->k + j], *whole = &out[(int64_t)n_domains * w->k + j];
    undefine(own, own->n, own->n_left_out), undefine(whole, whole->n, whole->n_left_out);
  }
}
static enum err_code refit_total(const struct work *w, const struct service_cells *cells, int64_t m, const int32_t *domain, int32_t n_domains, int j,
    enum lonely_policy lonely, struct service_estimate *out, struct err *e) {
  struct refit f;
  struct work one = {.job = w->job, .a = w->a, .measures = &w->measures[j], .k = 1, .only = w->measures[j].in};
  struct service_estimate *fitted = ARENA_ARRAY(w->a, struct service_estimate, n_domains + 1);
  if (!fitted) return ERR(e, E_NO_MEMORY, .subject = "detail forms");
  TRY(cells_of_item(w->a, cells, m, w->measures[j].in, &f, e));
  TRY(build_design(&one, &f.cells, m, f.lonely ? LONELY_CENTRE : lonely, e));
  TRY(take_columns(&one, e));
  int32_t *of = ARENA_ARRAY(w->a, int32_t, one.m + 1);
  if (!of) return ERR(e, E_NO_MEMORY, .subject = "detail forms");
  for (int64_t i = 0; i < one.m; i++) of[i] = domain[one.row[i]];
  count(&one, of, n_domains, fitted);
  count(&one, NULL, n_domains, fitted);
  if (one.m) {
    TRY(partition(&one, of, n_domains, fitted, e));
    TRY(partition(&one, NULL, 1, fitted + n_domains, e));
  }
  take_refit(w, &f, m, domain, n_domains, j, !f.lonely || lonely == LONELY_CENTRE, fitted, out);
  return E_OK;
}

enum err_code service_estimates(const struct job *job, struct arena *a, const struct service_cells *cells, int64_t m, const int32_t *domain,
    int32_t n_domains, const struct service_measure *measures, int k, enum lonely_policy lonely, struct service_estimate *out, struct err *e) {
  struct work w = {.job = job, .a = a, .measures = measures, .k = k};
  if (k > SERVICE_MEASURES_MOST) return ERR(e, E_TABLE_TOO_WIDE, .subject = "measures");
  memset(out, 0, sizeof *out * (size_t)((n_domains + 1) * k));
  TRY(build_design(&w, cells, m, lonely, e));
  TRY(take_columns(&w, e));
  int32_t *of = ARENA_ARRAY(a, int32_t, w.m + 1);
  if (!of) return ERR(e, E_NO_MEMORY, .subject = "detail forms");
  for (int64_t i = 0; i < w.m; i++) of[i] = domain[w.row[i]];
  count(&w, of, n_domains, out);
  count(&w, NULL, n_domains, out);
  TRY(partition(&w, of, n_domains, out, e));
  TRY(partition(&w, NULL, 1, out + (int64_t)n_domains * k, e));
  for (int j = 0; j < k; j++)
    if (!measures[j].x && out[(int64_t)n_domains * k + j].n_left_out) TRY(refit_total(&w, cells, m, domain, n_domains, j, lonely, out, e));
  return E_OK;
}
