/* truth_replay.c -- where selective editing may stop, found by replay (replay.h) on a month whose right answers are known.
 *   truth_replay CLEAN_OFFICE OFFICE PERIOD BEFORE ITEM LIMIT_PERCENT STAGE
 * Score   as the step `selective` of the labour survey's job: 100 w |value of STAGE - last month| / total of last month of the register's industry, w
 * = design weight. Records without last month are not scored there and take no part here. Prints  one line per industry: records, how many must be
 * reviewed (q) so that what is left moves the total by at most the limit, the score of the last of them (the threshold), and the relative pseudo-bias
 * without any review and behind q, in per cent: replay,STAGE,INDUSTRY,n,q,threshold,none,left. A threshold of a job that is no higher than all of
 * them keeps to the limit; `-` = nothing has to be reviewed. With STAGE imputed also imputation,INDUSTRY,n,imputed,naive,sarndal,jackknife: standard
 * errors of the industry's total, in per cent of it, when values put in count like reported ones and with what imputation adds
 * (imputation_variance.h; ratio to last month, strata of the register with two records or more). */
#include <math.h>

#include "processing/impute/imputation_variance.h"
#include "processing/outlier/replay.h"
#include "tests/demo/truth_read.h"

enum { ROWS = 100000, DOMAINS = 64, PERCENT = 100 };
struct months {
  struct truth_reader r;
  struct form *form, *frame;
  const char *item, *stage;
  struct process_data truth, received, before, registered;
  struct dict *industries;
  int64_t n;
  double *raw, *edited, *last, *weight, *score;
  uint8_t *status, *observed;
  int32_t *domain, *stratum;
  struct dict *strata;
  struct str *unit;
};

/* --- in --- */
static void read_all(struct months *m, char **argv) {
  struct err e = {.code = E_OK};
  if (process_form(&m->r.job, "mls/establishment", argv[3], &m->form, &e) || process_form(&m->r.job, "mls/register", argv[3], &m->frame, &e))
    stop_at("form", &e);
  struct store *clean = truth_office(&m->r, argv[1]), *s = truth_office(&m->r, argv[2]);
  truth_stage(&m->r, m->form, clean, argv[3], "received", &m->truth);
  truth_stage(&m->r, m->form, s, argv[3], m->stage, &m->received);
  truth_stage(&m->r, m->form, s, argv[4], "received", &m->before);
  truth_stage(&m->r, m->frame, s, argv[3], "received", &m->registered);
  store_close(clean);
  store_close(s);
}
/* The record of the same unit in another dataset; t NULL = none. Keys of both forms are the same two. */
static struct place find(const struct months *m, const struct process_data *d, struct str key) {
  char other[KEY];
  for (int64_t k = 0; k < d->n; k++)
    for (int64_t row = 0; row < d->tables[k].n_rows; row++) {
      struct place p = {&d->tables[k], row, k};
      if (str_eq(key_of(m->form, p, other), key)) return p;
    }
  return (struct place){NULL, 0, 0};
}
static bool number(const struct months *m, struct place p, const char *item, double *out) {
  char text[TEXT];
  (void)m;
  if (!p.t || !value_present(status_of(p, item))) return false;
  *out = strtod(value(p, item, text), NULL);
  return true;
}
static void take(struct months *m, struct place p) {
  char key[KEY], text[TEXT];
  struct str k = key_of(m->form, p, key);
  struct place reg = find(m, &m->registered, k);
  double num, den;
  int64_t i = m->n;
  if (!number(m, p, m->item, &m->raw[i]) || !number(m, find(m, &m->truth, k), m->item, &m->edited[i]) ||
      !number(m, find(m, &m->before, k), m->item, &m->last[i]))
    return;
  if (!number(m, reg, "weight_num", &num) || !number(m, reg, "weight_den", &den) || m->n == ROWS) stop_bare("a unit without a weight");
  m->weight[i] = num / den;
  m->domain[i] = dict_add(m->industries, str_of(value(reg, "industry", text)));
  m->stratum[i] = dict_add(m->strata, str_of(value(reg, "stratum_id", text)));
  m->observed[i] = status_of(p, m->item) != VAL_IMPUTED;
  const char *copy = arena_strdup(m->r.a, k.p, k.n);
  if (!copy || m->stratum[i] < 0 || m->domain[i] < 0 || m->domain[i] >= DOMAINS) stop_bare("industries");
  m->unit[i] = str_view(copy, k.n);
  m->n++;
}

/* --- score and replay --- */
static void score(struct months *m) {
  double total[DOMAINS] = {0};
  for (int64_t i = 0; i < m->n; i++) total[m->domain[i]] += m->weight[i] * m->last[i];
  for (int64_t i = 0; i < m->n; i++) m->score[i] = PERCENT * m->weight[i] * fabs(m->raw[i] - m->last[i]) / total[m->domain[i]];
}
static void print(const struct months *m, double limit) {
  struct err e = {.code = E_OK};
  struct num_column raw = {m->item, 0, m->raw, m->status}, edited = {m->item, 0, m->edited, m->status};
  struct replay_item item = {&raw, &edited, NULL};
  struct replay_domain d[DOMAINS];
  const int n_domains = dict_count(m->industries);
  const struct replay_spec spec = {.n = m->n,
                                   .unit = m->unit,
                                   .score = m->score,
                                   .weight = m->weight,
                                   .domain = m->domain,
                                   .n_domains = n_domains,
                                   .n_items = 1,
                                   .items = &item,
                                   .limit = limit / PERCENT};
  if (replay_run(d, m->r.a, &spec, &e)) stop_at("replay", &e);
  for (int k = 0; k < n_domains; k++) {
    struct str name = dict_text(m->industries, k);
    printf("replay,%s,%.*s,%lld,%lld,", m->stage, (int)name.n, name.p, (long long)d[k].n, (long long)d[k].q_stable);
    if (d[k].has_threshold) printf("%.4f", d[k].threshold);
    else printf("-");
    printf(",%.4f,%.4f\n", PERCENT * d[k].rpb_none[0], PERCENT * d[k].rpb[0]);
  }
}

