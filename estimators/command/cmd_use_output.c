/* shirabe use output submit|check|vote|list|show|release|withdraw ID */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/ext_json.h"
#include "estimators/command/cmd_use_output_rules.h"
#include "secure-store/disposal/cmd_disposal.h"

#define MAY_LOOK (ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER) | ROLE_BIT(LOG_ROLE_REVIEWER))

static enum err_code id_of(struct disposal_cmd *x, const char **id, struct err *e) {
  *id = cli_operand_count(x->c) > 1 ? cli_operand(x->c, 1) : NULL;
  return *id ? E_OK : ERR(e, E_USAGE_REQUIRED, .subject = "ID");
}
static const char *verdict_word(struct cli *c, const char *verdict) {
  if (cli_lang(c) != LANG_JA) return verdict;
  return !strcmp(verdict, "fail") ? "不合格" : !strcmp(verdict, "review") ? "要確認" : !strcmp(verdict, "pass") ? "合格" : verdict;
}
static enum err_code said(struct disposal_cmd *x, const struct output *o, struct err *e) {
  struct strbuf b;
  struct json_out j;
  (void)e;
  if (!cli_json(x->c)) {
    fprintf(cli_out(x->c), cli_say(x->c, "%s: %s (revision %lld, automatic check: %s)\n", "%s：%s（%lld 版、自動確認：%s）\n"), o->id, o->state,
        (long long)o->revision, verdict_word(x->c, o->verdict));
    return E_OK;
  }
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put(&j, "id", o->id);
  json_put_int(&j, "revision", o->revision);
  json_put(&j, "state", o->state);
  json_put(&j, "verdict", o->verdict);
  json_end_object(&j);
  store_cmd_print_json(x->c, &b);
  return E_OK;
}

/* --- submit --- */

static enum err_code load(struct cli *c, const char *path, struct str *out, struct err *e) {
  uint8_t *p = NULL;
  size_t n = 0;
  TRY(file_read(path, OUTPUT_FILE_MAX, &p, &n, e));
  const char *copy = arena_strdup(cli_job(c)->arena, (const char *)p, n);
  free(p);
  *out = str_view(copy, n);
  return copy ? E_OK : ERR(e, E_NO_MEMORY, .subject = path);
}
static enum err_code submit(struct disposal_cmd *x, int *status, struct err *e) {
  (void)status;
  struct output_file files[OUTPUT_FILES_MAX] = {0};
  struct output o;
  const struct output_rules rules = use_output_rules(NULL);
  struct output_request q = {
      .grant = cli_text(x->c, "grant"), .note = cli_text(x->c, "note"), .file = files, .n_files = cli_repeat_count(x->c, "file")};
  const int n_units = cli_repeat_count(x->c, "units");
  struct str levels = STR("");
  TRY(id_of(x, &q.id, e));
  if (!q.grant) return ERR(e, E_USAGE_REQUIRED, .subject = "--grant");
  if (q.n_files < 1 || q.n_files > OUTPUT_FILES_MAX || n_units > q.n_files)
    return ERR(e, E_OUTPUT_FILES, .subject = q.id, .expected = "1 to 16 files");
  if (cli_text(x->c, "hierarchy")) {
    TRY(load(x->c, cli_text(x->c, "hierarchy"), &levels, e));
    if (levels.n == 0)
      return ERR(e, E_OUTPUT_HIERARCHY, .file = cli_text(x->c, "hierarchy"), .subject = cli_text(x->c, "hierarchy"), .found = "no row");
  }
  for (int i = 0; i < q.n_files; i++) {
    files[i].levels = levels;
    const char *path = cli_repeat(x->c, "file", i), *slash = strrchr(path, '/');
    files[i].name = slash ? slash + 1 : path;
    TRY(load(x->c, path, &files[i].bytes, e));
    if (i < n_units && strcmp(cli_repeat(x->c, "units", i), "-") != 0) TRY(load(x->c, cli_repeat(x->c, "units", i), &files[i].units, e));
  }
  TRY(output_hand_in(x->s, &q, &rules, x->who, &o, e));
  return said(x, &o, e);
}

/* --- check: what the program says, with the register as it is now --- */

