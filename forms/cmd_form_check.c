/* shirabe form check SURVEY[/FORM[/VERSION]] */
#include <unistd.h>

#include "base/json_out.h"
#include "forms/form_command.h"
#include "forms/form_files.h"

struct run {
  struct cli *c;
  struct json_out json;
  struct strbuf text;
  struct job job;
  int64_t n_forms, n_bad;
};

/* With --json the problems go into the answer, else to stderr as they are found. */
static void on_problem(void *context, const struct err *e) {
  struct run *r = context;
  char buffer[2048], number[8];
  if (!cli_json(r->c)) {
    job_problem(cli_job(r->c), e);
    return;
  }
  err_format(e, cli_lang(r->c), buffer, sizeof buffer);
  json_object(&r->json);
  json_put(&r->json, "file", e->file);
  json_put_int(&r->json, "line", e->line);
  json_put_int(&r->json, "column", e->column);
  json_put(&r->json, "code", err_number(e->code, number, sizeof number));
  json_put(&r->json, "name", err_name(e->code));
  json_put(&r->json, "text", buffer);
  json_end_object(&r->json);
}

static void say_result(struct run *r, const struct form_operand *o, const struct form *f, int64_t n_problems) {
  FILE *out = cli_out(r->c);
  if (!f) fprintf(out, cli_say(r->c, "%s/%s/%s: %lld problems\n", "%s/%s/%s: 問題 %lld 件\n"), o->survey, o->form, o->version, (long long)n_problems);
  else
    fprintf(out,
        cli_say(r->c, "%s/%s/%s: good; %d items, %d code lists, %d checks, %d tables; %s\n",
            "%s/%s/%s: 問題なし（項目 %d、符号表 %d、検査 %d、表 %d）%s\n"),
        o->survey, o->form, o->version, f->n_items, f->n_codelists, f->n_checks, f->n_tables, f->hash_hex);
}

static enum err_code check_one(struct run *r, const struct form_operand *o, struct err *e) {
  struct form *f;
  int64_t n = 0;
  if (cli_json(r->c)) {
    json_object(&r->json);
    json_put(&r->json, "survey", o->survey);
    json_put(&r->json, "form", o->form);
    json_put(&r->json, "version", o->version);
    json_key(&r->json, "problems");
    json_array(&r->json);
  }
  enum err_code code = form_read(r->job.arena, &r->job, form_operand_folder(r->c), o->survey, o->form, o->version, INT64_MIN, &f, &n, e);
  if (code && !n) return code; /* the folder could not be read at all */
  r->n_forms++;
  r->n_bad += code != E_OK;
  if (!cli_json(r->c)) {
    say_result(r, o, f, n);
    return E_OK;
  }
  json_end_array(&r->json);
  json_put_int(&r->json, "n_problems", n);
  json_put(&r->json, "hash", f ? f->hash_hex : "");
  json_put_int(&r->json, "n_items", f ? f->n_items : 0);
  json_put_int(&r->json, "n_checks", f ? f->n_checks : 0);
  json_end_object(&r->json);
  return E_OK;
}

/* Fills what was not given: every form of the survey, every version of the form. */
static enum err_code check_all(struct run *r, struct form_operand o, struct err *e) {
  if (o.version) return check_one(r, &o, e);
  const char **names;
  int n, found = 0;
  const char *folder = arena_printf(r->job.arena, "%s/library/%s%s%s", form_operand_folder(r->c), o.survey, o.form ? "/" : "", o.form ? o.form : "");
  if (!folder) return ERR(e, E_NO_MEMORY, .subject = o.survey);
  TRY(folder_names(r->job.arena, folder, &names, &n, e));
  for (int i = 0; i < n; i++) {
    const char *inside = arena_printf(r->job.arena, "%s/%s/.", folder, names[i]);
    if (!inside || access(inside, F_OK) != 0) continue; /* survey.json and other files */
    struct form_operand next = o;
    *(o.form ? &next.version : &next.form) = names[i];
    TRY(check_all(r, next, e));
    found++;
  }
  return found ? E_OK : ERR(e, E_FORM_FOLDER, .file = folder, .subject = o.form ? o.form : o.survey);
}

static int run(struct cli *c) {
  struct err e = {0};
  struct form_operand o;
  struct form_survey *survey;
  struct run r = {.c = c, .job = *cli_job(c)};
  r.job.problem = on_problem;
  r.job.problem_context = &r;
  strbuf_init(&r.text, 0);
  json_begin(&r.json, &r.text, false);
  json_array(&r.json);
  enum err_code code = form_operand_parse(r.job.arena, cli_operand(c, 0), &o, &e);
  if (!code) code = survey_read(r.job.arena, form_operand_folder(c), o.survey, &survey, &e);
  if (!code) code = check_all(&r, o, &e);
  json_end_array(&r.json);
  if (!code && cli_json(c)) fprintf(cli_out(c), "%s\n", strbuf_cstr(&r.text));
  strbuf_release(&r.text);
  if (code) return cli_fail(c, &e);
  return r.n_bad ? 78 : 0;
}

const struct command cmd_form_check = {
    .noun = "form",
    .verb = "check",
    .summary_en = "check form folders: names, codes, dates, expressions, units, layouts",
    .summary_ja = "調査票フォルダーを点検する（名前・符号・日付・式・単位・様式）",
    .detail_en = "Reads every version of the survey, of the form, or the one version named, and reports each problem with file, row and column. "
                 "Prints the identity (SHA-256) of good forms. "
                 "Exit status 78 when there is a problem.",
    .detail_ja = "調査の全部の版、調査票の全部の版、または指定の版を読み、問題をファイル・行・列とともに示します。問題のない調査票は識別値（SHA-"
                 "256）を示します。問題があれば終了値は 78 です。",
    .options = (const struct option_record[]){FORM_OPTION_FORMS, FORM_OPTIONS_END},
    .operands =
        (const struct operand_record[]){
            {.name = "SURVEY[/FORM[/VERSION]]", .help_en = "what to check", .help_ja = "点検する調査、調査票、版", .required = true},
            FORM_OPERANDS_END},
    .examples = (const struct example[]){{"shirabe form check vital", "all forms of the vital statistics", "人口動態調査の全調査票"},
        {"shirabe form check mls/establishment/2018", "one version", "一つの版"}, FORM_EXAMPLES_END},
    .run = run,
};
