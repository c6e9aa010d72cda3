#include "front/quality.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "collector/query.h"

struct reading {
  struct store *s;
  const struct quality_request *q;
  struct arena *a;
  int64_t access;
  struct quality *out;
};
static enum err_code no_memory(struct err *e) { return ERR(e, E_NO_MEMORY, .subject = "quality"); }

double quality_percent(const struct quality_rate *r, bool weighted) {
  const double part = weighted ? r->weighted_part : r->part, whole = weighted ? r->weighted_whole : r->whole;
  return r->there && (!weighted || r->weighted) && whole != 0 ? 100 * part / whole : -1;
}

struct str quality_cell(const struct table *t, int64_t row, enum metric_column k) {
  const int at = table_find(t, metric_column_names[k]);
  return at < 0 || !value_present(t->columns[at].status[row]) ? STR("") : dict_text(t->columns[at].dict, t->columns[at].code[row]);
}

static double number(const struct table *t, int64_t row, enum metric_column k, bool *there) {
  char text[64];
  const struct str s = quality_cell(t, row, k);
  *there = s.n > 0 && s.n < sizeof text;
  if (!*there) return 0;
  memcpy(text, s.p, s.n);
  text[s.n] = 0;
  return strtod(text, NULL);
}

struct quality_rate quality_rate_at(const struct table *t, int64_t row) {
  struct quality_rate r;
  bool whole, weighted_whole;
  r.part = number(t, row, METRIC_PART, &r.there);
  r.whole = number(t, row, METRIC_WHOLE, &whole);
  r.weighted_part = number(t, row, METRIC_WEIGHTED_PART, &r.weighted);
  r.weighted_whole = number(t, row, METRIC_WEIGHTED_WHOLE, &weighted_whole);
  r.there = r.there && whole;
  r.weighted = r.weighted && weighted_whole;
  return r;
}

static void add(struct quality_rate *into, const struct quality_rate *r) {
  into->weighted = r->weighted && (into->weighted || !into->there);
  into->there = true;
  into->part += r->part;
  into->whole += r->whole;
  into->weighted_part += r->weighted_part;
  into->weighted_whole += r->weighted_whole;
}

static bool is(struct str s, const char *word) { return str_eq(s, str_of(word)); }

/* --- senders --- */
static const char *copy(struct reading *r, struct str s) {
  const char *text = arena_strdup(r->a, s.p, s.n);
  return text ? text : "";
}

static int by_office(const void *a, const void *b) {
  return strcmp(((const struct quality_sender *)a)->office, ((const struct quality_sender *)b)->office);
}

static struct quality_sender *sender_of(const struct quality *out, const char *office) {
  const struct quality_sender key = {.office = office};
  return out->n_senders ? bsearch(&key, out->senders, (size_t)out->n_senders, sizeof key, by_office) : NULL;
}

/* Offices of the metrics, then those of the roster, each once. */
static enum err_code list_senders(struct reading *r, struct err *e) {
  const struct quality_request *q = r->q;
  struct quality *out = r->out;
  const int k = table_find(&out->metrics, metric_column_names[METRIC_OFFICE]);
  struct ledger_cell *cells = NULL;
  int64_t n_cells = 0, n = 0;
  TRY(ledger_cells(r->s, q->form->survey, q->period, INT64_MIN, r->a, &cells, &n_cells, e));
  const struct dict *offices = k < 0 ? NULL : out->metrics.columns[k].dict;
  const int32_t n_offices = offices ? dict_count(offices) : 0;
  out->senders = ARENA_ARRAY(r->a, struct quality_sender, n_offices + n_cells + 1);
  if (!out->senders) return no_memory(e);
  for (int32_t i = 0; i < n_offices; i++)
    if (dict_text(offices, i).n)
      out->senders[n++] =
          (struct quality_sender){.office = copy(r, dict_text(offices, i)), .name = "", .state = "", .sent = true, .before_period = ""};
  qsort(out->senders, (size_t)n, sizeof *out->senders, by_office);
  out->n_senders = n;
  for (int64_t i = 0; i < n_cells; i++) {
    if (strcmp(cells[i].form, q->form->id) != 0 || cells[i].state == LEDGER_NOT_LISTED) continue;
    struct quality_sender *at = sender_of(out, cells[i].office);
    if (!at) at = &out->senders[n++], *at = (struct quality_sender){.office = cells[i].office, .before_period = ""};
    at->name = cells[i].name;
    at->state = ledger_state_name(cells[i].state, q->lang);
    at->sent = at->sent || *cells[i].batch || cells[i].state == LEDGER_NIL;
    out->due++;
    out->sent += at->sent;
  }
  out->n_senders = n;
  qsort(out->senders, (size_t)n, sizeof *out->senders, by_office);
  return E_OK;
}

