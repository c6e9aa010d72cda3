/* age_stream.h -- age files of any length in bounded memory (one chunk of 64 KiB): to exactly one X25519 recipient, binary.
 * Write    age_writer_new writes the head through the sink, _add any number of bytes, _end the last chunk.
 * Read     plaintext reaches the sink chunk by chunk as it is verified, so the sink must keep it back until age_reader_end said E_OK: a cut or
 *          altered file shows only there. Whoever cannot keep it back uses age_decrypt.
 * Errors   as age.h. Memory: about 200 KiB. */
#ifndef SHIRABE_SECURE_STORE_AGE_STREAM_H
#define SHIRABE_SECURE_STORE_AGE_STREAM_H
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

typedef enum err_code (*age_sink_fn)(void *context, const void *p, size_t n, struct err *e);
struct age_writer;
enum err_code age_writer_new(const char *recipient, age_sink_fn sink, void *context, struct age_writer **out, struct err *e) NODISCARD;
enum err_code age_writer_add(struct age_writer *w, const void *p, size_t n, struct err *e) NODISCARD;
enum err_code age_writer_end(struct age_writer *w, struct err *e) NODISCARD;
void age_writer_free(struct age_writer *w); /* wipes; NULL allowed */

struct age_reader;
enum err_code age_reader_new(const uint8_t secret[32], age_sink_fn sink, void *context, struct age_reader **out, struct err *e) NODISCARD;
enum err_code age_reader_feed(struct age_reader *r, const void *p, size_t n, struct err *e) NODISCARD;
enum err_code age_reader_end(struct age_reader *r, struct err *e) NODISCARD; /* what is left must be the last chunk */
void age_reader_free(struct age_reader *r); /* wipes; NULL allowed */
#endif
