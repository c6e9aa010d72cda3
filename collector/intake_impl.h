/* intake_impl.h -- what the intake*.c files share; not for users of intake. One file per idea: intake (driver), layout, header, blocks, shape, row, sheet, item,
 * codes, put, group, cells, keys, key_pages, problem, ledger, checks, sealer (the second thread). The run is one struct that the driver makes and hands down. */
#ifndef SHIRABE_COLLECTOR_INTAKE_IMPL_H
#define SHIRABE_COLLECTOR_INTAKE_IMPL_H
#include "base/ext_sodium.h"
#include "collector/intake.h"
#include "collector/normalise.h"
#include "forms/code_change.h"

enum { INTAKE_GROUP = STORE_ROW_GROUP, INTAKE_HEADER_ROWS = 50, INTAKE_TOKEN = 16, INTAKE_MAX_KEYS = 16, INTAKE_MAX_MISSING = 16 };

/* --- intake_codes.c: codes by text, eight bytes at a time --- */
struct code_index {
  const struct codelist *list;
  struct code_slot *slots;
  uint64_t mask;
  int width;            /* of the longest code when all codes are digits, else 0 */
  bool check_digits;    /* every code is a municipality code with its check digit */
  bool dated;           /* some code is not valid on every day */
  int32_t *first;       /* [dict id + 1]: codes of id are codes[first[id]] .. codes[first[id + 1] - 1] */
};
enum err_code code_index_new(struct arena *a, const struct codelist *list, struct code_index **out, struct err *e) NODISCARD;
const struct code *code_index_find(const struct code_index *ix, struct str text, int32_t *id); /* NULL when absent; any day */
bool code_index_valid_on(const struct code_index *ix, int32_t id, int64_t day);
bool code_index_has_label(const struct code_index *ix, struct str text);

/* --- intake_item.c: one reader per item, chosen once --- */
struct cell_value {
  int64_t number;      /* int, date */
  int32_t code;        /* id in a fixed code list, -1 = see text */
  struct str text;     /* valid until the next cell */
  uint8_t status;
  enum err_code problem;
  uint32_t rules;
};
struct item_reader;
typedef enum err_code (*item_read_fn)(struct item_reader *r, struct str raw, struct cell_value *out);
struct missing_text {
  struct str text;
  uint8_t status;
};
struct item_reader {
  const struct item *item;
  item_read_fn read;
  int column;                /* in the table */
  int64_t cell;              /* 0-based in the row as intake reads it; -1 = not in the file */
  int64_t place, place_line; /* 1-based cell in the file, and its line when that is another one (a block's head), else 0: for messages */
  int n_file_cells;          /* cells of the record's own row that make this one: 0 = from a block's head */
  bool key, own_dict;
  struct number_rule number;
  struct date_rule date;
  struct era_digits digits;
  struct code_rule code;
  struct code_index *index;  /* NULL = no code list */
  const struct code_changes *changes; /* what became of its codes; read when first needed, NULL = none */
  bool changes_read;
  int n_missing;
  struct missing_text missing[INTAKE_MAX_MISSING];
  uint64_t missing_lengths;  /* bit n: a missing text has n bytes */
  uint8_t blank_status;
  const struct period *period; /* what a period item must say; NULL = anything */
  struct folded folded;      /* scratch behind text */
  struct strbuf scratch;
};
enum err_code item_reader_init(struct arena *a, const struct form *f, const struct item *item, struct item_reader *out, struct err *e) NODISCARD;
void item_reader_release(struct item_reader *r);
void item_read(struct item_reader *r, struct str raw, struct cell_value *out);
/* Whether digits alone are the number they say; what the item may be then (the ends belong to it). */
bool item_reads_plain_digits(const struct item_reader *r);
void item_range(const struct item_reader *r, int64_t *low, int64_t *high);
/* "a date, for example 2025-04-01", "a whole number 0 to 9999 in g"; out of 256 bytes. */
const char *item_expected(const struct item_reader *r, bool japanese, char *out, size_t size);

