/* cmd_disposal.c -- see cmd_disposal.h. */
#include "secure-store/disposal/cmd_disposal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "secure-store/disposal/act.h"
#include "secure-store/store_impl.h"

static enum err_code officers_of(struct cli *c, struct disposal_cmd *x, struct err *e) {
  memset(x, 0, sizeof *x);
  x->c = c;
  x->n = cli_repeat_count(c, "officer-key");
  if (x->n > DISPOSAL_OFFICERS_MAX) return ERR(e, E_CAP_EXCEEDED, .subject = "--officer-key", .expected = "at most 16 officers");
  int files = cli_repeat_count(c, "officer-passphrase-file");
  for (int i = 0; i < x->n; i++)
    x->officers[i] = (struct store_officer){.key_file = cli_repeat(c, "officer-key", i), .passphrase_file = i < files ? cli_repeat(c,
        "officer-passphrase-file", i) : NULL};
  return E_OK;
}

/* Whose key the first one is, the register tells. */
static enum err_code who_acts(struct disposal_cmd *x, struct err *e) {
  char *passphrase = NULL;
  struct officer o;
  const char *wanted = cli_text(x->c, "officer");
  if (x->n == 0 || !store_has_officers(x->s)) return E_OK;
  TRY(passphrase_of(x->officers[0].key_file, x->officers[0].passphrase_file, false, &passphrase, e));
  enum err_code code = officer_key_open(x->officers[0].key_file, passphrase, &x->secret, e);
  passphrase_free(passphrase);
  TRY(code);
  TRY(officer_of_key(x->s, x->secret->sign.key_id, &o, e));
  if (wanted && strcmp(wanted, o.id) != 0) return ERR(e, E_DISPOSAL_OFFICER, .subject = wanted, .found = o.id);
  memcpy(x->by.officer, o.id, sizeof x->by.officer);
  x->by.secret = x->secret;
  x->who = &x->by;
  return E_OK;
}

static bool officers_open(struct cli *c) {
  char path[4096];
  struct keystore_public p;
  struct err none;
  snprintf(path, sizeof path, "%.4000s/keystore", cli_text(c, "office"));
  return !keystore_peek(path, &p, &none) && p.version > 1;
}

enum err_code disposal_cmd_begin(struct cli *c, struct disposal_cmd *x, struct err *e) {
  TRY(officers_of(c, x, e));
  if (officers_open(c) && x->n > 0) TRY(store_open_shares(cli_job(c), cli_text(c, "office"), x->officers, x->n, &x->s, e));
  else TRY(store_cmd_unlock(c, &x->s, e));
  return who_acts(x, e);
}

enum err_code disposal_cmd_look(struct cli *c, struct disposal_cmd *x, struct err *e) {
  const char *from_environment = getenv("SHIRABE_PASSPHRASE_FILE");
  if (cli_repeat_count(c, "officer-key") > 0 || cli_text(c, "passphrase-file") || (from_environment && *from_environment && !officers_open(c)))
    return disposal_cmd_begin(c, x, e);
  TRY(officers_of(c, x, e));
  return store_cmd_locked(c, &x->s, e);
}

int disposal_cmd_end(struct disposal_cmd *x, enum err_code code, const struct err *e) {
  officer_secret_free(x->secret);
  store_close(x->s);
  return code ? cli_fail(x->c, e) : 0;
}

enum err_code disposal_operand(struct cli *c, int i, const char *what, const char **out, struct err *e) {
  *out = i < cli_operand_count(c) ? cli_operand(c, i) : NULL;
  return *out ? E_OK : ERR(e, E_DISPOSAL_ID, .subject = what, .expected = "given");
}
enum err_code disposal_text(struct cli *c, const char *option, char *to, size_t size, struct err *e) { return row_set(to, size, option, cli_text(c,
    option), e); }
enum err_code disposal_list(struct cli *c, const char *option, char *to, size_t size, struct err *e) {
  to[0] = 0;
  for (int i = 0; i < cli_repeat_count(c, option); i++) TRY(row_list_add(to, size, option, cli_repeat(c, option, i), e));
  return E_OK;
}

void disposal_said(struct cli *c, const char *en, const char *ja, const char *id) {
  struct strbuf b;
  struct json_out j;
  if (!cli_json(c)) {
    fprintf(cli_out(c), "%s: %s\n", cli_say(c, en, ja), id);
    return;
  }
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put(&j, "id", id);
  json_put(&j, "done", en);
  json_end_object(&j);
  store_cmd_print_json(c, &b);
}

void disposal_heads(struct text_table *t, struct cli *c, const char *const (*heads)[2], int n) {
  for (int i = 0; i < n; i++) text_table_cell(t, cli_say(c, heads[i][0], heads[i][1]));
}

void disposal_joined(const char *list, char *out, size_t size) {
  size_t n = 0;
  struct str entry;
  out[0] = 0;
  for (int i = 0; row_list_at(list, i, &entry) && n < size; i++) n += (size_t)snprintf(out + n, size - n, "%s%.*s", i ? ", " : "", (int)entry.n,
      entry.p);
}
