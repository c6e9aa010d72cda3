/* shirabe sample rotate FRAME */
#include <stdlib.h>
#include <string.h>

#include "base/json_out.h"
#include "base/term.h"
#include "estimators/command/cmd_sample_core.h"
#include "estimators/selection/frame_order.h"
#include "estimators/selection/panel_file.h"
#include "estimators/selection/unit_random.h"

struct rotated {
  struct sample_job job;
  struct sample_strata strata;
  struct panel_stratum *ordered;
  int64_t *units, n;
  struct panel_unit *panel;
  struct panel_counts *counts;
  struct panel_step step;
  enum period_kind kind;
};

struct labelled {
  struct str label;
  int64_t at;
};
static int by_label(const void *pa, const void *pb) {
  const struct labelled *a = pa, *b = pb;
  return str_cmp(a->label, b->label);
}

static enum err_code check_plan(const struct sample_plan *p, struct err *e) {
  if (!p->has_rotation) return ERR(e, E_SAMPLING_MISSING, .file = p->place, .subject = "rotation");
  if (p->n_stages != 1 || p->stage[0].method != DRAW_SRS)
    return ERR(e, E_SAMPLING_VALUE, .file = p->place, .subject = "method",
        .expected = "one stage with method srs, for a panel that rotates");
  if (p->stage[0].certainty) return ERR(e, E_SAMPLING_VALUE, .file = p->place, .subject = "certainty", .expected = "strata with \"n\": \"all\"");
  return E_OK;
}

/* Strata in binary order of their labels, with sizes. */
static enum err_code order_strata(struct arena *a, struct rotated *r, struct err *e) {
  struct labelled *l = ARENA_ARRAY(a, struct labelled, r->strata.n + 1);
  r->ordered = ARENA_ARRAY(a, struct panel_stratum, r->strata.n + 1);
  r->units = ARENA_ARRAY(a, int64_t, r->strata.n + 1);
  r->counts = ARENA_ARRAY(a, struct panel_counts, r->strata.n + 1);
  if (!l || !r->ordered || !r->units || !r->counts) return ERR(e, E_NO_MEMORY, .subject = "panel");
  for (int64_t h = 0; h < r->strata.n; h++) l[h] = (struct labelled){r->strata.label[h], h};
  qsort(l, (size_t)r->strata.n, sizeof *l, by_label);
  for (int64_t h = 0; h < r->strata.n; h++) {
    r->ordered[h] = (struct panel_stratum){l[h].label, r->strata.sample[l[h].at]};
    r->units[h] = r->strata.units[l[h].at];
  }
  return E_OK;
}

static enum err_code panel_frame(struct cli *c, const struct rotated *r, struct panel_frame *f, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  const struct csv_table *t = &r->job.table;
  const int unit = csv_table_column(t, r->job.plan.stage[0].unit);
  const char *own = r->job.plan.stage[0].random.column;
  struct str *id = ARENA_ARRAY(a, struct str, t->n_rows + 1), *stratum = ARENA_ARRAY(a, struct str, t->n_rows + 1);
  double *u = ARENA_ARRAY(a, double, t->n_rows + 1);
  const uint64_t seed = random_seed(str_of(cli_text(c, "seed")));
  if (!id || !stratum || !u) return ERR(e, E_NO_MEMORY, .subject = "panel");
  if (own) TRY(frame_numbers(a, r->job.frame.place, t, csv_table_column(t, own), &u, e));
  for (int64_t i = 0; i < t->n_rows; i++) {
    id[i] = csv_table_cell(t, i, unit);
    stratum[i] = r->strata.label[r->strata.of_row[i]];
    if (!own) u[i] = random_unit_interval(random_key(seed, "unit", id[i]));
  }
  *f = (struct panel_frame){.n = t->n_rows, .id = id, .stratum = stratum, .u = u};
  return E_OK;
}

static enum err_code read_previous(struct cli *c, const struct rotated *r, int64_t *n, struct panel_unit **out, struct err *e) {
  const char *path = cli_text(c, "previous");
  char digest[SAMPLE_DIGEST_BYTES];
  *n = 0, *out = NULL;
  if (!path) return E_OK;
  struct csv_table *t = ARENA_NEW(cli_job(c)->arena, struct csv_table);
  if (!t) return ERR(e, E_NO_MEMORY, .subject = "panel");
  TRY(sample_table_read(c, path, t, digest, e));
  return panel_read(cli_job(c)->arena, path, t, r->job.plan.stage[0].unit, r->kind, n, out, e);
}

static enum err_code rotate(struct cli *c, struct rotated *r, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct period period;
  struct panel_frame f;
  struct panel_unit *history;
  int64_t n_history;
  TRY(sample_job_read(c, cli_operand(c, 0), cli_text(c, "plan"), &r->job, e));
  TRY(check_plan(&r->job.plan, e));
  if (!period_parse(str_of(cli_text(c, "period")), &period)) return ERR(e, E_USAGE_VALUE, .subject = "--period");
  r->kind = period.kind;
  TRY(sample_strata(a, &r->job.frame, &r->job.plan, &r->strata, e));
  TRY(order_strata(a, r, e));
  TRY(panel_frame(c, r, &f, e));
  TRY(read_previous(c, r, &n_history, &history, e));
  r->step = (struct panel_step){.period = panel_period_index(&period), .rotation = &r->job.plan.rotation,
      .n_strata = r->strata.n, .strata = r->ordered};
  return panel_rotate(a, &f, &r->step, n_history, history, &r->n, &r->panel, r->counts, e);
}