/* --- intake_put.c: values into columns, plain cells by a short cut --- */
struct plain_items;
enum err_code cell_put(struct table *t, const struct item_reader *r, const struct cell_value *v, int64_t at, struct err *e) NODISCARD;
/* For a new row group in `t`; *items is NULL before the first one and lives in `a`. */
enum err_code plain_start(struct arena *a, struct item_reader *const *by_cell, int64_t n_cells, const struct table *t, struct plain_items **items, struct err *e) NODISCARD;
/* The cells of a plain row (read_source.h) into row `at`, which the next call may write again. Returns how many are left for item_read, and which. */
int64_t plain_put(const struct plain_items *items, const struct source_cell *cells, int64_t at, const int64_t **left);
/* What item_read made of the cell and cell_put wrote at `at`. */
void plain_remember(const struct plain_items *items, int64_t cell, struct str text, const struct cell_value *v, int64_t at);

/* --- intake_keys.c: which records were seen --- */
struct key_entry {
  uint8_t token[INTAKE_TOKEN];
  uint32_t line;
};
struct key_slot {
  uint32_t entry; /* number + 1, 0 = free */
  uint32_t tag;   /* other bits of the token, so that a look-up touches one entry */
};
struct key_index {
  struct arena *arena;         /* of the entries, which stay where they are */
  struct key_entry **blocks;   /* [KEY_BLOCKS] of KEY_BLOCK entries in order of their lines */
  struct arena *slot_arena;
  struct key_slot *slots;      /* open addressing by the first bits of the token: in order of slots is nearly in order of tokens */
  uint64_t n_slots, n;
  int64_t stream;              /* in the ledger */
  struct key_pages *pages;     /* of the stream in the store; NULL = dry run */
  bool earlier;                /* the stream has records of earlier files in record_page */
  bool earlier_rows;           /* and in record_key, a row a token, where stores kept them before there were pages */
  struct hmac_key *token_key;  /* of the stream; wiped on release */
  uint8_t token[HASH_BYTES];   /* of the key at hand */
};
struct intake_run;
enum key_seen { KEY_NEW, KEY_IN_FILE, KEY_IN_STORE };
enum err_code keys_start(struct intake_run *run, struct err *e) NODISCARD;
/* The token of the key at hand. Its place in memory is asked for: what is done before keys_see costs less than waiting for it. */
void keys_take(struct intake_run *run, struct str key);
/* Of the key taken. where: line of the earlier record; intake: its file's number when KEY_IN_STORE. A new key is remembered. */
enum err_code keys_see(struct intake_run *run, int64_t line, enum key_seen *seen, int64_t *where, int64_t *intake, struct err *e) NODISCARD;
/* Whether an earlier file has the key; nothing is remembered. */
enum err_code keys_find(struct intake_run *run, struct str key, enum key_seen *seen, int64_t *where, int64_t *intake, struct err *e) NODISCARD;
enum err_code keys_write(struct intake_run *run, struct err *e) NODISCARD;
void keys_release(struct key_index *k);

/* --- intake_key_pages.c: tokens in the ledger, many to a row --- */
enum { KEY_PAGES_BATCH = 4096 };
struct key_pages;
struct key_pages *key_pages_new(struct arena *a, struct db *db, int64_t stream); /* NULL when out of memory */
enum err_code key_pages_find(struct key_pages *p, const uint8_t *token, bool *found, int64_t *intake, int64_t *line, struct err *e) NODISCARD;
/* At most KEY_PAGES_BATCH entries in order of token, no token twice; those that are there already stay as they are. */
enum err_code key_pages_add(struct key_pages *p, int64_t intake, const struct key_entry *const *sorted, size_t n, struct err *e) NODISCARD;

