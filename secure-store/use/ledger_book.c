/* ledger_book.c -- see ledger_book.h. */
#include "secure-store/use/ledger_book.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_csv.h"
#include "secure-store/store_impl.h"

static const char *const result_names[LOG_RESULT_COUNT] = {"", "intent", "done", "failed", "refused", "unknown-outcome", "note"};
static const char *const role_names[LOG_ROLE_COUNT] = {"none", "chief", "manager", "provider", "tabulator", "reviewer", "key-officer", "auditor",
    "maintenance", "program"};
struct book {
  const struct ledger_scope *scope;
  struct strbuf *out;
  int64_t rows;
};

static bool contains(const char *text, struct str part) {
  const size_t n = strlen(text);
  for (size_t i = 0; part.n > 0 && i + part.n <= n; i++)
    if (memcmp(text + i, part.p, part.n) == 0) return true;
  return false;
}
static bool listed(const char *list, const char *text, bool whole) {
  struct str rest = str_of(list);
  if (strcmp(list, "*") == 0) return true;
  while (rest.n > 0) {
    const struct str word = str_split(rest, ' ', &rest);
    if (whole ? str_eq(word, str_of(text)) : contains(text, word)) return true;
  }
  return false;
}

static void put(struct book *b, const char *text, bool first) { csv_put(b->out, str_of(text), first); }
static void put_number(struct book *b, uint64_t v, bool first) {
  char text[24];
  snprintf(text, sizeof text, "%llu", (unsigned long long)v);
  put(b, text, first);
}
static void put_hash(struct book *b, const uint8_t hash[32]) {
  static const uint8_t none[32];
  char hex[65] = "";
  if (memcmp(hash, none, 32) != 0) hex_encode(hash, 32, hex);
  put(b, hex, false);
}
static enum err_code put_leaf(struct book *b, const struct log_leaf *leaf, struct err *e) {
  struct strbuf bytes;
  char text[2048];
  strbuf_init(&bytes, 0);
  enum err_code code = log_leaf_encode(leaf, &bytes, e);
  if (!code && base64_encode((const uint8_t *)bytes.p, bytes.n, true, text, sizeof text) == (size_t)-1) code = ERR(e, E_BUG,
      .subject = "ledger leaf");
  if (!code) put(b, text, false);
  strbuf_release(&bytes);
  return code;
}
static enum err_code one_row(void *context, const struct log_leaf *leaf, struct err *e) {
  struct book *b = context;
  char when[32], rows[24], actor[17];
  const char *action = log_action_name(leaf->action);
  if (leaf->seq < b->scope->first || !action) return E_OK;
  if (!listed(b->scope->actions, action, true) || !listed(b->scope->objects, leaf->object, false)) return E_OK;
  time_format_jst(leaf->wall, when);
  snprintf(rows, sizeof rows, "%lld", (long long)leaf->rows);
  hex_encode(leaf->actor, sizeof leaf->actor, actor);
  put_number(b, leaf->seq, true);
  put(b, when, false), put(b, action, false), put(b, result_names[leaf->result], false), put(b, leaf->object, false), put(b, leaf->grant, false);
  put(b, leaf->basis, false), put(b, rows, false), put(b, role_names[leaf->role], false), put(b, actor, false);
  if (leaf->intent == UINT64_MAX) put(b, "", false);
  else put_number(b, leaf->intent, false);
  put_hash(b, leaf->output_hash);
  put(b, "", false), put(b, "", false);
  TRY(put_leaf(b, leaf, e));
  strbuf_addc(b->out, '\n');
  b->rows++;
  return b->out->failed ? ERR(e, E_NO_MEMORY, .subject = "ledger") : E_OK;
}

static enum err_code head(struct store *s, struct book *b, uint64_t end, struct err *e) {
  struct strbuf note, text;
  strbuf_init(&note, 0), strbuf_init(&text, 0);
  enum err_code code = access_log_checkpoint(s->log.tree, store_log_signer(s), &note, e);
  char *room = code ? NULL : strbuf_extend(&text, note.n * 2 + 8);
  if (!code && (!room || base64_encode((const uint8_t *)note.p, note.n, true, room, note.n * 2 + 8) == (size_t)-1))
    code = ERR(e, E_NO_MEMORY, .subject = "ledger");
  if (!code) {
    put(b, "shirabe-ledger-1", true), put(b, s->log_key.name, false), strbuf_addc(b->out, '\n');
    put(b, "checkpoint", true), put(b, room, false), strbuf_addc(b->out, '\n');
    put(b, "scope", true), put_number(b, b->scope->first, false), put_number(b, end, false), put(b, b->scope->actions, false);
    put(b, b->scope->objects, false), strbuf_addc(b->out, '\n');
    put(b, "title", true), put(b, b->scope->title, false), strbuf_addc(b->out, '\n');
    strbuf_adds(b->out, "leaf,time,action,result,object,grant,basis,rows,role,actor,intent,output,salt,detail,leaf_base64\n");
  }
  strbuf_release(&note), strbuf_release(&text);
  return code;
}
enum err_code ledger_book_write(struct store *s, const struct ledger_scope *scope, struct strbuf *out, int64_t *rows, struct err *e) {
  struct book b = {.scope = scope, .out = out};
  if (s->locked) return ERR(e, E_STORE_LOCKED, .subject = "ledger");
  TRY(head(s, &b, access_log_size(s->log.tree), e));
  TRY(store_log_each(s, one_row, &b, e));
  *rows = b.rows;
  return out->failed ? ERR(e, E_NO_MEMORY, .subject = "ledger") : E_OK;
}
