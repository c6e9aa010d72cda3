/* Keystores with officers: who opens them, who does not and is named, what a new epoch leaves behind. Rows 7, 12 and 13 of the list of attacks
 * (tests/attacks_keys.md) for the key file itself; the store's side of them is in test_store_officers.c. */
#include "tests/unit/officer_fixture.h"

#include "base/ext_gfshare.h"
#include "secure-store/age.h"
#include "secure-store/keystore_impl.h"

static struct officers o;
static struct err error;
static char path[300];
static struct keystore_faults faults;

static int make(void **state) {
  (void)state;
  struct keystore *ks;
  officers_make(&o);
  snprintf(path, sizeof path, "%s/keystore", o.folder);
  if (keystore_found(path, "light", &o.plan, "shirabe.invalid/log", &ks, &error)) return -1;
  keystore_close(ks);
  return 0;
}
static int unmake(void **state) {
  (void)state;
  officers_free(&o);
  return 0;
}
/* Opens with the officers of a bit set. */
static enum err_code open_with(unsigned set, struct keystore **ks) {
  struct share_giver givers[OFFICERS];
  int n = 0;
  for (int i = 0; i < OFFICERS; i++)
    if (set >> i & 1) givers[n++] = giver(&o, i);
  return keystore_open_shares(path, givers, n, &faults, ks, &error);
}
static struct keystore *opened(unsigned set) {
  struct keystore *ks;
  OK(open_with(set, &ks));
  return ks;
}
static enum err_code authorise_with(struct keystore *ks, unsigned set) {
  struct share_giver givers[OFFICERS];
  int n = 0;
  for (int i = 0; i < OFFICERS; i++)
    if (set >> i & 1) givers[n++] = giver(&o, i);
  return keystore_authorise(ks, givers, n, &faults, &error);
}
static const struct share_holder *holder_of(const struct share_set *s, int officer) {
  for (int i = 0; i < s->n; i++)
    if (strcmp(s->holder[i].officer, officer_ids[officer]) == 0) return &s->holder[i];
  fail();
  return NULL;
}
/* Writes bytes as the key file, the checksum made good. */
static void put_bytes(uint8_t *p, size_t n) {
  sha256_of(p, n - 32, p + n - 32);
  OK(atomic_write(path, p, n, ATOMIC_REPLACE, 0600, &error));
}
static uint8_t *get_bytes(size_t *n) {
  uint8_t *p;
  OK(file_read(path, 1 << 20, &p, n, &error));
  return p;
}