/* --- intake_problem.c: problems and repairs, stored without values, shown with places --- */
struct place_writer {
  const char *stage; /* "problems", "repairs" */
  struct arena *arena;
  struct table table;
  struct shard_write *shard;
  int64_t shard_id, n;
};
void problem_start(struct intake_run *run);
enum err_code problem_end(struct intake_run *run, struct err *e) NODISCARD;
void problem_abort(struct intake_run *run);
struct problem_at {
  int64_t line, cell; /* cell 1-based, 0 = the row */
  const struct item_reader *reader; /* NULL = the row */
  int64_t other; /* line of the record seen first */
  struct str raw;
  const char *subject, *expected, *found; /* override what the reader and the raw text give */
};
enum err_code problem_add(struct intake_run *run, enum err_code code, const struct problem_at *at, struct err *e) NODISCARD;
enum err_code repair_add(struct intake_run *run, uint32_t rules, int64_t line, const struct item_reader *reader, struct err *e) NODISCARD;

/* --- intake_propose.c: repairs that a person must accept; the cell stays invalid, both texts are sealed in dataset "proposals" --- */
struct proposal_writer {
  struct arena *arena;
  struct table table;
  struct shard_write *shard;
  int64_t shard_id, n, total, open; /* total: with those accepted by rule that may be refused */
};
/* After a problem of a cell: what could be meant, if anything. `row` counts the file's accepted records from 0. None for keys: they decide what a record is. */
enum err_code propose_for_cell(struct intake_run *run, enum err_code problem, const struct item_reader *r, int64_t line, int64_t row, struct str raw, struct err *e) NODISCARD;
/* What was accepted by rule and may be refused (repair_rule_refusable). */
enum err_code propose_refusable(struct intake_run *run, const struct cell_value *v, const struct item_reader *r, int64_t line, int64_t row, struct str raw, struct err *e) NODISCARD;
/* A code that was not valid on the day of its event: the one code in force then is proposed; *problem names what was found. */
enum err_code propose_code_of_day(struct intake_run *run, struct item_reader *r, int64_t line, int64_t row, struct str code, int64_t day, enum err_code *problem, char *found, size_t size, struct err *e) NODISCARD;
enum err_code proposal_end(struct intake_run *run, struct err *e) NODISCARD;
void proposal_abort(struct intake_run *run);
/* --- where the layout's columns are in a row of the file --- */
struct column_source {
  int n;
  int64_t cells[LAYOUT_MAX_CELLS]; /* 0-based */
};
/* One of the last header_rows rows, copied: a heading can only be made when all its levels are there. */
struct header_row {
  int64_t line, n_cells;
  struct strbuf text;
  size_t ends[LAYOUT_MAX_COLUMNS]; /* of each cell in text */
};
struct header_window {
  struct header_row *rows; /* [layout->header_rows] ring */
  int n_rows;              /* filled */
  int64_t seen;            /* rows so far, empty ones included */
};
/* A column's text that outlives its row: of a block's head, or of the row above. */
struct held_text {
  struct strbuf text, made; /* made: joined, taken, recoded in the row at hand */
  bool filled;
};
struct block_state {
  int64_t row; /* offset of the row at hand, -1 = before the first block */
  int64_t start_line;
  bool ended;
};
/* --- intake_checks.c: failures of the form's checks, counted --- */
enum err_code checks_start(struct intake_run *run, struct err *e) NODISCARD;
enum err_code checks_count(struct intake_run *run, struct table *t, struct err *e) NODISCARD; /* one row group */

/* The arrays of a row group, used for one group after another: their pages cost more than what is written into them. Dictionaries are each group's own. */
struct group_memory {
  struct arena *arena; /* owns this struct */
  struct table table;
  int64_t *lines;
};

