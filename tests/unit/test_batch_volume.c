/* test_batch_volume.c -- parts and zips: what is written is read, what is altered, cut, doubled or contradicts is refused by its part. */
#include "tests/unit/batch_fixture.h"

#include "collector/batch_volume.h"

static const char id[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
static const char name[] = "vital-2025-12-municipality-011002-000001.tar.zst.age";
enum { WHOLE = 3 * VOLUME_MIN_BYTES + 17, PARTS = 4 };

static char *noise(size_t n) {
  char *p = malloc(n);
  uint32_t x = 12345;
  assert_non_null(p);
  for (size_t i = 0; i < n; i++) p[i] = (char)((x = x * 69069u + 1u) >> 24);
  return p;
}

static void part(struct str whole, int64_t k, struct strbuf *out, char file[VOLUME_NAME]) {
  strbuf_reset(out);
  OK(batch_volume_write(id, name, whole, VOLUME_MIN_BYTES, k, file, out, &error));
}
static struct str view(const struct strbuf *b) { return str_view(b->p, b->n); }

static void sizes_are_read_with_their_unit(void **state) {
  (void)state;
  assert_int_equal(batch_volume_size("20MiB"), 20 << 20);
  assert_int_equal(batch_volume_size("65536"), 65536);
  static const char *const bad[] = {"", "20", "20MB", "64KB", "-1", "1e6", "2GiB", "MiB", "65535", "99999999999999999999", "9999999999GiB"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_int_equal(batch_volume_size(bad[i]), -1);
}

static void parts_in_any_order_give_the_whole(void **state) {
  (void)state;
  struct route *r = make_route();
  char *p = noise(WHOLE), file[VOLUME_NAME];
  struct strbuf b, whole;
  struct batch_volume_set set, *waiting;
  bool complete;
  int64_t n;
  static const int64_t order[PARTS + 2] = {3, 1, 3, 4, 1, 2};
  strbuf_init(&b, 0);
  strbuf_init(&whole, 1 << 20);
  for (int i = 0; i < PARTS + 2; i++) {
    part(str_view(p, WHOLE), order[i], &b, file);
    assert_true(strlen(file) <= 64);
    OK(batch_inbox_keep(r->store[CENTRE], file, view(&b), &set, &whole, &complete, &error));
    assert_int_equal(complete, i == PARTS + 1);
    if (i == 0) assert_string_equal(set.missing, "1-2, 4");
    if (i == 3) assert_string_equal(set.missing, "2");
  }
  assert_int_equal(whole.n, WHOLE);
  assert_memory_equal(whole.p, p, WHOLE);
  OK(batch_inbox_waiting(r->store[CENTRE], r->job.arena, &waiting, &n, &error));
  assert_int_equal(n, 1);
  OK(batch_inbox_drop(r->store[CENTRE], &set.of, &error));
  OK(batch_inbox_waiting(r->store[CENTRE], r->job.arena, &waiting, &n, &error));
  assert_int_equal(n, 0);
  strbuf_release(&b);
  strbuf_release(&whole);
  free(p);
  drop_route(r);
}

static void every_flipped_byte_of_a_part_is_noticed(void **state) {
  (void)state;
  char *p = noise(WHOLE), file[VOLUME_NAME];
  struct strbuf b;
  struct batch_volume v;
  strbuf_init(&b, 0);
  part(str_view(p, WHOLE), PARTS, &b, file); /* the short last one */
  OK(batch_volume_parse(file, view(&b), &v, &error));
  char whole_hash[65];
  memcpy(whole_hash, v.whole_sha256, sizeof whole_hash);
  size_t header = b.n - 17;
  for (size_t i = 0; i < b.n; i++) {
    b.p[i] ^= 0x20;
    enum err_code code = batch_volume_parse(file, view(&b), &v, &error);
    if (i >= header) {
      assert_int_equal(code, E_VOLUME_DAMAGED);
      assert_string_equal(error.expected, "4");
    }
    b.p[i] ^= 0x20;
    if (i < header && code == E_OK) /* it is still a part, but of something else: it never joins these */
      assert_true(v.part != PARTS || v.parts != PARTS || v.bytes != WHOLE || strcmp(v.batch, id) || strcmp(v.file, name) ||
                  strcmp(v.whole_sha256, whole_hash));
    if (i % 7 == 0) assert_int_not_equal(batch_volume_parse(file, str_view(b.p, i), &v, &error), E_OK);
  }
  strbuf_release(&b);
  free(p);
}

/* A forged part fits its own header; the whole's hash tells, and all parts are asked for again. */
static void a_part_of_another_whole_never_completes_it(void **state) {
  (void)state;
  struct route *r = make_route();
  char *p = noise(WHOLE), *q = noise(WHOLE), file[VOLUME_NAME];
  struct strbuf b, forged, whole;
  struct batch_volume_set set, *waiting;
  bool complete;
  int64_t n;
  q[VOLUME_MIN_BYTES + 5] ^= 1;
  strbuf_init(&b, 0);
  strbuf_init(&forged, 0);
  strbuf_init(&whole, 1 << 20);
  part(str_view(p, WHOLE), 2, &b, file);
  char *hash = strstr(strbuf_cstr(&b), "\"whole_sha256\":\"");
  assert_non_null(hash);
  part(str_view(q, WHOLE), 2, &forged, file);
  char *other = strstr(strbuf_cstr(&forged), "\"whole_sha256\":\"");
  assert_non_null(other);
  memcpy(other + 16, hash + 16, 64); /* claims to belong to the other whole */
  OK(batch_inbox_keep(r->store[CENTRE], file, view(&forged), &set, &whole, &complete, &error));
  assert_int_equal(batch_inbox_keep(r->store[CENTRE], file, view(&b), &set, &whole, &complete, &error), E_VOLUME_OTHER);
  for (int64_t k = 1; k <= PARTS; k++) {
    if (k == 2) continue;
    part(str_view(p, WHOLE), k, &b, file);
    enum err_code code = batch_inbox_keep(r->store[CENTRE], file, view(&b), &set, &whole, &complete, &error);
    assert_int_equal(code, k == PARTS ? E_VOLUME_OTHER : E_OK);
  }
  OK(batch_inbox_waiting(r->store[CENTRE], r->job.arena, &waiting, &n, &error));
  assert_int_equal(n, 0);
  strbuf_release(&b);
  strbuf_release(&forged);
  strbuf_release(&whole);
  free(p);
  free(q);
  drop_route(r);
}

static void a_zip_is_ours_byte_for_byte_or_refused(void **state) {
  (void)state;
  struct strbuf z, again;
  struct str content;
  char inside[VOLUME_NAME];
  strbuf_init(&z, 0);
  strbuf_init(&again, 0);
  OK(batch_zip_write(name, STR("some encrypted bytes"), &z, &error));
  OK(batch_zip_write(name, STR("some encrypted bytes"), &again, &error));
  assert_int_equal(z.n, again.n);
  assert_memory_equal(z.p, again.p, z.n);
  OK(batch_zip_read("a.zip", view(&z), inside, &content, &error));
  assert_string_equal(inside, name);
  assert_true(str_eq(content, STR("some encrypted bytes")));
  for (size_t i = 4; i < z.n; i++)
    for (int bit = 0; bit < 8; bit++) {
      z.p[i] = (char)(z.p[i] ^ 1 << bit);
      assert_int_equal(batch_zip_read("a.zip", view(&z), inside, &content, &error), E_ZIP);
      z.p[i] = (char)(z.p[i] ^ 1 << bit);
    }
  for (size_t i = 0; i < z.n; i++) assert_int_equal(batch_zip_read("a.zip", str_view(z.p, i), inside, &content, &error), E_ZIP);
  strbuf_addc(&z, 'x');
  assert_int_equal(batch_zip_read("a.zip", view(&z), inside, &content, &error), E_ZIP);
  strbuf_release(&z);
  strbuf_release(&again);
}

static int start_crypto(void **state) {
  (void)state;
  return crypto_start() ? 0 : -1;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sizes_are_read_with_their_unit),
      cmocka_unit_test(parts_in_any_order_give_the_whole),
      cmocka_unit_test(every_flipped_byte_of_a_part_is_noticed),
      cmocka_unit_test(a_part_of_another_whole_never_completes_it),
      cmocka_unit_test(a_zip_is_ours_byte_for_byte_or_refused),
  };
  return cmocka_run_group_tests(tests, start_crypto, NULL);
}
