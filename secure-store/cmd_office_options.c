/* cmd_office_options.c -- see cmd_office_options.h. */
#include "secure-store/cmd_office_options.h"

#include <stdio.h>
#include <string.h>

#include "forms/code_structure.h"

static enum err_code take_code(struct cli *c, struct office *o, struct err *e) {
  const char *code = cli_text(c, "code"), *name = cli_text(c, "name");
  if (!office_type_parse(str_of(cli_text(c, "type")), &o->type)) return ERR(e, E_STORE_CARD, .subject = cli_text(c, "type"));
  bool public_code = o->type == OFFICE_MUNICIPALITY || o->type == OFFICE_PREFECTURE;
  bool holds = strlen(code) < sizeof o->code && (!public_code || municipality_check_digit_valid(str_of(code)));
  if (!holds) return ERR(e, E_STORE_CODE, .subject = code,
                         .expected = public_code ? "six digits, the last one a check digit" : "at most 15 letters, digits, hyphens");
  if (strlen(name) >= sizeof o->name_ja) return ERR(e, E_STORE_CARD, .subject = "--name", .expected = "at most 95 bytes");
  snprintf(o->code, sizeof o->code, "%s", code);
  snprintf(o->name_ja, sizeof o->name_ja, "%s", name);
  return E_OK;
}

static enum err_code take_parent(struct cli *c, struct office *o, struct err *e) {
  struct office parent;
  const char *file = cli_text(c, "parent");
  if (!file) return E_OK;
  TRY(office_card_read(file, &parent, e));
  memcpy(o->parent_id, parent.id, sizeof o->parent_id);
  memcpy(o->parent_age, parent.age_recipient, sizeof o->parent_age);
  memcpy(o->parent_minisign, parent.minisign_public, sizeof o->parent_minisign);
  return E_OK;
}

enum err_code office_options_take(struct cli *c, struct office *o, struct err *e) {
  TRY(take_code(c, o, e));
  return take_parent(c, o, e);
}
