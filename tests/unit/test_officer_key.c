/* Officers' key files: they open with their passphrase only, refusals look alike, and Debian's age and minisign work with what is in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/atomic_file.h"
#include "base/ext_sodium.h"
#include "secure-store/age.h"
#include "secure-store/age_scrypt.h"
#include "secure-store/rights/officer_impl.h"

static char folder[64], path[96];
static const char passphrase[] = "correct horse battery staple";
static struct officer card;

static int make_folder(void **state) {
  (void)state;
  snprintf(folder, sizeof folder, "/tmp/officer-key-test-XXXXXX");
  if (!mkdtemp(folder)) return -1;
  snprintf(path, sizeof path, "%s/officer.key", folder);
  memset(&card, 0, sizeof card);
  return officer_key_create(path, passphrase, true, &card, NULL) == E_OK ? 0 : -1;
}
static int run(const char *format, ...) __attribute__((format(printf, 1, 2)));
static int run(const char *format, ...) {
  char command[1024];
  va_list a;
  va_start(a, format);
  vsnprintf(command, sizeof command, format, a);
  va_end(a);
  return system(command);
}
static int remove_folder(void **state) {
  (void)state;
  return run("rm -r %s", folder);
}

static void the_key_file_gives_the_keys_of_the_card(void **state) {
  (void)state;
  struct officer_secret *s;
  struct stat st;
  struct err e;
  char recipient[AGE_RECIPIENT_BYTES], sign[MINISIGN_PUBLIC_TEXT];
  assert_int_equal(stat(path, &st), 0);
  assert_int_equal(st.st_mode & 0777, 0600);
  assert_int_equal(officer_key_open(path, passphrase, &s, &e), E_OK);
  assert_int_equal(age_recipient_of(s->age, recipient, &e), E_OK);
  minisign_public_text(&s->sign, sign);
  assert_string_equal(recipient, card.age_recipient);
  assert_string_equal(sign, card.minisign_public);
  struct strbuf signature;
  strbuf_init(&signature, 0);
  assert_int_equal(minisign_sign(&s->sign, "x", 1, "test", &signature, &e), E_OK);
  assert_int_equal(minisign_verify(card.minisign_public, "x", 1, signature.p, signature.n, NULL, &e), E_OK);
  strbuf_release(&signature);
  officer_secret_free(s);
  officer_secret_free(NULL);
}
static void nothing_is_overwritten_and_short_passphrases_are_refused(void **state) {
  (void)state;
  struct officer other = {.id = "x"};
  char name[128];
  assert_int_equal(officer_key_create(path, passphrase, true, &other, NULL), E_FILE_EXISTS);
  assert_string_equal(other.age_recipient, "");
  snprintf(name, sizeof name, "%s/other.key", folder);
  assert_int_equal(officer_key_create(name, "too short", true, &other, NULL), E_PASSPHRASE_WEAK);
  assert_int_not_equal(access(name, F_OK), 0);
}

/* Writes any bytes as the key file; the error must be the one of a wrong passphrase, in every field. */
static void refused_alike(const void *p, size_t n, const char *with) {
  struct officer_secret *s;
  struct err wrong, e;
  char name[128];
  assert_int_equal(officer_key_open(path, "another passphrase", &s, &wrong), E_STORE_PASSPHRASE);
  snprintf(name, sizeof name, "%s/altered.key", folder);
  assert_int_equal(atomic_write(name, p, n, ATOMIC_REPLACE, 0600, NULL), E_OK);
  assert_int_equal(officer_key_open(name, with, &s, &e), E_STORE_PASSPHRASE);
  assert_null(s);
  snprintf(e.subject, sizeof e.subject, "%s", wrong.subject); /* the path is the caller's own */
  assert_string_equal(e.found, wrong.found);
  assert_string_equal(e.expected, wrong.expected);
  assert_int_equal(e.n_causes, wrong.n_causes);
}
static void altered_files_and_wrong_passphrases_look_alike(void **state) {
  (void)state;
  uint8_t *p;
  size_t n;
  assert_int_equal(file_read(path, 1 << 20, &p, &n, NULL), E_OK);
  for (size_t i = 0; i < n; i++) {
    p[i] ^= 0x10;
    refused_alike(p, n, passphrase);
    p[i] ^= 0x10;
  }
  for (size_t cut = 0; cut < n; cut += 7) refused_alike(p, cut, passphrase);
  free(p);
  refused_alike("AGE-SECRET-KEY-1", 16, passphrase); /* a key in clear is no key file */
}
/* Well sealed, yet not what we write. */
static void only_our_text_is_taken(void **state) {
  (void)state;
  struct officer_secret *s;
  struct err e;
  char text[OFFICER_KEY_TEXT];
  assert_int_equal(officer_key_open(path, passphrase, &s, &e), E_OK);
  assert_int_equal(officer_key_text(s, text, &e), E_OK);
  size_t n = strlen(text);
  struct officer_secret again;
  memset(&again, 0, sizeof again); /* the padding is compared too */
  assert_true(officer_key_text_parse(str_view(text, n), &again));
  assert_memory_equal(again.age, s->age, 32);
  assert_memory_equal(&again.sign, &s->sign, sizeof again.sign);
  officer_secret_free(s);
  for (size_t cut = 0; cut < n; cut++) assert_false(officer_key_text_parse(str_view(text, cut), &again));
  for (size_t i = 0; i < n; i++)
    for (int bit = 0; bit < 8; bit++) {
      text[i] = (char)(text[i] ^ 1 << bit);
      /* A flipped bit may make another key of either kind (Ed25519 secrets carry no checksum), never a file of another form. */
      if (officer_key_text_parse(str_view(text, n), &again)) {
        char back[OFFICER_KEY_TEXT];
        assert_int_equal(officer_key_text(&again, back, &e), E_OK);
        assert_memory_equal(back, text, n);
      }
      text[i] = (char)(text[i] ^ 1 << bit);
    }
  static const char *const bad[] = {"", "# shirabe officer key\n", "AGE-SECRET-KEY-1QQQ\n"};
  for (size_t i = 0; i < 3; i++) {
    struct strbuf sealed;
    strbuf_init(&sealed, 0);
    assert_int_equal(age_scrypt_encrypt(str_of(passphrase), AGE_SCRYPT_LIGHT, bad[i], strlen(bad[i]), &sealed, &e), E_OK);
    refused_alike(sealed.p, sealed.n, passphrase);
    strbuf_release(&sealed);
  }
}
static void a_file_cannot_ask_for_endless_work(void **state) {
  (void)state;
  static const char greedy[] = "age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 22\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n--- "
                               "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  refused_alike(greedy, sizeof greedy - 1, passphrase);
}