static enum err_code may_look(struct disposal_cmd *x, const char *id, struct output *o, struct err *e) {
  TRY(output_find(x->s, id, o, e));
  if (!x->who) return ERR(e, E_DISPOSAL_OFFICER, .subject = id);
  return strcmp(o->author, x->by.officer) == 0 ? E_OK : role_require(x->s, x->by.officer, MAY_LOOK, "data-read", id, e);
}
static void print_findings(struct cli *c, const struct json_value *root) {
  const struct json_value *list = json_member(root, "findings"), *intervals = json_member(root, "intervals");
  const char *text = cli_lang(c) == LANG_JA ? "text_ja" : "text_en";
  for (size_t i = 0; i < json_length(list); i++) {
    const struct json_value *f = json_element(list, i);
    const char *detail = json_member_string(f, "detail", "");
    fprintf(cli_out(c), "%s\t%s:%lld\t%s\t%s: %s%s%s%s\n", verdict_word(c, json_member_string(f, "verdict", "")), json_member_string(f, "file", ""),
        (long long)json_member_int(f, "line", 0), json_member_string(f, "cell", ""), json_member_string(f, "reason", ""),
        json_member_string(f, text, ""), detail[0] ? " (" : "", detail, detail[0] ? ")" : "");
  }
  for (size_t i = 0; i < json_length(intervals); i++) {
    const struct json_value *f = json_element(intervals, i);
    fprintf(cli_out(c), "%s\t%s:%lld\t%s\t%s .. %s\n", cli_say(c, "interval", "秘匿インターバル"), json_member_string(f, "file", ""),
        (long long)json_member_int(f, "line", 0), json_member_string(f, "cell", ""), json_member_string(f, "low", ""),
        json_member_string(f, "high", ""));
  }
}
static void print_evidence(struct cli *c, const struct json_value *root) {
  const struct json_value *list = json_member(root, "evidence");
  for (size_t i = 0; i < json_length(list); i++) {
    const struct json_value *f = json_element(list, i);
    const char *largest = json_member_string(f, "largest_percent", "");
    long long complement = (long long)json_member_int(f, "complement", -1);
    fprintf(cli_out(c), "%s\t%s:%lld\t%s\tn %lld", cli_say(c, "units", "客体"), json_member_string(f, "file", ""),
        (long long)json_member_int(f, "line", 0), json_member_string(f, "cell", ""),
        (long long)json_member_int(f, "n", 0));
    if (complement >= 0) fprintf(cli_out(c), cli_say(c, ", besides them in the total %lld", "、合計のうちそれ以外 %lld"), complement);
    if (*largest) fprintf(cli_out(c), cli_say(c, ", largest %s %%, two largest %s %%", "、最大 %s％、上位2者 %s％"), largest,
        json_member_string(f, "two_largest_percent", ""));
    fputc('\n', cli_out(c));
  }
}
static enum err_code print_report(struct cli *c, const struct strbuf *report, struct err *e) {
  struct json_document *d = NULL;
  TRY(json_parse("report", report->p, report->n, &d, e));
  const struct json_value *root = json_root(d);
  fprintf(cli_out(c), cli_say(c, "limits: %s (%s, status %s); figures: %lld pass, %lld review, %lld fail\n",
      "基準：%s（%s、出典の確度 %s）。値：合格 %lld、要確認 %lld、不合格 %lld\n"), json_member_string(root, "profile", ""),
      json_member_string(root, "profile_source", ""), json_member_string(root, "profile_status", ""), (long long)json_member_int(root, "pass", 0),
      (long long)json_member_int(root, "review", 0), (long long)json_member_int(root, "fail", 0));
  if (strcmp(json_member_string(root, "profile_status", "V"), "M") == 0)
    fprintf(cli_out(c), "%s", cli_say(c, "these limits are not confirmed by a source\n", "この基準値は出典で確認できていません\n"));
  print_findings(c, root);
  print_evidence(c, root);
  json_release(d);
  return E_OK;
}
static enum err_code check(struct disposal_cmd *x, int *status, struct err *e) {
  const char *id;
  struct output o;
  const struct output_rules rules = use_output_rules(NULL);
  struct strbuf report, now;
  enum output_verdict again = OUTPUT_VERDICT_FAIL;
  TRY(id_of(x, &id, e));
  TRY(may_look(x, id, &o, e));
  strbuf_init(&report, 0);
  strbuf_init(&now, 0);
  enum err_code code = output_read_report(x->s, &o, x->who, &report, e);
  if (!code) code = output_compare(x->s, &o, &rules, x->who, &now, &again, e);
  if (!code && cli_json(x->c)) {
    store_cmd_print_json(x->c, &report);
    strbuf_init(&report, 0);
  } else if (!code) code = print_report(x->c, &report, e);
  if (!code && again == OUTPUT_VERDICT_FAIL && !cli_json(x->c)) {
    fprintf(cli_out(x->c), "%s", cli_say(x->c, "against the register of today:\n", "現在の公表済み表との比較：\n"));
    code = print_report(x->c, &now, e);
  }
  strbuf_release(&report);
  strbuf_release(&now);
  if (code) return code;
  *status = strcmp(o.verdict, "fail") == 0 || again == OUTPUT_VERDICT_FAIL;
  return E_OK;
}

/* --- vote, release, withdraw --- */

