/* truth_plant.c -- a month whose right answers are known: the generator's files with their own spoilt rows left out, once as they are and once with
 * planted errors. truth_plant [--seed N] GENERATED FOLDER Folder  <form>-clean.csv (UTF-8), <form>-month.csv (without the late records, with those
 * sent twice), <form>-late.csv, <form>-planted.csv (row,item,kind; row 1 = first record of clean), for establishment, birth, death;
 * establishment-before.csv = November. Which record is spoilt how is a function of the seed and the record's key: the same bytes for the same seed.
 */
#include <dirent.h>

#include "tests/demo/demo_vital.h"
#include "tests/demo/truth_kinds.h"

enum { TRUTH_FILES = 64, TRUTH_LINE = 1 << 14, TRUTH_ROWS = 200000, TRUTH_AGAIN = 10000 };
struct row {
  char *cell[DEMO_CELLS];
  bool late;
};
struct month {
  struct demo_world *w;
  const char *generated, *folder, *form_id, *survey;
  const struct layout *layout;
  const struct truth_kind *kinds;
  int n_kinds, turn;
  struct row *rows, *before, *again; /* this month, last month, records sent a second time */
  int n, n_before, n_again;
};

/* --- text in: UTF-8 or CP932, one line, one cell --- */
static char *whole_file(const char *path, size_t *n) {
  FILE *f = fopen(path, "rb");
  char *text = malloc(1 << 24);
  if (!f || !text) demo_stop(path);
  *n = fread(text, 1, (1 << 24) - 1, f);
  fclose(f);
  text[*n] = 0;
  return text;
}
static char *as_utf8(char *text, size_t n) {
  iconv_t check = iconv_open("UTF-8", "UTF-8"), cd = iconv_open("UTF-8", "CP932");
  char *out = malloc(3 * n + 16), *from = text, *to = out;
  size_t left = n, room = 3 * n + 16;
  if (check == (iconv_t)-1 || cd == (iconv_t)-1 || !out) demo_stop("no converter");
  bool utf8 = iconv(check, &from, &left, &to, &room) != (size_t)-1;
  from = text, to = out, left = n, room = 3 * n + 15;
  if (!utf8 && iconv(cd, &from, &left, &to, &room) == (size_t)-1) demo_stop("neither UTF-8 nor CP932");
  iconv_close(check);
  iconv_close(cd);
  if (utf8) {
    free(out);
    return text;
  }
  *to = 0;
  free(text);
  return out;
}
static char *next_cell(struct arena *a, char **at) {
  char *start = *at, *to = *at, *p = *at;
  bool quoted = *p == '"';
  if (quoted) p++;
  while (*p && (quoted || *p != ',')) {
    if (quoted && *p == '"' && p[1] != '"') {
      quoted = false, p++;
      continue;
    }
    if (quoted && *p == '"') p++;
    *to++ = *p++;
  }
  *at = *p ? p + 1 : p;
  *to = 0;
  char *copy = arena_strdup(a, start, strlen(start));
  if (!copy) demo_stop("no memory");
  return copy;
}

/* Rows that the generator spoilt itself, or sent twice: they are left out of both months. Questionnaires without an answer stay (they name no item).
 */
static bool spoilt_already(const struct month *m, const char *file, int line) {
  char path[DEMO_PATH], text[512];
  snprintf(path, sizeof path, "%.4000s/truth.csv", m->generated);
  FILE *f = fopen(path, "rb");
  bool found = false;
  if (!f) demo_stop(path);
  while (!found && fgets(text, sizeof text, f)) {
    char name[128] = "", kind[64] = "", item[64] = "";
    int at = 0;
    if (sscanf(text, "problem,%127[^,],%d,%63[^,],%63[^,]", name, &at, item, kind) != 4 || at != line) continue;
    found = !strcmp(name, file);
  }
  fclose(f);
  return found;
}
static void take_rows(struct month *m, const char *folder, const char *file, const char *also) {
  char path[DEMO_PATH], line[TRUTH_LINE];
  size_t n;
  snprintf(path, sizeof path, "%.2000s/%.20s/%.200s", m->generated, folder, file);
  char *raw = whole_file(path, &n), *text = as_utf8(raw, n), *at = text;
  bool head = false;
  for (int number = 1; *at; number++) {
    size_t length = strcspn(at, "\r\n");
    if (length >= sizeof line) demo_stop("a line is too long");
    snprintf(line, sizeof line, "%.*s", (int)length, at);
    at += length;
    at += *at == '\r', at += *at == '\n';
    char *cells = line + (!strncmp(line, "\xef\xbb\xbf", 3) ? 3 : 0);
    if (!head) {
      head = !strncmp(cells, m->layout->items[0]->label_ja, strlen(m->layout->items[0]->label_ja));
      continue;
    }
    if (!cells[0] || strchr("0123456789", cells[0]) == NULL || strcspn(cells, ",") == 5 || m->n == TRUTH_ROWS)
      continue; /* notes; codes that lost a zero are another test */
    if (spoilt_already(m, file, number) || (also && spoilt_already(m, also, number))) continue;
    for (int c = 0; c < m->layout->n_items; c++) m->rows[m->n].cell[c] = next_cell(m->w->arena, &cells);
    m->n++;
  }
  free(text);
}