static void debian_age_opens_what_is_sealed_to_the_officer(void **state) {
  (void)state;
  if (access("tests/unit/age_pty.py", R_OK) != 0 || run("command -v age python3 >/dev/null 2>&1") != 0) skip();
  uint8_t share[32], *back;
  size_t n;
  char name[128];
  struct strbuf sealed;
  strbuf_init(&sealed, 0);
  random_bytes(share, sizeof share);
  assert_int_equal(age_encrypt(card.age_recipient, share, sizeof share, &sealed, NULL), E_OK);
  snprintf(name, sizeof name, "%s/share.age", folder);
  assert_int_equal(atomic_write(name, sealed.p, sealed.n, ATOMIC_NEW_ONLY, 0600, NULL), E_OK);
  strbuf_release(&sealed);
  assert_int_equal(run("python3 tests/unit/age_pty.py '%s' age -d -o %s/share -i %s %s", passphrase, folder, path, name), 0);
  snprintf(name, sizeof name, "%s/share", folder);
  assert_int_equal(file_read(name, 64, &back, &n, NULL), E_OK);
  assert_int_equal(n, sizeof share);
  assert_memory_equal(back, share, sizeof share);
  free(back);
  assert_int_not_equal(run("python3 tests/unit/age_pty.py 'another passphrase' age -d -o %s/none -i %s %s/share.age", folder, path, folder), 0);
  assert_int_not_equal(run("test -e %s/none", folder), 0);
}
static void debian_minisign_signs_with_the_key_in_the_file(void **state) {
  (void)state;
  if (access("tests/unit/age_pty.py", R_OK) != 0 || run("command -v age minisign python3 >/dev/null 2>&1") != 0) skip();
  assert_int_equal(run("python3 tests/unit/age_pty.py '%s' age -d -o %s/text %s", passphrase, folder, path), 0);
  assert_int_equal(run("cd %s && (echo 'untrusted comment: officer'; sed -n 's/^# minisign-secret: //p' text) >sign.key && echo x >m", folder), 0);
  assert_int_equal(run("cd %s && minisign -S -s sign.key -m m -t test >/dev/null 2>&1 </dev/null", folder), 0);
  assert_int_equal(run("cd %s && minisign -V -q -m m -P %s", folder, card.minisign_public), 0);
}

int main(void) {
  if (!crypto_start()) return 70;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(the_key_file_gives_the_keys_of_the_card, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(nothing_is_overwritten_and_short_passphrases_are_refused, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(altered_files_and_wrong_passphrases_look_alike, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(only_our_text_is_taken, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(a_file_cannot_ask_for_endless_work, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(debian_age_opens_what_is_sealed_to_the_officer, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(debian_minisign_signs_with_the_key_in_the_file, make_folder, remove_folder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
