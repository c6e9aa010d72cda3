/* medical_table.c -- facility_table.h: the stock of medical institutions and its reconciliation with the static survey. */
#include <stdio.h>

#include "estimators/facility/facility_table.h"

static struct str kind_code(int kind) {
  static const char *const codes[STOCK_KINDS + 1] = {"_T", "1", "2", "3", "4", "5"};
  return str_of(codes[kind]);
}

enum { K_START, K_OPENED, K_REOPENED, K_CLOSED, K_SUSPENDED, K_MOVED, K_END, K_ASIDE, K_MEASURES };
static const struct facility_measure stock_measures[K_MEASURES] = {{"start", "facility", 0, true}, {"opened", "facility", 0, true},
    {"reopened", "facility", 0, true}, {"closed", "facility", 0, true}, {"suspended", "facility", 0, true}, {"reclassified", "facility", 0, true},
    {"end", "facility", 0, true}, {"closed_while_suspended", "facility", 0, true}};
enum err_code stock_table(struct arena *a, const struct stock_result *r, const struct str *month, struct result_table **out, struct err *e) {
  static const char *const names[2] = {"month", "facility_kind"};
  const struct facility_table_spec spec = {"stock", "医療施設数の増減", "medical institutions carried forward",
      names, 2, stock_measures, K_MEASURES};
  TRY(facility_table_new(a, &spec, (int64_t)r->n_months * (STOCK_KINDS + 1), out, e));
  for (int32_t m = 0; m < r->n_months; m++)
    for (int k = 0; k <= STOCK_KINDS; k++) {
      const struct stock_flow *f = stock_flow_at(r, m, k);
      const int64_t v[K_MEASURES] = {
          f->start, f->opened, f->reopened, f->closed, f->suspended, f->reclassified, f->end, f->closed_while_suspended};
      const int64_t row = facility_row(*out, (const struct str[]){month[m], kind_code(k)}, f->end);
      for (int i = 0; i < K_MEASURES; i++) facility_put(*out, row, i, (double)v[i]);
    }
  result_note(*out, "open institutions; end = start + opened + reopened - closed - suspended (+ reclassified by kind)");
  if (r->n_refused)
    result_note(*out, arena_printf(a, "%lld notices did not fit the state of their institution and were not carried", (long long)r->n_refused));
  return result_sort(*out, e);
}

enum { B_START, B_IN, B_OUT, B_CHANGED, B_END, B_MEASURES };
static const struct facility_measure bed_measures[B_MEASURES] = {{"start", "bed", 0, true}, {"opened_and_reopened", "bed", 0, true},
    {"closed_and_suspended", "bed", 0, true}, {"changed", "bed", 0, true}, {"end", "bed", 0, true}};
enum err_code stock_beds_table(struct arena *a, const struct stock_result *r, const struct str *month, struct result_table **out, struct err *e) {
  static const char *const names[2] = {"month", "bed_type"};
  const struct facility_table_spec spec = {
      "stock_beds", "許可病床数の増減", "permitted beds carried forward", names, 2, bed_measures, B_MEASURES};
  TRY(facility_table_new(a, &spec, (int64_t)r->n_months * (STOCK_BEDS + 1), out, e));
  for (int32_t m = 0; m < r->n_months; m++) {
    const struct stock_flow *f = stock_flow_at(r, m, 0);
    int64_t sum[B_MEASURES] = {0};
    for (int h = 0; h <= STOCK_BEDS; h++) {
      const bool all = h == STOCK_BEDS;
      const int64_t v[B_MEASURES] = {all ? sum[0] : f->beds_start[h], all ? sum[1] : f->beds_in[h], all ? sum[2] : f->beds_out[h],
          all ? sum[3] : f->beds_changed[h], all ? sum[4] : f->beds_end[h]};
      const int64_t row = facility_row(*out, (const struct str[]){month[m], all ? STR("_T") : str_of(stock_bed_name[h])}, f->end);
      for (int i = 0; i < B_MEASURES; i++) {
        facility_put(*out, row, i, (double)v[i]);
        sum[i] += all ? 0 : v[i];
      }
    }
  }
  return result_sort(*out, e);
}

/* --- reconciliation --- */
static const struct facility_measure reconcile_measures[3] = {
    {"institutions", "facility", 0, true}, {"beds_roll_forward", "bed", 0, true}, {"beds_static", "bed", 0, true}};
static void bridge_row(struct result_table *t, const char *line, int64_t n, int64_t roll, int64_t fixed) {
  const int64_t row = facility_row(t, (const struct str[]){str_of("bridge"), str_of(line)}, n < 0 ? -n : n);
  facility_put(t, row, 0, (double)n), facility_put(t, row, 1, (double)roll), facility_put(t, row, 2, (double)fixed);
}
enum err_code reconcile_table(struct arena *a, const struct reconcile_result *r, struct result_table **out, struct err *e) {
  static const char *const names[2] = {"part", "reason"};
  const struct facility_table_spec spec = {"reconcile", "動態の繰越と静態調査の突合",
      "roll-forward against the static survey", names, 2, reconcile_measures, 3};
  const struct reconcile_bridge *b = &r->bridge;
  int64_t roll[RECONCILE_REASONS] = {0}, fixed[RECONCILE_REASONS] = {0};
  TRY(facility_table_new(a, &spec, RECONCILE_REASONS + 8, out, e));
  for (int64_t i = 0; i < r->n; i++)
    roll[r->difference[i].reason] += r->difference[i].roll_beds, fixed[r->difference[i].reason] += r->difference[i].static_beds;
  for (int k = 0; k < RECONCILE_REASONS; k++) {
    const int64_t row = facility_row(*out, (const struct str[]){STR("differences"), str_of(reconcile_name[k])}, r->n_reason[k]);
    facility_put(*out, row, 0, (double)r->n_reason[k]), facility_put(*out, row, 1, (double)roll[k]), facility_put(*out, row, 2, (double)fixed[k]);
  }
  bridge_row(*out, "1_roll_forward", b->roll, b->beds_roll, 0);
  bridge_row(*out, "2_only_in_roll_forward", -b->only_roll, -b->beds_only_roll, 0);
  bridge_row(*out, "3_only_in_static", b->only_static, b->beds_only_static, 0);
  bridge_row(*out, "4_open_in_static_only", b->opened, b->beds_opened, 0);
  bridge_row(*out, "5_suspended_in_static", -b->suspended, -b->beds_suspended, 0);
  bridge_row(*out, "6_beds_of_both", 0, b->beds_changed, 0);
  bridge_row(*out, "7_static", b->in_static, 0, b->beds_static);
  result_note(*out, arena_printf(a, "%lld institutions agree; differences: beds counts pairs of institution and type of beds", (long long)r->n_same));
  result_note(*out, reconcile_closes(b) ? "the bridge closes: lines 1 to 6 add up to line 7" : "the bridge does not close");
  return E_OK;
}
