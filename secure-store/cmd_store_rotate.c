/* shirabe store rotate */
#include <stdio.h>
#include <string.h>

#include "secure-store/cmd_founders.h"
#include "secure-store/cmd_store_reencrypt.h"
#include "secure-store/keystore.h"
#include "secure-store/store_impl.h"
#include "secure-store/store_rotate.h"

/* --- the plan to come: what is there, with what was named --- */
struct planned {
  struct keystore_plan plan;
  struct share_plan set[KEYSTORE_SETS];
  struct officer card[KEYSTORE_SETS][SHARE_HOLDERS_MAX];
};
static enum err_code put_holder(struct store *s, struct planned *p, int set, const char *id, int64_t now, struct err *e) {
  struct share_plan *plan = &p->set[set];
  role_set roles;
  if (plan->n == SHARE_HOLDERS_MAX) return ERR(e, E_KEYS_PLAN, .subject = id, .expected = "at most 16 people");
  struct officer *card = &p->card[set][plan->n];
  TRY(officer_find(s, id, card, e));
  TRY(roles_of(s, id, now, &roles, e));
  plan->holder[plan->n].officer = card->id;
  plan->holder[plan->n].age_recipient = card->age_recipient;
  plan->holder[plan->n].auditor = roles & ROLE_BIT(LOG_ROLE_AUDITOR);
  plan->n++;
  return E_OK;
}
static enum err_code plan_set(struct cli *c, struct store *s, struct planned *p, int set, const char *const options[2], int64_t now, struct err *e) {
  const struct share_set *old = keystore_set(store_keystore(s), (enum keystore_set)set);
  int named = cli_repeat_count(c, options[0]);
  p->set[set].m = old->m;
  p->set[set].needs_auditor = old->needs_auditor;
  for (int i = 0; i < named; i++) TRY(put_holder(s, p, set, cli_repeat(c, options[0], i), now, e));
  for (int i = 0; i < old->n && named == 0; i++) TRY(put_holder(s, p, set, old->holder[i].officer, now, e));
  p->plan.set[set] = &p->set[set];
  return cmd_threshold_take(c, options[1], &p->set[set], e);
}
static enum err_code plan(struct cli *c, struct store *s, struct planned *p, struct err *e) {
  static const char *const options[KEYSTORE_SETS][2] = {{"unlock-holder", "unlock-threshold"}, {"authority-holder", "authority-threshold"}};
  int64_t now;
  TRY(store_now(s, &now, e));
  for (int i = 0; i < KEYSTORE_SETS; i++) TRY(plan_set(c, s, p, i, options[i], now, e));
  return E_OK;
}

/* --- the three ways --- */
static enum err_code with_officers(struct cli *c, struct store *s, const struct cmd_officers *officers, struct err *e) {
  struct planned *p = ARENA_NEW(cli_job(c)->arena, struct planned);
  if (!p) return ERR(e, E_NO_MEMORY, .subject = "rotate");
  TRY(plan(c, s, p, e));
  const struct store_rotation r = {.plan = &p->plan, .authority = officers->authority, .n_authority = officers->n_authority};
  return store_rotate(s, &r, e);
}
static enum err_code to_officers(struct cli *c, struct store *s, struct err *e) {
  struct cmd_founders *f = ARENA_NEW(cli_job(c)->arena, struct cmd_founders);
  if (!f) return ERR(e, E_NO_MEMORY, .subject = "rotate");
  TRY(cmd_founders_take(c, f, e));
  const struct store_rotation r = {.founders = &f->founders};
  return store_rotate(s, &r, e);
}
static enum err_code with_passphrase(struct cli *c, struct store *s, struct err *e) {
  char *passphrase = NULL;
  TRY(passphrase_of(cli_say(c, "the new one", "新しいもの"), cli_text(c, "new-passphrase-file"), true, &passphrase, e));
  const struct store_rotation r = {.passphrase = passphrase};
  enum err_code code = store_rotate(s, &r, e);
  passphrase_free(passphrase);
  return code;
}
static enum err_code rotate(struct cli *c, struct store *s, const struct cmd_officers *officers, struct err *e) {
  if (keystore_public(store_keystore(s))->version != 1) return with_officers(c, s, officers, e);
  return cmd_founders_given(c) ? to_officers(c, s, e) : with_passphrase(c, s, e);
}

