/* shirabe estimate growth SURVEY NOW BEFORE: growth of an average with its error, of the common establishments, and what the change is made of. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/date.h"
#include "base/ext_csv.h"
#include "base/json_out.h"
#include "base/term.h"
#include "estimators/command/cmd_estimate_print.h"
#include "estimators/mls/mls_change.h"
#include "estimators/mls/mls_growth.h"
#include "estimators/mls/mls_index.h"

struct months {
  struct estimate_mls_month now, before;
  struct mls_pair *pairs;
  int64_t n_pairs;
  int32_t *same;                   /* strata of now -> of before */
  struct mls_growth_month side[2]; /* now, before */
  struct mls_common_row *cells;    /* [cells of now] common establishments */
  double *carried;                 /* [cells of now] share of E that was carried on, of E as set by a benchmark; NULL = none is told */
};
enum { CARRIED_MOST = 1 << 24 };
struct line {
  struct str size;
  struct mls_growth_error growth;
  struct mls_change change;
  int64_t common, n_pairs;
};

/* --- joining ------------------------------------------------------------------------------------------------------------------------------ */
static enum err_code same_strata(struct arena *a, struct months *m, struct err *e) {
  const struct design *now = &m->now.in.design, *before = &m->before.in.design;
  struct dict *ids = dict_new(a);
  m->same = ARENA_ARRAY(a, int32_t, now->n_strata + 1);
  if (!ids || !m->same) return ERR(e, E_NO_MEMORY, .subject = "strata");
  for (int32_t h = 0; h < before->n_strata; h++)
    if (dict_add(ids, before->info[h].id) != h) return ERR(e, E_STRATUM_TWICE, .subject = "the month before");
  for (int32_t h = 0; h < now->n_strata; h++) m->same[h] = dict_find(ids, now->info[h].id);
  return E_OK;
}
static enum err_code common_by_cell(struct arena *a, struct months *m, enum mls_common_weights weights, struct err *e) {
  const int32_t n = m->now.in.run.n_cells;
  struct mls_rollup *each = ARENA_ARRAY(a, struct mls_rollup, n + 1);
  int32_t *index = ARENA_ARRAY(a, int32_t, n + 1);
  m->cells = ARENA_ARRAY(a, struct mls_common_row, n + 1);
  if (!each || !index || !m->cells) return ERR(e, E_NO_MEMORY, .subject = "common establishments");
  for (int32_t c = 0; c < n; c++) {
    index[c] = c;
    each[c] = (struct mls_rollup){m->now.in.run.cells[c].industry, m->now.in.run.cells[c].size, 1, index + c};
  }
  const struct mls_common_month now = {&m->now.in.run.sample, &m->now.run.ratio}, before = {&m->before.in.run.sample, &m->before.run.ratio};
  return mls_common(a, &now, &before, m->pairs, m->n_pairs, n, each, n, weights, m->cells, e);
}
/* --carried FILE: the workers of each cell as the month before carried them on (`estimate run --next`); every cell of now must be there. */
static bool workers_in(const struct csv_table *t, int cell, int workers, struct str id, double *out) {
  for (int64_t i = 0; i < t->n_rows; i++) {
    char b[40], *end;
    const struct str text = str_trim(csv_table_cell(t, i, workers));
    if (!str_eq(str_trim(csv_table_cell(t, i, cell)), id) || text.n == 0 || text.n >= sizeof b) continue;
    memcpy(b, text.p, text.n);
    b[text.n] = 0;
    errno = 0;
    *out = strtod(b, &end);
    return !*end && !errno && isfinite(*out) && *out >= 0;
  }
  return false;
}
static enum err_code read_carried(struct cli *c, struct months *m, struct err *e) {
  const char *path = cli_text(c, "carried");
  struct csv_table t;
  uint8_t *p = NULL;
  size_t n = 0;
  if (!path) return E_OK;
  TRY(file_read(path, CARRIED_MOST, &p, &n, e));
  const enum err_code code = csv_table_parse(cli_job(c)->arena, path, (const char *)p, n, &t, e);
  free(p);
  if (code) return code;
  const int cell = csv_table_column(&t, "cell"), workers = csv_table_column(&t, "workers");
  if (cell < 0 || workers < 0)
    return ERR(e, E_GROWTH_INPUT, .file = path, .line = 1, .subject = "no column cell or workers",
        .expected = "the cell table that `estimate run --next` wrote for the later month");
  m->carried = ARENA_ARRAY(cli_job(c)->arena, double, m->now.in.run.n_cells + 1);
  if (!m->carried) return ERR(e, E_NO_MEMORY, .subject = path);
  for (int32_t k = 0; k < m->now.in.run.n_cells; k++) {
    const struct mls_cell *of = &m->now.in.run.cells[k];
    char cell_name[80];
    double v = 0;
    snprintf(cell_name, sizeof cell_name, "cell %.*s", (int)of->id.n, of->id.p);
    if (!(of->workers_before > 0))
      return ERR(e, E_GROWTH_INPUT, .subject = cell_name, .expected = "workers above 0 in the cell table of the later month");
    if (!workers_in(&t, cell, workers, of->id, &v))
      return ERR(e, E_GROWTH_INPUT, .file = path, .subject = cell_name, .expected = "its workers, a number of 0 or more, in --carried");
    m->carried[k] = v / of->workers_before;
  }
  return E_OK;
}
static enum err_code open_months(struct cli *c, struct store *s, struct months *m, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  const char *stage = cli_text(c, "stage");
  struct estimate_mls_month *both[2] = {&m->now, &m->before};
  for (int k = 0; k < 2; k++) {
    TRY(estimate_mls_month(s, cli_operand(c, 0), cli_operand(c, 1 + k), stage, a, both[k], e));
    m->side[k] = (struct mls_growth_month){.sample = &both[k]->in.run.sample};
    TRY(mls_variance_begin(a, &both[k]->in.run.sample, both[k]->in.run.cells, both[k]->in.run.n_cells, &both[k]->run.ratio, &m->side[k].variance, e));
  }
  TRY(mls_common_pairs(a, m->now.id, m->now.in.run.sample.n, m->before.id, m->before.in.run.sample.n, &m->pairs, &m->n_pairs, e));
  TRY(same_strata(a, m, e));
  TRY(read_carried(c, m, e));
  return common_by_cell(a, m, strcmp(cli_text(c, "weights"), "own") ? MLS_COMMON_NOW : MLS_COMMON_OWN, e);
}

