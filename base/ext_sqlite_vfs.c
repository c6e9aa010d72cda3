/* ext_sqlite_vfs.c -- see ext_sqlite_vfs.h. Our file object is a header with the methods SQLite calls, followed by the real file object in the same
 * block. */
#include "base/ext_sqlite_vfs.h"

#include <errno.h>
#include <sqlite3.h>
#include <stddef.h>
#include <string.h>

#include "base/atomic_file.h"

struct shim_file {
  sqlite3_file base;
  sqlite3_file *real; /* points behind this struct */
};

static sqlite3_vfs *real_vfs(sqlite3_vfs *v) { return v->pAppData; }
static sqlite3_file *real_file(sqlite3_file *f) { return ((struct shim_file *)f)->real; }

/* What the simulated errno means to SQLite; SQLITE_OK when nothing is to fail. */
static int fault(int otherwise) {
  int number = io_fault_check();
  if (!number) return SQLITE_OK;
  return number == ENOSPC ? SQLITE_FULL : otherwise;
}

static int shim_close(sqlite3_file *f) {
  sqlite3_file *r = real_file(f);
  int rc = r->pMethods ? r->pMethods->xClose(r) : SQLITE_OK;
  f->pMethods = NULL;
  return rc;
}
static int shim_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at) { return real_file(f)->pMethods->xRead(real_file(f), p, n, at); }
static int shim_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at) {
  int rc = fault(SQLITE_IOERR_WRITE);
  return rc ? rc : real_file(f)->pMethods->xWrite(real_file(f), p, n, at);
}
static int shim_truncate(sqlite3_file *f, sqlite3_int64 size) {
  int rc = fault(SQLITE_IOERR_TRUNCATE);
  return rc ? rc : real_file(f)->pMethods->xTruncate(real_file(f), size);
}
static int shim_sync(sqlite3_file *f, int flags) {
  int rc = fault(SQLITE_IOERR_FSYNC);
  return rc ? rc : real_file(f)->pMethods->xSync(real_file(f), flags);
}
static int shim_file_size(sqlite3_file *f, sqlite3_int64 *size) { return real_file(f)->pMethods->xFileSize(real_file(f), size); }
static int shim_lock(sqlite3_file *f, int level) { return real_file(f)->pMethods->xLock(real_file(f), level); }
static int shim_unlock(sqlite3_file *f, int level) { return real_file(f)->pMethods->xUnlock(real_file(f), level); }
static int shim_reserved(sqlite3_file *f, int *out) { return real_file(f)->pMethods->xCheckReservedLock(real_file(f), out); }
static int shim_control(sqlite3_file *f, int op, void *arg) { return real_file(f)->pMethods->xFileControl(real_file(f), op, arg); }
static int shim_sector(sqlite3_file *f) { return real_file(f)->pMethods->xSectorSize(real_file(f)); }
static int shim_device(sqlite3_file *f) { return real_file(f)->pMethods->xDeviceCharacteristics(real_file(f)); }
static int shim_shm_map(sqlite3_file *f, int region, int size, int extend, void volatile **out) {
  return real_file(f)->pMethods->xShmMap(real_file(f), region, size, extend, out);
}
static int shim_shm_lock(sqlite3_file *f, int offset, int n, int flags) { return real_file(f)->pMethods->xShmLock(real_file(f), offset, n, flags); }
static void shim_shm_barrier(sqlite3_file *f) { real_file(f)->pMethods->xShmBarrier(real_file(f)); }
static int shim_shm_unmap(sqlite3_file *f, int delete_it) { return real_file(f)->pMethods->xShmUnmap(real_file(f), delete_it); }

