/* age: round trips at chunk borders, refusals, interoperation with Debian's age in both directions. The public test kit runs in tests/reference. */
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
#include "base/ext_sodium.h"
#include "secure-store/age.h"
#include "secure-store/bech32.h"

static uint8_t secret[32];
static char recipient[AGE_RECIPIENT_BYTES];

static int start(void **state) {
  (void)state;
  if (!crypto_start()) return -1;
  age_keypair(secret, recipient);
  return 0;
}
static uint8_t *pattern(size_t n) {
  uint8_t *p = malloc(n + 1);
  for (size_t i = 0; i < n; i++) p[i] = (uint8_t)(i * 31 + (i >> 9));
  return p;
}
static void round_trips_at_chunk_borders(void **state) {
  (void)state;
  static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 131072, 200001};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    size_t n = sizes[i];
    uint8_t *p = pattern(n);
    struct strbuf sealed, back;
    struct err e;
    strbuf_init(&sealed, 0);
    strbuf_init(&back, 0);
    assert_int_equal(age_encrypt(recipient, p, n, &sealed, &e), E_OK);
    assert_int_equal(age_decrypt(secret, sealed.p, sealed.n, n, &back, &e), E_OK);
    assert_int_equal(back.n, n);
    if (n) assert_memory_equal(back.p, p, n);
    if (n) assert_int_equal(age_decrypt(secret, sealed.p, sealed.n, n - 1, &back, &e), E_CAP_EXCEEDED);
    strbuf_release(&sealed);
    strbuf_release(&back);
    free(p);
  }
}
static void a_file_for_someone_else_is_no_match(void **state) {
  (void)state;
  uint8_t other[32];
  char other_recipient[AGE_RECIPIENT_BYTES];
  struct strbuf sealed, back;
  strbuf_init(&sealed, 0);
  strbuf_init(&back, 0);
  age_keypair(other, other_recipient);
  assert_int_equal(age_encrypt(other_recipient, "x", 1, &sealed, NULL), E_OK);
  assert_int_equal(age_decrypt(secret, sealed.p, sealed.n, 10, &back, NULL), E_AGE_NO_MATCH);
  assert_int_equal(back.n, 0);
  strbuf_release(&sealed);
  strbuf_release(&back);
}
static void no_altered_or_cut_file_gives_any_plaintext(void **state) {
  (void)state;
  size_t n = 65536 + 100;
  uint8_t *p = pattern(n);
  struct strbuf sealed, back;
  strbuf_init(&sealed, 0);
  strbuf_init(&back, 0);
  assert_int_equal(age_encrypt(recipient, p, n, &sealed, NULL), E_OK);
  strbuf_adds(&back, "kept");
  for (size_t at = 0; at < sealed.n; at += at < 300 ? 1 : 997) {
    for (int bit = 1; bit < 256; bit *= 2) {
      sealed.p[at] = (char)(sealed.p[at] ^ bit);
      assert_int_not_equal(age_decrypt(secret, sealed.p, sealed.n, n, &back, NULL), E_OK);
      assert_int_equal(back.n, 4);
      sealed.p[at] = (char)(sealed.p[at] ^ bit);
    }
    assert_int_not_equal(age_decrypt(secret, sealed.p, at, n, &back, NULL), E_OK);
    assert_int_equal(back.n, 4);
  }
  strbuf_addc(&sealed, 0);
  assert_int_equal(age_decrypt(secret, sealed.p, sealed.n, n + 1, &back, NULL), E_AGE_PAYLOAD);
  assert_int_equal(back.n, 4);
  strbuf_release(&sealed);
  strbuf_release(&back);
  free(p);
}
static void keys_survive_their_text_and_bad_texts_are_refused(void **state) {
  (void)state;
  uint8_t back[32], public_key[32];
  char identity[AGE_IDENTITY_BYTES], text[128];
  assert_int_equal(age_identity_text(secret, identity, NULL), E_OK);
  assert_int_equal(age_identity_parse(identity, back, NULL), E_OK);
  assert_memory_equal(back, secret, 32);
  assert_int_equal(age_recipient_parse(recipient, public_key, NULL), E_OK);
  x25519_public(back, secret);
  assert_memory_equal(back, public_key, 32);
  for (size_t i = 0; recipient[i]; i++) { /* one wrong character is always seen */
    snprintf(text, sizeof text, "%s", recipient);
    text[i] = text[i] == 'q' ? 'p' : 'q';
    assert_int_equal(age_recipient_parse(text, public_key, NULL), E_AGE_KEY);
    text[i] = (char)(recipient[i] >= 'a' && recipient[i] <= 'z' ? recipient[i] - 32 : recipient[i]);
    if (text[i] != recipient[i]) assert_int_equal(age_recipient_parse(text, public_key, NULL), E_AGE_KEY); /* mixed case */
  }
  static const char *const bad[] = {"", "age1", "age", "AGE-SECRET-KEY-1", "age1qqqqqqqqqqqq"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct err e;
    assert_int_equal(age_recipient_parse(bad[i], public_key, &e), E_AGE_KEY);
    assert_int_equal(age_identity_parse(bad[i], back, &e), E_AGE_KEY);
    assert_null(strstr(e.subject, "SECRET"));
  }
  assert_int_equal(age_identity_parse(recipient, back, NULL), E_AGE_KEY);
}
/* BIP 173 valid strings with 0 data bytes and the all-zero 32 bytes. */
static void bech32_known_strings(void **state) {
  (void)state;
  uint8_t none[1];
  char text[100];
  assert_true(bech32_decode("A12UEL5L", "a", none, 0));
  assert_true(bech32_decode("a12uel5l", "a", none, 0));
  assert_false(bech32_decode("A12uEL5L", "a", none, 0));
  assert_false(bech32_decode("a12uel5l", "b", none, 0));
  assert_true(bech32_encode("a", none, 0, text, sizeof text));
  assert_string_equal(text, "a12uel5l");
  assert_false(bech32_encode("a", none, 0, text, 8));
}
static void a_low_order_recipient_is_refused(void **state) {
  (void)state;
  static const uint8_t zero[32] = {0};
  char text[AGE_RECIPIENT_BYTES];
  struct strbuf out;
  strbuf_init(&out, 0);
  assert_true(bech32_encode("age", zero, 32, text, sizeof text));
  assert_int_equal(age_encrypt(text, "x", 1, &out, NULL), E_AGE_KEY);
  assert_int_equal(out.n, 0);
  strbuf_release(&out);
}

