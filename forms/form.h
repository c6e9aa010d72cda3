/* form.h -- the form model: one questionnaire version as read from its folder (DESIGN 5; the tables' columns: forms/form_folder.md).
 * Identity SHA-256 over the canonical tables of the form folder and of the shared code lists it uses. Published versions never change.
 * Memory   everything lives in the arena given to form_read; the form is immutable after that and may be shared by threads. */
#ifndef SHIRABE_FORMS_FORM_H
#define SHIRABE_FORMS_FORM_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/expr.h"
#include "base/job.h"
#include "base/str.h"
#include "base/table.h"

enum item_class { CLASS_CODE, CLASS_COUNT, CLASS_AMOUNT, CLASS_RATE, CLASS_DATE, CLASS_WAREKI, CLASS_TEXT, CLASS_NAME, CLASS_FLAG, CLASS_PERIOD };
enum item_part { PART_ID, PART_LINK, PART_ANSWER, PART_PARADATA };
enum item_origin { ORIGIN_REPORTED, ORIGIN_DERIVED };
enum check_severity { SEVERITY_HARD, SEVERITY_SOFT, SEVERITY_INFO };
enum { CHECK_WEIGHT_DECIMALS = 6 };

const char *item_class_name(enum item_class class);
const char *item_part_name(enum item_part part);
const char *check_severity_name(enum check_severity severity);
struct check;
const char *check_weight_text(struct arena *a, const struct check *k); /* "0.5", "" without one; NULL: no memory */

struct code {
  struct str code, label_ja, label_en, parent;
  int64_t valid_from, valid_to; /* days; INT64_MIN, INT64_MAX = open */
  enum value_status status;     /* VAL_REPORTED for an ordinary code, else what the code means: unknown, not applicable ... */
  int64_t line;                 /* in the file */
};
struct codelist {
  const char *name, *file;
  bool shared;          /* stands in forms/codelists/ */
  struct code *codes;   /* sorted by code text, then valid_from */
  int64_t n_codes;
  struct dict *dict;    /* distinct texts an answer can have (no headings) in sorted order: the ids of COL_CODE columns */
  const struct str *answers; /* [dict_count(dict)] the same texts */
  uint8_t hash[32];
  /* "" or a structural rule that stands for a list too large to ship: "municipality", "corporate_number", "icd10" (forms/code_structure.h) */
  const char *structure;
  const struct code *any; /* the row `*` that says so, not among codes; NULL when structure is "" */
};
/* Any code with this text valid on `day` (INT64_MIN = any day), else `any` when the structure holds; NULL when there is none. A heading (status invalid)
 * is found as well: it has a label but is no answer. */
const struct code *codelist_find(const struct codelist *l, struct str code, int64_t day);
/* One list of <forms>/codelists by itself. Problems as in form_read; E_CODELIST_NONE when there is no such list. */
enum err_code codelist_read_shared(struct arena *a, const struct job *job, const char *forms, const char *name, const struct codelist **out, struct err *e) NODISCARD;

struct item {
  const char *name, *label_ja, *label_en, *record, *unit;
  enum item_class class;
  enum item_part part;
  enum item_origin origin;
  enum column_type type;          /* of its column */
  int decimals;
  int64_t multiplier;             /* 1000 = reported in thousands */
  bool has_min, has_max;
  int64_t min, max;               /* scaled by decimals */
  const struct codelist *codelist; /* NULL = none */
  const char *missing;            /* codes with a meaning, "V=unknown;blank=not_applicable" as written */
  const char *universe_text, *expression_text; /* "" = none */
  struct expr *universe, *expression;
  const char *as_of;              /* date item that codes are checked against, "" = none */
  const char *era_table;          /* name of the era code table of a split wareki date, "" = none */
  int64_t position, bytes;        /* fixed-width layout; 0 = none. bytes is also the code width */
  int64_t since, until;           /* days */
  int64_t line;                   /* in items.csv */
  bool required;                  /* its absence rejects the record (keys) */
};

