/* svg_marks.h -- marks of a row chart (bars, dots, intervals) against the figures written at the right edge of their rows.
 * Judged   a row whose figure is hidden has no mark; every bar belongs to a row with a figure; bars are as long as their figures, all by one scale.
 *          Places of dots are not measured. A map has no rows: nothing is judged.
 * Places   pixels with one decimal, so lengths are right to 0.1. The figure's baseline is 4 below the middle of its mark.
 * Errors   E_PART_DIFFERS, E_PART_SVG (more than 4,096 marks). Memory: 160 KiB of the arena. For svg_check.c. */
#ifndef SHIRABE_SECURE_STORE_SVG_MARKS_H
#define SHIRABE_SECURE_STORE_SVG_MARKS_H
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct svg_marks;
struct svg_marks *svg_marks_new(struct arena *a); /* NULL without memory */
/* A shape: element and its attributes as expat gives them. */
enum err_code svg_marks_shape(struct svg_marks *m, const char *file, const char *element, const char **attributes, struct err *e) NODISCARD;
/* A figure at the right edge: the text's y; figure "" = a sign. */
enum err_code svg_marks_figure(struct svg_marks *m, const char *file, const char *y, struct str figure, struct err *e) NODISCARD;
enum err_code svg_marks_judge(const struct svg_marks *m, const char *file, struct err *e) NODISCARD;
#endif
