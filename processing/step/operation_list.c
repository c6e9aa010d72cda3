#include "processing/step/operation_list.h"

#include <stdio.h>

static const struct {
  const char *name;
  int n_names;
} KINDS[] = {[OPERATION_SWAP] = {"swap", 2}, [OPERATION_DIVIDE] = {"divide", 1}, [OPERATION_SIGN] = {"sign", 1}, [OPERATION_MOVE] = {"move", 2}};
enum { N_KINDS = sizeof KINDS / sizeof *KINDS, DECIMALS = 9, MOST_DIGITS = 15 };

static enum err_code wrong(struct str part, struct err *e) {
  char shown[80];
  (void)snprintf(shown, sizeof shown, "%.*s", part.n < 72 ? (int)part.n : 72, part.n ? part.p : "");
  return ERR(e, E_JOB_OPERATION, .subject = shown);
}
/* A decimal number above 0, by digits alone: the same bits everywhere. */
static bool number_of(struct str s, double *out) {
  double value = 0, unit = 1;
  int digits = 0, decimals = -1;
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] == '.' && decimals < 0 && digits) {
      decimals = 0;
      continue;
    }
    if (s.p[i] < '0' || s.p[i] > '9' || ++digits > MOST_DIGITS || decimals == DECIMALS) return false;
    value = value * 10 + (s.p[i] - '0');
    if (decimals >= 0) decimals++, unit *= 10;
  }
  *out = value / unit;
  return digits && decimals != 0 && value > 0;
}
static bool name_of(struct arena *a, struct str s, const char **out) {
  if (!s.n || s.n > 63) return false;
  for (size_t i = 0; i < s.n; i++)
    if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '_')) return false;
  return (*out = arena_strdup(a, s.p, s.n)) != NULL;
}
static int kind_of(struct str name) {
  for (int k = 0; k < N_KINDS; k++)
    if (str_eq(str_of(KINDS[k].name), name)) return k;
  return -1;
}
/* The last = parts the call from its weight; between the parentheses stand one or two arguments. */
static bool one_operation(struct arena *a, struct str part, struct named_operation *out) {
  struct str weight, rest, first, second;
  const struct str call = str_trim(str_split(part, '=', &weight));
  const struct str name = str_trim(str_split(call, '(', &rest));
  const int k = kind_of(name);
  if (k < 0 || rest.n < 2 || rest.p[rest.n - 1] != ')') return false;
  first = str_trim(str_split(str_view(rest.p, rest.n - 1), ',', &second));
  second = str_trim(second);
  *out = (struct named_operation){.kind = (enum operation_kind)k};
  if (!name_of(a, first, &out->a) || !number_of(str_trim(weight), &out->weight) || out->weight < 1e-6 || out->weight > 1e9) return false;
  if (KINDS[k].n_names == 2) return name_of(a, second, &out->b) && !str_eq(first, second);
  return k == OPERATION_DIVIDE ? number_of(second, &out->factor) && out->factor > 1 : second.n == 0;
}
enum err_code operation_list_parse(struct arena *a, struct str text, struct operation_list *out, struct err *e) {
  struct str rest = text;
  *out = (struct operation_list){.list = ARENA_ARRAY(a, struct named_operation, OPERATION_MAX)};
  if (!out->list) return ERR(e, E_NO_MEMORY, .subject = "operations");
  while (rest.n) {
    const struct str part = str_trim(str_split(rest, ';', &rest));
    if (!part.n && !rest.n) break; /* a ; at the end */
    if (out->n == OPERATION_MAX || !one_operation(a, part, &out->list[out->n])) return wrong(part, e);
    out->n++;
  }
  return out->n ? E_OK : wrong(text, e);
}
