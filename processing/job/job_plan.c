#include "processing/job/job_plan.h"

#include <stdio.h>
#include <string.h>

#include "processing/job/job_reader.h"

#define STEP_KEYS "|step|method|note|seed|record|by|filter|exclude_rejected|checks|"
#define WHOLE_KEYS "|step|method|note|seed|checks|"
#define BLOCK_KEYS "|step|block|note|"
#define JOB_KEYS "|seed|weight|reliability|effects|checkpoint|blocks|steps|note|"

/* --- the place, and mistakes --- */
void job_reader_into(struct job_reader *r, const char *key, int64_t index) {
  if (r->depth < JOB_MAX_WAY) r->way[r->depth] = (struct json_way){key, index};
  r->depth++;
}
void job_reader_out(struct job_reader *r) { r->depth--; }
int64_t job_reader_line(const struct job_reader *r) { return json_line(r->text, r->way, r->depth < JOB_MAX_WAY ? r->depth : JOB_MAX_WAY); }

static void take(struct job_reader *r, const struct err *e) {
  if (!r->first.code) r->first = *e;
  if (r->job) job_problem(r->job, e);
}

void job_problem_at(struct job_reader *r, enum err_code code, const char *subject, const char *expected) {
  struct err e;
  (void)ERR(&e, code, .file = r->file, .line = job_reader_line(r), .subject = subject, .expected = expected);
  take(r, &e);
}

const char *job_copy(struct job_reader *r, const char *text) {
  const char *copy = arena_strdup(r->arena, text, strlen(text));
  if (!copy && !r->first.code) (void)ERR(&r->first, E_NO_MEMORY, .subject = r->file);
  return copy ? copy : "";
}

bool job_read_ref(struct job_reader *r, const char *text, struct impute_ref *out) {
  size_t n = text ? strlen(text) : 0;
  bool frame = n > 7 && strncmp(text, "frame(", 6) == 0 && text[n - 1] == ')';
  char name[80];
  (void)snprintf(name, sizeof name, "%.*s", frame ? (int)n - 7 : (int)n, text ? text + (frame ? 6 : 0) : "");
  const struct form *f = frame ? r->frame : r->form;
  const struct item *it = f && n < sizeof name ? form_item(f, name) : NULL;
  if (!it) job_problem_at(r, E_JOB_VALUE, text ? text : "", "an item of the form, or frame(item) of the register");
  else *out = (struct impute_ref){it->name, frame};
  return it != NULL;
}

struct expr *job_read_expression(struct job_reader *r, const char *text, bool truth) {
  struct expr *x = NULL;
  struct err e;
  if (!expr_compile(r->arena, str_of(job_copy(r, text)), &r->scope, r->file, job_reader_line(r), 1, &x, &e)) {
    if (!truth || expr_result_type(x) == EXPR_BOOL) return x;
    job_problem_at(r, E_JOB_VALUE, text, "a condition");
    return NULL;
  }
  char found[ERR_TEXT_BYTES];
  (void)snprintf(found, sizeof found, "%.180s%scharacter %lld of the expression", e.found, *e.found ? ", " : "", (long long)e.column);
  memcpy(e.found, found, sizeof found);
  e.column = 0;
  take(r, &e);
  return NULL;
}

/* --- what all steps share --- */
static void read_refs(struct job_reader *r, const struct json_value *v, struct impute_ref *out, int *n) {
  if (v && !json_is_array(v)) job_problem_at(r, E_JOB_VALUE, "by", "a list of up to 8 items");
  for (size_t i = 0; i < json_length(v); i++) {
    if (*n == IMPUTE_MAX_CLASS_ITEMS) {
      job_problem_at(r, E_JOB_VALUE, "by", "a list of up to 8 items");
      return;
    }
    if (job_read_ref(r, json_string(json_element(v, i)), &out[*n])) (*n)++;
  }
}

static enum err_code read_by(struct job_reader *r, const struct json_value *v, struct step_spec *s, struct err *e) {
  struct impute_ref *by = ARENA_ARRAY(r->arena, struct impute_ref, IMPUTE_MAX_CLASS_ITEMS);
  if (!by) return ERR(e, E_NO_MEMORY, .subject = s->name);
  job_reader_into(r, "by", 0);
  read_refs(r, json_member(v, "by"), by, &s->n_by);
  job_reader_out(r);
  s->by = by;
  return E_OK;
}