/* --- intake_sealer.c: the second thread. Between sealer_start and sealer_end the store is entered with store_enter, and left --- */
enum err_code sealer_start(struct intake_run *run, struct err *e) NODISCARD;
enum err_code sealer_take_group(struct intake_run *run, struct err *e) NODISCARD; /* the group, its arena and arrays go to the sealer */
struct group_memory *sealer_spare(struct intake_run *run); /* arrays of a group that is sealed; NULL = none */
enum err_code sealer_wait(struct intake_run *run, struct err *e) NODISCARD;       /* until every group taken is sealed */
enum err_code sealer_end(struct intake_run *run, char blob_id[65], struct err *e) NODISCARD;
void sealer_abort(struct intake_run *run); /* harmless after sealer_end */

/* --- the run --- */
struct intake_run {
  const struct job *job;
  struct store *store; /* NULL = dry run */
  const struct form *form;
  const struct intake_options *options;
  int64_t title_lines[INTAKE_HEADER_ROWS]; /* rows above the header, told when it is found */
  char file_token[65]; /* keyed hash of the file's bytes: the plain hash of a small file would confirm a guess of its content */
  struct intake_report *report;
  struct arena *arena;
  struct source source;
  const struct source_reader *reader;
  const struct layout *layout;
  const char *record;
  struct period period;
  bool period_known;
  int64_t id;
  /* header */
  bool header_found, after_note, codebook; /* codebook: a row above looked like the headings of a 符号表 */
  int best_matches;
  int64_t header_row, n_cells, best_line;
  struct item_reader *readers; /* one per item of the record, in items order */
  int n_readers;
  struct item_reader **by_cell; /* [n_cells]; NULL = a column that the layout leaves out */
  struct header_window window;
  struct str *names; /* [n_items][4] folded headings of the layout's columns */
  struct column_source *sources; /* [n_items] */
  int64_t n_file_cells;     /* a row of the file has so many cells; == n_cells unless shaped */
  int64_t n_taken_cells;    /* of them belong to items */
  /* shaped: the items' cells are made from those of the file (joined, filled down, from a block's head); by_cell and n_cells speak of the made row */
  bool shaped;
  struct held_text *held; /* [n_items] */
  struct source_cell *made_cells;
  const struct source_row *file_row; /* the row as it stands in the file, while a made one is read */
  struct block_state block;
  int64_t blank_typed; /* blank cells of the file whose item has a value */
  int n_keys;
  struct item_reader *keys[INTAKE_MAX_KEYS];
  int n_required; /* required items besides the keys */
  struct item_reader **required;
  struct item_reader *period_item;
  /* row group */
  struct arena *group_arena;    /* of dictionaries and derived texts */
  struct group_memory *memory;
  struct table group;
  int64_t *lines;
  struct plain_items *plain;
  const int64_t *left;   /* [n_left] cells of the plain row at hand that are not in the group yet */
  int64_t n_left;
  uint8_t *parts;
  struct shard_write *shard;
  struct sealer *sealer;
  struct intake_checks *checks; /* NULL = not asked for */
  struct key_index index;
  struct place_writer problems, repairs;
  struct proposal_writer proposals;
  struct strbuf key_text;
  struct cell_value *values; /* [n_cells] */
  int64_t shown;
  int64_t access;            /* of the log's intent */
  struct change_run *change; /* of a correction */
};
struct dataset_key intake_dataset(const struct intake_run *run, const char *stage);

/* --- intake_layout.c: before the first row, and from matched columns to readers by cell --- */
enum err_code layout_prepare(struct intake_run *run, struct err *e) NODISCARD; /* readers of the record, layout checked */
enum err_code layout_open(struct intake_run *run, const char *path,
                          struct err *e) NODISCARD; /* the source, with the shape and encoding of the layout */
struct item_reader *reader_of(struct intake_run *run, const struct item *item);
/* Once run->sources are known for n cells of the file: by_cell, places, required items, what is still missing. */
enum err_code layout_bind(struct intake_run *run, int64_t n, struct err *e) NODISCARD;

