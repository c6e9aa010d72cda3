/* shirabe store policy show [FILE] | set FILE --version V --review DATE | sign */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "secure-store/oversight/cmd_oversight.h"
#include "secure-store/oversight/policy.h"
#include "secure-store/store_impl.h"

enum { DOCUMENT_MAX = 64 << 20 };
static const char object[] = "policy:store";

static enum err_code hash_file(const char *path, char hex[65], struct err *e) {
  uint8_t *p = NULL, hash[32];
  size_t n = 0;
  TRY(file_read(path, DOCUMENT_MAX, &p, &n, e));
  sha256_of(p, n, hash);
  free(p);
  hex_encode(hash, sizeof hash, hex);
  return E_OK;
}

/* --- show --- */

static void put_state(struct json_out *j, const char *key, const struct policy_state *x) {
  json_key(j, key);
  json_object(j);
  json_put(j, "document", x->policy.document);
  json_put(j, "name", x->policy.name);
  json_put(j, "version", x->policy.version);
  json_put(j, "review", x->policy.review);
  json_put_int(j, "grace_days", x->policy.grace_days);
  json_put_int(j, "inspect_every", x->policy.inspect_every);
  json_put_int(j, "inspect_grace", x->policy.inspect_grace);
  json_put_int(j, "signatures", x->n_signatures);
  json_put_int(j, "entry", (int64_t)x->seq);
  store_cmd_hex(j, "subject", x->subject, 32);
  json_end_object(j);
}
static void say_state(struct cli *c, const struct policy_state *x) {
  const struct store_policy *p = &x->policy;
  fprintf(cli_out(c),
      cli_say(c, "%s: version %s of %s\n  sha256 %s\n  to be reviewed by %s, %lld days of grace; inspected every %lld days, %lld days of grace\n",
          "%1$s：%3$s 第 %2$s 版\n  sha256 %4$s\n  見直し期限 %5$s（猶予 %6$lld 日）、点検 %7$lld 日ごと（猶予 %8$lld 日）\n"),
      x->in_force ? cli_say(c, "in force", "有効") : cli_say(c, "proposed, not in force", "提案中（無効）"), p->version, p->name, p->document, p->review,
      (long long)p->grace_days, (long long)p->inspect_every, (long long)p->inspect_grace);
  const char *first = x->signer[0][0] ? x->signer[0] : "-", *comma = x->signer[1][0] ? ", " : "";
  fprintf(cli_out(c), "  %s: %s%s%s\n", cli_say(c, "signed by", "署名"), first, comma, x->signer[1]);
}
static void print(struct cli *c, const struct policy_state *active, const struct policy_state *last, const bool found[2]) {
  struct strbuf b;
  struct json_out j;
  if (!cli_json(c)) {
    if (found[0]) say_state(c, active);
    if (found[1]) say_state(c, last);
    if (!found[0]) fprintf(cli_out(c), "%s\n", cli_say(c, "no policy is in force", "有効な管理方針はありません"));
    return;
  }
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  if (found[0]) put_state(&j, "in_force", active);
  if (found[1]) put_state(&j, "proposed", last);
  json_end_object(&j);
  store_cmd_print_json(c, &b);
}
static enum err_code show_in(struct cli *c, struct store *s, const char *file, struct err *e) {
  struct policy_state active, last;
  bool found[2];
  char hex[65];
  TRY(policy_now(s, &active, &last, found, e));
  print(c, &active, &last, found);
  if (!file) return E_OK;
  TRY(hash_file(file, hex, e));
  if (found[0] && strcmp(hex, active.policy.document) == 0) return E_OK;
  return ERR(e, E_POLICY_DIFFERS, .file = file, .subject = file, .expected = found[0] ? active.policy.document : "-", .found = hex);
}
static enum err_code show(struct cli *c, const char *file, struct err *e) {
  struct store *s = NULL;
  enum err_code code = store_cmd_any(c, &s, e);
  if (!code) code = show_in(c, s, file, e);
  store_close(s);
  return code;
}

/* --- set and sign --- */