static enum err_code read_checks(struct job_reader *r, const struct json_value *v, struct step_spec *s, struct err *e) {
  const struct json_value *list = json_member(v, "checks");
  uint8_t *checks = ARENA_ARRAY(r->arena, uint8_t, r->form->n_checks + 1);
  if (!checks) return ERR(e, E_NO_MEMORY, .subject = s->name);
  memset(checks, list == NULL, (size_t)r->form->n_checks + 1);
  s->checks = checks;
  if (list && !json_is_array(list)) job_problem_at(r, E_JOB_VALUE, "checks", "a list of ids");
  for (size_t i = 0; i < json_length(list); i++) {
    const char *id = json_string(json_element(list, i));
    bool found = false;
    for (int c = 0; id && c < r->form->n_checks; c++)
      if (strcmp(r->form->checks[c].id, id) == 0) checks[c] = found = true;
    job_reader_into(r, "checks", 0);
    job_reader_into(r, NULL, (int64_t)i);
    if (!found) job_problem_at(r, E_JOB_CHECK, id ? id : "", NULL);
    job_reader_out(r);
    job_reader_out(r);
  }
  return E_OK;
}

static void read_selection(struct job_reader *r, const struct json_value *v, struct step_spec *s) {
  const struct json_value *filter = json_member(v, "filter"), *exclude = json_member(v, "exclude_rejected");
  job_reader_into(r, "filter", 0);
  if (filter && !json_string(filter)) job_problem_at(r, E_JOB_VALUE, "filter", "a condition as a text");
  else if (filter) s->filter = job_read_expression(r, json_string(filter), true);
  job_reader_out(r);
  job_reader_into(r, "exclude_rejected", 0);
  if (exclude && !json_boolean(exclude, &s->exclude_rejected)) job_problem_at(r, E_JOB_VALUE, "exclude_rejected", "true or false");
  job_reader_out(r);
}

static uint64_t read_seed(struct job_reader *r, const struct json_value *v, uint64_t fallback) {
  int64_t seed = 0;
  const struct json_value *given = json_member(v, "seed");
  if (!given) return fallback;
  if (!json_integer(given, &seed) || seed < 0) job_problem_at(r, E_JOB_VALUE, "seed", "a whole number from 0");
  return (uint64_t)seed;
}

/* --- steps and blocks --- */
static const struct step_method *method_of(struct job_reader *r, const struct json_value *v) {
  const char *name = json_member_string(v, "method", "");
  char known[ERR_TEXT_BYTES] = "";
  size_t n = 0;
  for (int i = 0; i < n_step_methods; i++) {
    if (strcmp(step_methods[i]->name, name) == 0) return step_methods[i];
    if (n < sizeof known) n += (size_t)snprintf(known + n, sizeof known - n, "%s%s", i ? ", " : "", step_methods[i]->name);
  }
  job_problem_at(r, E_JOB_METHOD, name, known);
  return NULL;
}

static bool good_name(const char *s) {
  for (size_t i = 0; s[i]; i++)
    if (!((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= '0' && s[i] <= '9') || s[i] == '_') || i > 40) return false;
  return *s != 0;
}

/* "outer/inner"; distinct in the whole job. NULL and a problem otherwise. */
static const char *step_name(struct job_reader *r, const struct json_value *v, const char *within) {
  const char *name = json_member_string(v, "step", "");
  if (!good_name(name)) {
    job_problem_at(r, E_JOB_VALUE, "step", "a name of small letters, digits and _, at most 40");
    return NULL;
  }
  const char *whole = arena_printf(r->arena, "%s%s%s", within, *within ? "/" : "", name);
  if (!whole) return NULL;
  for (int i = 0; i < r->plan->n_steps; i++)
    if (strcmp(r->plan->steps[i].name, whole) == 0) {
      job_problem_at(r, E_JOB_VALUE, name, "a name that no other step has");
      return NULL;
    }
  return whole;
}

