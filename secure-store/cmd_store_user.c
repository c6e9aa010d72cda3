/* shirabe store user ACTION */
#include "secure-store/cmd_store_user.h"

#include <stdio.h>
#include <string.h>

#include "secure-store/store_impl.h"

enum err_code user_operand(struct cli *c, int i, const char *what, const char **out, struct err *e) {
  *out = cli_operand(c, i + 1);
  return *out ? E_OK : ERR(e, E_USAGE_REQUIRED, .subject = what);
}
enum err_code user_operands(struct cli *c, int n, struct err *e) {
  return cli_operand_count(c) <= n + 1 ? E_OK : ERR(e, E_USAGE_OPERANDS, .subject = cli_operand(c, n + 1));
}
static enum err_code leads(struct cli *c, struct store *s, struct rights_officer *who, const char *action, const char *object, struct err *e) {
  TRY(rights_cmd_officer(c, s, who, e));
  return role_require(s, who->card.id, ROLE_BIT(LOG_ROLE_CHIEF) | ROLE_BIT(LOG_ROLE_MANAGER), action, object, e);
}
enum err_code user_leader(struct cli *c, const char *action, const char *object, struct store **s, struct rights_officer *who, struct err *e) {
  memset(who, 0, sizeof *who);
  TRY(rights_cmd_open(c, s, e));
  return leads(c, *s, who, action, object, e);
}
static enum err_code card_json(struct cli *c, const struct officer *o, struct err *e) {
  struct strbuf b;
  strbuf_init(&b, 0);
  enum err_code code = officer_card_text(o, &b, e);
  if (!code) fwrite(b.p, 1, b.n, cli_out(c));
  strbuf_release(&b);
  return code;
}
enum err_code user_say_card(struct cli *c, const struct officer *o, const char *path, struct err *e) {
  char fingerprint[OFFICE_FINGERPRINT_BYTES];
  if (cli_json(c)) return card_json(c, o, e);
  officer_fingerprint(o, fingerprint);
  fprintf(cli_out(c), cli_say(c, "officer      %s  %s, %s %s\ncard         %s\nfingerprint  %s\n", "担当者  %s  %s、%s %s\nカード  %s\n指紋    %s\n"), o->id,
      o->name,
          o->organisation, o->section, path, fingerprint);
  return E_OK;
}

/* --- list, shares --- */
static enum err_code user_list(struct cli *c, struct err *e) {
  struct store *s = NULL;
  TRY(user_operands(c, 0, e));
  enum err_code code = store_cmd_any(c, &s, e);
  if (!code) code = cmd_officers_print(c, s, e);
  store_close(s);
  return code;
}
static enum err_code user_shares(struct cli *c, struct err *e) {
  const char *folder;
  int n = 0;
  TRY(user_operand(c, 0, "DIR", &folder, e));
  TRY(user_operands(c, 1, e));
  TRY(cmd_officers_export(cli_text(c, "office"), folder, &n, e));
  if (cli_json(c)) fprintf(cli_out(c), "{\"files\":%d}\n", n);
  else fprintf(cli_out(c), cli_say(c, "%d share files in %s\n", "シェアファイル %d 個：%s\n"), n, folder);
  return E_OK;
}