/* --- opening --- */
static void every_choice_of_two_unlocking_officers_opens_and_no_other(void **state) {
  (void)state;
  uint8_t kek[32];
  struct keystore *ks = opened(3);
  memcpy(kek, keystore_kek(ks, KEK_DATA), 32);
  keystore_close(ks);
  for (unsigned set = 0; set < 1u << OFFICERS; set++) {
    int unlocking = (int)((set & 1) + (set >> 1 & 1) + (set >> 2 & 1));
    enum err_code code = open_with(set, &ks);
    if (unlocking >= 2) {
      assert_int_equal(code, E_OK);
      assert_memory_equal(kek, keystore_kek(ks, KEK_DATA), 32);
      keystore_close(ks);
    } else {
      assert_true(code == E_SHARE_TOO_FEW || code == E_SHARE_HOLDER);
      assert_null(ks);
    }
  }
}
static void a_passphrase_does_not_open_it_and_says_who_does(void **state) {
  (void)state;
  struct keystore *ks;
  assert_int_equal(keystore_open(path, PASSPHRASE, &ks, &error), E_KEYS_OFFICERS);
  assert_string_equal(error.expected, "2 of 3 officers");
  char other[320];
  snprintf(other, sizeof other, "%s/office", o.folder);
  OK(keystore_create(other, "light", PASSPHRASE, "shirabe.invalid/log", &error));
  struct share_giver givers[2] = {giver(&o, 0), giver(&o, 1)};
  assert_int_equal(keystore_open_shares(other, givers, 2, &faults, &ks, &error), E_KEYS_PASSPHRASE);
  OK(keystore_open(other, PASSPHRASE, &ks, &error));
  assert_int_equal(keystore_authorise(ks, givers, 2, &faults, &error), E_KEYS_PASSPHRASE);
  assert_null(keystore_set(ks, KEYSTORE_UNLOCK));
  keystore_close(ks);
}
static void data_keys_live_through_saving_and_opening(void **state) {
  (void)state;
  uint8_t key[32], again[32];
  struct keystore *ks = opened(3);
  OK(keystore_dek(ks, "vital/birth/2025-12", 2, "permanent", true, key, &error));
  OK(keystore_save(ks, &error));
  assert_int_equal(keystore_public(ks)->sequence, 2);
  keystore_close(ks);
  ks = opened(6);
  OK(keystore_dek(ks, "vital/birth/2025-12", 2, "permanent", false, again, &error));
  assert_memory_equal(key, again, 32);
  keystore_close(ks);
}
static void plans_that_do_not_hold_are_refused(void **state) {
  (void)state;
  struct keystore *ks;
  char other[320];
  snprintf(other, sizeof other, "%s/other", o.folder);
  struct share_plan unlock = o.unlock, authority = o.authority;
#define REFUSED(change)                                                                            \
  do {                                                                                             \
    o.unlock = unlock;                                                                             \
    o.authority = authority;                                                                       \
    change;                                                                                        \
    assert_int_equal(keystore_found(other, "light", &o.plan, "x", &ks, &error), E_KEYS_PLAN);      \
    assert_null(ks);                                                                               \
  } while (0)
  REFUSED(o.unlock.m = 1);
  REFUSED(o.unlock.m = 4);
  REFUSED(o.unlock.n = 1);
  REFUSED(o.unlock.n = 17);
  REFUSED(o.authority.m = 6);
  REFUSED((o.unlock.m = 3, o.authority.m = 2));
  REFUSED(o.unlock.holder[1].officer = officer_ids[0]);
  REFUSED(o.unlock.holder[1].age_recipient = o.card[0].age_recipient);
  REFUSED(o.unlock.holder[1].officer = "Officer B");
  REFUSED(o.unlock.holder[1].auditor = true);
  REFUSED(o.authority.holder[1].auditor = true); /* officer-b unlocks */
  REFUSED(o.authority.holder[4].auditor = false);
  REFUSED(o.authority.holder[0].age_recipient = o.card[5].age_recipient);
  REFUSED(o.authority.holder[0].officer = officer_ids[5]);
  o.unlock = unlock;
  o.authority = authority;
  o.unlock.holder[0].age_recipient = "age1nonsense";
  assert_int_equal(keystore_found(other, "light", &o.plan, "x", &ks, &error), E_AGE_KEY);
  assert_int_not_equal(access(other, F_OK), 0);
}

