/* shirabe use list [--publication | --due] */
#include <stdio.h>
#include <string.h>

#include "secure-store/use/cmd_use_application.h"

static const char *const state_ja[USE_STATES] = {"", "事前相談", "申出", "形式審査済", "承諾", "不承諾", "誓約済", "提供済", "利用中", "成果確認済", "終了", "返却・消去済", "公表済", "閉鎖"};
struct listing {
  struct disposal_cmd *x;
  int64_t now;
  struct use_policy policy;
  bool due_only;
  int overdue;
  struct text_table *t;
  struct json_out *j;
};

static void one_line(struct listing *l, const struct application *a) {
  struct cli *c = l->x->c;
  char due[96], datasets[160];
  enum use_remind how;
  use_due_text(c, a, l->now, &l->policy, due, &how);
  l->overdue += how == USE_REMIND_OVERDUE;
  if (l->due_only && how == USE_REMIND_NONE) return;
  disposal_joined(a->datasets, datasets, sizeof datasets);
  const enum use_state s = application_state(a);
  const char *const cells[] = {a->id, cli_say(c, use_state_name(s), state_ja[s]), a->basis, a->applicant, datasets, a->grant, due};
  for (int i = 0; i < 7; i++) text_table_cell(l->t, cells[i]);
}
static enum err_code one_json(struct listing *l, const struct application *a, const struct record *r, struct err *e) {
  struct use_votes v;
  char due[96];
  enum use_remind how;
  use_due_text(l->x->c, a, l->now, &l->policy, due, &how);
  l->overdue += how == USE_REMIND_OVERDUE;
  if (l->due_only && how == USE_REMIND_NONE) return E_OK;
  TRY(application_votes(l->x->s, a, &v, e));
  json_object(l->j);
  row_json(&application_format, a, l->j);
  json_put_int(l->j, "entry", (int64_t)r->seq);
  json_key(l->j, "votes_complete"), json_bool(l->j, v.complete);
  json_put_int(l->j, "votes_for", v.n_for), json_put_int(l->j, "votes_against", v.n_against);
  json_put(l->j, "reminder", how == USE_REMIND_OVERDUE ? "overdue" : how == USE_REMIND_SECOND ? "second" : how == USE_REMIND_FIRST ? "first" : "");
  for (int d = 0; d < USE_DUES; d++) {
    char name[32];
    snprintf(name, sizeof name, "due_%s", use_due_name((enum use_due)d));
    json_put_int(l->j, name, application_due(a, (enum use_due)d, &l->policy));
  }
  json_end_object(l->j);
  return E_OK;
}
/* What the Act wants published: recipient, survey, date, purpose; an applicant's affiliation when a person. */
static void one_publication(struct listing *l, const struct application *a) {
  char when[32], published[32] = "", datasets[ACT_LIST_BYTES];
  if (!a->provided_at) return;
  time_format_jst(a->provided_at, when), when[10] = 0;
  if (a->published_at) time_format_jst(a->published_at, published), published[10] = 0;
  disposal_joined(a->datasets, datasets, sizeof datasets);
  const char *const cells[] = {when, strcmp(a->applicant_kind, "individual") == 0 ? a->section : a->applicant, datasets, a->basis, a->purpose,
      published};
  static const char *const keys[] = {"provided", "recipient", "datasets", "basis", "purpose", "published"};
  if (l->j) json_object(l->j);
  for (int i = 0; i < 6; i++) {
    if (l->j) json_put(l->j, keys[i], cells[i]);
    else fprintf(cli_out(l->x->c), "%s%s", i ? "\t" : "", cells[i]);
  }
  if (l->j) json_end_object(l->j);
  else fputc('\n', cli_out(l->x->c));
}
static enum err_code each(struct listing *l, bool publication, struct err *e) {
  struct application a;
  struct record r;
  bool found = true;
  for (uint64_t from = 0; found;) {
    TRY(act_next(l->x->s, "application:", &from, &application_format, &a, &found, &r, e));
    if (!found) break;
    if (publication) one_publication(l, &a);
    else if (l->j) TRY(one_json(l, &a, &r, e));
    else one_line(l, &a);
  }
  return E_OK;
}
static enum err_code list(struct disposal_cmd *x, int *overdue, struct err *e) {
  static const char *const heads[][2] = {{"application", "申出"}, {"state", "状態"}, {"basis", "根拠"}, {"applicant", "申出者"}, {"datasets", "データ"}, {"grant",
      "許可"},
      {"next deadline", "次の期限"}};
  struct cli *c = x->c;
  const bool publication = cli_flag(c, "publication");
  struct listing l = {.x = x, .due_only = cli_flag(c, "due")};
  struct strbuf b;
  struct json_out j;
  enum err_code code;
  TRY(store_now(x->s, &l.now, e));
  TRY(use_policy_read(x->s, &l.policy, e));
  if (cli_json(c)) {
    strbuf_init(&b, 0), json_begin(&j, &b, false), json_array(&j);
    l.j = &j;
    code = each(&l, publication, e);
    json_end_array(&j);
    if (code) strbuf_release(&b);
    else store_cmd_print_json(c, &b);
  } else if (publication) {
    fprintf(cli_out(c), "%s\n", cli_say(c, "provided\trecipient\tdata\tbasis\tpurpose\tpublished", "提供日\t提供先\tデータ\t根拠\t利用目的\t公表日"));
    code = each(&l, true, e);
  } else {
    l.t = text_table_new(7);
    disposal_heads(l.t, c, heads, 7);
    code = each(&l, false, e);
    if (!code) text_table_print(l.t, cli_out(c), true);
    text_table_free(l.t);
  }
  *overdue = l.due_only ? l.overdue : 0;
  return code;
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct disposal_cmd x = {.c = c};
  enum err_code code = disposal_cmd_begin(c, &x, &e);
  int overdue = 0;
  if (!code && cli_flag(c, "due") && cli_flag(c, "publication")) code = ERR(&e, E_USAGE_VALUE, .subject = "--due",
      .expected = "not with --publication");
  if (!code) code = list(&x, &overdue, &e);
  if (!code && overdue > 0) {
    char n[16];
    struct err note;
    snprintf(n, sizeof n, "%d", overdue);
    (void)ERR(&note, E_USE_DUE, .subject = n);
    job_problem(cli_job(c), &note);
  }
  const int status = disposal_cmd_end(&x, code, &e);
  return status ? status : overdue > 0; /* 1: the answer is no, something is past */
}

