/* share_set.c -- see share_set.h. */
#include "secure-store/share_set.h"

#include <stdio.h>
#include <string.h>

#include "base/ext_gfshare.h"
#include "base/ext_sodium.h"
#include "secure-store/age.h"
#include "secure-store/age_impl.h"
#include "secure-store/bech32.h"

/* --- plan --- */
static enum err_code plan_error(struct err *e, const char *what, const char *expected, const char *found) {
  return ERR(e, E_KEYS_PLAN, .subject = what, .expected = expected, .found = found);
}
static bool officer_ok(const char *id) {
  size_t n = strlen(id);
  return n >= 2 && n < SHARE_OFFICER_BYTES && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}
enum err_code share_plan_check(const struct share_plan *plan, const char *what, struct err *e) {
  bool auditor = false;
  if (plan->n < 2 || plan->n > SHARE_HOLDERS_MAX) return plan_error(e, what, "2 to 16 officers", NULL);
  if (plan->m < 2 || plan->m > plan->n) return plan_error(e, what, "a threshold of at least 2 and at most as many as there are officers", NULL);
  for (int i = 0; i < plan->n; i++) {
    uint8_t key[32];
    const char *officer = plan->holder[i].officer, *recipient = plan->holder[i].age_recipient;
    if (!officer_ok(officer)) return plan_error(e, what, "an officer's id", officer);
    TRY(age_recipient_parse(recipient, key, e));
    for (int k = 0; k < i; k++)
      if (!strcmp(officer, plan->holder[k].officer) || !strcmp(recipient, plan->holder[k].age_recipient))
        return plan_error(e, what, "different officers with different keys", officer);
    auditor |= plan->holder[i].auditor;
  }
  return plan->needs_auditor && !auditor ? plan_error(e, what, "an auditor among the officers", NULL) : E_OK;
}

/* --- making --- */
static void check_value(const uint8_t secret[SHARE_BYTES], const struct share_purpose *p, uint8_t out[32]) {
  char info[128], id[33];
  hex_encode(p->install_id, 16, id);
  int n = snprintf(info, sizeof info, "shirabe-check-1|%.32s|%s|%llu", p->name, id, (unsigned long long)p->epoch);
  hkdf_sha256(secret, SHARE_BYTES, NULL, 0, info, (size_t)n, out, 32);
}
static void commit_to(const uint8_t salt[32], const uint8_t share[SHARE_BYTES], uint8_t out[32]) {
  struct sha256 h;
  sha256_begin(&h);
  sha256_add(&h, salt, 32);
  sha256_add(&h, share, SHARE_BYTES);
  sha256_end(&h, out);
}
/* n different numbers from 1 to 255, rising: a share of another epoch mostly shows by its number already. */
static void draw_numbers(int n, uint8_t out[SHARE_HOLDERS_MAX]) {
  bool taken[256] = {true};
  for (int drawn = 0; drawn < n;) {
    uint8_t number;
    random_bytes(&number, 1);
    drawn += !taken[number];
    taken[number] = true;
  }
  for (int number = 1, i = 0; number < 256; number++)
    if (taken[number]) out[i++] = (uint8_t)number;
}
static enum err_code seal_to(const char *recipient, const uint8_t share[SHARE_BYTES], struct share_holder *h, struct err *e) {
  struct strbuf sealed;
  strbuf_init(&sealed, SHARE_FILE_BYTES);
  enum err_code code = age_encrypt(recipient, share, SHARE_BYTES, &sealed, e);
  if (!code) {
    memcpy(h->file, sealed.p, sealed.n);
    h->file_n = (uint16_t)sealed.n;
  }
  strbuf_release(&sealed);
  return code;
}
static enum err_code fill_holders(const struct share_plan *plan, const uint8_t numbers[SHARE_HOLDERS_MAX], const uint8_t *shares,
    struct share_set *out, struct err *e) {
  for (int i = 0; i < plan->n; i++) {
    struct share_holder *h = &out->holder[i];
    const uint8_t *share = shares + (size_t)i * SHARE_BYTES;
    h->number = numbers[i];
    h->auditor = plan->holder[i].auditor;
    snprintf(h->officer, sizeof h->officer, "%s", plan->holder[i].officer);
    TRY(age_recipient_parse(plan->holder[i].age_recipient, h->age_public, e));
    random_bytes(h->salt, sizeof h->salt);
    commit_to(h->salt, share, h->commitment);
    TRY(seal_to(plan->holder[i].age_recipient, share, h, e));
  }
  return E_OK;
}
enum err_code share_set_make(const uint8_t secret[SHARE_BYTES], const struct share_plan *plan, const struct share_purpose *purpose,
    struct share_set *out, struct err *e) {
  bool locked;
  uint8_t numbers[SHARE_HOLDERS_MAX];
  memset(out, 0, sizeof *out);
  TRY(share_plan_check(plan, purpose->name, e));
  uint8_t *shares = secret_new((size_t)plan->n * SHARE_BYTES, &locked);
  if (!shares) return ERR(e, E_NO_MEMORY, .subject = purpose->name);
  draw_numbers(plan->n, numbers);
  out->m = (uint8_t)plan->m;
  out->n = (uint8_t)plan->n;
  out->needs_auditor = plan->needs_auditor;
  check_value(secret, purpose, out->check);
  enum err_code code = E_OK;
  if (!shares_split(secret, SHARE_BYTES, plan->m, numbers, plan->n, shares)) code = ERR(e, E_NO_MEMORY, .subject = purpose->name);
  if (!code) code = fill_holders(plan, numbers, shares, out, e);
  secret_free(shares);
  if (code) memset(out, 0, sizeof *out);
  return code;
}
enum err_code share_set_plan(const struct share_set *s, char recipients[SHARE_HOLDERS_MAX][80], struct share_plan *plan, struct err *e) {
  memset(plan, 0, sizeof *plan);
  plan->m = s->m;
  plan->n = s->n;
  plan->needs_auditor = s->needs_auditor;
  for (int i = 0; i < s->n; i++) {
    if (!bech32_encode("age", s->holder[i].age_public, 32, recipients[i], 80)) return ERR(e, E_BUG, .subject = "age recipient");
    plan->holder[i].officer = s->holder[i].officer;
    plan->holder[i].age_recipient = recipients[i];
    plan->holder[i].auditor = s->holder[i].auditor;
  }
  return E_OK;
}

