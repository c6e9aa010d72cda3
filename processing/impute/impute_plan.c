#include "processing/impute/impute_plan.h"

#include "processing/edit/edit_scope.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "processing/impute/impute_mean.h"
#include "processing/impute/impute_ratio.h"

static const struct impute_method impute_methods[] = {
    {"previous_ratio", false, true, impute_previous_ratio},
    {"class_mean", false, false, impute_class_mean},
    {"class_ratio", true, false, impute_class_ratio},
};
enum { N_METHODS = sizeof impute_methods / sizeof *impute_methods };
enum { COLUMN_ITEMS = 2, COLUMN_METHOD = 3, COLUMN_CLASSES = 4, COLUMN_PARAMETERS = 5 };

struct reader {
  struct arena *a;
  const struct job *job;
  const struct form *form, *frame;
  const char *file;
  const struct impute_step *step;
  struct impute_step_plan *out;
  struct err first;
};

/* A mistake in the plan: to the sink; reading goes on so that all are seen. */
static void problem(struct reader *r, enum err_code code, int64_t column, struct str subject, const char *expected) {
  struct err e;
  char text[ERR_TEXT_BYTES];
  (void)snprintf(text, sizeof text, "%.*s", (int)(subject.n < 200 ? subject.n : 200), subject.p);
  (void)ERR(&e, code, .file = r->file, .line = r->step->line, .column = column, .subject = text, .expected = expected);
  if (!r->first.code) r->first = e;
  if (r->job) job_problem(r->job, &e);
}

/* --- names --- */
static const struct item *find_item(const struct form *f, struct str name) {
  for (int i = 0; f && i < f->n_items; i++)
    if (str_eq(name, str_of(f->items[i].name))) return &f->items[i];
  return NULL;
}

/* "industry" or "frame(industry)" */
static bool read_ref(const struct reader *r, struct str text, struct impute_ref *out) {
  bool frame = text.n > 7 && str_starts(text, STR("frame(")) && text.p[text.n - 1] == ')';
  const struct item *item = frame ? find_item(r->frame, str_trim(str_view(text.p + 6, text.n - 7))) : find_item(r->form, text);
  if (item) *out = (struct impute_ref){item->name, frame};
  return item != NULL;
}

static bool is_number(const struct item *i) { return i && i->type == COL_INT && i->class != CLASS_DATE && i->class != CLASS_WAREKI; }

/* --- the columns of a step --- */
static enum err_code read_items(struct reader *r, struct err *e) {
  struct str rest = str_of(r->step->items);
  r->out->items = ARENA_ARRAY(r->a, const struct item *, r->form->n_items + 1);
  if (!r->out->items) return ERR(e, E_NO_MEMORY, .subject = "imputation plan");
  do {
    struct str name = str_trim(str_split(rest, ';', &rest));
    const struct item *item = find_item(r->form, name);
    if (!is_number(item) || item->origin != ORIGIN_REPORTED || r->out->n_items == r->form->n_items)
      problem(r, E_IMPUTE_ITEM, COLUMN_ITEMS, name, "a reported number item");
    else r->out->items[r->out->n_items++] = item;
  } while (rest.n);
  return E_OK;
}

static void read_method(struct reader *r) {
  struct str name = str_trim(str_of(r->step->method));
  char known[ERR_TEXT_BYTES] = "";
  size_t n = 0;
  for (int i = 0; i < N_METHODS; i++) {
    if (str_eq(name, str_of(impute_methods[i].name))) r->out->method = &impute_methods[i];
    n += (size_t)snprintf(known + n, sizeof known - n, "%s%s", i ? ", " : "", impute_methods[i].name);
  }
  if (!r->out->method) problem(r, E_IMPUTE_METHOD, COLUMN_METHOD, name, known);
}

static void read_level(struct reader *r, struct str text) {
  struct impute_level *l = &r->out->levels[r->out->n_levels++];
  while (text.n) {
    struct str name = str_trim(str_split(text, ';', &text));
    if (l->n_items == IMPUTE_MAX_CLASS_ITEMS || !read_ref(r, name, &l->items[l->n_items]))
      problem(r, E_IMPUTE_CLASS, COLUMN_CLASSES, name, "at most 8 items of the form, or frame(item) of the register");
    else l->n_items++;
  }
}

/* Every `>` opens a level; an empty text is one level, all units together. */
static void read_classes(struct reader *r) {
  struct str text = str_of(r->step->classes);
  size_t from = 0;
  for (size_t i = 0; i <= text.n; i++) {
    if (i < text.n && text.p[i] != '>') continue;
    if (r->out->n_levels == IMPUTE_MAX_LEVELS) {
      problem(r, E_IMPUTE_CLASS, COLUMN_CLASSES, text, "at most 8 levels");
      return;
    }
    read_level(r, str_trim(str_view(text.p + from, i - from)));
    from = i + 1;
  }
}

/* --- parameters --- */
static void read_weight(struct reader *r, struct str value) {
  struct edit_scope s;
  struct expr_scope scope = edit_scope_of(&s, r->form, r->frame);
  struct err e;
  if (str_eq(value, STR("none"))) return;
  if (expr_compile(r->a, value, &scope, r->file, r->step->line, 1, &r->out->weight, &e)) {
    r->out->weight = NULL;
    (void)snprintf(e.found, sizeof e.found, "character %lld of the weight", (long long)e.column);
    e.column = COLUMN_PARAMETERS;
    if (!r->first.code) r->first = e;
    if (r->job) job_problem(r->job, &e);
  } else if (expr_result_type(r->out->weight) != EXPR_NUMBER) {
    problem(r, E_IMPUTE_PARAMETER, COLUMN_PARAMETERS, STR("weight"), "a number");
  }
}

