/* shirabe use limits [propose FILE | approve] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "secure-store/rights/cmd_rights.h"
#include "secure-store/rights/grant_limits.h"
#include "secure-store/rights/record.h"
#include "secure-store/store_impl.h"

enum { LIMITS_MAX = 4096 };

static enum err_code show(struct cli *c, struct store *s, struct err *e) {
  struct person_limits l;
  struct strbuf text;
  uint8_t subject[32];
  TRY(person_limits_now(s, &l, e));
  strbuf_init(&text, 0);
  enum err_code code = person_limits_text(s, &l, &text, subject, e);
  if (!code && cli_json(c)) fprintf(cli_out(c), "%.*s\n", (int)text.n, text.p);
  strbuf_release(&text);
  if (code || cli_json(c)) return code;
  const struct {
    const char *en, *ja;
    int64_t most;
  } rows[] = {{"cells", "値", l.cells_per_day}, {"exports", "持出し", l.exports_per_day}, {"queries", "照会", l.queries_per_day},
      {"rows", "行", l.rows_per_day}, {"sessions", "セッション", l.sessions_per_day}, {"tables", "統計表", l.tables_per_day}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    if (rows[i].most < 0) fprintf(cli_out(c), "%s: %s\n", cli_say(c, rows[i].en, rows[i].ja), cli_say(c, "no limit", "制限なし"));
    else
      fprintf(cli_out(c), cli_say(c, "%s: at most %lld per person and day\n", "%s：一人1日 %lld まで\n"), cli_say(c, rows[i].en, rows[i].ja),
          (long long)rows[i].most);
  }
  return E_OK;
}

static enum err_code propose_text(struct store *s, struct str text, struct err *e) {
  TRY(store_begin_plain(s, e));
  enum err_code code = person_limits_put(s, text, e);
  if (!code) return store_commit(s, e);
  store_rollback(s);
  return store_refuse(s, "policy-set", "policy:person-limits", e);
}

static enum err_code propose(struct cli *c, struct store *s, const char *file, struct err *e) {
  uint8_t *p = NULL;
  size_t n = 0;
  struct person_limits l;
  struct strbuf text;
  uint8_t subject[32];
  if (!file) return ERR(e, E_USAGE_REQUIRED, .subject = "FILE");
  TRY(file_read(file, LIMITS_MAX, &p, &n, e));
  strbuf_init(&text, 0);
  enum err_code code = person_limits_read(file, str_view((const char *)p, n), &l, e);
  free(p);
  if (!code) code = person_limits_text(s, &l, &text, subject, e);
  if (!code) code = propose_text(s, str_view(text.p, text.n), e);
  strbuf_release(&text);
  if (!code) fprintf(cli_out(c), "%s\n", cli_say(c, "proposed: two officers with role chief or manager approve it", "提案しました。総括・管理責任者2名が承認してください"));
  return code;
}

static enum err_code put_word(struct store *s, const struct rights_officer *o, const uint8_t subject[32], struct err *e) {
  struct strbuf word;
  struct approval a;
  strbuf_init(&word, 0);
  enum err_code code = rights_cmd_sign(s, o, "policy", subject, true, &word, e);
  if (!code) code = store_begin_plain(s, e);
  if (!code) code = approval_put(s, str_view(word.p, word.n), "policy-set", "policy", subject, &a, e);
  if (!code) code = store_commit(s, e);
  strbuf_release(&word);
  if (!code) return E_OK;
  store_rollback(s);
  return store_refuse(s, "policy-set", "policy:person-limits", e);
}

static enum err_code approve(struct cli *c, struct store *s, struct err *e) {
  struct record r;
  struct rights_officer o;
  if (!record_last(s, "policy:person-limits", &r)) return ERR(e, E_GRANT_UNKNOWN, .subject = "policy:person-limits");
  TRY(rights_cmd_officer(c, s, &o, e));
  enum err_code code = role_require(s, o.card.id, ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER), "policy-set", "policy:person-limits", e);
  if (!code) code = put_word(s, &o, r.sha256, e);
  officer_secret_free(o.secret);
  return code ? code : show(c, s, e);
}

static enum err_code work(struct cli *c, struct err *e) {
  const char *action = cli_operand(c, 0);
  struct store *s = NULL;
  TRY(rights_cmd_open(c, &s, e));
  enum err_code code = !action ? show(c, s, e)
      : strcmp(action, "propose") == 0 ? propose(c, s, cli_operand(c, 1), e)
      : strcmp(action, "approve") == 0 ? approve(c, s, e)
                                       : ERR(e, E_USAGE_VALUE, .subject = "ACTION", .expected = "propose, approve", .found = action);
  store_close(s);
  return code;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  return work(c, &e) ? cli_fail(c, &e) : 0;
}

const struct command cmd_use_limits = {
    .noun = "use",
    .verb = "limits",
    .summary_en = "what one person may read in a day over all grants",
    .summary_ja = "一人が1日に読める量の上限（全許可の合計）",
    .detail_en =
        "Without an action prints the limits in force. `propose FILE` takes a JSON object with cells_per_day, exports_per_day, queries_per_day, "
        "rows_per_day, sessions_per_day, tables_per_day (-1 = no limit); two officers with role chief or manager `approve` the last "
        "proposal with --officer.",
    .detail_ja =
        "引数なしで現在の上限を示します。`propose FILE` は cells_per_day、exports_per_day、queries_per_day、rows_per_day、sessions_per_day、tables_per_day"
        "（-1 は制限なし）の JSON を提案し、総括・管理責任者2名が --officer を付けて `approve` で承認します。",
    .options = (const struct option_record[]){RIGHTS_OPTION_OFFICER, STORE_OPTION_PASSPHRASE, {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = "ACTION", .help_en = "propose, approve", .help_ja = "propose, approve"},
        {.name = "FILE", .help_en = "proposal", .help_ja = "提案のファイル"}, {.name = NULL}},
    .examples = (const struct example[]){{"shirabe use limits", "the limits in force", "現在の上限"},
        {"shirabe use limits --json", "the same as canonical JSON", "正規形 JSON で"}, {.command = NULL}},
    .run = run,
};
