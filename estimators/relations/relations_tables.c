/* relations_tables.c -- relations_tables.h: unions, flows, organisation rates, federations. */
#include "estimators/relations/relations_tables_impl.h"

#include <stdlib.h>
#include <string.h>

static const char *const basis_code[UNION_BASES] = {"unit", "single"}, *const basis_ja[UNION_BASES] = {"単位", "単一"};
static const char no_slip[] = "no slip", no_answer[] = "not answered by any union";

static void not_asked(struct result_measure *m, int64_t row, const char *why) { m->status[row] = RESULT_NOT_APPLICABLE, m->reason[row] = why; }

/* --- unions --- */
static void union_row(struct relations_table *r, int64_t row, const struct union_domain *d, enum union_basis b) {
  static const int column[UNION_COUNTS] = {[UNION_TOTAL] = 1, [UNION_MALE] = 2, [UNION_FEMALE] = 3, [UNION_PART_TIME] = 4,
      [UNION_NON_INDEPENDENT] = 5};
  const struct union_stock *s = &d->basis[b];
  struct result_table *t = r->table;
  t->dimensions[0].code[row] = d->code, t->dimensions[1].code[row] = str_of(basis_code[b]);
  t->measures[0].value[row] = (double)s->unions, t->n[row] = s->unions;
  t->measures[6].value[row] = (double)s->fresh, t->measures[7].value[row] = (double)s->closed;
  for (int k = 0; k < UNION_COUNTS; k++) {
    t->measures[column[k]].value[row] = (double)s->count[k];
    if (k == UNION_NON_INDEPENDENT && b == UNION_BY_UNIT) continue;
    if (s->asked[k] && s->unknown[k] == s->asked[k]) relations_undefined(r, column[k], row, no_answer);
  }
  for (int m = 0; m < t->n_measures && !d->slips; m++) relations_undefined(r, m, row, no_slip);
  if (b == UNION_BY_UNIT) t->measures[5].value[row] = 0, not_asked(&t->measures[5], row, "head offices only");
}
static void union_notes(struct relations_table *r, const struct union_stock s[UNION_BASES]) {
  static const char *const en[UNION_COUNTS] = {"men", "women", "members", "part-time members", "members without a branch"};
  static const char *const ja[UNION_COUNTS] = {"男", "女", "組合員", "パートタイム", "非独立組合員"};
  struct arena *a = r->table->arena;
  for (int b = 0; b < UNION_BASES; b++)
    for (int k = 0; k < UNION_COUNTS; k++)
      if (s[b].unknown[k])
        relations_unknown(r, arena_printf(a, "%s, %s", basis_code[b], en[k]), arena_printf(a, "%s、%s", basis_ja[b], ja[k]), s[b].unknown[k]);
  relations_note(r, "unit = unions without branches + branches; single = unions without branches + head offices, members without a branch included",
      "単位＝単位組織＋単位扱、単一＝単位組織＋本部（非独立組合員を含む）");
  if (s[UNION_BY_SINGLE].count[UNION_TOTAL] < s[UNION_BY_UNIT].count[UNION_TOTAL])
    relations_note(r, "LOOK: fewer members by single organisation than by unit: a head office is missing or its members are wrong",
        "要確認：単一の組合員数が単位より少なくなっています。本部の票がないか、その組合員数が誤っています");
}
enum err_code relations_union_table(struct arena *a, const struct union_domain *d, int64_t n, const char *by, struct relations_table *out,
    struct err *e) {
  const char *const names[] = {by, "basis", "unions", "members", "men", "women", "part_time", "non_independent", "new", "closed"};
  TRY(relations_begin(a, "unions", "労働組合数・組合員数", "labour unions and members", n * UNION_BASES, 2, 8, names, out, e));
  for (int64_t i = 0; i < n; i++)
    for (int b = 0; b < UNION_BASES; b++) union_row(out, i * UNION_BASES + b, &d[i], (enum union_basis)b);
  union_notes(out, d[0].basis);
  return relations_end(out, e);
}

