/* test_relations.c -- labour relations: unions by unit and by single organisation, flows, organisation rate, affiliations as a graph, disputes of
 *          months and
 *    years, and the published figures that can be computed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/date.h"
#include "base/rng.h"
#include "estimators/relations/relations_tables.h"

static struct arena *a;
static int setup(void **state) {
  (void)state;
  a = arena_new(0);
  return a ? 0 : -1;
}
static int teardown(void **state) {
  (void)state;
  arena_free(a);
  return 0;
}
#define ID(t) STR(t)
static struct union_slip slip(const char *id, enum union_kind kind, int64_t members) {
  return (struct union_slip){.id = str_of(id), .kind = kind, .existence = UNION_CONTINUING, .count = {[UNION_TOTAL] = members},
      .has = {[UNION_TOTAL] = true}};
}
static struct union_slip branch(const char *id, const char *head, int64_t members) {
  struct union_slip s = slip(id, UNION_BRANCH, members);
  s.head = str_of(head);
  return s;
}

/* --- stocks --- */
static void single_organisation_includes_members_without_a_branch(void **state) {
  (void)state;
  struct union_slip s[] = {slip("1", UNION_PLAIN, 100), slip("2", UNION_HEAD, 130), branch("3", "2", 60), branch("4", "2", 40), slip("9",
      UNION_FEDERATION, 0)};
  struct union_domain *d;
  struct err e;
  int64_t n;
  s[1].count[UNION_NON_INDEPENDENT] = 30, s[1].has[UNION_NON_INDEPENDENT] = true;
  s[4].has[UNION_TOTAL] = false; /* a federation has no members of its own and counts in neither */
  assert_int_equal(union_stocks(a, s, 5, &d, &n, &e), E_OK);
  assert_int_equal(d[0].basis[UNION_BY_UNIT].unions, 3);
  assert_int_equal(d[0].basis[UNION_BY_UNIT].count[UNION_TOTAL], 200);
  assert_int_equal(d[0].basis[UNION_BY_SINGLE].unions, 2);
  assert_int_equal(d[0].basis[UNION_BY_SINGLE].count[UNION_TOTAL], 230);
  assert_int_equal(d[0].basis[UNION_BY_SINGLE].count[UNION_NON_INDEPENDENT], 30);
  assert_int_equal(d[0].basis[UNION_BY_SINGLE].unknown[UNION_TOTAL], 0);
}
static void members_not_answered_are_counted_apart(void **state) {
  (void)state;
  struct union_slip s[] = {slip("1", UNION_PLAIN, 100), slip("2", UNION_PLAIN, 0), slip("3", UNION_PLAIN, 7), slip("4", UNION_PLAIN, 50)};
  struct union_domain *d;
  struct err e;
  int64_t n;
  s[1].has[UNION_TOTAL] = false;
  s[2].existence = UNION_CLOSED, s[3].existence = UNION_NEW;
  s[0].domain = ID("13"), s[3].domain = ID("01");
  assert_int_equal(union_stocks(a, s, 4, &d, &n, &e), E_OK);
  const struct union_stock *t = &d[0].basis[UNION_BY_UNIT];
  assert_int_equal(t->unions, 3);
  assert_int_equal(t->count[UNION_TOTAL], 150);
  assert_int_equal(t->unknown[UNION_TOTAL], 1);
  assert_int_equal(t->fresh, 1);
  assert_int_equal(t->closed, 1);
  assert_int_equal(n, 4); /* total, not answered, 01, 13 */
  assert_true(str_eq(d[1].code, STR("_U")) && str_eq(d[2].code, STR("01")) && str_eq(d[3].code, STR("13")));
}
static void a_number_twice_stops(void **state) {
  (void)state;
  struct union_slip s[] = {slip("1", UNION_PLAIN, 100), slip("1", UNION_HEAD, 100)};
  struct union_domain *d;
  struct err e;
  int64_t n;
  assert_int_equal(union_stocks(a, s, 2, &d, &n, &e), E_RELATIONS_TWICE);
}
static void sums_that_are_too_large_stop(void **state) {
  (void)state;
  struct union_slip s[] = {slip("1", UNION_PLAIN, INT64_MAX), slip("2", UNION_PLAIN, 1)};
  struct union_domain *d;
  struct err e;
  int64_t n;
  assert_int_equal(union_stocks(a, s, 2, &d, &n, &e), E_RELATIONS_COUNT);
}

