/* sdmx_dsd.c -- the structure message: everything that the CSV refers to stands in it. It holds no time of its making; <Prepared> is the last
 * day of the table's period, so that the same tables give the same bytes. */
#include <stdio.h>
#include <string.h>

#include "base/xml_out.h"
#include "secure-store/bundle/bundle_time.h"
#include "secure-store/bundle/sdmx.h"

#define SCHEMA "http://www.sdmx.org/resources/sdmxml/schemas/v3_0/"
#define MODEL "urn:sdmx:org.sdmx.infomodel."
#define VERSION "1.0.0"

struct message {
  struct arena *a;
  const struct bundle_source *s;
  const struct sdmx_structure *x;
  struct strbuf b;
};

static void name(struct message *m, struct str ja, struct str en) {
  xml_put_element(&m->b, "<com:Name xml:lang=\"en\">", en.n ? en : ja, "</com:Name>");
  xml_put_element(&m->b, "<com:Name xml:lang=\"ja\">", ja.n ? ja : en, "</com:Name>");
}
static void maintainable(struct message *m, const char *element, const char *class, const char *id) {
  strbuf_addf(&m->b,
      "<str:%s urn=\"" MODEL "%s=%s:%s(" VERSION ")\" isExternalReference=\"false\" agencyID=\"%s\" id=\"%s\" version=\"" VERSION "\">", element,
      class, m->x->agency, id, m->x->agency, id);
}

/* --- codelists --- */
static void code(struct message *m, const char *list, struct str id, struct str ja, struct str en, struct str parent) {
  const char *safe = sdmx_code_id(m->a, id);
  if (!safe) {
    m->b.failed = true;
    return;
  }
  strbuf_addf(&m->b, "<str:Code urn=\"" MODEL "codelist.Code=%s:%s(" VERSION ").%s\" id=\"%s\">", m->x->agency, list, safe, safe);
  name(m, ja, en);
  const char *above = parent.n ? sdmx_code_id(m->a, parent) : "";
  if (!above) m->b.failed = true;
  if (parent.n) xml_put_element(&m->b, "<str:Parent>", str_of(above), "</str:Parent>");
  strbuf_adds(&m->b, "</str:Code>\n");
}
static const char *list_of(struct message *m, const struct sdmx_component *c) {
  const char *id = arena_printf(m->a, "CL_%s_%s", m->x->dsd + 4, c->id);
  if (!id) m->b.failed = true;
  return id ? id : "";
}
static void open_list(struct message *m, const struct sdmx_component *c) {
  maintainable(m, "Codelist", "codelist.Codelist", list_of(m, c));
  name(m, str_of(c->ja), str_of(c->en));
  strbuf_addc(&m->b, '\n');
}

/* Codes of the SDMX cross-domain lists that are used here. */
struct known {
  const char *list, *code, *ja, *en;
};
static const struct known known_codes[] = {{"FREQ", "A", "年", "annual"}, {"FREQ", "Q", "四半期", "quarterly"}, {"FREQ", "M", "月", "monthly"},
    {"FREQ", "_Z", "該当なし", "not applicable"}, {"OBS_STATUS", "A", "通常の値", "normal value"},
    {"OBS_STATUS", "M", "値なし（存在しない）", "missing value; data cannot exist"}, {"OBS_STATUS", "O", "値なし", "missing value"},
    {"OBS_STATUS", "Q", "値なし（秘匿）", "missing value; suppressed"}, {"OBS_STATUS", "U", "信頼性が低い（表章しない）", "low reliability"},
    {"CONF_STATUS", "F", "公表", "free"}, {"CONF_STATUS", "C", "秘匿", "confidential statistical information"},
    {"CONF_STATUS", "D", "秘匿（二次）", "secondary confidentiality set by the sender"},
    {"CONF_STATUS", "N", "公表しない", "not for publication, restricted for internal use only"}};

