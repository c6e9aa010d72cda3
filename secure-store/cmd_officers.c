/* cmd_officers.c -- see cmd_officers.h. */
#include "secure-store/cmd_officers.h"

#include <stdio.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/term.h"
#include "secure-store/keystore.h"
#include "secure-store/rights/role.h"
#include "secure-store/store_impl.h"

/* --- options --- */
static enum err_code usage(struct err *e, const char *option, const char *expected, const char *found) {
  return ERR(e, E_USAGE_VALUE, .subject = option, .expected = expected, .found = found);
}
static enum err_code take_keys(struct cli *c, const char *option, int first_file, struct store_officer *out, int *n, struct err *e) {
  *n = cli_repeat_count(c, option);
  if (*n > SHARE_HOLDERS_MAX) return usage(e, option, "at most 16", NULL);
  for (int i = 0; i < *n; i++) {
    out[i] = (struct store_officer){.key_file = cli_repeat(c, option, i)};
    if (cli_repeat_count(c, "passphrase-file") > 0) out[i].passphrase_file = cli_repeat(c, "passphrase-file", first_file + i);
  }
  return E_OK;
}
static enum err_code take_shares(struct cli *c, struct cmd_officers *o, struct err *e) {
  int n = cli_repeat_count(c, "share");
  if (n == 0) return E_OK;
  if (n != o->n) return usage(e, "--share", "one for each --officer", NULL);
  for (int i = 0; i < n; i++) o->officer[i].share_file = cli_repeat(c, "share", i);
  return E_OK;
}
enum err_code cmd_officers_take(struct cli *c, bool with_authority, struct cmd_officers *out, struct err *e) {
  memset(out, 0, sizeof *out);
  TRY(take_keys(c, "officer", 0, out->officer, &out->n, e));
  if (with_authority) TRY(take_keys(c, "authority", out->n, out->authority, &out->n_authority, e));
  int keys = out->n + out->n_authority, files = cli_repeat_count(c, "passphrase-file");
  bool one_passphrase = keys == 0 && files <= 1;
  if (files > 0 && files != keys && !one_passphrase) return usage(e, "--passphrase-file", "one for each key file, in their order", NULL);
  return take_shares(c, out, e);
}
enum err_code cmd_officers_unlock(struct cli *c, const struct cmd_officers *officers, struct store **out, struct err *e) {
  if (officers->n == 0) return store_cmd_unlock(c, out, e);
  return store_open_shares(cli_job(c), cli_text(c, "office"), officers->officer, officers->n, out, e);
}
bool cmd_officers_threshold(const char *text, int *m, int *n) {
  struct str rest = str_of(text), first = str_split(rest, '/', &rest);
  int64_t a, b;
  if (!str_int64(first, &a) || !str_int64(rest, &b) || a < 0 || b < 0 || a > SHARE_HOLDERS_MAX || b > SHARE_HOLDERS_MAX) return false;
  *m = (int)a;
  *n = (int)b;
  return true;
}