/* --- flows --- */
static void flows_add_up(void **state) {
  (void)state;
  struct union_slip was[] = {slip("stays", UNION_PLAIN, 100), slip("closes", UNION_PLAIN, 30), slip("vanishes", UNION_PLAIN, 20), slip("joins",
      UNION_PLAIN, 50)};
  struct union_slip is[] = {slip("stays", UNION_PLAIN, 110), slip("closes", UNION_PLAIN, 0), slip("new", UNION_PLAIN, 40), slip("appears",
      UNION_PLAIN, 5),
      branch("joins", "head", 50), slip("head", UNION_HEAD, 90)};
  struct union_flow f;
  struct err e;
  is[1].existence = UNION_CLOSED, is[1].has[UNION_TOTAL] = false, is[2].existence = UNION_NEW, is[5].existence = UNION_NEW;
  assert_int_equal(union_flows(a, is, 6, was, 4, UNION_BY_SINGLE, &f, &e), E_OK);
  assert_int_equal(f.before.unions, 4), assert_int_equal(f.before.members, 200);
  assert_int_equal(f.fresh.unions, 2), assert_int_equal(f.fresh.members, 130);
  assert_int_equal(f.appeared.unions, 1), assert_int_equal(f.closed.unions, 1), assert_int_equal(f.vanished.unions, 1);
  assert_int_equal(f.rebased.unions, -1), assert_int_equal(f.rebased.members, -50);
  assert_int_equal(f.change.members, 10);
  for (int basis = 0; basis < UNION_BASES; basis++) {
    assert_int_equal(union_flows(a, is, 6, was, 4, (enum union_basis)basis, &f, &e), E_OK);
    assert_int_equal(f.before.unions + f.fresh.unions + f.appeared.unions - f.closed.unions - f.vanished.unions + f.rebased.unions, f.now.unions);
    const int64_t left = f.before.members + f.fresh.members + f.appeared.members - f.closed.members - f.vanished.members;
    assert_int_equal(left + f.rebased.members + f.change.members, f.now.members);
  }
}

