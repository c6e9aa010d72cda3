/* shirabe release register [SURVEY] | check SURVEY PERIOD | show RELEASE | add SURVEY PERIOD | accept SURVEY PERIOD */
#include <stdio.h>
#include <string.h>

#include "base/ext_sodium.h"
#include "estimators/command/cmd_estimate_load.h"
#include "front/figures.h"
#include "front/register_bundle.h"
#include "front/register_candidate.h"
#include "secure-store/disposal/cmd_disposal.h"
#include "secure-store/rights/sign_in.h"
#include "secure-store/store_impl.h"

#define PREPARES (ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER) | ROLE_BIT(LOG_ROLE_REVIEWER))

static enum err_code operand(struct cli *c, int i, const char *what, const char **out, struct err *e) {
  *out = cli_operand_count(c) > i ? cli_operand(c, i) : NULL;
  return *out ? E_OK : ERR(e, E_USAGE_REQUIRED, .subject = what);
}

/* --- list --- */

static void row_json_out(const struct register_row *r, struct json_out *j) {
  json_object(j);
  row_json(&register_row_format, r, j);
  json_key(j, "units");
  json_cstr(j, "known");
  json_end_object(j);
}
static void old_json_out(const struct register_old *o, struct json_out *j) {
  json_object(j);
  json_put_int(j, "built", o->built);
  json_put(j, "id", o->id);
  json_put(j, "period", o->period);
  json_put(j, "survey", o->survey);
  json_put(j, "units", "unknown");
  json_end_object(j);
}
static void row_text(struct cli *c, const struct register_row *r) {
  char when[32], edition[24];
  time_format_jst(r->built, when);
  snprintf(edition, sizeof edition, "%lld", (long long)r->edition);
  fprintf(cli_out(c),
      cli_say(c, "%s\t%s\t%s\t%lld tables\t%s\t%s\t%lld warned, %lld accepted%s%s%s%s\n",
          "%s\t%s\t%s\t%lld 表\t%s\t%s\t警告 %lld、承認 %lld%s%s%s%s\n"),
      r->id, r->kind, r->edition ? edition : "-", (long long)r->tables, when, r->signer[0] ? r->signer : "-", (long long)r->warned,
      (long long)r->accepted, r->supersedes[0] ? cli_say(c, "\tsupersedes ", "\t旧版 ") : "", r->supersedes,
      r->reason[0] ? cli_say(c, "\treason: ", "\t理由：") : "", r->reason);
}
static enum err_code list_rows(struct disposal_cmd *x, const char *survey, struct json_out *j, struct err *e) {
  struct register_old *old;
  struct register_row r;
  int64_t n;
  bool found;
  TRY(register_older(x->s, cli_job(x->c)->arena, survey, &old, &n, e));
  for (int64_t i = 0; i < n; i++) {
    if (j)
      old_json_out(&old[i], j);
    else
      fprintf(cli_out(x->c), cli_say(x->c, "%s\tfrom before the register: unit sets unknown\n", "%s\t登録簿より前の公表：客体の集合は不明\n"),
          old[i].id);
  }
  for (uint64_t from = 0;;) {
    TRY(register_next(x->s, survey, &from, &r, &found, e));
    if (!found) return E_OK;
    if (j)
      row_json_out(&r, j);
    else
      row_text(x->c, &r);
  }
}
static enum err_code list(struct disposal_cmd *x, struct err *e) {
  const char *survey = cli_operand_count(x->c) > 0 ? cli_operand(x->c, 0) : NULL;
  struct strbuf b;
  struct json_out j;
  if (!cli_json(x->c)) return list_rows(x, survey, NULL, e);
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  const enum err_code code = list_rows(x, survey, &j, e);
  json_end_array(&j);
  if (code)
    strbuf_release(&b);
  else
    store_cmd_print_json(x->c, &b);
  return code;
}

/* --- show: what an entry holds, never a token and never more than was published --- */

