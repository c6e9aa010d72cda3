/* shirabe process rules SURVEY/FORM */
#include <stdio.h>
#include <string.h>

#include "base/json_out.h"
#include "base/term.h"
#include "processing/job/cmd_process_io.h"
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

static void print_table(struct cli *c, const struct form *f) {
  struct text_table *t = text_table_new(6);
  const char *heads[] = {cli_say(c, "check", "検査"), cli_say(c, "severity", "区分"), cli_say(c, "state", "状態"), cli_say(c, "reads", "参照"), cli_say(c, "of", "対象"), cli_say(c, "must hold", "成り立つべき条件")};
  if (!t) return;
  for (int i = 0; i < 6; i++) text_table_cell(t, heads[i]);
  for (int i = 0; i < f->n_checks; i++) {
    char others[32];
    const struct check *k = &f->checks[i];
    text_table_cell(t, k->id);
    text_table_cell(t, check_severity_name(k->severity));
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

static void json_rule(struct json_out *j, const struct check *k, struct strbuf *text) {
  char others[32];
  json_object(j);
  json_put(j, "id", k->id);
  json_put(j, "severity", check_severity_name(k->severity));
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

static void print_json(struct cli *c, const struct form *f) {
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
  for (int i = 0; i < f->n_checks; i++) json_rule(&j, &f->checks[i], &text);
  json_end_array(&j);
  json_put_int(&j, "imputation_steps", f->n_impute);
  json_end_object(&j);
  fprintf(cli_out(c), "%s\n", strbuf_cstr(&b));
  strbuf_release(&text);
  strbuf_release(&b);
}

/* The register's form, for frame(...) in the plan; NULL when the survey has none. */
static struct form *frame_of(struct cli *c, const struct form *f) {
  struct form *frame = NULL;
  struct err ignored;
  const char *spec = arena_printf(cli_job(c)->arena, "%s/%s", f->survey, cli_text(c, "frame"));
  return spec && process_form(cli_job(c), spec, NULL, &frame, &ignored) == E_OK ? frame : NULL;
}

static void print_end(struct cli *c, const struct form *f, const struct job_plan *p) {
  fprintf(cli_out(c), cli_say(c, "%d checks, %d imputation steps, all compiled\n", "検査 %d 件、補完手順 %d 件。すべて翻訳済み\n"), f->n_checks, f->n_impute);
  for (int i = 0; f->process_json && i < p->n_steps; i++)
    fprintf(cli_out(c), cli_say(c, "step %d: %s (%s) %s\n", "手順 %d: %s（%s）%s\n"), i + 1, p->steps[i].name, p->steps[i].method->name, p->steps[i].rule);
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct form *f = NULL;
  struct job_plan *plan = NULL;
  if (process_form(cli_job(c), cli_operand(c, 0), NULL, &f, &e)) return cli_fail(c, &e);
  if (cli_json(c)) print_json(c, f);
  else print_table(c, f);
  if (job_plan_read(cli_job(c)->arena, NULL, f, frame_of(c, f), &plan, &e)) return cli_fail(c, &e);
  if (!cli_json(c)) print_end(c, f, plan);
  return 0;
}

const struct command cmd_process_rules = {
  .noun = "process",
  .verb = "rules",
  .summary_en = "list a form's checks and whether they and the imputation plan compile",
  .summary_ja = "様式の検査の一覧と、検査・補完計画が使える状態かを示す",
  .detail_en = "Needs no store. Every check with what it applies to, what must hold and what else it reads (previous period, register, child records). A mistake in a check, in "
               "impute.csv or in process.json ends with exit status 78 and its place.",
  .detail_ja = "保管庫は不要です。各検査の対象、成り立つべき条件、参照先（前期・名簿・下位記録）を示します。検査・impute.csv・process.json に誤りがあれば、位置を示して終了値 78 で終わります。",
  .options = (const struct option_record[]){{.name = "frame", .kind = OPT_TEXT, .value_name = "FORM", .help_en = "form of the survey that holds the register", .help_ja = "名簿の様式（同じ調査）", .default_text = "register"}, {.name = NULL}},
  .operands = (const struct operand_record[]){{.name = "SURVEY/FORM", .help_en = "form, with /VERSION when not the newest", .help_ja = "様式（最新でない版は /版 を付ける）", .required = true}, {.name = NULL}},
  .examples = (const struct example[]){{"shirabe process rules vital/birth", "the checks of the birth form", "出生票の検査"}, {"shirabe process rules mls/register --json", "the checks of the register, as JSON", "名簿の検査を JSON で見る"}, {.command = NULL}},
  .run = run,
};