/* A union that answers its members in one year alone has neither lost nor gained them. */
static void an_unanswered_year_is_no_loss(void **state) {
  (void)state;
  struct union_slip was[] = {slip("a", UNION_PLAIN, 100), slip("b", UNION_PLAIN, 900), slip("c", UNION_PLAIN, 0), slip("d", UNION_PLAIN, 0)};
  struct union_slip is[] = {slip("a", UNION_PLAIN, 103), slip("b", UNION_PLAIN, 0), slip("c", UNION_PLAIN, 50), slip("d", UNION_PLAIN, 0)};
  struct relations_table t;
  struct union_flow f;
  struct err e;
  is[1].has[UNION_TOTAL] = was[2].has[UNION_TOTAL] = is[3].has[UNION_TOTAL] = was[3].has[UNION_TOTAL] = false;
  assert_int_equal(union_flows(a, is, 4, was, 4, UNION_BY_SINGLE, &f, &e), E_OK);
  assert_int_equal(f.change.members, 3), assert_int_equal(f.change.units, 1);
  assert_int_equal(f.gap.members, -850), assert_int_equal(f.gap.units, 3), assert_int_equal(f.gap.unknown, 1);
  assert_int_equal(f.before.members + f.change.members + f.gap.members, f.now.members);
  assert_int_equal(relations_flow_table(a, &f, UNION_BY_SINGLE, &t, &e), E_OK);
  assert_int_equal(t.unknown, 0);
  for (int i = 0; i < 4; i++) is[i].has[UNION_TOTAL] = false;
  assert_int_equal(union_flows(a, is, 4, was, 4, UNION_BY_SINGLE, &f, &e), E_OK);
  assert_int_equal(relations_flow_table(a, &f, UNION_BY_SINGLE, &t, &e), E_OK);
  assert_int_equal(t.table->measures[1].status[0], RESULT_SHOWN);     /* 1_before */
  assert_int_equal(t.table->measures[1].status[6], RESULT_UNDEFINED); /* 7_change */
  assert_int_equal(t.table->measures[1].status[8], RESULT_UNDEFINED); /* 9_now */
  assert_int_equal(t.table->measures[0].status[8], RESULT_SHOWN), assert_true(t.table->measures[0].value[8] == 4);
}
static void flows_name_the_number_that_stands_twice(void **state) {
  (void)state;
  struct union_slip s[] = {slip("1", UNION_PLAIN, 1), slip("77", UNION_PLAIN, 1), slip("77", UNION_PLAIN, 1)};
  struct union_flow f;
  struct err e;
  assert_int_equal(union_flows(a, s, 3, s, 1, UNION_BY_SINGLE, &f, &e), E_RELATIONS_TWICE);
  assert_string_equal(e.subject, "77");
}
static void a_sum_without_an_answer_is_undefined(void **state) {
  (void)state;
  struct union_slip s[] = {slip("1", UNION_PLAIN, 10), slip("2", UNION_PLAIN, 20), slip("F", UNION_FEDERATION, 0)};
  struct affiliation edge[] = {{STR("1"), STR("F")}};
  struct affiliation_summary sum;
  struct affiliation_graph g;
  struct federation_total *f;
  struct relations_table t;
  struct union_domain *d;
  struct err e;
  int64_t n;
  s[1].has[UNION_FEMALE] = true; /* 0 women: an answer */
  assert_int_equal(union_stocks(a, s, 3, &d, &n, &e), E_OK);
  assert_int_equal(relations_union_table(a, d, 1, "all", &t, &e), E_OK);
  assert_int_equal(t.table->measures[1].status[0], RESULT_SHOWN);
  assert_int_equal(t.table->measures[2].status[0], RESULT_UNDEFINED); /* men: nobody */
  assert_int_equal(t.table->measures[3].status[0], RESULT_SHOWN);     /* women: one union, none */
  assert_int_equal(t.unknown, 4);                                     /* men and part-time, of both bases */
  assert_int_equal(affiliation_graph(a, s, 3, edge, 1, &g, &e), E_OK);
  assert_int_equal(affiliation_totals(a, &g, UNION_BY_SINGLE, &f, &n, &sum, &e), E_OK);
  assert_int_equal(sum.once.unknown_female, 1), assert_int_equal(sum.none.unknown_female, 0), assert_int_equal(sum.none.unknown_part_time, 1);
  assert_int_equal(relations_federation_table(a, f, n, &sum, UNION_BY_SINGLE, &t, &e), E_OK);
  assert_int_equal(t.table->measures[3].status[0], RESULT_UNDEFINED), assert_int_equal(t.table->measures[3].status[3], RESULT_SHOWN);
  assert_int_equal(union_stocks(a, s, 0, &d, &n, &e), E_OK);
  assert_int_equal(relations_union_table(a, d, 1, "all", &t, &e), E_OK);
  assert_int_equal(t.table->measures[0].status[0], RESULT_UNDEFINED); /* no slip: not 0 unions */
}

/* --- rate: published figures of 2022 and 2023 --- */
static void published_organisation_rates(void **state) {
  (void)state;
  struct organisation_rate r;
  struct err e;
  int64_t least, most;
  assert_int_equal(organisation_rate(9937654, 61090000, "T", &r, &e), E_OK);
  assert_int_equal(r.tenths, 163);
  assert_int_equal(r.members, 9937654), assert_int_equal(r.employees, 61090000);
  assert_int_equal(organisation_rate(1, 2000, "T", &r, &e), E_OK);
  assert_int_equal(r.tenths, 1); /* 0.05 is rounded away from zero */
  assert_int_equal(organisation_rate(1, 0, "P", &r, &e), E_RELATIONS_DENOMINATOR);
  /* members and rate without their denominator: 2023 part-time 8.4, women 12.4, 2022 all 16.5 */
  static const struct { int64_t members, tenths; } pair[] = {{1410000, 84}, {3473000, 124}, {9992373, 165}};
  for (int k = 0; k < 3; k++) {
    organisation_denominators(pair[k].members, pair[k].tenths, &least, &most);
    assert_int_equal(organisation_rate(pair[k].members, least, "", &r, &e), E_OK), assert_int_equal(r.tenths, pair[k].tenths);
    assert_int_equal(organisation_rate(pair[k].members, most, "", &r, &e), E_OK), assert_int_equal(r.tenths, pair[k].tenths);
    assert_int_equal(organisation_rate(pair[k].members, least - 1, "", &r, &e), E_OK), assert_int_not_equal(r.tenths, pair[k].tenths);
    assert_int_equal(organisation_rate(pair[k].members, most + 1, "", &r, &e), E_OK), assert_int_not_equal(r.tenths, pair[k].tenths);
  }
}

