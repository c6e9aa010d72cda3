/* The manifest: what it must refuse, and that writing and reading are one meaning. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collector/batch.h"

static struct batch_manifest sample(void) {
  static struct batch_count count = {"birth", "2015", "00", 3, 2, 1, 0, 0};
  static struct batch_control control = {"birth", "birth_weight", 2, 6100};
  static struct batch_member member = {
      .name = "records/birth.csv", .bytes = 10, .sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"};
  return (struct batch_manifest){.survey = "vital",
      .period = "2025-12",
      .sender = "municipality-011002",
      .sender_name = "札幌市",
      .recipient = "health_centre-0101",
      .recipient_key = "age1x",
      .salt = "00112233445566778899aabbccddeeff",
      .created = "2026-01-10T00:00:00Z",
      .program = "shirabe",
      .proxy = "",
      .kind = BATCH_INITIAL,
      .sequence = 1,
      .n_counts = 1,
      .counts = &count,
      .n_controls = 1,
      .controls = &control,
      .n_members = 1,
      .members = &member};
}

static void what_is_written_is_read_back(void **state) {
  (void)state;
  struct batch_manifest m = sample(), *back;
  struct strbuf b;
  struct err e;
  struct arena *a = arena_new(0);
  strbuf_init(&b, 0);
  assert_int_equal(batch_manifest_write(&m, &b, &e), E_OK);
  assert_int_equal(batch_manifest_read(a, "m", str_view(b.p, b.n), &back, &e), E_OK);
  assert_string_equal(back->sender_name, "札幌市");
  assert_int_equal(back->counts[0].declared, 3);
  assert_int_equal(back->controls[0].sum, 6100);
  assert_string_equal(back->members[0].name, "records/birth.csv");
  strbuf_release(&b);
  arena_free(a);
}

static void equal_manifests_have_equal_ids(void **state) {
  (void)state;
  struct batch_manifest m = sample();
  struct strbuf b, c;
  struct err e;
  char one[BATCH_ID_HEX], two[BATCH_ID_HEX];
  strbuf_init(&b, 0);
  strbuf_init(&c, 0);
  assert_int_equal(batch_manifest_write(&m, &b, &e), E_OK);
  m.counts[0].declared = m.counts[0].accepted = 0; /* another count is another batch */
  m.counts[0].rejected = 0;
  assert_int_equal(batch_manifest_write(&m, &c, &e), E_OK);
  batch_id_of(str_view(b.p, b.n), one);
  batch_id_of(str_view(c.p, c.n), two);
  assert_string_not_equal(one, two);
  m.counts[0].declared = 3, m.counts[0].accepted = 2, m.counts[0].rejected = 1;
  strbuf_reset(&c);
  assert_int_equal(batch_manifest_write(&m, &c, &e), E_OK);
  batch_id_of(str_view(c.p, c.n), two);
  assert_string_equal(one, two);
  strbuf_release(&b);
  strbuf_release(&c);
}

static void a_large_member_lists_every_mib_and_damage_is_located(void **state) {
  (void)state;
  enum { BYTES = BATCH_CHUNKED + BATCH_CHUNK / 2 };
  struct arena *a = arena_new(0);
  char *p = calloc(BYTES, 1);
  struct batch_member member;
  struct batch_manifest m = sample(), *back;
  struct strbuf b;
  struct err e;
  assert_non_null(p);
  for (size_t i = 0; i < BYTES; i++) p[i] = (char)(i / 1000);
  assert_int_equal(batch_member_fill(a, "records/birth.csv", str_view(p, BYTES), &member, &e), E_OK);
  assert_int_equal(member.n_chunks, 5);
  m.format = 2;
  m.kind = BATCH_CORRECTION;
  m.members = &member;
  strbuf_init(&b, 0);
  assert_int_equal(batch_manifest_write(&m, &b, &e), E_OK);
  assert_int_equal(batch_manifest_read(a, "m", str_view(b.p, b.n), &back, &e), E_OK);
  assert_int_equal(back->members[0].n_chunks, 5);
  assert_string_equal(back->members[0].chunks[4], member.chunks[4]);
  assert_int_equal(batch_member_check(&back->members[0], "f", str_view(p, BYTES), &e), E_OK);
  p[2 * BATCH_CHUNK + 17] ^= 1;
  p[3 * BATCH_CHUNK] ^= 1;
  assert_int_equal(batch_member_check(&back->members[0], "f", str_view(p, BYTES), &e), E_BATCH_DAMAGED);
  assert_string_equal(e.found, "bytes 2097152 to 4194303 differ");
  assert_int_equal(batch_member_check(&back->members[0], "f", str_view(p, BATCH_CHUNK), &e), E_BATCH_DAMAGED); /* cut off */
  /* One hash too few. */
  char *one = strstr(strbuf_cstr(&b), member.chunks[4]);
  assert_non_null(one);
  memmove(one - 2, one + 65, strlen(one + 65) + 1);
  assert_int_equal(batch_manifest_read(a, "m", str_of(b.p), &back, &e), E_BATCH_MANIFEST);
  strbuf_release(&b);
  free(p);
  arena_free(a);
}