/* --- one line ----------------------------------------------------------------------------------------------------------------------------- */
static double average_of(const struct mls_totals *t, int column) {
  static const struct {
    int first, second;
    double sign;
  } parts[MLS_COLUMNS] = {[MLS_COL_D] = {MLS_D, -1, 0},
      [MLS_COL_H] = {MLS_HS, MLS_HO, 1},
      [MLS_COL_HS] = {MLS_HS, -1, 0},
      [MLS_COL_HO] = {MLS_HO, -1, 0},
      [MLS_COL_G] = {MLS_C, MLS_S, 1},
      [MLS_COL_C] = {MLS_C, -1, 0},
      [MLS_COL_B] = {MLS_C, MLS_O, -1},
      [MLS_COL_O] = {MLS_O, -1, 0},
      [MLS_COL_S] = {MLS_S, -1, 0}};
  double x = 0, y = 0;
  if (!mls_average(t, MLS_ALL, parts[column].first, &x)) return 0;
  if (parts[column].second >= 0) (void)mls_average(t, MLS_ALL, parts[column].second, &y);
  return x + parts[column].sign * y;
}
static int32_t cell_before(const struct months *m, struct str id) {
  for (int32_t c = 0; c < m->before.in.run.n_cells; c++)
    if (str_eq(m->before.in.run.cells[c].id, id)) return c;
  return -1;
}
/* Cells of the roll-up in either month: those of now, then those that only the month before has. */
static enum err_code parts_of(
    struct arena *a, const struct months *m, const struct mls_rollup *now, const struct mls_rollup *before, int column, struct line *l,
    struct err *e) {
  struct mls_change_cell *k = ARENA_ARRAY(a, struct mls_change_cell, (int64_t)now->n_members + before->n_members + 1);
  bool *used = ARENA_ARRAY(a, bool, m->before.in.run.n_cells + 1);
  const double unit = mls_column_tenths(column) ? 10 : 1;
  int32_t n = 0;
  if (!k || !used) return ERR(e, E_NO_MEMORY, .subject = "growth");
  for (int32_t i = 0; i < now->n_members; i++) {
    const int32_t c = now->members[i], b = cell_before(m, m->now.in.run.cells[c].id);
    const struct mls_totals *t1 = &m->now.run.ratio.cells[c].totals, *t0 = b >= 0 ? &m->before.run.ratio.cells[b].totals : NULL;
    const struct mls_common_row *y = &m->cells[c];
    if (b >= 0) used[b] = true;
    k[n++] = (struct mls_change_cell){.heads = {t0 ? mls_heads(t0, MLS_ALL) : 0, mls_heads(t1, MLS_ALL)},
        .average = {t0 ? average_of(t0, column) : 0, average_of(t1, column)},
        .heads_unbenchmarked = m->carried ? m->carried[c] * mls_heads(t1, MLS_ALL) : -1,
        .has_common = y->now.has[MLS_ALL][column] && y->before.has[MLS_ALL][column],
        .common = {(double)y->before.value[MLS_ALL][column] / unit, (double)y->now.value[MLS_ALL][column] / unit}};
  }
  for (int32_t i = 0; i < before->n_members; i++) {
    const struct mls_totals *t0 = &m->before.run.ratio.cells[before->members[i]].totals;
    if (used[before->members[i]]) continue;
    k[n++] = (struct mls_change_cell){
        .heads = {mls_heads(t0, MLS_ALL), 0}, .average = {average_of(t0, column), 0}, .heads_unbenchmarked = -1};
  }
  return mls_decompose(k, n, &l->change, e);
}
static const struct mls_rollup *rollup_of(const struct estimate_mls_month *m, struct str industry, struct str size) {
  for (int32_t g = 0; g < m->in.run.n_rollups; g++)
    if (str_eq(m->in.run.rollups[g].industry, industry) && str_eq(m->in.run.rollups[g].size, size)) return &m->in.run.rollups[g];
  return NULL;
}
static enum err_code make_line(struct cli *c, struct months *m, const struct mls_rollup *now, const struct mls_rollup *before, int column,
    struct line *l, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct mls_common_row *row = ARENA_NEW(a, struct mls_common_row);
  const struct mls_common_month t1 = {&m->now.in.run.sample, &m->now.run.ratio}, t0 = {&m->before.in.run.sample, &m->before.run.ratio};
  if (!row) return ERR(e, E_NO_MEMORY, .subject = "growth");
  *l = (struct line){.size = now->size};
  m->side[0].rollup = now;
  m->side[1].rollup = before;
  TRY(mls_growth_error(a, &m->side[0], &m->side[1], m->pairs, m->n_pairs, m->same, MLS_ALL, column, &l->growth, e));
  TRY(mls_common(a, &t1, &t0, m->pairs, m->n_pairs, m->now.in.run.n_cells, now, 1,
      strcmp(cli_text(c, "weights"), "own") ? MLS_COMMON_NOW : MLS_COMMON_OWN, row, e));
  l->common = row->growth[MLS_ALL][column];
  l->n_pairs = row->n_pairs;
  return parts_of(a, m, now, before, column, l, e);
}

