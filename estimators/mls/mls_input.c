#include "estimators/mls/mls_input.h"

#include <stdio.h>
#include <string.h>

#include "base/ext_json.h"

static const char *const item_prefix[MLS_ITEMS] = {"e0", "inc", "dec", "e1", "pt", "d", "hs", "ho", "c", "o", "s"};
static const char *const split_suffix[MLS_SPLITS] = {"total", "male", "female", NULL, "part"};

/* --- strata and the plan --- */
static bool plan_says_take_all(const struct json_value *plan, struct str size) {
  const struct json_value *rules = json_member(plan, "rules");
  for (size_t i = 0; i < json_length(rules); i++) {
    const struct json_value *r = json_element(rules, i);
    if (str_eq(str_of(json_member_string(r, "size", "")), size) && !strcmp(json_member_string(r, "rule", ""), "take-all")) return true;
  }
  return false;
}

static const char *exception_of(struct arena *a, const struct json_value *plan, struct str stratum) {
  const struct json_value *list = json_member(plan, "exceptions");
  for (size_t i = 0; i < json_length(list); i++) {
    const struct json_value *x = json_element(list, i);
    const char *text = json_member_string(x, "text", "");
    if (str_eq(str_of(json_member_string(x, "stratum", "")), stratum) && *text) return arena_strdup(a, text, strlen(text));
  }
  return NULL;
}

static const char *signed_exception(const struct mls_datasets *d, struct str stratum) {
  for (int32_t i = 0; i < d->n_exceptions; i++)
    if (d->exceptions[i].signers >= 2 && d->exceptions[i].control == MLS_C3 && str_eq(d->exceptions[i].stratum, stratum))
      return d->exceptions[i].text;
  return NULL;
}

struct stratum_columns {
  struct str *id, *rule, *size, *industry, *prefecture;
  int64_t *frame, *workers, *drawn, *num, *den, *from, *to;
  uint8_t *status, *workers_status, *from_status, *to_status;
};

static enum err_code read_stratum_columns(struct arena *a, const struct shard_rows *r, struct stratum_columns *c, struct err *e) {
  TRY(shard_rows_text(a, r, "stratum_id", &c->id, e));
  TRY(shard_rows_text(a, r, "rule", &c->rule, e));
  TRY(shard_rows_text(a, r, "size", &c->size, e));
  TRY(shard_rows_int(a, r, "frame_establishments", &c->frame, &c->status, NULL, e));
  TRY(shard_rows_int(a, r, "drawn_establishments", &c->drawn, &c->status, NULL, e));
  TRY(shard_rows_int(a, r, "weight_num", &c->num, &c->status, NULL, e));
  TRY(shard_rows_int(a, r, "weight_den", &c->den, &c->status, NULL, e));
  TRY(shard_rows_int(a, r, "effective_from", &c->from, &c->from_status, NULL, e));
  return shard_rows_int(a, r, "effective_to", &c->to, &c->to_status, NULL, e);
}

/* What a plan's rules go by. */
static enum err_code read_rule_columns(struct arena *a, const struct shard_rows *r, struct stratum_columns *c, struct err *e) {
  TRY(shard_rows_text(a, r, "industry", &c->industry, e));
  TRY(shard_rows_text(a, r, "prefecture_group", &c->prefecture, e));
  return shard_rows_int(a, r, "frame_workers", &c->workers, &c->workers_status, NULL, e);
}

static bool in_force(const struct stratum_columns *c, int64_t i, int64_t day) {
  return (!value_present(c->from_status[i]) || c->from[i] <= day) && (!value_present(c->to_status[i]) || c->to[i] >= day);
}