/* --- who holds what --- */
struct holding {
  struct officer *list;
  int64_t n;
  struct share_set set[KEYSTORE_SETS];
  struct keystore_public keys;
  bool shared; /* a store with officers' shares, not one with a passphrase and a register */
};
static enum err_code hold(struct cli *c, struct store *s, struct holding *h, struct err *e) {
  char path[STORE_PATH_BYTES];
  store_path(s, "keystore", path);
  TRY(keystore_peek(path, &h->keys, e));
  h->shared = h->keys.version != 1;
  if (h->shared) TRY(keystore_peek_sets(path, h->set, e));
  return officer_list(s, cli_job(c)->arena, &h->list, &h->n, e);
}
static int number_in(const struct share_set *set, const char *officer) {
  for (int i = 0; i < set->n; i++)
    if (strcmp(set->holder[i].officer, officer) == 0) return set->holder[i].number;
  return 0;
}
static void role_texts(role_set roles, char *out, size_t size) {
  size_t n = 0;
  out[0] = 0;
  for (int r = 0; r < LOG_ROLE_COUNT; r++)
    if (roles & ROLE_BIT(r) && n < size) n += (size_t)snprintf(out + n, size - n, "%s%s", n ? ", " : "", role_name((enum log_role)r));
}
static void put_set(struct json_out *j, const char *name, const struct share_set *set) {
  json_key(j, name);
  json_object(j);
  json_put_int(j, "threshold", set->m);
  json_put_int(j, "holders", set->n);
  json_key(j, "auditor_needed");
  json_bool(j, set->needs_auditor);
  json_end_object(j);
}
static void put_officer(struct json_out *j, const struct holding *h, const struct officer *o, role_set roles) {
  char fingerprint[OFFICE_FINGERPRINT_BYTES], texts[256];
  officer_fingerprint(o, fingerprint);
  role_texts(roles, texts, sizeof texts);
  json_object(j);
  json_put(j, "id", o->id);
  json_put(j, "name", o->name);
  json_put(j, "organisation", o->organisation);
  json_put(j, "section", o->section);
  json_put(j, "roles", texts);
  json_put_int(j, "unlock_share", h->shared ? number_in(&h->set[KEYSTORE_UNLOCK], o->id) : 0);
  json_put_int(j, "authority_share", h->shared ? number_in(&h->set[KEYSTORE_AUTHORITY], o->id) : 0);
  json_put(j, "fingerprint", fingerprint);
  json_put(j, "trained", o->trained);
  json_put(j, "pledge_sha256", o->pledge_sha256);
  json_key(j, "retired");
  json_bool(j, o->retired);
  json_end_object(j);
}
static enum err_code print_json(struct cli *c, struct store *s, const struct holding *h, int64_t now, struct err *e) {
  struct strbuf b;
  struct json_out j;
  enum err_code code = E_OK;
  strbuf_init(&b, 0);
  json_begin(&j, &b, false);
  json_object(&j);
  json_put_int(&j, "epoch", (int64_t)h->keys.epoch);
  if (h->shared) put_set(&j, "unlock", &h->set[KEYSTORE_UNLOCK]);
  if (h->shared) put_set(&j, "authority", &h->set[KEYSTORE_AUTHORITY]);
  json_key(&j, "officers");
  json_array(&j);
  for (int64_t i = 0; !code && i < h->n; i++) {
    role_set roles;
    code = roles_of(s, h->list[i].id, now, &roles, e);
    if (!code) put_officer(&j, h, &h->list[i], roles);
  }
  json_end_array(&j);
  json_end_object(&j);
  if (!code) store_cmd_print_json(c, &b);
  else strbuf_release(&b);
  return code;
}
static void share_cell(struct text_table *t, const struct holding *h, enum keystore_set which, const char *officer) {
  char cell[16] = "";
  int number = h->shared ? number_in(&h->set[which], officer) : 0;
  if (number) snprintf(cell, sizeof cell, "%03d", number);
  text_table_cell(t, cell);
}
static enum err_code print_rows(struct cli *c, struct store *s, const struct holding *h, int64_t now, struct text_table *t, struct err *e) {
  for (int64_t i = 0; i < h->n; i++) {
    const struct officer *o = &h->list[i];
    char fingerprint[OFFICE_FINGERPRINT_BYTES], texts[256];
    role_set roles;
    TRY(roles_of(s, o->id, now, &roles, e));
    role_texts(roles, texts, sizeof texts);
    officer_fingerprint(o, fingerprint);
    text_table_cell(t, o->id);
    text_table_cell(t, o->name);
    text_table_cell(t, o->retired ? cli_say(c, "retired", "退任") : texts);
    share_cell(t, h, KEYSTORE_UNLOCK, o->id);
    share_cell(t, h, KEYSTORE_AUTHORITY, o->id);
    text_table_cell(t, o->trained[0] ? o->trained : "-");
    text_table_cell(t, o->pledge_sha256[0] ? cli_say(c, "yes", "あり") : "-");
    text_table_cell(t, fingerprint);
  }
  return E_OK;
}
static enum err_code print_table(struct cli *c, struct store *s, const struct holding *h, int64_t now, struct err *e) {
  const char *const heads[] = {cli_say(c, "officer", "担当者"), cli_say(c, "name", "氏名"), cli_say(c, "roles", "役割"), cli_say(c, "unlock", "解錠"),
                               cli_say(c, "authority", "承認"), cli_say(c, "trained", "研修"), cli_say(c, "pledge", "誓約"),
                               cli_say(c, "fingerprint", "指紋")};
  struct text_table *t = text_table_new(8);
  for (int k = 0; k < 8; k++) text_table_cell(t, heads[k]);
  enum err_code code = print_rows(c, s, h, now, t, e);
  if (!code) text_table_print(t, cli_out(c), true);
  text_table_free(t);
  if (code || !h->shared) return code;
  const struct share_set *unlock = &h->set[KEYSTORE_UNLOCK], *authority = &h->set[KEYSTORE_AUTHORITY];
  fprintf(cli_out(c), cli_say(c, "key epoch %llu: %d of %d unlock; %d of %d%s change officers and destroy keys\n",
                              "鍵世代 %llu：解錠は %d/%d 人、担当者の変更と鍵の破棄は %d/%d 人%s\n"), (unsigned long long)h->keys.epoch,
          unlock->m, unlock->n, authority->m, authority->n,
          authority->needs_auditor ? cli_say(c, ", an auditor among them,", "（監査担当を含む）") : "");
  return E_OK;
}
enum err_code cmd_officers_print(struct cli *c, struct store *s, struct err *e) {
  struct holding *h = ARENA_NEW(cli_job(c)->arena, struct holding);
  int64_t now;
  if (!h) return ERR(e, E_NO_MEMORY, .subject = "officers");
  TRY(hold(c, s, h, e));
  TRY(store_now(s, &now, e));
  return cli_json(c) ? print_json(c, s, h, now, e) : print_table(c, s, h, now, e);
}

/* --- share files --- */
enum err_code cmd_officers_export(const char *store_folder, const char *folder, int *n, struct err *e) {
  static const char *const names[KEYSTORE_SETS] = {"root", "authority"};
  struct share_set set[KEYSTORE_SETS];
  struct keystore_public p;
  char path[STORE_PATH_BYTES];
  *n = 0;
  snprintf(path, sizeof path, "%.4000s/keystore", store_folder);
  TRY(keystore_peek(path, &p, e));
  TRY(keystore_peek_sets(path, set, e));
  TRY(make_directories(folder, 0700, e));
  for (int k = 0; k < KEYSTORE_SETS; k++)
    for (int i = 0; i < set[k].n; i++) {
      const struct share_holder *h = &set[k].holder[i];
      snprintf(path, sizeof path, "%.3900s/%s-e%llu-%s.%03d.age", folder, names[k], (unsigned long long)p.epoch, h->officer, h->number);
      TRY(atomic_write(path, h->file, h->file_n, ATOMIC_NEW_ONLY, 0600, e));
      ++*n;
    }
  return E_OK;
}
