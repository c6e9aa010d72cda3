/* relations_tables.c -- relations_tables.h: unions, flows, organisation rates, federations. */
#include "estimators/relations/relations_tables_impl.h"

#include <stdlib.h>
#include <string.h>

static const char *const basis_code[UNION_BASES] = {"unit", "single"};

enum err_code relations_begin(struct arena *a, const char *id, const char *ja, const char *en, int64_t rows, int dimensions, int measures,
    const char *const *names, struct result_table **out, struct err *e) {
  TRY(result_table_new(a, id, rows, dimensions, measures, out, e));
  struct result_table *t = *out;
  t->title_ja = ja, t->title_en = en, t->survey = t->form = t->period = t->profile = "";
  t->n_row_dimensions = dimensions > 1 ? 1 : dimensions;
  for (int d = 0; d < dimensions; d++) t->dimensions[d].name = names[d];
  for (int m = 0; m < measures; m++)
    t->measures[m].name = names[dimensions + m], t->measures[m].unit = "", t->measures[m].decimals = 0, t->measures[m].additive = true;
  t->refusal = "counts of single unions or disputes, no disclosure control: for work inside the office; shirabe estimate run makes what may go out";
  return E_OK;
}
void relations_unknown(struct result_table *t, const char *what, int64_t n) {
  char *text = n ? arena_printf(t->arena, "%s of %lld units not answered: not in the sums", what, (long long)n) : NULL;
  if (text) result_note(t, text);
}
static void not_asked(struct result_measure *m, int64_t row, const char *why) { m->status[row] = RESULT_NOT_APPLICABLE, m->reason[row] = why; }

/* --- unions --- */
enum err_code relations_union_table(struct arena *a, const struct union_domain *d, int64_t n, const char *by, struct result_table **out,
    struct err *e) {
  const char *const names[] = {by, "basis", "unions", "members", "men", "women", "part_time", "non_independent", "new", "closed"};
  static const int column[UNION_COUNTS] = {[UNION_TOTAL] = 1, [UNION_MALE] = 2, [UNION_FEMALE] = 3, [UNION_PART_TIME] = 4,
      [UNION_NON_INDEPENDENT] = 5};
  static const char *const label[UNION_COUNTS] = {"men", "women", "members", "part-time members", "members without a branch"};
  TRY(relations_begin(a, "unions", "労働組合数・組合員数", "labour unions and members", n * UNION_BASES, 2, 8, names, out, e));
  struct result_table *t = *out;
  for (int64_t i = 0; i < n; i++)
    for (int b = 0; b < UNION_BASES; b++) {
      const int64_t row = i * UNION_BASES + b;
      const struct union_stock *s = &d[i].basis[b];
      t->dimensions[0].code[row] = d[i].code, t->dimensions[1].code[row] = str_of(basis_code[b]);
      t->measures[0].value[row] = (double)s->unions, t->n[row] = s->unions;
      for (int k = 0; k < UNION_COUNTS; k++) t->measures[column[k]].value[row] = (double)s->count[k];
      if (b == UNION_BY_UNIT) not_asked(&t->measures[5], row, "head offices only");
      t->measures[6].value[row] = (double)s->fresh, t->measures[7].value[row] = (double)s->closed;
      for (int k = 0; k < UNION_COUNTS && !i; k++)
        if (s->unknown[k]) relations_unknown(t, arena_printf(a, "%s, %s", basis_code[b], label[k]), s->unknown[k]);
    }
  result_note(t, "unit = unions without branches + branches; single = unions without branches + head offices, members without a branch included");
  const struct union_stock *unit = &d[0].basis[UNION_BY_UNIT], *single = &d[0].basis[UNION_BY_SINGLE];
  if (single->count[UNION_TOTAL] < unit->count[UNION_TOTAL])
    result_note(t, "LOOK: fewer members by single organisation than by unit: a head office is missing or its members are wrong");
  return result_sort(t, e);
}

/* --- flows --- */
enum err_code relations_flow_table(struct arena *a, const struct union_flow *f, enum union_basis basis, struct result_table **out, struct err *e) {
  static const char *const names[] = {"part", "unions", "members"};
  static const char *const part[] = {"1_before", "2_new", "3_appeared", "4_closed", "5_vanished", "6_rebased", "7_change", "8_now"};
  const struct union_flow_part *const p[] = {&f->before, &f->fresh, &f->appeared, &f->closed, &f->vanished, &f->rebased, &f->change, &f->now};
  static const int sign[] = {1, 1, 1, -1, -1, 1, 1, 1};
  TRY(relations_begin(a, "flows", "組合数・組合員数の増減の内訳", "what made the stock of last year into that of now", 8, 1, 2, names,
      out, e));
  struct result_table *t = *out;
  for (int i = 0; i < 8; i++) {
    t->dimensions[0].code[i] = str_of(part[i]);
    t->measures[0].value[i] = (double)(sign[i] * p[i]->unions), t->measures[1].value[i] = (double)(sign[i] * p[i]->members);
    t->n[i] = llabs(p[i]->unions);
  }
  result_note(t, arena_printf(a, "basis: %s; 1 to 7 add up to 8", basis_code[basis]));
  result_note(t, "appeared: continuing without a slip last year; vanished: live last year, no slip now; rebased: of the other basis last year");
  relations_unknown(t, "members", f->unknown);
  return E_OK;
}