static enum err_code read_strata(
    struct arena *a, const struct mls_datasets *d, const struct json_value *plan, struct stratum **out, int32_t *n, struct err *e) {
  struct stratum_columns c = {.id = NULL};
  int64_t rows = shard_rows_count(&d->strata);
  TRY(read_stratum_columns(a, &d->strata, &c, e));
  if (d->plan) TRY(read_rule_columns(a, &d->strata, &c, e));
  struct stratum *s = ARENA_ARRAY(a, struct stratum, rows + 1);
  if (!s) return ERR(e, E_NO_MEMORY, .subject = "strata");
  *n = 0;
  for (int64_t i = 0; i < rows; i++) {
    if (!in_force(&c, i, d->day)) continue;
    const struct mls_plan_rule *rule = d->plan ? mls_plan_rule_of(d->plan, c.industry[i], c.size[i], c.prefecture[i]) : NULL;
    bool planned = d->plan ? rule && rule->take_all : plan_says_take_all(plan, c.size[i]);
    bool take_all = str_eq(c.rule[i], STR("take-all")) || planned;
    s[(*n)++] = (struct stratum){.id = c.id[i],
        .rule = take_all ? STRATUM_TAKE_ALL : STRATUM_SAMPLE,
        .frame_units = c.frame[i],
        .drawn_units = c.drawn[i],
        .weight_num = c.num[i],
        .weight_den = c.den[i],
        .exception = d->plan ? signed_exception(d, c.id[i]) : exception_of(a, plan, c.id[i])};
  }
  *out = s;
  return E_OK;
}

/* --- register --- */
struct registers {
  struct str *prefecture, *number, *stratum, *cell;
  int64_t *num, *den;
  uint8_t *status;
  struct dict *keys; /* prefecture and number -> register row */
  int64_t *row_of;
  int64_t n;
};

static struct str unit_key(struct str prefecture, struct str number, char *buffer, size_t size) {
  int n = snprintf(buffer, size, "%.*s/%.*s", (int)prefecture.n, prefecture.p, (int)number.n, number.p);
  return str_view(buffer, n < (int)size ? (size_t)n : size - 1);
}

static enum err_code read_register(struct arena *a, const struct shard_rows *r, struct registers *g, struct err *e) {
  char key[128];
  *g = (struct registers){.n = shard_rows_count(r), .keys = dict_new(a)};
  TRY(shard_rows_text(a, r, "prefecture", &g->prefecture, e));
  TRY(shard_rows_text(a, r, "establishment_no", &g->number, e));
  TRY(shard_rows_text(a, r, "stratum_id", &g->stratum, e));
  TRY(shard_rows_text(a, r, "cell", &g->cell, e));
  TRY(shard_rows_int(a, r, "weight_num", &g->num, &g->status, NULL, e));
  TRY(shard_rows_int(a, r, "weight_den", &g->den, &g->status, NULL, e));
  g->row_of = ARENA_ARRAY(a, int64_t, g->n + 1);
  if (!g->keys || !g->row_of) return ERR(e, E_NO_MEMORY, .subject = r->name);
  for (int64_t i = 0; i < g->n; i++) {
    int32_t k = dict_add(g->keys, unit_key(g->prefecture[i], g->number[i], key, sizeof key));
    if (k < 0) return ERR(e, E_NO_MEMORY, .subject = r->name);
    g->row_of[k] = i;
  }
  return E_OK;
}

static struct design_unit unit_of(const struct registers *g, int64_t row, const char *place) {
  if (row < 0) return (struct design_unit){.place = place};
  return (struct design_unit){g->stratum[row], g->num[row], g->den[row], place};
}

/* --- reports --- */
struct reports {
  int64_t n, *row; /* kept and complete rows of the establishment dataset */
  int64_t *x[MLS_SPLITS][MLS_ITEMS];
  uint8_t *status[MLS_SPLITS][MLS_ITEMS];
};

static enum err_code read_reports(struct arena *a, const struct shard_rows *r, struct reports *p, struct err *e) {
  char name[32];
  for (int s = 0; s < MLS_SPLITS; s++)
    for (int i = 0; i < MLS_ITEMS; i++) {
      bool asked = s != MLS_GENERAL && !(s == MLS_PART && i == MLS_PT) && !(i == MLS_O && s != MLS_ALL && s != MLS_PART);
      if (!asked) continue;
      snprintf(name, sizeof name, "%s_%s", item_prefix[i], split_suffix[s]);
      TRY(shard_rows_int(a, r, name, &p->x[s][i], &p->status[s][i], NULL, e));
    }
  return E_OK;
}

static bool complete(const struct reports *p, int64_t i) {
  bool no_part = value_present(p->status[MLS_ALL][MLS_PT][i]) && p->x[MLS_ALL][MLS_PT][i] == 0;
  for (int s = 0; s < MLS_SPLITS; s++)
    for (int k = 0; k < MLS_ITEMS; k++) {
      if (!p->status[s][k] || value_present(p->status[s][k][i])) continue;
      uint8_t why = p->status[s][k][i];
      if (s == MLS_PART && no_part && (why == VAL_BLANK || why == VAL_NOT_APPLICABLE)) continue; /* no part-time workers: the columns are empty */
      return false;
    }
  return true;
}

