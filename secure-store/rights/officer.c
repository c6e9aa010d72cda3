/* officer.c -- cards of officers and the register; see officer.h. Key files stand in officer_key.c. */
#include "secure-store/rights/officer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/date.h"
#include "base/ext_json.h"
#include "base/json_out.h"
#include "secure-store/age.h"
#include "secure-store/rights/name_check.h"
#include "secure-store/rights/record_impl.h"

static const char card_format[] = "shirabe-officer-1";
enum { CARD_MAX = 65536, PUBLIC_BLOB = 42 };

/* --- one card --- */

static bool only(const char *text, const char *characters) { return strspn(text, characters) == strlen(text); }

static bool id_plain(const char *id) {
  size_t n = strlen(id);
  return n >= 2 && n < OFFICER_ID_BYTES && only(id, "abcdefghijklmnopqrstuvwxyz0123456789-") && id[0] != '-' && id[n - 1] != '-';
}

static bool public_blob(const char *text, uint8_t blob[PUBLIC_BLOB]) {
  return base64_decode(text, strlen(text), true, blob, PUBLIC_BLOB) == PUBLIC_BLOB && blob[0] == 'E' && blob[1] == 'd';
}

enum err_code officer_key_id(const struct officer *o, uint8_t out[8], struct err *e) {
  uint8_t blob[PUBLIC_BLOB];
  if (!public_blob(o->minisign_public, blob)) return ERR(e, E_OFFICER_CARD, .subject = o->id, .expected = "a minisign public key");
  memcpy(out, blob + 2, 8);
  return E_OK;
}

static enum err_code check_keys(const struct officer *o, struct err *e) {
  uint8_t key[32], blob[PUBLIC_BLOB];
  if (age_recipient_parse(o->age_recipient, key, NULL)) return ERR(e, E_OFFICER_CARD, .subject = o->id, .expected = "an age1 recipient");
  if (!public_blob(o->minisign_public, blob)) return ERR(e, E_OFFICER_CARD, .subject = o->id, .expected = "a minisign public key");
  return E_OK;
}

