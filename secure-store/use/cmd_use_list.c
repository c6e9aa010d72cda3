/* shirabe use list [--publication] */
#include <stdio.h>
#include <string.h>

#include "secure-store/disposal/cmd_disposal.h"
#include "secure-store/rights/role.h"
#include "secure-store/use/application.h"

static const char *const state_ja[USE_STATES] = {"", "事前相談", "申出", "形式審査済", "承諾", "不承諾", "誓約済", "提供済", "利用中", "成果確認済", "終了", "返却・消去済", "公表済", "閉鎖"};
struct listing {
  struct disposal_cmd *x;
  int64_t now;
  struct text_table *t;
  struct json_out *j;
};

/* The nearest deadline that runs. */
static int64_t next_due(const struct application *a, enum use_due *what) {
  int64_t best = 0;
  for (int d = 0; d < USE_DUES; d++) {
    const int64_t due = application_due(a, (enum use_due)d, &use_spans_default);
    if (due && (!best || due < best)) best = due, *what = (enum use_due)d;
  }
  return best;
}
static void one_line(const struct listing *l, const struct application *a) {
  struct cli *c = l->x->c;
  char due[96] = "", when[32], datasets[160];
  enum use_due what = USE_DUE_END;
  const int64_t at = next_due(a, &what);
  if (at) {
    time_format_jst(at, when);
    snprintf(due, sizeof due, "%s %.10s%s", use_due_name(what), when, l->now >= at ? cli_say(c, " OVERDUE", " 期限超過") : "");
  }
  disposal_joined(a->datasets, datasets, sizeof datasets);
  const enum use_state s = application_state(a);
  const char *const cells[] = {a->id, cli_say(c, use_state_name(s), state_ja[s]), a->basis, a->applicant, datasets, a->grant, due};
  for (int i = 0; i < 7; i++) text_table_cell(l->t, cells[i]);
}
static enum err_code one_json(const struct listing *l, const struct application *a, const struct record *r, struct err *e) {
  struct use_votes v;
  TRY(application_votes(l->x->s, a, &v, e));
  json_object(l->j);
  row_json(&application_format, a, l->j);
  json_put_int(l->j, "entry", (int64_t)r->seq);
  json_key(l->j, "votes_complete"), json_bool(l->j, v.complete);
  json_put_int(l->j, "votes_for", v.n_for), json_put_int(l->j, "votes_against", v.n_against);
  for (int d = 0; d < USE_DUES; d++) {
    char name[32];
    snprintf(name, sizeof name, "due_%s", use_due_name((enum use_due)d));
    json_put_int(l->j, name, application_due(a, (enum use_due)d, &use_spans_default));
  }
  json_end_object(l->j);
  return E_OK;
}
/* What the Act wants published: recipient, survey, date, purpose; an applicant's affiliation when a person. */
static void one_publication(struct disposal_cmd *x, const struct application *a) {
  char when[32], datasets[ACT_LIST_BYTES];
  if (!a->provided_at) return;
  time_format_jst(a->provided_at, when);
  disposal_joined(a->datasets, datasets, sizeof datasets);
  fprintf(cli_out(x->c), "%.10s\t%s\t%s\t%s\t%s\n", when, strcmp(a->applicant_kind, "individual") == 0 ? a->section : a->applicant, datasets,
      a->basis, a->purpose);
}
static enum err_code each(const struct listing *l, bool publication, struct err *e) {
  struct application a;
  struct record r;
  bool found = true;
  for (uint64_t from = 0; found;) {
    TRY(act_next(l->x->s, "application:", &from, &application_format, &a, &found, &r, e));
    if (!found) break;
    if (publication) one_publication(l->x, &a);
    else if (l->j) TRY(one_json(l, &a, &r, e));
    else one_line(l, &a);
  }
  return E_OK;
}
static enum err_code list(struct disposal_cmd *x, struct err *e) {
  static const char *const heads[][2] = {{"application", "申出"}, {"state", "状態"}, {"basis", "根拠"}, {"applicant", "申出者"}, {"datasets", "データ"}, {"grant",
      "許可"},
      {"next deadline", "次の期限"}};
  struct listing l = {.x = x};
  struct strbuf b;
  struct json_out j;
  TRY(store_now(x->s, &l.now, e));
  if (cli_flag(x->c, "publication")) return each(&l, true, e);
  if (cli_json(x->c)) {
    strbuf_init(&b, 0), json_begin(&j, &b, false), json_array(&j);
    l.j = &j;
    enum err_code code = each(&l, false, e);
    json_end_array(&j);
    if (code) strbuf_release(&b);
    else store_cmd_print_json(x->c, &b);
    return code;
  }
  l.t = text_table_new(7);
  disposal_heads(l.t, x->c, heads, 7);
  enum err_code code = each(&l, false, e);
  if (!code) text_table_print(l.t, cli_out(x->c), true);
  text_table_free(l.t);
  return code;
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct disposal_cmd x = {.c = c};
  enum err_code code = disposal_cmd_begin(c, &x, &e);
  if (!code) code = list(&x, &e);
  return disposal_cmd_end(&x, code, &e);
}

const struct command cmd_use_list = {
    .noun = "use",
    .verb = "list",
    .summary_en = "applications for secondary use with their states and deadlines",
    .summary_ja = "二次利用の申出の状態と期限",
    .detail_en = "With --publication the list that is published: date of provision, recipient (of a person the affiliation), survey, basis, purpose. "
      "Votes are shown "
                 "only when both are in (--json). Applications are sealed, so the keys are needed.",
    .detail_ja = "--publication は公表用の一覧（提供日、提供先、調査、根拠、目的）です。票は2名そろってから示します（--json）。申出は暗号化されているので鍵が必要です。",
    .options = (const struct option_record[]){{.name = "publication", .kind = OPT_FLAG, .help_en = "the list to be published", .help_ja = "公表用の一覧"},
        DISPOSAL_OPTIONS_OFFICER,
        {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = NULL}},
    .examples = (const struct example[]){{"shirabe use list", "where every application stands", "申出の一覧"}, {"shirabe use list --publication",
        "for the web page", "公表用"},
        {.command = NULL}},
    .run = run,
};