static void count_figures(const struct register_table *t, int64_t n[REGISTER_STATUSES]) {
  for (int i = 0; i < REGISTER_STATUSES; i++) n[i] = 0;
  for (int64_t i = 0; i < t->n_rows; i++)
    for (int m = 0; m < t->n_measures; m++) n[register_status_of(t, i, m)]++;
}
static void entry_json(const struct register_row *r, const struct register_entry *x, struct json_out *j) {
  json_object(j);
  json_put_int(j, "bytes", r->bytes);
  json_put_int(j, "edition", x->edition);
  json_put(j, "kind", x->kind);
  json_put(j, "release", x->release);
  json_key(j, "tables");
  json_array(j);
  for (int i = 0; i < x->n_tables; i++) {
    const struct register_table *t = &x->table[i];
    int64_t n[REGISTER_STATUSES];
    count_figures(t, n);
    json_object(j);
    json_put(j, "definition", t->definition);
    json_put_int(j, "hidden", n[REGISTER_HIDDEN]);
    json_put(j, "id", t->id);
    json_put_int(j, "rows", t->n_rows);
    json_put(j, "sha256", t->sha256);
    json_put_int(j, "shown", n[REGISTER_SHOWN]);
    json_key(j, "units_known");
    json_bool(j, t->units_known);
    json_end_object(j);
  }
  json_end_array(j);
  json_end_object(j);
}
static void entry_text(struct cli *c, const struct register_row *r, const struct register_entry *x) {
  row_text(c, r);
  for (int i = 0; i < x->n_frames; i++)
    fprintf(
        cli_out(c), cli_say(c, "  units of %s: %lld tokens\n", "  %s の客体：トークン %lld 件\n"), x->frame[i].name, (long long)x->frame[i].n);
  for (int i = 0; i < x->n_tables; i++) {
    const struct register_table *t = &x->table[i];
    int64_t n[REGISTER_STATUSES];
    count_figures(t, n);
    fprintf(cli_out(c),
        cli_say(c, "  %-24s %6lld rows, %lld figures shown, %lld suppressed; units %s; %s\n",
            "  %-24s %6lld 行、表章 %lld、秘匿 %lld、客体 %s、%s\n"),
        t->id, (long long)t->n_rows, (long long)n[REGISTER_SHOWN], (long long)n[REGISTER_HIDDEN],
        t->units_known ? cli_say(c, "known", "既知") : cli_say(c, "unknown", "不明"), t->definition);
  }
  fprintf(cli_out(c), cli_say(c, "  %lld bytes\n", "  %lld バイト\n"), (long long)r->bytes);
}
static enum err_code read_entry(struct store *s, struct arena *a, const struct register_row *r, struct register_entry *out, struct err *e) {
  char object[RECORD_OBJECT_BYTES];
  int64_t access;
  struct err ignored;
  struct log_entry entry = {.action = "data-read", .object = object, .purpose = "", .detail = "", .rows = 1};
  snprintf(object, sizeof object, "register:%.95s", r->id);
  TRY(store_log_intent(s, &entry, &access, e));
  enum err_code code = register_entry_read(s, a, r, access, out, e);
  enum err_code logged = store_log_outcome(s, access, &entry, code == E_OK, code ? &ignored : e);
  return code ? code : logged;
}
static enum err_code show(struct disposal_cmd *x, struct err *e) {
  const char *id;
  struct register_row r;
  struct register_entry entry;
  bool found;
  TRY(operand(x->c, 1, "RELEASE", &id, e));
  TRY(register_find(x->s, id, &r, &found, e));
  if (!found) return ERR(e, E_REGISTER_UNKNOWN, .subject = id);
  TRY(read_entry(x->s, cli_job(x->c)->arena, &r, &entry, e));
  if (!cli_json(x->c)) return entry_text(x->c, &r, &entry), E_OK;
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  entry_json(&r, &entry, &j);
  store_cmd_print_json(x->c, &b);
  return E_OK;
}

/* --- check, add: a period's own tables, or one from a file --- */

