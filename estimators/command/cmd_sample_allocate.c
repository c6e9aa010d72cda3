/* shirabe sample allocate FRAME */
#include "base/json_out.h"
#include "base/term.h"
#include "estimators/command/cmd_sample_core.h"

static void number(struct text_table *t, const char *format, double v) {
  char text[32];
  snprintf(text, sizeof text, format, v);
  text_table_cell(t, text);
}

static void print_strata(struct cli *c, const struct allocation_report *r) {
  static const char *const heads[][2] = {{"stratum", "層"}, {"N", "N"}, {"n", "n"}, {"rate", "抽出率"}};
  struct text_table *t = text_table_new(4);
  if (!t) return;
  for (int k = 0; k < 4; k++) text_table_cell(t, heads[k][cli_lang(c) == LANG_JA]);
  for (int k = 1; k < 4; k++) text_table_right(t, k);
  int64_t total = 0;
  for (int64_t h = 0; h < r->n_cells; h++) {
    text_table_cell(t, r->label[h].n ? r->label[h].p : "-");
    number(t, "%.0f", (double)r->units[h]), number(t, "%.0f", (double)r->sample[h]);
    number(t, "%.4f", (double)r->sample[h] / (double)r->units[h]);
    total += r->sample[h];
  }
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
  fprintf(cli_out(c), cli_say(c, "units in the sample: %lld; cost: %.6g\n", "標本の単位数: %lld、費用: %.6g\n"), (long long)total, r->total_cost);
  if (r->bound > 0)
    fprintf(cli_out(c), cli_say(c, "no allocation that holds the targets costs less than %.6g\n", "目標を満たす割当ての費用は %.6g を下回れません\n"), r->bound);
}

static void print_targets(struct cli *c, const struct allocation_report *r) {
  static const char *const heads[][2] = {{"variable", "変数"}, {"domain", "区分"}, {"total", "総計"}, {"wanted cv", "目標 cv"}, {"expected cv", "期待 cv"}};
  struct text_table *t = r->n_targets ? text_table_new(5) : NULL;
  if (!t) return;
  for (int k = 0; k < 5; k++) text_table_cell(t, heads[k][cli_lang(c) == LANG_JA]);
  for (int k = 2; k < 5; k++) text_table_right(t, k);
  for (int j = 0; j < r->n_targets; j++) {
    const struct allocation_target *x = &r->target[j];
    char domain[256];
    snprintf(domain, sizeof domain, "%s%s%.*s", x->domain ? x->domain : "-", x->domain ? "=" : "", (int)x->value.n, x->value.p);
    text_table_cell(t, x->variable), text_table_cell(t, domain);
    number(t, "%.6g", x->total);
    if (x->wanted > 0) number(t, "%.5f", x->wanted);
    else text_table_cell(t, "-");
    if (x->cv >= 0) number(t, "%.5f", x->cv);
    else text_table_cell(t, cli_say(c, "none: a stratum without sample", "求められない（標本のない層がある）"));
  }
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
}

static void print_json(struct cli *c, const struct allocation_report *r) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_key(&j, "strata"), json_array(&j);
  for (int64_t h = 0; h < r->n_cells; h++) {
    json_object(&j);
    json_key(&j, "stratum"), json_text(&j, r->label[h]);
    json_put_int(&j, "population", r->units[h]), json_put_int(&j, "sample", r->sample[h]);
    json_end_object(&j);
  }
  json_end_array(&j);
  json_key(&j, "targets"), json_array(&j);
  for (int k = 0; k < r->n_targets; k++) {
    const struct allocation_target *x = &r->target[k];
    json_object(&j);
    json_put(&j, "variable", x->variable);
    if (x->domain) json_put(&j, "domain", x->domain), json_key(&j, "value"), json_text(&j, x->value);
    json_key(&j, "total"), json_real(&j, x->total);
    if (x->wanted > 0) json_key(&j, "wanted_cv"), json_real(&j, x->wanted);
    json_key(&j, "expected_cv");
    if (x->cv >= 0) json_real(&j, x->cv);
    else json_null(&j);
    json_end_object(&j);
  }
  json_end_array(&j);
  json_key(&j, "cost"), json_real(&j, r->total_cost);
  if (r->bound > 0) json_key(&j, "cost_at_least"), json_real(&j, r->bound);
  json_end_object(&j);
  strbuf_addc(&b, '\n');
  fwrite(b.p, 1, b.n, cli_out(c));
  strbuf_release(&b);
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct sample_job job;
  struct allocation_report r;
  enum err_code code = sample_job_read(c, cli_operand(c, 0), cli_text(c, "plan"), &job, &e);
  if (!code) code = sample_allocation(cli_job(c)->arena, &job.frame, &job.plan, &r, &e);
  if (!code && cli_json(c)) print_json(c, &r);
  else if (!code) print_strata(c, &r), print_targets(c, &r);
  sample_job_release(&job);
  return code ? cli_fail(c, &e) : 0;
}

const struct command cmd_sample_allocate = {
    .noun = "sample",
    .verb = "allocate",
    .summary_en = "how many units a plan takes from each stratum, and the cv to expect",
    .summary_ja = "計画が各層から抽出する数と、期待される変動係数を示す",
    .detail_en =
        "Carries out the allocation of the plan's first stage on the values of the frame: equal, proportional, neyman, power, or cv (least cost that"
        " holds every target of variables and domains). Whole numbers; for a given total the best ones exactly. Expected cv: simple random sampling"
        " within strata.",
    .detail_ja =
        "計画の第1段の割当て（equal、proportional、neyman、power、または変数・区分の目標をすべて満たす最小費用の cv）を名簿の値で求めます。"
        "割当ては整数で、総数が与えられたときは正確に最良です。期待 cv は層内の単純無作為抽出によるものです。",
    .options = (const struct option_record[]){SAMPLE_OPTION_PLAN, {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = "FRAME", .help_en = "the frame, CSV", .help_ja = "名簿（CSV）", .required = true},
        {.name = NULL}},
    .examples = (const struct example[]){{"shirabe sample allocate register.csv --plan plan.json", "sizes and expected cv", "標本数と期待 cv"},
        {"shirabe sample allocate register.csv --plan plan.json --json", "the same as JSON", "同じ内容を JSON で"}, {.command = NULL}},
    .run = run,
};
