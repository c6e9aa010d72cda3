/* Keystore: what opens, what does not, and that refusals look alike. Light profile throughout: the standard one takes a second per opening. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/atomic_file.h"
#include "base/checked_build.h"
#include "base/ext_sodium.h"
#include "secure-store/age.h"
#include "secure-store/keystore.h"

static char folder[64], path[96];
static const char passphrase[] = "correct horse battery staple";

static int make_folder(void **state) {
  (void)state;
  snprintf(folder, sizeof folder, "/tmp/keystore-test-XXXXXX");
  if (!mkdtemp(folder)) return -1;
  snprintf(path, sizeof path, "%s/keystore", folder);
  return keystore_create(path, "light", passphrase, "shirabe.invalid/log", NULL) == E_OK ? 0 : -1;
}
static int remove_folder(void **state) {
  (void)state;
  unlink(path);
  return rmdir(folder);
}
static struct keystore *opened(void) {
  struct keystore *ks = NULL;
  struct err e;
  assert_int_equal(keystore_open(path, passphrase, &ks, &e), E_OK);
  return ks;
}
static enum err_code open_code(const char *with, struct err *e) {
  struct keystore *ks;
  enum err_code code = keystore_open(path, with, &ks, e);
  keystore_close(ks);
  return code;
}

static void keys_are_the_same_after_reopening(void **state) {
  (void)state;
  uint8_t kek[KEK_COUNT][32], detail[32], age[32], sign[64];
  struct keystore *ks = opened();
  for (int i = 0; i < KEK_COUNT; i++) memcpy(kek[i], keystore_kek(ks, (enum keystore_kek)i), 32);
  memcpy(detail, keystore_log_detail_key(ks), 32);
  memcpy(age, keystore_age_secret(ks), 32);
  memcpy(sign, keystore_minisign(ks)->secret, 64);
  keystore_close(ks);
  ks = opened();
  for (int i = 0; i < KEK_COUNT; i++) {
    assert_memory_equal(kek[i], keystore_kek(ks, (enum keystore_kek)i), 32);
    for (int k = 0; k < i; k++) assert_memory_not_equal(kek[i], kek[k], 32);
  }
  assert_memory_equal(detail, keystore_log_detail_key(ks), 32);
  assert_memory_equal(age, keystore_age_secret(ks), 32);
  assert_memory_equal(sign, keystore_minisign(ks)->secret, 64);
  char recipient[AGE_RECIPIENT_BYTES];
  assert_int_equal(age_recipient_of(age, recipient, NULL), E_OK);
  assert_string_equal(recipient, keystore_public(ks)->age_recipient);
  assert_string_equal(keystore_public(ks)->profile, "light");
  keystore_close(ks);
}
static void peek_shows_public_facts_without_a_passphrase(void **state) {
  (void)state;
  struct keystore_public p;
  struct note_key log;
  assert_int_equal(keystore_peek(path, &p, NULL), E_OK);
  assert_string_equal(p.profile, "light");
  assert_int_equal(p.memory_kib, 8192);
  assert_int_equal(p.passes, 1);
  assert_int_equal(p.epoch, 1);
  assert_int_equal(note_vkey_parse(p.log_vkey, &log, NULL), E_OK);
  assert_int_equal(strncmp(log.name, "shirabe.invalid/log/", 20), 0);
  assert_int_equal(strlen(log.name), 20 + 32);
}
static void the_file_is_for_its_owner_only_and_never_overwritten(void **state) {
  (void)state;
  struct stat st;
  assert_int_equal(stat(path, &st), 0);
  assert_int_equal(st.st_mode & 0777, 0600);
  assert_int_equal(keystore_create(path, "light", passphrase, "x", NULL), E_FILE_EXISTS);
  assert_int_equal(open_code(passphrase, NULL), E_OK);
}
static void unknown_profiles_and_names_are_refused(void **state) {
  (void)state;
  uint8_t key[32];
  char other[128];
  snprintf(other, sizeof other, "%s/other", folder);
  assert_int_equal(keystore_create(other, "fast", passphrase, "x", NULL), E_STORE_PROFILE);
  assert_int_equal(keystore_create(other, "light", passphrase, "a log name with spaces", NULL), E_NOTE_MALFORMED);
  assert_int_not_equal(access(other, F_OK), 0);
  struct keystore *ks = opened();
  char longer[KEYSTORE_DATASET_MAX + 2];
  memset(longer, 'a', sizeof longer - 1);
  longer[sizeof longer - 1] = 0;
  static const char *const bad[] = {"", "a|b", "a b", "a\n"};
  for (size_t i = 0; i < 4; i++) assert_int_equal(keystore_dek(ks, bad[i], 0, "x", true, key, NULL), E_STORE_KEY_NAME);
  assert_int_equal(keystore_dek(ks, longer, 0, "x", true, key, NULL), E_STORE_KEY_NAME);
  assert_int_equal(keystore_n_entries(ks), 0);
  keystore_close(ks);
}
static void data_keys_are_one_per_dataset_part_and_class_and_persist(void **state) {
  (void)state;
  static const struct {
    const char *dataset, *retention;
    uint8_t part;
  } names[] = {{"vital/birth/2025-12", "permanent", 0}, {"vital/birth/2025-12", "permanent", 2}, {"vital/birth/2025-12", "years-10", 2},
      {"vital/birth/2025-11", "permanent", 0}, {"token/record", "permanent", 1}};
  uint8_t key[5][32], again[32];
  struct keystore *ks = opened();
  assert_int_equal(keystore_dek(ks, names[0].dataset, 0, "permanent", false, again, NULL), E_STORE_KEY_MISSING);
  for (int i = 0; i < 5; i++) assert_int_equal(keystore_dek(ks, names[i].dataset, names[i].part, names[i].retention, true, key[i], NULL), E_OK);
  for (int i = 0; i < 5; i++)
    for (int k = 0; k < i; k++) assert_memory_not_equal(key[i], key[k], 32);
  uint64_t sequence = keystore_public(ks)->sequence;
  assert_int_equal(keystore_save(ks, NULL), E_OK);
  assert_int_equal(keystore_public(ks)->sequence, sequence + 1);
  assert_int_equal(keystore_save(ks, NULL), E_OK); /* nothing changed */
  assert_int_equal(keystore_public(ks)->sequence, sequence + 1);
  keystore_close(ks);
  ks = opened();
  assert_int_equal(keystore_n_entries(ks), 5);
  for (int i = 0; i < 5; i++) {
    assert_int_equal(keystore_dek(ks, names[i].dataset, names[i].part, names[i].retention, true, again, NULL), E_OK);
    assert_memory_equal(key[i], again, 32);
  }
  keystore_close(ks);
}
static void what_was_not_saved_is_gone(void **state) {
  (void)state;
  uint8_t key[32];
  struct keystore *ks = opened();
  assert_int_equal(keystore_dek(ks, "d", 0, "p", true, key, NULL), E_OK);
  keystore_close(ks);
  ks = opened();
  assert_int_equal(keystore_dek(ks, "d", 0, "p", false, key, NULL), E_STORE_KEY_MISSING);
  keystore_close(ks);
}
static void a_destroyed_key_stays_destroyed_and_others_live(void **state) {
  (void)state;
  uint8_t a[32], b[32], again[32];
  struct keystore *ks = opened();
  assert_int_equal(keystore_dek(ks, "gone", 0, "p", true, a, NULL), E_OK);
  assert_int_equal(keystore_dek(ks, "kept", 0, "p", true, b, NULL), E_OK);
  assert_int_equal(keystore_dek_destroy(ks, "gone", 0, "p", NULL), E_OK);
  assert_int_equal(keystore_dek_destroy(ks, "gone", 0, "p", NULL), E_STORE_KEY_MISSING);
  uint8_t kek[32];
  memcpy(kek, keystore_kek(ks, KEK_DATA), 32);
  struct keystore_entry before = keystore_entry_at(ks, 0);
  assert_string_equal(before.dataset, "kept");
  assert_int_equal(keystore_rotate(ks, "new passphrase", NULL), E_OK);
  struct keystore_entry after = keystore_entry_at(ks, 0);
  assert_int_equal(after.epoch, 2);
  assert_memory_not_equal(before.commitment, after.commitment, 32);
  assert_memory_not_equal(kek, keystore_kek(ks, KEK_DATA), 32);
  keystore_close(ks);
  assert_int_equal(open_code(passphrase, NULL), E_STORE_PASSPHRASE);
  assert_int_equal(keystore_open(path, "new passphrase", &ks, NULL), E_OK);
  assert_int_equal(keystore_public(ks)->epoch, 2);
  assert_int_equal(keystore_dek(ks, "kept", 0, "p", false, again, NULL), E_OK);
  assert_memory_equal(b, again, 32);
  assert_int_equal(keystore_dek(ks, "gone", 0, "p", false, again, NULL), E_STORE_KEY_MISSING);
  keystore_close(ks);
}
/* A suspected key steps back: both open while both are there; twice is once; a checkpoint of the log is kept beside them and never goes back. */
static void a_key_that_stepped_back_is_there_until_it_is_destroyed(void **state) {
  (void)state;
  uint8_t old[32], key[32], before[32], root[32] = {9};
  struct keystore *ks = opened();
  assert_int_equal(keystore_dek(ks, "d", 2, "permanent", true, old, NULL), E_OK);
  assert_int_equal(keystore_dek(ks, "d", 3, "permanent", true, key, NULL), E_OK);
  assert_int_equal(keystore_dek_retire(ks, "d", 1, "permanent", NULL), E_STORE_KEY_MISSING);
  assert_int_equal(keystore_dek_retire(ks, "d", 2, "a-class-of-retention-that-is-so-very-long", NULL), E_STORE_KEY_NAME);
  assert_int_equal(keystore_dek_retire(ks, "d", 2, "permanent", NULL), E_OK);
  assert_int_equal(keystore_dek(ks, "d", 2, "permanent", false, key, NULL), E_OK);
  assert_memory_not_equal(key, old, 32);
  assert_int_equal(keystore_dek_retire(ks, "d", 2, "permanent", NULL), E_OK); /* not a third key */
  assert_int_equal(keystore_n_entries(ks), 3);
  assert_int_equal(keystore_note_checkpoint(ks, 5, root, NULL), E_OK); /* not while keys wait to be saved */
  assert_int_equal(keystore_public(ks)->log_size, 0);
  assert_int_equal(keystore_save(ks, NULL), E_OK);
  uint64_t sequence = keystore_public(ks)->sequence;
  assert_int_equal(keystore_note_checkpoint(ks, 5, root, NULL), E_OK);
  assert_int_equal(keystore_note_checkpoint(ks, 4, old, NULL), E_OK);
  keystore_close(ks);
  ks = opened();
  assert_int_equal(keystore_public(ks)->sequence, sequence);
  assert_int_equal(keystore_public(ks)->log_size, 5);
  assert_memory_equal(keystore_public(ks)->log_root, root, 32);
  assert_int_equal(keystore_dek(ks, "d", 2, "permanent" KEYSTORE_OLD, false, before, NULL), E_OK);
  assert_memory_equal(before, old, 32);
  assert_int_equal(keystore_dek_destroy(ks, "d", 2, "permanent" KEYSTORE_OLD, NULL), E_OK);
  assert_int_equal(keystore_rotate(ks, "new passphrase", NULL), E_OK);
  assert_int_equal(keystore_dek(ks, "d", 2, "permanent" KEYSTORE_OLD, false, before, NULL), E_STORE_KEY_MISSING);
  assert_int_equal(keystore_dek(ks, "d", 2, "permanent", false, before, NULL), E_OK);
  assert_memory_equal(before, key, 32);
  assert_int_equal(keystore_public(ks)->log_size, 5); /* a new epoch forgets nothing of the log */
  keystore_close(ks);
}
static void rotation_that_cannot_write_changes_nothing(void **state) {
  (void)state;
  uint8_t kek[32];
  struct keystore *ks = opened();
  memcpy(kek, keystore_kek(ks, KEK_DATA), 32);
  io_fault_at(IO_FAULT_ENOSPC, 1);
  assert_int_not_equal(keystore_rotate(ks, "other", NULL), E_OK);
  io_fault_at(IO_FAULT_NONE, 0);
  assert_memory_equal(kek, keystore_kek(ks, KEK_DATA), 32);
  keystore_close(ks);
  assert_int_equal(open_code(passphrase, NULL), E_OK);
}

