#include "processing/unit/item_metrics.h"

static void one(struct tally *t, int64_t weight) {
  t->n++;
  t->weighted += weight;
}

static bool value(struct tally *t, int64_t x, int64_t weight) {
  t->n += x;
  return !__builtin_add_overflow(t->weighted, (sum_int)x * weight, &t->weighted);
}

/* Imputed by name, or filled in by any other step where nothing was. */
static bool put_in(const struct item_cell *c) {
  return value_present(c->status) && (c->status == VAL_IMPUTED || !value_present(c->raw_status));
}

static bool add_values(struct item_metrics *t, const struct item_cell *c, int64_t weight) {
  const bool there = value_present(c->status), was = value_present(c->raw_status);
  bool good = true;
  if (was) good = value(&t->raw_total, c->raw, weight);
  if (there) good = good && value(&t->total, c->now, weight);
  if (put_in(c)) good = good && value(&t->imputed_total, c->now, weight);
  if (there && t->by && c->method >= 0) good = good && value(&t->by[c->method].value, c->now, weight);
  if (c->differs) {
    const sum_int change = (sum_int)c->now - c->raw, size = change < 0 ? -change : change;
    t->change.n += size;
    good = good && !__builtin_add_overflow(t->change.weighted, size * weight, &t->change.weighted);
  }
  return good;
}

bool item_metrics_add(struct item_metrics *t, const struct item_cell *c, int64_t weight) {
  const bool there = value_present(c->status), was = value_present(c->raw_status);
  if (was && !there) one(&t->cancelled, weight);
  if (c->number && !add_values(t, c, weight)) return false;
  if (c->status == VAL_NOT_APPLICABLE) return true;
  one(&t->eligible, weight);
  if (was) one(&t->answered, weight);
  if (!there) one(&t->left_missing, weight);
  if (put_in(c)) one(&t->imputed, weight);
  if (there && !was) one(&t->net_imputed, weight);
  if (c->differs) one(&t->modified, weight);
  if (there && t->by && c->method >= 0) one(&t->by[c->method].cells, weight);
  return true;
}

static void merge(struct tally *into, const struct tally *from) {
  into->n += from->n;
  into->weighted += from->weighted;
}

void item_metrics_merge_counts(struct item_metrics *into, const struct item_metrics *from) {
  merge(&into->eligible, &from->eligible);
  merge(&into->answered, &from->answered);
  merge(&into->imputed, &from->imputed);
  merge(&into->net_imputed, &from->net_imputed);
  merge(&into->modified, &from->modified);
  merge(&into->cancelled, &from->cancelled);
  merge(&into->left_missing, &from->left_missing);
}

static bool merge_values(struct tally *into, const struct tally *from) {
  into->n += from->n;
  return !__builtin_add_overflow(into->weighted, from->weighted, &into->weighted);
}

bool item_metrics_merge(struct item_metrics *into, const struct item_metrics *from, int n_methods) {
  item_metrics_merge_counts(into, from);
  bool good = merge_values(&into->change, &from->change) && merge_values(&into->raw_total, &from->raw_total) &&
              merge_values(&into->total, &from->total) && merge_values(&into->imputed_total, &from->imputed_total);
  for (int m = 0; m < n_methods && into->by && from->by; m++) {
    merge(&into->by[m].cells, &from->by[m].cells);
    good = good && merge_values(&into->by[m].value, &from->by[m].value);
  }
  return good;
}
