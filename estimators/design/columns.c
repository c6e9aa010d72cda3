#include "estimators/design/columns.h"

#include <string.h>

const struct survey_column *survey_column(const struct survey_columns *c, const char *name) {
  for (int k = 0; k < c->n_columns; k++)
    if (strcmp(c->column[k].name, name) == 0) return &c->column[k];
  return NULL;
}
