/* cmd_labour_store.c -- cmd_labour.h: movers, results of a prefecture, random groups: kinds that read a month of the store. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "estimators/command/cmd_estimate_load.h"
#include "estimators/command/cmd_labour.h"
#include "estimators/mls/mls_growth.h"
#include "estimators/mls/mls_path.h"
#include "estimators/mls/mls_register.h"

static enum err_code open_month(struct cli *c, struct store *s, struct estimate_mls_month **out, struct err *e) {
  if (cli_operand_count(c) < 2) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = cli_operand(c, 0), .expected = "a month 2025-12");
  *out = ARENA_NEW(cli_job(c)->arena, struct estimate_mls_month);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "month");
  return estimate_mls_month(s, cli_text(c, "survey"), cli_operand(c, 1), cli_text(c, "stage"), cli_job(c)->arena, *out, e);
}

/* --- movers: the cell of each report by the register of a later month --- */
static enum err_code register_of(struct cli *c, struct store *s, const char *period, struct shard_rows *out, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct estimate_options *o = ARENA_NEW(a, struct estimate_options);
  struct estimate_output *result = ARENA_NEW(a, struct estimate_output);
  struct estimate_run *run = ARENA_NEW(a, struct estimate_run);
  const struct shard_rows *rows;
  struct form *f;
  if (!o || !result || !run) return ERR(e, E_NO_MEMORY, .subject = "register");
  TRY(estimate_begin(s, cli_text(c, "survey"), period, o, a, result, run, e));
  TRY(estimate_form(run, "register", &f, e));
  TRY(estimate_load(run, f, NULL, 0, &rows, e));
  *out = *rows;
  return E_OK;
}
struct mover_work {
  struct estimate_mls_month *m;
  int32_t *now;        /* [reports] */
  double *weight;      /* [reports] of the destination */
  struct mls_mover *movers;
  int64_t n_movers, n_leaving, n_absent;
  double *left;        /* [cells] */
  struct mls_carry_cell *carry;
};
static int32_t cell_index(const struct mls_run_input *in, struct str id) {
  for (int32_t k = 0; id.n && k < in->n_cells; k++)
    if (str_eq(in->cells[k].id, id)) return k;
  return -1;
}
/* A report whose establishment the later register does not hold stays where it is: it left the sample, not its cell. */
static enum err_code place_reports(struct cli *c, const struct shard_rows *r, struct mover_work *w, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  const struct mls_run_input *in = &w->m->in.run;
  struct dict *ids = dict_new(a);
  struct str *prefecture, *number, *cell;
  int64_t *num, *den;
  uint8_t *has_num, *has_den;
  w->now = ARENA_ARRAY(a, int32_t, in->sample.n + 1);
  w->weight = ARENA_ARRAY(a, double, in->sample.n + 1);
  if (!ids || !w->now || !w->weight) return ERR(e, E_NO_MEMORY, .subject = "movers");
  TRY(shard_rows_text(a, r, "prefecture", &prefecture, e));
  TRY(shard_rows_text(a, r, "establishment_no", &number, e));
  TRY(shard_rows_text(a, r, "cell", &cell, e));
  TRY(shard_rows_int(a, r, "weight_num", &num, &has_num, NULL, e));
  TRY(shard_rows_int(a, r, "weight_den", &den, &has_den, NULL, e));
  for (int64_t i = 0; i < shard_rows_count(r); i++) {
    const char *id = arena_printf(a, "%.*s/%.*s", (int)prefecture[i].n, prefecture[i].p, (int)number[i].n, number[i].p);
    if (!id || dict_add(ids, str_of(id)) != i) return ERR(e, E_LABOUR_INPUT, .file = r->name, .subject = "movers",
        .expected = "each establishment once");
  }
  for (int64_t i = 0; i < in->sample.n; i++) {
    const int32_t row = dict_find(ids, w->m->id[i]);
    w->now[i] = row < 0 ? in->sample.cell[i] : cell_index(in, cell[row]);
    w->weight[i] = in->sample.design->weight[i];
    w->n_absent += row < 0;
    if (row < 0 || w->now[i] == in->sample.cell[i]) continue;
    w->n_leaving += w->now[i] < 0;
    if (strcmp(cli_text(c, "weight"), "destination")) continue;
    if (!value_present(has_num[row]) || !value_present(has_den[row]) || den[row] < 1) return ERR(e, E_NO_WEIGHT, .file = r->name,
        .subject = w->m->id[i].p);
    w->weight[i] = (double)num[row] / (double)den[row];
  }
  return E_OK;
}
static enum err_code carry_on(struct cli *c, struct mover_work *w, double l, struct err *e) {
  const struct mls_run_input *in = &w->m->in.run;
  const bool leaving = !strcmp(cli_text(c, "leaving"), "counts");
  const struct mls_mover_policy policy = {!strcmp(cli_text(c, "weight"), "destination") ? w->weight : NULL, leaving};
  w->movers = ARENA_ARRAY(cli_job(c)->arena, struct mls_mover, in->sample.n + 1);
  w->left = ARENA_ARRAY(cli_job(c)->arena, double, in->n_cells + 1);
  w->carry = ARENA_ARRAY(cli_job(c)->arena, struct mls_carry_cell, in->n_cells + 1);
  if (!w->movers || !w->left || !w->carry) return ERR(e, E_NO_MEMORY, .subject = "movers");
  TRY(mls_find_movers(&in->sample, &w->m->run.ratio, in->n_cells, w->now, &policy, w->movers, &w->n_movers, w->left, e));
  for (int32_t k = 0; k < in->n_cells; k++)
    w->carry[k] = (struct mls_carry_cell){.k = in->k ? in->k[k] : 0, .rho = in->rho ? in->rho[k] : 0,
        .workers_end = w->m->run.ratio.cells[k].totals.x[MLS_ALL][MLS_E1]};
  TRY(mls_carry(w->carry, in->n_cells, w->movers, w->n_movers, l, e));
  for (int32_t k = 0; leaving && k < in->n_cells; k++) w->carry[k].workers_next -= l * w->left[k];
  return E_OK;
}
static enum err_code write_next(struct cli *c, const struct mover_work *w, struct err *e) {
  const struct mls_run_input *in = &w->m->in.run;
  struct labour_cell *cells = ARENA_ARRAY(cli_job(c)->arena, struct labour_cell, in->n_cells + 1);
  if (!cli_text(c, "next")) return E_OK;
  if (!cells) return ERR(e, E_NO_MEMORY, .subject = "movers");
  for (int32_t k = 0; k < in->n_cells; k++) {
    const struct mls_cell *x = &in->cells[k];
    cells[k] = (struct labour_cell){x->id, x->industry, x->size, x->neighbour >= 0 ? in->cells[x->neighbour].id : STR(""), STR(""),
        w->carry[k].workers_next,
        w->carry[k].k};
  }
  return labour_write_cells(c, cli_text(c, "next"), cells, in->n_cells, e);
}
/* What is printed and written is the next month's: the register must be that month's. */
static enum err_code month_after(struct cli *c, struct err *e) {
  const char *to = cli_text(c, "to");
  struct period now, next;
  char month[16];
  if (!period_parse(str_of(cli_operand(c, 1)), &now) || now.kind != PERIOD_MONTH)
    return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "movers", .expected = "a month 2025-12", .found = cli_operand(c, 1));
  if (period_parse(str_of(to), &next) && next.kind == PERIOD_MONTH) {
    const struct period last = period_previous(&next);
    if (last.year == now.year && last.part == now.part) return E_OK;
  }
  period_format(&now, month);
  const char *expected = arena_printf(cli_job(c)->arena, "the month after %s", month);
  return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--to", .expected = expected ? expected : "the month after", .found = to);
}
static void mover_notes(struct cli *c, const struct mover_work *w, double l, double net, struct result_table *t, struct labour_notes *notes) {
  struct arena *a = cli_job(c)->arena;
  const bool leave = !strcmp(cli_text(c, "leaving"), "counts"), destination = !strcmp(cli_text(c, "weight"), "destination");
  const long long movers = w->n_movers, leaving = w->n_leaving, absent = w->n_absent;
  labour_note(t, notes,
      arena_printf(a, "%lld movers, %lld to no cell, %lld reports not in the later register (they stay); movers over all cells add to %.3g", movers,
          leaving, absent, net),
      arena_printf(a, "移動 %lld、集計されない区分へ %lld、後の名簿にない報告 %lld（元の区分のまま）。移動の全区分の合計は %.3g", movers, leaving,
          absent, net));
  labour_note(t, notes,
      arena_printf(a, "L = %g, weight of the %s, movers to no cell %s: not published, unconfirmed", l, cli_text(c, "weight"),
          leave ? "leave their cell" : "stay in their cell"),
      arena_printf(a, "L = %g、ウェイトは%s、集計されない区分への移動は%s：公表されておらず未確認です", l, destination ? "移動先" : "抽出時",
          leave ? "退出とする" : "元の区分のまま"));
}
enum err_code labour_do_movers(struct cli *c, struct store *s, bool *look, struct err *e) {
  static const char *const names[] = {"cell", "end_of_month", "insurance", "moved", "left", "next_month", "reports_in", "reports_out"};
  static const int decimals[] = {1, 1, 1, 1, 1, 0, 0};
  struct mover_work w = {.n_movers = 0};
  struct shard_rows later;
  struct result_table *t;
  struct labour_notes notes = {.n = 0};
  double l, net = 0;
  if (!cli_text(c, "to")) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "movers", .expected = "--to MONTH: whose register says where units are");
  TRY(labour_option_in(c, "l", 0, 1, "0 to 1", &l, e));
  TRY(month_after(c, e));
  TRY(open_month(c, s, &w.m, e));
  TRY(register_of(c, s, cli_text(c, "to"), &later, e));
  TRY(place_reports(c, &later, &w, e));
  TRY(carry_on(c, &w, l, e));
  const struct mls_run_input *in = &w.m->in.run;
  TRY(labour_table(c, "movers", "集計区分間の移動と翌月の労働者数", "movers between cells and the workers of the next month",
      in->n_cells, 1, 7, names, decimals, &t, e));
  for (int32_t k = 0; k < in->n_cells; k++) {
    const double v[] = {w.carry[k].workers_end, w.carry[k].insurance, w.carry[k].moved, -l * w.left[k], w.carry[k].workers_next};
    t->dimensions[0].code[k] = in->cells[k].id;
    for (int i = 0; i < 5; i++) t->measures[i].value[k] = v[i];
    net += w.carry[k].moved;
  }
  for (int64_t i = 0; i < w.n_movers; i++) t->measures[5].value[w.movers[i].to]++, t->measures[6].value[w.movers[i].from]++;
  *look = fabs(net) > 1e-6;
  mover_notes(c, &w, l, net, t, &notes);
  TRY(write_next(c, &w, e));
  TRY(result_sort(t, e));
  return labour_print(c, t, &notes, cli_operand(c, 1), e);
}