static void report_text(struct cli *c, const struct register_entry *mine, const struct register_report *r, int n_earlier) {
  static const char *const treatments[][2] = {{"allowed", "許可"}, {"warning", "警告"}, {"REFUSED", "公表不可"}};
  const enum err_lang lang = cli_lang(c);
  fprintf(cli_out(c),
      cli_say(c, "%lld tables held against %d releases: %lld conflicts refused, %lld warned\n",
          "%lld 表を既公表 %d 件と照合：公表不可 %lld 件、警告 %lld 件\n"),
      (long long)r->n_tables, n_earlier, (long long)r->n_refused, (long long)r->n_warned);
  for (int64_t i = 0; i < r->n_conflicts; i++) {
    const struct register_conflict *f = &r->conflict[i];
    const char *rule = register_rule_text(cli_job(c)->arena, f, lang);
    fprintf(cli_out(c), "%s %s: %s [%s] %s | %s %s [%s] (%s)\n  %s\n  %s\n", treatments[f->treatment][lang == LANG_JA],
        register_kind_name(f->kind, lang), mine->table[f->table].id, f->cell, f->measure,
        *f->release ? f->release : cli_say(c, "this release", "同時に公表"), f->other_table, f->other_cell, rule ? rule : f->rule,
        register_kind_text(f->kind, lang), register_kind_remedy(f->kind, lang));
  }
  if (r->n_left_off) fprintf(cli_out(c), cli_say(c, "and %lld more\n", "ほか %lld 件\n"), (long long)r->n_left_off);
}
static void report(struct cli *c, const struct register_entry *mine, const struct register_report *r, int n_earlier, const char *inputs) {
  struct strbuf b;
  struct json_out j;
  if (!cli_json(c)) {
    report_text(c, mine, r, n_earlier);
    if (*inputs) fprintf(cli_out(c), cli_say(c, "inputs %s\n", "入力 %s\n"), inputs);
    return;
  }
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put_int(&j, "earlier", n_earlier);
  json_put(&j, "inputs", inputs);
  json_key(&j, "report");
  register_report_json(mine, r, &j);
  json_end_object(&j);
  store_cmd_print_json(c, &b);
}
/* The edition of another office: its tables by their codes. */
static enum err_code bundle_candidate(
    struct disposal_cmd *x, const char *folder, const struct candidate_files *q, struct register_entry *out, struct err *e) {
  struct arena *a = cli_job(x->c)->arena;
  TRY(register_bundle_read(cli_job(x->c), a, folder, NULL, out, e));
  if (strcmp(out->survey, q->survey) || strcmp(out->period, q->period))
    return ERR(e, E_REGISTER_BUNDLE, .subject = out->release, .expected = q->period);
  out->release = arena_printf(a, "outside-%.80s", out->release);
  out->kind = "outside";
  for (int i = 0; i < out->n_tables; i++) {
    struct register_table *t = &out->table[i];
    t->form = q->form, t->profile = q->profile, t->region = q->region ? q->region : "", t->definition = "outside";
  }
  return out->release ? E_OK : ERR(e, E_NO_MEMORY, .subject = folder);
}
static enum err_code candidate_of(struct disposal_cmd *x, struct register_entry *out, struct err *e) {
  struct candidate_files q = {.table = cli_text(x->c, "table"),
      .records = cli_text(x->c, "records"),
      .form = cli_text(x->c, "form"),
      .profile = cli_text(x->c, "profile"),
      .region = cli_text(x->c, "region"),
      .id = cli_text(x->c, "id")};
  struct estimate_run run;
  struct estimate_output output;
  const struct estimate_options none = {.table = NULL};
  TRY(operand(x->c, 1, "SURVEY", &q.survey, e));
  TRY(operand(x->c, 2, "PERIOD", &q.period, e));
  const char *folder = cli_text(x->c, "bundle");
  if (!folder && !q.table) return ERR(e, E_USAGE_REQUIRED, .subject = "--table");
  if (!q.form) return ERR(e, E_USAGE_REQUIRED, .subject = "--form");
  if (!q.profile) return ERR(e, E_USAGE_REQUIRED, .subject = "--profile");
  TRY(estimate_begin(x->s, q.survey, q.period, &none, cli_job(x->c)->arena, &output, &run, e));
  const struct disclosure_profile *profile = estimate_profile(&run, q.profile);
  if (!profile) return ERR(e, E_SDC_PROFILE, .subject = q.profile);
  if (folder)
    TRY(bundle_candidate(x, folder, &q, out, e));
  else
    TRY(register_candidate(x->s, cli_job(x->c)->arena, &q, out, e));
  for (int i = 0; i < out->n_tables; i++) out->table[i].min_n = profile->rule.min_n;
  return E_OK;
}
static enum err_code check_file(struct disposal_cmd *x, struct register_entry *mine, struct register_report *r, int *n_earlier, struct err *e) {
  struct arena *a = cli_job(x->c)->arena;
  struct register_policy *policy;
  const struct register_entry **earlier;
  struct register_row again;
  bool found;
  TRY(candidate_of(x, mine, e));
  policy = ARENA_ARRAY(a, struct register_policy, mine->n_tables + 1);
  if (!policy || !mine->n_tables) return ERR(e, E_REGISTER_BUNDLE, .subject = mine->release);
  for (int i = 0; i < mine->n_tables; i++) TRY(register_rules_of(a, mine->table[i].profile, &policy[i], e));
  TRY(register_earlier(x->s, a, mine->survey, mine->period, NULL, &earlier, n_earlier, &again, &found, e));
  if (store_has_officers(x->s)) TRY(register_outputs(x->s, a, mine->survey, mine->table[0].form, mine->period, &earlier, n_earlier, e));
  return register_check(a, mine, policy, earlier, *n_earlier, r, e);
}
static enum err_code judge_month(struct disposal_cmd *x, struct figures *f, struct err *e) {
  struct figures_request q = {.taint = "", .reason = "-", .dry = true}; /* a dry run asks for no reason */
  TRY(operand(x->c, 1, "SURVEY", &q.survey, e));
  TRY(operand(x->c, 2, "PERIOD", &q.period, e));
  TRY(store_cmd_cutoff(x->c, x->s, q.survey, q.period, e));
  return figures_build(x->s, &q, cli_job(x->c)->arena, f, e);
}
static enum err_code check(struct disposal_cmd *x, int *status, struct err *e) {
  struct figures f;
  struct register_entry mine;
  struct register_report r;
  int n = 0;
  if (cli_text(x->c, "table") || cli_text(x->c, "bundle")) {
    TRY(check_file(x, &mine, &r, &n, e));
    report(x->c, &mine, &r, n, "");
    *status = r.n_refused > 0;
    return E_OK;
  }
  TRY(judge_month(x, &f, e));
  report(x->c, &f.gate.judged, &f.gate.report, f.gate.n_earlier, f.gate.row.inputs);
  *status = f.gate.report.n_refused > 0;
  return E_OK;
}
static enum err_code put_entry(struct disposal_cmd *x, const struct register_row *row, const struct register_entry *entry, struct err *e) {
  struct strbuf bytes;
  strbuf_init(&bytes, REGISTER_ENTRY_MAX);
  enum err_code code = register_encode(entry, &bytes, e);
  if (!code) code = store_begin(x->s, e);
  if (!code) {
    code = register_put(x->s, row, str_view(bytes.p, bytes.n), e);
    if (!code) code = store_commit(x->s, e);
    if (code) store_rollback(x->s);
  }
  strbuf_release(&bytes);
  return code;
}
/* A table that was published without this program counts from now on: in it, what it hides must stay hidden, and what it shows is known. */
static enum err_code add(struct disposal_cmd *x, int *status, struct err *e) {
  struct register_entry mine;
  struct register_report r;
  struct register_row row = {.edition = 1, .releasable = 1};
  int n = 0;
  if (store_has_officers(x->s)) TRY(role_require(x->s, act_id_of(x->who), PREPARES, "output-release", "register", e));
  TRY(check_file(x, &mine, &r, &n, e));
  mine.edition = 1, row.tables = mine.n_tables;
  snprintf(row.id, sizeof row.id, "%s", mine.release);
  snprintf(row.inputs, sizeof row.inputs, "%.64s", mine.table[0].sha256[0] ? mine.table[0].sha256 : mine.release);
  snprintf(row.kind, sizeof row.kind, "outside");
  snprintf(row.survey, sizeof row.survey, "%s", mine.survey);
  snprintf(row.period, sizeof row.period, "%s", mine.period);
  snprintf(row.signer, sizeof row.signer, "%.40s", act_id_of(x->who));
  TRY(row_set(row.region, sizeof row.region, "region", mine.table[0].region, e));
  TRY(row_set(row.reason, sizeof row.reason, "reason", cli_text(x->c, "reason"), e));
  row.built = job_now(cli_job(x->c)), row.warned = r.n_warned + r.n_refused;
  TRY(put_entry(x, &row, &mine, e));
  report(x->c, &mine, &r, n, "");
  if (!cli_json(x->c)) fprintf(cli_out(x->c), "%s\n", row.id);
  *status = r.n_refused > 0;
  return E_OK;
}

