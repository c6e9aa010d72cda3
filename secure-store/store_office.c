/* store_office.c -- the public card of an office: who it is, its public keys, and a fingerprint that two people can compare by telephone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/ext_json.h"
#include "base/json_out.h"
#include "secure-store/age.h"
#include "secure-store/store_impl.h"

static const char card_format[] = "shirabe-office-card-1";
enum { CARD_MAX = 65536 };

static const char *const type_names[] = {
    [OFFICE_MUNICIPALITY] = "municipality", [OFFICE_HEALTH_CENTRE] = "health_centre", [OFFICE_PREFECTURE] = "prefecture",
        [OFFICE_MINISTRY] = "ministry"};
enum { N_TYPES = sizeof type_names / sizeof *type_names };

const char *office_type_name(enum office_type t) { return (unsigned)t < N_TYPES ? type_names[t] : ""; }

bool office_type_parse(struct str s, enum office_type *out) {
  for (int i = 0; i < N_TYPES; i++) {
    if (!str_eq(s, str_of(type_names[i]))) continue;
    *out = (enum office_type)i;
    return true;
  }
  return false;
}

void office_fingerprint(const struct office *o, char out[OFFICE_FINGERPRINT_BYTES]) {
  char text[512], hex[65];
  uint8_t hash[HASH_BYTES];
  int n = snprintf(text, sizeof text, "%s\n%s\n%s\n%s\n", card_format, o->id, o->age_recipient, o->minisign_public);
  sha256_of(text, (size_t)n, hash);
  hex_encode(hash, sizeof hash, hex);
  for (int i = 0; i < 8; i++) snprintf(out + 5 * i, 6, "%.4s%s", hex + 4 * i, i < 7 ? " " : "");
}

/* An id goes into file names, log entries and statements. */
static bool code_plain(const char *code) {
  size_t n = strlen(code);
  return n > 0 && strspn(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-") == n;
}

enum err_code office_check(const struct office *o, struct err *e) {
  char id[sizeof o->id];
  uint8_t key[64];
  if (!code_plain(o->code)) return ERR(e, E_STORE_CODE, .subject = o->code);
  snprintf(id, sizeof id, "%s-%s", office_type_name(o->type), o->code);
  if (strcmp(id, o->id) != 0) return ERR(e, E_STORE_CARD, .subject = o->id, .expected = id);
  if (!utf8_valid(o->name_ja, strlen(o->name_ja), NULL)) return ERR(e, E_STORE_CARD, .subject = o->id, .expected = "a name in UTF-8");
  if (o->age_recipient[0] && age_recipient_parse(o->age_recipient, key, NULL)) return ERR(e, E_STORE_CARD, .subject = o->id,
                                                                                          .expected = "an age1 recipient");
  if (o->minisign_public[0] && base64_decode(o->minisign_public, strlen(o->minisign_public), true, key, sizeof key) != 42)
    return ERR(e, E_STORE_CARD, .subject = o->id, .expected = "a minisign public key");
  return E_OK;
}

enum err_code office_card_text(const struct office *o, struct strbuf *out, struct err *e) {
  struct json_out j;
  char fingerprint[OFFICE_FINGERPRINT_BYTES];
  office_fingerprint(o, fingerprint);
  json_begin(&j, out, true);
  json_object(&j);
  json_put(&j, "age_recipient", o->age_recipient);
  json_put(&j, "code", o->code);
  json_put(&j, "fingerprint", fingerprint);
  json_put(&j, "format", card_format);
  json_put(&j, "id", o->id);
  json_put(&j, "minisign_public", o->minisign_public);
  json_put(&j, "name_ja", o->name_ja);
  json_put(&j, "parent_age", o->parent_age);
  json_put(&j, "parent_id", o->parent_id);
  json_put(&j, "parent_minisign", o->parent_minisign);
  json_put(&j, "profile", o->light ? "light" : "standard");
  json_put(&j, "type", office_type_name(o->type));
  json_end_object(&j);
  if (!json_done(&j) || out->failed) return ERR(e, E_STORE_CARD, .subject = o->id);
  strbuf_addc(out, '\n');
  return E_OK;
}

/* Copies a member into a field of fixed size; false when it is absent, not a text or too long. */
static bool take(const struct json_value *root, const char *key, char *out, size_t size) {
  const char *text = json_string(json_member(root, key));
  if (!text || strlen(text) >= size) return false;
  memcpy(out, text, strlen(text) + 1);
  return true;
}

static bool take_all(const struct json_value *root, struct office *o) {
  char type[32], profile[16];
  bool ok = take(root, "age_recipient", o->age_recipient, sizeof o->age_recipient) && take(root, "code", o->code, sizeof o->code) &&
            take(root, "id", o->id, sizeof o->id) && take(root, "minisign_public", o->minisign_public, sizeof o->minisign_public) &&
            take(root, "name_ja", o->name_ja, sizeof o->name_ja) && take(root, "parent_age", o->parent_age, sizeof o->parent_age) &&
            take(root, "parent_id", o->parent_id, sizeof o->parent_id) &&
            take(root, "parent_minisign", o->parent_minisign, sizeof o->parent_minisign) && take(root, "profile", profile, sizeof profile) &&
            take(root, "type", type, sizeof type);
  if (!ok || !office_type_parse(str_of(type), &o->type)) return false;
  o->light = strcmp(profile, "light") == 0;
  return o->light || strcmp(profile, "standard") == 0;
}

enum err_code office_card_parse(const char *file_name, struct str text, struct office *out, struct err *e) {
  struct json_document *d = NULL;
  char fingerprint[OFFICE_FINGERPRINT_BYTES];
  memset(out, 0, sizeof *out);
  TRY(json_parse(file_name, text.p, text.n, &d, e));
  const struct json_value *root = json_root(d);
  bool format_ok = strcmp(json_member_string(root, "format", ""), card_format) == 0;
  bool ok = format_ok && take_all(root, out) && out->age_recipient[0] && out->minisign_public[0];
  enum err_code code = ok ? office_check(out, e) : ERR(e, E_STORE_CARD, .file = file_name, .subject = file_name, .expected = card_format);
  if (!code) {
    office_fingerprint(out, fingerprint);
    if (strcmp(json_member_string(root, "fingerprint", ""), fingerprint) != 0)
      code = ERR(e, E_STORE_CARD, .file = file_name, .subject = out->id, .expected = fingerprint, .found = "another fingerprint");
  }
  json_release(d);
  return code;
}

enum err_code office_card_read(const char *path, struct office *out, struct err *e) {
  uint8_t *p = NULL;
  size_t n = 0;
  memset(out, 0, sizeof *out);
  TRY(file_read(path, CARD_MAX, &p, &n, e));
  enum err_code code = office_card_parse(path, str_view((const char *)p, n), out, e);
  free(p);
  return code;
}
