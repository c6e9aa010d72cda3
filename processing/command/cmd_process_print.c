#include "processing/command/cmd_process_print.h"

#include <stdio.h>

#include "base/json_out.h"
#include "base/term.h"

static void cell_int(struct text_table *t, int64_t v) {
  char text[32];
  (void)snprintf(text, sizeof text, "%lld", (long long)v);
  text_table_cell(t, text);
}

/* --- text --- */
static void print_units(struct cli *c, const struct process_report *r) {
  const struct unit_states *p = &r->ledger.edited, *q = &r->ledger.imputed;
  const int64_t before[] = {p->in, p->clean, p->failed_hard, p->undecided, p->failed_soft, p->failed_info},
                after[] = {q->in, q->clean, q->failed_hard, q->undecided, q->failed_soft, q->failed_info};
  static const char *const names[][2] = {{"records", "記録"}, {"clean", "問題なし"}, {"fail a hard check", "必須検査に不合格"},
      {"undecided (a hard check is unknown)", "判定不能（必須検査が不明）"}, {"fail a soft check", "確認検査に不合格"}, {"noted", "参考"}};
  struct text_table *t = text_table_new(3);
  if (!t) return;
  text_table_cell(t, cli_say(c, "units", "客体"));
  text_table_cell(t, cli_say(c, "received", "受領時"));
  text_table_cell(t, cli_say(c, "imputed", "補完後"));
  for (int i = 0; i < 6; i++) {
    text_table_cell(t, cli_say(c, names[i][0], names[i][1]));
    cell_int(t, before[i]);
    cell_int(t, after[i]);
  }
  text_table_right(t, 1);
  text_table_right(t, 2);
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
}

static void print_checks(struct cli *c, const struct process_report *r) {
  struct text_table *t = text_table_new(6);
  const char *heads[] = {cli_say(c, "check", "検査"), cli_say(c, "severity", "区分"), cli_say(c, "failed", "不合格"), cli_say(c, "after", "補完後"),
      cli_say(c, "unknown", "不明"), cli_say(c, "meaning and remedy", "内容と対応")};
  if (!t) return;
  for (int i = 0; i < 6; i++) text_table_cell(t, heads[i]);
  for (int i = 0; i < r->edited.n_checks; i++) {
    const struct check *k = &r->form->checks[i];
    char text[1024];
    if (!r->edited.counts[i].failed && !r->imputed.counts[i].failed && !r->edited.counts[i].not_run) continue;
    const char *remedy = process_pick(c, k->remedy_en, k->remedy_ja);
    if (r->edited.counts[i].not_run) (void)snprintf(text, sizeof text, "%s", cli_say(c, "not run: of another record type", "実行せず：別の記録種別の検査"));
    else (void)snprintf(text, sizeof text, "%s%s%s", process_pick(c, k->message_en, k->message_ja), *remedy ? " → " : "", remedy);
    text_table_cell(t, k->id);
    text_table_cell(t, check_severity_name(k->severity));
    cell_int(t, r->edited.counts[i].failed);
    cell_int(t, r->imputed.counts[i].failed);
    cell_int(t, r->imputed.counts[i].unknown);
    text_table_cell(t, text);
  }
  for (int i = 2; i < 5; i++) text_table_right(t, i);
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
}

/* Steps that found nothing missing are left to --json. */
static void print_steps(struct cli *c, const struct process_report *r) {
  struct text_table *t = r->ledger.values_missing ? text_table_new(6) : NULL;
  const char *heads[] = {cli_say(c, "step", "手順"), cli_say(c, "item", "項目"), cli_say(c, "method", "方法"), cli_say(c, "missing", "欠測"),
      cli_say(c, "imputed", "補完"), cli_say(c, "left missing because", "残った理由")};
  if (!t) return;
  for (int i = 0; i < 6; i++) text_table_cell(t, heads[i]);
  for (int i = 0; i < r->steps.n; i++) {
    const struct impute_count *k = &r->steps.counts[i];
    char why[256] = "";
    size_t n = 0;
    if (!k->missing) continue;
    for (int o = IMPUTED + 1; o < IMPUTE_OUTCOMES; o++)
      if (k->by_outcome[o] && n < sizeof why)
        n += (size_t)snprintf(
            why + n, sizeof why - n, "%s%s %lld", n ? ", " : "", impute_outcome_name((enum impute_outcome)o), (long long)k->by_outcome[o]);
    cell_int(t, k->step);
    text_table_cell(t, k->item);
    text_table_cell(t, k->method);
    cell_int(t, k->missing);
    cell_int(t, k->by_outcome[IMPUTED]);
    text_table_cell(t, why);
  }
  for (int i = 3; i < 5; i++) text_table_right(t, i);
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
}

static void print_match(struct cli *c, const char *en, const char *ja, const struct unit_match *m) {
  if (m->rows)
    fprintf(cli_out(c), cli_say(c, "%s: %lld of %lld records matched\n", "%s: %lld 件一致（%lld 件中）\n"), cli_say(c, en, ja),
        (long long)m->matched, (long long)m->rows);
}

/* The steps of the job; the usual job of impute and derive says nothing new here. */
static void print_job(struct cli *c, const struct process_report *r) {
  if (!r->form->process_json) return;
  process_print_steps(c, r->step_reports, r->n_step_reports);
  process_print_estimates(c, &r->estimates);
  fprintf(cli_out(c), cli_say(c, "job: %lld flags, %lld proposals for queries\n", "手順: フラグ %lld 件、照会の候補 %lld 件\n"),
      (long long)r->flags, (long long)r->proposals);
}