/* --- flows --- */
enum { FLOWS = 9, CHANGE = 6, GAP = 7 };
static void flow_row(struct relations_table *r, int i, const char *code, const struct union_flow_part *p, int sign) {
  struct result_table *t = r->table;
  t->dimensions[0].code[i] = str_of(code);
  t->measures[0].value[i] = (double)(sign * p->unions), t->measures[1].value[i] = (double)(sign * p->members);
  t->n[i] = p->units;
  if (p->units && p->unknown == p->units) relations_undefined(r, 1, i, no_answer);
}
static void flow_notes(struct relations_table *r, const struct union_flow *f, enum union_basis basis) {
  struct arena *a = r->table->arena;
  relations_note(r, arena_printf(a, "basis: %s; 1 to 8 add up to 9", basis_code[basis]),
      arena_printf(a, "組合の数え方：%s。1～8の合計が9です", basis_ja[basis]));
  relations_note(r, "appeared: continuing without a slip last year; vanished: live last year, no slip now; rebased: of the other basis last year",
      "前年票なし：継続なのに前年の票がない。当年票なし：前年は存続、当年の票がない。数え方の異動：前年は別の数え方に属した");
  relations_note(r, "change: unions that answered their members in both years; n of the lines: unions that stand in them",
      "組合員の増減：両年とも組合員数を答えた組合だけ。n は各行の組合の数");
  if (f->gap.units)
    relations_note(r, arena_printf(a, "LOOK: not_answered: %lld unions of both years did not answer their members in one of them (%lld in neither): "
        "what that moves between the stocks is no gain or loss", (long long)f->gap.units, (long long)f->gap.unknown),
        arena_printf(a, "要確認：両年に存続する %lld 組合が一方の年の組合員数を答えていません（両年とも無回答 %lld）。"
        "8の行は無回答による差で、増減ではありません", (long long)f->gap.units, (long long)f->gap.unknown));
  relations_unknown(r, "members, lines 2 to 6,", "組合員（2～6の行）", f->fresh.unknown + f->appeared.unknown + f->closed.unknown +
      f->vanished.unknown + f->rebased.unknown);
}
enum err_code relations_flow_table(struct arena *a, const struct union_flow *f, enum union_basis basis, struct relations_table *out,
    struct err *e) {
  static const char *const names[] = {"part", "unions", "members"};
  static const char *const part[FLOWS] = {"1_before", "2_new", "3_appeared", "4_closed", "5_vanished", "6_rebased", "7_change", "8_not_answered",
      "9_now"};
  const struct union_flow_part *const p[FLOWS] = {&f->before, &f->fresh, &f->appeared, &f->closed, &f->vanished, &f->rebased, &f->change, &f->gap,
      &f->now};
  static const int sign[FLOWS] = {1, 1, 1, -1, -1, 1, 1, 1, 1};
  TRY(relations_begin(a, "flows", "組合数・組合員数の増減の内訳", "what made the stock of last year into that of now", FLOWS, 1, 2, names,
      out, e));
  for (int i = 0; i < FLOWS; i++) flow_row(out, i, part[i], p[i], sign[i]);
  if (!f->change.units && f->gap.units) relations_undefined(out, 1, CHANGE, no_answer);
  for (int i = 0; i < FLOWS; i++) {
    const bool without = (i > 0 && !f->slips_now) || (i < FLOWS - 1 && !f->slips_before); /* a flow needs both years, a stock its own */
    for (int m = 0; m < 2 && without; m++) relations_undefined(out, m, i, f->slips_now ? "no slip last year" : "no slip this year");
    if (without) out->table->n_status[i] = RESULT_NOT_APPLICABLE; /* every union of the other year would stand among those that vanished */
  }
  flow_notes(out, f, basis);
  return relations_end(out, e);
}

/* --- organisation rate --- */
static void rate_row(struct relations_table *r, const struct relations_density *d, int64_t i, bool series) {
  struct result_table *t = r->table;
  const int members = series ? 2 : 1, first = series ? 2 : 1;
  if (series) t->dimensions[0].code[i] = d->year;
  t->dimensions[first - 1].code[i] = d->group;
  t->measures[0].value[i] = (double)d->rate.tenths / 10;
  t->measures[members].value[i] = (double)d->rate.members, t->measures[members + 1].value[i] = (double)d->rate.employees;
  t->n_status[i] = RESULT_NOT_APPLICABLE;
  if (d->why) relations_undefined(r, 0, i, d->why), relations_undefined(r, members, i, d->why);
  else if (d->unknown)
    relations_unknown(r, arena_printf(t->arena, "members, group %.*s,", (int)d->group.n, d->group.p),
        arena_printf(t->arena, "組合員（区分 %.*s）", (int)d->group.n, d->group.p), d->unknown);
}
/* The change is that of printed rates; it needs both. */
static void change_row(struct result_table *t, const struct relations_density *d, int64_t i) {
  struct result_measure *m = &t->measures[1];
  const bool later = i && str_eq(d[i - 1].group, d[i].group);
  m->value[i] = 0;
  if (later && !d[i].why && !d[i - 1].why) m->value[i] = (double)(d[i].rate.tenths - d[i - 1].rate.tenths) / 10;
  else m->status[i] = RESULT_UNDEFINED, m->reason[i] = later ? "a rate that is not known" : "first of the series";
}
enum err_code relations_density_table(struct arena *a, const struct relations_density *d, int64_t n, bool series, struct relations_table *out,
    struct err *e) {
  static const char *const names[] = {"year", "group", "rate", "change", "members", "employees"};
  static const char *const alone[] = {"group", "rate", "members", "employees"};
  TRY(relations_begin(a, "density", "推定組織率（単一労働組合の組合員数／雇用者数）",
      "estimated organisation rate (members by single organisation / employees)", n, series ? 2 : 1, series ? 4 : 3, series ? names : alone, out, e));
  struct result_table *t = out->table;
  t->measures[0].unit = "%", t->measures[0].decimals = 1, t->measures[0].additive = false;
  if (series) t->measures[1].unit = "point", t->measures[1].decimals = 1, t->measures[1].additive = false;
  for (int64_t i = 0; i < n; i++) {
    rate_row(out, &d[i], i, series);
    if (series) change_row(t, d, i);
  }
  t->refusal = NULL;
  relations_note(out, "rate = 100 x members / employees, one decimal, half away from zero; change: of printed rates",
      "組織率＝100×組合員数／雇用者数、小数第1位に四捨五入。差は表示した率の差");
  relations_note(out, "employees: Labour Force Survey, June, original series, as entered; its sampling error is not part of the rate here",
      "雇用者数：労働力調査6月原数値（入力値）。その標本誤差はこの率に含まれていません");
  return relations_end(out, e);
}

