#include "estimators/vital/cause_list.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define GROUP(code, ja, en, from, ranked, ranges) {code, ja, en, "ICD-10", from, INT64_MAX, ranked, ranges},
static const struct cause_group rank_groups[] = {
#include "estimators/vital/cause_groups.def"
};
static const struct cause_group member_groups[] = {
#include "estimators/vital/cause_members.def"
};
#undef GROUP
const struct cause_list cause_member_list = {member_groups, sizeof member_groups / sizeof *member_groups};
const struct cause_list cause_rank_list = {rank_groups, sizeof rank_groups / sizeof *rank_groups};

/* --- codes --- */
static bool digit(char c) { return c >= '0' && c <= '9'; }
bool icd_parse(struct str code, struct icd_range *out) {
  code = str_trim(code);
  if (code.n < 3 || code.n > 5 || code.p[0] < 'A' || code.p[0] > 'Z' || !digit(code.p[1]) || !digit(code.p[2])) return false;
  const int base = (code.p[0] - 'A') * 1000 + (code.p[1] - '0') * 100 + (code.p[2] - '0') * 10;
  const bool dot = code.n > 3 && code.p[3] == '.';
  if (code.n == 3) return *out = (struct icd_range){base, base + 9}, true;
  const size_t at = dot ? 4 : 3;
  if (code.n != at + 1 || !digit(code.p[at])) return false;
  *out = (struct icd_range){base + code.p[at] - '0', base + code.p[at] - '0'};
  return true;
}
static enum err_code bad_code(struct str s, struct err *e) {
  char text[64];
  snprintf(text, sizeof text, "%.*s", (int)(s.n < 60 ? s.n : 60), s.p);
  return ERR(e, E_VITAL_CODE, .subject = text);
}
enum err_code icd_ranges_parse(struct str text, struct icd_range out[CAUSE_RANGES_MOST], int *n, struct err *e) {
  struct str rest = text;
  *n = 0;
  while (rest.n) {
    struct str one = str_split(rest, ',', &rest), high;
    const struct str low = str_split(one, '-', &high);
    struct icd_range a, b;
    if (*n == CAUSE_RANGES_MOST || !icd_parse(low, &a)) return bad_code(one, e);
    b = a;
    if (high.n && !icd_parse(high, &b)) return bad_code(one, e);
    if (b.high < a.low) return bad_code(one, e);
    out[(*n)++] = (struct icd_range){a.low, b.high};
  }
  return *n ? E_OK : bad_code(text, e);
}

/* --- lists --- */
enum err_code cause_list_map(const struct cause_list *list, int64_t day, int16_t map[ICD_KEYS], struct err *e) {
  struct icd_range ranges[CAUSE_RANGES_MOST];
  int n;
  for (int k = 0; k < ICD_KEYS; k++) map[k] = -1;
  for (int g = 0; g < list->n; g++) {
    const struct cause_group *group = &list->groups[g];
    if (day < group->valid_from || day >= group->valid_to) continue;
    TRY(icd_ranges_parse(str_of(group->ranges), ranges, &n, e));
    for (int i = 0; i < n; i++)
      for (int k = ranges[i].low; k <= ranges[i].high; k++) {
        if (map[k] >= 0) {
          char text[64];
          snprintf(text, sizeof text, "%.20s, %.20s", list->groups[map[k]].code, group->code);
          return ERR(e, E_VITAL_LIST, .subject = text);
        }
        map[k] = (int16_t)g;
      }
  }
  return E_OK;
}
int cause_of(const int16_t map[ICD_KEYS], struct str icd) {
  struct icd_range r;
  if (!icd_parse(icd, &r)) return -1;
  const int group = map[r.low];
  for (int k = r.low; k <= r.high; k++)
    if (map[k] != group) return -1;
  return group;
}
enum err_code cause_list_check(struct arena *a, const struct cause_list *list, struct err *e) {
  int16_t *map = ARENA_ARRAY(a, int16_t, ICD_KEYS);
  if (!map) return ERR(e, E_NO_MEMORY, .subject = "cause list");
  for (int g = 0; g < list->n; g++) {
    if (list->groups[g].valid_to <= list->groups[g].valid_from) return ERR(e, E_VITAL_LIST, .subject = list->groups[g].code);
    TRY(cause_list_map(list, list->groups[g].valid_from, map, e));
  }
  return E_OK;
}
void cause_rank(const struct cause_list *list, const int64_t *deaths, int *rank) {
  for (int g = 0; g < list->n; g++) {
    rank[g] = 0;
    if (!list->groups[g].ranked || deaths[g] <= 0) continue;
    rank[g] = 1;
    for (int h = 0; h < list->n; h++) rank[g] += list->groups[h].ranked && deaths[h] > deaths[g];
  }
}