/* --- bytes --- */
static void put(struct strbuf *out, const void *p, size_t n) { strbuf_add(out, p, n); }
static void put_holder(const struct share_holder *h, struct strbuf *out) {
  bytes_put_u8(out, h->number);
  bytes_put_u8(out, h->auditor);
  bytes_put_u8(out, (uint8_t)strlen(h->officer));
  strbuf_adds(out, h->officer);
  put(out, h->age_public, 32);
  put(out, h->salt, 32);
  put(out, h->commitment, 32);
  bytes_put_u16(out, h->file_n);
  put(out, h->file, h->file_n);
}
void share_set_put(const struct share_set *s, struct strbuf *out) {
  bytes_put_u8(out, s->m);
  bytes_put_u8(out, s->n);
  bytes_put_u8(out, s->needs_auditor);
  put(out, s->check, 32);
  for (int i = 0; i < s->n; i++) put_holder(&s->holder[i], out);
}
static bool take(struct bytes_reader *r, void *to, size_t n) {
  const uint8_t *p = bytes_take(r, n);
  if (!p || r->failed) return false;
  memcpy(to, p, n);
  return true;
}
static bool take_flag(struct bytes_reader *r, bool *out) {
  uint8_t v = bytes_u8(r);
  *out = v == 1;
  return !r->failed && v <= 1;
}
static bool take_holder(struct bytes_reader *r, struct share_holder *h) {
  h->number = bytes_u8(r);
  if (h->number == 0 || !take_flag(r, &h->auditor)) return false;
  size_t n = bytes_u8(r);
  if (n >= sizeof h->officer || !take(r, h->officer, n)) return false;
  h->officer[n] = 0;
  if (strlen(h->officer) != n || !officer_ok(h->officer)) return false;
  if (!take(r, h->age_public, 32) || !take(r, h->salt, 32) || !take(r, h->commitment, 32)) return false;
  h->file_n = bytes_u16(r);
  return h->file_n > 0 && h->file_n <= SHARE_FILE_BYTES && take(r, h->file, h->file_n);
}
static bool set_ok(const struct share_set *s) {
  bool auditor = false;
  for (int i = 0; i < s->n; i++) {
    if (i > 0 && s->holder[i - 1].number >= s->holder[i].number) return false;
    for (int k = 0; k < i; k++)
      if (!strcmp(s->holder[i].officer, s->holder[k].officer) || !memcmp(s->holder[i].age_public, s->holder[k].age_public, 32)) return false;
    auditor |= s->holder[i].auditor;
  }
  return auditor || !s->needs_auditor;
}
bool share_set_take(struct bytes_reader *r, struct share_set *out) {
  memset(out, 0, sizeof *out);
  out->m = bytes_u8(r);
  out->n = bytes_u8(r);
  if (r->failed || out->n < 2 || out->n > SHARE_HOLDERS_MAX || out->m < 2 || out->m > out->n) return false;
  if (!take_flag(r, &out->needs_auditor) || !take(r, out->check, 32)) return false;
  for (int i = 0; i < out->n; i++)
    if (!take_holder(r, &out->holder[i])) return false;
  return set_ok(out);
}

/* --- giving --- */
const struct share_holder *share_set_number(const struct share_set *s, int number) {
  for (int i = 0; i < s->n; i++)
    if (s->holder[i].number == number) return &s->holder[i];
  return NULL;
}
const struct share_holder *share_set_of_key(const struct share_set *s, const uint8_t age_public[32]) {
  for (int i = 0; i < s->n; i++)
    if (memcmp(s->holder[i].age_public, age_public, 32) == 0) return &s->holder[i];
  return NULL;
}