const struct command cmd_use_list = {
    .noun = "use",
    .verb = "list",
    .summary_en = "applications for secondary use with their states and deadlines",
    .summary_ja = "二次利用の申出の状態と期限",
    .detail_en = "With --publication the list that is published: date of provision, recipient (of a person the affiliation), survey, basis, purpose. "
      "Votes are shown "
                 "only when both are in (--json). The last column is the nearest deadline; 30 and 7 days before it is marked T-30, T-7 (days"
                 " that are "
                 "left), then OVERDUE. With --due only what is near or past, and exit status 1 when something is past. Applications are sealed, so "
                 "the keys are needed.",
    .detail_ja = "--publication は公表用の一覧（提供日、提供先、調査、根拠、目的）です。票は2名そろってから示します（--json）。期限の30日前・7日前から残り日数（T-30、T-7）、過ぎると「期限超過」を示します。--due は期限の近いも"
        "の・過ぎたものだけで、期限超過があれば終了状態は1です。申出は暗号化されているので鍵が必要です。",
    .options = (const struct option_record[]){{.name = "publication", .kind = OPT_FLAG, .help_en = "the list to be published", .help_ja = "公表用の一覧"},
        {.name = "due", .kind = OPT_FLAG, .help_en = "only what is near its deadline or past it", .help_ja = "期限の近いもの・過ぎたものだけ"},
        DISPOSAL_OPTIONS_OFFICER,
        {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = NULL}},
    .examples = (const struct example[]){{"shirabe use list", "where every application stands", "申出の一覧"}, {"shirabe use list --publication",
        "for the web page", "公表用"},
        {"shirabe use list --due", "what has to be done", "期限の確認"},
        {.command = NULL}},
    .run = run,
};
