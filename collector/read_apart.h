/* read_apart.h -- a workbook is unpacked and parsed by a worker that holds nothing else (secure-store/sandbox.h); rows come back over its channel.
 * Why      zip, deflate and XML of files from outside go through libraries of others: a fault in one of them must not meet the keys and answers of
 *          this process.
 * Worker   no file, no network, no key; memory 768 MiB beyond the parent's. The parent itself reads no more of the file than the bytes that tell what
 *          it is.
 * Trust    what the worker sends is checked as input is: lengths, order of rows, flags, UTF-8, error codes; anything else is E_SANDBOX_KILLED.
 * Missing  SOURCE_APART refuses where a worker cannot be kept apart (E_SANDBOX_MISSING); SOURCE_APART_OPTIONAL (demonstration stores; no store)
 *          warns.
 * Cost     two workers a file, 6 ms; rows are copied once over a socket, and unpacking runs beside taking in. */
#ifndef SHIRABE_COLLECTOR_READ_APART_H
#define SHIRABE_COLLECTOR_READ_APART_H
#include "collector/read_source.h"

/* The name of the chosen sheet, in the arena; errors are those of opening a workbook here. */
enum err_code apart_open(struct arena *a, const struct source *s, const char **sheet, struct err *e) NODISCARD;
/* As source_reader.read. */
enum err_code apart_read(const struct job *job, const struct source *s, source_row_fn fn, void *context, struct err *e) NODISCARD;

/* --- the messages, for their test: after u32 length and u8 kind --- */
enum apart_kind { APART_ROW = 1, APART_PROGRESS, APART_END };
enum { APART_CELLS_MAX = 4096, APART_MESSAGE_MAX = (1 << 20) + APART_CELLS_MAX * 8 + 64, APART_PADDING = 16 };
struct apart_end {
  struct sheet_report report; /* sheet is not carried here */
  char sheet[256];
  struct err error;
};
void apart_row_write(const struct source_row *row, struct strbuf *out);
/* Cells view p, after which APART_PADDING bytes may be read. false: not a row. cells has APART_CELLS_MAX. */
bool apart_row_parse(const uint8_t *p, size_t n, struct source_cell *cells, struct source_row *out);
void apart_end_write(const struct apart_end *end, struct strbuf *out);
bool apart_end_parse(const uint8_t *p, size_t n, struct apart_end *out);
#endif