/* --- numbers in text --- */
static bool plain_number(const char *text, long *out) {
  char digits[32];
  size_t n = 0;
  for (const char *p = text; *p; p++) {
    if (n + 1 == sizeof digits) return false;
    if (!strncmp(p, "\xef\xbc", 2) && (uint8_t)p[2] >= 0x90 && (uint8_t)p[2] <= 0x99) digits[n++] = (char)('0' + (uint8_t)p[2] - 0x90), p += 2;
    else if (*p >= '0' && *p <= '9') digits[n++] = *p;
    else if (*p != ',') return false;
  }
  digits[n] = 0;
  *out = strtol(digits, NULL, 10);
  return n > 0;
}
static bool swap_digits(long v, char out[32]) {
  int n = snprintf(out, 32, "%ld", v);
  for (int i = 1; i < n; i++)
    if (out[i - 1] != out[i] && (i > 1 || out[i] != '0')) {
      char c = out[i];
      out[i] = out[i - 1], out[i - 1] = c;
      return true;
    }
  return false;
}
static bool drop_digit(long v, char out[DEMO_CELL]) {
  char digits[32];
  int n = snprintf(digits, sizeof digits, "%ld", v);
  if (n < 3) return false;
  snprintf(out, DEMO_CELL, "%c%s", digits[0], digits + 2);
  return true;
}
static bool drop_point(const char *old, char out[DEMO_CELL]) {
  const char *point = strchr(old, '.');
  if (!point || point - old >= DEMO_CELL / 2) return false;
  snprintf(out, DEMO_CELL, "%.*s%s", (int)(point - old), old, point + 1);
  return true;
}
static int column_of(const struct month *m, const char *item) {
  for (int c = 0; c < m->layout->n_items; c++)
    if (!strcmp(m->layout->items[c]->name, item)) return c;
  demo_stop(item);
  return 0;
}

