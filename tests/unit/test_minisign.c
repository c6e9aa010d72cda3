/* minisign: own round trip, every altered byte refused, Debian's minisign in both directions. */
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
#include "secure-store/minisign.h"

static struct minisign_key key;
static char public_text[MINISIGN_PUBLIC_TEXT];
static const char message[] = "manifest of batch 7\n";

static int start(void **state) {
  (void)state;
  if (!crypto_start()) return -1;
  minisign_keypair(&key);
  minisign_public_text(&key, public_text);
  return 0;
}
static struct strbuf signature_of(const char *comment) {
  struct strbuf s;
  strbuf_init(&s, 0);
  assert_int_equal(minisign_sign(&key, message, strlen(message), comment, &s, NULL), E_OK);
  return s;
}
static enum err_code verify(const struct strbuf *s, char comment[MINISIGN_COMMENT_BYTES]) {
  return minisign_verify(public_text, message, strlen(message), s->p, s->n, comment, NULL);
}
static void a_signature_verifies_and_gives_its_comment(void **state) {
  (void)state;
  static const char *const comments[] = {"", "batch:7 office:prefecture-13", "\xe5\x8f\x97\xe9\xa0\x98"};
  for (size_t i = 0; i < 3; i++) {
    char comment[MINISIGN_COMMENT_BYTES];
    struct strbuf s = signature_of(comments[i]);
    assert_int_equal(verify(&s, comment), E_OK);
    assert_string_equal(comment, comments[i]);
    assert_int_equal(minisign_verify(public_text, message, strlen(message), s.p, s.n, NULL, NULL), E_OK);
    strbuf_release(&s);
  }
}
static void comments_that_could_break_the_file_are_refused(void **state) {
  (void)state;
  char longer[MINISIGN_COMMENT_BYTES + 1];
  memset(longer, 'x', sizeof longer - 1);
  longer[sizeof longer - 1] = 0;
  const char *const bad[] = {"a\nb", "a\rb", "\x01", "\xff", longer};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct strbuf s;
    strbuf_init(&s, 0);
    assert_int_equal(minisign_sign(&key, message, 1, bad[i], &s, NULL), E_MINISIGN_FORMAT);
    assert_int_equal(s.n, 0);
    strbuf_release(&s);
  }
}
static void every_altered_byte_is_refused_and_no_comment_is_given(void **state) {
  (void)state;
  struct strbuf s = signature_of("comment");
  size_t first_line = strcspn(s.p, "\n");
  for (size_t at = first_line; at < s.n; at++) { /* the untrusted comment is, as it says, not covered */
    char comment[MINISIGN_COMMENT_BYTES] = "untouched";
    s.p[at] ^= 2;
    bool last_newline = at == s.n - 1;
    enum err_code code = verify(&s, comment);
    if (last_newline) assert_int_equal(code, E_MINISIGN_FORMAT);
    assert_int_not_equal(code, E_OK);
    assert_string_equal(comment, "untouched");
    s.p[at] ^= 2;
  }
  assert_int_equal(verify(&s, NULL), E_OK);
  strbuf_release(&s);
}
static void another_message_key_or_form_is_refused(void **state) {
  (void)state;
  struct strbuf s = signature_of("c");
  struct minisign_key other;
  char other_text[MINISIGN_PUBLIC_TEXT];
  minisign_keypair(&other);
  minisign_public_text(&other, other_text);
  assert_int_equal(minisign_verify(public_text, message, 3, s.p, s.n, NULL, NULL), E_MINISIGN_SIGNATURE);
  assert_int_equal(minisign_verify(other_text, message, strlen(message), s.p, s.n, NULL, NULL), E_MINISIGN_KEY);
  memcpy(other.key_id, key.key_id, 8); /* same id, other key */
  minisign_public_text(&other, other_text);
  assert_int_equal(minisign_verify(other_text, message, strlen(message), s.p, s.n, NULL, NULL), E_MINISIGN_SIGNATURE);
  assert_int_equal(minisign_verify("RWQ", message, strlen(message), s.p, s.n, NULL, NULL), E_MINISIGN_FORMAT);
  for (size_t n = 0; n + 1 < s.n; n++) assert_int_not_equal(minisign_verify(public_text, message, strlen(message), s.p, n, NULL, NULL), E_OK);
  strbuf_adds(&s, "more\n");
  assert_int_equal(verify(&s, NULL), E_MINISIGN_FORMAT);
  strbuf_release(&s);
}

/* --- Debian's minisign --- */
static int run(const char *format, ...) __attribute__((format(printf, 1, 2)));
static int run(const char *format, ...) {
  char command[1024];
  va_list a;
  va_start(a, format);
  vsnprintf(command, sizeof command, format, a);
  va_end(a);
  return system(command);
}
static void put(const char *folder, const char *name, const char *p, size_t n) {
  char path[160];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  assert_int_equal(atomic_write(path, p, n, 0, 0600, NULL), E_OK);
}
static char *get(const char *folder, const char *name, size_t *n) {
  char path[160];
  uint8_t *p;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  assert_int_equal(file_read(path, 1 << 16, &p, n, NULL), E_OK);
  return (char *)p;
}
static void minisign_program_verifies_ours_and_we_verify_its(void **state) {
  (void)state;
  if (system("command -v minisign >/dev/null 2>&1") != 0) skip();
  char folder[64] = "/tmp/minisign-test-XXXXXX";
  assert_non_null(mkdtemp(folder));
  struct strbuf s = signature_of("made here");
  put(folder, "m", message, strlen(message));
  put(folder, "m.minisig", s.p, s.n);
  assert_int_equal(run("minisign -Vm %s/m -P %s >/dev/null", folder, public_text), 0);
  put(folder, "m", "other", 5);
  assert_int_not_equal(run("minisign -Vm %s/m -P %s >/dev/null 2>&1", folder, public_text), 0);
  strbuf_release(&s);
  put(folder, "m", message, strlen(message));
  assert_int_equal(run("cd %s && minisign -G -W -p k.pub -s k.key >/dev/null && minisign -S -s k.key -m m -t 'from there' >/dev/null", folder), 0);
  size_t public_n, signature_n;
  char *public_file = get(folder, "k.pub", &public_n), *signature = get(folder, "m.minisig", &signature_n), comment[MINISIGN_COMMENT_BYTES],
       line[128];
  assert_int_equal(sscanf(public_file, "%*[^\n]\n%100s", line), 1);
  assert_int_equal(minisign_verify(line, message, strlen(message), signature, signature_n, comment, NULL), E_OK);
  assert_string_equal(comment, "from there");
  free(public_file);
  free(signature);
  assert_int_equal(run("rm -r %s", folder), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_signature_verifies_and_gives_its_comment), cmocka_unit_test(comments_that_could_break_the_file_are_refused),
      cmocka_unit_test(every_altered_byte_is_refused_and_no_comment_is_given), cmocka_unit_test(another_message_key_or_form_is_refused),
      cmocka_unit_test(minisign_program_verifies_ours_and_we_verify_its),
  };
  return cmocka_run_group_tests(tests, start, NULL);
}
