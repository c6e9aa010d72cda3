/* Sharing of a secret: any m shares give it back, fewer do not; the field is that of Debian's gfsplit and gfcombine, in both directions. */
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
#include "base/ext_gfshare.h"
#include "base/ext_sodium.h"

/* A second implementation: multiplication by shifting, evaluation and interpolation as in any textbook. */
static uint8_t times(uint8_t a, uint8_t b) {
  unsigned product = 0, x = a;
  for (int i = 0; i < 8; i++) {
    if (b >> i & 1) product ^= x << i;
  }
  for (int i = 15; i >= 8; i--)
    if (product >> i & 1) product ^= 0x11du << (i - 8);
  return (uint8_t)product;
}
static uint8_t inverse(uint8_t a) {
  for (unsigned b = 1; b < 256; b++)
    if (times(a, (uint8_t)b) == 1) return (uint8_t)b;
  fail();
  return 0;
}
static void textbook_combine(const uint8_t *numbers, const uint8_t *shares, int m, size_t size, uint8_t *secret) {
  memset(secret, 0, size);
  for (int i = 0; i < m; i++) {
    uint8_t factor = 1;
    for (int k = 0; k < m; k++)
      if (k != i) factor = times(factor, times(numbers[k], inverse(numbers[k] ^ numbers[i])));
    for (size_t at = 0; at < size; at++) secret[at] ^= times(factor, shares[(size_t)i * size + at]);
  }
}

/* Every choice of k of n as a bit set. */
static int choose(unsigned set, const uint8_t *numbers, const uint8_t *shares, int n, size_t size, uint8_t *number_out, uint8_t *share_out) {
  int k = 0;
  for (int i = 0; i < n; i++) {
    if (!(set >> i & 1)) continue;
    number_out[k] = numbers[i];
    memcpy(share_out + (size_t)k * size, shares + (size_t)i * size, size);
    k++;
  }
  return k;
}
static void any_m_shares_give_the_secret_and_fewer_do_not(void **state) {
  (void)state;
  enum { SIZE = 32, N = 6 };
  static const uint8_t numbers[N] = {255, 1, 7, 128, 85, 2};
  uint8_t secret[SIZE], shares[N * SIZE], number[N], share[N * SIZE], out[SIZE], other[SIZE];
  for (int n = 1; n <= N; n++)
    for (int m = 1; m <= n; m++) {
      random_bytes(secret, SIZE);
      assert_true(shares_split(secret, SIZE, m, numbers, n, shares));
      for (unsigned set = 1; set < 1u << n; set++) {
        int k = choose(set, numbers, shares, n, SIZE, number, share);
        assert_true(shares_combine(number, share, k, SIZE, out));
        textbook_combine(number, share, k, SIZE, other);
        assert_memory_equal(out, other, SIZE);
        assert_int_equal(memcmp(out, secret, SIZE) == 0, k >= m);
      }
    }
}
static void shares_that_debian_split_are_combined(void **state) {
  (void)state;
  static const char secret[] = "shirabe known answer, 32 bytes..";
  static const uint8_t numbers[5] = {25, 31, 77, 85, 112};
  static const char *const hex[5] = {
      "9f26e9dcb447e5ea68f96b397028b3c17b288afc6c22f00dec465dc6bdfca4f0", "5652895088d4cf43a8d8c2984cb6d7a87ba3ac583146fbd6a503f9bb70d5a5fc",
      "8c0f2124d6b543b38ad9eb1a5795bcb406f8509d049b701bf2637390a712a630", "0d496940ca493a5a0d0ec4c305ce56915b73a41dcaa0af2cb0cd2e12cf0bbaff",
      "993e4c039766f7fd976b37e8df9c101bc718dd183e62cd81a5adeff48f204e8c"};
  uint8_t shares[5 * 32], number[5], share[5 * 32], out[32];
  for (int i = 0; i < 5; i++) assert_true(hex_decode(hex[i], 64, shares + 32 * i));
  for (unsigned set = 1; set < 32; set++) {
    int k = choose(set, numbers, shares, 5, 32, number, share);
    assert_true(shares_combine(number, share, k, 32, out));
    assert_int_equal(memcmp(out, secret, 32) == 0, k >= 3);
  }
}
static void zero_and_repeated_numbers_and_impossible_thresholds_are_refused(void **state) {
  (void)state;
  uint8_t secret[4] = {1, 2, 3, 4}, shares[3 * 4], out[4] = {9, 9, 9, 9};
  static const uint8_t zero[3] = {1, 0, 2}, twice[3] = {1, 2, 1}, good[3] = {1, 2, 3};
  assert_false(shares_split(secret, 4, 2, zero, 3, shares));
  assert_false(shares_split(secret, 4, 2, twice, 3, shares));
  assert_false(shares_split(secret, 4, 4, good, 3, shares));
  assert_false(shares_split(secret, 4, 0, good, 3, shares));
  assert_false(shares_split(secret, 0, 2, good, 3, shares));
  assert_false(shares_split(secret, 4, 2, good, 0, shares));
  for (size_t i = 0; i < sizeof shares; i++) assert_int_equal(shares[i], 0);
  assert_true(shares_split(secret, 4, 2, good, 3, shares));
  assert_false(shares_combine(zero, shares, 3, 4, out));
  assert_int_equal(out[0] | out[1] | out[2] | out[3], 0);
  assert_false(shares_combine(twice, shares, 3, 4, out));
  assert_false(shares_combine(good, shares, 0, 4, out));
}
static void one_share_tells_nothing(void **state) {
  (void)state;
  /* With m = 2 every value of a share's byte is as likely for one secret as for another: chi-square of 255 degrees over 65,536 draws. */
  enum { DRAWS = 65536 };
  static const uint8_t numbers[2] = {3, 200};
  for (int value = 0; value < 256; value += 255) {
    uint8_t secret = (uint8_t)value, shares[2];
    int64_t count[256] = {0};
    double chi = 0;
    for (int i = 0; i < DRAWS; i++) {
      assert_true(shares_split(&secret, 1, 2, numbers, 2, shares));
      count[shares[1]]++;
    }
    for (int i = 0; i < 256; i++) chi += (double)((count[i] - DRAWS / 256) * (count[i] - DRAWS / 256)) / (DRAWS / 256);
    assert_true(chi > 130 && chi < 420); /* about 5.5 standard deviations each way */
  }
}

