/* readable_impl.h -- what the rules on machine readability are made of; for collector/readable only. */
#ifndef SHIRABE_COLLECTOR_READABLE_READABLE_IMPL_H
#define SHIRABE_COLLECTOR_READABLE_READABLE_IMPL_H
#include "collector/decode_cp932.h"
#include "collector/readable/readable.h"
#include "collector/xlsx.h"

/* --- readable_message.c: what the worker says about a workbook, and taking it in as input from outside --- */
enum { READABLE_MESSAGE_MAX = 512 << 20 };
void readable_put_sheet(struct strbuf *b, const char *name, bool hidden);
void readable_put_cell(struct strbuf *b, int64_t row, int64_t column, const struct readable_cell *cell);
void readable_put_merged(struct strbuf *b, const struct readable_area *a);
void readable_put_object(struct strbuf *b, const struct readable_area *a);
void readable_put_hidden(struct strbuf *b, bool row, int64_t which);
void readable_put_end(struct strbuf *b, const struct err *problem); /* problem->code E_OK = none */
/* false: out of form. p must live as long as the sheets. *problem is what the worker could not read. Too many cells are E_READABLE_LARGE there. */
bool readable_take(struct arena *a, const char *name, const uint8_t *p, size_t n, struct readable_file *out, struct err *problem);

/* --- readable_xlsx.c: a workbook -> the message above, without its end --- */
enum err_code readable_workbook(struct workbook *w, struct arena *a, struct strbuf *out, struct err *e) NODISCARD;
/* --- readable_styles.c: CELL_STRUCK, CELL_COLOURED, CELL_FILLED of each style --- */
struct readable_styles {
  uint8_t *flags;
  size_t n;
};
enum err_code readable_styles_read(struct workbook *w, struct arena *a, struct readable_styles *out, struct err *e) NODISCARD;

/* --- readable_text.c: what a text is --- */
enum number_form {
  NUMBER_NONE,    /* no number */
  NUMBER_PLAIN,   /* -1234.5 */
  NUMBER_DRESSED, /* 1,234; １２３; △5; 12人; 5.6%; (12); r12; 3* */
  NUMBER_SEVERAL, /* 123 (45.6): two figures in one cell */
  NUMBER_SYMBOL   /* -, …, ***, x: a sign in place of a number */
};
enum number_form number_form_of(struct str text);
bool text_padded(struct str s);         /* spaces or line breaks for looks: at the ends, two in a row, between single characters (氏　名) */
bool text_ditto(struct str s);
bool text_has_line_break(struct str s);
bool text_is_formula(struct str s);
bool text_physical_name(struct str s);  /* letters, digits, underscore; a letter first */
bool text_default_name(struct str s);   /* 列1, Column2, Unnamed: 3 */
bool text_has(struct str s, const char *word);
struct str text_flat(struct arena *a, struct str s); /* NFKC, without spaces: for comparing; the text itself when memory is short */
/* Western year, month or day of it, time code of e-Stat; era without a Western year; neither. */
enum time_form { TIME_NONE, TIME_WESTERN, TIME_ERA_BOTH, TIME_ERA_ONLY };
enum time_form time_form_of(struct str s);
/* An official area: name or code. AREA_SHORT = a name without its 都府県 (東京). */
enum area_form { AREA_NONE, AREA_NAME, AREA_CODE, AREA_SHORT };
enum area_form area_form_of(struct str s);
bool text_has_unit(struct str s);       /* a unit in brackets or after a stroke: 人口（人） */
struct platform_set {
  uint8_t special[8192], kanji[8192];   /* bits by code point: signs and kanji that only NEC's or IBM's rows of CP932 have */
};
enum err_code platform_set_init(struct arena *a, struct platform_set **out, struct err *e) NODISCARD;
enum platform_form { PLATFORM_NONE, PLATFORM_KANJI, PLATFORM_SIGN };
enum platform_form platform_form_of(const struct platform_set *p, struct str s);