static enum err_code say(struct cli *c, struct store *s, struct err *e) {
  const struct keystore_public *p = keystore_public(store_keystore(s));
  if (p->version != 1) {
    TRY(cmd_officers_print(c, s, e));
    const char *folder = cli_text(c, "shares");
    int n = 0;
    return folder ? cmd_officers_export(store_folder(s), folder, &n, e) : E_OK;
  }
  if (!cli_json(c)) {
    fprintf(cli_out(c), cli_say(c, "key epoch %llu; %zu keys wrapped anew\n", "鍵世代 %llu、%zu 個の鍵を包み直しました\n"), (unsigned long long)p->epoch,
            keystore_n_entries(store_keystore(s)));
    return E_OK;
  }
  struct strbuf b;
  struct json_out j;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put_int(&j, "epoch", (int64_t)p->epoch);
  json_put_int(&j, "keys", (int64_t)keystore_n_entries(store_keystore(s)));
  json_end_object(&j);
  store_cmd_print_json(c, &b);
  return E_OK;
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  struct cmd_officers officers;
  bool anew = cli_flag(c, "reencrypt");
  enum err_code code = cmd_reencrypt_options(c, &e);
  if (!code) code = cmd_officers_take(c, true, &officers, &e);
  if (!code) code = cmd_officers_unlock(c, &officers, &s, &e);
  if (!code) {
    code = anew ? cmd_reencrypt(c, s, &officers, &e) : rotate(c, s, &officers, &e);
    if (code) (void)!store_refuse(s, anew ? "key-rewrap" : "key-rotate", "rotate", &e);
  }
  if (!code && !anew) code = say(c, s, &e);
  store_close(s);
  return code ? cli_fail(c, &e) : 0;
}