static enum err_code choose_reports(struct arena *a, const struct mls_datasets *d, struct reports *p, struct mls_input *out, struct err *e) {
  out->n_records = shard_rows_count(&d->establishment);
  p->row = ARENA_ARRAY(a, int64_t, out->n_records + 1);
  if (!p->row) return ERR(e, E_NO_MEMORY, .subject = "reports");
  for (int64_t i = 0; i < out->n_records; i++) {
    if (d->keep && !d->keep[i]) continue;
    out->n_kept++;
    if (complete(p, i)) p->row[p->n++] = i;
    else out->n_incomplete++;
  }
  for (int s = 0; s < MLS_SPLITS; s++)
    for (int k = 0; k < MLS_ITEMS; k++)
      for (int64_t i = 0; p->x[s][k] && i < p->n; i++) p->x[s][k][i] = p->x[s][k][p->row[i]]; /* row[i] >= i: in place */
  return E_OK;
}

/* --- cells --- */
struct cells {
  struct mls_cell *cell;
  double *k, *rho;
  struct dict *ids;
  int32_t n;
};

static double scaled(int64_t v, int decimals) {
  double p = 1;
  for (int i = 0; i < decimals; i++) p *= 10;
  return (double)v / p;
}

static enum err_code read_cells(struct arena *a, const struct shard_rows *r, struct cells *c, struct err *e) {
  struct str *id, *industry, *size, *neighbour;
  int64_t *workers, *rate, *factor;
  uint8_t *workers_status, *rate_status, *factor_status;
  int workers_decimals = 0, rate_decimals = 0, factor_decimals = 0;
  TRY(shard_rows_text(a, r, "cell", &id, e));
  TRY(shard_rows_text(a, r, "industry", &industry, e));
  TRY(shard_rows_text(a, r, "size", &size, e));
  TRY(shard_rows_text(a, r, "neighbour", &neighbour, e));
  TRY(shard_rows_int(a, r, "workers", &workers, &workers_status, &workers_decimals, e));
  TRY(shard_rows_int(a, r, "insurance_rate", &rate, &rate_status, &rate_decimals, e));
  TRY(shard_rows_int(a, r, "insurance_factor", &factor, &factor_status, &factor_decimals, e));
  c->n = (int32_t)shard_rows_count(r);
  c->cell = ARENA_ARRAY(a, struct mls_cell, c->n + 1);
  c->k = ARENA_ARRAY(a, double, c->n + 1);
  c->rho = ARENA_ARRAY(a, double, c->n + 1);
  c->ids = dict_new(a);
  if (!c->cell || !c->k || !c->rho || !c->ids) return ERR(e, E_NO_MEMORY, .subject = r->name);
  for (int32_t i = 0; i < c->n; i++)
    if (dict_add(c->ids, id[i]) != i) return ERR(e, E_MLS_BAD_ROLLUP, .subject = r->name, .expected = "one row per cell");
  for (int32_t i = 0; i < c->n; i++) {
    double e_c = value_present(workers_status[i]) ? scaled(workers[i], workers_decimals) : -1;
    c->cell[i] = (struct mls_cell){id[i], industry[i], size[i], e_c, neighbour[i].n ? dict_find(c->ids, neighbour[i]) : -1};
    c->k[i] = scaled(factor[i], factor_decimals);
    c->rho[i] = scaled(rate[i], rate_decimals);
  }
  return E_OK;
}

/* Parents of each cell's industry up the code list, TL left out. */
static enum err_code read_ancestors(
    struct arena *a, const struct codelist *list, const struct mls_cell *cells, int32_t n, mls_ancestors **out, struct err *e) {
  *out = NULL;
  if (!list) return E_OK;
  *out = ARENA_ARRAY(a, mls_ancestors, n + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "industries");
  for (int32_t c = 0; c < n; c++) {
    const struct code *code = codelist_find(list, cells[c].industry, INT64_MIN);
    for (int k = 0; code && code->parent.n && !str_eq(code->parent, STR("TL")) && k < MLS_MAX_ANCESTORS; k++) {
      (*out)[c][k] = code->parent;
      code = codelist_find(list, code->parent, INT64_MIN);
    }
  }
  return E_OK;
}