static void known_list(struct message *m, const struct sdmx_component *c) {
  open_list(m, c);
  for (size_t i = 0; i < sizeof known_codes / sizeof *known_codes; i++) {
    const struct known *k = &known_codes[i];
    if (!strcmp(k->list, c->id)) code(m, list_of(m, c), str_of(k->code), str_of(k->ja), str_of(k->en), STR(""));
  }
  for (int d = 0; d <= 15 && (!strcmp(c->id, "DECIMALS") || !strcmp(c->id, "UNIT_MULT")); d++) {
    char digits[8];
    snprintf(digits, sizeof digits, "%d", d);
    const struct str n = str_of(digits);
    code(m, list_of(m, c), n, n, n, STR(""));
  }
  strbuf_adds(&m->b, "</str:Codelist>\n");
}
/* A parent counts only when it is a code of the same list. */
static void own_list(struct message *m, const struct sdmx_component *c) {
  struct str before = STR("");
  open_list(m, c);
  for (int64_t i = 0; i < m->s->n_codes; i++) {
    const struct bundle_code *k = &m->s->codes[i];
    struct str id = k->code, base;
    int multiplier;
    if (!str_eq(k->column, c->column)) continue;
    if (!strcmp(c->id, "UNIT_MEASURE")) {
      sdmx_unit(id, &base, &multiplier);
      if (multiplier) continue; /* its base stands in the list of its own */
    }
    if (str_eq(before, id)) continue;
    before = id;
    code(m, list_of(m, c), id, k->ja, k->en, k->parent.n && bundle_code_find(m->s, c->column, k->parent) ? k->parent : STR(""));
  }
  strbuf_adds(&m->b, "</str:Codelist>\n");
}

/* --- concepts --- */
static void concepts(struct message *m) {
  strbuf_adds(&m->b, "<str:ConceptSchemes>");
  maintainable(m, "ConceptScheme", "conceptscheme.ConceptScheme", m->x->concepts);
  name(m, bundle_title(m->s, "title_ja"), bundle_title(m->s, "title_en"));
  strbuf_addc(&m->b, '\n');
  for (int k = 0; k < m->x->n; k++) {
    const struct sdmx_component *c = &m->x->component[k];
    strbuf_addf(&m->b, "<str:Concept urn=\"" MODEL "conceptscheme.Concept=%s:%s(" VERSION ").%s\" id=\"%s\">", m->x->agency, m->x->concepts,
        c->id, c->id);
    name(m, str_of(c->ja), str_of(c->en));
    strbuf_adds(&m->b, "</str:Concept>\n");
  }
  strbuf_adds(&m->b, "</str:ConceptScheme></str:ConceptSchemes>\n");
}

/* --- data structure definition --- */
static void component(struct message *m, const struct sdmx_component *c, const char *element, const char *class, const char *more) {
  strbuf_addf(&m->b, "<str:%s urn=\"" MODEL "datastructure.%s=%s:%s(" VERSION ").%s\" id=\"%s\"%s>", element, class, m->x->agency, m->x->dsd,
      c->id, c->id, more);
  strbuf_addf(&m->b, "<str:ConceptIdentity>" MODEL "conceptscheme.Concept=%s:%s(" VERSION ").%s</str:ConceptIdentity>", m->x->agency,
      m->x->concepts, c->id);
  if (c->coded)
    strbuf_addf(&m->b,
        "<str:LocalRepresentation><str:Enumeration>" MODEL "codelist.Codelist=%s:%s(" VERSION ")</str:Enumeration></str:LocalRepresentation>",
        m->x->agency, list_of(m, c));
  else if (c->role == SDMX_TIME)
    strbuf_adds(&m->b, "<str:LocalRepresentation><str:TextFormat textType=\"ObservationalTimePeriod\"/></str:LocalRepresentation>");
  else
    strbuf_addf(
        &m->b, "<str:LocalRepresentation><str:TextFormat textType=\"%s\"/></str:LocalRepresentation>", c->figure >= 0 ? "Double" : "MonthDay");
}
static void descriptor(struct message *m, const char *element, const char *class) {
  strbuf_addf(&m->b, "<str:%s urn=\"" MODEL "datastructure.%s=%s:%s(" VERSION ").%s\" id=\"%s\">\n", element, class, m->x->agency, m->x->dsd,
      class, class);
}
static void dimensions(struct message *m) {
  descriptor(m, "DimensionList", "DimensionDescriptor");
  for (int k = 0, position = 1; k < m->x->n; k++) {
    const struct sdmx_component *c = &m->x->component[k];
    char more[32];
    snprintf(more, sizeof more, " position=\"%d\"", position);
    if (c->role == SDMX_DIMENSION) component(m, c, "Dimension", "Dimension", more), strbuf_adds(&m->b, "</str:Dimension>\n"), position++;
    if (c->role == SDMX_TIME) component(m, c, "TimeDimension", "TimeDimension", ""), strbuf_adds(&m->b, "</str:TimeDimension>\n");
  }
  strbuf_adds(&m->b, "</str:DimensionList>\n");
}
static bool is_of_measure(const struct sdmx_component *c) {
  return !strcmp(c->id, "UNIT_MEASURE") || !strcmp(c->id, "UNIT_MULT") || !strcmp(c->id, "DECIMALS");
}
static void attributes(struct message *m) {
  descriptor(m, "AttributeList", "AttributeDescriptor");
  for (int k = 0; k < m->x->n; k++) {
    const struct sdmx_component *c = &m->x->component[k];
    if (c->role != SDMX_ATTRIBUTE) continue;
    component(m, c, "Attribute", "DataAttribute", c->mandatory ? " usage=\"mandatory\"" : " usage=\"optional\"");
    strbuf_addf(&m->b, "<str:AttributeRelationship>%s</str:AttributeRelationship></str:Attribute>\n",
        is_of_measure(c) ? "<str:Dimension>MEASURE</str:Dimension>" : "<str:Observation/>");
  }
  strbuf_adds(&m->b, "</str:AttributeList>\n");
}
static void measures(struct message *m) {
  descriptor(m, "MeasureList", "MeasureDescriptor");
  for (int k = 0; k < m->x->n; k++)
    if (m->x->component[k].role == SDMX_VALUE)
      component(m, &m->x->component[k], "Measure", "Measure", " usage=\"optional\""), strbuf_adds(&m->b, "</str:Measure>\n");
  strbuf_adds(&m->b, "</str:MeasureList>\n");
}

