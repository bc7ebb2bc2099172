/* Included by the compiler before every file (-include): functions this project does not use, because a
 * length or an error gets lost in them. */
#ifndef TB_BANNED_H
#define TB_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC poison strcpy strcat sprintf vsprintf gets strtok strncpy strncat atoi atol atoll

#endif