struct refusal {
  const char *name, *from, *to; /* the sample's text with `from` replaced by `to` must be refused */
};
static const struct refusal refusals[] = {
    {"another format", "shirabe-batch-1", "shirabe-batch-9"},
    {"counts that do not balance", "\"declared\":3", "\"declared\":4"},
    {"a negative count", "\"rejected\":1", "\"rejected\":-1"},
    {"number 0", "\"sequence\":1", "\"sequence\":0"},
    {"number 2 without predecessor", "\"sequence\":1", "\"sequence\":2"},
    {"an unknown kind", "\"initial\"", "\"other\""},
    {"a correction in format 1", "\"initial\"", "\"correction\""},
    {"a withdrawal in format 1", "\"initial\"", "\"withdrawal\""},
    {"chunks in format 1", "\"name\":\"records", "\"chunks\":[],\"name\":\"records"},
    {"an amendment in format 1", "records/birth.csv", "amendments/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.json"},
    {"a hash that is none", "0123456789abcdef0123", "X123456789abcdef0123"},
    {"a real number as count", "\"declared\":3", "\"declared\":3.0"},
    {"a missing sender", "\"sender\":", "\"sander\":"},
    {"a form that is a path", "\"form\":\"birth\",\"form_hash\"", "\"form\":\"../birth\",\"form_hash\""},
    {"a version that climbs", "\"version\":\"2015\"", "\"version\":\"../x\""},
    {"a survey that is a path", "\"survey\":\"vital\"", "\"survey\":\"../../tmp\""},
    {"a period that is a path", "\"period\":\"2025-12\"", "\"period\":\"../2025\""},
    {"a sender with a slash", "municipality-011002", "municipality-01/02"},
    {"a sender of no known level", "municipality-011002", "village-011002"},
    {"a name that moves the cursor", "\"sender_name\":\"", "\"sender_name\":\"\\u001b[2J"},
    {"a name that turns the writing", "\"sender_name\":\"", "\"sender_name\":\"\\u202e"},
    {"a time that is none", "2026-01-10T00:00:00Z", "yesterday"},
    {"records without a count", "records/birth.csv", "records/death.csv"},
    {"a member that climbs", "records/birth.csv", "original/../x"},
    {"a member of an embedded batch that is not listed", "records/birth.csv",
        "lower/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/manifest.json"},
    {"a control sum of a form that is not counted", "\"form\":\"birth\",\"item\"", "\"form\":\"death\",\"item\""},
    {"a form counted twice", "\"counts\":[",
        "\"counts\":[{\"accepted\":2,\"declared\":3,\"form\":\"birth\",\"form_hash\":\"00\",\"queried\":0,\"rejected\":1,\"version\":\"2015\",\"withdrawn\":0},"},
    {"a member listed twice", "\"members\":[",
        "\"members\":[{\"bytes\":10,\"name\":\"records/birth.csv\",\"sha256\":\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"},"},
    {"a nil return with records", "\"kind\":\"initial\"", "\"kind\":\"nil\""},
    {"counts beyond all measure", "\"declared\":3", "\"declared\":9223372036854775808"},
    {"a negative number", "\"sequence\":1", "\"sequence\":-1"},
    {"a key twice", "\"queried\":0", "\"queried\":0,\"queried\":0"},
};

static void broken_manifests_are_refused(void **state) {
  (void)state;
  struct batch_manifest m = sample();
  struct strbuf b;
  struct err e;
  strbuf_init(&b, 0);
  assert_int_equal(batch_manifest_write(&m, &b, &e), E_OK);
  for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
    struct arena *a = arena_new(0);
    struct batch_manifest *back;
    struct strbuf changed;
    strbuf_init(&changed, 0);
    const char *text = strbuf_cstr(&b), *hit = strstr(text, refusals[i].from);
    assert_non_null(hit);
    strbuf_add(&changed, text, (size_t)(hit - text));
    strbuf_adds(&changed, refusals[i].to);
    strbuf_adds(&changed, hit + strlen(refusals[i].from));
    if (batch_manifest_read(a, "m", str_view(changed.p, changed.n), &back, &e) != E_BATCH_MANIFEST) fail_msg("accepted: %s", refusals[i].name);
    strbuf_release(&changed);
    arena_free(a);
  }
  strbuf_release(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_written_is_read_back),
                                     cmocka_unit_test(a_large_member_lists_every_mib_and_damage_is_located),
                                     cmocka_unit_test(equal_manifests_have_equal_ids), cmocka_unit_test(broken_manifests_are_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
