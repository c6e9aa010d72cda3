/* shirabe process rules SURVEY/FORM */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/json_out.h"
#include "base/term.h"
#include "processing/edit/rule_part.h"
#include "processing/command/cmd_process_io.h"
#include "processing/command/cmd_process_rules_print.h"
#include "processing/job/job_plan.h"

/* "prev frame": what else the check reads. */
static const char *reads(const struct check *k, char out[32]) {
  bool prev = false, frame = false, child = false, group = k->group != NULL;
  const struct expr *const parts[] = {k->universe, k->expression};
  for (int p = 0; p < 2; p++)
    for (int i = 0; parts[p] && i < expr_n_slots(parts[p]); i++) {
      enum expr_slot_kind kind = expr_slot(parts[p], i)->kind;
      prev |= kind == EXPR_SLOT_PREV;
      frame |= kind == EXPR_SLOT_FRAME;
      child |= kind == EXPR_SLOT_CHILD;
    }
  (void)snprintf(out, 32, "%s%s%s%s", prev ? "prev " : "", frame ? "frame " : "", child ? "children " : "", group ? "group" : "");
  return out;
}

enum { SHOWN = 100 };
/* Long expressions are cut for the screen; --json has them whole. */
static const char *shown(struct arena *a, const char *text) {
  size_t n = strlen(text), cut = SHOWN;
  if (n <= SHOWN) return text;
  while (cut > 0 && ((unsigned char)text[cut] & 0xC0) == 0x80) cut--;
  const char *copy = arena_printf(a, "%.*s …", (int)cut, text);
  return copy ? copy : "";
}

/* "soft 0.5": with what it costs to leave the check unmet. */
static const char *severity(struct arena *a, const struct check *k) {
  const char *weight = check_weight_text(a, k), *name = check_severity_name(k->severity);
  const char *both = weight && *weight ? arena_printf(a, "%s %s", name, weight) : name;
  return both ? both : name;
}
static void print_table(struct cli *c, const struct form *f) {
  struct text_table *t = text_table_new(6);
  const char *heads[] = {cli_say(c, "check", "検査"), cli_say(c, "severity", "区分"), cli_say(c, "state", "状態"), cli_say(c, "reads", "参照"),
      cli_say(c, "of", "対象"), cli_say(c, "must hold", "成り立つべき条件")};
  if (!t) return;
  for (int i = 0; i < 6; i++) text_table_cell(t, heads[i]);
  for (int i = 0; i < f->n_checks; i++) {
    char others[32];
    const struct check *k = &f->checks[i];
    text_table_cell(t, k->id);
    text_table_cell(t, severity(cli_job(c)->arena, k));
    text_table_cell(t, k->expression ? cli_say(c, "compiled", "翻訳済み") : cli_say(c, "no expression", "式なし"));
    text_table_cell(t, reads(k, others));
    text_table_cell(t, shown(cli_job(c)->arena, k->universe_text));
    text_table_cell(t, shown(cli_job(c)->arena, k->expression_text));
  }
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
}

static void canonical(const struct expr *x, struct strbuf *b) {
  struct err e;
  strbuf_reset(b);
  if (x && expr_print(x, b, &e)) strbuf_reset(b);
}

static void json_rule(struct json_out *j, const struct check *k, const char *weight, struct strbuf *text) {
  char others[32];
  json_object(j);
  json_put(j, "id", k->id);
  json_put(j, "severity", check_severity_name(k->severity));
  if (weight && *weight) json_put(j, "weight", weight);
  json_key(j, "compiled");
  json_bool(j, k->expression != NULL);
  json_put(j, "reads", reads(k, others));
  canonical(k->universe, text);
  json_put(j, "universe", strbuf_cstr(text));
  canonical(k->expression, text);
  json_put(j, "expression", strbuf_cstr(text));
  json_put(j, "message_en", k->message_en);
  json_put(j, "message_ja", k->message_ja);
  json_put(j, "remedy_en", k->remedy_en);
  json_put(j, "remedy_ja", k->remedy_ja);
  json_put(j, "source", k->source);
  json_end_object(j);
}

