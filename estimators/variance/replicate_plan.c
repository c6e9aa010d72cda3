#include "estimators/design/survey_plan.h"
#include "estimators/variance/replicate_plan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "base/table.h"

static const struct {
  const char *name;
  enum replicate_method method;
} METHODS[] = {{"given", REPLICATE_GIVEN}, {"jk1", REPLICATE_JK1}, {"jkn", REPLICATE_JKN}, {"brr", REPLICATE_BRR}, {"fay", REPLICATE_BRR},
    {"bootstrap", REPLICATE_BOOTSTRAP}, {"preston", REPLICATE_PRESTON}, {"antal-tille", REPLICATE_ANTAL_TILLE},
    {"generalized", REPLICATE_GENERALIZED}, {"successive", REPLICATE_SUCCESSIVE}};
/* Which entries go with which methods: a bit for each method. */
enum {
  ANY = ~0,
  RANDOM = 1 << REPLICATE_BOOTSTRAP | 1 << REPLICATE_PRESTON | 1 << REPLICATE_ANTAL_TILLE,
  COUNTED = RANDOM | 1 << REPLICATE_BRR | 1 << REPLICATE_GENERALIZED | 1 << REPLICATE_SUCCESSIVE
};

struct reading {
  struct arena *a;
  const struct survey_columns *columns;
  struct replicate_plan *out;
  bool seeded, scaled;
  struct err *e;
};
static enum err_code bad(const struct reading *r, const char *key, const char *expected) {
  char text[80];
  snprintf(text, sizeof text, "replicates.%.60s", key);
  return ERR(r->e, E_REPLICATE_KEY, .subject = text, .expected = expected);
}

static enum err_code number_column(const struct reading *r, const char *key, const char *name, const struct survey_column **out) {
  const struct survey_column *c = name && r->columns ? survey_column(r->columns, name) : NULL;
  if (!c || !c->number) return bad(r, key, "the name of a column of numbers");
  for (int64_t i = 0; i < r->columns->n; i++)
    if (!c->number || !value_present(c->status[i])) return bad(r, key, "a column without missing values");
  *out = c;
  return E_OK;
}
static enum err_code read_weights(const struct reading *r, const struct json_value *v) {
  const int64_t n = json_is_array(v) ? (int64_t)json_length(v) : json_member_int(v, "count", 0);
  const char *prefix = json_member_string(v, "prefix", NULL), *key;
  const struct json_value *entry;
  if (n < 2 || n > REPLICATE_PLAN_MOST_COUNT) return bad(r, "weights", "2 columns or more");
  for (size_t i = 0; json_member_at(v, i, &key, &entry); i++)
    if (strcmp(key, "count") && strcmp(key, "prefix")) return bad(r, "weights", "prefix and count, or a list of names");
  if (!json_is_array(v) && !prefix) return bad(r, "weights", "prefix and count, or a list of names");
  r->out->given = ARENA_ARRAY(r->a, const struct survey_column *, n);
  if (!r->out->given) return ERR(r->e, E_NO_MEMORY, .subject = "replicates");
  for (int64_t i = 0; i < n; i++) {
    const char *name = prefix ? arena_printf(r->a, "%s%lld", prefix, (long long)i + 1) : json_string(json_element(v, (size_t)i));
    TRY(number_column(r, "weights", name, &r->out->given[i]));
  }
  r->out->n_given = (int)n;
  return E_OK;
}
static enum err_code read_rscales(const struct reading *r, const struct json_value *v) {
  const int64_t n = json_is_array(v) ? (int64_t)json_length(v) : 0;
  double *out = n > 0 && n <= REPLICATE_PLAN_MOST_COUNT ? ARENA_ARRAY(r->a, double, n) : NULL;
  if (!out) return bad(r, "rscales", "a list of numbers, one for each replicate");
  for (int64_t i = 0; i < n; i++)
    if (!plan_number(json_element(v, (size_t)i), &out[i]) || !(out[i] >= 0) || !isfinite(out[i])) return bad(r, "rscales", "numbers of 0 or more");
  r->out->rscale = out;
  r->out->df = n; /* until the number of columns is known: see check_given */
  return E_OK;
}
static enum err_code read_seed(struct reading *r, const struct json_value *v) {
  static const uint8_t KEY[16] = "replicates seed";
  const char *text = json_string(v);
  if (!text || !*text) return bad(r, "seed", "a text such as \"2026-04 household\"");
  r->out->spec.seed = siphash24(KEY, text, strlen(text));
  r->seeded = true;
  return E_OK;
}
static enum err_code read_integer(const struct reading *r, const char *key, const struct json_value *v, int64_t least, int64_t most, int64_t *out) {
  if (!json_integer(v, out) || *out < least || *out > most) return bad(r, key, "a whole number in its range");
  return E_OK;
}
static enum err_code read_real(const struct reading *r, const char *key, const struct json_value *v, double least, double below, double *out) {
  if (!plan_number(v, out) || !(*out >= least) || !(*out < below)) return bad(r, key, "a number in its range");
  return E_OK;
}
static enum err_code read_flag(const struct reading *r, const char *key, const struct json_value *v, bool *out) {
  return json_boolean(v, out) ? E_OK : bad(r, key, "true or false");
}
static enum err_code read_large(const struct reading *r, const struct json_value *v) {
  const char *text = json_string(v);
  if (!text || (strcmp(text, "pairs") && strcmp(text, "merge"))) return bad(r, "large", "pairs or merge");
  r->out->spec.merge = strcmp(text, "merge") == 0;
  return E_OK;
}

