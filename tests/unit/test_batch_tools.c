/* test_batch_tools.c -- no lock-in: a batch opens with age, zstd, tar and minisign of any distribution. Skipped where one of them is missing. */
#include "tests/fault/store_fixture.h"

#include "base/atomic_file.h"
#include "collector/batch.h"
#include "secure-store/age.h"
#include "secure-store/minisign.h"

static struct err error;

static bool have_tools(void) {
  return system("command -v age >/dev/null && command -v zstd >/dev/null && command -v minisign >/dev/null && command -v tar >/dev/null") == 0;
}

static void put(const char *folder, const char *name, const void *p, size_t n) {
  char path[400];
  snprintf(path, sizeof path, "%.250s/%s", folder, name);
  OK(atomic_write(path, p, n, ATOMIC_REPLACE, 0600, &error));
}

static int in_folder(const char *folder, const char *command) {
  char line[1000];
  snprintf(line, sizeof line, "cd '%s' && %s", folder, command);
  return system(line);
}

static void a_batch_opens_with_public_tools(void **state) {
  (void)state;
  if (!have_tools()) skip();
  static const char manifest[] = "{\"format\":\"shirabe-batch-1\"}\n", records[] = "_action,sex\nA,1\n";
  const struct batch_file file = {"records/birth.csv", {records, sizeof records - 1}};
  char folder[256], recipient[AGE_RECIPIENT_BYTES], identity[AGE_IDENTITY_BYTES], public_text[MINISIGN_PUBLIC_TEXT], pub[200];
  uint8_t secret[32];
  struct minisign_key key;
  struct strbuf packed, again, signature;
  strbuf_init(&packed, 0);
  strbuf_init(&again, 0);
  strbuf_init(&signature, 0);
  fixture_folder(folder);
  age_keypair(secret, recipient);
  OK(age_identity_text(secret, identity, &error));
  minisign_keypair(&key);
  minisign_public_text(&key, public_text);
  OK(minisign_sign(&key, manifest, sizeof manifest - 1, "municipality-011002 vital 2026-01 1", &signature, &error));
  OK(batch_pack(recipient, str_view(manifest, sizeof manifest - 1), str_view(signature.p, signature.n), &file, 1, &packed, &error));
  put(folder, "batch.age", packed.p, packed.n);
  put(folder, "identity", identity, strlen(identity));
  snprintf(pub, sizeof pub, "untrusted comment: office\n%s\n", public_text);
  put(folder, "office.pub", pub, strlen(pub));
  assert_int_equal(in_folder(folder, "age -d -i identity -o batch.tar.zst batch.age && zstd -dq batch.tar.zst && tar -xf batch.tar"), 0);
  assert_int_equal(in_folder(folder, "minisign -V -q -p office.pub -m manifest.json"), 0);
  assert_int_equal(in_folder(folder, "grep -q '^A,1$' records/birth.csv"), 0);
  assert_int_not_equal(in_folder(folder, "echo x >>manifest.json && minisign -V -q -p office.pub -m manifest.json 2>/dev/null"), 0);
  /* The same members give the same archive; only the encryption differs. */
  OK(batch_pack(recipient, str_view(manifest, sizeof manifest - 1), str_view(signature.p, signature.n), &file, 1, &again, &error));
  put(folder, "again.age", again.p, again.n);
  assert_int_equal(in_folder(folder, "age -d -i identity again.age | zstd -dq | cmp -s - batch.tar"), 0);
  strbuf_release(&packed);
  strbuf_release(&again);
  strbuf_release(&signature);
  remove_tree(folder);
}

static int start(void **state) {
  (void)state;
  return crypto_start() ? 0 : -1;
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_batch_opens_with_public_tools)};
  return cmocka_run_group_tests(tests, start, NULL);
}
