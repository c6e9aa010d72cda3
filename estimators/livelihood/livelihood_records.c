#include "estimators/livelihood/livelihood_records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORK_FIRST = 1, WORK_LAST = 4, HEAD = 1, ADULT = 18, OLD = 65, MIDDLE_LAST = 63, OLDEST = 130, PERSONS_MOST = 99 };

const char *livelihood_form_name(enum livelihood_form f) {
  static const char *const names[] = {"household", "person", "income", "health", "stratum", "population", "care", "savings"};
  return names[f];
}
uint8_t livelihood_oecd(int32_t head_age, int32_t adults, int32_t children, int32_t workers, bool unknown_age) {
  if (unknown_age || head_age < ADULT || adults < 1) return LIVELIHOOD_OECD_OTHER;
  if (head_age >= OLD) {
    if (children > 0 && adults == 1) return LIVELIHOOD_OECD_OTHER; /* no class of the layout says whether it has children */
    if (adults == 1) return workers > 0 ? 11 : 12;
    return workers >= 2 ? 13 : workers == 1 ? 14 : 15;
  }
  if (adults == 1) return (uint8_t)((children > 0 ? 3 : 1) + (workers > 0 ? 0 : 1));
  return (uint8_t)((children > 0 ? 8 : 5) + (workers >= 2 ? 0 : workers == 1 ? 1 : 2));
}

/* --- keys --- */
static const struct {
  const char *name;
  int64_t most;
} key_part[] = {{"pref", 99}, {"district", 99999}, {"unit_area", 99}, {"household_no", 9999}};
enum { KEY_PARTS = 4 };

static enum err_code read_keys(struct arena *a, const struct survey_columns *c, int64_t **out, struct err *e) {
  int64_t *key = ARENA_ARRAY(a, int64_t, c->n + 1);
  if (!key) return ERR(e, E_NO_MEMORY, .subject = "keys");
  for (int k = 0; k < KEY_PARTS; k++) {
    struct arena_mark mark = arena_mark(a);
    struct livelihood_whole part;
    TRY(livelihood_column(a, c, key_part[k].name, true, 0, &part, e));
    for (int64_t i = 0; i < c->n; i++) {
      if (!part.known[i] || part.value[i] < 0 || part.value[i] > key_part[k].most)
        return ERR(e, E_LIVELIHOOD_VALUE, .file = c->place, .line = i + 1, .subject = key_part[k].name, .expected = "a number of the key");
      key[i] = key[i] * (key_part[k].most + 1) + part.value[i];
    }
    arena_reset(a, mark);
  }
  *out = key;
  return E_OK;
}
struct keyed {
  int64_t key, row;
};
static int by_key(const void *x, const void *y) {
  const struct keyed *a = x, *b = y;
  if (a->key != b->key) return a->key < b->key ? -1 : 1;
  return a->row < b->row ? -1 : a->row > b->row;
}
static int64_t find(const struct livelihood_records *r, int64_t key) {
  int64_t low = 0, high = r->n;
  while (low < high) {
    const int64_t mid = low + (high - low) / 2;
    if (r->key[mid] < key) low = mid + 1;
    else high = mid;
  }
  return low < r->n && r->key[low] == key ? low : -1;
}