/* --- affiliations --- */
static struct affiliation joined(const char *from, const char *to) { return (struct affiliation){str_of(from), str_of(to)}; }
static const struct federation_total *total_of(const struct federation_total *f, int64_t n, const char *id) {
  for (int64_t i = 0; i < n; i++)
    if (str_eq(f[i].id, str_of(id))) return &f[i];
  return NULL;
}
static void double_affiliation_counts_in_each_and_once_in_the_total(void **state) {
  (void)state;
  struct union_slip s[] = {slip("u1", UNION_PLAIN, 100), slip("u2", UNION_PLAIN, 10), slip("u3", UNION_PLAIN, 1), slip("F", UNION_FEDERATION, 0),
      slip("A", UNION_FEDERATION, 0), slip("B", UNION_FEDERATION, 0)};
  /* u1 -> F, F -> A and B; u1 -> A as well; u2 -> B; the same row twice */
  struct affiliation edges[] = {joined("u1", "F"), joined("F", "A"), joined("F", "B"), joined("u1", "A"), joined("u2", "B"), joined("u2", "B")};
  struct affiliation_graph g;
  struct affiliation_summary sum;
  struct federation_total *f;
  struct err e;
  int64_t n;
  assert_int_equal(affiliation_graph(a, s, 6, edges, 6, &g, &e), E_OK);
  assert_int_equal(g.n_twice, 1);
  assert_int_equal(affiliation_totals(a, &g, UNION_BY_SINGLE, &f, &n, &sum, &e), E_OK);
  assert_int_equal(n, 3);
  assert_int_equal(total_of(f, n, "A")->below.members, 100); /* once, by two ways */
  assert_int_equal(total_of(f, n, "B")->below.members, 110);
  assert_int_equal(total_of(f, n, "F")->below.members, 100);
  assert_true(total_of(f, n, "A")->top && !total_of(f, n, "F")->top);
  assert_int_equal(sum.once.members, 110), assert_int_equal(sum.once.unions, 2);
  assert_int_equal(sum.sum_top.members, 210);
  assert_int_equal(sum.several.members, 100), assert_int_equal(sum.none.members, 1);
}
static void branches_belong_to_what_their_head_office_joined(void **state) {
  (void)state;
  struct union_slip s[] = {slip("h", UNION_HEAD, 130), branch("b1", "h", 60), branch("b2", "h", 40), slip("F", UNION_FEDERATION, 0)};
  struct affiliation edges[] = {joined("h", "F")};
  struct affiliation_graph g;
  struct affiliation_summary sum;
  struct federation_total *f;
  struct err e;
  int64_t n;
  assert_int_equal(affiliation_graph(a, s, 4, edges, 1, &g, &e), E_OK);
  assert_int_equal(affiliation_totals(a, &g, UNION_BY_UNIT, &f, &n, &sum, &e), E_OK);
  assert_int_equal(total_of(f, n, "F")->below.members, 100);
  assert_int_equal(affiliation_totals(a, &g, UNION_BY_SINGLE, &f, &n, &sum, &e), E_OK);
  assert_int_equal(total_of(f, n, "F")->below.members, 130);
}
static void circles_are_found_and_have_no_total(void **state) {
  (void)state;
  struct union_slip s[] = {slip("u", UNION_PLAIN, 5), slip("A", UNION_FEDERATION, 0), slip("B", UNION_FEDERATION, 0), slip("C", UNION_FEDERATION, 0)};
  struct affiliation edges[] = {joined("u", "A"), joined("A", "B"), joined("B", "C"), joined("C", "A"), joined("u", "nobody"), joined("u", "u")};
  struct affiliation_finding *f;
  struct affiliation_graph g;
  struct affiliation_summary sum;
  struct federation_total *t;
  struct err e;
  int64_t n, circle = 0;
  assert_int_equal(affiliation_graph(a, s, 4, edges, 6, &g, &e), E_OK);
  assert_int_equal(affiliation_check(a, &g, NULL, 0, &f, &n, &e), E_OK);
  for (int64_t i = 0; i < n; i++) circle += f[i].fault == AFFILIATION_CIRCLE;
  assert_int_equal(circle, 4); /* A, B, C and u by itself */
  assert_int_equal(n, 6);      /* and: itself, a federation without slip */
  assert_int_equal(affiliation_totals(a, &g, UNION_BY_SINGLE, &t, &n, &sum, &e), E_RELATIONS_CYCLE);
}
/* Random graphs without circles against counting by hand: reachability by repeated squaring of a small matrix. */
static void totals_agree_with_reachability(void **state) {
  (void)state;
  enum { N = 24, TRIALS = 200 };
  static char name[N][8];
  for (int trial = 0; trial < TRIALS; trial++) {
    struct union_slip s[N];
    struct affiliation edges[4 * N];
    bool reach[N][N] = {{false}};
    struct affiliation_graph g;
    struct affiliation_summary sum;
    struct federation_total *f;
    struct err e;
    struct rng r;
    int64_t n, m = 0, once = 0;
    rng_init(&r, 5, "graphs", &trial, sizeof trial);
    for (int i = 0; i < N; i++) {
      snprintf(name[i], sizeof name[i], "n%02d", i);
      s[i] = slip(name[i], i < 16 ? UNION_PLAIN : UNION_FEDERATION, 1 + (int64_t)rng_below(&r, 100));
    }
    for (int i = 0; i < N - 1; i++)
      for (int k = 0; k < 2; k++) {
        const int from = i < 16 ? 16 : i + 1, to = from + (int)rng_below(&r, (uint64_t)(N - from));
        if (rng_below(&r, 3) == 0) continue;
        edges[m++] = joined(name[i], name[to]), reach[i][to] = true;
      }
    for (int k = 0; k < N; k++)
      for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) reach[i][j] = reach[i][j] || (reach[i][k] && reach[k][j]);
    assert_int_equal(affiliation_graph(a, s, N, edges, m, &g, &e), E_OK);
    assert_int_equal(affiliation_totals(a, &g, UNION_BY_SINGLE, &f, &n, &sum, &e), E_OK);
    for (int j = 16; j < N; j++) {
      int64_t members = 0;
      for (int i = 0; i < 16; i++) members += reach[i][j] ? s[i].count[UNION_TOTAL] : 0;
      assert_int_equal(total_of(f, n, name[j])->below.members, members);
    }
    for (int i = 0; i < 16; i++) {
      bool any = false;
      for (int j = 16; j < N; j++) any = any || reach[i][j];
      once += any ? s[i].count[UNION_TOTAL] : 0;
    }
    assert_int_equal(sum.once.members, once);
  }
}

