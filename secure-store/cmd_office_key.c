/* shirabe office key [CARD] */
#include <stdio.h>
#include <string.h>

#include "base/term.h"
#include "secure-store/cmd_store_open.h"

/* Spaces and case do not count: it was read aloud. */
static bool same_fingerprint(const char *a, const char *b) {
  for (;;) {
    while (*a == ' ') a++;
    while (*b == ' ') b++;
    char x = *a, y = *b;
    if (x >= 'A' && x <= 'F') x = (char)(x + 'a' - 'A');
    if (x != y) return false;
    if (!x) return true;
    a++;
    b++;
  }
}

static enum err_code enrol(struct cli *c, const char *card, struct office *o, struct err *e) {
  struct store *s = NULL;
  char fingerprint[OFFICE_FINGERPRINT_BYTES];
  const char *expected = cli_text(c, "fingerprint");
  TRY(office_card_read(card, o, e));
  office_fingerprint(o, fingerprint);
  if (expected && !same_fingerprint(expected, fingerprint)) return ERR(e, E_STORE_FINGERPRINT, .file = card, .subject = o->id, .found = fingerprint);
  enum err_code code = store_cmd_unlock(c, &s, e);
  if (!code) code = store_peer_add(s, o, e);
  store_close(s);
  return code;
}

static void put_peer(struct json_out *j, const struct office *o) {
  char fingerprint[OFFICE_FINGERPRINT_BYTES];
  office_fingerprint(o, fingerprint);
  json_object(j);
  json_put(j, "id", o->id);
  json_put(j, "name_ja", o->name_ja);
  json_put(j, "fingerprint", fingerprint);
  json_put(j, "age_recipient", o->age_recipient);
  json_put(j, "minisign_public", o->minisign_public);
  json_put(j, "profile", o->light ? "light" : "standard");
  json_end_object(j);
}

static void print_list(struct cli *c, const struct office *peers, int64_t n) {
  if (cli_json(c)) {
    struct strbuf b;
    struct json_out j;
    strbuf_init(&b, 0);
    json_begin(&j, &b, false);
    json_array(&j);
    for (int64_t i = 0; i < n; i++) put_peer(&j, &peers[i]);
    json_end_array(&j);
    store_cmd_print_json(c, &b);
    return;
  }
  struct text_table *t = text_table_new(3);
  const char *const heads[] = {cli_say(c, "office", "機関"), cli_say(c, "name", "名称"), cli_say(c, "fingerprint", "指紋")};
  for (int k = 0; k < 3; k++) text_table_cell(t, heads[k]);
  for (int64_t i = 0; i < n; i++) {
    char fingerprint[OFFICE_FINGERPRINT_BYTES];
    office_fingerprint(&peers[i], fingerprint);
    text_table_cell(t, peers[i].id);
    text_table_cell(t, peers[i].name_ja);
    text_table_cell(t, fingerprint);
  }
  text_table_print(t, cli_out(c), true);
  text_table_free(t);
}

static int run_list(struct cli *c) {
  struct err e = {.code = E_OK};
  struct store *s = NULL;
  struct office *peers;
  int64_t n;
  enum err_code code = store_cmd_locked(c, &s, &e);
  if (!code) code = store_peers(s, cli_job(c)->arena, &peers, &n, &e);
  if (!code) print_list(c, peers, n);
  store_close(s);
  return code ? cli_fail(c, &e) : 0;
}

static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct office o;
  char fingerprint[OFFICE_FINGERPRINT_BYTES];
  if (cli_operand_count(c) == 0) return run_list(c);
  if (enrol(c, cli_operand(c, 0), &o, &e)) return cli_fail(c, &e);
  if (cli_json(c)) {
    print_list(c, &o, 1);
    return 0;
  }
  office_fingerprint(&o, fingerprint);
  fprintf(cli_out(c), cli_say(c, "enrolled %s, fingerprint %s\n", "登録しました：%s、指紋 %s\n"), o.id, fingerprint);
  if (!cli_text(c, "fingerprint"))
    fprintf(stderr, "%s\n", cli_say(c, "compare this fingerprint with the office by telephone before its first batch", "最初のバッチの前に、電話でこの指紋を照合してください"));
  return 0;
}

const struct command cmd_office_key = {
  .noun = "office",
  .verb = "key",
  .summary_en = "enrol another office by its card, or list those enrolled",
  .summary_ja = "他の機関をカードで登録する、または登録済みの一覧",
  .detail_en = "A batch is accepted only from an office enrolled here, and its keys cannot be exchanged later: other keys for a known office are "
               "refused. With --fingerprint the card is enrolled only when the fingerprint read aloud is the card's. Enrolments stand in the "
               "access log.",
  .detail_ja = "登録した機関のバッチだけを受領します。登録後の鍵の差し替えは拒否します。--fingerprint を付けると、読み上げられた指紋と一致するときだけ登録します。登録はアクセスログに残ります。",
  .options = (const struct option_record[]){
    {.name = "fingerprint", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "fingerprint as read aloud by the other office",
     .help_ja = "相手が読み上げた指紋"},
    STORE_OPTION_PASSPHRASE,
    {.name = NULL}},
  .operands = (const struct operand_record[]){{.name = "CARD", .help_en = "card of the other office; without it the list",
                                               .help_ja = "相手のカード。なければ一覧"}, {.name = NULL}},
  .examples = (const struct example[]){{"shirabe office key", "offices enrolled here", "登録済みの機関"},
                                       {"shirabe office key sapporo/office.json", "enrol a municipality", "市を登録する"},
                                       {.command = NULL}},
  .run = run,
};
