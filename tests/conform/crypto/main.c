/* crypto -- runs every case of a folder of Wycheproof files (and Ed25519 edge cases of C2SP/CCTV) through our primitives: crypto FOLDER [ID].
 * A folder ed25519-cctv beside FOLDER is taken too. Closing lines: `unsupported: N`, `conform-crypto: N passed, N failed`. Exit status 1 when a case
 * fails or there is none. Ids: file:tcId. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ext_sodium.h"
#include "tests/conform/crypto/judges.h"

enum { FILE_MAX = 256 << 20, ID = 4200 };

static const struct {
  const char *algorithm;
  judge_fn judge;
} JUDGES[] = {
    {"CHACHA20-POLY1305", judge_chacha20_poly1305},
    {"XCHACHA20-POLY1305", judge_xchacha20_poly1305},
    {"XDH", judge_x25519},
    {"X25519", judge_x25519},
    {"EDDSA", judge_ed25519},
    {"HKDF-SHA-256", judge_hkdf_sha256},
    {"HMACSHA256", judge_hmac_sha256},
};
judge_fn judge_of(const char *algorithm) {
  for (size_t i = 0; i < sizeof JUDGES / sizeof *JUDGES; i++)
    if (strcmp(JUDGES[i].algorithm, algorithm) == 0) return JUDGES[i].judge;
  return NULL;
}
struct bytes hex_of(struct arena *a, const struct json_value *v, const char *member) {
  const char *text = json_member_string(v, member, NULL);
  size_t n = text ? strlen(text) : 0;
  uint8_t *p = text ? arena_alloc(a, n / 2 + 1, 1) : NULL;
  return p && hex_decode(text, n, p) ? (struct bytes){p, n / 2} : (struct bytes){NULL, 0};
}

struct run {
  struct tally tally;
  struct arena *a;
  const char *prefix; /* of ids: the folder beside */
  int ignored;
};
static void run_case(struct run *r, const char *id, judge_fn fn, struct crypto_case *c) {
  struct arena_mark mark = arena_mark(r->a);
  c->a = r->a;
  enum verdict v = UNSUPPORTED;
  if (fn) v = fn(c);
  else c->why = "an algorithm that is not offered";
  arena_reset(r->a, mark);
  tally_add(&r->tally, id, v, c->why);
}
static bool result_of(const struct json_value *test, enum result *out) {
  static const char *const names[] = {"valid", "invalid", "acceptable"};
  for (int i = 0; i < 3; i++)
    if (strcmp(json_member_string(test, "result", ""), names[i]) == 0) return *out = (enum result)i, true;
  return false;
}
static void wycheproof(struct run *r, const char *file, const struct json_value *root) {
  const struct json_value *groups = json_member(root, "testGroups");
  judge_fn fn = judge_of(json_member_string(root, "algorithm", ""));
  int64_t n = 0;
  char id[ID];
  for (size_t g = 0; g < json_length(groups); g++) {
    const struct json_value *tests = json_member(json_element(groups, g), "tests");
    for (size_t t = 0; t < json_length(tests); t++, n++) {
      struct crypto_case c = {.group = json_element(groups, g), .test = json_element(tests, t)};
      snprintf(id, sizeof id, "%s%s:%lld", r->prefix, file, (long long)json_member_int(c.test, "tcId", -1));
      if (result_of(c.test, &c.result)) run_case(r, id, fn, &c);
      else tally_add(&r->tally, id, FAILED, "no result that is known here");
    }
  }
  int64_t said = json_member_int(root, "numberOfTests", n);
  if (said != n) tally_add(&r->tally, file, FAILED, "the file holds another number of cases than it says");
}
static void edge_cases(struct run *r, const char *file, const struct json_value *root) {
  char id[ID];
  for (size_t i = 0; i < json_length(root); i++) {
    struct crypto_case c = {.test = json_element(root, i)};
    snprintf(id, sizeof id, "%s%s:%lld", r->prefix, file, (long long)json_member_int(c.test, "number", (int64_t)i));
    run_case(r, id, judge_edge_case, &c);
  }
}
static void one(void *context, const char *path, const char *relative) {
  struct run *r = context;
  struct json_document *d = NULL;
  size_t n = 0, length = strlen(relative);
  if (length < 5 || strcmp(relative + length - 5, ".json") != 0) return;
  char *p = (char *)slurp(path, FILE_MAX, &n);
  if (p) p = unsigned_as_int64(p, &n);
  if (!p || json_parse(relative, p, n, &d, NULL)) tally_add(&r->tally, relative, FAILED, "the file cannot be read as JSON");
  else if (json_member(json_root(d), "testGroups")) wycheproof(r, relative, json_root(d));
  else if (json_member_string(json_element(json_root(d), 0), "sig", NULL)) edge_cases(r, relative, json_root(d));
  else r->ignored++;
  json_release(d);
  free(p);
}
int main(int argc, char **argv) {
  if (argc < 2 || argc > 3) return fputs("usage: crypto FOLDER [ID]\n", stderr), 64;
  if (!crypto_start()) return fputs("libsodium cannot start\n", stderr), 70;
  struct run r = {.tally = {.name = "conform-crypto", .only = argc > 2 ? argv[2] : NULL}, .a = arena_new((size_t)1 << 30), .prefix = ""};
  char beside[ID];
  if (!r.a) return fputs("out of memory\n", stderr), 70;
  walk(argv[1], one, &r);
  snprintf(beside, sizeof beside, "%s/../ed25519-cctv", argv[1]);
  r.prefix = "../ed25519-cctv/";
  walk(beside, one, &r);
  if (r.ignored) printf("%d JSON files hold no cases of primitives\n", r.ignored);
  arena_free(r.a);
  return tally_close(&r.tally, argv[1]);
}