/* --- planting --- */
static bool spoilt_text(const struct truth_kind *k, const char *old, char out[DEMO_CELL]) {
  long v = 0;
  bool number = plain_number(old, &v);
  if (k->act == ACT_WRITE) snprintf(out, DEMO_CELL, "%s", k->text);
  else if (k->act == ACT_BLANK) out[0] = 0;
  else if (!number || v <= 1) return false;
  else if (k->act == ACT_TIMES) snprintf(out, DEMO_CELL, "%ld", v * k->by);
  else if (k->act == ACT_DIVIDE) snprintf(out, DEMO_CELL, "%ld", v / k->by);
  else if (k->act == ACT_NEGATE) snprintf(out, DEMO_CELL, "-%ld", v);
  else if (k->act == ACT_ADD) snprintf(out, DEMO_CELL, "%ld", v + k->by);
  else if (k->act == ACT_ROUND) snprintf(out, DEMO_CELL, "%ld", (v + k->by / 2) / k->by * k->by);
  else if (k->act == ACT_DROP_DIGIT) return drop_digit(v, out);
  else return swap_digits(v, out);
  return old[0] && strcmp(old, out) != 0;
}
static void put(const struct month *m, char **cell, const char *text) {
  *cell = arena_strdup(m->w->arena, text, strlen(text));
  if (!*cell) demo_stop("no memory");
}
static const struct row *last_month(const struct month *m, const struct row *r) {
  for (int i = 0; i < m->n_before; i++)
    if (!strcmp(m->before[i].cell[0], r->cell[0]) && !strcmp(m->before[i].cell[1], r->cell[1])) return &m->before[i];
  return NULL;
}
/* The answer that item i of the kind gets; false = it stays as it is. */
static bool new_text(const struct month *m, const struct row *r, const struct truth_kind *k, int i, char out[DEMO_CELL]) {
  const char *old = r->cell[column_of(m, k->items[i])];
  const struct row *from = k->act == ACT_BEFORE ? last_month(m, r) : r;
  int other = i;
  long v = 0;
  if (k->act == ACT_EXCHANGE) other = i ^ 1;
  else if (k->act == ACT_SHIFT) other = i - 1;
  else if (k->act == ACT_DROP_POINT) return drop_point(old, out);
  else if (k->act == ACT_MOVE) {
    if (!plain_number(old, &v) || v <= k->by) return false;
    snprintf(out, DEMO_CELL, "%ld", i ? v - k->by : v + k->by);
    return true;
  } else if (k->act != ACT_BEFORE) return spoilt_text(k, old, out);
  if (!from) return false;
  snprintf(out, DEMO_CELL, "%s", other < 0 ? "" : from->cell[column_of(m, k->items[other])]);
  return (k->act != ACT_EXCHANGE || out[0]) && strcmp(old, out) != 0;
}
static bool plant_unit(struct month *m, int row, const struct truth_kind *k, struct strbuf *log) {
  struct row *r = &m->rows[row];
  if (k->act == ACT_LATE) r->late = true;
  else {
    struct row *copy = &m->again[m->n_again++];
    char text[DEMO_CELL];
    long number;
    *copy = *r;
    if (!strcmp(m->survey, "vital")) {
      char **cell = &copy->cell[column_of(m, "event_book_no")];
      if (!plain_number(*cell, &number)) demo_stop("a number of the event book");
      snprintf(text, sizeof text, "%ld", number + TRUTH_OTHER_NUMBER);
      put(m, cell, text);
    }
  }
  strbuf_addf(log, "%d,%s,%s\n", row + 1, TRUTH_UNIT, k->name);
  return true;
}
/* The first item must change; of the others those that can (no overtime pay: the rest of the column is spoilt). */
static bool plant(struct month *m, int row, const struct truth_kind *k, struct strbuf *log) {
  char text[TRUTH_KIND_ITEMS][DEMO_CELL];
  bool change[TRUTH_KIND_ITEMS];
  struct row *r = &m->rows[row];
  int n = 0;
  if (k->when_item && strcmp(r->cell[column_of(m, k->when_item)], k->when_text) != 0) return false;
  if (k->act == ACT_TWICE || k->act == ACT_LATE) return plant_unit(m, row, k, log);
  for (; k->items[n]; n++) {
    change[n] = new_text(m, r, k, n, text[n]);
    if (!change[n] && (n == 0 || k->act == ACT_MOVE)) return false;
  }
  for (int i = 0; i < n; i++) {
    if (!change[i]) continue;
    strbuf_addf(log, "%d,%s,%s\n", row + 1, k->items[i], k->name);
    put(m, &r->cell[column_of(m, k->items[i])], text[i]);
  }
  return true;
}
static bool answered(const struct month *m, const struct row *r) {
  return strcmp(m->survey, "mls") != 0 || !strcmp(r->cell[column_of(m, "reporting_status")], "0");
}

static void write_row(const struct month *m, const struct row *r, struct strbuf *b) {
  for (int c = 0; c < m->layout->n_items; c++) demo_cell(b, r->cell[c], c == 0);
  strbuf_addc(b, '\n');
}
/* which: clean, before = every row; month = all but the late ones, then those sent again; late = the late ones. */
static void write_month(const struct month *m, const char *which) {
  char name[64];
  struct strbuf b;
  bool month = !strcmp(which, "month"), late = !strcmp(which, "late");
  strbuf_init(&b, 0);
  for (int c = 0; c < m->layout->n_items; c++) demo_cell(&b, m->layout->items[c]->label_ja, c == 0);
  strbuf_addc(&b, '\n');
  for (int i = 0; i < m->n; i++)
    if (m->rows[i].late ? !month : !late) write_row(m, &m->rows[i], &b);
  for (int i = 0; month && i < m->n_again; i++) write_row(m, &m->again[i], &b);
  snprintf(name, sizeof name, "%s-%s.csv", m->form_id, which);
  demo_write(m->folder, name, &b, DEMO_UTF8, false);
  strbuf_release(&b);
}
static void plant_all(struct month *m) {
  struct strbuf log;
  char name[64], key[3 * DEMO_CELL];
  strbuf_init(&log, 0);
  strbuf_adds(&log, "row,item,kind\n");
  for (int i = 0; i < m->n; i++) {
    struct rng r;
    const struct row *p = &m->rows[i];
    int n = snprintf(key, sizeof key, "%.100s/%.100s/%.100s", p->cell[0], p->cell[1], p->cell[3]);
    rng_init(&r, m->w->seed, "planted error", key, (uint64_t)n);
    if (m->n_again == TRUTH_AGAIN) demo_stop("too many records sent twice");
    if (!answered(m, p) || rng_below(&r, TRUTH_ONE_IN) != 0) continue;
    for (int tries = 0; tries < m->n_kinds; tries++)
      if (plant(m, i, &m->kinds[m->turn++ % m->n_kinds], &log)) break;
  }
  snprintf(name, sizeof name, "%s-planted.csv", m->form_id);
  demo_write(m->folder, name, &log, DEMO_UTF8, false);
  strbuf_release(&log);
}