static enum err_code check_facts(const struct officer *o, struct err *e) {
  static const char alphanumeric[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
  int64_t day;
  size_t pledge = strlen(o->pledge_sha256);
  if (!o->staff_no[0] || !only(o->staff_no, alphanumeric))
    return ERR(e, E_OFFICER_NAME, .subject = "staff_no", .expected = "ASCII letters, digits, hyphen", .found = o->staff_no);
  if (pledge != 0 && (pledge != 64 || !only(o->pledge_sha256, "0123456789abcdef")))
    return ERR(e, E_OFFICER_CARD, .subject = "pledge_sha256", .expected = "64 hexadecimal digits or nothing");
  if (o->trained[0] && !date_parse_iso(str_of(o->trained), &day))
    return ERR(e, E_OFFICER_CARD, .subject = "trained", .expected = "a date such as 2026-04-01");
  return E_OK;
}

enum err_code officer_check(const struct officer *o, struct err *e) {
  if (!id_plain(o->id)) return ERR(e, E_OFFICER_NAME, .subject = "id", .expected = "2 to 40 of a-z, 0-9, hyphen", .found = o->id);
  if (o->namesake_of[0] && (!id_plain(o->namesake_of) || strcmp(o->namesake_of, o->id) == 0))
    return ERR(e, E_OFFICER_CARD, .subject = "namesake_of", .expected = "the id of another officer");
  TRY(name_check("name", str_of(o->name), e));
  TRY(name_check("organisation", str_of(o->organisation), e));
  TRY(name_check("section", str_of(o->section), e));
  TRY(check_facts(o, e));
  return check_keys(o, e);
}

enum err_code officer_card_text(const struct officer *o, struct strbuf *out, struct err *e) {
  struct json_out j;
  json_begin(&j, out, true);
  json_object(&j);
  json_put(&j, "age", o->age_recipient);
  json_put(&j, "format", card_format);
  json_put(&j, "id", o->id);
  json_put(&j, "minisign", o->minisign_public);
  json_put(&j, "name", o->name);
  json_put(&j, "namesake_of", o->namesake_of);
  json_put(&j, "organisation", o->organisation);
  json_put(&j, "pledge_sha256", o->pledge_sha256);
  json_put(&j, "section", o->section);
  json_put(&j, "staff_no", o->staff_no);
  json_put(&j, "trained", o->trained);
  json_end_object(&j);
  strbuf_addc(out, '\n');
  return json_done(&j) && !out->failed ? E_OK : ERR(e, E_OFFICER_CARD, .subject = o->id);
}

static bool take(const struct json_value *root, const char *key, char *out, size_t size) {
  const char *text = json_string(json_member(root, key));
  if (!text || strlen(text) >= size) return false;
  memcpy(out, text, strlen(text) + 1);
  return true;
}

static bool take_all(const struct json_value *root, struct officer *o) {
  return strcmp(json_member_string(root, "format", ""), card_format) == 0 && take(root, "age", o->age_recipient, sizeof o->age_recipient) &&
      take(root, "id", o->id, sizeof o->id) && take(root, "minisign", o->minisign_public, sizeof o->minisign_public) &&
      take(root, "name", o->name, sizeof o->name) && take(root, "namesake_of", o->namesake_of, sizeof o->namesake_of) &&
      take(root, "organisation", o->organisation, sizeof o->organisation) && take(root, "pledge_sha256", o->pledge_sha256, sizeof o->pledge_sha256) &&
      take(root, "section", o->section, sizeof o->section) && take(root, "staff_no", o->staff_no, sizeof o->staff_no) &&
      take(root, "trained", o->trained, sizeof o->trained);
}

/* One card, one text: what the program would not have written is not a card. */
static enum err_code check_canonical(const char *place, struct str json, const struct officer *o, struct err *e) {
  struct strbuf again;
  strbuf_init(&again, 0);
  enum err_code code = officer_card_text(o, &again, e);
  if (!code && !str_eq(json, str_view(again.p, again.n)))
    code = ERR(e, E_OFFICER_CARD, .file = place, .subject = o->id, .expected = "canonical JSON and a newline");
  strbuf_release(&again);
  return code;
}

enum err_code officer_card_parse(const char *place, struct str json, struct officer *out, struct err *e) {
  struct json_document *d = NULL;
  memset(out, 0, sizeof *out);
  if (json.n > CARD_MAX) return ERR(e, E_OFFICER_CARD, .file = place, .subject = place, .expected = "at most 64 KiB");
  if (!utf8_valid(json.p, json.n, NULL))
    return ERR(e, E_OFFICER_NAME, .file = place, .subject = place, .expected = "UTF-8", .found = "bytes of another encoding");
  TRY(json_parse(place, json.p, json.n, &d, e));
  bool ok = take_all(json_root(d), out);
  json_release(d);
  if (!ok) return ERR(e, E_OFFICER_CARD, .file = place, .subject = place, .expected = card_format);
  TRY(officer_check(out, e));
  return check_canonical(place, json, out, e);
}

enum err_code officer_card_read(const char *path, struct officer *out, struct err *e) {
  uint8_t *p = NULL;
  size_t n = 0;
  memset(out, 0, sizeof *out);
  TRY(file_read(path, CARD_MAX, &p, &n, e));
  enum err_code code = officer_card_parse(path, str_view((const char *)p, n), out, e);
  free(p);
  return code;
}

void officer_fingerprint(const struct officer *o, char out[OFFICE_FINGERPRINT_BYTES]) {
  char text[512], hex[65];
  uint8_t hash[HASH_BYTES];
  int n = snprintf(text, sizeof text, "%s\n%s\n%s\n%s\n", card_format, o->id, o->age_recipient, o->minisign_public);
  sha256_of(text, (size_t)n, hash);
  hex_encode(hash, sizeof hash, hex);
  for (int i = 0; i < 8; i++) snprintf(out + 5 * i, 6, "%.4s%s", hex + 4 * i, i < 7 ? " " : "");
}

/* --- the register --- */

bool store_has_officers(const struct store *s) { return s->records.n_officers > 0; }

bool officer_same_person(const struct officer *a, const struct officer *b) {
  return strcmp(a->id, b->id) == 0 || (name_same(a->staff_no, b->staff_no) && name_same(a->organisation, b->organisation));
}

static void object_of(const char *kind, const char *id, char out[RECORD_OBJECT_BYTES]) { snprintf(out, RECORD_OBJECT_BYTES, "%s:%.60s", kind, id); }

static enum err_code read_card(struct store *s, const struct record *r, struct officer *out, struct err *e) {
  struct strbuf text;
  char object[RECORD_OBJECT_BYTES];
  struct record retired;
  strbuf_init(&text, 0);
  enum err_code code = record_text(s, r, &text, e);
  if (!code) code = officer_card_parse("store.db", str_view(text.p, text.n), out, e);
  strbuf_release(&text);
  TRY(code);
  out->seq = r->seq;
  object_of("retired", out->id, object);
  out->retired = record_last(s, object, &retired) && retired.seq > r->seq;
  if (out->retired) { /* its text is looked at too, so that an altered row is seen */
    strbuf_init(&text, 0);
    code = record_text(s, &retired, &text, e);
    strbuf_release(&text);
  }
  return code;
}

enum err_code officer_find(struct store *s, const char *id, struct officer *out, struct err *e) {
  char object[RECORD_OBJECT_BYTES];
  struct record r;
  memset(out, 0, sizeof *out);
  object_of("officer", id, object);
  if (!record_last(s, object, &r)) return ERR(e, E_OFFICER_UNKNOWN, .subject = id);
  return read_card(s, &r, out, e);
}

static int by_id(const void *a, const void *b) { return strcmp(((const struct officer *)a)->id, ((const struct officer *)b)->id); }

enum err_code officer_list(struct store *s, struct arena *a, struct officer **out, int64_t *n, struct err *e) {
  struct record r, last;
  *n = 0;
  *out = ARENA_ARRAY(a, struct officer, s->records.n_officers + 1);
  if (!*out) return ERR(e, E_NO_MEMORY, .subject = "officers");
  for (uint64_t from = 0; record_next(s, "officer:", from, &r); from = r.seq + 1)
    if (record_last(s, r.object, &last) && last.seq == r.seq) TRY(read_card(s, &r, &(*out)[(*n)++], e));
  qsort(*out, (size_t)*n, sizeof **out, by_id);
  return E_OK;
}

enum err_code officer_of_key(struct store *s, const uint8_t key_id[8], struct officer *out, struct err *e) {
  struct arena *a = arena_new(0);
  struct officer *list;
  int64_t n = 0;
  uint8_t id[8];
  char hex[17];
  memset(out, 0, sizeof *out);
  enum err_code code = a ? officer_list(s, a, &list, &n, e) : ERR(e, E_NO_MEMORY, .subject = "officers");
  for (int64_t i = 0; !code && i < n; i++) {
    code = officer_key_id(&list[i], id, e);
    if (!code && memcmp(id, key_id, sizeof id) == 0) *out = list[i];
  }
  arena_free(a);
  hex_encode(key_id, 8, hex);
  if (!code && !out->id[0]) code = ERR(e, E_OFFICER_UNKNOWN, .subject = hex);
  return code;
}

/* --- adding --- */

static bool same_keys(const struct officer *a, const struct officer *b) {
  return strcmp(a->age_recipient, b->age_recipient) == 0 && strcmp(a->minisign_public, b->minisign_public) == 0;
}

static enum err_code twice(const struct officer *o, const struct officer *other, const char *what, struct err *e) {
  return ERR(e, E_OFFICER_TWICE, .subject = o->id, .found = other->id, .expected = what);
}

/* The same id: pledge, instruction and section are renewed; identity and keys stay. */
static enum err_code check_renewal(const struct officer *o, const struct officer *old, struct err *e) {
  if (old->retired) return ERR(e, E_OFFICER_RETIRED, .subject = o->id);
  if (!same_keys(o, old)) return twice(o, old, "the same keys under this id", e);
  bool same = name_same(o->name, old->name) && name_same(o->staff_no, old->staff_no) && name_same(o->organisation, old->organisation);
  if (!same || strcmp(o->namesake_of, old->namesake_of) != 0) return twice(o, old, "the same person under this id", e);
  return E_OK;
}

static enum err_code check_against(const struct officer *o, const struct officer *old, bool *namesake, bool *named, struct err *e) {
  uint8_t x[8], y[8];
  bool is_named = strcmp(o->namesake_of, old->id) == 0;
  TRY(officer_key_id(o, x, e));
  TRY(officer_key_id(old, y, e));
  if (strcmp(o->age_recipient, old->age_recipient) == 0 || strcmp(o->minisign_public, old->minisign_public) == 0 || memcmp(x, y, sizeof x) == 0)
    return twice(o, old, "keys of their own", e);
  if (name_same(o->id, old->id)) return twice(o, old, "an id that does not look like another", e);
  bool person = officer_same_person(o, old);
  if (person && !(old->retired && is_named)) return twice(o, old, "one entry per staff number", e);
  bool named_alike = name_same(o->name, old->name) && name_same(o->organisation, old->organisation);
  if (named_alike || person) *namesake = true;
  if (is_named && (named_alike || person)) *named = true;
  return E_OK;
}

static enum err_code check_new(struct store *s, const struct officer *o, struct err *e) {
  struct arena *a = arena_new(0);
  struct officer *list = NULL;
  int64_t n = 0;
  bool namesake = false, named = false;
  enum err_code code = a ? officer_list(s, a, &list, &n, e) : ERR(e, E_NO_MEMORY, .subject = "officers");
  const struct officer *old = NULL;
  for (int64_t i = 0; !code && !old && i < n; i++)
    if (strcmp(list[i].id, o->id) == 0) old = &list[i];
  if (!code && old) code = check_renewal(o, old, e);
  for (int64_t i = 0; !code && !old && i < n; i++) code = check_against(o, &list[i], &namesake, &named, e);
  if (old) namesake = named = true; /* as it was settled at the first registration */
  if (!code && namesake && !named)
    code = ERR(e, E_OFFICER_TWICE, .subject = o->id, .expected = "namesake_of with the id of the other", .found = "a name of one shape");
  if (!code && !namesake && o->namesake_of[0])
    code = ERR(e, E_OFFICER_CARD, .subject = "namesake_of", .expected = "nothing: nobody here has this name");
  arena_free(a);
  return code;
}

enum err_code officer_add(struct store *s, const struct officer *o, struct err *e) {
  struct strbuf text;
  char object[RECORD_OBJECT_BYTES];
  TRY(officer_check(o, e));
  TRY(check_new(s, o, e));
  object_of("officer", o->id, object);
  strbuf_init(&text, 0);
  enum err_code code = officer_card_text(o, &text, e);
  if (!code)
    code = record_put(
        s, &(struct record_entry){.action = "role-grant", .object = object, .role = LOG_ROLE_PROGRAM, .text = str_view(text.p, text.n)}, e);
  strbuf_release(&text);
  return code;
}

enum err_code officer_retire(struct store *s, const char *id, struct err *e) {
  struct officer o;
  char object[RECORD_OBJECT_BYTES], text[96];
  TRY(officer_find(s, id, &o, e));
  if (o.retired) return ERR(e, E_OFFICER_RETIRED, .subject = id);
  object_of("retired", id, object);
  int n = snprintf(text, sizeof text, "shirabe-retired-1\nofficer %s\n", o.id);
  return record_put(
      s, &(struct record_entry){.action = "role-revoke", .object = object, .role = LOG_ROLE_PROGRAM, .text = str_view(text, (size_t)n)}, e);
}
