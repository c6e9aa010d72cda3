/* shirabe estimate weights SURVEY PERIOD */
#include <stdio.h>

#include "base/json_out.h"
#include "base/term.h"
#include "estimators/command/cmd_estimate_print.h"
#include "estimators/command/cmd_estimate_sample.h"

struct weights {
  struct design design;
  struct design_report plan;
  struct weight_check *checks;
};

static const char *rule_name(const struct stratum *s) { return s->rule == STRATUM_TAKE_ALL ? "take-all" : "sample"; }

static enum err_code print_json(struct cli *c, const struct weights *w, struct err *e) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  for (int32_t h = 0; h < w->design.n_strata; h++) {
    const struct stratum *s = &w->design.info[h];
    json_object(&j);
    json_key(&j, "stratum"), json_text(&j, s->id);
    json_put(&j, "rule", rule_name(s));
    json_put_int(&j, "frame_units", s->frame_units);
    json_put_int(&j, "drawn_units", s->drawn_units);
    json_put_int(&j, "weight_num", s->weight_num);
    json_put_int(&j, "weight_den", s->weight_den);
    json_put_int(&j, "units", w->checks[h].sample_units);
    json_key(&j, "coverage"), json_real(&j, w->checks[h].coverage);
    json_key(&j, "alarm"), json_bool(&j, w->checks[h].alarm);
    if (s->exception) json_put(&j, "exception", s->exception);
    json_end_object(&j);
  }
  json_end_array(&j);
  strbuf_addc(&b, '\n');
  return estimate_write(c, &b, e);
}

static enum err_code print_text(struct cli *c, const struct weights *w, struct err *e) {
  static const char *const heads[] = {"stratum", "rule", "M_h", "m_h", "weight", "units", "sum w / frame", "check"};
  char b[96];
  struct text_table *x = text_table_new(8);
  if (!x) return ERR(e, E_NO_MEMORY, .subject = "weights");
  for (int k = 0; k < 8; k++) text_table_cell(x, heads[k]);
  for (int k = 2; k < 7; k++) text_table_right(x, k);
  for (int32_t h = 0; h < w->design.n_strata; h++) {
    const struct stratum *s = &w->design.info[h];
    const struct weight_check *k = &w->checks[h];
    text_table_cell(x, (snprintf(b, sizeof b, "%.*s", (int)s->id.n, s->id.p), b));
    text_table_cell(x, rule_name(s));
    text_table_cell(x, (snprintf(b, sizeof b, "%lld", (long long)s->frame_units), b));
    text_table_cell(x, (snprintf(b, sizeof b, "%lld", (long long)s->drawn_units), b));
    text_table_cell(x, (snprintf(b, sizeof b, "%lld/%lld", (long long)s->weight_num, (long long)s->weight_den), b));
    text_table_cell(x, (snprintf(b, sizeof b, "%lld", (long long)k->sample_units), b));
    text_table_cell(x, (snprintf(b, sizeof b, "%.4f", s->frame_units ? k->weight_sum / (double)s->frame_units : 0), b));
    text_table_cell(x, k->alarm ? cli_say(c, "look", "要確認") : "ok");
  }
  text_table_print(x, cli_out(c), true);
  text_table_free(x);
  for (int64_t i = 0; i < w->plan.n_exceptions; i++)
    fprintf(cli_out(c), "%s %.*s: %s\n", cli_say(c, "exception from the plan,", "計画の例外"), (int)w->plan.exceptions[i].stratum.n,
        w->plan.exceptions[i].stratum.p, w->plan.exceptions[i].text);
  return E_OK;
}

