/* ext_sqlite_vfs.h -- a layer over SQLite's own file system layer that asks io_fault_check() before every write, sync, truncation and deletion, so
 * that kill, full-disk and broken-disk loops reach the database as they reach every other file of ours.
 * Names    SQLITE_VFS_SHIRABE, registered once per process; everything else is passed on unchanged. Memory maps of the database file are not offered.
 * Source   sqlite.org/vfs.html and the interfaces sqlite3_vfs, sqlite3_io_methods (version 2). */
#ifndef SHIRABE_BASE_EXT_SQLITE_VFS_H
#define SHIRABE_BASE_EXT_SQLITE_VFS_H

#define SQLITE_VFS_SHIRABE "shirabe"
int sqlite_vfs_register(void); /* SQLite result code */
#endif