static void check_options(struct job_reader *r, const struct step_spec *s) {
  struct err e = {.code = E_OK};
  if (r->first.code || !s->method->check || !s->method->check(s, r->plan, &e)) return;
  (void)snprintf(e.file, sizeof e.file, "%.250s", r->file);
  e.line = s->line;
  take(r, &e);
}

static enum err_code read_method_step(struct job_reader *r, const struct json_value *v, const char *name, struct err *e) {
  if (r->plan->n_steps == JOB_MAX_STEPS) {
    job_problem_at(r, E_JOB_VALUE, "steps", "at most 256 steps");
    return E_OK;
  }
  struct step_spec *s = &r->plan->steps[r->plan->n_steps];
  *s = (struct step_spec){.name = name, .method = method_of(r, v), .line = job_reader_line(r), .seed = read_seed(r, v, r->plan->seed)};
  if (!s->method) return E_OK;
  s->record = job_read_record(r, v, s->method);
  s->rule = arena_printf(r->arena, "process.json:%lld", (long long)s->line);
  if (!s->rule) return ERR(e, E_NO_MEMORY, .subject = name);
  TRY(read_by(r, v, s, e));
  TRY(read_checks(r, v, s, e));
  read_selection(r, v, s);
  TRY(job_read_options(r, v, s, s->method->whole ? WHOLE_KEYS : STEP_KEYS, e));
  job_check_record(r, s);
  check_options(r, s);
  r->plan->n_steps++;
  return E_OK;
}

static enum err_code read_steps(struct job_reader *r, const struct json_value *list, const char *within, struct err *e);

/* The steps of a block in the place of the reference. Their places are those inside the block. */
static enum err_code read_block(struct job_reader *r, const struct json_value *v, const char *name, struct err *e) {
  const char *block = json_member_string(v, "block", "");
  const struct json_value *list = json_member(r->blocks, block);
  const char *key;
  const struct json_value *value;
  bool open = r->n_open == JOB_MAX_DEPTH;
  for (size_t i = 0; json_member_at(v, i, &key, &value); i++) {
    char word[80];
    (void)snprintf(word, sizeof word, "|%.70s|", key);
    if (!strstr(BLOCK_KEYS, word)) job_problem_at(r, E_JOB_KEY, key, "step, block, note");
  }
  for (int i = 0; i < r->n_open; i++) open = open || strcmp(r->open[i], block) == 0;
  if (open || !json_is_array(list)) {
    job_problem_at(r, open ? E_JOB_CYCLE : E_JOB_VALUE, *block ? block : "block", "the name of a block of this file");
    return E_OK;
  }
  struct json_way way[JOB_MAX_WAY];
  int depth = r->depth;
  memcpy(way, r->way, sizeof way);
  r->depth = 0;
  job_reader_into(r, "blocks", 0);
  job_reader_into(r, block, 0);
  r->open[r->n_open++] = block;
  enum err_code code = read_steps(r, list, name, e);
  r->n_open--;
  memcpy(r->way, way, sizeof way);
  r->depth = depth;
  return code;
}

static enum err_code read_steps(struct job_reader *r, const struct json_value *list, const char *within, struct err *e) {
  if (!json_is_array(list)) job_problem_at(r, E_JOB_VALUE, "steps", "a list of steps");
  for (size_t i = 0; i < json_length(list); i++) {
    const struct json_value *v = json_element(list, i);
    job_reader_into(r, NULL, (int64_t)i);
    const char *name = step_name(r, v, within);
    enum err_code code = !name ? E_OK : json_member(v, "block") ? read_block(r, v, name, e) : read_method_step(r, v, name, e);
    job_reader_out(r);
    if (code) return code;
  }
  return E_OK;
}

/* --- the head of the job --- */
static void read_weight(struct job_reader *r, const struct json_value *root) {
  const char *text = json_string(json_member(root, "weight"));
  job_reader_into(r, "weight", 0);
  if (!text || !*text) job_problem_at(r, E_JOB_VALUE, "weight", "an expression for the design weight of every unit, or none");
  else if (strcmp(text, "none") != 0) {
    r->plan->weight = job_read_expression(r, text, false);
    if (r->plan->weight && expr_result_type(r->plan->weight) != EXPR_NUMBER) job_problem_at(r, E_JOB_VALUE, "weight", "a number");
  }
  job_reader_out(r);
}