static void print_json(struct cli *c, const struct form *f, const struct rules_record *records, int n) {
  struct strbuf b, text;
  struct json_out j;
  strbuf_init(&b, 0);
  strbuf_init(&text, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put(&j, "survey", f->survey);
  json_put(&j, "form", f->id);
  json_put(&j, "version", f->version);
  json_key(&j, "checks");
  json_array(&j);
  for (int i = 0; i < f->n_checks; i++) json_rule(&j, &f->checks[i], check_weight_text(cli_job(c)->arena, &f->checks[i]), &text);
  json_end_array(&j);
  json_put_int(&j, "imputation_steps", f->n_impute);
  json_key(&j, "records");
  json_array(&j);
  for (int i = 0; i < n; i++) rules_json_record(&j, f, &records[i]);
  json_end_array(&j);
  json_end_object(&j);
  fprintf(cli_out(c), "%s\n", strbuf_cstr(&b));
  strbuf_release(&text);
  strbuf_release(&b);
}

/* The register's form, for frame(...) in the plan; NULL when the survey has none. */
static struct form *frame_of(struct cli *c, const struct form *f) {
  struct form *frame = NULL;
  struct err ignored;
  const char *spec = arena_printf(cli_job(c)->arena, "%s/%s", f->survey, cli_text(c, "frame") ? cli_text(c, "frame") : f->frame);
  return spec && process_form(cli_job(c), spec, NULL, &frame, &ignored) == E_OK ? frame : NULL;
}

/* --- what the rules say together --- */
static enum err_code linear_findings(struct cli *c, const struct linear_system *s, struct rules_linear *out, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  const int implied = (int)cli_int(c, "implied"), extremal = (int)cli_int(c, "extremal");
  TRY(rule_analyse(a, s, &out->analysis, e));
  if (!out->analysis.consistent) return E_OK;
  if (implied > 0) TRY(rule_implied(a, &out->analysis.minimal, implied, &out->implied, &out->implied_complete, e));
  if (extremal > 0) TRY(rule_extremal(a, &out->analysis.minimal, extremal, &out->points, e));
  return E_OK;
}
/* "reporting_status in {0}": the codes under which the shared condition holds. */
static enum err_code condition_text(struct arena *a, const struct rule_set *s, const struct rule_atom *atom, const char **out, struct err *e) {
  struct strbuf b;
  *out = "";
  if (!atom) return E_OK;
  const struct rule_category *k = &s->categories[atom->k];
  strbuf_init(&b, 0);
  strbuf_addf(&b, "%s in {", k->name);
  for (int i = 0, n = 0; i < k->n_codes; i++)
    if (!(atom->set[i / 64] >> (i % 64) & 1)) {
      if (n++) strbuf_addc(&b, ',');
      strbuf_add(&b, k->codes[i].p, k->codes[i].n);
    }
  strbuf_addc(&b, '}');
  *out = b.failed ? NULL : arena_strdup(a, strbuf_cstr(&b), b.n);
  strbuf_release(&b);
  return *out ? E_OK : ERR(e, E_NO_MEMORY, .subject = "rules");
}
static enum err_code record_findings(struct cli *c, const struct form *f, struct rules_record *r, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct rule_part part;
  TRY(rule_build(a, f, r->name, &r->rules, e));
  TRY(rule_review(a, &r->rules.set, &r->review, e));
  TRY(rule_linear_part(a, &r->rules.set, &part, e));
  r->has_linear = part.system.m > 0;
  if (!r->has_linear) return E_OK;
  TRY(condition_text(a, &r->rules.set, part.condition, &r->linear.condition, e));
  return linear_findings(c, &part.system, &r->linear, e);
}
static enum err_code form_findings(struct cli *c, const struct form *f, struct rules_record **out, int *n, struct err *e) {
  *n = f->n_records > 0 ? f->n_records : 1;
  *out = ARENA_ARRAY(cli_job(c)->arena, struct rules_record, *n);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "rules");
  for (int i = 0; i < *n; i++) {
    (*out)[i].name = f->n_records > 0 ? f->records[i].name : f->id;
    TRY(record_findings(c, f, &(*out)[i], e));
  }
  return E_OK;
}
static bool impossible(const struct rules_record *r, int n) {
  for (int i = 0; i < n; i++)
    if (r[i].review.possible == RULE_IMPOSSIBLE || (r[i].has_linear && r[i].linear.analysis.n_conflict > 0)) return true;
  return false;
}
static int run_edits(struct cli *c) {
  const char *path = cli_text(c, "edits");
  struct rules_linear l = {.condition = ""};
  struct linear_system s;
  struct err e = {.code = E_OK};
  struct strbuf b;
  struct json_out j;
  uint8_t *bytes;
  size_t n;
  if (file_read(path, 1 << 20, &bytes, &n, &e)) return cli_fail(c, &e);
  enum err_code code = linear_parse(cli_job(c)->arena, str_view((const char *)bytes, n), cli_flag(c, "negative"), &s, &e);
  if (!code) code = linear_findings(c, &s, &l, &e);
  free(bytes);
  if (code) return cli_fail(c, &e);
  if (!cli_json(c)) {
    rules_print_linear(c, &l);
    return l.analysis.consistent ? 0 : 1;
  }
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  rules_json_linear(&j, &l);
  fprintf(cli_out(c), "%s\n", strbuf_cstr(&b));
  strbuf_release(&b);
  return l.analysis.consistent ? 0 : 1;
}
static void print_steps(struct cli *c, const struct form *f, const struct job_plan *p) {
  fprintf(cli_out(c), cli_say(c, "%d checks, %d imputation steps, all compiled\n", "検査 %d 件、補完手順 %d 件。すべて翻訳済み\n"), f->n_checks, f->n_impute);
  if (f->n_records > 1)
    fputs(cli_say(c,
              "counts and sums over records below, and items of records above, are constants when items in error are sought; step nim changes a "
              "record and those below it together\n",
              "誤りの項目を探すとき、下位の記録の集計と上位の記録の項目は定数です。手順 nim は記録とその下位の記録を一緒に変えます\n"),
        cli_out(c));
  for (int i = 0; f->process_json && i < p->n_steps; i++)
    fprintf(cli_out(c), cli_say(c, "step %d: %s (%s) %s\n", "手順 %d: %s（%s）%s\n"), i + 1, p->steps[i].name, p->steps[i].method->name,
        p->steps[i].rule);
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct form *f = NULL;
  struct job_plan *plan = NULL;
  struct rules_record *records = NULL;
  int n = 0;
  if (cli_text(c, "edits")) return run_edits(c);
  if (process_form(cli_job(c), cli_operand_count(c) ? cli_operand(c, 0) : NULL, NULL, &f, &e)) return cli_fail(c, &e);
  if (form_findings(c, f, &records, &n, &e)) return cli_fail(c, &e);
  if (cli_json(c)) print_json(c, f, records, n);
  else print_table(c, f);
  if (job_plan_read(cli_job(c)->arena, NULL, f, frame_of(c, f), &plan, &e)) return cli_fail(c, &e);
  if (!cli_json(c)) print_steps(c, f, plan);
  for (int i = 0; i < n && !cli_json(c); i++) rules_print_record(c, f, &records[i]);
  return impossible(records, n) ? 1 : 0;
}