/* --- households --- */
static enum err_code order_households(struct arena *a, const struct survey_columns *c, struct livelihood_records *r, struct err *e) {
  int64_t *key;
  TRY(read_keys(a, c, &key, e));
  struct keyed *list = ARENA_ARRAY(a, struct keyed, c->n + 1);
  r->n = c->n;
  r->key = ARENA_ARRAY(a, int64_t, r->n + 1), r->row = ARENA_ARRAY(a, int64_t, r->n + 1);
  if (!list || !r->key || !r->row) return ERR(e, E_NO_MEMORY, .subject = "households");
  for (int64_t i = 0; i < r->n; i++) list[i] = (struct keyed){key[i], i};
  qsort(list, (size_t)r->n, sizeof *list, by_key);
  for (int64_t i = 0; i < r->n; i++) {
    r->key[i] = list[i].key, r->row[i] = list[i].row;
    if (i > 0 && r->key[i] == r->key[i - 1])
      return ERR(e, E_LIVELIHOOD_TWICE, .file = c->place, .line = r->row[i] + 1, .subject = livelihood_form_name(LIVELIHOOD_HOUSEHOLD));
  }
  return E_OK;
}
/* Labels of what the leading parts of the key say: households are in its order. */
static int32_t label_places(const struct livelihood_records *r, int64_t divisor, int32_t *out) {
  int32_t n = 0;
  for (int64_t i = 0; i < r->n; i++) {
    if (i == 0 || r->key[i] / divisor != r->key[i - 1] / divisor) n++;
    out[i] = n - 1;
  }
  return n;
}
static int by_value(const void *x, const void *y) {
  const int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
  return a < b ? -1 : a > b;
}
static enum err_code label_areas(struct arena *a, const struct survey_columns *c, struct livelihood_records *r, struct err *e) {
  struct livelihood_whole area;
  TRY(livelihood_column(a, c, "area", true, 0, &area, e));
  int64_t *code = ARENA_ARRAY(a, int64_t, r->n + 1);
  if (!code) return ERR(e, E_NO_MEMORY, .subject = "areas");
  for (int64_t i = 0; i < r->n; i++) {
    if (!area.known[r->row[i]])
      return ERR(e, E_LIVELIHOOD_VALUE, .file = c->place, .line = r->row[i] + 1, .subject = "area", .expected = "the code of its stratum");
    code[i] = area.value[r->row[i]];
  }
  qsort(code, (size_t)r->n, sizeof *code, by_value);
  for (int64_t i = 0; i < r->n; i++)
    if (i == 0 || code[i] != code[r->n_areas - 1]) code[r->n_areas++] = code[i];
  for (int64_t i = 0; i < r->n; i++) {
    const int64_t *at = bsearch(&area.value[r->row[i]], code, (size_t)r->n_areas, sizeof *code, by_value);
    r->area[i] = (int32_t)(at - code);
    if (i > 0 && r->district[i] == r->district[i - 1] && r->area[i] != r->area[i - 1])
      return ERR(e, E_LIVELIHOOD_VALUE, .file = c->place, .line = r->row[i] + 1, .subject = "area", .expected = "the same in a whole district");
  }
  r->area_code = code;
  return E_OK;
}
static enum err_code household_items(struct arena *a, const struct survey_columns *c, struct livelihood_records *r, struct err *e) {
  struct livelihood_whole members, type, structure, selected;
  TRY(livelihood_column(a, c, "members", true, 0, &members, e));
  TRY(livelihood_column(a, c, "household_type", false, 0, &type, e));
  TRY(livelihood_column(a, c, "structure", false, 0, &structure, e));
  TRY(livelihood_column(a, c, "income_selected", false, 0, &selected, e));
  for (int64_t i = 0; i < r->n; i++) {
    const int64_t k = r->row[i];
    if (!members.known[k] || members.value[k] < 1 || members.value[k] > 99)
      return ERR(e, E_LIVELIHOOD_VALUE, .file = c->place, .line = k + 1, .subject = "members", .expected = "1 to 99 persons");
    r->members[i] = (int32_t)members.value[k];
    r->type[i] = type.known[k] && type.value[k] >= 1 && type.value[k] <= 4 ? (uint8_t)type.value[k] : 0;
    r->structure[i] = structure.known[k] && structure.value[k] >= 1 && structure.value[k] <= 7 ? (uint8_t)structure.value[k] : 0;
    r->income_selected[i] = selected.known[k] && selected.value[k] == 1;
    r->selection_known[i] = selected.known[k] && (selected.value[k] == 0 || selected.value[k] == 1);
  }
  return E_OK;
}
static enum err_code new_households(struct arena *a, const struct survey_columns *c, struct livelihood_records *r, struct err *e) {
  int32_t **numbers[] = {&r->area, &r->district, &r->unit, &r->members, &r->children, &r->adults, &r->workers, &r->head_age,
      &r->middle, &r->persons, &r->heads, &r->healths};
  uint8_t **bytes[] = {&r->oecd, &r->unknown_age, &r->type, &r->structure, &r->income_selected,
      &r->selection_known};
  TRY(order_households(a, c, r, e));
  if (r->n == 0) return ERR(e, E_LIVELIHOOD_SOURCE, .subject = "livelihood", .expected = "households");
  for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
    if (!(*numbers[k] = ARENA_ARRAY(a, int32_t, r->n + 1))) return ERR(e, E_NO_MEMORY, .subject = "households");
  for (size_t k = 0; k < sizeof bytes / sizeof *bytes; k++)
    if (!(*bytes[k] = ARENA_ARRAY(a, uint8_t, r->n + 1))) return ERR(e, E_NO_MEMORY, .subject = "households");
  r->n_units = label_places(r, key_part[3].most + 1, r->unit);
  r->n_districts = label_places(r, (key_part[3].most + 1) * (key_part[2].most + 1), r->district);
  TRY(label_areas(a, c, r, e));
  return household_items(a, c, r, e);
}

