/* Primitives: published answers for what has them, refusals for the rest. Wycheproof runs in tests/reference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"

static void assert_hex(const uint8_t *p, size_t n, const char *hex) {
  char found[513];
  hex_encode(p, n, found);
  assert_string_equal(found, hex);
}

/* FIPS 180-4 examples. */
static void sha256_known_answers_whole_and_in_pieces(void **state) {
  (void)state;
  static const struct {
    const char *text, *hex;
  } cases[] = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    uint8_t out[32];
    size_t n = strlen(cases[i].text);
    sha256_of(cases[i].text, n, out);
    assert_hex(out, 32, cases[i].hex);
    for (size_t cut = 0; cut <= n; cut++) {
      struct sha256 h;
      sha256_begin(&h);
      sha256_add(&h, cases[i].text, cut);
      sha256_add(&h, cases[i].text + cut, n - cut);
      sha256_end(&h, out);
      assert_hex(out, 32, cases[i].hex);
    }
  }
}
/* RFC 7693 appendix A. */
static void blake2b_512_known_answer(void **state) {
  (void)state;
  uint8_t out[64];
  blake2b_512_of("abc", 3, out);
  assert_hex(out, 64,
      "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
}
/* RFC 5869 A.1 and A.3 (no salt, no info). */
static void hkdf_known_answers(void **state) {
  (void)state;
  uint8_t key[22], salt[13], info[10], out[42];
  memset(key, 0x0b, sizeof key);
  for (int i = 0; i < 13; i++) salt[i] = (uint8_t)i;
  for (int i = 0; i < 10; i++) info[i] = (uint8_t)(0xf0 + i);
  hkdf_sha256(key, 22, salt, 13, info, 10, out, 42);
  assert_hex(out, 42, "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  hkdf_sha256(key, 22, NULL, 0, NULL, 0, out, 42);
  assert_hex(out, 42, "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}
/* RFC 8032 test 1. */
static void ed25519_is_deterministic_and_refuses_changes(void **state) {
  (void)state;
  uint8_t public_key[32], secret[64], signature[64];
  assert_true(
      hex_decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
          128, secret));
  memcpy(public_key, secret + 32, 32);
  sign_detached(signature, "", 0, secret);
  assert_hex(signature, 64,
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
  assert_true(sign_verify(signature, "", 0, public_key));
  assert_false(sign_verify(signature, "x", 1, public_key));
  for (int i = 0; i < 64; i++) {
    signature[i] ^= 1;
    assert_false(sign_verify(signature, "", 0, public_key));
    signature[i] ^= 1;
  }
}
static void aead_refuses_every_changed_byte_and_writes_nothing(void **state) {
  (void)state;
  uint8_t key[32] = {1}, nonce[12] = {2}, sealed[5 + 16], out[5];
  aead_seal(key, nonce, "ad", 2, (const uint8_t *)"hello", 5, sealed);
  assert_true(aead_open(key, nonce, "ad", 2, sealed, sizeof sealed, out));
  assert_memory_equal(out, "hello", 5);
  for (size_t i = 0; i < sizeof sealed; i++) {
    static const uint8_t nothing[5] = {0};
    memset(out, 0, sizeof out);
    sealed[i] ^= 0x80;
    assert_false(aead_open(key, nonce, "ad", 2, sealed, sizeof sealed, out));
    assert_memory_equal(out, nothing, 5);
    sealed[i] ^= 0x80;
  }
  assert_false(aead_open(key, nonce, "ae", 2, sealed, sizeof sealed, out));
  for (size_t n = 0; n < sizeof sealed; n++) assert_false(aead_open(key, nonce, "ad", 2, sealed, n, out));
}
static void argon2id_depends_on_every_parameter(void **state) {
  (void)state;
  const uint8_t salt[16] = "0123456789abcde", other[16] = "0123456789abcdf";
  uint8_t a[32], b[32];
  assert_true(argon2id(a, 32, "password", 8, salt, 1, 8192));
  assert_true(argon2id(b, 32, "password", 8, salt, 1, 8192));
  assert_memory_equal(a, b, 32);
  assert_true(argon2id(b, 32, "passwore", 8, salt, 1, 8192));
  assert_memory_not_equal(a, b, 32);
  assert_true(argon2id(b, 32, "password", 8, other, 1, 8192));
  assert_memory_not_equal(a, b, 32);
  assert_true(argon2id(b, 32, "password", 8, salt, 2, 8192));
  assert_memory_not_equal(a, b, 32);
  assert_true(argon2id(b, 32, "password", 8, salt, 1, 16384));
  assert_memory_not_equal(a, b, 32);
}
static void base64_is_canonical_or_refused(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool padding;
    int bytes; /* -1 = refused */
  } cases[] = {
      {"", false, 0},
      {"AA", false, 1},
      {"AB", false, -1},
      {"AAA", false, 2},
      {"AAB", false, -1},
      {"AAAA", false, 3},
      {"A", false, -1},
      {"AA==", false, -1},
      {"AA==", true, 1},
      {"AA=", true, -1},
      {"AA", true, -1},
      {"AA==\n", true, -1},
      {"A A=", true, -1},
      {"-_AA", false, -1},
      {"+/AA", false, 3},
      {"AAAA====", true, -1},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    uint8_t out[8];
    size_t got = base64_decode(cases[i].text, strlen(cases[i].text), cases[i].padding, out, sizeof out);
    assert_int_equal((int)got, cases[i].bytes);
  }
  char text[8];
  assert_int_equal(base64_encode((const uint8_t *)"\0\0\0\0\0\0", 6, true, text, sizeof text), (size_t)-1); /* no room for the NUL */
  assert_int_equal(base64_encode((const uint8_t *)"hi", 2, true, text, sizeof text), 4);
  assert_string_equal(text, "aGk=");
}
static void secrets_start_as_zeros(void **state) {
  (void)state;
  bool locked;
  uint8_t *p = secret_new(100, &locked);
  assert_non_null(p);
  for (int i = 0; i < 100; i++) assert_int_equal(p[i], 0);
  assert_true(secret_equal(p, p + 50, 50));
  p[3] = 1;
  assert_false(secret_equal(p, p + 50, 50));
  secret_free(p);
}

static int start(void **state) {
  (void)state;
  return crypto_start() ? 0 : -1;
}
/* The kept key is another path through the library, or another library. */
static void hmac_with_a_kept_key_is_the_hmac(void **state) {
  (void)state;
  static const size_t keys[] = {1, 20, 32, 63, 64, 65, 131, 200};
  uint8_t key[200], text[300], wanted[HASH_BYTES], got[HASH_BYTES];
  for (size_t i = 0; i < sizeof key; i++) key[i] = (uint8_t)(i * 7 + 1);
  for (size_t i = 0; i < sizeof text; i++) text[i] = (uint8_t)(i * 31 + 5);
  for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
    struct hmac_key kept;
    hmac_key_init(&kept, key, keys[k]);
    for (size_t n = 0; n <= sizeof text; n++) {
      hmac_sha256(key, keys[k], text, n, wanted);
      hmac_with(&kept, text, n, got);
      assert_memory_equal(got, wanted, HASH_BYTES);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sha256_known_answers_whole_and_in_pieces),
      cmocka_unit_test(hmac_with_a_kept_key_is_the_hmac),
      cmocka_unit_test(blake2b_512_known_answer),
      cmocka_unit_test(hkdf_known_answers),
      cmocka_unit_test(ed25519_is_deterministic_and_refuses_changes),
      cmocka_unit_test(aead_refuses_every_changed_byte_and_writes_nothing),
      cmocka_unit_test(argon2id_depends_on_every_parameter),
      cmocka_unit_test(base64_is_canonical_or_refused),
      cmocka_unit_test(secrets_start_as_zeros),
  };
  return cmocka_run_group_tests(tests, start, NULL);
}