/* --- figures --- */
static void take_figure(struct quality_figures *f, struct str name, const struct quality_rate *rate) {
  if (is(name, "unit_response")) f->answered = *rate;
  else if (is(name, "item_response")) f->response = *rate;
  else if (is(name, "imputation")) f->imputation = *rate;
  else if (is(name, "record_failed")) f->failed = *rate;
  else if (is(name, "record_undecided")) f->undecided = *rate;
  else if (is(name, "record_failed_after")) f->failed_after = *rate;
  else if (is(name, "record_changed")) f->changed = *rate;
}

static int check_of(const struct quality *out, struct str id) {
  for (int i = 0; i < out->n_checks; i++)
    if (is(id, out->checks[i].id)) return i;
  return -1;
}

static void take_check(struct quality *out, int c, struct str name, const struct quality_sender *sender, const struct quality_rate *rate) {
  struct quality_check *k = &out->checks[c];
  if (!sender) {
    if (is(name, "check_failure")) k->failure = *rate, add(&out->all.checks, rate);
    if (is(name, "check_unknown")) k->unknown = *rate;
    if (is(name, "check_cost")) k->cost = *rate;
  } else if (is(name, "check_failure")) {
    out->failure[(sender - out->senders) * out->n_checks + c] = *rate;
    add(&out->senders[sender - out->senders].now.checks, rate);
  }
}

static enum err_code take_rows(struct reading *r, struct err *e) {
  struct quality *out = r->out;
  const struct table *t = &out->metrics;
  char office[64];
  out->checks = ARENA_ARRAY(r->a, struct quality_check, out->form->n_checks + 1);
  if (!out->checks) return no_memory(e);
  for (int i = 0; i < out->form->n_checks; i++) {
    const struct check *k = &out->form->checks[i];
    const char *text = r->q->lang == LANG_JA ? k->message_ja : k->message_en;
    out->checks[out->n_checks++] =
        (struct quality_check){.id = k->id, .severity = check_severity_name(k->severity), .text = *text ? text : k->message_ja};
  }
  out->failure = ARENA_ARRAY(r->a, struct quality_rate, out->n_senders * out->n_checks + 1);
  if (!out->failure) return no_memory(e);
  for (int64_t row = 0; row < t->n_rows; row++) {
    const struct str sender = quality_cell(t, row, METRIC_OFFICE), check = quality_cell(t, row, METRIC_CHECK),
                     name = quality_cell(t, row, METRIC_NAME);
    if (quality_cell(t, row, METRIC_CLASS).n || quality_cell(t, row, METRIC_STEP).n || quality_cell(t, row, METRIC_ITEM).n ||
        sender.n >= sizeof office)
      continue;
    memcpy(office, sender.p, sender.n);
    office[sender.n] = 0;
    struct quality_sender *at = sender.n ? sender_of(out, office) : NULL;
    const struct quality_rate rate = quality_rate_at(t, row);
    const int c = check.n ? check_of(out, check) : -1;
    if (c >= 0) take_check(out, c, name, at, &rate);
    else if (!check.n && (at || !sender.n)) take_figure(at ? &at->now : &out->all, name, &rate);
    out->weighted = out->weighted || rate.weighted;
  }
  return E_OK;
}

/* --- earlier periods --- */
static void take_before(struct quality *out, const struct table *t, const char *period) {
  char office[64];
  struct quality_sender *last = NULL;
  const bool all = !*out->before_period;
  for (int64_t row = 0; row < t->n_rows; row++) {
    const struct str sender = quality_cell(t, row, METRIC_OFFICE);
    if (!is(quality_cell(t, row, METRIC_NAME), "check_failure") || quality_cell(t, row, METRIC_CLASS).n || sender.n >= sizeof office) continue;
    const struct quality_rate rate = quality_rate_at(t, row);
    memcpy(office, sender.p, sender.n);
    office[sender.n] = 0;
    if (!sender.n && all) add(&out->before, &rate), out->before_period = period;
    if (!sender.n) continue;
    if (!last || strcmp(last->office, office) != 0) last = sender_of(out, office);
    if (last && (!*last->before_period || last->before_period == period)) add(&last->before, &rate), last->before_period = period;
  }
}

static enum err_code read_metrics(struct reading *r, const char *period, struct table *out, struct err *e) {
  const struct dataset_key key = {r->q->form->survey, r->q->form->id, period, "process_metrics"};
  struct process_data d;
  *out = (struct table){.n_rows = 0};
  TRY(process_read(r->s, &key, r->access, r->a, NULL, &d, e));
  if (d.n_rows) *out = d.tables[0];
  return E_OK;
}

static enum err_code read_earlier(struct reading *r, struct err *e) {
  struct period p;
  char text[16];
  if (!period_parse(str_of(r->q->period), &p)) return E_OK;
  for (int i = 0; i < r->q->earlier; i++) {
    struct table t;
    p = period_previous(&p);
    period_format(&p, text);
    const char *kept = arena_strdup(r->a, text, strlen(text));
    if (!kept) return no_memory(e);
    TRY(read_metrics(r, kept, &t, e));
    take_before(r->out, &t, kept);
  }
  return E_OK;
}