/* --- organisation rate --- */
enum err_code relations_density_table(struct arena *a, const struct relations_density *d, int64_t n, bool series, struct result_table **out,
    struct err *e) {
  static const char *const names[] = {"year", "group", "rate", "change", "members", "employees"};
  static const char *const alone[] = {"group", "rate", "members", "employees"};
  const int first = series ? 2 : 1;
  TRY(relations_begin(a, "density", "推定組織率（単一労働組合の組合員数／雇用者数）",
      "estimated organisation rate (members by single organisation / employees)", n, first, series ? 4 : 3, series ? names : alone, out, e));
  struct result_table *t = *out;
  const int rate = 0, change = 1, members = series ? 2 : 1;
  t->measures[rate].unit = "%", t->measures[rate].decimals = 1, t->measures[rate].additive = false;
  if (series) t->measures[change].unit = "point", t->measures[change].decimals = 1, t->measures[change].additive = false;
  for (int64_t i = 0; i < n; i++) {
    if (series) t->dimensions[0].code[i] = d[i].year;
    t->dimensions[first - 1].code[i] = d[i].group;
    t->measures[rate].value[i] = (double)d[i].rate.tenths / 10;
    t->measures[members].value[i] = (double)d[i].rate.members, t->measures[members + 1].value[i] = (double)d[i].rate.employees;
    t->n_status[i] = RESULT_NOT_APPLICABLE;
    if (d[i].unknown) relations_unknown(t, arena_printf(a, "members, group %.*s,", (int)d[i].group.n, d[i].group.p), d[i].unknown);
    if (!series) continue;
    const bool has = i && str_eq(d[i - 1].group, d[i].group);
    if (has) t->measures[change].value[i] = (double)(d[i].rate.tenths - d[i - 1].rate.tenths) / 10;
    else t->measures[change].status[i] = RESULT_UNDEFINED, t->measures[change].reason[i] = "first of the series";
  }
  t->refusal = NULL;
  result_note(t, "rate = 100 x members / employees, one decimal, half away from zero; change: of printed rates");
  result_note(t, "employees: Labour Force Survey, June, original series, as entered; its sampling error is not part of the rate here");
  return E_OK;
}

/* --- federations --- */
static void count_row(struct result_table *t, int64_t row, const char *kind, struct str id, int64_t direct, const struct affiliation_count *c) {
  t->dimensions[0].code[row] = str_of(kind), t->dimensions[1].code[row] = id;
  t->measures[0].value[row] = (double)direct;
  if (direct < 0) t->measures[0].value[row] = 0, not_asked(&t->measures[0], row, "no federation");
  t->measures[1].value[row] = (double)c->unions, t->measures[2].value[row] = (double)c->members;
  t->measures[3].value[row] = (double)c->female, t->measures[4].value[row] = (double)c->part_time;
  t->n[row] = c->unions;
}
enum err_code relations_federation_table(struct arena *a, const struct federation_total *f, int64_t n, const struct affiliation_summary *s,
    enum union_basis basis, struct result_table **out, struct err *e) {
  static const char *const names[] = {"kind", "federation", "direct", "unions", "members", "women", "part_time"};
  TRY(relations_begin(a, "federations", "加盟上部組合別の組合数・組合員数", "unions and members by federation", n + 4, 2, 5, names,
      out, e));
  struct result_table *t = *out;
  for (int m = 0; m < 5; m++) t->measures[m].additive = false; /* a union of two federations stands in both */
  count_row(t, 0, "1_total_once", STR("_T"), -1, &s->once);
  count_row(t, 1, "2_sum_of_topmost", STR("_T"), -1, &s->sum_top);
  count_row(t, 2, "3_in_several", STR("_T"), -1, &s->several);
  count_row(t, 3, "4_in_none", STR("_T"), -1, &s->none);
  for (int64_t i = 0; i < n; i++) count_row(t, i + 4, f[i].top ? "5_topmost" : "6_joined_another", f[i].id, f[i].direct, &f[i].below);
  relations_unknown(t, "members", s->once.unknown + s->none.unknown);
  result_note(t, arena_printf(a, "basis: %s; every union below a federation counts in it once, however it is reached", basis_code[basis]));
  result_note(t, "sum of topmost - total = what unions of several topmost federations add");
  return result_sort(t, e);
}