static void read_parameter(struct reader *r, struct str key, struct str value, bool *has_weight) {
  struct impute_step_plan *s = r->out;
  if (str_eq(key, STR("min_class"))) {
    if (!str_int64(value, &s->min_class) || s->min_class < 1) problem(r, E_IMPUTE_PARAMETER, COLUMN_PARAMETERS, key, "a whole number from 1");
  } else if (str_eq(key, STR("weight"))) {
    *has_weight = true;
    read_weight(r, value);
  } else if (str_eq(key, STR("auxiliary"))) {
    s->auxiliary = find_item(r->form, value);
    if (!is_number(s->auxiliary)) problem(r, E_IMPUTE_ITEM, COLUMN_PARAMETERS, value, "a number item of the form"), s->auxiliary = NULL;
  } else if (str_eq(key, STR("stratum"))) {
    if (!read_ref(r, value, &s->stratum)) problem(r, E_IMPUTE_CLASS, COLUMN_PARAMETERS, value, "an item of the form or frame(item)");
  } else {
    problem(r, E_IMPUTE_PARAMETER, COLUMN_PARAMETERS, key, "min_class, weight, auxiliary or stratum");
  }
}

static void read_parameters(struct reader *r) {
  struct str rest = str_of(r->step->parameters);
  bool has_weight = false;
  while (rest.n) {
    struct str value, one = str_split(rest, ';', &rest), key = str_split(one, '=', &value);
    if (str_trim(one).n) read_parameter(r, str_trim(key), str_trim(value), &has_weight);
  }
  if (!has_weight) problem(r, E_IMPUTE_PARAMETER, COLUMN_PARAMETERS, STR("weight"), "weight=EXPRESSION, or weight=none");
  if (r->out->min_class < 1) problem(r, E_IMPUTE_PARAMETER, COLUMN_PARAMETERS, STR("min_class"), "min_class=N");
  if (r->out->method && r->out->method->needs_auxiliary && !r->out->auxiliary)
    problem(r, E_IMPUTE_PARAMETER, COLUMN_PARAMETERS, STR("auxiliary"), "auxiliary=ITEM for this method");
}

static enum err_code read_step(struct reader *r, struct err *e) {
  r->out->order = r->step->order;
  r->out->line = r->step->line;
  TRY(read_items(r, e));
  read_method(r);
  read_classes(r);
  read_parameters(r);
  return E_OK;
}

static int by_order(const void *a, const void *b) {
  const struct impute_step_plan *p = a, *q = b;
  if (p->order != q->order) return p->order < q->order ? -1 : 1;
  return p->line < q->line ? -1 : p->line > q->line;
}

enum err_code impute_plan_read(
    struct arena *a, const struct job *job, const struct form *form, const struct form *frame, struct impute_plan **out, struct err *e) {
  struct impute_plan *p = ARENA_NEW(a, struct impute_plan);
  struct reader r = {.a = a, .job = job, .form = form, .frame = frame, .file = arena_printf(a, "%s/impute.csv", form->folder ? form->folder : "")};
  if (p) p->steps = ARENA_ARRAY(a, struct impute_step_plan, form->n_impute + 1);
  if (!p || !p->steps || !r.file) return ERR(e, E_NO_MEMORY, .subject = "imputation plan");
  for (int i = 0; i < form->n_impute; i++) {
    r.step = &form->impute[i];
    r.out = &p->steps[p->n_steps++];
    TRY(read_step(&r, e));
  }
  if (r.first.code) {
    if (e) *e = r.first;
    return r.first.code;
  }
  qsort(p->steps, (size_t)p->n_steps, sizeof *p->steps, by_order);
  *out = p;
  return E_OK;
}

enum err_code impute_plan_wanted(const struct impute_plan *p, struct name_set *s, enum expr_slot_kind kind, struct err *e) {
  for (int i = 0; i < p->n_steps; i++) {
    const struct impute_step_plan *step = &p->steps[i];
    TRY(edit_wanted(s, step->weight, kind, e));
    for (int k = 0; k < step->n_items && kind == EXPR_SLOT_PREV && step->method->needs_previous; k++) TRY(name_set_add(s, step->items[k]->name, e));
    for (int l = 0; l < step->n_levels && kind == EXPR_SLOT_FRAME; l++)
      for (int k = 0; k < step->levels[l].n_items; k++)
        if (step->levels[l].items[k].frame) TRY(name_set_add(s, step->levels[l].items[k].name, e));
    if (kind == EXPR_SLOT_FRAME && step->stratum.name && step->stratum.frame) TRY(name_set_add(s, step->stratum.name, e));
  }
  return E_OK;
}

static enum err_code run_item(
    struct impute_run *r, const struct impute_step_plan *s, const struct item *item, struct impute_count *count, struct err *e) {
  *count = (struct impute_count){.step = s->order, .item = item->name, .method = s->method->name};
  return s->method->run(r, s, item, count, e);
}

enum err_code impute_plan_run(struct impute_run *r, const struct impute_plan *p, struct impute_report *out, struct err *e) {
  int n = 0;
  for (int i = 0; i < p->n_steps; i++) n += p->steps[i].n_items;
  out->n = n;
  out->counts = ARENA_ARRAY(r->arena, struct impute_count, n + 1);
  if (!out->counts) return ERR(e, E_NO_MEMORY, .subject = "imputation");
  n = 0;
  for (int i = 0; i < p->n_steps; i++)
    for (int k = 0; k < p->steps[i].n_items; k++) TRY(run_item(r, &p->steps[i], p->steps[i].items[k], &out->counts[n++], e));
  return E_OK;
}
