/* age files to a passphrase: a known answer, round trips, limits of the work factor, refusals in one shape, Debian's age in both directions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "secure-store/age.h"
#include "secure-store/age_scrypt.h"

#define PASS STR("correct horse battery")

static int start(void **state) {
  (void)state;
  return crypto_start() ? 0 : -1;
}
static struct strbuf sealed_with(int log_n, const void *p, size_t n) {
  struct strbuf out;
  strbuf_init(&out, 0);
  assert_int_equal(age_scrypt_encrypt(PASS, log_n, p, n, &out, NULL), E_OK);
  return out;
}
/* RFC 7914, section 12, the vector with N = 2^14, r = 8, p = 1; the other was computed with Python's hashlib.scrypt. */
static void key_derivation_gives_known_answers(void **state) {
  (void)state;
  uint8_t key[32];
  char hex[65];
  assert_true(scrypt_kdf(key, "pleaseletmein", 13, (const uint8_t *)"SodiumChloride", 14, 14));
  hex_encode(key, 32, hex);
  assert_string_equal(hex, "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2");
  assert_true(scrypt_kdf(key, "password", 8, (const uint8_t *)"salt", 4, 10));
  hex_encode(key, 32, hex);
  assert_string_equal(hex, "16dbc8906763c7f048977a68f9d305f7710e068ca2cd95dab372125bb3f19608");
  assert_false(scrypt_kdf(key, "", 0, (const uint8_t *)"", 0, 0));
}
/* Every byte at every place of a group: 64 digits decode, and only to what they were made from. */
static void base64_has_one_text_per_value(void **state) {
  (void)state;
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t at = 0; at < 4; at++)
    for (int c = 0; c < 256; c++) {
      char text[5] = "AAAA", again[8];
      uint8_t bytes[3];
      text[at] = (char)c;
      size_t n = base64_decode(text, 4, false, bytes, sizeof bytes);
      assert_int_equal(n != (size_t)-1, c != 0 && strchr(digits, c) != NULL);
      if (n == (size_t)-1) continue;
      assert_int_equal(n, 3);
      base64_encode(bytes, n, false, again, sizeof again);
      assert_string_equal(again, text);
    }
}
static void round_trips_at_chunk_borders(void **state) {
  (void)state;
  static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 131072, 200000};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    size_t n = sizes[i];
    uint8_t *p = malloc(n + 1);
    random_bytes(p, n + 1);
    struct strbuf sealed = sealed_with(2, p, n), back;
    strbuf_init(&back, 0);
    strbuf_adds(&back, "kept");
    assert_int_equal(age_scrypt_open(PASS, AGE_SCRYPT_MAX, sealed.p, sealed.n, n, &back, NULL), E_OK);
    assert_int_equal(back.n, n + 4);
    assert_memory_equal(back.p + 4, p, n);
    if (n > 0) assert_int_equal(age_scrypt_open(PASS, AGE_SCRYPT_MAX, sealed.p, sealed.n, n - 1, &back, NULL), E_CAP_EXCEEDED);
    assert_int_equal(back.n, n + 4);
    strbuf_release(&sealed);
    strbuf_release(&back);
    free(p);
  }
}
static void the_header_is_one_canonical_stanza(void **state) {
  (void)state;
  struct strbuf s = sealed_with(AGE_SCRYPT_LIGHT, "x", 1);
  char salt[64], body[64], mac[64], end = 0;
  const char *payload = strstr(strbuf_cstr(&s), "\n--- ");
  assert_non_null(payload);
  payload = strchr(payload + 1, '\n') + 1;
  assert_int_equal(sscanf(s.p, "age-encryption.org/v1\n-> scrypt %22s 10\n%43s\n--- %43s%c", salt, body, mac, &end), 4);
  assert_true(strlen(salt) == 22 && strlen(body) == 43 && strlen(mac) == 43 && end == '\n');
  assert_int_equal(s.n - (size_t)(payload - s.p), 16 + 1 + 16);
  strbuf_release(&s);
}
/* The wrong passphrase and an altered stanza look alike, and nothing else is said. */
static void wrong_passphrase_and_altered_body_have_one_shape(void **state) {
  (void)state;
  struct strbuf s = sealed_with(2, "secret", 6), back;
  struct err a, b;
  strbuf_init(&back, 0);
  assert_int_equal(age_scrypt_open(STR("correct horse batterx"), 22, s.p, s.n, 100, &back, &a), E_AGE_PASSPHRASE);
  assert_int_equal(age_scrypt_open(STR(""), 22, s.p, s.n, 100, &back, &a), E_AGE_PASSPHRASE);
  char *body = strchr(strstr(s.p, "scrypt"), '\n') + 1;
  body[3] = body[3] == 'A' ? 'B' : 'A';
  assert_int_equal(age_scrypt_open(PASS, 22, s.p, s.n, 100, &back, &b), E_AGE_PASSPHRASE);
  assert_string_equal(a.subject, b.subject);
  assert_string_equal(a.found, b.found);
  assert_string_equal(a.expected, b.expected);
  assert_int_equal(back.n, 0);
  strbuf_release(&back);
  strbuf_release(&s);
}
static void no_altered_or_cut_file_gives_any_plaintext(void **state) {
  (void)state;
  struct strbuf s = sealed_with(1, "twelve bytes", 12), back;
  strbuf_init(&back, 0);
  for (size_t at = 0; at < s.n; at++)
    for (int bit = 1; bit < 256; bit *= 2) {
      s.p[at] = (char)(s.p[at] ^ bit);
      assert_int_not_equal(age_scrypt_open(PASS, 12, s.p, s.n, 100, &back, NULL), E_OK);
      assert_int_equal(back.n, 0);
      s.p[at] = (char)(s.p[at] ^ bit);
      assert_int_not_equal(age_scrypt_open(PASS, 12, s.p, at, 100, &back, NULL), E_OK);
    }
  strbuf_addc(&s, 0);
  assert_int_equal(age_scrypt_open(PASS, 12, s.p, s.n, 100, &back, NULL), E_AGE_PAYLOAD);
  assert_int_equal(back.n, 0);
  strbuf_release(&back);
  strbuf_release(&s);
}
/* Heads by hand: what is refused before anything is computed, and with which code. The MAC is never reached. */
static void malformed_stanzas_and_work_factors_are_refused_early(void **state) {
  (void)state;
#define BODY "\ngUjEymFKMVXQEKdMMHL24oYexjE3TIC0O0zGSqJ2aUY\n"
#define MAC "--- In/TcKP5wDKP14sufF74poPZcpaLVECmfDt0G+yMIs4\n"
#define SALT "rF0/NwblUHHTpgQgRpe5CQ"
  static const struct {
    const char *text;
    enum err_code code;
  } cases[] = {
      {"-> scrypt " SALT " 2" BODY MAC, E_AGE_PASSPHRASE},
      {"-> scrypt " SALT " 23" BODY MAC, E_AGE_WORK},
      {"-> scrypt " SALT " 99" BODY MAC, E_AGE_WORK},
      {"-> scrypt " SALT " 0" BODY MAC, E_AGE_HEADER},
      {"-> scrypt " SALT " 02" BODY MAC, E_AGE_HEADER},
      {"-> scrypt " SALT " +2" BODY MAC, E_AGE_HEADER},
      {"-> scrypt " SALT " -2" BODY MAC, E_AGE_HEADER},
      {"-> scrypt " SALT " 2x" BODY MAC, E_AGE_HEADER},
      {"-> scrypt " SALT " 4294967298" BODY MAC, E_AGE_HEADER},
      {"-> scrypt " SALT BODY MAC, E_AGE_HEADER},
      {"-> scrypt" BODY MAC, E_AGE_HEADER},
      {"-> scrypt " SALT " 2 3" BODY MAC, E_AGE_HEADER},
      {"-> scrypt rF0/NwblUHHTpgQgRpe5CR 2" BODY MAC, E_AGE_HEADER},   /* not canonical */
      {"-> scrypt rF0/NwblUHHTpgQgRpe5CQ== 2" BODY MAC, E_AGE_HEADER}, /* padded */
      {"-> scrypt rF0/NwblUHHTpgQgRpe5 2" BODY MAC, E_AGE_HEADER},
      {"-> scrypt " SALT " 2\ngUjEymFKMVXQEKdMMHL24oYexjE3TIC0O0zGSqJ2aQ\n" MAC, E_AGE_HEADER}, /* 31 bytes */
      {"-> scrypt " SALT " 2" BODY "-> scrypt " SALT " 2" BODY MAC, E_AGE_HEADER},
      {"-> scrypt " SALT " 2" BODY "-> grease\n\n" MAC, E_AGE_HEADER},
      {"-> Scrypt " SALT " 2" BODY MAC, E_AGE_PASSPHRASE},
      {"-> grease\n\n" MAC, E_AGE_PASSPHRASE},
      {MAC, E_AGE_HEADER},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct strbuf s, back;
    struct err e;
    strbuf_init(&s, 0);
    strbuf_init(&back, 0);
    strbuf_addf(&s, "age-encryption.org/v1\n%s0123456789abcdef0123456789abcdef", cases[i].text);
    enum err_code code = age_scrypt_open(STR("password"), 40, s.p, s.n, 100, &back, &e);
    if (code != cases[i].code) fail_msg("case %zu: %d, not %d", i, code, cases[i].code);
    assert_int_equal(back.n, 0);
    strbuf_release(&back);
    strbuf_release(&s);
  }
}
static void the_reader_bounds_the_work(void **state) {
  (void)state;
  struct strbuf s = sealed_with(5, "x", 1), back;
  struct err e;
  strbuf_init(&back, 0);
  assert_int_equal(age_scrypt_open(PASS, 4, s.p, s.n, 10, &back, &e), E_AGE_WORK);
  assert_string_equal(e.found, "2^15 bytes (work factor 5)");
  assert_int_equal(age_scrypt_open(PASS, 5, s.p, s.n, 10, &back, &e), E_OK);
  assert_int_equal(age_scrypt_encrypt(PASS, 0, "x", 1, &s, &e), E_BUG);
  assert_int_equal(age_scrypt_encrypt(PASS, 23, "x", 1, &s, &e), E_BUG);
  strbuf_release(&s);
  strbuf_release(&back);
}
static void a_key_file_and_a_passphrase_file_are_not_mixed_up(void **state) {
  (void)state;
  uint8_t secret[32];
  char recipient[AGE_RECIPIENT_BYTES];
  struct strbuf s = sealed_with(1, "x", 1), back;
  age_keypair(secret, recipient);
  strbuf_init(&back, 0);
  assert_int_equal(age_decrypt(secret, s.p, s.n, 10, &back, NULL), E_AGE_UNSUPPORTED);
  strbuf_reset(&s);
  assert_int_equal(age_encrypt(recipient, "x", 1, &s, NULL), E_OK);
  assert_int_equal(age_scrypt_open(PASS, 22, s.p, s.n, 10, &back, NULL), E_AGE_PASSPHRASE);
  strbuf_release(&back);
  strbuf_release(&s);
}

