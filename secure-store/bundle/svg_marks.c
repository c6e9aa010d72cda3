#include "secure-store/bundle/svg_marks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/ext_expat.h"

enum { MOST = 4096 };
static const double baseline = 4, near = 2.5, exact = 0.15, apex = 4.9;
struct mark {
  double y, length; /* middle; of a bar */
  bool bar;
};
struct figure {
  double y, value; /* of the middle of its row */
  bool shown;
};
struct svg_marks {
  int n_marks, n_figures;
  struct mark mark[MOST];
  struct figure figure[MOST];
};
struct svg_marks *svg_marks_new(struct arena *a) { return ARENA_NEW(a, struct svg_marks); }

static enum err_code too_many(const char *file, struct err *e) {
  return ERR(e, E_PART_SVG, .file = file, .subject = file, .found = "too many marks");
}
static enum err_code differs(const char *file, const char *found, struct err *e) {
  return ERR(e, E_PART_DIFFERS, .file = file, .subject = file, .found = found);
}
static double number(const char **attributes, const char *name) {
  const char *text = xml_attribute(attributes, name);
  return text ? strtod(text, NULL) : 0;
}

/* --- shapes --- */
static bool is_ground(const char *fill) { return !strcmp(fill, "#fff") || !strcmp(fill, "#f6f6f6"); }
/* A bar has no edge; the squares among the marks have one, the sign of a bar in the legend is 14 by 10. */
static bool is_bar(const char **attributes) {
  return !xml_attribute(attributes, "stroke") && !(number(attributes, "width") == 14 && number(attributes, "height") == 10);
}
static bool read_path(const char *d, double *y) { /* "M x y..." */
  char *end;
  if (!d || *d != 'M') return false;
  (void)strtod(d + 1, &end);
  *y = strtod(end, NULL);
  return true;
}
enum err_code svg_marks_shape(struct svg_marks *m, const char *file, const char *element, const char **attributes, struct err *e) {
  struct mark k = {.bar = false};
  const char *fill = xml_attribute(attributes, "fill");
  if (!strcmp(element, "circle")) k.y = number(attributes, "cy");
  else if (!strcmp(element, "rect") && xml_attribute(attributes, "y") && fill && !is_ground(fill)) {
    k.y = number(attributes, "y") + number(attributes, "height") / 2;
    k.length = number(attributes, "width");
    k.bar = is_bar(attributes);
  } else if (strcmp(element, "path") || !read_path(xml_attribute(attributes, "d"), &k.y)) return E_OK;
  if (!strcmp(element, "path") && fill && strcmp(fill, "none")) k.y += apex; /* a triangle begins at its top; an interval in its middle */
  if (m->n_marks == MOST) return too_many(file, e);
  m->mark[m->n_marks++] = k;
  return E_OK;
}

enum err_code svg_marks_figure(struct svg_marks *m, const char *file, const char *y, struct str figure, struct err *e) {
  char text[64];
  if (!y) return differs(file, "a figure without a place", e);
  if (m->n_figures == MOST) return too_many(file, e);
  struct figure *f = &m->figure[m->n_figures++];
  *f = (struct figure){.y = strtod(y, NULL) - baseline, .shown = figure.n > 0 && figure.n < sizeof text};
  if (!f->shown) return E_OK;
  memcpy(text, figure.p, figure.n);
  text[figure.n] = 0;
  f->value = strtod(text, NULL);
  return E_OK;
}

/* --- judging --- */
static const struct figure *row_of(const struct svg_marks *m, double y) {
  const struct figure *best = NULL;
  for (int i = 0; i < m->n_figures; i++)
    if (fabs(m->figure[i].y - y) < near && (!best || fabs(m->figure[i].y - y) < fabs(best->y - y))) best = &m->figure[i];
  return best;
}
/* Pixels per unit, from the longest bar. */
static double scale_of(const struct svg_marks *m) {
  double longest = 0, scale = 0;
  for (int i = 0; i < m->n_marks; i++) {
    const struct figure *f = m->mark[i].bar ? row_of(m, m->mark[i].y) : NULL;
    if (f && f->shown && fabs(f->value) > longest) longest = fabs(f->value), scale = m->mark[i].length / longest;
  }
  return scale;
}
enum err_code svg_marks_judge(const struct svg_marks *m, const char *file, struct err *e) {
  const double scale = scale_of(m);
  if (!m->n_figures) return E_OK; /* no rows: a map */
  for (int i = 0; i < m->n_marks; i++) {
    const struct mark *k = &m->mark[i];
    const struct figure *f = row_of(m, k->y);
    if (f && !f->shown) return differs(file, "a mark in the row of a figure that is not shown", e);
    if (k->bar && !f) return differs(file, "a bar without a figure", e);
    if (k->bar && fabs(k->length - scale * fabs(f->value)) > exact) return differs(file, "a bar that is not as long as its figure", e);
  }
  return E_OK;
}