/* --- add, retire: by one who leads --- */
static enum err_code change(struct store *s, const struct officer *card, const char *retire, struct err *e) {
  TRY(store_begin_plain(s, e));
  enum err_code code = card ? officer_add(s, card, e) : officer_retire(s, retire, e);
  if (!code) code = store_commit(s, e);
  if (!code) return E_OK;
  store_rollback(s);
  return store_refuse(s, card ? "role-grant" : "role-revoke", card ? card->id : retire, e);
}
static bool same_fingerprint(const char *a, const char *b) {
  for (;; a++, b++) {
    while (*a == ' ') a++;
    while (*b == ' ') b++;
    if (*a != *b || !*a) return *a == *b;
  }
}
static enum err_code check_fingerprint(struct cli *c, const struct officer *card, const char *path, struct err *e) {
  char fingerprint[OFFICE_FINGERPRINT_BYTES];
  const char *read_aloud = cli_text(c, "fingerprint");
  officer_fingerprint(card, fingerprint);
  if (!read_aloud || same_fingerprint(read_aloud, fingerprint)) return E_OK;
  return ERR(e, E_STORE_FINGERPRINT, .file = path, .subject = card->id, .found = fingerprint);
}
static enum err_code user_add(struct cli *c, struct err *e) {
  const char *path;
  struct officer card;
  struct rights_officer who = {.secret = NULL};
  struct store *s = NULL;
  TRY(user_operand(c, 0, "CARD", &path, e));
  TRY(user_operands(c, 1, e));
  TRY(officer_card_read(path, &card, e));
  TRY(check_fingerprint(c, &card, path, e));
  enum err_code code = user_leader(c, "role-grant", card.id, &s, &who, e);
  if (!code) code = change(s, &card, NULL, e);
  officer_secret_free(who.secret);
  store_close(s);
  return code ? code : user_say_card(c, &card, path, e);
}
static bool holds_share(struct store *s, const char *id) {
  for (int set = 0; set < KEYSTORE_SETS; set++) {
    const struct share_set *shares = keystore_set(store_keystore(s), (enum keystore_set)set);
    for (int i = 0; shares && i < shares->n; i++)
      if (strcmp(shares->holder[i].officer, id) == 0) return true;
  }
  return false;
}
static void say_retired(struct cli *c, const char *id, bool holds) {
  if (cli_json(c)) fprintf(cli_out(c), "{\"id\":\"%s\",\"retired\":true,\"holds_share\":%s}\n", id, holds ? "true" : "false");
  else fprintf(cli_out(c), cli_say(c, "retired: %s\n", "退任しました：%s\n"), id);
  if (holds)
    fprintf(stderr, "%s\n", cli_say(c, "next: this officer still holds a share; make new keys without it: shirabe store rotate",
                                    "次に：この担当者はまだシェアを持っています。`shirabe store rotate` でこの人を除いた新しい鍵にしてください"));
}
static enum err_code user_retire(struct cli *c, struct err *e) {
  const char *id;
  struct rights_officer who = {.secret = NULL};
  struct store *s = NULL;
  bool holds = false;
  TRY(user_operand(c, 0, "ID", &id, e));
  TRY(user_operands(c, 1, e));
  enum err_code code = user_leader(c, "role-revoke", id, &s, &who, e);
  if (!code) code = change(s, NULL, id, e);
  if (!code) holds = holds_share(s, id);
  officer_secret_free(who.secret);
  store_close(s);
  if (!code) say_retired(c, id, holds);
  return code;
}

static const struct {
  const char *name;
  enum err_code (*act)(struct cli *c, struct err *e);
} actions[] = {{"key", user_key},   {"card", user_card},     {"add", user_add},   {"list", user_list},
               {"shares", user_shares}, {"retire", user_retire}, {"role", user_role}};

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
    if (strcmp(actions[i].name, cli_operand(c, 0)) == 0) return actions[i].act(c, &e) ? cli_fail(c, &e) : 0;
  (void)ERR(&e, E_USAGE_VALUE, .subject = "ACTION", .expected = "key, card, add, list, shares, retire, role", .found = cli_operand(c, 0));
  return cli_fail(c, &e);
}

