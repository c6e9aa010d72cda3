/* leak_scan.h -- looks for planted answers in every byte of a folder: text as UTF-8, CP932, UTF-16LE and UTF-16BE; whole numbers as decimal text
 * (also UTF-16) and as little-endian 32 and 64 bits. Values should be distinctive: numbers below 2^24 are searched as 64 bits and text only when
 * they have 7 digits or more.
 * Values   one per line of a text: "int:1234567890" or any UTF-8 text. Empty lines and lines that begin with '#' are skipped. */
#ifndef SHIRABE_TESTS_FAULT_LEAK_SCAN_H
#define SHIRABE_TESTS_FAULT_LEAK_SCAN_H
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LEAK_PATTERN_BYTES = 512, LEAK_PATTERNS_MAX = 4096 };
struct leak_pattern {
  char value[128]; /* as planted */
  const char *encoding;
  size_t n;
  uint8_t bytes[LEAK_PATTERN_BYTES];
};
struct leak_scan {
  int n_patterns;
  struct leak_pattern *patterns;
  int64_t files, bytes, hits;
  FILE *to; /* where hits are told; NULL = nowhere */
};

static inline bool leak_add(struct leak_scan *s, const char *value, const char *encoding, const void *p, size_t n) {
  if (n == 0 || n > LEAK_PATTERN_BYTES || s->n_patterns >= LEAK_PATTERNS_MAX) return false;
  struct leak_pattern *grown = realloc(s->patterns, (size_t)(s->n_patterns + 1) * sizeof *grown);
  if (!grown) return false;
  s->patterns = grown;
  struct leak_pattern *d = &grown[s->n_patterns++];
  *d = (struct leak_pattern){.encoding = encoding, .n = n};
  snprintf(d->value, sizeof d->value, "%s", value);
  memcpy(d->bytes, p, n);
  return true;
}

/* A text that an encoding cannot hold cannot leak in it; an encoding that is not installed would hide leaks. */
static inline bool leak_add_as(struct leak_scan *s, const char *value, const char *encoding) {
  char out[LEAK_PATTERN_BYTES], *to = out, *from = (char *)(uintptr_t)value;
  size_t in_left = strlen(value), out_left = sizeof out;
  iconv_t cd = iconv_open(encoding, "UTF-8");
  if (cd == (iconv_t)-1) return false;
  size_t rc = iconv(cd, &from, &in_left, &to, &out_left);
  bool representable = rc != (size_t)-1;
  bool illegal = !representable && errno != EILSEQ;
  iconv_close(cd);
  if (!representable) return !illegal;
  return leak_add(s, value, encoding, out, sizeof out - out_left);
}

static inline bool leak_plant_text(struct leak_scan *s, const char *value) {
  return leak_add(s, value, "UTF-8", value, strlen(value)) && leak_add_as(s, value, "CP932") && leak_add_as(s, value, "UTF-16LE") && leak_add_as(s,
      value, "UTF-16BE");
}

static inline bool leak_plant_int(struct leak_scan *s, int64_t value) {
  char text[32];
  uint8_t le[8];
  snprintf(text, sizeof text, "%lld", (long long)value);
  for (int i = 0; i < 8; i++) le[i] = (uint8_t)((uint64_t)value >> (8 * i));
  bool large = value >= 1 << 24 || value <= -(1 << 24);
  bool ok = leak_add(s, text, "int64", le, 8);
  if (ok && large && value == (int32_t)value) ok = leak_add(s, text, "int32", le, 4);
  if (ok && strlen(text) >= 7) ok = leak_add(s, text, "decimal", text, strlen(text)) && leak_add_as(s, text, "UTF-16LE");
  return ok;
}

static inline bool leak_plant_line(struct leak_scan *s, const char *line) {
  if (!*line || *line == '#') return true;
  if (strncmp(line, "int:", 4) == 0) return leak_plant_int(s, strtoll(line + 4, NULL, 10));
  return leak_plant_text(s, line);
}

static inline void leak_search(struct leak_scan *s, const char *path, const uint8_t *p, size_t n) {
  s->files++;
  s->bytes += (int64_t)n;
  if (n == 0) return;
  for (int i = 0; i < s->n_patterns; i++) {
    const struct leak_pattern *d = &s->patterns[i];
    const uint8_t *hit = memmem(p, n, d->bytes, d->n);
    if (!hit) continue;
    s->hits++;
    if (s->to) fprintf(s->to, "%s:%zu: '%s' as %s\n", path, (size_t)(hit - p), d->value, d->encoding);
  }
}

static inline bool leak_scan_file(struct leak_scan *s, const char *path, size_t n) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  void *p = n ? mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
  bool ok = n == 0 || p != MAP_FAILED;
  if (ok) leak_search(s, path, p, n);
  if (ok && n) munmap(p, n);
  close(fd);
  return ok;
}

/* Names of files count as bytes too. false: something could not be read. */
static inline bool leak_scan_folder(struct leak_scan *s, const char *folder) {
  DIR *d = opendir(folder);
  bool ok = d != NULL;
  for (struct dirent *entry; ok && (entry = readdir(d));) {
    char path[4096];
    struct stat st;
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    snprintf(path, sizeof path, "%.3800s/%.255s", folder, entry->d_name);
    leak_search(s, path, (const uint8_t *)entry->d_name, strlen(entry->d_name));
    if (lstat(path, &st) != 0) ok = false;
    else if (S_ISDIR(st.st_mode)) ok = leak_scan_folder(s, path);
    else if (S_ISREG(st.st_mode)) ok = leak_scan_file(s, path, (size_t)st.st_size);
  }
  if (d) closedir(d);
  return ok;
}

static inline void leak_scan_release(struct leak_scan *s) {
  free(s->patterns);
  *s = (struct leak_scan){.to = NULL};
}
#endif