static int in_folder(const char *folder, const char *command) {
  char line[512];
  snprintf(line, sizeof line, "cd '%s' && %s", folder, command);
  return system(line);
}
static void our_shares_and_those_of_the_tools_are_the_same_thing(void **state) {
  (void)state;
  char folder[] = "/tmp/gfshare-test-XXXXXX", path[128];
  static const uint8_t numbers[5] = {1, 9, 99, 199, 255};
  uint8_t secret[32], shares[5 * 32], *p;
  size_t n;
  if (system("command -v gfcombine >/dev/null 2>&1 && command -v gfsplit >/dev/null 2>&1") != 0) skip();
  assert_non_null(mkdtemp(folder));
  random_bytes(secret, sizeof secret);
  assert_true(shares_split(secret, 32, 3, numbers, 5, shares));
  for (int i = 0; i < 5; i++) {
    snprintf(path, sizeof path, "%s/root.%03d", folder, numbers[i]);
    assert_int_equal(atomic_write(path, shares + 32 * i, 32, ATOMIC_NEW_ONLY, 0600, NULL), E_OK);
  }
  assert_int_equal(in_folder(folder, "gfcombine -o back root.255 root.009 root.099"), 0);
  snprintf(path, sizeof path, "%s/back", folder);
  assert_int_equal(file_read(path, 64, &p, &n, NULL), E_OK);
  assert_int_equal(n, 32);
  assert_memory_equal(p, secret, 32);
  free(p);
  /* The other way: gfsplit's names carry the numbers. */
  assert_int_equal(in_folder(folder, "gfsplit -n 2 -m 3 back theirs && ls theirs.* >list"), 0);
  uint8_t number[3], share[3 * 32], out[32];
  snprintf(path, sizeof path, "%s/list", folder);
  assert_int_equal(file_read(path, 256, &p, &n, NULL), E_OK);
  assert_int_equal(n, 3 * 11);
  for (int i = 0; i < 3; i++) {
    uint8_t *bytes;
    size_t size;
    char name[128];
    snprintf(name, sizeof name, "%s/%.10s", folder, (const char *)p + 11 * i);
    number[i] = (uint8_t)strtol((const char *)p + 11 * i + 7, NULL, 10);
    assert_int_equal(file_read(name, 64, &bytes, &size, NULL), E_OK);
    assert_int_equal(size, 32);
    memcpy(share + 32 * i, bytes, 32);
    free(bytes);
  }
  free(p);
  assert_true(shares_combine(number, share, 2, 32, out));
  assert_memory_equal(out, secret, 32);
  assert_true(shares_combine(number + 1, share + 32, 2, 32, out));
  assert_memory_equal(out, secret, 32);
  assert_int_equal(in_folder(folder, "rm -f root.* theirs.* list back"), 0);
  assert_int_equal(rmdir(folder), 0);
}

int main(void) {
  if (!crypto_start()) return 70;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(any_m_shares_give_the_secret_and_fewer_do_not),
      cmocka_unit_test(shares_that_debian_split_are_combined),
      cmocka_unit_test(zero_and_repeated_numbers_and_impossible_thresholds_are_refused),
      cmocka_unit_test(one_share_tells_nothing),
      cmocka_unit_test(our_shares_and_those_of_the_tools_are_the_same_thing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
