/* intake.h -- one file of an office becomes typed, sealed columns: every cell has a type, a status and a place, or is a listed problem.
 * Input    a mapped source (read_source.h), a form, its layout. The file's bytes are kept sealed as they came; nothing is altered there.
 * Output   dataset survey/form/period/"received": one shard per file; "problems": line, cell, item, message number, line of the record
 *          seen first (no values); "repairs": line, cell, item, rule, state. All in one transaction: all of the file or nothing.
 * Counts   rows read = accepted + rejected + duplicate, always. Notes, titles and empty rows are counted apart and are no rows.
 * Cells    every cell the reader hands over is counted once: cells_read = typed + blank + problem + ignored + heading + outside. The numbers on the right
 *          come from the stored statuses and the rows' fates, the left one from the reader; when they differ nothing is taken in (E_INTAKE_CELLS).
 * Twice    a file whose SHA-256 was taken in for the form answers `already` and changes nothing. A record whose keys were seen before (in the file or in
 *          an earlier one) is a duplicate; forms with an event date look across periods, others (one record per unit and period) within the period.
 * Missing  an empty cell is blank unless the form says otherwise; special signs only as the form's `missing` says, never 0.
 * Errors   E_INPUT_*, E_HEADER_*, E_INTAKE_*, E_CSV_* stop the file; problems of cells and rows go to the job's sink, the first `problem_limit` of them.
 * Memory   two row groups (65,536 rows) of columns, 16 MiB of the mapped file, and 31 to 42 bytes a record for the duplicate index.
 * Source   人口動態調査令施行細則 (office slips, batch month); 2020 rule of the Ministry of Internal Affairs on machine-readable tables (signs, units, dates). */
#ifndef SHIRABE_COLLECTOR_INTAKE_H
#define SHIRABE_COLLECTOR_INTAKE_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/job.h"
#include "collector/read_source.h"
#include "collector/repair.h"
#include "forms/form.h"
#include "secure-store/store.h"

struct intake_options {
  const char *layout;      /* NULL = the form's first csv layout */
  const char *layout_file; /* a layout in a file of its own, instead */
  const char *sheet;       /* of a workbook; NULL = the one the layout names, else the first that shows */
  const char *period;      /* NULL = the value of the form's period item, the same in every row */
  int64_t declared;        /* records on the transmittal slip, -1 = not given */
  int64_t problem_limit;   /* problems shown one by one; all are stored and counted */
  int64_t *check_failed;   /* [form->n_checks]: records that fail each check, -1 = it needs other data than the record; NULL = do not evaluate checks */
  bool show_values;        /* `found` holds the answer itself */
  bool correct;            /* rows replace the records with their keys (intake_change.h) */
  bool supplementary;      /* with correct: rows with new keys are added */
};

/* What became of the cells of one item in accepted rows. */
struct intake_column_count {
  const char *item; /* borrowed from the form */
  int64_t cell;     /* 1-based in the row, 0 = not in the file */
  bool number;      /* count, amount, rate or whole-number flag */
  int64_t typed, blank, problem;
};

enum { INTAKE_CODES = 500, INTAKE_CODE_FIRST = 4000 }; /* message numbers 4000..4499 */
struct intake_report {
  int64_t id;               /* 0 for a dry run */
  bool already, dry_run;
  char period[16], sha256[65], sheet[256]; /* sheet: "" = no workbook */
  enum text_encoding encoding;
  int64_t bytes;
  int64_t rows_read, accepted, rejected, duplicate;
  int64_t corrected, unchanged; /* of accepted and of duplicate, in a correction */
  int64_t title_rows, note_rows, empty_rows;
  int64_t blocks, block_head_rows; /* page blocks, and the rows of their heads */
  int64_t ignored_columns;  /* left out as the layout says */
  int64_t filled_cells;     /* blank cells that took the value above, as the layout says */
  int64_t cells_read;       /* as the reader delivered them, titles and notes included */
  int64_t cells_typed;      /* a value of the item's class */
  int64_t cells_blank;      /* empty, or a text that the form declares as missing; of rejected and duplicate rows the empty ones */
  int64_t cells_problem;    /* no value; of rejected and duplicate rows every filled cell */
  int64_t cells_ignored;    /* of columns that the layout knowingly leaves out */
  int64_t cells_heading;    /* header rows and titles above them */
  int64_t cells_outside;    /* notes and empty rows */
  int64_t declared;         /* -1 = not given */
  int64_t problems;         /* of cells and rows */
  int64_t warnings;         /* kept values with a doubt: external characters, mapped dates */
  int64_t proposals;        /* repairs that wait for a person */
  int64_t by_code[INTAKE_CODES];
  int64_t by_rule[REPAIR_RULES];
  int64_t shard;            /* 0 = no accepted row */
  int64_t n_columns;        /* items of the record, in the form's order */
  struct intake_column_count *columns; /* in the job's arena; NULL before the first row, and for a job without one */
};

/* `s` NULL is a dry run: nothing is written, and duplicates are looked for in the file only. */
enum err_code intake_file(const struct job *job, struct store *s, const struct form *form, const struct intake_options *options, const char *path, struct intake_report *out, struct err *e) NODISCARD;

/* --- what was taken in --- */
struct intake_entry {
  int64_t id, bytes, rows_read, accepted, rejected, duplicate, problems, warnings, declared, shard, problem_shard, repair_shard, round, taken_at;
  const char *survey, *form, *version, *form_hash, *period, *token, *blob;
  const char *file; /* "" until intake_names has opened it */
};
enum err_code intake_schema(struct store *s, struct err *e) NODISCARD; /* makes its tables when they are not there; needs an unlocked store */
/* Entries of one form and period in order of intake; NULL = all. None when nothing was ever taken in; works on a locked store. */
enum err_code intake_list(struct store *s, const char *survey, const char *form, const char *period, struct arena *a, struct intake_entry **out, int64_t *n, struct err *e) NODISCARD;
/* Fills `file` of the entries; needs an unlocked store and goes through the access log. */
enum err_code intake_names(struct store *s, struct intake_entry *entries, int64_t n, struct arena *a, struct err *e) NODISCARD;
enum err_code intake_get(struct store *s, int64_t id, struct arena *a, struct intake_entry *out, struct err *e) NODISCARD; /* E_INTAKE_UNKNOWN */
/* One stored problem: places and codes, no values. Goes through the access log. */
struct intake_problem {
  int64_t line, cell;
  const char *item; /* "" = the row */
  int64_t code;     /* message number */
  int64_t other;    /* a duplicate: line of the record seen first; else 0 */
};
enum err_code intake_problems(struct store *s, const struct intake_entry *entry, struct arena *a, struct intake_problem **out, int64_t *n, struct err *e) NODISCARD;

/* --- closing a period for a form: the officer says how many records the office had; the counts must balance --- */
struct intake_closing {
  int64_t round;    /* 1 = first closing; later files make a supplementary round */
  int64_t declared, accepted, rejected, duplicate, closed_at;
  bool nil;
};
/* declared must equal accepted + rejected since the last closing, else E_INTAKE_BALANCE and nothing is written; nil = "we had none". */
enum err_code intake_close(struct store *s, const char *survey, const char *form, const char *period, int64_t declared, bool nil, struct intake_closing *out, struct err *e) NODISCARD;
/* Newest closing; *found false when the period is open. */
enum err_code intake_last_closing(struct store *s, const char *survey, const char *form, const char *period, struct intake_closing *out, bool *found, struct err *e) NODISCARD;
#endif