/* --- random groups --- */
static const struct {
  const char *name;
  int item, column;
} items[] = {{"C", MLS_C, MLS_COL_C}, {"O", MLS_O, MLS_COL_O}, {"S", MLS_S, MLS_COL_S}, {"Hs", MLS_HS, MLS_COL_HS}, {"Ho", MLS_HO, MLS_COL_HO},
    {"D", MLS_D, MLS_COL_D}};
static int item_of(struct cli *c) {
  for (int k = 0; k < 6; k++)
    if (!strcmp(items[k].name, cli_text(c, "item"))) return k;
  return -1;
}
static void error_cell(struct result_table *t, int measure, int64_t row, bool there, double v, const char *why) {
  if (there) t->measures[measure].value[row] = v;
  else labour_absent(t, measure, row, why);
}
enum err_code labour_do_random_groups(struct cli *c, struct store *s, bool *look, struct err *e) {
  static const char *const names[] = {"size", "value", "se_groups", "se_linear", "reports"};
  static const int decimals[] = {2, 3, 3, 0};
  struct estimate_mls_month *m;
  struct mls_variance *variance;
  struct result_table *t;
  struct labour_notes notes = {.n = 0};
  const int item = item_of(c);
  const struct mls_groups how = {.n_groups = (int)cli_int(c, "groups"), .seed = (uint64_t)cli_int(c, "seed")};
  int64_t n = 0, k = 0;
  (void)look;
  if (item < 0) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--item", .expected = "C, O, S, Hs, Ho or D");
  if (how.n_groups < 2 || how.n_groups > 100) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "--groups", .expected = "2 to 100");
  TRY(open_month(c, s, &m, e));
  const struct mls_run_input *in = &m->in.run;
  TRY(mls_variance_begin(cli_job(c)->arena, &in->sample, in->cells, in->n_cells, &m->run.ratio, &variance, e));
  const struct str industry = str_of(cli_text(c, "industry"));
  for (int32_t g = 0; g < in->n_rollups; g++) n += str_eq(in->rollups[g].industry, industry);
  if (!n) return ERR(e, E_LABOUR_INPUT, .subject = cli_text(c, "industry"), .expected = "an industry of the month");
  TRY(labour_table(c, "random_groups", "副標本による標準誤差", "standard errors by random groups", n, 1, 4, names, decimals, &t, e));
  for (int32_t g = 0; g < in->n_rollups; g++) {
    struct mls_error groups, linear;
    if (!str_eq(in->rollups[g].industry, industry)) continue;
    TRY(mls_random_groups(cli_job(c)->arena, &in->sample, in->cells, in->n_cells, in->min_reports, &in->rollups[g], MLS_ALL, items[item].item, &how,
        &groups, e));
    mls_variance_average(variance, &in->rollups[g], MLS_ALL, items[item].column, &linear);
    t->dimensions[0].code[k] = in->rollups[g].size;
    error_cell(t, 0, k, linear.defined, linear.value, "no report");
    error_cell(t, 1, k, groups.defined, groups.se, "a group has no report of a cell and no neighbour for it");
    error_cell(t, 2, k, linear.defined, linear.se, "no report");
    t->measures[3].value[k++] = (double)linear.n;
  }
  struct arena *a = cli_job(c)->arena;
  const long long seed = cli_int(c, "seed");
  labour_note(t, &notes,
      arena_printf(a, "%d groups, seed %lld; no finite population correction: too large where most of a frame reports", how.n_groups, seed),
      arena_printf(a, "%d 組、乱数の種 %lld。有限母集団修正なし：母集団の大半が報告する層では過大です", how.n_groups, seed));
  labour_note(t, &notes,
      "units are dealt one by one: of second-kind establishments the districts should be, which the register does not hold",
      "事業所を1つずつ組に分けます。第二種事業所は地区ごとに分けるべきですが、名簿に地区がありません");
  TRY(result_sort(t, e));
  return labour_print(c, t, &notes, cli_operand(c, 1), e);
}