/* --- Debian's age: it asks for the passphrase on a terminal, so tests/unit/age_pty.py gives it one --- */
static int run(const char *format, ...) __attribute__((format(printf, 1, 2)));
static int run(const char *format, ...) {
  char command[1024];
  va_list a;
  va_start(a, format);
  vsnprintf(command, sizeof command, format, a);
  va_end(a);
  return system(command);
}
static void age_program_reads_ours_and_we_read_its(void **state) {
  (void)state;
  if (access("tests/unit/age_pty.py", R_OK) != 0 || run("command -v age python3 >/dev/null 2>&1") != 0) skip();
  char folder[64] = "/tmp/age-scrypt-XXXXXX", name[128];
  assert_non_null(mkdtemp(folder));
  size_t n = 150000, back_n;
  uint8_t *p = malloc(n), *back;
  random_bytes(p, n);
  struct strbuf s = sealed_with(AGE_SCRYPT_LIGHT, p, n);
  snprintf(name, sizeof name, "%s/ours.age", folder);
  assert_int_equal(atomic_write(name, s.p, s.n, 0, 0600, NULL), E_OK);
  assert_int_equal(run("python3 tests/unit/age_pty.py 'correct horse battery' age -d -o %s/plain %s/ours.age", folder, folder), 0);
  snprintf(name, sizeof name, "%s/plain", folder);
  assert_int_equal(file_read(name, 1 << 20, &back, &back_n, NULL), E_OK);
  assert_int_equal(back_n, n);
  assert_memory_equal(back, p, n);
  free(back);
  assert_int_not_equal(run("python3 tests/unit/age_pty.py 'another passphrase' age -d -o %s/none %s/ours.age", folder, folder), 0);
  assert_int_equal(run("python3 tests/unit/age_pty.py 'correct horse battery' age -p -o %s/theirs.age %s/plain", folder, folder), 0);
  snprintf(name, sizeof name, "%s/theirs.age", folder);
  assert_int_equal(file_read(name, 1 << 20, &back, &back_n, NULL), E_OK);
  strbuf_reset(&s);
  assert_int_equal(age_scrypt_open(PASS, AGE_SCRYPT_MAX, back, back_n, n, &s, NULL), E_OK);
  assert_int_equal(s.n, n);
  assert_memory_equal(s.p, p, n);
  free(back);
  free(p);
  strbuf_release(&s);
  assert_int_equal(run("rm -r %s", folder), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(key_derivation_gives_known_answers),
      cmocka_unit_test(base64_has_one_text_per_value),
      cmocka_unit_test(round_trips_at_chunk_borders),
      cmocka_unit_test(the_header_is_one_canonical_stanza),
      cmocka_unit_test(wrong_passphrase_and_altered_body_have_one_shape),
      cmocka_unit_test(no_altered_or_cut_file_gives_any_plaintext),
      cmocka_unit_test(malformed_stanzas_and_work_factors_are_refused_early),
      cmocka_unit_test(the_reader_bounds_the_work),
      cmocka_unit_test(a_key_file_and_a_passphrase_file_are_not_mixed_up),
      cmocka_unit_test(age_program_reads_ours_and_we_read_its),
  };
  return cmocka_run_group_tests(tests, start, NULL);
}
