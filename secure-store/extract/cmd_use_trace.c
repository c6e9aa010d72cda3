/* shirabe use trace FILE | --list */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "secure-store/extract/cmd_use_common.h"
#include "secure-store/extract/trace.h"

static enum err_code read_file(const char *path, struct trace_file *t, struct err *e) {
  char piece[1 << 16];
  size_t n;
  enum err_code code = E_OK;
  FILE *f = fopen(path, "rbe");
  if (!f) return ERR(e, E_FILE_OPEN, .file = path, .subject = path, .found = strerrordesc_np(errno));
  while (!code && (n = fread(piece, 1, sizeof piece, f)) > 0) code = trace_file_feed(t, piece, n, e);
  if (!code && ferror(f)) code = ERR(e, E_FILE_READ, .file = path, .subject = path);
  fclose(f);
  return code ? code : trace_file_end(t, e);
}
static void json_result(struct json_out *j, const struct trace_result *r) {
  json_object(j);
  json_key(j, "accused"), json_bool(j, r->v.accused);
  json_put(j, "grant", r->p->grant);
  json_key(j, "id_rate"), json_real(j, r->v.id_rate);
  json_put_int(j, "ids", r->v.ids);
  json_key(j, "mark"), json_bool(j, r->v.mark);
  json_key(j, "order_rate"), json_real(j, r->v.order_rate);
  json_put_int(j, "order_rows", r->v.order_rows);
  json_put(j, "person", r->p->person);
  json_put(j, "provision", r->p->provision);
  json_end_object(j);
}
static void print_json(struct cli *c, const struct trace_file *t, const struct trace_result *list, int64_t n, int64_t tested) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put_int(&j, "cells", trace_file_cells(t));
  json_put_int(&j, "packages", tested);
  json_key(&j, "rate"), json_real(&j, TRACE_RATE);
  json_key(&j, "results");
  json_array(&j);
  for (int64_t i = 0; i < n; i++) json_result(&j, &list[i]);
  json_end_array(&j);
  json_put_int(&j, "rows", trace_file_rows(t));
  json_end_object(&j);
  store_cmd_print_json(c, &b);
}
static bool print_text(struct cli *c, const struct trace_file *t, const struct trace_result *list, int64_t n, int64_t tested) {
  bool any = false;
  for (int64_t i = 0; i < n; i++) {
    const struct trace_verdict *v = &list[i].v;
    if (!v->accused) continue;
    any = true;
    fprintf(cli_out(c),
        cli_say(c, "%s (grant %s, recipient %s): this file holds its copy\n", "%s（利用許可 %s、受領者 %s）：このファイルはその複製を含みます\n"),
        list[i].p->provision, list[i].p->grant, list[i].p->person);
    if (v->ids || v->mark)
      fprintf(cli_out(c), cli_say(c, "  %lld row ids%s; by accident with probability at most %.1e\n", "  行番号 %lld 個%s。偶然の確率は %.1e 以下\n"),
          (long long)v->ids, v->mark ? cli_say(c, " and its mark", "と印") : "", v->id_rate);
    if (v->order_rows && v->order_rate <= TRACE_RATE)
      fprintf(cli_out(c),
          cli_say(c, "  order of %lld rows; by accident with probability at most %.1e\n", "  %lld 行の並び順。偶然の確率は %.1e 以下\n"),
          (long long)v->order_rows, v->order_rate);
  }
  if (!any)
    fprintf(cli_out(c), cli_say(c, "cannot attribute: no evidence against any of %lld packages at a rate of %.0e (%lld rows, %lld cells)\n",
                            "特定できません：%lld 個の提供物のいずれについても、誤り率 %.0e での証拠はありません（%lld 行、%lld 欄）\n"),
        (long long)tested, TRACE_RATE, (long long)trace_file_rows(t), (long long)trace_file_cells(t));
  return any;
}
static enum err_code list(struct cli *c, struct store *s, struct err *e) {
  struct provision *p;
  int64_t n;
  char when[24];
  TRY(provision_list(s, cli_job(c)->arena, &p, &n, e));
  for (int64_t i = 0; i < n; i++) {
    time_format_utc(p[i].made, when);
    fprintf(cli_out(c), "%s\t%s\t%s\t%s\t%s\t%lld\t%s\n", p[i].provision, p[i].grant, p[i].person, p[i].dataset, when, (long long)p[i].rows,
        p[i].package_sha256);
  }
  return E_OK;
}
static enum err_code enter(struct cli *c, struct store *s, struct err *e) {
  struct officer_secret *secret = NULL;
  const char *grant = cli_text(c, "grant");
  if (!grant) return E_OK;
  if (cli_repeat_count(c, "officer") != 1) return ERR(e, E_USAGE_VALUE, .subject = "--officer", .expected = "the person of --grant");
  TRY(use_officer(c, s, 0, &secret, e));
  enum err_code code = officer_sign_in(s, secret, e);
  officer_secret_free(secret);
  return code ? code : grant_enter(s, cli_job(c)->arena, grant, officer_signed_in(s), e);
}
static enum err_code trace(struct cli *c, struct store *s, bool *accused, struct err *e) {
  struct trace_file *t = NULL;
  struct trace_result *results = NULL;
  int64_t n = 0, tested = 0;
  enum err_code code = trace_file_new(cli_operand(c, 0), &t, e);
  if (!code) code = read_file(cli_operand(c, 0), t, e);
  if (!code) code = enter(c, s, e);
  if (!code) code = trace_run(s, cli_job(c)->arena, t, cli_text(c, "grant") != NULL, &results, &n, &tested, e);
  grant_leave(s);
  for (int64_t i = 0; !code && i < n; i++) *accused |= results[i].v.accused;
  if (!code && cli_json(c)) print_json(c, t, results, n, tested);
  else if (!code) (void)print_text(c, t, results, n, tested);
  trace_file_free(t);
  return code;
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  bool accused = false;
  enum err_code code = store_cmd_unlock(c, &s, &e);
  if (!code && cli_flag(c, "list")) code = list(c, s, &e);
  else if (!code && cli_operand_count(c) != 1) code = ERR(&e, E_USAGE_VALUE, .subject = "FILE", .expected = "a file, or --list");
  else if (!code) code = trace(c, s, &accused, &e);
  store_close(s);
  return code ? cli_fail(c, &e) : accused || cli_flag(c, "list") ? 0 : 1;
}

