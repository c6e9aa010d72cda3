/* shirabe release list, and the check of a bundle for `release check` (collector/readable/cmd_release_check.c) */
#include <stdio.h>

#include "base/cli.h"
#include "base/json_out.h"
#include "secure-store/cmd_release.h"
#include "secure-store/release.h"
#include "secure-store/store.h"

static bool too_early(struct cli *c, const struct release_result *r) { return r->not_before > job_now(cli_job(c)); }
static void print_date(struct cli *c, const struct release_result *r) {
  char when[32];
  time_format_jst(r->not_before, when);
  fprintf(cli_out(c), cli_say(c, "NOT BEFORE %s: until then it must not be shown or published (Statistics Act art. 58)\n",
      "公表日時 %s：それより前に見せること、公表することはできません（統計法第58条）\n"), when);
}

static int print_check(struct cli *c, const struct release_result *r) {
  if (cli_json(c)) {
    struct strbuf b;
    struct json_out j;
    strbuf_init(&b, 0);
    json_begin(&j, &b, false);
    json_object(&j);
    json_put(&j, "id", r->id);
    json_key(&j, "releasable");
    json_bool(&j, r->releasable);
    if (r->not_before) {
      char when[24];
      time_format_utc(r->not_before, when);
      json_put(&j, "not_before", when);
      json_key(&j, "too_early");
      json_bool(&j, too_early(c, r));
    }
    json_put_int(&j, "rules_passed", r->rules_passed);
    json_put_int(&j, "rules_failed", r->rules_failed);
    json_put_int(&j, "rules_for_a_person", r->rules_for_a_person);
    json_end_object(&j);
    fprintf(cli_out(c), "%s\n", strbuf_cstr(&b));
    strbuf_release(&b);
  } else {
    fprintf(cli_out(c), cli_say(c, "%s: signature and hashes hold; rules passed %lld, failed %lld, for a person %lld\n", "%s: 署名とハッシュを確認。規則 合格 %lld、不合格 %lld、人が確認 %lld\n"), r->id,
            (long long)r->rules_passed, (long long)r->rules_failed, (long long)r->rules_for_a_person);
    if (!r->releasable) fprintf(cli_out(c), "%s", cli_say(c, "NOT RELEASABLE: made in a demonstration store or from an incomplete month (release.json: taint)\n", "公表不可: 実演用の保管庫か、そろっていない月から作られました（release.json の taint）\n"));
    if (too_early(c, r)) print_date(c, r);
  }
  return r->rules_failed || !r->releasable || too_early(c, r) ? 1 : 0;
}

int cmd_release_check_bundle(struct cli *c) {
  struct err e = {.code = E_OK};
  struct release_result r;
  if (release_check(cli_job(c), cli_operand(c, 0), cli_text(c, "key"), &r, &e)) return cli_fail(c, &e);
  return print_check(c, &r);
}

static enum err_code list(struct cli *c, struct store *s, struct err *e) {
  struct db_statement *q;
  bool row = false;
  enum err_code code = db_prepare(store_db(s), "SELECT 1 FROM sqlite_schema WHERE name = 'release'", &q, e);
  if (!code) code = db_step(q, &row, e);
  if (code || !row) return code;
  TRY(db_prepare(store_db(s), "SELECT id, releasable, built FROM release ORDER BY built, rowid", &q, e));
  while (!(code = db_step(q, &row, e)) && row) {
    char when[24];
    time_format_utc(db_int(q, 2), when);
    fprintf(cli_out(c), "%.*s\t%s\t%s\n", (int)db_text(q, 0).n, db_text(q, 0).p, when, db_int(q, 1) ? "releasable" : "not-releasable");
  }
  return code;
}

static int run_list(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  enum err_code code = store_open_locked(cli_job(c), cli_text(c, "office"), &s, &e);
  if (!code) code = list(c, s, &e);
  store_close(s);
  return code ? cli_fail(c, &e) : 0;
}

static const struct option_record no_options[] = {{.name = NULL}};
static const struct operand_record no_operands[] = {{.name = NULL}};
static const struct example list_examples[] = {{"shirabe release list", "what this office has built", "この機関が作成した公表物"}, {"shirabe explain --help", "then ask where a figure comes from", "次に、数値の由来を調べる"}, {.command = NULL}};
const struct command cmd_release_list = {.noun = "release", .verb = "list", .summary_en = "releases built here", .summary_ja = "作成した公表物の一覧",
                                         .options = no_options, .operands = no_operands, .examples = list_examples, .run = run_list};
