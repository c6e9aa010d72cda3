/* expr_unit.c -- units as products of named factors: yen/person_hour, person*day. Equal only when the names and powers are equal; nothing is converted. */
#include "base/expr_impl.h"

static bool add_factor(struct expr_units *u, struct str name, int power) {
  int i = 0;
  while (i < u->n && str_cmp(u->factor[i].name, name) < 0) i++;
  if (i < u->n && str_eq(u->factor[i].name, name)) {
    u->factor[i].power += power;
    if (u->factor[i].power) return true;
    for (u->n--; i < u->n; i++) u->factor[i] = u->factor[i + 1];
    return true;
  }
  if (u->n == EXPR_UNIT_FACTORS) return false;
  for (int k = u->n++; k > i; k--) u->factor[k] = u->factor[k - 1];
  u->factor[i].name = name;
  u->factor[i].power = power;
  return true;
}

/* "a*b/c": what follows a slash divides, one factor at a time; "1/a" is allowed. */
bool expr_units_parse(struct str text, struct expr_units *out) {
  int sign = 1;
  size_t from = 0;
  *out = (struct expr_units){0};
  if (!text.n) return true;
  for (size_t i = 0; i <= text.n; i++) {
    if (i < text.n && text.p[i] != '*' && text.p[i] != '/') continue;
    struct str name = str_trim(str_view(text.p + from, i - from));
    if (!name.n) return false;
    if (!str_eq(name, STR("1")) && !add_factor(out, name, sign)) return false;
    sign = i < text.n && text.p[i] == '/' ? -1 : 1;
    from = i + 1;
  }
  return true;
}

bool expr_units_equal(const struct expr_units *a, const struct expr_units *b) {
  if (a->n != b->n) return false;
  for (int i = 0; i < a->n; i++)
    if (a->factor[i].power != b->factor[i].power || !str_eq(a->factor[i].name, b->factor[i].name)) return false;
  return true;
}

bool expr_units_product(const struct expr_units *a, const struct expr_units *b, int sign, struct expr_units *out) {
  struct expr_units product = *a;
  for (int i = 0; i < b->n; i++)
    if (!add_factor(&product, b->factor[i].name, sign * b->factor[i].power)) return false;
  *out = product;
  return true;
}

static void put_factor(struct strbuf *b, struct str name, int times, char separator) {
  for (int i = 0; i < times; i++) {
    if (b->n || separator == '/') strbuf_addc(b, separator);
    strbuf_add(b, name.p, name.n);
  }
}

const char *expr_units_text(struct arena *a, const struct expr_units *u) {
  struct strbuf b;
  strbuf_init(&b, 0);
  for (int i = 0; i < u->n; i++)
    if (u->factor[i].power > 0) put_factor(&b, u->factor[i].name, u->factor[i].power, '*');
  if (!b.n && u->n) strbuf_addc(&b, '1');
  for (int i = 0; i < u->n; i++)
    if (u->factor[i].power < 0) put_factor(&b, u->factor[i].name, -u->factor[i].power, '/');
  const char *text = b.failed ? NULL : arena_strdup(a, b.p ? b.p : "", b.n);
  strbuf_release(&b);
  return text ? text : "";
}