/* A rule across records (group_checks.csv): figures of the group that a record belongs to, which the check's expression reads by name. */
enum group_function { GROUP_COUNT, GROUP_SUM, GROUP_MIN, GROUP_MAX, GROUP_DISTINCT };
struct group_measure {
  const char *name;
  enum group_function function;
  struct expr *argument;   /* GROUP_COUNT: a condition or NULL = every record; GROUP_SUM, _MIN, _MAX: a number or date; GROUP_DISTINCT: NULL */
  const struct item *item; /* GROUP_DISTINCT */
  enum expr_type type;     /* EXPR_NUMBER or EXPR_DATE */
  int decimals;
  const char *unit;
};
struct group_rule {
  int n_by, n_measures;
  const struct item **by; /* none = all records are one group */
  struct group_measure *measures;
};

struct check {
  const char *id, *record, *universe_text, *expression_text, *message_ja, *message_en, *remedy_ja, *remedy_en, *source;
  enum check_severity severity;
  struct expr *universe, *expression; /* universe NULL = every record; a record fails when expression is false */
  int64_t line;
  int64_t weight; /* of a soft check, times 10^CHECK_WEIGHT_DECIMALS: what it costs error localisation to leave it unmet; 0 = none given */
  const struct group_rule *group; /* NULL = a check of one record, from checks.csv; its measures are no items of the form */
};

struct impute_step {
  int64_t order;
  const char *items, *method, *classes, *parameters; /* as written; processing interprets them */
  int64_t line;
};

struct table_spec {
  const char *id, *title_ja, *title_en, *dataset, *rows, *columns, *measure, *domain, *filter, *rounding, *disclosure;
  int64_t line;
};

/* --- file layouts (form.json "layouts", or one object in a file of its own): how a file of this form looks; the keys: forms/layout.md --- */
enum { LAYOUT_MAX_CELLS = 8, LAYOUT_MAX_HEADER_ROWS = 8, LAYOUT_MAX_TITLE_ROWS = 1000, LAYOUT_MAX_COLUMNS = 4096, LAYOUT_MAX_RECORD_BYTES = 1 << 20 };
struct layout_recode {
  struct str from, to; /* as written in the file, folded of spaces; the code that it means */
};
enum layout_take { TAKE_TEXT, TAKE_BYTES, TAKE_ERA_YEAR_MONTH };
/* Where one item of the layout stands. */
struct layout_column {
  int n_cells;                     /* 0 = by heading, or in order when there is no header */
  int64_t cells[LAYOUT_MAX_CELLS]; /* 1-based; the texts of several are joined by `join` */
  const char *join;
  bool own_heading;                /* the layout names the heading itself: when a cell is given too, that cell must have it */
  bool fill_down;                  /* a blank cell repeats the value above within the block */
  int64_t head_row;                /* -1 = in the record's own row; else offset from the row that starts the block */
  int64_t position, bytes;         /* fixed: 1-based byte position and width on the original bytes; 0 = none */
  enum layout_take take;           /* TAKE_BYTES (fixed): hexadecimal digits of the bytes; TAKE_ERA_YEAR_MONTH: 令和 7年 + 12月分 -> 2025-12 */
  int n_recodes;
  const struct layout_recode *recodes;
};
struct layout_ignored {
  const char *heading; /* "" = by cell */
  int64_t cell;        /* 1-based, 0 = by heading */
};
/* Page blocks: the same table again and again, each with a head of its own. */
enum layout_blank_row { BLANK_ROW_SKIPPED, BLANK_ROW_ENDS_GROUP, BLANK_ROW_ENDS_BLOCK };
struct layout_blocks {
  int64_t start_cell;         /* a row whose cell start_cell (1-based) says start_text, spaces folded away, starts a block */
  const char *start_text;
  int64_t header_offset;      /* rows from the start row to the first header row; -1 = blocks have no header */
  int64_t data_offset;        /* to the first row of records */
  enum layout_blank_row blank_row; /* what an empty row among the records does; a group is as far as fill_down reaches */
};
struct layout {
  const char *name;      /* "csv", "researcher" */
  const char *kind;      /* "csv", "fixed", "xlsx", "xls" */
  bool header;           /* a header row with the items' names or labels */
  int n_items;
  const struct item **items; /* in file order; items of a block's head last */
  const char **headings;     /* accepted header text per item (label_ja by default) */
  const char *missing;       /* how missing values of items without a text of their own are written, "V=unknown"; "" = none */
  const char *encoding;      /* "" = decided on the file, "utf-8", "cp932" */
  char delimiter;            /* csv: ',' ';' or tab */
  const char *sheet;         /* workbook: "" = first visible sheet */
  int title_rows;            /* rows above the header or the records; -1 = the header is searched */
  int header_rows;           /* 0 = none; the levels of a heading are joined by / */
  const struct layout_column *columns; /* [n_items]; NULL = every item by heading or in order (a layout made in memory) */
  int n_ignored;
  const struct layout_ignored *ignored; /* columns knowingly not taken in */
  bool ignore_rest;          /* every column that is no item is left out, counted and reported */
  const struct layout_blocks *blocks; /* NULL = one table */
  int64_t record_bytes;      /* fixed: bytes of a record in a file without line ends; 0 = lines */
  char hash_hex[65];         /* SHA-256 of a layout in a file of its own; "" = part of the form and of its identity */
};