/* Does a report say anything about workers of this sex or form? One that employs nobody part-time is no unit of the part-time figures. */
static bool has_workers(const struct mls_sample *s, int split, int64_t i) {
  int64_t workers = 0;
  if (split == MLS_ALL) return true;
  for (int k = MLS_E0; k <= MLS_E1; k++) {
    const int64_t *of = split == MLS_GENERAL ? s->x[MLS_ALL][k] : s->x[split][k], *less = split == MLS_GENERAL ? s->x[MLS_PART][k] : NULL;
    workers += (of ? of[i] : 0) - (less ? less[i] : 0);
  }
  return workers != 0;
}

enum err_code mls_count_reports(struct arena *a, const struct mls_run_input *run, int64_t **out, struct err *e) {
  const struct mls_sample *s = &run->sample;
  int64_t *by_cell = ARENA_ARRAY(a, int64_t, (int64_t)run->n_cells * MLS_SPLITS + 1);
  *out = ARENA_ARRAY(a, int64_t, (int64_t)run->n_rollups * MLS_SPLITS + 1);
  if (!by_cell || !*out) return ERR(e, E_NO_MEMORY, .subject = "reports");
  for (int64_t i = 0; i < s->n; i++)
    for (int k = 0; k < MLS_SPLITS; k++) by_cell[(int64_t)s->cell[i] * MLS_SPLITS + k] += has_workers(s, k, i);
  for (int32_t g = 0; g < run->n_rollups; g++)
    for (int32_t m = 0; m < run->rollups[g].n_members; m++)
      for (int k = 0; k < MLS_SPLITS; k++)
        (*out)[(int64_t)g * MLS_SPLITS + k] += by_cell[(int64_t)run->rollups[g].members[m] * MLS_SPLITS + k];
  return E_OK;
}

/* Each report's register row, its unit of the design and its cell. */
static enum err_code join(struct arena *a, const struct mls_datasets *d, const struct reports *p, const struct registers *g, const struct cells *c,
    struct design_unit **units, int32_t **cell, struct err *e) {
  char key[128];
  struct str *prefecture, *number;
  TRY(shard_rows_text(a, &d->establishment, "prefecture", &prefecture, e));
  TRY(shard_rows_text(a, &d->establishment, "establishment_no", &number, e));
  *units = ARENA_ARRAY(a, struct design_unit, p->n + 1);
  *cell = ARENA_ARRAY(a, int32_t, p->n + 1);
  if (!*units || !*cell) return ERR(e, E_NO_MEMORY, .subject = "reports");
  for (int64_t i = 0; i < p->n; i++) {
    int64_t row = p->row[i];
    const char *place = arena_printf(a, "%s row %lld", d->establishment.name, (long long)row + 1);
    int32_t k = dict_find(g->keys, unit_key(prefecture[row], number[row], key, sizeof key));
    int64_t at = k < 0 ? -1 : g->row_of[k];
    (*units)[i] = unit_of(g, at, place);
    (*cell)[i] = at < 0 || !g->cell[at].n ? -1 : dict_find(c->ids, g->cell[at]);
    if (at >= 0 && (*cell)[i] < 0) return ERR(e, E_MLS_NO_CELL, .subject = place);
  }
  return E_OK;
}