/* --- parents --- */
void cause_parent(const char code[6], char out[6]) {
  memcpy(out, code, 6);
  if (strcmp(code, "00000") == 0) out[0] = 0;
  else if (code[3] != '0' || code[4] != '0') out[3] = out[4] = '0';
  else if (code[2] != '0') out[2] = '0';
  else memcpy(out, "00000", 6);
}
static bool code_is(struct str s, const char *text) { return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0; }
int64_t cause_rollup_check(const struct cause_count *rows, int64_t n, bool partial, struct str *first_bad) {
  int64_t bad = 0;
  for (int64_t i = 0; i < n; i++) {
    int64_t sum = 0, children = 0;
    for (int64_t j = 0; j < n; j++) {
      char code[6] = "", parent[6];
      if (rows[j].code.n != 5 || j == i) continue;
      memcpy(code, rows[j].code.p, 5);
      cause_parent(code, parent);
      if (!code_is(rows[i].code, parent)) continue;
      children++;
      sum += rows[j].deaths;
    }
    if (!children || sum == rows[i].deaths || (partial && sum < rows[i].deaths)) continue;
    if (!bad++ && first_bad) *first_bad = rows[i].code;
  }
  return bad;
}

/* --- bridge --- */
enum err_code bridge_ratio(const struct bridge_cell *cells, int64_t n, int group, double z, struct comparability *out, struct err *e) {
  *out = (struct comparability){0};
  for (int64_t i = 0; i < n; i++) {
    if (cells[i].old_group == group) out->n_old += cells[i].deaths;
    if (cells[i].new_group == group) out->n_new += cells[i].deaths;
    if (cells[i].old_group == group && cells[i].new_group == group) out->n_both += cells[i].deaths;
  }
  char text[32];
  snprintf(text, sizeof text, "group %d", group);
  if (out->n_old <= 0 || out->n_new <= 0) return ERR(e, E_VITAL_BRIDGE, .subject = text);
  const double old = (double)out->n_old, new = (double)out->n_new, both = (double)out->n_both;
  out->ratio = new / old;
  out->se_log = sqrt(fmax(0, 1 / new + 1 / old - 2 * both / (new * old)));
  out->low = out->ratio * exp(-z * out->se_log), out->high = out->ratio * exp(z * out->se_log);
  return E_OK;
}
enum err_code bridge_convert(struct arena *a, const struct bridge_cell *cells, int64_t n, int groups, const double *old_series, double *out,
    struct err *e) {
  double *total = ARENA_ARRAY(a, double, groups + 1);
  if (!total) return ERR(e, E_NO_MEMORY, .subject = "bridge");
  for (int g = 0; g < groups; g++) out[g] = 0;
  for (int64_t i = 0; i < n; i++)
    if (cells[i].old_group >= 0 && cells[i].old_group < groups) total[cells[i].old_group] += (double)cells[i].deaths;
  for (int g = 0; g < groups; g++) {
    char text[32];
    snprintf(text, sizeof text, "group %d", g);
    if (old_series[g] > 0 && !(total[g] > 0)) return ERR(e, E_VITAL_BRIDGE, .subject = text);
  }
  for (int64_t i = 0; i < n; i++) {
    const struct bridge_cell *c = &cells[i];
    if (c->old_group < 0 || c->old_group >= groups || c->new_group < 0 || c->new_group >= groups || c->deaths == 0) continue;
    out[c->new_group] += old_series[c->old_group] * (double)c->deaths / total[c->old_group];
  }
  return E_OK;
}
