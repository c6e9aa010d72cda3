/* shirabe use ledger --out BOOK.csv [--for GRANT] [--action media-lend] */
#include <stdio.h>
#include <string.h>

#include "base/atomic_file.h"
#include "secure-store/disposal/cmd_disposal.h"
#include "secure-store/store_impl.h"
#include "secure-store/use/ledger_book.h"

/* Repeated options as one text; "*" when there is none. */
static const char *joined(struct cli *c, const char *option) {
  struct arena *a = cli_job(c)->arena;
  const int n = cli_repeat_count(c, option);
  const char *text = n ? cli_repeat(c, option, 0) : "*";
  for (int i = 1; i < n && text; i++) text = arena_printf(a, "%s %s", text, cli_repeat(c, option, i));
  return text;
}
static enum err_code no_space(struct cli *c, const char *option, struct err *e) {
  for (int i = 0; i < cli_repeat_count(c, option); i++)
    if (!*cli_repeat(c, option, i) || strchr(cli_repeat(c, option, i), ' '))
      return ERR(e, E_USAGE_VALUE, .subject = option, .found = cli_repeat(c, option, i), .expected = "a text without spaces");
  for (int i = 0; !strcmp(option, "action") && i < cli_repeat_count(c, option); i++)
    if (!log_action_number(cli_repeat(c, option, i))) return ERR(e, E_USAGE_VALUE, .subject = option, .found = cli_repeat(c, option, i),
        .expected = "an action of the log");
  return E_OK;
}
static enum err_code first_entry(struct disposal_cmd *x, struct err *e) {
  const int64_t from = cli_text(x->c, "from") ? cli_int(x->c, "from") : 0, n = (int64_t)access_log_size(x->s->log.tree);
  char last[32];
  snprintf(last, sizeof last, "0 to %lld", (long long)n);
  return from >= 0 && from <= n ? E_OK : ERR(e, E_USAGE_VALUE, .subject = "--from", .found = cli_text(x->c, "from"), .expected = last);
}
static enum err_code write_book(struct disposal_cmd *x, struct err *e) {
  struct cli *c = x->c;
  struct strbuf b;
  int64_t rows = 0;
  const char *out = cli_text(c, "out");
  const struct ledger_scope scope = {.actions = joined(c, "action"),
      .objects = joined(c, "for"),
      .first = cli_text(c, "from") ? (uint64_t)cli_int(c, "from") : 0,
      .title = cli_text(c, "title") ? cli_text(c, "title") : "調査票情報に係る管理簿"};
  if (!scope.actions || !scope.objects) return ERR(e, E_NO_MEMORY, .subject = "ledger");
  TRY(first_entry(x, e));
  strbuf_init(&b, 0);
  enum err_code code = ledger_book_write(x->s, &scope, &b, &rows, e);
  if (!code && out) code = atomic_write(out, b.p, b.n, ATOMIC_REPLACE, 0644, e);
  else if (!code) fwrite(b.p, 1, b.n, cli_out(c));
  strbuf_release(&b);
  if (!code && out) fprintf(cli_out(c), cli_say(c, "%s: %lld entries; check it with shirabe-verify ledger\n",
      "%s：%lld 件。shirabe-verify ledger で検証できます\n"), out, (long long)rows);
  return code;
}
static int run(struct cli *c) {
  struct err e = {.code = E_OK};
  struct disposal_cmd x = {.c = c};
  static const char *const outputs[] = {"out", NULL};
  enum err_code code = cli_keep_inputs(c, outputs, &e);
  if (!code) code = no_space(c, "action", &e);
  if (!code) code = no_space(c, "for", &e);
  if (!code) code = disposal_cmd_begin(c, &x, &e);
  if (!code) code = write_book(&x, &e);
  return disposal_cmd_end(&x, code, &e);
}

const struct command cmd_use_ledger = {
    .noun = "use",
    .verb = "ledger",
    .summary_en = "the register of questionnaire information, made from the access log",
    .summary_ja = "調査票情報に係る管理簿をアクセスログから作る",
    .detail_en = "A CSV file that an outsider checks without keys (`shirabe-verify ledger BOOK TILES`, tiles from `store log --tiles`): every row is "
      "one log "
                 "entry with its bytes, the head is a signed checkpoint, and what the scope covers is there wholly. Nobody types it.",
    .detail_ja = "鍵なしで検証できる CSV です（`shirabe-verify ledger BOOK TILES`）。各行はログの1件とその原文で、先頭に署名済みチェックポイントがあり、範囲内の記録はすべて含まれます。手で記入するものではありません。",
    .options = (const struct option_record[]){{.name = "out", .kind = OPT_FILE, .value_name = "FILE", .help_en = "where to (else printed)",
        .help_ja = "出力先（なければ表示）"},
        {.name = "for", .kind = OPT_REPEAT, .value_name = "TEXT", .help_en = "only entries whose object contains this: a grant, medium, dataset",
            .help_ja = "対象にこの文字を含むものだけ（許可・媒体・データ）"},
        {.name = "action", .kind = OPT_REPEAT, .value_name = "ACTION", .help_en = "only this action, media-lend for instance",
            .help_ja = "この操作だけ（media-lend など）"},
        {.name = "from", .kind = OPT_INT, .value_name = "SEQ", .help_en = "from this entry on", .help_ja = "この番号から"},
        {.name = "title", .kind = OPT_TEXT, .value_name = "TEXT", .help_en = "title of the book", .help_ja = "表題"}, DISPOSAL_OPTIONS_OFFICER,
            {.name = NULL}},
    .operands = (const struct operand_record[]){{.name = NULL}},
    .examples = (const struct example[]){{"shirabe use ledger --out book.csv", "everything", "全件"},
        {"shirabe use ledger --for medium: --action media-lend --action media-move", "media that were carried", "媒体の持出し"}, {.command = NULL}},
    .run = run,
};