/* --- a sample of design.json --- */
struct weight_summary {
  int64_t n, n_zero;
  double sum, smallest, largest, kish; /* kish: n sum w^2 / (sum w)^2 of the weights above 0 */
};
static struct weight_summary summary_of(int64_t n, const double *w) {
  struct weight_summary s = {.n = n};
  double squares = 0;
  for (int64_t i = 0; i < n; i++) {
    s.n_zero += w[i] == 0;
    if (w[i] == 0) continue;
    if (s.smallest == 0 || w[i] < s.smallest) s.smallest = w[i];
    if (w[i] > s.largest) s.largest = w[i];
    s.sum += w[i], squares += w[i] * w[i];
  }
  s.kish = s.sum != 0 ? (double)(n - s.n_zero) * squares / (s.sum * s.sum) : 0;
  return s;
}
static enum err_code sample_json(struct cli *c, const struct estimate_sample *x, const struct weight_summary *s, struct err *e) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put(&j, "form", x->form->id);
  json_put_int(&j, "records", s->n);
  json_put_int(&j, "weight_0", s->n_zero);
  json_put_int(&j, "strata", x->data.survey.design->stage[0].n_parents);
  json_put_int(&j, "units", x->data.survey.design->stage[0].n_units);
  json_key(&j, "sum"), json_real(&j, s->sum);
  json_key(&j, "smallest"), json_real(&j, s->smallest);
  json_key(&j, "largest"), json_real(&j, s->largest);
  json_key(&j, "kish"), json_real(&j, s->kish);
  json_key(&j, "notes");
  json_array(&j);
  for (int i = 0; i < x->data.bound.n_notes; i++) json_cstr(&j, x->data.bound.notes[i]);
  json_end_array(&j);
  json_end_object(&j);
  strbuf_addc(&b, '\n');
  return estimate_write(c, &b, e);
}
static enum err_code print_sample(struct cli *c, const struct estimate_sample *x, struct err *e) {
  const struct weight_summary s = summary_of(x->data.survey.n, x->data.survey.weight);
  const struct design_stage *first = &x->data.survey.design->stage[0];
  FILE *out = cli_out(c);
  if (cli_json(c)) return sample_json(c, x, &s, e);
  fprintf(out, "%s: %lld %s, %lld %s, %lld %s\n", x->form->id, (long long)s.n, cli_say(c, "records", "件"), (long long)first->n_units,
      cli_say(c, "first-stage units", "第1段の単位"), (long long)first->n_parents, cli_say(c, "strata", "層"));
  if (s.n_zero) fprintf(out, "%lld %s\n", (long long)s.n_zero, cli_say(c, "records have weight 0", "件はウェイト0"));
  fprintf(out, "%s %.10g, %.6g..%.6g, %s %.4f\n", cli_say(c, "sum of weights", "ウェイトの和"), s.sum, s.smallest, s.largest,
      cli_say(c, "design effect of unequal weights (Kish)", "不均等ウェイトの効果（Kish）"), s.kish);
  for (int i = 0; i < x->data.bound.n_notes; i++) fprintf(out, "  %s\n", x->data.bound.notes[i]);
  return ferror(out) ? ERR(e, E_FILE_WRITE, .subject = "standard output") : E_OK;
}

/* Selected establishments against the frame: every weight has passed C1 (M_h / m_h) and C2 (take-all kept) here; C4 compares sums. */
static enum err_code work(struct cli *c, struct store *s, bool *alarm, struct err *e) {
  struct weights w;
  struct arena *a = cli_job(c)->arena;
  const struct estimate_sample *sample;
  TRY(estimate_sample_weights(s, cli_operand(c, 0), cli_operand(c, 1), cli_text(c, "stage"), a, &sample, e));
  if (sample) return print_sample(c, sample, e);
  TRY(estimate_design(s, cli_operand(c, 0), cli_operand(c, 1), a, &w.design, &w.plan, e));
  TRY(design_weight_checks(a, &w.design, 0.001, &w.checks, e));
  for (int32_t h = 0; h < w.design.n_strata; h++) {
    struct weight_check *k = &w.checks[h];
    k->alarm = k->sample_units != k->drawn_units || k->weight_sum < (double)k->frame_units * 0.999 || k->weight_sum > (double)k->frame_units * 1.001;
    *alarm = *alarm || k->alarm;
  }
  return cli_json(c) ? print_json(c, &w, e) : print_text(c, &w, e);
}

static int run(struct cli *c) { return estimate_command(c, work); }

const struct command cmd_estimate_weights = {
    .noun = "estimate",
    .verb = "weights",
    .summary_en = "weights by stratum, checked against frame, draw and plan",
    .summary_ja = "層別のウェイトを母集団・抽出・計画と照合する",
    .detail_en =
        "Stops when a weight is not M_h / m_h, when a take-all stratum was sampled without a signed exception, or when a selected unit has no stratum or weight. Then compares the sum of weights of the "
        "selected units with the frame. Exit status 1 when a stratum needs a look.",
    .detail_ja =
        "ウェイトが M_h / m_h でない、全数の層が例外なく抽出されている、選ばれた単位に層やウェイトがないときは止まります。そのうえで選定単位のウェイトの和を母集団数と比べます。"
        "確認の要る層があれば終了値は 1 です。",
    .options = (const struct option_record[]){ESTIMATE_STAGE, ESTIMATE_PASSPHRASE, ESTIMATE_NO_OPTION},
    .operands = (const struct operand_record[]){{.name = "SURVEY", .help_en = "survey", .help_ja = "調査", .required = true},
        {.name = "PERIOD", .help_en = "period", .help_ja = "期間", .required = true}, ESTIMATE_NO_OPERAND},
    .examples = (const struct example[]){{"shirabe estimate weights mls 2025-12", "weights of the month", "当月のウェイト"},
        {"shirabe estimate weights mls 2025-12 --json", "the same as JSON", "同じ内容を JSON で"}, ESTIMATE_NO_EXAMPLE},
    .run = run,
};