/* --- row 12 --- */
static void attack_12_too_few_shares(void **state) {
  (void)state;
  struct keystore *ks;
  assert_int_equal(open_with(1, &ks), E_SHARE_TOO_FEW);
  assert_string_equal(error.found, "1");
  assert_string_equal(error.expected, "2");
  assert_int_equal(open_with(0, &ks), E_SHARE_TOO_FEW);
}
static void attack_12_one_officer_twice(void **state) {
  (void)state;
  struct keystore *ks;
  struct share_giver twice[2] = {giver(&o, 0), giver(&o, 0)};
  assert_int_equal(keystore_open_shares(path, twice, 2, &faults, &ks, &error), E_SHARE_TWICE);
  assert_non_null(strstr(error.subject, "officer-a"));
  struct share_giver three[3] = {giver(&o, 0), giver(&o, 0), giver(&o, 2)};
  OK(keystore_open_shares(path, three, 3, &faults, &ks, &error)); /* two right ones are there, the third is reported */
  assert_int_equal(faults.n, 1);
  assert_int_equal(faults.fault[0].code, E_SHARE_TWICE);
  keystore_close(ks);
}
/* Share files given from outside, as they were exported. */
static struct share_giver with_file(int officer, const struct share_holder *h, int number) {
  struct share_giver g = giver(&o, officer);
  g.file = h->file;
  g.file_n = h->file_n;
  g.number = number;
  return g;
}
static void attack_12_share_numbers_out_of_range(void **state) {
  (void)state;
  struct keystore *ks = opened(3);
  struct share_set set = *keystore_set(ks, KEYSTORE_UNLOCK);
  keystore_close(ks);
  static const int numbers[] = {0, -1, 256, 1000};
  for (size_t i = 0; i < 4; i++) {
    struct share_giver givers[2] = {giver(&o, 0), with_file(1, holder_of(&set, 1), numbers[i])};
    assert_int_equal(keystore_open_shares(path, givers, 2, &faults, &ks, &error), E_SHARE_NUMBER);
    assert_null(ks);
  }
  int number;
  assert_int_equal(share_file_number("a/root.000.age", &number, &error), E_SHARE_NUMBER);
  assert_int_equal(share_file_number("a/root.256.age", &number, &error), E_SHARE_NUMBER);
  static const char *const bad[] = {"root.age", "root.1.age", "root.0001.age", "root.01x.age", "root.012", ".012.age", "root.012.age/x", ""};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_int_equal(share_file_number(bad[i], &number, &error), E_SHARE_NAME);
  OK(share_file_number("a.b/root.e1.255.age", &number, &error));
  assert_int_equal(number, 255);
}
static void attack_12_share_of_another_epoch(void **state) {
  (void)state;
  struct keystore *ks = opened(3);
  struct share_set old = *keystore_set(ks, KEYSTORE_UNLOCK);
  OK(authorise_with(ks, 0x19));
  OK(keystore_reshare(ks, NULL, &error));
  const struct share_set *now = keystore_set(ks, KEYSTORE_UNLOCK);
  /* Under its own number, and under the number of the share it would have to be now. */
  int numbers[2] = {holder_of(&old, 1)->number, holder_of(now, 1)->number};
  keystore_close(ks);
  for (int i = 0; i < 2; i++) {
    struct share_giver givers[2] = {giver(&o, 0), with_file(1, holder_of(&old, 1), numbers[i])};
    assert_int_equal(keystore_open_shares(path, givers, 2, &faults, &ks, &error), E_SHARE_REFUSED);
    assert_int_equal(faults.n, 1);
  }
}
static void attack_12_corrupted_share_is_named(void **state) {
  (void)state;
  struct keystore *ks = opened(3);
  struct share_set set = *keystore_set(ks, KEYSTORE_UNLOCK);
  keystore_close(ks);
  const struct share_holder *h = holder_of(&set, 1);
  char named[64];
  snprintf(named, sizeof named, "share %d of officer-b", h->number);
  for (size_t at = 0; at < h->file_n; at++) {
    struct share_holder bad = *h;
    bad.file[at] ^= 4;
    struct share_giver givers[3] = {giver(&o, 0), with_file(1, &bad, bad.number), giver(&o, 2)};
    assert_int_equal(keystore_open_shares(path, givers, 2, &faults, &ks, &error), E_SHARE_REFUSED);
    assert_string_equal(error.subject, named);
    if (at % 16) continue;
    OK(keystore_open_shares(path, givers, 3, &faults, &ks, &error)); /* two right ones outvote it, and it is still named */
    assert_int_equal(faults.n, 1);
    assert_string_equal(faults.fault[0].subject, named);
    keystore_close(ks);
  }
}
/* A share of the right form, sealed to the right officer, with one wrong bit inside: only the commitment can tell. */
static void attack_12_altered_share_in_a_valid_file_is_named(void **state) {
  (void)state;
  struct keystore *ks = opened(3);
  struct share_set set = *keystore_set(ks, KEYSTORE_UNLOCK);
  keystore_close(ks);
  const struct share_holder *h = holder_of(&set, 2);
  struct strbuf plain, sealed;
  strbuf_init(&plain, 0);
  strbuf_init(&sealed, 0);
  OK(age_decrypt(o.secret[2]->age, h->file, h->file_n, 64, &plain, &error));
  plain.p[31] ^= 1;
  OK(age_encrypt(o.card[2].age_recipient, plain.p, plain.n, &sealed, &error));
  struct share_holder bad = *h;
  memcpy(bad.file, sealed.p, sealed.n);
  bad.file_n = (uint16_t)sealed.n;
  struct share_giver givers[2] = {giver(&o, 0), with_file(2, &bad, bad.number)};
  assert_int_equal(keystore_open_shares(path, givers, 2, &faults, &ks, &error), E_SHARE_REFUSED);
  assert_non_null(strstr(error.subject, "officer-c"));
  strbuf_reset(&sealed);
  OK(age_encrypt(o.card[2].age_recipient, plain.p, 31, &sealed, &error)); /* too short */
  memcpy(bad.file, sealed.p, sealed.n);
  bad.file_n = (uint16_t)sealed.n;
  assert_int_equal(keystore_open_shares(path, givers, 2, &faults, &ks, &error), E_SHARE_REFUSED);
  strbuf_release(&plain);
  strbuf_release(&sealed);
}
static void attack_12_share_sealed_to_another_officer(void **state) {
  (void)state;
  struct keystore *ks = opened(3);
  struct share_set set = *keystore_set(ks, KEYSTORE_UNLOCK);
  keystore_close(ks);
  const struct share_holder *h = holder_of(&set, 1);
  struct share_giver givers[2] = {giver(&o, 0), with_file(2, h, h->number)}; /* officer-c presents officer-b's share */
  assert_int_equal(keystore_open_shares(path, givers, 2, &faults, &ks, &error), E_SHARE_REFUSED);
  assert_non_null(strstr(error.subject, "officer-b"));
  struct share_giver own[2] = {giver(&o, 0), with_file(0, h, h->number)};
  assert_int_equal(keystore_open_shares(path, own, 2, &faults, &ks, &error), E_SHARE_REFUSED);
}
/* Whoever can write the file may exchange shares and commitments; the check value and then the MAC stand in the way. */
static void attack_12_forged_set_opens_nothing(void **state) {
  (void)state;
  size_t n;
  uint8_t *p = get_bytes(&n);
  struct keystore_image k;
  const uint8_t *mac;
  struct str covered;
  struct keystore *ks;
  OK(keystore_image_parse(path, p, n, &k, &mac, &covered, &error));
  uint8_t secret[32];
  random_bytes(secret, sizeof secret);
  struct share_purpose purpose = {"unlock", k.public.install_id, k.public.epoch};
  struct share_set forged;
  OK(share_set_make(secret, &o.unlock, &purpose, &forged, &error));
  struct share_set real = k.set[KEYSTORE_UNLOCK];
  for (int keep_check = 0; keep_check < 2; keep_check++) {
    struct strbuf out;
    strbuf_init(&out, 0);
    k.set[KEYSTORE_UNLOCK] = forged;
    if (keep_check) memcpy(k.set[KEYSTORE_UNLOCK].check, real.check, 32);
    OK(keystore_image_write(&k, &out, &error));
    strbuf_add(&out, (const char *)mac, 32);
    assert_non_null(strbuf_extend(&out, 32));
    put_bytes((uint8_t *)out.p, out.n);
    assert_int_equal(open_with(3, &ks), keep_check ? E_SHARE_REFUSED : E_STORE_KEYSTORE_DAMAGED);
    strbuf_release(&out);
  }
  keystore_image_release(&k);
  free(p);
}