static enum err_code build(struct arena *a, const struct mls_datasets *d, const struct json_value *plan, struct mls_input *out, struct err *e) {
  struct stratum *strata;
  int32_t n_strata, *cell;
  struct registers g;
  struct reports p = {.n = 0};
  struct cells c = {.n = 0};
  struct design_unit *units;
  mls_ancestors *ancestors;
  struct mls_rollup *rollups;
  TRY(read_strata(a, d, plan, &strata, &n_strata, e));
  TRY(read_register(a, &d->registers, &g, e));
  TRY(read_cells(a, &d->cells, &c, e));
  TRY(read_reports(a, &d->establishment, &p, e));
  TRY(choose_reports(a, d, &p, out, e));
  TRY(join(a, d, &p, &g, &c, &units, &cell, e));
  out->row = p.row;
  TRY(design_build(a, strata, n_strata, units, p.n, &out->design, &out->plan, e));
  TRY(read_ancestors(a, d->industries, c.cell, c.n, &ancestors, e));
  out->run = (struct mls_run_input){.sample = {.n = p.n, .cell = cell, .design = &out->design},
      .cells = c.cell,
      .n_cells = c.n,
      .min_reports = 3,
      .k = c.k,
      .rho = c.rho,
      .whole_workers = true,
      .standard_errors = true};
  for (int s = 0; s < MLS_SPLITS; s++)
    for (int k = 0; k < MLS_ITEMS; k++) out->run.sample.x[s][k] = p.x[s][k];
  TRY(mls_standard_rollups(a, c.cell, c.n, (const mls_ancestors *)ancestors, &rollups, &out->run.n_rollups, e));
  out->run.rollups = rollups;
  return mls_count_reports(a, &out->run, &out->n_reports, e);
}

/* --- for the plan guard --- */
static enum err_code guard_strata(struct arena *a, const struct mls_datasets *d, struct mls_guard_data *out, struct err *e) {
  struct stratum_columns c = {.id = NULL};
  int64_t rows = shard_rows_count(&d->strata);
  TRY(read_stratum_columns(a, &d->strata, &c, e));
  TRY(read_rule_columns(a, &d->strata, &c, e));
  out->strata = ARENA_ARRAY(a, struct mls_guard_stratum, rows + 1);
  if (!out->strata) return ERR(e, E_NO_MEMORY, .subject = "strata");
  for (int64_t i = 0; i < rows; i++)
    if (in_force(&c, i, d->day))
      out->strata[out->n_strata++] = (struct mls_guard_stratum){.id = c.id[i],
          .industry = c.industry[i],
          .size = c.size[i],
          .prefecture = c.prefecture[i],
          .frame_units = c.frame[i],
          .frame_workers = value_present(c.workers_status[i]) ? c.workers[i] : -1,
          .drawn_units = c.drawn[i],
          .weight_num = c.num[i],
          .weight_den = c.den[i]};
  return E_OK;
}
static enum err_code guard_units(
    struct arena *a, const struct design_unit *units, int64_t n, const int32_t *cell, struct mls_guard_data *out, struct err *e) {
  struct dict *ids = dict_new(a);
  int32_t *stratum = ARENA_ARRAY(a, int32_t, n + 1);
  double *weight = ARENA_ARRAY(a, double, n + 1), *frame = ARENA_ARRAY(a, double, out->n_strata + 1);
  if (!ids || !stratum || !weight || !frame) return ERR(e, E_NO_MEMORY, .subject = "plan guard");
  for (int32_t h = 0; h < out->n_strata; h++) {
    if (dict_add(ids, out->strata[h].id) != h) return ERR(e, E_STRATUM_TWICE, .subject = arena_strdup(a, out->strata[h].id.p, out->strata[h].id.n));
    frame[h] = (double)out->strata[h].frame_units;
  }
  for (int64_t i = 0; i < n; i++) {
    stratum[i] = units[i].stratum.n ? dict_find(ids, units[i].stratum) : -1;
    if (stratum[i] < 0) return ERR(e, E_NO_STRATUM, .subject = units[i].place, .expected = "a stratum of the stratum table");
    weight[i] = units[i].weight_num > 0 && units[i].weight_den > 0 ? (double)units[i].weight_num / (double)units[i].weight_den : 1;
  }
  out->sample.n = n;
  out->sample.cell = cell;
  out->sample.design = &out->design;
  return design_view(a, n, out->n_strata, stratum, weight, frame, &out->design, e);
}
enum err_code mls_guard_data(struct arena *a, const struct mls_datasets *d, bool reports, struct mls_guard_data *out, struct err *e) {
  struct mls_input counts = {.n_records = 0};
  struct registers g;
  struct reports p = {.n = 0};
  struct cells c = {.n = 0};
  struct design_unit *units;
  int32_t *cell;
  *out = (struct mls_guard_data){.n_strata = 0};
  TRY(guard_strata(a, d, out, e));
  if (!reports) return E_OK;
  TRY(read_register(a, &d->registers, &g, e));
  TRY(read_cells(a, &d->cells, &c, e));
  TRY(read_reports(a, &d->establishment, &p, e));
  TRY(choose_reports(a, d, &p, &counts, e));
  TRY(join(a, d, &p, &g, &c, &units, &cell, e));
  out->cells = c.cell;
  out->n_cells = c.n;
  for (int s = 0; s < MLS_SPLITS; s++)
    for (int k = 0; k < MLS_ITEMS; k++) out->sample.x[s][k] = p.x[s][k];
  return guard_units(a, units, p.n, cell, out, e);
}

