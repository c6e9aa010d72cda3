/* intake_print.c -- see intake_print.h. */
#include "collector/intake_print.h"

#include <stdio.h>
#include <string.h>

#include "base/json_out.h"
#include "base/term.h"

enum { DAY_SECONDS = 86400, JST_SECONDS = 9 * 3600 };

static int64_t day_of(struct cli *c, const char *period) {
  struct period p;
  if (period && period_parse(str_of(period), &p)) return period_last_day(&p);
  return (job_now(cli_job(c)) + JST_SECONDS) / DAY_SECONDS;
}

enum err_code intake_form(struct cli *c, const char *spec, const char *period, struct form **out, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  struct str form, version, survey = str_split(str_of(spec), '/', &form);
  form = str_split(form, '/', &version);
  if (!survey.n || !form.n) return ERR(e, E_INTAKE_FORM, .subject = spec ? spec : "");
  const char *survey_text = arena_strdup(a, survey.p, survey.n), *form_text = arena_strdup(a, form.p, form.n);
  const char *version_text = version.n ? arena_strdup(a, version.p, version.n) : NULL;
  if (!survey_text || !form_text) return ERR(e, E_NO_MEMORY, .subject = spec);
  return form_read(a, cli_job(c), forms_folder(), survey_text, form_text, version_text, day_of(c, period), out, NULL, e);
}

static const char *code_name(int64_t number, char *buffer, size_t size) {
  struct err_message m;
  for (size_t i = 0; err_message_at(i, &m); i++)
    if ((int64_t)m.code == number) return m.name;
  snprintf(buffer, size, "E%lld", (long long)number);
  return buffer;
}

/* --- JSON --- */

static void print_json(struct cli *c, struct strbuf *b) {
  fprintf(cli_out(c), "%s\n", strbuf_cstr(b));
  strbuf_release(b);
}

static void json_counts(struct json_out *j, const struct intake_report *r) {
  char buffer[24];
  json_key(j, "by_code");
  json_object(j);
  for (int i = 0; i < INTAKE_CODES; i++)
    if (r->by_code[i]) json_put_int(j, code_name(INTAKE_CODE_FIRST + i, buffer, sizeof buffer), r->by_code[i]);
  json_end_object(j);
  json_key(j, "by_rule");
  json_object(j);
  for (int i = 1; i < REPAIR_RULES; i++)
    if (r->by_rule[i]) json_put_int(j, repair_rule_name((enum repair_rule)i), r->by_rule[i]);
  json_end_object(j);
}

static void json_columns(struct json_out *j, const struct intake_report *r) {
  json_key(j, "columns");
  json_array(j);
  for (int64_t k = 0; k < r->n_columns; k++) {
    const struct intake_column_count *x = &r->columns[k];
    if (!x->cell) continue;
    json_object(j);
    json_put(j, "item", x->item);
    json_put_int(j, "cell", x->cell);
    json_key(j, "number"), json_bool(j, x->number);
    json_put_int(j, "typed", x->typed);
    json_put_int(j, "blank", x->blank);
    json_put_int(j, "problem", x->problem);
    json_end_object(j);
  }
  json_end_array(j);
}

static void report_json(struct cli *c, const char *file, const struct form *f, const struct intake_report *r) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put(&j, "file", file);
  json_put(&j, "survey", f->survey);
  json_put(&j, "form", f->id);
  json_put(&j, "version", f->version);
  json_put(&j, "period", r->period);
  json_put_int(&j, "intake", r->id);
  json_key(&j, "already"), json_bool(&j, r->already);
  json_key(&j, "dry_run"), json_bool(&j, r->dry_run);
  json_put(&j, "encoding", text_encoding_name(r->encoding));
  json_put(&j, "sheet", r->sheet);
  json_put(&j, "sha256", r->sha256);
  const struct {
    const char *key;
    int64_t value;
  } counts[] = {{"bytes", r->bytes},         {"rows", r->rows_read},        {"accepted", r->accepted},   {"rejected", r->rejected},
                {"duplicate", r->duplicate}, {"title_rows", r->title_rows}, {"note_rows", r->note_rows}, {"empty_rows", r->empty_rows},
                {"problems", r->problems},   {"warnings", r->warnings},     {"shard", r->shard},
                {"blocks", r->blocks}, {"block_head_rows", r->block_head_rows}, {"ignored_columns", r->ignored_columns}, {"filled_cells", r->filled_cells},
                {"cells_read", r->cells_read},       {"cells_typed", r->cells_typed},     {"cells_blank", r->cells_blank},
                {"cells_problem", r->cells_problem}, {"cells_ignored", r->cells_ignored}, {"cells_heading", r->cells_heading},
                {"cells_outside", r->cells_outside}};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) json_put_int(&j, counts[i].key, counts[i].value);
  json_key(&j, "declared");
  if (r->declared < 0) json_null(&j);
  else json_int(&j, r->declared);
  json_counts(&j, r);
  json_columns(&j, r);
  json_end_object(&j);
  print_json(c, &b);
}

/* --- text --- */