/* --- row 13 --- */
static bool contains(const uint8_t *p, size_t n, const void *what, size_t what_n) { return memmem(p, n, what, what_n) != NULL; }
static void attack_13_removed_officer_and_a_colleague_cannot_unlock(void **state) {
  (void)state;
  uint8_t key[32], again[32];
  struct keystore *ks = opened(3);
  OK(keystore_dek(ks, "vital/birth/2025-12", 2, "permanent", true, key, &error));
  OK(keystore_save(ks, &error));
  struct share_set old = *keystore_set(ks, KEYSTORE_UNLOCK);
  uint8_t old_root[32], old_kek[32], old_wrapped[KEYSTORE_WRAPPED];
  memcpy(old_root, ks->secrets->root, 32);
  memcpy(old_kek, keystore_kek(ks, KEK_DATA), 32);
  memcpy(old_wrapped, ks->image.entries[0].wrapped, sizeof old_wrapped);
  /* officer-c leaves, officer-f comes. */
  OK(authorise_with(ks, 0x19));
  officers_plan(&o, (const int[]){0, 1, 5}, 3, (const int[]){0, 1, 5, 3, 4}, 5);
  OK(keystore_reshare(ks, &o.plan, &error));
  assert_int_equal(keystore_public(ks)->epoch, 2);
  keystore_close(ks);

  assert_int_equal(open_with(1 << 0 | 1 << 2, &ks), E_SHARE_HOLDER);
  struct share_giver givers[2] = {giver(&o, 0), with_file(2, holder_of(&old, 2), holder_of(&old, 2)->number)};
  assert_int_equal(keystore_open_shares(path, givers, 2, &faults, &ks, &error), E_SHARE_REFUSED);
  struct share_giver both_old[2] = {with_file(0, holder_of(&old, 0), holder_of(&old, 0)->number), givers[1]};
  assert_int_equal(keystore_open_shares(path, both_old, 2, &faults, &ks, &error), E_SHARE_REFUSED);

  /* Together they still rebuild the old ROOT, with any tool: it opens nothing of the new file. */
  uint8_t shares[64], numbers[2], root[32];
  for (int i = 0; i < 2; i++) {
    const struct share_holder *h = holder_of(&old, i * 2);
    struct strbuf plain;
    strbuf_init(&plain, 0);
    OK(age_decrypt(o.secret[i * 2]->age, h->file, h->file_n, 64, &plain, &error));
    memcpy(shares + 32 * i, plain.p, 32);
    numbers[i] = h->number;
    strbuf_release(&plain);
  }
  assert_true(shares_combine(numbers, shares, 2, 32, root));
  assert_memory_equal(root, old_root, 32);
  size_t n;
  uint8_t *p = get_bytes(&n);
  struct keystore_image k;
  const uint8_t *mac;
  struct str covered;
  OK(keystore_image_parse(path, p, n, &k, &mac, &covered, &error));
  assert_false(keystore_dek_unwrap(old_kek, &k.entries[0], again));
  for (uint64_t epoch = 1; epoch <= 2; epoch++) {
    struct keystore_secrets s;
    memset(&s, 0, sizeof s);
    memcpy(s.root, root, 32);
    keystore_derive_all(&s, epoch);
    assert_false(keystore_officer_unwrap(&k, &s));
    assert_false(keystore_dek_unwrap(s.kek[KEK_DATA], &k.entries[0], again));
  }
  keystore_image_release(&k);

  /* Nothing of the old epoch's key material is left in the file. */
  assert_false(contains(p, n, old_root, 32));
  assert_false(contains(p, n, old_wrapped, 16));
  for (size_t at = 60; at < sizeof old_wrapped - 8; at++) assert_false(contains(p, n, old_wrapped + at, 8));
  for (int i = 0; i < old.n; i++) {
    assert_false(contains(p, n, old.holder[i].commitment, 8));
    assert_false(contains(p, n, old.holder[i].salt, 8));
    assert_false(contains(p, n, old.holder[i].file + 120, 16));
  }
  assert_false(contains(p, n, old.check, 8));
  assert_false(contains(p, n, "officer-c", 9));
  free(p);
  /* The others go on, with the same data. */
  ks = opened(1 << 1 | 1 << 5);
  OK(keystore_dek(ks, "vital/birth/2025-12", 2, "permanent", false, again, &error));
  assert_memory_equal(key, again, 32);
  keystore_close(ks);
}