static void print_text(struct cli *c, const struct process_report *r) {
  fprintf(cli_out(c), "%s/%s/%s %s  %s\n", r->form->survey, r->form->id, r->form->version, r->period,
      process_pick(c, r->form->title_en, r->form->title_ja));
  print_match(c, "previous period", "前期", &r->ledger.previous);
  print_match(c, "register", "名簿", &r->ledger.frame);
  print_units(c, r);
  print_checks(c, r);
  print_job(c, r);
  print_steps(c, r);
  fprintf(cli_out(c),
      cli_say(
          c, "values: %lld missing = %lld imputed + %lld left; %lld changes logged\n", "値: 欠測 %lld = 補完 %lld + 残り %lld。変更記録 %lld 件\n"),
      (long long)r->ledger.values_missing, (long long)r->ledger.values_imputed, (long long)r->ledger.values_left, (long long)r->changes);
  if (r->ledger.values_filled || r->ledger.values_emptied)
    fprintf(cli_out(c), cli_say(c, "between lines of impute.csv other steps filled %lld of the missing values and left %lld more missing (net)\n",
        "impute.csv の行の間に、他の手順が欠測のうち %lld 個を埋め、新たに %lld 個が欠測となりました（差引）\n"),
        (long long)r->ledger.values_filled, (long long)r->ledger.values_emptied);
  if (!r->stored) fputs(cli_say(c, "dry run: nothing was stored\n", "試行のため、何も保存していません\n"), cli_out(c));
  else fputs(cli_say(c, "stored; what a run leaves: shirabe process status SURVEY/FORM PERIOD\n", "保存しました。内容は shirabe process status 調査/様式 期間\n"),
         cli_out(c));
}

/* --- JSON --- */
static void json_states(struct json_out *j, const char *key, const struct unit_states *s) {
  json_key(j, key);
  json_object(j);
  json_put_int(j, "in", s->in);
  json_put_int(j, "clean", s->clean);
  json_put_int(j, "failed_hard", s->failed_hard);
  json_put_int(j, "undecided", s->undecided);
  json_put_int(j, "failed_soft", s->failed_soft);
  json_put_int(j, "failed_info", s->failed_info);
  json_end_object(j);
}

static void json_match(struct json_out *j, const char *key, const struct unit_match *m) {
  json_key(j, key);
  json_object(j);
  json_put_int(j, "rows", m->rows);
  json_put_int(j, "matched", m->matched);
  json_put_int(j, "absent", m->absent);
  json_end_object(j);
}

static void json_check(struct json_out *j, const struct process_report *r, int i) {
  const struct check *k = &r->form->checks[i];
  const struct edit_count *p = &r->edited.counts[i], *q = &r->imputed.counts[i];
  json_object(j);
  json_put(j, "id", k->id);
  json_put(j, "severity", check_severity_name(k->severity));
  json_put(j, "message_en", k->message_en);
  json_put(j, "message_ja", k->message_ja);
  json_put(j, "remedy_en", k->remedy_en);
  json_put(j, "remedy_ja", k->remedy_ja);
  json_key(j, "run");
  json_bool(j, !p->not_run);
  json_put_int(j, "passed", p->passed);
  json_put_int(j, "failed", p->failed);
  json_put_int(j, "unknown", p->unknown);
  json_put_int(j, "outside", p->outside);
  json_put_int(j, "divisions_by_zero", p->divisions_by_zero);
  json_put_int(j, "failed_imputed", q->failed);
  json_put_int(j, "unknown_imputed", q->unknown);
  json_end_object(j);
}

static void json_step(struct json_out *j, const struct impute_count *k) {
  json_object(j);
  json_put_int(j, "step", k->step);
  json_put(j, "item", k->item);
  json_put(j, "method", k->method);
  json_put_int(j, "missing", k->missing);
  for (int o = 0; o < IMPUTE_OUTCOMES; o++) json_put_int(j, impute_outcome_name((enum impute_outcome)o), k->by_outcome[o]);
  json_end_object(j);
}

static void print_json(struct cli *c, const struct process_report *r) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put(&j, "survey", r->form->survey);
  json_put(&j, "form", r->form->id);
  json_put(&j, "version", r->form->version);
  json_put(&j, "form_hash", r->form->hash_hex);
  json_put(&j, "period", r->period);
  json_put_int(&j, "shards", r->shards);
  json_states(&j, "edited", &r->ledger.edited);
  json_states(&j, "imputed", &r->ledger.imputed);
  json_match(&j, "previous", &r->ledger.previous);
  json_match(&j, "register", &r->ledger.frame);
  json_put_int(&j, "values_missing", r->ledger.values_missing);
  json_put_int(&j, "values_imputed", r->ledger.values_imputed);
  json_put_int(&j, "values_left", r->ledger.values_left);
  json_put_int(&j, "values_filled", r->ledger.values_filled);
  json_put_int(&j, "values_emptied", r->ledger.values_emptied);
  json_put_int(&j, "changes", r->changes);
  json_key(&j, "checks");
  json_array(&j);
  for (int i = 0; i < r->edited.n_checks; i++) json_check(&j, r, i);
  json_end_array(&j);
  json_key(&j, "steps");
  json_array(&j);
  for (int i = 0; i < r->steps.n; i++) json_step(&j, &r->steps.counts[i]);
  json_end_array(&j);
  process_json_job(&j, r);
  json_key(&j, "stored");
  json_bool(&j, r->stored);
  json_end_object(&j);
  fprintf(cli_out(c), "%s\n", strbuf_cstr(&b));
  strbuf_release(&b);
}

void process_print(struct cli *c, const struct process_report *r) {
  if (cli_json(c)) print_json(c, r);
  else print_text(c, r);
}