static void row(struct text_table *t, const char *name, int64_t value) {
  char text[24];
  snprintf(text, sizeof text, "%lld", (long long)value);
  text_table_cell(t, name);
  text_table_cell(t, text);
}

static void print_cells(struct cli *c, struct text_table *t, const struct intake_report *r) {
  row(t, cli_say(c, "cells read", "読んだセル"), r->cells_read);
  row(t, cli_say(c, "= typed", "＝値になった"), r->cells_typed);
  row(t, cli_say(c, "+ blank or declared missing", "＋空白・欠測の記号"), r->cells_blank);
  row(t, cli_say(c, "+ problem", "＋問題"), r->cells_problem);
  if (r->cells_ignored) row(t, cli_say(c, "+ left out by the layout", "＋配置で除いた列"), r->cells_ignored);
  if (r->cells_heading) row(t, cli_say(c, "+ titles and headings", "＋表題と見出し"), r->cells_heading);
  if (r->cells_outside) row(t, cli_say(c, "+ notes and empty rows", "＋注記と空の行"), r->cells_outside);
}

static void print_counts(struct cli *c, const struct intake_report *r) {
  struct text_table *t = text_table_new(2);
  if (!t) return;
  text_table_right(t, 1);
  row(t, cli_say(c, "rows read", "読んだ行"), r->rows_read);
  row(t, cli_say(c, "= accepted", "＝受理"), r->accepted);
  row(t, cli_say(c, "+ rejected", "＋却下"), r->rejected);
  row(t, cli_say(c, "+ duplicate", "＋重複"), r->duplicate);
  if (r->title_rows) row(t, cli_say(c, "title rows", "表題の行"), r->title_rows);
  if (r->blocks) row(t, cli_say(c, "page blocks", "ページのブロック"), r->blocks);
  if (r->block_head_rows) row(t, cli_say(c, "rows of their heads", "ブロックの頭の行"), r->block_head_rows);
  if (r->ignored_columns) row(t, cli_say(c, "columns left out by the layout", "配置で除いた列の数"), r->ignored_columns);
  if (r->filled_cells) row(t, cli_say(c, "blank cells that take the value above", "上の値を継いだ空欄"), r->filled_cells);
  if (r->note_rows) row(t, cli_say(c, "notes below the table", "表の下の注記"), r->note_rows);
  if (r->empty_rows) row(t, cli_say(c, "empty rows", "空の行"), r->empty_rows);
  if (r->declared >= 0) row(t, cli_say(c, "declared", "申告件数"), r->declared);
  row(t, cli_say(c, "problems", "問題"), r->problems);
  row(t, cli_say(c, "warnings", "注意"), r->warnings);
  if (r->cells_read) print_cells(c, t, r);
  text_table_print(t, cli_out(c), false);
  text_table_free(t);
}

static void print_by_code(struct cli *c, const struct intake_report *r) {
  char number[8], buffer[24];
  for (int i = 0; i < INTAKE_CODES; i++)
    if (r->by_code[i])
      fprintf(cli_out(c), "  %s %-24s %lld\n", err_number((enum err_code)(INTAKE_CODE_FIRST + i), number, sizeof number),
              code_name(INTAKE_CODE_FIRST + i, buffer, sizeof buffer), (long long)r->by_code[i]);
  for (int i = 1; i < REPAIR_RULES; i++)
    if (r->by_rule[i])
      fprintf(cli_out(c), "  %-30s %lld  %s\n", repair_rule_name((enum repair_rule)i), (long long)r->by_rule[i],
              repair_rule_text((enum repair_rule)i, cli_lang(c) == LANG_JA));
}

static void print_head(struct cli *c, const char *file, const struct form *f, const struct intake_report *r) {
  const char *how = r->already   ? cli_say(c, "already taken in; nothing was changed", "取り込み済みです。何も変えていません")
                    : r->dry_run ? cli_say(c, "tried only; nothing was written, earlier intakes were not compared",
                                           "試行です。何も書き込まず、以前の取り込みとは照合していません")
                                 : cli_say(c, "taken in", "取り込みました");
  fprintf(cli_out(c), "%s  %s/%s/%s  %s  %s\n", file, f->survey, f->id, f->version, r->period, text_encoding_name(r->encoding));
  if (r->dry_run) fprintf(cli_out(c), "%s\n", how);
  else fprintf(cli_out(c), cli_say(c, "intake %lld: %s\n", "取り込み %lld: %s\n"), (long long)r->id, how);
}

void intake_print_report(struct cli *c, const char *file, const struct form *f, const struct intake_report *r) {
  if (cli_json(c)) {
    report_json(c, file, f, r);
    return;
  }
  print_head(c, file, f, r);
  print_counts(c, r);
  print_by_code(c, r);
}

static void entry_json(struct json_out *j, const struct intake_entry *x) {
  json_object(j);
  json_put_int(j, "intake", x->id);
  json_put(j, "survey", x->survey);
  json_put(j, "form", x->form);
  json_put(j, "version", x->version);
  json_put(j, "period", x->period);
  json_put_int(j, "round", x->round);
  json_put(j, "file", x->file);
  json_put_int(j, "rows", x->rows_read);
  json_put_int(j, "accepted", x->accepted);
  json_put_int(j, "rejected", x->rejected);
  json_put_int(j, "duplicate", x->duplicate);
  json_put_int(j, "problems", x->problems);
  json_put_int(j, "warnings", x->warnings);
  json_end_object(j);
}