struct record_type {
  const char *name, *parent; /* parent "" = top */
  int n_keys;
  const struct item **keys;
};

struct form {
  const char *survey, *id, *version, *folder; /* "vital", "birth", "2015", path */
  const char *title_ja, *title_en;
  enum period_kind period_kind;
  const char *event_date;  /* item, "" = none */
  const char *office_item; /* item that names the reporting municipality or establishment's prefecture, "" = none */
  const char *frame;       /* form of the survey that frame() reads: "register" unless the form names another */
  int n_records, n_items, n_codelists, n_checks, n_impute, n_tables, n_layouts;
  struct record_type *records;
  struct item *items;
  struct codelist **codelists;
  struct check *checks;
  struct impute_step *impute;
  struct table_spec *tables;
  struct layout *layouts;
  const char *design_json, *plan_json, *process_json; /* texts, NULL = none */
  uint8_t hash[32];
  char hash_hex[65];
};

struct form_survey {
  const char *code, *id, *title_ja, *title_en, *law, *folder;
  int n_levels;
  const char **levels; /* from the bottom up: "municipality", "health_centre", "prefecture", "ministry" */
  int64_t due_days[8]; /* after the end of the period, per level */
  bool has_query_days;
  int64_t query_days[8]; /* days for the answer to a query, per level of the office that answers */
  const char *retention_class;
  int n_forms;
  const char **forms; /* ids, in the order they are processed */
};

/* Where the library lies: `library` is the folder that holds <survey>/ folders, with codelists/ beside it (SHIRABE_FORMS, else ../share/shirabe/forms
 * from the folder of the running program, else forms/ under the current folder). */
const char *forms_folder(void);
enum err_code survey_read(struct arena *a, const char *forms, const char *survey_id, struct form_survey **out, struct err *e) NODISCARD;
/* Reads and checks one version; version NULL = the newest valid on `day`. Every problem goes to the job's sink with file:row:column; the first one is
 * returned. n_problems (may be NULL) counts them. */
enum err_code form_read(struct arena *a, const struct job *job, const char *forms, const char *survey_id, const char *form_id, const char *version, int64_t day, struct form **out, int64_t *n_problems, struct err *e) NODISCARD;
const struct item *form_item(const struct form *f, const char *name);
int form_item_index(const struct form *f, const char *name); /* -1 */
const struct layout *form_layout(const struct form *f, const char *name);
/* The current items that a check reads: of its expression, universe, group and measures, each once; returns their number (at most max are given). */
int form_check_items_of(const struct form *f, const struct check *c, const struct item **out, int max);
/* One layout object from a JSON text: the same code and the same checks as for form.json. Problems go to the job's sink with `path`, the first is returned. */
enum err_code layout_parse(struct arena *a, const struct job *job, const struct form *f, const char *path, struct str text, struct layout **out,
                           struct err *e) NODISCARD;
enum err_code layout_read_file(struct arena *a, const struct job *job, const struct form *f, const char *path, struct layout **out,
                               struct err *e) NODISCARD;
int64_t layout_position(const struct layout *l, int i); /* of a fixed layout: the entry's, else the item's; 0 = none */
int64_t layout_bytes(const struct layout *l, int i);
/* Is the item a column of the record type: its own, or a key that it shares with its parent? */
bool form_holds(const struct form *f, const char *record, const struct item *it);
/* Column descriptions of a table of this form's items of one record type, keys of the parent that it carries among them, in items order; returns the
 * number of columns (at most max). */
int form_columns(const struct form *f, const char *record, struct column *columns, int max);
/* An expr scope over the form's items and code lists, for filters and measures given by users. */
struct expr_scope form_scope(const struct form *f);
#endif
