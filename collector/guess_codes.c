/* guess_codes.c -- which list of the library a column's values come from. A list whose codes prove themselves (check digit, letter and digits, fixed
 * width with leading zeros) is proposed on its content; a list of small numbers only when the heading speaks of it as well. */
#include <string.h>

#include "collector/guess_impl.h"
#include "collector/normalise.h"
#include "forms/code_structure.h"

enum { ACCEPT = 90, OFFER = 50, PERCENT = 100 };

/* own = percent of content at which the list is accepted without a word in the heading; 0 = never. */
static const struct list_rule {
  const char *list, *words;
  int own;
  size_t least; /* characters of a code that counts as evidence by itself */
} rules[] = {
    {"municipalities", "市区町村コード|市町村コード|団体コード|自治体コード|municipality", 90, 6},
    {"prefectures", "都道府県|県コード|府県|pref", 0, 2},
    {"icd10", "死因|傷病|疾病コード|icd", 95, 3},
    {"jsic_rev14", "産業|業種|jsic|industry", 0, 1},
    {"mls_industry", "産業|業種|industry", 0, 1},
    {"mls_size", "規模|size", 0, 1},
    {"mls_worker_form", "就業形態|形態", 0, 1},
    {"sex", "性別|男女|sex|gender", 0, 1},
    {"nationality", "国籍|nationality", 0, 1},
    {"marital_status", "配偶|marital", 0, 1},
    {"place_of_birth", "出生の場所|出生場所|出生したところの種別", 0, 1},
    {"place_of_death", "死亡の場所|死亡場所|死亡したところの種別", 0, 1},
    {"household_job", "世帯の主な仕事|世帯の仕事", 0, 1},
    {"attendant", "立会者|attendant", 0, 1},
};

enum err_code guess_lists_read(struct arena *a, const struct job *job, const char *forms, struct guess_lists *out, struct err *e) {
  out->n = 0;
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
    struct err problem = {.code = E_OK};
    enum err_code code = codelist_read_shared(a, job, forms, rules[i].list, &out->lists[out->n], &problem);
    if (code == E_CODELIST_NONE) continue; /* a library without this list: not compared */
    if (code) {
      if (e) *e = problem;
      return code;
    }
    out->n++;
  }
  return E_OK;
}

static const struct list_rule *rule_of(const char *name) {
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
    if (strcmp(rules[i].list, name) == 0) return &rules[i];
  return NULL;
}

static bool in_list(const struct codelist *l, struct str text) {
  const struct code *c = codelist_find(l, text, INT64_MIN);
  return c && c->status != VAL_INVALID;
}

static int64_t count_in(const struct guess_values *v, const struct codelist *l, int64_t *total, int64_t *distinct) {
  int64_t n = 0;
  *total = *distinct = 0;
  for (uint64_t i = 0; i <= v->mask; i++) {
    if (!v->slots[i].n) continue;
    *total += v->slots[i].n;
    bool found = in_list(l, str_trim(v->slots[i].text));
    n += found ? v->slots[i].n : 0;
    *distinct += found;
  }
  return n;
}

static void offer(struct guess_column *c, const struct list_rule *rule, const char *name, int percent, int64_t distinct) {
  bool heading = heading_has(c, rule->words);
  bool own = rule->own && percent >= rule->own && distinct >= 2 && c->width_min >= (int64_t)rule->least;
  if (percent >= ACCEPT && (heading || own) && percent > (c->list.name ? c->list.percent : 0)) {
    if (c->list.name) c->other = c->list;
    c->list = (struct guess_list){name, percent};
  } else if ((heading || rule->own) && percent >= OFFER && percent > (c->other.name ? c->other.percent : 0)) {
    c->other = (struct guess_list){name, percent};
  }
}

/* Check digits: six digits that fit, or fewer that do once zeros or the digit are back. */
static void prove_municipalities(const struct guess_values *v, struct guess_column *c) {
  int64_t total = 0, fits = 0, lost = 0;
  for (uint64_t i = 0; i <= v->mask; i++) {
    struct str t = str_trim(v->slots[i].text);
    char padded[6] = {'0'};
    if (!v->slots[i].n) continue;
    total += v->slots[i].n;
    fits += municipality_check_digit_valid(t) ? v->slots[i].n : 0;
    if (t.n == 5) {
      memcpy(padded + 1, t.p, 5);
      lost += municipality_check_digit_valid(str_view(padded, 6)) ? v->slots[i].n : 0;
    }
  }
  c->check_digit_percent = total ? (int)(fits * PERCENT / total) : 0;
  c->lost_zero_percent = total ? (int)(lost * PERCENT / total) : 0;
}

/* 1100 -> 01100 -> 011002: is that in the list? */
static bool short_code_in(const struct codelist *l, struct str t) {
  char six[6] = {'0'};
  if (t.n != 4 && t.n != 5) return false;
  memcpy(six + 5 - t.n, t.p, t.n);
  int digit = municipality_check_digit(str_view(six, 5));
  if (digit < 0) return false;
  six[5] = (char)('0' + digit);
  return in_list(l, str_view(six, 6));
}

static void count_short_codes(const struct guess_values *v, const struct codelist *l, struct guess_column *c) {
  int64_t total = 0, n = 0;
  if (strcmp(l->name, "municipalities") != 0) return;
  for (uint64_t i = 0; i <= v->mask; i++) {
    if (!v->slots[i].n) continue;
    total += v->slots[i].n;
    n += short_code_in(l, str_trim(v->slots[i].text)) ? v->slots[i].n : 0;
  }
  c->five_digit_percent = total ? (int)(n * PERCENT / total) : 0;
}

void guess_codes(const struct guess_values *v, const struct guess_lists *lists, struct guess_column *c) {
  if (!c->filled || !c->ascii || c->width_max > 16) return;
  prove_municipalities(v, c);
  for (int i = 0; i < lists->n; i++) {
    const struct codelist *l = lists->lists[i];
    const struct list_rule *rule = rule_of(l->name);
    count_short_codes(v, l, c);
    int64_t total, distinct, n = count_in(v, l, &total, &distinct);
    if (rule && total) offer(c, rule, rule->list, (int)(n * PERCENT / total), distinct);
  }
}