enum entry { COUNT, SEED, MSE, RHO, LARGE, DRAWS, TAU, ORDER, WEIGHTS, COMBINED, SCALE, RSCALES, DF };
static const struct {
  const char *name;
  int methods;
} ENTRIES[] = {[COUNT] = {"count", COUNTED},
    [SEED] = {"seed", RANDOM | 1 << REPLICATE_GENERALIZED},
    [MSE] = {"mse", ANY},
    [RHO] = {"rho", 1 << REPLICATE_BRR},
    [LARGE] = {"large", 1 << REPLICATE_BRR},
    [DRAWS] = {"draws", 1 << REPLICATE_BOOTSTRAP},
    [TAU] = {"tau", 1 << REPLICATE_GENERALIZED},
    [ORDER] = {"order", 1 << REPLICATE_SUCCESSIVE},
    [WEIGHTS] = {"weights", 1 << REPLICATE_GIVEN},
    [COMBINED] = {"combined", 1 << REPLICATE_GIVEN},
    [SCALE] = {"scale", 1 << REPLICATE_GIVEN},
    [RSCALES] = {"rscales", 1 << REPLICATE_GIVEN},
    [DF] = {"df", 1 << REPLICATE_GIVEN}};
enum { N_ENTRIES = sizeof ENTRIES / sizeof *ENTRIES };

