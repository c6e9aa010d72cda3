/* shirabe release check FOLDER | FILE: a bundle of ours, or anybody's table against the rules on machine readability. Needs no store. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/atomic_file.h"
#include "base/cli.h"
#include "base/json_out.h"
#include "collector/readable/readable.h"
#include "secure-store/cmd_release.h"

static const char *const file_options[] = {"codes", "columns", "table", "level", "sheet", "previous", "html", NULL};

/* --- what is asked --- */
static enum err_code read_table(struct cli *c, const char *option, bool codes, struct csv_table **out, struct err *e) {
  const char *path = cli_text(c, option);
  uint8_t *p;
  size_t n;
  if (!path) return E_OK;
  *out = ARENA_NEW(cli_job(c)->arena, struct csv_table);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = path);
  TRY(file_read(path, (size_t)64 << 20, &p, &n, e));
  size_t skip = n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
  const char *kept = arena_strdup(cli_job(c)->arena, (const char *)p + skip, n - skip);
  free(p);
  if (!kept) return ERR(e, E_NO_MEMORY, .subject = path);
  TRY(csv_table_parse(cli_job(c)->arena, path, kept, n - skip, *out, e));
  return readable_spec_check(path, *out, codes, e);
}
/* "tables/main.wide.csv" -> "main": the id in a bundle's own tables of codes and columns. */
static const char *table_id(struct arena *a, const char *name) {
  size_t n = strcspn(name, ".");
  return arena_strdup(a, name, n);
}
static enum err_code make_spec(struct cli *c, const struct readable_file *f, struct readable_spec *out, struct err *e) {
  const char *form = cli_text(c, "table"), *previous = cli_text(c, "previous");
  struct csv_table *codes = NULL, *columns = NULL;
  struct readable_file *before = NULL;
  TRY(read_table(c, "codes", true, &codes, e));
  TRY(read_table(c, "columns", false, &columns, e));
  if (previous) {
    before = ARENA_NEW(cli_job(c)->arena, struct readable_file);
    if (!before) return ERR(e, E_NO_MEMORY, .subject = previous);
    TRY(readable_open(cli_job(c), previous, true, before, e));
  }
  *out = (struct readable_spec){.level = (int)cli_int(c, "level"), .sheet = cli_text(c, "sheet"), .codes = codes, .columns = columns};
  out->previous = before;
  out->form = !form ? FORM_UNKNOWN : strcmp(form, "wide") == 0 ? FORM_WIDE : FORM_LONG;
  out->table = table_id(cli_job(c)->arena, f->name);
  if (out->level < 1 || out->level > 3) return ERR(e, E_READABLE_OPTION, .subject = "--level");
  return E_OK;
}