/* --- the message --- */
static void header(struct message *m) {
  struct period p;
  char day[11] = "1970-01-01";
  if (m->s->table.n_rows && period_parse(bundle_cell(m->s, 0, LONG_PERIOD), &p)) date_format_iso(period_last_day(&p), day);
  strbuf_addf(&m->b,
      "<mes:Header><mes:ID>%s</mes:ID><mes:Test>false</mes:Test><mes:Prepared>%sT00:00:00Z</mes:Prepared><mes:Sender id=\"%s\"/></mes:Header>\n",
      m->x->dsd, day, m->x->agency);
}
static void message(struct message *m) {
  strbuf_adds(&m->b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<mes:Structure xmlns:mes=\"" SCHEMA "message\" xmlns:str=\"" SCHEMA
                     "structure\" xmlns:com=\"" SCHEMA "common\">\n");
  header(m);
  strbuf_adds(&m->b, "<mes:Structures>\n<str:Codelists>\n");
  for (int k = 0; k < m->x->n; k++)
    if (m->x->component[k].coded) {
      if (m->x->component[k].column.n) own_list(m, &m->x->component[k]);
      else known_list(m, &m->x->component[k]);
    }
  strbuf_adds(&m->b, "</str:Codelists>\n");
  concepts(m);
  strbuf_adds(&m->b, "<str:DataStructures>");
  maintainable(m, "DataStructure", "datastructure.DataStructure", m->x->dsd);
  name(m, bundle_title(m->s, "title_ja"), bundle_title(m->s, "title_en"));
  strbuf_adds(&m->b, "<str:DataStructureComponents>\n");
  dimensions(m);
  attributes(m);
  measures(m);
  strbuf_adds(&m->b, "</str:DataStructureComponents></str:DataStructure></str:DataStructures>\n<str:Dataflows>");
  maintainable(m, "Dataflow", "datastructure.Dataflow", m->x->flow);
  name(m, bundle_title(m->s, "title_ja"), bundle_title(m->s, "title_en"));
  strbuf_addf(&m->b, "<str:Structure>" MODEL "datastructure.DataStructure=%s:%s(" VERSION ")</str:Structure></str:Dataflow></str:Dataflows>\n",
      m->x->agency, m->x->dsd);
  strbuf_adds(&m->b, "</mes:Structures>\n</mes:Structure>\n");
}

enum err_code sdmx_dsd(struct arena *a, const struct bundle_source *s, struct str *out, struct err *e) {
  struct sdmx_structure *x = ARENA_NEW(a, struct sdmx_structure);
  if (!x) return ERR(e, E_NO_MEMORY, .subject = s->id);
  TRY(sdmx_structure_of(a, s, x, e));
  struct message m = {.a = a, .s = s, .x = x};
  strbuf_init(&m.b, 0);
  message(&m);
  const char *copy = m.b.failed ? NULL : arena_strdup(a, m.b.p, m.b.n);
  *out = str_view(copy, copy ? m.b.n : 0);
  strbuf_release(&m.b);
  return copy ? E_OK : ERR(e, E_NO_MEMORY, .subject = s->id);
}