const struct command cmd_store_rotate = {
  .noun = "store",
  .verb = "rotate",
  .summary_en = "new keys: other officers, thresholds, or passphrase",
  .summary_ja = "鍵を更新する：担当者、必要人数、パスフレーズの変更",
  .detail_en = "Makes a new key epoch: a new root key, every key wrapped anew, nothing of the old epoch left in the key file; shares and passphrase "
    "of before open "
               "nothing of it. With officers it takes those who unlock (--officer) and those who authorise (--authority; somebody may be both, and "
                 "is named "
               "twice), as many as the thresholds ask for, an auditor among the latter. New holders must stand in the register with their roles "
               "(`shirabe store user`). Without --unlock-holder and --authority-holder the officers stay and get new shares. An office of one gets a "
                 "new passphrase, "
               "or, with cards as for `shirabe store init`, officers. A crash leaves the old keys or the new ones, never a mixture. Data stay as "
                 "they are: "
               "who kept an old copy of the key file and of the shares or passphrase of that time can still read old copies of the data. "
               "--reencrypt is for a data key that may be known to others: the data of DATASET (of all, without it) are sealed anew "
               "under fresh random keys, portion by portion, each with a leaf in the log; at every moment everything can be read, and "
               "after a kill or --portion the same command goes on. When every segment opens under the new key, files with old bytes are"
               " overwritten and a new key epoch begins without the old keys: that last step takes --authority, or --new-passphrase-file"
               " in an office of one; without them the old keys stay.",
  .detail_ja = "新しい鍵世代を作ります。根の鍵を作り直し、すべての鍵を包み直し、鍵ファイルに旧世代のものは残りません。以前のシェアやパスフレーズでは開きません。担当者を置く機関では、"
               "解錠する人（--officer）と承認する人（--authority。兼ねるときは両方に書く）が、定めた人数、後者は監査担当を含めて必要です。新しい保持者は役割とともに名簿に登録されている"
               "必要があります（`shirabe store user`）。--unlock-holder と --authority-holder がなければ、同じ担当者に新しいシェアを渡します。一人の機関では新しいパスフレーズにします。"
               "`shirabe store init` と同じカードを指定すると、担当者を置く機関になります。中断しても旧い鍵か新しい鍵のどちらかで、混ざりません。データはそのままです。"
               "旧い鍵ファイルの写しと当時のシェアやパスフレーズを持つ者は、データの旧い写しを読めます。"
               "--reencrypt は、データの鍵が他人に知られたおそれがあるときに使います。DATASET（省略時はすべて）のデータを新しい乱数の鍵で少しずつ封じ直し、そのつどログに記録します。"
               "途中でもすべて読め、中断や --portion の後は同じ命令で続きから進みます。全区画が新しい鍵で開くことを確かめてから、旧いバイトを含むファイルを上書きし、旧い鍵のない新しい鍵世代を"
               "始めます。この最後の段階には --authority（一人の機関では --new-passphrase-file）が必要で、なければ旧い鍵は残ります。",
  .options = (const struct option_record[]){
    OFFICERS_OPTION_OFFICER,
    {.name = "authority", .kind = OPT_REPEAT, .value_name = "KEYFILE", .help_en = "key file of an officer who authorises the change",
        .help_ja = "変更を承認する担当者の鍵ファイル"},
    OFFICERS_OPTION_PASSPHRASE,
    OFFICERS_OPTION_SHARE,
    {.name = "unlock-holder", .kind = OPT_REPEAT, .value_name = "ID", .help_en = "who holds a share that unlocks from now on",
        .help_ja = "今後、解錠のシェアを持つ担当者"},
    {.name = "authority-holder", .kind = OPT_REPEAT, .value_name = "ID", .help_en = "who holds a share of the authority from now on",
        .help_ja = "今後、承認のシェアを持つ担当者"},
    THRESHOLD_OPTIONS(NULL, NULL),
    {.name = "new-passphrase-file", .kind = OPT_FILE, .value_name = "FILE", .help_en = "the new passphrase of an office of one (else asked)",
        .help_ja = "一人の機関：新しいパスフレーズのファイル（なければ端末で質問）"},
    FOUNDERS_OPTIONS,
    {.name = "shares", .kind = OPT_DIRECTORY, .value_name = "DIR", .help_en = "write the new share files out", .help_ja = "新しいシェアファイルを書き出す"},
    REENCRYPT_OPTIONS,
    {.name = NULL}},
  .operands = (const struct operand_record[]){
    {.name = "DATASET", .help_en = "with --reencrypt: survey/form/period or blob/KIND, as in `shirabe store show`",
        .help_ja = "--reencrypt の対象：`shirabe store show` の 調査/様式/期 または blob/種類"}, {.name = NULL}},
  .examples = (const struct example[]){
    {"shirabe store rotate --new-passphrase-file new.txt", "an office of one: another passphrase", "一人の機関：パスフレーズの変更"},
    {"shirabe store rotate --officer a.key --officer b.key --authority a.key --authority d.key --authority e.key --unlock-holder officer-a "
      "--unlock-holder officer-b "
     "--unlock-holder officer-f --authority-holder officer-a --authority-holder officer-b --authority-holder officer-f --authority-holder chief-d "
     "--authority-holder audit-e",
     "officer-c leaves, officer-f comes", "officer-c の退任、officer-f の着任"},
    {"shirabe store rotate --reencrypt vital/birth/2025-12 --part ID --new-passphrase-file new.txt",
     "the key of these names may be known: seal them anew", "氏名等の鍵が知られたおそれ：封じ直す"},
    {.command = NULL}},
  .run = run,
};
