/* age_header.c -- the text head of an age file: stanzas, the X25519 stanza, the MAC (c2sp.org/age, section "Header").
 * The whole head is checked for form before its MAC key is used, so that a bad stanza elsewhere cannot be told from one of ours. */
#include <stdbool.h>
#include <string.h>

#include "base/ext_sodium.h"
#include "base/str.h"
#include "secure-store/age_impl.h"

enum { LINE = 64, BODY_MAX = 4096, HEADER_MAX = 1024 * 1024 };
static const char version_line[] = "age-encryption.org/v1\n";
static const char x25519_label[] = "age-encryption.org/v1/X25519";

static enum err_code header_error(struct err *e, const char *expected) { return ERR(e, E_AGE_HEADER, .subject = "age header", .expected = expected); }

static bool next_line(struct str *rest, struct str *line) {
  const char *end = rest->n ? memchr(rest->p, '\n', rest->n < HEADER_MAX ? rest->n : HEADER_MAX) : NULL;
  if (!end) return false;
  *line = str_view(rest->p, (size_t)(end - rest->p));
  *rest = str_view(end + 1, rest->n - line->n - 1);
  return true;
}

/* Arguments of a stanza: at least one character each, printable ASCII, single spaces. Keeps the first three; returns how many, 0 = malformed. */
static int arguments(struct str line, struct str first[AGE_ARGUMENTS]) {
  int n = 0;
  struct str rest = str_view(line.p + 3, line.n - 3);
  for (size_t start = 0, i = 0; i <= rest.n; i++) {
    if (i < rest.n && rest.p[i] != ' ') {
      if (rest.p[i] < 33 || rest.p[i] > 126) return 0;
      continue;
    }
    if (i == start) return 0;
    if (n < AGE_ARGUMENTS) first[n] = str_view(rest.p + start, i - start);
    n++;
    start = i + 1;
  }
  return n;
}
/* Body lines of 64 characters, then a shorter one. The first `size` bytes of the body go to out; *n is the whole length. */
static bool body(struct str *rest, uint8_t *out, size_t size, size_t *n) {
  struct str line;
  *n = 0;
  do {
    uint8_t part[48];
    if (!next_line(rest, &line) || line.n > LINE) return false;
    size_t got = base64_decode(line.p, line.n, false, part, sizeof part);
    if (got == (size_t)-1 || *n + got > BODY_MAX) return false;
    if (*n + got <= size) memcpy(out + *n, part, got);
    *n += got;
  } while (line.n == LINE);
  return true;
}

struct scan {
  const struct age_opener *opener;
  int n_stanzas, n_own, n_scrypt;
  struct age_stanza own; /* the last of our type */
  bool matched;
  uint8_t file_key[AGE_FILE_KEY];
};
/* Every stanza of our type is tried, also after one has opened: its form counts. */
static enum err_code try_own(struct scan *s, const struct age_stanza *own, struct err *e) {
  uint8_t key[AGE_FILE_KEY];
  bool opened = false;
  enum err_code code = s->opener->unwrap(s->opener->key, own, key, &opened, e);
  if (!code && opened && !s->matched) {
    memcpy(s->file_key, key, sizeof key);
    s->matched = true;
  }
  wipe(key, sizeof key);
  return code;
}
static enum err_code stanza(struct scan *s, struct str line, struct str *rest, struct err *e) {
  struct age_stanza here = {0};
  here.n_arguments = arguments(line, here.argument);
  if (here.n_arguments == 0) return header_error(e, "stanza arguments");
  if (!body(rest, here.body, sizeof here.body, &here.body_n)) return header_error(e, "a stanza body");
  if (++s->n_stanzas > AGE_STANZAS_MAX) return header_error(e, "at most 128 stanzas");
  if (str_eq(here.argument[0], STR("scrypt"))) s->n_scrypt++;
  if (!str_eq(here.argument[0], str_of(s->opener->type))) return E_OK;
  s->n_own++;
  s->own = here;
  return s->opener->alone ? E_OK : try_own(s, &here, e);
}

static bool mac_ok(const uint8_t file_key[AGE_FILE_KEY], struct str covered, const uint8_t mac[32]) {
  uint8_t key[32], wanted[32];
  hkdf_sha256(file_key, AGE_FILE_KEY, NULL, 0, "header", 6, key, sizeof key);
  hmac_sha256(key, sizeof key, covered.p, covered.n, wanted);
  bool ok = secret_equal(wanted, mac, 32);
  wipe(key, sizeof key);
  return ok;
}
static bool armored(const uint8_t *p, size_t n) {
  struct str s = str_trim(str_view((const char *)p, n < 256 ? n : 256));
  return str_starts(s, STR("-----BEGIN AGE"));
}
static enum err_code verdict(struct scan *s, struct str covered, const uint8_t mac[32], struct err *e) {
  if (s->n_scrypt > 0 && s->n_stanzas > 1) return header_error(e, "a passphrase stanza alone");
  if (s->n_own == 0) return ERR(e, s->opener->no_stanza, .subject = "age header", .expected = s->opener->expected);
  if (s->opener->alone) TRY(try_own(s, &s->own, e));
  if (!s->matched) return ERR(e, s->opener->no_match, .subject = "age header");
  return mac_ok(s->file_key, covered, mac) ? E_OK : ERR(e, E_AGE_HMAC, .subject = "age header");
}