/* --- printing ----------------------------------------------------------------------------------------------------------------------------- */
static void cell(struct text_table *t, const char *format, bool there, double v) {
  char b[48] = "-";
  if (there) snprintf(b, sizeof b, format, v);
  text_table_cell(t, b);
}
static void print_title(struct cli *c) {
  fprintf(cli_out(c), cli_say(c, "%s: growth from %s to %s, average %s, industry %s\n", "%s：%s から %s への増減、項目 %s、産業 %s\n"), cli_operand(c, 0),
      cli_operand(c, 2), cli_operand(c, 1), cli_text(c, "column"), cli_text(c, "industry"));
}
static enum err_code print_text(struct cli *c, const struct line *l, int n, struct err *e) {
  static const char *const heads[][2] = {{"size", "規模"}, {"before", "前"}, {"now", "今"}, {"growth %", "増減率 %"}, {"se", "標準誤差"},
      {"common %", "共通事業所 %"}, {"pairs", "共通数"}, {"pay", "給与・時間"}, {"panel", "標本交替"}, {"composition", "構成"}, {"benchmark", "基準値"}};
  const int columns = (int)(sizeof heads / sizeof *heads) - (cli_text(c, "carried") ? 0 : 1);
  struct text_table *t = text_table_new(columns);
  char b[32];
  if (!t) return ERR(e, E_NO_MEMORY, .subject = "growth");
  print_title(c);
  for (int k = 0; k < columns; k++) {
    text_table_cell(t, heads[k][cli_lang(c) == LANG_JA]);
    if (k) text_table_right(t, k);
  }
  for (int i = 0; i < n; i++) {
    snprintf(b, sizeof b, "%.*s", (int)l[i].size.n, l[i].size.p);
    text_table_cell(t, b);
    cell(t, "%.1f", true, l[i].change.before);
    cell(t, "%.1f", true, l[i].change.now);
    cell(t, "%.2f", l[i].growth.defined, l[i].growth.growth);
    cell(t, "%.2f", l[i].growth.defined, l[i].growth.se);
    cell(t, "%.1f", l[i].common != MLS_NO_INDEX, (double)l[i].common / 10);
    cell(t, "%.0f", true, (double)l[i].n_pairs);
    cell(t, "%+.1f", true, l[i].change.wage);
    cell(t, "%+.1f", true, l[i].change.panel);
    cell(t, "%+.1f", true, l[i].change.composition);
    if (cli_text(c, "carried")) cell(t, "%+.1f", true, l[i].change.benchmark);
  }
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
  fprintf(cli_out(c), "%s %s\n", cli_say(c, "weights of the common establishments:", "共通事業所のウェイト:"), cli_text(c, "weights"));
  fputs(cli_say(c, "growth, error and parts are of unrounded workers; the published tables use whole workers: the last digit may differ\n",
            "増減率・標準誤差・内訳は丸める前の労働者数によります。公表の表は整数の労働者数によるため、末尾の桁が異なることがあります\n"),
      cli_out(c));
  return E_OK;
}
static enum err_code print_json(struct cli *c, const struct line *l, int n, struct err *e) {
  static const char *const name[] = {"before", "now", "change", "growth", "se", "common_growth", "pay", "panel", "composition", "benchmark"};
  enum { NAMES = sizeof name / sizeof *name };
  const bool benchmark = cli_text(c, "carried") != NULL;
  const char *const of[][2] = {{"month", cli_operand(c, 1)}, {"month_before", cli_operand(c, 2)}, {"column", cli_text(c, "column")},
      {"industry", cli_text(c, "industry")}};
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  for (int i = 0; i < n; i++) {
    const struct mls_change *x = &l[i].change;
    const bool g = l[i].growth.defined, common = l[i].common != MLS_NO_INDEX;
    const double v[] = {
        x->before, x->now, x->change, l[i].growth.growth, l[i].growth.se, common ? (double)l[i].common / 10 : 0, x->wage, x->panel,
        x->composition, x->benchmark};
    const bool there[] = {true, true, true, g, g, common, true, true, true, benchmark};
    json_object(&j);
    json_key(&j, "size");
    json_text(&j, l[i].size);
    for (int k = 0; k < (int)(sizeof of / sizeof *of); k++) json_key(&j, of[k][0]), json_text(&j, str_of(of[k][1]));
    json_put_int(&j, "pairs", l[i].n_pairs);
    for (int k = 0; k < NAMES; k++)
      if (there[k]) json_key(&j, name[k]), json_real(&j, v[k]);
    json_end_object(&j);
  }
  json_end_array(&j);
  strbuf_addc(&b, '\n');
  return estimate_write(c, &b, e);
}
static bool month_of(const char *text, struct period *out) { return period_parse(str_of(text), out) && out->kind == PERIOD_MONTH; }
static enum err_code check_order(struct cli *c, struct err *e) {
  const char *now = cli_operand(c, 1), *before = cli_operand(c, 2);
  struct period t1, t0;
  if (!month_of(now, &t1)) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = now, .expected = "a month 2025-12");
  if (!month_of(before, &t0)) return ERR(e, E_ESTIMATE_ARGUMENT, .subject = before, .expected = "a month 2025-12");
  if (period_first_day(&t1) > period_first_day(&t0)) return E_OK;
  const char *expected = arena_printf(cli_job(c)->arena, "a month before %s: the later month comes first", now);
  return ERR(e, E_ESTIMATE_ARGUMENT, .subject = before, .expected = expected ? expected : "the later month first");
}
static enum err_code work(struct cli *c, struct store *s, bool *look, struct err *e) {
  struct months *m = ARENA_NEW(cli_job(c)->arena, struct months);
  struct line lines[8];
  int column = MLS_COL_D, n = 0;
  (void)look;
  TRY(check_order(c, e));
  if (!m) return ERR(e, E_NO_MEMORY, .subject = "growth");
  while (strcmp(mls_column_name[column], cli_text(c, "column"))) column++;
  TRY(open_months(c, s, m, e));
  const struct str industry = str_of(cli_text(c, "industry"));
  for (int32_t g = 0; g < m->now.in.run.n_rollups && n < 8; g++) {
    const struct mls_rollup *now = &m->now.in.run.rollups[g], *before = rollup_of(&m->before, now->industry, now->size);
    if (!before || !str_eq(now->industry, industry)) continue;
    TRY(make_line(c, m, now, before, column, &lines[n++], e));
  }
  if (!n) return ERR(e, E_GROWTH_INPUT, .subject = arena_printf(cli_job(c)->arena, "no industry %s in both months", cli_text(c, "industry")),
      .expected = "--industry with one that is tabulated in both");
  return cli_json(c) ? print_json(c, lines, n, e) : print_text(c, lines, n, e);
}
static int run(struct cli *c) { return estimate_command(c, work); }