/* --- accept: two officers take responsibility for the small revisions of one set of inputs, which `check` names --- */

static enum err_code accept(struct disposal_cmd *x, int *status, struct err *e) {
  const char *survey, *period, *inputs = cli_text(x->c, "inputs");
  uint8_t subject[32];
  bool both;
  if (!x->who) return ERR(e, E_DISPOSAL_OFFICER, .subject = "release register accept");
  TRY(role_require(x->s, x->by.officer, PREPARES, "output-vote", "register", e));
  TRY(operand(x->c, 1, "SURVEY", &survey, e));
  TRY(operand(x->c, 2, "PERIOD", &period, e));
  if (!inputs) return ERR(e, E_USAGE_REQUIRED, .subject = "--inputs");
  if (strlen(inputs) != 64 || strspn(inputs, "0123456789abcdef") != 64) return ERR(e, E_USAGE_VALUE, .subject = "--inputs", .found = inputs);
  register_subject(survey, period, inputs, subject);
  TRY(act_sign(x->s, "output-vote", "release", subject, x->who, e));
  TRY(register_accepted(x->s, subject, &both, e));
  disposal_said(x->c, both ? "accepted by two officers" : "accepted by one officer: a second one is needed",
      both ? "2名が承認しました" : "1名が承認しました。もう1名の承認が必要です", inputs);
  *status = !both;
  return E_OK;
}

