/* form_impl.h -- inside of the form reader; for the files of forms/ only.
 * A problem is reported with its place, counted, and reading goes on: one run shows them all. The step functions therefore return an error only when
 * they cannot go on (out of memory); what they find wrong goes through reader_problem(). */
#ifndef SHIRABE_FORMS_FORM_IMPL_H
#define SHIRABE_FORMS_FORM_IMPL_H
#include "base/ext_csv.h"
#include "base/ext_json.h"
#include "forms/form.h"
#include "forms/form_files.h"

struct form_reader {
  struct arena *a;
  const struct job *job;
  const struct form_files *files;
  const char *forms;         /* NULL = no shared lists */
  struct form *form;
  const struct json_value *head; /* root of form.json */
  const char *head_path;
  const char **record_names;
  int64_t n_problems;
  bool no_memory;            /* a copy failed where no error could be returned: nothing that was read may be used */
  struct err first;
  bool *list_used;           /* [n_codelists] */
  const struct codelist *profiles; /* disclosure profiles, NULL = not there */
};

/* Reports, counts and keeps the first; warnings are reported only. */
void reader_problem(struct form_reader *r, enum err_code code, const struct err_detail *detail);
#define PROBLEM(r, code, ...) reader_problem((r), (code), &(struct err_detail){.none = 0, __VA_ARGS__})
/* The same for an error that another module filled. */
void reader_take(struct form_reader *r, const struct err *e);
enum err_code reader_no_memory(const struct form_reader *r, struct err *e);
/* A copy in the arena, or "" and r->no_memory. */
const char *reader_copy(struct form_reader *r, const char *p, size_t n);

/* One table of the folder with exactly these columns (names separated by commas). *present = false when it is absent or unreadable (then reported).
 */
enum err_code reader_table(struct form_reader *r, const char *name, const char *columns, bool required, struct csv_table *out, const char **path,
    bool *present, struct err *e) NODISCARD;

/* The same for a table that may have one more column at its end. */
enum err_code reader_table_with(struct form_reader *r, const char *name, const char *columns, const char *more, bool required, struct csv_table *out,
                                const char **path, bool *present, struct err *e) NODISCARD;

/* One cell with its place. */
struct cell {
  const char *path;
  int64_t line;
  int column; /* 0-based */
  struct str text;
};
struct cell table_cell(const struct csv_table *t, const char *path, int64_t row, int column);
void cell_problem(struct form_reader *r, const struct cell *c, enum err_code code, const char *subject, const char *expected);
bool name_well_formed(struct str s);
/* Index of the cell's text in words (separated by |), or -1 and a problem. */
int cell_word(struct form_reader *r, const struct cell *c, const char *words);
/* Digits within [low, high]; the empty cell gives `empty`. */
int64_t cell_int(struct form_reader *r, const struct cell *c, int64_t low, int64_t high, int64_t empty);
int64_t cell_date(struct form_reader *r, const struct cell *c, int64_t empty);
/* A decimal number scaled by 10^decimals; false when it is not one, has more decimals or overflows. */
bool decimal_parse(struct str s, int decimals, int64_t *out);

/* --- steps, in this order --- */
enum err_code form_read_head(struct form_reader *r, struct err *e) NODISCARD;     /* form_head.c: ids, records */
enum err_code form_read_codes(struct form_reader *r, struct err *e) NODISCARD;    /* form_codes.c */
enum err_code form_read_items(struct form_reader *r, struct err *e) NODISCARD;    /* form_items.c */
void form_check_items(struct form_reader *r);                                     /* form_item_rules.c */
enum err_code form_read_keys(struct form_reader *r, struct err *e) NODISCARD;     /* form_layouts.c: keys, named items, layouts */
enum err_code form_compile_items(struct form_reader *r, struct err *e) NODISCARD; /* form_expressions.c */
enum err_code form_read_checks(struct form_reader *r, struct err *e) NODISCARD;   /* form_checks.c: checks, imputation steps */
enum err_code form_read_group_checks(struct form_reader *r, struct err *e) NODISCARD; /* form_group_checks.c */
enum err_code form_read_tables(struct form_reader *r, struct err *e) NODISCARD;   /* form_tables.c: tables, migration maps */
void form_check_lists(struct form_reader *r);                                     /* form_codes.c: unused lists */
enum err_code form_hash(struct form_reader *r, struct err *e) NODISCARD;          /* form_hash.c */

