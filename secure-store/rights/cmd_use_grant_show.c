/* cmd_use_grant_show.c -- grants in clear words: the exact object, its hash, who approved it, what was used. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "secure-store/rights/clock.h"
#include "secure-store/rights/cmd_use_grant.h"
#include "secure-store/rights/grant_limits.h"
#include "secure-store/store_impl.h"

static const char *state_text(struct cli *c, enum grant_state state) {
  static const char *const ja[GRANT_STATE_COUNT] = {"審査中", "承認済（未発効）", "有効", "期間満了", "取消"};
  return cli_say(c, grant_state_name(state), ja[state]);
}

/* --- list --- */

static void list_line(struct cli *c, const struct grant *g, enum grant_state state) {
  char from[24], until[24];
  time_format_utc(g->from, from);
  time_format_utc(g->until, until);
  fprintf(
      cli_out(c), "%s\t%s\t%s\t%s\t%s\t%.10s..%.10s\n", g->id, state_text(c, state), g->person, grant_basis_text(g->basis), g->dataset, from, until);
}

static void list_json(struct json_out *j, const struct grant *g, enum grant_state state) {
  json_object(j);
  json_put(j, "grant", g->id);
  json_put(j, "state", grant_state_name(state));
  json_put(j, "person", g->person);
  json_put(j, "legal_basis", grant_basis_text(g->basis));
  json_put(j, "dataset", g->dataset);
  json_put_int(j, "from", g->from);
  json_put_int(j, "until", g->until);
  json_end_object(j);
}

static enum err_code list_one(struct cli *c, struct store *s, const char *id, struct json_out *j, struct err *e) {
  struct grant g;
  uint8_t subject[32];
  enum grant_state state;
  TRY(grant_find(s, cli_job(c)->arena, id, &g, subject, e));
  TRY(grant_state_of(s, &g, subject, &state, e));
  if (cli_json(c)) list_json(j, &g, state);
  else list_line(c, &g, state);
  return E_OK;
}

enum err_code grant_cmd_list(struct cli *c, struct store *s, struct err *e) {
  const char **ids;
  int64_t n;
  struct strbuf b;
  struct json_out j;
  TRY(grant_list(s, cli_job(c)->arena, &ids, &n, e));
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_array(&j);
  enum err_code code = E_OK;
  for (int64_t i = 0; !code && i < n; i++) code = list_one(c, s, ids[i], &j, e);
  json_end_array(&j);
  if (!code && cli_json(c)) store_cmd_print_json(c, &b);
  else strbuf_release(&b);
  return code;
}

/* --- show --- */

struct shown {
  struct grant g;
  struct strbuf text;
  char hash[65];
  enum grant_state state;
  struct approval approval[APPROVAL_MAX];
  int n_approvals;
  bool signed_by_requester;
  struct grant_usage usage;
};

static enum err_code gather(struct cli *c, struct store *s, const char *id, struct shown *v, struct err *e) {
  uint8_t subject[32];
  TRY(grant_find(s, cli_job(c)->arena, id, &v->g, subject, e));
  TRY(grant_text(s, &v->g, &v->text, subject, e));
  hex_encode(subject, 32, v->hash);
  TRY(grant_state_of(s, &v->g, subject, &v->state, e));
  TRY(grant_approvals(s, &v->g, subject, v->approval, &v->n_approvals, &v->signed_by_requester, e));
  grant_usage_of(s, id, store_clock_leaf(s), &v->usage);
  return E_OK;
}

static int64_t limit_of(const struct grant_limits *l, int kind, bool *per_day) {
  const int64_t limits[COUNT_KINDS] = {l->cells_per_day, l->exports, l->queries_per_day, l->rows_per_day, l->sessions_per_day, l->tables_per_day};
  *per_day = kind != COUNT_EXPORTS;
  return limits[kind];
}

static const char *count_text(struct cli *c, int kind) {
  static const char *const ja[COUNT_KINDS] = {"値", "持出し", "照会", "行", "セッション", "統計表"};
  return cli_say(c, grant_count_name((enum grant_count)kind), ja[kind]);
}

static void show_text(struct cli *c, const struct shown *v) {
  FILE *to = cli_out(c);
  char when[32];
  fprintf(to, "%.*s\n", (int)v->text.n, v->text.p);
  fprintf(to, "sha256: %s\n", v->hash);
  fprintf(to, "%s: %s\n", cli_say(c, "state", "状態"), state_text(c, v->state));
  fprintf(to, "%s: %s%s\n", cli_say(c, "requester", "申請者"), v->g.requester,
      v->signed_by_requester ? cli_say(c, ", signed", "、署名済み") : cli_say(c, ", not signed", "、未署名"));
  for (int i = 0; i < v->n_approvals; i++) {
    time_format_jst(v->approval[i].recorded, when);
    fprintf(to, "%s: %s\t%s\n", cli_say(c, "approved by", "承認者"), v->approval[i].officer, when);
  }
  for (int k = 0; k < COUNT_KINDS; k++) {
    bool per_day;
    int64_t most = limit_of(&v->g.limits, k, &per_day);
    fprintf(to, cli_say(c, "%s: %lld today, %lld in all", "%s：本日 %lld、通算 %lld"), count_text(c, k), (long long)v->usage.today[k],
        (long long)v->usage.in_all[k]);
    if (most >= 0)
      fprintf(to, per_day ? cli_say(c, " (at most %lld a day)", "（1日 %lld まで）") : cli_say(c, " (at most %lld in all)", "（通算 %lld まで）"),
          (long long)most);
    if (k == COUNT_ROWS && v->g.limits.rows_in_all >= 0)
      fprintf(to, cli_say(c, " (at most %lld in all)", "（通算 %lld まで）"), (long long)v->g.limits.rows_in_all);
    fputc('\n', to);
  }
}

static void show_json(struct cli *c, const struct shown *v) {
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put(&j, "grant", v->g.id);
  json_key(&j, "object");
  json_text(&j, str_view(v->text.p, v->text.n));
  json_put(&j, "sha256", v->hash);
  json_put(&j, "state", grant_state_name(v->state));
  json_key(&j, "signed_by_requester");
  json_bool(&j, v->signed_by_requester);
  json_key(&j, "approvals");
  json_array(&j);
  for (int i = 0; i < v->n_approvals; i++) {
    json_object(&j);
    json_put(&j, "officer", v->approval[i].officer);
    json_put_int(&j, "time", v->approval[i].recorded);
    json_put_int(&j, "leaf", (int64_t)v->approval[i].seq);
    json_end_object(&j);
  }
  json_end_array(&j);
  json_key(&j, "usage");
  json_object(&j);
  for (int k = 0; k < COUNT_KINDS; k++) {
    json_key(&j, grant_count_name((enum grant_count)k));
    json_object(&j);
    json_put_int(&j, "today", v->usage.today[k]);
    json_put_int(&j, "in_all", v->usage.in_all[k]);
    json_end_object(&j);
  }
  json_end_object(&j);
  json_end_object(&j);
  store_cmd_print_json(c, &b);
}

enum err_code grant_cmd_show(struct cli *c, struct store *s, const char *id, struct err *e) {
  struct shown *v = ARENA_NEW(cli_job(c)->arena, struct shown);
  if (!v) return ERR(e, E_NO_MEMORY, .subject = id);
  strbuf_init(&v->text, 0);
  enum err_code code = gather(c, s, id, v, e);
  if (!code && cli_json(c)) show_json(c, v);
  else if (!code) show_text(c, v);
  strbuf_release(&v->text);
  return code;
}