const struct command cmd_process_rules = {
    .noun = "process",
    .verb = "rules",
    .summary_en = "list a form's checks, what they say together, and whether they and the imputation plan compile",
    .summary_ja = "様式の検査の一覧、検査どうしの矛盾・冗長、検査・補完計画が使える状態かを示す",
    .detail_en =
        "Needs no store. Every check with what it applies to, what must hold and what else it reads (previous period, register, child records). A mistake in a check, in "
        "impute.csv or in process.json ends with exit status 78 and its place. Then, per record type: which checks can be used for finding the items in error and why others cannot, a minimal set of "
        "checks that contradict each other (exit status 1), conditions that can never hold, parts that other checks already say; for linear rules redundancy, hidden "
        "equations, least and most of each item.",
    .detail_ja =
        "保管庫は不要です。各検査の対象、成り立つべき条件、参照先（前期・名簿・下位記録）を示します。検査・impute.csv・process.json に誤りがあれば、位置を示して終了値 78 で終わります。続いて記録の種類ごとに、誤り箇所の特定に使える検査と使えない理由、互いに矛盾する最小の検査の組（終了値 1）、成り立つことのない条件、"
        "他の検査から導かれる部分、一次式については冗長・隠れた等式・各項目の最小と最大を示します。",
    .options = (const struct option_record[]){{.name = "frame",
                                                  .kind = OPT_TEXT,
                                                  .value_name = "FORM",
                                                  .help_en = "form of the survey that holds the register (else as the form says)",
                                                  .help_ja = "名簿の様式（同じ調査。なければ様式の指定による）"},
        {.name = "edits",
            .kind = OPT_FILE,
            .value_name = "FILE",
            .help_en = "analyse linear rules in text form instead: A + B = C; ...",
            .help_ja = "様式の代わりに、A + B = C; の形の一次式を分析する"},
        {.name = "negative", .kind = OPT_FLAG, .help_en = "with --edits: values below zero are allowed", .help_ja = "--edits のとき負の値を認める"},
        {.name = "implied",
            .kind = OPT_INT,
            .value_name = "N",
            .help_en = "list at most N implied linear rules",
            .help_ja = "導かれる一次式を最大 N 件示す",
            .default_text = "0"},
        {.name = "extremal",
            .kind = OPT_INT,
            .value_name = "N",
            .help_en = "list the extremal points with at most N items not zero",
            .help_ja = "0 でない項目が N 個以下の端点を示す",
            .default_text = "0"},
        {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = "SURVEY/FORM",
                                                    .help_en = "form, with /VERSION when not the newest",
                                                    .help_ja = "様式（最新でない版は /版 を付ける）",
                                                    .required = false},
        {.name = NULL}},
    .examples = (const struct example[]){{"shirabe process rules vital/birth", "the checks of the birth form", "出生票の検査"},
        {"shirabe process rules mls/register --json", "the checks of the register, as JSON", "名簿の検査を JSON で見る"}, {.command = NULL}},
    .run = run,
};