struct opened {
  uint8_t *share;
  size_t n;
};
static enum err_code keep_share(void *context, const uint8_t *p, size_t n, struct err *e) {
  struct opened *o = context;
  if (o->n + n > SHARE_BYTES) return ERR(e, E_CAP_EXCEEDED, .subject = "share");
  memcpy(o->share + o->n, p, n);
  o->n += n;
  return E_OK;
}
/* Straight into locked memory: an age file of exactly 32 bytes that keeps the commitment of its number. */
static bool open_share(const struct share_holder *h, const struct share_giver *giver, uint8_t share[SHARE_BYTES]) {
  const uint8_t *file = giver->file ? giver->file : h->file;
  size_t n = giver->file ? giver->file_n : h->file_n;
  struct age_header header;
  struct opened o = {share, 0};
  uint8_t commitment[32];
  if (age_header_open(giver->age_secret, file, n, &header, NULL)) return false;
  bool ok = age_payload_open(header.file_key, file + header.payload, n - header.payload, keep_share, &o, NULL) == E_OK && o.n == SHARE_BYTES;
  wipe(&header, sizeof header);
  if (!ok) return false;
  commit_to(h->salt, share, commitment);
  return secret_equal(commitment, h->commitment, 32);
}
static bool in_hand(const struct share_hand *hand, uint8_t number) { return hand->n && memchr(hand->number, number, (size_t)hand->n); }
static enum err_code give(const struct share_holder *h, const struct share_giver *giver, const char *subject, struct share_hand *hand,
    struct err *e) {
  if (in_hand(hand, h->number)) return ERR(e, E_SHARE_TWICE, .file = giver->name, .subject = subject);
  if (!open_share(h, giver, hand->share[hand->n])) {
    wipe(hand->share[hand->n], SHARE_BYTES);
    return ERR(e, E_SHARE_REFUSED, .file = giver->name, .subject = subject);
  }
  hand->number[hand->n++] = h->number;
  hand->n_auditors += h->auditor;
  return E_OK;
}
enum err_code share_give(const struct share_set *s, const struct share_giver *giver, struct share_hand *hand, struct err *e) {
  uint8_t own[32];
  char subject[96];
  x25519_public(own, giver->age_secret);
  if (giver->file && (giver->number < 1 || giver->number > SHARES_MAX)) {
    snprintf(subject, sizeof subject, "%d", giver->number);
    return ERR(e, E_SHARE_NUMBER, .file = giver->name, .subject = subject);
  }
  const struct share_holder *h = giver->file ? share_set_number(s, giver->number) : share_set_of_key(s, own);
  if (!h && !giver->file) return ERR(e, E_SHARE_HOLDER, .file = giver->name, .subject = giver->name);
  if (h) snprintf(subject, sizeof subject, "share %d of %s", h->number, h->officer);
  else snprintf(subject, sizeof subject, "share %d", giver->number);
  /* A number that nobody holds looks like any other wrong share. */
  if (!h || hand->n >= SHARE_HOLDERS_MAX) return ERR(e, E_SHARE_REFUSED, .file = giver->name, .subject = subject);
  return give(h, giver, subject, hand, e);
}

enum err_code share_combine(const struct share_set *s, const struct share_purpose *purpose, const struct share_hand *hand,
    uint8_t secret[SHARE_BYTES], struct err *e) {
  uint8_t wanted[32];
  char found[16], expected[16];
  memset(secret, 0, SHARE_BYTES);
  if (hand->n < s->m) {
    snprintf(found, sizeof found, "%d", hand->n);
    snprintf(expected, sizeof expected, "%d", s->m);
    return ERR(e, E_SHARE_TOO_FEW, .subject = purpose->name, .found = found, .expected = expected);
  }
  if (!shares_combine(hand->number, hand->share[0], s->m, SHARE_BYTES, secret)) return ERR(e, E_NO_MEMORY, .subject = purpose->name);
  check_value(secret, purpose, wanted);
  if (secret_equal(wanted, s->check, 32)) return E_OK;
  wipe(secret, SHARE_BYTES);
  return ERR(e, E_SHARE_REFUSED, .subject = purpose->name);
}

enum err_code share_file_number(const char *path, int *number, struct err *e) {
  const char *base = strrchr(path, '/');
  struct str name = str_of(base ? base + 1 : path);
  *number = 0;
  bool ok = name.n > 8 && memcmp(name.p + name.n - 4, ".age", 4) == 0 && name.p[name.n - 8] == '.';
  for (size_t i = name.n - 7; ok && i < name.n - 4; i++) {
    ok = name.p[i] >= '0' && name.p[i] <= '9';
    if (ok) *number = *number * 10 + (name.p[i] - '0');
  }
  if (!ok) return ERR(e, E_SHARE_NAME, .file = path, .subject = path);
  char text[16];
  snprintf(text, sizeof text, "%03d", *number);
  return *number >= 1 && *number <= SHARES_MAX ? E_OK : ERR(e, E_SHARE_NUMBER, .file = path, .subject = text);
}