/* --- queries --- */
static void count_outcome(struct quality_outcome *o, const struct query_entry *q) {
  o->asked++;
  if (!strcmp(q->answer, query_kind_name(QUERY_CONFIRM))) o->confirmed++;
  else if (!strcmp(q->answer, query_kind_name(QUERY_CORRECT))) o->corrected++;
  else if (!strcmp(q->answer, query_kind_name(QUERY_WITHDRAW))) o->withdrawn++;
  else if (q->state != QUERY_CLOSED) o->open++;
}

static enum err_code read_queries(struct reading *r, struct err *e) {
  struct quality *out = r->out;
  struct query_entry *q = NULL;
  bool present = false;
  int64_t n = 0;
  TRY(query_present(r->s, &present, e));
  if (!present) return E_OK;
  TRY(query_list(r->s, r->q->form->survey, r->q->period, NULL, r->a, &q, &n, e));
  for (int64_t i = 0; i < n; i++) {
    if (strcmp(q[i].form, r->q->form->id) != 0) continue;
    struct quality_sender *at = sender_of(out, q[i].owner);
    const int c = check_of(out, str_of(q[i].rule));
    if (at) count_outcome(&at->outcome, &q[i]);
    if (c >= 0) count_outcome(&out->checks[c].outcome, &q[i]);
  }
  return E_OK;
}

/* --- examples of one sender --- */
static const char *keys_of(struct reading *r, const struct table *t, int64_t row) {
  const struct record_type *type = &r->q->form->records[0];
  char buffer[64];
  const char *out = "";
  for (int k = 0; k < type->n_keys && out; k++) {
    const int at = table_find(t, type->keys[k]->name);
    const struct str s = at < 0 ? STR("") : column_text(&t->columns[at], row, buffer, sizeof buffer);
    out = arena_printf(r->a, "%s%s%.*s", out, k ? "/" : "", (int)s.n, s.p);
  }
  return out ? out : "";
}

static enum err_code add_examples(struct reading *r, const struct table *failures, const struct process_data *keys, struct err *e) {
  const int record_no = table_find(failures, "record_no"), check_id = table_find(failures, "check_id"), stage = table_find(failures, "stage");
  int64_t first = 0, shard = 0;
  (void)e;
  if (record_no < 0 || check_id < 0 || stage < 0) return E_OK;
  for (int64_t row = 0; row < failures->n_rows; row++) {
    const int64_t record = failures->columns[record_no].i64[row];
    if (!is(dict_text(failures->columns[stage].dict, failures->columns[stage].code[row]), "edited")) continue;
    while (shard < keys->n && record > first + keys->tables[shard].n_rows) first += keys->tables[shard++].n_rows;
    const int c = check_of(r->out, dict_text(failures->columns[check_id].dict, failures->columns[check_id].code[row]));
    if (shard == keys->n || strcmp(keys->shards[shard].sender, r->q->sender) != 0 || c < 0) continue;
    struct quality_check *k = &r->out->checks[c];
    if (k->n_examples < QUALITY_EXAMPLES)
      k->examples[k->n_examples++] = (struct quality_example){record, keys_of(r, &keys->tables[shard], record - first - 1)};
  }
  return E_OK;
}

static enum err_code read_examples(struct reading *r, struct err *e) {
  const struct form *f = r->q->form;
  const struct dataset_key edited = {f->survey, f->id, r->q->period, "edited"}, failed = {f->survey, f->id, r->q->period, "edit_failures"};
  struct name_set names = {.arena = r->a};
  struct process_data keys, failures;
  const struct quality_sender *at = sender_of(r->out, r->q->sender);
  if (!at || !at->now.answered.there) return ERR(e, E_METRICS_SENDER, .subject = r->q->sender);
  for (int k = 0; k < f->records[0].n_keys; k++) TRY(name_set_add(&names, f->records[0].keys[k]->name, e));
  TRY(process_read(r->s, &edited, r->access, r->a, &names, &keys, e));
  TRY(process_read(r->s, &failed, r->access, r->a, NULL, &failures, e));
  return failures.n_rows ? add_examples(r, &failures.tables[0], &keys, e) : E_OK;
}

enum err_code quality_read(struct store *s, const struct quality_request *q, int64_t access, struct arena *a, struct quality *out, struct err *e) {
  struct reading r = {s, q, a, access, out};
  const struct dataset_key status = {q->form->survey, q->form->id, q->period, "process_status"};
  *out = (struct quality){.form = q->form, .period = q->period, .before_period = ""};
  TRY(read_metrics(&r, q->period, &out->metrics, e));
  if (!out->metrics.n_rows) return ERR(e, E_METRICS_NONE, .subject = arena_printf(a, "%s/%s %s", q->form->survey, q->form->id, q->period));
  TRY(process_read_status(s, &status, access, a, &out->steps, &out->n_steps, &out->head, e));
  TRY(list_senders(&r, e));
  TRY(take_rows(&r, e));
  TRY(read_earlier(&r, e));
  TRY(read_queries(&r, e));
  return q->sender ? read_examples(&r, e) : E_OK;
}