/* --- authority --- */
static void a_new_epoch_takes_the_authority_with_an_auditor(void **state) {
  (void)state;
  struct keystore *ks = opened(3);
  assert_int_equal(keystore_reshare(ks, NULL, &error), E_KEYS_AUTHORITY);
  assert_string_equal(error.expected, "3 of 5 officers, one of them an auditor");
  assert_int_equal(authorise_with(ks, 0), E_KEYS_AUTHORITY);
  assert_int_equal(authorise_with(ks, 3), E_SHARE_TOO_FEW);
  assert_int_equal(authorise_with(ks, 0x0f), E_KEYS_AUDITOR);
  assert_false(keystore_authorised(ks));
  assert_int_equal(authorise_with(ks, 0x23), E_SHARE_HOLDER);
  assert_int_equal(keystore_reshare(ks, NULL, &error), E_KEYS_AUTHORITY);
  OK(authorise_with(ks, 0x19));
  OK(keystore_reshare(ks, NULL, &error));
  assert_false(keystore_authorised(ks)); /* for one change only */
  assert_int_equal(keystore_reshare(ks, NULL, &error), E_KEYS_AUTHORITY);
  assert_int_equal(keystore_rotate(ks, PASSPHRASE, &error), E_KEYS_OFFICERS);
  keystore_close(ks);
}
static void keys_are_destroyed_by_the_authority_and_named_in_the_certificate(void **state) {
  (void)state;
  uint8_t key[32], none[32] = {0};
  struct keystore *ks = opened(3);
  OK(keystore_dek(ks, "gone", 0, "p", true, key, &error));
  OK(keystore_dek(ks, "kept", 0, "p", true, key, &error));
  OK(keystore_save(ks, &error));
  assert_int_equal(keystore_dek_destroy(ks, "gone", 0, "p", &error), E_KEYS_AUTHORITY);
  OK(authorise_with(ks, 0x19));
  OK(keystore_dek_destroy(ks, "gone", 0, "p", &error));
  assert_int_equal(keystore_save(ks, &error), E_KEYS_PENDING);
  OK(keystore_reshare(ks, NULL, &error));
  assert_memory_not_equal(ks->image.certificate.destroyed, none, 32);
  assert_int_equal(keystore_dek(ks, "gone", 0, "p", false, key, &error), E_STORE_KEY_MISSING);
  keystore_close(ks);
  ks = opened(5);
  assert_int_equal(keystore_dek(ks, "gone", 0, "p", false, key, &error), E_STORE_KEY_MISSING);
  OK(keystore_dek(ks, "kept", 0, "p", false, key, &error));
  OK(authorise_with(ks, 0x19));
  OK(keystore_reshare(ks, NULL, &error));
  assert_memory_equal(ks->image.certificate.destroyed, none, 32);
  keystore_close(ks);
}
static void every_epoch_is_signed_by_the_authority_before_it(void **state) {
  (void)state;
  struct keystore *ks = opened(3);
  struct keystore_public before = *keystore_public(ks);
  uint8_t none[32] = {0};
  assert_true(before.certified);
  assert_memory_equal(before.previous_head, none, 32);
  assert_memory_equal(before.previous_key, before.authority_key, 32);
  for (int i = 0; i < 3; i++) {
    OK(authorise_with(ks, 0x19));
    OK(keystore_reshare(ks, NULL, &error));
    struct keystore_public peeked;
    OK(keystore_peek(path, &peeked, &error));
    assert_true(peeked.certified);
    assert_memory_equal(peeked.previous_head, before.head, 32);
    assert_memory_equal(peeked.previous_key, before.authority_key, 32);
    assert_memory_not_equal(peeked.authority_key, before.authority_key, 32);
    assert_memory_equal(&peeked, keystore_public(ks), sizeof peeked);
    before = peeked;
  }
  keystore_close(ks);
}
/* Those who unlock know ROOT and so the MAC key; the certificate they cannot make. */
static void who_can_only_unlock_cannot_change_the_officers(void **state) {
  (void)state;
  struct keystore *ks = opened(3);
  struct share_purpose purpose = {"unlock", ks->image.public.install_id, ks->image.public.epoch};
  officers_plan(&o, (const int[]){0, 1, 5}, 3, (const int[]){0, 1, 5, 3, 4}, 5);
  OK(share_set_make(ks->secrets->root, &o.unlock, &purpose, &ks->image.set[KEYSTORE_UNLOCK], &error));
  OK(keystore_write(ks, ATOMIC_REPLACE, &error));
  keystore_close(ks);
  assert_int_equal(open_with(1 << 0 | 1 << 5, &ks), E_KEYS_EPOCH);
}