enum err_code mls_input_build(struct arena *a, const struct mls_datasets *d, struct mls_input *out, struct err *e) {
  struct json_document *plan = NULL;
  *out = (struct mls_input){.n_records = 0};
  if (d->plan_json) TRY(json_parse("plan.json", d->plan_json, strlen(d->plan_json), &plan, e));
  enum err_code code = build(a, d, plan ? json_root(plan) : NULL, out, e);
  json_release(plan);
  return code;
}

/* Strata and register, and the design of the units that `rows` asks for. */
static enum err_code with_strata(
    struct arena *a, const struct mls_datasets *d, struct registers *g, struct stratum **strata, int32_t *n, struct err *e) {
  struct json_document *plan = NULL;
  if (d->plan_json) TRY(json_parse("plan.json", d->plan_json, strlen(d->plan_json), &plan, e));
  enum err_code code = read_strata(a, d, plan ? json_root(plan) : NULL, strata, n, e);
  json_release(plan);
  return code ? code : read_register(a, &d->registers, g, e);
}

enum err_code mls_register_design(struct arena *a, const struct mls_datasets *d, struct design *out, struct design_report *report, struct err *e) {
  struct stratum *strata = NULL;
  int32_t n_strata = 0;
  struct registers g;
  TRY(with_strata(a, d, &g, &strata, &n_strata, e));
  struct design_unit *units = ARENA_ARRAY(a, struct design_unit, g.n + 1);
  if (!units) return ERR(e, E_NO_MEMORY, .subject = "register");
  for (int64_t i = 0; i < g.n; i++) units[i] = unit_of(&g, i, arena_printf(a, "%s row %lld", d->registers.name, (long long)i + 1));
  return design_build(a, strata, n_strata, units, g.n, out, report, e);
}

enum err_code mls_sample_design(struct arena *a, const struct mls_datasets *d, struct design *out, struct design_report *report, struct err *e) {
  struct stratum *strata = NULL;
  int32_t n_strata = 0, *cell;
  struct registers g;
  struct cells cells = {.n = 0};
  struct design_unit *units;
  struct reports p = {.n = shard_rows_count(&d->establishment)};
  TRY(with_strata(a, d, &g, &strata, &n_strata, e));
  TRY(read_cells(a, &d->cells, &cells, e));
  p.row = ARENA_ARRAY(a, int64_t, p.n + 1);
  if (!p.row) return ERR(e, E_NO_MEMORY, .subject = "reports");
  for (int64_t i = 0; i < p.n; i++) p.row[i] = i;
  TRY(join(a, d, &p, &g, &cells, &units, &cell, e));
  return design_build(a, strata, n_strata, units, p.n, out, report, e);
}

/* --- published unit cells --- */
static int split_of(struct str form) {
  for (int s = 0; s < MLS_SPLITS; s++)
    if (str_eq(form, str_of(mls_split_code[s]))) return s;
  return -1;
}

/* Codes that stand above some industry of the rows. */
static enum err_code ancestors_present(
    struct arena *a, const struct codelist *list, const struct str *industry, int64_t n, struct dict **out, struct err *e) {
  struct dict *seen = dict_new(a);
  *out = dict_new(a);
  if (!seen || !*out) return ERR(e, E_NO_MEMORY, .subject = "industries");
  for (int64_t i = 0; list && i < n; i++) {
    if (dict_find(seen, industry[i]) >= 0) continue;
    if (dict_add(seen, industry[i]) < 0) return ERR(e, E_NO_MEMORY, .subject = "industries");
    const struct code *c = codelist_find(list, industry[i], INT64_MIN);
    for (int k = 0; c && c->parent.n && k < MLS_MAX_ANCESTORS; k++) {
      if (dict_add(*out, c->parent) < 0) return ERR(e, E_NO_MEMORY, .subject = "industries");
      c = codelist_find(list, c->parent, INT64_MIN);
    }
  }
  return E_OK;
}

