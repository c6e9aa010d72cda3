/* form_diff.c -- see form_diff.h. Each kind of row is turned into named fields of text; one loop compares them. */
#include "forms/form_diff.h"

#include <string.h>

#include "forms/form_impl.h"

enum { MAX_FIELDS = 24 };

struct field {
  const char *name, *text;
};
struct row {
  const char *name;
  int n;
  struct field fields[MAX_FIELDS];
};
struct rows {
  struct row *row;
  int64_t n;
};
struct differ {
  struct arena *a;
  struct form_difference *out;
  int64_t n, capacity;
  bool failed;
};

/* --- rows of each kind --- */
static void put(struct differ *d, struct row *r, const char *name, const char *text) {
  if (!text) d->failed = true;
  r->fields[r->n++] = (struct field){name, text ? text : ""};
}

static const char *day_text(struct differ *d, int64_t day) {
  char iso[11];
  if (day == INT64_MIN || day == INT64_MAX) return "";
  date_format_iso(day, iso);
  return arena_strdup(d->a, iso, 10);
}

static const char *number_text(struct differ *d, bool has, int64_t v, int decimals) {
  struct strbuf b;
  if (!has) return "";
  strbuf_init(&b, 128);
  strbuf_add_decimal(&b, v, decimals);
  const char *copy = b.failed ? NULL : arena_strdup(d->a, b.p, b.n);
  strbuf_release(&b);
  return copy;
}

static struct rows new_rows(struct differ *d, int64_t n) {
  struct rows r = {ARENA_ARRAY(d->a, struct row, n + 1), 0};
  if (!r.row) d->failed = true;
  return r;
}

static struct rows item_rows(struct differ *d, const struct form *f) {
  struct rows rows = new_rows(d, f->n_items);
  for (int i = 0; i < f->n_items && !d->failed; i++) {
    const struct item *it = &f->items[i];
    struct row *r = &rows.row[rows.n++];
    r->name = it->name;
    put(d, r, "label_ja", it->label_ja);
    put(d, r, "label_en", it->label_en);
    put(d, r, "record", it->record);
    put(d, r, "class", item_class_name(it->class));
    put(d, r, "unit", it->unit);
    put(d, r, "multiplier", number_text(d, true, it->multiplier, 0));
    put(d, r, "decimals", number_text(d, true, it->decimals, 0));
    put(d, r, "min", number_text(d, it->has_min, it->min, it->decimals));
    put(d, r, "max", number_text(d, it->has_max, it->max, it->decimals));
    put(d, r, "codelist", it->codelist ? it->codelist->name : "");
    put(d, r, "missing", it->missing);
    put(d, r, "universe", it->universe_text);
    put(d, r, "position", number_text(d, it->position > 0, it->position, 0));
    put(d, r, "bytes", number_text(d, it->bytes > 0, it->bytes, 0));
    put(d, r, "since", day_text(d, it->since));
    put(d, r, "until", day_text(d, it->until));
    put(d, r, "part", item_part_name(it->part));
    put(d, r, "origin", it->origin == ORIGIN_DERIVED ? "derived" : "reported");
    put(d, r, "expression", it->expression_text);
    put(d, r, "as_of", it->as_of);
    put(d, r, "era_table", it->era_table);
    put(d, r, "required", it->required ? "yes" : "");
  }
  return rows;
}

static struct rows code_rows(struct differ *d, const struct form *f) {
  int64_t n = 0;
  for (int i = 0; i < f->n_codelists; i++) n += f->codelists[i]->n_codes;
  struct rows rows = new_rows(d, n);
  for (int i = 0; i < f->n_codelists; i++)
    for (int64_t k = 0; k < f->codelists[i]->n_codes && !d->failed; k++) {
      const struct code *c = &f->codelists[i]->codes[k];
      struct row *r = &rows.row[rows.n++];
      const char *from = day_text(d, c->valid_from);
      r->name = arena_printf(d->a, "%s:%s%s%s", f->codelists[i]->name, c->code.p, from && *from ? " from " : "", from ? from : "");
      put(d, r, "label_ja", c->label_ja.p);
      put(d, r, "label_en", c->label_en.p);
      put(d, r, "parent", c->parent.p);
      put(d, r, "valid_to", day_text(d, c->valid_to));
      put(d, r, "status", value_status_name((uint8_t)c->status));
      if (!r->name) d->failed = true;
    }
  return rows;
}