static enum err_code read_entry(struct reading *r, enum entry entry, const char *key, const struct json_value *v) {
  struct replicate_plan *p = r->out;
  int64_t n = 0;
  switch (entry) {
    case COUNT: TRY(read_integer(r, key, v, 2, REPLICATE_PLAN_MOST_COUNT, &n)); return p->spec.count = (int)n, E_OK;
    case SEED: return read_seed(r, v);
    case MSE: return read_flag(r, key, v, &p->spec.mse);
    case RHO: return read_real(r, key, v, 0, 1, &p->spec.rho);
    case LARGE: return read_large(r, v);
    case DRAWS: TRY(read_integer(r, key, v, 1, INT32_MAX, &n)); return p->spec.draws = (int)n, E_OK;
    case TAU: return read_real(r, key, v, 1, 1e6, &p->spec.tau);
    case ORDER: return number_column(r, key, json_string(v), &p->order);
    case WEIGHTS: return read_weights(r, v);
    case COMBINED: return read_flag(r, key, v, &p->combined);
    case SCALE: r->scaled = true; return read_real(r, key, v, 0, INFINITY, &p->scale);
    case RSCALES: return read_rscales(r, v);
    case DF: return read_integer(r, key, v, 1, INT32_MAX, &p->df);
  }
  return bad(r, key, NULL);
}
static enum err_code read_method(const struct reading *r, const struct json_value *v) {
  const char *name = json_string(json_member(v, "method"));
  for (size_t k = 0; name && k < sizeof METHODS / sizeof *METHODS; k++)
    if (strcmp(name, METHODS[k].name) == 0) return r->out->spec.method = METHODS[k].method, E_OK;
  return bad(r, "method", "given jk1 jkn brr fay bootstrap preston antal-tille generalized successive");
}
static enum err_code check_plan(const struct reading *r, const struct json_value *v) {
  struct replicate_plan *p = r->out;
  const enum replicate_method m = p->spec.method;
  const bool random = (RANDOM >> m & 1) || (m == REPLICATE_GENERALIZED && p->spec.count);
  if ((RANDOM >> m & 1) && !p->spec.count) return bad(r, "count", "the number of replicates");
  if (random && !r->seeded) return bad(r, "seed", "a text: random replicates need a seed");
  if (strcmp(json_string(json_member(v, "method")), "fay") == 0 && !(p->spec.rho > 0)) return bad(r, "rho", "Fay's factor between 0 and 1");
  if (m != REPLICATE_GIVEN) return E_OK;
  if (!p->given) return bad(r, "weights", "prefix and count, or a list of names");
  if (!r->scaled) return bad(r, "scale", "the factor of the sum of squares");
  if (p->rscale && p->df != p->n_given && !json_member(v, "df")) return bad(r, "rscales", "as many as there are replicates");
  if (!json_member(v, "df")) p->df = 0;
  return E_OK;
}

enum err_code replicate_plan_parse(
    struct arena *a, const struct json_value *v, const struct survey_columns *columns, struct replicate_plan *out, struct err *e) {
  struct reading r = {.a = a, .columns = columns, .out = out, .e = e};
  const struct json_value *entry;
  const char *key;
  *out = (struct replicate_plan){.scale = 1};
  if (!json_is_object(v)) return bad(&r, "method", "an object");
  TRY(read_method(&r, v));
  for (size_t i = 0; json_member_at(v, i, &key, &entry); i++) {
    int k = 0;
    if (strcmp(key, "method") == 0) continue;
    while (k < N_ENTRIES && strcmp(ENTRIES[k].name, key)) k++;
    if (k == N_ENTRIES) return bad(&r, key, "an entry that exists");
    if (!(ENTRIES[k].methods >> out->spec.method & 1)) return bad(&r, key, "an entry that goes with the method");
    TRY(read_entry(&r, (enum entry)k, key, entry));
  }
  return check_plan(&r, v);
}

static enum err_code make_given(
    struct arena *a, const struct replicate_plan *p, const double *weight, struct replicate_set *out, int64_t n, struct err *e) {
  double *multiplier = ARENA_ARRAY(a, double, (int64_t)p->n_given *n + 1);
  if (!multiplier) return ERR(e, E_NO_MEMORY, .subject = "replicates");
  for (int r = 0; r < p->n_given; r++)
    for (int64_t i = 0; i < n; i++) {
      const double v = p->given[r]->number[i];
      if (p->combined && weight[i] == 0 && v != 0) return ERR(e, E_REPLICATE_SPEC, .subject = "a replicate weight of a record without weight");
      multiplier[(int64_t)r * n + i] = !p->combined ? v : weight[i] != 0 ? v / weight[i] : 0;
    }
  *out = (struct replicate_set){.n = n, .n_units = n, .n_replicates = p->n_given, .multiplier = multiplier, .scale = p->scale, .rscale = p->rscale,
      .mse = p->spec.mse, .df = p->df ? p->df : p->n_given - 1};
  return E_OK;
}
enum err_code replicate_plan_make(struct arena *a, const struct replicate_plan *p, const struct sample_design *d, const double *weight,
    const uint64_t *stratum_key, struct replicate_set *out, struct replicate_report *report, struct err *e) {
  struct replicate_spec spec = p->spec;
  if (report) *report = (struct replicate_report){0};
  if (spec.method == REPLICATE_GIVEN) return make_given(a, p, weight, out, d->n, e);
  spec.order = p->order ? p->order->number : NULL;
  spec.stratum_key = stratum_key;
  return replicate_make(a, d, &spec, out, report, e);
}