/* --- intake_header.c --- */
enum err_code header_prepare(struct intake_run *run, struct err *e) NODISCARD; /* the window; columns without a header are bound */
enum err_code header_try(struct intake_run *run, const struct source_row *row, struct err *e) NODISCARD;
enum err_code header_missing(struct intake_run *run, struct err *e) NODISCARD; /* the error at the end when no row was a header */
enum err_code header_push(struct intake_run *run, const struct source_row *row, struct err *e) NODISCARD;
enum err_code header_bind_window(struct intake_run *run, struct err *e) NODISCARD;    /* the full window is the header */
enum err_code header_compare_window(struct intake_run *run, struct err *e) NODISCARD; /* and says the same as the one that was bound */
void header_release(struct intake_run *run);
bool header_says(struct str cell, const char *text); /* the same heading: NFKC, without spaces and line breaks */

/* --- intake_blocks.c --- */
/* *heading: the row belongs to a block's head. */
enum err_code blocks_row(struct intake_run *run, const struct source_row *row, bool *heading, struct err *e) NODISCARD;
enum err_code blocks_end(struct intake_run *run, struct err *e) NODISCARD;

/* --- intake_shape.c --- */
enum err_code shape_prepare(struct intake_run *run, struct err *e) NODISCARD;
enum err_code shape_take(struct intake_run *run, const struct source_row *row, struct err *e) NODISCARD; /* row_take for shaped runs */
void shape_head(struct intake_run *run, const struct source_row *row, int64_t offset); /* keeps what a block's head says */
void shape_forget(struct intake_run *run, bool head); /* a group ends (fill_down), or the block (its head too) */
void shape_release(struct intake_run *run);

/* --- intake_sheet.c --- */
enum err_code note_sheet(struct intake_run *run, struct err *e) NODISCARD; /* what a workbook was besides its rows */

/* --- intake_row.c --- */
enum err_code row_take(struct intake_run *run, const struct source_row *row, struct err *e) NODISCARD;
enum err_code row_take_record(struct intake_run *run, const struct source_row *row, struct err *e) NODISCARD; /* the number of cells is right */
enum err_code row_take_odd(struct intake_run *run, const struct source_row *row, int64_t wanted,
                           struct err *e) NODISCARD; /* it is not: note, empty row, or rejected */
enum err_code row_reject(struct intake_run *run, enum err_code code, const struct problem_at *at, struct err *e) NODISCARD;
bool row_all_blank(const struct source_row *row, int64_t from);

/* --- intake_group.c --- */
enum err_code group_start(struct intake_run *run, struct err *e) NODISCARD; /* at the first record, and after a flush */
enum err_code group_flush(struct intake_run *run, struct err *e) NODISCARD;
void group_release(struct intake_run *run);

/* --- intake_cells.c: where each cell went --- */
/* A row that was handed over; cells of an accepted record are counted by cells_group, from what was stored. */
void cells_row(struct intake_run *run, const struct source_row *row, bool is_record, bool accepted, bool header_phase);
enum err_code cells_group(struct intake_run *run, struct err *e) NODISCARD; /* the statuses of a finished row group */
enum err_code cells_balance(struct intake_run *run, struct err *e) NODISCARD;

/* --- intake_ledger.c --- */
enum err_code ledger_find_file(struct store *s, const struct form *f, const char *period, const char *token, int64_t *id, struct err *e) NODISCARD; /* 0 = new; period NULL = any */
enum err_code ledger_next_id(struct store *s, int64_t *id, struct err *e) NODISCARD;
enum err_code ledger_round(struct store *s, const struct form *f, const char *period, int64_t *round, struct err *e) NODISCARD;
enum err_code ledger_add(struct intake_run *run, const char *blob, int64_t shard, int64_t round, struct err *e) NODISCARD;

/* --- intake_change.c --- */
enum err_code change_settle(struct intake_run *run, struct err *e) NODISCARD; /* the rows of the group: replaced, added, the same, refused */
enum err_code change_write(struct intake_run *run, struct err *e) NODISCARD;
void change_release(struct intake_run *run);
#endif
