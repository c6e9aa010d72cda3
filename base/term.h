/* term.h -- terminal facts: is it one, its width, colour (NO_COLOR honoured), progress line, aligned tables in wide characters. */
#ifndef SHIRABE_BASE_TERM_H
#define SHIRABE_BASE_TERM_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

bool term_is_terminal(FILE *f);
bool term_colour(FILE *f);
int term_width(FILE *f); /* 80 when unknown */
/* One progress line on stderr, redrawn at most ten times a second, only on a terminal. */
void term_progress(const char *what, int64_t done, int64_t total);
void term_progress_end(void);

/* Text table: cells are collected, widths are computed in display columns, then printed. Numbers are right-aligned. */
struct text_table;
struct text_table *text_table_new(int n_columns);
void text_table_free(struct text_table *t);
void text_table_cell(struct text_table *t, const char *text);                /* row by row */
void text_table_right(struct text_table *t, int column);                     /* right-align */
void text_table_colour(struct text_table *t, int row, int column, int ansi); /* 31 red, 32 green, 33 yellow, 1 bold */
void text_table_print(const struct text_table *t, FILE *to, bool header);
#endif