/* --- disputes --- */
static struct dispute_slip month_of(const char *id, int month, int start_year, int start_month, enum dispute_acts acts, int64_t heads, int64_t year,
    int64_t days) {
  return (struct dispute_slip){.id = str_of(id), .month = dispute_month(2022, month), .start = date_from_civil(start_year, start_month, 5),
      .has_start = true,
      .state = DISPUTE_OPEN, .acts = acts, .total = 100, .has_total = true, .participants = heads, .has_participants = acts == DISPUTE_ACTS_YES,
      .participants_year = year, .has_participants_year = true, .days_lost = days, .has_days_lost = acts == DISPUTE_ACTS_YES};
}
static struct dispute_act act_of(const char *id, int month, enum dispute_form form, int64_t heads, int64_t year, int64_t days) {
  return (struct dispute_act){.id = str_of(id), .month = dispute_month(2022, month), .form = form, .participants = heads, .participants_year = year,
      .days_lost = days, .has_participants = true, .has_participants_year = true, .has_days_lost = true};
}
static void a_dispute_counts_once_in_the_year_and_in_each_form(void **state) {
  (void)state;
  struct dispute_slip s[] = {month_of("x", 1, 2021, 12, DISPUTE_ACTS_YES, 40, 40, 40), month_of("x", 2, 2021, 12, DISPUTE_ACTS_YES, 30, 55, 60),
      month_of("x", 3, 2021, 12, DISPUTE_ACTS_NO, 0, 55, 0), month_of("y", 3, 2022, 3, DISPUTE_ACTS_NO, 0, 0, 0)};
  struct dispute_act acts[] = {act_of("x", 1, DISPUTE_STRIKE, 40, 40, 40), act_of("x", 2, DISPUTE_STRIKE, 20, 50, 40), act_of("x", 2,
      DISPUTE_LOCKOUT, 30, 30, 30),
      act_of("x", 2, DISPUTE_SHORT_STRIKE, 10, 10, 0)};
  struct dispute_figures f;
  struct err e;
  s[2].state = DISPUTE_SETTLED;
  assert_int_equal(dispute_count(a, s, 4, acts, 4, dispute_month(2022, 1), dispute_month(2022, 12), NULL, &f, &e), E_OK);
  assert_int_equal(f.disputes, 2), assert_int_equal(f.carried, 1), assert_int_equal(f.fresh, 1);
  assert_int_equal(f.acts.disputes, 1), assert_int_equal(f.without_acts, 1);
  assert_int_equal(f.acts.participants, 55); /* since January, not 40 + 30 */
  assert_int_equal(f.acts.days_lost, 100);   /* a worker-day struck and locked out once: 60, not 70 */
  assert_int_equal(f.form[DISPUTE_STRIKE].disputes, 1), assert_int_equal(f.form[DISPUTE_LOCKOUT].disputes, 1);
  assert_int_equal(f.form[DISPUTE_STRIKE].participants, 50), assert_int_equal(f.form[DISPUTE_STRIKE].days_lost, 80);
  assert_int_equal(f.form[DISPUTE_SHORT_STRIKE].days_lost, 0);
  assert_int_equal(f.losing.disputes, 1), assert_int_equal(f.losing.days_lost, 100), assert_int_equal(f.losing.unknown_participants, 1);
  assert_int_equal(f.several, 1), assert_int_equal(f.settled, 1), assert_int_equal(f.open, 1);
  assert_int_equal(dispute_count(a, s, 4, acts, 4, dispute_month(2022, 3), dispute_month(2022, 3), NULL, &f, &e), E_OK);
  assert_int_equal(f.disputes, 2), assert_int_equal(f.acts.disputes, 0), assert_int_equal(f.carried, 1);
}
static void what_is_not_answered_is_not_zero(void **state) {
  (void)state;
  struct dispute_slip s[] = {month_of("x", 5, 2022, 5, DISPUTE_ACTS_UNKNOWN, 0, 0, 0), month_of("y", 5, 2022, 5, DISPUTE_ACTS_YES, 9, 9, 0)};
  struct dispute_act acts[] = {act_of("y", 5, DISPUTE_STRIKE, 9, 9, 0)};
  struct dispute_figures f;
  struct err e;
  s[0].has_start = false, s[0].has_total = false, s[1].has_days_lost = false, s[1].has_participants = false, acts[0].has_days_lost = false;
  assert_int_equal(dispute_count(a, s, 2, acts, 1, dispute_month(2022, 5), dispute_month(2022, 5), NULL, &f, &e), E_OK);
  assert_int_equal(f.unknown_acts, 1), assert_int_equal(f.without_acts, 0), assert_int_equal(f.unknown_start, 1);
  assert_int_equal(f.all.unknown_participants, 1), assert_int_equal(f.acts.unknown_participants, 1), assert_int_equal(f.acts.unknown_days, 1);
  assert_int_equal(f.form[DISPUTE_STRIKE].unknown_days, 1);
}
/* Acts that are stated and not listed leave the forms unknown; they do not make them 0. */
static void forms_that_are_not_listed_are_not_zero(void **state) {
  (void)state;
  struct dispute_slip s[] = {month_of("x", 5, 2022, 5, DISPUTE_ACTS_YES, 9, 9, 9), month_of("y", 5, 2022, 5, DISPUTE_ACTS_YES, 4, 4, 4)};
  struct dispute_act acts[] = {act_of("y", 5, DISPUTE_STRIKE, 4, 4, 4)};
  struct relations_dispute d = {.domain = STR("_T")};
  struct relations_table t;
  struct err e;
  const int32_t may = dispute_month(2022, 5);
  assert_int_equal(dispute_count(a, s, 2, acts, 1, may, may, NULL, &d.f, &e), E_OK);
  assert_int_equal(d.f.unlisted, 1);
  assert_int_equal(relations_dispute_table(a, &d, 1, "all", false, &t, &e), E_OK);
  assert_int_equal(t.table->measures[0].status[10], RESULT_SHOWN); /* 11_strike: y's, and a note on x */
  assert_int_equal(dispute_count(a, s, 2, NULL, 0, may, may, NULL, &d.f, &e), E_OK);
  assert_int_equal(relations_dispute_table(a, &d, 1, "all", false, &t, &e), E_OK);
  assert_int_equal(t.table->measures[0].status[1], RESULT_SHOWN); /* 02_with_acts */
  for (int row = 9; row < 16; row++) assert_int_equal(t.table->measures[0].status[row], RESULT_UNDEFINED);
  s[0].acts = s[1].acts = DISPUTE_ACTS_NO;
  assert_int_equal(dispute_count(a, s, 2, NULL, 0, may, may, NULL, &d.f, &e), E_OK);
  assert_int_equal(relations_dispute_table(a, &d, 1, "all", false, &t, &e), E_OK);
  assert_int_equal(t.unknown, 0); /* no dispute had acts: the forms are 0 */
  s[0].acts = s[1].acts = DISPUTE_ACTS_UNKNOWN;
  assert_int_equal(dispute_count(a, s, 2, NULL, 0, may, may, NULL, &d.f, &e), E_OK);
  assert_int_equal(relations_dispute_table(a, &d, 1, "all", false, &t, &e), E_OK);
  assert_int_equal(t.table->measures[0].status[1], RESULT_UNDEFINED), assert_int_equal(t.table->measures[2].status[0], RESULT_UNDEFINED);
  assert_int_equal(t.table->measures[0].status[0], RESULT_SHOWN);
}
static void every_note_is_said_in_both_languages(void **state) {
  (void)state;
  struct union_slip s[] = {slip("1", UNION_PLAIN, 10), slip("2", UNION_PLAIN, 20)};
  struct relations_table t;
  struct union_domain *d;
  struct err e;
  int64_t n;
  assert_int_equal(union_stocks(a, s, 2, &d, &n, &e), E_OK);
  assert_int_equal(relations_union_table(a, d, n, "industry", &t, &e), E_OK);
  assert_true(t.table->n_notes > 4);
  for (int i = 0; i < t.table->n_notes; i++) assert_non_null(t.note_ja[i]);
  for (int m = 0; m < t.table->n_measures; m++) assert_non_null(relations_label_ja(NULL, str_of(t.table->measures[m].name)));
  assert_non_null(relations_label_ja("group", STR("M")));
  assert_null(relations_label_ja("industry", STR("M"))); /* mining, not men */
}
static void the_order_of_rows_does_not_matter(void **state) {
  (void)state;
  enum { N = 60 };
  struct dispute_slip s[N], t[N];
  struct dispute_figures f, g;
  static char name[N][8];
  struct err e;
  for (int i = 0; i < N; i++) {
    snprintf(name[i], sizeof name[i], "d%d", i / 3);
    s[i] = month_of(name[i], 1 + i % 3, 2021 + i % 2, 1 + i % 3, i % 4 ? DISPUTE_ACTS_NO : DISPUTE_ACTS_YES, i, i, 2 * i);
    t[(i * 37) % N] = s[i];
  }
  assert_int_equal(dispute_count(a, s, N, NULL, 0, dispute_month(2022, 1), dispute_month(2022, 12), NULL, &f, &e), E_OK);
  assert_int_equal(dispute_count(a, t, N, NULL, 0, dispute_month(2022, 1), dispute_month(2022, 12), NULL, &g, &e), E_OK);
  assert_memory_equal(&f, &g, sizeof f);
  t[0] = t[1];
  assert_int_equal(dispute_count(a, t, N, NULL, 0, dispute_month(2022, 1), dispute_month(2022, 12), NULL, &g, &e), E_RELATIONS_TWICE);
}

