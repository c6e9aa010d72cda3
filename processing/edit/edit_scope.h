/* edit_scope.h -- the names an expression of a plan or a job may use: items of the form, prev(item), and frame(item) of the register where there is
 * one. */
#ifndef SHIRABE_PROCESSING_EDIT_EDIT_SCOPE_H
#define SHIRABE_PROCESSING_EDIT_EDIT_SCOPE_H
#include "forms/form.h"

struct edit_scope { /* must live as long as the scope that is made from it */
  struct expr_scope form, frame;
  bool has_frame;
};
/* frame NULL = no register: frame(x) is E_EXPR_NAME. */
struct expr_scope edit_scope_of(struct edit_scope *s, const struct form *form, const struct form *frame);
#endif