static struct rows check_rows(struct differ *d, const struct form *f) {
  struct rows rows = new_rows(d, f->n_checks);
  for (int i = 0; i < f->n_checks && !d->failed; i++) {
    const struct check *k = &f->checks[i];
    struct row *r = &rows.row[rows.n++];
    r->name = k->id;
    put(d, r, "severity", check_severity_name(k->severity));
    put(d, r, "record", k->record);
    put(d, r, "universe", k->universe_text);
    put(d, r, "expression", k->expression_text);
    put(d, r, "message_ja", k->message_ja);
    put(d, r, "message_en", k->message_en);
    put(d, r, "remedy_ja", k->remedy_ja);
    put(d, r, "remedy_en", k->remedy_en);
    put(d, r, "weight", k->weight ? check_weight_text(d->a, k) : "");
  }
  return rows;
}

static struct rows table_rows(struct differ *d, const struct form *f) {
  struct rows rows = new_rows(d, f->n_tables);
  for (int i = 0; i < f->n_tables && !d->failed; i++) {
    const struct table_spec *t = &f->tables[i];
    struct row *r = &rows.row[rows.n++];
    r->name = t->id;
    put(d, r, "title_ja", t->title_ja);
    put(d, r, "title_en", t->title_en);
    put(d, r, "dataset", t->dataset);
    put(d, r, "rows", t->rows);
    put(d, r, "columns", t->columns);
    put(d, r, "measure", t->measure);
    put(d, r, "domain", t->domain);
    put(d, r, "filter", t->filter);
    put(d, r, "rounding", t->rounding);
    put(d, r, "disclosure", t->disclosure);
  }
  return rows;
}

static const char *joined_items(struct differ *d, const struct item *const *items, int n) {
  struct strbuf b;
  strbuf_init(&b, 0);
  for (int i = 0; i < n; i++) {
    if (i) strbuf_addc(&b, ' ');
    strbuf_adds(&b, items[i]->name);
  }
  const char *copy = b.failed ? NULL : arena_strdup(d->a, b.n ? b.p : "", b.n);
  strbuf_release(&b);
  return copy;
}

static const char *joined_headings(struct differ *d, const struct layout *l) {
  struct strbuf b;
  strbuf_init(&b, 0);
  for (int i = 0; l->header && i < l->n_items; i++) strbuf_addf(&b, "%s%s", i ? " " : "", l->headings[i]);
  const char *copy = b.failed ? NULL : arena_strdup(d->a, b.n ? b.p : "", b.n);
  strbuf_release(&b);
  return copy;
}

static struct rows layout_rows(struct differ *d, const struct form *f) {
  struct rows rows = new_rows(d, f->n_layouts);
  for (int i = 0; i < f->n_layouts && !d->failed; i++) {
    struct row *r = &rows.row[rows.n++];
    r->name = f->layouts[i].name;
    put(d, r, "kind", f->layouts[i].kind);
    put(d, r, "header", f->layouts[i].header ? "true" : "false");
    put(d, r, "items", joined_items(d, f->layouts[i].items, f->layouts[i].n_items));
    put(d, r, "headings", joined_headings(d, &f->layouts[i]));
    put(d, r, "missing", f->layouts[i].missing);
    put(d, r, "encoding", f->layouts[i].encoding);
    put(d, r, "sheet", f->layouts[i].sheet);
    put(d, r, "title_rows", number_text(d, true, f->layouts[i].title_rows, 0));
    put(d, r, "header_rows", number_text(d, true, f->layouts[i].header_rows, 0));
    put(d, r, "blocks", f->layouts[i].blocks ? f->layouts[i].blocks->start_text : "");
  }
  return rows;
}