/* --- other profiles, damage, faults --- */
static void an_office_of_one_becomes_a_store_with_officers(void **state) {
  (void)state;
  uint8_t key[32], again[32], none[32] = {0};
  struct keystore *ks;
  unlink(path);
  OK(keystore_create(path, "light", PASSPHRASE, "shirabe.invalid/log", &error));
  OK(keystore_open(path, PASSPHRASE, &ks, &error));
  OK(keystore_dek(ks, "d", 0, "p", true, key, &error));
  assert_int_equal(keystore_reshare(ks, NULL, &error), E_KEYS_PASSPHRASE);
  char recipient[80];
  memcpy(recipient, keystore_public(ks)->age_recipient, sizeof recipient);
  OK(keystore_reshare(ks, &o.plan, &error));
  keystore_close(ks);
  assert_int_equal(keystore_open(path, PASSPHRASE, &ks, &error), E_KEYS_OFFICERS);
  ks = opened(6);
  const struct keystore_public *p = keystore_public(ks);
  assert_int_equal(p->epoch, 2);
  assert_int_equal(p->version, 2);
  assert_string_equal(p->age_recipient, recipient);
  assert_string_equal(p->profile, "light");
  assert_memory_equal(p->previous_head, none, 32);
  OK(keystore_dek(ks, "d", 0, "p", false, again, &error));
  assert_memory_equal(key, again, 32);
  keystore_close(ks);
}
static void every_flipped_or_cut_byte_is_called_damage(void **state) {
  (void)state;
  size_t n;
  uint8_t *p = get_bytes(&n);
  struct keystore *ks;
  for (size_t at = 0; at < n; at += 3) {
    p[at] ^= 0x20;
    OK(atomic_write(path, p, n, ATOMIC_REPLACE, 0600, &error));
    assert_int_equal(open_with(3, &ks), E_STORE_KEYSTORE_DAMAGED);
    p[at] ^= 0x20;
  }
  for (size_t cut = 0; cut < n; cut += 11) {
    OK(atomic_write(path, p, cut, ATOMIC_REPLACE, 0600, &error));
    assert_int_equal(open_with(3, &ks), E_STORE_KEYSTORE_DAMAGED);
  }
  /* With the checksum made good: nothing opens, whatever byte was altered. */
  for (size_t at = 0; at < n - 32; at++) {
    p[at] ^= 1;
    put_bytes(p, n);
    assert_int_not_equal(open_with(3, &ks), E_OK);
    p[at] ^= 1;
  }
  put_bytes(p, n);
  OK(open_with(3, &ks));
  keystore_close(ks);
  free(p);
}
static void standard_profile_wants_every_secret_in_locked_memory(void **state) {
  (void)state;
  struct keystore *ks;
  unlink(path);
  enum err_code code = keystore_found(path, "standard", &o.plan, "x", &ks, &error);
  if (code == E_STORE_MLOCK) skip(); /* this machine cannot lock memory at all */
  OK(code);
  keystore_close(ks);
  struct share_giver givers[2] = {giver(&o, 0), giver(&o, 1)};
  OK(keystore_open_shares(path, givers, 2, &faults, &ks, &error));
  keystore_close(ks);
  givers[1].locked = false;
  assert_int_equal(keystore_open_shares(path, givers, 2, &faults, &ks, &error), E_STORE_MLOCK);
}
static void a_rotation_is_whole_or_did_not_happen(void **state) {
  (void)state;
  static const enum io_fault kinds[] = {IO_FAULT_ENOSPC, IO_FAULT_EIO, IO_FAULT_KILL};
  int old_kept = 0, new_there = 0;
  for (size_t kind = 0; kind < 3; kind++)
    for (uint64_t step = 1;; step++) {
      struct keystore *ks = opened(3);
      uint64_t epoch = keystore_public(ks)->epoch;
      OK(authorise_with(ks, 0x19));
      fflush(NULL);
      pid_t child = fork();
      if (child == 0) {
        io_fault_at(kinds[kind], step);
        enum err_code code = keystore_reshare(ks, NULL, &error);
        _exit(io_fault_count() < step ? 2 : code != 0);
      }
      int status;
      assert_int_equal(waitpid(child, &status, 0), child);
      keystore_close(ks);
      ks = opened(6); /* opens in any case: one whole epoch or the other */
      uint64_t now = keystore_public(ks)->epoch;
      keystore_close(ks);
      assert_true(now == epoch || now == epoch + 1);
      if (WIFEXITED(status) && WEXITSTATUS(status) != 1) assert_int_equal(now, epoch + 1);
      old_kept += now == epoch;
      new_there += now != epoch;
      if (WIFEXITED(status) && WEXITSTATUS(status) == 2) break;
      assert_true(step < 50);
    }
  assert_true(old_kept >= 6 && new_there >= 3);
  print_message("  rotation: %d faults kept the old epoch, %d runs gave the new one\n", old_kept, new_there);
}