/* All steps over texts in memory. *out is set only when there is no problem. */
enum err_code form_build(struct arena *a, const struct job *job, const struct form_files *files, const char *forms, struct form **out,
    int64_t *n_problems, struct err *e) NODISCARD;

/* --- shared inside forms/ --- */
const struct item *reader_item(struct form_reader *r, const char *name); /* of this name, or NULL and a problem */
/* layout_read.c, layout_columns.c, layout_rules.c: one object of "layouts", into zeroed memory; file and key of what is wrong are told. */
enum err_code layout_read(struct form_reader *r, const struct json_value *v, struct layout *l, struct err *e) NODISCARD;
enum err_code layout_read_columns(struct form_reader *r, struct layout *l, const struct json_value *v, struct err *e) NODISCARD;
enum err_code layout_read_blocks(struct form_reader *r, struct layout *l, const struct json_value *v, struct err *e) NODISCARD;
void layout_check(struct form_reader *r, const struct layout *l);
void layout_problem(struct form_reader *r, const struct layout *l, const char *key, const char *expected); /* E_FORM_LAYOUT_KEY */
void layout_known_keys(struct form_reader *r, const struct layout *l, const struct json_value *v, const char *within,
                       const char *words); /* words: |a|b| */
/* A whole number of this member within [low, high]; absent gives `absent`, anything else a problem. */
int64_t layout_int(struct form_reader *r, const struct layout *l, const struct json_value *v, const char *key, int64_t low, int64_t high,
                   int64_t absent);
bool layout_bool(struct form_reader *r, const struct layout *l, const struct json_value *v, const char *key, bool absent);
const char *layout_text(struct form_reader *r, const struct layout *l, const struct json_value *v, const char *key); /* a copy; "" when absent */
/* One entry of "items" or of "blocks.context": `repeat` of them, appended to the layout's columns. */
enum err_code layout_add_entry(struct form_reader *r, struct layout *l, const struct json_value *entry, bool in_head, struct err *e) NODISCARD;
const struct record_type *form_record(const struct form *f, const char *name); /* NULL */
bool record_reaches(const struct form *f, const char *record, const char *ancestor); /* the same or an ancestor */
/* Compiles the cell as an expression over `record` ("" = any record); on failure the problem is reported and *out stays NULL. */
enum err_code reader_compile(struct form_reader *r, const struct cell *c, const char *record, struct expr **out, struct err *e) NODISCARD;
/* The same where the names of a group's measures may be used too (group NULL = none). */
enum err_code reader_compile_group(struct form_reader *r, const struct cell *c, const char *record, const struct group_rule *group, struct expr **out,
                                   struct err *e) NODISCARD;
/* The columns that checks.csv and group_checks.csv share, by their place: id, severity, record, universe and the texts; false = unusable record. */
struct check_columns {
  int id, severity, record, universe, expression, message_ja, message_en, remedy_ja, remedy_en, source;
};
bool form_check_head(struct form_reader *r, const struct csv_table *t, const char *path, int64_t row, const struct check_columns *at, struct check *k);
/* Compiles a rule of a check; anything but a truth is a problem. */
enum err_code form_check_rule(struct form_reader *r, const struct cell *c, const struct check *k, struct expr **out, struct err *e) NODISCARD;
void form_check_id_once(struct form_reader *r, const char *path, const struct check *k);
/* Items joined by ; -- reports those that are not known. */
void reader_item_list(struct form_reader *r, const struct cell *c);
/* One code list from its text; problems go to the reader (r->form may be half built). NULL result = unusable. */
enum err_code codelist_parse(
    struct form_reader *r, const char *name, const char *path, struct str text, bool shared, struct codelist **out, struct err *e) NODISCARD;
/* SHA-256 over the table in canonical CSV. */
enum err_code table_hash(const struct csv_table *t, const char *path, uint8_t out[32], struct err *e) NODISCARD;
enum err_code table_canonical(const struct csv_table *t, struct strbuf *out, const char *path, struct err *e) NODISCARD;
#endif
