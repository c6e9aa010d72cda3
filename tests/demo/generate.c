/* generate.c -- writes what offices and establishments send in, with known truth; the same bytes for the same seed. generate [--small] [--seed N]
 *    FOLDER
 * Folder   offices.csv (id,type,code,name,parent; parents first), roster.csv, slips.csv, planted.txt, the files under vital/ and mls/, truth.csv
 *          (part,place,row,item,kind,value). */
#include <sys/stat.h>

#include "tests/demo/demo_mls.h"

static void write_offices(const struct demo_world *w, bool small) {
  struct strbuf offices, roster;
  strbuf_init(&offices, 0);
  strbuf_init(&roster, 0);
  strbuf_adds(&offices, "id,type,code,name,parent\nministry-mhlw,ministry,mhlw,厚生労働省,\n");
  strbuf_adds(&roster, "office,name,parent,survey,forms,since,until\n");
  for (int p = 0; p < (small ? 1 : DEMO_PREFECTURES); p++) {
    const struct demo_prefecture *q = &demo_prefectures[p];
    strbuf_addf(&offices, "prefecture-%s,prefecture,%s,%s,ministry-mhlw\n", q->code, q->code, q->name);
    strbuf_addf(&roster, "prefecture-%s,%s,ministry-mhlw,mls,establishment,,\n", q->code, q->name);
  }
  const char *last = "";
  for (int i = 0; i < w->n_municipalities; i++) {
    const struct demo_municipality *m = &demo_municipalities[i];
    if (strcmp(m->centre, last))
      strbuf_addf(&offices, "health_centre-%s,health_centre,%s,保健所%s,prefecture-%s\n", m->centre, m->centre, m->centre,
          demo_prefectures[m->code[0] == '3'].code);
    last = m->centre;
    strbuf_addf(&offices, "municipality-%s,municipality,%s,%s,health_centre-%s\n", m->code, m->code, m->name, m->centre);
    strbuf_addf(&roster, "municipality-%s,%s,health_centre-%s,vital,birth;death,,\n", m->code, m->name, m->centre);
  }
  demo_write(w->folder, "offices.csv", &offices, DEMO_UTF8, false);
  demo_write(w->folder, "roster.csv", &roster, DEMO_UTF8, false);
  strbuf_release(&offices);
  strbuf_release(&roster);
}

static void write_planted(const struct demo_world *w) {
  struct strbuf b;
  strbuf_init(&b, 0);
  strbuf_adds(&b, "int:" DEMO_PLANTED_NUMBER "\n" DEMO_PLANTED_BUSINESS "\n" DEMO_PLANTED_REMARK "\n");
  demo_write(w->folder, "planted.txt", &b, DEMO_UTF8, false);
  strbuf_release(&b);
}

static void make_folder(const char *folder, const char *under) {
  char path[DEMO_PATH];
  snprintf(path, sizeof path, "%.4000s/%s", folder, under);
  mkdir(path, 0700);
}

int main(int argc, char **argv) {
  bool small = false, bad = false;
  struct demo_world w = {.seed = 20251201};
  for (int i = 1; i < argc; i++) {
    if (!strcmp(argv[i], "--small")) small = true;
    else if (!strcmp(argv[i], "--seed") && i + 1 < argc) w.seed = strtoull(argv[++i], NULL, 10);
    else if (argv[i][0] == '-' || w.folder) bad = true;
    else w.folder = argv[i];
  }
  if (!w.folder || bad) {
    fprintf(stderr, "usage: generate [--small] [--seed N] FOLDER\n");
    return 64;
  }
  w.n_municipalities = small ? DEMO_SMALL_MUNICIPALITIES : DEMO_MUNICIPALITIES;
  w.troubles = small ? &demo_troubles_small : &demo_troubles_full;
  w.arena = arena_new(0);
  w.job = (struct job){.arena = w.arena};
  char path[DEMO_PATH];
  make_folder(w.folder, "");
  make_folder(w.folder, "vital");
  make_folder(w.folder, "mls");
  snprintf(path, sizeof path, "%.4000s/truth.csv", w.folder);
  w.truth = fopen(path, "wb");
  if (!w.truth || !w.arena) demo_stop(path);
  fprintf(w.truth, "part,place,row,item,kind,value\n");
  write_offices(&w, small);
  write_planted(&w);
  demo_vital(&w);
  demo_mls(&w, small);
  if (fclose(w.truth)) demo_stop(path);
  arena_free(w.arena);
  return 0;
}