/* --- Debian's age --- */
static char folder[64];
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
  if (system("command -v age >/dev/null 2>&1") != 0) skip();
  snprintf(folder, sizeof folder, "/tmp/age-test-XXXXXX");
  assert_non_null(mkdtemp(folder));
  char name[128], identity[AGE_IDENTITY_BYTES];
  assert_int_equal(age_identity_text(secret, identity, NULL), E_OK);
  snprintf(name, sizeof name, "%s/identity", folder);
  assert_int_equal(atomic_write(name, identity, strlen(identity), 0, 0600, NULL), E_OK);
  size_t n = 150000;
  uint8_t *p = pattern(n), *back;
  struct strbuf sealed;
  strbuf_init(&sealed, 0);
  assert_int_equal(age_encrypt(recipient, p, n, &sealed, NULL), E_OK);
  snprintf(name, sizeof name, "%s/ours.age", folder);
  assert_int_equal(atomic_write(name, sealed.p, sealed.n, 0, 0600, NULL), E_OK);
  assert_int_equal(run("age -d -i %s/identity -o %s/plain %s/ours.age", folder, folder, folder), 0);
  snprintf(name, sizeof name, "%s/plain", folder);
  size_t back_n;
  assert_int_equal(file_read(name, 1 << 20, &back, &back_n, NULL), E_OK);
  assert_int_equal(back_n, n);
  assert_memory_equal(back, p, n);
  free(back);
  assert_int_equal(run("age -r %s -o %s/theirs.age %s/plain", recipient, folder, folder), 0);
  snprintf(name, sizeof name, "%s/theirs.age", folder);
  assert_int_equal(file_read(name, 1 << 20, &back, &back_n, NULL), E_OK);
  strbuf_reset(&sealed);
  assert_int_equal(age_decrypt(secret, back, back_n, n, &sealed, NULL), E_OK);
  assert_int_equal(sealed.n, n);
  assert_memory_equal(sealed.p, p, n);
  free(back);
  free(p);
  strbuf_release(&sealed);
  assert_int_equal(run("rm -r %s", folder), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(round_trips_at_chunk_borders),
      cmocka_unit_test(a_file_for_someone_else_is_no_match),
      cmocka_unit_test(no_altered_or_cut_file_gives_any_plaintext),
      cmocka_unit_test(keys_survive_their_text_and_bad_texts_are_refused),
      cmocka_unit_test(bech32_known_strings),
      cmocka_unit_test(a_low_order_recipient_is_refused),
      cmocka_unit_test(age_program_reads_ours_and_we_read_its),
  };
  return cmocka_run_group_tests(tests, start, NULL);
}