/* An expression that reads something of the record; a mere number is written as one. */
static struct expr *read_record_reliability(struct job_reader *r, const char *item, const char *text) {
  struct expr *x = text && *text ? job_read_expression(r, text, false) : NULL;
  if (r->first.code && !x && text && *text) return NULL; /* told already */
  if (x && expr_result_type(x) == EXPR_NUMBER && expr_n_slots(x) > 0) return x;
  job_problem_at(r, E_JOB_VALUE, item, "a number above 0 with at most 9 decimals, or an expression of the record that gives one");
  return NULL;
}

static void read_reliability(struct job_reader *r, const struct json_value *root) {
  const struct json_value *v = json_member(root, "reliability"), *value;
  const char *key;
  int64_t number;
  job_reader_into(r, "reliability", 0);
  if (v && !json_is_object(v)) job_problem_at(r, E_JOB_VALUE, "reliability", "an object: item and number");
  for (size_t i = 0; json_member_at(v, i, &key, &value); i++) {
    int item = form_item_index(r->form, key);
    job_reader_into(r, key, 0);
    if (item < 0) job_problem_at(r, E_JOB_KEY, key, "an item of the form");
    else if (job_read_decimal(value, &number)) {
      if (number <= 0) job_problem_at(r, E_JOB_VALUE, key, "a number above 0");
      r->plan->reliability[item] = (double)number / STEP_ONE;
    } else
      r->plan->reliability_of[item] = read_record_reliability(r, key, json_string(value));
    job_reader_out(r);
  }
  job_reader_out(r);
}

static enum err_code read_effects(struct job_reader *r, const struct json_value *root, struct err *e) {
  const struct json_value *v = json_member(root, "effects"), *items = json_member(v, "items");
  struct job_plan *p = r->plan;
  p->effect_items = ARENA_ARRAY(r->arena, const struct item *, json_length(items) + 1);
  if (!p->effect_items) return ERR(e, E_NO_MEMORY, .subject = "effects");
  job_reader_into(r, "effects", 0);
  if (v && !json_length(items)) job_problem_at(r, E_JOB_VALUE, "items", "a list of number items");
  for (size_t i = 0; i < json_length(items); i++) {
    const char *name = json_string(json_element(items, i));
    const struct item *it = name ? form_item(r->form, name) : NULL;
    if (!it || it->type != COL_INT) job_problem_at(r, E_JOB_VALUE, name ? name : "items", "a number item of the form");
    else p->effect_items[p->n_effect_items++] = it;
  }
  read_refs(r, json_member(v, "by"), p->effect_by, &p->n_effect_by);
  job_reader_out(r);
  return E_OK;
}

static void unknown_keys(struct job_reader *r, const struct json_value *root) {
  const char *key;
  const struct json_value *value;
  for (size_t i = 0; json_member_at(root, i, &key, &value); i++) {
    char word[80];
    (void)snprintf(word, sizeof word, "|%.70s|", key);
    if (strstr(JOB_KEYS, word)) continue;
    job_reader_into(r, key, 0);
    job_problem_at(r, E_JOB_KEY, key, JOB_KEYS);
    job_reader_out(r);
  }
}

static enum err_code read_root(struct job_reader *r, const struct json_value *root, struct err *e) {
  const struct json_value *checkpoint = json_member(root, "checkpoint");
  r->plan->from_form = r->plan->checkpoint = true;
  unknown_keys(r, root);
  if (checkpoint && !json_boolean(checkpoint, &r->plan->checkpoint)) job_problem_at(r, E_JOB_VALUE, "checkpoint", "true or false");
  r->plan->seed = read_seed(r, root, 0);
  if (!json_member(root, "seed")) job_problem_at(r, E_JOB_VALUE, "seed", "a whole number from 0");
  read_weight(r, root);
  read_reliability(r, root);
  TRY(read_effects(r, root, e));
  r->blocks = json_member(root, "blocks");
  job_reader_into(r, "steps", 0);
  enum err_code code = read_steps(r, json_member(root, "steps"), "", e);
  job_reader_out(r);
  return code;
}