static enum err_code word_in(struct store *s, const struct rights_officer *o, const uint8_t subject[32], bool approve, struct err *e) {
  struct strbuf word;
  struct approval back;
  strbuf_init(&word, 0);
  enum err_code code = rights_cmd_sign(s, o, "policy", subject, approve, &word, e);
  if (!code) code = approval_put(s, str_view(word.p, word.n), "policy-set", "policy", subject, &back, e);
  strbuf_release(&word);
  return code;
}
static enum err_code take(struct cli *c, const char *file, struct store_policy *p, struct err *e) {
  const char *name = strrchr(file, '/');
  memset(p, 0, sizeof *p);
  TRY(oversight_cmd_text(c, "version", p->version, sizeof p->version, e));
  TRY(oversight_cmd_text(c, "review", p->review, sizeof p->review, e));
  TRY(oversight_cmd_days(c, "grace", 0, POLICY_GRACE_MOST, &p->grace_days, e));
  TRY(oversight_cmd_days(c, "inspect-every", 0, 3660, &p->inspect_every, e));
  TRY(oversight_cmd_days(c, "inspect-grace", 0, POLICY_GRACE_MOST, &p->inspect_grace, e));
  snprintf(p->name, sizeof p->name, "%s", name ? name + 1 : file);
  return hash_file(file, p->document, e);
}
static enum err_code set_in(struct store *s, const struct rights_officer *o, const struct store_policy *p, struct err *e) {
  struct strbuf text;
  uint8_t subject[32];
  strbuf_init(&text, 0);
  enum err_code code = policy_put(s, p, e);
  if (!code) code = policy_text(s, p, &text, subject, e);
  strbuf_release(&text);
  return code ? code : word_in(s, o, subject, true, e);
}
static enum err_code set(struct cli *c, const char *file, struct err *e) {
  struct store_policy p;
  struct rights_officer who = {.secret = NULL};
  struct store *s = NULL;
  if (!file) return ERR(e, E_USAGE_REQUIRED, .subject = "FILE");
  TRY(take(c, file, &p, e));
  enum err_code code = oversight_cmd_leader(c, "policy-set", object, &s, &who, e);
  if (!code) code = store_begin_plain(s, e);
  if (!code) code = oversight_cmd_finish(s, set_in(s, &who, &p, e), "policy-set", object, e);
  if (!code) code = show_in(c, s, NULL, e);
  oversight_cmd_close(s, &who);
  return code;
}
static enum err_code sign_in(struct cli *c, struct store *s, const struct rights_officer *o, struct err *e) {
  struct policy_state active, last;
  bool found[2], refuse = cli_flag(c, "refuse");
  TRY(policy_now(s, &active, &last, found, e));
  if (!found[0] && !found[1]) return ERR(e, E_POLICY_ABSENT, .subject = object);
  const struct policy_state *x = found[1] ? &last : &active;
  TRY(store_begin_plain(s, e));
  return oversight_cmd_finish(s, word_in(s, o, x->subject, !refuse, e), "policy-set", object, e);
}
static enum err_code sign(struct cli *c, struct err *e) {
  struct rights_officer who = {.secret = NULL};
  struct store *s = NULL;
  enum err_code code = oversight_cmd_leader(c, "policy-set", object, &s, &who, e);
  if (!code) code = sign_in(c, s, &who, e);
  if (!code) code = show_in(c, s, NULL, e);
  oversight_cmd_close(s, &who);
  return code;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  const char *action = cli_operand(c, 0), *file = cli_operand(c, 1);
  enum err_code code = strcmp(action, "show") == 0 ? show(c, file, &e)
      : strcmp(action, "set") == 0                 ? set(c, file, &e)
      : strcmp(action, "sign") == 0                ? sign(c, &e)
                                                   : ERR(&e, E_USAGE_VALUE, .subject = "ACTION", .expected = "show, set, sign", .found = action);
  return code ? cli_fail(c, &e) : 0;
}

const struct command cmd_store_policy = {
    .noun = "store",
    .verb = "policy",
    .summary_en = "the management policy of a store with officers: show, set, sign",
    .summary_ja = "担当者のいる保管庫の管理方針：表示、登録、署名",
    .detail_en =
        "`set FILE` takes down the hash of the policy document with its version and review date, signed by the officer who sets it (role chief or "
        "manager); a second one of them runs `sign`. With two signatures it is in force; until then the one before stays. When no policy is in force "
        "30 days after the first officer was registered, or the review is overdue by more than the days of grace, `store unlock` refuses and no row "
        "is "
        "opened but under break-glass; `store unlock --administration` lets officers sign. `show FILE` tells whether FILE is the policy in force.",
    .detail_ja =
        "`set FILE` は管理方針の文書のハッシュ、版、見直し期限を、登録する担当者（総括・管理責任者）の署名とともに記録します。もう一人が `sign` を行うと有効になり、"
        "それまでは前の方針が有効です。最初の担当者の登録から30日を過ぎて有効な方針がないとき、または見直し期限と猶予日数を過ぎたときは `store unlock` を拒否し、"
        "緊急利用を除きデータを開きません。署名のためには `store unlock --administration` を使います。`show FILE` は FILE が有効な方針かを確かめます。",
    .options = (const struct option_record[]){RIGHTS_OPTION_OFFICER,
        {.name = "version", .kind = OPT_TEXT, .value_name = "V", .help_en = "set: its version", .help_ja = "set：版"},
        {.name = "review",
            .kind = OPT_TEXT,
            .value_name = "DATE",
            .help_en = "set: the last day it stands without a review, within two years",
            .help_ja = "set：見直し期限（2年以内）"},
        {.name = "grace",
            .kind = OPT_INT,
            .value_name = "DAYS",
            .default_text = "30",
            .help_en = "set: days after the review date until rows are closed, 0 to 92",
            .help_ja = "set：見直し期限後の猶予日数（0〜92）"},
        {.name = "inspect-every",
            .kind = OPT_INT,
            .value_name = "DAYS",
            .default_text = "365",
            .help_en = "set: an inspection at least so often; 0 = only planned ones",
            .help_ja = "set：少なくともこの日数ごとに点検（0 は計画したものだけ）"},
        {.name = "inspect-grace",
            .kind = OPT_INT,
            .value_name = "DAYS",
            .default_text = "14",
            .help_en = "set: days an inspection may be late until nothing is written, 0 to 92",
            .help_ja = "set：点検の遅れの猶予日数（0〜92、過ぎると読取り専用）"},
        {.name = "refuse", .kind = OPT_FLAG, .help_en = "sign: take a signature back", .help_ja = "sign：署名を取り下げる"},
        STORE_OPTION_PASSPHRASE, {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = "ACTION", .required = true, .help_en = "show, set, sign", .help_ja = "show, set, sign"},
        {.name = "FILE", .help_en = "the document", .help_ja = "方針の文書"}, {.name = NULL}},
    .examples = (const struct example[]){{"shirabe store policy show", "the policy in force, and a proposal", "有効な方針と提案"},
        {"shirabe store policy set policy.pdf --version 2026-1 --review 2027-03-31 --officer chief.key", "a leader sets it", "責任者が登録する"},
        {"shirabe store policy sign --officer manager.key", "the second signature", "二人目の署名"}, {.command = NULL}},
    .run = run,
};
