/* term.c -- see term.h. */
#include "base/term.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"

bool term_is_terminal(FILE *f) { return isatty(fileno(f)) == 1; }

bool term_colour(FILE *f) {
  const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
  if (no_color && *no_color) return false;
  return term && *term && strcmp(term, "dumb") != 0 && term_is_terminal(f);
}

int term_width(FILE *f) {
  struct winsize size;
  if (ioctl(fileno(f), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

enum { REDRAW_MS = 100 };

/* The one line that a process has on its terminal. */
struct progress_line {
  _Atomic int64_t drawn_ms;
  atomic_bool open;
};
static struct progress_line *progress_line(void) {
  static struct progress_line line;
  return &line;
}

static int64_t monotonic_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void term_progress(const char *what, int64_t done, int64_t total) {
  if (!term_is_terminal(stderr)) return;
  struct progress_line *line = progress_line();
  int64_t now = monotonic_ms(), last = atomic_load(&line->drawn_ms);
  bool finished = total > 0 && done >= total;
  if (!finished && now - last < REDRAW_MS) return;
  if (!atomic_compare_exchange_strong(&line->drawn_ms, &last, now)) return; /* another thread is drawing */
  if (total > 0)
    fprintf(stderr, "\r\033[K%s: %lld / %lld (%d%%)", what, (long long)done, (long long)total, (int)(100.0 * (double)done / (double)total));
  else fprintf(stderr, "\r\033[K%s: %lld", what, (long long)done);
  fflush(stderr);
  atomic_store(&line->open, true);
}

void term_progress_end(void) {
  if (!atomic_exchange(&progress_line()->open, false)) return;
  fputs("\r\033[K", stderr);
  fflush(stderr);
}

struct cell {
  char *text;
  int colour;
};

struct text_table {
  int n_columns;
  int64_t n_cells, capacity;
  struct cell *cells;
  bool *right;
  bool failed;
};

struct text_table *text_table_new(int n_columns) {
  struct text_table *t = calloc(1, sizeof *t);
  bool *right = calloc((size_t)n_columns, sizeof *right);
  if (!t || !right) {
    free(t);
    free(right);
    return NULL;
  }
  t->n_columns = n_columns;
  t->right = right;
  return t;
}

void text_table_free(struct text_table *t) {
  if (!t) return;
  for (int64_t i = 0; i < t->n_cells; i++) free(t->cells[i].text);
  free(t->cells);
  free(t->right);
  free(t);
}

void text_table_cell(struct text_table *t, const char *text) {
  if (!t || t->failed) return;
  if (t->n_cells == t->capacity) {
    int64_t capacity = t->capacity ? t->capacity * 2 : 64;
    struct cell *cells = realloc(t->cells, (size_t)capacity * sizeof *cells);
    t->failed = !cells;
    if (!cells) return;
    t->cells = cells;
    t->capacity = capacity;
  }
  t->cells[t->n_cells] = (struct cell){.text = strdup(text ? text : "")};
  if (t->cells[t->n_cells].text) t->n_cells++;
  else t->failed = true;
}

void text_table_right(struct text_table *t, int column) {
  if (t && column >= 0 && column < t->n_columns) t->right[column] = true;
}

void text_table_colour(struct text_table *t, int row, int column, int ansi) {
  int64_t at = t ? (int64_t)row * t->n_columns + column : -1;
  if (at >= 0 && at < t->n_cells) t->cells[at].colour = ansi;
}

static int columns_of(const char *text) { return (int)utf8_columns(text, strlen(text)); }

static void spaces(FILE *to, int n) {
  if (n > 0) fprintf(to, "%*s", n, "");
}

static void print_cell(const struct text_table *t, FILE *to, const struct cell *c, int column, int width, bool colour) {
  int gap = width - columns_of(c->text);
  bool last = column + 1 == t->n_columns;
  if (t->right[column]) spaces(to, gap);
  if (colour && c->colour) fprintf(to, "\033[%dm%s\033[0m", c->colour, c->text);
  else fputs(c->text, to);
  if (!t->right[column] && !last) spaces(to, gap); /* no blanks at the end of a line */
  fputs(last ? "\n" : "  ", to);
}

static void print_rule(FILE *to, const int *widths, int n) {
  for (int k = 0; k < n; k++) {
    for (int i = 0; i < widths[k]; i++) fputc('-', to);
    fputs(k + 1 == n ? "\n" : "  ", to);
  }
}

void text_table_print(const struct text_table *t, FILE *to, bool header) {
  if (!t) return;
  int *widths = calloc((size_t)t->n_columns, sizeof *widths);
  if (!widths || t->failed) {
    fputs("(out of memory for this table)\n", to);
    free(widths);
    return;
  }
  for (int64_t i = 0; i < t->n_cells; i++) {
    int width = columns_of(t->cells[i].text), column = (int)(i % t->n_columns);
    if (width > widths[column]) widths[column] = width;
  }
  bool colour = term_colour(to);
  for (int64_t i = 0; i + t->n_columns <= t->n_cells; i += t->n_columns) {
    for (int k = 0; k < t->n_columns; k++) print_cell(t, to, &t->cells[i + k], k, widths[k], colour);
    if (header && i == 0) print_rule(to, widths, t->n_columns);
  }
  free(widths);
}