/* --- the forms --- */
static void begin(struct month *m, const char *survey, const char *id, const struct truth_kind *kinds, int n_kinds) {
  m->survey = survey, m->form_id = id, m->kinds = kinds, m->n_kinds = n_kinds, m->n = 0, m->turn = 0, m->n_before = 0, m->n_again = 0;
  m->layout = form_layout(demo_form(m->w, survey, id), "csv");
}
static int only_csv(const struct dirent *d) { return strstr(d->d_name, ".csv") != NULL; }
static void take_folder(struct month *m, const char *folder, const char *with, const char *other) {
  char path[DEMO_PATH], also[256];
  struct dirent **names;
  snprintf(path, sizeof path, "%.4000s/%s", m->generated, folder);
  int n = scandir(path, &names, only_csv, alphasort);
  if (n < 0) demo_stop(path);
  for (int i = 0; i < n; i++) {
    char *at = strstr(names[i]->d_name, with);
    if (at && (!strcmp(m->survey, "vital") || !strncmp(names[i]->d_name, "establishment", 13))) {
      snprintf(also, sizeof also, "%.*s%s", (int)(at - names[i]->d_name), names[i]->d_name, other ? other : "");
      take_rows(m, folder, names[i]->d_name, other ? also : NULL);
    }
    free(names[i]);
  }
  free(names);
}

int main(int argc, char **argv) {
  struct demo_world w = {.seed = 20251201};
  struct month m = {.w = &w};
  for (int i = 1; i < argc; i++) {
    if (!strcmp(argv[i], "--seed") && i + 1 < argc) w.seed = strtoull(argv[++i], NULL, 10);
    else if (!m.generated) m.generated = argv[i];
    else m.folder = argv[i];
  }
  if (!m.folder) {
    fprintf(stderr, "usage: truth_plant [--seed N] GENERATED FOLDER\n");
    return 64;
  }
  w.arena = arena_new(0);
  w.job = (struct job){.arena = w.arena};
  if (!w.arena) demo_stop("no memory");
  m.rows = ARENA_ARRAY(w.arena, struct row, TRUTH_ROWS), m.before = ARENA_ARRAY(w.arena, struct row, TRUTH_ROWS),
  m.again = ARENA_ARRAY(w.arena, struct row, TRUTH_AGAIN);
  if (!m.rows || !m.before || !m.again) demo_stop("no memory");
  begin(&m, "mls", "establishment", mls_kinds, sizeof mls_kinds / sizeof *mls_kinds);
  take_folder(&m, "mls", "2025-11.csv", "2025-12.csv");
  write_month(&m, "before");
  memcpy(m.before, m.rows, (size_t)m.n * sizeof *m.rows);
  m.n_before = m.n, m.n = 0;
  take_folder(&m, "mls", "2025-12.csv", "2025-11.csv");
  write_month(&m, "clean");
  plant_all(&m);
  write_month(&m, "month");
  write_month(&m, "late");
  static const struct {
    const char *id;
    const struct truth_kind *kinds;
    int n;
  } vital[] = {{"birth", birth_kinds, sizeof birth_kinds / sizeof *birth_kinds}, {"death", death_kinds, sizeof death_kinds / sizeof *death_kinds}};
  for (int i = 0; i < 2; i++) {
    char with[32];
    snprintf(with, sizeof with, "-%s.csv", vital[i].id);
    begin(&m, "vital", vital[i].id, vital[i].kinds, vital[i].n);
    take_folder(&m, "vital", with, NULL);
    write_month(&m, "clean");
    plant_all(&m);
    write_month(&m, "month");
    write_month(&m, "late");
  }
  arena_free(w.arena);
  return 0;
}
