/* linear_eval.h -- linear edits over columns of numbers, block by block: PASS, MISS or FAIL for each record and edit.
 * Status   MISS when a variable of the edit has no value, FAIL when the edit is violated, else PASS. A record's status is the worst: FAIL > MISS >
 *          PASS.
 * Shapes   status[i * LINEAR_BLOCK + k]: edit i of the k-th row of the block. Bounds of variables are not looked at: give the system
 *          linear_with_bounds() made.
 * Exact    where every column of the edit has declared decimals and every coefficient and constant is a decimal of at most 15 digits, sums are of
 *          whole multiples of the smallest step and compared exactly: in doubles while they stay below 2^53, else in 128 bits. Otherwise the
 *          tolerance of linear_residual, to the same bits. The path of a block never changes a result that is exact.
 * Errors   E_RULES_COLUMN: the table has no column for a variable of an edit.
 * Memory   scratch: 9 bytes per column and row of a block. Threads: a plan is read-only, scratch is per thread. Cost: see
 *          tests/bench/bench_edit_eval.c.
 * Source   Fellegi and Holt (1976), JASA 71; the three outcomes: editing.md 4.1 of the design = Statistics Canada's practice. */
#ifndef SHIRABE_PROCESSING_EDIT_LINEAR_EVAL_H
#define SHIRABE_PROCESSING_EDIT_LINEAR_EVAL_H
#include "processing/edit/linear_edit.h"
#include "processing/unit/num_table.h"

enum { LINEAR_BLOCK = 1024 };
enum edit_status { EDIT_PASS = 0, EDIT_MISS = 1, EDIT_FAIL = 2 };

struct linear_plan;
struct linear_scratch;
enum err_code linear_plan_new(struct arena *a, const struct linear_system *rows, const struct num_table *t, struct linear_plan **out,
                              struct err *e) NODISCARD;
struct linear_scratch *linear_scratch_new(struct arena *a, const struct linear_plan *p); /* NULL: out of memory */
/* Rows row0 .. row0+n-1, n <= LINEAR_BLOCK. Returns the edits' number m; any[i] (may be NULL) is the worst status of edit i in the block. */
int linear_eval(const struct linear_plan *p, struct linear_scratch *s, int64_t row0, int n, uint8_t *status, uint8_t *any);
/* c as a whole number over 10^digits, digits in 0..15; false when it is no decimal of at most 15 digits. */
bool decimal_of(double c, int64_t *whole, int *digits);
#endif