/* --- federations --- */
static void count_row(struct relations_table *r, int64_t row, const char *kind, struct str id, int64_t direct, const struct affiliation_count *c) {
  struct result_table *t = r->table;
  const int64_t unknown[] = {c->unknown, c->unknown_female, c->unknown_part_time};
  t->dimensions[0].code[row] = str_of(kind), t->dimensions[1].code[row] = id;
  t->measures[0].value[row] = (double)direct;
  if (direct < 0) t->measures[0].value[row] = 0, not_asked(&t->measures[0], row, "no federation");
  t->measures[1].value[row] = (double)c->unions, t->measures[2].value[row] = (double)c->members;
  t->measures[3].value[row] = (double)c->female, t->measures[4].value[row] = (double)c->part_time;
  t->n[row] = c->unions;
  for (int k = 0; k < 3; k++)
    if (c->unions && unknown[k] == c->unions) relations_undefined(r, k + 2, row, no_answer);
}
static void federation_notes(struct relations_table *r, const struct affiliation_summary *s, enum union_basis basis) {
  struct arena *a = r->table->arena;
  relations_unknown(r, "members", "組合員", s->once.unknown + s->none.unknown);
  relations_unknown(r, "women", "女", s->once.unknown_female + s->none.unknown_female);
  relations_unknown(r, "part-time members", "パートタイム", s->once.unknown_part_time + s->none.unknown_part_time);
  relations_note(r, arena_printf(a, "basis: %s; every union below a federation counts in it once, however it is reached", basis_code[basis]),
      arena_printf(a, "組合の数え方：%s。上部組合の傘下の組合は、経路がいくつあっても一度だけ数えます", basis_ja[basis]));
  relations_note(r, "sum of topmost - total = what unions of several topmost federations add",
      "最上位の合計－合計＝複数の最上位団体に加盟する組合の重複分");
}
enum err_code relations_federation_table(struct arena *a, const struct federation_total *f, int64_t n, const struct affiliation_summary *s,
    enum union_basis basis, struct relations_table *out, struct err *e) {
  static const char *const names[] = {"kind", "federation", "direct", "unions", "members", "women", "part_time"};
  TRY(relations_begin(a, "federations", "加盟上部組合別の組合数・組合員数", "unions and members by federation", n + 4, 2, 5, names,
      out, e));
  struct result_table *t = out->table;
  for (int m = 0; m < 5; m++) t->measures[m].additive = false; /* a union of two federations stands in both */
  count_row(out, 0, "1_total_once", STR("_T"), -1, &s->once);
  count_row(out, 1, "2_sum_of_topmost", STR("_T"), -1, &s->sum_top);
  count_row(out, 2, "3_in_several", STR("_T"), -1, &s->several);
  count_row(out, 3, "4_in_none", STR("_T"), -1, &s->none);
  for (int64_t i = 0; i < n; i++) count_row(out, i + 4, f[i].top ? "5_topmost" : "6_joined_another", f[i].id, f[i].direct, &f[i].below);
  for (int64_t i = 0; i < n + 4 && !s->slips; i++)
    for (int m = 1; m < 5; m++) relations_undefined(out, m, i, no_slip);
  federation_notes(out, s, basis);
  return relations_end(out, e);
}