static enum err_code vote(struct disposal_cmd *x, int *status, struct err *e) {
  (void)status;
  const char *id;
  struct output o;
  TRY(id_of(x, &id, e));
  if (cli_flag(x->c, "approve") == cli_flag(x->c, "refuse")) return ERR(e, E_USAGE_VALUE, .subject = "vote", .expected = "--approve or --refuse");
  TRY(output_vote(x->s, id, cli_flag(x->c, "approve"), x->who, &o, e));
  return said(x, &o, e);
}
static enum err_code release(struct disposal_cmd *x, int *status, struct err *e) {
  (void)status;
  const char *id, *out = cli_text(x->c, "out");
  struct output o;
  const struct output_rules rules = use_output_rules(NULL);
  TRY(id_of(x, &id, e));
  if (!out) return ERR(e, E_USAGE_REQUIRED, .subject = "--out");
  TRY(output_release(x->s, id, out, &rules, x->who, &o, e));
  return said(x, &o, e);
}
static enum err_code withdraw(struct disposal_cmd *x, int *status, struct err *e) {
  (void)status;
  const char *id;
  struct output o;
  TRY(id_of(x, &id, e));
  TRY(output_withdraw(x->s, id, cli_text(x->c, "note"), x->who, &o, e));
  return said(x, &o, e);
}

/* --- list, show --- */

static void row_out(struct cli *c, const struct output *o, struct json_out *j) {
  char when[32];
  time_format_jst(o->changed_at, when);
  if (!j) {
    fprintf(cli_out(c), "%s\t%s\t%s\t%s\t%s\n", o->id, o->state, o->grant, o->verdict, when);
    return;
  }
  json_object(j);
  row_json(&output_format, o, j);
  json_end_object(j);
}
static enum err_code list(struct disposal_cmd *x, int *status, struct err *e) {
  (void)status;
  struct output *o = ARENA_NEW(cli_job(x->c)->arena, struct output);
  struct record r;
  struct strbuf b;
  struct json_out j;
  bool found = true;
  enum err_code code = o ? E_OK : ERR(e, E_NO_MEMORY, .subject = "output");
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  for (uint64_t from = 0; !code && found;) {
    code = act_next(x->s, "output:", &from, &output_format, o, &found, &r, e);
    if (!code && found) row_out(x->c, o, cli_json(x->c) ? &j : NULL);
  }
  json_end_array(&j);
  if (!code && cli_json(x->c)) store_cmd_print_json(x->c, &b);
  else strbuf_release(&b);
  return code;
}
static enum err_code print_file(struct disposal_cmd *x, const struct output *o, const char *name, struct err *e) {
  struct output_file files[OUTPUT_FILES_MAX];
  int n = 0;
  TRY(output_read_files(x->s, cli_job(x->c)->arena, o, x->who, false, files, &n, e));
  for (int i = 0; i < n; i++) {
    if (strcmp(files[i].name, name) != 0) continue;
    fwrite(files[i].bytes.p, 1, files[i].bytes.n, cli_out(x->c));
    return E_OK;
  }
  return ERR(e, E_OUTPUT_FILES, .subject = name, .expected = "a file of this output");
}
static enum err_code show(struct disposal_cmd *x, int *status, struct err *e) {
  (void)status;
  const char *id;
  struct output o;
  struct output_votes v;
  char name[OUTPUT_NAME_BYTES], sha256[65], blob[65], sets[65];
  TRY(id_of(x, &id, e));
  TRY(may_look(x, id, &o, e));
  if (cli_repeat_count(x->c, "file") == 1) return print_file(x, &o, cli_repeat(x->c, "file", 0), e);
  TRY(output_votes(x->s, &o, &v, e));
  TRY(said(x, &o, e));
  if (cli_json(x->c)) return E_OK;
  for (int i = 0; output_file_at(&o, i, name, sha256, blob, sets); i++)
    fprintf(cli_out(x->c), "%s  %s%s\n", sha256, name, strcmp(sets, "-") == 0 ? "" : cli_say(x->c, "  (units known)", "  （客体あり）"));
  fprintf(cli_out(x->c), "%s", v.complete ? "" : cli_say(x->c, "votes: hidden until two are in\n", "票：2名そろうまで非公開\n"));
  if (v.complete) fprintf(cli_out(x->c), cli_say(x->c, "votes: %d for, %d against\n", "票：賛成 %d、反対 %d\n"), v.n_for, v.n_against);
  return E_OK;
}

