#include "estimators/sdc/micro/stream.h"

#include <math.h>

#include "base/rng.h"

enum { PURPOSE_BYTES = 240 };
static const double TWO_PI = 6.283185307179586;

static void put(uint8_t *to, uint64_t v) {
  for (int i = 0; i < 8; i++) to[i] = (uint8_t)(v >> 8 * i);
}
uint64_t micro_random(const struct micro_stream *s, const char *purpose, uint64_t record, uint64_t counter) {
  uint8_t text[16 + PURPOSE_BYTES];
  size_t n = 0;
  put(text, record), put(text + 8, counter);
  for (; n < PURPOSE_BYTES && purpose[n]; n++) text[16 + n] = (uint8_t)purpose[n];
  return siphash24(s->seed, text, 16 + n);
}
double micro_uniform(const struct micro_stream *s, const char *purpose, uint64_t record, uint64_t counter) {
  return ((double)(micro_random(s, purpose, record, counter) >> 11) + 0.5) * 0x1p-53;
}
double micro_normal(const struct micro_stream *s, const char *purpose, uint64_t record, uint64_t counter) {
  const double u = micro_uniform(s, purpose, record, 2 * counter), v = micro_uniform(s, purpose, record, 2 * counter + 1);
  return sqrt(-2 * log(u)) * cos(TWO_PI * v);
}
uint64_t micro_record(const struct micro_stream *s, struct str id) { return siphash24(s->seed, id.p, id.n); }
