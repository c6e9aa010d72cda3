/* stream.h -- random numbers of a protected file: each a pure function of the secret seed, of what it is drawn for and of the record, so that a
 *    re-issue of the same file gets the same noise, and a record that is added or taken away changes no other's numbers.
 * Units    64 bits; uniforms lie in (0,1) with 53 bits; normals have mean 0 and variance 1.
 * Seed     16 secret bytes. Who has them can take the noise off again: they belong neither into the recipe nor into the report.
 * Method   SipHash-2-4 of (purpose, record, counter) under the seed; normals by Box & Muller (1958).
 * Errors, memory  none. Cost: about 60 ns a number. */
#ifndef SHIRABE_ESTIMATORS_SDC_MICRO_STREAM_H
#define SHIRABE_ESTIMATORS_SDC_MICRO_STREAM_H
#include <stdint.h>

#include "base/str.h"

enum { MICRO_SEED_BYTES = 16 };
struct micro_stream {
  uint8_t seed[MICRO_SEED_BYTES];
};
uint64_t micro_random(const struct micro_stream *s, const char *purpose, uint64_t record, uint64_t counter);
double micro_uniform(const struct micro_stream *s, const char *purpose, uint64_t record, uint64_t counter);
double micro_normal(const struct micro_stream *s, const char *purpose, uint64_t record, uint64_t counter); /* uses counters 2c and 2c + 1 */
uint64_t micro_record(const struct micro_stream *s, struct str id); /* the record of an id that is a text */
#endif