/* --- what imputation adds --- */
struct domain_sample {
  double *y, *x, *pop;
  uint8_t *observed;
  int32_t *stratum, n_strata;
  int64_t n, n_imputed;
};
static void sample_of(const struct months *m, int domain, struct domain_sample *s) {
  const int n_all = dict_count(m->strata);
  int64_t *count = ARENA_ARRAY(m->r.a, int64_t, n_all + 1);
  int32_t *code = ARENA_ARRAY(m->r.a, int32_t, n_all + 1);
  *s = (struct domain_sample){.y = ARENA_ARRAY(m->r.a, double, m->n + 1),
                              .x = ARENA_ARRAY(m->r.a, double, m->n + 1),
                              .pop = ARENA_ARRAY(m->r.a, double, n_all + 1),
                              .observed = ARENA_ARRAY(m->r.a, uint8_t, m->n + 1),
                              .stratum = ARENA_ARRAY(m->r.a, int32_t, m->n + 1)};
  if (!count || !code || !s->y || !s->x || !s->pop || !s->observed || !s->stratum) stop_bare("no memory");
  for (int64_t i = 0; i < m->n; i++) count[m->stratum[i]] += m->domain[i] == domain && m->last[i] > 0;
  for (int k = 0; k < n_all; k++) code[k] = count[k] >= 2 ? s->n_strata++ : -1;
  for (int64_t i = 0; i < m->n; i++) {
    const int32_t at = code[m->stratum[i]];
    if (m->domain[i] != domain || m->last[i] <= 0 || at < 0) continue;
    s->y[s->n] = m->raw[i], s->x[s->n] = m->last[i], s->observed[s->n] = m->observed[i], s->stratum[s->n] = at;
    s->pop[at] += m->weight[i];
    s->n++, s->n_imputed += !m->observed[i];
  }
}
static void print_variance(const struct months *m) {
  struct err e = {.code = E_OK};
  for (int k = 0; k < dict_count(m->industries); k++) {
    struct domain_sample s;
    struct iv_result v;
    struct str name = dict_text(m->industries, k);
    sample_of(m, k, &s);
    const struct iv_input in = {s.n, s.y, s.x, s.observed, s.stratum, s.n_strata, s.pop};
    if (imputation_variance(m->r.a, &in, &v, &e)) stop_at("imputation variance", &e);
    printf("imputation,%.*s,%lld,%lld,%.4f,%.4f,%.4f\n", (int)name.n, name.p, (long long)s.n, (long long)s.n_imputed,
           PERCENT * sqrt(v.naive) / v.total, PERCENT * sqrt(v.sarndal) / v.total, PERCENT * sqrt(v.jackknife) / v.total);
  }
}

int main(int argc, char **argv) {
  struct months m = {.r = {.a = arena_new(0)}};
  if (argc != 8 || !m.r.a) {
    fprintf(stderr, "usage: truth_replay CLEAN_OFFICE OFFICE PERIOD BEFORE ITEM LIMIT_PERCENT STAGE\n");
    return 64;
  }
  m.r.job = (struct job){.arena = m.r.a, .n_threads = 1};
  m.item = argv[5], m.stage = argv[7];
  m.industries = dict_new(m.r.a), m.strata = dict_new(m.r.a);
  m.observed = ARENA_ARRAY(m.r.a, uint8_t, ROWS), m.stratum = ARENA_ARRAY(m.r.a, int32_t, ROWS);
  m.raw = ARENA_ARRAY(m.r.a, double, ROWS), m.edited = ARENA_ARRAY(m.r.a, double, ROWS), m.last = ARENA_ARRAY(m.r.a, double, ROWS);
  m.weight = ARENA_ARRAY(m.r.a, double, ROWS), m.score = ARENA_ARRAY(m.r.a, double, ROWS), m.status = ARENA_ARRAY(m.r.a, uint8_t, ROWS);
  m.domain = ARENA_ARRAY(m.r.a, int32_t, ROWS), m.unit = ARENA_ARRAY(m.r.a, struct str, ROWS);
  if (!m.industries || !m.strata || !m.observed || !m.stratum || !m.raw || !m.edited || !m.last || !m.weight || !m.score || !m.status || !m.domain ||
      !m.unit)
    stop_bare("no memory");
  read_all(&m, argv);
  for (int64_t k = 0; k < m.received.n; k++)
    for (int64_t row = 0; row < m.received.tables[k].n_rows; row++) take(&m, (struct place){&m.received.tables[k], row, k});
  score(&m);
  print(&m, strtod(argv[6], NULL));
  if (!strcmp(m.stage, "imputed")) print_variance(&m);
  arena_free(m.r.a);
  return 0;
}