/* --- readable_shape.c: where the table is, and what its columns hold --- */
enum column_kind { COLUMN_EMPTY, COLUMN_TEXT, COLUMN_CODE, COLUMN_NUMBER, COLUMN_TIME, COLUMN_AREA };
struct readable_column {
  struct str name;       /* of all header rows, joined with "/" */
  struct str label;      /* lowest header cell */
  struct str kind_given, unit; /* from the table of columns; "" = not there */
  enum column_kind kind;
  int64_t filled, blank, plain, dressed, symbols, several, zeros;
  int64_t distinct;      /* up to DISTINCT_MAX + 1 */
  bool in_table_of_columns;
};
enum { DISTINCT_MAX = 40 };
struct shaped {
  const struct readable_sheet *sheet;
  int index; /* of the sheet */
  struct readable_shape shape;
  struct readable_column *columns; /* [n_columns of the sheet], by column */
  bool header_missing;             /* data begins at once */
};
enum err_code readable_shape(struct arena *a, const struct readable_sheet *s, int index, const struct readable_spec *spec, struct shaped *out,
    struct err *e) NODISCARD;
static inline bool shaped_any(const struct shaped *s) { return s->shape.first_row >= 0; }
bool row_blank(const struct readable_sheet *s, int64_t row, int64_t from, int64_t to);
int64_t row_filled(const struct readable_sheet *s, int64_t row, int64_t from, int64_t to);

/* --- readable_judge.c, readable_level*.c: the rules --- */
struct judging {
  struct arena *arena;
  const struct readable_file *file;
  const struct readable_spec *spec;
  const struct platform_set *platform;
  struct shaped *sheets; /* [n_sheets]: those that are looked at */
  int n_sheets;
  struct shaped *others; /* [n_others]: left out by --sheet or hidden; a code table may stand there */
  int n_others;
  bool workbook;
  struct readable_result *result; /* of the rule at work */
  bool wants_person;              /* some sign that a person should look at */
};
typedef void (*readable_rule_fn)(struct judging *j, const struct shaped *s); /* called per sheet; calls breach() or look() */
void breach(struct judging *j, const struct shaped *s, int64_t row, int64_t column); /* from 0; -1 = all of them */
void look(struct judging *j, const struct shaped *s, int64_t row, int64_t column);   /* a place for a person */
struct str spec_fact(const struct judging *j, const struct csv_table *t, struct str column, const char *fact); /* "" */
bool spec_code_listed(const struct judging *j, struct str column, struct str code);
bool spec_has_codes(const struct judging *j, struct str column);

void level1_one_table(struct judging *j, const struct shaped *s);
void level1_no_gaps(struct judging *j, const struct shaped *s);
void level1_no_notes(struct judging *j, const struct shaped *s);
void level1_names(struct judging *j, const struct shaped *s);
void level1_layout(struct judging *j, const struct shaped *s);
void level1_one_datum(struct judging *j, const struct shaped *s);
void level1_platform(struct judging *j, const struct shaped *s);
void level1_blank_zero(struct judging *j, const struct shaped *s);
void level1_objects(struct judging *j, const struct shaped *s);
void level1_format(struct judging *j, const struct shaped *s);
void level1_merged(struct judging *j, const struct shaped *s);
void level1_hidden(struct judging *j, const struct shaped *s);
void level1_one_line(struct judging *j, const struct shaped *s);
void level1_comma(struct judging *j, const struct shaped *s);
void level2_numbers(struct judging *j, const struct shaped *s);
void level2_ditto(struct judging *j, const struct shaped *s);
void level2_header(struct judging *j, const struct shaped *s);
void level2_choices(struct judging *j, const struct shaped *s);
void level2_other(struct judging *j, const struct shaped *s);
void level2_formula(struct judging *j, const struct shaped *s);
void level3_first_row(struct judging *j, const struct shaped *s);
void level3_codes(struct judging *j, const struct shaped *s);
void level3_symbols(struct judging *j, const struct shaped *s);
void level3_units(struct judging *j, const struct shaped *s);
void level3_time(struct judging *j, const struct shaped *s);
void level3_area(struct judging *j, const struct shaped *s);
void level3_stable(struct judging *j, const struct shaped *s);
void level3_names(struct judging *j, const struct shaped *s);
void level3_long(struct judging *j, const struct shaped *s);
#endif