/* --- what is told --- */
static void place_of(const struct readable_report *r, const struct readable_place *p, char *out, size_t size) {
  char cell[32];
  readable_place_text(*p, cell);
  const char *sheet = p->sheet < r->file->n_sheets ? r->file->sheets[p->sheet].name : "";
  snprintf(out, size, "%s%s%s", sheet, *sheet && *cell ? "!" : "", cell);
}
static void print_table(struct cli *c, const struct readable_report *r) {
  static const char *const en[] = {"passed", "FAILED", "for a person", "not applicable"}, *const ja[] = {"合格", "不合格", "人が確認", "該当なし"};
  static const char *const sev_en[] = {"fatal", "critical", "major", "minor"}, *const sev_ja[] = {"致命的", "重大", "中", "軽微"};
  FILE *to = cli_out(c);
  for (int i = 0; i < r->n_results; i++) {
    const struct readable_result *it = &r->results[i];
    char place[300] = "";
    if (it->n_kept) place_of(r, &it->places[0], place, sizeof place);
    fprintf(to, "%s  %-5s %s  %s: %s", it->rule->id, it->rule->id2020, cli_say(c, sev_en[it->rule->severity], sev_ja[it->rule->severity]),
        cli_say(c, it->rule->en, it->rule->ja), cli_say(c, en[it->verdict], ja[it->verdict]));
    if (it->n_places) fprintf(to, cli_say(c, "; %lld places, first %s", "。%lldか所、最初は %s"), (long long)it->n_places, *place ? place : "-");
    if (it->verdict == RULE_FAILED) fprintf(to, "\n         -> %s", cli_say(c, it->rule->do_en, it->rule->do_ja));
    fputc('\n', to);
  }
  if (*r->file->why) fprintf(to, "%s: %s\n", r->file->name, r->file->why);
  fprintf(to, cli_say(c, "%s: passed %lld, failed %lld (fatal %lld, critical %lld, major %lld, minor %lld), for a person %lld, not applicable %lld\n",
      "%s：合格 %lld、不合格 %lld（致命的 %lld、重大 %lld、中 %lld、軽微 %lld）、人が確認 %lld、該当なし %lld\n"), r->file->name, (long long)r->passed, (long long)r->failed,
          (long long)r->failed_of[0],
      (long long)r->failed_of[1], (long long)r->failed_of[2], (long long)r->failed_of[3], (long long)r->for_a_person, (long long)r->not_applicable);
}
static void put_places(struct json_out *j, const struct readable_report *r, const struct readable_result *it) {
  enum { LISTED = 100 };
  json_key(j, "places");
  json_array(j);
  for (int64_t k = 0; k < it->n_kept && k < LISTED; k++) {
    char cell[32];
    readable_place_text(it->places[k], cell);
    json_object(j);
    json_put(j, "cell", cell);
    json_put_int(j, "column", it->places[k].column);
    json_put_int(j, "row", it->places[k].row);
    json_put(j, "sheet", it->places[k].sheet < r->file->n_sheets ? r->file->sheets[it->places[k].sheet].name : "");
    json_end_object(j);
  }
  json_end_array(j);
}
static void print_json(struct cli *c, const struct readable_report *r) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put(&j, "file", r->file->name);
  json_put(&j, "format", r->file->format);
  json_put(&j, "encoding", r->file->encoding);
  json_put(&j, "why", r->file->why);
  json_put_int(&j, "passed", r->passed);
  json_put_int(&j, "failed", r->failed);
  json_put_int(&j, "for_a_person", r->for_a_person);
  json_put_int(&j, "not_applicable", r->not_applicable);
  json_key(&j, "rules");
  json_array(&j);
  for (int i = 0; i < r->n_results; i++) {
    const struct readable_result *it = &r->results[i];
    json_object(&j);
    json_put(&j, "id", it->rule->id);
    json_put(&j, "id_2020", it->rule->id2020);
    json_put_int(&j, "level", it->rule->level);
    json_put(&j, "severity", readable_severity_name(it->rule->severity));
    json_put(&j, "verdict", readable_verdict_name(it->verdict));
    json_put(&j, "what", cli_say(c, it->rule->en, it->rule->ja));
    json_put(&j, "next", cli_say(c, it->rule->do_en, it->rule->do_ja));
    json_put_int(&j, "n_places", it->n_places);
    put_places(&j, r, it);
    json_end_object(&j);
  }
  json_end_array(&j);
  json_end_object(&j);
  fprintf(cli_out(c), "%s\n", strbuf_cstr(&b));
  strbuf_release(&b);
}
static void print_csv(struct cli *c, const struct readable_report *r) {
  struct strbuf b;
  strbuf_init(&b, 0);
  strbuf_adds(&b, "rule,rule_2020,level,severity,verdict,n_places,sheet,row,column,cell,what,next\n");
  for (int i = 0; i < r->n_results; i++) {
    const struct readable_result *it = &r->results[i];
    struct readable_place p = it->n_kept ? it->places[0] : (struct readable_place){0};
    char cell[32];
    readable_place_text(p, cell);
    strbuf_addf(&b, "%s,%s,%d,%s,%s,%lld", it->rule->id, it->rule->id2020, it->rule->level, readable_severity_name(it->rule->severity),
        readable_verdict_name(it->verdict), (long long)it->n_places);
    csv_put_text(&b, str_of(it->n_kept && p.sheet < r->file->n_sheets ? r->file->sheets[p.sheet].name : ""), false);
    strbuf_addf(&b, ",%d,%d,%s", p.row, p.column, cell);
    csv_put(&b, str_of(cli_say(c, it->rule->en, it->rule->ja)), false);
    csv_put(&b, str_of(cli_say(c, it->rule->do_en, it->rule->do_ja)), false);
    strbuf_addc(&b, '\n');
  }
  fprintf(cli_out(c), "%s", strbuf_cstr(&b));
  strbuf_release(&b);
}
static enum err_code write_page(struct cli *c, const struct readable_report *r, struct err *e) {
  struct strbuf b;
  if (!cli_text(c, "html")) return E_OK;
  strbuf_init(&b, 0);
  readable_html(r, cli_lang(c), &b);
  enum err_code code = b.failed ? ERR(e, E_NO_MEMORY, .subject = cli_text(c, "html"))
      : atomic_write(cli_text(c, "html"), b.p, b.n, ATOMIC_REPLACE, 0644, e);
  strbuf_release(&b);
  return code;
}

static enum err_code check_file(struct cli *c, struct readable_report *r, struct err *e) {
  struct readable_file *f = ARENA_NEW(cli_job(c)->arena, struct readable_file);
  struct readable_spec spec;
  if (!f) return ERR(e, E_NO_MEMORY, .subject = cli_operand(c, 0));
  static const char *const outputs[] = {"html", NULL};
  if (cli_text(c, "key")) return ERR(e, E_READABLE_OPTION, .subject = "--key");
  TRY(cli_keep_inputs(c, outputs, e));
  TRY(readable_open(cli_job(c), cli_operand(c, 0), true, f, e));
  TRY(make_spec(c, f, &spec, e));
  TRY(readable_judge(cli_job(c)->arena, f, &spec, r, e));
  return write_page(c, r, e);
}
static int run_check(struct cli *c) {
  struct err e = {.code = E_OK};
  struct stat st;
  struct readable_report r;
  if (stat(cli_operand(c, 0), &st) == 0 && S_ISDIR(st.st_mode)) {
    for (int i = 0; file_options[i]; i++)
      if (cli_text(c, file_options[i]) && strcmp(file_options[i], "level")) {
        (void)ERR(&e, E_READABLE_OPTION, .subject = file_options[i]);
        return cli_fail(c, &e);
      }
    return cmd_release_check_bundle(c);
  }
  if (check_file(c, &r, &e)) return cli_fail(c, &e);
  if (cli_json(c)) print_json(c, &r);
  else if (cli_flag(c, "csv")) print_csv(c, &r);
  else print_table(c, &r);
  return r.failed_of[READABLE_FATAL] || r.failed_of[READABLE_CRITICAL] ? 1 : 0;
}