static enum err_code scan_all(struct scan *s, const uint8_t *p, size_t n, size_t *payload, struct err *e) {
  struct str rest = str_view((const char *)p, n), line;
  uint8_t mac[32];
  if (!str_starts(rest, str_view(version_line, sizeof version_line - 1)) || !next_line(&rest, &line))
    return armored(p, n) ? ERR(e, E_AGE_UNSUPPORTED, .subject = "age header", .expected = "a binary file", .found = "an armored one")
                         : header_error(e, "age-encryption.org/v1");
  for (;;) {
    if (!next_line(&rest, &line)) return header_error(e, "a whole header");
    if (!str_starts(line, STR("-> "))) break;
    TRY(stanza(s, line, &rest, e));
  }
  if (s->n_stanzas == 0 || !str_starts(line, STR("--- ")) || line.n != 4 + 43) return header_error(e, "stanzas, then the MAC line");
  if (base64_decode(line.p + 4, 43, false, mac, sizeof mac) != sizeof mac) return header_error(e, "a MAC of 32 bytes");
  *payload = (size_t)((const uint8_t *)rest.p - p);
  return verdict(s, str_view((const char *)p, (size_t)((const uint8_t *)line.p - p) + 3), mac, e);
}

enum err_code age_header_open_with(const struct age_opener *opener, const uint8_t *p, size_t n, struct age_header *out, struct err *e) {
  struct scan s = {.opener = opener};
  memset(out, 0, sizeof *out);
  enum err_code code = scan_all(&s, p, n, &out->payload, e);
  if (!code) memcpy(out->file_key, s.file_key, AGE_FILE_KEY);
  wipe(&s, sizeof s);
  return code;
}

/* --- X25519 --- */
enum err_code age_unwrap(const uint8_t secret[32], const uint8_t share[32], const uint8_t wrapped[AGE_WRAPPED_BYTES],
    uint8_t file_key[AGE_FILE_KEY_BYTES], struct err *e) {
  uint8_t shared[32], salt[64], wrap_key[32];
  static const uint8_t nonce[AEAD_NONCE_BYTES] = {0};
  memset(file_key, 0, AGE_FILE_KEY_BYTES);
  if (!x25519_shared(shared, secret, share)) return header_error(e, "a share that is not of low order");
  memcpy(salt, share, 32);
  x25519_public(salt + 32, secret);
  hkdf_sha256(shared, sizeof shared, salt, sizeof salt, x25519_label, sizeof x25519_label - 1, wrap_key, sizeof wrap_key);
  bool ok = aead_open(wrap_key, nonce, NULL, 0, wrapped, AGE_WRAPPED_BYTES, file_key);
  wipe(shared, sizeof shared);
  wipe(wrap_key, sizeof wrap_key);
  return ok ? E_OK : ERR(e, E_AGE_NO_MATCH, .subject = "age header");
}
enum err_code age_with_secret(void *context, const uint8_t share[32], const uint8_t wrapped[AGE_WRAPPED_BYTES], uint8_t file_key[AGE_FILE_KEY_BYTES],
    struct err *e) {
  return age_unwrap(context, share, wrapped, file_key, e);
}
struct x25519_key { /* here, or with somebody who is asked */
  age_unwrap_fn unwrap;
  void *context;
};
/* E_OK when the stanza is well-formed, whether or not it opens. */
static enum err_code x25519_unwrap(const void *key_, const struct age_stanza *s, uint8_t file_key[AGE_FILE_KEY], bool *opened, struct err *e) {
  const struct x25519_key *k = key_;
  uint8_t share[32];
  struct str text = s->argument[1];
  if (s->n_arguments != 2 || text.n != 43 || base64_decode(text.p, text.n, false, share, sizeof share) != sizeof share)
    return header_error(e, "one share of 32 bytes");
  if (s->body_n != AGE_WRAPPED) return header_error(e, "a body of 32 bytes");
  enum err_code code = k->unwrap(k->context, share, s->body, file_key, e);
  *opened = code == E_OK;
  return code == E_AGE_NO_MATCH ? E_OK : code;
}
enum err_code age_header_open_by(age_unwrap_fn unwrap, void *context, const uint8_t *p, size_t n, struct age_header *out, struct err *e) {
  struct x25519_key key = {unwrap, context};
  struct age_opener opener = {"X25519", "an X25519 recipient", false, E_AGE_UNSUPPORTED, E_AGE_NO_MATCH, &key, x25519_unwrap};
  return age_header_open_with(&opener, p, n, out, e);
}
enum err_code age_header_open(const uint8_t secret[32], const uint8_t *p, size_t n, struct age_header *out, struct err *e) {
  return age_header_open_by(age_with_secret, (void *)(uintptr_t)secret, p, n, out, e);
}