static struct rows record_rows(struct differ *d, const struct form *f) {
  struct rows rows = new_rows(d, f->n_records);
  for (int i = 0; i < f->n_records && !d->failed; i++) {
    struct row *r = &rows.row[rows.n++];
    r->name = f->records[i].name;
    put(d, r, "parent", f->records[i].parent);
    put(d, r, "keys", joined_items(d, f->records[i].keys, f->records[i].n_keys));
  }
  return rows;
}

static struct rows head_rows(struct differ *d, const struct form *f) {
  static const char *const periods[] = {"month", "quarter", "year", "fiscal_year"};
  struct rows rows = new_rows(d, 1);
  if (d->failed) return rows;
  struct row *r = &rows.row[rows.n++];
  r->name = f->id;
  put(d, r, "title_ja", f->title_ja);
  put(d, r, "title_en", f->title_en);
  put(d, r, "period", periods[f->period_kind]);
  put(d, r, "event_date", f->event_date);
  put(d, r, "office_item", f->office_item);
  if (f->frame && strcmp(f->frame, "register")) put(d, r, "frame", f->frame);
  return rows;
}

/* --- comparison --- */
static void add(struct differ *d, struct form_difference difference) {
  if (d->n == d->capacity) {
    int64_t capacity = d->capacity ? d->capacity * 2 : 64;
    struct form_difference *p = ARENA_ARRAY(d->a, struct form_difference, capacity);
    if (!p) {
      d->failed = true;
      return;
    }
    if (d->n) memcpy(p, d->out, (size_t)d->n * sizeof *p);
    d->out = p;
    d->capacity = capacity;
  }
  d->out[d->n++] = difference;
}

/* Rows mostly keep their order: the search begins where the last one ended. */
static const struct row *find_row(const struct rows *rows, const char *name, int64_t *hint) {
  for (int64_t i = 0; i < rows->n; i++) {
    int64_t at = (*hint + i) % rows->n;
    if (strcmp(rows->row[at].name, name) != 0) continue;
    *hint = at + 1;
    return &rows->row[at];
  }
  return NULL;
}

static void compare(struct differ *d, const char *table, struct rows before, struct rows after) {
  int64_t hint = 0;
  for (int64_t i = 0; i < before.n && !d->failed; i++) {
    const struct row *old = &before.row[i], *new = find_row(&after, old->name, &hint);
    if (!new) add(d, (struct form_difference){CHANGE_REMOVED, table, old->name, "", old->n ? old->fields[0].text : "", ""});
    for (int k = 0; new && k < old->n; k++)
      if (strcmp(old->fields[k].text, new->fields[k].text) != 0)
        add(d, (struct form_difference){CHANGE_ALTERED, table, old->name, old->fields[k].name, old->fields[k].text, new->fields[k].text});
  }
  hint = 0;
  for (int64_t i = 0; i < after.n && !d->failed; i++)
    if (!find_row(&before, after.row[i].name, &hint))
      add(d, (struct form_difference){CHANGE_ADDED, table, after.row[i].name, "", "", after.row[i].n ? after.row[i].fields[0].text : ""});
}

enum err_code form_diff(
    struct arena *a, const struct form *before, const struct form *after, const struct form_difference **out, int64_t *n, struct err *e) {
  static const struct {
    const char *table;
    struct rows (*rows)(struct differ *d, const struct form *f);
  } kinds[] = {{"form", head_rows}, {"record", record_rows}, {"layout", layout_rows}, {"item", item_rows}, {"code", code_rows}, {"check", check_rows},
      {"table", table_rows}};
  struct differ d = {.a = a};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !d.failed; i++) {
    struct rows old = kinds[i].rows(&d, before), new = kinds[i].rows(&d, after);
    if (!d.failed) compare(&d, kinds[i].table, old, new);
  }
  *out = d.out;
  *n = d.n;
  return d.failed ? ERR(e, E_NO_MEMORY, .subject = before->id) : E_OK;
}
