/* The verifier on public vectors: RFC 6962 proofs with their mutations (transparency-dev/merkle), the signed note of C2SP, the golden tiled log
 * (transparency-dev/tessera) at each of its sizes. Skipped when the folder is absent. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>
#include <sodium.h>

#include "secure-store/verify/verify.h"

static struct run run;
static void path_of(const char *name, char out[1024]) {
  const char *reference = getenv("REFERENCE");
  snprintf(out, 1024, "%s/secure/%s", reference ? reference : "../shared/data", name);
}
static bool hash_member(const struct json_file *f, const char *name, uint8_t out[HASH]) {
  const struct json *v = json_get(f, &f->node[0], name);
  return v && v->type == JSON_STRING && base64(v->string, out, HASH) == HASH;
}
/* 2^64 - 1 is no number of ours: such a case is refused before anything is computed. */
static bool number_member(const struct json_file *f, const char *name, uint64_t *out) {
  const struct json *v = json_get(f, &f->node[0], name);
  return v && v->type == JSON_NUMBER && decimal(v->raw, out);
}
static bool proof_member(const struct json_file *f, struct proof *out) {
  const struct json *list = json_get(f, &f->node[0], "proof");
  out->n = 0;
  for (int i = list ? list->first : -1; i >= 0; i = f->node[i].next, out->n++)
    if (out->n == PROOF_MAX || f->node[i].type != JSON_STRING || base64(f->node[i].string, out->hash[out->n], HASH) != HASH) return false;
  return true;
}
static bool inclusion_case(const struct json_file *f) {
  uint8_t root[HASH], leaf[HASH];
  uint64_t index, size;
  struct proof p;
  return hash_member(f, "root", root) && hash_member(f, "leafHash", leaf) && proof_member(f, &p) && number_member(f, "leafIdx", &index) &&
         number_member(f, "treeSize", &size) && inclusion_holds(leaf, index, size, &p, root);
}
static bool consistency_case(const struct json_file *f) {
  uint8_t root1[HASH], root2[HASH];
  uint64_t size1, size2;
  struct proof p;
  return hash_member(f, "root1", root1) && hash_member(f, "root2", root2) && proof_member(f, &p) && number_member(f, "size1", &size1) &&
         number_member(f, "size2", &size2) && consistency_holds(size1, size2, &p, root1, root2);
}
static void proofs_in(const char *folder, bool (*holds)(const struct json_file *), int counts[2]) {
  char path[1024], name[1400];
  path_of(folder, path);
  DIR *d = opendir(path);
  if (!d) skip();
  for (struct dirent *e; (e = readdir(d));) {
    struct buffer b;
    struct json_file f;
    if (e->d_name[0] == '.') continue;
    snprintf(name, sizeof name, "%s/%s", path, e->d_name);
    assert_true(read_file(&run, name, 1 << 20, &b));
    assert_true(json_read(view(b.p, b.n), &f));
    const struct json *wanted = json_get(&f, &f.node[0], "wantErr");
    assert_true(wanted && (wanted->type == JSON_TRUE || wanted->type == JSON_FALSE));
    bool bad = wanted->type == JSON_TRUE;
    if (holds(&f) == bad) fail_msg("%s: expected %s", name, bad ? "refusal" : "acceptance");
    counts[bad]++;
    json_free(&f);
    free(b.p);
  }
  closedir(d);
}
static void proofs_are_accepted_or_refused_as_said(void **state) {
  (void)state;
  int counts[2] = {0, 0};
  for (int group = 0; group < 5; group++) {
    char folder[64];
    snprintf(folder, sizeof folder, "rfc6962-proofs/inclusion/%d", group);
    proofs_in(folder, inclusion_case, counts);
    snprintf(folder, sizeof folder, "rfc6962-proofs/consistency/%d", group);
    proofs_in(folder, consistency_case, counts);
  }
  proofs_in("rfc6962-proofs/inclusion/single-entry", inclusion_case, counts);
  assert_int_equal(counts[0] + counts[1], 170);
  assert_true(counts[0] >= 8 && counts[1] >= 150);
}
static void the_example_note_holds(void **state) {
  (void)state;
  char path[1024];
  struct buffer text, key;
  struct note n;
  struct vkey k;
  path_of("signed-note/c2sp-example.note", path);
  if (!read_file(&run, path, NOTE_MAX, &text)) skip();
  path_of("signed-note/c2sp-example.vkey", path);
  assert_true(read_file(&run, path, NOTE_MAX, &key));
  struct text rest = view(key.p, key.n);
  assert_true(vkey_parse(cut(&rest, '\n'), &k));
  assert_true(note_parse(view(text.p, text.n), &n));
  assert_int_equal(note_check(&n, &k), SIGNATURE_GOOD);
  note_free(&n);
  text.p[3] ^= 1;
  assert_true(note_parse(view(text.p, text.n), &n));
  assert_int_equal(note_check(&n, &k), SIGNATURE_BAD);
  note_free(&n);
  free(text.p);
  free(key.p);
}
static void the_golden_log_is_rebuilt_and_consistent_at_every_size(void **state) {
  (void)state;
  char tiles[1024], older[1100];
  struct stat st;
  path_of("tlog-tiles-golden", tiles);
  if (stat(tiles, &st) != 0) skip();
  struct options o = {.any_entries = true, .operand = {tiles}, .n_operands = 1};
  assert_true(check_rebuild(&run, &o));
  o.any_entries = false;
  assert_false(check_rebuild(&run, &o)); /* its entries are no leaves of a store */
  int held = 0;
  for (int size = 0; size <= 15; size++) {
    char now[1100];
    snprintf(older, sizeof older, "%s/checkpoint.%d", tiles, size);
    snprintf(now, sizeof now, "%s/checkpoint", tiles);
    if (stat(older, &st) != 0) continue;
    struct options c = {.operand = {older, now, tiles}, .n_operands = 3};
    assert_int_equal(check_consistency(&run, &c), size > 0);
    held++;
  }
  assert_int_equal(held, 16);
}
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(proofs_are_accepted_or_refused_as_said),
      cmocka_unit_test(the_example_note_holds),
      cmocka_unit_test(the_golden_log_is_rebuilt_and_consistent_at_every_size),
  };
  if (sodium_init() < 0) return 70;
  FILE *nowhere = fopen("/dev/null", "w");
  run = (struct run){.quiet = true, .out = nowhere, .err = nowhere};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