const struct command cmd_use_trace = {
    .noun = "use",
    .verb = "trace",
    .summary_en = "whose copy is a table that was found?",
    .summary_ja = "見つかった表がどの提供物の複製かを調べる",
    .detail_en =
        "Compares FILE (a text table: all rows or some, sorted, columns dropped, copies of several recipients joined) with every package that this "
        "store built: by row ids "
        "and marks, exactly; with --grant (one that lets the officer read the rows) also by the order of the rows. Names a package only where a "
        "table made "
        "without its key would look like that with probability at most 1e-9; else \"cannot attribute\" and exit status 1. It tells whose copy it is, "
        "not who let it out.",
    .detail_ja =
        "FILE（全行か一部、並べ替え、列の削除、複数の受領者分の結合も可）を、この保管庫が作成したすべての提供物と比べます。行番号と印は厳密に、--"
        "grant（行を読める利用許可）"
        "を付けると並び順も調べます。鍵なしで偶然そうなる確率が 1e-9 以下のときだけ名指しし、それ以外は「特定できません」（終了状態 1）です。"
        "分かるのは誰の複製かであり、誰が漏らしたかではありません。",
    .options = (const struct option_record[]){STORE_OPTION_PASSPHRASE, USE_OPTION_OFFICER,
        {.name = "grant",
            .kind = OPT_TEXT,
            .value_name = "GRANT",
            .help_en = "grant under which the rows are read to compare their order",
            .help_ja = "並び順の比較のために行を読む利用許可"},
        {.name = "list", .kind = OPT_FLAG, .help_en = "list the packages instead", .help_ja = "提供物の一覧を表示"}, {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = "FILE", .help_en = "the table that was found", .help_ja = "見つかった表", .required = false},
        {.name = NULL}},
    .examples =
        (const struct example[]){{"shirabe use trace found.csv", "by ids and marks; opens no answers", "行番号と印で調べる（個票は開かない）"},
            {"shirabe use trace --list", "packages that were built here", "作成した提供物の一覧"}, {.command = NULL}},
    .run = run,
};
