/* trace.h -- whose copy is this? Given a table found somewhere, names the provisions whose recipient must have had it, or says "cannot attribute".
 * Evidence ids    cells that are ids of a provision (recomputed under its key for every row of its source; no data is opened); mark   the
 *          provision's mark in any cell (the name of the id column, the codebook); order  the rows lie in the provision's keyed order although
 *          nothing else explains it (needs the rows: only when the caller may read them).
 * Rate     each provision is accused only when a table made without its key would look like that with probability at most 1e-9, over all provisions
 *          and all cells tried: ids, marks: cells x ids x 2^-100 by counting; order: Chernoff's bound on the number of inversions within blocks,
 *          which are independent and uniform for a key that the file does not depend on, divided by the number of tests made.
 * Limits   ids removed and rows sorted: "cannot attribute" is the right answer. An id shows that the file holds rows of that recipient's copy, not
 *          who leaked it.
 * Input    UTF-8 text, comma, tab or semicolon (the one most frequent in the first line), with or without BOM and header; at most 16 M candidate
 *          ids.
 * Memory   32 bytes per distinct candidate; order: 24 bytes per row of the file plus one block of the source. Cost: about 0.5 us per row of each
 *          provision.
 * Source   secure.md 4.13; Chernoff (1952). */
#ifndef SHIRABE_SECURE_STORE_EXTRACT_TRACE_H
#define SHIRABE_SECURE_STORE_EXTRACT_TRACE_H
#include "base/ext_csv.h"
#include "secure-store/extract/provide.h"

/* --- the file --- */
struct trace_file;
enum err_code trace_file_new(const char *name, struct trace_file **out, struct err *e) NODISCARD;
enum err_code trace_file_feed(struct trace_file *t, const char *p, size_t n, struct err *e) NODISCARD;
enum err_code trace_file_end(struct trace_file *t, struct err *e) NODISCARD;
void trace_file_free(struct trace_file *t); /* NULL allowed */
int64_t trace_file_rows(const struct trace_file *t);
int64_t trace_file_cells(const struct trace_file *t);
int64_t trace_file_candidates(const struct trace_file *t); /* distinct ids and marks as they look */

/* --- ids and marks --- */
#define TRACE_RATE 1e-9
struct trace_verdict {
  int64_t ids;         /* distinct cells that are ids of the provision */
  bool mark;
  double id_rate;      /* bound on the chance of as many by accident */
  int64_t order_rows;  /* rows that could be placed, 0 = not tried */
  double order_rate;   /* bound, 1 = nothing */
  bool accused;
};
/* Ids of serials 0 .. n_rows-1 under the key; n_tests: provisions that are tried. */
void trace_ids(struct trace_file *t, const struct row_key *key, int64_t n_rows, int64_t n_tests, struct trace_verdict *v);

/* --- order --- */
/* log10 of a bound on the chance that the ranks of each block, in the order found, have as few inversions: n = rows, block[i] of each row, rank[i]
 * its place
 * (distinct within a block); rows are given in file order. 0 = no evidence. */
double trace_order_bound(const int32_t *block, const int64_t *rank, int64_t n);
struct trace_order; /* rows of the file by content, to be met with rows of the source */
/* columns: names that the file's header has in common with the provision; E_EXTRACT_TRACE_FILE with no header or none in common. */
enum err_code trace_order_new(const struct trace_file *t, const char *const *columns, int n, struct trace_order **out, struct err *e) NODISCARD;
/* The shared columns, by place in `columns` as given; arena of the trace_order. */
int trace_order_columns(const struct trace_order *o, const int **which);
/* A row of the source: the texts of the shared columns as the CSV of an extract shows them. */
void trace_order_row(struct trace_order *o, const struct str *cells, int32_t block, const struct row_id *id);
/* Bound over both readings (first and last occurrence of a row that stands twice: two copies one after the other). */
enum err_code trace_order_end(struct trace_order *o, int64_t n_tests, struct trace_verdict *v, struct err *e) NODISCARD;
void trace_order_free(struct trace_order *o);

/* --- with a store --- */
struct trace_result {
  const struct provision *p;
  struct trace_verdict v;
};
/* read_order: also compares the order of provisions that ids and mark did not accuse; needs a grant that covers their rows. Results: those with any
 * evidence. */
enum err_code trace_run(struct store *s, struct arena *a, struct trace_file *t, bool read_order, struct trace_result **out, int64_t *n,
    int64_t *n_tested, struct err *e) NODISCARD;
#endif
