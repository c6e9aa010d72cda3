/* io_fault.c -- fault injection for everything that must be durable (declared in atomic_file.h).
 * SHIRABE_FAULT=kill:N | enospc:N | eio:N: the N-th durable step of this process is killed, or fails and every later one works again. */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/str.h"

static _Atomic uint64_t fault_steps_done, fault_step;
static _Atomic int fault_kind;

void io_fault_at(enum io_fault kind, uint64_t n) {
  atomic_store(&fault_steps_done, 0);
  atomic_store(&fault_step, n);
  atomic_store(&fault_kind, (int)kind);
}

uint64_t io_fault_count(void) { return atomic_load(&fault_steps_done); }

int io_fault_check(void) {
  uint64_t step = atomic_fetch_add(&fault_steps_done, 1) + 1;
  int kind = atomic_load(&fault_kind);
  if (kind == IO_FAULT_NONE || step != atomic_load(&fault_step)) return 0;
  if (kind == IO_FAULT_KILL) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
  }
  return kind == IO_FAULT_ENOSPC ? ENOSPC : EIO;
}

void io_fault_from_environment(void) {
  static const struct {
    const char *word;
    enum io_fault kind;
  } words[] = {{"kill:", IO_FAULT_KILL}, {"enospc:", IO_FAULT_ENOSPC}, {"eio:", IO_FAULT_EIO}};
  const char *text = getenv("SHIRABE_FAULT");
  if (!text || !*text) return;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    int64_t n;
    if (!str_starts(str_of(text), str_of(words[i].word)) || !str_int64(str_of(text + strlen(words[i].word)), &n) || n < 1) continue;
    io_fault_at(words[i].kind, (uint64_t)n);
    return;
  }
  fprintf(stderr, "SHIRABE_FAULT: expected kill:N, enospc:N or eio:N\n"); /* a test that asks for a fault must not run without it */
  exit(64);
}