static const struct option_record check_options[] = {
    {.name = "key", .kind = OPT_TEXT, .value_name = "KEY", .help_en = "of a bundle: the office's public key, from paper; without it the key named "
        "in the bundle is used, which proves only that nothing was altered later",
     .help_ja = "公表物：機関の公開鍵（紙などで入手）。なければ公表物内の鍵を使うため、後からの改変がないことだけを示す"},
    {.name = "codes", .kind = OPT_FILE, .value_name = "FILE", .help_en = "of a file: code table, column,code,label_ja,label_en",
        .help_ja = "ファイル：符号表 column,code,label_ja,label_en"},
    {.name = "columns", .kind = OPT_FILE, .value_name = "FILE", .help_en = "of a file: table of columns, column,kind,label_ja,label_en,unit",
        .help_ja = "ファイル：列の表 column,kind,label_ja,label_en,unit"},
    {.name = "table", .kind = OPT_CHOICE, .value_name = "FORM", .choices = "long|wide",
        .help_en = "of a file: meant to be long or wide (wide is exempt from L3-09)", .help_ja = "ファイル：縦持ち・横持ち（横持ちはL3-09の対象外）"},
    {.name = "level", .kind = OPT_INT, .value_name = "N", .default_text = "3", .help_en = "of a file: rules up to this level, 1 to 3",
        .help_ja = "ファイル：この段階までの規則（1～3）"},
    {.name = "sheet", .kind = OPT_TEXT, .value_name = "NAME", .help_en = "of a workbook: this sheet only; else every visible one",
        .help_ja = "ブック：このシートだけ（なければ表示中の全シート）"},
    {.name = "previous", .kind = OPT_FILE, .value_name = "FILE", .help_en = "of a file: last year's, to compare the headings (L3-07)",
        .help_ja = "ファイル：前年のファイル。見出しを比べる（L3-07）"},
    {.name = "html", .kind = OPT_FILE, .value_name = "FILE", .help_en = "of a file: write a page that shows the sheets with the breaches marked",
        .help_ja = "ファイル：違反箇所に印を付けた表のページを書き出す"},
    {.name = "csv", .kind = OPT_FLAG, .help_en = "of a file: the verdicts as CSV", .help_ja = "ファイル：判定をCSVで出力する"},
    {.name = NULL}};
static const struct operand_record check_operands[] = {{.name = "PATH",
    .help_en = "the folder of a release bundle, or a file: CSV (UTF-8, CP932) or xlsx", .help_ja = "公表物のフォルダー、またはファイル（UTF-8・CP932のCSV、xlsx）",
    .required = true}, {.name = NULL}};
static const struct example check_examples[] = {{"shirabe release check release/mls-2025-12-0123456789abcdef",
    "a bundle: signature, hashes and machine-readability rules", "公表物：署名、ハッシュ、機械可読性の規則"},
                                                {"shirabe release check table.xlsx --html table.html",
                                                    "anybody's table: 30 rules, and a page with the breaches marked", "任意の表：30の規則を検査し、違反箇所を示すページを作る"},
                                                {"shirabe release check table.csv --codes codes.csv --columns columns.csv --json",
                                                    "the same for a program, with its code table", "符号表とともに検査し、JSONで出力する"}, {.command = NULL}};
const struct command cmd_release_check = {
    .noun = "release", .verb = "check", .summary_en = "check a bundle, or anybody's table: signature, hashes, machine readability",
        .summary_ja = "公表物または任意の表を検査する：署名・ハッシュ・機械可読性",
    .detail_en = "Of a file the 30 rules on machine readability of 2026 are checked, with the numbers of the rules of 2020 beside them. Each is "
        "passed, failed, for a person, or not applicable; what a program cannot judge is never called passed.\n"
                 "Exit status 1: a fatal or critical rule is broken, or the bundle does not hold.",
    .detail_ja = "ファイルについては2026年の機械可読性の30規則を検査し、2020年の規則の番号を併記します。判定は合格・不合格・人が確認・該当なしです。プログラムで判定できないものを合格とはしません。\n"
                 "終了ステータス1：致命的または重大な規則の違反、または公表物の不備。",
    .options = check_options, .operands = check_operands, .examples = check_examples, .run = run_check};