static int run(struct cli *c) {
  static const struct {
    const char *word;
    enum err_code (*act)(struct disposal_cmd *x, int *status, struct err *e);
  } acts[] = {{"check", check}, {"add", add}, {"accept", accept}};
  struct err e = {.code = E_OK};
  struct disposal_cmd x = {.c = c};
  const char *word = cli_operand_count(c) > 0 ? cli_operand(c, 0) : "";
  int status = 0;
  enum err_code code = disposal_cmd_begin(c, &x, &e);
  if (!code && x.who && !x.s->signed_in_officer[0])
    code = officer_sign_in(x.s, x.secret, &e); /* who prepares a release may look before its date */
  bool done = false;
  for (size_t i = 0; !code && i < sizeof acts / sizeof *acts; i++)
    if (!strcmp(word, acts[i].word)) done = true, code = acts[i].act(&x, &status, &e);
  if (!code && !done) code = !strcmp(word, "show") ? show(&x, &e) : list(&x, &e);
  const int closed = disposal_cmd_end(&x, code, &e);
  return closed ? closed : status;
}
static const struct option_record options[] = {{.name = "table",
                                                   .kind = OPT_FILE,
                                                   .value_name = "FILE",
                                                   .help_en = "check, add: a table made elsewhere instead of the period's own",
                                                   .help_ja = "check、add：他で作成した表（その期間の表の代わり）"},
    {.name = "records",
        .kind = OPT_FILE,
        .value_name = "FILE",
        .help_en = "the records behind it: keys of the form, dimensions, perhaps period; without it only codes are compared",
        .help_ja = "表の基になった記録（様式のキー・分類・必要なら period）。なければ分類だけで照合します"},
    {.name = "id",
        .kind = OPT_TEXT,
        .value_name = "TABLE",
        .help_en = "name of the table: months and their year have the same (else that of the file)",
        .help_ja = "表の記号。月と年は同じ記号にします（なければファイル名）"},
    {.name = "bundle",
        .kind = OPT_DIRECTORY,
        .value_name = "FOLDER",
        .help_en = "check, add: the release bundle of another office, such as a prefecture",
        .help_ja = "check、add：他の機関（都道府県など）の公表物"},
    {.name = "form", .kind = OPT_TEXT, .value_name = "FORM", .help_en = "form of the records", .help_ja = "記録の様式"},
    {.name = "profile", .kind = OPT_TEXT, .value_name = "NAME", .help_en = "disclosure profile of the table", .help_ja = "表の秘匿基準"},
    {.name = "region",
        .kind = OPT_TEXT,
        .value_name = "DIMENSION=CODE",
        .help_en = "the table is an edition about one part, such as a prefecture",
        .help_ja = "一部（都道府県など）だけの版である場合"},
    {.name = "inputs",
        .kind = OPT_TEXT,
        .value_name = "SHA256",
        .help_en = "accept: the inputs as `check` names them",
        .help_ja = "accept：check が示す入力のハッシュ"},
    {.name = "reason", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "add: where it was published", .help_ja = "add：公表の場所"},
    {.name = "cutoff",
        .kind = OPT_CHOICE,
        .value_name = "NAME",
        .choices = "sokuho|gaisu|kakutei",
        .help_en = "check: as received until that cut-off",
        .help_ja = "check：その締切までの受領分"},
    DISPOSAL_OPTIONS_OFFICER, {.name = NULL}};
