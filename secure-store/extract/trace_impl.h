/* trace_impl.h -- inside of trace_*.c. */
#ifndef SHIRABE_SECURE_STORE_EXTRACT_TRACE_IMPL_H
#define SHIRABE_SECURE_STORE_EXTRACT_TRACE_IMPL_H
#include "secure-store/extract/trace.h"

struct trace_candidate {
  struct row_id id;
  char kind; /* 'r', 'm'; 0 = empty place */
};
struct trace_file {
  const char *name;
  struct arena *arena;
  struct strbuf head;   /* until the delimiter is known */
  struct csv_reader *csv;
  struct trace_candidate *candidates; /* hash table */
  size_t capacity;
  int64_t n_candidates, n_rows, n_cells;
  struct str *header;
  int n_header;
  struct strbuf hashes; /* [n_rows][n_header] uint32_t */
  bool rows_left_out;
};
struct trace_candidate *trace_find(const struct trace_file *t, const struct row_id *id, char kind); /* NULL = not in the file */
uint32_t trace_cell_hash(struct str text);
#endif
