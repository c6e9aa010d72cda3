#include "estimators/design/columns.h"

#include <string.h>

const struct survey_column *survey_column(const struct survey_columns *c, const char *name) {
  for (int k = 0; k < c->n_columns; k++)
    if (strcmp(c->column[k].name, name) == 0) return &c->column[k];
  return NULL;
}

enum err_code survey_column_codes(const struct survey_columns *c, const struct survey_column *x, struct err *e) {
  return x->code ? E_OK : ERR(e, E_DATA_CODES, .file = c->place, .subject = x->name);
}
enum err_code survey_column_numbers(const struct survey_columns *c, const struct survey_column *x, struct err *e) {
  return x->number ? E_OK : ERR(e, E_DATA_TEXT, .file = c->place, .line = x->text.line, .column = x->text.cell, .subject = x->name);
}