static const struct operand_record operands[] = {{.name = "WORD",
                                                     .help_en = "check, show, add, accept; or the survey whose releases are listed",
                                                     .help_ja = "check、show、add、accept。または一覧する調査"},
    {.name = "SURVEY", .help_en = "the survey; for show the release", .help_ja = "調査。show では公表の記号"},
    {.name = "PERIOD", .help_en = "the period", .help_ja = "期間"}, {.name = NULL}};
static const struct example examples[] = {
    {"shirabe release register vital", "every release of the survey with its edition, signer and what was accepted",
        "調査の公表一覧（版、署名者、承認した衝突）"},
    {"shirabe release register check mls 2025-12",
        "would the month's tables tell of single units beside what was released before? Nothing is written",
        "既公表の表と合わせて個々の客体が分からないかを調べる（書き込みなし）"},
    {.command = NULL}};
const struct command cmd_release_register = {.noun = "release",
    .verb = "register",
    .summary_en = "what was released, and whether new tables give it away",
    .summary_ja = "公表済みの表の登録簿と、新しい表との照合",
    .detail_en = "For each release the register keeps what every table shows and hides, and tokens of the units behind each cell. `check` holds "
                 "a period's tables, or a table from "
                 "a file, against all earlier releases: cells that differ by a few units, cells hidden here and shown there, hidden months that "
                 "follow from the year, small revisions. "
                 "Exit status 1 when something is refused. `accept` (two officers) lets small revisions out where the rules refuse them; "
                 "nothing else can be accepted.",
    .detail_ja = "登録簿は公表ごとに、各表の表章・秘匿と、各セルの客体のトークンを保管します。check "
                 "は期間の表、またはファイルの表を既公表のすべてと照合します：差が少数の客体になるセル、"
                 "一方で秘匿し他方で表章したセル、年計から求まる月、少数の改定。公表不可があれば終了値は 1 "
                 "です。accept（担当者2名）で認められるのは小さな改定だけです。",
    .options = options,
    .operands = operands,
    .examples = examples,
    .run = run};
