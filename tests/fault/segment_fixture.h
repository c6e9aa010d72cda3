/* segment_fixture.h -- a place, a key and forged segments for the tests of segments: someone who holds the key but writes what the sealer never
 * would. The binding (info and authenticated data of segment.md) is built here a second time. */
#ifndef SHIRABE_TESTS_FAULT_SEGMENT_FIXTURE_H
#define SHIRABE_TESTS_FAULT_SEGMENT_FIXTURE_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "secure-store/commit_aead.h"
#include "secure-store/segment.h"

static const uint8_t dek[32] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, //
    16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
static const char raw[] = "shirabe segment known answer";
enum { RAW_N = sizeof raw - 1 };

static inline struct segment_place place_of(size_t raw_n) {
  struct segment_place p = {.dataset = "vital/birth/2025-12/received",
      .table = "shard:1",
      .column = "birth_weight",
      .part = 2,
      .codec = SEGMENT_BYTES,
      .seg_no = 7,
      .row_first = 458752,
      .rows = 65536,
      .raw_n = (uint32_t)raw_n,
      .write_sequence = 42};
  for (int i = 0; i < 32; i++) p.schema_hash[i] = (uint8_t)(0xa0 + i);
  return p;
}
static inline struct commit_context binding_of(const struct segment_place *p, char info[1024], uint8_t ad[1024]) {
  char schema[65];
  struct strbuf b;
  hex_encode(p->schema_hash, 32, schema);
  int info_n = snprintf(info, 1024, "mhlw-seg1|%s|%u|%s|%s|%llu|%u|%s", p->dataset, p->part, p->table, p->column, (unsigned long long)p->seg_no,
      p->rows, schema);
  strbuf_init(&b, 1024);
  bytes_put_u8(&b, (uint8_t)strlen(p->dataset));
  strbuf_adds(&b, p->dataset);
  bytes_put_u8(&b, p->part);
  bytes_put_u8(&b, (uint8_t)strlen(p->table));
  strbuf_adds(&b, p->table);
  bytes_put_u8(&b, (uint8_t)strlen(p->column));
  strbuf_adds(&b, p->column);
  bytes_put_u64(&b, p->seg_no);
  bytes_put_u64(&b, p->row_first);
  bytes_put_u32(&b, p->rows);
  bytes_put_u32(&b, p->raw_n);
  bytes_put_u8(&b, p->codec);
  strbuf_add(&b, (const char *)p->schema_hash, 32);
  bytes_put_u64(&b, p->write_sequence);
  size_t ad_n = b.n;
  memcpy(ad, b.p, b.n);
  strbuf_release(&b);
  return (struct commit_context){str_view(info, (size_t)info_n), str_view((const char *)ad, ad_n)};
}
/* Seals the plaintext of a segment as it is given. */
static inline struct strbuf forged(const struct segment_place *p, const uint8_t *plain, size_t n) {
  char info[1024];
  uint8_t ad[1024];
  struct strbuf box;
  struct commit_context c = binding_of(p, info, ad);
  strbuf_init(&box, 0);
  uint8_t *to = (uint8_t *)strbuf_extend(&box, n + COMMIT_OVERHEAD);
  if (!to) abort();
  commit_seal(dek, &c, NULL, plain, n, to);
  return box;
}
#endif