/* --- published disputes (厚生労働省 労働争議統計調査 令和元年・4年): slips that the published figures allow -- as few disputes
 *          of both forms as there must be --
 *     give the published figures again, although forms overlap and every dispute is reported in two months. --- */
static void slips_of_the_published_figures_give_them_again(void **state) {
  (void)state;
  static const struct {
    int64_t all, with, without, strikes, short_strikes, participants, days;
  } published[] = {{268, 49, 219, 27, 33, 17763, 11002}, {270, 65, 205, 33, 48, 6447, 1789}};
  enum { MOST = 300 };
  static char name[MOST][8];
  for (int k = 0; k < 2; k++) {
    static struct dispute_slip s[2 * MOST];
    static struct dispute_act acts[2 * MOST];
    struct dispute_figures f;
    struct err e;
    int64_t n = 0, m = 0;
    for (int i = 0; i < published[k].all; i++) {
      const bool act = i < published[k].with, strike = i < published[k].strikes, brief = act && i >= published[k].with - published[k].short_strikes;
      const int64_t heads = i ? 1 : published[k].participants - published[k].with + 1, days = i ? 0 : published[k].days;
      snprintf(name[i], sizeof name[i], "d%d", i);
      s[n++] = month_of(name[i], 4, i % 5 ? 2022 : 2021, 4, DISPUTE_ACTS_NO, 0, 0, 0);
      s[n++] = month_of(name[i], 5, i % 5 ? 2022 : 2021, 4, act ? DISPUTE_ACTS_YES : DISPUTE_ACTS_NO, act ? heads : 0, act ? heads : 0, act ? days
          : 0);
      if (strike) acts[m++] = act_of(name[i], 5, DISPUTE_STRIKE, heads, heads, days);
      if (brief) acts[m++] = act_of(name[i], 5, DISPUTE_SHORT_STRIKE, heads, heads, 0);
    }
    assert_int_equal(dispute_count(a, s, n, acts, m, dispute_month(2022, 1), dispute_month(2022, 12), NULL, &f, &e), E_OK);
    assert_int_equal(f.disputes, published[k].all), assert_int_equal(f.acts.disputes, published[k].with);
    assert_int_equal(f.without_acts, published[k].without), assert_int_equal(f.fresh + f.carried, published[k].all);
    assert_int_equal(f.form[DISPUTE_STRIKE].disputes, published[k].strikes);
    assert_int_equal(f.form[DISPUTE_SHORT_STRIKE].disputes, published[k].short_strikes);
    assert_int_equal(f.several, published[k].strikes + published[k].short_strikes - published[k].with);
    assert_int_equal(f.acts.participants, published[k].participants), assert_int_equal(f.acts.days_lost, published[k].days);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(single_organisation_includes_members_without_a_branch, setup, teardown),
      cmocka_unit_test_setup_teardown(members_not_answered_are_counted_apart, setup, teardown),
      cmocka_unit_test_setup_teardown(a_number_twice_stops, setup, teardown), cmocka_unit_test_setup_teardown(sums_that_are_too_large_stop, setup,
          teardown),
      cmocka_unit_test_setup_teardown(flows_add_up, setup, teardown),
      cmocka_unit_test_setup_teardown(an_unanswered_year_is_no_loss, setup, teardown),
      cmocka_unit_test_setup_teardown(flows_name_the_number_that_stands_twice, setup, teardown),
      cmocka_unit_test_setup_teardown(a_sum_without_an_answer_is_undefined, setup, teardown),
      cmocka_unit_test_setup_teardown(forms_that_are_not_listed_are_not_zero, setup, teardown),
      cmocka_unit_test_setup_teardown(every_note_is_said_in_both_languages, setup, teardown),
      cmocka_unit_test_setup_teardown(published_organisation_rates, setup, teardown),
      cmocka_unit_test_setup_teardown(double_affiliation_counts_in_each_and_once_in_the_total, setup, teardown),
      cmocka_unit_test_setup_teardown(branches_belong_to_what_their_head_office_joined, setup, teardown),
      cmocka_unit_test_setup_teardown(circles_are_found_and_have_no_total, setup, teardown),
      cmocka_unit_test_setup_teardown(totals_agree_with_reachability, setup, teardown),
      cmocka_unit_test_setup_teardown(a_dispute_counts_once_in_the_year_and_in_each_form, setup, teardown),
      cmocka_unit_test_setup_teardown(what_is_not_answered_is_not_zero, setup, teardown),
      cmocka_unit_test_setup_teardown(the_order_of_rows_does_not_matter, setup, teardown),
      cmocka_unit_test_setup_teardown(slips_of_the_published_figures_give_them_again, setup, teardown)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
