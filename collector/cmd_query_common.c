#include "collector/cmd_query_common.h"

#include <stdio.h>
#include <string.h>

enum err_code query_cli_pairs(struct cli *c, const char *option, struct query_pair **out, int *n, struct err *e) {
  struct arena *a = cli_job(c)->arena;
  *n = cli_repeat_count(c, option);
  *out = ARENA_ARRAY(a, struct query_pair, *n + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = option);
  if (*n > QUERY_MAX_PAIRS) return ERR(e, E_QUERY_OPTIONS, .subject = option, .expected = "at most 64 items");
  for (int i = 0; i < *n; i++) {
    struct str value, item = str_split(str_of(cli_repeat(c, option, i)), '=', &value);
    if (!item.n || item.n == strlen(cli_repeat(c, option, i))) return ERR(e, E_QUERY_OPTIONS, .subject = option, .expected = "ITEM=VALUE");
    (*out)[i] = (struct query_pair){arena_strdup(a, item.p, item.n), arena_strdup(a, value.p, value.n)};
    if (!(*out)[i].item || !(*out)[i].value) return ERR(e, E_NO_MEMORY, .subject = option);
  }
  return E_OK;
}

enum err_code query_cli_number(struct cli *c, int64_t *out, struct err *e) {
  return str_int64(str_of(cli_operand(c, 0)), out) && *out > 0 ? E_OK : ERR(e, E_QUERY_UNKNOWN, .subject = cli_operand(c, 0));
}

enum err_code query_cli_open(struct cli *c, struct store *s, const struct query_entry *q, const char *purpose, struct query_part **question,
    struct query_part **answer, struct err *e) {
  char object[96];
  int64_t access;
  struct err second;
  snprintf(object, sizeof object, "query:%.64s", q->id);
  const struct log_entry entry = {.action = "data-read", .object = object, .purpose = purpose, .rows = 1, .detail = ""};
  TRY(store_log_intent(s, &entry, &access, e));
  enum err_code code = query_open(s, q, access, cli_job(c)->arena, question, answer, e);
  enum err_code logged = store_log_outcome(s, access, &entry, code == E_OK, code ? &second : e);
  return code ? code : logged;
}

const char *query_kind_text(struct cli *c, const char *kind) {
  static const char *const names[][3] = {
      {"correct", "correct", "訂正"}, {"confirm", "confirmed", "記載どおり"}, {"withdraw", "withdraw", "取下げ"}, {"close", "closed", "終了"}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!strcmp(names[i][0], kind)) return cli_say(c, names[i][1], names[i][2]);
  return "";
}
