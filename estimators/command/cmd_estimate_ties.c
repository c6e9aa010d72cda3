/* cmd_estimate_ties.c -- see cmd_estimate_ties.h. */
#include "estimators/command/cmd_estimate_ties.h"

#include <ctype.h>
#include <string.h>

enum { ITEMS_MOST = 256, TIES_MOST = 1024 };
struct collecting {
  const struct form *form;
  const char *item[ITEMS_MOST]; /* of the measures of the tables */
  int n;
  struct sdc_tie *ties;
  int n_ties;
};
static bool published(const struct collecting *c, const char *name) {
  for (int k = 0; k < c->n; k++)
    if (!strcmp(c->item[k], name)) return true;
  return false;
}
static void add(struct collecting *c, const char *name) {
  if (*name && c->n < ITEMS_MOST && !published(c, name)) c->item[c->n++] = name;
}
static void of_measure(struct collecting *c, const struct measure *m) {
  if (!measure_over_records(m->kind)) return;
  add(c, m->x), add(c, m->y);
  for (int k = 0; k < m->n_figures; k++) of_measure(c, &m->figures[k]);
}
/* An equals sign that is no part of <=, >= or !=. */
static bool has_equation(const char *text) {
  for (const char *p = strchr(text, '='); p; p = strchr(p + 1, '='))
    if (p == text || !strchr("<>!", p[-1])) return true;
  return false;
}
static bool in_word(char c) { return isalnum((unsigned char)c) || c == '_'; }
/* Items among the words of the text; -1 when one of them is not published. */
static int items_of(const struct collecting *c, const char *text, const char **out, int most) {
  int n = 0;
  for (const char *p = text; *p;) {
    char word[128];
    size_t k = 0;
    if (!in_word(*p)) {
      p++;
      continue;
    }
    while (in_word(p[k])) k++;
    if (k < sizeof word) {
      memcpy(word, p, k), word[k] = 0;
      const struct item *it = form_item(c->form, word);
      if (it && !published(c, it->name)) return -1;
      if (it && n < most) out[n++] = it->name;
    }
    p += k;
  }
  return n;
}
static enum err_code tie(struct collecting *c, const char *first, const char *text, struct err *e) {
  const char *name[ITEMS_MOST];
  const int n = items_of(c, text, name, ITEMS_MOST);
  for (int k = 0; k < n; k++) {
    const char *with = first ? first : name[0];
    if (!strcmp(with, name[k])) continue;
    if (c->n_ties == TIES_MOST) return ERR(e, E_CAP_EXCEEDED, .subject = "equations between items");
    c->ties[c->n_ties++] = (struct sdc_tie){with, name[k]};
  }
  return E_OK;
}
enum err_code estimate_ties(
    struct arena *a, const struct form *f, const struct sdc_linked_table *t, int n, struct sdc_structure *to, struct err *e) {
  struct collecting *c = ARENA_NEW(a, struct collecting);
  if (!c || !(c->ties = ARENA_ARRAY(a, struct sdc_tie, TIES_MOST))) return ERR(e, E_NO_MEMORY, .subject = f->id);
  c->form = f;
  for (int i = 0; i < n; i++)
    for (int k = 0; k < t[i].plan->n_measures; k++) of_measure(c, &t[i].plan->measures[k]);
  for (int k = 0; k < f->n_checks; k++) {
    const struct check *x = &f->checks[k];
    if (x->severity == SEVERITY_HARD && !x->group && x->expression_text && has_equation(x->expression_text)) TRY(tie(c, NULL, x->expression_text, e));
  }
  for (int k = 0; k < f->n_items; k++)
    if (f->items[k].expression_text && *f->items[k].expression_text && published(c, f->items[k].name))
      TRY(tie(c, f->items[k].name, f->items[k].expression_text, e));
  to->ties = c->ties, to->n_ties = c->n_ties;
  return E_OK;
}
