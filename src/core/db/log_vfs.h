/* A file system for SQLite over another one: the write-ahead log is written in long pieces.
 *
 * SQLite writes each page of a commit with two calls. Here they are kept until the log is synced, read, cut
 * short, measured or closed, and then written as one. Only for connections that sync every commit
 * (synchronous=FULL): others see a page of the log no earlier than that. What a write was refused for is said
 * by the call that wrote it. */
#ifndef TB_LOG_VFS_H
#define TB_LOG_VFS_H

/* Registers it over the file system `base` (NULL: SQLite's own), once, and gives its name; NULL without
 * memory. Registered file systems stay, as SQLite's own do. */
const char *log_vfs_over(const char *base);

#endif