/* --- a prefecture: its reports with its own weights and its own workers by cell --- */
struct prefecture_work {
  struct estimate_mls_month *m;
  struct mls_register_row *rows;
  int64_t n_rows, n_missing;
  uint8_t *keep;
  double *weight;
  struct mls_cell *cells;
  double *frame_units; /* of the prefecture by stratum of the month; NULL = not given */
};
static enum err_code prefecture_register(struct cli *c, struct prefecture_work *w, struct dict **ids, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct labour_file f;
  struct str *prefecture, *number;
  double *num, *den;
  if (!cli_text(c, "register")) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "prefecture",
      .expected = "--register FILE: prefecture, establishment_no, weight_num, weight_den");
  TRY(labour_read(c, cli_text(c, "register"), &f, e));
  TRY(labour_text(c, &f, "prefecture", true, &prefecture, e));
  TRY(labour_text(c, &f, "establishment_no", true, &number, e));
  TRY(labour_number(c, &f, "weight_num", true, &num, NULL, e));
  TRY(labour_number(c, &f, "weight_den", true, &den, NULL, e));
  TRY(labour_whole(&f, "weight_num", num, e));
  TRY(labour_whole(&f, "weight_den", den, e));
  w->rows = ARENA_ARRAY(a, struct mls_register_row, f.t.n_rows + 1);
  *ids = dict_new(a);
  if (!w->rows || !*ids) return ERR(e, E_NO_MEMORY, .file = f.path);
  for (int64_t i = 0; i < f.t.n_rows; i++) {
    const char *id = arena_printf(a, "%.*s/%.*s", (int)prefecture[i].n, prefecture[i].p, (int)number[i].n, number[i].p);
    w->rows[i] = (struct mls_register_row){.prefecture = prefecture[i], .number = number[i], .from = INT64_MIN, .to = INT64_MAX,
        .num = {0, (int64_t)num[i]}, .den = {0, (int64_t)den[i]}};
    if (!id) return ERR(e, E_NO_MEMORY, .file = f.path);
    if (dict_add(*ids, str_of(id)) != i) return labour_refuse(&f, i, "establishment_no", "named once in its prefecture", e);
  }
  w->n_rows = f.t.n_rows;
  return E_OK;
}
static bool in_prefecture(struct str id, struct str prefecture) {
  return id.n > prefecture.n && !memcmp(id.p, prefecture.p, prefecture.n) && id.p[prefecture.n] == '/';
}
static enum err_code check_prefecture(struct cli *c, const struct estimate_mls_month *m, const char *prefecture, struct err *e) {
  for (int64_t i = 0; i < m->in.run.sample.n; i++)
    if (in_prefecture(m->id[i], str_of(prefecture))) return E_OK;
  const char *none = arena_printf(cli_job(c)->arena, "no report of prefecture %s", prefecture);
  return ERR(e, E_MLS_MONTH_INPUT, .subject = none ? none : "prefecture", .expected = "a prefecture with reports in the month");
}
/* Reports of other prefectures stand in one row that is in the national sample alone. A report of the prefecture without a weight stops. */
static enum err_code prefecture_weights(struct cli *c, struct prefecture_work *w, struct str prefecture, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  const int64_t n = w->m->in.run.sample.n;
  struct dict *ids = NULL;
  TRY(prefecture_register(c, w, &ids, e));
  int64_t *of = ARENA_ARRAY(a, int64_t, n + 1);
  w->keep = ARENA_ARRAY(a, uint8_t, n + 1), w->weight = ARENA_ARRAY(a, double, n + 1);
  if (!of || !w->keep || !w->weight) return ERR(e, E_NO_MEMORY, .subject = "prefecture");
  w->rows[w->n_rows] = (struct mls_register_row){.num = {1, 0}, .den = {1, 0}};
  for (int64_t i = 0; i < n; i++) {
    const struct str id = w->m->id[i];
    const int32_t row = dict_find(ids, id);
    const bool here = in_prefecture(id, prefecture);
    if (here && row < 0) return ERR(e, E_NO_WEIGHT, .file = cli_text(c, "register"), .subject = id.p);
    of[i] = here ? row : w->n_rows;
  }
  return mls_weights_for(w->rows, of, n, MLS_PREFECTURAL, prefecture, w->keep, w->weight, e);
}
static enum err_code prefecture_cells(struct cli *c, struct prefecture_work *w, struct err *e) {
  const struct mls_run_input *in = &w->m->in.run;
  struct labour_file f;
  struct str *cell;
  double *workers;
  int64_t any = 0;
  if (!cli_text(c, "cells")) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "prefecture", .expected = "--cells FILE: cell, workers of the prefecture");
  TRY(labour_read(c, cli_text(c, "cells"), &f, e));
  TRY(labour_text(c, &f, "cell", true, &cell, e));
  TRY(labour_number(c, &f, "workers", true, &workers, NULL, e));
  TRY(labour_once(c, &f, "cell", cell, e));
  TRY(labour_in(&f, "workers", workers, NULL, 0, DBL_MAX, "0 or more", e));
  for (int64_t i = 0; i < f.t.n_rows; i++) any += workers[i] > 0;
  if (!any) return ERR(e, E_LABOUR_INPUT, .file = f.path, .subject = "the results of the prefecture", .expected = "workers above 0 in a cell");
  w->cells = ARENA_ARRAY(cli_job(c)->arena, struct mls_cell, in->n_cells + 1);
  if (!w->cells) return ERR(e, E_NO_MEMORY, .file = f.path);
  for (int32_t k = 0; k < in->n_cells; k++) w->cells[k] = in->cells[k],
      w->cells[k].workers_before = -1; /* not given: the run stops where it is needed */
  for (int64_t i = 0; i < f.t.n_rows; i++) {
    const int32_t k = cell_index(in, cell[i]);
    if (k < 0) return ERR(e, E_MLS_NO_CELL, .file = f.path, .line = f.t.lines[i], .subject = arena_printf(cli_job(c)->arena, "%.*s", (int)cell[i].n,
        cell[i].p));
    w->cells[k].workers_before = workers[i];
  }
  return E_OK;
}
/* Frame counts of the prefecture by stratum: of every stratum in which it has reports, and no fewer units than reports. */
static int32_t stratum_index(const struct design *d, struct str id) {
  for (int32_t h = 0; id.n && h < d->n_strata; h++)
    if (str_eq(d->info[h].id, id)) return h;
  return -1;
}
static enum err_code frames_suffice(const struct prefecture_work *w, const struct labour_file *f, struct arena *a, struct err *e) {
  const struct design *d = w->m->in.run.sample.design;
  int64_t *reports = ARENA_ARRAY(a, int64_t, d->n_strata + 1);
  if (!reports) return ERR(e, E_NO_MEMORY, .file = f->path);
  for (int64_t i = 0; i < d->n_units; i++) reports[d->stratum[i]] += w->keep[i] != 0;
  for (int32_t h = 0; h < d->n_strata; h++) {
    if ((double)reports[h] <= w->frame_units[h]) continue;
    const char *found = arena_printf(a, "%lld reports, frame of %.0f", (long long)reports[h], w->frame_units[h]);
    const char *id = arena_printf(a, "the sampling error of stratum %.*s", (int)d->info[h].id.n, d->info[h].id.p);
    return ERR(e, E_LABOUR_INPUT, .file = f->path, .subject = id ? id : "the sampling error", .found = found,
        .expected = "--strata with frame_units of at least its reports");
  }
  return E_OK;
}
static enum err_code prefecture_strata(struct cli *c, struct prefecture_work *w, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  const struct design *d = w->m->in.run.sample.design;
  struct labour_file f;
  struct str *id;
  double *frame;
  if (!cli_text(c, "strata")) return E_OK;
  TRY(labour_read(c, cli_text(c, "strata"), &f, e));
  TRY(labour_text(c, &f, "stratum", true, &id, e));
  TRY(labour_number(c, &f, "frame_units", true, &frame, NULL, e));
  TRY(labour_whole(&f, "frame_units", frame, e));
  TRY(labour_once(c, &f, "stratum", id, e));
  w->frame_units = ARENA_ARRAY(a, double, d->n_strata + 1);
  if (!w->frame_units) return ERR(e, E_NO_MEMORY, .file = f.path);
  for (int64_t i = 0; i < f.t.n_rows; i++) {
    const int32_t h = stratum_index(d, id[i]);
    if (h < 0) return labour_refuse(&f, i, "stratum", "a stratum of the month", e);
    w->frame_units[h] = frame[i];
  }
  return frames_suffice(w, &f, a, e);
}
enum err_code labour_do_prefecture(struct cli *c, struct store *s, bool *look, struct err *e) {
  struct prefecture_work w = {.n_rows = 0};
  struct mls_subset *part = ARENA_NEW(cli_job(c)->arena, struct mls_subset);
  struct mls_run_result *run = ARENA_NEW(cli_job(c)->arena, struct mls_run_result);
  struct result_table *t;
  struct labour_notes notes = {.n = 0};
  const char *prefecture = cli_text(c, "prefecture");
  (void)look;
  if (!prefecture) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = "prefecture", .expected = "--prefecture NN");
  if (!part || !run) return ERR(e, E_NO_MEMORY, .subject = "prefecture");
  TRY(open_month(c, s, &w.m, e));
  TRY(check_prefecture(c, w.m, prefecture, e));
  TRY(prefecture_weights(c, &w, str_of(prefecture), e));
  TRY(prefecture_cells(c, &w, e));
  TRY(prefecture_strata(c, &w, e));
  TRY(mls_sample_subset(cli_job(c)->arena, &w.m->in.run.sample, w.keep, w.weight, w.frame_units, part, e));
  struct mls_run_input in = w.m->in.run;
  in.sample = part->sample, in.cells = w.cells, in.standard_errors = w.frame_units != NULL, in.previous_ratio = NULL;
  TRY(mls_run(cli_job(c)->arena, &in, run, e));
  int64_t *n;
  TRY(mls_count_reports(cli_job(c)->arena, &in, &n, e));
  TRY(mls_result_table(cli_job(c)->arena, "prefecture", run->rows, in.n_rollups, run->errors, n, &t, e));
  t->title_ja = "都道府県別結果（地方調査）", t->title_en = "results of a prefecture", t->survey = "mls", t->form = t->profile = "";
  t->refusal = "a working table: no disclosure control";
  struct arena *a = cli_job(c)->arena;
  const long long reports = part->sample.n;
  labour_note(t, &notes,
      arena_printf(a, "prefecture %s: %lld reports with the weights of the prefecture, workers by cell from the file given", prefecture, reports),
      arena_printf(a, "都道府県 %s：%lld 報告、ウェイトは県のもの、区分別の労働者数は指定のファイルによります", prefecture, reports));
  if (w.frame_units)
    labour_note(t, &notes, "standard errors: linearised, strata and frame counts of the prefecture; response counts as sampling in take-all strata",
        "標準誤差：線形化、県の層と母集団数による。悉皆層では回答を抽出とみなします");
  else
    labour_note(t, &notes, "no standard errors: give the frame counts of the prefecture's strata by --strata",
        "標準誤差はありません：県の層の母集団数を --strata で指定してください");
  for (int32_t i = 0; i < run->ratio.n_log; i++) {
    const struct str from = w.cells[run->ratio.log[i].cell].id, with = w.cells[run->ratio.log[i].with].id;
    labour_note(t, &notes,
        arena_printf(a, "cell %.*s with too few reports was joined with %.*s", (int)from.n, from.p, (int)with.n, with.p),
        arena_printf(a, "報告の少ない区分 %.*s は %.*s と合わせました", (int)from.n, from.p, (int)with.n, with.p));
  }
  return labour_print(c, t, &notes, cli_operand(c, 1), e);
}
