/* cmd_estimate_nesting.c -- see cmd_estimate_nesting.h. */
#include "estimators/command/cmd_estimate_nesting.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "estimators/table/tabulate_impl.h"

enum { NESTINGS_MOST = 64 };
static bool in_name(char c) { return isalnum((unsigned char)c) || c == '_'; }
/* The name as a word of an expression. */
static bool reads(const char *text, const char *name) {
  const size_t n = strlen(name);
  for (const char *p = text ? strstr(text, name) : NULL; p; p = strstr(p + 1, name))
    if ((p == text || !in_name(p[-1])) && !in_name(p[n])) return true;
  return false;
}
static bool is_special(struct str code) { return code.n == 2 && code.p[0] == '_'; }
/* Parents of the inner codes that occur are the outer codes they stand with. */
static bool by_codelist(const struct item *inner, const struct tab_dimension *d, const struct tab_dimension *o, const int32_t *in) {
  bool any = false;
  if (!inner || !inner->codelist) return false;
  for (int32_t k = 1; k < dict_count(d->codes); k++) {
    const struct str code = dict_text(d->codes, k);
    if (in[k] < 0 || is_special(code)) continue;
    const struct code *c = codelist_find(inner->codelist, code, INT64_MIN);
    if (!c || !c->parent.n || !str_eq(c->parent, dict_text(o->codes, in[k]))) return false;
    any = true;
  }
  return any;
}
struct nested {
  struct str code, in;
};
static int nested_cmp(const void *p, const void *q) { return str_cmp(((const struct nested *)p)->code, ((const struct nested *)q)->code); }
static enum err_code keep(struct arena *a, const struct tab_dimension *d, const struct tab_dimension *o, const int32_t *in, struct sdc_nesting *x,
    struct err *e) {
  const int32_t n = dict_count(d->codes);
  struct nested *all = ARENA_ARRAY(a, struct nested, n + 1);
  struct str *code = ARENA_ARRAY(a, struct str, n + 1), *of = ARENA_ARRAY(a, struct str, n + 1);
  if (!all || !code || !of) return ERR(e, E_NO_MEMORY, .subject = d->name);
  *x = (struct sdc_nesting){.inner = d->name, .outer = o->name, .code = code, .in = of};
  for (int32_t k = 1; k < n; k++)
    if (in[k] >= 0) all[x->n++] = (struct nested){dict_text(d->codes, k), dict_text(o->codes, in[k])};
  qsort(all, (size_t)x->n, sizeof *all, nested_cmp);
  for (int32_t k = 0; k < x->n; k++) code[k] = all[k].code, of[k] = all[k].in;
  return E_OK;
}
static bool may_be(const struct form *f, const char *inner, const char *outer) {
  const struct item *i = form_item(f, inner), *o = form_item(f, outer);
  if (!strcmp(inner, outer)) return false;
  return (i && i->codelist && i->codelist->n_codes > 0) || (o && reads(o->expression_text, inner));
}
static enum err_code one_pair(
    struct estimate_run *r, const struct form *f, const struct tabulate_input *in, const char *inner, const char *outer, struct sdc_structure *to,
    struct sdc_nesting *list, struct err *e) {
  struct tab_dimension d, o;
  if (tab_read_dimension(r->a, in, inner, &d, NULL) || tab_read_dimension(r->a, in, outer, &o, NULL)) return E_OK; /* of another record type */
  int32_t *of = ARENA_ARRAY(r->a, int32_t, dict_count(d.codes) + 1);
  if (!of) return ERR(e, E_NO_MEMORY, .subject = inner);
  for (int32_t k = 0; k <= dict_count(d.codes); k++) of[k] = -1;
  for (int64_t i = 0; i < tab_rows(in); i++) {
    int32_t *own = &of[d.id[i]];
    *own = *own == -1 || *own == o.id[i] ? o.id[i] : -2; /* one inner code in two outer ones: in none */
  }
  const struct item *it = form_item(f, outer);
  if (!(it && reads(it->expression_text, inner)) && !by_codelist(form_item(f, inner), &d, &o, of)) return E_OK;
  if (to->n_nestings == NESTINGS_MOST) return ERR(e, E_CAP_EXCEEDED, .subject = "nested dimensions");
  return keep(r->a, &d, &o, of, &list[to->n_nestings++], e);
}
enum err_code estimate_nestings(struct estimate_run *r, const struct form *f, const struct shard_rows *rows, const struct sdc_linked_table *t, int n,
    struct sdc_structure *to, struct err *e) {
  const struct tabulate_input in = {f, rows->shards, rows->n_shards, NULL, NULL};
  const char *names[SDC_LINKED_MOST * RESULT_MAX_DIMENSIONS];
  int m = 0;
  struct sdc_nesting *list = ARENA_ARRAY(r->a, struct sdc_nesting, NESTINGS_MOST);
  if (!list) return ERR(e, E_NO_MEMORY, .subject = f->id);
  for (int i = 0; i < n; i++)
    for (int d = 0; d < t[i].table->n_dimensions; d++) {
      int k = 0;
      while (k < m && strcmp(names[k], t[i].table->dimensions[d].name) != 0) k++;
      if (k == m) names[m++] = t[i].table->dimensions[d].name;
    }
  to->nestings = list;
  for (int i = 0; i < m; i++)
    for (int k = 0; k < m; k++)
      if (may_be(f, names[i], names[k])) TRY(one_pair(r, f, &in, names[i], names[k], to, list, e));
  return E_OK;
}