/* --- without any program of ours --- */
static void debian_age_and_gfcombine_rebuild_root(void **state) {
  (void)state;
  static const char tools[] = "command -v age >/dev/null && command -v gfcombine >/dev/null && command -v python3 >/dev/null";
  if (access("tests/unit/age_pty.py", R_OK) != 0 || system(tools)) skip();
  struct share_set sets[KEYSTORE_SETS];
  OK(keystore_peek_sets(path, sets, &error));
  char list[700] = "", command[2048];
  for (int i = 0; i < 3; i += 2) { /* officer-a and officer-c */
    const struct share_holder *h = holder_of(&sets[KEYSTORE_UNLOCK], i);
    char file[320];
    snprintf(file, sizeof file, "%.256s/root.%03d.age", o.folder, h->number);
    OK(atomic_write(file, h->file, h->file_n, ATOMIC_NEW_ONLY, 0600, &error));
    snprintf(command, sizeof command, "python3 tests/unit/age_pty.py '%s' age -d -o %.256s/root.%03d -i %s %s", PASSPHRASE, o.folder, h->number,
             o.key[i], file);
    assert_int_equal(system(command), 0);
    snprintf(list + strlen(list), sizeof list - strlen(list), " root.%03d", h->number);
  }
  snprintf(command, sizeof command, "cd %s && gfcombine -o ROOT%s", o.folder, list);
  assert_int_equal(system(command), 0);
  uint8_t *p;
  size_t n;
  snprintf(command, sizeof command, "%s/ROOT", o.folder);
  OK(file_read(command, 64, &p, &n, &error));
  assert_int_equal(n, 32);
  struct keystore *ks = opened(3);
  assert_memory_equal(p, ks->secrets->root, 32);
  keystore_close(ks);
  free(p);
}