/* --- damage and tampering --- */
static void altered(size_t at, uint8_t x, bool repair) {
  uint8_t *p;
  size_t n;
  assert_int_equal(file_read(path, 1 << 20, &p, &n, NULL), E_OK);
  p[at] ^= x;
  if (repair) sha256_of(p, n - 32, p + n - 32);
  assert_int_equal(atomic_write(path, p, n, ATOMIC_REPLACE, 0600, NULL), E_OK);
  free(p);
}
static void every_flipped_byte_is_called_damage(void **state) {
  (void)state;
  struct stat st;
  assert_int_equal(stat(path, &st), 0);
  for (size_t at = 0; at < (size_t)st.st_size; at++) {
    altered(at, 0x40, false);
    assert_int_equal(open_code(passphrase, NULL), E_STORE_KEYSTORE_DAMAGED);
    altered(at, 0x40, false);
  }
  assert_int_equal(open_code(passphrase, NULL), E_OK);
}
static void every_truncation_is_called_damage(void **state) {
  (void)state;
  uint8_t *p;
  size_t n;
  assert_int_equal(file_read(path, 1 << 20, &p, &n, NULL), E_OK);
  for (size_t k = 0; k < n; k++) {
    assert_int_equal(atomic_write(path, p, k, ATOMIC_REPLACE, 0600, NULL), E_OK);
    assert_int_equal(open_code(passphrase, NULL), E_STORE_KEYSTORE_DAMAGED);
  }
  free(p);
}
/* Someone who repairs the checksum: key derivation parameters, salts and wrapped ROOT look like a wrong passphrase; the rest is damage; nothing
 * opens. */
