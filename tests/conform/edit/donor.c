/* Nearest donor imputation. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tests/conform/edit/donor_case.h"

enum verdict donor_run(const struct edit_case *c);

static int add_name(const char **names, int n, const char *name) {
  for (int k = 0; k < n; k++)
    if (strcmp(names[k], name) == 0) return n;
  names[n] = name;
  return n + 1;
}
static enum err_code read_table(struct donor_case *d, const struct linear_system *edits, struct err *e) {
  const char **names = ARENA_ARRAY(d->c->arena, const char *, edits->p + d->n_match);
  int p = 0;
  if (!names) return ERR(e, E_NO_MEMORY, .subject = "case");
  for (int v = 0; v < edits->p; v++) p = add_name(names, p, edits->names[v]);
  for (int k = 0; k < d->n_match; k++) p = add_name(names, p, d->match[k]);
  for (int v = 0; v < edits->p; v++)
    for (int k = 0; k < d->n_by; k++)
      if (strcmp(edits->names[v], d->by[k]) == 0) return ERR(e, E_DONOR_OVERLAP, .subject = d->by[k]);
  return donor_case_table(d, names, p, e);
}
static uint8_t flag_of(struct str status) {
  if (status.n == 3 && strncasecmp(status.p, "FTI", 3) == 0) return DONOR_FLAGGED;
  if (status.n == 3 && strncasecmp(status.p, "FTE", 3) == 0) return DONOR_TO_EXCLUDE;
  if (status.n == 3 && strncasecmp(status.p, "IDE", 3) == 0) return 0; /* determined by the record itself: original */
  return status.n && (*status.p == 'I' || *status.p == 'i') ? DONOR_WAS_IMPUTED : 0;
}
static void read_flags(struct donor_case *d) {
  const struct cells *s = &d->c->status;
  const int id = cells_find(s, d->unit_id), field = cells_find(s, "FIELDID"), status = cells_find(s, "STATUS");
  for (int64_t k = 0; k < s->n_rows && id >= 0 && field >= 0 && status >= 0; k++) {
    struct str name = cells_at(s, k, field)->text;
    for (int j = 0; j < d->t.p; j++) {
      if (strlen(d->t.columns[j].name) != name.n || strncasecmp(d->t.columns[j].name, name.p, name.n) != 0) continue;
      for (int64_t i = 0; i < d->t.n; i++)
        if (str_eq(d->t.unit[i], str_trim(cells_at(s, k, id)->text))) d->flags[(int64_t)j * d->t.n + i] |= flag_of(cells_at(s, k, status)->text);
    }
  }
}
static enum err_code read_extras(struct donor_case *d, struct err *e) {
  const struct cells *t = &d->c->data;
  const char *word[2];
  uint8_t *not_donor = ARENA_ARRAY(d->c->arena, uint8_t, d->t.n);
  double *random = ARENA_ARRAY(d->c->arena, double, d->t.n);
  if (!not_donor || !random) return ERR(e, E_NO_MEMORY, .subject = "case");
  const int exclude = case_words(d->c, "data_excl_var", word, 2) ? cells_find(t, word[0]) : -1;
  const int number = case_words(d->c, "rand_num_var", word, 2) ? cells_find(t, word[0]) : -1;
  for (int64_t i = 0; i < d->t.n; i++) {
    if (exclude >= 0) not_donor[i] = cells_at(t, i, exclude)->text.n == 1 && (cells_at(t, i, exclude)->text.p[0] | 0x20) == 'e';
    if (number >= 0) random[i] = cells_at(t, i, number)->is_number ? cells_at(t, i, number)->number : -1;
  }
  d->data.not_donor = not_donor;
  d->data.random_number = number >= 0 ? random : NULL;
  return E_OK;
}
static enum err_code run(struct donor_case *d, struct donor_result *out, struct err *e) {
  struct linear_system edits, post;
  const char *eligible = case_text(d->c, "eligdon", "o");
  TRY(case_edits(d->c, "edits", &edits, e));
  TRY(case_edits(d->c, case_has(d->c, "post_edits") ? "post_edits" : "edits", &post, e));
  TRY(read_table(d, &edits, e));
  read_flags(d);
  TRY(read_extras(d, e));
  const struct donor_spec s = {.edits = &edits,
                               .post_edits = &post,
                               .must_match = d->must_match,
                               .n_must_match = d->n_match,
                               .n_nearest = (int)donor_case_param(d, "n", 0),
                               .min_donors = (int)donor_case_param(d, "min_donors", 30),
                               .percent_donors = donor_case_param(d, "percent_donors", 30),
                               .n_limit = (int)donor_case_param(d, "n_limit", 0),
                               .mrl = donor_case_param(d, "mrl", 0),
                               .original_only = (*eligible | 0x20) == 'o',
                               .random = case_flag(d->c, "random"),
                               .accept_negative = case_flag(d->c, "accept_negative"),
                               .seed = (uint64_t)(int64_t)donor_case_param(d, "seed", 1)};
  return donor_impute(d->c->arena, &s, &d->data, out, e);
}
enum verdict donor_run(const struct edit_case *c) {
  struct donor_case d = {.c = c};
  struct donor_result r;
  struct err e = {0};
  const char *layout = donor_case_layout(&d);
  if (layout) return fprintf(c->say, "   the layout is refused: %s\n", layout), c->must_refuse ? PASSED : FAILED;
  const enum err_code code = run(&d, &r, &e);
  if (code) return fprintf(c->say, "   refused: %s %s\n", err_name(code), e.subject), c->must_refuse ? PASSED : FAILED;
  if (c->must_refuse && donor_case_unsorted(&d)) return fprintf(c->say, "   asks for sorted records; the library takes any order\n"), UNSUPPORTED;
  if (c->must_refuse) return fprintf(c->say, "   not refused\n"), FAILED;
  return donor_case_compare(&d, &r);
}