static void number(struct text_table *t, int64_t v) {
  char text[24];
  snprintf(text, sizeof text, "%lld", (long long)v);
  text_table_cell(t, text);
}

static void print_text(struct cli *c, const struct rotated *r) {
  static const char *const heads[][2] = {{"stratum", "層"}, {"N", "N"}, {"in panel", "標本"}, {"entered", "参入"}, {"rotated out", "交替で退出"},
      {"gone", "名簿から消滅"}, {"resting", "休止中"}};
  struct text_table *t = text_table_new(7);
  if (!t) return;
  for (int k = 0; k < 7; k++) text_table_cell(t, heads[k][cli_lang(c) == LANG_JA]);
  for (int k = 1; k < 7; k++) text_table_right(t, k);
  for (int64_t h = 0; h < r->step.n_strata; h++) {
    const struct panel_counts *x = &r->counts[h];
    text_table_cell(t, r->ordered[h].label.n ? r->ordered[h].label.p : "-");
    number(t, x->n_units), number(t, x->n_in), number(t, x->n_entered), number(t, x->n_rotated), number(t, x->n_gone), number(t, x->n_resting);
  }
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
  fprintf(cli_out(c), "%s\n",
      cli_say(c, "weights are N / n of the stratum: units that rest are taken to be like the others",
          "ウェイトは層の N / n（休止中の単位は他の単位と同様とみなす）"));
}

static void print_json(struct cli *c, const struct rotated *r) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  for (int64_t h = 0; h < r->step.n_strata; h++) {
    const struct panel_counts *x = &r->counts[h];
    json_object(&j);
    json_key(&j, "stratum"), json_text(&j, r->ordered[h].label);
    json_put_int(&j, "population", x->n_units), json_put_int(&j, "in", x->n_in), json_put_int(&j, "entered", x->n_entered);
    json_put_int(&j, "rotated", x->n_rotated), json_put_int(&j, "gone", x->n_gone), json_put_int(&j, "resting", x->n_resting);
    json_end_object(&j);
  }
  json_end_array(&j);
  strbuf_addc(&b, '\n');
  fwrite(b.p, 1, b.n, cli_out(c));
  strbuf_release(&b);
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct rotated r = {.n = 0};
  struct strbuf b;
  strbuf_init(&b, 0);
  enum err_code code = rotate(c, &r, &e);
  if (!code) panel_write(&r.step, r.units, r.job.plan.stage[0].unit, r.kind, r.n, r.panel, &b);
  if (!code) code = sample_keep_file(cli_text(c, "out"), &b, cli_flag(c, "replace"), &e);
  if (!code && cli_json(c)) print_json(c, &r);
  else if (!code) print_text(c, &r);
  strbuf_release(&b);
  sample_job_release(&r.job);
  return code ? cli_fail(c, &e) : 0;
}

const struct command cmd_sample_rotate = {
    .noun = "sample",
    .verb = "rotate",
    .summary_en = "the panel of a period: groups out, groups in, nobody back too soon",
    .summary_ja = "期ごとの標本交替: 組の退出と参入、休止期間と負担の管理",
    .detail_en =
        "The plan's rotation says how many groups a panel has, how many periods a unit stays and how many it rests. Without --previous a first"
        " panel is drawn; with it the groups whose turn has come leave as a whole, units that are gone from the frame are replaced, and those enter"
        " first that have entered least often, then those with the smallest permanent random numbers. The file holds every unit that has ever been"
        " in.",
    .detail_ja =
        "計画の rotation が組の数、在籍する期の数、休止する期の数を定めます。--previous がなければ最初の標本を抽出します。あれば、番の来た組が"
        "まるごと退出し、名簿から消えた単位は補充されます。参入は回数の少ない単位から、次に永久乱数の小さい順です。ファイルには一度でも入った"
        "すべての単位が残ります。",
    .options = (const struct option_record[]){SAMPLE_OPTION_PLAN, SAMPLE_OPTION_SEED(true),
        {.name = "period",
            .kind = OPT_PERIOD,
            .value_name = "PERIOD",
            .help_en = "the period of the panel, as 2026-01",
            .help_ja = "標本の期間（例 2026-01）",
            .required = true},
        {.name = "previous", .kind = OPT_FILE, .value_name = "FILE", .help_en = "the panel file before", .help_ja = "前の標本交替の記録"},
        {.name = "out", .kind = OPT_FILE, .value_name = "FILE", .help_en = "where the panel file goes",
            .help_ja = "記録の書き出し先", .required = true},
        SAMPLE_OPTION_REPLACE, {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = "FRAME", .help_en = "the frame now, CSV", .help_ja = "現在の名簿（CSV）", .required = true},
        {.name = NULL}},
    .examples =
        (const struct example[]){{"shirabe sample rotate register.csv --plan plan.json --seed panel-2026 --period 2026-01 --out panel-2026-01.csv",
                                     "the first panel", "最初の標本"},
            {"shirabe sample rotate register.csv --plan plan.json --seed panel-2026 --period 2027-01 --previous panel-2026-01.csv --out p.csv",
                "a year later: a third goes", "1年後: 3分の1が入れ替わる"},
            {.command = NULL}},
    .run = run,
};