int main(void) {
  if (!crypto_start()) return 70;
#define T(f) cmocka_unit_test_setup_teardown(f, make, unmake)
  const struct CMUnitTest tests[] = {
      T(every_choice_of_two_unlocking_officers_opens_and_no_other),
      T(a_passphrase_does_not_open_it_and_says_who_does),
      T(data_keys_live_through_saving_and_opening),
      T(plans_that_do_not_hold_are_refused),
      T(attack_12_too_few_shares),
      T(attack_12_one_officer_twice),
      T(attack_12_share_numbers_out_of_range),
      T(attack_12_share_of_another_epoch),
      T(attack_12_corrupted_share_is_named),
      T(attack_12_altered_share_in_a_valid_file_is_named),
      T(attack_12_share_sealed_to_another_officer),
      T(attack_12_forged_set_opens_nothing),
      T(attack_13_removed_officer_and_a_colleague_cannot_unlock),
      T(a_new_epoch_takes_the_authority_with_an_auditor),
      T(keys_are_destroyed_by_the_authority_and_named_in_the_certificate),
      T(every_epoch_is_signed_by_the_authority_before_it),
      T(who_can_only_unlock_cannot_change_the_officers),
      T(an_office_of_one_becomes_a_store_with_officers),
      T(every_flipped_or_cut_byte_is_called_damage),
      T(standard_profile_wants_every_secret_in_locked_memory),
      T(a_rotation_is_whole_or_did_not_happen),
      T(debian_age_and_gfcombine_rebuild_root),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