static bool is_unit(const struct dict *above, struct str industry, struct str size) {
  return size.n == 1 && strchr("13579", size.p[0]) && !str_eq(industry, STR("TL")) && dict_find(above, industry) < 0;
}

struct unit_columns {
  struct str *industry, *size, *form;
  int64_t *x[MLS_COLUMNS];
  uint8_t *status[MLS_COLUMNS];
  int64_t n;
};

static enum err_code read_unit_columns(struct arena *a, const struct shard_rows *r, struct unit_columns *u, struct err *e) {
  static const char *const names[MLS_COLUMNS] = {"e0", "inc", "dec", "e1", "pt", "d", NULL, "hs", "ho", NULL, "c", NULL, "o", "s"};
  *u = (struct unit_columns){.n = shard_rows_count(r)};
  TRY(shard_rows_text(a, r, "industry", &u->industry, e));
  TRY(shard_rows_text(a, r, "size", &u->size, e));
  TRY(shard_rows_text(a, r, "worker_form", &u->form, e));
  for (int c = 0; c < MLS_COLUMNS; c++)
    if (names[c]) TRY(shard_rows_int(a, r, names[c], &u->x[c], &u->status[c], NULL, e));
  return E_OK;
}

static void read_unit_row(const struct unit_columns *u, int64_t i, int split, struct mls_row *row) {
  for (int c = 0; c < MLS_COLUMNS; c++) {
    if (!u->x[c]) continue;
    row->has[split][c] = value_present(u->status[c][i]);
    row->value[split][c] = u->x[c][i];
    /* The form keeps the ministry's * as unknown: a figure that exists and is not shown, unlike "-", which is none. */
    if (u->status[c][i] == VAL_SUPPRESSED || u->status[c][i] == VAL_UNKNOWN)
      row->suppressed = true, row->reason = "suppressed in the published table";
  }
}

enum err_code mls_unit_cells_build(
    struct arena *a, const struct shard_rows *rows, const struct codelist *industries, struct mls_unit_cells *out, struct err *e) {
  struct unit_columns u;
  mls_ancestors *ancestors;
  struct dict *above;
  TRY(read_unit_columns(a, rows, &u, e));
  TRY(ancestors_present(a, industries, u.industry, u.n, &above, e));
  struct mls_row *row = ARENA_ARRAY(a, struct mls_row, u.n + 1);
  struct dict *keys = dict_new(a);
  *out = (struct mls_unit_cells){.cells = ARENA_ARRAY(a, struct mls_cell, u.n + 1),
      .totals = ARENA_ARRAY(a, struct mls_totals, u.n + 1),
      .names = ARENA_ARRAY(a, struct str, u.n + 1)};
  if (!row || !keys || !out->cells || !out->totals || !out->names) return ERR(e, E_NO_MEMORY, .subject = rows->name);
  for (int64_t i = 0; i < u.n; i++) {
    const char *key = arena_printf(a, "%.*s/%.*s", (int)u.industry[i].n, u.industry[i].p, (int)u.size[i].n, u.size[i].p);
    int split = split_of(u.form[i]);
    if (!key) return ERR(e, E_NO_MEMORY, .subject = rows->name);
    int32_t k = dict_find(keys, str_of(key));
    if (split < 0 || (k < 0 && !is_unit(above, u.industry[i], u.size[i]))) continue;
    if (k < 0) {
      k = dict_add(keys, str_of(key));
      if (k != out->n_cells) return ERR(e, E_NO_MEMORY, .subject = rows->name);
      row[k] = (struct mls_row){.industry = u.industry[i], .size = u.size[i]};
      out->names[k] = str_of(key);
      out->cells[out->n_cells++] = (struct mls_cell){str_of(key), u.industry[i], u.size[i], 0, -1};
    }
    read_unit_row(&u, i, split, &row[k]);
  }
  for (int32_t k = 0; k < out->n_cells; k++) mls_totals_from_row(&row[k], &out->totals[k]);
  TRY(read_ancestors(a, industries, out->cells, out->n_cells, &ancestors, e));
  return mls_standard_rollups(a, out->cells, out->n_cells, (const mls_ancestors *)ancestors, &out->rollups, &out->n_rollups, e);
}
