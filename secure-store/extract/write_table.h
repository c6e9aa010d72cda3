/* write_table.h -- the rows of an extract as files: CSV (RFC 4180, UTF-8, CRLF), Stata .dta and SPSS .sav. The first column is the row id, named by
 * the mark.
 * Values   exactly as stored: no value is altered, and what a format cannot hold exactly is E_EXTRACT_RANGE.
 * Missing  by kind with the signs of ext_readstat.h: an empty cell is blank, ".u" unknown, ".n" not applicable ...
 * Codes    of lists whose codes are all numbers become labelled numbers in Stata and SPSS; other lists stay texts, their labels are in the
 *          codebook.
 * Memory   one slice. Threads: several may write from one frame. */
#ifndef SHIRABE_SECURE_STORE_EXTRACT_WRITE_TABLE_H
#define SHIRABE_SECURE_STORE_EXTRACT_WRITE_TABLE_H
#include "base/ext_readstat.h"
#include "secure-store/extract/frame.h"
#include "secure-store/extract/head.h"

typedef enum err_code (*extract_sink_fn)(void *context, const void *p, size_t n, struct err *e);
enum err_code extract_write_csv(const struct frame *f, const struct extract_head *h, extract_sink_fn sink, void *context, struct err *e) NODISCARD;
enum err_code extract_write_stat(const struct frame *f, const struct extract_head *h, enum stat_format format, extract_sink_fn sink, void *context,
    struct err *e) NODISCARD;
/* Whether Stata and SPSS get numbers with labels for this column. */
bool frame_numeric_codes(const struct frame_column *c);
/* Names of the columns in Stata and SPSS, different from one another; [n_columns + 1], the first is the row id's. */
enum err_code frame_stat_names(const struct frame *f, const struct extract_head *h, char (*names)[STAT_NAME_BYTES], struct err *e) NODISCARD;
const char *extract_missing_label(uint8_t status, bool japanese);
#endif