static const sqlite3_io_methods shim_methods = {
    .iVersion = 2,
    .xClose = shim_close,
    .xRead = shim_read,
    .xWrite = shim_write,
    .xTruncate = shim_truncate,
    .xSync = shim_sync,
    .xFileSize = shim_file_size,
    .xLock = shim_lock,
    .xUnlock = shim_unlock,
    .xCheckReservedLock = shim_reserved,
    .xFileControl = shim_control,
    .xSectorSize = shim_sector,
    .xDeviceCharacteristics = shim_device,
    .xShmMap = shim_shm_map,
    .xShmLock = shim_shm_lock,
    .xShmBarrier = shim_shm_barrier,
    .xShmUnmap = shim_shm_unmap,
};

static int vfs_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out_flags) {
  struct shim_file *s = (struct shim_file *)f;
  s->base.pMethods = NULL;
  s->real = (sqlite3_file *)(s + 1);
  memset(s->real, 0, (size_t)real_vfs(v)->szOsFile);
  int rc = real_vfs(v)->xOpen(real_vfs(v), name, s->real, flags, out_flags);
  /* SQLite closes a file whose methods are set, also after a failed open. */
  if (s->real->pMethods) s->base.pMethods = &shim_methods;
  return rc;
}
static int vfs_delete(sqlite3_vfs *v, const char *name, int sync_directory) {
  int rc = fault(SQLITE_IOERR_DELETE);
  return rc ? rc : real_vfs(v)->xDelete(real_vfs(v), name, sync_directory);
}
static int vfs_access(sqlite3_vfs *v, const char *name, int flags, int *out) { return real_vfs(v)->xAccess(real_vfs(v), name, flags, out); }
static int vfs_full_path(sqlite3_vfs *v, const char *name, int n, char *out) { return real_vfs(v)->xFullPathname(real_vfs(v), name, n, out); }
static int vfs_randomness(sqlite3_vfs *v, int n, char *out) { return real_vfs(v)->xRandomness(real_vfs(v), n, out); }
static int vfs_sleep(sqlite3_vfs *v, int us) { return real_vfs(v)->xSleep(real_vfs(v), us); }
static int vfs_time(sqlite3_vfs *v, double *out) { return real_vfs(v)->xCurrentTime(real_vfs(v), out); }
static int vfs_last_error(sqlite3_vfs *v, int n, char *out) { return real_vfs(v)->xGetLastError(real_vfs(v), n, out); }
static int vfs_time64(sqlite3_vfs *v, sqlite3_int64 *out) { return real_vfs(v)->xCurrentTimeInt64(real_vfs(v), out); }

/* SQLite wants a writable object that lives as long as the process: made once, owned by SQLite's list. */
static int register_new(void) {
  sqlite3_vfs *real = sqlite3_vfs_find(NULL);
  sqlite3_vfs *v = real ? sqlite3_malloc(sizeof *v) : NULL;
  if (!v) return SQLITE_NOMEM;
  *v = (sqlite3_vfs){
      .iVersion = 2,
      .szOsFile = (int)sizeof(struct shim_file) + real->szOsFile,
      .mxPathname = real->mxPathname,
      .zName = SQLITE_VFS_SHIRABE,
      .pAppData = real,
      .xOpen = vfs_open,
      .xDelete = vfs_delete,
      .xAccess = vfs_access,
      .xFullPathname = vfs_full_path, /* no xDlOpen: extensions cannot be loaded */
      .xRandomness = vfs_randomness,
      .xSleep = vfs_sleep,
      .xCurrentTime = vfs_time,
      .xGetLastError = vfs_last_error,
      .xCurrentTimeInt64 = vfs_time64,
  };
  return sqlite3_vfs_register(v, 0);
}

int sqlite_vfs_register(void) {
  int rc = sqlite3_initialize();
  if (rc) return rc;
  sqlite3_mutex *once = sqlite3_mutex_alloc(SQLITE_MUTEX_STATIC_APP1);
  sqlite3_mutex_enter(once);
  rc = sqlite3_vfs_find(SQLITE_VFS_SHIRABE) ? SQLITE_OK : register_new();
  sqlite3_mutex_leave(once);
  return rc;
}