const struct command cmd_store_user = {
  .noun = "store",
  .verb = "user",
  .summary_en = "officers: key files, cards, register, roles",
  .summary_ja = "担当者：鍵ファイル、カード、名簿、役割",
  .detail_en = "key FILE makes the key file and the card of a person, on the person's own machine: the key file stays with the person (best on a "
    "token), the card "
               "goes to the store. card CARD shows a card, or renews training, pledge or section in it. add CARD registers it, or renews what "
                 "changed; list "
               "shows register, roles in force and who holds which share; shares DIR writes the share files out; retire ID ends somebody's part: old "
               "signatures still count, nothing new does. role propose ID ROLE, role approve ID ROLE and role refuse ID ROLE appoint: a role is in "
                 "force when two "
               "people with role chief or manager, other than its bearer, have approved the same certificate; role revoke ID ROLE ends it; role list "
                 "shows all. "
               "add, retire, propose and revoke take an officer who leads, approve and refuse the one who speaks (--officer). Roles: chief, manager, "
                 "provider, "
               "tabulator, reviewer, key-officer, auditor, maintenance.",
  .detail_ja = "key FILE は本人の機器で鍵ファイルとカードを作ります。鍵ファイルは本人が保管し（トークンが望ましい）、カードを保管庫に渡します。card CARD はカードを表示し、研修日・誓約・所属を更新します。"
               "add CARD は名簿に登録または更新、list は名簿・有効な役割・シェアの保持者を表示、shares DIR はシェアファイルを書き出し、retire ID は退任させます（過去の署名は有効、今後は無効）。"
               "role propose/approve/refuse ID ROLE で任命します。本人以外の総括・管理責任者二人が同じ任命書を承認すると有効になります。role revoke ID ROLE で解任、role list で一覧を表示します。"
               "add・retire・propose・revoke は責任者が、approve・refuse は本人が行います（--officer）。役割：chief 総括、manager 管理、provider 提供、tabulator 集計、reviewer 審査、"
               "key-officer 鍵管理者、auditor 監査、maintenance 保守。",
  .options = (const struct option_record[]){
    {.name = "id", .kind = OPT_TEXT, .value_name = "ID", .help_en = "key: a-z, 0-9 and hyphens, never used again for another person",
        .help_ja = "key：英小文字・数字・ハイフンの識別子。他の人に再利用しない"},
    {.name = "name", .kind = OPT_TEXT, .value_name = "NAME", .help_en = "key: name", .help_ja = "key：氏名"},
    {.name = "organisation", .kind = OPT_TEXT, .value_name = "NAME", .help_en = "key: office or contractor", .help_ja = "key：機関または委託先"},
    {.name = "section", .kind = OPT_TEXT, .value_name = "NAME", .help_en = "key, card: section", .help_ja = "key・card：部署"},
    {.name = "staff-no", .kind = OPT_TEXT, .value_name = "NO", .help_en = "key: staff number", .help_ja = "key：職員番号"},
    {.name = "namesake-of", .kind = OPT_TEXT, .value_name = "ID", .help_en = "key: registered officer of the same name, or the own former id",
        .help_ja = "key：同姓同名の登録済み担当者、または本人の旧識別子"},
    {.name = "trained", .kind = OPT_TEXT, .value_name = "DATE", .help_en = "key, card: date of the last instruction", .help_ja = "key・card：直近の研修日"},
    {.name = "pledge", .kind = OPT_FILE, .value_name = "FILE", .help_en = "key, card: signed pledge of secrecy; its hash goes on the card",
        .help_ja = "key・card：署名済みの秘密保持誓約書。ハッシュをカードに記す"},
    {.name = "card", .kind = OPT_FILE, .value_name = "FILE", .help_en = "key: where the card goes; default: beside the key file, ending in .card",
        .help_ja = "key：カードの書き出し先。指定がなければ鍵ファイルの隣（.card）"},
    {.name = "profile", .kind = OPT_CHOICE, .value_name = "PROFILE", .choices = "standard|light", .default_text = "standard",
        .help_en = "key: cost of opening the key file", .help_ja = "key：鍵ファイルを開くときの計算量"},
    {.name = "fingerprint", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "add: fingerprint as read aloud by the person",
        .help_ja = "add：本人が読み上げた指紋"},
    {.name = "from", .kind = OPT_TEXT, .value_name = "DATE", .help_en = "role propose: first day; default: now",
        .help_ja = "role propose：開始日。指定がなければ今"},
    {.name = "until", .kind = OPT_TEXT, .value_name = "DATE", .help_en = "role propose: last day", .help_ja = "role propose：最終日"},
    RIGHTS_OPTION_OFFICER,
    STORE_OPTION_PASSPHRASE,
    {.name = NULL}},
  .operands = (const struct operand_record[]){
    {.name = "ACTION", .required = true, .help_en = "key, card, add, list, shares, retire, role", .help_ja = "key, card, add, list, shares, retire, "
      "role"},
    {.name = "ARGUMENT", .repeated = true, .help_en = "as the action needs", .help_ja = "操作に応じた引数"},
    {.name = NULL}},
  .examples = (const struct example[]){
    {"shirabe store user key aoki.key --id aoki-h --name 青木春子 --organisation 統計課 --section 企画係 --staff-no A100 --trained 2026-04-01",
     "an officer makes key file and card", "担当者が鍵ファイルとカードを作る"},
    {"shirabe store user list", "officers, roles and shares", "担当者、役割、シェア"},
    {"shirabe store user role propose aoki-h tabulator --until 2027-03-31 --officer chief.key", "the chief proposes a role", "総括責任者が役割を提案する"},
    {"shirabe store user role approve aoki-h tabulator --officer manager.key", "a manager approves it", "管理責任者が承認する"},
    {.command = NULL}},
  .run = run,
};