static int run(struct cli *c) {
  static const struct {
    const char *name;
    enum err_code (*act)(struct disposal_cmd *x, int *status, struct err *e); /* status: 1 = done, and something fails */
  } actions[] = {{"submit", submit}, {"check", check}, {"vote", vote}, {"list", list}, {"show", show}, {"release", release}, {"withdraw", withdraw}};
  struct err e = {.code = E_OK};
  struct disposal_cmd x = {.c = c};
  for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
    if (strcmp(actions[i].name, cli_operand(c, 0)) != 0) continue;
    enum err_code code = disposal_cmd_begin(c, &x, &e);
    int status = 0;
    if (!code) code = actions[i].act(&x, &status, &e);
    const int ended = disposal_cmd_end(&x, code, &e);
    return ended ? ended : status;
  }
  (void)ERR(&e, E_USAGE_VALUE, .subject = "ACTION", .expected = "submit, check, vote, list, show, release, withdraw", .found = cli_operand(c, 0));
  return cli_fail(c, &e);
}

const struct command cmd_use_output = {
    .noun = "use",
    .verb = "output",
    .summary_en = "results of secondary use: hand in, automatic check, two checkers, release",
    .summary_ja = "二次利用の成果：提出、自動確認、2名による確認、公表",
    .detail_en =
        "The person of a grant hands in tables (.csv, .json) and pictures (.png); other kinds of files can hide data and are refused. --units "
        "gives the "
        "records a table was made of, one file for each --file in the same order (- for none): from them the program counts units and "
        "contributions; they "
        "are not kept, only keyed tokens of their ids. The limits are those the grant names (output_rule, forms/secure/output_profiles.csv). "
        "`check` names "
        "each figure with pass, review or fail and the reason, never the value, and the interval of each suppressed one; it ends with status 1 "
        "when something fails. Two reviewers, neither author nor "
        "user nor builder of the package, `vote`; nobody sees a vote before both are in; handing in again voids votes. A chief or manager "
        "`release`s: "
        "never before the release date of the survey (`release embargo`), and compared once more with every released table about the same data. "
        "Page: "
        "secure-store/output/output.md.",
    .detail_ja =
        "利用許可の本人が表（.csv、.json）と図（.png）を提出します。それ以外の種類はデータを隠し得るため受け付けません。--units は各表の元の個票で、--file と同じ順に与えます（ない場合は -）。"
        "客体数と寄与を数えるために使い、保存しません（識別子の鍵付きハッシュだけを残します）。基準は利用許可の output_rule（forms/secure/output_profiles.csv）です。"
        "check は各値の合格・要確認・不合格と理由、秘匿した値の秘匿インターバルを示し、値は示しません（不合格があれば終了コード1）。作成者・利用者・提供物の作成者以外の審査・出力確認担当2名が vote し、"
        "2名そろうまで票は見えません。再提出すると票は無効です。release は総括・管理責任者が行い、調査の公表日時（release embargo）より前にはできず、"
        "同じデータの公表済みの表と改めて比べます。説明は secure-store/output/output.md にあります。",
    .options =
        (const struct option_record[]){
            {.name = "grant", .kind = OPT_TEXT, .value_name = "ID", .help_en = "submit: the grant it was made under", .help_ja = "submit：利用許可"},
            {.name = "file",
                .kind = OPT_REPEAT,
                .value_name = "FILE",
                .help_en = "submit: a file that is to go out; show: print this one",
                .help_ja = "submit：提出するファイル、show：表示するファイル"},
            {.name = "hierarchy", .kind = OPT_FILE, .value_name = "FILE", .help_en = "submit: levels within dimensions, column,code,parent",
                .help_ja = "submit：分類の階層（column,code,parent）"},
            {.name = "units",
                .kind = OPT_REPEAT,
                .value_name = "FILE",
                .help_en = "submit: the records behind each file, in the same order; - = none",
                .help_ja = "submit：各ファイルの元の個票（同じ順、なければ -）"},
            {.name = "note",
                .kind = OPT_TEXT,
                .value_name = "TEXT",
                .help_en = "explanation for the checkers; reason of a withdrawal",
                .help_ja = "確認者への説明、取下げの理由"},
            {.name = "approve", .kind = OPT_FLAG, .help_en = "vote: may go out", .help_ja = "vote：可"},
            {.name = "refuse", .kind = OPT_FLAG, .help_en = "vote: may not go out", .help_ja = "vote：否"},
            {.name = "out",
                .kind = OPT_DIRECTORY,
                .value_name = "DIR",
                .help_en = "release: where the folder output-ID is written",
                .help_ja = "release：output-ID のフォルダーを書く場所"},
            DISPOSAL_OPTIONS_OFFICER, {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = "ACTION",
                                                    .help_en = "submit, check, vote, list, show, release, withdraw",
                                                    .help_ja = "submit, check, vote, list, show, release, withdraw",
                                                    .required = true},
        {.name = "ID", .help_en = "the output", .help_ja = "出力の id"}, {.name = NULL}},
    .examples = (const struct example[]){{"shirabe use output list", "every output and where it stands", "出力と状態の一覧"},
        {"shirabe use output list --json", "the same for a program", "同じ内容を JSON で"}, {.command = NULL}},
    .run = run,
};