/* --- persons and other forms --- */
static enum err_code household_of(struct arena *a, const struct survey_columns *c, struct livelihood_records *r, enum livelihood_form form,
    int64_t **out, struct err *e) {
  int64_t *key;
  TRY(read_keys(a, c, &key, e));
  r->link[form].records = c->n;
  for (int64_t i = 0; i < c->n; i++) {
    key[i] = find(r, key[i]);
    r->link[form].linked += key[i] >= 0;
  }
  *out = key;
  return E_OK;
}
/* The first row whose household and person number another row before it has; rows in order of their keys, as files mostly are, need no sort. */
static enum err_code find_twice(struct arena *a, const struct survey_columns *c, const int64_t *household, int64_t *twice, struct err *e) {
  const struct arena_mark mark = arena_mark(a);
  struct livelihood_whole no;
  bool in_order = true;
  TRY(livelihood_column(a, c, "person_no", true, 0, &no, e));
  struct keyed *list = ARENA_ARRAY(a, struct keyed, c->n + 1);
  if (!list) return ERR(e, E_NO_MEMORY, .subject = "persons");
  for (int64_t i = 0; i < c->n; i++) {
    if (!no.known[i] || no.value[i] < 1 || no.value[i] > PERSONS_MOST)
      return ERR(e, E_LIVELIHOOD_VALUE, .file = c->place, .line = i + 1, .subject = "person_no", .expected = "1 - 99");
    /* a record without a household is no one's double: it has a key of its own below 0 */
    list[i] = (struct keyed){household[i] < 0 ? -1 - i : household[i] * (PERSONS_MOST + 1) + no.value[i], i};
    in_order = in_order && (i == 0 || list[i].key > list[i - 1].key);
  }
  if (!in_order) qsort(list, (size_t)c->n, sizeof *list, by_key);
  for (int64_t i = 1; i < c->n; i++)
    if (list[i].key == list[i - 1].key && (*twice < 0 || list[i].row < *twice)) *twice = list[i].row;
  arena_reset(a, mark);
  return E_OK;
}
static enum err_code join_health(struct arena *a, const struct survey_columns *c, struct livelihood_records *r, struct err *e) {
  TRY(household_of(a, c, r, LIVELIHOOD_HEALTH, &r->household_of_health, e));
  r->has_health = true;
  for (int64_t i = 0; i < c->n; i++)
    if (r->household_of_health[i] >= 0) r->healths[r->household_of_health[i]]++;
  return find_twice(a, c, r->household_of_health, &r->twice[LIVELIHOOD_HEALTH], e);
}
static enum err_code join_persons(struct arena *a, const struct survey_columns *c, struct livelihood_records *r, struct err *e) {
  struct livelihood_whole age, relation, work;
  TRY(household_of(a, c, r, LIVELIHOOD_PERSON, &r->household_of_person, e));
  TRY(livelihood_column(a, c, "age", true, 0, &age, e));
  TRY(livelihood_column(a, c, "relation", true, 0, &relation, e));
  TRY(livelihood_column(a, c, "work", false, 0, &work, e));
  TRY(find_twice(a, c, r->household_of_person, &r->twice[LIVELIHOOD_PERSON], e));
  r->n_persons = c->n, r->has_persons = true;
  for (int64_t i = 0; i < c->n; i++) {
    const int64_t h = r->household_of_person[i];
    if (age.known[i] && (age.value[i] < 0 || age.value[i] > OLDEST))
      return ERR(e, E_LIVELIHOOD_VALUE, .file = c->place, .line = i + 1, .subject = "age", .expected = "0 - 130");
    if (h < 0) continue;
    r->persons[h]++;
    if (!age.known[i]) r->unknown_age[h] = 1;
    else if (age.value[i] >= ADULT) r->adults[h]++;
    else r->children[h]++;
    r->middle[h] += age.known[i] && age.value[i] >= ADULT && age.value[i] <= MIDDLE_LAST;
    r->workers[h] += work.known[i] && work.value[i] >= WORK_FIRST && work.value[i] <= WORK_LAST;
    if (!relation.known[i] || relation.value[i] != HEAD) continue;
    r->heads[h]++;
    if (age.known[i]) r->head_age[h] = (int32_t)age.value[i];
  }
  for (int64_t h = 0; h < r->n; h++) r->n_without_person += !r->persons[h];
  return E_OK;
}
static enum err_code join_income(struct arena *a, const struct survey_columns *c, struct livelihood_records *r, struct err *e) {
  int64_t *household;
  TRY(household_of(a, c, r, LIVELIHOOD_INCOME, &household, e));
  for (int64_t i = 0; i < c->n; i++) {
    if (household[i] < 0) continue;
    if (r->income_row[household[i]] >= 0)
      return ERR(e, E_LIVELIHOOD_TWICE, .file = c->place, .line = i + 1, .subject = livelihood_form_name(LIVELIHOOD_INCOME));
    r->income_row[household[i]] = i;
  }
  return E_OK;
}
enum err_code livelihood_records_join(struct arena *a, const struct livelihood_source *s, struct livelihood_records *r, struct err *e) {
  *r = (struct livelihood_records){0};
  if (!s->form[LIVELIHOOD_HOUSEHOLD]) return ERR(e, E_LIVELIHOOD_SOURCE, .subject = "livelihood", .expected = "household");
  TRY(new_households(a, s->form[LIVELIHOOD_HOUSEHOLD], r, e));
  if (!(r->income_row = ARENA_ARRAY(a, int64_t, r->n + 1))) return ERR(e, E_NO_MEMORY, .subject = "households");
  for (int64_t i = 0; i < r->n; i++) r->income_row[i] = -1, r->head_age[i] = -1;
  for (int f = 0; f < LIVELIHOOD_FORMS; f++) r->twice[f] = -1;
  r->link[LIVELIHOOD_HOUSEHOLD] = (struct livelihood_link){r->n, r->n};
  if (s->form[LIVELIHOOD_PERSON]) TRY(join_persons(a, s->form[LIVELIHOOD_PERSON], r, e));
  if (s->form[LIVELIHOOD_INCOME]) TRY(join_income(a, s->form[LIVELIHOOD_INCOME], r, e));
  if (s->form[LIVELIHOOD_HEALTH]) TRY(join_health(a, s->form[LIVELIHOOD_HEALTH], r, e));
  for (int f = LIVELIHOOD_CARE; f <= LIVELIHOOD_SAVINGS; f++) {
    int64_t *household; /* only counted */
    if (s->form[f]) TRY(household_of(a, s->form[f], r, (enum livelihood_form)f, &household, e));
  }
  for (int64_t i = 0; i < r->n; i++)
    r->oecd[i] = livelihood_oecd(r->head_age[i], r->adults[i], r->children[i], r->workers[i], r->unknown_age[i]);
  return E_OK;
}
enum err_code livelihood_linked(const struct livelihood_records *r, struct err *e) {
  static const enum livelihood_form forms[] = {LIVELIHOOD_PERSON, LIVELIHOOD_INCOME, LIVELIHOOD_HEALTH};
  for (int k = 0; k < 3; k++) {
    const struct livelihood_link *l = &r->link[forms[k]];
    char found[64];
    snprintf(found, sizeof found, "%lld / %lld", (long long)(l->records - l->linked), (long long)l->records);
    if (l->linked != l->records) return ERR(e, E_LIVELIHOOD_LINK, .subject = livelihood_form_name(forms[k]), .found = found);
  }
  return E_OK;
}