const struct command cmd_estimate_growth = {
    .noun = "estimate",
    .verb = "growth",
    .summary_en = "labour survey: growth between two months, its error, the common establishments, and what the change is made of",
    .summary_ja = "毎月勤労統計：2か月間の増減率、その標準誤差、共通事業所、変化の内訳",
    .detail_en =
        "For each size class of an industry: the average in both months, its growth with the standard error (the covariance of establishments in "
        "both samples is taken into account), the growth of the establishments tabulated in both months, and the change split into pay or hours of "
        "the common establishments, panel (who entered and left), and composition (shares of cells). The parts add up to the change. With "
        "--carried also what a benchmark of the workers did. The weights of the common establishments are those of the later month (now) or each "
        "month's own (own). All of it is of unrounded workers, the published tables of whole ones. NOW is a month after BEFORE.",
    .detail_ja =
        "産業の各規模について、両月の平均、増減率と標準誤差（両月の標本に共通する事業所の共分散を考慮）、両月とも集計された事業所の増減率、変化の内訳"
        "（共通事業所の給与・時間、標本の入替え、構成比）を示します。--carried があれば基準値の寄与も示します。内訳の合計は変化に一致します。共通事業所のウェイトは後の月のもの（now）か各月のもの（own）です。"
        "丸める前の労働者数によります（公表の表は整数）。NOW は BEFORE より後の月です。",
    .options = (const struct option_record[]){{.name = "column",
                                                  .kind = OPT_CHOICE,
                                                  .value_name = "COLUMN",
                                                  .help_en = "which average",
                                                  .help_ja = "どの平均か",
                                                  .default_text = "C",
                                                  .choices = "D|H|Hs|Ho|G|C|B|O|S"},
        {.name = "industry", .kind = OPT_TEXT, .value_name = "CODE", .help_en = "industry", .help_ja = "産業", .default_text = "TL"},
        {.name = "weights",
            .kind = OPT_CHOICE,
            .value_name = "WHICH",
            .help_en = "weights of the common establishments",
            .help_ja = "共通事業所のウェイト",
            .default_text = "now",
            .choices = "now|own"},
        {.name = "carried", .kind = OPT_FILE, .value_name = "FILE",
            .help_en = "the later month begins with a benchmark: the cells as `estimate run --next` carried them on, to show its part",
            .help_ja = "後の月に基準値を入れた場合：引き継いだ区分の表（estimate run --next）。基準値の寄与を示す"},
        ESTIMATE_STAGE, ESTIMATE_PASSPHRASE, ESTIMATE_NO_OPTION},
    .operands = (const struct operand_record[]){{.name = "SURVEY", .help_en = "survey", .help_ja = "調査", .required = true},
        {.name = "NOW", .help_en = "later month", .help_ja = "後の月", .required = true},
        {.name = "BEFORE", .help_en = "earlier month", .help_ja = "前の月", .required = true}, ESTIMATE_NO_OPERAND},
    .examples = (const struct example[]){{"shirabe estimate growth mls 2025-12 2024-12", "contractual pay against a year before", "きまって支給する給与の前年比"},
        {"shirabe estimate growth mls 2025-12 2025-11 --column H --industry E --json", "hours of manufacturing, as JSON", "製造業の労働時間を JSON で"},
        ESTIMATE_NO_EXAMPLE},
    .run = run,
};