/* --- the usual job --- */
static enum err_code usual_job(struct job_reader *r, struct err *e) {
  static const char *const names[] = {"impute", "derive"};
  struct job_plan *p = r->plan;
  uint8_t *checks = ARENA_ARRAY(r->arena, uint8_t, r->form->n_checks + 1);
  if (!checks) return ERR(e, E_NO_MEMORY, .subject = "job");
  memset(checks, 1, (size_t)r->form->n_checks + 1);
  for (int i = 0; i < 2; i++)
    for (int m = 0; m < n_step_methods; m++)
      if (strcmp(step_methods[m]->name, names[i]) == 0) {
        struct step_value *values = ARENA_ARRAY(r->arena, struct step_value, 4);
        if (!values) return ERR(e, E_NO_MEMORY, .subject = "job");
        p->steps[p->n_steps++] =
            (struct step_spec){.name = names[i], .rule = "", .method = step_methods[m], .record = -1, .checks = checks, .values = values};
      }
  return E_OK;
}

static enum err_code read_text(struct job_reader *r, struct err *e) {
  struct json_document *d = NULL;
  TRY(json_parse(r->file, r->text.p, r->text.n, &d, e));
  enum err_code code = read_root(r, json_root(d), e);
  json_release(d);
  return code;
}

enum err_code job_plan_read(
    struct arena *a, const struct job *job, const struct form *form, const struct form *frame, struct job_plan **out, struct err *e) {
  struct job_plan *p = ARENA_NEW(a, struct job_plan);
  struct job_reader r = {.arena = a, .job = job, .form = form, .frame = frame, .plan = p, .text = str_of(form->process_json)};
  r.file = arena_printf(a, "%s/process.json", form->folder ? form->folder : "");
  r.scope = edit_scope_of(&r.names, form, frame);
  if (p) p->steps = ARENA_ARRAY(a, struct step_spec, JOB_MAX_STEPS + 1);
  if (p) p->reliability = ARENA_ARRAY(a, double, form->n_items + 1);
  if (p) p->reliability_of = ARENA_ARRAY(a, struct expr *, form->n_items + 1);
  if (!p || !r.file || !p->steps || !p->reliability || !p->reliability_of) return ERR(e, E_NO_MEMORY, .subject = "job");
  p->n_reliabilities = form->n_items;
  for (int i = 0; i < form->n_items; i++) p->reliability[i] = 1;
  TRY(impute_plan_read(a, job, form, frame, &p->impute, e));
  if (form->process_json) TRY(read_text(&r, e));
  else TRY(usual_job(&r, e));
  if (r.first.code) {
    if (e) *e = r.first;
    return r.first.code;
  }
  *out = p;
  return E_OK;
}

bool job_names_frame(const struct form *f) {
  if (f->process_json && strstr(f->process_json, "frame(")) return true;
  for (int i = 0; i < f->n_impute; i++)
    if (strstr(f->impute[i].classes, "frame(") || strstr(f->impute[i].parameters, "frame(")) return true;
  return false;
}

static enum err_code wanted_refs(const struct impute_ref *by, int n, struct name_set *s, enum expr_slot_kind kind, struct err *e) {
  for (int i = 0; i < n && kind == EXPR_SLOT_FRAME; i++)
    if (by[i].frame) TRY(name_set_add(s, by[i].name, e));
  return E_OK;
}

enum err_code job_plan_wanted(const struct job_plan *p, struct name_set *s, enum expr_slot_kind kind, struct err *e) {
  TRY(impute_plan_wanted(p->impute, s, kind, e));
  TRY(edit_wanted(s, p->weight, kind, e));
  for (int i = 0; i < p->n_reliabilities; i++) TRY(edit_wanted(s, p->reliability_of[i], kind, e));
  TRY(wanted_refs(p->effect_by, p->n_effect_by, s, kind, e));
  for (int i = 0; i < p->n_steps; i++) {
    const struct step_spec *step = &p->steps[i];
    TRY(edit_wanted(s, step->filter, kind, e));
    TRY(wanted_refs(step->by, step->n_by, s, kind, e));
    for (int k = 0; step->method->options && step->method->options[k].key; k++) TRY(edit_wanted(s, step->values[k].x, kind, e));
    if (step->method->wanted) TRY(step->method->wanted(step, p, s, kind, e));
  }
  return E_OK;
}