static void tampering_with_derivation_looks_like_a_wrong_passphrase(void **state) {
  (void)state;
  struct err wrong, tampered;
  assert_int_equal(open_code("wrong", &wrong), E_STORE_PASSPHRASE);
  struct stat st;
  assert_int_equal(stat(path, &st), 0);
  const size_t passes_at = 4 + 1 + 1 + 5, salt_at = passes_at + 8;
  static const struct {
    size_t offset;
    uint8_t x;
  } cases[] = {{0, 2}, {1, 1}, {2, 1}, {3, 0x80}, {4, 1}, {5, 8}, {6, 1}, {7, 0x80}, {8, 1}, {23, 0xff}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    altered(passes_at + cases[i].offset, cases[i].x, true);
    assert_int_equal(open_code(passphrase, &tampered), E_STORE_PASSPHRASE);
    assert_string_equal(tampered.subject, wrong.subject);
    assert_string_equal(tampered.expected, wrong.expected);
    assert_string_equal(tampered.found, wrong.found);
    altered(passes_at + cases[i].offset, cases[i].x, true);
  }
  for (size_t at = salt_at; at < (size_t)st.st_size - 32; at += 13) {
    altered(at, 1, true);
    enum err_code code = open_code(passphrase, NULL);
    assert_true(code == E_STORE_PASSPHRASE || code == E_STORE_KEYSTORE_DAMAGED);
    altered(at, 1, true);
  }
  assert_int_equal(open_code(passphrase, NULL), E_OK);
}
static void a_light_store_relabelled_as_standard_does_not_open(void **state) {
  (void)state;
  uint8_t *p;
  size_t n;
  assert_int_equal(file_read(path, 1 << 20, &p, &n, NULL), E_OK);
  assert_memory_equal(p + 6, "light", 5);
  memcpy(p + 6, "lighu", 5);
  sha256_of(p, n - 32, p + n - 32);
  assert_int_equal(atomic_write(path, p, n, ATOMIC_REPLACE, 0600, NULL), E_OK);
  assert_int_not_equal(open_code(passphrase, NULL), E_OK);
  free(p);
}
/* Without the right to lock memory (limit 0, and no privilege to pass it) a standard store must refuse, a light one say so. */
static void without_locked_memory_standard_refuses_and_light_tells(void **state) {
  (void)state;
  if (ADDRESS_CHECKED) skip(); /* it replaces mlock by nothing */
  pid_t child = fork();
  if (child == 0) {
    struct rlimit none = {0, 0};
    char other[128];
    struct keystore *ks;
    struct err e;
    snprintf(other, sizeof other, "%s/standard", folder);
    bool limited = setrlimit(RLIMIT_MEMLOCK, &none) == 0 && (geteuid() != 0 || (setgid(65534) == 0 && setuid(65534) == 0));
    if (!limited) _exit(77);
    if (keystore_create(other, "standard", passphrase, "x", &e) != E_STORE_MLOCK || access(other, F_OK) == 0) _exit(1);
    bool dropped = access(path, R_OK) != 0;
    if (dropped) _exit(0); /* the file belongs to the former user: the refusal above is what counts */
    if (keystore_open(path, passphrase, &ks, &e) != E_OK || keystore_memory_locked(ks)) _exit(2);
    keystore_close(ks);
    _exit(0);
  }
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) skip();
  assert_int_equal(WEXITSTATUS(status), 0);
}
static void a_missing_file_is_not_called_damaged(void **state) {
  (void)state;
  struct keystore *ks;
  assert_int_equal(keystore_open("/tmp/no/such/keystore", passphrase, &ks, NULL), E_FILE_OPEN);
  assert_null(ks);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)
  const struct CMUnitTest tests[] = {
      T(keys_are_the_same_after_reopening),
      T(peek_shows_public_facts_without_a_passphrase),
      T(the_file_is_for_its_owner_only_and_never_overwritten),
      T(unknown_profiles_and_names_are_refused),
      T(data_keys_are_one_per_dataset_part_and_class_and_persist),
      T(what_was_not_saved_is_gone),
      T(a_destroyed_key_stays_destroyed_and_others_live),
      T(a_key_that_stepped_back_is_there_until_it_is_destroyed),
      T(rotation_that_cannot_write_changes_nothing),
      T(every_flipped_byte_is_called_damage),
      T(every_truncation_is_called_damage),
      T(tampering_with_derivation_looks_like_a_wrong_passphrase),
      T(a_light_store_relabelled_as_standard_does_not_open),
      T(without_locked_memory_standard_refuses_and_light_tells),
      T(a_missing_file_is_not_called_damaged),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