void intake_print_list(struct cli *c, const struct intake_entry *entries, int64_t n) {
  if (cli_json(c)) {
    struct strbuf b;
    struct json_out j;
    strbuf_init(&b, 0);
    json_begin(&j, &b, false);
    json_array(&j);
    for (int64_t i = 0; i < n; i++) entry_json(&j, &entries[i]);
    json_end_array(&j);
    print_json(c, &b);
    return;
  }
  static const char *const en[] = {"no.", "form", "period", "round", "file", "rows", "accepted", "rejected", "duplicate", "problems"};
  static const char *const ja[] = {"番号", "様式", "期間", "回", "ファイル", "行", "受理", "却下", "重複", "問題"};
  struct text_table *t = text_table_new(10);
  if (!t) return;
  for (int k = 0; k < 10; k++) text_table_cell(t, cli_say(c, en[k], ja[k]));
  for (int64_t i = 0; i < n; i++) {
    const struct intake_entry *x = &entries[i];
    char text[64];
    const int64_t counts[] = {x->rows_read, x->accepted, x->rejected, x->duplicate, x->problems};
    snprintf(text, sizeof text, "%lld", (long long)x->id), text_table_cell(t, text);
    snprintf(text, sizeof text, "%s/%s", x->survey, x->form), text_table_cell(t, text);
    text_table_cell(t, x->period);
    snprintf(text, sizeof text, "%lld", (long long)x->round), text_table_cell(t, text);
    text_table_cell(t, *x->file ? x->file : cli_say(c, "(sealed)", "（封印）"));
    for (int k = 0; k < 5; k++) snprintf(text, sizeof text, "%lld", (long long)counts[k]), text_table_cell(t, text);
  }
  for (int k = 5; k < 10; k++) text_table_right(t, k);
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
}

/* The message as it was when the file came in, without the answer. */
static void problem_text(struct cli *c, const struct intake_entry *entry, const struct intake_problem *p) {
  struct err e;
  char text[4096], other[ERR_TEXT_BYTES] = "";
  if (p->other && p->code == E_KEY_DUPLICATE) snprintf(other, sizeof other, "%.200s:%lld", entry->file, (long long)p->other);
  else if (p->other) snprintf(other, sizeof other, cli_say(c, "line %lld of an earlier intake", "以前の取り込みの %lld 行目"), (long long)p->other);
  (void)err_fill(
      &e, (enum err_code)p->code,
      &(struct err_detail){.file = entry->file, .line = p->line, .column = p->cell, .subject = *p->item ? p->item : entry->file, .expected = other});
  err_format(&e, cli_lang(c), text, sizeof text);
  fprintf(cli_out(c), "%s\n", text);
}

void intake_print_problems(struct cli *c, const struct intake_entry *entry, const struct intake_problem *problems, int64_t n) {
  char buffer[24];
  if (!cli_json(c)) {
    for (int64_t i = 0; i < n; i++) problem_text(c, entry, &problems[i]);
    return;
  }
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_key(&j, "intake");
  entry_json(&j, entry);
  json_key(&j, "problems");
  json_array(&j);
  for (int64_t i = 0; i < n; i++) {
    json_object(&j);
    json_put_int(&j, "line", problems[i].line);
    json_put_int(&j, "cell", problems[i].cell);
    json_put(&j, "item", problems[i].item);
    json_put(&j, "code", code_name(problems[i].code, buffer, sizeof buffer));
    json_put_int(&j, "other_line", problems[i].other);
    json_end_object(&j);
  }
  json_end_array(&j);
  json_end_object(&j);
  print_json(c, &b);
}

void intake_print_closing(struct cli *c, const char *form, const char *period, const struct intake_closing *closing) {
  if (!cli_json(c)) {
    fprintf(cli_out(c),
            cli_say(c, "%s %s closed (round %lld): declared %lld = accepted %lld + rejected %lld; duplicates %lld%s\n",
                    "%s %s を締め切りました（第%lld回）: 申告 %lld ＝ 受理 %lld ＋ 却下 %lld、重複 %lld%s\n"),
            form, period, (long long)closing->round, (long long)closing->declared, (long long)closing->accepted, (long long)closing->rejected,
            (long long)closing->duplicate, closing->nil ? cli_say(c, "; nil return", "、該当なし") : "");
    return;
  }
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put(&j, "form", form);
  json_put(&j, "period", period);
  json_put_int(&j, "round", closing->round);
  json_put_int(&j, "declared", closing->declared);
  json_put_int(&j, "accepted", closing->accepted);
  json_put_int(&j, "rejected", closing->rejected);
  json_put_int(&j, "duplicate", closing->duplicate);
  json_key(&j, "nil"), json_bool(&j, closing->nil);
  json_end_object(&j);
  print_json(c, &b);
}
